//! The order in which the files of a tree come changes nothing.

use gupatch::driver::{Workspace, rewrite};
use gupatch::source::TreePath;

/// The whole answer of a run over the miniature tree: the report, and what the rules make of the files.
fn answer(arrange: fn(&mut Vec<TreePath>), jobs: usize) -> (String, Vec<(TreePath, Vec<u8>)>) {
    let folder = tempfile::tempdir().unwrap();
    gupatch::cli::demo::write_tree(folder.path()).unwrap();
    let workspace = Workspace::open(folder.path(), "from-gup", &[], jobs).unwrap();
    let mut made = rewrite::rewrite(&workspace.arranged(arrange)).unwrap();
    made.report.tree = "tree".to_owned();
    let report = serde_json::to_string_pretty(&made.report).unwrap();
    let files = made.files.into_iter().map(|file| (file.change.path, file.change.after));
    (report, files.collect())
}

#[test]
fn any_order_of_the_files_gives_the_same_bytes() {
    let orders: [fn(&mut Vec<TreePath>); 4] = [
        |files| files.reverse(),
        |files| {
            let half = files.len() / 2;
            files.rotate_left(half);
        },
        |files| files.sort_by_key(|path| path.file_name().to_owned()),
        |files| files.sort_by_key(|path| path.as_str().chars().rev().collect::<String>()),
    ];
    let sorted = answer(|_| {}, 1);
    assert!(!sorted.1.is_empty());
    for (at, order) in orders.into_iter().enumerate() {
        for jobs in [1, 2] {
            assert!(answer(order, jobs) == sorted, "order {at} on {jobs} threads");
        }
    }
}
