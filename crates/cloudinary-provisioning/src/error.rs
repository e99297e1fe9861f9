//! Errors of reading a reply.

use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::headers::{self, RateLimit};
use crate::json::Object;

/// A reply that is not the success that the operation documents.
///
/// Whatever it is, the reply is in it: status, headers and body.
///
/// ```
/// use cloudinary_provisioning::{ResponseError, http::Response, users};
///
/// let reply = Response::builder().status(404).body(r#"{"error":{"message":"no such user"}}"#)?;
/// match users::Get::new("id").parse(&reply) {
///     Err(ResponseError::Api(error)) => assert_eq!(error.message(), Some("no such user")),
///     other => panic!("{other:?}"),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// The service refused: the status is not a success.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The status is a success, and the body did not arrive whole.
    #[error(transparent)]
    Incomplete(#[from] IncompleteBody),
    /// The status is a success, and the body is not what the operation documents.
    #[error(transparent)]
    Decode(#[from] DecodeError),
}

impl ResponseError {
    /// The reply as it came.
    pub fn response(&self) -> &Response<Vec<u8>> {
        match self {
            Self::Api(error) => error.response(),
            Self::Incomplete(error) => error.response(),
            Self::Decode(error) => error.response(),
        }
    }

    /// The status of the reply.
    pub fn status(&self) -> StatusCode {
        self.response().status()
    }

    /// The headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        self.response().headers()
    }

    /// The body of the reply, as far as it came.
    pub fn body(&self) -> &[u8] {
        self.response().body()
    }

    /// The service's id of the request, to quote to its support.
    pub fn request_id(&self) -> Option<&str> {
        headers::request_id(self.headers())
    }

    /// What the reply says of the rate limit.
    pub fn rate_limit(&self) -> RateLimit {
        RateLimit::from_headers(self.headers())
    }
}

/// A reply with a status that is no success, whatever its body: JSON, HTML, nothing, or cut off.
///
/// `Display` is the status, the service's message and the request id. `Debug` shows the length of the body and
/// no header.
///
/// ```
/// use cloudinary_provisioning::{ResponseError, http::Response, users};
///
/// let reply = Response::builder().status(502).body("<html>Bad gateway</html>")?;
/// let Err(ResponseError::Api(error)) = users::Get::new("id").parse(&reply) else { panic!() };
/// assert_eq!(error.status(), 502);
/// assert_eq!(error.message(), None);
/// assert_eq!(error.body(), b"<html>Bad gateway</html>");
/// assert_eq!(error.to_string(), "502 Bad Gateway");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ApiError(Box<ApiErrorParts>);

struct ApiErrorParts {
    response: Response<Vec<u8>>,
    fields: ErrorFields,
}

#[derive(Default, Deserialize)]
struct ErrorFields {
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    category: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    details: Option<Value>,
}

impl ApiError {
    pub(crate) fn new(response: Response<Vec<u8>>) -> Self {
        let fields = ErrorFields::read(response.body());
        Self(Box::new(ApiErrorParts { response, fields }))
    }

    /// The reply as it came.
    pub fn response(&self) -> &Response<Vec<u8>> {
        &self.0.response
    }

    /// The status of the reply.
    pub fn status(&self) -> StatusCode {
        self.0.response.status()
    }

    /// The headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        self.0.response.headers()
    }

    /// The body of the reply, as far as it came.
    pub fn body(&self) -> &[u8] {
        self.0.response.body()
    }

    /// `error.message`: what the service says is wrong.
    pub fn message(&self) -> Option<&str> {
        self.0.fields.message.as_deref()
    }

    /// `error.category`, which the permissions operations send.
    pub fn category(&self) -> Option<&str> {
        self.0.fields.category.as_deref()
    }

    /// `error.code`, which the permissions operations send.
    pub fn code(&self) -> Option<&str> {
        self.0.fields.code.as_deref()
    }

    /// `error.details`, which the permissions operations send.
    pub fn details(&self) -> Option<&Value> {
        self.0.fields.details.as_ref()
    }

    /// The service's id of the request, to quote to its support.
    pub fn request_id(&self) -> Option<&str> {
        headers::request_id(self.headers())
    }

    /// What the reply says of the rate limit.
    pub fn rate_limit(&self) -> RateLimit {
        RateLimit::from_headers(self.headers())
    }

    /// How long the service asks to wait before the next request: by `Retry-After` in seconds or as a date, or on
    /// 420 and 429 with nothing remaining by `X-FeatureRateLimit-Reset`. Dates count from the reply's own `Date`;
    /// `now` serves where it has none.
    pub fn retry_after(&self, now: SystemTime) -> Option<Duration> {
        headers::retry_after(self.status(), self.headers(), now)
    }
}

impl ErrorFields {
    /// Cannot fail: what is no `{"error":{…}}` has no fields. A field of another type than documented is left out
    /// without the others.
    fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body<E> {
            error: E,
        }

