//! A repository of its own for a tree that has none: what the demo stands on.

use std::path::Path;

use git2::Signature;

use super::{RepoError, git_error};

/// Makes a repository in `folder` with one commit of `files` (paths below the folder, all of them plain
/// files that are there already), by an author that is written to the repository's own configuration.
///
/// Errors: a folder that cannot be written, a path that git does not take.
pub fn init(
    folder: &Path,
    files: &[&Path],
    author: (&str, &str),
    message: &str,
) -> Result<(), RepoError> {
    let mut options = git2::RepositoryInitOptions::new();
    options.initial_head("main").no_reinit(true);
    let git = git2::Repository::init_opts(folder, &options)
        .map_err(git_error(format!("make a repository in {}", folder.display())))?;
    let (name, email) = author;
    let mut config = git.config().map_err(git_error("open the configuration"))?;
    for (key, value) in [("user.name", name), ("user.email", email), ("core.autocrlf", "false")] {
        config.set_str(key, value).map_err(git_error("write the configuration"))?;
    }
    let mut index = git.index().map_err(git_error("open the index"))?;
    for path in files {
        index.add_path(path).map_err(git_error(format!("add {}", path.display())))?;
    }
    index.write().map_err(git_error("write the index"))?;
    let tree = index.write_tree().map_err(git_error("write the tree"))?;
    let tree = git.find_tree(tree).map_err(git_error("read the tree"))?;
    let signature = Signature::now(name, email).map_err(git_error("use the author's name"))?;
    git.commit(Some("HEAD"), &signature, &signature, message, &tree, &[])
        .map(drop)
        .map_err(git_error("commit"))
}
