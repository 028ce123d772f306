//! The solver: abstract interpretation of one function over its control flow graph.
//!
//! In: a function with its graph, the vocabulary, an environment. Out: what memory may hold before each
//! point, and a [`Record`] of what happened at the places that matter. A worklist in reverse post order;
//! states only grow, atoms are finite, so it ends. Where a cell turns out to stand for several places the
//! whole is solved again, since overwriting it was wrong.

use std::collections::BTreeSet;
use std::sync::Arc;

use bstr::ByteSlice;
use rustc_hash::FxHashMap;

use super::ask::{FunctionId, Hop, RecordKey};
use super::environment::Environment;
use super::memory::{CellId, Memory, Name, Object, State};
use super::origin::{Origin, Place, Role, TraceStep};
use super::reference::TouchEvent;
use super::scope::Scope;
use super::value::{Atom, OriginId, StepId, Value};
use super::vocabulary::Vocabulary;
use crate::ast::{Ast, NodeId};
use crate::cfg::{Cfg, Edge, Point, PointKind};
use crate::lex::LexedFile;

/// What types say of a member access, or of a macro that gives the struct around a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MemberInfo {
    /// The struct.
    pub(super) record: RecordKey,
    /// The member's name; `None` for a macro.
    pub(super) name: Option<Arc<str>>,
    /// Whether the member is an array.
    pub(super) is_array: bool,
    /// Whether a value of its type can be a page or lead to one.
    pub(super) matters: bool,
    /// The members of a union that share its memory and have its type.
    pub(super) siblings: Vec<Arc<str>>,
}

/// By the node of the member access or of the macro call.
pub(super) type Members = FxHashMap<NodeId, MemberInfo>;

/// One function and what is known around it.
#[derive(Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) ast: &'a Ast,
    pub(super) file: &'a LexedFile,
    pub(super) scope: &'a Scope,
    pub(super) cfg: &'a Cfg,
    /// Which function this is, for others.
    pub(super) id: FunctionId,
    /// The struct that each member access is on, where it is known.
    pub(super) members: &'a Members,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) environment: &'a dyn Environment,
}

impl Context<'_> {
    /// The text of a node on one line.
    pub(super) fn text(&self, id: NodeId) -> String {
        let text = self.file.range_text(self.ast.tokens(id)).to_str_lossy();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    pub(super) fn place(&self, id: NodeId) -> Place {
        Place {
            file: self.file.path.clone(),
            line: self.file.location(self.ast.tokens(id).start).line,
            function: self.scope.name.clone(),
        }
    }
}

/// A step of a witness: where, what, and the step before it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Step {
    /// Nothing happened yet.
    Start,
    /// Something at a node.
    At(NodeId, Role, StepId),
    /// Steps in another function, reached through a call.
    Elsewhere(Vec<TraceStep>, StepId),
}

/// How an adder is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum AdderShape {
    /// A call.
    Call,
    /// `bv->bv_page = page`
    Store,
    /// `{ .bv_page = page }`
    Initialiser,
}

/// A page on its way into an adder.
#[derive(Clone, Debug)]
pub(super) struct AdderEvent {
    pub(super) shape: AdderShape,
    /// The call, the member access, or the initialiser's item.
    pub(super) node: NodeId,
    pub(super) page: NodeId,
    pub(super) value: Value,
    pub(super) point: Point,
}

/// What happened where, once memory is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Record {
    pub(super) adders: Vec<AdderEvent>,
    pub(super) returns: Value,
    pub(super) exit: Option<State>,
    /// What was stored where.
    pub(super) stores: Vec<StoreEvent>,
    /// References that are taken or given back.
    pub(super) touches: Vec<TouchEvent>,
    /// Whether functions were run of which nothing is known here.
    pub(super) runs_unknown: bool,
}

/// A call of a function that the vocabulary does not know.
#[derive(Clone, Debug)]
pub(super) struct CallEvent {
    pub(super) node: NodeId,
    pub(super) values: Vec<Value>,
    /// What memory held before it.
    pub(super) state: Arc<State>,
}

/// A store, or a call that may store.
#[derive(Clone, Debug)]
pub(super) struct StoreEvent {
    pub(super) cell: CellId,
    pub(super) value: Value,
}

pub(super) struct Engine<'a> {
    pub(super) context: Context<'a>,
    pub(super) memory: Memory,
    pub(super) origins: Vec<Arc<Origin>>,
    origin_ids: FxHashMap<Arc<Origin>, OriginId>,
    steps: Vec<Step>,
    step_ids: FxHashMap<Step, StepId>,
    pub(super) record: Option<Record>,
    /// All calls, once memory is known.
    pub(super) calls: Arc<Vec<CallEvent>>,
    pub(super) new_calls: Vec<CallEvent>,
    /// The structs that cells are accessed as.
    pub(super) records: FxHashMap<CellId, RecordKey>,
    /// The same, as those know who ask about places of this function; over when they have their answer.
    pub(super) lent_records: FxHashMap<CellId, RecordKey>,
    /// The member of another struct that a cell was seen to be.
    pub(super) around: FxHashMap<CellId, Hop>,
    /// Where the names of the variables at file scope mean them, as far as they are declared.
    pub(super) scopes: FxHashMap<CellId, RecordKey>,
    /// What such a variable holds that a pointer from elsewhere may lead to.
    pub(super) exposed: Vec<CellId>,
    /// Points that can be come to again.
    in_loop: Vec<bool>,
    /// The members to which storing is adding.
    pub(super) adder_members: Vec<Name>,
}

