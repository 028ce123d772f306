//! The visible tokens of one text as the recogniser functions see them: kinds, word classes, bracket pairs.
//!
//! Indices count visible tokens only. An index past the end is [`END`] and [`Word::None`], so that
//! lookahead needs no bounds checks.

use super::Failure;
use crate::items::type_names::TypeNames;
use crate::items::words::{Word, word_of};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

/// The kind of what lies past the last token: no visible token is trivia.
pub(super) const END: TokenKind = TokenKind::Space;

/// How deep brackets may nest. The deepest in Linux 6.1 is 31.
const MAX_BRACKETS: usize = 200;

#[derive(Clone, Copy, Debug)]
struct Token {
    id: TokenId,
    kind: TokenKind,
    word: Word,
    /// The index of the closing bracket, for an opening one.
    close: u32,
}

/// The tokens of one text.
#[derive(Debug)]
pub(super) struct Cursor<'a> {
    pub(super) file: &'a LexedFile,
    tokens: Vec<Token>,
    end: TokenId,
}

impl<'a> Cursor<'a> {
    /// Reads `tokens` in. Fails on brackets that do not pair or nest too deep.
    pub(super) fn new(
        file: &'a LexedFile,
        ids: &[TokenId],
        names: &TypeNames,
    ) -> Result<Cursor<'a>, Failure> {
        let mut tokens: Vec<Token> = Vec::with_capacity(ids.len());
        let mut open: Vec<usize> = Vec::new();
        for (index, &id) in ids.iter().enumerate() {
            let kind = file.tokens.kind(id);
            let word = match word_of(file, id) {
                Word::Name if names.is_attribute(file.text(id)) => Word::Attribute,
                word => word,
            };
            tokens.push(Token { id, kind, word, close: u32::MAX });
            if kind.is_open() {
                open.push(index);
                if open.len() > MAX_BRACKETS {
                    return Err(Failure::too_deep(id));
                }
            } else if kind.is_close() {
                let pair = open.pop().filter(|&at| pairs(tokens[at].kind, kind));
                let at = pair.ok_or_else(|| Failure::at(id, "this bracket closes nothing"))?;
                tokens[at].close = index as u32;
            }
        }
        if let Some(&at) = open.first() {
            return Err(Failure::at(tokens[at].id, "this bracket is never closed"));
        }
        let end = ids.last().map_or(TokenId(0), |id| id.next());
        Ok(Cursor { file, tokens, end })
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn kind(&self, at: usize) -> TokenKind {
        self.tokens.get(at).map_or(END, |token| token.kind)
    }

    pub(super) fn word(&self, at: usize) -> Word {
        self.tokens.get(at).map_or(Word::None, |token| token.word)
    }

    pub(super) fn is_name(&self, at: usize) -> bool {
        self.word(at) == Word::Name
    }

    /// The file token at `at`; one past the last one for an index past the end.
    pub(super) fn id(&self, at: usize) -> TokenId {
        self.tokens.get(at).map_or(self.end, |token| token.id)
    }

    /// The file tokens from `start` up to, not including, `end`.
    pub(super) fn range(&self, start: usize, end: usize) -> TokenRange {
        match end.checked_sub(1).filter(|&last| last >= start) {
            Some(last) => TokenRange { start: self.id(start), end: self.id(last).next() },
            None => TokenRange { start: self.id(start), end: self.id(start) },
        }
    }

    pub(super) fn text(&self, at: usize) -> &'a [u8] {
        self.tokens.get(at).map_or(b"", |token| self.file.text(token.id))
    }

    /// The index of the bracket that closes the one at `open`.
    pub(super) fn close(&self, open: usize) -> usize {
        self.tokens[open].close as usize
    }

    /// The index behind `at`, or behind the bracket pair that opens there.
    pub(super) fn skip(&self, at: usize) -> usize {
        if self.kind(at).is_open() { self.close(at) + 1 } else { at + 1 }
    }

    /// The index behind the attribute at `at` and its arguments.
    pub(super) fn skip_attribute(&self, at: usize) -> usize {
        let next = at + 1;
        if self.kind(next) == TokenKind::LParen { self.skip(next) } else { next }
    }

    /// The first index from `at` on, brackets stepped over, that lies at `limit` or satisfies `stop`.
    pub(super) fn find(
        &self,
        mut at: usize,
        limit: usize,
        stop: impl Fn(TokenKind) -> bool,
    ) -> usize {
        while at < limit && !stop(self.kind(at)) {
            at = self.skip(at);
        }
        at.min(limit)
    }

    /// Whether a newline stands between `at` and the token before it.
    pub(super) fn starts_line(&self, at: usize) -> bool {
        let Some(before) = at.checked_sub(1) else { return true };
        if at >= self.len() {
            return true;
        }
        let from = self.file.tokens.span(self.id(before)).end as usize;
        let to = self.file.tokens.span(self.id(at)).start as usize;
        self.file.bytes[from..to].contains(&b'\n')
    }

    /// The width of the white space that the line of `at` starts with, tabs going to multiples of eight.
    pub(super) fn indent(&self, at: usize) -> usize {
        let start = self.file.tokens.span(self.id(at)).start as usize;
        let line = self.file.bytes[..start].iter().rposition(|&b| b == b'\n').map_or(0, |n| n + 1);
        let mut width = 0;
        for byte in &self.file.bytes[line..] {
            match byte {
                b'\t' => width = width / 8 * 8 + 8,
                b' ' => width += 1,
                _ => break,
            }
        }
        width
    }
}

fn pairs(open: TokenKind, close: TokenKind) -> bool {
    use TokenKind::*;
    matches!((open, close), (LParen, RParen) | (LBracket, RBracket) | (LBrace, RBrace))
}
