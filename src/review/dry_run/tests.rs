//! What is printed is a patch, whatever the evidence holds: git and patch apply it.

use std::path::Path;
use std::process::{Command, Output};

use super::*;
use crate::review::{Palette, fixture};
use crate::source::TreePath;

const DETAILS: [EvidenceDetail; 3] =
    [EvidenceDetail::None, EvidenceDetail::Line, EvidenceDetail::Full];

fn printed(dry_run: &DryRun, evidence: EvidenceDetail, stat: bool, colours: Palette) -> Vec<u8> {
    print(dry_run, &PrintOptions { evidence, stat, colours })
}

fn text(evidence: EvidenceDetail, stat: bool, colours: Palette) -> String {
    String::from_utf8(printed(&fixture::dry_run(), evidence, stat, colours)).unwrap()
}

#[test]
fn one_line_of_evidence() {
    fixture::snapshot("diff_line", &text(EvidenceDetail::Line, false, Palette::plain()));
}

#[test]
fn the_whole_trace_and_a_diffstat() {
    fixture::snapshot("diff_full_stat", &text(EvidenceDetail::Full, true, Palette::plain()));
}

#[test]
fn colours_mark_words_and_stand_above_their_hunk() {
    let text = text(EvidenceDetail::Line, false, Palette::ansi());
    fixture::snapshot("diff_coloured", &text.replace('\x1b', "␛"));
}

#[test]
fn without_evidence_the_diffs_are_git_s() {
    let dry_run = fixture::dry_run();
    let text = text(EvidenceDetail::None, false, Palette::plain());
    let diffs: Vec<u8> =
        dry_run.files().flat_map(|file| crate::diff::unified(file.change())).collect();
    let kept: String = text.split_inclusive('\n').filter(|line| !line.starts_with('#')).collect();
    assert_eq!(kept.into_bytes(), diffs);
}

/// Writes the old versions and the printed text into a folder, and runs `program` there on the text.
#[track_caller]
fn apply_with(program: &[&str], dry_run: &DryRun, text: &[u8]) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    for file in dry_run.files() {
        let to = root.join(file.change().path.as_str());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, file.change().before.as_ref().unwrap()).unwrap();
    }
    std::fs::write(root.join("printed"), text).unwrap();
    let output = run(program, root);
    assert!(
        output.status.success(),
        "{program:?}: {}{}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
        String::from_utf8_lossy(text)
    );
    for file in dry_run.files() {
        let now = std::fs::read(root.join(file.change().path.as_str())).unwrap();
        assert!(now == file.change().after, "{}", file.change().path);
    }
}

fn run(program: &[&str], folder: &Path) -> Output {
    Command::new(program[0])
        .args(&program[1..])
        .current_dir(folder)
        .env("GIT_CEILING_DIRECTORIES", folder.parent().unwrap())
        .output()
        .expect("git and patch are installed where the tests run")
}

#[test]
fn plain_text_is_a_patch_whatever_the_options() {
    let dry_run = fixture::dry_run();
    for evidence in DETAILS {
        for stat in [false, true] {
            let text = printed(&dry_run, evidence, stat, Palette::plain());
            apply_with(&["git", "apply", "printed"], &dry_run, &text);
            apply_with(&["patch", "-p1", "-s", "--fuzz=0", "-i", "printed"], &dry_run, &text);
        }
    }
}

/// Everything that could be taken for a patch, a command of an editor script, or a new line.
#[test]
fn hostile_evidence_cannot_break_the_patch() {
    let hostile = "x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\ndiff --git a/x b/x\n1d\n\x1b[2J\r";
    let mut dry_run = fixture::dry_run();
    for group in &mut dry_run.groups {
        group.subsystem.push_str(hostile);
        for file in &mut group.files {
            for evidence in &mut file.evidence {
                evidence.rule = hostile.into();
                evidence.site.page = hostile.into();
                evidence.site.reason = hostile.into();
                evidence.site.function = hostile.into();
            }
        }
    }
    dry_run.left_alone[0].reason = hostile.into();
    dry_run.unseen.details.push(hostile.into());
    for evidence in DETAILS {
        let text = printed(&dry_run, evidence, true, Palette::plain());
        assert!(!text.contains(&0x1b));
        apply_with(&["git", "apply", "printed"], &dry_run, &text);
        apply_with(&["patch", "-p1", "-s", "--fuzz=0", "-i", "printed"], &dry_run, &text);
    }
}

