//! Fixtures: `tests/data/provenance/<behaviour>.c`, with the class of each adder in a comment on its line:
//! `/* gup */`, `/* conditional user_backed_iter(iter) */`, `/* conditional threaded */`, `/* mixed */`.

use std::fs;
use std::path::Path;

use bstr::ByteSlice;

use super::*;
use crate::ast::StructKind;
use crate::items::split;
use crate::lex::TokenKind;
use crate::source::TreePath;

/// Files that are all there is.
struct Few(Vec<(TreePath, Vec<u8>)>);

impl Corpus for Few {
    fn mentioning(&self, word: &str) -> Vec<u32> {
        let has = |text: &[u8]| text.find(word).is_some();
        (0..self.0.len() as u32).filter(|&file| has(&self.0[file as usize].1)).collect()
    }

    fn path(&self, file: u32) -> TreePath {
        self.0[file as usize].0.clone()
    }

    fn bytes(&self, file: u32) -> Option<Vec<u8>> {
        Some(self.0[file as usize].1.clone())
    }

    fn definitions(&self, kind: StructKind, tag: &str) -> Vec<TextPlace> {
        let keyword = if kind == StructKind::Struct { "struct" } else { "union" };
        let wanted = format!("{keyword} {tag} {{");
        let headers = (0u32..).zip(&self.0).filter(|(_, (path, _))| path.as_str().ends_with(".h"));
        let found = headers.filter_map(|(file, (_, text))| Some((file, text.find(&wanted)?)));
        found.map(|(file, at)| (file, (at + keyword.len() + 1) as u32)).collect()
    }

    fn typedefs(&self, _: &str) -> Vec<TextPlace> {
        Vec::new()
    }
}

/// A tree of `files` that declares the helpers.
pub(super) fn tree(mut files: Vec<(TreePath, Vec<u8>)>) -> WholeTree {
    let helpers = b"bool user_backed_iter(const struct iov_iter *i);\nbool iov_iter_extract_will_pin(const struct iov_iter *iter);\n";
    files.push((TreePath::new("include/linux/uio.h").unwrap(), helpers.to_vec()));
    let count = files.len();
    WholeTree::new(Box::new(Few(files)), count, Vocabulary::built_in())
}

pub(super) fn scan(text: &str) -> (LexedFile, Vec<Site>) {
    let path = TreePath::new("test.c").unwrap();
    let file = LexedFile::new(path.clone(), text.as_bytes().to_vec());
    let tree = tree(vec![(path, text.as_bytes().to_vec())]);
    let sites = (0..split(&file).len()).flat_map(|index| tree.sites(0, index)).collect();
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

/// The files of a fixture: one, or those of a folder.
fn files_of(fixture: &Path) -> Vec<(TreePath, Vec<u8>)> {
    let file = |path: &Path| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (TreePath::new(&name).unwrap(), fs::read(path).unwrap())
    };
    if fixture.is_file() {
        return vec![file(fixture)];
    }
    let mut paths: Vec<_> =
        fs::read_dir(fixture).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| file(path)).collect()
}

#[test]
fn classes_of_the_fixtures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/provenance");
    let mut seen = 0;
    let mut failures = Vec::new();
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let files = files_of(&path);
        let tree = tree(files.clone());
        for (number, (name, text)) in files.into_iter().enumerate() {
            let file = LexedFile::new(name, text);
            let items = 0..split(&file).len();
            let sites: Vec<Site> =
                items.flat_map(|index| tree.sites(number as u32, index)).collect();
            let said: Vec<(u32, String)> =
                sites.iter().map(|site| (site.location.line, verdict(site))).collect();
            let expected = expected(&file);
            if said != expected {
                let name = format!("{} {}", path.display(), file.path);
                let reasons: Vec<&String> = sites.iter().map(|site| &site.reason).collect();
                failures
                    .push(format!("{name}:\n  said {said:?}\n  not  {expected:?}\n  {reasons:?}"));
            }
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
