//! Names that a `typedef` makes types.
//!
//! In: lexed files. Out: the names. A scan for the word `typedef`, the end of its declaration, and the
//! name of each declarator.

use std::path::Path;

use bstr::BStr;
use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::declarator::{Specifier, declared_name};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};
use crate::source::TreePath;
use crate::tree::walk::{Unseen, is_header, read_into};

/// The names that the headers of a tree make types.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypedefNames {
    names: FxHashSet<Box<[u8]>>,
}

impl TypedefNames {
    /// Whether some header makes `name` a type.
    pub fn contains(&self, name: &[u8]) -> bool {
        self.names.contains(name)
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// Adds a name.
    pub fn insert(&mut self, name: &[u8]) {
        if !self.names.contains(name) {
            self.names.insert(name.into());
        }
    }

    /// The names, sorted.
    pub fn sorted(&self) -> Vec<&BStr> {
        let mut names: Vec<&BStr> = self.names.iter().map(BStr::new).collect();
        names.sort_unstable();
        names
    }
}

impl<'n> Extend<&'n [u8]> for TypedefNames {
    fn extend<I: IntoIterator<Item = &'n [u8]>>(&mut self, names: I) {
        names.into_iter().for_each(|name| self.insert(name));
    }
}

/// Collects the typedef names of all headers among `files`. Runs on the current rayon pool.
pub fn harvest_typedefs(root: &Path, files: &[TreePath]) -> (TypedefNames, Vec<Unseen>) {
    let typedef = memmem::Finder::new(b"typedef");
    let harvested: Vec<Result<TypedefNames, Unseen>> = files
        .par_iter()
        .filter(|path| is_header(path.file_name()))
        .map(|path| {
            let mut bytes = Vec::new();
            read_into(root, path, &mut bytes)?;
            let mut names = TypedefNames::default();
            // Half of the tree's header bytes are register tables without one typedef.
            if typedef.find(&bytes).is_some() {
                let file = LexedFile::new(path.clone(), bytes);
                names.extend(typedefs_in(&file).into_iter().map(|id| file.text(id).as_ref()));
            }
            Ok(names)
        })
        .collect();
    let mut names = TypedefNames::default();
    let mut unseen = Vec::new();
    for result in harvested {
        match result {
            Ok(own) => names.names.extend(own.names),
            Err(error) => unseen.push(error),
        }
    }
    (names, unseen)
}

/// The tokens of the names that typedefs of `file` declare, in order, wherever they stand.
pub fn typedefs_in(file: &LexedFile) -> Vec<TokenId> {
    let mut names = Vec::new();
    let mut at = TokenId(0);
    while let Some(word) = next_typedef(file, at) {
        let (declarators, end) = declarators(file, word.next());
        for (number, range) in declarators.into_iter().enumerate() {
            let specifier = if number == 0 { Specifier::Own } else { Specifier::Inherited };
            names.extend(declared_name(file, range, specifier));
        }
        at = end;
    }
    names
}

fn next_typedef(file: &LexedFile, from: TokenId) -> Option<TokenId> {
    let rest = TokenRange { start: from, end: file.tokens.all().end };
    rest.iter().find(|&id| file.is_word(id, "typedef"))
}

/// The tokens of a declaration from `start` on, cut at its commas, and where the search goes on. It ends
/// at its `;`, or where it cannot go on: at a bracket that it did not open or at another `typedef`.
fn declarators(file: &LexedFile, start: TokenId) -> (Vec<TokenRange>, TokenId) {
    let mut ranges = Vec::new();
    let mut from = start;
    let mut depth = 0usize;
    let rest = TokenRange { start, end: file.tokens.all().end };
    for id in rest.iter() {
        let kind = file.tokens.kind(id);
        match kind {
            TokenKind::Comma if depth == 0 => {
                ranges.push(TokenRange { start: from, end: id });
                from = id.next();
            }
            TokenKind::Semi if depth == 0 => {
                ranges.push(TokenRange { start: from, end: id });
                return (ranges, id.next());
            }
            _ if kind.is_open() => depth += 1,
            _ if kind.is_close() && depth == 0 => return (ranges, id.next()),
            _ if kind.is_close() => depth -= 1,
            TokenKind::Ident if file.is_word(id, "typedef") => return (ranges, id),
            _ => {}
        }
    }
    (ranges, rest.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        let file = LexedFile::new(TreePath::new("x.h").unwrap(), text.as_bytes().to_vec());
        typedefs_in(&file).into_iter().map(|id| file.text(id).to_string()).collect()
    }

    #[test]
    fn every_declarator_of_a_typedef_is_a_name() {
        assert_eq!(names("typedef unsigned int u32, *u32p, u32v[4];"), ["u32", "u32p", "u32v"]);
        assert_eq!(
            names("typedef struct { int a, b; } pair_t;\ntypedef pair_t other_t;"),
            ["pair_t", "other_t"]
        );
        assert_eq!(names("typedef int (*fn_t)(struct dev *, int), num_t;"), ["fn_t", "num_t"]);
        assert_eq!(names("typedef irqreturn_t (*irq_handler_t)(int, void *);"), ["irq_handler_t"]);
        assert_eq!(names("typedef void work_fn(struct work *w);"), ["work_fn"]);
        assert_eq!(names("typedef enum zone { A, B = 2 } zone_e;"), ["zone_e"]);
    }

    #[test]
    fn comments_strings_and_directives_hold_no_typedefs() {
        assert_eq!(
            names("/* typedef int a; */ \"typedef int b;\"\n#define T typedef int c;\n"),
            [""; 0]
        );
    }

    #[test]
    fn both_arms_of_a_conditional_are_seen() {
        let text = "#ifdef CONFIG_64BIT\ntypedef u64 dma_t;\n#else\ntypedef u32 addr_t;\n#endif\n";
        assert_eq!(names(text), ["dma_t", "addr_t"]);
    }

    #[test]
    fn a_broken_typedef_does_not_hide_the_next() {
        assert_eq!(names("typedef int a\ntypedef int b;"), ["b"]);
        assert_eq!(names("f(typedef int) typedef int b;"), ["b"]);
        assert_eq!(names("typedef struct { int"), [""; 0]);
    }

    #[test]
    fn the_minitree_has_its_kernel_types() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/minitree");
        let files = crate::tree::walk::walk(&root, &[], 1).files;
        let (names, unseen) = harvest_typedefs(&root, &files);
        assert!(unseen.is_empty());
        assert_eq!(
            names.sorted(),
            [
                "blk_opf_t",
                "blk_status_t",
                "bool",
                "dma_addr_t",
                "gfp_t",
                "loff_t",
                "pgoff_t",
                "s64",
                "sector_t",
                "size_t",
                "ssize_t",
                "u16",
                "u32",
                "u64",
                "u8",
            ]
        );
    }
}
