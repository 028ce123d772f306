//! Attributes: which node one belongs to, and where it stands in it.
//!
//! C has no one place for them, so our AST keeps them beside its nodes. In: an AST of the file or of a rule.
//! Out: each attribute with its owner, the nearest declaration, member, parameter, type name, function or
//! macro declaration, and the place in it by what stands around it: `int __a *x __b`. Both sides of a match
//! are taken apart here, so that they agree.

use super::pattern::TokenIx;
use crate::ast::{Ast, Kind, NodeId};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

/// Where an attribute stands in its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AttributePlace {
    /// Before the declared name, with this many stars in between.
    Before(usize),
    /// Behind the declared name.
    Behind,
}

/// An attribute of a rule.
#[derive(Clone, Debug)]
pub struct AttributePat {
    /// Its tokens in the rule's body.
    pub tokens: Vec<TokenIx>,
    /// Where it stands.
    pub place: AttributePlace,
}

/// An attribute of an AST.
#[derive(Clone, Copy, Debug)]
pub struct OwnedAttribute {
    /// What it belongs to.
    pub owner: NodeId,
    /// Its tokens.
    pub tokens: TokenRange,
    /// Where it stands.
    pub place: AttributePlace,
    /// The declared name that it stands behind.
    pub name: Option<TokenId>,
}

/// All attributes of `ast` that have an owner, in token order.
pub fn owned(ast: &Ast, file: &LexedFile) -> Vec<OwnedAttribute> {
    let all = ast.attributes().iter();
    all.filter_map(|&tokens| owned_attribute(ast, file, tokens)).collect()
}

/// Whether attributes may belong to nodes of `kind`.
pub fn is_owner(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Declaration { .. }
            | Kind::Field { .. }
            | Kind::Parameter { .. }
            | Kind::TypeName { .. }
            | Kind::Function { .. }
            | Kind::MacroDeclaration { .. }
            | Kind::ExprStatement { .. }
    )
}

fn owned_attribute(ast: &Ast, file: &LexedFile, tokens: TokenRange) -> Option<OwnedAttribute> {
    let inside = |token: TokenId| ast.attributes().iter().any(|range| range.contains(token));
    let whole = ast.tokens(ast.root());
    let before =
        TokenRange { start: TokenId(whole.start.0.min(tokens.start.0)), end: tokens.start };
    let before = file.tokens.significant(before).rev().find(|&token| !inside(token));
    let after = TokenRange { start: tokens.end, end: file.tokens.all().end };
    let after = file.tokens.significant(after).find(|&token| !inside(token));
    let ends = after.is_none_or(|after| {
        matches!(
            file.tokens.kind(after),
            TokenKind::Comma
                | TokenKind::RParen
                | TokenKind::Semi
                | TokenKind::Eq
                | TokenKind::LBrace
                | TokenKind::Colon
        )
    });
    let neighbour = if ends { before.or(after) } else { after };
    let innermost = ast.innermost_at(neighbour?)?;
    let owner = std::iter::once(innermost)
        .chain(ast.ancestors(innermost))
        .find(|&id| is_owner(ast.kind(id)))?;
    let belongs = |id: NodeId| ast.ancestors(id).find(|&up| is_owner(ast.kind(up))) == Some(owner);
    let own = |wanted: fn(Kind) -> bool| {
        let all = ast.descendants(owner).filter(move |&id| wanted(ast.kind(id)));
        all.filter(|&id| belongs(id)).map(|id| ast.tokens(id).start).collect::<Vec<_>>()
    };
    let names = own(|kind| kind == Kind::DeclaratorName);
    let name = names.iter().rev().find(|&&name| name < tokens.start).copied();
    let stars = own(|kind| matches!(kind, Kind::Pointer { .. }));
    let next_name = names.iter().find(|&&name| name > tokens.start).copied();
    let later = stars
        .iter()
        .filter(|&&star| star > tokens.start && next_name.is_none_or(|name| star < name))
        .count();
    let comma_since = name.is_some_and(|name| {
        before.is_some_and(|before| file.tokens.kind(before) == TokenKind::Comma && before > name)
    });
    let behind = name.is_some() && !comma_since;
    let place = if behind { AttributePlace::Behind } else { AttributePlace::Before(later) };
    Some(OwnedAttribute { owner, tokens, place, name: name.filter(|_| behind) })
}
