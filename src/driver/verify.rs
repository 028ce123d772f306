//! Is a series what the rules make of its base?
//!
//! In: mails or commits, and the tree they are for. Out: for each hunk whether the rules make it, and what
//! they make that no patch has. The change is made again from rules and base; nothing is applied to the
//! tree, and no word of the mails is believed but `base-commit:`.

pub mod compare;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::at_commit::AtCommit;
use super::build::Kbuild;
use super::rewrite;
use super::series::{all_changes, with_hint};
use crate::diff::{FileChange, unified};
use crate::mail::read::{ReceivedMail, read_mbox};
use crate::progress::Progress;
use crate::review::Unseen;
use crate::review::patch::{self, FilePatch};
use crate::series::build::PatchBuild;
use crate::series::repo::{ChangedFile, RepoError, Repository};
use crate::source::TreePath;
use compare::{GivenPatch, Verified, compare};

/// What is to be checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// An mbox, a mail, or a folder of them.
    Mails(PathBuf),
    /// An mbox that was read from elsewhere.
    Mbox(Vec<u8>),
    /// `BASE..BRANCH`, or a branch on top of HEAD.
    Range(String),
}

/// Against what.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// A folder of the kernel tree, or a bare repository.
    pub tree: PathBuf,
    /// The commit the patches apply to; `None` for the one they name, or else HEAD.
    pub base: Option<String>,
    /// The campaign.
    pub rules: String,
    /// With `--mixed`.
    pub mixed: bool,
    /// A folder that make was configured in, where the patches are to be built.
    pub build: Option<PathBuf>,
    /// Threads; 0 is one per core.
    pub jobs: usize,
    /// Where the index of the tree is kept between runs; `None` for nowhere.
    pub cache: Option<PathBuf>,
    /// Told how far it has come.
    pub progress: Progress,
}

/// How it went.
#[derive(Debug)]
pub struct Verification {
    /// The commit that the patches apply to.
    pub base: String,
    /// The verdicts.
    pub verified: Verified,
    /// What building each patch showed; none where that was not asked for.
    pub builds: Vec<PatchBuild>,
    /// What of the tree was not seen: the rules may make more there.
    pub unseen: Unseen,
    /// What people should know.
    pub remarks: Vec<String>,
}

/// Checks.
pub fn verify(given: &Given, options: &VerifyOptions) -> anyhow::Result<Verification> {
    let (patches, named) = match given {
        Given::Range(range) => {
            let (patches, base) = commits(range, &options.tree)?;
            (patches, Some(base))
        }
        Given::Mails(path) => patches_of(mails(path)?)?,
        Given::Mbox(bytes) => patches_of(read(bytes, "standard input")?)?,
    };
    if patches.is_empty() {
        bail!(
            "there is no patch in it\n  hint: name an mbox, a folder of .patch files, or BASE..BRANCH"
        );
    }
    let base = options.base.as_deref().or(named.as_deref());
    let at_base = AtCommit::open(&options.tree, base)?;
    let workspace = at_base.workspace(&options.rules, &[], options.jobs)?;
    // The index of a copy is of no use to the next run.
    let cache = options.cache.clone().filter(|_| !at_base.is_copy());
    let workspace = workspace.with_cache(cache).watched(options.progress.clone());
    let workspace = workspace.with_mixed(options.mixed);
    let rewrites = rewrite::rewrite(&workspace)?;
    let mut remarks = at_base.remarks.clone();
    remarks.extend(rewrites.refused.iter().cloned());
    let expected = all_changes(&workspace, &rewrites)?;
    let repository = &at_base.repository;
    let verified =
        compare(&patches, &|path| repository.read(path), &expected).map_err(|error| {
            let hint = match base {
                None => "name the commit it applies to with --base".to_owned(),
                Some(base) => format!("{base} is taken for its base; name another one with --base"),
            };
            with_hint(&error, Some(&hint))
        })?;
    let builds = match &options.build {
        Some(folder) => {
            let kbuild = Kbuild::open(folder, repository, options.jobs)?;
            kbuild.build(&workspace, &changes_of(&patches, repository)?)?
        }
        None => Vec::new(),
    };
    let base = repository.base().to_string();
    Ok(Verification { base, verified, builds, unseen: rewrites.report.unseen, remarks })
}

