//! From statements to points and edges.
//!
//! One walk over the body. The *frontier* is the set of edges whose source is known and whose target is
//! the next point to be made; a statement takes it and leaves the one behind it. Jumps to labels are
//! filled in at the end.

use std::collections::BTreeSet;

use bstr::ByteSlice;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use super::arms::Arms;
use super::{Cfg, Edge, EdgeKind, Point, PointData, PointKind, order};
use crate::ast::{Ast, BinaryOp, Kind, Label, List, NodeId};
use crate::lex::{LexedFile, TokenId};

/// The names of functions and macros that do not come back: `BUG`, `panic`. They are data, not code.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoReturn(BTreeSet<String>);

impl NoReturn {
    /// Whether a call of `name` does not come back.
    pub fn contains(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

impl<S: Into<String>> FromIterator<S> for NoReturn {
    fn from_iter<I: IntoIterator<Item = S>>(names: I) -> NoReturn {
        NoReturn(names.into_iter().map(Into::into).collect())
    }
}

/// Builds the graph of `function`, a [`Kind::Function`]; any other node is taken as a body.
pub fn build(ast: &Ast, file: &LexedFile, function: NodeId, no_return: &NoReturn) -> Cfg {
    let mut builder = Builder {
        ast,
        file,
        no_return,
        points: Vec::new(),
        edges: Vec::new(),
        labels: FxHashMap::default(),
        jumps: Vec::new(),
        computed: Vec::new(),
        targets: Vec::new(),
    };
    builder.make(PointKind::Entry, function, function);
    builder.make(PointKind::Exit, function, function);
    let body = match ast.kind(function) {
        Kind::Function { body, .. } => body,
        _ => function,
    };
    let end = builder.statement(body, SmallVec::from_slice(&[(Cfg::ENTRY, EdgeKind::Next)]));
    builder.connect(&end, Cfg::EXIT);
    builder.fill_in_jumps(function);
    builder.finish()
}

/// Edges that wait for their target.
pub(super) type Frontier = SmallVec<[(Point, EdgeKind); 4]>;

/// Where `break`, `continue`, `case` and `default` lead to.
struct Target {
    kind: TargetKind,
    breaks: Frontier,
}

enum TargetKind {
    Loop { continues: Frontier },
    Switch { head: Point, has_default: bool },
}

struct Builder<'a> {
    ast: &'a Ast,
    file: &'a LexedFile,
    no_return: &'a NoReturn,
    points: Vec<PointData>,
    edges: Vec<(Point, Point, EdgeKind)>,
    labels: FxHashMap<Vec<u8>, Point>,
    jumps: Vec<(Point, TokenId)>,
    computed: Vec<Point>,
    targets: Vec<Target>,
}

impl<'a> Builder<'a> {
    fn make(&mut self, kind: PointKind, node: NodeId, statement: NodeId) -> Point {
        let point = Point(self.points.len() as u32);
        self.points.push(PointData { kind, node, statement });
        point
    }

    fn connect(&mut self, from: &Frontier, to: Point) {
        self.edges.extend(from.iter().map(|&(point, kind)| (point, to, kind)));
    }

    /// Makes a point behind `from`; control goes on from it in one way.
    fn then(&mut self, from: &Frontier, kind: PointKind, node: NodeId, stmt: NodeId) -> Point {
        let point = self.make(kind, node, stmt);
        self.connect(from, point);
        point
    }

    fn after(&mut self, from: &Frontier, statement: NodeId) -> Frontier {
        let point = self.then(from, PointKind::After, statement, statement);
        next(point)
    }

    /// A point that evaluates `node`, after the statements inside of it.
    fn evaluate(
        &mut self,
        from: Frontier,
        kind: PointKind,
        node: NodeId,
        stmt: NodeId,
    ) -> Frontier {
        let from = self.nested(node, from);
        let point = self.then(&from, kind, node, stmt);
        if self.ends_here(node) { Frontier::new() } else { next(point) }
    }

    /// Whether `node` is a call that does not come back, and nothing else.
    fn ends_here(&self, node: NodeId) -> bool {
        let node = match self.ast.kind(node) {
            Kind::ExprStatement { expr: Some(expr), .. } => expr,
            _ => node,
        };
        let Kind::Call { callee, .. } = self.ast.kind(self.ast.strip_parens(node)) else {
            return false;
        };
        let text = self.file.range_text(self.ast.tokens(callee));
        text.to_str().is_ok_and(|name| self.no_return.contains(name))
    }

    fn statements(&mut self, items: &[NodeId], mut from: Frontier) -> Frontier {
        for &item in items {
            from = self.statement(item, from);
        }
        from
    }

