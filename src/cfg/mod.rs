//! Control flow graphs: one function of an [`Ast`] as points and edges.
//!
//! In: a function definition. Out: a [`Cfg`]. A [`Point`] stands for one simple statement, declaration,
//! condition, label, loop head, or for the place behind a compound statement ([`PointKind::After`]), so
//! that both a matcher and a flow analysis can walk it. Edges say why they are taken ([`EdgeKind`]) and
//! whether they go back to a loop's head.
//!
//! Invariants: point 0 is the entry, point 1 the exit; every simple statement of the body has exactly
//! one point, reachable or not; successors and predecessors agree; a condition's `true` edge comes before
//! its `false` edge. Everything here is linear in the size of the function, but for
//! dominators, which are so in practice (Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm").
//!
//! Left alone on purpose: `&&`, `||` and `?:` do not split a condition, because a pattern wants to see it
//! whole; what an edge says about the parts is told by [`facts`]. Statement expressions come before the
//! statement that holds them. The arms of a preprocessor conditional between statements are branches, for
//! only one of them is compiled. What was not parsed is an [`PointKind::Opaque`] point that may do
//! anything but jump.

mod arms;
mod build;
mod facts;
mod order;
mod paths;
pub mod print;

use rustc_hash::FxHashMap;

use crate::ast::{Ast, NodeId};

pub use build::{NoReturn, build};
pub use facts::{Fact, facts};
pub use order::{Dominators, Loop};
pub use paths::Points;

/// A place in the flow of one function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Point(u32);

impl Point {
    /// The number as an index: points are numbered from 0 without gaps.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The point of that number, which need not be one of a graph: a walk may add points of its own.
    pub fn at(index: usize) -> Point {
        Point(index as u32)
    }
}

/// What happens at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PointKind {
    /// Before the first statement.
    Entry,
    /// Behind the last statement and every `return`.
    Exit,
    /// A declaration, its initialisers included.
    Declaration,
    /// An expression statement, or the first or third part of a `for`.
    Expression,
    /// A lone `;`.
    Empty,
    /// The condition of an `if`, a `while`, a `do`, or a `for`.
    Condition,
    /// Where a loop starts that has no condition at its start: `do`, `for (;;)`.
    LoopHead,
    /// The call of an iterator macro: it declares, assigns and tests as it likes.
    IteratorHead,
    /// The value of a `switch`.
    SwitchHead,
    /// `case x:` or `default:`
    Case,
    /// `name:`
    Label,
    /// `return`, with its value.
    Return,
    /// `goto name;`
    Goto,
    /// `goto *target;`
    GotoComputed,
    /// `break;`
    Break,
    /// `continue;`
    Continue,
    /// Inline assembly.
    Asm,
    /// Statements that were not parsed.
    Opaque,
    /// Before statements that stand inside of an expression.
    Nested,
    /// Behind an `if`, a loop, a `switch`, or the statements inside of an expression.
    After,
}

/// Why an edge is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EdgeKind {
    /// Nothing else can happen, or a jump.
    Next,
    /// The condition holds; the iterator has another round.
    True,
    /// The condition does not hold; the iterator is through.
    False,
    /// The `switch` value is that of the target.
    Case,
    /// The `switch` value is that of no `case`.
    Default,
}

/// One end of an edge: the other point, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edge {
    /// Where it leads to; in a list of predecessors, where it comes from.
    pub point: Point,
    /// Why it is taken.
    pub kind: EdgeKind,
    /// Whether its target dominates its source, so that it closes a loop.
    pub back: bool,
}

/// What a point is and which code it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PointData {
    /// What happens there.
    pub kind: PointKind,
    /// The code that runs there: a statement, a declaration, or the expression that is evaluated. For an
    /// [`After`](PointKind::After) or a loop head it is the whole statement; for the entry and the exit
    /// the function.
    pub node: NodeId,
    /// The statement it is part of: for a condition the `if` or loop, else mostly `node` itself.
    pub statement: NodeId,
}

/// The control flow graph of one function.
#[derive(Clone, Debug)]
pub struct Cfg {
    points: Vec<PointData>,
    successors: Vec<Vec<Edge>>,
    predecessors: Vec<Vec<Edge>>,
    order: Vec<Point>,
    /// The place of each point in `order`; `None` where it cannot be reached.
    ranks: Vec<Option<u32>>,
    /// The point that runs a statement or expression.
    owners: FxHashMap<NodeId, Point>,
    dominators: Dominators,
}

impl Cfg {
    /// Before the first statement.
    pub const ENTRY: Point = Point(0);
    /// Behind the last statement and every `return`.
    pub const EXIT: Point = Point(1);

    /// How many points there are; at least two.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Never: the entry and the exit are always there.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// All points: entry, exit, then in source order.
    pub fn points(&self) -> impl DoubleEndedIterator<Item = Point> + use<> {
        (0..self.points.len() as u32).map(Point)
    }

    /// What `point` is.
    pub fn data(&self, point: Point) -> PointData {
        self.points[point.index()]
    }

    /// What happens at `point`.
    pub fn kind(&self, point: Point) -> PointKind {
        self.points[point.index()].kind
    }

    /// The code that runs at `point`.
    pub fn node(&self, point: Point) -> NodeId {
        self.points[point.index()].node
    }

    /// Where control can go from `point`.
    pub fn successors(&self, point: Point) -> &[Edge] {
        &self.successors[point.index()]
    }

    /// Where control can come from.
    pub fn predecessors(&self, point: Point) -> &[Edge] {
        &self.predecessors[point.index()]
    }

    /// Whether control can come to `point` from the entry.
    pub fn is_reachable(&self, point: Point) -> bool {
        self.ranks[point.index()].is_some()
    }

    /// The reachable points in reverse post order: but for back edges, a point comes after its predecessors.
    pub fn reverse_post_order(&self) -> &[Point] {
        &self.order
    }

    /// The place of `point` in [`reverse_post_order`](Cfg::reverse_post_order).
    pub fn rank(&self, point: Point) -> Option<u32> {
        self.ranks[point.index()]
    }

    /// The dominators, from the entry.
    pub fn dominators(&self) -> &Dominators {
        &self.dominators
    }

    /// The post-dominators, from the exit. Where control never comes back (an endless loop, a function
    /// that does not return) the exit counts as the next point.
    pub fn post_dominators(&self) -> Dominators {
        order::post_dominators(self)
    }

    /// The natural loops, outer before inner; back edges to one head make one loop.
    pub fn loops(&self) -> Vec<Loop> {
        order::loops(self)
    }

    /// The point at which `node` is evaluated: the nearest one whose code is `node` or holds it.
    pub fn point_of(&self, ast: &Ast, node: NodeId) -> Option<Point> {
        let own = |id: NodeId| self.owners.get(&id).copied();
        std::iter::once(node).chain(ast.ancestors(node)).find_map(own)
    }
}

#[cfg(test)]
mod tests;
