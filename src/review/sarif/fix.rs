//! A site's fix: the changed lines of its unit, as replacements of whole lines.
//!
//! Whole lines need no columns, so there is no question of how wide a tab or a Latin-1 byte is. A file that
//! is not UTF-8 where it changes has no fix here, for JSON could not say it; its patch still does.

use serde_sarif::sarif::{ArtifactChange, ArtifactContent, Fix, Region, Replacement};

use super::{artifact, message};
use crate::review::Site;
use crate::review::dry_run::{DryRun, FileReview};
use crate::review::patch::{Hunk, Mark};

/// The fix that converts `site`.
pub(super) fn of_site(site: &Site, dry_run: &DryRun) -> Option<Fix> {
    let file = dry_run.files().find(|file| file.change().path == site.file)?;
    let is_site = |other: &Site| (other.line, other.column) == (site.line, site.column);
    let evidence = file.evidence().iter().position(|evidence| is_site(&evidence.site))?;
    let unit = file.units().iter().find(|unit| unit.evidence.contains(&evidence))?;
    let mut replacements = Vec::new();
    for &hunk in &unit.hunks {
        replacements.extend(hunk_replacements(&file.hunks()[hunk])?);
    }
    let rule = &file.evidence()[evidence].rule;
    Some(fix(file, rule, replacements))
}

fn fix(file: &FileReview, rule: &str, replacements: Vec<Replacement>) -> Fix {
    let change = ArtifactChange::builder()
        .artifact_location(artifact(&file.change().path))
        .replacements(replacements)
        .build();
    Fix::builder()
        .description(message(&format!("Apply the rule {rule}.")))
        .artifact_changes(vec![change])
        .build()
}

fn hunk_replacements(hunk: &Hunk) -> Option<Vec<Replacement>> {
    let mut line = if hunk.before.count == 0 { hunk.before.start + 1 } else { hunk.before.start };
    let mut replacements = Vec::new();
    for block in hunk.lines.chunk_by(|a, b| (a.mark == Mark::Context) == (b.mark == Mark::Context))
    {
        if block[0].mark == Mark::Context {
            line += block.len() as u32;
            continue;
        }
        let start = line;
        let mut end = (start, 1);
        let mut inserted = Vec::new();
        for patch_line in block {
            if patch_line.mark == Mark::Added {
                inserted.extend_from_slice(&patch_line.text);
                continue;
            }
            end = match patch_line.text.last() {
                Some(b'\n') => (line + 1, 1),
                // The last line of a file that ends without a newline has no next line to end at.
                _ => (line, std::str::from_utf8(&patch_line.text).ok()?.chars().count() as u32 + 1),
            };
            line += 1;
        }
        replacements.push(Replacement {
            deleted_region: Region {
                start_line: Some(i64::from(start)),
                start_column: Some(1),
                end_line: Some(i64::from(end.0.max(start))),
                end_column: Some(i64::from(end.1)),
                ..Region::default()
            },
            inserted_content: Some(ArtifactContent {
                text: Some(String::from_utf8(inserted).ok()?),
                ..ArtifactContent::default()
            }),
            properties: None,
        });
    }
    Some(replacements)
}