#[test]
fn source_bytes_survive_in_the_patch_and_do_not_act_in_colour() {
    let change = FileChange {
        path: TreePath::new("a.c").unwrap(),
        before: Some(b"/* \xe4 \x1b[2J */\r\nold(a);\r\nend".to_vec()),
        after: b"/* \xe4 \x1b[2J */\r\nnew(a);\r\nend".to_vec(),
    };
    let files = vec![FileReview::new(change, Vec::new())];
    let dry_run = DryRun {
        groups: vec![Group { subsystem: "X".into(), files }],
        left_alone: Vec::new(),
        open: 0,
        unseen: Unseen::default(),
    };
    let plain = printed(&dry_run, EvidenceDetail::Full, true, Palette::plain());
    apply_with(&["git", "apply", "--whitespace=nowarn", "printed"], &dry_run, &plain);
    let coloured = printed(&dry_run, EvidenceDetail::Full, false, Palette::ansi());
    assert!(!String::from_utf8_lossy(&coloured).contains("\x1b[2J"));
}

#[test]
fn hunks_of_one_conversion_are_one_unit() {
    let change = |after: &str| FileChange {
        path: TreePath::new("a.c").unwrap(),
        before: Some((1..=40).map(|n| format!("line {n}\n")).collect::<String>().into_bytes()),
        after: after.as_bytes().to_vec(),
    };
    let after: String = (1..=40)
        .map(
            |n| if [3, 20, 36].contains(&n) { format!("new {n}\n") } else { format!("line {n}\n") },
        )
        .collect();
    let evidence = |line, lines: &[u32]| Evidence {
        site: crate::review::Site { line, ..fixture::site("a.c", "f", "sg_set_page", "page") },
        rule: "sg_set_page".into(),
        lines: lines.to_vec(),
        author: Author::Rule,
    };
    let file = FileReview::new(change(&after), vec![evidence(36, &[3]), evidence(20, &[])]);
    let hunks: Vec<_> = file.units().iter().map(|unit| unit.hunks.clone()).collect();
    assert_eq!(hunks, [vec![0, 2], vec![1]]);
    assert_eq!(file.units()[0].evidence, [0]);
}

#[test]
fn a_hunk_that_no_site_claims_binds_its_file() {
    let lines = |edited: &[u32]| -> Vec<u8> {
        let line =
            |n| if edited.contains(&n) { format!("new {n}\n") } else { format!("line {n}\n") };
        (1..=60).map(line).collect::<String>().into_bytes()
    };
    let change = FileChange {
        path: fixture::path("a.c"),
        before: Some(lines(&[])),
        after: lines(&[3, 30, 50]),
    };
    let evidence = |line| Evidence {
        site: crate::review::Site { line, ..fixture::site("a.c", "f", "sg_set_page", "page") },
        rule: "sg_set_page".into(),
        lines: Vec::new(),
        author: Author::Rule,
    };
    let units = |evidence| FileReview::new(change.clone(), evidence).units().len();
    assert_eq!(units(vec![evidence(30), evidence(50)]), 1);
    assert_eq!(units(vec![evidence(3), evidence(30), evidence(50)]), 3);
    assert_eq!(units(Vec::new()), 3, "helpers have no sites and may be taken one by one");
}

#[test]
fn units_keep_their_names_when_lines_move() {
    let dry_run = fixture::dry_run();
    for file in dry_run.files() {
        let change = file.change();
        let moved = |text: &[u8]| [b"/* new */\n\n".as_slice(), text].concat();
        let moved = FileChange {
            path: change.path.clone(),
            before: change.before.as_deref().map(moved),
            after: moved(&change.after),
        };
        let moved = FileReview::new(moved, Vec::new());
        let names = |file: &FileReview| -> Vec<_> {
            file.units().iter().map(|unit| unit.fingerprint.clone()).collect()
        };
        // Evidence decides what is one unit; in files with one hunk it makes no difference.
        if file.hunks().len() == 1 {
            assert_eq!(names(&moved), names(file));
        }
    }
}
