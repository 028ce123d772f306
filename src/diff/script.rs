//! Which lines change: an edit script between two lists of lines.
//!
//! In: the lines of both versions. Out: edits in order, at least one unchanged line between two of them.
//! The script is a shortest one (Myers, from `similar`). Where a block of changed lines can slide up or
//! down without changing its meaning, it is put where git puts it, so that a hunk starts at a function and
//! not in the middle of the comment before it.

use std::cmp::Ordering;
use std::ops::Range;

use rustc_hash::FxHashMap;
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Lines `before` of the old version become lines `after` of the new one. One of them may be empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) before: Range<usize>,
    pub(super) after: Range<usize>,
}

/// The edits that turn `before` into `after`.
pub(super) fn edit_script(before: &[&[u8]], after: &[&[u8]]) -> Vec<Edit> {
    let mut old = Side::new(before);
    let mut new = Side::new(after);
    let lead = before.iter().zip(after).take_while(|(a, b)| a == b).count();
    let most = before.len().min(after.len()) - lead;
    let tail =
        before.iter().rev().zip(after.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
    mark_changes(
        &mut old.changed[lead..before.len() - tail],
        &mut new.changed[lead..after.len() - tail],
        &before[lead..before.len() - tail],
        &after[lead..after.len() - tail],
    );
    slide_blocks(&mut old, &mut new);
    slide_blocks(&mut new, &mut old);
    collect(&old.changed, &new.changed)
}

/// Marks the changed lines of a shortest edit script.
///
/// Lines that the other side does not have are marked first and kept out of the search, as xdiff does:
/// it is faster, and it decides between scripts of the same length the same way.
fn mark_changes(
    old_changed: &mut [bool],
    new_changed: &mut [bool],
    before: &[&[u8]],
    after: &[&[u8]],
) {
    let mut ids: FxHashMap<&[u8], (u32, bool)> = FxHashMap::default();
    for line in before {
        let next = ids.len() as u32;
        ids.entry(line).or_insert((next, false));
    }
    let mut new_ids = Vec::with_capacity(after.len());
    for (at, line) in after.iter().enumerate() {
        match ids.get_mut(line) {
            Some((id, shared)) => {
                *shared = true;
                new_ids.push((at, *id));
            }
            None => new_changed[at] = true,
        }
    }
    let mut old_ids = Vec::with_capacity(before.len());
    for (at, line) in before.iter().enumerate() {
        match ids[line] {
            (id, true) => old_ids.push((at, id)),
            (_, false) => old_changed[at] = true,
        }
    }
    let old: Vec<u32> = old_ids.iter().map(|(_, id)| *id).collect();
    let new: Vec<u32> = new_ids.iter().map(|(_, id)| *id).collect();
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        if !matches!(op, DiffOp::Equal { .. }) {
            old_ids[op.old_range()].iter().for_each(|(at, _)| old_changed[*at] = true);
            new_ids[op.new_range()].iter().for_each(|(at, _)| new_changed[*at] = true);
        }
    }
}

/// Reads the marks of both sides as edits.
fn collect(old: &[bool], new: &[bool]) -> Vec<Edit> {
    let run = |marks: &[bool], from: usize| {
        from..from + marks[from..].iter().take_while(|changed| **changed).count()
    };
    let (mut i, mut j) = (0, 0);
    let mut edits = Vec::new();
    while i < old.len() || j < new.len() {
        let edit = Edit { before: run(old, i), after: run(new, j) };
        // The unmarked line after an edit is the same line on both sides.
        (i, j) = (edit.before.end + 1, edit.after.end + 1);
        if !edit.before.is_empty() || !edit.after.is_empty() {
            edits.push(edit);
        }
    }
    edits
}

/// One version: its lines and which of them are changed.
struct Side<'l> {
    lines: &'l [&'l [u8]],
    changed: Vec<bool>,
}

/// A maximal run of changed lines, possibly empty, between two unchanged ones.
#[derive(Clone, Copy)]
struct Block {
    start: usize,
    end: usize,
}

impl Block {
    fn is_empty(self) -> bool {
        self.start == self.end
    }

