//! Events, which hooks receive.

use std::fmt;
use std::time::Duration;

use crate::outcome::error::Error;
use crate::outcome::headers::{self, RateLimit};
use crate::outcome::outcome::Outcome;
use http::{Response, StatusCode};

/// A retry that is about to happen.
///
/// It contains no URL and no header, and so no secret. `Display` is one line for a log; `{event:#}` adds the chain of
/// causes, such as why a connection failed.
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

impl<'x> RetryEvent<'x> {
    /// Creates an event, for tests of a hook.
    pub fn new(operation: &'static str, attempt: u32, delay: Duration, cause: &'x Error) -> Self {
        Self { operation, attempt, delay, cause }
    }
}

impl fmt::Display for RetryEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { operation, attempt, delay, cause } = self;
        write!(f, "{operation}: attempt {attempt}: ")?;
        cause.summary().fmt(f)?;
        write!(f, ", retrying in {delay:.1?}")
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

impl<'a> AttemptEvent<'a> {
    /// Creates an event, for tests of a hook.
    pub fn new(operation: &'static str, attempt: u32, duration: Duration, outcome: &'a Outcome) -> Self {
        Self { operation, attempt, duration, outcome }
    }

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

/// A call that has ended.
///
/// It contains no URL and no header, and so no secret.
///
/// ```
/// use cloudinary_provisioning::CallEvent;
///
/// fn record(event: &CallEvent<'_>) {
///     let outcome = match event.result {
///         Ok(status) => status.to_string(),
///         Err(error) => error.to_string(),
///     };
///     println!("{} after {} attempts: {outcome}", event.operation, event.attempts);
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct CallEvent<'a> {
    /// The `operationId`.
    pub operation: &'static str,
    /// How many attempts of the operation were made, look-ups aside.
    pub attempts: u32,
    /// How long the call took.
    pub elapsed: Duration,
    /// How much of it was spent on delays and on waiting for a place among the attempts in flight.
    pub waited: Duration,
    /// Whether the response to a create was lost and its result was looked up.
    pub recovered: bool,
    /// The status of the response, or the error.
    pub result: Result<StatusCode, &'a Error>,
}

impl<'a> CallEvent<'a> {
    /// Creates an event, for tests of a hook.
    pub fn new(
        operation: &'static str,
        attempts: u32,
        elapsed: Duration,
        result: Result<StatusCode, &'a Error>,
    ) -> Self {
        Self { operation, attempts, elapsed, waited: Duration::ZERO, recovered: false, result }
    }
}
