//! Isomorphisms: what a rule's code may also look like in the file.
//!
//! In: rules and a [`Library`] of isomorphisms, read from `.iso` files. Out: the same rules, with a
//! [`Choice`] around each piece of code that an isomorphism applies to; its first arm is the code as
//! written. So the matcher needs to know nothing of them.
//!
//! | stage | does |
//! |---|---|
//! | `file` | the text of a `.iso` file → [`Isomorphism`]s |
//! | `fit` | one side of an isomorphism against a piece of a rule |
//! | `added` | which names the added code says: what is matched by less than its whole must not be said again |
//! | `apply` | walks a rule, isomorphism after isomorphism, in the order of the file |
//! | `instance` | another side with what was bound, as tokens and pattern of the rule |
//!
//! As in Coccinelle there is no fixpoint: an isomorphism sees what earlier ones made, never its own result.
//! What no pattern can say is in the matcher under the names of [`NATIVE`], so that it can be disabled
//! like the others.

mod added;
mod apply;
mod file;
mod fit;
mod instance;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use added::Added;

use super::metavar::Metavar;
use super::pattern::Pat;
use super::{Body, Rule, RuleKind, SemanticPatch, Spelling};
use crate::diagnostic::Diagnostic;
use crate::lex::TokenKind;
use crate::source::Span;

pub use file::parse;

#[cfg(doc)]
use super::pattern::Choice;

/// Isomorphisms that the matcher knows itself: they are about parts of declarations and about values, which
/// no pair of patterns can say. They are on unless a rule disables them.
pub const NATIVE: &[(&str, &str)] = &[
    ("optional_storage", "a declaration may have a storage class that the rule does not name"),
    ("optional_qualifier", "a type may have qualifiers that the rule does not name"),
    ("optional_attributes", "code may have attributes that the rule does not name"),
    ("value_format", "a number is the same number in any base"),
    ("decl_init", "a declaration that stays may have an initialiser"),
    ("extern_decl_init", "the same, for `extern`"),
    ("static_decl_init", "the same, for `static`"),
];

/// Where code must stand for an isomorphism to apply to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Any expression.
    Expression,
    /// An expression that is tested for being true.
    TestExpression,
    /// Any expression; all sides but the first only where they are tested for being true.
    ToTestExpression,
    /// An argument, or the right side of an assignment.
    ArgExpression,
    /// A statement.
    Statement,
    /// A declaration.
    Declaration,
    /// The words of a type.
    Type,
    /// Nothing: it is known by its name only.
    TopLevel,
}

/// One isomorphism.
#[derive(Clone, Debug)]
pub struct Isomorphism {
    /// What `disable` calls it; empty where it has none.
    pub name: String,
    /// Where it applies.
    pub section: Section,
    /// The names in its sides that stand for code.
    pub(super) metavars: Vec<Metavar>,
    /// Its sides: `a <=> b => c` is the groups `a b` and `c`. A side stands for all others of its group and
    /// of later groups.
    pub(super) groups: Vec<Vec<Side>>,
    /// Its section's name in the file.
    pub span: Span,
}

impl Isomorphism {
    /// Its sides with their arrows, as one line.
    pub fn text(&self) -> String {
        let side = |side: &Side| -> String {
            let words = side.body.tokens.iter().map(|token| token.text.as_str());
            words.collect::<Vec<_>>().join(" ")
        };
        let group = |sides: &Vec<Side>| sides.iter().map(side).collect::<Vec<_>>().join(" <=> ");
        self.groups.iter().map(group).collect::<Vec<_>>().join(" => ")
    }
}

