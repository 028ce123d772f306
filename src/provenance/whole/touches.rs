//! Where references are taken and given back, and what pages they are of.
//!
//! In: the functions of a file that name a release or what takes a reference. Each is solved as it is for its
//! adders, and the page that is released is traced back in the same way.

use std::collections::BTreeSet;
use std::sync::Arc;

use bstr::ByteSlice;
use rustc_hash::FxHashSet;

use super::super::ask::FunctionId;
use super::super::classify::{Arrival, Arrivals};
use super::super::engine::Engine;
use super::super::origin::Place;
use super::super::reference::{Arrived, Touch, TouchEvent, TouchKind};
use super::WholeTree;
use super::aspect::Aspect;
use super::corpus::SourceFile;
use super::trail::{Query, Search};
use crate::ast::{Kind, NodeId, UnaryOp};
use crate::items::ItemKind;
use crate::lex::{TokenKind, TokenRange};
use crate::source::TreePath;

/// A folder in which more files name a release is no module of its own: only files on the way are looked at.
const MOST_FILES_BESIDE: usize = 40;

impl WholeTree {
    /// The touches in one file.
    pub(in super::super) fn touches_in(&self, path: &TreePath) -> Vec<Arc<Touch>> {
        let Some(file) = self.number_of(path).and_then(|number| self.file(number)) else {
            return Vec::new();
        };
        self.note_of(&file, || Aspect::Touching);
        let touching = self.touching(&file);
        touching.into_iter().flat_map(|id| self.touches_of_function(id).to_vec()).collect()
    }

    /// The touches in the other files of their folders, of functions that are called from one of `words` or that
    /// read a container called `container` back.
    pub(in super::super) fn touches_beside(
        &self,
        files: &BTreeSet<TreePath>,
        words: &FxHashSet<String>,
        container: Option<&String>,
    ) -> Vec<Arc<Touch>> {
        let folders: BTreeSet<&str> = files.iter().map(TreePath::folder).collect();
        let mut out = Vec::new();
        for own in folders {
            self.corpus.trail.note_query(|| Query::Folder(own.to_owned()));
            let in_it = self.folders().get(own).into_iter().flat_map(|folder| folder.keys());
            let others = in_it.filter(|path| !files.contains(path));
            let names_any = |path: &&TreePath| {
                let number = self.number_of(path);
                number.is_some_and(|number| self.has_by_text(number, &Search::Touches))
            };
            let trail = &self.corpus.trail;
            let beside: Vec<&TreePath> =
                trail.search(Search::Touches, || others.filter(names_any).collect());
            if beside.len() > MOST_FILES_BESIDE {
                continue;
            }
            for file in beside.into_iter().filter_map(|path| self.file(self.number_of(path)?)) {
                // What the touching functions say: of the others the names are not used.
                self.note_of(&file, || Aspect::Touching);
                let called: FxHashSet<u32> =
                    words.iter().flat_map(|word| file.functions(word)).copied().collect();
                for id in self.touching(&file) {
                    let is_called = called.contains(&id.item);
                    let reads_back = || {
                        let words = names(&file, file.items[id.item as usize].tokens);
                        let vocabulary = self.vocabulary();
                        container.is_some_and(|name| words.contains(name))
                            && words.iter().any(|word| vocabulary.is_read_back(word))
                    };
                    if is_called || reads_back() {
                        out.extend(self.touches_of_function(id).iter().cloned());
                    }
                }
            }
        }
        out
    }

    /// The touches in functions that name one of `members`: in the folder of `path`, and, where few files of the tree name
    /// it, in those.
    pub(in super::super) fn touches_naming(
        &self,
        path: &TreePath,
        members: &[String],
    ) -> Vec<Arc<Touch>> {
        let stems = self.vocabulary().touch_stems();
        let mut out = Vec::new();
        for member in members {
            let mut numbers = self.corpus.mentioning(member);
            if numbers.len() > MOST_FILES_BESIDE {
                numbers.retain(|&number| self.corpus.path(number).folder() == path.folder());
            }
            let plain = self.corpus.plain();
            let touches = |text: Vec<u8>| stems.iter().any(|stem| text.contains_str(stem));
            numbers.retain(|&number| plain.bytes(number).is_some_and(touches));
            for file in numbers.into_iter().filter_map(|number| self.file(number)) {
                for id in self.touching(&file) {
                    if names(&file, file.items[id.item as usize].tokens).contains(member) {
                        out.extend(self.touches_of_function(id).iter().cloned());
                    }
                }
            }
        }
        out
    }

