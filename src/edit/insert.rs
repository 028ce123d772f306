//! Added code beside tokens that stay: on lines of its own, or within a line.

use super::braces::lone_at;
use super::layout::{
    Spot, advance, column_at, deeper, indent_of, is_first_on_line, lay_out, line_end, line_start,
    wants_blank,
};
use super::marks::Side;
use super::plan::{Planner, is_block_code, push_run};
use super::render::Word;
use super::stack::opens_block;
use crate::ast::Kind;
use crate::lex::{TokenId, TokenKind, TokenRange};
use crate::source::Span;

impl Planner<'_> {
    /// Added code beside tokens that stay, and the braces that it brings.
    pub(super) fn insertions(&mut self) {
        let places: Vec<(TokenId, Side)> = self.marks.added.keys().copied().collect();
        self.decide_braces(&places);
        for &(token, side) in &places {
            if side == Side::Before && !self.marks.removed.contains_key(&token) {
                self.insert_before(token);
            }
        }
        let after = places.iter().filter(|(_, side)| *side == Side::After);
        let mut ends: Vec<TokenId> = after.map(|(token, _)| *token).collect();
        ends.extend(self.braced.iter().map(|lone| lone.last));
        ends.sort();
        ends.dedup();
        for token in ends {
            self.insert_behind(token);
        }
        for lone in self.braced.clone() {
            self.open_brace(lone);
        }
    }

    fn insert_before(&mut self, token: TokenId) {
        let mut words = Vec::new();
        for run in self.added(token, Side::Before) {
            push_run(&mut words, &run.tokens);
        }
        let extent = self.added(token, Side::Before).first().and_then(|run| run.extent);
        if opens_block(&words) {
            return self.open_block(token, &words, extent);
        }
        let token = self.header_start(token).filter(|_| is_block_code(&words)).unwrap_or(token);
        let ends_member = words.last().is_some_and(|word| word.kind == TokenKind::Comma)
            && self.element_start(token) == Some(token)
            && is_first_on_line(self.bytes(), self.span(token).start as usize);
        if ends_member || is_block_code(&words) && self.at_boundary(token, Side::Before) {
            self.insert_lines(token, Side::Before, &words, extent);
        } else {
            self.insert_inline(token, Side::Before, &words);
        }
    }

    /// For the name in a function's header: where the header starts. A rule may write it without a type.
    pub(super) fn header_start(&self, token: TokenId) -> Option<TokenId> {
        let ast = self.ast_at(token)?;
        let innermost = ast.innermost_at(token)?;
        for id in std::iter::once(innermost).chain(ast.ancestors(innermost)) {
            // What stands before the type stands before the storage class too.
            if let Kind::Function { declarator, .. } = ast.kind(id)
                && token < ast.tokens(declarator).start
            {
                return Some(ast.tokens(id).start);
            }
        }
        let name = ast.innermost_at(token).filter(|&id| ast.kind(id) == Kind::DeclaratorName)?;
        let function = ast.parent(ast.parent(name)?)?;
        matches!(ast.kind(function), Kind::Function { .. }).then(|| ast.tokens(function).start)
    }

    /// Whether lines can stand beside `token`: between statements, members, items.
    pub(super) fn at_boundary(&self, token: TokenId, side: Side) -> bool {
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
                    || kind == TokenKind::Comma && self.ends_member_line(token)
            }
            Side::Before => {
                let starts_branch = || {
                    let lone = self.ast_at(token).and_then(|ast| lone_at(ast, self.file, token));
                    lone.is_some_and(|lone| lone.first == token)
                };
                kind == TokenKind::RBrace
                    || kind == TokenKind::Directive
                    || kind == TokenKind::LBrace && starts_branch()
                    || self.element_start(token) == Some(token)
                    || is_first_on_line(self.bytes(), self.span(token).start as usize)
            }
        }
    }

    /// Whether the comma at `token` ends the line of a member of an initialiser.
    fn ends_member_line(&self, token: TokenId) -> bool {
        let innermost = self.ast_at(token).and_then(|ast| Some(ast.kind(ast.innermost_at(token)?)));
        let next = self.file.tokens.significant_from(token.next());
        matches!(innermost, Some(Kind::InitList { .. }))
            && next
                .is_some_and(|next| is_first_on_line(self.bytes(), self.span(next).start as usize))
    }

    pub(super) fn ends_element(&self, token: TokenId) -> bool {
        let next = self.file.tokens.significant_from(token.next());
        next.is_none_or(|next| self.element_start(next) == Some(next))
            && self.file.tokens.kind(token) != TokenKind::Comma
    }

    pub(super) fn insert_lines(
        &mut self,
        token: TokenId,
        side: Side,
        words: &[Word],
        extent: Option<TokenRange>,
    ) {
        let indent = self.line_indent(token, side, words, extent);
        let column = advance(0, &indent);
        let body = lay_out(words, &Spot { indent: &indent, column, tail: 0, inside: None });
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
                } else if declares(words) && self.is_above_statement(token) {
                    text.push(b'\n');
                }
                let skip = if more { rest.iter().take_while(|c| **c == b' ').count() } else { 0 };
                self.put(Span::new(at as u32, (at + skip) as u32), text);
            }
        }
    }

    /// Whether a statement follows the brace at `token`, which opens a function or a block, on the next line.
    fn is_above_statement(&self, token: TokenId) -> bool {
        let next = self.file.tokens.significant_from(token.next());
        let (Some(ast), Some(next)) = (self.ast_at(token), next) else { return false };
        let gap = &self.bytes()[self.span(token).end as usize..self.span(next).start as usize];
        let is_declared = ast.innermost_at(next).is_some_and(|id| {
            std::iter::once(id)
                .chain(ast.ancestors(id))
                .take_while(|&id| !matches!(ast.kind(id), Kind::Compound { .. }))
                .any(|id| matches!(ast.kind(id), Kind::Declaration { .. }))
        });
        self.file.tokens.kind(token) == TokenKind::LBrace
            && self.file.tokens.kind(next) != TokenKind::RBrace
            && !self.marks.removed.contains_key(&next)
            && memchr::memchr_iter(b'\n', gap).count() == 1
            && !is_declared
    }

    /// The indentation of lines that are added beside `token`.
    pub(super) fn line_indent(
        &self,
        token: TokenId,
        side: Side,
        words: &[Word],
        extent: Option<TokenRange>,
    ) -> Vec<u8> {
        let extent = extent.filter(|extent| extent.contains(token));
        let kind = self.file.tokens.kind(token);
        match (kind, side) {
            (TokenKind::LBrace, Side::After) => {
                let owner = self.element_start(token).unwrap_or(token);
                deeper(indent_of(self.bytes(), self.span(owner).start as usize))
            }
            (TokenKind::Comma, Side::After) => {
                indent_of(self.bytes(), self.span(token).start as usize).to_vec()
            }
            (TokenKind::RBrace, Side::Before) if words[0].kind != TokenKind::RBrace => {
                deeper(indent_of(self.bytes(), self.span(token).start as usize))
            }
            _ if words[0].text == b"else" => match self.lone_beside(token, side, extent) {
                Some(lone) => {
                    indent_of(self.bytes(), self.span(lone.owner).start as usize).to_vec()
                }
                None => self.indent_for(extent.map_or(token, |extent| extent.start)),
            },
            _ => self.indent_for(extent.map_or(token, |extent| extent.start)),
        }
    }

    /// A statement added behind a declaration goes below the block's declarations and the blank line
    /// there: the kernel does not mix the two. Says also whether that blank line is there.
    pub(super) fn below_declarations(
        &self,
        token: TokenId,
        side: Side,
        words: &[Word],
    ) -> (TokenId, bool) {
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

    /// The column at which lines go on after `token` in the parentheses around it: where its own line starts, if they
    /// were opened above it, else behind the open one.
    fn inside(&self, token: TokenId) -> Option<usize> {
        let tokens = &self.file.tokens;
        let first = self.element_start(token)?;
        let mut depth = 0usize;
        let mut before = Some(token);
        while let Some(at) = before.filter(|at| *at >= first) {
            match tokens.kind(at) {
                TokenKind::RParen => depth += 1,
                TokenKind::LParen if depth > 0 => depth -= 1,
                TokenKind::LParen => {
                    let open = self.span(at).end as usize;
                    let line = line_start(self.bytes(), self.span(token).start as usize);
                    let is_below = line > open;
                    let start = line + indent_of(self.bytes(), line).len();
                    return Some(column_at(self.bytes(), if is_below { start } else { open }));
                }
                _ => {}
            }
            before = tokens.significant_before(at);
        }
        None
    }

    pub(super) fn insert_inline(&mut self, token: TokenId, side: Side, words: &[Word]) {
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
        let (tail, inside) = match side {
            Side::After => (self.tail(at as usize), self.inside(token)),
            Side::Before => (0, None),
        };
        let body = lay_out(words, &Spot { indent: &indent, column, tail, inside });
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
}

/// Whether added code is a declaration: nothing but names and stars before its `=` or its end.
fn declares(words: &[Word]) -> bool {
    let head: Vec<&Word> = (words.iter())
        .take_while(|word| !matches!(word.kind, TokenKind::Eq | TokenKind::Semi))
        .collect();
    let is_part = |word: &&Word| matches!(word.kind, TokenKind::Ident | TokenKind::Star);
    let leads = |word: &Word| {
        let statement: [&[u8]; 4] = [b"return", b"goto", b"else", b"case"];
        word.kind == TokenKind::Ident && !statement.contains(&word.text.as_slice())
    };
    head.len() > 1 && head.iter().all(is_part) && leads(head[0])
}

/// Whether added code is a call that stands as a statement.
fn is_plain_call(words: &[Word]) -> bool {
    matches!(words, [name, open, .., end] if name.kind == TokenKind::Ident
        && open.kind == TokenKind::LParen && end.kind == TokenKind::Semi)
}
