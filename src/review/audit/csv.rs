//! The audit for spreadsheets: RFC 4180, a line a call, lists joined by `; `.

use super::{Audit, Row};

const HEADER: &str = "file,line,function,subsystem,call,reference,flags,transfer,pages,containers,\
                      destinations,releases,ending,ways_out,problems,checks,writes_when,written,\
                      ought_to_pin";

/// The whole text.
pub fn csv(audit: &Audit) -> String {
    let mut out = format!("{HEADER}\r\n");
    for row in &audit.calls {
        let fields: Vec<String> = fields(row).iter().map(|field| quoted(field)).collect();
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    out
}

fn fields(row: &Row) -> [String; 19] {
    let joined = |items: Vec<String>| items.join("; ");
    [
        row.file.to_string(),
        row.line.to_string(),
        row.function.clone(),
        row.subsystem.clone(),
        row.call.clone(),
        row.reference.to_owned(),
        joined(row.flags.clone()),
        row.transfer.to_owned(),
        row.pages.clone().unwrap_or_default(),
        row.containers().join("; "),
        joined(
            row.destinations
                .iter()
                .map(|to| format!("{}:{} {}", to.file, to.line, to.adder))
                .collect(),
        ),
        joined(releases(row)),
        row.ending.to_owned(),
        joined(row.ways_out.iter().map(u32::to_string).collect()),
        joined(row.problems.clone()),
        joined(row.checks.clone()),
        row.writes_when.clone().unwrap_or_default(),
        joined(
            row.written.iter().map(|w| format!("{}:{} {}", w.file, w.line, w.phrase())).collect(),
        ),
        if row.ought_to_pin { "yes" } else { "no" }.to_owned(),
    ]
}

/// Those of the function, of other functions, then those of the containers.
fn releases(row: &Row) -> Vec<String> {
    let own = row.releases.iter().map(|r| format!("{}:{} {}", row.file, r.line, r.call));
    let of_containers = row.destinations.iter().flat_map(|to| &to.releases);
    let mut all: Vec<String> = own.collect();
    for release in row.releases_elsewhere.iter().chain(of_containers) {
        let text = format!("{}:{} {}", release.file, release.line, release.call());
        if !all.contains(&text) {
            all.push(text);
        }
    }
    all
}

/// A field that a reader gives back as it was.
fn quoted(field: &str) -> String {
    if field.contains(['"', ',', '\n', '\r']) {
        return format!("\"{}\"", field.replace('"', "\"\""));
    }
    field.to_owned()
}
