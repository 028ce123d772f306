//! What is asked of one file, and whether another version of it gives the same answer.
//!
//! An answer seldom rests on the whole of a file: on what a few of its functions say, on where it mentions a name, on how
//! it defines a struct. Each such question is an [`Aspect`] with a hash of its answer. A file that changed is asked again;
//! what rests on answers that are still the same still holds. So [`WholeTree::file`] notes nothing by itself: whoever
//! gets a file notes what it asks of it.
//!
//! An item is known by its key, a hash of what it says: where it is may change. What says a line in words needs the item
//! in its place, an aspect of its own.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64_with_seed};

use super::WholeTree;
use super::corpus::{SourceFile, word_offsets};
use super::declarations::{definitions_in, is_typedef};
use super::macros::{parameters_assigned, stores_answer, stores_of_macros};
use super::prototypes::may_declare;
use super::punned::casts_to_pages;
use super::search::is_by_text;
use super::trail::Search;
use super::variables::{is_extern, own_variable};
use super::visible::declared_with;
use crate::ast::StructKind;
use crate::lex::TokenId;

/// A question about one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Aspect {
    /// What an item says, by its key.
    Item(u64),
    /// The line of an item, by its key.
    Line(u64),
    /// Which functions have a name.
    Functions(Arc<str>),
    /// What the items say that mention a word.
    Mentions(Arc<str>),
    /// What a name means at file scope as far as the file itself says.
    Variable(Arc<str>),
    /// What the items say that define a struct or a union.
    Record(StructKind, Arc<str>),
    /// What the items say that make a name a type.
    Typedef(Arc<str>),
    /// Which parameters a macro of the file gives a value.
    MacroAssigns(Arc<str>),
    /// Which members the macros of the file store to.
    MacroStores,
    /// Whether a header's text seems to declare a variable of a name.
    Extern(Arc<str>),
    /// Whether a header's text seems to declare a function of a name.
    Prototype(Arc<str>),
    /// The names that a header declares with a type.
    Declares(Arc<str>),
    /// Whether a function is summarised beforehand, by its key.
    Summarised(u64),
    /// What the functions say that name a release, or what takes a reference.
    Touching,
    /// Which items mention a word and cast something to pages.
    Casts(Arc<str>),
    /// What a search finds.
    Found(Search),
}

/// Where an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Its first line, from 1.
    pub line: u32,
    /// How many lines it has.
    pub lines: u32,
    /// Its first token.
    pub token: u32,
    /// How many tokens it has.
    pub tokens: u32,
    /// Its number.
    pub item: u32,
    /// Which item it is, whatever it says.
    pub name: u64,
}

/// An aspect of a file, and what it was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// The file's number.
    pub file: u32,
    /// What is asked.
    pub aspect: Aspect,
    /// A hash of the answer.
    pub answer: u64,
    /// For [`Aspect::Item`], where it is.
    pub anchor: Option<Anchor>,
}

/// What a file answers that was not read further, since its text alone says that there is nothing.
const NOTHING: u64 = 0;

/// What a question is answered with that asks whether.
pub(super) const SOMETHING: u64 = 1;

/// A hash of some numbers; [`NOTHING`] where there are none.
pub(super) fn hash_of(numbers: impl IntoIterator<Item = u64>) -> u64 {
    let mut numbers = numbers.into_iter().peekable();
    if numbers.peek().is_none() {
        return NOTHING;
    }
    let mut hash = Xxh3::new();
    numbers.for_each(|number| hash.update(&number.to_le_bytes()));
    hash.digest()
}

/// A hash of the names that a header declares with a type.
pub(super) fn declared_answer(declared: &[(String, bool)]) -> u64 {
    hash_of(
        declared
            .iter()
            .map(|(name, is_type)| xxh3_64_with_seed(name.as_bytes(), u64::from(*is_type))),
    )
}

/// What each item of a file says, as a number: no two items of a file have the same.
pub(super) fn item_keys(file: &SourceFile) -> Box<[u64]> {
    let mut alike: FxHashMap<u64, u64> = FxHashMap::default();
    let key = |item: &crate::items::Item| {
        let text = file.lexed.range_text(item.tokens);
        let key = xxh3_64_with_seed(text, item.kind as u64);
        let before = alike.entry(key).or_default();
        *before += 1;
        if *before == 1 { key } else { hash_of([key, *before]) }
    };
    file.items.iter().map(key).collect()
}

