//! Stage `tree`: see the architecture in `lib.rs`.
