//! The decisions of a review, as the commands follow them.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::config::ReviewConfig;
use super::options::{Configured, Terminal};
use crate::driver::Workspace;
use crate::driver::decided::{Decided, decide};
use crate::driver::rewrite::Rewrites;
use crate::review::decisions::{self, Decisions};

/// The decisions file of a tree, where none is named.
pub const FILE: &str = "gupatch-decisions.toml";

/// Options of the commands that follow decisions.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Review")]
pub struct DecisionArgs {
    /// Follow the decisions in FILE [default: gupatch-decisions.toml in the tree, where it is there]
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Follow no decisions
    #[arg(long, conflicts_with = "decisions")]
    no_decisions: bool,
    /// What becomes of conversions nobody decided about, where there are decisions [default: take]
    #[arg(long, value_name = "HOW")]
    undecided: Option<Undecided>,
}

/// What becomes of conversions about which nothing was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Undecided {
    /// They are made, as without a review.
    Take,
    /// They stay as they are.
    Leave,
}

impl From<Undecided> for decisions::Undecided {
    fn from(undecided: Undecided) -> decisions::Undecided {
        match undecided {
            Undecided::Take => decisions::Undecided::Take,
            Undecided::Leave => decisions::Undecided::Leave,
        }
    }
}

/// Where the decisions of the tree at `root` are: as given, as configured, or in the tree.
pub fn path(given: Option<&Path>, config: &ReviewConfig, root: &Path) -> PathBuf {
    let named = given.map(Path::to_owned).or_else(|| config.decisions.clone());
    named.unwrap_or_else(|| root.join(FILE))
}

/// The decisions file, or no decisions where there is none.
pub fn load(path: &Path) -> anyhow::Result<Decisions> {
    Ok(load_if_there(path)?.unwrap_or_default())
}

fn load_if_there(path: &Path) -> anyhow::Result<Option<Decisions>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Decisions::parse(&text).map(Some).with_context(|| path.display().to_string()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| path.display().to_string()),
    }
}

/// Decisions to follow, and how.
#[derive(Debug)]
pub struct Named {
    /// The decisions.
    pub decisions: Decisions,
    /// The file they are in.
    path: PathBuf,
    undecided: Undecided,
}

/// The decisions that `args` name; `None` where there are none to follow. Read before a scan, so that nobody waits for
/// a refusal.
pub fn named(args: &DecisionArgs, configured: &Configured) -> anyhow::Result<Option<Named>> {
    if args.no_decisions {
        return Ok(None);
    }
    // Of the tree as the user has it: `series` works on a commit, which need not have the file.
    let path = path(args.decisions.as_deref(), &configured.config.review, &configured.root);
    let found = load_if_there(&path)?;
    // A file that was asked for has to be there; the usual one need not.
    anyhow::ensure!(
        found.is_some() || args.decisions.is_none(),
        "{}: there is no such file\n  hint: `gupatch review` makes it",
        path.display()
    );
    Ok(found.map(|decisions| Named { decisions, path, undecided: undecided(args, configured) }))
}

/// The decisions of the last round of the campaign file `path`, for where there are none of this one.
pub fn recorded(
    args: &DecisionArgs,
    configured: &Configured,
    decisions: &Decisions,
    path: &Path,
) -> Option<Named> {
    let undecided = undecided(args, configured);
    let (decisions, path) = (decisions.clone(), path.to_owned());
    (!args.no_decisions).then_some(Named { decisions, path, undecided })
}

fn undecided(args: &DecisionArgs, configured: &Configured) -> Undecided {
    args.undecided.or(configured.config.review.undecided).unwrap_or(Undecided::Take)
}

/// What is left of `rewrites` after the decisions, with remarks about the rest.
pub fn follow(
    named: Option<&Named>,
    workspace: &Workspace,
    rewrites: Rewrites,
    terminal: &Terminal,
) -> Rewrites {
    let Some(Named { decisions, path, undecided }) = named else { return rewrites };
    let decided = decide(workspace, rewrites, decisions, (*undecided).into());
    remark(&decided, *undecided, path, terminal);
    decided.rewrites
}

fn remark(decided: &Decided, undecided: Undecided, path: &Path, terminal: &Terminal) {
    let Decided { rejected, skipped, undecided: open, stale, .. } = decided;
    let open_is = match undecided {
        Undecided::Take => "taken; --undecided leave leaves them",
        Undecided::Leave => "left alone",
    };
    let mut text = format!("gupatch: following {}: {rejected} sites rejected", path.display());
    if *skipped > 0 {
        text.push_str(&format!(", {skipped} changes put off"));
    }
    if *open > 0 {
        text.push_str(&format!(", {open} not decided ({open_is})"));
    }
    terminal.remark(&text);
    for decision in stale {
        let sites = decision.sites.join(", ");
        terminal.warn(&format!(
            "gupatch: {}: the decision about {} ({sites}) is about nothing that is there now",
            path.display(),
            decision.file
        ));
    }
}
