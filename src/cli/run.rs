//! `gupatch run RULE.cocci PATH…`: any semantic patch on files and folders.

mod files;
mod headers;
mod record;
mod timings;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{Read as _, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Command, FromArgMatches as _};
use rayon::prelude::*;
use serde::Serialize;

use super::bars::bars;
use super::exit::Exit;
use super::format::{Format, json};
use super::rule_file;
use super::spatch_options::{SpatchOptions, known};
use crate::diagnostic::Severity;
use crate::diff::{FileChange, unified};
use crate::edit::{Arms, Headers, Prefilter, Rewrite, Settings, rewrite};
use crate::items::{TypeNames, read_macros};
use crate::lex::LexedFile;
use crate::matcher::NoFacts;
use crate::smpl::SemanticPatch;
use crate::source::TreePath;
use crate::tree::root::KernelTree;

use headers::{Beside, Follow, Library};
use record::Record;
use timings::Timings;

const EXAMPLES: &str = "\
Examples:
  gupatch run rule.cocci drivers/misc         what it would change, as a diff
  gupatch run rule.cocci a.c -o b.c           the result of one file
  gupatch run rule.cocci fs --in-place        change the files
  gupatch run rule.cocci fs --format json     what it would change and what it met, for programs";

/// Run a semantic patch on files and folders, and show what it would change
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RunArgs {
    /// The semantic patch
    #[arg(value_name = "RULE.cocci")]
    rule: PathBuf,
    /// Files, or folders whose .c files are looked at
    #[arg(value_name = "PATH", required_unless_present = "why")]
    paths: Vec<PathBuf>,
    /// Say how far each rule gets at this line, and what does not match there
    #[arg(long, value_name = "FILE:LINE", conflicts_with_all = ["paths", "output", "in_place"])]
    why: Option<String>,
    #[command(flatten)]
    rules: RuleOptions,
    /// Write the result here: of one file to a file, of a folder to a folder
    #[arg(short, value_name = "FILE", conflicts_with = "in_place")]
    output: Option<PathBuf>,
    /// Change the files themselves
    #[arg(long)]
    in_place: bool,
    /// Print a unified diff (the default)
    #[arg(long, conflicts_with_all = ["in_place", "output"])]
    diff: bool,
    /// How to print what would change
    #[arg(long, value_name = "FORMAT", default_value = "text", conflicts_with_all = ["in_place", "output", "why"])]
    format: Format,
    /// Say which files took longest
    #[arg(long)]
    timings: bool,
    /// Worker threads; 0 is one per core
    #[arg(short, long, value_name = "N", default_value_t = 0)]
    jobs: usize,
}

/// What a rule file may ask for itself, in `#spatch` lines.
#[derive(Clone, Debug, Args)]
struct RuleOptions {
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
    /// `#define` lines that say how macros are read: as attributes, loops, statements, types
    #[arg(long, value_name = "FILE")]
    macro_file: Option<PathBuf>,
    #[command(flatten)]
    spatch: SpatchOptions,
}

impl RuleOptions {
    /// These options and those that the rule file names; what the command line says comes first.
    fn with(&self, words: &[String], messages: &mut Vec<String>) -> anyhow::Result<RuleOptions> {
        if words.is_empty() {
            return Ok(self.clone());
        }
        let command = RuleOptions::augment_args(Command::new("#spatch").no_binary_name(true));
        let (taken, unknown) = known(words, &command);
        if !unknown.is_empty() && !words.iter().any(|word| word == "--ignore-unknown-options") {
            let unknown = unknown.join(" ");
            messages
                .push(format!("warning: options of the #spatch lines that do nothing: {unknown}"));
        }
        let matches =
            command.try_get_matches_from(taken).context("in the rule file's #spatch lines")?;
        let mut all = RuleOptions::from_arg_matches(&matches)?;
        all.define.extend(self.define.iter().cloned());
        all.include_headers |= self.include_headers;
        all.include.splice(0..0, self.include.iter().cloned());
        all.iso_file = self.iso_file.clone().or(all.iso_file);
        all.macro_file = self.macro_file.clone().or(all.macro_file);
        if self.spatch.follow().is_some() {
            all.spatch = self.spatch.clone();
        }
        Ok(all)
    }

    /// The headers that tell types, for files at `paths`.
    fn library(&self, paths: &[PathBuf]) -> Library {
        let mut folders = self.include.clone();
        if let Some(tree) = paths.first().and_then(|path| KernelTree::find(path).ok()) {
            folders.extend([tree.root.join("include"), tree.root.join("include/uapi")]);
        }
        Library::new(self.spatch.follow().unwrap_or(Follow::Local), folders)
    }
}

