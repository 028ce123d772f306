//! One item or fragment: normalise, ask lang-c, and if it refuses look for what can be saved.
//!
//! All arms of the item's conditionals are tried first, since code in an `#else` counts too; if lang-c
//! refuses, the first arms alone. An item that fails both ways is read statement by statement: each one
//! that is not understood becomes an [`Opaque`](crate::ast::Kind::Opaque) node, so that one bad statement
//! does not lose its function.

use super::{diagnose, parse};
use crate::ast::Ast;
use crate::diagnostic::Diagnostic;
use crate::items::{
    Arms, Item, ItemKind, Shape, TypeNames, normalise, normalise_with_opaque, statements_around,
    visible,
};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

/// How many statements of one item may be given up one after the other. Past it the item is beyond help,
/// and each attempt costs a whole parse.
const MAX_OPAQUE: usize = 16;

/// An item as far as it was understood.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Its AST; `None` for directives, stray tokens, and items of which nothing could be saved.
    pub ast: Option<Ast>,
    /// Which arms of its conditionals are in the AST.
    pub arms: Arms,
    /// What was not understood. With an AST beside it, it names the statements that are opaque there.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses one top-level item. `types` are names known to be types from elsewhere.
pub fn item(file: &LexedFile, item: &Item, types: &TypeNames) -> Parsed {
    let nothing = |arms| Parsed { ast: None, arms, diagnostics: Vec::new() };
    if matches!(item.kind, ItemKind::Directive | ItemKind::Disabled | ItemKind::Stray) {
        return nothing(Arms::All);
    }
    let all = visible(file, item.tokens, Arms::All);
    let refused = match attempt(file, &all, Shape::TopLevel, types) {
        Ok(ast) => return Parsed { ast: Some(ast), ..nothing(Arms::All) },
        Err(diagnostic) => diagnostic,
    };
    let conditional = item.tokens.iter().any(|t| file.tokens.kind(t) == TokenKind::Directive);
    let first = if conditional { visible(file, item.tokens, Arms::First) } else { Vec::new() };
    if !conditional || first == all {
        return recover(file, &all, types, refused).unwrap_or_else(|diagnostic| Parsed {
            diagnostics: vec![diagnostic],
            ..nothing(Arms::All)
        });
    }
    match attempt(file, &first, Shape::TopLevel, types) {
        Ok(ast) => Parsed { ast: Some(ast), ..nothing(Arms::First) },
        Err(refused) => match recover(file, &first, types, refused) {
            Ok(parsed) => Parsed { arms: Arms::First, ..parsed },
            Err(refused) => Parsed { diagnostics: vec![refused], ..nothing(Arms::First) },
        },
    }
}

/// Parses a stretch of tokens as `shape`.
///
/// Errors: the place where lang-c or the normaliser stopped.
pub fn fragment(
    file: &LexedFile,
    tokens: TokenRange,
    shape: Shape,
    types: &TypeNames,
) -> Result<Ast, Diagnostic> {
    attempt(file, &visible(file, tokens, Arms::All), shape, types)
}

fn attempt(
    file: &LexedFile,
    tokens: &[TokenId],
    shape: Shape,
    types: &TypeNames,
) -> Result<Ast, Diagnostic> {
    let text = normalise(file, tokens, shape, types)?;
    parse(file, &text, shape).map_err(|refusal| diagnose(file, &text, &refusal))
}

/// Parses a top-level item with the statements left out that nobody understands.
///
/// Errors: the last diagnostic, where the item has no statement to blame.
fn recover(
    file: &LexedFile,
    tokens: &[TokenId],
    types: &TypeNames,
    refused: Diagnostic,
) -> Result<Parsed, Diagnostic> {
    let shape = Shape::TopLevel;
    let mut opaque: Vec<TokenRange> = Vec::new();
    let mut diagnostics = vec![refused];
    loop {
        let text = normalise_with_opaque(file, tokens, shape, types, &opaque)?;
        let refusal = match parse(file, &text, shape) {
            Ok(ast) => return Ok(Parsed { ast: Some(ast), arms: Arms::All, diagnostics }),
            Err(refusal) => refusal,
        };
        let diagnostic = diagnose(file, &text, &refusal);
        let blamed = text
            .piece_at(refusal.at)
            .map(|piece| text.pieces[piece].tokens.start)
            .and_then(|at| blame(file, tokens, types, at, &opaque));
        let Some(statement) = blamed.filter(|_| opaque.len() < MAX_OPAQUE) else {
            return Err(diagnostic);
        };
        opaque.retain(|range| !statement.covers(*range));
        opaque.push(statement);
        if diagnostics.last() != Some(&diagnostic) {
            diagnostics.push(diagnostic);
        }
    }
}

/// The smallest statement around `at` that has not been given up yet.
fn blame(
    file: &LexedFile,
    tokens: &[TokenId],
    types: &TypeNames,
    at: TokenId,
    opaque: &[TokenRange],
) -> Option<TokenRange> {
    let around = statements_around(file, tokens, Shape::TopLevel, types, at);
    around.into_iter().find(|range| !opaque.contains(range))
}
