//! What rules hand on to those below them.
//!
//! In: the matches of one rule in one environment. Out: [`Environment`]s with the values that later rules
//! inherit and no others. As in Coccinelle, matches that differ in nothing but positions make one
//! environment in which each position is a set of places: `position q != r.p` is about all of them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Edit;
use crate::matcher::{Bindings, Match, Place, Value};
use crate::smpl::{Dependency, MetaId, Rule, RuleName, SemanticPatch};

/// What earlier rules have bound, and which of them have matched on the way here.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Environment {
    pub(super) values: BTreeMap<(RuleName, String), Value>,
    pub(super) matched: BTreeSet<RuleName>,
}

/// What rules want to know of those before them. Nothing else is kept: each difference between two
/// environments doubles the work of all rules after it.
pub(super) struct Wanted<'a> {
    /// Whether they have matched.
    rules: BTreeSet<&'a RuleName>,
    /// Their metavariables.
    values: BTreeSet<(&'a RuleName, &'a str)>,
}

impl<'a> Wanted<'a> {
    pub(super) fn of(patch: &'a SemanticPatch) -> Wanted<'a> {
        let mut wanted = Wanted { rules: BTreeSet::new(), values: BTreeSet::new() };
        for rule in &patch.rules {
            wanted.rules.extend(rule.depends.iter().flat_map(Dependency::rules));
            for metavar in &rule.metavars {
                if let Some(origin) = &metavar.origin {
                    wanted.values.insert((origin, inherited_name(&metavar.name)));
                }
            }
        }
        wanted
    }
}

/// The name in the rule that it comes from: `x` for `r.x`.
pub(super) fn inherited_name(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or_default()
}

impl Environment {
    /// This environment after a match of `rule`, as far as it is `wanted`.
    pub(super) fn after(&self, rule: &Rule, found: &Match, wanted: &Wanted<'_>) -> Environment {
        let mut after = self.clone();
        if wanted.rules.contains(&rule.name) {
            after.matched.insert(rule.name.clone());
        }
        for (meta, value) in found.bindings.bound() {
            let metavar = rule.metavar(meta);
            if metavar.origin.is_none() && wanted.values.contains(&(&rule.name, &metavar.name)) {
                let mut value = value.clone();
                if let Value::Code(code) = &mut value {
                    // Another rule sees another version of the file.
                    code.scope = None;
                }
                after.values.insert((rule.name.clone(), metavar.name.clone()), value);
            }
        }
        after
    }

    /// Positions are bytes of the current version: an edit before them moves them.
    pub(super) fn move_positions(&mut self, edits: &[Edit]) {
        for value in self.values.values_mut() {
            if let Value::Positions(places) = value {
                let moved = places.iter().map(|place| Place {
                    start: moved(place.start, edits),
                    end: moved(place.end, edits),
                    item: Arc::clone(&place.item),
                });
                *value = Value::Positions(Arc::new(moved.collect()));
            }
        }
    }
}

/// Positions of all environments that agree on everything else.
pub(super) struct Pooled {
    pub(super) excluded: Vec<MetaId>,
    pub(super) places: BTreeMap<Bindings, BTreeMap<MetaId, BTreeSet<Place>>>,
}

impl Pooled {
    pub(super) fn key(&self, bindings: &Bindings) -> Bindings {
        let mut key = bindings.clone();
        for &id in &self.excluded {
            if matches!(key.get(id), Some(Value::Positions(_))) {
                key.clear(id);
            }
        }
        key
    }

    /// `bindings` with the places of the others.
    pub(super) fn extend(&self, bindings: Bindings) -> Bindings {
        if self.excluded.is_empty() {
            return bindings;
        }
        let mut all = self.key(&bindings);
        for (&id, places) in self.places.get(&all).into_iter().flatten() {
            all.set(id, positions(places.clone()));
        }
        all
    }
}

/// Places that were gathered from several environments as what one position stands for.
fn positions(places: BTreeSet<Place>) -> Value {
    Value::Positions(Arc::new(places.into_iter().collect()))
}

/// Sorted, each once, and those that differ only in the positions that `rule` has bound as one.
pub(super) fn merged(environments: Vec<Environment>, rule: &RuleName) -> Vec<Environment> {
    type Places = BTreeMap<(RuleName, String), BTreeSet<Place>>;
    let mut groups: BTreeMap<Environment, Places> = BTreeMap::new();
    for mut environment in environments {
        let mut places = Places::new();
        environment.values.retain(|key, value| match value {
            Value::Positions(all) if key.0 == *rule => {
                places.insert(key.clone(), all.iter().cloned().collect());
                false
            }
            Value::Positions(_) | Value::Code(_) => true,
        });
        let known = groups.entry(environment).or_default();
        for (key, all) in places {
            known.entry(key).or_default().extend(all);
        }
    }
    let whole = groups.into_iter().map(|(mut environment, places)| {
        for (key, all) in places {
            environment.values.insert(key, positions(all));
        }
        environment
    });
    whole.collect()
}

/// Where byte `at` is after `edits`.
pub(super) fn moved(at: u32, edits: &[Edit]) -> u32 {
    let delta: i64 = edits
        .iter()
        .filter(|edit| edit.span.end <= at)
        .map(|edit| edit.text.len() as i64 - i64::from(edit.span.len()))
        .sum();
    (i64::from(at) + delta) as u32
}

/// Where byte `at` was before `edits`: the start of what was replaced, where it is inside of what is new.
pub(super) fn moved_back(at: u32, edits: &[Edit]) -> u32 {
    let mut delta = 0i64;
    for edit in edits {
        let start = i64::from(edit.span.start) + delta;
        let end = start + edit.text.len() as i64;
        if i64::from(at) < start {
            break;
        }
        if i64::from(at) < end {
            return edit.span.start;
        }
        delta += edit.text.len() as i64 - i64::from(edit.span.len());
    }
    (i64::from(at) - delta) as u32
}
