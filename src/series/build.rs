//! What building a patch shows: which objects its files are made into, what make said of them, and why some were not made.
//!
//! In: the paths of a patch, what `make` printed before and after it, and the tree's makefiles and `.config`. Out:
//! [`PatchBuild`]. Running make is the driver's.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::source::TreePath;

/// The object that a file is compiled into; `None` for what is not compiled by itself, such as a header.
pub fn object_of(path: &TreePath) -> Option<String> {
    let stem = path.as_str().strip_suffix(".c").or_else(|| path.as_str().strip_suffix(".S"))?;
    // A host program, or an object for one.
    let is_of_kernel = !["tools/", "scripts/", "samples/", "Documentation/"]
        .iter()
        .any(|folder| path.as_str().starts_with(folder));
    is_of_kernel.then(|| format!("{stem}.o"))
}

/// What a compiler had to say, without line numbers, so that it is the same before and after an edit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Message {
    /// The file, below the source folder where it is there.
    pub file: String,
    /// `warning: …` or `error: …`.
    pub text: String,
}

impl Message {
    /// Whether it is an error.
    pub fn is_error(&self) -> bool {
        self.text.starts_with("error:") || self.text.starts_with("fatal error:")
    }
}

/// The messages of a compiler's output; `source` is the folder of the sources.
pub fn messages(output: &str, source: &str) -> BTreeSet<Message> {
    let prefix = format!("{}/", source.trim_end_matches('/'));
    let message = |line: &str| {
        let at = ["warning:", "fatal error:", "error:"].iter().filter_map(|kind| {
            let at = line.find(&format!(": {kind}"))?;
            Some((at, at + 2))
        });
        let (end, start) = at.min()?;
        // `file:line:column`, or `file:line`, or a linker's `file:(.text+0x10)`.
        let file = line[..end].split(':').next()?;
        let file = file.strip_prefix(&prefix).unwrap_or(file).trim_start_matches("../");
        Some(Message { file: file.to_owned(), text: line[start..].trim().to_owned() })
    };
    output.lines().filter_map(message).collect()
}

/// What make made of some objects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Run {
    /// The objects that were there afterwards.
    pub made: BTreeSet<String>,
    /// What the compiler said.
    pub messages: BTreeSet<Message>,
    /// The last lines that make printed, where something was not made.
    pub last_lines: String,
}

/// An object that is not made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotBuilt {
    /// It.
    pub object: String,
    /// Why.
    pub reason: String,
}

impl NotBuilt {
    fn line(&self) -> String {
        format!("not compiled: {}: {}", self.object, self.reason)
    }
}

/// What building shows of one patch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct PatchBuild {
    /// Objects that are made before and after it.
    pub built: Vec<String>,
    /// Objects that are made before it and not after it.
    pub broken: Vec<String>,
    /// Objects that are made neither before nor after it, with the reason.
    pub not_built: Vec<NotBuilt>,
    /// What the compiler says only after it.
    pub new_messages: Vec<Message>,
}

impl PatchBuild {
    /// Holds what was made of `objects` before a patch against what was made after it; `why` says why one is not made.
    pub fn compare(
        objects: &[String],
        before: &Run,
        after: &Run,
        why: impl Fn(&str) -> Option<String>,
    ) -> PatchBuild {
        let mut build = PatchBuild::default();
        for object in objects {
            match (before.made.contains(object), after.made.contains(object)) {
                (_, true) => build.built.push(object.clone()),
                (true, false) => build.broken.push(object.clone()),
                (false, false) => {
                    let said = || match after.last_lines.is_empty() {
                        true => "make did not say why".to_owned(),
                        false => format!("make said: {}", after.last_lines),
                    };
                    let reason = why(object).unwrap_or_else(said);
                    build.not_built.push(NotBuilt { object: object.clone(), reason });
                }
            }
        }
        let is_new = |message: &&Message| !before.messages.contains(message);
        build.new_messages = after.messages.iter().filter(is_new).cloned().collect();
        build
    }

    /// Whether it shows that the patch must not be sent.
    pub fn is_broken(&self) -> bool {
        !self.broken.is_empty()
    }

