//! Dots and nests: which points of the graph they run over, and where the paths they range over end.
//!
//! Dots run over a point where their guard holds: neither what stands before nor what stands behind them
//! matches there (the shortest path), and what `when` says. The until is weak, so that a loop is no reason
//! not to match, but at least one path must get there. A branch of an `if` that never comes back to the end of
//! it (an error path) need not, unless `when strict`.

use std::cell::RefCell;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::smallvec;

use super::Matcher;
use super::flow::Flow;
use super::sequence::{Before, Origin, Rest};
use super::state::{Link, Match, States, Value};
use crate::ast::{Kind, NodeId};
use crate::cfg::{Cfg, Edge, EdgeKind, Point};
use crate::lex::{TokenKind, TokenRange};
use crate::smpl::pattern::{Nest, Pat, PatKind, TokenIx, When};
use crate::smpl::{BodyToken, Mark, MetaId};

/// Dots or a nest, as the walk sees them.
#[derive(Clone, Copy)]
pub(super) struct Gap<'r> {
    pub(super) token: TokenIx,
    pub(super) whens: &'r [When],
    pub(super) nest: Option<&'r Nest>,
}

/// A block of a rule, and the metavariables in code that is added at its braces: they have one value in all of
/// the block, and so dots in it run over what would give them another.
#[derive(Debug)]
pub(super) struct Block {
    from: TokenIx,
    to: TokenIx,
    added: Vec<MetaId>,
}

impl Block {
    fn holds(&self, token: TokenIx) -> bool {
        self.from < token && token < self.to
    }
}

impl Gap<'_> {
    fn has(&self, wanted: &When) -> bool {
        self.whens.iter().any(|when| std::mem::discriminant(when) == std::mem::discriminant(wanted))
    }
}

