//! JSON bodies, and why one could not be read.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::wire::build_error::{BuildError, BuildReason};

/// The path of an error of the body as a whole.
const WHOLE: &str = ".";

/// Why a body could not be read.
#[derive(Debug)]
pub struct Unreadable {
    pub(crate) path: String,
    pub(crate) message: String,
    /// The text ended early: the body was most likely truncated.
    pub(crate) truncated: bool,
}

pub(crate) fn encode<T: Serialize + ?Sized>(body: &T) -> Result<Vec<u8>, BuildError> {
    serde_json::to_vec(body).map_err(|error| BuildError::new("body", BuildReason::Json(error.to_string())))
}

/// Reads a type that the caller defines. An error shows only the line and the column.
pub(crate) fn decode_foreign<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(body).map_err(|error| unreadable(WHOLE.to_owned(), &error, body))
}

#[cold]
pub(crate) fn unreadable(path: String, error: &serde_json::Error, body: &[u8]) -> Unreadable {
    let message = error.to_string();
    // Only the position distinguishes a number that ends early from one that is wrong.
    let cut_in_number = message.starts_with("invalid number") && points_at_end(error, body);
    Unreadable { path, message: without_values(&message), truncated: error.is_eof() || cut_in_number }
}

/// A `T` that must be a JSON object. A derived struct would take an array of its fields' values as well, so that
/// `[[]]` would be a list of nobody.
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ObjectVisitor<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
            type Value = Object<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Object<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(Object)
            }
        }

        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

fn points_at_end(error: &serde_json::Error, body: &[u8]) -> bool {
    let lines = body.split(|byte| *byte == b'\n');
    let (count, last) = lines.fold((0, 0), |(count, _), line| (count + 1, line.len()));
    error.line() == count && error.column() >= last
}

/// serde quotes the value that it did not expect: ``invalid type: string "…", expected …``. This removes the value and
/// keeps its type.
fn without_values(message: &str) -> String {
    for start in ["invalid type: ", "invalid value: "] {
        let Some(rest) = message.strip_prefix(start) else { continue };
        let Some(end) = rest.rfind(", expected ") else { continue };
        let (found, expected) = rest.split_at(end);
        let kind = found.split(['"', '`']).next().unwrap_or_default().trim_end();
        return format!("{start}{kind}{expected}");
    }
    message.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_left_out_of_messages() {
        for (message, expected) in [
            (
                r#"invalid type: string "hunter2", expected a boolean at line 1"#,
                "invalid type: string, expected a boolean at line 1",
            ),
            (r#"invalid type: string "a\", expected b", expected u64"#, "invalid type: string, expected u64"),
            ("invalid value: integer `-5`, expected u64", "invalid value: integer, expected u64"),
            ("invalid type: null, expected a string", "invalid type: null, expected a string"),
            ("missing field `id` at line 1 column 2", "missing field `id` at line 1 column 2"),
        ] {
            assert_eq!(without_values(message), expected);
        }
    }

    #[test]
    fn text_after_the_value_is_a_fault_of_the_whole() {
        let fault = decode_foreign::<u8>(b"1 2").unwrap_err();
        assert_eq!((fault.path.as_str(), fault.truncated), (".", false));
    }
}
