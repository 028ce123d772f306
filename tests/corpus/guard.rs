//! The guard on a copy of the tree: what is smuggled in is caught, what does no harm raises nothing.
//!
//! The whole tree is checked some times over, which takes minutes: `GUARD_EXPERIMENT=1` asks for it.
//!
//! The copy is of hard links, so that it takes a moment; a file that is edited is written anew.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use regex::Regex;
use serde_json::Value;

use super::{corpus, say};

/// Places of each kind.
const PLACES: usize = 10;
/// Harmless edits.
const HARMLESS: usize = 200;

/// A copy of the tree with what was known before any edit.
struct Guarded {
    folder: tempfile::TempDir,
}

impl Guarded {
    fn new(root: &Path) -> Guarded {
        let folder = tempfile::tempdir().expect("there is a place for temporary files");
        let copy = folder.path().join("linux");
        fs::create_dir(&copy).expect("writable");
        for entry in fs::read_dir(root).expect("a tree can be listed") {
            let entry = entry.expect("a tree can be listed");
            if entry.file_name() == ".git" {
                continue;
            }
            let copied = |how: &str| {
                let mut command = Command::new("cp");
                command.arg(how).arg(entry.path()).arg(&copy).output().expect("cp is there").status
            };
            assert!(
                copied("-al").success() || copied("-a").success(),
                "{}",
                entry.path().display()
            );
        }
        let guarded = Guarded { folder };
        guarded.check(&["--update-baseline"], 0);
        guarded
    }

    fn path(&self, file: &str) -> PathBuf {
        self.folder.path().join("linux").join(file)
    }

    fn read(&self, file: &str) -> Vec<u8> {
        fs::read(self.path(file)).expect("a file of the tree")
    }

    /// Writes a file without a touch on what it is linked to.
    fn write(&self, file: &str, bytes: &[u8]) {
        fs::remove_file(self.path(file)).expect("writable");
        fs::write(self.path(file), bytes).expect("writable");
    }

