//! Orders over the points: reverse post order, dominators, natural loops.
//!
//! Requires: successors. Gives: predecessors, the order from the entry, dominators, back edges.
//! Dominators are those of Cooper, Harvey and Kennedy, "A Simple, Fast Dominance Algorithm" (2001).

use rustc_hash::FxHashMap;

use super::{Cfg, Edge, EdgeKind, Point, PointData, PointKind};
use crate::ast::NodeId;

/// Which points are on every way to which.
#[derive(Clone, Debug)]
pub struct Dominators {
    /// The immediate dominator of each point; of the root itself; `None` where it cannot be reached.
    immediate: Vec<Option<Point>>,
    /// Entry and exit numbers of a walk over the dominator tree, for questions in constant time.
    walk: Vec<(u32, u32)>,
}

impl Dominators {
    /// The nearest point, other than `point`, on every way to it. `None` for the root and for what
    /// cannot be reached.
    pub fn immediate(&self, point: Point) -> Option<Point> {
        self.immediate[point.index()].filter(|&dominator| dominator != point)
    }

    /// Whether `a` is on every way to `b`; a reachable point dominates itself, an unreachable one nothing.
    pub fn dominates(&self, a: Point, b: Point) -> bool {
        if self.immediate[a.index()].is_none() || self.immediate[b.index()].is_none() {
            return false;
        }
        let ((a_in, a_out), (b_in, b_out)) = (self.walk[a.index()], self.walk[b.index()]);
        a_in <= b_in && b_out <= a_out
    }

    /// The points on every way to `point`, `point` first, the root last.
    pub fn chain(&self, point: Point) -> impl Iterator<Item = Point> + '_ {
        let first = self.immediate[point.index()].map(|_| point);
        std::iter::successors(first, |&point| self.immediate(point))
    }
}

/// A natural loop: everything that can come back to its head without leaving it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// The point on every way into the loop.
    pub head: Point,
    /// All its points, the head included, sorted.
    pub body: Vec<Point>,
}

impl Loop {
    /// Whether `point` is in the loop.
    pub fn contains(&self, point: Point) -> bool {
        self.body.binary_search(&point).is_ok()
    }
}

/// Completes a graph that has points and successors.
pub(super) fn complete(points: Vec<PointData>, mut successors: Vec<Vec<Edge>>) -> Cfg {
    let next: Vec<Vec<Point>> = targets(&successors);
    let order = reverse_post_order(&next, Cfg::ENTRY);
    let dominators = dominators(&reversed(&next), &order, &next);
    let mut ranks = vec![None; points.len()];
    for (rank, point) in order.iter().enumerate() {
        ranks[point.index()] = Some(rank as u32);
    }
    let mut predecessors = vec![Vec::new(); points.len()];
    for (index, edges) in successors.iter_mut().enumerate() {
        let from = Point(index as u32);
        for edge in edges {
            edge.back = dominators.dominates(edge.point, from);
            predecessors[edge.point.index()].push(Edge { point: from, ..*edge });
        }
    }
    let owners = owners(&points);
    Cfg { points, successors, predecessors, order, ranks, owners, dominators }
}

/// Heads and after-points stand for a whole statement, whose parts have points of their own.
fn owners(points: &[PointData]) -> FxHashMap<NodeId, Point> {
    let numbered = points.iter().enumerate().map(|(index, data)| (Point(index as u32), data));
    numbered
        .filter(|(_, data)| match data.kind {
            PointKind::Entry
            | PointKind::Exit
            | PointKind::LoopHead
            | PointKind::Nested
            | PointKind::After => false,
            PointKind::Declaration
            | PointKind::Expression
            | PointKind::Empty
            | PointKind::Condition
            | PointKind::IteratorHead
            | PointKind::SwitchHead
            | PointKind::Case
            | PointKind::Label
            | PointKind::Return
            | PointKind::Goto
            | PointKind::GotoComputed
            | PointKind::Break
            | PointKind::Continue
            | PointKind::Asm
            | PointKind::Opaque => true,
        })
        .map(|(point, data)| (data.node, point))
        .collect()
}

pub(super) fn post_dominators(cfg: &Cfg) -> Dominators {
    let mut next = targets(&cfg.successors);
    let leads_out = reverse_post_order(&reversed(&next), Cfg::EXIT);
    let mut reached = vec![false; cfg.len()];
    for &point in &leads_out {
        reached[point.index()] = true;
    }
    // A point from which the exit cannot be reached is given an edge to it, the last ones first, so
    // that one edge serves a whole endless loop.
    for &point in cfg.order.iter().rev() {
        if reached[point.index()] {
            continue;
        }
        next[point.index()].push(Cfg::EXIT);
        let mut stack = vec![point];
        while let Some(point) = stack.pop() {
            if !std::mem::replace(&mut reached[point.index()], true) {
                stack.extend(cfg.predecessors(point).iter().map(|edge| edge.point));
            }
        }
    }
    let back = reversed(&next);
    let order = reverse_post_order(&back, Cfg::EXIT);
    dominators(&next, &order, &back)
}

