//! Names and types of one function: which declaration each identifier means, and enough of its type.
//!
//! In: a function definition. Out: a [`Scope`]. Types are kept as far as the analysis asks: the base type's
//! name and how many pointers and arrays are around it. An identifier that no declaration of the function
//! covers is a global, an enumerator or a macro; it stays unresolved.

use rustc_hash::FxHashMap;

use crate::ast::{Ast, Kind, List, NodeId};
use crate::lex::LexedFile;

/// A type as far as it matters here: `struct page *pages[4]` is `struct page`, one pointer, one array.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Type {
    /// `struct page`, `unsigned`, `size_t`; empty where it was not understood.
    pub base: String,
    /// How many `*`.
    pub pointers: u8,
    /// How many `[]`.
    pub arrays: u8,
    /// Whether the base type is `const`.
    pub constant: bool,
    /// Whether it is an array of exactly one.
    pub single: bool,
    /// Whether the base type is arithmetic by its keywords.
    pub arithmetic: bool,
}

impl Type {
    /// How often it can be followed: pointers and arrays.
    pub fn depth(&self) -> u8 {
        self.pointers + self.arrays
    }

    /// Whether it is a number too small for a pointer: `int`, `bool`, an enum; not `unsigned long`.
    pub fn is_small_number(&self) -> bool {
        self.arithmetic && self.depth() == 0 && self.base != "long"
    }

    /// Whether it is `base` behind `depth` pointers or arrays.
    pub fn is(&self, base: &str, depth: u8) -> bool {
        self.base == base && self.depth() == depth
    }
}

/// A function's parameters and result by type.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Prototype {
    /// What it returns.
    pub returns: Type,
    /// Its parameters; empty for `(void)`.
    pub params: Vec<Type>,
    /// Whether more arguments may follow.
    pub variadic: bool,
}

impl Prototype {
    /// The first parameter that is one of `bases` behind `depth` pointers or arrays.
    pub fn position(&self, bases: &[&str], depth: u8) -> Option<usize> {
        self.params.iter().position(|ty| bases.iter().any(|base| ty.is(base, depth)))
    }
}

impl From<&crate::tree::harvest::Prototype> for Prototype {
    fn from(harvested: &crate::tree::harvest::Prototype) -> Prototype {
        Prototype {
            returns: written_type(&harvested.return_type),
            params: harvested.parameters.iter().map(|param| written_type(&param.ty)).collect(),
            variadic: harvested.variadic,
        }
    }
}

/// The type that a text such as `const struct page **` or `struct page *[4]` says.
fn written_type(text: &str) -> Type {
    let base = text.split(['*', '[', '(']).next().unwrap_or_default();
    let words = || base.split_whitespace();
    Type {
        base: words().filter(|&word| word != "const").collect::<Vec<_>>().join(" "),
        pointers: text.matches('*').count() as u8,
        arrays: text.matches('[').count() as u8,
        constant: words().any(|word| word == "const"),
        ..Type::default()
    }
}

/// A variable of a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Variable(u32);

impl Variable {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What is known of a variable.
#[derive(Clone, Debug)]
pub struct VariableData {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Type,
    /// Which parameter it is, from 0.
    pub parameter: Option<usize>,
    /// Whether it keeps its value from one call to the next.
    pub is_static: bool,
    /// The node that declares it: an [`InitDeclarator`](Kind::InitDeclarator), a
    /// [`Parameter`](Kind::Parameter), or a macro's argument.
    pub declared: NodeId,
    /// The statement it is visible in: a compound, a loop, or the function.
    pub block: NodeId,
}

/// The variables of one function and what its identifiers mean.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    variables: Vec<VariableData>,
    uses: FxHashMap<NodeId, Variable>,
    declared: FxHashMap<NodeId, Variable>,
    /// The function's name.
    pub name: String,
}

impl Scope {
    /// Resolves the names of `function`.
    pub fn new(ast: &Ast, file: &LexedFile, function: NodeId) -> Scope {
        let scope = Scope::default();
        let mut walk = Walk { ast, file, scope, visible: Vec::new(), blocks: vec![function] };
        walk.function(function);
        walk.scope
    }

    /// What the identifier `node` means, where it is a variable of the function.
    pub fn variable(&self, node: NodeId) -> Option<Variable> {
        self.uses.get(&node).copied()
    }

    /// The variable that `node` declares.
    pub fn declared_by(&self, node: NodeId) -> Option<Variable> {
        self.declared.get(&node).copied()
    }

    /// What is known of a variable.
    pub fn data(&self, variable: Variable) -> &VariableData {
        &self.variables[variable.index()]
    }

    /// All variables, parameters first.
    pub fn variables(&self) -> impl Iterator<Item = (Variable, &VariableData)> {
        self.variables.iter().enumerate().map(|(index, data)| (Variable(index as u32), data))
    }

