//! Options of spatch that change nothing here, so that its command lines can be used as they are.

use clap::Args;

/// What spatch takes and `run` has no use for: it reads no headers but those it is told to look at, infers
/// what it needs, and says nothing where there is nothing to say.
#[derive(Debug, Args)]
pub(super) struct SpatchOptions {
    #[arg(long, hide = true)]
    no_includes: bool,
    #[arg(long, hide = true)]
    local_includes: bool,
    #[arg(long, hide = true)]
    all_includes: bool,
    #[arg(long, hide = true)]
    recursive_includes: bool,
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
    #[arg(long, hide = true, value_name = "N")]
    int_bits: Option<u32>,
    #[arg(long, hide = true, value_name = "N")]
    long_bits: Option<u32>,
}
