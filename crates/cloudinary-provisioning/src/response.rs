//! [`Response`]: a value and what came with it.

use http::{HeaderMap, StatusCode};

use crate::headers::{self, RateLimit};

/// The value of a success, with the status and the headers of the reply.
///
/// ```
/// use cloudinary_provisioning::{http, users};
///
/// let reply = http::Response::builder()
///     .header("x-request-id", "4f2a")
///     .header("x-featureratelimit-remaining", "1999")
///     .body(r#"{"message":"ok"}"#)?;
/// let response = users::Delete::new("id").parse_response(&reply)?;
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
}

impl<T> Response<T> {
    pub(crate) fn new(status: StatusCode, headers: HeaderMap, value: T) -> Self {
        Self { status, headers, value }
    }

    /// The value.
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The value alone.
    pub fn into_value(self) -> T {
        self.value
    }

    /// The status of the reply, a 2xx.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers of the reply.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The service's id of the request, to quote to its support.
    pub fn request_id(&self) -> Option<&str> {
        headers::request_id(&self.headers)
    }

    /// What the reply says of the rate limit.
    pub fn rate_limit(&self) -> RateLimit {
        RateLimit::from_headers(&self.headers)
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
