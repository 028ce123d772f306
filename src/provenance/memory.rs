//! Memory: objects, cells, and what is known of their contents at a point.
//!
//! An *object* is a variable, something behind a pointer, or what a call gave. A *cell* is an object and a
//! path of members; all elements of an array are one cell. Memory that the function did not make is not
//! enumerated: what a pointer held on entry leads to one object of its own, made on first use
//! (Khedker, Sanyal, Karkare, "Data Flow Analysis", on lazy initialisation). Two different access paths are
//! taken to be two objects; that is the one assumption about aliases.
//!
//! Invariant: a [`State`] has a value for a cell only if the function may have stored there; for all
//! others [`State::load`] says what they held from the start.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::scope::Variable;
use super::shared::{Numbered, SharedMap};
use super::value::{Atom, OriginId, StepId, Value};
use crate::ast::NodeId;

/// Beyond this many pointers in a row an object is not told apart from others.
const MAX_DEPTH: usize = 6;

/// With more cells than these, fewer pointers in a row are told apart.
const MOST_CELLS: usize = 1_000;

/// Fewer pointers in a row than these are always told apart.
const MIN_DEPTH: usize = 1;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ObjectId(u32);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct CellId(u32);

impl Numbered for CellId {
    fn number(self) -> usize {
        self.0 as usize
    }
}

/// An interned name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name(u32);

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Object {
    /// A variable that holds nothing when the function is entered.
    Local(Variable),
    /// A parameter, or a variable that keeps its value between calls.
    Parameter(Variable),
    /// A name that is no variable of the function.
    Global(Name),
    /// What the pointer in the cell pointed to on entry.
    Behind(CellId),
    /// What a call gave.
    Result(NodeId),
    /// What the pointer that a call may have left in the cell points to.
    After(NodeId, CellId),
    /// What a pointer from another function points to.
    Beyond(OriginId),
    /// What an allocator gave: it holds nothing.
    Fresh(NodeId),
    /// A compound literal.
    Literal(NodeId),
    /// The page of an origin, and all that is too far away.
    Somewhere,
}

pub(super) type Path = SmallVec<[Name; 4]>;

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Cell {
    pub(super) object: ObjectId,
    pub(super) path: Path,
}

/// What is asked of a cell again and again, worked out once.
#[derive(Clone, Copy, Debug)]
struct CellFacts {
    /// The cell around it; `None` for a whole object.
    around: Option<CellId>,
    /// How many pointers lead to its object.
    depth: u8,
    /// The object at the start of the chain of pointers.
    root: Object,
}

/// The objects, cells and names of one analysis.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    /// How many pointers in a row are told apart.
    max_depth: usize,
    objects: Vec<Object>,
    object_ids: FxHashMap<Object, ObjectId>,
    cells: Vec<Cell>,
    facts: Vec<CellFacts>,
    cell_ids: FxHashMap<Cell, CellId>,
    names: Vec<String>,
    name_ids: FxHashMap<String, Name>,
    /// Cells that stand for more than one place: elements of arrays, objects made in loops.
    smeared: FxHashSet<CellId>,
    /// The cells that share a cell's memory: other members of a union.
    siblings: FxHashMap<CellId, Vec<CellId>>,
    /// Origins that are pointers from other functions, still to be asked for.
    pub(super) pending: FxHashSet<OriginId>,
}

impl Default for Memory {
    fn default() -> Memory {
        Memory {
            max_depth: MAX_DEPTH,
            objects: Vec::new(),
            object_ids: FxHashMap::default(),
            cells: Vec::new(),
            facts: Vec::new(),
            cell_ids: FxHashMap::default(),
            names: Vec::new(),
            name_ids: FxHashMap::default(),
            smeared: FxHashSet::default(),
            siblings: FxHashMap::default(),
            pending: FxHashSet::default(),
        }
    }
}

