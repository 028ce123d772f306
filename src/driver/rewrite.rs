//! The dry run: what the campaign's rules make of the sites that a scan found.
//!
//! In: a workspace. Out: each file's new content, with the sites that were converted in it and the rule
//! that did it. A rule sees the file as the rules before it left it, and the facts about that version.
//! What was to be converted and was not is said, never passed over.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use anyhow::bail;
use rayon::prelude::*;

use super::Workspace;
use super::scan::{self, Scan, ScannedFile};
use super::threading::Flags;
use crate::ast::{Ast, NodeId};
use crate::diff::{FileChange, FileDiff};
use crate::edit::{self, FileFacts, Settings};
use crate::items::{TypeNames, split};
use crate::lex::{LexedFile, TokenKind, TokenRange};
use crate::matcher::{Facts, PageFact, Unit};
use crate::parse;
use crate::provenance;
use crate::review::dry_run::Author;
use crate::review::{Applicability, Class, Report, Site};
use crate::series::facts::RuleName;
use crate::smpl::{self, MetaId, ProvenanceClass, SemanticPatch};
use crate::source::{LineIndex, TreePath};
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

/// A rule file, parsed.
struct Rule {
    name: RuleName,
    patch: SemanticPatch,
    /// The adders that its text names.
    adders: BTreeSet<String>,
    /// The classes of pages that it asks for.
    classes: BTreeSet<ProvenanceClass>,
    /// Whether it may change files that no page from GUP gets to.
    is_everywhere: bool,
}

impl Rule {
    fn new(name: RuleName, patch: SemanticPatch, adders: BTreeSet<String>) -> Rule {
        let is_everywhere = !patch.rules.iter().all(|rule| asks_for_gup(rule, &patch));
        let classes = patch.rules.iter().flat_map(smpl::Rule::asked_classes).collect();
        Rule { name, patch, adders, classes, is_everywhere }
    }

    /// Whether it is about such an adder of such pages.
    fn is_about(&self, adder: &str, class: ProvenanceClass) -> bool {
        (self.adders.is_empty() || self.adders.contains(adder)) && self.classes.contains(&class)
    }

    /// Whether it names the adder of one of `sites`; a rule that names none may be about any.
    fn concerns(&self, sites: &[&Site]) -> bool {
        self.is_everywhere
            || self.adders.is_empty()
            || sites.iter().any(|site| self.adders.contains(&site.adder))
    }
}

