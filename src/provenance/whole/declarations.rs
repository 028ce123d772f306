//! Types of the whole tree, as one file sees them: structs, typedefs and functions.
//!
//! A tag is looked up in the file itself, then in the headers, the nearest one first: drivers define structs
//! of one name, and architectures define the same one. No `#include` is followed, so "nearest" is by folders.

use std::sync::Arc;

use super::super::Function;
use super::super::ask::RecordKey;
use super::super::engine::{MemberInfo, Members as MemberInfos};
use super::WholeTree;
use super::aspect::Aspect;
use super::callers::initialised;
use super::corpus::{SourceFile, TextPlace, word_offsets};
use super::pageable::can_matter;
use super::trail::Memo;
use crate::ast::{Ast, Kind, NodeId, StructKind};
use crate::items::{Item, ItemKind, TypeNames};
use crate::lex::{LexedFile, TokenKind};
use crate::types::{
    Declarations, Inference, Members, Record, Scope, Type, declared_names, members_of,
};

/// Of longer initialisers, which are tables, the members are not looked up.
const LONGEST_INITIALISER: usize = 64;

/// A definition that was looked for: where it is and what it says.
type Found<T> = Option<(u32, T)>;

/// What has been looked up by each file.
#[derive(Debug, Default)]
pub(super) struct Lookups {
    records: Memo<(u32, StructKind, Arc<str>), Found<Arc<Members>>>,
    typedefs: Memo<(u32, Arc<str>), Option<Type>>,
}

/// The types that a file sees.
pub(super) struct View<'a> {
    pub(super) tree: &'a WholeTree,
    pub(super) file: Arc<SourceFile>,
}

impl View<'_> {
    fn record(&self, kind: StructKind, tag: &str) -> Found<Arc<Members>> {
        let key = (self.file.number, kind, Arc::from(tag));
        let trail = &self.tree.corpus.trail;
        self.tree.lookups.records.get(trail, &key, || self.find_record(kind, tag))
    }

    fn find_record(&self, kind: StructKind, tag: &str) -> Found<Arc<Members>> {
        self.tree.note_of(&self.file, || Aspect::Record(kind, tag.into()));
        let own = definitions_in(&self.file.lexed, kind, tag);
        own.into_iter()
            .find_map(|offset| {
                Some((self.file.number, self.tree.members_at(&self.file, offset, tag)?))
            })
            .or_else(|| {
                let places = self.nearest(self.tree.corpus.definitions(kind, tag));
                places.into_iter().find_map(|(number, offset)| {
                    let file = self.tree.file(number)?;
                    Some((number, self.tree.members_at(&file, offset, tag)?))
                })
            })
    }

    fn find_typedef(&self, name: &str) -> Option<Type> {
        self.tree.note_of(&self.file, || Aspect::Typedef(name.into()));
        let mentions = self.file.mentions(name).into_iter();
        let own =
            mentions.map(|(item, _)| item).find_map(|item| typedef_at(&self.file, item, name));
        own.or_else(|| {
            let places = self.nearest(self.tree.corpus.typedefs(name));
            places.into_iter().find_map(|(number, offset)| {
                let file = self.tree.file(number)?;
                let item = self.tree.item_at(&file, offset)?;
                typedef_at(&file, item, name)
            })
        })
    }

    /// Places in the order in which this file is likely to mean them.
    fn nearest(&self, mut places: Vec<TextPlace>) -> Vec<TextPlace> {
        let own = self.file.lexed.path.as_str();
        places.sort_by_cached_key(|&(number, offset)| {
            let path = self.tree.corpus.path(number);
            let common = own.bytes().zip(path.as_str().bytes()).take_while(|(a, b)| a == b).count();
            let common = own[..common].matches('/').count();
            let is_shared = path.as_str().starts_with("include/linux/");
            (std::cmp::Reverse(common), !is_shared, path, offset)
        });
        // Only a few: the others belong to other architectures and drivers.
        places.truncate(4);
        places
    }

    /// The key of a record.
    pub(super) fn key(&self, record: &Record) -> RecordKey {
        match record {
            Record::Tagged(kind, tag) => {
                let file = self.record(*kind, tag);
                // Who stores to it elsewhere knows it as it is on disk.
                let file = file.map_or(u32::MAX, |(file, _)| self.tree.on_disk(file));
                RecordKey { tag: tag.clone(), file, at: 0 }
            }
            Record::Anonymous { file, at, .. } => {
                let mut hash = 0u32;
                for byte in file.as_str().bytes() {
                    hash = hash.wrapping_mul(31).wrapping_add(u32::from(byte));
                }
                RecordKey { tag: Arc::from(""), file: hash, at: at.0 }
            }
        }
    }

    /// The structs that the member accesses of a function are on.
    pub(super) fn member_infos(&self, function: &Function) -> MemberInfos {
        let ast = function.ast();
        let scope = Scope::new(ast, &self.file.lexed, ast.root());
        let inference = Inference::new(ast, &self.file.lexed, &scope, self);
        let mut out = MemberInfos::default();
        for id in ast.descendants(ast.root()) {
            let found = match ast.kind(id) {
                Kind::Member { base, name, .. } => {
                    let name: Arc<str> = self.file.lexed.text(name).to_string().into();
                    inference.type_of(base).record(self).map(|record| {
                        let ty = record.member(&name, self).map(|(_, ty)| ty.resolve(self));
                        let is_array = matches!(ty, Some(Type::Array(_)));
                        let matters = ty.is_none_or(|ty| can_matter(&ty, self));
                        let siblings = record.siblings(&name, self);
                        (record, Some(name), is_array, matters, siblings)
                    })
                }
                Kind::InitList { items } if items.len() <= LONGEST_INITIALISER => {
                    for &item in ast.list(items) {
                        if let Some((hop, is_array)) = initialised(self, ast, item) {
                            let (record, name) = (hop.record, Some(hop.member));
                            let (matters, siblings) = (true, Vec::new());
                            let info = MemberInfo { record, name, is_array, matters, siblings };
                            out.insert(item, info);
                        }
                    }
                    None
                }
                // A macro that is given a struct and a member gives the struct around the member.
                Kind::Call { args, .. } if is_around(ast, ast.list(args)) => inference
                    .type_of(id)
                    .record(self)
                    .map(|record| (record, None, false, true, Vec::new())),
                _ => None,
            };
            if let Some((record, name, is_array, matters, siblings)) = found {
                let record = self.key(&record);
                out.insert(id, MemberInfo { record, name, is_array, matters, siblings });
            }
        }
        out
    }

    /// The struct that an initialiser of type `ty` fills, and the name of the member at `index`.
    pub(super) fn position(&self, ty: &Type, index: usize) -> Option<(Record, Arc<str>)> {
        let Type::Record(record) = ty.resolve(self) else { return None };
        let members = record.members(self)?;
        let name = members.fields.get(index)?.0.clone()?;
        Some((record, name))
    }
}

