//! What an earlier run found, as far as nothing has changed below it.
//!
//! In: a [`CacheFile`] and the tree as it is. Out: the sites of each function whose answer holds, which is one made of
//! files that have the stamp they had and of questions that have the answer they had. Afterwards the new state is
//! written. The file may be deleted at any time; one of another gupatch, of another vocabulary or with a damage is as
//! good as none.

use std::io;
use std::time::SystemTime;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::Workspace;
use crate::provenance::{Node, Part, Parts, Query, Search, Site, TextPlace, WholeTree};
use crate::review::Unseen;
use crate::source::TreePath;
use crate::tree::cache::{CacheFile, Stamp};

/// The sites of one function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Found {
    pub(super) sites: Vec<Site>,
    /// What of it was not seen.
    pub(super) unseen: Unseen,
    /// What that is made of, where that is remembered.
    pub(super) part: Option<Part>,
}

/// A function: its file's number and its item's.
pub(super) type Id = (u32, usize);

/// The file's content.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Stored {
    /// What must be the same for any of it to hold.
    key: String,
    files: Vec<(TreePath, Option<Stamp>)>,
    /// With a hash of the answer.
    queries: Vec<(Query, u64)>,
    nodes: Vec<Vec<u32>>,
    /// What nodes with quiet parts were searched for, by node.
    searches: FxHashMap<u32, Search>,
    functions: Vec<(u32, usize, Part, Found)>,
}

/// Where what is found is kept, and the tree's files by the solver's numbers.
pub(super) struct Memory<'a> {
    file: CacheFile,
    key: String,
    paths: Vec<&'a TreePath>,
    stamps: Vec<Option<Stamp>>,
}

impl<'a> Memory<'a> {
    /// The workspace's, if it keeps anything between runs. `numbers` are the solver's numbers by the index's.
    pub(super) fn of(workspace: &'a Workspace, numbers: &[u32]) -> Option<Memory<'a>> {
        let (file, of_index) = workspace.kept_sites()?;
        let index = workspace.sources().index();
        let mut order: Vec<usize> = (0..numbers.len()).collect();
        order.sort_unstable_by_key(|&at| numbers[at]);
        let paths = order.iter().map(|&at| &index.files()[at]).collect();
        let stamps = order.iter().map(|&at| of_index[at]).collect();
        Some(Memory { file, key: key(&workspace.campaign.vocabulary)?, paths, stamps })
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
            Query::Definitions(kind, tag) => {
                self.places(&mut hash, corpus.definitions(*kind, tag));
            }
            Query::Typedefs(name) => self.places(&mut hash, corpus.typedefs(name)),
        }
        hash.digest()
    }

    fn places(&self, hash: &mut Xxh3, places: Vec<TextPlace>) {
        for (number, offset) in places {
            hash.update(&self.hashes[number as usize].to_le_bytes());
            hash.update(&offset.to_le_bytes());
        }
    }
}

/// What holds of what an earlier run found.
#[derive(Debug, Default)]
pub(super) struct Remembered {
    /// What it is made of; what does not hold is empty.
    pub(super) parts: Parts,
    /// By function.
    pub(super) functions: FxHashMap<Id, Found>,
}

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

const NODE: u32 = 0;
const FILE: u32 = 1;
const QUERY: u32 = 2;
const QUIET: u32 = 3;

fn encoded(part: Part) -> u32 {
    match part {
        Part::Node(number) => number << 2 | NODE,
        Part::File(number) => number << 2 | FILE,
        Part::Query(number) => number << 2 | QUERY,
        Part::Quiet(number) => number << 2 | QUIET,
    }
}

fn decoded(code: u32) -> Part {
    let number = code >> 2;
    match code & 3 {
        NODE => Part::Node(number),
        FILE => Part::File(number),
        QUERY => Part::Query(number),
        _ => Part::Quiet(number),
    }
}

