//! The vocabulary: what is known about particular functions, read from `rules/provenance.toml`.
//!
//! In: the text of such a file. Out: a [`Vocabulary`], which answers in one look-up what a called name
//! does, or a [`VocabularyError`] with line and hint. Nothing about a kernel function is written in Rust.

use std::collections::BTreeSet;
use std::fmt;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::cfg::NoReturn;

mod extension;
use extension::{Conversions, Extension, Head};
pub use extension::{NoVariant, Variant};

/// The file that gupatch carries.
const DEFAULT: &str = include_str!("../../rules/provenance.toml");

/// The format this code reads.
const VERSION: u32 = 1;

/// How a source hands its pages out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SourceGives {
    /// It fills the array it is given.
    Array,
    /// It stores the address of an array it made, or fills the one whose address is there.
    ArrayPointer,
    /// It returns the page.
    Result,
    /// It adds the pages to a container itself.
    Container,
}

/// When a source's pages are from get_user_pages().
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum When {
    /// Always.
    Always,
    /// Only if the iterator it is given is user-backed.
    Iterator,
}

/// How a page's reference was taken, or is given back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReferenceKind {
    /// `get_page()`, `put_page()`
    Get,
    /// `FOLL_PIN`, `unpin_user_page()`
    Pin,
    /// As flags say.
    Flags,
}

/// What an adder adds to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Container {
    /// `struct bio`
    Bio,
    /// `struct bio_vec`
    Bvec,
    /// `struct scatterlist`, `struct sg_table`
    Scatterlist,
    /// Nothing: its reference ends.
    Nothing,
}

/// How a function of another origin hands its pages out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OtherGives {
    /// It returns the page.
    Result,
    /// It fills the array it is given.
    Array,
    /// It returns an array of pages.
    Table,
}

/// A function that hands out pages of get_user_pages().
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    functions: Vec<Spanned<String>>,
    /// How.
    pub gives: SourceGives,
    /// Whether always.
    pub when: When,
    /// How the pages have to be given back.
    pub reference: ReferenceKind,
    /// The parameter that receives the pages, where the tree has no prototype.
    pub pages: Option<usize>,
    /// The iterator parameter, where the tree has no prototype.
    pub iterator: Option<usize>,
    /// The parameter that takes flags.
    pub flags: Option<usize>,
    /// Whether the pages are only read, whatever the flags.
    #[serde(default)]
    pub reads: bool,
    /// What it adds the pages to, where it does so itself.
    pub container: Option<Container>,
}

/// What the flags of sources look like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FlagNames {
    /// How each starts.
    pub prefix: String,
    /// The one with which the pages are written to.
    pub write: String,
    /// What that is as a number: callers give a truth value for it.
    pub write_number: Option<u64>,
    /// The one with which references are taken.
    pub get: Option<String>,
    /// The one with which pages are pinned.
    pub pin: Option<String>,
}

/// A function that adds a page to a container.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Adder {
    functions: Vec<Spanned<String>>,
    /// What it adds to.
    pub container: Container,
    /// The page parameter, where the tree has no prototype.
    pub page: usize,
    /// Whether it takes a whole array.
    #[serde(default)]
    pub array: bool,
    /// What a converted call is called, if not the name with the suffix.
    conversion: Option<String>,
    /// The same by variant.
    #[serde(default)]
    conversions: Conversions,
}

/// A member to which storing a page is adding it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    /// The struct's tag.
    #[serde(rename = "struct")]
    pub tag: String,
    /// The member.
    pub member: String,
    /// Its place in an initialiser without names.
    pub position: usize,
    /// What the struct is.
    pub container: Container,
    /// What is called after a converted store.
    pub conversion: String,
}

/// Functions whose pages are not from get_user_pages().
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Other {
    functions: Vec<Spanned<String>>,
    /// Where its pages come from, in words.
    pub origin: String,
    /// How it hands them out.
    pub gives: OtherGives,
}

/// Functions and macros whose result is one of their arguments, as far as pages go.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pass {
    functions: Vec<Spanned<String>>,
    /// Which argument.
    pub argument: usize,
    /// The argument that names a member, where the result is the object around the first one.
    pub member: Option<usize>,
}

/// Functions that end a reference.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    functions: Vec<Spanned<String>>,
    /// Which kind of reference.
    pub reference: ReferenceKind,
    /// Whether it reads the pages back from a container.
    pub container: bool,
    /// Whether it is given an array of pages.
    #[serde(default)]
    pub array: bool,
    /// Whether it is for pages that the caller has allocated, and for no others.
    #[serde(default)]
    pub allocated: bool,
}

