//! Types of expressions, as far as the file at hand tells them: declarations in scope, members, casts.
//!
//! In: the parsed items of a file. Out: [`FileTypes`], and for an expression a [`TypeOf`]. It is a lookup,
//! not a type checker: what is not declared in sight has no type, and then a typed metavariable does not
//! match it.

use std::fmt;
use std::sync::Arc;

use bstr::{BString, ByteSlice};
use rustc_hash::{FxHashMap, FxHashSet};

use super::Matcher;
use super::Unit;
use crate::ast::{Ast, Kind, List, LiteralKind, NodeId, Storage, UnaryOp};
use crate::lex::{LexedFile, TokenId, TokenKind};

/// A type: its words, and what is around them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct TypeOf {
    /// `const` and `volatile` of what the words name; those of pointers say nothing about what is pointed to.
    pub qualifiers: Vec<String>,
    /// `struct s`, `unsigned int`, a typedef's name.
    pub words: Vec<String>,
    /// How many `*`.
    pub pointers: usize,
    /// How many `[]`.
    pub arrays: usize,
    /// Whether it is a function that returns this.
    pub function: bool,
}

impl TypeOf {
    pub(super) fn word(word: &str) -> TypeOf {
        TypeOf { words: vec![word.to_owned()], ..TypeOf::default() }
    }

    /// The type that `*x` or `x[i]` has.
    fn target(mut self) -> Option<TypeOf> {
        if self.arrays > 0 {
            self.arrays -= 1;
        } else {
            self.pointers = self.pointers.checked_sub(1)?;
        }
        Some(self)
    }

    fn pointer(mut self) -> TypeOf {
        self.pointers += 1;
        self
    }

    fn unqualified(mut self) -> TypeOf {
        self.qualifiers.clear();
        self
    }

    /// As C text without a name: `const struct s *`.
    pub fn text(&self) -> String {
        let words: Vec<&str> =
            self.qualifiers.iter().chain(&self.words).map(String::as_str).collect();
        let mut text = words.join(" ");
        if self.pointers + self.arrays > 0 {
            text.push(' ');
            text.extend(std::iter::repeat_n('*', self.pointers));
            (0..self.arrays).for_each(|_| text.push_str("[]"));
        }
        text
    }
}

/// The names that a file declares outside of functions, with their types.
#[derive(Clone, Debug, Default)]
pub struct FileTypes {
    globals: FxHashMap<String, TypeOf>,
    typedefs: FxHashMap<String, TypeOf>,
    /// Names that declarations of the file use as types.
    used: FxHashSet<String>,
    /// By `struct tag` and member; for a typedef of an untagged struct by the typedef's name.
    members: FxHashMap<(String, String), TypeOf>,
    /// What the headers declare, asked where the file itself says nothing.
    included: Vec<Arc<FileTypes>>,
}

/// What a file declares, worked out when it is first asked for: most rules never ask.
pub trait Declared: fmt::Debug {
    /// The types.
    fn types(&self) -> &FileTypes;
}

impl FileTypes {
    /// Takes over what an included header declares.
    pub fn include(&mut self, header: Arc<FileTypes>) {
        self.included.push(header);
    }

    /// What `of` finds in the file itself, or else in the first header that has it.
    fn first<'t, T>(&'t self, of: &impl Fn(&'t FileTypes) -> Option<T>) -> Option<T> {
        of(self).or_else(|| self.included.iter().find_map(|header| header.first(of)))
    }

    /// The type of a name that is declared outside of functions.
    fn global(&self, name: &str) -> Option<&TypeOf> {
        self.first(&|types| types.globals.get(name))
    }

    fn typedef(&self, name: &str) -> Option<&TypeOf> {
        self.first(&|types| types.typedefs.get(name))
    }

