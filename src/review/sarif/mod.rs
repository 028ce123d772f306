//! The report as SARIF 2.1.0, for code scanning services and editors.
//!
//! In: a report; the dry run, where the rules ran, for fixes; the guard's judgement, where it was asked, for
//! suppressions; the lines of the source. Out: one run as JSON.
//! A result is a site, its code flow is the trace, its fix is the unit of the dry run that converts it, and
//! its partial fingerprint is the site's own, so that a service follows it through moves. Paths are relative
//! to `SRCROOT`, which is left without an absolute URI on purpose: the log says nothing of the machine. What
//! was not seen is there as notifications. Columns are given for ASCII lines only, where SARIF's characters
//! and our bytes agree.

mod fix;
mod rules;
mod suppression;

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif::{
    ArtifactContent, ArtifactLocation, CodeFlow, Invocation, Location, LogicalLocation, Message,
    Notification, PhysicalLocation, Region, ReportingDescriptorReference, Result as SarifResult,
    ResultKind, ResultLevel, Run, RunAutomationDetails, Sarif, ThreadFlow, ThreadFlowLocation,
    Tool, ToolComponent,
};

use super::dry_run::DryRun;
use super::fingerprint::{self, Fingerprint};
use super::guard::Judgement;
use super::story::ReadLine;
use super::text::role_word;
use super::visible::visible;
use super::{Class, Report, Role, Site, Step, Unseen};
use crate::source::TreePath;

/// The key of our partial fingerprint; the version is that of its scheme.
const FINGERPRINT_KEY: &str = "gupatchSite/v1";

/// What all URIs are relative to.
const ROOT: &str = "SRCROOT";

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What the log is made from.
pub struct Input<'i> {
    /// The scan, whole: fingerprints count alike sites, so a report with sites left out has other ones.
    pub report: &'i Report,
    /// What the rules would change, where they ran.
    pub dry_run: Option<&'i DryRun>,
    /// What the guard said, where it was asked: excused sites are suppressed.
    pub judgement: Option<&'i Judgement>,
    /// The lines of the tree.
    pub read_line: ReadLine<'i>,
}

/// The whole log, as indented JSON with a newline at its end.
pub fn log(input: &Input<'_>) -> String {
    let names = fingerprint::of_sites(&input.report.sites);
    let places = Places { read_line: input.read_line };
    let results = input.report.sites.iter().zip(&names);
    let results = results.map(|(site, name)| result(site, name, input, &places)).collect();
    let run = run(input.report, results, &places);
    let log = Sarif::builder().version(json!("2.1.0")).schema(SCHEMA).runs(vec![run]).build();
    let mut text = serde_json::to_string_pretty(&log).expect("a log is plain JSON");
    text.push('\n');
    text
}

fn run(report: &Report, results: Vec<SarifResult>, places: &Places<'_>) -> Run {
    let driver = ToolComponent::builder()
        .name(env!("CARGO_PKG_NAME"))
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .short_description(rules::text(env!("CARGO_PKG_DESCRIPTION")))
        .rules(rules::rules())
        .notifications(vec![rules::unseen()])
        .build();
    let invocation = Invocation::builder()
        .execution_successful(true)
        .tool_execution_notifications(notifications(&report.unseen, places))
        .build();
    let root = ArtifactLocation {
        description: Some(message("The root of the kernel tree.")),
        ..ArtifactLocation::default()
    };
    let id = format!("gupatch/{}/", report.rules);
    Run::builder()
        .tool(Tool::builder().driver(driver).build())
        .automation_details(RunAutomationDetails { id: Some(id), ..Default::default() })
        .original_uri_base_ids(BTreeMap::from([(ROOT.to_owned(), root)]))
        .column_kind(json!("unicodeCodePoints"))
        .invocations(vec![invocation])
        .results(results)
        .build()
}

fn result(site: &Site, name: &Fingerprint, input: &Input<'_>, places: &Places<'_>) -> SarifResult {
    let (kind, level) = severity(site.class);
    let at = places.location(&site.file, site.line, Some(site.column), Some(&site.function));
    let mut result = SarifResult::builder()
        .rule_id(rules::id(site.class))
        .rule_index(rules::index(site.class))
        .kind(kind)
        .level(level)
        .message(message(&sentence(site)))
        .locations(vec![at])
        .related_locations(related(site, places))
        .partial_fingerprints(BTreeMap::from([(FINGERPRINT_KEY.to_owned(), name.to_string())]))
        .build();
    if !site.trace.is_empty() {
        result.code_flows = Some(vec![code_flow(site, places)]);
    }
    if let Some(judgement) = input.judgement {
        suppression::judge(&mut result, name, judgement);
    }
    if let Some(fix) = input.dry_run.and_then(|dry_run| fix::of_site(site, dry_run)) {
        result.fixes = Some(vec![fix]);
    }
    result
}

/// SARIF wants the level `none` for everything that is not a failure.
fn severity(class: Class) -> (ResultKind, ResultLevel) {
    match class {
        Class::Gup | Class::Conditional => (ResultKind::Fail, ResultLevel::Warning),
        Class::Mixed => (ResultKind::Fail, ResultLevel::Note),
        Class::Carried => (ResultKind::Informational, ResultLevel::None),
    }
}

