//! Stage `series`: see the architecture in `lib.rs`.
