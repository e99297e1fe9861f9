//! Reading an object field by field.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::wire::json_path::JsonPath;
use crate::wire::read::{Read, Seed, null};

/// A model: an object that is read field by field.
pub(crate) trait Record: Sized {
    /// Finds the number of the field with this name, and the name as it is kept for errors.
    fn find(key: &str) -> Option<(u32, &'static str)>;

    fn fields<'de, A: MapAccess<'de>>(map: A, path: &mut JsonPath) -> Result<Self, A::Error>;
}

pub(crate) fn read_record<'de, T: Record, D: Deserializer<'de>>(
    deserializer: D,
    path: &mut JsonPath,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(RecordVisitor(path, PhantomData))
}

pub(crate) fn read_optional_record<'de, T: Record, D: Deserializer<'de>>(
    deserializer: D,
    path: &mut JsonPath,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_option(OptionalVisitor(path, PhantomData))
}

struct RecordVisitor<'t, T>(&'t mut JsonPath, PhantomData<T>);

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

struct OptionalVisitor<'t, T>(&'t mut JsonPath, PhantomData<T>);

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

/// Reads the value of an optional field.
///
/// It is compiled once for each type rather than inlined for each field. This keeps the fields of a model in memory;
/// otherwise the compiler moves them from one iteration to the next.
#[inline(never)]
pub(crate) fn next<'de, T: Read, A: MapAccess<'de>>(
    map: &mut A,
    path: &mut JsonPath,
    name: &'static str,
    field: &mut Option<T>,
) -> Result<(), A::Error> {
    match map.next_value_seed(Seed(&mut *path, PhantomData)) {
        Ok(value) => {
            *field = value;
            Ok(())
        }
        Err(error) => {
            path.key(name);
            Err(error)
        }
    }
}

/// Reads the value of a required field, which cannot be null.
pub(crate) fn next_required<'de, T: Read, A: MapAccess<'de>>(
    map: &mut A,
    path: &mut JsonPath,
    name: &'static str,
    field: &mut Option<T>,
) -> Result<(), A::Error> {
    next(map, path, name, field)?;
    if field.is_none() {
        path.key(name);
        return Err(null::<T, _>());
    }
    Ok(())
}

pub(crate) fn required<T, E: Error>(value: Option<T>, name: &'static str) -> Result<T, E> {
    value.ok_or_else(|| E::missing_field(name))
}
