//! Where a page comes from: the pages that reach each adder of a function, and the way they took.
//!
//! In: a [`Function`], the [`Vocabulary`], and an [`Environment`] that answers for all other functions. Out:
//! [`Site`]s with a [`Class`], a [`Condition`] where one decides, sources, and a trace. The matcher is given
//! [`Facts`].
//!
//! It is an abstract interpretation (Cousot and Cousot, 1977) of one function at a time: `memory` says what
//! a pointer may lead to and what a cell may hold, `evaluate` and `calls` say what a point changes, `engine`
//! solves. What it leaves open is an [`Ask`] (`leads`); [`WholeTree`] answers it for the tree (`whole`, where
//! the design is told). [`Summary`] is what a callee of the same file does, beforehand.
//!
//! Invariant: what is not known is an origin of its own ([`OriginKind::Unknown`]) that makes a site at best
//! mixed; it is never taken for GUP and never for a page from elsewhere. Two things are assumed: two
//! access paths that look different lead to different memory (but for a variable whose address is taken, see
//! `variable`), and a call of GUP whose failure matters is checked before its pages are used.

mod ask;
mod calls;
mod classify;
mod condition;
mod engine;
mod environment;
mod evaluate;
mod facts;
mod gap;
#[cfg(test)]
mod generated;
mod leads;
mod memory;
mod origin;
mod reference;
mod relocate;
mod scope;
mod shared;
mod site;
mod summary;
#[cfg(test)]
mod tests;
mod value;
mod variable;
mod vocabulary;
mod whole;
pub use ask::{Ask, Calls, FunctionId, HeapKey, Hop, RecordKey};
pub use classify::Class;
pub use condition::Condition;
pub use environment::{
    AccessPath, Alone, Answer, Effect, Environment, FileVariable, PathStep, Root, Summary,
    SummaryAtom, SummaryValue,
};
pub use facts::{Fact, Facts};
pub use gap::{Gap, GapKind};
pub use origin::{IteratorExpr, Origin, OriginKind, Place, Role, TraceStep};
pub use relocate::Moves;
pub use scope::{
    Prototype, Scope, Type, Variable, VariableData, declared_name, declared_type, prototype,
    type_name,
};
pub use site::{Reach, Reference, Site, SiteShape, SourceRef};
pub use vocabulary::{
    Adder, ConditionHelper, Container, FlagFunctions, FlagNames, Meaning, NoVariant, Other,
    OtherGives, Pass, ReferenceKind, Release, Source, SourceGives, Store, Variant, Vocabulary,
    VocabularyError, When, WriteFunctions,
};
pub use whole::{
    Anchor, AskedOfFile, Aspect, Corpus, Insertion, KeptFlags, Node, Part, Parts, Query, Quiet,
    Renumber, Search, Searched, Setter, TextPlace, Threaded, ThreadedCall, Threading, WholeTree,
};

use std::sync::{Arc, OnceLock};

use crate::ast::{Ast, NodeId};
use crate::cfg::{self, Cfg, NoReturn};
use crate::lex::LexedFile;

/// A function with what every analysis of it needs.
#[derive(Clone, Debug)]
pub struct Function {
    ast: Ast,
    scope: Scope,
    cfg: Cfg,
    /// The structs of its member accesses, once they were asked for.
    members: OnceLock<(Arc<engine::Members>, Option<Part>)>,
}

impl Function {
    /// Takes the AST of a function definition.
    pub fn new(ast: Ast, file: &LexedFile, no_return: &NoReturn) -> Function {
        let root: NodeId = ast.root();
        let scope = Scope::new(&ast, file, root);
        let cfg = cfg::build(&ast, file, root, no_return);
        Function { ast, scope, cfg, members: OnceLock::new() }
    }

    /// Its AST.
    pub fn ast(&self) -> &Ast {
        &self.ast
    }

    /// Its graph.
    pub fn cfg(&self) -> &Cfg {
        &self.cfg
    }

    /// Its names and types.
    pub fn scope(&self) -> &Scope {
        &self.scope
    }

    fn context<'a>(
        &'a self,
        id: FunctionId,
        members: &'a engine::Members,
        file: &'a LexedFile,
        vocabulary: &'a Vocabulary,
        environment: &'a dyn Environment,
    ) -> engine::Context<'a> {
        let Function { ast, scope, cfg, .. } = self;
        engine::Context { ast, file, scope, cfg, id, members, vocabulary, environment }
    }
}

/// The adder sites of a function, in source order.
pub fn sites(
    function: &Function,
    file: &LexedFile,
    vocabulary: &Vocabulary,
    environment: &dyn Environment,
) -> Vec<Site> {
    let nothing = engine::Members::default();
    let id = FunctionId { file: 0, item: 0 };
    let context = function.context(id, &nothing, file, vocabulary, environment);
    let mut engine = engine::Engine::new(context);
    let record = engine.run(&|_, _| true);
    site::sites(&mut engine, record.adders)
}
