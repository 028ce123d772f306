//! The working tree compared with a tree by the contents of files, without the index.
//!
//! For indexes that libgit2 does not read: sparse ones, split ones. In: a tree. Out: the sources that are not
//! there as they are in the tree, and those that only the working tree has, sorted. All of them are read, which
//! takes seconds where the index takes parts of one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::{ErrorClass, ObjectType, Oid, TreeWalkMode, TreeWalkResult};
use rayon::prelude::*;

use super::{RepoError, Repository, git_error};
use crate::source::TreePath;
use crate::tree::walk::{is_source, walk};

impl Repository {
    /// See the module. `top` is the working tree.
    pub(super) fn differing_sources(
        &self,
        tree: Oid,
        top: &Path,
    ) -> Result<BTreeSet<String>, RepoError> {
        let blobs = self.blobs(tree, is_source)?;
        let same = |path: &str, id: Oid| {
            Oid::hash_file(ObjectType::Blob, top.join(path)).is_ok_and(|found| found == id)
        };
        let edited = blobs.par_iter().filter(|(path, id)| !same(path, **id));
        let mut different: BTreeSet<String> = edited.map(|(path, _)| path.clone()).collect();
        let here = walk(top, &[], 0).files;
        let new = here.iter().map(TreePath::as_str).filter(|path| !blobs.contains_key(*path));
        different.extend(new.map(str::to_owned));
        Ok(different)
    }

    /// The ordinary files of a tree whose paths are `wanted`, with their blobs.
    pub(super) fn blobs(
        &self,
        tree: Oid,
        wanted: impl Fn(&str) -> bool,
    ) -> Result<BTreeMap<String, Oid>, RepoError> {
        let mut blobs = BTreeMap::new();
        let failed = "read the tree of the commit";
        let root = self.git.find_tree(tree).map_err(git_error(failed))?;
        let is_file = |mode: i32| mode & 0o170_000 == 0o100_000;
        let walked = root.walk(TreeWalkMode::PreOrder, |folder, entry| {
            if let (Ok(name), Some(ObjectType::Blob)) = (entry.name(), entry.kind()) {
                let path = format!("{folder}{name}");
                if is_file(entry.filemode()) && wanted(&path) {
                    blobs.insert(path, entry.id());
                }
            }
            TreeWalkResult::Ok
        });
        walked.map_err(git_error(failed))?;
        Ok(blobs)
    }
}

/// Whether an error is about the index alone: what a newer or another git wrote.
pub(super) fn is_of_the_index(error: &git2::Error) -> bool {
    error.class() == ErrorClass::Index
}
