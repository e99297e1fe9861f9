//! Items in the order of creation, each found by its key.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;
use std::sync::Arc;

use crate::base::ids::Ids;

pub(crate) trait Keyed: Clone {
    /// Unique, and the same for as long as the item exists.
    type Key: Clone + Eq + Hash;

    fn key(&self) -> Self::Key;
}

/// Items in the order of creation, each found by its key.
#[derive(Clone, Debug)]
pub(crate) struct Ordered<T: Keyed> {
    /// Shared between copies of an account until one of them changes.
    items: BTreeMap<u64, Arc<T>>,
    places: HashMap<T::Key, u64>,
    next: u64,
}

impl<T: Keyed> Default for Ordered<T> {
    fn default() -> Self {
        Self { items: BTreeMap::new(), places: HashMap::new(), next: 0 }
    }
}

impl<T: Keyed> FromIterator<T> for Ordered<T> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut ordered = Self::default();
        for item in items {
            ordered.insert(item);
        }
        ordered
    }
}

impl<T: Keyed> Ordered<T> {
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.items.values().map(Arc::as_ref)
    }

    /// Iterates over the items after this many, which takes no time for those as long as no item was removed.
    pub(crate) fn skip(&self, count: usize) -> impl Iterator<Item = &T> {
        let skipped = count as u64;
        let (start, count) = if self.items.len() as u64 == self.next { (skipped, 0) } else { (0, count) };
        self.items.range(start..).map(|(_, item)| &**item).skip(count)
    }

    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }

    pub(crate) fn get<Q>(&self, key: &Q) -> Option<&T>
    where
        T::Key: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.at(self.place(key)?)
    }

    /// Returns the place of an item, which orders it among the others and never changes.
    pub(crate) fn place<Q>(&self, key: &Q) -> Option<u64>
    where
        T::Key: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.places.get(key).copied()
    }

    pub(crate) fn at(&self, place: u64) -> Option<&T> {
        self.items.get(&place).map(Arc::as_ref)
    }

    /// Returns the items at these places, in the order of creation.
    pub(crate) fn all_at(&self, places: &BTreeSet<u64>) -> impl Iterator<Item = &T> {
        places.iter().filter_map(|place| self.at(*place))
    }

    /// Adds an item and returns its place. One with the same key is replaced and keeps its place.
    pub(crate) fn insert(&mut self, item: T) -> u64 {
        let place = *self.places.entry(item.key()).or_insert(self.next);
        self.next = self.next.max(place + 1);
        self.items.insert(place, Arc::new(item));
        place
    }

    /// Changes an item, but not its key.
    pub(crate) fn change<Q, R>(&mut self, key: &Q, change: impl FnOnce(&mut T) -> R) -> Option<R>
    where
        T::Key: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        let place = self.place(key)?;
        self.items.get_mut(&place).map(Arc::make_mut).map(change)
    }

    /// Changes all items that this holds for.
    pub(crate) fn change_where(&mut self, holds: impl Fn(&T) -> bool, change: impl Fn(&mut T)) {
        self.items.values_mut().filter(|item| holds(item)).map(Arc::make_mut).for_each(change);
    }

    pub(crate) fn remove<Q>(&mut self, key: &Q) -> Option<T>
    where
        T::Key: Borrow<Q>,
        Q: Eq + Hash + ?Sized,
    {
        self.items.remove(&self.places.remove(key)?).map(Arc::unwrap_or_clone)
    }

    /// Removes all items that this does not hold for.
    pub(crate) fn retain(&mut self, holds: impl Fn(&T) -> bool) {
        self.items.retain(|_, item| holds(item) || self.places.remove(&item.key()).is_none());
    }
}

impl<T: Keyed<Key = Arc<str>>> Ordered<T> {
    /// Returns the id that was given, or a new one.
    pub(crate) fn id(&self, given: Option<String>, ids: &mut Ids) -> String {
        given.unwrap_or_else(|| ids.free_id(|id| self.get(id).is_some()))
    }
}
