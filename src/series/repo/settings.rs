//! What the user's git is configured to.

use std::path::Path;

/// The value of a git setting as it is in force in `folder`, which need not be in a repository.
pub fn setting(folder: &Path, name: &str) -> Option<String> {
    let config = match git2::Repository::discover(folder) {
        Ok(repository) => repository.config(),
        Err(_) => git2::Config::open_default(),
    };
    // Who has no git, or a broken configuration, has no such setting; git itself will tell.
    config.ok()?.snapshot().ok()?.get_string(name).ok()
}
