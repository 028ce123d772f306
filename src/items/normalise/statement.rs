//! Statements (C11 6.8) and the way past one that is not understood.

use super::specifiers::Place;
use super::{END, Outcome, Pass};
use crate::items::normalised::EditKind;
use crate::items::words::Word;
use crate::lex::TokenKind;

impl Pass<'_> {
    /// `{ … }`
    pub(super) fn compound(&mut self) -> Outcome {
        self.enter()?;
        let close = self.cursor.close(self.pos);
        let outer = std::mem::replace(&mut self.limit, close);
        self.copy();
        while self.pos < close {
            self.statement()?;
        }
        self.limit = outer;
        self.expect(TokenKind::RBrace, "the block ends here")?;
        self.leave();
        Ok(())
    }

    /// A statement or a local declaration. Where recovery is on, what is not understood is opaque.
    pub(super) fn statement(&mut self) -> Outcome {
        let start = self.pos;
        let first = self.cursor.id(start);
        if let Some(range) = self.opaque.iter().find(|range| range.start == first) {
            let mut end = start;
            while end < self.limit && range.contains(self.cursor.id(end)) {
                end += 1;
            }
            self.replace(EditKind::OpaqueStatement, end, "gupatch_opaque ;");
            return Ok(());
        }
        self.enter()?;
        if self.recover {
            if !self.attempt(Self::plain_statement)? {
                let end = self.statement_end(start);
                self.replace(EditKind::OpaqueStatement, end, "gupatch_opaque ;");
            }
        } else {
            self.plain_statement()?;
        }
        self.leave();
        if let Some(watched) = self.watched {
            let range = self.cursor.range(start, self.pos);
            if range.contains(watched) {
                self.around.push(range);
            }
        }
        Ok(())
    }

    /// Where the statement at `start` ends by its brackets alone: behind its `;`, or behind a block that
    /// no `else` or `while` goes on.
    fn statement_end(&self, start: usize) -> usize {
        let mut at = start;
        while at < self.limit {
            let kind = self.kind(at);
            at = self.cursor.skip(at);
            let goes_on = || {
                matches!(self.word(at), Word::Else | Word::While)
                    || matches!(self.kind(at), TokenKind::Semi | TokenKind::Comma)
            };
            match kind {
                TokenKind::Semi => break,
                TokenKind::LBrace if at >= self.limit || !goes_on() => break,
                _ => {}
            }
        }
        at.min(self.limit).max(start + 1)
    }

    fn plain_statement(&mut self) -> Outcome {
        match self.here() {
            TokenKind::Semi => {
                self.copy();
                Ok(())
            }
            TokenKind::LBrace => self.compound(),
            TokenKind::Ident => self.word_statement(),
            _ => self.expression_statement(),
        }
    }

    fn word_statement(&mut self) -> Outcome {
        match self.word(self.pos) {
            Word::If => self.conditional(),
            Word::While | Word::Switch => {
                self.copy();
                self.head()?;
                self.statement()
            }
            Word::Do => self.do_while(),
            Word::For => self.for_loop(),
            Word::Case | Word::Default => self.case(),
            Word::Return => {
                self.copy();
                if self.here() != TokenKind::Semi && self.pos < self.limit {
                    self.expression()?;
                }
                self.statement_semi()
            }
            Word::Goto => self.goto(),
            Word::Jump => {
                self.copy();
                self.statement_semi()
            }
            Word::Else => Err(self.stuck("an `else` without its `if`")),
            Word::Asm => self.asm(),
            Word::LocalLabel => {
                let end = self.cursor.find(self.pos, self.limit, |kind| kind == TokenKind::Semi);
                self.drop(EditKind::Dropped, (end + 1).min(self.limit));
                Ok(())
            }
            Word::StaticAssert => self.static_assert(),
            Word::Attribute => {
                if self.starts_declaration(self.pos) {
                    return self.local_declaration();
                }
                self.drop_attribute();
                self.statement()
            }
            Word::Name => self.name_statement(),
            _ if self.starts_declaration(self.pos) => self.local_declaration(),
            _ => self.expression_statement(),
        }
    }

    fn name_statement(&mut self) -> Outcome {
        let next = self.pos + 1;
        if self.kind(next) == TokenKind::Colon && next < self.limit {
            self.name();
            return self.label_end();
        }
        if self.starts_declaration(self.pos) {
            return self.local_declaration();
        }
        self.macro_statement()
    }

    /// A declaration in a block; one with a body behind it is a nested function, which stays opaque.
    fn local_declaration(&mut self) -> Outcome {
        let (mark, start) = (self.out.mark(), self.pos);
        if self.declaration(Place::Local)? {
            self.out.rewind(mark);
            let end = self.cursor.skip(self.pos);
            self.pos = start;
            self.replace(EditKind::OpaqueStatement, end, "gupatch_opaque ;");
        }
        Ok(())
    }

    /// The `:` of a label and what it labels; C wants a statement there, gcc takes nothing.
    fn label_end(&mut self) -> Outcome {
        self.expect(TokenKind::Colon, "the `:` of a label belongs here")?;
        while self.word(self.pos) == Word::Attribute && self.pos < self.limit {
            self.drop_attribute();
        }
        let labelled = self.pos < self.limit
            && !(self.here() == TokenKind::Ident
                && !matches!(self.word(self.pos), Word::Case | Word::Default)
                && self.kind(self.pos + 1) != TokenKind::Colon
                && self.starts_declaration(self.pos));
        if labelled {
            return self.statement();
        }
        let edit = self.out.log(EditKind::EmptyLabel, self.cursor.range(self.pos, self.pos));
        self.insert(";", Some(edit));
        Ok(())
    }

    /// `case a:`, `case a ... b:`, `default:`
    fn case(&mut self) -> Outcome {
        let default = self.word(self.pos) == Word::Default;
        self.copy();
        if !default {
            self.assignment()?;
            if self.here() == TokenKind::Ellipsis {
                self.copy();
                self.assignment()?;
            }
        }
        self.label_end()
    }

    /// The head of an `if`, `while` or `switch`; a macro may bring the parentheses: `if likely(x)`.
    fn head(&mut self) -> Outcome {
        if self.here() == TokenKind::LParen {
            let close = self.cursor.close(self.pos);
            let outer = std::mem::replace(&mut self.limit, close);
            self.copy();
            self.expression()?;
            self.limit = outer;
            return self.expect(TokenKind::RParen, "the condition ends here");
        }
        if !self.cursor.is_name(self.pos) || self.kind(self.pos + 1) != TokenKind::LParen {
            return Err(self.stuck("a condition in parentheses belongs here"));
        }
        self.insert("(", None);
        self.name();
        self.arguments()?;
        self.insert(")", None);
        Ok(())
    }

    fn conditional(&mut self) -> Outcome {
        self.copy();
        self.head()?;
        self.statement()?;
        if self.word(self.pos) == Word::Else && self.pos < self.limit {
            self.copy();
            self.statement()?;
        }
        Ok(())
    }

    fn do_while(&mut self) -> Outcome {
        let start = self.pos;
        self.copy();
        self.statement()?;
        if self.word(self.pos) == Word::While && self.pos < self.limit {
            self.copy();
            self.head()?;
        } else {
            let edit = self.out.log(EditKind::DoWhileMacro, self.cursor.range(start, self.pos));
            if !self.cursor.is_name(self.pos) || self.kind(self.pos + 1) != TokenKind::LParen {
                return Err(self.stuck("the `while` of a `do` belongs here"));
            }
            self.macro_call("while (", ")", edit)?;
            self.out.extend(edit, self.cursor.range(start, self.pos));
        }
        self.statement_semi()
    }

    fn for_loop(&mut self) -> Outcome {
        self.copy();
        if self.here() != TokenKind::LParen {
            return Err(self.stuck("the head of a `for` belongs here"));
        }
        let close = self.cursor.close(self.pos);
        let outer = std::mem::replace(&mut self.limit, close);
        self.copy();
        if self.here() != TokenKind::Semi && self.starts_declaration(self.pos) {
            self.declaration(Place::Local)?;
        } else {
            self.for_clause()?;
            self.expect(TokenKind::Semi, "the first `;` of a `for` belongs here")?;
        }
        self.for_clause()?;
        self.expect(TokenKind::Semi, "the second `;` of a `for` belongs here")?;
        self.for_clause()?;
        self.limit = outer;
        self.expect(TokenKind::RParen, "the head of the `for` ends here")?;
        self.statement()
    }

    fn for_clause(&mut self) -> Outcome {
        if matches!(self.here(), TokenKind::Semi | END) { Ok(()) } else { self.expression() }
    }

    fn goto(&mut self) -> Outcome {
        if self.kind(self.pos + 1) == TokenKind::Star {
            self.replace(EditKind::GotoComputed, self.pos + 2, "return");
            self.expression()?;
            return self.statement_semi();
        }
        self.copy();
        if self.here() != TokenKind::Ident {
            return Err(self.stuck("a label's name belongs here"));
        }
        self.name();
        if self.here() == TokenKind::LParen {
            return Err(self.stuck("a label that a macro makes"));
        }
        self.statement_semi()
    }

    /// An expression and its `;`.
    pub(super) fn expression_statement(&mut self) -> Outcome {
        self.expression()?;
        self.statement_semi()
    }

    /// The `;` of a statement, which a macro before a `}` may do without.
    pub(super) fn statement_semi(&mut self) -> Outcome {
        match self.here() {
            TokenKind::Semi => {
                self.copy();
                Ok(())
            }
            END => {
                let edit =
                    self.out.log(EditKind::MacroStatement, self.cursor.range(self.pos, self.pos));
                self.insert(";", Some(edit));
                Ok(())
            }
            _ => Err(self.stuck("a `;` belongs here")),
        }
    }
}
