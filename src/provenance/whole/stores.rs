//! Which functions may store to a member.
//!
//! A member's name is looked up in the index; of the files that can see the struct, the functions that access a
//! member of that name are parsed and typed once, not solved, and those of the right struct are kept. Who only
//! reads the member stores nothing to it, but may store to what it points to.

use std::sync::Arc;

use super::super::ask::{FunctionId, HeapKey, Hop};
use super::super::engine::MemberInfo;
use super::super::vocabulary::Meaning;
use super::WholeTree;
use super::aspect::Aspect;
use super::corpus::{SourceFile, word_offsets};
use super::declared::may_be_on;
use super::macros::parameters_assigned;
use super::search::Hit;
use super::trail::Search;
use crate::items::ItemKind;
use crate::lex::{TokenId, TokenKind};

/// A member that more functions store to is not followed.
const MOST_STORING: usize = 600;

/// Nor is what is behind a pointer without a type that more files access: each keeps something else there.
pub(super) const MOST_FILES: usize = 400;

impl WholeTree {
    /// The functions that may store to the member or to what it points to; `None` where they are too many.
    pub(super) fn storing(&self, key: &HeapKey) -> Option<Arc<[FunctionId]>> {
        let behind = key.follows > 0;
        let asked = (key.last().clone(), behind);
        self.storing.get(&self.corpus.trail, &asked, || self.find_storing(&asked.0, behind))
    }

    fn find_storing(&self, hop: &Hop, behind: bool) -> Option<Arc<[FunctionId]>> {
        if hop.is_variable() {
            let found = self.storing_to_variable(hop, behind)?;
            return (found.len() <= MOST_STORING).then(|| found.into());
        }
        let files = self.mentioning(hop);
        if behind && files.len() > MOST_FILES && self.is_generic(hop) {
            return None;
        }
        let stores = |hop: &Hop, files: &[u32]| -> Vec<FunctionId> {
            let (member, tag) = (hop.member.clone(), hop.record.tag.clone());
            let search = Search::Stores { member, tag, behind };
            let in_file = |number| self.storing_in(number, hop, &search, behind);
            self.search_each(search.clone(), files, in_file)
        };
        let mut found = stores(hop, &files);
        // Who stores to another member of a union stores to this one.
        for member in self.siblings(hop) {
            let sibling = Hop { member, ..hop.clone() };
            found.extend(stores(&sibling, &self.mentioning(&sibling)));
        }
        found.sort_unstable();
        found.dedup();
        let found: Arc<[FunctionId]> = found.into();
        (found.len() <= MOST_STORING).then_some(found)
    }

    fn storing_in(&self, number: u32, hop: &Hop, search: &Search, behind: bool) -> Vec<FunctionId> {
        let key = (number, hop.clone(), behind);
        if let Some(known) = self.storing_in.known(&self.corpus.trail, &key) {
            return known.to_vec();
        }
        let (file, hits) = self.found_in(number, search);
        let Some(file) = file else { return Vec::new() };
        let stores = |hit: &Hit| {
            let id = FunctionId { file: number, item: hit.item };
            let infos = self.members(&self.function(id)?, file.clone());
            let is_it = |info: &MemberInfo| {
                info.record == hop.record && info.name.as_ref() == Some(&hop.member)
            };
            infos.values().any(is_it).then_some(id)
        };
        let found = self.storing_in.get(&self.corpus.trail, &key, || {
            self.note_of(&file, || Aspect::Found(search.clone()));
            hits.iter().filter_map(stores).collect()
        });
        found.to_vec()
    }

    /// The functions of a file that may store to a member, by their tokens.
    pub(super) fn items_storing(
        &self,
        file: &SourceFile,
        member: &str,
        tag: &str,
        behind: bool,
    ) -> Vec<Hit> {
        let mut items: Vec<Hit> = Vec::new();
        for (item, token) in file.mentions(member) {
            let is_function = matches!(
                file.items[item as usize].kind,
                ItemKind::Function | ItemKind::MacroFunction
            );
            if is_function
                && self.is_store(file, token, behind)
                && may_be_on(file, item, token, tag)
            {
                items.push(Hit::new(item, token));
            }
        }
        items.dedup_by_key(|hit| hit.item);
        items
    }

