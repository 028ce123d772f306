//! Stage `matcher`: see the architecture in `lib.rs`.
