//! Preprocessor lines: matched token by token, for they are no C.
//!
//! In: the items of a rule of which some are directives. Out: matches over the whole file; what one item
//! binds holds for the next.

use std::sync::Arc;

use super::state::{Bindings, Code, Match};
use super::trace::Trace;
use super::{Facts, Found, Matcher, Unit};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange, lex};
use crate::smpl::pattern::{DirectivePat, ItemPat, Pattern, TokenIx};
use crate::smpl::{Mark, MetaId, MetaKind, Rule};

/// All matches of `rule` in a file, given what its inherited metavariables are bound to.
pub fn find_in_file(
    rule: &Rule,
    file: &LexedFile,
    units: &[Unit<'_>],
    inherited: &Bindings,
    facts: &dyn Facts,
) -> Found {
    find_traced(rule, file, units, inherited, facts, None)
}

/// The same; what does not match is noted.
pub(super) fn find_traced(
    rule: &Rule,
    file: &LexedFile,
    units: &[Unit<'_>],
    inherited: &Bindings,
    facts: &dyn Facts,
    trace: Option<&Trace>,
) -> Found {
    let in_units = |inherited: &Bindings| {
        let mut all = Found::default();
        for unit in units {
            let found = super::find_noting(rule, unit, inherited, facts, trace);
            all.matches.extend(found.matches);
            all.given_up.extend(found.given_up);
        }
        all
    };
    let Pattern::Items(items) = &rule.pattern else { return in_units(inherited) };
    if !items.iter().any(|item| matches!(item, ItemPat::Directive(_))) {
        return in_units(inherited);
    }
    let mut states = vec![Match { bindings: inherited.clone(), ..Match::default() }];
    for item in items {
        let mut next = Vec::new();
        for state in &states {
            match item {
                ItemPat::Directive(pat) => next.extend(directives(rule, file, pat, state)),
                ItemPat::Dots(_) => next.push(state.clone()),
                ItemPat::Code(_) => {
                    for unit in units {
                        let matcher = Matcher::new(rule, unit, facts, trace);
                        next.extend(matcher.item(item, state));
                    }
                }
            }
        }
        states = next;
    }
    Found { matches: states, given_up: Vec::new() }
}

/// The directives of the file that `pat` matches.
fn directives(rule: &Rule, file: &LexedFile, pat: &DirectivePat, state: &Match) -> Vec<Match> {
    let all = file.tokens.all().iter().filter(|&id| file.tokens.kind(id) == TokenKind::Directive);
    if let Some(wanted) = IncludeDots::of(&words(pat.text.as_bytes())) {
        return wanted.find(rule, file, pat.token, state);
    }
    all.filter_map(|id| directive(rule, file, pat, id, state.clone())).collect()
}

/// `#include ...`, `#include <linux/...>`, `#include "..."`: any of a kind.
///
/// Where code is added before one it is the first of its kind that is meant, and the last where code is
/// added after it; those under a condition do not count there.
struct IncludeDots {
    /// `<`, `"`, or nothing for both.
    opens: Option<u8>,
    /// The path up to the dots.
    prefix: Vec<u8>,
}

impl IncludeDots {
    fn of(words: &[Vec<u8>]) -> Option<IncludeDots> {
        let [include, path] = words else { return None };
        if include != b"include" {
            return None;
        }
        if path == b"..." {
            return Some(IncludeDots { opens: None, prefix: Vec::new() });
        }
        let (&opens, path) = path.split_first()?;
        let (_, path) = path.split_last()?;
        let prefix = path.strip_suffix(b"...")?.to_vec();
        Some(IncludeDots { opens: Some(opens), prefix })
    }

    fn takes(&self, text: &[u8]) -> bool {
        let words = words(text);
        let [include, path] = words.as_slice() else { return false };
        let Some((&opens, path)) = path.split_first() else { return false };
        include == b"include"
            && matches!(opens, b'<' | b'"')
            && self.opens.is_none_or(|wanted| wanted == opens)
            && path.starts_with(&self.prefix)
    }

    fn find(&self, rule: &Rule, file: &LexedFile, token: TokenIx, state: &Match) -> Vec<Match> {
        let body_token = rule.body.token(token);
        let first = !body_token.before.is_empty() && body_token.mark != Mark::Minus;
        let last = !body_token.after.is_empty() && body_token.mark != Mark::Minus;
        let conditional = conditional_directives(file);
        let all = file.tokens.all().iter().filter(|id| {
            file.tokens.kind(*id) == TokenKind::Directive && self.takes(file.text(*id))
        });
        let free = all.filter(|id| !(first || last) || !conditional.contains(id));
        let mut found: Vec<TokenId> = free.collect();
        if last {
            found = found.pop().into_iter().collect();
        } else if first {
            found.truncate(1);
        }
        let linked = found.into_iter().map(|id| {
            let mut state = state.clone();
            state.link(token, TokenRange { start: id, end: id.next() });
            state
        });
        linked.collect()
    }
}

/// The directives that stand in some arm of an `#if`; the guard around a whole header is none.
fn conditional_directives(file: &LexedFile) -> Vec<TokenId> {
    let is = |id: TokenId, name: &[u8]| words(file.text(id)).first().is_some_and(|w| w == name);
    let all: Vec<TokenId> = file
        .tokens
        .all()
        .iter()
        .filter(|&id| file.tokens.kind(id) == TokenKind::Directive)
        .collect();
    let guard = match all.as_slice() {
        [first, second, ..] => {
            is(*first, b"ifndef")
                && is(*second, b"define")
                && words(file.text(*first)).get(1) == words(file.text(*second)).get(1)
        }
        _ => false,
    };
    let mut depth = 0i32 - i32::from(guard);
    let mut inside = Vec::new();
    for id in all {
        match words(file.text(id)).first().map(Vec::as_slice) {
            Some(b"if" | b"ifdef" | b"ifndef") => depth += 1,
            Some(b"endif") => depth -= 1,
            _ if depth > 0 => inside.push(id),
            _ => {}
        }
    }
    inside
}

fn directive(
    rule: &Rule,
    file: &LexedFile,
    pat: &DirectivePat,
    id: TokenId,
    state: Match,
) -> Option<Match> {
    let wanted = words(pat.text.as_bytes());
    let found = words(file.text(id));
    let line = Line { rule, is_define: found.first().is_some_and(|word| word == b"define") };
    let mut state = line.matches((&wanted, 0), (&found, 0), state)?;
    state.link(pat.token, TokenRange { start: id, end: id.next() });
    Some(state)
}

/// A line of a rule against one of the file, word by word.
struct Line<'r> {
    rule: &'r Rule,
    is_define: bool,
}

impl Line<'_> {
    /// The rest of both lines, from these words on.
    fn matches(
        &self,
        (wanted, at): (&[Vec<u8>], usize),
        (found, from): (&[Vec<u8>], usize),
        mut state: Match,
    ) -> Option<Match> {
        let go_on = |skip: usize, taken: usize, state: Match| {
            self.matches((wanted, at + skip), (found, from + taken), state)
        };
        let is = |words: &[Vec<u8>], at: usize, text: &[u8]| {
            words.get(at).is_some_and(|word| word == text)
        };
        let Some(word) = wanted.get(at) else { return (from == found.len()).then_some(state) };
        if is(wanted, at, b"...") && is(wanted, at + 1, b"...") {
            // `......` is what C writes as `...`.
            return is(found, from, b"...").then(|| go_on(2, 1, state)).flatten();
        }
        if word == b"..." {
            let dots = Dots { in_parameters: self.is_parameter(wanted, at) };
            let lengths = dots.lengths(&found[from..], at + 1 == wanted.len());
            let skip = |len: usize| {
                let comma = len == 0 && dots.in_parameters && is(wanted, at + 1, b",");
                1 + usize::from(comma)
            };
            return lengths.into_iter().find_map(|len| go_on(skip(len), len, state.clone()));
        }
        let ends_in_dots = is(wanted, at + 1, b"...") && is(wanted, at + 2, b")");
        if word == b"," && ends_in_dots && is(found, from, b")") && self.is_parameter(wanted, at) {
            return go_on(2, 0, state);
        }
        let meta = self.rule.metavars.iter().position(|meta| meta.name.as_bytes() == word);
        let Some(meta) = meta.map(|index| MetaId(index as u32)) else {
            return is(found, from, word).then(|| go_on(1, 1, state)).flatten();
        };
        let takes_rest =
            at + 1 == wanted.len() && !matches!(self.rule.metavar(meta).kind, MetaKind::Identifier);
        let len = if takes_rest { found.len() - from } else { 1 };
        let value = found.get(from..from + len)?.join(&b" "[..]);
        bind(meta, &value, &mut state)?;
        go_on(1, len, state)
    }

    /// Whether the word at `at` of a rule's `#define` is among the parameters of the macro.
    fn is_parameter(&self, wanted: &[Vec<u8>], at: usize) -> bool {
        let opens = self.is_define && wanted.get(2).is_some_and(|word| word == b"(");
        opens && at > 2 && !wanted[..at].iter().any(|word| word == b")")
    }
}

