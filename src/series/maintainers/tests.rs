//! Owners and recipients by a small MAINTAINERS. What the script itself says of a real one is in the corpus
//! checks.

use super::*;

const TEXT: &str = "\
List of maintainers
-------------------

\tM: *Mail* patches to

BLOCK LAYER
M:\tAnn Ax <ann@example.org>
L:\tblock@lists.example
S:\tMaintained
T:\tgit git://example.org/block.git
F:\tblock/
F:\tfs/direct*
X:\tblock/odd/

FILE SYSTEMS (VFS and infrastructure)
M:\tBo By <bo@example.org>
R:\tAnn Ax <ann@other.example>
L:\tfs@lists.example (moderated for non-subscribers)
L:\tsecret@lists.example (subscribers-only)
S:\tSupported
F:\tfs/*
F:\tinclude/linux/fs.h
K:\tbvec_(set|add)

NAMED BOARDS
M:\tno address here
S:\tOdd Fixes
N:\tboard[0-9]
N:\tbroken(

ORPHANED THING
S:\tOrphan
F:\tfs/direct-io.c

THE REST
M:\tLinus Torvalds <torvalds@linux-foundation.org>
L:\tlinux-kernel@vger.kernel.org
S:\tBuried alive in reporters
F:\t*
F:\t*/
";

fn no_folder(_: &str) -> bool {
    false
}

fn read() -> (Maintainers, Vec<Diagnostic>) {
    Maintainers::parse(TEXT.as_bytes(), b"")
}

#[track_caller]
fn check_owner(path: &str, expected: &str) {
    let owner = read().0.owner(path, &no_folder).map(|section| section.name.clone());
    assert_eq!(owner.as_deref(), Some(expected), "{path}");
}

#[track_caller]
fn check_recipients(paths: &[&str], expected: &[&str]) {
    assert_eq!(lines(&read().0.recipients_of_paths(paths, &no_folder)), expected);
}

fn lines(recipients: &Recipients) -> Vec<String> {
    recipients
        .0
        .iter()
        .map(|Recipient { mailbox: Mailbox { name, address }, role_text, .. }| {
            let quoted = !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_ -".contains(&b));
            match name.as_str() {
                "" => format!("{address} ({role_text})"),
                name if quoted => {
                    format!("\"{}\" <{address}> ({role_text})", name.replace('"', "\\\""))
                }
                name => format!("{name} <{address}> ({role_text})"),
            }
        })
        .collect()
}

#[test]
fn the_most_specific_section_owns_a_file() {
    check_owner("block/bio.c", "BLOCK LAYER");
    check_owner("fs/open.c", "FILE SYSTEMS (VFS and infrastructure)");
    check_owner("fs/sub/open.c", "THE REST");
    check_owner("drivers/x/board7.c", "NAMED BOARDS");
    check_owner("block/odd/x.c", "THE REST");
}

#[test]
fn a_section_with_people_comes_before_an_orphan() {
    check_owner("fs/direct-io.c", "BLOCK LAYER");
}

#[test]
fn recipients_are_named_once_with_their_roles() {
    check_recipients(
        &["block/bio.c", "fs/open.c"],
        &[
            "Ann Ax <ann@example.org> (maintainer:BLOCK LAYER)",
            "Bo By <bo@example.org> (supporter:FILE SYSTEMS (VFS and infrastructure))",
            "block@lists.example (open list:BLOCK LAYER)",
            "linux-kernel@vger.kernel.org (open list)",
            "fs@lists.example (moderated list:FILE SYSTEMS (VFS and infrastructure))",
        ],
    );
}

#[test]
fn a_keyword_in_a_changed_line_adds_its_section() {
    let patch = |line: &str| {
        format!(
            "text\n---\ndiff --git a/block/a.c b/block/a.c\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n{line}\n"
        )
    };
    let (all, _) = read();
    let named = |line: &str| {
        let found = all.recipients_of_patch(patch(line).as_bytes(), &no_folder);
        found.0.iter().any(|r| r.mailbox.name == "Bo By")
    };
    assert!(named("+\tbvec_set_page(bv);"));
    assert!(!named(" \tbvec_set_page(bv);"));
}

#[test]
fn a_keyword_anywhere_in_a_file_adds_its_section() {
    let (all, _) = read();
    let named = |path: &str, text: &str| {
        let found = all.recipients_of_file(path, text.as_bytes(), &no_folder);
        found.0.iter().any(|r| r.mailbox.name == "Bo By")
    };
    assert!(named("block/a.c", "int f(void)\n{\n\tbvec_set_page(bv);\n}\n"));
    assert!(!named("block/a.c", "int f(void)\n{\n\tset_page(bv);\n}\n"));
    assert!(!named("MAINTAINERS", "K:\tbvec_(set|add)\nbvec_set\n"));
}

#[test]
fn of_two_keywords_the_one_whose_place_is_first_as_text_gives_the_role() {
    let padding: String = (0..4).map(|at| format!("PAD {at}\nF:\tpad/{at}\n\n")).collect();
    let text =
        format!("A\nM:\tA <a@x.org>\nL:\tl@x.org\nK:\tword\n\n{padding}B\nL:\tl@x.org\nK:\tword\n");
    let (all, _) = Maintainers::parse(text.as_bytes(), b"");
    let found = all.recipients_of_file("x.c", b"word", &no_folder);
    let roles: Vec<&str> = found.0.iter().map(|r| r.role_text.as_str()).collect();
    assert_eq!(roles, ["unknown:A", "open list:B"], "14 is before 3");
}

#[test]
fn mistakes_are_reported_and_the_rest_counts() {
    let messages: Vec<String> = read().1.into_iter().map(|d| d.message).collect();
    assert_eq!(messages.len(), 2, "{messages:?}");
    assert!(messages[0].contains("no address here"));
    assert!(messages[1].contains("broken("));
}