    /// Adds macros that stand for types: `#define INT16 short`.
    pub fn add_macros(&mut self, file: &LexedFile) {
        let all = file.tokens.all().iter();
        for id in all.filter(|&id| file.tokens.kind(id) == TokenKind::Directive) {
            let text = file.text(id).to_str_lossy();
            let mut words = text.trim_start_matches('#').split_ascii_whitespace();
            let (Some("define"), Some(name)) = (words.next(), words.next()) else { continue };
            let words: Vec<String> = words.map(str::to_owned).collect();
            let is_type = |word: &String| {
                matches!(
                    word.as_str(),
                    "char" | "short" | "int" | "long" | "unsigned" | "signed" | "float" | "double"
                )
            };
            if !words.is_empty() && words.iter().all(is_type) && !name.contains('(') {
                let ty = TypeOf { words, ..TypeOf::default() };
                self.typedefs.insert(name.to_owned(), ty);
            }
        }
    }

    /// Adds what one item declares.
    pub fn add(&mut self, unit: &Unit<'_>) {
        let ast = unit.ast;
        for id in ast.descendants(ast.root()) {
            match ast.kind(id) {
                Kind::Declaration { specifiers, declarators } => {
                    let at_top =
                        ast.ancestors(id).all(|up| !matches!(ast.kind(up), Kind::Function { .. }));
                    if at_top {
                        self.declaration(unit, ast.list(specifiers), ast.list(declarators));
                    }
                }
                Kind::Function { specifiers, declarator, .. } => {
                    if let Some((name, ty)) =
                        declared(ast, unit.file, ast.list(specifiers), declarator)
                    {
                        self.globals.insert(name, ty);
                    }
                }
                Kind::TypedefName => {
                    self.used.insert(unit.file.range_text(ast.tokens(id)).to_string());
                }
                Kind::StructType { name: Some(name), fields: Some(fields), .. } => {
                    let tag = unit.file.text(name).to_string();
                    self.fields(unit, &tag, ast.list(fields));
                }
                _ => {}
            }
        }
    }

    fn declaration(&mut self, unit: &Unit<'_>, specifiers: &[NodeId], declarators: &[NodeId]) {
        let ast = unit.ast;
        let is_typedef =
            specifiers.iter().any(|&id| ast.kind(id) == Kind::StorageSpecifier(Storage::Typedef));
        for &id in declarators {
            let Kind::InitDeclarator { declarator, .. } = ast.kind(id) else { continue };
            let Some((name, ty)) = declared(ast, unit.file, specifiers, declarator) else {
                continue;
            };
            if is_typedef {
                for &specifier in specifiers {
                    if let Kind::StructType { name: None, fields: Some(fields), .. } =
                        ast.kind(specifier)
                    {
                        self.fields(unit, &name, ast.list(fields));
                    }
                }
                self.typedefs.insert(name, ty);
            } else {
                self.globals.insert(name, ty);
            }
        }
    }

    fn fields(&mut self, unit: &Unit<'_>, tag: &str, fields: &[NodeId]) {
        let ast = unit.ast;
        for &field in fields {
            let Kind::Field { specifiers, declarators } = ast.kind(field) else { continue };
            if declarators.is_empty() {
                for &specifier in ast.list(specifiers) {
                    if let Kind::StructType { fields: Some(inner), .. } = ast.kind(specifier) {
                        self.fields(unit, tag, ast.list(inner));
                    }
                }
            }
            for &id in ast.list(declarators) {
                let Kind::FieldDeclarator { declarator: Some(declarator), .. } = ast.kind(id)
                else {
                    continue;
                };
                let found = declared(ast, unit.file, ast.list(specifiers), declarator);
                if let Some((name, ty)) = found {
                    self.members.insert((tag.to_owned(), name), ty);
                }
            }
        }
    }

