//! What was not followed on the ways to an adder.
//!
//! A gap does not decide a class by itself: where it may bring a page there is an origin that is not known beside it, or
//! all stores of the tree to a member stand in for it. It is told so that a reader knows what an answer rests on.

use serde::{Deserialize, Serialize};

use super::origin::Place;

/// What kind of gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum GapKind {
    /// A call through a pointer, and not known to which functions; or a function that such a call may run.
    IndirectCall,
    /// The page goes on as something else: a frame number, the page of a pipe or of a network buffer.
    OtherForm,
}

/// A place where a way was not followed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Gap {
    /// What kind.
    pub kind: GapKind,
    /// Where; `None` where it is a member of any object.
    pub place: Option<Place>,
    /// What is there, in words or as it is written.
    pub text: String,
}
