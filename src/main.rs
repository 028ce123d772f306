//! The `gupatch` program: everything is in the library.
fn main() {}
