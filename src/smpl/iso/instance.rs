//! A side of an isomorphism with what was bound, as code of the rule.
//!
//! In: the side, its [`Fit`](super::fit::Fit), the rule. Out: a pattern whose tokens are new tokens at the
//! end of the rule's body: contiguous, in source order, marked like the code they stand for. What is
//! bound is copied, for code that is added beside it may stand in another place than in the original.
//!
//! `!X` of a side is what a person would write: `!(a == b)` becomes `a != b`.

use super::super::attribute::AttributePat;
use super::super::metavar::{MetaId, MetaKind, Metavar, Purity, TypeText};
use super::super::pattern::{
    Attached, Choice, ChoiceBy, Dots, ListPat, NameKind, NamePat, Nest, NodePat, Pat, PatKind,
    Slot, TokenIx, When,
};
use super::super::{Body, BodyToken, Mark, Placement, PlusRun};
use super::Side;
use super::fit::{Bound, Fit};
use crate::ast::{BinaryOp, Kind, UnaryOp};

/// What new code has instead of what the code that it stands for has.
#[derive(Clone, Debug, Default)]
pub(super) struct Changes {
    /// The mark of the side's own words.
    pub(super) mark: Option<Mark>,
    /// Whether all of the code goes: then no added code stays inside of it.
    pub(super) goes: bool,
    /// Added before the first token.
    pub(super) before: Vec<PlusRun>,
    /// Added after the last token.
    pub(super) after: Vec<PlusRun>,
    /// The tokens whose added code is in `before` and `after`.
    pub(super) moved: Vec<TokenIx>,
}

/// Writes `side` into `body`; `None` where what is added has no place there.
pub(super) fn instance(
    side: &Side,
    fit: &Fit,
    changes: &Changes,
    (iso_metavars, metavars): (&[Metavar], &mut Vec<Metavar>),
    body: &mut Body,
) -> Option<Pat> {
    let start = body.tokens.len();
    let mut made = vec![None; iso_metavars.len()];
    let mut instance =
        Instance { side, fit, changes, metavars, body, places: Vec::new(), copies: Vec::new() };
    for index in 0..side.body.tokens.len() {
        instance.token(TokenIx(index as u32), iso_metavars, &mut made)?;
    }
    let mut pat = instance.pat(&side.pat)?;
    let first = TokenIx(start as u32);
    pat.attached.extend(fit.attached.iter().map(|one| Attached { meta: one.meta, token: first }));
    for run in &changes.before {
        put(body, &pat, Edge::First, run)?;
    }
    for run in changes.after.iter().rev() {
        put(body, &pat, Edge::Last, run)?;
    }
    Some(pat)
}

#[derive(Clone, Copy)]
enum Edge {
    First,
    Last,
}

/// Adds `run` at an end of `pat`, and of all that stands for it.
fn put(body: &mut Body, pat: &Pat, edge: Edge, run: &PlusRun) -> Option<()> {
    if let PatKind::Choice(Choice { by: ChoiceBy::Isomorphism, arms, .. }) = &pat.kind {
        return arms.iter().flatten().try_for_each(|arm| put(body, arm, edge, run));
    }
    let (first, last) = pat.tokens?;
    let at_edge = |child: &&Pat| match (edge, child.as_written().tokens) {
        (Edge::First, Some((start, _))) => start == first,
        (Edge::Last, Some((_, end))) => end == last,
        (_, None) => false,
    };
    if let Some(child) = children(pat).into_iter().find(at_edge) {
        return put(body, child, edge, run);
    }
    let token = match edge {
        Edge::First => &mut body.tokens[first.index()],
        Edge::Last => &mut body.tokens[last.index()],
    };
    let takes = match edge {
        Edge::First => matches!(token.placement, Placement::Code | Placement::ChoiceOpen),
        Edge::Last => matches!(token.placement, Placement::Code | Placement::ChoiceClose),
    };
    match edge {
        _ if !takes => return None,
        Edge::First => token.before.push(run.clone()),
        Edge::Last => token.after.insert(0, run.clone()),
    }
    Some(())
}

