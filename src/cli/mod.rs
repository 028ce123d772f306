//! The command line: arguments, output and exit statuses. One command a file.
//!
//! A command gets its arguments and the [`Terminal`], asks the driver, and says how
//! it went as an [`Exit`]. Nothing else in the library prints.

pub mod apply;
pub mod audit;
mod bars;
pub mod check;
pub mod config;
pub mod decisions;
pub mod demo;
pub mod diff;
pub mod dump;
pub mod exit;
pub mod explain;
pub mod format;
pub mod manual;
pub mod options;
pub mod pager;
pub mod parse;
pub mod review;
mod rule_file;
pub mod rules;
pub mod run;
pub mod scan;
pub mod schema;
pub mod series;
mod spatch_options;
mod today;
pub mod verify;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches as _, Parser, Subcommand};

use exit::Exit;
use options::{Common, Terminal};

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
    Review(review::ReviewArgs),
    Apply(apply::ApplyArgs),
    Series(Box<series::SeriesArgs>),
    Verify(verify::VerifyArgs),
    Parse(parse::ParseArgs),
    Dump(dump::DumpArgs),
    Check(check::CheckArgs),
    Audit(audit::AuditArgs),
    Run(run::RunArgs),
    Rules(rules::RulesArgs),
    Schema(schema::SchemaArgs),
    Completions(manual::CompletionsArgs),
    Man(manual::ManArgs),
    Demo(demo::DemoArgs),
}

/// Runs the program: parses the arguments, runs the command, and gives the exit status.
pub fn main() -> ExitCode {
    let cli = match parsed() {
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

fn parsed() -> Result<Cli, clap::Error> {
    Cli::from_arg_matches(&whole().try_get_matches()?)
}

/// The program's arguments, in whose help and completions a common option only stands where it does something.
fn whole() -> clap::Command {
    const OF_TREES: [&str; 9] =
        ["rules", "only", "since", "mixed", "jobs", "no_cache", "color", "strict", "no_pager"];
    const HIDDEN: [(&[&str], &[&str]); 3] = [
        (&["schema", "completions", "man"], &OF_TREES),
        (&["check", "audit", "parse", "dump", "demo"], &["mixed"]),
        (&["explain", "audit", "verify", "parse", "dump", "demo"], &["since"]),
    ];
    let mut whole = Cli::command();
    for (commands, options) in HIDDEN {
        for name in commands {
            whole = whole.mut_subcommand(*name, |command| {
                let hide = |command: clap::Command, option: &&'static str| {
                    command.mut_arg(*option, |arg| arg.hide(true))
                };
                options.iter().fold(command, hide)
            });
        }
    }
    whole
}

/// `run` and `rules` write to their own streams: what they print may be large, and they have none of the
/// common options.
fn own_streams(
    command: impl FnOnce(&mut dyn std::io::Write, &mut dyn std::io::Write) -> anyhow::Result<Exit>,
) -> ExitCode {
    // Not locked: progress bars are drawn there too, and a worker that panics must be able to say so.
    let mut err = std::io::stderr();
    match command(&mut std::io::stdout().lock(), &mut err) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let _ = std::io::Write::write_fmt(&mut err, format_args!("gupatch: {error:#}\n"));
            Exit::Failed.into()
        }
    }
}

impl Command {
    /// The common options, and how much is said; `run` has neither.
    fn shared(&self) -> Option<(&Common, bool)> {
        Some(match self {
            Command::Scan(args) => (&args.common, args.verbosity.verbose),
            Command::Explain(args) => (&args.common, args.verbosity.verbose),
            Command::Diff(args) => (&args.common, args.verbosity.verbose),
            Command::Review(args) => (&args.common, args.verbosity.verbose),
            Command::Apply(args) => (&args.common, args.verbosity.verbose),
            Command::Series(args) => (&args.common, args.verbose),
            Command::Check(args) => (&args.common, args.verbosity.verbose),
            Command::Audit(args) => (&args.common, args.verbosity.verbose),
            Command::Completions(args) => (&args.common, args.verbosity.verbose),
            Command::Man(args) => (&args.common, args.verbosity.verbose),
            Command::Schema(args) => (&args.common, args.verbosity.verbose),
            Command::Verify(args) => (&args.common, args.verbosity.verbose),
            Command::Parse(args) => (&args.common, args.verbosity.verbose),
            Command::Dump(args) => (&args.common, args.verbosity.verbose),
            Command::Demo(args) => (&args.common, args.verbosity.verbose),
            Command::Run(_) | Command::Rules(_) => return None,
        })
    }

