//! What the stages found, as the facts a series is made of.

use std::collections::BTreeSet;

use crate::driver::Workspace;
use crate::driver::rewrite::{Rewrites, RewrittenFile, RewrittenSite};
use crate::review::dry_run::Author;
use crate::review::text::{applicability_word, class_word};
use crate::review::{Class, Report, Role, Site};
use crate::series::facts::{
    Conversion, LeftAlone, Messages, RuleName, RuleText, SeriesFacts, SiteFact, SourceFact,
};
use crate::series::from_gup::Helpers;

/// The facts of `rewrites` and their helper patch.
pub(super) fn facts(workspace: &Workspace, rewrites: &Rewrites, helpers: Helpers) -> SeriesFacts {
    let campaign = &workspace.campaign;
    let used: BTreeSet<&str> = rewrites
        .files
        .iter()
        .flat_map(|file| file.sites.iter().map(|site| site.rule.0.as_str()))
        .collect();
    let rules = campaign
        .rules
        .iter()
        .filter(|rule| used.contains(rule.name.as_str()))
        .map(|rule| RuleText { name: name(&rule.name), text: rule.text.clone() })
        .collect();
    let conversions = rewrites.files.iter().map(conversion).collect();
    SeriesFacts {
        name: campaign.name.clone(),
        title: "Tell pages from get_user_pages() apart where they are added".to_owned(),
        rules,
        messages: Messages::from_gup().with(campaign.messages.clone()),
        conversions,
        helpers: helpers.changes,
        helper_names: helpers.names,
        left_alone: rewrites
            .left_alone()
            .filter(|site| is_left_alone(site))
            .map(left_alone)
            .collect(),
        unseen: unseen(&rewrites.report),
        testing: Vec::new(),
    }
}

fn name(rule: &str) -> RuleName {
    RuleName(rule.to_owned())
}

/// A page that is carried along by its container needs no decision.
fn is_left_alone(site: &Site) -> bool {
    site.class != Class::Carried
}

fn unseen(report: &Report) -> Option<String> {
    (!report.unseen.is_empty()).then(|| report.unseen.summary())
}

fn conversion(file: &RewrittenFile) -> Conversion {
    Conversion { change: file.change.clone(), sites: file.sites.iter().map(site_fact).collect() }
}

fn site_fact(rewritten: &RewrittenSite) -> SiteFact {
    let site = &rewritten.site;
    SiteFact {
        rule: rewritten.rule.clone(),
        function: site.function.clone(),
        line: site.line,
        adder: site.adder.clone(),
        conversion: site.conversion.clone().unwrap_or_default(),
        sources: site
            .sources
            .iter()
            .map(|source| SourceFact {
                call: source.call.clone(),
                path: source.file.clone(),
                line: source.line,
                function: source.function.clone(),
            })
            .collect(),
        class: class_word(site.class).to_owned(),
        condition: site.condition.clone(),
        applicability: applicability_word(site.applicability).to_owned(),
        evidence: evidence(site),
        edited: match rewritten.author {
            Author::Rule => false,
            Author::Reviewer => true,
        },
    }
}

/// The way of the page, a line a step.
fn evidence(site: &Site) -> Vec<String> {
    let step = |role: Role| match role {
        Role::Source => "comes from GUP",
        Role::Assign => "is assigned",
        Role::Store => "is stored",
        Role::Load => "is loaded",
        Role::Call => "is passed on",
        Role::Return => "is returned",
        Role::Adder => "is added",
        Role::Release => "is released",
    };
    site.trace
        .iter()
        .map(|s| format!("{}:{} {} {}: {}", s.file, s.line, s.function, step(s.role), s.text))
        .collect()
}

fn left_alone(site: &Site) -> LeftAlone {
    LeftAlone {
        path: site.file.clone(),
        line: site.line,
        function: site.function.clone(),
        adder: site.adder.clone(),
        reason: site.reason.clone(),
    }
}
