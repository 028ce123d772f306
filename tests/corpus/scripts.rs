//! The kernel's own semantic patches, on the folders where their results were compared with spatch's.
//!
//! `scripts.md` has the comparison. Here it is held that each script runs to its end, that no function was
//! given up on, and how many files change. That any number of threads gives the same bytes is held in the suite.

use std::path::Path;
use std::process::{Command, Output};

use super::corpus;

/// Those that need no scripting in patch mode, below `scripts/coccinelle`.
const SCRIPTS: &[&str] = &[
    "api/alloc/pool_zalloc-simple",
    "api/alloc/zalloc-simple",
    "api/d_find_alias",
    "api/debugfs/debugfs_simple_attr",
    "api/device_attr_show",
    "api/err_cast",
    "api/kfree_mismatch",
    "api/kstrdup",
    "api/memdup",
    "api/platform_get_irq",
    "api/platform_no_drv_owner",
    "api/pm_runtime",
    "api/resource_size",
    "api/simple_open",
    "api/stream_open",
    "api/vma_pages",
    "free/ifnulldev_put",
    "free/ifnullfree",
    "iterators/device_node_continue",
    "iterators/for_each_child",
    "iterators/itnull",
    "locks/call_kern",
    "misc/array_size",
    "misc/badty",
    "misc/boolconv",
    "misc/excluded_middle",
    "misc/irqf_oneshot",
    "misc/minmax",
    "misc/noderef",
    "misc/of_table",
    "misc/returnvar",
    "misc/swap",
    "misc/warn",
    "null/eno",
    "tests/odd_ptr_err",
];

const FOLDERS: &[&str] = &[
    "block",
    "drivers/md",
    "drivers/net/ethernet/intel",
    "drivers/nvme",
    "fs",
    "mm",
    "net/core",
    "sound/pci",
];

fn run(root: &Path, script: &str) -> Output {
    let script = format!("scripts/coccinelle/{script}.cocci");
    let text = std::fs::read_to_string(root.join(&script)).expect("the script is in the tree");
    let options = text.lines().filter_map(|line| line.strip_prefix("// Options:"));
    let headers = options.flat_map(str::split_whitespace).any(|word| word == "--include-headers");
    Command::new(env!("CARGO_BIN_EXE_gupatch"))
        .current_dir(root)
        .args(["run", &script, "-D", "patch"])
        .args(headers.then_some("--include-headers"))
        .args(FOLDERS)
        .output()
        .expect("the program can be run")
}

#[test]
fn the_kernels_scripts_run_to_their_end_and_change_as_many_files() {
    let Some(corpus) = corpus() else { return };
    let root = corpus.tree.root.as_path();
    let (mut files, mut given_up) = (0, 0);
    for &script in SCRIPTS {
        let done = run(root, script);
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(matches!(done.status.code(), Some(0 | 1)), "{script}: {said}");
        let diff = String::from_utf8_lossy(&done.stdout);
        files += diff.lines().filter(|line| line.starts_with("+++ ")).count();
        given_up += said.matches("too many ways").count();
    }
    corpus.figures.check("scripts.files", files as f64);
    corpus.figures.check("scripts.given_up", given_up as f64);
}
