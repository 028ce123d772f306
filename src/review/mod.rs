//! Stage `review`: see the architecture in `lib.rs`.
