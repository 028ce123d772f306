//! The graph as text, a point a line: what `gupatch dump cfg` shows and snapshots compare.

use std::fmt::Write;

use bstr::ByteSlice;

use super::{Cfg, Point, PointKind};
use crate::ast::{Ast, Kind, NodeId};
use crate::lex::LexedFile;

/// Prints each point with its code on one line and where control goes from it.
pub fn graph(cfg: &Cfg, ast: &Ast, file: &LexedFile) -> String {
    let mut out = String::new();
    for point in cfg.points() {
        let mark = if cfg.is_reachable(point) { "" } else { " unreachable" };
        write!(out, "{}: {}", point.index(), title(cfg, ast, file, point))
            .expect("writing to a String does not fail");
        out.push_str(mark);
        for (index, edge) in cfg.successors(point).iter().enumerate() {
            let lead = if index == 0 { " -> " } else { ", " };
            let back = if edge.back { " back" } else { "" };
            write!(out, "{lead}{}{}{back}", edge.kind.word(), edge.point.index())
                .expect("as above");
        }
        out.push('\n');
    }
    out
}

fn title(cfg: &Cfg, ast: &Ast, file: &LexedFile, point: Point) -> String {
    let data = cfg.data(point);
    match data.kind {
        PointKind::Entry => "entry".to_owned(),
        PointKind::Exit => "exit".to_owned(),
        PointKind::Declaration
        | PointKind::Expression
        | PointKind::Empty
        | PointKind::Return
        | PointKind::Goto
        | PointKind::GotoComputed
        | PointKind::Break
        | PointKind::Continue
        | PointKind::Asm
        | PointKind::Opaque => format!("`{}`", one_line(ast, file, data.node)),
        PointKind::Condition => format!("condition `{}`", one_line(ast, file, data.node)),
        PointKind::IteratorHead => format!("iterator `{}`", one_line(ast, file, data.node)),
        PointKind::SwitchHead => format!("switch `{}`", one_line(ast, file, data.node)),
        PointKind::LoopHead => format!("head of {}", statement_word(ast, data.node)),
        PointKind::Nested => format!("into {}", statement_word(ast, data.node)),
        PointKind::After => format!("after {}", statement_word(ast, data.node)),
        PointKind::Case | PointKind::Label => label(ast, file, data.node),
    }
}

fn label(ast: &Ast, file: &LexedFile, id: NodeId) -> String {
    let tokens = ast.tokens(id);
    let colon = file
        .tokens
        .significant(tokens)
        .find(|&token| matches!(file.tokens.kind(token), crate::lex::TokenKind::Colon));
    let end = colon.map_or(tokens.end, |colon| colon.next());
    squeeze(&file.range_text(crate::lex::TokenRange { end, ..tokens }).to_str_lossy())
}

fn statement_word(ast: &Ast, id: NodeId) -> &'static str {
    match ast.kind(id) {
        Kind::If { .. } => "if",
        Kind::Switch { .. } => "switch",
        Kind::While { .. } => "while",
        Kind::DoWhile { .. } => "do",
        Kind::For { .. } => "for",
        Kind::Iterator { .. } => "iterator",
        Kind::StatementExpr { .. } => "({ })",
        _ => "statements",
    }
}

fn one_line(ast: &Ast, file: &LexedFile, id: NodeId) -> String {
    squeeze(&file.range_text(ast.tokens(id)).to_str_lossy())
}

fn squeeze(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
