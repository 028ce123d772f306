//! Sequences of statements along the paths of a function: what follows what.
//!
//! After the model of CTL-VW (Brunel, Doligez, Hansen, Lawall, Muller: "A Foundation for Flow-Based
//! Program Matching", POPL 2009), evaluated top down: the bindings at hand are known before the paths are
//! walked, so each formula is asked of one environment at a time.
//!
//! `A; ... B;` is `A ∧ AX A[guard W B]`; what the dots run over is in [`gap`](super::gap). A metavariable
//! that is bound first in `B` may be bound differently on each path; such matches become parts of the
//! whole. Where a rule says `exists`, or has `*` lines, one path is enough and each is a match.
//!
//! A label and what stands behind it are two statements here, on both sides. `return;` also matches the
//! place where control falls off the end of the function.

use smallvec::smallvec;

use super::Matcher;
use super::flow::Flow;
use super::gap::Gap;
use super::state::{Match, States};
use super::term::ends_linked;
use crate::ast::{Kind, NodeId};
use crate::cfg::{Cfg, Edge, Point, PointKind};
use crate::lex::TokenRange;
use crate::smpl::pattern::{Choice, ChoiceBy, NodePat, Pat, PatKind, Slot, TokenIx};
use crate::smpl::shape::{own_tokens, parts};
use crate::smpl::{BodyToken, Mark, MetaKind, Quantifier};

