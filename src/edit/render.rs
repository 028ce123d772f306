//! Added code as tokens, with metavariables replaced by what they are bound to.
//!
//! In: a run of `+` tokens and the bindings of the match it belongs to. Out: [`Rendered`]: words with the
//! rule's own spacing and line breaks. Where lines start is decided by `layout`. An operand that binds
//! less tightly than its new place needs gets parentheses; a list that is bound to nothing takes its comma
//! with it.

use std::borrow::Cow;

use bstr::ByteSlice;

use super::layout::wants_blank;
use crate::lex::{TokenKind, TokenRange, lex};
use crate::matcher::{Bindings, Value};
use crate::smpl::format::Piece;
use crate::smpl::metavar::Seed;
use crate::smpl::{MetaId, MetaKind, PlusRun, PlusToken, Rule};
use crate::source::Span;

/// A word of added code.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Word {
    pub(super) text: Vec<u8>,
    pub(super) kind: TokenKind,
    /// Line breaks before it.
    pub(super) newlines: u32,
    /// Whether a blank stands before it.
    pub(super) blank: bool,
}

/// A run of added code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Rendered {
    pub(super) tokens: Vec<Word>,
    /// Where the run starts in the rule: which run it is.
    pub(super) run: Span,
    /// The tokens of the file that the rule's neighbour met: what the run stands beside.
    pub(super) extent: Option<TokenRange>,
}

/// Replaces the metavariables of `run`.
pub(super) fn render(
    rule: &Rule,
    run: &PlusRun,
    bindings: &Bindings,
    fresh: &mut dyn FnMut(&str) -> String,
) -> Rendered {
    let mut words: Vec<Word> = Vec::new();
    let mut drop_comma = false;
    // The `[4]` of a type stands behind the name that has it.
    let mut bounds: Option<Vec<u8>> = None;
    let tokens = one_type_each(rule, &run.tokens);
    for (index, token) in tokens.iter().enumerate() {
        if std::mem::take(&mut drop_comma) && token.kind == TokenKind::Comma {
            continue;
        }
        let value = token.meta.map(|meta| text_of(rule, meta, bindings, fresh));
        if let Some(value) = &value
            && value.is_empty()
        {
            match words.last() {
                _ if token.meta.is_some_and(|meta| !is_list(&rule.metavar(meta).kind)) => {}
                Some(last) if last.kind == TokenKind::Comma => {
                    words.pop();
                }
                _ => drop_comma = true,
            }
            continue;
        }
        let value = match (value, token.meta.map(|meta| &rule.metavar(meta).kind)) {
            (Some(value), Some(MetaKind::Type)) => {
                Some(without_bounds(value, &tokens, index, &mut bounds))
            }
            (value, _) => value,
        };
        let after_star = words.last().is_some_and(|word| word.kind == TokenKind::Star)
            && index.checked_sub(1).is_some_and(|at| tokens[at].meta.is_some());
        let blank = !token.blanks.is_empty() && token.newlines == 0 && !after_star;
        let place = Word { text: Vec::new(), kind: token.kind, newlines: token.newlines, blank };
        match value {
            Some(value) => {
                let wraps = needs_parentheses(rule, &tokens, index, &value);
                let text = if wraps { [b"(", &value[..], b")"].concat() } else { value };
                push_value(&mut words, text, place);
            }
            None if token.kind == TokenKind::Directive => {
                words.push(Word { text: directive(rule, token, bindings), ..place });
            }
            None => words.push(Word { text: written(token, bindings), ..place }),
        }
        let is_call = tokens.get(index + 1).is_some_and(|next| next.kind == TokenKind::LParen);
        if token.kind == TokenKind::Ident
            && !is_call
            && token.meta.is_none_or(|meta| rule.metavar(meta).kind != MetaKind::Type)
            && let Some(text) = bounds.take()
        {
            words.push(Word { text, kind: TokenKind::RBracket, newlines: 0, blank: false });
        }
    }
    if let Some(first) = words.first_mut() {
        first.newlines = 0;
        first.blank = false;
    }
    join_conditional(&mut words);
    Rendered { tokens: words, run: run.tokens[0].span, extent: None }
}

