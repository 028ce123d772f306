//! Throughput of provenance and of the diff, one core: functions of the miniature tree that hold adders,
//! and the diff that their conversion makes.

mod corpus;

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gupatch::diff::{FileChange, unified};
use gupatch::items::{TypeNames, split};
use gupatch::lex::LexedFile;
use gupatch::provenance::{Alone, FileFunctions, Vocabulary};

fn analysis(criterion: &mut Criterion) {
    let vocabulary = Vocabulary::built_in();
    let types = TypeNames::default();
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
                let mut sites = 0;
                for file in &files {
                    let items = split(file);
                    let functions = FileFunctions::new(file, &items, &types, &vocabulary, &Alone);
                    sites += (0..items.len()).map(|i| functions.sites(i).len()).sum::<usize>();
                }
                sites
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
