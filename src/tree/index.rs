//! Which files mention an identifier, for any identifier.
//!
//! In: the files of a walk. Out: a [`TreeIndex`], built in one pass over the tree, that answers "which
//! files mention `x`" without reading anything. It keeps a 32-bit hash of each word, not the word: an
//! answer never misses a file, but may name one too many (about one distinct word in 600 shares its hash
//! with another one of the tree). Whoever reads the file looks again, with a [`WordSet`].
//!
//! For a handful of words known at the start, [`files_mentioning`] is cheaper: it reads the tree once and
//! keeps nothing.

use std::path::Path;

use rayon::prelude::*;

use super::walk::{Unseen, read_into};
use super::words::{Mentioned, WordSet, is_word_byte};
use crate::source::TreePath;

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

/// A hash of a word. 32 bits keep the index of a kernel at a few hundred megabytes less than its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct WordHash(pub(super) u32);

impl WordHash {
    fn of(word: &[u8]) -> WordHash {
        word.iter().fold(Fnv::new(), |hash, &byte| hash.with(byte)).finish()
    }
}

/// FNV-1a (Fowler, Noll, Vo), 64 bits folded to 32: one multiplication a byte, and the same on every
/// machine, which the cache on disk needs.
#[derive(Clone, Copy)]
struct Fnv(u64);

impl Fnv {
    fn new() -> Fnv {
        Fnv(0xcbf2_9ce4_8422_2325)
    }

    fn with(self, byte: u8) -> Fnv {
        Fnv((self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
    }

    fn finish(self) -> WordHash {
        WordHash((self.0 ^ (self.0 >> 32)) as u32)
    }
}

/// Entries of the filter that drops most repetitions before the sort; 16 KiB, so that it stays in the
/// first-level cache.
const RECENT: usize = 4096;

/// Takes the distinct words out of files, one after the other, with buffers that are used again.
pub(super) struct WordHasher {
    recent: Box<[u32; RECENT]>,
    hashes: Vec<u32>,
}

impl WordHasher {
    pub(super) fn new() -> WordHasher {
        WordHasher { recent: Box::new([0; RECENT]), hashes: Vec::new() }
    }

    /// The hashes of the distinct words of `bytes`, sorted.
    pub(super) fn distinct(&mut self, bytes: &[u8]) -> &[u32] {
        self.recent.fill(0);
        self.hashes.clear();
        let mut at = 0;
        while at < bytes.len() {
            if !is_word_byte(bytes[at]) {
                at += 1;
                continue;
            }
            let number = bytes[at].is_ascii_digit();
            let mut hash = Fnv::new();
            while let Some(&byte) = bytes.get(at)
                && is_word_byte(byte)
            {
                hash = hash.with(byte);
                at += 1;
            }
            let WordHash(hash) = hash.finish();
            let slot = &mut self.recent[hash as usize % RECENT];
            // A word whose hash is 0 is never found in the filter's empty slots, since it must be pushed
            // at least once.
            if !number && (*slot != hash || hash == 0) {
                *slot = hash;
                self.hashes.push(hash);
            }
        }
        self.hashes.sort_unstable();
        self.hashes.dedup();
        &self.hashes
    }
}

/// How many parts the index is cut into, by the leading byte of the hash, so that it can be inverted in
/// parallel and without a second copy of everything.
const SHARDS: usize = 256;

/// The postings of the words whose hashes share a leading byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Shard {
    /// Sorted, distinct.
    hashes: Vec<u32>,
    /// Where the postings of each hash start; one more than `hashes`.
    starts: Vec<u32>,
    /// For each hash the numbers of its files, ascending, as differences in LEB128.
    postings: Vec<u8>,
}

/// Which files mention an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeIndex {
    files: Vec<TreePath>,
    shards: Vec<Shard>,
}

impl TreeIndex {
    /// Reads and indexes `files`. Runs on the current rayon pool. A file that cannot be read mentions
    /// nothing and is reported.
    pub fn build(root: &Path, files: &[TreePath]) -> (TreeIndex, Vec<Unseen>) {
        let read: Vec<Result<Box<[u32]>, Unseen>> = files
            .par_iter()
            .map_init(
                || (Vec::new(), WordHasher::new()),
                |(buffer, hasher), path| {
                    read_into(root, path, buffer)?;
                    Ok(hasher.distinct(buffer).into())
                },
            )
            .collect();
        let mut unseen = Vec::new();
        let words: Vec<Box<[u32]>> = read
            .into_iter()
            .map(|result| {
                result.unwrap_or_else(|error| {
                    unseen.push(error);
                    Box::default()
                })
            })
            .collect();
        (TreeIndex::from_words(files.to_vec(), &words), unseen)
    }

