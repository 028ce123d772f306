//! `gupatch.toml`, the pager and colours: what stands between the command line and the defaults.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::fixture::{command, errors, git, gupatch, make_repository, text, tree};

#[test]
fn the_command_line_goes_before_the_file_and_the_file_before_the_defaults() {
    let folder = tree();
    let config = folder.path().join("linux/gupatch.toml");
    let diff = |words: &[&str]| text(&gupatch(folder.path(), words));
    let evidence = "# block/blk-map.c:";
    assert!(diff(&["diff"]).contains(evidence));
    fs::write(&config, "[diff]\nevidence = 'none'\nstat = true\n").unwrap();
    let shown = diff(&["diff"]);
    assert!(!shown.contains(evidence) && shown.contains("files changed"), "{shown}");
    assert!(diff(&["diff", "--evidence", "line"]).contains(evidence));
}

#[test]
fn a_mistake_in_the_file_is_named_with_its_line() {
    let folder = tree();
    fs::write(folder.path().join("linux/gupatch.toml"), "jobs = 1\nstrickt = true\n").unwrap();
    let out = gupatch(folder.path(), &["scan"]);
    assert_eq!(out.status.code(), Some(2));
    let said = errors(&out);
    assert!(said.contains("gupatch.toml") && said.contains("line 2"), "{said}");
    assert!(said.contains("strickt"), "{said}");
}

/// What a terminal shows of `gupatch` with `words`; `None` where there is no `script` to make one.
fn on_a_terminal(folder: &Path, words: &str, environment: &[(&str, &str)]) -> Option<String> {
    let program = command(folder, &[]).get_program().to_string_lossy().into_owned();
    let mut script = Command::new("script");
    script.current_dir(folder.join("linux"));
    for name in ["GIT_PAGER", "PAGER", "NO_COLOR"] {
        script.env_remove(name);
    }
    script.envs(environment.iter().copied());
    let out = script.args(["-qec", &format!("'{program}' {words}"), "/dev/null"]).output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).replace("\r\n", "\n"))
}

#[test]
fn the_pager_is_the_one_git_would_take() {
    let folder = tree();
    let linux = make_repository(folder.path());
    let shown = |words: &str, environment: &[(&str, &str)]| {
        on_a_terminal(folder.path(), words, environment)
    };
    let Some(first) = shown("diff", &[("PAGER", "sed s/^/P:/")]) else { return };
    assert!(first.lines().all(|line| line.starts_with("P:")), "{first}");
    git(&linux, &["config", "core.pager", "sed s/^/C:/"]);
    assert!(shown("diff", &[("PAGER", "sed s/^/P:/")]).unwrap().starts_with("C:"));
    assert!(shown("diff", &[("GIT_PAGER", "sed s/^/G:/")]).unwrap().starts_with("G:"));
    fs::write(linux.join("gupatch.toml"), "pager = 'sed s/^/T:/'\n").unwrap();
    assert!(shown("diff", &[]).unwrap().starts_with("T:"));
    for (words, environment) in [
        ("diff --no-pager", &[][..]),
        ("diff", &[("GIT_PAGER", "cat")]),
        ("diff", &[("GIT_PAGER", "")]),
    ] {
        let plain = shown(words, environment).unwrap();
        assert!(plain.starts_with("\u{1b}[1m# BLOCK LAYER"), "{plain}");
    }
}

#[test]
fn a_terminal_has_colours_unless_they_are_not_wanted() {
    let folder = tree();
    let shown = |words: &str, environment: &[(&str, &str)]| {
        on_a_terminal(folder.path(), words, environment)
    };
    let Some(first) = shown("diff --no-pager", &[]) else { return };
    assert!(first.contains("\u{1b}["));
    assert!(!shown("diff --no-pager", &[("NO_COLOR", "1")]).unwrap().contains("\u{1b}["));
    assert!(!shown("diff --no-pager --color never", &[]).unwrap().contains("\u{1b}["));
}
