//! Indentation, alignment and line width, as kernel code has them: tabs of eight columns, 80 columns
//! wanted, continuation lines aligned to the open parenthesis.
//!
//! In: words of added code and the place they go to. Out: text. What a line is and which line is nested in
//! which follows from the words, not from how the rule is indented, for rules are written with all kinds.

use bstr::ByteSlice;

use super::render::Word;
use crate::lex::TokenKind;

/// A tab stop.
const TAB: usize = 8;

/// Lines are broken past this column where they can be.
pub(super) const WANTED_WIDTH: usize = 80;

/// Where files have longer lines, columns that none of them exceeds: what `checkpatch.pl` lets pass.
pub(super) const MOST_WIDTH: usize = 100;

/// The start of the line that holds byte `at`.
pub(super) fn line_start(bytes: &[u8], at: usize) -> usize {
    bytes[..at].rfind_byte(b'\n').map_or(0, |newline| newline + 1)
}

/// The end of the line that holds byte `at`, its newline not included.
pub(super) fn line_end(bytes: &[u8], at: usize) -> usize {
    bytes[at..].find_byte(b'\n').map_or(bytes.len(), |len| at + len)
}

/// The column after `text`, which starts at `column`; 0-based.
pub(super) fn advance(column: usize, text: &[u8]) -> usize {
    let line = text.rfind_byte(b'\n').map_or((column, text), |at| (0, &text[at + 1..]));
    line.1.iter().fold(line.0, |column, &c| match c {
        b'\t' => (column / TAB + 1) * TAB,
        c if c & 0xc0 == 0x80 => column,
        _ => column + 1,
    })
}

/// The column of byte `at`.
pub(super) fn column_at(bytes: &[u8], at: usize) -> usize {
    advance(0, &bytes[line_start(bytes, at)..at])
}

/// The blanks that the line with byte `at` starts with.
pub(super) fn indent_of(bytes: &[u8], at: usize) -> &[u8] {
    let line = &bytes[line_start(bytes, at)..];
    let len = line.iter().take_while(|c| matches!(c, b' ' | b'\t')).count();
    &line[..len]
}

/// Whether nothing but blanks stands before byte `at` on its line.
pub(super) fn is_first_on_line(bytes: &[u8], at: usize) -> bool {
    bytes[line_start(bytes, at)..at].iter().all(|c| matches!(c, b' ' | b'\t' | 0x0c))
}

/// Blanks up to `column`: tabs as far as they go.
pub(super) fn blanks(column: usize) -> Vec<u8> {
    let mut text = vec![b'\t'; column / TAB];
    text.extend(std::iter::repeat_n(b' ', column % TAB));
    text
}

/// One level deeper than `indent`: a tab, or four blanks more where the line is indented with blanks.
pub(super) fn deeper(indent: &[u8]) -> Vec<u8> {
    let mut deeper = indent.to_vec();
    match indent.last() {
        Some(b' ') if !indent.contains(&b'\t') => deeper.extend_from_slice(b"    "),
        _ => deeper.push(b'\t'),
    }
    deeper
}

/// Where added code goes.
pub(super) struct Spot<'a> {
    /// The indentation of the statement it belongs to.
    pub(super) indent: &'a [u8],
    /// The column at which it starts.
    pub(super) column: usize,
    /// How many columns follow it on its last line.
    pub(super) tail: usize,
    /// Where its further lines start, for code that continues what stands in parentheses.
    pub(super) inside: Option<usize>,
}

