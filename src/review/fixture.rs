//! Reports and changes for tests, made by hand from the miniature tree.
//!
//! Lines are found by the text that stands on them, so that the tree may be edited.

use super::dry_run::{Author, DryRun, Evidence, FileReview, Group};
use super::{
    Applicability, Class, Other, Reach, Reference, Report, Role, Site, Source, Step, Unseen,
};
use crate::diff::FileChange;
use crate::source::TreePath;

/// The bytes of a file of the miniature tree.
pub(crate) fn bytes(path: &str) -> Vec<u8> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/minitree/");
    std::fs::read(format!("{root}{path}")).unwrap()
}

/// Line `line` of a file of the miniature tree.
pub(crate) fn read_line(path: &TreePath, line: u32) -> Option<String> {
    let text = String::from_utf8(bytes(path.as_str())).unwrap();
    text.lines().nth(line as usize - 1).map(str::to_owned)
}

pub(crate) fn path(path: &str) -> TreePath {
    TreePath::new(path).unwrap()
}

/// The 1-based line and column of the first `needle` in a file, not before the first `after`.
fn find(file: &str, after: &str, needle: &str) -> (u32, u32) {
    let text = String::from_utf8(bytes(file)).unwrap();
    let from = text.find(after).unwrap();
    let at = from + text[from..].find(needle).unwrap();
    let line = text[..at].matches('\n').count() as u32 + 1;
    let column = at - text[..at].rfind('\n').map_or(0, |newline| newline + 1) + 1;
    (line, column as u32)
}

/// A site by itself, at line 1, for tests that look at its names only.
pub(crate) fn site(file: &str, function: &str, adder: &str, page: &str) -> Site {
    Site {
        file: path(file),
        line: 1,
        column: 1,
        function: function.into(),
        adder: adder.into(),
        page: page.into(),
        class: Class::Gup,
        condition: None,
        reach: Reach::Intra,
        reference: Reference::Borrowed,
        releases: Vec::new(),
        sources: Vec::new(),
        others: Vec::new(),
        trace: Vec::new(),
        conversion: Some(format!("{adder}_from_gup")),
        applicability: Applicability::Safe,
        reason: "every path comes from GUP".into(),
    }
}

/// A site at the first call of its adder with its page in its function, with sources and a trace.
///
/// `steps` are role, function and text; the first one is the source, and its call stands before `(`.
fn traced(
    (file, function, adder, page): (&str, &str, &str, &str),
    call: &str,
    steps: &[(Role, &str, &str)],
) -> Site {
    let start = format!("{function}(");
    let (line, column) = find(file, &start, call);
    let step = |&(role, function, text): &(Role, &str, &str)| {
        let (line, _) = find(file, &format!("{function}("), text);
        Step { file: path(file), line, function: function.into(), text: text.into(), role }
    };
    let trace: Vec<Step> = steps.iter().map(step).collect();
    let sources = trace
        .iter()
        .filter(|step| step.role == Role::Source)
        .map(|step| Source {
            file: step.file.clone(),
            line: step.line,
            function: step.function.clone(),
            call: step.text.split('(').next().unwrap().into(),
        })
        .collect();
    Site { line, column, sources, trace, ..site(file, function, adder, page) }
}

/// Six sites of all classes.
pub(crate) fn report() -> Report {
    Report {
        version: 1,
        tree: "tests/data/minitree".into(),
        rules: "from-gup".into(),
        sites: vec![blk_map(), udma("in", "from"), udma("out", "to"), genbuf(), carried(), dio()],
        unseen: Unseen {
            files: 1,
            indirect_calls: 2,
            details: vec![
                "net/zrx/ring.c:0: the file could not be read".into(),
                "drivers/dma/udma.c:43: call through `chan->start` was not resolved".into(),
            ],
            ..Unseen::default()
        },
    }
}

fn blk_map() -> Site {
    let function = "blk_map_user_direct";
    let adder = "bio_add_pc_page(rq->q, bio, pages[i]";
    traced(
        ("block/blk-map.c", function, "bio_add_pc_page", "pages[i]"),
        adder,
        &[
            (Role::Source, function, "pin_user_pages_fast(uaddr & PAGE_MASK,"),
            (Role::Adder, function, adder),
        ],
    )
}

fn udma(page: &str, address: &str) -> Site {
    let function = "udma_copy_page";
    let adder =
        if page == "in" { "sg_set_page(&chan->src, in" } else { "sg_set_page(&chan->dst, out" };
    let source = format!("pin_user_pages_fast({address} & PAGE_MASK");
    traced(
        ("drivers/dma/udma.c", function, "sg_set_page", page),
        adder,
        &[(Role::Source, function, &source), (Role::Adder, function, adder)],
    )
}

