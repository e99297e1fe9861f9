//! [`Exchange`]: one call, from its first attempt to its result.

use std::fmt;
use std::time::Duration;

use http::Request;
use http::uri::Authority;

use crate::account::account::Account;
use crate::account::options::RequestOptions;
use crate::call::events::RetryEvent;
use crate::call::reading::Reading;
use crate::call::recovery::{Conclusion, Recovery};
use crate::call::retry::{Retry, RetryPolicy};
use crate::call::throttle;
use crate::call::transport::FreshConnection;
use crate::operation::operation::Operation;
use crate::operation::reading;
use crate::operation::recover::Recover;
use crate::operation::safety::{Safety, may_have_applied};
use crate::outcome::error::{Error, ErrorKind, GiveUpReason};
use crate::outcome::outcome::Outcome;
use crate::outcome::response::Response;
use crate::outcome::transport_error::TransportError;

/// One call with its retries, without I/O.
///
/// [`begin`](Self::begin) an attempt, send [`request`](Self::request) with any HTTP stack, and feed the attempt's
/// [`Outcome`] to [`on_outcome`](Self::on_outcome), which says what to do next: a [`Step`]. An exchange owns its
/// operation, so it can sit in a queue; the operation may also be a reference.
///
/// [`run`](Self::run) does all of this against a [`Driver`](crate::Driver), and
/// [`run_async`](Self::run_async) against an [`AsyncDriver`](crate::AsyncDriver).
///
/// By hand, with a create whose result is looked up if its response is lost:
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
/// use cloudinary_provisioning::{
///     Account, Error, Exchange, Outcome, Reading, RetryPolicy, Step, http, users,
/// };
/// # fn my_http_stack(_: &http::Request<Vec<u8>>, _: Duration) -> Outcome {
/// #     http::Response::new(br#"{"id":"0abed8df","name":"John"}"#.to_vec()).into()
/// # }
/// # fn random() -> u64 { 0 }
///
/// fn create(account: &Account, create: users::Create) -> Result<users::User, Error> {
///     let start = Instant::now();
///     let mut exchange =
///         Exchange::new(account, create, RetryPolicy::default())?.recover()?;
///     loop {
///         let attempt = exchange.begin(start.elapsed())?;
///         let outcome = my_http_stack(exchange.request(), attempt.timeout());
///         let reading = Reading::new(start.elapsed(), SystemTime::now(), random());
///         match exchange.on_outcome(attempt, outcome, reading) {
///             Step::Done(response) => return Ok(response.into_value()),
///             Step::Send => {} // `exchange.request()` is another one now
///             Step::Retry(event) => std::thread::sleep(event.delay),
///             Step::Failed(error) => return Err(error),
///         }
///     }
/// }
/// # let account = Account::new("acc", "key", "secret").unwrap();
/// # let john = users::Create::new("John", "john@example.com");
/// # assert_eq!(create(&account, john).unwrap().name.as_deref(), Some("John"));
/// ```
#[doc(alias = "exactly once")]
#[doc(alias = "idempotency key")]
pub struct Exchange<O: Operation> {
    operation: O,
    request: Request<Vec<u8>>,
    retry: Retry,
    /// When the call began.
    began: Option<Duration>,
    /// The numbers of the last attempt that was begun, of whatever request, and of the one that is open.
    begun: u32,
    open: Option<u32>,
    ended: bool,
    /// The error of the last attempt of the operation.
    last: Option<Error>,
    recovery: Option<Box<Recovery<O::Output>>>,
    account: Account,
    options: RequestOptions,
}

/// The next step of a call.
///
/// This enum is exhaustive.
#[derive(Debug)]
pub enum Step<'x, T> {
    /// The call is done.
    Done(Response<T>),
    /// Begin the next attempt at once. [`Exchange::request`] is another one now: a look-up, or the create after one.
    Send,
    /// Sleep for the event's delay, then begin the next attempt.
    Retry(RetryEvent<'x>),
    /// The call failed, and is not retried again.
    Failed(Error),
}

