//! From a dry run to commits on a branch and mails in a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::Workspace;
use super::rewrite::{Rewrites, RewrittenFile, RewrittenSite};
use crate::diff::FileChange;
use crate::mail::{self, MailOptions, Outgoing};
use crate::review::text::{applicability_word, class_word};
use crate::review::{Class, Report, Role, Site};
use crate::series::facts::{
    Conversion, LeftAlone, Messages, RuleText, SeriesFacts, SiteFact, SourceFact,
};
use crate::series::from_gup::{self, CONDITION_HELPER, Helpers};
use crate::series::maintainers::Maintainers;
use crate::series::repo::Repository;
use crate::series::{Authorship, plan};
use crate::source::TreePath;
use crate::tree::words::WordSet;
use crate::tree::{index, walk};

/// What the user asked for.
#[derive(Clone, Debug)]
pub struct SeriesOptions {
    /// Where the mails go.
    pub folder: PathBuf,
    /// The branch's name; `None` for `gupatch/<campaign>`.
    pub branch: Option<String>,
    /// Whether to sign off.
    pub sign_off: bool,
    /// How the mails are made.
    pub mail: MailOptions,
}

/// What was made.
#[derive(Clone, Debug)]
pub struct SeriesMade {
    /// The branch.
    pub branch: String,
    /// The subjects of its commits.
    pub subjects: Vec<String>,
    /// The names of the files, the cover letter first.
    pub mails: Vec<String>,
    /// What people should know: mistakes in MAINTAINERS, edits of the working tree that are not in HEAD.
    pub remarks: Vec<String>,
}

/// Makes the series of `rewrites`.
///
/// Nothing is left behind on an error: commits that nothing points to are none, the mails appear all at
/// once, and the branch is made last.
pub fn make(
    workspace: &Workspace,
    rewrites: &Rewrites,
    options: &SeriesOptions,
) -> anyhow::Result<SeriesMade> {
    let branch =
        options.branch.clone().unwrap_or_else(|| format!("gupatch/{}", workspace.campaign.name));
    mail::check_dir(&options.folder).map_err(|e| with_hint(&e, e.hint()))?;
    let repository =
        Repository::open(&workspace.tree.root).map_err(|e| with_hint(&e, e.hint().as_deref()))?;
    repository.check_branch(&branch).map_err(|e| with_hint(&e, e.hint().as_deref()))?;
    let author = repository.author().map_err(|e| with_hint(&e, e.hint().as_deref()))?;

    let made = make_helpers(workspace, rewrites)?;
    let facts = facts(workspace, rewrites, made);
    let all: Vec<FileChange> = facts
        .helpers
        .iter()
        .chain(facts.conversions.iter().map(|conversion| &conversion.change))
        .cloned()
        .collect();
    repository.check_base(&all).map_err(|e| with_hint(&e, e.hint().as_deref()))?;

    let (maintainers, mistakes) = read_maintainers(&repository);
    let is_folder = |path: &str| repository.is_folder(path);
    let history = |groups: &[Vec<TreePath>]| repository.subject_prefixes(groups);
    let authorship = if options.sign_off {
        Authorship::SignedOff(format!("{} <{}>", author.name, author.email))
    } else {
        Authorship::Unsigned
    };
    let series = plan(&facts, &maintainers, &is_folder, &history, &authorship)?;

    let commits = repository
        .commit_patches(&series.patches, &author)
        .map_err(|e| with_hint(&e, e.hint().as_deref()))?;
    let base = repository.base();
    let outgoing = Outgoing { series: &series, commits: &commits, base: &base, author: &author };
    let files = mail::render(&outgoing, &maintainers, &is_folder, &options.mail);
    mail::write_dir(&options.folder, &files).map_err(|e| with_hint(&e, e.hint()))?;
    repository
        .make_branch(&branch, &commits)
        .map_err(|e| with_hint(&e, e.hint().as_deref()))
        .with_context(|| format!("the mails are in {}", options.folder.display()))?;
    Ok(SeriesMade {
        branch,
        subjects: series.patches.iter().map(|patch| patch.subject.clone()).collect(),
        mails: files.into_iter().map(|file| file.name).collect(),
        remarks: mistakes,
    })
}

