//! What the template reads: the report as strings, sorted and grouped.
//!
//! All wording and all arithmetic is here, so that the template only places. Strings are visible text, not
//! yet escaped.

use std::collections::BTreeMap;

use minijinja::Value;
use serde::Serialize;

use super::Input;
use super::chart::Chart;
use crate::review::dry_run::DryRun;
use crate::review::fingerprint::{self, Fingerprint};
use crate::review::patch::{Hunk, Mark, PatchLine};
use crate::review::story::{self, AROUND, ReadLine};
use crate::review::text::{applicability_word, class_word, role_word};
use crate::review::visible::{one_line, visible, visible_line};
use crate::review::words::{self, Piece};
use crate::review::{Class, Site, Step};
use crate::source::TreePath;

const CLASSES: [Class; 4] = [Class::Gup, Class::Conditional, Class::Mixed, Class::Carried];

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct View {
    style: Value,
    script: Value,
    version: &'static str,
    tree: String,
    rules: String,
    total: usize,
    convertible: usize,
    classes: Vec<Count>,
    chart: Chart,
    subsystems: Vec<Subsystem>,
    unseen: Option<Unseen>,
}

#[derive(Debug, Serialize)]
struct Count {
    class: &'static str,
    count: usize,
}

#[derive(Debug, Serialize)]
struct Subsystem {
    name: String,
    counts: Vec<Count>,
    total: usize,
    convertible: usize,
    files: Vec<File>,
}

#[derive(Debug, Serialize)]
struct File {
    path: String,
    sites: Vec<SiteView>,
}

#[derive(Debug, Serialize)]
struct SiteView {
    id: String,
    line: u32,
    column: u32,
    function: String,
    adder: String,
    page: String,
    class: &'static str,
    applicability: &'static str,
    verdict: String,
    reference: String,
    conversion: Option<String>,
    reason: String,
    sources: Vec<SourceView>,
    steps: Vec<StepView>,
    others: Vec<StepView>,
    hunks: Vec<HunkView>,
}

#[derive(Debug, Serialize)]
struct SourceView {
    call: String,
    place: String,
}

#[derive(Debug, Serialize)]
struct StepView {
    number: usize,
    role: &'static str,
    does: &'static str,
    text: String,
    place: String,
    function: String,
    lines: Vec<LineView>,
}

#[derive(Debug, Serialize)]
struct LineView {
    number: u32,
    text: String,
    hit: bool,
}

#[derive(Debug, Serialize)]
struct HunkView {
    header: String,
    rows: Vec<Row>,
}

#[derive(Debug, Serialize)]
struct Row {
    /// ` `, `-` or `+`.
    mark: char,
    old: Option<u32>,
    new: Option<u32>,
    pieces: Vec<PieceView>,
}

#[derive(Debug, Serialize)]
struct PieceView {
    text: String,
    changed: bool,
}

#[derive(Debug, Serialize)]
struct Unseen {
    summary: String,
    details: Vec<String>,
}

impl View {
    pub(super) fn new(input: &Input<'_>) -> View {
        let report = input.report;
        let names = fingerprint::of_sites(&report.sites);
        let mut groups: BTreeMap<String, Vec<(&Site, &Fingerprint)>> = BTreeMap::new();
        for (site, name) in report.sites.iter().zip(&names) {
            groups.entry((input.subsystem_of)(&site.file)).or_default().push((site, name));
        }
        let rows: Vec<_> = groups
            .iter()
            .map(|(name, sites)| {
                let sites = || sites.iter().map(|(site, _)| *site);
                (seen(name), CLASSES.map(|class| (class_word(class), count(sites(), class))).into())
            })
            .collect();
        let unseen = (!report.unseen.is_empty()).then(|| Unseen {
            summary: report.unseen.summary(),
            details: report.unseen.details.iter().map(|detail| seen(detail)).collect(),
        });
        View {
            style: Value::from_safe_string(include_str!("page.css").into()),
            script: Value::from_safe_string(include_str!("page.js").into()),
            version: env!("CARGO_PKG_VERSION"),
            tree: seen(&report.tree),
            rules: seen(&report.rules),
            total: report.sites.len(),
            convertible: convertible(report.sites.iter()),
            classes: counts(report.sites.iter()),
            chart: Chart::new(&rows),
            subsystems: groups.iter().map(|(name, sites)| subsystem(name, sites, input)).collect(),
            unseen,
        }
    }
}

fn seen(text: &str) -> String {
    visible(text).into_owned()
}

fn count<'s>(sites: impl Iterator<Item = &'s Site>, class: Class) -> usize {
    sites.filter(|site| site.class == class).count()
}

fn counts<'s>(sites: impl Iterator<Item = &'s Site> + Clone) -> Vec<Count> {
    let of = |class| Count { class: class_word(class), count: count(sites.clone(), class) };
    CLASSES.into_iter().map(of).collect()
}

