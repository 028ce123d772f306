//! What gupatch makes of a real kernel tree, held against pinned figures.
//!
//! Runs where `KERNEL_TREE` names an unpacked tree, and says so where it does not:
//!
//! ```text
//! KERNEL_TREE=~/linux-source-6.1 cargo test --release --test corpus
//! ```
//!
//! Figures are in `linux-<version>.toml`, with the tree they were taken on. A distribution's patch level
//! moves, so they must be met exactly on that very tree only; on any other of the same version the bounds
//! beside them count. Invariants, such as the lexer's round trip, hold everywhere. A file per stage.

mod figures;
mod guard;
mod lexer;
mod parse;
mod recipients;
mod scan;
mod scripts;
mod series;
mod tree;

use std::env;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;

use gupatch::tree::root::KernelTree;
use gupatch::tree::walk::{Walk, walk};

use figures::Figures;

/// The tree at hand, walked once for all checks.
struct Corpus {
    tree: KernelTree,
    walk: Walk,
    figures: Figures,
}

/// The tree that `KERNEL_TREE` names; `None`, said once, where it names none.
fn corpus() -> Option<&'static Corpus> {
    static CORPUS: OnceLock<Option<Corpus>> = OnceLock::new();
    CORPUS.get_or_init(open).as_ref()
}

fn open() -> Option<Corpus> {
    let Some(given) = env::var_os("KERNEL_TREE").map(PathBuf::from) else {
        say("corpus checks skipped: set KERNEL_TREE to an unpacked kernel tree to run them");
        return None;
    };
    let tree = KernelTree::find(&given)
        .unwrap_or_else(|error| panic!("KERNEL_TREE: {error}\n  hint: {}", error.hint()));
    let figures = Figures::load(&tree.version, env::var("KERNEL_PACKAGE").ok().as_deref());
    say(&format!("corpus: Linux {}, {}", tree.version, figures.describe()));
    let walk = walk(&tree.root, &[], 0);
    Some(Corpus { tree, walk, figures })
}

/// Writes past the test harness, which would keep the output of a test that passes to itself.
fn say(line: &str) {
    let mut stderr = std::io::stderr().lock();
    writeln!(stderr, "{line}").expect("standard error is open");
}
