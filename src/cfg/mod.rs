//! Stage `cfg`: see the architecture in `lib.rs`.
