//! The index's parts: for each word hash the files that mention it.
//!
//! In: [`Batch`]es of mentions, as the files are read. Out: [`Shard`]s, each with the words whose hashes
//! share a leading byte, so that the index can be inverted and stored in parallel. The mentions of a shard
//! are sorted by hash with a radix sort, which keeps the files in order (Knuth, The Art of Computer
//! Programming, volume 3, section 5.2.5); sorting them by comparison took longer than reading the tree.

use super::FileNo;
use super::hash::{WordHash, each_word};
use crate::tree::walk::Unseen;

/// How many parts the index is cut into.
pub(crate) const SHARDS: usize = 256;

/// Entries of the filter that drops most repetitions of a word in one file; 16 KiB, so that it stays in
/// the first-level cache.
const RECENT: usize = 4096;

fn shard_of(WordHash(hash): WordHash) -> usize {
    (hash >> 24) as usize
}

/// What was found in files that were read one after the other, with buffers that are used again.
pub(crate) struct Batch<T> {
    /// By shard; the hash above, the number of the file below; files ascending.
    mentions: Vec<Vec<u64>>,
    /// What came of each file.
    pub(crate) read: Vec<Result<T, Unseen>>,
    recent: Box<[u32; RECENT]>,
    buffer: Vec<u8>,
}

impl<T> Batch<T> {
    pub(crate) fn new() -> Batch<T> {
        Batch {
            mentions: vec![Vec::new(); SHARDS],
            read: Vec::new(),
            recent: Box::new([0; RECENT]),
            buffer: Vec::new(),
        }
    }

    /// Reads a file with `read` and takes in its words. Files come in the order of their numbers.
    pub(crate) fn add(
        &mut self,
        file: FileNo,
        read: impl FnOnce(&mut Vec<u8>) -> Result<T, Unseen>,
    ) {
        let result = read(&mut self.buffer);
        if result.is_ok() {
            self.recent.fill(0);
            each_word(&self.buffer, |word| {
                let WordHash(hash) = word;
                let slot = &mut self.recent[hash as usize % RECENT];
                // The filter's empty slots look like a word whose hash is 0.
                if *slot != hash || hash == 0 {
                    *slot = hash;
                    self.mentions[shard_of(word)].push(u64::from(hash) << 32 | u64::from(file.0));
                }
            });
        }
        self.read.push(result);
    }

    /// Frees what only reading needs.
    pub(crate) fn finished(mut self) -> Batch<T> {
        self.buffer = Vec::new();
        self
    }
}

/// The postings of the words whose hashes share a leading byte.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Sorted, distinct.
    pub(crate) hashes: Vec<u32>,
    /// Where the postings of each hash start; one more than `hashes`.
    pub(crate) starts: Vec<u32>,
    /// For each hash the numbers of its files, ascending, as differences in LEB128.
    pub(crate) postings: Vec<u8>,
}

impl Shard {
    /// Shard number `at` of what `batches` found; their files are in ascending order.
    pub(crate) fn gather<T>(at: usize, batches: &[Batch<T>]) -> Shard {
        let mut shard = ShardWriter::default();
        for mention in sorted_by_hash(batches.iter().map(|batch| batch.mentions[at].as_slice())) {
            shard.push((mention >> 32) as u32, mention as u32);
        }
        shard.finish()
    }

    /// The files that mention the word of a hash, ascending.
    pub(super) fn files(&self, WordHash(hash): WordHash) -> Vec<FileNo> {
        let at = self.hashes.binary_search(&hash);
        at.map_or_else(|_| Vec::new(), |at| self.postings_of(at).map(FileNo).collect())
    }

    /// The same shard after files went, came and changed: a file's new number is in `renumbered` at its old
    /// one, ascending, and `fresh` holds what those without an old number mention.
    pub(crate) fn updated(&self, renumbered: &[Option<FileNo>], fresh: &Shard) -> Shard {
        let mut out = ShardWriter::default();
        let (mut old, mut new) = (0, 0);
        let mut files: Vec<u32> = Vec::new();
        while old < self.hashes.len() || new < fresh.hashes.len() {
            let next = |shard: &Shard, at: usize| shard.hashes.get(at).copied();
            let candidates = [next(self, old), next(fresh, new)];
            let hash =
                candidates.into_iter().flatten().min().expect("one of them is not at its end");
            files.clear();
            if candidates[0] == Some(hash) {
                let kept = self.postings_of(old).filter_map(|file| renumbered[file as usize]);
                files.extend(kept.map(|file| file.0));
                old += 1;
            }
            if candidates[1] == Some(hash) {
                files.extend(fresh.postings_of(new));
                files.sort_unstable();
                new += 1;
            }
            files.iter().for_each(|&file| out.push(hash, file));
        }
        out.finish()
    }

