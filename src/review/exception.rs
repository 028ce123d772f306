//! Exceptions of the guard: sites that a person vouched for, in `gupatch.toml` or beside the code.
//!
//! In: the tables `[[exception]]` of `gupatch.toml`, or the lines around a site. Out: [`Exception`]s and the reasons
//! written in comments. Each one carries a reason, or it does not count.
//!
//! ```text
//! [[exception]]
//! path = "drivers/misc/genbuf.c"     # a file, or a folder with a slash at its end
//! function = "genbuf_map_one"        # may be left out, and so may adder and page
//! adder = "sg_set_page"
//! reason = "the driver unpins by its own flag"
//! expires = 2027-06-30               # may be left out
//! ```
//!
//! ```text
//! /* gupatch: allow: the driver unpins by its own flag */
//! sg_set_page(sg, page, PAGE_SIZE, 0);
//! ```

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Site;
use super::fingerprint::normalised;
use super::story::ReadLine;

/// A day, as `gupatch.toml` writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "toml::value::Datetime", into = "String")]
pub struct Day {
    /// For example 2027.
    pub year: u16,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
}

impl TryFrom<toml::value::Datetime> for Day {
    type Error = &'static str;

    fn try_from(value: toml::value::Datetime) -> Result<Day, &'static str> {
        let date = value.date.ok_or("a time is no day: write 2027-06-30")?;
        Ok(Day { year: date.year, month: date.month, day: date.day })
    }
}

impl From<Day> for String {
    fn from(day: Day) -> String {
        day.to_string()
    }
}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// Sites that need not be converted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// A file below the tree's root, or a folder with a slash at its end.
    pub path: String,
    /// Only sites in this function.
    pub function: Option<String>,
    /// Only sites of this adder.
    pub adder: Option<String>,
    /// Only sites with this page argument, white space aside.
    pub page: Option<String>,
    /// Why.
    pub reason: String,
    /// The last day on which it counts.
    pub expires: Option<Day>,
}

/// An exception that does not say why; the path it is for.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the exception for {0} has no reason\n  hint: add `reason = \"...\"`")]
pub struct NoReason(pub String);

/// Whether each exception says why.
pub fn check(exceptions: &[Exception]) -> Result<(), NoReason> {
    match exceptions.iter().find(|exception| exception.reason.trim().is_empty()) {
        Some(exception) => Err(NoReason(exception.path.clone())),
        None => Ok(()),
    }
}

/// The exceptions of a `gupatch.toml`, for tests.
#[cfg(test)]
pub(crate) fn parse(text: &str) -> anyhow::Result<Vec<Exception>> {
    #[derive(Deserialize)]
    struct Config {
        #[serde(default, rename = "exception")]
        exceptions: Vec<Exception>,
    }
    let config: Config = toml::from_str(text)?;
    check(&config.exceptions)?;
    Ok(config.exceptions)
}

impl Exception {
    /// Whether it is about `site`.
    pub fn covers(&self, site: &Site) -> bool {
        let file = site.file.as_str();
        let in_path = match self.path.strip_suffix('/') {
            Some(_) => file.starts_with(&self.path),
            None => file == self.path,
        };
        let agrees = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|w| w == is);
        in_path
            && agrees(&self.function, &site.function)
            && agrees(&self.adder, &site.adder)
            && self.page.as_ref().is_none_or(|page| normalised(page) == normalised(&site.page))
    }

    /// Whether its last day lies before `today`.
    pub fn is_expired(&self, today: Day) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

/// What a comment at a site says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comment {
    /// It is allowed, for this reason.
    Allowed(String),
    /// It is to be allowed, but nobody says why.
    NoReason,
}

const MARK: &str = "gupatch: allow";

/// How far above a site the start of its statement and the comment are looked for.
const FARTHEST: u32 = 12;

