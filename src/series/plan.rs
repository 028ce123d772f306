//! The cut: which file goes into which patch, and what each patch says.
//!
//! In: [`SeriesFacts`], MAINTAINERS, and what the history calls the files. Out: a [`Series`]. The helper
//! patch comes first, then one patch for each owner in the order of their first files. No file is in two
//! patches, no subject occurs twice, and the same facts give the same series.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Conversion, Messages, SeriesFacts, SiteFact};
use super::maintainers::{IsFolder, Maintainers};
use super::message::{Facts, Message, MessageError, Rule, WIDTH, render};
use super::prefix::{TREEWIDE, prefix_of_paths};
use super::{Cover, Patch, Series, TOOL, fill};
use crate::diff::FileChange;
use crate::source::TreePath;

/// Lines of evidence a reader still reads.
const MOST_EVIDENCE: usize = 6;

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

/// Files that go into one patch.
struct Group<'f> {
    owner: Option<String>,
    changes: Vec<&'f FileChange>,
    sites: Vec<(&'f TreePath, &'f SiteFact)>,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Helpers,
    Conversions,
}

/// Cuts the facts into patches and writes their messages.
pub fn plan(
    facts: &SeriesFacts,
    maintainers: &Maintainers,
    is_folder: IsFolder<'_>,
    history: History<'_>,
    authorship: &Authorship,
) -> Result<Series, PlanError> {
    let groups = group(facts, maintainers, is_folder)?;
    let paths: Vec<Vec<TreePath>> = groups
        .iter()
        .map(|group| group.changes.iter().map(|change| change.path.clone()).collect())
        .collect();
    let prefixes = history(&paths);
    let mut taken = BTreeSet::new();
    let mut patches = Vec::with_capacity(groups.len());
    for (at, group) in groups.into_iter().enumerate() {
        let prefix = match prefixes.get(at).cloned().flatten() {
            Some(prefix) => prefix,
            None => path_prefix(&group),
        };
        patches.push(write_patch(facts, group, &prefix, authorship, &mut taken)?);
    }
    let cover = write_cover(facts)?;
    Ok(Series { cover, patches })
}

/// The helpers, then the conversions by owner. A converted file that the helper patch changes too is in
/// the helper patch whole.
fn group<'f>(
    facts: &'f SeriesFacts,
    maintainers: &Maintainers,
    is_folder: IsFolder<'_>,
) -> Result<Vec<Group<'f>>, PlanError> {
    if facts.conversions.is_empty() {
        return Err(PlanError::Empty);
    }
    let owner = |path: &TreePath| {
        let section = maintainers.owner(path.as_str(), is_folder)?;
        (!section.is_the_rest()).then(|| section.name.clone())
    };
    let mut seen: BTreeSet<&TreePath> = BTreeSet::new();
    let mut helpers = Group {
        owner: None,
        changes: facts.helpers.iter().collect(),
        sites: Vec::new(),
        kind: Kind::Helpers,
    };
    helpers.changes.sort_by(|a, b| a.path.cmp(&b.path));
    for change in &helpers.changes {
        if !seen.insert(&change.path) {
            return Err(PlanError::ChangedTwice(change.path.clone()));
        }
    }
    helpers.owner = helpers.changes.iter().find_map(|change| owner(&change.path));
    let mut conversions: Vec<&Conversion> = facts.conversions.iter().collect();
    conversions.sort_by(|a, b| a.change.path.cmp(&b.change.path));
    // Files without an owner go by their folder.
    let mut by_owner: BTreeMap<String, Group<'f>> = BTreeMap::new();
    for Conversion { change, sites } in conversions {
        let path = &change.path;
        let in_helpers = facts.helpers.iter().any(|helper| helper.path == *path);
        if !seen.insert(path) && !in_helpers {
            return Err(PlanError::ChangedTwice(path.clone()));
        }
        let sites = sites.iter().map(|site| (path, site));
        if in_helpers {
            helpers.sites.extend(sites);
            continue;
        }
        let owner = owner(path);
        let key = owner.clone().unwrap_or_else(|| format!("\u{0}{}", path.folder()));
        let group = by_owner.entry(key).or_insert_with(|| Group {
            owner,
            changes: Vec::new(),
            sites: Vec::new(),
            kind: Kind::Conversions,
        });
        group.changes.push(change);
        group.sites.extend(sites);
    }
    let mut groups: Vec<Group<'f>> = by_owner.into_values().collect();
    groups.sort_by(|a, b| a.changes[0].path.cmp(&b.changes[0].path));
    if !helpers.changes.is_empty() {
        groups.insert(0, helpers);
    }
    Ok(groups)
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

