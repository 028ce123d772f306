//! The audit of a tree: its GUP calls, joined with what the scan knows of their pages.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Workspace;
use super::dry_run::Subsystems;
use super::scan;
use crate::ast::Kind;
use crate::audit::{
    Acquisition, Ending, Transfer, Write, Writer, acquisitions, writes_before_release,
};
use crate::items::{ItemKind, TypeNames};
use crate::parse;
use crate::provenance::{
    Container, Function, Meaning, Place, ReferenceKind, SourceRef, Vocabulary, WholeTree,
};
use crate::review::audit::{Audit, Destination, ReleasedAt, Row, Written};
use crate::review::{Class, Release, Report, Unseen};
use crate::source::TreePath;
use crate::tree::index::FileNo;

/// Audits the workspace's tree, or what `--only` names of it.
pub fn audit(workspace: &Workspace) -> anyhow::Result<Audit> {
    let scan = scan::scan(workspace)?;
    let report = scan.report(workspace);
    let vocabulary = scan.tree.vocabulary();
    let sources = workspace.sources();
    // A name with a star is looked for by what stands before it.
    let words: Vec<&str> =
        vocabulary.source_names().map(|name| name.trim_end_matches('*')).collect();
    let walk = workspace.walk();
    let wanted: BTreeSet<&TreePath> = walk.files.iter().collect();
    let files: Vec<FileNo> = sources
        .index()
        .candidates_for_any(words.iter().copied())
        .into_iter()
        .filter(|&file| wanted.contains(sources.index().path(file)))
        .collect();
    let subsystems = Subsystems::read(workspace);
    let step = workspace.begin("files audited", files.len());
    let audited: Vec<Audited> = workspace.run(|| {
        let all = files.par_iter();
        let of_file = |&file| step.done(of_file(workspace, file, &words, &scan.tree, &report));
        all.filter_map(of_file).collect()
    });
    drop(step);
    let mut unseen = report.unseen.clone();
    let mut rows = Vec::new();
    for Audited { path, calls, unseen: missed } in audited {
        unseen.add(missed);
        let subsystem = subsystems.of(&path);
        rows.extend(
            calls.into_iter().map(|(call, elsewhere)| {
                row(&path, &subsystem, call, elsewhere, &report, vocabulary)
            }),
        );
    }
    unseen.details.sort();
    unseen.details.dedup();
    Ok(Audit::new(report.tree, report.rules, rows, unseen))
}

/// The GUP calls of one file.
struct Audited {
    path: TreePath,
    calls: Vec<(Acquisition, Elsewhere)>,
    unseen: Unseen,
}

/// What other functions do with the pages of a call.
struct Elsewhere {
    releases: Vec<SourceRef>,
    /// By the file they are in.
    writes: Vec<(TreePath, Write)>,
}

fn of_file(
    workspace: &Workspace,
    number: FileNo,
    words: &[&str],
    tree: &WholeTree,
    report: &Report,
) -> Option<Audited> {
    let vocabulary = tree.vocabulary();
    // What cannot be read was reported with the index.
    let source = workspace.sources().source(number).ok()?;
    let items: BTreeSet<usize> =
        words.iter().flat_map(|word| source.items_mentioning(word)).collect();
    let types = TypeNames::default();
    let (file, no_return) = (&source.file, vocabulary.no_return());
    let mut calls = Vec::new();
    let mut unseen = Unseen::default();
    for item in items.into_iter().map(|at| &source.items[at]) {
        if !matches!(item.kind, ItemKind::Function | ItemKind::MacroFunction) {
            continue;
        }
        let parsed = parse::item(file, item, &types);
        for diagnostic in &parsed.diagnostics {
            let text = diagnostic.render(&file.path, &file.lines);
            if parsed.ast.is_some() { unseen.function(text) } else { unseen.item(text) }
        }
        let Some(ast) = parsed.ast else { continue };
        if matches!(ast.kind(ast.root()), Kind::Function { .. }) {
            let function = Function::new(ast, file, &no_return);
            calls.extend(acquisitions(&function, file, vocabulary));
        }
    }
    let calls = calls.into_iter().map(|call| {
        let elsewhere = elsewhere(workspace, tree, report, &file.path, &call);
        (call, elsewhere)
    });
    Some(Audited { path: file.path.clone(), calls: calls.collect(), unseen })
}

