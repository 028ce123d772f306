//! The arguments of calls. C wants expressions; macros are given anything.
//!
//! An argument is a type, statements, nothing, or an expression; what is none of these is opaque. Each is
//! tried on its own, so that an odd argument does not take its neighbours with it.

use super::lookahead::TypeGuess;
use super::{END, Outcome, Pass};
use crate::items::normalised::EditKind;
use crate::items::words::Word;
use crate::lex::TokenKind;

impl Pass<'_> {
    /// `(…)` behind what is called.
    pub(super) fn arguments(&mut self) -> Outcome {
        self.enter()?;
        let close = self.cursor.close(self.pos);
        let outer = std::mem::replace(&mut self.limit, close);
        self.copy();
        if self.pos < close {
            loop {
                let end = self.cursor.find(self.pos, close, |kind| kind == TokenKind::Comma);
                self.argument(end)?;
                self.limit = close;
                if self.pos >= close {
                    break;
                }
                self.copy();
            }
        }
        self.limit = outer;
        self.expect(TokenKind::RParen, "the arguments end here")?;
        self.leave();
        Ok(())
    }

    fn argument(&mut self, end: usize) -> Outcome {
        self.limit = end;
        if self.pos == end {
            let edit = self.out.log(EditKind::AbsentArgument, self.cursor.range(end, end));
            self.insert("gupatch_absent", Some(edit));
            return Ok(());
        }
        let read = match self.argument_class(end) {
            Class::Expression => self.attempt(|pass| {
                pass.assignment()?;
                pass.ends(end)
            })?,
            Class::Type => self.attempt(|pass| pass.type_argument(end))?,
            Class::Statements => self.attempt(|pass| pass.statement_argument(end))?,
        };
        if !read {
            self.limit = end;
            self.replace(EditKind::OpaqueArgument, end, "gupatch_opaque");
        }
        Ok(())
    }

    fn ends(&self, end: usize) -> Outcome {
        if self.pos == end {
            Ok(())
        } else {
            Err(self.stuck("this does not belong to the argument"))
        }
    }

    fn argument_class(&self, end: usize) -> Class {
        let start = self.pos;
        let word = self.word(start);
        if word.is_statement() || word == Word::Asm {
            return Class::Statements;
        }
        if self.kind(start) == TokenKind::LBrace {
            let inside = start + 1;
            let close = self.cursor.close(start);
            let block = self.word(inside).is_statement()
                || self.cursor.find(inside, close, |kind| kind == TokenKind::Semi) < close;
            return if block { Class::Statements } else { Class::Expression };
        }
        if word == Word::None || word == Word::Sizeof || word == Word::Alignof {
            return self.with_semi(start, end, Class::Expression);
        }
        match self.type_guess(start, end) {
            TypeGuess::Keyword | TypeGuess::Names if !self.strings_in(start, end) => Class::Type,
            TypeGuess::Name | TypeGuess::Names => Class::Expression,
            _ if self.declares(start, end) => Class::Statements,
            _ => self.with_semi(start, end, Class::Expression),
        }
    }

    /// Two names side by side are a type and a name, unless they are a run of string macros, which are
    /// written in capitals.
    fn strings_in(&self, start: usize, end: usize) -> bool {
        (start..end).all(|at| {
            self.cursor.is_name(at) && crate::items::words::is_upper(self.cursor.text(at))
        })
    }

    /// `int x = 3` where an argument is.
    fn declares(&self, start: usize, end: usize) -> bool {
        let assigned = self.cursor.find(start, end, |kind| kind == TokenKind::Eq) < end;
        assigned && self.starts_declaration(start)
    }

    fn with_semi(&self, start: usize, end: usize, otherwise: Class) -> Class {
        let semi = self.cursor.find(start, end, |kind| kind == TokenKind::Semi) < end;
        if semi { Class::Statements } else { otherwise }
    }

    fn type_argument(&mut self, end: usize) -> Outcome {
        let edit = self.out.log(EditKind::TypeArgument, self.cursor.range(self.pos, end));
        self.insert("sizeof (", Some(edit));
        self.type_name(end)?;
        self.insert(")", Some(edit));
        Ok(())
    }

    fn statement_argument(&mut self, end: usize) -> Outcome {
        let recover = std::mem::replace(&mut self.recover, false);
        let edit = self.out.log(EditKind::StatementArgument, self.cursor.range(self.pos, end));
        self.insert("({", Some(edit));
        let mut read = Ok(());
        while self.pos < end && read.is_ok() {
            read = self.statement();
        }
        self.recover = recover;
        read?;
        self.insert(";})", Some(edit));
        Ok(())
    }

    /// Writes the macro call at hand between `before` and `after`, which belong to `edit`.
    pub(super) fn macro_call(
        &mut self,
        before: &str,
        after: &str,
        edit: crate::items::EditId,
    ) -> Outcome {
        self.insert(before, Some(edit));
        self.name();
        if self.here() == TokenKind::LParen {
            self.arguments()?;
        }
        debug_assert!(self.here() != END || self.pos >= self.limit);
        self.insert(after, Some(edit));
        Ok(())
    }
}

/// How an argument is read.
enum Class {
    Expression,
    Type,
    Statements,
}