    fn statement(&mut self, id: NodeId, from: Frontier) -> Frontier {
        match self.ast.kind(id) {
            Kind::Compound { items } | Kind::Fragment { items } => self.compound(id, items, from),
            Kind::Declaration { .. } | Kind::MacroDeclaration { .. } => {
                self.evaluate(from, PointKind::Declaration, id, id)
            }
            Kind::ExprStatement { expr: Some(_), .. } => {
                self.evaluate(from, PointKind::Expression, id, id)
            }
            Kind::ExprStatement { expr: None, .. } | Kind::StaticAssert { .. } => {
                next(self.then(&from, PointKind::Empty, id, id))
            }
            Kind::If { cond, then, other } => self.branch(id, cond, then, other, from),
            Kind::Switch { value, body } => self.switch(id, value, body, from),
            Kind::While { cond, body } => self.while_loop(id, cond, body, from),
            Kind::DoWhile { body, cond } => self.do_loop(id, body, cond, from),
            Kind::For { .. } => self.for_loop(id, from),
            Kind::Iterator { call, body } => self.iterator(id, call, body, from),
            Kind::Goto { label } => {
                let point = self.then(&from, PointKind::Goto, id, id);
                self.jumps.push((point, label));
                Frontier::new()
            }
            Kind::GotoComputed { target } => {
                let from = self.nested(target, from);
                let point = self.then(&from, PointKind::GotoComputed, id, id);
                self.computed.push(point);
                Frontier::new()
            }
            Kind::Continue => self.leave(id, PointKind::Continue, from),
            Kind::Break => self.leave(id, PointKind::Break, from),
            Kind::Return { value } => {
                let from = value.map_or(from.clone(), |value| self.nested(value, from));
                let point = self.then(&from, PointKind::Return, id, id);
                self.connect(&next(point), Cfg::EXIT);
                Frontier::new()
            }
            Kind::Asm => self.assembly(id, from),
            Kind::Labeled { label, body } => self.labeled(id, label, body, from),
            // A nested function is not run where it stands.
            Kind::Function { .. } => from,
            Kind::Opaque => next(self.then(&from, PointKind::Opaque, id, id)),
            _ => self.evaluate(from, PointKind::Expression, id, id),
        }
    }

    /// Statements in a row, with the conditionals between them.
    fn compound(&mut self, id: NodeId, items: List, mut from: Frontier) -> Frontier {
        let (ast, file) = (self.ast, self.file);
        let mut arms = Arms::default();
        let mut at = ast.tokens(id).start;
        for &item in ast.list(items) {
            let tokens = ast.tokens(item);
            from = arms.step(file, at, tokens.start, from);
            from = self.statement(item, from);
            at = tokens.end;
        }
        arms.step(file, at, ast.tokens(id).end, from)
    }

    fn branch(
        &mut self,
        id: NodeId,
        cond: NodeId,
        then: NodeId,
        other: Option<NodeId>,
        from: Frontier,
    ) -> Frontier {
        let head = self.condition(cond, id, from);
        let mut end = self.statement(then, one(head, EdgeKind::True));
        end.extend(match other {
            Some(other) => self.statement(other, one(head, EdgeKind::False)),
            None => one(head, EdgeKind::False),
        });
        self.after(&end, id)
    }

    fn condition(&mut self, cond: NodeId, statement: NodeId, from: Frontier) -> Point {
        let from = self.nested(cond, from);
        self.then(&from, PointKind::Condition, cond, statement)
    }

    fn switch(&mut self, id: NodeId, value: NodeId, body: NodeId, from: Frontier) -> Frontier {
        let from = self.nested(value, from);
        let head = self.then(&from, PointKind::SwitchHead, value, id);
        let kind = TargetKind::Switch { head, has_default: false };
        self.targets.push(Target { kind, breaks: Frontier::new() });
        let mut end = self.statement(body, Frontier::new());
        let target = self.targets.pop().expect("pushed above");
        end.extend(target.breaks);
        if let TargetKind::Switch { has_default: false, .. } = target.kind {
            end.push((head, EdgeKind::Default));
        }
        self.after(&end, id)
    }

    /// Runs the body of a loop; gives the frontier at its end, `continue`s included, and the `break`s.
    fn loop_body(&mut self, body: NodeId, from: Frontier) -> (Frontier, Frontier) {
        let kind = TargetKind::Loop { continues: Frontier::new() };
        self.targets.push(Target { kind, breaks: Frontier::new() });
        let mut end = self.statement(body, from);
        let target = self.targets.pop().expect("pushed above");
        if let TargetKind::Loop { continues } = target.kind {
            end.extend(continues);
        }
        (end, target.breaks)
    }

