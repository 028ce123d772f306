//! The decisions of a review: what was accepted, edited, rejected with a reason, or put off.
//!
//! In: the text of a decisions file and a dry run. Out: the dry run with only what may be applied, and the
//! rejected sites with their reasons, for the cover letter. The file is TOML that a person reads, commits
//! and mends; each entry names its unit by fingerprint, so it survives a rebase, and by file and function,
//! so it can be understood. A decision never applies to a change other than the one that was looked at:
//! when the unit would do something else, the fingerprint differs and the unit is undecided again.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::dry_run::{Author, DryRun, FileReview, Group, Unit};
use super::fingerprint::Fingerprint;
use super::patch::{self, Hunk};
use super::{Applicability, Site};
use crate::diff::FileChange;

/// The format's version.
const VERSION: u32 = 1;

/// What a person said about a unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Apply it.
    Accept,
    /// Apply these hunk bodies instead, one for each hunk of the unit.
    Edit(Vec<String>),
    /// Leave it, and say why.
    Reject(String),
    /// Look at it later; not applied until then.
    Skip,
}

/// One decision, with what helps a reader to recognise the unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The unit.
    pub fingerprint: Fingerprint,
    /// What was said.
    pub verdict: Verdict,
    /// The file it is in.
    pub file: String,
    /// The functions and adders, for the reader only: `f: sg_set_page(page)`.
    pub sites: Vec<String>,
}

/// All decisions, by fingerprint. As a value of its own it is a list, sorted by file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Record>", into = "Vec<Record>")]
pub struct Decisions {
    by_unit: BTreeMap<Fingerprint, Decision>,
}

/// Why a decisions file could not be used.
#[derive(Debug, Error)]
pub enum DecisionsError {
    /// Not TOML, or not of this shape.
    #[error("{0}")]
    Syntax(#[from] toml::de::Error),
    /// Written by a newer version.
    #[error("the decisions are of version {0}; this program reads version {VERSION}")]
    Version(u32),
    /// A rejection that does not say why.
    #[error("the rejection of {0} has no reason\n  hint: add `reason = \"...\"`")]
    NoReason(Fingerprint),
    /// An edit without text.
    #[error("the edit of {0} has no hunks")]
    NoHunks(Fingerprint),
    /// The same unit twice, which only a merge by hand makes.
    #[error("{0} is decided twice")]
    Twice(Fingerprint),
}

/// The file as serde sees it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: u32,
    #[serde(default, rename = "decision")]
    decisions: Vec<Record>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    fingerprint: Fingerprint,
    verdict: Word,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    file: String,
    #[serde(default)]
    sites: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    hunks: Vec<String>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Word {
    Accept,
    Edit,
    Reject,
    Skip,
}

impl Decisions {
    /// Reads the text of a decisions file.
    pub fn parse(text: &str) -> Result<Decisions, DecisionsError> {
        let file: File = toml::from_str(text)?;
        if file.version != VERSION {
            return Err(DecisionsError::Version(file.version));
        }
        Decisions::try_from(file.decisions)
    }

    /// The text of the file: sorted by file, so that decisions of two people merge well.
    pub fn to_toml(&self) -> String {
        let file = File { version: VERSION, decisions: self.clone().into() };
        let body = toml::to_string_pretty(&file).expect("strings and numbers are TOML");
        format!(
            "# Decisions of `gupatch review`; `gupatch apply` and `gupatch series` follow them.\n{body}"
        )
    }

    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.by_unit.is_empty()
    }

    /// What was said about a unit.
    pub fn get(&self, unit: &Fingerprint) -> Option<&Verdict> {
        self.by_unit.get(unit).map(|decision| &decision.verdict)
    }

    /// Decides a unit of `file`.
    pub fn set(&mut self, file: &FileReview, unit: &Unit, verdict: Verdict) {
        let sites = unit.evidence.iter().map(|&at| {
            let site = &file.evidence()[at].site;
            format!("{}: {}({})", site.function, site.adder, site.page)
        });
        let decision = Decision {
            fingerprint: unit.fingerprint.clone(),
            verdict,
            file: file.change().path.to_string(),
            sites: sites.collect(),
        };
        self.by_unit.insert(unit.fingerprint.clone(), decision);
    }

    /// Takes a decision back.
    pub fn clear(&mut self, unit: &Fingerprint) {
        self.by_unit.remove(unit);
    }

    /// Every decision, by fingerprint.
    pub fn iter(&self) -> impl Iterator<Item = &Decision> {
        self.by_unit.values()
    }
}

