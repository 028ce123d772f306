//! What is different between two audits.
//!
//! A call is the same call while file, function, callee and what it fills are: lines may move.

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
    let (old, new) = (by_key(before), by_key(audit));
    let mut changes: Vec<Change> = Vec::new();
    for (key, &row) in &new {
        match old.get(key) {
            None => changes.push(Change::New { now: Box::new(row.clone()) }),
            Some(&was) if !is_alike(was, row) => changes.push(Change::Changed {
                before: Box::new(was.clone()),
                now: Box::new(row.clone()),
            }),
            Some(_) => {}
        }
    }
    let gone = old.iter().filter(|(key, _)| !new.contains_key(key));
    changes.extend(gone.map(|(_, &row)| Change::Gone { before: Box::new(row.clone()) }));
    changes.sort_by_key(|change| {
        let row = change.row();
        (row.file.clone(), row.line, row.column)
    });
    Comparison { with, changes, before: Figures::of(before), now: Figures::of(audit) }
}

impl Change {
    fn row(&self) -> &Row {
        match self {
            Change::New { now } | Change::Changed { now, .. } => now,
            Change::Gone { before } => before,
        }
    }
}

/// Whether nothing but lines differs.
fn is_alike(a: &Row, b: &Row) -> bool {
    let destinations = |row: &Row| -> Vec<_> {
        let of = |to: &super::Destination| (to.file.clone(), to.function.clone(), to.adder.clone());
        row.destinations.iter().map(of).collect()
    };
    let releases =
        |row: &Row| -> Vec<_> { row.releases.iter().map(|release| release.call.clone()).collect() };
    (&a.flags, a.ending, a.problems.len()) == (&b.flags, b.ending, b.problems.len())
        && destinations(a) == destinations(b)
        && releases(a) == releases(b)
}
