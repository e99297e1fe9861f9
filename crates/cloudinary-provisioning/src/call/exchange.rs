//! [`Exchange`]: one call, from its first attempt to its result.

use std::fmt;
use std::time::Duration;

use http::Request;

use crate::account::account::Account;
use crate::account::options::RequestOptions;
use crate::call::events::RetryEvent;
use crate::call::retry::{Retry, RetryPolicy};
use crate::call::sample::Sample;
use crate::call::throttle;
use crate::call::transport::FreshConnection;
use crate::operation::operation::Operation;
use crate::operation::reading;
use crate::operation::safety::Safety;
use crate::outcome::error::{Error, ErrorKind, GiveUpReason};
use crate::outcome::outcome::Outcome;
use crate::outcome::response::Response;
use crate::outcome::transport_error::TransportError;

/// One call with its retries, without I/O.
///
/// [`begin`](Self::begin) an attempt, send [`request`](Self::request) with any HTTP stack, and feed the attempt's
/// [`Outcome`] to [`on_outcome`](Self::on_outcome), which returns `Done`, `Retry` or `Failed`. An exchange owns its
/// operation, so it can sit in a queue; the operation may also be a reference.
///
/// [`run`](Self::run) does all of this against a [`Driver`](crate::Driver), and
/// [`run_async`](Self::run_async) against an [`AsyncDriver`](crate::AsyncDriver).
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
/// use cloudinary_provisioning::{
///     Account, Error, Exchange, Outcome, RetryPolicy, Sample, Step, http, users,
/// };
/// # fn my_http_stack(_: &http::Request<Vec<u8>>, _: Duration) -> Outcome {
/// #     http::Response::new(br#"{"id":"0abed8df","name":"John"}"#.to_vec()).into()
/// # }
/// # fn random() -> u64 { 0 }
///
/// fn get(account: &Account, id: &str) -> Result<users::User, Error> {
///     let mut exchange =
///         Exchange::new(account, users::Get::new(id), RetryPolicy::default())?;
///     let start = Instant::now();
///     loop {
///         let timeout = exchange.begin(start.elapsed())?;
///         let outcome = my_http_stack(exchange.request(), timeout);
///         let sample = Sample::new(start.elapsed(), SystemTime::now(), random());
///         match exchange.on_outcome(outcome, sample) {
///             Step::Done(response) => return Ok(response.into_value()),
///             Step::Retry(event) => std::thread::sleep(event.delay),
///             Step::Failed(error) => return Err(error),
///         }
///     }
/// }
/// # let account = Account::new("acc", "key", "secret").unwrap();
/// # assert_eq!(get(&account, "0abed8df").unwrap().name.as_deref(), Some("John"));
/// ```
pub struct Exchange<O> {
    operation: O,
    request: Request<Vec<u8>>,
    retry: Retry,
    last: Option<Error>,
}

/// The next step of a call.
///
/// This enum is exhaustive.
#[derive(Debug)]
pub enum Step<'x, T> {
    /// The call is done.
    Done(Response<T>),
    /// Sleep for the event's delay, then begin the next attempt.
    Retry(RetryEvent<'x>),
    /// The call failed, and is not retried again.
    Failed(Error),
}

impl<O: Operation> Exchange<O> {
    /// Creates a call of an operation, or of a reference to one.
    ///
    /// # Errors
    ///
    /// Returns an [`ErrorKind::Build`] that names the field that cannot be sent.
    pub fn new(account: &Account, operation: O, policy: RetryPolicy) -> Result<Self, Error> {
        Self::with_options(account, operation, policy, &RequestOptions::default())
    }

    /// Creates a call with another origin, account id or headers.
    ///
    /// # Errors
    ///
    /// The same as [`new`](Self::new), also for headers.
    pub fn with_options(
        account: &Account,
        operation: O,
        policy: RetryPolicy,
        options: &RequestOptions,
    ) -> Result<Self, Error> {
        let mut request = account
            .request_with(&operation, options)
            .map_err(|error| Error::unsent(Some(O::ID), ErrorKind::Build(error)))?;
        let safety = operation.safety();
        if safety == Safety::NotIdempotent {
            request.extensions_mut().insert(FreshConnection);
        }
        Ok(Self { operation, request, retry: Retry::new(policy, safety), last: None })
    }

    /// Continues after the attempts of an earlier exchange, the last of which failed with this error. One of them may
    /// have been applied.
    pub(crate) fn resume(&mut self, last: Error) {
        self.retry.attempts = last.attempts();
        self.retry.maybe_applied = true;
        self.last = Some(last);
        self.request.extensions_mut().insert(FreshConnection);
    }

