//! Statements that only a macro makes: iterators, macros without `;`, asm.
//!
//! `name(…)` with no `;` behind it heads a loop or stands alone. A `{` makes it a loop; a statement on
//! the next line does if it is indented deeper, as in every loop without braces.

use super::{END, Outcome, Pass};
use crate::items::MacroRole;
use crate::items::normalised::EditKind;
use crate::items::words::Word;
use crate::lex::TokenKind;

/// What a name at the start of a statement is.
enum Role {
    /// It starts an expression.
    Expression,
    /// It heads a loop.
    Iterator,
    /// It is a statement of its own without `;`, up to the index.
    Alone(usize),
    /// It brings a label with it: `CASE(x):`.
    Label(usize),
}

impl Pass<'_> {
    /// A statement that starts with a name and is no declaration.
    pub(super) fn macro_statement(&mut self) -> Outcome {
        match self.role() {
            Role::Expression => self.expression_statement(),
            Role::Iterator => self.iterator(),
            Role::Alone(end) => {
                let edit = self.out.log(EditKind::MacroStatement, self.cursor.range(self.pos, end));
                self.macro_call("", ";", edit)
            }
            Role::Label(end) => {
                self.replace(EditKind::OpaqueStatement, end, "gupatch_opaque ;");
                Ok(())
            }
        }
    }

    fn role(&self) -> Role {
        let next = self.pos + 1;
        if next >= self.limit {
            return Role::Expression;
        }
        let is_call = self.kind(next) == TokenKind::LParen;
        let behind = if is_call { self.cursor.skip(next) } else { next };
        match self.types.macro_role(self.cursor.text(self.pos)) {
            Some(MacroRole::Iterator) if is_call => return Role::Iterator,
            Some(MacroRole::Statement)
                if behind >= self.limit || self.kind(behind) != TokenKind::Semi =>
            {
                return Role::Alone(behind);
            }
            Some(MacroRole::Iterator | MacroRole::Statement) | None => {}
        }
        match self.kind(next) {
            TokenKind::LParen => self.call_role(behind),
            TokenKind::LBrace => Role::Alone(next),
            TokenKind::Ident => Role::Alone(next),
            _ => Role::Expression,
        }
    }

    /// What `name(…)` is, by what follows at `after`.
    fn call_role(&self, after: usize) -> Role {
        if after >= self.limit {
            return Role::Expression;
        }
        let own_line = self.cursor.starts_line(after);
        let deeper = || self.cursor.indent(after) > self.cursor.indent(self.pos);
        match self.kind(after) {
            TokenKind::LBrace => Role::Iterator,
            TokenKind::Colon => Role::Label(after + 1),
            TokenKind::Semi => Role::Expression,
            TokenKind::Ident if self.word(after) == Word::Else => Role::Alone(after),
            TokenKind::Ident => match own_line {
                true if deeper() => Role::Iterator,
                true => Role::Alone(after),
                false => Role::Iterator,
            },
            TokenKind::Star | TokenKind::PlusPlus | TokenKind::MinusMinus | TokenKind::LParen
                if own_line =>
            {
                if deeper() {
                    Role::Iterator
                } else {
                    Role::Alone(after)
                }
            }
            _ => Role::Expression,
        }
    }

    /// `for_each_x(…) statement`
    fn iterator(&mut self) -> Outcome {
        let start = self.pos;
        let edit = self.out.log(EditKind::Iterator, self.cursor.range(start, start + 1));
        self.macro_call("while (", ")", edit)?;
        self.statement()?;
        self.out.extend(edit, self.cursor.range(start, self.pos));
        Ok(())
    }

    /// `asm volatile goto ("…" : … : …);` in a block.
    pub(super) fn asm(&mut self) -> Outcome {
        let Some(end) = self.asm_end() else {
            return Err(self.stuck("`asm` without its template"));
        };
        self.replace(EditKind::Asm, end, "gupatch_asm");
        match self.here() {
            TokenKind::Semi | END => self.statement_semi(),
            _ => {
                self.insert(";", None);
                Ok(())
            }
        }
    }

    /// The index behind the parentheses, or braces, of the `asm` at hand.
    pub(super) fn asm_end(&self) -> Option<usize> {
        let mut at = self.pos + 1;
        while self.kind(at) == TokenKind::Ident && at < self.limit {
            at += 1;
        }
        let open =
            matches!(self.kind(at), TokenKind::LParen | TokenKind::LBrace) && at < self.limit;
        open.then(|| self.cursor.skip(at))
    }

    /// `_Static_assert(e)` or `_Static_assert(e, "…")`; lang-c wants the message.
    pub(super) fn static_assert(&mut self) -> Outcome {
        self.copy();
        if self.here() != TokenKind::LParen {
            return Err(self.stuck("`_Static_assert` without its condition"));
        }
        let close = self.cursor.close(self.pos);
        let outer = std::mem::replace(&mut self.limit, close);
        self.copy();
        self.assignment()?;
        if self.here() == TokenKind::Comma {
            self.copy();
            self.replace(EditKind::StringRun, close, "\"\"");
        } else {
            self.insert(", \"\"", None);
        }
        self.limit = outer;
        self.expect(TokenKind::RParen, "the assertion ends here")?;
        match self.here() {
            TokenKind::Semi => self.copy(),
            _ => self.insert(";", None),
        }
        Ok(())
    }
}
