//! The index of a tree, kept on disk between runs.
//!
//! In: a tree and a folder for caches. Out: the same [`TreeIndex`] that [`TreeIndex::build`] gives, without
//! reading files that did not change. It may be deleted at any time.
//!
//! The cache is not believed about a file unless the file's stamp is the stored one: size, inode, and
//! the times of its last change as data and as a file. The last cannot be set by a program, so a file that
//! was changed and given its old time back is read again. A file that was changed shortly before it was
//! read has no stamp, since it may change again within the clock's tick; git calls such entries racy. A cache that is
//! damaged, cut short, of another tree or written by another version fails its checksum or its heading,
//! and is as good as none.

mod file;
mod format;
mod stamp;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rayon::prelude::*;

use super::index::{FileNo, INDEXED, Shard, TreeIndex, gather, read_all};
use super::walk::{Unseen, read_into};
use crate::progress::Progress;
use crate::source::TreePath;
use format::Stored;
use stamp::Clock;

pub(crate) use file::{CacheFile, Content};
pub(crate) use stamp::Stamp;

/// Where the cache of one tree lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexCache {
    file: CacheFile,
}

/// What a cache was good for in one run.
#[derive(Debug, Default)]
pub struct CacheUse {
    /// Files that were not read.
    pub hits: usize,
    /// Files that were.
    pub misses: usize,
    /// Why the new state could not be written. The index is complete all the same.
    pub write_error: Option<io::Error>,
    /// What tells each file's state from others; `None` where nothing does.
    pub(crate) stamps: Vec<Option<Stamp>>,
}

/// The user's folder for our caches: `$XDG_CACHE_HOME/gupatch`, else `~/.cache/gupatch`. The two variables
/// are passed in; relative values are ignored, as the XDG base directory specification says.
pub fn default_folder(xdg_cache_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let base = xdg_cache_home.and_then(absolute);
    let base = base.or_else(|| home.and_then(absolute).map(|home| home.join(".cache")));
    base.map(|base| base.join("gupatch"))
}

/// Of so many files one must have changed before the state on disk is written anew: reading a handful of
/// files is cheaper than writing about all of them.
const CHANGED_ONE_IN: usize = 2000;

impl IndexCache {
    /// The cache for the tree at `root` in `folder`, which need not exist yet.
    pub fn new(folder: &Path, root: &Path) -> IndexCache {
        IndexCache { file: CacheFile::new(folder, Content::Index, root) }
    }

    /// Indexes `files`, sorted, with the help of what is stored, then stores the new state if enough of it
    /// differs. Runs on the current rayon pool.
    pub fn build(&self, root: &Path, files: &[TreePath]) -> (TreeIndex, Vec<Unseen>, CacheUse) {
        self.build_watched(root, files, &Progress::default())
    }

    /// The same, watched.
    pub fn build_watched(
        &self,
        root: &Path,
        files: &[TreePath],
        progress: &Progress,
    ) -> (TreeIndex, Vec<Unseen>, CacheUse) {
        self.build_at(root, files, Clock::now(), progress)
    }

    /// The same for files that nobody changes any more, however lately they were changed; for tests.
    #[doc(hidden)]
    pub fn build_settled(
        &self,
        root: &Path,
        files: &[TreePath],
    ) -> (TreeIndex, Vec<Unseen>, CacheUse) {
        self.build_at(
            root,
            files,
            Clock::at(SystemTime::now() + Duration::from_secs(60)),
            &Progress::default(),
        )
    }

    fn build_at(
        &self,
        root: &Path,
        files: &[TreePath],
        clock: Clock,
        progress: &Progress,
    ) -> (TreeIndex, Vec<Unseen>, CacheUse) {
        let stamps: Vec<Option<Stamp>> =
            files.par_iter().map(|path| Stamp::of(&root.join(path.as_str()), clock)).collect();
        let stored = self.load(root);
        let renumbered = stored.renumbered(files, &stamps);
        let mut known = vec![false; files.len()];
        renumbered.iter().flatten().for_each(|file| known[file.index()] = true);
        let unknown: Vec<FileNo> =
            (0..files.len() as u32).map(FileNo).filter(|file| !known[file.index()]).collect();

        let step = progress.begin(INDEXED, unknown.len());
        let batches = read_all(&unknown, |file, buffer| {
            let path = &files[file.index()];
            step.done(read_into(root, path, buffer))?;
            // A file that changed while it was read has no stamp.
            let before = &stamps[file.index()];
            let after = before.as_ref().and_then(|_| Stamp::of(&root.join(path.as_str()), clock));
            Ok(after.filter(|after| before.as_ref() == Some(after)))
        });
        drop(step);
        let fresh = gather(&batches);
        let old_files = stored.files.len();
        let gone = renumbered.iter().filter(|file| file.is_none()).count();
        let shards = if gone == 0 && unknown.is_empty() {
            stored.shards
        } else {
            let update = |(old, new): (&Shard, &Shard)| old.updated(&renumbered, new);
            stored.shards.par_iter().zip(&fresh).map(update).collect()
        };
        drop(fresh);

        let mut stamps = stamps;
        let mut unseen = Vec::new();
        for (file, read) in unknown.iter().zip(batches.into_iter().flat_map(|batch| batch.read)) {
            stamps[file.index()] = read.unwrap_or_else(|error| {
                unseen.push(error);
                None
            });
        }
        let index = TreeIndex::from_shards(files.to_vec(), shards);
        let changed = unknown.len().max(gone);
        let write_error = if changed > old_files / CHANGED_ONE_IN {
            self.file.write(&format::write(root, index.files(), &stamps, index.shards())).err()
        } else {
            self.file.mark_used();
            None
        };
        let (hits, misses) = (files.len() - unknown.len(), unknown.len() - unseen.len());
        (index, unseen, CacheUse { hits, misses, write_error, stamps })
    }

    fn load(&self, root: &Path) -> Stored {
        format::read(&self.file.read(), root).unwrap_or_else(Stored::nothing)
    }
}

#[cfg(test)]
mod tests;
