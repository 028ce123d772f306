//! What each patch says.
//!
//! In: [`SeriesFacts`], MAINTAINERS, and what the history calls the files. Out: a [`Series`] for each
//! posting, cut by [`cut`](super::cut), with messages. No subject occurs twice, and the same facts give the
//! same series.

use std::collections::{BTreeMap, BTreeSet};

use super::cut::{Group, Kind, Split, cut, waves};
use super::facts::{Messages, SeriesFacts, SiteFact, SourceFact};
use super::maintainers::{IsFolder, Maintainers};
use super::message::{Facts, Message, MessageError, Rule, WIDTH, render};
use super::prefix::{TREEWIDE, prefix_of_paths};
use super::quote::quoted;
use super::trailers::{Trailer, ordered};
use super::{Cover, Patch, Series, TOOL};
use crate::source::TreePath;

/// Lines of evidence a reader still reads.
const MOST_EVIDENCE: usize = 6;

/// Said of a patch about whose building and running nothing is known.
const NOT_BUILT: &str =
    "neither built nor run by the tool; the files were parsed again after the edit";

/// Why there is no series.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// Nothing was converted.
    #[error("there is nothing to convert, so there is no series")]
    Empty,
    /// Two changes of one file that do not build on each other.
    #[error("{0} is changed twice")]
    ChangedTwice(TreePath),
    /// A message template.
    #[error(transparent)]
    Message(#[from] MessageError),
}

/// Whether the patches carry a `Signed-off-by`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authorship {
    /// They do not: the tool signs for nobody.
    Unsigned,
    /// With `-s`: `Name <address>` of the author.
    SignedOff(String),
}

/// What the history calls groups of files; `None` for a group it does not name.
pub type History<'h> = &'h dyn Fn(&[Vec<TreePath>]) -> Vec<Option<String>>;

/// How the user wants the patches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanOptions {
    /// Whether they carry a sign-off.
    pub authorship: Authorship,
    /// What a patch is of.
    pub split: Split,
    /// Patches in one posting; 0 is no limit.
    pub max_patches: usize,
    /// What the user adds to each message.
    pub trailers: Vec<Trailer>,
}

impl Default for PlanOptions {
    fn default() -> PlanOptions {
        PlanOptions {
            authorship: Authorship::Unsigned,
            split: Split::default(),
            max_patches: MAX_PATCHES,
            trailers: Vec::new(),
        }
    }
}

/// What `Documentation/process/maintainer-netdev.rst` asks for, and what a reader takes in.
pub const MAX_PATCHES: usize = 15;

/// Cuts the facts into patches and writes their messages: one series for each posting, in the order in
/// which they apply. No subject occurs twice in all of them.
pub fn plan(
    facts: &SeriesFacts,
    maintainers: &Maintainers,
    is_folder: IsFolder<'_>,
    history: History<'_>,
    options: &PlanOptions,
) -> Result<Vec<Series>, PlanError> {
    let groups = cut(facts, maintainers, is_folder, options.split)?;
    let paths: Vec<Vec<TreePath>> = groups
        .iter()
        .map(|group| group.changes.iter().map(|change| change.path.clone()).collect())
        .collect();
    let mut prefixes = history(&paths).into_iter();
    let waves = waves(groups, options.max_patches);
    let parts = waves.len();
    let mut taken = BTreeSet::new();
    let mut all = Vec::with_capacity(parts);
    for (at, groups) in waves.into_iter().enumerate() {
        let part = Part { number: at + 1, of: parts };
        let sites: Vec<(&TreePath, &SiteFact)> =
            groups.iter().flat_map(|group| group.sites.iter().copied()).collect();
        let cover = write_cover(facts, &sites, part)?;
        let mut patches = Vec::with_capacity(groups.len());
        for group in groups {
            let by_path = path_prefix(&group);
            let prefixes: Vec<String> =
                prefixes.next().flatten().into_iter().chain([by_path]).collect();
            patches.push(write_patch(facts, group, &prefixes, options, part, &mut taken)?);
        }
        all.push(Series { cover, patches });
    }
    Ok(all)
}

/// Which posting of the campaign it is.
#[derive(Clone, Copy)]
struct Part {
    number: usize,
    of: usize,
}

/// No list of subsystems in a subject is longer than this.
const LONGEST_LIST: usize = 32;