impl Memory {
    /// Whether so many places are told apart that the function takes too long to solve.
    pub(super) fn is_too_fine(&self) -> bool {
        self.cells.len() > MOST_CELLS && self.max_depth > MIN_DEPTH
    }

    /// How many pointers in a row are told apart.
    pub(super) fn max_depth(&self) -> usize {
        self.max_depth
    }

    /// A memory in which fewer places are told apart.
    pub(super) fn with_max_depth(max_depth: usize) -> Memory {
        Memory { max_depth, ..Memory::default() }
    }

    pub(super) fn name(&mut self, text: &str) -> Name {
        if let Some(&name) = self.name_ids.get(text) {
            return name;
        }
        let name = Name(self.names.len() as u32);
        self.names.push(text.to_owned());
        self.name_ids.insert(text.to_owned(), name);
        name
    }

    pub(super) fn text(&self, name: Name) -> &str {
        &self.names[name.0 as usize]
    }

    pub(super) fn object(&mut self, object: Object) -> ObjectId {
        let object = match object {
            Object::Behind(cell) | Object::After(_, cell) if self.depth(cell) >= self.max_depth => {
                Object::Somewhere
            }
            Object::Behind(cell) => match self.same_link(cell) {
                Some(object) => return object,
                None => object,
            },
            object => object,
        };
        *self.object_ids.entry(object).or_insert_with(|| {
            self.objects.push(object);
            ObjectId(self.objects.len() as u32 - 1)
        })
    }

    /// For `p->next->next` the object behind `p->next`: the members of a list or a tree are not told apart.
    fn same_link(&mut self, pointer: CellId) -> Option<ObjectId> {
        let member = *self.cell(pointer).path.last()?;
        let mut inner = pointer;
        while let Object::Behind(outer) = self.object_of(inner) {
            if self.cell(outer).path.last() == Some(&member) {
                let object = self.cell(inner).object;
                let whole = self.intern(Cell { object, path: Path::new() });
                self.smear(whole);
                return Some(object);
            }
            inner = outer;
        }
        None
    }

    pub(super) fn object_of(&self, cell: CellId) -> Object {
        self.objects[self.cell(cell).object.0 as usize]
    }

    pub(super) fn cell(&self, cell: CellId) -> &Cell {
        &self.cells[cell.0 as usize]
    }

    fn intern(&mut self, cell: Cell) -> CellId {
        if let Some(&id) = self.cell_ids.get(&cell) {
            return id;
        }
        let around = (!cell.path.is_empty()).then(|| {
            let mut around = cell.clone();
            around.path.pop();
            self.intern(around)
        });
        let object = self.objects[cell.object.0 as usize];
        let (depth, root) = match object {
            Object::Behind(pointer) => {
                let facts = self.facts[pointer.0 as usize];
                (facts.depth + 1, facts.root)
            }
            Object::After(_, cell) => (self.facts[cell.0 as usize].depth + 1, object),
            object => (0, object),
        };
        let id = CellId(self.cells.len() as u32);
        self.cells.push(cell.clone());
        self.facts.push(CellFacts { around, depth, root });
        self.cell_ids.insert(cell, id);
        id
    }

    /// The cell that is all of `object`.
    pub(super) fn whole(&mut self, object: Object) -> CellId {
        let object = self.object(object);
        self.intern(Cell { object, path: Path::new() })
    }

    /// The cell at `path` below `cell`.
    pub(super) fn below(&mut self, cell: CellId, path: &[Name]) -> CellId {
        let mut cell = self.cell(cell).clone();
        cell.path.extend_from_slice(path);
        if cell.path.len() > MAX_DEPTH {
            return self.whole(Object::Somewhere);
        }
        self.intern(cell)
    }

    /// The cell around `cell`, if `cell` is its member `name`.
    pub(super) fn above(&mut self, cell: CellId, name: Name) -> Option<CellId> {
        let mut cell = self.cell(cell).clone();
        (cell.path.pop()? == name).then(|| self.intern(cell))
    }

