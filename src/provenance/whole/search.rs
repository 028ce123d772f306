//! Searches through the text of many files: which of them have nothing for it.
//!
//! Everything here is by text and tokens alone, so that a file that has nothing can be asked again when it has changed,
//! and nothing else has to be known.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use bstr::ByteSlice;
use rustc_hash::FxHashMap;

use super::WholeTree;
use super::aspect::{Aspect, SOMETHING};
use super::corpus::{SourceFile, may_define, word_offsets};
use super::declared::may_be_on;
use super::macros::stores_of_macros;
use super::stores::may_store;
use super::trail::Search;
use crate::lex::{TokenId, TokenKind};

/// A search of fewer files is done before another thread has begun.
const FILES_WORTH_A_THREAD: usize = 64;

/// Files that a thread takes at a time.
const FILES_AT_A_TIME: usize = 8;

impl WholeTree {
    /// What `find` finds in each of `files`, in their order, noted as one search.
    ///
    /// A search through the files of half a tree takes seconds, and the other threads of the pool soon wait for what
    /// it is part of. So it is done by threads of its own beside this one. They are not the pool's: a thread of the
    /// pool that waits takes up other work, which could need what is being worked out here.
    pub(super) fn search_each<T: Send>(
        &self,
        search: Search,
        files: &[u32],
        find: impl Fn(u32) -> Vec<T> + Sync,
    ) -> Vec<T> {
        let trail = &self.corpus.trail;
        let helpers = if files.len() < FILES_WORTH_A_THREAD { 0 } else { self.helpers.take() };
        if helpers == 0 {
            let in_all = || files.iter().flat_map(|&number| find(number)).collect();
            return trail.search(search, in_all);
        }
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found: Vec<(usize, Vec<T>)> = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(chunk) = files.chunks(FILES_AT_A_TIME).nth(at) else { break found };
                found.push((at, chunk.iter().flat_map(|&number| find(number)).collect()));
            }
        };
        let (search, work) = (&search, &work);
        let mut found = trail.search(search.clone(), || {
            thread::scope(|scope| {
                let help = || scope.spawn(move || trail.help(search, work));
                let threads: Vec<_> = (0..helpers).map(|_| help()).collect();
                let mut found = work();
                for thread in threads {
                    let (more, parts) =
                        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                    found.extend(more);
                    parts.into_iter().for_each(|part| trail.note(Some(part)));
                }
                found
            })
        });
        self.helpers.give_back(helpers);
        found.sort_unstable_by_key(|&(at, _)| at);
        found.into_iter().flat_map(|(_, found)| found).collect()
    }

    /// What a search finds in a file, and the file: `None` where that is nothing. Noted for the search at hand.
    pub(super) fn found_in(
        &self,
        number: u32,
        search: &Search,
    ) -> (Option<Arc<SourceFile>>, Vec<Hit>) {
        if self.is_known_quiet(number, search) {
            self.note_quiet(number);
            return (None, Vec::new());
        }
        let file = self.file_where(number, |bytes| self.may_have(bytes, search));
        let found = file.as_ref().map(|file| self.hits(file, search)).unwrap_or_default();
        let file = file.filter(|_| !found.is_empty());
        match &file {
            Some(file) => self.note_of(file, || Aspect::Found(search.clone())),
            None => self.note_quiet(number),
        }
        (file, found)
    }

    /// Whether a file's text has what is searched for, noted for the search at hand.
    pub(super) fn has_by_text(&self, number: u32, search: &Search) -> bool {
        let has = !self.is_known_quiet(number, search) && !self.has_nothing_for(search, number);
        match has {
            true => self.note_answer(number, || Aspect::Found(search.clone()), || SOMETHING),
            false => self.note_quiet(number),
        }
        has
    }

    /// Whether an earlier run found that a file, which is the same, has nothing for a search.
    pub(super) fn is_known_quiet(&self, number: u32, search: &Search) -> bool {
        self.quiet.get(search).is_some_and(|files| files.binary_search(&number).is_ok())
    }

    /// Knows files, ascending, that have nothing for a search.
    pub fn know_quiet(&mut self, quiet: Quiet) {
        self.quiet = quiet;
    }

    pub(super) fn note_quiet(&self, number: u32) {
        if (number as usize) < self.files {
            self.corpus.trail.note_quiet(number);
        }
    }

    /// Whether a file has nothing for a search.
    pub fn has_nothing_for(&self, search: &Search, number: u32) -> bool {
        if is_by_text(search) {
            let bytes = self.bytes(number);
            return !bytes.is_some_and(|bytes| self.may_have(&bytes, search));
        }
        let file = self.file_where(number, |bytes| self.may_have(bytes, search));
        file.is_none_or(|file| self.hits(&file, search).is_empty())
    }

    /// Whether a file may have something for a search, by its text.
    pub(super) fn may_have(&self, bytes: &[u8], search: &Search) -> bool {
        match search {
            Search::Definitions(name) => may_define(bytes, name),
            Search::Macros(name) => may_define_macro(bytes, name),
            Search::MacroStores => !stores_of_macros(bytes).is_empty(),
            Search::Touches => {
                let mut stems = self.vocabulary.touch_stems().into_iter();
                stems.any(|stem| bytes.contains_str(stem))
            }
            Search::Stores { member, behind, .. } => may_store(bytes, member, *behind),
            Search::Calls { member, .. } => calls_member(bytes, member),
            Search::Targets { member, .. } => sets_member(bytes, member),
        }
    }

    /// What a file has for a search, by its tokens.
    pub(super) fn hits(&self, file: &SourceFile, search: &Search) -> Vec<Hit> {
        match search {
            Search::Macros(_) | Search::MacroStores | Search::Touches => Vec::new(),
            Search::Definitions(name) => items_defining(file, name),
            Search::Stores { member, tag, behind } => {
                self.items_storing(file, member, tag, *behind)
            }
            Search::Calls { member, tag } => calls_by_text(file, member, tag),
            Search::Targets { member, tag } => targets_by_text(file, member, tag),
        }
    }
}