impl SpatchOptions {
    /// Which headers are asked for, where something is said about them: the last in this order wins.
    fn follow(&self) -> Option<Follow> {
        let asked = [
            (self.recursive_includes, Follow::Recursive),
            (self.all_includes, Follow::All),
            (self.local_includes, Follow::Local),
            (self.no_includes, Follow::Nothing),
        ];
        asked.into_iter().find(|(asked, _)| *asked).map(|(_, follow)| follow)
    }
}

/// Runs the command: the result goes to `out`, what there is to say about it to `err`.
pub fn run(args: &RunArgs, out: &mut dyn Write, err: &mut dyn Write) -> anyhow::Result<Exit> {
    let mut messages = Vec::new();
    let rules = args.rules.with(&rule_file::options(&args.rule), &mut messages)?;
    let loaded = rule_file::load(&args.rule, &rules.include, rules.iso_file.as_deref())?;
    for message in messages.iter().chain(&loaded.messages) {
        writeln!(err, "{message}")?;
    }
    let mut patch = loaded.patch;
    let settings = settings(&rules)?;
    patch.settle(&settings.virtuals);
    let library = Arc::new(rules.library(&args.paths));
    if let Some(place) = &args.why {
        return why(place, &patch, settings, &library, out);
    }
    let mut prefilter = Prefilter::new(&patch, &settings);
    if rules.iso_file.is_some() || !patch.iso_files.is_empty() {
        // What isomorphisms of one's own leave out is not known.
        prefilter = Prefilter::everything();
    }
    let files = files::files(&args.paths, rules.include_headers, args.jobs)?;
    let target = Target::of(args, &files)?;
    let pool =
        rayon::ThreadPoolBuilder::new().num_threads(args.jobs).stack_size(64 << 20).build()?;
    let timings = Timings::new(args.timings);
    // Of a whole tree little is left after the first look, and only that is put into order.
    let progress = bars(false);
    let step = progress.begin("files", files.len());
    let mut done: Vec<(&PathBuf, anyhow::Result<Done>)> = pool.install(|| {
        let all = files.par_iter().map_init(Vec::new, |buffer, path| {
            let run = || one_file(path, buffer, &patch, (&settings, &library), &prefilter);
            (path, step.done(timings.measure(path, run)))
        });
        all.filter(|(_, done)| target.wants(done.as_ref().ok())).collect()
    });
    drop(step);
    timings.print(err)?;
    done.sort_by_key(|&(path, _)| path);
    let (mut found, mut failed) = (false, false);
    let about_rule = messages.into_iter().chain(loaded.messages).collect();
    let mut record = Record::new(args.rule.display().to_string(), about_rule);
    for (path, done) in done {
        let done = done?;
        failed |= done.failed;
        for message in &done.messages {
            writeln!(err, "{message}")?;
        }
        found |= done.change.is_some() || !done.starred.is_empty();
        if args.format == Format::Json {
            record.add(path.display().to_string(), &done);
            continue;
        }
        for Starred { line, rule, text } in &done.starred {
            writeln!(out, "{}:{line}: {rule}: {text}", tree_path(path)?)?;
        }
        target.deliver(path, &done, out)?;
    }
    if args.format == Format::Json {
        out.write_all(&json(&record)?)?;
    }
    if failed {
        return Ok(Exit::Failed);
    }
    Ok(Exit::found(found && matches!(target, Target::Diff)))
}

/// Prints what each rule does at `place`.
fn why(
    place: &str,
    patch: &SemanticPatch,
    mut settings: Settings,
    library: &Arc<Library>,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let parsed = place.rsplit_once(':').and_then(|(file, line)| Some((file, line.parse().ok()?)));
    let Some((path, line)) = parsed else { bail!("{place} is no FILE:LINE") };
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {path}"))?;
    let file = lexed(Path::new(path), bytes)?;
    let Some(span) = file.lines.line_span(line) else { bail!("{path} has no line {line}") };
    settings.watch = Some(span);
    settings.headers = Some(beside(Path::new(path), library));
    let done = rewrite(patch, &file, &settings, &NoFacts);
    for line in &done.story {
        writeln!(out, "{line}")?;
    }
    Ok(Exit::Nothing)
}

/// What a `*` line of a rule met.
#[derive(Clone, Debug, Serialize)]
struct Starred {
    /// 1-based.
    line: u32,
    rule: String,
    text: String,
}

/// One file's result.
#[derive(Default)]
struct Done {
    /// What has changed, if something has.
    change: Option<FileChange>,
    /// What the `*` lines met.
    starred: Vec<Starred>,
    messages: Vec<String>,
    /// Whether something that was to be done could not be.
    failed: bool,
}

impl Done {
    fn is_nothing(&self) -> bool {
        self.change.is_none() && self.starred.is_empty() && self.messages.is_empty()
    }
}

