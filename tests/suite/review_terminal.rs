//! The review in a real terminal: tmux runs the program on the miniature tree.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use super::fixture::{changed, command, tree};

/// A terminal of its own, with the review running in it.
struct Tmux {
    folder: tempfile::TempDir,
    /// A server that was told to end may take a while, so each start has a socket of its own.
    servers: usize,
    /// How many changes there are to decide.
    total: usize,
}

impl Tmux {
    /// `None` where there is no tmux.
    fn start() -> Option<Tmux> {
        let works = Command::new("tmux").arg("-V").output().is_ok_and(|o| o.status.success());
        if !works {
            return None;
        }
        let folder = tree();
        let (_, total) = changed(folder.path());
        let mut tmux = Tmux { folder, servers: 0, total };
        tmux.begin();
        Some(tmux)
    }

    /// Runs the review in a shell that writes down the terminal's settings before and after.
    fn begin(&mut self) {
        self.servers += 1;
        let folder = self.folder.path().display();
        let program = command(self.folder.path(), &[]).get_program().to_string_lossy().into_owned();
        let script = format!(
            "set -m; cd {folder}/linux; stty -g > ../before; '{program}' review & echo $! > ../pid; \
             fg > /dev/null; echo $? > ../status; stty -g > ../after; echo ENDED; cat\n"
        );
        fs::write(self.folder.path().join("script"), script).unwrap();
        let _ = fs::remove_file(self.folder.path().join("after"));
        let shell = format!(
            "env RUST_BACKTRACE=0 EDITOR='sed -i s/_from_gup/_of_user/' bash {folder}/script"
        );
        self.tmux(&["new-session", "-d", "-x", "80", "-y", "24", &shell]);
        self.wait_for(&format!("of {} decided", self.total));
    }

    /// Starts over, with or without the decisions made so far.
    fn again(&mut self, keep: bool) {
        self.tmux(&["kill-server"]);
        if !keep {
            let _ = fs::remove_file(self.decisions_path());
        }
        self.begin();
    }

    fn decisions_path(&self) -> PathBuf {
        self.folder.path().join("linux/gupatch-decisions.toml")
    }

    fn decisions(&self) -> toml::Table {
        let text = fs::read_to_string(self.decisions_path()).unwrap_or_default();
        text.parse().unwrap_or_else(|error| panic!("{error}\n{text}"))
    }

