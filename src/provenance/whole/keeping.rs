//! Flags that are kept beside pages in structs, where a struct hands pages of both kinds from one function to another.
//!
//! In: an adder whose page is a member of a struct of the same file. Out: a member that says what the page is, all stores
//! that set it, and the functions in between that hand it on ([`Threading`]). Each store of the page must be one of which
//! it can be written down what it stores: the result of a source or of what hands out other pages, a parameter, a variable
//! of which each store is such, another member that keeps a flag. One flag stands for all elements of an array.

use std::collections::{BTreeMap, BTreeSet};

use super::super::ask::{FunctionId, Hop};
use super::super::condition;
use super::super::origin::OriginKind;
use super::super::vocabulary::{Meaning, OtherGives, SourceGives, When};
use super::WholeTree;
use super::code::Code;
use super::corpus::{SourceFile, word_offsets};
use super::lines::{line_after, line_before, with_comment};
use super::threading::{FLAG, Insertion};
use crate::ast::{AssignOp, Ast, Kind, NodeId, StructKind, UnaryOp};
use crate::items::{ItemKind, TypeNames};
use crate::lex::{TokenId, TokenKind};

/// More members are left to a person.
const MOST_MEMBERS: usize = 4;

/// What a value is: no page at all, or what is true exactly if it is a page from GUP.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Null,
    When(String),
}

/// What has been found out for one adder.
#[derive(Default)]
pub(super) struct Keeping {
    pub(super) members: Vec<Hop>,
    /// Of how many of them the stores were found.
    done: usize,
    /// Functions that get the flag as a parameter, with the number of the page's.
    pub(super) handed: Vec<(FunctionId, usize)>,
    /// The variable whose pages the flag of a function says.
    pub(super) captured: BTreeMap<FunctionId, String>,
    /// The lines that declare and set flags.
    pub(super) insertions: BTreeSet<Insertion>,
}

impl WholeTree {
    /// Finds the stores to the members that pages are kept in.
    pub(super) fn keep_members(&self, keeping: &mut Keeping) -> Option<()> {
        while let Some(hop) = keeping.members.get(keeping.done).cloned() {
            keeping.done += 1;
            self.keep_member(&hop, keeping)?;
        }
        Some(())
    }

    /// What is true exactly if an expression of function `id` is a page from GUP.
    pub(super) fn said_to_be(
        &self,
        code: &Code,
        id: FunctionId,
        page: NodeId,
        keeping: &mut Keeping,
    ) -> Option<String> {
        match self.said(code, id, page, keeping)? {
            Said::When(text) => Some(text),
            Said::Null => Some("false".to_owned()),
        }
    }

    /// What is true where a member holds a page from GUP: `x->page_from_gup` of `x->page`, or of `x->page[i]`.
    pub(super) fn kept(&self, code: &Code, page: NodeId, keeping: &mut Keeping) -> Option<String> {
        let ast = code.function.ast();
        let member = match ast.kind(ast.strip_parens(page)) {
            Kind::Index { base, .. } => ast.strip_parens(base),
            _ => ast.strip_parens(page),
        };
        let Kind::Member { base, arrow, .. } = ast.kind(member) else { return None };
        let hop = self.hop_at(code, member)?;
        let is_own = hop.record.file == code.file.number && hop.record.at == 0;
        let is_header = code.file.lexed.path.as_str().ends_with(".h");
        if !is_own || is_header || hop.record.tag.is_empty() || !is_steady(ast, base) {
            return None;
        }
        let access = if arrow { "->" } else { "." };
        let test = format!("{}{access}{}", code.text(base), flag_name(&hop));
        if !keeping.members.contains(&hop) {
            (keeping.members.len() < MOST_MEMBERS).then_some(())?;
            keeping.members.push(hop);
        }
        Some(test)
    }

    fn hop_at(&self, code: &Code, member: NodeId) -> Option<Hop> {
        let members = self.members(&code.function, code.file.clone());
        let info = members.get(&member)?;
        Some(Hop { record: info.record.clone(), member: info.name.clone()? })
    }

