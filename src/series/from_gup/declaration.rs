//! Finding a declaration in a header.
//!
//! In: a lexed file and a name. Out: the declaration's return type and parameters as they are written, and
//! where new text can follow it: behind the line it ends in, or behind the `#endif` where both arms of a
//! condition declare it (a prototype in one, an empty inline function in the other).

use bstr::ByteSlice;

use crate::lex::directive::{DirectiveKind, directive};
use crate::lex::{LexedFile, TokenId, TokenKind};

/// A function's declaration, or any place to put something behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    /// `int`, `struct scatterlist *`; storage and `inline` are left out.
    pub(super) returns: String,
    pub(super) parameters: Vec<Parameter>,
    /// The byte after the line that ends the declaration.
    pub(super) end: usize,
}

/// One parameter of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    /// As written, on one line; without a name where the prototype gives none.
    pub(super) text: String,
    pub(super) name: Option<String>,
}

impl Declaration {
    /// Takes over the parameter names of another declaration of the same function.
    pub(super) fn take_names(&mut self, other: &Declaration) {
        if self.parameters.len() != other.parameters.len() {
            return;
        }
        for (own, other) in self.parameters.iter_mut().zip(&other.parameters) {
            if let (None, Some(name)) = (&own.name, &other.name) {
                own.set_name(name);
            }
        }
    }

    /// Names what has no name: pointers to a struct after it, all else by number.
    pub(super) fn name_the_rest(&mut self) {
        for at in 0..self.parameters.len() {
            if self.parameters[at].name.is_some() {
                continue;
            }
            let tag =
                self.parameters[at].text.split_whitespace().skip_while(|w| *w != "struct").nth(1);
            let taken =
                |name: &str| self.parameters.iter().any(|p| p.name.as_deref() == Some(name));
            let name = match tag {
                Some(tag) if !taken(tag) => tag.to_owned(),
                Some(_) | None => format!("arg{}", at + 1),
            };
            self.parameters[at].set_name(&name);
        }
    }
}

impl Parameter {
    fn set_name(&mut self, name: &str) {
        if !self.text.ends_with('*') {
            self.text.push(' ');
        }
        self.text.push_str(name);
        self.name = Some(name.to_owned());
    }
}

/// Finds the prototype or inline definition of `function`. The error is why the one found is of no use.
pub(super) fn find_function(
    file: &LexedFile,
    function: &str,
) -> Result<Option<Declaration>, String> {
    let items = items(file);
    let mut found = None;
    for item in &items {
        let Some(name) = item.words.iter().position(|id| file.is_word(*id, function)) else {
            continue;
        };
        let opens = item.words.get(name + 1).is_some_and(|id| file.text(*id) == "(");
        // At least a type stands before the name; a call or a macro has none.
        if !opens || name == 0 || !item.words[..name].iter().all(|id| is_type_part(file, *id)) {
            continue;
        }
        let Some(close) = closing(file, &item.words, name + 1) else { continue };
        let declaration = Declaration {
            returns: return_type(file, &item.words[..name]),
            parameters: parameters(file, &item.words[name + 2..close])?,
            end: item.end,
        };
        match &found {
            None => found = Some((declaration, item)),
            // Both arms of one condition have it: what follows the condition is for both.
            Some((_, first)) if item.condition.is_some() && item.condition == first.condition => {
                let end = item.condition.and_then(|start| condition_end(file, start));
                return Ok(Some(Declaration { end: end.unwrap_or(item.end), ..declaration }));
            }
            Some(_) => {}
        }
    }
    Ok(found.map(|(declaration, _)| declaration))
}

/// Finds the definition of `struct tag`.
pub(super) fn find_struct(file: &LexedFile, tag: &str) -> Result<Option<Declaration>, String> {
    let found = items(file).into_iter().find(|item| {
        let text = |at: usize| item.words.get(at).map(|id| file.text(*id));
        text(0) == Some("struct".into())
            && text(1) == Some(tag.into())
            && text(2) == Some("{".into())
    });
    Ok(found.map(|item| Declaration {
        returns: String::new(),
        parameters: Vec::new(),
        end: item.end,
    }))
}

/// A top-level item: a declaration, or the head of a definition.
struct Item {
    /// Its tokens without trivia. Of a body in braces only the opening one is there.
    words: Vec<TokenId>,
    /// The byte after the line it ends in.
    end: usize,
    /// The outermost `#if` it is in, the include guard not counted.
    condition: Option<TokenId>,
}

