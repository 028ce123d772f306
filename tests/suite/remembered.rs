//! What an earlier run found is used, and never changes an answer: each state of a small tree is scanned on top of
//! what was found in the state before, and from nothing.

use std::fs;
use std::path::{Path, PathBuf};

use gupatch::driver::{Workspace, scan};

use super::fixture::tree;

/// The report as JSON, and how many functions were solved for it.
fn scanned(root: &Path, cache: Option<&Path>) -> (String, usize) {
    let workspace = Workspace::open(root, "from-gup", &[], 2).expect("a kernel tree");
    let workspace = workspace.with_cache(cache.map(Path::to_owned)).settled();
    let scan = scan::scan(&workspace).expect("a sound campaign");
    let report = serde_json::to_string(&scan.report(&workspace)).expect("a report is JSON");
    (report, scan.solved)
}

fn sources(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|end| end == "c" || end == "h") {
            out.push(path);
        }
    }
    out.sort();
}

/// The text without its `at`th statement that is a call, if it has so many.
fn without_call(text: &str, at: usize) -> Option<String> {
    let is_call = |line: &&str| line.starts_with('\t') && line.trim_end().ends_with(");");
    let gone = text.lines().filter(is_call).nth(at)?;
    Some(text.replacen(&format!("{gone}\n"), "", 1))
}

#[test]
fn nothing_is_solved_twice() {
    let (folder, cache) = (tree(), tempfile::tempdir().unwrap());
    let root = folder.path().join("linux");
    let (first, solved) = scanned(&root, Some(cache.path()));
    assert!(solved > 20, "{solved}");
    assert_eq!(scanned(&root, Some(cache.path())), (first, 0));
}

#[test]
fn a_change_has_done_again_what_it_touches() {
    let (folder, cache) = (tree(), tempfile::tempdir().unwrap());
    let root = folder.path().join("linux");
    let (_, all) = scanned(&root, Some(cache.path()));
    let file = root.join("drivers/media/vgrab.c");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("pin_user_pages", "pin_other_pages", 1)).unwrap();
    let (warm, some) = scanned(&root, Some(cache.path()));
    assert_eq!(warm, scanned(&root, None).0);
    assert!(0 < some && some < all / 2, "{some} of {all}");
}

#[test]
fn a_change_of_a_file_that_has_nothing_undoes_nothing() {
    let (folder, cache) = (tree(), tempfile::tempdir().unwrap());
    let root = folder.path().join("linux");
    let file = root.join("drivers/gpu/chart.c");
    // It says the names of what answers are made of, but of a struct of its own.
    let chart = |rest: &str| {
        format!(
            "#include \"ugem.h\"\n\nstruct chart {{\n\tchar *pages;\n}};\n\nstatic void \
             turn(struct chart *chart)\n{{\n\tchart->pages = NULL;\n}}\n{rest}"
        )
    };
    fs::write(&file, chart("")).unwrap();
    let (first, _) = scanned(&root, Some(cache.path()));
    let more = "\nstatic void back(struct chart *chart)\n{\n\tchart->pages = \"\";\n}\n";
    fs::write(&file, chart(more)).unwrap();
    assert_eq!(scanned(&root, Some(cache.path())), (first, 0));
    // Until it has something.
    let filled = "\nstatic void fill(struct ugem_object *obj)\n{\n\tobj->pages = \
                  alloc_pages(0, 0);\n}\n";
    fs::write(&file, chart(filled)).unwrap();
    let (warm, solved) = scanned(&root, Some(cache.path()));
    assert!(solved > 0, "a store to the member that pages are kept in");
    assert_eq!(warm, scanned(&root, None).0);
}

#[test]
fn what_moved_in_its_file_is_known_where_it_is() {
    let (folder, cache) = (tree(), tempfile::tempdir().unwrap());
    let root = folder.path().join("linux");
    let mut files = Vec::new();
    sources(&root, &mut files);
    scanned(&root, Some(cache.path()));
    // Comments after comments declare nothing and change no function.
    for file in &files {
        let text = fs::read_to_string(file).unwrap();
        fs::write(file, format!("/* One line */\n\n{text}\n/* and more. */\n")).unwrap();
    }
    let (warm, solved) = scanned(&root, Some(cache.path()));
    assert_eq!(solved, 0);
    assert!(warm == scanned(&root, None).0);
}

#[test]
fn a_change_of_a_function_undoes_what_that_function_is_part_of() {
    let (folder, cache) = (tree(), tempfile::tempdir().unwrap());
    let root = folder.path().join("linux");
    let (first, _) = scanned(&root, Some(cache.path()));
    let file = root.join("drivers/media/vgrab.c");
    let text = fs::read_to_string(&file).unwrap();
    let beside = "\nint vgrab_count(int n)\n{\n\treturn n + 1;\n}\n";
    fs::write(&file, format!("{text}{beside}")).unwrap();
    assert_eq!(scanned(&root, Some(cache.path())), (first, 0));
    let open = text.find("pin_user_pages").and_then(|at| Some(text[..at].rfind("\n{\n")? + 3));
    let open = open.expect("a function that gets pages");
    let edited = format!("{}\tvgrab_count(1);\n{}{beside}", &text[..open], &text[open..]);
    fs::write(&file, edited).unwrap();
    let (warm, solved) = scanned(&root, Some(cache.path()));
    assert!(solved > 0, "the function that gets the pages");
    assert!(warm == scanned(&root, None).0);
}

#[test]
fn any_change_gives_what_a_run_from_nothing_gives() {
    let (folder, cache) = (tree(), tempfile::tempdir().unwrap());
    let root = folder.path().join("linux");
    let mut files = Vec::new();
    sources(&root, &mut files);
    scanned(&root, Some(cache.path()));
    let mut changed = 0;
    for (at, file) in files.iter().enumerate() {
        let before = fs::read_to_string(file).unwrap();
        let edited = match at % 3 {
            0 => without_call(&before, at / 3),
            1 => without_call(&before, 0),
            _ => Some(format!("struct added_{at} {{ struct page *pages[4]; }};\n{before}")),
        };
        let Some(edited) = edited else { continue };
        fs::write(file, edited).unwrap();
        let (warm, solved) = scanned(&root, Some(cache.path()));
        let (cold, all) = scanned(&root, None);
        assert!(warm == cold, "after a change of {}", file.display());
        changed += usize::from(solved < all);
    }
    assert!(changed > 5, "{changed} changes left something as it was");
    let gone = &files[files.len() / 2];
    fs::remove_file(gone).unwrap();
    let same = scanned(&root, Some(cache.path())).0 == scanned(&root, None).0;
    assert!(same, "without {}", gone.display());
}

#[test]
fn a_damaged_memory_is_as_good_as_none() {
    let (folder, cache) = (tree(), tempfile::tempdir().unwrap());
    let root = folder.path().join("linux");
    let (first, solved) = scanned(&root, Some(cache.path()));
    let is_ours =
        |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("sites-");
    let entries = fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().path());
    let memory = entries.into_iter().find(is_ours).expect("what was found is kept");
    let mut bytes = fs::read(&memory).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&memory, bytes).unwrap();
    assert_eq!(scanned(&root, Some(cache.path())), (first, solved));
}
