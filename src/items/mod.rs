//! Top-level items, the conditional arms inside them, and the text that lang-c is given for each.
//!
//! In: a [`LexedFile`]. Out: its [`Item`]s ([`split`]), the tokens of each that the
//! grammar is to see ([`visible`]), and on demand a [`Normalised`] text ([`normalise`]) with a map back to
//! the original tokens and a log of what each edit stood for.

mod arms;
mod brackets;
mod clauses;
mod macro_file;
mod normalise;
mod normalised;
mod split;
mod type_names;
mod words;

pub use arms::visible;
pub use clauses::{Clause, Clauses, clauses};
pub use macro_file::{MacroRole, read_macros};
pub use normalise::{normalise, normalise_with_opaque, statements_around};
pub use normalised::{Edit, EditId, EditKind, Normalised, Piece, Shape};
pub use split::split;
pub use type_names::TypeNames;

use crate::lex::{LexedFile, TokenId, TokenRange};

/// Whether token `id` is an identifier and no keyword, in any spelling that gcc has for one.
pub fn is_name(file: &LexedFile, id: TokenId) -> bool {
    words::word_of(file, id) == words::Word::Name
}

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
    /// Code under `#if 0`.
    Disabled,
    /// Tokens that belong to nothing: a lone `;`, an unbalanced bracket, a part of an initialiser in a
    /// file that is included in the middle of one.
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

#[cfg(test)]
mod tests;
