//! `gupatch dump`: the value of one stage, for people who work on the tool.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::exit::Exit;
use super::format::{Format, json};
use super::options::{Common, Terminal, Verbosity};
use super::parse::read;
use crate::ast::{Kind, print};
use crate::items::{Arms, Item, Shape, TypeNames, normalise, split, visible};
use crate::lex::LexedFile;
use crate::provenance::Vocabulary;
use crate::{cfg, driver, parse};

/// Which stage's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Stage {
    /// Tokens
    Lex,
    /// Top-level items
    Items,
    /// What lang-c is given, and the edit log
    Normalised,
    /// Syntax trees
    Ast,
    /// Control flow graphs of the functions
    Cfg,
}

const EXAMPLES: &str = "\
Examples:
  gupatch dump ast block/bio.c                syntax trees
  gupatch dump cfg block/bio.c                control flow graphs
  gupatch dump items block/bio.c --format json    for programs; `gupatch schema dump` describes it";

/// Print what one stage makes of a C file
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DumpArgs {
    /// Which stage's value
    stage: Stage,
    /// The file
    file: PathBuf,
    /// How to print the value
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// What `--format json` prints.
#[derive(Serialize)]
struct Dumped<'d> {
    version: u32,
    stage: &'static str,
    file: String,
    /// In source order.
    parts: &'d [Part],
}

/// A piece of a stage's value: a token of `lex`, an item of the other stages.
#[derive(Serialize)]
struct Part {
    /// The first and the last line.
    lines: (u32, u32),
    /// The kind of token or item; `problem` for what was not understood.
    kind: String,
    /// The value, as text.
    text: String,
}

/// Runs the command.
pub fn run(args: &DumpArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let file = read(&args.file).map_err(|e| e.context(args.file.display().to_string()))?;
    let parts = match args.stage {
        Stage::Lex => lex(&file),
        Stage::Items => split(&file).iter().map(|item| part(&file, item, String::new())).collect(),
        Stage::Normalised => normalised(&file),
        Stage::Ast => driver::pool(1)?.install(|| ast(&file)),
        Stage::Cfg => driver::pool(1)?.install(|| cfg(&file)),
    };
    let bytes = match args.format {
        Format::Text => text(args.stage, &file, &parts).into_bytes(),
        Format::Json => json(&Dumped {
            version: 1,
            stage: args.stage.name(),
            file: args.file.display().to_string(),
            parts: &parts,
        })?,
    };
    terminal.result(&bytes)?;
    Ok(Exit::Nothing)
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Stage::Lex => "lex",
            Stage::Items => "items",
            Stage::Normalised => "normalised",
            Stage::Ast => "ast",
            Stage::Cfg => "cfg",
        }
    }
}

/// The value for people.
fn text(stage: Stage, file: &LexedFile, parts: &[Part]) -> String {
    if stage == Stage::Lex {
        let line =
            |id| format!("{} {:?} {:?}\n", file.location(id), file.tokens.kind(id), file.text(id));
        return file.tokens.all().iter().map(line).collect();
    }
    let mut out = String::new();
    for Part { lines: (first, last), kind, text } in parts {
        match stage {
            Stage::Lex | Stage::Items => out.push_str(&format!("{first}-{last} {kind}\n")),
            Stage::Normalised => out.push_str(&format!("{first}-{last} {kind}\n{text}")),
            Stage::Ast => out.push_str(text),
            Stage::Cfg => out.push_str(&format!("{text}\n")),
        }
    }
    out
}

fn part(file: &LexedFile, item: &Item, text: String) -> Part {
    let last = file.tokens.significant_before(item.tokens.end).unwrap_or(item.tokens.start);
    let lines = (file.location(item.tokens.start).line, file.location(last).line);
    Part { lines, kind: format!("{:?}", item.kind), text }
}

fn lex(file: &LexedFile) -> Vec<Part> {
    let part = |id| {
        let line = file.location(id).line;
        let text = file.text(id).to_string();
        let more = text.trim_end_matches('\n').matches('\n').count() as u32;
        Part { lines: (line, line + more), kind: format!("{:?}", file.tokens.kind(id)), text }
    };
    file.tokens.all().iter().map(part).collect()
}

fn normalised(file: &LexedFile) -> Vec<Part> {
    let types = TypeNames::default();
    let mut out = Vec::new();
    for item in split(file) {
        let tokens = visible(file, item.tokens, Arms::All);
        if tokens.is_empty() {
            continue;
        }
        let text = match normalise(file, &tokens, Shape::TopLevel, &types) {
            Ok(text) => text.print(file),
            Err(problem) => format!("    {}\n", problem.render(&file.path, &file.lines)),
        };
        out.push(part(file, &item, text));
    }
    out
}

fn ast(file: &LexedFile) -> Vec<Part> {
    let types = TypeNames::default();
    let mut out = Vec::new();
    for item in split(file) {
        let parsed = parse::item(file, &item, &types);
        for problem in &parsed.diagnostics {
            let text = problem.render(&file.path, &file.lines) + "\n";
            out.push(Part { kind: "problem".to_owned(), ..part(file, &item, text) });
        }
        if let Some(ast) = &parsed.ast {
            out.push(part(file, &item, print::tree(ast, file, ast.root())));
        }
    }
    out
}

fn cfg(file: &LexedFile) -> Vec<Part> {
    let no_return = Vocabulary::built_in().no_return();
    let types = TypeNames::default();
    let mut out = Vec::new();
    for item in split(file) {
        let Some(ast) = parse::item(file, &item, &types).ast else { continue };
        let root = ast.root();
        if matches!(ast.kind(root), Kind::Function { .. }) {
            let graph = cfg::build(&ast, file, root, &no_return);
            out.push(part(file, &item, cfg::print::graph(&graph, &ast, file)));
        }
    }
    out
}
