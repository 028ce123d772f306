//! `gupatch run RULE.cocci PATH…`: any semantic patch on files and folders.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;
use rayon::prelude::*;

use super::exit::Exit;
use crate::diff::{FileChange, unified};
use crate::edit::{Arms, Rewrite, Settings, rewrite};
use crate::items::TypeNames;
use crate::lex::LexedFile;
use crate::matcher::NoFacts;
use crate::smpl::{self, RuleKind, SemanticPatch};
use crate::source::{LineIndex, TreePath};

/// Run a semantic patch on files and folders, and show what it would change
#[derive(Debug, Args)]
pub struct RunArgs {
    /// The semantic patch
    #[arg(value_name = "RULE.cocci")]
    rule: PathBuf,
    /// Files, or folders whose .c files are looked at
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Switch a virtual rule on, or give a `virtual` metavariable its value
    #[arg(short = 'D', value_name = "NAME[=VALUE]")]
    define: Vec<String>,
    /// Also look at .h files in folders
    #[arg(long)]
    include_headers: bool,
    /// Look for `#include`d rule files here too
    #[arg(short = 'I', value_name = "DIR")]
    include: Vec<PathBuf>,
    /// Isomorphisms to use instead of the built-in ones
    #[arg(long, value_name = "FILE")]
    iso_file: Option<PathBuf>,
    /// Definitions of macros that the parser may know about
    #[arg(long, value_name = "FILE")]
    macro_file: Option<PathBuf>,
    /// Write the one file's result here
    #[arg(short, value_name = "FILE", conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Change the files themselves
    #[arg(long)]
    in_place: bool,
    /// Print a unified diff (the default)
    #[arg(long, conflicts_with_all = ["in_place", "output"])]
    diff: bool,
    /// Worker threads; 0 is one per core
    #[arg(short, long, value_name = "N", default_value_t = 0)]
    jobs: usize,
}

/// Runs the command: the result goes to `out`, what there is to say about it to `err`.
pub fn run(args: &RunArgs, out: &mut dyn Write, err: &mut dyn Write) -> anyhow::Result<Exit> {
    let patch = load(&args.rule, &args.include, err)?;
    let settings = settings(args);
    let files = files(args)?;
    if args.output.is_some() && files.len() != 1 {
        bail!("-o takes the result of one file, and there are {}", files.len());
    }
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(args.jobs).stack_size(64 << 20).build()?;
    let done: Vec<anyhow::Result<Done>> =
        pool.install(|| files.par_iter().map(|path| one_file(path, &patch, &settings)).collect());
    let mut changed = false;
    for (path, done) in files.iter().zip(done) {
        let done = done?;
        for message in &done.messages {
            writeln!(err, "{message}")?;
        }
        changed |= done.change.before.as_ref() != Some(&done.change.after);
        deliver(args, path, &done, out)?;
    }
    let delivered = args.output.is_some() || args.in_place;
    Ok(Exit::found(changed && !delivered))
}

/// One file's result.
struct Done {
    change: FileChange,
    messages: Vec<String>,
}

fn one_file(path: &Path, patch: &SemanticPatch, settings: &Settings) -> anyhow::Result<Done> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = path.to_string_lossy();
    let name = name.trim_start_matches('/');
    let tree_path = TreePath::new(name)
        .or_else(|| TreePath::new(&name.replace("../", "")))
        .with_context(|| format!("{} is no file name", path.display()))?;
    let file = LexedFile::new(tree_path.clone(), bytes);
    let Rewrite { bytes, diagnostics, .. } = rewrite(patch, &file, settings, &NoFacts);
    let messages = diagnostics.iter().map(|d| d.render(&file.path, &file.lines)).collect();
    let change = FileChange { path: tree_path, before: Some(file.bytes), after: bytes };
    Ok(Done { change, messages })
}

fn deliver(args: &RunArgs, path: &Path, done: &Done, out: &mut dyn Write) -> anyhow::Result<()> {
    let same = done.change.before.as_ref() == Some(&done.change.after);
    if let Some(output) = &args.output {
        return std::fs::write(output, &done.change.after)
            .with_context(|| format!("cannot write {}", output.display()));
    }
    if same {
        return Ok(());
    }
    if args.in_place {
        return std::fs::write(path, &done.change.after)
            .with_context(|| format!("cannot write {}", path.display()));
    }
    out.write_all(&unified(&done.change)).context("standard output")
}

fn settings(args: &RunArgs) -> Settings {
    let mut virtuals = BTreeSet::new();
    let mut values = BTreeMap::new();
    for define in &args.define {
        match define.split_once('=') {
            Some((name, value)) => {
                values.insert(name.to_owned(), value.to_owned());
            }
            None => {
                virtuals.insert(define.clone());
            }
        }
    }
    Settings { virtuals, values, types: TypeNames::default(), arms: Arms::Changed }
}

/// Reads a rule file and those it includes; theirs come first.
fn load(path: &Path, include: &[PathBuf], err: &mut dyn Write) -> anyhow::Result<SemanticPatch> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = LineIndex::new(&bytes);
    let name = TreePath::new(path.to_string_lossy().trim_start_matches('/'))
        .or_else(|| TreePath::new("rule.cocci"))
        .with_context(|| format!("{} is no file name", path.display()))?;
    let (mut patch, warnings) = match smpl::parse(&bytes) {
        Ok(parsed) => parsed,
        Err(rejected) => {
            let all: Vec<String> =
                rejected.diagnostics.iter().map(|d| d.render(&name, &lines)).collect();
            bail!("{}", all.join("\n"));
        }
    };
    for warning in warnings {
        writeln!(err, "{}", warning.render(&name, &lines))?;
    }
    for rule in &patch.rules {
        if let RuleKind::Script { language, .. } = &rule.kind {
            writeln!(
                err,
                "{name}: {} is a {language} script and is not run; rules that depend on it do nothing",
                rule.name
            )?;
        }
    }
    let mut rules = Vec::new();
    for included in &patch.includes {
        let folder = path.parent().unwrap_or(Path::new("."));
        let candidates = std::iter::once(folder.to_owned())
            .chain(folder.parent().map(Path::to_owned))
            .chain(include.iter().cloned())
            .chain([PathBuf::from(".")]);
        let found = candidates.map(|folder| folder.join(included)).find(|path| path.is_file());
        let Some(found) = found else { bail!("{name}: cannot find the included {included}") };
        let inner = load(&found, include, err)?;
        rules.extend(inner.rules);
        patch.virtuals.extend(inner.virtuals);
    }
    rules.append(&mut patch.rules);
    patch.rules = rules;
    Ok(patch)
}

/// The files to look at, sorted and each once.
fn files(args: &RunArgs) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = BTreeSet::new();
    for path in &args.paths {
        if path.is_file() {
            files.insert(path.clone());
            continue;
        }
        if !path.is_dir() {
            bail!("{} is neither a file nor a folder", path.display());
        }
        for entry in ignore::WalkBuilder::new(path).build() {
            let entry = entry?;
            let extension = entry.path().extension().and_then(|extension| extension.to_str());
            let wanted = extension == Some("c") || args.include_headers && extension == Some("h");
            if wanted && entry.file_type().is_some_and(|kind| kind.is_file()) {
                files.insert(entry.into_path());
            }
        }
    }
    Ok(files.into_iter().collect())
}
