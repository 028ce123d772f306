//! `struct`, `union` and `enum`: tags, attributes around them, fields and enumerators.

use super::specifiers::Place;
use super::{Outcome, Pass};
use crate::items::normalised::EditKind;
use crate::items::words::{Word, is_attribute_like};
use crate::lex::TokenKind;

/// What stands behind `struct`, `union` or `enum`.
pub(super) struct Tag {
    /// The tag's name.
    name: Option<usize>,
    /// The `{` of the body.
    pub(super) body: Option<usize>,
    /// Where the body starts, or what follows where there is none.
    pub(super) end: usize,
}

impl Pass<'_> {
    /// Finds tag and body behind the keyword at `at`.
    pub(super) fn tag(&self, at: usize) -> Tag {
        let mut names: smallvec::SmallVec<[usize; 4]> = smallvec::SmallVec::new();
        let mut next = at + 1;
        let mut function = false;
        while next < self.cursor.len() {
            next = match self.word(next) {
                Word::Attribute | Word::Alignas => self.cursor.skip_attribute(next),
                Word::Name => {
                    let call =
                        self.kind(next + 1) == TokenKind::LParen && !self.opens_pointer(next + 1);
                    let after = if call { self.cursor.skip(next + 1) } else { next + 1 };
                    if call && self.parameters_follow(next + 1) {
                        // `struct s f(…) {`: the brace is the function's.
                        if names.is_empty() {
                            names.push(next);
                        }
                        function = true;
                        break;
                    }
                    let goes_on =
                        self.kind(after) == TokenKind::LBrace || self.cursor.is_name(after);
                    if call
                        && !goes_on
                        && !(names.is_empty() && self.kind(after) == TokenKind::Star)
                    {
                        // `struct s f(…)`: the name before the parenthesis is not the tag.
                        if names.is_empty() {
                            names.push(next);
                        }
                        break;
                    }
                    names.push(next);
                    after
                }
                _ => break,
            };
        }
        let colon = self.word(at) == Word::Enum && self.kind(next) == TokenKind::Colon;
        let brace = if colon {
            self.cursor
                .find(next, self.cursor.len(), |k| k == TokenKind::LBrace || k == TokenKind::Semi)
        } else {
            next
        };
        if !function && self.kind(brace) == TokenKind::LBrace && self.is_body(&names) {
            let name = names.iter().rfind(|&&n| !is_attribute_like(self.cursor.text(n)));
            return Tag { name: name.or(names.last()).copied(), body: Some(brace), end: brace };
        }
        // Without a body the first name is the tag, and what follows is not ours.
        let name = names.first().copied();
        let end = match name {
            Some(name) => {
                let open = name + 1;
                let call = self.kind(open) == TokenKind::LParen
                    && !self.opens_pointer(open)
                    && (self.kind(self.cursor.skip(open)) == TokenKind::Star
                        || self.cursor.is_name(self.cursor.skip(open)))
                    && !self.parameters_follow(open);
                if call { self.cursor.skip(open) } else { open }
            }
            None => next,
        };
        Tag { name, body: None, end }
    }

    /// Whether the names between keyword and `{` leave the brace to the aggregate: in `struct s f {` of a
    /// macro they would not, but more than one plain name is never a tag.
    fn is_body(&self, names: &[usize]) -> bool {
        names.iter().filter(|&&n| !is_attribute_like(self.cursor.text(n))).count() <= 1
    }

    /// `struct …` or `union …`
    pub(super) fn structure(&mut self) -> Outcome {
        let tag = self.tag(self.pos);
        self.copy();
        self.tag_words(&tag)?;
        let Some(open) = tag.body else { return Ok(()) };
        self.enter()?;
        let close = self.cursor.close(open);
        self.copy();
        self.fields(close)?;
        self.expect(TokenKind::RBrace, "the members end here")?;
        self.leave();
        Ok(())
    }

    /// The words between the keyword and the body: all but the tag are attributes.
    fn tag_words(&mut self, tag: &Tag) -> Outcome {
        while self.pos < tag.end {
            match self.word(self.pos) {
                Word::Attribute | Word::Alignas => self.drop_attribute(),
                Word::Name if tag.name == Some(self.pos) => {
                    let open = self.pos + 1;
                    if self.kind(open) == TokenKind::LParen && open < tag.end {
                        let end = self.cursor.skip(open);
                        self.replace(EditKind::MacroName, end, "gupatch_tag");
                    } else {
                        self.name();
                    }
                }
                Word::Name => self.drop_name(),
                // `enum e : type`
                _ => self.drop(EditKind::Attribute, tag.end),
            }
        }
        Ok(())
    }

    /// Members up to `close`.
    pub(super) fn fields(&mut self, close: usize) -> Outcome {
        let outer = std::mem::replace(&mut self.limit, close);
        while self.pos < close {
            self.field(close)?;
        }
        self.limit = outer;
        Ok(())
    }

    fn field(&mut self, close: usize) -> Outcome {
        if self.here() == TokenKind::Semi {
            self.drop(EditKind::Dropped, self.pos + 1);
            return Ok(());
        }
        if self.word(self.pos) == Word::StaticAssert {
            return self.static_assert();
        }
        let next = self.pos + 1;
        if self.cursor.is_name(self.pos)
            && self.kind(next) == TokenKind::Ident
            && self.cursor.starts_line(next)
            && !self.is_known_type(self.pos)
        {
            // A macro alone on its line, as at the start and end of shuffled members.
            self.drop(EditKind::Attribute, next);
            return Ok(());
        }
        if self.cursor.is_name(self.pos) && self.kind(next) == TokenKind::LParen {
            let after = self.cursor.skip(next);
            let row = after >= close
                || (self.cursor.starts_line(after) && self.kind(after) == TokenKind::Ident);
            if row {
                // A macro that makes members and needs no `;`.
                return self.macro_field(after);
            }
        }
        self.declaration(Place::Field).map(|_| ())
    }

    fn macro_field(&mut self, after: usize) -> Outcome {
        let edit = self.out.log(EditKind::MacroDeclaration, self.cursor.range(self.pos, after));
        self.macro_call("__typeof__ (", ") gupatch_decl ;", edit)
    }

    /// `enum …`
    pub(super) fn enumeration(&mut self) -> Outcome {
        let tag = self.tag(self.pos);
        self.copy();
        self.tag_words(&tag)?;
        let Some(open) = tag.body else { return Ok(()) };
        let close = self.cursor.close(open);
        self.copy();
        if self.pos == close {
            let edit = self.out.log(EditKind::AbsentArgument, self.cursor.range(close, close));
            self.insert("gupatch_absent", Some(edit));
        }
        self.enumerators(close)?;
        self.expect(TokenKind::RBrace, "the enumerators end here")
    }

    /// Enumerators up to `close`.
    pub(super) fn enumerators(&mut self, close: usize) -> Outcome {
        let outer = std::mem::replace(&mut self.limit, close);
        while self.pos < close {
            if !self.cursor.is_name(self.pos) {
                return Err(self.stuck("an enumerator's name belongs here"));
            }
            if self.kind(self.pos + 1) == TokenKind::LParen {
                let end = self.cursor.skip(self.pos + 1);
                self.replace(EditKind::MacroName, end, "gupatch_enum");
            } else {
                self.name();
            }
            self.enumerator_attributes();
            if self.here() == TokenKind::Eq {
                self.copy();
                self.assignment()?;
            }
            if self.here() == TokenKind::Comma {
                self.copy();
            } else if self.pos < close {
                self.insert(",", None);
            }
        }
        self.limit = outer;
        Ok(())
    }

    fn enumerator_attributes(&mut self) {
        while self.here() == TokenKind::Ident && !self.cursor.starts_line(self.pos) {
            match self.word(self.pos) {
                Word::Attribute => self.drop_attribute(),
                Word::Name => self.drop_name(),
                _ => return,
            }
        }
    }
}
