//! What an answer was made of: the files that were read and the questions that the tree was asked.
//!
//! All that the solver knows of a tree comes through its [`Corpus`]. Each thing that is worked out once and used by
//! many ([`Memo`]) remembers what it asked and what else it used: a node of a graph without cycles, since whatever is
//! used was finished before. So an answer of an earlier run holds as long as nothing below it changed, and a change
//! undoes no more than what is above it. Nothing is remembered unless that is wanted.
//!
//! Most files that a [`Search`] goes through have nothing for it, by their text alone. One that changes and still has
//! nothing undoes nothing: it is a quiet part.
//!
//! [`Corpus`]: super::Corpus

use std::borrow::Borrow;
use std::cell::RefCell;
use std::hash::Hash;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use super::aspect::{Anchor, Asked, Aspect};
use crate::ast::StructKind;

/// A question about the whole tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Query {
    /// Which files mention a word.
    Mentioning(String),
    /// Where headers define a struct or a union.
    Definitions(StructKind, String),
    /// Where headers make a name a type.
    Typedefs(String),
    /// Which files are in a folder.
    Folder(String),
}

/// What is looked for in the text of many files.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Search {
    /// Definitions of a function.
    Definitions(String),
    /// Macros of a name.
    Macros(String),
    /// Macros that store to members.
    MacroStores,
    /// Stores to a member of a struct or union, or to what it points to.
    Stores {
        /// The member.
        member: Arc<str>,
        /// The tag.
        tag: Arc<str>,
        /// Whether stores to what it points to count.
        behind: bool,
    },
    /// Calls through a member.
    Calls {
        /// The member.
        member: Arc<str>,
        /// The tag.
        tag: Arc<str>,
    },
    /// Functions that a member is given.
    Targets {
        /// The member.
        member: Arc<str>,
        /// The tag.
        tag: Arc<str>,
    },
    /// Names of what takes or gives back references.
    Touches,
}

/// What something was made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Part {
    /// Another node, by its number, which is smaller.
    Node(u32),
    /// A file, by its number.
    File(u32),
    /// A question, by its number.
    Query(u32),
    /// A file that has nothing for the node's search.
    Quiet(u32),
    /// An aspect of a file, by its number.
    Aspect(u32),
}

/// Something that was worked out.
#[derive(Clone, Debug, Default)]
pub struct Node {
    /// What it was made of, in order.
    pub parts: Vec<Part>,
    /// What its quiet parts were searched for.
    pub search: Option<Search>,
}

/// The parts of nodes, and the questions.
#[derive(Debug, Default)]
pub struct Parts {
    /// By number.
    pub nodes: Vec<Node>,
    /// By number.
    pub queries: Vec<Query>,
    /// By number.
    pub aspects: Vec<Asked>,
}

/// All nodes so far.
#[derive(Debug, Default)]
pub(super) struct Trail {
    is_kept: AtomicBool,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    parts: Parts,
    numbers: FxHashMap<Query, u32>,
    aspect_numbers: FxHashMap<(u32, Aspect), u32>,
}

thread_local! {
    /// What is being worked out on this thread, the innermost last. A thread that takes up other work while it waits
    /// finishes that first, so the last one is always the one at hand.
    static AT_HAND: RefCell<Vec<AtHand>> = const { RefCell::new(Vec::new()) };
}

#[derive(Default)]
struct AtHand {
    parts: FxHashSet<Part>,
    search: Option<Search>,
}

/// Does `work` as what is at hand.
fn gather<R>(search: Option<Search>, work: impl FnOnce() -> R) -> (R, AtHand) {
    let new = AtHand { search, ..AtHand::default() };
    AT_HAND.with_borrow_mut(|at_hand| at_hand.push(new));
    let result = work();
    (result, AT_HAND.with_borrow_mut(|at_hand| at_hand.pop().expect("pushed above")))
}

impl Trail {
    /// One that remembers, on top of what an earlier run left.
    pub(super) fn on_top_of(earlier: Parts) -> Trail {
        let numbers = earlier.queries.iter().cloned().zip(0..).collect();
        let aspects = earlier.aspects.iter().zip(0..);
        let aspect_numbers =
            aspects.map(|(asked, number)| ((asked.file, asked.aspect.clone()), number)).collect();
        let kept = Mutex::new(Kept { parts: earlier, numbers, aspect_numbers });
        Trail { is_kept: AtomicBool::new(true), kept }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.is_kept.load(Ordering::Relaxed)
    }

    /// All that is remembered; nothing is from now on.
    pub(super) fn take(&self) -> Parts {
        self.is_kept.store(false, Ordering::Relaxed);
        std::mem::take(&mut self.kept.lock().expect("no panic").parts)
    }

    /// Does `work`; what it was made of, if that is remembered and was anything.
    pub(super) fn follow<R>(&self, work: impl FnOnce() -> R) -> (R, Option<Part>) {
        self.follow_for(None, work)
    }

