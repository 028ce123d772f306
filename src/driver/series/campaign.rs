//! The campaign file: what was generated when, so that a later version can say what became of it.
//!
//! In: the file as it is, and what is generated now. Out: a round more in the file, and [`News`]: what has
//! landed since the last round, what moved, what is new, and a summary as `git range-diff` has it. The
//! decisions of a review have a file of their own, which is followed again at each run; what is left alone
//! is recorded here with its reason. Sites are known by fingerprints, which outlive a rebase.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::campaign::Campaign;
use crate::driver::rewrite::Rewrites;
use crate::review::Site;
use crate::review::fingerprint::{Fingerprint, of_sites};
use crate::scratch::Scratch;
use crate::series::TOOL;
use crate::series::repo::{Commit, ObjectId, Repository};

/// The format's version.
const VERSION: u32 = 1;
/// Digits of a commit in a summary.
const DIGITS: usize = 12;
/// Columns of a summary.
const WIDTH: usize = 75;
/// Places that are named one by one.
const NAMED: usize = 8;

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

/// What became of the last round.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct News {
    /// Paragraphs and items for the cover letter.
    pub text: String,
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

    /// What became of this round by the time of `now`. `base` reads a file of the new base.
    pub fn news(&self, now: &Round, base: &dyn Fn(&str) -> Option<Vec<u8>>) -> News {
        let by_name = |sites: &'_ [SiteEntry]| -> BTreeMap<Fingerprint, SiteEntry> {
            sites.iter().map(|site| (site.fingerprint.clone(), site.clone())).collect()
        };
        let (current, declined) = (by_name(&now.sites), by_name(&now.left_alone));
        let before = by_name(&self.sites);
        let (mut landed, mut gone, mut moved, mut left) = (vec![], vec![], vec![], vec![]);
        for site in &self.sites {
            let place = format!("{} {}()", site.file, site.function);
            match (current.get(&site.fingerprint), declined.get(&site.fingerprint)) {
                (Some(found), _) if found.line == site.line => {}
                (Some(found), _) => {
                    moved.push(format!("{place} from line {} to {}", site.line, found.line));
                }
                (None, Some(found)) => left.push(format!("{place}: {}", found.reason)),
                (None, None) if is_converted(site, base) => landed.push(place),
                (None, None) => gone.push(place),
            }
        }
        let new = now.sites.iter().filter(|site| !before.contains_key(&site.fingerprint));
        let new: Vec<String> =
            new.map(|site| format!("{} {}()", site.file, site.function)).collect();
        let mut text = String::new();
        if self.base != now.base {
            text.push_str(&format!(
                "- Made on {} instead of {}.\n",
                short(&now.base),
                short(&self.base)
            ));
        }
        if self.rules != now.rules {
            text.push_str("- The rules have changed.\n");
        }
        for (what, places) in [
            ("Landed since", &landed),
            ("No longer there", &gone),
            ("Moved", &moved),
            ("Left alone now", &left),
            ("New", &new),
        ] {
            push_item(&mut text, what, places);
        }
        if text.is_empty() {
            text.push_str("- The same places as before.\n");
        }
        if !now.patches.is_empty() {
            text.push_str(&format!("\nPatches of v{} and of v{}:\n\n", self.series, now.series));
            text.push_str(&range_diff(&self.patches, &now.patches));
        }
        News { text }
    }
}

/// Whether the new base calls the conversion in the site's file.
fn is_converted(site: &SiteEntry, base: &dyn Fn(&str) -> Option<Vec<u8>>) -> bool {
    let text = base(&site.file).unwrap_or_default();
    !site.conversion.is_empty() && memchr::memmem::find(&text, site.conversion.as_bytes()).is_some()
}

fn push_item(text: &mut String, what: &str, places: &[String]) {
    if places.is_empty() {
        return;
    }
    let mut named: Vec<String> = places.iter().take(NAMED).cloned().collect();
    if places.len() > NAMED {
        named.push(format!("and {} more", places.len() - NAMED));
    }
    text.push_str(&format!("- {what} ({}): {}.\n", places.len(), named.join("; ")));
}

