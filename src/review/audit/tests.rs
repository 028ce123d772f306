//! Each form of a small audit.

use super::*;
use crate::review::Palette;
use crate::review::fixture::path;

fn row(file: &str, line: u32) -> Row {
    Row {
        file: path(file),
        line,
        column: 8,
        function: "map_user".into(),
        subsystem: "BLOCK LAYER".into(),
        call: "pin_user_pages_fast".into(),
        reference: "pin",
        flags: vec!["FOLL_LONGTERM".into(), "FOLL_WRITE".into()],
        transfer: "destination",
        writes_when: None,
        written: Vec::new(),
        ought_to_pin: false,
        container: None,
        pages: Some("&pages[0]".into()),
        destinations: vec![Destination {
            file: path(file),
            line: line + 4,
            function: "map_user".into(),
            adder: "bio_add_page".into(),
            container: "bio",
            class: Class::Gup,
            reference: Reference::Owned,
            releases: vec![Release {
                file: path("b.c"),
                line: 5,
                function: "unmap".into(),
                text: "put_page(page)".into(),
            }],
        }],
        releases: vec![ReleasedAt { call: "put_page".into(), line: line + 9, reference: "get" }],
        releases_elsewhere: Vec::new(),
        ending: "leaks",
        ways_out: vec![line + 7],
        problems: vec!["given back with \"put_page\", which is wrong".into()],
        checks: vec!["or is it".into()],
    }
}

fn audit(calls: Vec<Row>) -> Audit {
    Audit::new("linux".into(), "from-gup".into(), calls, Unseen::default())
}

#[test]
fn people_read_a_paragraph_a_call_and_the_figures() {
    assert_eq!(
        text(&audit(vec![row("a.c", 3)]), Palette::plain()),
        "BLOCK LAYER: 1 call\n  \
         a.c:3 map_user: pin_user_pages_fast(&pages[0]) [pin FOLL_LONGTERM|FOLL_WRITE, destination]\n      \
         → bio_add_page (bio) a.c:7 map_user [gup]; the release reads the page back from the container\n          \
         b.c:5 put_page(page)\n      \
         still held on the way out in line 10: put_page in line 12\n      \
         given back with \"put_page\", which is wrong\n      \
         look: or is it\n\
         1 calls in 1 subsystems; the pages of 1 reach a plain adder, in 1 subsystems; 1 with a problem, 1 to look at, 0 that ought to pin\n"
    );
}

#[test]
fn calls_that_ought_to_pin_are_listed_with_what_says_so() {
    let flag = Written {
        by: "flag",
        file: path("a.c"),
        line: 3,
        text: "FOLL_WRITE".into(),
        when: Some("dir == READ".into()),
    };
    let dirty = Written {
        by: "dirty",
        file: path("b.c"),
        line: 20,
        text: "set_page_dirty_lock(page)".into(),
        when: None,
    };
    let ought = |line: u32, written: Vec<Written>| Row {
        reference: "get",
        transfer: "unknown",
        writes_when: Some("dir == READ".into()),
        ought_to_pin: true,
        written,
        ..row("a.c", line)
    };
    let rows = vec![ought(3, vec![flag.clone()]), ought(9, vec![flag, dirty]), row("a.c", 30)];
    let text = text(&audit(rows), Palette::plain());
    assert!(text.contains("[get FOLL_LONGTERM|FOLL_WRITE, destination if dir == READ]"), "{text}");
    let (_, listing) = text.split_once("or is it\ntaken").unwrap();
    assert_eq!(
        listing,
        " with FOLL_GET and written to; FOLL_PIN is for that: 1 call\n  \
         a.c:9 map_user: pin_user_pages_fast\n      \
         b.c:20 marked dirty: set_page_dirty_lock(page)\n\
         taken with FOLL_GET and FOLL_WRITE; who writes is not seen: 1 call\n  \
         a.c:3 map_user: pin_user_pages_fast\n      \
         a.c:3 asked for: FOLL_WRITE, if dir == READ\n\
         3 calls in 1 subsystems; the pages of 3 reach a plain adder, in 1 subsystems; 3 with a problem, 3 to look at, \
         2 that ought to pin\n"
    );
}

