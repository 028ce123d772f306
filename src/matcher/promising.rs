//! A look at the shape of code before anything is matched: whether it is worth building the graph of a
//! function and walking its paths.
//!
//! In: a rule and a function. Out: whether the first statement of the rule is anywhere in it; or, for a rule
//! that does something only where one of its nests has met something, as
//! [`Required::in_nests`](crate::smpl::Required) says, whether the nest may. May say yes too often and never
//! no too often: only the heads of an `if`, of `a ? b : c`, of an operator in their conditions and of a
//! declaration with a value are looked at, nothing is bound.

use super::Matcher;
use crate::ast::{Kind, NodeId};
use crate::smpl::MetaKind;
use crate::smpl::clue::nests_of;
use crate::smpl::pattern::{NodePat, Pat, PatKind, Slot};

impl Matcher<'_> {
    /// Whether one of the rule's nests may meet something in the unit.
    pub(super) fn is_promising(&self) -> bool {
        let nests = nests_of(&self.rule.pattern);
        let firsts: Vec<&Pat> = nests.iter().filter_map(|nest| nest.body.first()).collect();
        if firsts.len() < nests.len() || firsts.is_empty() {
            return true;
        }
        firsts.into_iter().any(|first| self.may_be_somewhere(first))
    }

    /// Whether `pat` may match anywhere in the unit.
    pub(super) fn may_be_somewhere(&self, pat: &Pat) -> bool {
        let mut nodes = self.ast().descendants(self.ast().root());
        nodes.any(|id| self.may_be(pat, id))
    }

    /// Whether `pat` may match at `id`, by the looks of both.
    fn may_be(&self, pat: &Pat, id: NodeId) -> bool {
        match &pat.kind {
            PatKind::Within(inner) | PatKind::Tested(inner) | PatKind::Optional(inner) => {
                self.may_be(inner, id)
            }
            PatKind::Choice(choice) => choice.arms.iter().any(|arm| match arm.as_slice() {
                [first, ..] => self.may_be(first, id),
                [] => true,
            }),
            PatKind::Node(node) => self.may_be_node(node, id),
            PatKind::Meta { meta, .. } => {
                let is_constant =
                    matches!(self.rule.metavar(*meta).kind, MetaKind::Constant { .. });
                !is_constant || self.kind_fits(*meta, self.ast().strip_parens(id))
            }
            PatKind::Dots(_) | PatKind::Nest(_) | PatKind::AnyType => true,
        }
    }

    fn may_be_node(&self, node: &NodePat, id: NodeId) -> bool {
        let inner = |slot: Option<&Slot>, child: NodeId| match slot {
            Some(Slot::One(pat)) => self.may_be(pat, child),
            _ => true,
        };
        let kind = self.ast().kind(self.ast().strip_parens(id));
        match (node.head, kind) {
            (Kind::Paren { .. }, _) => inner(node.slots.first(), id),
            (Kind::If { .. }, Kind::If { cond, other, .. }) => {
                let wants_else = matches!(
                    node.slots.get(2),
                    Some(Slot::Maybe(Some(other))) if matches!(other.kind, PatKind::Node(_))
                );
                (other.is_some() || !wants_else) && inner(node.slots.first(), cond)
            }
            (Kind::Conditional { .. }, Kind::Conditional { cond, .. }) => {
                inner(node.slots.first(), cond)
            }
            (Kind::Unary { .. }, Kind::Unary { operand, .. }) => inner(node.slots.first(), operand),
            (Kind::If { .. } | Kind::Conditional { .. } | Kind::Unary { .. }, _) => false,
            (Kind::Binary { .. }, Kind::Binary { .. }) => self.may_be_operator(node, id),
            (Kind::Binary { .. }, _) => has_dots(node),
            (Kind::Declaration { .. }, Kind::Declaration { declarators, .. }) => {
                let Some(value) = declared_value(node) else { return true };
                let mut declarators = self.ast().list(declarators).iter();
                declarators.any(|&id| match self.ast().kind(id) {
                    Kind::InitDeclarator { init: Some(init), .. } => self.may_be(value, init),
                    _ => false,
                })
            }
            (Kind::Declaration { .. }, _) => declared_value(node).is_none(),
            _ => true,
        }
    }

    /// Whether the operator of the binary expression `id` is one that the pattern allows.
    fn may_be_operator(&self, node: &NodePat, id: NodeId) -> bool {
        let Some(&token) = node.own.first() else { return true };
        let Some(meta) = self.rule.body.token(token).meta else { return true };
        let Some(allowed) = self.rule.metavar(meta).listed_operators() else { return true };
        let id = self.ast().strip_parens(id);
        let Kind::Binary { lhs, rhs, .. } = self.ast().kind(id) else { return true };
        let between = self.ast().tokens(lhs).end.0..self.ast().tokens(rhs).start.0;
        let mut between = between.map(crate::lex::TokenId);
        between.any(|token| allowed.contains(&self.file().tokens.kind(token)))
    }
}

/// The value in a declaration of one name.
fn declared_value(node: &NodePat) -> Option<&Pat> {
    let Some(Slot::List(names)) = node.slots.get(1) else { return None };
    let [Pat { kind: PatKind::Node(name), .. }] = names.elems.as_slice() else { return None };
    match (name.head, name.slots.get(1)) {
        (Kind::InitDeclarator { .. }, Some(Slot::Maybe(Some(value)))) => Some(value),
        _ => None,
    }
}

/// Whether an operand is dots, so that one operand alone may be all there is.
fn has_dots(node: &NodePat) -> bool {
    node.slots.iter().any(|slot| match slot {
        Slot::One(pat) => matches!(pat.kind, PatKind::Dots(_) | PatKind::Nest(_)),
        _ => false,
    })
}
