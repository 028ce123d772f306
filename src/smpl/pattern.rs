//! The pattern of a rule: our AST with metavariables, dots, nests and choices in it.
//!
//! A [`Pat`] is what lang-c made of the rule's minus slice, lowered once more: each placeholder that the
//! slice wrote for something C does not have is again what it stood for. Nodes keep the
//! head of their [`Kind`] and their children by [`Slot`], in source order; which ids the head holds means
//! nothing here.

use super::attribute::AttributePat;
use super::metavar::MetaId;
use crate::ast::Kind;
use crate::source::Span;

/// A token of the rule's body that is no added code, by number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenIx(pub u32);

impl TokenIx {
    /// The number as an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A piece of pattern.
#[derive(Clone, Debug)]
pub struct Pat {
    /// What it matches.
    pub kind: PatKind,
    /// What is bound beside it: `x@p`, `x@E`.
    pub attached: Vec<Attached>,
    /// All its body tokens, from the first to the last; `None` where it has none of its own.
    pub tokens: Option<(TokenIx, TokenIx)>,
}

/// A metavariable written with `@` after a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attached {
    /// A position, or one that is bound to the enclosing term.
    pub meta: MetaId,
    /// The token it was attached to.
    pub token: TokenIx,
}

/// What a [`Pat`] matches.
#[derive(Clone, Debug)]
pub enum PatKind {
    /// A node of this head with these children.
    Node(NodePat),
    /// What the metavariable is bound to, or may be bound to.
    Meta {
        /// Which.
        meta: MetaId,
        /// Where it is written.
        token: TokenIx,
    },
    /// `...`: anything, a run of elements, or a path.
    Dots(Dots),
    /// `<... p ...>`: `p` wherever it is in there.
    Nest(Nest),
    /// `( a | b )`: the first that matches; or all of them, for `&`.
    Choice(Choice),
    /// Any node that has a match of this expression somewhere in it.
    Within(Box<Pat>),
    /// This expression, where it is tested for being true.
    Tested(Box<Pat>),
    /// Whatever type: a function header written without one.
    AnyType,
    /// `?x`: `x`, or nothing.
    Optional(Box<Pat>),
}

/// A node.
#[derive(Clone, Debug)]
pub struct NodePat {
    /// Its kind; ids in it mean nothing.
    pub head: Kind,
    /// Its children and names in source order.
    pub slots: Vec<Slot>,
    /// The tokens that belong to no child, in order.
    pub own: Vec<TokenIx>,
    /// The attributes that are written in it and in no node nearer to them.
    pub attributes: Vec<AttributePat>,
}

/// A child of a [`NodePat`], or a place for one.
#[derive(Clone, Debug)]
pub enum Slot {
    /// Always there.
    One(Box<Pat>),
    /// There or not.
    Maybe(Option<Box<Pat>>),
    /// Any number.
    List(ListPat),
    /// A list that may be missing as a whole: the members of a struct.
    MaybeList(Option<ListPat>),
    /// A name that is not a node.
    Name(NamePat),
    /// A name that may be missing.
    MaybeName(Option<NamePat>),
}

/// A list of children.
#[derive(Clone, Debug, Default)]
pub struct ListPat {
    /// The elements.
    pub elems: Vec<Pat>,
    /// The tokens between two elements: one entry for each gap.
    pub separators: Vec<Vec<TokenIx>>,
}

/// A name.
#[derive(Clone, Debug)]
pub struct NamePat {
    /// Where it is written.
    pub token: TokenIx,
    /// What it may be.
    pub kind: NameKind,
}

/// What a [`NamePat`] matches.
#[derive(Clone, Debug)]
pub enum NameKind {
    /// This very text.
    Text(String),
    /// A metavariable's value.
    Meta(MetaId),
    /// One of several.
    Choice(Vec<NamePat>),
}

