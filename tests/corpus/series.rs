//! The series of the default campaign in a git repository of the whole tree, with git and the kernel's own
//! scripts as judges.
//!
//! `KERNEL_REPOSITORY` names the repository, whose HEAD is the tree of `KERNEL_TREE`. It gets a branch and
//! loses it again; nothing else in it changes, and that is a check too.

use std::collections::{BTreeMap, BTreeSet};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Instant;

use regex::Regex;

use super::recipients::{agrees, read};
use super::{corpus, say};

const NAME: &str = "-c user.name=T -c user.email=t@example.org";

/// A series on disk.
struct Made {
    root: PathBuf,
    branch: String,
    out: PathBuf,
    /// The mails of the patches, in order.
    mails: Vec<PathBuf>,
    /// For clones and for answers.
    scratch: tempfile::TempDir,
}

impl Drop for Made {
    fn drop(&mut self) {
        let _ = output(&self.root, "git", &["branch", "-q", "-D", &self.branch]);
    }
}

#[test]
fn git_and_the_scripts_of_the_kernel_take_the_series_of_the_whole_tree() {
    let (Some(corpus), Some(root)) = (corpus(), env::var_os("KERNEL_REPOSITORY")) else {
        return say("corpus: no KERNEL_REPOSITORY, so no series");
    };
    let made = make(&PathBuf::from(root));
    corpus.figures.check("series.patches", made.mails.len() as f64);
    git_am_makes_the_commits_of_the_branch(&made);
    git_format_patch_writes_the_same_mails(&made);
    other_readers_of_mail_agree(&made);
    let checks = checkpatch_finds_nothing_new(&made);
    corpus.figures.check("series.checks", f64::from(checks));
    the_right_people_are_written_to(&made);
    verified_it_is_all_from_the_rules(&made);
}

fn output(folder: &Path, program: &str, words: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.current_dir(folder).args(words).env("GIT_CONFIG_GLOBAL", "/dev/null");
    command.output().unwrap_or_else(|error| panic!("{program}: {error}"))
}

