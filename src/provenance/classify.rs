//! From the value at an adder to a class.
//!
//! What is known to be no page (NULL, memory that nothing was stored in) does not count. An origin that
//! is not known makes a site at best mixed.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::ask::Ask;
use super::engine::Engine;
use super::gap::Gap;
use super::leads::Target;
use super::origin::{IteratorExpr, Origin, OriginKind, TraceStep};
use super::value::Value;

/// What reaches an adder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
    /// What was not followed.
    pub(super) gaps: BTreeSet<Gap>,
}

impl Arrivals {
    fn push(&mut self, arrival: Arrival) {
        let list = match arrival.origin.kind {
            OriginKind::Gup => &mut self.gup,
            OriginKind::Iterator(_) => &mut self.iterators,
            OriginKind::Other(_) => &mut self.others,
            OriginKind::ReadBack => &mut self.read_back,
            OriginKind::Unknown(_) | OriginKind::Pending(_) => &mut self.unknown,
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

    /// The source, where all pages are from one function's calls with one iterator.
    pub(super) fn one_source(&self) -> Option<&Arc<Origin>> {
        let first = &self.iterators.first()?.origin;
        let is_same = |other: &Origin| {
            let (own, theirs) = (&first.place, &other.place);
            own.file == theirs.file && own.function == theirs.function && first.kind == other.kind
        };
        self.iterators.iter().all(|arrival| is_same(&arrival.origin)).then_some(first)
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
    /// An origin for a question that nobody can answer.
    fn not_asked(&self, ask: &Ask) -> Origin {
        let (node, why) = match ask {
            Ask::Entry { .. } => (None, "what callers pass"),
            Ask::Result { call, .. } => (Some(*call), "what a call gives"),
            Ask::After { call, .. } => (Some(*call), "what a call may have stored"),
            Ask::Heap(_) | Ask::Within { .. } => (None, "what is stored elsewhere"),
        };
        let node = node.unwrap_or_else(|| self.context.ast.root());
        Origin {
            kind: OriginKind::Unknown(why.to_owned()),
            place: self.context.place(node),
            text: why.to_owned(),
            reference: None,
            upstream: Vec::new(),
        }
    }

    /// The origins in `value`, asked of other functions where it came from outside.
    pub(super) fn arrivals(&mut self, value: &Value) -> Arrivals {
        let mut out = Arrivals::default();
        let mut seen: FxHashSet<Arc<Origin>> = FxHashSet::default();
        for lead in self.leads(value, &Vec::new()) {
            let (origins, asked) = match lead.target {
                Target::Known(origin) => (vec![origin], false),
                Target::Open(ask) => match self.context.environment.incoming(&ask) {
                    Some(answer) => {
                        out.gaps.extend(answer.gaps.iter().cloned());
                        (answer.origins.clone(), true)
                    }
                    None => (vec![Arc::new(self.not_asked(&ask))], false),
                },
            };
            for origin in origins {
                if !seen.insert(origin.clone()) {
                    continue;
                }
                let mut trace = origin.upstream.clone();
                trace.extend(lead.steps.iter().cloned());
                let here = &self.context.scope.name;
                let is_local = !asked && origin.place.function == *here;
                out.push(Arrival { origin, trace, is_local });
            }
        }
        out
    }
}
