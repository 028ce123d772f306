//! Walks a rule's pattern and puts a choice around what an isomorphism applies to.
//!
//! An isomorphism applies where the rule treats the code as one: all of it goes, or its own words stay and
//! nothing is added between them. Code that is added at its ends moves to the ends of what stands for it.

use super::super::metavar::{MetaId, Metavar};
use super::super::pattern::{
    Choice, ChoiceBy, ItemPat, ListPat, Nest, NodePat, Pat, PatKind, Pattern, Slot, TokenIx, When,
};
use super::super::{Body, Mark, Placement, PlusRun, Rule};
use super::added::Added;
use super::fit::{Bound, Fit, fit};
use super::instance::{Changes, instance};
use super::{Isomorphism, Section, Side};
use crate::ast::{AssignOp, BinaryOp, Kind, UnaryOp};

/// A rule whose isomorphisms need more tokens than this is used without the rest of them.
const MOST_TOKENS: usize = 50_000;

/// Applies `isomorphisms` to `rule`, one after the other.
pub(super) fn apply(rule: &mut Rule, isomorphisms: &[&Isomorphism], added: &Added) {
    let Rule { metavars, body, pattern, .. } = rule;
    let uses = uses(body, metavars.len());
    for iso in isomorphisms {
        let mut walk = Walk { iso, metavars, body, uses: &uses, added };
        match pattern {
            Pattern::Empty => {}
            Pattern::Expression(pat) => walk.pat(pat, Position::Plain),
            Pattern::Type(pat) => walk.pat(pat, Position::Plain),
            Pattern::Statements(pats) => walk.all(pats),
            Pattern::Items(items) => {
                for item in items {
                    if let ItemPat::Code(pat) = item {
                        walk.pat(pat, Position::Plain);
                    }
                }
            }
        }
    }
}

/// Where a piece of code stands in the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    Plain,
    /// Tested for being true.
    Test,
    /// An argument, or the right side of an assignment.
    Argument,
    /// The block of a function: not one statement among others.
    FunctionBody,
}

struct Walk<'a> {
    iso: &'a Isomorphism,
    metavars: &'a mut Vec<Metavar>,
    body: &'a mut Body,
    /// How often each of the author's metavariables is used.
    uses: &'a [u32],
    added: &'a Added,
}

/// How often each metavariable is used where one arm of each choice is taken: the most in any arm counts.
fn uses(body: &Body, count: usize) -> Vec<u32> {
    let mut now = vec![0; count];
    // For each open choice: the counts before it, and the most in its arms.
    let mut open: Vec<(Vec<u32>, Vec<u32>)> = Vec::new();
    let most =
        |a: &[u32], b: &[u32]| -> Vec<u32> { a.iter().zip(b).map(|(a, b)| *a.max(b)).collect() };
    for token in &body.tokens {
        let metas = token.meta.iter().chain(&token.attached).copied();
        for meta in metas.chain(token.added().filter_map(|added| added.meta)) {
            now[meta.index()] += 1;
        }
        match token.placement {
            Placement::ChoiceOpen => open.push((now.clone(), vec![0; count])),
            Placement::ChoiceOr => {
                if let Some((before, arms)) = open.last_mut() {
                    *arms = most(arms, &now);
                    now.clone_from(before);
                }
            }
            Placement::ChoiceClose => {
                if let Some((_, arms)) = open.pop() {
                    now = most(&arms, &now);
                }
            }
            _ => {}
        }
    }
    now
}