/// The prefix by path. Documentation that comes along does not name the patch.
fn path_prefix(group: &Group<'_>) -> String {
    let paths: Vec<&TreePath> = group.changes.iter().map(|change| &change.path).collect();
    let is_code = |path: &&&TreePath| !path.as_str().starts_with("Documentation/");
    let code: Vec<&TreePath> = paths.iter().filter(is_code).copied().collect();
    let named = if code.is_empty() { &paths } else { &code };
    let single: BTreeSet<String> = named.iter().map(|path| prefix_of_paths(&[path])).collect();
    let list = single.into_iter().collect::<Vec<_>>().join(", ");
    match group.kind {
        // Headers of several subsystems have nothing in common but what they declare.
        Kind::Helpers if list.len() <= LONGEST_LIST => return list,
        Kind::Helpers | Kind::Conversions => {}
    }
    let common = prefix_of_paths(named);
    if common != TREEWIDE {
        return common;
    }
    // Files of one owner in several places: the place with the most sites names them.
    let mut votes: BTreeMap<String, usize> = BTreeMap::new();
    for path in named {
        let sites = group.sites.iter().filter(|(of, _)| of == path).count();
        *votes.entry(prefix_of_paths(&[path])).or_default() += sites.max(1);
    }
    let best = votes.into_iter().rev().max_by_key(|(_, sites)| *sites);
    best.map_or(common, |(prefix, _)| prefix)
}

/// Writes a patch under the first of `prefixes` with which a subject fits.
fn write_patch(
    facts: &SeriesFacts,
    group: Group<'_>,
    prefixes: &[String],
    options: &PlanOptions,
    part: Part,
    taken: &mut BTreeSet<String>,
) -> Result<Patch, PlanError> {
    let sites: Vec<&SiteFact> = group.sites.iter().map(|(_, site)| *site).collect();
    let rules = rules_of(facts, &sites);
    let (template, rules) = match group.kind {
        Kind::Helpers => (Messages::HELPERS, all_rules(facts)),
        Kind::Conversions => {
            let own = match rules.as_slice() {
                [rule] => facts.messages.0.contains_key(&rule.name.0).then_some(&rule.name.0),
                [] | [_, _, ..] => None,
            };
            (own.map_or(Messages::CAMPAIGN, String::as_str), rules)
        }
    };
    let mut written = None;
    for prefix in prefixes {
        let about = About { prefix, files: files(&group), sites: &sites, rules: &rules, part };
        let message = fill_template(facts, template, about)?;
        if let Some(subject) = choose_subject(&message, &group, taken) {
            written = Some((subject, message.body));
            break;
        }
    }
    let (subject, body) = written.ok_or_else(|| MessageError::SubjectTooLong {
        name: template.to_owned(),
        patch: prefixes.join(" or "),
    })?;
    let sign_off = match &options.authorship {
        Authorship::Unsigned => None,
        Authorship::SignedOff(author) => Some(Trailer::sign_off(author)),
    };
    Ok(Patch {
        subject,
        body,
        trailers: ordered(&options.trailers, sign_off),
        evidence: evidence(&group.sites).into_iter().chain(tested(facts)).collect(),
        changes: group.changes.into_iter().cloned().collect(),
        owner: group.owner,
    })
}

fn files<'f>(group: &Group<'f>) -> Vec<&'f str> {
    group.changes.iter().map(|change| change.path.as_str()).collect()
}

/// The cover letter of one posting. The rules of all of the campaign are in each, for the commit that holds
/// their text may not have landed yet.
fn write_cover(
    facts: &SeriesFacts,
    sites: &[(&TreePath, &SiteFact)],
    part: Part,
) -> Result<Cover, PlanError> {
    let files = unique(sites.iter().map(|(path, _)| path.as_str()));
    let sites: Vec<&SiteFact> = sites.iter().map(|(_, site)| *site).collect();
    let about = About { prefix: "", files, sites: &sites, rules: &all_rules(facts), part };
    let message = fill_template(facts, Messages::COVER, about)?;
    let subject = message.subjects.into_iter().find(|subject| fits(subject));
    let subject = subject.ok_or_else(|| MessageError::SubjectTooLong {
        name: Messages::COVER.to_owned(),
        patch: "the cover letter".to_owned(),
    })?;
    Ok(Cover { subject, body: message.body })
}

fn rules_of<'f>(facts: &'f SeriesFacts, sites: &[&SiteFact]) -> Vec<Rule<'f>> {
    let used: BTreeSet<_> = sites.iter().map(|site| &site.rule).collect();
    all_rules(facts).into_iter().filter(|rule| used.contains(rule.name)).collect()
}

