//! What the history calls the subsystem of some files.
//!
//! In: groups of files. Out: the subject prefix (`scsi: st`) that recent commits to them use. One bounded
//! walk serves all groups: a commit to a file itself counts more than one beside it, a recent one more
//! than an old one. Trees that are equal before and after a commit are not opened.

use std::collections::BTreeMap;

use git2::{Oid, Sort, Tree};

use super::Repository;
use crate::source::TreePath;

/// Commits looked at. Some weeks of the kernel's history, read in about a second.
const MOST_COMMITS: usize = 10_000;
/// A group with this much weight has made up its mind.
const ENOUGH: u32 = 60;
/// A longer prefix is a sentence with a colon in it.
const LONGEST_PREFIX: usize = 40;
const FILE_WEIGHT: u32 = 6;
const FOLDER_WEIGHT: u32 = 1;

/// A folder of the paths that are asked about.
#[derive(Default)]
struct Wanted {
    /// Groups with a file directly in this folder.
    groups: Vec<usize>,
    files: BTreeMap<String, Vec<usize>>,
    folders: BTreeMap<String, Wanted>,
}

impl Wanted {
    fn new(groups: &[Vec<TreePath>]) -> Wanted {
        let mut root = Wanted::default();
        for (group, paths) in groups.iter().enumerate() {
            for path in paths {
                let mut at = &mut root;
                for folder in path.folder().split('/').filter(|name| !name.is_empty()) {
                    at = at.folders.entry(folder.to_owned()).or_default();
                }
                if !at.groups.contains(&group) {
                    at.groups.push(group);
                }
                at.files.entry(path.file_name().to_owned()).or_default().push(group);
            }
        }
        root
    }
}

impl Repository {
    /// For each group of files the prefix its history uses, without the colon at the end; `None` where the
    /// history does not say.
    pub fn subject_prefixes(&self, groups: &[Vec<TreePath>]) -> Vec<Option<String>> {
        let wanted = Wanted::new(groups);
        let mut votes: Vec<BTreeMap<String, u32>> = vec![BTreeMap::new(); groups.len()];
        // What cannot be read of the history (shallow, damaged) only makes the prefix less informed.
        let _ends_early = self.count_votes(&wanted, &mut votes);
        votes
            .into_iter()
            .map(|votes| {
                // Of equal weights the first one in the alphabet.
                let best = votes.into_iter().rev().max_by_key(|(_, weight)| *weight);
                best.map(|(prefix, _)| prefix)
            })
            .collect()
    }

    fn count_votes(
        &self,
        wanted: &Wanted,
        votes: &mut [BTreeMap<String, u32>],
    ) -> Result<(), git2::Error> {
        let mut walk = self.git.revwalk()?;
        walk.set_sorting(Sort::TIME)?;
        walk.push(self.base)?;
        for (age, id) in walk.take(MOST_COMMITS).enumerate() {
            let commit = self.git.find_commit(id?)?;
            if commit.parent_count() != 1 {
                continue;
            }
            let Some(prefix) = commit.summary().ok().flatten().and_then(subject_prefix) else {
                continue;
            };
            let mut weights = vec![0; votes.len()];
            let parent = commit.parent(0)?;
            self.compare(wanted, commit.tree_id(), parent.tree_id(), &mut weights)?;
            let recent = if age < MOST_COMMITS / 4 { 2 } else { 1 };
            for (votes, weight) in votes.iter_mut().zip(weights) {
                if weight > 0 {
                    *votes.entry(prefix.to_owned()).or_default() += weight * recent;
                }
            }
            if votes.iter().all(|votes| votes.values().sum::<u32>() >= ENOUGH) {
                break;
            }
        }
        Ok(())
    }

    /// Adds the weight of a commit for each group, by what it changes of the wanted paths.
    fn compare(
        &self,
        wanted: &Wanted,
        after: Oid,
        before: Oid,
        weights: &mut [u32],
    ) -> Result<(), git2::Error> {
        if after == before {
            return Ok(());
        }
        let (after, before) = (self.git.find_tree(after)?, self.git.find_tree(before)?);
        if !wanted.groups.is_empty() && has_changed_file(&after, &before) {
            for group in &wanted.groups {
                weights[*group] = weights[*group].max(FOLDER_WEIGHT);
            }
        }
        for (name, groups) in &wanted.files {
            if entry_id(&after, name) != entry_id(&before, name) {
                groups.iter().for_each(|group| weights[*group] = FILE_WEIGHT);
            }
        }
        for (name, folder) in &wanted.folders {
            if let (Some(after), Some(before)) = (entry_id(&after, name), entry_id(&before, name)) {
                self.compare(folder, after, before, weights)?;
            }
        }
        Ok(())
    }
}

/// Whether a file directly in the folder changes: what happens in a folder below has another name.
fn has_changed_file(after: &Tree<'_>, before: &Tree<'_>) -> bool {
    after.iter().filter(|entry| entry.kind() == Some(git2::ObjectType::Blob)).any(|entry| {
        let old = entry.name().ok().and_then(|name| entry_id(before, name));
        old != Some(entry.id())
    })
}

fn entry_id(tree: &Tree<'_>, name: &str) -> Option<Oid> {
    tree.get_name(name).map(|entry| entry.id())
}

/// The words before the phrase: `scsi: st: Fix it` has `scsi: st`.
fn subject_prefix(subject: &str) -> Option<&str> {
    let mut end = 0;
    while let Some(colon) = subject[end..].find(": ") {
        let word = &subject[end..end + colon];
        let plain = |b: u8| b.is_ascii_alphanumeric() || b"_-/,.+@".contains(&b);
        if word.is_empty() || !word.bytes().all(plain) {
            break;
        }
        end += colon + 2;
    }
    // A cited subject or a tag of mail is no subsystem.
    let prefix = subject[..end].strip_suffix(": ")?;
    let lower = prefix.to_ascii_lowercase();
    let tags = ["re", "fwd", "revert", "fix", "fixes", "fixup!", "squash!"];
    (!tags.contains(&lower.as_str()) && prefix.len() <= LONGEST_PREFIX).then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::subject_prefix;

    #[test]
    fn all_leading_words_with_a_colon_are_the_prefix() {
        assert_eq!(subject_prefix("scsi: st: Fix a: b"), Some("scsi: st"));
        assert_eq!(subject_prefix("drm/i915: Fix"), Some("drm/i915"));
        assert_eq!(subject_prefix("Merge tag 'x': y"), None);
        assert_eq!(subject_prefix("Revert \"a: b\""), None);
    }
}
