//! The node kinds, in the order of C11's grammar: expressions, statements, declarations, types.
//!
//! Beside C there is what kernel code adds and what the normaliser restores: iterator macros, macro
//! declarations, type arguments, `a ?: b`, and [`Kind::Opaque`] for what could not be parsed.

use serde::{Deserialize, Serialize};

use super::{List, NodeId};
use crate::lex::TokenId;

/// `struct` or `union`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the names are the keywords")]
pub enum StructKind {
    Struct,
    Union,
}

/// A storage class specifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are the keywords")]
pub enum Storage {
    Typedef,
    Extern,
    Static,
    ThreadLocal,
    Auto,
    Register,
}

/// What a literal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LiteralKind {
    /// An integer or floating number.
    Number,
    /// A character.
    Char,
    /// One or more strings side by side, macros such as `KERN_ERR` and `PRIu64` among them.
    String,
}

/// A unary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are C's")]
pub enum UnaryOp {
    PostIncrement,
    PostDecrement,
    PreIncrement,
    PreDecrement,
    /// `&x`
    Address,
    /// `*x`
    Deref,
    Plus,
    Minus,
    /// `~x`
    Complement,
    /// `!x`
    Not,
}

/// A binary operator other than assignment, index and comma.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are C's")]
pub enum BinaryOp {
    Multiply,
    Divide,
    Modulo,
    Plus,
    Minus,
    ShiftLeft,
    ShiftRight,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    Equal,
    NotEqual,
    BitAnd,
    BitXor,
    BitOr,
    And,
    Or,
}

/// `=`, or the operation of a compound assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AssignOp {
    /// `=`
    Assign,
    /// `+=` and its like.
    Compound(BinaryOp),
}

/// The label of a labeled statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// `name:`
    Name(TokenId),
    /// `case value:`
    Case(NodeId),
    /// `case low ... high:`
    CaseRange(NodeId, NodeId),
    /// `default:`
    Default,
}

