//! What an item shows, by its tokens alone, where a rule may match in it.
//!
//! In: a rule, its isomorphisms applied. Out: a [`Clue`], about the [`Clause`](crate::items::Clause)s of an
//! item: what a pattern has in one expression the item has in one clause. So `a < b ? a : b` asks for a clause
//! with a `<`, a `?` and some word that it has twice, and most functions need not be parsed to know that they
//! have none. It may ask for too little and never for too much.
//!
//! Unlike [`Required`](super::Required) it is read off the pattern, where what isomorphisms allow is an arm of a
//! choice like any other. What the matcher itself takes for the same is left out of it.

use super::body::{Body, BodyToken};
use super::metavar::{MetaId, MetaKind};
use super::pattern::{Choice, ItemPat, NameKind, NamePat, Nest, NodePat, Pat, PatKind, Pattern};
use super::pattern::{ListPat, Slot};
use super::{Placement, Rule};
use crate::ast::{AssignOp, Kind, UnaryOp};
use crate::lex::{KindSet, TokenKind};

/// How many alternatives a set of demands may grow to.
const MOST: usize = 12;

/// What an item must show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Clue {
    /// Nothing.
    Nothing,
    /// All of these; metavariables that several [`Form`]s among them name stand for one word.
    All(Vec<Clue>),
    /// One of these.
    Any(Vec<Clue>),
    /// A clause with all this.
    Clause(Traits),
    /// Clauses that follow each other.
    Row(Vec<Traits>),
}

/// What a clause must have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits {
    /// Of each set one kind of token.
    pub kinds: Vec<KindSet>,
    /// Of each set one word.
    pub words: Vec<Vec<String>>,
    /// How often a metavariable that stands for an expression or a name is written in it.
    metas: Vec<(MetaId, u8)>,
    /// The metavariables whose size is taken in it.
    sized: Vec<MetaId>,
    /// Whether the size of a type is taken in it.
    pub sizes_type: bool,
    /// What it is made like.
    pub form: Option<Form>,
}

/// A clause that is made in a certain way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `name = …`, `… = name`: of a statement.
    Assign {
        /// The name right before the `=`.
        to: Option<MetaId>,
        /// The name that is all that stands behind it.
        from: Option<MetaId>,
    },
    /// `T name = …`
    Declare {
        /// The name.
        name: MetaId,
        /// Whether the value is a constant.
        constant: bool,
    },
    /// `return name`
    Return(MetaId),
}

impl Traits {
    /// Whether some word must stand in it twice.
    pub fn repeats(&self) -> bool {
        self.metas.iter().any(|&(_, count)| count > 1)
    }

    /// Whether that of which the size is taken must stand somewhere else in it, too.
    pub fn repeats_sized(&self) -> bool {
        self.metas.iter().any(|(meta, count)| *count > 1 && self.sized.contains(meta))
    }

    fn is_nothing(&self) -> bool {
        self.kinds.is_empty() && self.words.is_empty() && !self.repeats() && self.form.is_none()
    }

    fn and(mut self, other: Traits) -> Traits {
        for kinds in other.kinds {
            if !self.kinds.contains(&kinds) {
                self.kinds.push(kinds);
            }
        }
        for words in other.words {
            if !self.words.contains(&words) {
                self.words.push(words);
            }
        }
        self.sizes_type |= other.sizes_type;
        self.sized.extend(other.sized);
        for (meta, count) in other.metas {
            match self.metas.iter_mut().find(|(known, _)| *known == meta) {
                Some((_, known)) => *known = known.saturating_add(count),
                None => self.metas.push((meta, count)),
            }
        }
        self
    }

