//! Stage `tree`: a kernel tree as a whole.
pub mod index;
pub mod root;
pub mod walk;
pub mod words;
