//! Strings side by side, with macros among them: `KERN_ERR "…" PRIu64 "…"`.
//!
//! C only knows strings; in the kernel any name next to a string is one too, with or without arguments.

use super::{Outcome, Pass};
use crate::items::normalised::EditKind;
use crate::lex::TokenKind;

/// How many pieces a run may have: lang-c is fed one for each.
const MAX_MACROS_BEFORE: usize = 8;

impl Pass<'_> {
    /// Whether the name at hand is part of a run of strings: names, with or without arguments, and then
    /// a string, or two names side by side, which no other expression has.
    pub(super) fn is_string_run(&self) -> bool {
        let mut at = self.pos;
        for _ in 0..MAX_MACROS_BEFORE {
            if at >= self.limit {
                return false;
            }
            at = match self.kind(at) {
                TokenKind::String => return at > self.pos,
                TokenKind::Ident if self.cursor.is_name(at) => self.run_name_end(at),
                _ => return false,
            };
        }
        false
    }

    /// Where a name of a run ends: behind its arguments, if it has some.
    fn run_name_end(&self, at: usize) -> usize {
        let open = at + 1;
        let call = open < self.limit && self.kind(open) == TokenKind::LParen;
        if call { self.cursor.skip(open) } else { open }
    }

    /// Writes a run as one string, or as the strings it is made of.
    pub(super) fn string_run(&mut self) -> Outcome {
        let mut end = self.pos;
        let mut plain = true;
        while end < self.limit {
            end = match self.kind(end) {
                TokenKind::String => end + 1,
                TokenKind::Ident if self.cursor.is_name(end) => {
                    plain = false;
                    self.run_name_end(end)
                }
                _ => break,
            };
        }
        if plain {
            while self.pos < end {
                self.spell("\"\"");
            }
        } else {
            self.replace(EditKind::StringRun, end, "\"\"");
        }
        Ok(())
    }
}
