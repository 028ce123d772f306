//! A reader over rule tokens, for headers and metavariable declarations, which are regular text.

use super::scan::{RuleToken, Scan};
use crate::diagnostic::Diagnostic;
use crate::lex::TokenKind;
use crate::source::Span;

/// Reads tokens `at..end` of a scan, comments left out.
#[derive(Clone)]
pub(super) struct Cursor<'s> {
    scan: &'s Scan,
    at: usize,
    end: usize,
}

impl<'s> Cursor<'s> {
    pub(super) fn new(scan: &'s Scan, start: usize, end: usize) -> Cursor<'s> {
        let mut cursor = Cursor { scan, at: start, end };
        cursor.skip_comments();
        cursor
    }

    fn skip_comments(&mut self) {
        use TokenKind::{BlockComment, LineComment};
        while self.at < self.end
            && matches!(self.scan.tokens[self.at].kind, BlockComment | LineComment)
        {
            self.at += 1;
        }
    }

    pub(super) fn done(&self) -> bool {
        self.at >= self.end
    }

    pub(super) fn peek(&self) -> Option<RuleToken> {
        (!self.done()).then(|| self.scan.tokens[self.at])
    }

    /// The text of the next token; empty at the end.
    pub(super) fn peek_text(&self) -> &'s str {
        if self.done() { "" } else { self.scan.token_text(self.at) }
    }

    /// The text of the token `ahead` places after the next one.
    pub(super) fn peek_at(&self, ahead: usize) -> &'s str {
        let mut later = self.clone();
        for _ in 0..ahead {
            later.next();
        }
        later.peek_text()
    }

    pub(super) fn next(&mut self) -> Option<(RuleToken, &'s str)> {
        let token = self.peek()?;
        let text = self.peek_text();
        self.at += 1;
        self.skip_comments();
        Some((token, text))
    }

    /// Takes the next token where its text is `text`.
    pub(super) fn eat(&mut self, text: &str) -> bool {
        let found = !self.done() && self.peek_text() == text;
        if found {
            self.next();
        }
        found
    }

    pub(super) fn expect(&mut self, text: &str, why: &str) -> Result<(), Diagnostic> {
        if self.eat(text) {
            return Ok(());
        }
        Err(self.error(format!("expected `{text}` {why}, found {}", self.found())))
    }

    /// Takes an identifier.
    pub(super) fn word(&mut self, what: &str) -> Result<&'s str, Diagnostic> {
        match self.peek() {
            Some(token) if token.kind == TokenKind::Ident => {
                Ok(self.next().map_or("", |(_, text)| text))
            }
            _ => Err(self.error(format!("expected {what}, found {}", self.found()))),
        }
    }

    /// The next token, for messages.
    fn found(&self) -> String {
        if self.done() {
            "the end of the section".to_owned()
        } else {
            format!("`{}`", self.peek_text())
        }
    }

    pub(super) fn is_word(&self) -> bool {
        self.peek().is_some_and(|token| token.kind == TokenKind::Ident)
    }

    /// The bytes of the next token, or of the last one at the end.
    pub(super) fn span(&self) -> Span {
        let last = self.scan.tokens.len().saturating_sub(1);
        self.scan.tokens.get(self.at.min(last)).map_or(Span::default(), |token| token.span)
    }

    pub(super) fn error(&self, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.span(), message)
    }
}
