//! The names that added code says.
//!
//! An isomorphism whose new side has a metavariable more takes code that says more than the rule asks for:
//! `E1->fld => E1[E2].fld` lets `b->len` meet `bvec[i].len` with `b` for `bvec`. What is matched is right and
//! may go; but added code that says `b` would speak of `bvec[0]`, and nothing in it can say `bvec[i]`. So
//! such a side stands for no code whose names are said again. spatch adds `bvec` there.

use std::collections::BTreeSet;

use super::super::metavar::MetaId;
use super::super::{Body, BodyToken, Rule};
use crate::lex::TokenKind;

/// The names said by code that is added because of a match.
#[derive(Clone, Debug, Default)]
pub(super) struct Added {
    names: BTreeSet<String>,
}

impl Added {
    /// Those of `rule`, and of `later` rules for what they inherit.
    pub(super) fn of(rule: &Rule, later: &[Rule]) -> Added {
        let mut names = BTreeSet::new();
        said(&rule.body, |name, _| {
            names.insert(name.to_owned());
        });
        for other in later {
            said(&other.body, |name, meta| {
                if meta.is_some_and(|meta| other.metavar(meta).origin.is_some()) {
                    names.insert(name.to_owned());
                }
            });
        }
        Added { names }
    }

    /// Whether `name` is one of them.
    pub(super) fn says(&self, name: &str) -> bool {
        self.names.contains(name)
    }
}

fn said(body: &Body, mut see: impl FnMut(&str, Option<MetaId>)) {
    let tokens = body.tokens.iter().flat_map(BodyToken::added);
    for token in tokens.filter(|token| token.kind == TokenKind::Ident) {
        see(&token.text, token.meta);
    }
}
