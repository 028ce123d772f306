//! Sequences of statements along the paths of a function: dots, nests, and what follows what.
//!
//! After the model of CTL-VW (Brunel, Doligez, Hansen, Lawall, Muller: "A Foundation for Flow-Based
//! Program Matching", POPL 2009), evaluated top down: the bindings at hand are known before the paths are
//! walked, so each formula is asked of one environment at a time.
//!
//! `A; ... B;` is `A ∧ AX A[guard W B]`: on all paths from `A` the guard holds until `B` does. The guard says
//! that neither `A` nor `B` matches in between (the shortest path), and what `when` says. A metavariable
//!
//! What dots and nests run over is in [`gap`](super::gap).

use smallvec::smallvec;

use super::Matcher;
use super::flow::Flow;
use super::gap::Gap;
use super::state::{Match, States};
use super::term::ends_linked;
use crate::ast::{Kind, NodeId};
use crate::cfg::{Cfg, Edge, Point, PointKind};
use crate::lex::TokenRange;
use crate::smpl::pattern::{Choice, Pat, PatKind, TokenIx};
use crate::smpl::{MetaKind, Quantifier};

/// What is still to be matched.
#[derive(Clone, Copy)]
pub(super) enum Rest<'r> {
    /// Nothing.
    End,
    /// The end of this block: any place outside of it.
    Close(NodeId),
    /// These, and then the others.
    Seq(&'r [Pat], &'r Rest<'r>),
}

impl<'r> Rest<'r> {
    /// The first pattern, where there is one.
    pub(super) fn first(&self) -> Option<&'r Pat> {
        match self {
            Rest::Seq([first, ..], _) => Some(first),
            Rest::Seq([], next) => next.first(),
            Rest::End | Rest::Close(_) => None,
        }
    }

    pub(super) fn is_end(&self) -> bool {
        match self {
            Rest::End => true,
            Rest::Seq([], next) => next.is_end(),
            Rest::Close(_) | Rest::Seq(..) => false,
        }
    }
}

/// What was matched right before: dots must not run over another match of it, and without dots the next
/// statement must be its neighbour.
#[derive(Clone, Copy)]
pub(super) struct Before<'r> {
    pub(super) pat: &'r Pat,
    pub(super) statement: NodeId,
    /// Whether the next statement must be the neighbour in the same block.
    pub(super) adjacent: bool,
}

