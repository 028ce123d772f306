//! Stage `diff`: what changes in a file, and the unified diff of it, byte-exact.
//!
//! In: a file's bytes before and after. Out: text that `git apply` and `patch` take, whatever the bytes
//! are.

use crate::source::TreePath;

/// One file before and after. `before` is `None` for a file that is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Below the root of the tree.
    pub path: TreePath,
    /// The bytes as they were read.
    pub before: Option<Vec<u8>>,
    /// The bytes as they are to be.
    pub after: Vec<u8>,
}
