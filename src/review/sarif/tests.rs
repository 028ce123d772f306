//! The log against the published schema, and its parts as snapshots.

use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use super::*;
use crate::review::baseline::Baseline;
use crate::review::exception::{self, Day};
use crate::review::fixture;
use crate::review::guard::{Guard, Scope};
use crate::source::LineIndex;

fn log_of(judgement: Option<&Judgement>) -> Value {
    let text = log(&Input {
        report: &fixture::report(),
        dry_run: Some(&fixture::dry_run()),
        judgement,
        read_line: &|path, line| fixture::read_line(path, line),
    });
    serde_json::from_str(&text).unwrap()
}

fn fixture_log() -> Value {
    log_of(None)
}

/// The first site is in the baseline, those of `drivers/dma` are excepted, the others are new.
fn judged_log() -> Value {
    let report = fixture::report();
    let mut known = report.clone();
    known.sites.truncate(1);
    let exceptions =
        exception::parse("[[exception]]\npath = 'drivers/dma/'\nreason = 'ours'\n").unwrap();
    let guard = Guard {
        baseline: &Baseline::of_report(&known),
        exceptions: &exceptions,
        read_line: &|path, line| fixture::read_line(path, line),
        today: Day { year: 2026, month: 11, day: 23 },
        scope: Scope::Whole,
    };
    log_of(Some(&guard.judge(&report)))
}

#[test]
fn what_the_guard_excuses_is_suppressed() {
    let log = judged_log();
    let said = log["runs"][0]["results"].as_array().unwrap().iter().map(|result| {
        let reason = result["suppressions"][0]["justification"].as_str().unwrap_or("-");
        format!("{} {reason}", result["baselineState"].as_str().unwrap_or("-"))
    });
    let said: Vec<String> = said.collect();
    assert_eq!(said, ["unchanged -", "new ours", "new ours", "new -", "- -", "new -"]);
}

/// The schema that the crate `serde-sarif` was made from: OASIS's own, in cargo's registry.
fn schema() -> Value {
    let version = Command::new("rustc").arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Packages of other platforms need not have been downloaded.
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let text = std::fs::read_to_string(manifest.with_file_name("src").join("schema.json")).unwrap();
    // The pattern of the property `language`, which we do not use, has a stray bracket.
    serde_json::from_str(&text.replace("{2}]?$", "{2}$")).unwrap()
}

#[test]
fn the_log_is_valid() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let errors = |log: &Value| -> Vec<String> {
        validator
            .iter_errors(log)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    };
    assert_eq!(errors(&fixture_log()), Vec::<String>::new());
    assert_eq!(errors(&judged_log()), Vec::<String>::new());
    let mut broken = fixture_log();
    broken["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"] =
        0.into();
    assert_eq!(errors(&broken).len(), 1, "the schema is really looked at");
}

#[test]
fn a_result_has_its_flow_its_place_and_its_name() {
    let log = fixture_log();
    let result = &log["runs"][0]["results"][5];
    let text = serde_json::to_string_pretty(result).unwrap();
    fixture::snapshot("sarif_result", &text);
}

#[test]
fn what_was_not_seen_is_said() {
    let log = fixture_log();
    let notifications = &log["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    fixture::snapshot("sarif_notifications", &serde_json::to_string_pretty(notifications).unwrap());
}

#[test]
fn rule_indices_agree_with_the_rules() {
    let log = fixture_log();
    let run = &log["runs"][0];
    for result in run["results"].as_array().unwrap() {
        let index = result["ruleIndex"].as_u64().unwrap() as usize;
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], result["ruleId"]);
    }
}

/// Carries out the replacements of a fix on the bytes of the file.
fn fixed(fix: &Value) -> Vec<u8> {
    let change = &fix["artifactChanges"][0];
    let mut text = fixture::bytes(change["artifactLocation"]["uri"].as_str().unwrap());
    for replacement in change["replacements"].as_array().unwrap().iter().rev() {
        let lines = LineIndex::new(&text);
        let at = |line: &str, column: &str| {
            let region = &replacement["deletedRegion"];
            let line = region[line].as_u64().unwrap() as u32;
            let start = lines.line_span(line).unwrap().start;
            (start + region[column].as_u64().unwrap() as u32 - 1) as usize
        };
        let range = at("startLine", "startColumn")..at("endLine", "endColumn");
        let inserted = replacement["insertedContent"]["text"].as_str().unwrap();
        text.splice(range, inserted.bytes());
    }
    text
}

#[test]
fn a_fix_makes_what_the_rules_made() {
    let log = fixture_log();
    let dry_run = fixture::dry_run();
    let mut fixes = 0;
    for result in log["runs"][0]["results"].as_array().unwrap() {
        let Some(fix) = result["fixes"].get(0) else { continue };
        let path = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str();
        let file = dry_run.files().find(|file| Some(file.change().path.as_str()) == path).unwrap();
        assert_eq!(bstr::BStr::new(&fixed(fix)), bstr::BStr::new(&file.change().after));
        fixes += 1;
    }
    assert_eq!(fixes, 4);
}

#[test]
fn odd_paths_become_uris() {
    assert_eq!(uri("fs/a b\u{e4}%.c"), "fs/a%20b%C3%A4%25.c");
}
