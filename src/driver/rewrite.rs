//! The dry run: what the campaign's rules make of the sites that a scan found.
//!
//! In: a workspace. Out: each file's new content, with the sites that were converted in it and the rule
//! that did it. A rule sees the file as the rules before it left it, and the facts about that version.
//! What was to be converted and was not is said, never passed over.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};

use anyhow::bail;
use rayon::prelude::*;

use super::Workspace;
use super::page_facts::Analysis;
use super::rules::{Rule, is_concerned, parse_rules};
use super::scan::{self, Scan, ScannedFile};
use super::threading::Flags;
use crate::diff::{FileChange, FileDiff};
use crate::edit::{self, Settings};
use crate::items::{TypeNames, split};
use crate::lex::{LexedFile, TokenKind, TokenRange};
use crate::parse;
use crate::provenance;
use crate::review::dry_run::Author;
use crate::review::{Applicability, Report, Site, Unseen};
use crate::series::facts::RuleName;
use crate::smpl::{self, ProvenanceClass};
use crate::source::TreePath;
use crate::tree::walk;

/// What a campaign would change in a tree.
#[derive(Clone, Debug)]
pub struct Rewrites {
    /// Sorted by path; each file once.
    pub files: Vec<RewrittenFile>,
    /// The whole scan, sites that are left alone among them.
    pub report: Report,
    /// What could not be edited although it should have been, a line each with place and reason.
    pub refused: Vec<String>,
    /// How many sites are as they were because nobody knows where their pages come from; `refused` names them.
    pub open: usize,
    /// Whether functions are changed together with their callers, so that no part of it builds alone.
    pub is_one: bool,
}

/// One file with the sites that its change converts.
#[derive(Clone, Debug)]
pub struct RewrittenFile {
    /// The change.
    pub change: FileChange,
    /// In source order.
    pub sites: Vec<RewrittenSite>,
}

/// A site and the rule that converted it.
#[derive(Clone, Debug)]
pub struct RewrittenSite {
    /// The rule.
    pub rule: RuleName,
    /// The site as it was scanned.
    pub site: Site,
    /// The 1-based lines of the file before the change that its edits may touch.
    pub lines: RangeInclusive<u32>,
    /// Who wrote what is there now.
    pub author: Author,
}

impl Rewrites {
    /// The sites that GUP pages reach and that no edit touches.
    pub fn left_alone(&self) -> impl Iterator<Item = &Site> {
        let converted = |site: &Site| {
            let file = self.files.iter().find(|file| file.change.path == site.file);
            file.is_some_and(|file| is_among(&file.sites, site))
        };
        self.report.sites.iter().filter(move |site| !converted(site))
    }
}

/// What came of one file.
#[derive(Default)]
struct Outcome {
    file: Option<RewrittenFile>,
    refused: Vec<String>,
    open: usize,
}

/// Runs the campaign's rules on what a scan finds.
pub fn rewrite(workspace: &Workspace) -> anyhow::Result<Rewrites> {
    let scan = scan::scan(workspace)?;
    let rules = parse_rules(workspace, &scan)?;
    let mut report = scan.report(workspace);
    report.sites.retain(|site| is_concerned(&rules, site));
    let more = files_without_sites(workspace, &scan, &rules, &mut report.unseen)?;
    let mut convertible: BTreeMap<&TreePath, Vec<&Site>> = BTreeMap::new();
    for site in report.sites.iter().filter(|site| site.conversion.is_some()) {
        convertible.entry(&site.file).or_default().push(site);
    }
    let is_everywhere = rules.iter().any(|rule| rule.is_everywhere);
    let of_scan = scan
        .files
        .iter()
        .filter(|scanned| is_everywhere || convertible.contains_key(&scanned.file.path));
    let concerned: Vec<&ScannedFile> = of_scan.chain(&more).collect();
    let step = workspace.begin("files rewritten", concerned.len());
    let outcomes: Vec<Outcome> = workspace.run(|| {
        let rewritten = |file: &&ScannedFile| {
            let sites = convertible.get(&file.file.path).map_or(&[][..], Vec::as_slice);
            step.done(rewrite_file(file, sites, &rules, &scan))
        };
        concerned.par_iter().map(rewritten).collect()
    });
    drop(step);
    let mut files = Vec::new();
    let mut refused = Vec::new();
    let mut open = 0;
    for outcome in outcomes {
        files.extend(outcome.file);
        open += outcome.open;
        refused.extend(outcome.refused);
    }
    files.sort_by(|a: &RewrittenFile, b| a.change.path.cmp(&b.change.path));
    Ok(Rewrites { files, report, refused, open, is_one: is_everywhere })
}

