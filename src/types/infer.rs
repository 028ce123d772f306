//! The type of an expression (C11 6.5), with what kernel macros add.
//!
//! A macro that is given a type and then a member's name (`container_of`, `list_entry` and their many
//! relatives) yields a pointer to that type, one that ends with a type (`va_arg`) a value of it. That is
//! read off the arguments and not off a list of names, so that a driver's own macros are typed too.

use std::sync::Arc;

use super::declare::base_type;
use super::{Declarations, Record, Scope, Type, type_of_declarator, type_of_type_name};
use crate::ast::{Ast, BinaryOp, Kind, LiteralKind, NodeId, UnaryOp};
use crate::lex::LexedFile;

/// Types the expressions of one function.
#[derive(Clone, Copy)]
pub struct Inference<'a> {
    ast: &'a Ast,
    file: &'a LexedFile,
    scope: &'a Scope,
    declarations: &'a dyn Declarations,
}

impl<'a> Inference<'a> {
    /// Asks `scope` for local names and `declarations` for the rest.
    pub fn new(
        ast: &'a Ast,
        file: &'a LexedFile,
        scope: &'a Scope,
        declarations: &'a dyn Declarations,
    ) -> Inference<'a> {
        Inference { ast, file, scope, declarations }
    }

    /// The type of `id`, typedefs at its top as they were written.
    pub fn type_of(&self, id: NodeId) -> Type {
        match self.ast.kind(id) {
            Kind::Ident => self.name(id),
            Kind::Literal(LiteralKind::String) => int_like("char").pointer(),
            Kind::Literal(LiteralKind::Number | LiteralKind::Char) => int_like("int"),
            Kind::Member { base, .. } => self.member(id, base).map_or(Type::Unknown, |(_, ty)| ty),
            Kind::Index { base, .. } => self.type_of(base).target(self.declarations),
            Kind::Call { callee, args } => self.call(callee, self.ast.list(args)),
            Kind::CompoundLiteral { ty, .. } | Kind::Cast { ty, .. } => self.type_name(ty),
            Kind::TypeArgument { ty } => self.type_name(ty),
            Kind::SizeofType { .. }
            | Kind::SizeofExpr { .. }
            | Kind::AlignofType { .. }
            | Kind::AlignofExpr { .. } => int_like("unsigned long"),
            Kind::Unary { op, operand } => self.unary(op, operand),
            Kind::Binary { op, lhs, rhs } => self.binary(op, lhs, rhs),
            Kind::Assign { lhs, .. } => self.type_of(lhs),
            Kind::Conditional { cond, then, other } => {
                // One arm may be NULL or a cast to void *; the other one says more.
                let first = self.type_of(then.unwrap_or(cond));
                if says_little(&first) { self.type_of(other) } else { first }
            }
            Kind::Comma { exprs } => {
                self.ast.list(exprs).last().map_or(Type::Unknown, |&last| self.type_of(last))
            }
            Kind::Paren { inner } => self.type_of(inner),
            Kind::StatementExpr { body } => self.statement_expression(body),
            Kind::Generic { arms, .. } => match self.ast.list(arms).first() {
                Some(&arm) => match self.ast.kind(arm) {
                    Kind::GenericArm { value, .. } => self.type_of(value),
                    _ => Type::Unknown,
                },
                None => Type::Unknown,
            },
            Kind::LabelAddress { .. } => Type::Void.pointer(),
            _ => Type::Unknown,
        }
    }

    /// For a [`Kind::Member`]: the record that declares the member, and the member's type.
    pub fn member_of(&self, id: NodeId) -> Option<(Record, Type)> {
        match self.ast.kind(id) {
            Kind::Member { base, .. } => self.member(id, base),
            _ => None,
        }
    }

    fn member(&self, id: NodeId, base: NodeId) -> Option<(Record, Type)> {
        let Kind::Member { name, .. } = self.ast.kind(id) else { return None };
        let record = self.type_of(base).record(self.declarations)?;
        record.member(&self.file.text(name).to_string(), self.declarations)
    }

    fn name(&self, id: NodeId) -> Type {
        let token = self.ast.tokens(id).start;
        let name = self.file.text(token).to_string();
        match self.scope.lookup(&name, token) {
            Some(declared) if declared.ty == Type::Unknown => self.deduced(declared.node),
            Some(declared) => declared.ty.clone(),
            None => self.declarations.value(&name).unwrap_or(Type::Unknown),
        }
    }

    /// The type of a local that its specifiers leave open: `typeof(e) x`, `__auto_type x = e`.
    fn deduced(&self, name: NodeId) -> Type {
        let mut init = None;
        for above in self.ast.ancestors(name) {
            match self.ast.kind(above) {
                Kind::InitDeclarator { declarator, init: value } => {
                    init = Some((declarator, value));
                }
                Kind::Declaration { specifiers, .. } => {
                    let Some((declarator, value)) = init else { return Type::Unknown };
                    let operand =
                        self.ast.list(specifiers).iter().find_map(|&s| match self.ast.kind(s) {
                            Kind::Typeof { operand } => Some(operand),
                            _ => None,
                        });
                    let base = match operand.or(value) {
                        // A variable whose type is that of itself would never end.
                        Some(e) if !self.ast.ancestors(name).any(|a| a == e) => self.type_of(e),
                        _ => Type::Unknown,
                    };
                    return type_of_declarator(self.ast, self.file, declarator, base).1;
                }
                _ => {}
            }
        }
        Type::Unknown
    }

    fn type_name(&self, id: NodeId) -> Type {
        let ty = type_of_type_name(self.ast, self.file, id);
        if ty != Type::Unknown {
            return ty;
        }
        let Kind::TypeName { specifiers, declarator } = self.ast.kind(id) else { return ty };
        let operand = self.ast.list(specifiers).iter().find_map(|&s| match self.ast.kind(s) {
            Kind::Typeof { operand } => Some(operand),
            _ => None,
        });
        let base = match operand {
            Some(operand) => self.type_of(operand),
            None => base_type(self.ast, self.file, specifiers),
        };
        match declarator {
            Some(declarator) => type_of_declarator(self.ast, self.file, declarator, base).1,
            None => base,
        }
    }

    fn call(&self, callee: NodeId, args: &[NodeId]) -> Type {
        let ty = self.type_of(callee).resolve(self.declarations);
        let signature = match &ty {
            Type::Function(signature) => Some(signature.clone()),
            Type::Pointer(target) => match target.resolve(self.declarations) {
                Type::Function(signature) => Some(signature),
                _ => None,
            },
            _ => None,
        };
        if let Some(signature) = signature {
            return signature.returns.clone();
        }
        let given = args.iter().enumerate().rev().find_map(|(at, &arg)| match self.ast.kind(arg) {
            Kind::TypeArgument { ty } => Some((at, self.type_name(ty))),
            _ => None,
        });
        match given {
            Some((at, ty)) if at + 1 == args.len() => ty,
            Some((at, ty))
                if matches!(self.ast.kind(args[at + 1]), Kind::Ident | Kind::Member { .. }) =>
            {
                ty.pointer()
            }
            _ => Type::Unknown,
        }
    }

    fn unary(&self, op: UnaryOp, operand: NodeId) -> Type {
        match op {
            UnaryOp::Address => self.type_of(operand).pointer(),
            UnaryOp::Deref => self.type_of(operand).target(self.declarations),
            UnaryOp::Not => int_like("int"),
            UnaryOp::PostIncrement
            | UnaryOp::PostDecrement
            | UnaryOp::PreIncrement
            | UnaryOp::PreDecrement
            | UnaryOp::Plus
            | UnaryOp::Minus
            | UnaryOp::Complement => self.type_of(operand),
        }
    }

    fn binary(&self, op: BinaryOp, lhs: NodeId, rhs: NodeId) -> Type {
        match op {
            BinaryOp::Less
            | BinaryOp::Greater
            | BinaryOp::LessOrEqual
            | BinaryOp::GreaterOrEqual
            | BinaryOp::Equal
            | BinaryOp::NotEqual
            | BinaryOp::And
            | BinaryOp::Or => int_like("int"),
            BinaryOp::Plus | BinaryOp::Minus => self.sum(op, lhs, rhs),
            BinaryOp::Multiply
            | BinaryOp::Divide
            | BinaryOp::Modulo
            | BinaryOp::ShiftLeft
            | BinaryOp::ShiftRight
            | BinaryOp::BitAnd
            | BinaryOp::BitXor
            | BinaryOp::BitOr => self.type_of(lhs),
        }
    }

    /// Pointer arithmetic keeps the pointer's type; the difference of two pointers is a number.
    fn sum(&self, op: BinaryOp, lhs: NodeId, rhs: NodeId) -> Type {
        let pointer = |ty: &Type| match ty.resolve(self.declarations) {
            Type::Pointer(_) => Some(ty.clone()),
            Type::Array(element) => Some(Type::Pointer(element)),
            _ => None,
        };
        let (left, right) = (self.type_of(lhs), self.type_of(rhs));
        match (pointer(&left), pointer(&right)) {
            (Some(_), Some(_)) if op == BinaryOp::Minus => int_like("long"),
            (Some(ty), _) | (None, Some(ty)) => ty,
            (None, None) => left,
        }
    }

    fn statement_expression(&self, body: NodeId) -> Type {
        let Kind::Compound { items } = self.ast.kind(body) else { return Type::Unknown };
        let last = self.ast.list(items).last().map(|&last| self.ast.kind(last));
        match last {
            Some(Kind::ExprStatement { expr: Some(value), .. }) => self.type_of(value),
            _ => Type::Void,
        }
    }
}

fn int_like(spelling: &str) -> Type {
    Type::Arithmetic(Arc::from(spelling))
}

/// Whether the other arm of a conditional should be asked: not known, or `void *`.
fn says_little(ty: &Type) -> bool {
    match ty {
        Type::Unknown => true,
        Type::Pointer(target) => **target == Type::Void,
        Type::Void
        | Type::Arithmetic(_)
        | Type::Record(_)
        | Type::Enum(_)
        | Type::Named(_)
        | Type::Array(_)
        | Type::Function(_) => false,
    }
}
