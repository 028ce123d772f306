//! Functions that were solved, kept while there is room.
//!
//! The same function is asked about many places: each argument of each call in it is a question of its own. It
//! is solved once for all of them, unless it had to make room in between.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use super::super::ask::FunctionId;
use super::super::engine::Solved;

/// Bytes of solved functions that are kept.
const ROOM: usize = 256 << 20;

/// Solved functions by which were used last.
#[derive(Debug, Default)]
pub(super) struct SolvedFunctions(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    solved: FxHashMap<FunctionId, (Solved, usize, u64)>,
    taken: usize,
    used: u64,
    /// How often a function was solved.
    solves: usize,
}

impl SolvedFunctions {
    /// Takes a function out.
    pub(super) fn take(&self, id: FunctionId) -> Option<Solved> {
        let mut kept = self.kept();
        match kept.solved.remove(&id) {
            Some((solved, size, _)) => {
                kept.taken -= size;
                Some(solved)
            }
            None => {
                kept.solves += 1;
                None
            }
        }
    }

    /// Puts a function in, or back.
    pub(super) fn put(&self, id: FunctionId, solved: Solved) {
        let size = solved.heap_size();
        let mut kept = self.kept();
        kept.used += 1;
        let used = kept.used;
        kept.taken += size;
        if let Some((_, size, _)) = kept.solved.insert(id, (solved, size, used)) {
            kept.taken -= size;
        }
        let old = if kept.taken > ROOM { kept.make_room() } else { Vec::new() };
        drop(kept);
        // Freed without the lock: it takes a while.
        drop(old);
    }

    /// How often a function was solved.
    pub(super) fn solves(&self) -> usize {
        self.kept().solves
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// Takes out those that were not used for the longest, until a quarter of the room is free.
    fn make_room(&mut self) -> Vec<Solved> {
        let mut by_age: Vec<(u64, FunctionId)> =
            self.solved.iter().map(|(&id, &(_, _, used))| (used, id)).collect();
        by_age.sort_unstable();
        let mut old = Vec::new();
        for (_, id) in by_age {
            if self.taken <= ROOM / 4 * 3 {
                break;
            }
            if let Some((solved, size, _)) = self.solved.remove(&id) {
                self.taken -= size;
                old.push(solved);
            }
        }
        old
    }
}