impl Matcher<'_> {
    /// Matches of a sequence anywhere in a function.
    pub(super) fn sequences(&self, flow: &Flow, pats: &[Pat], start: &Match) -> Vec<Match> {
        let rest = Rest::Seq(pats, &Rest::End);
        let leads_with_run = pats.first().is_some_and(Pat::is_run);
        let mut found = Vec::new();
        for point in flow.cfg.points() {
            let is_start = if leads_with_run {
                point == Cfg::ENTRY
            } else {
                point != Cfg::ENTRY && point != Cfg::EXIT
            };
            if is_start {
                found.extend(self.rest_at(flow, &rest, point, None, start.clone()));
            }
        }
        found
    }

    /// The statements of a block, from its start to its end.
    pub(super) fn block(
        &self,
        flow: &Flow,
        pats: &[Pat],
        compound: NodeId,
        state: Match,
    ) -> States {
        let Kind::Compound { items } = self.ast().kind(compound) else { return States::new() };
        let close = Rest::Close(compound);
        let rest = Rest::Seq(pats, &close);
        let first = self.ast().list(items).iter().find_map(|id| flow.entries.get(id));
        match first {
            Some(&point) => self.rest_at(flow, &rest, point, None, state),
            None => {
                // An empty block: only what may be nothing matches.
                let optional = pats.iter().all(|pat| match &pat.kind {
                    PatKind::Dots(_) | PatKind::Optional(_) => true,
                    PatKind::Nest(nest) => !nest.at_least_once,
                    PatKind::Meta { meta, .. } => {
                        self.rule.metavar(*meta).kind == MetaKind::StatementList
                    }
                    _ => false,
                });
                if optional { smallvec![state] } else { States::new() }
            }
        }
    }

    /// All ways to match `rest` from `point` on.
    pub(super) fn rest_at(
        &self,
        flow: &Flow,
        rest: &Rest<'_>,
        point: Point,
        before: Option<Before<'_>>,
        state: Match,
    ) -> States {
        let (pat, tail, next) = match rest {
            Rest::End => return smallvec![state],
            Rest::Close(compound) => {
                return if self.is_outside(flow, point, *compound) {
                    smallvec![state]
                } else {
                    States::new()
                };
            }
            Rest::Seq([], next) => return self.rest_at(flow, next, point, before, state),
            Rest::Seq([pat, tail @ ..], next) => (pat, tail, next),
        };
        let after = Rest::Seq(tail, next);
        match &pat.kind {
            PatKind::Dots(dots) => {
                let gap = Gap { token: dots.token, whens: &dots.whens, nest: None };
                self.gap(flow, gap, &after, point, before, state)
            }
            PatKind::Nest(nest) => {
                let gap = Gap { token: nest.open, whens: &nest.whens, nest: Some(nest) };
                self.gap(flow, gap, &after, point, before, state)
            }
            PatKind::Choice(choice) => self.arms(flow, pat, choice, &after, point, before, state),
            PatKind::Optional(inner) => {
                let with = Rest::Seq(std::slice::from_ref(&**inner), &after);
                let found = self.rest_at(flow, &with, point, before, state.clone());
                if found.is_empty() {
                    self.rest_at(flow, &after, point, before, state)
                } else {
                    found
                }
            }
            PatKind::Within(inner) => self.expression_at(flow, pat, inner, &after, point, state),
            PatKind::Meta { meta, token }
                if self.rule.metavar(*meta).kind == MetaKind::StatementList =>
            {
                self.all_statements(flow, (*meta, *token), &after, point, state)
            }
            PatKind::Node(_) | PatKind::Meta { .. } | PatKind::AnyType => {
                self.statement_at(flow, pat, &after, point, before, state)
            }
        }
    }

    fn is_outside(&self, flow: &Flow, point: Point, compound: NodeId) -> bool {
        if point == Cfg::EXIT {
            return true;
        }
        let range = self.ast().tokens(compound);
        let data = flow.cfg.data(point);
        if data.kind == PointKind::After {
            let statement = self.ast().tokens(data.statement);
            return !range.covers(statement) || statement == range;
        }
        !range.covers(self.ast().tokens(data.node))
    }

    /// A statement that starts at `point`, and then the rest.
    fn statement_at(
        &self,
        flow: &Flow,
        pat: &Pat,
        after: &Rest<'_>,
        point: Point,
        before: Option<Before<'_>>,
        state: Match,
    ) -> States {
        let mut found = States::new();
        let Some(statements) = flow.starts.get(&point) else { return found };
        for &statement in statements {
            if before.is_some_and(|before| {
                before.adjacent && !self.are_neighbours(before.statement, statement)
            }) {
                continue;
            }
            let here = self.term(pat, statement, state.clone());
            for next in here {
                let before = Before { pat, statement, adjacent: true };
                found.extend(self.go_on(
                    flow,
                    flow.behind(self.ast(), statement),
                    after,
                    before,
                    next,
                ));
            }
            if !found.is_empty() {
                break;
            }
        }
        found
    }

    fn are_neighbours(&self, first: NodeId, second: NodeId) -> bool {
        let (a, b) = (self.ast().parent(first), self.ast().parent(second));
        a == b && self.ast().tokens(first).end <= self.ast().tokens(second).start
    }

    /// An expression somewhere in what runs at `point`, and then the rest from there.
    fn expression_at(
        &self,
        flow: &Flow,
        pat: &Pat,
        inner: &Pat,
        after: &Rest<'_>,
        point: Point,
        state: Match,
    ) -> States {
        let data = flow.cfg.data(point);
        if matches!(
            data.kind,
            PointKind::Entry | PointKind::Exit | PointKind::After | PointKind::LoopHead
        ) {
            return States::new();
        }
        let mut found = States::new();
        for expr in self.expressions_of(data.node) {
            for next in self.term(inner, expr, state.clone()) {
                let before = Before { pat, statement: data.statement, adjacent: false };
                let edges = flow.cfg.successors(point).to_vec();
                found.extend(self.go_on(flow, edges, after, before, next));
            }
        }
        found
    }

    /// All statements from `point` to the end of their block.
    fn all_statements(
        &self,
        flow: &Flow,
        (meta, token): (crate::smpl::MetaId, TokenIx),
        after: &Rest<'_>,
        point: Point,
        mut state: Match,
    ) -> States {
        let Some(&first) = flow.starts.get(&point).and_then(|all| all.first()) else {
            return States::new();
        };
        let Some(Kind::Compound { items }) = self.ast().parent(first).map(|id| self.ast().kind(id))
        else {
            return States::new();
        };
        let items = self.ast().list(items);
        let Some(at) = items.iter().position(|&id| id == first) else { return States::new() };
        let Some(&last) = items.last() else { return States::new() };
        let range = self.ast().tokens(first).join(self.ast().tokens(last));
        if !self.bind(meta, self.range_code(&[range], items.len() - at, Vec::new()), &mut state) {
            return States::new();
        }
        state.link(token, range);
        match after.first() {
            None => smallvec![state],
            Some(_) => States::new(),
        }
    }

    /// Each arm with what follows it, the first that matches.
    #[allow(clippy::too_many_arguments, reason = "the state of the walk, and the choice")]
    fn arms(
        &self,
        flow: &Flow,
        pat: &Pat,
        choice: &Choice,
        after: &Rest<'_>,
        point: Point,
        before: Option<Before<'_>>,
        state: Match,
    ) -> States {
        let linked = |states: States, arm: &[Pat]| -> States {
            let ends = |state: Match| match self.met_range(arm, &state) {
                Some(range) => ends_linked(pat, range, state),
                None => state,
            };
            states.into_iter().map(ends).collect()
        };
        if choice.all {
            let mut states: States = smallvec![state];
            for (index, arm) in choice.arms.iter().enumerate() {
                let rest =
                    if index == 0 { Rest::Seq(arm, after) } else { Rest::Seq(arm, &Rest::End) };
                states = states
                    .into_iter()
                    .flat_map(|state| self.rest_at(flow, &rest, point, before, state))
                    .collect();
            }
            return linked(states, choice.arms.first().map_or(&[], Vec::as_slice));
        }
        for arm in &choice.arms {
            let found = self.rest_at(flow, &Rest::Seq(arm, after), point, before, state.clone());
            if !found.is_empty() {
                return linked(found, arm);
            }
        }
        States::new()
    }

    /// The tokens that the patterns of `arm` met, from the first to the last.
    fn met_range(&self, arm: &[Pat], state: &Match) -> Option<TokenRange> {
        let (first, last) = (arm.first()?.tokens?.0, arm.last()?.tokens?.1);
        let met = state.links.iter().filter(|link| first <= link.token && link.token <= last);
        met.flat_map(|link| &link.places)
            .copied()
            .filter(|range| !range.is_empty())
            .reduce(TokenRange::join)
    }

    /// The rest behind a statement: on all edges, or on one.
    fn go_on(
        &self,
        flow: &Flow,
        edges: Vec<Edge>,
        rest: &Rest<'_>,
        before: Before<'_>,
        state: Match,
    ) -> States {
        if rest.is_end() {
            return smallvec![state];
        }
        if edges.is_empty() {
            // Nothing comes after it: an endless loop, or both branches return.
            return match rest.first() {
                None => smallvec![state],
                Some(pat) if pat.is_run() => smallvec![state],
                Some(_) => States::new(),
            };
        }
        let mut points: Vec<Point> = edges.iter().map(|edge| edge.point).collect();
        points.dedup();
        if let [only] = points.as_slice() {
            return self.rest_at(flow, rest, *only, Some(before), state);
        }
        let mut all = Vec::new();
        for point in points {
            let found = self.rest_at(flow, rest, point, Some(before), state.clone());
            if found.is_empty() && self.is_forall() {
                return States::new();
            }
            all.extend(found);
        }
        if self.is_forall() { self.merged(&state, all).into_iter().collect() } else { all.into() }
    }

    /// Whether all paths must match.
    pub(super) fn is_forall(&self) -> bool {
        match self.rule.quantifier {
            Quantifier::Forall => true,
            Quantifier::Exists => false,
            Quantifier::Default => self.rule.transforms(),
        }
    }

    /// Whether a pattern of a `when`, or what stands beside the dots, matches at `point`.
    pub(super) fn occurs(&self, flow: &Flow, pats: &[Pat], point: Point, state: &Match) -> bool {
        !self.rest_at(flow, &Rest::Seq(pats, &Rest::End), point, None, state.clone()).is_empty()
    }
}
