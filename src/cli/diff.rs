//! `gupatch diff`: the dry run, as a patch with its evidence.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::options::{Common, Terminal, Verbosity};
use crate::driver::{dry_run, rewrite};
use crate::review::dry_run::{EvidenceDetail, PrintOptions, print};

/// Show what the rules would change, by subsystem, with evidence; the output is a patch
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// How much to say about each hunk
    #[arg(long, value_name = "HOW", default_value = "line")]
    evidence: Detail,
    /// Put a diffstat at the top
    #[arg(long)]
    stat: bool,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// How much is said about each hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Detail {
    /// Nothing: the plain patch.
    None,
    /// One line a site.
    Line,
    /// Each step of the page's way.
    Full,
}

/// Runs the command.
pub fn run(args: &DiffArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let common = &args.common;
    let workspace = common.open(&args.tree)?;
    let rewrites = rewrite::rewrite(&workspace)?;
    let options = PrintOptions {
        evidence: match args.evidence {
            Detail::None => EvidenceDetail::None,
            Detail::Line => EvidenceDetail::Line,
            Detail::Full => EvidenceDetail::Full,
        },
        stat: args.stat,
        colours: terminal.colours(),
    };
    let shown = dry_run::dry_run(&workspace, &rewrites);
    terminal.result(&print(&shown, &options))?;
    for refused in &rewrites.refused {
        terminal.warn(refused);
    }
    terminal.unseen(&rewrites.report.unseen);
    let exit = Exit::found(!rewrites.files.is_empty() || !rewrites.refused.is_empty());
    Ok(exit.with_unseen(!rewrites.report.unseen.is_empty(), common.strict))
}
