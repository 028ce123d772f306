//! `gupatch demo`: scan, diff and series on the miniature tree, each shown with the command to repeat it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, bail};
use clap::{Args, Parser};
use serde::Serialize;

use super::{files, write_tree};
use crate::cli::diff::{self, DiffArgs};
use crate::cli::exit::Exit;
use crate::cli::format::{Format, json};
use crate::cli::options::{Common, DEFAULT_RULES, Terminal, Verbosity};
use crate::cli::scan::{self, ScanArgs};
use crate::cli::series::{self, SeriesArgs};
use crate::series::repo;

const EXAMPLES: &str = "\
Examples:
  gupatch demo                                in a new folder for temporary files
  gupatch demo /tmp/gupatch-demo              in this one";

/// Show all of it on a miniature kernel tree that the program carries
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DemoArgs {
    /// The folder to make [default: a new one for temporary files]
    #[arg(value_name = "DIR")]
    folder: Option<PathBuf>,
    /// With json: show nothing, and print what was made
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    pub(in crate::cli) common: Common,
    #[command(flatten)]
    pub(in crate::cli) verbosity: Verbosity,
}

/// Who the demo's commits are by, since a newcomer may not have told git yet.
const AUTHOR: (&str, &str) = ("gupatch demo", "demo@gupatch.example");

/// One of the program's own commands, parsed from the words that are shown.
#[derive(Debug, Parser)]
struct Own<A: Args> {
    #[command(flatten)]
    args: A,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Made {
    version: u32,
    folder: String,
    tree: String,
    files: usize,
    patches: Vec<String>,
    branch: String,
    applied: Option<String>,
}

/// Runs the command.
pub fn run(args: &DemoArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let folder = match &args.folder {
        Some(folder) => std::path::absolute(folder)?,
        None => tempfile::Builder::new().prefix("gupatch-demo-").tempdir()?.keep(),
    };
    let tree = folder.join("linux");
    let patches = folder.join("patches");
    let written = write_tree(&tree).map_err(|e| anyhow::anyhow!("{e}\n  hint: {}", e.hint()))?;
    let paths: Vec<&Path> = files().into_iter().map(|(path, _)| path).collect();
    repo::init(&tree, &paths, AUTHOR, "A miniature kernel tree\n")?;
    let rules = args.common.rules.as_deref().unwrap_or(DEFAULT_RULES);
    let branch = format!("gupatch/{rules}");
    let tree_text = tree.display().to_string();
    let words = |command: &str, words: &[&str]| -> Vec<String> {
        let all = [command, &tree_text].into_iter().chain(words.iter().copied());
        all.chain(["--rules", rules]).map(str::to_owned).collect()
    };
    let patches_text = patches.display().to_string();
    let series_words = words("series", &["-o", &patches_text, "-s"]);

    if args.format == Format::Json {
        let quiet = terminal.to_nowhere();
        let own = Own::<SeriesArgs>::try_parse_from(&series_words)?;
        series::run(&own.args, &quiet)?;
        let made = Made {
            version: 1,
            folder: folder.display().to_string(),
            tree: tree_text,
            files: written,
            patches: mails(&patches)?.iter().map(|mail| mail.display().to_string()).collect(),
            applied: git_am(&quiet, &folder, &tree, &patches, &branch)?,
            branch,
        };
        terminal.result(&json(&made)?)?;
        return Ok(Exit::Nothing);
    }
    say(terminal, &format!("A miniature kernel tree of {written} files is in {}", tree.display()))?;

    title(terminal, "scan", &tree_text, "every adder that pages from get_user_pages() can reach")?;
    let own = Own::<ScanArgs>::try_parse_from(words("scan", &[]))?;
    scan::run(&own.args, terminal)?;

    title(terminal, "diff", &tree_text, "the dry run: a patch, with evidence above each hunk")?;
    let own = Own::<DiffArgs>::try_parse_from(words("diff", &[]))?;
    diff::run(&own.args, terminal)?;

    let shown = format!("{tree_text} -o {patches_text} -s");
    title(terminal, "series", &shown, "one patch an owner, committed on a branch and as mails")?;
    let own = Own::<SeriesArgs>::try_parse_from(&series_words)?;
    series::run(&own.args, terminal)?;

    let applied = git_am(terminal, &folder, &tree, &patches, &branch)?;
    match applied {
        Some(applied) => {
            say(terminal, &format!("the tree after `git am` is that of {branch}: {applied}"))?;
        }
        None => say(terminal, "\ngit is not installed here, so `git am` was not tried")?,
    }
    say(terminal, &format!("\nAll of it stays in {}", folder.display()))?;
    Ok(Exit::Nothing)
}

/// The mails in a folder, in their order.
fn mails(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut mails: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    mails.sort();
    Ok(mails)
}

fn say(terminal: &Terminal, line: &str) -> anyhow::Result<()> {
    terminal.result(format!("{line}\n").as_bytes())
}

/// A heading, and below it the command as one would type it.
fn title(terminal: &Terminal, command: &str, words: &str, what: &str) -> anyhow::Result<()> {
    let heading = terminal.colours().heading;
    let dim = terminal.colours().dim;
    say(terminal, &format!("\n{heading}{command}: {what}{heading:#}"))?;
    say(terminal, &format!("{dim}$ gupatch {command} {words}{dim:#}\n"))
}

/// Applies the mails with git itself in a scratch clone and compares the trees: the tree of both, and nothing without git.
fn git_am(
    terminal: &Terminal,
    folder: &Path,
    tree: &Path,
    patches: &Path,
    branch: &str,
) -> anyhow::Result<Option<String>> {
    let is_there = Command::new("git").arg("--version").stdout(Stdio::null()).status();
    if !is_there.is_ok_and(|status| status.success()) {
        return Ok(None);
    }
    let scratch = folder.join("scratch");
    let heading = terminal.colours().heading;
    say(terminal, &format!("\n{heading}git am: the mails in a scratch clone{heading:#}"))?;
    git(
        folder,
        &["clone", "--quiet", &tree.display().to_string(), &scratch.display().to_string()],
    )?;
    for (key, value) in [("user.name", AUTHOR.0), ("user.email", AUTHOR.1)] {
        git(&scratch, &["config", key, value])?;
    }
    let mails = mails(patches)?;
    let mut words = vec!["am".to_owned(), "--quiet".to_owned()];
    let is_patch = |mail: &&PathBuf| !mail.to_string_lossy().contains("0000-cover-letter");
    words.extend(mails.iter().filter(is_patch).map(|mail| mail.display().to_string()));
    git(&scratch, &words.iter().map(String::as_str).collect::<Vec<_>>())?;
    let applied = git(&scratch, &["rev-parse", "HEAD^{tree}"])?;
    let made = git(&scratch, &["rev-parse", &format!("origin/{branch}^{{tree}}")])?;
    if applied != made {
        bail!("git am made the tree {applied} and the branch has {made}");
    }
    Ok(Some(applied))
}

/// Runs git and gives its output, trimmed.
fn git(folder: &Path, words: &[&str]) -> anyhow::Result<String> {
    let mut command = Command::new("git");
    command.current_dir(folder).args(words).env("GIT_CONFIG_NOSYSTEM", "1");
    let out = command.output().context("cannot run git")?;
    if !out.status.success() {
        bail!("git {} failed: {}", words[0], String::from_utf8_lossy(&out.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&out.stdout).trim().to_owned())
}
