//! The result of an operation, before the headers that every response carries.

use std::collections::BTreeMap;

use http::StatusCode;
use http::header::{ALLOW, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::facts::ApiPart;

pub(crate) type Answer = Result<Success, Failure>;

#[derive(Debug)]
pub(crate) struct Success {
    pub(crate) status: StatusCode,
    pub(crate) body: Vec<u8>,
}

impl Success {
    /// A 200 without a body.
    pub(crate) const OK: Self = Self { status: StatusCode::OK, body: Vec::new() };

    /// A 204.
    pub(crate) const NO_CONTENT: Self = Self { status: StatusCode::NO_CONTENT, body: Vec::new() };
}

/// A 200 with this body.
pub(crate) fn ok<T: Serialize + ?Sized>(value: &T) -> Answer {
    with_status(StatusCode::OK, value)
}

/// `{"message":"ok"}`.
pub(crate) fn message_ok() -> Answer {
    ok(&json!({ "message": "ok" }))
}

/// A 200 with a list under this name.
pub(crate) fn list<T: Serialize>(name: &'static str, items: impl IntoIterator<Item = T>) -> Answer {
    ok(&BTreeMap::from([(name, items.into_iter().collect::<Vec<_>>())]))
}

/// `{"data": …}` as a 200.
pub(crate) fn data<T: Serialize + ?Sized>(value: &T) -> Answer {
    data_page(value, None)
}

/// `{"data": …, "next_cursor": …}` as a 200, without the cursor on the last page.
pub(crate) fn data_page<T: Serialize + ?Sized>(value: &T, next_cursor: Option<String>) -> Answer {
    ok(&Data { data: value, next_cursor })
}

/// `{"data": …}` as a 201.
pub(crate) fn created_data<T: Serialize + ?Sized>(value: &T) -> Answer {
    with_status(StatusCode::CREATED, &Data { data: value, next_cursor: None })
}

#[derive(Serialize)]
struct Data<'a, T: ?Sized> {
    data: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

fn with_status<T: Serialize + ?Sized>(status: StatusCode, value: &T) -> Answer {
    match serde_json::to_vec(value) {
        Ok(body) => Ok(Success { status, body }),
        Err(error) => Err(Failure::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string())),
    }
}

/// An error of the service.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    /// Details that few errors have.
    rest: Box<Rest>,
}

#[derive(Debug, Default)]
struct Rest {
    header: Option<(HeaderName, HeaderValue)>,
    /// The field that is not valid, and why.
    field: Option<(String, Misfit)>,
    category: Option<&'static str>,
    code: Option<String>,
    /// An HTML page in place of JSON.
    html: bool,
    /// A body in place of the usual form.
    body: Option<Value>,
}

