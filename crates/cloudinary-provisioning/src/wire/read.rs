//! Reading: leniently for scalars, strictly for what holds them, and with the place of what is wrong.

use std::fmt::{self, Write as _};
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};

use super::Typed;
use super::record::{Keys, ignore};
use crate::json::{self, Unreadable};
use crate::models::JsonObject;

/// A type that responses hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a response",
    label = "a response holds scalars, ids, open enums, models, and lists of such"
)]
pub(crate) trait Read: Typed + Sized {
    /// What is expected, for messages.
    const EXPECTED: &'static str;

    /// Reads a value; `None` where it is null, or as good as that.
    fn read<'de, D: Deserializer<'de>>(deserializer: D, trail: &mut Trail) -> Result<Option<Self>, D::Error>;

    /// Reads a value that cannot be null.
    fn read_required<'de, D: Deserializer<'de>>(deserializer: D, trail: &mut Trail) -> Result<Self, D::Error> {
        Self::read(deserializer, trail)?.ok_or_else(null::<Self, _>)
    }

    #[cfg(feature = "serialize")]
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;
}

/// Where in the body reading failed. It costs nothing until then: each level adds its own step on the way out.
#[derive(Debug, Default)]
pub(crate) struct Trail(Vec<Step>);

#[derive(Debug)]
enum Step {
    Key(&'static str),
    /// A key of the server's own.
    Name(String),
    Index(usize),
}

impl Trail {
    pub(super) fn key(&mut self, key: &'static str) {
        self.0.push(Step::Key(key));
    }

    fn name(&mut self, name: &str) {
        self.0.push(Step::Name(name.chars().take(LONGEST_NAME).collect()));
    }

    fn index(&mut self, index: usize) {
        self.0.push(Step::Index(index));
    }
}

/// How much of a key of the server's own is told.
const LONGEST_NAME: usize = 100;

/// As `users[3].created_at`; `.` for the whole.
impl fmt::Display for Trail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_char('.');
        }
        for (at, step) in self.0.iter().rev().enumerate() {
            let key = match step {
                Step::Key(key) => *key,
                Step::Name(name) => name.as_str(),
                Step::Index(index) => {
                    write!(f, "[{index}]")?;
                    continue;
                }
            };
            f.write_str(if at == 0 { "" } else { "." })?;
            f.write_str(key)?;
        }
        Ok(())
    }
}

/// For `Deserialize`, where nobody asks for the place.
pub(crate) fn read_whole<'de, T: Read, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::read_required(deserializer, &mut Trail::default())
}

/// Reads a success whose value stands under these keys: none for the body itself.
pub(crate) fn decode<T: Read>(body: &[u8], keys: &'static [&'static str]) -> Result<(T, Option<String>), Unreadable> {
    let mut trail = Trail::default();
    // Validating the whole body as UTF-8 once is quicker than each of its strings. What is not valid takes the other
    // way, which finds the string that is at fault, if it is one that matters.
    let result = match std::str::from_utf8(body) {
        Ok(text) => read_all(&mut serde_json::Deserializer::from_str(text), keys, &mut trail),
        Err(_) => read_all(&mut serde_json::Deserializer::from_slice(body), keys, &mut trail),
    };
    result.map_err(|error| json::unreadable(trail.to_string(), &error, body))
}

/// Reads a success that may come without a body.
pub(crate) fn decode_optional<T: Read + Default>(body: &[u8]) -> Result<T, Unreadable> {
    if body.trim_ascii().is_empty() { Ok(T::default()) } else { decode(body, &[]).map(|(value, _)| value) }
}

fn read_all<'de, T: Read, R: serde_json::de::Read<'de>>(
    deserializer: &mut serde_json::Deserializer<R>,
    keys: &'static [&'static str],
    trail: &mut Trail,
) -> Result<(T, Option<String>), serde_json::Error> {
    let mut cursor = None;
    let seed = Envelope { keys, cursor: &mut cursor, trail, value: PhantomData };
    let value = serde::de::DeserializeSeed::deserialize(seed, &mut *deserializer)?;
    deserializer.end()?;
    Ok((value, cursor))
}

