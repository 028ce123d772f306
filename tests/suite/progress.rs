//! Progress bars, where standard error is a terminal and nowhere else.

use std::fs;
use std::process::Command;

/// Runs a program with standard error, and nothing else, on a terminal of its own; prints what came there.
const ON_A_TERMINAL: &str = "\
import os, pty, subprocess, sys
ours, theirs = pty.openpty()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=theirs)
os.close(theirs)
said = b''
while True:
    try:
        part = os.read(ours, 4096)
    except OSError:
        break
    if not part:
        break
    said += part
out = child.communicate()[0]
assert child.returncode in (0, 1), (child.returncode, said)
sys.stdout.buffer.write(said)
assert b'files' not in out, out
";

#[test]
fn long_work_has_a_bar_with_counts_and_short_work_has_none() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("r.cocci"), "@@ @@\n- old();\n+ new();\n").unwrap();
    let many = folder.path().join("many");
    fs::create_dir(&many).unwrap();
    for number in 0..300 {
        fs::write(many.join(format!("{number}.c")), "void f(void)\n{\n\told();\n}\n").unwrap();
    }
    let program = env!("CARGO_BIN_EXE_gupatch");
    let said = |words: &[&str]| {
        let mut command = Command::new("python3");
        command.current_dir(folder.path()).env("TERM", "xterm").args([
            "-c",
            ON_A_TERMINAL,
            program,
        ]);
        let done = command.args(words).output().unwrap();
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    for words in [&["run", "r.cocci", "many"][..], &["parse", "many"]] {
        let bar = said(words);
        assert!(bar.contains("files") && bar.contains("/300 ("), "{words:?}: {bar:?}");
        // It is gone in the end.
        assert!(bar.trim_end().ends_with("\u{1b}[2K") || bar.ends_with('\r'), "{bar:?}");
    }
    assert_eq!(said(&["parse", "many/0.c"]), "");
    assert_eq!(said(&["parse", "many", "--quiet"]), "");
    let plain = Command::new(program).current_dir(folder.path()).args(["parse", "many"]).output();
    assert_eq!(plain.unwrap().stderr, b"");
}
