//! A campaign's rules, parsed, and which sites each of them is about.
//!
//! In: a workspace and the adders of its vocabulary. Out: [`Rule`]s in the order in which they run.

use std::collections::BTreeSet;

use anyhow::bail;

use super::Workspace;
use super::scan::Scan;
use crate::review::{Class, Site};
use crate::series::facts::RuleName;
use crate::smpl::{self, MetaId, ProvenanceClass, SemanticPatch};
use crate::source::{LineIndex, TreePath};

/// A rule file, parsed.
pub(super) struct Rule {
    /// The stem of its file.
    pub(super) name: RuleName,
    pub(super) patch: SemanticPatch,
    /// The adders that its text names.
    pub(super) adders: BTreeSet<String>,
    /// The classes of pages that it asks for.
    pub(super) classes: BTreeSet<ProvenanceClass>,
    /// Whether it may change files that no page from GUP gets to.
    pub(super) is_everywhere: bool,
}

impl Rule {
    fn new(name: RuleName, patch: SemanticPatch, adders: BTreeSet<String>) -> Rule {
        let is_everywhere = !patch.rules.iter().all(|rule| asks_for_gup(rule, &patch));
        let classes = patch.rules.iter().flat_map(smpl::Rule::asked_classes).collect();
        Rule { name, patch, adders, classes, is_everywhere }
    }

    /// Whether it is about such an adder of such pages.
    pub(super) fn is_about(&self, adder: &str, class: ProvenanceClass) -> bool {
        (self.adders.is_empty() || self.adders.contains(adder)) && self.classes.contains(&class)
    }

    /// Whether it names the adder of one of `sites`; a rule that names none may be about any.
    pub(super) fn concerns(&self, sites: &[&Site]) -> bool {
        self.is_everywhere
            || self.adders.is_empty()
            || sites.iter().any(|site| self.adders.contains(&site.adder))
    }
}

/// Whether a rule matches only where there are pages from GUP: it asks for them, or for what a rule found that does.
fn asks_for_gup(rule: &smpl::Rule, patch: &SemanticPatch) -> bool {
    let is_gup = |class| matches!(class, ProvenanceClass::Gup | ProvenanceClass::Conditional);
    let above = |name: &smpl::RuleName| {
        let mut above = patch.rules.iter().take_while(|above| above.name != rule.name);
        above.any(|above| above.name == *name && asks_for_gup(above, patch))
    };
    let mut metavars = (0..).map(MetaId).zip(&rule.metavars);
    rule.asked_classes().any(is_gup)
        || metavars
            .any(|(id, metavar)| rule.needs(id) && metavar.origin.as_ref().is_some_and(above))
}

/// Parses a campaign's rules.
///
/// Errors: what is wrong with the first that cannot be used, with its place.
pub(super) fn parse_rules(workspace: &Workspace, scan: &Scan) -> anyhow::Result<Vec<Rule>> {
    let mut rules = Vec::new();
    for file in &workspace.campaign.rules {
        match smpl::parse(file.text.as_bytes()) {
            Ok((patch, _)) => {
                let words = scan.adders.mentions(file.text.as_bytes());
                let adders = words.map(|(word, _)| scan.adders.word(word).to_owned()).collect();
                rules.push(Rule::new(RuleName(file.name.clone()), patch, adders));
            }
            Err(rejected) => {
                let lines = LineIndex::new(file.text.as_bytes());
                let path = TreePath::new(file.path.trim_start_matches('/'));
                let path = path.or_else(|| TreePath::new(&file.name));
                let path = path.expect("a rule's file name is a tree path");
                let all: Vec<String> =
                    rejected.diagnostics.iter().map(|d| d.render(&path, &lines)).collect();
                bail!("{}", all.join("\n"));
            }
        }
    }
    Ok(rules)
}

/// Whether a campaign has something to do with a site: a rule of it is about its adder and asks for such pages, or a person
/// has to say what it is.
pub(super) fn is_concerned(rules: &[Rule], site: &Site) -> bool {
    let asked = match site.class {
        Class::Gup => &[ProvenanceClass::Gup][..],
        Class::Conditional => &[ProvenanceClass::Conditional],
        Class::Carried => &[ProvenanceClass::Carried, ProvenanceClass::Gup],
        Class::Mixed => {
            return rules.iter().any(|r| r.adders.is_empty() || r.adders.contains(&site.adder));
        }
    };
    asked.iter().any(|&class| rules.iter().any(|rule| rule.is_about(&site.adder, class)))
}
