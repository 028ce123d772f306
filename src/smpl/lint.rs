//! What is suspicious about a rule file that can be read: names that nothing declares, rules that nothing
//! is, code that is added from nothing.
//!
//! In: a [`SemanticPatch`] whose code is still as it was written. Out: diagnostics about its bytes. What
//! keeps a file from being read at all is said by the parser.

use std::collections::{BTreeMap, BTreeSet};

use super::iso::similarity;
use super::metavar::{Constraint, MetaKind, MetaRef, Seed, TypeText};
use super::pattern::{ItemPat, NodePat, Pat, PatKind, Pattern, Slot, When};
use super::{BodyToken, Dependency, MetaId, PlusToken, Rule, RuleKind, RuleName, SemanticPatch};
use crate::ast::Kind;
use crate::diagnostic::Diagnostic;
use crate::lex::TokenKind;

/// Looks at each rule of `patch`, given the rules of the files that it includes.
pub fn lint(patch: &SemanticPatch, included: &[Rule]) -> Vec<Diagnostic> {
    let mut lint = Lint { patch, known: BTreeMap::new(), found: Vec::new() };
    for rule in included {
        lint.known.insert(&rule.name, rule);
    }
    for rule in &patch.rules {
        if lint.known.contains_key(&rule.name) && rule.kind == RuleKind::Patch {
            lint.warn(
                rule.span,
                format!("rule `{}` is defined twice", rule.name),
                "rename one of them",
            );
        }
        lint.header(rule);
        if rule.kind == RuleKind::Patch {
            lint.metavars(rule);
            lint.added(rule);
            lint.names(rule);
            lint.members(rule);
            lint.added_names(rule);
        }
        lint.known.insert(&rule.name, rule);
    }
    if patch.rules.is_empty() && included.is_empty() {
        lint.warn(
            Default::default(),
            "there is no rule in this file".to_owned(),
            "a rule is `@@`, declarations, `@@`, and then its code",
        );
    }
    lint.found.sort_by_key(|diagnostic| diagnostic.span.start);
    lint.found
}

struct Lint<'a> {
    patch: &'a SemanticPatch,
    /// The rules before the one that is looked at.
    known: BTreeMap<&'a RuleName, &'a Rule>,
    found: Vec<Diagnostic>,
}

impl<'a> Lint<'a> {
    fn warn(&mut self, span: crate::source::Span, message: String, help: &str) {
        self.found.push(Diagnostic::warning(span, message).with_help(help));
    }

    fn is_rule(&self, name: &RuleName) -> bool {
        self.known.contains_key(name) || self.patch.virtuals.contains(&name.0)
    }

    fn header(&mut self, rule: &Rule) {
        let mut named = Vec::new();
        if let Some(dependency) = &rule.depends {
            rules_in(dependency, &mut named);
        }
        named.extend(&rule.extends);
        for name in named {
            if !self.is_rule(name) {
                self.warn(
                    rule.span,
                    format!("rule `{}` depends on `{name}`, which is no rule before it", rule.name),
                    "name a rule further up, or declare it with `virtual`",
                );
            }
        }
    }

    /// Names that are inherited, and those that constraints and seeds use.
    fn metavars(&mut self, rule: &Rule) {
        let mut seen = BTreeSet::new();
        for metavar in &rule.metavars {
            let name = metavar.name.rsplit('.').next().unwrap_or_default();
            if !seen.insert(metavar.name.as_str()) {
                self.warn(
                    metavar.span,
                    format!("metavariable `{name}` is declared twice"),
                    "the first declaration is used; remove the other one",
                );
            }
            if let Some(origin) = metavar.origin.as_ref().filter(|origin| origin.0 != "virtual") {
                self.inherited(rule, origin, name, metavar.span);
            }
            if let MetaKind::Expression { types } = &metavar.kind
                && let [TypeText { words, pointers: 0, array: false }] = types.as_slice()
                && let [word] = words.as_slice()
                && let Some(meant) = misspelt_kind(word)
            {
                self.warn(
                    metavar.span,
                    format!("`{name}` stands for expressions of a C type `{word}`"),
                    &format!("is `{meant}` meant?"),
                );
            }
            let mut used: Vec<&MetaRef> = Vec::new();
            if let MetaKind::Fresh(seeds) = &metavar.kind {
                used.extend(seeds.iter().filter_map(|seed| match seed {
                    Seed::Meta(meta) => Some(meta),
                    Seed::Text(_) => None,
                }));
            }
            for constraint in &metavar.constraints {
                if let Constraint::Within(meta) = constraint {
                    used.push(meta);
                }
            }
            for meta in used {
                let full = meta.to_string();
                if rule.metavars.iter().all(|other| other.name != full) {
                    self.warn(
                        metavar.span,
                        format!("`{full}`, which `{name}` is made of, is no metavariable"),
                        "declare it in this rule, or name the rule it comes from",
                    );
                }
            }
        }
    }

