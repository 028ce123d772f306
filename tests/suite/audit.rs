//! `gupatch audit` on the miniature tree.

use std::fs;
use std::process::Command;

use super::fixture::{errors, git, gupatch, json, make_repository, text, tree};

#[test]
fn every_gup_call_has_a_row_and_every_form_has_all_rows() {
    let folder = tree();
    let audit = json(folder.path(), &["audit"]);
    let calls = audit["calls"].as_array().unwrap();
    let scan = json(folder.path(), &["scan"]);
    for site in scan["sites"].as_array().unwrap() {
        for source in site["sources"].as_array().unwrap() {
            let row = calls.iter().find(|row| {
                ["file", "line", "call", "function"].iter().all(|key| row[*key] == source[*key])
            });
            let row = row.unwrap_or_else(|| panic!("no row for {source}"));
            let reached = row["destinations"].as_array().unwrap();
            let here =
                |to: &&serde_json::Value| to["file"] == site["file"] && to["line"] == site["line"];
            assert!(reached.iter().any(|to| here(&to)), "{row}");
        }
    }
    let csv = gupatch(folder.path(), &["audit", "--format", "csv", "--output", "../audit.csv"]);
    assert!(csv.stdout.is_empty(), "{}", errors(&csv));
    let script = "import csv; rows = list(csv.DictReader(open('audit.csv', newline=''))); \
                  assert all(None not in row and None not in row.values() for row in rows); \
                  print(len(rows), sum(row['containers'] != '' for row in rows))";
    let read =
        Command::new("python3").current_dir(folder.path()).args(["-c", script]).output().unwrap();
    let reaching = calls.iter().filter(|row| row["destinations"] != serde_json::json!([])).count();
    assert_eq!(text(&read).trim(), format!("{} {reaching}", calls.len()), "{}", errors(&read));
    let page = text(&gupatch(folder.path(), &["audit", "--format", "html"]));
    assert_eq!(page.matches("<tr>").count(), calls.len() + 1);
    let printed = text(&gupatch(folder.path(), &["audit"]));
    assert!(printed.contains(&format!("\n{} calls in ", calls.len())), "{printed}");
    let media = json(folder.path(), &["audit", "--only", "drivers/media"]);
    let of_media =
        |row: &&serde_json::Value| row["file"].as_str().unwrap().starts_with("drivers/media");
    assert_eq!(media["calls"].as_array().unwrap().len(), calls.iter().filter(of_media).count());
}

#[test]
fn after_the_conversion_fewer_calls_reach_a_plain_adder() {
    let folder = tree();
    let linux = make_repository(folder.path());
    gupatch(folder.path(), &["apply"]);
    let audit = json(folder.path(), &["audit", "--against", "HEAD"]);
    let comparison = &audit["comparison"];
    let reached = |when: &str| comparison[when]["to_plain_adders"].as_u64().unwrap();
    assert!(reached("now") < reached("before"), "{comparison}");
    assert_eq!(comparison["now"]["calls"], comparison["before"]["calls"]);
    let changes = comparison["changes"].as_array().unwrap();
    assert!(!changes.is_empty() && changes.iter().all(|change| change["kind"] == "changed"));
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    git(&linux, &["worktree", "add", "-q", other.join("linux").to_str().unwrap(), "HEAD"]);
    let printed = text(&gupatch(folder.path(), &["audit", "--against", "../other/linux"]));
    assert!(printed.contains("compared with ../other/linux\n  ! "), "{printed}");
}

#[test]
fn pages_in_a_member_are_given_back_in_another_file() {
    let folder = tree();
    let keeper = folder.path().join("linux/drivers/keeper");
    fs::create_dir(&keeper).unwrap();
    let write = |name: &str, text: &str| fs::write(keeper.join(name), text).unwrap();
    write(
        "keeper.h",
        "struct keeper {\n\tstruct page **kept_pages;\n\tint n;\n};\nvoid keeper_put(struct keeper *keeper, int dirty);\n",
    );
    write(
        "get.c",
        "#include \"keeper.h\"\n\nint keeper_get(struct keeper *keeper, unsigned long addr)\n{\n\
         \tkeeper->n = get_user_pages_fast(addr, 8, 0, keeper->kept_pages);\n\treturn keeper->n;\n}\n",
    );
    write(
        "put.c",
        "#include \"keeper.h\"\n\nvoid keeper_put(struct keeper *keeper, int dirty)\n{\n\tint i;\n\n\
         \tfor (i = 0; i < keeper->n; i++) {\n\t\tif (dirty)\n\
         \t\t\tset_page_dirty_lock(keeper->kept_pages[i]);\n\
         \t\tput_page(keeper->kept_pages[i]);\n\t}\n}\n",
    );
    let audit = json(folder.path(), &["audit", "--only", "drivers/keeper"]);
    let row = &audit["calls"][0];
    assert_eq!(row["releases_elsewhere"][0]["file"], "drivers/keeper/put.c", "{row}");
    assert_eq!(row["releases_elsewhere"][0]["text"], "put_page(keeper->kept_pages[i])", "{row}");
    let written = &row["written"][0];
    assert_eq!((&written["by"], &written["line"]), (&"dirty".into(), &9.into()), "{row}");
    assert_eq!(written["when"], "dirty", "{row}");
    assert_eq!(row["ought_to_pin"], true, "{row}");
    let printed = text(&gupatch(folder.path(), &["audit", "--only", "drivers/keeper"]));
    let listed = "taken with FOLL_GET and written to; FOLL_PIN is for that: 1 call\n  \
                  drivers/keeper/get.c:5 keeper_get: get_user_pages_fast\n      \
                  drivers/keeper/put.c:9 marked dirty: set_page_dirty_lock(keeper->kept_pages[i]), if dirty\n";
    assert!(printed.contains(listed), "{printed}");
}