impl Matcher<'_> {
    /// Dots or a nest from `start` on, and then the rest.
    ///
    /// A metavariable that a `when` and the rest share is the same on all paths: each of its values is
    /// tried on its own.
    pub(super) fn gap(
        &self,
        flow: &Flow,
        gap: Gap<'_>,
        rest: &Rest<'_>,
        start: Point,
        before: Option<Before<'_>>,
        state: Match,
    ) -> States {
        let shared = self.shared_metas(gap, rest, &state);
        if shared.is_empty() {
            return self.bound_gap(flow, gap, rest, start, before, state);
        }
        let mut walk = Walk::new(self, flow, gap, rest, before, &state);
        walk.open.clone_from(&shared);
        walk.explore(start);
        let reached = walk.collect(start, false);
        let mut values: Vec<Vec<Option<Value>>> = reached
            .stops
            .iter()
            .map(|stop| shared.iter().map(|&meta| stop.bindings.get(meta).cloned()).collect())
            .collect();
        values.sort();
        values.dedup();
        let mut found = States::new();
        for row in values {
            let mut state = state.clone();
            for (&meta, value) in shared.iter().zip(row) {
                if let Some(value) = value {
                    state.bindings.set(meta, value);
                }
            }
            found.extend(self.bound_gap(flow, gap, rest, start, before, state));
        }
        found
    }

    /// The metavariables without a value that both the rest and a `when != code` or a nest speak of.
    fn shared_metas(&self, gap: Gap<'_>, rest: &Rest<'_>, state: &Match) -> Vec<MetaId> {
        let mut shared: Vec<MetaId> = Vec::new();
        for when in gap.whens {
            if let When::Not(pats) = when {
                shared.extend(pats.iter().flat_map(|pat| self.metas_of(pat)));
            }
        }
        if let Some(nest) = gap.nest {
            shared.extend(nest.body.iter().flat_map(|pat| self.metas_of(pat)));
        }
        for block in self.blocks().iter().filter(|block| block.holds(gap.token)) {
            shared.extend(&block.added);
        }
        shared.retain(|&meta| state.bindings.get(meta).is_none());
        if shared.is_empty() {
            return shared;
        }
        shared.sort();
        shared.dedup();
        let of_rest: Vec<MetaId> =
            rest.patterns().into_iter().flat_map(|pat| self.metas_of(pat)).collect();
        shared.retain(|meta| of_rest.contains(meta));
        shared
    }

    /// The blocks of the rule at whose braces code with metavariables is added.
    fn blocks(&self) -> &[Block] {
        self.blocks.get_or_init(|| {
            let mut blocks = Vec::new();
            let mut open: Vec<TokenIx> = Vec::new();
            for (index, at) in self.rule.body.tokens.iter().enumerate() {
                match at.kind {
                    TokenKind::LBrace => open.push(TokenIx(index as u32)),
                    TokenKind::RBrace => {
                        let Some(from) = open.pop() else { continue };
                        let ends = [self.rule.body.token(from), at];
                        let added = ends.into_iter().flat_map(BodyToken::added);
                        let added: Vec<MetaId> = added.filter_map(|token| token.meta).collect();
                        if !added.is_empty() {
                            blocks.push(Block { from, to: TokenIx(index as u32), added });
                        }
                    }
                    _ => {}
                }
            }
            blocks
        })
    }

    /// The metavariables that are written in `pat`.
    fn metas_of(&self, pat: &Pat) -> Vec<MetaId> {
        let Some((first, last)) = pat.tokens else { return Vec::new() };
        let tokens = &self.rule.body.tokens[first.index()..=last.index()];
        tokens.iter().flat_map(|token| token.meta.iter().chain(&token.attached)).copied().collect()
    }

    /// Dots or a nest whose guard can be decided point by point.
    fn bound_gap(
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
            if !walk.is_satisfied(Stop { point: start, closed: false }) {
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
                self.link_passed(flow, gap.token, rest.block(), &reached.passed, state);
            }
        }
        found
    }

    /// Links dots that go with the statements they ran over.
    fn link_passed(
        &self,
        flow: &Flow,
        token: TokenIx,
        block: Option<NodeId>,
        passed: &[Point],
        state: &mut Match,
    ) {
        // A statement that was run over from its start to its end.
        let whole = |&&id: &&NodeId| {
            let range = self.ast().tokens(id);
            !block.is_some_and(|block| range.covers(self.ast().tokens(block)))
                && !state
                    .links
                    .iter()
                    .flat_map(|link| &link.places)
                    .any(|place| !place.is_empty() && range.covers(*place))
        };
        let statements =
            passed.iter().filter_map(|point| flow.starts.get(point)?.iter().find(whole));
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
    pub(super) fn merged(&self, base: &Match, mut all: Vec<Match>) -> Option<Match> {
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
        tokens.flat_map(BodyToken::added).filter_map(|token| token.meta).collect()
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
    seen: FxHashMap<Stop, Seen>,
    order: Vec<Stop>,
    /// Metavariables that have no value yet: a `when` that speaks of them forbids nothing.
    open: Vec<MetaId>,
    /// What is known of first branches, by the condition before them.
    excused: RefCell<FxHashMap<Point, bool>>,
}

/// A point as dots come to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stop {
    point: Point,
    /// Whether the block that the pattern is about ended right before, so that only its end can match.
    closed: bool,
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
        let (order, open, excused) = (Vec::new(), Vec::new(), RefCell::default());
        Walk { matcher, flow, gap, rest, before, state, seen, order, open, excused }
    }

    fn any(&self) -> bool {
        self.gap.has(&When::Any)
    }

    fn explore(&mut self, start: Point) {
        let block = self.rest.closes();
        let mut stack = vec![Stop { point: start, closed: false }];
        while let Some(stop) = stack.pop() {
            if self.seen.contains_key(&stop) {
                continue;
            }
            let point = stop.point;
            let stops = self.stops(stop, block);
            let passes = !stop.closed && self.passes(point, !stops.is_empty());
            if passes && (stops.is_empty() || self.goes_on()) {
                stack.extend(self.edges(point).into_iter().map(|(_, next)| next));
            }
            self.seen.insert(stop, Seen { stops, passes, satisfied: true });
            self.order.push(stop);
        }
    }

    /// The matches of the rest at `stop`.
    fn stops(&self, stop: Stop, block: Option<NodeId>) -> States {
        let (matcher, flow) = (self.matcher, self.flow);
        if self.rest.is_end() {
            return match stop.point == Cfg::EXIT {
                true => smallvec![self.state.clone()],
                false => States::new(),
            };
        }
        if stop.point == Cfg::EXIT
            && block.is_none()
            && matches!(self.rest.first(), Some(Pat { kind: PatKind::Optional(_), .. }))
        {
            let rest = self.rest.patterns();
            let nothing = rest.iter().all(|pat| matcher.may_be_nothing(std::slice::from_ref(*pat)));
            return if nothing { smallvec![self.state.clone()] } else { States::new() };
        }
        let left = block.filter(|&block| matcher.is_outside(flow, stop.point, block));
        if left.is_some() {
            // Behind the block: its end is here, or, where a jump led here, the `return` that ends it.
            let rest = self.rest.patterns();
            let nothing = rest.iter().all(|pat| matcher.may_be_nothing(std::slice::from_ref(*pat)));
            if nothing {
                return smallvec![self.state.clone()];
            }
            let returns = rest.len() == 1 && rest.iter().all(|pat| ends_in_jump(pat));
            if stop.closed || !returns {
                return States::new();
            }
        }
        // What may be missing is looked for up to where something else must be.
        if let [Pat { kind: PatKind::Optional(inner), .. }, tail @ ..] =
            self.rest.patterns().as_slice()
            && tail.iter().all(|pat| matcher.may_be_nothing(std::slice::from_ref(*pat)))
            && let Some(after) = self.rest.behind_first()
        {
            let with = Rest::Seq(std::slice::from_ref(&**inner), &after);
            return matcher.rest_at(flow, &with, stop.point, Origin::Outermost, self.state.clone());
        }
        matcher.rest_at(flow, self.rest, stop.point, Origin::Outermost, self.state.clone())
    }

    /// The edges that the dots may take from `point`.
    fn edges(&self, point: Point) -> Vec<(EdgeKind, Stop)> {
        let block = self.rest.closes();
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
        let jump = self.flow.is_jump(point);
        let inside = block.is_some_and(|block| !self.matcher.is_outside(self.flow, point, block));
        let stop = |edge: &Edge| {
            let leaves = inside
                && !jump
                && block.is_some_and(|block| self.matcher.is_outside(self.flow, edge.point, block));
            (edge.kind, Stop { point: edge.point, closed: leaves })
        };
        self.flow.successors(point).iter().filter(|edge| !forbidden(edge)).map(stop).collect()
    }

    /// Whether the dots may run over `point`.
    fn passes(&self, point: Point, stops: bool) -> bool {
        if !self.any() {
            if let Some(first) = self.rest.first()
                && !self.is_open(std::slice::from_ref(first))
                && !stops
                && self.shadows(first, point)
            {
                return false;
            }
            if let Some(before) = self.before
                && self.gap.nest.is_none()
                && self.shadows(before.pat, point)
            {
                self.note_stop(point, || {
                    "which is what stands before the dots once more".to_owned()
                });
                return false;
            }
        }
        let stopping = self.gap.whens.iter().find(|when| !self.allows(when, point));
        if let Some(When::Not(pats) | When::Only(pats)) = stopping {
            let line = pats.first().and_then(|pat| pat.tokens).map(|(first, _)| first);
            let line = line.map_or(0, |first| self.matcher.rule.body.token(first).line);
            self.note_stop(point, || format!("which the `when` of line {line} forbids"));
        }
        stopping.is_none()
    }

    /// Whether a `when` lets the dots run over `point`.
    fn allows(&self, when: &When, point: Point) -> bool {
        match when {
            When::Not(pats) if self.is_open(pats) => true,
            When::Not(pats) => {
                !self.matcher.occurs(self.flow, pats, point, self.state)
                    || !self.nested_at(point).is_empty()
            }
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
        }
    }

    /// Notes for whoever asks that the dots end before `point`.
    fn note_stop(&self, point: Point, why: impl FnOnce() -> String) {
        if self.matcher.trace.is_some() && point != self.flow.fall {
            let node = self.flow.cfg.data(point).node;
            self.matcher.note_stop(self.gap.token, node, self.state, &why());
        }
    }

    /// Whether dots go on behind a match of the rest: `when any` says so, and so does a rest that may still be
    /// another one.
    fn goes_on(&self) -> bool {
        self.any()
            || self.rest.first().is_some_and(|first| self.is_open(std::slice::from_ref(first)))
    }

    fn is_open(&self, pats: &[Pat]) -> bool {
        let mut metas = pats.iter().flat_map(|pat| self.matcher.metas_of(pat));
        !self.open.is_empty() && metas.any(|meta| self.open.contains(&meta))
    }

    /// Whether `pat` matches at `point`, so that the shortest path ends or starts there. A statement
    /// metavariable matches everywhere and ends nothing.
    fn shadows(&self, pat: &Pat, point: Point) -> bool {
        let says_something = match &pat.kind {
            PatKind::Node(_) | PatKind::Within(_) | PatKind::Tested(_) | PatKind::Choice(_) => true,
            PatKind::Meta { .. }
            | PatKind::Dots(_)
            | PatKind::Nest(_)
            | PatKind::AnyType
            | PatKind::Optional(_) => false,
        };
        says_something
            && self.matcher.occurs(self.flow, std::slice::from_ref(pat), point, self.state)
    }

    /// The greatest set of points from which all paths are well.
    fn settle(&mut self) {
        let strict = self.gap.has(&When::Strict);
        loop {
            let mut changed = false;
            for index in (0..self.order.len()).rev() {
                let stop = self.order[index];
                let seen = &self.seen[&stop];
                if !seen.satisfied || !seen.stops.is_empty() {
                    continue;
                }
                let well = seen.passes && {
                    let edges = self.edges(stop.point);
                    let from_here = !edges.is_empty();
                    let is_error = || !strict && self.is_excused(stop.point);
                    // A branch that `when != true` or `when != false` forbids is a path that is not well.
                    let forbidden = |edge: &Edge| {
                        let mut taken = edges.iter();
                        !taken.any(|(kind, next)| *kind == edge.kind && next.point == edge.point)
                    };
                    let mut all = self.flow.successors(stop.point).iter();
                    from_here
                        && edges.iter().all(|&(kind, next)| {
                            self.is_satisfied(next) || kind == EdgeKind::True && is_error()
                        })
                        && !all.any(|edge| {
                            forbidden(edge) && !(edge.kind == EdgeKind::True && is_error())
                        })
                };
                let ends = self.rest.is_end() && stop.point == Cfg::EXIT;
                if !well && !ends {
                    self.seen.get_mut(&stop).expect("it is in the order").satisfied = false;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    fn is_satisfied(&self, stop: Stop) -> bool {
        self.seen.get(&stop).is_some_and(|seen| seen.satisfied)
    }

    /// Whether the `if` whose condition is at `point` has a first branch that the dots need not bother about.
    fn is_excused(&self, point: Point) -> bool {
        let known = self.excused.borrow().get(&point).copied();
        known.unwrap_or_else(|| {
            let excused = self.is_error_branch(point);
            self.excused.borrow_mut().insert(point, excused);
            excused
        })
    }

    /// Whether the `if` whose condition is at `point` has a first branch that never comes to its end and in
    /// which there is nothing that the rest could be: an early way out. One that ends as the rest does, but
    /// with what `when` forbids before it, is a path like all others.
    fn is_error_branch(&self, point: Point) -> bool {
        if point == self.flow.fall {
            return false;
        }
        let data = self.flow.cfg.data(point);
        let ast = self.matcher.ast();
        let Kind::If { then, .. } = ast.kind(data.statement) else { return false };
        let range = ast.tokens(then);
        let inside = |point: Point| {
            point != Cfg::EXIT
                && point != self.flow.fall
                && range.covers(ast.tokens(self.flow.cfg.data(point).node))
        };
        let after = self.flow.afters.get(&data.statement);
        let mut stack: Vec<Point> = self
            .flow
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
                if !self.stops(Stop { point: next, closed: false }, self.rest.closes()).is_empty() {
                    return false;
                }
                stack.extend(self.flow.successors(next).iter().map(|edge| edge.point));
            }
        }
        true
    }

    /// The matches at the ends of all good paths, and the points in between.
    fn collect(&self, start: Point, forall: bool) -> Reached {
        let mut reached = Reached { stops: Vec::new(), passed: Vec::new() };
        let mut done = FxHashSet::default();
        let mut stack = vec![Stop { point: start, closed: false }];
        while let Some(stop) = stack.pop() {
            let Some(seen) = self.seen.get(&stop) else { continue };
            if !done.insert(stop) || forall && !seen.satisfied {
                continue;
            }
            reached.stops.extend(seen.stops.iter().cloned());
            if seen.passes && (seen.stops.is_empty() || self.goes_on()) {
                reached.passed.push(stop.point);
                stack.extend(self.edges(stop.point).into_iter().map(|(_, next)| next));
            }
        }
        reached
    }

    /// The matches of a nest's code at the points that were run over.
    fn nested(&self, reached: &Reached) -> Vec<Match> {
        let mut points = reached.passed.clone();
        points.sort();
        points.into_iter().flat_map(|point| self.nested_at(point)).collect()
    }

    /// The matches of a nest's code that start at `point`. What `when` forbids is allowed in them.
    fn nested_at(&self, point: Point) -> States {
        let Some(nest) = self.gap.nest else { return States::new() };
        let start = Match { bindings: self.state.bindings.clone(), ..Match::default() };
        let end = Rest::End(self.rest.block());
        let rest = Rest::Seq(&nest.body, &end);
        self.matcher.rest_at(self.flow, &rest, point, Origin::Any, start)
    }
}

/// Whether `pat` is a statement that leaves its block by a jump.
pub(super) fn ends_in_jump(pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Node(node) => {
            matches!(
                node.head,
                Kind::Return { .. } | Kind::Goto { .. } | Kind::Break | Kind::Continue
            )
        }
        PatKind::Choice(choice) => {
            choice.arms.iter().all(|arm| arm.last().is_some_and(ends_in_jump))
        }
        PatKind::Optional(inner) => ends_in_jump(inner),
        _ => false,
    }
}
