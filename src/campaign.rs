//! A campaign: the rules, their message templates and the vocabulary that belong together.
//!
//! In: a campaign's name (those in `rules/` are carried inside the program) or a folder. Out: its files,
//! sorted by name and not yet parsed. `provenance.toml` of the folder wins over the carried one.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use include_dir::{Dir, include_dir};
use thiserror::Error;

static RULES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// The vocabulary's file name.
const VOCABULARY: &str = "provenance.toml";

/// One rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleFile {
    /// The file's stem.
    pub name: String,
    /// Where it is, for messages.
    pub path: String,
    /// Semantic patch text.
    pub text: String,
}

/// What a command works with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// Its name: also that of its branch.
    pub name: String,
    /// Sorted by name.
    pub rules: Vec<RuleFile>,
    /// The message templates, `<name>.msg`, by name.
    pub messages: BTreeMap<String, String>,
    /// Where the vocabulary is, for messages.
    pub vocabulary_path: String,
    /// The text of `provenance.toml`.
    pub vocabulary: String,
}

/// Why there is no campaign.
#[derive(Debug, Error)]
pub enum CampaignError {
    /// Neither a carried campaign nor a folder.
    #[error("no campaign and no folder is named `{name}`\n  hint: the campaigns are {known}")]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// A folder without rules.
    #[error("{0} holds no rule\n  hint: a rule is a file that ends in .cocci")]
    Empty(PathBuf),
    /// A file that cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Campaign {
    /// Loads the campaign that is named, or that lies in the folder named.
    pub fn load(name: &str) -> Result<Campaign, CampaignError> {
        match RULES.get_dir(name) {
            Some(dir) => Ok(carried(name, dir)),
            None if Path::new(name).is_dir() => in_folder(Path::new(name)),
            None => Err(CampaignError::Unknown { name: name.into(), known: names().join(", ") }),
        }
    }
}

/// The names of the carried campaigns, sorted.
pub fn names() -> Vec<String> {
    let mut names: Vec<String> = RULES.dirs().map(|dir| dir.path().display().to_string()).collect();
    names.sort();
    names
}

/// The carried vocabulary.
pub fn default_vocabulary() -> &'static str {
    let file = RULES.get_file(VOCABULARY).expect("rules/provenance.toml is part of the program");
    file.contents_utf8().expect("rules/provenance.toml is UTF-8")
}

fn carried(name: &str, dir: &'static Dir<'static>) -> Campaign {
    let text = |path: PathBuf| {
        let file = RULES.get_file(path)?;
        file.contents_utf8().map(str::to_owned)
    };
    let mut rules = Vec::new();
    let mut messages = BTreeMap::new();
    for file in dir.files() {
        let path = file.path();
        let text = text(path.to_owned()).unwrap_or_default();
        match Part::of(path) {
            Part::Rule => {
                let path_text = format!("rules/{}", path.display());
                rules.push(RuleFile { name: stem(path), path: path_text, text });
            }
            Part::Message => {
                messages.insert(stem(path), text);
            }
            Part::Other => {}
        }
    }
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    let own = text(dir.path().join(VOCABULARY));
    Campaign {
        name: name.into(),
        rules,
        messages,
        vocabulary_path: format!("rules/{VOCABULARY}"),
        vocabulary: own.unwrap_or_else(|| default_vocabulary().into()),
    }
}

fn in_folder(folder: &Path) -> Result<Campaign, CampaignError> {
    let failed = |path: &Path, source| CampaignError::Io { path: path.into(), source };
    let mut rules = Vec::new();
    let mut messages = BTreeMap::new();
    for entry in fs::read_dir(folder).map_err(|e| failed(folder, e))? {
        let path = entry.map_err(|e| failed(folder, e))?.path();
        let read = || fs::read_to_string(&path).map_err(|e| failed(&path, e));
        match Part::of(&path) {
            Part::Rule => rules.push(RuleFile {
                name: stem(&path),
                path: path.display().to_string(),
                text: read()?,
            }),
            Part::Message => {
                messages.insert(stem(&path), read()?);
            }
            Part::Other => {}
        }
    }
    if rules.is_empty() {
        return Err(CampaignError::Empty(folder.into()));
    }
    rules.sort_by(|a, b| a.name.cmp(&b.name));
    let vocabulary_path = folder.join(VOCABULARY);
    let (vocabulary_path, vocabulary) = match read_optional(&vocabulary_path)? {
        Some(own) => (vocabulary_path.display().to_string(), own),
        None => (format!("rules/{VOCABULARY}"), default_vocabulary().to_owned()),
    };
    let name = folder.canonicalize().ok().and_then(|path| path.file_name().map(stem_of));
    let name = name.unwrap_or_else(|| "rules".into());
    Ok(Campaign { name, rules, messages, vocabulary_path, vocabulary })
}

fn read_optional(path: &Path) -> Result<Option<String>, CampaignError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(CampaignError::Io { path: path.into(), source }),
    }
}

/// What a file of a campaign's folder is.
enum Part {
    Rule,
    Message,
    Other,
}

impl Part {
    fn of(path: &Path) -> Part {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("cocci") => Part::Rule,
            Some("msg") => Part::Message,
            _ => Part::Other,
        }
    }
}

fn stem(path: &Path) -> String {
    path.file_stem().map(stem_of).unwrap_or_default()
}

fn stem_of(name: &std::ffi::OsStr) -> String {
    name.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_s_rules_come_with_their_templates_and_the_carried_vocabulary() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("b.cocci"), "@@ @@\n").unwrap();
        fs::write(dir.path().join("a.cocci"), "@@ @@\n").unwrap();
        fs::write(dir.path().join("a.msg"), "subject\n").unwrap();
        fs::write(dir.path().join("notes.txt"), "x").unwrap();
        let campaign = Campaign::load(dir.path().to_str().unwrap()).unwrap();
        let names: Vec<_> = campaign.rules.iter().map(|rule| rule.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(campaign.messages["a"], "subject\n");
        assert_eq!(campaign.vocabulary, default_vocabulary());
    }

    #[test]
    fn an_unknown_name_says_what_there_is() {
        let error = Campaign::load("no-such").unwrap_err().to_string();
        assert!(error.contains("from-gup"), "{error}");
    }

    #[test]
    fn a_folder_without_rules_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let error = Campaign::load(dir.path().to_str().unwrap()).unwrap_err();
        assert!(matches!(error, CampaignError::Empty(_)));
    }
}
