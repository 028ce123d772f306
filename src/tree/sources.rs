//! The sources of a tree by what they mention, lexed and split when somebody asks.
//!
//! In: a tree's files and their index. Out: for any identifier the files that mention it, and the items in
//! them that do. Whoever follows a page backwards does not know beforehand which names it will ask about,
//! and asks about many from all threads, so an answer costs what it holds: the index names the files, and
//! a file that was asked for stays lexed and split while there is room.
//!
//! ```text
//! let sources = workspace.sources();
//! for file in sources.candidates("wb_page") {            // files that may mention it, ascending
//!     let source = sources.source(file)?;                // Arc<Source>: the lexed file and its items
//!     for item in source.items_mentioning("wb_page") {   // numbers of the items that do
//!         parse::item(&source.file, &source.items[item], &types);
//! # }}
//! ```

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use memchr::memmem;

use super::index::{FileNo, TreeIndex};
use super::walk::{Unseen, read_into};
use super::words::is_whole_word;
use crate::items::{Item, split};
use crate::kept::Kept;
use crate::lex::{LexedFile, TokenKind};

/// Bytes of lexed files that are kept. Those that mention a well-known field of a kernel take less.
const ROOM: usize = 256 << 20;

/// A file with its top-level items.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub file: LexedFile,
    /// Its items, in order.
    pub items: Vec<Item>,
}

/// All sources of a tree.
#[derive(Debug)]
pub struct Sources {
    root: PathBuf,
    index: TreeIndex,
    kept: Mutex<Kept<FileNo, Arc<Source>>>,
}

impl Sources {
    /// The sources of the tree at `root`, by an index of them.
    pub fn new(root: &Path, index: TreeIndex) -> Sources {
        Sources { root: root.to_owned(), index, kept: Mutex::new(Kept::new(ROOM)) }
    }

    /// The index: paths, numbers, and combinations of words.
    pub fn index(&self) -> &TreeIndex {
        &self.index
    }

    /// The files that may mention `word`, ascending: all that do, and rarely one more.
    pub fn candidates(&self, word: &str) -> Vec<FileNo> {
        self.index.candidates(word)
    }

    /// A file, lexed and split; from memory, where it was asked for not long ago.
    ///
    /// Errors: it cannot be read.
    pub fn source(&self, file: FileNo) -> Result<Arc<Source>, Unseen> {
        if let Some(source) = self.kept().get(file) {
            return Ok(source.clone());
        }
        // Two threads that ask for a file at once both read it, so that neither waits for the other with
        // work of its own on the stack.
        let path = self.index.path(file);
        let mut bytes = Vec::new();
        read_into(&self.root, path, &mut bytes)?;
        let source = Arc::new(Source::new(LexedFile::new(path.clone(), bytes)));
        let mut kept = self.kept();
        if let Some(earlier) = kept.get(file) {
            return Ok(earlier.clone());
        }
        let old = kept.put(file, source.clone(), source.heap_size());
        drop(kept);
        drop(old);
        Ok(source)
    }

    /// The files that mention `word` in an item, ascending, with the numbers of those items.
    pub fn items_mentioning(&self, word: &str) -> Vec<ItemsMentioning> {
        let mut found = Vec::new();
        for file in self.candidates(word) {
            // What cannot be read was reported with the index.
            let Ok(source) = self.source(file) else { continue };
            let items = source.items_mentioning(word);
            if !items.is_empty() {
                found.push(ItemsMentioning { file, source, items });
            }
        }
        found
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept<FileNo, Arc<Source>>> {
        // What is kept is right at every moment, so a thread that panicked with it in hand left it right.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file whose items mention a word.
#[derive(Clone, Debug)]
pub struct ItemsMentioning {
    /// Its number.
    pub file: FileNo,
    /// The file.
    pub source: Arc<Source>,
    /// The numbers of the items, ascending.
    pub items: Vec<usize>,
}

impl Source {
    /// Splits a file.
    pub fn new(file: LexedFile) -> Source {
        let items = split(&file);
        Source { file, items }
    }

    /// The numbers of the items that mention `word` as code or in a directive, ascending.
    pub fn items_mentioning(&self, word: &str) -> Vec<usize> {
        let LexedFile { bytes, tokens, .. } = &self.file;
        let mut found: Vec<usize> = Vec::new();
        for at in memmem::find_iter(bytes, word) {
            if !is_whole_word(bytes, at, at + word.len()) {
                continue;
            }
            let Some(token) = tokens.at_offset(at as u32) else { continue };
            if !matches!(tokens.kind(token), TokenKind::Ident | TokenKind::Directive) {
                continue;
            }
            let item = self.items.partition_point(|item| item.tokens.end <= token);
            let is_in = self.items.get(item).is_some_and(|item| item.tokens.contains(token));
            if is_in && found.last() != Some(&item) {
                found.push(item);
            }
        }
        found
    }

    /// About how many bytes it takes: each token takes five, and is that long on average.
    fn heap_size(&self) -> usize {
        self.file.bytes.len() + 5 * self.file.tokens.len() + size_of_val(self.items.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::source::TreePath;
    use crate::tree::walk::walk;

    fn minitree() -> Sources {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/minitree");
        let (index, _) = TreeIndex::build(&root, &walk(&root, &[], 1).files);
        Sources::new(&root, index)
    }

    fn source(text: &str) -> Source {
        let path = TreePath::new("a.c").unwrap();
        Source::new(LexedFile::new(path, text.into()))
    }

    #[test]
    fn items_are_named_that_mention_a_word_as_code() {
        let source = source(
            "/* page */\n#define P page\nint page_nr;\nvoid f(void)\n{\n\tpage(\"x\");\n\tpage();\n}\n\
             char *s = \"page\"; /* page */\nint g = page;\n",
        );
        let kinds: Vec<&[u8]> = source
            .items_mentioning("page")
            .into_iter()
            .map(|item| &**source.file.range_text(source.items[item].tokens))
            .collect();
        assert_eq!(
            kinds,
            [
                &b"#define P page"[..],
                b"void f(void)\n{\n\tpage(\"x\");\n\tpage();\n}",
                b"int g = page;"
            ]
        );
    }

    #[test]
    fn a_tree_is_asked_by_word() {
        let sources = minitree();
        let found = sources.items_mentioning("bio_add_page");
        let paths: Vec<&str> = found.iter().map(|f| f.source.file.path.as_str()).collect();
        assert!(paths.contains(&"block/bio.c") && paths.is_sorted());
        assert!(sources.items_mentioning("no_such_word").is_empty());
    }

    #[test]
    fn threads_share_a_file() {
        let sources = minitree();
        let file = sources.candidates("bio_add_page")[0];
        let first = sources.source(file).unwrap();
        let second = std::thread::scope(|scope| {
            scope.spawn(|| sources.source(file).unwrap()).join().unwrap()
        });
        assert!(Arc::ptr_eq(&first, &second));
    }
}
