//! Top-level items, the conditional arms inside them, and the text that lang-c is given for each.
//!
//! In: a [`LexedFile`](crate::lex::LexedFile). Out: its [`Item`]s, and for each, on demand, a
//! [`Normalised`] text with a map back to the original tokens and a log of what each edit stood for.

mod normalised;

pub use normalised::{Edit, EditId, EditKind, Normalised, Piece, Shape};

use crate::lex::TokenRange;

/// What a top-level item is, by its tokens alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ItemKind {
    /// A function definition.
    Function,
    /// A function definition whose header is a macro call: `SYSCALL_DEFINE3(…) { … }`.
    MacroFunction,
    /// A declaration: variables, prototypes, types.
    Declaration,
    /// `DEFINE_X(…);`, `module_init(f);`, with or without the `;`.
    MacroDeclaration,
    /// `asm(…);`
    Asm,
    /// A preprocessor directive.
    Directive,
    /// Tokens that belong to nothing: a lone `;`, an unbalanced bracket.
    Stray,
}

/// A stretch of the file between two top-level boundaries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// From its first significant token to its last.
    pub tokens: TokenRange,
}

/// Which arms of the conditionals inside an item are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Arms {
    /// All of them, one after the other, but for `#if 0`.
    All,
    /// The first one of each `#if`.
    First,
}

/// tmp
pub type TypeNames = std::collections::HashSet<String>;
/// tmp
pub fn visible(
    file: &crate::lex::LexedFile,
    range: TokenRange,
    _arms: Arms,
) -> Vec<crate::lex::TokenId> {
    file.tokens.significant(range).collect()
}
/// tmp
pub fn normalise(
    file: &crate::lex::LexedFile,
    tokens: &[crate::lex::TokenId],
    _shape: Shape,
    types: &TypeNames,
) -> Result<Normalised, crate::diagnostic::Diagnostic> {
    let mut n = Normalised::default();
    for &t in tokens {
        let start = n.text.len() as u32;
        let s = file.text(t).to_string();
        n.text.push_str(&s);
        if types.contains(&s) && !n.types.contains(&s) {
            n.types.push(s);
        }
        let end = n.text.len() as u32;
        n.text.push(' ');
        n.pieces.push(Piece {
            start,
            end,
            tokens: TokenRange { start: t, end: t.next() },
            edit: None,
        });
    }
    Ok(n)
}
