//! The one place that joins stages and runs files in parallel.

pub mod apply;
