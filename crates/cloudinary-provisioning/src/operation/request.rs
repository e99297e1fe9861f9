//! [`Entry::request`]: a request of an operation in the catalogue, from named JSON fields.

use serde_json::{Map, Value};

use crate::operation::entry::Entry;
use crate::operation::raw::Raw;
use crate::operation::safety::Safety;
use crate::wire::build_error::{BuildError, BuildReason, Empty};
use crate::wire::kind::{Field, IdKind, Kind, Place};
use crate::wire::limits::{Limited, refused};
use crate::wire::target::{check_entries, check_segment};
use crate::wire::timestamp;

impl Entry {
    /// Makes a request of named fields, with every rule that the operation's own type has.
    ///
    /// | kind | is given as |
    /// |---|---|
    /// | in the path or the query: ids, texts, choices, dates, numbers, booleans | a string, a number or a boolean |
    /// | lists | an array; in the query an empty one is refused |
    /// | [`Kind::Pairs`] | an object of texts, which are sent in its order |
    /// | [`Kind::Json`] | the value that the parameter holds |
    /// | [`Kind::SubAccountAccess`] | an array of ids, not empty; or `"all"` |
    /// | [`Kind::Nullable`] | the value, or null |
    /// | everything else in the body | the JSON that is sent |
    ///
    /// The [`Raw`] carries the operation's id and path, so that errors, events and logs name the operation.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, BuildReason, catalog};
    /// use serde_json::json;
    ///
    /// let update = catalog().find(|entry| entry.id == "updateUser").unwrap();
    /// let request = |fields: serde_json::Value| update.request(fields.as_object().cloned().unwrap());
    ///
    /// let disable = request(json!({"user_id": "0abed8df", "enabled": false}))?;
    /// let account = Account::new("acc", "key", "secret")?;
    /// assert_eq!(account.request(&disable)?.body(), br#"{"enabled":false}"#);
    ///
    /// let error = request(json!({"user_id": "..", "enabled": false})).unwrap_err();
    /// assert_eq!((error.field(), error.reason()), ("user_id", &BuildReason::DotSegment));
    /// let error = request(json!({"user_id": "0abed8df", "sub_account_ids": []})).unwrap_err();
    /// assert_eq!((error.field(), error.reason()), ("sub_account_ids", &BuildReason::Empty));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns a [`BuildError`] that names the field: one that the operation does not have, that is missing, of another
    /// kind, beyond its limits, or empty where that would drop a condition or grant access.
    #[expect(clippy::needless_pass_by_value, reason = "callers make it for this")]
    pub fn request(&self, fields: Map<String, Value>) -> Result<Raw, BuildError> {
        check_names(self.fields, &fields)?;
        self.check_needs(&fields)?;
        let mut segments = Vec::with_capacity(self.segments.len());
        for segment in self.segments {
            let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            let value = name.and_then(|name| Some((name, fields.get(name)?)));
            let text = value.map_or_else(|| Ok((*segment).to_owned()), |(name, value)| text_of(name, value))?;
            let field = name.unwrap_or("segments");
            check_segment(field, &text)?;
            segments.push((field, text));
        }
        let mut raw = Raw::of_fields(self.method.clone(), segments).named(self.id).prefix(self.prefix);
        raw.path = self.path;
        let is_idempotent = self.idempotent_with.is_some_and(|name| fields.contains_key(name));
        raw = raw.safety(if is_idempotent { Safety::Idempotent } else { self.safety });

        let mut body = Map::new();
        for field in self.fields {
            let Some(value) = fields.get(field.name) else { continue };
            check_limits(field, value)?;
            match field.place {
                Place::Path => {}
                Place::Query => raw = with_parameter(raw, field, value)?,
                Place::Body => {
                    check_body(field.kind, value).map_err(|error| error.of_field(field.name))?;
                    let is_all = field.kind == Kind::SubAccountAccess && value.is_string();
                    let value = if is_all { Value::Array(Vec::new()) } else { value.clone() };
                    body.insert(field.name.to_owned(), value);
                }
            }
        }
        let has_body = self.fields.iter().any(|field| field.place == Place::Body);
        Ok(if has_body { raw.json(&body) } else { raw })
    }

    fn check_needs(&self, fields: &Map<String, Value>) -> Result<(), BuildError> {
        let Some(needs) = self.needs else { return Ok(()) };
        let is_given = fields.get(needs.field).is_some_and(|value| !value.is_null());
        needs.check(is_given, fields.get(needs.other).and_then(Value::as_str))
    }
}

fn check_names(known: &'static [Field], fields: &Map<String, Value>) -> Result<(), BuildError> {
    if let Some(name) = fields.keys().find(|name| !known.iter().any(|field| field.name == *name)) {
        let known = known.iter().map(|field| field.name).collect();
        return Err(BuildError::new(name.clone(), BuildReason::Unknown { known }));
    }
    match known.iter().find(|field| field.required && !fields.contains_key(field.name)) {
        Some(field) => Err(BuildError::new(field.name, BuildReason::Missing)),
        None => Ok(()),
    }
}

