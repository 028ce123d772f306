//! `gupatch scan`: every adder site that GUP pages can reach.

use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::format::{ReportFormat, Shown, json};
use super::options::{Common, Terminal, Verbosity};
use crate::driver::scan;
use crate::review::text;

const EXAMPLES: &str = "\
Examples:
  gupatch scan ~/linux                        every site, with class and source
  gupatch scan --only fs block                only these folders
  gupatch scan --format lines                 file:line:column: message, for an editor
  gupatch scan --format html --output r.html  a page to read in a browser";

/// List every adder call that GUP pages can reach, with class and trace
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ScanArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// Runs the command.
pub fn run(args: &ScanArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let opened = args.common.open(&args.tree)?;
    let report = scan::scan(&opened.workspace)?.report(&opened.workspace);
    let shown = Shown { report: &report, dry_run: None, judgement: None };
    match args.format {
        ReportFormat::Text => {
            terminal.paged(text::report(&report, terminal.colours()).as_bytes(), &opened)?;
        }
        ReportFormat::Lines => terminal.result(&shown.lines(terminal))?,
        ReportFormat::Json => terminal.result(&json(&report)?)?,
        ReportFormat::Sarif => terminal.result(&shown.sarif(&opened))?,
        ReportFormat::Html => terminal.result(&shown.html(&opened))?,
    }
    terminal.unseen(&report.unseen);
    Ok(Exit::found(!report.sites.is_empty())
        .with_unseen(!report.unseen.is_empty(), opened.configured.strict))
}