/// The comment on the site's line, or on the comment lines above its statement.
pub fn comment_at(site: &Site, read_line: ReadLine<'_>) -> Option<Comment> {
    let own = read_line(&site.file, site.line)?;
    if let Some(comment) = read_comment(&own) {
        return Some(comment);
    }
    let mut in_comment = false;
    for line in (site.line.saturating_sub(FARTHEST).max(1)..site.line).rev() {
        let text = read_line(&site.file, line)?;
        let text = text.trim();
        let is_comment = ["/*", "*", "//"].iter().any(|start| text.starts_with(start));
        if is_comment && let Some(comment) = read_comment(text) {
            return Some(comment);
        }
        let ends_statement = text.is_empty() || text.ends_with([';', '{', '}', ':']);
        if !is_comment && (in_comment || ends_statement) {
            return None;
        }
        in_comment = is_comment;
    }
    None
}

fn read_comment(line: &str) -> Option<Comment> {
    let (before, rest) = line.split_once(MARK)?;
    if !(before.contains("/*") || before.contains("//") || before.trim() == "*") {
        return None;
    }
    let reason = rest.trim_start_matches(':').trim().trim_end_matches("*/").trim();
    let said = rest.starts_with(':') && !reason.is_empty();
    Some(if said { Comment::Allowed(reason.into()) } else { Comment::NoReason })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::review::fixture;

    const CONFIG: &str = "
        [check]
        strict = true
        [[exception]]
        path = 'drivers/misc/'
        adder = 'sg_set_page'
        page = 'pages [i]'
        reason = 'unpinned by a flag'
        expires = 2027-06-30
    ";

    #[test]
    fn an_exception_covers_what_it_names_and_no_more() {
        let exception = &parse(CONFIG).unwrap()[0];
        let covers = |file, adder, page| exception.covers(&fixture::site(file, "f", adder, page));
        assert!(covers("drivers/misc/a.c", "sg_set_page", "pages[i]"));
        assert!(!covers("drivers/misc2/a.c", "sg_set_page", "pages[i]"));
        assert!(!covers("drivers/misc/a.c", "sg_assign_page", "pages[i]"));
        assert!(!covers("drivers/misc/a.c", "sg_set_page", "pages[j]"));
    }

    #[test]
    fn the_last_day_still_counts() {
        let exception = &parse(CONFIG).unwrap()[0];
        assert!(!exception.is_expired(Day { year: 2027, month: 6, day: 30 }));
        assert!(exception.is_expired(Day { year: 2027, month: 7, day: 1 }));
    }

    #[test]
    fn an_exception_without_reason_or_with_a_typing_error_is_refused() {
        let error = parse("[[exception]]\npath = 'a.c'\nreason = ' '\n").unwrap_err();
        assert!(error.to_string().contains("no reason"));
        assert!(parse("[[exception]]\npath = 'a.c'\nreason = 'x'\nfuntion = 'f'\n").is_err());
        assert!(parse("[[exception]]\npath = 'a.c'\nreason = 'x'\nexpires = 10:00:00\n").is_err());
    }

    /// The comment found at the line of `code` that holds `add(`.
    fn found(code: &str) -> Option<Comment> {
        let line = code.lines().position(|line| line.contains("add(")).unwrap() as u32 + 1;
        let site = Site { line, ..fixture::site("a.c", "f", "add", "page") };
        comment_at(&site, &|_, line| code.lines().nth(line as usize - 1).map(str::to_owned))
    }

    #[test]
    fn a_comment_belongs_to_its_own_statement() {
        let allowed = |reason: &str| Some(Comment::Allowed(reason.into()));
        assert_eq!(found("add(page); /* gupatch: allow: ours */"), allowed("ours"));
        assert_eq!(found("/* gupatch: allow: ours */\nret =\n\tadd(page);"), allowed("ours"));
        assert_eq!(found("{\n/*\n * gupatch: allow: a, b\n */\nadd(page);"), allowed("a, b"));
        assert_eq!(found("// gupatch: allow\nadd(page);"), Some(Comment::NoReason));
        assert_eq!(found("other(); /* gupatch: allow: x */\nadd(page);"), None);
        assert_eq!(found("/* gupatch: allow: x */\nother();\nadd(page);"), None);
        assert_eq!(found("/* gupatch: allow: x */\n\nadd(page);"), None);
        assert_eq!(found("add(page, \"gupatch: allow: x\");"), None);
    }
}
