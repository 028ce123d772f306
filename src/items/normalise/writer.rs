//! The text as it grows: pieces and the edit log, with a way back for what was tried in vain.

use crate::items::normalised::{Edit, EditId, EditKind, Normalised, Piece};
use crate::lex::{TokenId, TokenRange};

/// The name that every type name is written as, so that no name is a type in one place of a text and
/// something else in another.
pub(super) const TYPE_NAME: &str = "T";

/// Writes a [`Normalised`].
#[derive(Debug, Default)]
pub(super) struct Writer {
    out: Normalised,
}

/// A state of the writer to go back to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    text: usize,
    pieces: usize,
    edits: usize,
}

impl Writer {
    pub(super) fn with_capacity(tokens: usize) -> Writer {
        let mut out = Normalised::default();
        out.text.reserve(tokens * 6);
        out.pieces.reserve(tokens + tokens / 16);
        Writer { out }
    }

    /// Writes `text` for the tokens of `range`; an empty range for inserted text.
    pub(super) fn piece(&mut self, range: TokenRange, text: &str, edit: Option<EditId>) {
        let start = self.out.text.len() as u32;
        self.out.text.push_str(text);
        let end = self.out.text.len() as u32;
        self.out.text.push(' ');
        self.out.pieces.push(Piece { start, end, tokens: range, edit });
    }

    /// Writes `text` where the file has nothing, before token `place`.
    pub(super) fn insert(&mut self, place: TokenId, text: &str, edit: Option<EditId>) {
        self.piece(TokenRange { start: place, end: place }, text, edit);
    }

    /// Logs an edit.
    pub(super) fn log(&mut self, kind: EditKind, tokens: TokenRange) -> EditId {
        self.out.edits.push(Edit { kind, tokens });
        EditId((self.out.edits.len() - 1) as u32)
    }

    /// Sets the tokens of an edit whose end was not known when it was logged.
    pub(super) fn extend(&mut self, edit: EditId, tokens: TokenRange) {
        self.out.edits[edit.0 as usize].tokens = tokens;
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            text: self.out.text.len(),
            pieces: self.out.pieces.len(),
            edits: self.out.edits.len(),
        }
    }

    /// Takes back what was written since `mark`.
    pub(super) fn rewind(&mut self, mark: Mark) {
        self.out.text.truncate(mark.text);
        self.out.pieces.truncate(mark.pieces);
        self.out.edits.truncate(mark.edits);
    }

    pub(super) fn finish(mut self) -> Normalised {
        self.out.types = vec![TYPE_NAME.to_owned()];
        self.out
    }
}
