//! The source files of a tree.
//!
//! In: a root, and what to restrict the walk to. Out: a [`Walk`]: every `.c` and `.h` file, sorted, and
//! what could not be looked at. Nothing stops the walk: a folder that may not be opened is one entry of
//! [`Walk::unseen`].
//!
//! Left out on purpose: what `.gitignore` files leave out (build products; they are obeyed without a
//! repository too, since most trees come from a tarball), hidden files, and symbolic links, whose target
//! is walked under its own name. Ignore files above the root are not read: they speak about the tree as a
//! whole, and somebody who keeps kernels in an ignored folder still wants them scanned.

use std::fs;
use std::io;
use std::io::Read;
use std::path::Path;
use std::sync::{Arc, Mutex};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};

use crate::source::TreePath;

/// What a walk found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    /// The sources, sorted by path.
    pub files: Vec<TreePath>,
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
    let found = Mutex::new(Walk::default());
    let only: Arc<[TreePath]> = only.into();
    let mut builder = WalkBuilder::new(root);
    builder
        .hidden(true)
        .ignore(false)
        .parents(false)
        .git_global(false)
        .git_exclude(true)
        .git_ignore(true)
        .require_git(false)
        .follow_links(false)
        .threads(threads);
    if !only.is_empty() {
        let (root, only) = (root.to_owned(), Arc::clone(&only));
        builder.filter_entry(move |entry| on_the_way(entry.path(), &root, &only));
    }
    builder.build_parallel().visit(&mut Collector { root, found: &found });

    let mut walk =
        found.into_inner().expect("a panicking visitor ends the walk's thread scope first");
    for path in only.iter().filter(|path| is_source(path.file_name())) {
        if fs::symlink_metadata(root.join(path.as_str())).is_ok_and(|data| data.is_file()) {
            walk.files.push(path.clone());
        }
    }
    walk.files.sort_unstable();
    walk.files.dedup();
    walk.unseen.sort_unstable();
    walk
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

/// Whether `path` is one of `only`, below one of them, or a folder above one of them.
fn on_the_way(path: &Path, root: &Path, only: &[TreePath]) -> bool {
    let Ok(below) = path.strip_prefix(root) else { return true };
    only.iter().any(|wanted| {
        let wanted = Path::new(wanted.as_str());
        below.starts_with(wanted) || wanted.starts_with(below)
    })
}

/// Makes one [`Visitor`] a thread.
struct Collector<'w> {
    root: &'w Path,
    found: &'w Mutex<Walk>,
}

impl<'w> ParallelVisitorBuilder<'w> for Collector<'w> {
    fn build(&mut self) -> Box<dyn ParallelVisitor + 'w> {
        Box::new(Visitor { root: self.root, found: self.found, own: Walk::default() })
    }
}

/// Collects without a lock and hands over when its thread ends.
struct Visitor<'w> {
    root: &'w Path,
    found: &'w Mutex<Walk>,
    own: Walk,
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
        if let Some(error) = entry.error() {
            self.own.unseen.push(unseen(self.root, error.clone()));
        }
        let Some(kind) = entry.file_type() else { return };
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
        assert_eq!(paths(&walk(&dir.path().join("k"), &[], 1)), ["drivers/x.c"]);
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
