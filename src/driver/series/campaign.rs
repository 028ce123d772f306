//! The campaign file: what was generated when, so that a later version can say what became of it.
//!
//! In: the file as it is, and what is generated now. Out: a round more in the file, and its `news`: what has
//! landed since the last round, what moved, what is new, and a summary as `git range-diff` has it. The
//! decisions that were followed are recorded, so that a run that finds no file of decisions still knows what
//! was rejected and why; so is what is left alone, with its reason. Sites are known by fingerprints, which
//! outlive a rebase.

mod news;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::campaign::Campaign;
use crate::driver::rewrite::Rewrites;
use crate::review::Site;
use crate::review::decisions::Decisions;
use crate::review::fingerprint::{Fingerprint, of_sites};
use crate::scratch::Scratch;
use crate::series::TOOL;
use crate::series::repo::{Commit, ObjectId, Repository};

/// The format's version.
const VERSION: u32 = 1;

/// The whole file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    version: u32,
    /// The name of the campaign.
    campaign: String,
    #[serde(default, rename = "round")]
    rounds: Vec<Round>,
}

/// One run of `series`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// The version of the posting.
    pub series: u32,
    base: String,
    branch: String,
    tool: String,
    /// Of the rules' names and texts.
    rules: Fingerprint,
    #[serde(default, rename = "patch")]
    patches: Vec<PatchEntry>,
    #[serde(default, rename = "site")]
    sites: Vec<SiteEntry>,
    #[serde(default)]
    left_alone: Vec<SiteEntry>,
    /// Those of a review that were followed.
    #[serde(default, rename = "decision", skip_serializing_if = "Decisions::is_empty")]
    pub decisions: Decisions,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PatchEntry {
    subject: String,
    commit: String,
    patch_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteEntry {
    fingerprint: Fingerprint,
    file: String,
    line: u32,
    function: String,
    adder: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    conversion: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    reason: String,
}

impl Record {
    /// Reads the file; an empty record where there is none.
    pub fn load(path: &Path, campaign: &str) -> anyhow::Result<Record> {
        let context = || path.display().to_string();
        let record = match fs::read_to_string(path) {
            Ok(text) => toml::from_str::<Record>(&text).with_context(context)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Record { version: VERSION, campaign: campaign.to_owned(), rounds: Vec::new() }
            }
            Err(error) => bail!(
                "cannot read {}: {error}\n  hint: name another file with --campaign",
                path.display()
            ),
        };
        if record.version != VERSION {
            bail!(
                "{} is of version {}; this program reads {VERSION}",
                path.display(),
                record.version
            );
        }
        if record.campaign != campaign {
            bail!(
                "{} is of the campaign {}, not {campaign}\n  hint: name another file with --campaign",
                path.display(),
                record.campaign
            );
        }
        Ok(record)
    }

    /// The last round.
    pub fn last(&self) -> Option<&Round> {
        self.rounds.last()
    }

    /// The same with one more.
    pub fn with(mut self, round: Round) -> Record {
        self.rounds.push(round);
        self
    }

    /// Writes the record beside the file; [`Staged::save`] puts it in its place, whole or not at all.
    pub fn stage(&self, path: &Path) -> anyhow::Result<Staged> {
        let text = toml::to_string_pretty(self).context("the campaign as TOML")?;
        let failed = |error: io::Error| {
            let hint = "name a file that you can write with --campaign; nothing was made yet";
            anyhow::anyhow!("cannot write {}: {error}\n  hint: {hint}", path.display())
        };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        let beside = Scratch::new(folder, ".gupatch-campaign-").map_err(failed)?;
        let note = "# Written by `gupatch series --campaign`, a round a run.\n";
        fs::write(beside.content(), [note, &text].concat()).map_err(failed)?;
        Ok(Staged { beside, path: path.to_owned() })
    }
}

/// A record that waits beside its file until the series is made.
#[derive(Debug)]
pub struct Staged {
    beside: Scratch,
    path: PathBuf,
}

