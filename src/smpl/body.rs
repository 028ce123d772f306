//! A rule's code: its tokens with the added code hung on them, and their grouping.
//!
//! In: the scan of the lines after `@@`. Out: a [`Body`], whose tokens are what must be matched, each
//! with the [`PlusRun`]s that are to stand before and after it; and the same tokens as a tree of choices,
//! nests and dots, which C knows nothing of.
//!
//! Added code needs a neighbour that is matched to a place in the file. A removed neighbour is preferred,
//! for then the run replaces it; next comes the token before, then the one after. Dots are no neighbour:
//! where they end is not one place. `(` and `)` of a choice are: they stand for the chosen arm's ends.

use super::format::{Piece, pieces};
use super::metavar::{MetaId, MetaKind, Metavar};
use super::pattern::TokenIx;
use super::required;
use super::scan::{Mark, RuleToken, Scan};
use crate::diagnostic::Diagnostic;
use crate::lex::{TokenKind, lex};
use crate::source::Span;

/// What a token of the body is to SmPL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// C code.
    Code,
    /// A preprocessor line.
    Directive,
    /// `(` or `\(`
    ChoiceOpen,
    /// `|` or `\|`
    ChoiceOr,
    /// `&` or `\&`
    ChoiceAnd,
    /// `)` or `\)`
    ChoiceClose,
    /// `...`
    Dots,
    /// `<...`, `<+...`
    NestOpen {
        /// `<+...`
        at_least_once: bool,
    },
    /// `...>`, `...+>`
    NestClose,
}

/// A token that the pattern is made of.
#[derive(Clone, Debug)]
pub struct BodyToken {
    /// As written.
    pub text: String,
    /// What it is to the C lexer.
    pub kind: TokenKind,
    /// What it is to SmPL.
    pub placement: Placement,
    /// Stays, goes, is reported.
    pub mark: Mark,
    /// The metavariable it names.
    pub meta: Option<MetaId>,
    /// For a string that stands for many: its pieces.
    pub format: Option<Vec<Piece>>,
    /// What is written behind it with `@`.
    pub attached: Vec<MetaId>,
    /// Added before it.
    pub before: Vec<PlusRun>,
    /// Added after it.
    pub after: Vec<PlusRun>,
    /// Its bytes in the rule file.
    pub span: Span,
    /// Its line in the rule file.
    pub line: u32,
    /// Whether what starts here may be missing.
    pub optional: bool,
    /// Whether it belongs to a `when`, and so stands for no place in the file.
    pub in_when: bool,
}

impl BodyToken {
    /// The code that is added before and after it.
    pub fn added(&self) -> impl Iterator<Item = &PlusToken> {
        self.before.iter().chain(&self.after).flat_map(|run| &run.tokens)
    }
}

/// Added code without matched code in between.
#[derive(Clone, Debug)]
pub struct PlusRun {
    /// At least one.
    pub tokens: Vec<PlusToken>,
    /// Whether it may be added more than once in one place: `++`.
    pub many: bool,
    /// The first and last token of the `if` or loop that ends at the neighbour and that the run stands
    /// behind: `+ b();` after `if (x) a();` is no part of the branch.
    pub beside: Option<(TokenIx, TokenIx)>,
}

/// A token of added code, or a comment.
#[derive(Clone, Debug)]
pub struct PlusToken {
    /// As written.
    pub text: String,
    /// What it is to the C lexer.
    pub kind: TokenKind,
    /// The metavariable it names.
    pub meta: Option<MetaId>,
    /// For a string with format metavariables: its pieces.
    pub format: Option<Vec<Piece>>,
    /// How many lines further down it is than the token before it.
    pub newlines: u32,
    /// The blanks between it and the token before, or the start of its line without the marker.
    pub blanks: String,
    /// Its bytes in the rule file.
    pub span: Span,
}

/// The code of a rule.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// What must be matched, in order.
    pub tokens: Vec<BodyToken>,
    mentioned: Vec<MetaId>,
    /// How many tokens the author wrote; those behind them were made for isomorphisms.
    written: usize,
    /// For each token that was made: the first one of the code that it stands for.
    stands_for: Vec<TokenIx>,
}

impl Body {
    /// The token of that number.
    pub fn token(&self, index: TokenIx) -> &BodyToken {
        &self.tokens[index.index()]
    }

    /// The tokens that the author wrote.
    pub fn written(&self) -> &[BodyToken] {
        &self.tokens[..self.written]
    }

