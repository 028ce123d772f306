//! From what a function did to what a caller has to know of it.
//!
//! Memory that a caller cannot name (the function's own variables, objects that it did not make and was
//! not given) is left out; a value in such memory is told as unknown.

use std::sync::Arc;

use super::ask::Ask;
use super::engine::{Engine, Record};
use super::environment::{AccessPath, Effect, PathStep, Root, Summary, SummaryAtom, SummaryValue};
use super::leads::Target;
use super::memory::{CellId, Object};
use super::origin::{Origin, OriginKind};
use super::scope::{Scope, Variable};
use super::value::{Atom, Value};
use crate::ast::{AssignOp, Ast, Kind, NodeId, UnaryOp};

impl Engine<'_> {
    /// What a call of this function does, by what was recorded of it.
    pub(super) fn summarise(&mut self, record: &Record) -> Summary {
        let mut summary = Summary { returns: self.exported(&record.returns), ..Summary::default() };
        summary.runs_unknown = record.runs_unknown;
        let Some(exit) = &record.exit else { return summary };
        for (cell, value) in exit.stored_cells() {
            // A store of what is no page changes nothing that a caller is asked about, and what calls may have
            // left is told by the writes below.
            let matters = value.iter().any(|(atom, _)| match atom {
                Atom::Null | Atom::Number | Atom::Written(..) | Atom::Lost(_) => false,
                Atom::Initial(from) => from != cell,
                Atom::Origin(_) | Atom::Address(_) | Atom::Called(_) => true,
            });
            let place = self.access_path(cell).filter(|place| matters && is_outside(place));
            if let Some(place) = place {
                summary.effects.push(Effect { place, value: self.exported(value) });
            }
        }
        for (cell, by) in exit.written_cells() {
            if let Some(place) = self.access_path(cell).filter(is_outside) {
                summary.writes.push((place, self.callee_text(by)));
            }
        }
        summary.iterators = (self.origins.iter())
            .map(|origin| (origin.clone(), self.iterator_parameter(origin)))
            .filter(|(origin, _)| matches!(origin.kind, OriginKind::Iterator(_)))
            .collect();
        summary
    }

    fn exported(&mut self, value: &Value) -> SummaryValue {
        let mut out = SummaryValue::new();
        for (atom, step) in value.iter() {
            let named = match atom {
                Atom::Origin(id) => Some(SummaryAtom::Origin(self.origin_of(id).clone())),
                Atom::Null => Some(SummaryAtom::Null),
                Atom::Number => Some(SummaryAtom::Number),
                Atom::Initial(cell) if self.is_empty_here(cell) => continue,
                Atom::Initial(cell) => self.access_path(cell).map(SummaryAtom::Initial),
                Atom::Address(cell) => self.access_path(cell).map(SummaryAtom::Address),
                Atom::Called(_) | Atom::Written(..) | Atom::Lost(_) => None,
            };
            let steps = self.trace(step);
            match named {
                Some(atom) => out.push((atom, steps)),
                None => {
                    let leads = self.leads(&Value::of(atom, step), &Vec::new());
                    out.extend(leads.into_iter().map(|lead| {
                        let origin = match lead.target {
                            Target::Known(origin) => origin,
                            Target::Open(ask) => Arc::new(self.pending(ask, atom)),
                        };
                        (SummaryAtom::Origin(origin), lead.steps)
                    }));
                }
            }
        }
        out
    }

    /// An origin that stands for a question to another function.
    fn pending(&self, ask: Ask, atom: Atom) -> Origin {
        Origin { kind: OriginKind::Pending(Arc::new(ask)), ..self.unknown(atom, None) }
    }

    /// Memory that the function made and stored nothing in: an allocator's result is told by its address.
    fn is_empty_here(&self, cell: CellId) -> bool {
        self.memory.starts_empty(cell)
    }

    /// An origin that says why it is not known.
    pub(super) fn unknown(&self, atom: Atom, node: Option<NodeId>) -> Origin {
        let ast = self.context.ast;
        let node = node.unwrap_or_else(|| ast.root());
        let why = self.why(atom);
        Origin {
            kind: OriginKind::Unknown(why.clone()),
            place: self.context.place(node),
            text: why,
            reference: None,
            upstream: Vec::new(),
        }
    }

    /// Why an atom is not a known origin.
    pub(super) fn why(&self, atom: Atom) -> String {
        let variable = |v: Variable| self.context.scope.data(v).name.clone();
        match atom {
            Atom::Origin(id) => self.origin_of(id).text.clone(),
            Atom::Null | Atom::Number => "computed, not a page that was followed".to_owned(),
            Atom::Initial(cell) => match self.memory.object_of(cell) {
                Object::Parameter(v) if self.memory.cell(cell).path.is_empty() => {
                    format!("parameter `{}`", variable(v))
                }
                Object::Result(node) | Object::After(node, _) => {
                    format!("what `{}` gives", self.callee_text(node))
                }
                _ => format!("`{}` as it was on entry", self.memory.describe(cell, &variable)),
            },
            Atom::Address(cell) => {
                format!("the address of `{}`", self.memory.describe(cell, &variable))
            }
            Atom::Called(node) => format!("what `{}` gives", self.callee_text(node)),
            Atom::Written(node, _) => {
                format!("`{}` may have stored here", self.callee_text(node))
            }
            Atom::Lost(_) => "too many calls may have stored here".to_owned(),
        }
    }

    /// `f()` for a call, else the text.
    fn callee_text(&self, node: NodeId) -> String {
        match self.context.ast.kind(node) {
            Kind::Call { callee, .. } => format!("{}()", self.context.text(callee)),
            _ => self.context.text(node),
        }
    }

    /// How a caller, or another function, can name the cell.
    pub(super) fn access_path(&self, cell: CellId) -> Option<AccessPath> {
        let is_whole = self.memory.cell(cell).path.is_empty();
        let mut access = match self.memory.object_of(cell) {
            Object::Parameter(variable) => {
                let index = self.context.scope.data(variable).parameter?;
                // A struct passed by value is a copy; its members are not the caller's.
                if !is_whole {
                    return None;
                }
                AccessPath { root: Root::Parameter(index), steps: Vec::new() }
            }
            Object::Global(name) => AccessPath {
                root: Root::Global(self.memory.text(name).to_owned()),
                steps: Vec::new(),
            },
            Object::Behind(pointer) => {
                let mut access = self.access_path(pointer)?;
                access.steps.push(PathStep::Follow);
                access
            }
            Object::Fresh(_) => AccessPath { root: Root::Made, steps: Vec::new() },
            Object::Local(_)
            | Object::Result(_)
            | Object::After(..)
            | Object::Beyond(_)
            | Object::Literal(_)
            | Object::Somewhere => return None,
        };
        access.steps.extend(self.member_steps(cell));
        Some(access)
    }

    /// The parameter that is the iterator of an origin, if it still is when the source is called.
    fn iterator_parameter(&self, origin: &Origin) -> Option<usize> {
        let OriginKind::Iterator(iterator) = &origin.kind else { return None };
        let node = self.context.ast.strip_parens(iterator.node?);
        let variable = self.context.scope.variable(node)?;
        let parameter = self.context.scope.data(variable).parameter?;
        (!self.is_assigned(variable)).then_some(parameter)
    }

    /// Whether the function gives the variable a value beside its initialiser, or takes its address.
    pub(super) fn is_assigned(&self, variable: Variable) -> bool {
        is_assigned(self.context.ast, self.context.scope, variable)
    }
}

