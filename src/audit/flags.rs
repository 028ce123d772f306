//! What flags a call gets, and whether its pages are written to.
//!
//! In: the argument with the flags. Out: [`Flags`]. A flag is there for sure where each value that the argument can have
//! holds it; what is put into a variable counts where it is put before the call on every way. A variable whose values
//! are not all seen, a parameter or one whose address is taken, may hold any other flag too.

use std::collections::{BTreeMap, BTreeSet};

use super::name::{Name, is_test};
use super::{Context, Transfer};
use crate::ast::{AssignOp, BinaryOp, Kind, LiteralKind, NodeId, UnaryOp};
use crate::cfg::Point;
use crate::provenance::{FlagNames, ReferenceKind, Variable};

/// What a call's flags say.
#[derive(Clone, Debug, Default)]
pub(super) struct Flags {
    /// What it is or may be called with, sorted.
    pub(super) names: Vec<String>,
    /// Which way the data goes.
    pub(super) transfer: Transfer,
    /// Where that depends on one condition: what is true where the pages are written to.
    pub(super) writes_when: Option<String>,
    /// What stands in the place of flags without being one.
    pub(super) number: Option<String>,
    /// How references are taken, where the flags say it.
    pub(super) reference: Option<ReferenceKind>,
}

/// The values that an expression can have.
#[derive(Clone, Debug, Default)]
struct Bits {
    /// What each of them holds.
    sure: BTreeSet<String>,
    /// What any of them holds.
    maybe: BTreeSet<String>,
    /// Whether one of them is not seen.
    open: bool,
    /// For a flag that only some hold: the condition, where it is one.
    when: BTreeMap<String, String>,
    number: Option<String>,
}

/// When a variable is changed on the way to a call.
enum Guard {
    /// On every way.
    Always,
    /// Where this is true.
    Under(String),
    /// On some ways.
    Sometimes,
}

/// The flags in the argument `given` of the call `call`.
pub(super) fn flags(context: Context<'_>, known: &FlagNames, call: NodeId, given: NodeId) -> Flags {
    let reader = Reader { context, known, call: point(context, call), at: call };
    let bits = reader.bits(given, &mut Vec::new());
    let writes = bits.maybe.contains(&known.write);
    let transfer = match bits.sure.contains(&known.write) {
        true => Transfer::Destination,
        false if !writes && !bits.open => Transfer::Source,
        false => Transfer::Unknown,
    };
    let depends = transfer == Transfer::Unknown && !bits.open;
    let is_sure =
        |name: &Option<String>| name.as_ref().is_some_and(|name| bits.sure.contains(name));
    Flags {
        transfer,
        writes_when: bits.when.get(&known.write).filter(|_| depends).cloned(),
        reference: match (is_sure(&known.pin), is_sure(&known.get)) {
            (true, false) => Some(ReferenceKind::Pin),
            (false, true) => Some(ReferenceKind::Get),
            _ => None,
        },
        number: bits.number,
        names: bits.maybe.into_iter().collect(),
    }
}

/// The argument that holds a flag, of a call whose place for them is not known.
pub(super) fn found(context: Context<'_>, known: &FlagNames, args: &[NodeId]) -> Option<NodeId> {
    let ast = context.function.ast();
    let is_flag = |id: NodeId| {
        context.kind(id) == Kind::Ident && context.text(id).starts_with(known.prefix.as_str())
    };
    let mut args = args.iter().copied();
    args.find(|&arg| std::iter::once(arg).chain(ast.descendants(arg)).any(is_flag))
}

fn point(context: Context<'_>, id: NodeId) -> Option<Point> {
    let (ast, cfg) = (context.function.ast(), context.function.cfg());
    std::iter::once(id).chain(ast.ancestors(id)).find_map(|node| cfg.point_of(ast, node))
}

struct Reader<'a> {
    context: Context<'a>,
    known: &'a FlagNames,
    call: Option<Point>,
    at: NodeId,
}

