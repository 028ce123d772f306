//! Patches as commits on a new branch.
//!
//! In: patches in order. Out: their commits, and what the `index` lines of their diffs say. Only objects
//! are written until all of them are there; the branch comes last and in one step. Whoever stops the
//! program at any moment finds no branch or the whole one, and at worst some objects that `git gc` drops.

use std::path::Path;

use git2::build::TreeUpdateBuilder;
use git2::{ErrorCode, FileMode, ObjectType, Oid, Signature};

use super::{ObjectId, RepoError, Repository, git_error};
use crate::diff::{DiffAttributes, DiffContext};
use crate::series::Patch;
use crate::source::TreePath;

/// Git's own length for a tree as large as the kernel's, and what the kernel's documentation asks for.
const ABBREVIATED: usize = 12;

/// Seconds since 1970 and the zone they are told in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timestamp {
    /// Since 1970-01-01 00:00 UTC.
    pub seconds: i64,
    /// Minutes east of Greenwich.
    pub offset_minutes: i32,
}

/// The author of the series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Mail address.
    pub email: String,
    /// When.
    pub when: Timestamp,
}

/// A patch that was committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Of the commit.
    pub id: ObjectId,
    /// Of its tree.
    pub tree: ObjectId,
    /// One for each change of the patch, in the order of [`Patch::changes`].
    pub contexts: Vec<DiffContext>,
}

impl Repository {
    /// The author, from the environment (`GIT_AUTHOR_NAME` and so on) or from git's configuration.
    pub fn author(&self) -> Result<Person, RepoError> {
        let signature = self.git.author_from_env().map_err(identity_error)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(Person {
            name: text(signature.name_bytes()),
            email: text(signature.email_bytes()),
            when: Timestamp {
                seconds: signature.when().seconds(),
                offset_minutes: signature.when().offset_minutes(),
            },
        })
    }

    /// Checks, before any work is done, that `branch` can be made.
    pub fn check_branch(&self, branch: &str) -> Result<(), RepoError> {
        let name = reference_name(branch)?;
        let failed = || git_error(format!("look for branch {branch}"));
        let is_there = |name: &str| match self.git.find_reference(name) {
            Ok(_) => Ok(true),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
            Err(error) => Err(failed()(error)),
        };
        if is_there(&name)? {
            return Err(RepoError::BranchExists(branch.to_owned()));
        }
        let in_the_way = |other: &str| RepoError::BranchInTheWay {
            branch: branch.to_owned(),
            other: other.to_owned(),
        };
        for (end, _) in branch.match_indices('/') {
            if is_there(&reference_name(&branch[..end])?)? {
                return Err(in_the_way(&branch[..end]));
            }
        }
        let below = format!("{name}/*");
        let mut below = self.git.references_glob(&below).map_err(failed())?;
        match below.names().next() {
            Some(Ok(other)) => Err(in_the_way(other.trim_start_matches("refs/heads/"))),
            Some(Err(error)) => Err(failed()(error)),
            None => Ok(()),
        }
    }

    /// Commits `patches` one after the other on top of HEAD and makes `branch` point to the last one.
    pub fn commit_series(
        &self,
        branch: &str,
        patches: &[Patch],
        author: &Person,
    ) -> Result<Vec<Commit>, RepoError> {
        self.check_branch(branch)?;
        let commits = self.commit_patches(patches, author)?;
        self.make_branch(branch, &commits)?;
        Ok(commits)
    }

    /// Commits `patches` one after the other on top of HEAD. Nothing points to the commits yet, so that
    /// who stops here has changed nothing.
    pub fn commit_patches(
        &self,
        patches: &[Patch],
        author: &Person,
    ) -> Result<Vec<Commit>, RepoError> {
        for patch in patches {
            self.check_base(&patch.changes)?;
        }
        let path = TreePath::new(".gitattributes").expect("a fixed path lies below the root");
        let attributes = DiffAttributes::parse(&self.read(&path).unwrap_or_default());
        let mut parent = self.base;
        let mut commits = Vec::with_capacity(patches.len());
        for patch in patches {
            let (id, commit) = self.commit_patch(parent, patch, author, &attributes)?;
            parent = id;
            commits.push(commit);
        }
        Ok(commits)
    }

    /// What `git patch-id --stable` makes of a diff.
    pub fn patch_id(&self, diff: &[u8]) -> Result<ObjectId, RepoError> {
        let parsed = git2::Diff::from_buffer(diff).and_then(|diff| diff.patchid(None));
        parsed.map(ObjectId::from).map_err(git_error("make a patch id"))
    }

