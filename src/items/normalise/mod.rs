//! Kernel C written as C that lang-c reads: the structured pass behind every parse.
//!
//! In: the visible tokens of an item or fragment. Out: a [`Normalised`] text, or where and why it stopped.
//! This is a recursive-descent parser in its own right, one recogniser a construct; it leaves operator
//! precedence and the checking of what is plain C to lang-c, and decides what needs more than C's grammar:
//!
//! | file | decides |
//! |---|---|
//! | [`cursor`] | bracket pairs, lines and indentation |
//! | [`lookahead`] | declaration or statement, type name or expression |
//! | [`specifiers`] | among the names before a declarator: type, attribute, macro, declared name |
//! | [`declaration`] | declarators, parameters, initialisers |
//! | [`aggregate`] | the bodies of struct, union and enum |
//! | [`expression`], [`arguments`], [`strings`] | casts, string runs, what macros are given |
//! | [`statement`], [`macros`] | labels, iterators, macros without `;`, asm |
//! | [`external`] | what only stands at top level |
//!
//! Every type name is written as one and the same injected name. So whether `(x)(y)` is a cast is decided
//! here, place by place, and a name that is a type in one place and a variable in the next misleads
//! nobody behind this pass; lowering reads the real name from the file.

mod aggregate;
mod arguments;
mod cursor;
mod declaration;
mod expression;
mod external;
mod lookahead;
mod macros;
mod specifiers;
mod statement;
mod strings;
mod writer;

use rustc_hash::FxHashSet;

use super::normalised::{EditId, EditKind, Normalised, Shape};
use super::type_names::TypeNames;
use crate::diagnostic::Diagnostic;
use crate::items::words::{Word, looks_like_type};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};
use cursor::{Cursor, END};
use writer::{TYPE_NAME, Writer};

/// How deep statements, operands and types may nest in each other. Stacks of 64 MiB hold this and the
/// worst that lang-c and the lowering make of it.
const MAX_DEPTH: u32 = 1500;

/// Where a recogniser stopped.
#[derive(Clone, Copy, Debug)]
struct Failure {
    at: TokenId,
    message: &'static str,
    /// Whether trying something else there is of no use.
    fatal: bool,
}

impl Failure {
    fn at(at: TokenId, message: &'static str) -> Failure {
        Failure { at, message, fatal: false }
    }

    fn too_deep(at: TokenId) -> Failure {
        Failure { at, message: "nested too deep to be parsed", fatal: true }
    }

    fn diagnostic(self, file: &LexedFile) -> Diagnostic {
        let inside = self.at.index() < file.tokens.len();
        let end = if inside { self.at.next() } else { self.at };
        Diagnostic::warning(file.span(TokenRange { start: self.at, end }), self.message)
    }
}

type Outcome<T = ()> = Result<T, Failure>;

/// Writes `tokens` for lang-c, or says where they are not understood.
///
/// `tokens` are visible significant tokens of `file` in order (see [`visible`](super::visible)).
///
/// Errors: one diagnostic at the token where no reading was left.
pub fn normalise(
    file: &LexedFile,
    tokens: &[TokenId],
    shape: Shape,
    types: &TypeNames,
) -> Result<Normalised, Diagnostic> {
    let pass = Pass::new(file, tokens, types).map_err(|failure| failure.diagnostic(file))?;
    pass.run(shape).map(|pass| pass.out.finish()).map_err(|failure| failure.diagnostic(file))
}

/// The same, but a statement that is not understood becomes an `OpaqueStatement`, as do the statements
/// whose ranges are in `opaque`: those that lang-c has refused before.
///
/// Errors: brackets that do not pair, nesting past the bound, and what fails outside of any statement.
pub fn normalise_with_opaque(
    file: &LexedFile,
    tokens: &[TokenId],
    shape: Shape,
    types: &TypeNames,
    opaque: &[TokenRange],
) -> Result<Normalised, Diagnostic> {
    let mut pass = Pass::new(file, tokens, types).map_err(|failure| failure.diagnostic(file))?;
    pass.recover = true;
    pass.opaque = opaque;
    pass.run(shape).map(|pass| pass.out.finish()).map_err(|failure| failure.diagnostic(file))
}

/// The statements and local declarations that hold token `at`, the innermost first.
pub fn statements_around(
    file: &LexedFile,
    tokens: &[TokenId],
    shape: Shape,
    types: &TypeNames,
    at: TokenId,
) -> Vec<TokenRange> {
    let Ok(mut pass) = Pass::new(file, tokens, types) else { return Vec::new() };
    pass.recover = true;
    pass.watched = Some(at);
    // Statements are noted when they end, so the innermost is noted first.
    pass.run(shape).map_or_else(|_| Vec::new(), |pass| pass.around)
}

/// The state of one run.
struct Pass<'a> {
    cursor: Cursor<'a>,
    pos: usize,
    /// Where the tokens end that the recogniser at hand may use: a missing `;` is fine there.
    limit: usize,
    out: Writer,
    types: &'a TypeNames,
    /// Names that some place of this text has shown to be types.
    proven: FxHashSet<&'a [u8]>,
    /// Names that some place of this text declares as something else.
    declared: FxHashSet<&'a [u8]>,
    depth: u32,
    /// How many array bounds the place at hand is in.
    bounds: u32,
    recover: bool,
    opaque: &'a [TokenRange],
    watched: Option<TokenId>,
    around: Vec<TokenRange>,
}

