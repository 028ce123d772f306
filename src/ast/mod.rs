//! The AST.
