//! The scan and the dry run of the default campaign on the whole tree.
//!
//! Three runs that differ in everything that must not matter: one thread with an empty cache, two threads with
//! the files in another order and no cache, and the cache that the first one has filled.

use std::sync::OnceLock;

use gupatch::driver::rewrite::{Rewrites, rewrite};
use gupatch::driver::{Workspace, scan};
use gupatch::review::{Class, Reference, Report};
use tempfile::TempDir;

use super::corpus;

fn workspace(jobs: usize) -> Option<Workspace> {
    let root = &corpus()?.tree.root;
    Some(Workspace::open(root, "from-gup", &[], jobs).expect("the corpus is a kernel tree"))
}

/// The first run.
struct First {
    rewrites: Rewrites,
    cache: TempDir,
}

fn first() -> Option<&'static First> {
    static FIRST: OnceLock<Option<First>> = OnceLock::new();
    let run = || {
        let cache = tempfile::tempdir().expect("the system has a place for temporary files");
        let workspace = workspace(1)?.with_cache(Some(cache.path().to_owned()));
        let rewrites = rewrite(&workspace).expect("the carried campaign is sound");
        Some(First { rewrites, cache })
    };
    FIRST.get_or_init(run).as_ref()
}

fn json(report: &Report) -> String {
    serde_json::to_string(report).expect("a report is JSON")
}

#[test]
fn sites_by_class() {
    let (Some(corpus), Some(first)) = (corpus(), first()) else { return };
    let report = &first.rewrites.report;
    let classes = [
        ("scan.gup", Class::Gup),
        ("scan.conditional", Class::Conditional),
        ("scan.mixed", Class::Mixed),
        ("scan.carried", Class::Carried),
    ];
    for (name, class) in classes {
        let count = report.sites.iter().filter(|site| site.class == class).count();
        corpus.figures.check(name, count as f64);
    }
    let followed = report.sites.iter().filter(|site| site.class != Class::Carried);
    let unknown = followed.filter(|site| site.reference == Reference::Unknown).count();
    corpus.figures.check("scan.reference_unknown", unknown as f64);
    corpus.figures.check("scan.indirect_calls", report.unseen.indirect_calls as f64);
    corpus.figures.check("scan.other_forms", report.unseen.other_forms as f64);
    corpus.figures.check("scan.unseen", report.unseen.details.len() as f64);
}

/// What the dry run would write, without what tells nothing about order.
fn written(rewrites: &Rewrites) -> Vec<(String, Vec<u8>)> {
    let files = rewrites.files.iter();
    files.map(|file| (file.change.path.to_string(), file.change.after.clone())).collect()
}

#[test]
fn neither_threads_nor_the_order_of_the_files_matter_to_the_dry_run() {
    let (Some(corpus), Some(First { rewrites: first, .. }), Some(other)) =
        (corpus(), first(), workspace(2))
    else {
        return;
    };
    let other = other.arranged(|files| {
        files.sort_by_key(|path| path.as_str().chars().rev().collect::<String>());
    });
    let second = rewrite(&other).expect("the carried campaign is sound");
    assert!(json(&first.report) == json(&second.report), "the same report");
    assert!(written(first) == written(&second), "the same bytes");
    assert_eq!(first.refused, second.refused);
    corpus.figures.check("diff.files", first.files.len() as f64);
    let sites: usize = first.files.iter().map(|file| file.sites.len()).sum();
    corpus.figures.check("diff.sites", sites as f64);
    corpus.figures.check("diff.refused", first.refused.len() as f64);
}

#[test]
fn a_warm_cache_gives_the_report_of_the_run_that_filled_it() {
    let (Some(first), Some(workspace)) = (first(), workspace(0)) else { return };
    let workspace = workspace.with_cache(Some(first.cache.path().to_owned()));
    let scan = scan::scan(&workspace).expect("the carried campaign is sound");
    assert!(json(&scan.report(&workspace)) == json(&first.rewrites.report), "the same report");
}