impl TryFrom<Vec<Record>> for Decisions {
    type Error = DecisionsError;

    fn try_from(records: Vec<Record>) -> Result<Decisions, DecisionsError> {
        let mut by_unit = BTreeMap::new();
        for record in records {
            let fingerprint = record.fingerprint.clone();
            if by_unit.insert(fingerprint.clone(), decision(record)?).is_some() {
                return Err(DecisionsError::Twice(fingerprint));
            }
        }
        Ok(Decisions { by_unit })
    }
}

impl From<Decisions> for Vec<Record> {
    fn from(decisions: Decisions) -> Vec<Record> {
        let mut decisions: Vec<&Decision> = decisions.by_unit.values().collect();
        decisions.sort_by_key(|decision| (&decision.file, &decision.fingerprint));
        decisions.into_iter().map(record).collect()
    }
}

fn decision(record: Record) -> Result<Decision, DecisionsError> {
    let verdict = match record.verdict {
        Word::Accept => Verdict::Accept,
        Word::Skip => Verdict::Skip,
        Word::Edit if record.hunks.is_empty() => {
            return Err(DecisionsError::NoHunks(record.fingerprint));
        }
        Word::Edit => Verdict::Edit(record.hunks),
        Word::Reject => match record.reason {
            Some(reason) if !reason.trim().is_empty() => Verdict::Reject(reason),
            Some(_) | None => return Err(DecisionsError::NoReason(record.fingerprint)),
        },
    };
    Ok(Decision {
        fingerprint: record.fingerprint,
        verdict,
        file: record.file,
        sites: record.sites,
    })
}

fn record(decision: &Decision) -> Record {
    let (verdict, reason, hunks) = match &decision.verdict {
        Verdict::Accept => (Word::Accept, None, Vec::new()),
        Verdict::Skip => (Word::Skip, None, Vec::new()),
        Verdict::Edit(hunks) => (Word::Edit, None, hunks.clone()),
        Verdict::Reject(reason) => (Word::Reject, Some(reason.clone()), Vec::new()),
    };
    Record {
        fingerprint: decision.fingerprint.clone(),
        verdict,
        reason,
        file: decision.file.clone(),
        sites: decision.sites.clone(),
        hunks,
    }
}

/// What happens to units about which nothing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecided {
    /// They are applied, as without a review.
    Take,
    /// They stay as they are.
    Leave,
}

