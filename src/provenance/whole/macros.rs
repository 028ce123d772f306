//! Macros that give members a value: which one is not followed, only that they may.
//!
//! What a macro stores to is told by its text; on what struct by the types of what it is given.

use std::sync::Arc;

use bstr::ByteSlice;
use memchr::memmem;

use super::super::ask::{FunctionId, Hop, RecordKey};
use super::WholeTree;
use super::aspect::Aspect;
use super::corpus::{SourceFile, word_offsets};
use super::declarations::View;
use super::trail::Search;
use crate::ast::{Kind, NodeId};
use crate::lex::{TokenId, TokenKind};
use crate::tree::words::is_word_byte;
use crate::types::{Inference, Scope, Type};

/// More macros are not told apart.
const MOST_MACROS: usize = 16;

impl WholeTree {
    /// The name of a macro that may store to a member, or to what it points to.
    pub(super) fn macro_storing(&self, hop: &Hop) -> Option<String> {
        if hop.is_variable() {
            return None;
        }
        self.macros_storing.get(&self.corpus.trail, hop, || self.find_macro_storing(hop))
    }

    fn find_macro_storing(&self, hop: &Hop) -> Option<String> {
        let mut files = self.mentioning(hop);
        files.retain(|&number| !self.is_header(number));
        let mut open = self.macros_in(&files, &hop.member);
        open.extend(self.header_macros(&hop.member).iter().cloned());
        let mut at = 0;
        while let Some(name) = open.get(at).cloned() {
            at += 1;
            if at > MOST_MACROS || self.is_given(&name, &hop.record, &mut open) {
                return Some(name);
            }
        }
        None
    }

    /// Whether a macro is given an object of the struct somewhere, as far as types tell; macros that use it are added to
    /// `open`.
    fn is_given(&self, name: &str, record: &RecordKey, open: &mut Vec<String>) -> bool {
        let seeing = self.seeing(record);
        let can_see = |user: &u32| {
            !self.is_beside_kernel(*user)
                && seeing.as_ref().is_none_or(|seeing| seeing.binary_search(user).is_ok())
        };
        self.corpus.mentioning(name).into_iter().filter(can_see).any(|number| {
            let Some(file) = self.file_mentioning(number, name) else { return false };
            self.mentions_of(&file, name).into_iter().any(|(item, token)| {
                if file.lexed.tokens.kind(token) == TokenKind::Directive {
                    let user =
                        macros(file.lexed.text(token)).next().map(|user| user.name.to_owned());
                    open.extend(user.filter(|user| !open.contains(user)));
                    return false;
                }
                self.may_be_given(&file, item, token, record)
            })
        })
    }

    /// Whether the call at `token` has an argument that may be an object of the struct, or lead to one.
    fn may_be_given(
        &self,
        file: &Arc<SourceFile>,
        item: u32,
        token: TokenId,
        record: &RecordKey,
    ) -> bool {
        let Some(function) = self.function_in(file, item) else { return false };
        let ast = function.ast();
        let call = ast.innermost_at(token).and_then(|callee| ast.parent(callee));
        let Some(Kind::Call { args, .. }) = call.map(|call| ast.kind(call)) else { return false };
        let view = View { tree: self, file: file.clone() };
        let scope = Scope::new(ast, &file.lexed, ast.root());
        let inference = Inference::new(ast, &file.lexed, &scope, &view);
        ast.list(args).iter().any(|&arg| {
            let ty = inference.type_of(arg).resolve(&view);
            match &ty {
                Type::Unknown => true,
                ty => ty.record(&view).is_some_and(|found| view.key(&found) == *record),
            }
        })
    }

    fn is_header(&self, number: u32) -> bool {
        self.path(number).as_str().ends_with(".h")
    }

    /// The macros of headers that may store to a member of this name.
    fn header_macros(&self, member: &Arc<str>) -> Arc<[String]> {
        self.header_macros.get(&self.corpus.trail, member, || {
            let mut files = self.corpus.mentioning(member);
            files.retain(|&number| self.is_header(number));
            self.macros_in(&files, member).into()
        })
    }

