//! Marks on tokens to edits of bytes: which blanks and line breaks go and come with the tokens.
//!
//! In: the [`Marks`] of one rule. Out: [`Edit`]s without overlap. Each stretch of removed tokens is one
//! edit, with the code that takes its place; added code beside kept tokens is an edit of its own.

use std::collections::BTreeMap;

use super::braces::{Lone, is_simple_statement, lone_at, lone_over, other_arm};
use super::layout::{
    Spot, WANTED_WIDTH, advance, blanks, column_at, deeper, fill, indent_of, is_first_on_line,
    lay_out, line_end, line_start, wants_blank,
};
use super::marks::{Marks, Side, collect};
use super::render::{Rendered, Word};
use super::{Applicability, Conflict, Edit};
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
) -> Result<Plan, Conflict> {
    let marks = collect(rule, file, matches, fresh)?;
    if marks.is_empty() {
        return Ok(Plan::default());
    }
    let mut planner =
        Planner { file, units, marks: &marks, pieces: BTreeMap::new(), braced: Vec::new() };
    planner.regions();
    planner.insertions();
    planner.braces();
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

struct Planner<'a> {
    file: &'a LexedFile,
    units: &'a [Unit<'a>],
    marks: &'a Marks,
    pieces: BTreeMap<Span, Vec<u8>>,
    /// Statements that get braces.
    braced: Vec<Lone>,
}

