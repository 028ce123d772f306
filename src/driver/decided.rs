//! The dry run after a review: what was rejected or put off is taken out, what was edited is as edited.
//!
//! In: what the rules would change and the decisions about it. Out: [`Rewrites`] again, so that `apply` and
//! `series` need not know of reviews: a conversion that was taken out is a site that is left alone, with
//! the reviewer's reason, and the cover letter lists it as such.

use super::Workspace;
use super::dry_run::dry_run;
use super::rewrite::{Rewrites, RewrittenFile, RewrittenSite};
use crate::review::Site;
use crate::review::decisions::{Decision, Decisions, Undecided, follow};
use crate::review::dry_run::{Evidence, FileReview};
use crate::series::facts::RuleName;

/// What is left of a dry run, and what the review said of the rest.
#[derive(Debug)]
pub struct Decided {
    /// What may be applied.
    pub rewrites: Rewrites,
    /// Sites that were rejected.
    pub rejected: usize,
    /// Units that were put off.
    pub skipped: usize,
    /// Units about which nothing was said.
    pub undecided: usize,
    /// Decisions about what is no longer there.
    pub stale: Vec<Decision>,
}

/// Takes from `rewrites` what `decisions` allow.
pub fn decide(
    workspace: &Workspace,
    rewrites: Rewrites,
    decisions: &Decisions,
    undecided: Undecided,
) -> Decided {
    let followed = follow(&dry_run(workspace, &rewrites), decisions, undecided);
    let Rewrites { mut report, refused, open, is_one, .. } = rewrites;
    for site in &mut report.sites {
        let place = |site: &Site| (site.file.clone(), site.line, site.column);
        let said = followed.dry_run.left_alone.iter().find(|left| place(left) == place(site));
        if let Some(said) = said {
            *site = said.clone();
        }
    }
    let mut files: Vec<RewrittenFile> = followed.dry_run.files().map(rewritten).collect();
    files.sort_by(|a, b| a.change.path.cmp(&b.change.path));
    Decided {
        rewrites: Rewrites { files, report, refused, open, is_one },
        rejected: followed.rejected.len(),
        skipped: followed.skipped,
        undecided: followed.undecided,
        stale: followed.stale,
    }
}

fn rewritten(file: &FileReview) -> RewrittenFile {
    let sites = file.evidence().iter().map(rewritten_site).collect();
    RewrittenFile { change: file.change().clone(), sites }
}

fn rewritten_site(evidence: &Evidence) -> RewrittenSite {
    let own = evidence.site.line;
    let first = evidence.lines.iter().copied().min().unwrap_or(own);
    let last = evidence.lines.iter().copied().max().unwrap_or(own);
    RewrittenSite {
        rule: RuleName(evidence.rule.clone()),
        site: evidence.site.clone(),
        lines: first..=last,
        author: evidence.author,
    }
}