/// Functions that write to the pages they are given, or tell that somebody did.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WriteFunctions {
    functions: Vec<String>,
    /// The argument that is a page, an array of them, or what holds them.
    pub page: usize,
    /// Whether that is the address of a page's memory.
    #[serde(default)]
    pub address: bool,
    /// Whether the function itself writes.
    #[serde(default)]
    pub stores: bool,
    /// The argument that is the direction of a device's transfer.
    pub direction: Option<usize>,
    /// The directions in which the device writes.
    #[serde(default)]
    pub towards: Vec<String>,
}

/// A helper that tells whether an iterator is user-backed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionHelper {
    /// Its name.
    pub helper: String,
    /// The sources it is for; all of them where empty.
    #[serde(default)]
    pub sources: Vec<String>,
    /// Whether the series itself adds it.
    #[serde(default)]
    pub made: bool,
}

/// Functions that set and ask for a bit of an object.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagFunctions {
    /// Those that set it.
    pub set: Vec<String>,
    /// The one that asks for it, with the same arguments.
    pub test: String,
    /// Those that clear it.
    pub clear: Vec<String>,
    /// The argument that is the bit.
    pub bit: usize,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IteratorType {
    #[serde(rename = "type")]
    ty: String,
    resets: Vec<Spanned<String>>,
    written: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ReadBack {
    functions: Vec<Spanned<String>>,
    members: Vec<String>,
}

/// A member that is a page itself: its address is the page of the struct around it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Inside {
    #[serde(rename = "struct")]
    tag: String,
    member: String,
}

/// A member in which pages of all kinds come together: what is loaded from it is not followed.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Leaves {
    #[serde(rename = "struct")]
    tag: String,
    member: String,
    /// What it is, in words.
    why: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Names {
    functions: Vec<Spanned<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    version: u32,
    suffix: String,
    iterator: IteratorType,
    source_flags: Option<FlagNames>,
    source: Vec<Source>,
    adder: Vec<Adder>,
    #[serde(default)]
    store: Vec<Store>,
    condition: Vec<ConditionHelper>,
    #[serde(default)]
    flag: Vec<FlagFunctions>,
    other: Vec<Other>,
    pass: Vec<Pass>,
    read_back: ReadBack,
    release: Vec<Release>,
    #[serde(default)]
    write: Vec<WriteFunctions>,
    #[serde(default)]
    maps: Names,
    #[serde(default)]
    take: Names,
    #[serde(default)]
    fresh: Names,
    #[serde(default)]
    inert: Names,
    #[serde(default)]
    clears: Names,
    #[serde(default)]
    copies: Names,
    #[serde(default)]
    stores: Names,
    #[serde(default)]
    nothing: Names,
    #[serde(default)]
    swaps: Names,
    #[serde(default)]
    opaque: Names,
    #[serde(default)]
    inside: Vec<Inside>,
    #[serde(default)]
    leaves: Vec<Leaves>,
    #[serde(default)]
    noreturn: Names,
    #[serde(default)]
    variant: Vec<Variant>,
    #[serde(default)]
    switch: Vec<Variant>,
}

/// What a called name does.
#[derive(Clone, Copy, Debug)]
pub enum Meaning<'v> {
    /// It hands out pages of get_user_pages().
    Source(&'v Source),
    /// It adds a page.
    Adder(&'v Adder),
    /// It hands out pages from elsewhere.
    Other(&'v Other),
    /// Its result is an argument.
    Pass(&'v Pass),
    /// It reads a page back from a container.
    ReadBack,
    /// It ends references.
    Release(&'v Release),
    /// It takes another reference.
    Takes,
    /// It allocates memory that holds no page.
    Fresh,
    /// It stores no page through its arguments and returns none.
    Inert,
    /// It clears what its first argument points to.
    Clears,
    /// It copies from its second argument to its first.
    Copies,
    /// It stores its second argument in its first.
    Stores,
    /// It gives its two arguments each other's value.
    Swaps,
    /// Its result stands for no page.
    Nothing,
    /// It makes another iterator of an argument.
    Resets,
    /// It keeps things of all kinds: what it gives is not followed.
    Opaque,
}

/// [`Meaning`] by place in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    Source(usize),
    Adder(usize),
    Other(usize),
    Pass(usize),
    Release(usize),
    Takes,
    ReadBack,
    Fresh,
    Inert,
    Clears,
    Copies,
    Stores,
    Swaps,
    Nothing,
    Resets,
    Opaque,
}

/// A vocabulary file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VocabularyError {
    /// The file's name, as it was given.
    pub file: String,
    /// The 1-based line.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl fmt::Display for VocabularyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}\n  hint: {}", self.file, self.line, self.message, self.hint)
    }
}

impl std::error::Error for VocabularyError {}

/// What is known about particular functions.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    file: File,
    exact: FxHashMap<String, Entry>,
    /// Names with `*` by their first byte, longest first, so that the narrower one wins.
    patterns: FxHashMap<u8, Vec<(String, Entry)>>,
    /// The virtual rules that are on in the tree at hand.
    virtuals: BTreeSet<String>,
    /// The only kind of reference that counts, where one does.
    counting: Option<ReferenceKind>,
}

