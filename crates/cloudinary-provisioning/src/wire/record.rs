//! Reading an object field by field.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};

use super::read::{Read, Seed, Trail, null};

/// A model: an object that is read field by field.
pub(crate) trait Record: Sized {
    /// Finds the number of the field with this name, and the name as it is kept for errors.
    fn find(key: &str) -> Option<(u32, &'static str)>;

    fn fields<'de, A: MapAccess<'de>>(map: A, trail: &mut Trail) -> Result<Self, A::Error>;
}

pub(crate) fn read_record<'de, T: Record, D: Deserializer<'de>>(
    deserializer: D,
    trail: &mut Trail,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(RecordVisitor(trail, PhantomData))
}

pub(crate) fn read_optional_record<'de, T: Record, D: Deserializer<'de>>(
    deserializer: D,
    trail: &mut Trail,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_option(OptionalVisitor(trail, PhantomData))
}

struct RecordVisitor<'t, T>(&'t mut Trail, PhantomData<T>);

/// Only objects: a derived struct would take an array of its fields' values as well, so that `[[]]` would be a list of
/// nobody.
impl<'de, T: Record> Visitor<'de> for RecordVisitor<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::fields(map, self.0)
    }
}

struct OptionalVisitor<'t, T>(&'t mut Trail, PhantomData<T>);

impl<'de, T: Record> Visitor<'de> for OptionalVisitor<'_, T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        read_record(deserializer, self.0).map(Some)
    }

    fn visit_none<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Option<T>, E> {
        Ok(None)
    }
}

/// A name with its length in front.
pub(crate) const fn sized(name: &str) -> (usize, &str) {
    (name.len(), name)
}

/// The keys of an object, each read as the number of the field that it names.
pub(crate) struct Keys<F> {
    find: F,
    seen: u64,
}

impl<F: Fn(&str) -> Option<(u32, &'static str)>> Keys<F> {
    pub(crate) fn new(find: F) -> Self {
        Self { find, seen: 0 }
    }
}

impl<'de, F: Fn(&str) -> Option<(u32, &'static str)>> DeserializeSeed<'de> for &mut Keys<F> {
    /// `None` for a key that is not known.
    type Value = Option<u32>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<F: Fn(&str) -> Option<(u32, &'static str)>> Visitor<'_> for &mut Keys<F> {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        let Some((number, name)) = (self.find)(key) else { return Ok(None) };
        let bit = 1 << number;
        if self.seen & bit != 0 {
            return Err(E::duplicate_field(name));
        }
        self.seen |= bit;
        Ok(Some(number))
    }
}

/// Reads the value of an optional field.
///
/// A function of its own for each type, and not for each field: that keeps the fields of a model in memory, where the
/// compiler would else move them from one iteration to the next.
#[inline(never)]
pub(crate) fn next<'de, T: Read, A: MapAccess<'de>>(
    map: &mut A,
    trail: &mut Trail,
    name: &'static str,
    field: &mut Option<T>,
) -> Result<(), A::Error> {
    match map.next_value_seed(Seed(&mut *trail, PhantomData)) {
        Ok(value) => {
            *field = value;
            Ok(())
        }
        Err(error) => {
            trail.key(name);
            Err(error)
        }
    }
}

/// Reads the value of a required field, which cannot be null.
pub(crate) fn next_required<'de, T: Read, A: MapAccess<'de>>(
    map: &mut A,
    trail: &mut Trail,
    name: &'static str,
    field: &mut Option<T>,
) -> Result<(), A::Error> {
    next(map, trail, name, field)?;
    if field.is_none() {
        trail.key(name);
        return Err(null::<T, _>());
    }
    Ok(())
}

/// Reads past the value of a field that is not known.
pub(crate) fn ignore<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

pub(crate) fn required<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}