impl Reader<'_> {
    /// `open` are the variables that are being read.
    fn bits(&self, id: NodeId, open: &mut Vec<Variable>) -> Bits {
        let text = |id| one_line(&self.context.text(id));
        match self.context.kind(id) {
            Kind::Paren { inner } => self.bits(inner, open),
            Kind::Cast { operand, .. } => self.bits(operand, open),
            Kind::Literal(LiteralKind::Number) => self.number(&text(id)),
            Kind::Ident => self.name(id, &text(id), open),
            Kind::Binary { op: BinaryOp::BitOr | BinaryOp::Plus, lhs, rhs } => {
                self.bits(lhs, open).and(self.bits(rhs, open))
            }
            Kind::Binary { op, .. } if is_test(op) => self.truth(text(id)),
            Kind::Unary { op: UnaryOp::Not, .. } => self.truth(text(id)),
            Kind::Conditional { cond, then, other } => {
                let then = then.map_or_else(Bits::not_seen, |then| self.bits(then, open));
                either(Some(&text(cond)), then, self.bits(other, open))
            }
            // Some of what is in it, and perhaps more.
            _ => {
                let ast = self.context.function.ast();
                let own =
                    ast.descendants(id).filter(|&part| self.context.kind(part) == Kind::Ident);
                let mut all = Bits::not_seen();
                own.for_each(|part| all.maybe.extend(self.flag(&text(part))));
                if let Some(name) = Name::of(self.context, id) {
                    let values = name.values(self.context);
                    values.iter().for_each(|&value| all.maybe.extend(self.bits(value, open).maybe));
                }
                all
            }
        }
    }

    fn flag(&self, text: &str) -> Option<String> {
        text.starts_with(self.known.prefix.as_str()).then(|| text.to_owned())
    }

    fn number(&self, text: &str) -> Bits {
        let digits = text.trim_end_matches(['u', 'U', 'l', 'L']);
        let value = match digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
            Some(digits) => u64::from_str_radix(digits, 16),
            None => digits.parse(),
        };
        match (value, self.known.write_number) {
            (Ok(0), _) => Bits::default(),
            (Ok(value), Some(write)) => {
                let sure: BTreeSet<String> =
                    (value & write != 0).then(|| self.known.write.clone()).into_iter().collect();
                let number = Some(text.to_owned());
                Bits { maybe: sure.clone(), sure, number, ..Bits::default() }
            }
            _ => Bits { number: Some(text.to_owned()), ..Bits::not_seen() },
        }
    }

    /// A truth value is 1 or 0.
    fn truth(&self, text: String) -> Bits {
        let number = Some(text.clone());
        if self.known.write_number != Some(1) {
            return Bits { number, ..Bits::not_seen() };
        }
        let write = || self.known.write.clone();
        let (maybe, when) = ([write()].into(), [(write(), text)].into());
        Bits { maybe, when, number, ..Bits::default() }
    }

    fn name(&self, id: NodeId, text: &str, open: &mut Vec<Variable>) -> Bits {
        if let Some(flag) = self.flag(text) {
            return Bits { sure: [flag.clone()].into(), maybe: [flag].into(), ..Bits::default() };
        }
        let scope = self.context.function.scope();
        let Some(variable) = scope.variable(id) else { return Bits::not_seen() };
        // What it held before is in it already.
        if open.contains(&variable) {
            return Bits::default();
        }
        open.push(variable);
        let bits = self.variable(variable, open);
        open.pop();
        bits
    }

    /// What the function puts into a variable, one after the other as it is written.
    fn variable(&self, variable: Variable, open: &mut Vec<Variable>) -> Bits {
        let ast = self.context.function.ast();
        let scope = self.context.function.scope();
        let data = scope.data(variable);
        let is_it = |id: NodeId| scope.variable(ast.strip_parens(id)) == Some(variable);
        let mut changes: Vec<(NodeId, Option<BinaryOp>, NodeId)> = Vec::new();
        let mut is_seen = data.parameter.is_none() && !data.is_static;
        for id in ast.ids() {
            match self.context.kind(id) {
                Kind::Assign { op: AssignOp::Assign, lhs, rhs } if is_it(lhs) => {
                    changes.push((id, None, rhs));
                }
                Kind::Assign { op: AssignOp::Compound(op), lhs, rhs } if is_it(lhs) => {
                    changes.push((id, Some(op), rhs));
                }
                Kind::InitDeclarator { init: Some(init), .. }
                    if scope.declared_by(id) == Some(variable) =>
                {
                    changes.push((id, None, init));
                }
                Kind::Unary { op, operand } if is_it(operand) && changes_operand(op) => {
                    is_seen = false;
                }
                _ => {}
            }
        }
        changes.sort_by_key(|&(id, ..)| ast.tokens(id).start);
        let mut held: Option<Bits> = (!is_seen).then(Bits::not_seen);
        for (id, op, value) in changes {
            let new = self.bits(value, open);
            let before = held.take();
            held = Some(match (op, before, self.guard(id)) {
                (None, None, Guard::Always) => new,
                // Where it holds nothing yet, anything may be there.
                (_, None, _) => Bits::not_seen().and(new),
                (Some(BinaryOp::BitOr), Some(before), Guard::Always) => before.and(new),
                (Some(BinaryOp::BitOr), Some(before), Guard::Under(when)) => {
                    before.and(either(Some(&when), new, Bits::default()))
                }
                (Some(BinaryOp::BitOr), Some(before), Guard::Sometimes) => {
                    before.and(either(None, new, Bits::default()))
                }
                (Some(_), Some(before), _) => {
                    Bits { open: true, sure: BTreeSet::new(), when: BTreeMap::new(), ..before }
                }
                (None, Some(before), _) if self.mentions(value, variable) => {
                    before.and(either(None, new, Bits::default()))
                }
                (None, Some(before), Guard::Under(when)) => either(Some(&when), new, before),
                (None, Some(before), _) => either(None, new, before),
            });
        }
        held.unwrap_or_else(Bits::not_seen)
    }

    fn mentions(&self, id: NodeId, variable: Variable) -> bool {
        let scope = self.context.function.scope();
        let ast = self.context.function.ast();
        let mut parts = std::iter::once(id).chain(ast.descendants(id));
        parts.any(|part| scope.variable(part) == Some(variable))
    }

    /// When a change is made, of those ways that lead to the call.
    fn guard(&self, change: NodeId) -> Guard {
        let ast = self.context.function.ast();
        let Some((own, call)) = point(self.context, change).zip(self.call) else {
            return Guard::Sometimes;
        };
        if self.context.function.cfg().dominators().dominates(own, call) {
            return Guard::Always;
        }
        if ast.tokens(change).start > ast.tokens(self.at).start {
            return Guard::Sometimes;
        }
        let around = |&above: &NodeId| ast.tokens(above).covers(ast.tokens(self.at));
        let mut found = None;
        for above in ast.ancestors(change).take_while(|above| !around(above)) {
            match self.context.kind(above) {
                Kind::If { cond, then, .. } if found.is_none() => {
                    let cond = one_line(&self.context.text(cond));
                    let is_then = ast.tokens(then).covers(ast.tokens(change));
                    found = Some(if is_then { cond } else { negated(&cond) });
                }
                Kind::Compound { .. } | Kind::ExprStatement { .. } => {}
                _ => return Guard::Sometimes,
            }
        }
        found.map_or(Guard::Sometimes, Guard::Under)
    }
}

