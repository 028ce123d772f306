//! The AST as indented text, a node a line: what `gupatch dump ast` shows and snapshots compare.

use std::fmt::Write;

use super::{Ast, Kind, Label, NodeId};
use crate::lex::{LexedFile, TokenId};

/// Prints `id` and what hangs below it: the kind, what it says beside its children, and the text of leaves.
pub fn tree(ast: &Ast, file: &LexedFile, id: NodeId) -> String {
    let mut out = String::new();
    node(ast, file, id, 0, &mut out);
    out
}

fn node(ast: &Ast, file: &LexedFile, id: NodeId, depth: usize, out: &mut String) {
    let children = ast.children(id);
    let (name, detail) = title(ast, file, id);
    let indent = 2 * depth;
    write!(out, "{:indent$}{name}{detail}", "").expect("writing to a String does not fail");
    if children.is_empty() && !ast.tokens(id).is_empty() {
        write!(out, " `{}`", file.range_text(ast.tokens(id))).expect("as above");
    }
    out.push('\n');
    for child in children {
        node(ast, file, child, depth + 1, out);
    }
}

/// The kind's name, and the words that tell it from others of its kind.
fn title(ast: &Ast, file: &LexedFile, id: NodeId) -> (String, String) {
    let kind = ast.kind(id);
    let debug = format!("{kind:?}");
    let name = debug.split([' ', '(', '{']).next().unwrap_or_default().to_owned();
    let word = |token: TokenId| format!(" {}", file.text(token));
    let detail = match kind {
        Kind::Literal(kind) => format!(" {kind:?}"),
        Kind::StorageSpecifier(storage) => format!(" {storage:?}"),
        Kind::Member { arrow, name, .. } => {
            format!(" {}{}", if arrow { "->" } else { "." }, file.text(name))
        }
        Kind::Unary { op, .. } => format!(" {op:?}"),
        Kind::Binary { op, .. } => format!(" {op:?}"),
        Kind::Assign { op, .. } => format!(" {op:?}"),
        Kind::ExprStatement { semi: false, .. } => " without `;`".to_owned(),
        Kind::Parameters { variadic: true, .. } => " variadic".to_owned(),
        Kind::StructType { kind, name, .. } => {
            format!(" {kind:?}{}", name.map(word).unwrap_or_default())
        }
        Kind::EnumType { name, .. } => name.map(word).unwrap_or_default(),
        Kind::Enumerator { name, .. } => word(name),
        Kind::Labeled { label, .. } => match label {
            Label::Name(name) => word(name),
            Label::Case(_) => " case".to_owned(),
            Label::CaseRange(..) => " case range".to_owned(),
            Label::Default => " default".to_owned(),
        },
        _ => String::new(),
    };
    (name, detail)
}
