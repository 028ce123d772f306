//! A map in one piece of memory: cloned, joined and gone through in order more often than it is changed.

/// Values by key, in the order of the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SortedMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        SortedMap(Vec::new())
    }
}

impl<K: Ord + Copy, V> SortedMap<K, V> {
    fn place(&self, key: K) -> Result<usize, usize> {
        self.0.binary_search_by_key(&key, |&(key, _)| key)
    }

    pub(super) fn get(&self, key: K) -> Option<&V> {
        self.place(key).ok().map(|at| &self.0[at].1)
    }

    pub(super) fn insert(&mut self, key: K, value: V) {
        match self.place(key) {
            Ok(at) => self.0[at].1 = value,
            Err(at) => self.0.insert(at, (key, value)),
        }
    }

    /// The value of `key`, a new one where there was none.
    pub(super) fn entry(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        let at = match self.place(key) {
            Ok(at) => at,
            Err(at) => {
                self.0.insert(at, (key, V::default()));
                at
            }
        };
        &mut self.0[at].1
    }

    pub(super) fn retain(&mut self, keep: impl Fn(K) -> bool) {
        self.0.retain(|&(key, _)| keep(key));
    }

    /// In the order of the keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    /// In order.
    pub(super) fn keys(&self) -> impl Iterator<Item = K> {
        self.0.iter().map(|&(key, _)| key)
    }

    /// Takes over all of `new`, which is in the order of its keys.
    pub(super) fn extend_sorted(&mut self, new: Vec<(K, V)>) {
        let old = std::mem::take(&mut self.0);
        self.0.reserve(old.len() + new.len());
        let (mut old, mut new) = (old.into_iter().peekable(), new.into_iter().peekable());
        loop {
            match (old.peek(), new.peek()) {
                (Some((a, _)), Some((b, _))) if a < b => self.0.extend(old.next()),
                (Some((a, _)), Some((b, _))) => {
                    if a == b {
                        old.next();
                    }
                    self.0.extend(new.next());
                }
                (Some(_), None) => self.0.extend(old.next()),
                (None, Some(_)) => self.0.extend(new.next()),
                (None, None) => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn it_does_what_a_tree_does(
            first in proptest::collection::vec((0u8..20, 0u8..4), 0..20),
            second in proptest::collection::btree_map(0u8..20, 0u8..4, 0..20),
        ) {
            let mut sorted = SortedMap::default();
            let mut tree = std::collections::BTreeMap::new();
            for (key, value) in first {
                sorted.insert(key, value);
                tree.insert(key, value);
                *sorted.entry(key / 2) += 1;
                *tree.entry(key / 2).or_insert(0) += 1;
            }
            sorted.extend_sorted(second.clone().into_iter().collect());
            tree.extend(second);
            sorted.retain(|key| key != 3);
            tree.remove(&3);
            let entries: Vec<(u8, u8)> = sorted.iter().map(|(key, &value)| (key, value)).collect();
            assert_eq!(entries, tree.into_iter().collect::<Vec<_>>());
        }
    }
}