    /// How many decisions are in the file, those that put something off aside.
    fn decided(&self) -> usize {
        let table = self.decisions();
        let all = table.get("decision").and_then(|list| list.as_array());
        let all = all.map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|decision| decision["verdict"].as_str() != Some("skip")).count()
    }

    fn socket(&self) -> String {
        self.folder.path().join(format!("socket-{}", self.servers)).display().to_string()
    }

    #[track_caller]
    fn tmux(&self, args: &[&str]) -> String {
        let mut command = Command::new("tmux");
        command.args(["-S", &self.socket(), "-f", "/dev/null"]).args(args);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn keys(&self, keys: &str) {
        self.tmux(&["send-keys", "-l", keys]);
    }

    /// Keys by tmux's names.
    fn named(&self, names: &[&str]) {
        let words: Vec<&str> = ["send-keys"].iter().chain(names).copied().collect();
        self.tmux(&words);
    }

    fn signal(&self, name: &str) {
        let pid = fs::read_to_string(self.folder.path().join("pid")).unwrap();
        let status = Command::new("kill").args(["-s", name, pid.trim()]).status().unwrap();
        assert!(status.success());
    }

    fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// Waits until the screen is as wanted, and gives it.
    #[track_caller]
    fn wait_until(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.screen();
            if is_so(&screen) {
                return screen;
            }
            assert!(start.elapsed() < Duration::from_secs(120), "no `{what}` in\n{screen}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[track_caller]
    fn wait_for(&self, text: &str) -> String {
        self.wait_until(text, |screen| screen.contains(text))
    }

    #[track_caller]
    fn wait_for_decided(&self, decided: usize) {
        self.wait_for(&format!(" {decided} of {} decided", self.total));
    }

    #[track_caller]
    fn ends_with_the_terminal_restored(&self, statuses: &[&str]) -> String {
        let screen = self.wait_for("ENDED");
        let read = |name: &str| fs::read_to_string(self.folder.path().join(name)).unwrap();
        assert_eq!(read("after"), read("before"));
        assert!(statuses.contains(&read("status").trim()), "{screen}");
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
fn accept_reject_undo_edit_resize_quit_and_resume() {
    let Some(mut tmux) = Tmux::start() else { return };
    tmux.keys("a");
    tmux.wait_for_decided(1);
    tmux.keys("r");
    tmux.keys("no such engine");
    tmux.wait_for("Why reject this? no such engine_");
    tmux.named(&["Enter"]);
    tmux.wait_for_decided(2);
    tmux.keys("u");
    tmux.wait_for_decided(1);
    tmux.tmux(&["resize-window", "-x", "120", "-y", "30"]);
    // Crossterm keeps a key that comes together with a resize until the next one, so they come apart.
    tmux.wait_until("text beside the tree", |screen| {
        screen.lines().any(|line| line.contains('│') && line.chars().count() > 100)
    });
    tmux.keys("e");
    tmux.wait_for_decided(2);
    tmux.keys("rgone");
    tmux.named(&["Enter"]);
    tmux.wait_for_decided(3);
    tmux.keys("q");
    tmux.ends_with_the_terminal_restored(&["1"]);
    let saved = fs::read_to_string(tmux.decisions_path()).unwrap();
    assert!(
        saved.contains("bio_add_pc_page_of_user") && saved.contains("reason = \"gone\""),
        "{saved}"
    );

    tmux.again(true);
    tmux.wait_for_decided(3);
    tmux.keys("s");
    tmux.wait_for("1 skipped");
    tmux.keys("q");
    tmux.ends_with_the_terminal_restored(&["1"]);
    assert_eq!(tmux.decided(), 3);
}

#[test]
fn signals_end_it_with_the_terminal_restored_and_the_decisions_saved() {
    let Some(mut tmux) = Tmux::start() else { return };
    for name in ["INT", "TERM"] {
        tmux.keys("a");
        tmux.wait_for_decided(1);
        tmux.signal(name);
        let screen = tmux.ends_with_the_terminal_restored(&["2"]);
        assert!(screen.contains("every decision is saved"), "{screen}");
        assert_eq!(tmux.decided(), 1);
        tmux.again(false);
    }
}

#[test]
fn search_filter_help_and_a_tiny_window_do_no_harm() {
    let Some(tmux) = Tmux::start() else { return };
    tmux.keys("?");
    tmux.wait_for("this help");
    tmux.keys("q");
    tmux.wait_until("help gone", |screen| !screen.contains("this help"));
    tmux.keys("/stream.c");
    tmux.named(&["Enter"]);
    tmux.wait_for("net/zrx/stream.c");
    tmux.keys("fpath:media");
    tmux.named(&["Enter"]);
    tmux.wait_for("filter path:media");
    tmux.tmux(&["resize-window", "-x", "12", "-y", "4"]);
    tmux.tmux(&["resize-window", "-x", "80", "-y", "24"]);
    tmux.wait_for("vgrab.c");
    tmux.keys("a");
    tmux.wait_for_decided(1);
    tmux.keys("q");
    tmux.ends_with_the_terminal_restored(&["1"]);
    assert_eq!(tmux.decisions()["decision"][0]["file"].as_str(), Some("drivers/media/vgrab.c"));
}

/// Keys as a cat presses them: the same ones each time, for a failure has to be seen again.
struct Cat(u64);

impl Cat {
    fn next(&mut self, below: usize) -> usize {
        // Knuth's multiplier; the high bits are the good ones.
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % below
    }
}

/// All keys but `q` and `e`: the editor takes the terminal, which other tests look at.
const KEYS: [&str; 36] = [
    "a", "a", "A", "r", "s", "c", "u", "n", "N", "j", "k", "h", "l", "g", "G", "J", "K", "b", "/",
    "f", "F", "?", "x", ":", "Space", "Enter", "Enter", "BSpace", "Up", "Down", "Left", "Right",
    "PPage", "NPage", "Home", "End",
];

#[test]
fn a_hundred_random_key_sequences_leave_it_consistent() {
    let Some(mut tmux) = Tmux::start() else { return };
    let mut cat = Cat(20_260_923);
    for round in 0..10 {
        for _ in 0..10 {
            let keys: Vec<&str> = (0..12).map(|_| KEYS[cat.next(KEYS.len())]).collect();
            tmux.named(&keys);
            if cat.next(4) == 0 {
                let size =
                    |low: usize, span: usize, cat: &mut Cat| (low + cat.next(span)).to_string();
                let (width, height) = (size(20, 140, &mut cat), size(5, 40, &mut cat));
                tmux.tmux(&["resize-window", "-x", &width, "-y", &height]);
            }
            // Whatever was being typed is given up.
            tmux.named(&["Escape"]);
            std::thread::sleep(Duration::from_millis(10));
            tmux.named(&["Escape"]);
        }
        tmux.tmux(&["resize-window", "-x", "80", "-y", "24"]);
        // All keys have arrived once the last one is seen; a signal must not leave some of them to the shell.
        tmux.keys("?");
        tmux.wait_for("this help");
        tmux.named(&["Escape"]);
        // What is on the screen is what is in the file.
        tmux.wait_until("the file's figure", |screen| {
            screen.contains(&format!(" {} of {} decided", tmux.decided(), tmux.total))
        });
        match round % 3 {
            0 => {
                tmux.keys("q");
                tmux.ends_with_the_terminal_restored(&["0", "1"]);
            }
            1 => {
                tmux.signal("INT");
                tmux.ends_with_the_terminal_restored(&["2"]);
            }
            _ => {
                tmux.signal("TERM");
                tmux.ends_with_the_terminal_restored(&["2"]);
            }
        }
        tmux.again(round % 2 == 0);
    }
}
