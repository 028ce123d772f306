//! What struct a member access can be on, as far as its tokens alone tell: cheaper than to parse the function.
//!
//! `x->page` where the function says `struct other *x` and declares no other `x` is on `struct other`. Only what
//! is clear without types is told; whoever hears "may be" parses the function.

use super::corpus::SourceFile;
use crate::lex::{TokenId, TokenKind};

/// What an occurrence of a variable's name is.
enum Occurrence {
    /// Its declaration, with a struct of another tag.
    Other,
    /// Its declaration, or what may be one.
    Unclear,
    Use,
}

/// Whether the access to a member at `member`, in the function of item `item`, may be on a struct or union `tag`.
pub(super) fn may_be_on(file: &SourceFile, item: u32, member: TokenId, tag: &str) -> bool {
    let Some(variable) = plain_base(file, member) else { return true };
    let lexed = &file.lexed;
    let name = lexed.text(variable);
    let mut depth = 0usize;
    let mut is_other = false;
    for token in lexed.tokens.significant(file.items[item as usize].tokens) {
        match lexed.tokens.kind(token) {
            TokenKind::LParen => depth += 1,
            TokenKind::RParen => depth = depth.saturating_sub(1),
            TokenKind::Ident if lexed.text(token) == name => {
                match occurrence(file, token, tag, depth) {
                    Occurrence::Other => is_other = true,
                    Occurrence::Unclear => return true,
                    Occurrence::Use => {}
                }
            }
            _ => {}
        }
    }
    !is_other
}

/// The variable that a member access is on, where it is nothing but a name: `x->member`.
fn plain_base(file: &SourceFile, member: TokenId) -> Option<TokenId> {
    let tokens = &file.lexed.tokens;
    let access = tokens.significant_before(member)?;
    let is_access =
        |token: TokenId| matches!(tokens.kind(token), TokenKind::Dot | TokenKind::Arrow);
    let base = is_access(access).then(|| tokens.significant_before(access))??;
    let before = tokens.significant_before(base)?;
    (tokens.kind(base) == TokenKind::Ident && !is_access(before)).then_some(base)
}

/// What the name at `token` is there, inside of `depth` parentheses.
fn occurrence(file: &SourceFile, token: TokenId, tag: &str, depth: usize) -> Occurrence {
    let lexed = &file.lexed;
    let tokens = &lexed.tokens;
    let Some(before) = tokens.significant_before(token) else { return Occurrence::Unclear };
    let is_accessed = || {
        let after = tokens.significant_from(token.next());
        after.is_some_and(|after| matches!(tokens.kind(after), TokenKind::Dot | TokenKind::Arrow))
    };
    match tokens.kind(before) {
        // A member of the same name.
        TokenKind::Dot | TokenKind::Arrow => Occurrence::Use,
        TokenKind::Star | TokenKind::Ident => declaration(file, before, tag, depth),
        TokenKind::RBrace | TokenKind::RParen if !is_accessed() => Occurrence::Unclear,
        // A further declarator, or an argument.
        TokenKind::Comma if depth == 0 => Occurrence::Unclear,
        _ => Occurrence::Use,
    }
}

/// What a name is that stands behind the star or the word at `before`.
fn declaration(file: &SourceFile, before: TokenId, tag: &str, depth: usize) -> Occurrence {
    let lexed = &file.lexed;
    let tokens = &lexed.tokens;
    let mut ty = before;
    while tokens.kind(ty) == TokenKind::Star {
        let Some(further) = tokens.significant_before(ty) else { return Occurrence::Unclear };
        ty = further;
    }
    if tokens.kind(ty) != TokenKind::Ident {
        let is_use = match tokens.kind(ty) {
            TokenKind::Comma => depth > 0,
            TokenKind::LParen | TokenKind::RParen | TokenKind::RBrace => false,
            _ => true,
        };
        return if is_use { Occurrence::Use } else { Occurrence::Unclear };
    }
    if matches!(&**lexed.text(ty), b"return" | b"case" | b"else" | b"goto" | b"sizeof") {
        return Occurrence::Use;
    }
    let keyword = tokens.significant_before(ty);
    let is_tag = keyword
        .is_some_and(|token| lexed.is_word(token, "struct") || lexed.is_word(token, "union"));
    if is_tag && lexed.text(ty) != tag.as_bytes() { Occurrence::Other } else { Occurrence::Unclear }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lex::LexedFile;
    use crate::source::TreePath;

    /// Whether the last `page` of the function `text` may be on `struct ours`.
    fn may_be_ours(text: &str) -> bool {
        let path = TreePath::new("a.c").expect("a path");
        let file = SourceFile::new(0, LexedFile::new(path, text.as_bytes().to_vec()));
        let (item, token) = *file.mentions("page").last().expect("a mention");
        may_be_on(&file, item, token, "ours")
    }

    #[test]
    fn a_variable_of_another_struct_is_told() {
        assert!(!may_be_ours("void f(struct other *x)\n{\n\tg(x, *x);\n\tx->page = 0;\n}\n"));
        assert!(!may_be_ours("void f(void)\n{\n\tstruct other x;\n\tx.page = 0;\n}\n"));
        assert!(!may_be_ours(
            "int f(struct other *x)\n{\n\tif (a)\n\t\tx->n = 1;\n\treturn x->page;\n}\n"
        ));
    }

    #[test]
    fn what_is_not_clear_may_be_any_struct() {
        for text in [
            "void f(struct ours *x)\n{\n\tx->page = 0;\n}\n",
            "void f(struct other *y)\n{\n\tx->page = 0;\n}\n",
            "void f(struct other *x)\n{\n\tx->y->page = 0;\n}\n",
            "void f(struct other *x)\n{\n\tx[0].page = 0;\n}\n",
            "void f(struct other *x)\n{\n\tours_t *x = g();\n\tx->page = 0;\n}\n",
            "void f(struct other *x)\n{\n\tstruct ours *y, *x = g();\n\tx->page = 0;\n}\n",
            "void f(struct other *x)\n{\n\tstruct ours y, x;\n\tx.page = 0;\n}\n",
            "void f(struct other *x)\n{\n\tstruct { int page; } x;\n\tx.page = 0;\n}\n",
        ] {
            assert!(may_be_ours(text), "{text}");
        }
    }
}
