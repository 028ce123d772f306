//! `gupatch verify`: what of a series is from the rules, and what a person has to read.

use std::io::Read as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use serde::Serialize;

use super::bars::bars;
use super::exit::Exit;
use super::format::{self, Format};
use super::options::{Common, Terminal, Verbosity};
use crate::driver::verify::compare::{Verdict, VerifiedHunk};
use crate::driver::verify::{Given, Verification, VerifyOptions, verify};
use crate::review::Palette;
use crate::series::build::PatchBuild;

/// Make a series again from its rules and its base, and say of each hunk: from the rule, or by hand
#[derive(Debug, Args)]
#[command(after_help = STATUS)]
pub struct VerifyArgs {
    /// An mbox (- for standard input), a folder of patches, or a range of commits (BASE..BRANCH)
    #[arg(value_name = "SERIES")]
    series: String,
    /// A folder of the kernel tree, or a bare repository of one
    #[arg(default_value = ".")]
    tree: PathBuf,
    /// The commit that the patches apply to [default: the one they name, or else HEAD]
    #[arg(long, value_name = "REV")]
    base: Option<String>,
    /// Compile what each patch touches, before and after it, in KBUILD_DIR, where make was configured: make O=KBUILD_DIR
    #[arg(long, value_name = "KBUILD_DIR")]
    build: Option<PathBuf>,
    /// How to print the result
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

const STATUS: &str = "\
Exit status: 0 all hunks are from the rules and none is missing, 1 some are by hand or missing, or
with --build something no longer compiles, 2 the series could not be checked: it does not apply to its base, or the tool or its input failed.
Nothing is applied. Rules are taken from --rules; the series' own words about them are not believed.

Examples:
  gupatch verify outgoing                     the mails in a folder
  gupatch verify series.mbox ~/linux          what came by mail
  gupatch verify master..topic                commits of a branch";

/// Runs the command.
pub fn run(args: &VerifyArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let configured = args.common.configured(&args.tree)?;
    let options = VerifyOptions {
        tree: args.tree.clone(),
        base: args.base.clone(),
        rules: configured.rules.clone(),
        mixed: args.common.mixed,
        build: args.build.clone(),
        jobs: configured.jobs,
        cache: args.common.cache_folder(),
        progress: bars(args.common.quiet),
    };
    let verification = verify(&given(&args.series)?, &options)?;
    for remark in &verification.remarks {
        terminal.remark(remark);
    }
    terminal.unseen(&verification.unseen);
    let tally = Tally::of(&verification);
    let bytes = match args.format {
        Format::Text => text(&verification, tally, terminal.colours()).into_bytes(),
        Format::Json => json(&verification, tally, &configured.rules)?,
    };
    terminal.result(&bytes)?;
    let is_broken = verification.builds.iter().any(PatchBuild::is_broken);
    let exit = Exit::found(tally.by_hand + tally.missing > 0 || is_broken);
    Ok(exit.with_unseen(!verification.unseen.is_empty(), configured.strict))
}

/// What is there as a file is no range.
fn given(series: &str) -> anyhow::Result<Given> {
    if series == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("standard input")?;
        return Ok(Given::Mbox(bytes));
    }
    let path = PathBuf::from(series);
    Ok(if path.exists() { Given::Mails(path) } else { Given::Range(series.to_owned()) })
}

/// Hunks by verdict.
#[derive(Clone, Copy, Serialize)]
struct Tally {
    from_rule: usize,
    by_hand: usize,
    missing: usize,
}

impl Tally {
    fn of(verification: &Verification) -> Tally {
        let verified = &verification.verified;
        let hunks = verified.patches.iter().flat_map(|patch| &patch.hunks);
        let (rule, hand): (Vec<&VerifiedHunk>, Vec<&VerifiedHunk>) =
            hunks.partition(|hunk| hunk.verdict == Verdict::FromTheRule);
        let missing = verified.missing.len();
        Tally { from_rule: rule.len(), by_hand: hand.len(), missing }
    }
}

