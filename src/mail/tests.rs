//! The mails as others read them: git am, git format-patch, git mailinfo and Python's email package.

use std::path::Path;
use std::process::Command;

use super::*;
use crate::diff::FileChange;
use crate::series::repo::Repository;
use crate::series::{Cover, Patch};
use crate::source::TreePath;

fn run(folder: &Path, program: &str, args: &[&str]) -> Vec<u8> {
    let output = Command::new(program)
        .current_dir(folder)
        .args(args)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_COMMITTER_DATE", "@1700000000 +0100")
        .output()
        .unwrap_or_else(|error| panic!("{program}: {error}"));
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

fn git(folder: &Path, args: &[&str]) -> String {
    String::from_utf8_lossy(&run(folder, "git", args)).trim().to_owned()
}

const MAINTAINERS: &str = "\
BLOCK
M:\tJörg Block, Inc. <joerg@example.org>
L:\tblock@lists.example (moderated)
S:\tMaintained
F:\tblock/

FILES
M:\tF <f@example.org>
R:\tR <r@example.org>
S:\tMaintained
F:\tfs/

THE REST
M:\tLinus Torvalds <torvalds@linux-foundation.org>
L:\tlinux-kernel@vger.kernel.org
S:\tBuried alive in reporters
F:\t*
F:\t*/
";

/// Path, bytes before, bytes after.
type Change = (&'static str, Option<&'static [u8]>, &'static [u8]);

/// Files whose bytes are hard to mail.
const CHANGES: &[Change] = &[
    ("block/bio.c", Some(b"int f(void)\n{\n\tone();\n}\n"), b"int f(void)\n{\n\ttwo();\n}\n"),
    ("fs/latin.c", Some(b"/* J\xf6rg */\nint a;\n"), b"/* J\xf6rg */\nint b; /* \xe4 */\n"),
    ("fs/dos.c", Some(b"one\r\ntwo\r\n"), b"one\r\nthree \r\n"),
    ("fs/end.c", Some(b"no newline"), b"no newline\nhere either"),
    ("fs/from.c", Some(b"a\n"), b"a\nFrom x Mon Sep 17 00:00:00 2001\n-- \n---\n.\n"),
    ("fs/new.c", None, b"new\n"),
    ("fs/long.c", Some(b"x\n"), &[b'y'; 1200]),
];

fn series() -> Series {
    let patch = |(path, before, after): &Change| Patch {
        subject: format!("{path}: make a change with quite a few words in it, so it folds"),
        body: "Körper.\n\nWith two paragraphs.".into(),
        trailers: vec!["Signed-off-by: Jörg Tester <t@example.org>".into()],
        evidence: vec![format!("{path}:1 f(): pages from pin_user_pages(); safe")],
        changes: vec![FileChange {
            path: TreePath::new(path).unwrap(),
            before: before.map(<[u8]>::to_vec),
            after: after.to_vec(),
        }],
        owner: None,
    };
    let cover = Cover { subject: "convert".into(), body: "Why.".into() };
    Series { cover, patches: CHANGES.iter().map(patch).collect() }
}

fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "-q", "-b", "main"]);
    git(root, &["config", "user.name", "Jörg Tester"]);
    git(root, &["config", "user.email", "t@example.org"]);
    git(root, &["config", "core.autocrlf", "false"]);
    for (path, before, _) in CHANGES {
        let file = root.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        if let Some(bytes) = before {
            std::fs::write(file, bytes).unwrap();
        }
    }
    std::fs::write(root.join(".gitattributes"), "*.c diff=cpp\n").unwrap();
    git(root, &["add", "-A"]);
    git(root, &["commit", "-q", "-m", "base"]);
    folder
}

/// Commits and renders the series in a fresh repository.
fn sent(options: &MailOptions) -> (tempfile::TempDir, Vec<MailFile>, Vec<Commit>) {
    let folder = repository();
    let repository = Repository::open(folder.path()).unwrap();
    let author = repository.author().unwrap();
    let series = series();
    let commits = repository.commit_series("gupatch/t", &series.patches, &author).unwrap();
    let base = repository.base();
    let outgoing = Outgoing {
        series: &series,
        commits: &commits,
        base: &base,
        prerequisites: &[],
        author: &author,
    };
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let files = render(&outgoing, &maintainers, &|_| false, options);
    write_dir(&folder.path().join("out"), &files).unwrap();
    (folder, files, commits)
}

