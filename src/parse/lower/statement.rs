//! Statements (C11 6.8), the kernel's iterator macros and what stands for unparsed statements.

use super::super::{Node, c};
use super::Lower;
use crate::ast::{Kind, Label, NodeId};
use crate::items::EditKind;

impl Lower<'_> {
    /// A block item; `None` for one that only the normaliser put there.
    pub(super) fn block_item(&mut self, item: &Node<c::BlockItem>) -> Option<NodeId> {
        match &item.node {
            c::BlockItem::Declaration(declaration) => Some(self.declaration(declaration)),
            c::BlockItem::StaticAssert(assertion) => Some(self.static_assert(assertion)),
            c::BlockItem::Statement(statement) => {
                (!self.is_closing_semi(statement)).then(|| self.statement(statement))
            }
        }
    }

    /// The `;` of the `‹;})›` that ends a statement argument.
    fn is_closing_semi(&self, statement: &Node<c::Statement>) -> bool {
        matches!(statement.node, c::Statement::Expression(None))
            && self.is_edit(statement.span, EditKind::StatementArgument)
    }

    /// A statement.
    pub(super) fn statement(&mut self, statement: &Node<c::Statement>) -> NodeId {
        let kind = match &statement.node {
            c::Statement::Labeled(labeled) => self.labeled(&labeled.node),
            c::Statement::Compound(items) => {
                let ids: Vec<NodeId> =
                    items.iter().filter_map(|item| self.block_item(item)).collect();
                Kind::Compound { items: self.builder.list(&ids) }
            }
            c::Statement::Expression(expr) => self.expression_statement(expr.as_deref(), statement),
            c::Statement::If(node) => Kind::If {
                cond: self.expression(&node.node.condition),
                then: self.statement(&node.node.then_statement),
                other: node.node.else_statement.as_ref().map(|other| self.statement(other)),
            },
            c::Statement::Switch(node) => Kind::Switch {
                value: self.expression(&node.node.expression),
                body: self.statement(&node.node.statement),
            },
            c::Statement::While(node) => {
                let head = self.expression(&node.node.expression);
                let body = self.statement(&node.node.statement);
                if self.is_edit(statement.span, EditKind::Iterator) {
                    Kind::Iterator { call: head, body }
                } else {
                    Kind::While { cond: head, body }
                }
            }
            c::Statement::DoWhile(node) => Kind::DoWhile {
                body: self.statement(&node.node.statement),
                cond: self.expression(&node.node.expression),
            },
            c::Statement::For(node) => self.for_loop(&node.node),
            c::Statement::Goto(label) => Kind::Goto { label: self.token(label) },
            c::Statement::Continue => Kind::Continue,
            c::Statement::Break => Kind::Break,
            c::Statement::Return(value) => match value {
                Some(target) if self.is_edit(statement.span, EditKind::GotoComputed) => {
                    Kind::GotoComputed { target: self.expression(target) }
                }
                _ => Kind::Return { value: value.as_ref().map(|value| self.expression(value)) },
            },
            c::Statement::Asm(_) => Kind::Asm,
        };
        self.add(kind, statement.span)
    }

    fn expression_statement(
        &mut self,
        expr: Option<&Node<c::Expression>>,
        statement: &Node<c::Statement>,
    ) -> Kind {
        let Some(expr) = expr else { return Kind::ExprStatement { expr: None, semi: true } };
        match self.at.edit_at(expr.span) {
            Some(EditKind::Asm) => Kind::Asm,
            Some(EditKind::OpaqueStatement) => Kind::Opaque,
            _ => {
                let end = self.at.pieces(statement.span).last;
                let semi = self.at.edit(end) != Some(EditKind::MacroStatement);
                Kind::ExprStatement { expr: Some(self.expression(expr)), semi }
            }
        }
    }

    fn labeled(&mut self, labeled: &c::LabeledStatement) -> Kind {
        let label = match &labeled.label.node {
            c::Label::Identifier(name) => Label::Name(self.token(name)),
            c::Label::Case(value) => Label::Case(self.expression(value)),
            c::Label::CaseRange(range) => Label::CaseRange(
                self.expression(&range.node.low),
                self.expression(&range.node.high),
            ),
            c::Label::Default => Label::Default,
        };
        let empty = matches!(labeled.statement.node, c::Statement::Expression(None))
            && self.is_edit(labeled.statement.span, EditKind::EmptyLabel);
        Kind::Labeled { label, body: (!empty).then(|| self.statement(&labeled.statement)) }
    }

    fn for_loop(&mut self, node: &c::ForStatement) -> Kind {
        let init = match &node.initializer.node {
            c::ForInitializer::Empty => None,
            c::ForInitializer::Expression(init) => Some(self.expression(init)),
            c::ForInitializer::Declaration(declaration) => Some(self.declaration(declaration)),
            c::ForInitializer::StaticAssert(assertion) => Some(self.static_assert(assertion)),
        };
        Kind::For {
            init,
            cond: node.condition.as_ref().map(|cond| self.expression(cond)),
            step: node.step.as_ref().map(|step| self.expression(step)),
            body: self.statement(&node.statement),
        }
    }
}
