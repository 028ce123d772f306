//! `gupatch run` on a whole tree.

use std::fs;

use crate::fixture::{gupatch, text, tree};

const RULE: &str = "@@\n@@\n- return 0;\n+ return done();\n";

#[test]
fn any_number_of_threads_prints_the_same_bytes() {
    let folder = tree();
    fs::write(folder.path().join("linux/rule.cocci"), RULE).unwrap();
    let one = gupatch(folder.path(), &["run", "rule.cocci", ".", "--include-headers", "-j1"]);
    assert_eq!(one.status.code(), Some(1));
    assert!(text(&one).matches("+++ ").count() > 3, "several files change");
    for _ in 0..3 {
        let two = gupatch(folder.path(), &["run", "rule.cocci", ".", "--include-headers", "-j2"]);
        assert!(two.stdout == one.stdout && two.stderr == one.stderr);
    }
}

#[test]
fn a_file_that_is_named_twice_is_changed_once() {
    let folder = tree();
    fs::write(folder.path().join("linux/rule.cocci"), RULE).unwrap();
    let once = gupatch(folder.path(), &["run", "rule.cocci", "fs"]);
    let twice = gupatch(folder.path(), &["run", "rule.cocci", "fs", "fs/direct-io.c", "fs"]);
    assert!(text(&once).contains("+++ b/fs/direct-io.c"));
    assert_eq!(text(&once), text(&twice));
}
