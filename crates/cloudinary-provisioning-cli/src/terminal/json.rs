//! JSON texts whose numbers are kept as they are or refused.

use std::collections::BTreeMap;

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

/// How deep objects and lists are looked into. serde_json refuses deeper ones.
const DEPTH: usize = 128;

/// Reads a JSON text. A number that a [`Value`] could not hold as it is written, such as one beyond 64 bits, is refused
/// by its place.
pub(crate) fn read(text: &str) -> Result<Value, JsonError> {
    check(serde_json::from_str(text)?, "", DEPTH)?;
    Ok(serde_json::from_str(text)?)
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
    fn an_error_names_the_place() {
        let error = read(r#"{"a": [1, {"b": 100000000000000000001}], "c": "100000000000000000001"}"#).unwrap_err();
        assert_eq!(error.to_string(), "`a[1].b` is 100000000000000000001, a number that would be rounded");
        assert!(read(r#""100000000000000000001""#).is_ok());
        assert!(matches!(read(&"[".repeat(100_000)), Err(JsonError::Syntax(_))));
        assert!(matches!(read(&format!("{}{}", "[".repeat(1000), "]".repeat(1000))), Err(JsonError::Syntax(_))));
    }
}
