//! One file in the folder for caches: read whole, written beside and renamed, removed when nobody uses it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use xxhash_rust::xxh3::xxh3_64;

/// A cache that nobody used for so long goes when another one is written.
pub(super) const KEPT_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// What is kept of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Which files mention what.
    Index,
    /// What an earlier run found.
    Sites,
}

impl Content {
    const ALL: [Content; 2] = [Content::Index, Content::Sites];

    fn prefix(self) -> &'static str {
        match self {
            Content::Index => "index-",
            Content::Sites => "sites-",
        }
    }
}

/// The place of a cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CacheFile {
    folder: PathBuf,
    path: PathBuf,
}

impl CacheFile {
    /// The cache of `content` for the tree at `root` in `folder`, which need not exist yet.
    pub(crate) fn new(folder: &Path, content: Content, root: &Path) -> CacheFile {
        let tree = xxh3_64(root.as_os_str().as_encoded_bytes());
        let name = format!("{}{tree:016x}", content.prefix());
        CacheFile { folder: folder.to_owned(), path: folder.join(name) }
    }

    /// The one that is made of `text` as well: each text has a file of its own.
    pub(crate) fn with(self, text: &str) -> CacheFile {
        let mut name = self.path.into_os_string();
        name.push(format!("-{:016x}", xxh3_64(text.as_bytes())));
        CacheFile { folder: self.folder, path: name.into() }
    }

    #[cfg(test)]
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Its bytes; none where there is no such file.
    pub(crate) fn read(&self) -> Vec<u8> {
        fs::read(&self.path).unwrap_or_default()
    }

    /// Writes beside the old file and renames, so that a reader sees the old state or the new one.
    pub(crate) fn write(&self, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
        file.write_all(bytes)?;
        file.persist(&self.path)?;
        self.remove_unused();
        Ok(())
    }

    /// The time of the file is when it was last of use.
    pub(crate) fn mark_used(&self) {
        let file = fs::File::options().append(true).open(&self.path);
        // Nothing but the file's life time depends on it.
        let _ = file.and_then(|file| file.set_modified(SystemTime::now()));
    }

    /// Removes the caches of trees that nobody looked at for a long time.
    fn remove_unused(&self) {
        let now = SystemTime::now();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_ours = name.to_str().is_some_and(|name| {
                Content::ALL.iter().any(|content| name.starts_with(content.prefix()))
            });
            let used = entry.metadata().and_then(|data| data.modified());
            let age = used.ok().and_then(|used| now.duration_since(used).ok());
            if is_ours && age.is_some_and(|age| age > KEPT_FOR) {
                // Another run may have removed it meanwhile.
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}
