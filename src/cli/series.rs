//! `gupatch series`: the campaign as commits on a new branch and as mails in a folder.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use serde::Serialize;

use super::decisions::{self, DecisionArgs};
use super::exit::Exit;
use super::format::{Format, json};
use super::options::{Common, Terminal};
use crate::driver::at_commit::AtCommit;
use crate::driver::rewrite;
use crate::driver::series::{SeriesMade, SeriesOptions, Target, last_news, make, prepare};
use crate::mail::{self, Addressees, MailOptions, MessageIds};
use crate::review::Unseen;
use crate::series::build::PatchBuild;
use crate::series::maintainers::Mailbox;
use crate::series::trailers::Trailer;
use crate::series::{MAX_PATCHES, Split};

/// Commit the conversions on a new branch, one patch an owner, and write them as format-patch files
#[derive(Debug, Args)]
#[command(after_help = PARTNERS)]
pub struct SeriesArgs {
    /// A folder of the kernel tree, or a bare repository of one. The series is made from HEAD
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// Write the mails to this folder, which is made
    #[arg(
        short,
        long = "output-directory",
        value_name = "DIR",
        required_unless_present = "stdout",
        conflicts_with = "stdout"
    )]
    out: Option<PathBuf>,
    /// Print all mails as one mbox instead
    #[arg(long)]
    stdout: bool,
    /// The branch to make [default: gupatch/CAMPAIGN, from version 2 on with -vN behind it]
    #[arg(long, value_name = "NAME")]
    branch: Option<String>,
    /// Add a Signed-off-by with your name from git's configuration
    #[arg(short, long)]
    signoff: bool,
    /// Add a line such as 'Suggested-by: Jane Doe <jane@example.org>' to each message; can be repeated
    #[arg(long, value_name = "TRAILER", value_parser = Trailer::parse)]
    trailer: Vec<Trailer>,
    /// Make a patch of each
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = SplitArg::Subsystem)]
    split: SplitArg,
    /// Patches in one posting; more of them become several postings. 0 is no limit
    #[arg(long, value_name = "N", default_value_t = MAX_PATCHES)]
    max_patches: usize,
    /// Compile what each patch touches, before and after it, in KBUILD_DIR, where make was configured: make O=KBUILD_DIR
    #[arg(long, value_name = "KBUILD_DIR")]
    build: Option<PathBuf>,
    /// The version of the series
    #[arg(short = 'v', long = "reroll-count", value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    reroll: Option<u32>,
    /// Record what is generated in FILE, and tell in the cover letter what changed since the record
    /// before: what has landed, what moved, what is new. -v counts on from there
    #[arg(long, value_name = "FILE")]
    campaign: Option<PathBuf>,
    /// Put this text about what changed since the last version into the cover letter
    #[arg(long, value_name = "FILE")]
    changes: Option<PathBuf>,
    /// The words in the subjects' brackets
    #[arg(long, value_name = "TEXT", default_value = "PATCH")]
    subject_prefix: String,
    /// Ask for comments only: RFC before the words in the brackets
    #[arg(long)]
    rfc: bool,
    /// One more recipient; can be repeated
    #[arg(long, value_name = "MAILBOX")]
    to: Vec<String>,
    /// One more copy; can be repeated
    #[arg(long, value_name = "MAILBOX")]
    cc: Vec<String>,
    /// Write to nobody but those given
    #[arg(long)]
    no_cc: bool,
    /// Who sends the mails, where that is not the author
    #[arg(long, value_name = "MAILBOX")]
    from: Option<String>,
    /// The Message-ID of the mail that the cover letter answers
    #[arg(long, value_name = "ID")]
    in_reply_to: Option<String>,
    /// Make Message-IDs of the content, so that two runs write the same bytes
    #[arg(long)]
    stable_message_ids: bool,
    /// How to print what was made
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with = "stdout")]
    format: Format,
    #[command(flatten)]
    decisions: DecisionArgs,
    /// Say more on standard error
    #[arg(long, help_heading = "Common options")]
    pub(super) verbose: bool,
    #[command(flatten)]
    pub(super) common: Common,
}

/// What a patch is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SplitArg {
    /// Section of MAINTAINERS; small ones of the same people and tree go together
    Subsystem,
    /// Group of people who look after sections
    Maintainer,
    /// Folder
    Directory,
    /// File
    File,
}

