//! Each `tests/data/items/<behaviour>.c` against the items and normalised texts in `<behaviour>.txt`.
//!
//! With `GUPATCH_BLESS` set the expected files are written instead; what changed is then in the diff.

use std::path::{Path, PathBuf};

use super::{Arms, Item, ItemKind, Shape, TypeNames, normalise, split, visible};
use crate::lex::{LexedFile, TokenId};
use crate::parse;
use crate::source::TreePath;

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/items");
    let entries = std::fs::read_dir(folder).expect("the fixtures are there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    files.sort();
    assert!(!files.is_empty());
    files
}

fn lexed(bytes: &[u8]) -> LexedFile {
    LexedFile::new(TreePath::new("x.c").expect("a path"), bytes.to_vec())
}

/// The items of a file, each with its normalised text; first arms where all together do not read.
fn printed(file: &LexedFile) -> String {
    let mut out = String::new();
    for item in split(file) {
        let first = file.location(item.tokens.start);
        out.push_str(&format!("{first} {:?}", item.kind));
        if matches!(item.kind, ItemKind::Directive | ItemKind::Disabled | ItemKind::Stray) {
            out.push_str(&format!(" `{}`\n", file.range_text(item.tokens)));
            continue;
        }
        let text = [Arms::All, Arms::First].into_iter().find_map(|arms| {
            let tokens = visible(file, item.tokens, arms);
            let text = normalise(file, &tokens, Shape::TopLevel, &TypeNames::default()).ok()?;
            Some((arms, text))
        });
        match text {
            Some((Arms::All, text)) => out.push_str(&format!("\n{}", text.print(file))),
            Some((Arms::First, text)) => {
                out.push_str(&format!(" first arms\n{}", text.print(file)));
            }
            None => out.push_str(" not understood\n"),
        }
    }
    out
}

/// Every significant token and every top-level directive is in one item, in order.
fn check_cover(file: &LexedFile, items: &[Item]) {
    let mut at = TokenId(0);
    for item in items {
        assert!(item.tokens.start >= at && !item.tokens.is_empty(), "items are in order");
        let between = (at.0..item.tokens.start.0).map(TokenId);
        for token in between {
            let text = file.text(token);
            assert!(file.tokens.kind(token).is_trivia() && !text.starts_with(b"#"), "lost {text}");
        }
        at = item.tokens.end;
    }
    let rest = (at.0..file.tokens.len() as u32).map(TokenId);
    assert!(rest.into_iter().all(|token| file.tokens.kind(token).is_trivia()));
}

#[test]
fn fixtures_read_as_their_expected_texts() {
    for path in fixtures() {
        let file = lexed(&std::fs::read(&path).unwrap());
        check_cover(&file, &split(&file));
        let got = printed(&file);
        let expected = path.with_extension("txt");
        if std::env::var_os("GUPATCH_BLESS").is_some() {
            std::fs::write(&expected, &got).unwrap();
        }
        let want = std::fs::read_to_string(&expected).unwrap_or_default();
        assert!(got == want, "{}:\n{got}", path.display());
    }
}

#[test]
fn fixtures_parse_and_account_for_every_call() {
    for path in fixtures().iter().filter(|path| !path.ends_with("unbalanced.c")) {
        let file = lexed(&std::fs::read(path).unwrap());
        let coverage = parse::coverage::coverage(&file, &TypeNames::default());
        assert_eq!(coverage.failures, [], "{}", path.display());
        assert_eq!(coverage.unaccounted_calls, [], "{}", path.display());
        assert_eq!(coverage.items.total, coverage.items.parsed, "{}", path.display());
    }
}

#[test]
fn known_types_decide_what_c_would_need_them_for() {
    let file = lexed(b"int f(int x) { return (odd)-x + (odd)(x, x); }");
    let text = |types: &TypeNames| {
        let tokens = visible(&file, file.tokens.all(), Arms::All);
        normalise(&file, &tokens, Shape::TopLevel, types).unwrap().text
    };
    assert!(text(&TypeNames::default()).contains("( odd ) - x + ( odd ) ("));
    assert!(text(&["odd"].into_iter().collect()).contains("( T ) - x + ( T ) ("));
}

#[test]
fn nesting_past_the_bound_is_a_diagnostic() {
    let nested = |open: &str, close: &str, levels: usize| {
        let body =
            format!("int f(void) {{ return {}1{}; }}", open.repeat(levels), close.repeat(levels));
        let file = lexed(body.as_bytes());
        let tokens = visible(&file, file.tokens.all(), Arms::All);
        normalise(&file, &tokens, Shape::TopLevel, &TypeNames::default())
            .map(|_| ())
            .map_err(|problem| problem.message)
    };
    let too_deep = Err("nested too deep to be parsed".to_owned());
    assert_eq!(nested("(", ")", 100), Ok(()));
    assert_eq!(nested("(", ")", 100_000), too_deep);
    assert_eq!(nested("-", "", 1000), Ok(()));
    assert_eq!(nested("- ", "", 100_000), too_deep);
    assert_eq!(nested("a ? b : ", "", 100_000), too_deep);
    assert_eq!(nested("sizeof(int[", "])", 90), too_deep);
    assert_eq!(
        nested("if (a) ", "", 100_000),
        Err("a keyword where an operand belongs".to_owned())
    );
}

#[test]
fn any_bytes_are_split_and_read_without_a_panic() {
    let pieces: [&[u8]; 24] = [
        b"{",
        b"}",
        b"(",
        b")",
        b"[",
        b"]",
        b";",
        b",",
        b" x ",
        b" int ",
        b" struct ",
        b"*",
        b"=",
        b"\n#if A\n",
        b"\n#else\n",
        b"\n#endif\n",
        b"\"s",
        b"\0",
        b"\xff",
        b":",
        b"?",
        b" case ",
        b".",
        b" f(",
    ];
    let mut state = 7_u32;
    for _ in 0..400 {
        let mut bytes = Vec::new();
        for _ in 0..60 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes.extend_from_slice(pieces[(state >> 16) as usize % pieces.len()]);
        }
        let file = lexed(&bytes);
        check_cover(&file, &split(&file));
        parse::coverage::coverage(&file, &TypeNames::default());
    }
}

#[test]
fn what_the_bounds_let_through_fits_the_stack() {
    let bodies = [
        format!("return {}1{};", "(".repeat(190), ")".repeat(190)),
        format!("return {}1{};", "f(".repeat(190), ")".repeat(190)),
        format!("return {}1;", "- ".repeat(1400)),
        format!("return {}1;", "(long)".repeat(1400)),
        format!("return {}1;", "a ? b : ".repeat(1400)),
        format!("return 1{};", " + 1".repeat(7900)),
        format!("return a{};", "->b".repeat(7900)),
        format!("{};", "if (a) ".repeat(1400)),
        format!("{};", "if (a) b; else ".repeat(1400)),
        format!("switch (a) {{ {}; }}", "case 1: ".repeat(1400)),
        format!("{}{}", "{".repeat(190), "}".repeat(190)),
    ];
    for body in bodies {
        let file = lexed(format!("int f(int a) {{ {body} }}").as_bytes());
        let coverage = parse::coverage::coverage(&file, &TypeNames::default());
        assert_eq!(coverage.failures, []);
    }
}
