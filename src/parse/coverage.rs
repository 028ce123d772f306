//! How much of a file is understood, counted so that nothing drops out of the count.
//!
//! In: a [`LexedFile`] and the known types. Out: a [`Coverage`], which adds up over files. Two questions:
//! which items, functions, declarations and lines were parsed, with place and reason of each failure; and
//! the honesty check: each `name(` in a function's body must have become a call, a declarator or a type,
//! or lie in something that the AST says is opaque, an attribute, asm or a string. What is left over was
//! silently misread, and is listed.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;
use serde::Serialize;

use super::{Parsed, item};
use crate::ast::{Ast, Kind, LiteralKind};
use crate::items::{Arms, Item, ItemKind, TypeNames, is_name, split, visible};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

/// How many there are of something, and how many of them were parsed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// All of them.
    pub total: u64,
    /// Those parsed as a whole.
    pub parsed: u64,
    /// Those parsed but for opaque statements.
    pub partly: u64,
}

impl Tally {
    fn count(&mut self, outcome: Outcome) {
        self.total += 1;
        self.parsed += u64::from(outcome == Outcome::Whole);
        self.partly += u64::from(outcome == Outcome::Partly);
    }

    fn add(&mut self, other: Tally) {
        self.total += other.total;
        self.parsed += other.parsed;
        self.partly += other.partly;
    }

    /// The part parsed as a whole, in percent; all of nothing is all.
    pub fn percent(self) -> f64 {
        if self.total == 0 { 100.0 } else { 100.0 * self.parsed as f64 / self.total as f64 }
    }
}

/// A place that was not understood, and why.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Miss {
    /// The file.
    pub file: String,
    /// 1-based.
    pub line: u32,
    /// One sentence.
    pub reason: String,
}

/// What was understood of one or more files.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Coverage {
    /// Files looked at.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// All top-level items but directives and stray tokens.
    pub items: Tally,
    /// Function definitions, those with a macro for a header included.
    pub functions: Tally,
    /// Declarations, those made by macros included.
    pub declarations: Tally,
    /// Items with a conditional inside that parse only as their first arms.
    pub first_arm_only: u64,
    /// Tokens outside of any item, by the number of stretches.
    pub stray: u64,
    /// Lines in all files.
    pub lines: u64,
    /// Lines of items and statements that were not understood.
    pub bad_lines: u64,
    /// `name(` in function bodies.
    pub calls: u64,
    /// Those of them that nothing in the AST accounts for.
    pub unaccounted: u64,
    /// Macro arguments and statements kept as opaque tokens.
    pub opaque: u64,
    /// Place and reason of each item or statement that failed, in order of files and lines.
    pub failures: Vec<Miss>,
    /// The unaccounted calls.
    pub unaccounted_calls: Vec<Miss>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Whole,
    Partly,
    Failed,
}

impl Coverage {
    /// Adds another file's figures to these.
    pub fn add(&mut self, other: Coverage) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.items.add(other.items);
        self.functions.add(other.functions);
        self.declarations.add(other.declarations);
        self.first_arm_only += other.first_arm_only;
        self.stray += other.stray;
        self.lines += other.lines;
        self.bad_lines += other.bad_lines;
        self.calls += other.calls;
        self.unaccounted += other.unaccounted;
        self.opaque += other.opaque;
        self.failures.extend(other.failures);
        self.unaccounted_calls.extend(other.unaccounted_calls);
    }

    /// Puts the lists in order, for figures that were added up in any.
    pub fn sort(&mut self) {
        self.failures.sort();
        self.unaccounted_calls.sort();
    }

    /// How many failures there are of each reason, the most frequent first.
    pub fn reasons(&self) -> Vec<(&str, usize)> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for miss in &self.failures {
            *counts.entry(miss.reason.as_str()).or_default() += 1;
        }
        let mut counts: Vec<_> = counts.into_iter().collect();
        counts.sort_by_key(|&(reason, count)| (std::cmp::Reverse(count), reason));
        counts
    }
}

/// Parses all items of `file` and counts.
pub fn coverage(file: &LexedFile, types: &TypeNames) -> Coverage {
    let mut out = Coverage {
        files: 1,
        bytes: file.bytes.len() as u64,
        lines: u64::from(file.lines.line_count()),
        ..Coverage::default()
    };
    for item in split(file) {
        count_item(file, &item, types, &mut out);
    }
    out
}

