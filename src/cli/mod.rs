//! The command line: arguments, output and exit statuses. One command a file.
//!
//! A command gets its arguments and the [`Terminal`], asks the driver, and says how
//! it went as an [`Exit`]. Nothing else in the library prints.

pub mod apply;
pub mod demo;
pub mod diff;
pub mod dump;
pub mod exit;
pub mod explain;
pub mod format;
pub mod options;
pub mod parse;
pub mod review;
mod rule_file;
pub mod rules;
pub mod run;
pub mod scan;
pub mod series;
pub mod verify;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::Exit;
use options::Terminal;

/// Find get_user_pages() pages on their way into a bio, bvec or scatterlist, convert those call sites to
/// the _from_gup variants, and cut the result into a kernel patch series.
#[derive(Debug, Parser)]
#[command(name = "gupatch", version, max_term_width = 100, after_help = EXIT_STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_STATUS: &str = "\
Exit status: 0 nothing to do, 1 findings (or: would change), 2 the tool or its input failed.
A tree that could not be read in full is summed up on standard error; --strict makes that a 2.";

#[derive(Debug, Subcommand)]
enum Command {
    Scan(scan::ScanArgs),
    Explain(explain::ExplainArgs),
    Diff(diff::DiffArgs),
    Apply(apply::ApplyArgs),
    Series(series::SeriesArgs),
    Verify(verify::VerifyArgs),
    Parse(parse::ParseArgs),
    Dump(dump::DumpArgs),
    Run(run::RunArgs),
    Rules(rules::RulesArgs),
    Demo(demo::DemoArgs),
}

/// Runs the program: parses the arguments, runs the command, and gives the exit status.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { Exit::Failed } else { Exit::Nothing };
            // Help to a reader that went away is nobody's loss.
            let _ = error.print();
            return code.into();
        }
    };
    match &cli.command {
        Command::Run(args) => return own_streams(|out, err| run::run(args, out, err)),
        Command::Rules(args) => return own_streams(|out, err| rules::run(args, out, err)),
        _ => {}
    }
    let terminal = cli.command.terminal();
    match cli.command.run(&terminal) {
        Ok(exit) => exit.into(),
        Err(error) => {
            terminal.warn(&format!("gupatch: {error:#}"));
            Exit::Failed.into()
        }
    }
}

/// `run` and `rules` write to their own streams: what they print may be large, and they have none of the
/// common options.
fn own_streams(
    command: impl FnOnce(&mut dyn std::io::Write, &mut dyn std::io::Write) -> anyhow::Result<Exit>,
) -> ExitCode {
    let mut err = std::io::stderr().lock();
    match command(&mut std::io::stdout().lock(), &mut err) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let _ = std::io::Write::write_fmt(&mut err, format_args!("gupatch: {error:#}\n"));
            Exit::Failed.into()
        }
    }
}

impl Command {
    fn terminal(&self) -> Terminal {
        match self {
            Command::Scan(args) => Terminal::new(&args.common, args.verbosity.verbose),
            Command::Explain(args) => Terminal::new(&args.common, args.verbosity.verbose),
            Command::Diff(args) => Terminal::new(&args.common, args.verbosity.verbose),
            Command::Apply(args) => Terminal::new(&args.common, args.verbosity.verbose),
            Command::Series(args) => Terminal::new(&args.common, args.verbose),
            Command::Verify(args) => Terminal::new(&args.common, args.verbosity.verbose),
            Command::Parse(args) => Terminal::new(&args.common, args.verbosity.verbose),
            Command::Dump(args) => Terminal::new(&args.common, args.verbosity.verbose),
            Command::Demo(args) => Terminal::new(&args.common, args.verbosity.verbose),
            Command::Run(_) | Command::Rules(_) => unreachable!("they have been handled"),
        }
    }

    /// Refuses `--since` where it would do nothing: a restriction that is passed over looks like an answer.
    fn check_since(&self) -> anyhow::Result<()> {
        let since = match self {
            Command::Scan(_)
            | Command::Diff(_)
            | Command::Apply(_)
            | Command::Series(_)
            | Command::Run(_)
            | Command::Rules(_) => &None,
            Command::Explain(args) => &args.common.since,
            Command::Verify(args) => &args.common.since,
            Command::Parse(args) => &args.common.since,
            Command::Dump(args) => &args.common.since,
            Command::Demo(args) => &args.common.since,
        };
        match since {
            Some(revision) => anyhow::bail!(
                "--since {revision} has no meaning for this command\n  \
                 hint: scan, diff, apply and series take it"
            ),
            None => Ok(()),
        }
    }

    fn run(&self, terminal: &Terminal) -> anyhow::Result<Exit> {
        self.check_since()?;
        match self {
            Command::Scan(args) => scan::run(args, terminal),
            Command::Explain(args) => explain::run(args, terminal),
            Command::Diff(args) => diff::run(args, terminal),
            Command::Apply(args) => apply::run(args, terminal),
            Command::Series(args) => series::run(args, terminal),
            Command::Verify(args) => verify::run(args, terminal),
            Command::Parse(args) => parse::run(args, terminal),
            Command::Dump(args) => dump::run(args, terminal),
            Command::Demo(args) => demo::run(args, terminal),
            Command::Run(_) | Command::Rules(_) => Ok(Exit::Nothing),
        }
    }
}
