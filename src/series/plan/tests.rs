use super::super::facts::{LeftAlone, RuleName, RuleText, SourceFact};
use super::*;

const MAINTAINERS: &str = "\
List

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
    plan(facts, &maintainers, &|_| false, &no_history, &Authorship::Unsigned).unwrap()
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
    let signed = Authorship::SignedOff("A B <a@b>".into());
    let series = plan(&facts, &maintainers, &|_| false, &history, &signed).unwrap();
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
        ]
    );
    assert!(series.cover.body.contains("- fs/nfs/direct.c:9 nfs(), bvec_set_page: another"));
    for text in [&helpers.body, &patch.body, &series.cover.body] {
        assert!(text.lines().all(|line| line.len() <= WIDTH), "{text}");
    }
}

#[test]
fn long_comments_of_a_rule_are_wrapped_and_its_code_is_not() {
    let mut facts = facts(&["net/rds/rdma.c"]);
    let (comment, code) = (format!("// {}", "word ".repeat(20)), format!("- {}", "x".repeat(90)));
    facts.rules[0].text = format!("{comment}\n{code}\n");
    let body = &planned(&facts).patches[0].body;
    assert!(body.contains(&format!("\n    {code}\n")) || body.ends_with(&format!("\n    {code}")));
    let comments: Vec<&str> = body.lines().filter(|line| line.contains("// word")).collect();
    assert_eq!(comments.len(), 2);
    assert!(comments.iter().all(|line| line.len() <= WIDTH), "{comments:?}");
}

#[test]
fn given_trailers_stand_before_the_sign_off() {
    let (maintainers, _) = Maintainers::parse(MAINTAINERS.as_bytes(), b"");
    let no_history = |groups: &[Vec<TreePath>]| vec![None; groups.len()];
    let facts = facts(&["net/rds/rdma.c"]);
    let signed = Authorship::SignedOff("A B <a@b>".into());
    let mut series = plan(&facts, &maintainers, &|_| false, &no_history, &signed).unwrap();
    series.add_trailers(&["Suggested-by: C <c@d>".into(), "Link: https://example.org".into()]);
    series.add_changes("Changes since v1: none that would be worth a line, but one that is.");
    let message = series.patches[1].message();
    assert!(
        message.ends_with(
            "\n\nSuggested-by: C <c@d>\nLink: https://example.org\nSigned-off-by: A B <a@b>\n"
        ),
        "{message}"
    );
    assert!(
        series
            .cover
            .body
            .ends_with("\n\nChanges since v1: none that would be worth a line, but one that is.")
    );
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
        plan(&facts(paths), &maintainers, &|_| false, &no_history, &Authorship::Unsigned)
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
    let error = plan(&facts, &maintainers, &|_| false, &no_history, &Authorship::Unsigned);
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("message template `sg`: line 3: "), "{error}");
}
