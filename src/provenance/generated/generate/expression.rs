//! Random expressions and places of a type, out of what a function has at hand.

use super::super::program::*;
use super::Feature;
use super::statement::StatementMaker;

const ELSEWHERE: [&str; 4] =
    ["alloc_page(0)", "ZERO_PAGE(0)", "virt_to_page(0x1000)", "vmalloc_to_page(0x2000)"];

impl StatementMaker<'_, '_> {
    /// The variables stored in one way.
    pub(super) fn stored(&self, storage: Storage) -> Vec<Var> {
        let variables = &self.maker.program.functions[self.at.0].variables;
        let fits = |at: &usize| variables[*at].storage == storage && self.is_visible(Var(*at));
        (0..variables.len()).filter(fits).map(Var).collect()
    }

    pub(super) fn scalars(&self, ty: Ty) -> Vec<Var> {
        self.stored(Storage::Scalar(ty))
    }

    fn pick(&mut self, vars: &[Var]) -> Option<Var> {
        (!vars.is_empty()).then(|| *self.maker.dice.pick(vars))
    }

    pub(super) fn index(&mut self) -> Index {
        match (self.loop_variable, self.maker.dice.roll(4)) {
            (Some(var), 0..=1) => Index::Loop(var),
            (_, 0..=1) => Index::Constant(0),
            (_, 2) => Index::Constant(1),
            _ => Index::Any,
        }
    }

    /// A member place of an object.
    fn of_object(&mut self, field: Field) -> Option<Place> {
        let structs = self.stored(Storage::Object);
        if !structs.is_empty() && self.maker.dice.once_in(3) {
            return Some(Place::Dot(Box::new(Place::Var(*self.maker.dice.pick(&structs))), field));
        }
        let object = self.object_pointer()?;
        Some(Place::Arrow(Box::new(object), field))
    }

    /// A pointer to an object that is there already, without a side effect.
    pub(super) fn object_pointer(&mut self) -> Option<Expr> {
        if !self.maker.has(Feature::Objects) {
            return None;
        }
        let vars = self.scalars(Ty::Obj);
        let var = self.pick(&vars)?;
        let plain = Expr::Load(Place::Var(var));
        let far = self.maker.has(Feature::Nested) && self.maker.dice.once_in(5);
        Some(match far {
            true => Expr::Load(Place::Arrow(Box::new(plain), Field::Next)),
            false => plain,
        })
    }

    fn of_inner(&mut self, field: Field) -> Option<Place> {
        if !self.maker.has(Feature::Nested) {
            return None;
        }
        let vars = self.scalars(Ty::Inner);
        match self.maker.dice.roll(4) {
            0 => {
                let inner = Expr::Load(self.of_object(Field::Far)?);
                Some(Place::Arrow(Box::new(inner), field))
            }
            1 => {
                let inner = Expr::Load(Place::Var(self.pick(&vars)?));
                Some(Place::Arrow(Box::new(inner), field))
            }
            _ => Some(Place::Dot(Box::new(self.of_object(Field::In)?), field)),
        }
    }

    /// A place for a page, without a side effect.
    pub(super) fn page_place(&mut self) -> Place {
        let plain = |maker: &mut Self| {
            let vars = maker.scalars(Ty::Page);
            Place::Var(maker.pick(&vars).expect("each function has a page"))
        };
        for _ in 0..4 {
            let place = match self.maker.dice.roll(10) {
                0..=2 => return plain(self),
                3 if self.maker.has(Feature::Globals) => Some(Place::Held),
                4 => self.of_object(Field::Page),
                5 => self.of_inner(Field::Page),
                6 if self.maker.has(Feature::OddMembers) => {
                    let odd = [Field::Anonymous, Field::UnionA, Field::UnionB];
                    let field = *self.maker.dice.pick(&odd);
                    self.of_object(field)
                }
                7 | 8 => {
                    let index = self.index();
                    self.array().map(|array| Place::Index(Box::new(array), index))
                }
                _ => {
                    let vars = self.scalars(Ty::Pages);
                    let pointer = self.pick(&vars).map(|var| Expr::Load(Place::Var(var)));
                    pointer.map(|pointer| Place::Deref(Box::new(pointer)))
                }
            };
            if let Some(place) = place {
                return place;
            }
        }
        plain(self)
    }

