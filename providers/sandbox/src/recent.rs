//! A map that remembers only its newest entries, so that a long run cannot fill the memory.
//! It knows nothing about time: expiry is a rule of whoever owns the entries.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

/// Bounded map, oldest entry out first.
pub(crate) struct Recent<K, V> {
    capacity: usize,
    map: HashMap<K, V>,
    order: VecDeque<K>,
}

impl<K: Clone + Eq + Hash, V> Recent<K, V> {
    pub(crate) fn new(capacity: usize) -> Self {
        Self { capacity, map: HashMap::new(), order: VecDeque::new() }
    }

    pub(crate) fn insert(&mut self, key: K, value: V) {
        if self.map.insert(key.clone(), value).is_some() {
            self.order.retain(|known| *known != key);
        }
        self.order.push_back(key);
        if self.order.len() > self.capacity
            && let Some(oldest) = self.order.pop_front()
        {
            self.map.remove(&oldest);
        }
    }

    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.map.get(key)
    }

    pub(crate) fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.map.get_mut(key)
    }

    pub(crate) fn remove(&mut self, key: &K) -> Option<V> {
        let value = self.map.remove(key)?;
        self.order.retain(|known| known != key);
        Some(value)
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.map.values_mut()
    }

    pub(crate) fn newest_first(&self) -> impl Iterator<Item = (&K, &V)> {
        self.order.iter().rev().filter_map(|key| self.map.get(key).map(|value| (key, value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_leaves_and_a_renewed_entry_counts_as_new() {
        let mut recent = Recent::new(2);
        recent.insert("a", 1);
        recent.insert("b", 2);
        recent.insert("a", 3);
        recent.insert("c", 4);
        let left: Vec<_> = recent.newest_first().map(|(key, value)| (*key, *value)).collect();
        assert_eq!(left, [("c", 4), ("a", 3)]);
        assert!(recent.get(&"b").is_none());
    }
}
