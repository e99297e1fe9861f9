//! [`Error`]: the error of every call.

use std::fmt;
use std::time::Duration;

use http::header::LOCATION;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Response, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use crate::outcome::account_error::AccountError;
use crate::outcome::headers::{self, RateLimit};
use crate::outcome::transport_error::{BoxError, TransportError};
use crate::wire::build_error::BuildError;
use crate::wire::escape::Escaped;
use crate::wire::id::{ApiKey, SubAccountId};
use crate::wire::json::Object;

/// The error of a call: the one error type of this crate and of every adapter to an HTTP stack.
///
/// [`kind`](Self::kind) says what went wrong. If a response arrived, the error holds it: status, headers and body. The
/// error of a call with retries also says how many attempts were made, why the last one was not retried, and whether the
/// operation may have been applied.
///
/// | to distinguish | use |
/// |---|---|
/// | 401, 403, 404, 409 | [`is_unauthorized`](Self::is_unauthorized), [`is_forbidden`](Self::is_forbidden), [`is_not_found`](Self::is_not_found), [`is_conflict`](Self::is_conflict) |
/// | 420, 429 | [`is_rate_limited`](Self::is_rate_limited), [`retry_after`](Self::retry_after) |
/// | any other status | [`status`](Self::status) |
/// | a timeout | [`is_timeout`](Self::is_timeout) |
/// | a lost connection | [`kind`](Self::kind) is [`Transport`](ErrorKind::Transport) |
///
/// `Display` is one line: the operation, the status, where a redirect leads, the service's message, and the request id, or
/// the host that gave no response; `{error:#}` adds the chain of causes, such as why a connection failed. Control characters
/// and characters that change the direction of text are escaped, and the service's message is limited to 1 KiB;
/// [`message`](Self::message) and [`body`](Self::body) return all of it. Neither `Display` nor `Debug` shows a body or
/// any other header.
///
/// ```
/// use cloudinary_provisioning::{http::Response, users};
///
/// let response =
///     Response::builder().status(404).body(r#"{"error":{"message":"no such user"}}"#)?;
/// let error = users::Get::new("0abed8df").parse(&response).unwrap_err();
/// assert!(error.is_not_found());
/// assert_eq!(error.message(), Some("no such user"));
/// assert_eq!(error.to_string(), "getUser: 404 Not Found: no such user");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "409")]
#[doc(alias = "429")]
#[doc(alias = "conflict")]
#[doc(alias = "rate limit")]
#[doc(alias = "timeout")]
pub struct Error(Box<Parts>);

struct Parts {
    operation: Option<&'static str>,
    kind: ErrorKind,
    response: Option<Response<Vec<u8>>>,
    /// The host that gave no response.
    host: Option<Authority>,
    fields: ErrorFields,
    retry_after: Option<Duration>,
    attempts: u32,
    elapsed: Duration,
    reason: Option<GiveUpReason>,
    maybe_applied: bool,
}

/// What went wrong.
///
/// ```
/// use cloudinary_provisioning::{ErrorKind, http::Response, users};
///
/// let response =
///     Response::new(r#"{"users":[{"id":"a"},{"id":"b","enabled":"perhaps"}]}"#);
/// let error = users::List::new().parse(&response).unwrap_err();
/// match error.kind() {
///     ErrorKind::Decode { path, .. } => assert_eq!(path, "users[1].enabled"),
///     other => panic!("{other:?}"),
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The account cannot be used. Nothing was sent.
    Account(AccountError),
    /// The client cannot work with its configuration. Nothing was sent.
    Config(BoxError),
    /// The request cannot be built. Nothing was sent.
    Build(BuildError),
    /// The service refused: the status is not a 2xx.
    Status,
    /// The status is a success, and the body is truncated: the connection or the JSON ended early.
    Truncated(Option<BoxError>),
    /// The status is a success, and the body is larger than the caller's limit.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The status is a success, and the body is not what the operation documents.
    Decode {
        /// The place in the body, such as `users[3].created_at`, or `.` for the body as a whole.
        path: String,
        /// The type that was found, and what was expected. Of the body, it quotes nothing but the title of a web page.
        message: String,
    },
    /// No response arrived.
    Transport(TransportError),
    /// The response to a create was lost, and with it a secret that no other response shows. The resource exists: an access
    /// key, to be deleted and generated again, or a product environment whose first key cannot be used.
    SecretLost {
        /// The product environment.
        sub_account_id: SubAccountId,
        /// The access key, if the look-up shows it.
        api_key: Option<ApiKey>,
    },
    /// The methods of an [`Exchange`](crate::Exchange) were called out of order: an attempt was begun before the outcome of
    /// the previous one was given, or after the call had ended.
    OutOfOrder,
}

