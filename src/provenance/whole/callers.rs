//! Who calls whom: definitions of a name, callers of a function, and functions behind pointers.
//!
//! A name means a function of the same file first, then one that is not `static`, the nearest first. A pointer
//! to a function is followed through the member it is stored in, by struct and member, and through the
//! parameter it is passed as. What is neither is told as not resolved.

use std::sync::Arc;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::super::Function;
use super::super::ask::{FunctionId, Hop};
use super::super::vocabulary::Meaning;
use super::WholeTree;
use super::corpus::{SourceFile, word_offsets};
use super::declarations::View;
use super::search::Hit;
use super::trail::Search;
use crate::ast::{Ast, Kind, NodeId, UnaryOp};
use crate::items::{ItemKind, TypeNames};
use crate::lex::TokenId;
use crate::types::{Declarations, Type, declared_names};

/// Of functions under one name outside of the file, no more than these are taken: stubs and architectures.
const MOST_DEFINITIONS: usize = 3;

/// Names that more files mention are not looked for to type an expression.
const FEW_FILES: usize = 120;

/// Names that more files mention have more callers than can be told apart.
const MOST_FILES: usize = 1500;

/// Functions behind one pointer are told apart up to this number.
const MOST_TARGETS: usize = 8;

/// Pointers to functions are passed on this often at most.
const MOST_PASSED: usize = 3;

/// A call: the function that makes it, and the node.
pub(super) type CallSite = (FunctionId, NodeId);

/// The calls of a function.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Callers {
    /// By name, or through a parameter that it was passed as.
    pub(super) sites: Vec<CallSite>,
    /// The members that hold a pointer to it.
    pub(super) kept: Vec<Hop>,
    /// What may call it too, in words.
    pub(super) unresolved: Vec<String>,
}

/// What a mention of a function's name does with it.
enum Use {
    Called(NodeId),
    Kept(Hop),
    /// Passed as an argument to a function, in a call.
    Passed(NodeId, usize),
    Other(String),
    Nothing,
}

impl WholeTree {
    /// The functions that `name` means in file `from`, where that is cheap to find out.
    pub(super) fn known_definitions(&self, name: &str, from: u32) -> Option<Arc<[FunctionId]>> {
        let few = self.corpus.mentioning(name).len() <= FEW_FILES;
        few.then(|| self.definitions(name, from))
    }

    /// The functions that `name` means in file `from`.
    pub(super) fn definitions(&self, name: &str, from: u32) -> Arc<[FunctionId]> {
        if let Some(own) = self.file(from)
            && let functions = self.functions_of(&own, name)
            && !functions.is_empty()
        {
            let ids = functions.iter();
            return ids.map(|&item| FunctionId { file: from, item }).collect();
        }
        let all = self.global_definitions(name);
        if all.len() <= 1 {
            return all;
        }
        let own = self.path(from);
        let own = own.as_str();
        let mut ranked: Vec<(usize, FunctionId)> = all
            .iter()
            .map(|&id| {
                let path = self.path(id.file);
                let common = own.bytes().zip(path.as_str().bytes()).take_while(|(a, b)| a == b);
                (own[..common.count()].matches('/').count(), id)
            })
            .collect();
        // Not by number: another order of the files must not change what is taken.
        ranked.sort_by_cached_key(|&(common, id)| {
            (std::cmp::Reverse(common), self.path(id.file), id.item)
        });
        let foreign =
            |id: FunctionId| self.is_beside_kernel(id.file) && !self.is_beside_kernel(from);
        let near: Vec<FunctionId> =
            ranked.iter().map(|&(_, id)| id).filter(|&id| !foreign(id)).collect();
        near.into_iter().take(MOST_DEFINITIONS).collect()
    }

    /// Programs beside the kernel.
    pub(super) fn is_beside_kernel(&self, file: u32) -> bool {
        let path = self.path(file);
        ["tools/", "scripts/", "samples/", "Documentation/"]
            .iter()
            .any(|folder| path.as_str().starts_with(folder))
    }

