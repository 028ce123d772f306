//! Decisions on the command line: a review line by line, and the commands that follow it.

use std::fs;
use std::process::Stdio;

use super::fixture::{
    changed, command, edit, errors, git, gupatch, gupatch_with, make_repository, text, tree,
};

/// Accepts the first change, rejects the second one, puts the third one off.
const ANSWERS: &[u8] = b"y\nn\nnot \"user\" pages\ns\nq\n";

#[test]
fn what_is_rejected_or_put_off_is_not_applied() {
    let folder = tree();
    let out = gupatch_with(folder.path(), &["review"], ANSWERS);
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    let (_, total) = changed(folder.path());
    assert!(text(&out).ends_with(&format!("2 of {total} decided\n")), "{}", text(&out));
    let diff = text(&gupatch(folder.path(), &["diff"]));
    for line in [
        "block/blk-map.c:31 blk_map_user_direct: bio_add_pc_page(pages[i]): rejected in review: not \"user\" pages",
        "drivers/dma/udma.c:40 udma_copy_page: sg_set_page(in): put off in review",
    ] {
        assert!(diff.contains(line), "{diff}");
    }
    let before = fs::read(folder.path().join("linux/block/blk-map.c")).unwrap();
    let out = gupatch(folder.path(), &["apply"]);
    let open = total - 3;
    let said = format!("1 sites rejected, 1 changes put off, {open} not decided (taken");
    assert!(errors(&out).contains(&said), "{}", errors(&out));
    assert_eq!(fs::read(folder.path().join("linux/block/blk-map.c")).unwrap(), before);
    let bio = fs::read_to_string(folder.path().join("linux/block/bio.c")).unwrap();
    assert!(bio.contains("bio_add_page_from_gup("));
}

#[test]
fn only_what_was_accepted_is_made_where_that_is_asked_for() {
    let folder = tree();
    gupatch_with(folder.path(), &["review"], ANSWERS);
    let diff = text(&gupatch(folder.path(), &["diff", "--undecided", "leave"]));
    let files: Vec<&str> = diff.lines().filter(|line| line.starts_with("diff --git")).collect();
    assert_eq!(files, ["diff --git a/block/bio.c b/block/bio.c"]);
    assert!(diff.contains("not decided in review"), "{diff}");
    let all = text(&gupatch(folder.path(), &["diff", "--no-decisions"]));
    assert_eq!(all.matches("diff --git").count(), changed(folder.path()).0);
}

#[test]
fn the_cover_letter_has_the_reason_of_a_rejection() {
    let folder = tree();
    let linux = make_repository(folder.path());
    gupatch_with(folder.path(), &["review", "--decisions", "../decided.toml"], ANSWERS);
    let words = ["series", "-o", "../out", "--decisions", "../decided.toml"];
    let out = gupatch(folder.path(), &words);
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    let names = text(&out);
    let cover = names.lines().find(|name| name.contains("/0000-")).unwrap();
    let letter = fs::read_to_string(linux.join(cover)).unwrap();
    let flat = letter.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("rejected in review: not \"user\" pages"), "{letter}");
    assert!(!git(&linux, &["diff", "main..gupatch/from-gup"]).contains("b/block/blk-map.c"));
}