/// What a node is. Children are in source order unless a field says otherwise.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    // ---- expressions
    /// A name used as a value; its text is its one token.
    Ident,
    /// A constant or string.
    Literal(LiteralKind),
    /// `base.name`, or `base->name` where `arrow`.
    Member {
        /// The object, or the pointer to it.
        base: NodeId,
        /// Whether it is `->`.
        arrow: bool,
        /// The member's name.
        name: TokenId,
    },
    /// `base[index]`
    Index {
        /// The array or pointer.
        base: NodeId,
        /// The subscript.
        index: NodeId,
    },
    /// `callee(args)`: a function call, or a macro or builtin used like one (`__builtin_offsetof` and
    /// `va_arg` too).
    Call {
        /// Mostly an [`Ident`](Kind::Ident).
        callee: NodeId,
        /// Expressions, [`TypeArgument`](Kind::TypeArgument)s, [`StatementArgument`](Kind::StatementArgument)s,
        /// [`Opaque`](Kind::Opaque) and [`Absent`](Kind::Absent) ones.
        args: List,
    },
    /// `(type){ … }`
    CompoundLiteral {
        /// A [`TypeName`](Kind::TypeName).
        ty: NodeId,
        /// An [`InitList`](Kind::InitList).
        init: NodeId,
    },
    /// `sizeof(type)`
    SizeofType {
        /// A [`TypeName`](Kind::TypeName).
        ty: NodeId,
    },
    /// `sizeof expr`
    SizeofExpr {
        /// The operand, with its parentheses.
        operand: NodeId,
    },
    /// `_Alignof(type)`, `__alignof__(type)`
    AlignofType {
        /// A [`TypeName`](Kind::TypeName).
        ty: NodeId,
    },
    /// `__alignof__(expr)`
    AlignofExpr {
        /// The operand, with its parentheses.
        operand: NodeId,
    },
    /// `op operand` or `operand op`
    Unary {
        /// Which.
        op: UnaryOp,
        /// The operand.
        operand: NodeId,
    },
    /// `(type)operand`
    Cast {
        /// A [`TypeName`](Kind::TypeName).
        ty: NodeId,
        /// The operand.
        operand: NodeId,
    },
    /// `lhs op rhs`
    Binary {
        /// Which.
        op: BinaryOp,
        /// Left.
        lhs: NodeId,
        /// Right.
        rhs: NodeId,
    },
    /// `lhs = rhs`, `lhs += rhs`
    Assign {
        /// Which.
        op: AssignOp,
        /// What is assigned to.
        lhs: NodeId,
        /// The value.
        rhs: NodeId,
    },
    /// `cond ? then : other`, or `cond ?: other`
    Conditional {
        /// The condition.
        cond: NodeId,
        /// `None` for `?:`.
        then: Option<NodeId>,
        /// The value where the condition is false.
        other: NodeId,
    },
    /// `a, b, c`
    Comma {
        /// At least two.
        exprs: List,
    },
    /// `(inner)`
    Paren {
        /// What stands between the parentheses.
        inner: NodeId,
    },
    /// `({ … })`
    StatementExpr {
        /// A [`Compound`](Kind::Compound).
        body: NodeId,
    },
    /// `_Generic(control, type: value, …)`
    Generic {
        /// The controlling expression.
        control: NodeId,
        /// [`GenericArm`](Kind::GenericArm)s.
        arms: List,
    },
    /// One association of a `_Generic`.
    GenericArm {
        /// A [`TypeName`](Kind::TypeName); `None` for `default`.
        ty: Option<NodeId>,
        /// The value.
        value: NodeId,
    },
    /// `&&label`
    LabelAddress {
        /// The label's name.
        name: TokenId,
    },
    /// A type where a macro call has an argument, as in `container_of(p, struct s, m)`.
    TypeArgument {
        /// A [`TypeName`](Kind::TypeName).
        ty: NodeId,
    },
    /// Statements where a macro call has an argument.
    StatementArgument {
        /// Statements and declarations.
        items: List,
    },
    /// Nothing at all where something could stand: an empty macro argument. Its token range is empty.
    Absent,
    /// Tokens that were not understood: an operator passed to a macro, an unparsed statement.
    Opaque,

    // ---- statements
    /// `{ … }`
    Compound {
        /// Statements, [`Declaration`](Kind::Declaration)s, [`StaticAssert`](Kind::StaticAssert)s.
        items: List,
    },
    /// `expr;`, or `;` alone; a macro statement without `;` where `semi` is false.
    ExprStatement {
        /// `None` for a lone `;`.
        expr: Option<NodeId>,
        /// Whether it ends with a `;` in the file.
        semi: bool,
    },
    /// `if (cond) then else other`
    If {
        /// The condition, without the parentheses of the `if`.
        cond: NodeId,
        /// The statement.
        then: NodeId,
        /// The `else` branch.
        other: Option<NodeId>,
    },
    /// `switch (value) body`
    Switch {
        /// The controlling expression.
        value: NodeId,
        /// The statement.
        body: NodeId,
    },
    /// `while (cond) body`
    While {
        /// The condition.
        cond: NodeId,
        /// The statement.
        body: NodeId,
    },
    /// `do body while (cond);`
    DoWhile {
        /// The statement.
        body: NodeId,
        /// The condition.
        cond: NodeId,
    },
    /// `for (init; cond; step) body`
    For {
        /// An expression or a [`Declaration`](Kind::Declaration).
        init: Option<NodeId>,
        /// The condition.
        cond: Option<NodeId>,
        /// The step.
        step: Option<NodeId>,
        /// The statement.
        body: NodeId,
    },
    /// `for_each_x(args) body`
    Iterator {
        /// The iterator's [`Call`](Kind::Call).
        call: NodeId,
        /// The statement.
        body: NodeId,
    },
    /// `goto label;`
    Goto {
        /// The label's name.
        label: TokenId,
    },
    /// `goto *target;`
    GotoComputed {
        /// The target.
        target: NodeId,
    },
    /// `continue;`
    Continue,
    /// `break;`
    Break,
    /// `return value;`
    Return {
        /// The value.
        value: Option<NodeId>,
    },
    /// An inline assembly statement, or one at top level. Its operands are not looked into.
    Asm,
    /// `label: body`; before a declaration the body is `None` and the declaration is the next item
    Labeled {
        /// The label.
        label: Label,
        /// The statement; `None` for a label before a `}` or a declaration.
        body: Option<NodeId>,
    },

    // ---- declarations
    /// A function definition.
    Function {
        /// Declaration specifiers; empty for a macro-defined function.
        specifiers: List,
        /// A [`Declarator`](Kind::Declarator); for a macro-defined function (`SYSCALL_DEFINE3(…) {`) the
        /// [`Call`](Kind::Call) that stands in its place.
        declarator: NodeId,
        /// K&R parameter declarations.
        kr_declarations: List,
        /// A [`Compound`](Kind::Compound).
        body: NodeId,
    },
    /// `specifiers declarators;`
    Declaration {
        /// Declaration specifiers.
        specifiers: List,
        /// [`InitDeclarator`](Kind::InitDeclarator)s.
        declarators: List,
    },
    /// A declarator with its initialiser.
    InitDeclarator {
        /// A [`Declarator`](Kind::Declarator).
        declarator: NodeId,
        /// An expression or an [`InitList`](Kind::InitList).
        init: Option<NodeId>,
    },
    /// `DEFINE_X(args);`, `static DEFINE_X(args) = init;`, `module_init(f);` at top level
    MacroDeclaration {
        /// Declaration specifiers before the macro.
        specifiers: List,
        /// The macro's [`Call`](Kind::Call).
        call: NodeId,
        /// An expression or an [`InitList`](Kind::InitList).
        init: Option<NodeId>,
    },
    /// `_Static_assert(cond, "message");`
    StaticAssert {
        /// The condition.
        cond: NodeId,
    },

    // ---- specifiers
    /// `static`, `extern`, …
    StorageSpecifier(Storage),
    /// One keyword of an arithmetic type, `void`, `_Bool`, `__int128` and the like.
    PrimitiveType,
    /// `const`, `volatile`, `restrict`, `_Atomic`
    Qualifier,
    /// `inline`, `_Noreturn`
    FunctionSpecifier,
    /// `_Alignas(…)`: not looked into.
    AlignSpecifier,
    /// A typedef's name used as a type.
    TypedefName,
    /// `struct s`, `struct s { … }`, `struct { … }`
    StructType {
        /// Which.
        kind: StructKind,
        /// The tag.
        name: Option<TokenId>,
        /// [`Field`](Kind::Field)s, [`StaticAssert`](Kind::StaticAssert)s and
        /// [`MacroDeclaration`](Kind::MacroDeclaration)s; `None` without a body.
        fields: Option<List>,
    },
    /// `enum e`, `enum e { … }`
    EnumType {
        /// The tag.
        name: Option<TokenId>,
        /// [`Enumerator`](Kind::Enumerator)s; `None` without a body.
        enumerators: Option<List>,
    },
    /// `typeof(operand)`
    Typeof {
        /// An expression or a [`TypeName`](Kind::TypeName).
        operand: NodeId,
    },

    // ---- declarators and parts of types
    /// A declarator: pointers first, then `base`, then what follows it.
    Declarator {
        /// A [`DeclaratorName`](Kind::DeclaratorName), a nested [`Declarator`](Kind::Declarator) in
        /// parentheses, or `None` in an abstract declarator.
        base: Option<NodeId>,
        /// [`Pointer`](Kind::Pointer)s from left to right.
        pointers: List,
        /// [`Array`](Kind::Array)s and [`Parameters`](Kind::Parameters) from left to right.
        suffixes: List,
    },
    /// The name that is declared.
    DeclaratorName,
    /// `*`, with its qualifiers.
    Pointer {
        /// [`Qualifier`](Kind::Qualifier)s.
        qualifiers: List,
    },
    /// `[size]`
    Array {
        /// `None` for `[]` and `[*]`.
        size: Option<NodeId>,
    },
    /// `(params)`
    Parameters {
        /// [`Parameter`](Kind::Parameter)s; for K&R lists [`DeclaratorName`](Kind::DeclaratorName)s.
        params: List,
        /// Whether it ends with `...`.
        variadic: bool,
    },
    /// One parameter.
    Parameter {
        /// Declaration specifiers.
        specifiers: List,
        /// A [`Declarator`](Kind::Declarator), maybe abstract.
        declarator: Option<NodeId>,
    },
    /// `struct s *`, as in a cast.
    TypeName {
        /// Type specifiers and qualifiers.
        specifiers: List,
        /// An abstract [`Declarator`](Kind::Declarator).
        declarator: Option<NodeId>,
    },
    /// `specifiers declarators;` in a struct
    Field {
        /// Type specifiers and qualifiers.
        specifiers: List,
        /// [`FieldDeclarator`](Kind::FieldDeclarator)s; empty for an anonymous member.
        declarators: List,
    },
    /// One member of a field.
    FieldDeclarator {
        /// A [`Declarator`](Kind::Declarator); `None` for an unnamed bit field.
        declarator: Option<NodeId>,
        /// The width of a bit field.
        bits: Option<NodeId>,
    },
    /// `NAME = value`
    Enumerator {
        /// Its name.
        name: TokenId,
        /// Its value.
        value: Option<NodeId>,
    },

    // ---- initialisers
    /// `{ … }`
    InitList {
        /// [`InitItem`](Kind::InitItem)s.
        items: List,
    },
    /// `.member[2] = value`, or `value` alone
    InitItem {
        /// Designators; empty for a positional item.
        designators: List,
        /// An expression or an [`InitList`](Kind::InitList).
        value: NodeId,
    },
    /// `.name`, or `name:` in the old style
    MemberDesignator {
        /// The member's name.
        name: TokenId,
    },
    /// `[index]`, `[from ... to]`
    IndexDesignator {
        /// The index, or the first one.
        from: NodeId,
        /// The last one of a range.
        to: Option<NodeId>,
    },

    // ---- roots
    /// A rule fragment or a stretch of code outside of any function: what it holds in order.
    Fragment {
        /// Any nodes.
        items: List,
    },
}

