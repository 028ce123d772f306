//! Stage `provenance`.
mod calls;
mod classify;
mod condition;
mod engine;
mod environment;
mod evaluate;
mod file;
mod memory;
mod origin;
mod scope;
mod site;
mod summary;
mod value;
#[cfg(test)]
mod generated;
#[cfg(test)]
mod tests;
mod vocabulary;
pub use classify::Class;
pub use condition::Condition;
pub use environment::*;
pub use file::FileFunctions;
pub use origin::*;
pub use scope::*;
pub use site::*;
pub use vocabulary::*;

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
