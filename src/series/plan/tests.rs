//! Which files share a patch, and what the patches say, on facts made up for each case.

use super::super::facts::{Conversion, LeftAlone, RuleName, RuleText, SourceFact};
use super::*;
use crate::diff::FileChange;

const MAINTAINERS: &str = "\
List

ALPHA
M:\tA <a@example.org>
M:\tB <b@example.org>
S:\tMaintained
T:\tgit git://example.org/ab.git
F:\tfs/alpha/

BETA
M:\tB <B@example.org>
M:\tA <a@example.org>
S:\tMaintained
T:\tgit git://example.org/ab.git
F:\tfs/beta/

GAMMA
M:\tA <a@example.org>
M:\tB <b@example.org>
S:\tMaintained
F:\tfs/gamma/

CEPH
M:\tC <c@example.org>
S:\tMaintained
F:\tfs/ceph/
F:\tnet/ceph/

RDS
M:\tR <r@example.org>
S:\tMaintained
F:\tnet/rds/

THE REST
L:\tlinux-kernel@vger.kernel.org
F:\t*
F:\t*/
";

fn change(path: &str) -> FileChange {
    FileChange {
        path: TreePath::new(path).unwrap(),
        before: Some(b"old\n".to_vec()),
        after: b"new\n".to_vec(),
    }
}

fn site(rule: &str, function: &str) -> SiteFact {
    SiteFact {
        rule: RuleName(rule.into()),
        function: function.into(),
        line: 7,
        adder: "sg_set_page".into(),
        conversion: "sg_set_page_from_gup".into(),
        sources: vec![SourceFact {
            call: "pin_user_pages_fast".into(),
            path: TreePath::new("net/rds/rdma.c").unwrap(),
            line: 3,
            function: "rds_pin_pages".into(),
        }],
        class: "gup".into(),
        condition: None,
        applicability: "safe".into(),
        evidence: vec!["pages[i] is filled by pin_user_pages_fast() on every path".into()],
        edited: false,
    }
}

fn facts(paths: &[&str]) -> SeriesFacts {
    let conversion = |path: &&str| Conversion {
        change: change(path),
        sites: vec![site("sg", &format!("f_{}", path.len()))],
    };
    SeriesFacts {
        name: "from-gup".into(),
        title: "tell pages from get_user_pages() apart".into(),
        rules: vec![RuleText { name: RuleName("sg".into()), text: "@@\n@@\n- a\n+ b\n".into() }],
        messages: Messages::from_gup(),
        conversions: paths.iter().map(conversion).collect(),
        helpers: vec![change("include/linux/scatterlist.h")],
        helper_names: vec!["sg_set_page_from_gup".into()],
        left_alone: vec![LeftAlone {
            path: TreePath::new("fs/nfs/direct.c").unwrap(),
            line: 9,
            function: "nfs".into(),
            adder: "bvec_set_page".into(),
            reason: "another reference is held".into(),
        }],
        unseen: None,
        testing: Vec::new(),
    }
}

fn planned(facts: &SeriesFacts) -> Series {
    let (maintainers, diagnostics) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    assert_eq!(diagnostics, []);
    let no_history = |groups: &[Vec<TreePath>]| vec![None; groups.len()];
    let options = PlanOptions::default();
    let mut parts = plan(facts, &maintainers, &|_| false, &no_history, &options).unwrap();
    assert_eq!(parts.len(), 1);
    parts.remove(0)
}

fn signed() -> PlanOptions {
    PlanOptions { authorship: Authorship::SignedOff("A B <a@b>".into()), ..PlanOptions::default() }
}

/// Subject and files of each patch.
fn outline(series: &Series) -> Vec<(String, String)> {
    let files =
        |patch: &Patch| patch.changes.iter().map(|c| c.path.as_str()).collect::<Vec<_>>().join(" ");
    series.patches.iter().map(|patch| (patch.subject.clone(), files(patch))).collect()
}

#[test]
fn helpers_come_first_and_an_owner_has_one_patch() {
    let series = planned(&facts(&["net/rds/rdma.c", "net/ceph/x.c", "fs/ceph/file.c", "odd/a.c"]));
    let outline = outline(&series);
    let outline: Vec<(&str, &str)> =
        outline.iter().map(|(s, f)| (s.as_str(), f.as_str())).collect();
    assert_eq!(
        outline,
        [
            ("scatterlist: add sg_set_page_from_gup()", "include/linux/scatterlist.h"),
            ("ceph: use sg_set_page_from_gup() for user pages", "fs/ceph/file.c net/ceph/x.c"),
            ("net/rds: use sg_set_page_from_gup() for user pages", "net/rds/rdma.c"),
            ("odd: use sg_set_page_from_gup() for user pages", "odd/a.c"),
        ]
    );
}

