//! Variables that live on between calls: those at file scope, and the `static` ones of functions.
//!
//! Any function may store to them, and a pointer from elsewhere may lead to them where their address is taken. So a
//! call of which nothing is known may change what was stored here, and a load sees what was stored through the other
//! name.

use super::ask::{Hop, RecordKey};
use super::engine::Engine;
use super::evaluate::Places;
use super::memory::{CellId, Object, State};
use super::value::Value;
use crate::ast::{Kind, Storage};

impl Engine<'_> {
    /// The cell of a name that is no variable of the function.
    pub(super) fn file_variable(&mut self, name: &str) -> CellId {
        let interned = self.memory.name(name);
        let cells = self.memory.cell_count();
        let cell = self.memory.whole(Object::Global(interned));
        if self.memory.cell_count() > cells
            && let Some(variable) = self.context.environment.variable(name)
        {
            self.scopes.insert(cell, variable.scope);
            if variable.may_be_pointed_to {
                let held = match variable.is_array {
                    true => self.memory.whole(Object::Behind(cell)),
                    false => cell,
                };
                self.exposed.push(held);
            }
        }
        cell
    }

    /// The variable that a cell is all of, for other functions.
    pub(super) fn variable_hop(&self, cell: CellId) -> Option<Hop> {
        match self.memory.object_of(cell) {
            Object::Global(name) => {
                let record = self.scopes.get(&cell)?.clone();
                Some(Hop { record, member: self.memory.text(name).into() })
            }
            Object::Parameter(variable) => {
                let data = self.context.scope.data(variable);
                let declared = data.declared;
                if !data.is_static || self.is_extern(declared) {
                    return None;
                }
                let at = self.context.ast.tokens(declared).start.0;
                let record = RecordKey::of_function(self.context.id.file, at);
                Some(Hop { record, member: data.name.as_str().into() })
            }
            _ => None,
        }
    }

    fn is_extern(&self, declarator: crate::ast::NodeId) -> bool {
        let ast = self.context.ast;
        ast.parent(declarator).is_some_and(|declaration| match ast.kind(declaration) {
            Kind::Declaration { specifiers, .. } => ast
                .list(specifiers)
                .iter()
                .any(|&one| matches!(ast.kind(one), Kind::StorageSpecifier(Storage::Extern))),
            _ => false,
        })
    }

    /// Where the function has stored, of what lives on between calls.
    pub(super) fn stored_variables(&self, state: &State) -> Vec<CellId> {
        let lives_on = |cell: &CellId| match self.memory.root(*cell) {
            Object::Global(_) => true,
            Object::Parameter(variable) => self.context.scope.data(variable).is_static,
            _ => false,
        };
        state.stored_cells().map(|(cell, _)| cell).filter(lives_on).collect()
    }

    /// What was stored in the memory of `cell` through another name of it: a variable whose address is taken and what
    /// a pointer from elsewhere leads to may be one.
    pub(super) fn stored_through_another_name(&mut self, cell: CellId, state: &State) -> Value {
        let mut out = Value::default();
        if self.exposed.is_empty() {
            return out;
        }
        let exposed: Places = self.exposed.iter().copied().collect();
        let path = self.memory.cell(cell).path.clone();
        let whole = self.memory.outward(cell).last().expect("itself at least");
        if exposed.contains(&whole) {
            for (other, value) in state.stored_cells() {
                let around = self.memory.outward(other).last().expect("itself at least");
                let is_same_place = self.memory.cell(other).path == path;
                if is_same_place && self.leads_elsewhere(around) && !exposed.contains(&around) {
                    out.join(value);
                }
            }
        } else if self.leads_elsewhere(whole) {
            for variable in exposed {
                let other = self.memory.below(variable, &path);
                let stored = state.stored_cells().find(|&(stored, _)| stored == other);
                out.join(&stored.map(|(_, value)| value.clone()).unwrap_or_default());
            }
        }
        out
    }

    /// Whether the object is one that a pointer from outside of the function leads to.
    fn leads_elsewhere(&self, whole: CellId) -> bool {
        match self.memory.object_of(whole) {
            Object::Result(_) | Object::After(..) | Object::Beyond(_) => true,
            Object::Behind(_) => !self.memory.starts_empty(whole),
            _ => false,
        }
    }
}
