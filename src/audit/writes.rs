//! Where the pages of a name are written to: marked dirty, stored to through a mapping, given to a device.
//!
//! In: a name and its function. Out: [`Write`]s in source order. Only what is done under this name is seen, or under that
//! of a variable that holds nothing else; what other functions do with the pages is not asked here.

use super::Context;
use super::name::Name;
use crate::ast::{Kind, NodeId, UnaryOp};
use crate::provenance::{Meaning, WriteFunctions};

/// A place where pages are written to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Write {
    /// 1-based.
    pub line: u32,
    /// The source text, on one line.
    pub text: String,
    /// What writes.
    pub by: Writer,
    /// What is true where it writes, if that is said there.
    pub when: Option<String>,
}

/// What writes to pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Writer {
    /// Somebody who says so afterwards: it is marked dirty.
    Dirty,
    /// The kernel, through an address.
    Store,
    /// A device.
    Dma,
}

/// Where the pages of `name` are written to.
pub(super) fn writes(context: Context<'_>, name: &Name) -> Vec<Write> {
    let ast = context.function.ast();
    let mut names = name.aliases(context);
    names.push(name.clone());
    let mapped = mapped(context, &names);
    let named =
        |id: NodeId, names: &[Name]| Name::of(context, id).is_some_and(|own| names.contains(&own));
    let mut found: Vec<Write> = ast
        .ids()
        .filter_map(|id| match context.kind(id) {
            Kind::Call { .. } => {
                let (call, args) = context.called(id)?;
                if matches!(context.meaning(&call), Some(Meaning::Copies | Meaning::Clears)) {
                    return named(*args.first()?, &mapped)
                        .then(|| write(context, id, Writer::Store));
                }
                let function = context.vocabulary.writes(&call)?;
                let names = if function.address { &mapped } else { &names };
                let is_ours = named(*args.get(function.page)?, names);
                is_ours.then(|| by_call(context, id, function, args))?
            }
            Kind::Assign { lhs, .. } => {
                let lhs = ast.strip_parens(lhs);
                let is_behind = matches!(
                    context.kind(lhs),
                    Kind::Index { .. } | Kind::Unary { op: UnaryOp::Deref, .. }
                );
                (is_behind && named(lhs, &mapped)).then(|| write(context, id, Writer::Store))
            }
            _ => None,
        })
        .collect();
    found.sort();
    found
}

/// The variables that hold an address of one of these pages.
fn mapped(context: Context<'_>, pages: &[Name]) -> Vec<Name> {
    let ast = context.function.ast();
    let is_mapping = |id: NodeId| {
        context.called(id).is_some_and(|(call, args)| {
            let page = args.first().and_then(|&page| Name::of(context, page));
            context.vocabulary.maps(&call) && page.is_some_and(|page| pages.contains(&page))
        })
    };
    let mut found: Vec<Name> = Vec::new();
    loop {
        let before = found.len();
        for id in ast.ids() {
            let (name, value) = match context.kind(id) {
                Kind::Assign { lhs, rhs, .. } => (Name::of(context, lhs), rhs),
                Kind::InitDeclarator { init: Some(init), .. } => {
                    let declared = context.function.scope().declared_by(id);
                    (declared.map(|variable| Name::of_variable(context, variable)), init)
                }
                _ => continue,
            };
            let mut parts = std::iter::once(value).chain(ast.descendants(value));
            let holds = parts.any(is_mapping)
                || Name::of(context, value).is_some_and(|value| found.contains(&value));
            let behind = |id| {
                matches!(
                    context.kind(id),
                    Kind::Unary { op: UnaryOp::Deref, .. } | Kind::Index { .. }
                )
            };
            if let Some(name) = name.filter(|_| holds && !behind(ast.strip_parens(value)))
                && name.is_plain()
                && !found.contains(&name)
            {
                found.push(name);
            }
        }
        if found.len() == before {
            return found;
        }
    }
}

/// A call that writes, in a direction that is or may be towards the pages.
fn by_call(
    context: Context<'_>,
    id: NodeId,
    function: &WriteFunctions,
    args: &[NodeId],
) -> Option<Write> {
    let by = match (function.direction, function.address) {
        (Some(_), _) => Writer::Dma,
        (None, true) => Writer::Store,
        (None, false) => Writer::Dirty,
    };
    let by = if function.stores { Writer::Store } else { by };
    let mut found = write(context, id, by);
    if let Some(at) = function.direction {
        let given = context.function.ast().strip_parens(*args.get(at)?);
        let text = context.text(given);
        let is_constant = context.kind(given) == Kind::Ident
            && context.function.scope().variable(given).is_none();
        if !function.towards.contains(&text) {
            if is_constant {
                return None;
            }
            let each = function.towards.iter().map(|towards| format!("{text} == {towards}"));
            found.when = Some(each.collect::<Vec<_>>().join(" || "));
        }
    }
    Some(found)
}

fn write(context: Context<'_>, id: NodeId, by: Writer) -> Write {
    let text = context.text(id).split_whitespace().collect::<Vec<_>>().join(" ");
    Write { line: context.line(id), text, by, when: condition(context, id) }
}

/// The condition of the innermost `if` around it, where the statement is all that it decides on.
fn condition(context: Context<'_>, id: NodeId) -> Option<String> {
    let ast = context.function.ast();
    for above in ast.ancestors(id) {
        match context.kind(above) {
            Kind::If { cond, then, .. } => {
                let is_then = ast.tokens(then).covers(ast.tokens(id));
                let text = context.text(cond).split_whitespace().collect::<Vec<_>>().join(" ");
                return (is_then && !ast.tokens(cond).covers(ast.tokens(id))).then_some(text);
            }
            kind if kind.is_loop() => return None,
            Kind::Compound { items } if ast.list(items).len() > 2 => return None,
            _ => {}
        }
    }
    None
}
