//! The sources of a commit as files, where the working tree does not show them.
//!
//! In: an open repository. Out: [`Worktree`], which says whether the working tree has the sources of the
//! base, and a folder with these sources where it has not: bare repositories, sparse checkouts, files that
//! were edited, line ends that a checkout changed. Files that are the same are hard links, which costs
//! next to nothing; nobody writes through them. The index and the working tree are only read.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use git2::{DiffOptions, IndexEntryExtendedFlag, Oid};
use rayon::prelude::*;

use super::contents::is_of_the_index;
use super::{RepoError, Repository, git_error};
use crate::source::TreePath;
use crate::tree::walk::is_source;

/// The working tree beside the base.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Worktree {
    /// Its sources are those of the base.
    Same,
    /// These sources differ from the base, or are only on one side; a folder is another repository.
    Differs(Vec<TreePath>),
    /// A checkout changes the bytes of files: line ends, encodings, filters.
    Converted,
    /// There is none.
    Bare,
}

impl Worktree {
    fn of<'p>(different: impl Iterator<Item = &'p String>) -> Worktree {
        let sources: Vec<TreePath> = different.filter_map(|path| TreePath::new(path)).collect();
        if sources.is_empty() { Worktree::Same } else { Worktree::Differs(sources) }
    }
}

/// The mode of a submodule in the index.
const SUBMODULE: u32 = 0o160_000;

/// Files of one thread's turn.
const CHUNK: usize = 512;

impl Repository {
    /// Compares the working tree's sources with the base.
    pub fn worktree(&self) -> Result<Worktree, RepoError> {
        let Some(top) = self.git.workdir() else { return Ok(Worktree::Bare) };
        if self.checkout_converts() {
            return Ok(Worktree::Converted);
        }
        let failed = "compare the working tree with the commit";
        let root = self.git.find_tree(self.root).map_err(git_error(failed))?;
        let mut options = DiffOptions::new();
        options
            .include_untracked(true)
            .recurse_untracked_dirs(true)
            .ignore_submodules(true)
            .skip_binary_check(true);
        let diff = match self.git.diff_tree_to_workdir_with_index(Some(&root), Some(&mut options)) {
            Err(error) if is_of_the_index(&error) => {
                return Ok(Worktree::of(self.differing_sources(self.root, top)?.iter()));
            }
            diff => diff.map_err(git_error(failed))?,
        };
        let sides = diff.deltas().flat_map(|delta| {
            [delta.old_file().path_bytes(), delta.new_file().path_bytes()]
                .map(|path| path.map(|path| String::from_utf8_lossy(path).into_owned()))
        });
        let mut different: BTreeSet<String> = sides.flatten().collect();
        let index = self.git.index().map_err(git_error("read the index"))?;
        let left_out = |flags| flags & IndexEntryExtendedFlag::SKIP_WORKTREE.bits() != 0;
        let sparse = index.iter().filter(|entry| left_out(entry.flags_extended));
        different.extend(sparse.map(|entry| String::from_utf8_lossy(&entry.path).into_owned()));
        // Repositories in the tree are not of it: submodules, and others, whose names end in a slash.
        let modules = index.iter().filter(|entry| entry.mode == SUBMODULE);
        let modules = modules.map(|entry| String::from_utf8_lossy(&entry.path).into_owned());
        let other = different.iter().filter_map(|path| Some(path.strip_suffix('/')?.to_owned()));
        let inner: Vec<String> =
            modules.chain(other).filter(|path| self.is_checked_out(path)).collect();
        Ok(Worktree::of(different.iter().filter(|path| is_source(path)).chain(&inner)))
    }

    /// Whether the working tree has something in a folder.
    fn is_checked_out(&self, folder: &str) -> bool {
        let top = self.git.workdir().map(|top| top.join(folder));
        top.and_then(|folder| fs::read_dir(folder).ok()?.next()).is_some()
    }

    /// Writes the sources of the base, and what a scan reads beside them, to the empty folder `to`.
    pub fn snapshot(&self, to: &Path, worktree: &Worktree) -> Result<(), RepoError> {
        let files = self.blobs(self.root, |path| is_source(path) || is_beside(path))?;
        let io = |path: &Path, error: std::io::Error| RepoError::Git {
            doing: format!("write {}", path.display()),
            message: error.to_string(),
        };
        let folders: BTreeSet<&str> =
            files.keys().filter_map(|path| Some(path.rsplit_once('/')?.0)).collect();
        for folder in folders {
            let folder = to.join(folder);
            fs::create_dir_all(&folder).map_err(|error| io(&folder, error))?;
        }
        let (linked, different): (Option<&Path>, BTreeSet<&str>) = match worktree {
            Worktree::Same => (self.git.workdir(), BTreeSet::new()),
            Worktree::Differs(paths) => {
                (self.git.workdir(), paths.iter().map(TreePath::as_str).collect())
            }
            Worktree::Converted | Worktree::Bare => (None, BTreeSet::new()),
        };
        let files: Vec<(String, Oid)> = files.into_iter().collect();
        let git = self.git.path();
        files.par_chunks(CHUNK).try_for_each(|chunk| {
            let git = git2::Repository::open(git).map_err(git_error("open the repository"))?;
            for (path, id) in chunk {
                let target = to.join(path);
                let source =
                    linked.filter(|_| is_source(path) && !different.contains(path.as_str()));
                if source.is_some_and(|top| fs::hard_link(top.join(path), &target).is_ok()) {
                    continue;
                }
                let blob = git.find_blob(*id).map_err(git_error(format!("read {path}")))?;
                fs::write(&target, blob.content()).map_err(|error| io(&target, error))?;
            }
            Ok(())
        })
    }

    /// Whether files in the working tree have other bytes than their blobs although nobody edited them.
    fn checkout_converts(&self) -> bool {
        let configured = self.git.config().and_then(|config| config.get_string("core.autocrlf"));
        let auto = configured.is_ok_and(|value| value.eq_ignore_ascii_case("true"));
        let path = TreePath::new(".gitattributes").expect("a fixed path lies below the root");
        let attributes = self.read(&path).unwrap_or_default();
        let attributes = String::from_utf8_lossy(&attributes);
        let changing = ["eol=crlf", "working-tree-encoding=", "filter=", "ident"];
        let word = |word: &str| changing.iter().any(|change| word.starts_with(change));
        auto || attributes
            .lines()
            .filter(|line| !line.trim_start().starts_with('#'))
            .any(|line| line.split_whitespace().skip(1).any(word))
    }
}

/// What tells the kernel's version and what is ignored, and the documents that a helper patch adds to.
fn is_beside(path: &str) -> bool {
    !path.contains('/')
        || path.ends_with("/.gitignore")
        || path.starts_with("Documentation/core-api/")
}
