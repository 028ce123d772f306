//! The overview as a chart: a bar for each subsystem, cut by class, as numbers that the template draws.

use serde::Serialize;

/// The drawing's width without the names, in its own units.
const WIDTH: usize = 360;

/// The height of a row.
const ROW: usize = 24;

/// Characters of a name that fit beside the bars.
const LONGEST: usize = 26;

/// All bars.
#[derive(Debug, Serialize)]
pub(super) struct Chart {
    height: usize,
    bars: Vec<Bar>,
}

#[derive(Debug, Serialize)]
struct Bar {
    name: String,
    label: String,
    y: usize,
    total: usize,
    end: usize,
    parts: Vec<Part>,
}

#[derive(Debug, Serialize)]
struct Part {
    class: &'static str,
    count: usize,
    x: usize,
    width: usize,
}

impl Chart {
    /// One bar for each name with its counts by class.
    pub(super) fn new(rows: &[(String, Vec<(&'static str, usize)>)]) -> Chart {
        let total = |counts: &[(_, usize)]| counts.iter().map(|(_, count)| count).sum::<usize>();
        let most = rows.iter().map(|(_, counts)| total(counts)).max().unwrap_or(0).max(1);
        let bars = rows.iter().enumerate().map(|(row, (name, counts))| {
            let mut x = 0;
            let shown = counts.iter().filter(|(_, count)| *count > 0);
            let parts: Vec<Part> = shown
                .map(|&(class, count)| {
                    // A part that is there is never too thin to be seen.
                    let width = (count * WIDTH / most).max(3);
                    let part = Part { class, count, x, width };
                    x += width;
                    part
                })
                .collect();
            Bar {
                name: name.clone(),
                label: label(name),
                y: row * ROW,
                total: total(counts),
                end: x,
                parts,
            }
        });
        Chart { height: rows.len() * ROW, bars: bars.collect() }
    }
}

/// The name as it fits beside the bars; the whole of it is in the table.
fn label(name: &str) -> String {
    if name.chars().count() <= LONGEST {
        return name.to_owned();
    }
    let mut label: String = name.chars().take(LONGEST - 1).collect();
    label.push('…');
    label
}
