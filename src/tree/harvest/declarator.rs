//! The name a declaration declares, found without knowing any type.
//!
//! In: the tokens of one declaration, brackets and all. Out: the token of the name. The idea is that C
//! writes a type first: a word is the name when something that can be a type stands before it and nothing
//! but brackets and attributes after it.
//!
//! ```text
//! unsigned long flags            flags
//! irqreturn_t handler(int irq)   handler
//! int (*probe)(struct dev *)     probe
//! struct page *                  (no name)
//! ```

use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

/// One thing at the top level of a declaration.
#[derive(Clone, Copy, Debug)]
enum Piece {
    /// A word that may be the name or a type.
    Word(TokenId),
    /// A word of the language that is part of a type: `int`, `struct page`, `typeof (x)`.
    Type,
    /// `const`, `__attribute__((…))`: neither a type nor a name.
    Qualifier,
    /// `*`.
    Pointer,
    /// `( … )`, inner tokens.
    Parens(TokenRange),
    /// `[ … ]`, a bit field's width, anything else.
    Other,
}

/// Whether a type has been named already when the declaration starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Specifier {
    /// The declaration is whole.
    Own,
    /// It is a further declarator: `b` in `typedef int a, b;`.
    Inherited,
}

/// The token of the name that `tokens` declare.
pub(super) fn declared_name(
    file: &LexedFile,
    tokens: TokenRange,
    specifier: Specifier,
) -> Option<TokenId> {
    name_at_depth(file, tokens, specifier, 0)
}

/// Parentheses inside parentheses that a declarator may have; real ones have three.
const DEEPEST: usize = 16;

fn name_at_depth(
    file: &LexedFile,
    tokens: TokenRange,
    specifier: Specifier,
    depth: usize,
) -> Option<TokenId> {
    if depth > DEEPEST {
        return None;
    }
    let pieces = pieces(file, tokens);
    let typed = |at: usize| {
        let is_type = |piece: &Piece| matches!(piece, Piece::Word(_) | Piece::Type);
        specifier == Specifier::Inherited || pieces[..at].iter().any(is_type)
    };
    nested_name(file, &pieces, depth, typed).or_else(|| plain_name(file, &pieces, typed))
}

/// `(*name)(…)`, `(name)(…)`, `(*name[3])(…)`: the name is inside parentheses.
fn nested_name(
    file: &LexedFile,
    pieces: &[Piece],
    depth: usize,
    typed: impl Fn(usize) -> bool,
) -> Option<TokenId> {
    pieces.iter().enumerate().find_map(|(at, piece)| match piece {
        Piece::Parens(inner) if typed(at) => name_inside(file, *inner, depth, pieces.get(at + 1)),
        Piece::Parens(_)
        | Piece::Word(_)
        | Piece::Type
        | Piece::Qualifier
        | Piece::Pointer
        | Piece::Other => None,
    })
}

/// The name in the parentheses around `inner`, if they are a declarator's and no parameter list.
fn name_inside(
    file: &LexedFile,
    inner: TokenRange,
    depth: usize,
    next: Option<&Piece>,
) -> Option<TokenId> {
    let within = pieces(file, inner);
    let Some(star) = within.iter().position(|piece| matches!(piece, Piece::Pointer)) else {
        let called = matches!(next, Some(Piece::Parens(_)));
        return match within.as_slice() {
            [Piece::Word(name)] if called => Some(*name),
            _ => None,
        };
    };
    // A parameter list can hold a pointer as well, but only behind a type. A word before the star may be
    // a type or an attribute (`(__user *handler)(int)`): what follows the parentheses tells.
    let before = &within[..star];
    let has_type = before.iter().any(|piece| matches!(piece, Piece::Type));
    let has_word = before.iter().any(|piece| matches!(piece, Piece::Word(_)));
    let followed = matches!(next, Some(Piece::Parens(_) | Piece::Other));
    let is_declarator = !has_type && (followed || !has_word);
    if !is_declarator {
        return None;
    }
    name_at_depth(file, inner, Specifier::Inherited, depth + 1)
}

