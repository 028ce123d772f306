//! Bracket pairs of a whole file, with conditional arms taken into account.
//!
//! In: a [`LexedFile`]. Out: [`Brackets`], which knows for an opening bracket where its pair is. Where the
//! arms of a conditional open different numbers of brackets (two function headers above one body), the
//! first arm counts: each later arm starts with what was open at the `#if`, and behind the `#endif` that
//! is open what the first arm left open.
//!
//! A closing bracket closes the nearest open one of its kind, and leaves those inside without a pair; a
//! `}` in column one only closes a `{`. One pass, linear in the file however broken it is: open brackets
//! are a linked stack, so that an arm's start is one number.

use super::Arms;
use super::arms::ArmWalk;
use crate::lex::directive::{DirectiveKind, directive};
use crate::lex::{LexedFile, TokenId, TokenKind};

/// No bracket is open.
const EMPTY: u32 = u32::MAX;

/// How far down a closing bracket of the wrong kind looks for its partner.
const SEARCH: usize = 64;

/// The pair of each opening bracket.
#[derive(Debug)]
pub(super) struct Brackets {
    /// By token; `u32::MAX` where there is none.
    close: Vec<u32>,
    /// Tokens that are never compiled.
    dead: Vec<bool>,
}

impl Brackets {
    /// Pairs the brackets of `file`.
    pub(super) fn new(file: &LexedFile) -> Brackets {
        let count = file.tokens.len();
        let brackets = Brackets { close: vec![EMPTY; count], dead: Vec::new() };
        let mut pairing =
            Pairing { file, brackets, open: Vec::new(), top: EMPTY, arms: Vec::new() };
        let mut walk = ArmWalk::new(Arms::All);
        for token in file.tokens.all().iter() {
            let kind = file.tokens.kind(token);
            if kind == TokenKind::Directive {
                let directive = directive(file.text(token)).kind;
                pairing.directive(directive);
                walk.step(directive);
            } else if !walk.seen() && !kind.is_trivia() {
                pairing.brackets.bury(token, count);
            } else if kind.is_open() {
                pairing.push(token);
            } else if kind.is_close() {
                pairing.close(token, kind);
            }
        }
        pairing.brackets
    }

    /// The bracket that closes `open`.
    pub(super) fn close_of(&self, open: TokenId) -> Option<TokenId> {
        let close = self.close[open.index()];
        (close != EMPTY).then_some(TokenId(close))
    }

    /// Whether `token` is in an arm that is never compiled.
    pub(super) fn is_dead(&self, token: TokenId) -> bool {
        self.dead.get(token.index()).copied().unwrap_or(false)
    }

    fn bury(&mut self, token: TokenId, count: usize) {
        if self.dead.is_empty() {
            self.dead = vec![false; count];
        }
        self.dead[token.index()] = true;
    }
}

/// An open bracket and the one it is in.
#[derive(Clone, Copy)]
struct Open {
    token: TokenId,
    parent: u32,
}

/// What was open at the `#if`, and at the end of the first arm once it is over.
#[derive(Clone, Copy)]
struct ArmState {
    start: u32,
    first_end: Option<u32>,
    never: bool,
}

struct Pairing<'a> {
    file: &'a LexedFile,
    brackets: Brackets,
    open: Vec<Open>,
    top: u32,
    arms: Vec<ArmState>,
}

impl Pairing<'_> {
    fn directive(&mut self, kind: DirectiveKind) {
        match kind {
            DirectiveKind::If | DirectiveKind::IfAlways | DirectiveKind::IfNever => {
                let never = kind == DirectiveKind::IfNever;
                self.arms.push(ArmState { start: self.top, first_end: None, never });
            }
            DirectiveKind::Elif | DirectiveKind::Else => {
                if let Some(arm) = self.arms.last_mut() {
                    if !arm.never {
                        arm.first_end.get_or_insert(self.top);
                    }
                    arm.never = false;
                    self.top = arm.start;
                }
            }
            DirectiveKind::Endif => {
                if let Some(arm) = self.arms.pop() {
                    self.top = arm.first_end.unwrap_or(self.top);
                }
            }
            DirectiveKind::Include
            | DirectiveKind::Define
            | DirectiveKind::Undef
            | DirectiveKind::Pragma
            | DirectiveKind::Other => {}
        }
    }

    fn push(&mut self, token: TokenId) {
        self.open.push(Open { token, parent: self.top });
        self.top = (self.open.len() - 1) as u32;
    }

    fn close(&mut self, token: TokenId, kind: TokenKind) {
        let want = match kind {
            TokenKind::RParen => TokenKind::LParen,
            TokenKind::RBracket => TokenKind::LBracket,
            _ => TokenKind::LBrace,
        };
        let mut at = self.top;
        for _ in 0..SEARCH {
            let Some(open) = self.open.get(at as usize) else { return };
            let found = self.file.tokens.kind(open.token);
            if found == want {
                let slot = &mut self.brackets.close[open.token.index()];
                // A later arm that closes the same bracket does not move its end.
                if *slot == EMPTY {
                    *slot = token.0;
                }
                self.top = open.parent;
                return;
            }
            if found == TokenKind::LBrace {
                // A parenthesis does not close what was opened outside of its block.
                return;
            }
            at = open.parent;
        }
    }
}
