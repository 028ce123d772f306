//! The file of what an earlier run found: things by numbers of its own, and which of them hold in the tree as it is.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{Found, Id, Now, Remembered};
use crate::provenance::{
    Anchor, AskedOfFile, FunctionId, Moves, Node, Part, Parts, Place, Query, Quiet, Renumber,
    Search, Searched, Site,
};
use crate::source::TreePath;
use crate::tree::cache::Stamp;

/// The file's content.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Stored {
    /// What must be the same for any of it to hold.
    pub(super) key: String,
    files: Vec<(TreePath, Option<Stamp>)>,
    /// With a hash of the answer.
    queries: Vec<(Query, u64)>,
    aspects: Vec<AskedOfFile>,
    nodes: Vec<Vec<u32>>,
    /// What nodes with quiet parts were searched for, by node.
    searches: FxHashMap<u32, Search>,
    functions: Vec<(u32, usize, Part, Found)>,
    searched: Searched,
}

/// A file as it is now.
#[derive(Clone, Copy, Debug)]
struct FileNow {
    number: u32,
    /// Whether it has the stamp it had.
    is_same: bool,
}

/// What the files that are not the same still say.
#[derive(Default)]
struct Changed {
    /// Where their items have gone, by the files' numbers now.
    moves: FxHashMap<u32, Moves>,
    /// The numbers of the aspects that are the same, with where an item is.
    same: FxHashMap<u32, Option<Anchor>>,
    /// What item was which: the files' numbers now, the items' numbers then and now.
    items: FxHashMap<FunctionId, u32>,
}

/// The numbers of things in the tree as it is now.
struct Current<'a> {
    files: &'a [Option<FileNow>],
    changed: &'a Changed,
    part: &'a dyn Fn(Part) -> Option<Part>,
    moved: &'a dyn Fn(&TreePath) -> Option<&'a Moves>,
}

impl Renumber for Current<'_> {
    fn file(&mut self, number: u32) -> Option<u32> {
        (*self.files.get(number as usize)?).map(|file| file.number)
    }

    fn function(&mut self, id: FunctionId) -> Option<FunctionId> {
        let FileNow { number, is_same } = (*self.files.get(id.file as usize)?)?;
        let then = FunctionId { file: number, ..id };
        if is_same {
            Some(then)
        } else {
            self.changed.items.get(&then).map(|&item| FunctionId { item, ..then })
        }
    }

    fn part(&mut self, part: Part) -> Option<Part> {
        (self.part)(part)
    }

    fn place(&mut self, place: Place) -> Option<Place> {
        match (self.moved)(&place.file) {
            Some(moves) => place.moved(moves),
            None => Some(place),
        }
    }
}

const NODE: u32 = 0;
const FILE: u32 = 1;
const QUERY: u32 = 2;
const QUIET: u32 = 3;
const KINDS: u32 = 5;

fn encoded(part: Part) -> u32 {
    let (number, kind) = match part {
        Part::Node(number) => (number, NODE),
        Part::File(number) => (number, FILE),
        Part::Query(number) => (number, QUERY),
        Part::Quiet(number) => (number, QUIET),
        Part::Aspect(number) => (number, QUIET + 1),
    };
    number * KINDS + kind
}

fn decoded(code: u32) -> Part {
    let number = code / KINDS;
    match code % KINDS {
        NODE => Part::Node(number),
        FILE => Part::File(number),
        QUERY => Part::Query(number),
        QUIET => Part::Quiet(number),
        _ => Part::Aspect(number),
    }
}

