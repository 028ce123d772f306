//! Built-in isomorphisms: code that means the same as what the pattern says.
//!
//! Each is tried where the heads differ, goes from the pattern to the file only, and can be switched off by
//! the name that standard isomorphism files give it. Tokens of the pattern that the file does not have are
//! not linked; where one is added to, the isomorphism does not apply, for there would be no place.

use smallvec::smallvec;

use super::Matcher;
use super::state::{Link, Match, States};
use crate::ast::{AssignOp, BinaryOp, Kind, NodeId, UnaryOp};
use crate::lex::{TokenId, TokenRange};
use crate::smpl::pattern::{NodePat, Pat, PatKind, Slot, TokenIx};
use crate::smpl::{Mark, MetaKind};

impl Matcher<'_> {
    /// Matches `node` with `id` although their heads differ.
    pub(super) fn isomorphic(&self, node: &NodePat, id: NodeId, state: Match) -> States {
        let kind = self.ast().kind(id);
        match (node.head, kind) {
            (Kind::Compound { .. }, _) => self.braces(node, id, kind, state),
            (Kind::Paren { .. }, _) if self.allows("paren") => self.without(node, 0, id, state),
            (Kind::Cast { .. }, _) if self.allows("drop_cast") => self.without(node, 1, id, state),
            (
                Kind::Assign { op: AssignOp::Assign, .. },
                Kind::InitDeclarator { init: Some(_), .. },
            ) if self.allows("decl_init") => self.initialised(node, id, state),
            (
                Kind::ExprStatement { .. },
                Kind::MacroDeclaration { specifiers, call, init: None },
            ) if specifiers.is_empty() => self.macro_declaration(node, id, call, state),
            (
                Kind::Binary { op: BinaryOp::Equal, .. },
                Kind::Unary { op: UnaryOp::Not, operand },
            ) if self.allows("is_null") => self.null_as_not(node, id, operand, state),
            (
                Kind::Unary { op: UnaryOp::Not, .. },
                Kind::Binary { op: BinaryOp::Equal, lhs, rhs },
            ) if self.allows("not_ptr1") => self.not_as_null(node, id, lhs, rhs, state),
            (Kind::Binary { op: BinaryOp::NotEqual, .. }, _)
                if self.allows("isnt_null1") && self.is_condition(id) =>
            {
                match self.compared_with_null(node) {
                    Some(operand) if self.nothing_added(&node.own) => self.term(operand, id, state),
                    _ => States::new(),
                }
            }
            _ => States::new(),
        }
    }

    /// `NULL == x` for `x == NULL`, and the same for `!=`: tried where the order of the file failed.
    pub(super) fn commuted(&self, node: &NodePat, id: NodeId, state: Match) -> States {
        let (Kind::Binary { op, lhs, rhs }, [Slot::One(left), Slot::One(right)]) =
            (self.ast().kind(id), node.slots.as_slice())
        else {
            return States::new();
        };
        let name = match op {
            BinaryOp::Equal => "commeq",
            BinaryOp::NotEqual => "commneq",
            BinaryOp::Plus => "plus_comm",
            BinaryOp::Multiply => "mult_comm",
            _ => return States::new(),
        };
        let is_null_test = self.is_null_pattern(left) || self.is_null_pattern(right);
        let commutes = is_null_test && matches!(op, BinaryOp::Equal | BinaryOp::NotEqual);
        if !commutes || !self.allows(name) {
            return States::new();
        }
        let states = self.term(left, rhs, state);
        let states: States =
            states.into_iter().flat_map(|state| self.term(right, lhs, state)).collect();
        let own = self.operator_tokens(id);
        states.into_iter().filter_map(|state| self.link_own(&node.own, &own, state)).collect()
    }

    fn operator_tokens(&self, id: NodeId) -> Vec<TokenId> {
        let parts = crate::smpl::shape::parts(self.ast(), id);
        crate::smpl::shape::own_tokens(self.ast(), self.file(), id, &parts)
    }

    fn nothing_added(&self, tokens: &[TokenIx]) -> bool {
        tokens.iter().all(|&token| {
            let token = self.rule.body.token(token);
            token.before.is_empty() && token.after.is_empty() && token.attached.is_empty()
        })
    }

    /// The child in slot `slot` alone: parentheses, or a cast, that the file does not have.
    fn without(&self, node: &NodePat, slot: usize, id: NodeId, state: Match) -> States {
        let Some(Slot::One(inner)) = node.slots.get(slot) else { return States::new() };
        if !self.nothing_added(&node.own) {
            return States::new();
        }
        self.term(inner, id, state)
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

    fn is_null_pattern(&self, pat: &Pat) -> bool {
        let PatKind::Node(node) = &pat.kind else { return false };
        matches!(node.head, Kind::Ident)
            && node.own.first().is_some_and(|&token| self.rule.body.token(token).text == "NULL")
    }

    /// The other operand of a comparison with `NULL`.
    fn compared_with_null<'p>(&self, node: &'p NodePat) -> Option<&'p Pat> {
        let [Slot::One(left), Slot::One(right)] = node.slots.as_slice() else { return None };
        if self.is_null_pattern(right) {
            Some(left)
        } else if self.is_null_pattern(left) {
            Some(right)
        } else {
            None
        }
    }

    fn null_as_not(&self, node: &NodePat, id: NodeId, operand: NodeId, state: Match) -> States {
        let Some(pat) = self.compared_with_null(node) else { return States::new() };
        if !self.nothing_added(&node.own) {
            return States::new();
        }
        let not = self.ast().tokens(id).start;
        let states = self.term(pat, operand, state);
        let linked = states.into_iter().map(|mut state| {
            if let Some(&equal) = node.own.first() {
                state.link_one(equal, not);
            }
            state
        });
        linked.collect()
    }

    fn not_as_null(
        &self,
        node: &NodePat,
        id: NodeId,
        lhs: NodeId,
        rhs: NodeId,
        state: Match,
    ) -> States {
        let [Slot::One(pat)] = node.slots.as_slice() else { return States::new() };
        let is_pointer = match &pat.kind {
            PatKind::Meta { meta, .. } => match &self.rule.metavar(*meta).kind {
                MetaKind::Expression { types } | MetaKind::Idexpression { types, .. } => {
                    types.iter().any(|ty| ty.pointers > 0)
                }
                _ => false,
            },
            _ => false,
        };
        let is_null = |id: NodeId| self.file().range_text(self.ast().tokens(id)) == "NULL";
        let (operand, null) = if is_null(rhs) { (lhs, rhs) } else { (rhs, lhs) };
        if !is_pointer || !is_null(null) || !self.nothing_added(&node.own) {
            return States::new();
        }
        let own = self.operator_tokens(id);
        let states = self.term(pat, operand, state);
        let linked = states.into_iter().map(|mut state| {
            if let (Some(&not), Some(&equal)) = (node.own.first(), own.first()) {
                let one = TokenRange { start: equal, end: equal.next() };
                state
                    .links
                    .push(Link { token: not, places: smallvec![one, self.ast().tokens(null)] });
            }
            state
        });
        linked.collect()
    }

    /// Whether `id` is tested for being true.
    fn is_condition(&self, id: NodeId) -> bool {
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
