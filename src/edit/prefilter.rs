//! Which files a semantic patch can do something to, told from their bytes.
//!
//! In: the rules and what is switched on. Out: [`Prefilter`]. A rule asks for its own words, for those of
//! the rules that it inherits from, and for those of the rules that it depends on; a rule that depends on a
//! virtual rule which is off, or on a script, asks for nothing, for it never runs.

use std::collections::BTreeMap;

use super::Settings;
use crate::smpl::{Dependency, MetaId, Required, Rule, RuleKind, RuleName, SemanticPatch};
use crate::tree::words::{WordId, WordSet, is_word};

/// What to look for before a file is lexed.
#[derive(Clone, Debug)]
pub struct Prefilter {
    /// `None` where there are too many words, or a rule that may match anywhere.
    words: Option<WordSet>,
    /// For each rule that does something the sets of which it needs one word each.
    rules: Vec<Vec<Vec<WordId>>>,
}

impl Prefilter {
    /// What `patch` needs where `settings` say what is on.
    pub fn new(patch: &SemanticPatch, settings: &Settings) -> Prefilter {
        let mut known: BTreeMap<&RuleName, Option<Required>> = BTreeMap::new();
        let mut wanted: Vec<Required> = Vec::new();
        for rule in &patch.rules {
            let needs = needs(rule, settings, &known);
            let acts = rule.transforms() || rule.body.reports();
            if let (Some(needs), true) = (&needs, acts) {
                let mut needs = needs.clone();
                // Operators are for a closer look than at a whole file.
                needs.sets.retain(|set| set.iter().all(|word| is_word(word.as_bytes())));
                wanted.push(needs);
            }
            known.insert(&rule.name, needs);
        }
        if wanted.iter().any(|required| required.sets.is_empty()) {
            return Prefilter { words: None, rules: Vec::new() };
        }
        let all = wanted.iter().flat_map(|required| required.sets.iter().flatten().cloned());
        let Ok(words) = WordSet::new(all) else {
            return Prefilter { words: None, rules: Vec::new() };
        };
        let ids = |set: &Vec<String>| set.iter().filter_map(|word| words.id(word)).collect();
        let rules = wanted.iter().map(|required| required.sets.iter().map(ids).collect()).collect();
        Prefilter { words: Some(words), rules }
    }

    /// A filter that lets every file through.
    pub fn everything() -> Prefilter {
        Prefilter { words: None, rules: Vec::new() }
    }

    /// Whether some rule may do something to a file with these bytes.
    pub fn may_act(&self, bytes: &[u8]) -> bool {
        let Some(words) = &self.words else { return true };
        if self.rules.is_empty() {
            return false;
        }
        let mentioned = words.mentioned(bytes);
        self.rules
            .iter()
            .any(|sets| sets.iter().all(|set| set.iter().any(|id| mentioned.contains(id))))
    }
}

/// What `rule` needs; `None` where it never runs.
fn needs(
    rule: &Rule,
    settings: &Settings,
    known: &BTreeMap<&RuleName, Option<Required>>,
) -> Option<Required> {
    if rule.kind != RuleKind::Patch {
        return None;
    }
    let mut all = rule.required.clone();
    if let Some(depends) = &rule.depends {
        all = all.and(&dependency(depends, settings, known)?);
    }
    for (index, metavar) in rule.metavars.iter().enumerate() {
        let Some(origin) = &metavar.origin else { continue };
        if origin.0 == "virtual" || !rule.needs(MetaId(index as u32)) {
            continue;
        }
        all = all.and(known.get(origin)?.as_ref()?);
    }
    Some(all)
}

/// What must be in a file for `dependency` to hold; `None` where it cannot.
fn dependency(
    dependency: &Dependency,
    settings: &Settings,
    known: &BTreeMap<&RuleName, Option<Required>>,
) -> Option<Required> {
    let again = |inner: &Dependency| self::dependency(inner, settings, known);
    let is_on = |name: &RuleName| settings.virtuals.contains(&name.0);
    match dependency {
        Dependency::Rule(name) | Dependency::Ever(name) => match known.get(name) {
            _ if is_on(name) => Some(Required::default()),
            Some(needs) => needs.clone(),
            None => None,
        },
        Dependency::Never(name) if is_on(name) => None,
        Dependency::Not(inner) => match &**inner {
            Dependency::Rule(name) | Dependency::Ever(name) if is_on(name) => None,
            _ => Some(Required::default()),
        },
        Dependency::Never(_) | Dependency::FileIn(_) => Some(Required::default()),
        Dependency::And(a, b) => Some(again(a)?.and(&again(b)?)),
        Dependency::Or(a, b) => match (again(a), again(b)) {
            (Some(a), Some(b)) => Some(Required::any([a, b])),
            (one, other) => one.or(other),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(rules: &str, on: &[&str]) -> Prefilter {
        let (patch, _) = crate::smpl::parse(rules.as_bytes()).expect("the rules are sound");
        let virtuals = on.iter().map(|&name| name.to_owned()).collect();
        Prefilter::new(&patch, &Settings { virtuals, ..Settings::default() })
    }

    #[test]
    fn a_rule_needs_the_words_of_those_it_inherits_from() {
        let rules = "@r@\nexpression e;\n@@\n  first(e);\n@@\nexpression r.e;\n@@\n- second(e);\n";
        let filter = filter(rules, &[]);
        assert!(filter.may_act(b"first(a); second(a);"));
        assert!(!filter.may_act(b"second(a);"));
        assert!(!filter.may_act(b"first(a); seconds(a);"));
    }

    #[test]
    fn a_rule_needs_what_each_arm_of_a_choice_inherits() {
        let rules = "@r@\nexpression e;\nposition p;\n@@\n  first(e)@p;\n@@\nexpression r.e;\n\
                     position r.p;\n@@\n(\n- e@p == 0;\n|\n- f(e)@p;\n)\n";
        let filter = filter(rules, &[]);
        assert!(filter.may_act(b"first(a);"));
        assert!(!filter.may_act(b"f(a);"));
    }

    #[test]
    fn a_rule_whose_virtual_rule_is_off_needs_nothing() {
        let rules = "virtual patch\n@ depends on patch @\n@@\n- old();\n";
        assert!(filter(rules, &["patch"]).may_act(b"old();"));
        assert!(!filter(rules, &[]).may_act(b"old();"));
    }
}
