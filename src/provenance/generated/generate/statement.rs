//! Random statements of a function.

use super::super::program::*;
use super::{Feature, Maker};

/// Makes the statements of one function.
pub(super) struct StatementMaker<'m, 'd> {
    pub(super) maker: &'m mut Maker<'d>,
    pub(super) at: Func,
    /// The variable of the innermost loop over four.
    pub(super) loop_variable: Option<Var>,
    /// Variables of loops.
    pub(super) counters: Vec<Var>,
    /// Variables that are declared in a block of their own, and whether that is open.
    shadows: Vec<(Var, Var, bool)>,
    /// Loops around the statement.
    loops: usize,
    may_jump: bool,
}

impl<'m, 'd> StatementMaker<'m, 'd> {
    pub(super) fn new(maker: &'m mut Maker<'d>, at: Func) -> Self {
        let (counters, shadows) = (Vec::new(), Vec::new());
        Self { maker, at, loop_variable: None, counters, shadows, loops: 0, may_jump: false }
    }

    /// Whether a name means this variable here: it is not hidden, and its block is open.
    pub(super) fn is_visible(&self, var: Var) -> bool {
        self.shadows.iter().all(|&(inner, outer, open)| match open {
            true => var != outer,
            false => var != inner,
        })
    }

    /// The functions that a callee or a callback may be: mostly those made before this one.
    pub(super) fn functions(&mut self, fits: impl Fn(&Function) -> bool) -> Vec<Func> {
        let any = self.maker.has(Feature::Recursion) && self.maker.dice.once_in(4);
        let end = if any { self.maker.program.functions.len() } else { self.at.0 };
        (0..end).filter(|&at| fits(&self.maker.program.functions[at])).map(Func).collect()
    }

    fn statement(&mut self, does: Does) -> Statement {
        self.maker.next_id += 1;
        Statement { id: self.maker.next_id, does }
    }

    pub(super) fn parts(&mut self) -> (Block, Block, Block) {
        let head = self.head();
        self.may_jump = self.maker.has(Feature::Jumps);
        let body = self.block(2, 3, 8);
        self.may_jump = false;
        let mut tail = if self.maker.dice.once_in(2) { self.block(1, 0, 3) } else { Vec::new() };
        let result = self.result();
        if let Some(result) = result {
            tail.push(self.statement(Does::Return(Some(result))));
        }
        (head, body, tail)
    }

    fn result(&mut self) -> Option<Expr> {
        let gives = self.maker.program.functions[self.at.0].gives;
        match gives {
            Ty::Void => None,
            Ty::Pages => {
                // The address of a local variable is of no use to a caller.
                let array = self.array().filter(|array| matches!(array, Expr::Load(_)));
                Some(array.unwrap_or(Expr::NewArray))
            }
            Ty::Obj => Some(self.object_pointer().unwrap_or(Expr::NewObject)),
            ty => Some(self.value(ty)),
        }
    }

    /// Gives the variables their first values.
    fn head(&mut self) -> Block {
        let function = &self.maker.program.functions[self.at.0];
        let locals: Vec<(Var, Storage)> = (function.variables.iter().enumerate())
            .skip(function.parameters)
            .map(|(at, variable)| (Var(at), variable.storage))
            .collect();
        let mut out = Vec::new();
        for (var, storage) in locals {
            let place = Place::Var(var);
            let does = match storage {
                Storage::Scalar(Ty::Page) => match self.maker.dice.roll(3) {
                    0 => Does::Gup(Expr::Address(place), None),
                    1 if self.maker.has(Feature::Elsewhere) => {
                        Does::Assign(place, Expr::Elsewhere("alloc_page(0)"))
                    }
                    _ => Does::Assign(place, Expr::Null),
                },
                Storage::Scalar(Ty::Obj) => match self.maker.dice.roll(3) {
                    0 if self.maker.has(Feature::Globals) => {
                        Does::Assign(place, Expr::Load(Place::Registry))
                    }
                    _ => Does::Assign(place, Expr::NewObject),
                },
                Storage::Scalar(Ty::Pages) => Does::Assign(place, Expr::NewArray),
                Storage::Scalar(ty) => {
                    let value = self.value(ty);
                    Does::Assign(place, value)
                }
                Storage::PageArray if self.maker.dice.once_in(2) => {
                    Does::Gup(Expr::Decay(place), None)
                }
                Storage::Object => Does::Clear(Expr::Address(place)),
                Storage::Iterator => match self.iterator() {
                    Some(Expr::Load(iter)) if self.maker.dice.once_in(2) => {
                        Does::CopyStruct(place, Place::Deref(Box::new(Expr::Load(iter))))
                    }
                    _ => Does::Reset(Expr::Address(place), self.maker.dice.once_in(2)),
                },
                Storage::PageArray | Storage::Vectors => continue,
            };
            let does = self.statement(does);
            out.push(does);
        }
        out
    }

