//! Names and values of a query or a body, in every form that clients send.

use std::collections::HashMap;

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use crate::response::answer::Failure;

/// The largest number of nested brackets that are read.
const MAX_DEPTH: usize = 8;

/// The values of a query or a body, by name.
#[derive(Debug, Default)]
pub(crate) struct Bag {
    given: HashMap<String, GivenValue>,
    missing: bool,
}

/// The values of one name.
#[derive(Debug)]
pub(crate) enum GivenValue {
    /// `a=1&a=2`.
    Plain(Vec<String>),
    /// `a[]=1&a[]=2` or `a[0]=1&a[1]=2`.
    Listed(Vec<String>),
    /// JSON, or the nested objects of `a[b]=1`.
    Json(Value),
}

impl Bag {
    pub(crate) fn get(&self, name: &str) -> Option<&GivenValue> {
        self.given.get(name)
    }

    /// Whether there was no body at all.
    pub(crate) fn is_missing(&self) -> bool {
        self.missing
    }

    /// A value that is a plain text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name)? {
            GivenValue::Plain(texts) => texts.last().map(String::as_str),
            GivenValue::Json(value) => value.as_str(),
            GivenValue::Listed(_) => None,
        }
    }

    /// The pairs of a query, or of a body in the same form.
    pub(crate) fn from_query(query: &[u8]) -> Self {
        let mut bag = Self::default();
        for (name, value) in form_urlencoded::parse(query) {
            bag.add(&name, value.into_owned());
        }
        bag
    }

    /// The fields of a body by its content type.
    pub(crate) fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Failure> {
        let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
        let (media_type, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
        let is = |expected: &str| media_type.trim().eq_ignore_ascii_case(expected);
        let form = is("application/x-www-form-urlencoded") || is("multipart/form-data");
        if body.is_empty() {
            // An empty form has no fields; empty JSON is a missing body.
            return Ok(Self { missing: !form, ..Self::default() });
        }
        if is("application/json") {
            return Self::from_json(body);
        }
        if is("application/x-www-form-urlencoded") {
            return Ok(Self::from_query(body));
        }
        if is("multipart/form-data") {
            let boundary = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("boundary="));
            return match boundary {
                Some(boundary) => Ok(Self::from_multipart(boundary.trim_matches('"'), body)),
                None => Err(Failure::bad_request("The request body is multipart without a boundary")),
            };
        }
        Err(Failure::bad_request("content-type must be application/json or that of a form"))
    }

    fn from_json(body: &[u8]) -> Result<Self, Failure> {
        let value = serde_json::from_slice(body)
            .map_err(|error| Failure::bad_request(format!("The request body is not JSON: {error}")))?;
        match value {
            Value::Object(map) => {
                let given = map.into_iter().map(|(name, value)| (name, GivenValue::Json(value))).collect();
                Ok(Self { given, missing: false })
            }
            // PHP writes an empty dictionary so.
            Value::Array(values) if values.is_empty() => Ok(Self::default()),
            _ => Err(Failure::bad_request("The request body must be a JSON object")),
        }
    }

    fn from_multipart(boundary: &str, body: &[u8]) -> Self {
        let mut bag = Self::default();
        let text = String::from_utf8_lossy(body);
        // The first piece is a preamble, the last one an epilogue.
        for part in text.split(&format!("--{boundary}")).skip(1) {
            let Some((head, value)) = part.split_once("\r\n\r\n") else {
                continue;
            };
            let disposition =
                head.lines().find(|line| line.to_ascii_lowercase().starts_with("content-disposition:")).unwrap_or("");
            let name = disposition.split(';').find_map(|parameter| parameter.trim().strip_prefix("name="));
            if let Some(name) = name {
                bag.add(name.trim_matches('"'), value.strip_suffix("\r\n").unwrap_or(value).to_owned());
            }
        }
        bag
    }

    fn add(&mut self, name: &str, value: String) {
        let (name, keys) = keys_of(name);
        let number = |key: &str| key.bytes().all(|byte| byte.is_ascii_digit());
        match keys.as_slice() {
            [] => match self.given.entry(name.to_owned()).or_insert_with(|| GivenValue::Plain(Vec::new())) {
                GivenValue::Plain(texts) | GivenValue::Listed(texts) => texts.push(value),
                given @ GivenValue::Json(_) => *given = GivenValue::Plain(vec![value]),
            },
            [key] if number(key) => {
                match self.given.entry(name.to_owned()).or_insert_with(|| GivenValue::Listed(Vec::new())) {
                    GivenValue::Listed(texts) => texts.push(value),
                    given => *given = GivenValue::Listed(vec![value]),
                }
            }
            keys => {
                let given = self.given.entry(name.to_owned()).or_insert_with(|| GivenValue::Json(Value::Null));
                if !matches!(given, GivenValue::Json(_)) {
                    *given = GivenValue::Json(Value::Null);
                }
                if let GivenValue::Json(slot) = given {
                    nest(slot, keys, value);
                }
            }
        }
    }
}

/// Splits `a[b][c]`. A name that is not well-formed stays whole.
fn keys_of(name: &str) -> (&str, Vec<&str>) {
    let Some((plain, rest)) = name.strip_suffix(']').and_then(|name| name.split_once('[')) else {
        return (name, Vec::new());
    };
    let keys: Vec<_> = rest.split("][").collect();
    if plain.is_empty() || keys.len() > MAX_DEPTH { (name, Vec::new()) } else { (plain, keys) }
}

/// Puts a text below these keys. An empty key followed by others belongs to the last object that lacks the next key.
fn nest(slot: &mut Value, keys: &[&str], text: String) {
    let mut slot = slot;
    let mut keys = keys.iter();
    while let Some(key) = keys.next() {
        if key.is_empty() {
            if !slot.is_array() {
                *slot = Value::Array(Vec::new());
            }
            let Value::Array(values) = slot else {
                return;
            };
            let next = keys.as_slice().first();
            let fresh = match (values.last(), next) {
                (Some(Value::Object(last)), Some(next)) => last.contains_key(*next),
                _ => true,
            };
            if fresh {
                values.push(Value::Null);
            }
            let Some(last) = values.last_mut() else {
                return;
            };
            slot = last;
        } else {
            if !slot.is_object() {
                *slot = Value::Object(Map::new());
            }
            let Value::Object(map) = slot else {
                return;
            };
            slot = map.entry((*key).to_owned()).or_insert(Value::Null);
        }
    }
    *slot = Value::String(text);
}