/// Lays words out from `spot` on.
pub(super) fn lay_out(words: &[Word], spot: &Spot<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut nesting = Nesting::default();
    let mut start = 0;
    while start < words.len() {
        let next = words[start + 1..].iter().position(|word| word.newlines > 0);
        let end = next.map_or(words.len(), |len| start + 1 + len);
        let line = &words[start..end];
        let column = if start == 0 {
            spot.column
        } else {
            out.extend(std::iter::repeat_n(b'\n', line[0].newlines.max(1) as usize));
            let column = nesting.parens.last().copied();
            let is_directive = line[0].kind == TokenKind::Directive;
            let indent = if is_directive {
                Vec::new()
            } else {
                nesting.indent_of(line, spot.indent, column)
            };
            out.extend_from_slice(&indent);
            advance(0, &indent)
        };
        let tail = if end == words.len() { spot.tail } else { 0 };
        let below = || advance(0, spot.indent) + TAB * (1 + nesting.level(line));
        let continued = spot.inside.unwrap_or_else(below);
        out.extend_from_slice(&wrap(line, column, continued, tail));
        nesting.after(line, column);
        start = end;
    }
    out
}

/// How deep the next line is nested in the ones before it.
#[derive(Default)]
struct Nesting {
    braces: usize,
    /// Heads of `if`s and loops whose statement has not come yet.
    heads: usize,
    /// The columns behind open parentheses.
    parens: Vec<usize>,
}

impl Nesting {
    fn level(&self, line: &[Word]) -> usize {
        let first = line.first().map_or(&b""[..], |word| &word.text);
        let level = self.braces + self.heads;
        match first {
            b"}" | b"{" | b"case" | b"default" => level.saturating_sub(1),
            _ => level,
        }
    }

    fn indent_of(&self, line: &[Word], indent: &[u8], aligned: Option<usize>) -> Vec<u8> {
        if let Some(column) = aligned {
            return blanks(column);
        }
        if is_label(line) {
            return Vec::new();
        }
        (0..self.level(line)).fold(indent.to_vec(), |indent, _| deeper(&indent))
    }

    fn after(&mut self, line: &[Word], column: usize) {
        let mut at = column;
        for (index, word) in line.iter().enumerate() {
            at = advance(at + usize::from(word.blank && index > 0), &word.text);
            match word.kind {
                TokenKind::LParen => self.parens.push(at),
                TokenKind::RParen => {
                    self.parens.pop();
                }
                TokenKind::LBrace => {
                    self.braces += 1;
                    self.heads = 0;
                }
                TokenKind::RBrace => self.braces = self.braces.saturating_sub(1),
                _ => {}
            }
        }
        let last = line.last().map(|word| word.kind);
        let is_head = line.first().is_some_and(|word| is_head(&word.text))
            || line.first().is_some_and(|word| word.kind == TokenKind::RBrace)
                && line.iter().any(|word| word.text == b"else");
        match last {
            _ if !self.parens.is_empty() => {}
            Some(TokenKind::Semi | TokenKind::RBrace) => self.heads = 0,
            Some(TokenKind::LBrace) => {}
            _ if is_head => self.heads += 1,
            _ => {}
        }
    }
}

/// Whether a line that starts with `word` has its statement on the next one.
fn is_head(word: &[u8]) -> bool {
    matches!(word, b"if" | b"else" | b"for" | b"while" | b"do" | b"switch")
        || word.contains_str("for_each")
}

/// `name:` alone: the kernel puts goto labels into the first column.
fn is_label(line: &[Word]) -> bool {
    matches!(line, [name, colon] if name.kind == TokenKind::Ident
        && colon.kind == TokenKind::Colon && name.text != b"default")
}

/// Words of one line as text; broken where they pass the wanted width.
pub(super) fn wrap(words: &[Word], column: usize, continued: usize, tail: usize) -> Vec<u8> {
    let whole = join(words);
    if whole.contains(&b'\n') || advance(column, &whole) + tail <= WANTED_WIDTH {
        return whole;
    }
    if let Some(broken) = break_conditional(words, column, continued, tail) {
        return broken;
    }
    fill(words, column, continued, tail)
}

fn join(words: &[Word]) -> Vec<u8> {
    let mut text = Vec::new();
    for (index, word) in words.iter().enumerate() {
        if index > 0 && word.blank {
            text.push(b' ');
        }
        text.extend_from_slice(&word.text);
    }
    text
}

