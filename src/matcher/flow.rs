//! The graph of a function as a rule sees it: which statement starts at which point, and where control
//! goes on behind it.

use rustc_hash::FxHashMap;

use crate::ast::{Ast, Kind, NodeId};
use crate::cfg::{Cfg, Edge, EdgeKind, NoReturn, Point, PointKind, build};
use crate::lex::{LexedFile, TokenId};

/// The graph of a function and which statement starts at which of its points.
pub(super) struct Flow {
    pub(super) cfg: Cfg,
    /// Where control falls off the end of the function: the `return;` that nobody wrote.
    pub(super) fall: Point,
    /// The `}` of the function.
    pub(super) end: TokenId,
    /// The body of the function.
    pub(super) body: NodeId,
    successors: Vec<Vec<Edge>>,
    /// The first point of each statement.
    pub(super) entries: FxHashMap<NodeId, Point>,
    /// The statements that start at a point, the outermost first.
    pub(super) starts: FxHashMap<Point, Vec<NodeId>>,
    /// The point behind an `if`, loop or `switch`.
    pub(super) afters: FxHashMap<NodeId, Point>,
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
        let (body, end) = match ast.kind(function) {
            Kind::Function { body, .. } => (body, TokenId(ast.tokens(body).end.0 - 1)),
            _ => (function, TokenId(ast.tokens(function).end.0.saturating_sub(1))),
        };
        // A block starts where its first statement does; inner blocks come first in this order.
        let compounds: Vec<NodeId> = ast
            .descendants(function)
            .filter(|&id| id != body && matches!(ast.kind(id), Kind::Compound { .. }))
            .collect();
        for &id in compounds.iter().rev() {
            let Kind::Compound { items } = ast.kind(id) else { continue };
            let first = ast.list(items).iter().find_map(|item| entries.get(item).copied());
            if let Some(point) = first {
                entries.insert(id, point);
                starts.entry(point).or_default().push(id);
            }
        }
        for statements in starts.values_mut() {
            statements
                .sort_by_key(|&id| (ast.tokens(id).start, std::cmp::Reverse(ast.tokens(id).end)));
        }
        let fall = Point::at(cfg.len());
        // `do { … } while (0)` is no loop.
        let once: Vec<Point> = cfg
            .points()
            .filter(|&point| {
                let data = cfg.data(point);
                data.kind == PointKind::Condition
                    && matches!(ast.kind(data.statement), Kind::DoWhile { .. })
                    && file.range_text(ast.tokens(ast.strip_parens(data.node))) == "0"
            })
            .collect();
        let successors = with_fall(&cfg, fall, &once);
        Flow { cfg, fall, end, body, successors, entries, starts, afters }
    }

    /// Where control can go from `point`.
    pub(super) fn successors(&self, point: Point) -> &[Edge] {
        &self.successors[point.index()]
    }

    /// Whether control can fall off the end of the function at all.
    pub(super) fn falls(&self) -> bool {
        let mut seen = vec![false; self.successors.len()];
        let mut stack = vec![Cfg::ENTRY];
        while let Some(point) = stack.pop() {
            if !std::mem::replace(&mut seen[point.index()], true) {
                stack.extend(self.successors(point).iter().map(|edge| edge.point));
            }
        }
        seen[self.fall.index()]
    }

    /// Whether control leaves `point` by a jump, and not because what stands there is through.
    pub(super) fn is_jump(&self, point: Point) -> bool {
        point != self.fall
            && matches!(
                self.cfg.kind(point),
                PointKind::Return
                    | PointKind::Goto
                    | PointKind::GotoComputed
                    | PointKind::Break
                    | PointKind::Continue
            )
    }

    /// Where control goes on behind `statement`.
    pub(super) fn behind(&self, ast: &Ast, statement: NodeId) -> Vec<Edge> {
        if let Some(&after) = self.afters.get(&statement) {
            return self.successors(after).to_vec();
        }
        match ast.kind(statement) {
            Kind::Compound { items } => match ast.list(items).last() {
                Some(&last) => self.behind(ast, last),
                None => Vec::new(),
            },
            Kind::Labeled { body: Some(body), .. } => self.behind(ast, body),
            _ => match self.entries.get(&statement) {
                Some(&point) => self.successors(point).to_vec(),
                None => Vec::new(),
            },
        }
    }
}

/// The edges of `cfg`, with a point before the exit wherever no `return` is what leads there.
fn with_fall(cfg: &Cfg, fall: Point, once: &[Point]) -> Vec<Vec<Edge>> {
    let mut all: Vec<Vec<Edge>> =
        cfg.points().map(|point| cfg.successors(point).to_vec()).collect();
    for point in cfg.points().filter(|&point| cfg.kind(point) != PointKind::Return) {
        if once.contains(&point) {
            all[point.index()].retain(|edge| edge.kind != EdgeKind::True);
        }
        for edge in all[point.index()].iter_mut().filter(|edge| edge.point == Cfg::EXIT) {
            edge.point = fall;
        }
    }
    all.push(vec![Edge { point: Cfg::EXIT, kind: EdgeKind::Next, back: false }]);
    all
}
