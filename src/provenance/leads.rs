//! From an atom to what is still to be asked: the border between one function's analysis and the tree's.
//!
//! In: a value after [`Engine::run`]. Out: [`Lead`]s, each a known origin or an [`Ask`], with the steps that
//! the page took in this function. Here cells become places that other functions can name: a path from a
//! parameter, from the result of a call, from an argument of a call; and beside it the member of a struct.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ask::{Ask, Calls, HeapKey, Hop, RecordKey};
use super::engine::{CallEvent, Context, Engine, Record, Step};
use super::environment::{AccessPath, PathStep, Root};
use super::evaluate::{Frame, Places};
use super::memory::{CellId, Object, State};
use super::origin::{Origin, OriginKind, TraceStep};
use super::value::{Atom, OriginId, StepId, Value};
use crate::ast::{Kind, NodeId};
use crate::cfg::PointKind;

/// How many pointers behind a member are still told by the member.
const MOST_FOLLOWS: u8 = 2;

/// Of a cell that is no member, more calls that may have stored there are not gone through.
const MOST_LOST: usize = 4;

/// Where an atom leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Target {
    /// To an origin.
    Known(Arc<Origin>),
    /// To a question.
    Open(Ask),
}

/// Where an atom leads, and the steps from there to where the value is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lead {
    pub(super) steps: Vec<TraceStep>,
    pub(super) target: Target,
}

/// Where the way to a cell starts.
enum Start {
    Entry(Root),
    Result(NodeId),
    After(NodeId, CellId),
    Beyond(OriginId),
}

/// What a path is followed from.
pub(super) enum From {
    /// A value.
    Value(Value),
    /// A place, whose value the first step may follow.
    Place(CellId),
}