impl Kind {
    /// Whether it is a loop: `for`, `while`, `do` or an iterator macro.
    pub fn is_loop(self) -> bool {
        matches!(
            self,
            Kind::For { .. } | Kind::While { .. } | Kind::DoWhile { .. } | Kind::Iterator { .. }
        )
    }

    /// Whether it is an expression.
    pub fn is_expression(self) -> bool {
        matches!(
            self,
            Kind::Ident
                | Kind::Literal(_)
                | Kind::Member { .. }
                | Kind::Index { .. }
                | Kind::Call { .. }
                | Kind::CompoundLiteral { .. }
                | Kind::SizeofType { .. }
                | Kind::SizeofExpr { .. }
                | Kind::AlignofType { .. }
                | Kind::AlignofExpr { .. }
                | Kind::Unary { .. }
                | Kind::Cast { .. }
                | Kind::Binary { .. }
                | Kind::Assign { .. }
                | Kind::Conditional { .. }
                | Kind::Comma { .. }
                | Kind::Paren { .. }
                | Kind::StatementExpr { .. }
                | Kind::Generic { .. }
                | Kind::LabelAddress { .. }
        )
    }

    /// Whether it is a statement, or a declaration in the place of one.
    pub fn is_statement(self) -> bool {
        matches!(
            self,
            Kind::Compound { .. }
                | Kind::ExprStatement { .. }
                | Kind::If { .. }
                | Kind::Switch { .. }
                | Kind::While { .. }
                | Kind::DoWhile { .. }
                | Kind::For { .. }
                | Kind::Iterator { .. }
                | Kind::Goto { .. }
                | Kind::GotoComputed { .. }
                | Kind::Continue
                | Kind::Break
                | Kind::Return { .. }
                | Kind::Asm
                | Kind::Labeled { .. }
                | Kind::Declaration { .. }
                | Kind::MacroDeclaration { .. }
                | Kind::StaticAssert { .. }
        )
    }
}