/// Why a call made no further attempt.
///
/// ```
/// use cloudinary_provisioning::GiveUpReason;
///
/// assert_eq!(GiveUpReason::NotRetryable.to_string(), "the error is not retryable");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum GiveUpReason {
    /// Another attempt would fail in the same way.
    #[error("the error is not retryable")]
    NotRetryable,
    /// A retry could apply the operation twice; see [`RetryPolicy::retry_unsafe`](crate::RetryPolicy::retry_unsafe).
    #[error("the operation is not safe to retry")]
    UnsafeToRetry,
    /// [`RetryPolicy::max_attempts`](crate::RetryPolicy::max_attempts) were made.
    #[error("all attempts are used up")]
    AttemptsExhausted,
    /// The delay and another attempt do not fit into
    /// [`RetryPolicy::total_timeout`](crate::RetryPolicy::total_timeout).
    #[error("the time left is too short for another attempt")]
    DeadlineExceeded,
    /// The service asks for a longer delay than
    /// [`RetryPolicy::max_server_delay`](crate::RetryPolicy::max_server_delay).
    #[error("the service asks to wait longer than allowed")]
    ServerDelayTooLong,
    /// The caller did not want the result any more.
    #[error("the call was cancelled")]
    Cancelled,
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

impl Error {
    /// Creates an error of configuring a client, for adapters to other HTTP stacks.
    pub fn config(source: impl Into<BoxError>) -> Self {
        Self::without_response(None, ErrorKind::Config(source.into()))
    }

    pub(crate) fn without_response(operation: Option<&'static str>, kind: ErrorKind) -> Self {
        Self::new(operation, kind, None)
    }

    /// The error of an attempt, before the next step is decided.
    pub(crate) fn new(operation: Option<&'static str>, kind: ErrorKind, response: Option<Response<Vec<u8>>>) -> Self {
        let refused = matches!(kind, ErrorKind::Status);
        let fields = response.as_ref().filter(|_| refused).map(|response| ErrorFields::read(response.body()));
        Self(Box::new(Parts {
            operation,
            kind,
            response,
            host: None,
            fields: fields.unwrap_or_default(),
            retry_after: None,
            attempts: 0,
            elapsed: Duration::ZERO,
            reason: None,
            maybe_applied: false,
        }))
    }

    pub(crate) fn with_host(mut self, host: Option<&Authority>) -> Self {
        self.0.host = host.cloned();
        self
    }

    /// Redacts everything that is shown of a response, where the service echoes a request. The body is never shown, and
    /// stays as it is.
    pub(crate) fn redacted(mut self, redact: impl Fn(&str) -> Option<String>) -> Self {
        let parts = &mut *self.0;
        let decode = match &mut parts.kind {
            ErrorKind::Decode { message, .. } => Some(message),
            _ => None,
        };
        let fields = &mut parts.fields;
        for text in
            [fields.message.as_mut(), fields.category.as_mut(), fields.code.as_mut(), decode].into_iter().flatten()
        {
            if let Some(redacted) = redact(text) {
                *text = redacted;
            }
        }
        for value in parts.response.iter_mut().flat_map(|response| response.headers_mut().values_mut()) {
            let redacted = value.to_str().ok().and_then(&redact);
            if let Some(redacted) = redacted.and_then(|text| HeaderValue::try_from(text).ok()) {
                *value = redacted;
            }
        }
        self
    }

    pub(crate) fn with_retry_after(mut self, delay: Option<Duration>) -> Self {
        self.0.retry_after = delay;
        self
    }

    pub(crate) fn with_maybe_applied(mut self, maybe_applied: bool) -> Self {
        self.0.maybe_applied = maybe_applied;
        self
    }

