//! Lines that are put into a file: where they go, and how far in.

use super::code::Code;
use super::corpus::SourceFile;
use super::threading::Insertion;
use crate::ast::{Kind, NodeId};
use crate::lex::{TokenId, TokenKind, TokenRange};

impl Code {
    /// A line behind a statement that stands in a block.
    pub(super) fn line_after(&self, statement: NodeId, text: String) -> Option<Insertion> {
        let ast = self.function.ast();
        let is_in_block = matches!(ast.kind(statement), Kind::ExprStatement { .. })
            && matches!(ast.kind(ast.parent(statement)?), Kind::Compound { .. });
        line_after(&self.file, ast.tokens(statement), text).filter(|_| is_in_block)
    }

    /// A line before a statement that stands in a block.
    pub(super) fn line_before(&self, statement: NodeId, text: String) -> Option<Insertion> {
        let ast = self.function.ast();
        let is_in_block = matches!(ast.kind(ast.parent(statement)?), Kind::Compound { .. });
        line_before(&self.file, ast.tokens(statement), text).filter(|_| is_in_block)
    }

    /// A line that declares a variable: the first one where the declarations are in the order of their lengths, which
    /// puts it where it belongs, else the last.
    pub(super) fn declaration_line(&self, text: String) -> Option<Insertion> {
        let ast = self.function.ast();
        let Kind::Function { body, .. } = ast.kind(ast.root()) else { return None };
        let Kind::Compound { items } = ast.kind(body) else { return None };
        let is_declaration = |id: &&NodeId| matches!(ast.kind(**id), Kind::Declaration { .. });
        let block: Vec<NodeId> =
            ast.list(items).iter().take_while(is_declaration).copied().collect();
        let lengths = block.iter().map(|&id| self.text(id).len());
        match block.last() {
            Some(&last) if block.len() == 1 || !lengths.is_sorted_by(|a, b| a >= b) => {
                line_after(&self.file, ast.tokens(last), text)
            }
            _ => {
                let open = ast.tokens(body).start;
                let range = TokenRange { start: open, end: open.next() };
                let insertion = line_after(&self.file, range, text)?;
                let text = format!("\t{}", insertion.text.trim_start());
                Some(Insertion { text, ..insertion })
            }
        }
    }
}

/// With the comment that stands right above.
pub(super) fn with_comment(file: &SourceFile, mut range: TokenRange) -> TokenRange {
    let tokens = &file.lexed.tokens;
    let mut at = range.start;
    while let Some(before) = at.0.checked_sub(1).map(TokenId) {
        let text = file.lexed.text(before);
        match tokens.kind(before) {
            TokenKind::Space if memchr::memchr_iter(b'\n', text).count() <= 1 => {}
            TokenKind::BlockComment | TokenKind::LineComment => {
                // One that ends the line of what is above belongs there.
                let space = before.0.checked_sub(1).map(TokenId);
                let own_line = space.is_some_and(|space| {
                    tokens.kind(space) == TokenKind::Space
                        && file.lexed.text(space).contains(&b'\n')
                });
                if !own_line {
                    break;
                }
                range.start = before;
            }
            _ => break,
        }
        at = before;
    }
    range
}

/// A line before what starts its own line.
pub(super) fn line_before(file: &SourceFile, range: TokenRange, text: String) -> Option<Insertion> {
    let (bytes, start) = (&file.lexed.bytes, file.lexed.span(range).start as usize);
    let line = bytes[..start].iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let indent = std::str::from_utf8(&bytes[line..start]).ok()?;
    indent.chars().all(|c| matches!(c, ' ' | '\t')).then(|| Insertion {
        line: file.lexed.location(range.start).line,
        is_before: true,
        text: format!("{indent}{text}"),
    })
}

/// A line behind what ends its own line, but for comments.
pub(super) fn line_after(file: &SourceFile, range: TokenRange, text: String) -> Option<Insertion> {
    let lexed = &file.lexed;
    let first = line_before(file, range, text.clone());
    let indent: String = match &first {
        Some(before) => before.text.chars().take_while(|c| c.is_whitespace()).collect(),
        None => String::new(),
    };
    let mut token = range.end;
    while token.index() < lexed.tokens.len() {
        let span = lexed.tokens.span(token);
        let bytes = &lexed.bytes[span.start as usize..span.end as usize];
        match lexed.tokens.kind(token) {
            TokenKind::Space if bytes.contains(&b'\n') => {
                let line = lexed.location(token).line + 1;
                return Some(Insertion { line, is_before: false, text: format!("{indent}{text}") });
            }
            kind if kind.is_trivia() => token = token.next(),
            _ => return None,
        }
    }
    None
}
