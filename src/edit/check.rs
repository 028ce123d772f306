//! The proof that an edit touched nothing else: what no edit covers lexes to the same tokens as before.

use super::Edit;
use crate::diagnostic::Diagnostic;
use crate::lex::{TokenKind, Tokens, lex};
use crate::source::Span;

/// Compares the significant tokens outside of `edits` with those of `after`, and what stands in place of
/// each edit with the edit's own tokens.
///
/// An error names the first byte of `before` where they part: an insertion glued to its neighbour, or one
/// that opened a comment.
pub fn check(before: &[u8], after: &[u8], edits: &[Edit]) -> Result<(), Diagnostic> {
    let mut sorted: Vec<&Edit> = edits.iter().collect();
    sorted.sort();
    sorted.dedup_by(|a, b| a.span == b.span && a.text == b.text);
    let expected = expected(before, &sorted);
    let found = lex(after);
    let mut wanted = expected.into_iter();
    for (kind, text) in code(&found, after) {
        match wanted.next() {
            Some((want_kind, want, _)) if want_kind == kind && want == text => {}
            Some((.., span)) => return Err(refused(span)),
            None => return Err(refused(Span::default())),
        }
    }
    match wanted.next() {
        Some((.., span)) => Err(refused(span)),
        None => Ok(()),
    }
}

fn refused(span: Span) -> Diagnostic {
    Diagnostic::error(span, "an edit here would change code that no rule touches; it is not made")
}

/// The tokens that the new text must have, with the original bytes they come from.
fn expected<'t>(before: &'t [u8], edits: &[&'t Edit]) -> Vec<(TokenKind, &'t [u8], Span)> {
    let tokens = lex(before);
    // A directive is one token and no code: what happens inside of one is not compared.
    let in_directive = |edit: &&Edit| {
        tokens.at_offset(edit.span.start).is_some_and(|id| {
            let span = tokens.span(id);
            tokens.kind(id) == TokenKind::Directive
                && span.start < edit.span.start
                && edit.span.end <= span.end
        })
    };
    let edits: Vec<&Edit> = edits.iter().copied().filter(|edit| !in_directive(edit)).collect();
    let mut out = Vec::new();
    let mut next = 0;
    for id in tokens.all().iter() {
        let span = tokens.span(id);
        while let Some(edit) = edits.get(next).filter(|edit| edit.span.start <= span.start) {
            push(&mut out, edit);
            next += 1;
        }
        let gone = edits[..next]
            .iter()
            .rev()
            .take(4)
            .any(|edit| edit.span.start <= span.start && span.start < edit.span.end);
        if !gone && counts(tokens.kind(id)) {
            out.push((tokens.kind(id), &before[span.range()], span));
        }
    }
    edits[next..].iter().for_each(|edit| push(&mut out, edit));
    out
}

fn push<'t>(out: &mut Vec<(TokenKind, &'t [u8], Span)>, edit: &'t Edit) {
    let tokens = lex(&edit.text);
    out.extend(code(&tokens, &edit.text).map(|(kind, text)| (kind, text, edit.span)));
}

fn code<'t>(tokens: &Tokens, text: &'t [u8]) -> impl Iterator<Item = (TokenKind, &'t [u8])> {
    let all: Vec<_> = tokens
        .all()
        .iter()
        .filter(|&id| counts(tokens.kind(id)))
        .map(|id| (tokens.kind(id), &text[tokens.span(id).range()]))
        .collect();
    all.into_iter()
}

fn counts(kind: TokenKind) -> bool {
    !kind.is_trivia()
}

#[cfg(test)]
mod tests {
    use super::super::{Applicability, apply};
    use super::*;

    fn verdict(text: &str, (start, end): (u32, u32), with: &str) -> bool {
        let edit = Edit {
            span: Span::new(start, end),
            text: with.into(),
            applicability: Applicability::Safe,
        };
        let edits = [edit];
        let after = apply(text.as_bytes(), &edits).expect("one edit has no conflict");
        check(text.as_bytes(), &after, &edits).is_ok()
    }

    #[test]
    fn an_edit_must_not_glue_tokens_or_open_a_comment() {
        assert!(verdict("f(a);", (0, 1), "g"));
        assert!(!verdict("return a;", (6, 7), ""));
        assert!(!verdict("f(a); g();", (5, 5), "/*"));
    }
}
