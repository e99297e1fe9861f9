//! JSON texts whose numbers are kept as they are or refused.

use std::collections::BTreeMap;

use serde::ser::{Error, Serialize, SerializeMap, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// Why a text cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JsonError {
    #[error("is not JSON: {0}")]
    Syntax(#[from] serde_json::Error),
    #[error("{}is {number}, a number that would be rounded", of_place(path))]
    Number { path: String, number: String },
}

/// How deep objects and lists are looked into. `serde_json` refuses deeper ones.
const DEPTH: usize = 128;

/// Reads a JSON text. A number that a [`Value`] could not hold as it is written, such as one beyond 64 bits, is refused
/// by its place.
pub(crate) fn read(text: &str) -> Result<Value, JsonError> {
    check(serde_json::from_str(text)?, "", DEPTH)?;
    Ok(serde_json::from_str(text)?)
}

/// Stands in front of a number that is held as a text, to keep its digits. It is a character for private use.
const MARK: char = '\u{e000}';

/// Puts numbers that a [`Value`] would round into texts, which [`Exact`] writes as the numbers that they were. Returns
/// `None` if there are none.
pub(crate) fn with_marked_numbers(json: &[u8]) -> Option<Vec<u8>> {
    let json = str::from_utf8(json).ok()?;
    let mut marked = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(byte) = json.as_bytes().get(at) {
        let rest = json.as_bytes().get(at..).unwrap_or_default();
        let length = match byte {
            b'"' => text_length(rest),
            b'-' | b'0'..=b'9' => {
                let length = rest.iter().take_while(|byte| b"+-.eE0123456789".contains(byte)).count();
                let token = json.get(at..at + length)?;
                if !is_kept(token) && serde_json::from_str::<&RawValue>(token).is_ok() {
                    marked.push_str(json.get(copied..at)?);
                    marked.extend(['"', MARK]);
                    marked.push_str(token);
                    marked.push('"');
                    copied = at + length;
                }
                length
            }
            _ => 1,
        };
        at += length;
    }
    if copied == 0 {
        return None;
    }
    marked.push_str(json.get(copied..)?);
    Some(marked.into_bytes())
}

/// How long a text is with its quotes.
fn text_length(rest: &[u8]) -> usize {
    let mut is_escaped = false;
    let end = rest.iter().skip(1).position(|byte| {
        let ends = *byte == b'"' && !is_escaped;
        is_escaped = *byte == b'\\' && !is_escaped;
        ends
    });
    end.map_or(rest.len(), |end| end + 2)
}

fn is_number(token: &str) -> bool {
    token.starts_with(|c: char| c == '-' || c.is_ascii_digit())
}

/// The digits of a number that is held as a text.
pub(crate) fn marked_number(text: &str) -> Option<&str> {
    text.strip_prefix(MARK).filter(|text| is_number(text) && serde_json::from_str::<&RawValue>(text).is_ok())
}

/// A value with all digits of its numbers, as JSON.
pub(crate) struct Exact<'v>(pub(crate) &'v Value);

impl Serialize for Exact<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::String(text) => match marked_number(text) {
                Some(number) => {
                    RawValue::from_string(number.to_owned()).map_err(S::Error::custom)?.serialize(serializer)
                }
                None => text.serialize(serializer),
            },
            Value::Array(items) => serializer.collect_seq(items.iter().map(Exact)),
            Value::Object(fields) => {
                let mut map = serializer.serialize_map(Some(fields.len()))?;
                fields.iter().try_for_each(|(name, value)| map.serialize_entry(name, &Exact(value)))?;
                map.end()
            }
            value => value.serialize(serializer),
        }
    }
}

fn check(value: &RawValue, path: &str, depth: usize) -> Result<(), JsonError> {
    let text = value.get();
    let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
    match text.bytes().next() {
        Some(b'{') => {
            let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text)?;
            let dot = if path.is_empty() { "" } else { "." };
            fields.into_iter().try_for_each(|(name, value)| check(value, &format!("{path}{dot}{name}"), depth))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(text)?;
            items
                .into_iter()
                .zip(0..)
                .try_for_each(|(value, at): (_, usize)| check(value, &format!("{path}[{at}]"), depth))
        }
        Some(b'-' | b'0'..=b'9') if !is_kept(text) => {
            Err(JsonError::Number { path: path.to_owned(), number: text.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Whether a number is still the same after it was read as 64 bits.
fn is_kept(number: &str) -> bool {
    if number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return number.parse::<i64>().is_ok() || number.parse::<u64>().is_ok();
    }
    let read = number.parse::<f64>().ok().filter(|read| read.is_finite());
    read.is_some_and(|read| decimal(number).is_some_and(|given| decimal(&format!("{read:e}")) == Some(given)))
}

/// A number as its digits and the exponent of the last one, so that `1.50` and `15e-1` are the same.
fn decimal(number: &str) -> Option<(String, i64)> {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{}{fraction}", whole.trim_start_matches('-'));
    let kept = digits.trim_end_matches('0');
    let zeros = i64::try_from(digits.len() - kept.len()).ok()?;
    let kept = kept.trim_start_matches('0').to_owned();
    if kept.is_empty() {
        return Some((kept, 0));
    }
    let exponent: i64 = exponent.parse().ok()?;
    Some((kept, exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?.checked_add(zeros)?))
}

fn of_place(path: &str) -> String {
    if path.is_empty() { String::new() } else { format!("`{path}` ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_kept_or_refused() {
        for kept in ["0", "-1", "18446744073709551615", "-9223372036854775808", "1.50", "0.1", "-2.5e-3", "1E+2", "0.0"]
        {
            assert!(read(kept).is_ok(), "{kept}");
        }
        for refused in ["18446744073709551616", "-9223372036854775809", "1e400", "1e-400", "0.12345678901234567890"] {
            let error = read(refused).unwrap_err().to_string();
            assert_eq!(error, format!("is {refused}, a number that would be rounded"));
        }
    }

    #[test]
    fn a_number_that_would_be_rounded_passes_through() {
        let json = r#"{"a\"1e999":[1, -123456789012345678901,0.12345678901234567890 ,"123456789012345678901"],"e":1e400,"é":2}"#;
        let marked = with_marked_numbers(json.as_bytes()).unwrap();
        let value: Value = serde_json::from_slice(&marked).unwrap();
        let expected = json.replace(", -", ",-").replace(" ,", ",");
        assert_eq!(serde_json::to_string(&Exact(&value)).unwrap(), expected);
        assert_eq!(with_marked_numbers(br#"{"a":[1.5,-2,"1e999"]}"#), None);
        for broken in ["\"\\", "1e", "-", "{\"a\":99999999999999999999", "\"99999999999999999999"] {
            // It is as broken as before.
            let marked = with_marked_numbers(broken.as_bytes()).unwrap_or_else(|| broken.as_bytes().to_vec());
            assert!(serde_json::from_slice::<Value>(&marked).is_err(), "{broken}");
        }
    }

    #[test]
    fn an_error_names_the_place() {
        let error = read(r#"{"a": [1, {"b": 100000000000000000001}], "c": "100000000000000000001"}"#).unwrap_err();
        assert_eq!(error.to_string(), "`a[1].b` is 100000000000000000001, a number that would be rounded");
        assert!(read(r#""100000000000000000001""#).is_ok());
        assert!(matches!(read(&"[".repeat(100_000)), Err(JsonError::Syntax(_))));
        assert!(matches!(read(&format!("{}{}", "[".repeat(1000), "]".repeat(1000))), Err(JsonError::Syntax(_))));
    }
}
