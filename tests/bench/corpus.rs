//! What the benches read: the miniature tree many times over, or a sample of a real one.

use std::path::{Path, PathBuf};
use std::{env, fs};

use gupatch::source::TreePath;
use gupatch::tree::root::KernelTree;
use gupatch::tree::walk::walk;

/// Copies of the miniature tree in the synthetic corpus: about 7 MB of C.
const COPIES: usize = 200;

/// Of the files of a real tree one in this many is taken.
const SAMPLE: usize = 50;

/// Files to measure on.
pub(crate) struct Corpus {
    /// `minitree`, or the version of the kernel that the sample is from.
    pub(crate) name: String,
    /// The root of the tree.
    pub(crate) root: PathBuf,
    /// The files, below the root.
    pub(crate) files: Vec<TreePath>,
    /// Their bytes, together.
    pub(crate) bytes: u64,
    /// Keeps a tree that was written for the bench.
    _scratch: Option<tempfile::TempDir>,
}

/// The synthetic corpus, and a sample of the tree at `KERNEL_TREE` where that is set.
pub(crate) fn corpora() -> Vec<Corpus> {
    let sample = env::var_os("KERNEL_TREE").map(|tree| sample(Path::new(&tree)));
    [synthetic()].into_iter().chain(sample).collect()
}

fn synthetic() -> Corpus {
    let minitree = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/minitree");
    let originals = walk(&minitree, &[], 1).files;
    let scratch = tempfile::tempdir().expect("the system has a place for temporary files");
    for copy in 0..COPIES {
        for path in &originals {
            let target = scratch.path().join(copy.to_string()).join(path.as_str());
            let folder = target.parent().expect("the target lies below the scratch folder");
            fs::create_dir_all(folder).expect("the scratch folder is ours");
            fs::copy(minitree.join(path.as_str()), &target).expect("the scratch folder is ours");
        }
    }
    let files = walk(scratch.path(), &[], 0).files;
    Corpus::new("minitree".to_owned(), scratch.path().to_owned(), files, Some(scratch))
}

fn sample(tree: &Path) -> Corpus {
    let tree = KernelTree::find(tree).expect("KERNEL_TREE names a kernel tree");
    let files = walk(&tree.root, &[], 0).files.into_iter().step_by(SAMPLE).collect();
    Corpus::new(format!("linux-{}", tree.version), tree.root, files, None)
}

impl Corpus {
    fn new(
        name: String,
        root: PathBuf,
        files: Vec<TreePath>,
        scratch: Option<tempfile::TempDir>,
    ) -> Corpus {
        let size = |path: &TreePath| fs::metadata(root.join(path.as_str())).map_or(0, |d| d.len());
        let bytes = files.iter().map(size).sum();
        Corpus { name, root, files, bytes, _scratch: scratch }
    }
}