    fn depth(&self, cell: CellId) -> usize {
        usize::from(self.facts[cell.0 as usize].depth)
    }

    /// The object at the start of the chain of pointers that leads to `cell`.
    pub(super) fn root(&self, cell: CellId) -> Object {
        self.facts[cell.0 as usize].root
    }

    /// The cell and those around it, from the inside out.
    pub(super) fn outward(&self, cell: CellId) -> impl Iterator<Item = CellId> + '_ {
        std::iter::successors(Some(cell), |cell| self.facts[cell.0 as usize].around)
    }

    /// Whether the function made the memory, so that it holds nothing it did not store.
    pub(super) fn starts_empty(&self, cell: CellId) -> bool {
        match self.root(cell) {
            Object::Local(_) | Object::Fresh(_) | Object::Literal(_) => true,
            Object::Parameter(_)
            | Object::Global(_)
            | Object::Behind(_)
            | Object::Result(_)
            | Object::After(..)
            | Object::Beyond(_)
            | Object::Somewhere => false,
        }
    }

    /// Whether `cell` is `prefix` or a member of it.
    pub(super) fn is_below(&self, cell: CellId, prefix: CellId) -> bool {
        self.outward(cell).any(|around| around == prefix)
    }

    /// Whether `cell` can be come to from one of `starts` through members and pointers that were there on entry.
    fn is_reached(&self, mut cell: CellId, starts: &FxHashSet<CellId>) -> bool {
        loop {
            if self.outward(cell).any(|around| starts.contains(&around)) {
                return true;
            }
            match self.object_of(cell) {
                Object::Behind(pointer) => cell = pointer,
                _ => return false,
            }
        }
    }

    /// The cells that share the memory of `cell`.
    pub(super) fn siblings(&self, cell: CellId) -> &[CellId] {
        self.siblings.get(&cell).map_or(&[], Vec::as_slice)
    }

    /// Says which cells share the memory of `cell`, and so each other's.
    pub(super) fn set_siblings(&mut self, cell: CellId, siblings: Vec<CellId>) {
        for &one in &siblings {
            let others = siblings.iter().copied().filter(|&other| other != one);
            self.siblings.insert(one, others.chain([cell]).collect());
        }
        self.siblings.insert(cell, siblings);
    }

    /// Says that `cell` stands for many places.
    pub(super) fn smear(&mut self, cell: CellId) {
        self.smeared.insert(cell);
    }

    pub(super) fn cell_count(&self) -> usize {
        self.cells.len()
    }

    pub(super) fn smeared_count(&self) -> usize {
        self.smeared.len()
    }

    /// Whether a store to `cell` overwrites all that it stands for.
    pub(super) fn is_definite(&self, mut cell: CellId) -> bool {
        loop {
            if self.outward(cell).any(|around| self.smeared.contains(&around)) {
                return false;
            }
            match self.object_of(cell) {
                Object::Somewhere => return false,
                Object::Behind(pointer) => cell = pointer,
                _ => return true,
            }
        }
    }

    /// Where the pointers in `value` lead.
    pub(super) fn targets(&mut self, value: &Value) -> SmallVec<[CellId; 2]> {
        let mut out = SmallVec::new();
        for (atom, _) in value.iter() {
            let cell = match atom {
                Atom::Address(cell) => cell,
                Atom::Initial(cell) => self.whole(Object::Behind(cell)),
                Atom::Called(node) => self.whole(Object::Result(node)),
                // Behind what one call left, what further calls leave is not told apart: the number of places
                // would grow with the product of calls along a chain of pointers.
                Atom::Written(node, cell) => match self.root(cell) {
                    Object::After(..) => self.whole(Object::Behind(cell)),
                    _ => self.whole(Object::After(node, cell)),
                },
                Atom::Origin(id) if self.pending.contains(&id) => self.whole(Object::Beyond(id)),
                Atom::Lost(cell) => self.whole(Object::Behind(cell)),
                Atom::Origin(_) => self.whole(Object::Somewhere),
                Atom::Null | Atom::Number => continue,
            };
            if !out.contains(&cell) {
                out.push(cell);
            }
        }
        out
    }

    /// The text of an access path, for messages: `ttm->pages`.
    pub(super) fn describe(&self, cell: CellId, variable: &dyn Fn(Variable) -> String) -> String {
        let parts = self.cell(cell);
        let (mut text, arrow) = match self.objects[parts.object.0 as usize] {
            Object::Local(v) | Object::Parameter(v) => (variable(v), false),
            Object::Global(name) => (self.text(name).to_owned(), false),
            Object::Behind(pointer) => {
                let base = self.describe(pointer, variable);
                if parts.path.is_empty() {
                    return format!("{base}[]");
                }
                (base, true)
            }
            Object::Result(_)
            | Object::After(..)
            | Object::Beyond(_)
            | Object::Fresh(_)
            | Object::Literal(_)
            | Object::Somewhere => ("(…)".to_owned(), true),
        };
        for (index, &name) in parts.path.iter().enumerate() {
            text.push_str(if index == 0 && arrow { "->" } else { "." });
            text.push_str(self.text(name));
        }
        text
    }
}

