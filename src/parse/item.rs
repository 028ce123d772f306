//! One item or fragment: normalise, ask lang-c, and if it refuses look for what can be saved.
//!
//! All arms of the item's conditionals are tried first, since code in an `#else` counts too; if lang-c
//! refuses, the first arms alone.

use super::{Refusal, diagnose, parse};
use crate::ast::Ast;
use crate::diagnostic::Diagnostic;
use crate::items::{Arms, Item, ItemKind, Shape, TypeNames, normalise, visible};
use crate::lex::{LexedFile, TokenRange};

/// An item as far as it was understood.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// Its AST; `None` for directives, stray tokens, and items of which nothing could be saved.
    pub ast: Option<Ast>,
    /// Which arms of its conditionals are in the AST.
    pub arms: Arms,
    /// What was not understood.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses one top-level item. `types` are names known to be types from elsewhere.
pub fn item(file: &LexedFile, item: &Item, types: &TypeNames) -> Parsed {
    let mut parsed = Parsed { ast: None, arms: Arms::All, diagnostics: Vec::new() };
    if matches!(item.kind, ItemKind::Directive | ItemKind::Stray) {
        return parsed;
    }
    let all = visible(file, item.tokens, Arms::All);
    let first = visible(file, item.tokens, Arms::First);
    for (arms, tokens) in [(Arms::All, &all), (Arms::First, &first)] {
        if arms == Arms::First && first == all {
            break;
        }
        match attempt(file, tokens, Shape::TopLevel, types) {
            Ok(ast) => return Parsed { ast: Some(ast), arms, diagnostics: Vec::new() },
            Err(diagnostic) => parsed.diagnostics.push(diagnostic),
        }
    }
    parsed.diagnostics.truncate(1);
    parsed
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
    tokens: &[crate::lex::TokenId],
    shape: Shape,
    types: &TypeNames,
) -> Result<Ast, Diagnostic> {
    let text = normalise(file, tokens, shape, types)?;
    parse(file, &text, shape).map_err(|refusal: Refusal| diagnose(file, &text, &refusal))
}
