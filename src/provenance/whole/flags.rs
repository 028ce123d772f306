//! Flags that the code itself keeps beside its pages: an object that goes the same way as they do is told which kind of
//! iterator they came from.
//!
//! `bio_set_flag(bio, BIO_PAGE_PINNED)` under `if (iov_iter_extract_will_pin(iter))`, or `dio->is_pinned =
//! iov_iter_extract_will_pin(iter)`, says at an adder that has `bio` or `dio` but not `iter` whether a page is from GUP.
//! Shown by going up from the adder: on all ways the object is handed down beside the iterator of the source, by
//! parameters that keep their values, from a function that sets the flag on every way to the call. And nothing in the
//! tree sets that flag for any other reason.

use super::super::ask::{FunctionId, HeapKey, Hop};
use super::super::condition::{Condition, helpers_for};
use super::super::origin::{IteratorExpr, Origin, OriginKind, Place};
use super::WholeTree;
use super::code::Code;
use crate::ast::{AssignOp, BinaryOp, Kind, NodeId, UnaryOp};
use crate::items::ItemKind;
use crate::lex::TokenKind;

/// Callers of callers of … are gone up this far.
const MOST_LEVELS: usize = 4;

/// A function with more callers is not followed.
const MOST_CALLERS: usize = 24;

/// Stands for the object in a [`Flag`]'s text: nothing that C code holds.
const OBJECT: char = '\u{1}';

/// What is kept beside the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mark {
    /// A member that is true or false.
    Member(Hop),
    /// A bit, by its name.
    Bit(String),
}

/// A flag of an object.
#[derive(Clone, Debug)]
struct Flag {
    mark: Mark,
    /// The expression that asks for it, with [`OBJECT`] for the object.
    test: String,
    /// Where it is set.
    place: Place,
}

/// Where the pages are got, and by which iterator.
struct Sought<'a> {
    tree: &'a WholeTree,
    function: FunctionId,
    iterator: &'a IteratorExpr,
    /// The functions that tell such an iterator.
    helpers: Vec<&'a str>,
}

impl WholeTree {
    /// The flag that says in function `site` whether the pages of `origin` are from GUP, at `node`.
    pub(super) fn flag(
        &self,
        site: FunctionId,
        node: NodeId,
        origin: &Origin,
    ) -> Option<Condition> {
        let OriginKind::Iterator(iterator) = &origin.kind else { return None };
        // In another version of a file its own functions are meant.
        let file = match self.path(site.file) == origin.place.file {
            true => site.file,
            false => self.number_of(&origin.place.file)?,
        };
        let of_source = self.file(file)?;
        let item = match self.functions_of(&of_source, &origin.place.function) {
            &[item] => item,
            _ => return None,
        };
        let helpers = helpers_for(&self.vocabulary, iterator).map(|helper| &*helper.helper);
        let function = FunctionId { file, item };
        let sought = Sought { tree: self, function, iterator, helpers: helpers.collect() };
        let code = self.code(site)?;
        let parameters = code.function.scope().variables();
        let parameters = parameters.filter_map(|(_, data)| Some((data.parameter?, &data.name)));
        for (index, name) in parameters {
            let kept = code.parameter(name).is_some();
            let found = match site == function {
                true => sought.set_before(&code, node, name, &iterator.text),
                false => None,
            };
            let own = if site == function { code.parameter(&iterator.text) } else { None };
            let found = found.or_else(|| sought.set_by_callers(site, index, own, 0));
            let Some(flag) =
                found.filter(|flag| kept && sought.is_set_for_nothing_else(&flag.mark))
            else {
                continue;
            };
            return Some(Condition {
                text: flag.test.replace(OBJECT, name),
                in_scope: true,
                repeats: false,
                made_helper: None,
                set_at: Some(flag.place),
            });
        }
        None
    }
}

