//! Which places can hold a page, by their types: a way that leaves them is not followed any further.
//!
//! A pointer without a type (`void *private_data`) can lead to anything, so a path through one soon asks about the
//! members of every struct that was ever kept there. Where a type is known and is neither a page, nor an
//! integer that one fits in, nor open, the path is not one that a page took. What is not known is let through.

use std::sync::Arc;

use super::super::ask::{Ask, HeapKey, Hop, RecordKey};
use super::super::calls::PAGE_TAGS;
use super::super::environment::{AccessPath, PathStep, Root};
use super::WholeTree;
use super::declarations::View;
use crate::ast::{Kind, StructKind};
use crate::types::{
    Declarations, Inference, Record, Scope, Type, base_type, parameters_of, type_of_declarator,
};

impl WholeTree {
    /// Whether the place that is asked for can hold a page.
    pub(super) fn can_hold_page(&self, ask: &Ask) -> bool {
        match ask {
            Ask::Entry {
                function,
                path: AccessPath { root: Root::Parameter(index), steps },
                ..
            } => {
                let (Some(file), Some(body)) = (self.file(function.file), self.function(*function))
                else {
                    return true;
                };
                let ast = body.ast();
                let parameters = parameters_of(ast, ast.root());
                let Some(&parameter) = parameters.get(*index) else { return true };
                let Kind::Parameter { specifiers, declarator: Some(declarator) } =
                    ast.kind(parameter)
                else {
                    return true;
                };
                let base = base_type(ast, &file.lexed, specifiers);
                let (_, ty) = type_of_declarator(ast, &file.lexed, declarator, base);
                can_lead_to_page(&ty, steps, &View { tree: self, file })
            }
            Ask::Entry { .. } => true,
            Ask::Result { function, call, steps, .. } => {
                self.expression_leads_to_page(*function, steps, |_| Some(*call))
            }
            Ask::After { function, call, argument, steps, .. } => {
                self.expression_leads_to_page(*function, steps, |ast| match ast.kind(*call) {
                    Kind::Call { args, .. } => ast.list(args).get(*argument).copied(),
                    _ => None,
                })
            }
            Ask::Heap(member) | Ask::Within { member, .. } => self.member_leads_to_page(member),
        }
    }

    fn expression_leads_to_page(
        &self,
        id: super::super::ask::FunctionId,
        steps: &[PathStep],
        expression: impl Fn(&crate::ast::Ast) -> Option<crate::ast::NodeId>,
    ) -> bool {
        let (Some(file), Some(function)) = (self.file(id.file), self.function(id)) else {
            return true;
        };
        let ast = function.ast();
        let Some(expression) = expression(ast) else { return true };
        let view = View { tree: self, file: file.clone() };
        let scope = Scope::new(ast, &file.lexed, ast.root());
        let ty = Inference::new(ast, &file.lexed, &scope, &view).type_of(expression);
        can_lead_to_page(&ty, steps, &view)
    }

    fn member_leads_to_page(&self, key: &HeapKey) -> bool {
        let steps = vec![PathStep::Follow; usize::from(key.follows)];
        let leads = |ty: Type, view: &View<'_>| can_lead_to_page(&ty, &steps, view);
        self.with_member_type(key.last(), leads).unwrap_or(true)
    }

    /// Whether a member is a pointer that can lead to anything.
    pub(super) fn is_generic(&self, hop: &Hop) -> bool {
        let is_void = |ty: Type, view: &View<'_>| {
            matches!(ty.resolve(view), Type::Pointer(_)) && ty.target(view) == Type::Void
        };
        self.with_member_type(hop, is_void).unwrap_or(false)
    }

    /// The members of a union that share a member's memory and have its type.
    pub(super) fn siblings(&self, hop: &Hop) -> Vec<Arc<str>> {
        let RecordKey { tag, file, .. } = &hop.record;
        let Some(file) = self.file(*file).filter(|_| !tag.is_empty()) else { return Vec::new() };
        let view = View { tree: self, file };
        let of = |kind| Record::Tagged(kind, tag.clone()).siblings(&hop.member, &view);
        [StructKind::Struct, StructKind::Union].into_iter().flat_map(of).collect()
    }

    fn with_member_type<R>(&self, hop: &Hop, with: impl Fn(Type, &View<'_>) -> R) -> Option<R> {
        if hop.is_variable() {
            return self.with_variable_type(hop, with);
        }
        let RecordKey { tag, file, .. } = &hop.record;
        let file = self.file(*file).filter(|_| !tag.is_empty())?;
        let view = View { tree: self, file };
        let member = [StructKind::Struct, StructKind::Union]
            .into_iter()
            .find_map(|kind| Record::Tagged(kind, tag.clone()).member(&hop.member, &view));
        member.map(|(_, ty)| with(ty, &view))
    }
}