/// The pieces that a piece of code is made of.
fn children(pat: &Pat) -> Vec<&Pat> {
    match &pat.kind {
        PatKind::Node(node) => node.slots.iter().flat_map(in_slot).collect(),
        PatKind::Within(inner) | PatKind::Tested(inner) | PatKind::Optional(inner) => {
            vec![&**inner]
        }
        PatKind::Meta { .. }
        | PatKind::Dots(_)
        | PatKind::Nest(_)
        | PatKind::Choice(_)
        | PatKind::AnyType => Vec::new(),
    }
}

fn in_slot(slot: &Slot) -> Vec<&Pat> {
    match slot {
        Slot::One(pat) | Slot::Maybe(Some(pat)) => vec![pat],
        Slot::List(list) | Slot::MaybeList(Some(list)) => list.elems.iter().collect(),
        Slot::Maybe(None) | Slot::MaybeList(None) | Slot::Name(_) | Slot::MaybeName(_) => {
            Vec::new()
        }
    }
}

/// Where a token of the side ended up.
#[derive(Clone, Copy)]
struct Place {
    first: TokenIx,
    last: TokenIx,
}

struct Instance<'a> {
    side: &'a Side,
    fit: &'a Fit,
    changes: &'a Changes,
    metavars: &'a mut Vec<Metavar>,
    body: &'a mut Body,
    /// By the side's tokens.
    places: Vec<Place>,
    /// What has been copied: first and last token, and where the copy starts.
    copies: Vec<(TokenIx, TokenIx, u32)>,
}