    /// Notes that a metavariable is used.
    pub(super) fn mention(&mut self, meta: MetaId) {
        if !self.mentioned.contains(&meta) {
            self.mentioned.push(meta);
        }
    }

    /// Notes that the tokens from here on stand for the code that starts at `first`.
    pub(super) fn stand_for(&mut self, first: TokenIx) {
        let first = self.home(first);
        self.stands_for.resize(self.tokens.len() - self.written, first);
    }

    /// The token as written in whose place `token` stands: itself, or the first one of the code that an
    /// isomorphism is for.
    pub fn home(&self, token: TokenIx) -> TokenIx {
        let made = token.index().checked_sub(self.written);
        let stands_for = made.and_then(|made| self.stands_for.get(made));
        stands_for.copied().unwrap_or(token)
    }

    /// Whether something is removed or added.
    pub fn transforms(&self) -> bool {
        self.tokens
            .iter()
            .any(|t| t.mark == Mark::Minus || !t.before.is_empty() || !t.after.is_empty())
    }

    /// Whether some line is marked with `*`.
    pub fn reports(&self) -> bool {
        self.tokens.iter().any(|t| t.mark == Mark::Star)
    }

    /// Whether the metavariable is used in matched or added code, whichever arms of its choices match.
    pub fn needs(&self, meta: MetaId) -> bool {
        needs(self.written(), meta)
    }

    /// Whether the metavariable is used, in matched or in added code.
    pub fn mentions(&self, meta: MetaId) -> bool {
        self.mentioned.contains(&meta)
    }
}

fn needs(tokens: &[BodyToken], meta: MetaId) -> bool {
    let mut at = 0;
    while at < tokens.len() {
        let token = &tokens[at];
        if token.placement == Placement::ChoiceOpen {
            let (arms, all, end) = required::arms(tokens, at);
            let mut needing = arms.iter().map(|arm| needs(arm, meta));
            if if all { needing.any(|needs| needs) } else { needing.all(|needs| needs) } {
                return true;
            }
            at = end + 1;
            continue;
        }
        let mut added = token.added();
        if token.meta == Some(meta)
            || token.attached.contains(&meta)
            || added.any(|token| token.meta == Some(meta))
        {
            return true;
        }
        at += 1;
    }
    false
}

/// The body's tokens as a tree.
#[derive(Clone, Debug)]
pub(super) enum Group {
    Token(TokenIx),
    Dots {
        token: TokenIx,
        whens: Vec<WhenGroup>,
    },
    Nest {
        open: TokenIx,
        close: TokenIx,
        at_least_once: bool,
        inner: Vec<Group>,
        whens: Vec<WhenGroup>,
    },
    Choice {
        open: TokenIx,
        close: TokenIx,
        all: bool,
        arms: Vec<Vec<Group>>,
    },
}

/// A `when` clause: its modifier, and the code after it.
#[derive(Clone, Debug)]
pub(super) struct WhenGroup {
    pub(super) kind: WhenKind,
    pub(super) code: Vec<Group>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WhenKind {
    Not,
    Only,
    Any,
    Strict,
    Forall,
    Exists,
    NotTrue,
    NotFalse,
}

/// Reads tokens `start..end` of the scan.
pub(super) fn parse(
    scan: &Scan,
    start: usize,
    end: usize,
    metavars: &[Metavar],
) -> Result<(Body, Vec<Group>), Diagnostic> {
    let mut gather = Gather { scan, metavars, body: Body::default(), runs: Vec::new() };
    gather.tokens(start, end)?;
    let Gather { mut body, runs, .. } = gather;
    body.written = body.tokens.len();
    let mut grouper = Grouper { tokens: &body.tokens, at: 0 };
    let groups = grouper.sequence(None)?;
    if grouper.at < body.tokens.len() {
        let token = &body.tokens[grouper.at];
        return Err(Diagnostic::error(token.span, format!("`{}` closes nothing", token.text)));
    }
    // What no group holds is the `when` clause itself.
    let mut in_whens = vec![true; body.tokens.len()];
    mark_whens(&groups, false, &mut in_whens);
    for (token, in_when) in body.tokens.iter_mut().zip(in_whens) {
        token.in_when = in_when;
    }
    attach_runs(&mut body, runs)?;
    Ok((body, groups))
}

struct Gather<'s> {
    scan: &'s Scan,
    metavars: &'s [Metavar],
    body: Body,
    /// Added code, and how many body tokens stand before it.
    runs: Vec<(PlusRun, usize)>,
}

