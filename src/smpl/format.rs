//! Strings of a rule that stand for many: `"...%d..."`, `"%@f@\n"`.
//!
//! In: a string as the rule has it. Out: its [`Piece`]s, where it says more than itself. As in Coccinelle
//! `...` means something at the ends of a string and beside a conversion, and only in a string that has
//! a conversion; everywhere else three dots are three dots.

use super::MetaId;
use super::metavar::ListLength;

/// A part of such a string.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// These very characters.
    Text(String),
    /// `...`: any text, conversions included.
    Dots,
    /// This very conversion, `%` included.
    Conversion(String),
    /// `%@f@`: one conversion.
    Format(MetaId),
    /// `%@f@` where `f` is a list: conversions and what is between them.
    FormatList(MetaId, ListLength),
}

/// The pieces of `text`, a string with its quotes; `None` where it stands for itself alone. `named` says what
/// the name between two `@` is: a list where it has a length.
pub(super) fn pieces(
    text: &str,
    named: impl Fn(&str) -> Option<(MetaId, Option<ListLength>)>,
) -> Option<Vec<Piece>> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut rest = inner;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("%@")
            && let Some((name, after)) = after.split_once('@')
            && let Some((meta, length)) = named(name)
        {
            pieces.push(match length {
                Some(length) => Piece::FormatList(meta, length),
                None => Piece::Format(meta),
            });
            rest = after;
            continue;
        }
        let len = conversion_len(rest.as_bytes());
        let (taken, is_conversion) = match len {
            0 => (rest.chars().next().map_or(1, char::len_utf8), false),
            len => (len, true),
        };
        let (head, tail) = rest.split_at(taken);
        match pieces.last_mut() {
            _ if is_conversion => pieces.push(Piece::Conversion(head.to_owned())),
            Some(Piece::Text(text)) => text.push_str(head),
            _ => pieces.push(Piece::Text(head.to_owned())),
        }
        rest = tail;
    }
    let converts = pieces.iter().any(|piece| !matches!(piece, Piece::Text(_)));
    let pieces = if converts { with_dots(pieces) } else { pieces };
    let plain = pieces.iter().all(|piece| matches!(piece, Piece::Text(_) | Piece::Conversion(_)));
    (!plain).then_some(pieces)
}

/// Takes `...` off the ends of each text: it is at an end of the string or beside a conversion there.
fn with_dots(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out = Vec::new();
    for piece in pieces {
        let Piece::Text(text) = piece else {
            out.push(piece);
            continue;
        };
        let (before, text) = match text.strip_prefix("...") {
            Some(rest) => (true, rest.to_owned()),
            None => (false, text),
        };
        let (text, after) = match text.strip_suffix("...") {
            Some(rest) => (rest.to_owned(), true),
            None => (text, false),
        };
        out.extend(before.then_some(Piece::Dots));
        if !text.is_empty() {
            out.push(Piece::Text(text));
        }
        out.extend(after.then_some(Piece::Dots));
    }
    out
}

/// How long the conversion is that `text` starts with; 0 where it starts with none. `%%` is none.
pub fn conversion_len(text: &[u8]) -> usize {
    if text.first() != Some(&b'%') {
        return 0;
    }
    let mut at = 1;
    let mut skip = |wanted: &dyn Fn(u8) -> bool| {
        while text.get(at).is_some_and(|&c| wanted(c)) {
            at += 1;
        }
    };
    skip(&|c| b"-+ #0'".contains(&c));
    skip(&|c| c.is_ascii_digit() || c == b'*');
    skip(&|c| c == b'.');
    skip(&|c| c.is_ascii_digit() || c == b'*');
    skip(&|c| b"hlLqjzZt".contains(&c));
    match text.get(at) {
        Some(c) if c.is_ascii_alphabetic() => at + 1,
        // A length that is a conversion of its own is not written in kernel code.
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<Vec<Piece>> {
        pieces(text, |name| match name {
            "f" => Some((MetaId(0), None)),
            "l" => Some((MetaId(1), Some(ListLength::Exactly(2)))),
            _ => None,
        })
    }

    #[test]
    fn dots_count_beside_a_conversion_and_at_the_ends() {
        let text = |text: &str| Piece::Text(text.into());
        let d = || Piece::Conversion("%08lx".into());
        assert_eq!(read(r#""...%08lx...""#), Some(vec![Piece::Dots, d(), Piece::Dots]));
        assert_eq!(
            read(r#""a ... b %@f@\n""#),
            Some(vec![text("a ... b "), Piece::Format(MetaId(0)), text("\\n")])
        );
        assert_eq!(read(r#""loading...""#), None);
        assert_eq!(read(r#""100%% of %08lx""#), None);
        let list = Piece::FormatList(MetaId(1), ListLength::Exactly(2));
        assert_eq!(read(r#""x%@l@""#), Some(vec![text("x"), list]));
    }
}
