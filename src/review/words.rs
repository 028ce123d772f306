//! Which words of a changed line changed: what word-level highlighting goes by.
//!
//! In: a hunk. Out: for each of its lines the pieces it is made of, each changed or not. The lines stay
//! those of the hunk: a removed and an added line are compared with `similar` where they are two versions
//! of one line, and the words are C's (an identifier is one word), so that `bio_add_page` →
//! `bio_add_page_from_gup` lights up as a whole name and nothing beside it.

use std::ops::Range;

use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::patch::{Hunk, Mark};

/// A stretch of a line's bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Where it is in the line.
    pub range: Range<usize>,
    /// Whether the other version of the line has something else here.
    pub changed: bool,
}

/// Lines are two versions of one line when at least this share of their words agrees.
const ALIKE: f64 = 0.4;

/// Past this many lines on a side, lines are not compared with each other: it is a rewrite.
const MOST_LINES: usize = 64;

/// The pieces of every line of `hunk`. A line without another version is one unchanged piece.
pub fn pieces(hunk: &Hunk) -> Vec<Vec<Piece>> {
    let whole = |text: &[u8]| vec![Piece { range: 0..text.len(), changed: false }];
    let mut pieces: Vec<Vec<Piece>> = hunk.lines.iter().map(|line| whole(&line.text)).collect();
    let mut at = 0;
    while at < hunk.lines.len() {
        let run = |from: usize, mark| {
            from + hunk.lines[from..].iter().take_while(|line| line.mark == mark).count()
        };
        let middle = run(at, Mark::Removed);
        let end = run(middle, Mark::Added);
        if end == at {
            at += 1;
            continue;
        }
        for (removed, added) in versions(hunk, at..middle, middle..end) {
            let (old, new) = compare(&hunk.lines[removed].text, &hunk.lines[added].text);
            pieces[removed] = old;
            pieces[added] = new;
        }
        at = end;
    }
    pieces
}

/// Pairs removed with added lines, in order, so that the sum of their likeness is largest.
fn versions(hunk: &Hunk, removed: Range<usize>, added: Range<usize>) -> Vec<(usize, usize)> {
    if removed.len() > MOST_LINES || added.len() > MOST_LINES {
        return Vec::new();
    }
    let (rows, columns) = (removed.len(), added.len());
    let likeness: Vec<Vec<f64>> = removed
        .clone()
        .map(|old| {
            let ratio = |new: usize| ratio(&hunk.lines[old].text, &hunk.lines[new].text);
            added.clone().map(ratio).collect()
        })
        .collect();
    let mut best = vec![vec![0.0_f64; columns + 1]; rows + 1];
    for row in (0..rows).rev() {
        for column in (0..columns).rev() {
            let skip = best[row + 1][column].max(best[row][column + 1]);
            let own = likeness[row][column];
            let paired = if own < ALIKE { 0.0 } else { own + best[row + 1][column + 1] };
            best[row][column] = skip.max(paired);
        }
    }
    let (mut row, mut column) = (0, 0);
    let mut pairs = Vec::new();
    while row < rows && column < columns {
        if best[row][column] == best[row + 1][column] {
            row += 1;
        } else if best[row][column] == best[row][column + 1] {
            column += 1;
        } else {
            pairs.push((removed.start + row, added.start + column));
            row += 1;
            column += 1;
        }
    }
    pairs
}

/// The share of words that two lines have in common, white space aside.
fn ratio(old: &[u8], new: &[u8]) -> f64 {
    let (old, new) = (words(old), words(new));
    let count = |words: &[&[u8]]| words.iter().filter(|word| !is_blank(word)).count();
    let total = count(&old) + count(&new);
    if total == 0 {
        return 0.0;
    }
    let same: usize = capture_diff_slices(Algorithm::Myers, &old, &new)
        .iter()
        .filter(|op| op.tag() == DiffTag::Equal)
        .map(|op| count(&old[op.old_range()]))
        .sum();
    2.0 * same as f64 / total as f64
}

fn compare(old: &[u8], new: &[u8]) -> (Vec<Piece>, Vec<Piece>) {
    let (old_words, new_words) = (words(old), words(new));
    let mut sides = (Vec::new(), Vec::new());
    for op in capture_diff_slices(Algorithm::Myers, &old_words, &new_words) {
        let changed = op.tag() != DiffTag::Equal;
        push(&mut sides.0, &old_words[op.old_range()], changed);
        push(&mut sides.1, &new_words[op.new_range()], changed);
    }
    sides
}

fn push(pieces: &mut Vec<Piece>, words: &[&[u8]], changed: bool) {
    let len: usize = words.iter().map(|word| word.len()).sum();
    let start = pieces.last().map_or(0, |piece| piece.range.end);
    if len > 0 {
        pieces.push(Piece { range: start..start + len, changed });
    }
}

fn is_blank(word: &[u8]) -> bool {
    word.iter().all(u8::is_ascii_whitespace)
}

/// Identifiers and numbers, runs of white space, and every other byte by itself.
fn words(text: &[u8]) -> Vec<&[u8]> {
    let kind = |byte: u8| match byte {
        b if b.is_ascii_alphanumeric() || b == b'_' || b >= 0x80 => Some(true),
        b if b.is_ascii_whitespace() => Some(false),
        _ => None,
    };
    text.chunk_by(|&a, &b| kind(a).is_some() && kind(a) == kind(b)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::patch;

    /// The hunk's lines with `[` and `]` around what changed.
    fn check(lines: &str, expected: &str) {
        let count = |skip| lines.lines().filter(|line| !line.starts_with(skip)).count();
        let text =
            format!("--- a/f.c\n+++ b/f.c\n@@ -1,{} +1,{} @@\n{lines}", count('+'), count('-'));
        let hunk = patch::parse(text.as_bytes()).unwrap().remove(0).hunks.remove(0);
        let mut shown = String::new();
        for (line, pieces) in hunk.lines.iter().zip(pieces(&hunk)) {
            for piece in pieces {
                let text = String::from_utf8_lossy(&line.text[piece.range]).into_owned();
                shown.push_str(&if piece.changed { format!("[{text}]") } else { text });
            }
        }
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_renamed_call_is_one_word() {
        check(
            " a\n-\tif (bio_add_page(bio, page) < n)\n+\tif (bio_add_page_from_gup(bio, page) < n)\n",
            "a\n\tif ([bio_add_page](bio, page) < n)\n\tif ([bio_add_page_from_gup](bio, page) < n)\n",
        );
    }

    #[test]
    fn a_line_is_compared_with_its_likeliest_version() {
        check(
            "-\tadd(bio, page, len);\n+\tif (is_gup)\n+\t\tadd_from_gup(bio, page, len);\n+\telse\n+\t\tfoo();\n",
            "[\t][add](bio, page, len);\n\tif (is_gup)\n[\t\t][add_from_gup](bio, page, len);\n\telse\n\t\tfoo();\n"
                .replace("][", "").as_str(),
        );
    }

    #[test]
    fn what_has_no_other_version_is_not_marked() {
        check("-int a;\n+return foo(bar);\n", "int a;\nreturn foo(bar);\n");
        check("+x\n y\n-z\n", "x\ny\nz\n");
    }
}
