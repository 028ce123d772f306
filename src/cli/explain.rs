//! `gupatch explain FILE:LINE`: the whole story of one site.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;

use super::exit::Exit;
use super::format::{Format, json};
use super::options::{Common, Terminal, Verbosity};
use crate::driver::lines::SourceLines;
use crate::driver::scan;
use crate::review::{Site, UnlistedSite, Unseen, story};
use crate::source::TreePath;

const EXAMPLES: &str = "\
Examples:
  gupatch explain block/blk-map.c:318          in the tree you are in
  gupatch explain fs/ceph/file.c:107 --tree ~/linux";

/// Tell how pages get to one adder call, and why it is converted or not
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ExplainArgs {
    /// The site, as FILE:LINE
    #[arg(value_name = "FILE:LINE")]
    place: String,
    /// A folder of the kernel tree
    #[arg(long, default_value = ".")]
    tree: PathBuf,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Told<'t> {
    version: u32,
    sites: Vec<&'t Site>,
    unlisted: Vec<&'t UnlistedSite>,
    unseen: &'t Unseen,
}

/// Runs the command.
pub fn run(args: &ExplainArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let (file, line) = split_place(&args.place)?;
    let opened = args.common.open_only(&args.tree, &[file.to_owned()])?;
    let scan = scan::scan(&opened.workspace)?;
    let report = scan.report(&opened.workspace);
    let unlisted = scan.unlisted();
    let lines = SourceLines::new(&opened.workspace.tree.root);
    let read = |path: &TreePath, line| lines.line(path, line);
    let sites: Vec<&Site> = report.sites.iter().filter(|site| site.line == line).collect();
    let others: Vec<&UnlistedSite> = unlisted.iter().filter(|site| site.line == line).collect();
    if sites.is_empty() && others.is_empty() {
        let mut lines: Vec<u32> = report.sites.iter().map(|site| site.line).collect();
        lines.extend(unlisted.iter().map(|site| site.line));
        bail!("{}: no adder is in that line\n  hint: {}", args.place, where_they_are(lines));
    }
    match args.format {
        Format::Text => {
            let colours = terminal.colours();
            let told = sites.iter().map(|site| story::tell(site, &read, colours));
            let unlisted = others.iter().map(|site| story::tell_unlisted(site, &read, colours));
            let out: String = told.chain(unlisted).collect();
            terminal.paged(out.as_bytes(), &opened)?;
        }
        Format::Json => {
            let unseen = &report.unseen;
            let told = Told { version: 1, sites, unlisted: others, unseen };
            terminal.result(&json(&told)?)?;
        }
    }
    terminal.unseen(&report.unseen);
    Ok(Exit::Nothing.with_unseen(!report.unseen.is_empty(), opened.configured.strict))
}

fn where_they_are(mut lines: Vec<u32>) -> String {
    lines.sort_unstable();
    lines.dedup();
    let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
    match lines.len() {
        0 => "no adder of this file takes a page".to_owned(),
        _ => format!("the adders of this file are in lines {}", lines.join(", ")),
    }
}

fn split_place(place: &str) -> anyhow::Result<(&str, u32)> {
    let (file, line) = place
        .rsplit_once(':')
        .with_context(|| format!("`{place}` is not FILE:LINE\n  hint: such as block/bio.c:1156"))?;
    let line =
        line.parse().with_context(|| format!("`{line}` in `{place}` is not a line number"))?;
    Ok((file, line))
}
