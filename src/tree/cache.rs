//! The word lists of a tree's files, kept on disk between runs.
//!
//! In: a tree and a folder for caches. Out: the same [`TreeIndex`] that [`TreeIndex::build`] gives, faster
//! where files did not change. It is optional, off unless asked for, and may be deleted at any time.
//!
//! The cache is never believed about what a file holds. Every file is read and its content hashed; only
//! where the 128-bit hash is the stored one are the stored words taken. Time stamps are not looked at: a
//! touched file is a hit, and a file that was changed and given its old time back is not. A cache that is
//! damaged, cut short or written by another version fails its checksum or its heading, and is as good as
//! none.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use super::index::{TreeIndex, WordHasher};
use super::walk::{Unseen, read_into};
use crate::source::TreePath;

/// Names the format; to be changed with it, or with how words are hashed.
const HEADING: &[u8; 16] = b"gupatch words 1\n";

/// Where the cache of one tree lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexCache {
    file: PathBuf,
}

/// What a cache was good for in one run.
#[derive(Debug, Default)]
pub struct CacheUse {
    /// Files whose words were taken from it.
    pub hits: usize,
    /// Files whose words were taken from their text.
    pub misses: usize,
    /// Why the new state could not be written. The index is complete all the same.
    pub write_error: Option<io::Error>,
}

/// The user's folder for our caches: `$XDG_CACHE_HOME/gupatch`, else `~/.cache/gupatch`. The two variables
/// are passed in; relative values are ignored, as the XDG base directory specification says.
pub fn default_folder(xdg_cache_home: Option<OsString>, home: Option<OsString>) -> Option<PathBuf> {
    let absolute = |path: OsString| Some(PathBuf::from(path)).filter(|path| path.is_absolute());
    let base = xdg_cache_home.and_then(absolute);
    let base = base.or_else(|| home.and_then(absolute).map(|home| home.join(".cache")));
    base.map(|base| base.join("gupatch"))
}

impl IndexCache {
    /// The cache for the tree at `root` in `folder`, which need not exist yet.
    pub fn new(folder: &Path, root: &Path) -> IndexCache {
        let tree = xxh3_64(root.as_os_str().as_encoded_bytes());
        IndexCache { file: folder.join(format!("words-{tree:016x}")) }
    }

    /// Indexes `files` with the help of what is stored, then stores the new state if it differs. Runs on
    /// the current rayon pool.
    pub fn build(&self, root: &Path, files: &[TreePath]) -> (TreeIndex, Vec<Unseen>, CacheUse) {
        let stored = fs::read(&self.file).unwrap_or_default();
        let known = read_entries(&stored).unwrap_or_default();
        let read: Vec<Result<Entry, Unseen>> = files
            .par_iter()
            .map_init(
                || (Vec::new(), WordHasher::new()),
                |(buffer, hasher), path| {
                    read_into(root, path, buffer)?;
                    let content = xxh3_128(buffer);
                    Ok(match known.get(path.as_str()) {
                        Some(known) if known.content == content => {
                            Entry { content, words: known.words(), hit: true }
                        }
                        Some(_) | None => {
                            Entry { content, words: hasher.distinct(buffer).into(), hit: false }
                        }
                    })
                },
            )
            .collect();
        let mut unseen = Vec::new();
        let mut entries = Vec::with_capacity(read.len());
        for (path, result) in files.iter().zip(read) {
            entries.push((path, result.map_err(|error| unseen.push(error)).ok()));
        }
        let hits = entries.iter().flat_map(|(_, entry)| entry).filter(|entry| entry.hit).count();
        let misses = files.len() - unseen.len() - hits;
        // Nothing refers to the old state any more, and the new one may be as large.
        let unchanged = misses == 0 && known.len() == hits;
        drop(known);
        drop(stored);
        let write_error = if unchanged { None } else { self.write(&entries).err() };
        let words: Vec<Box<[u32]>> = entries
            .into_iter()
            .map(|(_, entry)| entry.map_or_else(Box::default, |e| e.words))
            .collect();
        let index = TreeIndex::from_words(files.to_vec(), &words);
        (index, unseen, CacheUse { hits, misses, write_error })
    }

    /// Writes beside the old file and renames, so that a reader sees the old state or the new one.
    fn write(&self, entries: &[(&TreePath, Option<Entry>)]) -> io::Result<()> {
        let folder = self.file.parent().expect("`new` joins a name to a folder");
        fs::create_dir_all(folder)?;
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        file.write_all(&write_entries(entries))?;
        file.persist(&self.file)?;
        Ok(())
    }
}

/// What is known about one file.
struct Entry {
    content: u128,
    words: Box<[u32]>,
    hit: bool,
}

/// An entry as it lies in the cache's bytes.
struct StoredEntry<'c> {
    content: u128,
    /// Four bytes a word.
    words: &'c [u8],
}

impl StoredEntry<'_> {
    fn words(&self) -> Box<[u32]> {
        let (words, _) = self.words.as_chunks::<4>();
        words.iter().map(|word| u32::from_le_bytes(*word)).collect()
    }
}

