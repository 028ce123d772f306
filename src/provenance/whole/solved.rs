//! Functions that were solved, kept while there is room.
//!
//! The same function is asked about many places: each argument of each call in it is a question of its own. It
//! is solved once for all of them, unless it had to make room in between.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::ask::FunctionId;
use super::super::engine::Solved;
use super::trail::Part;
use crate::kept::Kept;

/// Bytes of solved functions that are kept.
const ROOM: usize = 192 << 20;

/// Solved functions by which were used last.
#[derive(Debug)]
pub(super) struct SolvedFunctions(Mutex<Kept<FunctionId, (Solved, Option<Part>)>>);

impl Default for SolvedFunctions {
    fn default() -> Self {
        SolvedFunctions(Mutex::new(Kept::new(ROOM)))
    }
}

impl SolvedFunctions {
    /// Takes a function out, with what it was made of.
    pub(super) fn take(&self, id: FunctionId) -> Option<(Solved, Option<Part>)> {
        self.kept().take(id)
    }

    /// Puts a function in, or back.
    pub(super) fn put(&self, id: FunctionId, solved: Solved, part: Option<Part>) {
        let size = solved.heap_size();
        let old = self.kept().put(id, (solved, part), size);
        // Freed without the lock: it takes a while.
        drop(old);
    }

    fn kept(&self) -> MutexGuard<'_, Kept<FunctionId, (Solved, Option<Part>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
