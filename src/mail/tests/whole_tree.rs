//! A made-up campaign on a git repository of a whole kernel tree, named by `KERNEL_REPOSITORY`: how long it
//! takes, and whether `git am` and `scripts/checkpatch.pl` agree. The repository gets a branch and loses it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Instant;

use super::*;
use crate::diff::FileChange;
use crate::series::facts::{
    Conversion, Messages, RuleName, RuleText, SeriesFacts, SiteFact, SourceFact,
};
use crate::series::from_gup::{STORE_HELPER, TreeReader, helpers};
use crate::series::{Authorship, PlanOptions, plan};

/// Files and the adders that are called in them.
const CONVERTED: &[(&str, &str)] = &[
    ("block/bio.c", "bio_add_hw_page"),
    ("block/blk-map.c", "bio_add_pc_page"),
    ("crypto/af_alg.c", "sg_set_page"),
    ("drivers/gpu/drm/i915/gem/i915_gem_userptr.c", "sg_alloc_table_from_pages_segment"),
    ("drivers/gpu/drm/radeon/radeon_ttm.c", "sg_alloc_table_from_pages"),
    ("drivers/infiniband/core/umem.c", "sg_alloc_append_table_from_pages"),
    ("drivers/media/common/videobuf2/videobuf2-dma-sg.c", "sg_alloc_table_from_pages"),
    ("drivers/nvme/target/zns.c", "bio_add_zone_append_page"),
    ("drivers/vhost/scsi.c", "sg_set_page"),
    ("fs/direct-io.c", "bio_add_page"),
    ("fs/iomap/direct-io.c", "__bio_add_page"),
    ("fs/ext4/page-io.c", "bio_add_page"),
    ("net/rds/message.c", "sg_set_page"),
    ("net/rds/rdma.c", "sg_set_page"),
    ("mm/page_io.c", "bio_add_page"),
];

/// The tree on disk, with a scan for every question.
struct OnDisk(PathBuf);

impl TreeReader for OnDisk {
    fn read(&self, path: &TreePath) -> Option<Vec<u8>> {
        std::fs::read(self.0.join(path.as_str())).ok()
    }

    fn mentions(&self, word: &str) -> Vec<TreePath> {
        // Its status says whether there is any.
        let found = Command::new("git")
            .current_dir(&self.0)
            .args(["grep", "-lw", word, "HEAD", "--", "*.h", "block/*.c"])
            .output()
            .unwrap();
        String::from_utf8(found.stdout)
            .unwrap()
            .lines()
            .filter_map(|line| TreePath::new(line.strip_prefix("HEAD:")?))
            .collect()
    }
}

fn conversion(tree: &OnDisk, path: &str, adder: &str) -> Option<Conversion> {
    let path = TreePath::new(path).unwrap();
    let before = tree.read(&path)?;
    // A call, not the definition.
    let call = regex::bytes::Regex::new(&format!(r"(= |[(]|\n\t+){adder}\(")).unwrap();
    let named = format!("${{1}}{adder}_from_gup(");
    let after = call.replace_all(&before, named.as_bytes()).into_owned();
    if after == before {
        println!("{path} does not call {adder}()");
        return None;
    }
    let site = SiteFact {
        rule: RuleName("gup".into()),
        function: "some_function".into(),
        line: 1,
        adder: adder.into(),
        conversion: format!("{adder}_from_gup"),
        sources: vec![SourceFact {
            call: "pin_user_pages_fast".into(),
            path: path.clone(),
            line: 1,
            function: "some_function".into(),
        }],
        class: "gup".into(),
        condition: None,
        applicability: "safe".into(),
        evidence: vec!["pages[] is filled by pin_user_pages_fast() on every path".into()],
        edited: false,
    };
    let change = FileChange { path, before: Some(before), after };
    Some(Conversion { change, sites: vec![site] })
}