    /// A block of `least` statements, or some more.
    fn block(&mut self, depth: usize, least: usize, most: usize) -> Block {
        let count = least + self.maker.dice.roll(most - least + 1);
        let mut out = Vec::new();
        for _ in 0..count {
            let does = self.does(depth);
            let ends =
                matches!(does, Does::Return(_) | Does::Goto(_) | Does::Break | Does::Continue);
            out.push(self.statement(does));
            if ends {
                break;
            }
        }
        out
    }

    fn does(&mut self, depth: usize) -> Does {
        for _ in 0..20 {
            let does = match self.maker.dice.roll(16) {
                0..=3 => Some(self.add()),
                4..=6 => Some(self.assign()),
                7..=9 => Some(self.source(depth)),
                10..=11 => self.call(),
                12 => self.odd(),
                13 => self.leave(depth),
                _ if depth > 0 => self.nest(depth),
                _ => None,
            };
            if let Some(does) = does {
                return does;
            }
        }
        self.add()
    }

    fn add(&mut self) -> Does {
        let vectors = self.stored(Storage::Vectors);
        let how = match self.maker.dice.roll(6) {
            0 => Adding::Scatterlist,
            1 if !vectors.is_empty() => Adding::Vector(*self.maker.dice.pick(&vectors)),
            2 if self.maker.has(Feature::Vectors) => Adding::Initialiser,
            3 => match self.array() {
                Some(array) => return Does::Add(Adding::Table, array),
                None => Adding::Bio,
            },
            _ => Adding::Bio,
        };
        Does::Add(how, Expr::Load(self.page_place()))
    }

    fn assign(&mut self) -> Does {
        let dice = self.maker.dice.roll(12);
        match dice {
            0 | 1 => {
                if let Some(place) = self.pages_place() {
                    let value = self.value(Ty::Pages);
                    return Does::Assign(place, value);
                }
            }
            2 | 3 if self.maker.has(Feature::Objects) => return self.assign_object(),
            4 if self.maker.has(Feature::Pointers) => {
                let (pages, pointers) = (self.scalars(Ty::Page), self.scalars(Ty::Pages));
                if !pointers.is_empty() {
                    let page = Place::Var(*self.maker.dice.pick(&pages));
                    let through = *self.maker.dice.pick(&pointers);
                    let through = Place::Deref(Box::new(Expr::Step(through)));
                    return match self.maker.dice.once_in(2) {
                        true => Does::Assign(page, Expr::Load(through)),
                        false => Does::Assign(through, Expr::Load(page)),
                    };
                }
            }
            5 if self.maker.has(Feature::Conditions) => {
                let flags = self.scalars(Ty::Int);
                let flags: Vec<Var> =
                    flags.into_iter().filter(|flag| !self.counters.contains(flag)).collect();
                if !flags.is_empty() && self.maker.dice.once_in(3) {
                    let flag = *self.maker.dice.pick(&flags);
                    return Does::Assign(Place::Var(flag), self.value(Ty::Int));
                }
                if let Some(object) = self.object_pointer() {
                    let place = Place::Arrow(Box::new(object), Field::Pinned);
                    return Does::Assign(place, self.value(Ty::Int));
                }
            }
            _ => {}
        }
        let value = self.value(Ty::Page);
        Does::Assign(self.page_place(), value)
    }

    fn assign_object(&mut self) -> Does {
        let objects = self.scalars(Ty::Obj);
        let inners = self.scalars(Ty::Inner);
        let nested = self.maker.has(Feature::Nested);
        let object = self.object_pointer();
        let member = |field: Field| object.clone().map(|o| Place::Arrow(Box::new(o), field));
        let place = match self.maker.dice.roll(7) {
            0 if nested => member(Field::Next),
            1 if nested => {
                let value = self.value(Ty::Inner);
                return match member(Field::Far) {
                    Some(place) => Does::Assign(place, value),
                    None => self.add(),
                };
            }
            2 if self.maker.has(Feature::OddMembers) => member(Field::Private),
            3 if self.maker.has(Feature::Globals) => Some(Place::Registry),
            4 if !inners.is_empty() => {
                let value = self.value(Ty::Inner);
                return Does::Assign(Place::Var(*self.maker.dice.pick(&inners)), value);
            }
            _ => None,
        };
        let place = match place {
            Some(place) => place,
            None if objects.is_empty() => return self.add(),
            None => Place::Var(*self.maker.dice.pick(&objects)),
        };
        Does::Assign(place, self.value(Ty::Obj))
    }

