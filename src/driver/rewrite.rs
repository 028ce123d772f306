//! The dry run: what the rules make of the sites that a scan found.

use crate::diff::FileChange;
use crate::review::{Report, Site};
use crate::series::facts::RuleName;

/// What a campaign would change in a tree.
#[derive(Clone, Debug)]
pub struct Rewrites {
    /// Sorted by path; each file once.
    pub files: Vec<RewrittenFile>,
    /// The whole scan, sites that are left alone among them.
    pub report: Report,
    /// What could not be edited although it should have been, a line each with place and reason.
    pub refused: Vec<String>,
}

/// One file with the sites that its change converts.
#[derive(Clone, Debug)]
pub struct RewrittenFile {
    /// The change.
    pub change: FileChange,
    /// In source order.
    pub sites: Vec<RewrittenSite>,
}

/// A site and the rule that converted it.
#[derive(Clone, Debug)]
pub struct RewrittenSite {
    /// The rule.
    pub rule: RuleName,
    /// The site as it was scanned.
    pub site: Site,
}

impl Rewrites {
    /// The sites that GUP pages reach and that no edit touches.
    pub fn left_alone(&self) -> impl Iterator<Item = &Site> {
        let converted = |site: &Site| {
            let file = self.files.iter().find(|file| file.change.path == site.file);
            file.is_some_and(|file| {
                file.sites.iter().any(|s| (s.site.line, s.site.column) == (site.line, site.column))
            })
        };
        self.report.sites.iter().filter(move |site| !converted(site))
    }
}

/// Runs the campaign's rules on what a scan finds.
pub fn rewrite(workspace: &super::Workspace) -> anyhow::Result<Rewrites> {
    let scan = super::scan::scan(workspace)?;
    Ok(Rewrites { files: Vec::new(), report: scan.report(workspace), refused: Vec::new() })
}
