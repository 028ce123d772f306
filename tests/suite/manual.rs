//! Completions and manual pages, read by the programs they are for.

use std::fs;
use std::process::Command;

use super::fixture::{errors, gupatch, text, tree};

#[test]
fn bash_completes_commands_and_options() {
    let folder = tree();
    let script = folder.path().join("gupatch.bash");
    let out = gupatch(folder.path(), &["completions", "bash"]);
    fs::write(&script, &out.stdout).unwrap();
    let complete = |words: &str, at: usize| {
        let asked = format!(
            "source {}; COMP_WORDS=({words}); COMP_CWORD={at}; _gupatch gupatch '' ''; echo \"${{COMPREPLY[*]}}\"",
            script.display()
        );
        let out = Command::new("bash").args(["-c", &asked]).output().unwrap();
        text(&out)
    };
    assert!(complete("gupatch ''", 1).contains("check"));
    assert!(complete("gupatch check --up", 2).contains("--update-baseline"));
    for shell in ["zsh", "fish", "elvish", "powershell"] {
        let out = gupatch(folder.path(), &["completions", shell]);
        assert!(text(&out).contains("update-baseline"), "{shell}");
    }
}

#[test]
fn there_is_a_page_for_the_program_and_for_each_command() {
    let folder = tree();
    let pages = folder.path().join("man1");
    fs::create_dir(&pages).unwrap();
    let out = gupatch(folder.path(), &["man", "--into", "../man1"]);
    assert_eq!(out.status.code(), Some(0), "{}", errors(&out));
    for name in ["gupatch", "gupatch-check", "gupatch-review", "gupatch-series"] {
        let page = fs::read_to_string(pages.join(format!("{name}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS") && page.contains(".TH"), "{name}");
    }
    let check = text(&gupatch(folder.path(), &["man", "check"]));
    assert!(check.contains("update\\-baseline") && check.contains("Examples:"), "{check}");
    let out = gupatch(folder.path(), &["man", "nothing"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(errors(&out).contains("hint:"));
}
