//! Expressions, initialisers and designators (C11 6.5, 6.7.9).

use super::super::placement::Pieces;
use super::super::{Node, c};
use super::Lower;
use crate::ast::{AssignOp, BinaryOp, Kind, LiteralKind, NodeId, UnaryOp};
use crate::items::EditKind;
use crate::lex::{TokenKind, TokenRange};

/// What a lang-c binary operator is to us.
enum Infix {
    Index,
    Binary(BinaryOp),
    Assign(AssignOp),
}

impl Lower<'_> {
    /// An expression, with the parentheses around it as nodes of their own.
    ///
    /// lang-c has no node for `(e)`: the outer node's span has the parentheses, the inner one's has not.
    pub(super) fn expression(&mut self, node: &Node<c::Expression>) -> NodeId {
        if self.at.is_empty() {
            return self.add(Kind::Absent, node.span);
        }
        let outer = self.at.pieces(node.span);
        let (mut id, mut inner) = self.bare(node, outer);
        while inner.first > outer.first && self.at.piece_text(inner.first - 1) == "(" {
            inner = Pieces { first: inner.first - 1, last: inner.last + 1 };
            id = self.builder.add(Kind::Paren { inner: id }, self.at.tokens(inner));
        }
        id
    }

    /// The expression without the parentheses around it, and the pieces it has without them.
    fn bare(&mut self, node: &Node<c::Expression>, outer: Pieces) -> (NodeId, Pieces) {
        let span = match &node.node {
            c::Expression::Identifier(n) => n.span,
            c::Expression::Constant(n) => n.span,
            c::Expression::StringLiteral(n) => n.span,
            c::Expression::GenericSelection(n) => n.span,
            c::Expression::Member(n) => n.span,
            c::Expression::Call(n) => n.span,
            c::Expression::CompoundLiteral(n) => n.span,
            c::Expression::SizeOfTy(n) => n.span,
            c::Expression::SizeOfVal(n) => n.span,
            c::Expression::AlignOf(n) => n.span,
            c::Expression::UnaryOperator(n) => n.span,
            c::Expression::Cast(n) => n.span,
            c::Expression::BinaryOperator(n) => n.span,
            c::Expression::Conditional(n) => n.span,
            c::Expression::OffsetOf(n) => n.span,
            c::Expression::VaArg(n) => n.span,
            c::Expression::Statement(n) => n.span,
            c::Expression::Comma(list) => match (list.first(), list.last()) {
                (Some(a), Some(b)) => lang_c::span::Span::span(a.span.start, b.span.end),
                _ => node.span,
            },
        };
        let mut pieces = self.at.pieces(span);
        if matches!(node.node, c::Expression::Statement(_)) {
            // `({ … })` owns the parentheses next to its braces.
            pieces = Pieces {
                first: pieces.first.saturating_sub(1).max(outer.first),
                last: (pieces.last + 1).min(outer.last),
            };
        }
        let tokens = self.at.tokens(pieces);
        let kind = self.kind(&node.node, pieces);
        (self.builder.add(kind, tokens), pieces)
    }

    fn kind(&mut self, expression: &c::Expression, pieces: Pieces) -> Kind {
        let edit = self.at.edit(pieces.first);
        match expression {
            c::Expression::Identifier(_) => match edit {
                Some(EditKind::OpaqueArgument | EditKind::OpaqueStatement) => Kind::Opaque,
                Some(EditKind::AbsentArgument) => Kind::Absent,
                Some(EditKind::LabelAddress) => {
                    let tokens = self.at.tokens(pieces);
                    let name = self.file.tokens.significant(tokens).next_back();
                    Kind::LabelAddress { name: name.unwrap_or(tokens.start) }
                }
                _ => Kind::Ident,
            },
            c::Expression::Constant(constant) => Kind::Literal(match constant.node {
                c::Constant::Integer(_) | c::Constant::Float(_) => LiteralKind::Number,
                c::Constant::Character(_) => LiteralKind::Char,
            }),
            c::Expression::StringLiteral(_) => Kind::Literal(LiteralKind::String),
            c::Expression::GenericSelection(generic) => self.generic(&generic.node),
            c::Expression::Member(member) => Kind::Member {
                base: self.expression(&member.node.expression),
                arrow: member.node.operator.node == c::MemberOperator::Indirect,
                name: self.token(&member.node.identifier),
            },
            c::Expression::Call(call) => {
                let callee = self.expression(&call.node.callee);
                let args: Vec<NodeId> =
                    call.node.arguments.iter().map(|arg| self.expression(arg)).collect();
                Kind::Call { callee, args: self.builder.list(&args) }
            }
            c::Expression::CompoundLiteral(literal) => {
                let ty = self.type_name(&literal.node.type_name);
                let init = self.init_list(&literal.node.initializer_list, pieces, ty);
                Kind::CompoundLiteral { ty, init }
            }
            c::Expression::SizeOfTy(sizeof) => {
                let ty = self.type_name(&sizeof.node.0);
                match edit {
                    Some(EditKind::TypeArgument) => Kind::TypeArgument { ty },
                    _ if self.is_alignof(pieces) => Kind::AlignofType { ty },
                    _ => Kind::SizeofType { ty },
                }
            }
            c::Expression::SizeOfVal(sizeof) => {
                let operand = self.expression(&sizeof.node.0);
                if self.is_alignof(pieces) {
                    Kind::AlignofExpr { operand }
                } else {
                    Kind::SizeofExpr { operand }
                }
            }
            c::Expression::AlignOf(alignof) => {
                Kind::AlignofType { ty: self.type_name(&alignof.node.0) }
            }
            c::Expression::UnaryOperator(unary) => Kind::Unary {
                op: unary_op(&unary.node.operator.node),
                operand: self.expression(&unary.node.operand),
            },
            c::Expression::Cast(cast) => Kind::Cast {
                ty: self.type_name(&cast.node.type_name),
                operand: self.expression(&cast.node.expression),
            },
            c::Expression::BinaryOperator(binary) => {
                let lhs = self.expression(&binary.node.lhs);
                let rhs = self.expression(&binary.node.rhs);
                match infix(&binary.node.operator.node) {
                    Infix::Index => Kind::Index { base: lhs, index: rhs },
                    Infix::Binary(op) => Kind::Binary { op, lhs, rhs },
                    Infix::Assign(op) => Kind::Assign { op, lhs, rhs },
                }
            }
            c::Expression::Conditional(conditional) => {
                let cond = self.expression(&conditional.node.condition);
                let middle = &conditional.node.then_expression;
                let elvis = self.is_edit(middle.span, EditKind::Elvis);
                let then = (!elvis).then(|| self.expression(middle));
                let other = self.expression(&conditional.node.else_expression);
                Kind::Conditional { cond, then, other }
            }
            c::Expression::Comma(list) => {
                let exprs: Vec<NodeId> = list.iter().map(|e| self.expression(e)).collect();
                Kind::Comma { exprs: self.builder.list(&exprs) }
            }
            // The normaliser spells both builtins as plain calls; a text that reaches lang-c without it does not.
            c::Expression::OffsetOf(_) | c::Expression::VaArg(_) => Kind::Opaque,
            c::Expression::Statement(statement) => match (edit, &statement.node) {
                (Some(EditKind::StatementArgument), c::Statement::Compound(items)) => {
                    let ids: Vec<NodeId> =
                        items.iter().filter_map(|item| self.block_item(item)).collect();
                    Kind::StatementArgument { items: self.builder.list(&ids) }
                }
                _ => Kind::StatementExpr { body: self.statement(statement) },
            },
        }
    }

    /// The normaliser spells `__alignof__ e` as `sizeof e`; the file knows what was written.
    fn is_alignof(&self, pieces: Pieces) -> bool {
        let first = self.at.tokens(Pieces { first: pieces.first, last: pieces.first });
        !first.is_empty() && {
            let word = self.file.text(first.start);
            word.starts_with(b"__alignof") || word.starts_with(b"_Alignof")
        }
    }

    fn generic(&mut self, generic: &c::GenericSelection) -> Kind {
        let control = self.expression(&generic.expression);
        let arms: Vec<NodeId> =
            generic.associations.iter().map(|arm| self.generic_arm(arm)).collect();
        Kind::Generic { control, arms: self.builder.list(&arms) }
    }

    fn generic_arm(&mut self, arm: &Node<c::GenericAssociation>) -> NodeId {
        let kind = match &arm.node {
            c::GenericAssociation::Type(association) => Kind::GenericArm {
                ty: Some(self.type_name(&association.node.type_name)),
                value: self.expression(&association.node.expression),
            },
            c::GenericAssociation::Default(value) => {
                Kind::GenericArm { ty: None, value: self.expression(value) }
            }
        };
        self.add(kind, arm.span)
    }

    /// The `{ … }` of a compound literal, which has no node in lang-c: it follows the type's `)`.
    fn init_list(
        &mut self,
        items: &[Node<c::InitializerListItem>],
        literal: Pieces,
        ty: NodeId,
    ) -> NodeId {
        let after_type = self.tokens(ty).end;
        self.braces(items, TokenRange { start: after_type, ..self.at.tokens(literal) })
    }

    /// A list whose `{` is the first one in `tokens`.
    fn braces(&mut self, items: &[Node<c::InitializerListItem>], tokens: TokenRange) -> NodeId {
        let items = self.init_items(items);
        let mut all = self.file.tokens.significant(tokens);
        let brace = all.find(|&token| self.file.tokens.kind(token) == TokenKind::LBrace);
        let range = TokenRange { start: brace.unwrap_or(tokens.start), ..tokens };
        self.builder.add(Kind::InitList { items }, range)
    }

    fn init_items(&mut self, items: &[Node<c::InitializerListItem>]) -> crate::ast::List {
        let ids: Vec<NodeId> = items
            .iter()
            .filter_map(|item| {
                let inserted = self.is_edit(item.span, EditKind::EmptyInit);
                (!inserted).then(|| self.init_item(item))
            })
            .collect();
        self.builder.list(&ids)
    }

    fn init_item(&mut self, item: &Node<c::InitializerListItem>) -> NodeId {
        let designators: Vec<NodeId> =
            item.node.designation.iter().map(|d| self.designator(d)).collect();
        let designators = self.builder.list(&designators);
        let value = self.initializer(&item.node.initializer);
        self.add(Kind::InitItem { designators, value }, item.span)
    }

    fn designator(&mut self, designator: &Node<c::Designator>) -> NodeId {
        let kind = match &designator.node {
            c::Designator::Index(index) => {
                Kind::IndexDesignator { from: self.expression(index), to: None }
            }
            c::Designator::Member(name) => Kind::MemberDesignator { name: self.token(name) },
            c::Designator::Range(range) => Kind::IndexDesignator {
                from: self.expression(&range.node.from),
                to: Some(self.expression(&range.node.to)),
            },
        };
        self.add(kind, designator.span)
    }

    /// An initialiser: an expression or a braced list.
    pub(super) fn initializer(&mut self, initializer: &Node<c::Initializer>) -> NodeId {
        match &initializer.node {
            c::Initializer::Expression(value) => self.expression(value),
            c::Initializer::List(items) => {
                // To lang-c the `=` before the brace is part of it.
                self.braces(items, self.at.range(initializer.span))
            }
        }
    }
}

