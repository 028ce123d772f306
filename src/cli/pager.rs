//! The pager, found and run as git does.
//!
//! Which one: `GIT_PAGER`, then `pager` of `gupatch.toml`, then git's `core.pager`, then `PAGER`, then `less`. It is
//! used where standard output is a terminal; an empty value and `cat` mean none. `LESS` and `LV` get git's
//! values where they are not set, so that colours pass and a short result does not wait for a key.

use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::SIGINT;

use crate::series::repo;

/// The command line of the pager; `None` where the result goes to the terminal as it is.
pub fn command(configured: Option<&str>, tree: &Path) -> Option<String> {
    let env = |name: &str| std::env::var(name).ok();
    let named = env("GIT_PAGER")
        .or_else(|| configured.map(str::to_owned))
        .or_else(|| repo::setting(tree, "core.pager"))
        .or_else(|| env("PAGER"))
        .unwrap_or_else(|| "less".to_owned());
    let named = named.trim();
    (!named.is_empty() && named != "cat").then(|| named.to_owned())
}

/// Shows `bytes` in `pager` and waits until the person leaves it.
///
/// Errors: the pager could not be started. One that is left before the end is no error.
pub fn show(pager: &str, bytes: &[u8]) -> io::Result<()> {
    let mut command = Command::new("sh");
    command.arg("-c").arg(pager).stdin(Stdio::piped());
    for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
    let mut child = command.spawn()?;
    // Control-C is the pager's to act on; ending here would leave it alone with the terminal.
    signal_hook::flag::register(SIGINT, Arc::new(AtomicBool::new(false)))?;
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(bytes) {
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe => return Err(e),
            Ok(()) | Err(_) => {}
        }
    }
    child.wait()?;
    Ok(())
}
