//! Continuation lines that follow a parenthesis which an edit has moved.

use std::collections::BTreeMap;

use super::layout::{
    MOST_WIDTH, WANTED_WIDTH, advance, blanks, column_at, fill, indent_of, is_first_on_line,
    line_end, line_start,
};
use super::plan::Planner;
use super::render::Word;
use crate::lex::{TokenId, TokenKind};
use crate::source::Span;

impl Planner<'_> {
    /// Moves continuation lines that were aligned to a parenthesis which an edit has moved.
    pub(super) fn realign(&mut self) {
        let moved: Vec<(Span, isize)> = self
            .pieces
            .iter()
            .filter(|(span, text)| {
                !text.contains(&b'\n') && !self.bytes()[span.range()].contains(&b'\n')
            })
            .map(|(span, text)| {
                let start = column_at(self.bytes(), span.start as usize);
                let old = advance(start, &self.bytes()[span.range()]);
                (*span, advance(start, text) as isize - old as isize)
            })
            .filter(|(_, delta)| *delta != 0)
            .collect();
        for (span, delta) in &moved {
            if *delta > 0 {
                self.reflow_call(*span, *delta);
            }
        }
        let mut shifts: BTreeMap<usize, isize> = BTreeMap::new();
        for (span, delta) in moved {
            self.shift_after(span, delta, &mut shifts);
        }
        for (line, delta) in shifts {
            let indent = indent_of(self.bytes(), line);
            let column = advance(0, indent) as isize + delta;
            let span = Span::new(line as u32, (line + indent.len()) as u32);
            let free =
                !self.pieces.keys().any(|other| other.start <= span.end && span.start <= other.end);
            if free && column >= 0 {
                self.put(span, blanks(column as usize));
            }
        }
    }

    /// Breaks the arguments of the call behind `span` anew, where its lines have become too long.
    pub(super) fn reflow_call(&mut self, span: Span, delta: isize) {
        let Some(open) = self.token_at(span.end as usize) else { return };
        if self.file.tokens.kind(open) != TokenKind::LParen {
            return;
        }
        let Some(words) = self.call_words(open) else { return };
        let last = words.1;
        let end = self.span(last).end as usize;
        // Of the lines below, only those move that are aligned to a parenthesis which does.
        let mut shifts: BTreeMap<usize, isize> = BTreeMap::new();
        self.shift_after(span, delta, &mut shifts);
        shifts.insert(span.start as usize, delta);
        let too_long = |line: usize| {
            let column = column_at(self.bytes(), line_end(self.bytes(), line)) as isize;
            let delta = shifts.get(&line).copied().unwrap_or(0);
            let crosses =
                |width: usize| column <= width as isize && column + delta > width as isize;
            crosses(WANTED_WIDTH) || crosses(MOST_WIDTH)
        };
        let mut lines = vec![span.start as usize];
        lines.extend(
            memchr::memchr_iter(b'\n', &self.bytes()[span.end as usize..end])
                .map(|at| span.end as usize + at + 1),
        );
        let call = Span::new(span.end, end as u32);
        let touched = self
            .pieces
            .keys()
            .any(|other| *other != span && other.start <= call.end && call.start <= other.end);
        if touched || !lines.into_iter().any(too_long) {
            return;
        }
        let start = column_at(self.bytes(), span.end as usize) as isize + delta;
        let indent = advance(0, indent_of(self.bytes(), span.start as usize));
        let text = fill(&words.0, start as usize, indent + 8, self.tail(end));
        self.put(call, text);
    }

    /// The words of an argument list and its last token; `None` where a comment or directive is in it.
    pub(super) fn call_words(&self, open: TokenId) -> Option<(Vec<Word>, TokenId)> {
        let mut words: Vec<Word> = Vec::new();
        let mut depth = 0;
        let mut token = open;
        let mut blank = false;
        while token.index() < self.file.tokens.len() {
            let kind = self.file.tokens.kind(token);
            match kind {
                TokenKind::Space => {
                    // What stood on the line below its parenthesis follows it without a blank.
                    blank = !(self.bytes()[self.span(token).range()].contains(&b'\n')
                        && words.last().is_some_and(|word| word.kind.is_open()));
                    token = token.next();
                    continue;
                }
                _ if kind.is_trivia() => return None,
                _ => {}
            }
            depth += i32::from(kind.is_open()) - i32::from(kind.is_close());
            let text = self.bytes()[self.span(token).range()].to_vec();
            words.push(Word { text, kind, newlines: 0, blank });
            blank = false;
            if depth == 0 {
                return Some((words, token));
            }
            token = token.next();
        }
        None
    }

    /// Notes the lines below `span` whose alignment follows a parenthesis behind it on its line.
    pub(super) fn shift_after(
        &self,
        span: Span,
        delta: isize,
        shifts: &mut BTreeMap<usize, isize>,
    ) {
        let bytes = self.bytes();
        let line = line_end(bytes, span.end as usize);
        let Some(first) = self.file.tokens.at_offset(span.end) else { return };
        let mut open: Vec<Option<usize>> = Vec::new();
        let mut token = first;
        while token.index() < self.file.tokens.len() {
            let at = self.span(token);
            let kind = self.file.tokens.kind(token);
            let on_line = (at.start as usize) < line;
            if at.start < span.end {
                token = token.next();
                continue;
            }
            if !on_line && open.is_empty() {
                return;
            }
            let significant = kind != TokenKind::Space;
            if significant && !on_line && is_first_on_line(bytes, at.start as usize) {
                let aligned = open.iter().rev().find_map(|column| *column);
                if aligned == Some(column_at(bytes, at.start as usize)) {
                    *shifts.entry(line_start(bytes, at.start as usize)).or_default() += delta;
                }
            }
            if kind.is_open() {
                let column = on_line.then(|| column_at(bytes, at.end as usize));
                open.push(column);
            } else if kind.is_close() && open.pop().is_none() {
                return;
            }
            token = token.next();
        }
    }
}
