//! What lies outside of the function at hand: prototypes, callees, callers.
//!
//! The analysis of one function asks an [`Environment`]. [`Alone`] answers 'not known' to everything;
//! [`WholeTree`](super::WholeTree) answers for a tree.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ask::{Ask, FunctionId, RecordKey};
use super::condition::Condition;
use super::gap::Gap;
use super::origin::{Origin, TraceStep};
use super::scope::Prototype;
use crate::ast::NodeId;

/// Where a summary's path starts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Root {
    /// The value of a parameter.
    Parameter(usize),
    /// A global variable.
    Global(String),
    /// An object that the function made; its address.
    Made,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum PathStep {
    /// To what the pointer points to.
    Follow,
    /// To a member of the struct, where it is known which one.
    Member(String, Option<RecordKey>),
}

/// A place as both sides of a call can name it: `parameter 0, follow, .pages, follow`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AccessPath {
    /// Where it starts.
    pub root: Root,
    /// Where it goes from there.
    pub steps: Vec<PathStep>,
}

/// What a value may be, as both sides of a call can name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SummaryAtom {
    /// A page of a known origin, or something that is not known.
    Origin(Arc<Origin>),
    /// No page.
    Null,
    /// No page and no pointer.
    Number,
    /// What was there before the call.
    Initial(AccessPath),
    /// The address of a place.
    Address(AccessPath),
}

/// Atoms, each with the steps in the callee that brought it.
pub type SummaryValue = Vec<(SummaryAtom, Vec<TraceStep>)>;

/// A store that a function makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// Where.
    pub place: AccessPath,
    /// What is there afterwards.
    pub value: SummaryValue,
}

/// What a call does to its arguments and what it gives back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// What it returns; empty for a function that returns no value.
    pub returns: SummaryValue,
    /// What it stores.
    pub effects: Vec<Effect>,
    /// Places from where on something unknown may have been stored.
    pub writes: Vec<(AccessPath, String)>,
    /// Whether it runs functions of which nothing is known here, so that all variables may change.
    pub runs_unknown: bool,
    /// Which parameter is the iterator of an origin that is bound to one: origin text to parameter.
    pub iterators: Vec<(Arc<Origin>, Option<usize>)>,
}

/// A variable at file scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileVariable {
    /// Where the name means it, one file or the tree: told as a struct that has all its variables as members.
    pub scope: RecordKey,
    /// Whether it is an array.
    pub is_array: bool,
    /// Whether the file takes its address, so that a pointer from elsewhere may lead to it.
    pub may_be_pointed_to: bool,
}

/// What is known outside of the function at hand.
pub trait Environment {
    /// The tree's own prototype of a function.
    fn prototype(&self, name: &str) -> Option<Arc<Prototype>>;

    /// The parameters that a macro of this name gives a value, from 0, as far as that is known.
    fn assigned_by_macro(&self, _: &str) -> Vec<usize> {
        Vec::new()
    }

    /// Whether the tree declares a function of this name.
    fn declares(&self, name: &str) -> bool;

    /// The variable at file scope that a name means.
    fn variable(&self, name: &str) -> Option<FileVariable>;

    /// What calling a function does; `None` where it is not known.
    fn summary(&self, name: &str) -> Option<Arc<Summary>>;

    /// The flag, of what function `function` is given, that says at `site` whether the pages of an iterator are from
    /// GUP.
    fn flag(&self, function: FunctionId, site: NodeId, origin: &Origin) -> Option<Condition>;

    /// The origins of what a function leaves open, one that is not known among them where not all could be told;
    /// `None` where nobody can be asked.
    fn incoming(&self, ask: &Ask) -> Option<Arc<Answer>>;
}

/// The answer to an [`Ask`].
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// All origins that were found.
    pub origins: Vec<Arc<Origin>>,
    /// What was not followed on the way, in order.
    pub gaps: Vec<Gap>,
}

/// Nothing is known outside of the function.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl AccessPath {
    /// Whether both are the same place, whatever is known of the structs on the way.
    pub fn is_same_place(&self, other: &AccessPath) -> bool {
        let is_same = |(a, b): (&PathStep, &PathStep)| match (a, b) {
            (PathStep::Member(a, _), PathStep::Member(b, _)) => a == b,
            (a, b) => a == b,
        };
        self.root == other.root
            && self.steps.len() == other.steps.len()
            && self.steps.iter().zip(&other.steps).all(is_same)
    }
}

impl Environment for Alone {
    fn prototype(&self, _: &str) -> Option<Arc<Prototype>> {
        None
    }

    fn declares(&self, _: &str) -> bool {
        false
    }

    fn variable(&self, _: &str) -> Option<FileVariable> {
        None
    }

    fn summary(&self, _: &str) -> Option<Arc<Summary>> {
        None
    }

    fn flag(&self, _: FunctionId, _: NodeId, _: &Origin) -> Option<Condition> {
        None
    }

    fn incoming(&self, _: &Ask) -> Option<Arc<Answer>> {
        None
    }
}
