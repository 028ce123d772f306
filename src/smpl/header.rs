//! Rule headers: `@ name extends r depends on a && !b disable paren using "x.iso" exists expression @`.

use super::cursor::Cursor;
use super::{Dependency, Quantifier, RuleFocus, RuleKind, RuleName, ScriptRole};
use crate::diagnostic::Diagnostic;
use crate::lex::TokenKind;

/// What stands between the two `@` of a header.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) name: Option<RuleName>,
    pub(super) kind: RuleKind,
    pub(super) extends: Option<RuleName>,
    pub(super) depends: Option<Dependency>,
    pub(super) disabled: Vec<String>,
    pub(super) iso_files: Vec<String>,
    pub(super) quantifier: Quantifier,
    pub(super) focus: RuleFocus,
}

impl Default for Header {
    fn default() -> Header {
        Header {
            name: None,
            kind: RuleKind::Patch,
            extends: None,
            depends: None,
            disabled: Vec::new(),
            iso_files: Vec::new(),
            quantifier: Quantifier::Default,
            focus: RuleFocus::Any,
        }
    }
}

/// Reads a header's words.
pub(super) fn parse(mut cursor: Cursor<'_>) -> Result<Header, Diagnostic> {
    let mut header = Header::default();
    if matches!(cursor.peek_text(), "script" | "initialize" | "finalize")
        && cursor.peek_at(1) == ":"
    {
        header.kind = script(&mut cursor)?;
    }
    while !cursor.done() {
        match cursor.peek_text() {
            "extends" => {
                cursor.next();
                header.extends = Some(RuleName(cursor.word("a rule name")?.to_owned()));
            }
            "depends" => {
                cursor.next();
                cursor.expect("on", "after `depends`")?;
                if matches!(cursor.peek_text(), "exists" | "forall") {
                    cursor.next();
                }
                header.depends = Some(either(&mut cursor)?);
            }
            "using" => {
                cursor.next();
                comma_list(&mut cursor, &mut header.iso_files, |cursor| {
                    string(cursor, "an isomorphism file")
                })?;
            }
            "disable" => {
                cursor.next();
                comma_list(&mut cursor, &mut header.disabled, |cursor| {
                    Ok(cursor.word("an isomorphism's name")?.to_owned())
                })?;
            }
            "exists" => set(&mut cursor, &mut header.quantifier, Quantifier::Exists),
            "forall" => set(&mut cursor, &mut header.quantifier, Quantifier::Forall),
            "expression" => set(&mut cursor, &mut header.focus, RuleFocus::Expression),
            "identifier" => set(&mut cursor, &mut header.focus, RuleFocus::Identifier),
            "type" => set(&mut cursor, &mut header.focus, RuleFocus::Type),
            _ if header.name.is_none() && cursor.is_word() => {
                header.name = Some(RuleName(cursor.word("a rule name")?.to_owned()));
            }
            other => {
                return Err(cursor.error(format!("`{other}` has no place in a rule header")).with_help(
                    "a header is `@name depends on … disable … exists@`; a missing second `@` reads \
                     the declarations as its words",
                ));
            }
        }
    }
    Ok(header)
}

fn set<T>(cursor: &mut Cursor<'_>, slot: &mut T, value: T) {
    cursor.next();
    *slot = value;
}

fn script(cursor: &mut Cursor<'_>) -> Result<RuleKind, Diagnostic> {
    let role = match cursor.word("`script`")? {
        "initialize" => ScriptRole::Initialize,
        "finalize" => ScriptRole::Finalize,
        _ => ScriptRole::Rule,
    };
    cursor.expect(":", "before the script's language")?;
    let language = cursor.word("a script language")?.to_owned();
    Ok(RuleKind::Script { role, language })
}

fn comma_list<T>(
    cursor: &mut Cursor<'_>,
    out: &mut Vec<T>,
    mut one: impl FnMut(&mut Cursor<'_>) -> Result<T, Diagnostic>,
) -> Result<(), Diagnostic> {
    out.push(one(cursor)?);
    while cursor.eat(",") {
        out.push(one(cursor)?);
    }
    Ok(())
}

/// A string literal without its quotes.
pub(super) fn string(cursor: &mut Cursor<'_>, what: &str) -> Result<String, Diagnostic> {
    match cursor.peek() {
        Some(token) if token.kind == TokenKind::String => {
            let text = cursor.next().map_or("", |(_, text)| text);
            let inner = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
            Ok(inner.unwrap_or(text).to_owned())
        }
        _ => Err(cursor.error(format!("expected {what} in quotes"))),
    }
}

fn either(cursor: &mut Cursor<'_>) -> Result<Dependency, Diagnostic> {
    let mut left = both(cursor)?;
    while cursor.eat("||") {
        left = Dependency::Or(Box::new(left), Box::new(both(cursor)?));
    }
    Ok(left)
}

fn both(cursor: &mut Cursor<'_>) -> Result<Dependency, Diagnostic> {
    let mut left = single(cursor)?;
    while cursor.eat("&&") {
        left = Dependency::And(Box::new(left), Box::new(single(cursor)?));
    }
    Ok(left)
}

fn single(cursor: &mut Cursor<'_>) -> Result<Dependency, Diagnostic> {
    if cursor.eat("!") {
        return Ok(Dependency::Not(Box::new(single(cursor)?)));
    }
    if cursor.eat("(") {
        let inner = either(cursor)?;
        cursor.expect(")", "after a dependency in parentheses")?;
        return Ok(inner);
    }
    let name = |cursor: &mut Cursor<'_>| Ok(RuleName(cursor.word("a rule name")?.to_owned()));
    if cursor.peek_text() == "ever" {
        cursor.next();
        return Ok(Dependency::Ever(name(cursor)?));
    }
    if cursor.peek_text() == "never" {
        cursor.next();
        return Ok(Dependency::Never(name(cursor)?));
    }
    if cursor.peek_text() == "file" && cursor.peek_at(1) == "in" {
        cursor.next();
        cursor.next();
        return Ok(Dependency::FileIn(string(cursor, "a path")?));
    }
    Ok(Dependency::Rule(name(cursor)?))
}
