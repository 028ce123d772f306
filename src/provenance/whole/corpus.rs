//! The tree's text as the solver sees it: files by number, lexed and parsed when first asked for.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use bstr::ByteSlice;
use memchr::memmem;
use rustc_hash::{FxHashMap, FxHashSet};

use super::super::Function;
use super::super::vocabulary::{Meaning, Vocabulary};
use super::aspect::item_keys;
use super::trail::{Query, Trail};
use crate::ast::StructKind;
use crate::cfg::NoReturn;
use crate::items::{Item, ItemKind, TypeNames, split};
use crate::lex::{LexedFile, TokenId, TokenKind};
use crate::source::TreePath;
use crate::tree::words::is_word_byte;

/// A place in the text of a file: its number and an offset.
pub type TextPlace = (u32, u32);

/// What the solver asks of the tree. Answers do not change while it works.
pub trait Corpus: Send + Sync {
    /// The files that may mention `word`, ascending: all that do, and rarely one more.
    fn mentioning(&self, word: &str) -> Vec<u32>;

    /// A file's path.
    fn path(&self, file: u32) -> TreePath;

    /// A file's text; `None` where it cannot be read.
    fn bytes(&self, file: u32) -> Option<Vec<u8>>;

    /// Where headers define `struct tag` or `union tag`.
    fn definitions(&self, kind: StructKind, tag: &str) -> Vec<TextPlace>;

    /// Where headers make `name` a type.
    fn typedefs(&self, name: &str) -> Vec<TextPlace>;
}

/// A tree that remembers what it was asked.
pub(super) struct Asked {
    corpus: Box<dyn Corpus>,
    pub(super) trail: Trail,
}

impl Asked {
    pub(super) fn new(corpus: Box<dyn Corpus>, trail: Trail) -> Asked {
        Asked { corpus, trail }
    }

    /// The tree itself: what is asked of it is not remembered.
    pub(super) fn plain(&self) -> &dyn Corpus {
        &*self.corpus
    }

    pub(super) fn mentioning(&self, word: &str) -> Vec<u32> {
        self.trail.note_query(|| Query::Mentioning(word.to_owned()));
        self.corpus.mentioning(word)
    }

    pub(super) fn path(&self, file: u32) -> TreePath {
        self.corpus.path(file)
    }

    pub(super) fn definitions(&self, kind: StructKind, tag: &str) -> Vec<TextPlace> {
        self.trail.note_query(|| Query::Definitions(kind, tag.to_owned()));
        self.corpus.definitions(kind, tag)
    }

    pub(super) fn typedefs(&self, name: &str) -> Vec<TextPlace> {
        self.trail.note_query(|| Query::Typedefs(name.to_owned()));
        self.corpus.typedefs(name)
    }
}

/// A file that was read, with its functions.
#[derive(Debug)]
pub(super) struct SourceFile {
    pub(super) number: u32,
    pub(super) lexed: LexedFile,
    pub(super) items: Vec<Item>,
    by_name: FxHashMap<String, Vec<u32>>,
    parsed: Vec<OnceLock<Option<Arc<Function>>>>,
    /// The functions that are summarised beforehand.
    summarised: OnceLock<FxHashSet<u32>>,
    /// What each item says.
    keys: OnceLock<Box<[u64]>>,
}

impl SourceFile {
    pub(super) fn new(number: u32, lexed: LexedFile) -> SourceFile {
        let items = split(&lexed);
        let mut by_name: FxHashMap<String, Vec<u32>> = FxHashMap::default();
        for (index, item) in items.iter().enumerate() {
            if let Some(name) = function_name(&lexed, item) {
                by_name.entry(lexed.text(name).to_string()).or_default().push(index as u32);
            }
        }
        let parsed = items.iter().map(|_| OnceLock::new()).collect();
        let (summarised, keys) = (OnceLock::new(), OnceLock::new());
        SourceFile { number, lexed, items, by_name, parsed, summarised, keys }
    }

