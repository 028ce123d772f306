//! Fixtures: `tests/data/provenance/<behaviour>.c`, with the class of each adder in a comment on its line:
//! `/* gup */`, `/* conditional user_backed_iter(iter) */`, `/* conditional threaded */`, `/* mixed */`.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::items::{TypeNames, split};
use crate::lex::TokenKind;
use crate::source::TreePath;

/// A tree that has the helpers and nothing else.
struct Helpers;

impl Environment for Helpers {
    fn prototype(&self, _: &str) -> Option<Arc<Prototype>> {
        None
    }

    fn declares(&self, name: &str) -> bool {
        matches!(name, "user_backed_iter" | "iov_iter_extract_will_pin")
    }

    fn summary(&self, _: &str) -> Option<Arc<Summary>> {
        None
    }

    fn incoming(&self, _: &str, _: &AccessPath) -> Option<Vec<Arc<Origin>>> {
        None
    }
}

pub(super) fn scan(text: &str) -> (LexedFile, Vec<Site>) {
    let file = LexedFile::new(TreePath::new("test.c").unwrap(), text.as_bytes().to_vec());
    let items = split(&file);
    let (vocabulary, types) = (Vocabulary::built_in(), TypeNames::default());
    let functions = FileFunctions::new(&file, &items, &types, &vocabulary, &Helpers);
    let sites = (0..items.len()).flat_map(|index| functions.sites(index)).collect();
    (file, sites)
}

/// What a site says, in the words of the fixtures.
fn verdict(site: &Site) -> String {
    match (site.class, &site.condition) {
        (Class::Conditional, Some(condition)) if condition.in_scope => {
            format!("conditional {}", condition.text)
        }
        (Class::Conditional, _) => "conditional threaded".to_owned(),
        (class, _) => format!("{class:?}").to_lowercase(),
    }
}

const WORDS: [&str; 6] = ["gup", "conditional", "mixed", "carried", "other", "unknown"];

fn expected(file: &LexedFile) -> Vec<(u32, String)> {
    let comments =
        file.tokens.all().iter().filter(|&t| file.tokens.kind(t) == TokenKind::BlockComment);
    comments
        .map(|t| {
            let text = file.text(t).to_string();
            (file.location(t).line, text[2..text.len() - 2].trim().to_owned())
        })
        .filter(|(_, text)| WORDS.iter().any(|word| text.starts_with(word)))
        .collect()
}

#[test]
fn classes_of_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/provenance");
    let mut seen = 0;
    let mut failures = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let (file, sites) = scan(&fs::read_to_string(&path).unwrap());
        let said: Vec<(u32, String)> =
            sites.iter().map(|site| (site.location.line, verdict(site))).collect();
        let expected = expected(&file);
        if said != expected {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let reasons: Vec<&String> = sites.iter().map(|site| &site.reason).collect();
            failures.push(format!("{name}:\n  said {said:?}\n  not  {expected:?}\n  {reasons:?}"));
        }
        seen += 1;
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(seen >= 40, "only {seen} fixtures");
}

#[test]
fn the_trace_leads_from_the_source_to_the_adder() {
    let (_, sites) = scan(
        "void f(struct bio *bio, unsigned long a)\n{\nstruct page *p, *q;\n\
         pin_user_pages_fast(a, 1, 0, &p);\nq = p;\nbio_add_page(bio, q, 1, 0);\n}\n",
    );
    let steps: Vec<(u32, Role)> =
        sites[0].trace.iter().map(|step| (step.place.line, step.role)).collect();
    assert_eq!(steps, [(4, Role::Source), (5, Role::Assign), (6, Role::Adder)]);
}
