//! `gupatch rules list|show|lint|test`: what rules there are, what is wrong with one, and whether its examples
//! still hold.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::exit::Exit;
use super::format::{Format, json};
use super::rule_file;
use crate::campaign::{Campaign, RuleFile};
use crate::diff::{FileChange, unified};
use crate::edit::{Settings, rewrite};
use crate::lex::LexedFile;
use crate::matcher::NoFacts;
use crate::smpl::SemanticPatch;
use crate::smpl::iso::{Library, NATIVE};
use crate::source::TreePath;

const EXAMPLES: &str = "\
Examples:
  gupatch rules list --isomorphisms      the names that a rule can disable
  gupatch rules show bv_page             a rule of the built-in campaign
  gupatch rules lint my.cocci            what is wrong with it, and where
  gupatch rules test rules/mine          run the examples beside each rule there";

/// List, show, lint and test rules
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, Subcommand)]
enum RulesCommand {
    /// List a campaign's rules, or the isomorphisms that rules use
    List {
        /// Campaign: the name of a built-in one, or a folder of .cocci rules
        #[arg(long, value_name = "DIR|NAME", default_value = "from-gup")]
        rules: String,
        /// List the names that a rule can `disable`
        #[arg(long, conflicts_with = "format")]
        isomorphisms: bool,
        /// How to print the list
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Print a rule of a campaign
    Show {
        /// Its name, without .cocci
        #[arg(value_name = "RULE")]
        rule: String,
        /// Campaign: the name of a built-in one, or a folder of .cocci rules
        #[arg(long, value_name = "DIR|NAME", default_value = "from-gup")]
        rules: String,
        /// How to print it
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Say what is wrong with rule files, with place and hint
    Lint {
        /// Rule files, or folders of them
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// Look for `#include`d rule files and isomorphism files here too
        #[arg(short = 'I', value_name = "DIR")]
        include: Vec<PathBuf>,
        /// How to print what is wrong
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
    /// Run the examples beside rule files: RULE.c must become RULE.res, RULE.NAME.c RULE.NAME.res
    Test {
        /// Rule files, or folders of them
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// Look for `#include`d rule files and isomorphism files here too
        #[arg(short = 'I', value_name = "DIR")]
        include: Vec<PathBuf>,
        /// Switch a virtual rule on
        #[arg(short = 'D', value_name = "NAME")]
        define: Vec<String>,
        /// How to print the result
        #[arg(long, value_name = "FORMAT", default_value = "text")]
        format: Format,
    },
}

/// Runs the command: the result goes to `out`, what there is to say about it to `err`.
pub fn run(args: &RulesArgs, out: &mut dyn Write, err: &mut dyn Write) -> anyhow::Result<Exit> {
    match &args.command {
        RulesCommand::List { isomorphisms: true, .. } => list_isomorphisms(out),
        RulesCommand::List { rules, format, .. } => list(rules, *format, out),
        RulesCommand::Show { rule, rules, format } => show(rule, rules, *format, out),
        RulesCommand::Lint { files, include, format } => lint(files, include, *format, out),
        RulesCommand::Test { files, include, define, format } => {
            let settings =
                Settings { virtuals: define.iter().cloned().collect(), ..Settings::default() };
            test(files, include, &settings, *format, out, err)
        }
    }
}

/// What `rules list --format json` prints.
#[derive(Serialize)]
struct Listed<'l> {
    version: u32,
    campaign: &'l str,
    rules: Vec<ListedRule<'l>>,
}

#[derive(Serialize)]
struct ListedRule<'l> {
    name: &'l str,
    about: &'l str,
    path: &'l str,
    text: &'l str,
}

fn listed(rule: &RuleFile) -> ListedRule<'_> {
    let about = rule.text.lines().find_map(|line| line.strip_prefix("//"));
    let about = about.unwrap_or_default().trim();
    ListedRule { name: &rule.name, about, path: &rule.path, text: &rule.text }
}

