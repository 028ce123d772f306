//! One site as a story: each step from the GUP call to the adder with the source lines around it.
//!
//! In: a site and a way to read the lines of a file. Out: text that a maintainer checks in a minute.

use std::fmt::Write;

use super::text::class_word;
use super::visible::{one_line, visible};
use super::{Class, Palette, Reference, Role, Site, Step, Unlisted, UnlistedSite};
use crate::source::TreePath;

/// How many lines are shown before and after a step.
pub(super) const AROUND: u32 = 2;

/// Reads 1-based line `line` of a file, without its newline; `None` past the end.
pub type ReadLine<'a> = &'a dyn Fn(&TreePath, u32) -> Option<String>;

/// The first line: adder, page and function, and where.
fn title([adder, page, function]: [&str; 3], (file, line): (&TreePath, u32), p: Palette) -> String {
    let (heading, place, page) = (p.heading, p.place, one_line(page));
    format!("{heading}{adder}({page}){heading:#} in {function}, {place}{file}:{line}{place:#}\n")
}

/// Tells how the page gets to `site`, and why the site is converted or not.
pub fn tell(site: &Site, read_line: ReadLine<'_>, colours: Palette) -> String {
    let place = colours.place;
    let mut out =
        title([&site.adder, &site.page, &site.function], (&site.file, site.line), colours);
    writeln!(out, "\n{}\n", verdict(site)).expect(INFALLIBLE);
    for (number, step) in site.trace.iter().enumerate() {
        tell_step(number + 1, step, read_line, colours, &mut out);
    }
    for other in &site.others {
        let text = format!("it can also be `{}`", one_line(&other.text));
        writeln!(out, "   {text}, {place}{}:{}{place:#}", other.file, other.line)
            .expect(INFALLIBLE);
        excerpt(&other.file, other.line, read_line, colours, &mut out);
    }
    writeln!(out, "{}", ending(site)).expect(INFALLIBLE);
    out
}

/// Tells of an adder that no GUP page was seen to reach, and which step stopped the search.
pub fn tell_unlisted(site: &UnlistedSite, read_line: ReadLine<'_>, colours: Palette) -> String {
    let place = colours.place;
    let mut out =
        title([&site.adder, &site.page, &site.function], (&site.file, site.line), colours);
    let verdict = match site.why {
        Unlisted::Elsewhere => "not from GUP: every page that gets here comes from elsewhere.",
        Unlisted::NotFollowed => {
            "not known: where the page comes from was not followed to its end."
        }
    };
    writeln!(out, "\n{verdict}\n").expect(INFALLIBLE);
    for (number, step) in site.trace.iter().enumerate() {
        tell_step(number + 1, step, read_line, colours, &mut out);
    }
    for other in &site.others {
        let text = one_line(&other.text);
        writeln!(out, "   it is `{text}`, {place}{}:{}{place:#}", other.file, other.line)
            .expect(INFALLIBLE);
        excerpt(&other.file, other.line, read_line, colours, &mut out);
    }
    writeln!(out, "Not converted: {}.", site.reason).expect(INFALLIBLE);
    out
}

const INFALLIBLE: &str = "writing to a String does not fail";

/// What the class means at this site, in one sentence.
pub(super) fn verdict(site: &Site) -> String {
    let class = class_word(site.class);
    match (site.class, &site.condition) {
        (Class::Gup, _) => format!("{class}: on every path that gets here the page is from GUP."),
        (Class::Conditional, Some(condition)) => {
            format!("{class}: the page is from GUP exactly when {condition}.")
        }
        (Class::Conditional, None) => format!("{class}: the page is from GUP under a condition."),
        (Class::Mixed, _) => {
            format!("{class}: from GUP on some paths and from elsewhere on others.")
        }
        (Class::Carried, _) => {
            format!("{class}: read back from a container that carries the mark itself.")
        }
    }
}

/// What happens in a step.
pub(super) fn does(role: Role) -> &'static str {
    match role {
        Role::Source => "pages come from GUP",
        Role::Assign => "assigned",
        Role::Store => "stored",
        Role::Load => "loaded",
        Role::Call => "passed on",
        Role::Return => "returned",
        Role::Adder => "added",
        Role::Release => "released",
    }
}

fn tell_step(number: usize, step: &Step, read_line: ReadLine<'_>, p: Palette, out: &mut String) {
    let (does, place) = (does(step.role), p.place);
    writeln!(
        out,
        "{number:2}. {does}: `{}` in {}, {place}{}:{}{place:#}",
        one_line(&step.text),
        step.function,
        step.file,
        step.line,
    )
    .expect(INFALLIBLE);
    excerpt(&step.file, step.line, read_line, p, out);
}

fn excerpt(file: &TreePath, line: u32, read_line: ReadLine<'_>, p: Palette, out: &mut String) {
    let dim = p.dim;
    for number in line.saturating_sub(AROUND).max(1)..=line + AROUND {
        let Some(text) = read_line(file, number) else { break };
        let text = visible(&text);
        if number == line {
            writeln!(out, "  > {number:5} | {text}").expect(INFALLIBLE);
        } else {
            writeln!(out, "{dim}    {number:5} | {text}{dim:#}").expect(INFALLIBLE);
        }
    }
    out.push('\n');
}

/// Whose reference it is, in words.
pub(in crate::review) fn reference_phrase(reference: Reference) -> &'static str {
    match reference {
        Reference::Owned => "the release reads the page back from the container",
        Reference::Borrowed => "the caller of GUP keeps the pages and releases them",
        Reference::Separate => "the GUP reference was dropped and another one is held",
        Reference::Unknown => "the place that releases the page was not found",
    }
}

/// Whose reference it is, and where it is given back: `…, block/bio.c:12 in f`.
pub(crate) fn reference_told(site: &Site) -> String {
    let mut text = reference_phrase(site.reference).to_owned();
    for (number, release) in site.releases.iter().enumerate() {
        let before = if number == 0 { ", " } else { "; " };
        text.push_str(before);
        text.push_str(&format!("{}:{} in {}", release.file, release.line, release.function));
    }
    text
}

fn ending(site: &Site) -> String {
    let reference = reference_told(site);
    match &site.conversion {
        Some(conversion) => format!(
            "Reference: {reference}.\nConverted to {conversion} ({}): {}.",
            match site.applicability {
                super::Applicability::Safe => "safe",
                super::Applicability::Review => "to be reviewed",
                super::Applicability::Manual => "by hand",
            },
            site.reason
        ),
        None => format!("Reference: {reference}.\nNot converted: {}.", site.reason),
    }
}