    /// `ty` with a typedef of a struct or pointer replaced by what it stands for, for looking inside.
    fn resolved(&self, ty: &TypeOf) -> TypeOf {
        let mut ty = ty.clone();
        for _ in 0..8 {
            let [word] = ty.words.as_slice() else { break };
            let Some(target) = self.typedef(word).filter(|target| target.words != ty.words) else {
                break;
            };
            if target.words.iter().any(|word| word == "struct" || word == "union")
                && target.words.len() == 1
            {
                break;
            }
            let qualifiers = ty.qualifiers.iter().chain(&target.qualifiers).cloned().collect();
            ty = TypeOf {
                qualifiers,
                words: target.words.clone(),
                pointers: ty.pointers + target.pointers,
                arrays: ty.arrays + target.arrays,
                function: ty.function,
            };
        }
        ty
    }

    /// Whether the file makes `name` a type.
    pub(super) fn is_typedef(&self, name: &str) -> bool {
        self.typedef(name).is_some()
    }

    /// Whether the file uses `name` as a type somewhere and declares nothing else of that name.
    pub(super) fn is_type(&self, name: &str) -> bool {
        self.used.contains(name) && self.global(name).is_none()
    }

    fn member(&self, object: &TypeOf, name: &str) -> Option<TypeOf> {
        let of_tag = |tag: String| {
            let key = (tag, name.to_owned());
            self.first(&|types| types.members.get(&key).cloned())
        };
        let direct = object.words.last().cloned()?;
        of_tag(direct).or_else(|| of_tag(self.resolved(object).words.last().cloned()?))
    }
}

/// The type that specifiers spell, without storage.
pub(super) fn specified(ast: &Ast, file: &LexedFile, specifiers: &[NodeId]) -> TypeOf {
    let (mut words, mut qualifiers) = (Vec::new(), Vec::new());
    for &id in specifiers {
        match ast.kind(id) {
            Kind::Qualifier => {
                let word = file.range_text(ast.tokens(id)).to_string();
                if matches!(word.as_str(), "const" | "volatile") && !qualifiers.contains(&word) {
                    qualifiers.push(word);
                }
            }
            Kind::PrimitiveType | Kind::TypedefName => {
                words.push(file.range_text(ast.tokens(id)).to_string());
            }
            Kind::StructType { kind, name, .. } => {
                let keyword = match kind {
                    crate::ast::StructKind::Struct => "struct",
                    crate::ast::StructKind::Union => "union",
                };
                words.push(keyword.to_owned());
                words.extend(name.map(|name| file.text(name).to_string()));
            }
            Kind::EnumType { name, .. } => {
                words.push("enum".to_owned());
                words.extend(name.map(|name| file.text(name).to_string()));
            }
            _ => {}
        }
    }
    qualifiers.sort_unstable();
    TypeOf { qualifiers, words, ..TypeOf::default() }
}

/// The name and type that a declarator declares.
pub(super) fn declared(
    ast: &Ast,
    file: &LexedFile,
    specifiers: &[NodeId],
    declarator: NodeId,
) -> Option<(String, TypeOf)> {
    let mut ty = specified(ast, file, specifiers);
    let mut next = declarator;
    loop {
        let Kind::Declarator { base, pointers, suffixes } = ast.kind(next) else { return None };
        ty.pointers += pointers.len();
        for &suffix in ast.list(suffixes) {
            match ast.kind(suffix) {
                Kind::Array { .. } => ty.arrays += 1,
                _ => ty.function = true,
            }
        }
        let base = base?;
        if ast.kind(base) == Kind::DeclaratorName {
            return Some((file.range_text(ast.tokens(base)).to_string(), ty));
        }
        next = base;
    }
}

