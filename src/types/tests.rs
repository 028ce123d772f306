//! Types of expressions, asked of small functions: each fixture line is `expression: type`.

use std::fmt::Write;

use super::*;
use crate::ast::{Ast, Kind, NodeId};
use crate::items::{Item, ItemKind, TypeNames};
use crate::lex::LexedFile;

/// Declarations of one made-up file.
struct World;

impl Declarations for World {
    fn members(&self, _: StructKind, tag: &str) -> Option<Arc<Members>> {
        let field = |name: &str, ty| (Some(Arc::from(name)), ty);
        let page = || Type::Record(Record::Tagged(StructKind::Struct, "page".into()));
        let fields = match tag {
            "req" => vec![
                field("pages", page().pointer().pointer()),
                (None, Type::Record(Record::Tagged(StructKind::Union, "req_tail".into()))),
            ],
            "req_tail" => vec![field("one", page().pointer())],
            _ => return None,
        };
        Some(Arc::new(Members { fields }))
    }

    fn typedef(&self, name: &str) -> Option<Type> {
        (name == "req_t").then(|| Type::Record(Record::Tagged(StructKind::Struct, "req".into())))
    }

    fn value(&self, name: &str) -> Option<Type> {
        let returns = Type::Named("req_t".into()).pointer();
        let signature = Signature { returns, parameters: Vec::new(), variadic: false };
        (name == "find_req").then(|| Type::Function(Arc::new(signature)))
    }
}

fn show(ty: &Type) -> String {
    match ty {
        Type::Void => "void".into(),
        Type::Arithmetic(name) | Type::Named(name) => name.to_string(),
        Type::Record(Record::Tagged(kind, tag)) => format!("{kind:?} {tag}").to_lowercase(),
        Type::Record(Record::Anonymous { .. }) => "anonymous".into(),
        Type::Enum(tag) => format!("enum {}", tag.as_deref().unwrap_or("")),
        Type::Pointer(to) => format!("{} *", show(to)),
        Type::Array(of) => format!("{} []", show(of)),
        Type::Function(f) => format!("{} (*)()", show(&f.returns)),
        Type::Unknown => "unknown".into(),
    }
}

/// The types of the statements that are a lone expression, a line each.
fn check(text: &str) -> String {
    let file = LexedFile::new(TreePath::new("x.c").unwrap(), text.into());
    let item = Item { kind: ItemKind::Function, tokens: file.tokens.all() };
    let types: TypeNames = ["req_t"].into_iter().map(str::to_owned).collect();
    let parsed = crate::parse::item(&file, &item, &types);
    let ast: Ast = parsed.ast.unwrap_or_else(|| panic!("{:?}", parsed.diagnostics));
    let scope = Scope::new(&ast, &file, ast.root());
    let inference = Inference::new(&ast, &file, &scope, &World);
    let mut out = String::new();
    let statements: Vec<NodeId> = ast.descendants(ast.root()).collect();
    for id in statements {
        if let Kind::ExprStatement { expr: Some(expr), .. } = ast.kind(id) {
            let ty = show(&inference.type_of(expr));
            writeln!(out, "{}: {ty}", file.range_text(ast.tokens(expr))).unwrap();
        }
    }
    out
}

#[test]
fn members_are_found_through_typedefs_pointers_and_anonymous_unions() {
    insta::assert_snapshot!(check(
        "void f(req_t *r, struct req s) { r->pages; r->pages[0]; *r->pages; s.one; &s.one; r->none; \
         find_req(3)->one; (find_req)(3, 0)->pages + 1; }"
    ), @r"
    r->pages: struct page * *
    r->pages[0]: struct page *
    *r->pages: struct page *
    s.one: struct page *
    &s.one: struct page * *
    r->none: unknown
    find_req(3)->one: struct page *
    (find_req)(3, 0)->pages + 1: struct page * *
    ");
}

#[test]
fn the_innermost_declaration_counts() {
    insta::assert_snapshot!(check(
        "void f(int a) { a; { long a[2]; a; a[0]; } for (char *a = 0;;) a; a; }"
    ), @r"
    a: int
    a: long []
    a[0]: long
    a: char *
    a: int
    ");
}

#[test]
fn declarators_are_read_inside_out() {
    insta::assert_snapshot!(check(
        "void f(int n, struct page *(*get)(int), int (*m)[3]) { get(n); m; *m; unsigned x; x; \
         struct { int y; } z; z; z.y; long unsigned int u; u; }"
    ), @r"
    get(n): struct page *
    m: int [] *
    *m: int []
    x: unsigned int
    z: anonymous
    z.y: int
    u: unsigned long
    ");
}

#[test]
fn arithmetic_on_pointers_keeps_them() {
    insta::assert_snapshot!(check(
        "void f(struct page **p, int n) { p + n; n + p; p - p; p[n]; p++; !p; n ? p : 0; n ? 0 : n; \
         p == 0; sizeof(n); (struct req *)p; ({ n; p; }); }"
    ), @r"
    p + n: struct page * *
    n + p: struct page * *
    p - p: long
    p[n]: struct page *
    p++: struct page * *
    !p: int
    n ? p : 0: struct page * *
    n ? 0 : n: int
    p == 0: int
    sizeof(n): unsigned long
    (struct req *)p: struct req *
    ({ n; p; }): struct page * *
    n: int
    p: struct page * *
    ");
}
