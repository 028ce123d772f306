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