    /// A pointer to pages that is there already.
    pub(super) fn array(&mut self) -> Option<Expr> {
        for _ in 0..4 {
            let array = match self.maker.dice.roll(8) {
                0..=1 => {
                    let vars = self.scalars(Ty::Pages);
                    self.pick(&vars).map(|var| Expr::Load(Place::Var(var)))
                }
                2..=3 => {
                    let vars = self.stored(Storage::PageArray);
                    self.pick(&vars).map(|var| Expr::Decay(Place::Var(var)))
                }
                4 => self.of_object(Field::Slots).map(Expr::Decay),
                5 => self.of_object(Field::Pages).map(Expr::Load),
                6 => self.of_inner(Field::Pages).map(Expr::Load),
                _ => {
                    let vars = self.scalars(Ty::PagesPtr);
                    let pointer = self.pick(&vars).map(|var| Expr::Load(Place::Var(var)));
                    pointer.map(|pointer| Expr::Load(Place::Deref(Box::new(pointer))))
                }
            };
            if array.is_some() {
                return array;
            }
        }
        None
    }

    /// A pointer to pages: an array, a part of one, the address of one page.
    pub(super) fn pages(&mut self) -> Expr {
        let array = if self.maker.dice.once_in(3) { None } else { self.array() };
        match array {
            Some(array) if self.maker.has(Feature::Pointers) && self.maker.dice.once_in(8) => {
                Expr::Offset(Box::new(array))
            }
            Some(array) => array,
            None => Expr::Address(self.page_place()),
        }
    }

    /// A place for a pointer to pages.
    pub(super) fn pages_place(&mut self) -> Option<Place> {
        match self.maker.dice.roll(5) {
            0 => self.of_object(Field::Pages),
            1 => self.of_inner(Field::Pages),
            2 => {
                let vars = self.scalars(Ty::PagesPtr);
                let pointer = self.pick(&vars).map(|var| Expr::Load(Place::Var(var)));
                pointer.map(|pointer| Place::Deref(Box::new(pointer)))
            }
            _ => {
                let vars = self.scalars(Ty::Pages);
                self.pick(&vars).map(Place::Var)
            }
        }
    }

    pub(super) fn iterator(&mut self) -> Option<Expr> {
        let vars = self.scalars(Ty::Iter);
        let own = self.stored(Storage::Iterator);
        match self.maker.dice.roll(5) {
            0 => self.of_object(Field::Iter).map(Expr::Address),
            1 => self.pick(&own).map(|var| Expr::Address(Place::Var(var))),
            _ => self.pick(&vars).map(|var| Expr::Load(Place::Var(var))),
        }
        .filter(|_| self.maker.has(Feature::Iterators))
    }

    /// A value of a type, without a side effect but those of a lone allocation.
    pub(super) fn value(&mut self, ty: Ty) -> Expr {
        match ty {
            Ty::Page => self.page(),
            Ty::Pages => match self.maker.dice.roll(6) {
                0 => Expr::NewArray,
                _ => self.pages(),
            },
            Ty::PagesPtr => {
                let place = self.pages_place();
                place.map_or(Expr::Null, Expr::Address)
            }
            Ty::Obj => self.object(),
            Ty::Inner => self.of_object(Field::In).map_or(Expr::Null, Expr::Address),
            Ty::Iter => self.iterator().unwrap_or(Expr::Null),
            Ty::Int => match self.maker.dice.roll(4) {
                0 => {
                    let iter = self.iterator();
                    iter.map_or(Expr::Next, |iter| Expr::UserBacked(Box::new(iter)))
                }
                1 => Expr::Int(1),
                2 => Expr::Int(0),
                _ => Expr::Next,
            },
            Ty::Put => self.callback(),
            Ty::Void => Expr::Null,
        }
    }