fn is_around(ast: &Ast, args: &[NodeId]) -> bool {
    args.iter().any(|&arg| matches!(ast.kind(arg), Kind::TypeArgument { .. }))
}

impl Declarations for View<'_> {
    fn members(&self, kind: StructKind, tag: &str) -> Option<Arc<Members>> {
        self.record(kind, tag).map(|(_, members)| members)
    }

    fn typedef(&self, name: &str) -> Option<Type> {
        let key = (self.file.number, Arc::from(name));
        let trail = &self.tree.corpus.trail;
        self.tree.lookups.typedefs.get(trail, &key, || self.find_typedef(name))
    }

    fn value(&self, name: &str) -> Option<Type> {
        if let Some(variable) = self.tree.variable(&self.file, name) {
            return Some(variable.ty.clone());
        }
        let own = self.tree.functions_of(&self.file, name).first();
        let own = own.map(|&item| (self.file.clone(), item));
        let (file, item) = own.or_else(|| {
            // A name is only looked for where that is cheap: accessors in headers and near by.
            let ids = self.tree.known_definitions(name, self.file.number)?;
            let id = *ids.first()?;
            Some((self.tree.file(id.file)?, id.item))
        })?;
        let function = self.tree.function_in(&file, item)?;
        let ast = function.ast();
        let Kind::Function { specifiers, declarator, .. } = ast.kind(ast.root()) else {
            return None;
        };
        let base = crate::types::base_type(ast, &file.lexed, specifiers);
        Some(crate::types::type_of_declarator(ast, &file.lexed, declarator, base).1)
    }
}

/// Where the file itself defines a struct or union.
pub(super) fn definitions_in(file: &LexedFile, kind: StructKind, tag: &str) -> Vec<u32> {
    let keyword = match kind {
        StructKind::Struct => "struct",
        StructKind::Union => "union",
    };
    word_offsets(&file.bytes, tag)
        .filter(|&at| {
            let Some(token) = file.tokens.at_offset(at as u32) else { return false };
            let before = file.tokens.significant_before(token);
            let after = file.tokens.significant_from(token.next());
            before.is_some_and(|token| file.is_word(token, keyword))
                && after.is_some_and(|token| file.tokens.kind(token) == TokenKind::LBrace)
        })
        .map(|at| at as u32)
        .collect()
}

impl WholeTree {
    /// The item around an offset, which is noted.
    fn item_at(&self, file: &SourceFile, offset: u32) -> Option<u32> {
        let token = file.lexed.tokens.at_offset(offset);
        let item = token.and_then(|token| file.item_of(token));
        match item {
            Some(item) => self.note_item(file, item),
            // A comment, and only the whole of the file says so.
            None => self.note_whole(file),
        }
        item
    }

    /// The members of the struct that is defined at `offset`; parsed once, whoever asks.
    fn members_at(&self, file: &SourceFile, offset: u32, tag: &str) -> Option<Arc<Members>> {
        let place = (file.number, offset);
        self.layouts
            .get(&self.corpus.trail, &place, || members_at(file, self.item_at(file, offset)?, tag))
    }
}

fn members_at(file: &SourceFile, item: u32, tag: &str) -> Option<Arc<Members>> {
    let ast = crate::parse::item(&file.lexed, &file.items[item as usize], &TypeNames::default());
    let ast = ast.ast?;
    let definition = ast.descendants(ast.root()).find(|&id| match ast.kind(id) {
        Kind::StructType { name: Some(name), fields: Some(_), .. } => {
            file.lexed.text(name) == tag.as_bytes()
        }
        _ => false,
    })?;
    members_of(&ast, &file.lexed, definition).map(Arc::new)
}

/// Whether an item is a `typedef`.
pub(super) fn is_typedef(file: &LexedFile, item: &Item) -> bool {
    let first = file.tokens.significant_from(item.tokens.start);
    item.kind == ItemKind::Declaration && first.is_some_and(|first| file.is_word(first, "typedef"))
}

fn typedef_at(file: &SourceFile, item: u32, name: &str) -> Option<Type> {
    let item = &file.items[item as usize];
    if !is_typedef(&file.lexed, item) {
        return None;
    }
    let ast = crate::parse::item(&file.lexed, item, &TypeNames::default()).ast?;
    let names = declared_names(&ast, &file.lexed, ast.root());
    names.into_iter().find(|declared| *declared.name == *name).map(|declared| declared.ty)
}
