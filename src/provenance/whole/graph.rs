//! The closure of an ask: all origins that lead to it, each by its shortest way.
//!
//! Asks are nodes, [`Edge`](super::expand::Edge)s lead from each to origins and further asks, and an answer is
//! what can be reached. A cycle adds nothing, so nothing has to be cut to end, and the order in which asks are
//! expanded changes no answer: it is a least fixpoint of unions.
//!
//! Once all stores of the tree to a member are asked for, no narrower question about that member adds an origin,
//! and it is left out.

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::super::ask::{Ask, HeapKey};
use super::super::environment::{Answer, PathStep};
use super::super::gap::Gap;
use super::super::leads::Target;
use super::super::origin::{Origin, OriginKind, Place, TraceStep};
use super::expand::Expansion;
use super::trail::Part;
use super::{Expanded, WholeTree};

/// An answer that takes more asks than these is not followed to its end: it is lost among pointers without types.
/// In 6.1 no page from GUP that a person found is further away; 17 of 236 answers do not end.
const MOST_ASKS: usize = 400;

/// How an ask was come to: from which one, by which of its edges.
type Parent = Option<(usize, usize)>;

impl WholeTree {
    /// All origins that lead to `ask`.
    pub(super) fn answer(&self, ask: &Ask) -> Arc<Answer> {
        self.answers.get(&self.corpus.trail, ask, || Arc::new(self.search(ask)))
    }

    fn search(&self, ask: &Ask) -> Answer {
        let mut asks: Vec<(Ask, Parent)> = vec![(ask.clone(), None)];
        let mut numbers: FxHashSet<Ask> = FxHashSet::from_iter([ask.clone()]);
        let mut edges_of: Vec<Arc<Expansion>> = Vec::new();
        let mut gaps: BTreeSet<Gap> = BTreeSet::new();
        let mut seen: FxHashSet<(OriginKind, Place, String)> = FxHashSet::default();
        let mut out: Vec<Arc<Origin>> = Vec::new();
        let mut is_cut = false;
        let mut done = 0;
        while done < asks.len() {
            let wave = done..asks.len();
            let heaps: Vec<HeapKey> = asks.iter().filter_map(|(ask, _)| all_stores(ask)).collect();
            let expand = |ask: &Ask| {
                if is_covered(ask, &heaps) { Arc::default() } else { self.edges(ask) }
            };
            // Other threads do not know for what they work, so what they use is noted here.
            let expanded: Vec<Expanded> = asks[wave.clone()]
                .par_iter()
                .map(|(ask, _)| self.corpus.trail.follow(|| expand(ask)))
                .collect();
            for (edges, part) in expanded {
                self.corpus.trail.note(part);
                gaps.extend(edges.gaps.iter().cloned());
                edges_of.push(edges);
            }
            let mut open: Vec<(&Ask, Parent)> = Vec::new();
            for at in wave.clone() {
                for (index, edge) in edges_of[at].edges.iter().enumerate() {
                    match &edge.target {
                        Target::Known(origin) => {
                            let key =
                                (origin.kind.clone(), origin.place.clone(), origin.text.clone());
                            if seen.insert(key) {
                                out.push(with_way(origin, way(&asks, &edges_of, at, index)));
                            }
                        }
                        Target::Open(next) => {
                            if !is_covered(next, &heaps) && numbers.insert(next.clone()) {
                                open.push((next, Some((at, index))));
                            }
                        }
                    }
                }
            }
            // Most callees only read what they are given the address of.
            let leads_on = |ask: &Ask| !knows_no_member(ask) || !self.edges(ask).edges.is_empty();
            let leading: Vec<(bool, Option<Part>)> = (open.par_iter())
                .map(|(ask, _)| self.corpus.trail.follow(|| leads_on(ask)))
                .collect();
            for (_, part) in &leading {
                self.corpus.trail.note(*part);
            }
            let mut leading = leading.into_iter();
            open.retain(|_| leading.next().is_some_and(|(leads_on, _)| leads_on));
            is_cut |= open.len() > MOST_ASKS - asks.len();
            open.truncate(MOST_ASKS - asks.len());
            let settled: Vec<(Parent, (Ask, Option<Part>))> = (open.par_iter())
                .map(|(ask, parent)| (*parent, self.corpus.trail.follow(|| self.settled(ask))))
                .collect();
            for (parent, (ask, part)) in settled {
                self.corpus.trail.note(part);
                // What was settled may be there already.
                let is_as_it_was = !matches!(ask, Ask::Heap(_));
                if is_as_it_was || asks.iter().all(|(known, _)| *known != ask) {
                    asks.push((ask, parent));
                }
            }
            done = wave.end;
        }
        if is_cut {
            let why = "more ways than are followed lead here".to_owned();
            let edge = self.nowhere(why);
            if let Target::Known(origin) = edge.target {
                out.push(origin);
            }
        }
        Answer { origins: out, gaps: gaps.into_iter().collect() }
    }

    /// The edges of an ask, worked out once: a second thread that wants them waits. Nothing below runs on other
    /// threads, so the one that works never waits for one that waits.
    fn edges(&self, ask: &Ask) -> Arc<Expansion> {
        let slot = self.graph.lock().expect("no panic").entry(ask.clone()).or_default().clone();
        let trail = &self.corpus.trail;
        let (edges, part) = slot.get_or_init(|| trail.follow(|| Arc::new(self.expand(ask))));
        trail.note(*part);
        edges.clone()
    }
}

/// The member whose stores an ask is for.
fn all_stores(ask: &Ask) -> Option<HeapKey> {
    match ask {
        Ask::Heap(key) => Some(key.clone()),
        Ask::Entry { .. } | Ask::Result { .. } | Ask::After { .. } | Ask::Within { .. } => None,
    }
}

/// Whether all that an ask can find is found by one for all stores to its member.
fn is_covered(ask: &Ask, heaps: &[HeapKey]) -> bool {
    if knows_no_member(ask) {
        return false;
    }
    let covers = |key: &HeapKey, member: &HeapKey| {
        key.covers(member) && !matches!(ask, Ask::Heap(own) if own == key)
    };
    ask.member().is_some_and(|member| heaps.iter().any(|key| covers(key, member)))
}

/// Whether an ask goes to a callee that is given a member's address, so that its stores are not among those to the
/// member. For any way to that call: where all stores are gone through, it is asked for like that.
fn knows_no_member(ask: &Ask) -> bool {
    match ask {
        Ask::After { steps, calls, .. } => {
            calls.is_empty() && !steps.iter().any(|step| matches!(step, PathStep::Member(..)))
        }
        _ => false,
    }
}

/// The steps from the end of edge `index` of ask number `at` to the first ask.
fn way(
    asks: &[(Ask, Parent)],
    edges_of: &[Arc<Expansion>],
    mut at: usize,
    index: usize,
) -> Vec<TraceStep> {
    let mut steps = edges_of[at].edges[index].steps.clone();
    while let Some((above, edge)) = asks[at].1 {
        steps.extend(edges_of[above].edges[edge].steps.iter().cloned());
        at = above;
    }
    steps
}

fn with_way(origin: &Arc<Origin>, way: Vec<TraceStep>) -> Arc<Origin> {
    let mut upstream = origin.upstream.clone();
    upstream.extend(way);
    Arc::new(Origin { upstream, ..Origin::clone(origin) })
}