        // An HTML page is told from JSON by its first byte, however long it is.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Self::default();
        }
        if let Ok(body) = serde_json::from_slice::<Body<Object<Self>>>(body) {
            return body.error.0;
        }
        match serde_json::from_slice::<Body<Value>>(body) {
            Ok(Body { error: Value::Object(mut object) }) => {
                let mut text = |key| match object.remove(key) {
                    Some(Value::String(text)) => Some(text),
                    _ => None,
                };
                let (message, category, code) = (text("message"), text("category"), text("code"));
                Self { message, category, code, details: object.remove("details").filter(|value| !value.is_null()) }
            }
            Ok(Body { error: Value::String(message) }) => Self { message: Some(message), ..Self::default() },
            _ => Self::default(),
        }
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.status();
        match status.canonical_reason() {
            Some(reason) => write!(f, "{} {reason}", status.as_u16())?,
            None if headers::is_throttled(status) => write!(f, "{} Max usage rate exceeded", status.as_u16())?,
            None => write!(f, "status {}", status.as_u16())?,
        }
        if let Some(message) = self.message() {
            write!(f, ": {message}")?;
        }
        if let Some(code) = self.code() {
            write!(f, " [{code}]")?;
        }
        if let Some(id) = self.request_id() {
            write!(f, " (request {id})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status().as_u16())
            .field("message", &self.message())
            .field("code", &self.code())
            .field("request_id", &self.request_id())
            .field("body_length", &self.body().len())
            .finish_non_exhaustive()
    }
}

impl std::error::Error for ApiError {}

/// A success whose body did not arrive whole, or was larger than the caller takes.
///
/// An operation that changes something has most likely done so.
///
/// ```
/// use cloudinary_provisioning::{ResponseError, http::Response, users};
///
/// let reply = Response::builder().status(200).body(r#"{"id":"0abe"#)?;
/// let error = users::Get::new("id").parse(&reply).unwrap_err();
/// assert!(matches!(error, ResponseError::Incomplete(_)));
/// assert_eq!(error.status(), 200);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(thiserror::Error)]
#[error("{} with a body {why} (got {} bytes)", self.response.status().as_u16(), self.response.body().len())]
pub struct IncompleteBody {
    response: Box<Response<Vec<u8>>>,
    why: Incomplete,
}

impl IncompleteBody {
    pub(crate) fn new(response: Response<Vec<u8>>, why: Incomplete) -> Self {
        Self { response: Box::new(response), why }
    }

    /// The reply, its body as far as it came.
    pub fn response(&self) -> &Response<Vec<u8>> {
        &self.response
    }

    /// What happened to the body.
    pub fn why(&self) -> Incomplete {
        self.why
    }
}

impl fmt::Debug for IncompleteBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncompleteBody")
            .field("status", &self.response.status().as_u16())
            .field("why", &self.why)
            .field("body_length", &self.response.body().len())
            .finish_non_exhaustive()
    }
}

/// Why a body is not whole.
///
/// ```
/// use cloudinary_provisioning::Incomplete;
///
/// assert_eq!(Incomplete::TooLarge { limit: 1024 }.to_string(), "larger than the limit of 1024 bytes");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Incomplete {
    /// The connection ended, or the time was up, before the end of the body.
    #[error("that was cut off")]
    CutOff,
    /// The body is larger than the caller takes.
    #[error("larger than the limit of {limit} bytes")]
    TooLarge {
        /// The largest body that the caller takes, in bytes.
        limit: u64,
    },
}

/// A success whose body is not what the operation documents.
///
/// The message names the place and what was expected there, and never the text that stood there: that may be a
/// person's data.
///
/// ```
/// use cloudinary_provisioning::{ResponseError, http::Response, users};
///
/// let reply = Response::builder().status(200).body(r#"{"users":[{"id":"a"},{"id":"b","enabled":"yes"}]}"#)?;
/// let Err(ResponseError::Decode(error)) = users::List::new().parse(&reply) else { panic!() };
/// assert_eq!(error.path(), "users[1].enabled");
/// assert_eq!(error.message(), "invalid type: string, expected a boolean at line 1 column 46");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(thiserror::Error)]
#[error("{} with an unexpected body, at `{path}`: {message}", self.response.status().as_u16())]
pub struct DecodeError {
    response: Box<Response<Vec<u8>>>,
    path: String,
    message: String,
}

impl DecodeError {
    pub(crate) fn new(response: Response<Vec<u8>>, path: String, message: String) -> Self {
        Self { response: Box::new(response), path, message }
    }

    /// The reply as it came.
    pub fn response(&self) -> &Response<Vec<u8>> {
        &self.response
    }

    /// The place in the body, such as `users[3].created_at`; `.` for the whole.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What was found, by its type alone, and what was expected.
    pub fn message(&self) -> &str {
        &self.message
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("status", &self.response.status().as_u16())
            .field("path", &self.path)
            .field("message", &self.message)
            .field("body_length", &self.response.body().len())
            .finish_non_exhaustive()
    }
}
