//! Lossless tokens.