impl Walk<'_> {
    fn all(&mut self, pats: &mut [Pat]) {
        pats.iter_mut().for_each(|pat| self.pat(pat, Position::Plain));
    }

    /// Children first, and then the whole.
    fn pat(&mut self, pat: &mut Pat, position: Position) {
        match &mut pat.kind {
            PatKind::Node(node) => self.node(node, position),
            PatKind::Dots(dots) => self.whens(&mut dots.whens),
            PatKind::Nest(Nest { body, whens, .. }) => {
                self.all(body);
                self.whens(whens);
            }
            PatKind::Choice(choice) => return self.choice(choice, position),
            PatKind::Within(inner) | PatKind::Optional(inner) => {
                return self.pat(inner, Position::Plain);
            }
            PatKind::Tested(inner) => return self.pat(inner, Position::Test),
            PatKind::Meta { .. } | PatKind::AnyType => {}
        }
        let others = self.others(pat, position);
        if !others.is_empty() {
            let tokens = pat.tokens;
            let mut arms = vec![vec![pat.clone()]];
            arms.extend(others.into_iter().map(|other| vec![other]));
            let choice = Choice { by: ChoiceBy::Isomorphism, all: false, arms };
            *pat = Pat::new(PatKind::Choice(choice), tokens);
        }
    }

    fn choice(&mut self, choice: &mut Choice, position: Position) {
        if choice.by == ChoiceBy::Author {
            for arm in &mut choice.arms {
                match arm.as_mut_slice() {
                    [only] => self.pat(only, position),
                    pats => self.all(pats),
                }
            }
            return;
        }
        // What comes of an arm stands beside it, so that choices do not pile up.
        let mut arms: Vec<Vec<Pat>> = Vec::new();
        for arm in std::mem::take(&mut choice.arms) {
            for mut pat in arm {
                self.pat(&mut pat, position);
                match pat.kind {
                    PatKind::Choice(Choice { by: ChoiceBy::Isomorphism, arms: inner, .. }) => {
                        arms.extend(inner);
                    }
                    _ => arms.push(vec![pat]),
                }
            }
        }
        let mut known: Vec<String> = Vec::new();
        arms.retain(|arm| {
            let text = arm.first().map_or_else(String::new, |pat| self.text(pat));
            let is_new = !known.contains(&text);
            known.push(text);
            is_new
        });
        choice.arms = arms;
    }

    /// The words of `pat`; a test is not the same as the expression that is tested.
    fn text(&self, pat: &Pat) -> String {
        let mut text = match pat.kind {
            PatKind::Tested(_) => "test of ".to_owned(),
            _ => String::new(),
        };
        if let Some((first, last)) = pat.tokens {
            for token in &self.body.tokens[first.index()..=last.index()] {
                text.push_str(&token.text);
                text.push(' ');
            }
        }
        text
    }

    fn whens(&mut self, whens: &mut [When]) {
        for when in whens {
            match when {
                When::Not(pats) | When::Only(pats) => self.all(pats),
                When::NotTrue(pats) | When::NotFalse(pats) => {
                    pats.iter_mut().for_each(|pat| self.pat(pat, Position::Test));
                }
                When::Any | When::Strict | When::Forall | When::Exists => {}
            }
        }
    }

    fn node(&mut self, node: &mut NodePat, position: Position) {
        let head = node.head;
        for (index, slot) in node.slots.iter_mut().enumerate() {
            let position = child_position(head, index, position);
            match slot {
                Slot::One(pat) | Slot::Maybe(Some(pat)) => self.pat(pat, position),
                Slot::List(ListPat { elems, .. })
                | Slot::MaybeList(Some(ListPat { elems, .. })) => {
                    elems.iter_mut().for_each(|pat| self.pat(pat, position));
                }
                Slot::Maybe(None) | Slot::MaybeList(None) | Slot::Name(_) | Slot::MaybeName(_) => {}
            }
        }
    }

    /// What stands for `pat` by this isomorphism.
    fn others(&mut self, pat: &Pat, position: Position) -> Vec<Pat> {
        let applies = match self.iso.section {
            Section::Expression | Section::ToTestExpression => true,
            Section::TestExpression => position == Position::Test,
            Section::ArgExpression => position == Position::Argument,
            Section::Statement | Section::Declaration => position != Position::FunctionBody,
            Section::Type | Section::TopLevel => false,
        };
        if !applies || self.body.tokens.len() > MOST_TOKENS {
            return Vec::new();
        }
        let iso = self.iso;
        for (index, group) in iso.groups.iter().enumerate() {
            for (number, side) in group.iter().enumerate() {
                let Some(found) = fit(side, &iso.metavars, pat, self.metavars, self.body) else {
                    continue;
                };
                let later = iso.groups[index..].iter().enumerate();
                let sides = later.flat_map(|(ahead, group)| {
                    let other = move |at: &usize| ahead > 0 || *at != number;
                    (0..group.len()).filter(other).map(move |at| (index + ahead, at))
                });
                return sides
                    .filter_map(|(group, at)| self.other(pat, &found, (group, at)))
                    .collect();
            }
        }
        Vec::new()
    }

    /// The side at `place` in the place of `pat`.
    fn other(&mut self, pat: &Pat, found: &Fit, place: (usize, usize)) -> Option<Pat> {
        let side = &self.iso.groups[place.0][place.1];
        let (first, last) = pat.tokens?;
        let used: Vec<MetaId> = side.body.tokens.iter().filter_map(|token| token.meta).collect();
        let lone = match (self.iso.section, &side.pat.kind) {
            (Section::Statement, PatKind::Meta { meta, .. }) => Some(*meta),
            _ => None,
        };
        if self.loses(found, &used) || !self.keeps_places(found, side) {
            return None;
        }
        let changes = self.changes(found, (first, last), &used, lone)?;
        let before = self.body.tokens.len();
        let fields = (self.iso.metavars.as_slice(), &mut *self.metavars);
        let made = instance(side, found, &changes, fields, self.body);
        let Some(made) = made else {
            self.body.tokens.truncate(before);
            return None;
        };
        self.body.stand_for(first);
        let is_test = self.iso.section == Section::ToTestExpression && place != (0, 0);
        Some(match is_test {
            true => Pat { tokens: made.tokens, ..Pat::new(PatKind::Tested(Box::new(made)), None) },
            false => made,
        })
    }

    /// Whether a side with the metavariables `used` takes code of which added code could say only a part: it
    /// has a metavariable more beside one that the added code names ([`Added`]).
    fn loses(&self, found: &Fit, used: &[MetaId]) -> bool {
        let has_more = used.iter().any(|meta| found.bound[meta.index()].is_none());
        let said = |meta: &MetaId| match &found.bound[meta.index()] {
            Some(Bound::Code(code)) => code.as_written().tokens.is_some_and(|(first, last)| {
                let tokens = &self.body.tokens[first.index()..=last.index()];
                tokens.iter().any(|token| self.added.says(&token.text))
            }),
            Some(Bound::Name(_)) | None => false,
        };
        has_more && used.iter().any(said)
    }

    /// Whether `side` still has the words at which the rule asks for a position: `x ==@p NULL` is not `!x`.
    fn keeps_places(&self, found: &Fit, side: &Side) -> bool {
        found.attached.iter().filter(|one| found.own.contains(&one.token)).all(|one| {
            let text = &self.body.token(one.token).text;
            side.body.tokens.iter().any(|token| token.meta.is_none() && token.text == *text)
        })
    }

    /// What happens to code that stands for tokens `first..=last`; `None` where it cannot be told.
    ///
    /// `used` are the metavariables of the new side, `lone` the statement that it is nothing but.
    fn changes(
        &self,
        found: &Fit,
        (first, last): (TokenIx, TokenIx),
        used: &[MetaId],
        lone: Option<MetaId>,
    ) -> Option<Changes> {
        let tokens = &self.body.tokens[first.index()..=last.index()];
        let is_pure = |range: (TokenIx, TokenIx), goes: bool| {
            self.body.tokens[range.0.index()..=range.1.index()].iter().all(|token| {
                token.before.is_empty()
                    && token.after.is_empty()
                    && (goes || token.mark != Mark::Minus)
            })
        };
        let goes = tokens.iter().all(|token| token.mark == Mark::Minus);
        for (index, bound) in found.bound.iter().enumerate() {
            let Some(bound) = bound else { continue };
            let range = bound.tokens()?;
            let purity = self.iso.metavars[index].purity;
            let dropped = !used.contains(&MetaId(index as u32));
            if purity.pure && !self.is_lone_metavar(bound)
                || purity.context && self.body.token(range.0).mark == Mark::Minus
                || (purity.pure || dropped) && !is_pure(range, goes)
            {
                return None;
            }
        }
        if goes {
            let before = tokens.first()?.before.clone();
            let mut after: Vec<PlusRun> = Vec::new();
            for (index, token) in tokens.iter().enumerate() {
                let inner = if index == 0 { &[][..] } else { &token.before[..] };
                after.extend(inner.iter().chain(&token.after).cloned());
            }
            let moved = Vec::new();
            return Some(Changes { mark: Some(Mark::Minus), goes, before, after, moved });
        }
        if lone.is_some_and(|meta| !self.stays_one(found, meta)) {
            return None;
        }
        let own = found.own.iter().map(|&token| (token, self.body.token(token)));
        for (at, token) in own {
            let inner =
                at != first && !token.before.is_empty() || at != last && !token.after.is_empty();
            if token.mark == Mark::Minus || inner {
                return None;
            }
        }
        // What replaces a token that goes belongs to that token, wherever it then stands.
        let stays = |at: &TokenIx| self.body.token(*at).mark != Mark::Minus;
        let before = Some(first).filter(stays).map(|at| self.body.token(at).before.clone());
        let after = Some(last).filter(stays).map(|at| self.body.token(at).after.clone());
        let (before, after) = (before.unwrap_or_default(), after.unwrap_or_default());
        let mark = found.own.first().map(|&token| self.body.token(token).mark);
        let moved = [first, last].into_iter().filter(stays).collect();
        Some(Changes { mark, goes, before, after, moved })
    }

    /// Whether a statement that stands for a block is still one statement after the change: without braces
    /// there is no place for none, and none for two.
    fn stays_one(&self, found: &Fit, meta: MetaId) -> bool {
        let bound = found.bound[meta.index()].as_ref();
        if let Some(Bound::Code(Pat { kind: PatKind::Choice(choice), .. })) = bound
            && choice.by == ChoiceBy::Author
        {
            let ends = |arm: &Vec<Pat>| Some((arm.first()?.tokens?.0, arm.last()?.tokens?.1));
            return choice.arms.iter().filter_map(ends).all(|ends| self.is_one(ends));
        }
        bound.and_then(Bound::tokens).is_none_or(|ends| self.is_one(ends))
    }

    /// Whether the code from the first to the last of these tokens is one statement after the change.
    fn is_one(&self, (first, last): (TokenIx, TokenIx)) -> bool {
        let tokens = &self.body.tokens[first.index()..=last.index()];
        let goes = tokens.iter().all(|token| token.mark == Mark::Minus);
        let (first, last) = (self.body.token(first), self.body.token(last));
        match goes {
            true => tokens.iter().any(|t| !t.before.is_empty() || !t.after.is_empty()),
            false => first.before.is_empty() && last.after.is_empty(),
        }
    }

    /// Whether `bound` is a metavariable that nothing else in the rule depends on.
    fn is_lone_metavar(&self, bound: &Bound) -> bool {
        let Some((first, last)) = bound.tokens() else { return false };
        let Some(meta) = self.body.token(first).meta.filter(|_| first == last) else {
            return false;
        };
        let metavar = &self.metavars[meta.index()];
        metavar.origin.is_none()
            && metavar.constraints.is_empty()
            && self.uses.get(meta.index()) == Some(&1)
    }
}

/// Where child number `index` of a node of that head stands.
fn child_position(head: Kind, index: usize, own: Position) -> Position {
    match (head, index) {
        (Kind::If { .. } | Kind::While { .. } | Kind::Conditional { .. }, 0)
        | (Kind::DoWhile { .. }, 1)
        | (Kind::For { .. }, 1)
        | (Kind::Binary { op: BinaryOp::And | BinaryOp::Or, .. }, _)
        | (Kind::Unary { op: UnaryOp::Not, .. }, _) => Position::Test,
        (Kind::Paren { .. }, _) => own,
        (Kind::Call { .. }, 1)
        | (Kind::Assign { op: AssignOp::Assign, .. }, 1)
        | (Kind::InitDeclarator { .. }, 1) => Position::Argument,
        (Kind::Function { .. }, 3) => Position::FunctionBody,
        _ => Position::Plain,
    }
}
