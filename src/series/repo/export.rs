//! All files of the base in a folder, as a build needs them.
//!
//! In: an open repository. Out: a folder that holds what a checkout of the base would. A file that has its bytes already
//! is not written again, so that make sees what is new and nothing else.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid, TreeWalkMode, TreeWalkResult};
use ignore::WalkBuilder;
use rayon::prelude::*;

use super::{RepoError, Repository, git_error};

/// Files of one thread's turn.
const CHUNK: usize = 512;

/// How git keeps a symbolic link.
const LINK: i32 = 0o120_000;

/// The bit of a file that can be run.
const RUN: i32 = 0o100;

impl Repository {
    /// Makes `to` hold the files of the base and no others.
    ///
    /// Errors: an object that cannot be read, a folder that cannot be written to.
    pub fn export(&self, to: &Path) -> Result<(), RepoError> {
        let failed = "read the tree of the commit";
        let root = self.git.find_tree(self.root).map_err(git_error(failed))?;
        let mut files: BTreeMap<PathBuf, (Oid, i32)> = BTreeMap::new();
        let walked = root.walk(TreeWalkMode::PreOrder, |folder, entry| {
            if let (Ok(name), Some(ObjectType::Blob)) = (entry.name(), entry.kind()) {
                let path = PathBuf::from(format!("{folder}{name}"));
                files.insert(path, (entry.id(), entry.filemode()));
            }
            TreeWalkResult::Ok
        });
        walked.map_err(git_error(failed))?;
        let failed = |path: &Path, error: io::Error| RepoError::Git {
            doing: format!("write {}", path.display()),
            message: error.to_string(),
        };
        for entry in WalkBuilder::new(to).standard_filters(false).build().flatten() {
            let path = entry.path();
            let is_ours = path.strip_prefix(to).is_ok_and(|path| files.contains_key(path));
            let is_folder = entry.file_type().is_none_or(|kind| kind.is_dir());
            if !is_folder && !is_ours {
                fs::remove_file(path).map_err(|error| failed(path, error))?;
            }
        }
        let all: Vec<(&PathBuf, &(Oid, i32))> = files.iter().collect();
        let git = self.git.path();
        all.par_chunks(CHUNK).try_for_each(|chunk| {
            let git = git2::Repository::open(git).map_err(git_error("open the repository"))?;
            for &(path, &(id, mode)) in chunk {
                let doing = || git_error(format!("read {}", path.display()));
                let blob = git.find_blob(id).map_err(doing())?;
                let target = to.join(path);
                write(&target, blob.content(), mode).map_err(|error| failed(&target, error))?;
            }
            Ok(())
        })
    }
}

/// Writes one file, unless it is there.
fn write(path: &Path, bytes: &[u8], mode: i32) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    if mode == LINK {
        return link(path, bytes);
    }
    if fs::read(path).is_ok_and(|there| there == bytes) {
        return Ok(());
    }
    fs::write(path, bytes)?;
    if mode & RUN == 0 { Ok(()) } else { let_run(path) }
}

#[cfg(unix)]
fn link(path: &Path, to: &[u8]) -> io::Result<()> {
    use std::os::unix::ffi::OsStrExt;

    let to = Path::new(std::ffi::OsStr::from_bytes(to));
    if fs::read_link(path).is_ok_and(|there| there == to) {
        return Ok(());
    }
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::os::unix::fs::symlink(to, path)
}

#[cfg(unix)]
fn let_run(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

#[cfg(not(unix))]
fn link(path: &Path, to: &[u8]) -> io::Result<()> {
    fs::write(path, to)
}

#[cfg(not(unix))]
fn let_run(_: &Path) -> io::Result<()> {
    Ok(())
}
