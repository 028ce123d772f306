//! The report as text: a block a site, and a summary that says what was not seen.
//!
//! A block is what a maintainer checks first: the place, what goes in there, where it comes from, and
//! what would be done. The first line of each block is stable and can be searched for.

use std::fmt::Write;

use super::visible::one_line;
use super::{Applicability, Class, Palette, Report, Role, Site, Source};

/// The whole report.
pub fn report(report: &Report, colours: Palette) -> String {
    let mut out = String::new();
    for site in &report.sites {
        block(site, colours, &mut out);
        out.push('\n');
    }
    summary(report, colours, &mut out);
    out
}

fn block(site: &Site, p: Palette, out: &mut String) {
    let class_style = match site.class {
        Class::Gup | Class::Conditional => p.good,
        Class::Mixed => p.care,
        Class::Carried => p.dim,
    };
    let (place, dim) = (p.place, p.dim);
    line(
        out,
        format_args!(
            "{place}{}:{}:{}{place:#} {class_style}{}{class_style:#} {}({}) in {}",
            site.file,
            site.line,
            site.column,
            class_word(site.class),
            site.adder,
            one_line(&site.page),
            site.function,
        ),
    );
    for source in &site.sources {
        line(out, format_args!("    from {} {dim}{}{dim:#}", source.call, origin(source)));
    }
    for other in &site.others {
        line(
            out,
            format_args!(
                "    or   {} {dim}{}:{}{dim:#}",
                one_line(&other.text),
                other.file,
                other.line
            ),
        );
    }
    if let Some(condition) = &site.condition {
        line(out, format_args!("    when {}", one_line(condition)));
    }
    match (&site.conversion, site.applicability) {
        (Some(conversion), Applicability::Safe) => {
            line(out, format_args!("    becomes {conversion}"))
        }
        (Some(conversion), Applicability::Review | Applicability::Manual) => {
            line(
                out,
                format_args!("    becomes {conversion} after review: {}", one_line(&site.reason)),
            );
        }
        (None, _) => line(out, format_args!("    left alone: {}", one_line(&site.reason))),
    }
}

fn origin(source: &Source) -> String {
    format!("{}:{} in {}", source.file, source.line, source.function)
}

/// `file:line:column: severity: message`, a line a site, as editors read it.
pub fn lines(report: &Report, p: Palette) -> String {
    let mut out = String::new();
    let place = p.place;
    for site in &report.sites {
        let (severity, style) = match site.class {
            Class::Gup | Class::Conditional => ("warning", p.care),
            Class::Mixed | Class::Carried => ("note", p.dim),
        };
        let todo = match &site.conversion {
            Some(conversion) => format!("use {conversion}"),
            None => site.reason.clone(),
        };
        line(
            &mut out,
            format_args!(
                "{place}{}:{}:{}:{place:#} {style}{severity}:{style:#} {}",
                site.file,
                site.line,
                site.column,
                one_line(&sentence(site, &todo)),
            ),
        );
    }
    out
}

/// One sentence: what is there, where it comes from, and what to do.
pub fn sentence(site: &Site, todo: &str) -> String {
    let sources: Vec<String> = site
        .sources
        .iter()
        .map(|source| format!("{} at {}:{}", source.call, source.file, source.line))
        .collect();
    let from = if sources.is_empty() { "GUP".to_owned() } else { sources.join(" or ") };
    format!(
        "{} page `{}` from {from} reaches {} in {}; {todo}",
        class_word(site.class),
        site.page,
        site.adder,
        site.function,
    )
}

/// The class as the formats spell it.
pub fn class_word(class: Class) -> &'static str {
    match class {
        Class::Gup => "gup",
        Class::Conditional => "conditional",
        Class::Mixed => "mixed",
        Class::Carried => "carried",
    }
}

/// The applicability as the formats spell it.
pub fn applicability_word(applicability: Applicability) -> &'static str {
    match applicability {
        Applicability::Safe => "safe",
        Applicability::Review => "review",
        Applicability::Manual => "manual",
    }
}

/// The role of a step as the formats spell it.
pub fn role_word(role: Role) -> &'static str {
    match role {
        Role::Source => "source",
        Role::Assign => "assign",
        Role::Store => "store",
        Role::Load => "load",
        Role::Call => "call",
        Role::Return => "return",
        Role::Adder => "adder",
        Role::Release => "release",
    }
}

/// How many sites of each class, and what was not seen.
fn summary(report: &Report, p: Palette, out: &mut String) {
    let count = |class| report.sites.iter().filter(|site| site.class == class).count();
    let heading = p.heading;
    line(
        out,
        format_args!(
            "{heading}{} sites{heading:#}: {} gup, {} conditional, {} mixed, {} carried",
            report.sites.len(),
            count(Class::Gup),
            count(Class::Conditional),
            count(Class::Mixed),
            count(Class::Carried),
        ),
    );
    if !report.unseen.is_empty() {
        let care = p.care;
        line(out, format_args!("{care}{}{care:#}", report.unseen.summary()));
    }
    let (calls, forms) = (report.unseen.indirect_calls, report.unseen.other_forms);
    if calls + forms > 0 {
        let care = p.care;
        let text = "on the ways to them not followed";
        line(
            out,
            format_args!(
                "{care}{text}: {calls} indirect calls, {forms} other forms of a page{care:#}"
            ),
        );
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).expect("writing to a String does not fail");
    out.push('\n');
}