    fn len(self) -> usize {
        self.end - self.start
    }
}

impl<'l> Side<'l> {
    fn new(lines: &'l [&'l [u8]]) -> Side<'l> {
        Side { lines, changed: vec![false; lines.len()] }
    }

    fn is_changed(&self, line: usize) -> bool {
        self.changed.get(line).copied().unwrap_or(false)
    }

    /// The block that starts at `start`.
    fn block_from(&self, start: usize) -> Block {
        let mut end = start;
        while self.is_changed(end) {
            end += 1;
        }
        Block { start, end }
    }

    fn next(&self, block: Block) -> Option<Block> {
        (block.end < self.lines.len()).then(|| self.block_from(block.end + 1))
    }

    fn previous(&self, block: Block) -> Option<Block> {
        let end = block.start.checked_sub(1)?;
        Some(Block { start: self.run_start(end), end })
    }

    /// The first line of the run of changed lines that ends before `end`.
    fn run_start(&self, end: usize) -> usize {
        let mut start = end;
        while start > 0 && self.changed[start - 1] {
            start -= 1;
        }
        start
    }

    /// Moves the block one line down, swallowing what it runs into. False where it cannot move.
    fn slide_down(&mut self, block: &mut Block) -> bool {
        if block.end >= self.lines.len() || self.lines[block.start] != self.lines[block.end] {
            return false;
        }
        self.changed[block.start] = false;
        self.changed[block.end] = true;
        *block = self.block_from(block.start + 1);
        true
    }

    /// Moves the block one line up, swallowing what it runs into. False where it cannot move.
    fn slide_up(&mut self, block: &mut Block) -> bool {
        if block.start == 0 || self.lines[block.start - 1] != self.lines[block.end - 1] {
            return false;
        }
        self.changed[block.start - 1] = true;
        self.changed[block.end - 1] = false;
        *block = Block { start: self.run_start(block.start - 1), end: block.end - 1 };
        true
    }
}

/// No block is tried at more places than this.
const LONGEST_SLIDE: usize = 100;

const IN_STEP: &str = "both sides have one block for each unchanged line, in the same order";

/// Puts every block of `side` where git puts it.
///
/// A block goes beside a change of the other side where it can. Else, where it can slide, the indent
/// heuristic chooses (Michael Haggerty, <https://github.com/mhagger/diff-slider-tools>).
fn slide_blocks(side: &mut Side<'_>, other: &mut Side<'_>) {
    let mut block = side.block_from(0);
    let mut facing = other.block_from(0);
    loop {
        if !block.is_empty() {
            place_block(side, &mut block, other, &mut facing);
        }
        match (side.next(block), other.next(facing)) {
            (Some(next), Some(next_facing)) => (block, facing) = (next, next_facing),
            (None, _) | (_, None) => return,
        }
    }
}

fn place_block(side: &mut Side<'_>, block: &mut Block, other: &Side<'_>, facing: &mut Block) {
    let (mut earliest_end, mut meets_other);
    loop {
        let len = block.len();
        while side.slide_up(block) {
            *facing = other.previous(*facing).expect(IN_STEP);
        }
        earliest_end = block.end;
        meets_other = !facing.is_empty();
        while side.slide_down(block) {
            *facing = other.next(*facing).expect(IN_STEP);
            meets_other |= !facing.is_empty();
        }
        // A block that swallowed another one can perhaps move further than before.
        if len == block.len() {
            break;
        }
    }
    if block.end == earliest_end {
        return;
    }
    let target = if meets_other { None } else { Some(best_end(side, *block, earliest_end)) };
    loop {
        let arrived = match target {
            None => !facing.is_empty(),
            Some(end) => block.end <= end,
        };
        if arrived {
            return;
        }
        assert!(side.slide_up(block), "the block was slid down from there");
        *facing = other.previous(*facing).expect(IN_STEP);
    }
}

