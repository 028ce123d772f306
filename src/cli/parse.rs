//! `gupatch parse`: how much of some C files is understood.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use rayon::prelude::*;
use serde::Serialize;

use super::bars::bars;
use super::exit::Exit;
use super::format::{Format, json};
use super::options::{Common, Terminal, Verbosity};
use crate::driver::pool;
use crate::items::TypeNames;
use crate::lex::LexedFile;
use crate::parse::coverage::{Coverage, Miss, Tally, coverage};
use crate::source::TreePath;
use crate::tree::walk::{is_header, walk};

const EXAMPLES: &str = "\
Examples:
  gupatch parse fs block --stats              how much of these folders is understood
  gupatch parse fs/bio.c                      what is not, with place and reason";

/// Parse C files and say what was not understood
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ParseArgs {
    /// Files, and folders whose .c files are taken
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Print figures: files, items, functions, lines, calls
    #[arg(long)]
    stats: bool,
    /// Take the .h files of folders as well
    #[arg(long)]
    headers: bool,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// Runs the command.
pub fn run(args: &ParseArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let files = files(args)?;
    let types = TypeNames::default();
    let progress = bars(args.common.quiet);
    let step = progress.begin("files parsed", files.len());
    let (mut total, mut unread) = pool(args.common.jobs.unwrap_or(0))?.install(|| {
        // One file a task: a few files of a kernel are a thousand times the median.
        files.par_iter().with_max_len(1).map(|file| step.done(parse_one(file, &types))).reduce(
            <(Coverage, Vec<Miss>)>::default,
            |mut all, one| {
                all.0.add(one.0);
                all.1.extend(one.1);
                all
            },
        )
    });
    drop(step);
    total.sort();
    unread.sort();
    match args.format {
        Format::Text => terminal.result(text(&total, args.stats).as_bytes())?,
        Format::Json => terminal.result(&json(&Report { version: 1, coverage: &total })?)?,
    }
    for miss in &unread {
        terminal.warn(&format!("gupatch: {}: {}", miss.file, miss.reason));
    }
    let missed = !total.failures.is_empty() || !total.unaccounted_calls.is_empty();
    Ok(Exit::found(missed).with_unseen(!unread.is_empty(), args.common.strict))
}

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    #[serde(flatten)]
    coverage: &'a Coverage,
}

/// The files that the arguments name, as they are to be shown.
fn files(args: &ParseArgs) -> anyhow::Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    for path in &args.paths {
        let metadata = std::fs::metadata(path).with_context(|| path.display().to_string())?;
        if !metadata.is_dir() {
            out.push(path.clone());
            continue;
        }
        let found = walk(path, &[], args.common.jobs.unwrap_or(0)).files.into_iter();
        let wanted = found.filter(|file| args.headers || !is_header(file.file_name()));
        out.extend(wanted.map(|file| path.join(file.as_str())));
    }
    Ok(out)
}

/// The figures of one file, or why there are none.
fn parse_one(path: &Path, types: &TypeNames) -> (Coverage, Vec<Miss>) {
    match read(path) {
        Ok(file) => (coverage(&file, types), Vec::new()),
        Err(error) => {
            let file = path.display().to_string();
            let miss = Miss { file, line: 0, reason: format!("{error:#}") };
            (Coverage::default(), vec![miss])
        }
    }
}

/// Reads and lexes a file that need not be in a kernel tree.
pub(super) fn read(path: &Path) -> anyhow::Result<LexedFile> {
    let bytes = std::fs::read(path)?;
    anyhow::ensure!(u32::try_from(bytes.len()).is_ok(), "files past 4 GiB are not read");
    let shown = path.to_string_lossy();
    let relative = shown.trim_start_matches('/').replace("../", "");
    let name = TreePath::new(&relative).context("this is no path of a file")?;
    Ok(LexedFile::new(name, bytes))
}

fn text(total: &Coverage, stats: bool) -> String {
    let mut out = String::new();
    for miss in total.failures.iter().chain(&total.unaccounted_calls) {
        writeln!(out, "{}:{}: {}", miss.file, miss.line, miss.reason)
            .expect("writing to a String does not fail");
    }
    if stats {
        out.push_str(&figures(total));
    }
    out
}

fn figures(total: &Coverage) -> String {
    let tally = |tally: Tally| {
        format!(
            "{} of {} ({:.3} %), {} more but for opaque statements",
            tally.parsed,
            tally.total,
            tally.percent(),
            tally.partly
        )
    };
    let share = |part: u64, whole: u64| match whole {
        0 => 0.0,
        _ => 100.0 * part as f64 / whole as f64,
    };
    let rows = [
        ("files", format!("{}, {} bytes", total.files, total.bytes)),
        ("functions", tally(total.functions)),
        ("declarations", tally(total.declarations)),
        ("items", tally(total.items)),
        ("first arms only", total.first_arm_only.to_string()),
        ("stray", total.stray.to_string()),
        (
            "lines not parsed",
            format!(
                "{} of {} ({:.4} %)",
                total.bad_lines,
                total.lines,
                share(total.bad_lines, total.lines)
            ),
        ),
        (
            "calls unaccounted",
            format!(
                "{} of {} ({:.4} %)",
                total.unaccounted,
                total.calls,
                share(total.unaccounted, total.calls)
            ),
        ),
        ("opaque", total.opaque.to_string()),
    ];
    rows.iter().map(|(name, value)| format!("{name:<18} {value}\n")).collect()
}
