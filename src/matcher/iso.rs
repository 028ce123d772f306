//! What the matcher itself takes for the same although it is written differently.
//!
//! Pairs of patterns are applied to the rule before it comes here (`smpl::iso`); these are what no pair of
//! patterns can say: an assignment that is an initialiser, a macro call that is a declaration.

use smallvec::smallvec;

use super::Matcher;
use super::state::{Link, Match, States};
use crate::ast::{AssignOp, BinaryOp, Kind, List, NodeId, Storage, UnaryOp};
use crate::lex::{TokenId, TokenRange};
use crate::smpl::pattern::{NodePat, Pat, PatKind, Slot, TokenIx};
use crate::smpl::{Mark, MetaKind, Metavar};

impl Matcher<'_> {
    /// Matches `node` with `id` although their heads differ.
    pub(super) fn isomorphic(&self, node: &NodePat, id: NodeId, state: Match) -> States {
        let kind = self.ast().kind(id);
        match (node.head, kind) {
            (Kind::Compound { .. }, _) => self.unbraced(node, id, kind, state),
            (
                Kind::Assign { op: AssignOp::Assign, .. },
                Kind::InitDeclarator { init: Some(_), .. },
            ) if self.operator_meta(node).is_none() => self.initialised(node, id, state),
            // A name of a rule stands where the file declares it, too.
            (Kind::Ident, Kind::DeclaratorName) => {
                let own = [self.ast().tokens(id).start];
                match self.same_leaf(node, &own) {
                    true => self.link_own(&node.own, &own, state).into_iter().collect(),
                    false => States::new(),
                }
            }
            (
                Kind::ExprStatement { .. },
                Kind::MacroDeclaration { specifiers, call, init: None },
            ) if specifiers.is_empty() || self.may_be_stored(node, specifiers) => {
                let states = self.macro_declaration(node, id, call, state);
                self.with_unnamed(node.first_token(), self.ast().list(specifiers), states)
            }
            // A type's name where an argument is expected reads like a variable.
            (Kind::TypeArgument { .. }, Kind::Ident) => match lone_type(node) {
                Some(meta) => self.term(meta, id, state),
                None => States::new(),
            },
            (Kind::SizeofType { .. }, Kind::SizeofExpr { operand }) => {
                self.size_of_name(node, id, operand, state)
            }
            _ => States::new(),
        }
    }

    /// `sizeof(T)` for `sizeof(name)`, which reads like an expression where nothing around it says that the
    /// name is a type; something else in the file does.
    fn size_of_name(&self, node: &NodePat, id: NodeId, operand: NodeId, state: Match) -> States {
        let Kind::Paren { inner } = self.ast().kind(operand) else { return States::new() };
        let is_name = self.ast().kind(inner) == Kind::Ident;
        let Some(meta) = lone_type(node).filter(|_| is_name) else { return States::new() };
        let (whole, parens) = (self.ast().tokens(id), self.ast().tokens(operand));
        let own = [whole.start, parens.start, TokenId(parens.end.0 - 1)];
        let states = self.term(meta, inner, state).into_iter();
        states.filter_map(|state| self.link_own(&node.own, &own, state)).collect()
    }

    fn operator_tokens(&self, id: NodeId) -> Vec<TokenId> {
        let parts = crate::smpl::shape::parts(self.ast(), id);
        crate::smpl::shape::own_tokens(self.ast(), self.file(), id, &parts)
    }

    /// `x = e` for the declaration `T x = e;`.
    fn initialised(&self, node: &NodePat, id: NodeId, state: Match) -> States {
        let Kind::InitDeclarator { declarator, init: Some(init) } = self.ast().kind(id) else {
            return States::new();
        };
        let Kind::Declarator { base: Some(name), .. } = self.ast().kind(declarator) else {
            return States::new();
        };
        let [Slot::One(left), Slot::One(right)] = node.slots.as_slice() else {
            return States::new();
        };
        if self.ast().kind(name) != Kind::DeclaratorName {
            return States::new();
        }
        let states = match &left.kind {
            PatKind::Node(leaf) if matches!(leaf.head, Kind::Ident) => {
                let own = [self.ast().tokens(name).start];
                self.link_own(&leaf.own, &own, state).into_iter().collect()
            }
            PatKind::Meta { .. } => self.term(left, name, state),
            _ => States::new(),
        };
        let states: States =
            states.into_iter().flat_map(|state| self.term(right, init, state)).collect();
        let own = self.operator_tokens(id);
        states.into_iter().filter_map(|state| self.link_own(&node.own, &own, state)).collect()
    }

    /// `FOO(x);` at top level.
    fn macro_declaration(&self, node: &NodePat, id: NodeId, call: NodeId, state: Match) -> States {
        let Some(Slot::Maybe(Some(expr))) = node.slots.first() else { return States::new() };
        let states = self.term(expr, call, state);
        let own = self.operator_tokens(id);
        states.into_iter().filter_map(|state| self.link_own(&node.own, &own, state)).collect()
    }

    /// Whether `node` is the call of a declarer, before which a storage class may stand
    /// (`optional_storage`), and `specifiers` are nothing else.
    fn may_be_stored(&self, node: &NodePat, specifiers: List) -> bool {
        let is_storage = |&id: &NodeId| matches!(self.ast().kind(id), Kind::StorageSpecifier(storage) if storage != Storage::Typedef);
        let is_declarer = |token: TokenIx| {
            let token = self.rule.body.token(token);
            let named = |meta: &&Metavar| meta.name == token.text;
            let declared = self.rule.metavars.iter().find(named);
            declared.is_some_and(|meta| matches!(meta.kind, MetaKind::Declarer { .. }))
        };
        self.allows("optional_storage")
            && node.first_token().is_some_and(is_declarer)
            && self.ast().list(specifiers).iter().all(is_storage)
    }

    /// Whether `id` is tested for being true.
    pub(super) fn is_condition(&self, id: NodeId) -> bool {
        let Some(parent) = self.ast().parent(id) else { return false };
        match self.ast().kind(parent) {
            Kind::If { cond, .. } | Kind::While { cond, .. } | Kind::Conditional { cond, .. } => {
                cond == id
            }
            Kind::DoWhile { cond, .. } => cond == id,
            Kind::For { cond, .. } => cond == Some(id),
            Kind::Binary { op: BinaryOp::And | BinaryOp::Or, .. } => true,
            Kind::Unary { op: UnaryOp::Not, .. } => true,
            Kind::Paren { .. } => self.is_condition(parent),
            _ => false,
        }
    }

    /// What goes with a function that is taken away although its rule names no type: the type.
    pub(super) fn link_implied_type(
        &self,
        name: TokenIx,
        specifiers: &[NodeId],
        declarator: NodeId,
        state: &mut Match,
    ) {
        if self.rule.body.token(name).mark != Mark::Minus {
            return;
        }
        let Kind::Declarator { pointers, .. } = self.ast().kind(declarator) else { return };
        let nodes = specifiers.iter().chain(self.ast().list(pointers));
        let places: Vec<TokenRange> = nodes.map(|&id| self.ast().tokens(id)).collect();
        if let (Some(first), Some(place)) = (places.first(), state.place_of(name)) {
            // One stretch from the first specifier to the name: attributes in between go too.
            let whole = first.join(TokenRange { start: place.start, end: place.start });
            state.links.push(Link { token: name, places: smallvec![whole] });
        }
    }
}

/// The metavariable that a type argument is nothing but.
fn lone_type(node: &NodePat) -> Option<&Pat> {
    let [Slot::One(ty)] = node.slots.as_slice() else { return None };
    let PatKind::Node(NodePat { head: Kind::TypeName { .. }, slots, .. }) = &ty.kind else {
        return None;
    };
    let [Slot::List(specifiers), Slot::Maybe(None)] = slots.as_slice() else { return None };
    match specifiers.elems.as_slice() {
        [only] if matches!(only.kind, PatKind::Meta { .. }) => Some(only),
        _ => None,
    }
}
