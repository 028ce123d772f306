//! `gupatch scan`: every adder site that GUP pages can reach.

use std::path::PathBuf;

use clap::Args;

use super::exit::Exit;
use super::format::{Format, json};
use super::options::{Common, Terminal, Verbosity};
use crate::driver::scan;
use crate::review::text;

/// List every adder call that GUP pages can reach, with class and trace
#[derive(Debug, Args)]
pub struct ScanArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// Runs the command.
pub fn run(args: &ScanArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let common = &args.common;
    let workspace = common.open(&args.tree)?;
    let report = scan::scan(&workspace)?.report(&workspace);
    match args.format {
        Format::Text => terminal.result(text::report(&report, terminal.colours()).as_bytes())?,
        Format::Json => terminal.result(&json(&report)?)?,
    }
    terminal.unseen(&report.unseen);
    Ok(Exit::found(!report.sites.is_empty()).with_unseen(!report.unseen.is_empty(), common.strict))
}
