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

use super::decisions;
use super::exit::Exit;
use super::options::{Common, Terminal, Verbosity};
use crate::driver::lines::SourceLines;
use crate::driver::{dry_run, rewrite};
use crate::review::Palette;
use crate::review::decisions::Decisions;
use crate::review::dry_run::DryRun;
use crate::review::interactive::line_mode::{self, LineUi};
use crate::review::interactive::{Progress, Session, State};
use crate::review::story::ReadLine;

const EXAMPLES: &str = "\
Every decision is saved at once, in a file to be read and committed; a rejection asks for its reason, which
`series` puts into the cover letter. Without a terminal, or with --line, it asks like `git add -p`.

Examples:
  gupatch review ~/linux                      decide; ? shows the keys
  gupatch review --only drivers/gpu           only this folder
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
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
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
