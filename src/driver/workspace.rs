//! What every command on a tree starts from: the tree, the campaign, and the threads to work on.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use anyhow::{Context as _, bail};
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::series::with_hint;
use crate::campaign::{Campaign, default_vocabulary};
use crate::parse::STACK_BYTES;
use crate::progress::{Progress, Step};
use crate::series::repo::Repository;
use crate::source::TreePath;
use crate::tree::cache::{CacheFile, Content, IndexCache, Stamp};
use crate::tree::index::TreeIndex;
use crate::tree::root::{KernelTree, Place};
use crate::tree::sources::Sources;
use crate::tree::walk::{self, Unseen, Walk};

/// A tree opened with a campaign.
#[derive(Debug)]
pub struct Workspace {
    /// The kernel tree.
    pub tree: KernelTree,
    /// The rules and the vocabulary.
    pub campaign: Campaign,
    /// What `--only` restricts the work to; empty for the whole tree.
    pub only: Vec<TreePath>,
    /// With `--since`: the files that changed, to whose sites results are restricted.
    pub changed: Option<BTreeSet<TreePath>>,
    /// With `--mixed`: sites of that class are converted too, where callers can tell what they hand down.
    pub mixed: bool,
    /// Told how far the work has come.
    progress: Progress,
    pool: ThreadPool,
    /// Where the index of a tree is kept between runs; `None` for nowhere.
    cache: Option<PathBuf>,
    arrange: Option<fn(&mut Vec<TreePath>)>,
    /// Nobody changes the tree while it is worked on, and it is kept however small it is.
    is_settled: bool,
    whole: OnceLock<Walk>,
    sources: OnceLock<Indexed>,
}

/// The tree's index.
#[derive(Debug)]
struct Indexed {
    sources: Arc<Sources>,
    unseen: Vec<Unseen>,
    /// Of each file; none without a cache.
    stamps: Vec<Option<Stamp>>,
}

