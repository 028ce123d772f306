//! What a campaign's rules may know of pages, in whichever version of a file they see.
//!
//! In: a scan and the flags that a file's sites need. Out: facts by the tokens of a page's expression, as the matcher asks
//! for them. Of a site that is not to be converted nothing is told.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::scan::{Scan, ScannedFile};
use super::threading::Flags;
use crate::ast::{Ast, NodeId};
use crate::edit::FileFacts;
use crate::lex::{LexedFile, TokenRange};
use crate::matcher::{Facts, PageFact, Unit};
use crate::provenance;
use crate::review::Applicability;
use crate::smpl::ProvenanceClass;

/// The analysis of provenance as rules ask it, about any version of one file.
///
/// Every rule asks about the version it sees, and most rules see the same one: the last answer is kept.
pub(super) struct Analysis<'a> {
    scan: &'a Scan,
    flags: &'a Flags<'a>,
    known: RefCell<(Vec<u8>, Arc<Pages>)>,
}

/// What is known of pages, by the tokens of the page's expression.
type Pages = BTreeMap<TokenRange, PageFact>;

impl<'a> Analysis<'a> {
    /// Starts with what the scan found in the file as it is on disk.
    pub(super) fn new(scan: &'a Scan, scanned: &ScannedFile, flags: &'a Flags<'a>) -> Analysis<'a> {
        let sites = scanned.sites.iter().flat_map(|(_, sites)| sites);
        let known = (scanned.file.bytes.clone(), Arc::new(pages(sites, flags)));
        Analysis { scan, flags, known: RefCell::new(known) }
    }

    /// Solves a version, and keeps what is known of its pages for the rule that sees it next.
    pub(super) fn learn(&self, file: &LexedFile) -> Vec<(usize, Vec<provenance::Site>)> {
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
