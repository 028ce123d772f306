//! Names that are known to be types before an item is looked at.
//!
//! In: lexed files, usually the headers of a tree. Out: a [`TypeNames`] set. The normaliser decides most
//! places by structure and asks the set only where C itself would: `(T)(x)`, `(T) - x`, `sizeof(T)`. An
//! empty set costs nothing but those.

use rustc_hash::FxHashSet;

use crate::lex::{LexedFile, TokenId, TokenKind};

/// A set of typedef names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TypeNames {
    names: FxHashSet<Box<[u8]>>,
}

impl TypeNames {
    /// Whether `name` is one of them.
    pub fn contains(&self, name: &[u8]) -> bool {
        self.names.contains(name)
    }

    /// Adds a name.
    pub fn insert(&mut self, name: &[u8]) {
        if !self.names.contains(name) {
            self.names.insert(name.into());
        }
    }

    /// Takes a name out again, where it turns out to be used for something else as well.
    pub fn remove(&mut self, name: &[u8]) {
        self.names.remove(name);
    }

    /// How many names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names, in no order.
    pub fn iter(&self) -> impl Iterator<Item = &[u8]> {
        self.names.iter().map(|name| &**name)
    }

    /// Adds the names that the typedefs of `file` declare, at any depth.
    pub fn harvest(&mut self, file: &LexedFile) {
        let tokens: Vec<TokenId> = file.tokens.significant(file.tokens.all()).collect();
        for (at, &token) in tokens.iter().enumerate() {
            if file.is_word(token, "typedef") {
                for name in typedef_names(file, &tokens[at + 1..]) {
                    self.insert(file.text(name));
                }
            }
        }
    }
}

impl<N: AsRef<[u8]>> Extend<N> for TypeNames {
    fn extend<I: IntoIterator<Item = N>>(&mut self, names: I) {
        for name in names {
            self.insert(name.as_ref());
        }
    }
}

impl<N: AsRef<[u8]>> FromIterator<N> for TypeNames {
    fn from_iter<I: IntoIterator<Item = N>>(names: I) -> TypeNames {
        let mut out = TypeNames::default();
        out.extend(names);
        out
    }
}

/// The names declared by a typedef whose tokens after the keyword are `rest`.
///
/// The name is the last identifier at depth zero before a `,` or `;`, attributes aside, or the first one
/// behind a `(*`.
fn typedef_names(file: &LexedFile, rest: &[TokenId]) -> Vec<TokenId> {
    let mut names = Vec::new();
    let (mut depth, mut braces) = (0u32, 0u32);
    let (mut candidate, mut settled) = (None, false);
    for (at, &token) in rest.iter().enumerate() {
        match file.tokens.kind(token) {
            TokenKind::LBrace => braces += 1,
            TokenKind::RBrace if braces == 0 => break,
            TokenKind::RBrace => braces -= 1,
            _ if braces > 0 => {}
            TokenKind::LParen | TokenKind::LBracket => {
                depth += 1;
                let pointer = rest.get(at + 1).map(|&next| file.tokens.kind(next));
                if !settled && pointer == Some(TokenKind::Star) {
                    candidate = rest[at + 1..]
                        .iter()
                        .take_while(|&&t| file.tokens.kind(t) != TokenKind::RParen)
                        .find(|&&t| file.tokens.kind(t) == TokenKind::Ident)
                        .copied();
                }
                // What stands before a parenthesis or bracket is the name, unless it is an attribute's.
                settled |= candidate.is_some_and(|name| !is_attribute_word(file.text(name)));
            }
            TokenKind::RParen | TokenKind::RBracket => depth = depth.saturating_sub(1),
            TokenKind::Ident if depth == 0 && !settled => {
                let text = file.text(token);
                if candidate.is_none() || !is_attribute_word(text) {
                    candidate = Some(token);
                }
            }
            TokenKind::Comma if depth == 0 => {
                names.extend(candidate.take());
                settled = false;
            }
            TokenKind::Semi => {
                names.extend(candidate.take());
                break;
            }
            _ => {}
        }
    }
    names
}

fn is_attribute_word(name: &[u8]) -> bool {
    name.starts_with(b"__attribute") || matches!(name, b"__packed" | b"__aligned")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::TreePath;

    #[test]
    fn typedefs_declare_the_last_name_or_the_one_behind_the_star() {
        let text = b"typedef unsigned long pfn_t, *pfn_ptr; typedef struct { int a; } __packed b_t;
            typedef int (*handler_t)(int sig, void *data); typedef u8 mac_t[6];
            typedef int fn_t(struct x *y); typedef struct s s_t __attribute__((aligned(8)));";
        let file = LexedFile::new(TreePath::new("t.h").expect("a path"), text.to_vec());
        let mut names = TypeNames::default();
        names.harvest(&file);
        let mut got: Vec<_> =
            names.iter().map(|n| String::from_utf8_lossy(n).into_owned()).collect();
        got.sort();
        assert_eq!(got, ["b_t", "fn_t", "handler_t", "mac_t", "pfn_ptr", "pfn_t", "s_t"]);
    }
}