impl Sought<'_> {
    /// The flag that all callers of `id` set on what they hand over as parameter `object`. `iterator` is the parameter
    /// that the source's iterator comes in, where the source is below.
    fn set_by_callers(
        &self,
        id: FunctionId,
        object: usize,
        iterator: Option<usize>,
        level: usize,
    ) -> Option<Flag> {
        let callers = self.tree.callers(id);
        let sites = self.tree.all_calls(&callers);
        let is_clear = callers.unresolved.is_empty() && !sites.is_empty();
        if !is_clear || sites.len() > MOST_CALLERS || level >= MOST_LEVELS {
            return None;
        }
        let mut found: Option<Flag> = None;
        for (caller, call) in sites {
            let code = self.tree.code(caller)?;
            let (_, args) = code.call(call)?;
            let object = code.text(*args.get(object)?);
            let iterator = match iterator {
                Some(index) => Some(code.text(*args.get(index)?)),
                None => (caller == self.function).then(|| self.iterator.text.clone()),
            };
            let here = iterator.as_ref().and_then(|it| self.set_before(&code, call, &object, it));
            let flag = match here {
                Some(flag) => flag,
                None => {
                    let iterator = match iterator {
                        Some(iterator) => Some(code.parameter(&iterator)?),
                        None => None,
                    };
                    self.set_by_callers(caller, code.parameter(&object)?, iterator, level + 1)?
                }
            };
            match &found {
                Some(one) if one.mark != flag.mark || one.test != flag.test => return None,
                Some(_) => {}
                None => found = Some(flag),
            }
        }
        found
    }

    /// The flag that `code` sets on `object` by `iterator` on every way to `before`.
    fn set_before(
        &self,
        code: &Code,
        before: NodeId,
        object: &str,
        iterator: &str,
    ) -> Option<Flag> {
        let ast = code.function.ast();
        ast.ids().find_map(|id| match ast.kind(id) {
            Kind::Assign { op: AssignOp::Assign, lhs, rhs }
                if self.tells(code, rhs, Some(iterator)) && code.precedes(id, before) =>
            {
                let test = on_object(&code.text(lhs), object)?;
                let members = self.tree.members(&code.function, code.file.clone());
                let info = members.get(&ast.strip_parens(lhs))?;
                let member = info.name.clone()?;
                let mark = Mark::Member(Hop { record: info.record.clone(), member });
                Some(Flag { mark, test, place: code.place(id) })
            }
            Kind::If { cond, then, .. }
                if self.tells(code, cond, Some(iterator)) && code.precedes(cond, before) =>
            {
                if ast.tokens(then).covers(ast.tokens(before)) {
                    return None;
                }
                ast.descendants(then).find_map(|id| self.bit_set(code, id, object))
            }
            _ => None,
        })
    }

    /// The bit of `object` that the expression `id` sets.
    fn bit_set(&self, code: &Code, id: NodeId, object: &str) -> Option<Flag> {
        let ast = code.function.ast();
        let place = code.place(id);
        match ast.kind(id) {
            Kind::Assign { op: AssignOp::Compound(BinaryOp::BitOr), lhs, rhs } => {
                let bit = code.text(rhs);
                let test = format!("{} & {bit}", on_object(&code.text(lhs), object)?);
                is_constant(&bit).then_some(Flag { mark: Mark::Bit(bit), test, place })
            }
            Kind::Call { .. } => {
                let (name, args) = code.call(id)?;
                let flag = self.tree.vocabulary.flags().find(|flag| flag.set.contains(&name))?;
                let texts: Vec<String> = args.iter().map(|&arg| code.text(arg)).collect();
                let bit = texts.get(flag.bit).filter(|bit| is_constant(bit))?.clone();
                let mut is_on_it = false;
                let args: Vec<String> = (texts.into_iter())
                    .map(|text| match on_object(&text, object) {
                        Some(text) => {
                            is_on_it = true;
                            text
                        }
                        None => text,
                    })
                    .collect();
                let test = format!("{}({})", flag.test, args.join(", "));
                is_on_it.then_some(Flag { mark: Mark::Bit(bit), test, place })
            }
            _ => None,
        }
    }

    /// Whether an expression asks what kind of iterator it is: this one, or any.
    fn tells(&self, code: &Code, id: NodeId, iterator: Option<&str>) -> bool {
        code.call(id).is_some_and(|(name, args)| {
            let is_it = |&arg: &NodeId| iterator.is_none_or(|it| code.text(arg) == it);
            self.helpers.contains(&&*name) && args.first().is_some_and(is_it)
        })
    }

    /// Whether all that sets the flag sets it because of an iterator.
    fn is_set_for_nothing_else(&self, mark: &Mark) -> bool {
        let found = match mark {
            Mark::Member(member) => self.is_member_for_nothing_else(member),
            Mark::Bit(bit) => self.is_bit_for_nothing_else(bit),
        };
        found.unwrap_or(false)
    }

    /// `None` where not all of the code is seen.
    fn is_member_for_nothing_else(&self, hop: &Hop) -> Option<bool> {
        let key = HeapKey { hops: vec![hop.clone()], follows: 0 };
        for &id in self.tree.storing(&key)?.iter() {
            let code = self.tree.code(id)?;
            let ast = code.function.ast();
            let members = self.tree.members(&code.function, code.file.clone());
            let is_it = |id: NodeId| {
                let info = members.get(&ast.strip_parens(id));
                info.is_some_and(|info| {
                    info.record == hop.record && info.name.as_ref() == Some(&hop.member)
                })
            };
            let is_fine = |value: NodeId| {
                matches!(&*code.text(value), "false" | "0") || self.tells(&code, value, None)
            };
            let is_other = |id: NodeId| match ast.kind(id) {
                Kind::Assign { op, lhs, rhs } if is_it(lhs) => {
                    op != AssignOp::Assign || !is_fine(rhs)
                }
                Kind::InitItem { value, .. } if is_it(id) => !is_fine(value),
                Kind::Unary { op: UnaryOp::Address, operand } => is_it(operand),
                _ => false,
            };
            if ast.ids().any(is_other) {
                return Some(false);
            }
        }
        Some(true)
    }

    /// `None` where not all of the code is seen.
    fn is_bit_for_nothing_else(&self, bit: &str) -> Option<bool> {
        for number in self.tree.corpus.mentioning(bit) {
            let Some(file) = self.tree.file_mentioning(number, bit) else { continue };
            for (item, token) in self.tree.mentions_of(&file, bit) {
                match file.items[item as usize].kind {
                    ItemKind::Function | ItemKind::MacroFunction => {}
                    // Where it is declared.
                    _ if file.lexed.tokens.kind(token) == TokenKind::Ident => continue,
                    _ => return Some(false),
                }
                let code = self.tree.code(FunctionId { file: number, item })?;
                let node = code.function.ast().innermost_at(token)?;
                if !self.is_fine(&code, node)? {
                    return Some(false);
                }
            }
        }
        Some(true)
    }

    /// Whether a mention of a bit asks for it, clears it, or sets it because of an iterator.
    fn is_fine(&self, code: &Code, mention: NodeId) -> Option<bool> {
        let ast = code.function.ast();
        let around = ast
            .ancestors(mention)
            .find(|&id| matches!(ast.kind(id), Kind::Call { .. } | Kind::Assign { .. }));
        let Some(around) = around else { return Some(true) };
        match ast.kind(around) {
            Kind::Assign { op: AssignOp::Compound(BinaryOp::BitAnd), .. } => return Some(true),
            Kind::Assign { op: AssignOp::Compound(BinaryOp::BitOr), .. } => {}
            Kind::Call { .. } => {
                let (name, _) = code.call(around)?;
                let flags = || self.tree.vocabulary.flags();
                if flags().any(|flag| flag.test == name || flag.clear.contains(&name)) {
                    return Some(true);
                }
                if !flags().any(|flag| flag.set.contains(&name)) {
                    return Some(false);
                }
            }
            _ => return Some(false),
        }
        let is_told = |id: NodeId| match ast.kind(id) {
            Kind::If { cond, then, .. } if ast.tokens(then).covers(ast.tokens(around)) => {
                self.tells(code, cond, None) || self.is_told_by_member(code, cond)
            }
            _ => false,
        };
        Some(ast.ancestors(around).any(is_told))
    }

    /// Whether a condition is a member that is set because of an iterator.
    fn is_told_by_member(&self, code: &Code, cond: NodeId) -> bool {
        let members = self.tree.members(&code.function, code.file.clone());
        let info = members.get(&code.function.ast().strip_parens(cond));
        let Some(info) = info else { return false };
        let Some(member) = info.name.clone() else { return false };
        let hop = Hop { record: info.record.clone(), member };
        self.is_set_for_nothing_else(&Mark::Member(hop))
    }
}

/// The text with [`OBJECT`] in place of the object that it starts at; `None` where it is about something else.
fn on_object(text: &str, object: &str) -> Option<String> {
    if text == object {
        return Some(OBJECT.to_string());
    }
    let (and, place) = match text.strip_prefix('&') {
        Some(place) => ("&", place),
        None => ("", text),
    };
    let rest = match object.strip_prefix('&') {
        Some(variable) => place.strip_prefix(variable)?.strip_prefix('.')?,
        None => place.strip_prefix(object)?.strip_prefix("->")?,
    };
    Some(format!("{and}{OBJECT}->{rest}"))
}

/// Whether a text is the name of a constant.
fn is_constant(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}
