//! `--build`: each patch is compiled before and after it by the tree's own make. The tree of these tests has a makefile that
//! copies instead of compiling, and that a word in a source can fail.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::fixture::{errors, git, gupatch, make_repository, text, tree};

/// Copies sources to objects; those that call a function named in `fails` are errors, and in `warns` warnings.
fn makefile(fails: &str, warns: &str) -> String {
    format!(
        "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\n\
         objects := $(filter %.o,$(MAKECMDGOALS))\n\
         .PHONY: $(objects)\n\
         $(objects):\n\
         \t@mkdir -p $(O)/$(@D)\n\
         \t@! grep -n '{fails}(' $(@:.o=.c) || (echo \"$(CURDIR)/$(@:.o=.c):3:1: error: no {fails}\" >&2; exit 1)\n\
         \t@! grep -n '{warns}(' $(@:.o=.c) || echo \"$(CURDIR)/$(@:.o=.c):3:1: warning: odd\" >&2\n\
         \t@test ! -e $(@D)/Kbuild || exit 2\n\
         \t@cp $(@:.o=.c) $(O)/$@\n"
    )
}

/// A repository of the miniature tree with that makefile, and a configured folder beside it.
fn prepared(fails: &str, warns: &str) -> (TempDir, PathBuf) {
    let folder = tree();
    let linux = folder.path().join("linux");
    fs::write(linux.join("Makefile"), makefile(fails, warns)).unwrap();
    // What this folder has is not made, by its configuration.
    fs::write(linux.join("drivers/dma/Kbuild"), "obj-$(CONFIG_UDMA) += udma.o\n").unwrap();
    make_repository(folder.path());
    let kbuild = folder.path().join("build");
    fs::create_dir(&kbuild).unwrap();
    let config = "#\n# Linux/x86 6.1.0 Kernel Configuration\n#\n# CONFIG_UDMA is not set\n";
    fs::write(kbuild.join(".config"), config).unwrap();
    (folder, kbuild)
}

fn series(folder: &Path, kbuild: &Path) -> std::process::Output {
    let kbuild = kbuild.to_str().unwrap();
    gupatch(folder, &["series", "--no-cache", "-o", "../out", "--build", kbuild])
}

/// The mails, their lines joined.
fn patches(folder: &Path) -> String {
    let mut all: Vec<PathBuf> =
        fs::read_dir(folder.join("out")).unwrap().map(|entry| entry.unwrap().path()).collect();
    all.sort();
    let all: String = all.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    all.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn what_was_compiled_and_what_was_not_is_said_below_each_patch() {
    let (folder, kbuild) = prepared("nothing", "nothing");
    let out = series(folder.path(), &kbuild);
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    let all = patches(folder.path());
    assert!(
        all.contains("compiled before and after: block/bio.o, block/blk-map.o; no new"),
        "{all}"
    );
    assert!(all.contains("not compiled: drivers/dma/udma.o: CONFIG_UDMA is not set"), "{all}");
    assert!(all.contains("compiled for x86 before and after each patch in order"), "{all}");
    assert!(!all.contains("neither built nor run"), "{all}");
    // The working tree is as it was.
    assert_eq!(git(&folder.path().join("linux"), &["status", "--porcelain"]), "");

    let branch = "main..gupatch/from-gup";
    let kbuild = kbuild.to_str().unwrap();
    let words = ["verify", branch, "--no-cache", "--build", kbuild, "--format", "json"];
    let out = gupatch(folder.path(), &words);
    assert_eq!(out.status.code(), Some(0), "{}", errors(&out));
    let report: serde_json::Value = serde_json::from_slice(&out.stdout).unwrap();
    let built = report["patches"].as_array().unwrap().iter().flat_map(|patch| {
        patch["build"]["built"].as_array().unwrap().iter().map(|object| object.as_str().unwrap())
    });
    let built: Vec<&str> = built.collect();
    assert!(built.contains(&"block/blk-map.o"), "{built:?}");
}

#[test]
fn a_patch_that_breaks_an_object_leaves_no_branch_and_no_mail() {
    let (folder, kbuild) = prepared("bio_add_pc_page_from_gup", "nothing");
    let out = series(folder.path(), &kbuild);
    assert_eq!(out.status.code(), Some(2), "{}", errors(&out));
    let said = errors(&out);
    assert!(said.contains("no longer compiles: block/blk-map.o"), "{said}");
    assert!(said.contains("block/blk-map.c: error: no bio_add_pc_page_from_gup"), "{said}");
    assert!(!folder.path().join("out").exists());
    assert_eq!(git(&folder.path().join("linux"), &["branch", "--list", "gupatch/*"]), "");
}

#[test]
fn a_new_warning_is_said_and_an_old_one_is_not() {
    let (folder, kbuild) = prepared("nothing", "bvec_assign_page_from_gup");
    let out = series(folder.path(), &kbuild);
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    let all = patches(folder.path());
    assert!(all.contains("new: drivers/vhost/vring.c: warning: odd"), "{all}");

    let (folder, kbuild) = prepared("nothing", "pin_user_pages_fast");
    series(folder.path(), &kbuild);
    assert!(!patches(folder.path()).contains("warning: odd"));
}

#[test]
fn a_folder_that_was_not_configured_is_an_error_with_a_hint() {
    let (folder, kbuild) = prepared("nothing", "nothing");
    fs::remove_file(kbuild.join(".config")).unwrap();
    let out = series(folder.path(), &kbuild);
    assert_eq!(out.status.code(), Some(2));
    let said = errors(&out);
    assert!(said.contains(".config cannot be read") && said.contains("hint: make O="), "{said}");
    let tree = folder.path().join("linux");
    fs::write(tree.join("Kconfig"), "").unwrap();
    let out = series(folder.path(), &tree);
    assert!(errors(&out).contains("it is a source tree"), "{}", errors(&out));
    assert_eq!(text(&out), "");
}
