//! Changes into the working tree: all files or none, and never half a file.
//!
//! In: [`FileChange`]s made from bytes that were read some time ago. Every new content is first written
//! and synced beside its file; only when all are there, and every file still holds the bytes the change
//! was made from, are they renamed into place. A rename either happened or did not, so a killed process
//! leaves old or new content in each file. If a rename fails, those before it are put back.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};
use thiserror::Error;

use crate::diff::FileChange;
use crate::source::TreePath;

/// Why nothing was changed.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// Somebody else wrote the file in the meantime.
    #[error("{0} changed since it was read; nothing was written\n  hint: run the command again")]
    Changed(TreePath),
    /// A file that is to be made is there already.
    #[error("{0} exists already; nothing was written")]
    Exists(TreePath),
    /// A file could not be read, written or renamed.
    #[error("{path}: {source}; the tree is as it was")]
    Io {
        /// The file in question.
        path: TreePath,
        /// What the system said.
        source: io::Error,
    },
    /// A rename failed and so did putting things back.
    #[error(
        "{path}: {source}; and {unrestored} could not be put back, its old content is in {backup}"
    )]
    Torn {
        /// The file whose rename failed.
        path: TreePath,
        /// What the system said.
        source: io::Error,
        /// A file that has new content although others have not.
        unrestored: TreePath,
        /// Where its old content is.
        backup: PathBuf,
    },
}

/// A file that is ready to be renamed into place.
struct Staged<'c> {
    change: &'c FileChange,
    target: PathBuf,
    new: NamedTempFile,
}

/// Writes `changes` into the tree at `root`.
///
/// Errors: see [`ApplyError`]; whatever it is, the tree is as it was, but for [`ApplyError::Torn`].
pub fn apply(root: &Path, changes: &[FileChange]) -> Result<(), ApplyError> {
    let staged: Vec<Staged<'_>> =
        changes.iter().map(|change| stage(root, change)).collect::<Result<_, _>>()?;
    for file in &staged {
        check_unchanged(file)?;
    }
    let mut done: Vec<(&FileChange, PathBuf, Option<TempPath>)> = Vec::new();
    for Staged { change, target, new } in staged {
        match commit(change, &target, new) {
            Ok(backup) => done.push((change, target, backup)),
            Err(source) => return Err(roll_back(change, source, done)),
        }
    }
    Ok(())
}

/// Writes the new content beside the file, with the file's permissions.
fn stage<'c>(root: &Path, change: &'c FileChange) -> Result<Staged<'c>, ApplyError> {
    let target = root.join(change.path.as_str());
    let io_error = |source| ApplyError::Io { path: change.path.clone(), source };
    let folder = target.parent().unwrap_or(root);
    let mut new = NamedTempFile::new_in(folder).map_err(io_error)?;
    new.write_all(&change.after).map_err(io_error)?;
    if change.before.is_some() {
        let permissions = fs::metadata(&target).map_err(io_error)?.permissions();
        new.as_file().set_permissions(permissions).map_err(io_error)?;
    } else {
        new.as_file()
            .set_permissions(default_permissions(folder).map_err(io_error)?)
            .map_err(io_error)?;
    }
    new.as_file().sync_all().map_err(io_error)?;
    Ok(Staged { change, target, new })
}

/// What a plain `open` would give a new file; a temporary one is private.
fn default_permissions(folder: &Path) -> io::Result<fs::Permissions> {
    let probe = tempfile::Builder::new().make_in(folder, |path| File::create_new(path))?;
    Ok(probe.as_file().metadata()?.permissions())
}

fn check_unchanged(file: &Staged<'_>) -> Result<(), ApplyError> {
    let path = || file.change.path.clone();
    match (&file.change.before, fs::read(&file.target)) {
        (Some(before), Ok(now)) if *before == now => Ok(()),
        (Some(_), Ok(_)) => Err(ApplyError::Changed(path())),
        (None, Ok(_)) => Err(ApplyError::Exists(path())),
        (None, Err(e)) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        (_, Err(source)) => Err(ApplyError::Io { path: path(), source }),
    }
}

