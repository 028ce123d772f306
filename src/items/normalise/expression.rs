//! Expressions (C11 6.5): operands and what is between them. Precedence is lang-c's business.

use super::{Outcome, Pass};
use crate::items::normalised::EditKind;
use crate::items::words::Word;
use crate::lex::TokenKind;

/// How many operators one expression may have on one level: lang-c's tree is as deep as that.
const MAX_CHAIN: u32 = 8000;

impl Pass<'_> {
    /// An expression with commas.
    pub(super) fn expression(&mut self) -> Outcome {
        self.assignment()?;
        let mut count = 0;
        while self.here() == TokenKind::Comma {
            count += 1;
            if count > MAX_CHAIN {
                return Err(super::Failure::too_deep(self.cursor.id(self.pos)));
            }
            self.copy();
            self.assignment()?;
        }
        Ok(())
    }

    /// An expression without commas at its top.
    pub(super) fn assignment(&mut self) -> Outcome {
        self.enter()?;
        let depth = self.depth;
        let mut count = 0;
        loop {
            self.operand()?;
            count += 1;
            if count > MAX_CHAIN {
                return Err(super::Failure::too_deep(self.cursor.id(self.pos)));
            }
            match self.here() {
                kind if is_infix(kind) => self.copy(),
                TokenKind::Question => {
                    // Each `?` makes lang-c's tree one deeper.
                    self.enter()?;
                    self.middle()?;
                }
                _ => break,
            }
        }
        self.depth = depth;
        self.leave();
        Ok(())
    }

    /// `? a :`, or the gnu `?:`.
    fn middle(&mut self) -> Outcome {
        self.copy();
        if self.here() == TokenKind::Colon {
            let edit = self.out.log(EditKind::Elvis, self.cursor.range(self.pos - 1, self.pos + 1));
            self.insert("0", Some(edit));
        } else {
            self.expression()?;
        }
        self.expect(TokenKind::Colon, "the `:` of a conditional expression belongs here")
    }

    /// A unary expression with all its prefixes and suffixes.
    fn operand(&mut self) -> Outcome {
        let depth = self.depth;
        loop {
            self.enter()?;
            match self.here() {
                TokenKind::Plus
                | TokenKind::Minus
                | TokenKind::Tilde
                | TokenKind::Bang
                | TokenKind::Star
                | TokenKind::Amp
                | TokenKind::PlusPlus
                | TokenKind::MinusMinus => self.copy(),
                TokenKind::AmpAmp if self.cursor.is_name(self.pos + 1) => {
                    self.replace(EditKind::LabelAddress, self.pos + 2, "gupatch_label");
                    break;
                }
                TokenKind::LParen if self.is_cast(self.pos) => {
                    if self.cast()? {
                        self.postfix()?;
                        break;
                    }
                }
                TokenKind::Ident => match self.word(self.pos) {
                    Word::Sizeof | Word::Alignof => {
                        if self.size_of()? {
                            break;
                        }
                    }
                    Word::Extension | Word::ComplexPart => {
                        self.drop(EditKind::Dropped, self.pos + 1);
                    }
                    _ => {
                        self.primary()?;
                        self.postfix()?;
                        break;
                    }
                },
                _ => {
                    self.primary()?;
                    self.postfix()?;
                    break;
                }
            }
        }
        self.depth = depth;
        Ok(())
    }

    /// `(type)`; whether it was a compound literal, and so a whole operand.
    fn cast(&mut self) -> Outcome<bool> {
        let close = self.cursor.close(self.pos);
        self.copy();
        self.type_name(close)?;
        self.copy();
        if self.here() != TokenKind::LBrace {
            return Ok(false);
        }
        self.initializer(true)?;
        Ok(true)
    }

    /// `sizeof`, `_Alignof`; whether a type in parentheses made it a whole operand.
    ///
    /// `__alignof__ e` is nothing lang-c knows, so both are written as `sizeof`.
    fn size_of(&mut self) -> Outcome<bool> {
        self.spell("sizeof");
        if self.here() != TokenKind::LParen {
            return Ok(false);
        }
        let close = self.cursor.close(self.pos);
        if !self.is_type_operand(self.pos + 1, close) {
            return Ok(false);
        }
        self.copy();
        self.type_name(close)?;
        self.copy();
        if self.here() == TokenKind::LBrace {
            self.initializer(true)?;
            self.postfix()?;
        }
        Ok(true)
    }

    fn primary(&mut self) -> Outcome {
        match self.here() {
            TokenKind::Number => {
                self.number();
                Ok(())
            }
            TokenKind::Char => {
                self.spell("'c'");
                Ok(())
            }
            TokenKind::String => self.string_run(),
            TokenKind::LParen => self.parenthesised(),
            TokenKind::Ident => match self.word(self.pos) {
                Word::Name if self.is_string_run() => self.string_run(),
                Word::Name => {
                    self.name();
                    Ok(())
                }
                Word::Generic => self.generic(),
                // `_Static_assert(…)` may be an argument, `asm` and `default` names in odd macros.
                _ => Err(self.stuck("a keyword where an operand belongs")),
            },
            _ => Err(self.stuck("an operand belongs here")),
        }
    }

    /// A number that lang-c can read: it is strict about suffixes and octal digits.
    fn number(&mut self) {
        let text = self.cursor.text(self.pos);
        let text = str::from_utf8(text).ok().filter(|text| is_plain_number(text.as_bytes()));
        let next = self.pos + 1;
        // `16 KB`: a macro that multiplies.
        let is_scaled = self.cursor.is_name(next)
            && next < self.limit
            && !self.cursor.starts_line(next)
            && self.kind(next + 1) != TokenKind::LParen;
        match text.map(str::to_owned) {
            text if is_scaled => {
                let text = text.unwrap_or_else(|| "0".to_owned());
                self.replace(EditKind::ScaledNumber, next + 1, &text);
            }
            Some(_) => self.copy(),
            None => self.spell("0"),
        }
    }

    /// `(e)` or `({ … })`.
    fn parenthesised(&mut self) -> Outcome {
        self.enter()?;
        let close = self.cursor.close(self.pos);
        let outer = std::mem::replace(&mut self.limit, close);
        self.copy();
        if self.here() == TokenKind::LBrace {
            self.compound()?;
        } else {
            self.expression()?;
        }
        self.limit = outer;
        self.expect(TokenKind::RParen, "the expression in parentheses ends here")?;
        self.leave();
        Ok(())
    }

    /// Subscripts, calls, members, `++` and `--` behind an operand.
    pub(super) fn postfix(&mut self) -> Outcome {
        let mut count = 0;
        loop {
            count += 1;
            if count > MAX_CHAIN {
                return Err(super::Failure::too_deep(self.cursor.id(self.pos)));
            }
            match self.here() {
                TokenKind::LBracket => {
                    let close = self.cursor.close(self.pos);
                    let outer = std::mem::replace(&mut self.limit, close);
                    self.copy();
                    self.expression()?;
                    self.limit = outer;
                    self.expect(TokenKind::RBracket, "the subscript ends here")?;
                }
                TokenKind::LParen => self.arguments()?,
                TokenKind::Dot | TokenKind::Arrow => {
                    self.copy();
                    if self.here() != TokenKind::Ident {
                        return Err(self.stuck("a member's name belongs here"));
                    }
                    self.name();
                }
                TokenKind::PlusPlus | TokenKind::MinusMinus => self.copy(),
                _ => return Ok(()),
            }
        }
    }

    /// `_Generic(e, type: e, default: e)`
    fn generic(&mut self) -> Outcome {
        self.copy();
        if self.here() != TokenKind::LParen {
            return Err(self.stuck("`_Generic` without its arms"));
        }
        let close = self.cursor.close(self.pos);
        let outer = std::mem::replace(&mut self.limit, close);
        self.copy();
        self.assignment()?;
        while self.here() == TokenKind::Comma {
            self.copy();
            if self.word(self.pos) == Word::Default {
                self.copy();
            } else {
                let colon = self.cursor.find(self.pos, close, |kind| kind == TokenKind::Colon);
                self.type_name(colon)?;
            }
            self.expect(TokenKind::Colon, "the `:` of a generic arm belongs here")?;
            self.assignment()?;
        }
        self.limit = outer;
        self.expect(TokenKind::RParen, "the generic selection ends here")
    }
}

