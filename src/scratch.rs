//! Folders that a run works in, and what killed runs left of theirs.
//!
//! In: a place. Out: [`Scratch`], a new folder there, which goes when the value goes. A run that is killed
//! removes nothing, so that each folder holds a file that its run keeps locked: whoever makes the next folder in
//! that place removes those whose lock nobody holds. Everything else is left alone, whatever its name.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// The file in a folder that tells whose it is.
const LOCK: &str = "gupatch.lock";
/// What is put in its place from here, beside the lock.
const CONTENT: &str = "content";

/// A folder to work in.
#[derive(Debug)]
pub struct Scratch {
    content: PathBuf,
    /// Removed before the lock is given up.
    _folder: TempDir,
    _lock: File,
}

impl Scratch {
    /// Makes a folder in `place`, whose name starts with `prefix`, and removes what dead runs left there.
    pub fn new(place: &Path, prefix: &str) -> io::Result<Scratch> {
        loop {
            let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(place)?;
            let lock = File::create_new(folder.path().join(LOCK))?;
            // Where files cannot be locked nobody gets the lock, and nobody removes anything.
            let _ = lock.lock();
            remove_dead(place, prefix, folder.path());
            // Another run may have taken it for a dead one before it was locked.
            if folder.path().join(LOCK).exists() {
                let content = folder.path().join(CONTENT);
                return Ok(Scratch { content, _folder: folder, _lock: lock });
            }
        }
    }

    /// A path in the folder, where nothing is yet. What is moved away from there stays.
    pub fn content(&self) -> &Path {
        &self.content
    }
}

/// Removes the folders in `place` that dead runs left; `mine` is of this run.
fn remove_dead(place: &Path, prefix: &str, mine: &Path) {
    for entry in fs::read_dir(place).into_iter().flatten().flatten() {
        let path = entry.path();
        let ours = entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes());
        // A link to a folder is not one here.
        if !ours || path == mine || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        // Opened for writing, which only who may remove it can.
        let lock = File::options().write(true).open(path.join(LOCK));
        if lock.is_ok_and(|lock| lock.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(path);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dead_runs_left_is_removed_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let dead = place.path().join(".x-dead");
        fs::create_dir_all(dead.join(CONTENT)).unwrap();
        fs::write(dead.join(LOCK), "").unwrap();
        let of_a_person = place.path().join(".x-mails");
        fs::create_dir(&of_a_person).unwrap();
        let of_others = place.path().join(".y-dead");
        fs::create_dir(&of_others).unwrap();
        fs::write(of_others.join(LOCK), "").unwrap();
        let alive = Scratch::new(place.path(), ".x-").unwrap();
        assert!(!dead.exists());
        fs::create_dir(alive.content()).unwrap();
        let next = Scratch::new(place.path(), ".x-").unwrap();
        assert!(alive.content().exists() && of_a_person.exists() && of_others.exists());
        drop((alive, next));
        assert_eq!(fs::read_dir(place.path()).unwrap().count(), 2);
    }
}