/// The files of each patch, whole, as it leaves them.
///
/// Errors: a patch that does not apply to what those before it leave.
fn changes_of(
    patches: &[GivenPatch],
    repository: &Repository,
) -> anyhow::Result<Vec<Vec<FileChange>>> {
    let mut files: BTreeMap<TreePath, Vec<u8>> = BTreeMap::new();
    let mut all = Vec::new();
    for patch in patches {
        let mut changes = Vec::new();
        for FilePatch { before, after, hunks } in &patch.files {
            let Some(path) = after else { continue };
            let old = before
                .as_ref()
                .and_then(|before| files.get(before).cloned().or_else(|| repository.read(before)));
            let new = patch::apply(old.as_deref().unwrap_or_default(), hunks);
            let new = new.with_context(|| format!("`{}`: {path}", patch.title))?;
            files.insert(path.clone(), new.clone());
            changes.push(FileChange { path: path.clone(), before: old, after: new });
        }
        all.push(changes);
    }
    Ok(all)
}

/// The patches of mails and the base they name. The cover letter is no patch.
fn patches_of(mails: Vec<ReceivedMail>) -> anyhow::Result<(Vec<GivenPatch>, Option<String>)> {
    let base = mails.iter().find_map(|mail| mail.base.clone());
    let mut patches = Vec::new();
    for mail in mails {
        let files = patch::parse(&mail.body).with_context(|| format!("`{}`", mail.subject))?;
        if !files.is_empty() {
            patches.push(GivenPatch { title: mail.subject, files });
        }
    }
    Ok((patches, base))
}

/// The mails of a file, or of all files below a folder.
fn mails(path: &Path) -> anyhow::Result<Vec<ReceivedMail>> {
    let mut all = Vec::new();
    for file in files(path)? {
        let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
        all.extend(read(&bytes, &file.display().to_string())?);
    }
    Ok(all)
}

/// The mails of one file. An mbox holds them as they arrived, so their numbers order them.
fn read(bytes: &[u8], name: &str) -> anyhow::Result<Vec<ReceivedMail>> {
    let mut mails = read_mbox(bytes).with_context(|| name.to_owned())?;
    if mails.iter().all(|mail| mail.number.is_some()) && !several_postings(&mails) {
        mails.sort_by_key(|mail| mail.number);
    }
    Ok(mails)
}

/// Whether a number occurs twice: then the postings follow each other.
fn several_postings(mails: &[ReceivedMail]) -> bool {
    let mut numbers: Vec<Option<u32>> = mails.iter().map(|mail| mail.number).collect();
    numbers.sort_unstable();
    numbers.windows(2).any(|pair| pair[0] == pair[1])
}

/// The file itself, or the files below a folder by name: git numbers them.
fn files(path: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let context = || path.display().to_string();
    if !std::fs::metadata(path).with_context(context)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries: Vec<PathBuf> = std::fs::read_dir(path)
        .and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect())
        .with_context(context)?;
    entries.sort();
    let mut all = Vec::new();
    for entry in entries {
        let ends = ["patch", "eml", "mbox", "mbx"];
        if entry.is_dir() {
            all.extend(files(&entry)?);
        } else if entry.extension().is_some_and(|end| ends.iter().any(|known| end == *known)) {
            all.push(entry);
        }
    }
    Ok(all)
}

/// The commits of a range and what they build on.
fn commits(range: &str, tree: &Path) -> anyhow::Result<(Vec<GivenPatch>, String)> {
    let repo = |error: RepoError| with_hint(&error, error.hint().as_deref());
    let repository = Repository::open(&top(tree)).map_err(repo)?;
    let found = repository.range(range).map_err(repo)?;
    let mut patches = Vec::new();
    for commit in found.commits {
        let mut files = Vec::new();
        for file in commit.files {
            files.extend(file_patch(file).with_context(|| format!("commit {}", commit.id))?);
        }
        let id = &commit.id.as_str()[..12];
        patches.push(GivenPatch { title: format!("{id} {}", commit.subject), files });
    }
    Ok((patches, found.base.to_string()))
}

/// The root of the tree; the place itself where it is none, such as a bare repository.
fn top(place: &Path) -> PathBuf {
    crate::tree::root::KernelTree::find(place).map_or_else(|_| place.to_owned(), |tree| tree.root)
}

fn file_patch(file: ChangedFile) -> anyhow::Result<Vec<FilePatch>> {
    let ChangedFile { path, before, after } = file;
    let gone = after.is_none();
    let change = FileChange { path, before, after: after.unwrap_or_default() };
    let mut files = patch::parse(&unified(&change))?;
    if files.is_empty() {
        // Only the mode changes.
        let path = Some(change.path);
        files.push(FilePatch { before: path.clone(), after: path, hunks: Vec::new() });
    }
    if gone {
        files.iter_mut().for_each(|file| file.after = None);
    }
    Ok(files)
}
