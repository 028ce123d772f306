//! Lists: arguments, parameters, members, statements of one block. Runs (`...`, list metavariables) are
//! tried with every length, the shortest first.

use smallvec::smallvec;

use super::Matcher;
use super::state::{Code, Match, States, Value};
use super::term::ends_linked;
use super::types::declared;
use crate::ast::{Kind, NodeId};
use crate::lex::TokenRange;
use crate::smpl::metavar::ListLength;
use crate::smpl::pattern::{ListPat, Pat, PatKind, TokenIx, When};
use crate::smpl::shape::separator;
use crate::smpl::{MetaId, MetaKind};

/// The list of the pattern and of the file that are matched against each other.
#[derive(Clone, Copy)]
struct Pair<'p> {
    pats: &'p [Pat],
    separators: &'p [Vec<TokenIx>],
    nodes: &'p [NodeId],
}

impl Matcher<'_> {
    /// All ways to match a whole list.
    pub(super) fn list(&self, pats: &ListPat, nodes: &[NodeId], state: Match) -> States {
        let pair = Pair { pats: &pats.elems, separators: &pats.separators, nodes };
        self.list_from(pair, 0, 0, state)
    }

    /// Elements of the pattern from `at` on against nodes from `from` on.
    fn list_from(&self, pair: Pair<'_>, at: usize, from: usize, state: Match) -> States {
        let Some(pat) = pair.pats.get(at) else {
            return if from == pair.nodes.len() { smallvec![state] } else { States::new() };
        };
        let mut found = States::new();
        match self.run_of(pat) {
            Some(run) => {
                let lengths = self.lengths(&run, pair.nodes.len() - from, &state);
                for len in lengths {
                    let nodes = &pair.nodes[from..from + len];
                    let Some(next) = self.take_run(pat, &run, nodes, state.clone()) else {
                        continue;
                    };
                    let next = self.link_separator(pair, at, from, len, next);
                    found.extend(self.list_from(pair, at + 1, from + len, next));
                    if run.is_greedy && !found.is_empty() {
                        break;
                    }
                }
            }
            None => match &pat.kind {
                PatKind::Choice(choice) if choice.arms.iter().any(|arm| arm.len() != 1) => {
                    found = self.spliced_choice(pair, at, from, pat, state);
                }
                PatKind::Optional(inner) => {
                    if let Some(&node) = pair.nodes.get(from) {
                        for next in self.term(inner, node, state.clone()) {
                            let next = self.link_separator(pair, at, from, 1, next);
                            found.extend(self.list_from(pair, at + 1, from + 1, next));
                        }
                    }
                    if found.is_empty() {
                        found = self.list_from(pair, at + 1, from, state);
                    }
                }
                _ => {
                    let Some(&node) = pair.nodes.get(from) else { return found };
                    for next in self.term(pat, node, state) {
                        let next = self.link_separator(pair, at, from, 1, next);
                        found.extend(self.list_from(pair, at + 1, from + 1, next));
                    }
                }
            },
        }
        found
    }

    /// A choice whose arms are runs of elements of different lengths.
    fn spliced_choice(
        &self,
        pair: Pair<'_>,
        at: usize,
        from: usize,
        pat: &Pat,
        state: Match,
    ) -> States {
        let PatKind::Choice(choice) = &pat.kind else { return States::new() };
        for arm in &choice.arms {
            for len in 0..=pair.nodes.len() - from {
                let nodes = &pair.nodes[from..from + len];
                let inner = Pair { pats: arm, separators: &[], nodes };
                let mut found = States::new();
                for next in self.list_from(inner, 0, 0, state.clone()) {
                    let next = match self.range_of(nodes) {
                        Some(range) => ends_linked(pat, range, next),
                        None => next,
                    };
                    let next = self.link_separator(pair, at, from, len, next);
                    found.extend(self.list_from(pair, at + 1, from + len, next));
                }
                if !found.is_empty() {
                    return found;
                }
            }
        }
        States::new()
    }

    /// The lengths to try for a run.
    fn lengths(&self, run: &Run, available: usize, state: &Match) -> Vec<usize> {
        let fixed = match &run.length {
            ListLength::Exactly(len) => Some(*len),
            ListLength::Named(name) => self.bound_number(name, state),
            ListLength::Among(name, among) => match self.bound_number(name, state) {
                Some(len) => Some(len),
                None => {
                    let allowed = |len: &usize| among.iter().any(|range| range.contains(len));
                    return (0..=available).filter(allowed).collect();
                }
            },
            ListLength::Any => None,
        };
        match fixed {
            Some(len) if len <= available => vec![len],
            Some(_) => Vec::new(),
            None if run.is_greedy => (0..=available).rev().collect(),
            None => (0..=available).collect(),
        }
    }

    fn bound_number(&self, name: &str, state: &Match) -> Option<usize> {
        let index = self.rule.metavars.iter().position(|metavar| metavar.name == name)?;
        let text = state.bindings.get(MetaId(index as u32))?.text()?;
        std::str::from_utf8(text).ok()?.parse().ok()
    }

    /// What kind of run `pat` is, if it is one.
    fn run_of(&self, pat: &Pat) -> Option<Run> {
        let list = |length: &ListLength| {
            Some(Run { length: length.clone(), is_greedy: *length == ListLength::Any })
        };
        match &pat.kind {
            PatKind::Dots(_) => Some(Run { length: ListLength::Any, is_greedy: false }),
            PatKind::Nest(_) => Some(Run { length: ListLength::Any, is_greedy: false }),
            PatKind::Meta { meta, .. } => match &self.rule.metavar(*meta).kind {
                MetaKind::ExpressionList(length)
                | MetaKind::IdentifierList(length)
                | MetaKind::ParameterList(length)
                | MetaKind::FieldList(length)
                | MetaKind::InitializerList(length) => list(length),
                MetaKind::StatementList => list(&ListLength::Any),
                _ => None,
            },
            _ => None,
        }
    }

    fn range_of(&self, nodes: &[NodeId]) -> Option<TokenRange> {
        nodes.iter().map(|&id| self.ast().tokens(id)).reduce(TokenRange::join)
    }

    /// Lets a run stand for `nodes`.
    fn take_run(&self, pat: &Pat, run: &Run, nodes: &[NodeId], mut state: Match) -> Option<Match> {
        let range = self.range_of(nodes).unwrap_or(TokenRange::new(0, 0));
        match &pat.kind {
            PatKind::Dots(dots) => {
                let avoided = dots.whens.iter().all(|when| self.when_allows(when, nodes, &state));
                if !avoided {
                    return None;
                }
                state.link(dots.token, range);
            }
            PatKind::Nest(nest) => {
                state.link(nest.open, range);
                let mut met = false;
                for &node in nodes {
                    for inner in self.ast().descendants(node).collect::<Vec<_>>() {
                        let Some(pat) = nest.body.first() else { continue };
                        if let Some(next) = self.term(pat, inner, state.clone()).into_iter().next()
                        {
                            state = next;
                            met = true;
                        }
                    }
                }
                if nest.at_least_once && !met {
                    return None;
                }
            }
            PatKind::Meta { meta, token } => {
                let code = self.range_code(&[range], nodes.len(), Vec::new());
                let code =
                    if nodes.is_empty() { Code { count: 0, ..Code::word(b"") } } else { code };
                if !self.bind(*meta, code, &mut state) {
                    return None;
                }
                if let ListLength::Named(name) | ListLength::Among(name, _) = &run.length {
                    self.bind_number(name, nodes.len(), &mut state)?;
                }
                state.link(*token, range);
                if !self.attach_to_run(pat, nodes, range, &mut state) {
                    return None;
                }
            }
            _ => return None,
        }
        Some(state)
    }

    /// Binds what stands behind a list with `@`: a position, or the names that parameters declare.
    fn attach_to_run(
        &self,
        pat: &Pat,
        nodes: &[NodeId],
        range: TokenRange,
        state: &mut Match,
    ) -> bool {
        pat.attached.iter().all(|one| match &self.rule.metavar(one.meta).kind {
            MetaKind::Position { .. } => {
                !range.is_empty() && self.bind_position(one.meta, range, state)
            }
            MetaKind::ExpressionList(_) => {
                let names: Vec<String> =
                    nodes.iter().filter_map(|&id| self.declared_name(id)).collect();
                let code = Code { count: names.len(), ..Code::word(names.join(", ").as_bytes()) };
                names.len() == nodes.len() && self.bind(one.meta, code, state)
            }
            _ => false,
        })
    }

    /// The name that a parameter declares.
    fn declared_name(&self, id: NodeId) -> Option<String> {
        let Kind::Parameter { specifiers, declarator: Some(declarator) } = self.ast().kind(id)
        else {
            return None;
        };
        let specifiers = self.ast().list(specifiers);
        declared(self.ast(), self.file(), specifiers, declarator).map(|(name, _)| name)
    }

    pub(super) fn bind_number(&self, name: &str, number: usize, state: &mut Match) -> Option<()> {
        let Some(index) = self.rule.metavars.iter().position(|metavar| metavar.name == name) else {
            return Some(());
        };
        let value = Value::Code(Code::word(number.to_string().as_bytes()));
        let meta = MetaId(index as u32);
        match state.bindings.get(meta) {
            Some(bound) => (*bound == value).then_some(()),
            None => {
                state.bindings.set(meta, value);
                Some(())
            }
        }
    }

    fn when_allows(&self, when: &When, nodes: &[NodeId], state: &Match) -> bool {
        let occurs = |pats: &[Pat], id: NodeId| {
            let Some(pat) = pats.first() else { return false };
            self.ast().descendants(id).any(|id| !self.term(pat, id, state.clone()).is_empty())
        };
        match when {
            When::Not(pats) => !nodes.iter().any(|&id| occurs(pats, id)),
            When::Only(pats) => nodes.iter().all(|&id| {
                pats.first().is_some_and(|pat| !self.term(pat, id, state.clone()).is_empty())
            }),
            When::Any
            | When::Strict
            | When::Forall
            | When::Exists
            | When::NotTrue(_)
            | When::NotFalse(_) => true,
        }
    }

    /// Links the tokens between element `at` and the next one with those before the node that the next
    /// one starts with; where a run is empty there may be none, or one token for two.
    fn link_separator(
        &self,
        pair: Pair<'_>,
        at: usize,
        from: usize,
        len: usize,
        mut state: Match,
    ) -> Match {
        let boundary = from + len;
        let Some(wanted) = pair.separators.get(at) else { return state };
        if boundary == 0 || boundary >= pair.nodes.len() {
            self.link_beside(pair, boundary, wanted, &mut state);
            return state;
        }
        let found =
            separator(self.ast(), self.file(), pair.nodes[boundary - 1], pair.nodes[boundary]);
        for (&token, &place) in wanted.iter().zip(&found) {
            let one = TokenRange { start: place, end: place.next() };
            let taken = state.links.iter().position(|link| {
                link.places.first() == Some(&one) && self.is_separator(pair, link.token)
            });
            match taken {
                // An empty run leaves one comma for two of the pattern: the one that something happens to
                // is the one that counts.
                Some(index) if self.matters(token) => state.links[index].token = token,
                Some(_) => {}
                None => state.link_one(token, place),
            }
        }
        state
    }

    /// The comma beside an empty run at an end of the list is not there; code that is added at it stands
    /// before the element that comes first.
    fn link_beside(&self, pair: Pair<'_>, boundary: usize, wanted: &[TokenIx], state: &mut Match) {
        let Some(&first) = pair.nodes.first().filter(|_| boundary == 0) else { return };
        let start = self.ast().tokens(first).start;
        for &token in wanted.iter().filter(|&&token| self.matters(token)) {
            state.link(token, TokenRange { start, end: start });
        }
    }

    fn is_separator(&self, pair: Pair<'_>, token: TokenIx) -> bool {
        pair.separators.iter().any(|between| between.contains(&token))
    }

    /// Windows of `nodes` that match a sequence: where each starts, its length and its matches.
    pub(super) fn sequence_at(
        &self,
        pats: &[Pat],
        nodes: &[NodeId],
        from: usize,
        state: &Match,
    ) -> States {
        let mut found = States::new();
        for end in from..=nodes.len() {
            let pair = Pair { pats, separators: &[], nodes: &nodes[from..end] };
            let here = self.list_from(pair, 0, 0, state.clone());
            if !here.is_empty() {
                found.extend(here);
                break;
            }
        }
        found
    }
}

/// How long a run may be.
struct Run {
    length: ListLength,
    /// Whether the longest length is tried first and is the only one: list metavariables.
    is_greedy: bool,
}