/// The type of a number, by its suffix.
fn number(text: &str) -> TypeOf {
    let text = text.to_ascii_lowercase();
    let hex = text.starts_with("0x");
    if text.contains('.') || !hex && text.contains('e') {
        return TypeOf::word(if text.ends_with('f') { "float" } else { "double" });
    }
    let suffix = &text[text.trim_end_matches(['u', 'l']).len()..];
    let words: &[&str] = match (suffix.contains('u'), suffix.matches('l').count()) {
        (false, 0) => &["int"],
        (true, 0) => &["unsigned", "int"],
        (false, 1) => &["long"],
        (true, 1) => &["unsigned", "long"],
        (false, _) => &["long", "long"],
        (true, _) => &["unsigned", "long", "long"],
    };
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    TypeOf { words, ..TypeOf::default() }
}

/// The words of an arithmetic type in one order and without those that say nothing: `long` for `signed
/// long int`; all other types as they are.
pub(super) fn canonical<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let arithmetic = |word: &&str| {
        matches!(*word, "unsigned" | "signed" | "char" | "short" | "int" | "long" | "double")
    };
    if !words.iter().all(arithmetic) || words.is_empty() {
        return words.to_vec();
    }
    let count = |wanted: &str| words.iter().filter(|word| **word == wanted).count();
    let mut out = Vec::new();
    if count("unsigned") > 0 {
        out.push("unsigned");
    } else if count("signed") > 0 && count("char") > 0 {
        out.push("signed");
    }
    out.extend(std::iter::repeat_n("short", count("short")));
    out.extend(std::iter::repeat_n("long", count("long")));
    out.extend(std::iter::repeat_n("char", count("char")));
    out.extend(std::iter::repeat_n("double", count("double")));
    if out.is_empty() || out == ["unsigned"] {
        out.push("int");
    }
    out
}

/// The order of C's arithmetic conversions; 0 for what is no arithmetic type.
fn rank(words: &[String]) -> usize {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match canonical(&words).as_slice() {
        ["char"]
        | ["signed", "char"]
        | ["unsigned", "char"]
        | ["short"]
        | ["unsigned", "short"] => 1,
        ["int"] => 2,
        ["unsigned", "int"] => 3,
        ["long"] | ["size_t"] => 4,
        ["unsigned", "long"] => 5,
        ["long", "long"] => 6,
        ["unsigned", "long", "long"] => 7,
        ["float"] => 8,
        ["double"] => 9,
        ["long", "double"] => 10,
        _ => 0,
    }
}

/// The declaration of a variable in a function.
struct LocalDeclaration {
    ty: TypeOf,
    specifiers: List,
    /// Where its declarator starts.
    at: TokenId,
}

