//! The cut: which file goes into which patch, and which patches make one posting.
//!
//! In: [`SeriesFacts`] and MAINTAINERS. Out: [`Group`]s in the order of the series, the helpers first, and
//! [`waves`] of them. No file is in two groups; a converted file that the helper patch changes too is in the
//! helper patch whole. The same facts are always cut the same way.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::{Conversion, SeriesFacts, SiteFact};
use super::maintainers::{IsFolder, Maintainers, Section};
use super::plan::PlanError;
use crate::diff::FileChange;
use crate::source::TreePath;

/// What a patch is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Split {
    /// A section of MAINTAINERS. Small patches of sections that have the same people and the same tree go
    /// together: they are read and merged by the same hands.
    #[default]
    Subsystem,
    /// The people of a section, however many sections they look after.
    Maintainer,
    /// A folder.
    Directory,
    /// A file.
    File,
    /// Everything: functions change together with their callers.
    Whole,
}

/// A patch with more files than this is not put together with another one.
const SMALL: usize = 3;

/// Files that go into one patch.
pub(super) struct Group<'f> {
    /// The MAINTAINERS section of its first file.
    pub(super) owner: Option<String>,
    /// Sorted by path.
    pub(super) changes: Vec<&'f FileChange>,
    pub(super) sites: Vec<(&'f TreePath, &'f SiteFact)>,
    pub(super) kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Helpers,
    Conversions,
}

/// What tells the patches apart: groups of equal keys are one patch.
type Key = (Vec<String>, String);

/// Cuts the facts into groups.
pub(super) fn cut<'f>(
    facts: &'f SeriesFacts,
    maintainers: &Maintainers,
    is_folder: IsFolder<'_>,
    split: Split,
) -> Result<Vec<Group<'f>>, PlanError> {
    if facts.conversions.is_empty() {
        return Err(PlanError::Empty);
    }
    let owner = |path: &TreePath| {
        maintainers.owner(path.as_str(), is_folder).filter(|section| !section.is_the_rest())
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
    helpers.owner =
        helpers.changes.iter().find_map(|change| owner(&change.path)).map(|s| s.name.clone());
    let mut conversions: Vec<&Conversion> = facts.conversions.iter().collect();
    conversions.sort_by(|a, b| a.change.path.cmp(&b.change.path));
    let mut groups: BTreeMap<Key, Group<'f>> = BTreeMap::new();
    let mut hands: BTreeMap<Key, Option<Hands>> = BTreeMap::new();
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
        let section = owner(path);
        let key = key(path, section, split);
        hands.entry(key.clone()).or_insert_with(|| section.and_then(Hands::of));
        let group = groups.entry(key).or_insert_with(|| Group {
            owner: section.map(|section| section.name.clone()),
            changes: Vec::new(),
            sites: Vec::new(),
            kind: Kind::Conversions,
        });
        group.changes.push(change);
        group.sites.extend(sites);
    }
    let mut groups: Vec<(Group<'f>, Option<Hands>)> =
        groups.into_iter().map(|(key, group)| (group, hands.remove(&key).flatten())).collect();
    groups.sort_by(|(a, _), (b, _)| a.changes[0].path.cmp(&b.changes[0].path));
    if split == Split::Subsystem {
        groups = join_small(groups);
    }
    let mut groups: Vec<Group<'f>> = groups.into_iter().map(|(group, _)| group).collect();
    if !helpers.changes.is_empty() {
        groups.insert(0, helpers);
    }
    Ok(groups)
}

/// Cuts `groups` into postings of at most `most`; 0 is no limit.
pub(super) fn waves<'f>(groups: Vec<Group<'f>>, most: usize) -> Vec<Vec<Group<'f>>> {
    let most = if most == 0 { usize::MAX } else { most };
    let mut waves: Vec<Vec<Group<'f>>> = Vec::new();
    for group in groups {
        match waves.last_mut() {
            Some(wave) if wave.len() < most => wave.push(group),
            Some(_) | None => waves.push(vec![group]),
        }
    }
    waves
}

/// Files without an owner go by their folder.
fn key(path: &TreePath, section: Option<&Section>, split: Split) -> Key {
    let folder = || (Vec::new(), path.folder().to_owned());
    match (split, section) {
        (Split::Whole, _) => (Vec::new(), String::new()),
        (Split::File, _) => (Vec::new(), path.as_str().to_owned()),
        (Split::Directory, _) | (Split::Subsystem | Split::Maintainer, None) => folder(),
        (Split::Subsystem, Some(section)) => (vec![section.name.clone()], String::new()),
        (Split::Maintainer, Some(section)) => match people(section) {
            people if people.is_empty() => (vec![section.name.clone()], String::new()),
            people => (people, String::new()),
        },
    }
}

fn people(section: &Section) -> Vec<String> {
    let mut people: Vec<String> =
        section.maintainers().map(|mailbox| mailbox.address.to_lowercase()).collect();
    people.sort();
    people.dedup();
    people
}

/// Who merges a section, and where.
#[derive(Clone, PartialEq, Eq)]
struct Hands {
    people: Vec<String>,
    trees: Vec<String>,
}

impl Hands {
    /// `None` for a section that nobody looks after.
    fn of(section: &Section) -> Option<Hands> {
        let people = people(section);
        (!people.is_empty()).then(|| Hands { people, trees: section.trees.clone() })
    }
}

/// Puts small groups of the same hands together, at the place of the first one.
fn join_small(groups: Vec<(Group<'_>, Option<Hands>)>) -> Vec<(Group<'_>, Option<Hands>)> {
    let mut joined: Vec<(Group<'_>, Option<Hands>)> = Vec::with_capacity(groups.len());
    for (group, hands) in groups {
        let fits = |(other, its): &&mut (Group<'_>, Option<Hands>)| {
            hands.is_some()
                && *its == hands
                && group.changes.len() <= SMALL
                && other.changes.len() <= SMALL
        };
        match joined.iter_mut().find(fits) {
            Some((other, _)) => {
                other.changes.extend(group.changes);
                other.sites.extend(group.sites);
                other.changes.sort_by(|a, b| a.path.cmp(&b.path));
                other.sites.sort_by_key(|(path, site)| (*path, site.line));
            }
            None => joined.push((group, hands)),
        }
    }
    joined
}