const PARTNERS: &str = "\
What to do with the result; BRANCH and its N commits are printed at the end. More than --max-patches
are several postings, in DIR/part-1, DIR/part-2 and so on: send or apply one after the other.
  git send-email   git send-email --dry-run DIR/*.patch
                   git send-email --suppress-cc=body DIR/*.patch
                   git send-email --in-reply-to=ID DIR/0003-*.patch      (one patch again)
  b4               git checkout BRANCH
                   b4 prep --enroll BRANCH~N
                   b4 send --dry-run
  git am           git checkout -b try BRANCH~N
                   git am --empty=drop DIR/*.patch      (what is dropped is the cover letter)
                   git diff try BRANCH                  (prints nothing)
  Who receives it runs: gupatch verify DIR

Examples:
  gupatch series -o outgoing -s               a branch, and signed-off mails in a folder
  gupatch series -o outgoing -v 2 --branch gup-v2
  gupatch series -o outgoing --to linux-mm@kvack.org --no-cc";

/// What `--format json` prints.
#[derive(Serialize)]
struct Described<'d> {
    version: u32,
    rules: &'d str,
    base: &'d str,
    branch: Option<String>,
    reroll: u32,
    patches: Vec<DescribedPatch>,
    mails: Vec<String>,
    refused: &'d [String],
    unseen: &'d Unseen,
}

#[derive(Serialize)]
struct DescribedPatch {
    commit: String,
    subject: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    build: Option<PatchBuild>,
}

fn described_patches(made: &SeriesMade) -> Vec<DescribedPatch> {
    let patches = made.patches.iter();
    let described = patches.map(|patch| DescribedPatch {
        commit: patch.commit.to_string(),
        subject: patch.subject.clone(),
        build: patch.build.clone(),
    });
    described.collect()
}

/// Where the mails are; none where they were printed.
fn mail_paths(args: &SeriesArgs, made: &SeriesMade) -> Vec<String> {
    let Some(folder) = &args.out else { return Vec::new() };
    made.mails.iter().map(|mail| format!("{}/{}", folder.display(), mail.name)).collect()
}

/// Runs the command.
pub fn run(args: &SeriesArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let mut options = options(args)?;
    let at_head = AtCommit::open(&args.tree, None)?;
    for remark in &at_head.remarks {
        terminal.remark(remark);
    }
    let configured = args.common.configured(&args.tree)?;
    options.jobs = configured.jobs;
    let workspace = at_head.workspace(&configured.rules, &args.common.only, configured.jobs)?;
    let workspace = args.common.restrict(workspace, &args.tree)?;
    // The index of a copy is of no use to the next run.
    let workspace = args.common.watched(workspace).with_mixed(args.common.mixed);
    let workspace = if at_head.is_copy() { workspace } else { args.common.cached(workspace) };
    let named = decisions::named(&args.decisions, &configured)?;
    let mut prepared = prepare(&workspace.campaign.name, &at_head.repository, &options)?;
    let named = named.or_else(|| {
        let (last, path) = (prepared.last_decisions()?, args.campaign.as_ref()?);
        decisions::recorded(&args.decisions, &configured, last, path)
    });
    if let Some(named) = &named {
        prepared = prepared.following(&named.decisions);
    }
    let rewrites = rewrite::rewrite(&workspace)?;
    let rewrites = decisions::follow(named.as_ref(), &workspace, rewrites, terminal);
    for refused in &rewrites.refused {
        terminal.warn(refused);
    }
    terminal.unseen(&rewrites.report.unseen);
    let base = at_head.repository.base();
    let describe = |made: Option<&SeriesMade>| Described {
        version: 1,
        rules: &configured.rules,
        base: base.as_str(),
        branch: made.map(|made| made.branch.clone()),
        reroll: made.map_or(args.reroll.unwrap_or(1), |made| made.reroll),
        patches: made.map(described_patches).unwrap_or_default(),
        mails: made.map(|made| mail_paths(args, made)).unwrap_or_default(),
        refused: &rewrites.refused,
        unseen: &rewrites.report.unseen,
    };
    if rewrites.files.is_empty() {
        terminal
            .remark("gupatch: there is nothing to convert, so no branch and no mails were made");
        if let Some(path) = &args.campaign {
            let news = last_news(&workspace, &at_head.repository, &rewrites, path)?;
            terminal.remark(news.unwrap_or_default().trim_end());
        }
        if args.format == Format::Json {
            terminal.result(&json(&describe(None))?)?;
        }
        return Ok(Exit::Nothing.with_unseen(!rewrites.report.unseen.is_empty(), configured.strict));
    }
    let made = make(&workspace, &at_head.repository, &rewrites, prepared, &options)?;
    for remark in &made.remarks {
        terminal.remark(remark);
    }
    match (&options.target, args.format) {
        (Target::Mbox, _) => terminal.result(&mail::mbox(&made.mails))?,
        (Target::Folder(_), Format::Json) => terminal.result(&json(&describe(Some(&made)))?)?,
        (Target::Folder(_), Format::Text) => {
            let names = mail_paths(args, &made).into_iter().map(|path| format!("{path}\n"));
            terminal.result(names.collect::<String>().as_bytes())?;
        }
    }
    terminal.remark(&format!(
        "gupatch: {} commits on branch {}; nothing else in the repository was changed",
        made.patches.len(),
        made.branch
    ));
    Ok(Exit::Findings.with_unseen(!rewrites.report.unseen.is_empty(), configured.strict))
}

fn options(args: &SeriesArgs) -> anyhow::Result<SeriesOptions> {
    let mailboxes = |given: &[String]| -> anyhow::Result<Vec<Mailbox>> {
        given.iter().map(|text| mailbox(text)).collect()
    };
    let changes = match &args.changes {
        None => None,
        Some(path) => {
            let read = std::fs::read_to_string(path);
            Some(read.with_context(|| format!("--changes {}", path.display()))?)
        }
    };
    let prefix = args.subject_prefix.trim();
    Ok(SeriesOptions {
        target: args.out.clone().map_or(Target::Mbox, Target::Folder),
        branch: args.branch.clone(),
        campaign: args.campaign.clone(),
        sign_off: args.signoff,
        split: match args.split {
            SplitArg::Subsystem => Split::Subsystem,
            SplitArg::Maintainer => Split::Maintainer,
            SplitArg::Directory => Split::Directory,
            SplitArg::File => Split::File,
        },
        build: args.build.clone(),
        jobs: 0,
        max_patches: args.max_patches,
        trailers: args.trailer.clone(),
        changes,
        mail: MailOptions {
            version: args.reroll,
            subject_prefix: if args.rfc { format!("RFC {prefix}") } else { prefix.to_owned() },
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
            from: args.from.as_deref().map(mailbox).transpose()?,
            in_reply_to: args.in_reply_to.clone(),
        },
    })
}

fn mailbox(text: &str) -> anyhow::Result<Mailbox> {
    Mailbox::parse(text).with_context(|| {
        format!("`{text}` is not a mail address\n  hint: such as 'Jane Doe <jane@example.org>'")
    })
}
