//! Who gets a patch: `scripts/get_maintainer.pl` of the tree is asked about the same files.
//!
//! The script reads all of MAINTAINERS for each question, so that a thousand of them take minutes: some are
//! asked, and `MAINTAINER_FILES=1000` asks more.

use std::collections::BTreeSet;
use std::env;
use std::hash::BuildHasher as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use gupatch::series::maintainers::{Maintainers, Recipient, Recipients};
use regex::Regex;
use rustc_hash::FxBuildHasher;

use super::{corpus, say};

/// How often the script is asked: sections of the same depth come in the order of a Perl hash, which is
/// another one in each run, and decides which of two addresses of a person, or of two roles, is kept.
const RUNS: usize = 8;

#[test]
fn the_script_names_the_same_people_in_the_same_roles() {
    let Some(corpus) = corpus() else { return };
    let root = &corpus.tree.root;
    let count = env::var("MAINTAINER_FILES").map_or(40, |count| count.parse().expect("a number"));
    let (all, diagnostics) = read(root);
    assert!(diagnostics.iter().all(|message| message.starts_with("`L:`")), "{diagnostics:?}");
    let is_folder = |path: &str| root.join(path).is_dir();
    let paths = sample(root, count);
    let texts: Vec<Vec<u8>> =
        paths.iter().map(|path| std::fs::read(root.join(path)).expect("it was listed")).collect();
    let started = Instant::now();
    let ours: Vec<Recipients> = paths
        .iter()
        .zip(&texts)
        .map(|(path, text)| all.recipients_of_file(path, text, &is_folder))
        .collect();
    let seconds = started.elapsed().as_secs_f64();
    say(&format!("corpus: recipients of {} files in {seconds:.3} s", paths.len()));
    let differs =
        |path: &str, ours: &Recipients| !agrees(ours, &["-f", path], root, Path::new(path));
    let asked: Vec<_> = paths.iter().zip(&ours).collect();
    let half = asked.len().div_ceil(2);
    let wrong: usize = std::thread::scope(|scope| {
        let differs = &differs;
        let parts: Vec<_> = asked
            .chunks(half)
            .map(|part| {
                scope.spawn(move || part.iter().filter(|(path, ours)| differs(path, ours)).count())
            })
            .collect();
        parts.into_iter().map(|part| part.join().expect("it only counts")).sum()
    });
    say(&format!("corpus: {wrong} of {} files have other recipients", paths.len()));
    assert_eq!(wrong, 0, "of {}", paths.len());
}

/// MAINTAINERS of a tree, and what is said about it.
pub(crate) fn read(root: &Path) -> (Maintainers, Vec<String>) {
    let text = std::fs::read(root.join("MAINTAINERS")).expect("each kernel has it");
    let mailmap = std::fs::read(root.join(".mailmap")).unwrap_or_default();
    let (all, diagnostics) = Maintainers::parse(&text, &mailmap);
    (all, diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect())
}

/// Files of the tree in an order that has nothing to do with their place, the same in each run.
fn sample(root: &Path, count: usize) -> Vec<String> {
    let paths = ignore::WalkBuilder::new(root)
        .standard_filters(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_some_and(|kind| kind.is_file()))
        .filter_map(|entry| Some(entry.path().strip_prefix(root).ok()?.to_str()?.to_owned()));
    let mut shuffled: Vec<(u64, String)> =
        paths.map(|path| (FxBuildHasher.hash_one(&path).rotate_left(32), path)).collect();
    shuffled.sort_unstable();
    shuffled.into_iter().take(count).map(|(_, path)| path).collect()
}

/// Whether the script, asked with `words`, names the same people, and in one of a few runs with the same
/// roles. `what` is for the message.
pub(crate) fn agrees(ours: &Recipients, words: &[&str], root: &Path, what: &Path) -> bool {
    let misread = misread_lists(root);
    let as_misread = |recipient: &Recipient| match misread.contains(&recipient.mailbox.address) {
        true => format!(" ({})", recipient.role_text),
        false => line(recipient),
    };
    let mut ours: Vec<String> = ours.0.iter().map(as_misread).collect();
    ours.sort_unstable();
    let mut theirs: Vec<String> = Vec::new();
    for _ in 0..RUNS {
        let output = Command::new("perl")
            .current_dir(root)
            .args(["scripts/get_maintainer.pl", "--nogit", "--nogit-fallback"])
            .args(["--roles", "--norolestats"])
            .args(words)
            .output()
            .expect("perl is installed");
        let named = String::from_utf8_lossy(&output.stdout).into_owned();
        theirs = named.lines().filter_map(without_addresses_of_the_text).collect();
        theirs.sort_unstable();
        if ours == theirs {
            return true;
        }
    }
    say(&format!("{}\n  ours {ours:#?}\n  theirs {theirs:#?}", what.display()));
    false
}

/// Of `L: Some Team <a@b>` the script takes `Some` for the address, and prints none.
fn misread_lists(root: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root.join("MAINTAINERS")).expect("each kernel has it");
    let list = Regex::new(r"(?m)^L:\s+[^@\s]+\s.*<(\S+@\S+)>$").expect("it is one");
    list.captures_iter(&text).map(|found| found[1].to_owned()).collect()
}

/// Of a `.yaml` file the script also names whoever has an address in its text, which ours does not: a rule
/// changes none.
fn without_addresses_of_the_text(line: &str) -> Option<String> {
    let kept = line.replace(",in file)", ")");
    (!kept.ends_with(" (in file)")).then_some(kept)
}

/// As the script prints it.
fn line(recipient: &Recipient) -> String {
    let (mailbox, role) = (&recipient.mailbox, &recipient.role_text);
    let quoted = !mailbox.name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_ -".contains(&b));
    match mailbox.name.as_str() {
        "" => format!("{} ({role})", mailbox.address),
        name if quoted => {
            format!("\"{}\" <{}> ({role})", name.replace('"', "\\\""), mailbox.address)
        }
        name => format!("{name} <{}> ({role})", mailbox.address),
    }
}