impl Stored {
    /// What holds in the tree as it is now, in its numbers; `None` where the content makes no sense.
    fn holding(self, now: &Now<'_>) -> Option<Remembered> {
        let numbers: FxHashMap<&TreePath, u32> =
            now.memory.paths.iter().copied().zip(0..).collect();
        let current = |(path, _): &(TreePath, Option<Stamp>)| numbers.get(path).copied();
        let files_now: Vec<Option<u32>> = self.files.iter().map(current).collect();
        let holds = |(at, (_, stamp)): (usize, &(TreePath, Option<Stamp>))| {
            let number = files_now[at]?;
            (stamp.is_some() && *stamp == now.memory.stamps[number as usize]).then_some(number)
        };
        let files: Vec<Option<u32>> = self.files.iter().enumerate().map(holds).collect();
        let queries: Vec<bool> =
            self.queries.iter().map(|(query, hash)| now.answer(query) == *hash).collect();
        let mut nodes: Vec<Node> = Vec::with_capacity(self.nodes.len());
        let mut is_whole: Vec<bool> = Vec::with_capacity(self.nodes.len());
        let part = |code: u32, is_whole: &[bool], search: Option<&Search>| -> Option<Part> {
            match decoded(code) {
                Part::Node(at) => is_whole.get(at as usize)?.then_some(Part::Node(at)),
                Part::File(at) => files.get(at as usize)?.map(Part::File),
                Part::Query(at) => queries.get(at as usize)?.then_some(Part::Query(at)),
                Part::Quiet(at) => match files.get(at as usize)? {
                    Some(number) => Some(Part::Quiet(*number)),
                    None => {
                        let number = files_now[at as usize]?;
                        now.tree.has_nothing_for(search?, number).then_some(Part::Quiet(number))
                    }
                },
            }
        };
        for (at, codes) in (0..).zip(&self.nodes) {
            let search = self.searches.get(&at);
            // What is cheap to be told first: a quiet file that has changed is read again.
            let cheap_first = |quiet: bool| {
                let is_wanted = move |code: &&u32| (**code & 3 == QUIET) == quiet;
                codes.iter().filter(is_wanted)
            };
            let ordered = cheap_first(false).chain(cheap_first(true));
            let parts: Option<Vec<Part>> =
                ordered.map(|&code| part(code, &is_whole, search)).collect();
            is_whole.push(parts.is_some());
            nodes.push(match parts {
                Some(parts) => Node { parts, search: search.cloned() },
                None => Node::default(),
            });
        }
        let mut functions = FxHashMap::default();
        for (path, item, of, found) in self.functions {
            let Some(number) = *files.get(path as usize)? else { continue };
            if let Some(part) = part(encoded(of), &is_whole, None) {
                functions.insert((number, item), Found { part: Some(part), ..found });
            }
        }
        let queries = self.queries.into_iter().map(|(query, _)| query).collect();
        Some(Remembered { parts: Parts { nodes, queries }, functions })
    }

    /// Only what the functions are made of, numbered anew.
    fn new(remembered: Remembered, key: &str, now: &Now<'_>) -> Stored {
        let Remembered { parts, functions } = remembered;
        let mut functions: Vec<(Id, Found)> = functions.into_iter().collect();
        functions.sort_by_key(|(id, _)| *id);
        let roots = functions.iter().filter_map(|(_, found)| found.part);
        let used = used_nodes(&parts, roots);
        let mut numbered = Numbered {
            stored: Stored::default(),
            now,
            parts: &parts,
            numbers: FxHashMap::default(),
        };
        for (at, node) in parts.nodes.iter().enumerate().filter(|&(at, _)| used[at]) {
            let codes = node.parts.iter().map(|&part| encoded(numbered.number(part))).collect();
            let number = numbered.stored.nodes.len() as u32;
            if let Some(search) = &node.search {
                numbered.stored.searches.insert(number, search.clone());
            }
            numbered.stored.nodes.push(codes);
            numbered.numbers.insert(Part::Node(at as u32), Part::Node(number));
        }
        for ((file, item), found) in functions {
            let Part::File(file) = numbered.number(Part::File(file)) else {
                unreachable!("a file is numbered as a file")
            };
            if let Some(part) = found.part {
                let part = numbered.number(part);
                numbered.stored.functions.push((file, item, part, found));
            }
        }
        Stored { key: key.to_owned(), ..numbered.stored }
    }
}

/// The nodes that are below one of `roots`.
fn used_nodes(parts: &Parts, roots: impl Iterator<Item = Part>) -> Vec<bool> {
    let mut used = vec![false; parts.nodes.len()];
    let mark = |used: &mut Vec<bool>, part: Part| {
        if let Part::Node(at) = part {
            used[at as usize] = true;
        }
    };
    for root in roots {
        mark(&mut used, root);
    }
    // What a node is made of has smaller numbers.
    for at in (0..used.len()).rev() {
        if used[at] {
            for &part in &parts.nodes[at].parts {
                mark(&mut used, part);
            }
        }
    }
    used
}

/// What is to be written, and the numbers that things have there.
struct Numbered<'a> {
    stored: Stored,
    now: &'a Now<'a>,
    parts: &'a Parts,
    numbers: FxHashMap<Part, Part>,
}

impl Numbered<'_> {
    fn number(&mut self, part: Part) -> Part {
        if let Some(&known) = self.numbers.get(&part) {
            return known;
        }
        let new = match part {
            Part::Node(_) => unreachable!("what a node is made of is numbered before it"),
            Part::Quiet(at) => match self.number(Part::File(at)) {
                Part::File(at) => Part::Quiet(at),
                other => other,
            },
            Part::File(at) => {
                let path = self.now.memory.paths[at as usize].clone();
                self.stored.files.push((path, self.now.memory.stamps[at as usize]));
                Part::File(self.stored.files.len() as u32 - 1)
            }
            Part::Query(at) => {
                let query = self.parts.queries[at as usize].clone();
                let answer = self.now.answer(&query);
                self.stored.queries.push((query, answer));
                Part::Query(self.stored.queries.len() as u32 - 1)
            }
        };
        self.numbers.insert(part, new);
        new
    }
}
