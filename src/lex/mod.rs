//! Lossless tokens: every byte of the file belongs to exactly one token, in order.
//!
//! In: bytes, whatever they are. Out: [`Tokens`]. The invariant that everything else leans on: all token
//! texts joined give back the file ([`Tokens::span`]s are contiguous from 0 to the end).
//!
//! A preprocessor directive is *one* token, from its `#` to the end of its logical line (the newline is
//! not part of it), so that the parser can step over it as it does over a comment; who wants to look
//! inside lexes its text again with [`directive`]. Nothing is an error here: a byte that C has no use
//! for is a [`TokenKind::Stray`], an unterminated literal ends with its line.

pub mod directive;
mod file;
mod kinds;
mod scan;

pub use file::LexedFile;
pub use kinds::KindSet;
pub use scan::lex;

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// The number of a token in its file, trivia counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenId(pub u32);

impl TokenId {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// The token after this one, trivia or not.
    pub fn next(self) -> TokenId {
        TokenId(self.0 + 1)
    }
}

/// A half-open range of tokens of one file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TokenRange {
    /// The first token.
    pub start: TokenId,
    /// One past the last token.
    pub end: TokenId,
}

impl TokenRange {
    /// The range `start..end`, by number.
    pub fn new(start: u32, end: u32) -> TokenRange {
        TokenRange { start: TokenId(start), end: TokenId(end) }
    }

    /// The tokens of the range.
    pub fn iter(self) -> impl DoubleEndedIterator<Item = TokenId> + Clone {
        (self.start.0..self.end.0).map(TokenId)
    }

    /// Whether `token` is one of them.
    pub fn contains(self, token: TokenId) -> bool {
        self.start <= token && token < self.end
    }

    /// Whether all of `other` lies in this range.
    pub fn covers(self, other: TokenRange) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether there is no token in it.
    pub fn is_empty(self) -> bool {
        self.start >= self.end
    }

    /// The smallest range that holds both.
    pub fn join(self, other: TokenRange) -> TokenRange {
        TokenRange { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// What a token is. The first four are trivia: the C grammar does not see them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the punctuators below are named by what they look like")]
pub enum TokenKind {
    /// A run of white space: blanks, newlines, form feeds, `\`-newline.
    Space,
    /// `/* … */`; an unterminated one runs to the end of the file.
    BlockComment,
    /// `// …`, without its newline.
    LineComment,
    /// `#…` at the start of a line, to the end of its logical line, without the newline.
    Directive,
    /// An identifier or keyword; bytes from 0x80 up count as letters.
    Ident,
    /// A preprocessing number (C11 6.4.8), so `08` and `0x1p-3f` too.
    Number,
    /// `'…'`, with its prefix.
    Char,
    /// `"…"`, with its prefix.
    String,
    LParen,
    RParen,
    LBracket,
    RBracket,
    LBrace,
    RBrace,
    Semi,
    Comma,
    Colon,
    Question,
    Dot,
    Ellipsis,
    Arrow,
    PlusPlus,
    MinusMinus,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Amp,
    Pipe,
    Caret,
    Tilde,
    Bang,
    Shl,
    Shr,
    Lt,
    Gt,
    Le,
    Ge,
    EqEq,
    BangEq,
    AmpAmp,
    PipePipe,
    Eq,
    StarEq,
    SlashEq,
    PercentEq,
    PlusEq,
    MinusEq,
    ShlEq,
    ShrEq,
    AmpEq,
    CaretEq,
    PipeEq,
    /// `#` elsewhere than at the start of a line.
    Hash,
    HashHash,
    At,
    /// One byte that C has no use for: NUL, a lone `\`, a back quote, a control byte.
    Stray,
}

impl TokenKind {
    /// Whether the grammar steps over it.
    pub fn is_trivia(self) -> bool {
        self <= TokenKind::Directive
    }

    /// Whether it opens a bracket pair.
    pub fn is_open(self) -> bool {
        matches!(self, TokenKind::LParen | TokenKind::LBracket | TokenKind::LBrace)
    }

    /// Whether it closes a bracket pair.
    pub fn is_close(self) -> bool {
        matches!(self, TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace)
    }
}

/// The tokens of one file: kinds and starts side by side, five bytes a token.
#[derive(Clone, Debug)]
pub struct Tokens {
    kinds: Vec<TokenKind>,
    /// One more than `kinds`: the last is the file's length.
    starts: Vec<u32>,
}

impl Tokens {
    /// How many tokens there are, trivia counted.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether the file was empty.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// All tokens of the file.
    pub fn all(&self) -> TokenRange {
        TokenRange::new(0, self.kinds.len() as u32)
    }

    /// What token `id` is.
    pub fn kind(&self, id: TokenId) -> TokenKind {
        self.kinds[id.index()]
    }

    /// The bytes of token `id`.
    pub fn span(&self, id: TokenId) -> Span {
        Span { start: self.starts[id.index()], end: self.starts[id.index() + 1] }
    }

    /// The bytes from the first token of `range` to its last; empty, at its start, for an empty range.
    pub fn range_span(&self, range: TokenRange) -> Span {
        let start = self.starts[range.start.index()];
        Span { start, end: if range.is_empty() { start } else { self.starts[range.end.index()] } }
    }

    /// The token that holds byte `offset`; the last token for an offset past the end.
    pub fn at_offset(&self, offset: u32) -> Option<TokenId> {
        let after = self.starts[..self.kinds.len()].partition_point(|&start| start <= offset);
        after.checked_sub(1).map(|id| TokenId(id as u32))
    }

    /// The next token from `id` on (itself included) that is not trivia.
    pub fn significant_from(&self, id: TokenId) -> Option<TokenId> {
        let rest = self.kinds.get(id.index()..)?;
        let skip = rest.iter().position(|kind| !kind.is_trivia())?;
        Some(TokenId(id.0 + skip as u32))
    }

    /// The last token before `id` that is not trivia.
    pub fn significant_before(&self, id: TokenId) -> Option<TokenId> {
        let at = self.kinds[..id.index()].iter().rposition(|kind| !kind.is_trivia())?;
        Some(TokenId(at as u32))
    }

    /// The tokens of `range` that are not trivia.
    pub fn significant(&self, range: TokenRange) -> impl DoubleEndedIterator<Item = TokenId> + '_ {
        range.iter().filter(|&id| !self.kind(id).is_trivia())
    }
}
