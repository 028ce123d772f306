//! Stage `diff`: what changes in a file, and the unified diff of it, byte-exact.
//!
//! In: a file's bytes before and after. Out: text that `git apply` and `patch` take, whatever the bytes
//! are (CRLF, Latin-1, no final newline), and the figures of a diffstat. The hunks are those of git with
//! its defaults: three lines of context, Myers, the indent heuristic, and the function a hunk lies in.
//!
//! The text is always a text diff: a file with NUL bytes is not turned into a `GIT binary patch`.
//! Deletions, renames and mode changes do not occur in what gupatch makes, so there is no form for them.

mod funcname;
mod script;
mod stat;

use std::borrow::Cow;
use std::ops::Range;

pub use funcname::{DiffAttributes, FuncName};
use script::Edit;
pub use stat::{LineCounts, StatEntry, diffstat};

use crate::source::TreePath;

/// Unchanged lines shown around a change.
const CONTEXT: usize = 3;

/// One file before and after. `before` is `None` for a file that is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Below the root of the tree.
    pub path: TreePath,
    /// The bytes as they were read.
    pub before: Option<Vec<u8>>,
    /// The bytes as they are to be.
    pub after: Vec<u8>,
}

/// What a diff shows that only a repository knows, so it is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffContext {
    /// Abbreviated blob id of the old content; only zeros for a new file.
    pub before: String,
    /// Abbreviated blob id of the new content.
    pub after: String,
    /// File mode, `100644` as a rule.
    pub mode: u32,
    /// How functions are found for the hunk headers.
    pub function: FuncName,
}

/// The mode of an ordinary file.
pub const REGULAR_FILE: u32 = 0o100_644;

/// The lines of one file's two versions and the edits between them.
#[derive(Debug)]
pub struct FileDiff<'c> {
    change: &'c FileChange,
    before: Vec<&'c [u8]>,
    after: Vec<&'c [u8]>,
    edits: Vec<Edit>,
}

impl<'c> FileDiff<'c> {
    /// Compares the two versions of `change`.
    pub fn new(change: &'c FileChange) -> FileDiff<'c> {
        let before = split_lines(change.before.as_deref().unwrap_or_default());
        let after = split_lines(&change.after);
        let edits = script::edit_script(&before, &after);
        FileDiff { change, before, after, edits }
    }

    /// Whether nothing changes: same bytes, and the file was there before.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.change.before.is_some()
    }

    /// Lines added and deleted.
    pub fn counts(&self) -> LineCounts {
        LineCounts {
            added: self.edits.iter().map(|e| e.after.len()).sum(),
            deleted: self.edits.iter().map(|e| e.before.len()).sum(),
        }
    }

    /// The entry of this file in a diffstat.
    pub fn stat(&self) -> StatEntry {
        StatEntry {
            path: self.change.path.clone(),
            counts: self.counts(),
            created: self.change.before.is_none().then_some(REGULAR_FILE),
        }
    }

