//! `gupatch schema`: what the commands print with `--format json`, as JSON Schema.
//!
//! A schema is carried by the program that prints the values, so the two cannot part; a test reads every
//! command's output against its own. The formats are versioned and only grow, so readers should pass over
//! what they do not know.

use anyhow::Context as _;
use clap::Args;
use serde_json::{Value, json};

use super::exit::Exit;
use super::options::{Common, Terminal, Verbosity};

/// What more than one schema refers to.
const DEFINITIONS: &str = include_str!("schema/definitions.json");

/// The commands with a format of their own; `rules` is that of `rules list`.
const SCHEMAS: [(&str, &str); 17] = [
    ("apply", include_str!("schema/apply.json")),
    ("audit", include_str!("schema/audit.json")),
    ("check", include_str!("schema/check.json")),
    ("demo", include_str!("schema/demo.json")),
    ("diff", include_str!("schema/diff.json")),
    ("dump", include_str!("schema/dump.json")),
    ("explain", include_str!("schema/explain.json")),
    ("parse", include_str!("schema/parse.json")),
    ("review", include_str!("schema/review.json")),
    ("rules", include_str!("schema/rules.json")),
    ("rules-lint", include_str!("schema/rules-lint.json")),
    ("rules-show", include_str!("schema/rules-show.json")),
    ("rules-test", include_str!("schema/rules-test.json")),
    ("run", include_str!("schema/run.json")),
    ("scan", include_str!("schema/scan.json")),
    ("series", include_str!("schema/series.json")),
    ("verify", include_str!("schema/verify.json")),
];

const EXAMPLES: &str = "\
Examples:
  gupatch schema                              the commands that have one
  gupatch schema scan                         that of `gupatch scan --format json`";

/// Print the JSON Schema of what a command prints with --format json
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct SchemaArgs {
    /// The command; without one, those that have a schema are listed
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    #[command(flatten)]
    pub(super) common: Common,
    #[command(flatten)]
    pub(super) verbosity: Verbosity,
}

/// Runs the command.
pub fn run(args: &SchemaArgs, terminal: &Terminal) -> anyhow::Result<Exit> {
    let Some(name) = &args.command else {
        let names: String = names().map(|name| format!("{name}\n")).collect();
        terminal.result(names.as_bytes())?;
        return Ok(Exit::Nothing);
    };
    let schema = schema(name).with_context(|| {
        let names: Vec<&str> = names().collect();
        format!("`{name}` has no schema\n  hint: there is one for {}", names.join(", "))
    })?;
    terminal.result(&super::format::json(&schema)?)?;
    Ok(Exit::Nothing)
}

/// The commands that have a schema.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCHEMAS.iter().map(|(name, _)| *name)
}

/// The schema of a command's output, complete in itself.
pub fn schema(name: &str) -> Option<Value> {
    let (_, text) = SCHEMAS.iter().find(|(own, _)| *own == name)?;
    let parse = |text: &str| -> Value {
        serde_json::from_str(text).expect("the schemas are part of the program and tested")
    };
    let mut schema = parse(text);
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    let all = parse(DEFINITIONS);
    let mut used = serde_json::Map::new();
    // A definition may refer to others, so names are gathered until there are no new ones.
    loop {
        let mut text = schema.to_string();
        text.push_str(&Value::Object(used.clone()).to_string());
        let definitions = all.as_object().expect("definitions are an object");
        let before = used.len();
        for (name, definition) in definitions {
            if text.contains(&format!("\"#/$defs/{name}\"")) {
                used.insert(name.clone(), definition.clone());
            }
        }
        if used.len() == before {
            break;
        }
    }
    schema["$defs"] = Value::Object(used);
    Some(schema)
}
