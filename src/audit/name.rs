//! Names for what holds pages: `pages`, `bo->pages`, whatever is done to them on the way to an element.

use std::fmt;

use super::Context;
use crate::ast::{AssignOp, BinaryOp, Kind, NodeId, UnaryOp};
use crate::provenance::{Meaning, Variable};

/// A variable, and the members that lead from it to the pages. Indices, `*` and `&` do not count: an array
/// and its elements have one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Name {
    base: String,
    /// `None` for a global variable.
    variable: Option<Variable>,
    members: Vec<String>,
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.base)?;
        self.members.iter().try_for_each(|member| write!(f, "->{member}"))
    }
}

/// What is done with a name at one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Use {
    /// A release gets it.
    Released,
    /// The caller gets it.
    Returned,
    /// An object gets it, or a number that stands for it: what becomes of it there is not followed.
    HandedOn,
    /// A function gets it, which may keep it; or a variable of this function gets it, or what is computed from it.
    Lent,
    /// Nothing that ends or lends a reference.
    Looked,
}

impl Name {
    /// The name of what an expression leads to; `None` for what has none.
    pub(super) fn of(context: Context<'_>, id: NodeId) -> Option<Name> {
        let ast = context.function.ast();
        match context.kind(id) {
            Kind::Ident => {
                let variable = context.function.scope().variable(id);
                Some(Name { base: context.text(id), variable, members: Vec::new() })
            }
            Kind::Member { base, name, .. } => {
                let mut found = Name::of(context, base)?;
                found.members.push(context.file.text(name).to_string());
                Some(found)
            }
            Kind::Paren { inner } => Name::of(context, inner),
            Kind::Index { base, .. } => Name::of(context, base),
            Kind::Cast { operand, .. } => Name::of(context, operand),
            Kind::Unary { op: UnaryOp::Address | UnaryOp::Deref, operand } => {
                Name::of(context, operand)
            }
            Kind::Unary { op: UnaryOp::PostIncrement | UnaryOp::PreIncrement, operand } => {
                Name::of(context, operand)
            }
            Kind::Binary { op: BinaryOp::Plus | BinaryOp::Minus, lhs, .. } => {
                Name::of(context, lhs)
            }
            Kind::Call { .. } => {
                let (name, args) = context.called(id)?;
                let Some(Meaning::Pass(pass)) = context.meaning(&name) else { return None };
                Name::of(context, ast.strip_parens(*args.get(pass.argument)?))
            }
            _ => None,
        }
    }

    /// The name of a variable.
    pub(super) fn of_variable(context: Context<'_>, variable: Variable) -> Name {
        let base = context.function.scope().data(variable).name.clone();
        Name { base, variable: Some(variable), members: Vec::new() }
    }

    /// Whether it is a variable, or a global one, not what it leads to.
    pub(super) fn is_plain(&self) -> bool {
        self.members.is_empty()
    }

    /// The members in which other functions find the pages: that of this name, and those that get them.
    pub(super) fn kept_in(&self, context: Context<'_>) -> Vec<String> {
        let ast = context.function.ast();
        let stores = ast.ids().filter_map(|id| match context.kind(id) {
            Kind::Assign { op: AssignOp::Assign, lhs, rhs } => {
                (Name::of(context, rhs).as_ref() == Some(self)).then(|| Name::of(context, lhs))?
            }
            _ => None,
        });
        let all = std::iter::once(self.clone()).chain(stores);
        let mut found: Vec<String> = all.filter_map(|name| name.members.last().cloned()).collect();
        found.sort();
        found.dedup();
        found
    }

