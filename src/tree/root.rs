//! Where a kernel tree starts and which version it is.
//!
//! In: any folder inside a tree. Out: a [`KernelTree`]. A root is a folder whose `Makefile` sets `VERSION`
//! and `PATCHLEVEL` and which has at least two of the other things every kernel has had for twenty years.
//! Not all of them are asked for: distributions strip `Documentation/`, sparse checkouts leave out more.

use std::fmt;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::source::TreePath;

/// What stands beside the `Makefile` of a root.
const MARKERS: [&str; 4] = ["MAINTAINERS", "Kbuild", "Documentation", "include/linux"];

/// How many of [`MARKERS`] make a folder with a versioned `Makefile` a root.
const MARKERS_NEEDED: usize = 2;

/// The version a kernel's `Makefile` names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KernelVersion {
    /// `VERSION`.
    pub version: u32,
    /// `PATCHLEVEL`.
    pub patchlevel: u32,
    /// `SUBLEVEL`; 0 where the file does not set it.
    pub sublevel: u32,
    /// `EXTRAVERSION`, such as `-rc3`; mostly empty.
    pub extra: String,
}

impl KernelVersion {
    /// Reads the version out of the text of a top-level `Makefile`.
    pub fn from_makefile(text: &[u8]) -> Option<KernelVersion> {
        let text = String::from_utf8_lossy(text);
        let value = |name: &str| {
            text.lines().find_map(|line| {
                let value = line.strip_prefix(name)?.trim_start().strip_prefix('=')?;
                Some(value.trim())
            })
        };
        Some(KernelVersion {
            version: value("VERSION")?.parse().ok()?,
            patchlevel: value("PATCHLEVEL")?.parse().ok()?,
            sublevel: value("SUBLEVEL").and_then(|text| text.parse().ok()).unwrap_or(0),
            extra: value("EXTRAVERSION").unwrap_or_default().to_owned(),
        })
    }
}

impl fmt::Display for KernelVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}{}", self.version, self.patchlevel, self.sublevel, self.extra)
    }
}

/// Why no kernel tree was found.
#[derive(Debug, thiserror::Error)]
pub enum RootError {
    /// The folder to start from cannot be entered.
    #[error("cannot open {}", .path.display())]
    Unreadable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Neither the folder nor any above it looks like a kernel.
    #[error("no kernel tree in {} or any folder above it", .0.display())]
    NotFound(PathBuf),
}

impl RootError {
    /// What the user can do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            RootError::Unreadable { .. } => "name an existing folder of an unpacked kernel tree",
            RootError::NotFound(_) => {
                "name a folder of an unpacked kernel tree: its root has a Makefile that sets VERSION and \
                 PATCHLEVEL, beside MAINTAINERS, Kbuild and include/linux"
            }
        }
    }
}

/// The root of a kernel tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KernelTree {
    /// The root folder: absolute, symlinks resolved.
    pub root: PathBuf,
    /// The version from its `Makefile`.
    pub version: KernelVersion,
}

impl KernelTree {
    /// Finds the tree that holds `from`, a folder or a file: the nearest root, going up.
    pub fn find(from: &Path) -> Result<KernelTree, RootError> {
        let start = fs::canonicalize(from)
            .map_err(|source| RootError::Unreadable { path: from.to_owned(), source })?;
        start
            .ancestors()
            .find_map(KernelTree::at)
            .ok_or_else(|| RootError::NotFound(from.to_owned()))
    }

    /// The tree whose root is exactly `root`, if it is one.
    fn at(root: &Path) -> Option<KernelTree> {
        let makefile = fs::read(root.join("Makefile")).ok()?;
        let version = KernelVersion::from_makefile(&makefile)?;
        let markers = MARKERS.iter().filter(|marker| root.join(marker).exists()).count();
        (markers >= MARKERS_NEEDED).then(|| KernelTree { root: root.to_owned(), version })
    }

    /// Where `path` is on disk.
    pub fn on_disk(&self, path: &TreePath) -> PathBuf {
        self.root.join(path.as_str())
    }

