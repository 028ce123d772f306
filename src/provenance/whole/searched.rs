//! What was searched for and what asks lead to, to be known again in a later run.
//!
//! An answer that has to be worked out anew mostly asks what was asked before: who stores to a member, who calls through
//! one, where a call leads. Each is kept with what it is made of, and is known as long as that holds.

use std::hash::Hash;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::super::ask::{Ask, FunctionId, Hop, RecordKey};
use super::super::reference::Touch;
use super::WholeTree;
use super::callers::{CallSite, Callers};
use super::expand::Expansion;
use super::macros::MacroStore;
use super::renumbered::{Numbered, Renumber, sorted};
use super::trail::{Memo, Part};

/// Something that was found, and what that is made of.
type Kept<K, V> = Vec<(K, V, Part)>;

/// What was found on the way to answers.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Searched {
    storing: Kept<(Hop, bool), Option<Arc<[FunctionId]>>>,
    storing_in: Kept<(u32, Hop, bool), Arc<[FunctionId]>>,
    macros_storing: Kept<Hop, Option<String>>,
    macro_stores: Kept<(), Arc<[MacroStore]>>,
    calls: Kept<Hop, Arc<[CallSite]>>,
    targets: Kept<Hop, Option<Arc<[FunctionId]>>>,
    defined: Kept<String, Arc<[FunctionId]>>,
    macros: Kept<String, bool>,
    callers: Kept<FunctionId, Arc<Callers>>,
    seeing: Kept<RecordKey, Arc<[u32]>>,
    touches: Kept<FunctionId, Arc<[Arc<Touch>]>>,
    edges: Kept<Ask, Arc<Expansion>>,
}

fn renumbered<K: Numbered, V: Clone>(
    kept: Kept<K, V>,
    by: &mut dyn Renumber,
    value: impl Fn(V, &mut dyn Renumber) -> Option<V>,
) -> Kept<K, V> {
    let one = |(key, found, part): (K, V, Part)| {
        let part = by.part(part)?;
        Some((key.renumbered(by)?, value(found, by)?, part))
    };
    kept.into_iter().filter_map(one).collect()
}

/// All of a list, or that it is too long.
fn sorted_if_few<T: Numbered + Clone + Ord>(
    few: Option<Arc<[T]>>,
    by: &mut dyn Renumber,
) -> Option<Option<Arc<[T]>>> {
    match few {
        Some(all) => sorted(&all, by).map(Some),
        None => Some(None),
    }
}

impl Searched {
    /// The same with other numbers; what is gone is left out.
    pub fn renumbered(self, by: &mut dyn Renumber) -> Searched {
        Searched {
            storing: renumbered(self.storing, by, sorted_if_few),
            storing_in: renumbered(self.storing_in, by, |all, by| sorted(&all, by)),
            macros_storing: renumbered(self.macros_storing, by, Numbered::renumbered),
            macro_stores: renumbered(self.macro_stores, by, |all, by| sorted(&all, by)),
            calls: renumbered(self.calls, by, |all, by| sorted(&all, by)),
            targets: renumbered(self.targets, by, sorted_if_few),
            defined: renumbered(self.defined, by, |all, by| sorted(&all, by)),
            macros: renumbered(self.macros, by, Numbered::renumbered),
            callers: renumbered(self.callers, by, Numbered::renumbered),
            seeing: renumbered(self.seeing, by, |all, by| sorted(&all, by)),
            touches: renumbered(self.touches, by, Numbered::renumbered),
            edges: renumbered(self.edges, by, Numbered::renumbered),
        }
    }
}

impl<K: Eq + Hash + Ord + Clone, V: Clone> Memo<K, V> {
    /// What is known with what it is made of, in the order of the keys.
    fn kept(&self) -> Kept<K, V> {
        let all = self.0.lock().expect("no panic");
        let known = all
            .iter()
            .filter_map(|(key, (value, part))| Some((key.clone(), value.clone(), (*part)?)));
        in_order(known.collect())
    }

    fn know(&self, kept: Kept<K, V>) {
        let known = kept.into_iter().map(|(key, value, part)| (key, (value, Some(part))));
        self.0.lock().expect("no panic").extend(known);
    }
}

fn in_order<K: Ord, V>(mut kept: Kept<K, V>) -> Kept<K, V> {
    kept.sort_by(|a, b| a.0.cmp(&b.0));
    kept
}

impl WholeTree {
    /// What was found so far.
    pub fn searched(&self) -> Searched {
        let graph = self.graph.lock().expect("no panic");
        let edges = graph.iter().filter_map(|(ask, slot)| {
            let (edges, part) = slot.get()?;
            Some((ask.clone(), edges.clone(), (*part)?))
        });
        Searched {
            storing: self.storing.kept(),
            storing_in: self.storing_in.kept(),
            macros_storing: self.macros_storing.kept(),
            macro_stores: self.macro_stores.kept(),
            calls: self.pointer_calls.kept(),
            targets: self.pointer_targets.kept(),
            defined: self.defined.kept(),
            macros: self.macros.kept(),
            callers: self.callers.kept(),
            seeing: self.seeing.kept(),
            touches: self.touches.kept(),
            edges: in_order(edges.collect()),
        }
    }

    /// Knows what an earlier run found.
    pub fn know(&self, searched: Searched) {
        self.storing.know(searched.storing);
        self.storing_in.know(searched.storing_in);
        self.macros_storing.know(searched.macros_storing);
        self.macro_stores.know(searched.macro_stores);
        self.pointer_calls.know(searched.calls);
        self.pointer_targets.know(searched.targets);
        self.defined.know(searched.defined);
        self.macros.know(searched.macros);
        self.callers.know(searched.callers);
        self.seeing.know(searched.seeing);
        self.touches.know(searched.touches);
        let known = searched.edges.into_iter();
        let known =
            known.map(|(ask, edges, part)| (ask, Arc::new(OnceLock::from((edges, Some(part))))));
        self.graph.lock().expect("no panic").extend(known);
    }
}
