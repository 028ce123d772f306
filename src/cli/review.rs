//! `gupatch review`: accept, edit or reject each conversion, on a full screen or line by line.
//!
//! The review itself is [`crate::review::interactive`]; here are the terminal, the editor and the decisions
//! file. Every decision is on disc before the next key is read.

mod screen;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};
use clap::Args;
use serde::Serialize;

use super::decisions;
use super::exit::Exit;
use super::format::{Format, json};
use super::options::{Common, Terminal, Verbosity};
use crate::driver::lines::SourceLines;
use crate::driver::rewrite::Rewrites;
use crate::driver::{dry_run, rewrite};
use crate::review::decisions::{Decision, Decisions, Verdict};
use crate::review::dry_run::{DryRun, FileReview, Unit};
use crate::review::fingerprint::Fingerprint;
use crate::review::interactive::line_mode::{self, LineUi};
use crate::review::interactive::{Progress, Session, State};
use crate::review::story::ReadLine;
use crate::review::{Palette, Site};
use crate::source::TreePath;

const EXAMPLES: &str = "\
Every decision is saved at once, in a file to be read and committed; a rejection asks for its reason, which
`series` puts into the cover letter. Without a terminal, or with --line, it asks like `git add -p`.

Examples:
  gupatch review ~/linux                      decide; ? shows the keys
  gupatch review --only drivers/gpu           only this folder
  gupatch review --format json                what was decided, and what is open; asks nothing
  gupatch apply                               then: what was not rejected or put off";

/// Accept, edit or reject each conversion; `apply` and `series` follow the decisions
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct ReviewArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// Keep the decisions in FILE [default: gupatch-decisions.toml in the tree]
    #[arg(long, value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// Ask line by line, as without a terminal
    #[arg(long)]
    line: bool,
    /// With json: ask nothing, and print what there is to decide and what was decided
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "line")]
    format: Format,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Listed {
    version: u32,
    tree: String,
    rules: String,
    decisions: String,
    changes: Vec<ListedChange>,
    stale: Vec<StaleDecision>,
}

#[derive(Serialize)]
struct ListedChange {
    fingerprint: Fingerprint,
    subsystem: String,
    file: TreePath,
    rules: Vec<String>,
    sites: Vec<Site>,
    verdict: &'static str,
    reason: Option<String>,
}

#[derive(Serialize)]
struct StaleDecision {
    fingerprint: Fingerprint,
    file: String,
    sites: Vec<String>,
}

impl Listed {
    fn new(rewrites: &Rewrites, dry_run: &DryRun, path: &Path) -> anyhow::Result<Listed> {
        let decisions = decisions::load(path)?;
        let mut changes = Vec::new();
        for group in &dry_run.groups {
            for file in &group.files {
                let units = file.units().iter();
                changes.extend(units.map(|unit| {
                    ListedChange::new(
                        &group.subsystem,
                        file,
                        unit,
                        decisions.get(&unit.fingerprint),
                    )
                }));
            }
        }
        let is_there = |decision: &&Decision| {
            changes.iter().any(|change| change.fingerprint == decision.fingerprint)
        };
        let stale = decisions.iter().filter(|decision| !is_there(decision)).map(|decision| {
            let Decision { fingerprint, file, sites, .. } = decision.clone();
            StaleDecision { fingerprint, file, sites }
        });
        Ok(Listed {
            version: 1,
            tree: rewrites.report.tree.clone(),
            rules: rewrites.report.rules.clone(),
            decisions: path.display().to_string(),
            stale: stale.collect(),
            changes,
        })
    }
}

impl ListedChange {
    fn new(
        subsystem: &str,
        file: &FileReview,
        unit: &Unit,
        verdict: Option<&Verdict>,
    ) -> ListedChange {
        let evidence = || unit.evidence.iter().map(|&at| &file.evidence()[at]);
        let mut rules: Vec<String> = evidence().map(|evidence| evidence.rule.clone()).collect();
        rules.sort();
        rules.dedup();
        let (verdict, reason) = match verdict {
            Some(Verdict::Accept) => ("accept", None),
            Some(Verdict::Edit(_)) => ("edit", None),
            Some(Verdict::Reject(reason)) => ("reject", Some(reason.clone())),
            Some(Verdict::Skip) => ("skip", None),
            None => ("undecided", None),
        };
        ListedChange {
            fingerprint: unit.fingerprint.clone(),
            subsystem: subsystem.to_owned(),
            file: file.change().path.clone(),
            rules,
            sites: evidence().map(|evidence| evidence.site.clone()).collect(),
            verdict,
            reason,
        }
    }
}

/// What is reviewed, and how.
struct ReviewSession<'s> {
    /// What the rules would change.
    dry_run: DryRun,
    /// The lines of the tree.
    read_line: ReadLine<'s>,
    /// The decisions file; it need not be there yet.
    decisions_path: PathBuf,
    /// Whether the full screen is not wanted.
    by_line: bool,
    /// The colours of the terminal.
    colours: Palette,
}