impl Isomorphism {
    /// For an isomorphism of types: each of its sides with what stands for it.
    fn spellings(&self) -> Vec<Spelling> {
        if self.section != Section::Type {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (index, group) in self.groups.iter().enumerate() {
            for (number, side) in group.iter().enumerate() {
                for (ahead, later) in self.groups[index..].iter().enumerate() {
                    let others = later.iter().enumerate();
                    let others = others.filter(|(at, _)| ahead > 0 || *at != number);
                    found.extend(others.map(|(_, other)| (side.words(), other.words())));
                }
            }
        }
        found
    }

    /// The names that some of its sides say and others do not: code of a rule that has them may look
    /// otherwise in the file.
    fn exchanged(&self) -> impl Iterator<Item = &str> {
        let sides = || self.groups.iter().flatten();
        let names = sides().flat_map(|side| side.body.tokens.iter());
        let names = names.filter(|token| token.kind == TokenKind::Ident && token.meta.is_none());
        names.map(|token| token.text.as_str()).filter(move |name| {
            sides().any(|side| side.body.tokens.iter().all(|token| token.text != *name))
        })
    }
}

/// One side of an isomorphism: code of its own, with tokens of its own.
#[derive(Clone, Debug)]
pub(super) struct Side {
    pub(super) body: Body,
    pub(super) pat: Pat,
}

impl Side {
    fn words(&self) -> Vec<String> {
        self.body.tokens.iter().map(|token| token.text.clone()).collect()
    }
}

/// The isomorphisms that rules may use.
#[derive(Clone, Debug, Default)]
pub struct Library {
    /// Those of every rule.
    pub standard: Vec<Isomorphism>,
    /// Those of the files that `using` names.
    pub files: BTreeMap<String, Vec<Isomorphism>>,
}

impl Library {
    /// `rules/standard.iso`, as it was when the program was built.
    pub fn built_in() -> &'static Library {
        static STANDARD: OnceLock<Library> = OnceLock::new();
        STANDARD.get_or_init(|| {
            let text = include_bytes!("../../../rules/standard.iso");
            let standard = parse(text).expect("a test reads the standard isomorphisms");
            Library { standard, files: BTreeMap::new() }
        })
    }

    /// The isomorphisms of one rule, those it disables among them.
    fn of<'l>(&'l self, patch_files: &[String], rule: &Rule) -> Vec<&'l Isomorphism> {
        let named = patch_files.iter().chain(&rule.iso_files);
        let files = named.filter_map(|name| self.files.get(name)).flatten();
        self.standard.iter().chain(files).collect()
    }
}

/// Applies to each rule of `patch` the isomorphisms of `library` that it uses and does not disable.
///
/// Says which names a rule disables although there is no such isomorphism.
pub fn apply(patch: &mut SemanticPatch, library: &Library) -> Vec<Diagnostic> {
    let mut warnings = Vec::new();
    for index in 0..patch.rules.len() {
        let (before, later) = patch.rules.split_at_mut(index + 1);
        let Some(rule) = before.last_mut().filter(|rule| rule.kind == RuleKind::Patch) else {
            continue;
        };
        let all = library.of(&patch.iso_files, rule);
        let known: BTreeSet<&str> = all
            .iter()
            .map(|iso| iso.name.as_str())
            .chain(NATIVE.iter().map(|(name, _)| *name))
            .chain(["all"])
            .collect();
        for name in rule.disabled.iter().filter(|name| !known.contains(name.as_str())) {
            warnings.push(unknown(name, &known, rule.span));
        }
        let active: Vec<&Isomorphism> =
            all.into_iter().filter(|iso| rule.allows(&iso.name)).collect();
        let added = Added::of(rule, later);
        apply::apply(rule, &active, &added);
        rule.spellings = active.iter().flat_map(|iso| iso.spellings()).collect();
        // Where `drop_else` applies the rule does not require its `else`.
        let others = active.iter().filter(|iso| iso.name != "drop_else");
        let exchanged: BTreeSet<&str> = others.flat_map(|iso| iso.exchanged()).collect();
        rule.required.sets.retain(|set| set.iter().all(|word| !exchanged.contains(word.as_str())));
    }
    warnings
}

fn unknown(name: &str, known: &BTreeSet<&str>, span: Span) -> Diagnostic {
    let near = known
        .iter()
        .filter(|other| !other.is_empty())
        .max_by(|a, b| similarity(name, a).total_cmp(&similarity(name, b)));
    let near = near.map_or_else(String::new, |near| format!("; is `{near}` meant?"));
    Diagnostic::warning(span, format!("there is no isomorphism `{name}` to disable"))
        .with_help(format!("`gupatch rules list --isomorphisms` lists them{near}"))
}

/// How much two names have in common: the share of equal pairs of letters.
pub(super) fn similarity(a: &str, b: &str) -> f64 {
    let pairs = |text: &str| -> Vec<(u8, u8)> {
        text.as_bytes().windows(2).map(|pair| (pair[0], pair[1])).collect()
    };
    let (a, b) = (pairs(a), pairs(b));
    let common = a.iter().filter(|pair| b.contains(pair)).count();
    2.0 * common as f64 / (a.len() + b.len()).max(1) as f64
}

#[cfg(test)]
mod tests;