    /// Variables of the function into which only this, or nothing, is put: `page = pages[i]`.
    pub(super) fn aliases(&self, context: Context<'_>) -> Vec<Name> {
        let ast = context.function.ast();
        let mut found: Vec<Name> = Vec::new();
        for id in ast.ids() {
            let name = match context.kind(id) {
                Kind::Assign { op: AssignOp::Assign, lhs, .. } => Name::of(context, lhs),
                Kind::InitDeclarator { .. } => {
                    let declared = context.function.scope().declared_by(id);
                    declared.map(|variable| Name::of_variable(context, variable))
                }
                _ => None,
            };
            let Some(name) = name.filter(|name| name != self && !found.contains(name)) else {
                continue;
            };
            let is_plain = name.members.is_empty() && name.variable.is_some();
            if is_plain && name.holds_only(context, self) {
                found.push(name);
            }
        }
        found
    }

    fn holds_only(&self, context: Context<'_>, other: &Name) -> bool {
        let is_null = |value: &NodeId| super::is_null(&context.text(*value));
        let is_parameter = self
            .variable
            .is_some_and(|variable| context.function.scope().data(variable).parameter.is_some());
        let values = self.values(context);
        let mut held = values.iter().filter(|value| !is_null(value)).peekable();
        // A page from elsewhere can reach a parameter.
        !is_parameter
            && held.peek().is_some()
            && held.all(|&value| Name::of(context, value).as_ref() == Some(other))
    }

    /// Whether it is a variable of the function, which goes with it, and no other name of something else.
    pub(super) fn is_local(&self, context: Context<'_>) -> bool {
        let leads_elsewhere = |value: NodeId| {
            Name::of(context, value).is_some() && !super::is_null(&context.text(value))
        };
        let is_inside = |variable: Variable| {
            let ty = &context.function.scope().data(variable).ty;
            self.members.is_empty() || self.members.len() == 1 && ty.depth() == 0
        };
        !self.values(context).into_iter().any(leads_elsewhere)
            && self.variable.is_some_and(|variable| {
                let data = context.function.scope().data(variable);
                data.parameter.is_none() && !data.is_static && is_inside(variable)
            })
    }

    /// Where an object that outlives the function gets all that is in it, as it is now and will be.
    pub(super) fn kept_at(&self, context: Context<'_>) -> Vec<NodeId> {
        let ast = context.function.ast();
        let is_whole = |value: NodeId| {
            let value = ast.strip_parens(value);
            matches!(context.kind(value), Kind::Ident | Kind::Member { .. })
                && Name::of(context, value).as_ref() == Some(self)
        };
        let keeps = |&id: &NodeId| match context.kind(id) {
            Kind::Assign { op: AssignOp::Assign, lhs, rhs } => {
                is_whole(rhs) && !is_own_place(context, lhs)
            }
            _ => false,
        };
        ast.ids().filter(keeps).collect()
    }

    /// Whether the text of `id` has its name in it.
    pub(super) fn is_in(&self, context: Context<'_>, id: NodeId) -> bool {
        let tokens = context.function.ast().tokens(id);
        tokens.iter().any(|token| context.file.is_word(token, &self.base))
    }

    /// Whether the code below `id` puts something else in its place.
    pub(super) fn is_overwritten(&self, context: Context<'_>, id: NodeId) -> bool {
        let ast = context.function.ast();
        std::iter::once(id).chain(ast.descendants(id)).any(|part| match context.kind(part) {
            Kind::Assign { op: AssignOp::Assign, lhs, rhs } => {
                let lhs = ast.strip_parens(lhs);
                matches!(context.kind(lhs), Kind::Ident | Kind::Member { .. })
                    && Name::of(context, lhs).as_ref() == Some(self)
                    && Name::of(context, rhs).as_ref() != Some(self)
            }
            _ => false,
        })
    }

    /// Whether `other` is this, or holds it, or is held by it.
    fn overlaps(&self, other: &Name) -> bool {
        let shared = self.members.len().min(other.members.len());
        (&self.base, self.variable) == (&other.base, other.variable)
            && self.members[..shared] == other.members[..shared]
    }

