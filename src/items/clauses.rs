//! An item cut into clauses: the stretches of tokens in which its simple statements and conditions stand.
//!
//! In: the tokens of an item. Out: its [`Clauses`] in order, told by brackets and semicolons alone, so that a
//! look at code costs no more than reading its tokens. What C calls one expression is never cut in two: where
//! brackets leave that open, two clauses are one. `if (a < b) x = c;` is the clauses `if (a < b)` and `x = c`.
//!
//! Statements inside of expressions stay with the expression, and so does everything between brackets that
//! only some arms of a conditional close. Where there is a bracket too many nothing is sure.

use crate::lex::{KindSet, LexedFile, TokenId, TokenKind, TokenRange};

/// A stretch of tokens.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// Its tokens; neither the first nor the last is trivia.
    pub tokens: TokenRange,
    /// Their kinds.
    pub kinds: KindSet,
}

/// The clauses of an item.
#[derive(Clone, Debug, Default)]
pub struct Clauses {
    /// In order.
    pub all: Vec<Clause>,
    /// Whether each expression is known to be in one of them.
    pub is_sure: bool,
}

/// A bracket that is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// `(` or `[`, and what stands before it.
    Group(Head),
    /// `{` of a block.
    Block,
    /// `{` inside of an expression or declaration.
    Inside,
}

/// What stands before a group.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    /// `if`, `while`, `for`, `switch`.
    Keyword,
    /// A name with which its clause begins.
    First,
    /// Another name.
    Name,
    /// Anything else.
    Other,
}

struct Cutter<'a> {
    file: &'a LexedFile,
    open: Vec<Open>,
    /// How many of the open brackets keep what is in them together.
    depth: usize,
    start: Option<TokenId>,
    last: Option<TokenId>,
    kinds: KindSet,
    out: Clauses,
}

/// Cuts the tokens of an item.
pub fn clauses(file: &LexedFile, range: TokenRange) -> Clauses {
    let out = Clauses { all: Vec::new(), is_sure: true };
    let (open, kinds) = (Vec::new(), KindSet::default());
    let mut cutter = Cutter { file, open, depth: 0, start: None, last: None, kinds, out };
    // What the token before was, and what stood before the group that it closed.
    let mut before: Option<TokenKind> = None;
    let mut closed: Option<Head> = None;
    for id in file.tokens.significant(range) {
        let kind = file.tokens.kind(id);
        if cutter.depth == 0 {
            let ends = match closed {
                Some(Head::Keyword) => true,
                Some(Head::First) => kind == TokenKind::Ident,
                Some(Head::Name | Head::Other) | None => false,
            };
            if ends {
                cutter.cut();
            }
        }
        let group = closed.take();
        let starts_block = match before {
            None => true,
            Some(TokenKind::Ident) => cutter.start.is_none(),
            Some(TokenKind::RParen) => group.is_some_and(|head| head != Head::Other),
            Some(kind) => matches!(
                kind,
                TokenKind::Semi | TokenKind::LBrace | TokenKind::RBrace | TokenKind::Colon
            ),
        };
        match kind {
            TokenKind::Semi if cutter.depth == 0 => cutter.cut(),
            TokenKind::LBrace if cutter.depth == 0 && starts_block => {
                cutter.cut();
                cutter.open.push(Open::Block);
            }
            TokenKind::LBrace => {
                cutter.take(id, kind);
                cutter.open.push(Open::Inside);
                cutter.depth += 1;
            }
            TokenKind::LParen | TokenKind::LBracket => {
                let head = cutter.head(before);
                cutter.take(id, kind);
                cutter.open.push(Open::Group(head));
                cutter.depth += 1;
            }
            TokenKind::RParen | TokenKind::RBracket | TokenKind::RBrace => {
                closed = cutter.close(id, kind);
            }
            TokenKind::Ident if cutter.depth == 0 && cutter.is_one_of(id, &[b"else", b"do"]) => {
                cutter.cut();
            }
            _ => cutter.take(id, kind),
        }
        before = Some(kind);
    }
    cutter.cut();
    cutter.out
}