    /// The lines for below a patch's `---`.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.built.is_empty() {
            let new = match self.new_messages.is_empty() {
                true => "no new warning",
                false => "new warnings",
            };
            lines.push(format!("compiled before and after: {}; {new}", self.built.join(", ")));
        }
        let said = self.new_messages.iter();
        lines.extend(said.map(|message| format!("new: {}: {}", message.file, message.text)));
        lines.extend(self.broken.iter().map(|object| format!("no longer compiles: {object}")));
        lines.extend(self.not_built.iter().map(NotBuilt::line));
        if lines.is_empty() {
            lines.push("holds nothing that is compiled by itself".to_owned());
        }
        lines
    }
}

/// What a cover letter says of all patches.
pub fn summary(builds: &[PatchBuild], config: &Config) -> Vec<String> {
    let count = |part: fn(&PatchBuild) -> usize| builds.iter().map(part).sum::<usize>();
    let built = count(|build| build.built.len());
    let objects = if built == 1 { "object" } else { "objects" };
    let mut lines = vec![format!(
        "{built} {objects} compiled for {} before and after each patch in order, {}",
        config.architecture(),
        match count(|build| build.new_messages.len()) {
            0 => "without a new warning".to_owned(),
            1 => "with one new warning".to_owned(),
            new => format!("with {new} new warnings"),
        }
    )];
    lines.extend(builds.iter().flat_map(|build| &build.not_built).map(NotBuilt::line));
    lines.push("nothing was run".to_owned());
    lines
}

/// A kernel's configuration.
#[derive(Clone, Debug, Default)]
pub struct Config {
    set: BTreeSet<String>,
    title: Option<String>,
}

impl Config {
    /// Reads the text of a `.config`.
    pub fn parse(text: &str) -> Config {
        let mut config = Config::default();
        for line in text.lines() {
            if let Some(title) = line.strip_prefix("# Linux/") {
                config.title = title.split_whitespace().next().map(str::to_owned);
            }
            if let Some((name, "y" | "m")) = line.split_once('=') {
                config.set.insert(name.to_owned());
            }
        }
        config
    }

    /// The architecture, as the file names it.
    pub fn architecture(&self) -> &str {
        self.title.as_deref().unwrap_or("the configuration at hand")
    }

    fn has(&self, symbol: &str) -> bool {
        self.set.contains(symbol)
    }

    /// Why `object` is not made, as far as the folder's and the upper folders' makefiles tell, which `read` gives.
    pub fn why_not(&self, object: &str, read: &dyn Fn(&str) -> Option<Vec<u8>>) -> Option<String> {
        if let Some(rest) = object.strip_prefix("arch/") {
            let own = rest.split('/').next()?;
            if let Some(built) = self.title.as_deref().filter(|built| !is_same_arch(own, built)) {
                return Some(format!("it is for {own}, and the configuration is for {built}"));
            }
        }
        let (mut folder, name) = object.rsplit_once('/')?;
        let mut wanted = name.to_owned();
        loop {
            let makefile =
                ["Kbuild", "Makefile"].iter().find_map(|name| read(&format!("{folder}/{name}")))?;
            let rules = Rules::parse(&String::from_utf8_lossy(&makefile));
            if let Some(missing) = rules.missing(&wanted, self, 0) {
                return Some(missing);
            }
            let (above, last) = folder.rsplit_once('/')?;
            wanted = format!("{last}/");
            folder = above;
        }
    }
}

/// x86 has its own folder for what is called x86_64 or i386 elsewhere.
fn is_same_arch(folder: &str, title: &str) -> bool {
    folder == title || title.starts_with(folder)
}

/// What a makefile puts together from what: the lines `variable += words`.
struct Rules(BTreeMap<String, Vec<String>>);

impl Rules {
    fn parse(text: &str) -> Rules {
        let mut rules: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in text.replace("\\\n", " ").lines() {
            let line = line.split('#').next().unwrap_or_default();
            let Some((variable, words)) = line.split_once('=') else { continue };
            let variable = variable.trim_end_matches(['+', ':', '?', ' ', '\t']).trim();
            let words = words.split_whitespace().map(str::to_owned);
            rules.entry(variable.to_owned()).or_default().extend(words);
        }
        Rules(rules)
    }

