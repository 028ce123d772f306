//! The branch in real repositories, looked at with git itself.

use std::process::Command;

use super::*;
use crate::series::Patch;

fn git(folder: &Path, args: &[&str]) -> String {
    let output = Command::new("git")
        .current_dir(folder)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("git is installed where the tests run");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["config", "user.name", "A Ünder"]);
    git(root, &["config", "user.email", "a@example.org"]);
    std::fs::create_dir_all(root.join("fs/x")).unwrap();
    std::fs::write(root.join("fs/x/a.c"), "old\n").unwrap();
    std::fs::write(root.join("top.sh"), "run\n").unwrap();
    folder
}

fn committed() -> tempfile::TempDir {
    let folder = repository();
    git(folder.path(), &["add", "-A"]);
    git(folder.path(), &["update-index", "--chmod=+x", "top.sh"]);
    git(folder.path(), &["commit", "-q", "-m", "fs: x: first"]);
    folder
}

fn patch(path: &str, before: Option<&str>, after: &str) -> Patch {
    Patch {
        subject: format!("change {path}"),
        body: "Body.".into(),
        trailers: vec![],
        evidence: vec![],
        changes: vec![FileChange {
            path: TreePath::new(path).unwrap(),
            before: before.map(|text| text.as_bytes().to_vec()),
            after: after.as_bytes().to_vec(),
        }],
        owner: None,
    }
}

#[test]
fn a_series_is_a_branch_and_nothing_else_changes() {
    let folder = committed();
    let root = folder.path();
    std::fs::write(root.join("dirty"), "x").unwrap();
    let status = git(root, &["status", "--porcelain"]);
    let repository = Repository::open(root).unwrap();
    let author = repository.author().unwrap();
    assert_eq!(author.name, "A Ünder");
    let patches = [
        patch("fs/x/a.c", Some("old\n"), "new\n"),
        patch("fs/y/b.c", None, "b\n"),
        patch("top.sh", Some("run\n"), "walk\n"),
    ];
    let commits = repository.commit_series("gupatch/t", &patches, &author).unwrap();
    assert_eq!(commits.len(), 3);
    assert_eq!(git(root, &["rev-parse", "gupatch/t"]), commits[2].id.as_str());
    assert_eq!(git(root, &["rev-parse", "gupatch/t~3"]), repository.base().as_str());
    assert_eq!(git(root, &["show", "gupatch/t:fs/y/b.c"]), "b");
    let listed = git(root, &["ls-tree", "gupatch/t", "top.sh"]);
    assert!(listed.starts_with("100755 "), "{listed}");
    assert_eq!(git(root, &["status", "--porcelain"]), status);
    assert_eq!(git(root, &["fsck", "--strict"]), "");
    let error = repository.commit_series("gupatch/t", &patches, &author).unwrap_err();
    assert_eq!(error, RepoError::BranchExists("gupatch/t".into()));
    assert!(error.hint().unwrap().contains("git branch -D gupatch/t"));
}

#[test]
fn a_file_that_is_not_heads_stops_everything() {
    let folder = committed();
    let repository = Repository::open(folder.path()).unwrap();
    let author = repository.author().unwrap();
    for patches in [
        [patch("fs/x/a.c", Some("edited\n"), "new\n")],
        [patch("fs/x/a.c", None, "new\n")],
        [patch("fs/x/none.c", Some("old\n"), "new\n")],
    ] {
        let error = repository.commit_series("b", &patches, &author).unwrap_err();
        assert!(matches!(error, RepoError::Differs(_)), "{error}");
    }
    assert_eq!(git(folder.path(), &["branch", "--list", "b"]), "");
}

#[test]
fn bare_and_detached_repositories_and_work_trees_serve_as_well() {
    let folder = committed();
    let root = folder.path();
    git(root, &["clone", "-q", "--bare", ".", "bare.git"]);
    git(root, &["worktree", "add", "-q", "--detach", "tree"]);
    for (at, place) in ["bare.git", "tree"].into_iter().enumerate() {
        let repository = Repository::open(&root.join(place)).unwrap();
        let path = TreePath::new("fs/x/a.c").unwrap();
        assert_eq!(repository.read(&path).unwrap(), b"old\n");
        assert!(repository.is_folder("fs/x") && !repository.is_folder("fs/x/a.c"));
        let person = Person {
            name: "N".into(),
            email: "n@x".into(),
            when: Timestamp { seconds: 1, offset_minutes: 0 },
        };
        git(&root.join(place), &["config", "user.name", "N"]);
        git(&root.join(place), &["config", "user.email", "n@x"]);
        let branch = format!("b{at}");
        let patches = [patch("fs/x/a.c", Some("old\n"), "new\n")];
        repository.commit_series(&branch, &patches, &person).unwrap();
        assert_eq!(git(&root.join(place), &["show", &format!("{branch}:fs/x/a.c")]), "new");
    }
}

