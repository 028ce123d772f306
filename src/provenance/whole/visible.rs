//! Which files can come by a struct at all: those that mention its tag, or a name that headers declare with it.
//!
//! Members of one name are many (`page`, `data`), so who asks for a member of one struct first leaves out the files
//! that cannot have one in hand. A file that neither mentions the tag nor a member, variable, function, typedef or
//! macro of a header whose declaration mentions it has no expression of that type.

use std::collections::BTreeSet;
use std::sync::Arc;

use bstr::ByteSlice;

use super::super::ask::{Hop, RecordKey};
use super::WholeTree;
use super::aspect::{Aspect, declared_answer};
use super::corpus::word_offsets;
use crate::tree::words::is_word_byte;

/// How far a statement around a mention is looked at, in bytes: a struct may be defined on the way.
const LONGEST_STATEMENT: usize = 32 * 1024;

/// How far before a mention its declaration may start, in bytes.
const LONGEST_SPECIFIERS: usize = 1024;

impl WholeTree {
    /// The files that mention a member and can have an object of its struct in hand, ascending.
    pub(super) fn mentioning(&self, hop: &Hop) -> Vec<u32> {
        let RecordKey { file, .. } = hop.record;
        if file != u32::MAX && file as usize >= self.files && !hop.record.tag.is_empty() {
            // Another version of a file, which no index knows.
            return vec![file];
        }
        let mut files = self.corpus.mentioning(&hop.member);
        if let Some(seeing) = self.seeing(&hop.record) {
            files.retain(|file| seeing.binary_search(file).is_ok());
        }
        files
    }

    /// The files that can have an object of the struct in hand, ascending; `None` where that could be any.
    pub(super) fn seeing(&self, record: &RecordKey) -> Option<Arc<[u32]>> {
        if record.tag.is_empty() || record.file == u32::MAX {
            return None;
        }
        Some(self.seeing.get(&self.corpus.trail, record, || self.find_seeing(record)))
    }

    fn find_seeing(&self, record: &RecordKey) -> Arc<[u32]> {
        let path = self.path(record.file);
        if path.as_str().ends_with(".h") {
            let mut files: Vec<u32> = Vec::new();
            for word in self.words_for(&record.tag) {
                files.extend(self.corpus.mentioning(&word));
            }
            files.sort_unstable();
            files.dedup();
            files.into()
        } else {
            Arc::from([record.file])
        }
    }

    /// The tag, and all names that headers declare with it.
    fn words_for(&self, tag: &str) -> BTreeSet<String> {
        let mut words = BTreeSet::from([tag.to_owned()]);
        let mut types = vec![tag.to_owned()];
        while let Some(ty) = types.pop() {
            for file in self.corpus.mentioning(&ty) {
                if !self.path(file).as_str().ends_with(".h") {
                    continue;
                }
                for (name, is_type) in self.declared_in_header(file, &ty) {
                    if words.insert(name.clone()) && is_type {
                        types.push(name);
                    }
                }
            }
        }
        words
    }

    /// The names that a header declares with a type, and whether they are typedefs.
    fn declared_in_header(&self, number: u32, ty: &str) -> Vec<(String, bool)> {
        let Some(bytes) = self.corpus.plain().bytes(number) else { return Vec::new() };
        let declared = declared_with(bytes, ty);
        self.note_answer(number, || Aspect::Declares(ty.into()), || declared_answer(&declared));
        declared
    }
}

/// The names that a header declares with the type `ty`, and whether they are typedefs.
pub(super) fn declared_with(mut bytes: Vec<u8>, ty: &str) -> Vec<(String, bool)> {
    blank_comments(&mut bytes);
    word_offsets(&bytes, ty).flat_map(|at| declared_at(&bytes, at, ty.len())).collect()
}

