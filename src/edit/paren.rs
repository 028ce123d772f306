//! Parentheses around an expression that takes the place of one which bound more tightly.

use super::plan::Planner;
use super::render::Word;
use crate::ast::Kind;
use crate::lex::{TokenId, TokenKind, TokenRange};

impl Planner<'_> {
    /// An expression that takes the place of another gets parentheses where it binds less tightly than
    /// what stands around it.
    pub(super) fn wrap_in_parentheses(&self, words: &mut Vec<Word>, first: TokenId, last: TokenId) {
        let Some(ast) = self.ast_at(first) else { return };
        let range = TokenRange { start: first, end: last.next() };
        let replaced = ast.descendants(ast.root()).find(|&id| ast.tokens(id) == range);
        // A type is no operand.
        let replaced = replaced.filter(|&id| !matches!(ast.kind(id), Kind::TypeName { .. }));
        let Some(parent) = replaced.and_then(|id| ast.parent(id)) else { return };
        let text: Vec<u8> =
            words.iter().flat_map(|word| [&b" "[..], &word.text].concat()).collect();
        let strength = super::render::binding_strength(&text);
        let wanted = match ast.kind(parent) {
            Kind::Binary { op, lhs, .. } => {
                let own = binary_strength(op);
                if Some(lhs) == replaced { own } else { own + 1 }
            }
            Kind::Unary { .. } | Kind::Cast { .. } | Kind::SizeofExpr { .. } => 14,
            Kind::Member { .. } | Kind::Index { .. } | Kind::Call { .. } => {
                match ast.kind(parent) {
                    Kind::Index { base, .. } | Kind::Member { base, .. }
                        if Some(base) == replaced =>
                    {
                        15
                    }
                    Kind::Call { callee, .. } if Some(callee) == replaced => 15,
                    _ => 2,
                }
            }
            Kind::Conditional { cond, .. } => {
                if Some(cond) == replaced {
                    4
                } else {
                    2
                }
            }
            Kind::Assign { .. } | Kind::InitDeclarator { .. } | Kind::InitItem { .. } => 2,
            _ => 0,
        };
        let ends_statement = words.last().is_some_and(|word| word.kind == TokenKind::Semi);
        if strength < wanted && !ends_statement {
            let paren =
                |text: &[u8], kind, blank| Word { text: text.into(), kind, newlines: 0, blank };
            words.insert(0, paren(b"(", TokenKind::LParen, false));
            words.push(paren(b")", TokenKind::RParen, false));
        }
    }
}

/// How tightly a binary operator binds, on the scale of [`binding_strength`](super::render::binding_strength).
fn binary_strength(op: crate::ast::BinaryOp) -> u32 {
    use crate::ast::BinaryOp as Op;
    match op {
        Op::Multiply | Op::Divide | Op::Modulo => 13,
        Op::Plus | Op::Minus => 12,
        Op::ShiftLeft | Op::ShiftRight => 11,
        Op::Less | Op::Greater | Op::LessOrEqual | Op::GreaterOrEqual => 10,
        Op::Equal | Op::NotEqual => 9,
        Op::BitAnd => 8,
        Op::BitXor => 7,
        Op::BitOr => 6,
        Op::And => 5,
        Op::Or => 4,
    }
}
