//! Which files take a rule longest: for authors of rules that are to run on a whole tree.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many files are named.
const NAMED: usize = 5;

/// The time that each file took, where that was asked for.
#[derive(Debug, Default)]
pub(super) struct Timings {
    files: Option<Mutex<Vec<(Duration, PathBuf)>>>,
}

impl Timings {
    /// Measures, or does nothing.
    pub(super) fn new(wanted: bool) -> Timings {
        Timings { files: wanted.then(Mutex::default) }
    }

    /// Does `work` for the file at `path`.
    pub(super) fn measure<T>(&self, path: &Path, work: impl FnOnce() -> T) -> T {
        let Some(files) = &self.files else { return work() };
        let start = Instant::now();
        let done = work();
        let took = (start.elapsed(), path.to_owned());
        files.lock().unwrap_or_else(PoisonError::into_inner).push(took);
        done
    }

    /// Prints the files that took longest and the sum of all.
    pub(super) fn print(self, err: &mut dyn Write) -> std::io::Result<()> {
        let Some(files) = self.files else { return Ok(()) };
        let mut files = files.into_inner().unwrap_or_else(PoisonError::into_inner);
        files.sort_by(|a, b| b.cmp(a));
        let sum: Duration = files.iter().map(|(took, _)| *took).sum();
        writeln!(err, "{:8.3} s  {} files", sum.as_secs_f64(), files.len())?;
        for (took, path) in files.iter().take(NAMED) {
            writeln!(err, "{:8.3} s  {}", took.as_secs_f64(), path.display())?;
        }
        Ok(())
    }
}
