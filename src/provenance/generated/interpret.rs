//! Runs a program, to know which pages arrive at which adder.
//!
//! A run calls functions from outside, in random order with random numbers and iterators, and goes the ways
//! that `next()` says. What C leaves undefined (following NULL, reading what was never stored, running
//! out of an array, using a variable of a function that returned) ends the run: nothing is asked of a
//! program after that. So does using a page that a failed call of GUP should have given. Two things are as the analysis takes them: a call of GUP that is not checked
//! succeeds, and it fills all of an array unless the function made it and kept it to itself.

mod memory;
mod tell;

use std::collections::{BTreeMap, BTreeSet};

use super::dice::Dice;
use super::program::*;
use memory::{IterKind, Memory, ObjectKind, PageTag, Pointer, Value, offset, size_of};

/// Functions deep, and statements long, is enough.
const MOST_CALLS: usize = 10;
const MOST_STEPS: usize = 600;

/// A page at an adder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Arrival {
    /// Whether it is from GUP.
    pub(super) is_gup: bool,
    /// Whether it was read back from a `bio_vec` on its way.
    pub(super) is_carried: bool,
    /// What the condition that the analysis gave says here; `None` where it gave none that can be asked.
    pub(super) condition: Option<bool>,
}

/// What arrived, by the statement's number.
pub(super) type Arrivals = BTreeMap<u32, BTreeSet<Arrival>>;

/// Why a run, or a block, ends.
enum Stop {
    Undefined,
    Return(Value),
    Goto(Label),
    Break,
    Continue,
}

type Flow = Result<(), Stop>;
type Eval<T> = Result<T, Stop>;

struct Frame<'p> {
    function: &'p Function,
    /// Where each variable is.
    variables: Vec<Pointer>,
    depth: usize,
    serial: usize,
}

/// The functions that are called from outside: those that no function of the program calls or takes the
/// address of, and that can be given what they want.
pub(super) fn roots(program: &Program) -> Vec<Func> {
    let used = program.referenced();
    let functions = (0..program.functions.len()).map(Func);
    functions
        .filter(|at| {
            let function = &program.functions[at.0];
            let can_be_given = (0..function.parameters)
                .all(|at| matches!(function.parameter(at), Ty::Int | Ty::Iter | Ty::Obj));
            !function.is_static && !used.contains(at) && can_be_given
        })
        .collect()
}

/// Runs `program` once, with the conditions that the analysis gave.
pub(super) fn run(
    program: &Program,
    conditions: &BTreeMap<u32, String>,
    dice: &mut Dice,
    arrivals: &mut Arrivals,
) {
    let roots = roots(program);
    if roots.is_empty() {
        return;
    }
    let mut run = Run::new(program, conditions, dice, arrivals);
    for _ in 0..1 + run.dice.roll(4) {
        let mut callable = roots.clone();
        callable.extend(run.registered.iter().filter_map(|&table| program.tables[table].get));
        let function = *run.dice.pick(&callable);
        let args = run.outside_arguments(&program.functions[function.0]);
        if matches!(run.call_function(function, args, 0), Err(Stop::Undefined)) {
            return;
        }
    }
}

struct Run<'r> {
    program: &'r Program,
    conditions: &'r BTreeMap<u32, String>,
    dice: &'r mut Dice,
    arrivals: &'r mut Arrivals,
    memory: Memory,
    /// `held` of each file, then `registry`.
    globals: Vec<Pointer>,
    registered: BTreeSet<usize>,
    steps: usize,
    calls: usize,
}