    /// Whether this can be shard number `at` of an index of `files` files. A checksum tells damage; this tells
    /// what somebody made up.
    pub(crate) fn is_sound(&self, at: usize, files: usize) -> bool {
        let Shard { hashes, starts, postings } = self;
        let is_own = |&hash: &u32| shard_of(WordHash(hash)) == at;
        starts.len() == hashes.len() + 1
            && starts.is_sorted()
            && starts.last().is_some_and(|&end| end as usize == postings.len())
            && hashes.is_sorted_by(|a, b| a < b)
            && hashes.iter().all(is_own)
            && (0..hashes.len()).all(|at| {
                let files_of = self.postings_of(at);
                files_of.is_sorted_by(|a, b| a < b)
                    && self.postings_of(at).all(|file| (file as usize) < files)
            })
    }

    /// How many bytes it takes.
    pub(super) fn heap_size(&self) -> usize {
        4 * (self.hashes.capacity() + self.starts.capacity()) + self.postings.capacity()
    }

    fn postings_of(&self, at: usize) -> impl Iterator<Item = u32> + '_ {
        let mut bytes = &self.postings[self.starts[at] as usize..self.starts[at + 1] as usize];
        let mut last = 0;
        std::iter::from_fn(move || {
            // Numbers that were not written by us may be any.
            last = (!bytes.is_empty()).then(|| take_leb128(&mut bytes).saturating_add(last))?;
            Some(last)
        })
    }
}

/// The shard that a word's postings are in.
pub(super) fn shard_with(shards: &[Shard], word: WordHash) -> &Shard {
    &shards[shard_of(word)]
}

/// Makes a shard of mentions that come sorted by hash, then by file.
#[derive(Default)]
struct ShardWriter {
    shard: Shard,
    last_file: u32,
}

impl ShardWriter {
    fn push(&mut self, hash: u32, file: u32) {
        let Shard { hashes, starts, postings } = &mut self.shard;
        if hashes.last() != Some(&hash) {
            hashes.push(hash);
            starts.push(postings.len() as u32);
            push_leb128(postings, file);
        } else if file != self.last_file {
            push_leb128(postings, file - self.last_file);
        }
        self.last_file = file;
    }

    fn finish(mut self) -> Shard {
        let Shard { hashes, starts, postings } = &mut self.shard;
        starts.push(postings.len() as u32);
        hashes.shrink_to_fit();
        starts.shrink_to_fit();
        postings.shrink_to_fit();
        self.shard
    }
}

/// Sorts the mentions of one shard by the 24 bits of their hashes that differ; the order of equal ones stays.
fn sorted_by_hash<'m>(parts: impl Iterator<Item = &'m [u64]> + Clone) -> Vec<u64> {
    const DIGIT: usize = 12;
    let digit = |mention: u64, at: usize| (mention >> (32 + at * DIGIT)) as usize % (1 << DIGIT);
    let mut places = [vec![0usize; 1 << DIGIT], vec![0usize; 1 << DIGIT]];
    let mut count = 0;
    for &mention in parts.clone().flatten() {
        for (at, places) in places.iter_mut().enumerate() {
            places[digit(mention, at)] += 1;
        }
        count += 1;
    }
    for places in &mut places {
        let mut sum = 0;
        for place in places.iter_mut() {
            sum += std::mem::replace(place, sum);
        }
    }
    let mut take_place = |mention: u64, at: usize| {
        let place = &mut places[at][digit(mention, at)];
        *place += 1;
        *place - 1
    };
    let mut half = vec![0; count];
    for &mention in parts.flatten() {
        half[take_place(mention, 0)] = mention;
    }
    let mut whole = vec![0; count];
    for mention in half {
        whole[take_place(mention, 1)] = mention;
    }
    whole
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
        fn sorting_by_hash_is_stable(hashes in proptest::collection::vec(0u64..1 << 24, 0..300)) {
            let few = |hash: u64| (7 << 24) + hash % 50 * 331_777;
            let numbered = |(at, hash): (usize, &u64)| few(*hash) << 32 | at as u64;
            let mentions: Vec<u64> = hashes.iter().enumerate().map(numbered).collect();
            let parts = mentions.chunks(70);
            let mut expected = mentions.clone();
            expected.sort_by_key(|mention| mention >> 32);
            prop_assert_eq!(sorted_by_hash(parts), expected);
        }
    }
}
