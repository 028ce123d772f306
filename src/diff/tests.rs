//! Diffs by hand for each habit of git, and by chance against git itself.

use super::*;

fn change(before: &[u8], after: &[u8]) -> FileChange {
    FileChange {
        path: TreePath::new("fs/a.c").unwrap(),
        before: Some(before.to_vec()),
        after: after.to_vec(),
    }
}

#[track_caller]
fn check(before: &[u8], after: &[u8], expected: &[u8]) {
    let text = unified(&change(before, after));
    assert_eq!(bstr::BStr::new(&text), bstr::BStr::new(expected));
}

#[test]
fn same_bytes_give_no_diff() {
    check(b"a\n", b"a\n", b"");
}

#[test]
fn the_header_names_the_function_above_the_context() {
    check(
        b"int f(void)\n{\nout:\n\ta;\n\tb;\n\tc;\n\td;\n}\n",
        b"int f(void)\n{\nout:\n\ta;\n\tb;\n\tc;\n\te;\n}\n",
        b"diff --git a/fs/a.c b/fs/a.c\n--- a/fs/a.c\n+++ b/fs/a.c\n\
          @@ -4,5 +4,5 @@ int f(void)\n \ta;\n \tb;\n \tc;\n-\td;\n+\te;\n }\n",
    );
}

#[test]
fn bytes_survive_and_a_missing_newline_is_said() {
    check(
        b"\xe4\r\nb",
        b"\xe4\r\nb\n",
        b"diff --git a/fs/a.c b/fs/a.c\n--- a/fs/a.c\n+++ b/fs/a.c\n\
          @@ -1,2 +1,2 @@\n \xe4\r\n-b\n\\ No newline at end of file\n+b\n",
    );
}

#[test]
fn a_new_file_has_a_mode_and_no_old_name() {
    let new = FileChange {
        path: TreePath::new("a b\u{e4}.txt").unwrap(),
        before: None,
        after: b"x\n".to_vec(),
    };
    let context = DiffContext {
        before: "0000000".into(),
        after: "587be6b".into(),
        mode: REGULAR_FILE,
        function: FuncName::Plain,
    };
    let mut out = Vec::new();
    FileDiff::new(&new).write(&mut out, Some(&context));
    assert_eq!(
        bstr::BStr::new(&out),
        bstr::BStr::new(
            b"diff --git \"a/a b\\303\\244.txt\" \"b/a b\\303\\244.txt\"\n\
              new file mode 100644\nindex 0000000..587be6b\n--- /dev/null\n\
              +++ \"b/a b\\303\\244.txt\"\n@@ -0,0 +1 @@\n+x\n"
        )
    );
}

#[test]
fn an_inserted_function_starts_at_its_own_comment() {
    let one = "/* one */\nint one(void)\n{\n\treturn 0;\n}\n\n";
    let two = "/* two */\nint two(void)\n{\n\treturn 0;\n}\n\n";
    let three = "/* three */\nint three(void)\n{\n\treturn 1;\n}\n";
    let text = unified(&change(
        format!("{one}{three}").as_bytes(),
        format!("{one}{two}{three}").as_bytes(),
    ));
    let added: Vec<&str> = std::str::from_utf8(&text)
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix('+'))
        .skip(1)
        .collect();
    assert_eq!(added, two.lines().collect::<Vec<_>>());
}

#[test]
fn the_graph_is_scaled_and_long_names_lose_their_front() {
    let entry = |path: &str, added, deleted| StatEntry {
        path: TreePath::new(path).unwrap(),
        counts: LineCounts { added, deleted },
        created: None,
    };
    let long = "drivers/gpu/drm/some/very/long/folder/name/that/does/not/fit/anywhere/file_name.c";
    let text = diffstat(&[entry(long, 300, 2), entry("x.c", 1, 1)]);
    assert_eq!(
        text,
        " .../that/does/not/fit/anywhere/file_name.c    | 302 +++++++++++++++++-\n \
         x.c                                           |   2 +-\n \
         2 files changed, 301 insertions(+), 3 deletions(-)\n"
    );
}

/// Random edits of C-like text, the whole of it compared with one `git diff`.
mod against_git {
    use std::path::Path;
    use std::process::Command;

    use super::*;

