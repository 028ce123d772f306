//! The function a hunk lies in, as git's hunk headers name it.
//!
//! In: one line. Out: the text for the header, or nothing. Git picks the rule by the `diff` attribute of
//! a path; the kernel's `.gitattributes` gives `*.c` and `*.h` the driver `cpp`, and all else that a
//! series touches has none.

use std::sync::LazyLock;

use regex::bytes::Regex;

use crate::source::TreePath;

/// Git keeps this many bytes of a function line.
const LONGEST_NAME: usize = 80;

/// Which lines count as the start of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FuncName {
    /// No driver: a line that starts with a letter, `_` or `$`.
    Plain,
    /// The driver `cpp`: the same without jump labels, and without `$`.
    Cpp,
}

impl FuncName {
    /// What the kernel's own `.gitattributes` says about `path`.
    pub fn of_path(path: &TreePath) -> FuncName {
        match path.as_str().rsplit_once('.') {
            Some((_, "c" | "h")) => FuncName::Cpp,
            Some(_) | None => FuncName::Plain,
        }
    }

    /// The text of `line` for a hunk header, or `None` where it starts no function.
    pub(super) fn match_line(self, line: &[u8]) -> Option<&[u8]> {
        let first = *line.first()?;
        let starts = first.is_ascii_alphabetic() || first == b'_';
        let wanted = match self {
            FuncName::Plain => starts || first == b'$',
            FuncName::Cpp => (starts || first == b':') && cpp_starts(line),
        };
        wanted.then(|| line[..line.len().min(LONGEST_NAME)].trim_ascii_end())
    }
}

/// A top-level name, `::name` included, that is no label: `out:`, also with a comment behind it.
fn cpp_starts(line: &[u8]) -> bool {
    static LABEL: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"(?-u)^[A-Za-z_][A-Za-z_0-9]*:\s*($|/[/*])").expect("a fixed pattern compiles")
    });
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"(?-u)^(::\s*)?[A-Za-z_]").expect("a fixed pattern compiles"));
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    NAME.is_match(line) && !LABEL.is_match(line)
}