/// An [`Engine`] that has run, without its context: what is kept of a function that will be asked again.
#[derive(Debug)]
pub(super) struct Solved {
    memory: Memory,
    origins: Vec<Arc<Origin>>,
    origin_ids: FxHashMap<Arc<Origin>, OriginId>,
    steps: Vec<Step>,
    step_ids: FxHashMap<Step, StepId>,
    calls: Arc<Vec<CallEvent>>,
    records: FxHashMap<CellId, RecordKey>,
    around: FxHashMap<CellId, Hop>,
    scopes: FxHashMap<CellId, RecordKey>,
    exposed: Vec<CellId>,
    in_loop: Vec<bool>,
    adder_members: Vec<Name>,
    record: Record,
}

impl Solved {
    /// About how many bytes it takes.
    pub(super) fn heap_size(&self) -> usize {
        let stored: usize = self.calls.iter().map(|call| call.state.stored_cells().count()).sum();
        512 + 200 * self.memory.cell_count() + 80 * self.steps.len() + 48 * stored
    }
}

/// Which edges may be taken.
pub(super) type Allowed<'f> = &'f dyn Fn(Point, &Edge) -> bool;

impl<'a> Engine<'a> {
    pub(super) const START: StepId = StepId(0);

    pub(super) fn new(context: Context<'a>) -> Engine<'a> {
        Engine::with_memory(context, Memory::default())
    }

    fn with_memory(context: Context<'a>, mut memory: Memory) -> Engine<'a> {
        let mut in_loop = vec![false; context.cfg.len()];
        for body in context.cfg.loops() {
            for point in body.body {
                in_loop[point.index()] = true;
            }
        }
        let stores = context.vocabulary.stores();
        let adder_members = stores.iter().map(|store| memory.name(&store.member)).collect();
        Engine {
            context,
            memory,
            origins: Vec::new(),
            origin_ids: FxHashMap::default(),
            steps: vec![Step::Start],
            step_ids: FxHashMap::from_iter([(Step::Start, Engine::START)]),
            record: None,
            calls: Arc::default(),
            new_calls: Vec::new(),
            records: FxHashMap::default(),
            lent_records: FxHashMap::default(),
            around: FxHashMap::default(),
            scopes: FxHashMap::default(),
            exposed: Vec::new(),
            in_loop,
            adder_members,
        }
    }

    /// An engine that has run, and what it recorded.
    pub(super) fn resume(context: Context<'a>, solved: Solved) -> (Engine<'a>, Record) {
        let Solved { memory, origins, origin_ids, steps, step_ids, record, .. } = solved;
        let Solved { calls, records, around, scopes, exposed, in_loop, adder_members, .. } = solved;
        let engine = Engine {
            context,
            memory,
            origins,
            origin_ids,
            steps,
            step_ids,
            record: None,
            calls,
            new_calls: Vec::new(),
            records,
            lent_records: FxHashMap::default(),
            around,
            scopes,
            exposed,
            in_loop,
            adder_members,
        };
        (engine, record)
    }

    /// What [`Engine::resume`] takes.
    pub(super) fn keep(self, record: Record) -> Solved {
        let Engine { memory, origins, origin_ids, steps, step_ids, .. } = self;
        let Engine { calls, records, around, scopes, exposed, in_loop, adder_members, .. } = self;
        Solved {
            memory,
            origins,
            origin_ids,
            steps,
            step_ids,
            calls,
            records,
            around,
            scopes,
            exposed,
            in_loop,
            adder_members,
            record,
        }
    }

    pub(super) fn origin(&mut self, origin: Origin) -> OriginId {
        self.shared_origin(Arc::new(origin))
    }

    pub(super) fn shared_origin(&mut self, origin: Arc<Origin>) -> OriginId {
        if let Some(&id) = self.origin_ids.get(&origin) {
            return id;
        }
        let id = OriginId(self.origins.len() as u32);
        if matches!(origin.kind, super::origin::OriginKind::Pending(_)) {
            self.memory.pending.insert(id);
        }
        self.origins.push(origin.clone());
        self.origin_ids.insert(origin, id);
        id
    }

    pub(super) fn origin_of(&self, id: OriginId) -> &Arc<Origin> {
        &self.origins[id.0 as usize]
    }

    pub(super) fn step(&mut self, step: Step) -> StepId {
        // A page that goes round in a loop has not come further.
        if let Step::At(node, role, before) = &step
            && matches!(&self.steps[before.0 as usize], Step::At(n, r, _) if n == node && r == role)
        {
            return *before;
        }
        if let Some(&id) = self.step_ids.get(&step) {
            return id;
        }
        let id = StepId(self.steps.len() as u32);
        self.steps.push(step.clone());
        self.step_ids.insert(step, id);
        id
    }

    pub(super) fn step_data(&self, id: StepId) -> &Step {
        &self.steps[id.0 as usize]
    }

    /// Puts a step behind each atom of `value` that is a page or may lead to one.
    pub(super) fn moved(&mut self, mut value: Value, node: NodeId, role: Role) -> Value {
        let mut new: FxHashMap<StepId, StepId> = FxHashMap::default();
        for (_, step) in value.iter() {
            new.insert(step, self.step(Step::At(node, role, step)));
        }
        value.map_steps(|atom, step| match atom {
            Atom::Null | Atom::Number => step,
            Atom::Origin(_)
            | Atom::Initial(_)
            | Atom::Address(_)
            | Atom::Called(_)
            | Atom::Written(..)
            | Atom::Lost(_) => new[&step],
        });
        value
    }

    /// The way of an atom, the first step first.
    pub(super) fn trace(&self, mut id: StepId) -> Vec<TraceStep> {
        let context = self.context;
        let mut out = Vec::new();
        loop {
            match self.step_data(id) {
                Step::Start => break,
                Step::At(node, role, before) => {
                    let (place, text) = (context.place(*node), context.text(*node));
                    out.push(TraceStep { place, text, role: *role });
                    id = *before;
                }
                Step::Elsewhere(steps, before) => {
                    out.extend(steps.iter().rev().cloned());
                    id = *before;
                }
            }
        }
        out.reverse();
        out
    }

    pub(super) fn is_in_loop(&self, point: Point) -> bool {
        self.in_loop[point.index()]
    }

    /// The cell of a variable.
    pub(super) fn variable_cell(&mut self, variable: super::scope::Variable) -> CellId {
        let data = self.context.scope.data(variable);
        let object = if data.parameter.is_some() || data.is_static {
            Object::Parameter(variable)
        } else {
            Object::Local(variable)
        };
        let (is_array, single) = (data.ty.arrays > 0, data.ty.single);
        let cell = self.memory.whole(object);
        if is_array && !single {
            self.memory.smear(cell);
        }
        cell
    }

    /// Solves, and records what happens under `allowed` edges.
    pub(super) fn run(&mut self, allowed: Allowed<'_>) -> Record {
        let before = loop {
            let smeared = self.memory.smeared_count();
            match self.solve(allowed) {
                Some(states) if self.memory.smeared_count() == smeared => break states,
                Some(_) => {}
                None => {
                    let memory = Memory::with_max_depth(self.memory.max_depth() / 2);
                    *self = Engine::with_memory(self.context, memory);
                }
            }
        };
        self.record = Some(Record::default());
        self.new_calls.clear();
        for &point in self.context.cfg.reverse_post_order() {
            if let Some(state) = &before[point.index()] {
                self.after(point, state);
            }
        }
        let mut record = self.record.take().expect("set above");
        record.exit = before[Cfg::EXIT.index()].as_deref().cloned();
        self.calls = Arc::new(std::mem::take(&mut self.new_calls));
        record
    }

    /// The states before all points; `None` where too many places are told apart.
    fn solve(&mut self, allowed: Allowed<'_>) -> Option<Vec<Option<Arc<State>>>> {
        let cfg = self.context.cfg;
        let mut before: Vec<Option<Arc<State>>> = vec![None; cfg.len()];
        before[Cfg::ENTRY.index()] = Some(Arc::default());
        let order = cfg.reverse_post_order();
        let mut work: BTreeSet<u32> = BTreeSet::from([0]);
        while let Some(rank) = work.pop_first() {
            let point = order[rank as usize];
            let Some(state) = before[point.index()].clone() else { continue };
            if self.memory.is_too_fine() {
                return None;
            }
            let after = self.after(point, &state);
            for edge in cfg.successors(point).iter().filter(|edge| allowed(point, edge)) {
                let slot = &mut before[edge.point.index()];
                let grew = match slot {
                    None => {
                        *slot = Some(after.clone());
                        true
                    }
                    Some(old) if Arc::ptr_eq(old, &after) => false,
                    Some(old) => Arc::make_mut(old).join(&mut self.memory, &after, Engine::START),
                };
                if grew {
                    work.extend(cfg.rank(edge.point));
                }
            }
        }
        Some(before)
    }

    /// The state after `point`.
    fn after(&mut self, point: Point, state: &Arc<State>) -> Arc<State> {
        match self.context.cfg.kind(point) {
            PointKind::Entry
            | PointKind::Exit
            | PointKind::Empty
            | PointKind::LoopHead
            | PointKind::Case
            | PointKind::Label
            | PointKind::Goto
            | PointKind::Break
            | PointKind::Continue
            | PointKind::Nested
            | PointKind::After => state.clone(),
            PointKind::Declaration
            | PointKind::Expression
            | PointKind::Condition
            | PointKind::IteratorHead
            | PointKind::SwitchHead
            | PointKind::Return
            | PointKind::GotoComputed
            | PointKind::Asm
            | PointKind::Opaque => {
                let mut new = State::clone(state);
                self.transfer(point, &mut new);
                Arc::new(new)
            }
        }
    }
}
