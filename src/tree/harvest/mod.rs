//! What the rest of the tree has to say about a file: which names are types, and what functions look like.
//!
//! In: the files of a walk. Out: [`TypedefNames`] (every name a header makes a type) and [`Prototypes`]
//! (declarations, definitions and function-like macros of wanted names). Both are lexical scans over our
//! tokens: they cost a lexer's time, not a parser's, and the parser itself needs the first of them.
//!
//! Nothing is evaluated: all arms of conditionals are seen, so a name may come with several declarations,
//! and the caller decides which to believe.

mod declarator;
mod prototypes;
mod typedefs;

pub use prototypes::{
    Linkage, Parameter, Prototype, PrototypeKind, Prototypes, harvest_prototypes, prototypes_in,
};
pub use typedefs::{TypedefNames, harvest_typedefs, typedefs_in};
