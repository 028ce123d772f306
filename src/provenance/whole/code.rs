//! A function's code at hand: its text, its parameters, its calls, and what is on every way to what.

use std::sync::Arc;

use super::super::Function;
use super::super::ask::FunctionId;
use super::super::origin::Place;
use super::super::summary::is_assigned;
use super::WholeTree;
use super::corpus::SourceFile;
use crate::ast::{Kind, NodeId};

/// A function and its file.
pub(super) struct Code {
    pub(super) file: Arc<SourceFile>,
    pub(super) function: Arc<Function>,
}

impl WholeTree {
    pub(super) fn code(&self, id: FunctionId) -> Option<Code> {
        Some(Code { file: self.file(id.file)?, function: self.function(id)? })
    }
}

impl Code {
    pub(super) fn text(&self, id: NodeId) -> String {
        let text = self.file.lexed.range_text(self.function.ast().tokens(id)).to_string();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// How many parameters it has.
    pub(super) fn parameters(&self) -> usize {
        self.function.scope().variables().filter(|(_, data)| data.parameter.is_some()).count()
    }

    /// The name of a parameter.
    pub(super) fn parameter_name(&self, number: usize) -> Option<String> {
        let mut all = self.function.scope().variables();
        let (_, data) = all.find(|(_, data)| data.parameter == Some(number))?;
        Some(data.name.clone())
    }

    /// The number of the parameter that an expression is nothing but, if that keeps its value.
    pub(super) fn parameter(&self, text: &str) -> Option<usize> {
        let (ast, scope) = (self.function.ast(), self.function.scope());
        let mut all = scope.variables();
        let (variable, data) = all.find(|(_, d)| d.parameter.is_some() && d.name == text)?;
        data.parameter.filter(|_| !is_assigned(ast, scope, variable))
    }

    /// The name and the arguments of a call.
    pub(super) fn call(&self, id: NodeId) -> Option<(String, &[NodeId])> {
        let ast = self.function.ast();
        match ast.kind(ast.strip_parens(id)) {
            Kind::Call { callee, args } => Some((self.text(callee), ast.list(args))),
            _ => None,
        }
    }

    /// Whether `earlier` is on every way to `later`.
    pub(super) fn precedes(&self, earlier: NodeId, later: NodeId) -> bool {
        let (ast, cfg) = (self.function.ast(), self.function.cfg());
        match (cfg.point_of(ast, earlier), cfg.point_of(ast, later)) {
            (Some(earlier), Some(later)) => {
                earlier != later && cfg.dominators().dominates(earlier, later)
            }
            _ => false,
        }
    }

    pub(super) fn place(&self, id: NodeId) -> Place {
        Place {
            file: self.file.lexed.path.clone(),
            line: self.file.lexed.location(self.function.ast().tokens(id).start).line,
            function: self.function.scope().name.clone(),
        }
    }
}
