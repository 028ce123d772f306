//! Hunks of a series beside those of the rules: the same, by hand, missing.

use super::*;
use crate::diff::unified;

const BASE: &str = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12\n13\n14\n15\n16\n17\n18\n19\n20\n21\n22\n23\n24\n25\n26\n27\n28\n29\n30\n";

fn path(text: &str) -> TreePath {
    TreePath::new(text).unwrap()
}

fn change(before: &str, after: &str) -> FileChange {
    FileChange { path: path("a.c"), before: Some(before.into()), after: after.into() }
}

fn given(before: &str, after: &str) -> GivenPatch {
    let files = patch::parse(&unified(&change(before, after))).unwrap();
    GivenPatch { title: "t".into(), files }
}

/// `with(&["3:x"])` is the base with line 3 replaced by `x`.
fn with(edits: &[&str]) -> String {
    let mut lines: Vec<String> = BASE.lines().map(str::to_owned).collect();
    for edit in edits {
        let (line, text) = edit.split_once(':').unwrap();
        lines[line.parse::<usize>().unwrap() - 1] = text.to_owned();
    }
    lines.join("\n") + "\n"
}

/// A word a hunk, and what is missing by line.
#[track_caller]
fn check(patches: &[GivenPatch], rule: &str, verdicts: &str, missing: &[u32]) {
    let base = |wanted: &TreePath| (*wanted == path("a.c")).then(|| BASE.as_bytes().to_vec());
    let verified = compare(patches, &base, &[change(BASE, rule)]).unwrap();
    let hunks = verified.patches.iter().flat_map(|patch| &patch.hunks);
    let words: Vec<&str> = hunks
        .map(|hunk| match hunk.verdict {
            Verdict::FromTheRule => "rule",
            Verdict::ByHand { instead_of_rule: true } => "instead",
            Verdict::ByHand { instead_of_rule: false } => "hand",
        })
        .collect();
    assert_eq!(words.join(" "), verdicts);
    let lines: Vec<u32> = verified.missing.iter().map(|hunk| hunk.line).collect();
    assert_eq!(lines, missing);
}

#[test]
fn what_the_rule_makes_is_told_from_all_else() {
    let rule = with(&["3:r", "18:s"]);
    check(&[given(BASE, &rule)], &rule, "rule rule", &[]);
    check(&[given(BASE, &with(&["3:r", "18:mine"]))], &rule, "rule instead", &[]);
    check(&[given(BASE, &with(&["3:r"]))], &rule, "rule", &[18]);
    check(&[given(BASE, &with(&["3:r", "18:s", "28:mine"]))], &rule, "rule rule hand", &[]);
    check(&[], &rule, "", &[3, 18]);
}

#[test]
fn a_hunk_with_a_line_of_ones_own_in_it_is_by_hand() {
    let rule = with(&["3:r", "18:s"]);
    check(&[given(BASE, &with(&["3:r", "5:mine", "18:s"]))], &rule, "instead rule", &[]);
}

#[test]
fn patches_build_on_each_other() {
    let rule = with(&["3:r", "18:s"]);
    let longer = with(&["1:new\nlines\nhere"]);
    let both = with(&["1:new\nlines\nhere", "3:r", "18:s"]);
    check(&[given(BASE, &longer), given(&longer, &both)], &rule, "hand rule rule", &[]);
    let undone = with(&["18:s"]);
    check(&[given(BASE, &rule), given(&rule, &undone)], &rule, "rule rule hand", &[]);
}

#[test]
fn where_a_diff_draws_an_inserted_line_does_not_matter() {
    let text = "{\n\ta();\n\n\tb();\n}\n";
    let rule = "{\n\ta();\n\n\tx();\n\n\tb();\n}\n";
    let upper = "--- a/a.c\n+++ b/a.c\n@@ -1,5 +1,7 @@\n {\n \ta();\n \n+\tx();\n+\n \tb();\n }\n";
    let lower = "--- a/a.c\n+++ b/a.c\n@@ -1,5 +1,7 @@\n {\n \ta();\n+\n+\tx();\n \n \tb();\n }\n";
    let base = |_: &TreePath| Some(text.as_bytes().to_vec());
    for drawn in [upper, lower] {
        let files = patch::parse(drawn.as_bytes()).unwrap();
        let given = GivenPatch { title: "t".into(), files };
        let verified = compare(&[given], &base, &[change(text, rule)]).unwrap();
        assert_eq!(verified.patches[0].hunks[0].verdict, Verdict::FromTheRule);
        assert_eq!(verified.missing, []);
    }
}

#[test]
fn new_files_renames_and_deletions_are_by_hand() {
    let text = "diff --git a/n.c b/n.c\nnew file mode 100644\n--- /dev/null\n+++ b/n.c\n@@ -0,0 +1 @@\n+x\n\
        diff --git a/a.c b/b.c\nsimilarity index 100%\nrename from a.c\nrename to b.c\n\
        diff --git a/b.c b/b.c\ndeleted file mode 100644\n--- a/b.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-y\n";
    let files = patch::parse(text.as_bytes()).unwrap();
    let given = GivenPatch { title: "t".into(), files };
    let base = |wanted: &TreePath| (*wanted == path("a.c")).then(|| b"y\n".to_vec());
    let verified = compare(&[given], &base, &[]).unwrap();
    let by_hand = Verdict::ByHand { instead_of_rule: false };
    assert_eq!(verified.patches[0].hunks.len(), 3);
    assert!(verified.patches[0].hunks.iter().all(|hunk| hunk.verdict == by_hand));
}

#[test]
fn a_patch_that_does_not_apply_is_named() {
    let other = BASE.replace('3', "three");
    let error = compare(
        &[given(&other, &other.replace("8\n9", "x\n9"))],
        &|_| Some(b"1\n2\n".to_vec()),
        &[],
    );
    let text = error.unwrap_err().to_string();
    assert_eq!(text, "`t` does not apply: a.c: the hunk at line 5 does not fit the file");
}
