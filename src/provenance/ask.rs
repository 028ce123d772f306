//! Questions about other functions: what one function's analysis leaves open, in words that all of the tree shares.
//!
//! The analysis of one function ends at its borders: at what a parameter pointed to on entry, at what a call
//! gave back or left behind, at a member of an object from elsewhere. Each of these is an [`Ask`]. The solver
//! for the whole tree (`whole`) answers an ask with origins and with further asks; asks are its nodes.
//!
//! A member is asked for by its *hops*: the struct and the member that each step of `hdr->args.pages` takes,
//! the outermost first. Two accesses may meet where the shorter list ends the longer one: `args->pages` may
//! be `hdr->args.pages`, but `a->buf.pages` is never `b->buf.pages` of another struct.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::environment::{AccessPath, PathStep};
use crate::ast::NodeId;

/// A function of the tree: its file's number and its item's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FunctionId {
    /// The file's number in the index.
    pub file: u32,
    /// The number of its top-level item.
    pub item: u32,
}

/// A struct or union: its tag and the file that defines it, so that two drivers' `struct buf` stay apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// The tag; empty for a struct without one.
    pub tag: Arc<str>,
    /// The number of the file that defines it; `u32::MAX` where no definition was found.
    pub file: u32,
    /// The first token of a struct without a tag, else 0; for variables see [`RecordKey::scope`].
    pub at: u32,
}

/// One member access: the struct it is on, and the member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hop {
    /// The struct.
    pub record: RecordKey,
    /// The member.
    pub member: Arc<str>,
}

/// Where names mean variables: no struct has such a tag.
const SCOPE: &str = "its scope";

impl RecordKey {
    /// All variables at file scope: those of a file, or those that the whole tree shares.
    pub fn scope(file: Option<u32>) -> RecordKey {
        RecordKey { tag: Arc::from(SCOPE), file: file.unwrap_or(u32::MAX), at: u32::MAX }
    }

    /// The variable of a function that is declared at token `at` and lives on between its calls.
    pub fn of_function(file: u32, at: u32) -> RecordKey {
        RecordKey { tag: Arc::from(SCOPE), file, at }
    }
}

impl Hop {
    /// Whether this is a variable that lives on between calls, as a member of where its name means it.
    pub fn is_variable(&self) -> bool {
        &*self.record.tag == SCOPE
    }
}

/// A member of any object of its type, and how many pointers are followed from there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct HeapKey {
    /// The outermost struct that is known, first.
    pub hops: Vec<Hop>,
    /// 0 for the member's own value, 1 for what it points to.
    pub follows: u8,
}

impl HeapKey {
    /// The member itself.
    pub fn last(&self) -> &Hop {
        self.hops.last().expect("a key has a member")
    }

    /// Whether all stores to `other` are stores to this too: it is the same member, and less is known of what the
    /// struct lies in.
    pub fn covers(&self, other: &HeapKey) -> bool {
        self.follows == other.follows && other.hops.ends_with(&self.hops)
    }

    /// Whether both may be the same place.
    pub fn meets(&self, other: &HeapKey) -> bool {
        let (own, theirs) = (&self.hops, &other.hops);
        self.follows == other.follows && (own.ends_with(theirs) || theirs.ends_with(own))
    }
}

/// The calls through which a function was entered from above, the outermost first.
pub type Calls = Vec<(FunctionId, NodeId)>;

/// Something that one function cannot answer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Ask {
    /// What a place holds when a function is entered.
    Entry {
        /// The function.
        function: FunctionId,
        /// The place, from a parameter or a global on.
        path: AccessPath,
        /// The place as a member, where its type is known.
        heap: Option<HeapKey>,
        /// How it was entered; empty where any caller may be meant.
        calls: Calls,
        /// How many callers have been gone up for a member.
        level: u8,
    },
    /// What is found from the result of a call on.
    Result {
        /// The calling function.
        function: FunctionId,
        /// The call.
        call: NodeId,
        /// From the result to the place.
        steps: Vec<PathStep>,
        /// The place as a member.
        heap: Option<HeapKey>,
        /// How the calling function was entered.
        calls: Calls,
    },
    /// What a call may have left at a place.
    After {
        /// The calling function.
        function: FunctionId,
        /// The call.
        call: NodeId,
        /// The argument that the place is found from.
        argument: usize,
        /// From the argument's value to the place.
        steps: Vec<PathStep>,
        /// The place as a member.
        heap: Option<HeapKey>,
        /// How the calling function was entered.
        calls: Calls,
    },
    /// What any store of the tree puts into a member.
    Heap(HeapKey),
    /// The same, but functions that were gone down into are given there only what these calls give them.
    Within {
        /// The member.
        member: HeapKey,
        /// The function that was come to.
        function: FunctionId,
        /// How it was entered.
        calls: Calls,
    },
}

impl Ask {
    /// The same question where its function was entered through `outer` first.
    pub fn entered(mut self, outer: &[(FunctionId, NodeId)]) -> Ask {
        match &mut self {
            Ask::Entry { calls, .. }
            | Ask::Result { calls, .. }
            | Ask::After { calls, .. }
            | Ask::Within { calls, .. } => {
                calls.splice(0..0, outer.iter().copied());
            }
            Ask::Heap(_) => {}
        }
        self
    }

    /// The member that is asked for, where it is known.
    pub fn member(&self) -> Option<&HeapKey> {
        match self {
            Ask::Entry { heap, .. } | Ask::Result { heap, .. } | Ask::After { heap, .. } => {
                heap.as_ref()
            }
            Ask::Heap(member) | Ask::Within { member, .. } => Some(member),
        }
    }

    /// The function whose body is wanted first, where it is one.
    pub fn function(&self) -> Option<FunctionId> {
        match self {
            Ask::Entry { function, .. }
            | Ask::Result { function, .. }
            | Ask::After { function, .. }
            | Ask::Within { function, .. } => Some(*function),
            Ask::Heap(_) => None,
        }
    }
}
