//! The dry run as it is shown: changed files by subsystem, each with its evidence.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::Workspace;
use super::rewrite::{Rewrites, RewrittenFile};
use crate::review::dry_run::{DryRun, Evidence, FileReview, Group};
use crate::review::{Class, Site};
use crate::series::maintainers::Maintainers;
use crate::source::TreePath;

/// Files that no section of MAINTAINERS names.
const NOBODY: &str = "THE REST";

/// Which subsystem a file of the tree belongs to, as MAINTAINERS has it.
#[derive(Debug)]
pub struct Subsystems {
    root: PathBuf,
    maintainers: Maintainers,
}

impl Subsystems {
    /// Reads the MAINTAINERS file of the tree.
    pub fn read(workspace: &Workspace) -> Subsystems {
        let root = workspace.tree.root.clone();
        let read = |name: &str| std::fs::read(root.join(name)).unwrap_or_default();
        // Mistakes in the file only cost a heading here; `series`, which writes to people, tells of them.
        let (maintainers, _) = Maintainers::parse(&read("MAINTAINERS"), &read(".mailmap"));
        Subsystems { root, maintainers }
    }

    /// The name of the subsystem.
    pub fn of(&self, file: &TreePath) -> String {
        let is_folder = |path: &str| self.root.join(path).is_dir();
        let owner = self.maintainers.owner(file.as_str(), &is_folder);
        owner.map_or_else(|| NOBODY.to_owned(), |section| section.name.clone())
    }
}

/// Arranges `rewrites` for reading.
pub fn dry_run(workspace: &Workspace, rewrites: &Rewrites) -> DryRun {
    let subsystems = Subsystems::read(workspace);
    let mut groups: BTreeMap<String, Vec<FileReview>> = BTreeMap::new();
    for file in &rewrites.files {
        groups.entry(subsystems.of(&file.change.path)).or_default().push(file_review(file));
    }
    let groups = groups.into_iter().map(|(subsystem, files)| Group { subsystem, files });
    DryRun {
        groups: groups.collect(),
        left_alone: rewrites.left_alone().filter(|site| needs_a_word(site)).cloned().collect(),
        open: rewrites.open,
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
        author: rewritten.author,
    });
    FileReview::new(file.change.clone(), evidence.collect())
}