fn unary_op(op: &c::UnaryOperator) -> UnaryOp {
    match op {
        c::UnaryOperator::PostIncrement => UnaryOp::PostIncrement,
        c::UnaryOperator::PostDecrement => UnaryOp::PostDecrement,
        c::UnaryOperator::PreIncrement => UnaryOp::PreIncrement,
        c::UnaryOperator::PreDecrement => UnaryOp::PreDecrement,
        c::UnaryOperator::Address => UnaryOp::Address,
        c::UnaryOperator::Indirection => UnaryOp::Deref,
        c::UnaryOperator::Plus => UnaryOp::Plus,
        c::UnaryOperator::Minus => UnaryOp::Minus,
        c::UnaryOperator::Complement => UnaryOp::Complement,
        c::UnaryOperator::Negate => UnaryOp::Not,
    }
}

fn infix(op: &c::BinaryOperator) -> Infix {
    use Infix::{Assign, Binary};
    let compound = |op| Assign(AssignOp::Compound(op));
    match op {
        c::BinaryOperator::Index => Infix::Index,
        c::BinaryOperator::Multiply => Binary(BinaryOp::Multiply),
        c::BinaryOperator::Divide => Binary(BinaryOp::Divide),
        c::BinaryOperator::Modulo => Binary(BinaryOp::Modulo),
        c::BinaryOperator::Plus => Binary(BinaryOp::Plus),
        c::BinaryOperator::Minus => Binary(BinaryOp::Minus),
        c::BinaryOperator::ShiftLeft => Binary(BinaryOp::ShiftLeft),
        c::BinaryOperator::ShiftRight => Binary(BinaryOp::ShiftRight),
        c::BinaryOperator::Less => Binary(BinaryOp::Less),
        c::BinaryOperator::Greater => Binary(BinaryOp::Greater),
        c::BinaryOperator::LessOrEqual => Binary(BinaryOp::LessOrEqual),
        c::BinaryOperator::GreaterOrEqual => Binary(BinaryOp::GreaterOrEqual),
        c::BinaryOperator::Equals => Binary(BinaryOp::Equal),
        c::BinaryOperator::NotEquals => Binary(BinaryOp::NotEqual),
        c::BinaryOperator::BitwiseAnd => Binary(BinaryOp::BitAnd),
        c::BinaryOperator::BitwiseXor => Binary(BinaryOp::BitXor),
        c::BinaryOperator::BitwiseOr => Binary(BinaryOp::BitOr),
        c::BinaryOperator::LogicalAnd => Binary(BinaryOp::And),
        c::BinaryOperator::LogicalOr => Binary(BinaryOp::Or),
        c::BinaryOperator::Assign => Assign(AssignOp::Assign),
        c::BinaryOperator::AssignMultiply => compound(BinaryOp::Multiply),
        c::BinaryOperator::AssignDivide => compound(BinaryOp::Divide),
        c::BinaryOperator::AssignModulo => compound(BinaryOp::Modulo),
        c::BinaryOperator::AssignPlus => compound(BinaryOp::Plus),
        c::BinaryOperator::AssignMinus => compound(BinaryOp::Minus),
        c::BinaryOperator::AssignShiftLeft => compound(BinaryOp::ShiftLeft),
        c::BinaryOperator::AssignShiftRight => compound(BinaryOp::ShiftRight),
        c::BinaryOperator::AssignBitwiseAnd => compound(BinaryOp::BitAnd),
        c::BinaryOperator::AssignBitwiseXor => compound(BinaryOp::BitXor),
        c::BinaryOperator::AssignBitwiseOr => compound(BinaryOp::BitOr),
    }
}
