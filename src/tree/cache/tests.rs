//! A cache never changes an answer: every run here is compared with a build that has none.

use super::*;

use std::fs;
use std::time::{Duration, SystemTime};

use super::file::KEPT_FOR;

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

    /// Builds at a time when the files are settled, and gives hits and misses.
    fn run(&self) -> (usize, usize) {
        self.run_at(SystemTime::now() + Duration::from_secs(60))
    }

    fn run_at(&self, now: SystemTime) -> (usize, usize) {
        let files = walk(self.dir.path(), &[], 1).files;
        let (root, clock) = (self.dir.path(), Clock::at(now));
        let progress = Progress::default();
        let (index, unseen, usage) = self.cache.build_at(root, &files, clock, &progress);
        assert_eq!((index, unseen), TreeIndex::build(self.dir.path(), &files));
        assert!(usage.write_error.is_none());
        (usage.hits, usage.misses)
    }
}

#[test]
fn unchanged_files_are_not_read_and_changed_ones_are() {
    let tree = Fixture::new();
    assert_eq!(tree.run(), (0, 2));
    assert_eq!(tree.run(), (2, 0));
    tree.put("b.c", "beta delta");
    tree.put("aa.c", "new");
    assert_eq!(tree.run(), (1, 2));
    fs::remove_file(tree.dir.path().join("a.c")).unwrap();
    assert_eq!(tree.run(), (2, 0));
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
fn a_file_that_was_just_written_is_read_again_next_time() {
    let tree = Fixture::new();
    assert_eq!(tree.run_at(SystemTime::now()), (0, 2));
    assert_eq!(tree.run(), (0, 2));
    assert_eq!(tree.run(), (2, 0));
}

#[test]
fn a_file_that_becomes_unreadable_is_unseen_and_comes_back() {
    let tree = Fixture::new();
    tree.run();
    let path = tree.dir.path().join("a.c");
    fs::rename(&path, tree.dir.path().join("kept")).unwrap();
    let files = ["a.c", "b.c"].map(|path| TreePath::new(path).unwrap());
    let clock = Clock::at(SystemTime::now() + Duration::from_secs(60));
    let (index, unseen, _) =
        tree.cache.build_at(tree.dir.path(), &files, clock, &Progress::default());
    assert_eq!(unseen.len(), 1);
    assert_eq!(index.candidates("alpha"), []);
    fs::rename(tree.dir.path().join("kept"), &path).unwrap();
    assert_eq!(tree.run(), (1, 1));
}

#[test]
fn a_damaged_or_foreign_cache_is_no_cache() {
    let tree = Fixture::new();
    tree.run();
    let good = fs::read(tree.cache.file.path()).unwrap();
    let root = tree.dir.path();
    assert!(format::read(&good, root).is_some());
    assert!(format::read(&good, &root.join("elsewhere")).is_none());
    for at in 0..good.len() {
        let mut bad = good.clone();
        bad[at] ^= 1;
        assert!(format::read(&bad, root).is_none(), "byte {at} changed");
        assert!(format::read(&good[..at], root).is_none(), "cut at {at}");
    }
    fs::write(tree.cache.file.path(), b"something else").unwrap();
    assert_eq!(tree.run(), (0, 2));
    assert_eq!(tree.run(), (2, 0));
}

#[test]
fn a_cache_that_was_made_up_is_no_cache() {
    let root = Path::new("/linux");
    let files = [TreePath::new("a.c").unwrap()];
    let written = |shard: Shard| {
        let mut shards = Stored::nothing().shards;
        shards[0] = shard;
        format::read(&format::write(root, &files, &[None], &shards), root).is_some()
    };
    let shard = |hashes: &[u32], starts: &[u32], postings: &[u8]| Shard {
        hashes: hashes.to_vec(),
        starts: starts.to_vec(),
        postings: postings.to_vec(),
    };
    assert!(written(shard(&[7], &[0, 1], &[0])));
    assert!(!written(shard(&[7], &[0, 1], &[1])), "there is no second file");
    assert!(!written(shard(&[7], &[0, 2], &[0])), "a list ends behind the end");
    assert!(!written(shard(&[7], &[0], &[])), "a word has no list");
    assert!(!written(shard(&[7, 7], &[0, 1, 2], &[0, 0])), "a word is there twice");
    assert!(!written(shard(&[1 << 24], &[0, 1], &[0])), "the word belongs elsewhere");
    assert!(
        !written(shard(&[7], &[0, 7], &[0, 255, 255, 255, 255, 255, 255])),
        "a number is too large"
    );
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
fn caches_that_nobody_uses_are_removed() {
    let tree = Fixture::new();
    tree.run();
    let old = |name: &str| {
        let path = tree.cache.file.path().with_file_name(name);
        let file = fs::File::create(&path).unwrap();
        file.set_modified(SystemTime::now() - KEPT_FOR - Duration::from_secs(60)).unwrap();
        path
    };
    let (ours, other) = (old("index-0123456789abcdef"), old("notes"));
    tree.put("b.c", "beta delta");
    tree.run();
    assert!(!ours.exists());
    assert!(other.exists());
    assert!(tree.cache.file.path().exists());
}

#[test]
fn the_folder_follows_xdg() {
    let path = |text: &str| Some(OsString::from(text));
    assert_eq!(default_folder(path("/c"), path("/h")), Some(PathBuf::from("/c/gupatch")));
    assert_eq!(default_folder(path("c"), path("/h")), Some(PathBuf::from("/h/.cache/gupatch")));
    assert_eq!(default_folder(None, None), None);
}
