//! Abstract values: sets of atoms, each with the step that brought it.
//!
//! A value says what an expression or a memory cell may hold. The join is set union, so values only grow
//! along a path of the solver and it ends. Of two steps for one atom the earlier one stays: the witness is
//! the way by which the atom was first found.

use smallvec::SmallVec;

use super::memory::CellId;
use crate::ast::NodeId;

/// The number of an [`Origin`](super::Origin) in its analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct OriginId(pub(super) u32);

/// The number of a step in its analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct StepId(pub(super) u32);

/// One thing that a value may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Atom {
    /// A page from a place that is known.
    Origin(OriginId),
    /// No page.
    Null,
    /// Something computed, or a constant: no page and no pointer that can be followed.
    Number,
    /// What the cell held when the function was entered or the object was made.
    Initial(CellId),
    /// The address of a cell, or of another element of the same array.
    Address(CellId),
    /// What a call gave back that nothing is known of.
    Called(NodeId),
    /// What a call or an opaque statement may have stored in the cell.
    Written(NodeId, CellId),
    /// What more calls than are told apart may have stored in the cell.
    Lost(CellId),
}

/// More unknown writes than these are not told apart.
const MOST_WRITES: usize = 2;

/// A set of [`Atom`]s in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value(SmallVec<[(Atom, StepId); 2]>);

impl Value {
    pub(super) fn of(atom: Atom, step: StepId) -> Value {
        Value(SmallVec::from_slice(&[(atom, step)]))
    }

    /// Adds an atom; whether it was new.
    pub(super) fn insert(&mut self, atom: Atom, step: StepId) -> bool {
        match self.0.binary_search_by_key(&atom, |&(atom, _)| atom) {
            Ok(_) => false,
            Err(at) => match atom {
                Atom::Written(_, cell) if self.writes() >= MOST_WRITES => {
                    self.insert(Atom::Lost(cell), step)
                }
                _ => {
                    self.0.insert(at, (atom, step));
                    true
                }
            },
        }
    }

    fn writes(&self) -> usize {
        self.0.iter().filter(|(atom, _)| matches!(atom, Atom::Written(..))).count()
    }

    /// Adds all of `other`; whether anything was new.
    pub(super) fn join(&mut self, other: &Value) -> bool {
        let mut grew = false;
        for &(atom, step) in &other.0 {
            grew |= self.insert(atom, step);
        }
        grew
    }

    /// Whether joining `other` would add nothing.
    pub(super) fn covers(&self, other: &Value) -> bool {
        let has = |atom: Atom| self.0.binary_search_by_key(&atom, |&(atom, _)| atom).is_ok();
        let is_full = self.writes() >= MOST_WRITES;
        other.0.iter().all(|&(atom, _)| match atom {
            Atom::Written(_, cell) => has(atom) || (is_full && has(Atom::Lost(cell))),
            _ => has(atom),
        })
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (Atom, StepId)> + '_ {
        self.0.iter().copied()
    }

    pub(super) fn retain(&mut self, keep: impl Fn(Atom) -> bool) {
        self.0.retain(|&mut (atom, _)| keep(atom));
    }

    pub(super) fn map_steps(&mut self, step: impl Fn(Atom, StepId) -> StepId) {
        for (atom, at) in &mut self.0 {
            *at = step(*atom, *at);
        }
    }
}
