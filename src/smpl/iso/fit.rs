//! One side of an isomorphism against a piece of a rule's code.
//!
//! In: the side's pattern, the rule's. Out: a [`Fit`]: what the isomorphism's metavariables stand for, and
//! which tokens of the rule its own words met. Nothing is decided here about what the rule does to these
//! tokens; that is `apply`'s.

use std::collections::BTreeMap;

use super::super::Body;
use super::super::metavar::{MetaId, MetaKind, Metavar, TypeText};
use super::super::pattern::{
    Attached, ChoiceBy, ListPat, NameKind, NamePat, NodePat, Pat, PatKind, Slot, TokenIx, When,
};
use super::super::shape::same_head;
use super::Side;
use crate::ast::Kind;

/// What a metavariable of an isomorphism stands for.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    Code(Pat),
    Name(NamePat),
}

impl Bound {
    /// Its first and last token.
    pub(super) fn tokens(&self) -> Option<(TokenIx, TokenIx)> {
        match self {
            Bound::Code(pat) => pat.as_written().tokens,
            Bound::Name(name) => Some((name.token, name.token)),
        }
    }
}

/// How a side fits.
#[derive(Clone, Debug, Default)]
pub(super) struct Fit {
    /// By the number of the isomorphism's metavariable.
    pub(super) bound: Vec<Option<Bound>>,
    /// What type metavariables stand for that are only in the types of others: `T` of `T *E`.
    pub(super) types: BTreeMap<String, TypeText>,
    /// The rule's tokens that are no part of what is bound.
    pub(super) own: Vec<TokenIx>,
    /// What is attached to the rule's nodes that are no part of what is bound.
    pub(super) attached: Vec<Attached>,
}

/// Fits `side` to `have`.
pub(super) fn fit(
    side: &Side,
    metavars: &[Metavar],
    have: &Pat,
    rule_metavars: &[Metavar],
    rule_body: &Body,
) -> Option<Fit> {
    let fit = Fit { bound: vec![None; metavars.len()], ..Fit::default() };
    let mut fitting = Fitting { side, metavars, rule_metavars, rule_body, fit };
    fitting.pat(&side.pat, have).then_some(fitting.fit)
}

struct Fitting<'a> {
    side: &'a Side,
    metavars: &'a [Metavar],
    rule_metavars: &'a [Metavar],
    rule_body: &'a Body,
    fit: Fit,
}

