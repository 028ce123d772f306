//! Metavariables: what a name in a rule's body may stand for.

use std::fmt;

use regex::bytes::Regex;

use super::RuleName;
use crate::lex::{TokenKind, lex};
use crate::source::Span;

/// A metavariable's number in its rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetaId(pub u32);

impl MetaId {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A declared metavariable.
#[derive(Clone, Debug)]
pub struct Metavar {
    /// The name as it is used in the body.
    pub name: String,
    /// What it matches.
    pub kind: MetaKind,
    /// All of them must hold.
    pub constraints: Vec<Constraint>,
    /// What else its declaration asks of the code it stands for; only isomorphisms use it.
    pub purity: Purity,
    /// The rule it was bound in, for an inherited one: `virtual` for a value from the command line.
    pub origin: Option<RuleName>,
    /// Its declaration.
    pub span: Span,
}

/// `pure` and `context` before an isomorphism's metavariable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purity {
    /// Only a metavariable that is used once and that no change touches.
    pub pure: bool,
    /// Only code that stays.
    pub context: bool,
}

/// How many elements a list metavariable takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListLength {
    /// As many as there are.
    Any,
    /// `[3]`
    Exactly(usize),
    /// `[n]`: binds `n`, or must agree with it.
    Named(String),
    /// `[n = {1...3}]`, `[n = {1, 3}]`: binds `n` to one of these.
    Among(String, Vec<std::ops::RangeInclusive<usize>>),
}

/// `local`, `global`, or neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Any variable.
    Any,
    /// Declared in the function.
    Local,
    /// Not declared in the function.
    Global,
}

/// The type that an expression metavariable asks for, as written: `const T *`, `struct s`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypeText {
    /// The words before the stars; empty where only pointers are asked for (`expression *x`).
    pub words: Vec<String>,
    /// How many `*` follow.
    pub pointers: usize,
    /// Whether `[]` follows.
    pub array: bool,
}

/// What a metavariable matches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MetaKind {
    /// Any expression, or one of these types.
    Expression {
        /// Empty for any.
        types: Vec<TypeText>,
    },
    /// A variable used as an expression.
    Idexpression {
        /// Where it is declared.
        scope: Scope,
        /// Empty for any.
        types: Vec<TypeText>,
    },
    /// A literal, or a name in capitals.
    Constant {
        /// Empty for any.
        types: Vec<TypeText>,
    },
    /// The name of a variable, field, function, macro or tag.
    Identifier,
    /// A function's name where it is defined or called.
    Function,
    /// A type.
    Type,
    /// One statement.
    Statement,
    /// All statements of a block.
    StatementList,
    /// A run of arguments.
    ExpressionList(ListLength),
    /// A run of macro parameters.
    IdentifierList(ListLength),
    /// One parameter declaration.
    Parameter,
    /// A run of them.
    ParameterList(ListLength),
    /// One member declaration.
    Field,
    /// A run of them.
    FieldList(ListLength),
    /// One initialiser.
    Initializer,
    /// A run of them.
    InitializerList(ListLength),
    /// The name of a macro that declares something; `fixed` for `declarer name X`, which is that very name.
    Declarer {
        /// Whether the name stands for itself.
        fixed: bool,
    },
    /// The name of an iterator macro; `fixed` as for a declarer.
    Iterator {
        /// Whether the name stands for itself.
        fixed: bool,
    },
    /// A plain name that stands for itself.
    Symbol,
    /// A name that stands for itself and is a type.
    Typedef,
    /// Any attribute.
    Attribute,
    /// A name that stands for itself and is an attribute.
    AttributeName,
    /// A conversion in a format string.
    Format,
    /// A run of them.
    FormatList(ListLength),
    /// A whole declaration.
    Declaration,
    /// `=`, `+=`, …
    AssignmentOperator,
    /// `+`, `&&`, …
    BinaryOperator,
    /// `!`, `-`, …
    UnaryOperator,
    /// Where something is; `any` allows several bindings of one rule to meet.
    Position {
        /// Whether it was declared `position any`.
        any: bool,
    },
    /// What it stands for is found from where it is used.
    Metavariable,
    /// A name made up for added code.
    Fresh(Vec<Seed>),
}

