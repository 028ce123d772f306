//! Sets of token kinds, for looks at code that must cost next to nothing.

use super::{TokenKind, TokenRange, Tokens};

/// A set of token kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct KindSet(u128);

impl KindSet {
    /// The set of these.
    pub fn of(kinds: impl IntoIterator<Item = TokenKind>) -> KindSet {
        kinds.into_iter().fold(KindSet::default(), KindSet::with)
    }

    /// The kinds of the tokens in `range`.
    pub fn in_range(tokens: &Tokens, range: TokenRange) -> KindSet {
        KindSet::of(range.iter().map(|id| tokens.kind(id)))
    }

    /// The set and one more.
    #[must_use]
    pub fn with(self, kind: TokenKind) -> KindSet {
        KindSet(self.0 | 1 << (kind as u32 % u128::BITS))
    }

    /// Both sets.
    #[must_use]
    pub fn union(self, other: KindSet) -> KindSet {
        KindSet(self.0 | other.0)
    }

    /// Whether a kind is in both.
    pub fn meets(self, other: KindSet) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether all kinds of `other` are in it.
    pub fn covers(self, other: KindSet) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it is empty.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}
