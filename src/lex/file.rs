//! A file with its tokens: what every later stage is given.

use bstr::{BStr, ByteSlice};

use super::{TokenId, TokenKind, TokenRange, Tokens, lex};
use crate::source::{LineIndex, Location, Span, TreePath};

/// The bytes of a file, its tokens and its lines.
#[derive(Clone, Debug)]
pub struct LexedFile {
    /// Where it is in the tree.
    pub path: TreePath,
    /// What was read, unchanged.
    pub bytes: Vec<u8>,
    /// All of it as tokens.
    pub tokens: Tokens,
    /// Where its lines start.
    pub lines: LineIndex,
}

impl LexedFile {
    /// Lexes `bytes`. Panics past 4 GiB, which the tree walk does not let through.
    pub fn new(path: TreePath, bytes: Vec<u8>) -> LexedFile {
        let tokens = lex(&bytes);
        let lines = LineIndex::new(&bytes);
        LexedFile { path, bytes, tokens, lines }
    }

    /// The text of one token.
    pub fn text(&self, id: TokenId) -> &BStr {
        self.bytes[self.tokens.span(id).range()].as_bstr()
    }

    /// The text of a range of tokens, trivia between them included.
    pub fn range_text(&self, range: TokenRange) -> &BStr {
        self.bytes[self.tokens.range_span(range).range()].as_bstr()
    }

    /// Whether token `id` is the identifier or keyword `word`.
    pub fn is_word(&self, id: TokenId, word: &str) -> bool {
        self.tokens.kind(id) == TokenKind::Ident && self.text(id) == word.as_bytes()
    }

    /// The place where token `id` starts.
    pub fn location(&self, id: TokenId) -> Location {
        let start = if id.index() < self.tokens.len() {
            self.tokens.span(id).start
        } else {
            self.bytes.len() as u32
        };
        self.lines.location(start)
    }

    /// The bytes of a range of tokens.
    pub fn span(&self, range: TokenRange) -> Span {
        self.tokens.range_span(range)
    }
}