pub(super) fn loops(cfg: &Cfg) -> Vec<Loop> {
    let mut loops: Vec<Loop> = Vec::new();
    for &head in &cfg.order {
        let tails = cfg.predecessors(head).iter().filter(|edge| edge.back).map(|edge| edge.point);
        let mut stack: Vec<Point> = tails.collect();
        if stack.is_empty() {
            continue;
        }
        let mut seen = vec![false; cfg.len()];
        seen[head.index()] = true;
        while let Some(point) = stack.pop() {
            if cfg.is_reachable(point) && !std::mem::replace(&mut seen[point.index()], true) {
                stack.extend(cfg.predecessors(point).iter().map(|edge| edge.point));
            }
        }
        loops.push(Loop { head, body: cfg.points().filter(|point| seen[point.index()]).collect() });
    }
    loops
}

fn targets(successors: &[Vec<Edge>]) -> Vec<Vec<Point>> {
    successors.iter().map(|edges| edges.iter().map(|edge| edge.point).collect()).collect()
}

fn reversed(next: &[Vec<Point>]) -> Vec<Vec<Point>> {
    let mut back = vec![Vec::new(); next.len()];
    for (from, targets) in next.iter().enumerate() {
        for to in targets {
            back[to.index()].push(Point(from as u32));
        }
    }
    back
}

/// Depth first without recursion: generated functions have thousands of points in a row.
fn reverse_post_order(next: &[Vec<Point>], root: Point) -> Vec<Point> {
    let mut seen = vec![false; next.len()];
    seen[root.index()] = true;
    let mut order = Vec::with_capacity(next.len());
    let mut stack = vec![(root, 0)];
    while let Some((point, child)) = stack.last_mut() {
        match next[point.index()].get(*child) {
            Some(&target) => {
                *child += 1;
                if !std::mem::replace(&mut seen[target.index()], true) {
                    stack.push((target, 0));
                }
            }
            None => {
                order.push(*point);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

/// `back` leads from a point to those before it; `order` starts at the root.
fn dominators(back: &[Vec<Point>], order: &[Point], next: &[Vec<Point>]) -> Dominators {
    let mut rank = vec![usize::MAX; next.len()];
    for (index, point) in order.iter().enumerate() {
        rank[point.index()] = index;
    }
    let mut immediate: Vec<Option<Point>> = vec![None; next.len()];
    let root = order[0];
    immediate[root.index()] = Some(root);
    let mut changed = true;
    while changed {
        changed = false;
        for &point in &order[1..] {
            let mut known =
                back[point.index()].iter().copied().filter(|p| immediate[p.index()].is_some());
            let first = known.next().expect("in this order a point before it is known");
            let new = known.fold(first, |a, b| common_dominator(&immediate, &rank, a, b));
            if immediate[point.index()] != Some(new) {
                immediate[point.index()] = Some(new);
                changed = true;
            }
        }
    }
    let walk = number_tree(&immediate, order);
    Dominators { immediate, walk }
}

fn common_dominator(
    immediate: &[Option<Point>],
    rank: &[usize],
    mut a: Point,
    mut b: Point,
) -> Point {
    let up = |point: Point| immediate[point.index()].expect("a known point has a dominator");
    while a != b {
        if rank[a.index()] > rank[b.index()] {
            a = up(a);
        } else {
            b = up(b);
        }
    }
    a
}

/// Numbers the dominator tree so that a subtree is an interval.
fn number_tree(immediate: &[Option<Point>], order: &[Point]) -> Vec<(u32, u32)> {
    let mut children = vec![Vec::new(); immediate.len()];
    for &point in &order[1..] {
        let parent = immediate[point.index()].expect("every point in the order has a dominator");
        children[parent.index()].push(point);
    }
    let mut walk = vec![(0, 0); immediate.len()];
    let mut clock = 0;
    let mut stack = vec![(order[0], 0)];
    while let Some((point, child)) = stack.last_mut() {
        if *child == 0 {
            walk[point.index()].0 = clock;
            clock += 1;
        }
        match children[point.index()].get(*child) {
            Some(&next) => {
                *child += 1;
                stack.push((next, 0));
            }
            None => {
                walk[point.index()].1 = clock;
                clock += 1;
                stack.pop();
            }
        }
    }
    walk
}

impl EdgeKind {
    /// The word for it in a dump.
    pub(super) fn word(self) -> &'static str {
        match self {
            EdgeKind::Next => "",
            EdgeKind::True => "true ",
            EdgeKind::False => "false ",
            EdgeKind::Case => "case ",
            EdgeKind::Default => "default ",
        }
    }
}
