//! MAINTAINERS: which section owns a file, and who gets a patch.
//!
//! In: the bytes of MAINTAINERS (and of `.mailmap`). Out: [`Maintainers`], which answers for a path or a
//! patch what `scripts/get_maintainer.pl --nogit --nogit-fallback` answers, without starting a process: the
//! same sections, the same people and lists, the same roles. A line that cannot be used becomes a
//! diagnostic, and the rest of the file still counts.
//!
//! Requires that the paths asked about exist in the tree, as the script does. Left alone on purpose:
//! signers from the git log, and addresses found inside the files.

mod mailbox;
mod pattern;
mod recipients;

use regex::bytes::{Regex, RegexSet};
use rustc_hash::FxHashMap;

pub use mailbox::{Mailbox, Mailmap};
pub use pattern::IsFolder;
use pattern::PathPattern;

pub use recipients::{Recipient, Recipients, Role};

use crate::diagnostic::Diagnostic;
use crate::source::Span;

/// The name of a section: `CEPH DISTRIBUTED FILE SYSTEM CLIENT (CEPH)`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SectionName(pub String);

/// The section that takes what no other one does.
const THE_REST: &str = "THE REST";

/// In the note of such a list.
const MODERATED: &str = "moderated";

/// One section.
#[derive(Clone, Debug, Default)]
pub struct Section {
    /// The line above the first field.
    pub name: String,
    /// `S:`, the last one where there are several.
    pub status: String,
    /// `M:` and `R:` and `L:`, in the order of the file.
    contacts: Vec<Contact>,
    /// `T:`: where the section's changes are collected.
    pub trees: Vec<String>,
    /// `P:`: the document that says how to submit.
    pub profiles: Vec<String>,
    /// `Q:`: patchwork.
    pub queues: Vec<String>,
    /// `F:`, with the place in the file.
    files: Vec<(Place, PathPattern)>,
    excluded: Vec<PathPattern>,
    /// Whether an `S:` line says `maintain` or `support`.
    looked_after: bool,
}

/// Where a field starts in the file, for the order of fields.
type Place = u32;

#[derive(Clone, Debug)]
enum Contact {
    Maintainer(Mailbox),
    Reviewer(Mailbox),
    List { address: String, note: String },
}

impl Section {
    fn has_maintainer(&self) -> bool {
        self.contacts.iter().any(|contact| matches!(contact, Contact::Maintainer(_)))
    }

    /// The people of `M:`, in the order of the file.
    pub fn maintainers(&self) -> impl Iterator<Item = &Mailbox> {
        self.contacts.iter().filter_map(|contact| match contact {
            Contact::Maintainer(mailbox) => Some(mailbox),
            Contact::Reviewer(_) | Contact::List { .. } => None,
        })
    }

    /// The lists that hold back what strangers send.
    pub fn moderated_lists(&self) -> impl Iterator<Item = &String> {
        self.contacts.iter().filter_map(|contact| match contact {
            Contact::List { address, note } => note.contains(MODERATED).then_some(address),
            Contact::Maintainer(_) | Contact::Reviewer(_) => None,
        })
    }

    /// Whether this is the section that takes what no other one does.
    pub fn is_the_rest(&self) -> bool {
        self.name == THE_REST
    }
}

/// A keyword of a section, for lines of the message and for changed lines.
#[derive(Debug)]
struct Keyword {
    section: usize,
    /// How many fields and headings come before it, in decimal digits. The script sorts keywords by this text, as
    /// text: who comes first gives a list that two sections name its role.
    place: String,
    anywhere: Regex,
    changed: Regex,
}

/// The whole file, ready to be asked.
#[derive(Debug, Default)]
pub struct Maintainers {
    sections: Vec<Section>,
    /// `F:` patterns by the folder they spell out: (section, pattern).
    by_folder: FxHashMap<String, Vec<(usize, usize)>>,
    /// `N:` patterns: (section, place, pattern).
    names: Vec<(usize, Place, Regex)>,
    keywords: Vec<Keyword>,
    /// All of them in one, which reads a file once; `None` where that gets too large.
    any_keyword: Option<RegexSet>,
    mailmap: Mailmap,
}

