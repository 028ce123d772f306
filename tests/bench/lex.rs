//! Throughput of the lexer, one core, from memory.

mod corpus;
mod cpu;

use std::fs;
use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gupatch::lex::lex;

use cpu::CpuTime;

fn lexing(criterion: &mut Criterion<CpuTime>) {
    let mut group = criterion.benchmark_group("lex");
    group.sample_size(10);
    for corpus in corpus::corpora() {
        let texts: Vec<Vec<u8>> = corpus
            .files
            .iter()
            .map(|path| fs::read(corpus.root.join(path.as_str())).expect("the file was walked"))
            .collect();
        group.throughput(Throughput::Bytes(corpus.bytes));
        group.bench_function(&corpus.name, |bencher| {
            bencher.iter(|| texts.iter().map(|text| lex(black_box(text)).len()).sum::<usize>());
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = cpu::criterion();
    targets = lexing
}
criterion_main!(benches);