/// An attempt that has begun: what [`Exchange::begin`] returns and [`Exchange::on_outcome`] takes.
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning::{Account, Exchange, RetryPolicy, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let mut call = Exchange::new(&account, users::List::new(), RetryPolicy::default())?;
/// let attempt = call.begin(Duration::ZERO)?;
/// assert_eq!((attempt.number(), attempt.timeout()), (1, Duration::from_secs(30)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "an attempt ends with `on_outcome`"]
pub struct Attempt {
    begun: u32,
    number: u32,
    operation: &'static str,
    timeout: Duration,
}

impl Attempt {
    /// Returns the number of the attempt among those of the same operation, from 1.
    pub fn number(&self) -> u32 {
        self.number
    }

    /// Returns the `operationId` of what is sent: that of the call, or of a look-up.
    pub fn operation(&self) -> &'static str {
        self.operation
    }

    /// Returns the timeout of the attempt.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
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
            .map_err(|error| Error::without_response(Some(operation.id()), ErrorKind::Build(error)))?;
        let safety = operation.safety();
        if safety == Safety::NotIdempotent {
            request.extensions_mut().insert(FreshConnection);
        }
        Ok(Self {
            operation,
            request,
            retry: Retry::new(policy, safety),
            began: None,
            begun: 0,
            open: None,
            ended: false,
            last: None,
            recovery: None,
            account: account.clone(),
            options: options.clone(),
        })
    }

    /// Retries a create without applying it twice, even if its response is lost: the call looks for the result by its
    /// natural key; [`Recover`] lists the keys. It never returns a resource that it did not create.
    ///
    /// | what happens | next step |
    /// |---|---|
    /// | a success | return it |
    /// | an error, and the create cannot have been applied | return the error; throttling and failed connections are retried as always |
    /// | an error, and the create may have been applied; or a 409 after such an error | look it up, after the delay that the service asks for, if any |
    /// | the look-up finds one resource that was made since the call began, with the fields asked for | return it; [`Response::recovered`] is `true` |
    /// | … and its secret is not in the look-up | return [`ErrorKind::SecretLost`], which names what was created |
    /// | … nothing, and a second create cannot make a second resource | sleep, then send the create again |
    /// | … nothing, and a second create could make a second resource | sleep, then look again |
    /// | … anything else, or the look-up fails, or no attempt is left | return the last error of the create; [`Error::maybe_applied`] is `true` |
    ///
    /// [`RetryPolicy::max_attempts`] limits the attempts of the create, and of each look-up;
    /// [`RetryPolicy::total_timeout`] limits all of it together. The service offers no lock, so a resource with the same
    /// key and fields that somebody else creates during the call, or in the three seconds before it, is taken for the result.
    /// Nor can a client help it if a proxy sends a create twice, or if a create arrives so late that what it made was
    /// deleted meanwhile.
    ///
    /// An [`AnyOperation`](crate::AnyOperation) of what is not a create is sent as without `recover`.
    ///
    /// ```
    /// use std::time::{Duration, SystemTime};
    /// use cloudinary_provisioning::http::{Request, Response};
    /// use cloudinary_provisioning::{
    ///     Account, Driver, Exchange, Outcome, Reading, RetryPolicy, TransportError, users,
    /// };
    ///
    /// /// Applies the create and loses its response.
    /// struct Lossy;
    ///
    /// impl Driver for Lossy {
    ///     fn send(&self, request: &Request<Vec<u8>>, _: Duration) -> Outcome {
    ///         let john = r#"{"users":[{"id":"u1","name":"John","email":"john@example.com",
    ///             "created_at":"2015-10-21T07:28:00Z"}]}"#;
    ///         match request.method().as_str() {
    ///             "POST" => TransportError::maybe_sent("connection reset").into(),
    ///             _ => Response::builder()
    ///                 .header("date", "Wed, 21 Oct 2015 07:28:00 GMT")
    ///                 .body(john.into())
    ///                 .map_err(TransportError::permanent)
    ///                 .into(),
    ///         }
    ///     }
    /// #   fn sleep(&self, _: Duration) {}
    /// #   fn reading(&self) -> Reading { Reading::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0) }
    ///     // …
    /// }
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let create = users::Create::new("John", "John@example.com");
    /// let call = Exchange::new(&account, create, RetryPolicy::default())?.recover()?;
    /// let response = call.run(&Lossy)?;
    /// assert!(response.recovered());
    /// assert_eq!(response.value().id, "u1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an [`ErrorKind::Build`] that names the field without which the result could not be looked up.
    pub fn recover(mut self) -> Result<Self, Error>
    where
        O: Recover,
    {
        if let Some(recovery) = self.recovery()? {
            recovery.set_recovers();
            // The look-ups decide whether it is sent again.
            self.retry.policy = self.retry.policy.retry_unsafe(false);
        }
        Ok(self)
    }

    /// Returns the resource that is there already, if the create ends in a conflict: the only one with its natural key,
    /// whatever its other fields are. [`Response::existed`] is `true` then.
    ///
    /// It can be combined with [`recover`](Self::recover).
    ///
    /// # Errors
    ///
    /// Returns an [`ErrorKind::Build`] that names the field without which the resource could not be looked up.
    pub fn or_existing(mut self) -> Result<Self, Error>
    where
        O: Recover,
    {
        if let Some(recovery) = self.recovery()? {
            recovery.set_takes_existing();
        }
        Ok(self)
    }

    /// The look-ups of a create; `None` for what is not a create.
    fn recovery(&mut self) -> Result<Option<&mut Recovery<O::Output>>, Error> {
        if self.recovery.is_none() {
            let Some(lookup) = self.operation.lookup() else { return Ok(None) };
            let build = |error| Error::without_response(Some(self.operation.id()), ErrorKind::Build(error));
            let lookup = lookup.map_err(build)?;
            let recovery = Recovery::new(lookup, &self.account, &self.options, self.retry.policy).map_err(build)?;
            self.recovery = Some(Box::new(recovery));
        }
        Ok(self.recovery.as_deref_mut())
    }

    /// Returns the operation.
    pub fn operation(&self) -> &O {
        &self.operation
    }

    /// Returns the request to send: that of the operation, the same for every attempt, or that of a look-up.
    pub fn request(&self) -> &Request<Vec<u8>> {
        self.recovery.as_ref().and_then(|recovery| recovery.request()).unwrap_or(&self.request)
    }

    /// Returns how many attempts of the operation have ended so far.
    pub fn attempts(&self) -> u32 {
        self.retry.attempts
    }

    /// Begins an attempt. `now` is a point on a monotonic clock; the call begins with the first one it is given.
    ///
    /// # Errors
    ///
    /// If no time is left for another attempt, returns the error of the previous attempt, or a
    /// [`TransportError::NotSent`] if there was none. Returns an [`ErrorKind::OutOfOrder`] if the outcome of the previous
    /// attempt is still missing, or the call has ended.
    pub fn begin(&mut self, now: Duration) -> Result<Attempt, Error> {
        if self.ended || self.open.is_some() {
            return Err(self.out_of_order());
        }
        let elapsed = self.elapsed(now);
        let policy = self.retry.policy;
        let in_time = if self.begun == 0 { !policy.is_over_at(elapsed) } else { policy.has_time_at(elapsed) };
        if !in_time {
            return Err(self.give_up(GiveUpReason::DeadlineExceeded, elapsed, "no time is left for an attempt"));
        }
        if let Some(recovery) = self.recovery.as_mut() {
            recovery.begin(elapsed);
        }
        self.begun = self.begun.saturating_add(1);
        self.open = Some(self.begun);
        let (operation, attempts) = match self.recovery.as_ref().and_then(|recovery| recovery.looking_with()) {
            Some(lookup) => lookup,
            None => (self.operation.id(), self.retry.attempts),
        };
        let number = attempts.saturating_add(1);
        Ok(Attempt { begun: self.begun, number, operation, timeout: policy.timeout_at(elapsed) })
    }

    /// Begins the call, whose first attempt may have to wait for its place. Without it, the call begins with its first
    /// attempt.
    pub fn start(&mut self, now: Duration) {
        self.began.get_or_insert(now);
    }

    /// Checks whether the call can wait this long before its next attempt, as a [`Throttle`](crate::Throttle) asks.
    ///
    /// # Errors
    ///
    /// If the delay is longer than the time left or, its jitter aside, than [`RetryPolicy::max_server_delay`], returns
    /// the error of the previous attempt, or a [`TransportError::NotSent`] if there was none.
    /// [`retry_after`](Error::retry_after) is the delay.
    pub fn check_wait(&mut self, delay: Duration, now: Duration) -> Result<(), Error> {
        let elapsed = self.elapsed(now);
        let policy = &self.retry.policy;
        // The service asks for the delay without the jitter that is in it.
        let jitter = throttle::max_jitter(policy.longest_server_delay());
        let hinted = policy.refuses(delay.saturating_sub(jitter), true, elapsed);
        let Some(reason) = hinted.or_else(|| policy.refuses(delay, false, elapsed)) else { return Ok(()) };
        let error = self.give_up(reason, elapsed, "the rate limit is exhausted");
        Err(error.with_retry_after(Some(delay)))
    }

    /// Returns how long the call can wait for a place among the attempts in flight.
    ///
    /// # Errors
    ///
    /// If no time is left, returns the error of the previous attempt, or a [`TransportError::NotSent`] if there was none.
    pub fn time_left(&mut self, now: Duration) -> Result<Duration, Error> {
        let elapsed = self.elapsed(now);
        self.retry.policy.left_at(elapsed).ok_or_else(|| {
            let why = "too many attempts were in flight for all of its time";
            self.give_up(GiveUpReason::DeadlineExceeded, elapsed, why)
        })
    }

    /// Takes the outcome of an attempt and returns the next step.
    #[expect(clippy::needless_pass_by_value, reason = "an attempt has one outcome")]
    pub fn on_outcome(&mut self, attempt: Attempt, outcome: Outcome, at: Reading) -> Step<'_, O::Output> {
        if self.ended || self.open != Some(attempt.begun) {
            return Step::Failed(self.out_of_order());
        }
        self.open = None;
        let elapsed = self.elapsed(at.now);
        if self.recovery.as_ref().is_some_and(|recovery| recovery.looking_with().is_some()) {
            return self.on_lookup(outcome, at, elapsed);
        }
        self.retry.attempts = self.retry.attempts.saturating_add(1);
        let decode = |status, body: &[u8]| self.operation.decode(status, body);
        let host = self.request.uri().authority();
        let error = match result(self.operation.id(), outcome, at, (&self.account, host), decode) {
            Ok(response) => {
                self.ended = true;
                return Step::Done(response.with_attempts(self.retry.attempts));
            }
            Err(error) => error,
        };
        let next = self.retry.next(&error, elapsed, at.jitter);
        let error = error.with_maybe_applied(self.retry.maybe_applied);
        match next {
            Ok(delay) => self.retry_after(delay, error),
            Err(reason) => {
                let is_conflict = error.is_conflict();
                let is_open = may_have_applied(&error, Safety::NotIdempotent) || is_conflict;
                let may_be_there = self.retry.maybe_applied && is_open;
                let is_looking = self.recovery.as_mut().is_some_and(|recovery| {
                    if recovery.recovers() && may_be_there {
                        recovery.look()
                    } else {
                        recovery.takes_existing() && is_conflict && recovery.look_for_existing()
                    }
                });
                let mut error = error.given_up(reason, self.retry.attempts, elapsed);
                if is_looking {
                    let Some(hint) = error.retry_after() else {
                        self.last = Some(error);
                        return Step::Send;
                    };
                    match self.retry.policy.delay_of_hint(hint, elapsed, at.jitter) {
                        Ok(delay) => return self.retry_after(delay, error),
                        Err(reason) => error = error.given_up(reason, self.retry.attempts, elapsed),
                    }
                }
                self.ended = true;
                Step::Failed(error)
            }
        }
    }

    /// Ends a call that is not wanted any more, and returns its error: that of the previous attempt, or a
    /// [`TransportError::NotSent`] if there was none, with the reason [`Cancelled`](GiveUpReason::Cancelled).
    ///
    /// An attempt whose outcome is still missing may have been sent, and [`maybe_applied`](Error::maybe_applied) says so.
    pub fn cancel(&mut self, now: Duration) -> Error {
        if self.open.is_some() {
            return self.end_open(TransportError::maybe_sent("cancelled"), GiveUpReason::Cancelled, now);
        }
        let elapsed = self.elapsed(now);
        self.give_up(GiveUpReason::Cancelled, elapsed, "cancelled")
    }

    /// Ends a call whose driver cannot go on, such as one that panicked, and returns its error.
    pub fn abandon(&mut self, error: TransportError) -> Error {
        let now = self.began.unwrap_or_default();
        self.end_open(error, GiveUpReason::NotRetryable, now)
    }

    /// Ends the call with the error of the attempt that is open.
    fn end_open(&mut self, error: TransportError, reason: GiveUpReason, now: Duration) -> Error {
        let elapsed = self.elapsed(now);
        let looking = self.recovery.as_ref().is_some_and(|recovery| recovery.looking_with().is_some());
        if self.open.take().is_some() && !looking {
            self.retry.attempts = self.retry.attempts.saturating_add(1);
        }
        let error = Error::without_response(Some(self.operation.id()), ErrorKind::Transport(error));
        if !looking {
            self.retry.maybe_applied |= may_have_applied(&error, self.retry.safety);
        }
        self.ended = true;
        error.with_maybe_applied(self.retry.maybe_applied).given_up(reason, self.retry.attempts, elapsed)
    }

    /// Takes the outcome of a look-up.
    fn on_lookup(&mut self, outcome: Outcome, at: Reading, elapsed: Duration) -> Step<'_, O::Output> {
        let Some(recovery) = self.recovery.as_mut() else { return Step::Failed(self.out_of_order()) };
        let host = self.request.uri().authority();
        let from = (&self.account, host);
        let conclusion = recovery.on_outcome(at, elapsed, |id, decode| result(id, outcome, at, from, decode));
        let attempts = self.retry.attempts;
        match conclusion {
            Conclusion::Send => Step::Send,
            Conclusion::Retry(delay) => {
                let event = self.recovery.as_ref().and_then(|recovery| recovery.retry_event(delay));
                event.map_or(Step::Send, Step::Retry)
            }
            Conclusion::Failed(error) => {
                self.ended = true;
                Step::Failed(error)
            }
            Conclusion::Made(response) => {
                self.ended = true;
                Step::Done(response.with_attempts(attempts))
            }
            Conclusion::Existing(response) => {
                self.ended = true;
                Step::Done(response.with_existed().with_attempts(attempts))
            }
            Conclusion::SecretLost(kind) => {
                self.ended = true;
                let error = Error::without_response(Some(self.operation.id()), kind).with_maybe_applied(true);
                Step::Failed(error.given_up(GiveUpReason::NotRetryable, attempts, elapsed))
            }
            Conclusion::Absent { is_unique, is_taken, looks } => {
                let last = self.take_last();
                let looks_for_own = self.recovery.as_ref().is_some_and(|recovery| recovery.recovers());
                if !looks_for_own || (is_taken && last.is_conflict()) {
                    self.ended = true;
                    return Step::Failed(last);
                }
                // After a conflict it is there, and the look-up lags.
                let send_again = is_unique && !last.is_conflict();
                let policy = &self.retry.policy;
                // What the service asked for was waited for before the look-up.
                let delay = if send_again {
                    policy.delay_after(attempts, None, elapsed, at.jitter)
                } else {
                    policy.settling_after(looks, elapsed, at.jitter)
                };
                match delay {
                    Ok(delay) => {
                        let recovery = self.recovery.as_mut().filter(|_| !send_again);
                        recovery.map(|recovery| recovery.look());
                        self.retry_after(delay, last)
                    }
                    Err(reason) => {
                        self.ended = true;
                        Step::Failed(last.given_up(reason, attempts, elapsed))
                    }
                }
            }
            Conclusion::Unclear => {
                self.ended = true;
                Step::Failed(self.take_last())
            }
        }
    }

    fn retry_after(&mut self, delay: Duration, error: Error) -> Step<'_, O::Output> {
        self.request.extensions_mut().insert(FreshConnection);
        let (operation, attempt) = (self.operation.id(), self.retry.attempts);
        Step::Retry(RetryEvent { operation, attempt, delay, cause: self.last.insert(error) })
    }

    /// The error of the last attempt, which a look-up follows.
    fn take_last(&mut self) -> Error {
        self.last.take().unwrap_or_else(|| self.unsent("no attempt was made"))
    }

    /// Ends the call between two attempts.
    fn give_up(&mut self, reason: GiveUpReason, elapsed: Duration, why: &'static str) -> Error {
        self.ended = true;
        let error = self.last.take().unwrap_or_else(|| self.unsent(why));
        error.given_up(reason, self.retry.attempts, elapsed)
    }

    fn unsent(&self, why: &'static str) -> Error {
        Error::without_response(Some(self.operation.id()), ErrorKind::Transport(TransportError::not_sent(why)))
            .with_maybe_applied(self.retry.maybe_applied)
    }

    fn out_of_order(&self) -> Error {
        Error::without_response(Some(self.operation.id()), ErrorKind::OutOfOrder)
            .with_maybe_applied(self.retry.maybe_applied)
    }

    fn elapsed(&mut self, now: Duration) -> Duration {
        now.saturating_sub(*self.began.get_or_insert(now))
    }
}

