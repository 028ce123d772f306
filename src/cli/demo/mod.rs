//! The miniature kernel tree of `gupatch demo`: the files of `tests/data/minitree`, carried inside the
//! program.
//!
//! In: a folder that does not exist yet or is empty. Out: the tree on disk, byte for byte as it is in our
//! repository. What is done with it afterwards (a git repository, the scan, the series) is the command's
//! business, not this module's.

mod command;

pub use command::{DemoArgs, run};

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, DirEntry, include_dir};

static MINITREE: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/tests/data/minitree");

/// Why the demo tree could not be written.
#[derive(Debug, thiserror::Error)]
pub enum WriteTreeError {
    /// The folder holds something already, and the demo overwrites nothing.
    #[error("{} is not empty", .0.display())]
    NotEmpty(PathBuf),
    /// A file or folder could not be made.
    #[error("cannot write {}", .path.display())]
    Io {
        /// What was to be written.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl WriteTreeError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            WriteTreeError::NotEmpty(_) => "name a folder that does not exist yet",
            WriteTreeError::Io { .. } => "name a folder in a place you can write to",
        }
    }
}

/// Writes the miniature tree to `dir`, which is made with its parents where it does not exist.
///
/// Returns the number of files. The order is fixed, so an interrupted run leaves a prefix.
pub fn write_tree(dir: &Path) -> Result<usize, WriteTreeError> {
    let failed = |path: &Path, source| WriteTreeError::Io { path: path.to_owned(), source };
    fs::create_dir_all(dir).map_err(|error| failed(dir, error))?;
    if fs::read_dir(dir).map_err(|error| failed(dir, error))?.next().is_some() {
        return Err(WriteTreeError::NotEmpty(dir.to_owned()));
    }
    let files = files();
    for (path, contents) in &files {
        let target = dir.join(path);
        let folder = target.parent().expect("a file of the tree lies below `dir`");
        fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
        fs::write(&target, contents).map_err(|error| failed(&target, error))?;
    }
    Ok(files.len())
}

/// Every file of the miniature tree, sorted by its path below the root.
pub fn files() -> Vec<(&'static Path, &'static [u8])> {
    let mut files = Vec::new();
    let mut folders = vec![&MINITREE];
    while let Some(folder) = folders.pop() {
        for entry in folder.entries() {
            match entry {
                DirEntry::Dir(folder) => folders.push(folder),
                DirEntry::File(file) => files.push((file.path(), file.contents())),
            }
        }
    }
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::collections::BTreeMap;
    use std::process::Command;

    use regex::Regex;

    const EXPECTED: &str = include_str!("../../../tests/data/minitree-expected.tsv");

    fn text(path: &str) -> String {
        let (_, bytes) = files().into_iter().find(|(p, _)| *p == Path::new(path)).unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn the_written_tree_is_the_embedded_one() {
        let scratch = tempfile::tempdir().unwrap();
        let tree = scratch.path().join("below/tree");
        let written = write_tree(&tree).unwrap();
        assert_eq!(written, files().len());
        for (path, contents) in files() {
            assert_eq!(fs::read(tree.join(path)).unwrap(), contents, "{}", path.display());
        }
    }

    #[test]
    fn a_folder_with_something_in_it_is_refused() {
        let scratch = tempfile::tempdir().unwrap();
        fs::write(scratch.path().join("mine"), "").unwrap();
        assert!(matches!(write_tree(scratch.path()), Err(WriteTreeError::NotEmpty(_))));
        assert_eq!(fs::read_dir(scratch.path()).unwrap().count(), 1);
    }

    #[test]
    fn every_source_passes_the_compiler() {
        let scratch = tempfile::tempdir().unwrap();
        write_tree(scratch.path()).unwrap();
        for (path, _) in files().iter().filter(|(p, _)| p.extension().is_some_and(|e| e == "c")) {
            let run = Command::new("cc")
                .args(["-nostdinc", "-fsyntax-only", "-Wall", "-Werror", "-Iinclude"])
                .arg(path)
                .current_dir(scratch.path())
                .output()
                .expect("libgit2 was built with this machine's C compiler");
            assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        }
    }

    /// Each call of an adder in the tree stands in the table of expectations as often as in the code.
    #[test]
    fn the_expectations_cover_every_adder_call() {
        let adder = Regex::new(
            r"(?m)^\t.*?\b(_*bio_add\w*_page|bvec_set_page|sg_set_page|sg_assign_page|sg_alloc_table_from_pages\w*)\(|(bv_page) = ",
        )
        .unwrap();
        let prototype = Regex::new(r"^\t+(struct|unsigned)").unwrap();
        let mut found: BTreeMap<(String, String), usize> = BTreeMap::new();
        for (path, _) in files() {
            let path = path.to_str().unwrap();
            if !path.ends_with(".c") && !path.ends_with(".h") {
                continue;
            }
            for hit in adder.captures_iter(&text(path)) {
                if prototype.is_match(&hit[0]) {
                    continue;
                }
                let name = hit.get(1).or(hit.get(2)).unwrap().as_str().to_owned();
                *found.entry((path.to_owned(), name)).or_default() += 1;
            }
        }
        let mut expected: BTreeMap<(String, String), usize> = BTreeMap::new();
        for row in EXPECTED.lines().filter(|row| !row.starts_with('#')) {
            let columns: Vec<&str> = row.split('\t').collect();
            assert_eq!(columns.len(), 7, "{row}");
            assert!(text(columns[0]).contains(&format!("{}(", columns[1])), "{row}");
            assert!(
                ["gup", "conditional", "mixed", "carried", "no"].contains(&columns[4]),
                "{row}"
            );
            *expected.entry((columns[0].to_owned(), columns[2].to_owned())).or_default() += 1;
        }
        assert_eq!(found, expected);
    }
}