/// Renames the new content into place; gives the old content's other name, under which it can be put back.
fn commit(change: &FileChange, target: &Path, new: NamedTempFile) -> io::Result<Option<TempPath>> {
    if change.before.is_none() {
        new.persist_noclobber(target).map_err(|e| e.error)?;
        return Ok(None);
    }
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    let folder = target.parent().unwrap_or(Path::new("."));
    let backup = tempfile::Builder::new()
        .prefix(&name)
        .suffix(".gupatch-old")
        .make_in(folder, |path| fs::hard_link(target, path))?
        .into_temp_path();
    new.persist(target).map_err(|e| e.error)?;
    Ok(Some(backup))
}

fn roll_back(
    failed: &FileChange,
    source: io::Error,
    done: Vec<(&FileChange, PathBuf, Option<TempPath>)>,
) -> ApplyError {
    for (change, target, backup) in done.into_iter().rev() {
        let restored = match backup {
            // The only copy of the old content must not be removed with its guard.
            Some(backup) => backup
                .persist(&target)
                .map_err(|e| e.path.keep().unwrap_or_else(|e| e.path.to_path_buf())),
            None => fs::remove_file(&target).map_err(|_| target.clone()),
        };
        if let Err(backup) = restored {
            let unrestored = change.path.clone();
            return ApplyError::Torn { path: failed.path.clone(), source, unrestored, backup };
        }
    }
    ApplyError::Io { path: failed.path.clone(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, before: Option<&str>, after: &str) -> FileChange {
        FileChange {
            path: TreePath::new(path).unwrap(),
            before: before.map(|text| text.into()),
            after: after.into(),
        }
    }

    fn names(root: &Path) -> Vec<String> {
        let entries = fs::read_dir(root).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn all_files_are_replaced_and_nothing_else_is_left() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.c"), "old a").unwrap();
        fs::write(dir.path().join("b.c"), "old b").unwrap();
        let changes = [
            change("a.c", Some("old a"), "new a"),
            change("b.c", Some("old b"), "new b"),
            change("c.c", None, "c"),
        ];
        apply(dir.path(), &changes).unwrap();
        assert_eq!(fs::read(dir.path().join("a.c")).unwrap(), b"new a");
        assert_eq!(fs::read(dir.path().join("b.c")).unwrap(), b"new b");
        assert_eq!(names(dir.path()), ["a.c", "b.c", "c.c"]);
    }

    #[test]
    fn a_file_that_changed_meanwhile_stops_all_of_it() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.c"), "old a").unwrap();
        fs::write(dir.path().join("b.c"), "edited").unwrap();
        let changes =
            [change("a.c", Some("old a"), "new a"), change("b.c", Some("old b"), "new b")];
        let error = apply(dir.path(), &changes).unwrap_err();
        assert!(matches!(error, ApplyError::Changed(path) if path.as_str() == "b.c"));
        assert_eq!(fs::read(dir.path().join("a.c")).unwrap(), b"old a");
        assert_eq!(names(dir.path()), ["a.c", "b.c"]);
    }

    #[test]
    fn what_was_renamed_is_put_back_when_a_later_rename_fails() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.c"), "new a").unwrap();
        fs::write(dir.path().join(".old"), "old a").unwrap();
        let backup = TempPath::try_from_path(dir.path().join(".old")).unwrap();
        let first = change("a.c", Some("old a"), "new a");
        let second = change("b.c", Some("x"), "y");
        let done = vec![(&first, dir.path().join("a.c"), Some(backup))];
        let error = roll_back(&second, io::Error::other("disc full"), done);
        assert!(error.to_string().contains("the tree is as it was"));
        assert_eq!(fs::read(dir.path().join("a.c")).unwrap(), b"old a");
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.sh");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        apply(dir.path(), &[change("a.sh", Some("old"), "new")]).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o755);
    }
}
