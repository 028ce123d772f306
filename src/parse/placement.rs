//! Where lang-c's spans are in the file: spans over the wrapped text to pieces, pieces to tokens.

use lang_c::span::Span;

use crate::items::{EditKind, Normalised};
use crate::lex::TokenRange;

/// The first and the last piece of a node, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Pieces {
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The map from one parsed text to the tokens of its file.
#[derive(Clone, Copy)]
pub(super) struct Placement<'a> {
    text: &'a Normalised,
    /// How many bytes stand before the text in what lang-c was given.
    prefix: usize,
}

impl<'a> Placement<'a> {
    pub(super) fn new(text: &'a Normalised, prefix: usize) -> Placement<'a> {
        Placement { text, prefix }
    }

    /// The pieces of a span. lang-c's ends may include white space behind the node, its starts are exact.
    pub(super) fn pieces(&self, span: Span) -> Pieces {
        let start = span.start.saturating_sub(self.prefix) as u32;
        let end = span.end.saturating_sub(self.prefix) as u32;
        let last_piece = self.text.pieces.len().saturating_sub(1);
        let first = self.text.piece_at(start).unwrap_or(last_piece);
        let last = self.text.piece_before(end).unwrap_or(first);
        Pieces { first, last: last.max(first) }
    }

    /// The tokens of a run of pieces, inserted ones left out; where all are inserted, an empty range at the
    /// place of the first.
    pub(super) fn tokens(&self, pieces: Pieces) -> TokenRange {
        let all = &self.text.pieces[pieces.first..=pieces.last];
        let mut real = all.iter().map(|piece| piece.tokens).filter(|tokens| !tokens.is_empty());
        match real.next() {
            Some(first) => real.fold(first, TokenRange::join),
            None => all[0].tokens,
        }
    }

    /// The tokens of a span.
    pub(super) fn range(&self, span: Span) -> TokenRange {
        if self.text.pieces.is_empty() {
            return TokenRange::new(0, 0);
        }
        self.tokens(self.pieces(span))
    }

    /// What kind of edit the piece belongs to, if any.
    pub(super) fn edit(&self, piece: usize) -> Option<EditKind> {
        let id = self.text.pieces.get(piece)?.edit?;
        Some(self.text.edit(id).kind)
    }

    /// What kind of edit starts at `span`.
    pub(super) fn edit_at(&self, span: Span) -> Option<EditKind> {
        if self.text.pieces.is_empty() {
            return None;
        }
        self.edit(self.pieces(span).first)
    }

    /// The text of a piece as lang-c saw it.
    pub(super) fn piece_text(&self, piece: usize) -> &'a str {
        let piece = &self.text.pieces[piece];
        &self.text.text[piece.start as usize..piece.end as usize]
    }

    /// Whether there is any piece at all.
    pub(super) fn is_empty(&self) -> bool {
        self.text.pieces.is_empty()
    }

    /// The whole text's tokens; an empty range for an empty text.
    pub(super) fn all(&self) -> TokenRange {
        match self.text.pieces.len() {
            0 => TokenRange::new(0, 0),
            len => self.tokens(Pieces { first: 0, last: len - 1 }),
        }
    }

    /// The attributes that the normaliser left out.
    pub(super) fn attributes(&self) -> impl Iterator<Item = TokenRange> + 'a {
        let edits = self.text.edits.iter();
        edits.filter(|edit| edit.kind == EditKind::Attribute).map(|edit| edit.tokens)
    }
}