impl Staged {
    /// Replaces the file.
    pub fn save(self) -> anyhow::Result<()> {
        let context = || format!("cannot write {}", self.path.display());
        fs::rename(self.beside.content(), &self.path).with_context(context)?;
        Ok(())
    }
}

/// What `rewrites` would be as a round.
pub fn round(
    campaign: &Campaign,
    rewrites: &Rewrites,
    repository: &Repository,
    branch: &str,
    series: u32,
    decisions: &Decisions,
) -> Round {
    let sites = &rewrites.report.sites;
    let names = of_sites(sites);
    let entry = |site: &Site, fingerprint: &Fingerprint| SiteEntry {
        fingerprint: fingerprint.clone(),
        file: site.file.to_string(),
        line: site.line,
        function: site.function.clone(),
        adder: site.adder.clone(),
        conversion: site.conversion.clone().unwrap_or_default(),
        reason: String::new(),
    };
    let mut converted = Vec::new();
    let mut left_alone = Vec::new();
    let place = |site: &Site| (site.file.clone(), site.line, site.column);
    let done: std::collections::BTreeSet<_> = rewrites
        .files
        .iter()
        .flat_map(|file| file.sites.iter().map(|rewritten| place(&rewritten.site)))
        .collect();
    for (site, name) in sites.iter().zip(&names) {
        if done.contains(&place(site)) {
            converted.push(entry(site, name));
        } else {
            left_alone.push(SiteEntry { reason: site.reason.clone(), ..entry(site, name) });
        }
    }
    let parts = campaign.rules.iter().flat_map(|rule| [rule.name.as_bytes(), rule.text.as_bytes()]);
    Round {
        series,
        base: repository.base().to_string(),
        branch: branch.to_owned(),
        tool: TOOL.to_owned(),
        rules: Fingerprint::of("gupatch-rules", parts),
        patches: Vec::new(),
        sites: converted,
        left_alone,
        decisions: decisions.clone(),
    }
}

impl Round {
    /// Adds the patches: subject, commit and patch id of each.
    pub fn add_patches(&mut self, subjects: &[String], commits: &[Commit], ids: &[ObjectId]) {
        let patches = subjects.iter().zip(commits).zip(ids);
        self.patches = patches
            .map(|((subject, commit), id)| PatchEntry {
                subject: subject.clone(),
                commit: commit.id.to_string(),
                patch_id: id.to_string(),
            })
            .collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn site(file: &str, line: u32) -> SiteEntry {
        SiteEntry {
            fingerprint: Fingerprint::of("t", [file.as_bytes()]),
            file: file.into(),
            line,
            function: "f".into(),
            adder: "add".into(),
            conversion: "add_from_gup".into(),
            reason: String::new(),
        }
    }

    pub(super) fn patch(subject: &str, id: &str) -> PatchEntry {
        PatchEntry {
            subject: subject.into(),
            commit: "0123456789abcdef".into(),
            patch_id: id.into(),
        }
    }

    pub(super) fn made(series: u32, sites: Vec<SiteEntry>, patches: Vec<PatchEntry>) -> Round {
        Round {
            series,
            base: format!("base{series}"),
            branch: "b".into(),
            tool: "t".into(),
            rules: Fingerprint::of("t", []),
            patches,
            sites,
            left_alone: Vec::new(),
            decisions: Decisions::default(),
        }
    }

    #[test]
    fn a_record_survives_the_file_and_refuses_what_it_does_not_know() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("c.toml");
        let record = Record::load(&path, "x").unwrap();
        assert_eq!(record.last(), None);
        let record = record.with(made(1, vec![site("a.c", 1)], vec![patch("s", "1")]));
        record.stage(&path).unwrap().save().unwrap();
        assert_eq!(Record::load(&path, "x").unwrap(), record);
        let error = Record::load(&path, "y").unwrap_err().to_string();
        assert!(error.contains("campaign x") && error.contains("hint:"), "{error}");
        fs::write(&path, "version = 1\ncampaign = \"x\"\nodd = 1\n").unwrap();
        assert!(Record::load(&path, "x").is_err());
    }
}
