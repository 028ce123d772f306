//! Given patches held against what the rules make of the same base.
//!
//! In: the patches in their order, a reader for the base, and the changes the rules make. Out:
//! [`Verified`]: a verdict for each hunk, and what the rules make and no patch has. Requires that the patches
//! apply to the base. Nothing is decided by how a diff is laid out: each hunk is put onto the file, and the
//! lines that then differ are compared, wherever another diff program would have drawn the hunk.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::diff::{FileChange, FileDiff};
use crate::review::patch::{self, FilePatch, Hunk, Mark, PatchError};
use crate::source::TreePath;

/// A patch as it was given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenPatch {
    /// Its subject.
    pub title: String,
    /// What it does to each file.
    pub files: Vec<FilePatch>,
}

/// Where a hunk comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The rules make exactly this.
    FromTheRule,
    /// They do not.
    ByHand {
        /// Whether the rules make something else of these lines.
        instead_of_rule: bool,
    },
}

/// A hunk and its verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedHunk {
    /// The file after the patch.
    pub path: TreePath,
    /// The first line that changes, 1-based, as the file is before the patch.
    pub line: u32,
    /// Its lines with their marks, without the header.
    pub text: Vec<u8>,
    /// The verdict.
    pub verdict: Verdict,
}

/// A patch and its hunks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedPatch {
    /// Its subject.
    pub title: String,
    /// In its order.
    pub hunks: Vec<VerifiedHunk>,
}

/// What the rules make and no patch has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingHunk {
    /// The file.
    pub path: TreePath,
    /// The first line that would change, 1-based, in the base.
    pub line: u32,
    /// Its lines with their marks.
    pub text: Vec<u8>,
}

/// The whole comparison.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verified {
    /// In their order.
    pub patches: Vec<VerifiedPatch>,
    /// By path and line.
    pub missing: Vec<MissingHunk>,
}

/// A patch that does not apply.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{title}` does not apply: {path}: {reason}")]
pub struct DoesNotApply {
    title: String,
    path: TreePath,
    reason: String,
}

/// Lines of the base that become other lines.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    before: Range<usize>,
    after: Vec<Vec<u8>>,
}

/// What the rules make of a file.
struct Expected<'e> {
    file: &'e FileChange,
    /// Each with whether a patch has it, or something else in its place.
    changes: Vec<(Change, bool)>,
}

/// Compares.
pub fn compare(
    patches: &[GivenPatch],
    base: &dyn Fn(&TreePath) -> Option<Vec<u8>>,
    expected: &[FileChange],
) -> Result<Verified, DoesNotApply> {
    let expected = expected.iter().map(|file| {
        let changes = changes(file.before.as_deref().unwrap_or_default(), &file.after);
        let changes = changes.into_iter().map(|change| (change, false)).collect();
        (file.path.clone(), Expected { file, changes })
    });
    let mut comparison = Comparison { base, now: BTreeMap::new(), expected: expected.collect() };
    let mut verified = Verified::default();
    for patch in patches {
        let mut hunks = Vec::new();
        for file in &patch.files {
            comparison.file(patch, file, &mut hunks)?;
        }
        verified.patches.push(VerifiedPatch { title: patch.title.clone(), hunks });
    }
    verified.missing = comparison.expected.values().flat_map(missing).collect();
    Ok(verified)
}

struct Comparison<'c> {
    base: &'c dyn Fn(&TreePath) -> Option<Vec<u8>>,
    /// The files that patches so far touch; `None` for one that is gone.
    now: BTreeMap<TreePath, Option<Vec<u8>>>,
    expected: BTreeMap<TreePath, Expected<'c>>,
}

