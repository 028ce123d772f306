//! How a function leaves the pages it took: a walk over its graph from the call to each way out.
//!
//! Where the result of the call is tested, the side on which it failed holds no page and is not walked; a
//! side on which it may have failed is walked, and nothing is claimed from it. A way that is interrupted by
//! a release or by something that takes the pages over is settled, and so is one past a loop that does so
//! for each page. A function that is lent the pages may have kept some: they count as handed on where no release of all
//! of them follows; a loop may give back those that were not kept. Whoever skips a release under a condition, or comes to a way out in another round of a
//! loop, may do so for a reason that is not seen here: nothing is claimed from that either.

use std::collections::BTreeSet;

use super::name::{self, Name, Use};
use super::{Context, Meaning};
use crate::ast::{BinaryOp, Kind, NodeId, UnaryOp};
use crate::cfg::{Cfg, EdgeKind, Point, PointKind};
use crate::provenance::SourceGives;

/// How a function leaves pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Given back on every way out.
    Released,
    /// Given back or handed on, to a function, a structure or the caller.
    HandedOn,
    /// The call is given no place for pages, so that it takes none.
    NothingTaken,
    /// Still held at these ways out, by nobody any more: 1-based lines.
    Leaks(Vec<u32>),
    /// It cannot be told: perhaps still held at these ways out, which may be taken without any page.
    Unknown(Vec<u32>),
}

/// What a branch says about a call's result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// No page was taken.
    Failed,
    /// Some pages were taken; maybe fewer than wanted.
    Took,
    /// It was no error: as many as wanted, fewer, or none.
    NotFailed,
    /// It does not tell.
    Unclear,
}

/// Whether pages are held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    /// Nothing has been asked.
    Assumed,
    /// The call is known to have taken some.
    Known,
    /// What was asked does not tell.
    Doubtful,
}

/// Where the walk is, and whether pages are surely held there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    point: Point,
    held: Held,
    /// Whether nothing on the way depends on what is not seen.
    certain: bool,
    /// Whether the result variable still holds the call's result.
    result_is_fresh: bool,
    /// Whether a function was lent the pages.
    lent: bool,
}

/// How the function leaves what the call `call` puts into `name`.
pub(super) fn ending(
    context: Context<'_>,
    call: NodeId,
    name: &Name,
    gives: SourceGives,
) -> Ending {
    let (ast, cfg) = (context.function.ast(), context.function.cfg());
    let Some(start) =
        std::iter::once(call).chain(ast.ancestors(call)).find_map(|node| cfg.point_of(ast, node))
    else {
        return Ending::Unknown(Vec::new());
    };
    let gives_page = gives == SourceGives::Result;
    let keeps = |id: NodeId| {
        let mut above = std::iter::once(id).chain(ast.ancestors(id));
        let point = above.find_map(|node| cfg.point_of(ast, node));
        point.is_some_and(|point| cfg.dominators().dominates(point, start))
    };
    let outlives = !name.is_local(context) || name.kept_at(context).into_iter().any(keeps);
    let result = name::result(context, call);
    let walk = Walk { context, call, name, result, gives_page, start, outlives };
    walk.run()
}

struct Walk<'a> {
    context: Context<'a>,
    call: NodeId,
    name: &'a Name,
    /// Where the call's result is put.
    result: Option<Name>,
    /// Whether the result is the page, not a count of pages.
    gives_page: bool,
    start: Point,
    /// Whether what is filled belongs to somebody else, who has the pages when the function ends.
    outlives: bool,
}

