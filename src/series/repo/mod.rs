//! The repository, through git2, which nothing else in the crate names.
//!
//! In: a folder. Out: [`Repository`]: the files of HEAD, a branch of new commits (`commit`), what the
//! history calls a subsystem (`history`), the commits of a `range`, what `changed` since a
//! revision, and the sources of a commit as files (`snapshot`). The index and the working tree are never written,
//! so bare repositories, work trees, sparse and dirty ones are all the same. No hook runs, and nothing is
//! signed: that is for the user's own git.

mod changed;
mod commit;
mod contents;
mod export;
mod history;
mod init;
mod range;
mod settings;
mod snapshot;

use std::fmt;
use std::path::{Path, PathBuf};

use git2::{ErrorClass, ErrorCode};

pub use commit::{Commit, Person, Timestamp};
pub use init::init;
pub use range::{ChangedFile, Range, RangeCommit};
pub use settings::setting;
pub use snapshot::Worktree;

use crate::diff::FileChange;
use crate::source::TreePath;
use crate::tree::root::KernelVersion;

/// What can go wrong with a repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepoError {
    /// No repository at or above the folder.
    #[error("{} is not in a git repository", .0.display())]
    NotARepository(PathBuf),
    /// It belongs to another user and `safe.directory` does not name it.
    #[error("the git repository at {} belongs to another user", .0.display())]
    NotSafe(PathBuf),
    /// HEAD points to a branch without a commit.
    #[error("the git repository at {} has no commit yet", .0.display())]
    Unborn(PathBuf),
    /// The kernel tree is only a folder of the repository.
    #[error("the tree {} is not the top of its git repository {}", tree.display(), top.display())]
    NotTheTop {
        /// The kernel tree.
        tree: PathBuf,
        /// Where the repository's files begin.
        top: PathBuf,
    },
    /// The branch to be made is there.
    #[error("branch `{0}` exists")]
    BranchExists(String),
    /// A branch whose name is a folder of the new one's, or the other way round: git keeps them as files.
    #[error("branch `{branch}` cannot be made while there is `{other}`")]
    BranchInTheWay {
        /// The branch to be made.
        branch: String,
        /// The one that is there.
        other: String,
    },
    /// The commits are there, and the branch is not.
    #[error("cannot make branch {branch}: {message}")]
    BranchNotMade {
        /// The branch.
        branch: String,
        /// The last of its commits.
        tip: ObjectId,
        /// What libgit2 says.
        message: String,
    },
    /// The repository is of a kind that libgit2 does not know.
    #[error("cannot open the git repository at {}: {message}", path.display())]
    Unsupported {
        /// The kernel tree.
        path: PathBuf,
        /// What libgit2 says.
        message: String,
    },
    /// An object that something needs is missing or damaged.
    #[error("cannot {doing}: {message}")]
    Damaged {
        /// What was being done.
        doing: String,
        /// What libgit2 says.
        message: String,
    },
    /// No room, or no permission.
    #[error("cannot {doing}: {message}")]
    Unwritable {
        /// What was being done.
        doing: String,
        /// What libgit2 says.
        message: String,
    },
    /// Not a name git takes.
    #[error("`{0}` is not a valid branch name")]
    BadBranchName(String),
    /// Neither configuration nor environment name the author.
    #[error("git does not know who you are")]
    NoIdentity,
    /// A file that was read is not the one of HEAD.
    #[error("{0} differs from HEAD")]
    Differs(TreePath),
    /// A path of the series is a symbolic link, a folder or a submodule in HEAD.
    #[error("{0} is not an ordinary file in HEAD")]
    NotAFile(TreePath),
    /// Not a commit of this repository.
    #[error("`{0}` is not a commit of this repository")]
    UnknownRevision(String),
    /// A merge in a range.
    #[error("commit {0} does not have exactly one parent")]
    NotLinear(ObjectId),
    /// An object is missing or damaged.
    #[error("cannot read {path} in the repository: {message}")]
    Unreadable {
        /// What was looked for.
        path: String,
        /// What libgit2 says.
        message: String,
    },
    /// Whatever else git reports.
    #[error("cannot {doing}: {message}")]
    Git {
        /// What was being done.
        doing: String,
        /// What libgit2 says.
        message: String,
    },
}

