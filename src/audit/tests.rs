//! `tests/data/audit/<behaviour>.c`: each GUP call has what is expected of it in a comment behind the
//! statement, `/* audit: ending[: lines] [transfer] [flags] */`.

use std::path::Path;

use super::*;
use crate::items::{TypeNames, split};
use crate::source::TreePath;

/// As the comments write it.
fn told(found: &Acquisition) -> String {
    let at = |lines: &[u32]| -> String {
        let lines: Vec<String> = lines.iter().map(u32::to_string).collect();
        lines.join(",")
    };
    let ending = match &found.ending {
        Ending::Released => "released".to_owned(),
        Ending::HandedOn => "handed-on".to_owned(),
        Ending::NothingTaken => "nothing-taken".to_owned(),
        Ending::Leaks(lines) => format!("leaks:{}", at(lines)),
        Ending::Unknown(lines) => format!("unknown:{}", at(lines)),
    };
    let transfer = match found.transfer {
        Transfer::Destination => "destination",
        Transfer::Source => "source",
        Transfer::Unknown => "unknown",
    };
    let mut words = vec![ending, transfer.to_owned()];
    words.extend(found.flags.iter().cloned());
    let wrong = found.wrong_releases();
    words.extend(wrong.iter().map(|release| format!("wrong:{}:{}", release.call, release.line)));
    words.join(" ")
}

#[test]
fn every_call_is_told_as_its_comment_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/audit");
    let vocabulary = Vocabulary::built_in();
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        let file = LexedFile::new(TreePath::new(&name).unwrap(), std::fs::read(&path).unwrap());
        let types = TypeNames::default();
        let mut found = Vec::new();
        for item in &split(&file) {
            let Some(ast) = crate::parse::item(&file, item, &types).ast else { continue };
            if matches!(ast.kind(ast.root()), Kind::Function { .. }) {
                let function = Function::new(ast, &file, &vocabulary.no_return());
                found.extend(acquisitions(&function, &file, &vocabulary));
            }
        }
        let text = String::from_utf8(file.bytes.clone()).unwrap();
        let wanted: Vec<&str> = text
            .lines()
            .filter_map(|line| line.split_once("/* audit: "))
            .map(|(_, rest)| rest.trim_end_matches(" */"))
            .collect();
        let found: Vec<String> = found.iter().map(told).collect();
        assert_eq!(found, wanted, "{name}");
        seen += wanted.len();
    }
    assert!(seen > 10, "the fixtures are there");
}