impl<'r> Run<'r> {
    fn new(
        program: &'r Program,
        conditions: &'r BTreeMap<u32, String>,
        dice: &'r mut Dice,
        arrivals: &'r mut Arrivals,
    ) -> Run<'r> {
        let mut memory = Memory::default();
        let globals = (0..=program.files)
            .map(|at| {
                let ty = if at < program.files { Ty::Page } else { Ty::Obj };
                memory.make(ObjectKind::Scalar(ty), Value::Null, 0)
            })
            .collect();
        let registered = BTreeSet::new();
        Run { program, conditions, dice, arrivals, memory, globals, registered, steps: 0, calls: 0 }
    }

    /// What somebody outside may call a function with: an object that the program made, or a new one.
    fn outside_arguments(&mut self, function: &Function) -> Vec<Value> {
        let one = |run: &mut Self, ty: Ty| match ty {
            Ty::Int => Value::Int(run.dice.roll(2) as i64),
            Ty::Iter => {
                let kind = *run.dice.pick(&IterKind::ALL);
                Value::Pointer(run.memory.make(ObjectKind::Iterator, Value::Iter(kind), 0))
            }
            Ty::Obj => {
                let made = run.memory.objects_on_heap();
                if made.is_empty() || run.dice.once_in(5) {
                    Value::Pointer(run.memory.make(ObjectKind::Object, Value::Null, 0))
                } else {
                    Value::Pointer(*run.dice.pick(&made))
                }
            }
            _ => unreachable!("roots take nothing else"),
        };
        (0..function.parameters).map(|at| one(self, function.parameter(at))).collect()
    }

    fn call_function(&mut self, at: Func, args: Vec<Value>, depth: usize) -> Eval<Value> {
        if depth >= MOST_CALLS {
            return Err(Stop::Undefined);
        }
        self.calls += 1;
        let function = &self.program.functions[at.0];
        let serial = self.calls;
        let variables: Vec<Pointer> = function
            .variables
            .iter()
            .map(|variable| self.memory.make(variable.storage.into(), Value::Undefined, serial))
            .collect();
        for (place, value) in variables.iter().zip(args) {
            self.memory.store(*place, value).ok_or(Stop::Undefined)?;
        }
        let frame = Frame { function, variables, depth, serial };
        let result = self.parts(&frame);
        for place in &frame.variables {
            self.memory.end(*place);
        }
        match result {
            Ok(()) => Ok(Value::Undefined),
            Err(Stop::Return(value)) => Ok(value),
            Err(_) => Err(Stop::Undefined),
        }
    }

    /// Head, body and tail, as the gotos say.
    fn parts(&mut self, frame: &Frame<'r>) -> Flow {
        let function = frame.function;
        let mut part = 0;
        loop {
            let block = match part {
                0 => &function.head,
                1 => &function.body,
                2 => &function.tail,
                _ => return Ok(()),
            };
            part = match self.block(block, frame) {
                Ok(()) => part + 1,
                Err(Stop::Goto(Label::Again)) => 1,
                Err(Stop::Goto(Label::Out)) => 2,
                Err(stop) => return Err(stop),
            };
        }
    }

    fn block(&mut self, block: &'r Block, frame: &Frame<'r>) -> Flow {
        block.iter().try_for_each(|statement| self.statement(statement, frame))
    }

    fn chance(&mut self) -> bool {
        self.dice.once_in(2)
    }

    fn statement(&mut self, statement: &'r Statement, frame: &Frame<'r>) -> Flow {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(Stop::Undefined);
        }
        match &statement.does {
            Does::Assign(place, value) => {
                let value = self.expr(value, frame)?;
                let place = self.place(place, frame)?;
                self.set(place, value)?;
            }
            Does::CopyStruct(to, from) => {
                let (to, from) = (self.place(to, frame)?, self.place(from, frame)?);
                self.memory.copy(to, from, from.end - from.offset).ok_or(Stop::Undefined)?;
            }
            Does::Gup(pages, fails) => {
                let pointer = self.pointer(pages, frame)?;
                match fails {
                    Some(block) if self.chance() => {
                        self.set(pointer, Value::Undefined)?;
                        self.block(block, frame)?;
                    }
                    _ => self.fill(pages, pointer, PageTag::GUP, frame)?,
                }
            }
            Does::Take(how, iter, pages) => self.take(*how, iter, pages, frame)?,
            Does::Bulk(pages) => {
                let pointer = self.pointer(pages, frame)?;
                let count = self.one_or_rest(pages, pointer);
                for at in pointer.offset..pointer.offset + count {
                    if self.chance() {
                        self.set(pointer.at(at), Value::Page(PageTag::ELSEWHERE))?;
                    }
                }
            }
            Does::CopyPages(to, from) => {
                let (to, from) = (self.pointer(to, frame)?, self.pointer(from, frame)?);
                let count = (to.end - to.offset).min(from.end - from.offset).min(4);
                self.memory.copy(to, from, count).ok_or(Stop::Undefined)?;
            }
            Does::Clear(object) => {
                let object = self.pointer(object, frame)?;
                for at in object.offset..object.end {
                    self.set(object.at(at), Value::Null)?;
                }
            }
            Does::Add(how, page) => self.add(statement.id, *how, page, frame)?,
            Does::Mystery(argument) => self.mystery(argument, frame)?,
            Does::Reset(iter, user) => {
                let iter = self.pointer(iter, frame)?;
                let kind = if *user { IterKind::Ubuf } else { IterKind::Bvec };
                self.set(iter, Value::Iter(kind))?;
            }
            Does::Advance(iter) => {
                self.iterator(iter, frame)?;
            }
            Does::Register(table) => {
                self.registered.insert(*table);
            }
            Does::Call(callee, args) => {
                self.call(callee, args, frame)?;
            }
            Does::If(cond, then, other) => {
                let taken = self.cond(cond, frame)?;
                self.block(if taken { then } else { other }, frame)?;
            }
            Does::Switch(arms) => self.switch(arms, frame)?,
            Does::While(block) => {
                for _ in 0..self.dice.roll(4) {
                    match self.block(block, frame) {
                        Err(Stop::Break) => break,
                        Ok(()) | Err(Stop::Continue) => {}
                        Err(stop) => return Err(stop),
                    }
                }
            }
            Does::DoWhile(block) => {
                for _ in 0..1 + self.dice.roll(3) {
                    match self.block(block, frame) {
                        Err(Stop::Break) => break,
                        Ok(()) | Err(Stop::Continue) => {}
                        Err(stop) => return Err(stop),
                    }
                }
            }
            Does::For(var, block) => {
                for at in 0..4 {
                    self.set(frame.variables[var.0], Value::Int(at))?;
                    match self.block(block, frame) {
                        Err(Stop::Break) => break,
                        Ok(()) | Err(Stop::Continue) => {}
                        Err(stop) => return Err(stop),
                    }
                }
            }
            Does::Shadow(var, value, block) => {
                let value = self.expr(value, frame)?;
                self.set(frame.variables[var.0], value)?;
                self.block(block, frame)?;
            }
            Does::Return(value) => {
                let value = value.as_ref().map(|value| self.expr(value, frame)).transpose()?;
                return Err(Stop::Return(value.unwrap_or(Value::Undefined)));
            }
            Does::Goto(label) => return Err(Stop::Goto(*label)),
            Does::Break => return Err(Stop::Break),
            Does::Continue => return Err(Stop::Continue),
        }
        Ok(())
    }

    fn switch(&mut self, arms: &'r [(Block, bool)], frame: &Frame<'r>) -> Flow {
        let taken = self.dice.roll(arms.len() + 1);
        for (block, falls) in arms.iter().skip(taken) {
            match self.block(block, frame) {
                Err(Stop::Break) => return Ok(()),
                other => other?,
            }
            if !falls {
                break;
            }
        }
        Ok(())
    }

    fn set(&mut self, place: Pointer, value: Value) -> Flow {
        self.memory.store(place, value).ok_or(Stop::Undefined)
    }

    fn pointer(&mut self, expr: &Expr, frame: &Frame<'r>) -> Eval<Pointer> {
        match self.expr(expr, frame)? {
            Value::Pointer(pointer) => Ok(pointer),
            _ => Err(Stop::Undefined),
        }
    }

    fn iterator(&mut self, expr: &Expr, frame: &Frame<'r>) -> Eval<IterKind> {
        let pointer = self.pointer(expr, frame)?;
        match self.memory.load(pointer) {
            Some(Value::Iter(kind)) => Ok(kind),
            _ => Err(Stop::Undefined),
        }
    }

    /// How many pages a call puts behind `pointer`: one where the address of one was given.
    fn one_or_rest(&self, pages: &Expr, pointer: Pointer) -> usize {
        let rest = pointer.end - pointer.offset;
        if matches!(pages, Expr::Address(_)) { rest.min(1) } else { rest }
    }

    fn fill(&mut self, pages: &Expr, to: Pointer, tag: PageTag, frame: &Frame<'r>) -> Flow {
        let mut count = self.one_or_rest(pages, to);
        if count > 1 && self.memory.is_made_by(to, frame.serial) {
            count = 1 + self.dice.roll(count);
        }
        for at in to.offset..to.offset + count {
            self.set(to.at(at), Value::Page(tag))?;
        }
        if count == 0 { Err(Stop::Undefined) } else { Ok(()) }
    }

    fn take(&mut self, how: Taking, iter: &Expr, pages: &Expr, frame: &Frame<'r>) -> Flow {
        let is_gup = self.iterator(iter, frame)?.is_user_backed();
        let tag = PageTag { is_gup, is_carried: false };
        let pointer = self.pointer(pages, frame)?;
        if how == Taking::Into {
            return self.fill(pages, pointer, tag, frame);
        }
        let given = self.memory.load(pointer).ok_or(Stop::Undefined)?;
        if let (Taking::Extracting, Value::Pointer(array)) = (how, given) {
            return self.fill(&Expr::Null, array, tag, frame);
        }
        if how == Taking::Extracting && given == Value::Undefined {
            return Err(Stop::Undefined);
        }
        let array = self.memory.make(ObjectKind::PageArray, Value::Page(tag), frame.serial);
        self.set(pointer, Value::Pointer(array))
    }

    fn add(&mut self, id: u32, how: Adding, page: &Expr, frame: &Frame<'r>) -> Flow {
        let value = self.expr(page, frame)?;
        match how {
            Adding::Table => {
                let Value::Pointer(array) = value else { return Err(Stop::Undefined) };
                for at in array.offset..array.end {
                    if let Some(Value::Page(tag)) = self.memory.load(array.at(at)) {
                        self.arrive(id, tag, frame);
                    }
                }
            }
            Adding::Bio | Adding::Scatterlist | Adding::Vector(_) | Adding::Initialiser => {
                if let Adding::Vector(vectors) = how {
                    self.set(frame.variables[vectors.0], value)?;
                }
                match value {
                    Value::Page(tag) => self.arrive(id, tag, frame),
                    Value::Null => {}
                    _ => return Err(Stop::Undefined),
                }
            }
        }
        Ok(())
    }

    fn arrive(&mut self, id: u32, tag: PageTag, frame: &Frame<'r>) {
        let text = self.conditions.get(&id);
        let condition = text.and_then(|text| self.tell(text, frame));
        let PageTag { is_gup, is_carried } = tag;
        let arrival = Arrival { is_gup, is_carried, condition };
        self.arrivals.entry(id).or_default().insert(arrival);
    }

    /// A function that nobody knows stores a page in something that it can come to, or does not.
    fn mystery(&mut self, argument: &Expr, frame: &Frame<'r>) -> Flow {
        let Value::Pointer(start) = self.expr(argument, frame)? else { return Ok(()) };
        let cells = self.memory.escape(start);
        if !cells.is_empty() && self.chance() {
            let cell = *self.dice.pick(&cells);
            self.set(cell, Value::Page(PageTag::ELSEWHERE))?;
        }
        Ok(())
    }

    fn call(&mut self, callee: &Callee, args: &[Expr], frame: &Frame<'r>) -> Eval<Value> {
        let function = match callee {
            Callee::Function(function) => *function,
            Callee::Variable(var) => match self.memory.load(frame.variables[var.0]) {
                Some(Value::Function(function)) => function,
                _ => return Err(Stop::Undefined),
            },
            Callee::Get(object) | Callee::Put(object) => {
                let object = self.pointer(object, frame)?;
                let place = self.member(object, Field::Ops)?;
                let Some(Value::Table(table)) = self.memory.load(place) else {
                    return Err(Stop::Undefined);
                };
                let table = &self.program.tables[table];
                let member = if matches!(callee, Callee::Get(_)) { table.get } else { table.put };
                member.ok_or(Stop::Undefined)?
            }
        };
        let args: Vec<Value> = args.iter().map(|arg| self.expr(arg, frame)).collect::<Eval<_>>()?;
        self.call_function(function, args, frame.depth + 1)
    }

    fn member(&self, base: Pointer, field: Field) -> Eval<Pointer> {
        let start = base.offset + offset(field);
        let end = start + size_of(field);
        if end > base.end {
            return Err(Stop::Undefined);
        }
        Ok(Pointer { object: base.object, offset: start, end })
    }

    fn index(&mut self, index: Index, frame: &Frame<'r>) -> Eval<usize> {
        match index {
            Index::Constant(at) => Ok(at),
            Index::Any => Ok(self.dice.roll(4)),
            Index::Loop(var) => match self.memory.load(frame.variables[var.0]) {
                Some(Value::Int(at)) if (0..4).contains(&at) => Ok(at as usize),
                _ => Err(Stop::Undefined),
            },
        }
    }

    fn place(&mut self, place: &Place, frame: &Frame<'r>) -> Eval<Pointer> {
        match place {
            Place::Var(var) => Ok(frame.variables[var.0]),
            Place::Held => Ok(self.globals[frame.function.file]),
            Place::Registry => Ok(self.globals[self.program.files]),
            Place::Deref(pointer) => self.pointer(pointer, frame),
            Place::Index(array, index) => {
                let array = self.pointer(array, frame)?;
                let at = array.offset + self.index(*index, frame)?;
                if at < array.end { Ok(array.at(at)) } else { Err(Stop::Undefined) }
            }
            Place::Arrow(base, field) => {
                let base = self.pointer(base, frame)?;
                self.member(base, *field)
            }
            Place::Dot(base, field) => {
                let base = self.place(base, frame)?;
                self.member(base, *field)
            }
            Place::Vector(vectors, index) => {
                let at = self.index(*index, frame)?;
                let vectors = frame.variables[vectors.0];
                Ok(vectors.at(vectors.offset + at))
            }
        }
    }

    fn expr(&mut self, expr: &Expr, frame: &Frame<'r>) -> Eval<Value> {
        Ok(match expr {
            Expr::Null => Value::Null,
            Expr::Int(value) => Value::Int(*value),
            Expr::Next => Value::Int(self.dice.roll(4) as i64),
            Expr::Load(place) => {
                let pointer = self.place(place, frame)?;
                match self.memory.load(pointer).ok_or(Stop::Undefined)? {
                    Value::Undefined => return Err(Stop::Undefined),
                    Value::Page(tag) if matches!(place, Place::Vector(..)) => {
                        Value::Page(PageTag { is_carried: true, ..tag })
                    }
                    value => value,
                }
            }
            Expr::Address(place) | Expr::Decay(place) => Value::Pointer(self.place(place, frame)?),
            Expr::Offset(pointer) => {
                let pointer = self.pointer(pointer, frame)?;
                if pointer.offset >= pointer.end {
                    return Err(Stop::Undefined);
                }
                Value::Pointer(pointer.at(pointer.offset + 1))
            }
            Expr::Around(inner) => {
                let inner = self.pointer(inner, frame)?;
                Value::Pointer(self.memory.around(inner).ok_or(Stop::Undefined)?)
            }
            Expr::Step(var) => {
                let place = frame.variables[var.0];
                let Some(Value::Pointer(pointer)) = self.memory.load(place) else {
                    return Err(Stop::Undefined);
                };
                if pointer.offset >= pointer.end {
                    return Err(Stop::Undefined);
                }
                self.set(place, Value::Pointer(pointer.at(pointer.offset + 1)))?;
                Value::Pointer(pointer)
            }
            Expr::Choose(cond, then, other) => {
                let taken = self.cond(cond, frame)?;
                self.expr(if taken { then } else { other }, frame)?
            }
            Expr::Elsewhere(_) => Value::Page(PageTag::ELSEWHERE),
            Expr::DumpPage => Value::Page(PageTag::GUP),
            Expr::NewObject => {
                let kind = ObjectKind::Object;
                Value::Pointer(self.memory.make_on_heap(kind, frame.serial))
            }
            Expr::NewArray => {
                let kind = ObjectKind::PageArray;
                Value::Pointer(self.memory.make_on_heap(kind, frame.serial))
            }
            Expr::Same(_, page) => self.expr(page, frame)?,
            Expr::UserBacked(iter) => {
                Value::Int(i64::from(self.iterator(iter, frame)?.is_user_backed()))
            }
            Expr::Function(function) => Value::Function(*function),
            Expr::OpsTable(number) => Value::Table(*number),
            Expr::Call(callee, args) => self.call(callee, args, frame)?,
        })
    }

    fn cond(&mut self, cond: &Cond, frame: &Frame<'r>) -> Eval<bool> {
        Ok(match cond {
            Cond::Next => self.chance(),
            Cond::Flag(var) => self.truth(frame.variables[var.0])?,
            Cond::Pinned(object) => {
                let object = self.pointer(object, frame)?;
                let place = self.member(object, Field::Pinned)?;
                self.truth(place)?
            }
            Cond::UserBacked(iter) => self.iterator(iter, frame)?.is_user_backed(),
            Cond::IsBvec(iter) => self.iterator(iter, frame)? == IterKind::Bvec,
            Cond::Page(place) => {
                let place = self.place(place, frame)?;
                self.truth(place)?
            }
            Cond::Not(inner) => !self.cond(inner, frame)?,
        })
    }

    fn truth(&self, place: Pointer) -> Eval<bool> {
        match self.memory.load(place) {
            Some(Value::Undefined) | None => Err(Stop::Undefined),
            Some(Value::Null | Value::Int(0)) => Ok(false),
            Some(_) => Ok(true),
        }
    }
}
