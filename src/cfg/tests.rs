//! Fixtures: `tests/data/cfg/<behaviour>.c` and the printed graph in `<behaviour>.cfg`.
//!
//! `GUPATCH_BLESS=1` writes the graphs anew, for review with `git diff`.

use std::fs;
use std::path::Path;

use super::*;
use crate::items::Shape;
use crate::lex::LexedFile;
use crate::source::TreePath;

fn parsed(text: &str) -> (LexedFile, Ast) {
    let file = LexedFile::new(TreePath::new("test.c").unwrap(), text.as_bytes().to_vec());
    let tokens = file.tokens.all();
    let ast = crate::parse::fragment(&file, tokens, Shape::TopLevel, &Default::default())
        .unwrap_or_else(|diagnostic| panic!("{diagnostic:?}"));
    (file, ast)
}

fn built(text: &str) -> (LexedFile, Ast, Cfg) {
    let (file, ast) = parsed(text);
    let no_return = NoReturn::from_iter(["BUG", "panic"]);
    let cfg = build(&ast, &file, ast.root(), &no_return);
    (file, ast, cfg)
}

/// What must hold of every graph.
fn check_invariants(ast: &Ast, cfg: &Cfg) {
    for point in cfg.points() {
        for edge in cfg.successors(point) {
            let back = Edge { point, ..*edge };
            assert!(cfg.predecessors(edge.point).contains(&back), "{point:?} {edge:?}");
        }
    }
    let post = cfg.post_dominators();
    for &point in cfg.reverse_post_order() {
        assert!(cfg.dominators().dominates(Cfg::ENTRY, point));
        assert!(post.dominates(Cfg::EXIT, point), "{point:?}");
        for other in cfg.points() {
            let without = cfg.reachable_from(Cfg::ENTRY, |p| p == other);
            let needs = other == Cfg::ENTRY
                || other == point
                || (point != Cfg::ENTRY && cfg.is_reachable(other) && !without.contains(point));
            assert_eq!(cfg.dominators().dominates(other, point), needs, "{other:?} {point:?}");
        }
    }
    for point in cfg.points().skip(2) {
        let data = cfg.data(point);
        if !matches!(data.kind, PointKind::After | PointKind::Nested | PointKind::LoopHead) {
            assert_eq!(cfg.point_of(ast, data.node), Some(point));
        }
    }
}

#[test]
fn graphs_of_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/cfg");
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|e| e != "c") {
            continue;
        }
        let (file, ast, cfg) = built(&fs::read_to_string(&path).unwrap());
        check_invariants(&ast, &cfg);
        let text = print::graph(&cfg, &ast, &file);
        let expected = path.with_extension("cfg");
        if std::env::var_os("GUPATCH_BLESS").is_some() {
            fs::write(&expected, &text).unwrap();
        }
        let expected = fs::read_to_string(&expected).unwrap();
        similar_asserts(&path, &expected, &text);
        seen += 1;
    }
    assert!(seen > 10, "only {seen} fixtures");
}

fn similar_asserts(path: &Path, expected: &str, text: &str) {
    let diff = similar::TextDiff::from_lines(expected, text);
    assert!(expected == text, "{}:\n{}", path.display(), diff.unified_diff());
}

fn point_with(file: &LexedFile, ast: &Ast, cfg: &Cfg, text: &str) -> Point {
    cfg.points()
        .skip(2)
        .find(|&point| file.range_text(ast.tokens(cfg.node(point))) == text)
        .unwrap_or_else(|| panic!("no point `{text}`"))
}

#[test]
fn paths_avoid_what_they_are_told_to() {
    let (file, ast, cfg) = built("void f(int a) { if (a) b(); else c(); d(); }");
    let at = |text| point_with(&file, &ast, &cfg, text);
    let (b, c, d) = (at("b();"), at("c();"), at("d();"));
    assert!(cfg.has_path(Cfg::ENTRY, d, |p| p == b));
    assert!(!cfg.has_path(Cfg::ENTRY, d, |p| p == b || p == c));
    assert!(!cfg.has_path(b, b, |_| false), "no cycle");
    assert!(!cfg.has_path(b, c, |_| false));
    assert!(cfg.leading_to(d, |p| p == b).contains(c));
}

#[test]
fn a_loop_is_its_head_and_what_comes_back_to_it() {
    let text = "void f(int a) { while (a) { if (g()) break; h(); } do { k(); } while (a); }";
    let (file, ast, cfg) = built(text);
    let at = |text| point_with(&file, &ast, &cfg, text);
    let loops = cfg.loops();
    assert_eq!(loops.len(), 2);
    assert!(loops[0].contains(at("h();")) && loops[0].contains(loops[0].head));
    assert!(!loops[0].contains(at("break;")));
    assert!(loops[1].contains(at("k();")) && !loops[1].contains(at("h();")));
}

#[test]
fn edges_tell_facts_about_parts() {
    let (file, ast, cfg) = built("void f(int a, int b) { if (a && !(b)) g(); }");
    let point = cfg.points().find(|&p| cfg.kind(p) == PointKind::Condition).unwrap();
    let told = |edge: &Edge| -> Vec<(String, bool)> {
        let facts = facts(&cfg, &ast, point, *edge);
        let text = |fact: &Fact| file.range_text(ast.tokens(fact.expr)).to_string();
        facts.iter().map(|fact| (text(fact), fact.holds)).collect()
    };
    let edges = cfg.successors(point);
    assert!(told(&edges[0]).contains(&("a".into(), true)));
    assert!(told(&edges[0]).contains(&("b".into(), false)));
    assert_eq!(told(&edges[1]), [("a && !(b)".to_owned(), false)]);
}
