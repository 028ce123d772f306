//! The commits of a range, as they are to be checked.
//!
//! In: a revision range as git takes it. Out: its commits, the oldest first, each with the files it changes.
//! A merge changes nothing of its own that could be checked, so it is refused.

use git2::{DiffOptions, Oid, Sort};

use super::{ObjectId, RepoError, Repository, git_error};
use crate::source::TreePath;

/// One commit and what it changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RangeCommit {
    /// The commit.
    pub id: ObjectId,
    /// The first line of its message.
    pub subject: String,
    /// Sorted by path.
    pub files: Vec<ChangedFile>,
}

/// A file before and after a commit; `None` where it is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangedFile {
    /// Below the root.
    pub path: TreePath,
    /// Before.
    pub before: Option<Vec<u8>>,
    /// After.
    pub after: Option<Vec<u8>>,
}

/// A range that was looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Range {
    /// What the first commit builds on.
    pub base: ObjectId,
    /// The oldest first.
    pub commits: Vec<RangeCommit>,
}

impl Repository {
    /// The same repository at another commit.
    pub fn at(mut self, revision: &str) -> Result<Repository, RepoError> {
        let unknown = |_| RepoError::UnknownRevision(revision.to_owned());
        let (base, root) = {
            let object = self.git.revparse_single(revision).map_err(unknown)?;
            let commit = object.peel_to_commit().map_err(unknown)?;
            (commit.id(), commit.tree_id())
        };
        (self.base, self.root) = (base, root);
        Ok(self)
    }

    /// Looks up `A..B`; a single revision `B` stands for what it has beyond HEAD.
    pub fn range(&self, text: &str) -> Result<Range, RepoError> {
        let unknown = |_| RepoError::UnknownRevision(text.to_owned());
        let spec = self.git.revparse(text).map_err(unknown)?;
        let id =
            |object: &git2::Object<'_>| object.peel_to_commit().map(|c| c.id()).map_err(unknown);
        let (from, to) = match (spec.from(), spec.to()) {
            (Some(from), Some(to)) => (id(from)?, id(to)?),
            (Some(tip), None) | (None, Some(tip)) => (self.base, id(tip)?),
            (None, None) => return Err(RepoError::UnknownRevision(text.to_owned())),
        };
        let base = self.git.merge_base(from, to).map_err(unknown)?;
        let failed = || git_error(format!("read the commits of {text}"));
        let mut walk = self.git.revwalk().map_err(failed())?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::REVERSE).map_err(failed())?;
        walk.push(to).and_then(|()| walk.hide(base)).map_err(failed())?;
        let mut commits = Vec::new();
        for id in walk {
            commits.push(self.range_commit(id.map_err(failed())?)?);
        }
        Ok(Range { base: base.into(), commits })
    }

    fn range_commit(&self, id: Oid) -> Result<RangeCommit, RepoError> {
        let failed = || git_error(format!("read commit {id}"));
        let commit = self.git.find_commit(id).map_err(failed())?;
        if commit.parent_count() != 1 {
            return Err(RepoError::NotLinear(id.into()));
        }
        let after = commit.tree().map_err(failed())?;
        let before = commit.parent(0).and_then(|parent| parent.tree()).map_err(failed())?;
        let mut options = DiffOptions::new();
        options.ignore_submodules(true).skip_binary_check(true);
        let diff = self
            .git
            .diff_tree_to_tree(Some(&before), Some(&after), Some(&mut options))
            .map_err(failed())?;
        let blob = |id: Oid| match id.is_zero() {
            true => Ok(None),
            false => self.git.find_blob(id).map(|blob| Some(blob.content().to_vec())),
        };
        let mut files = Vec::new();
        for delta in diff.deltas() {
            let (old, new) = (delta.old_file(), delta.new_file());
            let path = new.path_bytes().or(old.path_bytes()).unwrap_or_default();
            let path = String::from_utf8_lossy(path);
            let Some(path) = TreePath::new(&path) else { continue };
            let before = blob(old.id()).map_err(failed())?;
            let after = blob(new.id()).map_err(failed())?;
            files.push(ChangedFile { path, before, after });
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let subject = String::from_utf8_lossy(commit.summary_bytes().unwrap_or_default());
        Ok(RangeCommit { id: id.into(), subject: subject.into_owned(), files })
    }
}
