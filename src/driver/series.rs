//! From a dry run to commits on a branch and mails in a folder.

mod advice;
pub mod campaign;
mod facts;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use bstr::ByteSlice;

use super::Workspace;
use super::build::Kbuild;
use super::rewrite::Rewrites;
use crate::diff::FileChange;
use crate::mail::{self, MailFile, MailOptions, Outgoing};
use crate::review::decisions::Decisions;
use crate::series::build::{PatchBuild, summary};
use crate::series::facts::SeriesFacts;
use crate::series::from_gup::{self, CONDITION_HELPER, Helpers};
use crate::series::maintainers::Maintainers;
use crate::series::repo::{Commit, ObjectId, Person, Repository};
use crate::series::trailers::Trailer;
use crate::series::{Authorship, Patch, PlanOptions, Series, Split, plan};
use crate::source::TreePath;
use crate::tree::index::files_mentioning;
use crate::tree::walk;
use crate::tree::words::WordSet;
use campaign::Record;

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct SeriesOptions {
    /// Where the mails go.
    pub target: Target,
    /// The branch's name; `None` for `gupatch/<campaign>`, with `-vN` behind it from version 2 on.
    pub branch: Option<String>,
    /// The campaign file, where one is kept.
    pub campaign: Option<PathBuf>,
    /// Whether to sign off.
    pub sign_off: bool,
    /// What a patch is of.
    pub split: Split,
    /// A folder that make was configured in, where the patches are to be built.
    pub build: Option<PathBuf>,
    /// Threads for building; 0 is one per core.
    pub jobs: usize,
    /// Patches in one posting; 0 is no limit.
    pub max_patches: usize,
    /// More trailers for each message.
    pub trailers: Vec<Trailer>,
    /// What changed since the last version, for the cover letter.
    pub changes: Option<String>,
    /// How the mails are made.
    pub mail: MailOptions,
}

/// Where mails go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// A folder, which is made.
    Folder(PathBuf),
    /// One mbox, handed back.
    Mbox,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct SeriesMade {
    /// The branch.
    pub branch: String,
    /// The version of the series.
    pub reroll: u32,
    /// Its commits, the first one first.
    pub patches: Vec<MadePatch>,
    /// The mails in their order, cover letters first; names below the folder.
    pub mails: Vec<MailFile>,
    /// What people should know: mistakes in MAINTAINERS, and what it asks of the sender.
    pub remarks: Vec<String>,
}

/// One commit of the branch.
#[derive(Clone, Debug)]
pub struct MadePatch {
    /// The commit.
    pub commit: ObjectId,
    /// What building it showed, where it was built.
    pub build: Option<PatchBuild>,
    /// Its subject.
    pub subject: String,
}

/// What is settled before the tree is scanned, so that nobody waits for a refusal.
#[derive(Debug)]
pub struct Prepared {
    branch: String,
    version: u32,
    author: Person,
    record: Option<Record>,
    decisions: Decisions,
}

impl Prepared {
    /// The decisions that the last round followed; `None` where it followed none.
    pub fn last_decisions(&self) -> Option<&Decisions> {
        let last = self.record.as_ref().and_then(Record::last)?;
        (!last.decisions.is_empty()).then_some(&last.decisions)
    }

    /// Notes the decisions that this round follows.
    pub fn following(self, decisions: &Decisions) -> Prepared {
        Prepared { decisions: decisions.clone(), ..self }
    }
}

