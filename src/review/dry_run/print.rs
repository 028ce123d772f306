//! The text of `gupatch diff`: a patch with the evidence beside it.
//!
//! Everything that is not the diff stands in lines that start with `# ` before a file's `diff --git`, at
//! the top or at the end, where `git apply`, `git am` and `patch` skip them. Between the hunks of a file
//! they would not, so plain text has the evidence of all hunks of a file above its header, and its diff is
//! byte for byte git's. Coloured text is for eyes and no patch anyway: there each hunk has its evidence
//! directly above it, changed words stand out, and what could act on the terminal is made visible.

use anstyle::Style;

use super::{DryRun, Evidence, FileReview, Group, evidence_line, evidence_lines};
use crate::diff::{self, FileDiff};
use crate::review::patch::{Hunk, Mark, PatchLine};
use crate::review::visible::{one_line, visible, visible_line};
use crate::review::words::{self, Piece};
use crate::review::{Applicability, Class, Palette, Site};

/// How much is said about each hunk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EvidenceDetail {
    /// Nothing.
    None,
    /// One line a site.
    Line,
    /// The whole trace.
    Full,
}

/// What `gupatch diff` was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintOptions {
    /// How much is said about each hunk.
    pub evidence: EvidenceDetail,
    /// Whether a diffstat stands at the top.
    pub stat: bool,
    /// Plain, so that the text is a patch, or colours.
    pub colours: Palette,
}

/// The whole text. It is bytes, for the diff is: source need not be UTF-8.
pub fn print(dry_run: &DryRun, options: &PrintOptions) -> Vec<u8> {
    let mut printer = Printer { out: Vec::new(), options: *options };
    if options.stat && dry_run.files().next().is_some() {
        printer.stat(dry_run);
    }
    for group in &dry_run.groups {
        printer.group(group);
    }
    printer.left_alone(&dry_run.left_alone);
    if !dry_run.unseen.is_empty() {
        printer.comment(options.colours.care, &dry_run.unseen.summary());
        for detail in &dry_run.unseen.details {
            printer.comment(options.colours.dim, &format!("    {detail}"));
        }
    }
    printer.out
}

struct Printer {
    out: Vec<u8>,
    options: PrintOptions,
}

impl Printer {
    fn stat(&mut self, dry_run: &DryRun) {
        let mut entries: Vec<_> =
            dry_run.files().map(|file| FileDiff::new(file.change()).stat()).collect();
        entries.sort_by(|a, b| a.path.as_str().cmp(b.path.as_str()));
        self.out.extend(diff::diffstat(&entries).into_bytes());
        let all: Vec<&Evidence> = dry_run.files().flat_map(FileReview::evidence).collect();
        let is_for_review = |one: &&&Evidence| one.site.applicability != Applicability::Safe;
        let review = all.iter().filter(is_for_review).count();
        let sites = counted(all.len(), "site");
        let left = dry_run.left_alone.len() + dry_run.open;
        self.comment(
            self.options.colours.dim,
            &format!("{sites} converted, {review} of them for review; {left} left to a person"),
        );
        self.out.push(b'\n');
    }

    fn group(&mut self, group: &Group) {
        let sites: usize = group.files.iter().map(|file| file.evidence().len()).sum();
        let (files, site_s) = (counted(group.files.len(), "file"), counted(sites, "site"));
        self.comment(
            self.options.colours.heading,
            &format!("{}: {files}, {site_s}", group.subsystem),
        );
        for file in &group.files {
            if self.options.colours.is_plain() {
                self.plain_file(file);
            } else {
                self.coloured_file(file);
            }
        }
    }

    fn plain_file(&mut self, file: &FileReview) {
        for evidence in file.evidence() {
            self.evidence(evidence);
        }
        FileDiff::new(file.change()).write(&mut self.out, None);
    }

