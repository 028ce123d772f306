//! What stands behind one token: added code and closing braces, the innermost first.
//!
//! A token may end a statement, the branch it is, and the `if` around that; code can be added behind each
//! of them. A rule may also bring the braces of a branch itself: `+{ trace();` before it and `+}` behind.

use super::braces::Lone;
use super::layout::{Spot, advance, deeper, lay_out, line_end, line_start};
use super::marks::Side;
use super::plan::{Planner, is_block_code, push_run};
use super::render::{Rendered, Word};
use crate::lex::{TokenId, TokenKind, TokenRange};
use crate::source::Span;

/// One thing that stands behind a token.
enum Event {
    Lines(Vec<Word>, Option<TokenRange>),
    Close(Lone),
}

impl Planner<'_> {
    /// Whether `run` stands behind a statement of which the removed `token` is only the end.
    pub(super) fn is_behind(&self, token: TokenId, run: &Rendered) -> bool {
        run.extent.is_some_and(|extent| {
            extent.contains(token) && !self.marks.removed.contains_key(&extent.start)
        })
    }

    /// Everything that is added behind `token`.
    pub(super) fn insert_behind(&mut self, token: TokenId) {
        let mut events = self.events(token);
        let removed = self.marks.removed.contains_key(&token);
        match events.as_slice() {
            [] => {}
            [(_, Event::Lines(..))] if !removed => {
                let Some((_, Event::Lines(words, extent))) = events.pop() else { return };
                let is_member = words[0].kind == TokenKind::Dot;
                if (is_block_code(&words) || is_member) && self.at_boundary(token, Side::After) {
                    self.insert_lines(token, Side::After, &words, extent);
                } else {
                    self.insert_inline(token, Side::After, &words);
                }
            }
            [(_, Event::Close(lone))] => {
                let lone = *lone;
                self.close_brace(lone);
            }
            _ => self.chain(token, events.into_iter().map(|(_, event)| event).collect(), removed),
        }
    }

    /// What stands behind `token`, in the order in which it is to stand.
    fn events(&self, token: TokenId) -> Vec<((u32, u8), Event)> {
        let removed = self.marks.removed.contains_key(&token);
        let runs = self.added(token, Side::After).iter();
        let runs = runs.filter(|run| !removed || self.is_behind(token, run));
        let mut groups: Vec<(Option<TokenRange>, Vec<Word>)> = Vec::new();
        for run in runs {
            match groups.iter_mut().find(|(extent, _)| *extent == run.extent) {
                Some((_, words)) => push_run(words, &run.tokens),
                None => groups.push((run.extent, run.tokens.clone())),
            }
        }
        let mut events = Vec::new();
        for (extent, words) in groups {
            let size = extent
                .filter(|extent| extent.contains(token))
                .map_or(1, |extent| extent.end.0 - extent.start.0);
            let closes = closing_part(&words);
            let mut lines = |words: &[Word], order: u8| {
                if !words.is_empty() {
                    events.push(((size, order), Event::Lines(words.to_vec(), extent)));
                }
            };
            if closes == 0 {
                lines(&words, 0);
                continue;
            }
            lines(&words[..closes - 1], 0);
            lines(&words[closes..], 2);
            match self.lone_beside(token, Side::After, extent) {
                Some(lone) => events.push(((size, 1), Event::Close(lone))),
                None => lines(&words[closes - 1..closes], 1),
            }
        }
        for &lone in self.braced.iter().filter(|lone| lone.last == token) {
            events.push(((lone.last.0 + 1 - lone.first.0, 1), Event::Close(lone)));
        }
        events.sort_by_key(|(key, _)| *key);
        events
    }

    fn chain(&mut self, token: TokenId, events: Vec<Event>, removed: bool) {
        let mut text = Vec::new();
        let mut indent = Vec::new();
        let mut follows = None;
        for event in events {
            follows = None;
            match event {
                Event::Lines(words, extent) => {
                    indent = self.line_indent(token, Side::After, &words, extent);
                    let column = advance(0, &indent);
                    let body =
                        lay_out(&words, &Spot { indent: &indent, column, tail: 0, inside: None });
                    text.extend([b"\n", &indent[..], &body].concat());
                }
                Event::Close(lone) => {
                    indent = self.owner_indent(lone);
                    text.extend([b"\n", &indent[..], b"}"].concat());
                    follows = lone.follows;
                }
            }
        }
        if removed {
            return self.append_at(self.span(token).end, &text);
        }
        let at = self.end_with_comment(token);
        if let Some(next) = follows
            && self.only_blanks(at, self.span(next).start as usize)
        {
            text.push(b' ');
            self.put(Span::new(at as u32, self.span(next).start), text);
            return;
        }
        let rest = &self.bytes()[at..line_end(self.bytes(), at)];
        let more = rest.iter().any(|c| !c.is_ascii_whitespace());
        let skip = if more { rest.iter().take_while(|c| **c == b' ').count() } else { 0 };
        if more {
            text.extend([b"\n", &indent[..]].concat());
        }
        self.put(Span::new(at as u32, (at + skip) as u32), text);
    }

    /// Code that opens a block before the statement at `token`.
    pub(super) fn open_block(
        &mut self,
        token: TokenId,
        words: &[Word],
        extent: Option<TokenRange>,
    ) {
        let lone = self.lone_beside(token, Side::Before, extent);
        let start = self.span(token).start;
        let outer = lone.map_or_else(|| self.indent_for(token), |lone| self.owner_indent(lone));
        let inner = deeper(&outer);
        let column = advance(0, &inner);
        let new_line = [b"\n", &inner[..]].concat();
        let body = match &words[1..] {
            [] => Vec::new(),
            rest => {
                let body = lay_out(rest, &Spot { indent: &inner, column, tail: 0, inside: None });
                [&new_line[..], &body].concat()
            }
        };
        match lone.filter(|lone| !self.comment_between(lone.head, token)) {
            Some(lone) => {
                let head_end = self.span(lone.head).end;
                let same_line = line_start(self.bytes(), start as usize) <= head_end as usize;
                let text = [b" {", &body[..]].concat();
                match same_line {
                    true => {
                        let text = [&text[..], &new_line].concat();
                        self.put(Span::new(head_end, start), text);
                    }
                    false => self.put(Span::new(head_end, head_end), text),
                }
            }
            None => {
                let text = [b"{", &body[..], &new_line].concat();
                self.put(Span::new(start, start), text);
            }
        }
    }
}

/// Whether added code opens a brace that it does not close.
pub(super) fn opens_block(words: &[Word]) -> bool {
    let depth: i32 = words
        .iter()
        .map(|word| {
            i32::from(word.kind == TokenKind::LBrace) - i32::from(word.kind == TokenKind::RBrace)
        })
        .sum();
    depth > 0 && words.first().is_some_and(|word| word.kind == TokenKind::LBrace)
}

/// How many words there are up to the last `}` that closes no `{` of theirs.
pub(super) fn closing_part(words: &[Word]) -> usize {
    let mut depth = 0i32;
    let mut found = 0;
    for (at, word) in words.iter().enumerate() {
        depth += i32::from(word.kind == TokenKind::LBrace);
        depth -= i32::from(word.kind == TokenKind::RBrace);
        if depth < 0 {
            depth = 0;
            found = at + 1;
        }
    }
    found
}
