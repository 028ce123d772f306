//! Sequences of statements along the paths of a function: dots, nests, and what follows what.
//!
//! After the model of CTL-VW (Brunel, Doligez, Hansen, Lawall, Muller: "A Foundation for Flow-Based
//! Program Matching", POPL 2009), evaluated top down: the bindings at hand are known before the paths are
//! walked, so each formula is asked of one environment at a time.
//!
//! `A; ... B;` is `A ∧ AX A[guard W B]`: on all paths from `A` the guard holds until `B` does. The guard says
//! that neither `A` nor `B` matches in between (the shortest path), and what `when` says. A metavariable
//! that is bound first in `B` may be bound differently on each path; such matches become parts of the
//! whole. Where a rule only matches, or says `exists`, one path is enough and each is a match.
//!
//! The until is weak, so that a loop is no reason not to match, but at least one path must get there. A
//! branch of an `if` that never comes back to the end of it (an error path) need not, unless `when strict`.

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;

use super::Matcher;
use super::state::{Link, Match, States};
use super::term::ends_linked;
use crate::ast::{Ast, Kind, NodeId};
use crate::cfg::{Cfg, Edge, EdgeKind, NoReturn, Point, PointKind, build};
use crate::lex::{LexedFile, TokenRange};
use crate::smpl::pattern::{Choice, Nest, Pat, PatKind, TokenIx, When};
use crate::smpl::{Mark, MetaId, MetaKind, Quantifier};

/// The graph of a function and which statement starts at which of its points.
pub(super) struct Flow {
    cfg: Cfg,
    /// The first point of each statement.
    entries: FxHashMap<NodeId, Point>,
    /// The statements that start at a point, the outermost first.
    starts: FxHashMap<Point, Vec<NodeId>>,
    /// The point behind an `if`, loop or `switch`.
    afters: FxHashMap<NodeId, Point>,
}

impl Flow {
    /// Builds the graph of `function`.
    pub(super) fn new(ast: &Ast, file: &LexedFile, function: NodeId) -> Flow {
        let cfg = build(ast, file, function, &NoReturn::default());
        let mut entries: FxHashMap<NodeId, Point> = FxHashMap::default();
        let mut afters = FxHashMap::default();
        for point in cfg.points().skip(2) {
            let data = cfg.data(point);
            if data.kind == PointKind::After {
                afters.insert(data.statement, point);
            } else {
                entries.entry(data.statement).or_insert(point);
            }
        }
        let mut starts: FxHashMap<Point, Vec<NodeId>> = FxHashMap::default();
        for (&statement, &point) in &entries {
            starts.entry(point).or_default().push(statement);
        }
        for statements in starts.values_mut() {
            statements
                .sort_by_key(|&id| (ast.tokens(id).start, std::cmp::Reverse(ast.tokens(id).end)));
        }
        Flow { cfg, entries, starts, afters }
    }

    /// Where control goes on behind `statement`.
    fn behind(&self, ast: &Ast, statement: NodeId) -> Vec<Edge> {
        if let Some(&after) = self.afters.get(&statement) {
            return self.cfg.successors(after).to_vec();
        }
        match ast.kind(statement) {
            Kind::Compound { items } => match ast.list(items).last() {
                Some(&last) => self.behind(ast, last),
                None => Vec::new(),
            },
            Kind::Labeled { body: Some(body), .. } => self.behind(ast, body),
            _ => match self.entries.get(&statement) {
                Some(&point) => self.cfg.successors(point).to_vec(),
                None => Vec::new(),
            },
        }
    }
}

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
    fn first(&self) -> Option<&'r Pat> {
        match self {
            Rest::Seq([first, ..], _) => Some(first),
            Rest::Seq([], next) => next.first(),
            Rest::End | Rest::Close(_) => None,
        }
    }

    fn is_end(&self) -> bool {
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
    pat: &'r Pat,
    statement: NodeId,
    /// Whether the next statement must be the neighbour in the same block.
    adjacent: bool,
}

/// Dots or a nest, as the walk sees them.
#[derive(Clone, Copy)]
struct Gap<'r> {
    token: TokenIx,
    whens: &'r [When],
    nest: Option<&'r Nest>,
}

