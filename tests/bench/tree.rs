//! Throughput of the tree stage, files in the page cache.

mod corpus;
mod cpu;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gupatch::tree::harvest::harvest_typedefs;
use gupatch::tree::index::{TreeIndex, files_mentioning};
use gupatch::tree::walk::walk;
use gupatch::tree::words::WordSet;

use cpu::CpuTime;

fn tree(criterion: &mut Criterion<CpuTime>) {
    let words = ["bio_add_page", "__bio_add_page", "bvec_set_page", "bv_page", "sg_set_page"];
    let words = WordSet::new(words).expect("these are identifiers");
    let mut group = criterion.benchmark_group("tree");
    group.sample_size(10);
    for corpus in corpus::corpora() {
        let (name, root, files) = (&corpus.name, &corpus.root, &corpus.files);
        group.throughput(Throughput::Elements(files.len() as u64));
        group.bench_function(format!("walk/{name}"), |bencher| {
            bencher.iter(|| walk(root, &[], 0));
        });
        group.throughput(Throughput::Bytes(corpus.bytes));
        group.bench_function(format!("mentions/{name}"), |bencher| {
            bencher.iter(|| files_mentioning(root, files, &words));
        });
        group.bench_function(format!("index/{name}"), |bencher| {
            bencher.iter(|| TreeIndex::build(root, files));
        });
        group.bench_function(format!("typedefs/{name}"), |bencher| {
            bencher.iter(|| harvest_typedefs(root, files));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = cpu::criterion();
    targets = tree
}
criterion_main!(benches);
