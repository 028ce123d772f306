//! Who gets a patch, from the sections that cover its files.
//!
//! In: paths, or the text of a patch. Out: people and lists with their roles, each once, in the order of
//! `scripts/get_maintainer.pl`: people first, the most specific section first.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::{Contact, IsFolder, Keyword, MODERATED, Mailbox, Maintainers, Section};

/// Linus Torvalds merges from maintainers; the script drops him, whatever section names him.
const CHIEF_PENGUIN: &str = "torvalds@linux-foundation.org";

/// The script cuts section names in roles to this length.
const LONGEST_SECTION: usize = 50;

/// Why somebody is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// `M:`.
    Maintainer,
    /// `R:`.
    Reviewer,
    /// `L:`.
    List,
}

/// One addressee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recipient {
    /// Whom to write to.
    pub mailbox: Mailbox,
    /// Why.
    pub role: Role,
    /// The role as the script words it: `supporter:CEPH COMMON CODE (LIBCEPH)`.
    pub role_text: String,
}

/// People and lists, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipients(pub Vec<Recipient>);

impl Recipients {
    /// Those of `role`.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Mailbox> {
        self.0.iter().filter(move |r| r.role == role).map(|r| &r.mailbox)
    }

    /// Adds those of `more` that are not there yet.
    pub fn extend(&mut self, more: &Recipients) {
        for recipient in &more.0 {
            let known =
                |r: &Recipient| r.mailbox.address.eq_ignore_ascii_case(&recipient.mailbox.address);
            if !self.0.iter().any(known) {
                self.0.push(recipient.clone());
            }
        }
    }
}

impl Maintainers {
    /// The recipients for changes of `paths`, without a look at keywords.
    pub fn recipients_of_paths(&self, paths: &[&str], is_folder: IsFolder<'_>) -> Recipients {
        self.collect(paths, Vec::new(), is_folder)
    }

    /// The recipients for the file `path` as it is: by its place, and by keywords anywhere in its `text`.
    pub fn recipients_of_file(
        &self,
        path: &str,
        text: &[u8],
        is_folder: IsFolder<'_>,
    ) -> Recipients {
        let found = match &self.any_keyword {
            // MAINTAINERS holds every keyword.
            _ if path == "MAINTAINERS" => Vec::new(),
            Some(any) => any.matches(text).iter().map(|at| &self.keywords[at]).collect(),
            None => self.keywords.iter().filter(|k| k.anywhere.is_match(text)).collect(),
        };
        self.collect(&[path], found, is_folder)
    }

    /// The recipients of a patch as it is mailed, without its `To:` and `Cc:` lines: by the files of its
    /// diff, and by keywords in its message and in the lines it changes.
    pub fn recipients_of_patch(&self, patch: &[u8], is_folder: IsFolder<'_>) -> Recipients {
        let mut paths = BTreeSet::new();
        let mut open: Vec<&Keyword> = self.keywords.iter().collect();
        let mut keywords = Vec::new();
        let mut in_diff = false;
        for line in patch.split_inclusive(|byte| *byte == b'\n') {
            if let Some(names) = line.strip_prefix(b"diff --git a/") {
                let text = String::from_utf8_lossy(names);
                if let Some((path, _)) = text.split_once(" b/") {
                    paths.insert(path.to_owned());
                }
            } else if line.starts_with(b"+++ ") || line.starts_with(b"--- ") {
                in_diff = true;
            } else if !line.starts_with(b"@@ -") {
                keywords.extend(open.extract_if(.., |keyword| {
                    let regex = if in_diff { &keyword.changed } else { &keyword.anywhere };
                    regex.is_match(line)
                }));
            }
        }
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        self.collect(&paths, keywords, is_folder)
    }

    fn collect(
        &self,
        paths: &[&str],
        mut keywords: Vec<&Keyword>,
        is_folder: IsFolder<'_>,
    ) -> Recipients {
        let mut collector = Collector::default();
        for path in paths {
            for covering in self.covering(path, is_folder) {
                collector.add_section(&self.sections[covering.section]);
            }
        }
        keywords.sort_by(|a, b| a.place.cmp(&b.place));
        for keyword in keywords {
            collector.add_section(&self.sections[keyword.section]);
        }
        collector.finish(self)
    }
}

