//! Marks on tokens to edits of bytes: which blanks and line breaks go and come with the tokens.
//!
//! In: the [`Marks`] of one rule. Out: [`Edit`]s without overlap. Each stretch of removed tokens is one
//! edit, with the code that takes its place; added code beside kept tokens is an edit of its own.

use std::collections::BTreeMap;

use super::braces::{Lone, lone_at};
use super::declarators::keep_shared;
use super::layout::{
    Spot, column_at, deeper, indent_of, is_first_on_line, lay_out, line_end, wants_blank,
};
use super::marks::{Marks, Side, collect};
use super::render::{Rendered, Word};
use super::{Applicability, Arms, Conflict, Edit, overlap};
use crate::ast::{Ast, Kind};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};
use crate::matcher::{Match, Unit};
use crate::smpl::Rule;
use crate::source::Span;

/// What a rule does to a file.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The edits, in order.
    pub edits: Vec<Edit>,
}

/// Turns the matches of `rule` in one file into edits. `units` are the file's parsed items.
pub fn plan(
    rule: &Rule,
    file: &LexedFile,
    units: &[Unit<'_>],
    matches: &[Match],
    fresh: &mut dyn FnMut(&str) -> String,
    arms: Arms,
) -> Result<Plan, Conflict> {
    overlap::check(rule, file, units, matches)?;
    let mut marks = collect(rule, file, matches, fresh)?;
    keep_shared(&mut marks, file, units);
    if marks.is_empty() {
        return Ok(Plan::default());
    }
    let mut planner =
        Planner { file, units, marks: &marks, pieces: BTreeMap::new(), braced: Vec::new(), arms };
    planner.regions();
    planner.insertions();
    planner.realign();
    let pieces = std::mem::take(&mut planner.pieces);
    let edits = pieces.into_iter().map(|(span, text)| Edit {
        applicability: applicability(file, span),
        span,
        text,
    });
    Ok(Plan { edits: edits.collect() })
}

/// A directive inside of what goes, or a comment, is for a person to look at.
fn applicability(file: &LexedFile, span: Span) -> Applicability {
    let first = file.tokens.at_offset(span.start);
    let last = span.end.checked_sub(1).and_then(|end| file.tokens.at_offset(end));
    let (Some(first), Some(last)) = (first, last) else { return Applicability::Safe };
    let odd = TokenRange { start: first, end: last.next() }.iter().any(|token| {
        let inside = file.tokens.span(token).start >= span.start;
        let kind = file.tokens.kind(token);
        inside
            && matches!(
                kind,
                TokenKind::Directive | TokenKind::BlockComment | TokenKind::LineComment
            )
    });
    if odd && !span.is_empty() { Applicability::Review } else { Applicability::Safe }
}

pub(super) struct Planner<'a> {
    pub(super) file: &'a LexedFile,
    pub(super) units: &'a [Unit<'a>],
    pub(super) marks: &'a Marks,
    pub(super) pieces: BTreeMap<Span, Vec<u8>>,
    /// Statements that get braces.
    pub(super) braced: Vec<Lone>,
    pub(super) arms: Arms,
}

