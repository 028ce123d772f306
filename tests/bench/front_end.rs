//! Throughput of the front end by stage, one core, from memory: items, normalised text, AST.

mod corpus;
mod cpu;

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gupatch::items::{Arms, Shape, TypeNames, normalise, split, visible};
use gupatch::lex::LexedFile;
use gupatch::parse;

use cpu::CpuTime;

fn front_end(criterion: &mut Criterion<CpuTime>) {
    for corpus in corpus::corpora() {
        let read = |path: &gupatch::source::TreePath| {
            let bytes = fs::read(corpus.root.join(path.as_str())).expect("the file was walked");
            LexedFile::new(path.clone(), bytes)
        };
        let files: Vec<LexedFile> = corpus.files.iter().map(read).collect();
        let types = TypeNames::default();
        let mut group = criterion.benchmark_group(format!("front end, {}", corpus.name));
        group.sample_size(10).throughput(Throughput::Bytes(corpus.bytes));
        group.bench_function("items", |bencher| {
            bencher.iter(|| files.iter().map(|file| split(black_box(file)).len()).sum::<usize>());
        });
        let items: Vec<_> = files.iter().map(|file| (file, split(file))).collect();
        group.bench_function("normalise", |bencher| {
            bencher.iter(|| {
                let all =
                    items.iter().flat_map(|(file, items)| items.iter().map(move |i| (file, i)));
                all.filter_map(|(file, item)| {
                    let tokens = visible(file, item.tokens, Arms::All);
                    normalise(file, &tokens, Shape::TopLevel, &types).ok()
                })
                .map(|text| text.text.len())
                .sum::<usize>()
            });
        });
        group.bench_function("parse", |bencher| {
            bencher.iter(|| {
                let all =
                    items.iter().flat_map(|(file, items)| items.iter().map(move |i| (file, i)));
                all.filter_map(|(file, item)| parse::item(file, item, &types).ast)
                    .map(|ast| ast.len())
                    .sum::<usize>()
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = cpu::criterion();
    targets = front_end
}
criterion_main!(benches);