#[test]
fn each_error_says_what_to_do() {
    let nowhere = tempfile::tempdir().unwrap();
    let error = Repository::open(nowhere.path()).unwrap_err();
    assert!(matches!(error, RepoError::NotARepository(_)));
    assert!(error.hint().unwrap().contains("git init && git add -A && git commit"));
    let unborn = repository();
    assert!(matches!(Repository::open(unborn.path()), Err(RepoError::Unborn(_))));
    let folder = committed();
    let below = Repository::open(&folder.path().join("fs"));
    assert!(matches!(below, Err(RepoError::NotTheTop { .. })));
    let repository = Repository::open(folder.path()).unwrap();
    for name in ["a..b", "-f", "", "a b"] {
        assert_eq!(repository.check_branch(name), Err(RepoError::BadBranchName(name.into())));
    }
}

#[test]
fn the_prefix_is_the_one_of_recent_commits_to_the_file() {
    let folder = committed();
    let root = folder.path();
    for (at, subject) in ["X: one", "X: two", "fs: y: three", "odd"].iter().enumerate() {
        let file = if subject.starts_with("fs") { "fs/x/other.c" } else { "fs/x/a.c" };
        std::fs::write(root.join(file), at.to_string()).unwrap();
        git(root, &["add", "-A"]);
        git(root, &["commit", "-q", "-m", subject]);
    }
    let repository = Repository::open(root).unwrap();
    let group = |path: &str| vec![TreePath::new(path).unwrap()];
    let prefixes = repository.subject_prefixes(&[group("fs/x/a.c"), group("mm/none.c")]);
    assert_eq!(prefixes, [Some("X".to_owned()), None]);
}

/// With `KERNEL_HISTORY` naming a kernel repository with many commits.
#[test]
fn a_long_history_is_read_in_seconds_where_there_is_one() {
    let Some(root) = std::env::var_os("KERNEL_HISTORY") else { return };
    let repository = Repository::open(Path::new(&root)).unwrap();
    let group = |path: &&str| vec![TreePath::new(path).unwrap()];
    let groups: Vec<_> = [
        "block/bio.c",
        "crypto/af_alg.c",
        "drivers/gpu/drm/radeon/radeon_ttm.c",
        "drivers/infiniband/core/umem.c",
        "drivers/media/common/videobuf2/videobuf2-dma-sg.c",
        "drivers/vhost/scsi.c",
        "fs/direct-io.c",
        "fs/ceph/file.c",
        "net/rds/rdma.c",
        "mm/page_io.c",
    ]
    .iter()
    .map(group)
    .collect();
    let started = std::time::Instant::now();
    let prefixes = repository.subject_prefixes(&groups);
    println!("{:?}: {prefixes:?}", started.elapsed());
    assert!(started.elapsed().as_secs() < 10);
}

#[test]
fn changes_since_a_revision_are_those_of_the_working_tree() {
    let folder = committed();
    let root = folder.path();
    git(root, &["checkout", "-q", "--", "top.sh"]);
    let repository = Repository::open(root).unwrap();
    let changed = |revision: &str| -> Vec<String> {
        let paths = repository.changed_since(revision).unwrap();
        paths.iter().map(TreePath::to_string).collect()
    };
    assert_eq!(changed("HEAD"), [""; 0]);
    std::fs::write(root.join(".gitignore"), "*.o\n").unwrap();
    std::fs::write(root.join("fs/x/a.c"), "new text\n").unwrap();
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "-m", "fs: x: second"]);
    std::fs::write(root.join("fs/x/new.c"), "").unwrap();
    std::fs::write(root.join("fs/x/new.o"), "").unwrap();
    std::fs::remove_file(root.join("top.sh")).unwrap();
    assert_eq!(changed("HEAD"), ["fs/x/new.c", "top.sh"]);
    assert_eq!(changed("HEAD~1"), [".gitignore", "fs/x/a.c", "fs/x/new.c", "top.sh"]);
    let error = repository.changed_since("no-such-branch").unwrap_err();
    assert_eq!(error, RepoError::UnknownRevision("no-such-branch".into()));
    assert!(error.hint().is_some());
}

#[test]
fn what_others_do_meanwhile_changes_nothing() {
    let folder = committed();
    let root = folder.path();
    let repository = Repository::open(root).unwrap();
    let base = repository.base();
    let author = repository.author().unwrap();
    repository.check_branch("b").unwrap();
    std::fs::write(root.join("fs/x/a.c"), "theirs\n").unwrap();
    git(root, &["commit", "-q", "-a", "-m", "fs: x: theirs"]);
    let patches = [patch("fs/x/a.c", Some("old\n"), "new\n")];
    let commits = repository.commit_patches(&patches, &author).unwrap();
    git(root, &["branch", "b"]);
    let theirs = git(root, &["rev-parse", "b"]);
    let error = repository.make_branch("b", &commits).unwrap_err();
    assert_eq!(error, RepoError::BranchExists("b".into()));
    assert_eq!(git(root, &["rev-parse", "b"]), theirs);
    repository.make_branch("mine", &commits).unwrap();
    assert_eq!(git(root, &["rev-parse", "mine~1"]), base.as_str());
    assert_eq!(git(root, &["fsck", "--strict"]), "");
}
