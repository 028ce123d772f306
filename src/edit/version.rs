//! One version of a file as the rules ask for it.
//!
//! In: a lexed file. Out: its items as [`Unit`]s, each parsed when a rule first has something to do with
//! it, for parsing is most of the work and most rules have to do with one function in fifty. What the file
//! declares is worked out when a rule first asks for a type, and then from all of its items.

use std::cell::OnceCell;
use std::fmt;

use super::define::Defines;
use crate::ast::Ast;
use crate::items::{Item, TypeNames, split};
use crate::lex::LexedFile;
use crate::matcher::{Declared, FileTypes, Unit};
use crate::parse;
use crate::smpl::Rule;

/// A version of a file.
pub(super) struct Version<'s> {
    pub(super) file: LexedFile,
    names: &'s TypeNames,
    items: OnceCell<Vec<LazyItem>>,
    types: OnceCell<FileTypes>,
    defines: OnceCell<Option<Defines>>,
}

struct LazyItem {
    item: Item,
    ast: OnceCell<Option<Ast>>,
}

impl Version<'_> {
    pub(super) fn new<'s>(file: LexedFile, names: &'s TypeNames) -> Version<'s> {
        Version {
            file,
            names,
            items: OnceCell::new(),
            types: OnceCell::new(),
            defines: OnceCell::new(),
        }
    }

    fn items(&self) -> &[LazyItem] {
        self.items.get_or_init(|| {
            let lazy = |item| LazyItem { item, ast: OnceCell::new() };
            split(&self.file).into_iter().map(lazy).collect()
        })
    }

    fn unit<'a>(&'a self, lazy: &'a LazyItem) -> Option<Unit<'a>> {
        let parse = || parse::item(&self.file, &lazy.item, self.names).ast;
        let ast = lazy.ast.get_or_init(parse).as_ref()?;
        Some(Unit { file: &self.file, ast, types: Some(self) })
    }

    /// All items.
    pub(super) fn units(&self) -> Vec<Unit<'_>> {
        self.items().iter().filter_map(|lazy| self.unit(lazy)).collect()
    }

    /// The items that have the words without which `rule` matches nothing.
    pub(super) fn units_for(&self, rule: &Rule) -> Vec<Unit<'_>> {
        let required = &rule.required;
        let concerned = self.items().iter().filter(|lazy| {
            let text = || self.file.range_text(lazy.item.tokens);
            required.sets.is_empty() || required.may_match(text())
        });
        concerned.filter_map(|lazy| self.unit(lazy)).collect()
    }

    /// The items that were asked for so far.
    pub(super) fn known_units(&self) -> Vec<Unit<'_>> {
        let known = self.items().iter().filter(|lazy| lazy.ast.get().is_some());
        known.filter_map(|lazy| self.unit(lazy)).collect()
    }

    /// The file's macros, where a rule has asked for them.
    pub(super) fn defines(&self) -> Option<&Defines> {
        self.defines.get()?.as_ref()
    }

    /// The bodies of macros that `rule` may have to do with.
    pub(super) fn macro_bodies(&self, rule: &Rule) -> Vec<Unit<'_>> {
        match self.defines.get_or_init(|| Defines::of(&self.file)) {
            Some(defines) => defines.units(rule, self.names, self),
            None => Vec::new(),
        }
    }
}

impl Declared for Version<'_> {
    fn types(&self) -> &FileTypes {
        self.types.get_or_init(|| {
            let mut types = FileTypes::default();
            types.add_macros(&self.file);
            for unit in self.units() {
                types.add(&Unit { types: None, ..unit });
            }
            types
        })
    }
}

impl fmt::Debug for Version<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Version").field("path", &self.file.path).finish_non_exhaustive()
    }
}