#[track_caller]
fn git(folder: &Path, words: &[&str]) -> String {
    let all: Vec<&str> = NAME.split(' ').chain(words.iter().copied()).collect();
    let out = output(folder, "git", &all);
    assert!(out.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8_lossy(&out.stdout).trim_end().to_owned()
}

fn gupatch(folder: &Path, words: &[&str]) -> Output {
    output(folder, env!("CARGO_BIN_EXE_gupatch"), words)
}

/// Makes the series. The repository and its working tree are as they were, but for the branch.
fn make(root: &Path) -> Made {
    let scratch = tempfile::tempdir().expect("there is a place for temporary files");
    let out = scratch.path().join("out");
    let branch = format!("gupatch/corpus-{}", std::process::id());
    let state = || {
        let index = git(root, &["ls-files", "--stage"]);
        (git(root, &["status", "--porcelain"]), index, git(root, &["rev-parse", "HEAD"]))
    };
    let before = state();
    let started = Instant::now();
    let folder = out.to_str().expect("temporary names are ASCII");
    let words = ["series", "-s", "--stable-message-ids", "--max-patches", "0", "-o", folder];
    let done = gupatch(root, &[&words[..], &["--branch", &branch]].concat());
    say(&format!("corpus: series in {:.1} s", started.elapsed().as_secs_f64()));
    assert_eq!(done.status.code(), Some(1), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(before == state(), "series leaves index, HEAD and working tree alone");
    let entries = fs::read_dir(&out).expect("the mails are there");
    let mut mails: Vec<PathBuf> = entries.map(|entry| entry.expect("it is there").path()).collect();
    mails.sort();
    mails.remove(0);
    Made { root: root.to_owned(), branch, out, mails, scratch }
}

/// Patch by patch, in a clone that holds the folders that change.
fn git_am_makes_the_commits_of_the_branch(made: &Made) {
    let range = format!("HEAD..{}", made.branch);
    let commits = git(&made.root, &["rev-list", "--reverse", &range]);
    let names = git(&made.root, &["diff", "--name-only", "HEAD", &made.branch]);
    let folders: BTreeSet<&str> =
        names.lines().filter_map(|name| Some(name.rsplit_once('/')?.0)).collect();
    let clone = made.scratch.path().join("am");
    let (from, to) = (made.root.to_str().expect("UTF-8"), clone.to_str().expect("UTF-8"));
    git(&made.root, &["clone", "-q", "-s", "-n", from, to]);
    let set: Vec<&str> = ["sparse-checkout", "set"].into_iter().chain(folders).collect();
    git(&clone, &set);
    git(&clone, &["checkout", "-q", "--detach", &git(&made.root, &["rev-parse", "HEAD"])]);
    assert_eq!(commits.lines().count(), made.mails.len());
    // Tree, author and message.
    let show = |folder: &Path, commit: &str| {
        git(folder, &["log", "-1", "--format=%T %an <%ae>%n%B", commit])
    };
    for (mail, commit) in made.mails.iter().zip(commits.lines()) {
        git(&clone, &["am", "-q", mail.to_str().expect("UTF-8")]);
        assert_eq!(show(&clone, "HEAD"), show(&made.root, commit), "{}", mail.display());
    }
}

/// A mail without the lines in which ours may differ from git's: whom it goes to, what it is called in a
/// thread, the evidence between `---` and the diffstat, and the program's name at the end.
fn without_ours(mail: &[u8]) -> String {
    let own = ["Message-ID:", "In-Reply-To:", "References:", "To:", "Cc:"];
    let text = String::from_utf8_lossy(mail);
    let (text, _) = text.rsplit_once("\n-- \n").expect("a mail has a signature");
    let (header, body) = text.split_once("\n\n").expect("a mail has a header");
    let (message, rest) = body.split_once("\n---\n").expect("a patch has a diff");
    let diffstat = Regex::new(r"(?m)^ \S+ +\| ").expect("it is one");
    let stat = diffstat.find(rest).expect("a patch has a diffstat").start();
    let mut kept = Vec::new();
    let mut inside = false;
    for line in header.lines() {
        let goes_on = line.starts_with([' ', '\t']);
        inside = own.iter().any(|field| line.starts_with(field)) || inside && goes_on;
        if !inside {
            kept.push(line);
        }
    }
    [&kept.join("\n"), message, &rest[stat..]].join("\n\n")
}

/// Here is one commit only, so that git would shorten ids more than in a repository with the kernel's history.
fn git_format_patch_writes_the_same_mails(made: &Made) {
    let folder = made.scratch.path().join("theirs");
    let out = folder.to_str().expect("UTF-8");
    let range = format!("HEAD..{}", made.branch);
    let words = ["format-patch", "-q", "--abbrev=12", "--thread", "-o", out, &range];
    git(&made.root, &words);
    for mail in &made.mails {
        let name = mail.file_name().expect("a file has a name");
        let ours = fs::read(mail).expect("it was listed");
        let theirs = fs::read(folder.join(name)).expect("git names the file the same");
        assert_eq!(without_ours(&ours), without_ours(&theirs), "{}", mail.display());
    }
    assert_eq!(fs::read_dir(&folder).expect("made").count(), made.mails.len());
}

/// Reads each mail with Python and holds it against the commits, which come on standard input.
const READER: &str = "\
import email, email.policy, pathlib, sys
mails = [email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
         for path in sorted(pathlib.Path(sys.argv[1]).iterdir())]
cover, count = mails[0]['Message-ID'], len(mails) - 1
commits = sys.stdin.buffer.read().decode().split('\\x01\\n')[:-1]
assert len(commits) == count, len(commits)
for at, mail in enumerate(mails):
    assert not mail.defects, mail.defects
    prefix = f'[PATCH {at:0{len(str(count))}}/{count}] '
    assert str(mail['Subject']).startswith(prefix), mail['Subject']
    if at == 0:
        assert mail['In-Reply-To'] is None
        continue
    assert mail['In-Reply-To'] == cover and mail['References'] == cover
    subject, name, address, body = commits[at - 1].split('\\0')
    assert str(mail['Subject']) == prefix + subject, (mail['Subject'], subject)
    sender = mail['From'].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (name, address), sender
    message = mail.get_payload(decode=True).decode().split('\\n---\\n')[0]
    assert message.strip() == body.strip(), message
    assert len(mail['To'].addresses) and len(mail['Cc'].addresses)
assert len({mail['Message-ID'] for mail in mails}) == len(mails)
";

fn other_readers_of_mail_agree(made: &Made) {
    let range = format!("HEAD..{}", made.branch);
    let log = ["log", "--reverse", "--format=%s%x00%an%x00%ae%x00%b%x01", &range];
    let commits = made.scratch.path().join("commits");
    fs::write(&commits, git(&made.root, &log) + "\n").expect("writable");
    let mut python = Command::new("python3");
    python.args(["-c", READER]).arg(&made.out);
    let read = python.stdin(fs::File::open(&commits).expect("written")).output().expect("python3");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    let named = Regex::new(r"(?m)^Subject: (?:\[.*?\] )?(.*)$").expect("it is one");
    let subjects = git(&made.root, &["log", "--reverse", "--format=%s", &range]);
    for (mail, subject) in made.mails.iter().zip(subjects.lines()) {
        let mut mailinfo = Command::new("git");
        mailinfo.current_dir(made.scratch.path()).args(["mailinfo", "-b", "msg", "patch"]);
        let input = fs::File::open(mail).expect("it was listed");
        let read = mailinfo.stdin(input).output().expect("git");
        let text = String::from_utf8_lossy(&read.stdout);
        let said = named.captures(&text).map(|found| found[1].to_owned());
        assert_eq!(said.as_deref(), Some(subject), "{text}");
    }
    b4_takes_the_thread(made);
}

/// Versions of b4 that know no `--offline-mode` break on a folded subject, git's own too.
fn b4_takes_the_thread(made: &Made) {
    let program = env::var("B4").unwrap_or_else(|_| "b4".to_owned());
    let mbox = made.scratch.path().join("mbox");
    let cover = made.out.join("0000-cover-letter.patch");
    let texts =
        std::iter::once(&cover).chain(&made.mails).map(|mail| fs::read(mail).expect("made"));
    fs::write(&mbox, texts.collect::<Vec<_>>().concat()).expect("writable");
    let mut b4 = Command::new(&program);
    b4.args(["--offline-mode", "am", "-o", "b4", "-m"]).arg(&mbox);
    b4.current_dir(made.scratch.path()).env("XDG_DATA_HOME", made.scratch.path());
    let Ok(done) = b4.env("XDG_CACHE_HOME", made.scratch.path()).output() else {
        return say("corpus: no b4");
    };
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    if said.contains("unrecognized arguments: --offline-mode") {
        return say("corpus: b4 is too old, so it is not asked");
    }
    assert!(said.contains(&format!("Total patches: {}\n", made.mails.len())), "{said}");
    assert!(!said.contains("ERROR") && !said.contains("missing"), "{said}");
    say("corpus: b4 takes the thread");
}

/// What `scripts/checkpatch.pl --strict` says, counted by type.
fn complaints(root: &Path, words: &[&str]) -> BTreeMap<String, u32> {
    let shown = ["scripts/checkpatch.pl", "--strict", "--terse", "--show-types", "--no-summary"];
    let out = output(root, "perl", &[&shown[..], words].concat());
    let mut found = BTreeMap::new();
    let kind = Regex::new(r"(?m)^.*?:\d+: ((?:ERROR|WARNING|CHECK):\w+):").expect("it is one");
    for said in kind.captures_iter(&String::from_utf8_lossy(&out.stdout)) {
        *found.entry(said[1].to_owned()).or_insert(0) += 1;
    }
    found
}

/// No error and no warning about any mail; a check only where the file has as many without the change.
fn checkpatch_finds_nothing_new(made: &Made) -> u32 {
    let mut checks = 0;
    for mail in made.mails.iter().chain([&made.out.join("0000-cover-letter.patch")]) {
        let found = complaints(&made.root, &[mail.to_str().expect("UTF-8")]);
        let bad: Vec<_> = found.iter().filter(|(kind, _)| !kind.starts_with("CHECK:")).collect();
        assert!(bad.is_empty(), "{}: {bad:?}", mail.display());
        checks += found.values().sum::<u32>();
    }
    for name in git(&made.root, &["diff", "--name-only", "HEAD", &made.branch]).lines() {
        let of = |revision: &str| {
            let show = ["show", &format!("{revision}:{name}")];
            let text = output(&made.root, "git", &show).stdout;
            let (_, file) = name.rsplit_once('/').unwrap_or(("", name));
            let copy = made.scratch.path().join(file);
            fs::write(&copy, text).expect("writable");
            complaints(&made.root, &["-f", copy.to_str().expect("UTF-8")])
        };
        let before = of("HEAD");
        for (kind, after) in of(&made.branch) {
            let known = before.get(&kind).copied().unwrap_or_default();
            assert!(after <= known, "{name}: {kind} {after} times, {known} times before");
        }
    }
    checks
}

/// The mail as it was before it got its `To:` and `Cc:`, which the script would search for keywords.
fn without_addressees(mail: &str) -> (String, BTreeSet<String>) {
    let (header, body) = mail.split_once("\n\n").expect("a mail has a header");
    let address = Regex::new(r#"[^\s<>,"]+@[^\s<>,"]+"#).expect("it is one");
    let mut kept = String::new();
    let mut named = BTreeSet::new();
    let mut inside = false;
    for line in header.lines() {
        let goes_on = line.starts_with([' ', '\t']);
        inside = line.starts_with("To:") || line.starts_with("Cc:") || inside && goes_on;
        if inside {
            named.extend(address.find_iter(line).map(|found| found.as_str().to_lowercase()));
        } else {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    (format!("{kept}\n{body}"), named)
}

fn the_right_people_are_written_to(made: &Made) {
    let (all, _) = read(&made.root);
    let is_folder = |path: &str| made.root.join(path).is_dir();
    let mut union = BTreeSet::new();
    let addressed = |mail: &Path| {
        let text = fs::read(mail).expect("it was listed");
        without_addressees(&String::from_utf8_lossy(&text))
    };
    for mail in &made.mails {
        let (text, named) = addressed(mail);
        let ours = all.recipients_of_patch(text.as_bytes(), &is_folder);
        let addresses: BTreeSet<String> =
            ours.0.iter().map(|recipient| recipient.mailbox.address.to_lowercase()).collect();
        assert_eq!(named, addresses, "{}", mail.display());
        let bare = made.scratch.path().join("bare.patch");
        fs::write(&bare, text).expect("writable");
        let word = bare.to_str().expect("UTF-8");
        assert!(agrees(&ours, &[word], &made.root, mail), "{}", mail.display());
        union.extend(named);
    }
    let (_, cover) = addressed(&made.out.join("0000-cover-letter.patch"));
    assert_eq!(cover, union, "the cover letter goes to all of them");
}

fn verified_it_is_all_from_the_rules(made: &Made) {
    let out = made.out.to_str().expect("UTF-8");
    let done = gupatch(&made.root, &["verify", out]);
    let text = String::from_utf8_lossy(&done.stdout);
    say(&format!("corpus: {}", text.lines().last().unwrap_or_default()));
    assert_eq!(done.status.code(), Some(0), "{text}");
}
