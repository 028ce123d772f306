//! The text given to lang-c, with a map back to the original tokens and a log of edits.
//!
//! The text is made of [`Piece`]s in order, with white space between them: most stand for one original
//! token each, some for a stretch of tokens or for none. Each construct that lang-c does not know is
//! written as something it does know, and the [`Edit`] says what it was, so that lowering can put the
//! real node back. The encodings, `‹…›` being pieces that carry the edit:
//!
//! | edit | file | text |
//! |---|---|---|
//! | `Iterator` | `for_each(a, b) s` | `‹while (› for_each(a, b) ‹)› s` |
//! | `TypeArgument` | `f(struct s)` | `f(‹sizeof (› struct s ‹)›)` |
//! | `Elvis` | `a ?: b` | `a ? ‹0› : b` |
//! | `MacroStatement` | `FOO(x)` | `FOO(x) ‹;›` |
//! | `MacroDeclaration` | `static DEFINE_X(a) = 1;` | `static ‹__typeof__ (› DEFINE_X(a) ‹) gupatch_decl› = 1;` |
//! | `MacroFunction` | `SYSCALL_DEFINE1(f, int, a) {}` | `‹__typeof__ (› SYSCALL_DEFINE1(…) ‹) gupatch_fn (void)› {}` |
//! | `Asm` | `asm volatile("…" : …);` | `‹gupatch_asm› ;` the piece covers all but the `;` |
//! | `Attribute` | `__init` | nothing; only the log |
//! | `StringRun` | `KERN_ERR "…" FOO` | `‹""›` the piece covers the run |
//! | `ScaledNumber` | `16 KB` | `‹16›` the piece covers both tokens |
//! | `OpaqueArgument` | `f(+)` | `f(‹gupatch_opaque›)` the piece covers the argument |
//! | `AbsentArgument` | `f(a, )` | `f(a, ‹gupatch_absent›)` |
//! | `StatementArgument` | `f(x, { s; })`, `f(return 0)` | `f(x, ‹({› s; ‹;})›)` |
//! | `LabelAddress` | `&&out` | `‹gupatch_label›` the piece covers both tokens |
//! | `GotoComputed` | `goto *p;` | `‹return› p;` the piece covers `goto *` |
//! | `EmptyLabel` | `out: }`, `out: int x;` | `out: ‹;› }` |
//! | `EmptyInit` | `(T){}` | `(T){‹0›}` |
//! | `DoWhileMacro` | `do s while_each(a);` | `do s ‹while (› while_each(a) ‹)› ;` |
//! | `OpaqueStatement` | what cannot be parsed | `‹gupatch_opaque ;›` the piece covers all its tokens |
//! | `MacroType` | `ElfW(Sym) *s;` | `‹T› * s ;` the piece covers the call |
//! | `MacroName` | `int NAME(a, 1);` | `int ‹gupatch_decl› ;` the piece covers the call |
//! | `Dropped` | `__extension__`, `;` after `}` at top level | nothing; only the log |
//!
//! A piece may also spell its token differently without an edit (`typeof` as `__typeof__`, `08` as `8`,
//! bytes that are not ASCII as `_`): leaf text is always read from the original bytes.

use crate::lex::{LexedFile, TokenRange};

/// An edit of one [`Normalised`] text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EditId(pub u32);

/// What a stretch of text stands for; the table in the module's documentation has the encodings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the table above says what each one is")]
pub enum EditKind {
    Iterator,
    TypeArgument,
    Elvis,
    MacroStatement,
    MacroDeclaration,
    MacroFunction,
    Asm,
    Attribute,
    StringRun,
    ScaledNumber,
    OpaqueArgument,
    AbsentArgument,
    StatementArgument,
    LabelAddress,
    GotoComputed,
    EmptyLabel,
    EmptyInit,
    DoWhileMacro,
    OpaqueStatement,
    MacroType,
    MacroName,
    Dropped,
}

/// One entry of the edit log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edit {
    /// What it was in the file.
    pub kind: EditKind,
    /// The original tokens of the whole construct; empty, at the place, where there are none.
    pub tokens: TokenRange,
}

/// A stretch of the text and what it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Its first byte in the text.
    pub start: u32,
    /// One past its last byte in the text.
    pub end: u32,
    /// The original tokens; empty for inserted text, and then its start is the place.
    pub tokens: TokenRange,
    /// The edit it belongs to.
    pub edit: Option<EditId>,
}

/// What the text is a piece of C of: it decides how lang-c is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// An external declaration or function definition.
    TopLevel,
    /// Statements and declarations, as in a function's body.
    Statements,
    /// One expression.
    Expression,
    /// A type name, as in a cast.
    TypeName,
    /// An initialiser: an expression or `{ … }`.
    Initializer,
    /// Parameter declarations, as between a declarator's parentheses.
    Parameters,
    /// Members, as between the braces of a struct.
    Fields,
    /// Enumerators, as between the braces of an enum.
    Enumerators,
}

/// The text of one item or fragment for lang-c.
#[derive(Clone, Debug, Default)]
pub struct Normalised {
    /// ASCII.
    pub text: String,
    /// Names that are types in this text and not otherwise known to lang-c: sorted, each once.
    pub types: Vec<String>,
    /// In order of `start`, without overlap.
    pub pieces: Vec<Piece>,
    /// The log.
    pub edits: Vec<Edit>,
}

impl Normalised {
    /// The edit with number `id`.
    pub fn edit(&self, id: EditId) -> Edit {
        self.edits[id.0 as usize]
    }

    /// The piece that holds byte `at` of the text, or the first one after it.
    pub fn piece_at(&self, at: u32) -> Option<usize> {
        let index = self.pieces.partition_point(|piece| piece.end <= at);
        (index < self.pieces.len()).then_some(index)
    }

    /// The last piece that ends at or before byte `end` of the text.
    pub fn piece_before(&self, end: u32) -> Option<usize> {
        self.pieces.partition_point(|piece| piece.end <= end).checked_sub(1)
    }

    /// The text, a line for each `;` and brace, and the edits under it, for people.
    pub fn print(&self, file: &LexedFile) -> String {
        let mut out = String::from("   ");
        for piece in &self.pieces {
            let word = &self.text[piece.start as usize..piece.end as usize];
            out.push(' ');
            out.push_str(word);
            if word.ends_with([';', '{', '}']) {
                out.push_str("\n   ");
            }
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        for edit in &self.edits {
            let place = file.location(edit.tokens.start);
            let text = file.range_text(edit.tokens).to_string().replace(['\n', '\t'], " ");
            out.push_str(&format!("    {place} {:?} `{text}`\n", edit.kind));
        }
        out
    }
}