    pub(crate) fn given_up(mut self, reason: GiveUpReason, attempts: u32, elapsed: Duration) -> Self {
        self.0.reason = Some(reason);
        self.0.attempts = attempts;
        self.0.elapsed = elapsed;
        self
    }

    /// Returns the `operationId` of the operation that failed, or `None` if a client could not be built.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// Returns what went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Returns the last response, if one arrived.
    pub fn response(&self) -> Option<&Response<Vec<u8>>> {
        self.0.response.as_ref()
    }

    /// Returns the status of the last response, if one arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(Response::status)
    }

    /// Returns the headers of the last response, if one arrived.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.response().map(Response::headers)
    }

    /// Returns the body of the last response, as far as it arrived.
    pub fn body(&self) -> Option<&[u8]> {
        self.response().map(|response| response.body().as_slice())
    }

    /// Returns `error.message`: what the service says is wrong.
    pub fn message(&self) -> Option<&str> {
        self.0.fields.message.as_deref()
    }

    /// Returns `error.category`, which the permissions and agents operations send.
    pub fn category(&self) -> Option<&str> {
        self.0.fields.category.as_deref()
    }

    /// Returns `error.code`, which the permissions and agents operations send.
    pub fn code(&self) -> Option<&str> {
        self.0.fields.code.as_deref()
    }

    /// Returns `error.details`, which the permissions operations send.
    pub fn details(&self) -> Option<&Value> {
        self.0.fields.details.as_ref()
    }

    /// Returns the service's id of the last request. Its support asks for it.
    pub fn request_id(&self) -> Option<&str> {
        headers::request_id(self.headers()?)
    }

    /// Returns what the last response says about the rate limit.
    pub fn rate_limit(&self) -> RateLimit {
        self.headers().map(RateLimit::from_headers).unwrap_or_default()
    }

    /// Returns how long the service asks to wait before the next request.
    ///
    /// It is read from `Retry-After`, in seconds or as a date. On a 420 or a 429 with nothing remaining, it may also come
    /// from `X-FeatureRateLimit-Reset`. Dates are measured against the response's own `Date`; if there is none, against
    /// the caller's clock if the error comes from an [`Exchange`](crate::Exchange).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns `true` for a 401: the credentials are wrong.
    pub fn is_unauthorized(&self) -> bool {
        self.status() == Some(StatusCode::UNAUTHORIZED)
    }

    /// Returns `true` for a 403: the credentials do not allow this.
    pub fn is_forbidden(&self) -> bool {
        self.status() == Some(StatusCode::FORBIDDEN)
    }

    /// Returns `true` for a 404: what the operation names does not exist.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// Returns `true` for a 409: it exists already, as when the email of a new user is taken.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// Returns `true` for a 420 or a 429: too many requests.
    pub fn is_rate_limited(&self) -> bool {
        self.status().is_some_and(headers::is_throttled)
    }

    /// Returns `true` if the call was cancelled; see [`GiveUpReason::Cancelled`].
    pub fn is_cancelled(&self) -> bool {
        self.reason() == Some(GiveUpReason::Cancelled)
    }

    /// Returns `true` if the call ran out of time: the transport reports a timeout, or the time left was too short for
    /// another attempt.
    ///
    /// A transport reports a timeout by an [`std::io::Error`] of the kind
    /// [`TimedOut`](std::io::ErrorKind::TimedOut), anywhere in the chain of sources.
    pub fn is_timeout(&self) -> bool {
        let is_timed_out = |error: &(dyn std::error::Error + 'static)| {
            error.downcast_ref().is_some_and(|error: &std::io::Error| error.kind() == std::io::ErrorKind::TimedOut)
        };
        let chain = std::iter::successors(std::error::Error::source(self), |error| error.source());
        self.reason() == Some(GiveUpReason::DeadlineExceeded) || { chain }.any(is_timed_out)
    }

    /// Returns how many attempts an [`Exchange`](crate::Exchange) made, or 0 if it sent nothing.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns the time that all attempts and the delays between them took.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed
    }

    /// Returns why the call made no further attempt, or `None` if it made none.
    pub fn reason(&self) -> Option<GiveUpReason> {
        self.0.reason
    }

    /// Returns `true` if the operation may have been applied: an attempt may have been sent, and its response was lost or
    /// is inconclusive.
    ///
    /// A 404 on a delete, or a 409 on a create, is then most likely the effect of an earlier attempt of this call. It is
    /// always `false` for operations that change nothing.
    pub fn maybe_applied(&self) -> bool {
        self.0.maybe_applied
    }

    /// What went wrong with one attempt, in one line, without the operation; `{:#}` adds the chain of causes.
    pub(crate) fn summary(&self) -> impl fmt::Display {
        struct Summary<'e>(&'e Error);

        impl fmt::Display for Summary<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.write_summary(f)?;
                if f.alternate() { self.0.write_causes(f) } else { Ok(()) }
            }
        }

        Summary(self)
    }

    fn write_summary(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0.kind, self.status()) {
            (ErrorKind::Account(error), _) => write!(f, "{error}")?,
            (ErrorKind::Config(error), _) => write!(f, "{error}")?,
            (ErrorKind::Build(error), _) => write!(f, "{error}")?,
            (ErrorKind::Transport(error), _) => {
                write!(f, "{error}")?;
                if let Some(host) = &self.0.host {
                    write!(f, " (host {host})")?;
                }
            }
            (ErrorKind::SecretLost { sub_account_id, api_key }, _) => {
                match api_key {
                    Some(key) => write!(f, "the access key {} was created", Escaped(key.as_str()))?,
                    None => f.write_str("an access key was created")?,
                }
                write!(f, " in the product environment {}, and its secret is lost", Escaped(sub_account_id.as_str()))?;
            }
            (ErrorKind::OutOfOrder, _) => f.write_str("the exchange was driven out of order")?,
            (ErrorKind::Truncated(_), Some(status)) => {
                write!(f, "{} with a truncated body of {} bytes", status.as_u16(), self.body_length())?;
            }
            (ErrorKind::TooLarge { limit }, Some(status)) => {
                write!(f, "{} with a body larger than the limit of {limit} bytes", status.as_u16())?;
            }
            (ErrorKind::Decode { path, message }, Some(status)) => {
                write!(f, "{} with an unexpected body, at `{}`: {message}", status.as_u16(), Escaped(path))?;
            }
            (_, Some(status)) => match status.canonical_reason() {
                Some(reason) => write!(f, "{} {reason}", status.as_u16())?,
                None if headers::is_throttled(status) => write!(f, "{} Max usage rate exceeded", status.as_u16())?,
                None => write!(f, "status {}", status.as_u16())?,
            },
            (_, None) => f.write_str("no response")?,
        }
        if let Some(location) = self.redirects_to() {
            write!(f, ", a redirect to {}", Escaped(location))?;
        }
        if let Some(message) = self.message() {
            write!(f, ": {}", Escaped(message))?;
        }
        if let Some(code) = self.code() {
            write!(f, " [{}]", Escaped(code))?;
        }
        if let Some(id) = self.request_id() {
            write!(f, " (request {})", Escaped(id))?;
        }
        Ok(())
    }

    fn write_causes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        std::iter::successors(std::error::Error::source(self), |error| error.source())
            .try_for_each(|cause| write!(f, ": {}", Escaped(&cause.to_string())))
    }

    /// Where a redirect leads, without its query, which may hold a token. Of one with credentials, only what follows them.
    fn redirects_to(&self) -> Option<&str> {
        let response = self.response().filter(|response| response.status().is_redirection())?;
        let location = response.headers().get(LOCATION)?.to_str().ok()?.split(['?', '#']).next()?;
        Some(location.rsplit_once('@').map_or(location, |(_, rest)| rest))
    }

    fn body_length(&self) -> usize {
        self.body().map_or(0, <[u8]>::len)
    }
}

