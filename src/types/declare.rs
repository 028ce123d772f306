//! From declaration specifiers and declarators to types (C11 6.7.6).

use std::sync::Arc;

use super::{Members, Record, Signature, Type};
use crate::ast::{Ast, Kind, List, NodeId};
use crate::lex::LexedFile;

/// A name that a declaration introduces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredName {
    /// The [`Kind::DeclaratorName`].
    pub node: NodeId,
    /// The name.
    pub name: Arc<str>,
    /// Its type.
    pub ty: Type,
    /// Its initialiser.
    pub init: Option<NodeId>,
}

/// The names that a declaration, a field or a parameter introduces, with their types.
///
/// `typeof(expression)` is [`Type::Unknown`] here; [`Inference`](super::Inference) knows scopes.
pub fn declared_names(ast: &Ast, file: &LexedFile, node: NodeId) -> Vec<DeclaredName> {
    let (specifiers, declarators): (List, Vec<(NodeId, Option<NodeId>)>) = match ast.kind(node) {
        Kind::Declaration { specifiers, declarators } => {
            let each = ast.list(declarators).iter().filter_map(|&id| match ast.kind(id) {
                Kind::InitDeclarator { declarator, init } => Some((declarator, init)),
                _ => None,
            });
            (specifiers, each.collect())
        }
        Kind::Field { specifiers, declarators } => {
            let each = ast.list(declarators).iter().filter_map(|&id| match ast.kind(id) {
                Kind::FieldDeclarator { declarator: Some(declarator), .. } => {
                    Some((declarator, None))
                }
                _ => None,
            });
            (specifiers, each.collect())
        }
        Kind::Parameter { specifiers, declarator } => {
            (specifiers, declarator.map(|declarator| (declarator, None)).into_iter().collect())
        }
        _ => return Vec::new(),
    };
    let base = base_type(ast, file, specifiers);
    let mut names = Vec::new();
    for (declarator, init) in declarators {
        let (name, ty) = type_of_declarator(ast, file, declarator, base.clone());
        if let Some(node) = name {
            let name = word(ast, file, node);
            names.push(DeclaredName { node, name, ty, init });
        }
    }
    names
}

/// The name and the type of a declarator whose specifiers say `base`.
pub fn type_of_declarator(
    ast: &Ast,
    file: &LexedFile,
    declarator: NodeId,
    base: Type,
) -> (Option<NodeId>, Type) {
    match ast.kind(declarator) {
        Kind::DeclaratorName => (Some(declarator), base),
        Kind::Declarator { base: inner, pointers, suffixes } => {
            let mut ty = base;
            for _ in ast.list(pointers) {
                ty = ty.pointer();
            }
            // `a[2][3]` is an array of two arrays: the last suffix is applied first.
            for &suffix in ast.list(suffixes).iter().rev() {
                ty = match ast.kind(suffix) {
                    Kind::Array { .. } => Type::Array(Arc::new(ty)),
                    Kind::Parameters { params, variadic } => {
                        let parameters = ast.list(params).iter();
                        let parameters = parameters.filter_map(|&id| parameter(ast, file, id));
                        let parameters = parameters.collect();
                        Type::Function(Arc::new(Signature { returns: ty, parameters, variadic }))
                    }
                    _ => Type::Unknown,
                };
            }
            match inner {
                Some(inner) => type_of_declarator(ast, file, inner, ty),
                None => (None, ty),
            }
        }
        _ => (None, Type::Unknown),
    }
}

/// A parameter's type, arrays and functions as the pointers they are; `None` for the `void` of `(void)`.
fn parameter(ast: &Ast, file: &LexedFile, node: NodeId) -> Option<Type> {
    let Kind::Parameter { specifiers, declarator } = ast.kind(node) else {
        return Some(Type::Unknown);
    };
    let base = base_type(ast, file, specifiers);
    let ty = match declarator {
        Some(declarator) => type_of_declarator(ast, file, declarator, base).1,
        None => base,
    };
    match ty {
        Type::Void => None,
        Type::Array(element) => Some(Type::Pointer(element)),
        function @ Type::Function(_) => Some(function.pointer()),
        other => Some(other),
    }
}