    /// The first point of a loop: a head of its own only where the condition cannot be it.
    fn loop_start(&mut self, id: NodeId, cond: Option<NodeId>, from: Frontier) -> (Point, Point) {
        match cond {
            Some(cond) if !self.has_nested(cond) => {
                let head = self.then(&from, PointKind::Condition, cond, id);
                (head, head)
            }
            Some(cond) => {
                let head = self.then(&from, PointKind::LoopHead, id, id);
                (head, self.condition(cond, id, next(head)))
            }
            None => {
                let head = self.then(&from, PointKind::LoopHead, id, id);
                (head, head)
            }
        }
    }

    fn while_loop(&mut self, id: NodeId, cond: NodeId, body: NodeId, from: Frontier) -> Frontier {
        let (head, test) = self.loop_start(id, Some(cond), from);
        let (end, mut out) = self.loop_body(body, one(test, EdgeKind::True));
        self.connect(&end, head);
        out.push((test, EdgeKind::False));
        self.after(&out, id)
    }

    fn do_loop(&mut self, id: NodeId, body: NodeId, cond: NodeId, from: Frontier) -> Frontier {
        let head = self.then(&from, PointKind::LoopHead, id, id);
        let (end, mut out) = self.loop_body(body, next(head));
        let test = self.condition(cond, id, end);
        self.connect(&one(test, EdgeKind::True), head);
        out.push((test, EdgeKind::False));
        self.after(&out, id)
    }

    fn for_loop(&mut self, id: NodeId, mut from: Frontier) -> Frontier {
        let Kind::For { init, cond, step, body } = self.ast.kind(id) else { return from };
        if let Some(init) = init {
            from = match self.ast.kind(init) {
                Kind::Declaration { .. } => self.evaluate(from, PointKind::Declaration, init, id),
                _ => self.evaluate(from, PointKind::Expression, init, id),
            };
        }
        let (head, test) = self.loop_start(id, cond, from);
        let entry = if cond.is_some() { one(test, EdgeKind::True) } else { next(test) };
        let (mut end, mut out) = self.loop_body(body, entry);
        if let Some(step) = step {
            end = self.evaluate(end, PointKind::Expression, step, id);
        }
        self.connect(&end, head);
        if cond.is_some() {
            out.push((test, EdgeKind::False));
        }
        self.after(&out, id)
    }

    fn iterator(&mut self, id: NodeId, call: NodeId, body: NodeId, from: Frontier) -> Frontier {
        let from = self.nested(call, from);
        let head = self.then(&from, PointKind::IteratorHead, call, id);
        let (end, mut out) = self.loop_body(body, one(head, EdgeKind::True));
        self.connect(&end, head);
        out.push((head, EdgeKind::False));
        self.after(&out, id)
    }

    /// `break` and `continue`; outside of any loop they lead to the exit, so that nothing is lost.
    fn leave(&mut self, id: NodeId, kind: PointKind, from: Frontier) -> Frontier {
        let point = self.then(&from, kind, id, id);
        let target = self.targets.iter_mut().rev().find_map(|target| match &mut target.kind {
            TargetKind::Loop { continues } if kind == PointKind::Continue => Some(continues),
            TargetKind::Switch { .. } if kind == PointKind::Continue => None,
            TargetKind::Loop { .. } | TargetKind::Switch { .. } => Some(&mut target.breaks),
        });
        match target {
            Some(edges) => edges.push((point, EdgeKind::Next)),
            None => self.connect(&next(point), Cfg::EXIT),
        }
        Frontier::new()
    }

    fn labeled(
        &mut self,
        id: NodeId,
        label: Label,
        body: Option<NodeId>,
        from: Frontier,
    ) -> Frontier {
        let kind = match label {
            Label::Name(_) => PointKind::Label,
            Label::Case(_) | Label::CaseRange(..) | Label::Default => PointKind::Case,
        };
        let point = self.then(&from, kind, id, id);
        if let Label::Name(name) = label {
            self.labels.insert(self.file.text(name).to_vec(), point);
        } else {
            self.enter_case(point, label);
        }
        body.map_or(next(point), |body| self.statement(body, next(point)))
    }

    fn enter_case(&mut self, point: Point, label: Label) {
        let is_default = matches!(label, Label::Default);
        let head = self.targets.iter_mut().rev().find_map(|target| match &mut target.kind {
            TargetKind::Switch { head, has_default } => {
                *has_default |= is_default;
                Some(*head)
            }
            TargetKind::Loop { .. } => None,
        });
        if let Some(head) = head {
            let kind = if is_default { EdgeKind::Default } else { EdgeKind::Case };
            self.edges.push((head, point, kind));
        }
    }

