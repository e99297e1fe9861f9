//! [`Response`]: a value with the status and the headers of its response.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use crate::outcome::headers::{self, RateLimit};

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
    existed: bool,
}

impl<T> Response<T> {
    /// Creates a response, for tests.
    pub fn new(status: StatusCode, headers: HeaderMap, value: T) -> Self {
        Self { status, headers, value, attempts: 1, recovered: false, existed: false }
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

    /// Returns the service's id of the request. Its support asks for it.
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

    /// Returns `true` if the resource was there already; see [`Exchange::or_existing`](crate::Exchange::or_existing).
    pub fn existed(&self) -> bool {
        self.existed
    }

    /// This response with what was looked up in it.
    pub(crate) fn with_value<U>(self, value: U) -> Response<U> {
        let Self { status, headers, attempts, recovered, existed, value: _ } = self;
        Response { status, headers, value, attempts, recovered, existed }
    }

    pub(crate) fn with_recovered(self) -> Self {
        Self { recovered: true, ..self }
    }

    pub(crate) fn with_existed(self) -> Self {
        Self { existed: true, ..self }
    }

    /// The value, and what came with it.
    pub(crate) fn split(self) -> (Response<()>, T) {
        let Self { status, headers, value, attempts, recovered, existed } = self;
        (Response { status, headers, value: (), attempts, recovered, existed }, value)
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
