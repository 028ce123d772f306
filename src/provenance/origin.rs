//! Where a page comes from, and the steps it took from there.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ask::Ask;
use super::vocabulary::ReferenceKind;
use crate::ast::NodeId;
use crate::source::TreePath;

/// What kind of place a page comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum OriginKind {
    /// get_user_pages() or one of its relatives.
    Gup,
    /// From get_user_pages() exactly if the iterator is user-backed.
    Iterator(IteratorExpr),
    /// Elsewhere; what that is, in words.
    Other(String),
    /// Read back from a bio, bvec or scatterlist.
    ReadBack,
    /// Not known, and why.
    Unknown(String),
    /// Another function has to be asked. Never the answer to a question.
    Pending(Arc<Ask>),
}

/// The iterator that a source was given.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IteratorExpr {
    /// As written in the function at hand, a pointer: `iter`, `&msg->msg_iter`.
    pub text: String,
    /// The expression in the function at hand; `None` where it cannot be written there.
    pub node: Option<NodeId>,
    /// The name of the source.
    pub source: String,
}

/// A place in a tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// The file.
    pub file: TreePath,
    /// The 1-based line.
    pub line: u32,
    /// The function around it.
    pub function: String,
}

/// Where a page comes from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// What kind of place.
    pub kind: OriginKind,
    /// Where.
    pub place: Place,
    /// The called function, or the text of the expression.
    pub text: String,
    /// How its reference has to be given back.
    pub reference: Option<ReferenceKind>,
    /// The steps in other functions, from the source on.
    pub upstream: Vec<TraceStep>,
}

/// What a step of a trace is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The page comes from here.
    Source,
    /// It is given to a variable.
    Assign,
    /// It is stored in memory.
    Store,
    /// It is loaded from memory.
    Load,
    /// It is passed to a function.
    Call,
    /// A function gives it back.
    Return,
    /// It is added here.
    Adder,
    /// Its reference ends here.
    Release,
}

/// One step of the way of a page.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TraceStep {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The source text, on one line.
    pub text: String,
    /// What happens there.
    pub role: Role,
}