#[test]
fn git_am_makes_the_trees_of_the_branch() {
    let (folder, files, commits) = sent(&MailOptions::default());
    let root = folder.path();
    for (file, commit) in files[1..].iter().zip(&commits) {
        git(root, &["am", "-q", &format!("out/{}", file.name)]);
        assert_eq!(git(root, &["rev-parse", "HEAD^{tree}"]), commit.tree.as_str(), "{}", file.name);
        let message = |revision: &str| git(root, &["log", "-1", "--format=%an%n%B", revision]);
        assert_eq!(message("HEAD"), message(commit.id.as_str()));
    }
}

#[test]
fn only_listed_lines_differ_from_git_format_patch() {
    let (folder, files, _) = sent(&MailOptions::default());
    let root = folder.path();
    let args = ["format-patch", "-q", "-o", "theirs", "--thread", "--cover-letter", "--base=main"];
    git(root, &[&args[..], &["--abbrev=12", "main..gupatch/t"]].concat());
    for MailFile { name, bytes } in &files[1..] {
        // Git sends carriage returns as they are, which its own am then drops.
        if name.contains("dos") || name.contains("long") {
            continue;
        }
        let theirs = std::fs::read(root.join("theirs").join(name)).unwrap();
        let kept = |bytes: &[u8]| -> Vec<String> {
            let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
            let own = ["Message-ID:", "In-Reply-To:", "References:", "Cc:", "To:", "    ", "- "];
            let version = [TOOL.to_owned(), git(root, &["--version"])[12..].to_owned()];
            text.lines()
                .filter(|line| !own.iter().any(|start| line.starts_with(start)))
                .filter(|line| !version.contains(&(*line).to_owned()) && !line.is_empty())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(kept(bytes), kept(&theirs), "{name}");
    }
}

#[test]
fn python_and_mailinfo_read_every_mail() {
    let (folder, files, _) = sent(&MailOptions { version: Some(2), ..MailOptions::default() });
    let root = folder.path();
    let script = "\
import email, email.policy, sys, pathlib
cover = None
for path in sorted(pathlib.Path('out').iterdir()):
    m = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert not m.defects, m.defects
    assert str(m['From']) == 'Jörg Tester <t@example.org>', m['From']
    assert m['Subject'].startswith('[PATCH v2 '), m['Subject']
    cover = cover or m['Message-ID']
    if path.name.startswith('v2-0000'):
        assert m['In-Reply-To'] is None
        assert 'Jörg Block, Inc.' in [a.display_name for a in m['To'].addresses], m['To']
    else:
        assert m['In-Reply-To'] == cover and m['References'] == cover
    ccs = [a.addr_spec for a in m['Cc'].addresses]
    assert 'linux-kernel@vger.kernel.org' in ccs, ccs
    assert 'torvalds' not in str(m['To']) + str(m['Cc'])
    body = m.get_payload(decode=True)
    assert b'gupatch' in body
    if 'dos' in path.name:
        assert b'+three \\r\\n' in body
    if 'latin' in path.name:
        assert b'+int b; /* \\xe4 */\\n' in body
";
    run(root, "python3", &["-c", script]);
    for MailFile { name, .. } in &files {
        let info = format!("git mailinfo msg patch < out/{name}");
        let text = String::from_utf8(run(root, "sh", &["-c", &info])).unwrap();
        assert!(text.contains("Author: Jörg Tester\nEmail: t@example.org\n"), "{text}");
    }
    assert_eq!(files[0].name, "v2-0000-cover-letter.patch");
    assert_eq!(files[1].name, "v2-0001-block-bio.c-make-a-change-with-quite-a-few-words-.patch");
}

#[test]
fn message_ids_can_depend_on_the_content_alone() {
    let ids = |options: &MailOptions| {
        let (_folder, files, _) = sent(options);
        let id = |file: &MailFile| {
            let text = String::from_utf8_lossy(&file.bytes).into_owned();
            text.lines().find(|line| line.starts_with("Message-ID")).unwrap().to_owned()
        };
        files.iter().map(id).collect::<Vec<_>>()
    };
    let content = MailOptions { message_ids: MessageIds::Content, ..MailOptions::default() };
    assert_eq!(ids(&content), ids(&content));
}

#[test]
fn the_user_can_name_all_addressees() {
    let options = MailOptions {
        to: vec![Mailbox { name: "Me".into(), address: "me@example.org".into() }],
        addressees: Addressees::OnlyGiven,
        subject_prefix: "RFC PATCH".into(),
        ..MailOptions::default()
    };
    let (_folder, files, _) = sent(&options);
    for file in &files {
        let text = String::from_utf8_lossy(&file.bytes);
        assert!(text.contains("\nTo: Me <me@example.org>\n\n"), "{text}");
        assert!(text.contains("\nSubject: [RFC PATCH "));
    }
}

#[test]
fn the_cover_letter_has_shortlog_diffstat_and_base() {
    let (folder, files, commits) = sent(&MailOptions::default());
    let text = String::from_utf8(files[0].bytes.clone()).unwrap();
    let base = git(folder.path(), &["rev-parse", "main"]);
    assert!(text.contains("\nSubject: [PATCH 0/7] convert\n"), "{text}");
    assert!(text.contains("\nWhy.\n\nJörg Tester (7):\n  block/bio.c: make"), "{text}");
    assert!(text.contains("\n 7 files changed, "), "{text}");
    assert!(text.contains("\n create mode 100644 fs/new.c\n"), "{text}");
    assert!(text.contains(&format!("\nbase-commit: {base}\n-- \n{TOOL}\n")), "{text}");
    assert_eq!(commits.len(), 7);
}

#[test]
fn an_mbox_applies_whole_and_answers_what_it_is_told_to() {
    let options = MailOptions { in_reply_to: Some("old@x".into()), ..MailOptions::default() };
    let (folder, files, commits) = sent(&options);
    let root = folder.path();
    let cover = String::from_utf8_lossy(&files[0].bytes).into_owned();
    assert!(cover.contains("\nIn-Reply-To: <old@x>\nReferences: <old@x>\n"), "{cover}");
    let patch = String::from_utf8_lossy(&files[1].bytes).into_owned();
    assert!(patch.contains("\nReferences: <old@x>\n\t<cover."), "{patch}");
    std::fs::write(root.join("all.mbox"), mbox(&files[1..])).unwrap();
    git(root, &["am", "-q", "all.mbox"]);
    let last = commits.last().unwrap();
    assert_eq!(git(root, &["rev-parse", "HEAD^{tree}"]), last.tree.as_str());
}

#[test]
fn a_sender_who_is_not_the_author_names_the_author_in_the_body() {
    let from = Mailbox { name: "Sender".into(), address: "s@example.org".into() };
    let options = MailOptions { from: Some(from), ..MailOptions::default() };
    let (folder, files, commits) = sent(&options);
    let root = folder.path();
    let text = String::from_utf8(files[1].bytes.clone()).unwrap();
    assert!(text.contains("\nFrom: Sender <s@example.org>\n"), "{text}");
    assert!(text.contains("\n\nFrom: Jörg Tester <t@example.org>\n\nKörper."), "{text}");
    git(root, &["am", "-q", &format!("out/{}", files[1].name)]);
    let author = |revision: &str| git(root, &["log", "-1", "--format=%an <%ae>%n%B", revision]);
    assert_eq!(author("HEAD"), author(commits[0].id.as_str()));
}

#[test]
fn patch_ids_are_those_of_git() {
    let (folder, _, commits) = sent(&MailOptions::default());
    let root = folder.path();
    let repository = Repository::open(root).unwrap();
    for (patch, commit) in series().patches.iter().zip(&commits) {
        let script = format!("git diff-tree -p {} | git patch-id --stable", commit.id);
        let theirs = String::from_utf8(run(root, "sh", &["-c", &script])).unwrap();
        let ours = repository.patch_id(&patch_diff(patch, commit)).unwrap();
        assert_eq!(theirs.split(' ').next(), Some(ours.as_str()), "{}", patch.subject);
    }
}
