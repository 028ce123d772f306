//! Stage `series`: from file changes with their facts to commits on a branch.

pub mod maintainers;