/// Whether a rule matches only where there are pages from GUP: it asks for them, or for what a rule found that does.
fn asks_for_gup(rule: &smpl::Rule, patch: &SemanticPatch) -> bool {
    let is_gup = |class| matches!(class, ProvenanceClass::Gup | ProvenanceClass::Conditional);
    let above = |name: &smpl::RuleName| {
        let mut above = patch.rules.iter().take_while(|above| above.name != rule.name);
        above.any(|above| above.name == *name && asks_for_gup(above, patch))
    };
    let mut metavars = (0..).map(MetaId).zip(&rule.metavars);
    rule.asked_classes().any(is_gup)
        || metavars
            .any(|(id, metavar)| rule.needs(id) && metavar.origin.as_ref().is_some_and(above))
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
    let mut convertible: BTreeMap<&TreePath, Vec<&Site>> = BTreeMap::new();
    for site in report.sites.iter().filter(|site| site.conversion.is_some()) {
        convertible.entry(&site.file).or_default().push(site);
    }
    let more = files_without_sites(workspace, &scan, &rules)?;
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

/// Whether a campaign has something to do with a site: a rule of it is about its adder and asks for such pages, or a person
/// has to say what it is.
fn is_concerned(rules: &[Rule], site: &Site) -> bool {
    let asked = match site.class {
        Class::Gup => &[ProvenanceClass::Gup][..],
        Class::Conditional => &[ProvenanceClass::Conditional],
        Class::Carried => &[ProvenanceClass::Carried, ProvenanceClass::Gup],
        Class::Mixed => {
            return rules.iter().any(|r| r.adders.is_empty() || r.adders.contains(&site.adder));
        }
    };
    asked.iter().any(|&class| rules.iter().any(|rule| rule.is_about(&site.adder, class)))
}

/// The files that hold no adder site and that rules may change all the same: headers with prototypes, say.
fn files_without_sites(
    workspace: &Workspace,
    scan: &Scan,
    rules: &[Rule],
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
    let files = files.filter(|path| !scanned.contains(path) && workspace.is_wanted(path));
    let read = |path: &TreePath| {
        let mut bytes = Vec::new();
        walk::read_into(&workspace.tree.root, path, &mut bytes).ok()?;
        let file = LexedFile::new(path.clone(), bytes);
        let items = split(&file);
        Some(ScannedFile { file, items, sites: Vec::new() })
    };
    Ok(files.filter_map(read).collect())
}

fn parse_rules(workspace: &Workspace, scan: &Scan) -> anyhow::Result<Vec<Rule>> {
    let mut rules = Vec::new();
    for file in &workspace.campaign.rules {
        match smpl::parse(file.text.as_bytes()) {
            Ok((patch, _)) => {
                let words = scan.adders.mentions(file.text.as_bytes());
                let adders = words.map(|(word, _)| scan.adders.word(word).to_owned()).collect();
                rules.push(Rule::new(RuleName(file.name.clone()), patch, adders));
            }
            Err(rejected) => {
                let lines = LineIndex::new(file.text.as_bytes());
                let path = TreePath::new(file.path.trim_start_matches('/'));
                let path = path.or_else(|| TreePath::new(&file.name));
                let path = path.expect("a rule's file name is a tree path");
                let all: Vec<String> =
                    rejected.diagnostics.iter().map(|d| d.render(&path, &lines)).collect();
                bail!("{}", all.join("\n"));
            }
        }
    }
    Ok(rules)
}

fn rewrite_file(scanned: &ScannedFile, sites: &[&Site], rules: &[Rule], scan: &Scan) -> Outcome {
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
    let flags = Flags::of(all.filter(convertible));
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
    let Some(text) = flags.patch() else { return file.clone() };
    let (patch, _) = smpl::parse(text.as_bytes()).expect("made of names and fixed text");
    let next = edit::rewrite(&patch, file, settings, &flags.facts());
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

/// The analysis of provenance as rules ask it, about any version of one file.
///
/// Every rule asks about the version it sees, and most rules see the same one: the last answer is kept.
struct Analysis<'a> {
    scan: &'a Scan,
    flags: &'a Flags<'a>,
    known: RefCell<(Vec<u8>, Arc<Pages>)>,
}

/// What is known of pages, by the tokens of the page's expression.
type Pages = BTreeMap<TokenRange, PageFact>;

impl<'a> Analysis<'a> {
    /// Starts with what the scan found in the file as it is on disk.
    fn new(scan: &'a Scan, scanned: &ScannedFile, flags: &'a Flags<'a>) -> Analysis<'a> {
        let sites = scanned.sites.iter().flat_map(|(_, sites)| sites);
        let known = (scanned.file.bytes.clone(), Arc::new(pages(sites, flags)));
        Analysis { scan, flags, known: RefCell::new(known) }
    }

    /// Solves a version, and keeps what is known of its pages for the rule that sees it next.
    fn learn(&self, file: &LexedFile) -> Vec<(usize, Vec<provenance::Site>)> {
        let (sites, _) = self.scan.sites_of(file);
        let known = pages(sites.iter().flat_map(|(_, sites)| sites), self.flags);
        *self.known.borrow_mut() = (file.bytes.clone(), Arc::new(known));
        sites
    }
}

fn pages<'s>(sites: impl Iterator<Item = &'s provenance::Site>, flags: &Flags<'_>) -> Pages {
    sites.filter_map(|site| Some((site.page_tokens, fact(site, flags)?))).collect()
}

impl FileFacts for Analysis<'_> {
    fn of(&self, file: &LexedFile, _: &[Unit<'_>]) -> Box<dyn Facts + '_> {
        if self.known.borrow().0 != file.bytes {
            self.learn(file);
        }
        Box::new(PageFacts { pages: self.known.borrow().1.clone() })
    }
}

/// The facts of one version.
struct PageFacts {
    pages: Arc<Pages>,
}

impl Facts for PageFacts {
    fn provenance(&self, ast: &Ast, expr: NodeId) -> Option<PageFact> {
        self.pages.get(&ast.tokens(expr)).cloned()
    }
}

/// What a rule may know of a site: nothing where the site is not to be converted.
fn fact(site: &provenance::Site, flags: &Flags<'_>) -> Option<PageFact> {
    let class = match site.class {
        provenance::Class::Gup => ProvenanceClass::Gup,
        provenance::Class::Conditional => ProvenanceClass::Conditional,
        provenance::Class::Mixed => ProvenanceClass::Mixed,
        provenance::Class::Other => ProvenanceClass::Other,
        provenance::Class::Carried => ProvenanceClass::Carried,
        provenance::Class::Unknown => return None,
    };
    let converts = matches!(class, ProvenanceClass::Gup | ProvenanceClass::Conditional);
    let is_told = site.condition.as_ref().is_some_and(|condition| condition.in_scope);
    let is_handed =
        matches!(class, ProvenanceClass::Conditional | ProvenanceClass::Mixed) && !is_told;
    if let Some(flag) = flags.handed_to(&site.function, &site.page_text).filter(|_| is_handed) {
        let class = ProvenanceClass::Conditional;
        return Some(PageFact { class, condition: Some(flag.to_owned()) });
    }
    let is_untold = class == ProvenanceClass::Conditional && !is_told;
    if converts && (is_untold || super::report::applicability(site, false) == Applicability::Manual)
    {
        return None;
    }
    let condition = site.condition.as_ref().map(|condition| {
        let set = flags.set_in(&site.function, &condition.text);
        set.unwrap_or(&condition.text).to_owned()
    });
    Some(PageFact { class, condition })
}