impl SourceFile {
    /// Where an item is.
    fn anchor(&self, item: u32) -> Anchor {
        let tokens = self.items[item as usize].tokens;
        let line = |token: TokenId| self.lexed.location(token).line;
        let first = line(tokens.start);
        let span = self.lexed.tokens.range_span(tokens);
        let text = &self.lexed.bytes[span.start as usize..span.end as usize];
        Anchor {
            line: first,
            lines: memchr::memchr_iter(b'\n', text).count() as u32 + 1,
            token: tokens.start.0,
            tokens: tokens.end.0 - tokens.start.0,
            item,
            name: self.names(item),
        }
    }

    /// What an item says.
    pub(super) fn says(&self, item: u32) -> u64 {
        self.keys()[item as usize]
    }

    /// Which item it is, whatever it says: a function is known by its name.
    fn names(&self, item: u32) -> u64 {
        match self.function_name(item) {
            Some(name) => {
                let at = self.functions(name).iter().position(|&own| own == item);
                xxh3_64_with_seed(name.as_bytes(), at.map_or(u64::MAX, |at| at as u64))
            }
            None => self.says(item),
        }
    }

    fn item_with(&self, key: u64) -> Option<u32> {
        self.keys().iter().position(|&own| own == key).map(|item| item as u32)
    }

    fn mentions_answer(&self, word: &str) -> u64 {
        let mentions = self.mentions(word);
        hash_of(mentions.into_iter().flat_map(|(item, token)| {
            let within = token.0 - self.items[item as usize].tokens.start.0;
            [self.says(item), u64::from(within)]
        }))
    }
}

impl WholeTree {
    /// Notes an aspect of a file for what is at hand.
    fn note_aspect(&self, number: u32, aspect: Aspect, answer: impl FnOnce(&Aspect) -> u64) {
        if (number as usize) < self.files {
            self.corpus.trail.note_aspect(number, aspect, None, answer);
        }
    }

    /// Notes that what an item says is used.
    pub(super) fn note_item(&self, file: &SourceFile, item: u32) {
        if (file.number as usize) < self.files && self.corpus.trail.is_kept() {
            let aspect = Aspect::Item(file.says(item));
            self.corpus.trail.note_aspect(file.number, aspect, Some(&|| file.anchor(item)), |_| 1);
        }
    }

    /// Notes that the line of an item is told in words.
    pub(super) fn note_line(&self, file: &SourceFile, item: u32) {
        let aspect = || Aspect::Line(file.says(item));
        self.note_of(file, aspect);
    }

    /// Notes that the answer to a question about a file is used.
    pub(super) fn note_of(&self, file: &SourceFile, aspect: impl FnOnce() -> Aspect) {
        if self.corpus.trail.is_kept() {
            self.note_aspect(file.number, aspect(), |aspect| self.answer_of(file, aspect));
        }
    }

    /// Notes a question about a file and its answer, which is at hand.
    pub(super) fn note_answer(
        &self,
        number: u32,
        aspect: impl FnOnce() -> Aspect,
        answer: impl FnOnce() -> u64,
    ) {
        if self.corpus.trail.is_kept() {
            self.note_aspect(number, aspect(), |_| answer());
        }
    }

    /// Notes that all of a file is used.
    pub(super) fn note_whole(&self, file: &SourceFile) {
        if (file.number as usize) < self.files {
            self.corpus.trail.note_file(file.number);
        }
    }

    /// Whether a function is summarised beforehand, noted.
    pub(super) fn is_summarised(&self, file: &SourceFile, item: u32) -> bool {
        self.note_of(file, || Aspect::Summarised(file.says(item)));
        file.is_summarised(item, &self.vocabulary)
    }

