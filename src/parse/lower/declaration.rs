//! Declarations, types and declarators (C11 6.7, 6.9).

use lang_c::span::Span;

use super::super::{Node, c};
use super::Lower;
use crate::ast::{Kind, List, NodeId, Storage, StructKind};
use crate::items::EditKind;
use crate::lex::TokenRange;

/// Declaration specifiers, and the macro call that stood in their place, if one did.
struct Specifiers {
    ids: Vec<NodeId>,
    macro_call: Option<NodeId>,
}

impl Lower<'_> {
    /// A declaration or definition at top level.
    pub(super) fn external(&mut self, node: &Node<c::ExternalDeclaration>) -> NodeId {
        match &node.node {
            c::ExternalDeclaration::Declaration(declaration) => self.declaration(declaration),
            c::ExternalDeclaration::StaticAssert(assertion) => self.static_assert(assertion),
            c::ExternalDeclaration::FunctionDefinition(function) => self.function(function),
        }
    }

    fn function(&mut self, function: &Node<c::FunctionDefinition>) -> NodeId {
        let definition = &function.node;
        let specifiers = self.specifiers(&definition.specifiers);
        let declarator = match specifiers.macro_call {
            Some(call) => call,
            None => self.declarator(&definition.declarator),
        };
        let kr: Vec<NodeId> = definition.declarations.iter().map(|d| self.declaration(d)).collect();
        let body = self.statement(&definition.statement);
        let kind = Kind::Function {
            specifiers: self.builder.list(&specifiers.ids),
            declarator,
            kr_declarations: self.builder.list(&kr),
            body,
        };
        self.add(kind, function.span)
    }

    /// A declaration, or the macro that makes one.
    pub(super) fn declaration(&mut self, declaration: &Node<c::Declaration>) -> NodeId {
        let specifiers = self.specifiers(&declaration.node.specifiers);
        let list = self.builder.list(&specifiers.ids);
        let kind = match specifiers.macro_call {
            Some(call) => {
                let first = declaration.node.declarators.first();
                let init = first.and_then(|d| d.node.initializer.as_ref());
                Kind::MacroDeclaration {
                    specifiers: list,
                    call,
                    init: init.map(|init| self.initializer(init)),
                }
            }
            None => {
                let ids: Vec<NodeId> =
                    declaration.node.declarators.iter().map(|d| self.init_declarator(d)).collect();
                Kind::Declaration { specifiers: list, declarators: self.builder.list(&ids) }
            }
        };
        self.add(kind, declaration.span)
    }

    fn init_declarator(&mut self, node: &Node<c::InitDeclarator>) -> NodeId {
        let declarator = self.declarator(&node.node.declarator);
        let init = node.node.initializer.as_ref().map(|init| self.initializer(init));
        self.add(Kind::InitDeclarator { declarator, init }, node.span)
    }

    /// `_Static_assert(…);`
    pub(super) fn static_assert(&mut self, assertion: &Node<c::StaticAssert>) -> NodeId {
        let cond = self.expression(&assertion.node.expression);
        self.add(Kind::StaticAssert { cond }, assertion.span)
    }

    fn specifiers(&mut self, nodes: &[Node<c::DeclarationSpecifier>]) -> Specifiers {
        let mut out = Specifiers { ids: Vec::with_capacity(nodes.len()), macro_call: None };
        for node in nodes {
            let kind = match &node.node {
                c::DeclarationSpecifier::StorageClass(storage) => {
                    Kind::StorageSpecifier(storage_class(&storage.node))
                }
                c::DeclarationSpecifier::TypeSpecifier(ty) => {
                    match self.macro_call(ty) {
                        Some(call) => out.macro_call = Some(call),
                        None => out.ids.push(self.type_specifier(ty)),
                    }
                    continue;
                }
                c::DeclarationSpecifier::TypeQualifier(_) => Kind::Qualifier,
                c::DeclarationSpecifier::Function(_) => Kind::FunctionSpecifier,
                c::DeclarationSpecifier::Alignment(_) => Kind::AlignSpecifier,
                c::DeclarationSpecifier::Extension(extensions) => {
                    self.extensions(extensions);
                    continue;
                }
            };
            let id = self.add(kind, node.span);
            out.ids.push(id);
        }
        out
    }

    /// The macro call inside the `typeof` that the normaliser put around it.
    fn macro_call(&mut self, ty: &Node<c::TypeSpecifier>) -> Option<NodeId> {
        let edit = self.at.edit_at(ty.span)?;
        if !matches!(edit, EditKind::MacroDeclaration | EditKind::MacroFunction) {
            return None;
        }
        let c::TypeSpecifier::TypeOf(of) = &ty.node else { return None };
        match &of.node {
            c::TypeOf::Expression(call) => Some(self.expression(call)),
            c::TypeOf::Type(_) => None,
        }
    }

    fn extensions(&mut self, extensions: &[Node<c::Extension>]) {
        for extension in extensions {
            let tokens = self.at.range(extension.span);
            self.builder.attribute(tokens);
        }
    }

    fn type_specifier(&mut self, ty: &Node<c::TypeSpecifier>) -> NodeId {
        let kind = match &ty.node {
            c::TypeSpecifier::Void
            | c::TypeSpecifier::Char
            | c::TypeSpecifier::Short
            | c::TypeSpecifier::Int
            | c::TypeSpecifier::Long
            | c::TypeSpecifier::Float
            | c::TypeSpecifier::Double
            | c::TypeSpecifier::Signed
            | c::TypeSpecifier::Unsigned
            | c::TypeSpecifier::Bool
            | c::TypeSpecifier::Complex
            | c::TypeSpecifier::Atomic(_)
            | c::TypeSpecifier::TS18661Float(_) => Kind::PrimitiveType,
            c::TypeSpecifier::TypedefName(_) => Kind::TypedefName,
            c::TypeSpecifier::Struct(node) => self.struct_type(&node.node),
            c::TypeSpecifier::Enum(node) => self.enum_type(&node.node, ty.span),
            c::TypeSpecifier::TypeOf(node) => Kind::Typeof {
                operand: match &node.node {
                    c::TypeOf::Expression(operand) => self.expression(operand),
                    c::TypeOf::Type(operand) => self.type_name(operand),
                },
            },
        };
        self.add(kind, ty.span)
    }

    fn struct_type(&mut self, node: &c::StructType) -> Kind {
        let kind = match node.kind.node {
            c::StructKind::Struct => StructKind::Struct,
            c::StructKind::Union => StructKind::Union,
        };
        let name = node.identifier.as_ref().map(|name| self.token(name));
        let fields = node.declarations.as_ref().map(|fields| {
            let ids: Vec<NodeId> = fields.iter().map(|field| self.field(field)).collect();
            self.builder.list(&ids)
        });
        Kind::StructType { kind, name, fields }
    }

    fn enum_type(&mut self, node: &c::EnumType, span: Span) -> Kind {
        let name = node.identifier.as_ref().map(|name| self.token(name));
        // lang-c does not say whether there was a body; a body without enumerators still has its brace.
        let tokens = self.at.range(span);
        let braced = self.file.tokens.significant(tokens).any(|t| self.file.text(t) == "{");
        let enumerators = braced.then(|| {
            let ids: Vec<NodeId> = node.enumerators.iter().map(|e| self.enumerator(e)).collect();
            self.builder.list(&ids)
        });
        Kind::EnumType { name, enumerators }
    }

    /// One enumerator.
    pub(super) fn enumerator(&mut self, node: &Node<c::Enumerator>) -> NodeId {
        self.extensions(&node.node.extensions);
        let name = self.token(&node.node.identifier);
        let value = node.node.expression.as_ref().map(|value| self.expression(value));
        self.add(Kind::Enumerator { name, value }, node.span)
    }

    /// One line of a struct.
    pub(super) fn field(&mut self, node: &Node<c::StructDeclaration>) -> NodeId {
        let field = match &node.node {
            c::StructDeclaration::StaticAssert(assertion) => return self.static_assert(assertion),
            c::StructDeclaration::Field(field) => &field.node,
        };
        let specifiers = self.specifier_qualifiers(&field.specifiers);
        let list = self.builder.list(&specifiers.ids);
        let kind = match specifiers.macro_call {
            Some(call) => Kind::MacroDeclaration { specifiers: list, call, init: None },
            None => {
                let ids: Vec<NodeId> =
                    field.declarators.iter().map(|d| self.field_declarator(d)).collect();
                Kind::Field { specifiers: list, declarators: self.builder.list(&ids) }
            }
        };
        self.add(kind, node.span)
    }

    fn field_declarator(&mut self, node: &Node<c::StructDeclarator>) -> NodeId {
        let declarator = node.node.declarator.as_ref().map(|d| self.declarator(d));
        let bits = node.node.bit_width.as_ref().map(|bits| self.expression(bits));
        self.add(Kind::FieldDeclarator { declarator, bits }, node.span)
    }

    fn specifier_qualifiers(&mut self, nodes: &[Node<c::SpecifierQualifier>]) -> Specifiers {
        let mut out = Specifiers { ids: Vec::with_capacity(nodes.len()), macro_call: None };
        for node in nodes {
            match &node.node {
                c::SpecifierQualifier::TypeSpecifier(ty) => match self.macro_call(ty) {
                    Some(call) => out.macro_call = Some(call),
                    None => out.ids.push(self.type_specifier(ty)),
                },
                c::SpecifierQualifier::TypeQualifier(_) => {
                    let id = self.add(Kind::Qualifier, node.span);
                    out.ids.push(id);
                }
                c::SpecifierQualifier::Extension(extensions) => self.extensions(extensions),
            }
        }
        out
    }

    /// A type name, as in a cast.
    pub(super) fn type_name(&mut self, node: &Node<c::TypeName>) -> NodeId {
        let specifiers = self.specifier_qualifiers(&node.node.specifiers);
        let specifiers = self.builder.list(&specifiers.ids);
        let declarator = node.node.declarator.as_ref().map(|d| self.declarator(d));
        self.add(Kind::TypeName { specifiers, declarator }, node.span)
    }

    fn declarator(&mut self, node: &Node<c::Declarator>) -> NodeId {
        let declarator = &node.node;
        let base = match &declarator.kind.node {
            c::DeclaratorKind::Abstract => None,
            c::DeclaratorKind::Identifier(name) => Some(self.add(Kind::DeclaratorName, name.span)),
            c::DeclaratorKind::Declarator(inner) => Some(self.declarator(inner)),
        };
        let mut pointers = Vec::new();
        let mut suffixes = Vec::new();
        for derived in &declarator.derived {
            match self.derived(derived) {
                (id, Side::Left) => pointers.push(id),
                (id, Side::Right) => suffixes.push(id),
            }
        }
        self.extensions(&declarator.extensions);
        let kind = Kind::Declarator {
            base,
            pointers: self.builder.list(&pointers),
            suffixes: self.builder.list(&suffixes),
        };
        self.add(kind, node.span)
    }

    fn derived(&mut self, node: &Node<c::DerivedDeclarator>) -> (NodeId, Side) {
        let (kind, side) = match &node.node {
            c::DerivedDeclarator::Pointer(qualifiers) | c::DerivedDeclarator::Block(qualifiers) => {
                let qualifiers = self.pointer_qualifiers(qualifiers);
                (Kind::Pointer { qualifiers }, Side::Left)
            }
            c::DerivedDeclarator::Array(array) => {
                let size = match &array.node.size {
                    c::ArraySize::Unknown | c::ArraySize::VariableUnknown => None,
                    c::ArraySize::VariableExpression(size)
                    | c::ArraySize::StaticExpression(size) => Some(self.expression(size)),
                };
                (Kind::Array { size }, Side::Right)
            }
            c::DerivedDeclarator::Function(function) => {
                let tokens = self.at.range(node.span);
                return (self.parameters(&function.node, tokens), Side::Right);
            }
            c::DerivedDeclarator::KRFunction(names) => {
                let ids: Vec<NodeId> =
                    names.iter().map(|name| self.add(Kind::DeclaratorName, name.span)).collect();
                let params = self.builder.list(&ids);
                (Kind::Parameters { params, variadic: false }, Side::Right)
            }
        };
        (self.add(kind, node.span), side)
    }

    fn pointer_qualifiers(&mut self, nodes: &[Node<c::PointerQualifier>]) -> List {
        let mut ids = Vec::new();
        for node in nodes {
            match &node.node {
                c::PointerQualifier::TypeQualifier(_) => {
                    ids.push(self.add(Kind::Qualifier, node.span));
                }
                c::PointerQualifier::Extension(extensions) => self.extensions(extensions),
            }
        }
        self.builder.list(&ids)
    }

    /// A parameter list.
    pub(super) fn parameters(
        &mut self,
        function: &c::FunctionDeclarator,
        tokens: TokenRange,
    ) -> NodeId {
        let ids: Vec<NodeId> = function.parameters.iter().map(|p| self.parameter(p)).collect();
        let params = self.builder.list(&ids);
        let variadic = function.ellipsis == c::Ellipsis::Some;
        self.builder.add(Kind::Parameters { params, variadic }, tokens)
    }

    fn parameter(&mut self, node: &Node<c::ParameterDeclaration>) -> NodeId {
        let specifiers = self.specifiers(&node.node.specifiers);
        let specifiers = self.builder.list(&specifiers.ids);
        let declarator = node.node.declarator.as_ref().map(|d| self.declarator(d));
        self.extensions(&node.node.extensions);
        self.add(Kind::Parameter { specifiers, declarator }, node.span)
    }
}

/// On which side of the declared name a derivation stands.
enum Side {
    Left,
    Right,
}

fn storage_class(storage: &c::StorageClassSpecifier) -> Storage {
    match storage {
        c::StorageClassSpecifier::Typedef => Storage::Typedef,
        c::StorageClassSpecifier::Extern => Storage::Extern,
        c::StorageClassSpecifier::Static => Storage::Static,
        c::StorageClassSpecifier::ThreadLocal => Storage::ThreadLocal,
        c::StorageClassSpecifier::Auto => Storage::Auto,
        c::StorageClassSpecifier::Register => Storage::Register,
    }
}
