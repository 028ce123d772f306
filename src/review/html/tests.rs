//! The page as text, and in a browser where one is installed.

use std::path::Path;
use std::process::Command;

use super::*;
use crate::review::fixture;

const HOSTILE: &str =
    "</noscript></script><script>document.title=\"broken\"</script>'\"&<!--\x1b[31m\x00\u{202e}";

fn fixture_page() -> String {
    let (report, dry_run) = (fixture::report(), fixture::dry_run());
    let subsystem_of = |path: &TreePath| {
        let group = dry_run
            .groups
            .iter()
            .find(|group| group.files.iter().any(|file| file.change().path == *path));
        group.map_or("THE REST".to_owned(), |group| group.subsystem.clone())
    };
    page(&Input {
        report: &report,
        dry_run: Some(&dry_run),
        subsystem_of: &subsystem_of,
        read_line: &|path, line| fixture::read_line(path, line),
    })
}

/// A page in which every text that comes from outside is hostile.
fn hostile_page() -> String {
    let mut report = fixture::report();
    report.tree = HOSTILE.into();
    for site in &mut report.sites {
        site.function = HOSTILE.into();
        site.page = HOSTILE.into();
        site.reason = HOSTILE.into();
        site.condition = Some(HOSTILE.into());
        site.trace.iter_mut().for_each(|step| step.text = HOSTILE.into());
        site.others.iter_mut().for_each(|other| other.text = HOSTILE.into());
    }
    report.unseen.details.push(HOSTILE.into());
    page(&Input {
        report: &report,
        dry_run: Some(&fixture::dry_run()),
        subsystem_of: &|_| HOSTILE.into(),
        read_line: &|_, _| Some(HOSTILE.into()),
    })
}

#[test]
fn a_site_has_its_trace_and_its_diff() {
    let page = fixture_page();
    let start = page.find("<article id=\"s-00e1152f").unwrap();
    let end = start + page[start..].find("</article>").unwrap();
    fixture::snapshot("html_site", &page[start..end]);
}

#[test]
fn nothing_is_fetched() {
    let page = fixture_page();
    assert!(!page.contains("http://") && !page.contains("https://") && !page.contains("@import"));
    for attribute in ["src=", "srcset=", "action=", "url("] {
        assert!(!page.contains(attribute), "{attribute}");
    }
}

#[test]
fn hostile_source_is_text() {
    let page = hostile_page();
    assert_eq!(page.matches("<script>").count(), 1);
    assert_eq!(page.matches("</script>").count(), 1);
    assert!(page.contains("&lt;&#x2f;script&gt;"));
    assert_eq!(page.matches("</noscript>").count(), page.matches("<article ").count());
    assert!(!page.contains(['\x1b', '\x00', '\u{202e}']));
}

#[test]
fn ids_are_unique() {
    let page = fixture_page();
    let mut ids: Vec<&str> = page
        .match_indices(" id=\"")
        .map(|(at, m)| page[at + m.len()..].split('"').next().unwrap())
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// Loads `page` in headless Chromium with `script` behind it, and gives the title that the script set.
/// `None` where there is no Chromium.
fn driven(page: &str, script: &str) -> Option<String> {
    let browser = ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    })?;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("page.html");
    let script = format!("<script>{script}</script></body>");
    std::fs::write(&file, page.replace("</body>", &script)).unwrap();
    let output = browse(browser, folder.path(), &["--dump-dom"], &file);
    let dom = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!errors.contains("CONSOLE"), "{errors}");
    let title = dom.split("<title>").nth(1)?.split("</title>").next()?;
    Some(title.to_owned())
}

fn browse(browser: &str, folder: &Path, what: &[&str], file: &Path) -> std::process::Output {
    Command::new(browser)
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr"])
        .args(["--disable-dev-shm-usage", "--no-first-run", "--virtual-time-budget=3000"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .args(what)
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap()
}

/// Helpers for the scripts below.
const DRIVE: &str = "
    const shown = () => document.querySelectorAll('article:not([hidden])').length;
    const type = (id, value) => {
        const field = document.getElementById(id);
        field.value = value;
        field.dispatchEvent(new Event('input', { bubbles: true }));
    };
    const key = (k) => document.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true }));
    const press = (k) => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true }));
    const log = [];
";

#[test]
fn the_page_filters_opens_and_remembers() {
    let script = format!(
        "{DRIVE}
        log.push(shown(), document.querySelectorAll('pre.source').length);
        type('search', 'udma pin_user_pages_fast'); log.push(shown());
        type('search', 'nowhere'); log.push(shown(), document.getElementById('nothing').hidden);
        type('search', '');
        document.querySelector('input[value=mixed]').click(); log.push(shown());
        press('j'); press('o'); log.push(document.querySelector('article.current details').open);
        press('v'); log.push(JSON.parse(localStorage.getItem('gupatch viewed from-gup')).length);
        press('s'); log.push(document.querySelectorAll('.diff.split tr').length > 0);
        location.hash = '#' + document.querySelector('.trace li').id;
        document.title = log.join(' ');"
    );
    let Some(title) = driven(&fixture_page(), &script) else { return };
    assert_eq!(title, "6 0 2 0 false 5 true 1 true");
}

#[test]
fn hostile_source_does_nothing_in_a_browser() {
    let script = format!(
        "{DRIVE} document.getElementById('open-all').click();
        document.title = [document.scripts.length, shown(),
        document.querySelector('pre.source mark').textContent.includes('/script>')].join(' ');"
    );
    let Some(title) = driven(&hostile_page(), &script) else { return };
    assert_eq!(title, "2 6 true");
}

/// For whoever wants to look: `REVIEW_PAGE=/tmp/page.html cargo test --lib writes_the_page`.
#[test]
fn writes_the_page_where_it_is_asked_to() {
    let Some(to) = std::env::var_os("REVIEW_PAGE") else { return };
    std::fs::write(to, fixture_page()).unwrap();
}
