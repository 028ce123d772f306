//! Makes programs at random.
//!
//! Each program is made with its own subset of the language's [`Feature`]s (Groce et al., "Swarm testing",
//! ISSTA 2012): few kinds of statements at a time make long chains of them, where all of them at once
//! drown each other out. A function calls those made before it, and now and then itself or a later one.

mod expression;
mod statement;

use super::dice::Dice;
use super::program::*;

/// A part of the language that a program has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feature {
    Elsewhere,
    Arrays,
    Pointers,
    Objects,
    Nested,
    OddMembers,
    StructCopies,
    Calls,
    OutParameters,
    Operations,
    Callbacks,
    Iterators,
    Conditions,
    Branches,
    Loops,
    Jumps,
    Globals,
    Vectors,
    Mystery,
    Bulk,
    Failures,
    Recursion,
}

const FEATURES: [Feature; 22] = [
    Feature::Elsewhere,
    Feature::Arrays,
    Feature::Pointers,
    Feature::Objects,
    Feature::Nested,
    Feature::OddMembers,
    Feature::StructCopies,
    Feature::Calls,
    Feature::OutParameters,
    Feature::Operations,
    Feature::Callbacks,
    Feature::Iterators,
    Feature::Conditions,
    Feature::Branches,
    Feature::Loops,
    Feature::Jumps,
    Feature::Globals,
    Feature::Vectors,
    Feature::Mystery,
    Feature::Bulk,
    Feature::Failures,
    Feature::Recursion,
];

/// Makes a program of at most `files` files.
pub(super) fn generate(dice: &mut Dice, files: usize) -> Program {
    let mut features: Vec<Feature> = FEATURES.into_iter().filter(|_| dice.once_in(2)).collect();
    // What most programs need to say anything at all.
    for (feature, sides) in [(Feature::Calls, 3), (Feature::Branches, 3), (Feature::Elsewhere, 4)] {
        if !features.contains(&feature) && !dice.once_in(sides) {
            features.push(feature);
        }
    }
    let files = 1 + dice.roll(files);
    let mut maker = Maker {
        dice,
        features,
        program: Program { files, functions: Vec::new(), tables: Vec::new() },
        next_id: 0,
    };
    maker.program();
    maker.program
}

struct Maker<'d> {
    dice: &'d mut Dice,
    features: Vec<Feature>,
    program: Program,
    next_id: u32,
}

