//! Rules and files that nobody wrote: the fixtures with tokens dropped, doubled, swapped and traded.
//!
//! Nothing may panic and nothing may hang: a broken rule is refused with a diagnostic, a file that does not
//! parse is left alone. `GUPATCH_FUZZ_SECONDS` says how long; without it a moment is enough to notice what
//! is badly broken. The seed is printed with what fails.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use gupatch::edit::{Settings, rewrite};
use gupatch::lex::{LexedFile, TokenKind, lex};
use gupatch::matcher::NoFacts;
use gupatch::smpl;
use gupatch::source::TreePath;

/// Marsaglia's xorshift: small, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }
}

fn pairs() -> Vec<(Vec<u8>, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/rewrite");
    let mut rules: Vec<PathBuf> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "cocci"))
        .collect();
    rules.sort();
    let read = |path: &Path| std::fs::read(path).unwrap();
    rules.iter().map(|rule| (read(rule), read(&rule.with_extension("c")))).collect()
}

/// The pieces of a text: tokens, and the white space between them.
fn pieces(text: &[u8]) -> Vec<&[u8]> {
    let tokens = lex(text);
    tokens.all().iter().map(|id| &text[tokens.span(id).range()]).collect()
}

/// `text` with a few of its tokens dropped, doubled, swapped, or replaced by one of `other`.
fn mutated(text: &[u8], other: &[u8], random: &mut Random) -> Vec<u8> {
    let mut parts = pieces(text);
    let others = pieces(other);
    for _ in 0..=random.below(4) {
        if parts.is_empty() {
            break;
        }
        let (at, to) = (random.below(parts.len()), random.below(parts.len()));
        match random.below(5) {
            0 => {
                parts.remove(at);
            }
            1 => parts.insert(at, parts[at]),
            2 => parts.swap(at, to),
            3 if !others.is_empty() => parts[at] = others[random.below(others.len())],
            _ => parts.truncate(parts.len() - random.below(parts.len() / 4 + 1)),
        }
    }
    parts.concat()
}

#[test]
fn mutated_rules_and_files_do_not_panic() {
    let seconds = std::env::var("GUPATCH_FUZZ_SECONDS").ok().and_then(|text| text.parse().ok());
    let limit = Duration::from_secs(seconds.unwrap_or(1));
    let pairs = pairs();
    let start = Instant::now();
    let mut seed = 1u64;
    let mut parsed = 0u64;
    while start.elapsed() < limit {
        seed += 1;
        let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let (rule, file) = &pairs[random.below(pairs.len())];
        let (other_rule, other_file) = &pairs[random.below(pairs.len())];
        let rule = mutated(rule, other_rule, &mut random);
        let file = mutated(file, other_file, &mut random);
        let began = Instant::now();
        let done = std::panic::catch_unwind(|| {
            let Ok((patch, _)) = smpl::parse(&rule) else { return 0 };
            let file = LexedFile::new(TreePath::new("x.c").unwrap(), file.clone());
            rewrite(
                &patch,
                &file,
                &Settings { holds_clues: true, ..Settings::default() },
                &NoFacts,
            );
            1
        });
        let say = || {
            let (rule, file) = (String::from_utf8_lossy(&rule), String::from_utf8_lossy(&file));
            format!("seed {seed}\n{rule}\n====\n{file}")
        };
        parsed += done.unwrap_or_else(|_| panic!("{}", say()));
        assert!(began.elapsed() < Duration::from_secs(10), "too slow: {}", say());
    }
    assert!(parsed > 0, "some mutated rules are still rules");
}

#[test]
fn every_token_is_a_piece() {
    let text = b"@@\n@@\n- a(b);\n";
    assert_eq!(pieces(text).concat(), text);
    assert!(lex(text).all().iter().any(|id| lex(text).kind(id) == TokenKind::At));
}