fn items(file: &LexedFile) -> Vec<Item> {
    let tokens = &file.tokens;
    let guard = include_guard(file);
    let mut conditions: Vec<TokenId> = Vec::new();
    let mut items = Vec::new();
    let mut words: Vec<TokenId> = Vec::new();
    let (mut braces, mut parens) = (0_u32, 0_u32);
    for id in tokens.all().iter() {
        let kind = tokens.kind(id);
        match kind {
            TokenKind::Directive => match directive(file.text(id)).kind {
                DirectiveKind::If | DirectiveKind::IfNever | DirectiveKind::IfAlways => {
                    conditions.push(id);
                }
                DirectiveKind::Endif => {
                    conditions.pop();
                }
                DirectiveKind::Elif
                | DirectiveKind::Else
                | DirectiveKind::Include
                | DirectiveKind::Define
                | DirectiveKind::Undef
                | DirectiveKind::Pragma
                | DirectiveKind::Other => {}
            },
            kind if kind.is_trivia() => {}
            _ => {
                if braces == 0 {
                    words.push(id);
                }
                match kind {
                    TokenKind::LBrace => braces += 1,
                    TokenKind::RBrace => braces = braces.saturating_sub(1),
                    TokenKind::LParen => parens += 1,
                    TokenKind::RParen => parens = parens.saturating_sub(1),
                    _ => {}
                }
                let body_ends = kind == TokenKind::RBrace && braces == 0;
                let ends = braces == 0
                    && match kind {
                        TokenKind::Semi => parens == 0,
                        // A function ends with its body; a struct goes on to the semicolon.
                        TokenKind::RBrace => body_ends && has_parameters(file, &words),
                        _ => false,
                    };
                if ends {
                    let condition = conditions.iter().find(|id| Some(**id) != guard).copied();
                    let end = line_end(file, tokens.span(id).end as usize);
                    items.push(Item { words: std::mem::take(&mut words), end, condition });
                }
            }
        }
    }
    items
}

/// Whether the brace after the words opens a function's body: a parenthesis closes right before it, or
/// before the attributes there.
fn has_parameters(file: &LexedFile, words: &[TokenId]) -> bool {
    let brace = words.iter().position(|id| file.tokens.kind(*id) == TokenKind::LBrace);
    let head = &words[..brace.unwrap_or(words.len())];
    !head.iter().any(|id| file.tokens.kind(*id) == TokenKind::Eq)
        && head.iter().any(|id| file.tokens.kind(*id) == TokenKind::RParen)
}

/// The `#ifndef` of a header whose first two directives are `#ifndef X` and `#define X`.
fn include_guard(file: &LexedFile) -> Option<TokenId> {
    let mut directives =
        file.tokens.all().iter().filter(|id| file.tokens.kind(*id) == TokenKind::Directive);
    let (first, second) = (directives.next()?, directives.next()?);
    let (open, define) = (directive(file.text(first)), directive(file.text(second)));
    let guards = open.name == "ifndef"
        && define.kind == DirectiveKind::Define
        && define.rest.fields().next() == open.rest.fields().next();
    guards.then_some(first)
}

/// The byte after the line of the `#endif` that belongs to the `#if` at `start`.
fn condition_end(file: &LexedFile, start: TokenId) -> Option<usize> {
    let mut depth = 0_u32;
    for id in file.tokens.all().iter().skip(start.index()) {
        if file.tokens.kind(id) != TokenKind::Directive {
            continue;
        }
        match directive(file.text(id)).kind {
            DirectiveKind::If | DirectiveKind::IfNever | DirectiveKind::IfAlways => depth += 1,
            DirectiveKind::Endif if depth == 1 => {
                return Some(line_end(file, file.tokens.span(id).end as usize));
            }
            DirectiveKind::Endif => depth -= 1,
            DirectiveKind::Elif
            | DirectiveKind::Else
            | DirectiveKind::Include
            | DirectiveKind::Define
            | DirectiveKind::Undef
            | DirectiveKind::Pragma
            | DirectiveKind::Other => {}
        }
    }
    None
}

