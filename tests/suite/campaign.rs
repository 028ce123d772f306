//! What the campaigns make of small files: `tests/data/rules/FOLDER/NAME.c` becomes `NAME.res`, and stays as it is where
//! there is none.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::fixture::{errors, gupatch, tree};

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
    let mut wrong: Vec<String> = Vec::new();
    for (name, before, after) in examples(folder) {
        let folder = tree_with(&before);
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
