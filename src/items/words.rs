//! Which identifiers are keywords, and what the spelling of the others suggests.
//!
//! The keyword classes are C11's and gcc's. The hints at the end only decide where structure leaves a
//! choice, and no list of kernel names is behind them but the handful of lower-case attribute words that
//! look like any other name.

use crate::lex::{LexedFile, TokenId, TokenKind};

/// What an identifier token is to the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Word {
    /// Not an identifier token.
    None,
    /// Any identifier that is no keyword.
    Name,
    /// `typedef`, `extern`, `static`, `auto`, `register`, `_Thread_local`.
    Storage,
    /// `inline`, `_Noreturn`.
    FunctionSpecifier,
    /// `const`, `volatile`, `restrict`.
    Qualifier,
    /// `int` and its like.
    Type,
    /// A type keyword that lang-c does not know: `__auto_type`, `__int128`.
    ForeignType,
    /// `struct`, `union`.
    Struct,
    /// `enum`.
    Enum,
    /// `typeof` in all its spellings.
    Typeof,
    /// `__attribute__`, `__declspec`.
    Attribute,
    /// `_Alignas`.
    Alignas,
    /// `asm`.
    Asm,
    /// `__extension__`.
    Extension,
    /// `sizeof`.
    Sizeof,
    /// `_Alignof`.
    Alignof,
    /// `__real__`, `__imag__`.
    ComplexPart,
    /// `_Generic`.
    Generic,
    /// `_Static_assert`.
    StaticAssert,
    /// `__label__`.
    LocalLabel,
    /// `if`, `while`, `for`, `switch`: a head in parentheses follows.
    If,
    Else,
    While,
    Do,
    For,
    Switch,
    Case,
    Default,
    Return,
    Goto,
    /// `break`, `continue`.
    Jump,
}

impl Word {
    /// Whether it can only stand among declaration specifiers.
    pub(super) fn is_specifier(self) -> bool {
        use Word::*;
        self.is_type() || matches!(self, Storage | FunctionSpecifier | Qualifier | Alignas)
    }

    /// Whether it starts a type specifier.
    pub(super) fn is_type(self) -> bool {
        matches!(self, Word::Type | Word::ForeignType | Word::Struct | Word::Enum | Word::Typeof)
    }

    /// Whether it starts or belongs to a statement.
    pub(super) fn is_statement(self) -> bool {
        use Word::*;
        matches!(
            self,
            If | Else | While | Do | For | Switch | Case | Default | Return | Goto | Jump
        )
    }
}

/// The class of an identifier.
pub(super) fn word(text: &[u8]) -> Word {
    // Most identifiers end here: keywords are short and start with one of these.
    if text.len() > 18 || !matches!(text[0], b'_' | b'a'..=b'g' | b'i' | b'l' | b'r'..=b'w') {
        return Word::Name;
    }
    match text {
        b"typedef" | b"extern" | b"static" | b"auto" | b"register" | b"_Thread_local"
        | b"__thread" => Word::Storage,
        b"inline" | b"__inline" | b"__inline__" | b"_Noreturn" => Word::FunctionSpecifier,
        b"const" | b"volatile" | b"restrict" | b"__const" | b"__const__" | b"__volatile"
        | b"__volatile__" | b"__restrict" | b"__restrict__" | b"_Atomic" => Word::Qualifier,
        b"void" | b"char" | b"short" | b"int" | b"long" | b"float" | b"double" | b"signed"
        | b"unsigned" | b"_Bool" | b"_Complex" | b"__signed" | b"__signed__" | b"__complex__" => {
            Word::Type
        }
        b"__auto_type" | b"__int128" | b"__int128_t" | b"__uint128_t" | b"_Float128"
        | b"__float128" => Word::ForeignType,
        b"struct" | b"union" => Word::Struct,
        b"enum" => Word::Enum,
        b"typeof" | b"__typeof" | b"__typeof__" | b"typeof_unqual" => Word::Typeof,
        b"__attribute__" | b"__attribute" | b"__declspec" => Word::Attribute,
        b"_Alignas" => Word::Alignas,
        b"asm" | b"__asm" | b"__asm__" | b"asm_inline" => Word::Asm,
        b"__extension__" => Word::Extension,
        b"sizeof" => Word::Sizeof,
        b"_Alignof" | b"__alignof" | b"__alignof__" => Word::Alignof,
        b"__real" | b"__real__" | b"__imag" | b"__imag__" => Word::ComplexPart,
        b"_Generic" => Word::Generic,
        b"_Static_assert" => Word::StaticAssert,
        b"__label__" => Word::LocalLabel,
        b"if" => Word::If,
        b"else" => Word::Else,
        b"while" => Word::While,
        b"do" => Word::Do,
        b"for" => Word::For,
        b"switch" => Word::Switch,
        b"case" => Word::Case,
        b"default" => Word::Default,
        b"return" => Word::Return,
        b"goto" => Word::Goto,
        b"break" | b"continue" => Word::Jump,
        _ => Word::Name,
    }
}

