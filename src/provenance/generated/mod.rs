//! Generated programs with a known answer: what the analysis says must hold of every run.
//!
//! In: a seed. [`generate`] makes a [`program`] of several functions and files, [`print`](mod@print) writes
//! it as C, [`interpret`] runs it many times and notes which pages arrive at each adder, [`property`] holds
//! that against what the analysis says of the text, and [`shrink`] makes a program that fails small.
//!
//! `cargo test` tries a hundred or two; `GENERATED_PROGRAMS=10000` tries as many as it says (`.ci/run` some),
//! from `GENERATED_FROM` on, and ends after `GENERATED_MOST` that fail; `GENERATED_SEED=n` tries one alone.
//! A program that fails is shrunk and written out.

mod dice;
mod generate;
mod interpret;
mod print;
mod program;
mod property;
mod shrink;
