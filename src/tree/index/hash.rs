//! Words as 32-bit hashes.
//!
//! In: the bytes of a file. Out: the hash of each of its words, in order. Most of the time of an index is
//! spent here, so the bytes are classified 64 at a time into a bit mask, whose edges are where words start
//! and end, and a word is hashed eight bytes at a time. On a kernel that takes half of what a loop over
//! bytes took with FNV-1a. The hash is the same on every machine, which the cache on disk needs.

use std::ops::Range;

use crate::tree::words::is_word_byte;

/// A hash of a word. 32 bits keep the index of a kernel at a few hundred megabytes less than its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct WordHash(pub(super) u32);

impl WordHash {
    /// The hash of `word`, which is not empty.
    pub(super) fn of(word: &[u8]) -> WordHash {
        WordHash::of_range(word, 0..word.len())
    }

    /// The hash of the word at `at`. Looking past its end is cheaper than copying it out.
    fn of_range(bytes: &[u8], at: Range<usize>) -> WordHash {
        let mix = |hash: u64, part: u64| (hash.rotate_left(5) ^ part).wrapping_mul(ODD);
        let (mut hash, mut start) = (0, at.start);
        while at.end - start > 8 {
            hash = mix(hash, eight_bytes(bytes, start, 8));
            start += 8;
        }
        hash = mix(hash, eight_bytes(bytes, start, at.end - start));
        WordHash(((hash ^ (hash >> 32)).wrapping_mul(ODD) >> 32) as u32)
    }
}

/// The golden ratio in 64 bits (Knuth, The Art of Computer Programming, volume 3, section 6.4).
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// The `len` bytes at `start` as a number, 1 to 8 of them.
fn eight_bytes(bytes: &[u8], start: usize, len: usize) -> u64 {
    match bytes[start..].first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight) & (u64::MAX >> (64 - 8 * len)),
        None => {
            let mut eight = [0; 8];
            eight[..len].copy_from_slice(&bytes[start..start + len]);
            u64::from_le_bytes(eight)
        }
    }
}

/// Gives the hash of every word of `bytes` to `found`, numbers left out.
pub(super) fn each_word(bytes: &[u8], mut found: impl FnMut(WordHash)) {
    each_run(bytes, |run| {
        if !bytes[run.start].is_ascii_digit() {
            found(WordHash::of_range(bytes, run));
        }
    });
}

/// Gives the range of every maximal run of word bytes to `found`.
fn each_run(bytes: &[u8], mut found: impl FnMut(Range<usize>)) {
    let mut open: Option<usize> = None;
    for (block, base) in bytes.chunks(64).zip((0..).step_by(64)) {
        let mask = word_bytes(block);
        // A bit is set where a byte is of another kind than the one before it.
        let mut edges = mask ^ (mask << 1 | u64::from(open.is_some()));
        while edges != 0 {
            let at = base + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            match open.take() {
                Some(start) => found(start..at),
                None => open = Some(at),
            }
        }
    }
    // A last block that is not full ends in bits of no word, which close the run.
    if let Some(start) = open {
        found(start..bytes.len());
    }
}

/// Which of up to 64 bytes are word bytes, the first in the lowest bit.
fn word_bytes(block: &[u8]) -> u64 {
    let (eights, rest) = block.as_chunks::<8>();
    let bits = |bytes: &[u8]| {
        bytes
            .iter()
            .enumerate()
            .fold(0, |bits, (at, &byte)| bits | u64::from(is_word_byte(byte)) << at)
    };
    let full =
        eights.iter().enumerate().fold(0, |mask, (at, eight)| mask | bits(eight) << (8 * at));
    if rest.is_empty() { full } else { full | bits(rest) << (8 * eights.len()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    #[test]
    fn words_are_hashed_alike_wherever_they_stand() {
        let text = b"a page; page_of_more_than_eight_bytes 0x10ul pages$ page";
        let mut found = Vec::new();
        each_word(text, |word| found.push(word));
        let words = [&b"a"[..], b"page", b"page_of_more_than_eight_bytes", b"pages$", b"page"];
        assert_eq!(found, words.map(WordHash::of));
    }

    proptest! {
        #[test]
        fn runs_are_those_of_a_plain_loop(text in "[a_ é;\n]{0,200}") {
            let bytes = text.as_bytes();
            let mut found = Vec::new();
            each_run(bytes, |run| found.push(run));
            let mut plain = Vec::new();
            let mut at = 0;
            while at < bytes.len() {
                let start = at;
                at += bytes[at..].iter().take_while(|&&byte| is_word_byte(byte)).count();
                if at > start {
                    plain.push(start..at);
                }
                at += 1;
            }
            prop_assert_eq!(found, plain);
        }
    }
}
