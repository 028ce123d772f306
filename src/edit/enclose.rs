//! Where braces stand and how the lines around them look, for the statements that [`braces`](super::braces)
//! finds.

use super::braces::{Lone, is_simple_statement, lone_at, other_arm};
use super::layout::{deeper, indent_of, line_start};
use super::plan::Planner;
use super::render::Word;
use crate::lex::{TokenId, TokenKind, TokenRange};
use crate::source::Span;

impl Planner<'_> {
    pub(super) fn whole_lone(&self, first: TokenId, last: TokenId) -> Option<Lone> {
        let ast = self.ast_at(first)?;
        lone_at(ast, self.file, first).filter(|lone| lone.first == first && lone.last == last)
    }

    pub(super) fn brace_if_needed(&mut self, first: TokenId, last: TokenId, words: &[Word]) {
        if let Some(lone) = self.whole_lone(first, last)
            && !is_simple_statement(words)
        {
            self.braced.push(lone);
        }
    }

    /// Puts braces around the statements that need them, and around the other arm of their `if`.
    pub(super) fn braces(&mut self) {
        let mut all = std::mem::take(&mut self.braced);
        let others: Vec<Lone> = all
            .iter()
            .filter_map(|&lone| other_arm(self.ast_at(lone.first)?, self.file, lone))
            .collect();
        all.extend(others);
        all.sort();
        all.dedup();
        for lone in all {
            self.brace(lone);
        }
    }

    pub(super) fn brace(&mut self, lone: Lone) {
        let owner = indent_of(self.bytes(), self.span(lone.owner).start as usize).to_vec();
        let head_end = self.span(lone.head).end;
        let start = self.span(lone.first).start;
        let same_line = line_start(self.bytes(), start as usize) <= head_end as usize;
        if same_line {
            let text = [b" {\n", &deeper(&owner)[..]].concat();
            self.put(Span::new(head_end, start), text);
        } else {
            self.put(Span::new(head_end, head_end), b" {".to_vec());
        }
        let end = self.span(lone.last).end;
        let close = [b"\n", &owner[..], b"}"].concat();
        let with_comment = self.end_with_comment(lone.last);
        if with_comment != end as usize {
            let at = with_comment as u32;
            match lone.follows {
                Some(next) if self.only_blanks(with_comment, self.span(next).start as usize) => {
                    self.put(Span::new(at, self.span(next).start), [&close[..], b" "].concat());
                }
                _ => self.append_at(at, &close),
            }
            return;
        }
        match lone.follows {
            Some(next)
                if self.follows(lone.last, next) && !self.comment_between(lone.last, next) =>
            {
                let span = Span::new(end, self.span(next).start);
                self.append_at(end, &[]);
                self.put(span, [&close[..], b" "].concat());
            }
            _ => self.append_at(end, &close),
        }
    }

    pub(super) fn only_blanks(&self, from: usize, to: usize) -> bool {
        self.bytes()[from..to].iter().all(u8::is_ascii_whitespace)
    }

    pub(super) fn comment_between(&self, before: TokenId, after: TokenId) -> bool {
        TokenRange { start: before.next(), end: after }
            .iter()
            .any(|token| self.file.tokens.kind(token) != TokenKind::Space)
    }
}
