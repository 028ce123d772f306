//! The helpers beside small headers in memory, and beside all adders of a real tree where there is one.

use super::*;

/// A tree in memory.
struct Tree(BTreeMap<TreePath, Vec<u8>>);

impl Tree {
    fn new(files: &[(&str, &str)]) -> Tree {
        let entry =
            |(path, text): &(&str, &str)| (TreePath::new(path).unwrap(), text.as_bytes().to_vec());
        Tree(files.iter().map(entry).collect())
    }
}

impl TreeReader for Tree {
    fn read(&self, path: &TreePath) -> Option<Vec<u8>> {
        self.0.get(path).cloned()
    }

    fn mentions(&self, word: &str) -> Vec<TreePath> {
        let mentions = |bytes: &[u8]| bstr::ByteSlice::contains_str(bytes, word);
        self.0.iter().filter(|(_, bytes)| mentions(bytes)).map(|(path, _)| path.clone()).collect()
    }
}

fn make(files: &[(&str, &str)], wanted: &[&str]) -> Helpers {
    let wanted = wanted.iter().map(|name| (*name).to_owned()).collect();
    helpers(&wanted, &Tree::new(files), &[])
}

/// The code that is added to the only file, without its comments.
#[track_caller]
fn check(header: &str, wanted: &str, expected: &str) {
    let made = make(&[("include/linux/a.h", header)], &[wanted]);
    assert_eq!(made.missing, []);
    assert_eq!(code(&made), expected);
}

fn code(made: &Helpers) -> String {
    let after = String::from_utf8(made.changes[0].after.clone()).unwrap();
    let mut code = String::new();
    let mut in_comment = false;
    for line in after.lines() {
        in_comment |= line.starts_with("/**");
        if !in_comment {
            code.push_str(line);
            code.push('\n');
        }
        in_comment &= line != " */";
    }
    code
}

#[test]
fn a_prototype_gets_an_inline_function_behind_it() {
    check(
        "int add_page(struct bio *bio, unsigned len, gfp_t);\nvoid other(void);\n",
        "add_page_from_gup",
        "int add_page(struct bio *bio, unsigned len, gfp_t);\n\n\
         static inline int add_page_from_gup(struct bio *bio, unsigned int len,\n\
         \t\t\t\t    gfp_t arg3)\n{\n\treturn add_page(bio, len, arg3);\n}\n\nvoid other(void);\n",
    );
}

#[test]
fn an_inline_function_that_returns_nothing_is_called_as_a_statement() {
    check(
        "#ifndef A_H\n#define A_H\nstatic inline void set(struct sg *sg, struct page *page)\n{\n\
         \tif (sg)\n\t{ }\n}\n\n#endif\n",
        "set_from_gup",
        "#ifndef A_H\n#define A_H\nstatic inline void set(struct sg *sg, struct page *page)\n{\n\
         \tif (sg)\n\t{ }\n}\n\n\
         static inline void set_from_gup(struct sg *sg, struct page *page)\n{\n\
         \tset(sg, page);\n}\n\n#endif\n",
    );
}

#[test]
fn a_condition_that_declares_it_in_both_arms_is_stepped_over() {
    check(
        "#ifdef X\nint f(int a);\n#else\nstatic inline int f(int a) { return 0; }\n#endif\n",
        "f_from_gup",
        "#ifdef X\nint f(int a);\n#else\nstatic inline int f(int a) { return 0; }\n#endif\n\n\
         static inline int f_from_gup(int a)\n{\n\treturn f(a);\n}\n",
    );
}

#[test]
fn a_pointer_is_returned_and_function_pointers_are_passed_on() {
    check(
        "extern struct s *g(int (*done)(int, void *), struct page **pages, const char __user *);\n",
        "g_from_gup",
        "extern struct s *g(int (*done)(int, void *), struct page **pages, const char __user *);\n\
         \nstatic inline struct s *g_from_gup(int (*done)(int, void *),\n\
         \t\t\t\t   struct page **pages, const char __user *arg3)\n{\n\
         \treturn g(done, pages, arg3);\n}\n",
    );
}

#[test]
fn names_come_from_the_definition() {
    let made = make(
        &[
            ("block/blk.h", "int add(struct bio *, unsigned, unsigned);\n"),
            ("block/bio.c", "int add(struct bio *bio, unsigned len, unsigned off)\n{\n}\n"),
        ],
        &["add_from_gup"],
    );
    assert!(code(&made).contains("\treturn add(bio, len, off);"), "{}", code(&made));
}

#[test]
fn a_store_has_its_function_beside_the_struct() {
    check(
        "struct bio_vec {\n\tstruct page *bv_page;\n};\n",
        STORE_HELPER,
        "struct bio_vec {\n\tstruct page *bv_page;\n};\n\n\
         static inline void bvec_assign_page_from_gup(struct bio_vec *bv,\n\
         \t\t\t\t\t     struct page *page)\n{\n\tbv->bv_page = page;\n}\n",
    );
}