impl Instance<'_> {
    /// Writes token `token` of the side.
    fn token(
        &mut self,
        token: TokenIx,
        iso_metavars: &[Metavar],
        made: &mut [Option<MetaId>],
    ) -> Option<()> {
        let first = TokenIx(self.body.tokens.len() as u32);
        let own = self.side.body.token(token);
        let bound = own.meta.and_then(|meta| self.fit.bound[meta.index()].as_ref());
        match (own.meta, bound) {
            (_, Some(bound)) => {
                let (from, to) = bound.tokens()?;
                self.copy(from, to);
            }
            (meta, None) => {
                let meta = match meta {
                    Some(meta) => Some(self.new_metavar(meta, iso_metavars, made)?),
                    None => None,
                };
                let mark = self.changes.mark.unwrap_or(Mark::Context);
                let fresh = BodyToken { mark, meta, attached: Vec::new(), ..own.clone() };
                self.body.tokens.push(fresh);
                if let Some(meta) = meta {
                    self.body.mention(meta);
                }
            }
        }
        let last = TokenIx(self.body.tokens.len() as u32 - 1);
        self.places.push(Place { first, last });
        Some(())
    }

    /// A metavariable of the isomorphism that only this side has: one of the rule that nobody can name. It
    /// is the same wherever it stands beside the same code, so that `b->len` and `b->page` of one rule meet
    /// one element of an array.
    fn new_metavar(
        &mut self,
        meta: MetaId,
        iso_metavars: &[Metavar],
        made: &mut [Option<MetaId>],
    ) -> Option<MetaId> {
        if let Some(id) = made[meta.index()] {
            return Some(id);
        }
        let own = &iso_metavars[meta.index()];
        let types = |types: &[TypeText]| -> Option<Vec<TypeText>> {
            types.iter().map(|ty| self.in_rule(ty, iso_metavars)).collect()
        };
        let kind = match &own.kind {
            MetaKind::Expression { types: wanted } => {
                MetaKind::Expression { types: types(wanted)? }
            }
            MetaKind::Type => return None,
            other => other.clone(),
        };
        let name = match self.kept_words() {
            Some(words) => format!("{} of an isomorphism, beside {words}", own.name),
            None => format!("{} of an isomorphism, {}", own.name, self.metavars.len()),
        };
        if let Some(known) = self.metavars.iter().position(|known| known.name == name) {
            return Some(MetaId(known as u32));
        }
        let id = MetaId(self.metavars.len() as u32);
        let span = self.metavars.first().map_or_else(Default::default, |meta| meta.span);
        let constraints = Vec::new();
        let purity = Purity::default();
        self.metavars.push(Metavar { name, kind, constraints, purity, origin: None, span });
        made[meta.index()] = Some(id);
        Some(id)
    }

    /// The words of the code that this side keeps.
    fn kept_words(&self) -> Option<String> {
        let kept = self.side.body.tokens.iter().filter_map(|token| token.meta).find_map(
            |meta| match self.fit.bound[meta.index()].as_ref()? {
                Bound::Code(code) => code.as_written().tokens,
                Bound::Name(_) => None,
            },
        )?;
        let words = &self.body.tokens[kept.0.index()..=kept.1.index()];
        Some(words.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" "))
    }

    /// A type that names metavariables of the isomorphism, in the rule's words.
    fn in_rule(&self, ty: &TypeText, iso_metavars: &[Metavar]) -> Option<TypeText> {
        if let [word] = ty.words.as_slice()
            && let Some(known) = self.fit.types.get(word)
        {
            let pointers = known.pointers + ty.pointers;
            return Some(TypeText { pointers, array: ty.array, ..known.clone() });
        }
        let mut words = Vec::new();
        for word in &ty.words {
            let Some(index) = iso_metavars.iter().position(|meta| meta.name == *word) else {
                words.push(word.clone());
                continue;
            };
            match &self.fit.bound[index].as_ref()?.tokens()? {
                (first, last) if first == last => {
                    words.push(self.body.token(*first).text.clone());
                }
                _ => return None,
            }
        }
        Some(TypeText { words, ..ty.clone() })
    }

    fn copy(&mut self, first: TokenIx, last: TokenIx) {
        let start = self.body.tokens.len() as u32;
        for index in first.index()..=last.index() {
            let mut token = self.body.tokens[index].clone();
            let moved = self.changes.moved.contains(&TokenIx(index as u32));
            if self.changes.goes || moved {
                token.before.clear();
                token.after.clear();
            }
            self.body.tokens.push(token);
        }
        self.copies.push((first, last, start));
    }

    /// Where the copy of `token` is: the last one made.
    fn copy_of(&self, token: TokenIx) -> TokenIx {
        let copy =
            self.copies.iter().rev().find(|(first, last, _)| (first..=last).contains(&&token));
        copy.map_or(token, |(first, _, start)| TokenIx(start + token.0 - first.0))
    }

    fn pat(&mut self, pat: &Pat) -> Option<Pat> {
        let range = pat.tokens.map(|(first, last)| {
            (self.places[first.index()].first, self.places[last.index()].last)
        });
        let kind = match &pat.kind {
            PatKind::Meta { meta, token } => match self.fit.bound[meta.index()].clone() {
                Some(Bound::Code(code)) => return Some(self.copied(&code)),
                Some(Bound::Name(_)) => return None,
                None => {
                    let token = self.places[token.index()].first;
                    PatKind::Meta { meta: self.body.token(token).meta?, token }
                }
            },
            PatKind::Dots(dots) => PatKind::Dots(Dots {
                token: self.places[dots.token.index()].first,
                whens: Vec::new(),
            }),
            PatKind::Node(node) => {
                if let Some(negated) = self.negated(node) {
                    return Some(negated);
                }
                PatKind::Node(self.node(node)?)
            }
            _ => return None,
        };
        Some(Pat { kind, attached: Vec::new(), tokens: range })
    }

    fn node(&mut self, node: &NodePat) -> Option<NodePat> {
        let own = node.own.iter().map(|token| self.places[token.index()].first).collect();
        let slots = node.slots.iter().map(|slot| self.slot(slot)).collect::<Option<_>>()?;
        Some(NodePat { head: node.head, slots, own, attributes: Vec::new() })
    }

    fn slot(&mut self, slot: &Slot) -> Option<Slot> {
        Some(match slot {
            Slot::One(pat) => Slot::One(Box::new(self.pat(pat)?)),
            Slot::Maybe(Some(pat)) => Slot::Maybe(Some(Box::new(self.pat(pat)?))),
            Slot::Maybe(None) => Slot::Maybe(None),
            Slot::List(list) => Slot::List(self.list(list)?),
            Slot::MaybeList(Some(list)) => Slot::MaybeList(Some(self.list(list)?)),
            Slot::MaybeList(None) => Slot::MaybeList(None),
            Slot::Name(name) => Slot::Name(self.name(name)?),
            Slot::MaybeName(Some(name)) => Slot::MaybeName(Some(self.name(name)?)),
            Slot::MaybeName(None) => Slot::MaybeName(None),
        })
    }

    fn list(&mut self, list: &ListPat) -> Option<ListPat> {
        let place = |token: &TokenIx| self.places[token.index()].first;
        let separators =
            list.separators.iter().map(|between| between.iter().map(place).collect()).collect();
        let elems = list.elems.iter().map(|pat| self.pat(pat)).collect::<Option<_>>()?;
        Some(ListPat { elems, separators })
    }

    fn name(&mut self, name: &NamePat) -> Option<NamePat> {
        let token = self.places[name.token.index()].first;
        Some(match &name.kind {
            NameKind::Meta(meta) => match &self.fit.bound[meta.index()] {
                Some(Bound::Name(bound)) => NamePat { token, kind: bound.kind.clone() },
                Some(Bound::Code(_)) => return None,
                None => NamePat { token, kind: NameKind::Meta(self.body.token(token).meta?) },
            },
            NameKind::Text(_) => NamePat { token, kind: name.kind.clone() },
            NameKind::Choice(_) => return None,
        })
    }

    /// `!X`, where `X` is bound to something that has an opposite.
    fn negated(&mut self, node: &NodePat) -> Option<Pat> {
        let (Kind::Unary { op: UnaryOp::Not, .. }, [Slot::One(operand)]) =
            (node.head, node.slots.as_slice())
        else {
            return None;
        };
        let PatKind::Meta { .. } = operand.kind else { return None };
        let copied = self.pat(operand)?;
        self.opposite(&copied)
    }

    fn opposite(&mut self, pat: &Pat) -> Option<Pat> {
        match &pat.kind {
            PatKind::Dots(_) => Some(pat.clone()),
            PatKind::Choice(choice) if choice.by == ChoiceBy::Isomorphism => {
                let arms: Vec<Vec<Pat>> = choice
                    .arms
                    .iter()
                    .filter_map(|arm| Some(vec![self.opposite(arm.first()?)?]))
                    .collect();
                let tokens = arms.first()?.first()?.tokens;
                let kind = PatKind::Choice(Choice { arms, ..choice.clone() });
                Some(Pat { kind, attached: Vec::new(), tokens })
            }
            PatKind::Node(node) => match (node.head, node.slots.as_slice()) {
                (Kind::Unary { op: UnaryOp::Not, .. }, [Slot::One(operand)]) => {
                    Some((**operand).clone())
                }
                (Kind::Binary { op, lhs, rhs }, _) => {
                    let (op, text) = opposite_operator(op)?;
                    let &[operator] = node.own.as_slice() else { return None };
                    self.body.tokens[operator.index()].text = text.to_owned();
                    let head = Kind::Binary { op, lhs, rhs };
                    let kind = PatKind::Node(NodePat { head, ..node.clone() });
                    Some(Pat { kind, ..pat.clone() })
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A copy of `pat` on the tokens that have been copied last. What isomorphisms have put beside it is
    /// copied too, with tokens of its own.
    fn copied(&mut self, pat: &Pat) -> Pat {
        let attached = pat
            .attached
            .iter()
            .map(|one| Attached { meta: one.meta, token: self.copy_of(one.token) })
            .collect();
        let tokens = pat.tokens.map(|(first, last)| (self.copy_of(first), self.copy_of(last)));
        let kind = match &pat.kind {
            PatKind::Node(node) => PatKind::Node(NodePat {
                head: node.head,
                slots: node.slots.iter().map(|slot| self.copied_slot(slot)).collect(),
                own: node.own.iter().map(|&token| self.copy_of(token)).collect(),
                attributes: node.attributes.iter().map(|one| self.copied_attribute(one)).collect(),
            }),
            PatKind::Meta { meta, token } => {
                PatKind::Meta { meta: *meta, token: self.copy_of(*token) }
            }
            PatKind::Dots(dots) => PatKind::Dots(Dots {
                token: self.copy_of(dots.token),
                whens: self.copied_whens(&dots.whens),
            }),
            PatKind::Nest(nest) => PatKind::Nest(Nest {
                body: nest.body.iter().map(|pat| self.copied(pat)).collect(),
                at_least_once: nest.at_least_once,
                whens: self.copied_whens(&nest.whens),
                open: self.copy_of(nest.open),
                close: self.copy_of(nest.close),
            }),
            PatKind::Choice(choice) => PatKind::Choice(self.copied_choice(choice)),
            PatKind::Within(inner) => PatKind::Within(Box::new(self.copied(inner))),
            PatKind::Tested(inner) => PatKind::Tested(Box::new(self.copied(inner))),
            PatKind::AnyType => PatKind::AnyType,
            PatKind::Optional(inner) => PatKind::Optional(Box::new(self.copied(inner))),
        };
        Pat { kind, attached, tokens }
    }

    fn copied_attribute(&self, attribute: &AttributePat) -> AttributePat {
        let tokens = attribute.tokens.iter().map(|&token| self.copy_of(token)).collect();
        AttributePat { tokens, place: attribute.place }
    }

    fn copied_choice(&mut self, choice: &Choice) -> Choice {
        let mut arms = Vec::new();
        for (index, arm) in choice.arms.iter().enumerate() {
            let added = choice.by == ChoiceBy::Isomorphism && index > 0;
            for pat in arm.iter().filter(|_| added) {
                if let Some((first, last)) = pat.as_written().tokens {
                    self.copy(first, last);
                }
            }
            arms.push(arm.iter().map(|pat| self.copied(pat)).collect());
        }
        Choice { by: choice.by, all: choice.all, arms }
    }

    fn copied_whens(&mut self, whens: &[When]) -> Vec<When> {
        let mut copied = |pats: &[Pat]| pats.iter().map(|pat| self.copied(pat)).collect();
        let copied = |when: &When| match when {
            When::Not(pats) => When::Not(copied(pats)),
            When::Only(pats) => When::Only(copied(pats)),
            When::NotTrue(pats) => When::NotTrue(copied(pats)),
            When::NotFalse(pats) => When::NotFalse(copied(pats)),
            When::Any | When::Strict | When::Forall | When::Exists => when.clone(),
        };
        whens.iter().map(copied).collect()
    }

    fn copied_slot(&mut self, slot: &Slot) -> Slot {
        match slot {
            Slot::One(pat) => Slot::One(Box::new(self.copied(pat))),
            Slot::Maybe(pat) => Slot::Maybe(pat.as_deref().map(|pat| Box::new(self.copied(pat)))),
            Slot::List(list) => Slot::List(self.copied_list(list)),
            Slot::MaybeList(list) => {
                Slot::MaybeList(list.as_ref().map(|list| self.copied_list(list)))
            }
            Slot::Name(name) => Slot::Name(self.copied_name(name)),
            Slot::MaybeName(name) => {
                Slot::MaybeName(name.as_ref().map(|name| self.copied_name(name)))
            }
        }
    }

    fn copied_list(&mut self, list: &ListPat) -> ListPat {
        let separators = list
            .separators
            .iter()
            .map(|between| between.iter().map(|&token| self.copy_of(token)).collect())
            .collect();
        ListPat { elems: list.elems.iter().map(|pat| self.copied(pat)).collect(), separators }
    }

    fn copied_name(&self, name: &NamePat) -> NamePat {
        let kind = match &name.kind {
            NameKind::Choice(names) => {
                NameKind::Choice(names.iter().map(|name| self.copied_name(name)).collect())
            }
            NameKind::Text(_) | NameKind::Meta(_) => name.kind.clone(),
        };
        NamePat { token: self.copy_of(name.token), kind }
    }
}

fn opposite_operator(op: BinaryOp) -> Option<(BinaryOp, &'static str)> {
    Some(match op {
        BinaryOp::Equal => (BinaryOp::NotEqual, "!="),
        BinaryOp::NotEqual => (BinaryOp::Equal, "=="),
        BinaryOp::Less => (BinaryOp::GreaterOrEqual, ">="),
        BinaryOp::GreaterOrEqual => (BinaryOp::Less, "<"),
        BinaryOp::Greater => (BinaryOp::LessOrEqual, "<="),
        BinaryOp::LessOrEqual => (BinaryOp::Greater, ">"),
        _ => return None,
    })
}