/// The type that a [`Kind::TypeName`] names.
pub fn type_of_type_name(ast: &Ast, file: &LexedFile, node: NodeId) -> Type {
    let Kind::TypeName { specifiers, declarator } = ast.kind(node) else { return Type::Unknown };
    let base = base_type(ast, file, specifiers);
    match declarator {
        Some(declarator) => type_of_declarator(ast, file, declarator, base).1,
        None => base,
    }
}

/// What the specifiers alone say.
pub(crate) fn base_type(ast: &Ast, file: &LexedFile, specifiers: List) -> Type {
    let mut words: Vec<String> = Vec::new();
    for &specifier in ast.list(specifiers) {
        match ast.kind(specifier) {
            Kind::PrimitiveType => {
                words.push(file.range_text(ast.tokens(specifier)).to_string());
            }
            Kind::TypedefName => return Type::Named(word(ast, file, specifier)),
            Kind::StructType { kind, name, fields } => {
                return Type::Record(match name {
                    Some(tag) => Record::Tagged(kind, file.text(tag).to_string().into()),
                    None => Record::Anonymous {
                        kind,
                        file: file.path.clone(),
                        at: ast.tokens(specifier).start,
                        members: Arc::new(members(ast, file, fields.unwrap_or_default())),
                    },
                });
            }
            Kind::EnumType { name, .. } => {
                return Type::Enum(name.map(|tag| file.text(tag).to_string().into()));
            }
            Kind::Typeof { operand } => {
                return match ast.kind(operand) {
                    Kind::TypeName { .. } => type_of_type_name(ast, file, operand),
                    _ => Type::Unknown,
                };
            }
            _ => {}
        }
    }
    arithmetic(words)
}

/// The members of a struct or union definition.
pub fn members_of(ast: &Ast, file: &LexedFile, definition: NodeId) -> Option<Members> {
    match ast.kind(definition) {
        Kind::StructType { fields: Some(fields), .. } => Some(members(ast, file, fields)),
        _ => None,
    }
}

fn members(ast: &Ast, file: &LexedFile, fields: List) -> Members {
    let mut out = Members::default();
    for &field in ast.list(fields) {
        let names = declared_names(ast, file, field);
        match ast.kind(field) {
            Kind::Field { specifiers, declarators } if declarators.is_empty() => {
                out.fields.push((None, base_type(ast, file, specifiers)));
            }
            _ => out.fields.extend(names.into_iter().map(|d| (Some(d.name), d.ty))),
        }
    }
    out
}

/// The keywords of an arithmetic type in one order, without an `int` that says nothing and the `signed` of
/// anything but `char`.
fn arithmetic(words: Vec<String>) -> Type {
    let has = |word: &str| words.iter().any(|w| w.trim_matches('_') == word);
    if words.is_empty() {
        // Implicit int, or a macro that the normaliser could not tell from a type.
        return Type::Unknown;
    }
    if has("void") {
        return Type::Void;
    }
    let mut parts: Vec<&str> = Vec::new();
    if has("unsigned") {
        parts.push("unsigned");
    } else if has("signed") && has("char") {
        parts.push("signed");
    }
    let longs = words.iter().filter(|word| *word == "long").count();
    parts.extend(std::iter::repeat_n("long", longs));
    for word in ["short", "char", "float", "double", "Bool", "Complex", "int128"] {
        if has(word) {
            parts.push(word);
        }
    }
    if parts.is_empty() || parts == ["unsigned"] {
        parts.push("int");
    }
    Type::Arithmetic(parts.join(" ").into())
}

fn word(ast: &Ast, file: &LexedFile, node: NodeId) -> Arc<str> {
    file.text(ast.tokens(node).start).to_string().into()
}
