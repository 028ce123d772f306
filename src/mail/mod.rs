//! Stage `mail`: see the architecture in `lib.rs`.
