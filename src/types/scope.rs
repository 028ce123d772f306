//! Which declaration a name means at a place inside a function (C11 6.2.1).

use std::sync::Arc;

use super::Type;
use super::declare::{DeclaredName, declared_names};
use rustc_hash::FxHashMap;

use crate::ast::{Ast, Kind, NodeId};
use crate::lex::{LexedFile, TokenId, TokenRange};

/// The local names of one function: parameters and block-scope declarations.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    names: FxHashMap<Arc<str>, Vec<Local>>,
}

/// A local name with the tokens over which it is visible.
#[derive(Clone, Debug)]
struct Local {
    declared: DeclaredName,
    visible: TokenRange,
}

impl Scope {
    /// Collects the local names of `function`, a [`Kind::Function`]; of any other node, those below it.
    pub fn new(ast: &Ast, file: &LexedFile, function: NodeId) -> Scope {
        let mut scope = Scope::default();
        let whole = ast.tokens(function);
        for parameter in parameters_of(ast, function) {
            for declared in declared_names(ast, file, parameter) {
                scope.add(declared, whole);
            }
        }
        for id in ast.descendants(function) {
            if !matches!(ast.kind(id), Kind::Declaration { .. }) {
                continue;
            }
            let end = block_of(ast, id).map_or(whole.end, |block| ast.tokens(block).end);
            for declared in declared_names(ast, file, id) {
                let start = ast.tokens(declared.node).start;
                scope.add(declared, TokenRange { start, end });
            }
        }
        scope
    }

    fn add(&mut self, declared: DeclaredName, visible: TokenRange) {
        self.names.entry(declared.name.clone()).or_default().push(Local { declared, visible });
    }

    /// The declaration that `name` means at token `at`; `None` where it is not local.
    pub fn lookup(&self, name: &str, at: TokenId) -> Option<&DeclaredName> {
        let locals = self.names.get(name)?.iter();
        let visible = locals.filter(|local| local.visible.contains(at));
        // The innermost block starts last.
        visible.max_by_key(|local| local.visible.start).map(|local| &local.declared)
    }

    /// The type of `name` at token `at`, where it is local.
    pub fn type_at(&self, name: &str, at: TokenId) -> Option<&Type> {
        self.lookup(name, at).map(|declared| &declared.ty)
    }
}

/// The block, `for` statement or function that ends the life of a declaration.
fn block_of(ast: &Ast, declaration: NodeId) -> Option<NodeId> {
    ast.ancestors(declaration).find(|&id| {
        matches!(
            ast.kind(id),
            Kind::Compound { .. }
                | Kind::For { .. }
                | Kind::Function { .. }
                | Kind::StatementArgument { .. }
                | Kind::Fragment { .. }
        )
    })
}

/// The parameters of a function definition, K&R declarations among them; none of a macro-defined one.
pub fn parameters_of(ast: &Ast, function: NodeId) -> Vec<NodeId> {
    let Kind::Function { declarator, kr_declarations, .. } = ast.kind(function) else {
        return Vec::new();
    };
    let mut parameters = function_parameters(ast, declarator);
    parameters.extend_from_slice(ast.list(kr_declarations));
    parameters
}

/// The parameter list that belongs to the declared name itself: the innermost one.
fn function_parameters(ast: &Ast, declarator: NodeId) -> Vec<NodeId> {
    let Kind::Declarator { base, suffixes, .. } = ast.kind(declarator) else { return Vec::new() };
    if let Some(base) = base.filter(|&base| matches!(ast.kind(base), Kind::Declarator { .. })) {
        let inner = function_parameters(ast, base);
        if !inner.is_empty() {
            return inner;
        }
    }
    let lists = ast.list(suffixes).iter().filter_map(|&id| match ast.kind(id) {
        Kind::Parameters { params, .. } => Some(params),
        _ => None,
    });
    lists.take(1).flat_map(|params| ast.list(params).iter().copied()).collect()
}
