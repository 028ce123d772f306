//! Which files mention an identifier, for any identifier.
//!
//! In: the files of a walk. Out: a [`TreeIndex`], built in one pass over the tree, that answers "which
//! files mention `x`" without reading anything. It keeps a 32-bit hash of each word, not the word: an
//! answer never misses a file, but may name one too many (about one distinct word in 600 shares its hash
//! with another one of the tree). Whoever reads the file looks again, with a [`WordSet`].
//!
//! For a handful of words known at the start, [`files_mentioning`] is cheaper: it reads the tree once and
//! keeps nothing.

mod hash;
mod shard;

use std::path::Path;

use rayon::prelude::*;

use super::walk::{Unseen, read_into};
use super::words::{Mentioned, WordSet};
use crate::progress::Progress;
use crate::source::TreePath;
use hash::WordHash;
pub(super) use shard::{Batch, SHARDS, Shard};

/// What a step of indexing counts.
pub(super) const INDEXED: &str = "files indexed";

/// The number of a file in the list an index was built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileNo(pub u32);

impl FileNo {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The files that mention a word of a set, and those that could not be read.
#[derive(Clone, Debug, Default)]
pub struct Mentions {
    /// In the order of the files given; files without a mention are left out.
    pub files: Vec<(FileNo, Mentioned)>,
    /// What could not be read.
    pub unseen: Vec<Unseen>,
}

/// Reads `files` and tells which mention which of `words`. Runs on the current rayon pool.
pub fn files_mentioning(root: &Path, files: &[TreePath], words: &WordSet) -> Mentions {
    let looked_at: Vec<Result<Option<(FileNo, Mentioned)>, Unseen>> = files
        .par_iter()
        .enumerate()
        .map_init(Vec::new, |buffer, (at, path)| {
            read_into(root, path, buffer)?;
            let mentioned = words.mentioned(buffer);
            Ok((!mentioned.is_empty()).then_some((FileNo(at as u32), mentioned)))
        })
        .collect();
    let mut mentions = Mentions::default();
    for result in looked_at {
        match result {
            Ok(found) => mentions.files.extend(found),
            Err(unseen) => mentions.unseen.push(unseen),
        }
    }
    mentions
}

/// Which files mention an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeIndex {
    files: Vec<TreePath>,
    /// The numbers of the files, by path.
    by_path: Vec<FileNo>,
    shards: Vec<Shard>,
}

impl TreeIndex {
    /// Reads and indexes `files`. Runs on the current rayon pool. A file that cannot be read mentions
    /// nothing and is reported.
    pub fn build(root: &Path, files: &[TreePath]) -> (TreeIndex, Vec<Unseen>) {
        TreeIndex::build_watched(root, files, &Progress::default())
    }

    /// The same, watched.
    pub fn build_watched(
        root: &Path,
        files: &[TreePath],
        progress: &Progress,
    ) -> (TreeIndex, Vec<Unseen>) {
        let numbers: Vec<FileNo> = (0..files.len() as u32).map(FileNo).collect();
        let step = progress.begin(INDEXED, files.len());
        let batches = read_all(&numbers, |file, buffer| {
            step.done(read_into(root, &files[file.index()], buffer))
        });
        drop(step);
        let index = TreeIndex::from_shards(files.to_vec(), gather(&batches));
        (index, batches.into_iter().flat_map(|batch| batch.read).filter_map(Result::err).collect())
    }

    /// The index of `files`, whose numbers the shards' postings are.
    pub(super) fn from_shards(files: Vec<TreePath>, shards: Vec<Shard>) -> TreeIndex {
        assert_eq!(shards.len(), SHARDS, "each leading byte has its shard");
        let mut by_path: Vec<FileNo> = (0..files.len() as u32).map(FileNo).collect();
        by_path.sort_by_key(|file| &files[file.index()]);
        TreeIndex { files, by_path, shards }
    }

    /// The parts of the index.
    pub(super) fn shards(&self) -> &[Shard] {
        &self.shards
    }

    /// The files the index was built from, in its order.
    pub fn files(&self) -> &[TreePath] {
        &self.files
    }

    /// The path of a file.
    pub fn path(&self, file: FileNo) -> &TreePath {
        &self.files[file.index()]
    }

    /// The number of the file at `path`, if it was indexed.
    pub fn number(&self, path: &TreePath) -> Option<FileNo> {
        let at = self.by_path.binary_search_by_key(&path, |file| self.path(*file)).ok()?;
        Some(self.by_path[at])
    }

    /// The files that may mention `word`, ascending: all that do, and rarely one more.
    pub fn candidates(&self, word: &str) -> Vec<FileNo> {
        if word.is_empty() {
            return Vec::new();
        }
        let hash = WordHash::of(word.as_bytes());
        shard::shard_with(&self.shards, hash).files(hash)
    }

