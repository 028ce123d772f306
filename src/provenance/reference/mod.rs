//! Whose reference a container works under: the place that gives the reference of a GUP page back.
//!
//! In: a [`Site`] that GUP pages reach, and the tree. Out: a [`Reference`] and the places that release. The
//! releases of the files on the page's way are asked the same question as adders are: where does this page
//! come from. That leaves three kinds:
//!
//! * what releases a page *read back* from a bio, bvec or scatterlist: the container owns the reference;
//! * what releases the page of this very source out of an array, a field or a variable: the caller of GUP has
//!   kept it. Where that happens inside of the functions that the page passes on its way to the adder, or
//!   in helpers they hand it to, it may be no more than clearing up after an error, so a release that reads
//!   back is believed rather than that one;
//! * what takes another reference to the page of this source on its way (`get_page()`): then the one of GUP is
//!   dropped on its own and the container works under the other one.
//!
//! Where nothing of this is found the answer is that it is not known; it is never guessed.

mod release;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::ask::FunctionId;
use super::origin::{Place, Role, TraceStep};
use super::site::{Reference, Site, SourceRef};
use super::value::Value;
use super::vocabulary::Container;
use super::whole::WholeTree;
use crate::ast::NodeId;
use crate::source::TreePath;

/// More releasing places than these are not told.
const MOST_PLACES: usize = 4;

/// A function by file and name.
type Named = (TreePath, String);

/// What happens to a reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum TouchKind {
    /// It is given back.
    Release,
    /// A whole bio's are given back.
    Container,
    /// Another one is taken.
    Take,
}

/// A call that touches a reference, in an analysis of its function.
#[derive(Clone, Debug)]
pub(super) struct TouchEvent {
    pub(super) node: NodeId,
    pub(super) kind: TouchKind,
    /// The page, or all pages of an array.
    pub(super) value: Value,
}

/// A page of GUP at such a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Arrived {
    /// The call of GUP.
    pub(super) source: Place,
    /// The way from there.
    pub(super) trace: Vec<TraceStep>,
}

/// A call that touches a reference.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Touch {
    pub(super) kind: TouchKind,
    pub(super) place: Place,
    pub(super) text: String,
    /// The pages of GUP that it is of.
    pub(super) sources: Vec<Arrived>,
    /// Whether its page was read back from a container.
    pub(super) reads_back: bool,
    /// Whether it may be of a page that was not followed.
    pub(super) is_open: bool,
    /// The call.
    pub(super) node: NodeId,
}

impl Arrived {
    /// Whether the page was handed straight from one of these functions to `here`, not kept in between.
    fn is_handed_from(&self, stage: &BTreeSet<Named>, here: &Named) -> bool {
        self.trace.iter().all(|step| {
            let function = (step.place.file.clone(), step.place.function.clone());
            let is_kept = match step.role {
                Role::Call => {
                    step.text.split_once('(').is_some_and(|(_, args)| args.contains("->"))
                }
                Role::Load => true,
                Role::Store => step.text.contains("->"),
                Role::Source | Role::Assign | Role::Return | Role::Adder | Role::Release => false,
            };
            !is_kept && (function == *here || stage.contains(&function))
        })
    }
}

/// Whether two ways from one call of GUP are of two pages: they leave the function around it to two different
/// callers.
fn are_of_two_calls(one: &[TraceStep], other: &[TraceStep]) -> bool {
    let same = one.iter().zip(other).take_while(|(a, b)| a == b).count();
    let (Some(before), Some(a), Some(b)) =
        (same.checked_sub(1).and_then(|before| one.get(before)), one.get(same), other.get(same))
    else {
        return false;
    };
    let leaves = |step: &TraceStep| {
        let called = step.text.split_once('(').map(|(callee, _)| callee.trim());
        step.role == Role::Call && called == Some(before.place.function.as_str())
    };
    a.place != b.place && leaves(a) && leaves(b)
}

/// What was found on the way of a site's page.
#[derive(Default)]
struct Found {
    /// Takes another reference on the way.
    taken: Vec<Arc<Touch>>,
    /// Releases what the caller of GUP has kept.
    kept: Vec<Arc<Touch>>,
    /// Releases the page in a function on its way to the adder.
    inside: Vec<Arc<Touch>>,
    /// Reads back from a container what it releases.
    read_back: Vec<Arc<Touch>>,
}