    fn or(self, other: Traits) -> Traits {
        let kinds = either(&self.kinds, &other.kinds, |a, b| a.union(*b), |a, b| b.covers(*a));
        let words = either(
            &self.words,
            &other.words,
            |a, b| {
                let mut both = [&a[..], &b[..]].concat();
                both.sort();
                both.dedup();
                both
            },
            |a, b| a.iter().all(|word| b.contains(word)),
        );
        let in_both = |&(meta, count): &(MetaId, u8)| {
            let (_, other) = other.metas.iter().find(|(other, _)| *other == meta)?;
            Some((meta, count.min(*other)))
        };
        let metas = self.metas.iter().filter_map(in_both).collect();
        let mut sized = self.sized;
        sized.retain(|meta| other.sized.contains(meta));
        let sizes_type = self.sizes_type && other.sizes_type;
        Traits { kinds, words, metas, sized, sizes_type, form: None }
    }
}

/// What holds where all of `a` or all of `b` holds, without what follows from the rest.
fn either<T: Clone>(
    a: &[T],
    b: &[T],
    join: impl Fn(&T, &T) -> T,
    implies: impl Fn(&T, &T) -> bool,
) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    for joined in a.iter().flat_map(|a| b.iter().map(|b| join(a, b)).collect::<Vec<_>>()) {
        if !all.iter().any(|known| implies(known, &joined)) {
            all.retain(|known| !implies(&joined, known));
            all.push(joined);
        }
    }
    all.truncate(MOST);
    all
}

/// What an item must show where `rule` is to match in it.
pub(super) fn clue(rule: &Rule) -> Clue {
    let reader = Reader { rule, body: &rule.body };
    let of_pattern = match &rule.pattern {
        Pattern::Empty | Pattern::Type(_) => Clue::Nothing,
        Pattern::Expression(pat) => reader.statement(pat),
        Pattern::Statements(pats) => reader.sequence(pats),
        Pattern::Items(items) => any(items.iter().map(|item| match item {
            ItemPat::Code(pat) => reader.statement(pat),
            ItemPat::Directive(_) | ItemPat::Dots(_) => Clue::Nothing,
        })),
    };
    if !rule.required.in_nests {
        return of_pattern;
    }
    let nests = nests_of(&rule.pattern);
    all([of_pattern, any(nests.iter().map(|nest| reader.sequence(&nest.body)))])
}

fn all(clues: impl IntoIterator<Item = Clue>) -> Clue {
    let mut parts: Vec<Clue> = Vec::new();
    for clue in clues {
        match clue {
            Clue::Nothing => {}
            Clue::All(inner) => parts.extend(inner),
            clue if parts.contains(&clue) => {}
            clue => parts.push(clue),
        }
    }
    match parts.len() {
        0 => Clue::Nothing,
        1 => parts.remove(0),
        _ => Clue::All(parts),
    }
}

fn any(clues: impl IntoIterator<Item = Clue>) -> Clue {
    let mut parts: Vec<Clue> = Vec::new();
    for clue in clues {
        match clue {
            Clue::Nothing => return Clue::Nothing,
            Clue::Any(inner) => parts.extend(inner),
            clue if parts.contains(&clue) => {}
            clue => parts.push(clue),
        }
    }
    match parts.len() {
        0 => Clue::Nothing,
        1 => parts.remove(0),
        _ => Clue::Any(parts),
    }
}

fn clause(traits: Traits) -> Clue {
    if traits.is_nothing() { Clue::Nothing } else { Clue::Clause(traits) }
}

struct Reader<'r> {
    rule: &'r Rule,
    body: &'r Body,
}

