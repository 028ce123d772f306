//! A choice of types where a type stands beside a name: `\(int\|struct s *\) x;`.
//!
//! Requires: each arm is a type name. An arm's words take the place of the choice among the specifiers, and
//! its stars and brackets are written to the declarator: the declaration is then matched as any other.

use super::Matcher;
use super::state::{Match, States};
use super::term::ends_linked;
use crate::ast::{Kind, NodeId};
use crate::lex::TokenRange;
use crate::smpl::pattern::{ChoiceBy, ListPat, NodePat, Pat, PatKind, Slot};

impl Matcher<'_> {
    /// Specifiers with a choice among them, together with a declarator; `None` where there is no choice.
    pub(super) fn typed_by_choice(
        &self,
        wanted: &ListPat,
        name: Option<&Pat>,
        specifiers: &[NodeId],
        declarator: Option<NodeId>,
        state: &Match,
    ) -> Option<States> {
        let is_choice = |pat: &Pat| matches!(&pat.kind, PatKind::Choice(choice) if choice.by == ChoiceBy::Author);
        let at = wanted.elems.iter().position(is_choice)?;
        let pat = &wanted.elems[at];
        let PatKind::Choice(choice) = &pat.kind else { return None };
        let states = self.choice(choice, state.clone(), |matcher, arm, state| {
            let [arm] = arm else { return States::new() };
            let (wanted, name) = with_arm(wanted, at, name, arm);
            matcher.typed(&wanted, name.as_ref(), specifiers, declarator, state)
        });
        let types = specifiers.iter().filter(|&&id| {
            !matches!(
                self.ast().kind(id),
                Kind::StorageSpecifier(_) | Kind::FunctionSpecifier | Kind::AlignSpecifier
            )
        });
        let range = types.map(|&id| self.ast().tokens(id)).reduce(TokenRange::join);
        let Some(range) = range else { return Some(states) };
        Some(states.into_iter().map(|state| ends_linked(pat, range, state)).collect())
    }
}

/// The pattern as it would be with `arm` written in the place of the choice at `at`.
fn with_arm(wanted: &ListPat, at: usize, name: Option<&Pat>, arm: &Pat) -> (ListPat, Option<Pat>) {
    let mut elems = wanted.elems.clone();
    let (words, stars) = match &arm.kind {
        PatKind::Node(NodePat { head: Kind::TypeName { .. }, slots, .. }) => {
            match slots.as_slice() {
                [Slot::List(words), Slot::Maybe(declarator)] => {
                    (words.elems.clone(), declarator.as_deref())
                }
                _ => (vec![arm.clone()], None),
            }
        }
        _ => (vec![arm.clone()], None),
    };
    elems.splice(at..=at, words);
    let name = match (name, stars) {
        (Some(name), Some(stars)) => Some(joined(name, stars)),
        (name, stars) => name.or(stars).cloned(),
    };
    (ListPat { elems, separators: Vec::new() }, name)
}

/// The declarator `name` with the stars and brackets of `outer` around what it has.
fn joined(name: &Pat, outer: &Pat) -> Pat {
    let mut name = name.clone();
    if let (PatKind::Node(own), PatKind::Node(outer)) = (&mut name.kind, &outer.kind)
        && let (
            [Slot::List(pointers), _, Slot::List(suffixes)],
            [Slot::List(outer_pointers), _, Slot::List(outer_suffixes)],
        ) = (own.slots.as_mut_slice(), outer.slots.as_slice())
    {
        pointers.elems.splice(0..0, outer_pointers.elems.iter().cloned());
        suffixes.elems.extend(outer_suffixes.elems.iter().cloned());
    }
    name
}