    /// Finds each store to a member, and what it stores.
    fn keep_member(&self, hop: &Hop, keeping: &mut Keeping) -> Option<()> {
        let file = self.file(hop.record.file)?;
        if !self.mentions_of(&file, &flag_name(hop)).is_empty() {
            return None;
        }
        if self.macro_storing(hop).is_some() || self.is_initialised_by_position(hop) {
            return None;
        }
        keeping.insertions.insert(self.declaration(hop)?);
        for (item, token) in self.mentions_of(&file, &hop.member) {
            let is_function = matches!(
                file.items[item as usize].kind,
                ItemKind::Function | ItemKind::MacroFunction
            );
            if !is_function {
                // Anything but the struct itself: a macro, an initialiser.
                (!is_accessed(&file, token, &hop.member)).then_some(())?;
                continue;
            }
            let id = FunctionId { file: file.number, item };
            let code = self.code(id)?;
            let ast = code.function.ast();
            let at = ast.innermost_at(token)?;
            let member = std::iter::once(at)
                .chain(ast.ancestors(at))
                .take(2)
                .find(|&id| matches!(ast.kind(id), Kind::Member { name, .. } if name == token));
            let Some(member) = member else {
                // Something else of this name, unless it is what an initialiser gives a value.
                (!self.is_named_elsewhere(&code, at)).then_some(())?;
                continue;
            };
            if self.hop_at(&code, member).is_none_or(|found| found == *hop) {
                self.keep_access(&code, id, member, hop, keeping)?;
            }
        }
        Some(())
    }

    /// Whether a function may give the member a page in an initialiser that does not name it.
    fn is_initialised_by_position(&self, hop: &Hop) -> bool {
        let Some(file) = self.file(hop.record.file) else { return true };
        self.mentions_of(&file, &hop.record.tag).into_iter().any(|(item, _)| {
            let Some(code) = self.code(FunctionId { file: file.number, item }) else {
                return false;
            };
            let ast = code.function.ast();
            let infos = self.members(&code.function, code.file.clone());
            infos.iter().any(|(&node, info)| {
                let is_it = info.record == hop.record && info.name.as_ref() == Some(&hop.member);
                let Kind::InitItem { value, .. } = ast.kind(node) else { return false };
                is_it && !matches!(&*code.text(value), "0" | "NULL")
            })
        })
    }

    /// Whether a name that is no access may be the member all the same: what an initialiser gives a value, or what a
    /// macro is given.
    fn is_named_elsewhere(&self, code: &Code, at: NodeId) -> bool {
        let (ast, scope) = (code.function.ast(), code.function.scope());
        match ast.kind(at) {
            Kind::MemberDesignator { .. } => {
                ast.ancestors(at).any(|above| matches!(ast.kind(above), Kind::InitItem { .. }))
            }
            Kind::Ident if scope.variable(at).is_none() => {
                let Some(above) = ast.parent(at) else { return true };
                let Kind::Call { callee, .. } = ast.kind(above) else { return false };
                let meaning = self.vocabulary.meaning(&code.text(callee));
                callee != at && !matches!(meaning, Some(Meaning::Inert | Meaning::Nothing))
            }
            _ => false,
        }
    }

    /// What is done with a member, if that is not to store, or a store of which it is known what it stores.
    fn keep_access(
        &self,
        code: &Code,
        id: FunctionId,
        member: NodeId,
        hop: &Hop,
        keeping: &mut Keeping,
    ) -> Option<()> {
        let ast = code.function.ast();
        let Kind::Member { base, arrow, .. } = ast.kind(member) else { return None };
        let access = if arrow { "->" } else { "." };
        let mut at = member;
        let mut is_element = false;
        loop {
            let above = ast.parent(at)?;
            match ast.kind(above) {
                Kind::Paren { .. } => at = above,
                Kind::Index { base, .. } if base == at => (at, is_element) = (above, true),
                Kind::Assign { op, lhs, rhs } if lhs == at => {
                    let statement = ast.parent(above)?;
                    (op == AssignOp::Assign).then_some(())?;
                    let said = match self.said(code, id, rhs, keeping)? {
                        Said::Null => return Some(()),
                        Said::When(said) => said,
                    };
                    is_steady(ast, base).then_some(())?;
                    let target = format!("{}{access}{}", code.text(base), flag_name(hop));
                    let text = format!("{target} = {said};");
                    keeping.insertions.insert(code.line_after(statement, text)?);
                    return Some(());
                }
                Kind::Unary { op: UnaryOp::Address, .. } => {
                    return self.keep_filled(code, id, above, (base, access), hop, keeping);
                }
                Kind::Unary {
                    op:
                        UnaryOp::PostIncrement
                        | UnaryOp::PostDecrement
                        | UnaryOp::PreIncrement
                        | UnaryOp::PreDecrement,
                    ..
                } => return None,
                Kind::Call { callee, .. } if callee != at => {
                    let name = code.text(callee);
                    let meaning = self.vocabulary.meaning(&name);
                    if let Some(Meaning::Source(_)) = meaning {
                        return self.keep_filled(code, id, at, (base, access), hop, keeping);
                    }
                    if matches!(meaning, Some(Meaning::Release(_) | Meaning::Inert)) {
                        return Some(());
                    }
                    // An array that is handed over as a whole may be filled there; a page cannot be changed, but by a
                    // macro.
                    let is_value = is_element || !self.is_array(code, member);
                    let may_store = match meaning {
                        Some(meaning) => matches!(
                            meaning,
                            Meaning::Stores | Meaning::Swaps | Meaning::Clears | Meaning::Copies
                        ),
                        None => self.is_macro(&name),
                    };
                    return (is_value && !may_store).then_some(());
                }
                _ if is_element || !self.is_array(code, member) => return Some(()),
                // An array used as a pointer.
                Kind::SizeofExpr { .. } | Kind::If { .. } => return Some(()),
                _ => return None,
            }
        }
    }