    /// The words of functions, by file and name.
    pub(in super::super) fn words_of<'f>(
        &self,
        functions: impl Iterator<Item = (&'f TreePath, &'f str)>,
    ) -> FxHashSet<String> {
        let mut out = FxHashSet::default();
        for (path, name) in functions {
            let Some(file) = self.number_of(path).and_then(|number| self.file(number)) else {
                continue;
            };
            for &item in self.functions_of(&file, name) {
                self.note_item(&file, item);
                out.extend(names(&file, file.items[item as usize].tokens));
            }
        }
        out
    }

    /// The functions of the name that a place is in.
    pub(in super::super) fn functions_at(&self, place: &Place) -> Vec<FunctionId> {
        let number = self.number_of(&place.file);
        let Some(file) = number.and_then(|number| self.file(number)) else { return Vec::new() };
        let items = self.functions_of(&file, &place.function).iter();
        items.map(|&item| FunctionId { file: file.number, item }).collect()
    }

    /// The error numbers in a function: `-EFAULT`.
    pub(in super::super) fn error_numbers(&self, id: FunctionId) -> Vec<NodeId> {
        let (Some(file), Some(function)) = (self.file(id.file), self.function(id)) else {
            return Vec::new();
        };
        let ast = function.ast();
        let is_error = |&node: &NodeId| match ast.kind(node) {
            Kind::Unary { op: UnaryOp::Minus, operand } => {
                let name = file.lexed.range_text(ast.tokens(operand));
                name.len() > 2
                    && name.starts_with(b"E")
                    && name.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit())
            }
            _ => false,
        };
        ast.ids().filter(is_error).collect()
    }

    /// The calls of the function `name` in function `id`.
    pub(in super::super) fn calls_of(&self, id: FunctionId, name: &str) -> Vec<NodeId> {
        let (Some(file), Some(function)) = (self.file(id.file), self.function(id)) else {
            return Vec::new();
        };
        let ast = function.ast();
        let is_call = |&node: &NodeId| match ast.kind(node) {
            Kind::Call { callee, .. } => file.lexed.range_text(ast.tokens(callee)) == name,
            _ => false,
        };
        ast.ids().filter(is_call).collect()
    }

    /// The functions of a file that name a release, or what takes a reference.
    pub(super) fn touching(&self, file: &SourceFile) -> Vec<FunctionId> {
        let touches = |tokens: TokenRange| {
            tokens.iter().any(|token| {
                let is_name = file.lexed.tokens.kind(token) == TokenKind::Ident;
                let word = file.lexed.text(token).to_str();
                is_name && word.is_ok_and(|word| self.vocabulary().is_touch(word))
            })
        };
        let is_function =
            |kind: ItemKind| matches!(kind, ItemKind::Function | ItemKind::MacroFunction);
        (0u32..)
            .zip(&file.items)
            .filter(|(_, item)| is_function(item.kind) && touches(item.tokens))
            .map(|(item, _)| FunctionId { file: file.number, item })
            .collect()
    }

    /// The touches in one function.
    pub(in super::super) fn touches_of_function(&self, id: FunctionId) -> Arc<[Arc<Touch>]> {
        let find = || {
            let found: Option<Arc<[Arc<Touch>]>> = self.solved(id, |engine, record, _| {
                record.touches.iter().map(|event| Arc::new(touch(engine, event))).collect()
            });
            found.unwrap_or_else(|| Arc::new([]))
        };
        self.touches.get(&self.corpus.trail, &id, find)
    }
}

fn touch(engine: &mut Engine<'_>, event: &TouchEvent) -> Touch {
    let context = engine.context;
    let arrivals = match event.kind {
        TouchKind::Container => Arrivals::default(),
        TouchKind::Release | TouchKind::Take => engine.arrivals(&event.value),
    };
    let arrived = |arrival: &Arrival| Arrived {
        source: arrival.origin.place.clone(),
        trace: arrival.trace.clone(),
    };
    Touch {
        kind: event.kind,
        place: context.place(event.node),
        text: context.text(event.node),
        sources: arrivals.sources().map(arrived).collect(),
        reads_back: !arrivals.read_back.is_empty(),
        is_open: !arrivals.unknown.is_empty(),
        node: event.node,
    }
}

fn names(file: &SourceFile, tokens: TokenRange) -> FxHashSet<String> {
    let lexed = &file.lexed;
    let names = tokens.iter().filter(|&token| lexed.tokens.kind(token) == TokenKind::Ident);
    names.map(|token| lexed.text(token).to_string()).collect()
}
