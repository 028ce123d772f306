//! A rule file, a byte 0, and a C file: the rule runs on the file. What is refused leaves the bytes alone.
//!
//! `cargo +nightly fuzz run matcher`; `tests/suite/fuzz.rs` makes pairs out of the fixtures, which gets
//! further than bytes do.

#![no_main]

use gupatch::edit::{Settings, rewrite};
use gupatch::lex::LexedFile;
use gupatch::matcher::NoFacts;
use gupatch::smpl;
use gupatch::source::TreePath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(at) = bytes.iter().position(|&byte| byte == 0) else { return };
    let (rule, file) = (&bytes[..at], &bytes[at + 1..]);
    let Ok((patch, _)) = smpl::parse(rule) else { return };
    let path = TreePath::new("x.c").expect("a plain name is a tree path");
    let file = LexedFile::new(path, file.to_vec());
    let done = rewrite(&patch, &file, &Settings::default(), &NoFacts);
    if done.reports.is_empty() {
        assert_eq!(done.bytes, file.bytes, "a rule that did not match changes nothing");
    }
});
