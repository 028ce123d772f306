//! The children of a node: the one place that knows which fields of a [`Kind`] are nodes.

use smallvec::SmallVec;

use super::{Ast, Kind, Label, List, NodeId};

/// A node's children; few have more than four.
pub type Children = SmallVec<[NodeId; 4]>;

impl Ast {
    /// The nodes directly below `id`, in source order.
    pub fn children(&self, id: NodeId) -> Children {
        let mut out = Gather { ast: self, children: Children::new() };
        out.kind(self.kind(id));
        out.children
    }
}

struct Gather<'a> {
    ast: &'a Ast,
    children: Children,
}

impl Gather<'_> {
    fn one(&mut self, id: NodeId) {
        self.children.push(id);
    }

    fn maybe(&mut self, id: Option<NodeId>) {
        self.children.extend(id);
    }

    fn list(&mut self, list: List) {
        self.children.extend_from_slice(self.ast.list(list));
    }

    fn two(&mut self, first: NodeId, second: NodeId) {
        self.one(first);
        self.one(second);
    }

    fn kind(&mut self, kind: Kind) {
        match kind {
            Kind::Ident
            | Kind::Literal(_)
            | Kind::LabelAddress { .. }
            | Kind::Absent
            | Kind::Opaque
            | Kind::Goto { .. }
            | Kind::Continue
            | Kind::Break
            | Kind::Asm
            | Kind::StorageSpecifier(_)
            | Kind::PrimitiveType
            | Kind::Qualifier
            | Kind::FunctionSpecifier
            | Kind::AlignSpecifier
            | Kind::TypedefName
            | Kind::DeclaratorName
            | Kind::MemberDesignator { .. } => {}
            Kind::Member { base, .. } => self.one(base),
            Kind::Index { base, index } => self.two(base, index),
            Kind::Call { callee, args } => {
                self.one(callee);
                self.list(args);
            }
            Kind::CompoundLiteral { ty, init } => self.two(ty, init),
            Kind::SizeofType { ty } | Kind::AlignofType { ty } | Kind::TypeArgument { ty } => {
                self.one(ty);
            }
            Kind::SizeofExpr { operand }
            | Kind::AlignofExpr { operand }
            | Kind::Unary { operand, .. }
            | Kind::Typeof { operand } => self.one(operand),
            Kind::Cast { ty, operand } => self.two(ty, operand),
            Kind::Binary { lhs, rhs, .. } | Kind::Assign { lhs, rhs, .. } => self.two(lhs, rhs),
            Kind::Conditional { cond, then, other } => {
                self.one(cond);
                self.maybe(then);
                self.one(other);
            }
            Kind::Comma { exprs } => self.list(exprs),
            Kind::Paren { inner } => self.one(inner),
            Kind::StatementExpr { body } => self.one(body),
            Kind::Generic { control, arms } => {
                self.one(control);
                self.list(arms);
            }
            Kind::GenericArm { ty, value } => {
                self.maybe(ty);
                self.one(value);
            }
            Kind::StatementArgument { items }
            | Kind::Compound { items }
            | Kind::InitList { items }
            | Kind::Fragment { items } => self.list(items),
            Kind::ExprStatement { expr, .. } => self.maybe(expr),
            Kind::If { cond, then, other } => {
                self.two(cond, then);
                self.maybe(other);
            }
            Kind::Switch { value, body } => self.two(value, body),
            Kind::While { cond, body } => self.two(cond, body),
            Kind::DoWhile { body, cond } => self.two(body, cond),
            Kind::For { init, cond, step, body } => {
                self.maybe(init);
                self.maybe(cond);
                self.maybe(step);
                self.one(body);
            }
            Kind::Iterator { call, body } => self.two(call, body),
            Kind::GotoComputed { target } => self.one(target),
            Kind::Return { value } => self.maybe(value),
            Kind::Labeled { label, body } => {
                match label {
                    Label::Name(_) | Label::Default => {}
                    Label::Case(value) => self.one(value),
                    Label::CaseRange(low, high) => self.two(low, high),
                }
                self.maybe(body);
            }
            Kind::Function { specifiers, declarator, kr_declarations, body } => {
                self.list(specifiers);
                self.one(declarator);
                self.list(kr_declarations);
                self.one(body);
            }
            Kind::Declaration { specifiers, declarators }
            | Kind::Field { specifiers, declarators } => {
                self.list(specifiers);
                self.list(declarators);
            }
            Kind::InitDeclarator { declarator, init } => {
                self.one(declarator);
                self.maybe(init);
            }
            Kind::MacroDeclaration { specifiers, call, init } => {
                self.list(specifiers);
                self.one(call);
                self.maybe(init);
            }
            Kind::StaticAssert { cond } => self.one(cond),
            Kind::StructType { fields, .. } => self.list(fields.unwrap_or_default()),
            Kind::EnumType { enumerators, .. } => self.list(enumerators.unwrap_or_default()),
            Kind::Declarator { base, pointers, suffixes } => {
                self.list(pointers);
                self.maybe(base);
                self.list(suffixes);
            }
            Kind::Pointer { qualifiers } => self.list(qualifiers),
            Kind::Array { size } => self.maybe(size),
            Kind::Parameters { params, .. } => self.list(params),
            Kind::Parameter { specifiers, declarator }
            | Kind::TypeName { specifiers, declarator } => {
                self.list(specifiers);
                self.maybe(declarator);
            }
            Kind::FieldDeclarator { declarator, bits } => {
                self.maybe(declarator);
                self.maybe(bits);
            }
            Kind::Enumerator { value, .. } => self.maybe(value),
            Kind::InitItem { designators, value } => {
                self.list(designators);
                self.one(value);
            }
            Kind::IndexDesignator { from, to } => {
                self.one(from);
                self.maybe(to);
            }
        }
    }
}
