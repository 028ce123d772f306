//! Stage `parse`: see the architecture in `lib.rs`.
