//! Values that were made with effort, kept while there is room: those that were used last.

use std::hash::Hash;

use rustc_hash::FxHashMap;

/// Values by key, within a number of bytes.
#[derive(Debug)]
pub(crate) struct Kept<K, V> {
    values: FxHashMap<K, Entry<V>>,
    room: usize,
    taken: usize,
    uses: u64,
}

#[derive(Debug)]
struct Entry<V> {
    value: V,
    size: usize,
    used: u64,
}

impl<K: Eq + Hash + Copy + Ord, V> Kept<K, V> {
    /// Room for `room` bytes.
    pub(crate) fn new(room: usize) -> Kept<K, V> {
        Kept { values: FxHashMap::default(), room, taken: 0, uses: 0 }
    }

    /// A value, used now.
    pub(crate) fn get(&mut self, key: K) -> Option<&V> {
        self.uses += 1;
        let entry = self.values.get_mut(&key)?;
        entry.used = self.uses;
        Some(&entry.value)
    }

    /// Takes a value out.
    pub(crate) fn take(&mut self, key: K) -> Option<V> {
        let Entry { value, size, .. } = self.values.remove(&key)?;
        self.taken -= size;
        Some(value)
    }

    /// Keeps a value of `size` bytes; gives back what there is no room for any more, to be dropped where no lock
    /// is held.
    pub(crate) fn put(&mut self, key: K, value: V, size: usize) -> Vec<V> {
        self.uses += 1;
        self.taken += size;
        let entry = Entry { value, size, used: self.uses };
        let mut old: Vec<V> = Vec::new();
        if let Some(Entry { value, size, .. }) = self.values.insert(key, entry) {
            self.taken -= size;
            old.push(value);
        }
        if self.taken > self.room {
            self.make_room(&mut old);
        }
        old
    }

    /// Drops the values that were not used for the longest, until a quarter of the room is free: finding the
    /// oldest one each time would cost as much as finding many.
    fn make_room(&mut self, old: &mut Vec<V>) {
        let mut by_age: Vec<(u64, K)> =
            self.values.iter().map(|(&key, entry)| (entry.used, key)).collect();
        by_age.sort_unstable();
        for (_, key) in by_age {
            if self.taken <= self.room / 4 * 3 {
                break;
            }
            old.extend(self.take(key));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_last_is_kept_within_the_room() {
        let mut kept: Kept<u32, u32> = Kept::new(79);
        for key in 0..8 {
            kept.put(key, key, 10);
            kept.get(0);
        }
        assert!(kept.taken <= kept.room);
        assert!(kept.get(0).is_some(), "it was asked for all the time");
        assert!(kept.get(7).is_some(), "it came last");
        assert!(kept.get(1).is_none(), "it was not asked for since");
        assert_eq!((kept.take(7), kept.take(7)), (Some(7), None));
    }
}
