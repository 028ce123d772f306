//! Stage `driver`: see the architecture in `lib.rs`.
