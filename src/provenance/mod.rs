//! Stage `provenance`.
mod vocabulary;
pub use vocabulary::*;