    fn is_array(&self, code: &Code, member: NodeId) -> bool {
        let members = self.members(&code.function, code.file.clone());
        members.get(&member).is_none_or(|info| info.is_array)
    }

    /// A member that a source fills: the argument is the member, or its address.
    fn keep_filled(
        &self,
        code: &Code,
        id: FunctionId,
        argument: NodeId,
        (base, access): (NodeId, &str),
        hop: &Hop,
        keeping: &mut Keeping,
    ) -> Option<()> {
        let ast = code.function.ast();
        let call = ast.parent(argument)?;
        is_steady(ast, base).then_some(())?;
        let said = self.said_of_source(code, id, call)?;
        let statement = ast.ancestors(call).find(|&above| is_statement(ast, above))?;
        let is_plain = match ast.kind(statement) {
            Kind::ExprStatement { expr: Some(expr), .. } => match ast.kind(expr) {
                Kind::Assign { rhs, .. } => ast.strip_parens(rhs) == call,
                _ => expr == call,
            },
            _ => false,
        };
        let text = format!("{}{access}{} = {said};", code.text(base), flag_name(hop));
        keeping.insertions.insert(code.line_before(statement, text).filter(|_| is_plain)?);
        Some(())
    }

    /// What the pages are that a source fills an array with.
    fn said_of_source(&self, code: &Code, id: FunctionId, call: NodeId) -> Option<String> {
        let ast = code.function.ast();
        let Kind::Call { callee, args } = ast.kind(call) else { return None };
        let name = code.text(callee);
        let Some(Meaning::Source(source)) = self.vocabulary.meaning(&name) else { return None };
        (source.gives == SourceGives::Array).then_some(())?;
        if source.when == When::Always {
            return Some("true".to_owned());
        }
        let told = self.solved(id, |engine, _, _| {
            match engine.iterator_origin(&name, source, ast.list(args)) {
                OriginKind::Iterator(iterator) => {
                    Some(condition::of_iterator(engine.context, &iterator, call))
                }
                _ => None,
            }
        })??;
        told.in_scope.then_some(told.text)
    }

    /// What a value is, that function `id` stores.
    fn said(
        &self,
        code: &Code,
        id: FunctionId,
        value: NodeId,
        keeping: &mut Keeping,
    ) -> Option<Said> {
        let ast = code.function.ast();
        let value = ast.strip_parens(value);
        match ast.kind(value) {
            Kind::Literal(_) if code.text(value) == "0" => Some(Said::Null),
            Kind::Member { .. } | Kind::Index { .. } => {
                self.kept(code, value, keeping).map(Said::When)
            }
            Kind::Ident => match code.function.scope().variable(value) {
                None => (code.text(value) == "NULL").then_some(Said::Null),
                Some(_) => self.said_of_variable(code, id, &code.text(value), keeping),
            },
            Kind::Call { callee, args } => {
                let name = code.text(callee);
                match self.vocabulary.meaning(&name) {
                    Some(Meaning::Nothing) => Some(Said::Null),
                    Some(Meaning::Other(other)) if other.gives == OtherGives::Result => {
                        Some(Said::When("false".to_owned()))
                    }
                    Some(Meaning::Source(source)) => {
                        let is_told =
                            source.gives == SourceGives::Result && source.when == When::Always;
                        is_told.then(|| Said::When("true".to_owned()))
                    }
                    Some(_) => None,
                    None => self.said_of_result(code, id, &name, ast.list(args), keeping),
                }
            }
            _ => None,
        }
    }