fn write_patch(
    facts: &SeriesFacts,
    group: Group<'_>,
    prefix: &str,
    authorship: &Authorship,
    taken: &mut BTreeSet<String>,
) -> Result<Patch, PlanError> {
    let sites: Vec<&SiteFact> = group.sites.iter().map(|(_, site)| *site).collect();
    let (template, rules) = match group.kind {
        Kind::Helpers => (Messages::HELPERS, all_rules(facts)),
        Kind::Conversions => {
            let used: BTreeSet<_> = sites.iter().map(|site| &site.rule).collect();
            let rules: Vec<Rule<'_>> =
                all_rules(facts).into_iter().filter(|rule| used.contains(rule.name)).collect();
            let own = match rules.as_slice() {
                [rule] => facts.messages.0.contains_key(&rule.name.0).then_some(&rule.name.0),
                [] | [_, _, ..] => None,
            };
            (own.map_or(Messages::CAMPAIGN, String::as_str), rules)
        }
    };
    let files = group.changes.iter().map(|change| change.path.as_str()).collect();
    let message = fill_template(facts, template, prefix, files, &sites, rules)?;
    let subject = choose_subject(&message, &group, taken).ok_or_else(|| {
        MessageError::SubjectTooLong { name: template.to_owned(), patch: prefix.to_owned() }
    })?;
    let trailers = match authorship {
        Authorship::Unsigned => Vec::new(),
        Authorship::SignedOff(author) => vec![format!("Signed-off-by: {author}")],
    };
    Ok(Patch {
        subject,
        body: message.body,
        trailers,
        evidence: evidence(&group.sites),
        changes: group.changes.into_iter().cloned().collect(),
        owner: group.owner,
    })
}

fn write_cover(facts: &SeriesFacts) -> Result<Cover, PlanError> {
    let sites: Vec<&SiteFact> =
        facts.conversions.iter().flat_map(|conversion| &conversion.sites).collect();
    let files = facts.conversions.iter().map(|c| c.change.path.as_str()).collect();
    let message = fill_template(facts, Messages::COVER, "", files, &sites, all_rules(facts))?;
    let subject = message.subjects.into_iter().find(|subject| fits(subject));
    let subject = subject.ok_or_else(|| MessageError::SubjectTooLong {
        name: Messages::COVER.to_owned(),
        patch: "the cover letter".to_owned(),
    })?;
    Ok(Cover { subject, body: message.body })
}

fn all_rules(facts: &SeriesFacts) -> Vec<Rule<'_>> {
    facts.rules.iter().map(|rule| Rule { name: &rule.name, text: indented(&rule.text) }).collect()
}

/// A rule's text four columns in. Comments that would run over the width are wrapped, code is not.
fn indented(text: &str) -> String {
    const INDENT: &str = "    ";
    const COMMENT: &str = "// ";
    let mut lines = Vec::new();
    for line in text.trim_end().lines() {
        match line.strip_prefix("//") {
            Some(comment) if line.chars().count() + INDENT.len() > WIDTH => {
                let filled = fill(comment.trim(), WIDTH - INDENT.len() - COMMENT.len());
                lines.extend(filled.lines().map(|part| format!("{INDENT}{COMMENT}{part}")));
            }
            Some(_) | None => lines.push(format!("{INDENT}{line}").trim_end().to_owned()),
        }
    }
    lines.join("\n")
}

fn fill_template(
    facts: &SeriesFacts,
    name: &str,
    prefix: &str,
    files: Vec<&str>,
    sites: &[&SiteFact],
    rules: Vec<Rule<'_>>,
) -> Result<Message, MessageError> {
    let embedded;
    let text = match facts.messages.0.get(name) {
        Some(text) => text,
        None => {
            embedded = Messages::from_gup();
            &embedded.0[name]
        }
    };
    let filled = Facts {
        prefix,
        tool: TOOL,
        campaign: &facts.name,
        title: &facts.title,
        files,
        sites: sites.to_vec(),
        functions: unique(sites.iter().map(|site| site.function.as_str())),
        adders: unique(sites.iter().map(|site| site.adder.as_str())),
        conversions: unique(sites.iter().map(|site| site.conversion.as_str())),
        sources: unique(
            sites.iter().flat_map(|site| &site.sources).map(|source| source.call.as_str()),
        ),
        conditions: unique(sites.iter().filter_map(|site| site.condition.as_deref())),
        helpers: &facts.helper_names,
        rules,
        left_alone: &facts.left_alone,
        unseen: facts.unseen.as_deref(),
        testing: &facts.testing,
    };
    render(name, text, &filled)
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
                [one] if one.path == **path => {
                    format!(", from {}() in line {}", one.call, one.line)
                }
                [one, ..] => format!(", from {}() in {}:{}", one.call, one.path, one.line),
            };
            format!(
                "{path}:{} {}(): {}{origin}; {}",
                site.line, site.function, site.class, site.applicability
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

#[cfg(test)]
mod tests;
