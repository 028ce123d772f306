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
    /// What a call or an opaque statement may have stored.
    Written(NodeId),
}

/// A set of [`Atom`]s in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Value(SmallVec<[(Atom, StepId); 2]>);

impl Value {
    pub(super) fn of(atom: Atom, step: StepId) -> Value {
        Value(SmallVec::from_slice(&[(atom, step)]))
    }

    /// Adds an atom; whether it was new.
    ///
    /// Of several unknown writes the first one is kept: one is as bad as many.
    pub(super) fn insert(&mut self, atom: Atom, step: StepId) -> bool {
        if matches!(atom, Atom::Written(_)) && self.may_be_written() {
            return false;
        }
        match self.0.binary_search_by_key(&atom, |&(atom, _)| atom) {
            Ok(_) => false,
            Err(at) => {
                self.0.insert(at, (atom, step));
                true
            }
        }
    }

    /// Whether something unknown may have stored here.
    pub(super) fn may_be_written(&self) -> bool {
        self.0.iter().any(|(atom, _)| matches!(atom, Atom::Written(_)))
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
        let mut own = self.0.iter().map(|&(atom, _)| atom);
        other.0.iter().all(|&(atom, _)| {
            let is_write = matches!(atom, Atom::Written(_));
            (is_write && self.may_be_written()) || own.any(|own| own == atom)
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
