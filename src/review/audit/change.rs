//! What is different between two audits.
//!
//! A call is the same call while file, function, callee and what it fills are: lines may move. What is left of both sides
//! is then paired by less: the place of a call in its function where that calls something else now, and the function
//! where it is in another file.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Audit, Row};

/// The difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    /// The other tree or revision.
    pub with: String,
    /// By file and line.
    pub changes: Vec<Change>,
    /// The figures of the other one.
    pub before: Figures,
    /// The figures of this one.
    pub now: Figures,
    /// Both by the tree's top folders, as far as they have GUP calls: `drivers`, `fs`, `mm`.
    pub folders: Vec<FolderFigures>,
}

/// A top folder in numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FolderFigures {
    /// Its name.
    pub folder: String,
    /// Then.
    pub before: FolderCounts,
    /// Now.
    pub now: FolderCounts,
}

/// The calls of a folder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct FolderCounts {
    /// All of them.
    pub calls: usize,
    /// Those that pin.
    pub pins: usize,
    /// Those whose pages reach a plain adder.
    pub to_plain_adders: usize,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Change {
    /// It was not there.
    New {
        /// The call.
        now: Box<Row>,
    },
    /// It is no longer there.
    Gone {
        /// The call.
        before: Box<Row>,
    },
    /// Its pages go elsewhere, or are given back in another way.
    Changed {
        /// As it was.
        before: Box<Row>,
        /// As it is.
        now: Box<Row>,
    },
}

/// An audit in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// GUP calls.
    pub calls: usize,
    /// Subsystems that have one.
    pub subsystems: usize,
    /// Calls whose pages reach a plain adder.
    pub to_plain_adders: usize,
    /// Subsystems that have one of these.
    pub subsystems_to_plain_adders: usize,
    /// Calls with a problem.
    pub problems: usize,
    /// Calls that a person should look at.
    pub checks: usize,
    /// Calls that take FOLL_GET references to pages that are written to.
    pub ought_to_pin: usize,
}

impl Figures {
    /// Counts.
    pub fn of(audit: &Audit) -> Figures {
        let subsystems = |rows: &mut dyn Iterator<Item = &Row>| {
            rows.map(|row| row.subsystem.as_str()).collect::<BTreeSet<_>>().len()
        };
        let reaching = || audit.calls.iter().filter(|row| !row.destinations.is_empty());
        Figures {
            calls: audit.calls.len(),
            subsystems: subsystems(&mut audit.calls.iter()),
            to_plain_adders: reaching().count(),
            subsystems_to_plain_adders: subsystems(&mut reaching()),
            problems: audit.calls.iter().filter(|row| !row.problems.is_empty()).count(),
            checks: audit.calls.iter().filter(|row| !row.checks.is_empty()).count(),
            ought_to_pin: audit.calls.iter().filter(|row| row.ought_to_pin).count(),
        }
    }
}

/// The same call in two audits has the same key; the number tells calls apart that are alike.
type Key = (String, String, String, Option<String>, usize);

fn by_key(audit: &Audit) -> BTreeMap<Key, &Row> {
    let mut found: BTreeMap<Key, &Row> = BTreeMap::new();
    for row in &audit.calls {
        let mut key =
            (row.file.to_string(), row.function.clone(), row.call.clone(), row.pages.clone(), 0);
        while found.contains_key(&key) {
            key.4 += 1;
        }
        found.insert(key, row);
    }
    found
}

/// Compares `audit` with what was `before`, which is called `with`.
pub fn compare(audit: &Audit, before: &Audit, with: String) -> Comparison {
    let (mut old, mut new) = (by_key(before), by_key(audit));
    let mut pairs: Vec<(&Row, &Row)> = Vec::new();
    new.retain(|key, now| match old.remove(key) {
        Some(was) => {
            pairs.push((was, now));
            false
        }
        None => true,
    });
    let (mut gone, mut come): (Vec<&Row>, Vec<&Row>) =
        (old.into_values().collect(), new.into_values().collect());
    pairs.extend(pair(&mut gone, &mut come, |row| (row.file.to_string(), row.function.clone())));
    pairs.extend(pair(&mut gone, &mut come, |row| (row.function.clone(), row.call.clone())));
    let differing = pairs.into_iter().filter(|(was, now)| !is_alike(was, now));
    let mut changes: Vec<Change> = differing
        .map(|(was, now)| Change::Changed {
            before: Box::new(was.clone()),
            now: Box::new(now.clone()),
        })
        .collect();
    changes.extend(come.into_iter().map(|row| Change::New { now: Box::new(row.clone()) }));
    changes.extend(gone.into_iter().map(|row| Change::Gone { before: Box::new(row.clone()) }));
    changes.sort_by_key(|change| {
        let row = change.row();
        (row.file.clone(), row.line, row.column)
    });
    let (then, now) = (Figures::of(before), Figures::of(audit));
    Comparison { with, changes, before: then, now, folders: folders(before, audit) }
}

