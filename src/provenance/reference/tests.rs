//! Fixtures: `tests/data/reference/<behaviour>.c`, with whose reference it is and the lines that give it back
//! in a comment on the line of each adder: `/* owned 27 */`.

use std::fs;
use std::path::Path;

use super::super::Class;
use super::super::tests::tree;
use crate::items::split;
use crate::lex::{LexedFile, TokenKind};
use crate::source::TreePath;

const WORDS: [&str; 4] = ["owned", "borrowed", "separate", "unknown"];

fn expected(file: &LexedFile) -> Vec<(u32, String)> {
    let tokens = file.tokens.all().iter();
    let comments = tokens.filter(|&token| file.tokens.kind(token) == TokenKind::BlockComment);
    let text = |token| file.text(token).to_string().trim_matches(['/', '*', ' ']).to_owned();
    comments
        .map(|token| (file.location(token).line, text(token)))
        .filter(|(_, text)| WORDS.iter().any(|word| text.starts_with(word)))
        .collect()
}

fn said(file: &LexedFile) -> Vec<(u32, String)> {
    let tree = tree(vec![(file.path.clone(), file.bytes.clone())]);
    let items = 0..split(file).len();
    let in_item = |item| tree.sites(0, item).into_iter().map(move |site| (item, site));
    let mut sites: Vec<_> = items.flat_map(in_item).collect();
    sites.retain(|(_, site)| matches!(site.class, Class::Gup | Class::Conditional | Class::Mixed));
    let tell = |(item, mut site)| {
        tree.find_reference(0, item, &mut site);
        let mut text = format!("{:?}", site.reference).to_lowercase();
        for release in &site.releases {
            text.push_str(&format!(" {}", release.place.line));
        }
        (site.location.line, text)
    };
    sites.into_iter().map(tell).collect()
}

#[test]
fn references_of_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/reference");
    let mut failures = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = TreePath::new("drivers/test.c").unwrap();
        let file = LexedFile::new(name, fs::read(&path).unwrap());
        let (said, expected) = (said(&file), expected(&file));
        assert!(!expected.is_empty(), "{}: no comment", path.display());
        if said != expected {
            failures.push(format!("{}: said {said:?}, not {expected:?}", path.display()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
