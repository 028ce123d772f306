//! What is decided once a patch is complete and it is known which virtual rules are on.
//!
//! In: the rules of a file and of those it includes. Out: the same rules, which say over which paths they
//! range, and what they need.

use std::collections::BTreeSet;

use super::{Dependency, Quantifier, RuleName, SemanticPatch, required};

impl SemanticPatch {
    /// Settles what depends on the whole patch; `on` are the virtual rules that are switched on.
    ///
    /// A rule that does not say so ranges over all paths. Where `*` lines are at work, which are there to
    /// find something, one path is enough for all rules, as in Coccinelle.
    pub fn settle(&mut self, on: &BTreeSet<String>) {
        let virtuals = &self.virtuals;
        let may_run = |depends: &Option<Dependency>| {
            depends.as_ref().is_none_or(|depends| is_possible(depends, virtuals, on))
        };
        let finds = self.rules.iter().any(|rule| rule.body.reports() && may_run(&rule.depends));
        for rule in &mut self.rules {
            if finds && rule.quantifier == Quantifier::Default {
                rule.quantifier = Quantifier::Exists;
            }
        }
        required::narrow(&mut self.rules);
    }
}

/// Whether virtual rules leave it open that `depends` holds.
fn is_possible(depends: &Dependency, virtuals: &[String], on: &BTreeSet<String>) -> bool {
    let again = |inner: &Dependency| is_possible(inner, virtuals, on);
    let is_off = |name: &RuleName| virtuals.contains(&name.0) && !on.contains(&name.0);
    match depends {
        Dependency::Rule(name) | Dependency::Ever(name) => !is_off(name),
        Dependency::Never(name) => !on.contains(&name.0),
        Dependency::FileIn(_) => true,
        Dependency::Not(inner) => match &**inner {
            Dependency::Rule(name) | Dependency::Ever(name) => !on.contains(&name.0),
            _ => true,
        },
        Dependency::And(a, b) => again(a) && again(b),
        Dependency::Or(a, b) => again(a) || again(b),
    }
}