    /// The files that may mention at least one of `words`, ascending.
    pub fn candidates_for_any<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Vec<FileNo> {
        let mut files: Vec<FileNo> =
            words.into_iter().flat_map(|word| self.candidates(word)).collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// The files that may mention every one of `words`, ascending; all files for no words at all.
    pub fn candidates_for_all<'w>(&self, words: impl IntoIterator<Item = &'w str>) -> Vec<FileNo> {
        let mut lists: Vec<Vec<FileNo>> =
            words.into_iter().map(|word| self.candidates(word)).collect();
        lists.sort_by_key(Vec::len);
        let mut lists = lists.into_iter();
        let Some(mut files) = lists.next() else {
            return (0..self.files.len() as u32).map(FileNo).collect();
        };
        for list in lists {
            files.retain(|file| list.binary_search(file).is_ok());
        }
        files
    }

    /// How many bytes the index takes beside the paths.
    pub fn heap_size(&self) -> usize {
        self.shards.iter().map(Shard::heap_size).sum()
    }
}

/// So many files are read into one batch: few enough that threads end at the same time, for some folders have files ten
/// times as large as others, and enough that there are not more batches than words.
const FILES_IN_A_BATCH: usize = 512;

/// Reads `files`, ascending, with `read`, and takes in their words; the batches are in the order of the files.
/// Runs on the current rayon pool.
pub(super) fn read_all<T: Send>(
    files: &[FileNo],
    read: impl Fn(FileNo, &mut Vec<u8>) -> Result<T, Unseen> + Sync,
) -> Vec<Batch<T>> {
    let batch_of = |files: &[FileNo]| {
        let mut batch = Batch::new();
        files.iter().for_each(|&file| batch.add(file, |buffer| read(file, buffer)));
        batch.finished()
    };
    files.par_chunks(FILES_IN_A_BATCH).with_max_len(1).map(batch_of).collect()
}

/// All shards of what was read. Runs on the current rayon pool.
pub(super) fn gather<T: Sync>(batches: &[Batch<T>]) -> Vec<Shard> {
    (0..SHARDS).into_par_iter().map(|at| Shard::gather(at, batches)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    use crate::tree::walk::walk;

    fn index_of(texts: &[&str]) -> TreeIndex {
        let files = (0..texts.len()).map(|n| TreePath::new(&format!("{n}.c")).unwrap()).collect();
        let numbers: Vec<FileNo> = (0..texts.len() as u32).map(FileNo).collect();
        let batches = read_all(&numbers, |file, buffer| {
            buffer.clear();
            buffer.extend(texts[file.index()].as_bytes());
            Ok(())
        });
        TreeIndex::from_shards(files, gather(&batches))
    }

    fn numbers(files: Vec<FileNo>) -> Vec<u32> {
        files.into_iter().map(|file| file.0).collect()
    }

    #[test]
    fn a_word_is_found_in_the_files_that_mention_it() {
        let index = index_of(&["int page;", "page_pool x", "/* page */", "#define F(page) page"]);
        assert_eq!(numbers(index.candidates("page")), [0, 2, 3]);
        assert_eq!(numbers(index.candidates("nothing")), [] as [u32; 0]);
        assert_eq!(numbers(index.candidates_for_any(["int", "x"])), [0, 1]);
        assert_eq!(numbers(index.candidates_for_all(["page", "int"])), [0]);
        assert_eq!(numbers(index.candidates_for_all([])), [0, 1, 2, 3]);
    }

    #[test]
    fn the_index_of_the_minitree_agrees_with_reading_it() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/minitree");
        let files = walk(&root, &[], 1).files;
        let (index, unseen) = TreeIndex::build(&root, &files);
        assert!(unseen.is_empty());
        for word in ["bio_add_page", "sg_set_page", "pages", "page", "ZERO_PAGE", "VERSION"] {
            let set = WordSet::new([word]).unwrap();
            let read = files_mentioning(&root, &files, &set);
            let read: Vec<FileNo> = read.files.into_iter().map(|(file, _)| file).collect();
            assert_eq!(index.candidates(word), read, "{word}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_unseen_and_the_others_are_indexed() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("b.c"), "int here;").unwrap();
        let files = ["a.c", "b.c"].map(|path| TreePath::new(path).unwrap());
        let (index, unseen) = TreeIndex::build(dir.path(), &files);
        assert_eq!(unseen.len(), 1);
        assert_eq!(unseen[0].path, "a.c");
        assert_eq!(numbers(index.candidates("here")), [1]);
    }

    proptest! {
        #[test]
        fn no_mention_is_missed(texts in proptest::collection::vec("[ab_ (0\n]{0,40}", 0..30)) {
            let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
            let index = index_of(&texts);
            for word in ["a", "b", "ab", "a_b", "_", "aa"] {
                let set = WordSet::new([word]).unwrap();
                for (at, text) in texts.iter().enumerate() {
                    if !set.mentioned(text.as_bytes()).is_empty() {
                        prop_assert!(index.candidates(word).contains(&FileNo(at as u32)));
                    }
                }
            }
        }
    }
}