/// Files, ascending, that have nothing for a search.
pub type Quiet = FxHashMap<Search, Vec<u32>>;

/// Something that a search finds in a file.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// The item it is in.
    pub(super) item: u32,
    /// Where: the member, or the item's start.
    pub(super) token: TokenId,
    /// The name of the function that a member is given, else the same token.
    pub(super) value: TokenId,
}

impl Hit {
    pub(super) fn new(item: u32, token: TokenId) -> Hit {
        Hit { item, token, value: token }
    }
}

/// Whether the text alone answers a search.
pub(super) fn is_by_text(search: &Search) -> bool {
    matches!(search, Search::Macros(_) | Search::MacroStores | Search::Touches)
}

/// How many threads help with searches.
#[derive(Debug, Default)]
pub(super) struct Helpers(AtomicUsize);

impl Helpers {
    /// Takes as many as the pool at hand has threads beside this one, less those that were taken; none outside a pool,
    /// which a helper is.
    fn take(&self) -> usize {
        if rayon::current_thread_index().is_none() {
            return 0;
        }
        let most = rayon::current_num_threads() - 1;
        let taken = (self.0)
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| Some(taken.max(most)));
        most.saturating_sub(taken.expect("always some"))
    }

    fn give_back(&self, helpers: usize) {
        self.0.fetch_sub(helpers, Ordering::Relaxed);
    }
}

/// The functions called `name` that a file defines and others can call.
fn items_defining(file: &SourceFile, name: &str) -> Vec<Hit> {
    let is_header = file.lexed.path.as_str().ends_with(".h");
    let ids = file.functions(name).iter().copied();
    let shared = ids.filter(|&item| is_header || !file.is_static(item));
    shared.map(|item| Hit::new(item, file.items[item as usize].tokens.start)).collect()
}

/// Whether the text makes `name` a macro.
fn may_define_macro(bytes: &[u8], name: &str) -> bool {
    word_offsets(bytes, name).any(|at| bytes[..at].trim_ascii_end().ends_with(b"define"))
}

/// Where a file may call through a member, by its tokens.
fn calls_by_text(file: &SourceFile, member: &str, tag: &str) -> Vec<Hit> {
    let mentions = file.mentions(member).into_iter();
    let calls = mentions.filter(|&(item, token)| {
        let after = file.lexed.tokens.significant_from(token.next());
        let called = after.is_some_and(|after| {
            let kind = file.lexed.tokens.kind(after);
            kind == TokenKind::LParen || kind == TokenKind::RParen
        });
        called && may_be_on(file, item, token, tag)
    });
    calls.map(|(item, token)| Hit::new(item, token)).collect()
}

/// Where a file may give a member a function, by its tokens.
fn targets_by_text(file: &SourceFile, member: &str, tag: &str) -> Vec<Hit> {
    let mentions = file.mentions(member).into_iter();
    let given = mentions.filter_map(|(item, token)| {
        let eq = file.lexed.tokens.significant_from(token.next())?;
        let is_given = file.lexed.tokens.kind(eq) == TokenKind::Eq;
        let value = is_given.then(|| named_function(file, eq))??;
        may_be_on(file, item, token, tag).then_some(Hit { item, token, value })
    });
    given.collect()
}

/// Whether the text calls something through a member of this name.
fn calls_member(bytes: &[u8], member: &str) -> bool {
    word_offsets(bytes, member).any(|at| {
        let before = bytes[..at].trim_ascii_end();
        let after = bytes[at + member.len()..].trim_ascii_start();
        (before.ends_with(b"->") || before.ends_with(b"."))
            && after.first().is_some_and(|&b| b == b'(' || b == b')')
    })
}

/// Whether the text gives a member of this name a value.
fn sets_member(bytes: &[u8], member: &str) -> bool {
    word_offsets(bytes, member).any(|at| {
        let before = bytes[..at].trim_ascii_end();
        let after = bytes[at + member.len()..].trim_ascii_start();
        (before.ends_with(b"->") || before.ends_with(b"."))
            && after.first() == Some(&b'=')
            && after.get(1) != Some(&b'=')
    })
}

/// The function's name after a `=`, if there is nothing else.
fn named_function(file: &SourceFile, eq: TokenId) -> Option<TokenId> {
    let mut value = file.lexed.tokens.significant_from(eq.next())?;
    if file.lexed.tokens.kind(value) == TokenKind::Amp {
        value = file.lexed.tokens.significant_from(value.next())?;
    }
    let after = file.lexed.tokens.significant_from(value.next())?;
    let ends = matches!(
        file.lexed.tokens.kind(after),
        TokenKind::Comma | TokenKind::Semi | TokenKind::RBrace
    );
    let is_name = file.lexed.tokens.kind(value) == TokenKind::Ident
        && file.lexed.text(value).iter().any(u8::is_ascii_lowercase);
    // `NULL`, or another constant.
    (ends && is_name).then_some(value)
}