/// A value under keys, with a `next_cursor` beside the first one.
struct Envelope<'t, T> {
    keys: &'static [&'static str],
    cursor: &'t mut Option<String>,
    trail: &'t mut Trail,
    value: PhantomData<T>,
}

impl<'de, T: Read> serde::de::DeserializeSeed<'de> for Envelope<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        if self.keys.is_empty() {
            return T::read_required(deserializer, self.trail);
        }
        deserializer.deserialize_any(self)
    }
}

impl<'de, T: Read> Visitor<'de> for Envelope<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let Self { keys, cursor, trail, value: _ } = self;
        let Some((key, inner)) = keys.split_first() else { return Err(A::Error::custom("there is no key")) };
        let mut keys = Keys::new(|name: &str| match name {
            "next_cursor" => Some((1, "next_cursor")),
            name => (name == *key).then_some((0, *key)),
        });
        let mut found = None;
        while let Some(number) = map.next_key_seed(&mut keys)? {
            match number {
                Some(0) => {
                    let seed = Envelope { keys: inner, cursor: &mut None, trail: &mut *trail, value: PhantomData };
                    found = Some(map.next_value_seed(seed).inspect_err(|_| trail.key(key))?);
                }
                Some(_) => {
                    let seed = Seed::<String>(&mut *trail, PhantomData);
                    *cursor = map.next_value_seed(seed).inspect_err(|_| trail.key("next_cursor"))?;
                }
                None => ignore(&mut map)?,
            }
        }
        found.ok_or_else(|| A::Error::missing_field(key))
    }
}

/// A value or null, as a field or an item.
pub(super) struct Seed<'t, T>(pub(super) &'t mut Trail, pub(super) PhantomData<T>);

impl<'de, T: Read> serde::de::DeserializeSeed<'de> for Seed<'_, T> {
    type Value = Option<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Option<T>, D::Error> {
        T::read(deserializer, self.0)
    }
}

pub(super) fn null<T: Read, E: Error>() -> E {
    E::invalid_type(Unexpected::Unit, &T::EXPECTED)
}

impl<T: Read> Read for Vec<T> {
    const EXPECTED: &'static str = "a list";

    fn read<'de, D: Deserializer<'de>>(deserializer: D, trail: &mut Trail) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(ListVisitor(trail, PhantomData))
    }

    #[cfg(feature = "serialize")]
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter().map(Written))
    }
}

/// An item of a list, which cannot be null.
struct Item<'t, T> {
    trail: &'t mut Trail,
    index: usize,
    value: PhantomData<T>,
}

impl<'de, T: Read> serde::de::DeserializeSeed<'de> for Item<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        T::read_required(deserializer, self.trail).inspect_err(|_| self.trail.index(self.index))
    }
}

struct ListVisitor<'t, T>(&'t mut Trail, PhantomData<T>);

impl<'de, T: Read> Visitor<'de> for ListVisitor<'_, T> {
    type Value = Option<Vec<T>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) =
            items.next_element_seed(Item { trail: &mut *self.0, index: list.len(), value: self.1 })?
        {
            list.push(item);
        }
        Ok(Some(list))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

/// An object of any content arrives whole.
impl Read for JsonObject {
    const EXPECTED: &'static str = "an object";

    fn read<'de, D: Deserializer<'de>>(deserializer: D, trail: &mut Trail) -> Result<Option<Self>, D::Error> {
        deserializer.deserialize_any(ObjectVisitor(trail))
    }

    #[cfg(feature = "serialize")]
    fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serde::Serialize::serialize(self, serializer)
    }
}

struct ObjectVisitor<'t>(&'t mut Trail);

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
pub(crate) struct Written<'a, T>(pub(crate) &'a T);

#[cfg(feature = "serialize")]
impl<T: Read> serde::Serialize for Written<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

#[cfg(feature = "serialize")]
impl<T: Read> serde::Serialize for Written<'_, Option<T>> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.as_ref().map(Written).serialize(serializer)
    }
}