/// Whether `kind` stands between two operands.
fn is_infix(kind: TokenKind) -> bool {
    use TokenKind::*;
    matches!(
        kind,
        Plus | Minus
            | Star
            | Slash
            | Percent
            | Amp
            | Pipe
            | Caret
            | Shl
            | Shr
            | Lt
            | Gt
            | Le
            | Ge
            | EqEq
            | BangEq
            | AmpAmp
            | PipePipe
            | Eq
            | StarEq
            | SlashEq
            | PercentEq
            | PlusEq
            | MinusEq
            | ShlEq
            | ShrEq
            | AmpEq
            | CaretEq
            | PipeEq
    )
}

/// Whether lang-c reads `text` as a number: decimal or hexadecimal digits with integer suffixes.
fn is_plain_number(text: &[u8]) -> bool {
    let suffix = text.iter().rev().take_while(|c| matches!(c, b'u' | b'U' | b'l' | b'L')).count();
    let (digits, suffix) = text.split_at(text.len() - suffix);
    if suffix.len() > 3 {
        return false;
    }
    match digits {
        [b'0', b'x' | b'X', hex @ ..] => !hex.is_empty() && hex.iter().all(u8::is_ascii_hexdigit),
        [b'0'] => true,
        [b'0', octal @ ..] => octal.iter().all(|c| matches!(c, b'0'..=b'7')),
        [] => false,
        decimal => decimal.iter().all(u8::is_ascii_digit),
    }
}
