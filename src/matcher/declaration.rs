//! Declarations: matched by the type they give a name, not by where C puts the stars.
//!
//! `T x;` matches `int *x;` with `T` as `int *`: what the pattern's declarator does not have around the
//! name belongs to the type. Storage and qualifiers that the pattern does not name may be there
//! (`optional_storage`, `optional_qualifier`); those it names must be.

use smallvec::{SmallVec, smallvec};

use super::Matcher;
use super::state::{Match, States};
use crate::ast::{Kind, NodeId, Storage};
use crate::lex::{TokenId, TokenKind, TokenRange};
use crate::smpl::pattern::{ListPat, NodePat, Pat, PatKind, Slot, TokenIx};
use crate::smpl::shape::{own_tokens, parts};
use crate::smpl::{BodyToken, Mark, MetaKind};

/// The specifiers of one declaration by what they say.
pub(super) struct Sorted<T> {
    pub(super) storage: Vec<T>,
    pub(super) qualifiers: Vec<T>,
    pub(super) types: Vec<T>,
}

impl Matcher<'_> {
    /// Matches nodes that have specifiers; `None` for all others.
    pub(super) fn declared(
        &self,
        pat: &Pat,
        node: &NodePat,
        id: NodeId,
        state: &Match,
    ) -> Option<States> {
        match self.ast().kind(id) {
            Kind::StructType { .. } => self.struct_by_type(node, id, state),
            Kind::Declaration { specifiers, declarators }
            | Kind::Field { specifiers, declarators } => {
                let (specifiers, declarators) =
                    (self.ast().list(specifiers), self.ast().list(declarators));
                Some(self.declaration((pat, node), id, specifiers, declarators, state))
            }
            Kind::Parameter { specifiers, declarator }
            | Kind::TypeName { specifiers, declarator } => {
                let (Some(Slot::List(wanted)), Some(Slot::Maybe(pat))) =
                    (node.slots.first(), node.slots.get(1))
                else {
                    return Some(States::new());
                };
                if let ([only], None, Kind::TypeName { .. }) =
                    (wanted.elems.as_slice(), pat, self.ast().kind(id))
                    && self.is_type_meta(only)
                {
                    // Whatever is around the name that a type name does not have: `void (*)(int)`.
                    return Some(self.term(only, id, state.clone()));
                }
                let specifiers = self.ast().list(specifiers);
                if let (None, [only], Kind::TypeName { .. }) =
                    (pat.as_deref(), wanted.elems.as_slice(), self.ast().kind(id))
                    && self.is_type_meta(only)
                {
                    // `T` alone is the whole, whatever its declarator looks like.
                    return Some(self.whole_type(only, &[id], &[], state.clone()));
                }
                let states =
                    self.typed(wanted, pat.as_deref(), specifiers, declarator, state.clone());
                Some(self.with_own(node, id, states))
            }
            Kind::Function { specifiers, declarator, body, .. } => {
                let [Slot::List(wanted), Slot::One(name), Slot::List(_), Slot::One(code)] =
                    node.slots.as_slice()
                else {
                    return Some(States::new());
                };
                let specifiers = self.ast().list(specifiers);
                let heads = match self.ast().kind(declarator) {
                    Kind::Call { callee, args } => {
                        self.untyped_header(wanted, name, (callee, self.ast().list(args)), state)
                    }
                    _ => {
                        self.typed(wanted, Some(name), specifiers, Some(declarator), state.clone())
                    }
                };
                let states = heads.into_iter().flat_map(|state| self.term(code, body, state));
                let states: States = self.with_own(node, id, states.collect());
                let implied = wanted.elems.iter().any(|pat| matches!(pat.kind, PatKind::AnyType));
                let first = name.tokens.map(|(first, _)| first);
                let goes = self.goes_whole(pat);
                let linked = |mut state: Match| {
                    if let Some(first) = first.filter(|_| implied && goes) {
                        self.link_implied_type(first, specifiers, declarator, &mut state);
                    }
                    state
                };
                Some(states.into_iter().map(linked).collect())
            }
            _ => None,
        }
    }

    /// `f(...)` of a pattern against a header without a type, which reads like a call.
    fn untyped_header(
        &self,
        wanted: &ListPat,
        name: &Pat,
        (callee, args): (NodeId, &[NodeId]),
        state: &Match,
    ) -> States {
        let untyped = wanted.elems.iter().all(|pat| matches!(pat.kind, PatKind::AnyType));
        let PatKind::Node(NodePat { slots, .. }) = &name.kind else { return States::new() };
        let [_, Slot::Maybe(Some(base)), Slot::List(suffixes)] = slots.as_slice() else {
            return States::new();
        };
        let [Pat { kind: PatKind::Node(parameters), .. }] = suffixes.elems.as_slice() else {
            return States::new();
        };
        let Some(Slot::List(params)) = parameters.slots.first() else { return States::new() };
        let dots = match params.elems.as_slice() {
            [] if args.is_empty() => None,
            [Pat { kind: PatKind::Dots(dots), .. }] => Some(dots.token),
            _ => return States::new(),
        };
        if !untyped {
            return States::new();
        }
        let range = self.ast().tokens(callee);
        let named = match &base.kind {
            PatKind::Node(leaf) if leaf.head == Kind::DeclaratorName => {
                let own = [range.start];
                let same = leaf.own.first().is_some_and(|&token| {
                    self.file().text(range.start) == self.rule.body.token(token).text.as_bytes()
                });
                let linked = same.then(|| self.link_own(&leaf.own, &own, state.clone())).flatten();
                linked.into_iter().collect()
            }
            _ => self.term(base, callee, state.clone()),
        };
        let call = self.ast().parent(callee).map_or(range, |call| self.ast().tokens(call));
        let inside = TokenRange { start: range.end, end: call.end };
        let parens: Vec<TokenId> = self.file().tokens.significant(inside).collect();
        let linked = |mut state: Match| {
            if let (Some(token), [_, .., _]) = (dots, parens.as_slice()) {
                let between = TokenRange { start: parens[0].next(), end: parens[parens.len() - 1] };
                state.link(token, between);
            }
            let ends: Vec<TokenId> =
                parens.first().into_iter().chain(parens.last()).copied().collect();
            self.link_own(&parameters.own, &ends, state)
        };
        named.into_iter().filter_map(linked).collect()
    }

    /// Whether all of `pat` goes.
    fn goes_whole(&self, pat: &Pat) -> bool {
        let is_minus = |token| self.rule.body.token(token).mark == crate::smpl::Mark::Minus;
        tokens_of(pat).into_iter().all(is_minus)
    }

    pub(super) fn with_own(&self, node: &NodePat, id: NodeId, states: States) -> States {
        let own = own_tokens(self.ast(), self.file(), id, &parts(self.ast(), id));
        states.into_iter().filter_map(|state| self.link_own(&node.own, &own, state)).collect()
    }

    fn declaration(
        &self,
        (pat, node): (&Pat, &NodePat),
        id: NodeId,
        specifiers: &[NodeId],
        declarators: &[NodeId],
        state: &Match,
    ) -> States {
        let [Slot::List(wanted), Slot::List(names)] = node.slots.as_slice() else {
            return States::new();
        };
        match names.elems.as_slice() {
            [] if declarators.is_empty() => {
                let states = self.specifiers(wanted, specifiers, None, state.clone());
                self.with_own(node, id, states)
            }
            [] => match declarators {
                [declarator] => {
                    let states = self.typedef_of_struct(node, specifiers, *declarator, state);
                    self.with_own(node, id, states)
                }
                _ => States::new(),
            },
            [name] => {
                let mut found = States::new();
                for &declarator in declarators {
                    let states = self.one_declarator(wanted, name, specifiers, declarator, state);
                    let states = self.with_own(node, id, states);
                    if declarators.len() == 1 {
                        found.extend(states);
                        continue;
                    }
                    if self.is_safe_for_one(pat, node, specifiers) {
                        found.extend(states);
                    }
                }
                found
            }
            _ => {
                let states = self.specifiers(wanted, specifiers, None, state.clone());
                let states =
                    states.into_iter().flat_map(|state| self.list(names, declarators, state));
                self.with_own(node, id, states.collect())
            }
        }
    }

    /// One declarator of several: what is done to the shared parts must not be done to the others.
    ///
    /// Taking the whole away is possible, for then the declarator goes and the others stay; what is added
    /// beside it must be wanted for each of them (`++`), and there must be no storage class, which would
    /// be lost; or the name is one that the rule says. Any other change of the shared parts is refused.
    fn is_safe_for_one(&self, pat: &Pat, node: &NodePat, specifiers: &[NodeId]) -> bool {
        let [Slot::List(wanted), Slot::List(names)] = node.slots.as_slice() else { return false };
        let mut shared = wanted.elems.iter().flat_map(tokens_of).chain(node.own.clone());
        if shared.all(|token| !self.matters(token)) {
            return true;
        }
        let all = tokens_of(pat);
        if all.iter().any(|&token| self.rule.body.token(token).mark != crate::smpl::Mark::Minus) {
            return false;
        }
        let runs = all.iter().flat_map(|&token| {
            let token = self.rule.body.token(token);
            token.before.iter().chain(&token.after)
        });
        let runs: Vec<_> = runs.collect();
        let has_storage = || {
            let storage = |&id: &NodeId| matches!(self.ast().kind(id), Kind::StorageSpecifier(_));
            specifiers.iter().any(storage)
        };
        // A name that is no metavariable is declared once.
        let is_fixed = || {
            names.elems.iter().flat_map(tokens_of).all(|token| {
                let token = self.rule.body.token(token);
                token.meta.is_none() && token.placement == crate::smpl::Placement::Code
            })
        };
        runs.is_empty() || (runs.iter().all(|run| run.many) || is_fixed()) && !has_storage()
    }

    /// A declarator with its initialiser or width.
    fn one_declarator(
        &self,
        wanted: &ListPat,
        pat: &Pat,
        specifiers: &[NodeId],
        declarator: NodeId,
        state: &Match,
    ) -> States {
        let PatKind::Node(node) = &pat.kind else {
            let states = self.specifiers(wanted, specifiers, None, state.clone());
            return states
                .into_iter()
                .flat_map(|state| self.term(pat, declarator, state))
                .collect();
        };
        let (name, value, found_name, found_value) =
            match (node.slots.as_slice(), self.ast().kind(declarator)) {
                (
                    [Slot::One(name), Slot::Maybe(value)],
                    Kind::InitDeclarator { declarator, init },
                ) => (Some(&**name), value, Some(declarator), init),
                (
                    [Slot::Maybe(name), Slot::Maybe(value)],
                    Kind::FieldDeclarator { declarator, bits },
                ) => (name.as_deref(), value, declarator, bits),
                _ => return States::new(),
            };
        let is_initialised = matches!(self.ast().kind(declarator), Kind::InitDeclarator { .. });
        let states = self.typed(wanted, name, specifiers, found_name, state.clone());
        let states = states.into_iter().flat_map(|state| match (value.as_deref(), found_value) {
            (Some(value), Some(found)) => self.term(value, found, state),
            (None, None) => smallvec![state],
            (None, Some(_)) if is_initialised && self.may_be_initialised(name) => smallvec![state],
            _ => States::new(),
        });
        let states: States = states.collect();
        let states = self.with_own(node, declarator, states);
        if pat.attached.is_empty() {
            return states;
        }
        states.into_iter().flat_map(|state| self.attach(&pat.attached, declarator, state)).collect()
    }

    /// Notes that a parameter ends where its type does: what is added behind its name is added there.
    fn unnamed(&self, name: &Pat, specifiers: &[NodeId], mut state: Match) -> Match {
        let last = specifiers.last().map(|&id| self.ast().tokens(id));
        if let (Some((token, _)), Some(range)) = (name.tokens, last)
            && self.matters(token)
            && !range.is_empty()
        {
            state.link_one(token, TokenId(range.end.0 - 1));
        }
        state
    }

    /// Whether `name` may be missing in the file: the name of a parameter of a prototype.
    pub(super) fn may_lack(&self, name: &Pat) -> bool {
        let plain = |pat: &Pat| match &pat.kind {
            PatKind::Meta { .. } => true,
            PatKind::Node(node) => node.head == Kind::DeclaratorName,
            _ => false,
        };
        self.in_prototype
            && match &name.kind {
                PatKind::Node(NodePat { head: Kind::Declarator { .. }, slots, .. }) => {
                    let is_empty =
                        |slot: &Slot| matches!(slot, Slot::List(list) if list.elems.is_empty());
                    matches!(slots.as_slice(), [pointers, Slot::Maybe(Some(base)), suffixes]
                        if is_empty(pointers) && plain(base) && is_empty(suffixes))
                }
                _ => plain(name),
            }
    }

    /// `T x;` for `T x = e;`, where nothing happens to the name (`decl_init`).
    fn may_be_initialised(&self, name: Option<&Pat>) -> bool {
        let tokens = name.map_or_else(Vec::new, tokens_of);
        self.allows("decl_init") && tokens.into_iter().all(|token| !self.matters(token))
    }

    /// Specifiers together with a declarator: a type, and the name that has it.
    pub(super) fn typed(
        &self,
        wanted: &ListPat,
        name: Option<&Pat>,
        specifiers: &[NodeId],
        declarator: Option<NodeId>,
        state: Match,
    ) -> States {
        if let Some(states) = self.typed_by_choice(wanted, name, specifiers, declarator, &state) {
            return states;
        }
        if !is_flexible(wanted, self) {
            let states = self.specifiers(wanted, specifiers, None, state);
            return states
                .into_iter()
                .flat_map(|state| match (name, declarator) {
                    (Some(name), Some(found)) => self.term(name, found, state),
                    (None, None) => smallvec![state],
                    (Some(name), None) if self.may_lack(name) => {
                        smallvec![self.unnamed(name, specifiers, state)]
                    }
                    _ => States::new(),
                })
                .collect();
        }
        let Some(declarator) = declarator else {
            return match name {
                Some(name) if self.may_lack(name) => {
                    self.specifiers(wanted, specifiers, Some(&[]), state)
                }
                None => self.specifiers(wanted, specifiers, Some(&[]), state),
                Some(_) => States::new(),
            };
        };
        self.name_and_rest(wanted, name, specifiers, declarator, state)
    }

    /// The declarator of the pattern is what is nearest to the name; the rest is part of the type.
    fn name_and_rest(
        &self,
        wanted: &ListPat,
        name: Option<&Pat>,
        specifiers: &[NodeId],
        declarator: NodeId,
        state: Match,
    ) -> States {
        let Kind::Declarator { base, pointers, suffixes } = self.ast().kind(declarator) else {
            return States::new();
        };
        let (pointers, suffixes) = (self.ast().list(pointers), self.ast().list(suffixes));
        let empty = ListPat::default();
        let (want_pointers, want_base, want_suffixes) = match name.map(|pat| &pat.kind) {
            None => (&empty, None, &empty),
            Some(PatKind::Node(NodePat { slots, .. })) => match slots.as_slice() {
                [Slot::List(pointers), Slot::Maybe(base), Slot::List(suffixes)] => {
                    (pointers, base.as_deref(), suffixes)
                }
                _ => return States::new(),
            },
            Some(_) => return States::new(),
        };
        let nested =
            base.is_some_and(|base| matches!(self.ast().kind(base), Kind::Declarator { .. }));
        let Some(own_suffixes) = suffixes.get(..want_suffixes.elems.len()) else {
            return States::new();
        };
        let rest_suffixes = &suffixes[own_suffixes.len()..];
        let Some(split) = pointers.len().checked_sub(want_pointers.elems.len()) else {
            return States::new();
        };
        let is_function =
            rest_suffixes.iter().any(|&id| matches!(self.ast().kind(id), Kind::Parameters { .. }));
        let stars_in_between = !want_pointers.elems.is_empty() && !rest_suffixes.is_empty();
        if is_function || stars_in_between || nested && !rest_suffixes.is_empty() {
            return States::new();
        }
        let rest: SmallVec<[NodeId; 4]> =
            pointers[..split].iter().chain(rest_suffixes).copied().collect();
        let states = self.specifiers(wanted, specifiers, Some(&rest), state);
        let states =
            states.into_iter().flat_map(|s| self.list(want_pointers, &pointers[split..], s));
        let states = states.flat_map(|state| match (want_base, base) {
            (Some(pat), Some(base)) => self.term(pat, base, state),
            (None, None) => smallvec![state],
            (Some(name), None) if self.may_lack(name) => smallvec![state],
            _ => States::new(),
        });
        let states = states.flat_map(|state| self.list(want_suffixes, own_suffixes, state));
        let states: States = states.collect();
        match name.map(|pat| &pat.kind) {
            Some(PatKind::Node(node)) => {
                let states = self.with_own(node, declarator, states);
                let attached = name.map_or(&[][..], |pat| &pat.attached);
                states.into_iter().flat_map(|s| self.attach(attached, declarator, s)).collect()
            }
            _ => states,
        }
    }

    /// Specifier lists. `rest` are the stars and brackets that belong to a type metavariable as well.
    pub(super) fn specifiers(
        &self,
        wanted: &ListPat,
        found: &[NodeId],
        rest: Option<&[NodeId]>,
        state: Match,
    ) -> States {
        let want = sort_pattern(&wanted.elems);
        let have = self.sort_found(found);
        let is_typedef =
            |id: &NodeId| self.ast().kind(*id) == Kind::StorageSpecifier(Storage::Typedef);
        let extra_storage = want.storage.is_empty() && !have.storage.is_empty();
        let typedef_differs = have.storage.iter().any(is_typedef) && want.storage.is_empty();
        if typedef_differs || extra_storage && !self.allows("optional_storage") {
            return States::new();
        }
        let mut states: States = smallvec![state];
        for pat in &want.storage {
            states = self.any_of(pat, &have.storage, states);
        }
        let mut free_qualifiers = have.qualifiers.clone();
        for pat in &want.qualifiers {
            let at = free_qualifiers.iter().position(|&id| {
                states.first().is_some_and(|state| !self.term(pat, id, state.clone()).is_empty())
            });
            let Some(at) = at else { return States::new() };
            let id = free_qualifiers.remove(at);
            states = states.into_iter().flat_map(|state| self.term(pat, id, state)).collect();
        }
        let takes_qualifiers = matches!(want.types.as_slice(), [pat] if self.is_type_meta(pat));
        let mut unnamed = if extra_storage { have.storage.clone() } else { Vec::new() };
        if !takes_qualifiers {
            unnamed.extend(&free_qualifiers);
        }
        let states = self.type_words(&want.types, &have.types, free_qualifiers, rest, states);
        let first = wanted.elems.iter().find_map(|pat| pat.tokens).map(|(first, _)| first);
        self.with_unnamed(first, &unnamed, states)
    }

    /// What a declaration has besides of what the rule names goes with it, where all of it goes and nothing
    /// takes its place.
    pub(super) fn with_unnamed(
        &self,
        first: Option<TokenIx>,
        unnamed: &[NodeId],
        mut states: States,
    ) -> States {
        let Some(first) = first.filter(|&first| !unnamed.is_empty() && self.vanishes(first)) else {
            return states;
        };
        for state in &mut states {
            for &id in unnamed {
                state.link_also(first, self.ast().tokens(id));
            }
        }
        states
    }

    /// Whether the declaration of the rule that `token` is in goes, and nothing is added in it.
    fn vanishes(&self, token: TokenIx) -> bool {
        let tokens = &self.rule.body.tokens;
        let ends = |token: &BodyToken| {
            matches!(token.kind, TokenKind::Semi | TokenKind::LBrace | TokenKind::RBrace)
        };
        let before = tokens[..token.index()].iter().rev().take_while(|token| !ends(token));
        let after = &tokens[token.index()..];
        let len = after.iter().position(ends).map_or(after.len(), |at| at + 1);
        before.chain(&after[..len]).all(|token| {
            token.mark == Mark::Minus && token.before.is_empty() && token.after.is_empty()
        })
    }

    /// The words of a type, storage and the qualifiers that the rule names left out.
    fn type_words(
        &self,
        wanted: &[&Pat],
        found: &[NodeId],
        free_qualifiers: Vec<NodeId>,
        rest: Option<&[NodeId]>,
        mut states: States,
    ) -> States {
        match wanted {
            [Pat { kind: PatKind::AnyType, .. }] | [] => states,
            [pat] if self.is_type_meta(pat) => {
                let mut nodes = free_qualifiers;
                nodes.extend(found);
                nodes.sort_by_key(|&id| self.ast().tokens(id).start);
                let rest = rest.unwrap_or_default();
                states
                    .into_iter()
                    .flat_map(|state| self.whole_type(pat, &nodes, rest, state))
                    .collect()
            }
            types => {
                if !free_qualifiers.is_empty() && !self.allows("optional_qualifier") {
                    return States::new();
                }
                if let [keywords @ .., rest] = types
                    && self.is_type_meta(rest)
                {
                    return self.rest_of_type(keywords, rest, found, states);
                }
                if self.is_other_spelling(types, found) {
                    return self.respelled(types, found, states);
                }
                if types.len() != found.len() {
                    return States::new();
                }
                // `long unsigned` is `unsigned long`.
                let mut left = found.to_vec();
                for pat in types {
                    let fits = |id: &NodeId| {
                        states.first().is_some_and(|s| !self.term(pat, *id, s.clone()).is_empty())
                    };
                    let Some(at) = left.iter().position(fits) else { return States::new() };
                    let id = left.remove(at);
                    states =
                        states.into_iter().flat_map(|state| self.term(pat, id, state)).collect();
                }
                states
            }
        }
    }

    /// Whether an isomorphism of types makes `found` stand for `wanted`.
    fn is_other_spelling(&self, wanted: &[&Pat], found: &[NodeId]) -> bool {
        let word_of = |pat: &&Pat| match pat.tokens {
            Some((first, last)) if first == last => {
                Some(self.rule.body.token(first)).filter(|token| token.meta.is_none())
            }
            _ => None,
        };
        let Some(mut want) = wanted
            .iter()
            .map(|pat| word_of(pat).map(|token| token.text.as_bytes()))
            .collect::<Option<Vec<&[u8]>>>()
        else {
            return false;
        };
        let tokens = found.iter().flat_map(|&id| self.ast().tokens(id).iter());
        let mut have: Vec<&[u8]> = tokens.map(|token| &**self.file().text(token)).collect();
        want.sort_unstable();
        have.sort_unstable();
        let same = |words: &[String], text: &[&[u8]]| {
            let mut words: Vec<&[u8]> = words.iter().map(String::as_bytes).collect();
            words.sort_unstable();
            words == text
        };
        // `unsigned` and `signed` are short for what C calls `unsigned int` and `signed int`.
        if matches!(have.as_slice(), [b"unsigned" | b"signed"]) {
            have.insert(0, b"int");
            if want == have {
                return true;
            }
        }
        self.rule.spellings.iter().any(|(one, other)| same(one, &want) && same(other, &have))
    }

    /// The first word of the pattern is linked with all words of the file, and the others with nothing.
    fn respelled(&self, wanted: &[&Pat], found: &[NodeId], mut states: States) -> States {
        let Some(range) = found.iter().map(|&id| self.ast().tokens(id)).reduce(TokenRange::join)
        else {
            return States::new();
        };
        let nothing = TokenRange { start: range.end, end: range.end };
        for state in &mut states {
            let tokens = wanted.iter().filter_map(|pat| pat.tokens);
            for (index, (token, _)) in tokens.enumerate() {
                state.link(token, if index == 0 { range } else { nothing });
            }
        }
        states
    }

    /// `unsigned T`: the words of the pattern, in whatever order, and `T` for those that are left.
    fn rest_of_type(
        &self,
        keywords: &[&Pat],
        rest: &Pat,
        found: &[NodeId],
        mut states: States,
    ) -> States {
        let mut left = found.to_vec();
        for keyword in keywords {
            let at = left.iter().position(|&id| {
                states.first().is_some_and(|s| !self.term(keyword, id, s.clone()).is_empty())
            });
            let Some(at) = at else { return States::new() };
            let id = left.remove(at);
            states = states.into_iter().flat_map(|state| self.term(keyword, id, state)).collect();
        }
        states.into_iter().flat_map(|state| self.whole_type(rest, &left, &[], state)).collect()
    }

    fn any_of(&self, pat: &Pat, nodes: &[NodeId], states: States) -> States {
        let matched = |state: Match| {
            nodes
                .iter()
                .map(|&id| self.term(pat, id, state.clone()))
                .find(|found| !found.is_empty())
        };
        states.into_iter().filter_map(matched).flatten().collect()
    }

    pub(super) fn sort_found(&self, nodes: &[NodeId]) -> Sorted<NodeId> {
        let mut sorted = Sorted { storage: Vec::new(), qualifiers: Vec::new(), types: Vec::new() };
        for &id in nodes {
            match self.ast().kind(id) {
                Kind::StorageSpecifier(_) | Kind::FunctionSpecifier => sorted.storage.push(id),
                Kind::Qualifier => sorted.qualifiers.push(id),
                Kind::AlignSpecifier => {}
                _ => sorted.types.push(id),
            }
        }
        sorted
    }

    fn is_type_meta(&self, pat: &Pat) -> bool {
        match &pat.kind {
            PatKind::Meta { meta, .. } => {
                matches!(self.rule.metavar(*meta).kind, MetaKind::Type | MetaKind::Metavariable)
            }
            _ => false,
        }
    }

    /// Binds a type metavariable to specifiers and the stars and brackets that are left.
    fn whole_type(
        &self,
        pat: &Pat,
        specifiers: &[NodeId],
        rest: &[NodeId],
        mut state: Match,
    ) -> States {
        let PatKind::Meta { meta, token } = pat.kind else { return States::new() };
        let mut places: SmallVec<[TokenRange; 1]> = SmallVec::new();
        for &id in specifiers.iter().chain(rest) {
            let range = self.ast().tokens(id);
            match places.last_mut() {
                Some(last) if self.adjacent(last.end, range.start) => *last = last.join(range),
                _ => places.push(range),
            }
        }
        if places.is_empty()
            || !self.bind(meta, self.range_code(&places, 1, Vec::new()), &mut state)
        {
            return States::new();
        }
        let whole = places.iter().copied().reduce(TokenRange::join);
        state.links.push(super::state::Link { token, places });
        if pat.attached.is_empty() {
            return smallvec![state];
        }
        let first = specifiers.first().copied();
        match (first, whole) {
            (Some(first), Some(_)) => self.attach(&pat.attached, first, state),
            _ => States::new(),
        }
    }

    fn adjacent(&self, end: TokenId, start: TokenId) -> bool {
        end <= start
            && TokenRange { start: end, end: start }
                .iter()
                .all(|token| self.file().tokens.kind(token).is_trivia())
    }
}

/// Whether the pattern's type takes what is left of the declarator.
fn is_flexible(wanted: &ListPat, matcher: &Matcher<'_>) -> bool {
    let types = sort_pattern(&wanted.elems).types;
    match types.as_slice() {
        [pat] => matches!(pat.kind, PatKind::AnyType) || matcher.is_type_meta(pat),
        _ => false,
    }
}

fn sort_pattern(pats: &[Pat]) -> Sorted<&Pat> {
    let mut sorted = Sorted { storage: Vec::new(), qualifiers: Vec::new(), types: Vec::new() };
    for pat in pats {
        let head = match &pat.kind {
            PatKind::Node(node) => Some(node.head),
            _ => None,
        };
        match head {
            Some(Kind::StorageSpecifier(_) | Kind::FunctionSpecifier) => sorted.storage.push(pat),
            Some(Kind::Qualifier) => sorted.qualifiers.push(pat),
            _ => sorted.types.push(pat),
        }
    }
    sorted
}

/// All tokens of a pattern, from the first to the last.
fn tokens_of(pat: &Pat) -> Vec<TokenIx> {
    pat.tokens.map_or_else(Vec::new, |(first, last)| (first.0..=last.0).map(TokenIx).collect())
}
