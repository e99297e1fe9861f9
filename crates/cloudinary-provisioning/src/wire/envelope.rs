//! Reading a body: the value under its keys, and the cursor next to it.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::str::Utf8Chunk;

use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::wire::json::{self, Unreadable};
use crate::wire::json_path::JsonPath;
use crate::wire::keys::{Keys, ignore};
use crate::wire::read::{Read, Seed};

/// Stands for bytes that are not UTF-8: half of a surrogate pair, which is an error in a string that is read and not in
/// one that is skipped, as those bytes are. The `x` is the error that they are behind a backslash.
const NOT_UTF8: &str = r"x\ud800";

/// Reads a success whose value stands under these keys: none for the body itself.
pub(crate) fn decode<T: Read>(body: &[u8], keys: &'static [&'static str]) -> Result<(T, Option<String>), Unreadable> {
    // Validating the whole body as UTF-8 once is quicker than each of its strings.
    let text = std::str::from_utf8(body).map_or_else(|_| Cow::Owned(marked(body)), Cow::Borrowed);
    if let Ok(found) = read_all(&text, keys, &mut JsonPath::default()) {
        return Ok(found);
    }
    // A field that is not known must not make a response unreadable, whatever is in it.
    let mut path = JsonPath::skipping_unknown();
    read_all(&text, keys, &mut path).map_err(|error| {
        let error = json::unreadable(path.to_string(), &error, text.as_bytes());
        let is_marked = matches!(text, Cow::Owned(_)) && error.message.contains("hex escape");
        if is_marked { Unreadable { message: "invalid UTF-8".to_owned(), ..error } } else { error }
    })
}

/// A body with its bytes that are not UTF-8 marked. The code that reads text is then all there is, and not compiled a
/// second time for bytes.
fn marked(body: &[u8]) -> String {
    let marks = |chunk: Utf8Chunk<'_>| if chunk.invalid().is_empty() { "" } else { NOT_UTF8 };
    body.utf8_chunks().map(|chunk| chunk.valid().to_owned() + marks(chunk)).collect()
}

/// Reads a success that may come without a body.
pub(crate) fn decode_optional<T: Read + Default>(body: &[u8]) -> Result<T, Unreadable> {
    if body.trim_ascii().is_empty() { Ok(T::default()) } else { decode(body, &[]).map(|(value, _)| value) }
}

fn read_all<T: Read>(
    text: &str,
    keys: &'static [&'static str],
    path: &mut JsonPath,
) -> Result<(T, Option<String>), serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let mut cursor = None;
    let seed = Envelope { keys, cursor: &mut cursor, path, value: PhantomData };
    let value = serde::de::DeserializeSeed::deserialize(seed, &mut deserializer)?;
    deserializer.end()?;
    Ok((value, cursor))
}

/// A value under keys, with a `next_cursor` next to the first one.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads an `id` beside a field that is not known.
    fn id(body: &[u8]) -> Result<String, Unreadable> {
        decode::<String>(body, &["id"]).map(|(id, _)| id)
    }

    #[test]
    fn bytes_that_are_not_utf8_are_an_error_only_where_they_are_read() {
        assert_eq!(id(b"{\"id\":\"u1\",\"x\":\"\xff\"}").unwrap(), "u1");
        assert_eq!(id(b"{\"x\":\"\\\\\xff\",\"id\":\"u1\"}").unwrap(), "u1");
        for body in [&b"{\"id\":\"\xff\"}"[..], b"{\"id\":\"u\\\\\xff1\"}"] {
            let error = id(body).unwrap_err();
            assert_eq!((error.path.as_str(), error.message.as_str(), error.truncated), ("id", "invalid UTF-8", false));
        }
    }

    #[test]
    fn bytes_that_are_not_utf8_are_an_error_outside_of_strings_and_behind_a_backslash() {
        assert!(id(b"{\"id\":\"u1\"\xff}").is_err());
        assert!(id(b"{\"id\":\"\\\xff\"}").is_err());
        assert!(id(b"{\"id\":\"u1\",\"x\":\"\\\xff\"}").is_err());
    }
}
