//! Terms: one piece of pattern against one node.

use rustc_hash::FxHashSet;
use smallvec::smallvec;

use super::Matcher;
use super::bind::{is_expression, is_statement};
use super::state::{Match, States};
use crate::ast::{AssignOp, Kind, NodeId};
use crate::lex::{TokenId, TokenKind, TokenRange};
use crate::smpl::pattern::{
    Choice, ChoiceBy, NameKind, NamePat, Nest, NodePat, Pat, PatKind, Slot, TokenIx,
};
use crate::smpl::shape::{Part, own_tokens, parts, same_head};
use crate::smpl::{Mark, MetaId, MetaKind, Placement};

impl Matcher<'_> {
    /// All ways to match `pat` with node `id`.
    pub(super) fn term(&self, pat: &Pat, id: NodeId, state: Match) -> States {
        let Some(trace) = self.trace else { return self.one_term(pat, id, state) };
        let found = self.one_term(pat, id, state.clone());
        if found.is_empty() {
            self.note_miss(trace, pat, id, &state);
        }
        found
    }

    fn one_term(&self, pat: &Pat, id: NodeId, mut state: Match) -> States {
        if !self.may_look() {
            return States::new();
        }
        let states = match &pat.kind {
            PatKind::Node(node) => return self.node(pat, node, id, state),
            PatKind::Meta { meta, token } => self.meta_term(*meta, *token, id, state),
            PatKind::Dots(dots) => {
                state.link(dots.token, self.ast().tokens(id));
                smallvec![state]
            }
            PatKind::Nest(nest) => self.nested(nest, id, state),
            PatKind::Choice(choice) => {
                let found = self.choice(choice, state, |matcher, arm, state| match arm {
                    [] => smallvec![state],
                    [pat] => matcher.term(pat, id, state),
                    _ => States::new(),
                });
                if choice.by == ChoiceBy::Isomorphism {
                    return found;
                }
                let range = self.ast().tokens(id);
                found.into_iter().map(|state| ends_linked(pat, range, state)).collect()
            }
            PatKind::Within(inner) => self.within(inner, id, &state),
            PatKind::Tested(inner) if self.is_condition(id) => self.term(inner, id, state),
            PatKind::Tested(_) => States::new(),
            PatKind::AnyType => smallvec![state],
            PatKind::Optional(inner) => {
                let found = self.term(inner, id, state.clone());
                if found.is_empty() { smallvec![state] } else { found }
            }
        };
        self.attach_all(pat, id, states)
    }

    pub(super) fn attach_all(&self, pat: &Pat, id: NodeId, states: States) -> States {
        if pat.attached.is_empty() {
            return states;
        }
        states.into_iter().flat_map(|state| self.attach(&pat.attached, id, state)).collect()
    }

    fn meta_term(
        &self,
        meta: crate::smpl::MetaId,
        token: TokenIx,
        id: NodeId,
        state: Match,
    ) -> States {
        self.bind_node(meta, token, id, state)
    }

    /// Tries the arms in order; for `&` all of them, one after the other.
    pub(super) fn choice(
        &self,
        choice: &Choice,
        state: Match,
        try_arm: impl Fn(&Self, &[Pat], Match) -> States,
    ) -> States {
        if choice.all {
            return choice.arms.iter().fold(smallvec![state], |states: States, arm| {
                states.into_iter().flat_map(|state| try_arm(self, arm, state)).collect()
            });
        }
        for arm in &choice.arms {
            let found = try_arm(self, arm, state.clone());
            if !found.is_empty() {
                return found;
            }
        }
        States::new()
    }

    /// Each expression of `id` that matches is an alternative; statements inside it are not looked into.
    fn within(&self, inner: &Pat, id: NodeId, state: &Match) -> States {
        self.matches_in(inner, self.expressions_of(id), state).into_iter().collect()
    }

    /// The matches of an expression at each of `nodes`, outer ones first. Where an arm of a choice has taken
    /// a token, a later arm does not get it: `v.f` before `v`, and `(a)` before the `a` that an isomorphism
    /// makes of it.
    pub(super) fn matches_in(
        &self,
        pat: &Pat,
        nodes: impl IntoIterator<Item = NodeId>,
        state: &Match,
    ) -> Vec<Match> {
        let is_choice = matches!(&pat.kind, PatKind::Choice(_));
        let mut found: Vec<Match> = Vec::new();
        let mut taken: FxHashSet<TokenId> = FxHashSet::default();
        let before = state.links.len();
        for id in nodes {
            let here = self.term(pat, id, state.clone());
            if !is_choice {
                found.extend(here);
                continue;
            }
            let own = |found: &Match| -> Vec<TokenId> {
                // What an expression metavariable stands for may be looked into.
                let is_name = |meta: MetaId| {
                    matches!(
                        self.rule.metavar(meta).kind,
                        MetaKind::Identifier | MetaKind::Idexpression { .. } | MetaKind::Function
                    )
                };
                let links = found.links.iter().skip(before).filter(|link| {
                    let token = self.rule.body.token(link.token);
                    token.placement == Placement::Code && token.meta.is_none_or(is_name)
                });
                links.flat_map(|link| link.places.iter().flat_map(|range| range.iter())).collect()
            };
            let free = here.into_iter();
            let free = free.filter(|found| !own(found).iter().any(|token| taken.contains(token)));
            let free: Vec<Match> = free.collect();
            taken.extend(free.iter().flat_map(own));
            found.extend(free);
        }
        found
    }

    /// The expressions that a statement evaluates itself, and all their parts, in source order.
    pub(super) fn expressions_of(&self, id: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut stack = vec![id];
        while let Some(next) = stack.pop() {
            let kind = self.ast().kind(next);
            if is_expression(kind) {
                found.push(next);
            }
            if matches!(kind, Kind::InitDeclarator { .. }) {
                found.push(next);
            }
            let children = self.ast().children(next);
            let inside = |child: &NodeId| {
                let kind = self.ast().kind(*child);
                !is_statement(kind) || matches!(kind, Kind::Declaration { .. })
            };
            stack.extend(children.into_iter().filter(inside).rev());
        }
        found
    }

    /// A nest in an expression: every match inside of `id`, with one binding for all.
    fn nested(&self, nest: &Nest, id: NodeId, mut state: Match) -> States {
        state.link(nest.open, self.ast().tokens(id));
        let Some(inner) = nest.body.first() else { return smallvec![state] };
        let mut met = false;
        for expr in self.expressions_of(id) {
            if let Some(next) = self.term(inner, expr, state.clone()).into_iter().next() {
                state = next;
                met = true;
            }
        }
        if met || !nest.at_least_once { smallvec![state] } else { States::new() }
    }

    /// A node: heads agree, then parts pairwise, then the tokens in between.
    fn node(&self, pat: &Pat, node: &NodePat, id: NodeId, state: Match) -> States {
        let kind = self.ast().kind(id);
        if let Some(states) = self.operand(node, id, &state) {
            return self.attach_all(pat, id, states);
        }
        if !self.heads_agree(node, kind) {
            let states = self.isomorphic(node, id, state);
            let states = self.with_attributes(pat, node, id, states);
            return self.attach_all(pat, id, states);
        }
        if let Some(states) = self.declared(pat, node, id, &state) {
            let states = self.with_attributes(pat, node, id, states);
            return self.attach_all(pat, id, states);
        }
        let file_parts = parts(self.ast(), id);
        let own = own_tokens(self.ast(), self.file(), id, &file_parts);
        if let (Kind::Literal(_), &[token]) = (kind, node.own.as_slice())
            && let Some(pieces) = &self.rule.body.token(token).format
        {
            return self.attach_all(pat, id, self.string(token, pieces, id, &own, state));
        }
        if file_parts.is_empty() && !self.same_leaf(node, &own) {
            return States::new();
        }
        if file_parts.len() != node.slots.len() {
            return States::new();
        }
        if let (Kind::Compound { .. }, [Slot::List(pats)], Some(flow)) =
            (kind, node.slots.as_slice(), self.flow())
        {
            let states = self.block(flow, &pats.elems, id, state);
            let states =
                states.into_iter().filter_map(|state| self.link_own(&node.own, &own, state));
            return self.attach_all(pat, id, states.collect());
        }
        if let (Kind::InitList { items }, [Slot::List(pats)]) = (kind, node.slots.as_slice())
            && pats.elems.iter().all(is_designated)
        {
            let items = self.ast().list(items);
            let states = self.unordered(&pats.elems, items, state);
            // The commas are told by the members that they follow.
            let is_comma = |token: &TokenIx| self.rule.body.token(*token).text == ",";
            let wanted: Vec<TokenIx> = node.own.iter().copied().filter(|t| !is_comma(t)).collect();
            let found: Vec<TokenId> = own
                .iter()
                .copied()
                .filter(|&token| self.file().tokens.kind(token) != TokenKind::Comma)
                .collect();
            let states = states.into_iter().filter_map(|state| {
                let state = self.link_own(&wanted, &found, state)?;
                Some(self.link_rest(node, &pats.elems, items, state))
            });
            return self.attach_all(pat, id, states.collect());
        }
        if self.waits_for_types(node)
            && node.slots[1..]
                .iter()
                .zip(&file_parts[1..])
                .any(|(slot, part)| self.slot(slot, *part, state.clone()).is_empty())
        {
            return States::new();
        }
        let mut states: States = smallvec![state];
        for (slot, part) in node.slots.iter().zip(&file_parts) {
            states = states.into_iter().flat_map(|state| self.slot(slot, *part, state)).collect();
            if states.is_empty() {
                return states;
            }
        }
        let states = states.into_iter().filter_map(|state| self.link_own(&node.own, &own, state));
        let states = self.with_attributes(pat, node, id, states.collect());
        self.attach_all(pat, id, states)
    }

    /// Whether the first part is a metavariable whose type must be known, which costs more than a look at the
    /// other parts: what everything around the function declares.
    fn waits_for_types(&self, node: &NodePat) -> bool {
        let Some(Slot::One(first)) = node.slots.first() else { return false };
        let PatKind::Meta { meta, .. } = first.kind else { return false };
        match &self.rule.metavar(meta).kind {
            MetaKind::Expression { types }
            | MetaKind::Idexpression { types, .. }
            | MetaKind::Constant { types } => !types.is_empty(),
            _ => false,
        }
    }

    /// The block of a pattern against a statement without braces, where the block is nothing but paths: dots
    /// with conditions, or dots up to a jump. Blocks with a statement in them are `braces0` to `braces4`.
    pub(super) fn unbraced(&self, node: &NodePat, id: NodeId, kind: Kind, state: Match) -> States {
        let [Slot::List(pats)] = node.slots.as_slice() else { return States::new() };
        let (Some(flow), Some(last)) = (self.flow(), pats.elems.last()) else {
            return States::new();
        };
        let is_jump = || {
            matches!(kind, Kind::Goto { .. })
                && pats.elems[0].is_run()
                && super::gap::ends_in_jump(last)
        };
        let marked = node.own.iter().any(|&token| self.matters(token));
        match !marked
            && is_statement(kind)
            && self.is_body(id)
            && (pats.elems.iter().all(Pat::is_run) || is_jump())
        {
            true => self.lone_block(flow, &pats.elems, id, state),
            false => States::new(),
        }
    }

    /// Whether `id` is the body of an `if` or loop.
    fn is_body(&self, id: NodeId) -> bool {
        self.ast().parent(id).is_some_and(|parent| {
            matches!(
                self.ast().kind(parent),
                Kind::If { .. }
                    | Kind::While { .. }
                    | Kind::For { .. }
                    | Kind::DoWhile { .. }
                    | Kind::Iterator { .. }
            )
        })
    }

    /// Initialisers of named members, in whatever order, with others in between.
    fn unordered(&self, pats: &[Pat], items: &[NodeId], state: Match) -> States {
        let Some((first, others)) = pats.split_first() else { return smallvec![state] };
        if matches!(first.kind, PatKind::Dots(_)) {
            return self.unordered(others, items, state);
        }
        let mut found = States::new();
        for &item in items {
            let taken = |state: &Match| {
                let mut places = state.links.iter().flat_map(|link| &link.places);
                places.any(|place| self.ast().tokens(item).contains(place.start))
            };
            if taken(&state) {
                continue;
            }
            for mut next in self.term(first, item, state.clone()) {
                if let Some(comma) = self.comma_behind(first) {
                    self.link_comma(comma, item, &mut next);
                }
                found.extend(self.unordered(others, items, next));
            }
        }
        found
    }

    /// The comma that is written behind `pat`.
    fn comma_behind(&self, pat: &Pat) -> Option<TokenIx> {
        let comma = TokenIx(pat.tokens?.1.0 + 1);
        let token = self.rule.body.tokens.get(comma.index())?;
        (token.text == "," && token.placement == crate::smpl::Placement::Code).then_some(comma)
    }

    /// Links the comma behind a member's pattern with the one behind the member; where there is none and
    /// code is to be added there, with the member's end.
    fn link_comma(&self, comma: TokenIx, item: NodeId, state: &mut Match) {
        let range = self.ast().tokens(item);
        let next = self.file().tokens.significant_from(range.end);
        match next.filter(|&next| self.file().tokens.kind(next) == TokenKind::Comma) {
            Some(next) => state.link_one(comma, next),
            None if !self.rule.body.token(comma).after.is_empty() => {
                state.link_one(comma, TokenId(range.end.0 - 1));
            }
            None => {}
        }
    }

    /// What the members that no pattern names are to the rule: dots stand for them all, and they go where
    /// the dots go or the whole list does. Code added behind the dots is added behind the last member.
    fn link_rest(&self, node: &NodePat, pats: &[Pat], items: &[NodeId], mut state: Match) -> Match {
        let dots: Vec<&Pat> =
            pats.iter().filter(|pat| matches!(pat.kind, PatKind::Dots(_))).collect();
        let goes = |token: TokenIx| self.rule.body.token(token).mark == Mark::Minus;
        let going =
            dots.iter().filter_map(|pat| pat.tokens).map(|(first, _)| first).find(|&t| goes(t));
        let going = going.or(node.own.first().copied().filter(|&token| goes(token)));
        if let Some(token) = going {
            let met: Vec<TokenRange> =
                state.links.iter().flat_map(|link| link.places.iter().copied()).collect();
            for &item in items {
                let mut range = self.ast().tokens(item);
                if met.iter().any(|place| range.contains(place.start)) {
                    continue;
                }
                let next = self.file().tokens.significant_from(range.end);
                if let Some(comma) =
                    next.filter(|&next| self.file().tokens.kind(next) == TokenKind::Comma)
                {
                    range.end = comma.next();
                }
                state.link(token, range);
            }
        }
        if let (Some(comma), Some(&last)) =
            (dots.last().and_then(|pat| self.comma_behind(pat)), items.last())
        {
            self.link_comma(comma, last, &mut state);
        }
        state
    }

    fn heads_agree(&self, node: &NodePat, kind: Kind) -> bool {
        same_head(node.head, kind)
            || self.is_operator_pattern(node, kind)
            || self.is_any_aggregate(node, kind)
    }

    /// Whether the pattern is `T { … }`, which stands for a union as well.
    fn is_any_aggregate(&self, node: &NodePat, kind: Kind) -> bool {
        let both = matches!((node.head, kind), (Kind::StructType { .. }, Kind::StructType { .. }));
        let Some(Slot::MaybeName(Some(tag))) = node.slots.first() else { return false };
        let NameKind::Meta(meta) = tag.kind else { return false };
        both && self.rule.metavar(meta).kind == MetaKind::Type
    }

    /// Whether the pattern's operator is a metavariable, so that any of its class will do.
    fn is_operator_pattern(&self, node: &NodePat, kind: Kind) -> bool {
        let wanted = match (node.head, kind) {
            (Kind::Binary { .. }, Kind::Binary { .. }) => MetaKind::BinaryOperator,
            (Kind::Assign { op: AssignOp::Assign, .. }, Kind::Assign { .. }) => {
                MetaKind::AssignmentOperator
            }
            (Kind::Unary { .. }, Kind::Unary { .. }) => MetaKind::UnaryOperator,
            _ => return false,
        };
        self.operator_meta(node).is_some_and(|kind| *kind == wanted)
    }

    pub(super) fn operator_meta(&self, node: &NodePat) -> Option<&MetaKind> {
        let meta = self.rule.body.token(*node.own.first()?).meta?;
        Some(&self.rule.metavar(meta).kind)
    }

    /// Whether the words of a leaf are the same.
    pub(super) fn same_leaf(&self, node: &NodePat, own: &[TokenId]) -> bool {
        if node.own.len() != own.len() {
            return false;
        }
        let is_number = matches!(node.head, Kind::Literal(crate::ast::LiteralKind::Number));
        node.own.iter().zip(own).all(|(token, place)| {
            let wanted = self.rule.body.token(*token);
            let found = self.file().text(*place);
            found == wanted.text.as_bytes()
                || is_number
                    && self.allows("value_format")
                    && same_number(wanted.text.as_bytes(), found)
        })
    }

    pub(super) fn slot(&self, slot: &Slot, part: Part, state: Match) -> States {
        match (slot, part) {
            (Slot::One(pat), Part::One(id)) => self.term(pat, id, state),
            (Slot::Maybe(pat), Part::Maybe(id)) => self.maybe(pat.as_deref(), id, state),
            (Slot::List(pats), Part::List(ids)) => self.list(pats, self.ast().list(ids), state),
            (Slot::MaybeList(Some(pats)), Part::MaybeList(Some(ids))) => {
                self.list(pats, self.ast().list(ids), state)
            }
            (Slot::MaybeList(None), Part::MaybeList(None)) => smallvec![state],
            (Slot::Name(name), Part::Name(token)) => self.name(name, token, state),
            (Slot::MaybeName(Some(name)), Part::MaybeName(Some(token))) => {
                self.name(name, token, state)
            }
            (Slot::MaybeName(None), Part::MaybeName(None)) => smallvec![state],
            _ => States::new(),
        }
    }

    fn maybe(&self, pat: Option<&Pat>, id: Option<NodeId>, mut state: Match) -> States {
        match (pat, id) {
            (Some(pat), Some(id)) => self.term(pat, id, state),
            (None, None) => smallvec![state],
            (Some(Pat { kind: PatKind::Dots(dots), .. }), None) => {
                let nowhere = TokenRange::new(0, 0);
                state.link(dots.token, nowhere);
                smallvec![state]
            }
            (Some(pat), None) if self.may_lack(pat) => smallvec![state],
            _ => States::new(),
        }
    }

    pub(super) fn name(&self, name: &NamePat, token: TokenId, mut state: Match) -> States {
        let fits = match &name.kind {
            NameKind::Text(text) => {
                let same = self.file().text(token) == text.as_bytes();
                if same {
                    state.link_one(name.token, token);
                }
                same
            }
            NameKind::Meta(meta) => self.bind_name(*meta, name.token, token, &mut state),
            NameKind::Choice(names) => {
                for one in names {
                    let found = self.name(one, token, state.clone());
                    if !found.is_empty() {
                        return found;
                    }
                }
                false
            }
        };
        if fits { smallvec![state] } else { States::new() }
    }

    /// Links the pattern's own tokens with those of the file, in order. A token of the pattern that the
    /// file does not have is passed over, unless something happens to it.
    pub(super) fn link_own(
        &self,
        wanted: &[TokenIx],
        found: &[TokenId],
        mut state: Match,
    ) -> Option<Match> {
        let mut next = 0;
        for &token in wanted {
            let body_token = self.rule.body.token(token);
            let is_operator = body_token.meta.is_some_and(|meta| {
                matches!(
                    self.rule.metavar(meta).kind,
                    MetaKind::AssignmentOperator
                        | MetaKind::BinaryOperator
                        | MetaKind::UnaryOperator
                )
            });
            if is_operator {
                let place = *found.get(next)?;
                next += 1;
                if !self.bind_operator(token, place, &mut state) {
                    return None;
                }
                continue;
            }
            let place = found[next..].iter().position(|&place| {
                let text = self.file().text(place);
                text == body_token.text.as_bytes()
                    || body_token.meta.is_some()
                    || self.same_number_here(body_token, place)
            });
            match place {
                Some(skip) => {
                    state.link_one(token, found[next + skip]);
                    next += skip + 1;
                }
                // The last comma of a list may be missing; what is added behind it is added there.
                None if body_token.text == "," && body_token.mark != Mark::Minus => {
                    let close = found.get(next).filter(|_| self.matters(token));
                    let last = close.and_then(|&id| self.file().tokens.significant_before(id));
                    if let Some(last) = last {
                        state.link_one(token, last);
                    }
                }
                None if self.matters(token) => return None,
                None => {}
            }
        }
        Some(state)
    }

    fn same_number_here(&self, token: &crate::smpl::BodyToken, place: TokenId) -> bool {
        token.kind == crate::lex::TokenKind::Number
            && self.file().tokens.kind(place) == crate::lex::TokenKind::Number
            && same_number(token.text.as_bytes(), self.file().text(place))
    }

    /// Whether something happens at a token of the rule: it goes, or code is added at it.
    pub(super) fn matters(&self, token: TokenIx) -> bool {
        let token = self.rule.body.token(token);
        token.mark == Mark::Minus || !token.before.is_empty() || !token.after.is_empty()
    }
}

