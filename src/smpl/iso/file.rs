//! `.iso` files: sections of isomorphisms, each with metavariables as a rule has them.
//!
//! ```text
//! Expression
//! @ is_null @
//! expression X;
//! @@
//! X == NULL => !X
//! ```
//!
//! `<=>` joins sides that stand for each other; what follows `=>` stands for what is before it and not the
//! other way round. A side that starts with `(`, `!`, `*`, `+` or `-` is not written in the first column.

use super::super::cursor::Cursor;
use super::super::metavar::Metavar;
use super::super::scan::{Scan, scan};
use super::super::{BodyToken, body, declare, slice};
use super::{Isomorphism, Section, Side};
use crate::diagnostic::Diagnostic;
use crate::items::Shape;
use crate::lex::TokenKind;
use crate::source::LineIndex;

/// Reads an `.iso` file. A `TopLevel` isomorphism is known by its name and does nothing: spatch 1.1.1 has one,
/// mkinit, and it does not apply there either.
pub fn parse(bytes: &[u8]) -> Result<Vec<Isomorphism>, Diagnostic> {
    let lines = LineIndex::new(bytes);
    let scan = scan(bytes, &lines);
    let mut found = Vec::new();
    let mut at = skip_comments(&scan, 0);
    while at < scan.tokens.len() {
        let (isomorphism, next) = one(&scan, at)?;
        found.push(isomorphism);
        at = skip_comments(&scan, next);
    }
    Ok(found)
}

fn skip_comments(scan: &Scan, mut at: usize) -> usize {
    let is_comment = |at: usize| {
        let kind = scan.tokens.get(at).map(|token| token.kind);
        matches!(kind, Some(TokenKind::BlockComment | TokenKind::LineComment))
    };
    while is_comment(at) {
        at += 1;
    }
    at
}

/// The section of that name.
fn section(name: &str) -> Option<Section> {
    Some(match name {
        "Expression" => Section::Expression,
        "TestExpression" => Section::TestExpression,
        "ToTestExpression" => Section::ToTestExpression,
        "ArgExpression" => Section::ArgExpression,
        "Statement" => Section::Statement,
        "Declaration" => Section::Declaration,
        "Type" => Section::Type,
        "TopLevel" => Section::TopLevel,
        _ => return None,
    })
}

/// Whether an isomorphism starts at `at`.
fn starts(scan: &Scan, at: usize) -> bool {
    let next = skip_comments(scan, at + 1);
    scan.tokens[at].first_column
        && section(scan.token_text(at)).is_some()
        && scan.tokens.get(next).is_some_and(|token| token.kind == TokenKind::At)
}

fn one(scan: &Scan, start: usize) -> Result<(Isomorphism, usize), Diagnostic> {
    let span = scan.tokens[start].span;
    let Some(section) = section(scan.token_text(start)).filter(|_| starts(scan, start)) else {
        return Err(Diagnostic::error(
            span,
            format!("`{}` starts no isomorphism", scan.token_text(start)),
        )
        .with_help("one starts with `Expression`, `TestExpression`, `Statement` or `Declaration` in the first column, and `@ name @`"));
    };
    let end =
        (start + 1..scan.tokens.len()).find(|&at| starts(scan, at)).unwrap_or(scan.tokens.len());
    let is_at = |at: &usize| scan.tokens[*at].kind == TokenKind::At;
    let marks: Vec<usize> = (start..end).filter(is_at).collect();
    let &[open, close, declared, ..] = marks.as_slice() else {
        return Err(Diagnostic::error(span, "the isomorphism has no `@ name @` and `@@`"));
    };
    let name = if close > open + 1 { scan.token_text(open + 1) } else { "" };
    let metavars = declare::parse(Cursor::new(scan, close + 1, declared))?;
    let groups = match section {
        Section::TopLevel => Vec::new(),
        _ => groups(scan, declared + 2, end, &metavars, section)?,
    };
    if section != Section::TopLevel && groups.iter().map(Vec::len).sum::<usize>() < 2 {
        return Err(Diagnostic::error(span, "the isomorphism has one side only")
            .with_help("its sides are joined by `<=>` or `=>`"));
    }
    Ok((Isomorphism { name: name.to_owned(), section, metavars, groups, span }, end))
}

fn groups(
    scan: &Scan,
    start: usize,
    end: usize,
    metavars: &[Metavar],
    section: Section,
) -> Result<Vec<Vec<Side>>, Diagnostic> {
    let mut groups = vec![Vec::new()];
    let mut from = start;
    let mut at = start;
    loop {
        let arrow = arrow(scan, at, end);
        if at >= end || arrow.is_some() {
            let side = side(scan, from, at, metavars, section)?;
            groups.last_mut().expect("there is always one").push(side);
        }
        match arrow {
            _ if at >= end => return Ok(groups),
            Some(both_ways) => {
                if !both_ways {
                    groups.push(Vec::new());
                }
                at += 2;
                from = at;
            }
            None => at += 1,
        }
    }
}

/// Whether `<=>` (true) or `=>` (false) starts at `at`: two tokens to the C lexer.
fn arrow(scan: &Scan, at: usize, end: usize) -> Option<bool> {
    if at + 1 >= end {
        return None;
    }
    let (first, second) = (scan.tokens[at], scan.tokens[at + 1]);
    let touching = first.span.end == second.span.start && second.kind == TokenKind::Gt;
    match first.kind {
        TokenKind::Le if touching => Some(true),
        TokenKind::Eq if touching => Some(false),
        _ => None,
    }
}

fn side(
    scan: &Scan,
    start: usize,
    end: usize,
    metavars: &[Metavar],
    section: Section,
) -> Result<Side, Diagnostic> {
    let here = scan.tokens[start.min(scan.tokens.len() - 1)].span;
    let (body, groups) = body::parse(scan, start, end, metavars)?;
    let shape = match section {
        Section::Expression
        | Section::TestExpression
        | Section::ToTestExpression
        | Section::ArgExpression => Shape::Expression,
        Section::Statement | Section::Declaration | Section::TopLevel => Shape::Statements,
        Section::Type => Shape::TypeName,
    };
    let is_word = |token: &BodyToken| token.kind == TokenKind::Ident && token.meta.is_none();
    if section == Section::Type && !body.tokens.iter().all(is_word) {
        return Err(Diagnostic::error(here, "a side of a `Type` isomorphism is more than words")
            .with_help("it is about the words of a type, `u32 => uint32_t`; stars and names go with either"));
    }
    if body.tokens.is_empty() {
        return Err(Diagnostic::error(here, "a side of the isomorphism is missing"));
    }
    let mut pats = slice::parse_as(&body, &groups, metavars, shape)?;
    match (pats.pop(), pats.is_empty()) {
        (Some(pat), true) => Ok(Side { body, pat }),
        _ => Err(Diagnostic::error(here, "a side of the isomorphism is not one piece of code")),
    }
}
