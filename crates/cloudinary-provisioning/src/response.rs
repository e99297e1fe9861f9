//! [`Response`]: a value with the status and the headers of its response.

use std::time::{Duration, SystemTime};

use http::header::CONTENT_ENCODING;
use http::{HeaderMap, StatusCode};

use crate::error::{Error, ErrorKind};
use crate::escape::Escaped;

use crate::headers::{self, RateLimit};
use crate::json::Unreadable;
use crate::operation::Operation;
use crate::retry;

/// The value of a success, with the status and the headers of the response.
///
/// ```
/// use cloudinary_provisioning::{http, users};
///
/// let response = http::Response::builder()
///     .header("x-request-id", "4f2a")
///     .header("x-featureratelimit-remaining", "1999")
///     .body(r#"{"message":"ok"}"#)?;
/// let response = users::Delete::new("id").parse_response(&response)?;
/// assert_eq!(response.request_id(), Some("4f2a"));
/// assert_eq!(response.rate_limit().remaining, Some(1999));
/// assert_eq!(response.into_value().message.as_deref(), Some("ok"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Response<T> {
    status: StatusCode,
    headers: HeaderMap,
    value: T,
    attempts: u32,
    recovered: bool,
}

impl<T> Response<T> {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, value: T) -> Self {
        Self { status, headers, value, attempts: 1, recovered: false }
    }

    /// Returns the value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// Returns the value, and drops the rest.
    pub fn into_value(self) -> T {
        self.value
    }

    /// Returns the status of the response, a 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Returns the headers of the response.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Returns the service's id of the request, to quote to its support.
    pub fn request_id(&self) -> Option<&str> {
        headers::request_id(&self.headers)
    }

    /// Returns what the response says about the rate limit.
    pub fn rate_limit(&self) -> RateLimit {
        RateLimit::from_headers(&self.headers)
    }

    /// Returns how long it is until the rate limit is reset, if no requests remain.
    ///
    /// The reset is measured against the response's own `Date`, or against `now` if there is none.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use cloudinary_provisioning::{http, users};
    ///
    /// let response = http::Response::builder()
    ///     .header("date", "Wed, 21 Oct 2015 07:28:00 GMT")
    ///     .header("x-featureratelimit-remaining", "0")
    ///     .header("x-featureratelimit-reset", "Wed, 21 Oct 2015 07:28:07 GMT")
    ///     .body(r#"{"users":[]}"#)?;
    /// let users = users::List::new().parse_response(&response)?;
    /// assert_eq!(users.until_reset(SystemTime::now()), Some(Duration::from_secs(7)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn until_reset(&self, now: SystemTime) -> Option<Duration> {
        headers::until_reset(&self.headers, Some(now))
    }

    /// Returns how many attempts the call took.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Returns `true` if the response to a create was lost, and this value was looked up afterwards.
    pub fn recovered(&self) -> bool {
        self.recovered
    }

    /// This response with what was looked up in it, for a create that took this many attempts.
    pub(crate) fn recovered_with<U>(&self, value: U, attempts: u32) -> Response<U> {
        Response { status: self.status, headers: self.headers.clone(), value, attempts, recovered: true }
    }

    /// The value, and what came with it.
    pub(crate) fn split(self) -> (Response<()>, T) {
        let Self { status, headers, value, attempts, recovered } = self;
        (Response { status, headers, value: (), attempts, recovered }, value)
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Response<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status.as_u16())
            .field("request_id", &self.request_id())
            .field("value", &self.value)
            .finish_non_exhaustive()
    }
}

/// Why a response has no value. The response itself is added only then, so that a success copies nothing.
pub(crate) enum Fault {
    Status,
    Body(Unreadable),
}

pub(crate) fn read<O: Operation>(status: StatusCode, body: &[u8]) -> Result<O::Output, Fault> {
    if !status.is_success() {
        return Err(Fault::Status);
    }
    O::decode(status, body).map_err(|mut fault| {
        if body.trim_ascii().is_empty() {
            fault.truncated = false;
            "the body is empty".clone_into(&mut fault.message);
        }
        Fault::Body(fault)
    })
}

impl Fault {
    pub(crate) fn into_error<O: Operation>(self, response: http::Response<Vec<u8>>, now: Option<SystemTime>) -> Error {
        let kind = match self {
            Self::Status => ErrorKind::Status,
            Self::Body(fault) if fault.truncated => ErrorKind::Truncated(None),
            Self::Body(fault) => ErrorKind::Decode { path: fault.path, message: described(fault.message, &response) },
        };
        with_response::<O>(kind, response, now)
    }
}

/// The error of an attempt that brought a response.
pub(crate) fn with_response<O: Operation>(
    kind: ErrorKind,
    response: http::Response<Vec<u8>>,
    now: Option<SystemTime>,
) -> Error {
    let refused = matches!(kind, ErrorKind::Status);
    let hint = if refused { headers::retry_after(response.status(), response.headers(), now) } else { None };
    Error::new(Some(O::ID), kind, Some(response)).with_retry_after(hint)
}

/// Names a compression that the transport did not undo: the body is unreadable for no other reason then.
fn described(message: String, response: &http::Response<Vec<u8>>) -> String {
    match response.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()) {
        Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
            format!("the content encoding `{}` was not decoded", Escaped(encoding))
        }
        _ => message,
    }
}

pub(crate) fn parse<O: Operation, B: AsRef<[u8]>>(
    operation: &O,
    response: &http::Response<B>,
) -> Result<O::Output, Error> {
    read::<O>(response.status(), response.body().as_ref()).map_err(|fault| {
        let error = fault.into_error::<O>(copy(response), None);
        let maybe_applied = retry::may_have_applied(&error, operation.safety());
        error.with_maybe_applied(maybe_applied)
    })
}

fn copy<B: AsRef<[u8]>>(response: &http::Response<B>) -> http::Response<Vec<u8>> {
    let mut copy = http::Response::new(response.body().as_ref().to_vec());
    *copy.status_mut() = response.status();
    *copy.version_mut() = response.version();
    *copy.headers_mut() = response.headers().clone();
    copy
}