/// The error with its hint on a line of its own.
fn with_hint(error: &dyn std::error::Error, hint: Option<&str>) -> anyhow::Error {
    match hint {
        Some(hint) => anyhow::anyhow!("{error}\n  hint: {hint}"),
        None => anyhow::anyhow!("{error}"),
    }
}

fn read_maintainers(repository: &Repository) -> (Maintainers, Vec<String>) {
    let read = |name: &str| TreePath::new(name).and_then(|path| repository.read(&path));
    let text = read("MAINTAINERS").unwrap_or_default();
    let mailmap = read(".mailmap").unwrap_or_default();
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
    names
}

/// The changes of the helper patch for `rewrites`.
///
/// Errors: a helper that cannot be added, because then what calls it does not build.
fn make_helpers(workspace: &Workspace, rewrites: &Rewrites) -> anyhow::Result<Helpers> {
    let wanted = wanted(rewrites);
    let converted: Vec<FileChange> =
        rewrites.files.iter().map(|file| file.change.clone()).collect();
    let files = workspace.walk_all().files;
    let root = &workspace.tree.root;
    let words = WordSet::new(from_gup::words(&wanted))?;
    let found = workspace.run(|| index::files_mentioning(root, &files, &words));
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

fn facts(workspace: &Workspace, rewrites: &Rewrites, helpers: Helpers) -> SeriesFacts {
    let campaign = &workspace.campaign;
    let used: BTreeSet<&str> = rewrites
        .files
        .iter()
        .flat_map(|file| file.sites.iter().map(|site| site.rule.0.as_str()))
        .collect();
    let rules = campaign
        .rules
        .iter()
        .filter(|rule| used.contains(rule.name.as_str()))
        .map(|rule| RuleText { name: name(&rule.name), text: rule.text.clone() })
        .collect();
    let conversions = rewrites.files.iter().map(conversion).collect();
    SeriesFacts {
        name: campaign.name.clone(),
        title: "Tell pages from get_user_pages() apart where they are added".to_owned(),
        rules,
        messages: Messages::from_gup().with(campaign.messages.clone()),
        conversions,
        helpers: helpers.changes,
        helper_names: helpers.names,
        left_alone: rewrites
            .left_alone()
            .filter(|site| is_left_alone(site))
            .map(left_alone)
            .collect(),
        unseen: unseen(&rewrites.report),
        testing: Vec::new(),
    }
}

fn name(rule: &str) -> crate::series::facts::RuleName {
    crate::series::facts::RuleName(rule.to_owned())
}

/// A page that is carried along by its container needs no decision.
fn is_left_alone(site: &Site) -> bool {
    site.class != Class::Carried
}

fn unseen(report: &Report) -> Option<String> {
    (!report.unseen.is_empty()).then(|| report.unseen.summary())
}

fn conversion(file: &RewrittenFile) -> Conversion {
    Conversion { change: file.change.clone(), sites: file.sites.iter().map(site_fact).collect() }
}

fn site_fact(rewritten: &RewrittenSite) -> SiteFact {
    let site = &rewritten.site;
    SiteFact {
        rule: rewritten.rule.clone(),
        function: site.function.clone(),
        line: site.line,
        adder: site.adder.clone(),
        conversion: site.conversion.clone().unwrap_or_default(),
        sources: site
            .sources
            .iter()
            .map(|source| SourceFact {
                call: source.call.clone(),
                path: source.file.clone(),
                line: source.line,
                function: source.function.clone(),
            })
            .collect(),
        class: class_word(site.class).to_owned(),
        condition: site.condition.clone(),
        applicability: applicability_word(site.applicability).to_owned(),
        evidence: evidence(site),
    }
}

/// The way of the page, a line a step.
fn evidence(site: &Site) -> Vec<String> {
    let step = |role: Role| match role {
        Role::Source => "comes from GUP",
        Role::Assign => "is assigned",
        Role::Store => "is stored",
        Role::Load => "is loaded",
        Role::Call => "is passed on",
        Role::Return => "is returned",
        Role::Adder => "is added",
    };
    site.trace
        .iter()
        .map(|s| format!("{}:{} {} {}: {}", s.file, s.line, s.function, step(s.role), s.text))
        .collect()
}

fn left_alone(site: &Site) -> LeftAlone {
    LeftAlone {
        path: site.file.clone(),
        line: site.line,
        function: site.function.clone(),
        adder: site.adder.clone(),
        reason: site.reason.clone(),
    }
}
