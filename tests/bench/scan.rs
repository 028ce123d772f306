//! The scan of a quarter, half and all of a real tree, and of the adders of some of its folders, cold, files in the
//! page cache.
//!
//! Runs where KERNEL_TREE is set. The cost must grow no faster than the bytes that are read, and with fewer adders there
//! must be less to do.

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

/// Folders with more and more adders; none stands for the whole tree.
const FOLDERS: [(&str, &[&str]); 4] = [
    ("drivers/media", &["drivers/media"]),
    ("block and drivers/media", &["block", "drivers/media"]),
    ("block, drivers and fs", &["block", "drivers", "fs"]),
    ("all", &[]),
];

fn by_adders(criterion: &mut Criterion<CpuTime>) {
    let Some(root) = env::var_os("KERNEL_TREE").map(PathBuf::from) else { return };
    let mut group = criterion.benchmark_group("scan by adders");
    group.sample_size(10);
    for (name, folders) in FOLDERS {
        let only: Vec<String> = folders.iter().map(|&folder| folder.to_owned()).collect();
        let run = || {
            let workspace = Workspace::open(&root, "from-gup", &only, 0);
            let workspace = workspace.expect("KERNEL_TREE names a kernel tree");
            scan::scan(&workspace).expect("the carried campaign is sound")
        };
        let once = run();
        let adders = once.files.iter().flat_map(|file| &file.sites).map(|(_, sites)| sites.len());
        group.throughput(Throughput::Elements(adders.sum::<usize>() as u64));
        group.bench_function(name, |bencher| bencher.iter(run));
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = cpu::criterion();
    targets = by_size, by_adders
}
criterion_main!(benches);
