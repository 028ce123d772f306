//! `gupatch audit`: every GUP call, where its pages go, and who gives them back.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::exit::Exit;
use super::format::json;
use super::options::{Common, Opened, Terminal, Verbosity};
use crate::driver::at_commit::AtCommit;
use crate::driver::{Workspace, audit as driver};
use crate::review::audit::{self, Audit};

const EXAMPLES: &str = "\
For each call: how the reference is taken, the flags, whether the pages are written to or on what that
depends, the plain adders that its pages reach, the calls that give them back in the same function and
in others, and whether the function itself does so on every way out. A leak is only claimed where
nothing else can be.

Calls that take FOLL_GET references to pages that are written to are listed once more with what says so:
set_page_dirty() beside their release, a store through their mapping, a device that is told to write, or
FOLL_WRITE. Documentation/core-api/pin_user_pages.rst has FOLL_PIN for them. Pages of an iterator are
written to where it is a destination, which is said but does not suffice for the list.

Examples:
  gupatch audit                                  every call, by subsystem
  gupatch audit --only drivers/media             those of some folders
  gupatch audit --format csv --output gup.csv    a table for a spreadsheet
  gupatch audit --against v6.0                   what is different from a revision
  gupatch audit --against ../linux-6.12          or from another tree";

/// List every get_user_pages() call: flags, where the pages go, who gives them back
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct AuditArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// Compare with another tree, or with a git revision of this one
    #[arg(long, value_name = "TREE|REV")]
    against: Option<String>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: AuditFormat,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// How an audit is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum AuditFormat {
    /// For people.
    Text,
    /// For programs: one JSON value, versioned; `gupatch schema` has its description.
    Json,
    /// For spreadsheets: a line a call.
    Csv,
    /// For reading in a browser: one file that needs nothing else.
    Html,
}

/// Runs the command.
pub fn run(args: &AuditArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let opened = args.common.open(&args.tree)?;
    let mut audit = driver::audit(&opened.workspace)?;
    if let Some(other) = &args.against {
        let before = before(args, other, &opened)?;
        audit.comparison = Some(audit::compare(&audit, &before, other.clone()));
    }
    match args.format {
        AuditFormat::Text => {
            terminal.paged(audit::text(&audit, terminal.colours()).as_bytes(), &opened)
        }
        AuditFormat::Json => terminal.result(&json(&audit)?),
        AuditFormat::Csv => terminal.result(audit::csv(&audit).as_bytes()),
        AuditFormat::Html => terminal.result(audit::page(&audit).as_bytes()),
    }?;
    terminal.unseen(&audit.unseen);
    Ok(Exit::found(audit.has_problems())
        .with_unseen(!audit.unseen.is_empty(), opened.configured.strict))
}

/// The audit to compare with: what is there as a folder is no revision.
fn before(args: &AuditArgs, other: &str, opened: &Opened) -> anyhow::Result<Audit> {
    let configured = &opened.configured;
    if Path::new(other).is_dir() {
        // Its paths are those of this tree, wherever that is.
        let only: Vec<String> = opened
            .workspace
            .only
            .iter()
            .map(|path| Path::new(other).join(path.as_str()))
            .filter(|path| path.exists())
            .map(|path| path.display().to_string())
            .collect();
        let folder = Path::new(other);
        let workspace = Workspace::open(folder, &configured.rules, &only, configured.jobs)?;
        return driver::audit(&args.common.watched(args.common.cached(workspace)));
    }
    let at_commit = AtCommit::open(&args.tree, Some(other))?;
    let workspace = at_commit.workspace(&configured.rules, &args.common.only, configured.jobs)?;
    driver::audit(&args.common.watched(workspace))
}
