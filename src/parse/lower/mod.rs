//! lang-c's AST to ours, with the constructs of the edit log put back.
//!
//! One function a lang-c type, in three files by grammar section. What the normaliser wrote in a
//! construct's stead is recognised by the edit of the piece it starts with, never by its text.

mod declaration;
mod expression;
mod statement;

use lang_c::span::Span;

use super::placement::Placement;
use super::{Node, c};
use crate::ast::{Ast, Builder, Kind, NodeId};
use crate::items::{EditKind, Shape};
use crate::lex::{LexedFile, TokenId, TokenRange};

/// Lowers what lang-c made of a text of `shape`; `None` where it is not of that shape after all.
pub(super) fn unit(
    file: &LexedFile,
    placement: Placement<'_>,
    unit: &[Node<c::ExternalDeclaration>],
    shape: Shape,
) -> Option<Ast> {
    let mut lower = Lower { file, at: placement, builder: Builder::default() };
    for tokens in placement.attributes() {
        lower.builder.attribute(tokens);
    }
    let root = lower.shape(unit, shape)?;
    Some(lower.builder.finish(root))
}

struct Lower<'a> {
    file: &'a LexedFile,
    at: Placement<'a>,
    builder: Builder,
}

impl Lower<'_> {
    fn shape(&mut self, unit: &[Node<c::ExternalDeclaration>], shape: Shape) -> Option<NodeId> {
        if shape == Shape::TopLevel {
            let ids: Vec<NodeId> = unit.iter().map(|node| self.external(node)).collect();
            return match ids[..] {
                [only] => Some(only),
                _ => Some(self.fragment(&ids)),
            };
        }
        let [only] = unit else { return None };
        match (&only.node, shape) {
            (c::ExternalDeclaration::FunctionDefinition(f), Shape::Statements) => {
                let c::Statement::Compound(items) = &f.node.statement.node else { return None };
                let ids: Vec<NodeId> = items.iter().filter_map(|i| self.block_item(i)).collect();
                Some(self.fragment(&ids))
            }
            (c::ExternalDeclaration::FunctionDefinition(f), Shape::Expression) => {
                let c::Statement::Compound(items) = &f.node.statement.node else { return None };
                let [Node { node: c::BlockItem::Statement(statement), .. }] = &items[..] else {
                    return None;
                };
                let c::Statement::Return(Some(value)) = &statement.node else { return None };
                Some(self.expression(value))
            }
            (c::ExternalDeclaration::Declaration(d), _) => self.wrapped(&d.node, shape),
            _ => None,
        }
    }

    /// The shapes that are wrapped in a declaration.
    fn wrapped(&mut self, declaration: &c::Declaration, shape: Shape) -> Option<NodeId> {
        let init = || declaration.declarators.first()?.node.initializer.as_ref();
        match shape {
            Shape::TypeName => {
                let c::Initializer::Expression(e) = &init()?.node else { return None };
                let c::Expression::SizeOfTy(sizeof) = &e.node else { return None };
                Some(self.type_name(&sizeof.node.0))
            }
            Shape::Initializer => Some(self.initializer(init()?)),
            Shape::Parameters => {
                let declarator = &declaration.declarators.first()?.node.declarator.node;
                let derived = declarator.derived.first()?;
                let c::DerivedDeclarator::Function(function) = &derived.node else { return None };
                let tokens = self.at.all();
                Some(self.parameters(&function.node, tokens))
            }
            Shape::Fields | Shape::Enumerators => {
                let ids = declaration.specifiers.iter().find_map(|specifier| {
                    let c::DeclarationSpecifier::TypeSpecifier(ty) = &specifier.node else {
                        return None;
                    };
                    match &ty.node {
                        c::TypeSpecifier::Struct(s) => {
                            let fields = s.node.declarations.as_deref().unwrap_or_default();
                            Some(fields.iter().map(|field| self.field(field)).collect::<Vec<_>>())
                        }
                        c::TypeSpecifier::Enum(e) => {
                            Some(e.node.enumerators.iter().map(|e| self.enumerator(e)).collect())
                        }
                        _ => None,
                    }
                })?;
                Some(self.fragment(&ids))
            }
            Shape::TopLevel | Shape::Statements | Shape::Expression => None,
        }
    }

    fn fragment(&mut self, ids: &[NodeId]) -> NodeId {
        let items = self.builder.list(ids);
        self.builder.add(Kind::Fragment { items }, self.at.all())
    }

    fn add(&mut self, kind: Kind, span: Span) -> NodeId {
        let tokens = self.at.range(span);
        self.builder.add(kind, tokens)
    }

    /// The token of an identifier node.
    fn token(&self, identifier: &Node<c::Identifier>) -> TokenId {
        self.at.range(identifier.span).start
    }

    /// Whether the text at `span` was written by an edit of `kind`.
    fn is_edit(&self, span: Span, kind: EditKind) -> bool {
        self.at.edit_at(span) == Some(kind)
    }

    fn tokens(&self, id: NodeId) -> TokenRange {
        self.builder.node(id).tokens
    }
}