impl Reader<'_> {
    /// Statements one after the other, with or without dots in between.
    fn sequence(&self, pats: &[Pat]) -> Clue {
        let mut rows = Vec::new();
        let mut row: Vec<Traits> = Vec::new();
        for pat in pats {
            match self.assignment(pat) {
                Some(traits) => row.push(traits),
                None => rows.push(std::mem::take(&mut row)),
            }
        }
        rows.push(row);
        rows.retain(|row| row.len() > 1);
        let each = pats.iter().map(|pat| self.statement(pat));
        all(each.chain(rows.into_iter().map(Clue::Row)))
    }

    /// What a statement, or an expression that stands for itself, asks for.
    fn statement(&self, pat: &Pat) -> Clue {
        match &pat.kind {
            PatKind::Meta { .. } | PatKind::Dots(_) | PatKind::AnyType | PatKind::Optional(_) => {
                Clue::Nothing
            }
            PatKind::Nest(nest) if nest.at_least_once => self.sequence(&nest.body),
            PatKind::Nest(_) => Clue::Nothing,
            PatKind::Choice(choice) => self.choice(choice),
            PatKind::Within(inner) | PatKind::Tested(inner) => self.statement(inner),
            PatKind::Node(node) => self.node(pat, node),
        }
    }

    fn choice(&self, choice: &Choice) -> Clue {
        let arms = choice.arms.iter().map(|arm| self.sequence(arm));
        if choice.all { all(arms) } else { any(arms) }
    }

    fn node(&self, pat: &Pat, node: &NodePat) -> Clue {
        let one = |at: usize| match node.slots.get(at) {
            Some(Slot::One(pat) | Slot::Maybe(Some(pat))) => Some(&**pat),
            _ => None,
        };
        let body = |at: usize| one(at).map_or(Clue::Nothing, |pat| self.statement(pat));
        let value = |at: usize| one(at).map_or_else(Traits::default, |pat| self.expression(pat));
        match node.head {
            Kind::If { .. } => {
                let cond = value(0).and(word("if"));
                let other = match one(2) {
                    Some(pat) if !matches!(pat.kind, PatKind::Dots(_)) => body(2),
                    _ => Clue::Nothing,
                };
                all([clause(cond), body(1), other])
            }
            Kind::While { .. } | Kind::Switch { .. } | Kind::Iterator { .. } => {
                all([clause(value(0)), body(1)])
            }
            Kind::DoWhile { .. } => all([body(0), clause(value(1))]),
            Kind::For { .. } => body(3),
            Kind::Labeled { .. } => match node.slots.last() {
                Some(Slot::Maybe(Some(pat))) => self.statement(pat),
                _ => Clue::Nothing,
            },
            Kind::Compound { .. } => match node.slots.first() {
                Some(Slot::List(list)) => self.sequence(&list.elems),
                _ => Clue::Nothing,
            },
            Kind::Function { .. } => match node.slots.last() {
                Some(Slot::One(body)) => self.statement(body),
                _ => Clue::Nothing,
            },
            Kind::ExprStatement { .. } => match one(0) {
                Some(_) => clause(self.assignment(pat).unwrap_or_else(|| value(0))),
                None => Clue::Nothing,
            },
            Kind::Return { .. } => match one(0) {
                Some(pat) if !matches!(pat.kind, PatKind::Dots(_)) => {
                    let form = self.name(pat).map(Form::Return);
                    clause(Traits { form, ..self.expression(pat).and(word("return")) })
                }
                _ => Clue::Nothing,
            },
            Kind::Declaration { .. } => match node.slots.get(1) {
                Some(Slot::List(names)) => self.declaration(names),
                _ => Clue::Nothing,
            },
            _ => clause(self.expression(pat)),
        }
    }

    /// The traits of `a = b;`.
    fn assignment(&self, pat: &Pat) -> Option<Traits> {
        let PatKind::Node(NodePat { head: Kind::ExprStatement { .. }, slots, .. }) = &pat.kind
        else {
            return None;
        };
        let Some(Slot::Maybe(Some(expr))) = slots.first() else { return None };
        let PatKind::Node(node) = &expr.kind else { return None };
        let (Kind::Assign { op: AssignOp::Assign, .. }, [Slot::One(to), Slot::One(from)]) =
            (node.head, node.slots.as_slice())
        else {
            return None;
        };
        if self.own(node).is_none_or(|token| token.meta.is_some()) {
            return None;
        }
        let form = Form::Assign { to: self.name(to), from: self.name(from) };
        let is_plain = matches!(form, Form::Assign { to: None, from: None });
        Some(Traits { form: Some(form).filter(|_| !is_plain), ..self.expression(expr) })
    }

    /// `T x = e;` of one name.
    fn declaration(&self, names: &ListPat) -> Clue {
        let [Pat { kind: PatKind::Node(name), .. }] = names.elems.as_slice() else {
            return Clue::Nothing;
        };
        let (Kind::InitDeclarator { .. }, [Slot::One(declarator), Slot::Maybe(Some(value))]) =
            (name.head, name.slots.as_slice())
        else {
            return Clue::Nothing;
        };
        let traits = self.expression(value).and(kind(TokenKind::Eq));
        let declared = match &declarator.kind {
            PatKind::Node(NodePat { head: Kind::Declarator { .. }, slots, .. }) => match &slots[..]
            {
                [_, Slot::Maybe(Some(base)), _] => self.name(base),
                _ => None,
            },
            _ => self.name(declarator),
        };
        let constant = match &value.kind {
            PatKind::Meta { meta, .. } => {
                matches!(self.rule.metavar(*meta).kind, MetaKind::Constant { .. })
            }
            _ => false,
        };
        let form = declared.map(|name| Form::Declare { name, constant });
        clause(Traits { form, ..traits })
    }

    /// The metavariable that `pat` is, where it stands for one word that this rule binds itself.
    fn name(&self, pat: &Pat) -> Option<MetaId> {
        let PatKind::Meta { meta, .. } = pat.kind else { return None };
        let metavar = self.rule.metavar(meta);
        let is_name = matches!(metavar.kind, MetaKind::Identifier | MetaKind::Idexpression { .. });
        Some(meta).filter(|_| is_name)
    }

    /// What an expression asks of the clause that it stands in.
    fn expression(&self, pat: &Pat) -> Traits {
        match &pat.kind {
            PatKind::Meta { meta, .. } => {
                let is_code = matches!(
                    self.rule.metavar(*meta).kind,
                    MetaKind::Expression { .. }
                        | MetaKind::Idexpression { .. }
                        | MetaKind::Constant { .. }
                        | MetaKind::Identifier
                );
                let metas = if is_code { vec![(*meta, 1)] } else { Vec::new() };
                Traits { metas, ..Traits::default() }
            }
            PatKind::Dots(_) | PatKind::AnyType | PatKind::Optional(_) => Traits::default(),
            PatKind::Nest(Nest { body, at_least_once: true, .. }) => match body.as_slice() {
                [only] => self.expression(only),
                _ => Traits::default(),
            },
            PatKind::Nest(_) => Traits::default(),
            PatKind::Choice(choice) => {
                let mut arms = choice.arms.iter().map(|arm| self.elements(arm));
                let first = arms.next().unwrap_or_default();
                // All arms of a conjunction are about the same code: none of it is there twice.
                if choice.all { first } else { arms.fold(first, Traits::or) }
            }
            PatKind::Within(inner) | PatKind::Tested(inner) => self.expression(inner),
            PatKind::Node(node) => self.inner(node),
        }
    }

    fn elements(&self, pats: &[Pat]) -> Traits {
        pats.iter().fold(Traits::default(), |all, pat| all.and(self.expression(pat)))
    }

    fn inner(&self, node: &NodePat) -> Traits {
        let children = || node.slots.iter().fold(Traits::default(), |all, s| all.and(self.slot(s)));
        match node.head {
            Kind::Ident => self.own(node).map_or_else(Traits::default, |token| {
                match token.placement == Placement::Code && token.meta.is_none() {
                    true => word(&token.text),
                    false => Traits::default(),
                }
            }),
            Kind::Binary { .. } => {
                // `e || ...` may be `e` alone.
                if let [Slot::One(wanted), Slot::One(rest)] = node.slots.as_slice()
                    && matches!(rest.kind, PatKind::Dots(_) | PatKind::Nest(_))
                {
                    return self.expression(wanted);
                }
                children().and(self.operator(node))
            }
            Kind::Assign { .. } => children().and(self.operator(node)),
            Kind::Conditional { .. } => children().and(kind(TokenKind::Question)),
            Kind::Unary { op: UnaryOp::Not | UnaryOp::Complement, .. } => {
                children().and(self.operator(node))
            }
            Kind::Unary { .. }
            | Kind::Call { .. }
            | Kind::Index { .. }
            | Kind::Member { .. }
            | Kind::Paren { .. }
            | Kind::Comma { .. } => children(),
            Kind::Cast { .. } => node.slots.get(1).map_or_else(Traits::default, |s| self.slot(s)),
            Kind::SizeofExpr { .. } => {
                let operand = children();
                let sized = operand.metas.iter().map(|(meta, _)| *meta);
                let sized = sized.filter(|_| self.is_sized_alone(node)).collect();
                Traits { sized, ..operand.and(word("sizeof")) }
            }
            Kind::SizeofType { .. } => Traits { sizes_type: true, ..word("sizeof") },
            _ => Traits::default(),
        }
    }

    /// Whether the operand of a `sizeof` is nothing but a metavariable.
    fn is_sized_alone(&self, node: &NodePat) -> bool {
        let Some(Slot::One(operand)) = node.slots.first() else { return false };
        match &operand.as_written().kind {
            PatKind::Meta { .. } => true,
            PatKind::Node(inner) if matches!(inner.head, Kind::Paren { .. }) => {
                self.is_sized_alone(inner)
            }
            _ => false,
        }
    }

    fn slot(&self, slot: &Slot) -> Traits {
        match slot {
            Slot::One(pat) | Slot::Maybe(Some(pat)) => self.expression(pat),
            Slot::List(list) => self.elements(&list.elems),
            Slot::Name(name) => self.written(name),
            Slot::Maybe(None) | Slot::MaybeList(_) | Slot::MaybeName(_) => Traits::default(),
        }
    }

    /// A name that is no expression: the member in `p->x`.
    fn written(&self, name: &NamePat) -> Traits {
        match &name.kind {
            NameKind::Text(text) => word(text),
            NameKind::Meta(meta) => Traits { metas: vec![(*meta, 1)], ..Traits::default() },
            NameKind::Choice(names) => {
                let mut names = names.iter().map(|name| self.written(name));
                let first = names.next().unwrap_or_default();
                names.fold(first, Traits::or)
            }
        }
    }

    /// The operator of `node`, where it must be in the file as it is, or one of those that are listed.
    fn operator(&self, node: &NodePat) -> Traits {
        let Some(token) = self.own(node) else { return Traits::default() };
        match token.meta {
            Some(meta) => match self.rule.metavar(meta).listed_operators() {
                Some(kinds) => Traits { kinds: vec![KindSet::of(kinds)], ..Traits::default() },
                None => Traits::default(),
            },
            None if token.kind != TokenKind::Ident => kind(token.kind),
            None => Traits::default(),
        }
    }

    /// The first token of `node` that belongs to no child.
    fn own(&self, node: &NodePat) -> Option<&BodyToken> {
        node.own.first().map(|&token| self.body.token(token))
    }
}

