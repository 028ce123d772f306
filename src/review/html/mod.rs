//! The report as one HTML file that needs nothing else: no network, no other file, no script to be read.
//!
//! In: a report; the dry run, where the rules ran; which subsystem a file belongs to; the lines of the source.
//! Out: the page. Every text passes the template engine's escaping, and before that what could act on a
//! reader (control bytes, direction marks) is made visible. The page's policy forbids any request. Without
//! script everything is there and can be read and printed; the script adds filters, search, the diff side
//! by side and marks for what was viewed, which the browser keeps by fingerprint. What a site has to tell stands in a
//! `noscript`, which is one piece of text where there is script: it becomes part of the document when the site is
//! opened, printed or pointed to, or when the browser has nothing else to do.

mod chart;
mod view;

use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde::Serialize;

use super::Report;
use super::dry_run::DryRun;
use super::story::ReadLine;
use crate::source::TreePath;

/// What the page is made from.
pub struct Input<'i> {
    /// The scan.
    pub report: &'i Report,
    /// What the rules would change, where they ran.
    pub dry_run: Option<&'i DryRun>,
    /// The subsystem of a file, as MAINTAINERS has it.
    pub subsystem_of: &'i dyn Fn(&TreePath) -> String,
    /// The lines of the tree.
    pub read_line: ReadLine<'i>,
}

/// The whole page.
pub fn page(input: &Input<'_>) -> String {
    filled(include_str!("page.html"), view::View::new(input))
}

/// A template of the program, filled; every text in it is escaped.
pub(super) fn filled(template: &str, content: impl Serialize) -> String {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    let filled = environment.render_str(template, content);
    filled.expect("the template is part of the program and names what it is given")
}

#[cfg(test)]
mod tests;
