//! Rule files from the disk: what they include, and the isomorphism files they use.
//!
//! In: the path of a `.cocci` file and where else to look. Out: [`Loaded`], or an error with file, line,
//! column and a hint. `#include` and `using` are looked for beside the file that has them, one folder
//! up, in the folders given with `-I` and in the current folder, in this order.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::diagnostic::Diagnostic;
use crate::smpl::iso::{self, Isomorphism, Library};
use crate::smpl::{self, RuleKind, ScriptRole, SemanticPatch};
use crate::source::{LineIndex, TreePath};

/// A rule file that can be run.
#[derive(Debug)]
pub(super) struct Loaded {
    /// The rules, those of included files first.
    pub(super) patch: SemanticPatch,
    /// What there is to say about the file, a line or two each.
    pub(super) messages: Vec<String>,
}

/// Reads `path` and all it needs. `iso_file` takes the place of the standard isomorphisms.
pub(super) fn load(
    path: &Path,
    include: &[PathBuf],
    iso_file: Option<&Path>,
) -> anyhow::Result<Loaded> {
    let standard = match iso_file {
        Some(file) => isomorphisms(file)?,
        None => Library::built_in().standard.clone(),
    };
    let mut library = Library { standard, files: BTreeMap::new() };
    let mut messages = Vec::new();
    let patch = with_includes(path, include, &mut library, &mut messages)?;
    Ok(Loaded { patch, messages })
}

/// The words of the `#spatch` lines of the file at `path`; none where it cannot be read, which [`load`] says.
pub(super) fn options(path: &Path) -> Vec<String> {
    let parsed = std::fs::read(path).ok().and_then(|bytes| smpl::parse_plain(&bytes).ok());
    parsed.map(|(patch, _)| patch.options).unwrap_or_default()
}

fn with_includes(
    path: &Path,
    include: &[PathBuf],
    library: &mut Library,
    messages: &mut Vec<String>,
) -> anyhow::Result<SemanticPatch> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = LineIndex::new(&bytes);
    let name = tree_path(path)?;
    let (mut patch, mut warnings) = match smpl::parse_plain(&bytes) {
        Ok(parsed) => parsed,
        Err(rejected) => bail!("{}", rendered(&rejected.diagnostics, &name, &lines).join("\n")),
    };
    let used = patch.iso_files.iter().chain(patch.rules.iter().flat_map(|rule| &rule.iso_files));
    for used in used {
        if !library.files.contains_key(used) {
            let Some(file) = find(used, path, include) else {
                bail!("{name}: cannot find the isomorphism file {used}");
            };
            library.files.insert(used.clone(), isomorphisms(&file)?);
        }
    }
    warnings.extend(iso::apply(&mut patch, library));
    messages.extend(rendered(&warnings, &name, &lines));
    messages.extend(scripts(&patch, &name));
    let mut rules = Vec::new();
    for included in &patch.includes {
        let Some(found) = find(included, path, include) else {
            bail!("{name}: cannot find the included {included}");
        };
        let inner = with_includes(&found, include, library, messages)?;
        rules.extend(inner.rules);
        patch.virtuals.extend(inner.virtuals);
        patch.iso_files.extend(inner.iso_files);
    }
    rules.append(&mut patch.rules);
    patch.rules = rules;
    Ok(patch)
}

/// What there is to say about the rule file at `path`, a line or two each: what keeps it from being read, or
/// what is suspicious about it. Files that it includes are read and not judged.
pub(super) fn lint(path: &Path, include: &[PathBuf]) -> anyhow::Result<Vec<String>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = LineIndex::new(&bytes);
    let name = tree_path(path)?;
    let (mut patch, mut found) = match smpl::parse_plain(&bytes) {
        Ok(parsed) => parsed,
        Err(rejected) => return Ok(rendered(&rejected.diagnostics, &name, &lines)),
    };
    let mut library = Library::built_in().clone();
    let mut included = Vec::new();
    for file in &patch.includes {
        match find(file, path, include) {
            Some(found) => {
                let inner = with_includes(&found, include, &mut library, &mut Vec::new())?;
                included.extend(inner.rules);
                patch.virtuals.extend(inner.virtuals);
            }
            None => found.push(missing(file)),
        }
    }
    found.extend(smpl::lint::lint(&patch, &included));
    let used = patch.iso_files.iter().chain(patch.rules.iter().flat_map(|rule| &rule.iso_files));
    for file in used {
        match find(file, path, include) {
            Some(found) => {
                library.files.insert(file.clone(), isomorphisms(&found)?);
            }
            None => found.push(missing(file)),
        }
    }
    found.extend(iso::apply(&mut patch, &library));
    found.sort_by_key(|diagnostic| diagnostic.span.start);
    Ok(rendered(&found, &name, &lines).into_iter().chain(scripts(&patch, &name)).collect())
}

fn missing(file: &str) -> Diagnostic {
    Diagnostic::error(Default::default(), format!("cannot find {file}"))
        .with_help("it is looked for beside this file, one folder up, and in the folders of -I")
}

/// One line about the rules that are code in another language.
fn scripts(patch: &SemanticPatch, name: &TreePath) -> Option<String> {
    let named = patch.rules.iter().filter_map(|rule| match &rule.kind {
        RuleKind::Script { role, language } => {
            let role = match role {
                ScriptRole::Rule => "",
                ScriptRole::Initialize => "initialize:",
                ScriptRole::Finalize => "finalize:",
            };
            Some(format!("{role}{language} ({})", rule.name))
        }
        RuleKind::Patch => None,
    });
    let named: Vec<String> = named.collect();
    (!named.is_empty()).then(|| {
        format!(
            "{name}: scripts are not run: {}; rules that depend on them do nothing, the others run",
            named.join(", ")
        )
    })
}

fn isomorphisms(path: &Path) -> anyhow::Result<Vec<Isomorphism>> {
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let name = tree_path(path)?;
    iso::parse(&bytes)
        .map_err(|error| anyhow::Error::msg(error.render(&name, &LineIndex::new(&bytes))))
}

fn rendered(diagnostics: &[Diagnostic], name: &TreePath, lines: &LineIndex) -> Vec<String> {
    diagnostics.iter().map(|diagnostic| diagnostic.render(name, lines)).collect()
}

fn tree_path(path: &Path) -> anyhow::Result<TreePath> {
    TreePath::new(path.to_string_lossy().trim_start_matches('/'))
        .or_else(|| TreePath::new("rule.cocci"))
        .with_context(|| format!("{} is no file name", path.display()))
}

/// The file that `name` means in the rule file at `path`.
fn find(name: &str, path: &Path, include: &[PathBuf]) -> Option<PathBuf> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let candidates = std::iter::once(folder.to_owned())
        .chain(folder.parent().map(Path::to_owned))
        .chain(include.iter().cloned())
        .chain([PathBuf::from(".")]);
    candidates.map(|folder| folder.join(name)).find(|path| path.is_file())
}
