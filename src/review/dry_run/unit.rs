//! Units: the hunks of a file that stand or fall together, and their names.
//!
//! Two hunks belong together when one site's edits touch both. A hunk that no site claims, in a file that
//! has sites, may be part of any of their conversions: then the whole file is one unit. A unit's fingerprint is made of what it
//! changes, white space and line numbers aside, so that a decision about it survives a rebase; once the
//! tool would change something else there, the decision no longer applies and the person is asked again.

use std::collections::HashMap;

use super::Evidence;
use crate::diff::FileChange;
use crate::review::Role;
use crate::review::fingerprint::{Fingerprint, normalised};
use crate::review::patch::{Hunk, Mark};

/// Hunks that are accepted or rejected as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Indices into the file's hunks, ascending, never empty.
    pub hunks: Vec<usize>,
    /// Indices into the file's evidence.
    pub evidence: Vec<usize>,
    /// The unit's name over time.
    pub fingerprint: Fingerprint,
    /// Equal for units with the same edit and the same shape of flow: what 'accept all alike' goes by.
    pub shape: String,
}

/// Cuts the hunks of a file into units.
pub(super) fn units(change: &FileChange, evidence: &[Evidence], hunks: &[Hunk]) -> Vec<Unit> {
    let mut unit_of: Vec<usize> = (0..hunks.len()).collect();
    for evidence in evidence {
        let mut touched = (0..hunks.len()).filter(|&at| evidence.touches(&hunks[at]));
        let Some(first) = touched.next() else { continue };
        for other in touched {
            let (a, b) = (unit_of[first], unit_of[other]);
            // A unit is named after its first hunk, so that units come out in order.
            let (keep, gone) = (a.min(b), a.max(b));
            unit_of.iter_mut().filter(|unit| **unit == gone).for_each(|unit| *unit = keep);
        }
    }
    let claimed = |hunk: &Hunk| evidence.iter().any(|evidence| evidence.touches(hunk));
    if !evidence.is_empty() && !hunks.iter().all(claimed) {
        unit_of.fill(0);
    }
    let mut alike: HashMap<Vec<Vec<u8>>, u32> = HashMap::new();
    (0..hunks.len())
        .filter_map(|name| {
            let members: Vec<usize> = (0..hunks.len()).filter(|&at| unit_of[at] == name).collect();
            if members.is_empty() {
                return None;
            }
            let touches =
                |evidence: &Evidence| members.iter().any(|&at| evidence.touches(&hunks[at]));
            let evidence_of: Vec<usize> =
                (0..evidence.len()).filter(|&at| touches(&evidence[at])).collect();
            let mut content = changed_content(members.iter().map(|&at| &hunks[at]));
            let ordinal = alike.entry(content.clone()).or_default();
            content.push(ordinal.to_le_bytes().to_vec());
            *ordinal += 1;
            let path = change.path.as_str().as_bytes();
            let parts = [path].into_iter().chain(content.iter().map(Vec::as_slice));
            let fingerprint = Fingerprint::of("gupatch-hunk", parts);
            let shape = shape(&members, &evidence_of, evidence, hunks, &fingerprint);
            Some(Unit { hunks: members, evidence: evidence_of, fingerprint, shape })
        })
        .collect()
}

/// What changes, line by line: the mark and the text without needless white space.
fn changed_content<'h>(hunks: impl Iterator<Item = &'h Hunk>) -> Vec<Vec<u8>> {
    hunks
        .flat_map(|hunk| &hunk.lines)
        .filter(|line| line.mark != Mark::Context)
        .map(|line| {
            let mark = if line.mark == Mark::Added { '+' } else { '-' };
            // Bytes that are no UTF-8 may fall together here; the ordinal keeps such units apart.
            format!("{mark}{}", normalised(&String::from_utf8_lossy(&line.text))).into_bytes()
        })
        .collect()
}

/// The edit and the flow without the names of this place.
fn shape(
    members: &[usize],
    of: &[usize],
    evidence: &[Evidence],
    hunks: &[Hunk],
    fingerprint: &Fingerprint,
) -> String {
    if of.is_empty() {
        // Nothing is known of the flow, so this unit is like no other.
        return fingerprint.to_string();
    }
    let count = |mark| {
        let lines = members.iter().flat_map(|&at| &hunks[at].lines);
        lines.filter(|line| line.mark == mark).count()
    };
    let mut flows: Vec<String> = of.iter().map(|&at| flow_shape(&evidence[at])).collect();
    flows.sort();
    format!("-{} +{} {}", count(Mark::Removed), count(Mark::Added), flows.join("; "))
}

fn flow_shape(evidence: &Evidence) -> String {
    let site = &evidence.site;
    let mut calls: Vec<&str> = site.sources.iter().map(|source| source.call.as_str()).collect();
    calls.sort_unstable();
    calls.dedup();
    let roles: Vec<Role> = site.trace.iter().map(|step| step.role).collect();
    format!(
        "{} {} {:?} {:?} {:?} {:?} {} {roles:?}",
        evidence.rule,
        site.adder,
        site.conversion,
        site.class,
        site.reference,
        site.applicability,
        calls.join("|"),
    )
}