    /// About how many bytes it takes, with some of its functions parsed.
    pub(super) fn heap_size(&self) -> usize {
        let LexedFile { bytes, tokens, .. } = &self.lexed;
        2 * (bytes.len() + 5 * tokens.len()) + 64 * self.items.len()
    }

    /// What each item says, as a number.
    pub(super) fn keys(&self) -> &[u64] {
        self.keys.get_or_init(|| item_keys(self))
    }

    /// The name of the function that an item defines.
    pub(super) fn function_name(&self, item: u32) -> Option<&str> {
        let name = function_name(&self.lexed, &self.items[item as usize])?;
        self.lexed.text(name).to_str().ok()
    }

    /// The function that item `index` defines; `None` for any other item, or one that could not be parsed.
    pub(super) fn function(&self, index: u32, no_return: &NoReturn) -> Option<Arc<Function>> {
        let item = self.items.get(index as usize)?;
        let parse = || {
            if !matches!(item.kind, ItemKind::Function | ItemKind::MacroFunction) {
                return None;
            }
            let ast = crate::parse::item(&self.lexed, item, &TypeNames::default()).ast?;
            Some(Arc::new(Function::new(ast, &self.lexed, no_return)))
        };
        self.parsed[index as usize].get_or_init(parse).clone()
    }

    /// The items that define functions called `name`: more than one where conditionals choose.
    pub(super) fn functions(&self, name: &str) -> &[u32] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The item around a token.
    pub(super) fn item_of(&self, token: TokenId) -> Option<u32> {
        let item = self.items.partition_point(|item| item.tokens.end.0 <= token.0);
        let inside = self.items.get(item).is_some_and(|item| item.tokens.contains(token));
        inside.then_some(item as u32)
    }

    /// Whether the item's text says `static` before its parameters.
    pub(super) fn is_static(&self, item: u32) -> bool {
        let mut head = self.lexed.tokens.significant(self.items[item as usize].tokens);
        head.by_ref()
            .take_while(|&token| self.lexed.tokens.kind(token) != TokenKind::LParen)
            .any(|token| self.lexed.is_word(token, "static"))
    }

    /// Where the code mentions `word`, comments and strings left out: the item and the token.
    pub(super) fn mentions(&self, word: &str) -> Vec<(u32, TokenId)> {
        let mut out = Vec::new();
        for offset in word_offsets(&self.lexed.bytes, word) {
            let Some(token) = self.lexed.tokens.at_offset(offset as u32) else { continue };
            let Some(item) = self.item_of(token) else { continue };
            let is_code = self.lexed.tokens.kind(token) == TokenKind::Ident
                || self.lexed.tokens.kind(token) == TokenKind::Directive;
            if is_code {
                out.push((item, token));
            }
        }
        out
    }

    /// Whether a function is summarised beforehand, so that what it overwrites is known: it makes memory or hands pages
    /// out, itself or through functions of this file, and does not call itself.
    pub(super) fn is_summarised(&self, item: u32, vocabulary: &Vocabulary) -> bool {
        self.summarised.get_or_init(|| self.find_summarised(vocabulary)).contains(&item)
    }