impl Planner<'_> {
    fn bytes(&self) -> &[u8] {
        &self.file.bytes
    }

    fn span(&self, token: TokenId) -> Span {
        self.file.tokens.span(token)
    }

    fn ast_at(&self, token: TokenId) -> Option<&Ast> {
        let unit =
            self.units.iter().find(|unit| unit.ast.tokens(unit.ast.root()).contains(token))?;
        Some(unit.ast)
    }

    fn added(&self, token: TokenId, side: Side) -> &[Rendered] {
        self.marks.added.get(&(token, side)).map_or(&[], Vec::as_slice)
    }

    fn put(&mut self, span: Span, text: Vec<u8>) {
        self.pieces.entry(span).or_default().extend_from_slice(&text);
    }

    /// Stretches of removed tokens with only trivia in between.
    fn regions(&mut self) {
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

    fn follows(&self, before: TokenId, after: TokenId) -> bool {
        let between = TokenRange { start: before.next(), end: after };
        between.iter().all(|token| {
            let kind = self.file.tokens.kind(token);
            kind.is_trivia() && kind != TokenKind::Directive
        })
    }

    fn region(&mut self, tokens: &[TokenId]) {
        let (first, last) = (tokens[0], tokens[tokens.len() - 1]);
        let mut words: Vec<Word> = Vec::new();
        for &token in tokens {
            for side in [Side::Before, Side::After] {
                for run in self.added(token, side) {
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
        text.extend(lay_out(&words, &Spot { indent: &indent, column, tail }));
        if let (Some(next), Some(word)) = (self.token_at(end), words.last())
            && is_word(self.file.tokens.kind(next))
            && is_word(word.kind)
        {
            text.push(b' ');
        }
        self.put(span, text);
    }

    /// An expression that takes the place of another gets parentheses where it binds less tightly than
    /// what stands around it.
    fn wrap_in_parentheses(&self, words: &mut Vec<Word>, first: TokenId, last: TokenId) {
        let Some(ast) = self.ast_at(first) else { return };
        let range = TokenRange { start: first, end: last.next() };
        let replaced = ast.descendants(ast.root()).find(|&id| ast.tokens(id) == range);
        let Some(parent) = replaced.and_then(|id| ast.parent(id)) else { return };
        let text: Vec<u8> =
            words.iter().flat_map(|word| [&b" "[..], &word.text].concat()).collect();
        let strength = super::render::binding_strength(&text);
        let wanted = match ast.kind(parent) {
            Kind::Binary { op, lhs, .. } => {
                let own = binary_strength(op);
                if Some(lhs) == replaced { own } else { own + 1 }
            }
            Kind::Unary { .. } | Kind::Cast { .. } | Kind::SizeofExpr { .. } => 14,
            Kind::Member { .. } | Kind::Index { .. } | Kind::Call { .. } => {
                match ast.kind(parent) {
                    Kind::Index { base, .. } | Kind::Member { base, .. }
                        if Some(base) == replaced =>
                    {
                        15
                    }
                    Kind::Call { callee, .. } if Some(callee) == replaced => 15,
                    _ => 2,
                }
            }
            Kind::Conditional { cond, .. } => {
                if Some(cond) == replaced {
                    4
                } else {
                    2
                }
            }
            Kind::Assign { .. } | Kind::InitDeclarator { .. } | Kind::InitItem { .. } => 2,
            _ => 0,
        };
        let ends_statement = words.last().is_some_and(|word| word.kind == TokenKind::Semi);
        if strength < wanted && !ends_statement {
            let paren =
                |text: &[u8], kind, blank| Word { text: text.into(), kind, newlines: 0, blank };
            words.insert(0, paren(b"(", TokenKind::LParen, false));
            words.push(paren(b")", TokenKind::RParen, false));
        }
    }

    fn token_at(&self, offset: usize) -> Option<TokenId> {
        let token = self.file.tokens.at_offset(offset as u32)?;
        (self.span(token).start as usize == offset).then_some(token)
    }

    fn glues_before(&self, first: TokenId, word: &Word) -> bool {
        let before = first.0.checked_sub(1).map(TokenId);
        before.is_some_and(|before| is_word(self.file.tokens.kind(before)) && is_word(word.kind))
    }

    /// The columns of what follows byte `at` on its line, as far as it cannot go to the next one.
    fn tail(&self, at: usize) -> usize {
        let rest = &self.bytes()[at..line_end(self.bytes(), at)];
        let code = rest.iter().take_while(|c| matches!(c, b')' | b';' | b',' | b']')).count();
        let brace = rest[code..].starts_with(b" {");
        code + if brace { 2 } else { 0 }
    }

    /// Removes a stretch with the blanks and the line that it leaves behind.
    fn delete(&mut self, span: Span, first: TokenId, last: TokenId) {
        if self.whole_lone(first, last).is_some() {
            // The body of an `if` or loop cannot be nothing.
            self.put(span, b"{}".to_vec());
            return;
        }
        let span = self.with_comma(span, first, last);
        let bytes = self.bytes();
        let (start, end) = (span.start as usize, span.end as usize);
        let rest = &bytes[end..line_end(bytes, end)];
        let alone = is_first_on_line(bytes, start)
            && rest.iter().all(|c| matches!(c, b' ' | b'\t' | b'\r' | 0x0c));
        let span = if alone { self.whole_lines(start, end) } else { self.inline_gap(start, end) };
        let glued = self.would_glue(span);
        self.put(span, if glued { b" ".to_vec() } else { Vec::new() });
    }

    /// An element of a list that goes takes a comma with it that would be left beside a bracket or another
    /// comma.
    fn with_comma(&self, span: Span, first: TokenId, last: TokenId) -> Span {
        let tokens = &self.file.tokens;
        let stays = |token: &TokenId| !self.marks.removed.contains_key(token);
        let before = tokens.significant_before(first).filter(stays);
        let after = tokens.significant_from(last.next()).filter(stays);
        let (Some(before), Some(after)) = (before, after) else { return span };
        let kinds = (tokens.kind(before), tokens.kind(after));
        let free = |token| {
            self.added(token, Side::After).is_empty() && self.added(token, Side::Before).is_empty()
        };
        match kinds {
            (TokenKind::Comma, TokenKind::RParen | TokenKind::Comma) if free(before) => {
                Span::new(self.span(before).start, span.end)
            }
            (TokenKind::LParen, TokenKind::Comma) if free(after) => {
                Span::new(span.start, self.span(after).end)
            }
            (TokenKind::Comma, TokenKind::Semi) if free(before) => {
                Span::new(self.span(before).start, span.end)
            }
            _ => span,
        }
    }

    fn would_glue(&self, span: Span) -> bool {
        let before = span.start.checked_sub(1).and_then(|at| self.file.tokens.at_offset(at));
        let after = self.token_at(span.end as usize);
        match (before, after) {
            (Some(before), Some(after)) => {
                is_word(self.file.tokens.kind(before)) && is_word(self.file.tokens.kind(after))
            }
            _ => false,
        }
    }

    /// The lines of a stretch, and one of two blank lines that would meet.
    fn whole_lines(&self, start: usize, end: usize) -> Span {
        let bytes = self.bytes();
        let from = line_start(bytes, start);
        let mut to = (line_end(bytes, end) + 1).min(bytes.len());
        let is_blank = |line: &[u8]| line.iter().all(u8::is_ascii_whitespace);
        let before = (from > 0).then(|| &bytes[line_start(bytes, from - 1)..from]);
        let opens =
            before.is_none_or(|line| is_blank(line) || line.trim_ascii_end().ends_with(b"{"));
        if to < bytes.len() && opens {
            let next = (line_end(bytes, to) + 1).min(bytes.len());
            if is_blank(&bytes[to..next]) {
                to = next;
            }
        }
        Span::new(from as u32, to as u32)
    }

    /// A stretch inside of a line with the blank that belonged to it.
    fn inline_gap(&self, start: usize, end: usize) -> Span {
        let bytes = self.bytes();
        let blank = |c: &u8| matches!(c, b' ' | b'\t');
        let before = start - bytes[..start].iter().rev().take_while(|c| blank(c)).count();
        let after = end + bytes[end..].iter().take_while(|c| blank(c)).count();
        let at_line_start = is_first_on_line(bytes, start);
        let closes =
            matches!(bytes.get(after), None | Some(b'\n' | b'\r' | b';' | b')' | b']' | b','));
        if at_line_start {
            return Span::new(start as u32, after as u32);
        }
        if closes {
            return Span::new(before as u32, end as u32);
        }
        let has_blank = before < start || bytes[..start].ends_with(b"(");
        Span::new(start as u32, if has_blank { after } else { end } as u32)
    }

    fn whole_lone(&self, first: TokenId, last: TokenId) -> Option<Lone> {
        let ast = self.ast_at(first)?;
        lone_at(ast, self.file, first).filter(|lone| lone.first == first && lone.last == last)
    }

    fn brace_if_needed(&mut self, first: TokenId, last: TokenId, words: &[Word]) {
        if let Some(lone) = self.whole_lone(first, last)
            && !is_simple_statement(words)
        {
            self.braced.push(lone);
        }
    }

    /// The indentation of the statement, member or item that `token` starts or lies in.
    fn indent_for(&self, token: TokenId) -> Vec<u8> {
        let start = self.span(token).start as usize;
        if let Some(ast) = self.ast_at(token)
            && let Some(lone) = lone_at(ast, self.file, token)
            && lone.first == token
            && !is_first_on_line(self.bytes(), start)
        {
            return deeper(indent_of(self.bytes(), self.span(lone.owner).start as usize));
        }
        let from = self.element_start(token).unwrap_or(token);
        indent_of(self.bytes(), self.span(from).start as usize).to_vec()
    }

    /// The first token of the innermost statement, declaration or member with `token` in it.
    fn element_start(&self, token: TokenId) -> Option<TokenId> {
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

    /// Added code beside tokens that stay.
    fn insertions(&mut self) {
        let places: Vec<(TokenId, Side)> = self.marks.added.keys().copied().collect();
        for (token, side) in places {
            if self.marks.removed.contains_key(&token) {
                continue;
            }
            let mut words = Vec::new();
            for run in self.added(token, side) {
                push_run(&mut words, &run.tokens);
            }
            let header =
                self.header_start(token).filter(|_| side == Side::Before && is_block_code(&words));
            let token = header.unwrap_or(token);
            if is_block_code(&words) && self.at_boundary(token, side) {
                let extent = self.added(token, side).first().and_then(|run| run.extent);
                self.insert_lines(token, side, &words, extent);
            } else {
                self.insert_inline(token, side, &words);
            }
        }
    }

    /// For the name in a function's header: where the header starts. A rule may write it without a type.
    fn header_start(&self, token: TokenId) -> Option<TokenId> {
        let ast = self.ast_at(token)?;
        let name = ast.innermost_at(token).filter(|&id| ast.kind(id) == Kind::DeclaratorName)?;
        let function = ast.parent(ast.parent(name)?)?;
        matches!(ast.kind(function), Kind::Function { .. }).then(|| ast.tokens(function).start)
    }

    /// Whether lines can stand beside `token`: between statements, members, items.
    fn at_boundary(&self, token: TokenId, side: Side) -> bool {
        let kind = self.file.tokens.kind(token);
        match side {
            Side::After => {
                matches!(
                    kind,
                    TokenKind::Semi
                        | TokenKind::RBrace
                        | TokenKind::LBrace
                        | TokenKind::Directive
                        | TokenKind::Colon
                ) || self.ends_element(token)
            }
            Side::Before => {
                kind == TokenKind::RBrace
                    || kind == TokenKind::Directive
                    || self.element_start(token) == Some(token)
                    || is_first_on_line(self.bytes(), self.span(token).start as usize)
            }
        }
    }

    fn ends_element(&self, token: TokenId) -> bool {
        let next = self.file.tokens.significant_from(token.next());
        next.is_none_or(|next| self.element_start(next) == Some(next))
            && self.file.tokens.kind(token) != TokenKind::Comma
    }

    fn insert_lines(
        &mut self,
        token: TokenId,
        side: Side,
        words: &[Word],
        extent: Option<TokenRange>,
    ) {
        let extent = extent.filter(|extent| extent.contains(token));
        let ast_lone = self.ast_at(token).and_then(|ast| match extent {
            Some(extent) if extent.start.next() != extent.end => lone_over(ast, self.file, extent),
            _ => lone_at(ast, self.file, token),
        });
        let continues = words[0].text == b"else";
        let lone = ast_lone.filter(|lone| match side {
            Side::Before => lone.first == token,
            Side::After => lone.last == token,
        });
        if let Some(lone) = lone.filter(|_| !continues) {
            self.braced.push(lone);
        }
        let kind = self.file.tokens.kind(token);
        let indent = match (kind, side) {
            (TokenKind::LBrace, Side::After) => {
                let owner = self.element_start(token).unwrap_or(token);
                deeper(indent_of(self.bytes(), self.span(owner).start as usize))
            }
            (TokenKind::RBrace, Side::Before) if words[0].kind != TokenKind::RBrace => {
                deeper(indent_of(self.bytes(), self.span(token).start as usize))
            }
            _ => match (lone, extent) {
                (Some(lone), _) if continues => {
                    indent_of(self.bytes(), self.span(lone.owner).start as usize).to_vec()
                }
                (_, Some(extent)) => self.indent_for(extent.start),
                _ => self.indent_for(token),
            },
        };
        let column = advance(0, &indent);
        let body = lay_out(words, &Spot { indent: &indent, column, tail: 0 });
        let own_indent =
            if words[0].kind == TokenKind::Directive { Vec::new() } else { indent.clone() };
        let (token, behind_blank) = self.below_declarations(token, side, words);
        match side {
            Side::Before => {
                let start = self.span(token).start as usize;
                if is_first_on_line(self.bytes(), start) {
                    let line = line_start(self.bytes(), start) as u32;
                    self.put(Span::new(line, line), [&own_indent[..], &body, b"\n"].concat());
                } else {
                    let text = [&body[..], b"\n", &indent].concat();
                    self.put(Span::new(start as u32, start as u32), text);
                }
            }
            Side::After => {
                let mut at = self.end_with_comment(token);
                if behind_blank {
                    at = line_end(self.bytes(), (at + 1).min(self.bytes().len()));
                }
                let mut text = [b"\n", &own_indent[..], &body].concat();
                let rest = &self.bytes()[at..line_end(self.bytes(), at)];
                let more = rest.iter().any(|c| !c.is_ascii_whitespace());
                if more {
                    text.extend([b"\n", &indent[..]].concat());
                }
                let skip = if more { rest.iter().take_while(|c| **c == b' ').count() } else { 0 };
                self.put(Span::new(at as u32, (at + skip) as u32), text);
            }
        }
    }

    /// A statement added behind a declaration goes below the block's declarations and the blank line
    /// there: the kernel does not mix the two. Says also whether that blank line is there.
    fn below_declarations(&self, token: TokenId, side: Side, words: &[Word]) -> (TokenId, bool) {
        let same = (token, false);
        if side == Side::Before || !is_plain_call(words) {
            return same;
        }
        let Some(ast) = self.ast_at(token) else { return same };
        let Some(innermost) = ast.innermost_at(token) else { return same };
        let declaration = std::iter::once(innermost)
            .chain(ast.ancestors(innermost))
            .find(|&id| matches!(ast.kind(id), Kind::Declaration { .. }));
        let Some((id, parent)) = declaration.and_then(|id| Some((id, ast.parent(id)?))) else {
            return same;
        };
        let Kind::Compound { items } = ast.kind(parent) else { return same };
        let is_declaration =
            |id: &&crate::ast::NodeId| matches!(ast.kind(**id), Kind::Declaration { .. });
        let rest = ast.list(items).iter().skip_while(|other| **other != id);
        let Some(&last) = rest.take_while(is_declaration).last() else { return same };
        let token = TokenId(ast.tokens(last).end.0 - 1);
        let newline = line_end(self.bytes(), self.span(token).end as usize);
        let next = (newline + 1).min(self.bytes().len());
        let blank =
            self.bytes()[next..line_end(self.bytes(), next)].iter().all(u8::is_ascii_whitespace);
        (token, blank && next < self.bytes().len())
    }

    /// The end of `token`, or of the comment behind it on its line.
    fn end_with_comment(&self, token: TokenId) -> usize {
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

    fn insert_inline(&mut self, token: TokenId, side: Side, words: &[Word]) {
        let span = self.span(token);
        let kind = self.file.tokens.kind(token);
        let text_of = |token: TokenId| &self.bytes()[self.span(token).range()];
        let at = match side {
            Side::Before => span.start,
            Side::After => span.end,
        };
        let indent = self.indent_for(token);
        let (first, last) = (&words[0], &words[words.len() - 1]);
        let column = column_at(self.bytes(), at as usize);
        let body = lay_out(words, &Spot { indent: &indent, column, tail: 0 });
        let mut text = Vec::new();
        match side {
            Side::After => {
                if wants_blank((kind, text_of(token)), (first.kind, &first.text)) {
                    text.push(b' ');
                }
                text.extend_from_slice(&body);
                if let Some(next) = self.token_at(at as usize)
                    && !self.file.tokens.kind(next).is_trivia()
                    && wants_blank(
                        (last.kind, &last.text),
                        (self.file.tokens.kind(next), text_of(next)),
                    )
                {
                    text.push(b' ');
                }
            }
            Side::Before => {
                text.extend_from_slice(&body);
                if wants_blank((last.kind, &last.text), (kind, text_of(token))) {
                    text.push(b' ');
                }
            }
        }
        self.put(Span::new(at, at), text);
    }

    /// Puts braces around the statements that need them, and around the other arm of their `if`.
    fn braces(&mut self) {
        let mut all = std::mem::take(&mut self.braced);
        let others: Vec<Lone> = all
            .iter()
            .filter_map(|&lone| other_arm(self.ast_at(lone.first)?, self.file, lone))
            .collect();
        all.extend(others);
        all.sort();
        all.dedup();
        for lone in all {
            self.brace(lone);
        }
    }

    fn brace(&mut self, lone: Lone) {
        let owner = indent_of(self.bytes(), self.span(lone.owner).start as usize).to_vec();
        let head_end = self.span(lone.head).end;
        let start = self.span(lone.first).start;
        let same_line = line_start(self.bytes(), start as usize) <= head_end as usize;
        if same_line {
            let text = [b" {\n", &deeper(&owner)[..]].concat();
            self.put(Span::new(head_end, start), text);
        } else {
            self.put(Span::new(head_end, head_end), b" {".to_vec());
        }
        let end = self.span(lone.last).end;
        let close = [b"\n", &owner[..], b"}"].concat();
        let with_comment = self.end_with_comment(lone.last);
        if with_comment != end as usize {
            let at = with_comment as u32;
            match lone.follows {
                Some(next) if self.only_blanks(with_comment, self.span(next).start as usize) => {
                    self.put(Span::new(at, self.span(next).start), [&close[..], b" "].concat());
                }
                _ => self.append_at(at, &close),
            }
            return;
        }
        match lone.follows {
            Some(next)
                if self.follows(lone.last, next) && !self.comment_between(lone.last, next) =>
            {
                let span = Span::new(end, self.span(next).start);
                self.append_at(end, &[]);
                self.put(span, [&close[..], b" "].concat());
            }
            _ => self.append_at(end, &close),
        }
    }

    fn only_blanks(&self, from: usize, to: usize) -> bool {
        self.bytes()[from..to].iter().all(u8::is_ascii_whitespace)
    }

    fn comment_between(&self, before: TokenId, after: TokenId) -> bool {
        TokenRange { start: before.next(), end: after }
            .iter()
            .any(|token| self.file.tokens.kind(token) != TokenKind::Space)
    }

    /// Adds to the edit that ends at byte `end`, or makes one there.
    fn append_at(&mut self, end: u32, text: &[u8]) {
        let ending = self.pieces.iter_mut().rev().find(|(span, _)| span.end == end);
        match ending {
            Some((_, piece)) => piece.extend_from_slice(text),
            None if text.is_empty() => {}
            None => {
                self.pieces.insert(Span::new(end, end), text.to_vec());
            }
        }
    }

    /// Moves continuation lines that were aligned to a parenthesis which an edit has moved.
    fn realign(&mut self) {
        let moved: Vec<(Span, isize)> = self
            .pieces
            .iter()
            .filter(|(span, text)| {
                !text.contains(&b'\n') && !self.bytes()[span.range()].contains(&b'\n')
            })
            .map(|(span, text)| {
                let start = column_at(self.bytes(), span.start as usize);
                let old = advance(start, &self.bytes()[span.range()]);
                (*span, advance(start, text) as isize - old as isize)
            })
            .filter(|(_, delta)| *delta != 0)
            .collect();
        for (span, delta) in &moved {
            if *delta > 0 {
                self.reflow_call(*span, *delta);
            }
        }
        let mut shifts: BTreeMap<usize, isize> = BTreeMap::new();
        for (span, delta) in moved {
            self.shift_after(span, delta, &mut shifts);
        }
        for (line, delta) in shifts {
            let indent = indent_of(self.bytes(), line);
            let column = advance(0, indent) as isize + delta;
            let span = Span::new(line as u32, (line + indent.len()) as u32);
            let free =
                !self.pieces.keys().any(|other| other.start <= span.end && span.start <= other.end);
            if free && column >= 0 {
                self.put(span, blanks(column as usize));
            }
        }
    }

    /// Breaks the arguments of the call behind `span` anew, where its lines have become too long.
    fn reflow_call(&mut self, span: Span, delta: isize) {
        let Some(open) = self.token_at(span.end as usize) else { return };
        if self.file.tokens.kind(open) != TokenKind::LParen {
            return;
        }
        let Some(words) = self.call_words(open) else { return };
        let last = words.1;
        let end = self.span(last).end as usize;
        let too_long = |line: usize| {
            let column = column_at(self.bytes(), line_end(self.bytes(), line)) as isize;
            column <= WANTED_WIDTH as isize && column + delta > WANTED_WIDTH as isize
        };
        let mut lines = vec![span.start as usize];
        lines.extend(
            memchr::memchr_iter(b'\n', &self.bytes()[span.end as usize..end])
                .map(|at| span.end as usize + at + 1),
        );
        let call = Span::new(span.end, end as u32);
        let touched = self
            .pieces
            .keys()
            .any(|other| *other != span && other.start <= call.end && call.start <= other.end);
        if touched || !lines.into_iter().any(too_long) {
            return;
        }
        let start = column_at(self.bytes(), span.end as usize) as isize + delta;
        let indent = advance(0, indent_of(self.bytes(), span.start as usize));
        let text = fill(&words.0, start as usize, indent + 8, self.tail(end));
        self.put(call, text);
    }

    /// The words of an argument list and its last token; `None` where a comment or directive is in it.
    fn call_words(&self, open: TokenId) -> Option<(Vec<Word>, TokenId)> {
        let mut words: Vec<Word> = Vec::new();
        let mut depth = 0;
        let mut token = open;
        let mut blank = false;
        while token.index() < self.file.tokens.len() {
            let kind = self.file.tokens.kind(token);
            match kind {
                TokenKind::Space => {
                    blank = true;
                    token = token.next();
                    continue;
                }
                _ if kind.is_trivia() => return None,
                _ => {}
            }
            depth += i32::from(kind.is_open()) - i32::from(kind.is_close());
            let text = self.bytes()[self.span(token).range()].to_vec();
            words.push(Word { text, kind, newlines: 0, blank });
            blank = false;
            if depth == 0 {
                return Some((words, token));
            }
            token = token.next();
        }
        None
    }

    /// Notes the lines below `span` whose alignment follows a parenthesis behind it on its line.
    fn shift_after(&self, span: Span, delta: isize, shifts: &mut BTreeMap<usize, isize>) {
        let bytes = self.bytes();
        let line = line_end(bytes, span.end as usize);
        let Some(first) = self.file.tokens.at_offset(span.end) else { return };
        let mut open: Vec<Option<usize>> = Vec::new();
        let mut token = first;
        while token.index() < self.file.tokens.len() {
            let at = self.span(token);
            let kind = self.file.tokens.kind(token);
            let on_line = (at.start as usize) < line;
            if at.start < span.end {
                token = token.next();
                continue;
            }
            if !on_line && open.is_empty() {
                return;
            }
            let significant = kind != TokenKind::Space;
            if significant && !on_line && is_first_on_line(bytes, at.start as usize) {
                let aligned = open.iter().rev().find_map(|column| *column);
                if aligned == Some(column_at(bytes, at.start as usize)) {
                    *shifts.entry(line_start(bytes, at.start as usize)).or_default() += delta;
                }
            }
            if kind.is_open() {
                let column = on_line.then(|| column_at(bytes, at.end as usize));
                open.push(column);
            } else if kind.is_close() && open.pop().is_none() {
                return;
            }
            token = token.next();
        }
    }
}

fn push_run(words: &mut Vec<Word>, run: &[Word]) {
    let start = words.len();
    words.extend_from_slice(run);
    if start > 0 && start < words.len() {
        let block = is_block_code(&words[start..]) || is_block_code(&words[..start]);
        words[start].newlines = u32::from(block);
        words[start].blank = !block;
    }
}

/// Whether added code is a call that stands as a statement.
fn is_plain_call(words: &[Word]) -> bool {
    matches!(words, [name, open, .., end] if name.kind == TokenKind::Ident
        && open.kind == TokenKind::LParen && end.kind == TokenKind::Semi)
}

/// Whether added code stands on lines of its own: statements, declarations, directives, comments.
fn is_block_code(words: &[Word]) -> bool {
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

fn is_word(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Ident | TokenKind::Number)
}

/// How tightly a binary operator binds, on the scale of [`binding_strength`](super::render::binding_strength).
fn binary_strength(op: crate::ast::BinaryOp) -> u32 {
    use crate::ast::BinaryOp as Op;
    match op {
        Op::Multiply | Op::Divide | Op::Modulo => 13,
        Op::Plus | Op::Minus => 12,
        Op::ShiftLeft | Op::ShiftRight => 11,
        Op::Less | Op::Greater | Op::LessOrEqual | Op::GreaterOrEqual => 10,
        Op::Equal | Op::NotEqual => 9,
        Op::BitAnd => 8,
        Op::BitXor => 7,
        Op::BitOr => 6,
        Op::And => 5,
        Op::Or => 4,
    }
}
