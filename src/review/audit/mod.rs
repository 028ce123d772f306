//! The audit: every GUP call of a tree, where its pages go and who gives them back.
//!
//! In: rows that the driver has put together. Out: text, CSV, a page, and the difference between two audits.
//! JSON is the value itself; the format is versioned and only grows. Places are as in the scan's report.

mod change;
mod csv;
mod html;
mod text;

use serde::Serialize;

use super::visible::one_line;
use super::{Class, Reference, Release, Unseen};
use crate::source::TreePath;

pub use change::{Change, Comparison, Figures, FolderCounts, FolderFigures, compare};
pub use csv::csv;
pub use html::page;
pub use text::text;

/// The version of the format.
const VERSION: u32 = 1;

/// Every GUP call of a tree.
#[derive(Clone, Debug, Serialize)]
pub struct Audit {
    /// The format's version: 1.
    pub version: u32,
    /// The root of the tree.
    pub tree: String,
    /// The campaign's name.
    pub rules: String,
    /// Sorted by file, line and column.
    pub calls: Vec<Row>,
    /// What was not looked at.
    pub unseen: Unseen,
    /// The difference to another tree or revision, where one was asked for.
    pub comparison: Option<Comparison>,
}

/// One GUP call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// From the tree's root.
    pub file: TreePath,
    /// The line of the call.
    pub line: u32,
    /// Its column.
    pub column: u32,
    /// The function it is in.
    pub function: String,
    /// The section of MAINTAINERS that owns the file.
    pub subsystem: String,
    /// What is called.
    pub call: String,
    /// `get`, `pin`, or `flags` where the caller's flags decide.
    pub reference: &'static str,
    /// What it is or may be called with.
    pub flags: Vec<String>,
    /// `destination`, `source` or `unknown`: whether the pages are written to.
    pub transfer: &'static str,
    /// Where that depends on one condition: what is true where they are.
    pub writes_when: Option<String>,
    /// Where they are seen to be written to, in the function and in those that give them back.
    pub written: Vec<Written>,
    /// Whether references are taken with FOLL_GET to pages that are written to: they ought to be pins.
    pub ought_to_pin: bool,
    /// `bio`: what the call itself puts the pages into.
    pub container: Option<&'static str>,
    /// What is filled, as written.
    pub pages: Option<String>,
    /// The plain adders that its pages reach.
    pub destinations: Vec<Destination>,
    /// The calls that give the pages back, in the same function, under the same name or as a variable that holds only them.
    pub releases: Vec<ReleasedAt>,
    /// Where pages of this call are given back in other functions.
    pub releases_elsewhere: Vec<Release>,
    /// `released`, `handed-on`, `nothing-taken`, `leaks` or `unknown`: how the function leaves them.
    pub ending: &'static str,
    /// For `leaks` and `unknown`: the lines of the ways out.
    pub ways_out: Vec<u32>,
    /// What is proven to be wrong, in words.
    pub problems: Vec<String>,
    /// What may be wrong, for a person to look at.
    pub checks: Vec<String>,
}

/// An adder that the pages of a call reach.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Destination {
    /// From the tree's root.
    pub file: TreePath,
    /// The line of the adder's name.
    pub line: u32,
    /// The function it is in.
    pub function: String,
    /// The adder's name.
    pub adder: String,
    /// `bio`, `bvec` or `scatterlist`.
    pub container: &'static str,
    /// How sure it is.
    pub class: Class,
    /// Whose reference the container works under.
    pub reference: Reference,
    /// Where that is given back, in any file.
    pub releases: Vec<Release>,
}

/// A place where pages are written to, or are said to be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Written {
    /// `dirty`: marked dirty, as by somebody who has written; `store`: by the kernel; `dma`: by a device; `flag`: asked for
    /// with FOLL_WRITE.
    pub by: &'static str,
    /// From the tree's root.
    pub file: TreePath,
    /// Its line.
    pub line: u32,
    /// The source text.
    pub text: String,
    /// What is true where it is, if one condition says that.
    pub when: Option<String>,
}

/// A call that gives pages back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReleasedAt {
    /// What is called.
    pub call: String,
    /// Its line, in the file of the row.
    pub line: u32,
    /// Which kind of reference it ends: `get`, `pin` or `flags`.
    pub reference: &'static str,
}

impl Audit {
    /// An audit of these rows.
    pub fn new(tree: String, rules: String, mut calls: Vec<Row>, unseen: Unseen) -> Audit {
        calls.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        Audit { version: VERSION, tree, rules, calls, unseen, comparison: None }
    }

    /// Whether something is wrong.
    pub fn has_problems(&self) -> bool {
        self.calls.iter().any(|row| !row.problems.is_empty())
    }
}

impl Written {
    /// What happens there, in words.
    fn phrase(&self) -> &'static str {
        match self.by {
            "dirty" => "marked dirty",
            "store" => "written to by the kernel",
            "dma" => "written to by a device",
            _ => "asked for",
        }
    }
}

impl Row {
    /// `bio`, `bvec`, `scatterlist`: what its pages are put into; empty where nothing is known.
    fn containers(&self) -> Vec<&'static str> {
        let reached = self.destinations.iter().map(|to| to.container);
        let mut all: Vec<&str> = reached.chain(self.container).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Which way the data goes, in words.
    fn transfer_phrase(&self) -> String {
        match &self.writes_when {
            Some(when) => format!("destination if {}", one_line(when)),
            None => self.transfer.to_owned(),
        }
    }

    /// Whether more is known than that it was asked to write.
    fn is_seen_written(&self) -> bool {
        self.written.iter().any(|written| written.by != "flag")
    }

    /// What becomes of the pages in the function, in words.
    fn ending_phrase(&self) -> String {
        let lines: Vec<String> = self.ways_out.iter().map(u32::to_string).collect();
        let lines = lines.join(", ");
        match self.ending {
            "released" => "given back on every way out".to_owned(),
            "handed-on" => "handed on".to_owned(),
            "nothing-taken" => "only faulted in".to_owned(),
            "leaks" => format!("still held on the way out in line {lines}"),
            _ if lines.is_empty() => "not told".to_owned(),
            _ => format!("not told for the way out in line {lines}"),
        }
    }
}

#[cfg(test)]
mod tests;
