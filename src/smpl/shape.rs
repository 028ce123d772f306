//! A node taken apart the same way on both sides: its head, its slots, and the tokens of its own.
//!
//! The pattern and the file are ASTs of the same kinds, so that matching needs no case for each kind:
//! heads must agree, slots are matched pairwise, and the tokens that belong to no child correspond in
//! order. This is the one place that says which parts of a [`Kind`] are which.

use smallvec::{SmallVec, smallvec};

use crate::ast::{Ast, Kind, Label, List, NodeId};
use crate::lex::{LexedFile, TokenId, TokenRange};

/// A part of a node.
#[derive(Clone, Copy, Debug)]
pub enum Part {
    /// A child that is always there.
    One(NodeId),
    /// A child that may be missing.
    Maybe(Option<NodeId>),
    /// Any number of children.
    List(List),
    /// A list that may be missing as a whole.
    MaybeList(Option<List>),
    /// A name that is not a node.
    Name(TokenId),
    /// A name that may be missing.
    MaybeName(Option<TokenId>),
}

/// The parts of a node in source order; few have more than four.
pub type Parts = SmallVec<[Part; 4]>;

/// Whether two kinds are the same but for their children.
pub fn same_head(a: Kind, b: Kind) -> bool {
    match (a, b) {
        (Kind::Literal(a), Kind::Literal(b)) => a == b,
        (Kind::Member { arrow: a, .. }, Kind::Member { arrow: b, .. }) => a == b,
        (Kind::Unary { op: a, .. }, Kind::Unary { op: b, .. }) => a == b,
        (Kind::Binary { op: a, .. }, Kind::Binary { op: b, .. }) => a == b,
        (Kind::Assign { op: a, .. }, Kind::Assign { op: b, .. }) => a == b,
        (Kind::StorageSpecifier(a), Kind::StorageSpecifier(b)) => a == b,
        (Kind::StructType { kind: a, .. }, Kind::StructType { kind: b, .. }) => a == b,
        (Kind::Labeled { label: a, .. }, Kind::Labeled { label: b, .. }) => {
            std::mem::discriminant(&a) == std::mem::discriminant(&b)
        }
        _ => std::mem::discriminant(&a) == std::mem::discriminant(&b),
    }
}