/// The files that hold no adder site and that rules may change all the same: headers with prototypes, say. What cannot be
/// read is added to `unseen`.
fn files_without_sites(
    workspace: &Workspace,
    scan: &Scan,
    rules: &[Rule],
    unseen: &mut Unseen,
) -> anyhow::Result<Vec<ScannedFile>> {
    let everywhere: Vec<&Rule> = rules.iter().filter(|rule| rule.is_everywhere).collect();
    if let Some(rule) = everywhere.iter().find(|rule| rule.adders.is_empty()) {
        bail!(
            "{}: a rule of a campaign has to ask where a page comes from, or to name the adders that it is about\n  \
             hint: `gupatch run` runs any semantic patch",
            rule.name.0
        );
    }
    let index = workspace.sources().index();
    let adders = everywhere.iter().flat_map(|rule| &rule.adders);
    let scanned: BTreeSet<&TreePath> = scan.files.iter().map(|file| &file.file.path).collect();
    let files = index.candidates_for_any(adders.map(String::as_str)).into_iter();
    let files = files.map(|file| index.path(file));
    let files: Vec<&TreePath> =
        files.filter(|path| !scanned.contains(path) && workspace.is_wanted(path)).collect();
    let read = |path: &&TreePath| {
        let mut bytes = Vec::new();
        walk::read_into(&workspace.tree.root, path, &mut bytes)?;
        let file = LexedFile::new(TreePath::clone(path), bytes);
        let items = split(&file);
        Ok(ScannedFile { file, items, sites: Vec::new() })
    };
    let read: Vec<Result<ScannedFile, walk::Unseen>> =
        workspace.run(|| files.par_iter().map(read).collect());
    let mut found = Vec::new();
    for file in read {
        match file {
            Ok(file) => found.push(file),
            Err(error) => unseen.file(&error.path, &error.reason),
        }
    }
    Ok(found)
}

/// Runs the rules on one file. A flag whose adder no rule converts then is not put in.
fn rewrite_file(scanned: &ScannedFile, sites: &[&Site], rules: &[Rule], scan: &Scan) -> Outcome {
    let outcome = rewrite_with_flags(scanned, sites, rules, scan, &|_| true);
    let converted = outcome.file.as_ref().map_or(&[][..], |file| &file.sites);
    let is_in_vain = |found: &provenance::Site| {
        let site = sites.iter().find(|site| is_at(found, site));
        found.threading.is_some() && site.is_some_and(|site| !is_among(converted, site))
    };
    let mut all = scanned.sites.iter().flat_map(|(_, sites)| sites);
    match all.any(is_in_vain) {
        true => rewrite_with_flags(scanned, sites, rules, scan, &|site| !is_in_vain(site)),
        false => outcome,
    }
}

