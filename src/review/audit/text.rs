//! The audit for people: a paragraph a call, by subsystem, and the figures at the end.

use std::collections::BTreeMap;

use super::{Audit, Change, Comparison, Figures, Row};
use crate::review::Palette;
use crate::review::story::reference_phrase;
use crate::review::text::class_word;
use crate::review::visible::one_line;

/// The whole text.
pub fn text(audit: &Audit, p: Palette) -> String {
    let mut by_subsystem: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &audit.calls {
        by_subsystem.entry(&row.subsystem).or_default().push(row);
    }
    let mut out = String::new();
    for (subsystem, rows) in by_subsystem {
        let calls = if rows.len() == 1 { "call" } else { "calls" };
        out.push_str(&format!("{0}{subsystem}: {1} {calls}{0:#}\n", p.heading, rows.len()));
        for row in rows {
            push_row(&mut out, row, p);
        }
    }
    out.push_str(&figures_line(&Figures::of(audit)));
    if let Some(comparison) = &audit.comparison {
        push_comparison(&mut out, comparison, p);
    }
    out
}

fn push_row(out: &mut String, row: &Row, p: Palette) {
    let flags =
        if row.flags.is_empty() { String::new() } else { format!(" {}", row.flags.join("|")) };
    let pages = row.pages.as_deref().map_or_else(String::new, one_line);
    out.push_str(&format!(
        "  {0}{1}:{2}{0:#} {3}: {4}({pages}) [{5}{flags}, {6}]\n",
        p.place, row.file, row.line, row.function, row.call, row.reference, row.transfer,
    ));
    for to in &row.destinations {
        out.push_str(&format!(
            "      → {} ({}) {}:{} {} [{}]; {}\n",
            to.adder,
            to.container,
            to.file,
            to.line,
            to.function,
            class_word(to.class),
            reference_phrase(to.reference)
        ));
        for release in &to.releases {
            out.push_str(&format!(
                "          {}:{} {}\n",
                release.file,
                release.line,
                one_line(&release.text)
            ));
        }
    }
    out.push_str(&format!("      {0}{1}{0:#}", p.dim, row.ending_phrase()));
    for (at, release) in row.releases.iter().enumerate() {
        let between = if at == 0 { ": " } else { ", " };
        out.push_str(&format!("{between}{} in line {}", release.call, release.line));
    }
    out.push('\n');
    for problem in &row.problems {
        out.push_str(&format!("      {0}{problem}{0:#}\n", p.bad));
    }
    for check in &row.checks {
        out.push_str(&format!("      {0}look: {check}{0:#}\n", p.care));
    }
}

fn figures_line(figures: &Figures) -> String {
    let Figures {
        calls,
        subsystems,
        to_plain_adders,
        subsystems_to_plain_adders,
        problems,
        checks,
    } = figures;
    format!(
        "{calls} calls in {subsystems} subsystems; the pages of {to_plain_adders} reach a plain adder, in \
         {subsystems_to_plain_adders} subsystems; {problems} with a problem, {checks} to look at\n"
    )
}

fn push_comparison(out: &mut String, comparison: &Comparison, p: Palette) {
    out.push_str(&format!("{0}compared with {1}{0:#}\n", p.heading, comparison.with));
    for change in &comparison.changes {
        let (sign, style, row) = match change {
            Change::New { now } => ('+', p.good, now),
            Change::Gone { before } => ('-', p.bad, before),
            Change::Changed { now, .. } => ('!', p.care, now),
        };
        out.push_str(&format!(
            "  {style}{sign} {}:{} {}: {}{style:#}",
            row.file, row.line, row.function, row.call
        ));
        if let Change::Changed { before, now } = change {
            for (what, old, new) in [
                ("plain adders", before.destinations.len(), now.destinations.len()),
                ("releases", before.releases.len(), now.releases.len()),
                ("problems", before.problems.len(), now.problems.len()),
            ] {
                if old != new {
                    out.push_str(&format!("; {what} {old} → {new}"));
                }
            }
            if before.ending != now.ending {
                out.push_str(&format!("; {} → {}", before.ending, now.ending));
            }
        }
        out.push('\n');
    }
    out.push_str(&format!("then: {}", figures_line(&comparison.before)));
    out.push_str(&format!("now:  {}", figures_line(&comparison.now)));
}