fn all_rules(facts: &SeriesFacts) -> Vec<Rule<'_>> {
    facts.rules.iter().map(|rule| Rule { name: &rule.name, text: quoted(&rule.text) }).collect()
}

/// What a template is filled with, beside what is the same for the whole campaign.
struct About<'a> {
    prefix: &'a str,
    files: Vec<&'a str>,
    sites: &'a [&'a SiteFact],
    rules: &'a [Rule<'a>],
    part: Part,
}

fn fill_template(
    facts: &SeriesFacts,
    name: &str,
    about: About<'_>,
) -> Result<Message, MessageError> {
    let templates = Messages::from_gup().with(facts.messages.0.clone()).0;
    let About { prefix, files, sites, rules, part } = about;
    let filled = Facts {
        prefix,
        tool: TOOL,
        campaign: &facts.name,
        title: &facts.title,
        part: part.number,
        parts: part.of,
        files,
        sites: sites.to_vec(),
        functions: unique(sites.iter().map(|site| site.function.as_str())),
        adders: unique(sites.iter().map(|site| site.adder.as_str())),
        conversions: unique(sites.iter().map(|site| site.conversion.as_str())),
        sources: unique(
            sites.iter().flat_map(|site| &site.sources).map(|source| source.call.as_str()),
        ),
        conditions: unique(sites.iter().filter_map(|site| site.condition.as_deref())),
        edited: unique(sites.iter().filter(|site| site.edited).map(|site| site.function.as_str())),
        helpers: &facts.helper_names,
        rules,
        left_alone: &facts.left_alone,
        unseen: facts.unseen.as_deref(),
        testing: &facts.testing,
    };
    render(name, &templates, &filled)
}

fn unique<'s>(items: impl Iterator<Item = &'s str>) -> Vec<&'s str> {
    let mut seen = BTreeSet::new();
    items.filter(|item| seen.insert(*item)).collect()
}

fn fits(subject: &str) -> bool {
    subject.chars().count() <= WIDTH
}

/// The first subject that fits and is free; a patch that finds all of them taken adds its file's name.
fn choose_subject(
    message: &Message,
    group: &Group<'_>,
    taken: &mut BTreeSet<String>,
) -> Option<String> {
    let file = group.changes[0].path.file_name();
    let path = group.changes[0].path.as_str();
    let plain = message.subjects.iter().cloned();
    let with = |place: &str| {
        let place = place.to_owned();
        message.subjects.iter().map(move |subject| format!("{subject} in {place}"))
    };
    let subject = plain
        .chain(with(file))
        .chain(with(path))
        .find(|subject| fits(subject) && !taken.contains(subject))?;
    taken.insert(subject.clone());
    Some(subject)
}

/// One line a site, and for a single site its whole story.
fn evidence(sites: &[(&TreePath, &SiteFact)]) -> Vec<String> {
    let mut lines: Vec<String> = sites
        .iter()
        .take(if sites.len() > MOST_EVIDENCE { MOST_EVIDENCE - 1 } else { MOST_EVIDENCE })
        .map(|(path, site)| {
            let origin = match site.sources.as_slice() {
                [] => String::new(),
                [one] => format!(", from {}", source(one, path)),
                [one, other] => {
                    format!(", from {} and {}", source(one, path), source(other, path))
                }
                [one, rest @ ..] => {
                    format!(", from {} and {} more calls", source(one, path), rest.len())
                }
            };
            format!(
                "{path}:{} {}(): {}{origin}; {}{}",
                site.line,
                site.function,
                site.class,
                site.applicability,
                if site.edited { "; edited by hand" } else { "" }
            )
        })
        .collect();
    if lines.len() < sites.len() {
        lines.push(format!("and {} more sites", sites.len() - lines.len()));
    }
    if let [(_, site)] = sites {
        lines.extend(site.evidence.iter().take(MOST_EVIDENCE - 1).cloned());
    }
    lines
}

/// What is said of building and running it, where nothing is known; else whoever built it says what came of each patch.
fn tested(facts: &SeriesFacts) -> Option<String> {
    facts.testing.is_empty().then(|| NOT_BUILT.to_owned())
}

/// The call, as it is named in `path`.
fn source(source: &SourceFact, path: &TreePath) -> String {
    let place = match source.path == *path {
        true => format!("line {}", source.line),
        false => format!("{}:{}", source.path, source.line),
    };
    format!("{}() in {place}", source.call)
}

#[cfg(test)]
mod tests;
