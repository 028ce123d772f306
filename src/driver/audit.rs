//! The audit of a tree: its GUP calls, joined with what the scan knows of their pages.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::Workspace;
use super::dry_run::Subsystems;
use super::scan;
use crate::ast::Kind;
use crate::audit::{Acquisition, Ending, Transfer, acquisitions};
use crate::items::{ItemKind, TypeNames};
use crate::parse;
use crate::provenance::{Container, Function, Meaning, ReferenceKind, Vocabulary};
use crate::review::audit::{Audit, Destination, ReleasedAt, Row};
use crate::review::{Class, Report, Unseen};
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
    let found: Vec<(TreePath, Vec<Acquisition>, Unseen)> = workspace.run(|| {
        let all = files.par_iter();
        all.filter_map(|&file| step.done(of_file(workspace, file, &words, vocabulary))).collect()
    });
    drop(step);
    let mut unseen = report.unseen.clone();
    let mut rows = Vec::new();
    for (path, calls, missed) in found {
        unseen.add(missed);
        let subsystem = subsystems.of(&path);
        rows.extend(
            calls.into_iter().map(|call| row(&path, &subsystem, call, &report, vocabulary)),
        );
    }
    unseen.details.sort();
    unseen.details.dedup();
    Ok(Audit::new(report.tree, report.rules, rows, unseen))
}

/// The GUP calls of one file.
fn of_file(
    workspace: &Workspace,
    number: FileNo,
    words: &[&str],
    vocabulary: &Vocabulary,
) -> Option<(TreePath, Vec<Acquisition>, Unseen)> {
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
    Some((file.path.clone(), calls, unseen))
}

fn row(
    path: &TreePath,
    subsystem: &str,
    found: Acquisition,
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
    if ending == "leaks" {
        let lines: Vec<String> = ways_out.iter().map(u32::to_string).collect();
        checks.push(format!("not given back on the way out in line {}", lines.join(", ")));
    }
    Row {
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

fn container(adder: &str, vocabulary: &Vocabulary) -> &'static str {
    let store = || vocabulary.stores().iter().find(|store| store.member == adder);
    let found = match vocabulary.adder(adder) {
        Some(adder) => Some(adder.container),
        None => store().map(|store| store.container),
    };
    match found {
        Some(Container::Bio) => "bio",
        Some(Container::Bvec) => "bvec",
        Some(Container::Scatterlist) => "scatterlist",
        None => "unknown",
    }
}
