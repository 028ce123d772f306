//! The scan of a quarter, half and all of a real tree, cold, files in the page cache.
//!
//! Runs where KERNEL_TREE is set. The cost must grow no faster than the bytes that are read.

mod cpu;

use std::path::PathBuf;
use std::{env, fs};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use gupatch::driver::{Workspace, scan};
use gupatch::source::TreePath;

use cpu::CpuTime;

/// Leaves a part of a tree's files.
type Part = fn(&mut Vec<TreePath>);

const SIZES: [(&str, Part); 3] = [
    ("quarter", |files| keep_one_in(files, 4)),
    ("half", |files| keep_one_in(files, 2)),
    ("whole", |_| {}),
];

/// Every so manieth file, so that each part of the tree is there.
fn keep_one_in(files: &mut Vec<TreePath>, many: usize) {
    let mut at = 0;
    files.retain(|_| {
        at += 1;
        at % many == 0
    });
}

fn by_size(criterion: &mut Criterion<CpuTime>) {
    let Some(root) = env::var_os("KERNEL_TREE").map(PathBuf::from) else { return };
    let open = |arrange: Part| {
        let workspace = Workspace::open(&root, "from-gup", &[], 0);
        workspace.expect("KERNEL_TREE names a kernel tree").arranged(arrange)
    };
    let mut group = criterion.benchmark_group("scan");
    group.sample_size(10);
    for (name, arrange) in SIZES {
        let workspace = open(arrange);
        let size =
            |path: &TreePath| fs::metadata(workspace.tree.on_disk(path)).map_or(0, |d| d.len());
        group.throughput(Throughput::Bytes(workspace.walk_all().files.iter().map(size).sum()));
        group.bench_function(name, |bencher| {
            bencher.iter(|| scan::scan(&open(arrange)).expect("the carried campaign is sound"));
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = cpu::criterion();
    targets = by_size
}
criterion_main!(benches);
