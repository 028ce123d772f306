//! Unified diffs read back: text → files and hunks, and hunks put onto a file's bytes.
//!
//! In: what [`crate::diff`] wrote, what a person made of one hunk in an editor, or what `git diff` printed
//! for `gupatch check --patch -`. Out: [`FilePatch`]es. A hunk's lines agree with the counts of its header,
//! and writing a hunk gives the bytes it was read from. Text around the diffs is skipped, as git does.
//! Binary patches and copies are refused by name; nothing is guessed, and no hunk is put anywhere but at
//! its line.

use thiserror::Error;

use crate::source::TreePath;

/// What one patch does to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilePatch {
    /// The path before; `None` for a new file.
    pub before: Option<TreePath>,
    /// The path after; `None` for a file that goes.
    pub after: Option<TreePath>,
    /// From top to bottom.
    pub hunks: Vec<Hunk>,
}

/// One hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Its lines in the old version.
    pub before: LineRange,
    /// Its lines in the new one.
    pub after: LineRange,
    /// The text behind the second `@@`.
    pub section: Vec<u8>,
    /// The lines with their marks.
    pub lines: Vec<PatchLine>,
}

/// Lines as a hunk header counts them: of an empty range, `start` is the line before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineRange {
    /// 1-based.
    pub start: u32,
    /// How many.
    pub count: u32,
}

impl LineRange {
    /// Whether 1-based `line` is in the range.
    pub fn contains(self, line: u32) -> bool {
        line >= self.start && line - self.start < self.count
    }

    /// The index of the first line, counted from 0; for an empty range, where it would be.
    fn index(self) -> usize {
        if self.count == 0 { self.start as usize } else { (self.start as usize).saturating_sub(1) }
    }
}

/// What happens to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It stays.
    Context,
    /// It goes.
    Removed,
    /// It comes.
    Added,
}

/// One line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatchLine {
    /// What happens to it.
    pub mark: Mark,
    /// The line with its newline; without one where the file ends without.
    pub text: Vec<u8>,
}

/// Why a patch could not be read or put onto a file.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PatchError {
    /// A hunk header that is none.
    #[error("line {0}: this is no hunk header")]
    Header(usize),
    /// The lines of a hunk do not agree with its header.
    #[error("line {0}: the hunk has other lines than its header says")]
    Count(usize),
    /// Content that is not text, or a copy.
    #[error("line {0}: a binary patch or a copy is not supported")]
    Unsupported(usize),
    /// A path that leaves the tree.
    #[error("line {0}: the path is not below the tree's root")]
    Path(usize),
    /// The file does not read as the hunk says.
    #[error("the hunk at line {0} does not fit the file")]
    Mismatch(u32),
}

impl Hunk {
    /// The lines of the old version that the hunk shows, joined.
    pub fn before_text(&self) -> Vec<u8> {
        self.side(Mark::Removed)
    }

    /// The lines of the new version that the hunk shows, joined.
    pub fn after_text(&self) -> Vec<u8> {
        self.side(Mark::Added)
    }

    fn side(&self, own: Mark) -> Vec<u8> {
        let shown = |line: &&PatchLine| line.mark == Mark::Context || line.mark == own;
        self.lines.iter().filter(shown).flat_map(|line| line.text.iter().copied()).collect()
    }

    /// The first line that changes in the old version: where a person would look.
    pub fn first_change(&self) -> u32 {
        let lead = self.lines.iter().take_while(|line| line.mark == Mark::Context).count() as u32;
        self.before.start + if self.before.count == 0 { 1 } else { lead }
    }

    /// The header line, without its newline.
    pub fn header(&self) -> Vec<u8> {
        let side = |range: LineRange| match range.count {
            1 => range.start.to_string(),
            count => format!("{},{count}", range.start),
        };
        let mut text = format!("@@ -{} +{} @@", side(self.before), side(self.after)).into_bytes();
        if !self.section.is_empty() {
            text.push(b' ');
            text.extend_from_slice(&self.section);
        }
        text
    }

    /// The hunk's bytes: header and lines.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.header());
        out.push(b'\n');
        self.write_lines(out);
    }

    /// The lines alone, as a person edits them.
    pub fn write_lines(&self, out: &mut Vec<u8>) {
        for line in &self.lines {
            out.push(match line.mark {
                Mark::Context => b' ',
                Mark::Removed => b'-',
                Mark::Added => b'+',
            });
            out.extend_from_slice(&line.text);
            if line.text.last() != Some(&b'\n') {
                out.extend_from_slice(b"\n\\ No newline at end of file\n");
            }
        }
    }

    /// This hunk with the lines that a person wrote in `text`; comment lines (`#`) are dropped.
    ///
    /// What the file holds now cannot be edited: the context and the removed lines must be the same.
    pub fn with_lines(&self, text: &[u8]) -> Result<Hunk, PatchError> {
        let kept: Vec<&[u8]> =
            text.split_inclusive(|&b| b == b'\n').filter(|line| !line.starts_with(b"#")).collect();
        let mut lines = Vec::new();
        for (number, raw) in kept.iter().enumerate() {
            if raw.starts_with(b"\\ ") {
                drop_newline(&mut lines);
            } else {
                lines.push(patch_line(raw).ok_or(PatchError::Count(number + 1))?);
            }
        }
        let mut edited = Hunk { lines, ..self.clone() };
        let old = edited.lines.iter().filter(|line| line.mark != Mark::Added).count();
        if edited.before_text() != self.before_text() || old != self.before.count as usize {
            return Err(PatchError::Mismatch(self.before.start));
        }
        let new = edited.lines.iter().filter(|line| line.mark != Mark::Removed).count() as u32;
        edited.after.count = new;
        Ok(edited)
    }
}

