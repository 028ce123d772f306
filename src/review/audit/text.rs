//! The audit for people: a paragraph a call, by subsystem, and the figures at the end.

use std::collections::BTreeMap;

use super::change::differences;
use super::{Audit, Change, Comparison, Figures, FolderFigures, Row};
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
    push_ought_to_pin(&mut out, audit, p);
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
        p.place,
        row.file,
        row.line,
        row.function,
        row.call,
        row.reference,
        row.transfer_phrase(),
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
    for release in &row.releases_elsewhere {
        out.push_str(&format!(
            "      {}:{} {}: {}\n",
            release.file,
            release.line,
            release.function,
            one_line(&release.text)
        ));
    }
    for problem in &row.problems {
        out.push_str(&format!("      {0}{problem}{0:#}\n", p.bad));
    }
    for check in &row.checks {
        out.push_str(&format!("      {0}look: {check}{0:#}\n", p.care));
    }
}

/// The calls that take FOLL_GET references to pages that are written to: first those where that is seen.
fn push_ought_to_pin(out: &mut String, audit: &Audit, p: Palette) {
    let ought = || audit.calls.iter().filter(|row| row.ought_to_pin);
    for (seen, title) in [
        (true, "taken with FOLL_GET and written to; FOLL_PIN is for that"),
        (false, "taken with FOLL_GET and FOLL_WRITE; who writes is not seen"),
    ] {
        let rows: Vec<&Row> = ought().filter(|row| row.is_seen_written() == seen).collect();
        if rows.is_empty() {
            continue;
        }
        let calls = if rows.len() == 1 { "call" } else { "calls" };
        out.push_str(&format!("{0}{title}: {1} {calls}{0:#}\n", p.heading, rows.len()));
        for row in rows {
            out.push_str(&format!(
                "  {0}{1}:{2}{0:#} {3}: {4}\n",
                p.place, row.file, row.line, row.function, row.call
            ));
            for written in row.written.iter().filter(|written| written.by != "flag" || !seen) {
                let when = written
                    .when
                    .as_deref()
                    .map_or_else(String::new, |when| format!(", if {}", one_line(when)));
                out.push_str(&format!(
                    "      {}:{} {}: {}{when}\n",
                    written.file,
                    written.line,
                    written.phrase(),
                    one_line(&written.text)
                ));
            }
        }
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
        ought_to_pin,
    } = figures;
    format!(
        "{calls} calls in {subsystems} subsystems; the pages of {to_plain_adders} reach a plain adder, in \
         {subsystems_to_plain_adders} subsystems; {problems} with a problem, {checks} to look at, {ought_to_pin} that ought to pin\n"
    )
}

/// Where GUP is, then and now.
fn push_folders(out: &mut String, folders: &[FolderFigures]) {
    let width = folders.iter().map(|figures| figures.folder.len()).max().unwrap_or_default();
    let change = |before: usize, now: usize| match before == now {
        true => format!("{now}"),
        false => format!("{before} → {now}"),
    };
    for FolderFigures { folder, before, now } in folders {
        out.push_str(&format!(
            "  {folder:<width$}  calls {:<10} pins {:<10} to a plain adder {}\n",
            change(before.calls, now.calls),
            change(before.pins, now.pins),
            change(before.to_plain_adders, now.to_plain_adders),
        ));
    }
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
        out.push('\n');
        if let Change::Changed { before, now } = change {
            for difference in differences(before, now) {
                out.push_str(&format!("      {}\n", one_line(&difference)));
            }
        }
    }
    push_folders(out, &comparison.folders);
    out.push_str(&format!("then: {}", figures_line(&comparison.before)));
    out.push_str(&format!("now:  {}", figures_line(&comparison.now)));
}