impl Vocabulary {
    /// The vocabulary that gupatch carries.
    pub fn built_in() -> Vocabulary {
        Vocabulary::parse("rules/provenance.toml", DEFAULT)
            .expect("the file in the repository is tested")
    }

    /// Reads a vocabulary; `name` is for messages.
    ///
    /// Errors: text that is not TOML, an unknown or missing key, a name with two meanings.
    pub fn parse(name: &str, text: &str) -> Result<Vocabulary, VocabularyError> {
        let error = |at: usize, message: String, hint: &str| VocabularyError {
            file: name.to_owned(),
            line: text[..at.min(text.len())].matches('\n').count() + 1,
            message,
            hint: hint.to_owned(),
        };
        let broken = |e: toml::de::Error| {
            let at = e.span().map_or(0, |span| span.start);
            let hint =
                "the file that gupatch carries is an example: `gupatch rules show provenance`";
            error(at, e.message().to_owned(), hint)
        };
        let checked = |version: u32| match version {
            VERSION => Ok(()),
            _ => {
                let message = format!("version {version} of the vocabulary format is not known");
                Err(error(0, message, &format!("this gupatch reads version {VERSION}")))
            }
        };
        let head: Head = toml::from_str(text).map_err(broken)?;
        let extension: Option<Extension> =
            if head.extends { Some(toml::from_str(text).map_err(broken)?) } else { None };
        let below = if extension.is_some() { DEFAULT } else { text };
        let mut file: File = toml::from_str(below).map_err(broken)?;
        checked(extension.as_ref().map_or(file.version, |extension| extension.version))?;
        let mut own = entries(&file);
        let mut carried = Vec::new();
        if let Some(extension) = extension {
            carried = own;
            own = extension.extend(&mut file);
        }
        let mut vocabulary = Vocabulary {
            file,
            exact: FxHashMap::default(),
            patterns: FxHashMap::default(),
            virtuals: BTreeSet::new(),
            counting: None,
        };
        // What the carried file says of a name that has a meaning of its own here, or was an adder, is over.
        let renamed: BTreeSet<&str> = own.iter().map(|(name, _)| name.get_ref().as_str()).collect();
        carried.retain(|(name, entry)| {
            !renamed.contains(name.get_ref().as_str()) && !matches!(entry, Entry::Adder(_))
        });
        for (function, entry) in carried.into_iter().chain(own) {
            vocabulary
                .enter(function.get_ref(), entry)
                .map_err(|(message, hint)| error(function.span().start, message, hint))?;
        }
        for patterns in vocabulary.patterns.values_mut() {
            patterns.sort_by_key(|(pattern, _)| std::cmp::Reverse(pattern.len()));
        }
        Ok(vocabulary)
    }

    fn enter(&mut self, name: &str, entry: Entry) -> Result<(), (String, &'static str)> {
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '*';
        if name.is_empty() || !name.chars().all(is_name) {
            let message = format!("`{name}` is not the name of a function");
            return Err((message, "a name is letters, digits and `_`; `*` stands for any of them"));
        }
        if name.contains('*') {
            let patterns = self.patterns.entry(name.as_bytes()[0]).or_default();
            patterns.push((name.to_owned(), entry));
            return Ok(());
        }
        match self.exact.insert(name.to_owned(), entry) {
            Some(before) if before != entry => Err((
                format!("`{name}` has two meanings"),
                "name each function once; an exact name wins over a pattern",
            )),
            _ => Ok(()),
        }
    }

    fn entry(&self, name: &str) -> Option<Entry> {
        if let Some(entry) = self.exact.get(name) {
            return Some(*entry);
        }
        let fits = |letter: u8| {
            let mut patterns = self.patterns.get(&letter)?.iter();
            patterns.find(|(pattern, _)| matches_pattern(pattern, name))
        };
        let own = fits(*name.as_bytes().first()?);
        let found = own.into_iter().chain(fits(b'*')).max_by_key(|(pattern, _)| pattern.len());
        found.map(|(_, entry)| *entry)
    }