    fn macros_in(&self, files: &[u32], member: &Arc<str>) -> Vec<String> {
        let search = Search::MacroStores(member.clone());
        let in_file = |number: u32| {
            let is_in = !self.is_beside_kernel(number) && self.has_by_text(number, &search);
            if is_in && (number as usize) < self.files {
                // The names of the macros are used.
                self.corpus.trail.note_file(number);
            }
            let bytes = is_in.then(|| self.bytes(number)).flatten();
            let storing = |bytes: Vec<u8>| -> Vec<String> {
                let storing = macros(&bytes).filter(|found| found.stores_to(member));
                storing.map(|found| found.name.to_owned()).collect()
            };
            bytes.map(storing).unwrap_or_default()
        };
        self.search_each(search.clone(), files, in_file)
    }

    /// The parameters that a macro of a file gives a value, from 0. Those of headers are not looked at.
    pub(super) fn assigned_by_macro(&self, file: &SourceFile, name: &str) -> Vec<usize> {
        if !self.functions_of(file, name).is_empty() {
            return Vec::new();
        }
        self.note_of(file, || Aspect::MacroAssigns(name.into()));
        parameters_assigned(file, name)
    }

    /// The name of the macro that is called, if it stores to a member that it is told the name of, which is `hop`'s.
    pub(super) fn macro_told_of(
        &self,
        caller: FunctionId,
        call: NodeId,
        hop: &Hop,
    ) -> Option<String> {
        let code = self.code(caller)?;
        let ast = code.function.ast();
        let Kind::Call { args, .. } = ast.kind(call) else { return None };
        let at = ast.list(args).iter().position(|&arg| code.text(arg) == *hop.member)?;
        let (name, _) = code.call(call)?;
        let stores = |number: u32| {
            let bytes = self.bytes(number);
            bytes.is_some_and(|bytes| {
                macros(&bytes).any(|found| *found.name == *name && found.stores_to_parameter(at))
            })
        };
        let search = Search::Macros(name.clone());
        let files = self.corpus.mentioning(&name);
        let found = self.corpus.trail.search(search.clone(), || {
            files.into_iter().any(|number| {
                // The whole of the file, and macros of one name are few.
                self.has_by_text(number, &search) && {
                    self.corpus.trail.note_file(number);
                    stores(number)
                }
            })
        });
        found.then_some(name)
    }
}

/// The parameters that a macro of a file gives a value, from 0, ascending.
pub(super) fn parameters_assigned(file: &SourceFile, name: &str) -> Vec<usize> {
    let directives = file.mentions(name).into_iter().map(|(_, token)| token);
    let directives = directives.filter(|&at| file.lexed.tokens.kind(at) == TokenKind::Directive);
    let mut found: Vec<usize> = directives
        .filter_map(|token| macros(file.lexed.text(token)).next())
        .filter(|found| found.name == name)
        .flat_map(|found| found.assigned())
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// A macro's definition.
struct Macro<'t> {
    name: &'t str,
    parameters: &'t [u8],
    body: &'t [u8],
}

impl Macro<'_> {
    fn stores_to(&self, member: &str) -> bool {
        word_offsets(self.body, member).any(|at| is_stored_to(self.body, at, member.len()))
    }

    /// The parameters that are given a value, from 0.
    fn assigned(&self) -> Vec<usize> {
        let is_assigned = |parameter: &[u8]| {
            let name = parameter.trim().to_str().unwrap_or_default();
            !name.is_empty()
                && word_offsets(self.body, name).any(|at| {
                    let before = self.body[..at].trim_end();
                    let after = self.body[at + name.len()..]
                        .trim_start_with(|c| c.is_whitespace() || c == '\\' || c == ')');
                    let is_given = after.first() == Some(&b'=') && after.get(1) != Some(&b'=');
                    is_given && !before.ends_with(b".") && !before.ends_with(b"->")
                })
        };
        let parameters = self.parameters.split_str(b",").enumerate();
        parameters.filter(|(_, parameter)| is_assigned(parameter)).map(|(at, _)| at).collect()
    }

    fn stores_to_parameter(&self, at: usize) -> bool {
        let parameter = self.parameters.split_str(b",").nth(at).map(<[u8]>::trim);
        let parameter = parameter.and_then(|parameter| parameter.to_str().ok());
        parameter.is_some_and(|parameter| !parameter.is_empty() && self.stores_to(parameter))
    }
}