/// Whether a function gives a variable a value beside its initialiser, or takes its address.
pub(super) fn is_assigned(ast: &Ast, scope: &Scope, variable: Variable) -> bool {
    let is_it = |id: NodeId| scope.variable(ast.strip_parens(id)) == Some(variable);
    ast.ids().any(|id| match ast.kind(id) {
        Kind::Assign { lhs, op: AssignOp::Assign | AssignOp::Compound(_), .. } => is_it(lhs),
        Kind::Unary { op, operand } => match op {
            UnaryOp::PostIncrement
            | UnaryOp::PostDecrement
            | UnaryOp::PreIncrement
            | UnaryOp::PreDecrement
            | UnaryOp::Address => is_it(operand),
            UnaryOp::Deref
            | UnaryOp::Plus
            | UnaryOp::Minus
            | UnaryOp::Complement
            | UnaryOp::Not => false,
        },
        Kind::Iterator { call, .. } => match ast.kind(call) {
            Kind::Call { args, .. } => ast.list(args).iter().any(|&arg| is_it(arg)),
            _ => false,
        },
        _ => false,
    })
}

/// Whether a caller can see a store there: a parameter itself is a copy.
fn is_outside(place: &AccessPath) -> bool {
    !(matches!(place.root, Root::Parameter(_)) && place.steps.is_empty())
}