impl Engine<'_> {
    /// Where the atoms of `value` lead, for a function that was entered through `calls`.
    pub(super) fn leads(&mut self, value: &Value, calls: &Calls) -> Vec<Lead> {
        let mut out = Vec::new();
        for (atom, step) in value.iter() {
            let targets = match atom {
                Atom::Lost(cell) if !self.is_read_back(cell) => self.lost(atom, cell, calls),
                _ => self.target(atom, step, calls).into_iter().collect(),
            };
            let lead = |target| Lead { target, steps: self.trace(step) };
            out.extend(targets.into_iter().map(lead));
        }
        out
    }

    /// What more calls than are told apart may have left in a cell: what is stored in its member, or what any call
    /// left that it can be reached from.
    fn lost(&mut self, atom: Atom, cell: CellId, calls: &Calls) -> Vec<Target> {
        let function = self.context.id;
        if let Some(member) = self.heap_key(cell) {
            return vec![Target::Open(Ask::Within { member, function, calls: calls.clone() })];
        }
        let Context { ast, cfg, .. } = self.context;
        let is_statement = |point| {
            matches!(cfg.kind(point), PointKind::Opaque | PointKind::Asm | PointKind::IteratorHead)
        };
        let is_opaque = |id| matches!(ast.kind(id), Kind::Opaque);
        if cfg.points().any(is_statement) || ast.descendants(ast.root()).any(is_opaque) {
            return vec![self.not_known(atom, None)];
        }
        let mut out = Vec::new();
        for event in self.calls.clone().iter() {
            if self.way_from_arguments(event.node, cell).is_some() {
                out.extend(self.ask_after(event.node, cell, Vec::new(), None, calls));
            }
            if out.len() > MOST_LOST {
                break;
            }
        }
        if out.is_empty() || out.len() > MOST_LOST {
            return vec![self.not_known(atom, None)];
        }
        out
    }

    fn target(&mut self, atom: Atom, step: StepId, calls: &Calls) -> Option<Target> {
        let known = |origin: Origin| Some(Target::Known(Arc::new(origin)));
        match atom {
            Atom::Null => None,
            Atom::Origin(id) => Some(self.origin_target(id, calls)),
            Atom::Initial(cell) if self.memory.starts_empty(cell) => None,
            Atom::Initial(cell) | Atom::Written(_, cell) | Atom::Lost(cell)
                if self.is_read_back(cell) =>
            {
                known(Origin { kind: OriginKind::ReadBack, ..self.unknown(atom, None) })
            }
            Atom::Initial(cell) => {
                Some(self.ask_initial(cell, calls).unwrap_or_else(|| self.not_known(atom, None)))
            }
            Atom::Called(node) => {
                let ask = self.ask_result(node, Vec::new(), None, calls);
                Some(ask.unwrap_or_else(|| self.not_known(atom, Some(node))))
            }
            Atom::Written(node, cell) => {
                let heap = self.heap_key(cell);
                let ask = self.ask_after(node, cell, Vec::new(), heap, calls);
                Some(ask.unwrap_or_else(|| self.not_known(atom, Some(node))))
            }
            Atom::Address(cell) => match self.page_inside(cell) {
                Some(value) => {
                    // One folio, one page: only the first of several is told, and they are told by their kinds.
                    let first = value.iter().next();
                    first.and_then(|(atom, _)| self.target(atom, step, calls))
                }
                None => Some(self.not_known(atom, self.node_of(step))),
            },
            Atom::Number | Atom::Lost(_) => Some(self.not_known(atom, self.node_of(step))),
        }
    }

    fn node_of(&self, step: StepId) -> Option<NodeId> {
        match self.step_data(step) {
            Step::At(node, ..) => Some(*node),
            Step::Start | Step::Elsewhere(..) => None,
        }
    }

    fn not_known(&self, atom: Atom, node: Option<NodeId>) -> Target {
        Target::Known(Arc::new(self.unknown(atom, node)))
    }

    fn origin_target(&self, id: OriginId, calls: &Calls) -> Target {
        let origin = self.origin_of(id);
        match &origin.kind {
            OriginKind::Pending(ask) => Target::Open(Ask::clone(ask).entered(calls)),
            _ => Target::Known(origin.clone()),
        }
    }

    /// `&folio->page` is the folio's page: what the pointer to the folio is.
    fn page_inside(&mut self, cell: CellId) -> Option<Value> {
        let path = &self.memory.cell(cell).path;
        let [.., last] = path[..] else { return None };
        let name = self.memory.text(last).to_owned();
        let around = self.memory.above(cell, last)?;
        let record = self.record_of(around)?;
        if !self.context.vocabulary.is_page_member(&record.tag, &name) {
            return None;
        }
        match self.memory.object_of(around) {
            Object::Behind(pointer) => Some(Value::of(Atom::Initial(pointer), Engine::START)),
            Object::Result(node) => Some(Value::of(Atom::Called(node), Engine::START)),
            Object::After(node, of) => Some(Value::of(Atom::Written(node, of), Engine::START)),
            _ => None,
        }
    }

    fn is_read_back(&self, cell: CellId) -> bool {
        let path = &self.memory.cell(cell).path;
        let last = path.last().map(|&name| self.memory.text(name));
        last.is_some_and(|name| self.context.vocabulary.is_read_back_member(name))
    }

    fn ask_initial(&mut self, cell: CellId, calls: &Calls) -> Option<Target> {
        let heap = self.heap_key(cell);
        let calls = calls.clone();
        let function = self.context.id;
        match self.place(cell) {
            Some((Start::Entry(Root::Global(_)), _)) if heap.is_some() => {
                heap.map(|heap| Target::Open(Ask::Heap(heap)))
            }
            Some((Start::Entry(root), steps)) => {
                let path = AccessPath { root, steps };
                Some(Target::Open(Ask::Entry { function, path, heap, calls, level: 0 }))
            }
            Some((Start::Result(node), steps)) => self.ask_result(node, steps, heap, &calls),
            Some((Start::After(node, of), steps)) => self.ask_after(node, of, steps, heap, &calls),
            Some((Start::Beyond(id), steps)) => {
                let OriginKind::Pending(ask) = &self.origin_of(id).kind else { return None };
                let further = further(ask, steps, heap)?;
                Some(Target::Open(further.entered(&calls)))
            }
            None => heap.map(|heap| Target::Open(Ask::Heap(heap))),
        }
    }

    fn ask_result(
        &mut self,
        call: NodeId,
        steps: Vec<PathStep>,
        heap: Option<HeapKey>,
        calls: &Calls,
    ) -> Option<Target> {
        let function = self.context.id;
        let is_call = self.calls.iter().any(|event| event.node == call);
        match (is_call, heap) {
            (true, heap) => {
                let calls = calls.clone();
                Some(Target::Open(Ask::Result { function, call, steps, heap, calls }))
            }
            (false, Some(heap)) => Some(Target::Open(Ask::Heap(heap))),
            (false, None) => None,
        }
    }

    fn ask_after(
        &mut self,
        call: NodeId,
        cell: CellId,
        rest: Vec<PathStep>,
        heap: Option<HeapKey>,
        calls: &Calls,
    ) -> Option<Target> {
        let function = self.context.id;
        let Some((argument, mut steps)) = self.way_from_arguments(call, cell) else {
            let calls = calls.clone();
            return heap.map(|member| Target::Open(Ask::Within { member, function, calls }));
        };
        steps.extend(rest);
        let calls = calls.clone();
        Some(Target::Open(Ask::After { function, call, argument, steps, heap, calls }))
    }

    /// The member that a cell is, as far as types are known.
    pub(super) fn heap_key(&self, cell: CellId) -> Option<HeapKey> {
        let mut follows = 0;
        let mut cell = cell;
        while self.memory.cell(cell).path.is_empty() {
            match self.memory.object_of(cell) {
                Object::Behind(pointer) | Object::After(_, pointer) => cell = pointer,
                _ => {
                    let hops = vec![self.variable_hop(cell)?];
                    return Some(HeapKey { hops, follows });
                }
            }
            follows += 1;
            if follows > MOST_FOLLOWS {
                return None;
            }
        }
        let mut hops: Vec<Hop> = Vec::new();
        let mut inner = cell;
        for outer in self.memory.outward(cell).skip(1) {
            let member = *self.memory.cell(inner).path.last().expect("it lies in `outer`");
            let Some(record) = self.record_of(outer) else { break };
            hops.push(Hop { record: record.clone(), member: self.memory.text(member).into() });
            inner = outer;
        }
        if self.memory.cell(inner).path.is_empty() {
            hops.extend(self.around.get(&inner).cloned().or_else(|| self.variable_hop(inner)));
        }
        hops.reverse();
        (!hops.is_empty()).then_some(HeapKey { hops, follows })
    }

    /// The way to a cell from where another function can start.
    fn place(&self, cell: CellId) -> Option<(Start, Vec<PathStep>)> {
        let (start, mut steps) = match self.memory.object_of(cell) {
            Object::Parameter(variable) => {
                let index = self.context.scope.data(variable).parameter?;
                (Start::Entry(Root::Parameter(index)), Vec::new())
            }
            Object::Global(name) => {
                (Start::Entry(Root::Global(self.memory.text(name).to_owned())), Vec::new())
            }
            Object::Behind(pointer) => {
                let (start, mut steps) = self.place(pointer)?;
                steps.push(PathStep::Follow);
                (start, steps)
            }
            Object::Result(node) => (Start::Result(node), vec![PathStep::Follow]),
            Object::After(node, of) => (Start::After(node, of), vec![PathStep::Follow]),
            Object::Beyond(id) => (Start::Beyond(id), vec![PathStep::Follow]),
            Object::Fresh(_) | Object::Local(_) | Object::Literal(_) | Object::Somewhere => {
                return None;
            }
        };
        steps.extend(self.member_steps(cell));
        Some((start, steps))
    }

    /// The steps from the object that a cell is in to the cell.
    pub(super) fn member_steps(&self, cell: CellId) -> Vec<PathStep> {
        let cells: Vec<CellId> = self.memory.outward(cell).collect();
        let step = |pair: &[CellId]| {
            let &[inner, outer] = pair else { unreachable!("windows of two") };
            self.member_step(inner, outer)
        };
        cells.windows(2).rev().map(step).collect()
    }

    fn member_step(&self, inner: CellId, outer: CellId) -> PathStep {
        let name = *self.memory.cell(inner).path.last().expect("it lies in `outer`");
        PathStep::Member(self.memory.text(name).to_owned(), self.record_of(outer).cloned())
    }

    /// The struct that a cell is, as this function or who asks about it knows.
    fn record_of(&self, cell: CellId) -> Option<&RecordKey> {
        self.records.get(&cell).or_else(|| self.lent_records.get(&cell))
    }

    /// The argument of a call that leads to `cell`, and the way from its value.
    fn way_from_arguments(&mut self, call: NodeId, cell: CellId) -> Option<(usize, Vec<PathStep>)> {
        let calls = self.calls.clone();
        let event = calls.iter().find(|event| event.node == call)?;
        let mut seen: Vec<CellId> = Vec::new();
        let mut work: Vec<(CellId, usize, Vec<PathStep>)> = Vec::new();
        for (index, value) in event.values.iter().enumerate() {
            let targets = self.memory.targets(value);
            work.extend(targets.into_iter().map(|target| (target, index, vec![PathStep::Follow])));
        }
        let mut next = 0;
        while let Some((start, index, steps)) = work.get(next).cloned() {
            next += 1;
            if seen.contains(&start) || seen.len() > 64 {
                continue;
            }
            seen.push(start);
            if let Some(rest) = self.way_below(start, cell) {
                return Some((index, [steps, rest].concat()));
            }
            let stored: Vec<(CellId, Value)> =
                (event.state.stored_cells()).map(|(id, value)| (id, value.clone())).collect();
            for (id, value) in stored {
                let Some(rest) = self.way_below(start, id) else { continue };
                for target in self.memory.targets(&value) {
                    let way = [&steps[..], &rest[..], &[PathStep::Follow]].concat();
                    work.push((target, index, way));
                }
            }
        }
        None
    }

    /// The way from `start` to `cell` through members and the pointers that were there on entry.
    fn way_below(&self, start: CellId, cell: CellId) -> Option<Vec<PathStep>> {
        let mut back: Vec<PathStep> = Vec::new();
        let mut at = cell;
        loop {
            let cells: Vec<CellId> = self.memory.outward(at).collect();
            for (index, &inner) in cells.iter().enumerate() {
                if inner == start {
                    back.reverse();
                    return Some(back);
                }
                if let Some(&outer) = cells.get(index + 1) {
                    back.push(self.member_step(inner, outer));
                }
            }
            match self.memory.object_of(at) {
                Object::Behind(pointer) => {
                    back.push(PathStep::Follow);
                    at = pointer;
                }
                _ => return None,
            }
        }
    }

    /// What is found from `value` on at the end of `steps`, in `state`.
    pub(super) fn follow(&mut self, from: From, steps: &[PathStep], state: &State) -> Value {
        let mut state = state.clone();
        let frame = Frame { state: &mut state, point: crate::cfg::Cfg::EXIT };
        let (mut value, mut places) = match from {
            From::Value(value) => (value, None),
            From::Place(place) => (Value::default(), Some(Places::from_slice(&[place]))),
        };
        for step in steps {
            match step {
                PathStep::Follow => {
                    let mut elements = Places::new();
                    if let Some(places) = &places {
                        value = self.load(places, &frame);
                        elements = self.elements_of(places, frame.state);
                    }
                    let mut targets = self.memory.targets(&value);
                    elements.retain(|cell| !targets.contains(cell));
                    targets.extend(elements);
                    places = Some(targets);
                }
                PathStep::Member(name, record) => {
                    let name = self.memory.name(name);
                    let bases = places.unwrap_or_else(|| self.memory.targets(&value));
                    if let Some(record) = record {
                        for &base in &bases {
                            self.lent_records.entry(base).or_insert_with(|| record.clone());
                        }
                    }
                    places = Some(bases.iter().map(|&b| self.memory.below(b, &[name])).collect());
                }
            }
        }
        match places {
            Some(places) if places.is_empty() => Value::default(),
            Some(places) => self.load(&places, &frame),
            None => value,
        }
    }

    /// The elements of members that are arrays, whatever was stored in the struct around them.
    fn elements_of(&mut self, places: &[CellId], state: &State) -> Places {
        let elements: Places =
            places.iter().map(|&place| self.memory.whole(Object::Behind(place))).collect();
        let is_stored = |cell: CellId| {
            state.stored_cells().any(|(stored, _)| self.memory.is_below(stored, cell))
        };
        elements.into_iter().filter(|&cell| is_stored(cell)).collect()
    }

    /// Where what lies behind the stored pointer `value` leads, at any time in this function: what is at the end
    /// of `steps` when it is left, and all that was stored there on the way.
    pub(super) fn behind(
        &mut self,
        value: &Value,
        steps: &[PathStep],
        record: &Record,
        calls: &Calls,
    ) -> Vec<Lead> {
        let exit = record.exit.clone().unwrap_or_default();
        let mut found = self.follow(From::Value(value.clone()), steps, &exit);
        let mut places = self.memory.targets(value);
        for _ in 1..steps.len() {
            let mut next = Places::new();
            for &place in &places {
                let held = exit.load(&mut self.memory, place, Engine::START);
                next.extend(self.memory.targets(&held));
            }
            places = next;
        }
        for event in record.stores.iter().filter(|event| places.contains(&event.cell)) {
            found.join(&event.value);
        }
        self.leads(&found, calls)
    }

    /// What `path` holds where the call `event` enters its callee.
    pub(super) fn at_call(&mut self, event: &CallEvent, path: &AccessPath) -> Option<Value> {
        let start = match &path.root {
            Root::Parameter(index) => From::Value(event.values.get(*index)?.clone()),
            Root::Global(name) => self.global(name),
            Root::Made => return None,
        };
        Some(self.follow(start, &path.steps, &event.state))
    }

    /// What `path`, from a parameter on, holds when the function is left.
    pub(super) fn at_exit(&mut self, path: &AccessPath, exit: &State) -> Option<Value> {
        let start = match &path.root {
            Root::Parameter(index) => {
                let variable = self.context.scope.parameter(*index)?;
                let cell = self.variable_cell(variable);
                From::Value(Value::of(Atom::Initial(cell), Engine::START))
            }
            Root::Global(name) => self.global(name),
            Root::Made => return None,
        };
        Some(self.follow(start, &path.steps, exit))
    }

    fn global(&mut self, name: &str) -> From {
        From::Place(self.file_variable(name))
    }
}

/// `ask`, and from what it gives on along `steps`; `None` where that is too far to be told by a member.
fn further(ask: &Ask, more: Vec<PathStep>, member: Option<HeapKey>) -> Option<Ask> {
    let mut ask = ask.clone();
    match &mut ask {
        Ask::Entry { path: AccessPath { steps, .. }, heap, .. }
        | Ask::Result { steps, heap, .. }
        | Ask::After { steps, heap, .. } => {
            steps.extend(more);
            *heap = member;
        }
        Ask::Heap(key) | Ask::Within { member: key, .. } => match member {
            Some(member) => *key = member,
            None => {
                key.follows += more.iter().filter(|s| **s == PathStep::Follow).count() as u8;
                if key.follows > MOST_FOLLOWS {
                    return None;
                }
            }
        },
    }
    Some(ask)
}
