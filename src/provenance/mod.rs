//! Where a page comes from: the pages that reach each adder of a function, and the way they took.
//!
//! In: a [`Function`], the [`Vocabulary`], and an [`Environment`] that answers for all other functions. Out:
//! [`Site`]s with a [`Class`], a [`Condition`] where one decides, sources, and a trace. The matcher is given
//! [`Facts`].
//!
//! It is an abstract interpretation (Cousot and Cousot, 1977) of one function at a time: `memory` says what
//! a pointer may lead to and what a cell may hold, `evaluate` and `calls` say what a point changes, `engine`
//! solves. Functions meet only through the environment: [`Summary`] is what a callee does to its arguments
//! and gives back, [`Environment::incoming`] what a parameter or field may hold on entry. [`Alone`] knows
//! neither, [`FileFunctions`] knows the functions of one file; a solver for the whole tree is a third.
//!
//! Invariant: what is not known is an origin of its own ([`OriginKind::Unknown`]) that makes a site at best
//! mixed; it is never taken for GUP and never for a page from elsewhere. Two things are assumed: two
//! access paths that look different lead to different memory, and a call of GUP whose failure matters is
//! checked before its pages are used.

mod calls;
mod classify;
mod condition;
mod engine;
mod environment;
mod evaluate;
mod facts;
mod file;
#[cfg(test)]
mod generated;
mod memory;
mod origin;
mod scope;
mod site;
mod summary;
#[cfg(test)]
mod tests;
mod value;
mod vocabulary;
pub use classify::Class;
pub use condition::Condition;
pub use environment::{
    AccessPath, Alone, Effect, Environment, PathStep, Root, Summary, SummaryAtom, SummaryValue,
};
pub use facts::{Fact, Facts};
pub use file::FileFunctions;
pub use origin::{IteratorExpr, Origin, OriginKind, Place, Role, TraceStep};
pub use scope::{
    Prototype, Scope, Type, Variable, VariableData, declared_name, declared_type, prototype,
    type_name,
};
pub use site::{Reach, Reference, Site, SiteShape, SourceRef};
pub use vocabulary::{
    Adder, ConditionHelper, Container, Meaning, Other, OtherGives, Pass, ReferenceKind, Release,
    Source, SourceGives, Store, Vocabulary, VocabularyError, When,
};

use crate::ast::{Ast, NodeId};
use crate::cfg::{self, Cfg, NoReturn};
use crate::lex::LexedFile;

/// A function with what every analysis of it needs.
#[derive(Clone, Debug)]
pub struct Function {
    ast: Ast,
    scope: Scope,
    cfg: Cfg,
}

impl Function {
    /// Takes the AST of a function definition.
    pub fn new(ast: Ast, file: &LexedFile, no_return: &NoReturn) -> Function {
        let root: NodeId = ast.root();
        let scope = Scope::new(&ast, file, root);
        let cfg = cfg::build(&ast, file, root, no_return);
        Function { ast, scope, cfg }
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
        file: &'a LexedFile,
        vocabulary: &'a Vocabulary,
        environment: &'a dyn Environment,
    ) -> engine::Context<'a> {
        let Function { ast, scope, cfg } = self;
        engine::Context { ast, file, scope, cfg, vocabulary, environment }
    }
}

/// The adder sites of a function, in source order.
pub fn sites(
    function: &Function,
    file: &LexedFile,
    vocabulary: &Vocabulary,
    environment: &dyn Environment,
) -> Vec<Site> {
    let mut engine = engine::Engine::new(function.context(file, vocabulary, environment));
    let record = engine.run(&|_, _| true);
    site::sites(&mut engine, record.adders)
}
