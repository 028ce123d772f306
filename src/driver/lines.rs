//! Lines of the tree's files, for whoever shows source: a file is read when first asked for and kept.
//!
//! What cannot be read has no lines; that it could not be read is said where the file was scanned.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::source::{LineIndex, TreePath};

/// A file's bytes and where its lines are; `None` where it cannot be read.
type FileLines = Option<(Vec<u8>, LineIndex)>;

/// The lines of a tree.
#[derive(Debug)]
pub struct SourceLines {
    root: PathBuf,
    files: RefCell<BTreeMap<TreePath, FileLines>>,
}

impl SourceLines {
    /// The lines of the tree at `root`.
    pub fn new(root: &Path) -> SourceLines {
        SourceLines { root: root.to_owned(), files: RefCell::default() }
    }

    /// 1-based line `line` of a file, without its newline; `None` past the end.
    pub fn line(&self, path: &TreePath, line: u32) -> Option<String> {
        let mut files = self.files.borrow_mut();
        let file = files.entry(path.clone()).or_insert_with(|| {
            let bytes = std::fs::read(self.root.join(path.as_str())).ok()?;
            // Spans are 32 bits; what is longer is no source.
            u32::try_from(bytes.len()).ok()?;
            let index = LineIndex::new(&bytes);
            Some((bytes, index))
        });
        let (bytes, index) = file.as_ref()?;
        let text = &bytes[index.line_span(line)?.range()];
        Some(String::from_utf8_lossy(text).trim_end().to_owned())
    }
}
