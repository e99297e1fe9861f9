//! Requests of the catalogue's operations, from fields as JSON.

use cloudinary_provisioning::catalog::{Entry, Field, Kind, Place};
use cloudinary_provisioning::{Base, Raw, Safety, catalog};
use serde_json::{Map, Value};

/// An operation with its fields.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) entry: &'static Entry,
    /// The fields by their names on the wire.
    pub(crate) fields: Map<String, Value>,
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
                match entry.fields.iter().find(|field| field.name == name && field.place == Place::Body) {
                    Some(_) => drop(fields.entry(name).or_insert(value)),
                    None => return Err(unknown(entry, &name)),
                }
            }
        }
        let request = Self { entry, fields };
        request.check()?;
        Ok(request)
    }

    fn check(&self) -> Result<(), String> {
        let Self { entry, fields } = self;
        if let Some(name) = fields.keys().find(|name| !entry.fields.iter().any(|field| field.name == *name)) {
            return Err(unknown(entry, name));
        }
        for field in entry.fields {
            match fields.get(field.name) {
                None if field.required => return Err(format!("`{}` is missing", field.name)),
                None => {}
                Some(value) => check_value(field, value).map_err(|why| format!("`{}` {why}", field.name))?,
            }
        }
        Ok(())
    }

    /// Whether a value of this request takes something away: it deletes, or says `remove`.
    pub(crate) fn removes(&self) -> bool {
        let says_remove = |field: &Field| {
            matches!(field.kind, Kind::Choice(values) if values.contains(&"remove"))
                && self.fields.get(field.name).and_then(Value::as_str) == Some("remove")
        };
        self.entry.method == "DELETE" || self.entry.fields.iter().any(says_remove)
    }

    /// Whether it makes something, whose secrets are in the response this once.
    pub(crate) fn creates(&self) -> bool {
        self.entry.safety == Safety::NotIdempotent
    }

    /// What it is about, in one line: `deleteUser u1`.
    pub(crate) fn title(&self) -> String {
        let ids = self.entry.fields.iter().filter(|field| field.place != Place::Body && field.required);
        let ids = ids.filter_map(|field| self.fields.get(field.name)).map(text_of);
        std::iter::once(self.entry.id.to_owned()).chain(ids).collect::<Vec<_>>().join(" ")
    }

    /// The call itself.
    pub(crate) fn raw(&self) -> Raw {
        let Self { entry, fields } = self;
        let segments = entry.segments.iter().map(|segment| {
            let name = segment.strip_prefix('{').and_then(|segment| segment.strip_suffix('}'));
            name.map_or_else(|| (*segment).to_owned(), |name| fields.get(name).map(text_of).unwrap_or_default())
        });
        let mut raw = Raw::new(entry.method.clone(), segments).base(entry.base).safety(self.safety());
        let mut body = Map::new();
        for field in entry.fields {
            let Some(value) = fields.get(field.name) else { continue };
            match field.place {
                Place::Query => raw = add_query(raw, field, value),
                Place::Body => {
                    let all = grants_access(field) && *value == ALL;
                    let value = if all { Value::Array(Vec::new()) } else { value.clone() };
                    body.insert(field.name.to_owned(), value);
                }
                _ => {}
            }
        }
        if has_body(entry) { raw.json(Value::Object(body)) } else { raw }
    }

    fn safety(&self) -> Safety {
        match self.entry.idempotent_with {
            Some(name) if self.fields.contains_key(name) => Safety::Idempotent,
            _ => self.entry.safety,
        }
    }
}

/// Whether requests of the operation have a body.
pub(crate) fn has_body(entry: &Entry) -> bool {
    entry.fields.iter().any(|field| field.place == Place::Body)
}

/// Whether requests below this base carry credentials: those of an account, which the path names.
pub(crate) fn has_credentials(base: Base) -> bool {
    catalog().any(|entry| entry.base == base && entry.path.contains("{account_id}"))
}

fn unknown(entry: &Entry, name: &str) -> String {
    let names: Vec<_> = entry.fields.iter().map(|field| field.name).collect();
    match names.as_slice() {
        [] => format!("there is no field `{name}`; {} has none", entry.id),
        names => format!("there is no field `{name}`; the fields are {}", names.join(", ")),
    }
}

