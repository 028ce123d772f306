//! The miniature tree on disk, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use assert_cmd::cargo::CommandCargoExt;
use tempfile::TempDir;

/// A fresh copy of the miniature tree, in the folder `linux`.
pub(crate) fn tree() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    gupatch::cli::demo::write_tree(&folder.path().join("linux")).unwrap();
    folder
}

/// The program, to be run in the tree of `folder`.
pub(crate) fn command(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::cargo_bin("gupatch").unwrap();
    command.current_dir(folder.join("linux")).args(words);
    command
}

/// Runs the program in the tree of `folder`.
pub(crate) fn gupatch(folder: &Path, words: &[&str]) -> Output {
    command(folder, words).output().unwrap()
}

/// The same with `input` on standard input.
pub(crate) fn gupatch_with(folder: &Path, words: &[&str], input: &[u8]) -> Output {
    let mut command = command(folder, words);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, input).unwrap();
    drop(stdin);
    child.wait_with_output().unwrap()
}

/// Standard output as text.
#[track_caller]
pub(crate) fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// Standard error as text.
pub(crate) fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

pub(crate) fn git(folder: &Path, words: &[&str]) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(["-c", "user.name=T", "-c", "user.email=t@example.org"]);
    let out = command.args(words).output().expect("git is installed");
    assert!(out.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// Makes the tree of `folder` a repository with one commit.
pub(crate) fn make_repository(folder: &Path) -> PathBuf {
    let linux = folder.join("linux");
    git(&linux, &["init", "-q", "-b", "main"]);
    git(&linux, &["config", "user.name", "T"]);
    git(&linux, &["config", "user.email", "t@example.org"]);
    git(&linux, &["add", "-A"]);
    git(&linux, &["commit", "-qm", "base"]);
    linux
}

/// Replaces the first `old` in a file of the tree.
#[track_caller]
pub(crate) fn edit(folder: &Path, path: &str, old: &str, new: &str) {
    let path = folder.join("linux").join(path);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "{old}");
    std::fs::write(path, text.replacen(old, new, 1)).unwrap();
}

/// What `words` print with `--format json`.
#[track_caller]
pub(crate) fn json(folder: &Path, words: &[&str]) -> serde_json::Value {
    let words: Vec<&str> = words.iter().chain(&["--format", "json"]).copied().collect();
    let out = gupatch(folder, &words);
    serde_json::from_slice(&out.stdout).unwrap_or_else(|e| panic!("{e}: {}", errors(&out)))
}

/// The files that the dry run changes, and how many changes there are to decide.
pub(crate) fn changed(folder: &Path) -> (usize, usize) {
    let diff = json(folder, &["diff", "--no-decisions"]);
    let subsystems = diff["subsystems"].as_array().unwrap().iter();
    let files = subsystems.flat_map(|subsystem| subsystem["files"].as_array().unwrap());
    let changes: Vec<usize> = files.map(|file| file["changes"].as_array().unwrap().len()).collect();
    (changes.len(), changes.iter().sum())
}