    fn inherited(&mut self, rule: &Rule, origin: &RuleName, name: &str, span: crate::source::Span) {
        match self.known.get(origin) {
            None => self.warn(
                span,
                format!(
                    "`{origin}.{name}` comes from `{origin}`, which is no rule before `{}`",
                    rule.name
                ),
                "a metavariable is inherited from a rule further up that has a name",
            ),
            Some(from) if from.kind != RuleKind::Patch => {}
            Some(from) => {
                let declared = from.metavars.iter().any(|metavar| metavar.name == name);
                if !declared {
                    self.warn(
                        span,
                        format!("rule `{origin}` has no metavariable `{name}`"),
                        "it never gets a value, so that this rule matches nothing",
                    );
                }
            }
        }
    }

    /// Added code can only use what matched code has bound.
    fn added(&mut self, rule: &Rule) {
        let matched: BTreeSet<MetaId> = rule
            .body
            .tokens
            .iter()
            .flat_map(|token| token.meta.iter().chain(&token.attached))
            .copied()
            .collect();
        let mut said = BTreeSet::new();
        for token in &rule.body.tokens {
            for added in token.added() {
                let Some(meta) = added.meta else { continue };
                let metavar = rule.metavar(meta);
                let bound = matched.contains(&meta)
                    || metavar.origin.is_some()
                    || matches!(metavar.kind, MetaKind::Fresh(_))
                    || is_condition(rule, meta)
                    || in_a_type(rule, &metavar.name);
                if !bound && said.insert(meta) {
                    self.warn(
                        added.span,
                        format!(
                            "`{}` is added, and nothing that is matched gives it a value",
                            added.text
                        ),
                        "use it in the code that stays or goes, too",
                    );
                }
            }
        }
    }

    /// Names of members that are declared as something else.
    fn members(&mut self, rule: &Rule) {
        let tokens = &rule.body.tokens;
        for pair in tokens.windows(2) {
            let [before, token] = pair else { continue };
            let is_member = matches!(before.kind, TokenKind::Dot | TokenKind::Arrow);
            let Some(meta) = token.meta.filter(|_| is_member) else { continue };
            if matches!(
                rule.metavar(meta).kind,
                MetaKind::Expression { .. } | MetaKind::Constant { .. } | MetaKind::Statement
            ) {
                self.warn(
                    token.span,
                    format!(
                        "`{}` is the name of a member here and not declared as one",
                        token.text
                    ),
                    "declare it as an identifier, or rename the metavariable",
                );
            }
        }
    }

    /// Names of one letter in added code that nothing declares: metavariables that were forgotten.
    fn added_names(&mut self, rule: &Rule) {
        let known: BTreeSet<&str> = (rule.body.tokens.iter().map(|token| token.text.as_str()))
            .chain(rule.metavars.iter().map(|metavar| metavar.name.as_str()))
            .collect();
        let tokens: Vec<&PlusToken> = rule.body.tokens.iter().flat_map(BodyToken::added).collect();
        let kind = |at: usize| tokens.get(at).map(|token| token.kind);
        let mut declared: BTreeSet<&str> = BTreeSet::new();
        for (at, token) in tokens.iter().enumerate() {
            let before = at.checked_sub(1).and_then(kind);
            let behind_type = matches!(before, Some(TokenKind::Ident | TokenKind::Star));
            let ends = matches!(
                kind(at + 1),
                Some(TokenKind::Semi | TokenKind::Eq | TokenKind::Comma | TokenKind::LBracket)
            );
            let is_name = token.kind == TokenKind::Ident && token.text.len() == 1;
            let plain = !matches!(before, Some(TokenKind::Dot | TokenKind::Arrow))
                && kind(at + 1) != Some(TokenKind::LParen);
            if !is_name || !plain || token.meta.is_some() || known.contains(token.text.as_str()) {
                continue;
            }
            if behind_type && ends {
                declared.insert(&token.text);
            } else if declared.insert(&token.text) {
                self.warn(
                    token.span,
                    format!("`{}` is added and not declared", token.text),
                    "declare it as a metavariable, or as `symbol` if it is meant",
                );
            }
        }
    }

