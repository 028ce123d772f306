//! Parse coverage over every .c file of the tree.

use gupatch::driver::pool;
use gupatch::items::TypeNames;
use gupatch::lex::LexedFile;
use gupatch::parse::coverage::{Coverage, coverage};
use gupatch::tree::walk::{is_header, read_into};
use rayon::prelude::*;

use super::{corpus, say};

#[test]
fn nearly_all_of_the_kernel_is_understood() {
    let Some(corpus) = corpus() else { return };
    let types = TypeNames::default();
    let sources: Vec<_> = corpus.walk.files.iter().filter(|p| !is_header(p.as_str())).collect();
    let one = |path: &&gupatch::source::TreePath| {
        let mut bytes = Vec::new();
        read_into(&corpus.tree.root, path, &mut bytes).expect("the walk has just seen it");
        coverage(&LexedFile::new((*path).clone(), bytes), &types)
    };
    let all = pool(0).expect("threads can be started").install(|| {
        sources.par_iter().with_max_len(1).map(one).reduce(Coverage::default, |mut all, one| {
            all.add(one);
            all
        })
    });
    say(&format!(
        "corpus: {} of {} functions, {} of {} declarations, {} of {} calls unaccounted for",
        all.functions.parsed,
        all.functions.total,
        all.declarations.parsed,
        all.declarations.total,
        all.unaccounted,
        all.calls
    ));
    let percent = |part: u64, whole: u64| 100.0 * part as f64 / whole as f64;
    assert!(all.functions.percent() >= 99.97, "functions: {} %", all.functions.percent());
    assert!(all.declarations.percent() >= 99.9, "declarations: {} %", all.declarations.percent());
    assert!(percent(all.unaccounted, all.calls) <= 0.04, "calls: {}", all.unaccounted);
    corpus.figures.check("parse.functions", all.functions.total as f64);
    corpus.figures.check("parse.functions_parsed", all.functions.parsed as f64);
    corpus.figures.check("parse.declarations", all.declarations.total as f64);
    corpus.figures.check("parse.declarations_parsed", all.declarations.parsed as f64);
}