impl Matcher<'_> {
    /// The type of expression `id`, where the file tells it.
    pub(super) fn type_of(&self, id: NodeId) -> Option<TypeOf> {
        let ast = self.ast();
        match ast.kind(id) {
            Kind::Ident if self.file().range_text(ast.tokens(id)) == "NULL" => {
                Some(TypeOf::word("void").pointer())
            }
            Kind::Ident | Kind::DeclaratorName => self.type_of_name(id),
            Kind::Literal(LiteralKind::Number) => {
                Some(number(&self.file().range_text(ast.tokens(id)).to_string()))
            }
            Kind::Literal(LiteralKind::Char) => Some(TypeOf::word("char")),
            Kind::Literal(LiteralKind::String) => {
                // An array, as C says: `char *` asks for a pointer.
                Some(TypeOf { arrays: 1, ..TypeOf::word("char") })
            }
            Kind::Paren { inner } => self.type_of(inner),
            Kind::Cast { ty, .. } | Kind::CompoundLiteral { ty, .. } => self.type_name(ty),
            Kind::Index { base, .. } => self.type_of(base)?.target(),
            Kind::Unary { op, operand } => match op {
                UnaryOp::Deref => self.resolved(self.type_of(operand)?).target(),
                UnaryOp::Address => Some(self.type_of(operand)?.pointer()),
                UnaryOp::Not => Some(TypeOf::word("int")),
                UnaryOp::PostIncrement
                | UnaryOp::PostDecrement
                | UnaryOp::PreIncrement
                | UnaryOp::PreDecrement
                | UnaryOp::Plus
                | UnaryOp::Minus
                | UnaryOp::Complement => self.type_of(operand),
            },
            Kind::Member { base, arrow, name } => {
                let object = self.type_of(base)?;
                let object = if arrow { self.resolved(object).target()? } else { object };
                let mut member = self
                    .unit
                    .types?
                    .types()
                    .member(&object, &self.file().text(name).to_string())?;
                if member.pointers == 0 {
                    // What is in a constant is constant.
                    member.qualifiers.extend(object.qualifiers);
                    member.qualifiers.sort_unstable();
                    member.qualifiers.dedup();
                }
                Some(member)
            }
            Kind::Call { callee, .. } => {
                let callee = self.type_of(ast.strip_parens(callee))?;
                callee.function.then_some(TypeOf { function: false, ..callee })
            }
            Kind::Assign { lhs, .. } => self.type_of(lhs),
            Kind::Conditional { then, other, .. } => {
                then.and_then(|then| self.type_of(then)).or_else(|| self.type_of(other))
            }
            Kind::Binary { op, lhs, rhs } => self.type_of_binary(op, lhs, rhs),
            Kind::SizeofExpr { .. } | Kind::SizeofType { .. } => Some(TypeOf::word("size_t")),
            _ => None,
        }
    }

    fn type_of_binary(&self, op: crate::ast::BinaryOp, lhs: NodeId, rhs: NodeId) -> Option<TypeOf> {
        use crate::ast::BinaryOp as Op;
        match op {
            Op::Less
            | Op::Greater
            | Op::LessOrEqual
            | Op::GreaterOrEqual
            | Op::Equal
            | Op::NotEqual
            | Op::And
            | Op::Or => Some(TypeOf::word("int")),
            Op::Multiply
            | Op::Divide
            | Op::Modulo
            | Op::Plus
            | Op::Minus
            | Op::ShiftLeft
            | Op::ShiftRight
            | Op::BitAnd
            | Op::BitXor
            | Op::BitOr => {
                let (left, right) = (self.type_of(lhs), self.type_of(rhs));
                match (left, right) {
                    (Some(left), Some(right))
                        if op == Op::Minus
                            && left.pointers + left.arrays > 0
                            && right.pointers + right.arrays > 0 =>
                    {
                        Some(TypeOf::word("ptrdiff_t"))
                    }
                    (Some(left), Some(_)) if left.pointers + left.arrays > 0 => Some(left),
                    (Some(_), Some(right)) if right.pointers + right.arrays > 0 => Some(right),
                    (Some(left), Some(right)) => {
                        let rank = |ty: &TypeOf| rank(&self.resolved(ty.clone()).words);
                        let wider = if rank(&right) > rank(&left) { right } else { left };
                        Some(wider.unqualified())
                    }
                    // The best guess about an operand that is not known: it is like the other.
                    (left, right) => left.or(right),
                }
            }
        }
    }

    pub(super) fn resolved(&self, ty: TypeOf) -> TypeOf {
        if ty.pointers + ty.arrays > 0 {
            return ty;
        }
        match self.unit.types {
            Some(declared) => declared.types().resolved(&ty),
            None => ty,
        }
    }

    fn type_name(&self, id: NodeId) -> Option<TypeOf> {
        let Kind::TypeName { specifiers, declarator } = self.ast().kind(id) else { return None };
        let mut ty = specified(self.ast(), self.file(), self.ast().list(specifiers));
        if let Some(Kind::Declarator { pointers, suffixes, .. }) =
            declarator.map(|declarator| self.ast().kind(declarator))
        {
            ty.pointers += pointers.len();
            ty.arrays += suffixes.len();
        }
        Some(ty)
    }

    /// Whether the variable `id` lives in the function: declared there, and not `static` or `extern`.
    pub(super) fn is_local(&self, id: NodeId) -> bool {
        self.declaration_of(id).is_some_and(|declared| {
            !self.ast().list(declared.specifiers).iter().any(|&id| {
                matches!(
                    self.ast().kind(id),
                    Kind::StorageSpecifier(Storage::Static | Storage::Extern)
                )
            })
        })
    }

    /// The type of the variable `id` by the declaration that is in scope.
    pub(super) fn local_declaration(&self, id: NodeId) -> Option<TypeOf> {
        self.declaration_of(id).map(|declared| declared.ty)
    }

    /// The declaration of a name in expression `id` which the function declares more than once: the same
    /// words mean something else where another declaration is in scope.
    pub(super) fn scope_of(&self, id: NodeId) -> Option<TokenId> {
        let ast = self.ast();
        let shadowed = self.shadowed.get_or_init(|| self.declared_twice());
        if shadowed.is_empty() || !ast.kind(id).is_expression() {
            return None;
        }
        let name = |id: NodeId| self.file().range_text(ast.tokens(id));
        let mut idents = ast.descendants(id).filter(|&id| ast.kind(id) == Kind::Ident);
        let found = idents.find(|&id| shadowed.contains(name(id)))?;
        self.declaration_of(found).map(|declared| declared.at)
    }

    /// The names that the function declares more than once.
    fn declared_twice(&self) -> FxHashSet<BString> {
        let ast = self.ast();
        let (mut once, mut twice) = (FxHashSet::default(), FxHashSet::default());
        for id in ast.descendants(ast.root()) {
            if ast.kind(id) == Kind::DeclaratorName {
                let name = self.file().range_text(ast.tokens(id));
                if !once.insert(name) {
                    twice.insert(name.to_owned());
                }
            }
        }
        twice
    }

    /// The declaration of the variable `id` that is in scope: the nearest one before it.
    fn declaration_of(&self, id: NodeId) -> Option<LocalDeclaration> {
        let ast = self.ast();
        let name = self.file().range_text(ast.tokens(id));
        let use_at = ast.tokens(id).start;
        for up in ast.ancestors(id) {
            let declarations: Vec<NodeId> = match ast.kind(up) {
                Kind::Compound { items } => ast.list(items).to_vec(),
                Kind::For { init: Some(init), .. } => vec![init],
                Kind::Function { declarator, kr_declarations, .. } => {
                    let mut all = ast.list(kr_declarations).to_vec();
                    all.extend(
                        ast.descendants(declarator)
                            .filter(|&id| matches!(ast.kind(id), Kind::Parameter { .. })),
                    );
                    all
                }
                _ => continue,
            };
            for declaration in declarations.into_iter().rev() {
                if ast.tokens(declaration).start > use_at {
                    continue;
                }
                let (specifiers, declarators) = match ast.kind(declaration) {
                    Kind::Declaration { specifiers, declarators } => {
                        (specifiers, ast.list(declarators).to_vec())
                    }
                    Kind::Parameter { specifiers, declarator } => {
                        (specifiers, declarator.into_iter().collect())
                    }
                    _ => continue,
                };
                for id in declarators {
                    let declarator = match ast.kind(id) {
                        Kind::InitDeclarator { declarator, .. } => declarator,
                        _ => id,
                    };
                    let found = declared(ast, self.file(), ast.list(specifiers), declarator);
                    if let Some((found, ty)) = found
                        && found.as_bytes() == name.as_ref() as &[u8]
                    {
                        let at = ast.tokens(declarator).start;
                        return Some(LocalDeclaration { ty, specifiers, at });
                    }
                }
            }
        }
        None
    }

    fn type_of_name(&self, id: NodeId) -> Option<TypeOf> {
        self.local_declaration(id).or_else(|| {
            let name = self.file().range_text(self.ast().tokens(id)).to_string();
            let declared = self.unit.types.and_then(|found| found.types().global(&name).cloned());
            declared.or_else(|| (name == "NULL").then(|| TypeOf::word("void").pointer()))
        })
    }
}
