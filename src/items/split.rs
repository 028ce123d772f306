//! A file cut into top-level items.
//!
//! In: a [`LexedFile`]. Out: its [`Item`]s in order; together they hold every significant token and every
//! directive at top level once. Brackets are stepped over in pairs (see [`Brackets`]), so what is inside
//! an item is not looked at, and directives inside an item belong to it.
//!
//! An item ends at its `;`, at the `}` of a function body, or, for the kernel's rows of macros without
//! `;`, where the next line starts an item. A bracket without a pair ends at the next line that starts
//! with a name after a `}` or `;`. Code under `#if 0` at top level is [`ItemKind::Disabled`].

use super::brackets::Brackets;
use super::words::{Word, has_parameters, is_attribute_like, word_of};
use super::{Item, ItemKind};
use crate::lex::{LexedFile, TokenId, TokenKind, TokenRange};

/// How many tokens the declarations of an old-style parameter list may have.
const KR_LOOKAHEAD: usize = 1024;

/// Cuts `file` into its top-level items.
pub fn split(file: &LexedFile) -> Vec<Item> {
    let mut splitter =
        Splitter { file, brackets: Brackets::new(file), elements: Vec::new(), items: Vec::new() };
    let mut at = TokenId(0);
    while let Some(next) = splitter.next_from(at) {
        at = splitter.item(next);
    }
    splitter.items
}

struct Splitter<'a> {
    file: &'a LexedFile,
    brackets: Brackets,
    /// The tokens of the item at hand outside of brackets, opening brackets included.
    elements: Vec<TokenId>,
    items: Vec<Item>,
}

/// What a `{` outside of other brackets starts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Brace {
    Function,
    Type,
    Initializer,
}

