//! What `--macro-file` says: `#define` lines that tell how a macro's uses are to be read.
//!
//! In: the text of such a file, as spatch takes it. Out: names with their roles in [`TypeNames`]. Nothing is
//! expanded: code keeps its own words, so that rules and edits see them.
//!
//! | body | what the name is |
//! |---|---|
//! | nothing, `YACFE_ATTRIBUTE`, `MACROANNOTATION` | an attribute |
//! | `YACFE_ITERATOR`, or a body that begins a loop | the head of a loop |
//! | `MACROSTATEMENT`, `YACFE_STATEMENT` | a statement that needs no `;` |
//! | words of a type | a type |
//!
//! All other bodies say what the macro expands to, and that is left alone.

use super::TypeNames;
use super::words::{Word, word};
use crate::lex::directive::{DirectiveKind, directive};
use crate::lex::{TokenId, TokenKind, lex};

/// How the use of a macro at the start of a statement is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MacroRole {
    /// It heads a loop.
    Iterator,
    /// It is a statement of its own, with or without `;`.
    Statement,
}

/// Adds what the `#define` lines of a file with these `bytes` say to `names`.
pub fn read_macros(bytes: &[u8], names: &mut TypeNames) {
    let tokens = lex(bytes);
    for id in tokens.all().iter().filter(|&id| tokens.kind(id) == TokenKind::Directive) {
        define(&bytes[tokens.span(id).range()], names);
    }
}

fn define(text: &[u8], names: &mut TypeNames) -> Option<()> {
    let directive = directive(text);
    if directive.kind != DirectiveKind::Define {
        return None;
    }
    let rest: &[u8] = directive.rest;
    let tokens = lex(rest);
    let ids: Vec<TokenId> = tokens.significant(tokens.all()).collect();
    let text = |id: TokenId| &rest[tokens.span(id).range()];
    let (&name, after) = ids.split_first()?;
    // Parameters follow without a blank.
    let body = match after.first() {
        Some(&open)
            if tokens.kind(open) == TokenKind::LParen
                && tokens.span(open).start == tokens.span(name).end =>
        {
            let close = after.iter().position(|&id| tokens.kind(id) == TokenKind::RParen)?;
            &after[close + 1..]
        }
        _ => after,
    };
    let body: Vec<&[u8]> = body.iter().map(|&id| text(id)).collect();
    role(&body, text(name), names);
    Some(())
}

/// What the body of a macro says.
fn role(body: &[&[u8]], name: &[u8], names: &mut TypeNames) {
    match body {
        [] | [b"YACFE_ATTRIBUTE" | b"MACROANNOTATION"] => names.insert_attribute(name),
        [b"YACFE_ITERATOR", ..] | [b"for" | b"while", ..] => {
            names.insert_macro(name, MacroRole::Iterator);
        }
        [b"MACROSTATEMENT" | b"YACFE_STATEMENT" | b"YACFE_MACROSTATEMENT", ..] => {
            names.insert_macro(name, MacroRole::Statement);
        }
        words if words.iter().all(|text| word(text).is_type() || word(text) == Word::Qualifier) => {
            names.insert(name);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_macro_is_what_its_body_says() {
        let mut names = TypeNames::default();
        read_macros(
            b"#define __quiet\n#define __sized(x)\n#define each(p) \\\n\tfor (p = first(); p; p = p->next)\n\
              #define CHECK(x) MACROSTATEMENT\n#define word unsigned int\n#define N 3\n",
            &mut names,
        );
        assert!(names.is_attribute(b"__quiet") && names.is_attribute(b"__sized"));
        assert_eq!(names.macro_role(b"each"), Some(MacroRole::Iterator));
        assert_eq!(names.macro_role(b"CHECK"), Some(MacroRole::Statement));
        assert!(names.contains(b"word") && !names.contains(b"N"));
    }
}
