//! Variables at file scope: which one a name means in a file, and what may store to it.
//!
//! A file's own declaration counts first, then an `extern` in a header. A name that the file gives to a macro, or that
//! nothing declares, is no variable: what it stands for is not known.

use std::sync::Arc;

use super::super::ask::{FunctionId, Hop, RecordKey};
use super::super::environment::FileVariable;
use super::WholeTree;
use super::aspect::{Aspect, hash_of};
use super::corpus::{SourceFile, word_offsets};
use super::declarations::View;
use super::stores::MOST_FILES;
use crate::ast::Kind;
use crate::items::{ItemKind, TypeNames};
use crate::lex::{TokenId, TokenKind};
use crate::types::{Type, declared_names};

/// Names that more files mention are not looked for in headers.
const FEW_FILES: usize = 120;

/// A variable at file scope.
#[derive(Clone, Debug)]
pub(super) struct Declared {
    pub(super) known: FileVariable,
    pub(super) ty: Type,
}

impl WholeTree {
    /// The variable at file scope that `name` means in `file`.
    pub(super) fn variable(&self, file: &SourceFile, name: &str) -> Option<Arc<Declared>> {
        // A name in capitals is a constant.
        if !name.bytes().any(|byte| byte.is_ascii_lowercase()) {
            return None;
        }
        let key = (file.number, Arc::from(name));
        self.variables
            .get(&self.corpus.trail, &key, || self.find_variable(file, name).map(Arc::new))
    }

    fn find_variable(&self, file: &SourceFile, name: &str) -> Option<Declared> {
        let own = own_variable(file, name);
        self.note_answer(file.number, || Aspect::Variable(name.into()), || own.answer(file));
        if own.is_macro {
            return None;
        }
        let (ty, is_static) = match own.declared {
            Some(declared) => (declared.ty, declared.is_static),
            None => (self.declared_in_headers(name)?, false),
        };
        let scope = RecordKey::scope(is_static.then_some(file.number));
        let is_array = matches!(ty, Type::Array(_));
        let may_be_pointed_to = own.is_pointed_to || is_array && own.is_used_whole;
        Some(Declared { known: FileVariable { scope, is_array, may_be_pointed_to }, ty })
    }

    fn declared_in_headers(&self, name: &str) -> Option<Type> {
        let files = self.corpus.mentioning(name);
        if files.len() > FEW_FILES {
            return None;
        }
        files.into_iter().filter(|&file| self.path(file).as_str().ends_with(".h")).find_map(
            |file| {
                let aspect = || Aspect::Extern(name.into());
                let file = self.file_passing(file, aspect, |bytes| is_extern(bytes, name))?;
                let declared = declared_in(&file, &self.mentions_of(&file, name), name)?;
                (!declared.is_static).then_some(declared.ty)
            },
        )
    }

    /// The functions that may store to a variable, or to what it points to; `None` where they are too many.
    pub(super) fn storing_to_variable(&self, hop: &Hop, behind: bool) -> Option<Vec<FunctionId>> {
        let RecordKey { file, at, .. } = hop.record;
        if at != u32::MAX {
            // One that lives in a function.
            let own = self.file(file)?;
            let item = own.item_of(TokenId(at))?;
            self.note_item(&own, item);
            return Some(vec![FunctionId { file, item }]);
        }
        let files = match file {
            u32::MAX => self.corpus.mentioning(&hop.member),
            file => vec![file],
        };
        if files.len() > MOST_FILES {
            return None;
        }
        let mut found = Vec::new();
        for number in files {
            let Some(file) = self.file_mentioning(number, &hop.member) else { continue };
            let is_it =
                self.variable(&file, &hop.member).is_some_and(|v| v.known.scope == hop.record);
            if !is_it {
                continue;
            }
            let storing = |&(item, token): &(u32, TokenId)| {
                is_code(&file, item)
                    && !is_member(&file, token)
                    && (behind || is_address(&file, token) || self.is_assigned(&file, token))
            };
            let mentions = self.mentions_of(&file, &hop.member);
            let items = mentions.iter().filter(|mention| storing(mention));
            found.extend(items.map(|&(item, _)| FunctionId { file: number, item }));
        }
        Some(found)
    }

