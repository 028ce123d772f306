//! Any bytes as a rule file: they are read, or refused with a diagnostic.
//!
//! `cargo +nightly fuzz run rules fuzz/corpus/rules tests/data/rewrite`

#![no_main]

use gupatch::smpl;
use gupatch::source::{LineIndex, TreePath};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Err(rejected) = smpl::parse(bytes) else { return };
    assert!(!rejected.diagnostics.is_empty(), "a rule file is refused for a reason");
    let path = TreePath::new("rule.cocci").expect("a plain name is a tree path");
    let lines = LineIndex::new(bytes);
    for diagnostic in &rejected.diagnostics {
        // A diagnostic has a place in the file, whatever the file is.
        diagnostic.render(&path, &lines);
    }
});