impl MetaKind {
    /// What the length of a list is called.
    pub fn length_name(&self) -> Option<&str> {
        match self {
            MetaKind::ExpressionList(length)
            | MetaKind::IdentifierList(length)
            | MetaKind::ParameterList(length)
            | MetaKind::FieldList(length)
            | MetaKind::InitializerList(length)
            | MetaKind::FormatList(length) => match length {
                ListLength::Named(name) | ListLength::Among(name, _) => Some(name),
                ListLength::Any | ListLength::Exactly(_) => None,
            },
            _ => None,
        }
    }
}

/// A part of a fresh identifier's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seed {
    /// Literal text.
    Text(String),
    /// The text a metavariable is bound to.
    Meta(MetaRef),
}

/// A metavariable named in a constraint or seed: `x` or `rule.x`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MetaRef {
    /// The rule, where it is named.
    pub rule: Option<String>,
    /// The metavariable.
    pub name: String,
}

impl MetaRef {
    /// The name, where a value is a pointer to what it names: `T *`.
    pub fn without_stars(&self) -> &str {
        self.name.trim_end_matches(['*', ' '])
    }
}

impl fmt::Display for MetaRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.rule {
            Some(rule) => write!(f, "{rule}.{}", self.name),
            None => f.write_str(&self.name),
        }
    }
}

/// The classes of a page that a rule may ask for; `rules/README.md` says what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names are those of the scan's classes")]
pub enum ProvenanceClass {
    Gup,
    Conditional,
    Mixed,
    Carried,
    /// Proven not to come from GUP.
    Other,
}

impl ProvenanceClass {
    /// The class of that name.
    pub fn from_name(name: &str) -> Option<ProvenanceClass> {
        Some(match name {
            "gup" => ProvenanceClass::Gup,
            "conditional" => ProvenanceClass::Conditional,
            "mixed" => ProvenanceClass::Mixed,
            "carried" => ProvenanceClass::Carried,
            "other" => ProvenanceClass::Other,
            _ => return None,
        })
    }
}

impl Metavar {
    /// The operators that it may stand for, where its declaration lists them and says nothing else.
    pub fn listed_operators(&self) -> Option<Vec<TokenKind>> {
        if !matches!(self.kind, MetaKind::BinaryOperator | MetaKind::AssignmentOperator) {
            return None;
        }
        let [Constraint::OneOf { negated: false, values }] = self.constraints.as_slice() else {
            return None;
        };
        let kind = |value: &MetaRef| {
            let tokens = lex(value.name.as_bytes());
            let mut ids = tokens.significant(tokens.all());
            let only = ids.next().filter(|_| value.rule.is_none() && ids.next().is_none())?;
            Some(tokens.kind(only)).filter(|&kind| kind != TokenKind::Ident)
        };
        values.iter().map(kind).collect()
    }
}

/// What a binding must be besides of its kind.
#[derive(Clone, Debug)]
pub enum Constraint {
    /// `=~ "…"`, or `!~ "…"` where `negated`.
    Regex {
        /// Whether it must not match.
        negated: bool,
        /// Searched for in the text.
        regex: Regex,
    },
    /// `= {a, b}`, or `!= {a, b}` where `negated`: names of other metavariables, or text.
    OneOf {
        /// Whether it must be none of them.
        negated: bool,
        /// What it is compared with.
        values: Vec<MetaRef>,
    },
    /// `<= r.e`: is `r.e` or a part of it.
    Within(MetaRef),
    /// `: script:python(…) { … }`
    Script,
    /// `: provenance(class)`, `: provenance(conditional, cond)`
    Provenance {
        /// The class asked for.
        class: ProvenanceClass,
        /// The metavariable that is bound to the condition.
        condition: Option<MetaId>,
    },
    /// `(… && …) || …`: one of the conjunctions must hold.
    AnyOf(Vec<Vec<Constraint>>),
}