/// As `git range-diff --no-patch` prints it: `=` the same diff, `!` another one, `<` dropped, `>` new.
fn range_diff(old: &[PatchEntry], new: &[PatchEntry]) -> String {
    let mut lines = Vec::new();
    let mut met = vec![false; old.len()];
    for (at, patch) in new.iter().enumerate() {
        let same = |other: &PatchEntry| other.subject == patch.subject;
        let twin = old.iter().position(|other| other.patch_id == patch.patch_id);
        let twin = twin.or_else(|| old.iter().position(same)).filter(|&twin| !met[twin]);
        lines.push(match twin {
            Some(twin) => {
                met[twin] = true;
                let sign = if old[twin].patch_id == patch.patch_id { '=' } else { '!' };
                pair(Some((twin, &old[twin])), sign, Some((at, patch)))
            }
            None => pair(None, '>', Some((at, patch))),
        });
    }
    let dropped = old.iter().enumerate().filter(|(at, _)| !met[*at]);
    lines.extend(dropped.map(|(at, patch)| pair(Some((at, patch)), '<', None)));
    lines.concat()
}

fn pair(
    old: Option<(usize, &PatchEntry)>,
    sign: char,
    new: Option<(usize, &PatchEntry)>,
) -> String {
    let side = |patch: Option<(usize, &PatchEntry)>| match patch {
        Some((at, patch)) => format!("{:2}:  {}", at + 1, short(&patch.commit)),
        None => format!(" -:  {}", "-".repeat(DIGITS)),
    };
    let subject = new.or(old).map_or("", |(_, patch)| patch.subject.as_str());
    let line = format!("    {} {sign} {} {subject}", side(old), side(new));
    let cut: String = line.chars().take(WIDTH).collect();
    format!("{}\n", cut.trim_end())
}

fn short(id: &str) -> &str {
    id.get(..DIGITS).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(file: &str, line: u32) -> SiteEntry {
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

    fn patch(subject: &str, id: &str) -> PatchEntry {
        PatchEntry {
            subject: subject.into(),
            commit: "0123456789abcdef".into(),
            patch_id: id.into(),
        }
    }

    fn made(series: u32, sites: Vec<SiteEntry>, patches: Vec<PatchEntry>) -> Round {
        Round {
            series,
            base: format!("base{series}"),
            branch: "b".into(),
            tool: "t".into(),
            rules: Fingerprint::of("t", []),
            patches,
            sites,
            left_alone: Vec::new(),
        }
    }

    #[test]
    fn the_news_tell_what_became_of_each_place() {
        let old = made(
            1,
            vec![
                site("landed.c", 1),
                site("gone.c", 2),
                site("moved.c", 3),
                site("left.c", 4),
                site("same.c", 5),
            ],
            vec![patch("a: x", "1"), patch("b: x", "2"), patch("c: x", "3")],
        );
        let mut now = made(
            2,
            vec![site("moved.c", 33), site("same.c", 5), site("new.c", 6)],
            vec![patch("a: x", "1"), patch("b: x", "9"), patch("d: x", "4")],
        );
        now.left_alone = vec![SiteEntry { reason: "rejected".into(), ..site("left.c", 4) }];
        let base = |file: &str| (file == "landed.c").then(|| b"add_from_gup(p);\n".to_vec());
        assert_eq!(
            old.news(&now, &base).text,
            "- Made on base2 instead of base1.\n\
             - Landed since (1): landed.c f().\n\
             - No longer there (1): gone.c f().\n\
             - Moved (1): moved.c f() from line 3 to 33.\n\
             - Left alone now (1): left.c f(): rejected.\n\
             - New (1): new.c f().\n\
             \n\
             Patches of v1 and of v2:\n\
             \n    \
             \x20 1:  0123456789ab =  1:  0123456789ab a: x\n    \
             \x20 2:  0123456789ab !  2:  0123456789ab b: x\n    \
             \x20-:  ------------ >  3:  0123456789ab d: x\n    \
             \x20 3:  0123456789ab <  -:  ------------ c: x\n"
                .replace("      ", "     ")
        );
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