/// Runs the command.
pub fn run(args: &ReviewArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let opened = args.common.open(&args.tree)?;
    let workspace = &opened.workspace;
    let root = &workspace.tree.root;
    let rewrites = rewrite::rewrite(workspace)?;
    for refused in &rewrites.refused {
        terminal.warn(refused);
    }
    let unseen = &rewrites.report.unseen;
    terminal.unseen(unseen);
    if args.format == Format::Json {
        let path =
            decisions::path(args.decisions.as_deref(), &opened.configured.config.review, root);
        let listed = Listed::new(&rewrites, &dry_run::dry_run(workspace, &rewrites), &path)?;
        terminal.result(&json(&listed)?)?;
        let is_open = listed.changes.iter().any(|change| change.verdict == "undecided");
        return Ok(Exit::found(is_open).with_unseen(!unseen.is_empty(), opened.configured.strict));
    }
    let lines = SourceLines::new(root);
    let exit = review(ReviewSession {
        dry_run: dry_run::dry_run(workspace, &rewrites),
        read_line: &|path, line| lines.line(path, line),
        decisions_path: decisions::path(
            args.decisions.as_deref(),
            &opened.configured.config.review,
            root,
        ),
        by_line: args.line,
        colours: terminal.colours(),
    })?;
    Ok(exit.with_unseen(!unseen.is_empty(), opened.configured.strict))
}

/// Lets a person decide: nothing is left after that, or something is.
fn review(session: ReviewSession<'_>) -> anyhow::Result<Exit> {
    let decisions = decisions::load(&session.decisions_path)?;
    let layout = Session::new(session.dry_run, session.read_line);
    let mut outside = Outside { path: session.decisions_path };
    let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
    let on_terminal = io::stdin().is_terminal() && io::stdout().is_terminal() && !dumb;
    if session.by_line || !on_terminal {
        let mut ui = Lines { outside: &mut outside, input: io::stdin().lock() };
        let total = layout.items().len();
        let decisions = line_mode::run(layout, decisions, session.colours, &mut ui)?;
        return Ok(Exit::found(decisions.iter().count() < total));
    }
    let state = State::new(layout, decisions, (80, 24));
    let progress = screen::run(state, !session.colours.is_plain(), &mut outside)?;
    let Progress { decided, skipped, total } = progress;
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "{decided} of {total} decided; {}", outside.path.display())
        .context("standard output")?;
    Ok(Exit::found(decided + skipped < total))
}

/// The decisions file and the editor.
struct Outside {
    path: PathBuf,
}

impl Outside {
    /// Replaces the file by a new one, whole or not at all.
    fn save(&self, decisions: &Decisions) -> io::Result<()> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            Some(_) | None => Path::new("."),
        };
        let mut file = tempfile::Builder::new()
            .make_in(folder, |temporary| std::fs::File::create_new(temporary))?;
        file.write_all(decisions.to_toml().as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(&self.path).map_err(|e| e.error)?;
        Ok(())
    }

    /// Lets a person edit `text` in the editor that git would take.
    fn edit(&self, text: &str) -> anyhow::Result<String> {
        let named = ["GIT_EDITOR", "VISUAL", "EDITOR"].into_iter().find_map(std::env::var_os);
        let editor = named.unwrap_or_else(|| "vi".into());
        let mut file = tempfile::Builder::new().prefix("gupatch-").suffix(".diff").tempfile()?;
        file.write_all(text.as_bytes())?;
        // The variable may hold options; the shell takes it apart as it does for git.
        let status = Command::new("sh")
            .arg("-c")
            .arg("eval \"$GUPATCH_EDITOR\" '\"$1\"'")
            .arg("sh")
            .arg(file.path())
            .env("GUPATCH_EDITOR", &editor)
            .status()
            .with_context(|| format!("cannot start {}", editor.display()))?;
        if !status.success() {
            bail!("{} ended with {status}", editor.display());
        }
        std::fs::read_to_string(file.path()).context("what the editor wrote")
    }
}

/// Line mode on standard input and output.
struct Lines<'o, I> {
    outside: &'o mut Outside,
    input: I,
}

impl<I: BufRead> LineUi for Lines<'_, I> {
    fn show(&mut self, text: &str) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes())?;
        stdout.flush()
    }

    fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        self.show(question)?;
        let mut line = String::new();
        match self.input.read_line(&mut line)? {
            0 => self.show("\n").map(|()| None),
            _ => Ok(Some(line.trim_end_matches(['\r', '\n']).to_owned())),
        }
    }

    fn save(&mut self, decisions: &Decisions) -> io::Result<()> {
        self.outside.save(decisions)
    }

    fn edit(&mut self, text: &str) -> io::Result<String> {
        self.outside.edit(text).map_err(io::Error::other)
    }
}

#[cfg(test)]
mod tests;
