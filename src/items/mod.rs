//! Stage `items`: see the architecture in `lib.rs`.
