//! Semantic patch text to tokens: the C lexer over lines whose first column has been set aside.
//!
//! In: the bytes of a `.cocci` file. Out: [`Scan`]: all tokens with the mark of their line. The column
//! markers (`-`, `+`, `*`, `?`) are blanked before lexing, one byte for one, so that spans mean bytes of
//! the file and a `+#include` is a directive like any other.
//!
//! A marker counts where a line starts outside of a comment, and inside a comment that a `+` line opened:
//! there each line has its own `+`, which is no part of the comment.

use crate::lex::{TokenId, TokenKind, lex};
use crate::source::{LineIndex, Span};

/// What the first column of a line says about the code on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// Must be there and stays.
    Context,
    /// Must be there and goes.
    Minus,
    /// Is added; `many` for `++`, which may be added more than once in one place.
    Plus {
        /// Whether it was written `++`.
        many: bool,
    },
    /// Must be there and is reported.
    Star,
}

impl Mark {
    /// Whether the code is added.
    pub fn is_plus(self) -> bool {
        matches!(self, Mark::Plus { .. })
    }
}

/// A token of a rule file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleToken {
    /// What it is to the C lexer.
    pub kind: TokenKind,
    /// Its bytes in the file.
    pub span: Span,
    /// 1-based.
    pub line: u32,
    /// The mark of its line.
    pub mark: Mark,
    /// Whether it is the very first thing on its line, without marker or blank before it.
    pub first_column: bool,
    /// Whether its line says `?`: what starts here may be missing.
    pub optional: bool,
}

/// A rule file as tokens, comments included, white space not.
#[derive(Clone, Debug)]
pub struct Scan {
    /// The file with its markers blanked.
    pub text: Vec<u8>,
    /// The tokens in order.
    pub tokens: Vec<RuleToken>,
    /// The mark of each line.
    pub marks: Vec<Mark>,
}

impl Scan {
    /// The text of `span`.
    pub fn text(&self, span: Span) -> &str {
        std::str::from_utf8(&self.text[span.range()]).unwrap_or("\u{fffd}")
    }

    /// The text of token `index`.
    pub fn token_text(&self, index: usize) -> &str {
        self.text(self.tokens[index].span)
    }
}

/// Scans `bytes`.
pub fn scan(bytes: &[u8], lines: &LineIndex) -> Scan {
    let Blanked { text, marks, optional } = blank_markers(bytes, lines);
    let lexed = lex(&text);
    let mut tokens = Vec::new();
    for id in (0..lexed.len() as u32).map(TokenId) {
        let kind = lexed.kind(id);
        if kind == TokenKind::Space {
            continue;
        }
        let span = lexed.span(id);
        let place = lines.location(span.start);
        let mark = marks[place.line as usize - 1];
        let optional = optional[place.line as usize - 1];
        let first_column = place.column == 1 && mark == Mark::Context && !optional;
        tokens.push(RuleToken { kind, span, line: place.line, mark, first_column, optional });
    }
    Scan { text, tokens, marks }
}

/// Where the scan of one line left off.
enum Comment {
    None,
    Open { by_plus: bool },
}

/// The text without its markers, and what they said of each line.
struct Blanked {
    text: Vec<u8>,
    marks: Vec<Mark>,
    optional: Vec<bool>,
}

fn blank_markers(bytes: &[u8], lines: &LineIndex) -> Blanked {
    let mut text = bytes.to_vec();
    let mut marks = Vec::new();
    let mut optional = Vec::new();
    let mut comment = Comment::None;
    for line in 1.. {
        let Some(span) = lines.line_span(line) else { break };
        let line = &mut text[span.range()];
        let free = matches!(comment, Comment::None);
        optional.push(free && take_question_mark(line));
        let mark = match comment {
            Comment::None => take_marker(line),
            Comment::Open { by_plus: true } if line.starts_with(b"+") => take_marker(line),
            Comment::Open { by_plus: true } => Mark::Plus { many: false },
            Comment::Open { by_plus: false } => Mark::Context,
        };
        marks.push(mark);
        comment = comment_after(line, comment, mark);
    }
    Blanked { text, marks, optional }
}

/// Takes the `?` of a line away, which may stand before or after another marker.
fn take_question_mark(line: &mut [u8]) -> bool {
    match line {
        [b'?', b'-' | b'*', ..] => {
            line.swap(0, 1);
            line[1] = b' ';
            true
        }
        [b'-' | b'*', b'?', ..] => {
            line[1] = b' ';
            true
        }
        [b'?', ..] => {
            line[0] = b' ';
            true
        }
        _ => false,
    }
}

/// Reads the marker of a line and blanks it.
fn take_marker(line: &mut [u8]) -> Mark {
    let (mark, len) = match line {
        [b'+', b'+', ..] => (Mark::Plus { many: true }, 2),
        [b'+', ..] => (Mark::Plus { many: false }, 1),
        [b'-', ..] => (Mark::Minus, 1),
        [b'*', ..] => (Mark::Star, 1),
        _ => (Mark::Context, 0),
    };
    line[..len].fill(b' ');
    mark
}

/// Whether a block comment is open at the end of `line`.
fn comment_after(line: &[u8], before: Comment, mark: Mark) -> Comment {
    let mut open = before;
    let mut at = 0;
    while at < line.len() {
        let rest = &line[at..];
        at += match open {
            Comment::Open { .. } if rest.starts_with(b"*/") => {
                open = Comment::None;
                2
            }
            Comment::Open { .. } => 1,
            Comment::None if rest.starts_with(b"/*") => {
                open = Comment::Open { by_plus: mark.is_plus() };
                2
            }
            Comment::None if rest.starts_with(b"//") => break,
            Comment::None if matches!(rest[0], b'"' | b'\'') => quoted(rest),
            Comment::None => 1,
        };
    }
    open
}

/// The length of a literal that starts `text`, at most to the end of the line.
fn quoted(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            c if c == text[0] => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: &[(&str, Mark)]) {
        let scan = scan(text.as_bytes(), &LineIndex::new(text.as_bytes()));
        let got: Vec<_> = scan.tokens.iter().map(|t| (scan.text(t.span), t.mark)).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn markers_are_no_part_of_the_code() {
        let plus = Mark::Plus { many: false };
        check(
            "- a;\n+#include <x>\n  b\n",
            &[("a", Mark::Minus), (";", Mark::Minus), ("#include <x>", plus), ("b", Mark::Context)],
        );
    }

    #[test]
    fn a_star_inside_a_comment_is_no_marker() {
        check("/* a\n* b\n*/ c\n", &[("/* a\n* b\n*/", Mark::Context), ("c", Mark::Context)]);
    }

    #[test]
    fn an_added_comment_has_its_own_plus_on_each_line() {
        let plus = Mark::Plus { many: false };
        check("+/* a\n+  b */\n", &[("/* a\n   b */", plus)]);
    }
}