    /// `asm goto` names its labels after the operands: every identifier that is a label may be one.
    fn assembly(&mut self, id: NodeId, from: Frontier) -> Frontier {
        let point = self.then(&from, PointKind::Asm, id, id);
        let tokens = self.ast.tokens(id);
        let mut words = self.file.tokens.significant(tokens);
        if words.any(|token| self.file.is_word(token, "goto")) {
            self.jumps.extend(words.map(|token| (point, token)));
        }
        next(point)
    }

    fn has_nested(&self, id: NodeId) -> bool {
        self.ast.descendants(id).any(|id| is_nested(self.ast.kind(id)))
    }

    /// The statements inside of the expressions of `id`, the outermost ones.
    fn nested(&mut self, id: NodeId, mut from: Frontier) -> Frontier {
        let mut found = Vec::new();
        outermost_nested(self.ast, id, false, &mut found);
        for (nested, may_skip) in found {
            from = self.nested_statements(nested, may_skip, from);
        }
        from
    }

    fn nested_statements(&mut self, id: NodeId, may_skip: bool, from: Frontier) -> Frontier {
        let ast = self.ast;
        let head = self.then(&from, PointKind::Nested, id, id);
        match ast.kind(id) {
            Kind::StatementExpr { body } => {
                let mut end = self.statement(body, next(head));
                if may_skip {
                    end.push((head, EdgeKind::Next));
                }
                self.after(&end, id)
            }
            // The macro may run what it was given any number of times, never included.
            Kind::StatementArgument { items } => {
                let end = self.statements(ast.list(items), next(head));
                self.connect(&end, head);
                self.after(&next(head), id)
            }
            _ => next(head),
        }
    }

    fn fill_in_jumps(&mut self, function: NodeId) {
        for (from, label) in std::mem::take(&mut self.jumps) {
            let is_goto = self.points[from.index()].kind == PointKind::Goto;
            match self.labels.get(self.file.text(label).as_bytes()) {
                Some(&to) => self.edges.push((from, to, EdgeKind::Next)),
                // A label that is not there was lost in an opaque statement.
                None if is_goto => self.edges.push((from, Cfg::EXIT, EdgeKind::Next)),
                None => {}
            }
        }
        if self.computed.is_empty() {
            return;
        }
        let taken: BTreeSet<Point> = (self.ast.descendants(function))
            .filter_map(|id| match self.ast.kind(id) {
                Kind::LabelAddress { name } => self.labels.get(self.file.text(name).as_bytes()),
                _ => None,
            })
            .copied()
            .collect();
        for from in std::mem::take(&mut self.computed) {
            self.edges.extend(taken.iter().map(|&to| (from, to, EdgeKind::Next)));
        }
    }

    fn finish(mut self) -> Cfg {
        self.edges.sort();
        self.edges.dedup();
        let mut successors = vec![Vec::new(); self.points.len()];
        // `sort` puts targets before reasons; the promise is `true` before `false`.
        self.edges.sort_by_key(|&(from, to, kind)| (from, kind, to));
        for (from, to, kind) in self.edges {
            successors[from.index()].push(Edge { point: to, kind, back: false });
        }
        order::complete(self.points, successors)
    }
}

fn next(point: Point) -> Frontier {
    one(point, EdgeKind::Next)
}

fn one(point: Point, kind: EdgeKind) -> Frontier {
    SmallVec::from_slice(&[(point, kind)])
}

fn is_nested(kind: Kind) -> bool {
    matches!(kind, Kind::StatementExpr { .. } | Kind::StatementArgument { .. })
}

/// Collects them with whether a short circuit can step over them.
fn outermost_nested(ast: &Ast, id: NodeId, may_skip: bool, out: &mut Vec<(NodeId, bool)>) {
    let kind = ast.kind(id);
    if is_nested(kind) {
        out.push((id, may_skip));
        return;
    }
    let skipped_from = match kind {
        Kind::Binary { op: BinaryOp::And | BinaryOp::Or, .. } | Kind::Conditional { .. } => 1,
        // Not evaluated at all, but harmless as something that can be stepped over.
        Kind::SizeofExpr { .. } | Kind::AlignofExpr { .. } | Kind::Typeof { .. } => 0,
        _ => usize::MAX,
    };
    for (index, child) in ast.children(id).into_iter().enumerate() {
        outermost_nested(ast, child, may_skip || index >= skipped_from, out);
    }
}