/// What the functions do that give back pages of a call that leave its function.
fn elsewhere(
    workspace: &Workspace,
    tree: &WholeTree,
    report: &Report,
    path: &TreePath,
    call: &Acquisition,
) -> Elsewhere {
    let (file, function) = (path.clone(), call.function.clone());
    let place = Place { file, line: call.line, function };
    let is_over = matches!(call.ending, Ending::Released | Ending::NothingTaken);
    // An inline function hands its pages to too many callers.
    let is_inline = path.as_str().ends_with(".h");
    let reached = report.sites.iter().filter(|site| {
        let mut sources = site.sources.iter();
        sources.any(|source| (&source.file, source.line) == (path, call.line))
    });
    let mut known: Vec<SourceRef> = reached
        .flat_map(|site| &site.releases)
        .map(|release| SourceRef {
            place: Place {
                file: release.file.clone(),
                line: release.line,
                function: release.function.clone(),
            },
            text: release.text.clone(),
        })
        .collect();
    let releases = match is_over || is_inline || !known.is_empty() {
        true => Vec::new(),
        false => tree.releases_of(&place, &call.members),
    };
    known.extend(releases.iter().cloned());
    let writes = known.iter().flat_map(|release| {
        let of = |write| (release.place.file.clone(), write);
        writes_beside(workspace, tree.vocabulary(), &release.place).into_iter().map(of)
    });
    let mut writes: Vec<(TreePath, Write)> = writes.collect();
    writes.sort();
    writes.dedup();
    Elsewhere { releases, writes }
}

/// Where the pages that are given back at `place` are written to in the same function.
fn writes_beside(workspace: &Workspace, vocabulary: &Vocabulary, place: &Place) -> Vec<Write> {
    let sources = workspace.sources();
    let Some(number) = sources.index().number(&place.file) else { return Vec::new() };
    // What cannot be read was reported with the index.
    let Ok(source) = sources.source(number) else { return Vec::new() };
    let no_return = vocabulary.no_return();
    let of_item = |item: usize| {
        let item = &source.items[item];
        let covers = |line: u32| {
            let at = |token| source.file.location(token).line;
            at(item.tokens.start) <= line && line <= at(item.tokens.end)
        };
        let is_function = matches!(item.kind, ItemKind::Function | ItemKind::MacroFunction);
        if !is_function || !covers(place.line) {
            return Vec::new();
        }
        let Some(ast) = parse::item(&source.file, item, &TypeNames::default()).ast else {
            return Vec::new();
        };
        let function = Function::new(ast, &source.file, &no_return);
        writes_before_release(&function, &source.file, vocabulary, place.line)
    };
    source.items_mentioning(&place.function).into_iter().flat_map(of_item).collect()
}

fn row(
    path: &TreePath,
    subsystem: &str,
    found: Acquisition,
    elsewhere: Elsewhere,
    report: &Report,
    vocabulary: &Vocabulary,
) -> Row {
    let destinations: Vec<Destination> = report
        .sites
        .iter()
        .filter(|site| {
            let mut sources = site.sources.iter();
            sources.any(|source| {
                (&source.file, source.line, &source.call) == (path, found.line, &found.call)
            })
        })
        .map(|site| Destination {
            file: site.file.clone(),
            line: site.line,
            function: site.function.clone(),
            adder: site.adder.clone(),
            container: container(&site.adder, vocabulary),
            class: site.class,
            reference: site.reference,
            releases: site.releases.clone(),
        })
        .collect();
    let call = found.call.clone();
    let (ending, ways_out) = match &found.ending {
        Ending::Released => ("released", Vec::new()),
        Ending::HandedOn => ("handed-on", Vec::new()),
        Ending::NothingTaken => ("nothing-taken", Vec::new()),
        Ending::Leaks(lines) => ("leaks", lines.clone()),
        Ending::Unknown(lines) => ("unknown", lines.clone()),
    };
    let problems: Vec<String> = found
        .wrong_releases()
        .iter()
        .map(|release| {
            format!(
                "taken with {} ({}) and given back with {} ({}) in line {}",
                found.call,
                reference(found.reference),
                release.call,
                reference(release.reference),
                release.line
            )
        })
        .collect();
    let mut checks = checks(&call, found.reference, &destinations, vocabulary);
    if let Some(number) = &found.number {
        checks.push(format!("`{number}` is given as flags, which is no flag"));
    }
    if ending == "leaks" {
        let lines: Vec<String> = ways_out.iter().map(u32::to_string).collect();
        checks.push(format!("not given back on the way out in line {}", lines.join(", ")));
    }
    let written = written(path, &found, elsewhere.writes);
    let takes = !matches!(found.ending, Ending::NothingTaken);
    Row {
        ought_to_pin: takes && found.reference == ReferenceKind::Get && !written.is_empty(),
        written,
        writes_when: found.writes_when,
        container: found.container.map(container_name),
        releases_elsewhere: elsewhere.releases.iter().map(release).collect(),
        file: path.clone(),
        line: found.line,
        column: found.column,
        function: found.function,
        subsystem: subsystem.to_owned(),
        reference: reference(found.reference),
        flags: found.flags,
        transfer: match found.transfer {
            Transfer::Destination => "destination",
            Transfer::Source => "source",
            Transfer::Unknown => "unknown",
        },
        pages: found.pages,
        destinations,
        releases: found
            .releases
            .into_iter()
            .map(|release| ReleasedAt {
                call: release.call,
                line: release.line,
                reference: reference(release.reference),
            })
            .collect(),
        checks,
        call,
        ending,
        ways_out,
        problems,
    }
}

