//! The tree as the solver asks for it: who mentions a word, what a file says, where headers define types.

use std::path::PathBuf;
use std::sync::Arc;

use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::ast::StructKind;
use crate::provenance::{Corpus, TextPlace};
use crate::source::TreePath;
use crate::tree::index::FileNo;
use crate::tree::sources::Sources;
use crate::tree::walk::{is_header, read_into};
use crate::tree::words::is_word_byte;

/// Where headers define what, by name.
type Places = FxHashMap<Box<str>, Vec<TextPlace>>;

/// A tree on disk with its index.
#[derive(Debug)]
pub(super) struct TreeCorpus {
    root: PathBuf,
    sources: Arc<Sources>,
    /// The solver's numbers, which are those of the files in the order of their paths, by the index's. So no
    /// answer depends on the order in which the files were found.
    numbers: Arc<[u32]>,
    /// The other way round.
    files: Vec<FileNo>,
    structs: Places,
    unions: Places,
    typedefs: Places,
}

/// What the scan of one header finds.
#[derive(Default)]
struct Defined<'t> {
    structs: Vec<(&'t str, u32)>,
    unions: Vec<(&'t str, u32)>,
    typedefs: Vec<(&'t str, u32)>,
}

impl TreeCorpus {
    /// Looks through the headers of an indexed tree. Runs on the current rayon pool.
    pub(super) fn new(root: PathBuf, sources: Arc<Sources>) -> TreeCorpus {
        let index = sources.index();
        let mut ordered: Vec<FileNo> = (0..index.files().len() as u32).map(FileNo).collect();
        ordered.sort_by_key(|&file| index.path(file));
        let mut numbers = vec![0; ordered.len()];
        for (number, file) in ordered.iter().enumerate() {
            numbers[file.index()] = number as u32;
        }
        let headers: Vec<u32> = (0..index.files().len() as u32)
            .filter(|&file| is_header(index.path(FileNo(file)).as_str()))
            .collect();
        type Owned = Vec<(Box<str>, u32)>;
        let found: Vec<(u32, Owned, Owned, Owned)> = headers
            .par_iter()
            .map_init(Vec::new, |buffer, &file| {
                if read_into(&root, index.path(FileNo(file)), buffer).is_err() {
                    return (file, Owned::new(), Owned::new(), Owned::new());
                }
                let defined = defined(buffer);
                let own = |list: Vec<(&str, u32)>| -> Owned {
                    list.into_iter().map(|(name, at)| (name.into(), at)).collect()
                };
                (file, own(defined.structs), own(defined.unions), own(defined.typedefs))
            })
            .collect();
        let (mut structs, mut unions, mut typedefs) =
            (Places::default(), Places::default(), Places::default());
        for (file, of_structs, of_unions, of_typedefs) in found {
            for (map, list) in
                [(&mut structs, of_structs), (&mut unions, of_unions), (&mut typedefs, of_typedefs)]
            {
                for (name, at) in list {
                    map.entry(name).or_default().push((numbers[file as usize], at));
                }
            }
        }
        for places in structs.values_mut().chain(unions.values_mut()).chain(typedefs.values_mut()) {
            places.sort_unstable();
        }
        TreeCorpus {
            root,
            sources,
            numbers: numbers.into(),
            files: ordered,
            structs,
            unions,
            typedefs,
        }
    }

    /// The solver's number of each file of the index.
    pub(super) fn numbers(&self) -> Arc<[u32]> {
        self.numbers.clone()
    }
}

/// The definitions in a header, by a scan for keywords: what is in comments too, which whoever parses the
/// place finds out.
fn defined(text: &[u8]) -> Defined<'_> {
    let mut out = Defined::default();
    for (keyword, is_struct) in [("struct", true), ("union", false)] {
        for at in memmem::find_iter(text, keyword.as_bytes()) {
            let end = at + keyword.len();
            let whole = at.checked_sub(1).is_none_or(|before| !is_word_byte(text[before]));
            if !whole || !text.get(end).is_some_and(u8::is_ascii_whitespace) {
                continue;
            }
            let Some((start, name)) = word_after(text, end) else { continue };
            if text[start + name.len()..].trim_ascii_start().first() == Some(&b'{') {
                let list = if is_struct { &mut out.structs } else { &mut out.unions };
                list.push((name, start as u32));
            }
        }
    }
    for at in memmem::find_iter(text, b"typedef") {
        let starts_line = at.checked_sub(1).is_none_or(|before| text[before] == b'\n');
        if !starts_line {
            continue;
        }
        let mut depth = 0usize;
        let mut last = None;
        let mut pointer = None;
        let mut position = at + "typedef".len();
        while let Some(&byte) = text.get(position) {
            match byte {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                b';' if depth == 0 => break,
                b'*' if depth == 0 && text[..position].trim_ascii_end().ends_with(b"(") => {
                    pointer = pointer.or(word_after(text, position + 1));
                }
                _ if depth == 0 && is_word_byte(byte) => {
                    let word = word_after(text, position);
                    if let Some((start, name)) = word {
                        position = start + name.len();
                        last = word;
                        continue;
                    }
                }
                _ => {}
            }
            position += 1;
        }
        if let Some((start, name)) = pointer.or(last) {
            out.typedefs.push((name, start as u32));
        }
    }
    out
}

/// The word at or after `at`, blanks skipped.
fn word_after(text: &[u8], at: usize) -> Option<(usize, &str)> {
    let start = at + text[at..].iter().position(|byte| !byte.is_ascii_whitespace())?;
    let len =
        text[start..].iter().position(|&byte| !is_word_byte(byte)).unwrap_or(text.len() - start);
    let name = std::str::from_utf8(&text[start..start + len]).ok()?;
    (!name.is_empty()).then_some((start, name))
}

impl Corpus for TreeCorpus {
    fn mentioning(&self, word: &str) -> Vec<u32> {
        let files = self.sources.index().candidates(word).into_iter();
        let mut numbers: Vec<u32> = files.map(|file| self.numbers[file.index()]).collect();
        numbers.sort_unstable();
        numbers
    }

    fn path(&self, file: u32) -> TreePath {
        self.sources.index().path(self.files[file as usize]).clone()
    }

    fn bytes(&self, file: u32) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let path = self.sources.index().path(self.files[file as usize]);
        read_into(&self.root, path, &mut bytes).ok()?;
        Some(bytes)
    }

    fn definitions(&self, kind: StructKind, tag: &str) -> Vec<TextPlace> {
        let places = match kind {
            StructKind::Struct => &self.structs,
            StructKind::Union => &self.unions,
        };
        places.get(tag).cloned().unwrap_or_default()
    }

    fn typedefs(&self, name: &str) -> Vec<TextPlace> {
        self.typedefs.get(name).cloned().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_are_told_from_mentions() {
        let text = b"struct a;\nstruct a { int x; };\nunion b\n{ int y; };\ntypedef struct { int z; } c_t;\n\
                     typedef int (*d_t)(struct a *p);\nstruct a f(void);\n";
        let found = defined(text);
        let names = |list: Vec<(&'static str, u32)>| -> Vec<&str> {
            list.into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(found.structs), ["a"]);
        assert_eq!(names(found.unions), ["b"]);
        assert_eq!(names(found.typedefs), ["c_t", "d_t"]);
    }
}
