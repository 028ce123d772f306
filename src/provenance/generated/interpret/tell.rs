//! Asks the condition that the analysis gave, in the function at the adder.

use super::super::print::field;
use super::super::program::{Field, Ty};
use super::memory::{IterKind, Pointer, Value};
use super::{Frame, Run};

const FIELDS: [Field; 6] =
    [Field::In, Field::Far, Field::Next, Field::Private, Field::Pinned, Field::Iter];

impl Run<'_> {
    /// What the expression `text` says at this point; `None` where it cannot be asked here.
    pub(super) fn tell(&self, text: &str, frame: &Frame<'_>) -> Option<bool> {
        let text = text.trim();
        if let Some(inner) = text.strip_prefix('!') {
            return self.tell(inner, frame).map(|holds| !holds);
        }
        if let Some(inner) = text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            return self.tell(inner, frame);
        }
        let call = text.strip_suffix(')').and_then(|rest| rest.split_once('('));
        let Some((helper, argument)) = call else {
            return match self.memory.load(self.lvalue(text, frame)?)? {
                Value::Null | Value::Int(0) => Some(false),
                Value::Undefined => None,
                _ => Some(true),
            };
        };
        let Value::Iter(kind) = self.memory.load(self.address(argument, frame)?)? else {
            return None;
        };
        match helper {
            "iov_iter_is_bvec" => Some(kind == IterKind::Bvec),
            _ => Some(kind.is_user_backed()),
        }
    }

    /// Where the pointer `text` points to.
    fn address(&self, text: &str, frame: &Frame<'_>) -> Option<Pointer> {
        if let Some(place) = text.trim().strip_prefix('&') {
            return self.lvalue(place, frame);
        }
        match self.memory.load(self.lvalue(text, frame)?)? {
            Value::Pointer(pointer) => Some(pointer),
            _ => None,
        }
    }

    fn lvalue(&self, text: &str, frame: &Frame<'_>) -> Option<Pointer> {
        let text = text.trim();
        let at = text.rfind(['.', '>']);
        let Some(at) = at else { return self.variable(text, frame) };
        let member = FIELDS.into_iter().find(|&f| field(f) == &text[at + 1..])?;
        let base = match text[..at].strip_suffix('-') {
            Some(pointer) => self.address(pointer, frame)?,
            None => self.lvalue(&text[..at], frame)?,
        };
        self.member(base, member).ok()
    }

    fn variable(&self, name: &str, frame: &Frame<'_>) -> Option<Pointer> {
        if name == "registry" {
            return Some(self.globals[self.program.files]);
        }
        let variables = &frame.function.variables;
        // The names of pages may be hidden by others; no condition asks for one.
        let is_it = |at: &usize| {
            let variable = &variables[*at];
            variable.name == name
                && variable.storage != super::super::program::Storage::Scalar(Ty::Page)
        };
        (0..variables.len()).find(is_it).map(|at| frame.variables[at])
    }
}