    /// Inverts the list of word hashes of each file.
    pub(super) fn from_words<W>(files: Vec<TreePath>, words: &[W]) -> TreeIndex
    where
        W: AsRef<[u32]> + Sync,
    {
        assert_eq!(files.len(), words.len(), "each file has its list of words");
        let shards = (0..SHARDS).into_par_iter().map(|at| Shard::gather(at, words)).collect();
        TreeIndex { files, shards }
    }

    /// The files the index was built from, in its order.
    pub fn files(&self) -> &[TreePath] {
        &self.files
    }

    /// The path of a file.
    pub fn path(&self, file: FileNo) -> &TreePath {
        &self.files[file.index()]
    }

    /// The files that may mention `word`, ascending: all that do, and rarely one more.
    pub fn candidates(&self, word: &str) -> Vec<FileNo> {
        let WordHash(hash) = WordHash::of(word.as_bytes());
        self.shards[shard_of(hash)].files(hash)
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
        let size = |shard: &Shard| {
            4 * (shard.hashes.capacity() + shard.starts.capacity()) + shard.postings.capacity()
        };
        self.shards.iter().map(size).sum()
    }
}

fn shard_of(hash: u32) -> usize {
    (hash >> 24) as usize
}

impl Shard {
    /// Collects shard number `at` from the sorted lists of all files.
    fn gather<W: AsRef<[u32]>>(at: usize, words: &[W]) -> Shard {
        let mut pairs: Vec<u64> = Vec::new();
        for (file, hashes) in words.iter().enumerate() {
            let hashes = hashes.as_ref();
            let start = hashes.partition_point(|&hash| shard_of(hash) < at);
            let own = hashes[start..].iter().take_while(|&&hash| shard_of(hash) == at);
            pairs.extend(own.map(|&hash| u64::from(hash) << 32 | file as u64));
        }
        pairs.sort_unstable();
        let mut shard = Shard::default();
        let mut last_file = 0;
        for pair in pairs {
            let (hash, file) = ((pair >> 32) as u32, pair as u32);
            if shard.hashes.last() != Some(&hash) {
                shard.hashes.push(hash);
                shard.starts.push(shard.postings.len() as u32);
                last_file = 0;
            }
            push_leb128(&mut shard.postings, file - last_file);
            last_file = file;
        }
        shard.starts.push(shard.postings.len() as u32);
        shard.hashes.shrink_to_fit();
        shard.starts.shrink_to_fit();
        shard.postings.shrink_to_fit();
        shard
    }

    fn files(&self, hash: u32) -> Vec<FileNo> {
        let Ok(at) = self.hashes.binary_search(&hash) else { return Vec::new() };
        let mut bytes = &self.postings[self.starts[at] as usize..self.starts[at + 1] as usize];
        let mut files = Vec::new();
        let mut last = 0;
        while !bytes.is_empty() {
            last += take_leb128(&mut bytes);
            files.push(FileNo(last));
        }
        files
    }
}

/// Little-endian base 128, as DWARF writes unsigned numbers.
fn push_leb128(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn take_leb128(bytes: &mut &[u8]) -> u32 {
    let mut number = 0;
    for shift in (0..32).step_by(7) {
        let Some((&byte, rest)) = bytes.split_first() else { break };
        *bytes = rest;
        number |= u32::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            break;
        }
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    use crate::tree::walk::walk;

    fn index_of(texts: &[&str]) -> TreeIndex {
        let mut hasher = WordHasher::new();
        let words: Vec<Vec<u32>> =
            texts.iter().map(|text| hasher.distinct(text.as_bytes()).to_vec()).collect();
        let files = (0..texts.len()).map(|n| TreePath::new(&format!("{n}.c")).unwrap()).collect();
        TreeIndex::from_words(files, &words)
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
        fn leb128_gives_back_what_went_in(numbers in proptest::collection::vec(any::<u32>(), 0..20)) {
            let mut bytes = Vec::new();
            for &number in &numbers {
                push_leb128(&mut bytes, number);
            }
            let mut rest = bytes.as_slice();
            for &number in &numbers {
                prop_assert_eq!(take_leb128(&mut rest), number);
            }
            prop_assert!(rest.is_empty());
        }

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
