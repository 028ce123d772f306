//! How far a rule got on one line: for the author who wonders why it does not match.
//!
//! In: a rule, a file, a stretch of it. Out: a [`Why`]: whether a match touches the stretch, or the [`Miss`]
//! that came furthest: the one before which most of the rule's code had been met. It is found by matching
//! as always, with an eye on each piece that fails.

use std::cell::RefCell;

use bstr::ByteSlice;

use super::directive::find_traced;
use super::state::{Bindings, Match, Value};
use super::{Facts, Matcher, Unit};
use crate::ast::NodeId;
use crate::lex::{LexedFile, TokenRange};
use crate::smpl::pattern::{Pat, PatKind, TokenIx};
use crate::smpl::{MetaKind, Placement, Rule};
use crate::source::Span;

/// What is known about a rule and a stretch of a file.
#[derive(Clone, Debug)]
pub struct Why {
    /// How many matches touch it.
    pub matches: usize,
    /// Where the matching that came furthest ended.
    pub miss: Option<Miss>,
}

/// A piece of a rule that did not match.
#[derive(Clone, Debug)]
pub struct Miss {
    /// How many tokens of the rule had been met before it.
    pub met: usize,
    /// The last of them in the rule.
    pub last: Option<TokenIx>,
    /// The first token of the piece.
    pub token: TokenIx,
    /// What it was compared with.
    pub place: TokenRange,
    /// What is wrong.
    pub cause: Cause,
}

/// Why a piece of a rule did not match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The code is not the same, as the end of a sentence.
    Differs(String),
    /// Dots led to it, and it is nowhere on the paths that they run over. What it stands for, where it is a
    /// metavariable with a value.
    Unreached(Option<String>),
    /// The piece is dots, and this keeps them from running over the code.
    Stopped(String),
}

/// Notes the miss that came furthest.
pub(super) struct Trace {
    watched: Span,
    furthest: RefCell<Option<Miss>>,
}

/// Looks at what `rule` does in the bytes `watched`.
pub fn why(
    rule: &Rule,
    file: &LexedFile,
    units: &[Unit<'_>],
    inherited: &Bindings,
    facts: &dyn Facts,
    watched: Span,
) -> Why {
    let trace = Trace { watched, furthest: RefCell::new(None) };
    let found = find_traced(rule, file, units, inherited, facts, Some(&trace));
    let matches = found.matches.iter().filter(|found| touches(found, file, watched)).count();
    Why { matches, miss: trace.furthest.into_inner() }
}

fn touches(found: &Match, file: &LexedFile, watched: Span) -> bool {
    let all = found.all();
    let mut places = all.iter().flat_map(|part| &part.links).flat_map(|link| &link.places);
    places.any(|&range| meets(file, range, watched))
}

fn meets(file: &LexedFile, range: TokenRange, watched: Span) -> bool {
    if range.is_empty() {
        return false;
    }
    let span = file.span(range);
    span.start < watched.end && watched.start < span.end
}

impl Matcher<'_> {
    /// Notes that `pat` did not match `id`, where that is about the watched stretch.
    pub(super) fn note_miss(&self, trace: &Trace, pat: &Pat, id: NodeId, state: &Match) {
        let Some((token, _)) = pat.tokens else { return };
        let place = self.ast().tokens(id);
        let token = self.rule.body.home(token);
        if self.rule.body.token(token).in_when {
            return;
        }
        let cause = || match self.follows_dots(token) {
            true => Cause::Unreached(self.value_of(pat, state)),
            false => Cause::Differs(self.reason(pat, id, state)),
        };
        self.note(trace, state, token, place, cause);
    }

    /// Notes that the dots at `token` do not run over `id`, where that is about the watched stretch.
    pub(super) fn note_stop(&self, token: TokenIx, id: NodeId, state: &Match, why: &str) {
        let Some(trace) = self.trace else { return };
        let place = self.ast().tokens(id);
        self.note(trace, state, token, place, || Cause::Stopped(why.to_owned()));
    }

    fn note(
        &self,
        trace: &Trace,
        state: &Match,
        token: TokenIx,
        place: TokenRange,
        cause: impl FnOnce() -> Cause,
    ) {
        let starts_here = |range: TokenRange| {
            let start = self.file().tokens.span(range.start).start;
            !range.is_empty() && (trace.watched.start..trace.watched.end).contains(&start)
        };
        let met =
            state.links.iter().filter(|link| link.places.iter().any(|range| !range.is_empty()));
        let about = starts_here(place)
            || met.clone().any(|link| link.places.iter().any(|&range| starts_here(range)));
        let last = met.clone().map(|link| self.rule.body.home(link.token)).max();
        let met = met.count();
        let before = trace.furthest.borrow().as_ref().map(|before| (before.met, before.is_stop()));
        if !about || before.is_some_and(|(before, _)| met < before) {
            return;
        }
        // What keeps dots from going on says more than what is not the same where they have come to.
        let cause = cause();
        let is_stop = matches!(cause, Cause::Stopped(_));
        if before.is_none_or(|(before, stopped)| met > before || is_stop && !stopped) {
            *trace.furthest.borrow_mut() = Some(Miss { met, last, token, place, cause });
        }
    }

    /// Whether dots stand before `token` in the rule.
    fn follows_dots(&self, token: TokenIx) -> bool {
        let before = self.rule.body.tokens[..token.index()].iter().rev();
        let mut code = before.skip_while(|token| token.in_when);
        code.next()
            .is_some_and(|token| matches!(token.placement, Placement::Dots | Placement::NestClose))
    }

    fn value_of(&self, pat: &Pat, state: &Match) -> Option<String> {
        let meta = self.rule.body.token(pat.tokens?.0).meta?;
        state.bindings.get(meta)?.text().map(|text| text.to_string())
    }

    fn reason(&self, pat: &Pat, id: NodeId, state: &Match) -> String {
        let PatKind::Meta { meta, .. } = pat.kind else {
            return "which is something else".to_owned();
        };
        let metavar = self.rule.metavar(meta);
        if let Some(Value::Code(bound)) = state.bindings.get(meta) {
            return format!("for `{}` stands for `{}` already", metavar.name, bound.text);
        }
        let kind = self.kind_fits(meta, id);
        match (&metavar.kind, kind) {
            (_, false) => format!("which is not what `{}` is declared as", metavar.name),
            (
                MetaKind::Expression { types }
                | MetaKind::Idexpression { types, .. }
                | MetaKind::Constant { types },
                true,
            ) if !types.is_empty() => match self.type_of(id) {
                Some(ty) => format!("which has the type `{}`", ty.text()),
                None => "whose type is not known".to_owned(),
            },
            _ if !metavar.constraints.is_empty() => {
                format!("for which the constraints of `{}` do not hold", metavar.name)
            }
            _ => "which is something else".to_owned(),
        }
    }
}

impl Miss {
    fn is_stop(&self) -> bool {
        matches!(self.cause, Cause::Stopped(_))
    }

    /// The code that the piece was compared with: its first line.
    pub fn code(&self, file: &LexedFile) -> String {
        let text = file.range_text(self.place);
        text.lines().next().unwrap_or_default().to_str_lossy().into_owned()
    }
}
