//! The whole tree, solved backwards from each adder, as far as it is asked for.
//!
//! In: a [`Corpus`], which knows what files mention a word, and the vocabulary. Out: the [`Site`]s of any
//! function, and an [`Environment`] for each file. Only the functions that an answer needs are parsed.
//!
//! # The design
//!
//! Each function is solved alone and once per need (`engine`). Where its analysis ends, it leaves an
//! [`Ask`]: what a place held on entry, what a call gave, what a call left behind an argument, what a member
//! holds. An ask is a node; `expand` gives its edges, to origins and to further asks; `graph` gives what can
//! be reached. So no answer depends on the order of the questions, recursion needs no cut, and the way to an
//! origin is a shortest path. It is demand-driven points-to analysis by graph reachability (Heintze and
//! Tardieu, 2001; Sridharan and Bodík, 2006), with these choices:
//!
//! * **Calls are matched.** An ask that goes down into a callee remembers the call and comes back to that one
//!   only. An ask that goes up from where it began goes to all callers.
//! * **The path before the heap.** A member of an object that a parameter leads to is asked of the callers
//!   first: what a caller stored on this path hides all other stores, and an object that was made on this
//!   path holds nothing else. Only where a way up ends with the object still unknown (it came out of a list, a
//!   table, a work queue; it is called through a pointer; three callers up) do all stores of the tree to
//!   that member count.
//! * **Stores are told apart by struct and member**, and by the structs around: `a->buf.pages` is not
//!   `b->buf.pages` where `a` and `b` are different structs, while `buf->pages` may be either. A macro such as
//!   `container_of()` tells what a pointer lies in. Tags are told apart by the file that defines them.
//! * **Variables at file scope** are members of where their names mean them: of a file, or of the tree (`variables`).
//!   A call of which nothing is known may change them; where their address is taken, any pointer may lead to them.
//! * **Macros are not expanded.** What one gives a member is not known (`macros`).
//! * **Pointers to functions** are followed through the members that hold them and the parameters that pass
//!   them.
//! * **Types bound the search.** A place whose type holds no page is not asked about (`pageable`), and a file that
//!   can have no object of a struct in hand is not read for its members (`visible`).
//! * **Whatever is not followed is an origin**: not known, with the reason. So are the ends of all bounds: more
//!   questions, callers, stores, functions behind a pointer than the constants beside them say.

mod aspect;
mod callers;
mod code;
mod corpus;
mod declarations;
mod declared;
mod expand;
mod flags;
mod graph;
mod keeping;
mod lines;
mod macros;
mod pageable;
mod prototypes;
mod punned;
mod renumbered;
mod search;
mod searched;
mod solved;
mod stores;
mod threading;
mod touches;
mod trail;
mod variables;
mod visible;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, OnceLock, RwLock};

use rustc_hash::FxHashMap;

pub use aspect::{Anchor, Asked as AskedOfFile, Aspect};
pub use corpus::{Corpus, TextPlace};
pub use renumbered::Renumber;
pub use search::Quiet;
pub use searched::Searched;
pub use threading::{Insertion, KeptFlags, Setter, Threaded, ThreadedCall, Threading};
pub use trail::{Node, Part, Parts, Query, Search};

use super::Function;
use super::ask::{Ask, FunctionId, Hop, RecordKey};
use super::condition::Condition;
use super::engine::{Engine, Members};
use super::environment::{Answer, Environment, FileVariable, Summary};
use super::origin::Origin;
use super::reference::Touch;
use super::scope::Prototype;
use super::site::{self, Site};
use super::vocabulary::{NoVariant, Vocabulary};
use crate::ast::{Kind, NodeId, UnaryOp};
use crate::cfg::NoReturn;
use crate::kept::Kept;
use crate::lex::LexedFile;
use crate::source::TreePath;
use crate::types::Members as RecordMembers;
use callers::{CallSite, Callers};
use corpus::{Asked, SourceFile};
use declarations::{Lookups, View};
use expand::Expansion;
use macros::MacroStore;
use search::Helpers;
use solved::SolvedFunctions;
use trail::{Memo, Trail};
use variables::Declared;

/// Bytes of files that are kept, with the functions of them that were parsed.
const ROOM: usize = 320 << 20;

/// Functions; `None` where they are too many to be told apart.
type FewFunctions = Option<Arc<[FunctionId]>>;

/// What an ask leads to, and what that is made of.
type Expanded = (Arc<Expansion>, Option<Part>);

/// A function that stores to more places is taken as one that may store anywhere.
const MOST_EFFECTS: usize = 100;

/// Files by folder, with their numbers.
type Folders = BTreeMap<String, BTreeMap<TreePath, u32>>;