impl Gather<'_> {
    fn tokens(&mut self, start: usize, end: usize) -> Result<(), Diagnostic> {
        let mut at = start;
        while at < end {
            let token = self.scan.tokens[at];
            let comment = matches!(token.kind, TokenKind::BlockComment | TokenKind::LineComment);
            if let Mark::Plus { many } = token.mark {
                self.plus(at, many);
                at += 1;
            } else if comment {
                at += 1;
            } else if token.kind == TokenKind::At {
                at = self.attachment(at, end)?;
            } else {
                at += self.matched(at, end);
            }
        }
        Ok(())
    }

    fn meta_named(&mut self, token: RuleToken) -> Option<MetaId> {
        if token.kind != TokenKind::Ident {
            return None;
        }
        let name = self.scan.text(token.span);
        let index = self.metavars.iter().position(|metavar| metavar.name == name)?;
        let id = MetaId(index as u32);
        self.body.mention(id);
        let stands_for_itself = matches!(
            self.metavars[index].kind,
            MetaKind::Symbol
                | MetaKind::Typedef
                | MetaKind::AttributeName
                | MetaKind::Declarer { fixed: true }
                | MetaKind::Iterator { fixed: true }
        );
        (!stands_for_itself).then_some(id)
    }

    /// Notes the metavariables that the words of a directive name.
    fn mentioned_in(&mut self, token: RuleToken) {
        if token.kind != TokenKind::Directive {
            return;
        }
        let text = self.scan.text(token.span);
        let tokens = lex(text.trim_start_matches('#').as_bytes());
        let offset = text.len() - text.trim_start_matches('#').len();
        for id in tokens.all().iter().filter(|&id| tokens.kind(id) == TokenKind::Ident) {
            let span = tokens.span(id);
            let word = &text[span.start as usize + offset..span.end as usize + offset];
            let Some(index) = self.metavars.iter().position(|metavar| metavar.name == word) else {
                continue;
            };
            let id = MetaId(index as u32);
            self.body.mention(id);
        }
    }

    /// The pieces of a string that stands for many; the metavariables in it are used.
    fn format(&mut self, token: RuleToken) -> Option<Vec<Piece>> {
        if token.kind != TokenKind::String {
            return None;
        }
        let metavars = self.metavars;
        let named = |name: &str| {
            let index = metavars.iter().position(|metavar| metavar.name == name)?;
            let id = MetaId(index as u32);
            match &metavars[index].kind {
                MetaKind::Format => Some((id, None)),
                MetaKind::FormatList(length) => Some((id, Some(length.clone()))),
                _ => None,
            }
        };
        let pieces = pieces(self.scan.text(token.span), named)?;
        for piece in &pieces {
            if let Piece::Format(meta) | Piece::FormatList(meta, _) = piece {
                self.body.mention(*meta);
            }
        }
        Some(pieces)
    }

    fn plus(&mut self, at: usize, many: bool) {
        let token = self.scan.tokens[at];
        self.mentioned_in(token);
        let meta = self.meta_named(token);
        let format = self.format(token);
        let place = self.body.tokens.len();
        let goes_on = self.runs.last().is_some_and(|(_, after)| *after == place);
        let previous = at.checked_sub(1).map(|index| self.scan.tokens[index]);
        let previous_end = previous.map_or(0, |previous| previous.span.end) as usize;
        let gap = &self.scan.text[previous_end..token.span.start as usize];
        let newlines = if goes_on { self.added_newlines(previous_end, token) } else { 0 };
        let blanks = gap.rsplit(|&c| c == b'\n').next().unwrap_or_default();
        let blanks = match blanks.len() < gap.len() {
            true => blanks.get(1..).unwrap_or_default(),
            false => blanks,
        };
        let plus = PlusToken {
            text: self.scan.text(token.span).to_owned(),
            kind: token.kind,
            meta,
            format,
            newlines,
            blanks: String::from_utf8_lossy(blanks).into_owned(),
            span: token.span,
        };
        match self.runs.last_mut() {
            Some((run, _)) if goes_on => {
                run.tokens.push(plus);
                run.many |= many;
            }
            _ => self.runs.push((PlusRun { tokens: vec![plus], many, beside: None }, place)),
        }
    }

    /// How many lines of added code, blank ones counted, lie between byte `from` and `token`.
    fn added_newlines(&self, from: usize, token: RuleToken) -> u32 {
        let breaks = memchr::memchr_iter(b'\n', &self.scan.text[from..token.span.start as usize]);
        let breaks = breaks.count() as u32;
        let between = (token.line + 1 - breaks..=token.line).filter(|&line| {
            self.scan.marks.get(line as usize - 1).is_some_and(|mark| mark.is_plus())
        });
        between.count() as u32
    }

    /// `@x` behind a token; returns where to go on.
    fn attachment(&mut self, at: usize, end: usize) -> Result<usize, Diagnostic> {
        let token = self.scan.tokens[at];
        let named = (at + 1 < end).then(|| self.scan.tokens[at + 1]);
        let meta = named.and_then(|named| self.meta_named(named));
        let (Some(meta), Some(last)) = (meta, self.body.tokens.last_mut()) else {
            return Err(Diagnostic::error(
                token.span,
                "`@` is not followed by a declared metavariable",
            )
            .with_help("declare it: `position p;`"));
        };
        last.attached.push(meta);
        Ok(at + 2)
    }

    /// Adds the matched token at `at`, or the composite it starts; returns its length in tokens.
    fn matched(&mut self, at: usize, end: usize) -> usize {
        let (placement, len) = self.placement(at, end);
        let token = self.scan.tokens[at];
        self.mentioned_in(token);
        let last = self.scan.tokens[at + len - 1];
        let span = Span::new(token.span.start, last.span.end);
        let meta = if placement == Placement::Code { self.meta_named(token) } else { None };
        let format = self.format(token);
        self.body.tokens.push(BodyToken {
            text: self.scan.text(span).to_owned(),
            kind: token.kind,
            placement,
            mark: token.mark,
            meta,
            format,
            attached: Vec::new(),
            before: Vec::new(),
            after: Vec::new(),
            span,
            line: token.line,
            optional: token.optional,
            in_when: false,
        });
        len
    }

    fn placement(&self, at: usize, end: usize) -> (Placement, usize) {
        let token = self.scan.tokens[at];
        let adjacent = |ahead: usize| {
            let index = at + ahead;
            let touching = index < end
                && self.scan.tokens[index - 1].span.end == self.scan.tokens[index].span.start;
            touching.then(|| self.scan.tokens[index].kind)
        };
        match token.kind {
            TokenKind::Directive => (Placement::Directive, 1),
            TokenKind::Stray if self.scan.text(token.span) == "\\" => match adjacent(1) {
                Some(TokenKind::LParen) => (Placement::ChoiceOpen, 2),
                Some(TokenKind::Pipe) => (Placement::ChoiceOr, 2),
                Some(TokenKind::Amp) => (Placement::ChoiceAnd, 2),
                Some(TokenKind::RParen) => (Placement::ChoiceClose, 2),
                _ => (Placement::Code, 1),
            },
            TokenKind::LParen if token.first_column => (Placement::ChoiceOpen, 1),
            TokenKind::Pipe if token.first_column => (Placement::ChoiceOr, 1),
            TokenKind::Amp if token.first_column => (Placement::ChoiceAnd, 1),
            TokenKind::RParen if token.first_column && self.choice_is_open() => {
                (Placement::ChoiceClose, 1)
            }
            TokenKind::Lt => match (adjacent(1), adjacent(1).and_then(|_| adjacent(2))) {
                (Some(TokenKind::Ellipsis), _) => (Placement::NestOpen { at_least_once: false }, 2),
                (Some(TokenKind::Plus), Some(TokenKind::Ellipsis)) => {
                    (Placement::NestOpen { at_least_once: true }, 3)
                }
                _ => (Placement::Code, 1),
            },
            TokenKind::Ellipsis => match (adjacent(1), adjacent(1).and_then(|_| adjacent(2))) {
                (Some(TokenKind::Gt), _) => (Placement::NestClose, 2),
                (Some(TokenKind::Plus), Some(TokenKind::Gt)) => (Placement::NestClose, 3),
                (Some(TokenKind::Ellipsis), _) => (Placement::Dots, 2),
                _ => (Placement::Dots, 1),
            },
            _ => (Placement::Code, 1),
        }
    }

    /// Whether the innermost open bracket is a choice's: a `)` in the first column may close a call.
    fn choice_is_open(&self) -> bool {
        let mut open = Vec::new();
        for token in &self.body.tokens {
            match (token.placement, token.kind) {
                (Placement::ChoiceOpen, _) => open.push(true),
                (Placement::Code, TokenKind::LParen) => open.push(false),
                (Placement::ChoiceClose, _) | (Placement::Code, TokenKind::RParen) => {
                    open.pop();
                }
                _ => {}
            }
        }
        open.last() == Some(&true)
    }
}

