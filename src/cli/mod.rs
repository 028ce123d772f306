//! The command line: arguments, output and exit statuses. One command a file.
//!
//! A command gets its arguments and the [`Terminal`](options::Terminal), asks the driver, and says how
//! it went as an [`Exit`](exit::Exit). Nothing else in the library prints.

pub mod demo;
pub mod exit;
pub mod options;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use exit::Exit;
use options::{Common, Terminal};

/// Find get_user_pages() pages on their way into a bio, bvec or scatterlist, convert those call sites to
/// the _from_gup variants, and cut the result into a kernel patch series.
#[derive(Debug, Parser)]
#[command(name = "gupatch", version, max_term_width = 100, after_help = EXIT_STATUS)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    common: Common,
}

const EXIT_STATUS: &str = "\
Exit status: 0 nothing to do, 1 findings (or: would change), 2 the tool or its input failed.
A tree that could not be read in full is summed up on standard error; --strict makes that a 2.";

#[derive(Debug, Subcommand)]
enum Command {}

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
    let terminal = Terminal::new(&cli.common);
    match run(&cli, &terminal) {
        Ok(exit) => exit.into(),
        Err(error) => {
            terminal.warn(&format!("gupatch: {error:#}"));
            Exit::Failed.into()
        }
    }
}

fn run(cli: &Cli, _terminal: &Terminal) -> anyhow::Result<Exit> {
    match cli.command {}
}
