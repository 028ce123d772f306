//! The graph of a function as a rule sees it: which statement starts at which point, and where control
//! goes on behind it.

use rustc_hash::FxHashMap;

use crate::ast::{Ast, Kind, NodeId};
use crate::cfg::{Cfg, Edge, NoReturn, Point, PointKind, build};
use crate::lex::LexedFile;

/// The graph of a function and which statement starts at which of its points.
pub(super) struct Flow {
    pub(super) cfg: Cfg,
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
        for statements in starts.values_mut() {
            statements
                .sort_by_key(|&id| (ast.tokens(id).start, std::cmp::Reverse(ast.tokens(id).end)));
        }
        Flow { cfg, entries, starts, afters }
    }

    /// Where control goes on behind `statement`.
    pub(super) fn behind(&self, ast: &Ast, statement: NodeId) -> Vec<Edge> {
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