/// A section that covers a path, and how specific it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Covering {
    section: usize,
    /// Depth and spelled-out length of the most specific field that covers the path.
    best: (i32, usize),
    /// Place and depth of the last field that covers it. The script sorts by this depth, whatever came
    /// before, and who is named first decides which of two addresses of one person is kept.
    last: (Place, i32),
}

impl Maintainers {
    /// Reads MAINTAINERS and `.mailmap` (empty where the tree has none).
    pub fn parse(text: &[u8], mailmap: &[u8]) -> (Maintainers, Vec<Diagnostic>) {
        let mut reader = Reader {
            all: Maintainers {
                mailmap: Mailmap::parse(&String::from_utf8_lossy(mailmap)),
                ..Maintainers::default()
            },
            open: None,
            header: String::new(),
            entries: 0,
            diagnostics: Vec::new(),
        };
        let mut at = 0;
        for line in text.split_inclusive(|byte| *byte == b'\n') {
            let span = Span::new(at as u32, (at + line.len()) as u32);
            at += line.len();
            reader.line(&String::from_utf8_lossy(line), span);
        }
        let Reader { mut all, diagnostics, .. } = reader;
        for (section, content) in all.sections.iter().enumerate() {
            for (pattern, (_, files)) in content.files.iter().enumerate() {
                let folder = files.folder().to_owned();
                all.by_folder.entry(folder).or_default().push((section, pattern));
            }
        }
        let keywords = all.keywords.iter().map(|keyword| keyword.anywhere.as_str());
        all.any_keyword = RegexSet::new(keywords).ok();
        (all, diagnostics)
    }

    /// How many sections there are.
    pub fn section_count(&self) -> usize {
        self.sections.len()
    }

    /// The one section that owns `path`: the most specific one, by depth of the pattern, then whether
    /// somebody looks after it, then by how much of the path is spelled out, then by place in the file.
    pub fn owner(&self, path: &str, is_folder: IsFolder<'_>) -> Option<&Section> {
        let covering = self.covering(path, is_folder);
        let best = covering.iter().min_by_key(|found| {
            let section = &self.sections[found.section];
            (
                section.is_the_rest(),
                -found.best.0,
                !section.has_maintainer(),
                usize::MAX - found.best.1,
                found.section,
            )
        })?;
        Some(&self.sections[best.section])
    }

    /// All sections that cover `path`, the most specific one first.
    pub fn sections_of(&self, path: &str, is_folder: IsFolder<'_>) -> Vec<&Section> {
        let covering = self.covering(path, is_folder);
        covering.iter().map(|found| &self.sections[found.section]).collect()
    }

    /// The sections that cover `path`, in the order of the script.
    fn covering(&self, path: &str, is_folder: IsFolder<'_>) -> Vec<Covering> {
        let mut found: FxHashMap<usize, Covering> = FxHashMap::default();
        let mut note = |section: usize, place: Place, depth: i32, literal: usize| {
            let (best, last) = ((depth, literal), (place, depth));
            let entry = found.entry(section).or_insert(Covering { section, best, last });
            entry.best = entry.best.max(best);
            if place > entry.last.0 {
                entry.last = last;
            }
        };
        let folders =
            std::iter::once("").chain(path.match_indices('/').map(|(slash, _)| &path[..=slash]));
        for folder in folders {
            for (section, pattern) in self.by_folder.get(folder).into_iter().flatten() {
                let (place, pattern) = &self.sections[*section].files[*pattern];
                if pattern.matches(path, is_folder) {
                    note(*section, *place, pattern.depth(), pattern.literal_len());
                }
            }
        }
        for (section, place, name) in &self.names {
            if name.is_match(path.as_bytes()) {
                note(*section, *place, 0, 0);
            }
        }
        let excluded = |section: usize| {
            self.sections[section].excluded.iter().any(|x| x.matches(path, is_folder))
        };
        let mut found: Vec<Covering> =
            found.into_values().filter(|covering| !excluded(covering.section)).collect();
        found.sort_unstable_by_key(|covering| (-covering.last.1, covering.section));
        found
    }
}

