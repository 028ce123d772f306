//! The review in a real terminal: tmux runs this test binary again, which runs [`run`] on the fixture.

use std::time::{Duration, Instant};

use super::*;
use crate::review::fixture;

/// Names the decisions file for [`the_review_itself`].
const PATH: &str = "GUPATCH_TEST_DECISIONS";

#[test]
#[ignore = "runs inside the terminals that the other tests open"]
fn the_review_itself() {
    let Some(path) = std::env::var_os(PATH) else { return };
    let session = ReviewSession {
        dry_run: fixture::dry_run(),
        read_line: &|path, line| fixture::read_line(path, line),
        decisions_path: path.into(),
        by_line: false,
        colours: Palette::plain(),
    };
    if let Err(error) = run(session) {
        println!("{error:#}");
    }
}

#[test]
#[ignore = "runs inside the terminal that another test opens"]
fn a_panic_on_the_screen() {
    let _screen = screen::Screen::enter().unwrap();
    println!("a line of the review: 0 of 3 decided");
    std::thread::sleep(Duration::from_millis(300));
    panic!("a broken invariant");
}

/// A terminal of its own, with the review running in it.
struct Tmux {
    folder: tempfile::TempDir,
    /// A server that was told to end may take a while, so each start has a socket of its own.
    servers: usize,
    /// The test that it runs.
    test: &'static str,
}

impl Tmux {
    /// `None` where there is no tmux.
    fn start(test: &'static str) -> Option<Tmux> {
        let works = Command::new("tmux").arg("-V").output().is_ok_and(|o| o.status.success());
        if !works {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let mut tmux = Tmux { folder, servers: 0, test };
        tmux.begin();
        Some(tmux)
    }

    /// Runs the review in a shell that writes down the terminal's settings before and after.
    fn begin(&mut self) {
        self.servers += 1;
        let folder = self.folder.path().display();
        let binary = std::env::current_exe().unwrap();
        let script = format!(
            "cd {folder}; stty -g > before; {} --ignored --exact --nocapture --quiet \
             cli::review::tests::{} & echo $! > pid; fg > /dev/null; \
             stty -g > after; echo ENDED; cat",
            binary.display(),
            self.test,
        );
        std::fs::write(self.folder.path().join("script"), format!("set -m\n{script}\n")).unwrap();
        let _ = std::fs::remove_file(self.folder.path().join("after"));
        let decisions = format!("{PATH}={}", self.decisions_path().display());
        let command = format!(
            "env RUST_BACKTRACE=0 EDITOR='sed -i s/_from_gup/_of_user/' bash {folder}/script"
        );
        self.tmux(&["new-session", "-d", "-x", "80", "-y", "24", "-e", &decisions, &command]);
        self.wait_for("decided");
    }

    fn decisions_path(&self) -> PathBuf {
        self.folder.path().join("decisions.toml")
    }

    fn socket(&self) -> String {
        self.folder.path().join(format!("socket-{}", self.servers)).display().to_string()
    }

    fn tmux(&self, args: &[&str]) -> String {
        let output = Command::new("tmux")
            .args(["-S", &self.socket(), "-f", "/dev/null"])
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn keys(&self, keys: &str) {
        self.tmux(&["send-keys", "-l", keys]);
    }

    fn enter(&self) {
        self.tmux(&["send-keys", "Enter"]);
    }

    fn signal(&self, name: &str) {
        let pid = std::fs::read_to_string(self.folder.path().join("pid")).unwrap();
        let status = Command::new("kill").args(["-s", name, pid.trim()]).status().unwrap();
        assert!(status.success());
    }

    /// Waits until the screen has `text`, and gives the screen.
    #[track_caller]
    fn wait_for(&self, text: &str) -> String {
        let start = Instant::now();
        loop {
            let screen = self.tmux(&["capture-pane", "-p"]);
            if screen.contains(text) {
                return screen;
            }
            assert!(start.elapsed() < Duration::from_secs(20), "no `{text}` in\n{screen}");
            std::thread::sleep(Duration::from_millis(30));
        }
    }

    #[track_caller]
    fn ends_with_the_terminal_restored(&self) -> String {
        let screen = self.wait_for("ENDED");
        let read = |name: &str| std::fs::read_to_string(self.folder.path().join(name)).unwrap();
        assert_eq!(read("after"), read("before"));
        assert_eq!(self.tmux(&["display", "-p", "#{alternate_on} #{cursor_flag}"]).trim(), "0 1");
        screen
    }
}

impl Drop for Tmux {
    fn drop(&mut self) {
        let _ = Command::new("tmux").args(["-S", &self.socket(), "kill-server"]).output();
    }
}

#[test]
fn accept_reject_undo_edit_quit_and_resume() {
    let Some(mut tmux) = Tmux::start("the_review_itself") else { return };
    tmux.keys("a");
    tmux.wait_for("1 of 3 decided");
    tmux.keys("r");
    tmux.keys("no such engine");
    tmux.wait_for("Why reject this? no such engine_");
    tmux.enter();
    tmux.wait_for("2 of 3 decided");
    tmux.keys("u");
    tmux.wait_for("1 of 3 decided");
    tmux.tmux(&["resize-window", "-x", "120", "-y", "30"]);
    // Crossterm keeps a key that comes together with a resize until the next one, so they come apart.
    tmux.wait_for("│drivers/dma/udma.c:40");
    tmux.keys("e");
    tmux.wait_for("2 of 3 decided");
    tmux.keys("q");
    tmux.ends_with_the_terminal_restored();
    let saved = load(&tmux.decisions_path()).unwrap();
    assert_eq!(saved.iter().count(), 2);
    assert!(saved.to_toml().contains("sg_set_page_of_user"));

    tmux.tmux(&["kill-server"]);
    tmux.begin();
    tmux.wait_for("2 of 3 decided");
    tmux.keys("s");
    tmux.wait_for("1 skipped");
    tmux.keys("q");
    tmux.ends_with_the_terminal_restored();
}

#[test]
fn signals_end_it_with_the_terminal_restored_and_the_decisions_saved() {
    let Some(mut tmux) = Tmux::start("the_review_itself") else { return };
    for name in ["INT", "TERM"] {
        tmux.keys("a");
        tmux.wait_for("1 of 3 decided");
        tmux.signal(name);
        let screen = tmux.ends_with_the_terminal_restored();
        assert!(screen.contains("every decision is saved"), "{screen}");
        assert_eq!(load(&tmux.decisions_path()).unwrap().iter().count(), 1);
        tmux.tmux(&["kill-server"]);
        std::fs::remove_file(tmux.decisions_path()).unwrap();
        tmux.begin();
    }
}

#[test]
fn a_panic_is_read_on_a_restored_terminal() {
    let Some(tmux) = Tmux::start("a_panic_on_the_screen") else { return };
    let screen = tmux.ends_with_the_terminal_restored();
    assert!(screen.contains("a broken invariant"), "{screen}");
    assert!(!screen.contains("a line of the review"), "{screen}");
}

#[test]
fn a_broken_decisions_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("decisions.toml");
    std::fs::write(&path, "version = 7\n").unwrap();
    let message = format!("{:#}", load(&path).unwrap_err());
    assert!(message.contains("decisions.toml") && message.contains("version 7"), "{message}");
}