    /// Whether the access to a member at `token` may store to it, or to what is behind it.
    fn is_store(&self, file: &SourceFile, token: TokenId, behind: bool) -> bool {
        let tokens = &file.lexed.tokens;
        let is_access = tokens
            .significant_before(token)
            .is_some_and(|before| matches!(tokens.kind(before), TokenKind::Dot | TokenKind::Arrow));
        if !is_access || behind {
            return is_access;
        }
        self.is_assigned(file, token)
    }

    /// Whether what the name at `token` ends may be given a value there.
    pub(super) fn is_assigned(&self, file: &SourceFile, token: TokenId) -> bool {
        let tokens = &file.lexed.tokens;
        let Some(after) = after_index(file, token) else { return false };
        match tokens.kind(after) {
            TokenKind::Eq => true,
            // An argument: its address, or what a macro stores to.
            TokenKind::Comma | TokenKind::RParen => self.is_stored_argument(file, token),
            _ => false,
        }
    }

    /// Whether the argument that ends with the member at `token` is an address, or one of a macro that stores.
    fn is_stored_argument(&self, file: &SourceFile, token: TokenId) -> bool {
        let tokens = &file.lexed.tokens;
        let mut depth = 0usize;
        let mut at = token;
        while let Some(before) = tokens.significant_before(at) {
            match tokens.kind(before) {
                TokenKind::RParen | TokenKind::RBracket => depth += 1,
                TokenKind::LBracket => depth = depth.saturating_sub(1),
                TokenKind::LParen if depth > 0 => depth -= 1,
                TokenKind::Amp if depth == 0 => return true,
                TokenKind::LParen => {
                    let callee = tokens.significant_before(before);
                    let name = callee.map(|callee| file.lexed.text(callee).to_string());
                    let meaning = name.as_deref().and_then(|name| self.vocabulary.meaning(name));
                    let is_given = |name: &String| !parameters_assigned(file, name).is_empty();
                    if matches!(meaning, Some(Meaning::Stores | Meaning::Swaps))
                        || meaning.is_none() && name.as_ref().is_some_and(is_given)
                    {
                        return true;
                    }
                    // A parenthesis around an operand of `&`: `&(x->member)`.
                    let operator =
                        callee.is_some_and(|callee| matches!(tokens.kind(callee), TokenKind::Amp));
                    return operator;
                }
                TokenKind::Semi | TokenKind::LBrace | TokenKind::RBrace => return false,
                _ => {}
            }
            at = before;
        }
        false
    }
}

/// The token behind a member and its index.
fn after_index(file: &SourceFile, token: TokenId) -> Option<TokenId> {
    let tokens = &file.lexed.tokens;
    let mut after = tokens.significant_from(token.next())?;
    while tokens.kind(after) == TokenKind::LBracket {
        let mut depth = 0usize;
        loop {
            match tokens.kind(after) {
                TokenKind::LBracket => depth += 1,
                TokenKind::RBracket => depth -= 1,
                _ => {}
            }
            after = tokens.significant_from(after.next())?;
            if depth == 0 {
                break;
            }
        }
    }
    Some(after)
}

/// Whether the text accesses a member of this name in a way that may store to it.
pub(super) fn may_store(bytes: &[u8], member: &str, behind: bool) -> bool {
    word_offsets(bytes, member).any(|at| {
        let before = bytes[..at].trim_ascii_end();
        let is_access = before.ends_with(b"->") || before.ends_with(b".");
        let after = bytes[at + member.len()..].trim_ascii_start();
        let may_store = match after.first() {
            Some(b'=') => after.get(1) != Some(&b'='),
            Some(b',' | b')' | b'[' | b'/') => true,
            _ => false,
        };
        is_access && (behind || may_store)
    })
}