    fn page(&mut self) -> Expr {
        let elsewhere = self.maker.has(Feature::Elsewhere);
        match self.maker.dice.roll(14) {
            0 | 1 if elsewhere => Expr::Elsewhere(self.maker.dice.pick::<&'static str>(&ELSEWHERE)),
            2 => Expr::Null,
            3 => Expr::DumpPage,
            4 if self.maker.has(Feature::Branches) => {
                let (then, other) = (self.page_place(), self.page_place());
                let cond = self.cond();
                let (then, other) = (Box::new(Expr::Load(then)), Box::new(Expr::Load(other)));
                Expr::Choose(cond, then, other)
            }
            5 => {
                let how = *self.maker.dice.pick(&["compound_head", "READ_ONCE", "(void *)"]);
                Expr::Same(how, Box::new(Expr::Load(self.page_place())))
            }
            6 if self.maker.has(Feature::Vectors) => {
                let vars = self.stored(Storage::Vectors);
                match self.pick(&vars) {
                    Some(var) => Expr::Load(Place::Vector(var, Index::Constant(0))),
                    None => Expr::Null,
                }
            }
            _ => Expr::Load(self.page_place()),
        }
    }

    fn object(&mut self) -> Expr {
        let structs = self.stored(Storage::Object);
        let around = self.maker.has(Feature::Nested);
        match self.maker.dice.roll(8) {
            0 | 1 => Expr::NewObject,
            2 if !structs.is_empty() => Expr::Address(Place::Var(*self.maker.dice.pick(&structs))),
            3 if around => {
                let vars = self.scalars(Ty::Inner);
                match self.pick(&vars) {
                    Some(var) => Expr::Around(Box::new(Expr::Load(Place::Var(var)))),
                    None => Expr::NewObject,
                }
            }
            4 if self.maker.has(Feature::Globals) => Expr::Load(Place::Registry),
            5 if self.maker.has(Feature::OddMembers) => {
                self.of_object(Field::Private).map_or(Expr::NewObject, Expr::Load)
            }
            6 if around => self.of_object(Field::Next).map_or(Expr::NewObject, Expr::Load),
            _ => self.object_pointer().unwrap_or(Expr::NewObject),
        }
    }

    fn callback(&mut self) -> Expr {
        let vars = self.scalars(Ty::Put);
        let file = self.maker.program.functions[self.at.0].file;
        let fits: Vec<Func> = self.functions(|function| {
            let is_put = function.gives == Ty::Void && function.parameters == 1;
            is_put
                && function.parameter(0) == Ty::Page
                && (function.file == file || !function.is_static)
        });
        match (self.pick(&vars), fits.is_empty()) {
            (Some(var), _) if fits.is_empty() || self.maker.dice.once_in(2) => {
                Expr::Load(Place::Var(var))
            }
            (_, false) => Expr::Function(*self.maker.dice.pick(&fits)),
            _ => Expr::Null,
        }
    }

    pub(super) fn cond(&mut self) -> Cond {
        let cond = if self.maker.has(Feature::Conditions) { self.telling_cond() } else { None };
        let cond = cond.unwrap_or_else(|| match self.maker.dice.roll(4) {
            0 => Cond::Page(self.page_place()),
            _ => Cond::Next,
        });
        if self.maker.dice.once_in(3) { Cond::Not(Box::new(cond)) } else { cond }
    }

    /// A condition that may have to do with the pages.
    fn telling_cond(&mut self) -> Option<Cond> {
        match self.maker.dice.roll(6) {
            0..=1 => {
                let loops = self.loop_variable;
                let mut vars = self.scalars(Ty::Int);
                vars.retain(|&var| Some(var) != loops && !self.counters.contains(&var));
                self.pick(&vars).map(Cond::Flag)
            }
            2 => self.object_pointer().map(|object| Cond::Pinned(Box::new(object))),
            3 => self.iterator().map(|iter| Cond::IsBvec(Box::new(iter))),
            _ => self.iterator().map(|iter| Cond::UserBacked(Box::new(iter))),
        }
    }
}
