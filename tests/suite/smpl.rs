//! What a rule author is told: `tests/data/smpl/<mistake>.cocci` and the first line of it, `// says: …`.

use std::path::Path;

use gupatch::smpl;
use gupatch::source::{LineIndex, TreePath};

#[test]
fn each_mistake_is_named_with_its_place() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/smpl");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let want = text.lines().next().and_then(|line| line.strip_prefix("// says: ")).unwrap();
        let lines = LineIndex::new(&bytes);
        let name = TreePath::new("rule.cocci").unwrap();
        let said = match smpl::parse(&bytes) {
            Ok((_, warnings)) => warnings,
            Err(rejected) => rejected.diagnostics,
        };
        let got = said.first().map(|d| d.render(&name, &lines)).unwrap_or_default();
        let got = got.lines().next().unwrap_or_default();
        if got.strip_prefix("rule.cocci:") != Some(want) {
            wrong.push(format!("{}: says {got}", path.display()));
        }
        assert!(said.iter().all(|d| d.help.is_some()), "{}: each has a hint", path.display());
        seen += 1;
    }
    assert!(seen >= 6, "the fixtures are there");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_rules_of_all_campaigns_are_understood() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/from-gup");
    for entry in std::fs::read_dir(rules).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "cocci") {
            continue;
        }
        let (_, warnings) =
            smpl::parse(&std::fs::read(&path).unwrap()).unwrap_or_else(|rejected| {
                panic!("{}: {:?}", path.display(), rejected.diagnostics);
            });
        assert!(warnings.is_empty(), "{}: {warnings:?}", path.display());
    }
}

/// The helper patch quotes the rules, four columns in, and a message is 75 columns wide. Comments are filled
/// anew there, code is not.
#[test]
fn the_code_of_each_carried_rule_fits_a_commit_message() {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/from-gup");
    for entry in std::fs::read_dir(rules).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let code = text.lines().filter(|line| !line.starts_with("//"));
        let long = code.filter(|line| line.len() > 71).collect::<Vec<_>>();
        let is_rule = path.extension().is_some_and(|extension| extension == "cocci");
        assert!(!is_rule || long.is_empty(), "{}: {long:?}", path.display());
    }
}

#[test]
fn examples_are_run_and_what_cannot_be_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path().join("linux");
    std::fs::create_dir(&tree).unwrap();
    let write = |name: &str, text: &str| std::fs::write(tree.join(name), text).unwrap();
    write("good.cocci", "@@ expression e; @@\n- f(e)\n+ g(e)\n");
    write("good.c", "int a = f(1);\n");
    write("good.res", "int a = g(1);\n");
    write("good.wrong.c", "int a = f(1);\n");
    write("good.wrong.res", "int a = h(1);\n");
    write("good.lone.c", "int a = f(1);\n");
    let run = || crate::fixture::gupatch(folder.path(), &["rules", "test", "."]);
    let done = run();
    assert_eq!(done.status.code(), Some(1));
    let out = String::from_utf8(done.stdout).unwrap();
    assert!(out.ends_with("1 example holds, 1 does not\n"), "{out}");
    assert!(out.contains("-int a = h(1);\n+int a = g(1);\n"), "{out}");
    let err = String::from_utf8(done.stderr).unwrap();
    assert!(err.contains("good.lone.c: not run: no ./good.lone.res"), "{err}");
    write("broken.cocci", "@@ expression e; @@\n- f(e\n");
    let done = run();
    assert_eq!(
        done.status.code(),
        Some(2),
        "a rule that cannot be read is no rule without examples"
    );
    let err = String::from_utf8(done.stderr).unwrap();
    assert!(err.contains("broken.cocci:2:4: error: "), "{err}");
}
