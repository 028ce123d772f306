//! What a directive token says: its name and where the rest of its line starts.
//!
//! In: the text of one [`Directive`](super::TokenKind::Directive) token. Out: a [`Directive`]. Conditions
//! are not evaluated: nobody here knows a configuration. Only `#if 0` and `#if 1` are told apart from the
//! others, since kernel authors write them as comments.

use bstr::{BStr, ByteSlice};

/// The directives that later stages tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectiveKind {
    /// `#if 0`: its arm is never compiled.
    IfNever,
    /// `#if 1`: its `#else` is never compiled.
    IfAlways,
    /// `#if`, `#ifdef`, `#ifndef` with a condition that is not known.
    If,
    /// `#elif`, `#elifdef`, `#elifndef`.
    Elif,
    /// `#else`.
    Else,
    /// `#endif`.
    Endif,
    /// `#include`, `#include_next`, `#import`.
    Include,
    /// `#define`.
    Define,
    /// `#undef`.
    Undef,
    /// `#pragma`.
    Pragma,
    /// `#error`, `#warning`, `#line`, a lone `#`, anything else.
    Other,
}

/// A directive, taken apart once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Directive<'t> {
    /// Which one.
    pub kind: DirectiveKind,
    /// Its name as written, without the `#`.
    pub name: &'t BStr,
    /// Where [`rest`](Self::rest) starts in the token's text.
    pub rest_at: usize,
    /// What follows the name, outer white space trimmed; continuation lines and comments are still in it.
    pub rest: &'t BStr,
}

/// Takes a directive's text apart.
pub fn directive(text: &[u8]) -> Directive<'_> {
    let mut at = usize::from(text.first() == Some(&b'#'));
    at += blanks(&text[at..]);
    let len = text[at..].iter().take_while(|c| c.is_ascii_alphanumeric() || **c == b'_').count();
    let name = text[at..at + len].as_bstr();
    let mut rest_at = at + len;
    rest_at += blanks(&text[rest_at..]);
    let rest = text[rest_at..].trim_end().as_bstr();
    Directive { kind: kind(name, rest), name, rest_at, rest }
}

fn kind(name: &BStr, rest: &BStr) -> DirectiveKind {
    let value = || rest.find_byteset(b" \t/\\\r\n").map_or(rest.as_bytes(), |end| &rest[..end]);
    match name.as_bytes() {
        b"if" if value() == b"0" && alone(rest) => DirectiveKind::IfNever,
        b"if" if value() == b"1" && alone(rest) => DirectiveKind::IfAlways,
        b"if" | b"ifdef" | b"ifndef" => DirectiveKind::If,
        b"elif" | b"elifdef" | b"elifndef" => DirectiveKind::Elif,
        b"else" => DirectiveKind::Else,
        b"endif" => DirectiveKind::Endif,
        b"include" | b"include_next" | b"import" => DirectiveKind::Include,
        b"define" => DirectiveKind::Define,
        b"undef" => DirectiveKind::Undef,
        b"pragma" => DirectiveKind::Pragma,
        _ => DirectiveKind::Other,
    }
}

/// Whether nothing but a comment follows the first digit: `0 && X` is a condition like any other.
fn alone(rest: &BStr) -> bool {
    let after = rest[1..].trim_start();
    after.is_empty() || after.starts_with(b"/*") || after.starts_with(b"//")
}

/// The length of leading blanks, spliced newlines and block comments.
fn blanks(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() {
        match text[at] {
            b' ' | b'\t' | b'\r' | b'\n' => at += 1,
            b'\\' if matches!(text.get(at + 1), Some(b'\n' | b'\r')) => at += 1,
            b'/' if text.get(at + 1) == Some(&b'*') => {
                at += text[at + 2..].find(b"*/").map_or(text.len() - at, |len| len + 4);
            }
            _ => break,
        }
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_rests() {
        let d = directive(b"#  define\t\\\n FOO(x) x");
        assert_eq!((d.kind, d.rest), (DirectiveKind::Define, b"FOO(x) x".as_bstr()));
        assert_eq!(directive(b"#").kind, DirectiveKind::Other);
    }

    #[test]
    fn only_a_bare_zero_is_never() {
        assert_eq!(directive(b"#if 0 /* old */").kind, DirectiveKind::IfNever);
        assert_eq!(directive(b"#if 0 || X").kind, DirectiveKind::If);
        assert_eq!(directive(b"#if 1").kind, DirectiveKind::IfAlways);
        assert_eq!(directive(b"#if 0x10").kind, DirectiveKind::If);
    }
}