impl Planner<'_> {
    pub(super) fn bytes(&self) -> &[u8] {
        &self.file.bytes
    }

    pub(super) fn span(&self, token: TokenId) -> Span {
        self.file.tokens.span(token)
    }

    pub(super) fn ast_at(&self, token: TokenId) -> Option<&Ast> {
        let unit =
            self.units.iter().find(|unit| unit.ast.tokens(unit.ast.root()).contains(token))?;
        Some(unit.ast)
    }

    pub(super) fn added(&self, token: TokenId, side: Side) -> &[Rendered] {
        self.marks.added.get(&(token, side)).map_or(&[], Vec::as_slice)
    }

    pub(super) fn put(&mut self, span: Span, text: Vec<u8>) {
        self.pieces.entry(span).or_default().extend_from_slice(&text);
    }

    /// Stretches of removed tokens with only trivia in between.
    pub(super) fn regions(&mut self) {
        let removed: Vec<TokenId> = self.marks.removed.keys().copied().collect();
        let mut at = 0;
        while at < removed.len() {
            let mut end = at + 1;
            while end < removed.len() && self.follows(removed[end - 1], removed[end]) {
                end += 1;
            }
            self.region(&removed[at..end]);
            at = end;
        }
    }

    pub(super) fn follows(&self, before: TokenId, after: TokenId) -> bool {
        follows(self.file, before, after)
    }

    pub(super) fn region(&mut self, tokens: &[TokenId]) {
        let (first, last) = (tokens[0], tokens[tokens.len() - 1]);
        let mut words: Vec<Word> = Vec::new();
        for &token in tokens {
            for side in [Side::Before, Side::After] {
                let runs = self.added(token, side).iter();
                for run in runs.filter(|run| side == Side::Before || !self.is_behind(token, run)) {
                    push_run(&mut words, &run.tokens);
                }
            }
        }
        let span = Span::new(self.span(first).start, self.span(last).end);
        if words.is_empty() {
            self.delete(span, first, last);
            return;
        }
        self.wrap_in_parentheses(&mut words, first, last);
        self.brace_if_needed(first, last, &words);
        let indent = self.indent_for(first);
        let end = span.end as usize;
        let tail = self.tail(end);
        let column = column_at(self.bytes(), span.start as usize);
        let mut text = Vec::new();
        if self.glues_before(first, &words[0]) {
            text.push(b' ');
        }
        text.extend(lay_out(&words, &Spot { indent: &indent, column, tail, inside: None }));
        if let (Some(next), Some(word)) = (self.token_at(end), words.last())
            && is_word(self.file.tokens.kind(next))
            && is_word(word.kind)
        {
            text.push(b' ');
        }
        self.put(span, text);
    }

    pub(super) fn token_at(&self, offset: usize) -> Option<TokenId> {
        let token = self.file.tokens.at_offset(offset as u32)?;
        (self.span(token).start as usize == offset).then_some(token)
    }

    pub(super) fn glues_before(&self, first: TokenId, word: &Word) -> bool {
        let before = first.0.checked_sub(1).map(TokenId);
        before.is_some_and(|before| is_word(self.file.tokens.kind(before)) && is_word(word.kind))
    }

    /// The columns of what follows byte `at` on its line, as far as it cannot go to the next one.
    pub(super) fn tail(&self, at: usize) -> usize {
        let rest = &self.bytes()[at..line_end(self.bytes(), at)];
        let code = rest.iter().take_while(|c| matches!(c, b')' | b';' | b',' | b']')).count();
        let brace = rest[code..].starts_with(b" {");
        code + if brace { 2 } else { 0 }
    }

    /// The indentation of the statement, member or item that `token` starts or lies in.
    pub(super) fn indent_for(&self, token: TokenId) -> Vec<u8> {
        let start = self.span(token).start as usize;
        if let Some(ast) = self.ast_at(token)
            && let Some(lone) = lone_at(ast, self.file, token)
            && lone.first == token
            && self.file.tokens.kind(token) != TokenKind::LBrace
            && !is_first_on_line(self.bytes(), start)
        {
            return deeper(indent_of(self.bytes(), self.span(lone.owner).start as usize));
        }
        let from = self.element_start(token).unwrap_or(token);
        indent_of(self.bytes(), self.span(from).start as usize).to_vec()
    }

    /// The first token of the innermost statement, declaration or member with `token` in it.
    pub(super) fn element_start(&self, token: TokenId) -> Option<TokenId> {
        let ast = self.ast_at(token)?;
        let innermost = ast.innermost_at(token)?;
        let found = std::iter::once(innermost).chain(ast.ancestors(innermost)).find(|&id| {
            matches!(
                ast.kind(id),
                Kind::ExprStatement { .. }
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
                    | Kind::Declaration { .. }
                    | Kind::MacroDeclaration { .. }
                    | Kind::Field { .. }
                    | Kind::Enumerator { .. }
                    | Kind::InitItem { .. }
                    | Kind::Function { .. }
            )
        })?;
        Some(ast.tokens(found).start)
    }

    /// The end of `token`, or of the comment behind it on its line.
    pub(super) fn end_with_comment(&self, token: TokenId) -> usize {
        let mut end = self.span(token).end as usize;
        let line = line_end(self.bytes(), end);
        let mut next = token.next();
        while next.index() < self.file.tokens.len() {
            let span = self.span(next);
            match self.file.tokens.kind(next) {
                TokenKind::Space if (span.end as usize) <= line => {}
                TokenKind::LineComment | TokenKind::BlockComment
                    if (span.start as usize) < line =>
                {
                    end = span.end as usize;
                }
                _ => break,
            }
            next = next.next();
        }
        end
    }

    /// Adds to the edit that ends at byte `end`, or makes one there.
    pub(super) fn append_at(&mut self, end: u32, text: &[u8]) {
        let ending = self.pieces.iter_mut().rev().find(|(span, _)| span.end == end);
        match ending {
            Some((_, piece)) => piece.extend_from_slice(text),
            None if text.is_empty() => {}
            None => {
                self.pieces.insert(Span::new(end, end), text.to_vec());
            }
        }
    }
}

/// Whether nothing but blanks and comments stands between two tokens.
pub(super) fn follows(file: &LexedFile, before: TokenId, after: TokenId) -> bool {
    let between = TokenRange { start: before.next(), end: after };
    between.iter().all(|token| {
        let kind = file.tokens.kind(token);
        kind.is_trivia() && kind != TokenKind::Directive
    })
}

pub(super) fn push_run(words: &mut Vec<Word>, run: &[Word]) {
    let start = words.len();
    words.extend_from_slice(run);
    if start > 0 && start < words.len() {
        let block = is_block_code(&words[start..]) || is_block_code(&words[..start]);
        words[start].newlines = u32::from(block);
        let (before, first) = (&words[start - 1], &words[start]);
        let blank = wants_blank((before.kind, &before.text), (first.kind, &first.text));
        words[start].blank = !block && blank;
    }
}

/// Whether added code stands on lines of its own: statements, declarations, directives, comments.
pub(super) fn is_block_code(words: &[Word]) -> bool {
    let Some((first, last)) = words.first().zip(words.last()) else { return false };
    matches!(
        last.kind,
        TokenKind::Semi
            | TokenKind::RBrace
            | TokenKind::Directive
            | TokenKind::LineComment
            | TokenKind::BlockComment
    ) || matches!(first.kind, TokenKind::Directive)
        || last.kind == TokenKind::Colon
        || last.kind == TokenKind::Ident && last.text.ends_with(b";")
        || last.text.ends_with(b"}")
}

pub(super) fn is_word(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Ident | TokenKind::Number)
}