impl FilePatch {
    /// The path to show: the new one, or the old one of a file that goes.
    pub fn path(&self) -> Option<&TreePath> {
        self.after.as_ref().or(self.before.as_ref())
    }
}

/// Puts `hunks` (of one file, from top to bottom) onto `before`.
pub fn apply<'h>(
    before: &[u8],
    hunks: impl IntoIterator<Item = &'h Hunk>,
) -> Result<Vec<u8>, PatchError> {
    let lines: Vec<&[u8]> = before.split_inclusive(|&b| b == b'\n').collect();
    let mut out = Vec::with_capacity(before.len() + 256);
    let mut at = 0;
    for hunk in hunks {
        let mismatch = PatchError::Mismatch(hunk.before.start);
        let start = hunk.before.index();
        let end = start + hunk.before.count as usize;
        if start < at || end > lines.len() || lines[start..end].concat() != hunk.before_text() {
            return Err(mismatch);
        }
        out.extend(lines[at..start].concat());
        out.extend(hunk.after_text());
        at = end;
    }
    out.extend(lines[at..].concat());
    Ok(out)
}

/// Whether `after` is what `hunks` (of one file, from top to bottom) made.
pub fn is_applied(after: &[u8], hunks: &[Hunk]) -> Result<(), PatchError> {
    let lines: Vec<&[u8]> = after.split_inclusive(|&b| b == b'\n').collect();
    for hunk in hunks {
        let start = hunk.after.index();
        let shown = lines.get(start..start + hunk.after.count as usize);
        if shown.is_none_or(|lines| lines.concat() != hunk.after_text()) {
            return Err(PatchError::Mismatch(hunk.after.start));
        }
    }
    Ok(())
}

/// Reads every diff in `text`.
pub fn parse(text: &[u8]) -> Result<Vec<FilePatch>, PatchError> {
    let mut reader =
        Reader { lines: text.split_inclusive(|&b| b == b'\n').collect(), at: 0, files: Vec::new() };
    while let Some(line) = reader.peek() {
        let number = reader.at + 1;
        if line.starts_with(b"GIT binary patch")
            || line.starts_with(b"Binary files ")
            || line.starts_with(b"copy from ")
        {
            return Err(PatchError::Unsupported(number));
        } else if line.starts_with(b"diff --git ") {
            reader.at += 1;
            reader.extended_header()?;
        } else if line.starts_with(b"--- ") && reader.is_header() {
            reader.file_header()?;
        } else if line.starts_with(b"@@ -") {
            let hunk = reader.hunk()?;
            let file = reader.files.last_mut().ok_or(PatchError::Header(number))?;
            file.hunks.push(hunk);
        } else {
            reader.at += 1;
        }
    }
    Ok(reader.files)
}

struct Reader<'t> {
    lines: Vec<&'t [u8]>,
    at: usize,
    files: Vec<FilePatch>,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<&'t [u8]> {
        self.lines.get(self.at).copied()
    }

    /// Whether a `--- ` line is the start of a file and not prose: the next line must be `+++ `.
    fn is_header(&self) -> bool {
        self.lines.get(self.at + 1).is_some_and(|line| line.starts_with(b"+++ "))
    }

    /// A rename without changed lines has no `---` line; its names are here only.
    fn extended_header(&mut self) -> Result<(), PatchError> {
        let mut from = None;
        while let Some(line) = self.peek() {
            let number = self.at + 1;
            if let Some(name) = line.strip_prefix(b"rename from ") {
                from = Some(tree_path(&unquoted(name), number)?);
            } else if let Some(name) = line.strip_prefix(b"rename to ") {
                let after = Some(tree_path(&unquoted(name), number)?);
                self.files.push(FilePatch { before: from.take(), after, hunks: Vec::new() });
            } else if !is_extended(line) {
                break;
            }
            self.at += 1;
        }
        Ok(())
    }

    fn file_header(&mut self) -> Result<(), PatchError> {
        let number = self.at + 1;
        let old = unquoted(&self.lines[self.at][4..]);
        let new = unquoted(&self.lines[self.at + 1][4..]);
        self.at += 2;
        let side = |name: &[u8], number| match name {
            b"/dev/null" => Ok(None),
            name => tree_path(without_prefix(name), number).map(Some),
        };
        let file = FilePatch {
            before: side(&old, number)?,
            after: side(&new, number + 1)?,
            hunks: Vec::new(),
        };
        // The names of a rename came with its extended header already.
        match self.files.last() {
            Some(last) if last.hunks.is_empty() && last.after == file.after => {}
            Some(_) | None => self.files.push(file),
        }
        Ok(())
    }

    fn hunk(&mut self) -> Result<Hunk, PatchError> {
        let number = self.at + 1;
        let mut hunk = hunk_header(self.lines[self.at]).ok_or(PatchError::Header(number))?;
        self.at += 1;
        let (mut old, mut new) = (hunk.before.count, hunk.after.count);
        while old > 0 || new > 0 {
            let raw = self.peek().ok_or(PatchError::Count(number))?;
            if raw.starts_with(b"\\ ") {
                drop_newline(&mut hunk.lines);
                self.at += 1;
                continue;
            }
            let line = patch_line(raw).ok_or(PatchError::Count(self.at + 1))?;
            let takes = |left: u32, wanted: bool| {
                left.checked_sub(u32::from(wanted)).ok_or(PatchError::Count(self.at + 1))
            };
            old = takes(old, line.mark != Mark::Added)?;
            new = takes(new, line.mark != Mark::Removed)?;
            hunk.lines.push(line);
            self.at += 1;
        }
        if self.peek().is_some_and(|line| line.starts_with(b"\\ ")) {
            drop_newline(&mut hunk.lines);
            self.at += 1;
        }
        Ok(hunk)
    }
}

