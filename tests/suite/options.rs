//! The files and options of `gupatch run` that change how rules and code are read.

use std::process::Command;

/// Writes `files` into a fresh folder, runs `words` on `a.c` there, and gives back what it is then.
#[track_caller]
fn result(files: &[(&str, &str)], words: &[&str]) -> String {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let done = Command::new(env!("CARGO_BIN_EXE_gupatch"))
        .args(["run", "rule.cocci", "a.c", "--in-place"])
        .args(words)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    std::fs::read_to_string(folder.path().join("a.c")).unwrap()
}

const LOOP_RULE: &str = "@@ iterator i; expression e; @@\n  i(e) {\n- use(e);\n+ used(e);\n  }\n";
const LOOPS: &str = "void f(struct s *p)\n{\n\twalk(p)\n\tuse(p);\n\tCHECK(p)\n\t\tuse(p);\n}\n";

#[test]
fn a_macro_file_says_which_macros_are_loops() {
    let files = [("rule.cocci", LOOP_RULE), ("a.c", LOOPS)];
    // Without a word about them the indentation tells.
    assert_eq!(result(&files, &[]), LOOPS.replace("\t\tuse", "\t\tused"));
    let macros =
        "#define walk(p) for (p = first(); p; p = p->next)\n#define CHECK(x) MACROSTATEMENT\n";
    let files = [files[0], files[1], ("macros.h", macros)];
    assert_eq!(result(&files, &["--macro-file", "macros.h"]), LOOPS.replace("\n\tuse", "\n\tused"));
}

#[test]
fn a_rule_finds_what_its_own_isomorphisms_name() {
    let rule = "@using \"own.iso\"@ expression e; @@\n- get(e)\n+ take(e)\n";
    let code = "void f(void)\n{\n\tfetch(1);\n}\n";
    let own = "Expression\n@ fetching @\nexpression E;\n@@\n get(E) => fetch(E)\n";
    let files = [("rule.cocci", rule), ("a.c", code), ("own.iso", own)];
    assert_eq!(result(&files, &[]), code.replace("fetch", "take"));
}

#[test]
fn a_type_has_another_name_by_an_isomorphism_file() {
    let rule = "@using \"own.iso\"@ typedef u32; identifier i; @@\n- u32 i;\n+ u64 i;\n";
    let code = "static uint32_t a;\nu32 b;\nu16 c;\n";
    let own = "Type\n@ words @\n@@\n u32 => uint32_t\n";
    let files = [("rule.cocci", rule), ("a.c", code), ("own.iso", own)];
    assert_eq!(result(&files, &[]), "static u64 a;\nu64 b;\nu16 c;\n");
}

#[test]
fn options_that_mean_nothing_here_are_taken_as_spatch_takes_them() {
    let files = [("rule.cocci", LOOP_RULE), ("a.c", LOOPS)];
    let words = ["--no-includes", "--very-quiet", "--smpl-spacing", "--int-bits", "32"];
    assert_eq!(result(&files, &words), result(&files, &[]));
}
