//! The lexer on every source of the tree: all token texts joined give back the file.

use gupatch::lex::lex;
use gupatch::tree::walk::read_into;
use rayon::prelude::*;

use super::{corpus, say};

#[test]
fn token_texts_joined_are_the_file() {
    let Some(corpus) = corpus() else { return };
    let sizes: Vec<(u64, u64)> = corpus
        .walk
        .files
        .par_iter()
        .map_init(
            || (Vec::new(), Vec::new()),
            |(bytes, joined), path| {
                read_into(&corpus.tree.root, path, bytes).expect("the walk has just seen it");
                let tokens = lex(bytes);
                joined.clear();
                for id in tokens.all().iter() {
                    joined.extend_from_slice(&bytes[tokens.span(id).range()]);
                }
                assert!(joined == bytes, "{path}: the tokens do not join to the file");
                (bytes.len() as u64, tokens.len() as u64)
            },
        )
        .collect();
    let (bytes, tokens) = sizes.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    say(&format!("corpus: {} files, {bytes} bytes, {tokens} tokens lexed", sizes.len()));
    corpus.figures.check("lex.bytes", bytes as f64);
    corpus.figures.check("lex.tokens", tokens as f64);
}