    /// What the user means by `given`: a path below `cwd` if there is such a file or folder in the tree,
    /// else one below the root. [`Place::Outside`] where it is neither.
    pub fn place(&self, given: &Path, cwd: &Path) -> Place {
        let candidates = [cwd.join(given), self.root.join(given)];
        let Some(found) = candidates.iter().find_map(|path| fs::canonicalize(path).ok()) else {
            return Place::Missing;
        };
        let Ok(below) = found.strip_prefix(&self.root) else {
            return Place::Outside;
        };
        if below.components().next().is_none() {
            return Place::Root;
        }
        let parts: Option<Vec<&str>> = below
            .components()
            .map(|part| match part {
                Component::Normal(name) => name.to_str(),
                Component::Prefix(_)
                | Component::RootDir
                | Component::CurDir
                | Component::ParentDir => None,
            })
            .collect();
        let path = parts.and_then(|parts| TreePath::new(&parts.join("/")));
        path.map_or(Place::Missing, Place::Below)
    }
}

/// Where a path that the user named lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// It is the root itself: no restriction.
    Root,
    /// A file or folder of the tree.
    Below(TreePath),
    /// It exists, but not in this tree.
    Outside,
    /// There is no such file or folder, or its name is not UTF-8.
    Missing,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minitree() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/minitree")
    }

    #[test]
    fn the_root_is_found_from_any_folder_and_file_below_it() {
        for from in ["", "fs", "include/linux", "drivers/gpu/ugem.c"] {
            let tree = KernelTree::find(&minitree().join(from)).unwrap();
            assert_eq!(tree.root, fs::canonicalize(minitree()).unwrap(), "{from}");
            assert_eq!(tree.version.to_string(), "6.1.0-mini");
        }
    }

    #[test]
    fn a_folder_outside_any_tree_is_refused_with_a_hint() {
        let scratch = tempfile::tempdir().unwrap();
        fs::write(scratch.path().join("Makefile"), "VERSION = 6\nPATCHLEVEL = 1\n").unwrap();
        let error = KernelTree::find(scratch.path()).unwrap_err();
        assert!(matches!(error, RootError::NotFound(_)), "a Makefile alone is no kernel");
        assert!(error.hint().contains("MAINTAINERS"));
        let error = KernelTree::find(&scratch.path().join("gone")).unwrap_err();
        assert!(matches!(error, RootError::Unreadable { .. }));
    }

    #[test]
    fn versions_are_read_as_make_reads_them() {
        let read =
            |text: &str| KernelVersion::from_makefile(text.as_bytes()).map(|v| v.to_string());
        assert_eq!(
            read("VERSION = 6\nPATCHLEVEL=12\nSUBLEVEL = 9\nEXTRAVERSION = -rc1\n").unwrap(),
            "6.12.9-rc1"
        );
        assert_eq!(read("VERSION = 2\nPATCHLEVEL = 6\n").unwrap(), "2.6.0");
        assert_eq!(read("VERSION_MAJOR = 2\nPATCHLEVEL = 6\n"), None);
        assert_eq!(read("VERSION = $(X)\nPATCHLEVEL = 6\n"), None);
    }

    #[test]
    fn a_named_path_is_looked_up_from_the_current_folder_and_then_from_the_root() {
        let tree = KernelTree::find(&minitree()).unwrap();
        let place = |given: &str, cwd: &Path| tree.place(Path::new(given), cwd);
        let below = |path: &str| Place::Below(TreePath::new(path).unwrap());
        assert_eq!(place("gpu/ugem.c", &tree.root.join("drivers")), below("drivers/gpu/ugem.c"));
        assert_eq!(place("fs/", &tree.root.join("drivers")), below("fs"));
        assert_eq!(place("..", &tree.root.join("fs")), Place::Root);
        assert_eq!(place("/", &tree.root), Place::Outside);
        assert_eq!(place("nowhere", &tree.root), Place::Missing);
    }
}
