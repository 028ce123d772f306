//! What `gupatch run --format json` prints.

use serde::Serialize;

use super::{Done, Starred};
use crate::diff::{FileDiff, unified};

/// The whole value.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    version: u32,
    rule: String,
    files: Vec<FileRecord>,
    /// What there is to say about the rule itself.
    messages: Vec<String>,
    /// Whether something that was to be done could not be.
    failed: bool,
}

#[derive(Debug, Serialize)]
struct FileRecord {
    file: String,
    insertions: usize,
    deletions: usize,
    diff: Option<String>,
    matches: Vec<Starred>,
    messages: Vec<String>,
}

impl Record {
    /// Of the rule file called `rule`.
    pub(super) fn new(rule: String, messages: Vec<String>) -> Record {
        Record { version: 1, rule, files: Vec::new(), messages, failed: false }
    }

    /// Adds what was found in `file`.
    pub(super) fn add(&mut self, file: String, done: &Done) {
        let counts = done.change.as_ref().map(|change| FileDiff::new(change).stat().counts);
        let (insertions, deletions) =
            counts.map_or((0, 0), |counts| (counts.added, counts.deleted));
        // JSON is UTF-8; the bytes of a diff that are not are in the text format.
        let diff = done.change.as_ref().map(unified);
        self.files.push(FileRecord {
            file,
            insertions,
            deletions,
            diff: diff.map(|diff| String::from_utf8_lossy(&diff).into_owned()),
            matches: done.starred.clone(),
            messages: done.messages.clone(),
        });
        self.failed |= done.failed;
    }
}