impl Gap<'_> {
    fn has(&self, wanted: &When) -> bool {
        self.whens.iter().any(|when| std::mem::discriminant(when) == std::mem::discriminant(wanted))
    }
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
    fn rest_at(
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
    fn is_forall(&self) -> bool {
        match self.rule.quantifier {
            Quantifier::Forall => true,
            Quantifier::Exists => false,
            Quantifier::Default => self.rule.transforms(),
        }
    }

    /// Dots or a nest from `start` on, and then the rest.
    fn gap(
        &self,
        flow: &Flow,
        gap: Gap<'_>,
        rest: &Rest<'_>,
        start: Point,
        before: Option<Before<'_>>,
        mut state: Match,
    ) -> States {
        state.link(gap.token, TokenRange::new(0, 0));
        if rest.is_end() && gap.whens.is_empty() && gap.nest.is_none() {
            return smallvec![state];
        }
        let before = before.map(|before| Before { adjacent: false, ..before });
        let mut walk = Walk::new(self, flow, gap, rest, before, &state);
        walk.explore(start);
        let forall = (self.is_forall() || gap.has(&When::Forall)) && !gap.has(&When::Exists);
        if forall {
            walk.settle();
            if !walk.is_satisfied(start) {
                return States::new();
            }
        }
        let reached = walk.collect(start, forall);
        let nested = walk.nested(&reached);
        let stops = reached.stops;
        if gap.nest.is_some_and(|nest| nest.at_least_once) && nested.is_empty() {
            return States::new();
        }
        let mut found: States = if forall {
            if stops.is_empty() && !rest_may_be_nothing(rest) {
                return States::new();
            }
            if stops.is_empty() {
                smallvec![state.clone()]
            } else {
                self.merged(&state, stops).into_iter().collect()
            }
        } else {
            stops.into()
        };
        for state in &mut found {
            adopt(state, &nested);
            for part in &nested {
                state.parts.push(part.clone());
            }
            if self.rule.body.token(gap.token).mark == Mark::Minus {
                self.link_passed(flow, gap.token, &reached.passed, state);
            }
        }
        found
    }

    /// Links dots that go with the statements they ran over.
    fn link_passed(&self, flow: &Flow, token: TokenIx, passed: &[Point], state: &mut Match) {
        let statements = passed.iter().filter_map(|point| flow.starts.get(point)?.first());
        let mut ranges: Vec<TokenRange> = statements.map(|&id| self.ast().tokens(id)).collect();
        ranges.sort();
        ranges.dedup();
        let outermost: Vec<TokenRange> = ranges
            .iter()
            .copied()
            .filter(|range| !ranges.iter().any(|other| other != range && other.covers(*range)))
            .collect();
        state.links.push(Link { token, places: outermost.into() });
    }

    /// Matches on several paths as one: what they agree on is bound, what differs makes them parts.
    fn merged(&self, base: &Match, mut all: Vec<Match>) -> Option<Match> {
        all.sort();
        all.dedup();
        if all.len() <= 1 {
            return all.pop();
        }
        let mut whole = base.clone();
        let needed = self.added_metas(base);
        let (first, others) = all.split_first()?;
        for (meta, value) in first.bindings.bound() {
            if others.iter().all(|other| other.bindings.get(meta) == Some(value)) {
                whole.bindings.set(meta, value.clone());
            }
        }
        let differs = |path: &Match| {
            path.bindings
                .bound()
                .any(|(meta, _)| needed.contains(&meta) && whole.bindings.get(meta).is_none())
        };
        if all.iter().any(differs) {
            return None;
        }
        for mut path in all {
            let same = path.bindings == whole.bindings;
            let own = path.links.split_off(base.links.len().min(path.links.len()));
            let parts = path.parts.split_off(base.parts.len().min(path.parts.len()));
            if same {
                for link in own {
                    if !whole.links.contains(&link) {
                        whole.links.push(link);
                    }
                }
                for part in parts {
                    if !whole.parts.contains(&part) {
                        whole.parts.push(part);
                    }
                }
            } else {
                whole.parts.push(Match { bindings: path.bindings, links: own, parts });
            }
        }
        Some(whole)
    }

    /// The metavariables in code that is added beside what `base` has met already: all paths must agree on
    /// them.
    fn added_metas(&self, base: &Match) -> FxHashSet<MetaId> {
        let tokens = base.links.iter().map(|link| self.rule.body.token(link.token));
        let runs = tokens.flat_map(|token| token.before.iter().chain(&token.after));
        runs.flat_map(|run| &run.tokens).filter_map(|token| token.meta).collect()
    }

    /// Whether a pattern of a `when`, or what stands beside the dots, matches at `point`.
    fn occurs(&self, flow: &Flow, pats: &[Pat], point: Point, state: &Match) -> bool {
        !self.rest_at(flow, &Rest::Seq(pats, &Rest::End), point, None, state.clone()).is_empty()
    }
}

