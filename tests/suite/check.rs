//! The guard on the command line: baseline, exceptions, comments, and what a change touches.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::fixture::{
    command, edit, errors, git, gupatch, gupatch_with, json, make_repository, text, tree,
};

/// The tree with its baseline written.
fn guarded() -> tempfile::TempDir {
    let folder = tree();
    let out = gupatch(folder.path(), &["check", "--update-baseline"]);
    assert_eq!(out.status.code(), Some(0), "{}", errors(&out));
    folder
}

/// A plain adder for a GUP page.
const NEW: &str = "
int fresh_map(struct scatterlist *sg, unsigned long addr)
{
	struct page *page;

	if (get_user_pages_fast(addr, 1, FOLL_WRITE, &page) != 1)
		return -EFAULT;
	sg_set_page(sg, page, PAGE_SIZE, 0);
	return 0;
}
";

fn append(folder: &Path, file: &str, text: &str) {
    let path = folder.join("linux").join(file);
    let old = fs::read_to_string(&path).unwrap();
    fs::write(path, old + text).unwrap();
}

#[track_caller]
fn check(folder: &Path, words: &[&str], status: i32) -> String {
    let words: Vec<&str> = ["check"].iter().chain(words).copied().collect();
    let out = gupatch(folder, &words);
    assert_eq!(out.status.code(), Some(status), "{}{}", text(&out), errors(&out));
    text(&out)
}

#[test]
fn what_is_known_passes_and_what_is_new_does_not() {
    let folder = guarded();
    check(folder.path(), &[], 0);
    append(folder.path(), "drivers/gpu/ugem.c", NEW);
    let said = check(folder.path(), &[], 1);
    let line = said.lines().next().unwrap();
    assert!(
        line.starts_with("drivers/gpu/ugem.c:") && line.contains(": error: gup page"),
        "{said}"
    );
    assert!(
        line.contains("get_user_pages_fast") && line.ends_with("use sg_set_page_from_gup"),
        "{said}"
    );
    check(folder.path(), &["--update-baseline"], 0);
    check(folder.path(), &[], 0);
}

#[test]
fn without_a_baseline_everything_is_new_and_a_named_one_has_to_be_there() {
    let folder = tree();
    let said = check(folder.path(), &[], 1);
    let scan = json(folder.path(), &["scan"]);
    let sites = scan["sites"].as_array().unwrap().iter();
    let guarded = sites.filter(|site| site["class"] != "carried").count();
    assert_eq!(said.matches(": error: ").count(), guarded, "{said}");
    check(folder.path(), &["--baseline", "none.toml"], 2);
}

#[test]
fn exceptions_excuse_until_they_run_out_and_unused_ones_are_said() {
    let folder = guarded();
    append(folder.path(), "drivers/gpu/ugem.c", NEW);
    let except = |expires: &str, function: &str| {
        let text = format!(
            "[[exception]]\npath = 'drivers/gpu/'\nfunction = '{function}'\nreason = 'ours'\n{expires}\n"
        );
        fs::write(folder.path().join("linux/gupatch.toml"), text).unwrap();
    };
    except("", "fresh_map");
    assert!(check(folder.path(), &[], 0).contains("1 by exceptions"));
    except("expires = 2020-01-01", "fresh_map");
    assert!(check(folder.path(), &[], 1).contains("its exception ran out on 2020-01-01"));
    except("", "other_map");
    assert!(
        check(folder.path(), &[], 1)
            .contains("the exception for drivers/gpu/ (other_map) covers no site")
    );
}

#[test]
fn a_comment_excuses_with_a_reason() {
    let folder = guarded();
    let add = "\tsg_set_page(sg, page, PAGE_SIZE, 0);";
    append(
        folder.path(),
        "drivers/gpu/ugem.c",
        &NEW.replace(add, &format!("\t/* gupatch: allow: ours */\n{add}")),
    );
    assert!(check(folder.path(), &[], 0).contains("1 by comments"));
    edit(folder.path(), "drivers/gpu/ugem.c", "gupatch: allow: ours", "gupatch: allow");
    assert!(check(folder.path(), &[], 1).contains("has no reason"));
}

#[test]
fn what_is_gone_from_the_tree_is_said_of_the_baseline() {
    let folder = guarded();
    edit(folder.path(), "block/blk-map.c", "bio_add_pc_page(", "bio_add_pc_page_from_gup(");
    let said = check(folder.path(), &[], 0);
    assert!(said.contains("baseline: block/blk-map.c blk_map_user_direct: bio_add_pc_page(pages[i]) is no longer there"), "{said}");
}

