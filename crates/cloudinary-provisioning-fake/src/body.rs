//! The JSON that create and update take.

use http::HeaderMap;
use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use crate::reply::Failure;
use crate::user::ROLES;

/// The fields that a request named; the others are left as they are.
#[derive(Debug, Default)]
pub(crate) struct UserFields {
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) role: Option<String>,
    pub(crate) sub_account_ids: Option<Vec<String>>,
    pub(crate) enabled: Option<bool>,
}

impl UserFields {
    pub(crate) fn parse(headers: &HeaderMap, body: &[u8]) -> Result<Self, Failure> {
        if body.is_empty() {
            return Err(Failure::bad_request("The request body is missing"));
        }
        if !is_json(headers) {
            return Err(Failure::bad_request("content-type must be application/json"));
        }
        let value = serde_json::from_slice(body)
            .map_err(|error| Failure::bad_request(format!("The request body is not JSON: {error}")))?;
        let Value::Object(mut fields) = value else {
            return Err(Failure::bad_request("The request body must be a JSON object"));
        };
        let parsed = Self {
            name: text(&mut fields, "name")?,
            email: text(&mut fields, "email")?,
            role: text(&mut fields, "role")?,
            sub_account_ids: texts(&mut fields, "sub_account_ids")?,
            enabled: match fields.remove("enabled") {
                None => None,
                Some(Value::Bool(enabled)) => Some(enabled),
                Some(_) => return Err(Failure::bad_request("enabled must be true or false")),
            },
        };
        parsed.check()?;
        Ok(parsed)
    }

    fn check(&self) -> Result<(), Failure> {
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
            return Err(Failure::bad_request("name must not be empty"));
        }
        if let Some(email) = self.email.as_ref().filter(|email| !is_email(email)) {
            return Err(Failure::bad_request(format!("email is not valid: {email:?}")));
        }
        if let Some(role) = self.role.as_ref().filter(|role| !ROLES.contains(&role.as_str())) {
            let known = ROLES.join(", ");
            return Err(Failure::bad_request(format!("role must be one of {known}, not {role:?}")));
        }
        Ok(())
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or("");
    let media_type = value.split_once(';').map_or(value, |(media_type, _)| media_type);
    media_type.trim().eq_ignore_ascii_case("application/json")
}

fn text(fields: &mut Map<String, Value>, name: &str) -> Result<Option<String>, Failure> {
    match fields.remove(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Failure::bad_request(format!("{name} must be a string"))),
    }
}

/// Each text once, in the order of their first mention.
fn texts(fields: &mut Map<String, Value>, name: &str) -> Result<Option<Vec<String>>, Failure> {
    let wrong = || Failure::bad_request(format!("{name} must be an array of strings"));
    let values = match fields.remove(name) {
        None => return Ok(None),
        Some(Value::Array(values)) => values,
        Some(_) => return Err(wrong()),
    };
    let mut seen = std::collections::HashSet::new();
    let mut texts = Vec::with_capacity(values.len());
    for value in values {
        let Value::String(text) = value else {
            return Err(wrong());
        };
        if seen.insert(text.clone()) {
            texts.push(text);
        }
    }
    Ok(Some(texts))
}

/// Far more lenient than the RFCs, and enough to tell an address from a name.
fn is_email(text: &str) -> bool {
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    plain
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, StatusCode};

    use super::*;

    fn parse(body: &str) -> Result<UserFields, Failure> {
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        UserFields::parse(&headers, body.as_bytes())
    }

    #[test]
    fn every_mistake_is_a_400_that_names_what_is_wrong() {
        for (body, name) in [
            ("", "body"),
            ("{", "body"),
            ("[]", "body"),
            ("null", "body"),
            (r#"{"name":null}"#, "name"),
            (r#"{"name":7}"#, "name"),
            (r#"{"name":" "}"#, "name"),
            (r#"{"email":["a@b"]}"#, "email"),
            (r#"{"email":"john"}"#, "email"),
            (r#"{"email":"@b"}"#, "email"),
            (r#"{"email":"a@"}"#, "email"),
            (r#"{"email":"a@b@c"}"#, "email"),
            (r#"{"email":"a b@c"}"#, "email"),
            (r#"{"role":"king"}"#, "role"),
            (r#"{"role":null}"#, "role"),
            (r#"{"enabled":"true"}"#, "enabled"),
            (r#"{"enabled":null}"#, "enabled"),
            (r#"{"sub_account_ids":"s1"}"#, "sub_account_ids"),
            (r#"{"sub_account_ids":[1]}"#, "sub_account_ids"),
            (r#"{"sub_account_ids":null}"#, "sub_account_ids"),
        ] {
            let failure = parse(body).unwrap_err();
            assert_eq!(failure.status, StatusCode::BAD_REQUEST, "{body}");
            assert!(failure.message.contains(name), "{body}: {}", failure.message);
        }
    }

    #[test]
    fn nesting_without_end_is_refused_rather_than_followed() {
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn json_that_does_not_say_so_is_refused() {
        let failure = UserFields::parse(&HeaderMap::new(), b"{}").unwrap_err();
        assert!(failure.message.contains("content-type"));
    }

    #[test]
    fn unknown_fields_are_ignored_and_lists_lose_their_doubles() {
        let fields = parse(r#"{"sub_account_ids":["b","a","b"],"shoe_size":{"eu":[44]}}"#).unwrap();
        assert_eq!(fields.sub_account_ids.unwrap(), ["b", "a"]);
        assert!(fields.name.is_none());
    }
}
