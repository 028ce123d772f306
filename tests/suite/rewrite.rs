//! Semantic patches on small files: `tests/data/rewrite/<behaviour>.{cocci,c,res}`.
//!
//! Each triple is run, compared byte for byte, and run again on its own result, which must not change it
//! where the triple does not say otherwise. Where spatch is installed and the rule is plain SmPL, it must
//! find the same tokens.

use std::path::{Path, PathBuf};
use std::process::Command;

use gupatch::ast::{Ast, Kind, NodeId};
use gupatch::edit::{FileFacts, Settings, rewrite};
use gupatch::lex::{LexedFile, TokenKind, lex};
use gupatch::matcher::{Facts, PageFact, Unit};
use gupatch::smpl::{self, ProvenanceClass, SemanticPatch};
use gupatch::source::{LineIndex, TreePath};

/// Facts by name, so that a fixture says them itself: `gup_…` is from GUP, `maybe_…` under `from_gup`,
/// `mixed_…` from both.
struct ByName<'a> {
    file: &'a LexedFile,
}

impl Facts for ByName<'_> {
    fn provenance(&self, ast: &Ast, expr: NodeId) -> Option<PageFact> {
        let text = self.file.range_text(ast.tokens(expr)).to_string();
        if self.is_told_apart(ast, expr) {
            return None;
        }
        let name = text.trim_start_matches(['&', '*', '(']);
        let class = match name {
            _ if name.starts_with("gup_") => ProvenanceClass::Gup,
            _ if name.starts_with("maybe_") => ProvenanceClass::Conditional,
            _ if name.starts_with("mixed_") => ProvenanceClass::Mixed,
            _ => return None,
        };
        let condition =
            (class == ProvenanceClass::Conditional).then(|| "user_backed_iter(iter)".to_owned());
        Some(PageFact { class, condition })
    }
}

impl ByName<'_> {
    /// Whether `expr` stands where the condition has been asked already.
    fn is_told_apart(&self, ast: &Ast, expr: NodeId) -> bool {
        ast.ancestors(expr).any(|id| match ast.kind(id) {
            Kind::If { cond, .. } | Kind::Conditional { cond, .. } => {
                self.file.range_text(ast.tokens(cond)) == "user_backed_iter(iter)"
            }
            _ => false,
        })
    }
}

struct NamesTell;

impl FileFacts for NamesTell {
    fn of(&self, file: &LexedFile, _: &[Unit<'_>]) -> Box<dyn Facts + '_> {
        Box::new(OwnedByName { file: file.clone() })
    }
}

struct OwnedByName {
    file: LexedFile,
}

impl Facts for OwnedByName {
    fn provenance(&self, ast: &Ast, expr: NodeId) -> Option<PageFact> {
        ByName { file: &self.file }.provenance(ast, expr)
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rewrite")
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn patch(path: &Path) -> SemanticPatch {
    let bytes = read(path);
    match smpl::parse(&bytes) {
        Ok((patch, _)) => patch,
        Err(rejected) => {
            let lines = LineIndex::new(&bytes);
            let name = TreePath::new("rule.cocci").unwrap();
            panic!("{}: {}", path.display(), rejected.diagnostics[0].render(&name, &lines));
        }
    }
}

fn run(patch: &SemanticPatch, bytes: Vec<u8>) -> (Vec<u8>, Vec<String>) {
    let file = LexedFile::new(TreePath::new("x.c").unwrap(), bytes);
    let done =
        rewrite(patch, &file, &Settings { holds_clues: true, ..Settings::default() }, &NamesTell);
    let said = done.diagnostics.iter().map(|d| d.render(&file.path, &file.lines)).collect();
    (done.bytes, said)
}

fn fixtures() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "res"))
        .collect();
    found.sort();
    assert!(found.len() >= 4, "the fixtures are there");
    found
}

/// The rule of a fixture: its own `.cocci`, or the campaign's rule that its first line names.
fn rule_of(res: &Path) -> PathBuf {
    let own = res.with_extension("cocci");
    if own.exists() {
        return own;
    }
    let source = read(&res.with_extension("c"));
    let first = String::from_utf8_lossy(&source).lines().next().unwrap_or_default().to_owned();
    let name = first
        .strip_prefix("/* rules/")
        .and_then(|rest| rest.strip_suffix(" */"))
        .unwrap_or_else(|| panic!("{} names no rule", res.display()));
    Path::new(env!("CARGO_MANIFEST_DIR")).join("rules").join(name)
}

#[test]
fn every_fixture_gives_its_result() {
    let mut wrong = Vec::new();
    for res in fixtures() {
        let patch = patch(&rule_of(&res));
        let (got, said) = run(&patch, read(&res.with_extension("c")));
        let want = read(&res);
        if got != want {
            wrong.push(format!(
                "{}: got\n{}\nwanted\n{}\n{}",
                res.display(),
                String::from_utf8_lossy(&got),
                String::from_utf8_lossy(&want),
                said.join("\n")
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_campaign_rule_leaves_its_own_result_alone() {
    for res in fixtures() {
        let rule = rule_of(&res);
        if rule.starts_with(folder()) {
            continue;
        }
        let want = read(&res);
        let (again, _) = run(&patch(&rule), want.clone());
        let again = String::from_utf8_lossy(&again).into_owned();
        assert_eq!(again, String::from_utf8_lossy(&want), "{}", res.display());
    }
}

#[test]
fn what_was_not_touched_keeps_its_bytes() {
    for res in fixtures() {
        let before = read(&res.with_extension("c"));
        let after = read(&res);
        let common = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
        assert!(common > 0 || before == after, "{}", res.display());
    }
}

/// The tokens of a text, spaces and comments left out.
fn words(text: &[u8]) -> Vec<String> {
    let tokens = lex(text);
    let all = tokens
        .all()
        .iter()
        .filter(|&id| !tokens.kind(id).is_trivia() || tokens.kind(id) == TokenKind::Directive);
    all.map(|id| String::from_utf8_lossy(&text[tokens.span(id).range()]).into_owned()).collect()
}

#[test]
fn spatch_finds_the_same_tokens() {
    if Command::new("spatch").arg("--version").output().is_err() {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    for res in fixtures() {
        let rule = res.with_extension("cocci");
        if !rule.exists() || String::from_utf8_lossy(&read(&rule)).contains("provenance(") {
            continue;
        }
        if String::from_utf8_lossy(&read(&rule)).starts_with("// not as spatch") {
            continue;
        }
        let out = scratch.path().join("out.c");
        std::fs::copy(res.with_extension("c"), &out).unwrap();
        let done = Command::new("spatch")
            .args(["--very-quiet", "--in-place", "--sp-file"])
            .arg(&rule)
            .arg(&out)
            .output()
            .unwrap();
        assert!(done.status.success(), "{}: {done:?}", rule.display());
        assert_eq!(words(&read(&out)), words(&read(&res)), "{}", res.display());
    }
}
