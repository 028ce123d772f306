//! The source files of a tree.
//!
//! In: a root, and what to restrict the walk to. Out: a [`Walk`]: every `.c` and `.h` file, sorted, and
//! what could not be looked at. Nothing stops the walk: a folder that may not be opened is one entry of
//! [`Walk::unseen`].
//!
//! Left out on purpose: hidden files; symbolic links, whose target is walked under its own name; and what
//! the tree's `.gitignore` files leave out, which are listed in [`Walk::ignored`] and obeyed without a
//! repository too, since most trees come from a tarball. Ignore files above the root are not read: they
//! speak about the tree as a whole, and somebody who keeps kernels in an ignored folder still wants them
//! scanned.

use std::fs;
use std::io;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use super::ignored::IgnoreRules;
use crate::source::TreePath;

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// The sources, sorted by path.
    pub files: Vec<TreePath>,
    /// Sources that an ignore file leaves out, sorted by path.
    pub ignored: Vec<TreePath>,
    /// What could not be looked at, sorted by path.
    pub unseen: Vec<Unseen>,
    /// How many symbolic links to sources were not followed.
    pub links: usize,
}

/// A file or folder that could not be looked at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
pub struct Unseen {
    /// Below the root where that is known; not a [`TreePath`], because the name itself may be the reason.
    pub path: String,
    /// Why, in one clause.
    pub reason: String,
}

/// Walks the tree at `root` on `threads` threads (0: as many as there are processors).
///
/// With `only`, what lies neither at nor below one of its paths is left out; a file named there is taken
/// even where an ignore file would hide it. An empty `only` means the whole tree.
pub fn walk(root: &Path, only: &[TreePath], threads: usize) -> Walk {
    let found = Mutex::new(Found::default());
    let only: Arc<[TreePath]> = only.into();
    let mut builder = WalkBuilder::new(root);
    builder.standard_filters(false).follow_links(false).threads(threads);
    let (from, wanted) = (root.to_owned(), Arc::clone(&only));
    builder.filter_entry(move |entry| {
        entry.depth() == 0 || !is_hidden(entry) && on_the_way(entry.path(), &from, &wanted)
    });
    builder.build_parallel().visit(&mut Collector { root, found: &found });

    let mut found =
        found.into_inner().expect("a panicking visitor ends the walk's thread scope first");
    found.files.sort_unstable();
    let rules = IgnoreRules::new(ignore_files(root, &mut found));
    let (mut files, ignored) = rules.split(found.files);
    let (named, ignored): (Vec<TreePath>, Vec<TreePath>) =
        ignored.into_iter().partition(|path| only.contains(path));
    files.extend(named);
    files.sort_unstable();
    found.unseen.sort_unstable();
    Walk { files, ignored, unseen: found.unseen, links: found.links }
}

/// Reads the ignore files of the folders that were walked.
fn ignore_files(root: &Path, found: &mut Found) -> Vec<(String, Vec<u8>)> {
    let mut texts = Vec::new();
    for folder in &found.ignoring_folders {
        match fs::read(root.join(folder).join(IGNORE_FILE)) {
            Ok(text) => texts.push((folder.clone(), text)),
            Err(error) => {
                let path = format!("{folder}/{IGNORE_FILE}");
                found.unseen.push(Unseen { path, reason: error.to_string() });
            }
        }
    }
    texts
}

const IGNORE_FILE: &str = ".gitignore";

fn is_hidden(entry: &DirEntry) -> bool {
    let name = entry.file_name().as_encoded_bytes();
    name.starts_with(b".") && name != IGNORE_FILE.as_bytes()
}

/// Whether `name` is a file name of C source.
pub fn is_source(name: &str) -> bool {
    name.ends_with(".c") || name.ends_with(".h")
}

/// Whether `name` is a file name of a C header.
pub fn is_header(name: &str) -> bool {
    name.ends_with(".h")
}

