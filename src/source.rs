//! Source text: the bytes of one file, spans over them, and the only line and column arithmetic.
//!
//! In: the bytes of a file, whatever they are (Latin-1, NUL, CRLF, no final newline). Out: [`Span`]s,
//! which always mean *original bytes*, and [`Location`]s, which are for people. Nothing here decodes
//! text: a column counts bytes, as compilers and editors do for ASCII kernel code.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use bstr::{BStr, ByteSlice};
use serde::{Deserialize, Serialize};

/// A file's path below the root of the tree, with `/` between components and without a leading `./`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct TreePath(Arc<str>);

impl TreePath {
    /// Makes a tree path out of `path`: back slashes stay, a leading `./` and doubled slashes go.
    ///
    /// An absolute path, an empty one, or one with a `..` component is not below the root: `None`.
    pub fn new(path: &str) -> Option<TreePath> {
        if path.starts_with('/') {
            return None;
        }
        let parts: Vec<&str> = path.split('/').filter(|p| !p.is_empty() && *p != ".").collect();
        if parts.is_empty() || parts.contains(&"..") {
            return None;
        }
        Some(TreePath(parts.join("/").into()))
    }

    /// The whole path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().expect("split gives at least one part")
    }

    /// The folder, without a trailing slash; empty for a file at the root.
    pub fn folder(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(folder, _)| folder)
    }
}

impl<'de> Deserialize<'de> for TreePath {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<TreePath, D::Error> {
        let text = String::deserialize(deserializer)?;
        let error = || serde::de::Error::custom(format!("`{text}` is no path below the root"));
        TreePath::new(&text).ok_or_else(error)
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A half-open range of original bytes in one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `start..end`. Panics where `end` lies before `start`.
    pub fn new(start: u32, end: u32) -> Span {
        assert!(start <= end, "a span does not run backwards: {start}..{end}");
        Span { start, end }
    }

    /// The span's length in bytes.
    pub fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// The span as a range that indexes the file's bytes.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The smallest span that holds both.
    pub fn join(self, other: Span) -> Span {
        Span { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// A place for people: 1-based line, 1-based column in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Location {
    /// 1-based.
    pub line: u32,
    /// 1-based, in bytes.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// Where each line of a text starts. A line ends after `\n`; a lone `\r` ends nothing, as in C.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
    len: u32,
}

impl LineIndex {
    /// Finds the line starts of `text`.
    pub fn new(text: &[u8]) -> LineIndex {
        let mut starts = Vec::with_capacity(text.len() / 28 + 1);
        starts.push(0);
        starts.extend(memchr::memchr_iter(b'\n', text).map(|at| at as u32 + 1));
        LineIndex { starts, len: text.len() as u32 }
    }

    /// The place of byte `offset`; an offset past the end is the end.
    pub fn location(&self, offset: u32) -> Location {
        let offset = offset.min(self.len);
        let line = self.starts.partition_point(|&start| start <= offset);
        Location { line: line as u32, column: offset - self.starts[line - 1] + 1 }
    }

    /// The bytes of 1-based `line`, its newline included; `None` where the text has no such line.
    pub fn line_span(&self, line: u32) -> Option<Span> {
        let start = *self.starts.get((line as usize).checked_sub(1)?)?;
        let end = self.starts.get(line as usize).copied().unwrap_or(self.len);
        Some(Span { start, end })
    }

    /// How many lines there are: newlines, plus one for a last line without one.
    pub fn line_count(&self) -> u32 {
        let last = *self.starts.last().expect("line 1 always starts at 0");
        self.starts.len() as u32 - u32::from(last == self.len)
    }
}

/// The line of source text at 1-based `line`, without its newline and outer white space, for messages.
pub fn line_text<'t>(text: &'t [u8], index: &LineIndex, line: u32) -> &'t BStr {
    index.line_span(line).map_or(b"".as_bstr(), |span| text[span.range()].trim().as_bstr())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_after_newline_and_only_there() {
        let index = LineIndex::new(b"a\r\nb\rc\n");
        assert_eq!(index.line_count(), 2);
        assert_eq!(index.location(3), Location { line: 2, column: 1 });
        assert_eq!(index.location(99), Location { line: 3, column: 1 });
    }

    #[test]
    fn a_last_line_without_newline_counts() {
        assert_eq!(LineIndex::new(b"a\nb").line_count(), 2);
        assert_eq!(LineIndex::new(b"").line_count(), 0);
    }

    #[test]
    fn tree_paths_stay_below_the_root() {
        assert_eq!(TreePath::new("./fs//bio.c").unwrap().as_str(), "fs/bio.c");
        assert_eq!(TreePath::new("fs/../x"), None);
        assert_eq!(TreePath::new("/etc"), None);
        assert_eq!(TreePath::new(""), None);
    }
}