    /// The variable of parameter `index`.
    pub fn parameter(&self, index: usize) -> Option<Variable> {
        self.variables().find(|(_, data)| data.parameter == Some(index)).map(|(id, _)| id)
    }
}

struct Walk<'a> {
    ast: &'a Ast,
    file: &'a LexedFile,
    scope: Scope,
    visible: Vec<(String, Variable)>,
    blocks: Vec<NodeId>,
}

impl Walk<'_> {
    fn text(&self, id: NodeId) -> String {
        self.file.range_text(self.ast.tokens(id)).to_string()
    }

    fn function(&mut self, function: NodeId) {
        let Kind::Function { declarator, kr_declarations, body, .. } = self.ast.kind(function)
        else {
            self.node(function);
            return;
        };
        let params = match self.ast.kind(declarator) {
            Kind::Call { callee, args } => {
                self.scope.name = self.macro_function_name(callee, args);
                self.macro_parameters(args);
                return self.node(body);
            }
            _ => {
                self.scope.name =
                    declared_name(self.ast, declarator).map_or(String::new(), |id| self.text(id));
                parameters(self.ast, declarator)
            }
        };
        for (index, &param) in params.iter().flat_map(|&p| self.ast.list(p)).enumerate() {
            if let Kind::Parameter { specifiers, declarator: Some(declarator) } =
                self.ast.kind(param)
            {
                self.declare(param, specifiers, declarator, Some(index));
            }
        }
        for &declaration in self.ast.list(kr_declarations) {
            self.node(declaration);
        }
        self.node(body);
    }

    /// `SYSCALL_DEFINE2(name, type, arg, …)`: an identifier after a type is a parameter.
    fn macro_parameters(&mut self, args: List) {
        let args = self.ast.list(args).to_vec();
        for (index, pair) in args.windows(2).enumerate() {
            let is_name = matches!(self.ast.kind(pair[1]), Kind::Ident);
            if index % 2 == 1 && is_name {
                let name = self.text(pair[1]);
                let ty = match self.ast.kind(pair[0]) {
                    Kind::TypeArgument { ty } => type_name(self.ast, self.file, ty),
                    _ => Type { base: self.text(pair[0]), ..Type::default() },
                };
                self.add(name, ty, pair[1], Some(index / 2), false);
            }
        }
    }

    fn macro_function_name(&self, callee: NodeId, args: List) -> String {
        match self.ast.list(args).first() {
            Some(&first) => self.text(first),
            None => self.text(callee),
        }
    }

    fn add(
        &mut self,
        name: String,
        ty: Type,
        declared: NodeId,
        parameter: Option<usize>,
        is_static: bool,
    ) {
        let variable = Variable(self.scope.variables.len() as u32);
        let block = *self.blocks.last().expect("the function is the outermost block");
        self.visible.push((name.clone(), variable));
        self.scope.declared.insert(declared, variable);
        let data = VariableData { name, ty, parameter, is_static, declared, block };
        self.scope.variables.push(data);
    }

    fn declare(
        &mut self,
        declared: NodeId,
        specifiers: List,
        declarator: NodeId,
        param: Option<usize>,
    ) {
        let Some(name) = declared_name(self.ast, declarator) else { return };
        let ty = declared_type(self.ast, self.file, specifiers, Some(declarator));
        let is_static = self.ast.list(specifiers).iter().any(|&specifier| {
            use crate::ast::Storage;
            matches!(
                self.ast.kind(specifier),
                Kind::StorageSpecifier(Storage::Static | Storage::Extern)
            )
        });
        self.add(self.text(name), ty, declared, param, is_static);
    }

    fn node(&mut self, id: NodeId) {
        match self.ast.kind(id) {
            Kind::Ident => {
                let name = self.file.range_text(self.ast.tokens(id));
                let found = self.visible.iter().rev().find(|(n, _)| n.as_bytes() == *name);
                if let Some(&(_, variable)) = found {
                    self.scope.uses.insert(id, variable);
                }
            }
            Kind::Compound { .. }
            | Kind::For { .. }
            | Kind::Iterator { .. }
            | Kind::StatementArgument { .. } => {
                let mark = self.visible.len();
                self.blocks.push(id);
                self.children(id);
                self.blocks.pop();
                self.visible.truncate(mark);
            }
            Kind::Declaration { specifiers, declarators } => {
                for &specifier in self.ast.list(specifiers) {
                    self.node(specifier);
                }
                for &init_declarator in self.ast.list(declarators) {
                    if let Kind::InitDeclarator { declarator, init } =
                        self.ast.kind(init_declarator)
                    {
                        self.node(declarator);
                        self.declare(init_declarator, specifiers, declarator, None);
                        init.into_iter().for_each(|init| self.node(init));
                    }
                }
            }
            Kind::MacroDeclaration { call, .. } => {
                self.children(id);
                self.macro_declaration(call);
            }
            // A nested function has variables of its own, which are not followed.
            Kind::Function { .. } => {}
            _ => self.children(id),
        }
    }

    /// `DEFINE_WAIT(wait);` declares the first name it is given that is not known yet.
    fn macro_declaration(&mut self, call: NodeId) {
        let Kind::Call { args, .. } = self.ast.kind(call) else { return };
        let unknown = self.ast.list(args).iter().copied().find(|&arg| {
            matches!(self.ast.kind(arg), Kind::Ident) && !self.scope.uses.contains_key(&arg)
        });
        if let Some(arg) = unknown {
            self.add(self.text(arg), Type::default(), arg, None, false);
        }
    }

    fn children(&mut self, id: NodeId) {
        for child in self.ast.children(id) {
            self.node(child);
        }
    }
}