#[test]
fn since_judges_what_a_branch_changed_and_not_what_others_did() {
    let folder = guarded();
    let linux = make_repository(folder.path());
    append(folder.path(), "net/zrx/stream.c", NEW);
    git(&linux, &["commit", "-qam", "others"]);
    git(&linux, &["checkout", "-qb", "topic", "main~1"]);
    append(folder.path(), "drivers/gpu/ugem.c", &NEW.replace("fresh_map", "topic_map"));
    git(&linux, &["commit", "-qam", "ours"]);
    assert!(check(folder.path(), &["--since", "main"], 1).contains("topic_map"));
    append(folder.path(), "drivers/misc/genbuf.c", &NEW.replace("fresh_map", "uncommitted_map"));
    let said = check(folder.path(), &["--since", "main"], 1);
    assert_eq!(said.matches(": error: ").count(), 2, "{said}");
    let said = check(folder.path(), &["--since", "HEAD"], 1);
    assert!(said.contains("uncommitted_map") && !said.contains("topic_map"), "{said}");
    check(folder.path(), &["--since", "nowhere"], 2);
}

#[test]
fn a_patch_on_standard_input_is_judged_where_the_tree_has_it() {
    let folder = guarded();
    let linux = make_repository(folder.path());
    append(folder.path(), "net/zrx/stream.c", NEW);
    git(&linux, &["commit", "-qam", "others"]);
    append(folder.path(), "drivers/gpu/ugem.c", &NEW.replace("fresh_map", "ours_map"));
    let patch = git(&linux, &["diff"]) + "\n";
    let out = gupatch_with(folder.path(), &["check", "--patch", "-"], patch.as_bytes());
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    assert!(text(&out).contains("ours_map") && !text(&out).contains("fresh_map"), "{}", text(&out));
    git(&linux, &["checkout", "-q", "."]);
    let out = gupatch_with(folder.path(), &["check", "--patch", "-"], patch.as_bytes());
    assert_eq!(out.status.code(), Some(2));
    assert!(errors(&out).contains("does not have the patch"), "{}", errors(&out));
    let out = gupatch_with(folder.path(), &["check", "--patch", "-"], b"");
    assert_eq!(out.status.code(), Some(0), "an empty patch changes nothing: {}", errors(&out));
}

#[test]
fn the_example_hook_refuses_a_commit_with_something_new() {
    let folder = guarded();
    let linux = make_repository(folder.path());
    let hook = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guard/pre-commit");
    fs::copy(hook, linux.join(".git/hooks/pre-commit")).unwrap();
    let bin = command(folder.path(), &[]).get_program().to_owned();
    let bin = Path::new(&bin).parent().unwrap().to_owned();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let commit = |message: &str| {
        let mut git = Command::new("git");
        git.current_dir(&linux)
            .env("PATH", &path)
            .args(["commit", "-qam", message])
            .output()
            .unwrap()
    };
    edit(folder.path(), "drivers/gpu/ugem.c", "#include", "/* harmless */\n#include");
    let out = commit("harmless");
    assert!(out.status.success(), "{}", errors(&out));
    append(folder.path(), "drivers/gpu/ugem.c", NEW);
    let out = commit("new");
    assert!(!out.status.success());
    assert!((text(&out) + &errors(&out)).contains("reaches sg_set_page in fresh_map"), "{out:?}");
}

#[test]
fn the_example_job_mails_what_is_new() {
    let folder = guarded();
    let linux = make_repository(folder.path());
    git(folder.path(), &["clone", "-q", "linux", "mirror"]);
    let bin = command(folder.path(), &[]).get_program().to_owned();
    let bin = Path::new(&bin).parent().unwrap().to_owned();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    let sendmail = folder.path().join("sendmail");
    fs::write(&sendmail, format!("#!/bin/sh\ncat > {}/mail\n", folder.path().display())).unwrap();
    fs::set_permissions(&sendmail, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let job = || {
        let mut job = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/guard/ci-mail"));
        job.args([folder.path().join("mirror").as_os_str(), "ci@example.org".as_ref()]);
        job.env("PATH", &path).env("SENDMAIL", &sendmail).status().unwrap().code()
    };
    assert_eq!(job(), Some(0));
    assert!(!folder.path().join("mail").exists());
    append(folder.path(), "drivers/gpu/ugem.c", NEW);
    git(&linux, &["commit", "-qam", "new"]);
    assert_eq!(job(), Some(1));
    let mail = fs::read_to_string(folder.path().join("mail")).unwrap();
    assert!(mail.starts_with("To: ci@example.org\nSubject: gupatch: "), "{mail}");
    assert!(mail.contains("1 to look at") && mail.contains("fresh_map"), "{mail}");
}
