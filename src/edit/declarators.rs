//! Declarations of several names of which some go: what the names share stays as long as one of them does.
//!
//! In: the marks as the matches left them, in which a removed `int a;` has taken the `int` and the `;` of
//! `int a, b;` along. Out: marks in which the shared tokens go only with the last declarator, and of the
//! commas as many stay as the declarators that are left need.
//!
//! ```text
//! - int a;          int a, b, c;   →   int b, c;
//! ```

use super::marks::Marks;
use crate::ast::{Ast, Kind, NodeId};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};
use crate::matcher::Unit;

/// Corrects the marks on all declarations and members of several names in `units`.
pub(super) fn keep_shared(marks: &mut Marks, file: &LexedFile, units: &[Unit<'_>]) {
    if marks.removed.is_empty() {
        return;
    }
    for unit in units {
        let ast = unit.ast;
        let whole = ast.tokens(ast.root());
        if marks.removed.range(whole.start..whole.end).next().is_none() {
            continue;
        }
        for id in ast.descendants(ast.root()) {
            if let Kind::Declaration { declarators, .. } | Kind::Field { declarators, .. } =
                ast.kind(id)
                && ast.list(declarators).len() > 1
            {
                keep_in(marks, file, ast, id, ast.list(declarators));
            }
        }
    }
}

fn keep_in(marks: &mut Marks, file: &LexedFile, ast: &Ast, id: NodeId, declarators: &[NodeId]) {
    let goes = |marks: &Marks, range: TokenRange| {
        file.tokens.significant(range).all(|token| {
            marks.removed.contains_key(&token)
                || ast.attributes().iter().any(|attribute| attribute.contains(token))
        })
    };
    let whole = ast.tokens(id);
    let Some(last) = file.tokens.significant(whole).next_back() else { return };
    let shared = TokenRange { start: whole.start, end: ast.tokens(declarators[0]).start };
    if !marks.removed.contains_key(&last) || !goes(marks, shared) {
        return;
    }
    let left: Vec<NodeId> =
        declarators.iter().copied().filter(|&id| !goes(marks, ast.tokens(id))).collect();
    let (Some(&first_left), Some(&last_left)) = (left.first(), left.last()) else {
        let rule = marks.removed[&last];
        for token in file.tokens.significant(whole) {
            marks.removed.entry(token).or_insert(rule);
        }
        return;
    };
    let Some(&rule) = marks.removed.get(&last) else { return };
    for token in file.tokens.significant(shared).chain([last]) {
        marks.removed.remove(&token);
    }
    let commas = |range: TokenRange| {
        let inside = file.tokens.significant(range);
        let commas: Vec<TokenId> =
            inside.filter(|&token| file.tokens.kind(token) == TokenKind::Comma).collect();
        commas
    };
    let between = |a: NodeId, b: NodeId| {
        commas(TokenRange { start: ast.tokens(a).end, end: ast.tokens(b).start })
    };
    // Of the commas between two that stay the first is kept.
    let mut kept_before = None;
    for pair in declarators.windows(2) {
        let Some(&comma) = between(pair[0], pair[1]).first() else { continue };
        let inside = ast.tokens(first_left).end <= comma && comma < ast.tokens(last_left).start;
        let before = left.iter().rev().find(|&&id| ast.tokens(id).end <= comma).copied();
        if inside && before != kept_before {
            kept_before = before;
        } else {
            marks.removed.entry(comma).or_insert(rule);
        }
    }
}
