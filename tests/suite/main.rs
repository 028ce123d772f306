//! The test suite: one binary, a file per stage.

mod rewrite;
mod smpl;
