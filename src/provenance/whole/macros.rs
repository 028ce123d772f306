//! Macros that give members a value: which one is not followed, only that they may.
//!
//! What a macro stores to is told by its text; on what struct by the types of what it is given.

use std::sync::Arc;

use bstr::ByteSlice;
use memchr::memmem;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::ask::{FunctionId, Hop, RecordKey};
use super::WholeTree;
use super::aspect::{Aspect, hash_of};
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
        let all = self.macro_stores();
        let start = all.partition_point(|store| *store.member < *hop.member);
        let same = all[start..].iter().take_while(|store| *store.member == *hop.member);
        let own = self.mentioning(hop);
        let can_be_used = |store: &&MacroStore| {
            self.path(store.file).as_str().ends_with(".h") || own.binary_search(&store.file).is_ok()
        };
        let mut open: Vec<String> = same.filter(can_be_used).map(|s| s.name.clone()).collect();
        open.dedup();
        let mut at = 0;
        while let Some(name) = open.get(at).cloned() {
            at += 1;
            if at > MOST_MACROS || self.is_given(&name, &hop.record, &mut open) {
                return Some(name);
            }
        }
        None
    }

    /// All stores of macros to members, by member.
    fn macro_stores(&self) -> Arc<[MacroStore]> {
        self.macro_stores.get(&self.corpus.trail, &(), || {
            let in_file = |number: u32| {
                let is_in = !self.is_beside_kernel(number)
                    && !self.is_known_quiet(number, &Search::MacroStores);
                let bytes = is_in.then(|| self.bytes(number)).flatten();
                let found = bytes.map(|bytes| stores_of_macros(&bytes)).unwrap_or_default();
                match found.is_empty() {
                    true => self.note_quiet(number),
                    false => {
                        let answer = || stores_answer(&found);
                        self.note_answer(number, || Aspect::MacroStores, answer);
                    }
                }
                let found = found.into_iter();
                found.map(|(member, name)| MacroStore { member, name, file: number }).collect()
            };
            let files: Vec<u32> = (0..self.files as u32).collect();
            let mut found = self.search_each(Search::MacroStores, &files, in_file);
            found.sort();
            found.into()
        })
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

/// A store of a macro to a member.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct MacroStore {
    pub(super) member: String,
    /// The macro's name.
    pub(super) name: String,
    pub(super) file: u32,
}

/// The members that the macros of a text store to, with the macros.
pub(super) fn stores_of_macros(bytes: &[u8]) -> Vec<(String, String)> {
    // Most macros are constants.
    let giving = definitions(bytes).filter(|text| memchr::memchr(b'=', text).is_some());
    let mut found: Vec<(String, String)> = giving
        .filter_map(Macro::new)
        .flat_map(|found| {
            let members = found.members_stored();
            let named = members.filter(move |member| !found.parameters_named().contains(member));
            named.map(move |member| (member.to_owned(), found.name.to_owned()))
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

/// A hash of such stores.
pub(super) fn stores_answer(stores: &[(String, String)]) -> u64 {
    hash_of(stores.iter().map(|(member, name)| {
        xxh3_64_with_seed(member.as_bytes(), xxh3_64_with_seed(name.as_bytes(), 0))
    }))
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
#[derive(Clone, Copy)]
struct Macro<'t> {
    name: &'t str,
    parameters: &'t [u8],
    body: &'t [u8],
}

impl<'t> Macro<'t> {
    /// What stands behind a `#define`.
    fn new(text: &'t [u8]) -> Option<Macro<'t>> {
        let text = text.trim_start();
        let length = text.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(text.len());
        let (name, rest) = text.split_at(length);
        let name = name.to_str().ok().filter(|name| !name.is_empty())?;
        let (parameters, body) = match rest.strip_prefix(b"(") {
            Some(rest) => rest.split_at(rest.find_byte(b')')?),
            None => (&b""[..], rest),
        };
        Some(Macro { name, parameters, body })
    }

    /// The members that are given a value, with repetitions; of a parameter that names one, its name.
    fn members_stored(&self) -> impl Iterator<Item = &'t str> + use<'t> {
        let body = self.body;
        let accesses = memchr::memchr2_iter(b'.', b'>', body);
        let accesses = accesses.filter(move |&at| body[at] == b'.' || body[..at].ends_with(b"-"));
        accesses.filter_map(move |at| {
            let rest = body[at + 1..].trim_start_with(|c| c.is_whitespace() || c == '#');
            let start = body.len() - rest.len();
            let length = rest.iter().position(|&b| !is_word_byte(b)).unwrap_or(rest.len());
            let member = rest[..length].to_str().ok().filter(|member| !member.is_empty())?;
            is_stored_to(body, start, length).then_some(member)
        })
    }

    fn parameters_named(&self) -> Vec<&'t str> {
        let parameters = self.parameters.trim_start_with(|c| c == '(').split_str(b",");
        parameters.filter_map(|parameter| parameter.trim().to_str().ok()).collect()
    }

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

/// The macros that a text defines.
fn macros(bytes: &[u8]) -> impl Iterator<Item = Macro<'_>> {
    definitions(bytes).filter_map(Macro::new)
}

/// The definitions of macros in a text, each from its name to the end of the directive.
fn definitions(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    memmem::find_iter(bytes, b"define").filter_map(|at| {
        let before = bytes[..at].trim_end_with(|c| matches!(c, ' ' | '\t'));
        let before = before.strip_suffix(b"#")?.trim_end_with(|c| matches!(c, ' ' | '\t'));
        before.last().is_none_or(|&byte| byte == b'\n').then_some(())?;
        let text = &bytes[at + "define".len()..];
        let mut end = 0;
        loop {
            end += memchr::memchr(b'\n', &text[end..]).unwrap_or(text.len() - end);
            if end == text.len() || !text[..end].trim_end_with(|c| c == '\r').ends_with(b"\\") {
                break;
            }
            end += 1;
        }
        Some(&text[..end])
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
            let found = stores_of_macros(stores.as_bytes());
            assert_eq!(found, [("held".to_owned(), "hold".to_owned())], "{stores}");
        }
        for reads in [
            "#define held(s) ((s)->held)\n",
            "#define show_held(s) show(&(s)->held)\n",
            "#define is_held(s, p) ((s)->held == (p))\n",
            "#define is_held(s) ((s)->n && (s)->held)\n",
            "#define HELD { .n = 1, .held = NULL }\n",
            "#define set(s, held, p) ((s)->held = (p))\n",
            "#define held 1\nvoid f(struct s *s) { s->held = 0; }\n",
            "/* define (s)->held = p */\n",
        ] {
            assert_eq!(stores_of_macros(reads.as_bytes()), [], "{reads}");
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