fn add_query(raw: Raw, field: &Field, value: &Value) -> Raw {
    match (field.kind, value) {
        (Kind::Json(_), value) => raw.query(field.name, value.to_string()),
        (Kind::Pairs(keys, values), Value::Object(pairs)) => {
            let raw = pairs.keys().fold(raw, |raw, key| raw.query(keys, key));
            pairs.values().fold(raw, |raw, value| raw.query(values, text_of(value)))
        }
        (_, Value::Array(list)) => list.iter().fold(raw, |raw, value| raw.query(field.name, text_of(value))),
        (_, value) => raw.query(field.name, text_of(value)),
    }
}

fn check_value(field: &Field, value: &Value) -> Result<(), String> {
    if field.place == Place::Path && matches!(text_of(value).as_str(), "." | "..") {
        return Err("is `.` or `..`, which would name another resource".to_owned());
    }
    // The service takes an empty list or value for no condition, and in a body for access to everything.
    if field.place != Place::Body || grants_access(field) {
        match value {
            Value::Array(list) if list.is_empty() => {
                return Err("is an empty list, which the service would take for everything".to_owned());
            }
            Value::Array(list) if list.iter().any(is_blank) => return Err("has an empty entry".to_owned()),
            Value::Object(pairs) if pairs.iter().any(|(key, value)| key.is_empty() || is_blank(value)) => {
                return Err("has an empty key or value".to_owned());
            }
            value if is_blank(value) => return Err("is empty".to_owned()),
            _ => {}
        }
    }
    let nullable = matches!(field.kind, Kind::Nullable(_));
    if value.is_null() && !nullable {
        return Err("cannot be null".to_owned());
    }
    if field.place != Place::Body && matches!(value, Value::Object(_)) && !matches!(field.kind, Kind::Pairs(..)) {
        return Err("cannot be an object".to_owned());
    }
    if let (Some((least, most)), Some(size)) = (field.limits, size(value))
        && (size < u64::from(least) || size > u64::from(most))
    {
        let unit = match value {
            Value::String(_) => " characters",
            Value::Array(_) => " entries",
            _ => "",
        };
        return Err(format!("has {size}{unit}, and {least} to {most} are allowed"));
    }
    Ok(())
}

fn is_blank(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// How long a text is, how many entries a list has, how large a number is.
fn size(value: &Value) -> Option<u64> {
    match value {
        Value::String(text) => u64::try_from(text.chars().count()).ok(),
        Value::Array(list) => u64::try_from(list.len()).ok(),
        Value::Number(number) => number.as_u64(),
        _ => None,
    }
}

/// The text `all` in place of the list, which the service spells as an empty list.
pub(crate) const ALL: &str = "all";

/// Whether the field lists what may be accessed, so that an empty list grants access to everything.
pub(crate) fn grants_access(field: &Field) -> bool {
    field.place == Place::Body && field.name == "sub_account_ids"
}

pub(crate) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        value => value.to_string(),
    }
}

/// Reads the text of a field, as a command line has it.
pub(crate) fn parse(kind: Kind, text: &str) -> Result<Value, String> {
    let json = |expected: fn(&Value) -> bool, what: &str| {
        let value: Value = serde_json::from_str(text).map_err(|error| format!("is not JSON: {error}"))?;
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
        Kind::Nullable(_) if text == "null" => Ok(Value::Null),
        Kind::Nullable(kind) => parse(*kind, text),
        _ => Ok(Value::from(text)),
    }
}

/// Reads the texts of a field that can be given several times.
pub(crate) fn parse_all(field: &Field, texts: &[String]) -> Result<Value, String> {
    match (field.kind, texts) {
        (Kind::List(_), [text]) if grants_access(field) && text == ALL => Ok(Value::from(ALL)),
        (Kind::Json(&Kind::List(kind)) | Kind::List(kind), texts) => {
            // One value that is a JSON array is the list itself.
            if let [text] = texts
                && let Ok(Value::Array(list)) = serde_json::from_str(text)
            {
                return Ok(Value::Array(list));
            }
            texts.iter().map(|text| parse(*kind, text)).collect()
        }
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

/// Whether a field can be given several times.
pub(crate) fn is_list(kind: Kind) -> bool {
    matches!(kind, Kind::List(_) | Kind::Json(Kind::List(_)) | Kind::Pairs(..))
}
