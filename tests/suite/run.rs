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

#[test]
fn changes_that_exclude_each_other_are_an_error_with_both_places() {
    let folder = tree();
    let root = folder.path().join("linux");
    fs::write(root.join("rule.cocci"), "@@ expression x; @@\n- f(x)\n+ g(x)\n").unwrap();
    fs::write(root.join("a.c"), "void a(void)\n{\n\tf(f(1));\n}\n").unwrap();
    let done = gupatch(folder.path(), &["run", "rule.cocci", "a.c"]);
    assert_eq!(done.status.code(), Some(2));
    assert_eq!(text(&done), "", "nothing of the rule is done");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("a.c:3:4: error: ") && said.contains("is at a.c:3:2"), "{said}");
}

#[test]
fn places_in_messages_are_those_of_the_file_before_all_rules() {
    let folder = tree();
    let root = folder.path().join("linux");
    let first = "@@ @@\n- gone();\n@@ expression x; @@\n- f(x)\n+ g(x)\n";
    fs::write(root.join("rule.cocci"), first).unwrap();
    fs::write(root.join("a.c"), "void a(void)\n{\n\tgone();\n\tf(f(1));\n}\n").unwrap();
    let done = gupatch(folder.path(), &["run", "rule.cocci", "a.c"]);
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(said.contains("a.c:4:4: error: ") && said.contains("is at a.c:4:2"), "{said}");
}

#[test]
fn headers_tell_types_as_far_as_they_are_asked_for() {
    let folder = tree();
    let root = folder.path().join("linux");
    fs::write(root.join("rule.cocci"), "@@ char *x; @@\n- use(x)\n+ say(x)\n").unwrap();
    fs::create_dir(root.join("more")).unwrap();
    fs::write(root.join("near.h"), "#include \"more/inner.h\"\nextern char *near;\n").unwrap();
    fs::write(root.join("more/inner.h"), "extern char *inner;\n").unwrap();
    fs::write(root.join("include/far.h"), "extern char *far;\n").unwrap();
    let source = "#include \"near.h\"\n#include <far.h>\n\
                  void a(void)\n{\n\tuse(near);\n\tuse(far);\n\tuse(inner);\n}\n";
    fs::write(root.join("a.c"), source).unwrap();
    let changed = |options: &[&str]| {
        let arguments = [&["run", "rule.cocci", "a.c"], options].concat();
        let done = text(&gupatch(folder.path(), &arguments));
        let added = done.lines().filter_map(|line| line.strip_prefix("+\tsay("));
        added.map(|line| line.trim_end_matches(");").to_owned()).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(changed(&["--no-includes"]), "");
    assert_eq!(changed(&[]), "near");
    assert_eq!(changed(&["--all-includes"]), "near far");
    assert_eq!(changed(&["--recursive-includes"]), "near far inner");
    assert_eq!(changed(&["--all-includes", "-I", "more"]), "near far");
}

#[test]
fn a_rule_file_names_options_of_its_own() {
    let folder = tree();
    let root = folder.path().join("linux");
    let rule = "#spatch -D on -D name=given\n# spatch --no-such-option\n\
                virtual on\n@depends on on@ identifier virtual.name; @@\n- f()\n+ name()\n";
    fs::write(root.join("rule.cocci"), rule).unwrap();
    fs::write(root.join("a.c"), "void a(void)\n{\n\tf();\n}\n").unwrap();
    let done = gupatch(folder.path(), &["run", "rule.cocci", "a.c"]);
    assert!(text(&done).contains("+\tgiven();"), "{}", text(&done));
    assert!(String::from_utf8_lossy(&done.stderr).contains("--no-such-option"));
    let other = gupatch(folder.path(), &["run", "rule.cocci", "a.c", "-D", "name=other"]);
    assert!(text(&other).contains("+\tother();"), "the command line has the last word");
}

/// What `run --why` says of each rule at a line.
fn said(rule: &str, code: &str, line: u32) -> String {
    let folder = tree();
    let root = folder.path().join("linux");
    fs::write(root.join("rule.cocci"), rule).unwrap();
    fs::write(root.join("a.c"), code).unwrap();
    text(&gupatch(folder.path(), &["run", "rule.cocci", "--why", &format!("a.c:{line}")]))
}

#[test]
fn why_says_how_far_a_rule_got_and_what_is_in_its_way() {
    let rule = "\
@r@ expression x, n; @@
- x = grab(n);
... when != x
- clear(x, n);

@s depends on r@ @@
- clear();

@t@ @@
- nowhere();
";
    let body = "\tp = grab(8);\n\tif (!p)\n\t\treturn;\n\tclear(p, 8);\n";
    let code = format!("void a(void)\n{{\n{body}}}\n");
    assert_eq!(
        said(rule, &code, 3),
        "r: met up to its line 2 at `;`; the dots of its line 3 at `...` end before a.c:4:6 `!p`, \
         which the `when` of line 3 forbids\n\
         s: not run: what it depends on does not hold (r)\n\
         t: not run: the file has no `nowhere`\n"
    );
    let code = code.replace("!p", "!q").replace("clear(p", "clear(q");
    assert_eq!(
        said(rule, &code, 3).lines().next().unwrap(),
        "r: met up to its line 4 at `clear`; its line 4 at `x` meets a.c:6:8 `q`, \
         for `x` stands for `p` already"
    );
    let code = code.replace("clear(", "wipe(").replace("return", "clear(); return");
    assert!(said(rule, &code, 6).starts_with("r: nothing here is what it starts with; "));
}