#[test]
fn subjects_are_short_and_all_different() {
    let paths = ["odd/one/a.c", "odd/one/b/c.c", "odd/two/b/c.c", "odd/three/b/c.c"];
    let mut facts = facts(&paths);
    for conversion in &mut facts.conversions {
        conversion.sites[0].conversion = format!("{}_from_gup", "long_name_".repeat(9));
    }
    let subjects: Vec<String> = planned(&facts).patches.into_iter().map(|p| p.subject).collect();
    let different: BTreeSet<&String> = subjects.iter().collect();
    assert_eq!(different.len(), subjects.len(), "{subjects:?}");
    assert!(subjects.iter().all(|subject| subject.len() <= WIDTH), "{subjects:?}");
}

#[test]
fn the_history_has_the_last_word_on_prefixes() {
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let history = |groups: &[Vec<TreePath>]| {
        groups.iter().map(|group| (group.len() == 1).then(|| "RDS".to_owned())).collect()
    };
    let facts = facts(&["net/rds/rdma.c"]);
    let series = plan(&facts, &maintainers, &|_| false, &history, &signed()).unwrap().remove(0);
    let patch = &series.patches[1];
    assert_eq!(patch.subject, "RDS: use sg_set_page_from_gup() for user pages");
    assert!(patch.message().ends_with(".\n\nSigned-off-by: A B <a@b>\n"), "{}", patch.message());
}

#[test]
fn messages_name_the_facts_and_keep_to_the_width() {
    let series = planned(&facts(&["net/rds/rdma.c"]));
    let [helpers, patch] = series.patches.as_slice() else { panic!("two patches") };
    assert!(helpers.body.contains("\n    - a\n    + b"), "{}", helpers.body);
    assert!(patch.body.contains("f_14() uses sg_set_page()"), "{}", patch.body);
    assert!(patch.body.contains("pin_user_pages_fast()"));
    assert_eq!(
        patch.evidence,
        [
            "net/rds/rdma.c:7 f_14(): gup, from pin_user_pages_fast() in line 3; safe",
            "pages[i] is filled by pin_user_pages_fast() on every path",
            NOT_BUILT,
        ]
    );
    assert!(series.cover.body.contains("- fs/nfs/direct.c:9 nfs(), bvec_set_page: another"));
    for text in [&helpers.body, &patch.body, &series.cover.body] {
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }
}

#[test]
fn the_order_of_trailers_is_the_one_of_the_kernel() {
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let no_history = |groups: &[Vec<TreePath>]| vec![None; groups.len()];
    let facts = facts(&["net/rds/rdma.c"]);
    let trailers = [
        "Link: https://example.org/a-place-that-is-far-too-long-for-a-line-of-75-columns",
        "Suggested-by: C <c@d>",
    ];
    let trailers = trailers.map(|text| Trailer::parse(text).unwrap()).to_vec();
    let options = PlanOptions { trailers, ..signed() };
    let mut series =
        plan(&facts, &maintainers, &|_| false, &no_history, &options).unwrap().remove(0);
    series.add_changes(2, "None that would be worth a line, but for one that is.");
    let message = series.patches[1].message();
    assert!(
        message.ends_with(
            "\n\nSuggested-by: C <c@d>\nSigned-off-by: A B <a@b>\nLink: \
             https://example.org/a-place-that-is-far-too-long-for-a-line-of-75-columns\n"
        ),
        "{message}"
    );
    let end =
        "\n\nChanges in v2\n=============\n\nNone that would be worth a line, but for one that is.";
    assert!(series.cover.body.ends_with(end), "{}", series.cover.body);
}

#[test]
fn a_prefix_too_long_for_any_subject_gives_way_to_the_path() {
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let history = |groups: &[Vec<TreePath>]| vec![Some("x".repeat(70)); groups.len()];
    let facts = facts(&["net/rds/rdma.c"]);
    let series = plan(&facts, &maintainers, &|_| false, &history, &signed()).unwrap().remove(0);
    assert_eq!(series.patches[1].subject, "net/rds: use sg_set_page_from_gup() for user pages");
}

#[test]
fn a_header_with_a_site_and_a_helper_is_in_one_patch() {
    let series = planned(&facts(&["include/linux/scatterlist.h", "net/rds/rdma.c"]));
    assert_eq!(series.patches.len(), 2);
    assert!(series.patches[0].body.contains("f_27() right away"), "{}", series.patches[0].body);
}

