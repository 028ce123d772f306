//! The transfer of a call: what the vocabulary, a summary, or nobody says about the callee.
//!
//! A function that the environment can summarise is taken by its summary unless it is a source or an adder:
//! a name in the vocabulary may be a file's own function. Of a callee that nothing is known of, the
//! result is unknown, and it may have stored to all that can be reached from its arguments.

use std::sync::Arc;

use super::ask::Hop;
use super::engine::{AdderShape, CallEvent, Engine, Step};
use super::environment::{AccessPath, PathStep, Root, Summary, SummaryAtom, SummaryValue};
use super::evaluate::{Frame, Places};
use super::memory::{CellId, Object};
use super::origin::{IteratorExpr, Origin, OriginKind, Role, TraceStep};
use super::reference::{TouchEvent, TouchKind};
use super::scope::Prototype;
use super::value::{Atom, Value};
use super::vocabulary::{
    Adder, Container, Meaning, Other, OtherGives, Pass, Source, SourceGives, When,
};
use crate::ast::{Kind, List, NodeId};

/// The tags of the structs that stand for pages.
pub(super) const PAGE_TAGS: [&str; 2] = ["page", "folio"];

/// Where a page comes from whose reference is not of the kind that counts.
const NOT_SUCH_A_REFERENCE: &str = "get_user_pages() with another kind of reference";

/// The types that stand for pages.
const PAGE_TYPES: [&str; 2] = ["struct page", "struct folio"];