impl WholeTree {
    /// Finds out whose reference the container works under at a site of the function that item `item` of file `file`
    /// defines, and writes it down.
    pub fn find_reference(&self, file: u32, item: usize, site: &mut Site) {
        if site.container == Container::Nothing {
            return self.find_ended(FunctionId { file, item: item as u32 }, site);
        }
        let found = self.touches_of(site);
        let (reference, places) = if found.has_own_reference() {
            (Reference::Separate, [found.kept, found.inside].concat())
        } else if !found.kept.is_empty() {
            (Reference::Borrowed, found.kept)
        } else if !found.read_back.is_empty() {
            (Reference::Owned, found.read_back)
        } else if !found.inside.is_empty() {
            (Reference::Borrowed, found.inside)
        } else {
            (Reference::Unknown, Vec::new())
        };
        let mut releases: Vec<SourceRef> = (places.iter())
            .map(|touch| SourceRef { place: touch.place.clone(), text: touch.text.clone() })
            .collect();
        releases.sort_by(|a, b| (&a.place, &a.text).cmp(&(&b.place, &b.text)));
        releases.dedup();
        releases.truncate(MOST_PLACES);
        site.reference = reference;
        site.releases = releases;
    }

    /// Where pages of the call of GUP at `source` are given back, in any function but the one around it: in its file, and in
    /// what names one of `members`.
    pub fn releases_of(&self, source: &Place, members: &[String]) -> Vec<SourceRef> {
        let mut touches = self.touches_in(&source.file);
        touches.extend(self.touches_naming(&source.file, members));
        let is_release = |touch: &&Arc<Touch>| {
            touch.kind == TouchKind::Release
                && (&touch.place.file, &touch.place.function) != (&source.file, &source.function)
                && touch.sources.iter().any(|arrived| arrived.source == *source)
        };
        let found = touches.iter().filter(is_release);
        let mut found: Vec<SourceRef> = found
            .map(|touch| SourceRef { place: touch.place.clone(), text: touch.text.clone() })
            .collect();
        found.sort_by(|a, b| (&a.place, &a.text).cmp(&(&b.place, &b.text)));
        found.dedup();
        found
    }

    fn touches_of(&self, site: &Site) -> Found {
        let places = site.trace.iter().map(|step| &step.place);
        let places = places.chain(site.sources.iter().map(|source| &source.place));
        let stage: BTreeSet<Named> =
            places.map(|place| (place.file.clone(), place.function.clone())).collect();
        let files: BTreeSet<TreePath> = stage.iter().map(|(file, _)| file.clone()).collect();
        let mut found = Found::default();
        for touch in files.iter().flat_map(|file| self.touches_in(file)) {
            found.sort_in(site, &stage, touch);
        }
        let words = self.words_of(stage.iter().map(|(file, name)| (file, name.as_str())));
        for touch in self.touches_beside(&files, &words, site.container_name.as_ref()) {
            found.sort_in(site, &stage, touch);
        }
        found
    }
}

impl Found {
    fn has_own_reference(&self) -> bool {
        let is_released = !self.kept.is_empty() || !self.inside.is_empty();
        is_released && !self.taken.is_empty()
    }

    fn sort_in(&mut self, site: &Site, stage: &BTreeSet<Named>, touch: Arc<Touch>) {
        let is_source = |arrival: &&Arrived| {
            site.sources.iter().any(|source| source.place == arrival.source)
                && !are_of_two_calls(&site.trace, &arrival.trace)
        };
        let here = (touch.place.file.clone(), touch.place.function.clone());
        let is_here = stage.contains(&here);
        let arrived = touch.sources.iter().find(is_source);
        match touch.kind {
            TouchKind::Take if is_here && arrived.is_some() => self.taken.push(touch),
            TouchKind::Take => {}
            TouchKind::Container if site.container == Container::Bio => self.read_back.push(touch),
            TouchKind::Container => {}
            TouchKind::Release => match arrived {
                Some(arrived) if is_here || arrived.is_handed_from(stage, &here) => {
                    self.inside.push(touch);
                }
                Some(_) => self.kept.push(touch),
                None if touch.reads_back => self.read_back.push(touch),
                None => {}
            },
        }
    }
}

#[cfg(test)]
mod tests;