impl Walk<'_> {
    fn run(&self) -> Ending {
        let cfg = self.context.function.cfg();
        let mut seen: BTreeSet<State> = BTreeSet::new();
        let mut left: BTreeSet<u32> = BTreeSet::new();
        let mut doubtful: BTreeSet<u32> = BTreeSet::new();
        let (mut handed_on, mut unclear) = (false, false);
        let first = State {
            point: self.start,
            held: Held::Assumed,
            certain: true,
            result_is_fresh: true,
            lent: false,
        };
        let mut open: Vec<State> = self.after(first);
        // The call is what is returned.
        if open.iter().any(|next| next.point == Cfg::EXIT) {
            left.insert(self.line_of_end(self.start));
        }
        while let Some(mut state) = open.pop() {
            if !seen.insert(state) || state.point == self.start {
                continue;
            }
            if state.point == Cfg::EXIT {
                continue;
            }
            let kind = cfg.kind(state.point);
            let may_do_anything = match kind {
                PointKind::Opaque | PointKind::GotoComputed => true,
                PointKind::Asm => self.name.is_in(self.context, cfg.node(state.point)),
                _ => false,
            };
            if may_do_anything {
                // Who got the pages before may have kept them, whatever happens here.
                if state.lent {
                    handed_on = true
                } else {
                    unclear = true
                }
                continue;
            }
            // What stands behind a label has points of its own, and so have the parts of a loop.
            let is_code = !matches!(
                kind,
                PointKind::After
                    | PointKind::LoopHead
                    | PointKind::Nested
                    | PointKind::Label
                    | PointKind::Case
                    | PointKind::Asm
            );
            let uses = match is_code {
                true => self.name.uses(self.context, cfg.node(state.point)),
                false => Vec::new(),
            };
            if uses.contains(&Use::Released) {
                let whole = || self.name.is_released_whole(self.context, cfg.node(state.point));
                handed_on |= state.lent && !whole();
                continue;
            }
            if uses.contains(&Use::Returned) {
                handed_on = true;
                continue;
            }
            state.lent |= uses.contains(&Use::Lent) || uses.contains(&Use::HandedOn);
            // Who has got them is the only one that has them now.
            if state.lent
                && is_code
                && self.name.is_overwritten(self.context, cfg.node(state.point))
            {
                handed_on = true;
                continue;
            }
            let (next, kept) = self.past(state);
            handed_on |= kept;
            let is_end = |next: &&State| next.point == Cfg::EXIT;
            if next.iter().filter(is_end).any(|next| next.lent) {
                handed_on = true;
            } else if next.iter().any(|next| next.point == Cfg::EXIT) {
                let is_sure = state.held != Held::Doubtful && state.certain;
                let ends = if is_sure { &mut left } else { &mut doubtful };
                ends.insert(self.line_of_end(state.point));
            }
            open.extend(next);
        }
        // What belongs to somebody else is kept there.
        if self.outlives && !unclear && !(left.is_empty() && doubtful.is_empty()) {
            return Ending::HandedOn;
        }
        if !left.is_empty() && !self.has_alias() {
            return Ending::Leaks(left.into_iter().collect());
        }
        doubtful.extend(left);
        match doubtful.is_empty() && !unclear {
            false => Ending::Unknown(doubtful.into_iter().collect()),
            true if handed_on => Ending::HandedOn,
            true => Ending::Released,
        }
    }

    /// Whether the array has another name somewhere, under which its pages may be given back.
    fn has_alias(&self) -> bool {
        let ast = self.context.function.ast();
        ast.ids().any(|id| {
            let value = match self.context.kind(id) {
                Kind::Assign { rhs, .. } => Some(rhs),
                Kind::InitDeclarator { init, .. } => init,
                _ => None,
            };
            value.is_some_and(|value| Name::of(self.context, value).as_ref() == Some(self.name))
        })
    }

    fn line_of_end(&self, point: Point) -> u32 {
        let (ast, cfg) = (self.context.function.ast(), self.context.function.cfg());
        match cfg.kind(point) {
            PointKind::Return => self.context.line(cfg.node(point)),
            _ => {
                let end = ast.tokens(ast.root()).end;
                self.context.file.location(crate::lex::TokenId(end.0.saturating_sub(1))).line
            }
        }
    }

    /// Where control goes from `state`, after a look at the statement that it enters, and whether a loop that it enters
    /// may leave pages with others.
    fn past(&self, state: State) -> (Vec<State>, bool) {
        let (ast, cfg) = (self.context.function.ast(), self.context.function.cfg());
        let mut next = self.after(state);
        let branches = matches!(
            cfg.kind(state.point),
            PointKind::Condition | PointKind::IteratorHead | PointKind::SwitchHead
        );
        if !branches {
            return (next, false);
        }
        let mut kept = false;
        let statement = cfg.data(state.point).statement;
        let settling: Vec<Use> = self
            .name
            .uses(self.context, statement)
            .into_iter()
            .filter(|found| *found != Use::Looked)
            .collect();
        if settling.is_empty() {
            return (next, false);
        }
        if ast.kind(statement).is_loop() && !ast.tokens(statement).covers(ast.tokens(self.call)) {
            let ends = |next: &State| {
                let mut edges = cfg.successors(state.point).iter();
                edges.any(|edge| edge.point == next.point && edge.kind == EdgeKind::False)
            };
            let hands_on = |found: &Use| matches!(found, Use::HandedOn | Use::Returned);
            if settling.contains(&Use::Released) || settling.iter().any(hands_on) {
                // A loop may well leave some where they are.
                kept = state.lent || self.outlives || settling.contains(&Use::HandedOn);
                next.retain(|next| !ends(next));
            } else {
                next.iter_mut().filter(|next| ends(next)).for_each(|next| next.lent = true);
            }
        }
        next.iter_mut().for_each(|next| next.certain = false);
        (next, kept)
    }

    /// Where control goes from `state` with pages held.
    fn after(&self, state: State) -> Vec<State> {
        let cfg = self.context.function.cfg();
        let node = cfg.node(state.point);
        let is_call = state.point == self.start;
        let result_is_fresh = is_call || state.result_is_fresh && !self.assigns_result(state.point);
        let is_condition = cfg.kind(state.point) == PointKind::Condition;
        let outcome = |holds: bool| match is_condition {
            true => self.outcome(node, holds, result_is_fresh),
            false => None,
        };
        let mut next = Vec::new();
        for edge in cfg.successors(state.point) {
            let told = match edge.kind {
                EdgeKind::True => outcome(true),
                EdgeKind::False => outcome(false),
                EdgeKind::Next | EdgeKind::Case | EdgeKind::Default => None,
            };
            let held = match (told, state.held) {
                (Some(Outcome::Failed), _) => continue,
                (Some(Outcome::Took), _) | (Some(Outcome::Unclear), Held::Known) => Held::Known,
                (Some(Outcome::Unclear), _) => Held::Doubtful,
                (Some(Outcome::NotFailed) | None, held) => held,
            };
            let certain = state.certain && !edge.back;
            next.push(State {
                point: edge.point,
                held,
                certain,
                result_is_fresh,
                lent: state.lent,
            });
        }
        next
    }

    fn assigns_result(&self, point: Point) -> bool {
        let (ast, cfg) = (self.context.function.ast(), self.context.function.cfg());
        let Some(result) = &self.result else { return false };
        let node = cfg.node(point);
        if matches!(
            cfg.kind(point),
            PointKind::After | PointKind::LoopHead | PointKind::Label | PointKind::Case
        ) {
            return false;
        }
        std::iter::once(node).chain(ast.descendants(node)).any(|id| {
            let target = match self.context.kind(id) {
                Kind::Assign { lhs, .. } => lhs,
                _ => return false,
            };
            Name::of(self.context, target).as_ref() == Some(result)
        })
    }

    /// What the condition says about the call where it is `holds`; `None` where it is about something else. The result
    /// is asked only where it is `fresh`.
    fn outcome(&self, condition: NodeId, holds: bool, fresh: bool) -> Option<Outcome> {
        let ast = self.context.function.ast();
        let condition = ast.strip_parens(condition);
        match self.context.kind(condition) {
            Kind::Unary { op: UnaryOp::Not, operand } if self.is_result(operand, fresh) => {
                // No page; otherwise some, or an error.
                Some(match (holds, self.gives_page) {
                    (true, _) => Outcome::Failed,
                    (false, true) => Outcome::Took,
                    (false, false) => Outcome::Unclear,
                })
            }
            Kind::Unary { op: UnaryOp::Not, operand } if self.is_page(operand) => {
                holds.then_some(Outcome::Failed)
            }
            _ if self.is_result(condition, fresh) => Some(match (holds, self.gives_page) {
                (false, _) => Outcome::Failed,
                (true, true) => Outcome::Took,
                (true, false) => Outcome::Unclear,
            }),
            _ if self.is_page(condition) => (!holds).then_some(Outcome::Failed),
            Kind::Unary { op: UnaryOp::Not, operand } => self.outcome(operand, !holds, fresh),
            Kind::Binary { op: op @ (BinaryOp::And | BinaryOp::Or), lhs, rhs } => {
                let both = (op == BinaryOp::And) == holds;
                let sides = [self.outcome(lhs, holds, fresh), self.outcome(rhs, holds, fresh)];
                if both {
                    let told = |wanted| sides.contains(&Some(wanted));
                    return match sides {
                        [None, None] => None,
                        _ if told(Outcome::Failed) => Some(Outcome::Failed),
                        _ if told(Outcome::Took) => Some(Outcome::Took),
                        _ if told(Outcome::Unclear) => Some(Outcome::Unclear),
                        _ => Some(Outcome::NotFailed),
                    };
                }
                // Where the first side decides, the call in the second one was not made.
                let is_asked = ast.tokens(rhs).covers(ast.tokens(self.call));
                if sides[1] == Some(Outcome::Failed)
                    && (is_asked || sides[0] == Some(Outcome::Failed))
                {
                    return Some(Outcome::Failed);
                }
                sides.iter().any(Option::is_some).then_some(Outcome::Unclear)
            }
            Kind::Binary { op, lhs, rhs } => {
                let (op, bound) = match (self.is_result(lhs, fresh), self.is_result(rhs, fresh)) {
                    (true, false) => (op, rhs),
                    (false, true) => (mirrored(op), lhs),
                    (true, true) | (false, false) => {
                        return self.mentions_result(condition, fresh).then_some(Outcome::Unclear);
                    }
                };
                Some(compared(op, &self.context.text(ast.strip_parens(bound)), holds))
            }
            Kind::Call { .. } => {
                let (name, args) = self.context.called(condition)?;
                match self.context.meaning(&name) {
                    Some(Meaning::Pass(pass)) => {
                        self.outcome(*args.get(pass.argument)?, holds, fresh)
                    }
                    _ => self.mentions_result(condition, fresh).then_some(Outcome::Unclear),
                }
            }
            _ => self.mentions_result(condition, fresh).then_some(Outcome::Unclear),
        }
    }

    /// Whether the expression is the call's result: the call, an assignment of it, or the variable.
    fn is_result(&self, id: NodeId, fresh: bool) -> bool {
        let ast = self.context.function.ast();
        let id = ast.strip_parens(id);
        match self.context.kind(id) {
            Kind::Ident | Kind::Member { .. } => {
                fresh && self.result.is_some() && Name::of(self.context, id) == self.result
            }
            Kind::Assign { rhs, .. } => self.is_result(rhs, fresh),
            Kind::Cast { operand, .. } => self.is_result(operand, fresh),
            _ => id == self.call,
        }
    }

    /// Whether the expression is what the call fills, which a test for null asks for a page.
    fn is_page(&self, id: NodeId) -> bool {
        Name::of(self.context, id).as_ref() == Some(self.name)
    }

    fn mentions_result(&self, id: NodeId, fresh: bool) -> bool {
        let ast = self.context.function.ast();
        std::iter::once(id).chain(ast.descendants(id)).any(|part| self.is_result(part, fresh))
    }
}