fn rewrite_with_flags(
    scanned: &ScannedFile,
    sites: &[&Site],
    rules: &[Rule],
    scan: &Scan,
    is_flagged: &dyn Fn(&provenance::Site) -> bool,
) -> Outcome {
    let virtuals = scan.tree.vocabulary().virtuals().clone();
    let settings = Settings { virtuals, ..Settings::default() };
    let original = &scanned.file;
    let mut outcome = Outcome::default();
    let all = scanned.sites.iter().flat_map(|(_, sites)| sites);
    let convertible = |s: &&provenance::Site| {
        let class = ProvenanceClass::Conditional;
        sites.iter().any(|site| is_at(s, site))
            && rules.iter().any(|rule| rule.is_about(&s.adder, class))
    };
    let flags = Flags::of(all.filter(convertible).filter(|site| is_flagged(site)));
    let facts = Analysis::new(scan, scanned, &flags);
    let mut version = with_flags(original, &flags, &settings, &mut outcome);
    let mut converted: Vec<RewrittenSite> = Vec::new();
    for rule in rules.iter().filter(|rule| rule.concerns(sites)) {
        let next = edit::rewrite(&rule.patch, &version, &settings, &facts);
        for diagnostic in &next.diagnostics {
            outcome.refused.push(diagnostic.render(&version.path, &version.lines));
        }
        if next.bytes == version.bytes {
            continue;
        }
        let after = LexedFile::new(original.path.clone(), next.bytes);
        let left = facts.learn(&after);
        let so_far = change(original, after.bytes.clone());
        let replaced: Vec<Range<usize>> = FileDiff::new(&so_far).replaced().collect();
        // The rule's own sites are those that this step did away with: none like it is left, or, where one
        // is, its lines are among those that were replaced.
        let is_own = |site: &&&Site| {
            let same = |s: &provenance::Site| {
                (&s.function, &s.adder, &s.page_text) == (&site.function, &site.adder, &site.page)
            };
            if !left.iter().flat_map(|(_, sites)| sites).any(same) {
                return true;
            }
            let lines = lines_of(scanned, site);
            replaced.iter().any(|r| r.start <= lines.end && lines.start < r.end.max(r.start + 1))
        };
        let open = sites.iter().filter(|site| !is_among(&converted, site));
        let own: Vec<&&Site> = open.filter(is_own).collect();
        for site in own {
            let mut site = Site::clone(site);
            if next.applicability != edit::Applicability::Safe {
                site.applicability = Applicability::Review;
            }
            let lines = lines_of(scanned, &site);
            let lines = lines.start as u32 + 1..=lines.end as u32;
            let author = Author::Rule;
            converted.push(RewrittenSite { rule: rule.name.clone(), site, lines, author });
        }
        version = after;
    }
    converted.sort_by_key(|rewritten| (rewritten.site.line, rewritten.site.column));
    // Where what is not proven is left, a person has to look.
    if rules.iter().any(|rule| rule.classes.contains(&ProvenanceClass::Other)) {
        for site in scanned.sites.iter().flat_map(|(_, sites)| sites) {
            let is_about = |rule: &Rule| rule.is_about(&site.adder, ProvenanceClass::Other);
            // What an adder hands on to another one is its callers' page, and they are sites too.
            let is_handed_on = scan.adders.id(&site.function).is_some();
            let is_open = site.class == provenance::Class::Unknown && !is_handed_on;
            if is_open && rules.iter().any(is_about) {
                outcome.open += 1;
                outcome.refused.push(format!(
                    "{}:{}: warning: left as it is, for where the page of this {} comes from is not known",
                    original.path, site.location.line, site.adder
                ));
            }
        }
    }
    for site in sites {
        if !is_among(&converted, site) {
            outcome.refused.push(format!(
                "{}:{}: warning: no rule of the campaign converts this {}",
                site.file, site.line, site.adder
            ));
        }
    }
    if version.bytes != original.bytes {
        if unparsed(&version) > unparsed(original) {
            let path = &original.path;
            outcome.refused.push(format!(
                "{path}: error: the edited file no longer parses; it is left as it was"
            ));
            return outcome;
        }
        let change = change(original, version.bytes);
        outcome.file = Some(RewrittenFile { change, sites: converted });
    }
    outcome
}

/// The file with the flags that its sites need.
fn with_flags(
    file: &LexedFile,
    flags: &Flags<'_>,
    settings: &Settings,
    outcome: &mut Outcome,
) -> LexedFile {
    let (file, facts) = &flags.kept_in(file);
    let Some(text) = flags.patch() else {
        return LexedFile::new(file.path.clone(), flags.settle(file.bytes.clone()));
    };
    let (patch, _) = smpl::parse(text.as_bytes()).expect("made of names and fixed text");
    let next = edit::rewrite(&patch, file, settings, facts);
    for diagnostic in &next.diagnostics {
        outcome.refused.push(diagnostic.render(&file.path, &file.lines));
    }
    LexedFile::new(file.path.clone(), flags.settle(next.bytes))
}

fn is_at(found: &provenance::Site, site: &Site) -> bool {
    (found.location.line, found.location.column) == (site.line, site.column)
}

fn is_among(converted: &[RewrittenSite], site: &Site) -> bool {
    converted.iter().any(|c| (c.site.line, c.site.column) == (site.line, site.column))
}

/// How many items of a file are not understood.
fn unparsed(file: &LexedFile) -> usize {
    let types = TypeNames::default();
    let items = split(file);
    items.iter().map(|item| parse::item(file, item, &types).diagnostics.len()).sum()
}

fn change(original: &LexedFile, after: Vec<u8>) -> FileChange {
    FileChange { path: original.path.clone(), before: Some(original.bytes.clone()), after }
}

/// The 0-based lines of the statement that a site is in; an insertion right behind it is its own too.
fn lines_of(scanned: &ScannedFile, site: &Site) -> Range<usize> {
    let file = &scanned.file;
    let all = scanned.sites.iter().flat_map(|(_, sites)| sites);
    let Some(found) = all.into_iter().find(|found| is_at(found, site)) else { return 0..0 };
    let after = found.tokens.end;
    let rest = TokenRange { start: after, end: file.tokens.all().end };
    let semi = rest.iter().find(|&token| file.tokens.kind(token) == TokenKind::Semi);
    let start = file.location(found.tokens.start).line as usize - 1;
    start..file.location(semi.unwrap_or(after)).line as usize
}