/// What is still to be matched.
#[derive(Clone, Copy)]
pub(super) enum Rest<'r> {
    /// Nothing. Where the pattern is a part of a block, the block that is matched.
    End(Option<NodeId>),
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
            Rest::End(_) | Rest::Close(_) => None,
        }
    }

    /// What comes behind the first pattern.
    pub(super) fn behind_first(&self) -> Option<Rest<'r>> {
        match self {
            Rest::Seq([_, tail @ ..], next) => Some(Rest::Seq(tail, next)),
            Rest::Seq([], next) => next.behind_first(),
            Rest::End(_) | Rest::Close(_) => None,
        }
    }

    pub(super) fn is_end(&self) -> bool {
        match self {
            Rest::End(_) => true,
            Rest::Seq([], next) => next.is_end(),
            Rest::Close(_) | Rest::Seq(..) => false,
        }
    }

    /// The block whose end this is about, and the patterns before it.
    pub(super) fn closes(&self) -> Option<NodeId> {
        match self {
            Rest::End(_) => None,
            Rest::Close(block) => Some(*block),
            Rest::Seq(_, next) => next.closes(),
        }
    }

    /// The block that the pattern is a part of.
    pub(super) fn block(&self) -> Option<NodeId> {
        match self {
            Rest::End(block) => *block,
            Rest::Close(block) => Some(*block),
            Rest::Seq(_, next) => next.block(),
        }
    }

    /// All that is still to be matched, in order.
    pub(super) fn patterns(&self) -> Vec<&'r Pat> {
        match self {
            Rest::End(_) | Rest::Close(_) => Vec::new(),
            Rest::Seq(pats, next) => pats.iter().chain(next.patterns()).collect(),
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

/// Which of the statements that start at a point may be the next one.
#[derive(Clone, Copy)]
pub(super) enum Origin<'r> {
    /// Each of them is a way to match: a search starts here.
    Any,
    /// The outermost that matches.
    Outermost,
    /// What follows this.
    Behind(Before<'r>),
}

impl Matcher<'_> {
    /// Matches of a sequence anywhere in a function.
    pub(super) fn sequences(&self, flow: &Flow, pats: &[Pat], start: &Match) -> Vec<Match> {
        let rest = Rest::Seq(pats, &Rest::End(None));
        if pats.first().is_some_and(Pat::is_run) {
            return self
                .rest_at(flow, &rest, Cfg::ENTRY, Origin::Outermost, start.clone())
                .into_vec();
        }
        let points = flow.cfg.points().skip(2).chain(flow.falls().then_some(flow.fall));
        let mut found = Vec::new();
        for point in points {
            found.extend(self.rest_at(flow, &rest, point, Origin::Any, start.clone()));
        }
        if let [first, tail @ ..] = pats
            && self.may_be_body(first)
        {
            let rest = Rest::Seq(tail, &Rest::End(None));
            for state in self.term(first, flow.body, start.clone()) {
                found.extend(self.rest_at(flow, &rest, Cfg::EXIT, Origin::Outermost, state));
            }
        }
        found
    }

    /// Whether `pat` is a block that may be the body of a function: one that keeps its braces.
    fn may_be_body(&self, pat: &Pat) -> bool {
        match &pat.kind {
            PatKind::Node(node) if matches!(node.head, Kind::Compound { .. }) => {
                // Code may be added inside of it, but not around it.
                let token = |at: Option<&TokenIx>| at.map(|&token| self.rule.body.token(token));
                let (open, close) = (token(node.own.first()), token(node.own.last()));
                let stays = |token: &&BodyToken| token.mark != Mark::Minus;
                open.is_none_or(|open| stays(&open) && open.before.is_empty())
                    && close.is_none_or(|close| stays(&close) && close.after.is_empty())
            }
            _ => false,
        }
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
        let is_switch = self
            .ast()
            .parent(compound)
            .filter(|&parent| matches!(self.ast().kind(parent), Kind::Switch { .. }));
        if let Some(switch) = is_switch
            && let Some(found) = self.cases(flow, pats, (switch, compound), &state)
        {
            return found;
        }
        let first = self.ast().list(items).iter().find_map(|id| flow.entries.get(id));
        match first {
            Some(&point) => self.rest_at(flow, &rest, point, Origin::Outermost, state),
            // An empty block: only what may be nothing matches.
            None if self.may_be_nothing(pats) => smallvec![state],
            None => States::new(),
        }
    }

    /// A statement without braces as the block that it would be in them: only where the pattern says
    /// nothing of what stands at the block's start and end.
    pub(super) fn lone_block(
        &self,
        flow: &Flow,
        pats: &[Pat],
        lone: NodeId,
        state: Match,
    ) -> States {
        let close = Rest::Close(lone);
        let rest = Rest::Seq(pats, &close);
        match flow.entries.get(&lone) {
            Some(&point) => self.rest_at(flow, &rest, point, Origin::Outermost, state),
            None => States::new(),
        }
    }

    pub(super) fn may_be_nothing(&self, pats: &[Pat]) -> bool {
        pats.iter().all(|pat| match &pat.kind {
            PatKind::Dots(_) | PatKind::Optional(_) => true,
            PatKind::Nest(nest) => !nest.at_least_once,
            PatKind::Meta { meta, .. } => self.rule.metavar(*meta).kind == MetaKind::StatementList,
            PatKind::Choice(choice) => choice.arms.iter().any(|arm| self.may_be_nothing(arm)),
            PatKind::Node(_) | PatKind::Within(_) | PatKind::Tested(_) | PatKind::AnyType => false,
        })
    }

    /// The body of a `switch`: declarations, and then each run of labels with its code wherever it is.
    /// `None` where the pattern names no case.
    fn cases(
        &self,
        flow: &Flow,
        pats: &[Pat],
        (switch, compound): (NodeId, NodeId),
        state: &Match,
    ) -> Option<States> {
        let is_case = |pat: &Pat| match &pat.kind {
            PatKind::Node(node) => matches!(
                node.head,
                Kind::Labeled { label, .. } if !matches!(label, crate::ast::Label::Name(_))
            ),
            _ => false,
        };
        let labels: Vec<Point> = (self.ast().descendants(compound))
            .filter(|&id| matches!(self.ast().kind(id), Kind::Labeled { .. }))
            .filter(|&id| {
                let mut above = self.ast().ancestors(id);
                above.find(|&up| matches!(self.ast().kind(up), Kind::Switch { .. })) == Some(switch)
            })
            .filter_map(|id| flow.entries.get(&id).copied())
            .filter(|&point| flow.cfg.kind(point) == PointKind::Case)
            .collect();
        let Some(first) = pats.iter().position(is_case) else {
            let leads_with_run = pats.first().is_some_and(Pat::is_run);
            if !leads_with_run || labels.is_empty() {
                return None;
            }
            let close = Rest::Close(compound);
            let rest = Rest::Seq(pats, &close);
            return Some(self.at_all(flow, labels, &rest, Origin::Outermost, state.clone()));
        };
        let Kind::Compound { items } = self.ast().kind(compound) else { return None };
        let mut states: States = smallvec![state.clone()];
        let declared = pats[..first].iter().filter(|pat| !pat.is_run());
        for (pat, &item) in declared.zip(self.ast().list(items)) {
            states = states.into_iter().flat_map(|state| self.term(pat, item, state)).collect();
        }
        let mut at = first;
        while at < pats.len() {
            let code = at + pats[at..].iter().take_while(|pat| is_case(pat)).count();
            let end = code + pats[code..].iter().take_while(|pat| !is_case(pat)).count();
            let group = &pats[at..end];
            let rest = Rest::Seq(group, &Rest::End(Some(compound)));
            states = states
                .into_iter()
                .flat_map(|state| {
                    let here = labels.iter().flat_map(|&point| {
                        self.rest_at(flow, &rest, point, Origin::Outermost, state.clone())
                    });
                    here.collect::<Vec<_>>()
                })
                .collect();
            at = end;
        }
        Some(states)
    }

    /// All ways to match `rest` from `point` on.
    pub(super) fn rest_at(
        &self,
        flow: &Flow,
        rest: &Rest<'_>,
        point: Point,
        origin: Origin<'_>,
        state: Match,
    ) -> States {
        if !self.may_look() {
            return States::new();
        }
        let (pat, tail, next) = match rest {
            Rest::End(_) => return smallvec![state],
            Rest::Close(compound) => {
                return if point == flow.fall || self.is_outside(flow, point, *compound) {
                    smallvec![state]
                } else {
                    States::new()
                };
            }
            Rest::Seq([], next) => return self.rest_at(flow, next, point, origin, state),
            Rest::Seq([pat, tail @ ..], next) => (pat, tail, next),
        };
        let after = Rest::Seq(tail, next);
        let before = match origin {
            Origin::Behind(before) => Some(before),
            Origin::Any | Origin::Outermost => None,
        };
        match &pat.kind {
            PatKind::Dots(dots) => {
                let gap = Gap { token: dots.token, whens: &dots.whens, nest: None };
                self.gap(flow, gap, &after, point, before, state)
            }
            PatKind::Nest(nest) => {
                let gap = Gap { token: nest.open, whens: &nest.whens, nest: Some(nest) };
                self.gap(flow, gap, &after, point, before, state)
            }
            PatKind::Choice(choice) => self.arms(flow, pat, choice, &after, point, origin, state),
            PatKind::Optional(inner) => {
                let with = Rest::Seq(std::slice::from_ref(&**inner), &after);
                let found = self.rest_at(flow, &with, point, origin, state.clone());
                if found.is_empty() {
                    self.rest_at(flow, &after, point, origin, state)
                } else {
                    found
                }
            }
            PatKind::Within(inner) => self.expression_at(flow, pat, inner, &after, point, state),
            PatKind::Meta { meta, token }
                if self.rule.metavar(*meta).kind == MetaKind::StatementList =>
            {
                self.all_statements(flow, pat, (*meta, *token), &after, point, state)
            }
            PatKind::Node(_) | PatKind::Meta { .. } | PatKind::Tested(_) | PatKind::AnyType => {
                self.statement_at(flow, pat, &after, point, origin, state)
            }
        }
    }

    pub(super) fn is_outside(&self, flow: &Flow, point: Point, block: NodeId) -> bool {
        if point == Cfg::EXIT {
            return true;
        }
        if point == flow.fall {
            return block != flow.body;
        }
        let range = self.ast().tokens(block);
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
        origin: Origin<'_>,
        state: Match,
    ) -> States {
        if point == flow.fall {
            return self.implicit_return(flow, pat, after, origin, state);
        }
        let block = after.block();
        let mut found = States::new();
        let Some(statements) = flow.starts.get(&point) else { return found };
        for &statement in statements {
            if let Origin::Behind(before) = origin
                && before.adjacent
                && !self.are_neighbours(before.statement, statement)
            {
                continue;
            }
            if block.is_some_and(|block| self.holds_block(statement, block)) {
                continue;
            }
            let (here, edges) = match &pat.kind {
                PatKind::Node(node) if is_bare_label(node) => (
                    self.label(pat, node, statement, state.clone()),
                    flow.successors(point).to_vec(),
                ),
                _ if self.leaves_another(pat, after, statement) => continue,
                _ => (self.term(pat, statement, state.clone()), flow.behind(self.ast(), statement)),
            };
            for next in here {
                let before = Before { pat, statement, adjacent: true };
                found.extend(self.go_on(flow, edges.clone(), after, before, next));
            }
            if !found.is_empty() && !matches!(origin, Origin::Any) {
                break;
            }
        }
        found
    }

    /// Whether `statement` is the block that is being matched, or one around it.
    fn holds_block(&self, statement: NodeId, block: NodeId) -> bool {
        let holds = self.ast().tokens(statement).covers(self.ast().tokens(block));
        let lone = statement == block && !matches!(self.ast().kind(block), Kind::Compound { .. });
        holds && !lone
    }

    /// Whether `statement` is a `break` or `continue` of a loop or `switch` that is not the one which the
    /// pattern is about.
    fn leaves_another(&self, pat: &Pat, after: &Rest<'_>, statement: NodeId) -> bool {
        let PatKind::Node(NodePat { head: head @ (Kind::Break | Kind::Continue), .. }) = &pat.kind
        else {
            return false;
        };
        let Some(block) = after.block() else { return false };
        let leaves = |id: &NodeId| match self.ast().kind(*id) {
            Kind::While { .. }
            | Kind::DoWhile { .. }
            | Kind::For { .. }
            | Kind::Iterator { .. } => true,
            Kind::Switch { .. } => matches!(head, Kind::Break),
            _ => false,
        };
        let target = |id: NodeId| self.ast().ancestors(id).find(leaves);
        target(statement) != target(block)
    }

    /// `name:` or `case x:` alone, whatever stands behind it.
    fn label(&self, pat: &Pat, node: &NodePat, id: NodeId, state: Match) -> States {
        if !crate::smpl::shape::same_head(node.head, self.ast().kind(id)) {
            return States::new();
        }
        let all = parts(self.ast(), id);
        let own = own_tokens(self.ast(), self.file(), id, &all);
        let mut states: States = smallvec![state];
        let labels = node.slots.len() - 1;
        for (slot, part) in node.slots[..labels].iter().zip(&all) {
            states = states.into_iter().flat_map(|state| self.slot(slot, *part, state)).collect();
        }
        let states = states.into_iter().filter_map(|state| self.link_own(&node.own, &own, state));
        self.attach_all(pat, id, states.collect())
    }

    /// `return;` where control falls off the end of the function: its code goes before the `}`.
    fn implicit_return(
        &self,
        flow: &Flow,
        pat: &Pat,
        after: &Rest<'_>,
        origin: Origin<'_>,
        mut state: Match,
    ) -> States {
        let PatKind::Node(NodePat { head: Kind::Return { .. }, slots, own, .. }) = &pat.kind else {
            return States::new();
        };
        if !matches!(slots.first(), Some(Slot::Maybe(None))) {
            return States::new();
        }
        if let Origin::Behind(before) = origin
            && before.adjacent
            && self.ast().parent(before.statement) != Some(flow.body)
        {
            return States::new();
        }
        for &token in own {
            state.link(token, TokenRange { start: flow.end, end: flow.end });
        }
        let before = Before { pat, statement: flow.body, adjacent: true };
        let edges = flow.successors(flow.fall);
        let states = self.attach_all(pat, flow.body, smallvec![state]).into_iter();
        states.flat_map(|state| self.go_on(flow, edges.to_vec(), after, before, state)).collect()
    }

    /// Whether `second` follows `first` in one block; a label and its statement do.
    fn are_neighbours(&self, first: NodeId, second: NodeId) -> bool {
        let outside = |mut id: NodeId| {
            while let Some(parent) = self.ast().parent(id)
                && matches!(self.ast().kind(parent), Kind::Labeled { .. })
            {
                id = parent;
            }
            self.ast().parent(id)
        };
        let in_one_block = outside(first) == outside(second)
            && self.ast().tokens(first).end <= self.ast().tokens(second).start;
        in_one_block || self.ast().parent(second) == Some(first) && self.is_label(first)
    }

    fn is_label(&self, id: NodeId) -> bool {
        matches!(self.ast().kind(id), Kind::Labeled { .. })
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
        if point == flow.fall {
            return States::new();
        }
        let data = flow.cfg.data(point);
        if matches!(
            data.kind,
            PointKind::Entry | PointKind::Exit | PointKind::After | PointKind::LoopHead
        ) {
            return States::new();
        }
        let mut found = States::new();
        for next in self.matches_in(inner, self.expressions_of(data.node), &state) {
            let before = Before { pat, statement: data.statement, adjacent: false };
            let edges = flow.successors(point).to_vec();
            found.extend(self.go_on(flow, edges, after, before, next));
        }
        found
    }

    /// As many statements from `point` on as there are in the block, or fewer where the rest needs them.
    fn all_statements(
        &self,
        flow: &Flow,
        pat: &Pat,
        (meta, token): (crate::smpl::MetaId, TokenIx),
        after: &Rest<'_>,
        point: Point,
        state: Match,
    ) -> States {
        let Some(&first) = flow.starts.get(&point).and_then(|all| all.first()) else {
            return self.no_statements(flow, (meta, token), after, point, state);
        };
        let Some(Kind::Compound { items }) = self.ast().parent(first).map(|id| self.ast().kind(id))
        else {
            return States::new();
        };
        let items = self.ast().list(items);
        let Some(at) = items.iter().position(|&id| id == first) else { return States::new() };
        for last in (at..items.len()).rev() {
            let range = self.ast().tokens(first).join(self.ast().tokens(items[last]));
            let mut state = state.clone();
            let code = self.range_code(&[range], last + 1 - at, Vec::new());
            if !self.bind(meta, code, &mut state) {
                continue;
            }
            state.link(token, range);
            let before = Before { pat, statement: items[last], adjacent: true };
            let edges = flow.behind(self.ast(), items[last]);
            let found = self.go_on(flow, edges, after, before, state);
            if !found.is_empty() {
                return found;
            }
        }
        self.no_statements(flow, (meta, token), after, point, state)
    }

    fn no_statements(
        &self,
        flow: &Flow,
        (meta, token): (crate::smpl::MetaId, TokenIx),
        after: &Rest<'_>,
        point: Point,
        mut state: Match,
    ) -> States {
        let nothing = super::state::Code { count: 0, ..super::state::Code::word(b"") };
        if !self.bind(meta, nothing, &mut state) {
            return States::new();
        }
        state.link(token, TokenRange::new(0, 0));
        self.rest_at(flow, after, point, Origin::Outermost, state)
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
        origin: Origin<'_>,
        state: Match,
    ) -> States {
        let linked = |states: States, arm: &[Pat]| -> States {
            if choice.by == ChoiceBy::Isomorphism {
                return states;
            }
            let ends = |state: Match| match self.met_range(arm, &state) {
                Some(range) => ends_linked(pat, range, state),
                None => state,
            };
            states.into_iter().map(ends).collect()
        };
        let end = Rest::End(after.block());
        if choice.all {
            let mut states: States = smallvec![state];
            for (index, arm) in choice.arms.iter().enumerate() {
                let rest = if index == 0 { Rest::Seq(arm, after) } else { Rest::Seq(arm, &end) };
                states = states
                    .into_iter()
                    .flat_map(|state| self.rest_at(flow, &rest, point, origin, state))
                    .collect();
            }
            return linked(states, choice.arms.first().map_or(&[], Vec::as_slice));
        }
        for arm in &choice.arms {
            let found = self.rest_at(flow, &Rest::Seq(arm, after), point, origin, state.clone());
            if !found.is_empty() {
                return linked(found, arm);
            }
            // A later arm is for where this one does not match, whatever comes next.
            let alone = Rest::Seq(arm, &end);
            if !after.patterns().is_empty()
                && !self.rest_at(flow, &alone, point, origin, state.clone()).is_empty()
            {
                return States::new();
            }
        }
        States::new()
    }

    /// The tokens that the patterns of `arm` met, from the first to the last.
    fn met_range(&self, arm: &[Pat], state: &Match) -> Option<TokenRange> {
        let (first, last) = (arm.first()?.tokens?.0, arm.last()?.tokens?.1);
        let met = state.links.iter().filter(|link| {
            let home = self.rule.body.home(link.token);
            first <= home && home <= last
        });
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
        self.at_all(flow, points, rest, Origin::Behind(before), state)
    }

    /// The rest at each of `points`; where all paths must match, as one match.
    fn at_all(
        &self,
        flow: &Flow,
        points: Vec<Point>,
        rest: &Rest<'_>,
        origin: Origin<'_>,
        state: Match,
    ) -> States {
        if let [only] = points.as_slice() {
            return self.rest_at(flow, rest, *only, origin, state);
        }
        let mut all = Vec::new();
        for point in points {
            let found = self.rest_at(flow, rest, point, origin, state.clone());
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
            Quantifier::Default => !self.rule.body.reports(),
        }
    }

    /// Whether a pattern of a `when`, or what stands beside the dots, matches at `point`.
    pub(super) fn occurs(&self, flow: &Flow, pats: &[Pat], point: Point, state: &Match) -> bool {
        let rest = Rest::Seq(pats, &Rest::End(None));
        !self.rest_at(flow, &rest, point, Origin::Any, state.clone()).is_empty()
    }
}

/// Whether a pattern is a label without its statement.
fn is_bare_label(node: &NodePat) -> bool {
    matches!(node.head, Kind::Labeled { .. })
        && matches!(node.slots.last(), Some(Slot::Maybe(None)))
}