/// `cond ? a : b` with `a` and `b` on lines of their own, below the condition where it stands in
/// parentheses, else one level deeper.
fn break_conditional(
    words: &[Word],
    column: usize,
    continued: usize,
    tail: usize,
) -> Option<Vec<u8>> {
    let depths = depths(words);
    let question = words
        .iter()
        .zip(&depths)
        .enumerate()
        .filter(|(_, (word, _))| word.kind == TokenKind::Question)
        .min_by_key(|(_, (_, depth))| **depth)?
        .0;
    let depth = depths[question];
    let colon = (question..words.len())
        .find(|&at| words[at].kind == TokenKind::Colon && depths[at] == depth)?;
    let open =
        (0..question).rev().find(|&at| words[at].kind == TokenKind::LParen && depths[at] < depth);
    let below = match open {
        Some(open) => advance(column, &join(&words[..=open])),
        None => continued,
    };
    let mut out = fill(&words[..=question], column, continued, 0);
    for (part, tail) in [(&words[question + 1..=colon], 0), (&words[colon + 1..], tail)] {
        out.push(b'\n');
        out.extend_from_slice(&blanks(below));
        out.extend_from_slice(&fill(part, below, below, tail));
    }
    Some(out)
}

/// How many parentheses are open at each word; an opening one does not count for itself.
fn depths(words: &[Word]) -> Vec<usize> {
    let mut depth = 0usize;
    words
        .iter()
        .map(|word| {
            if word.kind == TokenKind::RParen {
                depth = depth.saturating_sub(1);
            }
            let here = depth;
            depth += usize::from(word.kind == TokenKind::LParen);
            here
        })
        .collect()
}

/// Fills lines, breaking after commas and logical operators, those outside of inner parentheses first,
/// and aligns to the innermost open parenthesis.
pub(super) fn fill(words: &[Word], column: usize, continued: usize, tail: usize) -> Vec<u8> {
    let mut filler = Filler { out: Vec::new(), at: column, continued, parens: Vec::new() };
    filler.words(words, tail, true);
    filler.out
}

struct Filler {
    out: Vec<u8>,
    /// The column after what is written.
    at: usize,
    continued: usize,
    /// The columns behind open parentheses.
    parens: Vec<usize>,
}

impl Filler {
    /// Writes `words`; `at_start` where no blank or break comes before them.
    fn words(&mut self, words: &[Word], tail: usize, at_start: bool) {
        let depths = depths(words);
        let last = words.len().saturating_sub(1);
        let breaks = (0..last).filter(|&at| breaks_after(&words[at]));
        let Some(outermost) = breaks.map(|at| depths[at]).min() else {
            return self.unit(words, at_start);
        };
        let mut start = 0;
        while start < words.len() {
            let stop =
                (start..last).find(|&at| breaks_after(&words[at]) && depths[at] == outermost);
            let end = stop.map_or(words.len(), |at| at + 1);
            let first = start == 0 && at_start;
            let tail = if end == words.len() { tail } else { 0 };
            self.part(&words[start..end], tail, first, start > 0);
            start = end;
        }
    }

    /// Writes a part of a line, on a line of its own where it does not fit and may be moved.
    fn part(&mut self, part: &[Word], tail: usize, first: bool, may_break: bool) {
        let text = join(part);
        let blank = usize::from(!first && part[0].blank);
        let below = self.parens.last().copied().unwrap_or(self.continued);
        if advance(self.at + blank, &text) + tail <= WANTED_WIDTH {
            return self.unit(part, first);
        }
        if may_break && below < self.at {
            self.out.push(b'\n');
            self.out.extend_from_slice(&blanks(below));
            self.at = below;
            if advance(below, &text) + tail <= WANTED_WIDTH {
                return self.unit(part, true);
            }
            return self.inner(part, tail, true);
        }
        self.inner(part, tail, first);
    }

    /// Writes a part that is too long for a line, breaking inside of its parentheses.
    fn inner(&mut self, part: &[Word], tail: usize, first: bool) {
        let breaks = (0..part.len().saturating_sub(1)).any(|at| breaks_after(&part[at]));
        if breaks { self.words(part, tail, first) } else { self.unit(part, first) }
    }