    /// Makes `branch` point to the last of `commits`; to HEAD where there is none.
    pub fn make_branch(&self, branch: &str, commits: &[Commit]) -> Result<(), RepoError> {
        let name = reference_name(branch)?;
        let tip = match commits.last() {
            Some(commit) => {
                Oid::from_str(commit.id.as_str()).map_err(git_error("read a commit's id"))?
            }
            None => self.base,
        };
        let made = self.git.reference(&name, tip, false, "gupatch: series");
        made.map(drop).map_err(|error| match error.code() {
            ErrorCode::Exists => RepoError::BranchExists(branch.to_owned()),
            _ => RepoError::BranchNotMade {
                branch: branch.to_owned(),
                tip: tip.into(),
                message: error.message().to_owned(),
            },
        })
    }

    fn commit_patch(
        &self,
        parent: Oid,
        patch: &Patch,
        author: &Person,
        attributes: &DiffAttributes,
    ) -> Result<(Oid, Commit), RepoError> {
        let parent =
            self.git.find_commit(parent).map_err(git_error("read the commit before a patch"))?;
        let before = parent.tree().map_err(git_error("read the tree before a patch"))?;
        let mut update = TreeUpdateBuilder::new();
        let mut contexts = Vec::with_capacity(patch.changes.len());
        for change in &patch.changes {
            let old = self.entry(change.path.as_str())?;
            let mode = match old.as_ref().map(git2::TreeEntry::filemode) {
                None => FileMode::Blob,
                Some(mode) if mode == i32::from(FileMode::Blob) => FileMode::Blob,
                Some(mode) if mode == i32::from(FileMode::BlobExecutable) => {
                    FileMode::BlobExecutable
                }
                Some(_) => return Err(RepoError::NotAFile(change.path.clone())),
            };
            let new = self.write_blob(&change.path, &change.after)?;
            update.upsert(change.path.as_str(), new, mode);
            contexts.push(DiffContext {
                before: self.abbreviate(old.map_or(Oid::ZERO_SHA1, |entry| entry.id())),
                after: self.abbreviate(new),
                mode: u32::from(mode),
                function: attributes.of_path(&change.path),
            });
        }
        let tree =
            update.create_updated(&self.git, &before).map_err(unwritable("write the new trees"))?;
        let tree_value = self.git.find_tree(tree).map_err(unwritable("write the new trees"))?;
        let when = git2::Time::new(author.when.seconds, author.when.offset_minutes);
        let signature = Signature::new(&author.name, &author.email, &when)
            .map_err(git_error("use the author's name"))?;
        let committer = self.git.committer_from_env().map_err(identity_error)?;
        let message = patch.message();
        let id = self
            .git
            .commit(None, &signature, &committer, &message, &tree_value, &[&parent])
            .map_err(unwritable("write a commit"))?;
        self.read_back(id, patch)?;
        Ok((id, Commit { id: id.into(), tree: tree.into(), contexts }))
    }

    /// Reads what a patch wrote: a full disc may have taken it without a word.
    fn read_back(&self, commit: Oid, patch: &Patch) -> Result<(), RepoError> {
        let lost = || unwritable("write a commit and what is in it");
        let commit = self.git.find_commit(commit).map_err(lost())?;
        let tree = commit.tree().map_err(lost())?;
        for change in &patch.changes {
            let entry = tree.get_path(Path::new(change.path.as_str())).map_err(lost())?;
            self.git.find_blob(entry.id()).map_err(lost())?;
        }
        Ok(())
    }

    fn write_blob(&self, path: &TreePath, bytes: &[u8]) -> Result<Oid, RepoError> {
        let odb = self.git.odb().map_err(git_error("open the object database"))?;
        odb.write(ObjectType::Blob, bytes).map_err(unwritable(format!("write the blob of {path}")))
    }

    /// As many digits as `core.abbrev` asks for, twelve without it.
    fn abbreviate(&self, id: Oid) -> String {
        let configured =
            self.git.config().ok().and_then(|config| config.get_i64("core.abbrev").ok());
        let digits = configured.and_then(|n| usize::try_from(n).ok()).unwrap_or(ABBREVIATED);
        let text = id.to_string();
        text[..digits.clamp(4, text.len())].to_owned()
    }
}

/// Turns an error about objects that are written into ours.
fn unwritable(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> RepoError {
    let doing = doing.into();
    move |error| RepoError::Unwritable { doing, message: error.message().to_owned() }
}

fn reference_name(branch: &str) -> Result<String, RepoError> {
    let name = format!("refs/heads/{branch}");
    // A branch named like an option could not be given to git again.
    if branch.starts_with('-') || !git2::Reference::is_valid_name(&name) {
        return Err(RepoError::BadBranchName(branch.to_owned()));
    }
    Ok(name)
}

fn identity_error(error: git2::Error) -> RepoError {
    match error.code() {
        ErrorCode::NotFound => RepoError::NoIdentity,
        _ => git_error("read the author from git's configuration")(error),
    }
}
