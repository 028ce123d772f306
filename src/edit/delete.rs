//! What goes along with code that goes: the comma of a list, the blanks around it, its lines, and one of
//! two blank lines that would meet.

use super::layout::{is_first_on_line, line_end, line_start};
use super::marks::Side;
use super::plan::{Planner, is_word};
use crate::lex::{TokenId, TokenKind};
use crate::source::Span;

impl Planner<'_> {
    /// Removes a stretch with the blanks and the line that it leaves behind.
    pub(super) fn delete(&mut self, span: Span, first: TokenId, last: TokenId) {
        if self.whole_lone(first, last).is_some() {
            // The body of an `if` or loop cannot be nothing.
            self.put(span, b"{}".to_vec());
            return;
        }
        let span = self.with_comma(span, first, last);
        let bytes = self.bytes();
        let (start, end) = (span.start as usize, span.end as usize);
        let rest = &bytes[end..line_end(bytes, end)];
        let alone = is_first_on_line(bytes, start)
            && rest.iter().all(|c| matches!(c, b' ' | b'\t' | b'\r' | 0x0c));
        let span = if alone { self.whole_lines(start, end) } else { self.inline_gap(start, end) };
        let glued = self.would_glue(span);
        self.put(span, if glued { b" ".to_vec() } else { Vec::new() });
    }

    /// An element of a list that goes takes a comma with it that would be left beside a bracket or another
    /// comma.
    pub(super) fn with_comma(&self, span: Span, first: TokenId, last: TokenId) -> Span {
        let tokens = &self.file.tokens;
        let stays = |token: &TokenId| !self.marks.removed.contains_key(token);
        let before = tokens.significant_before(first).filter(stays);
        let after = tokens.significant_from(last.next()).filter(stays);
        let (Some(before), Some(after)) = (before, after) else { return span };
        let kinds = (tokens.kind(before), tokens.kind(after));
        let free = |token| {
            self.added(token, Side::After).is_empty() && self.added(token, Side::Before).is_empty()
        };
        match kinds {
            (TokenKind::Comma, TokenKind::RParen | TokenKind::Comma) if free(before) => {
                Span::new(self.span(before).start, span.end)
            }
            (TokenKind::LParen, TokenKind::Comma) if free(after) => {
                Span::new(span.start, self.span(after).end)
            }
            (TokenKind::Comma, TokenKind::Semi) if free(before) => {
                Span::new(self.span(before).start, span.end)
            }
            _ => span,
        }
    }

    pub(super) fn would_glue(&self, span: Span) -> bool {
        let before = span.start.checked_sub(1).and_then(|at| self.file.tokens.at_offset(at));
        let after = self.token_at(span.end as usize);
        match (before, after) {
            (Some(before), Some(after)) => {
                is_word(self.file.tokens.kind(before)) && is_word(self.file.tokens.kind(after))
            }
            _ => false,
        }
    }

    /// The lines of a stretch, and one of two blank lines that would meet.
    pub(super) fn whole_lines(&self, start: usize, end: usize) -> Span {
        let bytes = self.bytes();
        let from = line_start(bytes, start);
        let mut to = (line_end(bytes, end) + 1).min(bytes.len());
        let is_blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
        let before = (from > 0).then(|| &bytes[line_start(bytes, from - 1)..from]);
        let opens =
            before.is_none_or(|line| is_blank(line) || line.trim_ascii_end().ends_with(b"{"));
        if to < bytes.len() && opens {
            let next = (line_end(bytes, to) + 1).min(bytes.len());
            if is_blank(&bytes[to..next]) {
                to = next;
            }
        }
        Span::new(from as u32, to as u32)
    }

    /// A stretch inside of a line with the blank that belonged to it.
    pub(super) fn inline_gap(&self, start: usize, end: usize) -> Span {
        let bytes = self.bytes();
        let blank = |c: &u8| matches!(c, b' ' | b'\t');
        let before = start - bytes[..start].iter().rev().take_while(|c| blank(c)).count();
        let after = end + bytes[end..].iter().take_while(|c| blank(c)).count();
        let at_line_start = is_first_on_line(bytes, start);
        let closes =
            matches!(bytes.get(after), None | Some(b'\n' | b'\r' | b';' | b')' | b']' | b','));
        if at_line_start {
            return Span::new(start as u32, after as u32);
        }
        if closes {
            return Span::new(before as u32, end as u32);
        }
        let has_blank = before < start || bytes[..start].ends_with(b"(");
        Span::new(start as u32, if has_blank { after } else { end } as u32)
    }
}
