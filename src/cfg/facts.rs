//! What taking an edge says about the parts of its condition.
//!
//! `if (a && !b)`: on the `true` edge `a` holds and `b` does not; on the `false` edge nothing is known of
//! either alone, only that the whole does not hold.

use smallvec::SmallVec;

use super::{Cfg, Edge, EdgeKind, Point, PointKind};
use crate::ast::{Ast, BinaryOp, Kind, NodeId, UnaryOp};

/// An expression and whether it was true (not zero) where it was last evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    /// The expression, without parentheses around it.
    pub expr: NodeId,
    /// Whether it held.
    pub holds: bool,
}

/// What is known after `edge` was taken from `point`: the whole condition first, then its parts. Empty
/// for edges that depend on no condition.
pub fn facts(cfg: &Cfg, ast: &Ast, point: Point, edge: Edge) -> SmallVec<[Fact; 2]> {
    let mut out = SmallVec::new();
    let holds = match edge.kind {
        EdgeKind::True => true,
        EdgeKind::False => false,
        EdgeKind::Next | EdgeKind::Case | EdgeKind::Default => return out,
    };
    if cfg.kind(point) == PointKind::Condition {
        parts(ast, cfg.node(point), holds, &mut out);
    }
    out
}

fn parts(ast: &Ast, expr: NodeId, holds: bool, out: &mut SmallVec<[Fact; 2]>) {
    let expr = ast.strip_parens(expr);
    out.push(Fact { expr, holds });
    match ast.kind(expr) {
        Kind::Unary { op: UnaryOp::Not, operand } => parts(ast, operand, !holds, out),
        Kind::Binary { op, lhs, rhs }
            if (op == BinaryOp::And && holds) || (op == BinaryOp::Or && !holds) =>
        {
            parts(ast, lhs, holds, out);
            parts(ast, rhs, holds, out);
        }
        _ => {}
    }
}