    /// All that the function puts into it.
    pub(super) fn values(&self, context: Context<'_>) -> Vec<NodeId> {
        let ast = context.function.ast();
        ast.ids()
            .filter_map(|id| match context.kind(id) {
                Kind::Assign { lhs, rhs, .. } => {
                    (Name::of(context, lhs).as_ref() == Some(self)).then_some(rhs)
                }
                Kind::InitDeclarator { init, .. } => {
                    let declared = context.function.scope().declared_by(id);
                    (self.members.is_empty() && declared.is_some() && declared == self.variable)
                        .then_some(init)?
                }
                _ => None,
            })
            .collect()
    }

    /// What is done with it in the code below `id`.
    pub(super) fn uses(&self, context: Context<'_>, id: NodeId) -> Vec<Use> {
        let ast = context.function.ast();
        std::iter::once(id)
            .chain(ast.descendants(id))
            .filter(|&part| context.kind(part) == Kind::Ident && context.text(part) == self.base)
            .filter_map(|part| self.use_at(context, part))
            .collect()
    }

    /// Whether a release in the code below `id` gets all that was lent or handed on: all that the name holds, or, in the
    /// same round of a loop, the very element.
    pub(super) fn is_released_whole(&self, context: Context<'_>, id: NodeId) -> bool {
        let ast = context.function.ast();
        let is_whole = |arg: NodeId| {
            let mut arg = ast.strip_parens(arg);
            if let Kind::Unary { op: UnaryOp::Address, operand } = context.kind(arg) {
                arg = ast.strip_parens(operand);
            }
            if Name::of(context, arg).as_ref() != Some(self) {
                return false;
            }
            match context.kind(arg) {
                Kind::Ident | Kind::Member { .. } => true,
                Kind::Index { .. } => self.is_all_that_was_lent(context, arg),
                _ => false,
            }
        };
        std::iter::once(id).chain(ast.descendants(id)).any(|part| {
            context.called(part).is_some_and(|(call, args)| {
                matches!(context.meaning(&call), Some(Meaning::Release(_)))
                    && args.iter().any(|&arg| is_whole(arg))
            })
        })
    }

    /// Whether only the element `given` was lent or handed on anywhere, and in the loop around it.
    fn is_all_that_was_lent(&self, context: Context<'_>, given: NodeId) -> bool {
        let ast = context.function.ast();
        let around = |id: NodeId| {
            let mut above = ast.ancestors(id);
            above.find(|&above| context.kind(above).is_loop())
        };
        let text = context.text(given);
        ast.ids().all(|id| {
            if context.kind(id) != Kind::Ident || context.text(id) != self.base {
                return true;
            }
            match self.place_and_use(context, id) {
                Some((top, Use::Lent | Use::HandedOn | Use::Returned)) => {
                    context.text(top) == text
                        && around(top).is_some()
                        && around(top) == around(given)
                }
                Some((_, Use::Released | Use::Looked)) | None => true,
            }
        })
    }

    fn use_at(&self, context: Context<'_>, id: NodeId) -> Option<Use> {
        self.place_and_use(context, id).map(|(_, found)| found)
    }

    /// The longest name that starts at the identifier `id`, and what is done with it.
    fn place_and_use(&self, context: Context<'_>, id: NodeId) -> Option<(NodeId, Use)> {
        let ast = context.function.ast();
        let mut top = id;
        let mut found = Name::of(context, id)?;
        for above in ast.ancestors(id) {
            // An index is no part of the name of the array.
            match Name::of(context, above) {
                Some(name)
                    if name.base == self.base && name.members.len() >= found.members.len() =>
                {
                    (top, found) = (above, name);
                }
                Some(_) | None => break,
            }
        }
        if !found.overlaps(self) {
            return None;
        }
        Some((top, fate(context, top)?))
    }
}

