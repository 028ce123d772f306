//! Whether two matches of a rule want different things of the same code.
//!
//! In: the matches of one rule in one file. Out: nothing, or the first [`Conflict`], with the stretches of
//! code that the two matches replace. Stretches are what the edits are made of: tokens that one match
//! removes with only trivia in between, and the code that comes in their place. Two stretches may overlap
//! where both only go, or where they are the same and the same code replaces them: then it is done once.
//!
//! ```text
//! - f(x)            f(f(1))   the outer match replaces what the inner one changes
//! + g(x)
//! ```

use std::collections::{BTreeMap, BTreeSet};

use super::Conflict;
use super::plan::follows;
use super::render::{Word, render};
use crate::ast::Kind;
use crate::lex::{LexedFile, TokenId, TokenRange};
use crate::matcher::{Match, Unit};
use crate::smpl::{Mark, PlusRun, Rule};
use crate::source::Span;

/// A stretch of code that a match removes.
#[derive(Debug)]
struct Stretch {
    /// Which match, and which part of it.
    owner: (usize, usize),
    tokens: Vec<TokenId>,
    /// What replaces it.
    added: Vec<Word>,
    /// Whether all of that may stand beside what other matches add there.
    many: bool,
}

/// Looks for matches that exclude each other.
pub(super) fn check(
    rule: &Rule,
    file: &LexedFile,
    units: &[Unit<'_>],
    matches: &[Match],
) -> Result<(), Conflict> {
    if matches.iter().map(|whole| whole.all().len()).sum::<usize>() < 2 {
        return Ok(());
    }
    let mut stretches: Vec<Stretch> = Vec::new();
    for (index, whole) in matches.iter().enumerate() {
        for (number, part) in whole.all().into_iter().enumerate() {
            stretches.extend(stretches_of(rule, file, (index, number), part));
        }
    }
    if stretches.iter().all(|stretch| stretch.added.is_empty()) {
        return Ok(());
    }
    let shared = shared(file, units);
    let mut known: BTreeMap<TokenId, Vec<&Stretch>> = BTreeMap::new();
    for stretch in &stretches {
        for token in stretch.tokens.iter().filter(|token| !shared.contains(token)) {
            let here = known.entry(*token).or_default();
            if let Some(other) = here.iter().find(|other| exclude_each_other(other, stretch)) {
                return Err(Conflict {
                    first: other.span(file),
                    second: stretch.span(file),
                    reason: "two matches change the same code in different ways",
                });
            }
            // Of stretches that say the same the first speaks for all.
            if !here.iter().any(|other| other.says_the_same(stretch)) {
                here.push(stretch);
            }
        }
    }
    Ok(())
}

impl Stretch {
    fn says_the_same(&self, other: &Stretch) -> bool {
        self.tokens == other.tokens && self.added == other.added
    }

    fn span(&self, file: &LexedFile) -> Span {
        let ends = self.tokens.first().zip(self.tokens.last());
        let (first, last) = ends.expect("a stretch has a token");
        file.tokens.span(*first).join(file.tokens.span(*last))
    }
}

fn exclude_each_other(a: &Stretch, b: &Stretch) -> bool {
    let replaced = !a.added.is_empty() || !b.added.is_empty();
    let both_many = a.many && b.many && a.tokens == b.tokens;
    // What is matched in a nest lies in what the whole has met.
    let nested = a.owner.0 == b.owner.0 && (a.owner.1 == 0 || b.owner.1 == 0);
    !nested && a.owner != b.owner && replaced && !both_many && !a.says_the_same(b)
}

fn stretches_of(
    rule: &Rule,
    file: &LexedFile,
    owner: (usize, usize),
    part: &Match,
) -> Vec<Stretch> {
    let mut removed: BTreeMap<TokenId, Vec<&PlusRun>> = BTreeMap::new();
    for link in &part.links {
        let token = rule.body.token(link.token);
        if token.mark != Mark::Minus {
            continue;
        }
        let ids = |range: &TokenRange| file.tokens.significant(*range).collect::<Vec<_>>();
        let all: Vec<TokenId> = link.places.iter().flat_map(ids).collect();
        for &id in &all {
            removed.entry(id).or_default();
        }
        if let Some(first) = all.first() {
            let runs = token.before.iter().chain(&token.after).filter(|run| run.beside.is_none());
            removed.entry(*first).or_default().extend(runs);
        }
    }
    let mut found: Vec<(Vec<TokenId>, Vec<&PlusRun>)> = Vec::new();
    for (id, runs) in removed {
        match found.last_mut() {
            Some((tokens, all)) if tokens.last().is_some_and(|&last| follows(file, last, id)) => {
                tokens.push(id);
                all.extend(runs);
            }
            _ => found.push((vec![id], runs)),
        }
    }
    let stretch = |(tokens, runs): (Vec<TokenId>, Vec<&PlusRun>)| {
        let many = runs.iter().all(|run| run.many);
        let text = |run: &&PlusRun| render(rule, run, &part.bindings, &mut str::to_owned).tokens;
        Stretch { owner, tokens, added: runs.iter().flat_map(text).collect(), many }
    };
    found.into_iter().map(stretch).collect()
}

/// What the names of one declaration share: each of them may go, and these go with the last.
fn shared(file: &LexedFile, units: &[Unit<'_>]) -> BTreeSet<TokenId> {
    let mut shared = BTreeSet::new();
    for Unit { ast, .. } in units {
        for id in ast.descendants(ast.root()) {
            let (Kind::Declaration { declarators, .. } | Kind::Field { declarators, .. }) =
                ast.kind(id)
            else {
                continue;
            };
            let declarators = ast.list(declarators);
            if declarators.len() < 2 {
                continue;
            }
            let own = file.tokens.significant(ast.tokens(id));
            let is_name =
                |id: &TokenId| declarators.iter().any(|&one| ast.tokens(one).contains(*id));
            shared.extend(own.filter(|id| !is_name(id)));
        }
    }
    shared
}