/// The [`DeclaratorName`](Kind::DeclaratorName) of a declarator.
pub fn declared_name(ast: &Ast, declarator: NodeId) -> Option<NodeId> {
    match ast.kind(declarator) {
        Kind::Declarator { base, .. } => base.and_then(|base| declared_name(ast, base)),
        Kind::DeclaratorName => Some(declarator),
        _ => None,
    }
}

/// The parameter list of a function's declarator.
fn parameters(ast: &Ast, declarator: NodeId) -> Option<List> {
    let Kind::Declarator { base, suffixes, .. } = ast.kind(declarator) else { return None };
    let own = ast.list(suffixes).iter().find_map(|&suffix| match ast.kind(suffix) {
        Kind::Parameters { params, .. } => Some(params),
        _ => None,
    });
    // `int (*f(int a))(void)`: the parameters nearest to the name are the function's.
    base.and_then(|base| parameters(ast, base)).or(own)
}

/// The type of a [`TypeName`](Kind::TypeName).
pub fn type_name(ast: &Ast, file: &LexedFile, id: NodeId) -> Type {
    match ast.kind(id) {
        Kind::TypeName { specifiers, declarator } => {
            declared_type(ast, file, specifiers, declarator)
        }
        _ => Type::default(),
    }
}

/// The type that specifiers and a declarator give.
pub fn declared_type(
    ast: &Ast,
    file: &LexedFile,
    specifiers: List,
    declarator: Option<NodeId>,
) -> Type {
    let mut ty = Type::default();
    let text = |id: NodeId| file.range_text(ast.tokens(id)).to_string();
    for &specifier in ast.list(specifiers) {
        match ast.kind(specifier) {
            Kind::StructType { name: Some(name), .. } => {
                let keyword = file.text(ast.tokens(specifier).start);
                ty.base = format!("{keyword} {}", file.text(name));
            }
            Kind::EnumType { .. } => ty.arithmetic = true,
            Kind::TypedefName => ty.base = text(specifier),
            Kind::PrimitiveType => {
                ty.base = text(specifier);
                ty.arithmetic = ty.base != "void";
            }
            Kind::Qualifier => ty.constant |= text(specifier) == "const",
            _ => {}
        }
    }
    let mut next = declarator;
    while let Some(id) = next {
        let Kind::Declarator { base, pointers, suffixes } = ast.kind(id) else { break };
        ty.pointers += pointers.len() as u8;
        for &suffix in ast.list(suffixes) {
            if let Kind::Array { size } = ast.kind(suffix) {
                ty.arrays += 1;
                ty.single = size.is_some_and(|size| text(size) == "1");
            }
        }
        next = base;
    }
    ty
}

/// The name and prototype that a function definition or a declaration of one function gives.
pub fn prototype(ast: &Ast, file: &LexedFile, id: NodeId) -> Option<(String, Prototype)> {
    let (specifiers, declarator) = match ast.kind(id) {
        Kind::Function { specifiers, declarator, .. } => (specifiers, declarator),
        Kind::Declaration { specifiers, declarators } => {
            match ast.kind(*ast.list(declarators).first()?) {
                Kind::InitDeclarator { declarator, .. } => (specifiers, declarator),
                _ => return None,
            }
        }
        _ => return None,
    };
    let name = declared_name(ast, declarator)?;
    let params = parameters(ast, declarator)?;
    let mut prototype = Prototype {
        returns: declared_type(ast, file, specifiers, Some(declarator)),
        ..Prototype::default()
    };
    for &param in ast.list(params) {
        if let Kind::Parameter { specifiers, declarator } = ast.kind(param) {
            prototype.params.push(declared_type(ast, file, specifiers, declarator));
        }
    }
    let is_void = |ty: &Type| ty.base == "void" && ty.depth() == 0;
    if prototype.params.len() == 1 && is_void(&prototype.params[0]) {
        prototype.params.clear();
    }
    Some((file.range_text(ast.tokens(name)).to_string(), prototype))
}
