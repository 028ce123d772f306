//! `tests/data/audit/<behaviour>.c`: each GUP call has what is expected of it in a comment behind the
//! statement, `/* audit: ending[:lines] transfer [flags] [when(condition)] [number(text)]
//! [takes:kind] [writer:line[:if(condition)]] [wrong:call:line] */`.

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
    words.extend(found.writes_when.iter().map(|when| format!("when({when})")));
    words.extend(found.number.iter().map(|number| format!("number({number})")));
    let usual = match Vocabulary::built_in().meaning(&found.call) {
        Some(Meaning::Source(source)) => source.reference,
        _ => unreachable!("a GUP call is one of a source"),
    };
    match (found.reference == usual, found.reference) {
        (true, _) => {}
        (false, ReferenceKind::Get) => words.push("takes:get".to_owned()),
        (false, ReferenceKind::Pin) => words.push("takes:pin".to_owned()),
        (false, ReferenceKind::Flags) => words.push("takes:flags".to_owned()),
    }
    words.extend(found.writes.iter().map(|write| {
        let by = match write.by {
            Writer::Dirty => "dirty",
            Writer::Store => "store",
            Writer::Dma => "dma",
        };
        let when = write.when.as_ref().map(|when| format!(":if({when})")).unwrap_or_default();
        format!("{by}:{}{when}", write.line)
    }));
    let wrong = found.wrong_releases();
    words.extend(wrong.iter().map(|release| format!("wrong:{}:{}", release.call, release.line)));
    words.join(" ")
}

#[test]
fn every_call_is_told_as_its_comment_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/audit");
    let vocabulary = Vocabulary::built_in();
    let mut seen = 0;
    let mut wrong: Vec<String> = Vec::new();
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
        let differing = found.iter().zip(&wanted).filter(|(found, wanted)| found != wanted);
        wrong.extend(differing.map(|(found, wanted)| format!("{name}: {found}\n  not: {wanted}")));
        assert_eq!(found.len(), wanted.len(), "{name}");
        seen += wanted.len();
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(seen > 10, "the fixtures are there");
}