#[test]
fn what_is_there_is_not_added_and_what_is_nowhere_is_missing() {
    let header = "int a(int x);\nint a_from_gup(int x);\nint v(int x, ...);\n";
    let made = make(&[("include/linux/a.h", header)], &["a_from_gup", "b_from_gup", "v_from_gup"]);
    assert_eq!((made.changes.len(), made.names.len()), (0, 0));
    let missing: Vec<&str> = made.missing.iter().map(|missing| missing.name.as_str()).collect();
    assert_eq!(missing, ["b_from_gup", "v_from_gup"]);
}

#[test]
fn a_converted_header_keeps_its_conversion() {
    let tree = Tree::new(&[("include/linux/a.h", "int a(int x);\nold\n")]);
    let path = TreePath::new("include/linux/a.h").unwrap();
    let converted =
        FileChange { before: tree.read(&path), after: b"int a(int x);\nnew\n".to_vec(), path };
    let made = helpers(&["a_from_gup".to_owned()].into(), &tree, &[converted]);
    assert_eq!(made.changes[0].before.as_deref(), Some(&b"int a(int x);\nold\n"[..]));
    assert!(code(&made).ends_with("}\n\nnew\n"));
}

#[test]
fn the_document_gets_a_section_before_its_references() {
    let files = [
        ("include/linux/a.h", "int a(int x);\n"),
        (documentation::PATH, "Pin\n===\n\nReferences\n==========\n"),
    ];
    let made = make(&files, &["a_from_gup"]);
    let text = String::from_utf8(made.changes[0].after.clone()).unwrap();
    assert!(text.contains("* a_from_gup()\n"));
    assert!(text.ends_with("\n\nReferences\n==========\n"));
}

#[test]
fn a_reader_is_asked_only_for_the_words_announced() {
    let wanted: BTreeSet<String> =
        ["a_from_gup", STORE_HELPER, CONDITION_HELPER].map(str::to_owned).into();
    let announced = words(&wanted);
    let reader = Lookup {
        read: |_: &TreePath| None,
        mentions: |word: &str| {
            assert!(announced.contains(word), "{word}");
            Vec::new()
        },
    };
    assert_eq!(helpers(&wanted, &reader, &[]).missing.len(), 3);
}

/// All adders of the tree at `KERNEL_TREE` get a function, and `scripts/checkpatch.pl` likes it.
#[test]
fn all_adders_of_a_kernel_get_one_where_there_is_a_tree() {
    let Some(root) = std::env::var_os("KERNEL_TREE").map(std::path::PathBuf::from) else { return };
    let adders = [
        "bio_add_page",
        "__bio_add_page",
        "bio_add_pc_page",
        "bio_add_hw_page",
        "bio_add_zone_append_page",
        "bio_add_folio",
        "bio_add_folio_nofail",
        "bvec_set_page",
        "bvec_set_folio",
        "bvec_assign_page",
        "sg_set_page",
        "sg_set_folio",
        "sg_assign_page",
        "sg_alloc_table_from_pages",
        "__sg_alloc_table_from_pages",
        "sg_alloc_table_from_pages_segment",
        "sg_alloc_append_table_from_pages",
    ];
    let mut wanted: BTreeSet<String> =
        adders.iter().map(|name| format!("{name}{SUFFIX}")).collect();
    wanted.insert(CONDITION_HELPER.into());
    let mut texts = BTreeMap::new();
    for folder in ["include", "block", "lib"] {
        for entry in ignore::Walk::new(root.join(folder)).filter_map(Result::ok) {
            let name = entry.path().strip_prefix(&root).unwrap().to_str().unwrap();
            if name.ends_with(".h") || name.ends_with(".c") {
                texts.insert(TreePath::new(name).unwrap(), std::fs::read(entry.path()).unwrap());
            }
        }
    }
    let document = TreePath::new(documentation::PATH).unwrap();
    texts.extend(std::fs::read(root.join(document.as_str())).map(|text| (document, text)));
    let made = helpers(&wanted, &Tree(texts), &[]);
    for missing in &made.missing {
        println!("{} is missing: {}", missing.name, missing.reason);
        assert!(missing.reason.starts_with("no header declares "), "{}", missing.reason);
    }
    assert!(made.names.len() >= 10, "{:?}", made.names);
    let mut patch =
        b"From: T <t@x.org>\nSubject: x: add\n\nText.\n\nSigned-off-by: T <t@x.org>\n---\n"
            .to_vec();
    for change in &made.changes {
        patch.extend(crate::diff::unified(change));
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("helpers.patch");
    std::fs::write(&file, &patch).unwrap();
    if let Some(copy) = std::env::var_os("KEEP_HELPERS") {
        std::fs::copy(&file, copy).unwrap();
    }
    let checked = std::process::Command::new("perl")
        .current_dir(&root)
        .args(["scripts/checkpatch.pl", "--strict", "--no-summary", "--ignore", "BAD_SIGN_OFF"])
        .arg(&file)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&checked.stdout);
    assert!(!text.contains("ERROR:") && !text.contains("WARNING:"), "{text}");
    println!("{text}");
}
