//! Evidence as text: one line from the source through what lies between to the adder, or the whole trace.

use super::{Author, Evidence};
use crate::review::story::reference_told;
use crate::review::text::{applicability_word, class_word, role_word};
use crate::review::visible::one_line;
use crate::review::{Class, Site};

/// `block/bio.c:10 f: pin_user_pages_fast → g → bio_add_page(page) [gup, safe]`, without a newline.
pub fn evidence_line(evidence: &Evidence) -> String {
    let site = &evidence.site;
    format!(
        "{}:{} {}: {} [{}, {}{}]",
        site.file,
        site.line,
        site.function,
        flow(site),
        class_phrase(site),
        applicability_word(site.applicability),
        match evidence.author {
            Author::Rule => "",
            Author::Reviewer => ", edited in review",
        },
    )
}

/// The line, and below it the rule, each step, and what else the page can be.
pub fn evidence_lines(evidence: &Evidence) -> Vec<String> {
    let site = &evidence.site;
    let mut lines = vec![evidence_line(evidence)];
    lines.push(format!("    rule {}: {}", evidence.rule, one_line(&site.reason)));
    for (number, step) in site.trace.iter().enumerate() {
        lines.push(format!(
            "    {}. {} {}:{} {}: {}",
            number + 1,
            role_word(step.role),
            step.file,
            step.line,
            step.function,
            one_line(&step.text),
        ));
    }
    lines.push(format!("    reference: {}", reference_told(site)));
    for other in &site.others {
        let text = one_line(&other.text);
        lines.push(format!("    or {}:{}: {text}", other.file, other.line));
    }
    lines
}

/// The GUP calls, the functions the page passes, and the adder.
pub(crate) fn flow(site: &Site) -> String {
    let mut calls: Vec<&str> = Vec::new();
    for source in &site.sources {
        if !calls.contains(&source.call.as_str()) {
            calls.push(&source.call);
        }
    }
    let from = if calls.is_empty() { "(source not named)".to_owned() } else { calls.join(" or ") };
    let mut through: Vec<&str> = Vec::new();
    for step in &site.trace {
        let function = step.function.as_str();
        if function != site.function && through.last() != Some(&function) {
            through.push(function);
        }
    }
    let mut text = from;
    for function in through {
        text.push_str(" → ");
        text.push_str(function);
    }
    format!("{text} → {}({})", site.adder, one_line(&site.page))
}

/// The class, and for a conditional site the condition.
pub(crate) fn class_phrase(site: &Site) -> String {
    let class = class_word(site.class);
    match (site.class, &site.condition) {
        (Class::Conditional, Some(condition)) => format!("{class} on {}", one_line(condition)),
        (Class::Gup | Class::Conditional | Class::Mixed | Class::Carried, _) => class.to_owned(),
    }
}
