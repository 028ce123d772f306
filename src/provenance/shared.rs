//! A map by small numbers whose copies share what they have in common: cloned, changed in a few places, and compared
//! with what it was cloned from far more often than it is gone through.
//!
//! Keys are cut into blocks; a copy shares all blocks until one of them is written to. So two states of memory that
//! differ in some cells are compared in the blocks of those cells only.

use std::sync::Arc;

/// Keys of one block.
const BLOCK: usize = 16;

/// A key that is a small number.
pub(super) trait Numbered: Copy + Ord {
    /// The number.
    fn number(self) -> usize;
}

/// Values of one block, in the order of the keys.
type Block<K, V> = Arc<Vec<(K, V)>>;

/// What a block holds, in the order of the keys.
type Entries<'a, K, V> = &'a [(K, V)];

/// Values by key, in the order of the keys.
#[derive(Clone, Debug)]
pub(super) struct SharedMap<K, V>(Vec<Option<Block<K, V>>>);

impl<K, V> Default for SharedMap<K, V> {
    fn default() -> Self {
        SharedMap(Vec::new())
    }
}

impl<K: Numbered, V: PartialEq> PartialEq for SharedMap<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.differing(other).all(|(_, own, theirs)| own == theirs)
    }
}

impl<K: Numbered, V: Eq> Eq for SharedMap<K, V> {}

impl<K: Numbered, V> SharedMap<K, V> {
    fn block(&self, number: usize) -> Entries<'_, K, V> {
        self.0.get(number).and_then(Option::as_deref).map_or(&[], Vec::as_slice)
    }

    pub(super) fn get(&self, key: K) -> Option<&V> {
        let block = self.block(key.number() / BLOCK);
        let at = block.binary_search_by_key(&key, |&(key, _)| key).ok()?;
        Some(&block[at].1)
    }

    /// In the order of the keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        let blocks = self.0.iter().flatten();
        blocks.flat_map(|block| block.iter().map(|(key, value)| (*key, value)))
    }

    /// In order.
    pub(super) fn keys(&self) -> impl Iterator<Item = K> {
        self.iter().map(|(key, _)| key)
    }

    /// The blocks that the two do not share: their number and what each has there.
    pub(super) fn differing<'a>(
        &'a self,
        other: &'a Self,
    ) -> impl Iterator<Item = (usize, Entries<'a, K, V>, Entries<'a, K, V>)> {
        let count = self.0.len().max(other.0.len());
        (0..count).filter_map(|number| {
            let own = self.0.get(number).and_then(Option::as_ref);
            let theirs = other.0.get(number).and_then(Option::as_ref);
            let is_shared = match (own, theirs) {
                (Some(own), Some(theirs)) => Arc::ptr_eq(own, theirs),
                (own, theirs) => own.is_none() && theirs.is_none(),
            };
            (!is_shared).then(|| (number, self.block(number), other.block(number)))
        })
    }

    /// Shares a block that has been found to be the same.
    pub(super) fn share(&mut self, number: usize, with: &Self) {
        if let (Some(own), Some(theirs)) = (self.0.get_mut(number), with.0.get(number)) {
            own.clone_from(theirs);
        }
    }
}

impl<K: Numbered, V: Clone> SharedMap<K, V> {
    fn block_mut(&mut self, key: K) -> &mut Vec<(K, V)> {
        let number = key.number() / BLOCK;
        if self.0.len() <= number {
            self.0.resize(number + 1, None);
        }
        Arc::make_mut(self.0[number].get_or_insert_default())
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        let block = self.block_mut(key);
        match block.binary_search_by_key(&key, |&(key, _)| key) {
            Ok(at) => block[at].1 = value,
            Err(at) => block.insert(at, (key, value)),
        }
    }

    /// The value of `key`, a new one where there was none.
    pub(super) fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let block = self.block_mut(key);
        let at = block.binary_search_by_key(&key, |&(key, _)| key).unwrap_or_else(|at| {
            block.insert(at, (key, V::default()));
            at
        });
        &mut block[at].1
    }

    pub(super) fn retain(&mut self, keep: impl Fn(K) -> bool) {
        for block in self.0.iter_mut().flatten() {
            if !block.iter().all(|&(key, _)| keep(key)) {
                Arc::make_mut(block).retain(|&(key, _)| keep(key));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Numbered for u8 {
        fn number(self) -> usize {
            usize::from(self)
        }
    }

    proptest::proptest! {
        #[test]
        fn it_does_what_a_tree_does(
            first in proptest::collection::vec((0u8..60, 0u8..4), 0..20),
            second in proptest::collection::vec((0u8..60, 0u8..4), 0..4),
        ) {
            let mut shared = SharedMap::default();
            let mut tree = std::collections::BTreeMap::new();
            for (key, value) in first {
                shared.insert(key, value);
                tree.insert(key, value);
                *shared.entry(key / 2) += 1;
                *tree.entry(key / 2).or_insert(0) += 1;
            }
            let before = shared.clone();
            for &(key, value) in &second {
                shared.insert(key, value);
                tree.insert(key, value);
            }
            shared.retain(|key| key != 3);
            tree.remove(&3);
            let entries: Vec<(u8, u8)> = shared.iter().map(|(key, &value)| (key, value)).collect();
            assert_eq!(entries, tree.iter().map(|(&key, &value)| (key, value)).collect::<Vec<_>>());
            for (key, value) in tree {
                assert_eq!(shared.get(key), Some(&value));
            }
            let written = |number: usize| {
                let keys = second.iter().map(|&(key, _)| key).chain([3]);
                keys.into_iter().any(|key| key.number() / BLOCK == number)
            };
            assert!(shared.differing(&before).all(|(number, ..)| written(number)));
            assert_eq!(shared == before, shared.iter().eq(before.iter()));
        }
    }
}
