//! When a file is the one that was read before.

use std::path::Path;
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Stamp {
    /// Size, device, inode, and the two times in seconds and nanoseconds.
    pub(super) words: [u64; 7],
}

/// The time at which a run looks at the tree.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    settled: Duration,
}

/// A change within this time of the look may be followed by another one with the same times: the tick of
/// a kernel's clock is at most 10 ms, that of a file system may be 2 s.
const UNSETTLED: Duration = Duration::from_secs(3);

impl Clock {
    pub(super) fn now() -> Clock {
        Clock::at(SystemTime::now())
    }

    pub(super) fn at(time: SystemTime) -> Clock {
        let now = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Clock { settled: now.saturating_sub(UNSETTLED) }
    }
}

impl Stamp {
    /// The stamp of the file at `path`; `None` where it cannot be had or would not be a proof.
    #[cfg(unix)]
    pub(super) fn of(path: &Path, clock: Clock) -> Option<Stamp> {
        use std::os::unix::fs::MetadataExt;
        let data = std::fs::symlink_metadata(path).ok().filter(|data| data.is_file())?;
        let is_settled = |seconds: i64, nanoseconds: i64| {
            let time =
                Duration::new(u64::try_from(seconds).ok()?, u32::try_from(nanoseconds).ok()?);
            (time < clock.settled).then_some(())
        };
        // A time of last change that lies in the future was set by somebody; what counts is the other one.
        is_settled(data.ctime(), data.ctime_nsec())?;
        let words = [
            data.size(),
            data.dev(),
            data.ino(),
            data.mtime() as u64,
            data.mtime_nsec() as u64,
            data.ctime() as u64,
            data.ctime_nsec() as u64,
        ];
        Some(Stamp { words })
    }

    /// Elsewhere there is no time that a program cannot set.
    #[cfg(not(unix))]
    pub(super) fn of(_: &Path, _: Clock) -> Option<Stamp> {
        None
    }
}
