//! The test suite: one binary, a file per stage.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod commands;
mod fuzz;
mod order;
mod rewrite;
mod series;
mod smpl;
