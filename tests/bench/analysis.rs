//! Throughput of provenance, of a rule and of the diff: functions each alone, a rule about a call with its edits,
//! and a diff of each file.

mod corpus;
mod cpu;

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gupatch::diff::{FileChange, unified};
use gupatch::edit::{self, Settings};
use gupatch::items::{ItemKind, TypeNames, split};
use gupatch::lex::LexedFile;
use gupatch::matcher::NoFacts;
use gupatch::provenance::{Alone, Function, Vocabulary, sites};
use gupatch::{parse, smpl};

use cpu::CpuTime;

fn analysis(criterion: &mut Criterion<CpuTime>) {
    let vocabulary = Vocabulary::built_in();
    let types = TypeNames::default();
    let no_return = vocabulary.no_return();
    for corpus in corpus::corpora() {
        let read = |path: &gupatch::source::TreePath| {
            let bytes = fs::read(corpus.root.join(path.as_str())).expect("the file was walked");
            LexedFile::new(path.clone(), bytes)
        };
        let files: Vec<LexedFile> = corpus.files.iter().map(read).collect();
        let mut group = criterion.benchmark_group(format!("analysis, {}", corpus.name));
        group.sample_size(10).throughput(Throughput::Bytes(corpus.bytes));
        group.bench_function("provenance", |bencher| {
            bencher.iter(|| {
                let mut found = 0;
                for file in &files {
                    for item in split(file).iter().filter(|item| item.kind == ItemKind::Function) {
                        let Some(ast) = parse::item(file, item, &types).ast else { continue };
                        let function = Function::new(ast, file, &no_return);
                        found += sites(&function, file, &vocabulary, &Alone).len();
                    }
                }
                found
            });
        });
        let rule =
            "@@\nexpression b, p;\n@@\n- bio_add_page\n+ bio_add_page_from_gup\n  (b, p, ...)\n";
        let (rule, _) = smpl::parse(rule.as_bytes()).expect("it is a rule");
        group.bench_function("rule", |bencher| {
            bencher.iter(|| {
                let rewritten = files.iter().map(|file| {
                    edit::rewrite(&rule, black_box(file), &Settings::default(), &NoFacts)
                });
                rewritten.map(|done| done.bytes.len()).sum::<usize>()
            });
        });
        let changes: Vec<FileChange> = files.iter().map(change).collect();
        group.bench_function("diff", |bencher| {
            bencher.iter(|| changes.iter().map(|c| unified(black_box(c)).len()).sum::<usize>());
        });
        group.finish();
    }
}

/// The file with one line more in the middle.
fn change(file: &LexedFile) -> FileChange {
    let middle = file.lines.line_span(file.lines.line_count() / 2 + 1);
    let at = middle.map_or(file.bytes.len(), |span| span.start as usize);
    let mut after = file.bytes.clone();
    after.splice(at..at, *b"/* one more */\n");
    FileChange { path: file.path.clone(), before: Some(file.bytes.clone()), after }
}

criterion_group! {
    name = benches;
    config = cpu::criterion();
    targets = analysis
}
criterion_main!(benches);