fn list(rules: &str, format: Format, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let campaign = Campaign::load(rules)?;
    let listed = campaign.rules.iter().map(listed);
    match format {
        Format::Text => {
            for ListedRule { name, about, .. } in listed {
                writeln!(out, "{name:<36} {about}")?;
            }
        }
        Format::Json => {
            let rules = listed.collect();
            out.write_all(&json(&Listed { version: 1, campaign: &campaign.name, rules })?)?;
        }
    }
    Ok(Exit::Nothing)
}

fn list_isomorphisms(out: &mut dyn Write) -> anyhow::Result<Exit> {
    for iso in &Library::built_in().standard {
        writeln!(out, "{:<20} {}", iso.name, iso.text())?;
    }
    for (name, about) in NATIVE {
        writeln!(out, "{name:<20} {about}")?;
    }
    Ok(Exit::Nothing)
}

/// What `rules show --format json` prints.
#[derive(Serialize)]
struct ShownRule<'r> {
    version: u32,
    campaign: &'r str,
    rule: ListedRule<'r>,
}

fn show(name: &str, rules: &str, format: Format, out: &mut dyn Write) -> anyhow::Result<Exit> {
    let campaign = Campaign::load(rules)?;
    let Some(rule) = campaign.rules.iter().find(|rule| rule.name == name) else {
        bail!("the campaign {} has no rule {name}; `gupatch rules list` names them", campaign.name);
    };
    match format {
        Format::Text => out.write_all(rule.text.as_bytes())?,
        Format::Json => {
            let (campaign, rule) = (campaign.name.as_str(), listed(rule));
            out.write_all(&json(&ShownRule { version: 1, campaign, rule })?)?;
        }
    }
    Ok(Exit::Nothing)
}

/// What `rules lint --format json` prints.
#[derive(Serialize)]
struct Linted {
    version: u32,
    files: Vec<LintedFile>,
}

#[derive(Serialize)]
struct LintedFile {
    file: String,
    messages: Vec<String>,
}

fn lint(
    files: &[PathBuf],
    include: &[PathBuf],
    format: Format,
    out: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let mut found = false;
    let mut linted = Vec::new();
    for file in rule_files(files)? {
        let messages = rule_file::lint(&file, include)?;
        found |= !messages.is_empty();
        match format {
            Format::Text => messages.iter().try_for_each(|message| writeln!(out, "{message}"))?,
            Format::Json => linted.push(LintedFile { file: file.display().to_string(), messages }),
        }
    }
    if format == Format::Json {
        out.write_all(&json(&Linted { version: 1, files: linted })?)?;
    }
    Ok(Exit::found(found))
}

/// What `rules test --format json` prints.
#[derive(Serialize)]
struct Tested {
    version: u32,
    examples: Vec<Example>,
    /// Rules that cannot be used, with what is wrong.
    broken: Vec<BrokenRule>,
    /// Rules that have no example.
    without_example: Vec<String>,
}

/// What became of an example.
#[derive(Serialize)]
struct Example {
    rule: String,
    before: String,
    after: String,
    /// `holds`, `differs`, or `not-run` where the result to be is not there.
    outcome: &'static str,
    /// From what was to be to what the rule makes; empty where it holds.
    diff: String,
    messages: Vec<String>,
}

#[derive(Serialize)]
struct BrokenRule {
    rule: String,
    error: String,
}

