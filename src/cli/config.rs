//! `gupatch.toml` at the root of a tree: what the tree's people want of every run.
//!
//! Precedence: what is given on the command line, then `gupatch.toml`, then the defaults in the help. Paths in
//! the file are taken from the tree's root. A key that is not known is refused, for a misspelt one would
//! silently do nothing.
//!
//! ```text
//! rules = "from-gup"          # a campaign, or a folder of rules
//! jobs = 0
//! strict = false
//! pager = "less"
//!
//! [diff]
//! evidence = "line"           # none, line or full
//! stat = false
//!
//! [review]
//! decisions = "gupatch-decisions.toml"
//! undecided = "take"          # take or leave
//!
//! [check]
//! baseline = "gupatch-baseline.toml"
//!
//! [[exception]]               # see `gupatch check --help`
//! path = "drivers/misc/"
//! reason = "unpinned by a flag of its own"
//! ```

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use super::decisions::Undecided;
use super::diff::Detail;
use crate::review::exception::{self, Exception};

/// The file's name.
pub const FILE: &str = "gupatch.toml";

/// The whole file. What it does not name is `None`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The campaign.
    pub rules: Option<String>,
    /// Worker threads.
    pub jobs: Option<usize>,
    /// Whether what was not seen is a failure.
    pub strict: Option<bool>,
    /// The pager, as in `core.pager`.
    pub pager: Option<String>,
    /// For `diff`.
    #[serde(default)]
    pub diff: DiffConfig,
    /// For whatever follows decisions.
    #[serde(default)]
    pub review: ReviewConfig,
    /// For `check`.
    #[serde(default)]
    pub check: CheckConfig,
    /// Sites that need not be converted.
    #[serde(default, rename = "exception")]
    pub exceptions: Vec<Exception>,
}

/// What `gupatch.toml` says of `diff`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiffConfig {
    /// How much is said about each hunk.
    pub evidence: Option<Detail>,
    /// Whether a diffstat stands at the top.
    pub stat: Option<bool>,
}

/// What `gupatch.toml` says of decisions.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewConfig {
    /// Where the decisions are.
    pub decisions: Option<PathBuf>,
    /// What becomes of what nobody decided about.
    pub undecided: Option<Undecided>,
}

/// What `gupatch.toml` says of `check`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckConfig {
    /// Where the baseline is.
    pub baseline: Option<PathBuf>,
}

impl Config {
    /// Reads the file of the tree at `root`; all is `None` where there is no file.
    pub fn load(root: &Path) -> anyhow::Result<Config> {
        let path = root.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Config::default()),
            Err(e) => return Err(e).with_context(|| path.display().to_string()),
        };
        Config::parse(&text, root).with_context(|| path.display().to_string())
    }

    fn parse(text: &str, root: &Path) -> anyhow::Result<Config> {
        let mut config: Config = toml::from_str(text)?;
        exception::check(&config.exceptions)?;
        let paths = [&mut config.review.decisions, &mut config.check.baseline];
        for path in paths.into_iter().flatten() {
            *path = root.join(&*path);
        }
        if let Some(rules) = &mut config.rules
            && root.join(&*rules).is_dir()
        {
            *rules = root.join(&*rules).display().to_string();
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of this page, so that it stays true.
    fn example() -> String {
        let page = include_str!("config.rs").lines().take_while(|line| line.starts_with("//!"));
        let text = page.skip_while(|line| !line.contains("```text")).skip(1);
        let text = text.take_while(|line| !line.contains("```"));
        text.map(|line| line.trim_start_matches("//!").trim_start().to_owned() + "\n").collect()
    }

    #[test]
    fn the_example_is_taken_and_names_every_key() {
        let config = Config::parse(&example(), Path::new("/linux")).unwrap();
        assert_eq!(config.rules.as_deref(), Some("from-gup"));
        assert_eq!(config.diff.evidence, Some(Detail::Line));
        assert_eq!(config.review.decisions, Some("/linux/gupatch-decisions.toml".into()));
        assert_eq!(config.check.baseline, Some("/linux/gupatch-baseline.toml".into()));
        assert_eq!(config.exceptions.len(), 1);
        assert!(config.jobs.is_some() && config.strict.is_some() && config.pager.is_some());
    }

    #[test]
    fn a_misspelt_key_and_an_exception_without_a_reason_are_refused() {
        let error = |text: &str| format!("{:#}", Config::parse(text, Path::new("/")).unwrap_err());
        assert!(error("[check]\nbase-line = 'x'\n").contains("base-line"));
        assert!(error("[[exception]]\npath = 'a.c'\nreason = ' '\n").contains("no reason"));
    }
}