struct Grouper<'b> {
    tokens: &'b [BodyToken],
    at: usize,
}

impl Grouper<'_> {
    /// Reads up to a delimiter of the enclosing group, or up to token `end` of a `when` clause.
    fn sequence(&mut self, end: Option<usize>) -> Result<Vec<Group>, Diagnostic> {
        let mut groups = Vec::new();
        while self.at < end.unwrap_or(self.tokens.len()) {
            let token = TokenIx(self.at as u32);
            match self.tokens[self.at].placement {
                Placement::Code | Placement::Directive => {
                    groups.push(Group::Token(token));
                    self.at += 1;
                }
                Placement::Dots => {
                    self.at += 1;
                    // Where dots end the code of a `when`, the next one is none of theirs.
                    let is_last = end.is_some_and(|end| self.at >= end);
                    let whens = if is_last { Vec::new() } else { self.whens()? };
                    groups.push(Group::Dots { token, whens });
                }
                Placement::NestOpen { at_least_once } => groups.push(self.nest(at_least_once)?),
                Placement::ChoiceOpen => groups.push(self.choice()?),
                Placement::ChoiceOr
                | Placement::ChoiceAnd
                | Placement::ChoiceClose
                | Placement::NestClose => break,
            }
        }
        Ok(groups)
    }

    fn nest(&mut self, at_least_once: bool) -> Result<Group, Diagnostic> {
        let open = TokenIx(self.at as u32);
        self.at += 1;
        let mut whens = self.whens()?;
        let inner = self.sequence(None)?;
        let close = TokenIx(self.at as u32);
        if !matches!(self.tokens.get(self.at), Some(t) if t.placement == Placement::NestClose) {
            return Err(self.unclosed(open, "a nest ends with `...>`"));
        }
        self.at += 1;
        whens.extend(self.whens()?);
        Ok(Group::Nest { open, close, at_least_once, inner, whens })
    }

    fn choice(&mut self) -> Result<Group, Diagnostic> {
        let open = TokenIx(self.at as u32);
        let mut all = false;
        let mut arms = Vec::new();
        loop {
            self.at += 1;
            arms.push(self.sequence(None)?);
            match self.tokens.get(self.at).map(|token| token.placement) {
                Some(Placement::ChoiceOr) => {}
                Some(Placement::ChoiceAnd) => all = true,
                Some(Placement::ChoiceClose) => break,
                _ => {
                    return Err(
                        self.unclosed(open, "a choice ends with `)` in the first column, or `\\)`")
                    );
                }
            }
        }
        let close = TokenIx(self.at as u32);
        self.at += 1;
        Ok(Group::Choice { open, close, all, arms })
    }

    fn unclosed(&self, open: TokenIx, help: &str) -> Diagnostic {
        let token = &self.tokens[open.index()];
        Diagnostic::error(token.span, format!("`{}` is not closed", token.text)).with_help(help)
    }

    fn is(&self, text: &str) -> bool {
        self.tokens.get(self.at).is_some_and(|token| token.text == text)
    }

    fn whens(&mut self) -> Result<Vec<WhenGroup>, Diagnostic> {
        let mut whens = Vec::new();
        while (self.is("when") || self.is("WHEN")) && self.tokens[self.at].meta.is_none() {
            self.at += 1;
            loop {
                whens.push(self.when()?);
                if !self.is(",") {
                    break;
                }
                self.at += 1;
            }
        }
        Ok(whens)
    }

    fn when(&mut self) -> Result<WhenGroup, Diagnostic> {
        let simple = [
            ("any", WhenKind::Any),
            ("strict", WhenKind::Strict),
            ("forall", WhenKind::Forall),
            ("exists", WhenKind::Exists),
        ];
        for (word, kind) in simple {
            if self.is(word) && self.tokens[self.at].meta.is_none() {
                self.at += 1;
                return Ok(WhenGroup { kind, code: Vec::new() });
            }
        }
        let mut kind = WhenKind::Only;
        if self.is("!=") {
            self.at += 1;
            kind = WhenKind::Not;
            if self.is("true") {
                self.at += 1;
                kind = WhenKind::NotTrue;
            } else if self.is("false") {
                self.at += 1;
                kind = WhenKind::NotFalse;
            }
        } else if self.is("==") || self.is("=") {
            self.at += 1;
        }
        let end = self.line_end();
        let code = self.sequence(Some(end))?;
        if code.is_empty() {
            let span = self.tokens[self.at.min(self.tokens.len()) - 1].span;
            return Err(Diagnostic::error(span, "`when` says nothing").with_help(
                "it is followed by `!= code`, `any`, `strict`, `forall` or `exists` on its line",
            ));
        }
        Ok(WhenGroup { kind, code })
    }

    /// The first token after the line of the next one, brackets opened on it included.
    fn line_end(&self) -> usize {
        let Some(first) = self.tokens.get(self.at) else { return self.at };
        let mut line = first.line;
        let mut depth = 0i32;
        for (index, token) in self.tokens.iter().enumerate().skip(self.at) {
            if token.line != line && depth == 0 {
                return index;
            }
            line = token.line;
            match token.placement {
                Placement::ChoiceOpen => depth += 1,
                Placement::ChoiceClose => depth -= 1,
                _ if token.kind.is_open() => depth += 1,
                _ if token.kind.is_close() => depth -= 1,
                _ => {}
            }
            if depth < 0 {
                return index;
            }
        }
        self.tokens.len()
    }
}

