//! Mails in a folder, all or none.
//!
//! In: files. Out: a folder that holds them. They are written beside it and moved in one step, so that the
//! folder is never there in part. A folder that holds something is left alone.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::MailFile;
use crate::scratch::Scratch;

/// Why the mails are not in their folder.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Something is there.
    #[error("{} is not an empty folder", .0.display())]
    NotEmpty(PathBuf),
    /// What the system says.
    #[error("cannot write {}: {source}", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
}

impl WriteError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            WriteError::NotEmpty(_) => Some("name a new folder with -o, or empty that one"),
            WriteError::Io { .. } => Some(
                "name a folder in a place with room that you can write to; there is no branch yet",
            ),
        }
    }
}

/// Checks, before any work is done, that `dir` can take the mails.
pub fn check_dir(dir: &Path) -> Result<(), WriteError> {
    let failed = |source| WriteError::Io { path: dir.to_owned(), source };
    match fs::symlink_metadata(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(failed(error)),
        Ok(found) if !found.is_dir() => Err(WriteError::NotEmpty(dir.to_owned())),
        Ok(_) if fs::read_dir(dir).map_err(failed)?.next().is_some() => {
            Err(WriteError::NotEmpty(dir.to_owned()))
        }
        Ok(_) => Ok(()),
    }
}

/// Writes `files`, whose names may have a folder in front, to the folder `dir`, which is made with the folders above it.
pub fn write_dir(dir: &Path, files: &[MailFile]) -> Result<(), WriteError> {
    check_dir(dir)?;
    let failed = |path: &Path| {
        let path = path.to_owned();
        move |source| WriteError::Io { path, source }
    };
    let above = match dir.parent() {
        Some(above) if !above.as_os_str().is_empty() => above,
        Some(_) | None => Path::new("."),
    };
    fs::create_dir_all(above).map_err(failed(above))?;
    // Removed again when something fails on the way.
    let beside = Scratch::new(above, ".gupatch-series-").map_err(failed(above))?;
    for MailFile { name, bytes } in files {
        let path = beside.content().join(name);
        // The postings of a campaign have a folder each.
        let folder = path.parent().unwrap_or(beside.content());
        fs::create_dir_all(folder).map_err(failed(folder))?;
        fs::write(&path, bytes).map_err(failed(&path))?;
    }
    fs::rename(beside.content(), dir).map_err(failed(dir))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_whole_or_untouched() {
        let root = tempfile::tempdir().unwrap();
        let files = [MailFile { name: "0000-a.patch".into(), bytes: b"x".to_vec() }];
        let dir = root.path().join("new/out");
        write_dir(&dir, &files).unwrap();
        assert_eq!(fs::read(dir.join("0000-a.patch")).unwrap(), b"x");
        assert!(matches!(write_dir(&dir, &files), Err(WriteError::NotEmpty(_))));
        let file = |name: &str| MailFile { name: name.into(), bytes: Vec::new() };
        let bad = [file("part-1/a"), file("part-1/a/b")];
        let other = root.path().join("new/other");
        assert!(write_dir(&other, &bad).is_err());
        assert!(!other.exists());
        assert_eq!(fs::read_dir(root.path().join("new")).unwrap().count(), 1);
    }
}
