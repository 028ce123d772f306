//! The scanner: bytes to tokens, one match on the first byte of each.
//!
//! It never fails and never looks back further than the current line: whether a `#` starts a directive
//! is known from whether a significant token has been seen since the last newline.

use memchr::{memchr, memchr2, memmem};

use super::TokenKind::{self, *};
use super::Tokens;

/// Lexes a whole file, or any other stretch of C.
///
/// Panics where `bytes` is longer than 4 GiB.
pub fn lex(bytes: &[u8]) -> Tokens {
    assert!(u32::try_from(bytes.len()).is_ok(), "files past 4 GiB are refused when they are read");
    let mut kinds = Vec::with_capacity(bytes.len() / 4 + 1);
    let mut starts = Vec::with_capacity(bytes.len() / 4 + 2);
    let mut at = 0;
    let mut line_start = true;
    while at < bytes.len() {
        let (kind, end) = token(bytes, at, line_start);
        debug_assert!(end > at, "every token has at least one byte");
        line_start = match kind {
            Space => line_start || memchr(b'\n', &bytes[at..end]).is_some(),
            BlockComment | LineComment => line_start,
            _ => false,
        };
        kinds.push(kind);
        starts.push(at as u32);
        at = end;
    }
    starts.push(bytes.len() as u32);
    Tokens { kinds, starts }
}

/// The kind and the end of the token that starts at `at`.
fn token(b: &[u8], at: usize, line_start: bool) -> (TokenKind, usize) {
    let c = b[at];
    let next = b.get(at + 1).copied().unwrap_or(0);
    match c {
        b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => (Space, space(b, at)),
        b'\\' if splice(b, at).is_some() => (Space, space(b, at)),
        b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | 0x80.. => word(b, at),
        b'0'..=b'9' => (Number, number(b, at)),
        b'.' if next.is_ascii_digit() => (Number, number(b, at)),
        b'"' => (String, literal(b, at + 1, b'"')),
        b'\'' => (Char, literal(b, at + 1, b'\'')),
        b'/' if next == b'*' => (BlockComment, block_comment(b, at)),
        b'/' if next == b'/' => (LineComment, logical_line(b, at)),
        b'#' if line_start => (Directive, directive_end(b, at)),
        _ => punctuator(b, at),
    }
}

/// The length of a `\`-newline at `at`, where there is one; gcc allows blanks before the newline.
fn splice(b: &[u8], at: usize) -> Option<usize> {
    let rest = b[at..].strip_prefix(b"\\")?;
    let blanks = rest.iter().take_while(|c| matches!(c, b' ' | b'\t' | b'\r')).count();
    (rest.get(blanks) == Some(&b'\n')).then_some(blanks + 2)
}

fn space(b: &[u8], mut at: usize) -> usize {
    while at < b.len() {
        match b[at] {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => at += 1,
            b'\\' => match splice(b, at) {
                Some(len) => at += len,
                None => break,
            },
            _ => break,
        }
    }
    at
}

fn is_word_byte(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_' || c == b'$' || c >= 0x80
}

fn word(b: &[u8], at: usize) -> (TokenKind, usize) {
    let mut end = at + 1;
    while end < b.len() && is_word_byte(b[end]) {
        end += 1;
    }
    let quote = b.get(end).copied().unwrap_or(0);
    match (&b[at..end], quote) {
        (b"L" | b"u" | b"U" | b"u8", b'"') => (String, literal(b, end + 1, b'"')),
        (b"L" | b"u" | b"U", b'\'') => (Char, literal(b, end + 1, b'\'')),
        _ => (Ident, end),
    }
}

fn number(b: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < b.len() {
        match b[end] {
            b'+' | b'-' if matches!(b[end - 1], b'e' | b'E' | b'p' | b'P') => {
                // In a hexadecimal number an `e` is a digit, but C11's pp-number takes the sign all the same;
                // `0xe+1` is a bad token there and two operands to everybody else.
                let hex = b[at..end].starts_with(b"0x") || b[at..end].starts_with(b"0X");
                if hex && matches!(b[end - 1], b'e' | b'E') {
                    break;
                }
                end += 1;
            }
            b'.' => end += 1,
            c if is_word_byte(c) => end += 1,
            _ => break,
        }
    }
    end
}

