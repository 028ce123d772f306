//! `gupatch series` and `gupatch verify` as users run them: repositories of all kinds, git and Python as
//! judges of the mails, and what is left behind when something goes wrong.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use assert_cmd::cargo::CommandCargoExt;

use crate::fixture::{git, gupatch, make_repository, tree};

const BRANCH: &str = "gupatch/from-gup";

fn stderr(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

fn stdout(out: &Output) -> String {
    String::from_utf8_lossy(&out.stdout).into_owned()
}

/// Runs it, and the status must be `status`.
#[track_caller]
fn run(folder: &Path, words: &[&str], status: i32) -> Output {
    let out = gupatch(folder, words);
    assert_eq!(out.status.code(), Some(status), "{words:?}: {}", stderr(&out));
    out
}

/// The trees of the branch's commits, the first one first.
fn trees(repository: &Path, branch: &str, base: &str) -> Vec<String> {
    let range = format!("{base}..{branch}");
    let trees = git(repository, &["log", "--reverse", "--format=%T", &range]);
    trees.lines().map(str::to_owned).collect()
}

/// A repository with its series, and the trees of it.
fn with_series(words: &[&str]) -> (tempfile::TempDir, PathBuf, Vec<String>) {
    let folder = tree();
    let linux = make_repository(folder.path());
    run(folder.path(), &[&["series", "-o", "../out"], words].concat(), 1);
    let made = trees(&linux, BRANCH, "main");
    assert!(made.len() > 3, "{made:?}");
    (folder, linux, made)
}

#[test]
fn a_large_series_is_cut_into_postings_that_name_those_before() {
    let (folder, linux, made) = with_series(&["--max-patches", "3", "-s"]);
    let parts = made.len().div_ceil(3);
    assert!(parts > 1);
    git(&linux, &["checkout", "-q", "-b", "am", "main"]);
    let mut known = Vec::new();
    let mut done = 0;
    for part in 1..=parts {
        let dir = folder.path().join(format!("out/part-{part}"));
        let mut names: Vec<PathBuf> =
            fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.sort();
        let cover = fs::read_to_string(&names[0]).unwrap();
        assert!(cover.contains(&format!("part {part} of {parts}")), "{cover}");
        let named: Vec<&str> =
            cover.lines().filter_map(|line| line.strip_prefix("prerequisite-patch-id: ")).collect();
        assert_eq!(named, known);
        assert!(
            cover.contains(&format!("\nbase-commit: {}\n", git(&linux, &["rev-parse", "main"])))
        );
        for name in &names[1..] {
            git(&linux, &["am", "-q", name.to_str().unwrap()]);
            assert_eq!(git(&linux, &["rev-parse", "HEAD^{tree}"]), made[done]);
            done += 1;
            let script = "git diff-tree -p HEAD | git patch-id --stable";
            let id = Command::new("sh").current_dir(&linux).args(["-c", script]).output().unwrap();
            known.push(stdout(&id).split(' ').next().unwrap().to_owned());
        }
    }
    assert_eq!(done, made.len());
    run(folder.path(), &["verify", "../out"], 0);
}

#[test]
fn one_mbox_has_the_whole_series_with_what_the_user_adds() {
    let folder = tree();
    let linux = make_repository(folder.path());
    fs::write(folder.path().join("changes"), "- Renamed a function, as A asked.\n").unwrap();
    let words = "series --stdout -v 2 --rfc --subject-prefix PATCH_net --in-reply-to a@b -s --no-cc \
                 --to x@example.org --changes ../changes --stable-message-ids";
    let mut words: Vec<&str> = words.split(' ').collect();
    words.extend([
        "--trailer",
        "Suggested-by: C <c@example.org>",
        "--trailer",
        "Link: https://x.org/1",
    ]);
    let out = run(folder.path(), &words, 1);
    let text = stdout(&out);
    assert!(text.contains("\nSubject: [RFC PATCH_net v2 0"), "{text}");
    assert!(text.contains("\nIn-Reply-To: <a@b>\n"));
    assert!(text.contains("\nTo: x@example.org\n\n"));
    assert!(text.contains("\nChanges in v2\n=============\n\n- Renamed a function, as A asked.\n"));
    let trailers = "\n\nSuggested-by: C <c@example.org>\nSigned-off-by: T <t@example.org>\n\
                    Link: https://x.org/1\n---\n";
    let branch = format!("{BRANCH}-v2");
    let made = trees(&linux, &branch, "main");
    assert_eq!(text.matches(trailers).count(), made.len());
    let mbox = folder.path().join("all.mbox");
    fs::write(&mbox, &out.stdout).unwrap();
    git(&linux, &["checkout", "-q", "-b", "am", "main"]);
    git(&linux, &["am", "-q", "--empty=drop", mbox.to_str().unwrap()]);
    assert_eq!(trees(&linux, "am", "main"), made);
    run(folder.path(), &["verify", "../all.mbox"], 0);
    git(&linux, &["checkout", "-q", "main"]);
    git(&linux, &["branch", "-q", "-D", &branch]);
    let again = run(folder.path(), &words, 1).stdout;
    let without_dates = |bytes: &[u8]| {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let kept = |line: &&str| !line.starts_with("Date: ") && !line.starts_with("From ");
        text.lines().filter(kept).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(without_dates(&again), without_dates(&out.stdout), "the same again");
}

#[test]
fn a_dirty_tree_gives_the_series_of_its_head() {
    let (_folder, _, clean) = with_series(&[]);
    let folder = tree();
    let linux = make_repository(folder.path());
    let converted = git(&linux, &["grep", "-l", "pin_user_pages_fast", "--", "*.c"]);
    let path = linux.join(converted.lines().next().unwrap());
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("/* edited */\n{text}")).unwrap();
    fs::write(linux.join("fs/untracked.c"), &text).unwrap();
    let status = git(&linux, &["status", "--porcelain"]);
    let out = run(folder.path(), &["series", "-o", "../out"], 1);
    assert!(
        stderr(&out).contains("2 sources in the working tree differ from HEAD"),
        "{}",
        stderr(&out)
    );
    assert_eq!(trees(&linux, BRANCH, "main"), clean);
    assert_eq!(git(&linux, &["status", "--porcelain"]), status);
}

#[test]
fn bare_sparse_detached_shallow_and_converted_repositories_give_the_same() {
    let (folder, linux, made) = with_series(&[]);
    git(&linux, &["branch", "-q", "-D", BRANCH]);
    let url = format!("file://{}", linux.display());
    let clone = |name: &str, words: &[&str]| {
        let place = folder.path().join(name);
        git(folder.path(), &[&["clone", "-q"], words, &[&url, place.to_str().unwrap()]].concat());
        git(&place, &["config", "user.name", "T"]);
        git(&place, &["config", "user.email", "t@example.org"]);
        place
    };
    let bare = clone("bare.git", &["--bare"]);
    let sparse = clone("sparse", &[]);
    git(&sparse, &["sparse-checkout", "set", "block"]);
    assert!(!sparse.join("fs").exists());
    let shallow = clone("shallow", &["--depth", "1"]);
    let detached = clone("detached", &[]);
    git(&detached, &["checkout", "-q", "--detach"]);
    let crlf = clone("crlf", &["-c", "core.autocrlf=true"]);
    assert!(fs::read(crlf.join("block/bio.c")).unwrap().windows(2).any(|pair| pair == b"\r\n"));
    let attributes = clone("attributes", &[]);
    fs::write(attributes.join(".git/info/attributes"), "").unwrap();
    // Indexes that libgit2 does not read.
    let sparse_index = clone("sparse-index", &[]);
    git(&sparse_index, &["sparse-checkout", "set", "--cone", "--sparse-index", "block"]);
    assert!(git(&sparse_index, &["ls-files", "--sparse"]).lines().any(|path| path == "fs/"));
    let split_index = clone("split-index", &[]);
    git(&split_index, &["update-index", "--split-index"]);
    fs::write(split_index.join("fs/untracked.c"), "").unwrap();
    // Nothing in the working tree tells that it is a kernel.
    let no_root = clone("no-root", &[]);
    git(&no_root, &["sparse-checkout", "set", "--no-cone", "/block/"]);
    assert!(!no_root.join("Makefile").exists());
    let worktree = folder.path().join("worktree");
    git(&linux, &["worktree", "add", "-q", "--detach", worktree.to_str().unwrap()]);
    let (checkouts, indexes) =
        ([shallow, detached, worktree, no_root], [sparse_index, split_index]);
    for place in [bare, sparse, crlf, attributes].into_iter().chain(checkouts).chain(indexes) {
        let name = place.file_name().unwrap().to_str().unwrap();
        let out = format!("../out-{name}");
        run(folder.path(), &["series", place.to_str().unwrap(), "-o", &out], 1);
        assert_eq!(trees(&place, BRANCH, "HEAD"), made, "{name}");
        git(&place, &["fsck", "--strict"]);
    }
}

#[test]
fn a_repository_with_submodules_and_hooks_is_left_alone_and_authors_can_be_others() {
    let folder = tree();
    let linux = make_repository(folder.path());
    let url = format!("file://{}", linux.display());
    git(&linux, &["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "sub"]);
    git(&linux, &["commit", "-qm", "with a submodule"]);
    for hook in ["pre-commit", "commit-msg", "post-commit", "reference-transaction"] {
        let path = linux.join(".git/hooks").join(hook);
        fs::write(&path, "#!/bin/sh\ntouch hook-ran\nexit 1\n").unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        fs::set_permissions(&path, mode).unwrap();
    }
    let mut command = Command::cargo_bin("gupatch").unwrap();
    command.current_dir(&linux).args(["series", "-s", "-o", "../out"]);
    command.env("GIT_AUTHOR_NAME", "Ärger Other").env("GIT_AUTHOR_EMAIL", "o@example.org");
    let out = command.output().unwrap();
    assert_eq!(out.status.code(), Some(1), "{}", stderr(&out));
    assert!(!linux.join("hook-ran").exists());
    let tip = git(&linux, &["log", "-1", "--format=%an <%ae> %cn", BRANCH]);
    assert_eq!(tip, "Ärger Other <o@example.org> T");
    let message = git(&linux, &["log", "-1", "--format=%B", BRANCH]);
    assert!(message.ends_with("Signed-off-by: Ärger Other <o@example.org>"), "{message}");
}

#[test]
fn verify_tells_hunks_by_hand_from_those_of_the_rules() {
    let (folder, linux, made) = with_series(&[]);
    let clean = run(folder.path(), &["verify", &format!("main..{BRANCH}")], 0);
    let text = stdout(&clean);
    assert!(
        text.contains("0 by hand, 0 missing\n") && text.contains(": from the rule\n"),
        "{text}"
    );
    let out = run(folder.path(), &["verify", "../out", "--format", "json"], 0);
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["patches"].as_array().unwrap().len(), made.len());

    // One patch is lost, and one gets a line of somebody's own.
    let mut names: Vec<PathBuf> =
        fs::read_dir(folder.path().join("out")).unwrap().map(|e| e.unwrap().path()).collect();
    names.sort();
    fs::remove_file(names.pop().unwrap()).unwrap();
    git(&linux, &["checkout", "-q", "-b", "mine", &format!("{BRANCH}~1")]);
    fs::write(linux.join("fs/mine.c"), "int mine;\n").unwrap();
    git(&linux, &["add", "-A"]);
    git(&linux, &["commit", "-qm", "fs: mine"]);
    git(&linux, &["format-patch", "-q", "-1", "-o", "../out", "--start-number", "90"]);
    git(&linux, &["checkout", "-q", "main"]);
    let from_mails = run(folder.path(), &["verify", "../out"], 1);
    let text = stdout(&from_mails);
    assert!(text.contains("fs/mine.c:1: by hand\n      +int mine;\n"), "{text}");
    assert!(text.contains("\nmissing: ") && text.contains(": missing\n"), "{text}");
    let from_range = stdout(&run(folder.path(), &["verify", "main..mine"], 1));
    assert_eq!(text.lines().last(), from_range.lines().last());
    let all = run(folder.path(), &["verify", "main..mine", "--format", "json"], 1);
    let report: serde_json::Value = serde_json::from_slice(&all.stdout).unwrap();
    assert_eq!(report["tally"]["by_hand"], 1);
    assert!(!report["missing"].as_array().unwrap().is_empty());
}

#[test]
fn verify_says_what_to_do_where_it_cannot_check() {
    let (folder, linux, _) = with_series(&[]);
    let text = stderr(&run(folder.path(), &["verify", "no-such-thing"], 2));
    assert!(text.contains("hint:"), "{text}");
    fs::create_dir(folder.path().join("empty")).unwrap();
    let text = stderr(&run(folder.path(), &["verify", "../empty"], 2));
    assert!(text.contains("there is no patch in it"), "{text}");
    let base = git(&linux, &["rev-parse", BRANCH]);
    let text = stderr(&run(folder.path(), &["verify", "../out", "--base", &base], 2));
    assert!(text.contains("does not apply") && text.contains("--base"), "{text}");
}

#[test]
fn python_reads_subjects_names_threads_and_bodies() {
    let (folder, _, _) = with_series(&["--max-patches", "0"]);
    let script = "\
import email, email.policy, pathlib, re, sys
cover, subjects = None, set()
for path in sorted(pathlib.Path('out').iterdir()):
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert not mail.defects, (path, mail.defects)
    subject = str(mail['Subject'])
    assert re.match(r'\\[PATCH \\d+/\\d+\\] ', subject), subject
    subject = subject.split('] ', 1)[1]
    assert len(subject) <= 75 and 'gupatch' not in subject and subject not in subjects, subject
    subjects.add(subject)
    if cover is None:
        cover = mail['Message-ID']
        assert mail['In-Reply-To'] is None
    else:
        assert mail['In-Reply-To'] == cover and mail['References'] == cover
    ccs = [a.addr_spec for a in mail['Cc'].addresses] + [a.addr_spec for a in mail['To'].addresses]
    assert 'linux-kernel@vger.kernel.org' in ccs and len(ccs) == len(set(ccs)), ccs
    body = mail.get_payload(decode=True).decode()
    message = body.split('\\n---\\n')[0]
    assert all(len(line) <= 75 for line in message.split('\\n') if not line.startswith('    ')), path
    assert 'enerated by gupatch' in body or 'by gupatch' in body, path
";
    let out =
        Command::new("python3").current_dir(folder.path()).args(["-c", script]).output().unwrap();
    assert!(out.status.success(), "{}", stderr(&out));
}

#[test]
fn a_campaign_goes_on_where_it_was_left_and_says_what_landed() {
    let (folder, linux, made) = with_series(&["--campaign", "../campaign.toml"]);
    let record = fs::read_to_string(folder.path().join("campaign.toml")).unwrap();
    assert!(record.contains("[[round.site]]") && record.contains("patch_id"), "{record}");
    // The first two patches land on a newer base, in which one file has grown.
    git(&linux, &["checkout", "-q", "-b", "next", &format!("{BRANCH}~{}", made.len() - 2)]);
    let last = git(&linux, &["diff", "--name-only", &format!("{BRANCH}~1"), BRANCH]);
    let moved = linux.join(last.lines().next().unwrap());
    let text = fs::read_to_string(&moved).unwrap();
    fs::write(&moved, format!("/* A line more. */\n{text}")).unwrap();
    git(&linux, &["commit", "-qam", "grow"]);
    run(folder.path(), &["series", "-o", "../v2", "--campaign", "../campaign.toml"], 1);
    let left = trees(&linux, &format!("{BRANCH}-v2"), "next");
    assert_eq!(left.len(), made.len() - 2);
    let cover = fs::read_to_string(folder.path().join("v2/v2-0000-cover-letter.patch")).unwrap();
    let news = cover.split("\nChanges in v2\n").nth(1).unwrap();
    assert!(news.contains("- Landed since ("), "{news}");
    assert!(news.contains("- Moved (") && news.contains(" to "), "{news}");
    assert!(news.contains(" = ") && news.contains(" < "), "{news}");
    // All has landed.
    git(&linux, &["checkout", "-q", &format!("{BRANCH}-v2")]);
    let out = run(folder.path(), &["series", "-o", "../v3", "--campaign", "../campaign.toml"], 0);
    assert!(stderr(&out).contains("- Landed since ("), "{}", stderr(&out));
    assert!(!folder.path().join("v3").exists());
}

/// What must hold after whatever happened: no branch or all of it, no folder or all of it.
#[track_caller]
fn check_whole(folder: &Path, linux: &Path, made: &[String], when: &str) {
    git(linux, &["fsck", "--strict"]);
    if !git(linux, &["branch", "--list", BRANCH]).is_empty() {
        assert_eq!(trees(linux, BRANCH, "main"), made, "{when}");
    }
    let out = folder.join("out");
    if out.exists() {
        let mails = fs::read_dir(&out).unwrap().count();
        assert_eq!(mails, made.len() + 1, "{when}");
    }
    assert_eq!(git(linux, &["status", "--porcelain"]), "", "{when}");
}

#[test]
fn killed_at_any_moment_it_leaves_all_or_nothing() {
    let (folder, linux, made) = with_series(&["--max-patches", "0"]);
    let clear = || {
        let _ = fs::remove_dir_all(folder.path().join("out"));
        if !git(&linux, &["branch", "--list", BRANCH]).is_empty() {
            git(&linux, &["branch", "-q", "-D", BRANCH]);
        }
    };
    clear();
    let started = std::time::Instant::now();
    run(folder.path(), &["series", "--max-patches", "0", "-o", "../out"], 1);
    let whole = started.elapsed();
    // What is written is written in the last part of a run, where most of the moments are.
    let moments = 50_u32;
    for moment in 0..moments {
        clear();
        let mut command = Command::cargo_bin("gupatch").unwrap();
        command.current_dir(&linux).args(["series", "--max-patches", "0", "-o", "../out"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let share = (f64::from(moment) / f64::from(moments)).sqrt();
        std::thread::sleep(whole.mul_f64(share) + Duration::from_millis(u64::from(moment % 7)));
        let _ = child.kill();
        child.wait().unwrap();
        check_whole(folder.path(), &linux, &made, &format!("killed at {moment}/{moments}"));
    }
    clear();
    run(folder.path(), &["series", "--max-patches", "0", "-o", "../out"], 1);
    let beside = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> =
        beside.filter(|name| name.to_string_lossy().starts_with(".gupatch")).collect();
    assert!(left.is_empty(), "the next run removes what the killed ones left: {left:?}");
}

#[test]
fn what_cannot_be_written_or_read_changes_nothing_and_says_what_to_do() {
    let (folder, linux, made) = with_series(&[]);
    git(&linux, &["branch", "-q", "-D", BRANCH]);
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    let failed = |words: &[&str], when: &str| {
        let text = stderr(&run(folder.path(), words, 2));
        assert!(text.contains("hint:"), "{when}: {text}");
        check_whole(folder.path(), &linux, &made, when);
        assert_eq!(git(&linux, &["branch", "--list", BRANCH]), "", "{when}");
    };
    fs::write(folder.path().join("file"), "x").unwrap();
    failed(&["series", "-o", "../file/out"], "a file is in the way of the folder");
    for (other, name) in [("gupatch", "gupatch/from-gup"), ("x/y", "x")] {
        git(&linux, &["branch", other]);
        failed(
            &["series", "-o", "../out", "--branch", name],
            "a branch is where a folder has to be",
        );
        assert!(!folder.path().join("out").exists());
        git(&linux, &["branch", "-q", "-D", other]);
    }
    failed(&["series", "-o", "../out", "--campaign", "../file/record"], "no room for the record");
    // Somebody else holds the branch's lock.
    fs::create_dir_all(linux.join(".git/refs/heads/gupatch")).unwrap();
    let lock = linux.join(".git/refs/heads/gupatch/from-gup.lock");
    fs::write(&lock, "").unwrap();
    let text = stderr(&run(folder.path(), &["series", "-o", "../out"], 2));
    assert!(text.contains("the mails are in ../out"), "{text}");
    fs::remove_file(lock).unwrap();
    // What the hint says makes the branch.
    let hint = text.split("hint: ").nth(1).and_then(|hint| hint.split_once(": git "));
    git(&linux, &hint.unwrap().1.split_whitespace().collect::<Vec<_>>());
    assert_eq!(trees(&linux, BRANCH, "main"), made);
    git(&linux, &["branch", "-q", "-D", BRANCH]);
    check_whole(folder.path(), &linux, &made, "the branch is locked");
    fs::remove_dir_all(folder.path().join("out")).unwrap();
    // A folder of a file that is converted cannot be read any more.
    let tree = git(&linux, &["rev-parse", "HEAD:block"]);
    let object = linux.join(".git/objects").join(&tree[..2]).join(&tree[2..]);
    let bytes = fs::read(&object).unwrap();
    fs::remove_file(&object).unwrap();
    let text = stderr(&run(folder.path(), &["series", "-o", "../out"], 2));
    assert!(!folder.path().join("out").exists(), "{text}");
    assert!(text.contains("hint: git fsck tells what is damaged"), "{text}");
    fs::write(&object, bytes).unwrap();
    check_whole(folder.path(), &linux, &made, "an object was missing");
}

/// A small file system in a folder of its own; `None` where nothing may be mounted.
fn small_disc(folder: &Path) -> Option<(PathBuf, Unmount)> {
    let disc = folder.join("disc");
    fs::create_dir(&disc).unwrap();
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", "size=2m", "tmpfs"]).arg(&disc).stderr(Stdio::null());
    let ends = Unmount(disc.clone());
    mount.status().is_ok_and(|status| status.success()).then_some((disc, ends))
}

/// Puts the tree of `folder` on the disc, as a repository.
fn move_to(disc: &Path, folder: &Path) -> PathBuf {
    let copied = Command::new("cp").arg("-r").arg(folder.join("linux")).arg(disc).status();
    assert!(copied.unwrap().success());
    make_repository(disc)
}

/// Fills a disc to the last block with files `filler-0`, …; how many at most. What git had open in the background may give
/// room back a little later, so it is tried until nothing is left twice.
fn fill(disc: &Path) -> usize {
    let mut number = 0;
    let mut full = 0;
    while full < 2 {
        let before = number;
        let mut size = 1 << 20;
        while size > 0 {
            let filler = disc.join(format!("filler-{number}"));
            if fs::write(&filler, vec![1; size]).is_ok() {
                number += 1;
            } else {
                let _ = fs::remove_file(&filler);
                size /= 2;
            }
        }
        full = if number == before { full + 1 } else { 0 };
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    number
}

#[test]
fn a_full_disc_leaves_no_branch() {
    let folder = tree();
    let Some((disc, _ends)) = small_disc(folder.path()) else { return };
    let linux = move_to(&disc, folder.path());
    git(&linux, &["config", "gc.auto", "0"]);
    let number = fill(&disc);
    let out = run(&disc, &["series", "-o", "../out"], 2);
    assert!(stderr(&out).contains("hint: make room there"), "{}", stderr(&out));
    for number in 0..=number {
        let _ = fs::remove_file(disc.join(format!("filler-{number}")));
    }
    git(&linux, &["fsck", "--strict"]);
    assert_eq!(git(&linux, &["branch", "--list", BRANCH]), "");
    assert!(!disc.join("out").exists());
}

#[test]
fn a_place_that_can_only_be_read_is_said_and_left_alone() {
    let folder = tree();
    let Some((disc, _ends)) = small_disc(folder.path()) else { return };
    let on_disc = move_to(&disc, folder.path());
    let linux = make_repository(folder.path());
    let mut remount = Command::new("mount");
    assert!(remount.args(["-o", "remount,ro"]).arg(&disc).status().unwrap().success());
    let text = stderr(&run(folder.path(), &["series", "-o", "../disc/out"], 2));
    assert!(
        text.contains("hint: name a folder in a place with room that you can write to"),
        "{text}"
    );
    assert_eq!(git(&linux, &["branch", "--list", BRANCH]), "");
    let text = stderr(&run(&disc, &["series", "-o", folder.path().join("o").to_str().unwrap()], 2));
    assert!(text.contains("hint: make room there, or make it writable"), "{text}");
    assert!(!folder.path().join("o").exists());
    git(&linux, &["fsck", "--strict"]);
    git(&on_disc, &["fsck", "--strict"]);
}

struct Unmount(PathBuf);

impl Drop for Unmount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}
