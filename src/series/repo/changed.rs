//! What changed since a revision.

use git2::{DiffOptions, ErrorCode};

use super::contents::is_of_the_index;
use super::{RepoError, Repository, git_error};
use crate::source::TreePath;

impl Repository {
    /// The files that differ between `revision` and the working tree, new ones that are not ignored among
    /// them, sorted; of a renamed or removed file the old name too. Like `git diff`, this trusts the index about files
    /// whose times did not change. Where the index cannot be read the sources are compared by their contents.
    pub fn changed_since(&self, revision: &str) -> Result<Vec<TreePath>, RepoError> {
        let object = self.git.revparse_single(revision).map_err(|error| match error.code() {
            ErrorCode::NotFound | ErrorCode::InvalidSpec | ErrorCode::Ambiguous => {
                RepoError::UnknownRevision(revision.to_owned())
            }
            _ => git_error(format!("look up {revision}"))(error),
        })?;
        let tree =
            object.peel_to_tree().map_err(|_| RepoError::UnknownRevision(revision.to_owned()))?;
        let doing = || git_error(format!("compare the working tree with {revision}"));
        let mut options = DiffOptions::new();
        options.include_untracked(true).recurse_untracked_dirs(true).include_typechange(true);
        let diff = match self.git.diff_tree_to_workdir_with_index(Some(&tree), Some(&mut options)) {
            Err(error) if is_of_the_index(&error) => {
                let Some(top) = self.git.workdir() else { return Ok(Vec::new()) };
                let different = self.differing_sources(tree.id(), top)?;
                return Ok(different.iter().filter_map(|path| TreePath::new(path)).collect());
            }
            diff => diff.map_err(doing())?,
        };
        let mut paths: Vec<TreePath> = diff
            .deltas()
            .flat_map(|delta| [delta.old_file().path(), delta.new_file().path()])
            .flatten()
            // A name that is not UTF-8 is none of a source.
            .filter_map(|path| path.to_str().and_then(TreePath::new))
            .collect();
        paths.sort_unstable();
        paths.dedup();
        Ok(paths)
    }
}