    /// All functions called `name` that other files can call.
    fn global_definitions(&self, name: &str) -> Arc<[FunctionId]> {
        self.defined.get(&self.corpus.trail, name, || self.find_global_definitions(name))
    }

    fn find_global_definitions(&self, name: &str) -> Arc<[FunctionId]> {
        let search = Search::Definitions(name.to_owned());
        let in_file = |number: u32| {
            let (_, hits) = self.found_in(number, &search);
            hits.into_iter().map(|hit| FunctionId { file: number, item: hit.item }).collect()
        };
        self.search_each(search.clone(), &self.corpus.mentioning(name), in_file).into()
    }

    /// Whether some file makes `name` a macro.
    pub(super) fn is_macro(&self, name: &str) -> bool {
        self.macros.get(&self.corpus.trail, name, || {
            let mut files = self.corpus.mentioning(name).into_iter();
            let search = Search::Macros(name.to_owned());
            let is_in = |number: u32| self.has_by_text(number, &search);
            self.corpus.trail.search(search.clone(), || files.any(is_in))
        })
    }

    /// The calls of a function.
    pub(super) fn callers(&self, id: FunctionId) -> Arc<Callers> {
        self.callers.get(&self.corpus.trail, &id, || Arc::new(self.find_callers(id)))
    }

    fn find_callers(&self, id: FunctionId) -> Callers {
        let mut out = Callers::default();
        let Some(own) = self.file(id.file) else { return out };
        let Some(function) = self.function(id) else { return out };
        let name = function.scope().name.clone();
        let is_header = own.lexed.path.as_str().ends_with(".h");
        let is_own = own.is_static(id.item) && !is_header;
        let mut files = if is_own { vec![id.file] } else { self.corpus.mentioning(&name) };
        if id.file as usize >= self.files {
            // Another version of a file stands for that one.
            let same = |number: &u32| self.path(*number) == own.lexed.path;
            files.retain(|number| !same(number));
            files.insert(0, id.file);
            files.dedup();
        }
        if files.len() > MOST_FILES {
            out.unresolved.push(format!("`{name}` is called from more places than are followed"));
            return out;
        }
        let mut kept: FxHashSet<Hop> = FxHashSet::default();
        for number in files {
            if self.is_beside_kernel(number) && !self.is_beside_kernel(id.file) {
                continue;
            }
            let Some(file) = self.file_mentioning(number, &name) else { continue };
            // Another file's function of this name is another function.
            if number != id.file && !self.functions_of(&file, &name).is_empty() {
                continue;
            }
            for (item, token) in self.mentions_of(&file, &name) {
                self.note_use(&file, item, token, &name, &mut out, &mut kept);
            }
        }
        out.kept = kept.into_iter().collect();
        out.kept.sort();
        out.sites.sort();
        out.sites.dedup();
        out.unresolved.sort();
        out.unresolved.dedup();
        out
    }

    fn note_use(
        &self,
        file: &Arc<SourceFile>,
        item: u32,
        token: TokenId,
        name: &str,
        out: &mut Callers,
        kept: &mut FxHashSet<Hop>,
    ) {
        let here = FunctionId { file: file.number, item };
        match file.items[item as usize].kind {
            ItemKind::Function | ItemKind::MacroFunction => {
                let Some(function) = self.function(here) else { return };
                match self.use_in(&function, file, token) {
                    Use::Called(call) => out.sites.push((here, call)),
                    Use::Kept(hop) => {
                        kept.insert(hop);
                    }
                    Use::Passed(call, argument) => {
                        self.passed(here, call, argument, name, 0, out, kept);
                    }
                    Use::Other(why) => out.unresolved.push(why),
                    Use::Nothing => {}
                }
            }
            ItemKind::Declaration => {
                let ast = crate::parse::item(
                    &file.lexed,
                    &file.items[item as usize],
                    &TypeNames::default(),
                )
                .ast;
                let view = View { tree: self, file: file.clone() };
                if let Some(hop) = ast.and_then(|ast| initialised_at(&view, &ast, token)) {
                    kept.insert(hop);
                }
            }
            ItemKind::Directive => {
                if is_macro_calling(file.lexed.text(token), name) {
                    out.unresolved.push(format!("a macro of {} calls `{name}`", file.lexed.path));
                }
            }
            ItemKind::MacroDeclaration | ItemKind::Asm | ItemKind::Disabled | ItemKind::Stray => {}
        }
    }

