//! What the campaigns make of small files: `tests/data/rules/FOLDER/NAME.c` becomes `NAME.res`, and stays as it is where
//! there is none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::fixture::{edit, errors, gupatch, tree};

/// The examples of a folder: name, file, and what it becomes.
fn examples(folder: &str) -> Vec<(String, Vec<u8>, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rules").join(folder);
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ext| ext == "c") {
            files.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), path);
        }
    }
    let read = |(name, path): (String, PathBuf)| {
        let before = fs::read(&path).unwrap();
        let after = fs::read(path.with_extension("res")).unwrap_or_else(|_| before.clone());
        (name, before, after)
    };
    files.into_iter().map(read).collect()
}

/// The miniature tree with one more file, and with the adders that it does not have.
fn tree_with(bytes: &[u8]) -> TempDir {
    let folder = tree();
    let adders = include_bytes!("../data/rules/adders.h");
    fs::write(folder.path().join("linux/include/linux/adders.h"), adders).unwrap();
    fs::write(folder.path().join("linux/drivers/example.c"), bytes).unwrap();
    folder
}

/// The file after `gupatch apply`, and what was said.
fn applied(folder: &TempDir, options: &[&str]) -> (Vec<u8>, String) {
    let words = [&["apply", "--no-cache", "--only", "drivers/example.c"], options].concat();
    let out = gupatch(folder.path(), &words);
    let said = errors(&out);
    assert_ne!(out.status.code(), Some(2), "{said}");
    (fs::read(folder.path().join("linux/drivers/example.c")).unwrap(), said)
}

#[track_caller]
fn check(folder: &str, options: &[&str]) {
    check_where(folder, options, |_| {});
}

/// The same in a tree that `arrange` has changed.
#[track_caller]
fn check_where(folder: &str, options: &[&str], arrange: impl Fn(&Path)) {
    let mut wrong: Vec<String> = Vec::new();
    for (name, before, after) in examples(folder) {
        let folder = tree_with(&before);
        arrange(folder.path());
        let (got, said) = applied(&folder, options);
        if got != after {
            let got = String::from_utf8_lossy(&got).into_owned();
            wrong.push(format!("{name}: {said}\n{got}"));
            continue;
        }
        // What was converted is recognised.
        let (again, _) = applied(&folder, options);
        if again != after {
            wrong.push(format!("{name}, again:\n{}", String::from_utf8_lossy(&again)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn from_gup_converts_its_examples_and_leaves_the_others() {
    check("from-gup", &[]);
}

#[test]
fn mixed_sites_are_converted_where_callers_can_tell() {
    check("from-gup-mixed", &["--mixed"]);
}

#[test]
fn gup_flag_tells_every_caller_s_pages() {
    check("gup-flag", &["--rules", "gup-flag"]);
}

#[test]
fn gup_pin_takes_a_reference_where_a_page_is_proven_to_be_the_kernel_s() {
    check("gup-pin", &["--rules", "gup-pin"]);
}

#[test]
fn what_was_pinned_is_unpinned() {
    check("put-user-page", &["--rules", "put-user-page"]);
}

/// The tree as it was before there were pins.
fn without_pins(folder: &Path) {
    let mm = "include/linux/mm.h";
    edit(folder, mm, "unpin_user_page(", "put_user_page(");
    edit(folder, mm, "unpin_user_pages(", "put_user_pages(");
    edit(folder, mm, "unpin_user_pages_dirty_lock(", "put_user_pages_dirty_lock(");
}

#[test]
fn before_there_were_pins_all_pages_of_gup_are_put() {
    check_where("put-user-page-2019", &["--rules", "put-user-page"], without_pins);
}

#[test]
fn a_function_that_always_marks_dirty_is_not_told_to() {
    let first = |folder: &Path| {
        without_pins(folder);
        let parameter = "unsigned long npages,\n\t\t\t\t bool make_dirty);";
        edit(folder, "include/linux/mm.h", parameter, "unsigned long npages);");
    };
    check_where("put-user-page-always", &["--rules", "put-user-page"], first);
}

#[test]
fn where_there_are_folios_the_folio_is_unpinned() {
    let folios = |folder: &Path| {
        let more =
            "void unpin_user_folio(struct folio *folio, unsigned long npages);\n\nvoid get_page(";
        edit(folder, "include/linux/mm.h", "void get_page(", more);
    };
    check_where("put-user-page-folio", &["--rules", "put-user-page"], folios);
}

#[test]
fn a_tree_without_a_function_to_call_is_refused() {
    let folder = tree();
    let mm = "include/linux/mm.h";
    edit(folder.path(), mm, "void unpin_user_page(struct page *page);\n", "");
    for command in ["scan", "diff", "apply"] {
        let out = gupatch(folder.path(), &[command, "--no-cache", "--rules", "put-user-page"]);
        assert_eq!(out.status.code(), Some(2), "{command}");
        let said = errors(&out);
        let wanted = "declares none of unpin_user_page(), put_user_page()";
        assert!(said.contains(wanted) && said.contains("hint:"), "{said}");
    }
}