fn sentence(site: &Site) -> String {
    let what = format!(
        "The page `{}` that {} puts into {} is {}",
        site.page,
        site.function,
        site.adder,
        match (site.class, &site.condition) {
            (Class::Gup, _) => "from GUP on every path".to_owned(),
            (Class::Conditional, Some(when)) => format!("from GUP exactly when `{when}`"),
            (Class::Conditional, None) => "from GUP under a condition".to_owned(),
            (Class::Mixed, _) => "from GUP on some paths and from elsewhere on others".to_owned(),
            (Class::Carried, _) => "read back from a container that carries the mark".to_owned(),
        },
    );
    match &site.conversion {
        Some(conversion) => format!("{what}: use {conversion}. {}.", upper_first(&site.reason)),
        None => format!("{what}. Left alone: {}.", site.reason),
    }
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// The sources and the other origins, each with what it is.
fn related(site: &Site, places: &Places<'_>) -> Vec<Location> {
    let sources = site.sources.iter().map(|source| {
        let at = places.location(&source.file, source.line, None, Some(&source.function));
        (at, format!("GUP pages come from {}", source.call))
    });
    let others = site.others.iter().map(|other| {
        let at = places.location(&other.file, other.line, None, None);
        (at, format!("pages that are not from GUP: {}", other.text))
    });
    let all = sources.chain(others).enumerate();
    all.map(|(id, (at, text))| Location {
        id: Some(id as i64),
        message: Some(message(&text)),
        ..at
    })
    .collect()
}

fn code_flow(site: &Site, places: &Places<'_>) -> CodeFlow {
    let step = |(number, step): (usize, &Step)| {
        let at = places.location(&step.file, step.line, None, Some(&step.function));
        let text = format!("{}: {}", role_word(step.role), step.text.trim());
        ThreadFlowLocation {
            location: Some(Location { message: Some(message(&text)), ..at }),
            kinds: Some(kinds(step.role)),
            execution_order: Some(number as i64 + 1),
            importance: Some(json!(importance(step.role))),
            ..ThreadFlowLocation::default()
        }
    };
    let locations: Vec<ThreadFlowLocation> = site.trace.iter().enumerate().map(step).collect();
    let flow = ThreadFlow::builder().locations(locations).build();
    CodeFlow::builder()
        .thread_flows(vec![flow])
        .message(message("From the source of the page to the adder."))
        .build()
}

/// Our role, and the kind of SARIF's own list that comes nearest to it.
fn kinds(role: Role) -> Vec<String> {
    let near = match role {
        Role::Source => "acquire",
        Role::Call => "call",
        Role::Return => "return",
        Role::Assign | Role::Store | Role::Load => "value",
        Role::Adder => "usage",
        Role::Release => "release",
    };
    let mut kinds = vec![role_word(role).to_owned(), near.to_owned()];
    kinds.dedup();
    kinds
}

fn importance(role: Role) -> &'static str {
    match role {
        Role::Source | Role::Adder | Role::Release => "essential",
        Role::Assign | Role::Store | Role::Load | Role::Call | Role::Return => "important",
    }
}

fn notifications(unseen: &Unseen, places: &Places<'_>) -> Vec<Notification> {
    if unseen.is_empty() {
        return Vec::new();
    }
    let notification = |text: &str, locations: Vec<Location>| {
        let descriptor = ReportingDescriptorReference::builder().id(rules::UNSEEN).index(0).build();
        let built = Notification::builder()
            .message(message(text))
            .level(json!("warning"))
            .descriptor(descriptor);
        match locations.is_empty() {
            true => built.build(),
            false => built.locations(locations).build(),
        }
    };
    let details = unseen.details.iter().map(|detail| match place(detail) {
        Some((file, line, what)) => {
            notification(what, vec![places.location(&file, line, None, None)])
        }
        None => notification(detail, Vec::new()),
    });
    [notification(&unseen.summary(), Vec::new())].into_iter().chain(details).collect()
}

/// `file:line: what` or `file: what` taken apart; the line is 0 where there is none.
fn place(detail: &str) -> Option<(TreePath, u32, &str)> {
    let (place, what) = detail.split_once(": ")?;
    if place.contains(char::is_whitespace) {
        return None;
    }
    let (file, line) = match place.rsplit_once(':') {
        Some((file, line)) => (file, line.parse().ok()?),
        None => (place, 0),
    };
    Some((TreePath::new(file)?, line, what))
}

fn message(text: &str) -> Message {
    Message { text: Some(visible(text).into_owned()), ..Message::default() }
}

/// Makes locations; the lines are read for their snippets and to judge columns.
struct Places<'r> {
    read_line: ReadLine<'r>,
}

impl Places<'_> {
    /// A place without a line where `line` is 0.
    fn location(
        &self,
        file: &TreePath,
        line: u32,
        column: Option<u32>,
        function: Option<&str>,
    ) -> Location {
        let physical = PhysicalLocation {
            artifact_location: Some(artifact(file)),
            region: (line > 0).then(|| self.region(file, line, column)),
            ..PhysicalLocation::default()
        };
        let logical = function.map(|name| {
            let kind = Some("function".to_owned());
            vec![LogicalLocation { name: Some(name.into()), kind, ..Default::default() }]
        });
        Location {
            physical_location: Some(physical),
            logical_locations: logical,
            ..Location::default()
        }
    }

    fn region(&self, file: &TreePath, line: u32, column: Option<u32>) -> Region {
        let text = (self.read_line)(file, line);
        let is_ascii = text.as_ref().is_some_and(|text| text.is_ascii());
        let snippet = text.map(|text| ArtifactContent {
            text: Some(visible(&text).into_owned()),
            ..ArtifactContent::default()
        });
        Region {
            start_line: Some(i64::from(line)),
            start_column: column.filter(|column| is_ascii && *column > 0).map(i64::from),
            snippet,
            ..Region::default()
        }
    }
}

fn artifact(file: &TreePath) -> ArtifactLocation {
    ArtifactLocation {
        uri: Some(uri(file.as_str())),
        uri_base_id: Some(ROOT.into()),
        ..ArtifactLocation::default()
    }
}

/// A path as a relative URI reference: all but RFC 3986's unreserved characters and `/` is escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            byte => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests;