impl Splitter<'_> {
    fn kind(&self, id: TokenId) -> TokenKind {
        self.file.tokens.kind(id)
    }

    fn word(&self, id: TokenId) -> Word {
        word_of(self.file, id)
    }

    /// The next directive or significant token from `at` on.
    fn next_from(&self, at: TokenId) -> Option<TokenId> {
        let rest = TokenRange { start: at, end: self.file.tokens.all().end };
        rest.iter().find(|&id| {
            let kind = self.kind(id);
            kind == TokenKind::Directive || !kind.is_trivia()
        })
    }

    /// The next significant token from `at` on that can be compiled.
    fn live_from(&self, at: TokenId) -> Option<TokenId> {
        let rest = TokenRange { start: at, end: self.file.tokens.all().end };
        self.file.tokens.significant(rest).find(|&id| !self.brackets.is_dead(id))
    }

    fn push(&mut self, kind: ItemKind, start: TokenId, last: TokenId) -> TokenId {
        self.items.push(Item { kind, tokens: TokenRange { start, end: last.next() } });
        last.next()
    }

    /// Cuts the item that starts at `start` and returns where the next one may.
    fn item(&mut self, start: TokenId) -> TokenId {
        let kind = self.kind(start);
        if kind == TokenKind::Directive {
            return self.push(ItemKind::Directive, start, start);
        }
        if self.brackets.is_dead(start) {
            let rest = TokenRange { start, end: self.file.tokens.all().end };
            let last = rest
                .iter()
                .take_while(|&id| self.kind(id) != TokenKind::Directive)
                .filter(|&id| !self.kind(id).is_trivia())
                .last()
                .expect("the first token is significant");
            return self.push(ItemKind::Disabled, start, last);
        }
        if kind == TokenKind::Semi || kind.is_close() {
            return self.push(ItemKind::Stray, start, start);
        }
        if let Some(brace) = self.linkage_brace(start) {
            return self.push(ItemKind::Stray, start, brace);
        }
        if kind != TokenKind::Ident {
            let last = self.fragment_end(start);
            return self.push(ItemKind::Stray, start, last);
        }
        let (last, body) = self.extent(start);
        let kind = if body { self.function_kind() } else { self.declaration_kind() };
        self.push(kind, start, last)
    }

    /// The `{` of an `extern "C" {`.
    fn linkage_brace(&self, start: TokenId) -> Option<TokenId> {
        if !self.file.is_word(start, "extern") {
            return None;
        }
        let string = self.live_from(start.next())?;
        let brace = self.live_from(string.next())?;
        let found = self.kind(string) == TokenKind::String && self.kind(brace) == TokenKind::LBrace;
        found.then_some(brace)
    }

    /// The last token of something that no declaration starts with: one bracket pair or token, and the
    /// comma behind it.
    fn fragment_end(&self, start: TokenId) -> TokenId {
        let last = match self.kind(start).is_open() {
            true => self.brackets.close_of(start).unwrap_or(start),
            false => start,
        };
        let next = self.live_from(last.next());
        next.filter(|&id| self.kind(id) == TokenKind::Comma).unwrap_or(last)
    }

    /// The last token of the item that starts at `start`, and whether it ends with a function's body.
    fn extent(&mut self, start: TokenId) -> (TokenId, bool) {
        self.elements.clear();
        let mut last = start;
        let mut at = start;
        while let Some(token) = self.next_from(at) {
            let kind = self.kind(token);
            at = token.next();
            if kind == TokenKind::Directive {
                if self.ends_at_directive(token) {
                    return (last, false);
                }
                continue;
            }
            if self.brackets.is_dead(token) {
                continue;
            }
            if kind == TokenKind::RBrace || (token != start && self.starts_next(start, token)) {
                return (last, false);
            }
            let closing = self.closes_bare_initializer(start, token);
            self.elements.push(token);
            last = token;
            if closing {
                return (last, false);
            }
            if kind == TokenKind::Semi && !self.is_old_style(at) {
                return (last, false);
            }
            if kind.is_open() {
                let Some(close) = self.brackets.close_of(token) else {
                    return (self.recover(token), false);
                };
                last = close;
                at = close.next();
                if kind == TokenKind::LBrace && self.brace() == Brace::Function {
                    return (last, true);
                }
            }
        }
        (last, false)
    }

    /// A macro call without `;` ends at a directive, unless its body follows.
    fn ends_at_directive(&self, directive: TokenId) -> bool {
        let goes_on = || {
            let next = self.live_from(directive).map(|id| self.kind(id));
            matches!(next, Some(TokenKind::LBrace | TokenKind::Dot | TokenKind::Eq))
        };
        self.bare_call().is_some() && !goes_on()
    }

    /// The name of the macro where the item so far is `NAME(…)` and no more.
    fn bare_call(&self) -> Option<TokenId> {
        match self.elements[..] {
            [name, open]
                if self.word(name) == Word::Name && self.kind(open) == TokenKind::LParen =>
            {
                Some(name)
            }
            _ => None,
        }
    }

    /// Whether `token` is the macro that ends `NAME(…) .member = …,`.
    fn closes_bare_initializer(&self, start: TokenId, token: TokenId) -> bool {
        let [name, open, dot, ..] = self.elements[..] else { return false };
        self.word(name) == Word::Name
            && self.kind(open) == TokenKind::LParen
            && self.kind(dot) == TokenKind::Dot
            && self.word(token) == Word::Name
            && self.file.location(token).column == self.file.location(start).column
    }

    /// Whether `token` starts the next item although the one from `start` on has no `;`.
    fn starts_next(&self, start: TokenId, token: TokenId) -> bool {
        let word = self.word(token);
        if word == Word::None {
            return false;
        }
        let at = self.file.location(token);
        let from = self.file.location(start);
        let last = self.file.tokens.significant_before(token).unwrap_or(start);
        if at.column != from.column || self.file.location(last).line == at.line {
            return false;
        }
        if let Some(name) = self.bare_call() {
            let attribute =
                self.file.text(name).starts_with(b"__") && is_attribute_like(self.file.text(name));
            let next_line = self.file.location(last).line + 1 == at.line;
            let section = attribute
                || (word.is_specifier() && next_line && self.quotes_only(self.elements[1]));
            return !section && !self.is_old_style(token);
        }
        let closed = self.elements.last().is_some_and(|&open| self.kind(open).is_open());
        closed && word == Word::Storage && self.kind(last).is_close()
    }

    /// Whether a group holds one string, as a section attribute does.
    fn quotes_only(&self, open: TokenId) -> bool {
        let inside = self.live_from(open.next());
        inside.is_some_and(|t| self.kind(t) == TokenKind::String)
            && inside.and_then(|t| self.live_from(t.next())) == self.brackets.close_of(open)
    }

    /// Whether old-style parameter declarations go on at `at`: the item has a list of bare names, and
    /// declarations up to a `{` right behind a `;` follow.
    fn is_old_style(&self, at: TokenId) -> bool {
        let Some(group) = self.elements.iter().position(|&id| self.kind(id) == TokenKind::LParen)
        else {
            return false;
        };
        if !self.names_only(self.elements[group]) {
            return false;
        }
        let rest = TokenRange { start: at, end: self.file.tokens.all().end };
        let mut previous = TokenKind::Semi;
        for token in self.file.tokens.significant(rest).take(KR_LOOKAHEAD) {
            let kind = self.kind(token);
            match kind {
                TokenKind::LBrace => return previous == TokenKind::Semi,
                TokenKind::Ident
                | TokenKind::Number
                | TokenKind::Star
                | TokenKind::Comma
                | TokenKind::LBracket
                | TokenKind::RBracket
                | TokenKind::LParen
                | TokenKind::RParen
                | TokenKind::Semi => previous = kind,
                _ => return false,
            }
        }
        false
    }

    fn names_only(&self, open: TokenId) -> bool {
        let Some(close) = self.brackets.close_of(open) else { return false };
        let inside = TokenRange { start: open.next(), end: close };
        let mut tokens = self.file.tokens.significant(inside).peekable();
        tokens.peek().is_some()
            && tokens.enumerate().all(|(index, token)| match index % 2 {
                0 => self.word(token) == Word::Name,
                _ => self.kind(token) == TokenKind::Comma,
            })
    }

    /// What the `{` that is the last element starts.
    fn brace(&self) -> Brace {
        let before = &self.elements[..self.elements.len() - 1];
        if before.iter().any(|&id| self.kind(id) == TokenKind::Eq) {
            return Brace::Initializer;
        }
        let mut at = before.len();
        while let Some(&token) = at.checked_sub(1).and_then(|index| before.get(index)) {
            match self.word(token) {
                Word::Struct | Word::Enum => return Brace::Type,
                Word::Name | Word::Attribute | Word::Alignas | Word::Type => at -= 1,
                Word::None => match self.kind(token) {
                    TokenKind::LParen if at >= 2 && !self.is_function_group(before, at - 1) => {
                        at -= 2;
                    }
                    TokenKind::Colon => at -= 1,
                    _ => return Brace::Function,
                },
                _ => return Brace::Function,
            }
        }
        Brace::Function
    }

    /// Whether `before[at]` opens a parameter list and not the arguments of an attribute.
    fn is_function_group(&self, before: &[TokenId], at: usize) -> bool {
        let name = before[at - 1];
        if matches!(self.word(name), Word::Attribute | Word::Alignas) {
            return false;
        }
        if self.word(name) != Word::Name || !is_attribute_like(self.file.text(name)) {
            return true;
        }
        let close =
            self.brackets.close_of(before[at]).expect("unpaired brackets are not stepped over");
        has_parameters(self.file, before[at], close)
    }

    /// Where an item with the unpaired bracket `open` ends: before the next line that starts with a name
    /// after a `}` or `;`.
    fn recover(&self, open: TokenId) -> TokenId {
        let rest = TokenRange { start: open.next(), end: self.file.tokens.all().end };
        let mut last = open;
        for token in self.file.tokens.significant(rest) {
            let ended = matches!(self.kind(last), TokenKind::RBrace | TokenKind::Semi);
            if ended && self.word(token) != Word::None && self.file.location(token).column == 1 {
                let after = self.live_from(token.next()).map(|id| self.kind(id));
                if after != Some(TokenKind::Colon) {
                    return last;
                }
            }
            last = token;
        }
        last
    }

    /// Whether some element before `limit` names a type, so that a name behind it is what is declared.
    fn has_type(&self, limit: usize) -> bool {
        self.elements[..limit].iter().any(|&id| match self.word(id) {
            Word::Name | Word::Type | Word::ForeignType | Word::Struct | Word::Enum => true,
            Word::Typeof => true,
            _ => self.kind(id) == TokenKind::Star,
        })
    }

    fn function_kind(&self) -> ItemKind {
        let brace = *self.elements.last().expect("a body starts with a brace");
        if self.live_from(brace.next()).is_some_and(|id| self.kind(id) == TokenKind::Dot) {
            return ItemKind::MacroDeclaration;
        }
        let group = self.elements.iter().position(|&id| self.kind(id) == TokenKind::LParen);
        match group {
            Some(at) if at > 0 && self.has_type(at - 1) => ItemKind::Function,
            Some(_) if self.elements.iter().any(|&id| self.kind(id) == TokenKind::Star) => {
                ItemKind::Function
            }
            _ => match self.elements[..] {
                // Two calls in a row: an attribute or type made by a macro, and the function.
                [_, _, name, _, _] if self.word(name) == Word::Name => ItemKind::Function,
                _ => ItemKind::MacroFunction,
            },
        }
    }

    fn declaration_kind(&self) -> ItemKind {
        let first = self.elements.first().map(|&id| self.word(id));
        if first == Some(Word::Asm) {
            return ItemKind::Asm;
        }
        if first == Some(Word::None) {
            return ItemKind::Stray;
        }
        let group = self.elements.iter().position(|&id| self.kind(id) == TokenKind::LParen);
        let storage = |id: &TokenId| {
            matches!(self.word(*id), Word::Storage | Word::Qualifier | Word::FunctionSpecifier)
        };
        let plain = match group {
            Some(at) if at > 0 => {
                let (name, before) = (self.elements[at - 1], &self.elements[..at - 1]);
                let after = self.elements.get(at + 1).map(|&id| self.kind(id));
                self.word(name) == Word::Name
                    && before.iter().all(storage)
                    && matches!(after, None | Some(TokenKind::Semi | TokenKind::Eq))
            }
            _ => false,
        };
        if plain { ItemKind::MacroDeclaration } else { ItemKind::Declaration }
    }
}
