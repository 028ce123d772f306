//! A scan as the report that people and programs read: places as lines, classes as decisions.

use super::Workspace;
use super::scan::{Scan, ScannedFile};
use crate::provenance::{self, Class as Found, Place, SourceRef, TraceStep};
use crate::review::{
    Applicability, Class, Other, Reference, Release, Report, Site, Source, Step, Unlisted,
    UnlistedSite,
};

/// The version of the report's format.
const VERSION: u32 = 1;

/// Makes the report.
pub(super) fn report(scan: &Scan, workspace: &Workspace) -> Report {
    let mut sites: Vec<Site> = Vec::new();
    for scanned in &scan.files {
        let all = scanned.sites.iter().flat_map(|(_, sites)| sites);
        sites.extend(all.filter_map(|site| convert(scanned, site, workspace.mixed)));
    }
    sites.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
    Report {
        version: VERSION,
        tree: workspace.tree.root.display().to_string(),
        rules: workspace.campaign.name.clone(),
        sites,
        unseen: scan.unseen.clone(),
    }
}

fn convert(scanned: &ScannedFile, site: &provenance::Site, mixed: bool) -> Option<Site> {
    let class = match site.class {
        Found::Gup => Class::Gup,
        Found::Conditional => Class::Conditional,
        Found::Mixed => Class::Mixed,
        Found::Carried => Class::Carried,
        Found::Other | Found::Unknown => return None,
    };
    let applicability = applicability(site, mixed);
    let converted = applicability != Applicability::Manual;
    Some(Site {
        file: scanned.file.path.clone(),
        line: site.location.line,
        column: site.location.column,
        function: site.function.clone(),
        adder: site.adder.clone(),
        page: site.page_text.clone(),
        class,
        condition: site.condition.as_ref().map(|condition| condition.text.clone()),
        reach: site.reach,
        reference: reference(site.reference),
        releases: site.releases.iter().map(release).collect(),
        sources: site.sources.iter().map(source).collect(),
        others: site.others.iter().map(other).collect(),
        trace: site.trace.iter().map(step).collect(),
        conversion: converted.then(|| site.conversion.clone()),
        applicability,
        reason: if converted { handed_down(site) } else { None }.unwrap_or_else(|| reason(site)),
    })
}

/// The adders that no GUP page was seen to reach.
pub(super) fn unlisted(scan: &Scan) -> Vec<UnlistedSite> {
    let mut out = Vec::new();
    for scanned in &scan.files {
        for site in scanned.sites.iter().flat_map(|(_, sites)| sites) {
            let why = match site.class {
                Found::Other => Unlisted::Elsewhere,
                Found::Unknown => Unlisted::NotFollowed,
                Found::Gup | Found::Conditional | Found::Mixed | Found::Carried => continue,
            };
            out.push(UnlistedSite {
                file: scanned.file.path.clone(),
                line: site.location.line,
                function: site.function.clone(),
                adder: site.adder.clone(),
                page: site.page_text.clone(),
                why,
                others: site.others.iter().map(other).collect(),
                trace: site.other_trace.iter().map(step).collect(),
                reason: reason(site),
            });
        }
    }
    out
}

/// Whether the site can be converted, by its class and condition; one of mixed pages if that is wanted.
pub(super) fn applicability(site: &provenance::Site, mixed: bool) -> Applicability {
    let by_class = match (site.class, &site.condition) {
        (Found::Gup, _) => Applicability::Safe,
        // A flag is what the code says of itself.
        (Found::Conditional, Some(condition)) if condition.set_at.is_some() => {
            Applicability::Review
        }
        (Found::Conditional, Some(condition)) if condition.in_scope => Applicability::Safe,
        (Found::Conditional, _) if site.threading.is_some() => Applicability::Review,
        (Found::Mixed, _) if mixed && site.threading.is_some() => Applicability::Review,
        _ => Applicability::Manual,
    };
    let by_reference = match site.reference {
        provenance::Reference::Owned | provenance::Reference::Borrowed => Applicability::Safe,
        provenance::Reference::Unknown => Applicability::Review,
        // Whoever asks for sites of mixed pages looks at their references too.
        provenance::Reference::Separate if mixed && site.class == Found::Mixed => {
            Applicability::Review
        }
        provenance::Reference::Separate => Applicability::Manual,
    };
    by_class.max(by_reference)
}

fn reference(reference: provenance::Reference) -> Reference {
    match reference {
        provenance::Reference::Owned => Reference::Owned,
        provenance::Reference::Borrowed => Reference::Borrowed,
        provenance::Reference::Separate => Reference::Separate,
        provenance::Reference::Unknown => Reference::Unknown,
    }
}

fn release(release: &SourceRef) -> Release {
    let Place { file, line, function } = release.place.clone();
    Release { file, line, function, text: release.text.clone() }
}

/// Why a site can be converted by what is handed down to it.
fn handed_down(site: &provenance::Site) -> Option<String> {
    let threading = site.threading.as_ref()?;
    if let Some(kept) = &threading.kept {
        let members = kept.members.iter().map(|member| format!("`{member}`"));
        let members = members.collect::<Vec<_>>().join(" and ");
        return Some(format!(
            "a flag is kept beside {members} and set at each store; of an array it says what all its pages are"
        ));
    }
    if threading.functions.is_empty() {
        return None;
    }
    let names = threading.functions.iter().map(|function| format!("{}()", function.name));
    let names = names.collect::<Vec<_>>().join(" and ");
    let flag = &threading.flag;
    Some(match &site.condition {
        Some(condition) => format!("`{}` is handed down to {names} as `{flag}`", condition.text),
        None => format!("each caller of {names} knows what the page is and hands down `{flag}`"),
    })
}

fn reason(site: &provenance::Site) -> String {
    match (site.class, &site.condition) {
        _ if !site.reason.is_empty() => site.reason.clone(),
        (Found::Gup | Found::Conditional, _)
            if site.reference == provenance::Reference::Separate =>
        {
            "another reference is held here than that of GUP".to_owned()
        }
        (Found::Gup, _) => "every page that gets here is from GUP".to_owned(),
        (Found::Conditional, Some(condition)) => {
            format!("the page is from GUP exactly when {}", condition.text)
        }
        (Found::Carried, _) => "read back from a container that carries the mark itself".to_owned(),
        (Found::Other, _) => "no page from GUP gets here".to_owned(),
        (Found::Unknown, _) => "where the page comes from is not known".to_owned(),
        (Found::Conditional | Found::Mixed, _) => "pages of both kinds get here".to_owned(),
    }
}

fn source(source: &SourceRef) -> Source {
    let Place { file, line, function } = source.place.clone();
    let call = source.text.split('(').next().unwrap_or_default().trim().to_owned();
    Source { file, line, function, call }
}

fn other(other: &SourceRef) -> Other {
    let Place { file, line, .. } = other.place.clone();
    Other { file, line, text: other.text.clone() }
}

fn step(step: &TraceStep) -> Step {
    let Place { file, line, function } = step.place.clone();
    Step { file, line, function, text: step.text.clone(), role: step.role }
}
