//! Options of spatch, so that its command lines and the `#spatch` lines of rule files can be used as they are.

use clap::{Args, Command};

/// Which headers tell types; and what spatch takes and `run` has no use for: it infers what it needs, and
/// says nothing where there is nothing to say.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct SpatchOptions {
    /// Take no types from headers
    #[arg(long)]
    pub(super) no_includes: bool,
    /// Take types from `#include "x.h"` that stands beside the file (the default)
    #[arg(long)]
    pub(super) local_includes: bool,
    /// Take types from all `#include` lines; `-I` and the kernel's include/ say where they are
    #[arg(long)]
    pub(super) all_includes: bool,
    /// The same, and from the headers that those include
    #[arg(long)]
    pub(super) recursive_includes: bool,
    #[arg(long, hide = true)]
    relax_include_path: bool,
    #[arg(long, hide = true)]
    very_quiet: bool,
    #[arg(long, hide = true)]
    quiet: bool,
    #[arg(long, hide = true)]
    smpl_spacing: bool,
    #[arg(long, hide = true)]
    linux_spacing: bool,
    #[arg(long, hide = true)]
    ocaml_regexps: bool,
    #[arg(long, hide = true)]
    ignore_unknown_options: bool,
    #[arg(long, hide = true, value_name = "N")]
    int_bits: Option<u32>,
    #[arg(long, hide = true, value_name = "N")]
    long_bits: Option<u32>,
}

/// Of the words of a rule file's `#spatch` lines those that `command` takes, and the options it does not
/// know. What follows an option that is not known may be its value, and is passed over with it.
pub(super) fn known(words: &[String], command: &Command) -> (Vec<String>, Vec<String>) {
    let (mut taken, mut unknown) = (Vec::new(), Vec::new());
    let mut words = words.iter().peekable();
    while let Some(word) = words.next() {
        let argument = command.get_arguments().find(|argument| {
            let long = word.strip_prefix("--").map(|long| long.split('=').next().unwrap_or(long));
            let short = word.strip_prefix('-').and_then(|short| short.chars().next());
            match long {
                Some(long) => argument.get_long() == Some(long),
                None => short.is_some() && argument.get_short() == short,
            }
        });
        match argument {
            Some(argument) => {
                let takes_value = argument.get_action().takes_values();
                taken.push(word.clone());
                let has_value = word.contains('=') || !word.starts_with("--") && word.len() > 2;
                if takes_value && !has_value {
                    taken.extend(words.next().cloned());
                }
            }
            None if word.starts_with('-') => unknown.push(word.clone()),
            None => {}
        }
    }
    (taken, unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_unknown_options_are_passed_over() {
        let command = SpatchOptions::augment_args(Command::new("run"));
        let words = ["--opt-c", "'not", "there'", "--all-includes", "--int-bits", "32", "--x=1"];
        let (taken, unknown) = known(&words.map(str::to_owned), &command);
        assert_eq!(taken, ["--all-includes", "--int-bits", "32"]);
        assert_eq!(unknown, ["--opt-c", "--x=1"]);
    }
}
