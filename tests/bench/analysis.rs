//! Throughput of provenance and of the diff, one core: the functions of the miniature tree, each alone, and a
//! diff of each file.

mod corpus;

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gupatch::diff::{FileChange, unified};
use gupatch::items::{ItemKind, TypeNames, split};
use gupatch::lex::LexedFile;
use gupatch::parse;
use gupatch::provenance::{Alone, Function, Vocabulary, sites};

fn analysis(criterion: &mut Criterion) {
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

criterion_group!(benches, analysis);
criterion_main!(benches);
