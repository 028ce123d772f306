//! Whether a call that ends a reference ends that of GUP, and not another one that somebody took to the same page.
//!
//! In: a site whose adder ends references. Out: its [`Reference`]: *owned* where it is GUP's, *separate* where it may be
//! another one. A pin is given back once. So two things speak against it: another reference is taken to the page of
//! this source somewhere on its way, or the page is given back a second time on a way through the same functions.
//! Then one of the two calls ends a reference that was not seen to be taken, and nobody knows which. A function that takes
//! the pages, gives them back where it fails and else hands them out does not speak against who gives them back later.
//!
//! Ways that go round in a loop do not count: the next round has the next page.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::super::ask::FunctionId;
use super::super::origin::Place;
use super::super::site::{Reference, Site, SourceRef};
use super::super::whole::WholeTree;
use super::{Named, Touch, TouchKind, are_of_two_calls};
use crate::ast::NodeId;
use crate::cfg::{Cfg, Point, PointKind};
use crate::source::TreePath;

impl WholeTree {
    /// Finds out whether the reference that a site of function `id` ends is that of GUP, and writes it down.
    pub(super) fn find_ended(&self, id: FunctionId, site: &mut Site) {
        let against = self.against(id, site);
        site.reference = if against.is_none() { Reference::Owned } else { Reference::Separate };
        site.releases = Vec::new();
        if let Some((what, touch)) = against {
            let Place { file, line, .. } = &touch.place;
            site.reason = format!("{what}: {file}:{line} {}", touch.text);
            site.releases =
                vec![SourceRef { place: touch.place.clone(), text: touch.text.clone() }];
        }
    }

    /// What speaks against it, and where.
    fn against(&self, id: FunctionId, site: &Site) -> Option<(&'static str, Arc<Touch>)> {
        const TAKEN: &str = "perhaps it is the reference that is taken here";
        const TWICE: &str = "the page is given back here too";
        let is_of_site = |touch: &Touch| {
            touch.sources.iter().any(|arrived| {
                site.sources.iter().any(|source| source.place == arrived.source)
                    && !are_of_two_calls(&site.trace, &arrived.trace)
            })
        };
        for touch in self.touches_of_function(id).iter() {
            match touch.kind {
                TouchKind::Take if touch.is_open || is_of_site(touch) => {
                    return Some((TAKEN, touch.clone()));
                }
                TouchKind::Release
                    if touch.node != site.node
                        && is_of_site(touch)
                        && self.are_on_one_way(id, &[touch.node], &[site.node]) =>
                {
                    return Some((TWICE, touch.clone()));
                }
                TouchKind::Take | TouchKind::Release | TouchKind::Container => {}
            }
        }
        let here = site.trace.last().map(|step| &step.place.file);
        for touch in self.touches_on_the_way(site) {
            let is_here = touch.place.function == site.function && Some(&touch.place.file) == here;
            if is_here || !is_of_site(&touch) {
                continue;
            }
            match touch.kind {
                TouchKind::Take => return Some((TAKEN, touch)),
                TouchKind::Release => {
                    let there = touch.place.function.as_str();
                    let calls = self.calls_of(id, there);
                    let in_callee = || {
                        let fails = |&there: &FunctionId| self.fails_after(there, site, touch.node);
                        !self.functions_at(&touch.place).iter().any(fails)
                    };
                    let in_caller = |&there: &FunctionId| {
                        let called = self.calls_of(there, &site.function);
                        self.are_on_one_way(there, &called, &[touch.node])
                            && !self.fails_after(id, site, site.node)
                    };
                    if self.are_on_one_way(id, &calls, &[site.node]) && in_callee()
                        || self.functions_at(&touch.place).iter().any(in_caller)
                    {
                        return Some((TWICE, touch));
                    }
                }
                TouchKind::Container => {}
            }
        }
        None
    }

    /// What touches references in the files that the site's pages come through, and beside them.
    fn touches_on_the_way(&self, site: &Site) -> Vec<Arc<Touch>> {
        let places = site.trace.iter().map(|step| &step.place);
        let places = places.chain(site.sources.iter().map(|source| &source.place));
        let stage: BTreeSet<Named> =
            places.map(|place| (place.file.clone(), place.function.clone())).collect();
        let files: BTreeSet<TreePath> = stage.iter().map(|(file, _)| file.clone()).collect();
        let words = self.words_of(stage.iter().map(|(file, name)| (file, name.as_str())));
        let within = files.iter().flat_map(|file| self.touches_in(file));
        within.chain(self.touches_beside(&files, &words, None)).collect()
    }

    /// Whether function `id` is the one that takes all pages of the site, and comes to the release `node` only where it
    /// fails: on each way from there to its end there is an error number.
    fn fails_after(&self, id: FunctionId, site: &Site, node: NodeId) -> bool {
        let Some(function) = self.function(id) else { return false };
        let (ast, cfg) = (function.ast(), function.cfg());
        let name = function.scope().name.as_str();
        let is_of_it = site.sources.iter().all(|source| source.place.function == name);
        let errors = self.error_numbers(id);
        let is_error = |at: Point| {
            let kind = cfg.kind(at);
            matches!(kind, PointKind::Declaration | PointKind::Expression | PointKind::Return)
                && errors.iter().any(|&error| ast.tokens(cfg.node(at)).covers(ast.tokens(error)))
        };
        let mut up = std::iter::once(node).chain(ast.ancestors(node));
        let Some(release) = up.find_map(|at| cfg.point_of(ast, at)) else { return false };
        is_of_it && !errors.is_empty() && !cfg.has_path(release, Cfg::EXIT, is_error)
    }

    /// Whether control passes one of `some` and one of `others` before it comes back in a loop.
    fn are_on_one_way(&self, id: FunctionId, some: &[NodeId], others: &[NodeId]) -> bool {
        let Some(function) = self.function(id) else { return false };
        let (ast, cfg) = (function.ast(), function.cfg());
        let point = |node: NodeId| {
            std::iter::once(node).chain(ast.ancestors(node)).find_map(|at| cfg.point_of(ast, at))
        };
        some.iter().filter_map(|&one| point(one)).any(|one| {
            let mut others = others.iter().filter_map(|&other| point(other));
            others.any(|other| leads(cfg, one, other) || leads(cfg, other, one))
        })
    }
}

/// Whether control comes from `from` to `to` without going back in a loop; a point leads to itself.
fn leads(cfg: &Cfg, from: Point, to: Point) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(point) = open.pop() {
        if point == to {
            return true;
        }
        let forward = cfg.successors(point).iter().filter(|edge| !edge.back);
        open.extend(forward.map(|edge| edge.point).filter(|&point| seen.insert(point)));
    }
    false
}