/// The last word that has a type before it and no `*` after it.
fn plain_name(
    file: &LexedFile,
    pieces: &[Piece],
    typed: impl Fn(usize) -> bool,
) -> Option<TokenId> {
    let after_stars =
        pieces.iter().rposition(|p| matches!(p, Piece::Pointer)).map_or(0, |at| at + 1);
    let words = |called: bool| {
        let typed = &typed;
        (after_stars..pieces.len()).rev().filter_map(move |at| match pieces[at] {
            Piece::Word(word) => {
                let is_called = matches!(pieces.get(at + 1), Some(Piece::Parens(_)));
                (is_called == called && typed(at)).then_some(word)
            }
            Piece::Type | Piece::Qualifier | Piece::Pointer | Piece::Parens(_) | Piece::Other => {
                None
            }
        })
    };
    let reserved = |word: &TokenId| file.text(*word).starts_with(b"__");
    let mut plain = words(false);
    let Some(last) = plain.next() else {
        // A function type, or a macro such as `__aligned(8)` behind the name; the name comes first.
        return words(true).filter(|word| !reserved(word)).last().or_else(|| words(true).last());
    };
    // `typedef struct { … } name __packed;`: an attribute that is not written as one.
    match plain.next() {
        Some(before) if reserved(&last) && !reserved(&before) => Some(before),
        Some(_) | None => Some(last),
    }
}

fn pieces(file: &LexedFile, tokens: TokenRange) -> Vec<Piece> {
    let all: Vec<TokenId> = file.tokens.significant(tokens).collect();
    let mut pieces = Vec::with_capacity(all.len());
    let mut at = 0;
    while at < all.len() {
        let id = all[at];
        match file.tokens.kind(id) {
            TokenKind::Ident => {
                let (piece, next) = word_piece(file, &all, at);
                pieces.push(piece);
                at = next;
            }
            TokenKind::LParen => {
                let end = closing(file, &all, at);
                let inner_end = all.get(end).map_or(tokens.end, |close| *close);
                pieces.push(Piece::Parens(TokenRange { start: id.next(), end: inner_end }));
                at = end + 1;
            }
            TokenKind::LBracket | TokenKind::LBrace => {
                pieces.push(Piece::Other);
                at = closing(file, &all, at) + 1;
            }
            TokenKind::Star | TokenKind::Caret => {
                pieces.push(Piece::Pointer);
                at += 1;
            }
            // A bit field's width or an initialiser: the name is behind us.
            TokenKind::Colon | TokenKind::Eq => break,
            _ => {
                pieces.push(Piece::Other);
                at += 1;
            }
        }
    }
    pieces
}

/// The piece that starts with the word at `at`, and where the next one starts.
fn word_piece(file: &LexedFile, all: &[TokenId], at: usize) -> (Piece, usize) {
    let kind_at = |at: usize| all.get(at).map(|&id| file.tokens.kind(id));
    let past_parens = |at: usize| match kind_at(at) {
        Some(TokenKind::LParen) => closing(file, all, at) + 1,
        _ => at,
    };
    match file.text(all[at]).as_ref() as &[u8] {
        b"struct" | b"union" | b"enum" => {
            let mut next = at + 1;
            // Attributes, then the tag, then the body: `struct __packed tag { … }`.
            while kind_at(next) == Some(TokenKind::Ident) && is_attribute(file.text(all[next])) {
                next = past_parens(next + 1);
            }
            if kind_at(next) == Some(TokenKind::Ident) {
                let tag = past_parens(next + 1);
                let tagged_body = kind_at(tag) == Some(TokenKind::Ident)
                    && kind_at(tag + 1) == Some(TokenKind::LBrace);
                next = if tagged_body { tag + 1 } else { next + 1 };
            }
            if kind_at(next) == Some(TokenKind::LBrace) {
                next = closing(file, all, next) + 1;
            }
            (Piece::Type, next)
        }
        b"typeof" | b"__typeof" | b"__typeof__" | b"typeof_unqual" | b"_BitInt" => {
            (Piece::Type, past_parens(at + 1))
        }
        b"_Atomic" => match kind_at(at + 1) {
            Some(TokenKind::LParen) => (Piece::Type, past_parens(at + 1)),
            _ => (Piece::Qualifier, at + 1),
        },
        b"void" | b"char" | b"short" | b"int" | b"long" | b"float" | b"double" | b"signed"
        | b"unsigned" | b"_Bool" | b"_Complex" | b"__signed__" | b"__int128" | b"__auto_type"
        | b"__builtin_va_list" => (Piece::Type, at + 1),
        b"const" | b"volatile" | b"restrict" | b"__restrict" | b"__restrict__" | b"__const"
        | b"__volatile__" | b"__extension__" | b"static" | b"extern" | b"inline" | b"__inline"
        | b"__inline__" | b"register" | b"auto" | b"typedef" | b"_Noreturn" => {
            (Piece::Qualifier, at + 1)
        }
        word if is_attribute(word) => (Piece::Qualifier, past_parens(at + 1)),
        _ => (Piece::Word(all[at]), at + 1),
    }
}