/// What is done with the value of `top`. What is computed from it and kept elsewhere, as a frame number is, stands for
/// it: who gives that back is not followed.
fn fate(context: Context<'_>, top: NodeId) -> Option<Use> {
    let ast = context.function.ast();
    let above = ast.parent(top)?;
    Some(match context.kind(above) {
        Kind::Call { .. } => {
            let meaning = context.called(above).and_then(|(name, _)| context.meaning(&name));
            match meaning {
                // An address that is freed as a number is that of the array.
                Some(Meaning::Release(_)) if matches!(context.kind(top), Kind::Cast { .. }) => {
                    Use::Looked
                }
                Some(Meaning::Release(_)) => Use::Released,
                Some(Meaning::Source(_) | Meaning::Fresh | Meaning::Clears) => Use::Looked,
                Some(Meaning::Inert) => return fate(context, above),
                _ => Use::Lent,
            }
        }
        Kind::Assign { lhs, .. } if lhs == top => Use::Looked,
        Kind::Assign { lhs, .. } if is_own_place(context, lhs) => Use::Lent,
        Kind::InitDeclarator { .. } => Use::Lent,
        Kind::Unary { op: UnaryOp::Not, .. } | Kind::SizeofExpr { .. } => Use::Looked,
        Kind::Binary { op, .. } if is_test(op) => Use::Looked,
        Kind::Index { base, .. } if base != top => Use::Looked,
        Kind::Paren { .. } | Kind::Cast { .. } | Kind::Binary { .. } | Kind::Unary { .. } => {
            return fate(context, above);
        }
        Kind::Return { .. } => Use::Returned,
        kind if kind.is_statement() => Use::Looked,
        _ => Use::HandedOn,
    })
}

/// Whether what is put there goes with the function: a variable, or a member of one that is a struct.
fn is_own_place(context: Context<'_>, id: NodeId) -> bool {
    let scope = context.function.scope();
    let ast = context.function.ast();
    match context.kind(id) {
        Kind::Paren { inner } => is_own_place(context, inner),
        Kind::Member { base, .. } => {
            let base = ast.strip_parens(base);
            let variable = scope.variable(base);
            variable.is_some_and(|variable| scope.data(variable).ty.depth() == 0)
                && is_own_place(context, base)
        }
        _ => scope.variable(id).is_some_and(|variable| !scope.data(variable).is_static),
    }
}

/// Whether the result of the call `id` goes to a function, an object or the caller.
pub(super) fn is_handed_on(context: Context<'_>, id: NodeId) -> bool {
    let found = fate(context, id);
    found.is_some_and(|found| matches!(found, Use::Returned | Use::HandedOn | Use::Lent))
}

/// Whether the operator's result is a truth value.
pub(super) fn is_test(op: BinaryOp) -> bool {
    use BinaryOp as B;
    matches!(
        op,
        B::Less
            | B::Greater
            | B::LessOrEqual
            | B::GreaterOrEqual
            | B::Equal
            | B::NotEqual
            | B::And
            | B::Or
    )
}

/// What the result of the call `id` is assigned to.
pub(super) fn assigned(context: Context<'_>, id: NodeId) -> Option<NodeId> {
    let ast = context.function.ast();
    let mut value = id;
    for above in ast.ancestors(id) {
        match context.kind(above) {
            Kind::Paren { .. } | Kind::Cast { .. } => value = above,
            Kind::Assign { op: AssignOp::Assign, lhs, rhs } if rhs == value => return Some(lhs),
            _ => return None,
        }
    }
    None
}

/// Where the result of the call `id` is put: a variable, or a member.
pub(super) fn result(context: Context<'_>, id: NodeId) -> Option<Name> {
    let ast = context.function.ast();
    if let Some(place) = assigned(context, id) {
        let place = ast.strip_parens(place);
        let is_one_place = matches!(context.kind(place), Kind::Ident | Kind::Member { .. });
        return Name::of(context, place).filter(|_| is_one_place);
    }
    let declarator = ast
        .ancestors(id)
        .find(|&above| !matches!(context.kind(above), Kind::Paren { .. } | Kind::Cast { .. }))?;
    match context.kind(declarator) {
        Kind::InitDeclarator { .. } => {
            let declared = context.function.scope().declared_by(declarator);
            declared.map(|variable| Name::of_variable(context, variable))
        }
        _ => None,
    }
}