/// The lines git puts between `diff --git` and `---`.
fn is_extended(line: &[u8]) -> bool {
    const KEYWORDS: [&[u8]; 7] = [
        b"index ",
        b"old mode ",
        b"new mode ",
        b"new file mode ",
        b"deleted file mode ",
        b"similarity index ",
        b"dissimilarity index ",
    ];
    KEYWORDS.iter().any(|keyword| line.starts_with(keyword))
}

fn patch_line(raw: &[u8]) -> Option<PatchLine> {
    let (mark, text) = match raw {
        // Mail programs strip the blank of an empty context line.
        b"\n" => (Mark::Context, raw),
        [b' ', text @ ..] => (Mark::Context, text),
        [b'-', text @ ..] => (Mark::Removed, text),
        [b'+', text @ ..] => (Mark::Added, text),
        _ => return None,
    };
    let mut text = text.to_vec();
    if text.last() != Some(&b'\n') {
        text.push(b'\n');
    }
    Some(PatchLine { mark, text })
}

fn drop_newline(lines: &mut [PatchLine]) {
    if let Some(last) = lines.last_mut()
        && last.text.last() == Some(&b'\n')
    {
        last.text.pop();
    }
}

fn hunk_header(line: &[u8]) -> Option<Hunk> {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    let rest = line.strip_prefix(b"@@ -")?;
    let end = bstr::ByteSlice::find(rest, b" @@")?;
    let ranges = std::str::from_utf8(&rest[..end]).ok()?;
    let (before, after) = ranges.split_once(" +")?;
    let section = rest[end + 3..].strip_prefix(b" ").unwrap_or(&rest[end + 3..]);
    Some(Hunk {
        before: line_range(before)?,
        after: line_range(after)?,
        section: section.to_vec(),
        lines: Vec::new(),
    })
}

fn line_range(text: &str) -> Option<LineRange> {
    let (start, count) = match text.split_once(',') {
        Some((start, count)) => (start.parse().ok()?, count.parse().ok()?),
        None => (text.parse().ok()?, 1),
    };
    Some(LineRange { start, count })
}

/// A name as git or diff writes it: maybe quoted with C escapes, maybe with a time behind a tab.
fn unquoted(name: &[u8]) -> Vec<u8> {
    let name = name.strip_suffix(b"\n").unwrap_or(name);
    let name = name.strip_suffix(b"\r").unwrap_or(name);
    let Some(quoted) = name.strip_prefix(b"\"") else {
        let end = name.iter().position(|&b| b == b'\t').unwrap_or(name.len());
        return name[..end].to_vec();
    };
    let mut out = Vec::new();
    let mut bytes = quoted.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => break,
            b'\\' => match bytes.next() {
                Some(first @ b'0'..=b'3') => {
                    let mut octal = |_| bytes.next().map_or(0, |b| b.wrapping_sub(b'0') & 7);
                    let (second, third) = (octal(()), octal(()));
                    out.push((first - b'0') << 6 | second << 3 | third);
                }
                Some(b't') => out.push(b'\t'),
                Some(b'n') => out.push(b'\n'),
                Some(other) => out.push(other),
                None => break,
            },
            byte => out.push(byte),
        }
    }
    out
}

/// Without `a/` or `b/`, or what `diff.mnemonicPrefix` puts there.
fn without_prefix(name: &[u8]) -> &[u8] {
    match name {
        [b'a' | b'b' | b'c' | b'i' | b'o' | b'w', b'/', rest @ ..] => rest,
        name => name,
    }
}

fn tree_path(name: &[u8], line: usize) -> Result<TreePath, PatchError> {
    std::str::from_utf8(name).ok().and_then(TreePath::new).ok_or(PatchError::Path(line))
}

#[cfg(test)]
mod tests;
