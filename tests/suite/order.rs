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

/// A tree where a member is stored to in so many files that a search through them is worth more than one thread: in all but
/// one from GUP.
fn tree_of_many_stores(last: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    gupatch::cli::demo::write_tree(folder.path()).unwrap();
    let drivers = folder.path().join("drivers/many");
    std::fs::create_dir_all(&drivers).unwrap();
    let header = "struct many {\n\tstruct page *held;\n\tstruct list_head list;\n};\n";
    std::fs::write(folder.path().join("include/linux/many.h"), header).unwrap();
    for number in 0..150 {
        let page = match number {
            149 => last.to_owned(),
            _ => format!("pin_user_pages_fast(addr + {number}, 1, 0, &m->held)"),
        };
        let text = format!(
            "#include <linux/many.h>\n\nvoid store_{number}(struct many *m, unsigned long addr)\n{{\n\t{page};\n\t\
             list_add(&m->list, &all_{number});\n}}\n"
        );
        std::fs::write(drivers.join(format!("store_{number:03}.c")), text).unwrap();
    }
    let adder = "#include <linux/many.h>\n\nvoid add(struct scatterlist *sg)\n{\n\tstruct many *m;\n\n\t\
                 list_for_each_entry(m, &all, list)\n\t\tsg_set_page(sg, m->held, PAGE_SIZE, 0);\n}\n";
    std::fs::write(drivers.join("adder.c"), adder).unwrap();
    folder
}

#[test]
fn a_search_through_many_files_finds_the_same_on_any_number_of_threads() {
    let class = |last: &str, jobs: usize| {
        let folder = tree_of_many_stores(last);
        let workspace = Workspace::open(folder.path(), "from-gup", &[], jobs).unwrap();
        let made = rewrite::rewrite(&workspace).unwrap();
        let site = made.report.sites.into_iter().find(|site| site.function == "add").unwrap();
        serde_json::to_value(site).unwrap()
    };
    let stored = "m->held = alloc_page(GFP_KERNEL)";
    let one = class(stored, 1);
    assert_eq!(one["class"], "mixed");
    assert_eq!(one["sources"].as_array().unwrap().len(), 149);
    for jobs in [2, 3, 8] {
        assert_eq!(class(stored, jobs), one, "{jobs} threads");
    }
    let other = class("pin_user_pages_fast(addr, 1, 0, &m->held)", 3);
    assert_eq!(other["class"], "gup");
}
