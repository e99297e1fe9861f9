//! Reading a body: the value under its keys, and the cursor next to it.

use crate::wire::json::{self, Unreadable};
use crate::wire::json_path::JsonPath;
use crate::wire::keys::{Keys, ignore};
use crate::wire::read::{Read, Seed};
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use std::fmt;
use std::marker::PhantomData;

/// Reads a success whose value stands under these keys: none for the body itself.
pub(crate) fn decode<T: Read>(body: &[u8], keys: &'static [&'static str]) -> Result<(T, Option<String>), Unreadable> {
    // Validating the whole body as UTF-8 once is quicker than each of its strings.
    let text = std::str::from_utf8(body).ok();
    let read = |text| read_all(&mut serde_json::Deserializer::from_str(text), keys, &mut JsonPath::default());
    if let Some(found) = text.and_then(|text| read(text).ok()) {
        return Ok(found);
    }
    // A field that is not known must not make a response unreadable, whatever is in it.
    let mut path = JsonPath::skipping_unknown();
    read_all(&mut serde_json::Deserializer::from_slice(body), keys, &mut path)
        .map_err(|error| json::unreadable(path.to_string(), &error, body))
}

/// Reads a success that may come without a body.
pub(crate) fn decode_optional<T: Read + Default>(body: &[u8]) -> Result<T, Unreadable> {
    if body.trim_ascii().is_empty() { Ok(T::default()) } else { decode(body, &[]).map(|(value, _)| value) }
}

fn read_all<'de, T: Read, R: serde_json::de::Read<'de>>(
    deserializer: &mut serde_json::Deserializer<R>,
    keys: &'static [&'static str],
    path: &mut JsonPath,
) -> Result<(T, Option<String>), serde_json::Error> {
    let mut cursor = None;
    let seed = Envelope { keys, cursor: &mut cursor, path, value: PhantomData };
    let value = serde::de::DeserializeSeed::deserialize(seed, &mut *deserializer)?;
    deserializer.end()?;
    Ok((value, cursor))
}

/// A value under keys, with a `next_cursor` beside the first one.
struct Envelope<'t, T> {
    keys: &'static [&'static str],
    cursor: &'t mut Option<String>,
    path: &'t mut JsonPath,
    value: PhantomData<T>,
}

impl<'de, T: Read> serde::de::DeserializeSeed<'de> for Envelope<'_, T> {
    type Value = T;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        if self.keys.is_empty() {
            return T::read_required(deserializer, self.path);
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
        let Self { keys, cursor, path, value: _ } = self;
        let Some((key, inner)) = keys.split_first() else { return Err(A::Error::custom("there is no key")) };
        let mut keys = Keys::new(|name: &str| match name {
            "next_cursor" => Some((1, "next_cursor")),
            name => (name == *key).then_some((0, *key)),
        });
        let mut found = None;
        while let Some(number) = map.next_key_seed(&mut keys)? {
            match number {
                Some(0) => {
                    let seed = Envelope { keys: inner, cursor: &mut None, path: &mut *path, value: PhantomData };
                    found = Some(map.next_value_seed(seed).inspect_err(|_| path.key(key))?);
                }
                Some(_) => {
                    let seed = Seed::<String>(&mut *path, PhantomData);
                    *cursor = map.next_value_seed(seed).inspect_err(|_| path.key("next_cursor"))?;
                }
                None => ignore(&mut map)?,
            }
        }
        found.ok_or_else(|| A::Error::missing_field(key))
    }
}
