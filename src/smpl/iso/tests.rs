//! Isomorphism files: what is read, what is refused, and what a rule becomes.

use super::super::pattern::{Pat, PatKind, Pattern};
use super::super::{parse as parse_rules, parse_plain};
use super::*;

/// The arms of the choice that isomorphisms put around the one expression or statement of a rule, each as
/// its tokens.
fn arms(rule: &str) -> Vec<String> {
    let (patch, warnings) = parse_rules(rule.as_bytes()).expect("the rule is well formed");
    assert!(warnings.is_empty(), "{warnings:?}");
    let rule = &patch.rules[0];
    let pat = match &rule.pattern {
        Pattern::Expression(pat) => pat,
        Pattern::Statements(pats) => &pats[0],
        other => panic!("an expression or statement, not {other:?}"),
    };
    let text = |pat: &Pat| {
        let (first, last) = pat.tokens.expect("code has tokens");
        let tokens = &rule.body.tokens[first.index()..=last.index()];
        tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
    };
    match &pat.kind {
        PatKind::Choice(choice) => choice.arms.iter().map(|arm| text(&arm[0])).collect(),
        _ => vec![text(pat)],
    }
}

#[test]
fn the_standard_isomorphisms_are_well_formed_and_have_names() {
    let all = parse(include_bytes!("../../../rules/standard.iso")).unwrap();
    assert!(all.len() > 35 && all.iter().all(|iso| !iso.name.is_empty()));
    let names: BTreeSet<&str> = all.iter().map(|iso| iso.name.as_str()).collect();
    assert_eq!(names.len(), all.len(), "each name is used once");
}

#[test]
fn a_later_isomorphism_sees_what_an_earlier_one_made() {
    assert_eq!(arms("@@ expression x; @@\n- x == NULL\n"), ["x == NULL", "! x", "NULL == x"]);
    assert_eq!(arms("@@ expression *x; @@\n- !x\n"), ["! x", "x == NULL", "NULL == x"]);
}

#[test]
fn a_new_negation_is_put_into_a_comparison() {
    let found = arms("@@ expression x; statement S1, S2; @@\nif (x < 3) S1 else S2\n");
    assert!(found.contains(&"if ( x < 3 ) S1".to_owned()), "{found:?}");
    assert!(found.contains(&"if ( ! x >= 3 ) S2 else S1".to_owned()), "{found:?}");
}

#[test]
fn nothing_stands_for_code_whose_own_words_are_changed() {
    assert_eq!(arms("@@ expression x; @@\n  x\n- == NULL\n+ != 0\n"), ["x == NULL"]);
    assert_eq!(arms("@@ expression x; @@\n  x ==\n- NULL\n+ 0\n"), ["x == NULL", "NULL == x"]);
}

#[test]
fn what_is_dropped_must_not_be_needed() {
    assert_eq!(arms("@@ expression x; type T; @@\n- (T)x\n+ f(x)\n").len(), 2);
    assert_eq!(arms("@@ expression x; type T; @@\n- (T)x\n+ f(T, x)\n").len(), 1);
    assert_eq!(arms("@@ expression x; @@\n- (int)x\n+ f(x)\n").len(), 1);
}

#[test]
fn disable_takes_a_name_or_all() {
    let rule = "@disable is_null@ expression x; @@\n- x == NULL\n";
    assert_eq!(arms(rule), ["x == NULL", "NULL == x"]);
    assert_eq!(arms("@disable all@ expression x; @@\n- x == NULL\n"), ["x == NULL"]);
}

#[test]
fn a_misspelt_name_is_said_with_the_one_that_is_meant() {
    let rule = "@disable isnt_null@ expression x; @@\n- x == NULL\n";
    let (mut patch, _) = parse_plain(rule.as_bytes()).unwrap();
    let warnings = apply(&mut patch, Library::built_in());
    assert!(warnings[0].message.contains("no isomorphism `isnt_null`"), "{warnings:?}");
    assert!(warnings[0].help.as_deref().unwrap().contains("`isnt_null1`"), "{warnings:?}");
}

#[test]
fn what_is_wrong_with_a_file_is_said_where_it_is() {
    let error = parse(b"Expression\n@ a @\nexpression E;\n@@\n (E)\n").unwrap_err();
    assert!(error.message.contains("one side only"), "{error:?}");
    let error = parse(b"Statment\n@ a @\n@@\n a; => b;\n").unwrap_err();
    assert!(error.message.contains("`Statment` starts no isomorphism"), "{error:?}");
}