    fn source(&mut self, depth: usize) -> Does {
        if self.maker.has(Feature::Iterators)
            && self.maker.dice.once_in(2)
            && let Some(iter) = self.iterator()
        {
            let place = if self.maker.dice.once_in(2) { self.pages_place() } else { None };
            return match place {
                Some(place) => {
                    let how = *self.maker.dice.pick(&[Taking::Allocating, Taking::Extracting]);
                    Does::Take(how, iter, Expr::Address(place))
                }
                None => Does::Take(Taking::Into, iter, self.pages()),
            };
        }
        let pages = self.pages();
        let fails = self.maker.has(Feature::Failures) && depth > 0 && self.maker.dice.once_in(2);
        if !fails {
            return Does::Gup(pages, None);
        }
        let mut block = self.block(0, 0, 1);
        let ends = block.last().is_some_and(|last| {
            matches!(last.does, Does::Return(_) | Does::Goto(_) | Does::Break | Does::Continue)
        });
        if !ends {
            let does = Does::Return(self.result());
            let does = self.statement(does);
            block.push(does);
        }
        Does::Gup(pages, Some(block))
    }

    fn call(&mut self) -> Option<Does> {
        if !self.maker.has(Feature::Calls) {
            return None;
        }
        let file = self.maker.program.functions[self.at.0].file;
        let puts = self.scalars(Ty::Put);
        let object = self.object_pointer();
        let (callee, gives, types) = match self.maker.dice.roll(6) {
            0 if !puts.is_empty() => {
                (Callee::Variable(*self.maker.dice.pick(&puts)), Ty::Void, vec![Ty::Page])
            }
            1 if self.maker.has(Feature::Operations) && object.is_some() => {
                let object = Box::new(object?);
                match self.maker.dice.once_in(2) {
                    true => (Callee::Get(object), Ty::Page, vec![Ty::Obj]),
                    false => (Callee::Put(object), Ty::Void, vec![Ty::Page]),
                }
            }
            _ => {
                let fits = self.functions(|function| function.file == file || !function.is_static);
                if fits.is_empty() {
                    return None;
                }
                let at = *self.maker.dice.pick(&fits);
                let function = &self.maker.program.functions[at.0];
                let types = (0..function.parameters).map(|at| function.parameter(at)).collect();
                (Callee::Function(at), function.gives, types)
            }
        };
        let args: Vec<Expr> = types.into_iter().map(|ty| self.argument(ty)).collect();
        // Two parameters that lead to one object are beyond what the analysis promises.
        if share_an_object(&args) {
            return None;
        }
        let place = match gives {
            Ty::Page => Some(self.page_place()),
            Ty::Pages => self.pages_place(),
            Ty::Obj => {
                let objects = self.scalars(Ty::Obj);
                (!objects.is_empty()).then(|| Place::Var(*self.maker.dice.pick(&objects)))
            }
            _ => None,
        };
        Some(match place {
            Some(place) => Does::Assign(place, Expr::Call(callee, args)),
            None => Does::Call(callee, args),
        })
    }

    fn argument(&mut self, ty: Ty) -> Expr {
        match ty {
            Ty::Obj => self.object_pointer().unwrap_or(Expr::NewObject),
            ty => self.value(ty),
        }
    }

    /// What is seldom done.
    fn odd(&mut self) -> Option<Does> {
        match self.maker.dice.roll(8) {
            0 if self.maker.has(Feature::Mystery) => {
                let ty = *self.maker.dice.pick(&[Ty::Page, Ty::Pages, Ty::Obj]);
                let argument = match ty {
                    Ty::Obj => self.object_pointer()?,
                    ty => self.value(ty),
                };
                Some(Does::Mystery(argument))
            }
            1 if self.maker.has(Feature::Bulk) => Some(Does::Bulk(self.pages())),
            2 if self.maker.has(Feature::Bulk) => {
                let (to, from) = (self.array()?, self.array()?);
                Some(Does::CopyPages(to, from))
            }
            3 => Some(Does::Clear(self.object_pointer()?)),
            4 if self.maker.has(Feature::StructCopies) => self.copy_struct(),
            5 if self.maker.has(Feature::Operations) && !self.maker.program.tables.is_empty() => {
                let file = self.maker.program.functions[self.at.0].file;
                let tables = self.maker.program.tables.iter().enumerate();
                let own: Vec<usize> =
                    tables.filter(|(_, table)| table.file == file).map(|(at, _)| at).collect();
                let table = (!own.is_empty()).then(|| *self.maker.dice.pick(&own))?;
                Some(match self.maker.dice.once_in(3) {
                    true => Does::Register(table),
                    false => {
                        let object = Box::new(self.object_pointer()?);
                        Does::Assign(Place::Arrow(object, Field::Ops), Expr::OpsTable(table))
                    }
                })
            }
            6 => {
                let iter = self.iterator()?;
                Some(Does::Reset(iter, self.maker.dice.once_in(2)))
            }
            7 => Some(Does::Advance(self.iterator()?)),
            _ => None,
        }
    }