impl Stored {
    /// What holds in the tree as it is now, in its numbers; `None` where the content makes no sense.
    pub(super) fn holding(self, now: &Now<'_>) -> Option<Remembered> {
        let numbers: FxHashMap<&TreePath, u32> =
            now.memory.paths.iter().copied().zip(0..).collect();
        let current = |(path, stamp): &(TreePath, Option<Stamp>)| {
            let number = numbers.get(path).copied()?;
            let is_same = stamp.is_some() && *stamp == now.memory.stamps[number as usize];
            Some(FileNow { number, is_same })
        };
        let files: Vec<Option<FileNow>> = self.files.iter().map(current).collect();
        let same = |at: u32| files.get(at as usize)?.filter(|file| file.is_same);
        let changed = self.changed(&files, now)?;
        let queries: Vec<bool> =
            self.queries.iter().map(|(query, hash)| now.answer(query) == *hash).collect();
        let mut aspects: Vec<AskedOfFile> = Vec::with_capacity(self.aspects.len());
        let mut aspect_numbers: Vec<Option<u32>> = Vec::with_capacity(self.aspects.len());
        for (at, asked) in (0..).zip(self.aspects) {
            let file = files.get(asked.file as usize).copied()?;
            let anchor = match file {
                Some(FileNow { is_same: true, .. }) => Some(asked.anchor),
                _ => changed.same.get(&at).copied(),
            };
            aspect_numbers.push(file.zip(anchor).map(|(file, anchor)| {
                aspects.push(AskedOfFile { file: file.number, anchor, ..asked });
                aspects.len() as u32 - 1
            }));
        }
        let mut nodes: Vec<Node> = Vec::with_capacity(self.nodes.len());
        let mut quiet = Quiet::default();
        let mut is_whole: Vec<bool> = Vec::with_capacity(self.nodes.len());
        let part = |code: u32, is_whole: &[bool], search: Option<&Search>| -> Option<Part> {
            match decoded(code) {
                Part::Node(at) => is_whole.get(at as usize)?.then_some(Part::Node(at)),
                Part::File(at) => same(at).map(|file| Part::File(file.number)),
                Part::Query(at) => queries.get(at as usize)?.then_some(Part::Query(at)),
                Part::Aspect(at) => aspect_numbers.get(at as usize)?.map(Part::Aspect),
                Part::Quiet(at) => {
                    let FileNow { number, is_same } = (*files.get(at as usize)?)?;
                    let is_quiet = is_same || now.tree.has_nothing_for(search?, number);
                    is_quiet.then_some(Part::Quiet(number))
                }
            }
        };
        for (at, codes) in (0..).zip(&self.nodes) {
            let search = self.searches.get(&at);
            // What is cheap to be told first: a quiet file that has changed is read again.
            let cheap_first = |quiet: bool| {
                let is_wanted = move |code: &&u32| (**code % KINDS == QUIET) == quiet;
                codes.iter().filter(is_wanted)
            };
            let ordered = cheap_first(false).chain(cheap_first(true));
            let parts: Option<Vec<Part>> =
                ordered.map(|&code| part(code, &is_whole, search)).collect();
            if let (None, Some(search)) = (&parts, search) {
                let still: &mut Vec<u32> = quiet.entry(search.clone()).or_default();
                still.extend(codes.iter().filter_map(|&code| match decoded(code) {
                    Part::Quiet(at) => same(at).map(|file| file.number),
                    _ => None,
                }));
            }
            is_whole.push(parts.is_some());
            nodes.push(match parts {
                Some(parts) => Node { parts, search: search.cloned() },
                None => Node::default(),
            });
        }
        for files in quiet.values_mut() {
            files.sort_unstable();
        }
        let moved = |path: &TreePath| changed.moves.get(numbers.get(path)?);
        let part_now = |then: Part| part(encoded(then), &is_whole, None);
        let mut current =
            Current { files: &files, changed: &changed, part: &part_now, moved: &moved };
        let searched = self.searched.renumbered(&mut current);
        let mut functions = FxHashMap::default();
        for (at, item, of, found) in self.functions {
            let Some(FileNow { number, is_same }) = *files.get(at as usize)? else { continue };
            let Some(part) = part(encoded(of), &is_whole, None) else { continue };
            let item = match is_same {
                true => Some(item),
                false => now.tree.item_with_key(number, found.key),
            };
            let own = &self.files[at as usize].0;
            let sites: Option<Vec<Site>> =
                found.sites.into_iter().map(|site| site.moved(own, &moved)).collect();
            if let Some((item, sites)) = item.zip(sites) {
                functions.insert((number, item), Found { part: Some(part), sites, ..found });
            }
        }
        let queries = self.queries.into_iter().map(|(query, _)| query).collect();
        let changed = changed.moves.len();
        let parts = Parts { nodes, queries, aspects };
        Some(Remembered { parts, searched, quiet, functions, changed })
    }