    fn coloured_file(&mut self, file: &FileReview) {
        let heading = self.options.colours.heading;
        let mut header = Vec::new();
        FileDiff::new(file.change()).write(&mut header, None);
        let hunks = file.hunks();
        for line in header.split_inclusive(|&b| b == b'\n') {
            if line.starts_with(b"@@ ") {
                break;
            }
            self.styled_line(heading, &visible_line(line));
        }
        // A conversion that touches no hunk would be a mistake of the driver; it is not hidden.
        let lost = |evidence: &&Evidence| !hunks.iter().any(|hunk| evidence.touches(hunk));
        for evidence in file.evidence().iter().filter(lost) {
            self.evidence(evidence);
        }
        for hunk in hunks {
            for evidence in file.evidence_of(hunk) {
                self.evidence(evidence);
            }
            self.hunk(hunk);
        }
    }

    fn hunk(&mut self, hunk: &Hunk) {
        let p = self.options.colours;
        self.styled_line(p.hunk, &visible_line(&hunk.header()));
        for (line, pieces) in hunk.lines.iter().zip(words::pieces(hunk)) {
            match line.mark {
                Mark::Context => {
                    self.styled_line(Style::new(), &format!(" {}", visible_line(&line.text)))
                }
                Mark::Removed => self.changed_line('-', line, &pieces, p.bad, p.bad_word),
                Mark::Added => self.changed_line('+', line, &pieces, p.good, p.good_word),
            }
            if line.text.last() != Some(&b'\n') {
                self.styled_line(p.dim, "\\ No newline at end of file");
            }
        }
    }

    fn changed_line(
        &mut self,
        mark: char,
        line: &PatchLine,
        pieces: &[Piece],
        style: Style,
        word: Style,
    ) {
        let mut text = format!("{style}{mark}{style:#}");
        for piece in pieces {
            let shown = visible_line(&line.text[piece.range.clone()]);
            let style = if piece.changed { word } else { style };
            text.push_str(&format!("{style}{shown}{style:#}"));
        }
        self.styled_line(Style::new(), &text);
    }

    fn evidence(&mut self, evidence: &Evidence) {
        let dim = self.options.colours.dim;
        match self.options.evidence {
            EvidenceDetail::None => {}
            EvidenceDetail::Line => self.comment(dim, &evidence_line(evidence)),
            EvidenceDetail::Full => {
                for line in evidence_lines(evidence) {
                    self.comment(dim, &line);
                }
            }
        }
    }

    /// What is not converted, by class, and why.
    fn left_alone(&mut self, sites: &[Site]) {
        let p = self.options.colours;
        if sites.is_empty() {
            return;
        }
        self.comment(p.heading, &format!("Not converted: {}", counted(sites.len(), "site")));
        for (class, what) in [
            (Class::Gup, "from GUP on every path, and still left alone"),
            (Class::Conditional, "from GUP under a condition, and left alone"),
            (Class::Mixed, "from GUP on some paths and from elsewhere on others"),
            (Class::Carried, "read back from a container that carries the mark itself"),
        ] {
            let of_class: Vec<&Site> = sites.iter().filter(|site| site.class == class).collect();
            if of_class.is_empty() {
                continue;
            }
            self.comment(p.care, &format!("  {} {what}", of_class.len()));
            for site in of_class {
                self.comment(
                    p.dim,
                    &format!(
                        "    {}:{} {}: {}({}): {}",
                        site.file,
                        site.line,
                        site.function,
                        site.adder,
                        one_line(&site.page),
                        one_line(&site.reason)
                    ),
                );
            }
        }
    }

    /// A line that patch programs skip. It stays one line whatever `text` holds.
    fn comment(&mut self, style: Style, text: &str) {
        self.styled_line(style, &format!("# {}", visible(text.trim_end())));
    }

    fn styled_line(&mut self, style: Style, text: &str) {
        self.out.extend(format!("{style}{text}{style:#}\n").into_bytes());
    }
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