/// Why a field is not valid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    Missing,
    TooMany,
    Invalid,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), rest: Box::default() }
    }

    fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.rest.header = Some((name, value));
        self
    }

    /// A 400 that concerns no single field.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// A 400 for a field; the message starts with its name.
    pub(crate) fn field(name: &str, misfit: Misfit, what: impl AsRef<str>) -> Self {
        let message = format!("{name} {}", what.as_ref());
        let mut failure = Self::bad_request(message);
        failure.rest.field = Some((name.to_owned(), misfit));
        failure
    }

    /// A 400 for a field with an invalid value.
    pub(crate) fn invalid(name: &str, what: impl AsRef<str>) -> Self {
        Self::field(name, Misfit::Invalid, what)
    }

    /// A 400 for a missing field.
    pub(crate) fn missing(name: &str) -> Self {
        Self::field(name, Misfit::Missing, "is missing")
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        let challenge = HeaderValue::from_static("Basic realm=\"provisioning\"");
        Self::new(StatusCode::UNAUTHORIZED, message).with_header(WWW_AUTHENTICATE, challenge)
    }

    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, message)
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    /// A 404 for an id.
    pub(crate) fn unknown(what: &str, id: &str) -> Self {
        Self::not_found(format!("Cannot find {what} with id {id}"))
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(crate) fn too_many_requests(message: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, message)
    }

    pub(crate) fn method_not_allowed(allow: &str) -> Self {
        let failure = Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("Only {allow} can be used here"));
        match HeaderValue::from_str(allow) {
            Ok(value) => failure.with_header(ALLOW, value),
            Err(_) => failure,
        }
    }

    /// A 501 for an operation that no resource handles.
    pub(crate) fn not_built(operation: &str) -> Self {
        Self::new(StatusCode::NOT_IMPLEMENTED, format!("{operation} is not part of this account"))
    }

    /// The 404 with an HTML page that stands for a feature that an account lacks.
    pub(crate) fn no_such_feature() -> Self {
        let mut failure = Self::not_found("The page you were looking for doesn't exist (404)");
        failure.rest.html = true;
        failure
    }

    pub(crate) fn with_code(mut self, code: impl Into<String>) -> Self {
        self.rest.code = Some(code.into());
        self
    }

    pub(crate) fn with_category(mut self, category: &'static str) -> Self {
        self.rest.category = Some(category);
        self
    }

    pub(crate) fn with_body(mut self, body: Value) -> Self {
        self.rest.body = Some(body);
        self
    }

    /// A header that this error has beside the usual ones.
    pub(crate) fn header(&self) -> Option<&(HeaderName, HeaderValue)> {
        self.rest.header.as_ref()
    }

    pub(crate) fn is_html(&self) -> bool {
        self.rest.html
    }

    /// The body, in the form of its part of the API.
    pub(crate) fn body(&self, part: ApiPart) -> Vec<u8> {
        if let Some(body) = &self.rest.body {
            return body.to_string().into_bytes();
        }
        if self.rest.html {
            let text = &self.message;
            return format!(
                "<!DOCTYPE html><html><head><title>{text}</title></head><body><h1>{text}</h1></body></html>"
            )
            .into_bytes();
        }
        let error = match part {
            ApiPart::Permissions | ApiPart::Public => {
                let (category, code) = self.usual_code();
                let error = PermissionsError {
                    category: self.rest.category.unwrap_or(category),
                    code: self.rest.code.as_deref().unwrap_or(code),
                    message: &self.message,
                    details: self.details(),
                };
                return serde_json::to_vec(&Wrapped { error }).unwrap_or_default();
            }
            ApiPart::Provisioning => json!({ "message": self.message }),
            ApiPart::Agents => self.with_optional_code(),
        };
        json!({ "error": error }).to_string().into_bytes()
    }

    /// The category and code that the examples of the permissions API have for a status.
    fn usual_code(&self) -> (&'static str, &'static str) {
        match self.status.as_u16() {
            400 => ("user_error", "ACCOUNTS_00005"),
            404 => ("server_error", "ACCOUNTS_00003"),
            500..=599 => ("server_error", "ACCOUNTS_00001"),
            _ => ("user_error", "ACCOUNTS_00006"),
        }
    }

    fn details(&self) -> Value {
        match &self.rest.field {
            Some((name, _)) => json!({ "fields": [name] }),
            None => json!({}),
        }
    }

    /// The agents' form: `code` and `category` where they are known.
    fn with_optional_code(&self) -> Value {
        let mut error = Map::new();
        error.insert("message".to_owned(), self.message.clone().into());
        let code = self.rest.code.clone().or_else(|| {
            let (name, misfit) = self.rest.field.as_ref()?;
            let ending = match misfit {
                Misfit::Missing => "required",
                Misfit::TooMany => "too_many",
                Misfit::Invalid => "invalid",
            };
            Some(format!("{}_{ending}", name.split(['[', '.']).next().unwrap_or(name)))
        });
        let category = self.rest.category.or_else(|| self.rest.field.as_ref().map(|_| "invalid_parameter"));
        for (name, value) in [("category", category.map(str::to_owned)), ("code", code)] {
            if let Some(value) = value {
                error.insert(name.to_owned(), value.into());
            }
        }
        Value::Object(error)
    }
}

#[derive(Serialize)]
struct Wrapped<T> {
    error: T,
}

/// The error of the permissions API, with its fields in the documented order.
#[derive(Serialize)]
struct PermissionsError<'a> {
    category: &'a str,
    code: &'a str,
    message: &'a str,
    details: Value,
}

/// `{"error":{"message":"…"}}`.
pub(crate) fn error_body(message: &str) -> Vec<u8> {
    json!({ "error": { "message": message } }).to_string().into_bytes()
}
