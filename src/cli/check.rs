//! `gupatch check`: the guard of a tree that was converted, for hooks and CI.

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::exit::Exit;
use super::format::{Shown, json};
use super::options::{Common, Opened, Terminal, Verbosity, write_whole};
use super::today::today;
use crate::driver::lines::SourceLines;
use crate::driver::{dry_run, rewrite, scan};
use crate::review::baseline::Baseline;
use crate::review::guard::{Guard, Judgement, Scope};
use crate::review::patch::{self, FilePatch};
use crate::review::{Report, Unseen};
use crate::source::TreePath;

/// The baseline of a tree, where none is named.
const BASELINE: &str = "gupatch-baseline.toml";

const EXAMPLES: &str = "\
A site is excused by the baseline, by an exception in the tree's gupatch.toml, or by a comment:

  [[exception]]
  path = \"drivers/misc/genbuf.c\"    # a file, or a folder with a slash at its end
  function = \"genbuf_map_one\"       # may be left out, and so may adder and page
  adder = \"sg_set_page\"
  reason = \"the driver unpins by its own flag\"
  expires = 2027-06-30              # may be left out

  /* gupatch: allow: the driver unpins by its own flag */

With --since or --patch only what a change touches is judged: sites in the files it changes, and sites
elsewhere whose pages pass through one of them.

Examples:
  gupatch check --update-baseline             take what is there now as known
  gupatch check                               is there anything new?
  gupatch check --since origin/master         the same for a pull request
  git diff | gupatch check --patch -          the same for what is not committed yet";

/// Fail where a GUP page reaches a plain adder that is neither known nor excused
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct CheckArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// The known sites [default: gupatch-baseline.toml in the tree, where it is there]
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Write the sites that are there now to the baseline, and find nothing
    #[arg(long, conflicts_with = "since")]
    update_baseline: bool,
    /// Judge only what this patch changes; the tree has it applied already. - is standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["update_baseline", "since"])]
    patch: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// How a verdict is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CheckFormat {
    /// `file:line:column: error: message`, warnings about what excuses nothing, and a summary.
    Text,
    /// For programs: one JSON value, versioned; `gupatch schema` has its description.
    Json,
    /// For code scanning services: SARIF 2.1.0 with what is excused as suppressed.
    Sarif,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Checked<'c> {
    #[serde(flatten)]
    judgement: &'c Judgement,
    unseen: &'c Unseen,
}

/// Runs the command.
pub fn run(args: &CheckArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let opened = args.common.open(&args.tree)?;
    let workspace = &opened.workspace;
    let root = &workspace.tree.root;
    let scope = scope(args, &opened)?;
    // Only SARIF has fixes, and only for them are the rules run.
    let (report, fixes) = match args.format {
        CheckFormat::Sarif => {
            let rewrites = rewrite::rewrite(workspace)?;
            let fixes = dry_run::dry_run(workspace, &rewrites);
            (rewrites.report, Some(fixes))
        }
        CheckFormat::Text | CheckFormat::Json => (scan::scan(workspace)?.report(workspace), None),
    };
    let path = baseline_path(args, &opened);
    let baseline = load(&path, args)?;
    let lines = SourceLines::new(root);
    let guard = Guard {
        baseline: &baseline,
        exceptions: &opened.configured.config.exceptions,
        read_line: &|path, line| lines.line(path, line),
        today: today()?,
        scope,
    };
    let judgement = guard.judge(&report);
    if args.update_baseline {
        return update(&path, &judgement, &report, terminal, opened.configured.strict);
    }
    match args.format {
        CheckFormat::Text => terminal.paged(judgement.text(terminal.colours()).as_bytes(), &opened),
        CheckFormat::Json => {
            let checked = Checked { judgement: &judgement, unseen: &report.unseen };
            terminal.result(&json(&checked)?)
        }
        CheckFormat::Sarif => {
            let judgement = Some(&judgement);
            let shown = Shown { report: &report, dry_run: fixes.as_ref(), judgement };
            terminal.result(&shown.sarif(&opened))
        }
    }?;
    terminal.unseen(&report.unseen);
    Ok(Exit::found(!judgement.passes())
        .with_unseen(!report.unseen.is_empty(), opened.configured.strict))
}

fn baseline_path(args: &CheckArgs, opened: &Opened) -> PathBuf {
    let named = args.baseline.clone().or_else(|| opened.configured.config.check.baseline.clone());
    named.unwrap_or_else(|| opened.workspace.tree.root.join(BASELINE))
}

/// The baseline; empty where the usual one is not there, or where it is to be made.
fn load(path: &Path, args: &CheckArgs) -> anyhow::Result<Baseline> {
    let context = || path.display().to_string();
    match std::fs::read_to_string(path) {
        Ok(text) => Baseline::parse(&text).with_context(context),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            anyhow::ensure!(
                args.baseline.is_none() || args.update_baseline,
                "{}: there is no such file\n  hint: --update-baseline makes it",
                path.display()
            );
            Ok(Baseline::default())
        }
        Err(e) => Err(e).with_context(context),
    }
}

/// Takes what is there and not excused otherwise as known.
fn update(
    path: &Path,
    judgement: &Judgement,
    report: &Report,
    terminal: &Terminal,
    strict: bool,
) -> anyhow::Result<Exit> {
    let baseline = judgement.baseline();
    write_whole(path, baseline.to_toml().as_bytes())?;
    terminal.remark(&format!(
        "gupatch: {} sites are known now, {} of them new, {} are no longer there; {}",
        baseline.iter().count(),
        judgement.findings.len(),
        judgement.stale.len(),
        path.display()
    ));
    terminal.unseen(&report.unseen);
    Ok(Exit::Nothing.with_unseen(!report.unseen.is_empty(), strict))
}

fn scope(args: &CheckArgs, opened: &Opened) -> anyhow::Result<Scope> {
    let root = &opened.workspace.tree.root;
    if let Some(changed) = &opened.workspace.changed {
        return Ok(Scope::Files(changed.clone()));
    }
    let Some(path) = &args.patch else { return Ok(Scope::Whole) };
    let mut text = Vec::new();
    let name = if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut text).context("standard input")?;
        "standard input".to_owned()
    } else {
        text = std::fs::read(path).with_context(|| path.display().to_string())?;
        path.display().to_string()
    };
    let files = patch::parse(&text).with_context(|| name.clone())?;
    files.iter().try_for_each(|file| is_applied(root, file)).with_context(|| name)?;
    let paths = files.iter().flat_map(|file| [file.before.clone(), file.after.clone()]);
    Ok(Scope::Files(paths.flatten().collect::<BTreeSet<TreePath>>()))
}

/// A patch that the tree does not have would be judged by what is not there.
fn is_applied(root: &Path, file: &FilePatch) -> anyhow::Result<()> {
    let Some(path) = &file.after else { return Ok(()) };
    let bytes = std::fs::read(root.join(path.as_str())).with_context(|| path.to_string())?;
    match patch::is_applied(&bytes, &file.hunks) {
        Ok(()) => Ok(()),
        Err(error) => bail!(
            "{path}: {error}, so the tree does not have the patch\n  hint: `git apply` it first, or check the \
             tree with --since"
        ),
    }
}
