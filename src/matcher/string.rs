//! Strings: a rule's string with dots and format metavariables against a string of the file.

use bstr::ByteSlice;
use smallvec::smallvec;

use super::Matcher;
use super::state::{Code, Match, States};
use crate::ast::NodeId;
use crate::lex::{TokenId, TokenKind};
use crate::smpl::format::{Piece, conversion_len};
use crate::smpl::metavar::ListLength;
use crate::smpl::pattern::TokenIx;

/// A part of a string of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Item {
    Char(u8),
    /// `%` included.
    Conversion(Vec<u8>),
    /// A macro that stands for a string: `KERN_ERR`.
    Macro,
}

impl Matcher<'_> {
    /// Matches the pieces of `token`, a string of the rule, with the string literal `id`.
    pub(super) fn string(
        &self,
        token: TokenIx,
        pieces: &[Piece],
        id: NodeId,
        own: &[TokenId],
        state: Match,
    ) -> States {
        let items: Vec<Item> = own.iter().flat_map(|&token| self.items_of(token)).collect();
        match self.pieces(pieces, &items, state) {
            Some(mut state) => {
                state.link(token, self.ast().tokens(id));
                smallvec![state]
            }
            None => States::new(),
        }
    }

    fn items_of(&self, token: TokenId) -> Vec<Item> {
        if self.file().tokens.kind(token) != TokenKind::String {
            return vec![Item::Macro];
        }
        let text: &[u8] = self.file().text(token);
        let start = text.find_byte(b'"').map_or(0, |at| at + 1);
        let inner = text.get(start..text.len().saturating_sub(1)).unwrap_or_default();
        let mut items = Vec::new();
        let mut at = 0;
        while at < inner.len() {
            match conversion_len(&inner[at..]) {
                0 => {
                    items.push(Item::Char(inner[at]));
                    at += 1;
                }
                len => {
                    items.push(Item::Conversion(inner[at..at + len].to_vec()));
                    at += len;
                }
            }
        }
        items
    }

    fn pieces(&self, pieces: &[Piece], items: &[Item], mut state: Match) -> Option<Match> {
        let Some((piece, others)) = pieces.split_first() else {
            return items.is_empty().then_some(state);
        };
        match piece {
            Piece::Text(text) => {
                let same = text.len() <= items.len()
                    && text.bytes().zip(items).all(|(c, item)| *item == Item::Char(c));
                same.then(|| self.pieces(others, &items[text.len()..], state))?
            }
            Piece::Conversion(text) => match items.first() {
                Some(Item::Conversion(found)) if found == text.as_bytes() => {
                    self.pieces(others, &items[1..], state)
                }
                _ => None,
            },
            Piece::Dots => {
                (0..=items.len()).find_map(|len| self.pieces(others, &items[len..], state.clone()))
            }
            Piece::Format(meta) => match items.first() {
                Some(Item::Conversion(found)) => {
                    let code = Code::word(found.strip_prefix(b"%").unwrap_or(found));
                    self.bind(*meta, code, &mut state).then_some(())?;
                    self.pieces(others, &items[1..], state)
                }
                _ => None,
            },
            Piece::FormatList(meta, length) => (1..=items.len()).find_map(|len| {
                let (run, rest) = items.split_at(len);
                let is_conversion = |item: &Item| matches!(item, Item::Conversion(_));
                let ends =
                    others.is_empty() && rest.is_empty() || run.last().is_some_and(is_conversion);
                let starts = run.first().is_some_and(is_conversion);
                let count = run.iter().filter(|item| is_conversion(item)).count();
                if !starts || !ends || run.contains(&Item::Macro) {
                    return None;
                }
                let mut state = state.clone();
                self.has_length(length, count, &mut state)?;
                let code = Code { count, ..Code::word(&written(run)) };
                self.bind(*meta, code, &mut state).then_some(())?;
                self.pieces(others, rest, state)
            }),
        }
    }

    fn has_length(&self, length: &ListLength, count: usize, state: &mut Match) -> Option<()> {
        match length {
            ListLength::Any => Some(()),
            ListLength::Exactly(wanted) => (*wanted == count).then_some(()),
            ListLength::Named(name) => self.bind_number(name, count, state),
            ListLength::Among(name, allowed) => {
                allowed.iter().any(|range| range.contains(&count)).then_some(())?;
                self.bind_number(name, count, state)
            }
        }
    }
}

/// The text of a run.
fn written(items: &[Item]) -> Vec<u8> {
    let mut text = Vec::new();
    for item in items {
        match item {
            Item::Char(c) => text.push(*c),
            Item::Conversion(found) => text.extend_from_slice(found),
            Item::Macro => {}
        }
    }
    text
}
