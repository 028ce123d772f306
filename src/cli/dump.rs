//! `gupatch dump`: the value of one stage, for people who work on the tool.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::exit::Exit;
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
  gupatch dump cfg block/bio.c                control flow graphs";

/// Print what one stage makes of a C file
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct DumpArgs {
    /// Which stage's value
    stage: Stage,
    /// The file
    file: PathBuf,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// Runs the command.
pub fn run(args: &DumpArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let file = read(&args.file).map_err(|e| e.context(args.file.display().to_string()))?;
    let out = match args.stage {
        Stage::Lex => lex(&file),
        Stage::Items => items(&file),
        Stage::Normalised => normalised(&file),
        Stage::Ast => driver::pool(1)?.install(|| ast(&file)),
        Stage::Cfg => driver::pool(1)?.install(|| cfg(&file)),
    };
    terminal.result(out.as_bytes())?;
    Ok(Exit::Nothing)
}

fn cfg(file: &LexedFile) -> String {
    let no_return = Vocabulary::built_in().no_return();
    let types = TypeNames::default();
    let mut out = String::new();
    for item in split(file) {
        let Some(ast) = parse::item(file, &item, &types).ast else { continue };
        let root = ast.root();
        if matches!(ast.kind(root), Kind::Function { .. }) {
            let graph = cfg::build(&ast, file, root, &no_return);
            out.push_str(&cfg::print::graph(&graph, &ast, file));
            out.push('\n');
        }
    }
    out
}

fn lex(file: &LexedFile) -> String {
    let line =
        |id| format!("{} {:?} {:?}\n", file.location(id), file.tokens.kind(id), file.text(id));
    file.tokens.all().iter().map(line).collect()
}

fn heading(file: &LexedFile, item: &Item) -> String {
    let last = file.tokens.significant_before(item.tokens.end).unwrap_or(item.tokens.start);
    let last = file.location(last).line;
    format!("{}-{} {:?}", file.location(item.tokens.start).line, last, item.kind)
}

fn items(file: &LexedFile) -> String {
    split(file).iter().map(|item| heading(file, item) + "\n").collect()
}

fn normalised(file: &LexedFile) -> String {
    let types = TypeNames::default();
    let mut out = String::new();
    for item in split(file) {
        let tokens = visible(file, item.tokens, Arms::All);
        if tokens.is_empty() {
            continue;
        }
        out.push_str(&heading(file, &item));
        match normalise(file, &tokens, Shape::TopLevel, &types) {
            Ok(text) => {
                out.push('\n');
                out.push_str(&text.print(file));
            }
            Err(problem) => writeln!(out, "\n    {}", problem.render(&file.path, &file.lines))
                .expect("writing to a String does not fail"),
        }
    }
    out
}

fn ast(file: &LexedFile) -> String {
    let types = TypeNames::default();
    let mut out = String::new();
    for item in split(file) {
        let parsed = parse::item(file, &item, &types);
        for problem in &parsed.diagnostics {
            out.push_str(&problem.render(&file.path, &file.lines));
            out.push('\n');
        }
        if let Some(ast) = &parsed.ast {
            out.push_str(&print::tree(ast, file, ast.root()));
        }
    }
    out
}
