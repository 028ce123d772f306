//! The one gate to lang-c: normalised text in, our AST out.
//!
//! In: an [`Item`](crate::items::Item) or a fragment of a rule. Out: an [`Ast`] and what was not understood in it. lang-c's own
//! tree costs thirty times the text, so it is lowered at once and dropped; no other file names lang-c.
//!
//! The text is normalised first (see [`items`](crate::items)); lowering puts the constructs of the edit
//! log back as nodes of their own. Spans of lang-c are bytes of that text and become token ranges here;
//! nothing behind this module knows that there was another text.
//!
//! lang-c recurses, about 3 KiB a level: each call makes sure of a large stack first, and the normaliser
//! has bounded the nesting before.

pub mod coverage;
mod item;
mod lower;
mod placement;

use lang_c::ast as c;
use lang_c::driver::{Config, Flavor, SyntaxError, parse_preprocessed};
use lang_c::span::Node;

use crate::ast::Ast;
use crate::diagnostic::Diagnostic;
use crate::items::{Normalised, Shape};
use crate::lex::LexedFile;
use placement::Placement;

pub use item::{Parsed, fragment, item};

/// What a lang-c call may need, and what a worker thread should have.
pub const STACK_BYTES: usize = 64 << 20;

/// Below this much stack a call moves to a stack of its own.
const STACK_RED_ZONE: usize = 24 << 20;

/// What stands around the text of each shape, so that lang-c's only entry takes it.
fn wrapping(shape: Shape) -> (&'static str, &'static str) {
    match shape {
        Shape::TopLevel => ("", ""),
        Shape::Statements => ("void gupatch_f(void){", "}"),
        Shape::Expression => ("void gupatch_f(void){return ", ";}"),
        Shape::TypeName => ("int gupatch_t=sizeof(", ");"),
        Shape::Initializer => ("int gupatch_i=", ";"),
        Shape::Parameters => ("void gupatch_p(", ");"),
        Shape::Fields => ("struct gupatch_s{", "};"),
        Shape::Enumerators => ("enum gupatch_e{", "};"),
    }
}

/// Why lang-c refused a text: where in it, in bytes of [`Normalised::text`], and what it had wanted.
#[derive(Clone, Debug)]
struct Refusal {
    at: u32,
    expected: String,
}

/// Parses `text` as `shape` and lowers it.
fn parse(file: &LexedFile, text: &Normalised, shape: Shape) -> Result<Ast, Refusal> {
    stacker::maybe_grow(STACK_RED_ZONE, STACK_BYTES, || {
        let (before, after) = wrapping(shape);
        let types = if text.types.is_empty() {
            String::new()
        } else {
            format!("typedef int {};", text.types.join(","))
        };
        let prefix = types.len() + before.len();
        let source = format!("{types}{before}{}{after}", text.text);
        let config =
            Config { cpp_command: String::new(), cpp_options: Vec::new(), flavor: Flavor::GnuC11 };
        let parsed = parse_preprocessed(&config, source).map_err(|e| refusal(&e, prefix))?;
        let placement = Placement::new(text, prefix);
        let unit = &parsed.unit.0[usize::from(!types.is_empty())..];
        lower::unit(file, placement, unit, shape).ok_or_else(|| Refusal {
            at: 0,
            expected: "one construct of the shape asked for".into(),
        })
    })
}

fn refusal(error: &SyntaxError, prefix: usize) -> Refusal {
    let mut expected: Vec<&str> = error.expected.iter().copied().collect();
    expected.sort_unstable();
    // A failure deep in an expression names every operator; the first few say as much.
    expected.truncate(6);
    Refusal { at: error.offset.saturating_sub(prefix) as u32, expected: expected.join(", ") }
}

/// A refusal as a diagnostic about the file.
fn diagnose(file: &LexedFile, text: &Normalised, refusal: &Refusal) -> Diagnostic {
    let piece = text.piece_at(refusal.at).or_else(|| text.pieces.len().checked_sub(1));
    let tokens = piece.map(|index| text.pieces[index].tokens);
    let span = tokens.map_or_else(Default::default, |tokens| file.span(tokens));
    let found = tokens.map_or_else(String::new, |tokens| file.range_text(tokens).to_string());
    Diagnostic::warning(span, format!("syntax not understood at `{found}`"))
        .with_help(format!("the C grammar wants one of {}", refusal.expected))
}

#[cfg(test)]
mod tests {
    use crate::ast::print;
    use crate::items::{Item, ItemKind, TypeNames};
    use crate::lex::LexedFile;
    use crate::source::TreePath;

    /// The function in `text` as printed AST; children must lie within their parents.
    fn printed(text: &str) -> String {
        let file = LexedFile::new(TreePath::new("x.c").expect("a path"), text.into());
        let item = Item { kind: ItemKind::Function, tokens: file.tokens.all() };
        let parsed = super::item(&file, &item, &TypeNames::default());
        assert_eq!(parsed.diagnostics, []);
        let ast = parsed.ast.expect("it parses");
        for id in ast.ids() {
            for child in ast.children(id) {
                assert!(ast.tokens(id).covers(ast.tokens(child)), "{:?}", ast.kind(child));
            }
        }
        print::tree(&ast, &file, ast.root())
    }

    #[test]
    fn every_grammar_section_is_lowered_with_its_parentheses() {
        insta::assert_snapshot!(printed(include_str!("../../tests/data/parse/grammar.c")));
    }
}
