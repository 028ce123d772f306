//! The commands as users run them, on the miniature tree that the program carries.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::fixture::{git, gupatch, make_repository, tree};

/// File, function, adder, class.
type Key = (String, String, String, String);

/// How often a site is expected, by how far one has to look.
type Sites = BTreeMap<(Key, String), usize>;

/// A site's key and how far one has to look, from the table made by hand.
fn expected() -> Vec<(Key, String)> {
    let rows = include_str!("../data/minitree-expected.tsv").lines();
    let rows = rows.filter(|line| !line.starts_with('#')).map(|line| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [file, function, adder, _page, class, reach, _why] = cells[..] else {
            panic!("seven cells in {line}")
        };
        ([file, function, adder, class].map(str::to_owned).into(), reach.to_owned())
    });
    rows.collect()
}

fn scanned(folder: &Path) -> Vec<(Key, String)> {
    let out = gupatch(folder, &["scan", "--format", "json"]);
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["version"], 1);
    let sites = report["sites"].as_array().unwrap().iter().map(|site| {
        let text = |name: &str| site[name].as_str().unwrap().to_owned();
        ((text("file"), text("function"), text("adder"), text("class")), text("reach"))
    });
    sites.collect()
}

#[test]
fn scan_finds_all_that_gup_reaches_and_says_how_far_the_way_is() {
    let mut wanted = Sites::new();
    for (key, reach) in expected() {
        if key.3 != "carried" && key.3 != "no" {
            *wanted.entry((key, reach)).or_default() += 1;
        }
    }
    let mut found = Sites::new();
    let folder = tree();
    for site in scanned(folder.path()) {
        if site.0.3 != "carried" {
            *found.entry(site).or_default() += 1;
        }
    }
    assert_eq!(found, wanted);
}

#[test]
fn scan_never_converts_what_a_person_would_not() {
    let folder = tree();
    let expected: Vec<_> = expected().into_iter().map(|(key, _)| key).collect();
    for (key, _) in scanned(folder.path()) {
        if key.3 == "gup" || key.3 == "conditional" {
            assert!(expected.contains(&key), "{key:?}");
        }
    }
}

fn sites(folder: &Path, words: &[&str]) -> Vec<serde_json::Value> {
    let out = gupatch(folder, &[&["scan", "--format", "json"], words].concat());
    assert!(out.status.code() != Some(2), "{}", String::from_utf8_lossy(&out.stderr));
    let mut report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    report["sites"].as_array_mut().map(std::mem::take).expect("a report has sites")
}

/// The answer about a site must not depend on what else was asked for.
#[test]
fn only_gives_the_answers_of_a_full_run() {
    let folder = tree();
    let all = sites(folder.path(), &[]);
    let mut files: Vec<&str> = all.iter().map(|site| site["file"].as_str().unwrap()).collect();
    files.dedup();
    assert!(files.len() > 5, "{files:?}");
    for file in files {
        let own: Vec<_> = all.iter().filter(|site| site["file"] == file).cloned().collect();
        assert_eq!(sites(folder.path(), &["--only", file]), own, "{file}");
    }
}

#[test]
fn since_tells_of_what_a_change_can_touch_with_the_answers_of_a_full_run() {
    let folder = tree();
    let linux = make_repository(folder.path());
    assert!(sites(folder.path(), &["--since", "HEAD"]).is_empty());
    let changed = "fs/direct-io.c";
    let text = fs::read_to_string(linux.join(changed)).unwrap();
    fs::write(linux.join(changed), format!("/* moved */\n{text}")).unwrap();
    let passes = |site: &serde_json::Value| site.to_string().contains(changed);
    let all = sites(folder.path(), &[]);
    let touched: Vec<_> = all.iter().filter(|site| passes(site)).cloned().collect();
    let told = sites(folder.path(), &["--since", "HEAD"]);
    assert!(!touched.is_empty() && told.len() < all.len());
    assert!(told.iter().all(|site| all.contains(site)));
    assert!(touched.iter().all(|site| told.contains(site)));
    for words in [&["scan", "--since", "nothing"][..], &["parse", ".", "--since", "HEAD"]] {
        let out = gupatch(folder.path(), words);
        assert_eq!(out.status.code(), Some(2), "{words:?}");
        assert!(String::from_utf8(out.stderr).unwrap().contains("hint:"), "{words:?}");
    }
}