/// A tree, and what has been found out about it.
pub struct WholeTree {
    corpus: Asked,
    vocabulary: Vocabulary,
    no_return: NoReturn,
    prototypes: Memo<String, Option<Arc<Prototype>>>,
    variables: Memo<(u32, Arc<str>), Option<Arc<Declared>>>,
    files: usize,
    /// Files that were read not long ago.
    read: Mutex<Kept<u32, Arc<SourceFile>>>,
    /// Other versions of files, numbered on from the tree's.
    versions: RwLock<Vec<Arc<SourceFile>>>,
    lookups: Lookups,
    layouts: Memo<TextPlace, Option<Arc<RecordMembers>>>,
    defined: Memo<String, Arc<[FunctionId]>>,
    macros: Memo<String, bool>,
    callers: Memo<FunctionId, Arc<Callers>>,
    pointer_calls: Memo<Hop, Arc<[CallSite]>>,
    pointer_targets: Memo<Hop, FewFunctions>,
    storing: Memo<(Hop, bool), FewFunctions>,
    storing_in: Memo<(u32, Hop, bool), Arc<[FunctionId]>>,
    macros_storing: Memo<Hop, Option<String>>,
    macro_stores: Memo<(), Arc<[MacroStore]>>,
    seeing: Memo<RecordKey, Arc<[u32]>>,
    punned: Memo<(Hop, FunctionId), bool>,
    summaries: Memo<FunctionId, Option<Arc<Summary>>>,
    solved: SolvedFunctions,
    graph: Mutex<FxHashMap<Ask, Arc<OnceLock<Expanded>>>>,
    answers: Memo<Ask, Arc<Answer>>,
    touches: Memo<FunctionId, Arc<[Arc<Touch>]>>,
    folders: OnceLock<Folders>,
    quiet: Quiet,
    helpers: Helpers,
}

impl fmt::Debug for WholeTree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WholeTree").field("files", &self.files).finish_non_exhaustive()
    }
}

impl WholeTree {
    /// Takes a tree of `files` files.
    pub fn new(corpus: Box<dyn Corpus>, files: usize, vocabulary: Vocabulary) -> WholeTree {
        WholeTree {
            corpus: Asked::new(corpus, Trail::default()),
            no_return: vocabulary.no_return(),
            vocabulary,
            prototypes: Default::default(),
            variables: Default::default(),
            files,
            read: Mutex::new(Kept::new(ROOM)),
            versions: RwLock::default(),
            lookups: Default::default(),
            layouts: Default::default(),
            defined: Default::default(),
            macros: Default::default(),
            callers: Default::default(),
            pointer_calls: Default::default(),
            pointer_targets: Default::default(),
            storing: Default::default(),
            storing_in: Default::default(),
            macros_storing: Default::default(),
            macro_stores: Default::default(),
            seeing: Default::default(),
            punned: Default::default(),
            summaries: Default::default(),
            solved: SolvedFunctions::default(),
            graph: Mutex::default(),
            answers: Default::default(),
            touches: Default::default(),
            folders: OnceLock::new(),
            quiet: Quiet::default(),
            helpers: Default::default(),
        }
    }

    /// Finds out what of the vocabulary is for this tree; before anything else is asked.
    ///
    /// Errors: none of it is.
    pub fn settle(&mut self) -> Result<(), NoVariant> {
        let mut vocabulary = self.vocabulary.clone();
        vocabulary.settle(&|name| Some(self.prototype(name)?.params.len()))?;
        self.vocabulary = vocabulary;
        Ok(())
    }

    /// Remembers from now on what answers are made of, on top of what an earlier run left.
    pub fn remember(&mut self, earlier: Parts) {
        self.corpus.trail = Trail::on_top_of(earlier);
    }

    /// The tree's text and index.
    pub fn corpus(&self) -> &dyn Corpus {
        self.corpus.plain()
    }

    /// What the answers so far are made of. Nothing is remembered from now on.
    pub fn take_parts(&self) -> Parts {
        self.corpus.trail.take()
    }

    /// What `work` gives, and what that is made of, if it is remembered.
    pub fn follow<R>(&self, work: impl FnOnce() -> R) -> (R, Option<Part>) {
        self.corpus.trail.follow(work)
    }

    /// The vocabulary.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Adds another version of a file, as it is while it is edited; its number.
    pub fn add_version(&self, file: LexedFile) -> u32 {
        let mut versions = self.versions.write().expect("no panic");
        let number = (self.files + versions.len()) as u32;
        versions.push(Arc::new(SourceFile::new(number, file)));
        number
    }

    /// The adder sites of the function that item `item` of file `file` defines, in source order.
    pub fn sites(&self, file: u32, item: usize) -> Vec<Site> {
        let id = FunctionId { file, item: item as u32 };
        let found = self.solved(id, |engine, record, _| site::sites(engine, record.adders.clone()));
        found.unwrap_or_default()
    }

    /// A file. Whoever asks something of it notes that.
    fn file(&self, number: u32) -> Option<Arc<SourceFile>> {
        self.file_where(number, |_| true)
    }

    /// A file's text.
    fn bytes(&self, number: u32) -> Option<Vec<u8>> {
        if number as usize >= self.files {
            return Some(self.file(number)?.lexed.bytes.to_vec());
        }
        self.corpus.plain().bytes(number)
    }

