//! Options that every command understands, and the terminal as the commands see it.

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use super::bars::bars;
use super::config::Config;
use super::pager;
use crate::driver::Workspace;
use crate::review::{Palette, Unseen};
use crate::tree::cache;
use crate::tree::root::KernelTree;

/// The campaign where none is named.
pub const DEFAULT_RULES: &str = "from-gup";

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// Where the output is a terminal and NO_COLOR is not set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The options that every command understands.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// Campaign: the name of a built-in one, or a folder of .cocci rules [default: from-gup]
    #[arg(long, value_name = "DIR|NAME")]
    pub rules: Option<String>,
    /// Look only at these files and folders of the tree
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub only: Vec<String>,
    /// Tell only of what the changes since this git revision can touch
    #[arg(long, value_name = "REV")]
    pub since: Option<String>,
    /// Convert sites that pages of both kinds reach too, where callers can tell which it is; each needs a review
    #[arg(long)]
    pub mixed: bool,
    /// Write the result to FILE instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Worker threads; 0 is one per core. The result is the same for any number [default: 0]
    #[arg(short, long, value_name = "N")]
    pub jobs: Option<usize>,
    /// Read every file, and keep no index of the tree for the next run
    #[arg(long)]
    pub no_cache: bool,
    /// Colour the output
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub color: Color,
    /// Say less on standard error
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Exit with 2 where a part of the tree was not seen
    #[arg(long)]
    pub strict: bool,
    /// Show no pager
    #[arg(long)]
    pub no_pager: bool,
}

/// What the options and the tree's `gupatch.toml` want together.
#[derive(Debug)]
pub struct Configured {
    /// The root of the tree; where there is no tree, the folder that was named.
    pub root: PathBuf,
    /// The campaign.
    pub rules: String,
    /// Worker threads; 0 is one per core.
    pub jobs: usize,
    /// Whether what was not seen is a failure.
    pub strict: bool,
    /// The rest of the tree's configuration.
    pub config: Config,
}

/// A tree with what its `gupatch.toml` says.
#[derive(Debug)]
pub struct Opened {
    /// The tree and the campaign.
    pub workspace: Workspace,
    /// How it is to be worked on.
    pub configured: Configured,
}

impl Common {
    /// What is wanted of the tree that holds `folder`.
    pub fn configured(&self, folder: &Path) -> anyhow::Result<Configured> {
        // Where there is no tree, whoever opens it says so; a bare repository has no file to read either.
        let (root, config) = match KernelTree::find(folder) {
            Ok(tree) => (tree.root.clone(), Config::load(&tree.root)?),
            Err(_) => (folder.to_owned(), Config::default()),
        };
        let rules = self.rules.clone().or_else(|| config.rules.clone());
        Ok(Configured {
            root,
            rules: rules.unwrap_or_else(|| DEFAULT_RULES.to_owned()),
            jobs: self.jobs.or(config.jobs).unwrap_or(0),
            strict: self.strict || config.strict.unwrap_or(false),
            config,
        })
    }

    /// Opens the tree that holds `folder`.
    pub fn open(&self, folder: &Path) -> anyhow::Result<Opened> {
        self.open_only(folder, &self.only)
    }

    /// The same for these paths of the tree, whatever `--only` says.
    pub fn open_only(&self, folder: &Path, only: &[String]) -> anyhow::Result<Opened> {
        let configured = self.configured(folder)?;
        let workspace = Workspace::open(folder, &configured.rules, only, configured.jobs)?;
        let workspace = self.watched(self.cached(self.restrict(workspace, folder)?));
        let workspace = workspace.with_mixed(self.mixed);
        Ok(Opened { workspace, configured })
    }
}

impl Opened {
    /// The pager for results of this tree.
    pub fn pager(&self) -> Option<String> {
        pager::command(self.configured.config.pager.as_deref(), &self.configured.root)
    }
}

/// Where the index of a tree is kept between runs: a folder, or `off`.
const CACHE_VARIABLE: &str = "GUPATCH_CACHE";

impl Common {
    /// Restricts `workspace` to what `--since` names, in the repository that holds `folder`.
    pub fn restrict(&self, workspace: Workspace, folder: &Path) -> anyhow::Result<Workspace> {
        match &self.since {
            Some(revision) => workspace.since(revision, folder),
            None => Ok(workspace),
        }
    }