    /// What calling `name` does; `None` for a function that nothing is known of.
    pub fn meaning(&self, name: &str) -> Option<Meaning<'_>> {
        let file = &self.file;
        Some(match self.entry(name)? {
            Entry::Source(index) => Meaning::Source(&file.source[index]),
            Entry::Adder(index) => Meaning::Adder(&file.adder[index]),
            Entry::Other(index) => Meaning::Other(&file.other[index]),
            Entry::Pass(index) => Meaning::Pass(&file.pass[index]),
            Entry::Release(index) => Meaning::Release(&file.release[index]),
            Entry::Takes => Meaning::Takes,
            Entry::ReadBack => Meaning::ReadBack,
            Entry::Fresh => Meaning::Fresh,
            Entry::Inert => Meaning::Inert,
            Entry::Clears => Meaning::Clears,
            Entry::Copies => Meaning::Copies,
            Entry::Stores => Meaning::Stores,
            Entry::Swaps => Meaning::Swaps,
            Entry::Nothing => Meaning::Nothing,
            Entry::Resets => Meaning::Resets,
            Entry::Opaque => Meaning::Opaque,
        })
    }

    /// The adder called `name`.
    pub fn adder(&self, name: &str) -> Option<&Adder> {
        match self.meaning(name) {
            Some(Meaning::Adder(adder)) => Some(adder),
            _ => None,
        }
    }

    /// Whether `name` is a source.
    pub fn is_source(&self, name: &str) -> bool {
        matches!(self.entry(name), Some(Entry::Source(_)))
    }

    /// What a converted call of the adder `name` is called.
    pub fn conversion(&self, name: &str) -> Option<String> {
        let adder = self.adder(name)?;
        Some(adder.conversion.clone().unwrap_or_else(|| format!("{name}{}", self.file.suffix)))
    }

    /// Whether `name` is what a converted adder or store is called: its body only forwards.
    pub fn is_conversion(&self, name: &str) -> bool {
        self.adder_names().any(|adder| self.conversion(adder).as_deref() == Some(name))
            || self.stores().iter().any(|store| store.conversion == name)
    }

    /// The names of all adders.
    pub fn adder_names(&self) -> impl Iterator<Item = &str> {
        let functions = self.file.adder.iter().flat_map(|adder| &adder.functions);
        functions.map(|function| function.get_ref().as_str())
    }

    /// The names of all sources; some are patterns with `*`.
    pub fn source_names(&self) -> impl Iterator<Item = &str> {
        let functions = self.file.source.iter().flat_map(|source| &source.functions);
        functions.map(|function| function.get_ref().as_str())
    }

    /// The members to which storing a page is adding it.
    pub fn stores(&self) -> &[Store] {
        &self.file.store
    }

    /// The members that hold a page of a container, so that loading them is reading back.
    pub fn is_read_back_member(&self, member: &str) -> bool {
        self.file.read_back.members.iter().any(|name| name == member)
    }

    /// Whether the address of this member is the page of the struct around it.
    pub fn is_page_member(&self, tag: &str, member: &str) -> bool {
        self.file.inside.iter().any(|inside| inside.tag == tag && inside.member == member)
    }

    /// Why what is loaded from this member is not followed, where it is not.
    pub fn leaves(&self, tag: &str, member: &str) -> Option<&str> {
        let mut leaves = self.file.leaves.iter();
        let found = leaves.find(|leaves| leaves.tag == tag && leaves.member == member);
        found.map(|leaves| leaves.why.as_str())
    }

    /// How calling `name` writes to pages, where it does.
    pub fn writes(&self, name: &str) -> Option<&WriteFunctions> {
        let is_it = |pattern: &String| matches_pattern(pattern, name);
        self.file.write.iter().find(|write| write.functions.iter().any(is_it))
    }

    /// Whether calling `name` gives the address of a page's memory.
    pub fn maps(&self, name: &str) -> bool {
        self.file.maps.functions.iter().any(|pattern| matches_pattern(pattern.get_ref(), name))
    }

    /// What the flags of sources look like, where that is told.
    pub fn source_flags(&self) -> Option<&FlagNames> {
        self.file.source_flags.as_ref()
    }

    /// The helpers that tell a user-backed iterator, the best first.
    pub fn conditions(&self) -> &[ConditionHelper] {
        &self.file.condition
    }

    /// The functions that set and ask for bits.
    pub fn flags(&self) -> impl Iterator<Item = &FlagFunctions> {
        self.file.flag.iter()
    }

    /// What is true where the memory of the iterator `text` is written to, where that can be asked.
    pub fn iterator_written(&self, text: &str) -> Option<String> {
        Some(self.file.iterator.written.as_ref()?.replace("{}", text))
    }

    /// The type of iterators, as in `struct iov_iter`.
    pub fn iterator_type(&self) -> &str {
        &self.file.iterator.ty
    }

    /// Whether a function takes or gives back a reference.
    pub fn is_touch(&self, name: &str) -> bool {
        match self.meaning(name) {
            Some(Meaning::Release(_) | Meaning::Takes) => true,
            Some(Meaning::Adder(adder)) => adder.container == Container::Nothing,
            _ => false,
        }
    }

    /// Whether a function, or a member, gives a page back out of a container.
    pub fn is_read_back(&self, name: &str) -> bool {
        self.is_read_back_member(name) || matches!(self.meaning(name), Some(Meaning::ReadBack))
    }

    /// How the names begin that take or give back a reference.
    pub fn touch_stems(&self) -> Vec<&str> {
        let releases = self.file.release.iter().flat_map(|release| &release.functions);
        let names = releases.chain(&self.file.take.functions);
        names.map(|name| name.get_ref().split('*').next().unwrap_or_default()).collect()
    }

    /// The functions that do not come back.
    pub fn no_return(&self) -> NoReturn {
        self.file.noreturn.functions.iter().map(|function| function.get_ref().clone()).collect()
    }
}

