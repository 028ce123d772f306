//! The dry run as it is shown: changed files by subsystem, each with its evidence.

use std::collections::BTreeMap;

use super::Workspace;
use super::rewrite::{Rewrites, RewrittenFile};
use crate::review::dry_run::{DryRun, Evidence, FileReview, Group};
use crate::review::{Class, Site};
use crate::series::maintainers::Maintainers;

/// Files that no section of MAINTAINERS names.
const NOBODY: &str = "THE REST";

/// Arranges `rewrites` for reading.
pub fn dry_run(workspace: &Workspace, rewrites: &Rewrites) -> DryRun {
    let root = &workspace.tree.root;
    let read = |name: &str| std::fs::read(root.join(name)).unwrap_or_default();
    // Mistakes in the file only cost a heading here; `series`, which writes to people, tells of them.
    let (maintainers, _) = Maintainers::parse(&read("MAINTAINERS"), &read(".mailmap"));
    let is_folder = |path: &str| root.join(path).is_dir();
    let mut groups: BTreeMap<String, Vec<FileReview>> = BTreeMap::new();
    for file in &rewrites.files {
        let owner = maintainers.owner(file.change.path.as_str(), &is_folder);
        let subsystem = owner.map_or_else(|| NOBODY.to_owned(), |section| section.name.clone());
        groups.entry(subsystem).or_default().push(file_review(file));
    }
    let groups = groups.into_iter().map(|(subsystem, files)| Group { subsystem, files });
    DryRun {
        groups: groups.collect(),
        left_alone: rewrites.left_alone().filter(|site| needs_a_word(site)).cloned().collect(),
        unseen: rewrites.report.unseen.clone(),
    }
}

/// A page that its container carries along needs no decision.
fn needs_a_word(site: &Site) -> bool {
    site.class != Class::Carried
}

fn file_review(file: &RewrittenFile) -> FileReview {
    let evidence = file.sites.iter().map(|rewritten| Evidence {
        site: rewritten.site.clone(),
        rule: rewritten.rule.0.clone(),
        lines: rewritten.lines.clone().collect(),
    });
    FileReview::new(file.change.clone(), evidence.collect())
}
