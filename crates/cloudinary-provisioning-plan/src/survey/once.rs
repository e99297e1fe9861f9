//! What counts once, however often a list has it.

use std::collections::BTreeSet;

/// Keeps the first of each id.
pub(super) fn once<T, K: Ord>(items: Vec<T>, id: impl Fn(&T) -> K) -> Vec<T> {
    let mut seen = BTreeSet::new();
    items.into_iter().filter(|item| seen.insert(id(item))).collect()
}
