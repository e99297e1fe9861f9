//! Requests of the catalogue's operations, from fields as JSON or as texts of a command line.

use cloudinary_provisioning::catalog::{Entry, Field, IdKind, Kind, Place};
use cloudinary_provisioning::http::Method;
use cloudinary_provisioning::{BuildError, PathPrefix, Raw, RawList, Safety, catalog};
use serde::de::IgnoredAny;
use serde_json::{Map, Value};

use super::dates;
use crate::terminal::json;
use crate::terminal::shown::is_invisible;

/// An operation with its fields.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) entry: &'static Entry,
    /// The fields by their names on the wire.
    pub(crate) fields: Map<String, Value>,
    /// The call itself.
    pub(crate) raw: Raw,
}

impl Request {
    /// Takes the fields; `body` holds a whole body, in which fields that are given singly replace what is there.
    pub(crate) fn new(
        entry: &'static Entry,
        mut fields: Map<String, Value>,
        body: Option<Value>,
    ) -> Result<Self, String> {
        if let Some(body) = body {
            if !has_body(entry) {
                return Err(format!("{} has no body", entry.id));
            }
            let Value::Object(body) = body else { return Err("the body must be a JSON object".to_owned()) };
            for (name, value) in body {
                if entry.fields.iter().any(|field| field.name == name && field.place != Place::Body) {
                    return Err(format!("`{name}` is not a field of the body"));
                }
                fields.entry(name).or_insert(value);
            }
        }
        for field in entry.fields {
            fields.get(field.name).map_or(Ok(()), |value| check_visible(field, value))?;
        }
        let raw = entry.request(fields.clone()).map_err(|error| error.to_string())?;
        Ok(Self { entry, fields, raw })
    }

    /// The list that the operation reads, or `None` if it is not for reading one.
    pub(crate) fn list(&self) -> Result<Option<RawList>, BuildError> {
        if self.entry.method != Method::GET && self.entry.paging().is_none() {
            return Ok(None);
        }
        self.entry.list(self.fields.clone())
    }

    /// Whether the request takes something away.
    pub(crate) fn removes(&self) -> bool {
        removes(&self.entry.method, self.creates(), &self.fields)
    }

    /// Whether it makes something, whose secrets are in the response this once.
    pub(crate) fn creates(&self) -> bool {
        self.entry.safety == Safety::NotIdempotent
    }

    /// What it is about, in one line: `deleteUser u1`, `updateUser u1 enabled=false`.
    pub(crate) fn title(&self) -> String {
        let ids = self.entry.fields.iter().filter(|field| field.place != Place::Body && field.required);
        let ids = ids.filter_map(|field| self.fields.get(field.name)).map(text_of);
        let taken = taken_away(self.creates(), &self.fields).map(|(name, value)| format!("{name}={value}"));
        std::iter::once(self.entry.id.to_owned()).chain(ids).chain(taken).collect::<Vec<_>>().join(" ")
    }

    /// The segments of the path that follow the prefix.
    pub(crate) fn segments(&self) -> Vec<String> {
        let segments = self.entry.segments.iter().map(|segment| {
            let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            name.map_or_else(|| (*segment).to_owned(), |name| self.fields.get(name).map(text_of).unwrap_or_default())
        });
        segments.collect()
    }
}

/// Whether a call takes something away: it deletes, or has a field that [does](taken_away).
pub(crate) fn removes(method: &Method, creates: bool, fields: &Map<String, Value>) -> bool {
    !method.is_safe() && (*method == Method::DELETE || taken_away(creates, fields).is_some())
}

/// The field by which a call removes or disables what is there.
fn taken_away(creates: bool, fields: &Map<String, Value>) -> Option<(&'static str, &'static str)> {
    let says = |name, text| fields.get(name).is_some_and(|value| text_of(value).eq_ignore_ascii_case(text));
    let taken = [("operation", "remove"), ("enabled", "false")];
    taken.into_iter().filter(|_| !creates).find(|(name, text)| says(*name, *text))
}

