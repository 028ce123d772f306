//! The transfer of a point: expressions evaluated for their value and for what they store.
//!
//! Requires: a graph whose statement expressions have points of their own. Gives: the state behind the
//! point. What is evaluated under `&&`, `||` or `?:` may not run, so its stores are joined and not
//! overwritten. Pointer arithmetic stays in the same array; which operand is the pointer is told by the
//! declared types, and where they do not say by C's habit of writing it first.

use smallvec::SmallVec;

use super::engine::{AdderEvent, AdderShape, Engine, Step, StoreEvent};
use super::memory::{CellId, Object, State};
use super::origin::Role;
use super::scope::{Type, type_name};
use super::value::{Atom, Value};
use crate::ast::{AssignOp, BinaryOp, Kind, List, LiteralKind, NodeId, UnaryOp};
use crate::cfg::{Point, PointKind};
use crate::lex::TokenKind;

/// The places an lvalue may be.
pub(super) type Places = SmallVec<[CellId; 2]>;

/// Where evaluation stands: the state it changes and the point it belongs to.
pub(super) struct Frame<'s> {
    pub(super) state: &'s mut State,
    pub(super) point: Point,
}

impl Engine<'_> {
    /// Changes `state` to what holds behind `point`.
    pub(super) fn transfer(&mut self, point: Point, state: &mut State) {
        let node = self.context.cfg.node(point);
        let mut frame = Frame { state, point };
        match self.context.cfg.kind(point) {
            PointKind::Asm | PointKind::Opaque => self.opaque(node, &mut frame),
            PointKind::IteratorHead => self.iterator_head(node, &mut frame),
            PointKind::Return => {
                if let Kind::Return { value: Some(value) } = self.context.ast.kind(node) {
                    let value = self.value(value, &mut frame);
                    let value = self.moved(value, node, Role::Return);
                    if let Some(record) = &mut self.record {
                        record.returns.join(&value);
                    }
                }
            }
            _ => {
                self.value(node, &mut frame);
            }
        }
    }

    /// Unparsed statements and assembly may store to every variable they name and to all behind it.
    fn opaque(&mut self, node: NodeId, frame: &mut Frame<'_>) {
        let file = self.context.file;
        let tokens = file.tokens.significant(self.context.ast.tokens(node));
        let names: Vec<String> = tokens
            .filter(|&token| file.tokens.kind(token) == TokenKind::Ident)
            .map(|token| file.text(token).to_string())
            .collect();
        let scope = self.context.scope;
        let named = scope.variables().filter(|(_, data)| names.contains(&data.name));
        let cells: Vec<CellId> =
            named.map(|(variable, _)| variable).map(|v| self.variable_cell(v)).collect();
        frame.state.write_all(&mut self.memory, &cells, node, Engine::START);
    }

    /// An iterator macro may give any variable it is handed a new value.
    fn iterator_head(&mut self, node: NodeId, frame: &mut Frame<'_>) {
        let Kind::Call { args, .. } = self.context.ast.kind(node) else {
            self.value(node, frame);
            return;
        };
        for &arg in self.context.ast.list(args) {
            self.value(arg, frame);
            if let Some(cell) = self.plain_variable(arg) {
                let step = self.step(Step::At(node, Role::Assign, Engine::START));
                let value = Value::of(Atom::Called(node), step);
                frame.state.add(&mut self.memory, cell, &value, Engine::START);
                // A struct variable is given its members, of which nothing is known.
                frame.state.write_all_members(&mut self.memory, cell, node, step);
            }
        }
    }

    /// The cell of an argument that is nothing but a variable and no array.
    fn plain_variable(&mut self, arg: NodeId) -> Option<CellId> {
        let variable = self.context.scope.variable(self.context.ast.strip_parens(arg))?;
        let is_array = self.context.scope.data(variable).ty.arrays > 0;
        (!is_array).then(|| self.variable_cell(variable))
    }

    fn number(&self) -> Value {
        Value::of(Atom::Number, Engine::START)
    }

    pub(super) fn null(&self) -> Value {
        Value::of(Atom::Null, Engine::START)
    }

    /// Evaluates `id`: an expression, or a statement for what it stores.
    pub(super) fn value(&mut self, id: NodeId, frame: &mut Frame<'_>) -> Value {
        let ast = self.context.ast;
        match ast.kind(id) {
            Kind::Ident => self.identifier(id, frame),
            Kind::Literal(LiteralKind::Number) if self.context.text(id) == "0" => self.null(),
            Kind::Literal(_)
            | Kind::SizeofType { .. }
            | Kind::SizeofExpr { .. }
            | Kind::AlignofType { .. }
            | Kind::AlignofExpr { .. }
            | Kind::LabelAddress { .. }
            | Kind::TypeArgument { .. }
            | Kind::Absent => self.number(),
            Kind::Member { base, .. } if !self.can_matter(id) => {
                self.value(base, frame);
                self.number()
            }
            Kind::Member { .. } => {
                let places = self.places(id, frame);
                if self.context.members.get(&id).is_some_and(|member| member.is_array) {
                    return self.addresses_of_elements(&places);
                }
                self.load(&places, frame)
            }
            Kind::Index { .. } => {
                let places = self.places(id, frame);
                self.load(&places, frame)
            }
            Kind::Unary { op, operand } => self.unary(id, op, operand, frame),
            Kind::Call { callee, args } => self.call(id, callee, args, frame),
            Kind::CompoundLiteral { ty, init } => {
                let ty = type_name(ast, self.context.file, ty);
                let cell = self.memory.whole(Object::Literal(id));
                self.initialise(cell, &ty, init, frame);
                Value::of(Atom::Address(cell), Engine::START)
            }
            Kind::Cast { operand, .. } => self.value(operand, frame),
            Kind::Paren { inner } => self.value(inner, frame),
            Kind::Binary { op, lhs, rhs } => self.binary(op, lhs, rhs, frame),
            Kind::Assign { op, lhs, rhs } => self.assignment(id, op, lhs, rhs, frame),
            Kind::Conditional { cond, then, other } => self.conditional(cond, then, other, frame),
            Kind::Comma { exprs } => {
                let mut last = Value::default();
                for &expr in ast.list(exprs) {
                    last = self.value(expr, frame);
                }
                last
            }
            // Its statements have been run by points of their own; only the last one's value is wanted.
            Kind::StatementExpr { body } => match ast.kind(body) {
                Kind::Compound { items } => match ast.list(items).last().map(|&l| ast.kind(l)) {
                    Some(Kind::ExprStatement { expr: Some(expr), .. }) => self.value(expr, frame),
                    _ => self.number(),
                },
                _ => self.number(),
            },
            Kind::Generic { control, arms } => {
                self.value(control, frame);
                self.any_of(ast.list(arms), frame)
            }
            Kind::GenericArm { value, .. } => self.value(value, frame),
            Kind::Opaque => {
                self.opaque(id, frame);
                Value::of(Atom::Called(id), Engine::START)
            }
            Kind::ExprStatement { expr, .. } => {
                expr.map_or(Value::default(), |expr| self.value(expr, frame))
            }
            Kind::Declaration { declarators, .. } => {
                for &declarator in ast.list(declarators) {
                    self.declaration(declarator, frame);
                }
                Value::default()
            }
            Kind::MacroDeclaration { call, init, .. } => self.macro_declaration(call, init, frame),
            Kind::GotoComputed { target } => self.value(target, frame),
            _ => {
                self.any_of(&ast.children(id), frame);
                self.number()
            }
        }
    }

    /// One of these is evaluated, it is not known which.
    fn any_of(&mut self, ids: &[NodeId], frame: &mut Frame<'_>) -> Value {
        let mut out = Value::default();
        for &id in ids {
            out.join(&self.maybe(id, frame));
        }
        out
    }

    /// Evaluates something that may not run.
    fn maybe(&mut self, id: NodeId, frame: &mut Frame<'_>) -> Value {
        let before = frame.state.clone();
        let value = self.value(id, frame);
        if *frame.state != before {
            frame.state.join(&mut self.memory, &before, Engine::START);
        }
        value
    }

    fn identifier(&mut self, id: NodeId, frame: &mut Frame<'_>) -> Value {
        let Some(variable) = self.context.scope.variable(id) else {
            let name = self.context.text(id);
            if self.stands_for_nothing(&name) {
                return self.null();
            }
            let cell = self.file_variable(&name);
            return self.load(&[cell], frame);
        };
        let ty = &self.context.scope.data(variable).ty;
        if ty.is_small_number() {
            return self.number();
        }
        let cell = self.variable_cell(variable);
        // A parameter written as an array is a pointer.
        if ty.arrays > 0 && self.context.scope.data(variable).parameter.is_none() {
            return Value::of(Atom::Address(cell), Engine::START);
        }
        frame.state.load(&mut self.memory, cell, Engine::START)
    }

    pub(super) fn load(&mut self, places: &[CellId], frame: &Frame<'_>) -> Value {
        let mut out = Value::default();
        for &cell in places {
            out.join(&frame.state.load(&mut self.memory, cell, Engine::START));
            out.join(&self.stored_through_another_name(cell, frame.state));
        }
        if places.is_empty() {
            out.insert(Atom::Number, Engine::START);
        }
        out
    }

    /// The places that the lvalue `id` may be.
    pub(super) fn places(&mut self, id: NodeId, frame: &mut Frame<'_>) -> Places {
        let ast = self.context.ast;
        match ast.kind(id) {
            Kind::Ident => match self.context.scope.variable(id) {
                Some(variable) => Places::from_slice(&[self.variable_cell(variable)]),
                None => Places::from_slice(&[self.file_variable(&self.context.text(id))]),
            },
            Kind::Member { base, arrow, name } => {
                let bases = if arrow {
                    let value = self.value(base, frame);
                    self.memory.targets(&value)
                } else {
                    self.places(base, frame)
                };
                if let Some(member) = self.context.members.get(&id) {
                    for &base in &bases {
                        self.records.entry(base).or_insert_with(|| member.record.clone());
                    }
                }
                let name = self.memory.name(&self.context.file.text(name).to_string());
                let places: Places =
                    bases.iter().map(|&base| self.memory.below(base, &[name])).collect();
                self.note_siblings(id, &bases, &places);
                places
            }
            Kind::Index { base, index } => {
                let value = self.value(base, frame);
                self.value(index, frame);
                let targets = self.memory.targets(&value);
                if self.context.text(index) != "0" {
                    self.smear(&targets);
                }
                targets
            }
            Kind::Unary { op: UnaryOp::Deref, operand } => {
                let value = self.value(operand, frame);
                self.memory.targets(&value)
            }
            Kind::Paren { inner } => self.places(inner, frame),
            Kind::Cast { operand, .. } => self.places(operand, frame),
            Kind::CompoundLiteral { .. } => {
                let value = self.value(id, frame);
                self.memory.targets(&value)
            }
            Kind::Conditional { then: Some(then), other, cond } => {
                self.value(cond, frame);
                let mut out = self.places(then, frame);
                out.extend(self.places(other, frame));
                out
            }
            Kind::Comma { exprs } => {
                let mut out = Places::new();
                for &expr in ast.list(exprs) {
                    out = self.places(expr, frame);
                }
                out
            }
            // A struct that an expression gives: its members are where the pointers of its value lead.
            _ => {
                let value = self.value(id, frame);
                self.memory.targets(&value)
            }
        }
    }

    /// The elements of an array member lie where a pointer in its place would lead, whatever it holds.
    fn addresses_of_elements(&mut self, arrays: &[CellId]) -> Value {
        let mut out = Value::default();
        for &array in arrays {
            let elements = self.memory.whole(Object::Behind(array));
            out.insert(Atom::Address(elements), Engine::START);
        }
        out
    }

    /// Whether the lvalue is a variable in which no pointer fits: it is not followed.
    fn is_small_number(&self, lhs: NodeId) -> bool {
        let variable = self.context.scope.variable(self.context.ast.strip_parens(lhs));
        variable.is_some_and(|variable| self.context.scope.data(variable).ty.is_small_number())
    }

    /// Whether a member access can give a page, or lead to one, by the member's type.
    fn can_matter(&self, id: NodeId) -> bool {
        self.context.members.get(&id).is_none_or(|member| member.matters)
    }

    pub(super) fn smear(&mut self, cells: &[CellId]) {
        for &cell in cells {
            self.memory.smear(cell);
        }
    }

    fn unary(&mut self, id: NodeId, op: UnaryOp, operand: NodeId, frame: &mut Frame<'_>) -> Value {
        match op {
            UnaryOp::Address => {
                let places = self.places(operand, frame);
                let mut out = Value::default();
                for cell in places {
                    out.insert(Atom::Address(cell), Engine::START);
                }
                out
            }
            UnaryOp::Deref => {
                let places = self.places(id, frame);
                self.load(&places, frame)
            }
            UnaryOp::PostIncrement
            | UnaryOp::PostDecrement
            | UnaryOp::PreIncrement
            | UnaryOp::PreDecrement => {
                let value = self.value(operand, frame);
                if self.is_pointer(operand) != Some(false) {
                    let targets = self.memory.targets(&value);
                    self.smear(&targets);
                }
                value
            }
            UnaryOp::Plus | UnaryOp::Minus | UnaryOp::Complement | UnaryOp::Not => {
                self.value(operand, frame);
                self.number()
            }
        }
    }

    fn binary(&mut self, op: BinaryOp, lhs: NodeId, rhs: NodeId, frame: &mut Frame<'_>) -> Value {
        let left = self.value(lhs, frame);
        let right = match op {
            BinaryOp::And | BinaryOp::Or => self.maybe(rhs, frame),
            _ => self.value(rhs, frame),
        };
        match op {
            BinaryOp::Plus | BinaryOp::Minus => {
                let left_is_number = self.is_pointer(lhs) == Some(false);
                let take_right = self.is_pointer(rhs) == Some(true) || left_is_number;
                let (pointer, is_number) = if take_right && op == BinaryOp::Plus {
                    (right, self.is_pointer(rhs) == Some(false))
                } else {
                    (left, left_is_number)
                };
                if is_number {
                    return self.number();
                }
                let targets = self.memory.targets(&pointer);
                self.smear(&targets);
                pointer
            }
            _ => self.number(),
        }
    }

    fn conditional(
        &mut self,
        cond: NodeId,
        then: Option<NodeId>,
        other: NodeId,
        frame: &mut Frame<'_>,
    ) -> Value {
        let mut value = self.value(cond, frame);
        if let Some(then) = then {
            value = self.maybe(then, frame);
        }
        value.join(&self.maybe(other, frame));
        value
    }

    fn assignment(
        &mut self,
        id: NodeId,
        op: AssignOp,
        lhs: NodeId,
        rhs: NodeId,
        frame: &mut Frame<'_>,
    ) -> Value {
        let value = self.value(rhs, frame);
        if !self.can_matter(self.context.ast.strip_parens(lhs)) {
            self.value(lhs, frame);
            return self.number();
        }
        let places = self.places(lhs, frame);
        if self.is_small_number(lhs) {
            return self.number();
        }
        match op {
            AssignOp::Assign => {
                let role =
                    if self.plain_variable(lhs).is_some() { Role::Assign } else { Role::Store };
                let value = self.moved(value, id, role);
                self.store(&places, &value, frame);
                self.copy_members(rhs, &places, frame);
                self.note_member_store(lhs, rhs, &value, frame);
                value
            }
            AssignOp::Compound(_) => {
                if self.is_pointer(lhs) != Some(false) {
                    let old = self.load(&places, frame);
                    let targets = self.memory.targets(&old);
                    self.smear(&targets);
                }
                self.load(&places, frame)
            }
        }
    }

    /// Stores `value` to one of `places`.
    pub(super) fn store(&mut self, places: &[CellId], value: &Value, frame: &mut Frame<'_>) {
        self.note_store(places, value);
        match places {
            [one] if self.memory.is_definite(*one) => {
                frame.state.overwrite(&self.memory, *one, value.clone());
            }
            _ => {
                for &cell in places {
                    frame.state.add(&mut self.memory, cell, value, Engine::START);
                }
            }
        }
    }

    /// Members of a union that have one type are one place.
    fn note_siblings(&mut self, id: NodeId, bases: &[CellId], places: &[CellId]) {
        let Some(member) = self.context.members.get(&id) else { return };
        for (&base, &place) in bases.iter().zip(places) {
            if !member.siblings.is_empty() && self.memory.siblings(place).is_empty() {
                let mut cells = Vec::new();
                for name in &member.siblings {
                    let name = self.memory.name(name);
                    cells.push(self.memory.below(base, &[name]));
                }
                self.memory.set_siblings(place, cells);
            }
        }
    }

    /// Remembers a store for those who ask for the member from elsewhere.
    pub(super) fn note_store(&mut self, places: &[CellId], value: &Value) {
        if let Some(record) = &mut self.record {
            let shared = places.iter().flat_map(|&cell| self.memory.siblings(cell));
            let event = |&cell: &CellId| StoreEvent { cell, value: value.clone() };
            record.stores.extend(places.iter().chain(shared).map(event));
        }
    }

    /// After `*a = *b` the members of `a` hold what those of `b` held.
    fn copy_members(&mut self, rhs: NodeId, places: &[CellId], frame: &mut Frame<'_>) {
        let rhs = self.context.ast.strip_parens(rhs);
        let from = match self.context.ast.kind(rhs) {
            Kind::Ident | Kind::Member { .. } | Kind::Index { .. } => self.places(rhs, frame),
            Kind::Unary { op: UnaryOp::Deref, .. } => self.places(rhs, frame),
            Kind::CompoundLiteral { .. } => {
                let cell = self.memory.whole(Object::Literal(rhs));
                // The literal's own cell is the struct's value here, not its address.
                let whole = frame.state.load(&mut self.memory, cell, Engine::START);
                self.store(places, &whole, frame);
                Places::from_slice(&[cell])
            }
            _ => return,
        };
        self.copy_cells(&from, places, frame);
    }

    fn copy_cells(&mut self, from: &[CellId], to: &[CellId], frame: &mut Frame<'_>) {
        for &target in to {
            let definite = to.len() == 1 && from.len() == 1 && self.memory.is_definite(target);
            for &source in from {
                if source != target {
                    let memory = &mut self.memory;
                    frame.state.copy_below(memory, source, target, definite, Engine::START);
                }
            }
        }
    }

    /// `memcpy()`: cells and members, never sure of how many.
    pub(super) fn copy_memory(&mut self, from: &Value, to: &Value, frame: &mut Frame<'_>) {
        let (from, to) = (self.memory.targets(from), self.memory.targets(to));
        for &target in &to {
            for &source in &from {
                let value = frame.state.load(&mut self.memory, source, Engine::START);
                self.note_store(&[target], &value);
                frame.state.add(&mut self.memory, target, &value, Engine::START);
                frame.state.copy_below(&mut self.memory, source, target, false, Engine::START);
            }
        }
    }

    /// Notes `bv->bv_page = page`.
    fn note_member_store(&mut self, lhs: NodeId, page: NodeId, value: &Value, frame: &Frame<'_>) {
        let lhs = self.context.ast.strip_parens(lhs);
        let Kind::Member { name, .. } = self.context.ast.kind(lhs) else { return };
        let name = self.memory.name(&self.context.file.text(name).to_string());
        if self.adder_members.contains(&name) {
            self.note_adder(AdderShape::Store, lhs, page, value.clone(), frame.point);
        }
    }

    pub(super) fn note_adder(
        &mut self,
        shape: AdderShape,
        node: NodeId,
        page: NodeId,
        value: Value,
        point: Point,
    ) {
        if let Some(record) = &mut self.record {
            record.adders.push(AdderEvent { shape, node, page, value, point });
        }
    }

    fn declaration(&mut self, declarator: NodeId, frame: &mut Frame<'_>) {
        let Some(variable) = self.context.scope.declared_by(declarator) else { return };
        let cell = self.variable_cell(variable);
        let data = self.context.scope.data(variable);
        if data.is_static {
            return;
        }
        frame.state.forget(&self.memory, cell);
        let Kind::InitDeclarator { init: Some(init), .. } = self.context.ast.kind(declarator)
        else {
            return;
        };
        if matches!(self.context.ast.kind(init), Kind::InitList { .. }) {
            self.initialise(cell, &data.ty, init, frame);
            return;
        }
        let value = self.value(init, frame);
        if data.ty.is_small_number() {
            return;
        }
        let value = self.moved(value, declarator, Role::Assign);
        frame.state.overwrite(&self.memory, cell, value);
        self.copy_members(init, &[cell], frame);
    }

    /// `DEFINE_X(name, …)` gives `name` something that is not known.
    fn macro_declaration(
        &mut self,
        call: NodeId,
        init: Option<NodeId>,
        frame: &mut Frame<'_>,
    ) -> Value {
        let Kind::Call { args, .. } = self.context.ast.kind(call) else { return self.number() };
        for &arg in self.context.ast.list(args) {
            match self.context.scope.declared_by(arg) {
                Some(variable) => {
                    let cell = self.variable_cell(variable);
                    let value = Value::of(Atom::Called(call), Engine::START);
                    frame.state.overwrite(&self.memory, cell, value);
                }
                None => {
                    self.value(arg, frame);
                }
            }
        }
        init.map_or(self.number(), |init| self.value(init, frame))
    }

    /// Runs `{ .a = x, y, [2] = z }` on `cell`; what it does not name is zero.
    fn initialise(&mut self, cell: CellId, ty: &Type, init: NodeId, frame: &mut Frame<'_>) {
        let Kind::InitList { items } = self.context.ast.kind(init) else { return };
        frame.state.overwrite(&self.memory, cell, self.null());
        self.initialise_items(cell, ty, items, frame);
    }

    fn initialise_items(&mut self, cell: CellId, ty: &Type, items: List, frame: &mut Frame<'_>) {
        let ast = self.context.ast;
        for (index, &item) in ast.list(items).iter().enumerate() {
            let Kind::InitItem { designators, value } = ast.kind(item) else { continue };
            let (mut place, mut around) = (cell, cell);
            let mut member = None;
            let info = self.context.members.get(&item);
            for &designator in ast.list(designators) {
                if let Kind::MemberDesignator { name } = ast.kind(designator) {
                    let name = self.memory.name(&self.context.file.text(name).to_string());
                    around = place;
                    place = self.memory.below(place, &[name]);
                    member = Some(name);
                }
            }
            if designators.is_empty()
                && ty.arrays == 0
                && let Some(name) = self.positional_member(ty, index, item)
            {
                place = self.memory.below(place, &[name]);
                member = Some(name);
            }
            if let (Some(info), Some(_)) = (info, member) {
                self.records.entry(around).or_insert_with(|| info.record.clone());
            }
            if let Kind::InitList { items } = ast.kind(value) {
                let element = Type { arrays: 0, ..ty.clone() };
                let inner = if member.is_some() { Type::default() } else { element };
                self.initialise_items(place, &inner, items, frame);
                continue;
            }
            let page = self.value(value, frame);
            let page = self.moved(page, item, Role::Store);
            self.store(&[place], &page, frame);
            if member.is_some_and(|name| self.adder_members.contains(&name)) {
                self.note_adder(AdderShape::Initialiser, item, value, page, frame.point);
            }
        }
    }

    /// The member at `index` of a struct whose members matter; others are kept apart by their number.
    fn positional_member(
        &mut self,
        ty: &Type,
        index: usize,
        item: NodeId,
    ) -> Option<super::memory::Name> {
        if let Some(name) = self.context.members.get(&item).and_then(|info| info.name.clone()) {
            return Some(self.memory.name(&name));
        }
        if ty.pointers > 0 || ty.base.is_empty() || ty.arithmetic {
            return None;
        }
        let known = self.context.vocabulary.stores().iter().find(|store| {
            ty.base.strip_prefix("struct ") == Some(&store.tag) && store.position == index
        });
        let name = known.map_or_else(|| format!("#{index}"), |store| store.member.clone());
        Some(self.memory.name(&name))
    }

    /// Whether an expression is a pointer, as far as declared types tell.
    pub(super) fn is_pointer(&self, id: NodeId) -> Option<bool> {
        let ast = self.context.ast;
        match ast.kind(id) {
            Kind::Ident => {
                let variable = self.context.scope.variable(id)?;
                let ty = &self.context.scope.data(variable).ty;
                let is_typedef = !ty.arithmetic && !ty.base.contains(' ');
                match ty.depth() {
                    0 if ty.base.is_empty() => None,
                    // Almost all of the kernel's typedefs are numbers; a struct cannot be added to.
                    0 => (ty.arithmetic || is_typedef).then_some(false),
                    _ => Some(true),
                }
            }
            Kind::Paren { inner } => self.is_pointer(inner),
            Kind::Cast { ty, .. } => {
                let ty = type_name(ast, self.context.file, ty);
                Some(ty.depth() > 0)
            }
            Kind::Literal(LiteralKind::String) => Some(true),
            Kind::Literal(_)
            | Kind::SizeofExpr { .. }
            | Kind::SizeofType { .. }
            | Kind::Unary {
                op: UnaryOp::Minus | UnaryOp::Plus | UnaryOp::Not | UnaryOp::Complement,
                ..
            } => Some(false),
            Kind::Unary { op: UnaryOp::Address, .. } => Some(true),
            Kind::Binary { op, lhs, rhs } => match op {
                BinaryOp::Plus | BinaryOp::Minus => {
                    match (self.is_pointer(lhs), self.is_pointer(rhs)) {
                        (Some(true), Some(true)) => Some(false),
                        (Some(true), _) | (_, Some(true)) => Some(true),
                        (Some(false), Some(false)) => Some(false),
                        _ => None,
                    }
                }
                _ => Some(false),
            },
            Kind::Unary {
                op:
                    UnaryOp::PostDecrement
                    | UnaryOp::PostIncrement
                    | UnaryOp::PreDecrement
                    | UnaryOp::PreIncrement,
                operand,
            } => self.is_pointer(operand),
            _ => None,
        }
    }
}