impl Maker<'_> {
    fn has(&self, feature: Feature) -> bool {
        self.features.contains(&feature)
    }

    fn program(&mut self) {
        let count =
            if self.has(Feature::Calls) { 2 + self.dice.roll(5) } else { 1 + self.dice.roll(2) };
        for at in 0..count {
            let file = at * self.program.files / count;
            let file = if self.dice.once_in(4) { self.dice.roll(self.program.files) } else { file };
            let function = self.signature(at, file, count);
            self.program.functions.push(function);
        }
        for at in 0..count {
            if self.has(Feature::Operations) && self.dice.once_in(2) {
                self.table(at);
            }
        }
        for at in 0..count {
            self.body(Func(at));
        }
    }

    /// Types that a parameter may have here.
    fn parameter_types(&self) -> Vec<Ty> {
        let mut types = vec![Ty::Page, Ty::Page, Ty::Int];
        if self.has(Feature::Arrays) || self.has(Feature::OutParameters) {
            types.extend([Ty::Pages, Ty::Pages]);
        }
        if self.has(Feature::OutParameters) {
            types.push(Ty::PagesPtr);
        }
        if self.has(Feature::Objects) {
            types.extend([Ty::Obj, Ty::Obj, Ty::Obj]);
        }
        if self.has(Feature::Nested) {
            types.push(Ty::Inner);
        }
        if self.has(Feature::Iterators) {
            types.extend([Ty::Iter, Ty::Iter]);
        }
        if self.has(Feature::Callbacks) {
            types.push(Ty::Put);
        }
        types
    }

    fn signature(&mut self, at: usize, file: usize, count: usize) -> Function {
        let is_last = at + 1 == count;
        let is_static = !is_last && !self.dice.once_in(3);
        let mut gives = match self.dice.roll(6) {
            0 | 1 => Ty::Page,
            2 if self.has(Feature::Arrays) => Ty::Pages,
            3 if self.has(Feature::Objects) => Ty::Obj,
            _ => Ty::Void,
        };
        let types = self.parameter_types();
        let mut parameters: Vec<Ty> =
            (0..self.dice.roll(4)).map(|_| *self.dice.pick(&types)).collect();
        match self.dice.roll(5) {
            0 if self.has(Feature::Operations) => (gives, parameters) = (Ty::Page, vec![Ty::Obj]),
            1 if self.has(Feature::Operations) || self.has(Feature::Callbacks) => {
                (gives, parameters) = (Ty::Void, vec![Ty::Page]);
            }
            _ => {}
        }
        if is_last {
            let outside = |ty: &Ty| matches!(ty, Ty::Int | Ty::Iter | Ty::Obj);
            parameters.retain(outside);
        }
        let variables: Vec<Variable> = (parameters.iter().enumerate())
            .map(|(at, &ty)| Variable { name: name(ty, at), storage: Storage::Scalar(ty) })
            .collect();
        // Static functions of two files may share a name.
        let name = if is_static { format!("local_{}", at % 2) } else { format!("shared_{at}") };
        let is_taken =
            self.program.functions.iter().any(|other| other.file == file && other.name == name);
        let name = if is_taken { format!("local_{at}_{file}") } else { name };
        Function {
            name,
            file,
            is_static,
            gives,
            parameters: variables.len(),
            variables,
            head: Vec::new(),
            body: Vec::new(),
            tail: Vec::new(),
        }
    }

    fn table(&mut self, at: usize) {
        let file = self.program.functions[at].file;
        let mut of_shape = |gives: Ty, parameter: Ty| {
            let fits: Vec<Func> = (0..self.program.functions.len())
                .map(Func)
                .filter(|&Func(at)| {
                    let function = &self.program.functions[at];
                    function.gives == gives
                        && function.parameters == 1
                        && function.parameter(0) == parameter
                        && (function.file == file || !function.is_static)
                })
                .collect();
            (!fits.is_empty()).then(|| *self.dice.pick(&fits))
        };
        let (get, put) = (of_shape(Ty::Page, Ty::Obj), of_shape(Ty::Void, Ty::Page));
        if get.is_some() || put.is_some() {
            self.program.tables.push(OpsTable { file, get, put });
        }
    }

    fn local(&mut self, function: Func, storage: Storage) -> Var {
        let variables = &mut self.program.functions[function.0].variables;
        let at = variables.len();
        let name = match storage {
            Storage::Scalar(ty) => name(ty, at),
            Storage::PageArray => format!("array{at}"),
            Storage::Object => format!("object{at}"),
            Storage::Iterator => format!("iterator{at}"),
            Storage::Vectors => format!("vectors{at}"),
        };
        variables.push(Variable { name, storage });
        Var(at)
    }

    fn body(&mut self, at: Func) {
        let mut storages: Vec<Storage> = vec![Storage::Scalar(Ty::Page), Storage::Scalar(Ty::Page)];
        if self.has(Feature::Arrays) {
            storages.extend([Storage::PageArray, Storage::Scalar(Ty::Pages)]);
        }
        if self.has(Feature::Pointers) {
            storages.push(Storage::Scalar(Ty::Pages));
        }
        if self.has(Feature::Objects) {
            storages.extend([Storage::Scalar(Ty::Obj), Storage::Scalar(Ty::Obj)]);
            if self.dice.once_in(3) {
                storages.push(Storage::Object);
            }
        }
        if self.has(Feature::Nested) {
            storages.push(Storage::Scalar(Ty::Inner));
        }
        if self.has(Feature::Iterators) && self.dice.once_in(2) {
            storages.push(Storage::Iterator);
        }
        if self.has(Feature::Vectors) {
            storages.push(Storage::Vectors);
        }
        for storage in storages {
            if storage == Storage::Scalar(Ty::Page) || !self.dice.once_in(3) {
                self.local(at, storage);
            }
        }
        let mut maker = statement::StatementMaker::new(self, at);
        let (head, body, tail) = maker.parts();
        let function = &mut self.program.functions[at.0];
        (function.head, function.body, function.tail) = (head, body, tail);
    }
}

fn name(ty: Ty, at: usize) -> String {
    let start = match ty {
        Ty::Int => "flag",
        Ty::Page => "page",
        Ty::Pages => "pages",
        Ty::PagesPtr => "array_at",
        Ty::Inner => "inner",
        Ty::Obj => "obj",
        Ty::Iter => "iter",
        Ty::Put => "put",
        Ty::Void => "nothing",
    };
    format!("{start}{at}")
}