/// Takes the line breaks out of a lone conditional expression: a rule breaks it to keep its own lines short,
/// which says nothing about the place where it comes to stand.
fn join_conditional(words: &mut [Word]) {
    use TokenKind as K;
    let has_lines = |word: &Word| {
        matches!(
            word.kind,
            K::Semi | K::LBrace | K::RBrace | K::Directive | K::LineComment | K::BlockComment
        )
    };
    if words.iter().any(has_lines) || !words.iter().any(|word| word.kind == K::Question) {
        return;
    }
    for at in 1..words.len() {
        let (before, word) = words.split_at_mut(at);
        let (before, word) = (&before[at - 1], &mut word[0]);
        if std::mem::take(&mut word.newlines) > 0 {
            word.blank = wants_blank((before.kind, &before.text), (word.kind, &word.text));
        }
    }
}

/// `T a, b;` as `T a; T b;`: what `T` stands for may have stars and bounds, which go with one name.
fn one_type_each<'r>(rule: &Rule, run: &'r [PlusToken]) -> Cow<'r, [PlusToken]> {
    let is_type = |token: &PlusToken| {
        token.meta.is_some_and(|meta| rule.metavar(meta).kind == MetaKind::Type)
    };
    let starts = |at: usize| {
        let before = at.checked_sub(1).map(|before| run[before].kind);
        matches!(before, None | Some(TokenKind::Semi | TokenKind::LBrace | TokenKind::RBrace))
    };
    let Some(first) = (0..run.len()).find(|&at| is_type(&run[at]) && starts(at)) else {
        return Cow::Borrowed(run);
    };
    let (mut depth, mut commas) = (0i32, Vec::new());
    let end = (first..run.len()).find(|&at| {
        let kind = run[at].kind;
        depth += i32::from(kind.is_open()) - i32::from(kind.is_close());
        if depth == 0 && kind == TokenKind::Comma {
            commas.push(at);
        }
        depth == 0 && kind == TokenKind::Semi
    });
    let Some(end) = end.filter(|_| !commas.is_empty()) else { return Cow::Borrowed(run) };
    let mut tokens = Vec::new();
    for (at, token) in run.iter().enumerate() {
        if at < end && commas.contains(&at) {
            tokens.push(PlusToken { kind: TokenKind::Semi, text: ";".to_owned(), ..token.clone() });
            tokens.push(PlusToken { newlines: 1, ..run[first].clone() });
        } else {
            tokens.push(token.clone());
        }
    }
    Cow::Owned(tokens)
}

/// A type's text up to its array bounds, which are kept back for the name behind it, where there is one.
fn without_bounds(
    value: Vec<u8>,
    run: &[PlusToken],
    index: usize,
    bounds: &mut Option<Vec<u8>>,
) -> Vec<u8> {
    let names = run.get(index + 1).is_some_and(|next| next.kind == TokenKind::Ident);
    match memchr::memchr(b'[', &value) {
        Some(at) if names && value.ends_with(b"]") => {
            *bounds = Some(value[at..].to_vec());
            value[..at].trim_ascii_end().to_vec()
        }
        _ => value,
    }
}

fn is_list(kind: &MetaKind) -> bool {
    matches!(
        kind,
        MetaKind::ExpressionList(_)
            | MetaKind::IdentifierList(_)
            | MetaKind::ParameterList(_)
            | MetaKind::FieldList(_)
            | MetaKind::InitializerList(_)
            | MetaKind::FormatList(_)
            | MetaKind::Metavariable
    )
}

/// Adds a value's own words, so that a line can be broken inside of it. Code with lines that mean something
/// (statements, comments, directives) stays as it was written.
fn push_value(words: &mut Vec<Word>, text: Vec<u8>, place: Word) {
    let tokens = lex(&text);
    let keeps_lines = tokens.all().iter().any(|id| {
        use TokenKind::{BlockComment, Directive, LBrace, LineComment, Semi};
        matches!(tokens.kind(id), LineComment | BlockComment | Directive | LBrace | Semi)
    });
    if keeps_lines {
        words.push(Word { text, kind: TokenKind::Ident, ..place });
        return;
    }
    let mut blank = place.blank;
    let mut newlines = place.newlines;
    for id in tokens.all().iter() {
        let kind = tokens.kind(id);
        if kind == TokenKind::Space {
            blank = true;
            continue;
        }
        words.push(Word { text: text[tokens.span(id).range()].to_vec(), kind, newlines, blank });
        blank = false;
        newlines = 0;
    }
}

