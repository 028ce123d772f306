//! `gupatch apply`: the conversions in the working tree, all files or none.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::exit::Exit;
use super::options::{Common, Terminal, Verbosity};
use crate::diff::{FileChange, FileDiff, diffstat};
use crate::driver::{apply, rewrite, series};

/// Edit the working tree: the conversions and the helpers they call, all files or none
#[derive(Debug, Args)]
pub struct ApplyArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// Runs the command.
pub fn run(args: &ApplyArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let common = &args.common;
    let workspace = common.open(&args.tree)?;
    let rewrites = rewrite::rewrite(&workspace)?;
    for refused in &rewrites.refused {
        terminal.warn(refused);
    }
    terminal.unseen(&rewrites.report.unseen);
    let changes = series::all_changes(&workspace, &rewrites)?;
    apply::apply(&workspace.tree.root, &changes)?;
    let stat: Vec<_> = changes.iter().map(|change| FileDiff::new(change).stat()).collect();
    let mut out = String::new();
    if !changes.is_empty() {
        write!(out, "{}", diffstat(&stat)).context("writing to a String")?;
    }
    terminal.result(out.as_bytes())?;
    terminal.remark(&summary(&changes, rewrites.files.iter().map(|f| f.sites.len()).sum()));
    let exit = Exit::found(!changes.is_empty() || !rewrites.refused.is_empty());
    Ok(exit.with_unseen(!rewrites.report.unseen.is_empty(), common.strict))
}

fn summary(changes: &[FileChange], sites: usize) -> String {
    match changes.len() {
        0 => "gupatch: there is nothing to convert; no file was changed".to_owned(),
        files => format!("gupatch: {sites} sites converted; {files} files changed"),
    }
}
