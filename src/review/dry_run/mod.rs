//! What the rules would change, as a value for review: subsystems, files, hunks, and what goes together.
//!
//! In: each file's bytes before and after, and for each converted site the evidence and the lines its
//! edits touch. Out: [`DryRun`], whose files know their hunks and their [`Unit`]s. A unit is what a person
//! accepts or rejects as a whole: hunks that one site's conversion touches are never torn apart, for half
//! of it (a flag that is declared here and tested there) would not compile.

mod evidence;
mod print;
mod record;
mod unit;

pub use evidence::{evidence_line, evidence_lines};
pub use print::{EvidenceDetail, PrintOptions, print};
pub use record::{Record, record};
pub use unit::Unit;

use super::patch::{self, Hunk};
use super::{Site, Unseen};
use crate::diff::{self, FileChange};

/// The dry run of a campaign.
#[derive(Clone, Debug)]
pub struct DryRun {
    /// In the order in which they are shown.
    pub groups: Vec<Group>,
    /// Sites that GUP pages reach and that stay as they are.
    pub left_alone: Vec<Site>,
    /// How many more sites nobody could tell about, where a campaign asks for pages that are not from GUP.
    pub open: usize,
    /// What the scan could not look at.
    pub unseen: Unseen,
}

/// The changed files of one subsystem.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name, as MAINTAINERS has it.
    pub subsystem: String,
    /// Sorted by path.
    pub files: Vec<FileReview>,
}

/// Why a site is converted.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// The site, as the scan reports it.
    pub site: Site,
    /// The name of the rule that converts it.
    pub rule: String,
    /// 1-based lines before the change that its edits touch; the site's own line is always meant too.
    pub lines: Vec<u32>,
    /// Who wrote what is there now.
    pub author: Author,
}

/// Who wrote a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Author {
    /// The rule, and nobody touched it.
    Rule,
    /// A person, who edited in review what the rule made.
    Reviewer,
}

/// One changed file with its evidence, cut into hunks and units.
#[derive(Clone, Debug)]
pub struct FileReview {
    change: FileChange,
    evidence: Vec<Evidence>,
    hunks: Vec<Hunk>,
    units: Vec<Unit>,
}

impl FileReview {
    /// Compares the two versions of `change` and hands each hunk its evidence.
    pub fn new(change: FileChange, evidence: Vec<Evidence>) -> FileReview {
        let text = diff::unified(&change);
        let files = patch::parse(&text).expect("our own diffs are well formed");
        let hunks = files.into_iter().next().map(|file| file.hunks).unwrap_or_default();
        let units = unit::units(&change, &evidence, &hunks);
        FileReview { change, evidence, hunks, units }
    }

    /// The bytes before and after.
    pub fn change(&self) -> &FileChange {
        &self.change
    }

    /// The evidence, in the order it was given.
    pub fn evidence(&self) -> &[Evidence] {
        &self.evidence
    }

    /// The hunks from top to bottom, as `git diff` cuts them.
    pub fn hunks(&self) -> &[Hunk] {
        &self.hunks
    }

    /// What is decided as a whole, by first hunk. Every hunk is in exactly one unit.
    pub fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The evidence of one hunk.
    pub fn evidence_of(&self, hunk: &Hunk) -> impl Iterator<Item = &Evidence> {
        self.evidence.iter().filter(|evidence| evidence.touches(hunk))
    }
}

impl Evidence {
    /// Whether the conversion of the site changes something in `hunk`.
    pub(crate) fn touches(&self, hunk: &Hunk) -> bool {
        let lines = self.lines.iter().chain([&self.site.line]);
        lines.into_iter().any(|&line| hunk.before.contains(line))
    }
}

impl DryRun {
    /// Every changed file, in the order in which they are shown.
    pub fn files(&self) -> impl Iterator<Item = &FileReview> {
        self.groups.iter().flat_map(|group| &group.files)
    }

    /// How many sites are converted.
    pub fn converted(&self) -> usize {
        self.files().map(|file| file.evidence.len()).sum()
    }
}

#[cfg(test)]
mod tests;
