//! The bodies of macros: code like any other to a rule, although to the lexer a `#define` is one token.
//!
//! In: a file. Out: the file once more, of which only the macros' bodies are left as tokens, each at its
//! place, so that spans and edits mean bytes of the file itself; and each body parsed as what it can be:
//! an expression, statements, a type, or an initialiser. A body is parsed when a rule first asks for it.

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use super::Edit;
use crate::ast::Ast;
use crate::items::{Shape, TypeNames, clauses};
use crate::lex::{LexedFile, TokenKind, TokenRange};
use crate::matcher::{Declared, Unit, may_match};
use crate::parse;
use crate::smpl::clue::Clue;
use crate::smpl::pattern::Pattern;
use crate::smpl::{Placement, Rule};

/// The macros of one version of a file.
pub(super) struct Defines {
    file: LexedFile,
    bodies: Vec<(TokenRange, OnceCell<Option<Ast>>)>,
}

impl Defines {
    /// Finds the bodies; `None` where the file defines no macro that has one.
    pub(super) fn of(file: &LexedFile) -> Option<Defines> {
        let all = file.tokens.all().iter();
        let directives = all.filter(|&id| file.tokens.kind(id) == TokenKind::Directive);
        let spans: Vec<(usize, usize, usize)> = directives
            .filter_map(|id| {
                let span = file.tokens.span(id);
                let text = &file.bytes[span.range()];
                let body = body_of(text)?;
                let start = span.start as usize;
                Some((start, start + body, start + text.trim_ascii_end().len()))
            })
            .collect();
        if spans.is_empty() {
            return None;
        }
        let mut bytes: Vec<u8> =
            file.bytes.iter().map(|&c| if c == b'\n' { b'\n' } else { b' ' }).collect();
        for &(start, body, end) in &spans {
            // A comment before the body keeps it from being alone on its line, and a `;` keeps the bodies of
            // two macros in a row from being one stretch of code.
            bytes[start..body].fill(b'*');
            bytes[start] = b';';
            bytes[start + 1] = b'/';
            bytes[body - 1] = b'/';
            bytes[body..end].copy_from_slice(&file.bytes[body..end]);
        }
        let exploded = LexedFile::new(file.path.clone(), bytes);
        let bodies = spans.iter().filter_map(|&(_, body, end)| {
            let first = exploded.tokens.at_offset(body as u32)?;
            let last = exploded.tokens.at_offset(end as u32 - 1)?;
            Some((TokenRange { start: first, end: last.next() }, OnceCell::new()))
        });
        let bodies = bodies.collect();
        Some(Defines { file: exploded, bodies })
    }

    /// Whether `rule` is about code that a macro's body may be.
    pub(super) fn concern(rule: &Rule) -> bool {
        matches!(rule.pattern, Pattern::Expression(_) | Pattern::Statements(_) | Pattern::Type(_))
    }

    /// The file with nothing but the bodies in it.
    pub(super) fn file(&self) -> &LexedFile {
        &self.file
    }

    /// The bodies that `rule`, which is about such code, may have to do with.
    pub(super) fn units<'a>(
        &'a self,
        rule: &Rule,
        names: &TypeNames,
        types: &'a dyn Declared,
    ) -> Vec<Unit<'a>> {
        let code = rule.body.tokens.iter().filter(|token| {
            token.placement == Placement::Code
                && token.kind == TokenKind::Ident
                && token.meta.is_none()
        });
        let words: FxHashSet<&[u8]> = code.map(|token| token.text.as_bytes()).collect();
        let concerns = |range: TokenRange| {
            let mut tokens = self.file.tokens.significant(range);
            words.is_empty()
                || tokens.any(|id| {
                    let word: &[u8] = self.file.text(id);
                    words.contains(word)
                })
        };
        let shows = |range: TokenRange| {
            *rule.clue() == Clue::Nothing
                || may_match(rule.clue(), &self.file, &clauses(&self.file, range))
        };
        let bodies = self.bodies.iter().filter(|(range, _)| concerns(*range) && shows(*range));
        let parsed = bodies.filter_map(|(range, ast)| {
            ast.get_or_init(|| parse_body(&self.file, *range, names)).as_ref()
        });
        parsed.map(|ast| Unit { file: &self.file, ast, types: Some(types) }).collect()
    }
}

fn parse_body(file: &LexedFile, range: TokenRange, names: &TypeNames) -> Option<Ast> {
    let shapes = [Shape::Expression, Shape::Statements, Shape::TypeName, Shape::Initializer];
    shapes.iter().find_map(|&shape| parse::fragment(file, range, shape, names).ok())
}

/// Where the body starts in the text of a `#define`; `None` for other directives and for empty bodies.
fn body_of(text: &[u8]) -> Option<usize> {
    let blanks = |at: usize| {
        let mut at = at;
        loop {
            match text.get(at)? {
                b' ' | b'\t' => at += 1,
                b'\\' if matches!(text.get(at + 1), Some(b'\n' | b'\r')) => at += 2,
                b'\n' if at > 0 => at += 1,
                _ => return Some(at),
            }
        }
    };
    let at = blanks(text.starts_with(b"#").then_some(1)?)?;
    text[at..].starts_with(b"define").then_some(())?;
    let mut at = blanks(at + b"define".len())?;
    let word = |c: &u8| c.is_ascii_alphanumeric() || *c == b'_';
    at += text[at..].iter().take_while(|c| word(c)).count();
    if text.get(at) == Some(&b'(') {
        at += memchr::memchr(b')', &text[at..])? + 1;
    }
    let body = blanks(at)?;
    // `#x` at the start of a body would read as another directive.
    (body < text.trim_ascii_end().len() && text[body] != b'#').then_some(body)
}

/// Line breaks in a macro's body are written with a backslash.
pub(super) fn splice_lines(edits: &mut [Edit]) {
    for edit in edits {
        if memchr::memchr(b'\n', &edit.text).is_some() {
            let lines: Vec<&[u8]> = edit.text.split(|&c| c == b'\n').collect();
            edit.text = lines.join(&b" \\\n"[..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, want: Option<&str>) {
        assert_eq!(body_of(text.as_bytes()).map(|at| &text[at..]), want);
    }

    #[test]
    fn a_body_starts_behind_name_and_parameters() {
        check("#define A 1", Some("1"));
        check("# define f(x, y) \\\n\tg(x)", Some("g(x)"));
        check("#define A (1)", Some("(1)"));
        check("#define A", None);
        check("#define str(x) #x", None);
        check("#include <a>", None);
    }
}