    /// With the type of a variable at file scope.
    pub(super) fn with_variable_type<R>(
        &self,
        hop: &Hop,
        with: impl Fn(Type, &View<'_>) -> R,
    ) -> Option<R> {
        let RecordKey { file, at, .. } = hop.record;
        if at != u32::MAX {
            return None;
        }
        let files = match file {
            u32::MAX => self.corpus.mentioning(&hop.member),
            file => vec![file],
        };
        files.into_iter().take(FEW_FILES).find_map(|file| {
            let file = self.file_mentioning(file, &hop.member)?;
            let variable = self.variable(&file, &hop.member)?;
            let is_it = variable.known.scope == hop.record;
            is_it.then(|| with(variable.ty.clone(), &View { tree: self, file }))
        })
    }
}

/// What a file itself says of a name at file scope.
pub(super) struct Own {
    /// It is a macro.
    is_macro: bool,
    declared: Option<OwnDeclaration>,
    /// The address of something of that name is taken.
    is_pointed_to: bool,
    /// Something of that name is used without an index.
    is_used_whole: bool,
}

impl Own {
    /// A hash of it.
    pub(super) fn answer(&self, file: &SourceFile) -> u64 {
        let declared = self.declared.as_ref().map_or(0, |own| file.says(own.item));
        let flags = [self.is_macro, self.is_pointed_to, self.is_used_whole].map(u64::from);
        hash_of(flags.into_iter().chain([declared]))
    }
}

/// A declaration of a variable.
struct OwnDeclaration {
    item: u32,
    ty: Type,
    is_static: bool,
}

/// What a file itself says of a name at file scope.
pub(super) fn own_variable(file: &SourceFile, name: &str) -> Own {
    let mentions = file.mentions(name);
    let in_code = || mentions.iter().filter(|&&(item, _)| is_code(file, item));
    Own {
        is_macro: mentions.iter().any(|&(_, token)| defines(file, token, name)),
        declared: declared_in(file, &mentions, name),
        is_pointed_to: in_code().any(|&(_, token)| is_address(file, token)),
        is_used_whole: in_code().any(|&(_, token)| !is_followed_by_index(file, token)),
    }
}

/// The file's own declaration of the variable.
fn declared_in(
    file: &SourceFile,
    mentions: &[(u32, TokenId)],
    name: &str,
) -> Option<OwnDeclaration> {
    let mut items: Vec<u32> = mentions.iter().map(|&(item, _)| item).collect();
    items.dedup();
    items.into_iter().find_map(|index| {
        let item = &file.items[index as usize];
        let first = file.lexed.tokens.significant_from(item.tokens.start)?;
        if item.kind != ItemKind::Declaration || file.lexed.is_word(first, "typedef") {
            return None;
        }
        let ast = crate::parse::item(&file.lexed, item, &TypeNames::default()).ast?;
        if !matches!(ast.kind(ast.root()), Kind::Declaration { .. }) {
            return None;
        }
        let names = declared_names(&ast, &file.lexed, ast.root());
        let found = names.into_iter().find(|declared| *declared.name == *name)?;
        let is_function = matches!(found.ty, Type::Function(_));
        let is_static = file.is_static(index);
        (!is_function).then_some(OwnDeclaration { item: index, ty: found.ty, is_static })
    })
}

fn is_code(file: &SourceFile, item: u32) -> bool {
    matches!(file.items[item as usize].kind, ItemKind::Function | ItemKind::MacroFunction)
}

/// Whether the directive at `token` gives the name to a macro.
fn defines(file: &SourceFile, token: TokenId, name: &str) -> bool {
    if file.lexed.tokens.kind(token) != TokenKind::Directive {
        return false;
    }
    let text = file.lexed.text(token).trim_ascii_start();
    let rest = text.strip_prefix(b"#").map(<[u8]>::trim_ascii_start);
    let rest = rest.and_then(|rest| rest.strip_prefix(b"define")).map(<[u8]>::trim_ascii_start);
    rest.is_some_and(|rest| word_offsets(rest, name).next() == Some(0))
}

fn is_member(file: &SourceFile, token: TokenId) -> bool {
    let before = file.lexed.tokens.significant_before(token);
    let kind = before.map(|before| file.lexed.tokens.kind(before));
    matches!(kind, Some(TokenKind::Dot | TokenKind::Arrow))
}

/// Whether an `&` stands before the name: it may be a binary one too.
fn is_address(file: &SourceFile, token: TokenId) -> bool {
    let before = file.lexed.tokens.significant_before(token);
    before.is_some_and(|before| file.lexed.tokens.kind(before) == TokenKind::Amp)
}

fn is_followed_by_index(file: &SourceFile, token: TokenId) -> bool {
    let after = file.lexed.tokens.significant_from(token.next());
    after.is_some_and(|after| file.lexed.tokens.kind(after) == TokenKind::LBracket)
}

/// Whether the text declares the name with `extern`.
pub(super) fn is_extern(bytes: &[u8], name: &str) -> bool {
    word_offsets(bytes, name).any(|at| {
        let start = bytes[..at].iter().rposition(|&byte| matches!(byte, b';' | b'}'));
        let before = &bytes[start.map_or(0, |at| at + 1)..at];
        word_offsets(before, "extern").next().is_some()
    })
}