/// Looks whether a series of the campaign called `campaign` can be made.
///
/// Errors: the branch or something in the folder is there, nobody's name is known, the campaign file is not one.
pub fn prepare(
    campaign: &str,
    repository: &Repository,
    options: &SeriesOptions,
) -> anyhow::Result<Prepared> {
    let record = match &options.campaign {
        Some(path) => Some(Record::load(path, campaign)?),
        None => None,
    };
    let last = record.as_ref().and_then(Record::last);
    let version = options.mail.version.or(last.map(|round| round.series + 1)).unwrap_or(1);
    let branch = options.branch.clone().unwrap_or_else(|| {
        let suffix = if version > 1 { format!("-v{version}") } else { String::new() };
        format!("gupatch/{campaign}{suffix}")
    });
    if let Target::Folder(folder) = &options.target {
        mail::check_dir(folder).map_err(|e| with_hint(&e, e.hint()))?;
    }
    repository.check_branch(&branch).map_err(|e| with_hint(&e, e.hint().as_deref()))?;
    let author = repository.author().map_err(|e| with_hint(&e, e.hint().as_deref()))?;
    Ok(Prepared { branch, version, author, record, decisions: Decisions::default() })
}

/// Makes the series of `rewrites`.
///
/// The workspace's tree holds the sources of the repository's commit.
///
/// Nothing is left behind on an error: commits that nothing points to are none, the mails appear all at
/// once, and the branch is made last.
pub fn make(
    workspace: &Workspace,
    repository: &Repository,
    rewrites: &Rewrites,
    prepared: Prepared,
    options: &SeriesOptions,
) -> anyhow::Result<SeriesMade> {
    let Prepared { branch, version, author, record, decisions } = prepared;
    let last = record.as_ref().and_then(Record::last);
    let mut mail_options = options.mail.clone();
    mail_options.version = mail_options.version.or(last.map(|_| version));
    let made = make_helpers(workspace, rewrites)?;
    let mut facts = facts::facts(workspace, rewrites, made);
    let all: Vec<FileChange> = facts
        .helpers
        .iter()
        .chain(facts.conversions.iter().map(|conversion| &conversion.change))
        .cloned()
        .collect();
    repository.check_base(&all).map_err(|e| with_hint(&e, e.hint().as_deref()))?;

    let (maintainers, mut remarks) = read_maintainers(repository);
    let is_folder = |path: &str| repository.is_folder(path);
    let history = |groups: &[Vec<TreePath>]| repository.subject_prefixes(groups);
    let plan_options = plan_options(options, rewrites, &author);
    let plan = |facts: &SeriesFacts| plan(facts, &maintainers, &is_folder, &history, &plan_options);
    let mut parts = plan(&facts)?;
    let mut builds: Vec<PatchBuild> = Vec::new();
    if let Some(folder) = &options.build {
        let kbuild = Kbuild::open(folder, repository, options.jobs)?;
        builds = build_all(&kbuild, workspace, &parts)?;
        facts.testing = summary(&builds, &kbuild.config);
        parts = plan(&facts)?;
        let patches = parts.iter_mut().flat_map(|part| &mut part.patches);
        for (patch, build) in patches.zip(&builds) {
            patch.evidence.extend(build.lines());
        }
    }
    let patches: Vec<Patch> = parts.iter().flat_map(|part| part.patches.iter().cloned()).collect();
    remarks.extend(advice::advice(&patches, &maintainers, &is_folder));
    let subjects: Vec<String> = patches.iter().map(|patch| patch.subject.clone()).collect();
    let commits = repository
        .commit_patches(&patches, &author)
        .map_err(|e| with_hint(&e, e.hint().as_deref()))?;
    let ids: Vec<ObjectId> = patches
        .iter()
        .zip(&commits)
        .map(|(patch, commit)| repository.patch_id(&mail::patch_diff(patch, commit)))
        .collect::<Result<_, _>>()
        .map_err(|e| with_hint(&e, e.hint().as_deref()))?;
    let of = &workspace.campaign;
    let mut round = campaign::round(of, rewrites, repository, &branch, version, &decisions);
    round.add_patches(&subjects, &commits, &ids);
    let news = last.map(|last| last.news(&round, &|path| read(repository, path)).text);
    let changes: Vec<&str> =
        options.changes.iter().chain(&news).map(|text| text.trim_end()).collect();
    if !changes.is_empty() {
        for part in &mut parts {
            part.add_changes(version, &changes.join("\n\n"));
        }
    }
    let files = render_parts(&parts, &commits, &ids, repository, &author, |outgoing| {
        mail::render(outgoing, &maintainers, &is_folder, &mail_options)
    });
    let staged = match (record, &options.campaign) {
        (Some(record), Some(path)) => Some(record.with(round).stage(path)?),
        (None, _) | (_, None) => None,
    };
    let mut context = "the mails are lost".to_owned();
    if let Target::Folder(folder) = &options.target {
        mail::write_dir(folder, &files).map_err(|e| with_hint(&e, e.hint()))?;
        context = format!("the mails are in {}", folder.display());
    }
    repository
        .make_branch(&branch, &commits)
        .map_err(|e| with_hint(&e, e.hint().as_deref()))
        .context(context)?;
    if let Some(staged) = staged {
        staged.save().with_context(|| format!("{branch} and its mails are made"))?;
    }
    let builds = builds.into_iter().map(Some).chain(std::iter::repeat(None));
    let made = commits.into_iter().zip(subjects).zip(builds);
    let patches =
        made.map(|((commit, subject), build)| MadePatch { commit: commit.id, build, subject });
    let patches = patches.collect();
    Ok(SeriesMade { branch, reroll: version, patches, mails: files, remarks })
}

