//! Memory that is used as what its type does not say: `(struct page **)bio->bi_io_vec`.
//!
//! A call leaves no page in memory whose type has no room for one, unless the callee treats it as pages too. Who
//! does says so with a cast, beside the member that leads to the memory.

use super::super::ask::{FunctionId, Hop};
use super::super::calls::PAGE_TAGS;
use super::WholeTree;
use super::aspect::Aspect;
use super::corpus::{SourceFile, word_offsets};
use crate::lex::{TokenId, TokenKind};

/// Of a member that more files mention it is not found out.
const MOST_FILES: usize = 400;

impl WholeTree {
    /// Whether a function other than `own` may use what is in the member, or behind it, as pages.
    pub(super) fn is_punned_elsewhere(&self, hop: &Hop, own: FunctionId) -> bool {
        let key = (hop.clone(), own);
        self.punned.get(&self.corpus.trail, &key, || self.find_punned(hop, own))
    }

    fn find_punned(&self, hop: &Hop, own: FunctionId) -> bool {
        let files = self.mentioning(hop);
        if files.len() > MOST_FILES {
            return true;
        }
        let Some(function) = self.function(own) else { return true };
        let (name, path) = (&function.scope().name, self.path(own.file));
        files.into_iter().any(|number| {
            let casts = || Aspect::Casts(hop.member.clone());
            let is_mentioned = |bytes: &[u8]| word_offsets(bytes, &hop.member).next().is_some();
            let Some(file) = self.file_passing(number, casts, is_mentioned) else { return true };
            // `own` may be a function of another version of this file.
            let is_own = |item: u32| {
                file.lexed.path == path && self.functions_of(&file, name).contains(&item)
            };
            let mut mentions = file.mentions(&hop.member).into_iter();
            mentions.any(|(item, _)| !is_own(item) && casts_to_pages(&file, item))
        })
    }
}

/// Whether the item casts something to a pointer to pages, or to pointers to them.
pub(super) fn casts_to_pages(file: &SourceFile, item: u32) -> bool {
    let tokens = &file.lexed.tokens;
    let words: Vec<TokenId> = tokens.significant(file.items[item as usize].tokens).collect();
    words.windows(4).any(|window| {
        let [open, keyword, tag, star] = *window else { return false };
        tokens.kind(open) == TokenKind::LParen
            && file.lexed.is_word(keyword, "struct")
            && PAGE_TAGS.iter().any(|name| file.lexed.is_word(tag, name))
            && tokens.kind(star) == TokenKind::Star
            && is_closed(file, star)
    })
}

/// Whether nothing but stars follows up to the closing parenthesis.
fn is_closed(file: &SourceFile, star: TokenId) -> bool {
    let tokens = &file.lexed.tokens;
    let mut after = Some(star);
    while let Some(token) = after.filter(|&token| tokens.kind(token) == TokenKind::Star) {
        after = tokens.significant_from(token.next());
    }
    after.is_some_and(|token| tokens.kind(token) == TokenKind::RParen)
}