/// The calls and opaque statements that may have written somewhere.
type Writers = SmallVec<[NodeId; 2]>;

/// What memory holds at a point.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct State {
    cells: Arc<SharedMap<CellId, Value>>,
    /// Cells that something unknown may have written, and all that can be reached from them.
    written: Arc<SharedMap<CellId, Writers>>,
}

impl State {
    /// What `cell` holds.
    pub(super) fn load(&self, memory: &mut Memory, cell: CellId, step: StepId) -> Value {
        match self.cells.get(cell) {
            Some(value) => value.clone(),
            None => self.start(memory, cell, step),
        }
    }

    /// What `cell` holds as nothing was stored to it alone.
    fn start(&self, memory: &mut Memory, cell: CellId, step: StepId) -> Value {
        let stored = memory
            .outward(cell)
            .skip(1)
            .enumerate()
            .find_map(|(up, around)| self.cells.get(around).map(|value| (up + 1, value)));
        if let Some((up, value)) = stored {
            let path = memory.cell(cell).path.clone();
            return project(memory, value, &path[path.len() - up..]);
        }
        let mut value = Value::of(Atom::Initial(cell), step);
        let mut reached = cell;
        loop {
            for around in memory.outward(reached) {
                for &by in self.written.get(around).into_iter().flatten() {
                    value.insert(Atom::Written(by, cell), step);
                }
            }
            match memory.object_of(reached) {
                Object::Behind(pointer) => reached = pointer,
                _ => return value,
            }
        }
    }

    /// Stores to one place: what was there is gone, members included.
    pub(super) fn overwrite(&mut self, memory: &Memory, cell: CellId, value: Value) {
        for &shared in memory.siblings(cell) {
            self.forget(memory, shared);
            Arc::make_mut(&mut self.cells).insert(shared, value.clone());
        }
        self.forget(memory, cell);
        Arc::make_mut(&mut self.cells).insert(cell, value);
    }

    /// Drops what is known of `cell` and its members, as at a declaration.
    pub(super) fn forget(&mut self, memory: &Memory, cell: CellId) {
        if self.cells.keys().any(|id| memory.is_below(id, cell)) {
            Arc::make_mut(&mut self.cells).retain(|id| !memory.is_below(id, cell));
        }
        if self.written.keys().any(|id| memory.is_below(id, cell)) {
            Arc::make_mut(&mut self.written).retain(|id| !memory.is_below(id, cell));
        }
    }

    /// Stores to a place that may be this one.
    pub(super) fn add(&mut self, memory: &mut Memory, cell: CellId, value: &Value, step: StepId) {
        if memory.object_of(cell) == Object::Somewhere {
            return;
        }
        for at in memory.siblings(cell).to_vec().into_iter().chain([cell]) {
            let mut new = self.load(memory, at, step);
            new.join(value);
            Arc::make_mut(&mut self.cells).insert(at, new);
        }
    }

