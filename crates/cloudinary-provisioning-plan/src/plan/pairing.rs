//! Which object of the account each declared one is.

use std::collections::BTreeMap;

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
    pub(crate) fn new(name: impl AsRef<str>, was: Option<impl AsRef<str>>) -> Self {
        Self { name: name.as_ref().to_owned(), was: was.map(|was| was.as_ref().to_owned()) }
    }
}

/// Pairs declared objects with the places of those found.
///
/// An object is looked for by its name first and then by its former one, so that a rename that was made already is no
/// longer one. No former name is the name of another declared object: a manifest that says so is refused.
pub(crate) fn pair<'f>(declared: &[Names], found: impl IntoIterator<Item = &'f str>) -> Vec<Pairing<usize>> {
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, name) in found.into_iter().enumerate() {
        by_name.entry(name).or_default().push(at);
    }
    let holders = |name: &str| by_name.get(name).map_or(&[][..], Vec::as_slice);
    let pairing = |declared: &Names| {
        let former = declared.was.as_deref().map_or(&[][..], holders);
        match (holders(&declared.name), former) {
            ([], []) => Pairing::New,
            ([at], _) => Pairing::Found(*at),
            ([], [at]) => Pairing::Renamed(*at),
            ([], many) | (many, _) => Pairing::Ambiguous(many.len()),
        }
    };
    declared.iter().map(pairing).collect()
}

#[cfg(test)]
mod tests {
    use super::Pairing::{Ambiguous, Found, New, Renamed};
    use super::*;

    #[test]
    fn an_object_is_found_by_its_name_and_then_by_its_former_one() {
        for (was, found, pairing) in [
            (Some("a"), &["b", "a"][..], Found(0)),
            (Some("a"), &["a"], Renamed(0)),
            (Some("a"), &[], New),
            (Some("a"), &["a", "a"], Ambiguous(2)),
            (None, &["b", "b"], Ambiguous(2)),
        ] {
            assert_eq!(pair(&[Names::new("b", was)], found.iter().copied()), [pairing], "{found:?}");
        }
    }
}
