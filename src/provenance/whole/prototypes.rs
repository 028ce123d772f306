//! What the tree's own headers say of the functions that the vocabulary names.
//!
//! A version of the kernel whose function has other parameters is read as it is. Looked up when first asked for,
//! so that an answer does not depend on what else is scanned.

use std::sync::Arc;

use super::super::scope::{Prototype, prototype};
use super::WholeTree;
use super::aspect::Aspect;
use super::corpus::{SourceFile, word_offsets};
use crate::items::{ItemKind, TypeNames};

impl WholeTree {
    /// The prototype of a function that means something to the analysis.
    pub(super) fn prototype(&self, name: &str) -> Option<Arc<Prototype>> {
        let helpers = self.vocabulary.conditions();
        let matters = self.vocabulary.meaning(name).is_some()
            || helpers.iter().any(|helper| helper.helper == name)
            || self.vocabulary.is_of_variant(name);
        if !matters {
            return None;
        }
        let find = || self.find_prototype(name).map(Arc::new);
        self.prototypes.get(&self.corpus.trail, name, find)
    }

    /// The first one in the headers, the kernel's own before those of architectures, drivers and tools.
    fn find_prototype(&self, name: &str) -> Option<Prototype> {
        let mut headers: Vec<u32> = self.corpus.mentioning(name);
        headers.retain(|&file| self.path(file).as_str().ends_with(".h"));
        headers.sort_by_cached_key(|&file| {
            let path = self.path(file);
            (!path.as_str().starts_with("include/linux/"), path)
        });
        headers.into_iter().find_map(|number| {
            let aspect = || Aspect::Prototype(name.into());
            let file = self.file_passing(number, aspect, |bytes| may_declare(bytes, name))?;
            let mentions = self.mentions_of(&file, name);
            mentions.into_iter().find_map(|(item, _)| declared_in(&file, item, name))
        })
    }
}

fn declared_in(file: &SourceFile, item: u32, name: &str) -> Option<Prototype> {
    let item = &file.items[item as usize];
    if !matches!(item.kind, ItemKind::Function | ItemKind::Declaration) {
        return None;
    }
    let ast = crate::parse::item(&file.lexed, item, &TypeNames::default()).ast?;
    let (declared, found) = prototype(&ast, &file.lexed, ast.root())?;
    (declared == name).then_some(found)
}

/// Whether the name stands before parentheses somewhere.
pub(super) fn may_declare(bytes: &[u8], name: &str) -> bool {
    word_offsets(bytes, name)
        .any(|at| bytes[at + name.len()..].trim_ascii_start().first() == Some(&b'('))
}
