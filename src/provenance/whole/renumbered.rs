//! What was found in an earlier run, with the numbers that files and functions have now and the lines they are at.
//!
//! Expressions keep their numbers: who looks at one rests on what its function says.

use std::sync::Arc;

use super::super::ask::{Ask, FunctionId, HeapKey, Hop, RecordKey};
use super::super::environment::{AccessPath, PathStep, Root};
use super::super::gap::Gap;
use super::super::leads::Target;
use super::super::origin::{Origin, OriginKind, Place, TraceStep};
use super::super::reference::{Arrived, Touch};
use super::callers::Callers;
use super::expand::{Edge, Expansion};
use super::macros::MacroStore;
use super::trail::Part;

/// Other numbers for the same things; `None` for what is gone.
pub trait Renumber {
    /// A file's.
    fn file(&mut self, number: u32) -> Option<u32>;
    /// A function's.
    fn function(&mut self, id: FunctionId) -> Option<FunctionId>;
    /// A part's.
    fn part(&mut self, part: Part) -> Option<Part>;
    /// The same place, at the line where it is.
    fn place(&mut self, place: Place) -> Option<Place>;
}

/// What has numbers of files in it, or lines.
pub(super) trait Numbered: Sized {
    /// The same with other numbers; `None` where something of it is gone.
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self>;
}

/// Things without numbers.
macro_rules! plain {
    ($($plain:ty),*) => {
        $(impl Numbered for $plain {
            fn renumbered(self, _: &mut dyn Renumber) -> Option<Self> {
                Some(self)
            }
        })*
    };
}

plain!((), String, bool, crate::ast::NodeId);

impl Numbered for FunctionId {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        by.function(self)
    }
}

impl Numbered for u32 {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        by.file(self)
    }
}

impl Numbered for Place {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        by.place(self)
    }
}

impl Numbered for RecordKey {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        match (self.file, self.at) {
            (u32::MAX, 0 | u32::MAX) => Some(self),
            (file, 0 | u32::MAX) if !self.tag.is_empty() => {
                Some(RecordKey { file: by.file(file)?, ..self })
            }
            // Its place in its file is part of what it is.
            _ => None,
        }
    }
}

impl Numbered for Hop {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(Hop { record: self.record.renumbered(by)?, ..self })
    }
}

impl Numbered for HeapKey {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(HeapKey { hops: self.hops.renumbered(by)?, ..self })
    }
}

impl Numbered for PathStep {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(match self {
            PathStep::Member(name, record) => PathStep::Member(name, record.renumbered(by)?),
            PathStep::Follow => PathStep::Follow,
        })
    }
}

impl Numbered for AccessPath {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        let AccessPath { root: root @ (Root::Parameter(_) | Root::Global(_) | Root::Made), steps } =
            self;
        Some(AccessPath { root, steps: steps.renumbered(by)? })
    }
}

impl Numbered for Ask {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(match self {
            Ask::Entry { function, path, heap, calls, level } => Ask::Entry {
                function: function.renumbered(by)?,
                path: path.renumbered(by)?,
                heap: heap.renumbered(by)?,
                calls: calls.renumbered(by)?,
                level,
            },
            Ask::Result { function, call, steps, heap, calls } => Ask::Result {
                function: function.renumbered(by)?,
                call,
                steps: steps.renumbered(by)?,
                heap: heap.renumbered(by)?,
                calls: calls.renumbered(by)?,
            },
            Ask::After { function, call, argument, steps, heap, calls } => Ask::After {
                function: function.renumbered(by)?,
                call,
                argument,
                steps: steps.renumbered(by)?,
                heap: heap.renumbered(by)?,
                calls: calls.renumbered(by)?,
            },
            Ask::Heap(member) => Ask::Heap(member.renumbered(by)?),
            Ask::Within { member, function, calls } => Ask::Within {
                member: member.renumbered(by)?,
                function: function.renumbered(by)?,
                calls: calls.renumbered(by)?,
            },
        })
    }
}

impl Numbered for TraceStep {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(TraceStep { place: by.place(self.place)?, ..self })
    }
}

impl Numbered for Gap {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(Gap { place: self.place.renumbered(by)?, ..self })
    }
}

impl Numbered for Origin {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        if matches!(self.kind, OriginKind::Pending(_)) {
            return None;
        }
        let (place, upstream) = (by.place(self.place)?, self.upstream.renumbered(by)?);
        Some(Origin { place, upstream, ..self })
    }
}

impl Numbered for Target {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(match self {
            Target::Known(origin) => Target::Known(origin.renumbered(by)?),
            Target::Open(ask) => Target::Open(ask.renumbered(by)?),
        })
    }
}

impl Numbered for Edge {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(Edge { target: self.target.renumbered(by)?, steps: self.steps.renumbered(by)? })
    }
}

impl Numbered for Expansion {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(Expansion { edges: self.edges.renumbered(by)?, gaps: self.gaps.renumbered(by)? })
    }
}

impl Numbered for Callers {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        let Callers { mut sites, mut kept, unresolved } = self;
        (sites, kept) = (sites.renumbered(by)?, kept.renumbered(by)?);
        sites.sort();
        kept.sort();
        Some(Callers { sites, kept, unresolved })
    }
}

impl Numbered for MacroStore {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(MacroStore { file: by.file(self.file)?, ..self })
    }
}

impl Numbered for Arrived {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(Arrived { source: by.place(self.source)?, trace: self.trace.renumbered(by)? })
    }
}

impl Numbered for Touch {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some(Touch { place: by.place(self.place)?, sources: self.sources.renumbered(by)?, ..self })
    }
}

impl<A: Numbered, B: Numbered> Numbered for (A, B) {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Some((self.0.renumbered(by)?, self.1.renumbered(by)?))
    }
}

impl<A: Numbered, B: Numbered, C: Numbered> Numbered for (A, B, C) {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        let (a, b, c) = self;
        Some((a.renumbered(by)?, b.renumbered(by)?, c.renumbered(by)?))
    }
}

impl<T: Numbered> Numbered for Vec<T> {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        self.into_iter().map(|one| one.renumbered(by)).collect()
    }
}

impl<T: Numbered> Numbered for Option<T> {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        match self {
            Some(one) => one.renumbered(by).map(Some),
            None => Some(None),
        }
    }
}

impl<T: Numbered + Clone> Numbered for Arc<T> {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        Arc::unwrap_or_clone(self).renumbered(by).map(Arc::new)
    }
}

impl<T: Numbered + Clone> Numbered for Arc<[T]> {
    fn renumbered(self, by: &mut dyn Renumber) -> Option<Self> {
        self.iter().map(|one| one.clone().renumbered(by)).collect()
    }
}

/// The same, in the order of the new numbers.
pub(super) fn sorted<T: Numbered + Clone + Ord>(
    all: &[T],
    by: &mut dyn Renumber,
) -> Option<Arc<[T]>> {
    let mut all = all.to_vec().renumbered(by)?;
    all.sort();
    Some(all.into())
}