/// The result of an attempt. An error does not show the account's secret, even if the service echoes it.
fn result<T>(
    id: &'static str,
    outcome: Outcome,
    at: Reading,
    (account, host): (&Account, Option<&Authority>),
    decode: impl FnOnce(http::StatusCode, &[u8]) -> Result<T, crate::wire::json::Unreadable>,
) -> Result<Response<T>, Error> {
    let now = Some(at.wall_clock);
    let incomplete = |kind, response: http::Response<Vec<u8>>| {
        // The status and the headers of an error response are enough.
        let kind = if response.status().is_success() { kind } else { ErrorKind::Status };
        reading::with_response(id, kind, response, now)
    };
    let error = match outcome {
        Outcome::Response(response) => match reading::read(response.status(), response.body(), decode) {
            Ok(value) => {
                let (parts, _) = response.into_parts();
                return Ok(Response::new(parts.status, parts.headers, value));
            }
            Err(misread) => misread.into_error(id, response, now),
        },
        Outcome::Truncated(response, source) => incomplete(ErrorKind::Truncated(source), response),
        Outcome::TooLarge(response, limit) => incomplete(ErrorKind::TooLarge { limit }, response),
        Outcome::Failed(error) => Error::without_response(Some(id), ErrorKind::Transport(error)).with_host(host),
    };
    Err(error.redacted(|text| account.redact(text)))
}

impl<O: Operation> fmt::Debug for Exchange<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("operation", &self.operation.id())
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
