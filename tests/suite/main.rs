//! The test suite: one binary, a file per stage.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod audit;
mod build;
mod campaign;
mod check;
mod commands;
mod config;
mod fixture;
mod formats;
mod fuzz;
mod manual;
mod options;
mod order;
mod progress;
mod remembered;
mod review;
mod review_terminal;
mod rewrite;
mod run;
mod series;
mod smpl;
