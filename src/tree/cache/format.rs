//! The cache as bytes.
//!
//! Heading; the tree's root; a file at a time its path and stamp; a shard at a time its hashes, starts and
//! postings; then a checksum of it all. Numbers are little-endian, texts and lists come after their length.

use std::path::Path;

use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

use super::stamp::Stamp;
use crate::source::TreePath;
use crate::tree::index::{FileNo, SHARDS, Shard};

/// Names the format; to be changed with it, or with how words are hashed.
const HEADING: &[u8; 16] = b"gupatch index 1\n";

/// What a cache holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Stored {
    /// Sorted by path.
    pub(super) files: Vec<(TreePath, Option<Stamp>)>,
    pub(super) shards: Vec<Shard>,
}

impl Stored {
    /// An index of no files.
    pub(super) fn nothing() -> Stored {
        let empty = Shard { starts: vec![0], ..Shard::default() };
        Stored { files: Vec::new(), shards: vec![empty; SHARDS] }
    }

    /// The number in `files` of each stored file that is known to be as it was; ascending, since both lists
    /// are sorted.
    pub(super) fn renumbered(
        &self,
        files: &[TreePath],
        stamps: &[Option<Stamp>],
    ) -> Vec<Option<FileNo>> {
        let find = |(path, stamp): &(TreePath, Option<Stamp>)| {
            let at = files.binary_search(path).ok()?;
            (stamp.is_some() && *stamp == stamps[at]).then_some(FileNo(at as u32))
        };
        self.files.par_iter().map(find).collect()
    }
}

/// The bytes of a cache of `files` below `root`, which are sorted.
pub(super) fn write(
    root: &Path,
    files: &[TreePath],
    stamps: &[Option<Stamp>],
    shards: &[Shard],
) -> Vec<u8> {
    let mut bytes = HEADING.to_vec();
    put_bytes(&mut bytes, root.as_os_str().as_encoded_bytes());
    bytes.extend((files.len() as u32).to_le_bytes());
    for (path, stamp) in files.iter().zip(stamps) {
        put_bytes(&mut bytes, path.as_str().as_bytes());
        bytes.push(u8::from(stamp.is_some()));
        let words = stamp.iter().flat_map(|stamp| stamp.words);
        bytes.extend(words.flat_map(u64::to_le_bytes));
    }
    for Shard { hashes, starts, postings } in shards {
        for numbers in [hashes, starts] {
            bytes.extend((numbers.len() as u32).to_le_bytes());
            bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        }
        put_bytes(&mut bytes, postings);
    }
    let checksum = xxh3_64(&bytes);
    bytes.extend(checksum.to_le_bytes());
    bytes
}

/// `None` for anything that [`write`] did not write about the tree at `root`.
pub(super) fn read(bytes: &[u8], root: &Path) -> Option<Stored> {
    let (bytes, checksum) = bytes.split_last_chunk::<8>()?;
    if xxh3_64(bytes) != u64::from_le_bytes(*checksum) {
        return None;
    }
    let mut rest = bytes.strip_prefix(HEADING)?;
    if take_bytes(&mut rest)? != root.as_os_str().as_encoded_bytes() {
        return None;
    }
    let count = u32::from_le_bytes(take(&mut rest)?);
    let files: Vec<_> = (0..count).map(|_| take_file(&mut rest)).collect::<Option<_>>()?;
    let shards: Vec<_> = (0..SHARDS).map(|_| take_shard(&mut rest)).collect::<Option<_>>()?;
    let is_sound = rest.is_empty()
        && files.is_sorted_by(|a, b| a.0 < b.0)
        && shards.par_iter().enumerate().all(|(at, shard)| shard.is_sound(at, files.len()));
    is_sound.then_some(Stored { files, shards })
}

fn take_file(rest: &mut &[u8]) -> Option<(TreePath, Option<Stamp>)> {
    let path = TreePath::new(std::str::from_utf8(take_bytes(rest)?).ok()?)?;
    let [stamped] = take(rest)?;
    if stamped == 0 {
        return Some((path, None));
    }
    let mut words = [0; 7];
    for word in &mut words {
        *word = u64::from_le_bytes(take(rest)?);
    }
    Some((path, Some(Stamp { words })))
}

fn take_shard(rest: &mut &[u8]) -> Option<Shard> {
    let hashes = take_numbers(rest)?;
    let starts = take_numbers(rest)?;
    let postings = take_bytes(rest)?.to_vec();
    Some(Shard { hashes, starts, postings })
}

fn put_bytes(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend((text.len() as u32).to_le_bytes());
    bytes.extend(text);
}

fn take_bytes<'b>(rest: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = u32::from_le_bytes(take(rest)?) as usize;
    rest.split_off(..length)
}

fn take_numbers(rest: &mut &[u8]) -> Option<Vec<u32>> {
    let count = u32::from_le_bytes(take(rest)?) as usize;
    let (numbers, _) = rest.split_off(..count.checked_mul(4)?)?.as_chunks::<4>();
    Some(numbers.iter().map(|number| u32::from_le_bytes(*number)).collect())
}

fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (taken, left) = rest.split_first_chunk::<N>()?;
    *rest = left;
    Some(*taken)
}
