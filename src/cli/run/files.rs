//! Which files `gupatch run` looks at.
//!
//! In: the paths that were given. Out: the files, each once. Folders are walked by as many threads as the
//! rules will have; what they find comes in any order and is sorted by its bytes, for comparing paths part
//! by part takes as long as reading half of the files.

use std::path::{Path, PathBuf};

use anyhow::bail;

/// The files below `paths`, `.h` files in folders only with `headers`.
pub(super) fn files(paths: &[PathBuf], headers: bool, jobs: usize) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_file() {
            files.push(path.clone());
            continue;
        }
        if !path.is_dir() {
            bail!("{} is neither a file nor a folder", path.display());
        }
        files.extend(below(path, headers, jobs)?);
    }
    files.sort_unstable_by(|a, b| a.as_os_str().cmp(b.as_os_str()));
    files.dedup();
    Ok(files)
}

/// The sources below a folder, in any order.
fn below(folder: &Path, headers: bool, jobs: usize) -> anyhow::Result<Vec<PathBuf>> {
    let (sender, receiver) = std::sync::mpsc::channel();
    ignore::WalkBuilder::new(folder).threads(jobs).build_parallel().run(|| {
        let sender = sender.clone();
        Box::new(move |entry| {
            let found = entry.map(|entry| {
                let extension = entry.path().extension().and_then(|found| found.to_str());
                let wanted = extension == Some("c") || headers && extension == Some("h");
                let is_file = entry.file_type().is_some_and(|kind| kind.is_file());
                (wanted && is_file).then(|| entry.into_path())
            });
            if !matches!(found, Ok(None)) {
                // The receiver lives until all senders are gone.
                let _ = sender.send(found);
            }
            ignore::WalkState::Continue
        })
    });
    drop(sender);
    let found = receiver.into_iter().collect::<Result<Vec<_>, _>>()?;
    Ok(found.into_iter().flatten().collect())
}
