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

/// The `diff` attributes of a repository's top `.gitattributes`.
///
/// Patterns for file names are read (`*.c`, `Makefile`) and whole paths; others, which the kernel does not
/// have, count for nothing. A driver other than `cpp` finds functions by the plain rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DiffAttributes(Vec<(String, FuncName)>);

impl DiffAttributes {
    /// Reads the file; empty bytes for a repository without one.
    pub fn parse(text: &[u8]) -> DiffAttributes {
        let text = String::from_utf8_lossy(text);
        let rules = text.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let pattern = words.next().filter(|pattern| !pattern.starts_with('#'))?;
            let about_diff = |word: &&str| word.trim_start_matches(['-', '!']).starts_with("diff");
            let name = match words.rfind(about_diff)? {
                "diff=cpp" => FuncName::Cpp,
                _ => FuncName::Plain,
            };
            Some((pattern.trim_start_matches('/').to_owned(), name))
        });
        DiffAttributes(rules.collect())
    }

    /// The rule for `path`: the last line that fits counts.
    pub fn of_path(&self, path: &TreePath) -> FuncName {
        let fits = |pattern: &str| match pattern.strip_prefix('*') {
            Some(end) => !end.contains(['*', '/']) && path.file_name().ends_with(end),
            None if pattern.contains('/') => path.as_str() == pattern,
            None => path.file_name() == pattern,
        };
        let found = self.0.iter().rev().find(|(pattern, _)| fits(pattern));
        found.map_or(FuncName::Plain, |(_, name)| *name)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_fitting_attribute_counts() {
        let text = b"# none\n*.c text diff=cpp\n*.py diff=python\nodd.c -diff\n";
        let attributes = DiffAttributes::parse(text);
        let of = |path: &str| attributes.of_path(&TreePath::new(path).unwrap());
        assert_eq!(of("fs/a.c"), FuncName::Cpp);
        assert_eq!(of("fs/odd.c"), FuncName::Plain);
        assert_eq!(of("fs/a.h"), FuncName::Plain);
        assert_eq!(of("a.py"), FuncName::Plain);
    }
}