    /// The configuration without which `wanted`, an object or a folder, is not made; `None` where nothing is seen to be
    /// missing.
    fn missing(&self, wanted: &str, config: &Config, depth: usize) -> Option<String> {
        let of = |(variable, words): &(&String, &Vec<String>)| {
            words.iter().any(|word| word == wanted) && variable.contains('-')
        };
        let mut reasons: Vec<String> = Vec::new();
        for (variable, _) in self.0.iter().filter(of) {
            let (list, switch) = variable.rsplit_once('-')?;
            let symbol = switch.strip_prefix("$(").and_then(|rest| rest.strip_suffix(')'));
            match symbol {
                Some(symbol) if symbol.starts_with("CONFIG_") && !config.has(symbol) => {
                    reasons.push(format!("{symbol} is not set"));
                    continue;
                }
                Some(_) | None => {}
            }
            if matches!(list, "obj" | "lib" | "core" | "drivers" | "net" | "libs") || depth > 4 {
                return None;
            }
            match self.missing(&format!("{list}.o"), config, depth + 1) {
                Some(reason) => reasons.push(reason),
                None => return None,
            }
        }
        reasons.sort();
        reasons.dedup();
        (!reasons.is_empty()).then(|| reasons.join(" and "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(path: &str) -> TreePath {
        TreePath::new(path).unwrap()
    }

    #[test]
    fn what_is_compiled_has_an_object() {
        assert_eq!(object_of(&path("fs/coredump.c")).as_deref(), Some("fs/coredump.o"));
        assert_eq!(object_of(&path("include/linux/bio.h")), None);
        assert_eq!(object_of(&path("tools/vm/gup_test.c")), None);
    }

    #[test]
    fn messages_are_the_same_wherever_they_stand() {
        let before =
            "/src/fs/a.c:10:3: warning: unused variable 'x' [-Wunused-variable]\n  10 | int x;\n";
        let after = "../fs/a.c:12:3: warning: unused variable 'x' [-Wunused-variable]\n";
        assert_eq!(messages(before, "/src"), messages(after, "/src"));
        let error = messages("/src/fs/a.c:3:1: error: expected ';'\n", "/src/");
        assert!(error.iter().next().unwrap().is_error());
    }

    #[test]
    fn a_patch_is_broken_only_if_it_was_not_before() {
        let objects = ["a.o", "b.o", "c.o"].map(str::to_owned);
        let run = |made: &[&str]| Run {
            made: made.iter().map(|&object| object.to_owned()).collect(),
            last_lines: "No rule to make target".to_owned(),
            ..Run::default()
        };
        let why = |object: &str| (object == "b.o").then(|| "CONFIG_B is not set".to_owned());
        let build = PatchBuild::compare(&objects, &run(&["a.o"]), &run(&["a.o"]), why);
        assert!(!build.is_broken());
        let lines = build.lines();
        assert_eq!(
            lines,
            [
                "compiled before and after: a.o; no new warning",
                "not compiled: b.o: CONFIG_B is not set",
                "not compiled: c.o: make said: No rule to make target",
            ]
        );
        assert!(PatchBuild::compare(&objects, &run(&["a.o"]), &run(&[]), why).is_broken());
    }

    #[test]
    fn makefiles_tell_what_is_missing() {
        let config =
            Config::parse("# Linux/x86 6.1.0 Kernel Configuration\nCONFIG_NET=y\nCONFIG_RDS=m\n");
        let read = |path: &str| {
            let text = match path {
                "drivers/a/Makefile" => "obj-$(CONFIG_A) += a.o\na-y := one.o \\\n\ttwo.o\n",
                "net/rds/Makefile" => {
                    "obj-$(CONFIG_RDS) += rds.o\nrds-y := rdma.o\nrds-$(CONFIG_RDS_TCP) += tcp.o\n"
                }
                "net/Makefile" => "obj-$(CONFIG_RDS) += rds/\n",
                "drivers/Makefile" => "obj-y += a/\n",
                _ => return None,
            };
            Some(text.as_bytes().to_vec())
        };
        let why = |object: &str| config.why_not(object, &read);
        assert_eq!(why("drivers/a/two.o").as_deref(), Some("CONFIG_A is not set"));
        assert_eq!(why("net/rds/tcp.o").as_deref(), Some("CONFIG_RDS_TCP is not set"));
        assert_eq!(why("net/rds/rdma.o"), None);
        assert_eq!(
            why("arch/arm/mm/init.o").as_deref(),
            Some("it is for arm, and the configuration is for x86")
        );
    }
}
