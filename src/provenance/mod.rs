//! Stage `provenance`: see the architecture in `lib.rs`.