    /// Asks the files that are not the same again; `None` where the content makes no sense.
    fn changed(&self, files: &[Option<FileNow>], now: &Now<'_>) -> Option<Changed> {
        let mut changed = Changed::default();
        let mut anchors: FxHashMap<u32, Vec<(Anchor, Anchor)>> = FxHashMap::default();
        let mut same: Vec<(u32, u32, Option<Anchor>)> = Vec::new();
        for (at, asked) in (0..).zip(&self.aspects) {
            let Some(FileNow { number, is_same: false }) = *files.get(asked.file as usize)? else {
                continue;
            };
            let Some((answer, anchor)) = now.tree.ask_again(number, &asked.aspect) else {
                continue;
            };
            if let Some(then) = asked.anchor
                && let Some(item) = now.tree.item_named(number, then.name)
            {
                changed.items.insert(FunctionId { file: number, item: then.item }, item);
            }
            if answer == asked.answer {
                same.push((number, at, anchor));
                anchors.entry(number).or_default().extend(asked.anchor.zip(anchor));
            }
        }
        for FileNow { number, .. } in files.iter().flatten().filter(|file| !file.is_same) {
            // Of a file whose items changed their order nothing holds.
            let moves = Moves::new(anchors.remove(number).unwrap_or_default());
            if moves.is_none() {
                same.retain(|(of, _, _)| of != number);
            }
            changed.moves.insert(*number, moves.unwrap_or_default());
        }
        changed.same = same.into_iter().map(|(_, at, anchor)| (at, anchor)).collect();
        Some(changed)
    }

    /// Only what the functions are made of, numbered anew.
    pub(super) fn new(remembered: Remembered, key: &str, now: &Now<'_>) -> Stored {
        let Remembered { parts, functions, searched, .. } = remembered;
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
            let file = numbered.stored_file(file);
            if let Some(part) = found.part {
                let part = numbered.number(part);
                numbered.stored.functions.push((file, item, part, found));
            }
        }
        let searched = searched.renumbered(&mut numbered);
        Stored { key: key.to_owned(), searched, ..numbered.stored }
    }
}

impl Renumber for Numbered<'_> {
    /// Other versions of files are gone with the run.
    fn file(&mut self, number: u32) -> Option<u32> {
        let is_of_tree = (number as usize) < self.now.memory.paths.len();
        is_of_tree.then(|| self.stored_file(number))
    }

    fn function(&mut self, id: FunctionId) -> Option<FunctionId> {
        Some(FunctionId { file: self.file(id.file)?, ..id })
    }

    /// What no function is made of is not kept.
    fn part(&mut self, part: Part) -> Option<Part> {
        self.numbers.get(&part).copied()
    }

    fn place(&mut self, place: Place) -> Option<Place> {
        Some(place)
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
            Part::Quiet(at) => Part::Quiet(self.stored_file(at)),
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
            Part::Aspect(at) => {
                let asked = &self.parts.aspects[at as usize];
                let file = self.stored_file(asked.file);
                self.stored.aspects.push(AskedOfFile { file, ..asked.clone() });
                Part::Aspect(self.stored.aspects.len() as u32 - 1)
            }
        };
        self.numbers.insert(part, new);
        new
    }

    /// The number that a file has there.
    fn stored_file(&mut self, number: u32) -> u32 {
        match self.number(Part::File(number)) {
            Part::File(number) => number,
            _ => unreachable!("a file is numbered as a file"),
        }
    }
}
