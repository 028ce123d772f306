//! What the matches of one rule do to each token of the file.
//!
//! In: matches. Out: which tokens go, and which runs of added code stand before or after which token.
//! Two matches that want the same of a token want it once; two that want different things are a conflict,
//! unless the rule says `++`.

use std::collections::{BTreeMap, BTreeSet};

use super::Conflict;
use super::render::{Rendered, render};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};
use crate::matcher::Match;
use crate::smpl::pattern::TokenIx;
use crate::smpl::{Mark, PlusRun, Rule};

/// Where added code stands with respect to a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    Before,
    After,
}

/// What happens to the tokens of one file.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// The tokens that go, with the rule's token that says so.
    pub(super) removed: BTreeMap<TokenId, TokenIx>,
    /// Added code by place, in the order in which it is to stand.
    pub(super) added: BTreeMap<(TokenId, Side), Vec<Rendered>>,
    /// Tokens that some rule token met and that stay.
    kept: BTreeSet<TokenId>,
}

impl Marks {
    /// Whether nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.added.is_empty()
    }
}

/// Collects what `matches` do.
pub(super) fn collect(
    rule: &Rule,
    file: &LexedFile,
    matches: &[Match],
    fresh: &mut dyn FnMut(&str) -> String,
) -> Result<Marks, Conflict> {
    let mut marks = Marks::default();
    for whole in matches {
        for part in whole.all() {
            for link in &part.links {
                let token = rule.body.token(link.token);
                if token.mark == Mark::Minus {
                    for &range in &link.places {
                        remove(&mut marks, file, range, link.token);
                    }
                } else {
                    let all = link.places.iter().flat_map(|range| file.tokens.significant(*range));
                    let single = token.meta.is_none();
                    marks.kept.extend(all.filter(|_| single));
                }
                let runs = token.before.iter().map(|run| (run, Side::Before));
                let runs = runs.chain(token.after.iter().map(|run| (run, Side::After)));
                for (run, side) in runs {
                    add(&mut marks, rule, file, part, (run, side), &link.places, fresh)?;
                }
            }
        }
    }
    Ok(marks)
}

fn remove(marks: &mut Marks, file: &LexedFile, range: TokenRange, token: TokenIx) {
    let one = range.start.next() == range.end;
    let directive = one && file.tokens.kind(range.start) == TokenKind::Directive;
    for place in range.iter().filter(|&id| directive || !file.tokens.kind(id).is_trivia()) {
        marks.removed.entry(place).or_insert(token);
    }
}

fn add(
    marks: &mut Marks,
    rule: &Rule,
    file: &LexedFile,
    part: &Match,
    (run, side): (&PlusRun, Side),
    places: &[TokenRange],
    fresh: &mut dyn FnMut(&str) -> String,
) -> Result<(), Conflict> {
    let ends = match side {
        Side::Before => places.first().map(|range| range.start),
        Side::After => places.last().and_then(|range| range.end.0.checked_sub(1)).map(TokenId),
    };
    let empty = places.iter().all(|range| range.is_empty());
    let Some(place) = ends.filter(|_| !empty) else { return Ok(()) };
    let rendered = render(rule, run, &part.bindings, fresh);
    let entry = marks.added.entry((place, side)).or_default();
    let again = entry.iter().any(|other| other.tokens == rendered.tokens);
    if again && !run.many {
        return Ok(());
    }
    let clashes = entry.iter().any(|other| other.run == rendered.run) && !run.many;
    if clashes {
        let span = file.tokens.span(place);
        return Err(Conflict {
            first: span,
            second: span,
            reason: "two matches add different code in one place; `++` in the rule allows it",
        });
    }
    entry.push(rendered);
    Ok(())
}
