//! Reading an object field by field.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::read::{Read, Seed, Trail, null};

/// A model: an object that is read field by field.
pub(crate) trait Record: Sized {
    fn fields<'de, A: MapAccess<'de>>(map: A, trail: &mut Trail) -> Result<Self, A::Error>;
}

pub(crate) fn read_record<'de, T: Record, D: Deserializer<'de>>(
    deserializer: D,
    trail: &mut Trail,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(RecordVisitor(trail, PhantomData))
}

struct RecordVisitor<'t, T>(&'t mut Trail, PhantomData<T>);

/// Only objects: a derived struct would take an array of its fields' values as well, so that `[[]]` would be a list of
/// nobody.
impl<'de, T: Record> Visitor<'de> for RecordVisitor<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<T>, A::Error> {
        T::fields(map, self.0).map(Some)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// The keys of an object, each read as the index of the field that it names, or as a number beyond all of them.
///
/// The fields mostly come in their order, so that the field behind the last one is tried first.
pub(crate) struct Keys<'n> {
    names: &'n [&'static str],
    next: usize,
    seen: u64,
}

impl<'n> Keys<'n> {
    pub(crate) fn new(names: &'n [&'static str]) -> Self {
        Self { names, next: 0, seen: 0 }
    }

    fn find(&self, key: &str) -> usize {
        if self.names.get(self.next) == Some(&key) {
            return self.next;
        }
        self.names.iter().position(|name| *name == key).unwrap_or(usize::MAX)
    }
}

impl<'de> DeserializeSeed<'de> for &mut Keys<'_> {
    type Value = usize;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<usize, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for &mut Keys<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<usize, E> {
        let at = self.find(key);
        if let Some(name) = self.names.get(at) {
            let bit = 1 << at;
            if self.seen & bit != 0 {
                return Err(E::duplicate_field(name));
            }
            self.seen |= bit;
            self.next = at + 1;
        }
        Ok(at)
    }
}

/// Reads the value of an optional field.
pub(crate) fn next<'de, T: Read, A: MapAccess<'de>>(
    map: &mut A,
    trail: &mut Trail,
    name: &'static str,
) -> Result<Option<T>, A::Error> {
    map.next_value_seed(Seed(&mut *trail, PhantomData)).inspect_err(|_| trail.key(name))
}

/// Reads the value of a required field, which cannot be null.
pub(crate) fn next_required<'de, T: Read, A: MapAccess<'de>>(
    map: &mut A,
    trail: &mut Trail,
    name: &'static str,
) -> Result<Option<T>, A::Error> {
    match next(map, trail, name)? {
        None => {
            trail.key(name);
            Err(null::<T, _>())
        }
        value => Ok(value),
    }
}

/// Reads past the value of a field that is not known.
pub(crate) fn ignore<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

pub(crate) fn required<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}