/// Takes out the rows of both sides that have the same key, the first with the first.
fn pair<'r, K: Ord>(
    gone: &mut Vec<&'r Row>,
    come: &mut Vec<&'r Row>,
    key: impl Fn(&Row) -> K,
) -> Vec<(&'r Row, &'r Row)> {
    let mut found = Vec::new();
    come.retain(|now| {
        let own = key(now);
        match gone.iter().position(|was| key(was) == own) {
            Some(at) => {
                found.push((gone.remove(at), *now));
                false
            }
            None => true,
        }
    });
    found
}

fn folders(before: &Audit, now: &Audit) -> Vec<FolderFigures> {
    let mut found: BTreeMap<String, FolderFigures> = BTreeMap::new();
    for (audit, is_now) in [(before, false), (now, true)] {
        for row in &audit.calls {
            let path = row.file.to_string();
            let folder = path.split_once('/').map_or(".", |(folder, _)| folder).to_owned();
            let figures = found.entry(folder.clone()).or_insert(FolderFigures {
                folder,
                before: FolderCounts::default(),
                now: FolderCounts::default(),
            });
            let counts = if is_now { &mut figures.now } else { &mut figures.before };
            counts.calls += 1;
            counts.pins += usize::from(row.reference == "pin");
            counts.to_plain_adders += usize::from(!row.destinations.is_empty());
        }
    }
    found.into_values().collect()
}

impl Change {
    fn row(&self) -> &Row {
        match self {
            Change::New { now } | Change::Changed { now, .. } => now,
            Change::Gone { before } => before,
        }
    }
}

/// What is different in a call that changed, a line each.
pub(super) fn differences(before: &Row, now: &Row) -> Vec<String> {
    let mut found = Vec::new();
    if before.file != now.file {
        found.push(format!("was in {}", before.file));
    }
    if before.call != now.call {
        found.push(format!("was {}", before.call));
    }
    if before.reference != now.reference {
        found.push(format!("takes {}, was {}", now.reference, before.reference));
    }
    let lists = [
        ("flags", before.flags.clone(), now.flags.clone()),
        ("plain adders", adders(before), adders(now)),
        ("given back by", released(before), released(now)),
        ("problem", before.problems.clone(), now.problems.clone()),
    ];
    for (what, old, new) in lists {
        let only = |own: &[String], other: &[String]| -> Vec<String> {
            own.iter().filter(|item| !other.contains(item)).cloned().collect()
        };
        let (gone, come) = (only(&old, &new), only(&new, &old));
        let listed = [("no longer", gone), ("newly", come)];
        let listed = listed.iter().filter(|(_, items)| !items.is_empty());
        let listed: Vec<String> =
            listed.map(|(word, items)| format!("{word} {}", items.join(", "))).collect();
        if !listed.is_empty() {
            found.push(format!("{what}: {}", listed.join("; ")));
        }
    }
    if before.transfer_phrase() != now.transfer_phrase() {
        found.push(format!("{}, was {}", now.transfer_phrase(), before.transfer_phrase()));
    }
    if before.ending != now.ending {
        found.push(format!("{}, was {}", now.ending_phrase(), before.ending_phrase()));
    }
    found
}

/// The plain adders of a call, without lines.
fn adders(row: &Row) -> Vec<String> {
    let of = |to: &super::Destination| format!("{} in {}()", to.adder, to.function);
    let mut all: Vec<String> = row.destinations.iter().map(of).collect();
    all.sort();
    all.dedup();
    all
}

/// What gives a call's pages back, without lines.
fn released(row: &Row) -> Vec<String> {
    let own = row.releases.iter().map(|release| release.call.clone());
    let elsewhere = row.releases_elsewhere.iter();
    let elsewhere =
        elsewhere.map(|release| format!("{} in {}()", release.call(), release.function));
    let mut all: Vec<String> = own.chain(elsewhere).collect();
    all.sort();
    all.dedup();
    all
}

/// Whether nothing but lines differs.
fn is_alike(a: &Row, b: &Row) -> bool {
    differences(a, b).is_empty()
}
