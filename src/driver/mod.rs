//! The one place that joins stages and runs files in parallel. It reads like a recipe.

pub mod apply;
mod workspace;

pub use workspace::{Workspace, pool};
