//! [`Response`]: a value and what came with it.

use http::{HeaderMap, StatusCode};

use crate::error::{ApiError, DecodeError, Incomplete, IncompleteBody, ResponseError};

use crate::headers::{self, RateLimit};
use crate::json::Unreadable;
use crate::operation::Operation;

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

/// Why a reply has no value. The reply itself is added only then, so that a success copies nothing.
pub(crate) enum Fault {
    Status,
    Body(Unreadable),
}

pub(crate) fn read<O: Operation>(status: StatusCode, body: &[u8]) -> Result<O::Output, Fault> {
    if !status.is_success() {
        return Err(Fault::Status);
    }
    O::decode(status, body).map_err(Fault::Body)
}

impl Fault {
    /// Whether this is a success that was lost on its way.
    pub(crate) fn is_cut_off(&self, status: StatusCode) -> bool {
        // A 204 has no body that could be cut off.
        matches!(self, Self::Body(fault) if fault.truncated) && status != StatusCode::NO_CONTENT
    }

    pub(crate) fn into_error(self, response: http::Response<Vec<u8>>) -> ResponseError {
        let cut_off = self.is_cut_off(response.status());
        match self {
            Self::Status => ApiError::new(response).into(),
            Self::Body(_) if cut_off => IncompleteBody::new(response, Incomplete::CutOff).into(),
            Self::Body(fault) => DecodeError::new(response, fault.path, fault.message).into(),
        }
    }
}

pub(crate) fn copy<B: AsRef<[u8]>>(response: &http::Response<B>) -> http::Response<Vec<u8>> {
    let mut copy = http::Response::new(response.body().as_ref().to_vec());
    *copy.status_mut() = response.status();
    *copy.version_mut() = response.version();
    *copy.headers_mut() = response.headers().clone();
    copy
}