/// Releases of the other kind, of containers that only get such pages. Whether it is the very container that is
/// given back there, and not one of the same type, is not proven.
fn checks(
    call: &str,
    taken: ReferenceKind,
    destinations: &[Destination],
    vocabulary: &Vocabulary,
) -> Vec<String> {
    let other = match taken {
        ReferenceKind::Get => ReferenceKind::Pin,
        ReferenceKind::Pin => ReferenceKind::Get,
        ReferenceKind::Flags => return Vec::new(),
    };
    let certain = destinations.iter().filter(|to| to.class == Class::Gup);
    let mut found: Vec<String> = certain
        .flat_map(|to| &to.releases)
        .filter(|release| match vocabulary.meaning(release.call()) {
            Some(Meaning::Release(kind)) => kind.reference == other,
            _ => false,
        })
        .map(|release| {
            format!(
                "taken with {call} ({}); a container of the same kind is given back with {} ({}) in {}:{}",
                reference(taken),
                release.call(),
                reference(other),
                release.file,
                release.line
            )
        })
        .collect();
    found.sort();
    found.dedup();
    found
}

fn reference(kind: ReferenceKind) -> &'static str {
    match kind {
        ReferenceKind::Get => "get",
        ReferenceKind::Pin => "pin",
        ReferenceKind::Flags => "flags",
    }
}

fn release(found: &SourceRef) -> Release {
    let Place { file, line, function } = found.place.clone();
    Release { file, line, function, text: found.text.clone() }
}

/// Where the pages of a call are written to, and where it asks for that.
fn written(
    path: &TreePath,
    found: &Acquisition,
    elsewhere: Vec<(TreePath, Write)>,
) -> Vec<Written> {
    let own = found.writes.iter().map(|write| (path.clone(), write.clone()));
    let mut all: Vec<Written> = own
        .chain(elsewhere)
        .map(|(file, write)| Written {
            by: match write.by {
                Writer::Dirty => "dirty",
                Writer::Store => "store",
                Writer::Dma => "dma",
            },
            file,
            line: write.line,
            text: write.text,
            when: write.when,
        })
        .collect();
    let asks = match found.transfer {
        Transfer::Destination => true,
        Transfer::Source => false,
        Transfer::Unknown => found.writes_when.is_some() && !found.flags.is_empty(),
    };
    if asks {
        all.push(Written {
            by: "flag",
            file: path.clone(),
            line: found.line,
            text: found.flags.join("|"),
            when: found.writes_when.clone(),
        });
    }
    all.sort_by(|a, b| (&a.file, a.line, a.by).cmp(&(&b.file, b.line, b.by)));
    all.dedup();
    all
}

fn container(adder: &str, vocabulary: &Vocabulary) -> &'static str {
    let store = || vocabulary.stores().iter().find(|store| store.member == adder);
    let found = match vocabulary.adder(adder) {
        Some(adder) => Some(adder.container),
        None => store().map(|store| store.container),
    };
    found.map_or("unknown", container_name)
}

fn container_name(container: Container) -> &'static str {
    match container {
        Container::Bio => "bio",
        Container::Bvec => "bvec",
        Container::Scatterlist => "scatterlist",
        Container::Nothing => "unknown",
    }
}
