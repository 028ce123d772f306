//! Every format read back: JSON by its own schema, SARIF by OASIS's, a patch by git, lines by an editor's rule.

use std::fs;

use serde_json::Value;

use super::fixture::{errors, git, gupatch, gupatch_with, json, make_repository, text, tree};

/// Refuses every property that a schema does not name: what is printed is documented, all of it.
fn forbid_the_rest(schema: &mut Value) {
    if let Some(object) = schema.as_object_mut() {
        if object.contains_key("properties") {
            object.insert("additionalProperties".into(), false.into());
        }
        object.values_mut().for_each(forbid_the_rest);
    } else if let Some(list) = schema.as_array_mut() {
        list.iter_mut().for_each(forbid_the_rest);
    }
}

#[track_caller]
fn check(command: &str, output: &str) {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("linux")).unwrap();
    let schema = text(&gupatch(folder.path(), &["schema", command]));
    let mut schema: Value = serde_json::from_str(&schema).unwrap();
    forbid_the_rest(&mut schema);
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value: Value = serde_json::from_str(output).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(&value).map(|e| format!("{}: {e}", e.instance_path())).collect();
    assert_eq!(errors, Vec::<String>::new(), "{command}");
}

#[test]
fn json_is_what_its_schema_says() {
    let folder = tree();
    let printed = |words: &[&str]| text(&gupatch(folder.path(), words));
    check("scan", &printed(&["scan", "--format", "json"]));
    check("diff", &printed(&["diff", "--format", "json"]));
    check("explain", &printed(&["explain", "block/blk-map.c:31", "--format", "json"]));
    check("audit", &printed(&["audit", "--format", "json"]));
    check("parse", &printed(&["parse", "block", "--format", "json"]));
    check("check", &printed(&["check", "--format", "json"]));
    gupatch(folder.path(), &["check", "--update-baseline"]);
    let config = "[[exception]]\npath = 'block/'\nreason = 'x'\nexpires = 2027-01-01\n\
                  [[exception]]\npath = 'none/'\nreason = 'x'\n";
    fs::write(folder.path().join("linux/gupatch.toml"), config).unwrap();
    check("check", &printed(&["check", "--format", "json"]));
    let linux = make_repository(folder.path());
    check("series", &printed(&["series", "-o", "../out", "--format", "json"]));
    git(&linux, &["branch", "-q", "kept", "gupatch/from-gup~1"]);
    check("audit", &printed(&["audit", "--against", "kept", "--format", "json"]));
    check("verify", &printed(&["verify", "main..kept", "--format", "json"]));
    check("apply", &printed(&["apply", "--format", "json"]));
    check("check", &printed(&["check", "--format", "json"]));
    git(&linux, &["commit", "-qam", "all of it"]);
    check("series", &printed(&["series", "-o", "../none", "--branch", "b", "--format", "json"]));
}

#[test]
fn runs_and_lists_of_rules_are_what_their_schemas_say() {
    let folder = tree();
    let rule =
        "@r@\nexpression e;\n@@\n* put_page(e);\n\n@s@\n@@\n- kfree(bio);\n+ bio_put(bio);\n";
    fs::write(folder.path().join("r.cocci"), rule).unwrap();
    let words = ["run", "../r.cocci", "block", "drivers", "--format", "json"];
    let out = gupatch(folder.path(), &words);
    assert_eq!(out.status.code(), Some(1), "{}", errors(&out));
    check("run", &text(&out));
    let value: Value = serde_json::from_str(&text(&out)).unwrap();
    let files = value["files"].as_array().unwrap();
    assert!(files.iter().any(|file| file["matches"][0]["rule"] == "r"), "{value}");
    check("rules", &text(&gupatch(folder.path(), &["rules", "list", "--format", "json"])));
    let words = ["rules", "show", "bv_page", "--format", "json"];
    check("rules-show", &text(&gupatch(folder.path(), &words)));
}