/// Whether what is found along `steps` from a value of type `ty` can be a page.
fn can_lead_to_page(ty: &Type, steps: &[PathStep], declarations: &dyn Declarations) -> bool {
    let mut ty = ty.clone();
    for step in steps {
        let resolved = ty.resolve(declarations);
        ty = match (step, &resolved) {
            (PathStep::Follow, Type::Pointer(target) | Type::Array(target)) => (**target).clone(),
            // What a pointer without a type leads to may be a page; pointers to pointers have types.
            (PathStep::Follow, Type::Void) => return false,
            // A struct is no pointer.
            (PathStep::Follow, Type::Record(Record::Tagged(StructKind::Struct, _))) => {
                return false;
            }
            (PathStep::Follow, Type::Arithmetic(name)) if !is_wide(name) => return false,
            (PathStep::Member(name, _), Type::Record(record)) => {
                match record.member(name, declarations) {
                    Some((_, ty)) => ty,
                    None => return true,
                }
            }
            _ => return true,
        };
    }
    is_page_like(&ty, declarations)
}

fn is_page_like(ty: &Type, declarations: &dyn Declarations) -> bool {
    match ty.resolve(declarations) {
        Type::Pointer(target) => match target.resolve(declarations) {
            Type::Record(Record::Tagged(StructKind::Struct, tag)) => PAGE_TAGS.contains(&&*tag),
            Type::Pointer(_) | Type::Arithmetic(_) | Type::Enum(_) | Type::Function(_) => false,
            Type::Record(_) | Type::Void | Type::Named(_) | Type::Array(_) | Type::Unknown => true,
        },
        Type::Array(element) => is_page_like(&Arc::unwrap_or_clone(element), declarations),
        Type::Arithmetic(name) => is_wide(&name),
        Type::Record(Record::Tagged(StructKind::Struct, _)) | Type::Enum(_) => false,
        Type::Record(_) | Type::Void | Type::Named(_) | Type::Function(_) | Type::Unknown => true,
    }
}

/// Whether a value of this type can be a page or lead to one.
pub(super) fn can_matter(ty: &Type, declarations: &dyn Declarations) -> bool {
    match ty.resolve(declarations) {
        Type::Arithmetic(name) => is_wide(&name),
        Type::Enum(_) => false,
        Type::Pointer(target) | Type::Array(target) => match target.resolve(declarations) {
            Type::Arithmetic(name) => is_wide(&name),
            Type::Function(_) | Type::Enum(_) => false,
            _ => true,
        },
        _ => true,
    }
}

/// Whether pointers are kept in integers of this type.
fn is_wide(name: &str) -> bool {
    matches!(name, "unsigned long" | "long")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::NoDeclarations;

    fn record(tag: &str) -> Type {
        Type::Record(Record::Tagged(StructKind::Struct, tag.into()))
    }

    #[test]
    fn pages_wide_integers_and_what_is_open_can_be_pages() {
        let like = |ty: Type| can_lead_to_page(&ty, &[], &NoDeclarations);
        assert!(like(record("page").pointer()) && like(record("folio").pointer()));
        assert!(like(Type::Void.pointer()) && like(Type::Unknown));
        assert!(like(Type::Arithmetic("unsigned long".into())));
        assert!(!like(record("device").pointer()) && !like(record("page")));
        assert!(!like(Type::Arithmetic("int".into())) && !like(record("page").pointer().pointer()));
    }

    #[test]
    fn a_struct_is_not_followed_and_a_void_pointer_once() {
        let leads = |ty: Type, steps: usize| {
            can_lead_to_page(&ty, &vec![PathStep::Follow; steps], &NoDeclarations)
        };
        assert!(leads(record("page").pointer().pointer(), 1));
        assert!(leads(Type::Void.pointer(), 1) && !leads(Type::Void.pointer(), 2));
        assert!(!leads(record("file").pointer(), 1) && !leads(record("file").pointer(), 2));
    }
}
