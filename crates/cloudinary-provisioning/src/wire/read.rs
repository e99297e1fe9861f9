//! Reading: lenient for scalars, strict for objects and lists, with the place of an error.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use crate::wire::json_object::JsonObject;
use crate::wire::json_path::JsonPath;
use crate::wire::kind::Typed;

/// A type that responses hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a response",
    label = "a response holds scalars, ids, open enums, models, and lists of these"
)]
pub(crate) trait Read: Typed + Sized {
    /// What is expected, for messages.
    const EXPECTED: &'static str;

    /// Reads a value; `None` if it is null or counts as null.
    fn read<'de, D: Deserializer<'de>>(deserializer: D, path: &mut JsonPath) -> Result<Option<Self>, D::Error>;

    /// Reads a value that cannot be null.
    fn read_required<'de, D: Deserializer<'de>>(deserializer: D, path: &mut JsonPath) -> Result<Self, D::Error> {
        Self::read(deserializer, path)?.ok_or_else(null::<Self, _>)
    }

    /// Reads a list that is written as one text; `None` for types that are never written so.
    fn list_of_text(_: &str) -> Option<Vec<Self>> {
        None
    }

    #[cfg(feature = "serialize")]
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// For `Deserialize`, whose errors do not show the place.
pub(crate) fn read_whole<'de, T: Read, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read_required(deserializer, &mut JsonPath::default())
}

/// A value or null, as a field or an item.
pub(crate) struct Seed<'t, T>(pub(crate) &'t mut JsonPath, pub(crate) PhantomData<T>);

impl<'de, T: Read> serde::de::DeserializeSeed<'de> for Seed<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::read(deserializer, self.0)
    }
}

pub(crate) fn null<T: Read, E: Error>() -> E {
    E::invalid_type(Unexpected::Unit, &T::EXPECTED)
}

impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn read<'de, D: Deserializer<'de>>(deserializer: D, path: &mut JsonPath) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(ListVisitor(path, PhantomData))
    }

    #[cfg(feature = "serialize")]
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(AsJson))
    }
}

/// An item of a list, which cannot be null.
struct Item<'t, T> {
    path: &'t mut JsonPath,
    index: usize,
    value: PhantomData<T>,
}

impl<'de, T: Read> serde::de::DeserializeSeed<'de> for Item<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read_required(deserializer, self.path).inspect_err(|_| self.path.index(self.index))
    }
}

struct ListVisitor<'t, T>(&'t mut JsonPath, PhantomData<T>);

impl<'de, T: Read> Visitor<'de> for ListVisitor<'_, T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Item { path: &mut *self.0, index: list.len(), value: self.1 })? {
            list.push(item);
        }
        Ok(Some(list))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        T::list_of_text(text).map(Some).ok_or_else(|| E::invalid_type(Unexpected::Str(text), &self))
    }
}

/// An object of any content arrives whole.
impl Read for JsonObject {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(deserializer: D, path: &mut JsonPath) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(path))
    }

    #[cfg(feature = "serialize")]
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(self, serializer)
    }
}

struct ObjectVisitor<'t>(&'t mut JsonPath);

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = Option<JsonObject>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = JsonObject::new();
        while let Some(key) = map.next_key::<String>()? {
            let value = map.next_value().inspect_err(|_| self.0.name(&key))?;
            object.insert(key, value);
        }
        Ok(Some(object))
    }
}

/// A value as it is serialized.
#[cfg(feature = "serialize")]
pub(crate) struct AsJson<'a, T>(pub(crate) &'a T);

#[cfg(feature = "serialize")]
impl<T: Read> serde::Serialize for AsJson<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

#[cfg(feature = "serialize")]
impl<T: Read> serde::Serialize for AsJson<'_, Option<T>> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().map(AsJson).serialize(serializer)
    }
}
