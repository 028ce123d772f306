//! One step of the solver: an ask becomes origins and further asks.
//!
//! Each function that is entered is solved alone and the places of the ask are read off its states: on entry
//! from the calls of it, from a call on at the return and the exit of the callee, for a member at all stores.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use rustc_hash::FxHashMap;

use super::super::Function;
use super::super::ask::{Ask, Calls, FunctionId, HeapKey};
use super::super::engine::{Engine, Record};
use super::super::environment::{AccessPath, Environment, PathStep, Root};
use super::super::gap::{Gap, GapKind};
use super::super::leads::{From, Lead, Target};
use super::super::origin::{IteratorExpr, Origin, OriginKind, Place, Role, TraceStep};
use super::super::vocabulary::Meaning;
use super::WholeTree;
use super::corpus::SourceFile;
use super::declarations::View;
use crate::ast::{Kind, NodeId};
use crate::source::TreePath;

/// Callees of callees of … are gone down into this far.
const MOST_CALLS: usize = 6;

/// For a member of an object, callers are gone up this far before all stores to it count.
const MOST_LEVELS: u8 = 3;

/// With more callers than this all stores to a member count at once.
const MOST_CALLERS_FOR_MEMBERS: usize = 24;

/// With more callers than this a parameter is not followed.
const MOST_CALLERS: usize = 400;

/// A way from an ask on.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Edge {
    pub(super) target: Target,
    /// From the target to where the ask is.
    pub(super) steps: Vec<TraceStep>,
}

/// What a call calls.
enum Callee {
    /// A name that is no variable.
    Named(String),
    /// Anything else: the calling function, the expression and its text.
    Pointer { function: Arc<Function>, node: NodeId, text: String },
}

/// What an ask leads to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Expansion {
    /// In an order of their own.
    pub(super) edges: Vec<Edge>,
    /// What was not followed.
    pub(super) gaps: Vec<Gap>,
}

impl WholeTree {
    /// What an ask leads to.
    pub(super) fn expand(&self, ask: &Ask) -> Expansion {
        let mut gaps = Vec::new();
        let edges = self.edges_of(ask, &mut gaps);
        Expansion { edges, gaps }
    }

    fn edges_of(&self, ask: &Ask, gaps: &mut Vec<Gap>) -> Vec<Edge> {
        if !self.can_hold_page(ask) {
            if let Ask::After { function, heap: Some(member), .. }
            | Ask::Within { function, member, .. } = ask
                && !self.is_punned_elsewhere(member.last(), *function)
            {
                return Vec::new();
            }
            let why = "no page fits here by its type".to_owned();
            return vec![match ask.function() {
                Some(function) => self.unknown(function, None, why),
                None => self.nowhere(why),
            }];
        }
        let mut edges = match ask {
            Ask::Entry { function, path, heap, calls, level } => match calls.split_last() {
                Some((&(caller, call), outer)) => {
                    self.up_one(caller, call, path, heap.as_ref(), &outer.to_vec())
                }
                None => self.up_all(*function, path, heap.as_ref(), *level, gaps),
            },
            Ask::Result { function, call, steps, heap, calls } => {
                self.down(*function, *call, None, steps, heap.as_ref(), calls, gaps)
            }
            Ask::After { function, call, argument, steps, heap, calls } => {
                self.down(*function, *call, Some(*argument), steps, heap.as_ref(), calls, gaps)
            }
            Ask::Heap(member) => self.stores_to(member, |_| Vec::new(), gaps),
            Ask::Within { member, function, calls } => {
                self.stores_to(member, |id| calls_into(id, *function, calls).to_vec(), gaps)
            }
        };
        // By what is seen first: the numbers in asks depend on the order of the files.
        edges.sort_by(|a, b| {
            (a.steps.len(), &a.steps, &a.target).cmp(&(b.steps.len(), &b.steps, &b.target))
        });
        edges.dedup();
        edges
    }

