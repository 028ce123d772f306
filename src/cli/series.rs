//! `gupatch series`: the campaign as commits on a new branch and as mails in a folder.

use std::fmt::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;

use super::exit::Exit;
use super::options::{Common, Terminal};
use crate::driver::Workspace;
use crate::driver::rewrite;
use crate::driver::series::{SeriesOptions, make};
use crate::mail::{Addressees, MailOptions, MessageIds};
use crate::series::maintainers::Mailbox;

/// Commit the conversions on a new branch, one patch an owner, and write them as format-patch files
#[derive(Debug, Args)]
pub struct SeriesArgs {
    /// A folder of the kernel tree
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// Write the mails to this folder, which is made
    #[arg(short, long = "output-directory", value_name = "DIR")]
    out: PathBuf,
    /// The branch to make [default: gupatch/CAMPAIGN]
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Add a Signed-off-by with your name from git's configuration
    #[arg(short, long)]
    signoff: bool,
    /// The version of the series
    #[arg(short = 'v', long = "reroll-count", value_name = "N")]
    reroll: Option<u32>,
    /// The word in the subjects' brackets
    #[arg(long, value_name = "TEXT", default_value = "PATCH")]
    subject_prefix: String,
    /// One more recipient; can be repeated
    #[arg(long, value_name = "MAILBOX")]
    to: Vec<String>,
    /// One more copy; can be repeated
    #[arg(long, value_name = "MAILBOX")]
    cc: Vec<String>,
    /// Write to nobody but those given
    #[arg(long)]
    no_cc: bool,
    /// Make Message-IDs of the content, so that two runs write the same bytes
    #[arg(long)]
    stable_message_ids: bool,
    /// Say more on standard error
    #[arg(long, help_heading = "Common options")]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

/// Runs the command.
pub fn run(args: &SeriesArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let common = &args.common;
    let options = options(args)?;
    let workspace = Workspace::open(&args.tree, &common.rules, &common.only, common.jobs)?;
    let rewrites = rewrite::rewrite(&workspace)?;
    for refused in &rewrites.refused {
        terminal.warn(refused);
    }
    terminal.unseen(&rewrites.report.unseen);
    if rewrites.files.is_empty() {
        terminal
            .remark("gupatch: there is nothing to convert, so no branch and no mails were made");
        return Ok(Exit::Nothing.with_unseen(!rewrites.report.unseen.is_empty(), common.strict));
    }
    let made = make(&workspace, &rewrites, &options)?;
    for remark in &made.remarks {
        terminal.remark(remark);
    }
    let mut out = String::new();
    let folder = args.out.display();
    for name in &made.mails {
        writeln!(out, "{folder}/{name}").context("writing to a String")?;
    }
    terminal.result(out.as_bytes())?;
    terminal.remark(&format!(
        "gupatch: {} commits on branch {}; nothing else in the repository was changed",
        made.subjects.len(),
        made.branch
    ));
    Ok(Exit::Findings.with_unseen(!rewrites.report.unseen.is_empty(), common.strict))
}

fn options(args: &SeriesArgs) -> anyhow::Result<SeriesOptions> {
    let mailboxes = |given: &[String]| -> anyhow::Result<Vec<Mailbox>> {
        given
            .iter()
            .map(|text| {
                Mailbox::parse(text).with_context(|| {
                    format!("`{text}` is not a mail address\n  hint: such as 'Jane Doe <jane@example.org>'")
                })
            })
            .collect()
    };
    Ok(SeriesOptions {
        folder: args.out.clone(),
        branch: args.branch.clone(),
        sign_off: args.signoff,
        mail: MailOptions {
            version: args.reroll,
            subject_prefix: args.subject_prefix.clone(),
            to: mailboxes(&args.to)?,
            cc: mailboxes(&args.cc)?,
            addressees: if args.no_cc {
                Addressees::OnlyGiven
            } else {
                Addressees::FromMaintainers
            },
            message_ids: if args.stable_message_ids {
                MessageIds::Content
            } else {
                MessageIds::Commit
            },
        },
    })
}