fn plan_options(options: &SeriesOptions, rewrites: &Rewrites, author: &Person) -> PlanOptions {
    PlanOptions {
        authorship: if options.sign_off {
            Authorship::SignedOff(format!("{} <{}>", author.name, author.email))
        } else {
            Authorship::Unsigned
        },
        split: if rewrites.is_one { Split::Whole } else { options.split },
        max_patches: options.max_patches,
        trailers: options.trailers.clone(),
    }
}

/// The mails of all postings. Where there are several, each has a folder of its own and names the patches of
/// those before it as prerequisites.
fn render_parts(
    parts: &[Series],
    commits: &[Commit],
    ids: &[ObjectId],
    repository: &Repository,
    author: &Person,
    render: impl Fn(&Outgoing<'_>) -> Vec<MailFile>,
) -> Vec<MailFile> {
    let base = repository.base();
    let mut files = Vec::new();
    let mut done = 0;
    for (at, series) in parts.iter().enumerate() {
        let end = done + series.patches.len();
        let outgoing = Outgoing {
            series,
            commits: &commits[done..end],
            base: &base,
            prerequisites: &ids[..done],
            author,
        };
        files.extend(render(&outgoing).into_iter().map(|file| match parts.len() {
            1 => file,
            _ => MailFile { name: format!("part-{}/{}", at + 1, file.name), ..file },
        }));
        done = end;
    }
    files
}

/// What became of the last round of the campaign file, where nothing is left to convert.
pub fn last_news(
    workspace: &Workspace,
    repository: &Repository,
    rewrites: &Rewrites,
    path: &Path,
) -> anyhow::Result<Option<String>> {
    let record = Record::load(path, &workspace.campaign.name)?;
    let Some(last) = record.last() else { return Ok(None) };
    let of = &workspace.campaign;
    let none = Decisions::default();
    let now = campaign::round(of, rewrites, repository, "", last.series + 1, &none);
    Ok(Some(last.news(&now, &|path| read(repository, path)).text))
}

fn read(repository: &Repository, path: &str) -> Option<Vec<u8>> {
    repository.read(&TreePath::new(path)?)
}

/// The error with its hint on a line of its own.
pub(super) fn with_hint(error: &dyn std::error::Error, hint: Option<&str>) -> anyhow::Error {
    match hint {
        Some(hint) => anyhow::anyhow!("{error}\n  hint: {hint}"),
        None => anyhow::anyhow!("{error}"),
    }
}

fn read_maintainers(repository: &Repository) -> (Maintainers, Vec<String>) {
    let text = read(repository, "MAINTAINERS").unwrap_or_default();
    let mailmap = read(repository, ".mailmap").unwrap_or_default();
    let (maintainers, diagnostics) = Maintainers::parse(&text, &mailmap);
    let lines = crate::source::LineIndex::new(&text);
    let path = TreePath::new("MAINTAINERS").expect("a plain name is a tree path");
    let mistakes = diagnostics.iter().map(|d| d.render(&path, &lines)).collect();
    (maintainers, mistakes)
}

/// The functions that the conversions call.
fn wanted(rewrites: &Rewrites) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for site in rewrites.files.iter().flat_map(|file| &file.sites) {
        names.extend(site.site.conversion.clone());
        let condition = site.site.condition.as_deref().unwrap_or_default();
        if condition.starts_with(CONDITION_HELPER) {
            names.insert(CONDITION_HELPER.to_owned());
        }
    }
    // A rule may do something else with a site than to call its conversion.
    let is_called = |name: &String| {
        rewrites.files.iter().any(|file| file.change.after.find(name.as_bytes()).is_some())
    };
    names.retain(is_called);
    names
}