/// The class of token `id`.
pub(super) fn word_of(file: &LexedFile, id: TokenId) -> Word {
    match file.tokens.kind(id) {
        TokenKind::Ident => word(file.text(id)),
        _ => Word::None,
    }
}

/// Whether a name looks like an attribute rather than a type, variable or function: `__init`,
/// `NOINLINE`, `notrace`.
pub(super) fn is_attribute_like(name: &[u8]) -> bool {
    if looks_like_type(name) {
        return false;
    }
    name.starts_with(b"__")
        || is_upper(name)
        || matches!(
            name,
            b"asmlinkage"
                | b"noinline"
                | b"notrace"
                | b"noinstr"
                | b"noinline_for_stack"
                | b"fastcall"
                | b"randomized_struct_fields_start"
                | b"randomized_struct_fields_end"
        )
}

/// Whether a name is one of the attributes that half of all files use: a hint for `__a __b`, where one of
/// the two is declared.
pub(super) fn is_common_attribute(name: &[u8]) -> bool {
    let name = name.strip_prefix(b"__").unwrap_or(name);
    let starts = |prefix: &[u8]| name.starts_with(prefix);
    starts(b"init")
        || starts(b"exit")
        || starts(b"meminit")
        || starts(b"cacheline_aligned")
        || matches!(
            name,
            b"read_mostly"
                | b"ro_after_init"
                | b"maybe_unused"
                | b"always_unused"
                | b"used"
                | b"percpu"
                | b"user"
                | b"iomem"
                | b"rcu"
                | b"refdata"
                | b"packed"
                | b"weak"
        )
}

/// Whether a name is all capitals, digits and underscores.
pub(super) fn is_upper(name: &[u8]) -> bool {
    name.iter().any(u8::is_ascii_uppercase) && !name.iter().any(u8::is_ascii_lowercase)
}

/// Whether a name is spelled as types are: `…_t`, `u8`, `__be32`.
pub(super) fn looks_like_type(name: &[u8]) -> bool {
    if name.ends_with(b"_t") {
        return true;
    }
    let name = name.strip_prefix(b"__").unwrap_or(name);
    let body = match name {
        [b'u' | b's', rest @ ..] => rest,
        [b'b' | b'l', b'e', rest @ ..] => rest,
        _ => return matches!(name, b"bool" | b"uint" | b"ulong" | b"ushort" | b"uchar"),
    };
    matches!(body, b"8" | b"16" | b"32" | b"64" | b"int" | b"long" | b"short" | b"char")
        && name != b"beint"
        && name != b"lelong"
}

/// Whether the tokens strictly between `open` and `close` can only be parameter declarations.
pub(super) fn has_parameters(file: &LexedFile, open: TokenId, close: TokenId) -> bool {
    let mut previous = Word::None;
    let mut empty = true;
    for token in file.tokens.significant(crate::lex::TokenRange { start: open.next(), end: close })
    {
        empty = false;
        let kind = file.tokens.kind(token);
        let word = word_of(file, token);
        if kind.is_open() || kind == TokenKind::String {
            return false;
        }
        let after_name = previous == Word::Name;
        if word.is_type() || word == Word::Qualifier {
            return true;
        }
        if after_name && (word == Word::Name || kind == TokenKind::Star) {
            return true;
        }
        previous = word;
    }
    empty
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_hints() {
        assert!(looks_like_type(b"__be32") && looks_like_type(b"u8") && looks_like_type(b"pfn_t"));
        assert!(
            !looks_like_type(b"__init") && !looks_like_type(b"best") && !looks_like_type(b"u9")
        );
        assert!(is_attribute_like(b"__init") && is_attribute_like(b"STATIC_FN"));
        assert!(!is_attribute_like(b"__le16") && !is_attribute_like(b"page"));
    }
}
