//! `--since`: what a change can touch.
//!
//! In: a finished scan of the whole tree, and the files that changed. Out: the same scan with the files
//! that the change can have to do with: those that hold a site which lies in a changed file, or whose page
//! passes one on its way. The tree is solved as a whole in either case, so a site's answer is the one of a
//! full run, and it takes as long. Left out on purpose: a site that
//! a page reached only before the change. It has no way any more that could be shown.

use std::collections::BTreeSet;

use super::scan::ScannedFile;
use crate::provenance::Site;
use crate::source::TreePath;

/// Keeps the files that a change of `changed` can touch.
pub(super) fn restrict(files: &mut Vec<ScannedFile>, changed: &BTreeSet<TreePath>) {
    files.retain(|scanned| {
        changed.contains(&scanned.file.path)
            || scanned.sites.iter().flat_map(|(_, sites)| sites).any(|site| passes(site, changed))
    });
}

/// Whether a page on its way to `site` passes one of `changed`.
fn passes(site: &Site, changed: &BTreeSet<TreePath>) -> bool {
    let ends = site.sources.iter().chain(&site.others).map(|source| &source.place.file);
    let steps = site.trace.iter().chain(&site.other_trace).map(|step| &step.place.file);
    ends.chain(steps).any(|file| changed.contains(file))
}