fn entries(file: &File) -> Vec<(Spanned<String>, Entry)> {
    let mut out = Vec::new();
    let mut add = |functions: &[Spanned<String>], entry: Entry| {
        out.extend(functions.iter().map(|function| (function.clone(), entry)));
    };
    for (index, source) in file.source.iter().enumerate() {
        add(&source.functions, Entry::Source(index));
    }
    for (index, adder) in file.adder.iter().enumerate() {
        add(&adder.functions, Entry::Adder(index));
    }
    for (index, other) in file.other.iter().enumerate() {
        add(&other.functions, Entry::Other(index));
    }
    for (index, pass) in file.pass.iter().enumerate() {
        add(&pass.functions, Entry::Pass(index));
    }
    for (index, release) in file.release.iter().enumerate() {
        add(&release.functions, Entry::Release(index));
    }
    add(&file.take.functions, Entry::Takes);
    add(&file.read_back.functions, Entry::ReadBack);
    add(&file.fresh.functions, Entry::Fresh);
    add(&file.inert.functions, Entry::Inert);
    add(&file.clears.functions, Entry::Clears);
    add(&file.copies.functions, Entry::Copies);
    add(&file.stores.functions, Entry::Stores);
    add(&file.swaps.functions, Entry::Swaps);
    add(&file.nothing.functions, Entry::Nothing);
    add(&file.iterator.resets, Entry::Resets);
    add(&file.opaque.functions, Entry::Opaque);
    out
}

/// `*` stands for any stretch of a name.
fn matches_pattern(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_vocabulary_knows_its_names() {
        let vocabulary = Vocabulary::built_in();
        assert!(matches!(vocabulary.meaning("pin_user_pages_fast"), Some(Meaning::Source(_))));
        assert!(
            matches!(vocabulary.meaning("alloc_pages_bulk_array"), Some(Meaning::Other(o))
            if o.gives == OtherGives::Array),
            "the longer pattern wins"
        );
        assert!(vocabulary.meaning("my_function").is_none());
        assert_eq!(vocabulary.conversion("sg_set_page").as_deref(), Some("sg_set_page_from_gup"));
        assert!(vocabulary.no_return().contains("BUG"));
    }

    #[test]
    fn errors_name_file_line_and_hint() {
        let twice = DEFAULT.replacen("\"kfree*\"", "\"sg_set_page\"", 1);
        let error = Vocabulary::parse("my.toml", &twice).unwrap_err();
        let line = twice[..twice.rfind("\"sg_set_page\"").unwrap()].matches('\n').count() + 1;
        assert_eq!((error.file.as_str(), error.line), ("my.toml", line));
        assert!(error.message.contains("two meanings"), "{error}");

        let error = Vocabulary::parse("my.toml", "version = 1\nsuffx = 2\n").unwrap_err();
        assert_eq!(error.line, 2, "{error}");
        let error = Vocabulary::parse("my.toml", &DEFAULT.replacen("= 1", "= 9", 1)).unwrap_err();
        assert!(error.to_string().contains("version 9"), "{error}");
    }

    #[test]
    fn stars_stand_for_any_stretch() {
        assert!(matches_pattern("alloc_page*", "alloc_page"));
        assert!(matches_pattern("le*_to_cpu", "le32_to_cpu"));
        assert!(!matches_pattern("le*_to_cpu", "le32_to_cpup"));
        assert!(!matches_pattern("alloc_page", "alloc_pages"));
    }
}
