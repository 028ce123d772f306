//! What stands at top level: definitions, declarations, and the macros that make either.

use super::specifiers::{Place, Specifiers};
use super::{Outcome, Pass};
use crate::items::normalised::{EditId, EditKind};
use crate::items::words::Word;
use crate::lex::TokenKind;

impl Pass<'_> {
    /// Everything up to the end: mostly one item.
    pub(super) fn externals(&mut self) -> Outcome {
        while self.pos < self.limit {
            self.external()?;
        }
        Ok(())
    }

    fn external(&mut self) -> Outcome {
        match self.word(self.pos) {
            Word::None if self.here() == TokenKind::Semi => {
                self.drop(EditKind::Dropped, self.pos + 1);
                return Ok(());
            }
            Word::None => return Err(self.stuck("a declaration belongs here")),
            Word::Asm => return self.external_asm(),
            Word::StaticAssert => return self.static_assert(),
            _ => {}
        }
        if self.declaration(Place::External)? {
            self.compound()?;
        }
        Ok(())
    }

    /// `asm("…");`
    fn external_asm(&mut self) -> Outcome {
        let Some(end) = self.asm_end() else {
            return Err(self.stuck("`asm` without its template"));
        };
        self.replace(EditKind::Asm, end, "int gupatch_asm");
        self.declaration_end(Place::External)
    }

    /// A declaration or definition that a macro makes: `DEFINE_X(…);`, `SYSCALL_DEFINE1(…) { … }`.
    ///
    /// The answer is whether it stopped before the `{` of a body.
    pub(super) fn macro_declaration(&mut self, survey: &Specifiers, place: Place) -> Outcome<bool> {
        let start = self.pos;
        let call = survey.macro_at.expect("the caller has looked");
        while self.pos < call {
            match self.word(self.pos) {
                Word::Name => self.drop_name(),
                _ => self.specifier()?,
            }
        }
        let open = call + 1;
        let called = self.kind(open) == TokenKind::LParen && open < self.limit;
        let mut after = if called { self.cursor.skip(open) } else { open };
        while self.word(after) == Word::Attribute || self.cursor.is_name(after) {
            let group = after + 1;
            let call = self.kind(group) == TokenKind::LParen;
            after = if call { self.cursor.skip(group) } else { group };
        }
        let body =
            self.kind(after) == TokenKind::LBrace && after < self.limit && place != Place::Field;
        let (kind, closing) = if body && !self.is_designated(after + 1) {
            (EditKind::MacroFunction, ") gupatch_fn (void)")
        } else {
            (EditKind::MacroDeclaration, ") gupatch_decl")
        };
        let edit = self.out.log(kind, self.cursor.range(start, after));
        self.macro_call("__typeof__ (", closing, edit)?;
        self.attributes();
        if body && self.is_designated(self.pos + 1) {
            // `NAME(x) { .member = … }`: the macro ends in the `=`.
            self.insert("=", Some(edit));
            self.initializer(false)?;
            self.insert(";", None);
            return Ok(false);
        }
        if body {
            return Ok(true);
        }
        if self.here() == TokenKind::Dot {
            self.bare_initializer(edit)?;
            return Ok(false);
        }
        while self.here() == TokenKind::LBracket {
            self.suffixes(place)?;
        }
        if self.here() == TokenKind::Eq {
            self.copy();
            self.initializer(false)?;
        }
        self.declaration_end(place)?;
        Ok(false)
    }

    /// Whether `.member =` stands at `at`.
    fn is_designated(&self, at: usize) -> bool {
        self.kind(at) == TokenKind::Dot
            && self.kind(at + 1) == TokenKind::Ident
            && matches!(self.kind(at + 2), TokenKind::Eq | TokenKind::Dot | TokenKind::LBracket)
    }

    /// `NAME_START(x) .member = …, NAME_END`: one macro opens the initialiser, another closes it.
    fn bare_initializer(&mut self, edit: EditId) -> Outcome {
        self.insert("= {", Some(edit));
        let last = self.limit - 1;
        let end = if self.cursor.is_name(last) { last } else { self.limit };
        let outer = std::mem::replace(&mut self.limit, end);
        while self.pos < end {
            self.initializer_item(end)?;
        }
        self.limit = outer;
        if self.pos < outer {
            self.drop_name();
        }
        self.insert("} ;", Some(edit));
        Ok(())
    }
}
