//! What is shown of a unit: its evidence, its hunks, and the source around each step, as toned lines.
//!
//! A tone says what a piece of text is, not what it looks like; drawing and line mode each have their own
//! looks, and without colour the marks at the line starts still say everything.

use super::super::dry_run::{Evidence, FileReview, Unit, evidence_line};
use super::super::patch::{Hunk, Mark};
use super::super::story::{self, AROUND, ReadLine};
use super::super::visible::{one_line, visible, visible_line};
use super::super::words;
use crate::source::TreePath;

/// What a piece of text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Text.
    Plain,
    /// A heading.
    Heading,
    /// Text beside the point.
    Dim,
    /// The header of a hunk.
    Hunk,
    /// A line that comes.
    Added,
    /// What is new in it.
    AddedWord,
    /// A line that goes.
    Removed,
    /// What is gone from it.
    RemovedWord,
    /// What needs attention.
    Care,
}

/// A line of toned pieces.
pub type Line = Vec<(Tone, String)>;

/// Everything about `unit`: evidence first, for it is what is checked, then the hunks, then the trace.
pub(super) fn of_unit(file: &FileReview, unit: &Unit, read_line: ReadLine<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    let evidence = || unit.evidence.iter().map(|&at| &file.evidence()[at]);
    for evidence in evidence() {
        lines.push(vec![(Tone::Heading, evidence_line(evidence))]);
        let site = &evidence.site;
        let rule = format!("rule {}: {}", evidence.rule, site.reason);
        lines.push(vec![(Tone::Plain, format!("  {}", one_line(&rule)))]);
        let reference = format!("  reference: {}", story::reference_told(site));
        lines.push(vec![(Tone::Dim, reference)]);
    }
    if unit.evidence.is_empty() {
        lines.push(vec![(Tone::Care, "no site: a helper or a declaration".into())]);
    }
    lines.push(Line::new());
    for &hunk in &unit.hunks {
        hunk_lines(&file.hunks()[hunk], &mut lines);
    }
    for evidence in evidence() {
        trace_lines(evidence, read_line, &mut lines);
    }
    lines
}

fn hunk_lines(hunk: &Hunk, lines: &mut Vec<Line>) {
    lines.push(vec![(Tone::Hunk, visible_line(&hunk.header()))]);
    for (line, pieces) in hunk.lines.iter().zip(words::pieces(hunk)) {
        let (mark, tone, word) = match line.mark {
            Mark::Context => (" ", Tone::Plain, Tone::Plain),
            Mark::Removed => ("-", Tone::Removed, Tone::RemovedWord),
            Mark::Added => ("+", Tone::Added, Tone::AddedWord),
        };
        let mut shown: Line = vec![(tone, mark.into())];
        shown.extend(pieces.into_iter().map(|piece| {
            let tone = if piece.changed { word } else { tone };
            (tone, visible_line(&line.text[piece.range]))
        }));
        lines.push(shown);
        if line.text.last() != Some(&b'\n') {
            lines.push(vec![(Tone::Dim, "\\ No newline at end of file".into())]);
        }
    }
    lines.push(Line::new());
}

fn trace_lines(evidence: &Evidence, read_line: ReadLine<'_>, lines: &mut Vec<Line>) {
    let site = &evidence.site;
    let heading = format!("How {} gets to {}", site.page, site.adder);
    lines.push(vec![(Tone::Heading, one_line(&heading))]);
    for (number, step) in site.trace.iter().enumerate() {
        let does = format!("{:2}. {}: ", number + 1, story::does(step.role));
        lines.push(vec![
            (Tone::Plain, does),
            (Tone::Heading, one_line(&step.text)),
            (Tone::Dim, format!(" in {}, {}:{}", step.function, step.file, step.line)),
        ]);
        source_lines(&step.file, step.line, read_line, lines);
    }
    for other in &site.others {
        let text = format!("it can also be {}, {}:{}", other.text, other.file, other.line);
        lines.push(vec![(Tone::Care, format!("    {}", one_line(&text)))]);
        source_lines(&other.file, other.line, read_line, lines);
    }
}

fn source_lines(file: &TreePath, line: u32, read_line: ReadLine<'_>, lines: &mut Vec<Line>) {
    for number in line.saturating_sub(AROUND).max(1)..=line + AROUND {
        let Some(text) = read_line(file, number) else { break };
        let (mark, tone) = if number == line { ('>', Tone::Plain) } else { (' ', Tone::Dim) };
        lines.push(vec![(tone, format!("  {mark} {number:5} | {}", visible(&text)))]);
    }
}