    /// What the function's body does with the name at `token`.
    fn use_in(&self, function: &Arc<Function>, file: &Arc<SourceFile>, token: TokenId) -> Use {
        let ast = function.ast();
        let Some(mut id) = ast.innermost_at(token) else { return Use::Nothing };
        if !matches!(ast.kind(id), Kind::Ident) {
            return Use::Nothing;
        }
        loop {
            let Some(above) = ast.parent(id) else { return Use::Nothing };
            match ast.kind(above) {
                Kind::Paren { .. }
                | Kind::Cast { .. }
                | Kind::Conditional { .. }
                | Kind::Unary { op: UnaryOp::Address | UnaryOp::Deref, .. } => id = above,
                Kind::Call { callee, .. } if callee == id => return Use::Called(above),
                Kind::Call { args, .. } => {
                    let at = ast.list(args).iter().position(|&arg| arg == id);
                    return at.map_or(Use::Nothing, |at| Use::Passed(above, at));
                }
                Kind::Assign { lhs, rhs, .. } if rhs == id => {
                    let lhs = ast.strip_parens(lhs);
                    return match ast.kind(lhs) {
                        Kind::Member { name, .. } => {
                            match self.members(function, file.clone()).get(&lhs) {
                                Some(info) => Use::Kept(Hop {
                                    record: info.record.clone(),
                                    member: file.lexed.text(name).to_string().into(),
                                }),
                                None => self.unclear(file, token),
                            }
                        }
                        _ => self.unclear(file, token),
                    };
                }
                Kind::InitItem { .. } => {
                    let view = View { tree: self, file: file.clone() };
                    return match initialised_at(&view, ast, token) {
                        Some(hop) => Use::Kept(hop),
                        None => self.unclear(file, token),
                    };
                }
                Kind::InitDeclarator { .. } | Kind::Return { .. } => {
                    return self.unclear(file, token);
                }
                _ => return Use::Nothing,
            }
        }
    }

    fn unclear(&self, file: &SourceFile, token: TokenId) -> Use {
        let line = file.lexed.location(token).line;
        let name = file.lexed.text(token);
        if let Some(item) = file.item_of(token) {
            self.note_line(file, item);
        }
        Use::Other(format!("`{name}` is kept at {}:{line}", file.lexed.path))
    }

    /// A function is passed to another one: that one calls it through its parameter, keeps it or passes it on.
    #[allow(clippy::too_many_arguments, reason = "a recursion with two results")]
    fn passed(
        &self,
        from: FunctionId,
        call: NodeId,
        argument: usize,
        name: &str,
        depth: usize,
        out: &mut Callers,
        kept: &mut FxHashSet<Hop>,
    ) {
        let Some(caller) = self.function(from) else { return };
        let Some(file) = self.file(from.file) else { return };
        let Kind::Call { callee, .. } = caller.ast().kind(call) else { return };
        let callee = file.lexed.range_text(caller.ast().tokens(callee)).to_string();
        if matches!(self.vocabulary.meaning(&callee), Some(Meaning::Inert | Meaning::Nothing)) {
            return;
        }
        let targets = self.definitions(&callee, from.file);
        if targets.is_empty() || depth > MOST_PASSED {
            out.unresolved.push(format!("`{name}` is passed to `{callee}`"));
            return;
        }
        for &target in targets.iter() {
            let Some(function) = self.function(target) else { continue };
            let Some(file) = self.file(target.file) else { continue };
            let Some(parameter) = function.scope().parameter(argument) else { continue };
            for id in function.ast().descendants(function.ast().root()) {
                if function.scope().variable(id) != Some(parameter) {
                    continue;
                }
                match self.use_in(&function, &file, function.ast().tokens(id).start) {
                    Use::Called(call) => out.sites.push((target, call)),
                    Use::Kept(hop) => {
                        kept.insert(hop);
                    }
                    Use::Passed(call, argument) => {
                        self.passed(target, call, argument, name, depth + 1, out, kept);
                    }
                    Use::Other(_) | Use::Nothing => {}
                }
            }
        }
    }

