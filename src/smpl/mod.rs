//! Stage `smpl`: see the architecture in `lib.rs`.
