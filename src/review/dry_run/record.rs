//! The dry run for programs: what `gupatch diff --format json` prints.
//!
//! The format is versioned and only grows. A patch is there as text; of a file that is not UTF-8 it is left
//! out, for JSON cannot hold its bytes, and the text format has it.

use serde::Serialize;

use super::{DryRun, Evidence, FileReview};
use crate::diff;
use crate::review::{Report, Site, Unseen};

/// The version of the format.
const VERSION: u32 = 1;

/// The whole dry run.
#[derive(Clone, Debug, Serialize)]
pub struct Record<'r> {
    version: u32,
    tree: &'r str,
    rules: &'r str,
    subsystems: Vec<Subsystem<'r>>,
    /// Sites that stay as they are.
    left_alone: &'r [Site],
    unseen: &'r Unseen,
}

#[derive(Clone, Debug, Serialize)]
struct Subsystem<'r> {
    name: &'r str,
    files: Vec<File<'r>>,
}

#[derive(Clone, Debug, Serialize)]
struct File<'r> {
    file: &'r str,
    /// What is decided as a whole in a review.
    changes: Vec<Change<'r>>,
    /// The unified diff; `None` where it is not UTF-8.
    patch: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Change<'r> {
    /// The name under which the decisions file has it.
    fingerprint: &'r str,
    sites: Vec<Converted<'r>>,
    hunks: Vec<Hunk>,
}

#[derive(Clone, Debug, Serialize)]
struct Converted<'r> {
    rule: &'r str,
    site: &'r Site,
}

#[derive(Clone, Debug, Serialize)]
struct Hunk {
    old_start: u32,
    old_count: u32,
    new_start: u32,
    new_count: u32,
}

/// Arranges `dry_run`, which was made from `report`, for programs.
pub fn record<'r>(dry_run: &'r DryRun, report: &'r Report) -> Record<'r> {
    let subsystems = dry_run.groups.iter().map(|group| Subsystem {
        name: &group.subsystem,
        files: group.files.iter().map(file).collect(),
    });
    Record {
        version: VERSION,
        tree: &report.tree,
        rules: &report.rules,
        subsystems: subsystems.collect(),
        left_alone: &dry_run.left_alone,
        unseen: &dry_run.unseen,
    }
}

fn file(file: &FileReview) -> File<'_> {
    let changes = file.units().iter().map(|unit| Change {
        fingerprint: unit.fingerprint.as_str(),
        sites: unit.evidence.iter().map(|&at| converted(&file.evidence()[at])).collect(),
        hunks: unit.hunks.iter().map(|&at| hunk(&file.hunks()[at])).collect(),
    });
    File {
        file: file.change().path.as_str(),
        changes: changes.collect(),
        patch: String::from_utf8(diff::unified(file.change())).ok(),
    }
}

fn converted(evidence: &Evidence) -> Converted<'_> {
    Converted { rule: &evidence.rule, site: &evidence.site }
}

fn hunk(hunk: &super::Hunk) -> Hunk {
    Hunk {
        old_start: hunk.before.start,
        old_count: hunk.before.count,
        new_start: hunk.after.start,
        new_count: hunk.after.count,
    }
}