#[test]
fn diff_is_a_patch_and_the_same_for_any_number_of_threads() {
    let folder = tree();
    let one = gupatch(folder.path(), &["diff", "-j1"]);
    assert_eq!(one.status.code(), Some(1));
    assert_eq!(String::from_utf8_lossy(&one.stderr), "");
    for words in [&["diff", "-j2"][..], &["diff", "-j2"]] {
        assert_eq!(gupatch(folder.path(), words).stdout, one.stdout);
    }
    let patch = folder.path().join("dry.patch");
    for detail in ["none", "line", "full"] {
        let out = gupatch(folder.path(), &["diff", "--stat", "--evidence", detail]);
        fs::write(&patch, out.stdout).unwrap();
        git(&folder.path().join("linux"), &["apply", "--check", patch.to_str().unwrap()]);
    }
}

#[test]
fn after_apply_there_is_nothing_left_to_do() {
    let folder = tree();
    let out = gupatch(folder.path(), &["apply"]);
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    let again = gupatch(folder.path(), &["diff", "--evidence", "none"]);
    let text = String::from_utf8_lossy(&again.stdout).into_owned();
    assert!(!text.contains("diff --git"), "{text}");
    assert_eq!(again.status.code(), Some(0), "{}", String::from_utf8_lossy(&again.stderr));
    let again = gupatch(folder.path(), &["apply"]);
    assert_eq!(again.status.code(), Some(0));
}

#[test]
fn git_am_of_the_mails_gives_the_trees_of_the_branch() {
    let folder = tree();
    let linux = make_repository(folder.path());
    let before = git(&linux, &["status", "--porcelain"]);
    let out = gupatch(folder.path(), &["series", "-o", "../out", "-s"]);
    assert_eq!(out.status.code(), Some(1), "{}", String::from_utf8_lossy(&out.stderr));
    assert_eq!(git(&linux, &["status", "--porcelain"]), before, "the working tree is as it was");
    let commits = git(&linux, &["rev-list", "--reverse", "main..gupatch/from-gup"]);
    let names = String::from_utf8(out.stdout).unwrap();
    let patches: Vec<&str> = names.lines().filter(|name| !name.contains("/0000-")).collect();
    assert_eq!(patches.len(), commits.lines().count());
    git(&linux, &["checkout", "-q", "-b", "am", "main"]);
    for (patch, commit) in patches.iter().zip(commits.lines()) {
        git(&linux, &["am", "-q", patch]);
        let made = git(&linux, &["rev-parse", "HEAD^{tree}"]);
        assert_eq!(made, git(&linux, &["rev-parse", &format!("{commit}^{{tree}}")]), "{patch}");
    }
}

#[test]
fn series_refuses_what_it_would_overwrite_and_makes_nothing() {
    let folder = tree();
    let error = |words: &[&str]| {
        let out = gupatch(folder.path(), words);
        assert_eq!(out.status.code(), Some(2));
        String::from_utf8(out.stderr).unwrap()
    };
    let text = error(&["series", "-o", "../out"]);
    assert!(text.contains("hint:") && text.contains("git init"), "{text}");
    let linux = make_repository(folder.path());
    git(&linux, &["branch", "gupatch/from-gup"]);
    assert!(error(&["series", "-o", "../out"]).contains("gupatch/from-gup"));
    fs::create_dir(folder.path().join("full")).unwrap();
    fs::write(folder.path().join("full/mine"), "x").unwrap();
    assert!(error(&["series", "-o", "../full", "--branch", "b"]).contains("hint:"));
    assert!(!folder.path().join("out").exists());
    assert_eq!(git(&linux, &["branch", "--list", "b"]), "");
}

#[test]
fn explain_tells_of_converted_sites_and_of_those_that_are_not() {
    let folder = tree();
    let out = gupatch(folder.path(), &["scan", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let site = &report["sites"][0];
    let place = format!("{}:{}", site["file"].as_str().unwrap(), site["line"]);
    let story = gupatch(folder.path(), &["explain", &place]);
    let text = String::from_utf8(story.stdout).unwrap();
    assert_eq!(story.status.code(), Some(0));
    assert!(text.contains("pages come from GUP") && text.contains("added"), "{text}");
    let none = gupatch(folder.path(), &["explain", "block/bio.c:1"]);
    assert_eq!(none.status.code(), Some(2));
    let text = String::from_utf8(none.stderr).unwrap();
    assert!(text.contains("the adders of this file are in lines"), "{text}");
}

#[test]
fn a_folder_that_is_no_kernel_tree_is_said_with_a_hint() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("linux")).unwrap();
    let out = gupatch(folder.path(), &["scan"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(String::from_utf8(out.stderr).unwrap().contains("hint:"));
}

#[test]
fn the_demo_runs_to_its_end() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("linux")).unwrap();
    let out = gupatch(folder.path(), &["demo", "../demo"]);
    assert_eq!(out.status.code(), Some(0), "{}", String::from_utf8_lossy(&out.stderr));
    let text = String::from_utf8(out.stdout).unwrap();
    assert!(text.contains("the tree after `git am` is that of gupatch/from-gup"), "{text}");
}