impl ErrorFields {
    /// Cannot fail: a body without `{"error":{…}}` has no fields. A field of another type than documented is left out
    /// without the others.
    fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Body<E> {
            error: E,
        }

        // The first byte distinguishes an HTML page from JSON, however long it is.
        if body.trim_ascii_start().first() != Some(&b'{') {
            return Self::default();
        }
        if let Ok(body) = serde_json::from_slice::<Body<Object<Self>>>(body) {
            return body.error.0;
        }
        match serde_json::from_slice::<Value>(body) {
            Ok(Value::Object(mut body)) => match body.remove("error") {
                Some(Value::Object(mut object)) => {
                    let mut text = |key| match object.remove(key) {
                        Some(Value::String(text)) => Some(text),
                        _ => None,
                    };
                    let (message, category, code) = (text("message"), text("category"), text("code"));
                    Self { message, category, code, details: object.remove("details").filter(|value| !value.is_null()) }
                }
                Some(Value::String(message)) => Self { message: Some(message), ..Self::default() },
                Some(_) => Self::default(),
                // The agents operations also answer with a bare `{"email":["is invalid"]}`.
                None => Self { message: fields_message(&body), ..Self::default() },
            },
            _ => Self::default(),
        }
    }
}

/// `email is invalid` for `{"email":["is invalid"]}`; nothing for any other form.
fn fields_message(body: &serde_json::Map<String, Value>) -> Option<String> {
    let mut parts = Vec::new();
    for (field, problems) in body {
        for problem in problems.as_array()? {
            parts.push(format!("{field} {}", problem.as_str()?));
        }
    }
    (!parts.is_empty()).then(|| parts.join("; "))
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        self.write_summary(f)?;
        match self.0.reason {
            // A single attempt that is not retryable needs no suffix.
            Some(GiveUpReason::NotRetryable) if self.0.attempts <= 1 => {}
            Some(reason) => {
                let plural = if self.0.attempts == 1 { "" } else { "s" };
                write!(f, "; gave up after {} attempt{plural}: {reason}", self.0.attempts)?;
            }
            None => {}
        }
        if !f.alternate() {
            return Ok(());
        }
        self.write_causes(f)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation)
            .field("kind", &self.0.kind)
            .field("status", &self.status().map(|status| status.as_u16()))
            .field("message", &self.message())
            .field("code", &self.code())
            .field("request_id", &self.request_id())
            .field("body_length", &self.body_length())
            .field("retry_after", &self.0.retry_after)
            .field("attempts", &self.0.attempts)
            .field("elapsed", &self.0.elapsed)
            .field("reason", &self.0.reason)
            .field("maybe_applied", &self.0.maybe_applied)
            .finish()
    }
}