    /// A small generator (xorshift), so that a failure can be repeated.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: usize) -> usize {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            (self.0 % sides as u64) as usize
        }
    }

    const LINES: [&str; 16] = [
        "\n",
        "\n",
        "\n",
        "{\n",
        "}\n",
        "}\n",
        "\treturn 0;\n",
        "\tif (ret)\n",
        "\t\tgoto out;\n",
        "out:\n",
        "\t}\n",
        "static int f(struct bio *bio)\n",
        "\tput_page(page);\n",
        "/*\n",
        " */\n",
        "\tfor (;;) {\n",
    ];

    fn text(dice: &mut Dice) -> Vec<u8> {
        let mut text = Vec::new();
        for at in 0..20 + dice.roll(200) {
            if dice.roll(3) == 0 {
                text.extend_from_slice(format!("\tcall_{at}(a, b);\n").as_bytes());
            } else {
                text.extend_from_slice(LINES[dice.roll(LINES.len())].as_bytes());
            }
        }
        text
    }

    /// What gupatch does to a file: a call renamed, lines put in, a statement wrapped, lines taken out.
    fn edit(dice: &mut Dice, before: &[u8]) -> Vec<u8> {
        let mut lines: Vec<Vec<u8>> = split_lines(before).into_iter().map(<[u8]>::to_vec).collect();
        for _ in 0..1 + dice.roll(5) {
            let at = dice.roll(lines.len());
            match dice.roll(5) {
                0 => lines[at].insert(0, b'x'),
                1 => lines.insert(at, LINES[dice.roll(LINES.len())].into()),
                2 => {
                    let copy = lines[at..(at + 1 + dice.roll(8)).min(lines.len())].to_vec();
                    lines.splice(at..at, copy);
                }
                3 if lines.len() > 20 => {
                    let end = (at + 1 + dice.roll(4)).min(lines.len());
                    lines.drain(at..end);
                }
                _ => {
                    lines.insert(at, b"\tif (user_backed_iter(iter))\n".to_vec());
                    lines.insert(at + 1, b"\telse\n".to_vec());
                }
            }
        }
        if dice.roll(10) == 0 {
            lines.last_mut().expect("no edit empties a file").pop();
        }
        lines.concat()
    }

    fn git(folder: &Path, args: &[&str]) -> Vec<u8> {
        let output = Command::new("git")
            .current_dir(folder)
            .args(["-c", "user.name=T", "-c", "user.email=t@example.org"])
            .args(args)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .expect("git is installed where the tests run");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// The share of `changes` whose diff is git's, byte for byte; git must take all of them.
    fn compare(mut changes: Vec<FileChange>) -> f64 {
        changes.sort_by(|a, b| a.path.cmp(&b.path));
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        git(root, &["init", "-q"]);
        std::fs::write(root.join(".gitattributes"), "*.c diff=cpp\n*.h diff=cpp\n").unwrap();
        let write = |after: bool| {
            for change in &changes {
                let bytes = if after { Some(&change.after) } else { change.before.as_ref() };
                let file = root.join(change.path.as_str());
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(file, bytes.unwrap()).unwrap();
            }
        };
        write(false);
        git(root, &["add", "-A"]);
        git(root, &["commit", "-q", "-m", "before"]);
        write(true);
        let (mut same, mut ours, mut stats) = (0, Vec::new(), Vec::new());
        for change in &changes {
            let diff = FileDiff::new(change);
            let mut text = Vec::new();
            diff.write(&mut text, None);
            let theirs = git(root, &["diff", "--", change.path.as_str()]);
            let lines = split_lines(&theirs);
            let no_index = lines.into_iter().filter(|line| !line.starts_with(b"index "));
            let theirs: Vec<u8> = no_index.collect::<Vec<_>>().concat();
            if text == theirs {
                same += 1;
            } else if std::env::var_os("SHOW_DIFFERENCES").is_some() {
                println!("{}\n{}", text.escape_ascii(), theirs.escape_ascii());
            }
            ours.extend_from_slice(&text);
            if !diff.is_empty() {
                stats.push(diff.stat());
            }
        }
        let after = git(root, &["stash", "create"]);
        let after = String::from_utf8(after).unwrap();
        let stat = git(root, &["diff", "--stat=72", "--summary", "HEAD", after.trim()]);
        if same == changes.len() {
            assert_eq!(diffstat(&stats), String::from_utf8(stat).unwrap());
        }
        git(root, &["reset", "-q", "--hard"]);
        let file = root.join("ours.diff");
        std::fs::write(&file, &ours).unwrap();
        git(root, &["apply", "--whitespace=nowarn", "ours.diff"]);
        for change in &changes {
            assert_eq!(std::fs::read(root.join(change.path.as_str())).unwrap(), change.after);
        }
        same as f64 / changes.len() as f64
    }

    #[test]
    fn hostile_text_is_mostly_the_same_and_always_applies() {
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        let changes: Vec<FileChange> = (0..150)
            .map(|at| {
                let before = text(&mut dice);
                let after = edit(&mut dice, &before);
                FileChange {
                    path: TreePath::new(&format!("d{}/f{at:03}.c", at % 7)).unwrap(),
                    before: Some(before),
                    after,
                }
            })
            .collect();
        let share = compare(changes);
        assert!(share > 0.95, "only {share} of the diffs are git's");
    }

    #[test]
    fn kernel_files_are_the_same_where_there_is_a_tree() {
        let Some(tree) = std::env::var_os("KERNEL_TREE") else { return };
        let mut dice = Dice(0x2545_f491_4f6c_dd1d);
        let folders = ["block", "fs", "fs/ceph", "fs/ext4", "net/rds", "drivers/nvme/host", "mm"];
        let mut changes = Vec::new();
        for folder in folders {
            let mut names: Vec<_> = std::fs::read_dir(Path::new(&tree).join(folder))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| name.ends_with(".c") || name.ends_with(".h"))
                .collect();
            names.sort();
            for name in names {
                let path = format!("{folder}/{name}");
                let before = std::fs::read(Path::new(&tree).join(&path)).unwrap();
                let after = edit(&mut dice, &before);
                let path = TreePath::new(&path).unwrap();
                changes.push(FileChange { path, before: Some(before), after });
            }
        }
        let share = compare(changes);
        println!("{share} of the diffs are the same");
        assert!(share > 0.99, "only {share} of the diffs are git's");
    }
}
