//! What a campaign's own `provenance.toml` says on top of the carried one.
//!
//! In: a file with `extends = true`. It names what is an adder in this campaign, and functions that mean something
//! else than in the carried file: each name that stands here means what it means here. The carried adders and stores
//! are none any more.
//!
//! What differs between kernel versions are *variants*: the first one whose function the tree declares is the
//! tree's, and is the name of a virtual rule that the campaign's rules depend on. A variant may be about pages with one
//! kind of reference only; those with another one are then from elsewhere, as far as the campaign goes. *Switches*
//! are virtual rules too, each by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Deserialize;
use toml::Spanned;

use super::{Adder, Entry, File, Names, ReferenceKind, Release, Store, Vocabulary};

/// Says whether a file is such an extension.
#[derive(Deserialize)]
pub(super) struct Head {
    #[serde(default)]
    pub(super) extends: bool,
}

/// Which functions a tree declares decides what of a campaign is for it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    /// The virtual rule.
    pub name: String,
    /// The function that the tree has to declare.
    pub function: String,
    /// How many parameters it has to have.
    pub parameters: Option<usize>,
    /// The kind of reference that pages must have to be pages of get_user_pages() here.
    pub reference: Option<ReferenceKind>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Extension {
    pub(super) version: u32,
    #[serde(rename = "extends")]
    _extends: bool,
    adder: Vec<Adder>,
    #[serde(default)]
    store: Vec<Store>,
    #[serde(default)]
    release: Vec<Release>,
    #[serde(default)]
    take: Names,
    #[serde(default)]
    inert: Names,
    #[serde(default)]
    variant: Vec<Variant>,
    #[serde(default)]
    switch: Vec<Variant>,
}

impl Extension {
    /// Takes the place of the adders and stores of `file`, is added to the rest, and says what its names mean now.
    pub(super) fn extend(self, file: &mut File) -> Vec<(Spanned<String>, Entry)> {
        let first = file.release.len();
        file.adder = self.adder;
        file.store = self.store;
        file.variant = self.variant;
        file.switch = self.switch;
        let mut names = Vec::new();
        let mut add = |functions: &[Spanned<String>], entry: Entry| {
            names.extend(functions.iter().map(|function| (function.clone(), entry)));
        };
        for (index, adder) in file.adder.iter().enumerate() {
            add(&adder.functions, Entry::Adder(index));
        }
        for (index, release) in self.release.iter().enumerate() {
            add(&release.functions, Entry::Release(first + index));
        }
        add(&self.take.functions, Entry::Takes);
        add(&self.inert.functions, Entry::Inert);
        file.release.extend(self.release);
        file.take.functions.extend(self.take.functions);
        file.inert.functions.extend(self.inert.functions);
        names
    }
}

/// A tree that declares the function of no variant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoVariant {
    /// The functions of which it would have to declare one.
    pub functions: Vec<String>,
}

impl fmt::Display for NoVariant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<String> = self.functions.iter().map(|name| format!("{name}()")).collect();
        write!(
            f,
            "the tree declares none of {}, which the campaign needs\n  hint: another campaign may be for this tree, \
             see `gupatch rules list`; if its headers declare one of them, look for what was not parsed with \
             `gupatch parse --stats`",
            names.join(", ")
        )
    }
}

impl std::error::Error for NoVariant {}

impl Vocabulary {
    /// Finds out what of the vocabulary is for the tree at hand; `parameters` tells how many the function has that
    /// the tree declares.
    ///
    /// Errors: there are variants, and none of them is the tree's.
    pub fn settle(&mut self, parameters: &dyn Fn(&str) -> Option<usize>) -> Result<(), NoVariant> {
        let is_on = |variant: &&Variant| {
            let found = parameters(&variant.function);
            found.is_some_and(|count| variant.parameters.is_none_or(|wanted| wanted == count))
        };
        let chosen = self.file.variant.iter().find(is_on).cloned();
        if chosen.is_none() && !self.file.variant.is_empty() {
            let functions = self.file.variant.iter().map(|variant| variant.function.clone());
            return Err(NoVariant { functions: functions.collect() });
        }
        let switches = self.file.switch.iter().filter(is_on).map(|switch| switch.name.clone());
        self.virtuals = switches.collect();
        if let Some(variant) = chosen {
            for adder in &mut self.file.adder {
                if let Some(name) = adder.conversions.get(&variant.name) {
                    adder.conversion = Some(name.clone());
                }
            }
            self.virtuals.insert(variant.name);
            self.counting = variant.reference;
        }
        Ok(())
    }