impl Engine<'_> {
    pub(super) fn stands_for_nothing(&self, name: &str) -> bool {
        matches!(self.context.vocabulary.meaning(name), Some(Meaning::Nothing))
    }

    /// The name that is called, where it is a plain one and no variable.
    fn callee_name(&self, callee: NodeId) -> Option<String> {
        let callee = self.context.ast.strip_parens(callee);
        let is_name = matches!(self.context.ast.kind(callee), Kind::Ident);
        (is_name && self.context.scope.variable(callee).is_none())
            .then(|| self.context.text(callee))
    }

    pub(super) fn call(
        &mut self,
        id: NodeId,
        callee: NodeId,
        args: List,
        frame: &mut Frame<'_>,
    ) -> Value {
        let args = self.context.ast.list(args);
        let Some(name) = self.callee_name(callee) else {
            self.value(callee, frame);
            let values = self.values(args, frame);
            self.note_call(id, &values, frame);
            return self.unknown_call(id, None, &values, frame);
        };
        let vocabulary = self.context.vocabulary;
        let meaning = vocabulary.meaning(&name);
        match meaning {
            Some(Meaning::Source(source)) => return self.source(id, &name, source, args, frame),
            Some(Meaning::Adder(adder)) => return self.adder(id, &name, adder, args, frame),
            _ => {}
        }
        if let Some(summary) = self.context.environment.summary(&name) {
            let values = self.values(args, frame);
            self.note_call(id, &values, frame);
            return self.apply(id, &summary, args, &values, frame);
        }
        match meaning {
            Some(Meaning::Source(_) | Meaning::Adder(_)) | None => {
                let values = self.values(args, frame);
                self.note_call(id, &values, frame);
                let result = self.unknown_call(id, Some(&name), &values, frame);
                // What a macro gives its arguments is not known either.
                for at in self.context.environment.assigned_by_macro(&name) {
                    if let Some(&arg) = args.get(at) {
                        let places = self.places(arg, frame);
                        self.store(&places, &result, frame);
                    }
                }
                result
            }
            Some(Meaning::Other(other)) => self.other(id, &name, other, args, frame),
            Some(Meaning::Pass(pass)) => self.pass(id, pass, args, frame),
            Some(Meaning::ReadBack) => {
                self.values(args, frame);
                self.known_page(id, OriginKind::ReadBack)
            }
            Some(Meaning::Fresh) => {
                self.values(args, frame);
                Value::of(Atom::Address(self.made(id, frame)), Engine::START)
            }
            Some(Meaning::Opaque) => {
                self.values(args, frame);
                Value::of(Atom::Called(id), Engine::START)
            }
            Some(Meaning::Release(release)) => {
                let values = self.values(args, frame);
                let kind =
                    if release.container { TouchKind::Container } else { TouchKind::Release };
                self.note_touch(id, kind, release.array, &values, frame);
                Value::of(Atom::Number, Engine::START)
            }
            Some(Meaning::Takes) => {
                let values = self.values(args, frame);
                self.note_touch(id, TouchKind::Take, false, &values, frame);
                Value::of(Atom::Number, Engine::START)
            }
            Some(Meaning::Inert | Meaning::Resets) => {
                self.values(args, frame);
                Value::of(Atom::Number, Engine::START)
            }
            Some(Meaning::Nothing) => {
                self.values(args, frame);
                self.null()
            }
            Some(Meaning::Clears) => {
                let values = self.values(args, frame);
                self.clear(&values, frame)
            }
            Some(Meaning::Copies) => {
                let values = self.values(args, frame);
                if let [to, from, ..] = &values[..] {
                    self.copy_memory(from, to, frame);
                }
                values.into_iter().next().unwrap_or_default()
            }
            Some(Meaning::Stores) => self.macro_store(id, args, frame),
            Some(Meaning::Swaps) => self.swap(args, frame),
        }
    }

    fn values(&mut self, args: &[NodeId], frame: &mut Frame<'_>) -> Vec<Value> {
        args.iter().map(|&arg| self.value(arg, frame)).collect()
    }

    /// A call that takes or gives back a reference of the page, or the pages, that it is given first.
    fn note_touch(
        &mut self,
        node: NodeId,
        kind: TouchKind,
        array: bool,
        values: &[Value],
        frame: &Frame<'_>,
    ) {
        let (true, Some(value)) = (self.record.is_some(), values.first()) else { return };
        let mut value = value.clone();
        if array {
            let targets = self.memory.targets(&value);
            value = self.load(&targets, frame);
        }
        if let Some(record) = &mut self.record {
            record.touches.push(TouchEvent { node, kind, value });
        }
    }

    fn note_call(&mut self, node: NodeId, values: &[Value], frame: &Frame<'_>) {
        if self.record.is_some() {
            let state = Arc::new(frame.state.clone());
            self.new_calls.push(CallEvent { node, values: values.to_vec(), state });
        }
    }

    /// What an allocation gives; in a loop it stands for the objects of all rounds.
    fn made(&mut self, id: NodeId, frame: &Frame<'_>) -> CellId {
        let cell = self.memory.whole(Object::Fresh(id));
        if self.is_in_loop(frame.point) {
            self.memory.smear(cell);
        }
        cell
    }

    fn known_page(&mut self, id: NodeId, kind: OriginKind) -> Value {
        let origin = Origin {
            kind,
            place: self.context.place(id),
            text: self.context.text(id),
            reference: None,
            upstream: Vec::new(),
        };
        let origin = self.origin(origin);
        let step = self.step(Step::At(id, Role::Source, Engine::START));
        Value::of(Atom::Origin(origin), step)
    }

    /// The argument that receives pages: by the prototype's types, else where the vocabulary says.
    fn pages_argument(&self, name: &str, depths: &[u8], default: Option<usize>) -> Option<usize> {
        let prototype: Option<Arc<Prototype>> = self.context.environment.prototype(name);
        let by_type = prototype.and_then(|prototype| {
            depths.iter().find_map(|&depth| prototype.position(&PAGE_TYPES, depth))
        });
        by_type.or(default)
    }

    fn source(
        &mut self,
        id: NodeId,
        name: &str,
        source: &Source,
        args: &[NodeId],
        frame: &mut Frame<'_>,
    ) -> Value {
        let values = self.values(args, frame);
        let kind = match source.when {
            _ if !self.context.vocabulary.counts(source.reference) => {
                OriginKind::Other(NOT_SUCH_A_REFERENCE.to_owned())
            }
            When::Always => OriginKind::Gup,
            When::Iterator => self.iterator_origin(name, source, args),
        };
        let origin = Origin {
            kind,
            place: self.context.place(id),
            text: name.to_owned(),
            reference: Some(source.reference),
            upstream: Vec::new(),
        };
        let origin = self.origin(origin);
        let step = self.step(Step::At(id, Role::Source, Engine::START));
        let page = Value::of(Atom::Origin(origin), step);
        let number = Value::of(Atom::Number, Engine::START);
        match source.gives {
            SourceGives::Result => page,
            SourceGives::Container => number,
            SourceGives::Array => {
                let at = self.pages_argument(name, &[2], source.pages);
                if let Some(value) = at.and_then(|at| values.get(at)) {
                    self.fill(value, &page, frame);
                }
                number
            }
            SourceGives::ArrayPointer => {
                let at = self.pages_argument(name, &[3, 2], source.pages);
                if let Some(value) = at.and_then(|at| values.get(at)) {
                    self.fill_pointer(id, value, &page, frame);
                }
                number
            }
        }
    }

    pub(super) fn iterator_origin(
        &self,
        name: &str,
        source: &Source,
        args: &[NodeId],
    ) -> OriginKind {
        let prototype = self.context.environment.prototype(name);
        let ty = self.context.vocabulary.iterator_type();
        let by_type = prototype.and_then(|prototype| prototype.position(&[ty], 1));
        let node = by_type.or(source.iterator).and_then(|at| args.get(at)).copied();
        let text = node.map_or(String::new(), |node| self.context.text(node));
        OriginKind::Iterator(IteratorExpr { text, node, source: name.to_owned() })
    }

    /// Fills the array that `array` points to. Elements that were stored here stay; what was there from
    /// the start does not, unless it is not sure which array is meant.
    fn fill(&mut self, array: &Value, page: &Value, frame: &mut Frame<'_>) {
        let targets = self.memory.targets(array);
        self.note_store(&targets, page);
        match targets[..] {
            [one] if self.memory.is_definite(one) => {
                frame.state.overwrite(&self.memory, one, page.clone());
            }
            [one] => frame.state.fill(&self.memory, one, page),
            _ => {
                for cell in targets {
                    frame.state.add(&mut self.memory, cell, page, Engine::START);
                }
            }
        }
    }

    /// Fills the array whose address is where `pointer` points to, or a new one.
    fn fill_pointer(&mut self, id: NodeId, pointer: &Value, page: &Value, frame: &mut Frame<'_>) {
        let made = self.made(id, frame);
        self.memory.smear(made);
        self.note_store(&[made], page);
        frame.state.fill(&self.memory, made, page);
        let places: Places = self.memory.targets(pointer);
        let mut given = Value::default();
        for &place in &places {
            given.join(&frame.state.load(&mut self.memory, place, Engine::START));
        }
        given.retain(|atom| match atom {
            Atom::Address(_) | Atom::Called(_) | Atom::Written(..) => true,
            Atom::Origin(id) => self.memory.pending.contains(&id),
            Atom::Initial(cell) => !self.memory.starts_empty(cell),
            Atom::Lost(_) => true,
            Atom::Null | Atom::Number => false,
        });
        self.fill(&given, page, frame);
        let step = self.step(Step::At(id, Role::Source, Engine::START));
        given.insert(Atom::Address(made), step);
        self.store(&places, &given, frame);
    }

    fn adder(
        &mut self,
        id: NodeId,
        name: &str,
        adder: &Adder,
        args: &[NodeId],
        frame: &mut Frame<'_>,
    ) -> Value {
        let values = self.values(args, frame);
        if adder.container == Container::Nothing {
            self.note_touch(id, TouchKind::Release, adder.array, &values, frame);
        }
        let depth = if adder.array { 2 } else { 1 };
        let at = self.pages_argument(name, &[depth], Some(adder.page));
        if let Some((&page, value)) = at.and_then(|at| args.get(at).zip(values.get(at))) {
            let mut value = value.clone();
            if adder.array {
                let targets = self.memory.targets(&value);
                // It takes all elements, so that a store to one of them leaves the others.
                self.smear(&targets);
                value = self.load(&targets, frame);
            }
            self.note_adder(AdderShape::Call, id, page, value, frame.point);
        }
        Value::of(Atom::Number, Engine::START)
    }

    fn other(
        &mut self,
        id: NodeId,
        name: &str,
        other: &Other,
        args: &[NodeId],
        frame: &mut Frame<'_>,
    ) -> Value {
        let values = self.values(args, frame);
        let page = self.known_page(id, OriginKind::Other(other.origin.clone()));
        match other.gives {
            OtherGives::Result => page,
            OtherGives::Array => {
                let last = args.len().checked_sub(1);
                let at = self.pages_argument(name, &[2], last);
                if let Some(value) = at.and_then(|at| values.get(at)) {
                    let targets = self.memory.targets(value);
                    self.note_store(&targets, &page);
                    for cell in targets {
                        frame.state.add(&mut self.memory, cell, &page, Engine::START);
                    }
                }
                Value::of(Atom::Number, Engine::START)
            }
            OtherGives::Table => {
                let cell = self.made(id, frame);
                self.memory.smear(cell);
                frame.state.fill(&self.memory, cell, &page);
                Value::of(Atom::Address(cell), Engine::START)
            }
        }
    }

    fn pass(&mut self, id: NodeId, pass: &Pass, args: &[NodeId], frame: &mut Frame<'_>) -> Value {
        let values = self.values(args, frame);
        let Some(value) = values.get(pass.argument) else {
            return Value::of(Atom::Called(id), Engine::START);
        };
        let Some(member) = pass.member else { return value.clone() };
        // The object around a member: known where the pointer was made from it here.
        let mut out = Value::default();
        let text = args.get(member).map_or(String::new(), |&arg| self.context.text(arg));
        let name = self.memory.name(&text);
        if let Some(info) = self.context.members.get(&id) {
            let hop = Hop { record: info.record.clone(), member: text.into() };
            for inside in self.memory.targets(value) {
                self.around.entry(inside).or_insert_with(|| hop.clone());
            }
        }
        for (atom, step) in value.iter() {
            let around = match atom {
                Atom::Address(cell) => self.memory.above(cell, name),
                _ => None,
            };
            out.insert(around.map_or(Atom::Called(id), Atom::Address), step);
        }
        out
    }

    fn clear(&mut self, values: &[Value], frame: &mut Frame<'_>) -> Value {
        let Some(value) = values.first() else { return self.null() };
        let targets = self.memory.targets(value);
        let null = self.null();
        self.store(&targets, &null, frame);
        value.clone()
    }

    fn macro_store(&mut self, id: NodeId, args: &[NodeId], frame: &mut Frame<'_>) -> Value {
        let [to, from, ..] = args else { return Value::of(Atom::Number, Engine::START) };
        let value = self.value(*from, frame);
        let places = self.places(*to, frame);
        let value = self.moved(value, id, Role::Store);
        self.store(&places, &value, frame);
        value
    }

    fn swap(&mut self, args: &[NodeId], frame: &mut Frame<'_>) -> Value {
        if let [a, b] = args {
            let (first, second) = (self.value(*a, frame), self.value(*b, frame));
            let (to_first, to_second) = (self.places(*a, frame), self.places(*b, frame));
            self.store(&to_first, &second, frame);
            self.store(&to_second, &first, frame);
        }
        Value::of(Atom::Number, Engine::START)
    }

    /// Nothing is known of the callee but, maybe, its prototype.
    fn unknown_call(
        &mut self,
        id: NodeId,
        name: Option<&str>,
        values: &[Value],
        frame: &mut Frame<'_>,
    ) -> Value {
        let prototype = name.and_then(|name| self.context.environment.prototype(name));
        let step = self.step(Step::At(id, Role::Call, Engine::START));
        let mut starts = Vec::new();
        for (index, value) in values.iter().enumerate() {
            self.note_possible_stores(id, value);
            let ty = prototype.as_ref().and_then(|prototype| prototype.params.get(index));
            // A pointer to constant memory, or to the page itself, leads to no page that can be replaced.
            let harmless = ty.is_some_and(|ty| {
                ty.depth() == 1 && (ty.constant || PAGE_TYPES.contains(&&*ty.base))
            });
            if !harmless {
                starts.extend(self.memory.targets(value));
            }
        }
        starts.extend(self.stored_variables(frame.state));
        if let Some(record) = &mut self.record {
            record.runs_unknown = true;
        }
        frame.state.write_all(&mut self.memory, &starts, id, step);
        Value::of(Atom::Called(id), step)
    }

    /// A callee that is given `obj->pages` or `&obj->page` may store there.
    fn note_possible_stores(&mut self, id: NodeId, value: &Value) {
        if self.record.is_none() {
            return;
        }
        for cell in self.memory.targets(value) {
            if self.heap_key(cell).is_some() {
                self.note_store(&[cell], &Value::of(Atom::Written(id, cell), Engine::START));
            }
        }
    }

    /// A callee whose summary is known.
    fn apply(
        &mut self,
        id: NodeId,
        summary: &Summary,
        args: &[NodeId],
        values: &[Value],
        frame: &mut Frame<'_>,
    ) -> Value {
        let call = Call { id, args, values, summary };
        // All of it is about the state before the call, so it is read before anything is stored.
        let returns = self.translate(&call, &summary.returns, frame);
        let effects: Vec<(Places, Value)> = (summary.effects.iter())
            .map(|effect| {
                let places = self.resolve(&call, &effect.place, frame);
                (places, self.translate(&call, &effect.value, frame))
            })
            .collect();
        let writes: Vec<(Places, &String)> = (summary.writes.iter())
            .map(|(path, why)| (self.resolve(&call, path, frame), why))
            .collect();
        let step = self.step(Step::At(id, Role::Call, Engine::START));
        for (places, _) in &writes {
            frame.state.write_all(&mut self.memory, places, id, step);
        }
        if summary.runs_unknown {
            if let Some(record) = &mut self.record {
                record.runs_unknown = true;
            }
            let variables = self.stored_variables(frame.state);
            frame.state.write_all(&mut self.memory, &variables, id, step);
        }
        for (places, value) in effects {
            self.note_store(&places, &value);
            match places[..] {
                [one] if self.memory.is_definite(one) => {
                    frame.state.overwrite(&self.memory, one, value);
                }
                [one] => frame.state.fill(&self.memory, one, &value),
                _ => {
                    for cell in places {
                        frame.state.add(&mut self.memory, cell, &value, Engine::START);
                    }
                }
            }
        }
        returns
    }

    /// The places that a path of the callee means here.
    fn resolve(&mut self, call: &Call<'_>, path: &AccessPath, frame: &Frame<'_>) -> Places {
        let mut value = match &path.root {
            Root::Parameter(index) => call.values.get(*index).cloned().unwrap_or_default(),
            Root::Global(name) => Value::of(Atom::Address(self.file_variable(name)), Engine::START),
            Root::Made => {
                let cell = self.memory.whole(Object::Fresh(call.id));
                self.memory.smear(cell);
                Value::of(Atom::Address(cell), Engine::START)
            }
        };
        // A global's and a made object's path starts at the object itself, a parameter's at its value.
        let mut places = match path.root {
            Root::Parameter(_) => Places::new(),
            Root::Global(_) | Root::Made => self.memory.targets(&value),
        };
        for (index, step) in path.steps.iter().enumerate() {
            places = match step {
                PathStep::Member(name, record) => {
                    if let Some(record) = record {
                        for &place in &places {
                            self.records.entry(place).or_insert_with(|| record.clone());
                        }
                    }
                    let name = self.memory.name(name);
                    places.iter().map(|&place| self.memory.below(place, &[name])).collect()
                }
                PathStep::Follow => {
                    if index > 0 || !matches!(path.root, Root::Parameter(_)) {
                        value = self.load(&places, frame);
                    }
                    self.memory.targets(&value)
                }
            };
        }
        places
    }

    fn translate(&mut self, call: &Call<'_>, value: &SummaryValue, frame: &mut Frame<'_>) -> Value {
        let mut out = Value::default();
        for (atom, steps) in value {
            match atom {
                SummaryAtom::Origin(origin) => {
                    let origin = self.origin_here(call, origin);
                    let origin = self.shared_origin(origin);
                    let step = self.through_call(call, steps);
                    out.insert(Atom::Origin(origin), step);
                }
                SummaryAtom::Null => {
                    out.insert(Atom::Null, Engine::START);
                }
                SummaryAtom::Number => {
                    out.insert(Atom::Number, Engine::START);
                }
                SummaryAtom::Initial(path) => {
                    let found = match (&path.root, path.steps.is_empty()) {
                        (Root::Parameter(index), true) => {
                            call.values.get(*index).cloned().unwrap_or_default()
                        }
                        _ => {
                            let places = self.resolve(call, path, frame);
                            self.load(&places, frame)
                        }
                    };
                    out.join(&self.moved(found, call.id, Role::Call));
                }
                SummaryAtom::Address(path) => {
                    let step = self.through_call(call, steps);
                    for place in self.resolve(call, path, frame) {
                        out.insert(Atom::Address(place), step);
                    }
                }
            }
        }
        out
    }

    fn through_call(&mut self, call: &Call<'_>, steps: &[TraceStep]) -> super::value::StepId {
        let inner = self.step(Step::Elsewhere(steps.to_vec(), Engine::START));
        self.step(Step::At(call.id, Role::Call, inner))
    }

    /// An origin of the callee as it looks from here: its iterator is one of the arguments, or is lost.
    fn origin_here(&mut self, call: &Call<'_>, origin: &Arc<Origin>) -> Arc<Origin> {
        if let OriginKind::Pending(ask) = &origin.kind {
            let ask = ask.as_ref().clone().entered(&[(self.context.id, call.id)]);
            let kind = OriginKind::Pending(Arc::new(ask));
            return Arc::new(Origin { kind, ..Origin::clone(origin) });
        }
        let OriginKind::Iterator(iterator) = &origin.kind else { return origin.clone() };
        let bound = call.summary.iterators.iter().find(|(of, _)| of == origin);
        let node = bound.and_then(|(_, at)| *at).and_then(|at| call.args.get(at)).copied();
        let kind = OriginKind::Iterator(IteratorExpr {
            text: node.map_or_else(|| iterator.text.clone(), |node| self.context.text(node)),
            node,
            source: iterator.source.clone(),
        });
        Arc::new(Origin { kind, ..Origin::clone(origin) })
    }
}

/// A call whose callee is known by its summary.
struct Call<'c> {
    id: NodeId,
    args: &'c [NodeId],
    values: &'c [Value],
    summary: &'c Summary,
}
