//! A panic on the full screen; the review itself is played in `tests/suite/review_terminal.rs`.

use super::*;

#[test]
#[ignore = "runs inside the terminal that another test opens"]
fn a_panic_on_the_screen() {
    let _screen = screen::Screen::enter().unwrap();
    println!("a line of the review: 0 of 3 decided");
    panic!("a broken invariant");
}

#[test]
fn a_panic_is_read_on_a_restored_terminal() {
    let binary = std::env::current_exe().unwrap();
    let test = "cli::review::tests::a_panic_on_the_screen";
    let run = format!("'{}' --ignored --exact --nocapture --quiet {test}", binary.display());
    // `script` makes the terminal; where it is not installed there is nothing to see.
    let mut script = Command::new("script");
    let settings = format!("stty -g; {run}; stty -g");
    let Ok(out) = script.args(["-qec", &settings, "/dev/null"]).output() else { return };
    let shown = String::from_utf8_lossy(&out.stdout).into_owned();
    let at = |text: &str| shown.find(text).unwrap_or_else(|| panic!("no {text:?} in {shown}"));
    assert!(at("0 of 3 decided") < at("\u{1b}[?1049l"), "{shown}");
    assert!(at("\u{1b}[?1049l") < at("a broken invariant"), "{shown}");
    let lines: Vec<&str> = shown.trim().lines().collect();
    assert_eq!(lines.first(), lines.last(), "{shown}");
}