/// What all matches in a nest agree on is bound for the whole.
fn adopt(state: &mut Match, nested: &[Match]) {
    let Some((first, others)) = nested.split_first() else { return };
    for (meta, value) in first.bindings.bound() {
        let agreed = others.iter().all(|other| other.bindings.get(meta) == Some(value));
        if agreed && state.bindings.get(meta).is_none() {
            state.bindings.set(meta, value.clone());
        }
    }
}

/// Whether nothing but the end of a block is left.
fn rest_may_be_nothing(rest: &Rest<'_>) -> bool {
    rest.first().is_none()
}

/// What is known of a point on the way.
struct Seen {
    /// The matches of the rest from here.
    stops: States,
    /// Whether the dots may run over it.
    passes: bool,
    /// Whether all paths from here are well, as far as it is known.
    satisfied: bool,
}

/// The points and matches that dots reach.
struct Reached {
    stops: Vec<Match>,
    passed: Vec<Point>,
}

/// One walk of dots through the graph, for one environment.
struct Walk<'w, 'm, 'r> {
    matcher: &'w Matcher<'m>,
    flow: &'w Flow,
    gap: Gap<'r>,
    rest: &'w Rest<'r>,
    before: Option<Before<'r>>,
    state: &'w Match,
    seen: FxHashMap<Point, Seen>,
    order: Vec<Point>,
}

