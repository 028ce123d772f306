//! Commit messages from templates.
//!
//! In: the text of a `.msg` file and the facts of a patch. Out: a subject and a wrapped body. A template
//! is Jinja (as minijinja reads it). It starts with one or more `Subject:` lines, the best one first: the
//! first that is short enough, and that no other patch of the series has, is taken. After a blank line the
//! body follows. A template may extend another one of the campaign, `{% extends "campaign" %}`, and say some of
//! its blocks in its own words. `names` is a filter that makes `a(), b() and 2 more` of a list of functions.
//!
//! A template that does not parse, or that asks for a fact there is not, is an error with its line.

use std::collections::BTreeMap;

use minijinja::{Environment, UndefinedBehavior, context};
use serde::Serialize;

use super::facts::{LeftAlone, RuleName, SiteFact};
use super::wrap::fill;

/// Subjects and lines of the body are no longer than this.
pub(super) const WIDTH: usize = 75;

/// A store to this member counts as an adder, but is no call.
const STORE: &str = "bv_page";

/// A template that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MessageError {
    /// Not Jinja, or a fact that does not exist.
    #[error("message template `{name}`: {message}")]
    Template {
        /// The stem of its file.
        name: String,
        /// What the template engine says, with the line.
        message: String,
    },
    /// The text does not start with `Subject:`.
    #[error("message template `{0}` does not start with a `Subject:` line")]
    NoSubject(String),
    /// All subjects are too long or taken.
    #[error("message template `{name}` has no subject of at most {WIDTH} columns for {patch}")]
    SubjectTooLong {
        /// The stem of its file.
        name: String,
        /// The prefix of the patch it was for.
        patch: String,
    },
}

/// What a template can say about a patch.
#[derive(Debug, Serialize)]
pub(super) struct Facts<'f> {
    pub(super) prefix: &'f str,
    pub(super) tool: &'f str,
    pub(super) campaign: &'f str,
    pub(super) title: &'f str,
    /// Which posting of the campaign it is, from 1.
    pub(super) part: usize,
    pub(super) parts: usize,
    pub(super) files: Vec<&'f str>,
    pub(super) sites: Vec<&'f SiteFact>,
    pub(super) functions: Vec<&'f str>,
    pub(super) adders: Vec<&'f str>,
    pub(super) conversions: Vec<&'f str>,
    pub(super) sources: Vec<&'f str>,
    pub(super) conditions: Vec<&'f str>,
    /// The functions in which a person edited what a rule made.
    pub(super) edited: Vec<&'f str>,
    pub(super) helpers: &'f [String],
    pub(super) rules: &'f [Rule<'f>],
    pub(super) left_alone: &'f [LeftAlone],
    pub(super) unseen: Option<&'f str>,
    pub(super) testing: &'f [String],
}

/// A rule for disclosure.
#[derive(Debug, Serialize)]
pub(super) struct Rule<'f> {
    pub(super) name: &'f RuleName,
    /// Indented, so that no line of it is taken for a patch.
    pub(super) text: String,
}

/// A template filled with facts.
#[derive(Debug)]
pub(super) struct Message {
    /// Candidates, the best one first.
    pub(super) subjects: Vec<String>,
    pub(super) body: String,
}

/// Fills the template called `name`, which may extend others of `templates`.
pub(super) fn render(
    name: &str,
    templates: &BTreeMap<String, String>,
    facts: &Facts<'_>,
) -> Result<Message, MessageError> {
    let failed = |error: minijinja::Error| MessageError::Template {
        name: error.name().unwrap_or(name).to_owned(),
        message: match error.line() {
            Some(line) => format!("line {line}: {error}"),
            None => error.to_string(),
        },
    };
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_trim_blocks(true);
    environment.set_lstrip_blocks(true);
    environment.add_filter("names", names);
    // One that cannot be read is an error where it is asked for.
    for (other, text) in templates {
        match environment.add_template(other, text) {
            Err(error) if other == name => return Err(failed(error)),
            Err(_) | Ok(()) => {}
        }
    }
    let filled = environment.get_template(name).map_err(failed)?;
    let filled = filled.render(context! { ..minijinja::Value::from_serialize(facts) });
    let filled = filled.map_err(failed)?;
    let mut lines = filled.trim_start().lines();
    let mut subjects = Vec::new();
    let mut rest = String::new();
    for line in lines.by_ref() {
        match line.strip_prefix("Subject:") {
            Some(subject) => subjects.push(subject.trim().to_owned()),
            None => {
                rest.push_str(line);
                break;
            }
        }
    }
    for line in lines {
        rest.push('\n');
        rest.push_str(line);
    }
    if subjects.is_empty() {
        return Err(MessageError::NoSubject(name.to_owned()));
    }
    Ok(Message { subjects, body: fill(&rest, WIDTH) })
}

/// `a(), b() and c()`; with a limit the rest is counted.
fn names(list: Vec<String>, limit: Option<usize>) -> String {
    let limit = limit.unwrap_or(usize::MAX).max(1);
    let mut shown: Vec<String> = list
        .iter()
        .take(limit)
        .map(|name| if name == STORE { format!("a store to {STORE}") } else { format!("{name}()") })
        .collect();
    if list.len() > limit {
        shown.push(format!("{} more", list.len() - limit));
    }
    match shown.pop() {
        None => String::new(),
        Some(last) if shown.is_empty() => last,
        Some(last) => format!("{} and {last}", shown.join(", ")),
    }
}