#[test]
fn what_is_wrong_with_rules_and_their_examples_is_what_the_schemas_say() {
    let folder = tree();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("broken.cocci", "@@\nexpression e\n@@\n- f(e);\n");
    write("bare.cocci", "@@\n@@\n- f();\n+ g();\n");
    write("swap.cocci", "@@\n@@\n- f();\n+ g();\n");
    write("swap.c", "void h(void)\n{\n\tf();\n}\n");
    write("swap.res", "void h(void)\n{\n\tg();\n}\n");
    write("swap.other.c", "void h(void)\n{\n\tf();\n}\n");
    write("swap.other.res", "void h(void)\n{\n\tf();\n}\n");
    write("swap.alone.c", "void h(void)\n{\n}\n");
    let files = ["../broken.cocci", "../bare.cocci", "../swap.cocci", "--format", "json"];
    let lint = gupatch(folder.path(), &[&["rules", "lint"][..], &files].concat());
    check("rules-lint", &text(&lint));
    let linted: Value = serde_json::from_str(&text(&lint)).unwrap();
    let wrong = |file: &Value| !file["messages"].as_array().unwrap().is_empty();
    assert_eq!(linted["files"].as_array().unwrap().iter().filter(|file| wrong(file)).count(), 1);
    let test = gupatch(folder.path(), &[&["rules", "test"][..], &files].concat());
    assert_eq!(test.status.code(), Some(2));
    check("rules-test", &text(&test));
    let tested: Value = serde_json::from_str(&text(&test)).unwrap();
    let outcomes: Vec<(&str, &str)> = (tested["examples"].as_array().unwrap().iter())
        .map(|it| (it["before"].as_str().unwrap(), it["outcome"].as_str().unwrap()))
        .collect();
    let want = [("alone.c", "not-run"), ("swap.c", "holds"), ("other.c", "differs")];
    for (name, outcome) in want {
        assert!(outcomes.iter().any(|(it, is)| it.ends_with(name) && *is == outcome), "{tested}");
    }
    assert_eq!(tested["broken"][0]["rule"], "../broken.cocci");
    assert_eq!(tested["without_example"][0], "../bare.cocci");
}

#[test]
fn stages_and_the_demo_are_what_their_schemas_say() {
    let folder = tree();
    for stage in ["lex", "items", "normalised", "ast", "cfg"] {
        let words = ["dump", stage, "block/blk-map.c", "--format", "json"];
        let printed = text(&gupatch(folder.path(), &words));
        check("dump", &printed);
        let dumped: Value = serde_json::from_str(&printed).unwrap();
        assert!(dumped["parts"].as_array().unwrap().len() > 1, "{stage}");
        if stage == "lex" {
            let parts = dumped["parts"].as_array().unwrap().iter();
            let joined: String = parts.map(|part| part["text"].as_str().unwrap()).collect();
            let source = fs::read_to_string(folder.path().join("linux/block/blk-map.c")).unwrap();
            assert_eq!(joined, source, "the tokens are the file");
        }
    }
    let demo = folder.path().join("demo");
    let out = gupatch(folder.path(), &["demo", demo.to_str().unwrap(), "--format", "json"]);
    check("demo", &text(&out));
    let made: Value = serde_json::from_str(&text(&out)).unwrap();
    let patches = made["patches"].as_array().unwrap();
    assert!(patches.iter().all(|mail| fs::exists(mail.as_str().unwrap()).unwrap()), "{made}");
    assert!(made["applied"].is_string(), "{made}");
}

#[test]
fn what_was_decided_is_what_its_schema_says() {
    let folder = tree();
    let list = || {
        let printed = text(&gupatch(folder.path(), &["review", "--format", "json"]));
        check("review", &printed);
        serde_json::from_str::<Value>(&printed).unwrap()
    };
    let before = list();
    let changes = before["changes"].as_array().unwrap();
    assert!(changes.iter().all(|change| change["verdict"] == "undecided"), "{before}");
    let decision = |fingerprint: &str| {
        format!(
            "[[decision]]\nfingerprint = \"{fingerprint}\"\nverdict = \"reject\"\n\
             reason = \"not here\"\nfile = \"a.c\"\n"
        )
    };
    let known = changes[0]["fingerprint"].as_str().unwrap();
    let gone = "0".repeat(32);
    let file = format!("version = 1\n{}{}", decision(known), decision(&gone));
    fs::write(folder.path().join("linux/gupatch-decisions.toml"), file).unwrap();
    let after = list();
    assert_eq!(after["changes"][0]["verdict"], "reject");
    assert_eq!(after["changes"][0]["reason"], "not here");
    assert_eq!(after["stale"][0]["fingerprint"], gone.as_str());
}

#[test]
fn a_site_that_no_gup_page_reaches_is_explained_by_its_schema_too() {
    let folder = tree();
    let hint = errors(&gupatch(folder.path(), &["explain", "drivers/misc/genbuf.c:1"]));
    let lines = hint.rsplit("in lines ").next().unwrap().trim();
    for line in lines.split(", ") {
        let place = format!("drivers/misc/genbuf.c:{line}");
        check("explain", &text(&gupatch(folder.path(), &["explain", &place, "--format", "json"])));
    }
}

