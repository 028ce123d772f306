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

    /// The same, where a part of the input was not seen: never a plain [`Exit::Nothing`] with `strict`.
    pub fn with_unseen(self, something_unseen: bool, strict: bool) -> Exit {
        if something_unseen && strict { Exit::Failed } else { self }
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