#[derive(Default)]
struct Collector {
    people: Vec<Recipient>,
    lists: Vec<Recipient>,
    names: BTreeSet<String>,
    addresses: BTreeSet<String>,
}

impl Collector {
    fn add_section(&mut self, section: &Section) {
        let name = short_name(&section.name);
        for contact in &section.contacts {
            match contact {
                Contact::Maintainer(mailbox) => {
                    let role_text = format!("{}:{name}", maintainer_role(&section.status));
                    self.add_person(mailbox, Role::Maintainer, role_text);
                }
                Contact::Reviewer(mailbox) => {
                    self.add_person(mailbox, Role::Reviewer, format!("reviewer:{name}"));
                }
                Contact::List { address, note } => self.add_list(section, address, note),
            }
        }
    }

    fn add_person(&mut self, mailbox: &Mailbox, role: Role, role_text: String) {
        let name = mailbox.name.to_lowercase();
        let address = mailbox.address.to_lowercase();
        if (!name.is_empty() && self.names.contains(&name)) || self.addresses.contains(&address) {
            return;
        }
        if !name.is_empty() {
            self.names.insert(name);
        }
        self.addresses.insert(address);
        self.people.push(Recipient { mailbox: mailbox.clone(), role, role_text });
    }

    fn add_list(&mut self, section: &Section, address: &str, note: &str) {
        let kind = match note {
            note if note.contains("subscribers-only") => return,
            note if note.contains(MODERATED) => "moderated list",
            _ => "open list",
        };
        let known = |list: &Recipient| list.mailbox.address.eq_ignore_ascii_case(address);
        if self.lists.iter().any(known) {
            return;
        }
        let suffix = if section.is_the_rest() {
            String::new()
        } else {
            format!(":{}", short_name(&section.name))
        };
        self.lists.push(Recipient {
            mailbox: Mailbox { name: String::new(), address: address.to_owned() },
            role: Role::List,
            role_text: format!("{kind}{suffix}"),
        });
    }

    /// Resolves `.mailmap`, then drops whoever is named twice under it.
    fn finish(self, maintainers: &Maintainers) -> Recipients {
        let mut by_name: FxHashMap<String, Mailbox> = FxHashMap::default();
        let mut by_address: FxHashMap<String, Mailbox> = FxHashMap::default();
        let mut seen = BTreeSet::new();
        let mut result = Vec::new();
        for mut recipient in self.people.into_iter().chain(self.lists) {
            let mailbox = maintainers.mailmap.resolve(&recipient.mailbox);
            let (name, address) = (mailbox.name.to_lowercase(), mailbox.address.to_lowercase());
            let known = by_name.get(&name).filter(|_| !name.is_empty());
            let mailbox = match known.or_else(|| by_address.get(&address)) {
                Some(known) => maintainers.mailmap.resolve(known),
                None => {
                    by_name.insert(name, mailbox.clone());
                    by_address.insert(address, mailbox.clone());
                    maintainers.mailmap.resolve(&mailbox)
                }
            };
            let chief = recipient.role != Role::List && mailbox.address.contains(CHIEF_PENGUIN);
            if !chief && seen.insert(mailbox.clone()) {
                recipient.mailbox = mailbox;
                result.push(recipient);
            }
        }
        Recipients(result)
    }
}

fn short_name(name: &str) -> String {
    if name.len() <= LONGEST_SECTION {
        return name.to_owned();
    }
    let cut: String = name.chars().take(LONGEST_SECTION - 3).collect();
    format!("{}...", cut.trim_end())
}

fn maintainer_role(status: &str) -> String {
    let status = status.to_lowercase();
    match status.as_str() {
        "supported" => "supporter".into(),
        "maintained" => "maintainer".into(),
        "odd fixes" => "odd fixer".into(),
        "orphan" => "orphan minder".into(),
        "obsolete" => "obsolete minder".into(),
        "buried alive in reporters" => "chief penguin".into(),
        "" => "unknown".into(),
        _ => status,
    }
}
