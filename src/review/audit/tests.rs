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
         1 calls in 1 subsystems; the pages of 1 reach a plain adder, in 1 subsystems; 1 with a problem, 1 to look at\n"
    );
}

#[test]
fn a_spreadsheet_gets_quotes_and_commas_back() {
    let csv = csv(&audit(vec![row("a.c", 3)]));
    let last = csv.trim_end().rsplit("\r\n").next().unwrap();
    assert!(last.starts_with("a.c,3,map_user,BLOCK LAYER,pin_user_pages_fast,pin,"), "{last}");
    assert!(
        last.ends_with(",leaks,10,\"given back with \"\"put_page\"\", which is wrong\",or is it"),
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
fn a_comparison_sees_past_lines_that_moved() {
    let before = audit(vec![row("a.c", 3), row("b.c", 3), row("c.c", 3)]);
    let mut converted = row("b.c", 40);
    converted.destinations.clear();
    let now = audit(vec![row("a.c", 30), converted, row("d.c", 3)]);
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
    let want = [("changed", "b.c"), ("gone", "c.c"), ("new", "d.c")];
    assert_eq!(told, want.map(|(kind, file)| (kind, file.to_owned())));
    assert_eq!((found.before.to_plain_adders, found.now.to_plain_adders), (3, 2));
}
