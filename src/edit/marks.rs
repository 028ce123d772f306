//! What the matches of one rule do to each token of the file.
//!
//! In: matches. Out: which tokens go, and which runs of added code stand before or after which token.
//! Two matches that want the same of a token want it once; two that want different things are a conflict,
//! unless the rule says `++`.

use std::collections::{BTreeMap, BTreeSet};

use bstr::ByteSlice;

use super::Conflict;
use super::render::{Rendered, Word, render};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};
use crate::matcher::Match;
use crate::smpl::pattern::TokenIx;
use crate::smpl::{BodyToken, Mark, MetaKind, PlusRun, Rule};

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
                    let statement = run.beside.and_then(|span| met(whole, part, span));
                    let places = statement.as_ref().map_or(&link.places[..], std::slice::from_ref);
                    add(&mut marks, rule, file, part, (token, run, side), places, fresh)?;
                }
            }
        }
    }
    Ok(marks)
}

/// What the tokens of the rule from the first to the last of `span` met.
fn met(whole: &Match, part: &Match, (first, last): (TokenIx, TokenIx)) -> Option<TokenRange> {
    let own = part.links.iter().chain(&whole.links);
    let links = own.filter(|link| first <= link.token && link.token <= last);
    let places = links.flat_map(|link| &link.places).copied();
    places.filter(|range| !range.is_empty()).reduce(TokenRange::join)
}

fn remove(marks: &mut Marks, file: &LexedFile, range: TokenRange, token: TokenIx) {
    let one = range.start.next() == range.end;
    let directives = one || is_whole_conditional(file, range);
    let goes = |id: TokenId| match file.tokens.kind(id) {
        TokenKind::Directive => directives,
        kind => !kind.is_trivia(),
    };
    for place in range.iter().filter(|&id| goes(id)) {
        marks.removed.entry(place).or_insert(token);
    }
}

/// Whether each `#if` in a range has its `#endif` there.
fn is_whole_conditional(file: &LexedFile, range: TokenRange) -> bool {
    let directives = range.iter().filter(|&id| file.tokens.kind(id) == TokenKind::Directive);
    is_balanced(directives.map(|id| &**file.text(id)))
}

/// Whether a piece of code has an `#if` without its `#endif`, or the other way round.
fn splits_conditional(text: &[u8]) -> bool {
    let is_directive = |line: &&[u8]| line.trim_ascii_start().starts_with(b"#");
    memchr::memchr(b'#', text).is_some() && !is_balanced(text.lines().filter(is_directive))
}

/// Whether each `#if` among these preprocessor lines has its `#endif`.
fn is_balanced<'t>(directives: impl Iterator<Item = &'t [u8]>) -> bool {
    let mut depth = 0i32;
    for text in directives {
        let word = text.trim_start_with(|c| c == '#' || c.is_ascii_whitespace());
        if word.starts_with(b"if") {
            depth += 1;
        } else if word.starts_with(b"endif") {
            depth -= 1;
        } else if word.starts_with(b"el") && depth == 0 {
            return false;
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

fn add(
    marks: &mut Marks,
    rule: &Rule,
    file: &LexedFile,
    part: &Match,
    (token, run, side): (&BodyToken, &PlusRun, Side),
    places: &[TokenRange],
    fresh: &mut dyn FnMut(&str) -> String,
) -> Result<(), Conflict> {
    let is_type = token.meta.is_some_and(|meta| rule.metavar(meta).kind == MetaKind::Type)
        && places.len() > 1
        && !places[0].is_empty();
    let ends = match side {
        Side::Before => places.first().map(|range| range.start),
        // What replaces a type stands where its first words are: `int x[4]`.
        Side::After if is_type => places.first().map(|range| TokenId(range.end.0 - 1)),
        Side::After => places.last().and_then(|range| range.end.0.checked_sub(1)).map(TokenId),
    };
    let empty = places.iter().all(|range| range.is_empty());
    // A place between two tokens: where something would be that nobody wrote.
    let between =
        places.first().filter(|range| empty && range.start.0 > 0).map(|range| range.start);
    let (place, side) = match between {
        Some(next) => (Some(next), Side::Before),
        None => (ends.filter(|_| !empty), side),
    };
    let Some(place) = place else { return Ok(()) };
    let values = run.tokens.iter().filter_map(|token| part.bindings.get(token.meta?)?.text());
    if values.into_iter().any(|text| splits_conditional(text)) {
        let span = file.tokens.span(place);
        let reason = "the code that is added would have one end of an `#if` in it";
        return Err(Conflict { first: span, second: span, reason });
    }
    let mut rendered = render(rule, run, &part.bindings, fresh);
    let extent = places.iter().copied().reduce(TokenRange::join);
    let kind = file.tokens.kind(place);
    let is_brace = |kind| matches!(kind, TokenKind::LBrace | TokenKind::RBrace);
    if is_brace(token.kind) && token.mark == Mark::Minus && kind == TokenKind::RParen {
        // A function's header was changed with its braces, and this is a prototype.
        let opens = rendered.tokens.iter().position(|word| word.kind == TokenKind::LBrace);
        rendered.tokens.truncate(opens.unwrap_or(rendered.tokens.len()));
    }
    let ends_list = token.kind == TokenKind::Comma && kind != TokenKind::Comma;
    if ends_list && side == Side::After && token.mark != Mark::Minus {
        // The last member of a list may have no comma.
        let comma = Word { text: b",".to_vec(), kind: TokenKind::Comma, newlines: 0, blank: false };
        rendered.tokens.first_mut().into_iter().for_each(|first| first.newlines = 1);
        rendered.tokens.insert(0, comma);
    }
    let entry = marks.added.entry((place, side)).or_default();
    let mut here = entry.iter().filter(|other| other.extent == extent);
    if !run.many && here.clone().any(|other| other.tokens == rendered.tokens) {
        return Ok(());
    }
    let clashes = here.any(|other| other.run == rendered.run) && !run.many;
    if clashes {
        let span = file.tokens.span(place);
        return Err(Conflict {
            first: span,
            second: span,
            reason: "two matches add different code in one place; `++` in the rule allows it",
        });
    }
    entry.push(Rendered { extent, ..rendered });
    Ok(())
}