/// The operator with its sides changed.
fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::LessOrEqual => BinaryOp::GreaterOrEqual,
        BinaryOp::GreaterOrEqual => BinaryOp::LessOrEqual,
        other => other,
    }
}

/// What `result op bound` says, for a result that counts pages or is an error.
fn compared(op: BinaryOp, bound: &str, holds: bool) -> Outcome {
    let op = if holds { op } else { negated(op) };
    match (op, bound) {
        (BinaryOp::Less, "0" | "1") | (BinaryOp::LessOrEqual, "0") => Outcome::Failed,
        (BinaryOp::Greater, "0") | (BinaryOp::GreaterOrEqual, "1") => Outcome::Took,
        // One page was wanted and not got.
        (BinaryOp::NotEqual, "1") => Outcome::Failed,
        (BinaryOp::GreaterOrEqual, "0") => Outcome::NotFailed,
        (BinaryOp::Equal, "0") => Outcome::Failed,
        (BinaryOp::Equal, "NULL") => Outcome::Failed,
        (BinaryOp::NotEqual, "NULL") => Outcome::Took,
        (_, "0") => Outcome::Unclear,
        // An error by its name.
        (BinaryOp::Equal, _) if bound.starts_with('-') => Outcome::Failed,
        (BinaryOp::Less | BinaryOp::LessOrEqual, _) if bound.starts_with('-') => Outcome::Failed,
        (_, _) if bound.starts_with('-') => Outcome::Unclear,
        // As many as wanted.
        (BinaryOp::Equal | BinaryOp::GreaterOrEqual, _) => Outcome::Took,
        // Fewer: some, none, or an error.
        _ => Outcome::Unclear,
    }
}

fn negated(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::GreaterOrEqual,
        BinaryOp::Greater => BinaryOp::LessOrEqual,
        BinaryOp::LessOrEqual => BinaryOp::Greater,
        BinaryOp::GreaterOrEqual => BinaryOp::Less,
        BinaryOp::Equal => BinaryOp::NotEqual,
        BinaryOp::NotEqual => BinaryOp::Equal,
        other => other,
    }
}