impl std::error::Error for Error {
    /// The transport's own error. What `Display` shows already is not given again here.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.0.kind {
            ErrorKind::Transport(error) => error.source(),
            ErrorKind::Truncated(Some(error)) => Some(&**error),
            ErrorKind::Config(error) => error.source(),
            _ => None,
        }
    }
}

impl From<AccountError> for Error {
    fn from(error: AccountError) -> Self {
        Self::without_response(None, ErrorKind::Account(error))
    }
}

impl From<BuildError> for Error {
    fn from(error: BuildError) -> Self {
        Self::without_response(None, ErrorKind::Build(error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_says_where_to() {
        let redirect = |location: &str| {
            let response = Response::builder().status(302).header(LOCATION, location).body(Vec::new()).unwrap();
            Error::new(Some("getUser"), ErrorKind::Status, Some(response)).to_string()
        };
        let expected = "getUser: 302 Found, a redirect to https://login.example.com/a";
        assert_eq!(redirect("https://login.example.com/a?token=t0ken#x"), expected);
        assert_eq!(redirect("/a?b"), "getUser: 302 Found, a redirect to /a");
        assert_eq!(redirect("https://key:s3cret@example.com/a"), "getUser: 302 Found, a redirect to example.com/a");
    }

    #[test]
    fn an_unreachable_host_is_named_with_the_cause() {
        let host = Authority::from_static("api.example.com:8443");
        let kind = ErrorKind::Transport(TransportError::not_sent("connection refused"));
        let error = Error::new(Some("getUser"), kind, None).with_host(Some(&host));
        assert_eq!(error.to_string(), "getUser: the request was not sent (host api.example.com:8443)");
        assert_eq!(
            format!("{error:#}"),
            "getUser: the request was not sent (host api.example.com:8443): connection refused"
        );
        assert_eq!(
            format!("{:#}", crate::RetryEvent::new("getUser", 1, Duration::from_secs(1), &error)),
            "getUser: attempt 1: the request was not sent (host api.example.com:8443): connection refused, retrying in 1.0s"
        );
    }
}