/// Whether an element of an initialiser names its member, or is dots.
fn is_designated(pat: &Pat) -> bool {
    match &pat.kind {
        PatKind::Dots(dots) => dots.whens.is_empty(),
        PatKind::Node(NodePat { head: Kind::InitItem { .. }, slots, .. }) => {
            matches!(slots.first(), Some(Slot::List(designators)) if !designators.elems.is_empty())
        }
        _ => false,
    }
}

/// Links the delimiters of a choice with the ends of what its arm met, so that code can be added there.
pub(super) fn ends_linked(pat: &Pat, range: TokenRange, mut state: Match) -> Match {
    if let (Some((open, close)), false) = (pat.tokens, range.is_empty()) {
        state.link_one(open, range.start);
        state.link_one(close, TokenId(range.end.0 - 1));
    }
    state
}

/// Whether two numbers have the same value: `0x10` and `16`. Suffixes must agree.
fn same_number(a: &[u8], b: &[u8]) -> bool {
    let value = |text: &[u8]| -> Option<(u128, String)> {
        let text = std::str::from_utf8(text).ok()?.to_ascii_lowercase();
        let digits = text.trim_end_matches(['u', 'l']);
        let suffix = text[digits.len()..].to_owned();
        let number = if let Some(hex) = digits.strip_prefix("0x") {
            u128::from_str_radix(hex, 16).ok()?
        } else if digits.len() > 1 && digits.starts_with('0') {
            u128::from_str_radix(&digits[1..], 8).ok()?
        } else {
            digits.parse().ok()?
        };
        Some((number, suffix))
    };
    matches!((value(a), value(b)), (Some(a), Some(b)) if a == b)
}
