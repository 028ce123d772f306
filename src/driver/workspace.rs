//! What every command on a tree starts from: the tree, the campaign, and the threads to work on.

use std::path::Path;

use anyhow::{Context as _, bail};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::campaign::Campaign;
use crate::parse::STACK_BYTES;
use crate::source::TreePath;
use crate::tree::root::{KernelTree, Place};
use crate::tree::walk::{self, Walk};

/// A tree opened with a campaign.
#[derive(Debug)]
pub struct Workspace {
    /// The kernel tree.
    pub tree: KernelTree,
    /// The rules and the vocabulary.
    pub campaign: Campaign,
    /// What `--only` restricts the work to; empty for the whole tree.
    pub only: Vec<TreePath>,
    pool: ThreadPool,
}

impl Workspace {
    /// Opens the tree that holds `folder`.
    ///
    /// `jobs` is the number of threads, 0 for one per core. Errors: no kernel tree, an unknown campaign, a
    /// path of `only` that is not in the tree.
    pub fn open(
        folder: &Path,
        rules: &str,
        only: &[String],
        jobs: usize,
    ) -> anyhow::Result<Workspace> {
        let tree = KernelTree::find(folder)
            .map_err(|error| anyhow::anyhow!("{error}\n  hint: {}", error.hint()))?;
        let campaign = Campaign::load(rules)?;
        let here = std::env::current_dir().context("the current folder")?;
        let only = restrict(&tree, &here, only)?;
        Ok(Workspace { tree, campaign, only, pool: pool(jobs)? })
    }

    /// Runs `work` on the workspace's threads, whose stacks are deep enough for the parser.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }

    /// The sources of the tree, or those that `--only` names.
    pub fn walk(&self) -> Walk {
        walk::walk(&self.tree.root, &self.only, self.pool.current_num_threads())
    }

    /// All sources of the tree, whatever `--only` says.
    pub fn walk_all(&self) -> Walk {
        walk::walk(&self.tree.root, &[], self.pool.current_num_threads())
    }
}

/// A pool of `jobs` threads (0: one per core) with stacks deep enough for the parser.
pub fn pool(jobs: usize) -> anyhow::Result<ThreadPool> {
    let builder = ThreadPoolBuilder::new().num_threads(jobs).stack_size(STACK_BYTES);
    builder.build().context("cannot start the worker threads")
}

fn restrict(tree: &KernelTree, here: &Path, only: &[String]) -> anyhow::Result<Vec<TreePath>> {
    let mut paths = Vec::new();
    for given in only {
        match tree.place(Path::new(given), here) {
            Place::Root => return Ok(Vec::new()),
            Place::Below(path) => paths.push(path),
            Place::Outside => bail!(
                "--only {given} is not in the tree at {}\n  hint: name a path below that folder",
                tree.root.display()
            ),
            Place::Missing => bail!(
                "--only {given}: there is no such file or folder\n  hint: paths are taken from the current folder, \
                 then from {}",
                tree.root.display()
            ),
        }
    }
    paths.sort();
    paths.dedup();
    Ok(paths)
}
