//! What hooks are told.

use std::fmt;
use std::time::Duration;

use crate::outcome::error::Error;
use crate::outcome::headers::{self, RateLimit};
use crate::outcome::outcome::Outcome;
use http::{Response, StatusCode};

/// A retry that is about to happen.
///
/// It contains no URL and no header, and so no secret. `Display` is one line for a log.
///
/// ```
/// use cloudinary_provisioning::RetryEvent;
///
/// fn log(event: &RetryEvent<'_>) {
///     eprintln!("{event}");
///     if event.cause.is_rate_limited() {
///         eprintln!("throttled for {:?}", event.delay);
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RetryEvent<'x> {
    /// The `operationId`.
    pub operation: &'static str,
    /// The number of the attempt that failed, from 1.
    pub attempt: u32,
    /// The delay before the next attempt.
    pub delay: Duration,
    /// Why the attempt failed: its status, request id or transport error.
    pub cause: &'x Error,
}

impl fmt::Display for RetryEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, attempt, delay, cause } = self;
        write!(f, "{operation}: attempt {attempt}: {}, retrying in {delay:.1?}", cause.summary())
    }
}

/// An attempt that has ended.
///
/// ```
/// use cloudinary_provisioning::{AttemptEvent, Outcome};
///
/// fn record(event: &AttemptEvent<'_>) {
///     let status = event.status().map_or(0, |status| status.as_u16());
///     println!("{} {} {status} {:?}", event.operation, event.attempt, event.duration);
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct AttemptEvent<'a> {
    /// The `operationId`.
    pub operation: &'static str,
    /// The number of the attempt, from 1.
    pub attempt: u32,
    /// How long it took.
    pub duration: Duration,
    /// Its outcome.
    pub outcome: &'a Outcome,
}

impl AttemptEvent<'_> {
    /// Returns the status of the response, if one arrived.
    pub fn status(&self) -> Option<StatusCode> {
        self.outcome.response().map(Response::status)
    }

    /// Returns the service's id of the request.
    pub fn request_id(&self) -> Option<&str> {
        self.outcome.response().and_then(|response| headers::request_id(response.headers()))
    }

    /// Returns what the response says about the rate limit, such as how many requests remain.
    pub fn rate_limit(&self) -> RateLimit {
        self.outcome.response().map(|response| RateLimit::from_headers(response.headers())).unwrap_or_default()
    }
}