/// Builds all patches.
///
/// Errors: one that breaks what was built before it.
fn build_all(
    kbuild: &Kbuild,
    workspace: &Workspace,
    parts: &[Series],
) -> anyhow::Result<Vec<PatchBuild>> {
    let patches: Vec<&Patch> = parts.iter().flat_map(|part| &part.patches).collect();
    let changes: Vec<Vec<FileChange>> = patches.iter().map(|patch| patch.changes.clone()).collect();
    let builds = kbuild.build(workspace, &changes)?;
    let broken = patches.iter().zip(&builds).filter(|(_, build)| build.is_broken());
    let broken: Vec<String> = broken
        .map(|(patch, build)| format!("`{}`:\n  {}", patch.subject, build.lines().join("\n  ")))
        .collect();
    if !broken.is_empty() {
        bail!(
            "patches that do not build; no branch and no mails were made\n{}\n  hint: reject these \
             conversions in `gupatch review`, or edit them there",
            broken.join("\n")
        );
    }
    Ok(builds)
}

/// The changes of the helper patch for `rewrites`.
///
/// Errors: a helper that cannot be added, because then what calls it does not build.
fn make_helpers(workspace: &Workspace, rewrites: &Rewrites) -> anyhow::Result<Helpers> {
    let wanted = wanted(rewrites);
    let converted: Vec<FileChange> =
        rewrites.files.iter().map(|file| file.change.clone()).collect();
    let root = &workspace.tree.root;
    let words = WordSet::new(from_gup::words(&wanted))?;
    let index = workspace.sources().index();
    let files: Vec<TreePath> = index
        .candidates_for_any(words.iter())
        .into_iter()
        .map(|no| index.path(no).clone())
        .collect();
    let found = workspace.run(|| files_mentioning(root, &files, &words));
    let mut mentions: BTreeMap<String, Vec<TreePath>> = BTreeMap::new();
    for (file, mentioned) in &found.files {
        for word in mentioned.iter() {
            let path = files[file.index()].clone();
            mentions.entry(words.word(*word).to_owned()).or_default().push(path);
        }
    }
    let read = |path: &TreePath| {
        let mut bytes = Vec::new();
        walk::read_into(root, path, &mut bytes).ok()?;
        Some(bytes)
    };
    let mentions = |word: &str| mentions.get(word).cloned().unwrap_or_default();
    let lookup = from_gup::Lookup { read, mentions };
    let made = from_gup::helpers(&wanted, &lookup, &converted);
    if let Some(missing) = made.missing.first() {
        bail!("{} cannot be added: {}", missing.name, missing.reason);
    }
    Ok(made)
}

/// All changes of the campaign, the helpers among them, each file once; none where nothing is converted.
pub fn all_changes(workspace: &Workspace, rewrites: &Rewrites) -> anyhow::Result<Vec<FileChange>> {
    if rewrites.files.is_empty() {
        return Ok(Vec::new());
    }
    let mut changes = make_helpers(workspace, rewrites)?.changes;
    for file in &rewrites.files {
        if changes.iter().all(|change| change.path != file.change.path) {
            changes.push(file.change.clone());
        }
    }
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(changes)
}