/// What `meta` is replaced by.
fn text_of(
    rule: &Rule,
    meta: MetaId,
    bindings: &Bindings,
    fresh: &mut dyn FnMut(&str) -> String,
) -> Vec<u8> {
    match bindings.get(meta) {
        Some(Value::Code(code)) => code.text.to_vec(),
        Some(Value::Positions(_)) => Vec::new(),
        None => match &rule.metavar(meta).kind {
            MetaKind::Fresh(seeds) => fresh_name(rule, seeds, bindings, fresh).into_bytes(),
            _ => rule.metavar(meta).name.clone().into_bytes(),
        },
    }
}

/// A made-up name: a lone string is a prefix that is numbered, everything else is joined as it is.
fn fresh_name(
    rule: &Rule,
    seeds: &[Seed],
    bindings: &Bindings,
    fresh: &mut dyn FnMut(&str) -> String,
) -> String {
    if let [Seed::Text(prefix)] = seeds {
        return fresh(prefix);
    }
    let part = |seed: &Seed| match seed {
        Seed::Text(text) => text.clone(),
        Seed::Meta(named) => {
            let full = named.to_string();
            let index = rule.metavars.iter().position(|metavar| metavar.name == full);
            let value = index.and_then(|index| bindings.get(MetaId(index as u32)));
            value.and_then(Value::text).map_or_else(String::new, |text| text.to_string())
        }
    };
    seeds.iter().map(part).collect()
}

/// A preprocessor line: names in it that are metavariables are replaced too.
fn directive(rule: &Rule, token: &PlusToken, bindings: &Bindings) -> Vec<u8> {
    let text = token.text.as_bytes();
    let tokens = lex(&text[1..]);
    let mut out = vec![text[0]];
    for id in tokens.all().iter() {
        let word = &text[1..][tokens.span(id).range()];
        // `......` is what C writes as `...`.
        if word == b"..." && out.ends_with(b"...") {
            continue;
        }
        let named = rule.metavars.iter().position(|metavar| metavar.name.as_bytes() == word);
        let value =
            named.and_then(|index| bindings.get(MetaId(index as u32))).and_then(Value::text);
        out.extend_from_slice(value.map_or(word, |value| value.as_bytes()));
    }
    out
}

/// A token as it is added: in a string, format metavariables are what they are bound to.
fn written(token: &PlusToken, bindings: &Bindings) -> Vec<u8> {
    let Some(pieces) = &token.format else { return token.text.clone().into_bytes() };
    let value = |meta: &MetaId| bindings.get(*meta).and_then(Value::text).unwrap_or_default();
    let mut text = vec![b'"'];
    for piece in pieces {
        match piece {
            Piece::Text(own) | Piece::Conversion(own) => text.extend_from_slice(own.as_bytes()),
            Piece::Dots => text.extend_from_slice(b"..."),
            Piece::Format(meta) => {
                text.push(b'%');
                text.extend_from_slice(value(meta));
            }
            Piece::FormatList(meta, _) => text.extend_from_slice(value(meta)),
        }
    }
    text.push(b'"');
    text
}

/// Whether the value of the metavariable at `index` must be put into parentheses in its new place.
fn needs_parentheses(rule: &Rule, run: &[PlusToken], index: usize, value: &[u8]) -> bool {
    let Some(meta) = run[index].meta else { return false };
    let is_operand = matches!(
        rule.metavar(meta).kind,
        MetaKind::Expression { .. } | MetaKind::Constant { .. } | MetaKind::Metavariable
    );
    if !is_operand {
        return false;
    }
    let own = binding_strength(value);
    let before = index.checked_sub(1).map(|at| &run[at]);
    let unary = |at: usize| at == 0 || !ends_operand(&run[at - 1]);
    let left = before.map_or(0, |token| match token.kind {
        TokenKind::Star | TokenKind::Amp | TokenKind::Plus | TokenKind::Minus
            if unary(index - 1) =>
        {
            14
        }
        TokenKind::Bang | TokenKind::Tilde => 14,
        TokenKind::RParen if ends_cast(rule, &run[..index]) => 14,
        kind => operator_strength(kind).map_or(0, |strength| strength + 1),
    });
    let right = run.get(index + 1).map_or(0, |token| match token.kind {
        TokenKind::Arrow
        | TokenKind::Dot
        | TokenKind::LBracket
        | TokenKind::PlusPlus
        | TokenKind::MinusMinus => 15,
        kind => operator_strength(kind).unwrap_or(0),
    });
    own < left.max(right)
}