/// Reads one file of the tree into `buffer`, whose old contents go.
pub fn read_into(root: &Path, path: &TreePath, buffer: &mut Vec<u8>) -> Result<(), Unseen> {
    buffer.clear();
    let failed = |error: io::Error| Unseen { path: path.to_string(), reason: error.to_string() };
    let mut file = fs::File::open(root.join(path.as_str())).map_err(failed)?;
    file.read_to_end(buffer).map_err(failed)?;
    if u32::try_from(buffer.len()).is_err() {
        buffer.clear();
        return Err(Unseen { path: path.to_string(), reason: "larger than 4 GiB".to_owned() });
    }
    Ok(())
}

/// Whether `path` is one of `only`, below one of them, or a folder above one of them. An ignore file
/// always is: that of a folder above speaks about what is below.
fn on_the_way(path: &Path, root: &Path, only: &[TreePath]) -> bool {
    let Ok(below) = path.strip_prefix(root) else { return true };
    if only.is_empty() || below.ends_with(IGNORE_FILE) {
        return true;
    }
    only.iter().any(|wanted| {
        let wanted = Path::new(wanted.as_str());
        below.starts_with(wanted) || wanted.starts_with(below)
    })
}

/// What the visitors bring home, unsorted.
#[derive(Default)]
struct Found {
    files: Vec<TreePath>,
    /// Folders with an ignore file, below the root; the root is the empty string.
    ignoring_folders: Vec<String>,
    unseen: Vec<Unseen>,
    links: usize,
}

/// Makes one [`Visitor`] a thread.
struct Collector<'w> {
    root: &'w Path,
    found: &'w Mutex<Found>,
}

impl<'w> ParallelVisitorBuilder<'w> for Collector<'w> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'w> {
        Box::new(Visitor { root: self.root, found: self.found, own: Found::default() })
    }
}

/// Collects without a lock and hands over when its thread ends.
struct Visitor<'w> {
    root: &'w Path,
    found: &'w Mutex<Found>,
    own: Found,
}

impl ParallelVisitor for Visitor<'_> {
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        match entry {
            Ok(entry) => self.visit_entry(&entry),
            Err(error) => self.own.unseen.push(unseen(self.root, error)),
        }
        WalkState::Continue
    }
}

impl Visitor<'_> {
    fn visit_entry(&mut self, entry: &DirEntry) {
        let Some(kind) = entry.file_type() else { return };
        if entry.file_name() == IGNORE_FILE && kind.is_file() {
            let folder = entry.path().parent().and_then(|path| path.strip_prefix(self.root).ok());
            self.own.ignoring_folders.extend(folder.and_then(Path::to_str).map(str::to_owned));
            return;
        }
        if kind.is_dir() || !entry.file_name().to_str().is_none_or(is_source) {
            return;
        }
        if kind.is_symlink() {
            self.own.links += 1;
            return;
        }
        if !kind.is_file() {
            return;
        }
        let below = entry.path().strip_prefix(self.root).unwrap_or(entry.path());
        match below.to_str().and_then(TreePath::new) {
            Some(path) => self.own.files.push(path),
            None if below.extension().is_some_and(|end| end == "c" || end == "h") => {
                let path = below.to_string_lossy().into_owned();
                self.own.unseen.push(Unseen { path, reason: "its name is not UTF-8".to_owned() });
            }
            None => {}
        }
    }
}

impl Drop for Visitor<'_> {
    fn drop(&mut self) {
        if let Ok(mut found) = self.found.lock() {
            found.files.append(&mut self.own.files);
            found.ignoring_folders.append(&mut self.own.ignoring_folders);
            found.unseen.append(&mut self.own.unseen);
            found.links += self.own.links;
        }
    }
}

