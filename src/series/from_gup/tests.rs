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