/// Smaller trees are indexed faster than a cache is found, and leave nothing in the user's folder.
const WORTH_CACHING: usize = 2000;

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
        Ok(Workspace {
            tree,
            campaign,
            only,
            changed: None,
            mixed: false,
            progress: Progress::default(),
            pool: pool(jobs)?,
            cache: None,
            arrange: None,
            is_settled: false,
            whole: OnceLock::new(),
            sources: OnceLock::new(),
        })
    }

    /// Restricts results to what the changes since `revision` of the repository that holds `folder` can touch.
    ///
    /// Errors: no kernel tree, no git repository of it, no such revision.
    pub fn since(self, revision: &str, folder: &Path) -> anyhow::Result<Workspace> {
        let root = KernelTree::find(folder)
            .map_err(|error| anyhow::anyhow!("{error}\n  hint: {}", error.hint()))?
            .root;
        let repository = Repository::open(&root);
        let changed = repository.and_then(|repository| repository.changed_since(revision));
        let changed = changed.map_err(|error| with_hint(&error, error.hint().as_deref()));
        let changed = changed.with_context(|| format!("--since {revision}"))?;
        Ok(Workspace { changed: Some(changed.into_iter().collect()), ..self })
    }

    /// Converts sites of mixed pages too, where that can be done.
    pub fn with_mixed(self, mixed: bool) -> Workspace {
        Workspace { mixed, ..self }
    }

    /// Tells `progress` how far the work has come.
    pub fn watched(self, progress: Progress) -> Workspace {
        Workspace { progress, ..self }
    }

    /// Begins a step of `count` pieces, which `what` names.
    pub(super) fn begin(&self, what: &'static str, count: usize) -> Step<'_> {
        self.progress.begin(what, count)
    }

    /// Keeps the index of the tree in `folder` between runs.
    pub fn with_cache(self, folder: Option<PathBuf>) -> Workspace {
        Workspace { cache: folder, ..self }
    }

    /// For tests: keeps what is found in however small a tree, and believes stamps of files that were changed just now.
    #[doc(hidden)]
    pub fn settled(self) -> Workspace {
        Workspace { is_settled: true, ..self }
    }

    /// For tests and benches: takes the files of the tree in another order, or only some of them. The result must
    /// not depend on the order.
    #[doc(hidden)]
    pub fn arranged(self, arrange: fn(&mut Vec<TreePath>)) -> Workspace {
        Workspace { arrange: Some(arrange), ..self }
    }

    /// Runs `work` on the workspace's threads, whose stacks are deep enough for the parser.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }

    /// The sources of the tree, or those that `--only` names.
    pub fn walk(&self) -> Cow<'_, Walk> {
        if self.only.is_empty() {
            return Cow::Borrowed(self.walk_all());
        }
        Cow::Owned(self.walk_below(&self.only))
    }

    /// Whether `--only` and `--since` let a file be changed.
    pub fn is_wanted(&self, path: &TreePath) -> bool {
        let is_named = |only: &TreePath| {
            let rest = path.as_str().strip_prefix(only.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        (self.only.is_empty() || self.only.iter().any(is_named))
            && self.changed.as_ref().is_none_or(|changed| changed.contains(path))
    }

    /// All sources of the tree, whatever `--only` says; walked once.
    pub fn walk_all(&self) -> &Walk {
        self.whole.get_or_init(|| self.walk_below(&[]))
    }

    fn walk_below(&self, only: &[TreePath]) -> Walk {
        let mut walk = walk::walk(&self.tree.root, only, self.pool.current_num_threads());
        if let Some(arrange) = self.arrange {
            arrange(&mut walk.files);
        }
        walk
    }

    /// All sources of the tree by what they mention, whatever `--only` says; indexed once, by the first call,
    /// which belongs outside of [`Workspace::run`]: a thread of the pool that waits for the index may be
    /// given work that asks for it.
    pub fn sources(&self) -> &Sources {
        &self.indexed().sources
    }

    /// The same, to keep.
    pub fn shared_sources(&self) -> Arc<Sources> {
        self.indexed().sources.clone()
    }

    /// What could not be read for the index.
    pub fn not_indexed(&self) -> &[Unseen] {
        &self.indexed().unseen
    }

    /// Where what was found in the tree is kept between runs, and the stamp of each of its files.
    pub(super) fn kept_sites(&self) -> Option<(CacheFile, &[Option<Stamp>])> {
        let stamps = &self.indexed().stamps;
        let folder = self.cache.as_ref().filter(|_| !stamps.is_empty())?;
        let file = CacheFile::new(folder, Content::Sites, &self.tree.root);
        // Campaigns with one vocabulary find the same sites.
        let vocabulary = &self.campaign.vocabulary;
        let is_carried = vocabulary == default_vocabulary();
        Some((if is_carried { file } else { file.with(vocabulary) }, stamps))
    }

    fn indexed(&self) -> &Indexed {
        self.sources.get_or_init(|| {
            let (root, files) = (&self.tree.root, &self.walk_all().files);
            let is_worth_it = files.len() >= WORTH_CACHING && self.arrange.is_none();
            let is_worth_it = is_worth_it || self.is_settled;
            let cache = self.cache.as_ref().filter(|_| is_worth_it);
            let (index, unseen, stamps) = self.run(|| match cache {
                Some(folder) => {
                    let cache = IndexCache::new(folder, root);
                    let (index, unseen, used) = if self.is_settled {
                        cache.build_settled(root, files)
                    } else {
                        cache.build_watched(root, files, &self.progress)
                    };
                    (index, unseen, used.stamps)
                }
                None => {
                    let (index, unseen) = TreeIndex::build_watched(root, files, &self.progress);
                    (index, unseen, Vec::new())
                }
            });
            Indexed { sources: Arc::new(Sources::new(root, index)), unseen, stamps }
        })
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
