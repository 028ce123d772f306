//! Prototypes follow their definitions: where a rule changes a function's header, the function's
//! declarations in the file change in the same way; where the whole function goes, so do they.
//!
//! In: the matches of a rule that has function definitions in it. Out: one more match for each prototype,
//! with the links of the header's tokens. Parameters may have other names there, or none.

use super::state::{Code, Link, Match, Value};
use super::{Matcher, NoFacts, Unit};
use crate::ast::{Kind, NodeId};
use crate::lex::{TokenKind, TokenRange};
use crate::smpl::attribute::{AttributePat, AttributePlace};
use crate::smpl::pattern::{ItemPat, NodePat, Pat, PatKind, Pattern, Slot, TokenIx};
use crate::smpl::{Mark, MetaId, MetaKind, Rule};

/// The matches of `rule` with the prototypes of the functions in `matches`.
///
/// They may be in any item of the file; `units` is asked for all items where a header changes.
pub fn prototypes<'u>(
    rule: &Rule,
    units: impl FnOnce() -> Vec<Unit<'u>>,
    matches: &[Match],
) -> Vec<Match> {
    let mut headers = Vec::new();
    match &rule.pattern {
        Pattern::Items(items) => {
            for item in items {
                if let ItemPat::Code(pat) = item {
                    collect(rule, pat, &mut headers);
                }
            }
        }
        Pattern::Statements(pats) => pats.iter().for_each(|pat| collect(rule, pat, &mut headers)),
        Pattern::Empty | Pattern::Expression(_) | Pattern::Type(_) => {}
    }
    let mut found = Vec::new();
    if headers.is_empty() {
        return found;
    }
    let units = units();
    for header in &headers {
        for part in matches.iter().flat_map(Match::all) {
            // The name may have been linked a second time, together with the type before it.
            let named = part.links.iter().find(|link| link.token == header.name);
            let Some(&name) = named.and_then(|link| link.places.first()) else { continue };
            for unit in &units {
                found.extend(header.in_unit(rule, unit, name, part));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// A function of a rule whose header changes.
struct Header<'r> {
    pat: &'r Pat,
    node: &'r NodePat,
    name: TokenIx,
    /// Whether the whole function goes and nothing comes in its place.
    goes: bool,
}

fn collect<'r>(rule: &Rule, pat: &'r Pat, out: &mut Vec<Header<'r>>) {
    let node = match &pat.kind {
        PatKind::Node(node) if matches!(node.head, Kind::Function { .. }) => node,
        PatKind::Choice(choice) => {
            choice.arms.iter().flatten().for_each(|pat| collect(rule, pat, out));
            return;
        }
        _ => return,
    };
    let [Slot::List(specifiers), Slot::One(declarator), _, Slot::One(body)] = node.slots.as_slice()
    else {
        return;
    };
    let PatKind::Node(named) = &declarator.kind else { return };
    let Some(Slot::Maybe(Some(base))) = named.slots.get(1) else { return };
    let (Some((name, _)), Some((first, last)), Some((body, _))) =
        (base.tokens, pat.tokens, body.tokens)
    else {
        return;
    };
    let tokens = |from: TokenIx, to: TokenIx| (from.0..to.0).map(TokenIx);
    let goes = tokens(first, TokenIx(last.0 + 1)).all(|ix| {
        let token = rule.body.token(ix);
        token.mark == Mark::Minus && token.before.is_empty() && token.after.is_empty()
    });
    let start = specifiers.elems.iter().filter_map(|pat| pat.tokens).map(|(first, _)| first).min();
    let start = start.unwrap_or(first).min(first);
    let changed = tokens(start, body).any(|ix| {
        let token = rule.body.token(ix);
        // What is added before the whole function is no part of it.
        let before = ix != start && !token.before.is_empty();
        token.mark == Mark::Minus || before || !token.after.is_empty()
    });
    if changed {
        out.push(Header { pat, node, name, goes });
    }
}

impl Header<'_> {
    fn in_unit(
        &self,
        rule: &Rule,
        unit: &Unit<'_>,
        name: TokenRange,
        definition: &Match,
    ) -> Option<Match> {
        let (ast, file) = (unit.ast, unit.file);
        let Kind::Declaration { specifiers, declarators } = ast.kind(ast.root()) else {
            return None;
        };
        let [one] = ast.list(declarators) else { return None };
        let Kind::InitDeclarator { declarator, init: None } = ast.kind(*one) else { return None };
        let Kind::Declarator { base: Some(base), suffixes, .. } = ast.kind(declarator) else {
            return None;
        };
        let is_prototype = ast.kind(base) == Kind::DeclaratorName
            && file.range_text(ast.tokens(base)) == file.range_text(name)
            && ast.list(suffixes).iter().any(|&id| matches!(ast.kind(id), Kind::Parameters { .. }));
        if !is_prototype {
            return None;
        }
        let [Slot::List(wanted), Slot::One(named), ..] = self.node.slots.as_slice() else {
            return None;
        };
        let matcher = Matcher { in_prototype: true, ..Matcher::new(rule, unit, &NoFacts, None) };
        let mut state = Match { bindings: definition.bindings.clone(), ..Match::default() };
        let mut renamed = Vec::new();
        parameter_names(rule, named, &mut renamed);
        for &meta in &renamed {
            state.bindings.clear(meta);
        }
        let specifiers = ast.list(specifiers);
        let states = matcher.typed(wanted, Some(named), specifiers, Some(declarator), state);
        // What stands behind the parameters of a definition need not be repeated.
        let before = |attribute: &AttributePat| attribute.place != AttributePlace::Behind;
        let attributes = self.node.attributes.iter().filter(|one| before(one)).cloned().collect();
        let node = NodePat { attributes, ..self.node.clone() };
        let states = matcher.with_attributes(self.pat, &node, ast.root(), states);
        let mut state = states.into_iter().next()?;
        for meta in renamed {
            if state.bindings.get(meta).is_none() {
                state.bindings.set(meta, Value::Code(Code { count: 0, ..Code::word(b"") }));
            }
        }
        self.link_ends(rule, unit, declarator, &mut state)?;
        Some(state)
    }

    /// The braces of the definition stand for the end of the prototype, where something happens to it.
    fn link_ends(
        &self,
        rule: &Rule,
        unit: &Unit<'_>,
        declarator: NodeId,
        state: &mut Match,
    ) -> Option<()> {
        let whole = unit.ast.tokens(unit.ast.root());
        let (_, last) = self.pat.tokens?;
        if self.goes {
            state.links.push(Link { token: last, places: smallvec::smallvec![whole] });
            return Some(());
        }
        let Some(Slot::One(body)) = self.node.slots.get(3) else { return None };
        let (open, _) = body.tokens?;
        let end = unit.file.tokens.significant(unit.ast.tokens(declarator)).next_back()?;
        for brace in [open, last] {
            let token = rule.body.token(brace);
            if token.mark == Mark::Minus && !(token.before.is_empty() && token.after.is_empty()) {
                // What takes the function's place must have a header to take the prototype's.
                token.added().any(|plus| plus.kind == TokenKind::LBrace).then_some(())?;
                state.link_one(brace, end);
            }
        }
        Some(())
    }
}

/// The metavariables that stand for the names of parameters.
fn parameter_names(rule: &Rule, pat: &Pat, out: &mut Vec<MetaId>) {
    let PatKind::Node(node) = &pat.kind else { return };
    let is_parameter = matches!(node.head, Kind::Parameter { .. });
    for slot in &node.slots {
        let children: Vec<&Pat> = match slot {
            Slot::One(pat) => vec![pat],
            Slot::Maybe(pat) => pat.as_deref().into_iter().collect(),
            Slot::List(list) | Slot::MaybeList(Some(list)) => list.elems.iter().collect(),
            Slot::MaybeList(None) | Slot::Name(_) | Slot::MaybeName(_) => Vec::new(),
        };
        for child in children {
            if is_parameter
                && let PatKind::Node(declarator) = &child.kind
                && let Some(Slot::Maybe(Some(base))) = declarator.slots.get(1)
                && let PatKind::Meta { meta, .. } = base.kind
                && rule.metavar(meta).kind == MetaKind::Identifier
                && rule.metavar(meta).origin.is_none()
            {
                out.push(meta);
            }
            parameter_names(rule, child, out);
        }
    }
}