    /// Keeps the index of the workspace's tree between runs, unless that is not wanted.
    pub fn cached(&self, workspace: Workspace) -> Workspace {
        workspace.with_cache(self.cache_folder())
    }

    /// Shows how far the work has come, where that is wanted.
    pub fn watched(&self, workspace: Workspace) -> Workspace {
        workspace.watched(bars(self.quiet))
    }

    /// Where the index of a tree is kept; `None` for nowhere.
    pub fn cache_folder(&self) -> Option<PathBuf> {
        if self.no_cache {
            return None;
        }
        match std::env::var_os(CACHE_VARIABLE).filter(|value| !value.is_empty()) {
            Some(value) if value == "off" => None,
            Some(folder) => Some(folder.into()),
            None => {
                let variable = |name| std::env::var_os(name);
                cache::default_folder(variable("XDG_CACHE_HOME"), variable("HOME"))
            }
        }
    }
}

/// `-v`, for every command but `series`, where it numbers the version as in git.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Common options")]
pub struct Verbosity {
    /// Say more on standard error
    #[arg(short, long)]
    pub verbose: bool,
}

/// Where a command's result and remarks go.
#[derive(Debug)]
pub struct Terminal {
    output: Option<PathBuf>,
    /// Whether results are not wanted.
    nowhere: bool,
    colours: Palette,
    quiet: bool,
    verbose: bool,
    pages: bool,
}

impl Terminal {
    /// The terminal as the options want it.
    pub fn new(common: &Common, verbose: bool) -> Terminal {
        let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        let colour = match common.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => common.output.is_none() && io::stdout().is_terminal() && !no_color,
        };
        let colours = if colour { Palette::ansi() } else { Palette::plain() };
        let pages = !common.no_pager && common.output.is_none() && io::stdout().is_terminal();
        Terminal {
            output: common.output.clone(),
            nowhere: false,
            colours,
            quiet: common.quiet,
            verbose,
            pages,
        }
    }

    /// The same without results and remarks: for a command that another one runs for its effect. Warnings are still told.
    pub fn to_nowhere(&self) -> Terminal {
        let colours = Palette::plain();
        Terminal { output: None, nowhere: true, colours, quiet: true, verbose: false, pages: false }
    }

    /// The colours of results.
    pub fn colours(&self) -> Palette {
        self.colours
    }

    /// Hands over a command's whole result: to standard output, or to `--output`, whole or not at all.
    ///
    /// A reader that went away (`| head`) is not an error.
    pub fn result(&self, bytes: &[u8]) -> anyhow::Result<()> {
        match &self.output {
            _ if self.nowhere => Ok(()),
            Some(path) => write_whole(path, bytes),
            None => {
                let mut stdout = io::stdout().lock();
                match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
                    Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                    other => other.context("standard output"),
                }
            }
        }
    }

    /// [`Terminal::result`] for what people read: through the pager, where there is one.
    pub fn paged(&self, bytes: &[u8], opened: &Opened) -> anyhow::Result<()> {
        match opened.pager().filter(|_| self.pages) {
            Some(pager) => pager::show(&pager, bytes)
                .with_context(|| format!("cannot show the result in the pager `{pager}`")),
            None => self.result(bytes),
        }
    }

    /// A remark for people, on standard error; nothing with `-q`.
    pub fn remark(&self, text: &str) {
        if !self.quiet {
            self.warn(text);
        }
    }

    /// Sums up on standard error what was not seen; with `verbose` a line for each.
    pub fn unseen(&self, unseen: &Unseen) {
        if self.verbose {
            for line in &unseen.not_followed {
                self.remark(&format!("  not followed: {line}"));
            }
        }
        if unseen.is_empty() {
            return;
        }
        self.warn(&format!("gupatch: {}", unseen.summary()));
        if self.verbose {
            for detail in &unseen.details {
                self.warn(&format!("  {detail}"));
            }
        } else {
            self.remark("  hint: -v lists them");
        }
    }

    /// A remark that `-q` does not silence: something failed or was not seen.
    pub fn warn(&self, text: &str) {
        // Where standard error is closed there is nobody left to tell.
        let _ = writeln!(io::stderr().lock(), "{text}");
    }
}

/// Writes a file beside its place and renames it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let context = || format!("cannot write {}", path.display());
    let mut file = tempfile::Builder::new()
        .make_in(folder, |temporary| std::fs::File::create_new(temporary))
        .with_context(context)?;
    file.write_all(bytes).with_context(context)?;
    file.persist(path).with_context(context)?;
    Ok(())
}