fn word(word: &str) -> Traits {
    Traits { words: vec![vec![word.to_owned()]], ..Traits::default() }
}

fn kind(kind: TokenKind) -> Traits {
    Traits { kinds: vec![KindSet::of([kind])], ..Traits::default() }
}

/// All nests of a pattern.
pub fn nests_of(pattern: &Pattern) -> Vec<&Nest> {
    let mut nests = Vec::new();
    match pattern {
        Pattern::Empty => {}
        Pattern::Expression(pat) | Pattern::Type(pat) => nests_in(pat, &mut nests),
        Pattern::Statements(pats) => pats.iter().for_each(|pat| nests_in(pat, &mut nests)),
        Pattern::Items(items) => {
            for item in items {
                if let ItemPat::Code(pat) = item {
                    nests_in(pat, &mut nests);
                }
            }
        }
    }
    nests
}

/// The nests of `pat`, those in nests left out.
fn nests_in<'p>(pat: &'p Pat, out: &mut Vec<&'p Nest>) {
    match &pat.kind {
        PatKind::Nest(nest) => out.push(nest),
        PatKind::Node(node) => {
            for slot in &node.slots {
                match slot {
                    Slot::One(pat) => nests_in(pat, out),
                    Slot::Maybe(pat) => pat.iter().for_each(|pat| nests_in(pat, out)),
                    Slot::List(list) | Slot::MaybeList(Some(list)) => {
                        list.elems.iter().for_each(|pat| nests_in(pat, out));
                    }
                    Slot::MaybeList(None) | Slot::Name(_) | Slot::MaybeName(_) => {}
                }
            }
        }
        PatKind::Choice(choice) => {
            choice.arms.iter().flatten().for_each(|pat| nests_in(pat, out));
        }
        PatKind::Within(inner) | PatKind::Tested(inner) | PatKind::Optional(inner) => {
            nests_in(inner, out);
        }
        PatKind::Meta { .. } | PatKind::Dots(_) | PatKind::AnyType => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::smpl::SemanticPatch;
    use std::collections::BTreeSet;

    fn patch(rules: &str) -> SemanticPatch {
        let (mut patch, _) = crate::smpl::parse(rules.as_bytes()).expect("the rules are sound");
        patch.settle(&BTreeSet::new());
        patch
    }

    /// The traits of the one clause that `rule` asks for, or of the first of several.
    #[track_caller]
    fn traits(rule: &str) -> Traits {
        let patch = patch(rule);
        let mut clue = patch.rules[0].clue();
        while let Clue::Any(clues) | Clue::All(clues) = clue {
            clue = &clues[0];
        }
        let Clue::Clause(traits) = clue else { panic!("{clue:?}") };
        traits.clone()
    }

    #[test]
    fn an_expression_is_looked_for_in_one_clause() {
        let found = traits(
            "@@ expression x, y; binary operator o = {<, <=}; @@\n- ((x) o (y) ? (x) : (y))\n+ min(x, y)\n",
        );
        let less = KindSet::of([TokenKind::Lt, TokenKind::Le]);
        assert_eq!(found.kinds, [less, KindSet::of([TokenKind::Question])]);
        assert!(found.repeats());
    }

    #[test]
    fn what_a_nest_does_is_looked_for_where_nothing_else_is_done() {
        let found = traits("@@ identifier f; @@\nf(...) { <...\n- if (a < b) return c;\n...> }\n");
        assert_eq!(found.words, [["a"], ["b"], ["if"]]);
    }

    #[test]
    fn what_a_size_is_of_stands_elsewhere_too() {
        let rule = "@@ expression *x; expression f; @@\n  f(x, sizeof(\n- x\n+ *x\n  ))\n";
        assert!(traits(rule).repeats_sized());
    }

    #[test]
    fn names_are_looked_for_where_they_stand() {
        let rule = "@@ type T; constant C; identifier r; @@\n- T r = C;\n  ...\n- return r;\n+ return C;\n";
        assert!(matches!(traits(rule).form, Some(Form::Declare { constant: true, .. })));
        let row =
            "@@ identifier t; expression a, b; @@\n- t = a;\n- a = b;\n- b = t;\n+ swap(a, b);\n";
        let patch = patch(row);
        let Clue::All(all) = patch.rules[0].clue() else { panic!("a row is one of several") };
        assert!(all.iter().any(|one| matches!(one, Clue::Row(row) if row.len() == 3)));
    }
}