/// The end of the block, between `earliest` and where it is now, that reads best.
fn best_end(side: &Side<'_>, block: Block, earliest: usize) -> usize {
    let len = block.len();
    let first = earliest
        .max((block.end - len).saturating_sub(1))
        .max(block.end.saturating_sub(LONGEST_SLIDE));
    let mut best: Option<(Score, usize)> = None;
    for end in first..=block.end {
        let mut score = Score::default();
        score.add_split(&Split::measure(side.lines, end));
        score.add_split(&Split::measure(side.lines, end - len));
        if best.is_none_or(|(so_far, _)| score.compare(so_far) != Ordering::Greater) {
            best = Some((score, end));
        }
    }
    best.map_or(block.end, |(_, end)| end)
}

/// Indentation is not counted past this column.
const DEEPEST_INDENT: i64 = 200;
/// Blank lines are not counted past this many.
const MOST_BLANKS: i64 = 20;

/// The column of a line's first character; `None` for a blank line.
fn indent(line: &[u8]) -> Option<i64> {
    let mut column = 0;
    for byte in line {
        match byte {
            b' ' => column += 1,
            b'\t' => column += 8 - column % 8,
            b'\n' | b'\r' | 0x0b | 0x0c => {}
            _ => return Some(column),
        }
        if column >= DEEPEST_INDENT {
            return Some(DEEPEST_INDENT);
        }
    }
    None
}

/// What lies around a cut between two lines.
struct Split {
    at_end: bool,
    /// Of the line after the cut; `None` where it is blank or the file ends.
    indent: Option<i64>,
    blanks_before: i64,
    /// Of the nearest line before that is not blank.
    indent_before: Option<i64>,
    blanks_after: i64,
    /// Of the nearest line after the next one that is not blank.
    indent_after: Option<i64>,
}

impl Split {
    fn measure(lines: &[&[u8]], at: usize) -> Split {
        let look = |lines: &mut dyn Iterator<Item = &&[u8]>| {
            let mut blanks = 0;
            for line in lines {
                if let Some(column) = indent(line) {
                    return (blanks, Some(column));
                }
                blanks += 1;
                if blanks == MOST_BLANKS {
                    return (blanks, Some(0));
                }
            }
            (blanks, None)
        };
        let (blanks_before, indent_before) = look(&mut lines[..at].iter().rev());
        let (blanks_after, indent_after) = look(&mut lines.iter().skip(at + 1));
        Split {
            at_end: at >= lines.len(),
            indent: lines.get(at).and_then(|line| indent(line)),
            blanks_before,
            indent_before,
            blanks_after,
            indent_after,
        }
    }
}

/// How bad a place for a block is. The weights are the ones of the indent heuristic, which were fitted to
/// hand-rated diffs; another value would only move hunks away from where git puts them.
#[derive(Clone, Copy, Default)]
struct Score {
    indent: i64,
    penalty: i64,
}

impl Score {
    fn add_split(&mut self, split: &Split) {
        if split.indent_before.is_none() && split.blanks_before == 0 {
            self.penalty += 1;
        }
        if split.at_end {
            self.penalty += 21;
        }
        let blanks_after = if split.indent.is_none() { 1 + split.blanks_after } else { 0 };
        let blanks = split.blanks_before + blanks_after;
        self.penalty += -30 * blanks + 6 * blanks_after;
        let indent = split.indent.or(split.indent_after);
        self.indent += indent.unwrap_or(-1);
        let (Some(indent), Some(before)) = (indent, split.indent_before) else { return };
        let (plain, with_blank) = match indent.cmp(&before) {
            Ordering::Greater => (-4, 10),
            Ordering::Equal => (0, 0),
            // Followed by a deeper line, it opens a block; else it only closes one.
            Ordering::Less if split.indent_after.is_some_and(|after| after > indent) => (24, 17),
            Ordering::Less => (23, 17),
        };
        self.penalty += if blanks == 0 { plain } else { with_blank };
    }

    fn compare(self, other: Score) -> Ordering {
        let by_indent = match self.indent.cmp(&other.indent) {
            Ordering::Less => -60,
            Ordering::Equal => 0,
            Ordering::Greater => 60,
        };
        (by_indent + self.penalty - other.penalty).cmp(&0)
    }
}