    /// Solves a function, or takes it as it was solved before, and hands the result to `with`.
    pub(super) fn solved<R>(
        &self,
        id: FunctionId,
        with: impl FnOnce(&mut Engine<'_>, &Record, &Arc<Function>) -> R,
    ) -> Option<R> {
        let file = self.file(id.file)?;
        let function = self.function(id)?;
        let members = self.members(&function, file.clone());
        let view = View { tree: self, file: file.clone() };
        let environment = &view as &dyn Environment;
        let context = function.context(id, &members, &file.lexed, &self.vocabulary, environment);
        // Taken out while it is in use: a second thread that wants it too solves it again and waits for nobody.
        let trail = &self.corpus.trail;
        let ((mut engine, record), part) = match self.solved.take(id) {
            Some((solved, part)) => (Engine::resume(context, solved), part),
            None => trail.follow(|| {
                let mut engine = Engine::new(context);
                let record = engine.run(&|_, _| true);
                (engine, record)
            }),
        };
        trail.note(part);
        let result = with(&mut engine, &record, &function);
        self.solved.put(id, engine.keep(record), part);
        Some(result)
    }

    /// From the entry of a function to one call of it.
    fn up_one(
        &self,
        caller: FunctionId,
        call: NodeId,
        path: &AccessPath,
        heap: Option<&HeapKey>,
        outer: &Calls,
    ) -> Vec<Edge> {
        let found = self.solved(caller, |engine, _, _| {
            let events = engine.calls.clone();
            let event = events.iter().find(|event| event.node == call)?;
            let value = engine.at_call(event, path)?;
            Some(engine.leads(&value, outer))
        });
        match found.flatten() {
            Some(leads) => {
                leads.into_iter().map(|lead| self.after_call(lead, caller, call)).collect()
            }
            None => vec![self.fallback(caller, Some(call), heap, "an argument that is not seen")],
        }
    }

    /// From the entry of a function to all calls of it.
    fn up_all(
        &self,
        id: FunctionId,
        path: &AccessPath,
        heap: Option<&HeapKey>,
        level: u8,
        gaps: &mut Vec<Gap>,
    ) -> Vec<Edge> {
        let Some(function) = self.function(id) else { return Vec::new() };
        let name = &function.scope().name;
        if self.vocabulary.adder(name).is_some() || self.vocabulary.is_conversion(name) {
            return vec![self.unknown(id, None, format!("the callers of `{name}` are sites too"))];
        }
        if let Root::Global(global) = &path.root {
            return vec![self.unknown(id, None, format!("the global `{global}`"))];
        }
        if let Some(heap) = heap
            && level >= MOST_LEVELS
        {
            return vec![heap_edge(heap)];
        }
        let callers = self.callers(id);
        let gap = |text: &String| Gap {
            kind: GapKind::IndirectCall,
            place: self.place(id, None),
            text: text.clone(),
        };
        gaps.extend(callers.unresolved.iter().map(gap));
        let mut edges = Vec::new();
        // Who calls through a pointer does not know the object, so it did not fill it on this path.
        let (sites, most) = match heap {
            Some(heap) => {
                if !callers.kept.is_empty() {
                    edges.push(heap_edge(heap));
                }
                (callers.sites.clone(), MOST_CALLERS_FOR_MEMBERS)
            }
            None => (self.all_calls(&callers), MOST_CALLERS),
        };
        if sites.is_empty() && !edges.is_empty() {
            return edges;
        }
        if sites.len() > most || sites.is_empty() {
            let why = if sites.is_empty() {
                match callers.unresolved.first() {
                    Some(why) => why.clone(),
                    None => format!("no call of `{name}` was found"),
                }
            } else {
                format!("`{name}` has too many callers")
            };
            return vec![self.fallback(id, None, heap, &why)];
        }
        for why in &callers.unresolved {
            edges.push(self.fallback(id, None, heap, why));
        }
        let mut by_caller: FxHashMap<FunctionId, Vec<NodeId>> = FxHashMap::default();
        for &(caller, call) in &sites {
            by_caller.entry(caller).or_default().push(call);
        }
        let mut by_caller: Vec<(FunctionId, Vec<NodeId>)> = by_caller.into_iter().collect();
        by_caller.sort_unstable();
        for (caller, wanted) in by_caller {
            let found = self.solved(caller, |engine, _, _| {
                let mut leads: Vec<(NodeId, Option<Vec<Lead>>)> = Vec::new();
                let events = engine.calls.clone();
                for event in events.iter().filter(|event| wanted.contains(&event.node)) {
                    let value = engine.at_call(event, path);
                    let found = value.map(|value| engine.leads(&value, &Vec::new()));
                    leads.push((event.node, found));
                }
                leads
            });
            for (call, leads) in found.into_iter().flatten() {
                match leads {
                    Some(leads) => edges.extend(
                        leads
                            .into_iter()
                            .map(|lead| self.after_call(raised(lead, level), caller, call)),
                    ),
                    None => edges.push(self.fallback(
                        caller,
                        Some(call),
                        heap,
                        "an argument that is not seen",
                    )),
                }
            }
        }
        edges
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of an ask, and what is found beside")]
    /// From a call down into what it calls: to its result, or to what it leaves behind an argument.
    fn down(
        &self,
        caller: FunctionId,
        call: NodeId,
        argument: Option<usize>,
        steps: &[PathStep],
        heap: Option<&HeapKey>,
        calls: &Calls,
        gaps: &mut Vec<Gap>,
    ) -> Vec<Edge> {
        // What a call left was stored while it ran.
        let unresolved = |why: &str| match heap {
            Some(heap) if argument.is_some() => Edge {
                target: Target::Open(Ask::Within {
                    member: heap.clone(),
                    function: caller,
                    calls: calls.clone(),
                }),
                steps: Vec::new(),
            },
            _ => self.fallback(caller, Some(call), heap, why),
        };
        let Some(targets) = self.callees(caller, call) else {
            gaps.extend(self.indirect_call(caller, call));
            let why = match argument {
                None => "what a macro or a pointer gives",
                Some(_) => "what a macro or a pointer may have stored",
            };
            let mut edges = vec![unresolved(why)];
            if let Some(heap) = heap
                && let Some(name) = self.macro_told_of(caller, call, heap.last())
            {
                let why = format!("the macro `{name}` may store to `{}`", heap.last().member);
                edges.push(self.unknown(caller, Some(call), why));
            }
            // A function that the tree does not define may store anything.
            if argument.is_some()
                && heap.is_some()
                && let Some(name) = self.missing_callee(caller, call)
            {
                edges.push(self.unknown(
                    caller,
                    Some(call),
                    format!("`{name}` is not in the tree"),
                ));
            }
            return edges;
        };
        if calls.len() >= MOST_CALLS || calls.contains(&(caller, call)) {
            return vec![unresolved("calls deeper than are followed")];
        }
        let mut inner = calls.clone();
        inner.push((caller, call));
        let mut edges = Vec::new();
        for &target in targets.iter() {
            let path = argument.map(|argument| AccessPath {
                root: Root::Parameter(argument),
                steps: steps.to_vec(),
            });
            let leads = self.solved(target, |engine, record, _| {
                // A function that is never left gives nothing back.
                let exit = record.exit.clone()?;
                let value = match &path {
                    None => engine.follow(From::Value(record.returns.clone()), steps, &exit),
                    Some(path) => engine.at_exit(path, &exit)?,
                };
                Some(engine.leads(&value, &inner))
            });
            match leads {
                Some(leads) => {
                    for lead in leads.into_iter().flatten() {
                        // What the callee leaves as it was is known to the caller.
                        let is_same = matches!(&lead.target,
                            Target::Open(Ask::Entry { function, path: found, .. })
                                if *function == target
                                    && path.as_ref().is_some_and(|path| path.is_same_place(found)));
                        if !is_same {
                            edges.push(self.after_call(lead, caller, call));
                        }
                    }
                }
                None => edges.push(unresolved("a function that could not be parsed")),
            }
        }
        edges
    }

    /// What a call calls, as it is written.
    fn callee(&self, caller: FunctionId, call: NodeId) -> Option<Callee> {
        let function = self.function(caller)?;
        let file = self.file(caller.file)?;
        let ast = function.ast();
        let Kind::Call { callee, .. } = ast.kind(call) else { return None };
        let node = ast.strip_parens(callee);
        let text = file.lexed.range_text(ast.tokens(node)).to_string();
        let is_name =
            matches!(ast.kind(node), Kind::Ident) && function.scope().variable(node).is_none();
        Some(if is_name { Callee::Named(text) } else { Callee::Pointer { function, node, text } })
    }

    /// The name that is called, if the tree defines no function and no macro of that name.
    fn missing_callee(&self, caller: FunctionId, call: NodeId) -> Option<String> {
        let Callee::Named(name) = self.callee(caller, call)? else { return None };
        let is_known = self.vocabulary.meaning(&name).is_some()
            || !self.definitions(&name, caller.file).is_empty()
            || self.is_macro(&name);
        (!is_known).then_some(name)
    }

    /// The call, if it goes through a pointer.
    fn indirect_call(&self, caller: FunctionId, call: NodeId) -> Option<Gap> {
        let Callee::Pointer { text, .. } = self.callee(caller, call)? else { return None };
        let place = self.place(caller, Some(call));
        Some(Gap { kind: GapKind::IndirectCall, place, text: format!("`{text}`") })
    }

    /// The functions that a call may run; `None` where they are not known.
    fn callees(&self, caller: FunctionId, call: NodeId) -> Option<Vec<FunctionId>> {
        let targets = match self.callee(caller, call)? {
            Callee::Named(name) => {
                if matches!(self.vocabulary.meaning(&name), Some(Meaning::Opaque)) {
                    return None;
                }
                self.definitions(&name, caller.file)
            }
            Callee::Pointer { function, node, .. } => {
                let members = self.members(&function, self.file(caller.file)?);
                let hop = self.called_member(&function, &members, node)?;
                self.pointer_targets(&hop)?
            }
        };
        (!targets.is_empty()).then(|| targets.to_vec())
    }

    /// The ask, in other words where they mean the same: where no function on the way stores to the member, the way
    /// makes no difference. But who asks for memory that has no room for a page does.
    pub(super) fn settled(&self, ask: &Ask) -> Ask {
        let Ask::Within { member, function, calls } = ask else { return ask.clone() };
        let is_on_way = |id: &FunctionId| !calls_into(*id, *function, calls).is_empty();
        let storing = || self.storing(member).is_some_and(|ids| ids.iter().any(is_on_way));
        if !self.can_hold_page(ask) || (!calls.is_empty() && storing()) {
            return ask.clone();
        }
        Ask::Heap(member.clone())
    }

    /// All that the tree stores in a member, where each function was entered through the calls that `entered`
    /// gives.
    fn stores_to(
        &self,
        key: &HeapKey,
        entered: impl Fn(FunctionId) -> Calls,
        gaps: &mut Vec<Gap>,
    ) -> Vec<Edge> {
        let hop = key.last();
        let mut edges = Vec::new();
        if let Some(why) = self.vocabulary.leaves(&hop.record.tag, &hop.member) {
            let text = format!("`{}` of {why}", hop.member);
            gaps.push(Gap { kind: GapKind::OtherForm, place: None, text: text.clone() });
            return vec![self.nowhere(text)];
        }
        let Some(storing) = self.storing(key) else {
            let why =
                format!("`{}` of `{}` is used in too many places", hop.member, hop.record.tag);
            return vec![self.nowhere(why)];
        };
        let found: Vec<Option<Vec<Lead>>> = storing
            .iter()
            .map(|&id| {
                let calls = entered(id);
                self.solved(id, |engine, record, _| {
                    let mut leads = Vec::new();
                    for event in &record.stores {
                        let meets =
                            engine.heap_key(event.cell).is_some_and(|other| key.meets(&other));
                        if meets {
                            leads.extend(engine.leads(&event.value, &calls));
                        }
                        // What is behind a pointer that is stored here.
                        for follow in 0..key.follows {
                            let pointer = HeapKey { follows: follow, ..key.clone() };
                            let stored = engine.heap_key(event.cell);
                            if stored.is_some_and(|other| pointer.meets(&other)) {
                                let steps =
                                    vec![PathStep::Follow; usize::from(key.follows - follow)];
                                leads.extend(engine.behind(&event.value, &steps, record, &calls));
                            }
                        }
                    }
                    leads
                })
            })
            .collect();
        let leads = found.into_iter().flatten().flatten();
        // Whoever stored it may be another call of the function at hand, with another iterator.
        edges.extend(leads.map(|Lead { target, steps }| match target {
            Target::Known(origin) => Edge { target: Target::Known(left_behind(origin)), steps },
            open @ Target::Open(_) => Edge { target: open, steps },
        }));
        edges.retain(|edge| edge.target != Target::Open(Ask::Heap(key.clone())));
        if let Some(name) = self.macro_storing(hop) {
            let why = format!("the macro `{name}` may store to `{}`", hop.member);
            edges.push(self.nowhere(why));
        }
        if edges.is_empty() {
            let why = format!("no store to `{}` of `{}` was found", hop.member, hop.record.tag);
            edges.push(self.nowhere(why));
        }
        edges
    }

    fn after_call(&self, lead: Lead, caller: FunctionId, call: NodeId) -> Edge {
        let mut steps = lead.steps;
        steps.extend(self.call_step(caller, call));
        let target = match lead.target {
            Target::Known(origin) => Target::Known(left_behind(origin)),
            open @ Target::Open(_) => open,
        };
        Edge { target, steps }
    }

    fn call_step(&self, caller: FunctionId, call: NodeId) -> Option<TraceStep> {
        let function = self.function(caller)?;
        let file = self.file(caller.file)?;
        let text = file.lexed.range_text(function.ast().tokens(call)).to_string();
        Some(TraceStep {
            place: self.place(caller, Some(call))?,
            text: text.split_whitespace().collect::<Vec<_>>().join(" "),
            role: Role::Call,
        })
    }

    fn place(&self, id: FunctionId, node: Option<NodeId>) -> Option<Place> {
        let function = self.function(id)?;
        let file: Arc<SourceFile> = self.file(id.file)?;
        let node = node.unwrap_or_else(|| function.ast().root());
        Some(Place {
            file: file.lexed.path.clone(),
            line: file.lexed.location(function.ast().tokens(node).start).line,
            function: function.scope().name.clone(),
        })
    }

    /// All stores to the member where that is known, else an origin that is not known.
    fn fallback(
        &self,
        id: FunctionId,
        node: Option<NodeId>,
        heap: Option<&HeapKey>,
        why: &str,
    ) -> Edge {
        match heap {
            Some(heap) => heap_edge(heap),
            None => self.unknown(id, node, why.to_owned()),
        }
    }

    fn unknown(&self, id: FunctionId, node: Option<NodeId>, why: String) -> Edge {
        let mut edge = self.nowhere(why);
        if let (Some(place), Target::Known(origin)) = (self.place(id, node), &mut edge.target) {
            Arc::make_mut(origin).place = place;
        }
        edge
    }

    /// An origin that is not known and has no place of its own.
    pub(super) fn nowhere(&self, why: String) -> Edge {
        let nowhere = TreePath::new("tree").expect("a path below the root");
        let origin = Origin {
            kind: OriginKind::Unknown(why.clone()),
            place: Place { file: nowhere, line: 0, function: String::new() },
            text: why,
            reference: None,
            upstream: Vec::new(),
        };
        Edge { target: Target::Known(Arc::new(origin)), steps: Vec::new() }
    }
}

/// The calls through which `id` was entered on the way down to `function`; none where it was not.
fn calls_into(id: FunctionId, function: FunctionId, calls: &Calls) -> &[(FunctionId, NodeId)] {
    if id == function {
        return calls;
    }
    let entered = calls.iter().skip(1).rposition(|&(caller, _)| caller == id);
    entered.map_or(&[], |before| &calls[..=before])
}

fn heap_edge(heap: &HeapKey) -> Edge {
    Edge { target: Target::Open(Ask::Heap(heap.clone())), steps: Vec::new() }
}

/// A lead one caller further up.
fn raised(mut lead: Lead, from: u8) -> Lead {
    if let Target::Open(Ask::Entry { level, heap: Some(_), .. }) = &mut lead.target {
        *level = from + 1;
    }
    lead
}

/// An origin as it looks from another function: its iterator stayed behind.
fn left_behind(origin: Arc<Origin>) -> Arc<Origin> {
    match &origin.kind {
        OriginKind::Iterator(iterator) if iterator.node.is_some() => {
            let kind = OriginKind::Iterator(IteratorExpr { node: None, ..iterator.clone() });
            Arc::new(Origin { kind, ..Origin::clone(&origin) })
        }
        _ => origin,
    }
}