/// Refuses characters that nobody sees in what names somebody or something: another name would look the same.
fn check_visible(field: &Field, value: &Value) -> Result<(), String> {
    let is_email = matches!(field.name, "email" | "emails");
    let is_name = |kind| matches!(kind, Kind::Id(_) | Kind::Choice(_) | Kind::SubAccountAccess);
    let is_name = is_email || is_name(field.kind) || matches!(field.kind, Kind::List(kind) if is_name(*kind));
    let texts = value.as_array().into_iter().flatten().chain([value]).filter_map(Value::as_str);
    match texts.flat_map(str::chars).find(|c| is_invisible(*c)) {
        Some(c) if is_name => Err(format!("`{}` has an invisible character, U+{:04X}", field.name, u32::from(c))),
        _ => Ok(()),
    }
}

/// Whether requests of the operation have a body.
pub(crate) fn has_body(entry: &Entry) -> bool {
    entry.fields.iter().any(|field| field.place == Place::Body)
}

/// Whether requests below this prefix carry credentials: those of an account, which the path names.
pub(crate) fn has_credentials(prefix: PathPrefix) -> bool {
    catalog().any(|entry| entry.prefix == prefix && entry.path.contains("{account_id}"))
}

pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

/// Reads the text of a field, as a command line has it.
fn parse(kind: Kind, text: &str) -> Result<Value, String> {
    let json = |expected: fn(&Value) -> bool, what: &str| {
        let value = json::read(text).map_err(|error| error.to_string())?;
        if expected(&value) { Ok(value) } else { Err(format!("is not {what}")) }
    };
    match kind {
        Kind::Boolean => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(Value::Bool(true)),
            "false" => Ok(Value::Bool(false)),
            _ => Err("is neither `true` nor `false`".to_owned()),
        },
        Kind::Integer => json(|value| value.is_i64() || value.is_u64(), "a whole number"),
        Kind::Number => json(Value::is_number, "a number"),
        Kind::Object | Kind::Record(_) => json(Value::is_object, "a JSON object"),
        Kind::Date => dates::date(text).map(|date| Value::from(date.to_string())),
        Kind::Nullable(_) if text == "null" => Ok(Value::Null),
        Kind::Nullable(kind) => parse(*kind, text),
        _ => Ok(Value::from(text)),
    }
}

/// Reads the texts of a field that can be given several times.
pub(crate) fn parse_all(field: &Field, texts: &[String]) -> Result<Value, String> {
    // In a shell this is a variable that is not set.
    let is_condition = field.place != Place::Body || field.kind == Kind::SubAccountAccess;
    if is_condition && texts.iter().any(|text| text.trim().is_empty()) {
        return Err("is empty, which would name another resource or drop a condition".to_owned());
    }
    match (field.kind, texts) {
        (Kind::SubAccountAccess, [text]) if text == ALL => Ok(Value::from(ALL)),
        (Kind::SubAccountAccess, texts) => list(Kind::Id(IdKind::SubAccount), texts),
        (Kind::Json(&Kind::List(kind)) | Kind::List(kind), texts) => list(*kind, texts),
        (Kind::Json(kind), [text]) => parse(*kind, text),
        (Kind::Pairs(..), texts) => {
            let pair = |text: &String| {
                let (key, value) = text.split_once('=').ok_or_else(|| format!("has no `=`: {text}"))?;
                Ok((key.to_owned(), Value::from(value)))
            };
            texts.iter().map(pair).collect::<Result<Map<_, _>, String>>().map(Value::Object)
        }
        (kind, [text]) => parse(kind, text),
        _ => Err("is given twice".to_owned()),
    }
}

fn list(kind: Kind, texts: &[String]) -> Result<Value, String> {
    // One value that is a JSON array is the list itself.
    if let [text] = texts
        && text.trim_start().starts_with('[')
        && serde_json::from_str::<IgnoredAny>(text).is_ok()
    {
        return json::read(text).map_err(|error| error.to_string());
    }
    texts.iter().map(|text| parse(kind, text)).collect()
}

/// The text `all` in place of a list of product environments.
pub(crate) const ALL: &str = "all";

/// Whether a field can be given several times.
pub(crate) fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::List(_) | Kind::Json(Kind::List(_)) | Kind::Pairs(..) | Kind::SubAccountAccess)
}