impl Comparison<'_> {
    fn file(
        &mut self,
        patch: &GivenPatch,
        file: &FilePatch,
        verdicts: &mut Vec<VerifiedHunk>,
    ) -> Result<(), DoesNotApply> {
        let Some(path) = file.path() else { return Ok(()) };
        let refused = |reason: String| DoesNotApply {
            title: patch.title.clone(),
            path: path.clone(),
            reason,
        };
        let before = match &file.before {
            None => Vec::new(),
            Some(old) => match self.now.get(old) {
                Some(now) => now.clone(),
                None => (self.base)(old),
            }
            .ok_or_else(|| refused("there is no such file".into()))?,
        };
        let after = patch::apply(&before, &file.hunks)
            .map_err(|error: PatchError| refused(error.to_string()))?;
        let in_base = (self.base)(path).unwrap_or_default();
        let earlier = changes(&in_base, &before);
        let moved = file.before.as_ref().is_some_and(|old| old != path) || file.after.is_none();
        for hunk in &file.hunks {
            let alone = patch::apply(&before, [hunk])
                .map_err(|error: PatchError| refused(error.to_string()))?;
            let verdict = if moved {
                Verdict::ByHand { instead_of_rule: false }
            } else {
                self.judge(path, file.before.is_none(), &earlier, &changes(&before, &alone))
            };
            let mut text = Vec::new();
            hunk.write_lines(&mut text);
            let line = hunk.first_change();
            verdicts.push(VerifiedHunk { path: path.clone(), line, text, verdict });
        }
        if file.hunks.is_empty() {
            // A rename, or a mode: no rule makes one.
            let verdict = Verdict::ByHand { instead_of_rule: false };
            let text = Vec::new();
            verdicts.push(VerifiedHunk { path: path.clone(), line: 1, text, verdict });
        }
        if let Some(old) = file.before.as_ref().filter(|old| *old != path) {
            self.now.insert(old.clone(), None);
        }
        self.now.insert(path.clone(), file.after.as_ref().map(|_| after));
        Ok(())
    }

    /// Whether the rules make all of `own`, which builds on the changes `earlier` of the base.
    fn judge(
        &mut self,
        path: &TreePath,
        creates: bool,
        earlier: &[Change],
        own: &[Change],
    ) -> Verdict {
        let Some(expected) = self.expected.get_mut(path) else {
            return Verdict::ByHand { instead_of_rule: false };
        };
        let in_base: Option<Vec<Change>> = own
            .iter()
            .map(|change| {
                let before = range_in_base(earlier, &change.before)?;
                Some(Change { before, after: change.after.clone() })
            })
            .collect();
        let creation = expected.file.before.is_none();
        if let Some(in_base) = in_base.filter(|_| creates == creation) {
            let place = |change: &Change| {
                expected.changes.iter().position(|(known, met)| known == change && !met)
            };
            let places: Option<Vec<usize>> = in_base.iter().map(place).collect();
            if let Some(places) = places.filter(|places| !places.is_empty()) {
                places.into_iter().for_each(|at| expected.changes[at].1 = true);
                return Verdict::FromTheRule;
            }
            let mut instead_of_rule = false;
            for change in &in_base {
                for (known, met) in &mut expected.changes {
                    if !*met && touch(&known.before, &change.before) {
                        (*met, instead_of_rule) = (true, true);
                    }
                }
            }
            return Verdict::ByHand { instead_of_rule };
        }
        Verdict::ByHand { instead_of_rule: false }
    }
}

/// The lines that differ.
fn changes(before: &[u8], after: &[u8]) -> Vec<Change> {
    let path = TreePath::new("x").expect("a plain name is a tree path");
    let file = FileChange { path, before: Some(before.to_vec()), after: after.to_vec() };
    let diff = FileDiff::new(&file);
    diff.replacements()
        .map(|(before, after)| Change {
            before,
            after: after.iter().map(|line| line.to_vec()).collect(),
        })
        .collect()
}

/// Where lines of a file that has seen the changes `earlier` were in the base; `None` where one of these
/// made them.
fn range_in_base(earlier: &[Change], range: &Range<usize>) -> Option<Range<usize>> {
    let (mut added, mut removed) = (0, 0);
    for change in earlier {
        // The lines that the change made, as the file is now.
        let start = change.before.start - removed + added;
        let made = start..start + change.after.len();
        if made.start >= range.end && !(made.start == range.end && made.is_empty()) {
            break;
        }
        if made.end > range.start {
            return None;
        }
        added += change.after.len();
        removed += change.before.len();
    }
    Some(range.start + removed - added..range.end + removed - added)
}

/// Whether two ranges of lines have one in common, or one inserts in or at the edge of the other.
fn touch(a: &Range<usize>, b: &Range<usize>) -> bool {
    if a.is_empty() || b.is_empty() {
        a.start <= b.end && b.start <= a.end
    } else {
        a.start < b.end && b.start < a.end
    }
}

/// What is left of a file's changes, as hunks.
fn missing(expected: &Expected<'_>) -> Vec<MissingHunk> {
    let file = expected.file;
    let before = file.before.clone().unwrap_or_default();
    let lines: Vec<&[u8]> = before.split_inclusive(|byte| *byte == b'\n').collect();
    let mut after = Vec::new();
    let mut at = 0;
    for (change, _) in expected.changes.iter().filter(|(_, met)| !met) {
        after.extend(lines[at..change.before.start].concat());
        after.extend(change.after.concat());
        at = change.before.end;
    }
    after.extend(lines[at..].concat());
    if after == before {
        return Vec::new();
    }
    let text = crate::diff::unified(&FileChange { after, ..file.clone() });
    let parsed = patch::parse(&text).expect("our own diff can be read back");
    let hunks = parsed.iter().flat_map(|file| &file.hunks);
    hunks.map(|hunk| missing_hunk(&file.path, hunk)).collect()
}

fn missing_hunk(path: &TreePath, hunk: &Hunk) -> MissingHunk {
    let mut text = Vec::new();
    hunk.write_lines(&mut text);
    debug_assert!(hunk.lines.iter().any(|line| line.mark != Mark::Context));
    MissingHunk { path: path.clone(), line: hunk.first_change(), text }
}

#[cfg(test)]
mod tests;
