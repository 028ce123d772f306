//! `gupatch apply`: the conversions in the working tree, all files or none.

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use super::decisions::{self, DecisionArgs};
use super::exit::Exit;
use super::format::{Format, json};
use super::options::{Common, Terminal, Verbosity};
use crate::diff::{FileChange, FileDiff, StatEntry, diffstat};
use crate::driver::{apply, rewrite, series};
use crate::review::Unseen;

const EXAMPLES: &str = "\
Examples:
  gupatch diff && gupatch apply               look first, then do it
  gupatch apply --only block                  only this folder
  gupatch apply --undecided leave             only what a review accepted";

/// Edit the working tree: the conversions and the helpers they call, all files or none
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ApplyArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// How to print what was done
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    decisions: DecisionArgs,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Applied<'a> {
    version: u32,
    sites: usize,
    files: Vec<Written<'a>>,
    refused: &'a [String],
    unseen: &'a Unseen,
}

#[derive(Serialize)]
struct Written<'a> {
    file: &'a str,
    is_new: bool,
    insertions: usize,
    deletions: usize,
}

/// Runs the command.
pub fn run(args: &ApplyArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let opened = args.common.open(&args.tree)?;
    let workspace = &opened.workspace;
    let configured = &opened.configured;
    let named = decisions::named(&args.decisions, configured)?;
    let rewrites = rewrite::rewrite(workspace)?;
    let rewrites = decisions::follow(named.as_ref(), workspace, rewrites, terminal);
    for refused in &rewrites.refused {
        terminal.warn(refused);
    }
    terminal.unseen(&rewrites.report.unseen);
    let changes = series::all_changes(workspace, &rewrites)?;
    apply::apply(&workspace.tree.root, &changes)?;
    let stat: Vec<_> = changes.iter().map(|change| FileDiff::new(change).stat()).collect();
    let sites = rewrites.files.iter().map(|file| file.sites.len()).sum();
    match args.format {
        Format::Text if changes.is_empty() => {}
        Format::Text => terminal.result(diffstat(&stat).as_bytes())?,
        Format::Json => {
            let applied = Applied {
                version: 1,
                sites,
                files: stat.iter().map(written).collect(),
                refused: &rewrites.refused,
                unseen: &rewrites.report.unseen,
            };
            terminal.result(&json(&applied)?)?;
        }
    }
    terminal.remark(&summary(&changes, sites));
    let exit = Exit::found(!changes.is_empty() || !rewrites.refused.is_empty());
    Ok(exit.with_unseen(!rewrites.report.unseen.is_empty(), opened.configured.strict))
}

fn written(entry: &StatEntry) -> Written<'_> {
    let file = entry.path.as_str();
    let is_new = entry.created.is_some();
    Written { file, is_new, insertions: entry.counts.added, deletions: entry.counts.deleted }
}

fn summary(changes: &[FileChange], sites: usize) -> String {
    match changes.len() {
        0 => "gupatch: there is nothing to convert; no file was changed".to_owned(),
        files => format!("gupatch: {sites} sites converted; {files} files changed"),
    }
}
