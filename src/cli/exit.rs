//! Exit statuses: the part of the interface that scripts see first.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Exit {
    /// Nothing to do, nothing found.
    Nothing,
    /// Findings, or: something would change or did.
    Findings,
    /// The tool or its input failed, or with `--strict` something was not seen.
    Failed,
}

impl Exit {
    /// [`Exit::Findings`] where there is something, else [`Exit::Nothing`].
    pub fn found(something: bool) -> Exit {
        if something { Exit::Findings } else { Exit::Nothing }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Nothing => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
        })
    }
}
