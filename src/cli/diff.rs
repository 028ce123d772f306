//! `gupatch diff`: the dry run, as a patch with its evidence.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Deserialize;

use super::decisions::{self, DecisionArgs};
use super::exit::Exit;
use super::format::{ReportFormat, Shown, json};
use super::options::{Common, Terminal, Verbosity};
use crate::driver::{dry_run, rewrite};
use crate::review::dry_run::{EvidenceDetail, PrintOptions, print, record};

const EXAMPLES: &str = "\
The text is a patch that `git apply` takes, whatever the options; what is said beside the diff stands in
lines that start with `#`. On a terminal it is coloured and paged as git does it.

Examples:
  gupatch diff ~/linux --stat                 what would change, with a diffstat
  gupatch diff --only drivers/infiniband      only this folder
  gupatch diff --evidence full                each step of each page's way
  gupatch diff --evidence none | git apply    make the conversions by hand
  gupatch diff --format html --output r.html  a page to read in a browser";

/// Show what the rules would change, by subsystem, with evidence; the output is a patch
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DiffArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// How much to say about each hunk [default: line]
    #[arg(long, value_name = "HOW")]
    evidence: Option<Detail>,
    /// Put a diffstat at the top
    #[arg(long)]
    stat: bool,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    #[command(flatten)]
    decisions: DecisionArgs,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// How much is said about each hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Detail {
    /// Nothing: the plain patch.
    None,
    /// One line a site.
    Line,
    /// Each step of the page's way.
    Full,
}

impl From<Detail> for EvidenceDetail {
    fn from(detail: Detail) -> EvidenceDetail {
        match detail {
            Detail::None => EvidenceDetail::None,
            Detail::Line => EvidenceDetail::Line,
            Detail::Full => EvidenceDetail::Full,
        }
    }
}

/// Runs the command.
pub fn run(args: &DiffArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let opened = args.common.open(&args.tree)?;
    let workspace = &opened.workspace;
    let configured = &opened.configured;
    let named = decisions::named(&args.decisions, configured)?;
    let rewrites = rewrite::rewrite(workspace)?;
    let rewrites = decisions::follow(named.as_ref(), workspace, rewrites, terminal);
    let config = configured.config.diff;
    let options = PrintOptions {
        evidence: args.evidence.or(config.evidence).unwrap_or(Detail::Line).into(),
        stat: args.stat || config.stat.unwrap_or(false),
        colours: terminal.colours(),
    };
    let dry_run = dry_run::dry_run(workspace, &rewrites);
    let shown = Shown { report: &rewrites.report, dry_run: Some(&dry_run), judgement: None };
    match args.format {
        ReportFormat::Text => terminal.paged(&print(&dry_run, &options), &opened)?,
        ReportFormat::Lines => terminal.result(&shown.lines(terminal))?,
        ReportFormat::Json => terminal.result(&json(&record(&dry_run, &rewrites.report))?)?,
        ReportFormat::Sarif => terminal.result(&shown.sarif(&opened))?,
        ReportFormat::Html => terminal.result(&shown.html(&opened))?,
    }
    for refused in &rewrites.refused {
        terminal.warn(refused);
    }
    terminal.unseen(&rewrites.report.unseen);
    let exit = Exit::found(!rewrites.files.is_empty() || !rewrites.refused.is_empty());
    Ok(exit.with_unseen(!rewrites.report.unseen.is_empty(), opened.configured.strict))
}