fn genbuf() -> Site {
    let function = "genbuf_map_one";
    let file = "drivers/misc/genbuf.c";
    let adder = "sg_set_page(buf->sgl, page";
    let (line, _) = find(file, function, "alloc_page(GFP_KERNEL)");
    Site {
        class: Class::Mixed,
        others: vec![Other { file: path(file), line, text: "alloc_page(GFP_KERNEL)".into() }],
        conversion: None,
        applicability: Applicability::Manual,
        reason: "the page is from GUP or from alloc_page(), and nothing at the site tells which"
            .into(),
        ..traced(
            (file, function, "sg_set_page", "page"),
            adder,
            &[
                (Role::Source, function, "pin_user_pages_fast(buf->uaddr, 1"),
                (Role::Adder, function, adder),
            ],
        )
    }
}

fn carried() -> Site {
    let function = "fscrypt_decrypt_bio";
    let adder = "sg_set_page(&sg, page";
    Site {
        class: Class::Carried,
        reference: Reference::Unknown,
        releases: Vec::new(),
        conversion: None,
        applicability: Applicability::Manual,
        reason: "read back from a bio_vec, which is to carry the mark itself".into(),
        ..traced(
            ("fs/crypto.c", function, "sg_set_page", "page"),
            adder,
            &[(Role::Load, function, "bv->bv_page"), (Role::Adder, function, adder)],
        )
    }
}

fn dio() -> Site {
    let function = "dio_send_page";
    let adder = "bio_add_page(dio->bio, page, len, from)";
    Site {
        class: Class::Conditional,
        condition: Some("user_backed_iter(dio->iter)".into()),
        reach: Reach::File,
        reference: Reference::Owned,
        releases: Vec::new(),
        applicability: Applicability::Review,
        reason: "the condition is read from dio->iter, which other functions can set".into(),
        ..traced(
            ("fs/direct-io.c", function, "bio_add_page", "page"),
            adder,
            &[
                (Role::Source, "dio_refill_pages", "iov_iter_get_pages2(dio->iter"),
                (Role::Store, "dio_refill_pages", "dio->pages"),
                (Role::Load, "dio_get_page", "return dio->pages[dio->head]"),
                (Role::Return, "dio_send_page", "dio_get_page(dio)"),
                (Role::Adder, function, adder),
            ],
        )
    }
}

/// The changes that go with [`report`].
pub(crate) fn dry_run() -> DryRun {
    let report = report();
    let file = |path: &str, edits: &[(&str, &str)]| {
        let before = bytes(path);
        let mut after = String::from_utf8(before.clone()).unwrap();
        for (old, new) in edits {
            assert!(after.contains(old), "{old}");
            after = after.replacen(old, new, 1);
        }
        let evidence = report.sites.iter().filter(|site| site.file.as_str() == path);
        let evidence = evidence.map(|site| Evidence {
            site: site.clone(),
            rule: site.conversion.clone().unwrap_or_default().replace("_from_gup", ""),
            lines: Vec::new(),
            author: Author::Rule,
        });
        let change = FileChange {
            path: TreePath::new(path).unwrap(),
            before: Some(before),
            after: after.into_bytes(),
        };
        FileReview::new(change, evidence.collect())
    };
    let blk = file(
        "block/blk-map.c",
        &[(
            "(bio_add_pc_page(rq->q, bio, pages[i]",
            "(bio_add_pc_page_from_gup(rq->q, bio, pages[i]",
        )],
    );
    let udma = file(
        "drivers/dma/udma.c",
        &[
            ("sg_set_page(&chan->src, in", "sg_set_page_from_gup(&chan->src, in"),
            ("sg_set_page(&chan->dst, out", "sg_set_page_from_gup(&chan->dst, out"),
        ],
    );
    let dio = file(
        "fs/direct-io.c",
        &[
            (
                "	unsigned int len;\n\n	if (IS_ERR",
                "	unsigned int len;\n	bool is_gup = user_backed_iter(dio->iter);\n\n	if (IS_ERR",
            ),
            (
                "	if (bio_add_page(dio->bio, page, len, from) != len)",
                "	if ((is_gup ? bio_add_page_from_gup(dio->bio, page, len, from) :\n\
                 \t\t      bio_add_page(dio->bio, page, len, from)) != len)",
            ),
        ],
    );
    let left_alone = report.sites.iter().filter(|site| site.conversion.is_none());
    DryRun {
        groups: vec![
            Group { subsystem: "BLOCK LAYER".into(), files: vec![blk] },
            Group { subsystem: "DMA ENGINE FOR USER BUFFERS".into(), files: vec![udma] },
            Group { subsystem: "FILESYSTEMS (VFS)".into(), files: vec![dio] },
        ],
        left_alone: left_alone.cloned().collect(),
        open: 0,
        unseen: report.unseen.clone(),
    }
}

/// Compares `text` with the snapshot `tests/data/review/<name>.snap`.
#[track_caller]
pub(crate) fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/review"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}