/// Reads line by line.
struct Reader {
    all: Maintainers,
    /// The section whose fields are being read.
    open: Option<usize>,
    /// The last line that was no field.
    header: String,
    /// Fields and headings so far.
    entries: usize,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn line(&mut self, line: &str, span: Span) {
        let line = line.trim_end_matches(['\n', '\r']);
        let mut chars = line.chars();
        match (chars.next(), chars.next()) {
            (Some(field @ 'A'..='Z'), Some(':')) => {
                let section = self.open_section();
                self.field(section, field, chars.as_str().trim_start(), span);
                self.entries += 1;
            }
            // Blank lines and comments end nothing: the script does not see them.
            (None, _) | (Some('#'), _) => {}
            (Some(_), _) if line.trim().is_empty() || line.trim_start().starts_with('#') => {}
            (Some(_), _) => {
                self.open = None;
                self.entries += 1;
                line.clone_into(&mut self.header);
            }
        }
    }

    fn open_section(&mut self) -> usize {
        *self.open.get_or_insert_with(|| {
            let name = self.header.clone();
            self.all.sections.push(Section { name, ..Section::default() });
            self.all.sections.len() - 1
        })
    }

    fn field(&mut self, at: usize, field: char, value: &str, span: Span) {
        match field {
            'F' | 'X' => match PathPattern::parse(value) {
                Ok(pattern) if field == 'F' => self.section(at).files.push((span.start, pattern)),
                Ok(pattern) => self.section(at).excluded.push(pattern),
                Err(error) => self.bad_pattern(field, value, &error, span),
            },
            'N' => match pattern::perl_regex(value) {
                Ok(regex) => self.all.names.push((at, span.start, regex)),
                Err(error) => self.bad_pattern(field, value, &error, span),
            },
            'K' => {
                let anywhere = pattern::perl_regex(value);
                let changed = pattern::perl_regex_after("^[+-].*", value);
                match anywhere.and_then(|anywhere| Ok((anywhere, changed?))) {
                    Ok((anywhere, changed)) => {
                        let place = self.entries.to_string();
                        self.all.keywords.push(Keyword { section: at, place, anywhere, changed });
                    }
                    Err(error) => self.bad_pattern(field, value, &error, span),
                }
            }
            'M' | 'R' => {
                let found = Mailbox::parse_list(value);
                if found.is_empty() {
                    let message = format!("`{field}:` without a mail address: {value}");
                    self.diagnostics.push(Diagnostic::warning(span, message));
                }
                let kind = if field == 'M' { Contact::Maintainer } else { Contact::Reviewer };
                self.section(at).contacts.extend(found.into_iter().map(kind));
            }
            'L' => self.list(at, value, span),
            'S' => {
                let lower = value.to_ascii_lowercase();
                let section = self.section(at);
                section.looked_after |= lower.contains("maintain") || lower.contains("support");
                value.clone_into(&mut section.status);
            }
            'T' => self.section(at).trees.push(value.to_owned()),
            'P' => self.section(at).profiles.push(value.to_owned()),
            'Q' => self.section(at).queues.push(value.to_owned()),
            // Web pages, bug trackers and chats say nothing about recipients.
            'B' | 'C' | 'W' => {}
            _ => {
                let message = format!("unknown field `{field}:`");
                self.diagnostics.push(Diagnostic::note(span, message));
            }
        }
    }

    /// A list is a bare address with a note behind it. Written like a person, as some are, the script takes
    /// the first word of the name for the address; the address in the angle brackets is what is meant.
    fn list(&mut self, at: usize, value: &str, span: Span) {
        let (word, note) = value.split_once(char::is_whitespace).unwrap_or((value, ""));
        let address = if word.contains('@') {
            word.to_owned()
        } else {
            let message = format!("`L:` does not start with a mail address: {value}");
            self.diagnostics.push(Diagnostic::warning(span, message));
            match Mailbox::parse(value) {
                Some(mailbox) => mailbox.address,
                None => return,
            }
        };
        self.section(at).contacts.push(Contact::List { address, note: note.trim().to_owned() });
    }

    fn section(&mut self, at: usize) -> &mut Section {
        &mut self.all.sections[at]
    }

    fn bad_pattern(&mut self, field: char, value: &str, error: &str, span: Span) {
        let message = format!("`{field}: {value}` is not a pattern that can be used: {error}");
        self.diagnostics.push(
            Diagnostic::warning(span, message)
                .with_help("recipients may lack the people of this section"),
        );
    }
}

#[cfg(test)]
mod tests;