    /// Returns the operation.
    pub fn operation(&self) -> &O {
        &self.operation
    }

    /// Returns the request, which is the same for every attempt.
    pub fn request(&self) -> &Request<Vec<u8>> {
        &self.request
    }

    /// Returns how many attempts have ended so far.
    pub fn attempts(&self) -> u32 {
        self.retry.attempts
    }

    /// Begins an attempt and returns its timeout, given the time that has passed since the call began.
    ///
    /// # Errors
    ///
    /// If the delay took so long that no time is left for another attempt, returns the error of the previous attempt,
    /// or a [`TransportError::NotSent`] if there was none.
    pub fn begin(&mut self, elapsed: Duration) -> Result<Duration, Error> {
        let last = self.last.take();
        let in_time = match last {
            Some(_) => self.retry.policy.has_time_at(elapsed),
            None => !self.retry.policy.is_over_at(elapsed),
        };
        if in_time {
            return Ok(self.retry.policy.timeout_at(elapsed));
        }
        let error = last.unwrap_or_else(|| self.unsent("no time is left for an attempt"));
        Err(error.given_up(GiveUpReason::DeadlineExceeded, self.retry.attempts, elapsed))
    }

    /// Checks whether the call can wait this long before its next attempt, as a [`Throttle`](crate::Throttle) asks.
    ///
    /// # Errors
    ///
    /// If the delay is longer than the time left or, its jitter aside, than [`RetryPolicy::max_server_delay`], returns
    /// the error of the previous attempt, or a [`TransportError::NotSent`] if there was none.
    /// [`retry_after`](Error::retry_after) is the delay.
    pub fn hold(&mut self, delay: Duration, elapsed: Duration) -> Result<(), Error> {
        let policy = &self.retry.policy;
        // The service asks for the delay without the jitter that is in it.
        let jitter = throttle::spread(policy.longest_server_delay());
        let hinted = policy.refuses(delay.saturating_sub(jitter), true, elapsed);
        let Some(reason) = hinted.or_else(|| policy.refuses(delay, false, elapsed)) else { return Ok(()) };
        let error = self.last.take().unwrap_or_else(|| self.unsent("the rate limit is exhausted"));
        Err(error.with_retry_after(Some(delay)).given_up(reason, self.retry.attempts, elapsed))
    }

    fn unsent(&self, why: &'static str) -> Error {
        Error::unsent(Some(O::ID), ErrorKind::Transport(TransportError::not_sent(why)))
            .with_maybe_applied(self.retry.maybe_applied)
    }

    /// Takes the outcome of an attempt and returns the next step.
    pub fn on_outcome(&mut self, outcome: Outcome, at: Sample) -> Step<'_, O::Output> {
        self.retry.attempts = self.retry.attempts.saturating_add(1);
        let now = Some(at.now);
        let incomplete = |kind, response: http::Response<Vec<u8>>| {
            // An error response tells enough by its status and headers.
            let kind = if response.status().is_success() { kind } else { ErrorKind::Status };
            reading::with_response::<O>(kind, response, now)
        };
        let error = match outcome {
            Outcome::Response(response) => match reading::read::<O>(response.status(), response.body()) {
                Ok(value) => {
                    let (parts, _) = response.into_parts();
                    let done = Response::new(parts.status, parts.headers, value);
                    return Step::Done(done.with_attempts(self.retry.attempts));
                }
                Err(fault) => fault.into_error::<O>(response, now),
            },
            Outcome::Truncated(response, source) => incomplete(ErrorKind::Truncated(source), response),
            Outcome::TooLarge(response, limit) => incomplete(ErrorKind::TooLarge { limit }, response),
            Outcome::Failed(error) => Error::unsent(Some(O::ID), ErrorKind::Transport(error)),
        };
        let next = self.retry.next(&error, at.elapsed, at.jitter);
        let error = error.with_maybe_applied(self.retry.maybe_applied);
        match next {
            Ok(delay) => {
                self.request.extensions_mut().insert(FreshConnection);
                let (operation, attempt) = (O::ID, self.retry.attempts);
                Step::Retry(RetryEvent { operation, attempt, delay, cause: self.last.insert(error) })
            }
            Err(reason) => Step::Failed(error.given_up(reason, self.retry.attempts, at.elapsed)),
        }
    }
}

impl<O: Operation> fmt::Debug for Exchange<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange").field("operation", &O::ID).field("retry", &self.retry).finish_non_exhaustive()
    }
}