fn facts(tree: &OnDisk) -> SeriesFacts {
    let conversions: Vec<Conversion> =
        CONVERTED.iter().filter_map(|(path, adder)| conversion(tree, path, adder)).collect();
    let changes: Vec<FileChange> = conversions.iter().map(|c| c.change.clone()).collect();
    let sites = conversions.iter().flat_map(|conversion| &conversion.sites);
    let mut wanted: BTreeSet<String> = sites.map(|site| site.conversion.clone()).collect();
    wanted.insert(STORE_HELPER.into());
    let helpers = helpers(&wanted, tree, &changes);
    println!("missing: {:?}", helpers.missing);
    SeriesFacts {
        name: "from-gup".into(),
        title: "tell pages from get_user_pages() apart where they are added".into(),
        rules: vec![RuleText {
            name: RuleName("gup".into()),
            text: "@@\nexpression page : provenance(gup);\n@@\n- add(page)\n+ add_from_gup(page)\n"
                .into(),
        }],
        messages: Messages::from_gup(),
        conversions,
        helpers: helpers.changes,
        helper_names: helpers.names,
        left_alone: Vec::new(),
        unseen: None,
        testing: Vec::new(),
    }
}

#[test]
fn a_campaign_on_a_whole_kernel_applies_and_passes_checkpatch() {
    let Some(root) = std::env::var_os("KERNEL_REPOSITORY").map(PathBuf::from) else { return };
    let tree = OnDisk(root.clone());
    let facts = facts(&tree);
    let started = Instant::now();
    let repository = Repository::open(&root).unwrap();
    let read = |path: &str| repository.read(&TreePath::new(path).unwrap()).unwrap_or_default();
    let (maintainers, _) = Maintainers::parse(&read("MAINTAINERS"), &read(".mailmap"));
    let is_folder = |path: &str| repository.is_folder(path);
    let history = |groups: &[Vec<TreePath>]| repository.subject_prefixes(groups);
    let author = repository.author().unwrap();
    let options = PlanOptions {
        authorship: Authorship::SignedOff(format!("{} <{}>", author.name, author.email)),
        max_patches: 0,
        ..PlanOptions::default()
    };
    let series = plan(&facts, &maintainers, &is_folder, &history, &options).unwrap().remove(0);
    println!("planned: {:?}", started.elapsed());
    let branch = format!("gupatch/test-{}", std::process::id());
    let commits = repository.commit_series(&branch, &series.patches, &author).unwrap();
    println!("committed: {:?}", started.elapsed());
    let base = repository.base();
    let outgoing = Outgoing {
        series: &series,
        commits: &commits,
        base: &base,
        prerequisites: &[],
        author: &author,
    };
    let files = render(&outgoing, &maintainers, &is_folder, &MailOptions::default());
    let out = tempfile::tempdir().unwrap().keep().join("out");
    write_dir(&out, &files).unwrap();
    println!("written to {}: {:?}", out.display(), started.elapsed());
    let scratch = out.with_file_name("tree");
    let shared = root.to_str().unwrap();
    git(&root, &["clone", "-q", "-s", "-n", shared, scratch.to_str().unwrap()]);
    git(&scratch, &["config", "user.name", "T"]);
    git(&scratch, &["config", "user.email", "t@example.org"]);
    git(&scratch, &["sparse-checkout", "set", "block", "scripts", "include/linux"]);
    git(&scratch, &["checkout", "-q", base.as_str()]);
    for (file, commit) in files[1..].iter().zip(&commits) {
        let path = out.join(&file.name);
        git(&scratch, &["am", "-q", path.to_str().unwrap()]);
        assert_eq!(git(&scratch, &["rev-parse", "HEAD^{tree}"]), commit.tree.as_str());
        let checked = Command::new("perl")
            .current_dir(&root)
            .args(["scripts/checkpatch.pl", "--strict", "--no-summary"])
            .arg(&path)
            .output()
            .unwrap();
        println!("{}", String::from_utf8_lossy(&checked.stdout));
        assert!(!String::from_utf8_lossy(&checked.stdout).contains("ERROR:"), "{}", file.name);
    }
    git(&root, &["branch", "-q", "-D", &branch]);
}