    /// Variables that are most likely meant to be metavariables.
    fn names(&mut self, rule: &Rule) {
        let mut names = Vec::new();
        match &rule.pattern {
            Pattern::Empty => {}
            Pattern::Expression(pat) | Pattern::Type(pat) => in_pat(pat, rule, &mut names),
            Pattern::Statements(pats) => pats.iter().for_each(|pat| in_pat(pat, rule, &mut names)),
            Pattern::Items(items) => {
                for item in items {
                    if let ItemPat::Code(pat) = item {
                        in_pat(pat, rule, &mut names);
                    }
                }
            }
        }
        let mut said = BTreeSet::new();
        for token in names {
            let declared = rule.metavars.iter().any(|metavar| metavar.name == token.text);
            let constant = !token.text.contains(|c: char| c.is_ascii_lowercase());
            if !declared && !constant && said.insert(&token.text) {
                self.warn(
                    token.span,
                    format!("`{}` is not declared and stands for itself", token.text),
                    "declare it as a metavariable, or as `symbol` if it is meant",
                );
            }
        }
    }
}

fn rules_in<'d>(dependency: &'d Dependency, out: &mut Vec<&'d RuleName>) {
    match dependency {
        Dependency::Rule(name) | Dependency::Ever(name) | Dependency::Never(name) => out.push(name),
        Dependency::FileIn(_) => {}
        Dependency::Not(inner) => rules_in(inner, out),
        Dependency::And(a, b) | Dependency::Or(a, b) => {
            rules_in(a, out);
            rules_in(b, out);
        }
    }
}

fn is_condition(rule: &Rule, meta: MetaId) -> bool {
    let binds = |constraint: &Constraint| matches!(constraint, Constraint::Provenance { condition, .. } if *condition == Some(meta));
    rule.metavars.iter().any(|metavar| metavar.constraints.iter().any(binds))
}

/// Whether the type of an expression metavariable binds that name.
fn in_a_type(rule: &Rule, name: &str) -> bool {
    rule.metavars.iter().any(|metavar| match &metavar.kind {
        MetaKind::Expression { types }
        | MetaKind::Idexpression { types, .. }
        | MetaKind::Constant { types } => {
            types.iter().any(|ty| ty.words.iter().any(|word| word == name))
        }
        _ => false,
    })
}

/// The names in `pat` that are used as variables.
fn in_pat<'r>(pat: &Pat, rule: &'r Rule, out: &mut Vec<&'r BodyToken>) {
    let mut all = |pats: &[Pat]| pats.iter().for_each(|pat| in_pat(pat, rule, out));
    match &pat.kind {
        PatKind::Node(NodePat { head: Kind::Ident, own, .. }) => {
            out.extend(own.first().map(|&token| rule.body.token(token)));
        }
        PatKind::Node(node) => {
            for (index, slot) in node.slots.iter().enumerate() {
                let callee = index == 0 && matches!(node.head, Kind::Call { .. });
                match slot {
                    Slot::One(pat) if callee && is_name(pat) => {}
                    Slot::One(pat) | Slot::Maybe(Some(pat)) => in_pat(pat, rule, out),
                    Slot::List(list) | Slot::MaybeList(Some(list)) => {
                        list.elems.iter().for_each(|pat| in_pat(pat, rule, out));
                    }
                    Slot::Maybe(None)
                    | Slot::MaybeList(None)
                    | Slot::Name(_)
                    | Slot::MaybeName(_) => {}
                }
            }
        }
        PatKind::Choice(choice) => choice.arms.iter().for_each(|arm| all(arm)),
        PatKind::Nest(nest) => all(&nest.body),
        PatKind::Dots(dots) => {
            for when in &dots.whens {
                match when {
                    When::Not(pats)
                    | When::Only(pats)
                    | When::NotTrue(pats)
                    | When::NotFalse(pats) => all(pats),
                    When::Any | When::Strict | When::Forall | When::Exists => {}
                }
            }
        }
        PatKind::Within(inner) | PatKind::Tested(inner) | PatKind::Optional(inner) => {
            in_pat(inner, rule, out);
        }
        PatKind::Meta { .. } | PatKind::AnyType => {}
    }
}

