//! What an earlier run found, as far as nothing has changed below it.
//!
//! In: a [`CacheFile`] and the tree as it is. Out: the sites of each function whose answer holds, which is one made of
//! questions, about the tree and about single files, that have the answer they had. A file that has the stamp it had is
//! not asked again. Afterwards the new state is written. The file may be deleted at any time; one of another gupatch, of
//! another vocabulary or with a damage is as good as none.

mod stored;

use std::io;
use std::time::SystemTime;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::Workspace;
use crate::provenance::{Part, Parts, Query, Quiet, Searched, Site, Vocabulary, WholeTree};
use crate::review::Unseen;
use crate::source::TreePath;
use crate::tree::cache::{CacheFile, Stamp};
use stored::Stored;

/// The sites of one function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) sites: Vec<Site>,
    /// What of it was not seen.
    pub(super) unseen: Unseen,
    /// What that is made of, where that is remembered.
    pub(super) part: Option<Part>,
    /// What the function says, as a number.
    pub(super) key: u64,
}

/// A function: its file's number and its item's.
pub(super) type Id = (u32, usize);

/// Where what is found is kept, and the tree's files by the solver's numbers.
pub(super) struct Memory<'a> {
    file: CacheFile,
    key: String,
    paths: Vec<&'a TreePath>,
    stamps: Vec<Option<Stamp>>,
}

impl<'a> Memory<'a> {
    /// The workspace's, if it keeps anything between runs. `numbers` are the solver's numbers by the index's.
    pub(super) fn of(
        workspace: &'a Workspace,
        numbers: &[u32],
        vocabulary: &Vocabulary,
    ) -> Option<Memory<'a>> {
        let (file, of_index) = workspace.kept_sites()?;
        let index = workspace.sources().index();
        let mut order: Vec<usize> = (0..numbers.len()).collect();
        order.sort_unstable_by_key(|&at| numbers[at]);
        let paths = order.iter().map(|&at| &index.files()[at]).collect();
        let stamps = order.iter().map(|&at| of_index[at]).collect();
        let mut key = key(&workspace.campaign.vocabulary)?;
        // Which variant of it is the tree's.
        vocabulary.virtuals().iter().for_each(|name| key.push_str(&format!(" {name}")));
        Some(Memory { file, key, paths, stamps })
    }

    /// What an earlier run found, as far as it holds in `tree`.
    pub(super) fn read(&self, tree: &WholeTree) -> Remembered {
        Remembered::read(&self.file, &self.key, &Now::new(self, tree))
    }

    /// Keeps what was found in `tree`.
    ///
    /// Errors: the folder cannot be written to.
    pub(super) fn write(&self, found: Remembered, tree: &WholeTree) -> io::Result<()> {
        found.write(&self.file, &self.key, &Now::new(self, tree))
    }
}

/// All that answers depend on beside the tree: the vocabulary and this very program.
fn key(vocabulary: &str) -> Option<String> {
    let program = std::env::current_exe().and_then(|path| path.metadata()).ok()?;
    let built = program.modified().ok()?.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    let (version, size) = (env!("CARGO_PKG_VERSION"), program.len());
    let vocabulary = xxh3_64(vocabulary.as_bytes());
    Some(format!("{version} {size} {} {vocabulary:016x}", built.as_nanos()))
}

/// The tree as it is now.
struct Now<'a> {
    memory: &'a Memory<'a>,
    tree: &'a WholeTree,
    /// Of the paths, by number.
    hashes: Vec<u64>,
    folders: FxHashMap<&'a str, Vec<u32>>,
}

impl<'a> Now<'a> {
    fn new(memory: &'a Memory<'a>, tree: &'a WholeTree) -> Now<'a> {
        let paths = &memory.paths;
        let hashes = paths.iter().map(|path| xxh3_64(path.as_str().as_bytes())).collect();
        let mut folders: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        for (number, path) in (0..).zip(paths) {
            folders.entry(path.folder()).or_default().push(number);
        }
        Now { memory, tree, hashes, folders }
    }

    /// A hash of the answer to a question.
    fn answer(&self, query: &Query) -> u64 {
        let corpus = self.tree.corpus();
        let mut hash = Xxh3::new();
        let file = |number: u32| hash.update(&self.hashes[number as usize].to_le_bytes());
        match query {
            Query::Mentioning(word) => corpus.mentioning(word).into_iter().for_each(file),
            Query::Folder(folder) => {
                self.folders.get(&**folder).into_iter().flatten().copied().for_each(file);
            }
            // Where in its file each is does not matter: who reads it there notes what it says.
            Query::Definitions(kind, tag) => {
                corpus.definitions(*kind, tag).into_iter().map(|(number, _)| number).for_each(file);
            }
            Query::Typedefs(name) => {
                corpus.typedefs(name).into_iter().map(|(number, _)| number).for_each(file);
            }
        }
        hash.digest()
    }
}

/// What holds of what an earlier run found.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// What it is made of; what does not hold is empty.
    pub(super) parts: Parts,
    /// What searches found.
    pub(super) searched: Searched,
    /// Which files have nothing for searches that have to be done again.
    pub(super) quiet: Quiet,
    /// By function.
    pub(super) functions: FxHashMap<Id, Found>,
    /// How many files were not the same, so that they had to be asked again.
    pub(super) changed: usize,
}

/// Asking more files again takes longer than to write down what is found.
pub(super) const MOST_CHANGED: usize = 16;

impl Remembered {
    /// Reads what holds.
    fn read(file: &CacheFile, key: &str, now: &Now<'_>) -> Remembered {
        let bytes = file.read();
        let Some((json, checksum)) = bytes.split_last_chunk::<8>() else {
            return Remembered::default();
        };
        if xxh3_64(json) != u64::from_le_bytes(*checksum) {
            return Remembered::default();
        }
        let stored: Stored = serde_json::from_slice(json).unwrap_or_default();
        if stored.key != key {
            return Remembered::default();
        }
        file.mark_used();
        stored.holding(now).unwrap_or_default()
    }

    fn write(self, file: &CacheFile, key: &str, now: &Now<'_>) -> io::Result<()> {
        let stored = Stored::new(self, key, now);
        let mut bytes = serde_json::to_vec(&stored).expect("numbers and texts are JSON");
        let checksum = xxh3_64(&bytes);
        bytes.extend(checksum.to_le_bytes());
        file.write(&bytes)
    }
}