impl Cutter<'_> {
    fn take(&mut self, id: TokenId, kind: TokenKind) {
        self.start.get_or_insert(id);
        self.last = Some(id);
        self.kinds = self.kinds.with(kind);
    }

    fn cut(&mut self) {
        if let (Some(start), Some(last)) = (self.start.take(), self.last.take()) {
            let tokens = TokenRange { start, end: last.next() };
            self.out.all.push(Clause { tokens, kinds: self.kinds });
        }
        self.kinds = KindSet::default();
    }

    /// What stands before the bracket that comes next.
    fn head(&self, before: Option<TokenKind>) -> Head {
        let Some(last) = self.last.filter(|_| before == Some(TokenKind::Ident)) else {
            return Head::Other;
        };
        const KEYWORDS: &[&[u8]] = &[b"if", b"while", b"for", b"switch"];
        // In front of a type in parentheses.
        const OPERATORS: &[&[u8]] = &[
            b"return",
            b"case",
            b"sizeof",
            b"typeof",
            b"__typeof",
            b"__typeof__",
            b"_Alignof",
            b"__alignof",
            b"__alignof__",
        ];
        match () {
            () if self.is_one_of(last, KEYWORDS) => Head::Keyword,
            () if self.is_one_of(last, OPERATORS) => Head::Other,
            () if self.start == Some(last) => Head::First,
            () => Head::Name,
        }
    }

    fn close(&mut self, id: TokenId, kind: TokenKind) -> Option<Head> {
        let is_brace = kind == TokenKind::RBrace;
        match self.open.pop() {
            Some(Open::Block) if is_brace => {
                self.cut();
                return None;
            }
            Some(Open::Inside) if is_brace => {}
            Some(Open::Group(head)) if !is_brace => {
                self.take(id, kind);
                self.depth -= 1;
                return Some(head).filter(|_| kind == TokenKind::RParen);
            }
            Some(Open::Inside | Open::Group(_)) => self.out.is_sure = false,
            Some(Open::Block) | None => {
                self.out.is_sure = false;
                self.take(id, kind);
                return None;
            }
        }
        self.take(id, kind);
        self.depth -= 1;
        None
    }

    fn is_one_of(&self, id: TokenId, words: &[&[u8]]) -> bool {
        let text: &[u8] = self.file.text(id);
        words.contains(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::TreePath;

    #[track_caller]
    fn check(code: &str, want: &[&str]) {
        let path = TreePath::new("a.c").expect("it is one");
        let file = LexedFile::new(path, code.as_bytes().to_vec());
        let cut = clauses(&file, file.tokens.all());
        let found: Vec<String> =
            cut.all.iter().map(|clause| file.range_text(clause.tokens).to_string()).collect();
        assert_eq!(found, want);
        assert!(cut.is_sure);
    }

    #[test]
    fn statements_and_conditions_are_clauses() {
        check(
            "int f(int a) { if (a < b) x = c; else { y = d; } return x; }",
            &["int f(int a)", "if (a < b)", "x = c", "y = d", "return x"],
        );
        check(
            "do { a(); } while (x); for_each(p, q) g(p);",
            &["a()", "while (x)", "for_each(p, q)", "g(p)"],
        );
    }

    #[test]
    fn an_expression_is_in_one_clause() {
        check(
            "x = (struct s){ .a = 1, }.a < y ? f({ a; b; }) : ({ c; d; });",
            &["x = (struct s){ .a = 1, }.a < y ? f({ a; b; }) : ({ c; d; })"],
        );
        check("return (struct s){ .a = g(x) { 1; } };", &["return (struct s){ .a = g(x) { 1; } }"]);
        check("for (i = 0; i < n; i++) { a = b; }", &["for (i = 0; i < n; i++)", "a = b"]);
        check("struct s { int a; int b; } c = { 1, };", &["struct s { int a; int b; } c = { 1, }"]);
    }

    #[test]
    fn a_bracket_too_many_leaves_everything_open() {
        let path = TreePath::new("a.c").expect("it is one");
        let code = b"{ f(a\n#if X\n, b);\n#else\n);\n#endif\n}";
        let file = LexedFile::new(path, code.to_vec());
        assert!(!clauses(&file, file.tokens.all()).is_sure);
    }
}