fn is_attribute(word: &[u8]) -> bool {
    matches!(word, b"__attribute__" | b"__attribute" | b"_Alignas" | b"__declspec")
}

/// Where in `all` the bracket that opens at `at` is closed; past the end where it is not.
fn closing(file: &LexedFile, all: &[TokenId], at: usize) -> usize {
    let mut depth = 0usize;
    for (offset, &id) in all[at..].iter().enumerate() {
        let kind = file.tokens.kind(id);
        if kind.is_open() {
            depth += 1;
        } else if kind.is_close() {
            depth -= 1;
            if depth == 0 {
                return at + offset;
            }
        }
    }
    all.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::source::TreePath;

    fn name(text: &str) -> Option<String> {
        let file = LexedFile::new(TreePath::new("x.c").unwrap(), text.as_bytes().to_vec());
        let id = declared_name(&file, file.tokens.all(), Specifier::Own)?;
        Some(file.text(id).to_string())
    }

    #[test]
    fn the_name_is_what_follows_a_type() {
        for (text, wanted) in [
            ("unsigned long flags", "flags"),
            ("struct page **pages", "pages"),
            ("const u8 __user *buf", "buf"),
            ("gfp_t gfp", "gfp"),
            ("u8 key[16]", "key"),
            ("unsigned int width : 3", "width"),
            ("struct list_head *const head", "head"),
            ("typeof(*x) copy", "copy"),
            ("_Atomic(int) counter", "counter"),
            ("BITS(3) bits", "bits"),
        ] {
            assert_eq!(name(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn functions_and_pointers_to_them_have_names_inside() {
        for (text, wanted) in [
            ("irqreturn_t handler(int irq, void *data)", "handler"),
            ("void (*done)(struct bio *bio)", "done"),
            ("void (*done[4])(struct bio *bio)", "done"),
            ("int (compare)(const void *, const void *)", "compare"),
            ("void (__user *handler)(int)", "handler"),
            ("void *(*next)(void *v)", "next"),
            ("int (*(*get)(int which))(void)", "get"),
            ("u8 (*table)[16]", "table"),
            ("enum usb_role (*get)(struct dev *)", "get"),
            ("struct page *(*get)(void)", "get"),
            ("__printf(2, 3) void (*log)(void *, const char *, ...)", "log"),
        ] {
            assert_eq!(name(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn attributes_are_not_names() {
        for (text, wanted) in [
            ("struct { int a; } pair __packed", "pair"),
            ("u32 __bitwise __be32", "__be32"),
            ("u64 wide __aligned(8)", "wide"),
            ("u64 __attribute__((aligned(8))) wide", "wide"),
            ("struct __attribute__((packed)) tag { int a; } pair", "pair"),
            ("struct __packed tag { int a; } pair", "pair"),
            ("struct __aligned(8) tag { int a; } pair", "pair"),
            ("foo_t __bar", "__bar"),
        ] {
            assert_eq!(name(text).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn nesting_past_the_bound_has_no_name() {
        let text = format!("int {}name{}", "(*".repeat(100_000), ")".repeat(100_000));
        assert_eq!(name(&text), None);
    }

    #[test]
    fn a_type_alone_has_no_name() {
        for text in ["struct page *", "unsigned", "gfp_t", "void", "const u8 __user *", "..."] {
            assert_eq!(name(text), None, "{text}");
        }
    }
}