    /// The functions of a name in a file, noted.
    pub(super) fn functions_of<'f>(&self, file: &'f SourceFile, name: &str) -> &'f [u32] {
        self.note_of(file, || Aspect::Functions(name.into()));
        file.functions(name)
    }

    /// Where a file mentions a word, noted with what the items say.
    pub(super) fn mentions_of(&self, file: &SourceFile, word: &str) -> Vec<(u32, TokenId)> {
        self.note_of(file, || Aspect::Mentions(word.into()));
        file.mentions(word)
    }

    /// A file that mentions a word; `None`, which is noted, where it does not.
    pub(super) fn file_mentioning(&self, number: u32, word: &str) -> Option<Arc<SourceFile>> {
        let file = self.file_where(number, |bytes| word_offsets(bytes, word).next().is_some());
        if file.is_none() {
            self.note_answer(number, || Aspect::Mentions(word.into()), || NOTHING);
        }
        file
    }

    /// A file whose text passes `wanted`, which is what `aspect` asks; noted either way.
    pub(super) fn file_passing(
        &self,
        number: u32,
        aspect: impl Fn() -> Aspect,
        wanted: impl Fn(&[u8]) -> bool,
    ) -> Option<Arc<SourceFile>> {
        let file = self.file_where(number, wanted);
        match &file {
            Some(file) => self.note_of(file, aspect),
            None => self.note_answer(number, aspect, || NOTHING),
        }
        file
    }

    /// A hash of the answer that a file gives now, and for an item where it is; `None` where it cannot be read.
    pub fn ask_again(&self, number: u32, aspect: &Aspect) -> Option<(u64, Option<Anchor>)> {
        let file = self.file(number)?;
        let item = match aspect {
            Aspect::Item(key) => file.item_with(*key),
            _ => None,
        };
        Some((self.answer_of(&file, aspect), item.map(|item| file.anchor(item))))
    }

    /// What an item of a file says, as a number: no two items of a file have the same. `None` where there is no such item.
    pub fn item_key(&self, number: u32, item: usize) -> Option<u64> {
        self.file(number)?.keys().get(item).copied()
    }

    /// The item of a file that says what `key` stands for.
    pub fn item_with_key(&self, number: u32, key: u64) -> Option<usize> {
        self.file(number)?.item_with(key).map(|item| item as usize)
    }

    /// The item of a file that an anchor names, whatever it says now.
    pub fn item_named(&self, number: u32, name: u64) -> Option<u32> {
        let file = self.file(number)?;
        (0..file.items.len() as u32).find(|&item| file.names(item) == name)
    }

    /// Notes that what was found tells the line of an item in words.
    pub fn note_told(&self, number: u32, item: usize) {
        if let Some(file) = self.file(number) {
            self.note_line(&file, item as u32);
        }
    }

    /// A hash of the answer to a question about a file.
    fn answer_of(&self, file: &SourceFile, aspect: &Aspect) -> u64 {
        let bytes = &file.lexed.bytes;
        let says = |items: Vec<u32>| hash_of(items.into_iter().map(|item| file.says(item)));
        let names = |items: Vec<u32>| hash_of(items.into_iter().map(|item| file.names(item)));
        let told = |is_so: bool| if is_so { SOMETHING } else { NOTHING };
        match aspect {
            Aspect::Item(key) => told(file.item_with(*key).is_some()),
            Aspect::Line(key) => {
                let item = file.item_with(*key);
                item.map_or(0, |item| u64::from(file.anchor(item).line))
            }
            Aspect::Functions(name) => file.functions(name).len() as u64,
            Aspect::Mentions(word) => file.mentions_answer(word),
            Aspect::Variable(name) => own_variable(file, name).answer(file),
            Aspect::Record(kind, tag) => {
                let places = definitions_in(&file.lexed, *kind, tag).into_iter();
                let tokens = places.filter_map(|at| file.lexed.tokens.at_offset(at));
                says(tokens.filter_map(|token| file.item_of(token)).collect())
            }
            Aspect::Typedef(name) => {
                let mut items: Vec<u32> =
                    file.mentions(name).into_iter().map(|(item, _)| item).collect();
                items.dedup();
                items.retain(|&item| is_typedef(&file.lexed, &file.items[item as usize]));
                says(items)
            }
            Aspect::MacroAssigns(name) => {
                hash_of(parameters_assigned(file, name).into_iter().map(|at| at as u64))
            }
            Aspect::MacroStores => stores_answer(&stores_of_macros(bytes)),
            Aspect::Extern(name) => told(is_extern(bytes, name)),
            Aspect::Prototype(name) => told(may_declare(bytes, name)),
            Aspect::Declares(ty) => declared_answer(&declared_with(bytes.to_vec(), ty)),
            Aspect::Summarised(key) => {
                let item = file.item_with(*key);
                told(item.is_some_and(|item| file.is_summarised(item, &self.vocabulary)))
            }
            Aspect::Touching => {
                says(self.touching(file).into_iter().map(|function| function.item).collect())
            }
            Aspect::Casts(word) => {
                let items = file.mentions(word).into_iter().map(|(item, _)| item);
                names(items.filter(|&item| casts_to_pages(file, item)).collect())
            }
            Aspect::Found(search) if is_by_text(search) => told(self.may_have(bytes, search)),
            Aspect::Found(search) => {
                let items = self.hits(file, search).into_iter().map(|hit| hit.item);
                match search {
                    // Whoever reads the functions notes what they say.
                    Search::Definitions(_) | Search::Stores { .. } => names(items.collect()),
                    _ => says(items.collect()),
                }
            }
        }
    }
}
