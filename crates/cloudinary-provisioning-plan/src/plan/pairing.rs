//! Which object of the account each declared one is.

use std::collections::{BTreeMap, BTreeSet};

/// What a declared object is in the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pairing<T> {
    /// There is none of its name.
    New,
    /// It is there.
    Found(T),
    /// It is there under its former name.
    Renamed(T),
    /// So many have the name.
    Ambiguous(usize),
}

impl<T> Pairing<T> {
    pub(crate) fn found(self) -> Option<T> {
        match self {
            Self::Found(found) | Self::Renamed(found) => Some(found),
            Self::New | Self::Ambiguous(_) => None,
        }
    }

    pub(crate) fn map<U>(self, map: impl FnOnce(T) -> Option<U>) -> Pairing<U> {
        match self {
            Self::Found(found) => map(found).map_or(Pairing::New, Pairing::Found),
            Self::Renamed(found) => map(found).map_or(Pairing::New, Pairing::Renamed),
            Self::New => Pairing::New,
            Self::Ambiguous(count) => Pairing::Ambiguous(count),
        }
    }
}

/// The name that a declared object should have, and the one that it had.
#[derive(Clone, Debug)]
pub(crate) struct Names {
    pub(crate) name: String,
    pub(crate) was: Option<String>,
}

impl Names {
    pub(crate) fn new(name: impl ToString, was: Option<impl ToString>) -> Self {
        Self { name: name.to_string(), was: was.map(|was| was.to_string()) }
    }
}

/// Pairs declared objects with the places of those found.
///
/// An object is looked for by its name first and then by its former one, so that a rename that was made already is no
/// longer one. A chain of renames (`b` was `a`, `c` was `b`) is seen as such.
pub(crate) fn pair<'f>(declared: &[Names], found: impl IntoIterator<Item = &'f str>) -> Vec<Pairing<usize>> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, name) in found.into_iter().enumerate() {
        by_name.entry(name).or_default().push(at);
    }
    let holders = |name: &str, renamed: &BTreeSet<usize>| -> Vec<usize> {
        let all = by_name.get(name).map_or(&[][..], Vec::as_slice);
        all.iter().copied().filter(|at| !renamed.contains(at)).collect()
    };
    // Which found object each declared one has to be renamed from, until no rename makes room for another.
    let mut claims: BTreeMap<usize, usize> = BTreeMap::new();
    let mut renamed = BTreeSet::new();
    loop {
        let next = declared.iter().enumerate().find_map(|(place, declared)| {
            let was = declared.was.as_deref().filter(|_| !claims.contains_key(&place))?;
            let former = holders(was, &renamed);
            let [at] = former.as_slice() else { return None };
            holders(&declared.name, &renamed).is_empty().then_some((place, *at))
        });
        let Some((place, at)) = next else { break };
        claims.insert(place, at);
        renamed.insert(at);
    }
    let pairing = |(place, declared): (usize, &Names)| {
        if let Some(at) = claims.get(&place) {
            return Pairing::Renamed(*at);
        }
        let mut all = holders(&declared.name, &renamed);
        if all.is_empty() {
            all = declared.was.as_deref().map(|was| holders(was, &renamed)).unwrap_or_default();
        }
        match all.as_slice() {
            [] => Pairing::New,
            [at] => Pairing::Found(*at),
            many => Pairing::Ambiguous(many.len()),
        }
    };
    declared.iter().enumerate().map(pairing).collect()
}

#[cfg(test)]
mod tests {
    use super::Pairing::{Ambiguous, Found, New, Renamed};
    use super::*;

    fn paired(declared: &[(&str, Option<&str>)], found: &[&str]) -> Vec<Pairing<usize>> {
        let declared: Vec<_> = declared.iter().map(|(name, was)| Names::new(name, *was)).collect();
        pair(&declared, found.iter().copied())
    }

    #[test]
    fn a_rename_that_was_made_is_found() {
        assert_eq!(paired(&[("b", Some("a"))], &["b", "a"]), [Found(0)]);
        assert_eq!(paired(&[("b", Some("a"))], &["a"]), [Renamed(0)]);
        assert_eq!(paired(&[("b", Some("a"))], &[]), [New]);
    }

    #[test]
    fn a_chain_of_renames_is_seen_in_any_order() {
        assert_eq!(paired(&[("b", Some("a")), ("c", Some("b"))], &["a", "b"]), [Renamed(0), Renamed(1)]);
        assert_eq!(paired(&[("c", Some("b")), ("b", Some("a"))], &["a", "b"]), [Renamed(1), Renamed(0)]);
    }

    #[test]
    fn two_of_a_name_are_ambiguous() {
        assert_eq!(paired(&[("b", Some("a"))], &["a", "a"]), [Ambiguous(2)]);
        assert_eq!(paired(&[("a", None)], &["a", "a"]), [Ambiguous(2)]);
    }
}