#[test]
fn an_unknown_schema_is_said_with_those_there_are() {
    let folder = tree();
    let out = gupatch(folder.path(), &["schema", "nothing"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(errors(&out).contains("scan"), "{}", errors(&out));
    assert!(text(&gupatch(folder.path(), &["schema"])).lines().any(|name| name == "check"));
}

#[test]
fn lines_are_places_with_a_message() {
    let folder = tree();
    let lines = text(&gupatch(folder.path(), &["scan", "--format", "lines"]));
    let rule = regex::Regex::new(r"^[\w/.-]+\.[ch]:\d+:\d+: (warning|note): .+$").unwrap();
    assert!(lines.lines().count() > 10);
    assert!(lines.lines().all(|line| rule.is_match(line)), "{lines}");
}

#[test]
fn sarif_has_a_result_for_each_site_and_a_fix_for_each_conversion() {
    let folder = tree();
    let log = |words: &[&str]| -> Value {
        serde_json::from_str(&text(&gupatch(folder.path(), words))).unwrap()
    };
    let scan = json(folder.path(), &["scan"]);
    let sites = scan["sites"].as_array().unwrap();
    let results = |log: &Value| log["runs"][0]["results"].as_array().unwrap().clone();
    let of_scan = results(&log(&["scan", "--format", "sarif"]));
    assert_eq!(of_scan.len(), sites.len());
    let of_diff = results(&log(&["diff", "--format", "sarif"]));
    let fixes = of_diff.iter().filter(|result| result["fixes"].is_array()).count();
    let convertible = sites.iter().filter(|site| site["conversion"].is_string()).count();
    assert_eq!(fixes, convertible);
    gupatch(folder.path(), &["check", "--update-baseline"]);
    let checked = results(&log(&["check", "--format", "sarif"]));
    let known = checked.iter().filter(|result| result["baselineState"] == "unchanged").count();
    let carried = sites.iter().filter(|site| site["class"] == "carried").count();
    assert_eq!(known, sites.len() - carried);
}

#[test]
fn a_page_is_written_whole_to_the_file_that_is_named() {
    let folder = tree();
    let words = ["diff", "--format", "html", "--output", "../report.html"];
    let out = gupatch(folder.path(), &words);
    assert_eq!((out.status.code(), out.stdout.len()), (Some(1), 0), "{}", errors(&out));
    let page = fs::read_to_string(folder.path().join("report.html")).unwrap();
    let scan = json(folder.path(), &["scan"]);
    assert_eq!(page.matches("<article ").count(), scan["sites"].as_array().unwrap().len());
    assert!(page.trim_end().ends_with("</html>"), "{}", page.len());
    assert!(page.contains("MEDIA GRABBERS") && page.contains("bio_add_page_from_gup"));
}

#[test]
fn the_patch_of_json_is_the_patch_of_text() {
    let folder = tree();
    let linux = make_repository(folder.path());
    let diff = json(folder.path(), &["diff"]);
    let mut patch = String::new();
    for subsystem in diff["subsystems"].as_array().unwrap() {
        for file in subsystem["files"].as_array().unwrap() {
            patch.push_str(file["patch"].as_str().unwrap());
        }
    }
    let printed = text(&gupatch(folder.path(), &["diff", "--evidence", "none"]));
    let lines = printed.split_inclusive('\n').filter(|line| !line.starts_with('#'));
    assert_eq!(patch, lines.collect::<String>());
    fs::write(linux.join("json.patch"), patch).unwrap();
    git(&linux, &["apply", "--check", "json.patch"]);
}

#[test]
fn whatever_the_options_plain_output_is_a_patch() {
    let folder = tree();
    let linux = make_repository(folder.path());
    gupatch_with(folder.path(), &["review"], b"n\n@@ -1 +1 @@ \"odd\" reason\nq\n");
    for evidence in ["none", "line", "full"] {
        for stat in [&[][..], &["--stat"]] {
            for jobs in ["-j1", "-j2"] {
                let words = ["diff", "--evidence", evidence, jobs, "--no-pager"];
                let words: Vec<&str> = words.iter().chain(stat).copied().collect();
                fs::write(linux.join("a.patch"), gupatch(folder.path(), &words).stdout).unwrap();
                git(&linux, &["apply", "--check", "a.patch"]);
            }
        }
    }
}
