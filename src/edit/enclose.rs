//! Where braces stand and how the lines around them look, for the statements that [`braces`](super::braces)
//! finds.

use super::Arms;
use super::braces::{Lone, is_simple_statement, lone_at, lone_over, other_arm};
use super::layout::{deeper, indent_of, line_start};
use super::marks::Side;
use super::plan::{Planner, is_block_code};
use super::render::Word;
use super::stack::{closing_part, opens_block};
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

    /// Finds the statements that get braces because code is added beside them.
    pub(super) fn decide_braces(&mut self, places: &[(TokenId, Side)]) {
        let mut all = std::mem::take(&mut self.braced);
        for &(token, side) in places {
            if self.marks.removed.contains_key(&token) {
                continue;
            }
            let runs = self.added(token, side).iter();
            let lones = runs.filter_map(|run| {
                let words = &run.tokens;
                let braces = side == Side::Before && opens_block(words)
                    || side == Side::After && closing_part(words) > 0;
                let lines = is_block_code(words)
                    && self.at_boundary(token, side)
                    && words[0].text != b"else";
                (lines && !braces).then(|| self.lone_beside(token, side, run.extent))?
            });
            all.extend(lones);
        }
        if self.arms == Arms::Both {
            let others: Vec<Lone> = all
                .iter()
                .filter_map(|&lone| other_arm(self.ast_at(lone.first)?, self.file, lone))
                .collect();
            all.extend(others);
        }
        all.sort();
        all.dedup();
        self.braced = all;
    }

    /// The body of an `if` or loop, without braces, that starts or ends with the code which something is
    /// added beside.
    pub(super) fn lone_beside(
        &self,
        token: TokenId,
        side: Side,
        extent: Option<TokenRange>,
    ) -> Option<Lone> {
        let ast = self.ast_at(token)?;
        let lone = match extent.filter(|extent| extent.contains(token)) {
            Some(extent) if extent.start.next() != extent.end => lone_over(ast, self.file, extent),
            _ => lone_at(ast, self.file, token),
        };
        lone.filter(|lone| match side {
            Side::Before => lone.first == token,
            Side::After => lone.last == token,
        })
    }

    /// Opens the braces of a lone statement.
    pub(super) fn open_brace(&mut self, lone: Lone) {
        let owner = self.owner_indent(lone);
        let head_end = self.span(lone.head).end;
        let start = self.span(lone.first).start;
        let same_line = line_start(self.bytes(), start as usize) <= head_end as usize;
        if same_line {
            let text = [b" {\n", &deeper(&owner)[..]].concat();
            self.put(Span::new(head_end, start), text);
        } else {
            self.put(Span::new(head_end, head_end), b" {".to_vec());
        }
    }

    pub(super) fn owner_indent(&self, lone: Lone) -> Vec<u8> {
        indent_of(self.bytes(), self.span(lone.owner).start as usize).to_vec()
    }

    /// Closes the braces of a lone statement.
    pub(super) fn close_brace(&mut self, lone: Lone) {
        let owner = self.owner_indent(lone);
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