    /// What `gupatch check` says, whose status must be `status`.
    #[track_caller]
    fn check(&self, words: &[&str], status: i32) -> Vec<u8> {
        let started = Instant::now();
        let done = Command::new(env!("CARGO_BIN_EXE_gupatch"))
            .env("XDG_CACHE_HOME", self.folder.path().join("cache"))
            .current_dir(self.folder.path().join("linux"))
            .args(["check", "--baseline", "../baseline.toml"])
            .args(words)
            .output()
            .expect("it was built");
        say(&format!("corpus: check in {:.1} s", started.elapsed().as_secs_f64()));
        assert_eq!(done.status.code(), Some(status), "{}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    }

    fn checked(&self, status: i32) -> Value {
        serde_json::from_slice(&self.check(&["--format", "json"], status)).expect("it is JSON")
    }
}

/// A call that fills an array: where the statement ends, its indentation and the array.
struct Filled {
    file: String,
    end: usize,
    indent: String,
    pages: String,
}

/// Calls of GUP as a statement of their own, one a file, in the order of the files.
fn filled(guarded: &Guarded, files: &[String]) -> Vec<Filled> {
    let call = r"(?m)^(\t+)\w+ = (?:pin|get)_user_pages_fast\([^;{}]*?,\s*([a-z][\w>.-]*)\);\n";
    let call = regex::bytes::Regex::new(call).expect("it is one");
    let mut found = Vec::new();
    for file in files {
        let bytes = guarded.read(file);
        let Some(met) = call.captures(&bytes) else { continue };
        let text = |group: usize| String::from_utf8_lossy(&met[group]).into_owned();
        let end = met.get(0).expect("the whole always matches").end();
        found.push(Filled { file: file.clone(), end, indent: text(1), pages: text(2) });
    }
    found
}

#[test]
fn what_is_smuggled_in_is_caught_and_what_does_no_harm_raises_nothing() {
    let Some(corpus) = corpus() else { return };
    if env::var_os("GUARD_EXPERIMENT").is_none() {
        return say("corpus: no GUARD_EXPERIMENT, so nothing is smuggled in");
    }
    let guarded = Guarded::new(&corpus.tree.root);
    let files: Vec<String> = corpus
        .walk
        .files
        .iter()
        .map(ToString::to_string)
        .filter(|path| path.ends_with(".c") && !path.starts_with("tools/"))
        .collect();
    harmless_edits_raise_nothing(&guarded, &files);
    smuggled_pages_are_caught(&guarded, &files);
}

/// Each edit is of another file: lines move, blank lines come, pages from elsewhere are added, and pages of
/// GUP are given back.
fn harmless_edits_raise_nothing(guarded: &Guarded, files: &[String]) {
    let adder =
        Regex::new(r"\b(sg_set_page|bio_add_page|bvec_set_page|bv_page)\b").expect("it is one");
    let known = String::from_utf8_lossy(&fs::read(guarded.path("../baseline.toml")).expect("made"))
        .into_owned();
    let mentions = |file: &&String| {
        let text = guarded.read(file);
        adder.is_match(&String::from_utf8_lossy(&text))
    };
    let (with_sites, others): (Vec<&String>, Vec<&String>) =
        files.iter().filter(mentions).partition(|file| known.contains(&format!("\"{file}\"")));
    let chosen: Vec<&String> = with_sites.into_iter().chain(others).take(HARMLESS).collect();
    let before: Vec<Vec<u8>> = chosen.iter().map(|file| guarded.read(file)).collect();
    for (at, (file, bytes)) in chosen.iter().zip(&before).enumerate() {
        let after = match at % 4 {
            0 => [b"/* One line more. */\n", bytes.as_slice()].concat(),
            1 => [
                bytes.as_slice(),
                b"\nvoid smuggled_not(struct scatterlist *sg)\n{\n",
                b"\tsg_set_page(sg, alloc_page(GFP_KERNEL), PAGE_SIZE, 0);\n}\n",
            ]
            .concat(),
            2 => String::from_utf8_lossy(bytes).replacen("\n\n", "\n\n\n\n", 9).into_bytes(),
            _ => [
                bytes.as_slice(),
                b"\nvoid smuggled_not(unsigned long addr)\n{\n\tstruct page *page;\n\n",
                b"\tif (pin_user_pages_fast(addr, 1, 0, &page) == 1)\n\t\tunpin_user_page(page);\n}\n",
            ]
            .concat(),
        };
        guarded.write(file, &after);
    }
    let checked = guarded.checked(0);
    assert_eq!(checked["stale"].as_array().map(Vec::len), Some(0), "{}", checked["stale"]);
    say(&format!("corpus: {} harmless edits, no finding", chosen.len()));
    assert!(chosen.len() == HARMLESS, "there are files enough");
    for (file, bytes) in chosen.iter().zip(&before) {
        guarded.write(file, bytes);
    }
}

/// A plain adder behind the GUP call, and one in a function that is called with the page.
fn smuggled_pages_are_caught(guarded: &Guarded, files: &[String]) {
    let places = filled(guarded, files);
    assert!(places.len() >= 2 * PLACES, "there are places enough: {}", places.len());
    let mut expected = Vec::new();
    for (at, place) in places.iter().take(2 * PLACES).enumerate() {
        let bytes = guarded.read(&place.file);
        let Filled { file, end, indent, pages } = place;
        let (behind, at_end, function) = if at % 2 == 0 {
            (format!("{indent}sg_set_page(smuggled, {pages}[0], PAGE_SIZE, 0);\n"), "", None)
        } else {
            let helper = "\nvoid smuggle(struct scatterlist *sg, struct page *page)\n{\n\
                          \tsg_set_page(sg, page, PAGE_SIZE, 0);\n}\n";
            (format!("{indent}smuggle(smuggled, {pages}[0]);\n"), helper, Some("smuggle"))
        };
        let (head, tail) = bytes.split_at(*end);
        guarded.write(file, &[head, behind.as_bytes(), tail, at_end.as_bytes()].concat());
        expected.push((file.clone(), function));
    }
    let checked = guarded.checked(1);
    let findings = checked["findings"].as_array().expect("the schema says so");
    let missed: Vec<_> = expected
        .iter()
        .filter(|(file, function)| {
            !findings.iter().any(|finding| {
                let site = &finding["site"];
                let in_function = function.is_none_or(|name| site["function"] == name);
                site["file"] == file.as_str() && site["adder"] == "sg_set_page" && in_function
            })
        })
        .collect();
    assert!(missed.is_empty(), "{} of {} missed: {missed:?}", missed.len(), expected.len());
    assert_eq!(findings.len(), expected.len(), "nothing else is found");
    say(&format!("corpus: {} smuggled pages, all caught", expected.len()));
}