#[test]
fn a_campaign_keeps_a_rejection_whose_file_is_not_there_again() {
    let folder = tree();
    let linux = make_repository(folder.path());
    gupatch_with(folder.path(), &["review", "--decisions", "../decided.toml"], ANSWERS);
    let first = ["series", "-o", "../v1", "--campaign", "../gup.toml"];
    let out = gupatch(folder.path(), &[&first[..], &["--decisions", "../decided.toml"]].concat());
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    let record = fs::read_to_string(folder.path().join("gup.toml")).unwrap();
    assert!(record.contains("[[round.decision]]"), "{record}");
    fs::write(linux.join("README"), "a newer base\n").unwrap();
    git(&linux, &["add", "README"]);
    git(&linux, &["commit", "-qm", "newer"]);
    let again = ["series", "-o", "../v2", "--campaign", "../gup.toml"];
    let out = gupatch(folder.path(), &again);
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    assert!(errors(&out).contains("following ../gup.toml: 1 sites rejected"), "{}", errors(&out));
    assert!(!git(&linux, &["diff", "main..gupatch/from-gup-v2"]).contains("b/block/blk-map.c"));
    let letter = fs::read_to_string(folder.path().join("v2/v2-0000-cover-letter.patch")).unwrap();
    let flat = letter.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("rejected in review: not \"user\" pages"), "{letter}");
    let free = ["series", "-o", "../v3", "--campaign", "../gup.toml", "--no-decisions"];
    assert_eq!(gupatch(folder.path(), &free).status.code(), Some(1));
    assert!(git(&linux, &["diff", "main..gupatch/from-gup-v3"]).contains("b/block/blk-map.c"));
}

#[test]
fn what_was_edited_is_said_to_be_by_hand_wherever_the_series_tells_of_it() {
    let folder = tree();
    let linux = make_repository(folder.path());
    let mut review = command(folder.path(), &["review", "--decisions", "../decided.toml"]);
    review.env("GIT_EDITOR", "sed -i s/bio_add_page_from_gup/my_own_adder/");
    review.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = review.spawn().unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), b"e\nq\n").unwrap();
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(1));

    let diff = text(&gupatch(folder.path(), &["diff", "--decisions", "../decided.toml"]));
    assert!(diff.contains(", edited in review]\n") && diff.contains(" my_own_adder("), "{diff}");
    let words = ["series", "-o", "../out", "--decisions", "../decided.toml"];
    let out = gupatch(folder.path(), &words);
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    let letters = |of: &str| -> Vec<String> {
        let names = text(&out);
        let named = names.lines().filter(|name| name.contains(of));
        named.map(|name| fs::read_to_string(linux.join(name)).unwrap()).collect()
    };
    let cover = letters("/0000-").concat();
    assert!(cover.contains("edited by hand in review") && !cover.contains("none was"), "{cover}");
    let edited: Vec<String> =
        letters("/").into_iter().filter(|mail| mail.contains(" my_own_adder(")).collect();
    let [patch] = edited.as_slice() else { panic!("{edited:?}") };
    let flat = patch.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("was then edited by hand. ---") && flat.contains("; edited by hand"));
    let said = text(&gupatch(folder.path(), &["verify", "../out"]));
    assert!(said.contains(": by hand, where the rule makes something else"), "{said}");
}

#[test]
fn a_decision_survives_lines_that_move_and_not_another_change() {
    let folder = tree();
    gupatch_with(folder.path(), &["review"], ANSWERS);
    edit(folder.path(), "block/blk-map.c", "#include", "/* a line\n * or two */\n\n#include");
    let out = gupatch(folder.path(), &["diff"]);
    assert!(text(&out).contains("blk-map.c:34 blk_map_user_direct"), "{}", text(&out));
    assert!(text(&out).contains("rejected in review"));
    edit(
        folder.path(),
        "block/blk-map.c",
        "bio_add_pc_page(rq->q, bio, pages[i]",
        "bio_add_pc_page(rq->q, bio, (pages[i])",
    );
    let out = gupatch(folder.path(), &["diff"]);
    assert!(!text(&out).contains("rejected in review"), "{}", text(&out));
    assert!(errors(&out).contains("is about nothing that is there now"), "{}", errors(&out));
}

#[test]
fn a_decisions_file_that_is_named_has_to_be_there_and_to_be_one() {
    let folder = tree();
    let out = gupatch(folder.path(), &["apply", "--decisions", "none.toml"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(errors(&out).contains("none.toml") && errors(&out).contains("hint:"));
    fs::write(folder.path().join("linux/gupatch-decisions.toml"), "version = 9\n").unwrap();
    let out = gupatch(folder.path(), &["apply"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(errors(&out).contains("version 9"), "{}", errors(&out));
}