    /// The file, if its text passes `wanted`: what does not is not lexed.
    fn file_where(&self, number: u32, wanted: impl Fn(&[u8]) -> bool) -> Option<Arc<SourceFile>> {
        if let Some(version) = (number as usize).checked_sub(self.files) {
            let versions = self.versions.read().expect("no panic");
            let file = versions.get(version).cloned();
            return file.filter(|file| wanted(&file.lexed.bytes));
        }
        let known = self.read.lock().expect("no panic").get(number).cloned();
        if let Some(known) = known {
            return wanted(&known.lexed.bytes).then_some(known);
        }
        let bytes = self.corpus.plain().bytes(number)?;
        if !wanted(&bytes) {
            return None;
        }
        let file = Arc::new(SourceFile::new(number, LexedFile::new(self.path(number), bytes)));
        let mut read = self.read.lock().expect("no panic");
        // Another thread may have been faster.
        if let Some(earlier) = read.get(number) {
            return Some(earlier.clone());
        }
        let old = read.put(number, file.clone(), file.heap_size());
        drop(read);
        drop(old);
        Some(file)
    }

    fn path(&self, number: u32) -> TreePath {
        if (number as usize) < self.files {
            return self.corpus.path(number);
        }
        self.file(number).expect("a version that was added").lexed.path.clone()
    }

    /// The tree's files by folder and path.
    fn folders(&self) -> &Folders {
        let all = || {
            let mut folders = Folders::new();
            for number in 0..self.files as u32 {
                let path = self.corpus.path(number);
                folders.entry(path.folder().to_owned()).or_default().insert(path, number);
            }
            folders
        };
        self.folders.get_or_init(all)
    }

    /// The file that another version was made of; a file that is no version, or a version of none, is itself.
    fn on_disk(&self, number: u32) -> u32 {
        match (number as usize) < self.files {
            true => number,
            false => self.number_of(&self.path(number)).unwrap_or(number),
        }
    }

    fn number_of(&self, path: &TreePath) -> Option<u32> {
        self.folders().get(path.folder())?.get(path).copied()
    }

    pub(super) fn function(&self, id: FunctionId) -> Option<Arc<Function>> {
        self.function_in(&*self.file(id.file)?, id.item)
    }

    fn function_in(&self, file: &SourceFile, item: u32) -> Option<Arc<Function>> {
        self.note_item(file, item);
        file.function(item, &self.no_return)
    }

    /// The structs that the member accesses of a function are on.
    fn members(&self, function: &Arc<Function>, file: Arc<SourceFile>) -> Arc<Members> {
        let view = View { tree: self, file };
        let trail = &self.corpus.trail;
        let find = || trail.follow(|| Arc::new(view.member_infos(function)));
        let (members, part) = function.members.get_or_init(find);
        trail.note(*part);
        members.clone()
    }

    /// The member that holds the pointer to the function that is called.
    fn called_member(&self, function: &Function, members: &Members, callee: NodeId) -> Option<Hop> {
        let ast = function.ast();
        let mut callee = ast.strip_parens(callee);
        if let Kind::Unary { op: UnaryOp::Deref, operand } = ast.kind(callee) {
            callee = ast.strip_parens(operand);
        }
        let info = members.get(&callee)?;
        Some(Hop { record: info.record.clone(), member: info.name.clone()? })
    }
}

impl Environment for View<'_> {
    fn prototype(&self, name: &str) -> Option<Arc<Prototype>> {
        let own = self.tree.functions_of(&self.file, name).first();
        match own.and_then(|&item| self.tree.function_in(&self.file, item)) {
            Some(function) => {
                let ast = function.ast();
                super::scope::prototype(ast, &self.file.lexed, ast.root())
                    .map(|(_, prototype)| Arc::new(prototype))
            }
            None => self.tree.prototype(name),
        }
    }

    fn assigned_by_macro(&self, name: &str) -> Vec<usize> {
        self.tree.assigned_by_macro(&self.file, name)
    }

    fn declares(&self, name: &str) -> bool {
        !self.tree.functions_of(&self.file, name).is_empty() || self.tree.prototype(name).is_some()
    }

    fn variable(&self, name: &str) -> Option<FileVariable> {
        self.tree.variable(&self.file, name).map(|variable| variable.known.clone())
    }

    fn summary(&self, name: &str) -> Option<Arc<Summary>> {
        let [item] = self.tree.functions_of(&self.file, name) else { return None };
        if !self.tree.is_summarised(&self.file, *item) {
            return None;
        }
        let id = FunctionId { file: self.file.number, item: *item };
        let find = || {
            self.tree
                .solved(id, |engine: &mut Engine<'_>, record, _| Arc::new(engine.summarise(record)))
                .filter(|summary| summary.effects.len() + summary.writes.len() <= MOST_EFFECTS)
        };
        self.tree.summaries.get(&self.tree.corpus.trail, &id, find)
    }

    fn flag(&self, function: FunctionId, site: NodeId, origin: &Origin) -> Option<Condition> {
        self.tree.flag(function, site, origin)
    }

    fn incoming(&self, ask: &Ask) -> Option<Arc<Answer>> {
        Some(self.tree.answer(ask))
    }
}
