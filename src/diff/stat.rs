//! The diffstat and the summary below it, as `git format-patch` writes them.
//!
//! In: lines added and deleted of each file. Out: text of at most 72 columns a line, ending in the
//! `N files changed` line and one `create mode` line for every new file.

use std::fmt::Write as _;

use super::quoted;
use crate::source::TreePath;

/// The width of mail.
const WIDTH: usize = 72;

/// Lines added and deleted in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct LineCounts {
    /// Lines the new version has and the old one has not.
    pub added: usize,
    /// Lines the old version has and the new one has not.
    pub deleted: usize,
}

impl LineCounts {
    fn total(self) -> usize {
        self.added + self.deleted
    }
}

/// One file in a diffstat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatEntry {
    /// Below the root of the tree.
    pub path: TreePath,
    /// What changes in it.
    pub counts: LineCounts,
    /// The mode of a file that is new.
    pub created: Option<u32>,
}

/// How the columns of the table share the width.
struct Columns {
    name: usize,
    number: usize,
    graph: usize,
    most: usize,
}

/// The diffstat of `entries`, which are sorted by path.
pub fn diffstat(entries: &[StatEntry]) -> String {
    let names: Vec<_> = entries.iter().map(|entry| quoted("", &entry.path)).collect();
    let columns = Columns::fit(
        names.iter().map(|name| width(name)).max().unwrap_or(0),
        entries.iter().map(|entry| entry.counts.total()).max().unwrap_or(0),
    );
    let mut text = String::new();
    for (entry, name) in entries.iter().zip(&names) {
        columns.write_row(&mut text, name, entry.counts);
    }
    write_totals(&mut text, entries);
    for (entry, name) in entries.iter().zip(&names) {
        if let Some(mode) = entry.created {
            writeln!(text, " create mode {mode:06o} {name}").expect("a string takes all text");
        }
    }
    text
}

fn write_totals(text: &mut String, entries: &[StatEntry]) {
    let added: usize = entries.iter().map(|entry| entry.counts.added).sum();
    let deleted: usize = entries.iter().map(|entry| entry.counts.deleted).sum();
    let files = entries.len();
    write!(text, " {files} file{} changed", plural(files)).expect("a string takes all text");
    if files > 0 && (added > 0 || deleted == 0) {
        write!(text, ", {added} insertion{}(+)", plural(added)).expect("a string takes all text");
    }
    if files > 0 && (deleted > 0 || added == 0) {
        write!(text, ", {deleted} deletion{}(-)", plural(deleted))
            .expect("a string takes all text");
    }
    text.push('\n');
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn width(name: &str) -> usize {
    name.chars().count()
}

impl Columns {
    /// The graph gets three eighths of the width where it does not all fit, the names what is left.
    fn fit(longest_name: usize, most: usize) -> Columns {
        let number = most.max(1).ilog10() as usize + 1;
        let frame = number + 6;
        let mut columns = Columns { name: longest_name, number, graph: most, most };
        if columns.name + frame + columns.graph > WIDTH {
            let share = (WIDTH * 3 / 8).saturating_sub(frame).max(6);
            columns.graph = columns.graph.min(share);
            if columns.name > WIDTH - frame - columns.graph {
                columns.name = WIDTH - frame - columns.graph;
            } else {
                columns.graph = WIDTH - frame - columns.name;
            }
        }
        columns
    }

    fn write_row(&self, text: &mut String, name: &str, counts: LineCounts) {
        let (added, deleted) = self.scale(counts);
        let gap = if counts.total() > 0 { " " } else { "" };
        writeln!(
            text,
            " {} | {:>number$}{gap}{}{}",
            self.fit_name(name),
            counts.total(),
            "+".repeat(added),
            "-".repeat(deleted),
            number = self.number,
        )
        .expect("a string takes all text");
    }

    /// A long name loses its front, up to a slash where one is left.
    fn fit_name(&self, name: &str) -> String {
        let over = width(name).saturating_sub(self.name);
        if over == 0 {
            return format!("{name:<pad$}", pad = self.name);
        }
        let room = self.name.saturating_sub(3);
        let cut: String = name.chars().skip(width(name) - room).collect();
        let tail = cut.find('/').map_or(cut.as_str(), |slash| &cut[slash..]);
        format!("...{tail:<room$}")
    }

    fn scale(&self, counts: LineCounts) -> (usize, usize) {
        if self.graph > self.most {
            return (counts.added, counts.deleted);
        }
        let LineCounts { added, deleted } = counts;
        let linear =
            |n: usize| if n == 0 { 0 } else { 1 + n * (self.graph.max(1) - 1) / self.most };
        let mut total = linear(counts.total());
        if total < 2 && added > 0 && deleted > 0 {
            total = 2;
        }
        if added < deleted {
            (linear(added), total - linear(added))
        } else {
            (total - linear(deleted), linear(deleted))
        }
    }
}
