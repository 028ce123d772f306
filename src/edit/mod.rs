//! Stage `edit`: see the architecture in `lib.rs`.