/// A dry run after the decisions.
#[derive(Clone, Debug)]
pub struct Followed {
    /// What is left to apply. All that was taken out is among its `left_alone`, with the reason.
    pub dry_run: DryRun,
    /// The rejected sites with what the reviewer wrote.
    pub rejected: Vec<(Site, String)>,
    /// Sites that are not applied for another reason, which is said.
    put_off: Vec<(Site, &'static str)>,
    /// Units that were put off.
    pub skipped: usize,
    /// Units about which nothing was said, or whose edit no longer fits.
    pub undecided: usize,
    /// Decisions about units that are no longer there, or whose edit no longer fits.
    pub stale: Vec<Decision>,
}

/// Takes from `dry_run` what `decisions` allow.
pub fn follow(dry_run: &DryRun, decisions: &Decisions, undecided: Undecided) -> Followed {
    let mut followed = Followed {
        dry_run: DryRun {
            groups: Vec::new(),
            left_alone: dry_run.left_alone.clone(),
            open: dry_run.open,
            unseen: dry_run.unseen.clone(),
        },
        rejected: Vec::new(),
        put_off: Vec::new(),
        skipped: 0,
        undecided: 0,
        stale: Vec::new(),
    };
    let mut stale: BTreeSet<&Fingerprint> = decisions.by_unit.keys().collect();
    for group in &dry_run.groups {
        let mut files = Vec::new();
        for file in &group.files {
            files.extend(follow_file(file, decisions, undecided, &mut stale, &mut followed));
        }
        if !files.is_empty() {
            followed.dry_run.groups.push(Group { subsystem: group.subsystem.clone(), files });
        }
    }
    followed.stale = stale.into_iter().map(|unit| decisions.by_unit[unit].clone()).collect();
    let left_alone = &mut followed.dry_run.left_alone;
    for (site, reason) in &followed.rejected {
        left_alone.push(taken_out(site, format!("rejected in review: {reason}")));
    }
    for (site, reason) in &followed.put_off {
        left_alone.push(taken_out(site, (*reason).to_owned()));
    }
    left_alone.sort_by(|a, b| {
        (a.file.as_str(), a.line, a.column).cmp(&(b.file.as_str(), b.line, b.column))
    });
    followed
}

/// The site as one that is not converted.
fn taken_out(site: &Site, reason: String) -> Site {
    Site { conversion: None, applicability: Applicability::Manual, reason, ..site.clone() }
}

fn follow_file<'d>(
    file: &FileReview,
    decisions: &'d Decisions,
    undecided: Undecided,
    stale: &mut BTreeSet<&'d Fingerprint>,
    followed: &mut Followed,
) -> Option<FileReview> {
    let mut taken: Vec<(usize, Hunk)> = Vec::new();
    let mut dropped: BTreeSet<usize> = BTreeSet::new();
    let mut evidence = file.evidence().to_vec();
    for unit in file.units() {
        let sites = || unit.evidence.iter().map(|&at| file.evidence()[at].site.clone());
        let own = || unit.hunks.iter().map(|&at| (at, file.hunks()[at].clone()));
        let verdict = decisions.get(&unit.fingerprint);
        let edited = match verdict {
            Some(Verdict::Edit(bodies)) => edited_hunks(file, unit, bodies),
            Some(Verdict::Accept | Verdict::Reject(_) | Verdict::Skip) | None => None,
        };
        let known = !matches!((verdict, &edited), (Some(Verdict::Edit(_)), None));
        if known {
            stale.remove(&unit.fingerprint);
        }
        match (verdict, edited) {
            (Some(Verdict::Accept), _) => taken.extend(own()),
            (Some(Verdict::Edit(_)), Some(hunks)) => {
                taken.extend(hunks);
                unit.evidence.iter().for_each(|&at| evidence[at].author = Author::Reviewer);
            }
            (Some(Verdict::Reject(reason)), _) => {
                dropped.extend(&unit.evidence);
                followed.rejected.extend(sites().map(|site| (site, reason.clone())));
            }
            (Some(Verdict::Skip), _) => {
                dropped.extend(&unit.evidence);
                followed.put_off.extend(sites().map(|site| (site, "put off in review")));
                followed.skipped += 1;
            }
            (Some(Verdict::Edit(_)), None) => {
                // What the person wrote no longer fits, and what the tool wrote the person did not want.
                dropped.extend(&unit.evidence);
                let reason = "what was written in review no longer fits the file";
                followed.put_off.extend(sites().map(|site| (site, reason)));
                followed.undecided += 1;
            }
            (None, _) => {
                followed.undecided += 1;
                match undecided {
                    Undecided::Take => taken.extend(own()),
                    Undecided::Leave => {
                        dropped.extend(&unit.evidence);
                        followed
                            .put_off
                            .extend(sites().map(|site| (site, "not decided in review")));
                    }
                }
            }
        }
    }
    if taken.is_empty() {
        return None;
    }
    taken.sort_by_key(|(at, _)| *at);
    let change = file.change();
    let before = change.before.as_deref().unwrap_or_default();
    let after = patch::apply(before, taken.iter().map(|(_, hunk)| hunk))
        .expect("hunks of a file's own diff fit the file");
    let change = FileChange { path: change.path.clone(), before: change.before.clone(), after };
    let kept = evidence.into_iter().enumerate().filter(|(at, _)| !dropped.contains(at));
    Some(FileReview::new(change, kept.map(|(_, evidence)| evidence).collect()))
}

