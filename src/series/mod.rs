//! Stage `series`: from file changes with their facts to patches with messages, and to commits.
//!
//! [`plan()`] cuts [`facts::SeriesFacts`] into [`Series`]: the helper patch that [`from_gup`] makes, then
//! one patch for each owner that [`maintainers`] names, at most some of them in one posting. [`repo`] commits
//! them on a new branch, and the stage [`mail`](crate::mail) writes them as `git format-patch` would. Only
//! `repo` touches anything outside memory.

pub mod build;
mod cut;
pub mod facts;
pub mod from_gup;
pub mod maintainers;
mod message;
mod plan;
mod prefix;
mod quote;
pub mod repo;
pub mod trailers;
mod wrap;

pub use cut::Split;
pub use message::MessageError;
pub use plan::{Authorship, History, MAX_PATCHES, PlanError, PlanOptions, plan};
pub(crate) use wrap::fill;

use crate::diff::FileChange;

/// What the tool calls itself in messages and signatures.
pub const TOOL: &str = concat!("gupatch ", env!("CARGO_PKG_VERSION"));

/// One patch, not yet a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patch {
    /// At most 75 columns, without `[PATCH]`.
    pub subject: String,
    /// The paragraphs of the commit message, wrapped, without trailers and without a newline at the end.
    pub body: String,
    /// `Signed-off-by: …` and the like, never broken.
    pub trailers: Vec<String>,
    /// For the reader of the mail, below the `---`.
    pub evidence: Vec<String>,
    /// Sorted by path, each path once in the whole series.
    pub changes: Vec<FileChange>,
    /// The MAINTAINERS section the files belong to, where one does.
    pub owner: Option<String>,
}

impl Patch {
    /// The whole commit message.
    pub fn message(&self) -> String {
        let mut text = format!("{}\n\n{}\n", self.subject, self.body);
        if !self.trailers.is_empty() {
            text.push('\n');
            text.push_str(&self.trailers.join("\n"));
            text.push('\n');
        }
        text
    }
}

/// The text of patch 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// At most 75 columns.
    pub subject: String,
    /// Wrapped, without the shortlog and the diffstat.
    pub body: String,
}

/// A series in the order it applies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Patch 0.
    pub cover: Cover,
    /// Patches 1 to N.
    pub patches: Vec<Patch>,
}

impl Series {
    /// Puts what changed since the version before `version` at the end of the cover letter.
    pub fn add_changes(&mut self, version: u32, changes: &str) {
        let heading = format!("Changes in v{version}");
        self.cover.body.push_str(&format!("\n\n{heading}\n{}\n\n", "=".repeat(heading.len())));
        self.cover.body.push_str(&fill(changes, message::WIDTH));
    }
}