/// The end of a string or character literal whose opening quote lies before `at`.
fn literal(b: &[u8], mut at: usize, quote: u8) -> usize {
    while at < b.len() {
        match b[at] {
            b'\\' => at += splice(b, at).unwrap_or(2),
            b'\n' => return at,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    b.len()
}

fn block_comment(b: &[u8], at: usize) -> usize {
    memmem::find(&b[at + 2..], b"*/").map_or(b.len(), |len| at + 2 + len + 2)
}

/// The end of the logical line that holds `at`, its newline not included.
fn logical_line(b: &[u8], at: usize) -> usize {
    let mut from = at;
    while let Some(len) = memchr2(b'\n', b'\\', &b[from..]) {
        let stop = from + len;
        match splice(b, stop) {
            Some(len) => from = stop + len,
            None if b[stop] == b'\n' => return without_cr(b, at, stop),
            None => from = stop + 1,
        }
    }
    b.len()
}

/// A `\r` before the newline belongs to the line's end, not to what stands on the line.
fn without_cr(b: &[u8], start: usize, newline: usize) -> usize {
    if newline > start + 1 && b[newline - 1] == b'\r' { newline - 1 } else { newline }
}

/// The end of a directive: its logical line, where a block comment may carry it over further lines.
fn directive_end(b: &[u8], start: usize) -> usize {
    let mut at = start;
    while at < b.len() {
        match b[at] {
            b'\n' => return without_cr(b, start, at),
            b'\\' => at += splice(b, at).unwrap_or(1),
            b'"' => at = literal(b, at + 1, b'"'),
            b'\'' => at = literal(b, at + 1, b'\''),
            b'/' if b.get(at + 1) == Some(&b'*') => at = block_comment(b, at),
            b'/' if b.get(at + 1) == Some(&b'/') => return logical_line(b, at),
            _ => at += 1,
        }
    }
    b.len()
}

fn punctuator(b: &[u8], at: usize) -> (TokenKind, usize) {
    let second = b.get(at + 1).copied().unwrap_or(0);
    let third = b.get(at + 2).copied().unwrap_or(0);
    let (kind, len) = match (b[at], second, third) {
        (b'.', b'.', b'.') => (Ellipsis, 3),
        (b'<', b'<', b'=') => (ShlEq, 3),
        (b'>', b'>', b'=') => (ShrEq, 3),
        (b'-', b'>', _) => (Arrow, 2),
        (b'+', b'+', _) => (PlusPlus, 2),
        (b'-', b'-', _) => (MinusMinus, 2),
        (b'<', b'<', _) => (Shl, 2),
        (b'>', b'>', _) => (Shr, 2),
        (b'<', b'=', _) => (Le, 2),
        (b'>', b'=', _) => (Ge, 2),
        (b'=', b'=', _) => (EqEq, 2),
        (b'!', b'=', _) => (BangEq, 2),
        (b'&', b'&', _) => (AmpAmp, 2),
        (b'|', b'|', _) => (PipePipe, 2),
        (b'*', b'=', _) => (StarEq, 2),
        (b'/', b'=', _) => (SlashEq, 2),
        (b'%', b'=', _) => (PercentEq, 2),
        (b'+', b'=', _) => (PlusEq, 2),
        (b'-', b'=', _) => (MinusEq, 2),
        (b'&', b'=', _) => (AmpEq, 2),
        (b'^', b'=', _) => (CaretEq, 2),
        (b'|', b'=', _) => (PipeEq, 2),
        (b'#', b'#', _) => (HashHash, 2),
        (b'(', ..) => (LParen, 1),
        (b')', ..) => (RParen, 1),
        (b'[', ..) => (LBracket, 1),
        (b']', ..) => (RBracket, 1),
        (b'{', ..) => (LBrace, 1),
        (b'}', ..) => (RBrace, 1),
        (b';', ..) => (Semi, 1),
        (b',', ..) => (Comma, 1),
        (b':', ..) => (Colon, 1),
        (b'?', ..) => (Question, 1),
        (b'.', ..) => (Dot, 1),
        (b'+', ..) => (Plus, 1),
        (b'-', ..) => (Minus, 1),
        (b'*', ..) => (Star, 1),
        (b'/', ..) => (Slash, 1),
        (b'%', ..) => (Percent, 1),
        (b'&', ..) => (Amp, 1),
        (b'|', ..) => (Pipe, 1),
        (b'^', ..) => (Caret, 1),
        (b'~', ..) => (Tilde, 1),
        (b'!', ..) => (Bang, 1),
        (b'<', ..) => (Lt, 1),
        (b'>', ..) => (Gt, 1),
        (b'=', ..) => (Eq, 1),
        (b'#', ..) => (Hash, 1),
        (b'@', ..) => (At, 1),
        _ => (Stray, 1),
    };
    (kind, at + len)
}

#[cfg(test)]
mod tests {
    use super::super::TokenId;
    use super::*;

    #[track_caller]
    fn check(text: &[u8], want: &[(TokenKind, &[u8])]) {
        let tokens = lex(text);
        let all = (0..tokens.len() as u32).map(TokenId);
        let got: Vec<_> = all.map(|id| (tokens.kind(id), &text[tokens.span(id).range()])).collect();
        let joined: Vec<u8> = got.iter().flat_map(|(_, text)| text.iter().copied()).collect();
        assert_eq!(joined, text, "token texts joined give back the file");
        let got: Vec<_> = got.into_iter().filter(|(kind, _)| *kind != Space).collect();
        assert_eq!(got, want);
    }

    #[test]
    fn a_directive_is_one_token_to_the_end_of_its_logical_line() {
        check(
            b"#define A(x) \\\r\n  x /* two\nlines */ + 1\r\nint a; # b\n",
            &[
                (Directive, b"#define A(x) \\\r\n  x /* two\nlines */ + 1"),
                (Ident, b"int"),
                (Ident, b"a"),
                (Semi, b";"),
                (Hash, b"#"),
                (Ident, b"b"),
            ],
        );
    }

    #[test]
    fn a_comment_before_a_hash_leaves_it_a_directive() {
        check(b"/* c */ #if 0\n", &[(BlockComment, b"/* c */"), (Directive, b"#if 0")]);
    }

    #[test]
    fn an_apostrophe_in_an_error_line_stays_in_its_line() {
        check(b"#error don't\nx\n", &[(Directive, b"#error don't"), (Ident, b"x")]);
    }

    #[test]
    fn literals_end_with_their_line_when_unterminated() {
        check(b"\"ab\\\ncd\" 'x\ny", &[(String, b"\"ab\\\ncd\""), (Char, b"'x"), (Ident, b"y")]);
        check(b"\"ab\\", &[(String, b"\"ab\\")]);
    }

    #[test]
    fn numbers_are_preprocessing_numbers() {
        check(
            b"0x1p-3f 1e+5 0xe+1 .5 1...2",
            &[
                (Number, b"0x1p-3f"),
                (Number, b"1e+5"),
                (Number, b"0xe"),
                (Plus, b"+"),
                (Number, b"1"),
                (Number, b".5"),
                (Number, b"1...2"),
            ],
        );
    }

    #[test]
    fn any_byte_is_some_token() {
        check(b"a\0b\xe9\\", &[(Ident, b"a"), (Stray, b"\0"), (Ident, b"b\xe9"), (Stray, b"\\")]);
        check(b"", &[]);
        check(b"/* open", &[(BlockComment, b"/* open")]);
        check(b"L\"w\" u8'c'", &[(String, b"L\"w\""), (Ident, b"u8"), (Char, b"'c'")]);
    }

    #[test]
    fn a_line_comment_goes_on_after_a_spliced_newline() {
        check(b"// a \\\n b\nc", &[(LineComment, b"// a \\\n b"), (Ident, b"c")]);
    }
}