/// Heading; then a file at a time path length, path, content hash, word count, words; then a checksum of
/// it all. Numbers are little-endian.
fn write_entries(entries: &[(&TreePath, Option<Entry>)]) -> Vec<u8> {
    let mut bytes = HEADING.to_vec();
    for (path, entry) in entries {
        let Some(entry) = entry else { continue };
        bytes.extend((path.as_str().len() as u32).to_le_bytes());
        bytes.extend(path.as_str().as_bytes());
        bytes.extend(entry.content.to_le_bytes());
        bytes.extend((entry.words.len() as u32).to_le_bytes());
        bytes.extend(entry.words.iter().flat_map(|word| word.to_le_bytes()));
    }
    let checksum = xxh3_64(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// `None` for anything that [`write_entries`] did not write.
fn read_entries(bytes: &[u8]) -> Option<FxHashMap<&str, StoredEntry<'_>>> {
    let (bytes, checksum) = bytes.split_last_chunk::<8>()?;
    if xxh3_64(bytes) != u64::from_le_bytes(*checksum) {
        return None;
    }
    let mut rest = bytes.strip_prefix(HEADING)?;
    let mut entries = FxHashMap::default();
    while !rest.is_empty() {
        let length = u32::from_le_bytes(take(&mut rest)?) as usize;
        let path = std::str::from_utf8(rest.split_off(..length)?).ok()?;
        let content = u128::from_le_bytes(take(&mut rest)?);
        let count = u32::from_le_bytes(take(&mut rest)?) as usize;
        let words = rest.split_off(..count.checked_mul(4)?)?;
        entries.insert(path, StoredEntry { content, words });
    }
    Some(entries)
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::tree::walk::walk;

    struct Fixture {
        dir: tempfile::TempDir,
        cache: IndexCache,
    }

    impl Fixture {
        fn new() -> Fixture {
            let dir = tempfile::tempdir().unwrap();
            let cache = IndexCache::new(&dir.path().join("cache"), dir.path());
            let fixture = Fixture { dir, cache };
            fixture.put("a.c", "alpha beta");
            fixture.put("b.c", "beta gamma");
            fixture
        }

        fn put(&self, path: &str, text: &str) {
            fs::write(self.dir.path().join(path), text).unwrap();
        }

        /// Builds, compares with a build without the cache, and gives hits and misses.
        fn run(&self) -> (usize, usize) {
            let files = walk(self.dir.path(), &[], 1).files;
            let (index, unseen, usage) = self.cache.build(self.dir.path(), &files);
            assert_eq!((index, unseen), TreeIndex::build(self.dir.path(), &files));
            assert!(usage.write_error.is_none());
            (usage.hits, usage.misses)
        }
    }

    #[test]
    fn unchanged_files_are_hits_and_changed_ones_are_not() {
        let tree = Fixture::new();
        assert_eq!(tree.run(), (0, 2));
        assert_eq!(tree.run(), (2, 0));
        tree.put("b.c", "beta delta");
        tree.put("c.c", "new");
        assert_eq!(tree.run(), (1, 2));
        fs::remove_file(tree.dir.path().join("a.c")).unwrap();
        assert_eq!(tree.run(), (2, 0));
    }

    #[test]
    fn an_old_time_stamp_does_not_hide_a_change_of_the_same_size() {
        let tree = Fixture::new();
        tree.run();
        let path = tree.dir.path().join("a.c");
        let before = fs::metadata(&path).unwrap().modified().unwrap();
        tree.put("a.c", "alpha zeta");
        fs::File::options().write(true).open(&path).unwrap().set_modified(before).unwrap();
        assert_eq!(tree.run(), (1, 1));
    }

    #[test]
    fn a_damaged_or_foreign_cache_is_no_cache() {
        let tree = Fixture::new();
        tree.run();
        let good = fs::read(&tree.cache.file).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(read_entries(&bad).is_none(), "byte {at} changed");
            assert!(read_entries(&good[..at]).is_none(), "cut at {at}");
        }
        fs::write(&tree.cache.file, b"something else").unwrap();
        assert_eq!(tree.run(), (0, 2));
        assert_eq!(tree.run(), (2, 0));
    }

    #[test]
    fn a_cache_that_cannot_be_written_costs_only_time() {
        let tree = Fixture::new();
        tree.put("plain file", "");
        let cache = IndexCache::new(&tree.dir.path().join("plain file/below"), tree.dir.path());
        let files = walk(tree.dir.path(), &[], 1).files;
        let (index, _, usage) = cache.build(tree.dir.path(), &files);
        assert!(usage.write_error.is_some());
        assert_eq!(index.candidates("beta").len(), 2);
    }

    #[test]
    fn the_folder_follows_xdg() {
        let path = |text: &str| Some(OsString::from(text));
        assert_eq!(default_folder(path("/c"), path("/h")), Some(PathBuf::from("/c/gupatch")));
        assert_eq!(default_folder(path("c"), path("/h")), Some(PathBuf::from("/h/.cache/gupatch")));
        assert_eq!(default_folder(None, None), None);
    }
}
