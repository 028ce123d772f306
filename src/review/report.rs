//! The report of a scan: the versioned shape that `scan --format json` prints and scripts rely on.
//!
//! The format only grows. Places are 1-based lines and columns (bytes) of files named from the tree's
//! root. Sites that no GUP page reaches are not in it.

use serde::{Deserialize, Serialize};

pub use crate::provenance::{Reach, Reference, Role};
use crate::source::TreePath;

/// What a scan found.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The format's version: 1.
    pub version: u32,
    /// The root of the tree, as it was given or found.
    pub tree: String,
    /// The campaign's name.
    pub rules: String,
    /// Sorted by file, line and column.
    pub sites: Vec<Site>,
    /// What the scan could not look at.
    pub unseen: Unseen,
}

/// How sure it is that a page is from GUP.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// On every path.
    Gup,
    /// Exactly when a condition holds.
    Conditional,
    /// On some paths, and nothing tells which.
    Mixed,
    /// Read back from a container that carries the mark itself.
    Carried,
}

/// Why an adder is in no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unlisted {
    /// Every page that gets there is known to come from elsewhere.
    Elsewhere,
    /// Where the page comes from was not followed to its end.
    NotFollowed,
}

/// An adder that no GUP page was seen to reach: only `explain` speaks of it.
#[derive(Clone, Debug, Serialize)]
pub struct UnlistedSite {
    /// From the tree's root.
    pub file: TreePath,
    /// The line of the adder's name.
    pub line: u32,
    /// The function it is in.
    pub function: String,
    /// The adder's name.
    pub adder: String,
    /// The page argument as written.
    pub page: String,
    /// Why it is in no report.
    pub why: Unlisted,
    /// Where the pages come from, as far as that is known.
    pub others: Vec<Other>,
    /// The way of one of them.
    pub trace: Vec<Step>,
    /// What was not followed.
    pub reason: String,
}

/// Whether a tool may make the change by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// Made without asking.
    Safe,
    /// Made, but a person looks at it.
    Review,
    /// Left to a person.
    Manual,
}

/// One adder that GUP pages can reach.
#[derive(Clone, Debug, Serialize)]
pub struct Site {
    /// From the tree's root.
    pub file: TreePath,
    /// The line of the adder's name.
    pub line: u32,
    /// Its column.
    pub column: u32,
    /// The function the site is in.
    pub function: String,
    /// The adder's name; `bv_page` for a store to a bio_vec's page.
    pub adder: String,
    /// The page argument as written.
    pub page: String,
    /// How sure it is.
    pub class: Class,
    /// The expression that is true for GUP pages, for [`Class::Conditional`].
    pub condition: Option<String>,
    /// How far the way goes.
    pub reach: Reach,
    /// Whose reference it is.
    pub reference: Reference,
    /// Where it is given back.
    pub releases: Vec<Release>,
    /// The GUP calls.
    pub sources: Vec<Source>,
    /// The origins that are not GUP.
    pub others: Vec<Other>,
    /// From the source to the adder.
    pub trace: Vec<Step>,
    /// The adder's `_from_gup` variant; `None` where the site is not converted.
    pub conversion: Option<String>,
    /// What a tool may do.
    pub applicability: Applicability,
    /// Why, in one sentence.
    pub reason: String,
}

/// A GUP call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Source {
    /// From the tree's root.
    pub file: TreePath,
    /// The line of the call.
    pub line: u32,
    /// The function it is in.
    pub function: String,
    /// The name of what is called.
    pub call: String,
}

/// A place that gives a reference back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Release {
    /// From the tree's root.
    pub file: TreePath,
    /// The line of the call.
    pub line: u32,
    /// The function it is in.
    pub function: String,
    /// The call as written.
    pub text: String,
}

impl Release {
    /// The name of what is called.
    pub fn call(&self) -> &str {
        self.text.split('(').next().unwrap_or_default().trim()
    }
}

/// An origin that is not GUP.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Other {
    /// From the tree's root.
    pub file: TreePath,
    /// Its line.
    pub line: u32,
    /// The expression as written.
    pub text: String,
}

/// One step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// From the tree's root.
    pub file: TreePath,
    /// Its line.
    pub line: u32,
    /// The function it is in.
    pub function: String,
    /// The source text.
    pub text: String,
    /// What it does.
    pub role: Role,
}

/// What was not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unseen {
    /// Files that could not be read.
    pub files: usize,
    /// Top-level items that did not parse, of those that mattered.
    pub items: usize,
    /// Functions with statements that did not parse.
    pub functions: usize,
    /// Calls through pointers that were not resolved.
    pub indirect_calls: usize,
    /// Ways on which a page goes on as something else, such as a frame number.
    pub other_forms: usize,
    /// A line each of what could not be read or parsed: `file:line: what`.
    pub details: Vec<String>,
    /// A line each of what was not followed: the indirect calls, and the other forms.
    pub not_followed: Vec<String>,
}

impl Unseen {
    /// Counts a file that could not be read.
    pub fn file(&mut self, path: &str, reason: &str) {
        self.files += 1;
        self.details.push(format!("{path}: {reason}"));
    }

    /// Counts an item that did not parse.
    pub fn item(&mut self, detail: String) {
        self.items += 1;
        self.details.push(detail);
    }

    /// Counts a function that did not parse in full.
    pub fn function(&mut self, detail: String) {
        self.functions += 1;
        self.details.push(detail);
    }

    /// Adds what was not seen elsewhere.
    pub fn add(&mut self, other: Unseen) {
        self.files += other.files;
        self.items += other.items;
        self.functions += other.functions;
        self.indirect_calls += other.indirect_calls;
        self.other_forms += other.other_forms;
        self.details.extend(other.details);
        self.not_followed.extend(other.not_followed);
    }

    /// Whether everything that mattered was read and parsed. What was not followed makes a site not known or mixed, and
    /// there always is some.
    pub fn is_empty(&self) -> bool {
        self.files + self.items + self.functions == 0
    }

    /// One line for stderr.
    pub fn summary(&self) -> String {
        format!(
            "not seen: {} files, {} items, {} functions in part",
            self.files, self.items, self.functions
        )
    }
}
