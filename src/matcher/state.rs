//! What a match has found so far: bindings, and which tokens of the file each token of the rule met.

use std::sync::Arc;

use bstr::{BStr, BString, ByteSlice};
use smallvec::SmallVec;

use crate::lex::{TokenId, TokenRange};
use crate::smpl::MetaId;
use crate::smpl::pattern::TokenIx;

/// What a metavariable is bound to.
///
/// A value owns its text, for it outlives the file version it was found in: later rules inherit it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// Code.
    Code(Code),
    /// Places, each the byte in the original file where the token started.
    Positions(Arc<Vec<Place>>),
}

/// Where a token started when the first rule saw the file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The function or declaration it is in, as in a message; empty where it has no name.
    pub item: Arc<str>,
    /// Byte in the file that was matched.
    pub start: u32,
    /// One past its last byte.
    pub end: u32,
}

/// Code that a metavariable is bound to.
#[derive(Clone, Debug, Eq, PartialOrd, Ord)]
pub struct Code {
    /// As written in the file, comments included.
    pub text: Arc<BString>,
    /// Its tokens, parentheses around expressions left out, one blank in between: what equality means.
    pub key: Arc<BString>,
    /// How many elements a list has; 1 for everything else.
    pub count: usize,
    /// For code with a name that the function declares more than once: which of the declarations is meant.
    pub scope: Option<TokenId>,
}

impl PartialEq for Code {
    fn eq(&self, other: &Code) -> bool {
        self.key == other.key && self.count == other.count && self.scope == other.scope
    }
}

impl std::hash::Hash for Code {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key.hash(state);
    }
}

impl Code {
    /// Code of one token or one word.
    pub fn word(text: &[u8]) -> Code {
        let text = Arc::new(BString::from(text));
        Code { key: Arc::clone(&text), text, count: 1, scope: None }
    }
}

impl Code {
    /// Whether it is the same code, as far as both know which declaration they mean.
    pub(super) fn is_same(&self, other: &Code) -> bool {
        let scopes = self.scope.zip(other.scope);
        self.key == other.key && self.count == other.count && scopes.is_none_or(|(a, b)| a == b)
    }
}

impl Value {
    /// The code, where it is code.
    pub fn text(&self) -> Option<&BStr> {
        match self {
            Value::Code(code) => Some(code.text.as_bstr()),
            Value::Positions(_) => None,
        }
    }
}

/// The bindings of one rule: an entry for each of its metavariables.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Bindings {
    values: Vec<Option<Value>>,
}

impl Bindings {
    /// Nothing bound, for a rule with `count` metavariables.
    pub fn new(count: usize) -> Bindings {
        Bindings { values: vec![None; count] }
    }

    /// What `meta` is bound to.
    pub fn get(&self, meta: MetaId) -> Option<&Value> {
        self.values.get(meta.index())?.as_ref()
    }

    /// Binds `meta`, whatever it was bound to.
    pub fn set(&mut self, meta: MetaId, value: Value) {
        if self.values.len() <= meta.index() {
            self.values.resize(meta.index() + 1, None);
        }
        self.values[meta.index()] = Some(value);
    }

    /// Forgets what `meta` was bound to.
    pub fn clear(&mut self, meta: MetaId) {
        if let Some(value) = self.values.get_mut(meta.index()) {
            *value = None;
        }
    }

    /// All bound metavariables.
    pub fn bound(&self) -> impl Iterator<Item = (MetaId, &Value)> {
        let all = self.values.iter().enumerate();
        all.filter_map(|(index, value)| Some((MetaId(index as u32), value.as_ref()?)))
    }
}

/// A token of the rule and the tokens of the file that it met.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Link {
    /// The rule's token; a metavariable or dots may have met many.
    pub token: TokenIx,
    /// Where in the file, in order; empty ranges for dots that met nothing.
    pub places: SmallVec<[TokenRange; 1]>,
}

/// A match of a rule, or of a part of it that has bindings of its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Match {
    /// What its metavariables are bound to.
    pub bindings: Bindings,
    /// Which tokens met.
    pub links: Vec<Link>,
    /// Matches inside of nests and on other paths.
    pub parts: Vec<Match>,
}

impl Match {
    /// This match and all its parts.
    pub fn all(&self) -> Vec<&Match> {
        let mut all = vec![self];
        let mut next = 0;
        while next < all.len() {
            all.extend(&all[next].parts);
            next += 1;
        }
        all
    }

    /// The first token of the file that the match touched.
    pub fn first_token(&self) -> Option<TokenId> {
        let own = self.links.iter().flat_map(|link| &link.places).filter(|range| !range.is_empty());
        let own = own.map(|range| range.start);
        own.chain(self.parts.iter().filter_map(Match::first_token)).min()
    }

    /// Notes that `token` met `range`.
    pub(super) fn link(&mut self, token: TokenIx, range: TokenRange) {
        self.links.push(Link { token, places: SmallVec::from_elem(range, 1) });
    }

    /// Notes that `token` met the one token `place`.
    pub(super) fn link_one(&mut self, token: TokenIx, place: TokenId) {
        self.link(token, TokenRange { start: place, end: place.next() });
    }

    /// Notes that `token` met `range` too, besides what it has met: what is added at it is added once.
    pub(super) fn link_also(&mut self, token: TokenIx, range: TokenRange) {
        match self.links.iter_mut().rev().find(|link| link.token == token) {
            Some(link) => {
                link.places.push(range);
                link.places.sort_by_key(|place| place.start);
            }
            None => self.link(token, range),
        }
    }

    /// The first place that `token` met.
    pub(super) fn place_of(&self, token: TokenIx) -> Option<TokenRange> {
        let link = self.links.iter().rev().find(|link| link.token == token)?;
        link.places.first().copied()
    }
}

/// Alternatives: each is one way to match what has been looked at so far.
pub(super) type States = SmallVec<[Match; 1]>;