    /// A cell as it is after all that was there from the start was overwritten.
    pub(super) fn fill(&mut self, memory: &Memory, cell: CellId, value: &Value) {
        if memory.object_of(cell) == Object::Somewhere {
            return;
        }
        for at in memory.siblings(cell).iter().copied().chain([cell]) {
            let mut new = self.cells.get(at).cloned().unwrap_or_default();
            new.retain(|atom| !matches!(atom, Atom::Initial(_)));
            new.join(value);
            Arc::make_mut(&mut self.cells).insert(at, new);
        }
    }

    /// Copies what lies below `from` to the same places below `to`.
    pub(super) fn copy_below(
        &mut self,
        memory: &mut Memory,
        from: CellId,
        to: CellId,
        definite: bool,
        step: StepId,
    ) {
        let len = memory.cell(from).path.len();
        let below: Vec<(CellId, Value)> = (self.cells.iter())
            .filter(|&(id, _)| id != from && memory.is_below(id, from))
            .map(|(id, value)| (id, value.clone()))
            .collect();
        for (id, value) in below {
            let path = memory.cell(id).path[len..].to_vec();
            let target = memory.below(to, &path);
            if definite {
                Arc::make_mut(&mut self.cells).insert(target, value);
            } else {
                self.add(memory, target, &value, step);
            }
        }
    }

    /// Something unknown may write all that can be reached from `starts`.
    pub(super) fn write_all(
        &mut self,
        memory: &mut Memory,
        starts: &[CellId],
        by: NodeId,
        step: StepId,
    ) {
        let mut found: FxHashSet<CellId> = FxHashSet::default();
        let shared = starts.iter().flat_map(|&start| memory.siblings(start));
        let mut new: Vec<CellId> = starts.iter().chain(shared).copied().collect();
        let mut rest: Vec<CellId> = self.cells.keys().collect();
        // All cells are gone through for all starts at once: a round finds what the starts of the last one lead to.
        loop {
            new.retain(|&start| {
                memory.object_of(start) != Object::Somewhere && found.insert(start)
            });
            let round: FxHashSet<CellId> = new.drain(..).collect();
            if round.is_empty() {
                return;
            }
            for &start in &round {
                self.note_written(start, by);
            }
            let mut reached: Vec<CellId> = Vec::new();
            rest.retain(|&id| {
                let is_reached = memory.is_reached(id, &round);
                if is_reached {
                    reached.push(id);
                }
                !is_reached
            });
            for id in reached {
                let value = self.cells.get(id).cloned().unwrap_or_default();
                self.mark(id, by, step);
                // What an earlier call left may be what was there before it, and that is gone through too.
                let targets = memory.targets(&value).into_iter();
                new.extend(targets.filter(|&t| !matches!(memory.object_of(t), Object::After(..))));
            }
        }
    }

    /// The members of a variable may have been written, and nothing beyond them.
    pub(super) fn write_all_members(
        &mut self,
        memory: &mut Memory,
        cell: CellId,
        by: NodeId,
        step: StepId,
    ) {
        self.note_written(cell, by);
        let members: Vec<CellId> =
            (self.cells.keys()).filter(|&id| id != cell && memory.is_below(id, cell)).collect();
        for id in members {
            self.mark(id, by, step);
        }
    }

    fn mark(&mut self, cell: CellId, by: NodeId, step: StepId) {
        let written = Value::of(Atom::Written(by, cell), step);
        if !self.cells.get(cell).is_some_and(|value| value.covers(&written)) {
            let cells = Arc::make_mut(&mut self.cells);
            cells.entry(cell).join(&written);
        }
    }

    fn note_written(&mut self, cell: CellId, by: NodeId) {
        if !self.written.get(cell).is_some_and(|writers| writers.contains(&by)) {
            Arc::make_mut(&mut self.written).entry(cell).push(by);
        }
    }