    fn terminal(&self) -> Terminal {
        let (common, verbose) = self.shared().expect("run has been handled");
        Terminal::new(common, verbose)
    }

    /// Whether `--since` restricts what the command looks at.
    fn takes_since(&self) -> bool {
        match self {
            Command::Scan(_)
            | Command::Diff(_)
            | Command::Apply(_)
            | Command::Review(_)
            | Command::Check(_)
            | Command::Series(_) => true,
            Command::Explain(_)
            | Command::Audit(_)
            | Command::Verify(_)
            | Command::Parse(_)
            | Command::Dump(_)
            | Command::Run(_)
            | Command::Rules(_)
            | Command::Schema(_)
            | Command::Completions(_)
            | Command::Man(_)
            | Command::Demo(_) => false,
        }
    }

    /// Refuses `--since` where it would do nothing: a restriction that is passed over looks like an answer.
    fn check_since(&self) -> anyhow::Result<()> {
        let since = self.shared().and_then(|(common, _)| common.since.as_ref());
        match since {
            Some(revision) if !self.takes_since() => anyhow::bail!(
                "--since {revision} has no meaning for this command\n  \
                 hint: scan, diff, review, check, apply and series take it"
            ),
            Some(_) | None => Ok(()),
        }
    }

    fn run(&self, terminal: &Terminal) -> anyhow::Result<Exit> {
        self.check_since()?;
        match self {
            Command::Scan(args) => scan::run(args, terminal),
            Command::Explain(args) => explain::run(args, terminal),
            Command::Diff(args) => diff::run(args, terminal),
            Command::Review(args) => review::run(args, terminal),
            Command::Apply(args) => apply::run(args, terminal),
            Command::Series(args) => series::run(args, terminal),
            Command::Check(args) => check::run(args, terminal),
            Command::Audit(args) => audit::run(args, terminal),
            Command::Completions(args) => manual::completions(args, terminal, whole()),
            Command::Man(args) => manual::man(args, terminal, whole()),
            Command::Schema(args) => schema::run(args, terminal),
            Command::Verify(args) => verify::run(args, terminal),
            Command::Parse(args) => parse::run(args, terminal),
            Command::Dump(args) => dump::run(args, terminal),
            Command::Demo(args) => demo::run(args, terminal),
            Command::Run(_) | Command::Rules(_) => Ok(Exit::Nothing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a command's help that show how to call it.
    fn examples(command: &clap::Command) -> Vec<String> {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        let lines = help.lines().filter(|line| line.starts_with("  gupatch "));
        lines.map(str::to_owned).collect()
    }

    #[test]
    fn every_command_has_examples_and_they_parse() {
        for command in Cli::command().get_subcommands() {
            let examples = examples(command);
            assert!(!examples.is_empty(), "{} has no examples", command.get_name());
            for example in examples {
                // What is said about it stands behind two blanks; other programs behind `|` and `&&`.
                let call = example.trim_start().split("  ").next().unwrap_or_default();
                for call in call.split("&&") {
                    let call = call.split('|').next().unwrap_or_default();
                    let words = call.split_whitespace().map(|word| word.trim_matches('\''));
                    if let Err(error) = Cli::try_parse_from(words) {
                        panic!("{call}: {error}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_arguments_are_consistent() {
        whole().debug_assert();
    }

    #[test]
    fn help_shows_no_option_that_does_nothing() {
        let help = |name: &str| {
            let mut whole = whole();
            let command = whole.find_subcommand_mut(name).expect("it is a command");
            command.render_long_help().to_string()
        };
        assert!(!help("man").contains("--rules") && help("man").contains("--output"));
        assert!(!help("audit").contains("--since") && help("scan").contains("--since"));
    }
}