impl Bits {
    fn not_seen() -> Bits {
        Bits { open: true, ..Bits::default() }
    }

    /// Both at once.
    fn and(mut self, mut other: Bits) -> Bits {
        // A flag that may come from the other side depends on more than one thing.
        self.when.retain(|flag, _| !other.maybe.contains(flag));
        other.when.retain(|flag, _| !self.maybe.contains(flag));
        self.when.extend(other.when);
        self.sure.extend(other.sure);
        self.maybe.extend(other.maybe);
        self.open |= other.open;
        self.number = self.number.or(other.number);
        self
    }
}

/// One where `condition` is true, the other where it is not.
fn either(condition: Option<&str>, one: Bits, other: Bits) -> Bits {
    let mut when = BTreeMap::new();
    for flag in one.maybe.union(&other.maybe) {
        let told = match condition {
            Some(condition) if one.sure.contains(flag) && !other.maybe.contains(flag) => {
                condition.to_owned()
            }
            Some(condition) if other.sure.contains(flag) && !one.maybe.contains(flag) => {
                negated(condition)
            }
            _ => continue,
        };
        when.insert(flag.clone(), told);
    }
    Bits {
        sure: one.sure.intersection(&other.sure).cloned().collect(),
        maybe: one.maybe.union(&other.maybe).cloned().collect(),
        open: one.open || other.open,
        when,
        number: one.number.or(other.number),
    }
}

fn negated(condition: &str) -> String {
    let is_plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_->.".contains(&byte))
    };
    match condition.strip_prefix('!') {
        Some(rest) if is_plain(rest) => rest.to_owned(),
        _ if is_plain(condition) => format!("!{condition}"),
        _ => format!("!({condition})"),
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the operand may be something else after it, here or elsewhere.
fn changes_operand(op: UnaryOp) -> bool {
    matches!(
        op,
        UnaryOp::Address
            | UnaryOp::PreIncrement
            | UnaryOp::PreDecrement
            | UnaryOp::PostIncrement
            | UnaryOp::PostDecrement
    )
}