/// `...` in a line.
struct Dots {
    /// Whether they stand for parameters of a macro.
    in_parameters: bool,
}

impl Dots {
    /// How many of the words they may stand for, in the order in which to try.
    fn lengths(&self, words: &[Vec<u8>], last: bool) -> Vec<usize> {
        if last {
            return vec![words.len()];
        }
        if !self.in_parameters {
            return (0..=words.len()).collect();
        }
        let close = words.iter().position(|word| word == b")").unwrap_or(0);
        let ends = (1..=close).filter(|&len| len == close || words[len] == b",");
        std::iter::once(0).chain(ends).collect()
    }
}

fn bind(meta: MetaId, value: &[u8], state: &mut Match) -> Option<()> {
    if value.is_empty() {
        return None;
    }
    let text = Arc::new(value.into());
    let code = Code { key: Arc::clone(&text), text, count: 1, scope: None };
    match state.bindings.get(meta) {
        Some(super::Value::Code(bound)) => (*bound == code).then_some(()),
        Some(super::Value::Positions(_)) => None,
        None => {
            state.bindings.set(meta, super::Value::Code(code));
            Some(())
        }
    }
}

/// The words of a directive; what `#include` names is one.
fn words(text: &[u8]) -> Vec<Vec<u8>> {
    let body = text.strip_prefix(b"#").unwrap_or(text);
    let tokens = lex(body);
    let mut out: Vec<Vec<u8>> = Vec::new();
    let mut path: Option<Vec<u8>> = None;
    for id in tokens.significant(tokens.all()) {
        let word = &body[tokens.span(id).range()];
        if let Some(open) = &mut path {
            open.extend_from_slice(word);
            if word == b">" {
                out.extend(path.take());
            }
        } else if word == b"<" && out.len() == 1 && out[0] == b"include" {
            path = Some(word.to_vec());
        } else {
            out.push(word.to_vec());
        }
    }
    out.extend(path);
    out
}