    /// Joins `other` into this; whether anything was new.
    pub(super) fn join(&mut self, memory: &mut Memory, other: &State, step: StepId) -> bool {
        let mut new: Vec<(CellId, Value)> = Vec::new();
        let mut same: Vec<usize> = Vec::new();
        if !Arc::ptr_eq(&self.cells, &other.cells) {
            for (number, own, theirs) in self.cells.differing(&other.cells) {
                if own == theirs {
                    same.push(number);
                } else {
                    self.join_block(memory, own, other, theirs, step, &mut new);
                }
            }
        }
        let mut written: Vec<(CellId, NodeId)> = Vec::new();
        if !Arc::ptr_eq(&self.written, &other.written) {
            for (_, _, theirs) in self.written.differing(&other.written) {
                for (cell, writers) in theirs {
                    let own = self.written.get(*cell);
                    let is_new = |by: &NodeId| !own.is_some_and(|own| own.contains(by));
                    written.extend(writers.iter().copied().filter(is_new).map(|by| (*cell, by)));
                }
            }
        }
        let grew = !new.is_empty() || !written.is_empty();
        if !new.is_empty() || !same.is_empty() {
            let cells = Arc::make_mut(&mut self.cells);
            for number in same {
                cells.share(number, &other.cells);
            }
            for (cell, value) in new {
                cells.insert(cell, value);
            }
        }
        for (cell, by) in written {
            self.note_written(cell, by);
        }
        grew
    }

    /// What joining one block of `other` adds.
    fn join_block(
        &self,
        memory: &mut Memory,
        own: &[(CellId, Value)],
        other: &State,
        theirs: &[(CellId, Value)],
        step: StepId,
        new: &mut Vec<(CellId, Value)>,
    ) {
        let (mut own, mut theirs) = (own.iter().peekable(), theirs.iter().peekable());
        loop {
            let from_start;
            let (cell, own, theirs) = match (own.peek().copied(), theirs.peek().copied()) {
                (Some((cell, value)), Some((other, their))) if cell == other => {
                    own.next();
                    theirs.next();
                    (*cell, value, their)
                }
                (Some((cell, value)), their) if their.is_none_or(|(other, _)| cell < other) => {
                    own.next();
                    from_start = other.start(memory, *cell, step);
                    (*cell, value, &from_start)
                }
                (_, Some((cell, their))) => {
                    theirs.next();
                    let mut joined = self.start(memory, *cell, step);
                    joined.join(their);
                    new.push((*cell, joined));
                    continue;
                }
                (_, None) => break,
            };
            if !own.covers(theirs) {
                let mut joined = own.clone();
                joined.join(theirs);
                new.push((cell, joined));
            }
        }
    }

    /// All stored cells.
    pub(super) fn stored_cells(&self) -> impl Iterator<Item = (CellId, &Value)> {
        self.cells.iter()
    }

    /// All cells that something unknown may have written through.
    pub(super) fn written_cells(&self) -> impl Iterator<Item = (CellId, NodeId)> + '_ {
        self.written.iter().flat_map(|(id, writers)| writers.iter().map(move |&by| (id, by)))
    }
}

/// What the member at `path` of a struct with this value holds.
fn project(memory: &mut Memory, value: &Value, path: &[Name]) -> Value {
    let mut out = Value::default();
    for (atom, step) in value.iter() {
        let atom = match atom {
            Atom::Initial(cell) => Atom::Initial(memory.below(cell, path)),
            Atom::Called(node) => {
                let whole = memory.whole(Object::Result(node));
                Atom::Initial(memory.below(whole, path))
            }
            Atom::Written(node, cell) => Atom::Written(node, memory.below(cell, path)),
            Atom::Lost(cell) => Atom::Lost(memory.below(cell, path)),
            Atom::Null | Atom::Number => atom,
            Atom::Origin(_) | Atom::Address(_) => Atom::Number,
        };
        out.insert(atom, step);
    }
    out
}