    /// What a variable or a parameter holds.
    fn said_of_variable(
        &self,
        code: &Code,
        id: FunctionId,
        name: &str,
        keeping: &mut Keeping,
    ) -> Option<Said> {
        let flag = || Some(Said::When(FLAG.to_owned()));
        if let Some(parameter) = code.parameter(name) {
            match keeping.handed.iter().find(|(known, _)| *known == id) {
                Some((_, known)) => (*known == parameter).then_some(())?,
                None => keeping.handed.push((id, parameter)),
            }
            return flag();
        }
        if let Some(known) = keeping.captured.get(&id) {
            return if known == name { flag() } else { None };
        }
        let (ast, scope) = (code.function.ast(), code.function.scope());
        let (variable, data) = scope.variables().find(|(_, data)| data.name == name)?;
        let is_only = scope.variables().filter(|(_, data)| data.name == name).count() == 1;
        (data.parameter.is_none() && is_only).then_some(())?;
        let is_it = |id: NodeId| scope.variable(ast.strip_parens(id)) == Some(variable);
        let mut stored: Vec<(Option<NodeId>, Said)> = Vec::new();
        for node in ast.ids() {
            match ast.kind(node) {
                Kind::Assign { op, lhs, rhs } if is_it(lhs) => {
                    (op == AssignOp::Assign).then_some(())?;
                    let said = self.said(code, id, rhs, keeping)?;
                    stored.push((Some(ast.parent(node)?), said));
                }
                Kind::InitDeclarator { init: Some(init), .. }
                    if ast.descendants(node).any(|n| scope.declared_by(n) == Some(variable)) =>
                {
                    stored.push((None, self.said(code, id, init, keeping)?));
                }
                Kind::Unary { op: UnaryOp::Address, operand } if is_it(operand) => {
                    let said = self.said_of_source(code, id, ast.parent(node)?)?;
                    stored.push((None, Said::When(said)));
                }
                Kind::Unary {
                    op:
                        UnaryOp::PostIncrement
                        | UnaryOp::PostDecrement
                        | UnaryOp::PreIncrement
                        | UnaryOp::PreDecrement,
                    operand,
                } if is_it(operand) => return None,
                Kind::Iterator { call, .. } => match ast.kind(call) {
                    Kind::Call { args, .. } if ast.list(args).iter().any(|&arg| is_it(arg)) => {
                        return None;
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        let constant = ["true", "false"].map(|text| Said::When(text.to_owned()));
        let is_all = |one: &Said| !stored.is_empty() && stored.iter().all(|(_, said)| said == one);
        if let Some(one) = constant.into_iter().find(is_all) {
            return Some(one);
        }
        (!stored.is_empty()).then_some(())?;
        for (statement, said) in &stored {
            match (statement, said) {
                (_, Said::Null) => {}
                (Some(statement), Said::When(said)) => {
                    let text = format!("{FLAG} = {said};");
                    keeping.insertions.insert(code.line_after(*statement, text)?);
                }
                (None, Said::When(_)) => return None,
            }
        }
        keeping.captured.insert(id, name.to_owned());
        keeping.insertions.insert(code.declaration_line(format!("bool {FLAG};"))?);
        flag()
    }

    /// What a function of the same file returns: no page, or what a member of an argument keeps.
    fn said_of_result(
        &self,
        code: &Code,
        id: FunctionId,
        name: &str,
        args: &[NodeId],
        keeping: &mut Keeping,
    ) -> Option<Said> {
        let &[callee] = &*self.definitions(name, id.file) else { return None };
        (callee.file == id.file).then_some(())?;
        let below = self.code(callee)?;
        let ast = below.function.ast();
        let mut found: Option<Said> = None;
        for node in ast.ids() {
            let Kind::Return { value } = ast.kind(node) else { continue };
            let value = ast.strip_parens(value?);
            let is_member = matches!(ast.kind(value), Kind::Member { .. } | Kind::Index { .. });
            let said = match is_member {
                true => {
                    let said = self.kept(&below, value, keeping)?;
                    let (object, rest) = said.split_once("->")?;
                    let argument = *args.get(below.parameter(object)?)?;
                    let is_name = matches!(code.function.ast().kind(argument), Kind::Ident);
                    is_name.then(|| Said::When(format!("{}->{rest}", code.text(argument))))?
                }
                // What stands for no page, alone: another flag would be another function's.
                false => match ast.kind(value) {
                    Kind::Call { callee, .. } => {
                        let meaning = below.text(callee);
                        let meaning = self.vocabulary.meaning(&meaning);
                        matches!(meaning, Some(Meaning::Nothing)).then_some(Said::Null)?
                    }
                    _ => matches!(&*below.text(value), "NULL" | "0").then_some(Said::Null)?,
                },
            };
            match &found {
                Some(Said::When(_)) if said == Said::Null => {}
                Some(Said::When(known)) => {
                    matches!(&said, Said::When(said) if said == known).then_some(())?;
                }
                _ => found = Some(said),
            }
        }
        found
    }

    /// The line that declares a member's flag: beside the member, outside of all unions.
    fn declaration(&self, hop: &Hop) -> Option<Insertion> {
        let file = self.file(hop.record.file)?;
        let text = format!("bool {};", flag_name(hop));
        let mut found = None;
        for (item, _) in self.mentions_of(&file, &hop.record.tag) {
            let item = &file.items[item as usize];
            if item.kind != ItemKind::Declaration {
                continue;
            }
            let Some(ast) = crate::parse::item(&file.lexed, item, &TypeNames::default()).ast else {
                continue;
            };
            let definition = ast.ids().find(|&id| {
                matches!(ast.kind(id), Kind::StructType { name: Some(name), fields: Some(_), kind: StructKind::Struct }
                    if file.lexed.text(name) == hop.record.tag.as_bytes())
            });
            let Some(definition) = definition else { continue };
            let is_member = |id: NodeId| {
                let names = ast.tokens(id).iter();
                matches!(ast.kind(id), Kind::Field { .. })
                    && names.into_iter().any(|token| file.lexed.is_word(token, &hop.member))
            };
            // The innermost one last.
            let around: Vec<NodeId> =
                ast.descendants(definition).filter(|&id| is_member(id)).collect();
            let inner = *around.last()?;
            let is_union = |id: &&NodeId| {
                ast.descendants(**id).any(|id| {
                    matches!(
                        ast.kind(id),
                        Kind::StructType { kind: StructKind::Union, fields: Some(_), .. }
                    )
                })
            };
            let union = around.iter().find(is_union);
            found = match union {
                Some(&union) => {
                    line_before(&file, with_comment(&file, ast.tokens(union)), text.clone())
                }
                None => line_after(&file, ast.tokens(inner), text.clone()),
            };
            break;
        }
        found
    }
}

/// Whether a member is accessed at `token`, which is a name or a directive that mentions it.
fn is_accessed(file: &SourceFile, token: TokenId, member: &str) -> bool {
    let (tokens, text) = (&file.lexed.tokens, file.lexed.text(token));
    if tokens.kind(token) == TokenKind::Directive {
        return word_offsets(text, member).any(|at| {
            let before = text[..at].trim_ascii_end();
            before.ends_with(b"->") || before.ends_with(b".") || before.ends_with(b"##")
        });
    }
    let before = tokens.significant_before(token);
    before.is_some_and(|before| matches!(tokens.kind(before), TokenKind::Dot | TokenKind::Arrow))
}

/// The name of a member's flag.
fn flag_name(hop: &Hop) -> String {
    format!("{}_{FLAG}", hop.member)
}

/// Whether an expression means the same when it is written once more: names and members.
fn is_steady(ast: &Ast, id: NodeId) -> bool {
    ast.descendants(id)
        .all(|id| matches!(ast.kind(id), Kind::Ident | Kind::Member { .. } | Kind::Paren { .. }))
}

fn is_statement(ast: &Ast, id: NodeId) -> bool {
    matches!(
        ast.kind(id),
        Kind::ExprStatement { .. } | Kind::Declaration { .. } | Kind::Compound { .. }
    )
}