/// The names that the declaration around the type at `at` introduces, and whether they are typedefs.
fn declared_at(text: &[u8], at: usize, len: usize) -> Vec<(String, bool)> {
    if let Some(name) = macro_around(text, at) {
        return vec![(name, false)];
    }
    let near = at.saturating_sub(LONGEST_SPECIFIERS);
    let start = text[near..at].rfind_byteset(b";{}").map_or(near, |before| near + before + 1);
    let before = after_directives(&text[start..at]);
    let open = before.iter().filter(|&&byte| byte == b'(').count();
    let closed = before.iter().filter(|&&byte| byte == b')').count();
    // A parameter, a cast, or an argument of a macro.
    if open > closed {
        return Vec::new();
    }
    let is_type = word_offsets(before.trim_start(), "typedef").next() == Some(0);
    let mut rest = &text[at + len..(at + len + LONGEST_STATEMENT).min(text.len())];
    let mut names = Vec::new();
    let mut is_first = true;
    loop {
        rest = rest.trim_start_with(|c| c.is_ascii_whitespace() || c == '*' || c == '(');
        match rest.first() {
            Some(b'{') if names.is_empty() => {
                let Some(end) = closing(rest) else { return names };
                rest = &rest[end + 1..];
                continue;
            }
            Some(&byte) if is_word_byte(byte) => {}
            _ => return names,
        }
        let end = rest.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(rest.len());
        let word = rest[..end].to_str_lossy().into_owned();
        rest = rest[end..].trim_start();
        // The parameters of the function that stands there.
        if is_keyword(&word) {
            return names;
        }
        let is_before_word = rest.first().is_some_and(|&byte| is_word_byte(byte));
        // Behind a comma two words are a type and a name: parameters, not declarators.
        if is_before_word && !is_first {
            return names;
        }
        let is_qualifier =
            matches!(&*word, "const" | "volatile" | "__rcu" | "__iomem" | "__percpu" | "__user");
        if !is_qualifier {
            names.push((word, is_type));
        }
        // An attribute or a macro that stands for one: the name is still to come, or was before it.
        if is_qualifier || is_before_word {
            continue;
        }
        is_first = false;
        // To the next declarator of the same declaration.
        let Some(next) = rest.find_byteset(b",;({=}") else { return names };
        if rest[next] != b',' {
            return names;
        }
        rest = &rest[next + 1..];
    }
}

/// Puts spaces where comments are: what they say of a type declares nothing.
fn blank_comments(text: &mut [u8]) {
    let mut at = 0;
    while let Some(slash) = text[at..].find_byte(b'/') {
        let start = at + slash;
        let length = match text.get(start + 1) {
            Some(b'*') => text[start + 2..].find("*/").map(|end| end + 4),
            Some(b'/') => text[start..].find_byte(b'\n'),
            _ => Some(1).filter(|_| start + 1 < text.len()),
        };
        at = length.map_or(text.len(), |length| start + length);
        if matches!(text.get(start + 1), Some(b'*' | b'/')) {
            for byte in text[start..at].iter_mut().filter(|byte| **byte != b'\n') {
                *byte = b' ';
            }
        }
    }
}

/// Whether a word starts a type, and so is no name.
fn is_keyword(word: &str) -> bool {
    matches!(
        word,
        "struct"
            | "union"
            | "enum"
            | "void"
            | "int"
            | "unsigned"
            | "signed"
            | "long"
            | "short"
            | "char"
    )
}

/// What stands behind the last directive.
fn after_directives(text: &[u8]) -> &[u8] {
    let Some(mut end) = text.rfind("\n#") else { return text };
    loop {
        let Some(line) = text[end + 1..].find_byte(b'\n') else { return &[] };
        end += 1 + line;
        if !text[..end].ends_with(b"\\") {
            return &text[end..];
        }
    }
}

/// The macro whose definition `at` is in.
fn macro_around(text: &[u8], at: usize) -> Option<String> {
    let mut start = text[..at].rfind_byte(b'\n').map_or(0, |line| line + 1);
    while start > 1 && text[..start - 1].ends_with(b"\\") {
        start = text[..start - 1].rfind_byte(b'\n').map_or(0, |line| line + 1);
    }
    let line = text[start..at].trim_start();
    let rest = line.strip_prefix(b"#")?.trim_start().strip_prefix(b"define")?.trim_start();
    let end = rest.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(rest.len());
    Some(rest[..end].to_str_lossy().into_owned())
}

/// Where the brace that `text` starts with is closed.
fn closing(text: &[u8]) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.iter().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let bytes = text.as_bytes();
        let found = word_offsets(bytes, "buf").flat_map(|at| declared_at(bytes, at, 3));
        found.map(|(name, _)| name).collect()
    }

    #[test]
    fn names_of_a_type_are_those_that_a_declaration_gives() {
        assert_eq!(names("struct a {\n\tstruct buf *first, last[2];\n};"), ["first", "last"]);
        assert_eq!(names("struct buf *buf_get(struct other *o);"), ["buf_get"]);
        assert_eq!(names("struct buf { int x; struct { int y; } z; } all;"), ["all"]);
        assert_eq!(names("struct buf *(*get)(int);"), ["get"]);
        assert_eq!(names("#define to_buf(x) \\\n\tcontainer_of(x, struct buf, m)\n"), ["to_buf"]);
        assert!(names("int f(struct buf *parameter);").is_empty());
        assert_eq!(names("typedef struct other *buf(struct third *x, int y);"), [""; 0]);
    }

    #[test]
    fn comments_declare_nothing() {
        let mut text = *b"a / b; /* struct buf and\nso on */ c // struct buf can\n/*/ d */ e /";
        blank_comments(&mut text);
        let expected = *b"a / b;                  \n         c                  \n         e /";
        assert_eq!(text.as_bstr(), expected.as_bstr());
    }

    #[test]
    fn a_typedef_is_told_from_a_variable() {
        let text = b"typedef struct buf buf_t;";
        assert_eq!(declared_at(text, 15, 3), [("buf_t".to_owned(), true)]);
    }
}