    /// The virtual rules that are on in the tree at hand.
    pub fn virtuals(&self) -> &BTreeSet<String> {
        &self.virtuals
    }

    /// Whether a page with such a reference is one of get_user_pages() here.
    pub fn counts(&self, reference: ReferenceKind) -> bool {
        self.counting.is_none_or(|kind| kind == reference)
    }

    /// Whether a function's name is asked for to find out what is for the tree.
    pub fn is_of_variant(&self, name: &str) -> bool {
        let mut all = self.file.variant.iter().chain(&self.file.switch);
        all.any(|variant| variant.function == name)
    }
}

/// What converted calls are called by variant.
pub(super) type Conversions = BTreeMap<String, String>;

#[cfg(test)]
mod tests {
    use super::super::{Container, Meaning};
    use super::*;

    const TEXT: &str = r#"
version = 1
extends = true

[[variant]]
name = "new"
function = "unpin_user_page"
parameters = 1
reference = "pin"

[[variant]]
name = "old"
function = "put_user_page"

[[switch]]
name = "folio"
function = "unpin_user_folio"

[[adder]]
functions = ["put_page"]
container = "nothing"
page = 0
conversions = { new = "unpin_user_page", old = "put_user_page" }

[inert]
functions = ["bio_add_page", "alloc_page"]
"#;

    fn settled(declared: &[(&str, usize)]) -> Result<Vocabulary, NoVariant> {
        let mut vocabulary = Vocabulary::parse("my.toml", TEXT).unwrap();
        let find = |name: &str| declared.iter().find(|(known, _)| *known == name);
        vocabulary.settle(&|name| Some(find(name)?.1))?;
        Ok(vocabulary)
    }

    #[test]
    fn what_an_extension_names_means_what_it_says() {
        let vocabulary = settled(&[("unpin_user_page", 1)]).unwrap();
        let adders: Vec<&str> = vocabulary.adder_names().collect();
        assert_eq!(adders, ["put_page"]);
        let container = vocabulary.adder("put_page").unwrap().container;
        assert_eq!(container, Container::Nothing);
        assert!(vocabulary.is_touch("put_page"));
        assert!(matches!(vocabulary.meaning("bio_add_page"), Some(Meaning::Inert)));
        assert!(matches!(vocabulary.meaning("alloc_page"), Some(Meaning::Inert)));
        assert!(vocabulary.meaning("sg_set_page").is_none(), "an adder of the carried file only");
        assert!(matches!(vocabulary.meaning("alloc_pages"), Some(Meaning::Other(_))));
    }

    #[test]
    fn the_tree_s_variant_is_the_first_that_it_declares() {
        let both = [("unpin_user_page", 1), ("put_user_page", 1), ("unpin_user_folio", 2)];
        let new = settled(&both).unwrap();
        assert!(new.virtuals().iter().eq(["folio", "new"]));
        assert!(new.counts(ReferenceKind::Pin) && !new.counts(ReferenceKind::Get));
        assert_eq!(new.conversion("put_page").as_deref(), Some("unpin_user_page"));
        // Another function of that name.
        let old = settled(&[("unpin_user_page", 2), ("put_user_page", 1)]).unwrap();
        assert!(old.virtuals().iter().eq(["old"]));
        assert!(old.counts(ReferenceKind::Get));
        assert_eq!(old.conversion("put_page").as_deref(), Some("put_user_page"));
    }

    #[test]
    fn a_tree_without_variant_is_told_what_is_missing() {
        let error = settled(&[]).unwrap_err().to_string();
        assert!(error.contains("none of unpin_user_page(), put_user_page()"), "{error}");
        assert!(error.contains("\n  hint: "), "{error}");
    }

    #[test]
    fn errors_name_the_line_of_the_extension() {
        let twice = format!("{TEXT}\n[take]\nfunctions = [\"put_page\"]\n");
        let error = Vocabulary::parse("my.toml", &twice).unwrap_err();
        assert_eq!((error.file.as_str(), error.line), ("my.toml", twice.matches('\n').count()));
        let odd = TEXT.replace("[inert]", "[inerd]");
        let error = Vocabulary::parse("my.toml", &odd).unwrap_err();
        assert!(error.line > 1 && error.message.contains("inerd"), "{error}");
    }
}
