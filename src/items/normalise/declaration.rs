//! Declarations, declarators, parameters, type names and initialisers (C11 6.7).

use super::specifiers::{Place, Specifiers};
use super::{Outcome, Pass};
use crate::items::normalised::EditKind;
use crate::items::words::{Word, is_attribute_like};
use crate::lex::TokenKind;

/// How deep array bounds may be in each other, as in `sizeof(int[sizeof(int[1])])`: lang-c takes twice as
/// long for each.
const MAX_BOUNDS: u32 = 6;

impl Pass<'_> {
    /// A whole declaration with its `;`, or a function definition up to its body.
    ///
    /// The answer is whether it stopped before the `{` of a body.
    pub(super) fn declaration(&mut self, place: Place) -> Outcome<bool> {
        let survey = self.survey(place);
        if survey.macro_at.is_some() {
            return self.macro_declaration(&survey, place);
        }
        self.specifiers(&survey)?;
        if survey.name_at.is_some() {
            self.suffixes(place)?;
        } else if !matches!(self.here(), TokenKind::Semi | TokenKind::Colon)
            && self.pos < self.limit
        {
            self.declarator(place)?;
        }
        if place == Place::External {
            self.old_style_parameters()?;
        }
        loop {
            if self.here() == TokenKind::Colon && place == Place::Field {
                self.copy();
                self.assignment()?;
                self.attributes();
            }
            if self.here() == TokenKind::Eq {
                self.copy();
                self.initializer(false)?;
            }
            if self.here() != TokenKind::Comma {
                break;
            }
            self.copy();
            self.declarator(place)?;
        }
        if self.here() == TokenKind::LBrace && place != Place::Field {
            return Ok(true);
        }
        self.declaration_end(place)?;
        Ok(false)
    }

    /// The `;` of a declaration. A macro at top level may do without.
    pub(super) fn declaration_end(&mut self, place: Place) -> Outcome {
        match self.here() {
            TokenKind::Semi => {
                self.copy();
                Ok(())
            }
            _ if self.pos >= self.limit && place != Place::Local => {
                self.insert(";", None);
                Ok(())
            }
            super::END | TokenKind::RBrace => {
                self.insert(";", None);
                Ok(())
            }
            _ => Err(self.stuck("this does not belong to the declaration before it")),
        }
    }

    /// A declarator: pointers, a name or a declarator in parentheses, and what is behind it.
    pub(super) fn declarator(&mut self, place: Place) -> Outcome {
        self.enter()?;
        self.pointers();
        match self.here() {
            TokenKind::LParen if self.is_grouped(self.pos, place) => {
                self.copy();
                while self.cursor.is_name(self.pos)
                    && (self.kind(self.pos + 1) == TokenKind::Star
                        || self.cursor.is_name(self.pos + 1))
                {
                    self.drop_name();
                }
                self.declarator(place)?;
                self.expect(TokenKind::RParen, "the declarator in parentheses ends here")?;
            }
            _ => self.declarator_name()?,
        }
        self.suffixes(place)?;
        self.leave();
        Ok(())
    }

    /// Stars, qualifiers and the attributes among them.
    fn pointers(&mut self) {
        loop {
            match self.here() {
                TokenKind::Star => self.copy(),
                TokenKind::Ident => match self.word(self.pos) {
                    Word::Qualifier => self.qualifier(),
                    Word::Attribute => self.drop_attribute(),
                    Word::Extension => self.drop(EditKind::Dropped, self.pos + 1),
                    Word::Name if self.is_pointer_attribute() => self.drop_name(),
                    _ => return,
                },
                _ => return,
            }
        }
    }

    /// Whether the name at hand is an attribute before the declared name, and not that name itself.
    fn is_pointer_attribute(&self) -> bool {
        let next = self.pos + 1;
        let call = self.kind(next) == TokenKind::LParen && next < self.limit;
        let after = if call { self.cursor.skip(next) } else { next };
        if after >= self.limit {
            return false;
        }
        let attribute = is_attribute_like(self.cursor.text(self.pos));
        match self.kind(after) {
            TokenKind::Star => true,
            TokenKind::LParen if !call => self.opens_pointer(after),
            TokenKind::Ident => match self.word(after) {
                Word::Qualifier => attribute,
                Word::Name if call => attribute && !self.parameters_follow(next),
                // `* __restrict x`, but `*x __free(f)`.
                Word::Name => attribute || !is_attribute_like(self.cursor.text(after)),
                _ => false,
            },
            _ => false,
        }
    }

    fn declarator_name(&mut self) -> Outcome {
        if self.here() == TokenKind::Ident && self.cursor.is_name(self.pos) {
            self.declared_name();
        }
        Ok(())
    }

    /// The name that is declared; a macro call that makes one is written as one name.
    pub(super) fn declared_name(&mut self) {
        let open = self.pos + 1;
        if self.kind(open) == TokenKind::LParen && open < self.limit && self.makes_name(open) {
            let end = self.cursor.skip(open);
            self.replace(EditKind::MacroName, end, "gupatch_decl");
            return;
        }
        self.declared.insert(self.cursor.text(self.pos));
        self.name();
    }

    /// Whether the group at `open` holds the arguments of a macro that makes a name: they are no
    /// parameters, or parameters or an initialiser follow.
    fn makes_name(&self, open: usize) -> bool {
        let after = self.cursor.skip(open);
        let follows = after < self.limit
            && matches!(self.kind(after), TokenKind::LParen | TokenKind::Eq | TokenKind::LBracket);
        follows || !self.may_be_parameters(open)
    }

    /// Whether the `(` at `open` groups a declarator and does not start a parameter list.
    fn is_grouped(&self, open: usize, place: Place) -> bool {
        let close = self.cursor.close(open);
        match self.kind(open + 1) {
            TokenKind::Star | TokenKind::LParen => true,
            TokenKind::Ident if self.word(open + 1) == Word::Attribute => true,
            TokenKind::Ident if self.cursor.is_name(open + 1) => {
                self.opens_pointer(open)
                    || (place != Place::Parameter && !self.is_known_type(open + 1))
                    || (close == open + 2
                        && self.kind(close + 1) == TokenKind::LParen
                        && !self.is_known_type(open + 1))
            }
            _ => false,
        }
    }

    /// Parameter lists, array bounds and attributes behind a name.
    pub(super) fn suffixes(&mut self, place: Place) -> Outcome {
        loop {
            match self.here() {
                TokenKind::LBracket => self.array_bound()?,
                TokenKind::LParen => {
                    let close = self.cursor.close(self.pos);
                    let old_style = place == Place::External && self.is_old_style(self.pos);
                    self.copy();
                    if old_style {
                        while self.pos < close {
                            if self.cursor.is_name(self.pos) { self.name() } else { self.copy() }
                        }
                    } else {
                        self.parameter_list(close)?;
                    }
                    self.expect(TokenKind::RParen, "the parameter list ends here")?;
                }
                _ => {
                    if !self.attributes() {
                        return Ok(());
                    }
                    if place == Place::External && self.here() == TokenKind::Ident {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Steps over attributes behind a declarator; whether there was one.
    pub(super) fn attributes(&mut self) -> bool {
        let start = self.pos;
        while self.here() == TokenKind::Ident {
            match self.word(self.pos) {
                Word::Attribute | Word::Alignas => self.drop_attribute(),
                Word::Asm => self.drop_attribute(),
                Word::Name if !self.starts_old_style() => self.drop_name(),
                Word::Qualifier => self.drop(EditKind::Attribute, self.pos + 1),
                _ => break,
            }
        }
        self.pos > start
    }

    fn array_bound(&mut self) -> Outcome {
        let close = self.cursor.close(self.pos);
        self.bounds += 1;
        if self.bounds > MAX_BOUNDS {
            return Err(super::Failure::too_deep(self.cursor.id(self.pos)));
        }
        self.copy();
        while matches!(self.word(self.pos), Word::Storage | Word::Qualifier) {
            self.copy();
        }
        if self.pos < close {
            let start = self.pos;
            let plain = self.attempt(|pass| {
                pass.expression()?;
                if pass.pos < close { Err(pass.stuck("the array bound ends here")) } else { Ok(()) }
            })?;
            if !plain {
                self.pos = start;
                self.replace(EditKind::OpaqueArgument, close, "gupatch_opaque");
            }
        }
        self.bounds -= 1;
        self.expect(TokenKind::RBracket, "the array bound ends here")
    }

    /// Whether the parameter list at `open` only names its parameters, to be declared before the body.
    pub(super) fn is_old_style(&self, open: usize) -> bool {
        if !self.names_only(open) {
            return false;
        }
        let after = self.cursor.close(open) + 1;
        let brace = self.cursor.find(after, self.limit, |kind| kind == TokenKind::LBrace);
        brace > after && brace < self.limit && self.kind(brace - 1) == TokenKind::Semi
    }

    /// Whether what stands here are the declarations of an old-style definition.
    fn starts_old_style(&self) -> bool {
        let brace = self
            .cursor
            .find(self.pos, self.limit, |kind| matches!(kind, TokenKind::LBrace | TokenKind::Eq));
        self.kind(brace) == TokenKind::LBrace
            && brace > self.pos
            && brace < self.limit
            && self.kind(brace - 1) == TokenKind::Semi
    }

    fn old_style_parameters(&mut self) -> Outcome {
        if self.here() != TokenKind::Ident || !self.starts_old_style() {
            return Ok(());
        }
        while self.pos < self.limit && self.here() != TokenKind::LBrace {
            if self.declaration(Place::Local)? {
                break;
            }
        }
        Ok(())
    }

    /// Parameter declarations up to `close`.
    pub(super) fn parameter_list(&mut self, close: usize) -> Outcome {
        self.enter()?;
        let outer = std::mem::replace(&mut self.limit, close);
        while self.pos < close {
            let end = self.cursor.find(self.pos, close, |kind| kind == TokenKind::Comma);
            self.limit = end;
            self.parameter(end)?;
            self.limit = close;
            if self.pos < close {
                self.expect(TokenKind::Comma, "this does not belong to the parameter before it")?;
            }
        }
        self.limit = outer;
        self.leave();
        Ok(())
    }

    fn parameter(&mut self, end: usize) -> Outcome {
        if self.here() == TokenKind::Ellipsis {
            if self.pos > 0 && self.kind(self.pos - 1) == TokenKind::Comma {
                self.copy();
            } else {
                // C wants a parameter before the dots.
                self.drop(EditKind::Dropped, self.pos + 1);
            }
            return Ok(());
        }
        if self.pos >= end || self.here() != TokenKind::Ident {
            self.replace(EditKind::OpaqueArgument, end, super::TYPE_NAME);
            return Ok(());
        }
        let survey = self.survey(Place::Parameter);
        if survey.macro_at.is_some() {
            // A macro that declares a parameter: `DECLARE_BITMAP(map, 8)`.
            self.replace(EditKind::MacroType, end, super::TYPE_NAME);
            return Ok(());
        }
        self.specifiers(&survey)?;
        if survey.name_at.is_some() {
            self.suffixes(Place::Parameter)
        } else if self.pos < end {
            self.declarator(Place::Parameter)
        } else {
            Ok(())
        }
    }

    /// A type name up to `end`.
    pub(super) fn type_name(&mut self, end: usize) -> Outcome {
        self.enter()?;
        let outer = std::mem::replace(&mut self.limit, end);
        self.type_specifiers()?;
        self.abstract_declarator()?;
        self.limit = outer;
        if self.pos < end {
            return Err(self.stuck("this does not belong to the type name before it"));
        }
        self.leave();
        Ok(())
    }

    fn type_specifiers(&mut self) -> Outcome {
        let survey: Specifiers = self.survey(Place::TypeName);
        let typed = survey.without_name();
        while self.pos < survey.end {
            match self.word(self.pos) {
                Word::Storage | Word::FunctionSpecifier => {
                    self.drop(EditKind::Attribute, self.pos + 1);
                }
                Word::Name if typed == Some(self.pos) => {
                    if self.kind(self.pos + 1) == TokenKind::LParen
                        && self.cursor.skip(self.pos + 1) <= survey.end
                    {
                        let end = self.cursor.skip(self.pos + 1);
                        self.replace(EditKind::MacroType, end, super::TYPE_NAME);
                    } else {
                        self.type_word();
                    }
                }
                Word::Name => self.drop_name(),
                _ => self.specifier()?,
            }
        }
        if survey.is_implicit() {
            self.insert("int", None);
        }
        Ok(())
    }

    /// Pointers, arrays and functions without a name; names among them are attributes.
    fn abstract_declarator(&mut self) -> Outcome {
        loop {
            match self.here() {
                TokenKind::Star => self.copy(),
                TokenKind::LBracket => self.array_bound()?,
                TokenKind::LParen => {
                    let close = self.cursor.close(self.pos);
                    let grouped = self.is_grouped(self.pos, Place::Parameter);
                    self.copy();
                    if grouped {
                        let outer = std::mem::replace(&mut self.limit, close);
                        self.abstract_declarator()?;
                        self.limit = outer;
                    } else {
                        self.parameter_list(close)?;
                    }
                    self.expect(TokenKind::RParen, "the declarator in parentheses ends here")?;
                }
                TokenKind::Ident => match self.word(self.pos) {
                    Word::Qualifier => self.qualifier(),
                    Word::Attribute => self.drop_attribute(),
                    Word::Name => self.drop(EditKind::Attribute, self.pos + 1),
                    _ => return Ok(()),
                },
                _ => return Ok(()),
            }
        }
    }

    /// An initialiser. A compound literal's braces may be empty, which lang-c does not take.
    pub(super) fn initializer(&mut self, literal: bool) -> Outcome {
        if self.here() != TokenKind::LBrace {
            return self.assignment();
        }
        self.enter()?;
        let close = self.cursor.close(self.pos);
        let outer = std::mem::replace(&mut self.limit, close);
        self.copy();
        if self.pos == close && literal {
            let edit = self.out.log(EditKind::EmptyInit, self.cursor.range(self.pos, self.pos));
            self.insert("0", Some(edit));
        }
        while self.pos < close {
            self.initializer_item(close)?;
        }
        self.limit = outer;
        self.expect(TokenKind::RBrace, "the initialiser ends here")?;
        self.leave();
        Ok(())
    }

    pub(super) fn initializer_item(&mut self, close: usize) -> Outcome {
        let read = self.attempt(|pass| {
            pass.designators()?;
            pass.initializer(false)
        })?;
        if !read {
            let end = self.cursor.find(self.pos, close, |kind| kind == TokenKind::Comma);
            if end == self.pos {
                let edit = self.out.log(EditKind::AbsentArgument, self.cursor.range(end, end));
                self.insert("gupatch_absent", Some(edit));
            } else {
                self.replace(EditKind::OpaqueArgument, end, "gupatch_opaque");
            }
        }
        if self.here() == TokenKind::Comma {
            self.copy();
        } else if self.pos < close {
            // Macros that bring their own comma stand side by side.
            self.insert(",", None);
        }
        Ok(())
    }

    fn designators(&mut self) -> Outcome {
        if self.cursor.is_name(self.pos) && self.kind(self.pos + 1) == TokenKind::Colon {
            self.name();
            self.copy();
            return Ok(());
        }
        let start = self.pos;
        loop {
            match self.here() {
                TokenKind::Dot => {
                    self.copy();
                    if self.here() != TokenKind::Ident {
                        return Err(self.stuck("a member's name belongs here"));
                    }
                    self.name();
                }
                TokenKind::LBracket => {
                    self.copy();
                    self.assignment()?;
                    if self.here() == TokenKind::Ellipsis {
                        self.copy();
                        self.assignment()?;
                    }
                    self.expect(TokenKind::RBracket, "the designator ends here")?;
                }
                TokenKind::Eq if self.pos > start => {
                    self.copy();
                    return Ok(());
                }
                _ => return Ok(()),
            }
        }
    }
}
