//! The scan and the dry run of the default campaign on the whole tree.

use std::sync::OnceLock;

use gupatch::driver::rewrite::{Rewrites, rewrite};
use gupatch::driver::{Workspace, scan};
use gupatch::review::{Class, Reference, Report};

use super::corpus;

fn workspace(jobs: usize) -> Option<Workspace> {
    let root = &corpus()?.tree.root;
    Some(Workspace::open(root, "from-gup", &[], jobs).expect("the corpus is a kernel tree"))
}

/// The report of a plain scan, and as JSON; scanned once for all tests.
fn plain() -> Option<&'static (Report, String)> {
    static PLAIN: OnceLock<Option<(Report, String)>> = OnceLock::new();
    let scan = || {
        let workspace = workspace(0)?;
        let scan = scan::scan(&workspace).expect("the carried campaign is sound");
        let report = scan.report(&workspace);
        let json = serde_json::to_string(&report).expect("a report is JSON");
        Some((report, json))
    };
    PLAIN.get_or_init(scan).as_ref()
}

#[test]
fn sites_by_class() {
    let (Some(corpus), Some((report, _))) = (corpus(), plain()) else { return };
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
    corpus.figures.check("scan.unseen", report.unseen.details.len() as f64);
}

/// What the dry run would write, without what tells nothing about order.
fn written(rewrites: &Rewrites) -> Vec<(String, Vec<u8>)> {
    let files = rewrites.files.iter();
    files.map(|file| (file.change.path.to_string(), file.change.after.clone())).collect()
}

#[test]
fn the_dry_run_is_the_same_for_any_number_of_threads() {
    let (Some(corpus), Some(one), Some(two)) = (corpus(), workspace(1), workspace(2)) else {
        return;
    };
    let first = rewrite(&one).expect("the carried campaign is sound");
    let second = rewrite(&two).expect("the carried campaign is sound");
    assert!(written(&first) == written(&second), "-j1 and -j2 write the same bytes");
    assert_eq!(first.refused, second.refused);
    corpus.figures.check("diff.files", first.files.len() as f64);
    let sites: usize = first.files.iter().map(|file| file.sites.len()).sum();
    corpus.figures.check("diff.sites", sites as f64);
    corpus.figures.check("diff.refused", first.refused.len() as f64);
}

#[test]
fn another_order_of_the_files_gives_the_same_report() {
    let (Some((_, sorted)), Some(other)) = (plain(), workspace(0)) else { return };
    let other = other.arranged(|files| {
        files.sort_by_key(|path| path.as_str().chars().rev().collect::<String>());
    });
    let report = |workspace: &Workspace| {
        let scan = scan::scan(workspace).expect("the carried campaign is sound");
        serde_json::to_string(&scan.report(workspace)).expect("a report is JSON")
    };
    assert!(*sorted == report(&other), "the order of the files must not matter");
}

#[test]
fn a_warm_cache_gives_the_report_of_a_run_without_one() {
    let Some((_, expected)) = plain() else { return };
    let folder = tempfile::tempdir().expect("the system has a place for temporary files");
    let report = |workspace: &Workspace| {
        let scan = scan::scan(workspace).expect("the carried campaign is sound");
        serde_json::to_string(&scan.report(workspace)).expect("a report is JSON")
    };
    for run in ["cold", "warm"] {
        let workspace = workspace(0).expect("there is a corpus");
        let workspace = workspace.with_cache(Some(folder.path().to_owned()));
        assert!(report(&workspace) == *expected, "{run}");
    }
}
