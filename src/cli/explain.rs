//! `gupatch explain FILE:LINE`: the whole story of one site.

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use clap::Args;

use super::exit::Exit;
use super::options::{Common, Terminal, Verbosity};
use crate::driver::{Workspace, scan};
use crate::lex::LexedFile;
use crate::review::story;
use crate::source::TreePath;

/// Tell how pages get to one adder call, and why it is converted or not
#[derive(Debug, Args)]
pub struct ExplainArgs {
    /// The site, as FILE:LINE
    #[arg(value_name = "FILE:LINE")]
    place: String,
    /// A folder of the kernel tree
    #[arg(long, default_value = ".")]
    tree: PathBuf,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// Runs the command.
pub fn run(args: &ExplainArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let common = &args.common;
    let (file, line) = split_place(&args.place)?;
    let only = [file.to_owned()];
    let workspace = common.open_only(&args.tree, &only)?;
    let scan = scan::scan(&workspace)?;
    let report = scan.report(&workspace);
    let unlisted = scan.unlisted();
    let reader = LineReader { workspace: &workspace };
    let read = |path: &TreePath, line| reader.line(path, line);
    let mut out = String::new();
    for site in report.sites.iter().filter(|site| site.line == line) {
        out.push_str(&story::tell(site, &read, terminal.colours()));
    }
    for site in unlisted.iter().filter(|site| site.line == line) {
        out.push_str(&story::tell_unlisted(site, &read, terminal.colours()));
    }
    if out.is_empty() {
        let mut lines: Vec<u32> = report.sites.iter().map(|site| site.line).collect();
        lines.extend(unlisted.iter().map(|site| site.line));
        bail!("{}: no adder is in that line\n  hint: {}", args.place, where_they_are(lines));
    }
    terminal.result(out.as_bytes())?;
    terminal.unseen(&report.unseen);
    Ok(Exit::Nothing.with_unseen(!report.unseen.is_empty(), common.strict))
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

struct LineReader<'w> {
    workspace: &'w Workspace,
}

impl LineReader<'_> {
    fn line(&self, path: &TreePath, line: u32) -> Option<String> {
        let bytes = std::fs::read(self.workspace.tree.on_disk(path)).ok()?;
        let file = LexedFile::new(path.clone(), bytes);
        let span = file.lines.line_span(line)?;
        let text = String::from_utf8_lossy(&file.bytes[span.range()]);
        Some(text.trim_end().to_owned())
    }
}