/// Notes which tokens belong to a `when`: they stand for no place.
fn mark_whens(groups: &[Group], inside: bool, out: &mut [bool]) {
    for group in groups {
        match group {
            Group::Token(token) => out[token.index()] = inside,
            Group::Dots { token, whens } => {
                out[token.index()] = inside;
                whens.iter().for_each(|when| mark_whens(&when.code, true, out));
            }
            Group::Nest { open, close, inner, whens, .. } => {
                out[open.index()] = inside;
                out[close.index()] = inside;
                mark_whens(inner, inside, out);
                whens.iter().for_each(|when| mark_whens(&when.code, true, out));
            }
            Group::Choice { open, close, arms, .. } => {
                out[open.index()] = inside;
                out[close.index()] = inside;
                arms.iter().for_each(|arm| mark_whens(arm, inside, out));
            }
        }
    }
}

/// Hangs each run on a neighbour.
fn attach_runs(body: &mut Body, runs: Vec<(PlusRun, usize)>) -> Result<(), Diagnostic> {
    for (run, place) in runs {
        let previous = place.checked_sub(1).filter(|&at| takes_after(&body.tokens[at]));
        let next = (place < body.tokens.len())
            .then_some(place)
            .filter(|&at| takes_before(&body.tokens[at]));
        let is_minus = |at: Option<usize>| at.is_some_and(|at| body.tokens[at].mark == Mark::Minus);
        let before_next = match (previous, next) {
            (Some(before), Some(_)) => {
                !is_minus(previous)
                    && (is_minus(next) || opens_block(&run) || starts_member(&body.tokens, before))
            }
            (None, Some(_)) => true,
            (Some(_), None) => false,
            (None, None) => {
                let span = run.tokens[0].span;
                return Err(Diagnostic::error(span, "the added code has nothing to attach to").with_help(
                    "`+` needs a line of matched code right before or after it; dots are no place",
                ));
            }
        };
        match (before_next, previous, next) {
            (true, _, Some(next)) => body.tokens[next].before.push(run),
            (_, Some(previous), _) => body.tokens[previous].after.push(run),
            _ => {}
        }
    }
    Ok(())
}

/// Whether the initialiser of a named member starts behind token `before`. Members stand in any order, so
/// that what is added before one has that one as its neighbour, and not the one before it or the brace.
fn starts_member(tokens: &[BodyToken], before: usize) -> bool {
    let [before, dot, name, ..] = &tokens[before..] else { return false };
    matches!(before.kind, TokenKind::LBrace | TokenKind::Comma)
        && dot.placement == Placement::Code
        && dot.text == "."
        && name.kind == TokenKind::Ident
}

/// Whether added code opens a brace that it does not close: it is the start of what comes next.
fn opens_block(run: &PlusRun) -> bool {
    let depth: i32 = run
        .tokens
        .iter()
        .map(|token| {
            i32::from(token.kind == TokenKind::LBrace) - i32::from(token.kind == TokenKind::RBrace)
        })
        .sum();
    depth > 0 && run.tokens[0].kind == TokenKind::LBrace
}

fn takes_after(token: &BodyToken) -> bool {
    let place =
        matches!(token.placement, Placement::Code | Placement::Directive | Placement::ChoiceClose);
    place && !token.in_when
}

fn takes_before(token: &BodyToken) -> bool {
    matches!(token.placement, Placement::Code | Placement::Directive | Placement::ChoiceOpen)
}