/// What the walker could not do, with the path taken out of its many wrappings.
fn unseen(root: &Path, error: ignore::Error) -> Unseen {
    let (path, reason) = match error {
        ignore::Error::WithPath { path, err } => (path, err.to_string()),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => {
            return unseen(root, *err);
        }
        other => (root.to_owned(), other.to_string()),
    };
    let below = path.strip_prefix(root).unwrap_or(&path);
    Unseen { path: below.to_string_lossy().into_owned(), reason }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        dir
    }

    fn paths(walk: &Walk) -> Vec<&str> {
        walk.files.iter().map(TreePath::as_str).collect()
    }

    fn only(paths: &[&str]) -> Vec<TreePath> {
        paths.iter().map(|path| TreePath::new(path).unwrap()).collect()
    }

    #[test]
    fn sources_come_sorted_and_nothing_else_comes() {
        let dir = tree(&[
            ("fs/b.c", ""),
            ("fs/a.c", ""),
            ("block/bio.h", ""),
            ("fs/a.S", ""),
            ("fs/.hidden.c", ""),
            ("README", ""),
        ]);
        assert_eq!(paths(&walk(dir.path(), &[], 2)), ["block/bio.h", "fs/a.c", "fs/b.c"]);
    }

    #[test]
    fn ignore_files_count_without_a_repository_and_only_below_the_root() {
        let dir = tree(&[
            (".gitignore", "k/\n"),
            (".ignore", "*.c\n"),
            ("k/.gitignore", "*.mod.c\n"),
            ("k/drivers/x.mod.c", ""),
            ("k/drivers/x.c", ""),
            ("k/drivers/.gitignore", "/table.h\n"),
            ("k/drivers/table.h", ""),
        ]);
        let walked = walk(&dir.path().join("k"), &[], 1);
        assert_eq!(paths(&walked), ["drivers/x.c"]);
        assert_eq!(walked.ignored, only(&["drivers/table.h", "drivers/x.mod.c"]));
    }

    #[test]
    fn only_restricts_to_folders_and_files() {
        let dir = tree(&[
            ("fs/a.c", ""),
            ("fs/nfs/b.c", ""),
            ("fsx/c.c", ""),
            ("net/d.c", ""),
            ("net/e.c", ""),
        ]);
        let walked = walk(dir.path(), &only(&["fs", "net/e.c"]), 2);
        assert_eq!(paths(&walked), ["fs/a.c", "fs/nfs/b.c", "net/e.c"]);
    }

    #[test]
    fn a_file_named_by_the_user_is_seen_although_it_is_ignored() {
        let dir = tree(&[(".gitignore", "*.mod.c\n"), ("fs/x.mod.c", ""), ("fs/y.mod.c", "")]);
        assert_eq!(paths(&walk(dir.path(), &only(&["fs/x.mod.c"]), 1)), ["fs/x.mod.c"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_counted_and_not_followed() {
        let dir = tree(&[("include/a.h", "")]);
        std::os::unix::fs::symlink("a.h", dir.path().join("include/b.h")).unwrap();
        std::os::unix::fs::symlink("..", dir.path().join("include/up")).unwrap();
        let walked = walk(dir.path(), &[], 1);
        assert_eq!(paths(&walked), ["include/a.h"]);
        assert_eq!(walked.links, 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_not_utf8_is_unseen() {
        use std::os::unix::ffi::OsStrExt;
        let dir = tree(&[("fs/a.c", "")]);
        let name = std::ffi::OsStr::from_bytes(b"fs/\xff.c");
        fs::write(dir.path().join(name), "").unwrap();
        let walked = walk(dir.path(), &[], 1);
        assert_eq!(paths(&walked), ["fs/a.c"]);
        assert_eq!(walked.unseen.len(), 1);
        assert_eq!(walked.unseen[0].reason, "its name is not UTF-8");
    }

    #[test]
    fn a_file_that_is_gone_is_unseen_when_it_is_read() {
        let dir = tree(&[]);
        let mut buffer = b"old".to_vec();
        let gone = TreePath::new("gone.c").unwrap();
        assert_eq!(read_into(dir.path(), &gone, &mut buffer).unwrap_err().path, "gone.c");
        assert!(buffer.is_empty());
    }
}