impl<'w, 'm, 'r> Walk<'w, 'm, 'r> {
    fn new(
        matcher: &'w Matcher<'m>,
        flow: &'w Flow,
        gap: Gap<'r>,
        rest: &'w Rest<'r>,
        before: Option<Before<'r>>,
        state: &'w Match,
    ) -> Walk<'w, 'm, 'r> {
        let seen = FxHashMap::default();
        Walk { matcher, flow, gap, rest, before, state, seen, order: Vec::new() }
    }

    fn any(&self) -> bool {
        self.gap.has(&When::Any)
    }

    fn explore(&mut self, start: Point) {
        let mut stack = vec![start];
        while let Some(point) = stack.pop() {
            if self.seen.contains_key(&point) {
                continue;
            }
            let stops = if self.rest.is_end() {
                if point == Cfg::EXIT { smallvec![self.state.clone()] } else { States::new() }
            } else {
                self.matcher.rest_at(self.flow, self.rest, point, None, self.state.clone())
            };
            let passes = self.passes(point, !stops.is_empty());
            if passes && (stops.is_empty() || self.any()) {
                stack.extend(self.edges(point).into_iter().map(|edge| edge.point));
            }
            self.seen.insert(point, Seen { stops, passes, satisfied: true });
            self.order.push(point);
        }
    }

    /// The edges that the dots may take from `point`.
    fn edges(&self, point: Point) -> Vec<Edge> {
        let all = self.flow.cfg.successors(point);
        let forbidden = |edge: &Edge| {
            self.gap.whens.iter().any(|when| match (when, edge.kind) {
                (When::NotTrue(pats), EdgeKind::True) | (When::NotFalse(pats), EdgeKind::False) => {
                    let node = self.flow.cfg.node(point);
                    pats.first().is_some_and(|pat| {
                        !self.matcher.term(pat, node, self.state.clone()).is_empty()
                    })
                }
                _ => false,
            })
        };
        all.iter().copied().filter(|edge| !forbidden(edge)).collect()
    }

    /// Whether the dots may run over `point`.
    fn passes(&self, point: Point, stops: bool) -> bool {
        if !self.any() {
            if let Some(first) = self.rest.first()
                && !stops
                && self.shadows(std::slice::from_ref(first), point)
            {
                return false;
            }
            if let Some(before) = self.before
                && self.gap.nest.is_none()
                && self.shadows(std::slice::from_ref(before.pat), point)
            {
                return false;
            }
        }
        self.gap.whens.iter().all(|when| match when {
            When::Not(pats) => !self.matcher.occurs(self.flow, pats, point, self.state),
            When::Only(pats) => {
                !self.flow.starts.contains_key(&point)
                    || self.matcher.occurs(self.flow, pats, point, self.state)
            }
            When::Any
            | When::Strict
            | When::Forall
            | When::Exists
            | When::NotTrue(_)
            | When::NotFalse(_) => true,
        })
    }

    /// Whether `pats` match at `point`, so that the shortest path ends or starts there. A statement
    /// metavariable matches everywhere and ends nothing.
    fn shadows(&self, pats: &[Pat], point: Point) -> bool {
        let says_something = pats.iter().all(|pat| match &pat.kind {
            PatKind::Node(_) | PatKind::Within(_) | PatKind::Choice(_) => true,
            PatKind::Meta { .. }
            | PatKind::Dots(_)
            | PatKind::Nest(_)
            | PatKind::AnyType
            | PatKind::Optional(_) => false,
        });
        says_something && self.matcher.occurs(self.flow, pats, point, self.state)
    }

    /// The greatest set of points from which all paths are well.
    fn settle(&mut self) {
        let strict = self.gap.has(&When::Strict);
        loop {
            let mut changed = false;
            for index in (0..self.order.len()).rev() {
                let point = self.order[index];
                let seen = &self.seen[&point];
                if !seen.satisfied || !seen.stops.is_empty() {
                    continue;
                }
                let well = seen.passes && {
                    let edges = self.edges(point);
                    let from_here = !edges.is_empty();
                    from_here
                        && edges.iter().all(|edge| {
                            self.is_satisfied(edge.point)
                                || !strict
                                    && edge.kind == EdgeKind::True
                                    && self.is_error_branch(point)
                        })
                };
                let ends = self.rest.is_end() && point == Cfg::EXIT;
                if !well && !ends {
                    self.seen.get_mut(&point).expect("it is in the order").satisfied = false;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn is_satisfied(&self, point: Point) -> bool {
        self.seen.get(&point).is_some_and(|seen| seen.satisfied)
    }

    /// Whether the `if` whose condition is at `point` has a first branch that never comes to its end.
    fn is_error_branch(&self, point: Point) -> bool {
        let data = self.flow.cfg.data(point);
        let ast = self.matcher.ast();
        let Kind::If { then, .. } = ast.kind(data.statement) else { return false };
        let range = ast.tokens(then);
        let inside = |point: Point| {
            point != Cfg::EXIT && range.covers(ast.tokens(self.flow.cfg.data(point).node))
        };
        let after = self.flow.afters.get(&data.statement);
        let mut stack: Vec<Point> = self
            .flow
            .cfg
            .successors(point)
            .iter()
            .filter(|edge| edge.kind == EdgeKind::True)
            .map(|edge| edge.point)
            .collect();
        let mut seen = FxHashSet::default();
        while let Some(next) = stack.pop() {
            if Some(&next) == after {
                return false;
            }
            if inside(next) && seen.insert(next) {
                stack.extend(self.flow.cfg.successors(next).iter().map(|edge| edge.point));
            }
        }
        true
    }

    /// The matches at the ends of all good paths, and the points in between.
    fn collect(&self, start: Point, forall: bool) -> Reached {
        let mut reached = Reached { stops: Vec::new(), passed: Vec::new() };
        let mut done = FxHashSet::default();
        let mut stack = vec![start];
        while let Some(point) = stack.pop() {
            let Some(seen) = self.seen.get(&point) else { continue };
            if !done.insert(point) || forall && !seen.satisfied {
                continue;
            }
            reached.stops.extend(seen.stops.iter().cloned());
            if seen.passes && (seen.stops.is_empty() || self.any()) {
                reached.passed.push(point);
                stack.extend(self.edges(point).iter().map(|edge| edge.point));
            }
        }
        reached
    }

    /// The matches of a nest's code at the points that were run over.
    fn nested(&self, reached: &Reached) -> Vec<Match> {
        let Some(nest) = self.gap.nest else { return Vec::new() };
        let mut found = Vec::new();
        let mut points = reached.passed.clone();
        points.sort();
        for point in points {
            let start = Match { bindings: self.state.bindings.clone(), ..Match::default() };
            let rest = Rest::Seq(&nest.body, &Rest::End);
            found.extend(self.matcher.rest_at(self.flow, &rest, point, None, start));
        }
        found
    }
}