/// A line a hunk; the lines of those that a person has to read follow.
fn text(verification: &Verification, tally: Tally, colours: Palette) -> String {
    let (heading, dim) = (colours.heading, colours.dim);
    let mut out = String::new();
    let builds = verification.builds.iter().map(Some).chain(std::iter::repeat(None));
    for (patch, build) in verification.verified.patches.iter().zip(builds) {
        out.push_str(&format!("{heading}{}{heading:#}\n", patch.title));
        for line in build.map(PatchBuild::lines).unwrap_or_default() {
            out.push_str(&format!("  {line}\n"));
        }
        for VerifiedHunk { path, line, text, verdict } in &patch.hunks {
            let word = match verdict {
                Verdict::FromTheRule => "from the rule",
                Verdict::ByHand { instead_of_rule: false } => "by hand",
                Verdict::ByHand { instead_of_rule: true } => {
                    "by hand, where the rule makes something else"
                }
            };
            out.push_str(&format!("  {path}:{line}: {word}\n"));
            if *verdict != Verdict::FromTheRule {
                push_indented(&mut out, text);
            }
        }
    }
    if !verification.verified.missing.is_empty() {
        out.push_str(&format!(
            "{heading}missing: the rule makes this and no patch has it{heading:#}\n"
        ));
    }
    for missing in &verification.verified.missing {
        out.push_str(&format!("  {}:{}: missing\n", missing.path, missing.line));
        push_indented(&mut out, &missing.text);
    }
    let Tally { from_rule, by_hand, missing } = tally;
    out.push_str(&format!(
        "{dim}on {}{dim:#}: {from_rule} from the rule, {by_hand} by hand, {missing} missing\n",
        &verification.base[..12]
    ));
    out
}

fn push_indented(out: &mut String, text: &[u8]) {
    for line in String::from_utf8_lossy(text).lines() {
        out.push_str(&format!("      {line}\n"));
    }
}

#[derive(Serialize)]
struct Report<'r> {
    version: u32,
    base: &'r str,
    rules: &'r str,
    patches: Vec<PatchRecord<'r>>,
    missing: Vec<HunkRecord<'r>>,
    tally: Tally,
    unseen: &'r crate::review::Unseen,
}

#[derive(Serialize)]
struct PatchRecord<'r> {
    subject: &'r str,
    hunks: Vec<HunkRecord<'r>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    build: Option<&'r PatchBuild>,
}

#[derive(Serialize)]
struct HunkRecord<'r> {
    file: &'r str,
    line: u32,
    verdict: &'static str,
    /// Bytes that are no UTF-8 are shown as U+FFFD.
    text: String,
}

fn json(verification: &Verification, tally: Tally, rules: &str) -> anyhow::Result<Vec<u8>> {
    let lossy = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
    let verified = &verification.verified;
    let builds = verification.builds.iter().map(Some).chain(std::iter::repeat(None));
    let patches = verified.patches.iter().zip(builds).map(|(patch, build)| PatchRecord {
        subject: &patch.title,
        build,
        hunks: patch
            .hunks
            .iter()
            .map(|hunk| HunkRecord {
                file: hunk.path.as_str(),
                line: hunk.line,
                verdict: match hunk.verdict {
                    Verdict::FromTheRule => "from-rule",
                    Verdict::ByHand { instead_of_rule: false } => "by-hand",
                    Verdict::ByHand { instead_of_rule: true } => "by-hand-instead",
                },
                text: lossy(&hunk.text),
            })
            .collect(),
    });
    let missing = verified.missing.iter().map(|hunk| HunkRecord {
        file: hunk.path.as_str(),
        line: hunk.line,
        verdict: "missing",
        text: lossy(&hunk.text),
    });
    let report = Report {
        version: 1,
        base: &verification.base,
        rules,
        patches: patches.collect(),
        missing: missing.collect(),
        tally,
        unseen: &verification.unseen,
    };
    format::json(&report).context("the result as JSON")
}