fn count_item(file: &LexedFile, one: &Item, types: &TypeNames, out: &mut Coverage) {
    match one.kind {
        ItemKind::Directive | ItemKind::Disabled => return,
        ItemKind::Stray => {
            out.stray += 1;
            if file.range_text(one.tokens) != ";" {
                out.bad_lines += lines(file, one.tokens);
            }
            return;
        }
        ItemKind::Function
        | ItemKind::MacroFunction
        | ItemKind::Declaration
        | ItemKind::MacroDeclaration
        | ItemKind::Asm => {}
    }
    let parsed = item(file, one, types);
    let outcome = match (&parsed.ast, parsed.diagnostics.is_empty()) {
        (Some(_), true) => Outcome::Whole,
        (Some(_), false) => Outcome::Partly,
        (None, _) => Outcome::Failed,
    };
    let function = matches!(one.kind, ItemKind::Function | ItemKind::MacroFunction);
    out.items.count(outcome);
    if function {
        out.functions.count(outcome);
    } else {
        out.declarations.count(outcome);
    }
    for diagnostic in &parsed.diagnostics {
        let place = file.lines.location(diagnostic.span.start);
        out.failures.push(Miss {
            file: file.path.as_str().to_owned(),
            line: place.line,
            reason: diagnostic.message.clone(),
        });
    }
    match &parsed.ast {
        None => out.bad_lines += lines(file, one.tokens),
        Some(ast) => {
            out.first_arm_only += u64::from(parsed.arms == Arms::First);
            count_opaque(file, ast, out);
        }
    }
    if function {
        check_calls(file, one, &parsed, out);
    }
}

/// How many lines `tokens` are on.
fn lines(file: &LexedFile, tokens: TokenRange) -> u64 {
    let span = file.span(tokens);
    let last = file.lines.location(span.end.saturating_sub(1).max(span.start)).line;
    u64::from(last - file.lines.location(span.start).line + 1)
}

fn count_opaque(file: &LexedFile, ast: &Ast, out: &mut Coverage) {
    for id in ast.ids().filter(|&id| matches!(ast.kind(id), Kind::Opaque)) {
        out.opaque += 1;
        let statement = ast.parent(id).is_none_or(|parent| {
            !matches!(ast.kind(parent), Kind::Call { .. } | Kind::InitItem { .. })
        });
        if statement {
            out.bad_lines += lines(file, ast.tokens(id));
        }
    }
}

/// Counts the `name(` of a function's body and those that the AST does not account for.
fn check_calls(file: &LexedFile, one: &Item, parsed: &Parsed, out: &mut Coverage) {
    let tokens = visible(file, one.tokens, parsed.arms);
    let body = tokens.iter().position(|&t| file.tokens.kind(t) == TokenKind::LBrace);
    let body = &tokens[body.unwrap_or(tokens.len())..];
    let accounts = parsed.ast.as_ref().map(|ast| Accounts::new(file, ast));
    for pair in body.windows(2) {
        if file.tokens.kind(pair[1]) != TokenKind::LParen || !is_name(file, pair[0]) {
            continue;
        }
        out.calls += 1;
        if accounts.as_ref().is_some_and(|accounts| accounts.holds(pair[0])) {
            continue;
        }
        out.unaccounted += 1;
        out.unaccounted_calls.push(Miss {
            file: file.path.as_str().to_owned(),
            line: file.location(pair[0]).line,
            reason: format!("`{}(` is neither call nor declarator", file.text(pair[0])),
        });
    }
}

/// The names and stretches that an AST accounts for.
struct Accounts {
    names: FxHashSet<TokenId>,
    stretches: Vec<TokenRange>,
}

impl Accounts {
    fn new(file: &LexedFile, ast: &Ast) -> Accounts {
        let mut names = FxHashSet::default();
        let mut stretches: Vec<TokenRange> = ast.attributes().to_vec();
        for id in ast.ids() {
            let tokens = ast.tokens(id);
            match ast.kind(id) {
                Kind::Call { callee, .. } => {
                    names.extend(file.tokens.significant_before(ast.tokens(callee).end));
                }
                Kind::TypedefName | Kind::DeclaratorName => stretches.push(tokens),
                Kind::StructType { name: Some(name), .. }
                | Kind::EnumType { name: Some(name), .. } => {
                    names.insert(name);
                }
                Kind::Enumerator { name, .. } => {
                    names.insert(name);
                }
                Kind::Opaque | Kind::Asm | Kind::Literal(LiteralKind::String) => {
                    stretches.push(tokens);
                }
                _ => {}
            }
        }
        stretches.sort();
        Accounts { names, stretches }
    }

    fn holds(&self, name: TokenId) -> bool {
        if self.names.contains(&name) {
            return true;
        }
        // Stretches may nest, but never reach far: those that start before the name and near it decide.
        let after = self.stretches.partition_point(|range| range.start <= name);
        self.stretches[..after].iter().rev().any(|range| range.contains(name))
    }
}
