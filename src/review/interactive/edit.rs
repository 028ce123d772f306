//! A unit as text for an editor, and the text read back.

use super::super::dry_run::{FileReview, Unit};
use super::super::patch::Hunk;

const INSTRUCTIONS: &str = "\
# Change the lines that start with +, add others, or take them out. Lines that start with - or a blank
# are what the file holds now and have to stay. Lines that start with # are dropped.
# To give up, delete everything.
";

/// The text that goes to the editor; `None` where a hunk is not UTF-8.
pub(super) fn text_of(file: &FileReview, unit: &Unit) -> Option<String> {
    let mut text = INSTRUCTIONS.as_bytes().to_vec();
    for &at in &unit.hunks {
        file.hunks()[at].write(&mut text);
    }
    String::from_utf8(text).ok()
}

/// The bodies of the unit's hunks as they came back: `None` where the person gave up or changed nothing.
pub(super) fn read_back(
    file: &FileReview,
    unit: &Unit,
    text: &str,
) -> Result<Option<Vec<String>>, String> {
    let hunks: Vec<&Hunk> = unit.hunks.iter().map(|&at| &file.hunks()[at]).collect();
    let mut bodies: Vec<String> = Vec::new();
    for line in text.split_inclusive('\n').filter(|line| !line.starts_with('#')) {
        match bodies.last_mut() {
            _ if line.starts_with("@@ ") => bodies.push(String::new()),
            Some(body) => body.push_str(line),
            None if line.trim().is_empty() => {}
            None => return Err("there are lines before the first @@".into()),
        }
    }
    if bodies.is_empty() {
        return Ok(None);
    }
    if bodies.len() != hunks.len() {
        return Err(format!("{} hunks came back, not {}", bodies.len(), hunks.len()));
    }
    let mut changed = false;
    for (hunk, body) in hunks.iter().zip(&bodies) {
        let edited = hunk.with_lines(body.as_bytes()).map_err(|_| {
            "a line that starts with - or a blank was changed; only + lines can be".to_owned()
        })?;
        changed |= edited.lines != hunk.lines;
    }
    Ok(changed.then_some(bodies))
}
