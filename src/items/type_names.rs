//! Names that are known to be types, attributes, or macros of a certain kind, before an item is looked at.
//!
//! In: names, usually harvested from the headers of a tree. Out: a [`TypeNames`] set. The normaliser
//! decides most places by structure and asks the set only where C itself would have to: `(T)(x)`,
//! `(T) - x`, `sizeof(T)`. An empty set costs nothing but those.

use rustc_hash::{FxHashMap, FxHashSet};

use super::MacroRole;

/// A set of typedef names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeNames {
    names: FxHashSet<Box<[u8]>>,
    /// Names that somebody has said to be attributes: they stand where no spelling would tell.
    attributes: FxHashSet<Box<[u8]>>,
    /// Macros that `--macro-file` tells about.
    macros: FxHashMap<Box<[u8]>, MacroRole>,
}

impl TypeNames {
    /// Whether `name` is one of them.
    pub fn contains(&self, name: &[u8]) -> bool {
        self.names.contains(name)
    }

    /// Adds a name.
    pub fn insert(&mut self, name: &[u8]) {
        if !self.names.contains(name) {
            self.names.insert(name.into());
        }
    }

    /// Takes a name out again, where it turns out to be used for something else as well.
    pub fn remove(&mut self, name: &[u8]) {
        self.names.remove(name);
    }

    /// Whether `name` is known to be an attribute.
    pub fn is_attribute(&self, name: &[u8]) -> bool {
        !self.attributes.is_empty() && self.attributes.contains(name)
    }

    /// Adds the name of an attribute.
    pub fn insert_attribute(&mut self, name: &[u8]) {
        self.attributes.insert(name.into());
    }

    /// What `name` is at the start of a statement, where it is known.
    pub fn macro_role(&self, name: &[u8]) -> Option<MacroRole> {
        if self.macros.is_empty() { None } else { self.macros.get(name).copied() }
    }

    /// Says what a macro is at the start of a statement.
    pub fn insert_macro(&mut self, name: &[u8], role: MacroRole) {
        self.macros.insert(name.into(), role);
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.names.iter().map(|name| &**name)
    }
}

impl<N: AsRef<[u8]>> Extend<N> for TypeNames {
    fn extend<I: IntoIterator<Item = N>>(&mut self, names: I) {
        for name in names {
            self.insert(name.as_ref());
        }
    }
}

impl<N: AsRef<[u8]>> FromIterator<N> for TypeNames {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> TypeNames {
        let mut out = TypeNames::default();
        out.extend(names);
        out
    }
}