    /// The lines of the old version that are replaced, 0-based; an empty range is an insertion before it.
    pub fn replaced(&self) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
        self.edits.iter().map(|edit| edit.before.clone())
    }

    /// What is replaced by which lines, from top to bottom; see [`FileDiff::replaced`].
    pub fn replacements(&self) -> impl Iterator<Item = (Range<usize>, &[&'c [u8]])> + '_ {
        self.edits.iter().map(|edit| (edit.before.clone(), &self.after[edit.after.clone()]))
    }

    /// The lines the diff removes and adds, without their marks, for whoever searches them.
    pub fn changed_lines(&self) -> impl Iterator<Item = &'c [u8]> + '_ {
        self.edits.iter().flat_map(|edit| {
            let removed = self.before[edit.before.clone()].iter();
            removed.chain(&self.after[edit.after.clone()]).copied()
        })
    }

    /// Appends the whole diff of the file: header and hunks. Without a repository there is no index line,
    /// and functions are found by the kernel's own rules.
    pub fn write(&self, out: &mut Vec<u8>, context: Option<&DiffContext>) {
        if self.is_empty() {
            return;
        }
        let old_name = quoted("a/", &self.change.path);
        let new_name = quoted("b/", &self.change.path);
        push_line(out, &format!("diff --git {old_name} {new_name}"));
        let mode = context.map_or(REGULAR_FILE, |context| context.mode);
        let created = self.change.before.is_none();
        if created {
            push_line(out, &format!("new file mode {mode:06o}"));
        }
        if let Some(DiffContext { before, after, .. }) = context {
            let suffix = if created { String::new() } else { format!(" {mode:06o}") };
            push_line(out, &format!("index {before}..{after}{suffix}"));
        }
        if self.edits.is_empty() {
            return;
        }
        push_line(out, &if created { "--- /dev/null".into() } else { format!("--- {old_name}") });
        push_line(out, &format!("+++ {new_name}"));
        let kernel = || FuncName::of_path(&self.change.path);
        self.write_hunks(out, context.map_or_else(kernel, |context| context.function));
    }

    fn write_hunks(&self, out: &mut Vec<u8>, names: FuncName) {
        let mut function: Option<(usize, Vec<u8>)> = None;
        let mut rest = self.edits.as_slice();
        while !rest.is_empty() {
            // Two changes share a hunk when their contexts touch.
            let joined = rest
                .windows(2)
                .take_while(|pair| pair[1].before.start - pair[0].before.end <= 2 * CONTEXT)
                .count();
            let (hunk, later) = rest.split_at(joined + 1);
            rest = later;
            let (first, last) = (&hunk[0], &hunk[joined]);
            let lead = first.before.start.min(CONTEXT);
            let before =
                first.before.start - lead..(last.before.end + CONTEXT).min(self.before.len());
            let after = first.after.start - lead..(last.after.end + CONTEXT).min(self.after.len());
            // The search goes back to where the last one began, not further: what it found stays.
            let limit = function.as_ref().map_or(0, |(searched, _)| *searched);
            let found =
                (limit..before.start).rev().find_map(|line| names.match_line(self.before[line]));
            let name = match (found, function.take()) {
                (Some(name), _) => name.to_vec(),
                (None, Some((_, earlier))) => earlier,
                (None, None) => Vec::new(),
            };
            push_hunk_header(out, &before, &after, &name);
            function = Some((before.start, name));
            self.write_hunk_body(out, hunk, before);
        }
    }

    fn write_hunk_body(&self, out: &mut Vec<u8>, hunk: &[Edit], before: Range<usize>) {
        let mut at = before.start;
        for edit in hunk {
            push_marked(out, b' ', &self.before[at..edit.before.start]);
            push_marked(out, b'-', &self.before[edit.before.clone()]);
            push_marked(out, b'+', &self.after[edit.after.clone()]);
            at = edit.before.end;
        }
        push_marked(out, b' ', &self.before[at..before.end]);
    }
}

/// The diff of one change without an index line, as it is shown to a person.
pub fn unified(change: &FileChange) -> Vec<u8> {
    let mut out = Vec::new();
    FileDiff::new(change).write(&mut out, None);
    out
}

/// Lines with their newlines; the last one may have none.
fn split_lines(text: &[u8]) -> Vec<&[u8]> {
    let mut lines = Vec::with_capacity(text.len() / 28 + 1);
    let mut start = 0;
    for at in memchr::memchr_iter(b'\n', text) {
        lines.push(&text[start..=at]);
        start = at + 1;
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

fn push_line(out: &mut Vec<u8>, line: &str) {
    out.extend_from_slice(line.as_bytes());
    out.push(b'\n');
}

fn push_marked(out: &mut Vec<u8>, mark: u8, lines: &[&[u8]]) {
    for line in lines {
        out.push(mark);
        out.extend_from_slice(line);
        if line.last() != Some(&b'\n') {
            out.extend_from_slice(b"\n\\ No newline at end of file\n");
        }
    }
}

fn push_hunk_header(out: &mut Vec<u8>, before: &Range<usize>, after: &Range<usize>, name: &[u8]) {
    // An empty side is named by the line before it; a count of one is left out.
    let side = |range: &Range<usize>| match range.len() {
        0 => format!("{},0", range.start),
        1 => format!("{}", range.start + 1),
        len => format!("{},{len}", range.start + 1),
    };
    out.extend_from_slice(format!("@@ -{} +{} @@", side(before), side(after)).as_bytes());
    if !name.is_empty() {
        out.push(b' ');
        out.extend_from_slice(name);
    }
    out.push(b'\n');
}

/// A path as git writes it: in double quotes with octal escapes where it holds more than plain ASCII.
pub(crate) fn quoted<'p>(prefix: &str, path: &'p TreePath) -> Cow<'p, str> {
    let path = path.as_str();
    let plain = |b: u8| (0x20..0x7f).contains(&b) && b != b'"' && b != b'\\';
    if path.bytes().all(plain) {
        return match prefix {
            "" => Cow::Borrowed(path),
            _ => Cow::Owned(format!("{prefix}{path}")),
        };
    }
    let mut text = format!("\"{prefix}");
    for byte in path.bytes() {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\t' => text.push_str("\\t"),
            b'\n' => text.push_str("\\n"),
            byte if plain(byte) => text.push(char::from(byte)),
            byte => text.push_str(&format!("\\{byte:03o}")),
        }
    }
    text.push('"');
    Cow::Owned(text)
}

#[cfg(test)]
mod tests;