impl<'a> Pass<'a> {
    fn new(file: &'a LexedFile, tokens: &[TokenId], types: &'a TypeNames) -> Outcome<Pass<'a>> {
        let cursor = Cursor::new(file, tokens, types)?;
        let limit = cursor.len();
        Ok(Pass {
            cursor,
            pos: 0,
            limit,
            out: Writer::with_capacity(tokens.len()),
            types,
            proven: FxHashSet::default(),
            declared: FxHashSet::default(),
            depth: 0,
            bounds: 0,
            recover: false,
            opaque: &[],
            watched: None,
            around: Vec::new(),
        })
    }

    fn run(mut self, shape: Shape) -> Outcome<Self> {
        let end = self.limit;
        match shape {
            Shape::TopLevel => self.externals()?,
            Shape::Statements => {
                while self.pos < end {
                    self.statement()?;
                }
            }
            Shape::Expression => self.expression()?,
            Shape::TypeName => self.type_name(end)?,
            Shape::Initializer => self.initializer(false)?,
            Shape::Parameters => self.parameter_list(end)?,
            Shape::Fields => self.fields(end)?,
            Shape::Enumerators => self.enumerators(end)?,
        }
        if self.pos < end {
            Err(self.stuck("this is not part of the construct before it"))
        } else {
            Ok(self)
        }
    }

    fn kind(&self, at: usize) -> TokenKind {
        self.cursor.kind(at)
    }

    fn word(&self, at: usize) -> Word {
        self.cursor.word(at)
    }

    fn here(&self) -> TokenKind {
        if self.pos < self.limit { self.cursor.kind(self.pos) } else { END }
    }

    fn stuck(&self, message: &'static str) -> Failure {
        Failure::at(self.cursor.id(self.pos), message)
    }

    /// Counts a level of nesting; each call is undone by [`leave`](Self::leave), or by the failure.
    fn enter(&mut self) -> Outcome {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            Err(Failure::too_deep(self.cursor.id(self.pos)))
        } else {
            Ok(())
        }
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Runs `attempt`; where it fails, everything is as before and the answer is `None`.
    fn attempt(&mut self, attempt: impl FnOnce(&mut Self) -> Outcome) -> Outcome<bool> {
        let (mark, pos, limit) = (self.out.mark(), self.pos, self.limit);
        let (depth, bounds) = (self.depth, self.bounds);
        match attempt(self) {
            Ok(()) => Ok(true),
            Err(failure) if failure.fatal => Err(failure),
            Err(_) => {
                self.out.rewind(mark);
                (self.pos, self.limit) = (pos, limit);
                (self.depth, self.bounds) = (depth, bounds);
                Ok(false)
            }
        }
    }

    /// Writes the token at hand as it is and steps over it.
    fn copy(&mut self) {
        let range = self.cursor.range(self.pos, self.pos + 1);
        let text = self.cursor.text(self.pos);
        match std::str::from_utf8(text) {
            Ok(text) => self.out.piece(range, text, None),
            Err(_) => self.out.piece(range, "gupatch_bytes", None),
        }
        self.pos += 1;
    }

    /// Writes the token at hand as `text` and steps over it.
    fn spell(&mut self, text: &str) {
        self.out.piece(self.cursor.range(self.pos, self.pos + 1), text, None);
        self.pos += 1;
    }

    /// Writes the tokens up to `end` as `text` and steps over them.
    fn replace(&mut self, kind: EditKind, end: usize, text: &str) -> EditId {
        let range = self.cursor.range(self.pos, end);
        let edit = self.out.log(kind, range);
        self.out.piece(range, text, Some(edit));
        self.pos = end;
        edit
    }

    /// Steps over the tokens up to `end` and writes nothing.
    fn drop(&mut self, kind: EditKind, end: usize) {
        self.out.log(kind, self.cursor.range(self.pos, end));
        self.pos = end;
    }

    /// Writes `text` before the token at hand.
    fn insert(&mut self, text: &str, edit: Option<EditId>) {
        self.out.insert(self.cursor.id(self.pos), text, edit);
    }

    fn expect(&mut self, kind: TokenKind, message: &'static str) -> Outcome {
        if self.here() != kind {
            return Err(self.stuck(message));
        }
        self.copy();
        Ok(())
    }

    /// Steps over an `__attribute__((…))` or another word with its arguments.
    fn drop_attribute(&mut self) {
        let next = self.pos + 1;
        let end = if self.kind(next) == TokenKind::LParen { self.cursor.skip(next) } else { next };
        self.drop(EditKind::Attribute, end);
    }

    /// Writes a name that stands for a value, a member or a label.
    fn name(&mut self) {
        let text = self.cursor.text(self.pos);
        match std::str::from_utf8(text) {
            Ok(name)
                if name != TYPE_NAME
                    && !is_reserved(name)
                    && name.is_ascii()
                    && !name.contains('$') =>
            {
                self.copy();
            }
            _ => self.spell("gupatch_name"),
        }
    }

    /// Writes the name at hand as a type.
    fn type_word(&mut self) {
        self.proven.insert(self.cursor.text(self.pos));
        self.spell(TYPE_NAME);
    }

    /// Whether the name at `at` is known to be a type, and not declared as something else here.
    fn is_known_type(&self, at: usize) -> bool {
        let name = self.cursor.text(at);
        !self.declared.contains(name)
            && (self.proven.contains(name) || looks_like_type(name) || self.types.contains(name))
    }
}

/// Names that lang-c keeps for itself and that stand where any other name can.
fn is_reserved(name: &str) -> bool {
    name.starts_with('_')
        && matches!(
            name,
            "__func__"
                | "__FUNCTION__"
                | "__PRETTY_FUNCTION__"
                | "__null"
                | "__builtin_offsetof"
                | "__builtin_va_arg"
                | "__builtin_va_list"
                | "__complex"
                | "_Imaginary"
                | "_Float16"
                | "_Float32"
                | "_Float64"
                | "_Decimal32"
                | "_Decimal64"
                | "_Decimal128"
        )
}