fn line_end(file: &LexedFile, from: usize) -> usize {
    let before = from.saturating_sub(1);
    let newline = if file.bytes.get(before) == Some(&b'\n') {
        Some(0)
    } else {
        memchr::memchr(b'\n', &file.bytes[from..]).map(|at| at + 1)
    };
    newline.map_or(file.bytes.len(), |len| from + len)
}

fn is_type_part(file: &LexedFile, id: TokenId) -> bool {
    matches!(file.tokens.kind(id), TokenKind::Ident | TokenKind::Star)
}

fn closing(file: &LexedFile, words: &[TokenId], open: usize) -> Option<usize> {
    let mut depth = 0_u32;
    for (at, id) in words.iter().enumerate().skip(open) {
        match file.tokens.kind(*id) {
            TokenKind::LParen => depth += 1,
            TokenKind::RParen if depth == 1 => return Some(at),
            TokenKind::RParen => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Where a function lives, and hints to the compiler: the new function has its own.
const STORAGE: &[&str] =
    &["extern", "static", "inline", "__inline", "__inline__", "__always_inline", "noinline"];

fn return_type(file: &LexedFile, words: &[TokenId]) -> String {
    let kept = words.iter().map(|id| file.text(*id).to_str_lossy());
    let mut text = String::new();
    for word in kept.filter(|word| !STORAGE.contains(&word.as_ref())) {
        if !text.is_empty() && !text.ends_with('*') {
            text.push(' ');
        }
        text.push_str(&word);
    }
    text
}

fn parameters(file: &LexedFile, words: &[TokenId]) -> Result<Vec<Parameter>, String> {
    let mut parameters = Vec::new();
    let mut depth = 0_u32;
    let parts = words.split(|id| {
        match file.tokens.kind(*id) {
            TokenKind::LParen => depth += 1,
            TokenKind::RParen => depth = depth.saturating_sub(1),
            TokenKind::Comma => return depth == 0,
            _ => {}
        }
        false
    });
    for part in parts {
        let texts: Vec<_> = part.iter().map(|id| file.text(*id).to_str_lossy()).collect();
        match texts.iter().map(AsRef::as_ref).collect::<Vec<_>>().as_slice() {
            [] | ["void"] => {}
            ["..."] => return Err("its arguments are variable and cannot be passed on".into()),
            texts => parameters.push(Parameter { text: spelled(texts), name: name(texts) }),
        }
    }
    Ok(parameters)
}

const NUMBER_WORDS: &[&str] =
    &["unsigned", "signed", "char", "short", "int", "long", "float", "double", "void", "_Bool"];
const QUALIFIERS: &[&str] = &["const", "volatile", "restrict", "__restrict", "register"];

/// The parameter's name: the identifier that is left after the type.
fn name(texts: &[&str]) -> Option<String> {
    if let Some(open) = texts.windows(2).position(|pair| pair == ["(", "*"]) {
        return texts.get(open + 2).filter(|text| is_identifier(text)).map(|&text| text.to_owned());
    }
    let is_qualifier = |text: &&str| QUALIFIERS.contains(text) || is_attribute(text);
    let mut rest = texts.iter().copied().filter(|text| !is_qualifier(text)).peekable();
    match rest.next()? {
        "struct" | "union" | "enum" => {
            rest.next();
        }
        word if NUMBER_WORDS.contains(&word) => {
            while rest.next_if(|word| NUMBER_WORDS.contains(word)).is_some() {}
        }
        _ => {}
    }
    rest.find(|text| *text != "*").filter(|text| is_identifier(text)).map(str::to_owned)
}

/// `__user`, `__must_check`: marks for tools. `__u32` and `__be16` are types.
fn is_attribute(text: &str) -> bool {
    text.starts_with("__") && !text.ends_with(|c: char| c.is_ascii_digit())
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
}

/// The tokens on one line as the kernel spaces them. A bare `unsigned` gets its `int`.
fn spelled(texts: &[&str]) -> String {
    let mut out = String::new();
    for (at, text) in texts.iter().enumerate() {
        let tight = out.is_empty()
            || out.ends_with(['*', '(', '['])
            || matches!(*text, ")" | "]" | "[" | ",")
            || (*text == "(" && out.ends_with(')'));
        if !tight {
            out.push(' ');
        }
        out.push_str(text);
        let next = texts.get(at + 1);
        if *text == "unsigned" && next.is_none_or(|next| !NUMBER_WORDS.contains(next)) {
            out.push_str(" int");
        }
    }
    out
}