    fn find_summarised(&self, vocabulary: &Vocabulary) -> FxHashSet<u32> {
        let mut calls: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut gives_pages: FxHashSet<u32> = FxHashSet::default();
        for &index in self.by_name.values().flatten() {
            let mut called: Vec<u32> = Vec::new();
            for token in self.lexed.tokens.significant(self.items[index as usize].tokens) {
                if self.lexed.tokens.kind(token) != TokenKind::Ident {
                    continue;
                }
                let Ok(name) = self.lexed.text(token).to_str() else { continue };
                let own = self.functions(name);
                called.extend(own);
                let after = self.lexed.tokens.significant_from(token.next());
                let is_call =
                    after.is_some_and(|after| self.lexed.tokens.kind(after) == TokenKind::LParen);
                if own.is_empty()
                    && is_call
                    && matches!(
                        vocabulary.meaning(name),
                        Some(Meaning::Source(_) | Meaning::Other(_) | Meaning::Fresh)
                    )
                {
                    gives_pages.insert(index);
                }
            }
            // Its own name stands in its header once.
            if let Some(own) = called.iter().position(|&c| c == index) {
                called.remove(own);
            }
            called.sort_unstable();
            called.dedup();
            calls.insert(index, called);
        }
        let is_wanted = |start: u32| {
            let mut gives = gives_pages.contains(&start);
            let mut seen: FxHashSet<u32> = FxHashSet::default();
            let mut work = calls[&start].clone();
            while let Some(next) = work.pop() {
                if next == start {
                    return false;
                }
                if seen.insert(next) {
                    gives |= gives_pages.contains(&next);
                    work.extend(&calls[&next]);
                }
            }
            gives
        };
        calls.keys().copied().filter(|&start| is_wanted(start)).collect()
    }
}

/// Where `word` stands in `bytes` as a whole word.
pub(super) fn word_offsets<'a>(bytes: &'a [u8], word: &'a str) -> impl Iterator<Item = usize> + 'a {
    memmem::find_iter(bytes, word.as_bytes()).filter(move |&at| {
        let before = at.checked_sub(1).map(|at| bytes[at]);
        let after = bytes.get(at + word.len()).copied();
        !before.is_some_and(is_word_byte) && !after.is_some_and(is_word_byte)
    })
}

/// Whether `bytes` seem to define a function called `name`: it stands before parentheses at the start of a
/// line, and a body or an attribute follows.
pub(super) fn may_define(bytes: &[u8], name: &str) -> bool {
    word_offsets(bytes, name).any(|at| {
        let line = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
        if bytes[line..].first().is_none_or(|byte| byte.is_ascii_whitespace() || *byte == b'#') {
            return false;
        }
        let rest = bytes[at + name.len()..].trim_ascii_start();
        if rest.first() != Some(&b'(') {
            return false;
        }
        let mut depth = 0;
        for (index, byte) in rest.iter().enumerate().take(4096) {
            match byte {
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let next = rest[index + 1..].trim_ascii_start().first();
                return next
                    .is_some_and(|&next| next == b'{' || next == b'/' || is_word_byte(next));
            }
        }
        false
    })
}

/// The name that a function's item defines: what stands before its parameters.
fn function_name(file: &LexedFile, item: &Item) -> Option<TokenId> {
    let tokens: Vec<TokenId> = match item.kind {
        ItemKind::Function | ItemKind::MacroFunction => {
            file.tokens.significant(item.tokens).collect()
        }
        _ => return None,
    };
    let kind = |at: usize| file.tokens.kind(tokens[at]);
    let body = (0..tokens.len()).find(|&at| kind(at) == TokenKind::LBrace)?;
    if item.kind == ItemKind::MacroFunction {
        let open = (0..body).find(|&at| kind(at) == TokenKind::LParen)?;
        return tokens.get(open + 1).copied();
    }
    // The last pair of parentheses before the body, but for attributes behind the parameters.
    let mut depth = 0;
    let mut found = None;
    for at in 0..body {
        match kind(at) {
            TokenKind::LParen => {
                if depth == 0 && at > 0 && kind(at - 1) == TokenKind::Ident && found.is_none() {
                    let name = file.text(tokens[at - 1]);
                    found = (!name.starts_with(b"__") || at + 1 == body).then(|| tokens[at - 1]);
                }
                depth += 1;
            }
            TokenKind::RParen => depth -= 1,
            _ => {}
        }
    }
    found.or_else(|| {
        let open = (0..body).find(|&at| kind(at) == TokenKind::LParen)?;
        tokens.get(open.checked_sub(1)?).copied()
    })
}