impl Fitting<'_> {
    fn pat(&mut self, want: &Pat, have: &Pat) -> bool {
        match (&want.kind, &have.kind) {
            (PatKind::Meta { meta, .. }, _) => {
                self.takes(*meta, have) && self.bind(*meta, Bound::Code(have.clone()))
            }
            (PatKind::Dots(_), PatKind::Dots(dots)) => {
                self.fit.own.push(dots.token);
                self.fit.attached.extend(&have.attached);
                dots.whens.iter().all(|when| !matches!(when, When::Not(_) | When::Only(_)))
            }
            (PatKind::Node(wanted), PatKind::Node(found)) => {
                self.fit.attached.extend(&have.attached);
                self.node(wanted, found)
            }
            _ => false,
        }
    }

    fn node(&mut self, want: &NodePat, have: &NodePat) -> bool {
        same_head(want.head, have.head)
            // What stands for code with attributes would lose them.
            && have.attributes.is_empty()
            && self.same_words(&want.own, &have.own)
            && want.slots.len() == have.slots.len()
            && want.slots.iter().zip(&have.slots).all(|(want, have)| self.slot(want, have))
    }

    fn same_words(&mut self, want: &[TokenIx], have: &[TokenIx]) -> bool {
        let same = want.len() == have.len()
            && want.iter().zip(have).all(|(&want, &have)| {
                let (want, have) = (self.side.body.token(want), self.rule_body.token(have));
                want.text == have.text && have.meta.is_none()
            });
        self.fit.own.extend(have);
        same
    }

    fn slot(&mut self, want: &Slot, have: &Slot) -> bool {
        match (want, have) {
            (Slot::One(want), Slot::One(have))
            | (Slot::Maybe(Some(want)), Slot::Maybe(Some(have))) => self.pat(want, have),
            (Slot::Maybe(None), Slot::Maybe(None))
            | (Slot::MaybeList(None), Slot::MaybeList(None))
            | (Slot::MaybeName(None), Slot::MaybeName(None)) => true,
            (Slot::List(want), Slot::List(have))
            | (Slot::MaybeList(Some(want)), Slot::MaybeList(Some(have))) => self.list(want, have),
            (Slot::Name(want), Slot::Name(have))
            | (Slot::MaybeName(Some(want)), Slot::MaybeName(Some(have))) => self.name(want, have),
            _ => false,
        }
    }

    fn list(&mut self, want: &ListPat, have: &ListPat) -> bool {
        self.fit.own.extend(have.separators.iter().flatten());
        want.elems.len() == have.elems.len()
            && want.elems.iter().zip(&have.elems).all(|(want, have)| self.pat(want, have))
    }

    fn name(&mut self, want: &NamePat, have: &NamePat) -> bool {
        match (&want.kind, &have.kind) {
            (NameKind::Meta(meta), _) => {
                self.metavars[meta.index()].kind == MetaKind::Identifier
                    && self.bind(*meta, Bound::Name(have.clone()))
            }
            (NameKind::Text(want), NameKind::Text(found)) => {
                self.fit.own.push(have.token);
                want == found
            }
            (NameKind::Text(_) | NameKind::Choice(_), _) => false,
        }
    }

    fn bind(&mut self, meta: MetaId, bound: Bound) -> bool {
        let words = |bound: &Bound| -> Vec<&str> {
            let Some((first, last)) = bound.tokens() else { return Vec::new() };
            let tokens = &self.rule_body.tokens[first.index()..=last.index()];
            tokens.iter().map(|token| token.text.as_str()).collect()
        };
        if bound.tokens().is_none() {
            return false;
        }
        match &self.fit.bound[meta.index()] {
            Some(before) => words(before) == words(&bound),
            None => {
                self.fit.bound[meta.index()] = Some(bound);
                true
            }
        }
    }

    /// Whether the isomorphism's metavariable may stand for that piece of the rule.
    fn takes(&mut self, meta: MetaId, have: &Pat) -> bool {
        let metavars = self.metavars;
        match &metavars[meta.index()].kind {
            MetaKind::Expression { types } if types.is_empty() => self.is_expression(have),
            MetaKind::Expression { types } => self.has_type(types, have),
            MetaKind::Constant { .. } => self.is_constant(have),
            MetaKind::Identifier => self.is_identifier(have),
            MetaKind::Statement => self.is_statement(have),
            MetaKind::Type => self.is_type(have),
            _ => false,
        }
    }

    fn kind_of(&self, have: &Pat) -> Option<&MetaKind> {
        match have.as_written().kind {
            PatKind::Meta { meta, .. } => Some(&self.rule_metavars[meta.index()].kind),
            _ => None,
        }
    }

    fn is_expression(&self, have: &Pat) -> bool {
        match &have.kind {
            PatKind::Node(node) => node.head.is_expression(),
            PatKind::Meta { .. } => matches!(
                self.kind_of(have),
                Some(
                    MetaKind::Expression { .. }
                        | MetaKind::Idexpression { .. }
                        | MetaKind::Constant { .. }
                        | MetaKind::Identifier
                        | MetaKind::Function
                        | MetaKind::Metavariable
                )
            ),
            PatKind::Choice(choice) => match choice.by {
                ChoiceBy::Isomorphism => self.is_expression(have.as_written()),
                ChoiceBy::Author => choice.arms.iter().all(|arm| match arm.as_slice() {
                    [only] => self.is_expression(only),
                    _ => false,
                }),
            },
            PatKind::Nest(_) => true,
            PatKind::Dots(dots) => dots.whens.is_empty(),
            PatKind::Within(_) | PatKind::Tested(_) | PatKind::AnyType | PatKind::Optional(_) => {
                false
            }
        }
    }

    /// Whether `have` is a metavariable declared with such a type: code of which no type is known is not.
    fn has_type(&mut self, wanted: &[TypeText], have: &Pat) -> bool {
        let names_a_type = |want: &TypeText| match want.words.as_slice() {
            [word] if !want.array => {
                let of_iso = |meta: &&Metavar| meta.name == *word && meta.kind == MetaKind::Type;
                self.metavars.iter().find(of_iso).map(|meta| meta.name.clone())
            }
            _ => None,
        };
        if let [want] = wanted
            && let Some(name) = names_a_type(want)
        {
            return match self.kind_of(have) {
                Some(MetaKind::Expression { types } | MetaKind::Idexpression { types, .. }) => {
                    let [only] = types.as_slice() else { return false };
                    let Some(pointers) = only.pointers.checked_sub(want.pointers) else {
                        return false;
                    };
                    let ty = TypeText { pointers, ..only.clone() };
                    let known = self.fit.types.entry(name).or_insert_with(|| ty.clone());
                    *known == ty
                }
                _ => false,
            };
        }
        if self.is_plain_sum(have) {
            return matches!(wanted, [only] if only.words == ["int"] && only.pointers == 0 && !only.array);
        }
        let Some(MetaKind::Expression { types } | MetaKind::Idexpression { types, .. }) =
            self.kind_of(have)
        else {
            return false;
        };
        let fits = |have: &TypeText| {
            wanted.iter().any(|want| match want.words.is_empty() {
                true => have.pointers + usize::from(have.array) >= want.pointers,
                false => want == have,
            })
        };
        !types.is_empty() && types.iter().all(fits)
    }

    /// Whether `have` is a sum or product of operands that may have any type: it is taken for an `int`.
    fn is_plain_sum(&self, have: &Pat) -> bool {
        use crate::ast::BinaryOp::{Divide, Minus, Modulo, Multiply, Plus};
        let PatKind::Node(NodePat { head, slots, .. }) = &have.as_written().kind else {
            return false;
        };
        let typed = |slot: &Slot| match slot {
            Slot::One(operand) => match self.kind_of(operand) {
                Some(MetaKind::Expression { types } | MetaKind::Idexpression { types, .. }) => {
                    !types.is_empty()
                }
                _ => false,
            },
            _ => false,
        };
        matches!(head, Kind::Binary { op: Plus | Minus | Multiply | Divide | Modulo, .. })
            && !slots.iter().any(typed)
    }

    fn is_constant(&self, have: &Pat) -> bool {
        match &have.as_written().kind {
            PatKind::Node(NodePat { head: Kind::Literal(_), .. }) => true,
            PatKind::Node(NodePat { head: Kind::Ident, own, .. }) => {
                own.first().is_some_and(|&token| is_all_capitals(&self.rule_body.token(token).text))
            }
            PatKind::Meta { .. } => {
                matches!(self.kind_of(have), Some(MetaKind::Constant { .. }))
            }
            _ => false,
        }
    }

    fn is_identifier(&self, have: &Pat) -> bool {
        match &have.as_written().kind {
            PatKind::Node(node) => matches!(node.head, Kind::Ident),
            PatKind::Meta { .. } => {
                matches!(
                    self.kind_of(have),
                    Some(MetaKind::Identifier | MetaKind::Idexpression { .. })
                )
            }
            _ => false,
        }
    }

    fn is_statement(&self, have: &Pat) -> bool {
        match &have.as_written().kind {
            PatKind::Node(node) => {
                node.head.is_statement() && !matches!(node.head, Kind::Declaration { .. })
            }
            PatKind::Meta { .. } => {
                matches!(self.kind_of(have), Some(MetaKind::Statement | MetaKind::Metavariable))
            }
            PatKind::Choice(choice) => {
                let arms = &choice.arms;
                arms.iter().all(|arm| matches!(arm.as_slice(), [only] if self.is_statement(only)))
            }
            // An expression in the place of a statement.
            PatKind::Within(_) => true,
            _ => false,
        }
    }

    fn is_type(&self, have: &Pat) -> bool {
        match &have.kind {
            PatKind::Node(node) => matches!(node.head, Kind::TypeName { .. }),
            PatKind::Meta { .. } => self.kind_of(have) == Some(&MetaKind::Type),
            _ => false,
        }
    }
}

/// Whether `text` is a name as macros that are constants have it.
fn is_all_capitals(text: &str) -> bool {
    text.contains(|c: char| c.is_ascii_uppercase())
        && !text.contains(|c: char| c.is_ascii_lowercase())
}
