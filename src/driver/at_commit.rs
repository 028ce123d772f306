//! A kernel tree at one commit of its repository.
//!
//! In: what the user names: a folder of a tree, a bare repository, or a checkout too sparse to look like a tree. Out:
//! a folder whose sources are those of the commit: the tree itself where it has them, else a copy in a temporary
//! folder that goes when the value goes. What is different is said, since the result is not about what is in the working tree then.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Workspace;
use super::series::with_hint;
use crate::scratch::Scratch;
use crate::series::repo::{RepoError, Repository, Worktree};
use crate::tree::root::{KernelTree, Place};

/// How many differing files are named.
const NAMED: usize = 3;

/// See the module.
#[derive(Debug)]
pub struct AtCommit {
    /// The repository, at the commit.
    pub repository: Repository,
    /// What people should know.
    pub remarks: Vec<String>,
    /// The tree that the user named; `None` where no working tree shows one.
    tree: Option<KernelTree>,
    copy: Option<Scratch>,
}

impl AtCommit {
    /// The commit of HEAD, or `revision`.
    pub fn open(place: &Path, revision: Option<&str>) -> anyhow::Result<AtCommit> {
        let repo = |error: RepoError| with_hint(&error, error.hint().as_deref());
        let (tree, repository) = match KernelTree::find(place) {
            Ok(tree) => {
                let repository = Repository::open(&tree.root).map_err(repo)?;
                (Some(tree), repository)
            }
            Err(error) => match Repository::open_top(place) {
                Ok(repository) if repository.is_of_a_kernel() => (None, repository),
                Ok(_) | Err(_) => return Err(with_hint(&error, Some(error.hint()))),
            },
        };
        let repository = match revision {
            Some(revision) => repository.at(revision).map_err(repo)?,
            None => repository,
        };
        let worktree = repository.worktree().map_err(repo)?;
        let what = revision.unwrap_or("HEAD");
        let mut remarks = Vec::new();
        let copy = match &worktree {
            Worktree::Same if tree.is_some() => None,
            Worktree::Same | Worktree::Differs(_) | Worktree::Converted | Worktree::Bare => {
                if let Worktree::Differs(paths) = &worktree {
                    let named: Vec<&str> = paths.iter().take(NAMED).map(|p| p.as_str()).collect();
                    let more = if paths.len() > NAMED { ", …" } else { "" };
                    remarks.push(format!(
                        "gupatch: {} {} in the working tree differ from {what}, which is what counts: {}{more}",
                        paths.len(),
                        if paths.len() == 1 { "source" } else { "sources" },
                        named.join(", ")
                    ));
                }
                let copy =
                    Scratch::new(&std::env::temp_dir(), "gupatch-tree-").with_context(|| {
                        format!("cannot write to {}", std::env::temp_dir().display())
                    })?;
                fs::create_dir(copy.content())?;
                repository.snapshot(copy.content(), &worktree).map_err(repo)?;
                Some(copy)
            }
        };
        Ok(AtCommit { repository, remarks, tree, copy })
    }

    /// Whether the sources are a copy that goes with this value.
    pub fn is_copy(&self) -> bool {
        self.copy.is_some()
    }

    /// Opens the sources with a campaign. `only` is meant as in [`Workspace::open`].
    pub fn workspace(
        &self,
        rules: &str,
        only: &[String],
        jobs: usize,
    ) -> anyhow::Result<Workspace> {
        match (&self.copy, &self.tree) {
            (None, Some(tree)) => Workspace::open(&tree.root, rules, only, jobs),
            (None, None) => unreachable!("what shows no tree has a copy"),
            (Some(copy), tree) => {
                let only = in_copy(copy.content(), tree.as_ref(), only)?;
                Workspace::open(copy.content(), rules, &only, jobs)
            }
        }
    }
}

/// What `--only` names in the tree, as paths in its copy.
fn in_copy(copy: &Path, tree: Option<&KernelTree>, only: &[String]) -> anyhow::Result<Vec<String>> {
    let here = std::env::current_dir().context("the current folder")?;
    let place = |given: &String| -> PathBuf {
        match tree.map(|tree| tree.place(Path::new(given), &here)) {
            Some(Place::Below(path)) => copy.join(path.as_str()),
            Some(Place::Root) => copy.to_owned(),
            Some(Place::Outside | Place::Missing) | None => copy.join(given),
        }
    };
    Ok(only.iter().map(|given| place(given).display().to_string()).collect())
}