/// The hunks of `unit` as a person edited them; `None` where they no longer fit.
fn edited_hunks(file: &FileReview, unit: &Unit, bodies: &[String]) -> Option<Vec<(usize, Hunk)>> {
    if bodies.len() != unit.hunks.len() {
        return None;
    }
    let edited = unit.hunks.iter().zip(bodies).map(|(&at, body)| {
        file.hunks()[at].with_lines(body.as_bytes()).ok().map(|hunk| (at, hunk))
    });
    edited.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::fixture;

    /// Decides the units of the fixture, in order.
    fn decide(dry_run: &DryRun, verdicts: Vec<Option<Verdict>>) -> Decisions {
        let mut decisions = Decisions::default();
        let units =
            dry_run.files().flat_map(|file| file.units().iter().map(move |unit| (file, unit)));
        for ((file, unit), verdict) in units.zip(verdicts) {
            if let Some(verdict) = verdict {
                decisions.set(file, unit, verdict);
            }
        }
        decisions
    }

    fn reject(reason: &str) -> Option<Verdict> {
        Some(Verdict::Reject(reason.into()))
    }

    #[test]
    fn the_file_reads_well_and_comes_back() {
        let dry_run = fixture::dry_run();
        let body = "-\told \"quoted\"\n+\tnew \\ '''\n".to_owned();
        let decisions = decide(
            &dry_run,
            vec![
                Some(Verdict::Accept),
                reject("the engine is \"gone\" in v6.2\n"),
                Some(Verdict::Edit(vec![body])),
                Some(Verdict::Skip),
            ],
        );
        let text = decisions.to_toml();
        fixture::snapshot("decisions", &text);
        assert_eq!(Decisions::parse(&text).unwrap(), decisions);
    }

    #[test]
    fn what_is_rejected_stays_as_it_is_and_says_why() {
        let dry_run = fixture::dry_run();
        let decisions = decide(&dry_run, vec![Some(Verdict::Accept), reject("gone in v6.2")]);
        let followed = follow(&dry_run, &decisions, Undecided::Leave);
        let files: Vec<_> =
            followed.dry_run.files().map(|file| file.change().path.to_string()).collect();
        assert_eq!(files, ["block/blk-map.c"]);
        let rejected: Vec<_> = followed
            .rejected
            .iter()
            .map(|(site, why)| (site.page.as_str(), why.as_str()))
            .collect();
        assert_eq!(rejected, [("in", "gone in v6.2"), ("out", "gone in v6.2")]);
        let reasons = followed.dry_run.left_alone.iter().map(|site| site.reason.as_str());
        assert_eq!(reasons.filter(|r| *r == "rejected in review: gone in v6.2").count(), 2);
        assert!(followed.undecided > 0);
    }

    #[test]
    fn without_decisions_everything_is_taken_and_nothing_changes() {
        let dry_run = fixture::dry_run();
        let followed = follow(&dry_run, &Decisions::default(), Undecided::Take);
        let changes = |dry_run: &DryRun| -> Vec<FileChange> {
            dry_run.files().map(|file| file.change().clone()).collect()
        };
        assert_eq!(changes(&followed.dry_run), changes(&dry_run));
        assert!(followed.stale.is_empty());
    }

    #[test]
    fn an_edit_is_applied_while_it_fits() {
        let dry_run = fixture::dry_run();
        let file = dry_run.files().next().unwrap();
        let mut body = Vec::new();
        file.hunks()[0].write_lines(&mut body);
        let body = String::from_utf8(body).unwrap().replace("_from_gup", "_of_user");
        let decisions = decide(&dry_run, vec![Some(Verdict::Edit(vec![body.clone()]))]);
        let followed = follow(&dry_run, &decisions, Undecided::Leave);
        let after = &followed.dry_run.files().next().unwrap().change().after;
        assert!(String::from_utf8_lossy(after).contains("bio_add_pc_page_of_user("));
        let authors = followed.dry_run.files().flat_map(|file| file.evidence());
        assert!(authors.map(|evidence| evidence.author).eq([Author::Reviewer]));

        let body = body.replace("PAGE_SIZE", "SZ_4K");
        let decisions = decide(&dry_run, vec![Some(Verdict::Edit(vec![body]))]);
        let followed = follow(&dry_run, &decisions, Undecided::Take);
        assert_eq!(followed.stale.len(), 1);
        assert!(
            followed.dry_run.files().all(|file| file.change().path.as_str() != "block/blk-map.c")
        );
    }

    #[test]
    fn a_decision_about_another_change_is_stale() {
        let dry_run = fixture::dry_run();
        let decisions = decide(&dry_run, vec![Some(Verdict::Accept), Some(Verdict::Accept)]);
        let mut later = dry_run.clone();
        later.groups.remove(0);
        let followed = follow(&later, &decisions, Undecided::Leave);
        assert_eq!(followed.stale.len(), 1);
        assert_eq!(followed.stale[0].file, "block/blk-map.c");
    }

    #[test]
    fn broken_files_are_explained() {
        let message = |text: &str| Decisions::parse(text).unwrap_err().to_string();
        let entry = "version = 1\n[[decision]]\nfingerprint = \"00000000000000000000000000000000\"\n\
                     file = \"a.c\"\n";
        assert!(message("version = 2\n").contains("version 2"));
        assert!(message(&format!("{entry}verdict = \"reject\"\n")).contains("no reason"));
        assert!(message(&format!("{entry}verdict = \"edit\"\n")).contains("no hunks"));
        assert!(message(&format!("{entry}verdict = \"maybe\"\n")).contains("maybe"));
        let skip = format!("{entry}verdict = \"skip\"\n");
        let twice = format!("{skip}{}", skip.replace("version = 1\n", ""));
        assert!(message(&twice).contains("twice"));
        assert!(message(&skip.replace("0000", "xyz")).contains("fingerprint"));
    }
}