    /// The calls through the members that hold a pointer to it too.
    pub(super) fn all_calls(&self, callers: &Callers) -> Vec<CallSite> {
        let mut sites = callers.sites.clone();
        for hop in &callers.kept {
            sites.extend(self.pointer_calls(hop).iter());
        }
        sites.sort();
        sites.dedup();
        sites
    }

    /// The calls through a member that holds a pointer to a function.
    fn pointer_calls(&self, hop: &Hop) -> Arc<[CallSite]> {
        self.pointer_calls.get(&self.corpus.trail, hop, || self.find_pointer_calls(hop))
    }

    fn find_pointer_calls(&self, hop: &Hop) -> Arc<[CallSite]> {
        let search = Search::Calls { member: hop.member.clone(), tag: hop.record.tag.clone() };
        let in_file = |number| self.pointer_calls_in(number, hop, &search);
        let mut out = self.search_each(search.clone(), &self.mentioning(hop), in_file);
        out.sort();
        out.dedup();
        out.into()
    }

    fn pointer_calls_in(&self, number: u32, hop: &Hop, search: &Search) -> Vec<CallSite> {
        let (file, calls) = self.found_in(number, search);
        let Some(file) = file else { return Vec::new() };
        let call_at = |Hit { item, token, .. }: Hit| {
            let here = FunctionId { file: number, item };
            let function = self.function(here)?;
            let ast = function.ast();
            let member = member_at(ast, token)?;
            let info = self.members(&function, file.clone());
            if info.get(&member).is_none_or(|info| info.record != hop.record) {
                return None;
            }
            let call = ast
                .ancestors(member)
                .find(|&id| !matches!(ast.kind(id), Kind::Paren { .. } | Kind::Unary { .. }))?;
            let is_called = matches!(ast.kind(call), Kind::Call { callee, .. }
                if ast.tokens(callee).contains(token));
            is_called.then_some((here, call))
        };
        calls.into_iter().filter_map(call_at).collect()
    }

    /// The functions that a member may point to; `None` where they are more than can be told apart.
    pub(super) fn pointer_targets(&self, hop: &Hop) -> Option<Arc<[FunctionId]>> {
        self.pointer_targets.get(&self.corpus.trail, hop, || self.find_pointer_targets(hop))
    }

    fn find_pointer_targets(&self, hop: &Hop) -> Option<Arc<[FunctionId]>> {
        let search = Search::Targets { member: hop.member.clone(), tag: hop.record.tag.clone() };
        let files = self.mentioning(hop);
        self.corpus.trail.search(search.clone(), || self.pointer_targets_in(&files, hop, &search))
    }

    fn pointer_targets_in(
        &self,
        files: &[u32],
        hop: &Hop,
        search: &Search,
    ) -> Option<Arc<[FunctionId]>> {
        let mut out: Vec<FunctionId> = Vec::new();
        for &number in files {
            let (file, given) = self.found_in(number, search);
            let Some(file) = file else { continue };
            let view = View { tree: self, file: file.clone() };
            for Hit { item, token, value } in given {
                let here = FunctionId { file: number, item };
                let holder = match self.function(here) {
                    Some(function) => {
                        let ast = function.ast();
                        match member_at(ast, token) {
                            Some(member) => {
                                let infos = self.members(&function, file.clone());
                                infos.get(&member).map(|info| info.record.clone())
                            }
                            None => initialised_at(&view, ast, value).map(|hop| hop.record),
                        }
                    }
                    None if file.items[item as usize].kind == ItemKind::Declaration => {
                        let item = &file.items[item as usize];
                        let ast = crate::parse::item(&file.lexed, item, &TypeNames::default()).ast;
                        ast.and_then(|ast| initialised_at(&view, &ast, value)).map(|hop| hop.record)
                    }
                    None => None,
                };
                if holder.as_ref() == Some(&hop.record) {
                    let name = file.lexed.text(value).to_string();
                    out.extend(self.definitions(&name, number).iter());
                }
            }
            out.sort();
            out.dedup();
            if out.len() > MOST_TARGETS {
                return None;
            }
        }
        Some(out.into())
    }
}

