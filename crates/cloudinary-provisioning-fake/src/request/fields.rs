//! The fields of a request, each of the type that the facts give it.

use serde_json::{Map, Value};
use time::Date;

use crate::base::clock::parse_date;
use crate::base::keyword::Keyword;
use crate::facts::{FieldPlace, FieldType, OperationFacts, Shape};
use crate::request::form::{Bag, GivenValue};
use crate::response::answer::{Failure, Misfit};

/// What a request says, by the operation's entry in the facts.
///
/// Every value here has the type, the length and the choice that the facts ask for, and what they require is there.
#[derive(Debug)]
pub(crate) struct RequestFields {
    path: Vec<(&'static str, String)>,
    values: Vec<(&'static str, Value)>,
}

impl RequestFields {
    /// Reads the fields of an operation. `last_wins` makes the last of repeated plain values count alone.
    pub(crate) fn read(
        operation: &'static OperationFacts,
        path: Vec<(&'static str, String)>,
        query: &Bag,
        body: &Bag,
        last_wins: bool,
    ) -> Result<Self, Failure> {
        let mut values = Vec::new();
        for (name, place, shape) in operation.fields() {
            // Clients differ in where they put a field: some send a list's parameters as the body of a GET.
            let given = match place {
                FieldPlace::Body => body.get(name).or_else(|| query.get(name)),
                _ => query.get(name).or_else(|| body.get(name)),
            };
            let value = match given {
                None => None,
                Some(given) => read_field(given, name, place, shape, last_wins)?,
            };
            match value {
                Some(value) => values.push((name, value)),
                None if shape.required => return Err(Failure::missing(name)),
                None => {}
            }
        }
        Ok(Self { path, values })
    }

    /// A parameter of the path; empty where the operation has none of this name.
    pub(crate) fn path(&self, name: &str) -> &str {
        self.path.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// The value of a field, `Null` included.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.value(name)?.as_str()
    }

    /// A text that has to be there and must not be empty.
    pub(crate) fn required_text(&self, name: &str) -> Result<&str, Failure> {
        required(self.value(name), name)
    }

    /// A keyword. The facts have checked it where they list its values.
    pub(crate) fn keyword<T: Keyword>(&self, name: &str) -> Result<Option<T>, Failure> {
        self.text(name).map(|text| keyword(text, name)).transpose()
    }

    /// A keyword that has to be there.
    pub(crate) fn required_keyword<T: Keyword>(&self, name: &str) -> Result<T, Failure> {
        self.keyword(name)?.ok_or_else(|| Failure::missing(name))
    }

    pub(crate) fn boolean(&self, name: &str) -> Option<bool> {
        self.value(name)?.as_bool()
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.value(name)?.as_i64()
    }

    pub(crate) fn date(&self, name: &str) -> Option<Date> {
        parse_date(self.text(name)?)
    }

    /// A list of texts.
    pub(crate) fn texts(&self, name: &str) -> Option<Vec<&str>> {
        Some(self.value(name)?.as_array()?.iter().filter_map(Value::as_str).collect())
    }

    pub(crate) fn object(&self, name: &str) -> Option<&Map<String, Value>> {
        self.value(name)?.as_object()
    }

    /// A list of objects.
    pub(crate) fn objects(&self, name: &str) -> Option<Vec<&Map<String, Value>>> {
        Some(self.value(name)?.as_array()?.iter().filter_map(Value::as_object).collect())
    }
}

/// A text that has to be there and must not be empty.
pub(crate) fn required<'a>(value: Option<&'a Value>, name: &str) -> Result<&'a str, Failure> {
    value.and_then(Value::as_str).filter(|text| !text.is_empty()).ok_or_else(|| Failure::missing(name))
}

/// The keyword that a text stands for.
pub(crate) fn keyword<T: Keyword>(text: &str, name: &str) -> Result<T, Failure> {
    T::parse(text).ok_or_else(|| Failure::invalid(name, format!("must not be {text:?}")))
}

/// Returns the value of a field; `None` where it counts as absent.
fn read_field(
    given: &GivenValue,
    name: &str,
    place: FieldPlace,
    shape: &Shape,
    last_wins: bool,
) -> Result<Option<Value>, Failure> {
    let list = shape.kind == FieldType::Array && shape.content.is_none();
    let value = match given {
        GivenValue::Json(value) => value.clone(),
        GivenValue::Listed(texts) if list => texts.iter().map(String::as_str).map(Value::from).collect(),
        GivenValue::Plain(texts) if list => match texts.as_slice() {
            texts @ [_, _, ..] if !last_wins => texts.iter().map(String::as_str).map(Value::from).collect(),
            texts => split_at_commas(texts.last().map_or("", String::as_str)),
        },
        GivenValue::Listed(texts) | GivenValue::Plain(texts) => match texts.last() {
            Some(text) if !text.is_empty() => Value::from(text.as_str()),
            _ => return Ok(None),
        },
    };
    let value = match value {
        Value::String(text) if place == FieldPlace::Query && list => split_at_commas(&text),
        value => value,
    };
    let from_text = !matches!(given, GivenValue::Json(_));
    let value = match value {
        Value::Array(values) if list && (from_text || place == FieldPlace::Query) => {
            values.into_iter().filter(|value| !value.is_null() && value != "").collect()
        }
        value => value,
    };
    match &value {
        // An empty list counts as absent in a query, and as an empty list in a body.
        Value::Array(values) if place == FieldPlace::Query && values.is_empty() => return Ok(None),
        Value::String(text) if place == FieldPlace::Query && text.is_empty() => return Ok(None),
        _ => {}
    }
    fit(value, name, shape)
}

fn split_at_commas(text: &str) -> Value {
    text.split(',').filter(|piece| !piece.is_empty()).map(Value::from).collect()
}

/// A value of the type that the facts ask for.
fn fit(value: Value, name: &str, shape: &Shape) -> Result<Option<Value>, Failure> {
    let wrong = |what: &str| Err(Failure::invalid(name, what));
    let fitted = match (shape.kind, value) {
        (_, Value::Null) if shape.nullable => Value::Null,
        (_, Value::Null) => return Ok(None),
        (FieldType::String, Value::String(text)) => Value::String(fit_text(text, name, shape)?),
        (FieldType::String, _) => return wrong("must be a string"),
        (FieldType::Boolean | FieldType::Integer, Value::String(text)) if text.is_empty() => return Ok(None),
        (FieldType::Boolean, value) => match as_boolean(&value) {
            Some(flag) => Value::Bool(flag),
            None => return wrong("must be true or false"),
        },
        (FieldType::Integer, value) => match as_integer(&value) {
            Some(number) => match shape.maximum {
                Some(most) if number > most => return wrong(&format!("must be at most {most}, not {number}")),
                _ => Value::from(number),
            },
            None => return wrong(&format!("must be a whole number, not {value}")),
        },
        (FieldType::Array, value) => fit_list(value, name, shape)?,
        (FieldType::Object, value) => fit_object(value, name, shape)?,
    };
    Ok(Some(fitted))
}

fn fit_text(text: String, name: &str, shape: &Shape) -> Result<String, Failure> {
    if !shape.one_of.is_empty() && !shape.one_of.contains(&text) {
        let known = shape.one_of.join(", ");
        return Err(Failure::invalid(name, format!("must be one of {known}, not {text:?}")));
    }
    if shape.format.as_deref() == Some("date") {
        return match parse_date(&text) {
            Some(_) => Ok(text),
            None => Err(Failure::invalid(name, format!("must be a date like 2026-01-31, not {text:?}"))),
        };
    }
    let length = text.chars().count();
    let (least, most) = (shape.min_length.unwrap_or(0), shape.max_length.unwrap_or(usize::MAX));
    if length == 0 && least > 0 {
        return Err(Failure::missing(name));
    }
    if !(least..=most).contains(&length) {
        return Err(Failure::invalid(name, format!("must have {least} to {most} characters, not {length}")));
    }
    Ok(text)
}

fn as_boolean(value: &Value) -> Option<bool> {
    match value {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text == "1" || text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text == "0" || text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

/// A number too large for the type becomes its maximum: it is beyond every page.
fn as_integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number.as_i64().or_else(|| number.as_u64().map(|_| i64::MAX)),
        Value::String(text) => {
            let digits = text.strip_prefix('-').unwrap_or(text);
            let valid = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let bound = if digits.len() == text.len() { i64::MAX } else { i64::MIN };
            valid.then(|| text.parse().unwrap_or(bound))
        }
        _ => None,
    }
}

fn fit_list(value: Value, name: &str, shape: &Shape) -> Result<Value, Failure> {
    let values = match value {
        Value::Array(values) => values,
        // `a[0][k]=x&a[1][k]=y`: objects by their numbers.
        Value::Object(map)
            if !map.is_empty() && map.keys().all(|key| key.bytes().all(|byte| byte.is_ascii_digit())) =>
        {
            let mut pairs: Vec<_> = map.into_iter().collect();
            pairs.sort_by_key(|(key, _)| key.parse::<u64>().unwrap_or(u64::MAX));
            pairs.into_iter().map(|(_, value)| value).collect()
        }
        Value::String(text) if shape.content.is_some() => match serde_json::from_str(&text) {
            Ok(Value::Array(values)) => values,
            _ => return Err(Failure::invalid(name, "must be a JSON array")),
        },
        _ => return Err(Failure::invalid(name, "must be an array")),
    };
    if let Some(most) = shape.max_items.filter(|most| values.len() > *most) {
        let count = values.len();
        return Err(Failure::field(name, Misfit::TooMany, format!("takes up to {most} values, not {count}")));
    }
    let Some(item) = shape.items.as_deref() else {
        return Ok(Value::Array(values));
    };
    let mut fitted = Vec::with_capacity(values.len());
    for (place, value) in values.into_iter().enumerate() {
        match fit(value, &format!("{name}[{place}]"), item)? {
            Some(value) => fitted.push(value),
            None => return Err(Failure::invalid(name, "must not hold null")),
        }
    }
    Ok(Value::Array(fitted))
}

fn fit_object(value: Value, name: &str, shape: &Shape) -> Result<Value, Failure> {
    let wrong = || Failure::invalid(name, "must be an object");
    let mut map = match value {
        Value::Object(map) => map,
        // Some languages encode an empty dictionary as an empty list.
        Value::Array(values) if values.is_empty() => Map::new(),
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(map)) => map,
            _ => return Err(wrong()),
        },
        _ => return Err(wrong()),
    };
    if shape.fields.is_empty() {
        return Ok(Value::Object(map));
    }
    let mut fitted = Map::new();
    for (inner, inner_shape) in &shape.fields {
        let full = format!("{name}.{inner}");
        let value = match map.remove(inner) {
            None => None,
            Some(value) => fit(value, &full, inner_shape)?,
        };
        match value {
            Some(value) => drop(fitted.insert(inner.clone(), value)),
            None if inner_shape.required => return Err(Failure::missing(&full)),
            None => {}
        }
    }
    Ok(Value::Object(fitted))
}