/// Runs the rules on one file, unless a look at its bytes says that they have nothing to do there.
fn one_file(
    path: &Path,
    buffer: &mut Vec<u8>,
    patch: &SemanticPatch,
    (settings, library): (&Settings, &Arc<Library>),
    prefilter: &Prefilter,
) -> anyhow::Result<Done> {
    buffer.clear();
    let read = File::open(path).and_then(|mut file| file.read_to_end(buffer));
    read.with_context(|| format!("cannot read {}", path.display()))?;
    if !prefilter.may_act(buffer) {
        return Ok(Done::default());
    }
    let file = lexed(path, buffer.clone())?;
    let settings = Settings { headers: Some(beside(path, library)), ..settings.clone() };
    let Rewrite { bytes, diagnostics, reports, .. } = rewrite(patch, &file, &settings, &NoFacts);
    let failed = diagnostics.iter().any(|said| said.severity == Severity::Error);
    let messages = diagnostics.iter().map(|d| d.render(&file.path, &file.lines)).collect();
    let starred = reports.iter().flat_map(|report| {
        report.starred.iter().map(|(line, text)| Starred {
            line: *line,
            rule: report.rule.to_string(),
            text: text.trim().to_owned(),
        })
    });
    let starred = starred.collect();
    let change = (bytes != file.bytes).then_some(FileChange {
        path: file.path,
        before: Some(file.bytes),
        after: bytes,
    });
    Ok(Done { change, starred, messages, failed })
}

/// The headers as the file at `path` sees them.
fn beside(path: &Path, library: &Arc<Library>) -> Arc<dyn Headers> {
    let folder = path.parent().unwrap_or(Path::new("")).to_owned();
    Arc::new(Beside { folder, library: Arc::clone(library) })
}

fn lexed(path: &Path, bytes: Vec<u8>) -> anyhow::Result<LexedFile> {
    Ok(LexedFile::new(tree_path(path)?, bytes))
}

fn tree_path(path: &Path) -> anyhow::Result<TreePath> {
    let name = path.to_string_lossy();
    let name = name.trim_start_matches('/');
    TreePath::new(name)
        .or_else(|| TreePath::new(&name.replace("../", "")))
        .with_context(|| format!("{} is no file name", path.display()))
}

/// Where results go.
enum Target {
    /// A unified diff on standard output.
    Diff,
    /// The files themselves.
    InPlace,
    /// One file.
    File(PathBuf),
    /// A folder that gets each file under its path.
    Folder(PathBuf),
}

impl Target {
    fn of(args: &RunArgs, files: &[PathBuf]) -> anyhow::Result<Target> {
        if args.in_place {
            return Ok(Target::InPlace);
        }
        let Some(output) = &args.output else { return Ok(Target::Diff) };
        let one_file = args.paths.len() == 1 && args.paths[0].is_file();
        if one_file && !output.is_dir() {
            return Ok(Target::File(output.clone()));
        }
        if output.is_file() {
            bail!("-o {} is a file, and there are {} results", output.display(), files.len());
        }
        Ok(Target::Folder(output.clone()))
    }

    /// Whether there is something to deliver; what went wrong is `None`.
    fn wants(&self, done: Option<&Done>) -> bool {
        match self {
            Target::Diff | Target::InPlace => done.is_none_or(|done| !done.is_nothing()),
            Target::File(_) | Target::Folder(_) => true,
        }
    }

    fn deliver(&self, path: &Path, done: &Done, out: &mut dyn Write) -> anyhow::Result<()> {
        let write = |to: &Path, bytes: &[u8]| {
            std::fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))
        };
        let changed = done.change.as_ref();
        let result = || match changed {
            Some(change) => Ok(change.after.clone()),
            None => std::fs::read(path).with_context(|| format!("cannot read {}", path.display())),
        };
        match self {
            Target::Diff => match changed {
                Some(change) => out.write_all(&unified(change)).context("standard output"),
                None => Ok(()),
            },
            Target::InPlace => match changed {
                Some(change) => write(path, &change.after),
                None => Ok(()),
            },
            Target::File(to) => write(to, &result()?),
            Target::Folder(folder) => {
                let below: PathBuf = path
                    .components()
                    .filter(|part| matches!(part, std::path::Component::Normal(_)))
                    .collect();
                let to = folder.join(below);
                let parent = to.parent().unwrap_or(folder);
                std::fs::create_dir_all(parent)
                    .with_context(|| format!("cannot make {}", parent.display()))?;
                write(&to, &result()?)
            }
        }
    }
}

fn settings(args: &RuleOptions) -> anyhow::Result<Settings> {
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
    let mut types = TypeNames::default();
    if let Some(path) = &args.macro_file {
        let bytes = std::fs::read(path)
            .with_context(|| format!("{}: the macro file cannot be read", path.display()))?;
        read_macros(&bytes, &mut types);
    }
    Ok(Settings { virtuals, values, types, arms: Arms::Changed, ..Settings::default() })
}