/// Whether a directive is a `#define` whose body calls `name`.
fn is_macro_calling(directive: &[u8], name: &str) -> bool {
    let rest = directive.strip_prefix(b"#").map(<[u8]>::trim_ascii_start);
    rest.is_some_and(|rest| rest.starts_with(b"define"))
        && word_offsets(directive, name)
            .any(|at| directive[at + name.len()..].trim_ascii_start().first() == Some(&b'('))
}

/// The member access whose name is at `token`.
fn member_at(ast: &Ast, token: TokenId) -> Option<NodeId> {
    let id = ast.innermost_at(token)?;
    std::iter::once(id)
        .chain(ast.ancestors(id))
        .take(2)
        .find(|&id| matches!(ast.kind(id), Kind::Member { name, .. } if name == token))
}

/// The struct and member that an initialiser gives the value at `token`.
fn initialised_at(view: &View<'_>, ast: &Ast, token: TokenId) -> Option<Hop> {
    let value = ast.innermost_at(token)?;
    let item = ast.ancestors(value).find(|&id| matches!(ast.kind(id), Kind::InitItem { .. }))?;
    initialised(view, ast, item).map(|(hop, _)| hop)
}

/// The struct and member that the initialiser's item `item` gives a value, and whether it is an array.
pub(super) fn initialised(view: &View<'_>, ast: &Ast, item: NodeId) -> Option<(Hop, bool)> {
    let token = ast.tokens(item).start;
    let declaration = ast.ancestors(item).find(|&id| {
        matches!(ast.kind(id), Kind::InitDeclarator { .. } | Kind::CompoundLiteral { .. })
    })?;
    let (ty, init) = match ast.kind(declaration) {
        Kind::InitDeclarator { declarator, init } => {
            let around = ast.parent(declaration)?;
            let names = declared_names(ast, &view.file.lexed, around);
            let declared = names
                .into_iter()
                .find(|declared| ast.tokens(declarator).covers(ast.tokens(declared.node)))?;
            (declared.ty, init?)
        }
        Kind::CompoundLiteral { ty, init } => {
            (crate::types::type_of_type_name(ast, &view.file.lexed, ty), init)
        }
        _ => return None,
    };
    slot(view, ast, &ty, init, item, token)
}

fn slot(
    view: &View<'_>,
    ast: &Ast,
    ty: &Type,
    init: NodeId,
    wanted: NodeId,
    token: TokenId,
) -> Option<(Hop, bool)> {
    let Kind::InitList { items } = ast.kind(init) else { return None };
    let at = ast.list(items).iter().position(|&item| ast.tokens(item).contains(token))?;
    let item = ast.list(items)[at];
    let Kind::InitItem { designators, value } = ast.kind(item) else { return None };
    let resolved = ty.resolve(view);
    if let Type::Array(element) = &resolved {
        return slot(view, ast, element, value, wanted, token);
    }
    let mut around = resolved;
    let mut hop = None;
    for &designator in ast.list(designators) {
        match ast.kind(designator) {
            Kind::MemberDesignator { name } => {
                let record = around.record(view)?;
                let name: Arc<str> = view.file.lexed.text(name).to_string().into();
                let ty = record.member(&name, view).map_or(Type::Unknown, |(_, ty)| ty);
                hop = Some(Hop { record: view.key(&record), member: name });
                around = ty.resolve(view);
            }
            _ => around = around.target(view as &dyn Declarations),
        }
    }
    if hop.is_none() {
        let (record, name) = view.position(&around, at)?;
        around = record.member(&name, view).map_or(Type::Unknown, |(_, ty)| ty.resolve(view));
        hop = Some(Hop { record: view.key(&record), member: name });
    }
    match ast.kind(value) {
        Kind::InitList { .. } if item != wanted => slot(view, ast, &around, value, wanted, token),
        _ => hop.map(|hop| (hop, matches!(around, Type::Array(_)))),
    }
}