    fn copy_struct(&mut self) -> Option<Does> {
        let structs = self.stored(Storage::Object);
        if self.maker.has(Feature::Iterators) && self.maker.dice.once_in(3) {
            let to = Place::Arrow(Box::new(self.object_pointer()?), Field::Iter);
            let from = Place::Deref(Box::new(self.iterator()?));
            return Some(Does::CopyStruct(to, from));
        }
        if self.maker.has(Feature::Nested) && self.maker.dice.once_in(3) {
            let to = Place::Arrow(Box::new(self.object_pointer()?), Field::In);
            let from = Place::Arrow(Box::new(self.object_pointer()?), Field::In);
            return Some(Does::CopyStruct(to, from));
        }
        let whole = |maker: &mut Self| match structs.is_empty() || maker.maker.dice.once_in(2) {
            true => Some(Place::Deref(Box::new(maker.object_pointer()?))),
            false => Some(Place::Var(*maker.maker.dice.pick(&structs))),
        };
        Some(Does::CopyStruct(whole(self)?, whole(self)?))
    }

    fn leave(&mut self, depth: usize) -> Option<Does> {
        // At the top of a function all that follows would be dead.
        if depth >= 2 {
            return None;
        }
        match self.maker.dice.roll(4) {
            0 if self.loops > 0 => Some(Does::Break),
            1 if self.loops > 0 => Some(Does::Continue),
            2 if self.may_jump => {
                let label = if self.maker.dice.once_in(3) { Label::Again } else { Label::Out };
                Some(Does::Goto(label))
            }
            3 => Some(Does::Return(self.result())),
            _ => None,
        }
    }

    fn nest(&mut self, depth: usize) -> Option<Does> {
        let depth = depth - 1;
        match self.maker.dice.roll(9) {
            0..=3 if self.maker.has(Feature::Branches) => {
                let cond = self.cond();
                let then = self.block(depth, 1, 3);
                let other =
                    if self.maker.dice.once_in(2) { Vec::new() } else { self.block(depth, 1, 3) };
                Some(Does::If(cond, then, other))
            }
            4 if self.maker.has(Feature::Branches) => {
                let loops = std::mem::take(&mut self.loops);
                let arms = (0..2).map(|_| (self.block(depth, 1, 2), self.maker.dice.once_in(2)));
                let arms = arms.collect();
                self.loops = loops;
                Some(Does::Switch(arms))
            }
            5 | 6 if self.maker.has(Feature::Loops) => {
                self.loops += 1;
                let block = self.block(depth, 1, 3);
                self.loops -= 1;
                Some(match self.maker.dice.once_in(3) {
                    true => Does::DoWhile(block),
                    false => Does::While(block),
                })
            }
            7 if self.maker.has(Feature::Loops) => {
                let counter = self.maker.local(self.at, Storage::Scalar(Ty::Int));
                self.counters.push(counter);
                self.loops += 1;
                let before = self.loop_variable.replace(counter);
                let block = self.block(depth, 1, 3);
                self.loop_variable = before;
                self.loops -= 1;
                Some(Does::For(counter, block))
            }
            8 => {
                let outer = *self.maker.dice.pick(&self.scalars(Ty::Page));
                let mut value = self.value(Ty::Page);
                if value.variables().contains(&outer) {
                    // In the initialiser the name means the new variable already.
                    value = Expr::Null;
                }
                let inner = self.maker.local(self.at, Storage::Scalar(Ty::Page));
                let variables = &mut self.maker.program.functions[self.at.0].variables;
                variables[inner.0].name = variables[outer.0].name.clone();
                self.shadows.push((inner, outer, true));
                let block = self.block(depth, 1, 3);
                if let Some(last) = self.shadows.iter_mut().rfind(|shadow| shadow.0 == inner) {
                    last.2 = false;
                }
                Some(Does::Shadow(inner, value, block))
            }
            _ => None,
        }
    }
}

/// Whether two arguments name one variable, and so may lead to one object.
fn share_an_object(args: &[Expr]) -> bool {
    let mut seen: Vec<Var> = Vec::new();
    args.iter().any(|arg| {
        let vars = arg.variables();
        let shared = vars.iter().any(|var| seen.contains(var));
        seen.extend(vars);
        shared
    })
}