/// Whether `run` ends with a type in parentheses, so that an operand follows.
fn ends_cast(rule: &Rule, run: &[PlusToken]) -> bool {
    let Some(open) = run.iter().rposition(|token| token.kind == TokenKind::LParen) else {
        return false;
    };
    let inside = &run[open + 1..run.len() - 1];
    let is_type = |token: &PlusToken| match token.meta {
        Some(meta) => rule.metavar(meta).kind == MetaKind::Type,
        None => {
            matches!(
                token.text.as_str(),
                "struct"
                    | "union"
                    | "enum"
                    | "unsigned"
                    | "signed"
                    | "char"
                    | "short"
                    | "int"
                    | "long"
                    | "float"
                    | "double"
                    | "void"
                    | "const"
                    | "size_t"
            ) || token.text.ends_with("_t")
                || token.kind == TokenKind::Star && inside.len() > 1
        }
    };
    let called = open.checked_sub(1).is_some_and(|before| ends_operand(&run[before]));
    !called && inside.iter().any(is_type)
}

fn ends_operand(token: &PlusToken) -> bool {
    matches!(
        token.kind,
        TokenKind::Ident
            | TokenKind::Number
            | TokenKind::RParen
            | TokenKind::RBracket
            | TokenKind::String
    ) && token.text != "return"
}

/// How tightly a binary operator binds, C's table counted from the loosest; the comma is none here.
fn operator_strength(kind: TokenKind) -> Option<u32> {
    use TokenKind as K;
    Some(match kind {
        K::Question => 3,
        K::PipePipe => 4,
        K::AmpAmp => 5,
        K::Pipe => 6,
        K::Caret => 7,
        K::Amp => 8,
        K::EqEq | K::BangEq => 9,
        K::Lt | K::Gt | K::Le | K::Ge => 10,
        K::Shl | K::Shr => 11,
        K::Plus | K::Minus => 12,
        K::Star | K::Slash | K::Percent => 13,
        _ => return None,
    })
}

/// How tightly an expression's outermost operator binds; 16 where there is none.
pub(super) fn binding_strength(text: &[u8]) -> u32 {
    let tokens = lex(text);
    let mut depth = 0i32;
    let mut weakest = 16;
    let mut after_operand = false;
    for id in tokens.significant(tokens.all()) {
        let kind = tokens.kind(id);
        depth += i32::from(kind.is_open());
        if depth == 0 {
            let strength = match kind {
                TokenKind::Comma => Some(1),
                TokenKind::Eq
                | TokenKind::PlusEq
                | TokenKind::MinusEq
                | TokenKind::StarEq
                | TokenKind::SlashEq
                | TokenKind::PercentEq
                | TokenKind::ShlEq
                | TokenKind::ShrEq
                | TokenKind::AmpEq
                | TokenKind::CaretEq
                | TokenKind::PipeEq => Some(2),
                kind if after_operand => operator_strength(kind),
                TokenKind::Bang
                | TokenKind::Tilde
                | TokenKind::Star
                | TokenKind::Amp
                | TokenKind::Minus
                | TokenKind::Plus => Some(14),
                _ => None,
            };
            weakest = weakest.min(strength.unwrap_or(16));
        }
        depth -= i32::from(kind.is_close());
        after_operand = matches!(
            kind,
            TokenKind::Ident
                | TokenKind::Number
                | TokenKind::String
                | TokenKind::Char
                | TokenKind::RParen
                | TokenKind::RBracket
                | TokenKind::PlusPlus
                | TokenKind::MinusMinus
        );
    }
    // A cast looks like an operand in parentheses followed by another; it binds like a unary operator.
    if weakest == 16 && text.starts_with(b"(") && !text.trim().ends_with(b")") {
        return 14;
    }
    weakest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loosest_operator_outside_of_brackets_counts() {
        assert_eq!(binding_strength(b"a"), 16);
        assert_eq!(binding_strength(b"f(a + b)[c]"), 16);
        assert_eq!(binding_strength(b"a + b * c"), 12);
        assert_eq!(binding_strength(b"-a"), 14);
        assert_eq!(binding_strength(b"a ? b : c"), 3);
    }
}