fn convertible<'s>(sites: impl Iterator<Item = &'s Site>) -> usize {
    sites.filter(|site| site.conversion.is_some()).count()
}

fn subsystem(name: &str, sites: &[(&Site, &Fingerprint)], input: &Input<'_>) -> Subsystem {
    let all = || sites.iter().map(|(site, _)| *site);
    // Sites of a report are sorted by file.
    let files = sites.chunk_by(|(a, _), (b, _)| a.file == b.file).map(|sites| File {
        path: seen(sites[0].0.file.as_str()),
        sites: sites.iter().map(|(site, name)| site_view(site, name, input)).collect(),
    });
    Subsystem {
        name: seen(name),
        counts: counts(all()),
        total: sites.len(),
        convertible: convertible(all()),
        files: files.collect(),
    }
}

fn site_view(site: &Site, name: &Fingerprint, input: &Input<'_>) -> SiteView {
    let steps = site.trace.iter().enumerate();
    let steps = steps.map(|(at, step)| step_view(at + 1, step, input.read_line)).collect();
    let others = site.others.iter().enumerate().map(|(at, other)| StepView {
        number: at + 1,
        role: "other",
        does: "it can also be",
        text: one_line(&other.text),
        place: format!("{}:{}", seen(other.file.as_str()), other.line),
        function: String::new(),
        lines: excerpt(&other.file, other.line, input.read_line),
    });
    let sources = site.sources.iter().map(|source| SourceView {
        call: seen(&source.call),
        place: format!("{}:{}", seen(source.file.as_str()), source.line),
    });
    SiteView {
        id: name.to_string(),
        line: site.line,
        column: site.column,
        function: seen(&site.function),
        adder: seen(&site.adder),
        page: one_line(&site.page),
        class: class_word(site.class),
        applicability: applicability_word(site.applicability),
        verdict: seen(&story::verdict(site)),
        reference: seen(&story::reference_told(site)),
        conversion: site.conversion.as_deref().map(seen),
        reason: one_line(&site.reason),
        sources: sources.collect(),
        steps,
        others: others.collect(),
        hunks: input.dry_run.map(|dry_run| hunks(site, dry_run)).unwrap_or_default(),
    }
}

fn step_view(number: usize, step: &Step, read_line: ReadLine<'_>) -> StepView {
    StepView {
        number,
        role: role_word(step.role),
        does: story::does(step.role),
        text: one_line(&step.text),
        place: format!("{}:{}", seen(step.file.as_str()), step.line),
        function: seen(&step.function),
        lines: excerpt(&step.file, step.line, read_line),
    }
}

fn excerpt(file: &TreePath, line: u32, read_line: ReadLine<'_>) -> Vec<LineView> {
    let numbers = line.saturating_sub(AROUND).max(1)..=line + AROUND;
    let lines = numbers.map_while(|number| {
        let text = seen(&read_line(file, number)?);
        Some(LineView { number, text, hit: number == line })
    });
    lines.collect()
}

/// The hunks of the unit that converts `site`.
fn hunks(site: &Site, dry_run: &DryRun) -> Vec<HunkView> {
    let Some(file) = dry_run.files().find(|file| file.change().path == site.file) else {
        return Vec::new();
    };
    let is_site = |other: &Site| (other.line, other.column) == (site.line, site.column);
    let evidence = file.evidence().iter().position(|evidence| is_site(&evidence.site));
    let unit = file
        .units()
        .iter()
        .find(|unit| evidence.is_some_and(|evidence| unit.evidence.contains(&evidence)));
    let indices = unit.map(|unit| unit.hunks.as_slice()).unwrap_or_default();
    indices.iter().map(|&at| hunk_view(&file.hunks()[at])).collect()
}

fn hunk_view(hunk: &Hunk) -> HunkView {
    let (mut old, mut new) = (hunk.before.start, hunk.after.start);
    let mut rows = Vec::with_capacity(hunk.lines.len());
    for (line, pieces) in hunk.lines.iter().zip(words::pieces(hunk)) {
        let (has_old, has_new) = (line.mark != Mark::Added, line.mark != Mark::Removed);
        rows.push(Row {
            mark: match line.mark {
                Mark::Context => ' ',
                Mark::Removed => '-',
                Mark::Added => '+',
            },
            old: has_old.then_some(old),
            new: has_new.then_some(new),
            pieces: pieces.iter().map(|piece| piece_view(line, piece)).collect(),
        });
        old += u32::from(has_old);
        new += u32::from(has_new);
    }
    HunkView { header: visible_line(&hunk.header()), rows }
}

fn piece_view(line: &PatchLine, piece: &Piece) -> PieceView {
    PieceView { text: visible_line(&line.text[piece.range.clone()]), changed: piece.changed }
}
