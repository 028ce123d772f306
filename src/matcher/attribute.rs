//! Attributes of a node: those that the rule names must be there, and go with what goes as a whole.
//!
//! As in Coccinelle a rule that names no attribute in a place does not mind which are there, unless it disables
//! optional_attributes.

use super::Matcher;
use super::state::{Match, States};
use crate::ast::NodeId;
use crate::lex::{TokenId, TokenKind, TokenRange};
use crate::smpl::attribute::{AttributePat, OwnedAttribute, is_owner, owned};
use crate::smpl::pattern::{NodePat, Pat, TokenIx};
use crate::smpl::{Mark, MetaKind, Placement};

impl Matcher<'_> {
    fn attributes(&self) -> &[OwnedAttribute] {
        self.attributes.get_or_init(|| owned(self.ast(), self.file()))
    }

    /// Of `states`, which have matched `node` with `id`, those whose attributes fit.
    pub(super) fn with_attributes(
        &self,
        pat: &Pat,
        node: &NodePat,
        id: NodeId,
        states: States,
    ) -> States {
        if !is_owner(self.ast().kind(id)) || states.is_empty() {
            return states;
        }
        let optional = self.allows("optional_attributes");
        let may_stay = optional && !self.goes(pat);
        if node.attributes.is_empty() && (self.ast().attributes().is_empty() || may_stay) {
            return states;
        }
        let own: Vec<&OwnedAttribute> =
            self.attributes().iter().filter(|attribute| attribute.owner == id).collect();
        states.into_iter().filter_map(|state| self.fit(pat, node, &own, state)).collect()
    }

    /// Whether all of `pat` is removed.
    fn goes(&self, pat: &Pat) -> bool {
        pat.tokens.is_some_and(|(first, last)| {
            (first.0..=last.0).all(|ix| self.rule.body.token(TokenIx(ix)).mark == Mark::Minus)
        })
    }

    fn fit(
        &self,
        pat: &Pat,
        node: &NodePat,
        own: &[&OwnedAttribute],
        mut state: Match,
    ) -> Option<Match> {
        // Of several declared names only the one that was met counts.
        let met = |name: TokenId| {
            let mut places = state.links.iter().flat_map(|link| &link.places);
            places.any(|range| range.contains(name))
        };
        let own: Vec<&OwnedAttribute> =
            own.iter().copied().filter(|one| one.name.is_none_or(met)).collect();
        for place in node.attributes.iter().map(|attribute| attribute.place) {
            let wanted: Vec<&AttributePat> =
                node.attributes.iter().filter(|one| one.place == place).collect();
            let found: Vec<TokenRange> =
                own.iter().filter(|one| one.place == place).map(|one| one.tokens).collect();
            if wanted.len() != found.len() {
                return None;
            }
        }
        let mut used: Vec<TokenRange> = Vec::new();
        for wanted in &node.attributes {
            let one =
                own.iter().find(|one| one.place == wanted.place && !used.contains(&one.tokens))?;
            used.push(one.tokens);
            let tokens: Vec<TokenId> = self.file().tokens.significant(one.tokens).collect();
            state = self.attribute(&wanted.tokens, &tokens, state)?;
        }
        if used.len() < own.len() && !self.allows("optional_attributes") {
            return None;
        }
        if self.goes(pat) {
            let (_, last) = pat.tokens?;
            for one in own.iter().filter(|one| !used.contains(&one.tokens)) {
                state.link_also(last, one.tokens);
            }
        }
        Some(state)
    }

    /// The words of one attribute; `...` stands for any of its arguments.
    fn attribute(&self, wanted: &[TokenIx], found: &[TokenId], mut state: Match) -> Option<Match> {
        let Some((&first, rest)) = wanted.split_first() else {
            return found.is_empty().then_some(state);
        };
        let token = self.rule.body.token(first);
        if token.placement == Placement::Dots {
            return (0..=found.len())
                .filter(|&len| self.is_balanced(&found[..len]))
                .find_map(|len| self.attribute(rest, &found[len..], state.clone()));
        }
        let whole = |len: usize| TokenRange { start: found[0], end: found[len - 1].next() };
        match token.meta {
            Some(meta) if self.rule.metavar(meta).kind == MetaKind::Attribute => {
                let range = (!found.is_empty()).then(|| whole(found.len()))?;
                let code = self.range_code(&[range], 1, Vec::new());
                (rest.is_empty() && self.bind(meta, code, &mut state)).then_some(())?;
                state.link(first, range);
                Some(state)
            }
            Some(meta) => {
                (1..=found.len()).filter(|&len| self.is_balanced(&found[..len])).find_map(|len| {
                    let mut state = state.clone();
                    let code = self.range_code(&[whole(len)], 1, Vec::new());
                    self.bind(meta, code, &mut state).then_some(())?;
                    state.link(first, whole(len));
                    self.attribute(rest, &found[len..], state)
                })
            }
            None => {
                let (&next, others) = found.split_first()?;
                (self.file().text(next) == token.text.as_bytes()).then_some(())?;
                state.link_one(first, next);
                self.attribute(rest, others, state)
            }
        }
    }

    fn is_balanced(&self, tokens: &[TokenId]) -> bool {
        let mut depth = 0i32;
        for &token in tokens {
            let kind: TokenKind = self.file().tokens.kind(token);
            depth += i32::from(kind.is_open()) - i32::from(kind.is_close());
            if depth < 0 {
                return false;
            }
        }
        depth == 0
    }
}