fn test(
    files: &[PathBuf],
    include: &[PathBuf],
    settings: &Settings,
    format: Format,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<Exit> {
    let mut tested = Tested {
        version: 1,
        examples: Vec::new(),
        broken: Vec::new(),
        without_example: Vec::new(),
    };
    for file in rule_files(files)? {
        let rule = file.display().to_string();
        let loaded = match rule_file::load(&file, include, None) {
            Ok(loaded) => loaded,
            // The other rules are still of interest.
            Err(error) => {
                writeln!(err, "{error:#}")?;
                tested.broken.push(BrokenRule { rule, error: format!("{error:#}") });
                continue;
            }
        };
        let examples = examples(&file)?;
        if examples.is_empty() {
            writeln!(err, "{rule}: no example beside it")?;
            tested.without_example.push(rule.clone());
        }
        for (before, after) in examples {
            let example = run_example(&rule, &loaded.patch, settings, &before, &after)?;
            example.messages.iter().try_for_each(|message| writeln!(err, "{message}"))?;
            if example.outcome == "differs" && format == Format::Text {
                writeln!(
                    out,
                    "{}: not as in {}:\n{}",
                    example.before,
                    example.after,
                    example.diff.trim_end()
                )?;
            }
            tested.examples.push(example);
        }
    }
    let count =
        |outcome| tested.examples.iter().filter(|example| example.outcome == outcome).count();
    let (passed, failed) = (count("holds"), count("differs"));
    match format {
        Format::Text => {
            let hold = if passed == 1 { "example holds" } else { "examples hold" };
            let fail = if failed == 1 { "does not" } else { "do not" };
            writeln!(out, "{passed} {hold}, {failed} {fail}")?;
        }
        Format::Json => out.write_all(&json(&tested)?)?,
    }
    if !tested.broken.is_empty() {
        return Ok(Exit::Failed);
    }
    Ok(Exit::found(failed > 0))
}

/// Runs one example of a rule.
fn run_example(
    rule: &str,
    patch: &SemanticPatch,
    settings: &Settings,
    before: &Path,
    after: &Path,
) -> anyhow::Result<Example> {
    let mut example = Example {
        rule: rule.to_owned(),
        before: before.display().to_string(),
        after: after.display().to_string(),
        outcome: "not-run",
        diff: String::new(),
        messages: Vec::new(),
    };
    if !after.is_file() {
        example.messages.push(format!("{}: not run: no {}", before.display(), after.display()));
        return Ok(example);
    }
    let read = |path: &Path| {
        std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let name = TreePath::new(before.to_string_lossy().trim_start_matches('/'))
        .or_else(|| TreePath::new("example.c"))
        .context("an example has a name")?;
    let source = LexedFile::new(name.clone(), read(before)?);
    let made = rewrite(patch, &source, settings, &NoFacts);
    let rendered = made.diagnostics.iter();
    let rendered = rendered.map(|diagnostic| diagnostic.render(&source.path, &source.lines));
    example.messages.extend(rendered);
    let wanted = read(after)?;
    if made.bytes == wanted {
        example.outcome = "holds";
        return Ok(example);
    }
    example.outcome = "differs";
    let change = FileChange { path: name, before: Some(wanted), after: made.bytes };
    example.diff = String::from_utf8_lossy(&unified(&change)).into_owned();
    Ok(example)
}

/// The rule files among `paths` and in them, sorted.
fn rule_files(paths: &[PathBuf]) -> anyhow::Result<BTreeSet<PathBuf>> {
    let mut files = BTreeSet::new();
    for path in paths {
        if !path.is_dir() {
            files.insert(path.clone());
            continue;
        }
        for entry in ignore::WalkBuilder::new(path).build() {
            let path = entry?.into_path();
            if path.extension().is_some_and(|extension| extension == "cocci") {
                files.insert(path);
            }
        }
    }
    Ok(files)
}

/// The examples beside a rule file: the code before, and where the code after is to be.
fn examples(rule: &Path) -> anyhow::Result<Vec<(PathBuf, PathBuf)>> {
    let folder = match rule.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let Some(stem) = rule.file_stem().and_then(|stem| stem.to_str()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    let entries =
        std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let before = entry?.path();
        let name = before.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some(name) = name.strip_suffix(".c") else { continue };
        let is_its_own =
            name == stem || name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.'));
        if is_its_own {
            let after = folder.join(format!("{name}.res"));
            found.push((before, after));
        }
    }
    found.sort();
    Ok(found)
}
