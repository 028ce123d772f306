//! Structs and unions that a type metavariable stands for: `T { … }`.
//!
//! The metavariable is the tag, `struct s`, or the typedef that gives the struct its name; a struct of the
//! rule that has a tag matches the typedef that defines it, too.

use smallvec::smallvec;

use super::Matcher;
use super::state::{Match, States};
use crate::ast::{Kind, NodeId, Storage};
use crate::lex::TokenRange;
use crate::smpl::MetaKind;
use crate::smpl::pattern::{NameKind, NodePat, Pat, PatKind, Slot};

impl Matcher<'_> {
    /// The struct of a pattern without declarator against `typedef struct … { … } name;`: it is the
    /// typedef that a type metavariable before the members stands for.
    pub(super) fn typedef_of_struct(
        &self,
        node: &NodePat,
        specifiers: &[NodeId],
        declarator: NodeId,
        state: &Match,
    ) -> States {
        let [Slot::List(wanted), _] = node.slots.as_slice() else { return States::new() };
        let [Pat { kind: PatKind::Node(wanted), .. }] = wanted.elems.as_slice() else {
            return States::new();
        };
        let [Slot::MaybeName(Some(tag)), Slot::MaybeList(Some(members))] = wanted.slots.as_slice()
        else {
            return States::new();
        };
        let have = self.sort_found(specifiers);
        let [storage] = have.storage.as_slice() else { return States::new() };
        let [found] = have.types.as_slice() else { return States::new() };
        let Kind::StructType { name, fields: Some(fields), .. } = self.ast().kind(*found) else {
            return States::new();
        };
        let Kind::InitDeclarator { declarator, .. } = self.ast().kind(declarator) else {
            return States::new();
        };
        let Kind::Declarator { base: Some(base), pointers, suffixes } = self.ast().kind(declarator)
        else {
            return States::new();
        };
        let plain = pointers.is_empty()
            && suffixes.is_empty()
            && self.ast().kind(base) == Kind::DeclaratorName
            && self.ast().kind(*storage) == Kind::StorageSpecifier(Storage::Typedef);
        if !plain {
            return States::new();
        }
        let states = match (&tag.kind, name) {
            (NameKind::Meta(meta), _) if self.is_type(*meta) => {
                let mut state = state.clone();
                let range = self.ast().tokens(base);
                if !self.bind(*meta, self.range_code(&[range], 1, Vec::new()), &mut state) {
                    return States::new();
                }
                state.link(tag.token, range);
                smallvec![state]
            }
            (_, Some(name)) => self.name(tag, name, state.clone()),
            (_, None) => States::new(),
        };
        let states = states
            .into_iter()
            .flat_map(|state| self.list(members, self.ast().list(fields), state))
            .collect();
        self.with_own(wanted, *found, states)
    }

    fn is_type(&self, meta: crate::smpl::MetaId) -> bool {
        self.rule.metavar(meta).kind == MetaKind::Type
    }

    /// `T { … }` against `struct tag { … }`: the metavariable stands for `struct tag`.
    pub(super) fn struct_by_type(
        &self,
        node: &NodePat,
        id: NodeId,
        state: &Match,
    ) -> Option<States> {
        let Kind::StructType { name, fields, .. } = self.ast().kind(id) else { return None };
        let [Slot::MaybeName(Some(tag)), Slot::MaybeList(Some(members))] = node.slots.as_slice()
        else {
            return None;
        };
        let NameKind::Meta(meta) = tag.kind else { return None };
        if !self.is_type(meta) {
            return None;
        }
        let (Some(name), Some(fields)) = (name, fields) else { return Some(States::new()) };
        let range = TokenRange { start: self.ast().tokens(id).start, end: name.next() };
        let mut state = state.clone();
        if !self.bind(meta, self.range_code(&[range], 1, Vec::new()), &mut state) {
            return Some(States::new());
        }
        state.link(tag.token, range);
        let states = self.list(members, self.ast().list(fields), state);
        Some(self.with_own(node, id, states))
    }
}