/// Whether a macro of the text stores to a member of this name.
pub(super) fn may_store_in_macro(bytes: &[u8], member: &str) -> bool {
    macros(bytes).any(|found| found.stores_to(member))
}

/// The macros that a text defines.
fn macros(bytes: &[u8]) -> impl Iterator<Item = Macro<'_>> {
    memmem::find_iter(bytes, b"define").filter_map(|at| {
        let line = bytes[..at].iter().rposition(|&byte| byte == b'\n').map_or(0, |line| line + 1);
        (bytes[line..at].trim() == b"#").then_some(())?;
        let text = &bytes[at + "define".len()..];
        let mut end = 0;
        loop {
            end += text[end..].find_byte(b'\n').unwrap_or(text.len() - end);
            if end == text.len() || !text[..end].trim_end_with(|c| c == '\r').ends_with(b"\\") {
                break;
            }
            end += 1;
        }
        let text = text[..end].trim_start();
        let length = text.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(text.len());
        let (name, rest) = text.split_at(length);
        let name = name.to_str().ok().filter(|name| !name.is_empty())?;
        let (parameters, body) = match rest.strip_prefix(b"(") {
            Some(rest) => rest.split_at(rest.find_byte(b')')?),
            None => (&b""[..], rest),
        };
        Some(Macro { name, parameters, body })
    })
}

/// Whether the member whose name is at `at` is given a value there. An address that is taken mostly leads to what is read.
fn is_stored_to(body: &[u8], at: usize, length: usize) -> bool {
    let before = body[..at].trim_end_with(|c| c.is_whitespace() || c == '#');
    if !before.ends_with(b"->") && !before.ends_with(b".") {
        return false;
    }
    let mut after = blanks_skipped(&body[at + length..]);
    while after.first() == Some(&b'[') {
        let mut depth = 0usize;
        let closed = after.iter().position(|byte| {
            match byte {
                b'[' => depth += 1,
                b']' => depth -= 1,
                _ => {}
            }
            depth == 0
        });
        let Some(closed) = closed else { return true };
        after = blanks_skipped(&after[closed + 1..]);
    }
    let is_assigned = after.first() == Some(&b'=') && after.get(1) != Some(&b'=');
    // An initialiser makes an object; what is given one is looked for by itself.
    let is_initialiser = before.ends_with(b".")
        && before[..before.len() - 1]
            .trim_end()
            .last()
            .is_none_or(|b| matches!(b, b'{' | b',' | b'\\'));
    is_assigned && !is_initialiser
}

fn blanks_skipped(text: &[u8]) -> &[u8] {
    text.trim_start_with(|c| c.is_whitespace() || c == '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stores_are_told_from_reads() {
        for stores in [
            "#define hold(s, p) ((s)->held = (p))\n",
            "#  define hold(s, p) do { \\\n\t(s)->held \\\n\t\t= p; } while (0)\n",
            "#define hold(s, i, p) (s).held[(i)[0]] = p",
        ] {
            assert!(may_store_in_macro(stores.as_bytes(), "held"), "{stores}");
        }
        for reads in [
            "#define held(s) ((s)->held)\n",
            "#define show_held(s) show(&(s)->held)\n",
            "#define is_held(s, p) ((s)->held == (p))\n",
            "#define is_held(s) ((s)->n && (s)->held)\n",
            "#define HELD { .n = 1, .held = NULL }\n",
            "#define held 1\nvoid f(struct s *s) { s->held = 0; }\n",
            "/* define (s)->held = p */\n",
        ] {
            assert!(!may_store_in_macro(reads.as_bytes(), "held"), "{reads}");
        }
    }

    #[test]
    fn parameters_that_are_given_a_value_are_told() {
        let text = b"#define next(p, q, r) do { \\\n\t(p) = (q)->r; r += (q == p); } while (0)\n";
        assert_eq!(macros(text).next().map(|found| found.assigned()), Some(vec![0]));
    }

    #[test]
    fn a_member_is_named_by_a_parameter() {
        let text = b"#define set(s, member, value) ((s)->member = (value))\n";
        let stores = |at| macros(text).next().is_some_and(|found| found.stores_to_parameter(at));
        assert_eq!([stores(0), stores(1), stores(2)], [false, true, false]);
    }
}