fn check_limits(field: &Field, value: &Value) -> Result<(), BuildError> {
    let Some((min, max)) = field.limits else { return Ok(()) };
    let checked = match value {
        Value::String(text) => text.check(min, max),
        Value::Array(list) => list.check(min, max),
        // A number below or beyond a `u32` is beyond every limit.
        Value::Number(number) => {
            let number = number.as_u64().map(|number| u32::try_from(number).unwrap_or(u32::MAX)).unwrap_or_default();
            number.check(min, max)
        }
        _ => Ok(()),
    };
    checked.map_err(|reason| refused(field.place, field.name, reason))
}

fn with_parameter(raw: Raw, field: &Field, value: &Value) -> Result<Raw, BuildError> {
    let name = field.name;
    let wrong = |expected| BuildError::new(name, BuildReason::Type { expected });
    let empty = || BuildError::empty(name, Empty::Condition);
    let filled_or = |value, empty| match text_of(name, value)? {
        text if text.is_empty() => Err(BuildError::empty(name, empty)),
        text => Ok(text),
    };
    let filled = |value| filled_or(value, Empty::Condition);
    let entry = |value| filled_or(value, Empty::ConditionsEntry);
    match (field.kind, value) {
        (Kind::List(_), Value::Array(list)) if list.is_empty() => Err(empty()),
        (Kind::List(_), Value::Array(list)) => Ok(raw.list(name, list.iter().map(entry).collect::<Result<_, _>>()?)),
        (Kind::List(_), _) => Err(wrong("a list")),
        (Kind::Pairs(keys, values), Value::Object(pairs)) => {
            check_entries(name, pairs.keys().map(String::as_str))?;
            let raw = pairs.keys().fold(raw, |raw, key| raw.query(keys, key));
            pairs.values().try_fold(raw, |raw, value| Ok(raw.query(values, entry(value)?)))
        }
        (Kind::Pairs(..), _) => Err(wrong("an object of texts")),
        (Kind::Json(kind), value) => {
            check_body(*kind, value).map_err(|error| error.of_field(name))?;
            if let Some(list) = value.as_array() {
                check_entries(name, list.iter().map(|item| item.as_str().unwrap_or("not a text")))?;
            }
            Ok(raw.query(name, value))
        }
        (Kind::Boolean, Value::Bool(value)) => Ok(raw.query(name, value)),
        (Kind::Boolean, _) => Err(wrong("a boolean")),
        (Kind::Integer, Value::Number(number)) if !number.is_f64() => Ok(raw.query(name, number)),
        (Kind::Integer, _) => Err(wrong("a whole number")),
        (Kind::Date, value) => {
            let text = filled(value)?;
            let is_date = timestamp::is_date(&text);
            if is_date { Ok(raw.query(name, text)) } else { Err(wrong("a date (2026-01-31)")) }
        }
        (Kind::Id(_) | Kind::Choice(_), value) => Ok(raw.query(name, filled(value)?)),
        (_, value) => Ok(raw.query(name, text_of(name, value)?)),
    }
}

/// A value in the path or the query.
fn text_of(name: &'static str, value: &Value) -> Result<String, BuildError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(_) | Value::Bool(_) => Ok(value.to_string()),
        _ => Err(BuildError::new(name, BuildReason::Type { expected: "a text" })),
    }
}

/// A value of a body. The error names what is inside it.
fn check_body(kind: Kind, value: &Value) -> Result<(), BuildError> {
    let expected =
        |is_it: bool, expected| is_it.then_some(()).ok_or_else(|| BuildError::new("", BuildReason::Type { expected }));
    let empty = |empty| Err(BuildError::empty("", empty));
    match (kind, value) {
        (Kind::Nullable(_), Value::Null) => Ok(()),
        (Kind::Nullable(kind), value) => check_body(*kind, value),
        (Kind::Boolean, value) => expected(value.is_boolean(), "a boolean"),
        (Kind::Integer, value) => expected(value.is_i64() || value.is_u64(), "a whole number"),
        (Kind::Number, value) => expected(value.is_number(), "a number"),
        (Kind::Object, value) => expected(value.is_object(), "an object"),
        (Kind::SubAccountAccess, Value::String(text)) => expected(text == "all", "`all` or a list of ids"),
        (Kind::SubAccountAccess, Value::Array(list)) if list.is_empty() => empty(Empty::Access),
        (Kind::SubAccountAccess, Value::Array(list)) => {
            list.iter().try_for_each(|item| check_body(Kind::Id(IdKind::SubAccount), item))
        }
        (Kind::SubAccountAccess, _) => expected(false, "`all` or a list of ids"),
        (Kind::List(kind), Value::Array(list)) => list.iter().try_for_each(|item| check_body(*kind, item)),
        (Kind::List(_), _) => expected(false, "a list"),
        (Kind::Record(fields), Value::Object(object)) => {
            check_names(fields, object)?;
            let given = fields.iter().filter_map(|field| Some((field, object.get(field.name)?)));
            { given }.try_for_each(|(field, value)| {
                check_body(field.kind, value).map_err(|error| error.of_field(field.name))
            })
        }
        (Kind::Record(_), _) => expected(false, "an object"),
        (Kind::Id(_), Value::String(text)) if text.is_empty() => empty(Empty::Id),
        (_, value) => expected(value.is_string(), "a text"),
    }
}
