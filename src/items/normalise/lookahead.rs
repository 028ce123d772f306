//! What stands at a place, found without writing anything: a declaration, a type name, a cast.
//!
//! All of these are decided by what the tokens around a name leave possible. Only where C itself needs to
//! know the name, the known types are asked.

use super::Pass;
use crate::items::words::Word;
use crate::lex::TokenKind;

/// Whether a stretch of tokens is a type name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TypeGuess {
    /// It cannot be.
    No,
    /// It is a lone name, with or without array brackets: only a known type is one.
    Name,
    /// It is names and stars, so a type wherever an expression cannot end in `*`.
    Names,
    /// It has a type keyword.
    Keyword,
}

impl Pass<'_> {
    /// Whether the tokens from `start` up to `end` are a type name.
    pub(super) fn type_guess(&self, start: usize, end: usize) -> TypeGuess {
        let mut at = start;
        let (mut keyword, mut names) = (false, 0);
        while at < end {
            at = match self.word(at) {
                Word::Type | Word::ForeignType => {
                    keyword = true;
                    at + 1
                }
                Word::Struct | Word::Enum => {
                    keyword = true;
                    let after = self.skip_aggregate(at);
                    if after == at + 1 {
                        // A keyword alone, for a macro to paste.
                        return TypeGuess::No;
                    }
                    after
                }
                Word::Typeof => {
                    keyword = true;
                    self.cursor.skip(at + 1)
                }
                Word::Qualifier | Word::Extension | Word::Storage | Word::FunctionSpecifier => {
                    at + 1
                }
                Word::Attribute | Word::Alignas => self.cursor.skip_attribute(at),
                Word::Name if self.kind(at + 1) == TokenKind::LParen && at + 1 < end => {
                    let after = self.cursor.skip(at + 1);
                    if self.opens_pointer(at + 1) || after >= end {
                        if !keyword && names == 0 && !self.opens_pointer(at + 1) {
                            return TypeGuess::No;
                        }
                        names += 1;
                        at + 1
                    } else {
                        names += 1;
                        after
                    }
                }
                Word::Name => {
                    names += 1;
                    at + 1
                }
                _ => break,
            };
        }
        if !keyword && names == 0 {
            // A lone qualifier makes an `int` of what follows, and `const *` is no expression.
            let qualified = (start..at).any(|at| self.word(at) == Word::Qualifier)
                && (at == end || self.kind(at) == TokenKind::Star);
            return if qualified { TypeGuess::Keyword } else { TypeGuess::No };
        }
        let Some(derived) = self.skip_abstract(at, end, keyword) else { return TypeGuess::No };
        match (keyword, names) {
            (true, _) => TypeGuess::Keyword,
            (false, 1) if !derived => TypeGuess::Name,
            (false, _) => TypeGuess::Names,
        }
    }

    /// Steps over an abstract declarator that must reach from `at` to `end`: `None` where it does not,
    /// else whether it has a pointer or function in it.
    fn skip_abstract(&self, mut at: usize, end: usize, keyword: bool) -> Option<bool> {
        let (mut derived, mut grouped, mut bounded) = (false, false, false);
        let start = at;
        while at < end {
            at = match self.kind(at) {
                TokenKind::Star if !bounded => {
                    derived = true;
                    at + 1
                }
                TokenKind::LParen if grouped || keyword || self.opens_pointer(at) => {
                    (derived, grouped) = (true, true);
                    self.cursor.skip(at)
                }
                TokenKind::LBracket => {
                    bounded = true;
                    self.cursor.skip(at)
                }
                _ => match self.word(at) {
                    Word::Qualifier => at + 1,
                    Word::Attribute => self.cursor.skip_attribute(at),
                    // Behind the star of `a * b` a name is an operand, unless a keyword came before.
                    Word::Name if keyword => at + 1,
                    Word::Name
                        if self.cursor.text(at).starts_with(b"__")
                            && start > 0
                            && self.is_known_type(start - 1) =>
                    {
                        at + 1
                    }
                    _ => return None,
                },
            };
        }
        Some(derived)
    }

    /// Whether `open` opens an abstract or named pointer declarator, `(*` or `(attribute *`, with a
    /// parameter list or array behind it.
    pub(super) fn opens_pointer(&self, open: usize) -> bool {
        let close = self.cursor.close(open);
        let mut at = open + 1;
        while at < close && (self.cursor.is_name(at) || self.word(at) == Word::Attribute) {
            at = if self.kind(at + 1) == TokenKind::LParen {
                self.cursor.skip(at + 1)
            } else {
                at + 1
            };
        }
        self.kind(at) == TokenKind::Star
            && matches!(self.kind(close + 1), TokenKind::LParen | TokenKind::LBracket)
    }

    /// Whether the pair that opens at `open` is a cast, or the type of a compound literal.
    pub(super) fn is_cast(&self, open: usize) -> bool {
        let close = self.cursor.close(open);
        let next = close + 1;
        let guess = self.type_guess(open + 1, close);
        if guess == TypeGuess::Keyword {
            return true;
        }
        if guess == TypeGuess::No || next >= self.limit {
            return false;
        }
        let operand = match self.word(next) {
            Word::None => match self.kind(next) {
                TokenKind::Number | TokenKind::Char | TokenKind::Tilde | TokenKind::Bang => true,
                TokenKind::String | TokenKind::LBrace => true,
                TokenKind::LParen => guess == TypeGuess::Names || self.casts_group(open + 1, next),
                TokenKind::Star
                | TokenKind::Amp
                | TokenKind::AmpAmp
                | TokenKind::Minus
                | TokenKind::Plus
                | TokenKind::PlusPlus
                | TokenKind::MinusMinus => {
                    guess == TypeGuess::Names || self.is_known_type(open + 1)
                }
                _ => guess == TypeGuess::Names && self.kind(close - 1) == TokenKind::Star,
            },
            word => !word.is_statement(),
        };
        let array = self.kind(close - 1) == TokenKind::RBracket;
        operand && (guess == TypeGuess::Names || !array || self.is_known_type(open + 1))
    }

    /// Whether `(name)(…)` is a cast: calls through a name in parentheses are made of what the function
    /// declares, or have a list of arguments.
    fn casts_group(&self, name: usize, open: usize) -> bool {
        if self.is_known_type(name) {
            return true;
        }
        let close = self.cursor.close(open);
        let one = close > open + 1
            && self.cursor.find(open + 1, close, |kind| kind == TokenKind::Comma) == close;
        one && !self.declared.contains(self.cursor.text(name))
    }

    /// Whether the operand in the parentheses of a `sizeof` or `typeof` is a type.
    pub(super) fn is_type_operand(&self, start: usize, end: usize) -> bool {
        match self.type_guess(start, end) {
            TypeGuess::No => false,
            TypeGuess::Name => self.is_known_type(start),
            TypeGuess::Names | TypeGuess::Keyword => true,
        }
    }

    /// Whether a declaration starts at `at`, where a statement could start as well.
    pub(super) fn starts_declaration(&self, at: usize) -> bool {
        match self.word(at) {
            Word::Attribute | Word::Extension => {
                let next = match self.kind(at + 1) {
                    TokenKind::LParen if self.word(at) == Word::Attribute => {
                        self.cursor.skip(at + 1)
                    }
                    _ => at + 1,
                };
                next < self.limit && self.starts_declaration(next)
            }
            Word::Name => self.name_starts_declaration(at),
            Word::StaticAssert | Word::LocalLabel => true,
            word => word.is_specifier(),
        }
    }

    fn name_starts_declaration(&self, at: usize) -> bool {
        let next = at + 1;
        if next >= self.limit {
            return false;
        }
        match self.kind(next) {
            TokenKind::Star => self.is_pointer_declaration(at),
            TokenKind::LParen => self.call_starts_declaration(at),
            TokenKind::Ident => self.two_words_declare(at),
            _ => false,
        }
    }

    /// `a * b`, `a **b`, `a *const b`: a product is of no use as a statement.
    fn is_pointer_declaration(&self, at: usize) -> bool {
        let mut name = at + 1;
        while name < self.limit
            && (self.kind(name) == TokenKind::Star || self.word(name) == Word::Qualifier)
        {
            name += 1;
        }
        if self.kind(name) == TokenKind::LParen {
            return self.opens_pointer(name);
        }
        if !self.cursor.is_name(name) || name >= self.limit {
            return false;
        }
        match self.kind(name + 1) {
            TokenKind::Semi | TokenKind::Eq | TokenKind::Comma | TokenKind::LBracket => true,
            TokenKind::LParen => self.parameters_follow(name + 1) || self.is_known_type(at),
            TokenKind::Ident => true,
            _ => name + 1 >= self.limit,
        }
    }

    /// `T (*f)(…)`, `MACRO_TYPE(x) *p = …`, `ATTRIBUTE(x) int i`.
    fn call_starts_declaration(&self, at: usize) -> bool {
        let after = self.cursor.skip(at + 1);
        if self.opens_pointer(at + 1) && self.kind(after) == TokenKind::LBracket {
            // `T (*a[])[4]`, while `f(*a)[4]` may be a call.
            return self.kind(after - 2) == TokenKind::RBracket || self.is_known_type(at);
        }
        if self.opens_pointer(at + 1) && self.kind(after) == TokenKind::LParen {
            return self.kind(at + 2) == TokenKind::Star && self.cursor.is_name(after - 2)
                || self.is_known_type(at);
        }
        if self.kind(after) == TokenKind::Eq && self.kind(after + 1) == TokenKind::LBrace {
            // `DECLARE_BITMAP(map, 8) = { … };`: no expression is assigned braces.
            return true;
        }
        if after >= self.limit || self.cursor.starts_line(after) {
            return false;
        }
        let ends = |at: usize| {
            matches!(
                self.kind(at),
                TokenKind::Semi | TokenKind::Eq | TokenKind::Comma | TokenKind::LBracket
            )
        };
        match self.word(after) {
            Word::Name => ends(after + 1),
            // `DEFINE_X(y) __attribute__((…));`
            Word::Attribute => {
                let mut behind = after;
                while self.word(behind) == Word::Attribute {
                    behind = self.cursor.skip_attribute(behind);
                }
                matches!(self.kind(behind), TokenKind::Semi | TokenKind::Eq)
            }
            Word::None => {
                let mut name = after;
                while self.kind(name) == TokenKind::Star {
                    name += 1;
                }
                name > after && self.cursor.is_name(name) && ends(name + 1)
            }
            word => word.is_specifier(),
        }
    }

    /// `T x`, unless `T` is a macro that is a statement of its own.
    fn two_words_declare(&self, at: usize) -> bool {
        let next = at + 1;
        let word = self.word(next);
        if word.is_statement() || word == Word::Asm {
            return false;
        }
        if word.is_specifier() {
            return !self.cursor.starts_line(next) || self.is_known_type(at);
        }
        if word != Word::Name {
            return word == Word::Attribute;
        }
        if self.is_known_type(at) {
            return true;
        }
        if self.cursor.starts_line(next) {
            return false;
        }
        match self.kind(next + 1) {
            TokenKind::LParen => {
                let after = self.cursor.skip(next + 1);
                // `T x __free(f) = …` and `T f(int);` declare, `MACRO f("…");` does not.
                self.parameters_follow(next + 1) || self.kind(after) == TokenKind::Eq
            }
            TokenKind::Semi
            | TokenKind::Eq
            | TokenKind::Comma
            | TokenKind::LBracket
            | TokenKind::Star
            | TokenKind::Colon
            | TokenKind::Ident => true,
            _ => next + 1 >= self.limit,
        }
    }

    /// Whether the pair at `open` is sure to hold parameter declarations.
    pub(super) fn parameters_follow(&self, open: usize) -> bool {
        let close = self.cursor.close(open);
        let mut at = open + 1;
        if at == close {
            return true;
        }
        while at < close {
            let end = self.cursor.find(at, close, |kind| kind == TokenKind::Comma);
            let word = self.word(at);
            if word.is_specifier() {
                return true;
            }
            if word == Word::Name
                && at + 1 < end
                && (self.cursor.is_name(at + 1)
                    || (self.kind(at + 1) == TokenKind::Star
                        && (self.cursor.is_name(end - 1) || self.kind(end - 1) == TokenKind::Star)
                        && self.is_pointer_parameter(at, end)))
            {
                return true;
            }
            at = end + 1;
        }
        false
    }

    /// `T *`, `T **x`: names and stars only.
    fn is_pointer_parameter(&self, start: usize, end: usize) -> bool {
        (start..end).all(|at| self.cursor.is_name(at) || self.kind(at) == TokenKind::Star)
            && self.type_guess(start, end) != TypeGuess::No
            || self.is_known_type(start)
    }

    /// Whether the pair at `open` may hold parameter declarations or names: no operator, literal or
    /// statement is outside of inner brackets.
    pub(super) fn may_be_parameters(&self, open: usize) -> bool {
        let close = self.cursor.close(open);
        let mut at = open + 1;
        while at < close {
            let fine = match self.kind(at) {
                TokenKind::Ident => !self.word(at).is_statement() && self.word(at) != Word::Sizeof,
                TokenKind::Star | TokenKind::Comma | TokenKind::Ellipsis => true,
                TokenKind::LParen | TokenKind::LBracket => at > open + 1,
                TokenKind::LBrace => {
                    matches!(self.word(at - 1), Word::Struct | Word::Enum | Word::Name)
                }
                _ => false,
            };
            if !fine {
                return false;
            }
            at = self.cursor.skip(at);
        }
        true
    }

    /// The index behind a `struct`, `union` or `enum` at `at`, its attributes, tag and body.
    pub(super) fn skip_aggregate(&self, at: usize) -> usize {
        let tag = self.tag(at);
        match tag.body {
            Some(open) => self.cursor.skip(open),
            None => tag.end,
        }
    }
}