#[test]
fn a_spreadsheet_gets_quotes_and_commas_back() {
    let csv = csv(&audit(vec![row("a.c", 3)]));
    let last = csv.trim_end().rsplit("\r\n").next().unwrap();
    assert!(last.starts_with("a.c,3,map_user,BLOCK LAYER,pin_user_pages_fast,pin,"), "{last}");
    assert!(
        last.ends_with(
            ",leaks,10,\"given back with \"\"put_page\"\", which is wrong\",or is it,,,no"
        ),
        "{last}"
    );
}

#[test]
fn source_text_on_the_page_is_text() {
    let mut odd = row("a.c", 3);
    odd.pages = Some("\u{1b}[31m</table><script>".into());
    let page = page(&audit(vec![odd]));
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"), "{page}");
    assert!(!page.contains('\u{1b}') && page.trim_end().ends_with("</html>"));
}

#[test]
fn a_comparison_sees_past_lines_and_files_that_moved() {
    let named = |row: Row, function: &str| Row { function: function.into(), ..row };
    let moved = |file: &str| named(row(file, 3), "in_another_file");
    let mut other_call = named(row("fs/b.c", 3), "calls_something_else");
    let before = audit(vec![
        row("fs/a.c", 3),
        row("fs/b.c", 3),
        other_call.clone(),
        named(row("fs/c.c", 3), "goes"),
        moved("drivers/e.c"),
    ]);
    let mut converted = row("fs/b.c", 40);
    converted.destinations.clear();
    other_call.call = "iov_iter_extract_pages".into();
    let now = audit(vec![
        row("fs/a.c", 30),
        converted,
        other_call,
        named(row("fs/d.c", 3), "comes"),
        moved("mm/e.c"),
    ]);
    let found = compare(&now, &before, "v1".into());
    let told: Vec<(&str, String)> = found
        .changes
        .iter()
        .map(|change| match change {
            Change::New { now } => ("new", now.file.to_string()),
            Change::Gone { before } => ("gone", before.file.to_string()),
            Change::Changed { now, .. } => ("changed", now.file.to_string()),
        })
        .collect();
    let want = [
        ("changed", "fs/b.c"),
        ("changed", "fs/b.c"),
        ("gone", "fs/c.c"),
        ("new", "fs/d.c"),
        ("changed", "mm/e.c"),
    ];
    assert_eq!(told, want.map(|(kind, file)| (kind, file.to_owned())));
    assert_eq!((found.before.to_plain_adders, found.now.to_plain_adders), (5, 4));
    let text = text(&Audit { comparison: Some(found), ..now }, Palette::plain());
    let (_, told) = text.split_once("compared with v1\n").unwrap();
    assert_eq!(
        told,
        "  ! fs/b.c:3 calls_something_else: iov_iter_extract_pages\n      \
         was pin_user_pages_fast\n  \
         ! fs/b.c:40 map_user: pin_user_pages_fast\n      \
         plain adders: no longer bio_add_page in map_user()\n  \
         - fs/c.c:3 goes: pin_user_pages_fast\n  \
         + fs/d.c:3 comes: pin_user_pages_fast\n  \
         ! mm/e.c:3 in_another_file: pin_user_pages_fast\n      \
         was in drivers/e.c\n  \
         drivers  calls 1 → 0      pins 1 → 0      to a plain adder 1 → 0\n  \
         fs       calls 4          pins 4          to a plain adder 4 → 3\n  \
         mm       calls 0 → 1      pins 0 → 1      to a plain adder 0 → 1\n\
         then: 5 calls in 1 subsystems; the pages of 5 reach a plain adder, in 1 subsystems; 5 with a problem, 5 to \
         look at, 0 that ought to pin\n\
         now:  5 calls in 1 subsystems; the pages of 4 reach a plain adder, in 1 subsystems; 5 with a problem, 5 to \
         look at, 0 that ought to pin\n"
    );
}