fn is_name(pat: &Pat) -> bool {
    matches!(pat.kind, PatKind::Node(NodePat { head: Kind::Ident, .. }))
}

/// The kind of metavariable that `word` is most likely meant to be.
fn misspelt_kind(word: &str) -> Option<&'static str> {
    let kinds = [
        "expression",
        "idexpression",
        "identifier",
        "constant",
        "function",
        "type",
        "statement",
        "parameter",
        "position",
        "declaration",
        "initialiser",
        "iterator",
        "declarer",
        "symbol",
    ];
    let likeness = |kind: &&str| similarity(word, kind);
    let best = kinds.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(&best) >= 0.7).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::super::parse_plain;
    use super::*;
    use crate::source::{LineIndex, TreePath};

    /// What is said about a rule file, a line each, without hints.
    fn said(text: &str) -> Vec<String> {
        let (lines, name) = (LineIndex::new(text.as_bytes()), TreePath::new("r.cocci").unwrap());
        let (patch, mut all) = match parse_plain(text.as_bytes()) {
            Ok((patch, warnings)) => (Some(patch), warnings),
            Err(rejected) => (None, rejected.diagnostics),
        };
        all.extend(patch.iter().flat_map(|patch| lint(patch, &[])));
        let lines = all.iter().map(|one| one.render(&name, &lines));
        lines.map(|text| text.lines().next().unwrap_or_default().to_owned()).collect()
    }

    #[test]
    fn a_good_rule_has_nothing_said_about_it() {
        let text = "virtual patch\n@r depends on patch@\nexpression e;\nsymbol done;\n@@\n- f(e, done)\n+ g(e)\n";
        assert_eq!(said(text), Vec::<String>::new());
    }

    #[test]
    fn a_misspelt_kind_is_pointed_out_and_an_empty_file_too() {
        assert_eq!(
            said("@r@\nexpresion e;\n@@\n- f(e)\n"),
            ["r.cocci:2:11: warning: `e` stands for expressions of a C type `expresion`"]
        );
        assert_eq!(said("@r@\nu32 e;\n@@\n- f(e)\n"), Vec::<String>::new());
        assert_eq!(said(""), ["r.cocci:1:1: warning: there is no rule in this file"]);
        assert_eq!(
            said("@r@\nexpression e\n@@\n- f(e)\n")[0],
            "r.cocci:3:1: error: expected `;` after a metavariable declaration, found the end of the section"
        );
    }

    #[test]
    fn names_that_nothing_declares_are_said_once() {
        assert_eq!(
            said("@r depends on s@\nexpression t.e;\n@@\n- f(e, x, x, NULL)\n"),
            [
                "r.cocci:1:1: warning: rule `r` depends on `s`, which is no rule before it",
                "r.cocci:2:12: warning: `t.e` comes from `t`, which is no rule before `r`",
                "r.cocci:4:8: warning: `x` is not declared and stands for itself",
            ]
        );
    }

    #[test]
    fn what_is_added_from_nothing_is_said() {
        assert_eq!(
            said("@@\nexpression a, b, c;\n@@\n- f(a)\n+ g(a, b)\n"),
            [
                "r.cocci:2:18: warning: metavariable `c` is not used",
                "r.cocci:5:8: warning: `b` is added, and nothing that is matched gives it a value",
            ]
        );
        assert_eq!(
            said("@@\n@@\n...\n+ g();\n...\n"),
            ["r.cocci:4:3: error: the added code has nothing to attach to"]
        );
    }

    #[test]
    fn forgotten_declarations_are_said() {
        assert_eq!(
            said("@@\nexpression e;\n@@\n- f(e)\n+ g(e, y, e->z, h(y))\n"),
            ["r.cocci:5:8: warning: `y` is added and not declared"]
        );
        assert_eq!(said("@@\n@@\n  f();\n+ int i; g(i);\n"), Vec::<String>::new());
        assert_eq!(
            said("@@\nexpression x, page;\n@@\n- x->page = page;\n"),
            ["r.cocci:4:6: warning: `page` is the name of a member here and not declared as one"]
        );
    }

    #[test]
    fn each_broken_rule_is_said_in_one_go() {
        let text = "@@\nexpression e\n@@\n- f(e)\n\n@@\nexpression e;\n@@\n- f(e\n";
        let said = said(text);
        assert_eq!(said.len(), 2, "{said:?}");
    }
}
