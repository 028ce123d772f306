//! Which added code stands behind an `if` or loop as a whole, and which in its branch.
//!
//! In: a body with its added code hung on tokens, and the pattern made of it. Out: [`PlusRun::beside`] where
//! the token before a run ends both a branch without braces and the `if` or loop that it is a branch of.
//! What replaces a removed branch is its first statement; more of them stand behind the whole.

use super::body::{Body, PlusRun};
use super::pattern::{ItemPat, Pat, PatKind, Pattern, Slot, TokenIx};
use super::scan::Mark;
use crate::ast::Kind;
use crate::lex::TokenKind;

/// Sets `beside` in all of the body's runs.
pub(super) fn place_runs(body: &mut Body, pattern: &Pattern) {
    let mut heads = Vec::new();
    match pattern {
        Pattern::Empty | Pattern::Expression(_) | Pattern::Type(_) => return,
        Pattern::Statements(pats) => sequence(pats, &mut heads),
        Pattern::Items(items) => {
            for item in items {
                if let ItemPat::Code(pat) = item {
                    sequence(std::slice::from_ref(pat), &mut heads);
                }
            }
        }
    }
    for (first, last) in heads {
        let starts_removed = body.token(first).mark == Mark::Minus;
        let token = &mut body.tokens[last.index()];
        let removed = token.mark == Mark::Minus && !starts_removed;
        if token.mark == Mark::Minus && starts_removed {
            continue;
        }
        let runs = std::mem::take(&mut token.after);
        for run in runs {
            let keep = if removed { first_statement(&run) } else { closing_part(&run) };
            token.after.extend(split(run, keep, (first, last)));
        }
    }
}

/// Notes the `if`s and loops in a sequence, and looks for more inside of them.
fn sequence(pats: &[Pat], heads: &mut Vec<(TokenIx, TokenIx)>) {
    for pat in pats {
        if let PatKind::Node(node) = &pat.kind
            && is_headed(node.head)
        {
            heads.extend(pat.tokens);
        }
        inside(pat, heads);
    }
}

fn inside(pat: &Pat, heads: &mut Vec<(TokenIx, TokenIx)>) {
    match &pat.kind {
        PatKind::Node(node) => {
            for slot in &node.slots {
                match slot {
                    Slot::One(pat) => inside(pat, heads),
                    Slot::Maybe(Some(pat)) => inside(pat, heads),
                    Slot::List(list) | Slot::MaybeList(Some(list)) => sequence(&list.elems, heads),
                    Slot::Maybe(None)
                    | Slot::MaybeList(None)
                    | Slot::Name(_)
                    | Slot::MaybeName(_) => {}
                }
            }
        }
        PatKind::Nest(nest) => sequence(&nest.body, heads),
        PatKind::Choice(choice) => choice.arms.iter().for_each(|arm| sequence(arm, heads)),
        PatKind::Within(inner) | PatKind::Tested(inner) | PatKind::Optional(inner) => {
            sequence(std::slice::from_ref(&**inner), heads);
        }
        PatKind::Meta { .. } | PatKind::Dots(_) | PatKind::AnyType => {}
    }
}

/// Whether a statement of this kind may end with another one.
fn is_headed(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::If { .. }
            | Kind::While { .. }
            | Kind::For { .. }
            | Kind::Iterator { .. }
            | Kind::Switch { .. }
    )
}

/// How many tokens of a run close a brace that the added code before the branch has opened.
fn closing_part(run: &PlusRun) -> usize {
    let mut depth = 0i32;
    let mut keep = 0;
    for (at, token) in run.tokens.iter().enumerate() {
        depth += i32::from(token.kind == TokenKind::LBrace);
        depth -= i32::from(token.kind == TokenKind::RBrace);
        if depth < 0 {
            depth = 0;
            keep = at + 1;
        }
    }
    let continues = run.tokens.get(keep).is_some_and(|token| token.text == "else");
    if continues { run.tokens.len() } else { keep }
}

/// How many tokens of a run are its first statement.
fn first_statement(run: &PlusRun) -> usize {
    let mut depth = 0i32;
    for (at, token) in run.tokens.iter().enumerate() {
        depth += i32::from(token.kind.is_open()) - i32::from(token.kind.is_close());
        let ends = matches!(token.kind, TokenKind::Semi | TokenKind::RBrace);
        let goes_on = run.tokens.get(at + 1).is_some_and(|next| next.text == "else");
        if depth <= 0 && ends && !goes_on {
            return at + 1;
        }
    }
    run.tokens.len()
}

/// The first `keep` tokens where they are, and the others behind the whole statement.
fn split(mut run: PlusRun, keep: usize, statement: (TokenIx, TokenIx)) -> Vec<PlusRun> {
    let many = run.many;
    let mut behind = run.tokens.split_off(keep);
    let mut runs = Vec::new();
    if !run.tokens.is_empty() {
        runs.push(run);
    }
    if let Some(first) = behind.first_mut() {
        first.newlines = 0;
        runs.push(PlusRun { tokens: behind, many, beside: Some(statement) });
    }
    runs
}