impl RepoError {
    /// What the user can do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            RepoError::NotARepository(path) => format!(
                "make one with: cd {} && git init && git add -A && git commit -m base",
                path.display()
            ),
            RepoError::NotSafe(path) => {
                format!("git config --global --add safe.directory {}", path.display())
            }
            RepoError::Unborn(_) => "commit the tree: git add -A && git commit -m base".into(),
            RepoError::NotTheTop { .. } => {
                "make the tree a repository of its own; patches are applied from the top".into()
            }
            RepoError::BranchExists(name) => {
                format!("name another one with --branch, or remove it: git branch -D {name}")
            }
            RepoError::BranchInTheWay { other, .. } => {
                format!("name another one with --branch, or rename that: git branch -m {other} NEW")
            }
            RepoError::BranchNotMade { branch, tip, .. } => {
                format!("the commits are there; when that is mended: git branch {branch} {tip}")
            }
            RepoError::Unsupported { .. } => "use a clone or a copy that is an ordinary repository, \
                                              with SHA-1 names: git init && git add -A && git commit \
                                              -m base"
                .into(),
            RepoError::Unwritable { .. } => {
                "make room there, or make it writable; no branch and no mails were made".into()
            }
            RepoError::BadBranchName(_) => "see git help check-ref-format".into(),
            RepoError::NoIdentity => "git config user.name 'Your Name' && \
                                      git config user.email you@example.org"
                .into(),
            RepoError::Differs(_) => {
                "the series is made from HEAD: commit or stash what you changed".into()
            }
            RepoError::UnknownRevision(_) => "fetch it first, or name another one".into(),
            RepoError::NotLinear(_) => "name a range of plain commits: BASE..BRANCH".into(),
            RepoError::Unreadable { .. } | RepoError::Damaged { .. } => {
                "git fsck tells what is damaged; nothing was changed".into()
            }
            RepoError::NotAFile(_) | RepoError::Git { .. } => return None,
        })
    }
}

/// Turns an error of libgit2 into ours.
fn git_error(doing: impl Into<String>) -> impl FnOnce(git2::Error) -> RepoError {
    let doing = doing.into();
    move |error| {
        let message = error.message().to_owned();
        match error.class() {
            ErrorClass::Odb | ErrorClass::Object | ErrorClass::Zlib => {
                RepoError::Damaged { doing, message }
            }
            _ => RepoError::Git { doing, message },
        }
    }
}

/// The full hexadecimal id of a git object.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId(String);

impl ObjectId {
    /// All digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<git2::Oid> for ObjectId {
    fn from(oid: git2::Oid) -> ObjectId {
        ObjectId(oid.to_string())
    }
}

/// An open repository at one commit: HEAD when it was opened. A HEAD that moves later changes nothing.
pub struct Repository {
    git: git2::Repository,
    base: git2::Oid,
    root: git2::Oid,
}

