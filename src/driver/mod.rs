//! The one place that joins stages and runs files in parallel. It reads like a recipe.

pub mod apply;
mod aside;
pub mod at_commit;
pub mod audit;
pub mod build;
mod corpus;
pub mod decided;
pub mod dry_run;
pub mod lines;
mod page_facts;
mod remembered;
mod report;
pub mod rewrite;
mod rules;
pub mod scan;
pub mod series;
mod since;
mod threading;
pub mod verify;
mod workspace;

pub use workspace::{Workspace, pool};
