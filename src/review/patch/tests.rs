//! Diffs read back: our own, those of mails, and broken ones.

use super::*;
use crate::diff::{self, FileChange};
use proptest::prelude::*;

fn change(before: &[u8], after: &[u8]) -> FileChange {
    let path = TreePath::new("fs/a b\u{e4}.c").unwrap();
    FileChange { path, before: Some(before.to_vec()), after: after.to_vec() }
}

/// Lines from a small alphabet, so that they repeat, with and without a newline at the end.
fn text() -> impl Strategy<Value = Vec<u8>> {
    (proptest::collection::vec(0_u8..6, 0..60), any::<bool>()).prop_map(|(lines, newline)| {
        let lines: Vec<Vec<u8>> = lines.iter().map(|n| vec![b'a' + n, 0xe4]).collect();
        let mut text = lines.join(&b'\n');
        if newline && !text.is_empty() {
            text.push(b'\n');
        }
        text
    })
}

proptest! {
    #[test]
    fn our_own_diffs_are_read_back_and_apply(before in text(), after in text()) {
        let change = change(&before, &after);
        let written = diff::unified(&change);
        let files = parse(&written).unwrap();
        if before == after {
            prop_assert!(files.is_empty());
        } else {
            prop_assert_eq!(files.len(), 1);
            prop_assert_eq!(files[0].path(), Some(&change.path));
            prop_assert_eq!(apply(&before, &files[0].hunks).unwrap(), after);
            let mut hunks = Vec::new();
            files[0].hunks.iter().for_each(|hunk| hunk.write(&mut hunks));
            prop_assert!(written.ends_with(&hunks));
        }
    }

    #[test]
    fn no_text_makes_the_reader_panic(text in "(diff --git a/x b/x\n|--- a/x\n|\\+\\+\\+ b/x\n|@@ -1,2 \\+1 @@\n|[-+ \\\\]x\n|[^\n]*\n){0,12}") {
        let _ = parse(text.as_bytes());
    }
}

const TWO_FILES: &str = "\
From 1234 Mon Sep 17 00:00:00 2001
Subject: [PATCH] --- a/not a file
---
 a.c | 2 +-

diff --git a/a.c b/a.c
index 1234567..89abcde 100644
--- a/a.c
+++ b/a.c
@@ -1,3 +1,3 @@ int f(void)
 one

-two
+zwei
diff --git a/old.c b/new.c
similarity index 90%
rename from old.c
rename to new.c
--- a/old.c
+++ b/new.c
@@ -1 +1,2 @@
 x
+y
--
2.39.5
";

#[test]
fn a_mail_is_read_with_its_renames() {
    let files = parse(TWO_FILES.as_bytes()).unwrap();
    let names: Vec<_> = files.iter().map(|file| file.path().unwrap().as_str()).collect();
    assert_eq!(names, ["a.c", "new.c"]);
    assert_eq!(files[1].before.as_ref().unwrap().as_str(), "old.c");
    assert_eq!(apply(b"one\n\ntwo\nthree\n", &files[0].hunks).unwrap(), b"one\n\nzwei\nthree\n");
    assert_eq!(apply(b"x\n", &files[1].hunks).unwrap(), b"x\ny\n");
}

#[test]
fn a_hunk_goes_to_its_line_or_nowhere() {
    let files = parse(TWO_FILES.as_bytes()).unwrap();
    let moved = apply(b"zero\none\n\ntwo\n", &files[0].hunks);
    assert_eq!(moved, Err(PatchError::Mismatch(1)));
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    assert_eq!(parse(b"GIT binary patch\n"), Err(PatchError::Unsupported(1)));
    assert_eq!(parse(b"--- a/x\n+++ b/../x\n"), Err(PatchError::Path(2)));
    assert_eq!(parse(b"@@ -1 +1 @@\n-a\n+b\n"), Err(PatchError::Header(1)));
    assert_eq!(parse(b"--- a/x\n+++ b/x\n@@ -1,2 +1 @@\n-a\n"), Err(PatchError::Count(3)));
}

#[test]
fn an_edited_hunk_may_add_other_lines_and_nothing_else() {
    let files = parse(TWO_FILES.as_bytes()).unwrap();
    let hunk = &files[0].hunks[0];
    let edited = hunk.with_lines(b"# say what you mean\n one\n\n-two\n+deux\n+trois\n").unwrap();
    assert_eq!(edited.after.count, 4);
    assert_eq!(apply(b"one\n\ntwo\n", [&edited]).unwrap(), b"one\n\ndeux\ntrois\n");
    let other_context = hunk.with_lines(b" eins\n\n-two\n+deux\n");
    assert_eq!(other_context, Err(PatchError::Mismatch(1)));
    assert!(hunk.with_lines(b"one\n").is_err());
}