/// `...`
#[derive(Clone, Debug)]
pub struct Dots {
    /// Where they are written.
    pub token: TokenIx,
    /// What they must not run over, and how.
    pub whens: Vec<When>,
}

/// `<... p ...>`, `<+... p ...+>`
#[derive(Clone, Debug)]
pub struct Nest {
    /// What is looked for: a sequence, or one expression.
    pub body: Vec<Pat>,
    /// Whether it must be found: `<+...`.
    pub at_least_once: bool,
    /// What the dots must not run over, and how.
    pub whens: Vec<When>,
    /// The opening dots.
    pub open: TokenIx,
    /// The closing dots.
    pub close: TokenIx,
}

/// Who made a choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChoiceBy {
    /// The rule's author: its delimiters are tokens of the body.
    Author,
    /// Isomorphisms: the first arm is the code as written, and there are no delimiters.
    Isomorphism,
}

/// `( a | b )` or `( a & b )`
#[derive(Clone, Debug)]
pub struct Choice {
    /// Who made it.
    pub by: ChoiceBy,
    /// Whether all arms must match.
    pub all: bool,
    /// Sequences: of statements, of arguments, or of one expression.
    pub arms: Vec<Vec<Pat>>,
}

/// A condition on dots.
#[derive(Clone, Debug)]
pub enum When {
    /// `when != code`
    Not(Vec<Pat>),
    /// `when == code`, `when code`
    Only(Vec<Pat>),
    /// `when any`
    Any,
    /// `when strict`
    Strict,
    /// `when forall`
    Forall,
    /// `when exists`
    Exists,
    /// `when != true e`
    NotTrue(Vec<Pat>),
    /// `when != false e`
    NotFalse(Vec<Pat>),
}

/// What a rule's body as a whole is.
#[derive(Clone, Debug)]
pub enum Pattern {
    /// Nothing but added code.
    Empty,
    /// An expression, wherever it is.
    Expression(Pat),
    /// A type, wherever it is.
    Type(Pat),
    /// Statements and declarations in a row, inside of a function or at top level.
    Statements(Vec<Pat>),
    /// Top-level items in a row: function definitions, declarations, directives.
    Items(Vec<ItemPat>),
}

/// One top-level item of a pattern.
#[derive(Clone, Debug)]
pub enum ItemPat {
    /// A function or declaration.
    Code(Pat),
    /// A directive.
    Directive(DirectivePat),
    /// `...` between items.
    Dots(TokenIx),
}

/// A preprocessor line.
#[derive(Clone, Debug)]
pub struct DirectivePat {
    /// Where it is written.
    pub token: TokenIx,
    /// As written, white space inside collapsed; may hold metavariables' names.
    pub text: String,
    /// For messages.
    pub span: Span,
}

impl NodePat {
    /// The first token of its first child, or its own.
    pub fn first_token(&self) -> Option<TokenIx> {
        let of_child = self.slots.first().and_then(|slot| match slot {
            Slot::One(pat) | Slot::Maybe(Some(pat)) => pat.tokens.map(|(first, _)| first),
            _ => None,
        });
        of_child.into_iter().chain(self.own.first().copied()).min()
    }
}

impl Pat {
    /// A pattern without attachments.
    pub fn new(kind: PatKind, tokens: Option<(TokenIx, TokenIx)>) -> Pat {
        Pat { kind, attached: Vec::new(), tokens }
    }

    /// The code as written, where isomorphisms have put a choice around it.
    pub fn as_written(&self) -> &Pat {
        match &self.kind {
            PatKind::Choice(Choice { by: ChoiceBy::Isomorphism, arms, .. }) => {
                arms.first().and_then(|arm| arm.first()).map_or(self, Pat::as_written)
            }
            _ => self,
        }
    }

    /// Whether it stands for a run of any length in a list or sequence.
    pub fn is_run(&self) -> bool {
        matches!(self.kind, PatKind::Dots(_) | PatKind::Nest(_))
    }
}
