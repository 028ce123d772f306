//! `e || ...`: one operand among others.
//!
//! `if (p == NULL || ...)` is written for every test that is true where `p` is null: the operand may stand
//! anywhere in a chain of the same operator, `a || p == NULL || b`, and it may stand alone. The others are
//! what the dots stand for.

use smallvec::SmallVec;

use super::Matcher;
use super::state::{Link, Match, States};
use crate::ast::{BinaryOp, Kind, NodeId};
use crate::lex::{TokenId, TokenRange};
use crate::smpl::pattern::{NodePat, Pat, PatKind, Slot, TokenIx};

/// A pattern `e || ...`.
struct Operand<'p> {
    op: BinaryOp,
    /// The operand that is looked for.
    wanted: &'p Pat,
    /// The operator.
    operator: Option<TokenIx>,
    dots: TokenIx,
}

impl<'p> Operand<'p> {
    fn of(node: &'p NodePat) -> Option<Operand<'p>> {
        let (Kind::Binary { op, .. }, [Slot::One(wanted), Slot::One(rest)]) =
            (node.head, node.slots.as_slice())
        else {
            return None;
        };
        match &rest.kind {
            PatKind::Dots(dots) if dots.whens.is_empty() => {
                let operator = node.own.first().copied();
                Some(Operand { op, wanted, operator, dots: dots.token })
            }
            _ => None,
        }
    }
}

impl Matcher<'_> {
    /// The ways to match `e || ...` with `id`; `None` where `node` is no such pattern.
    pub(super) fn operand(&self, node: &NodePat, id: NodeId, state: &Match) -> Option<States> {
        let pattern = Operand::of(node)?;
        let chain = self.chain(pattern.op, id);
        let whole = self.ast().tokens(id);
        let is_alone = chain.len() == 1;
        if is_alone && pattern.operator.is_some_and(|operator| self.matters_beside(operator)) {
            return Some(States::new());
        }
        let mut found = States::new();
        for &(operand, before, after) in &chain {
            for mut state in self.term(pattern.wanted, operand, state.clone()) {
                let here = self.ast().tokens(operand);
                let mut rest: SmallVec<[TokenRange; 1]> = SmallVec::new();
                // Of the two operators beside it the one behind is its own, and the last one has the one
                // before.
                let own = after.or(before);
                for (start, end) in [(whole.start, here.start), (here.end, whole.end)] {
                    let inside = |token: &TokenId| start <= *token && *token < end;
                    match own.filter(inside) {
                        Some(own) => {
                            rest.push(TokenRange { start, end: own });
                            rest.push(TokenRange { start: own.next(), end });
                        }
                        None => rest.push(TokenRange { start, end }),
                    }
                }
                rest.retain(|range| !range.is_empty());
                if let (Some(operator), Some(own)) = (pattern.operator, own) {
                    state.link_one(operator, own);
                }
                state.links.push(Link { token: pattern.dots, places: rest });
                found.push(state);
            }
        }
        Some(found)
    }

    /// The operands of a chain of `op`, each with the operators before and behind it; anything else is a
    /// chain of one.
    fn chain(&self, op: BinaryOp, id: NodeId) -> Vec<(NodeId, Option<TokenId>, Option<TokenId>)> {
        let mut operands = Vec::new();
        let mut at = id;
        let mut behind = None;
        while let Kind::Binary { op: found, lhs, rhs } = self.ast().kind(at) {
            if found != op {
                break;
            }
            let between = self.ast().tokens(lhs).end;
            let operator = self.file().tokens.significant_from(between);
            operands.push((rhs, operator, behind));
            (at, behind) = (lhs, operator);
        }
        operands.push((at, None, behind));
        operands.reverse();
        operands
    }

    fn matters_beside(&self, token: TokenIx) -> bool {
        let token = self.rule.body.token(token);
        !token.before.is_empty() || !token.after.is_empty()
    }
}
