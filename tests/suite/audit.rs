//! `gupatch audit` on the miniature tree.

use std::fs;
use std::process::Command;

use super::fixture::{errors, git, gupatch, json, make_repository, text, tree};

#[test]
fn every_gup_call_has_a_row_and_every_form_has_all_rows() {
    let folder = tree();
    let audit = json(folder.path(), &["audit"]);
    let calls = audit["calls"].as_array().unwrap();
    let scan = json(folder.path(), &["scan"]);
    for site in scan["sites"].as_array().unwrap() {
        for source in site["sources"].as_array().unwrap() {
            let row = calls.iter().find(|row| {
                ["file", "line", "call", "function"].iter().all(|key| row[*key] == source[*key])
            });
            let row = row.unwrap_or_else(|| panic!("no row for {source}"));
            let reached = row["destinations"].as_array().unwrap();
            let here =
                |to: &&serde_json::Value| to["file"] == site["file"] && to["line"] == site["line"];
            assert!(reached.iter().any(|to| here(&to)), "{row}");
        }
    }
    let csv = gupatch(folder.path(), &["audit", "--format", "csv", "--output", "../audit.csv"]);
    assert!(csv.stdout.is_empty(), "{}", errors(&csv));
    let script = "import csv; rows = list(csv.DictReader(open('audit.csv', newline=''))); \
                  assert all(None not in row and None not in row.values() for row in rows); \
                  print(len(rows), sum(row['containers'] != '' for row in rows))";
    let read =
        Command::new("python3").current_dir(folder.path()).args(["-c", script]).output().unwrap();
    let reaching = calls.iter().filter(|row| row["destinations"] != serde_json::json!([])).count();
    assert_eq!(text(&read).trim(), format!("{} {reaching}", calls.len()), "{}", errors(&read));
    let page = text(&gupatch(folder.path(), &["audit", "--format", "html"]));
    assert_eq!(page.matches("<tr>").count(), calls.len() + 1);
    let printed = text(&gupatch(folder.path(), &["audit"]));
    assert!(printed.contains(&format!("\n{} calls in ", calls.len())), "{printed}");
    let media = json(folder.path(), &["audit", "--only", "drivers/media"]);
    let of_media =
        |row: &&serde_json::Value| row["file"].as_str().unwrap().starts_with("drivers/media");
    assert_eq!(media["calls"].as_array().unwrap().len(), calls.iter().filter(of_media).count());
}

#[test]
fn after_the_conversion_fewer_calls_reach_a_plain_adder() {
    let folder = tree();
    let linux = make_repository(folder.path());
    gupatch(folder.path(), &["apply"]);
    let audit = json(folder.path(), &["audit", "--against", "HEAD"]);
    let comparison = &audit["comparison"];
    let reached = |when: &str| comparison[when]["to_plain_adders"].as_u64().unwrap();
    assert!(reached("now") < reached("before"), "{comparison}");
    assert_eq!(comparison["now"]["calls"], comparison["before"]["calls"]);
    let changes = comparison["changes"].as_array().unwrap();
    assert!(!changes.is_empty() && changes.iter().all(|change| change["kind"] == "changed"));
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    git(&linux, &["worktree", "add", "-q", other.join("linux").to_str().unwrap(), "HEAD"]);
    let printed = text(&gupatch(folder.path(), &["audit", "--against", "../other/linux"]));
    assert!(printed.contains("compared with ../other/linux\n  ! "), "{printed}");
}
