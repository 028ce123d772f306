//! `gupatch completions` and `gupatch man`: made from the same arguments that the program parses.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::exit::Exit;
use super::options::{Common, Terminal, Verbosity, write_whole};

const COMPLETIONS: &str = "\
Examples:
  gupatch completions bash --output ~/.local/share/bash-completion/completions/gupatch
  gupatch completions zsh --output ~/.zfunc/_gupatch
  gupatch completions fish --output ~/.config/fish/completions/gupatch.fish";

/// Print a script that completes commands and options in a shell
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS)]
pub struct CompletionsArgs {
    /// The shell
    shell: Shell,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

const MAN: &str = "\
Examples:
  gupatch man | man -l -                      read the page of the whole program
  gupatch man check | man -l -                read the page of one command
  gupatch man --into ~/.local/share/man/man1  write all of them";

/// Print a manual page, or write all of them to a folder
#[derive(Debug, Args)]
#[command(after_help = MAN)]
pub struct ManArgs {
    /// The page of this command, not of the whole program
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write the pages of all commands to this folder, which has to be there
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    into: Option<PathBuf>,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// Runs `completions` for the program as `whole` describes it.
pub fn completions(
    args: &CompletionsArgs,
    terminal: &Terminal,
    mut whole: Command,
) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut whole, "gupatch", &mut script);
    terminal.result(&script)?;
    Ok(Exit::Nothing)
}

/// Runs `man` for the program as `whole` describes it.
pub fn man(args: &ManArgs, terminal: &Terminal, mut whole: Command) -> anyhow::Result<Exit> {
    // Fills in the names of the commands, such as `gupatch check`.
    whole.build();
    if let Some(folder) = &args.into {
        for (name, text) in pages(&whole)? {
            write_whole(&folder.join(format!("{name}.1")), &text)?;
        }
        return Ok(Exit::Nothing);
    }
    let wanted = match &args.command {
        Some(name) => whole.find_subcommand(name).with_context(|| {
            format!("there is no command `{name}`\n  hint: `gupatch --help` lists them")
        })?,
        None => &whole,
    };
    terminal.result(&page(wanted)?)?;
    Ok(Exit::Nothing)
}

/// Every page with its name.
fn pages(whole: &Command) -> anyhow::Result<Vec<(String, Vec<u8>)>> {
    let shown = whole.get_subcommands().filter(|command| command.get_name() != "help");
    [whole].into_iter().chain(shown).map(|command| Ok((name(command), page(command)?))).collect()
}

/// `gupatch-check`, as `man` finds it.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or(command.get_name()).to_owned()
}

fn page(command: &Command) -> anyhow::Result<Vec<u8>> {
    let mut text = Vec::new();
    Man::new(command.clone()).title(name(command)).render(&mut text)?;
    Ok(text)
}
