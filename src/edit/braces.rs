//! Braces around a statement that is no longer one: the body of an `if` or loop, where code is added
//! beside it or where it becomes a statement that the kernel does not write without braces.

use crate::ast::{Ast, Kind, NodeId};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

use super::render::Word;

/// A statement that is the body of an `if` or loop and has no place beside it: one without braces, or a block
/// as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lone {
    /// Its first token.
    pub(super) first: TokenId,
    /// Its last token.
    pub(super) last: TokenId,
    /// The token before it: a `)`, an `else` or a `do`.
    pub(super) head: TokenId,
    /// The first token of the `if` or loop.
    pub(super) owner: TokenId,
    /// The `else` or the `while` of a `do` that follows.
    pub(super) follows: Option<TokenId>,
}

/// The lone statement that starts at `first`, or that ends at `last`, whichever is given.
pub(super) fn lone_at(ast: &Ast, file: &LexedFile, token: TokenId) -> Option<Lone> {
    let innermost = ast.innermost_at(token)?;
    std::iter::once(innermost).chain(ast.ancestors(innermost)).find_map(|id| {
        let range = ast.tokens(id);
        let at_end = range.start == token || range.end.0 == token.0 + 1;
        if !at_end { None } else { lone(ast, file, id) }
    })
}

/// The lone statement that is exactly `range`.
pub(super) fn lone_over(ast: &Ast, file: &LexedFile, range: TokenRange) -> Option<Lone> {
    let innermost = ast.innermost_at(range.start)?;
    let mut up = std::iter::once(innermost).chain(ast.ancestors(innermost));
    up.find_map(|id| if ast.tokens(id) == range { lone(ast, file, id) } else { None })
}

/// `id` as a lone statement, if it is one.
fn lone(ast: &Ast, file: &LexedFile, id: NodeId) -> Option<Lone> {
    let parent = ast.parent(id)?;
    let follows = match ast.kind(parent) {
        Kind::If { then, other, .. } if then == id => {
            other.and_then(|other| file.tokens.significant_before(ast.tokens(other).start))
        }
        Kind::If { other: Some(other), .. } if other == id => None,
        Kind::While { body, .. } | Kind::For { body, .. } | Kind::Iterator { body, .. }
            if body == id =>
        {
            None
        }
        Kind::DoWhile { body, .. } if body == id => {
            file.tokens.significant_from(ast.tokens(id).end)
        }
        _ => return None,
    };
    let range = ast.tokens(id);
    Some(Lone {
        first: range.start,
        last: TokenId(range.end.0 - 1),
        head: file.tokens.significant_before(range.start)?,
        owner: owner(ast, parent),
        follows,
    })
}

/// The first token of the statement that `id` is the body of; of the first `if` of an `else if` chain.
fn owner(ast: &Ast, mut id: NodeId) -> TokenId {
    while let Some(parent) = ast.parent(id) {
        match ast.kind(parent) {
            Kind::If { other: Some(other), .. } if other == id => id = parent,
            _ => break,
        }
    }
    ast.tokens(id).start
}

/// The other arm of the `if` that `this` is an arm of, where it is a lone statement and no `if`: an `if`
/// whose one arm has braces has them on both.
pub(super) fn other_arm(ast: &Ast, file: &LexedFile, this: Lone) -> Option<Lone> {
    let innermost = ast.innermost_at(this.first)?;
    let statement = std::iter::once(innermost).chain(ast.ancestors(innermost)).find(|&id| {
        let range = ast.tokens(id);
        range.start == this.first && range.end.0 == this.last.0 + 1 && lone(ast, file, id).is_some()
    })?;
    let Kind::If { then, other: Some(other), .. } = ast.kind(ast.parent(statement)?) else {
        return None;
    };
    let arm = if then == statement { other } else { then };
    match ast.kind(arm) {
        Kind::If { .. } | Kind::Compound { .. } => None,
        _ => lone(ast, file, arm),
    }
}

/// Whether `words` are a single simple statement, so that no braces are needed around them.
pub(super) fn is_simple_statement(words: &[Word]) -> bool {
    let Some(first) = words.first() else { return false };
    if first.kind == TokenKind::LBrace {
        return true;
    }
    let compound = matches!(first.text.as_slice(), b"if" | b"for" | b"while" | b"do" | b"switch");
    let ends = words.iter().filter(|word| word.kind == TokenKind::Semi).count();
    !compound && ends <= 1 && words.iter().all(|word| word.newlines == 0)
}