#[test]
fn a_file_twice_and_nothing_at_all_are_refused() {
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let no_history = |groups: &[Vec<TreePath>]| vec![None; groups.len()];
    let refused = |paths: &[&str]| {
        plan(&facts(paths), &maintainers, &|_| false, &no_history, &PlanOptions::default())
            .unwrap_err()
            .to_string()
    };
    assert_eq!(refused(&["a/b.c", "a/b.c"]), "a/b.c is changed twice");
    assert_eq!(refused(&[]), "there is nothing to convert, so there is no series");
}

#[test]
fn a_template_of_the_rule_wins_and_mistakes_have_a_line() {
    let mut facts = facts(&["net/rds/rdma.c"]);
    let template = "Subject: {{ prefix }}: own\n\nOwn text.\n";
    facts.messages.0.insert("sg".into(), template.into());
    assert_eq!(planned(&facts).patches[1].subject, "net/rds: own");
    facts.messages.0.insert("sg".into(), "Subject: x\n\n{{ nothing }}\n".into());
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let no_history = |groups: &[Vec<TreePath>]| vec![None; groups.len()];
    let error = plan(&facts, &maintainers, &|_| false, &no_history, &PlanOptions::default());
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("message template `sg`: line 3: "), "{error}");
}

/// The files of each patch but the first.
fn split(paths: &[&str], split: Split) -> Vec<String> {
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let no_history = |groups: &[Vec<TreePath>]| vec![None; groups.len()];
    let options = PlanOptions { split, ..PlanOptions::default() };
    let facts = facts(paths);
    let series = plan(&facts, &maintainers, &|_| false, &no_history, &options).unwrap().remove(0);
    outline(&series).into_iter().skip(1).map(|(_, files)| files).collect()
}

#[test]
fn small_patches_of_the_same_people_and_tree_go_together() {
    let paths = ["fs/alpha/a.c", "fs/beta/b.c", "fs/gamma/c.c"];
    assert_eq!(split(&paths, Split::Subsystem), ["fs/alpha/a.c fs/beta/b.c", "fs/gamma/c.c"]);
    let many = ["fs/alpha/1.c", "fs/alpha/2.c", "fs/alpha/3.c", "fs/alpha/4.c", "fs/beta/b.c"];
    assert_eq!(split(&many, Split::Subsystem).len(), 2);
}

#[test]
fn the_user_can_say_what_a_patch_is_of() {
    let paths = ["fs/alpha/a.c", "fs/ceph/1.c", "fs/ceph/2.c", "fs/gamma/c.c", "net/ceph/3.c"];
    assert_eq!(
        split(&paths, Split::Maintainer),
        ["fs/alpha/a.c fs/gamma/c.c", "fs/ceph/1.c fs/ceph/2.c net/ceph/3.c"]
    );
    assert_eq!(
        split(&paths, Split::Directory),
        ["fs/alpha/a.c", "fs/ceph/1.c fs/ceph/2.c", "fs/gamma/c.c", "net/ceph/3.c"]
    );
    assert_eq!(split(&paths, Split::File), paths);
}

#[test]
fn a_large_campaign_becomes_several_postings() {
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let no_history = |groups: &[Vec<TreePath>]| vec![None; groups.len()];
    let paths: Vec<String> = (0..7).map(|at| format!("odd/d{at}/a.c")).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let facts = facts(&paths);
    let options = PlanOptions { max_patches: 3, ..PlanOptions::default() };
    let parts = plan(&facts, &maintainers, &|_| false, &no_history, &options).unwrap();
    assert_eq!(parts.iter().map(|part| part.patches.len()).collect::<Vec<_>>(), [3, 3, 2]);
    let changed = parts.iter().flat_map(|part| &part.patches).flat_map(|patch| &patch.changes);
    let different: BTreeSet<&TreePath> = changed.clone().map(|change| &change.path).collect();
    assert_eq!(changed.count(), different.len());
    let subjects = parts.iter().flat_map(|part| &part.patches).map(|patch| &patch.subject);
    assert_eq!(subjects.collect::<BTreeSet<_>>().len(), 8);
    let covers: BTreeSet<&String> = parts.iter().map(|part| &part.cover.subject).collect();
    assert_eq!(covers.len(), 3, "{covers:?}");
    assert!(parts[0].cover.body.contains("This is part 1 of 3"), "{}", parts[0].cover.body);
    assert!(parts[1].cover.body.contains("prerequisites"), "{}", parts[1].cover.body);
    assert!(!parts[1].cover.body.contains("The first patch adds"), "{}", parts[1].cover.body);
}
