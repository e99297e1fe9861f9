//! JSON bodies of successes. The path of a fault is looked for only once there is a fault.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{BuildError, BuildReason};

/// Why a body could not be read.
#[derive(Debug)]
pub struct Unreadable {
    pub(crate) path: String,
    pub(crate) message: String,
    /// The text ended early: the body was most likely cut off.
    pub(crate) truncated: bool,
}

pub(crate) fn encode<T: Serialize>(body: &T) -> Result<Vec<u8>, BuildError> {
    serde_json::to_vec(body).map_err(|error| BuildError::new("body", BuildReason::Json(error.to_string())))
}

pub(crate) fn decode<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    // Validating the whole body as UTF-8 once is quicker than each of its strings. What is not valid takes the other
    // way, which finds the string that is at fault, if it is one that matters.
    let result = match std::str::from_utf8(body) {
        Ok(text) => serde_json::from_str(text),
        Err(_) => serde_json::from_slice(body),
    };
    result.map_err(|error| explain::<T>(body, &error))
}

#[cold]
fn explain<T: DeserializeOwned>(body: &[u8], error: &serde_json::Error) -> Unreadable {
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let path = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(located) => located.path().to_string(),
        // Only text after the value is left to be wrong.
        Ok(_) => ".".to_owned(),
    };
    Unreadable { path, message: without_values(&error.to_string()), truncated: error.is_eof() }
}

/// serde quotes the value that it did not expect: ``invalid type: string "…", expected …``. The value goes, its
/// type stays.
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
        let fault = decode::<u8>(b"1 2").unwrap_err();
        assert_eq!((fault.path.as_str(), fault.truncated), (".", false));
    }
}