    /// Does `work`, which searches files for what `search` says; what is at hand uses the result.
    pub(super) fn search<R>(&self, search: Search, work: impl FnOnce() -> R) -> R {
        let (result, part) = self.follow_for(Some(search), work);
        self.note(part);
        result
    }

    /// Does `work` on a thread that helps with a search; what it used, which the search has to [`note`](Trail::note).
    pub(super) fn help<R>(&self, search: &Search, work: impl FnOnce() -> R) -> (R, Vec<Part>) {
        if !self.is_kept() {
            return (work(), Vec::new());
        }
        let (result, AtHand { parts, .. }) = gather(Some(search.clone()), work);
        (result, parts.into_iter().collect())
    }

    fn follow_for<R>(&self, search: Option<Search>, work: impl FnOnce() -> R) -> (R, Option<Part>) {
        if !self.is_kept() {
            return (work(), None);
        }
        let (result, AtHand { parts, search }) = gather(search, work);
        if search.is_none() && parts.len() <= 1 {
            return (result, parts.into_iter().next());
        }
        let mut parts: Vec<Part> = parts.into_iter().collect();
        parts.sort_unstable();
        let nodes = &mut self.kept.lock().expect("no panic").parts.nodes;
        nodes.push(Node { parts, search });
        (result, Some(Part::Node(nodes.len() as u32 - 1)))
    }

    /// The search at hand found nothing in a file, by its text alone.
    pub(super) fn note_quiet(&self, number: u32) {
        self.note(Some(Part::Quiet(number)));
    }

    /// What is at hand uses `part`.
    pub(super) fn note(&self, part: Option<Part>) {
        let (Some(part), true) = (part, self.is_kept()) else { return };
        AT_HAND.with_borrow_mut(|at_hand| {
            if let Some(innermost) = at_hand.last_mut() {
                debug_assert!(!matches!(part, Part::Quiet(_)) || innermost.search.is_some());
                innermost.parts.insert(part);
            }
        });
    }

    /// What is at hand reads a file.
    pub(super) fn note_file(&self, number: u32) {
        self.note(Some(Part::File(number)));
    }

    /// What is at hand asks something of a file. `answer` and `anchor` are asked for the first time.
    pub(super) fn note_aspect(
        &self,
        file: u32,
        aspect: Aspect,
        anchor: Option<&dyn Fn() -> Anchor>,
        answer: impl FnOnce(&Aspect) -> u64,
    ) {
        if !self.is_kept() {
            return;
        }
        let key = (file, aspect);
        let known = self.kept.lock().expect("no panic").aspect_numbers.get(&key).copied();
        let number = known.unwrap_or_else(|| {
            // Without the lock: it takes a while.
            let (answer, anchor) = (answer(&key.1), anchor.map(|anchor| anchor()));
            let kept = &mut *self.kept.lock().expect("no panic");
            *kept.aspect_numbers.entry(key).or_insert_with_key(|(file, aspect)| {
                let aspect = aspect.clone();
                kept.parts.aspects.push(Asked { file: *file, aspect, answer, anchor });
                kept.parts.aspects.len() as u32 - 1
            })
        });
        self.note(Some(Part::Aspect(number)));
    }

    /// What is at hand asks a question.
    pub(super) fn note_query(&self, query: impl FnOnce() -> Query) {
        if !self.is_kept() {
            return;
        }
        let query = query();
        let mut kept = self.kept.lock().expect("no panic");
        let number = match kept.numbers.get(&query) {
            Some(&number) => number,
            None => {
                let number = kept.parts.queries.len() as u32;
                kept.parts.queries.push(query.clone());
                kept.numbers.insert(query, number);
                number
            }
        };
        drop(kept);
        self.note(Some(Part::Query(number)));
    }
}

/// Values that are worked out once, with what each was made of.
#[derive(Debug)]
pub(super) struct Memo<K, V>(pub(super) Mutex<FxHashMap<K, (V, Option<Part>)>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Memo(Mutex::default())
    }
}

impl<K: Eq + Hash, V: Clone> Memo<K, V> {
    /// The value for `key`, if there is one.
    pub(super) fn known<Q>(&self, trail: &Trail, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let (value, part) = self.0.lock().expect("no panic").get(key)?.clone();
        trail.note(part);
        Some(value)
    }

    /// The value for `key`; where there is none yet, `find` works it out, without a lock.
    pub(super) fn get<Q>(&self, trail: &Trail, key: &Q, find: impl FnOnce() -> V) -> V
    where
        K: Borrow<Q>,
        Q: Eq + Hash + ToOwned<Owned = K> + ?Sized,
    {
        if let Some(known) = self.known(trail, key) {
            return known;
        }
        let (value, part) = trail.follow(find);
        trail.note(part);
        self.0.lock().expect("no panic").insert(key.to_owned(), (value.clone(), part));
        value
    }
}