impl fmt::Debug for Repository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Repository")
            .field("path", &self.git.path())
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl Repository {
    /// Opens the repository that holds the kernel tree `tree`: its top folder, or a bare repository.
    pub fn open(tree: &Path) -> Result<Repository, RepoError> {
        let repository = Repository::open_top(tree)?;
        if let Some(top) = repository.git.workdir() {
            let same = match (top.canonicalize(), tree.canonicalize()) {
                (Ok(top), Ok(tree)) => top == tree,
                (Err(_), _) | (_, Err(_)) => false,
            };
            if !same {
                let (tree, top) = (tree.to_owned(), top.to_owned());
                return Err(RepoError::NotTheTop { tree, top });
            }
        }
        Ok(repository)
    }

    /// Opens the repository that holds the folder `tree`, wherever its top is.
    pub fn open_top(tree: &Path) -> Result<Repository, RepoError> {
        let git = git2::Repository::discover(tree).map_err(|error| match error.code() {
            ErrorCode::NotFound => RepoError::NotARepository(tree.to_owned()),
            ErrorCode::Owner => RepoError::NotSafe(tree.to_owned()),
            _ => {
                let message = error.message().to_owned();
                RepoError::Unsupported { path: tree.to_owned(), message }
            }
        })?;
        let (base, root) = {
            let head = git.head().map_err(|error| match error.code() {
                ErrorCode::UnbornBranch | ErrorCode::NotFound => RepoError::Unborn(tree.to_owned()),
                _ => git_error("read HEAD")(error),
            })?;
            // Whatever class libgit2 gives it: HEAD names an object that cannot be read.
            let commit = head.peel_to_commit().map_err(|error| RepoError::Damaged {
                doing: "read the commit of HEAD".into(),
                message: error.message().to_owned(),
            })?;
            (commit.id(), commit.tree_id())
        };
        if let Err(error) = git.find_tree(root) {
            let message = error.message().to_owned();
            return Err(RepoError::Unreadable { path: "the tree of HEAD".into(), message });
        }
        Ok(Repository { git, base, root })
    }

    /// The commit the series is made on.
    pub fn base(&self) -> ObjectId {
        self.base.into()
    }

    /// Whether the commit has a kernel tree at its top, as far as files there tell.
    pub fn is_of_a_kernel(&self) -> bool {
        let makefile = TreePath::new("Makefile").and_then(|path| self.read(&path));
        let is_versioned = |text: Vec<u8>| KernelVersion::from_makefile(&text).is_some();
        makefile.is_some_and(is_versioned) && self.is_folder("include/linux")
    }

    /// The bytes of a file of HEAD; `None` where there is none.
    pub fn read(&self, path: &TreePath) -> Option<Vec<u8>> {
        let entry = self.entry(path.as_str()).ok()??;
        Some(self.git.find_blob(entry.id()).ok()?.content().to_vec())
    }

    /// Whether HEAD has a folder of that name.
    pub fn is_folder(&self, path: &str) -> bool {
        let entry = self.entry(path.trim_end_matches('/'));
        entry.is_ok_and(|entry| entry.is_some_and(|e| e.kind() == Some(git2::ObjectType::Tree)))
    }

    /// The first change that is not one of HEAD's content: the file was edited after HEAD, or is new and
    /// there already.
    pub fn check_base(&self, changes: &[FileChange]) -> Result<(), RepoError> {
        for change in changes {
            let entry = self.entry(change.path.as_str())?;
            let same = match (&change.before, &entry) {
                (None, None) => true,
                (Some(before), Some(entry)) => {
                    git2::Oid::hash_object(git2::ObjectType::Blob, before)
                        .is_ok_and(|id| id == entry.id())
                }
                (None, Some(_)) | (Some(_), None) => false,
            };
            if !same {
                return Err(RepoError::Differs(change.path.clone()));
            }
        }
        Ok(())
    }

    /// What is at `path` in the base; an error where a tree on the way cannot be read.
    fn entry(&self, path: &str) -> Result<Option<git2::TreeEntry<'static>>, RepoError> {
        let root = self.git.find_tree(self.root);
        match root.and_then(|root| root.get_path(Path::new(path))) {
            Ok(entry) => Ok(Some(entry)),
            Err(error)
                if error.code() == ErrorCode::NotFound && error.class() == ErrorClass::Tree =>
            {
                Ok(None)
            }
            Err(error) => Err(RepoError::Unreadable {
                path: path.to_owned(),
                message: error.message().to_owned(),
            }),
        }
    }
}

#[cfg(test)]
mod tests;