/// Takes `id` apart.
pub fn parts(ast: &Ast, id: NodeId) -> Parts {
    match ast.kind(id) {
        Kind::Ident
        | Kind::Literal(_)
        | Kind::Absent
        | Kind::Opaque
        | Kind::Continue
        | Kind::Break
        | Kind::Asm
        | Kind::StorageSpecifier(_)
        | Kind::PrimitiveType
        | Kind::Qualifier
        | Kind::FunctionSpecifier
        | Kind::AlignSpecifier
        | Kind::TypedefName
        | Kind::DeclaratorName => smallvec![],
        Kind::LabelAddress { name }
        | Kind::MemberDesignator { name }
        | Kind::Goto { label: name } => smallvec![Part::Name(name)],
        Kind::Member { base, name, .. } => smallvec![Part::One(base), Part::Name(name)],
        Kind::Index { base: a, index: b }
        | Kind::CompoundLiteral { ty: a, init: b }
        | Kind::Cast { ty: a, operand: b }
        | Kind::Binary { lhs: a, rhs: b, .. }
        | Kind::Assign { lhs: a, rhs: b, .. }
        | Kind::Switch { value: a, body: b }
        | Kind::While { cond: a, body: b }
        | Kind::DoWhile { body: a, cond: b }
        | Kind::Iterator { call: a, body: b } => smallvec![Part::One(a), Part::One(b)],
        Kind::Call { callee, args } => smallvec![Part::One(callee), Part::List(args)],
        Kind::SizeofType { ty: a }
        | Kind::AlignofType { ty: a }
        | Kind::TypeArgument { ty: a }
        | Kind::SizeofExpr { operand: a }
        | Kind::AlignofExpr { operand: a }
        | Kind::Unary { operand: a, .. }
        | Kind::Typeof { operand: a }
        | Kind::Paren { inner: a }
        | Kind::StatementExpr { body: a }
        | Kind::GotoComputed { target: a }
        | Kind::StaticAssert { cond: a } => smallvec![Part::One(a)],
        Kind::Conditional { cond, then, other } => {
            smallvec![Part::One(cond), Part::Maybe(then), Part::One(other)]
        }
        Kind::Comma { exprs: list }
        | Kind::StatementArgument { items: list }
        | Kind::Compound { items: list }
        | Kind::InitList { items: list }
        | Kind::Fragment { items: list }
        | Kind::Pointer { qualifiers: list }
        | Kind::Parameters { params: list, .. } => smallvec![Part::List(list)],
        Kind::Generic { control, arms } => smallvec![Part::One(control), Part::List(arms)],
        Kind::GenericArm { ty, value } => smallvec![Part::Maybe(ty), Part::One(value)],
        Kind::ExprStatement { expr, .. } => smallvec![Part::Maybe(expr)],
        Kind::If { cond, then, other } => {
            smallvec![Part::One(cond), Part::One(then), Part::Maybe(other)]
        }
        Kind::For { init, cond, step, body } => {
            smallvec![Part::Maybe(init), Part::Maybe(cond), Part::Maybe(step), Part::One(body)]
        }
        Kind::Return { value: part } | Kind::Array { size: part } => smallvec![Part::Maybe(part)],
        Kind::Labeled { label, body } => {
            let mut parts: Parts = match label {
                Label::Name(name) => smallvec![Part::Name(name)],
                Label::Case(value) => smallvec![Part::One(value)],
                Label::CaseRange(low, high) => smallvec![Part::One(low), Part::One(high)],
                Label::Default => smallvec![],
            };
            parts.push(Part::Maybe(body));
            parts
        }
        Kind::Function { specifiers, declarator, kr_declarations, body } => smallvec![
            Part::List(specifiers),
            Part::One(declarator),
            Part::List(kr_declarations),
            Part::One(body)
        ],
        Kind::Declaration { specifiers, declarators } | Kind::Field { specifiers, declarators } => {
            smallvec![Part::List(specifiers), Part::List(declarators)]
        }
        Kind::InitDeclarator { declarator, init } => {
            smallvec![Part::One(declarator), Part::Maybe(init)]
        }
        Kind::MacroDeclaration { specifiers, call, init } => {
            smallvec![Part::List(specifiers), Part::One(call), Part::Maybe(init)]
        }
        Kind::StructType { name, fields, .. } => {
            smallvec![Part::MaybeName(name), Part::MaybeList(fields)]
        }
        Kind::EnumType { name, enumerators } => {
            smallvec![Part::MaybeName(name), Part::MaybeList(enumerators)]
        }
        Kind::Declarator { base, pointers, suffixes } => {
            smallvec![Part::List(pointers), Part::Maybe(base), Part::List(suffixes)]
        }
        Kind::Parameter { specifiers, declarator } | Kind::TypeName { specifiers, declarator } => {
            smallvec![Part::List(specifiers), Part::Maybe(declarator)]
        }
        Kind::FieldDeclarator { declarator, bits } => {
            smallvec![Part::Maybe(declarator), Part::Maybe(bits)]
        }
        Kind::Enumerator { name, value } => smallvec![Part::Name(name), Part::Maybe(value)],
        Kind::InitItem { designators, value } => {
            smallvec![Part::List(designators), Part::One(value)]
        }
        Kind::IndexDesignator { from, to } => smallvec![Part::One(from), Part::Maybe(to)],
    }
}

/// The token ranges that the parts of a node take up, in order. A list is one range, separators included.
pub fn part_ranges(ast: &Ast, parts: &Parts) -> SmallVec<[TokenRange; 4]> {
    let one = |token: TokenId| TokenRange { start: token, end: token.next() };
    let list = |list: List| {
        let ranges =
            ast.list(list).iter().map(|&id| ast.tokens(id)).filter(|range| !range.is_empty());
        ranges.reduce(TokenRange::join)
    };
    let range = |part: &Part| match *part {
        Part::One(id) => Some(ast.tokens(id)).filter(|range| !range.is_empty()),
        Part::Maybe(id) => id.map(|id| ast.tokens(id)).filter(|range| !range.is_empty()),
        Part::List(ids) => list(ids),
        Part::MaybeList(ids) => ids.and_then(list),
        Part::Name(token) => Some(one(token)),
        Part::MaybeName(token) => token.map(one),
    };
    parts.iter().filter_map(range).collect()
}

/// The significant tokens of `id` that belong to none of its parts, attributes left out.
pub fn own_tokens(ast: &Ast, file: &LexedFile, id: NodeId, parts: &Parts) -> Vec<TokenId> {
    let inside = part_ranges(ast, parts);
    let attributes = ast.attributes();
    let taken = |token: TokenId| {
        inside.iter().any(|range| range.contains(token))
            || attributes.iter().any(|range| range.contains(token))
    };
    file.tokens.significant(ast.tokens(id)).filter(|&token| !taken(token)).collect()
}

/// The significant tokens between two neighbours of a list.
pub fn separator(ast: &Ast, file: &LexedFile, before: NodeId, after: NodeId) -> Vec<TokenId> {
    let (before, after) = (ast.tokens(before), ast.tokens(after));
    if before.end >= after.start {
        return Vec::new();
    }
    let between = TokenRange { start: before.end, end: after.start };
    let attributes = ast.attributes();
    file.tokens
        .significant(between)
        .filter(|&token| !attributes.iter().any(|range| range.contains(token)))
        .collect()
}
