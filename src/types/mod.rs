//! C types, as far as questions about kernel code need them: which struct is this member of, is this
//! variable a `struct page *`, is that one an `struct iov_iter *`.
//!
//! In: an [`Ast`](crate::ast::Ast) and somebody who knows the declarations outside of it
//! ([`Declarations`]). Out: the [`Type`] of declarators and expressions. What cannot be typed is
//! [`Type::Unknown`], which is compatible with nothing: a question is then answered "not known" and never
//! guessed.
//!
//! Left alone on purpose: qualifiers, widths of integers, values of array sizes. Arithmetic types keep
//! their spelling in one normal order, since a rule may ask for `unsigned long`.

mod declare;
mod infer;
mod scope;

use std::sync::Arc;

use crate::ast::StructKind;
use crate::lex::TokenId;
use crate::source::TreePath;

pub(crate) use declare::base_type;
pub use declare::{
    DeclaredName, declared_names, members_of, type_of_declarator, type_of_type_name,
};
pub use infer::Inference;
pub use scope::{Scope, parameters_of};

/// A C type without qualifiers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// `void`
    Void,
    /// An arithmetic type by its keywords in one order: `unsigned long`.
    Arithmetic(Arc<str>),
    /// A struct or union.
    Record(Record),
    /// An enum, with its tag if it has one.
    Enum(Option<Arc<str>>),
    /// A typedef's name that has not been looked up.
    Named(Arc<str>),
    /// A pointer.
    Pointer(Arc<Type>),
    /// An array, of whatever size.
    Array(Arc<Type>),
    /// A function.
    Function(Arc<Signature>),
    /// Not known.
    Unknown,
}

/// A function's type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature {
    /// What it returns.
    pub returns: Type,
    /// Its parameters' types, in order.
    pub parameters: Vec<Type>,
    /// Whether it ends with `...`.
    pub variadic: bool,
}

/// A struct or union: its tag, or the place of its definition where it has none.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Record {
    /// `struct tag`, defined somewhere.
    Tagged(StructKind, Arc<str>),
    /// A struct without a tag, known by where its first token is.
    Anonymous {
        /// Which of the two it is.
        kind: StructKind,
        /// The file.
        file: TreePath,
        /// The `struct` keyword.
        at: TokenId,
        /// Its members.
        members: Arc<Members>,
    },
}

/// The members of a struct or union in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Members {
    /// Each with its name; an anonymous struct or union member has none, and its members count as ours.
    pub fields: Vec<(Option<Arc<str>>, Type)>,
}

/// What is known outside of the AST that is looked at: other items of the file, its headers, the tree.
pub trait Declarations {
    /// The members of `struct tag` or `union tag`.
    fn members(&self, kind: StructKind, tag: &str) -> Option<Arc<Members>>;

    /// What a typedef stands for.
    fn typedef(&self, name: &str) -> Option<Type>;

    /// The type of a function or a variable at file scope.
    fn value(&self, name: &str) -> Option<Type>;
}

/// Nothing is known outside.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDeclarations;

impl Declarations for NoDeclarations {
    fn members(&self, _: StructKind, _: &str) -> Option<Arc<Members>> {
        None
    }

    fn typedef(&self, _: &str) -> Option<Type> {
        None
    }

    fn value(&self, _: &str) -> Option<Type> {
        None
    }
}

/// A typedef of a typedef of … ends here; the kernel's longest chain is 5.
const LONGEST_TYPEDEF_CHAIN: usize = 32;

impl Type {
    /// `type *`
    pub fn pointer(self) -> Type {
        Type::Pointer(Arc::new(self))
    }

    /// The type with typedefs at its top looked up; [`Type::Unknown`] for a name nobody knows.
    pub fn resolve(&self, declarations: &dyn Declarations) -> Type {
        let mut ty = self.clone();
        for _ in 0..LONGEST_TYPEDEF_CHAIN {
            let Type::Named(name) = &ty else { return ty };
            ty = declarations.typedef(name).unwrap_or(Type::Unknown);
        }
        Type::Unknown
    }

    /// What a pointer points to or an array holds.
    pub fn target(&self, declarations: &dyn Declarations) -> Type {
        match self.resolve(declarations) {
            Type::Pointer(target) | Type::Array(target) => (*target).clone(),
            // `*f` of a function is the function.
            function @ Type::Function(_) => function,
            Type::Void
            | Type::Arithmetic(_)
            | Type::Record(_)
            | Type::Enum(_)
            | Type::Named(_)
            | Type::Unknown => Type::Unknown,
        }
    }

    /// The struct or union this is, or points to; `None` for anything else.
    pub fn record(&self, declarations: &dyn Declarations) -> Option<Record> {
        match self.resolve(declarations) {
            Type::Record(record) => Some(record),
            Type::Pointer(target) | Type::Array(target) => match target.resolve(declarations) {
                Type::Record(record) => Some(record),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is `struct tag *`.
    pub fn is_pointer_to_struct(&self, tag: &str, declarations: &dyn Declarations) -> bool {
        let Type::Pointer(target) = self.resolve(declarations) else { return false };
        target.resolve(declarations).is_struct(tag)
    }

    /// Whether it is `struct tag`, itself.
    pub fn is_struct(&self, tag: &str) -> bool {
        matches!(self, Type::Record(Record::Tagged(StructKind::Struct, t)) if **t == *tag)
    }
}

impl Record {
    /// Its members, where they are known.
    pub fn members(&self, declarations: &dyn Declarations) -> Option<Arc<Members>> {
        match self {
            Record::Tagged(kind, tag) => declarations.members(*kind, tag),
            Record::Anonymous { members, .. } => Some(members.clone()),
        }
    }

    /// Whether it is a union.
    pub fn is_union(&self) -> bool {
        let (Record::Tagged(kind, _) | Record::Anonymous { kind, .. }) = self;
        *kind == StructKind::Union
    }

    /// The other members that share the memory of member `name` and have its type: those of a union.
    pub fn siblings(&self, name: &str, declarations: &dyn Declarations) -> Vec<Arc<str>> {
        let Some((around, ty)) = self.member(name, declarations) else { return Vec::new() };
        let members = around.is_union().then(|| around.members(declarations)).flatten();
        let ty = ty.resolve(declarations);
        let fields = members.iter().flat_map(|members| &members.fields);
        let alike = fields.filter(|(_, other)| other.resolve(declarations) == ty);
        alike.filter_map(|(other, _)| other.clone()).filter(|other| **other != *name).collect()
    }

    /// The type of member `name`, and the record that really declares it: an anonymous member's own.
    pub fn member(&self, name: &str, declarations: &dyn Declarations) -> Option<(Record, Type)> {
        let members = self.members(declarations)?;
        for (field, ty) in &members.fields {
            match field {
                Some(field) if **field == *name => return Some((self.clone(), ty.clone())),
                Some(_) => {}
                None => {
                    let inner = ty.record(declarations)?;
                    if let Some(found) = inner.member(name, declarations) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests;
