//! From the value at an adder to a class.
//!
//! What is known to be no page (NULL, memory that nothing was stored in) does not count. An origin that
//! is not known makes a site at best mixed.

use std::sync::Arc;

use super::engine::Engine;
use super::origin::{IteratorExpr, Origin, OriginKind, TraceStep};
use super::value::{Atom, StepId, Value};

/// What reaches an adder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Pages from GUP on every path.
    Gup,
    /// Pages from GUP exactly when a condition holds that is known.
    Conditional,
    /// Pages from GUP on some paths only, or not for sure.
    Mixed,
    /// Pages read back from another bio, bvec or scatterlist.
    Carried,
    /// No page from GUP.
    Other,
    /// Not known, and no page from GUP seen.
    Unknown,
}

/// One origin at an adder and the way from there.
#[derive(Clone, Debug)]
pub(super) struct Arrival {
    pub(super) origin: Arc<Origin>,
    pub(super) trace: Vec<TraceStep>,
    /// Whether it came through another function.
    pub(super) is_local: bool,
}

/// The origins at an adder by what they mean.
#[derive(Clone, Debug, Default)]
pub(super) struct Arrivals {
    pub(super) gup: Vec<Arrival>,
    pub(super) iterators: Vec<Arrival>,
    pub(super) others: Vec<Arrival>,
    pub(super) read_back: Vec<Arrival>,
    pub(super) unknown: Vec<Arrival>,
}

impl Arrivals {
    fn push(&mut self, arrival: Arrival) {
        let list = match arrival.origin.kind {
            OriginKind::Gup => &mut self.gup,
            OriginKind::Iterator(_) => &mut self.iterators,
            OriginKind::Other(_) => &mut self.others,
            OriginKind::ReadBack => &mut self.read_back,
            OriginKind::Unknown(_) => &mut self.unknown,
        };
        list.push(arrival);
    }

    /// The class, as far as no condition of the code tells paths apart.
    pub(super) fn class(&self) -> Class {
        let elsewhere = !(self.others.is_empty() && self.read_back.is_empty());
        let pure = !elsewhere && self.unknown.is_empty();
        match (self.gup.is_empty(), self.iterators.is_empty()) {
            (true, true) if !self.unknown.is_empty() => Class::Unknown,
            (true, true) if !self.read_back.is_empty() => Class::Carried,
            (true, true) => Class::Other,
            (false, true) if pure => Class::Gup,
            (true, false) if pure && self.one_iterator().is_some() => Class::Conditional,
            _ => Class::Mixed,
        }
    }

    /// The iterator that decides, where all pages come from one and the same.
    pub(super) fn one_iterator(&self) -> Option<&IteratorExpr> {
        let mut found: Option<&IteratorExpr> = None;
        for arrival in &self.iterators {
            let OriginKind::Iterator(iterator) = &arrival.origin.kind else { return None };
            match found {
                Some(one) if one.text != iterator.text => return None,
                Some(one) if one.source == iterator.source => {}
                // Two sources may ask for two different helpers; the first one that is not special wins.
                Some(_) | None => found = Some(found.unwrap_or(iterator)),
            }
        }
        found
    }

    /// All that may be from GUP, then all that is from elsewhere.
    pub(super) fn sources(&self) -> impl Iterator<Item = &Arrival> {
        self.gup.iter().chain(&self.iterators)
    }

    pub(super) fn elsewhere(&self) -> impl Iterator<Item = &Arrival> {
        self.others.iter().chain(&self.read_back).chain(&self.unknown)
    }
}

impl Engine<'_> {
    /// The origins in `value`, asked of callers and other functions where it came from outside.
    pub(super) fn arrivals(&mut self, value: &Value) -> Arrivals {
        let mut out = Arrivals::default();
        let mut seen: Vec<Arc<Origin>> = Vec::new();
        for (atom, step) in value.iter() {
            for (origin, is_local) in self.origins_of(atom, step) {
                if !seen.contains(&origin) {
                    seen.push(origin.clone());
                    let mut trace = origin.upstream.clone();
                    trace.extend(self.trace(step));
                    let is_local = is_local && origin.upstream.is_empty();
                    out.push(Arrival { origin, trace, is_local });
                }
            }
        }
        out
    }

    fn origins_of(&mut self, atom: Atom, step: StepId) -> Vec<(Arc<Origin>, bool)> {
        match atom {
            Atom::Origin(id) => {
                let origin = self.origin_of(id).clone();
                let is_local = origin.place.function == self.context.scope.name;
                vec![(origin, is_local)]
            }
            Atom::Null => Vec::new(),
            Atom::Initial(cell) if self.memory.starts_empty(cell) => Vec::new(),
            Atom::Initial(cell) => {
                let path = &self.memory.cell(cell).path;
                let last = path.last().map(|&name| self.memory.text(name));
                if last.is_some_and(|name| self.context.vocabulary.is_read_back_member(name)) {
                    let origin = Origin { kind: OriginKind::ReadBack, ..self.unknown(atom, None) };
                    return vec![(Arc::new(origin), true)];
                }
                let environment = self.context.environment;
                let function = &self.context.scope.name;
                let outside =
                    self.access_path(cell).and_then(|place| environment.incoming(function, &place));
                match outside {
                    Some(origins) => origins.into_iter().map(|origin| (origin, false)).collect(),
                    None => vec![(Arc::new(self.unknown(atom, None)), true)],
                }
            }
            Atom::Called(node) | Atom::Written(node) => {
                vec![(Arc::new(self.unknown(atom, Some(node))), true)]
            }
            Atom::Number | Atom::Address(_) => {
                let node = match self.step_data(step) {
                    super::engine::Step::At(node, ..) => Some(*node),
                    _ => None,
                };
                vec![(Arc::new(self.unknown(atom, node)), true)]
            }
        }
    }
}