    /// Writes words side by side.
    fn unit(&mut self, words: &[Word], at_start: bool) {
        for (index, word) in words.iter().enumerate() {
            if word.blank && !(index == 0 && at_start) {
                self.out.push(b' ');
                self.at += 1;
            }
            self.out.extend_from_slice(&word.text);
            self.at = advance(self.at, &word.text);
            match word.kind {
                TokenKind::LParen => self.parens.push(self.at),
                TokenKind::RParen => {
                    self.parens.pop();
                }
                _ => {}
            }
        }
    }
}

fn breaks_after(word: &Word) -> bool {
    matches!(word.kind, TokenKind::Comma | TokenKind::AmpAmp | TokenKind::PipePipe)
}

/// Whether a blank belongs between two tokens of kernel code, where nobody has said so.
pub(super) fn wants_blank(before: (TokenKind, &[u8]), after: (TokenKind, &[u8])) -> bool {
    use TokenKind as K;
    let no_blank_after = matches!(
        before.0,
        K::LParen
            | K::LBracket
            | K::Dot
            | K::Arrow
            | K::Bang
            | K::Tilde
            | K::Amp
            | K::PlusPlus
            | K::MinusMinus
    );
    let no_blank_before = matches!(
        after.0,
        K::RParen
            | K::RBracket
            | K::Comma
            | K::Semi
            | K::Dot
            | K::Arrow
            | K::LBracket
            | K::PlusPlus
            | K::MinusMinus
    );
    if no_blank_after || no_blank_before {
        return false;
    }
    match (before.0, after.0) {
        (K::Star, K::Ident | K::Star | K::LParen) => false,
        (K::Ident, K::LParen) => matches!(
            before.1,
            b"if" | b"while" | b"for" | b"switch" | b"return" | b"do" | b"else" | b"case"
        ),
        (K::RParen, K::LParen) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lex::lex;

    /// The words of `text`, with its blanks and newlines.
    fn words(text: &str) -> Vec<Word> {
        let tokens = lex(text.as_bytes());
        let mut out = Vec::new();
        let (mut blank, mut newlines) = (false, 0);
        for id in tokens.all().iter() {
            let word = &text.as_bytes()[tokens.span(id).range()];
            if tokens.kind(id) == TokenKind::Space {
                newlines = memchr::memchr_iter(b'\n', word).count() as u32;
                blank = newlines == 0;
                continue;
            }
            out.push(Word { text: word.to_vec(), kind: tokens.kind(id), newlines, blank });
            (blank, newlines) = (false, 0);
        }
        out
    }

    #[track_caller]
    fn check(text: &str, want: &str) {
        let spot = Spot { indent: b"\t", column: 8, tail: 0, inside: None };
        let got = lay_out(&words(text), &spot);
        assert_eq!(String::from_utf8(got).expect("ASCII in, ASCII out"), want);
    }

    #[test]
    fn lines_are_indented_by_what_they_are_nested_in() {
        check("if (a)\nf();\nelse\ng();", "if (a)\n\t\tf();\n\telse\n\t\tg();");
        check("if (a) {\nb;\n} else {\nc;\n}", "if (a) {\n\t\tb;\n\t} else {\n\t\tc;\n\t}");
    }

    #[test]
    fn long_calls_are_filled_and_aligned() {
        check(
            "bio_add_page_from_gup(the_first_argument, the_second_argument, the_third_one)",
            "bio_add_page_from_gup(the_first_argument, the_second_argument,\n\t\t\t      the_third_one)",
        );
    }

    #[test]
    fn a_long_conditional_has_its_values_on_their_own_lines() {
        check(
            "x = user_backed_iter(iter) ? bio_add_page_from_gup(bio, page, len) : bio_add_page(bio, page, len);",
            "x = user_backed_iter(iter) ?\n\t\tbio_add_page_from_gup(bio, page, len) :\n\t\tbio_add_page(bio, page, len);",
        );
    }
}
