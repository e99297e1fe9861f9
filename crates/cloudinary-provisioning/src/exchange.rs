//! [`Exchange`]: one operation from its first attempt to its final result, without I/O.

use std::fmt;
use std::time::Duration;

use http::{Request, StatusCode};

use crate::account::Account;
use crate::build_error::BuildError;
use crate::error::{ApiError, Incomplete, IncompleteBody, ResponseError};
use crate::operation::Operation;
use crate::options::RequestOptions;
use crate::response::{self, Response};
use crate::retry::{Attempt, Decision, GiveUp, GiveUpReason, Moment, Retry, RetryPolicy};

/// One call: the request, its attempts, and what they come to.
///
/// Send [`request`](Self::request) with whatever you have, and tell the exchange what happened. It answers with a
/// [`Step`]: done, wait and send again, or failed. Sleeping, clocks and random numbers are the caller's.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::{Account, Exchange, Fault, Moment, RetryPolicy, Step, http, users};
/// # fn send(_: &http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, std::io::Error> {
/// #     Ok(http::Response::new(br#"{"id":"0abed8df"}"#.to_vec()))
/// # }
///
/// let account = Account::new("acc", "key", "secret")?;
/// let operation = users::Get::new("0abed8df");
/// let mut exchange = Exchange::new(&account, &operation, RetryPolicy::default())?;
/// let start = std::time::Instant::now();
/// let user = loop {
///     let result = send(exchange.request());
///     let moment = Moment::new(start.elapsed(), SystemTime::now(), rand());
///     let step = match result {
///         Ok(response) => exchange.on_response(response, moment),
///         Err(_) => exchange.on_fault(Fault::MaybeSent, moment),
///     };
///     match step {
///         Step::Done(response) => break response.into_value(),
///         Step::Wait(delay) => std::thread::sleep(delay),
///         Step::Failed(failure) => return Err(failure.into()),
///     }
/// };
/// assert_eq!(user.id, "0abed8df");
/// # fn rand() -> u64 { 0 }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Exchange<'o, O> {
    #[expect(dead_code, reason = "it says what the response is read into")]
    operation: &'o O,
    request: Request<Vec<u8>>,
    policy: RetryPolicy,
    retry: Retry,
}

/// What comes after an attempt.
///
/// ```
/// use cloudinary_provisioning::Step;
///
/// fn is_final<T>(step: &Step<T>) -> bool {
///     !matches!(step, Step::Wait(_))
/// }
/// # assert!(!is_final::<()>(&Step::Wait(std::time::Duration::ZERO)));
/// ```
#[derive(Debug)]
pub enum Step<T> {
    /// The call succeeded.
    Done(Response<T>),
    /// Wait this long, then send the request again.
    Wait(Duration),
    /// The call failed.
    Failed(Failure),
}

/// Why an attempt got no reply.
///
/// Choose [`NotSent`](Self::NotSent) only where that is sure; a create is then sent again.
///
/// ```
/// use cloudinary_provisioning::Fault;
///
/// fn classify(error: &std::io::Error) -> Fault {
///     match error.kind() {
///         std::io::ErrorKind::ConnectionRefused => Fault::NotSent,
///         _ => Fault::MaybeSent,
///     }
/// }
/// # assert_eq!(classify(&std::io::ErrorKind::ConnectionReset.into()), Fault::MaybeSent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// The request was surely not sent.
    #[error("the request was not sent")]
    NotSent,
    /// The request may have been sent, and its reply is lost.
    #[error("no reply came; the request may have been sent")]
    MaybeSent,
    /// The request was not sent and never will be.
    #[error("the request cannot be sent")]
    Refused,
}

/// A call that failed: what the last attempt came to, and how the call ended.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::{Account, Exchange, Fault, GiveUpReason, Moment, RetryPolicy, Step, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let operation = users::Create::new("John", "john@example.com");
/// let mut exchange = Exchange::new(&account, &operation, RetryPolicy::default())?;
/// let moment = Moment::new(Duration::from_secs(1), SystemTime::UNIX_EPOCH, 0);
/// let Step::Failed(failure) = exchange.on_fault(Fault::MaybeSent, moment) else { panic!() };
/// assert_eq!(failure.give_up.reason, GiveUpReason::UnsafeToRepeat);
/// assert!(failure.give_up.maybe_applied);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[error("gave up after {} attempts: {}", give_up.attempts, give_up.reason)]
#[non_exhaustive]
pub struct Failure {
    /// What the last attempt came to.
    #[source]
    pub cause: FailureCause,
    /// How the call ended.
    pub give_up: GiveUp,
}

/// What the last attempt of a failed call came to.
///
/// ```
/// use cloudinary_provisioning::{Fault, FailureCause};
///
/// assert_eq!(FailureCause::Fault(Fault::NotSent).to_string(), "the request was not sent");
/// ```
#[derive(Debug, thiserror::Error)]
pub enum FailureCause {
    /// A reply came.
    #[error(transparent)]
    Response(ResponseError),
    /// No reply came. The transport's own error is with who sent the request.
    #[error(transparent)]
    Fault(Fault),
}

impl<'o, O: Operation> Exchange<'o, O> {
    /// Builds the request of a call.
    ///
    /// # Errors
    ///
    /// As [`Account::request`].
    pub fn new(account: &Account, operation: &'o O, policy: RetryPolicy) -> Result<Self, BuildError> {
        Self::with_options(account, operation, policy, &RequestOptions::default())
    }

    /// Builds the request of a call, with options for this call alone.
    ///
    /// # Errors
    ///
    /// As [`Account::request_with`].
    pub fn with_options(
        account: &Account,
        operation: &'o O,
        policy: RetryPolicy,
        options: &RequestOptions,
    ) -> Result<Self, BuildError> {
        let request = account.request_with(operation, options)?;
        Ok(Self { operation, request, policy, retry: Retry::new(policy, operation.safety()) })
    }

    /// The request, the same for every attempt.
    pub fn request(&self) -> &Request<Vec<u8>> {
        &self.request
    }

    /// How long the next attempt may take when `elapsed` has passed since the first one began.
    pub fn timeout(&self, elapsed: Duration) -> Duration {
        self.policy.timeout_at(elapsed)
    }

    /// How many attempts were made so far.
    pub fn attempts(&self) -> u32 {
        self.retry.attempts()
    }

    /// An attempt got a reply, and its body came whole.
    pub fn on_response<B>(&mut self, response: http::Response<B>, at: Moment) -> Step<O::Output>
    where
        B: AsRef<[u8]> + Into<Vec<u8>>,
    {
        let status = response.status();
        let fault = match response::read::<O>(status, response.body().as_ref()) {
            Ok(value) => {
                let (parts, _) = response.into_parts();
                return Step::Done(Response::new(status, parts.headers, value));
            }
            Err(fault) => fault,
        };
        let attempt = if fault.is_cut_off(status) {
            Attempt::BodyLost
        } else if status.is_success() {
            Attempt::BodyUnusable
        } else {
            Attempt::Replied { status, headers: response.headers() }
        };
        let decision = self.retry.next(attempt, at);
        self.step(decision, at, || FailureCause::Response(fault.into_error(response.map(Into::into))))
    }

    /// An attempt got a reply, and its body did not come whole. `response` holds what came of it.
    ///
    /// Where the status is no success, it counts as any other reply of its status.
    pub fn on_incomplete<B>(&mut self, response: http::Response<B>, why: Incomplete, at: Moment) -> Step<O::Output>
    where
        B: AsRef<[u8]> + Into<Vec<u8>>,
    {
        let status = response.status();
        let attempt = match why {
            _ if !status.is_success() => Attempt::Replied { status, headers: response.headers() },
            Incomplete::CutOff => Attempt::BodyLost,
            Incomplete::TooLarge { .. } => Attempt::BodyUnusable,
        };
        let decision = self.retry.next(attempt, at);
        self.step(decision, at, || FailureCause::Response(incomplete(status, response.map(Into::into), why)))
    }

    /// An attempt got no reply.
    pub fn on_fault(&mut self, fault: Fault, at: Moment) -> Step<O::Output> {
        let attempt = match fault {
            Fault::NotSent => Attempt::NotSent,
            Fault::MaybeSent => Attempt::MaybeSent,
            Fault::Refused => Attempt::Refused,
        };
        let decision = self.retry.next(attempt, at);
        self.step(decision, at, || FailureCause::Fault(fault))
    }

    fn step(&self, decision: Decision, at: Moment, cause: impl FnOnce() -> FailureCause) -> Step<O::Output> {
        let reason = match decision {
            Decision::Wait(delay) => return Step::Wait(delay),
            Decision::GiveUp(reason) => reason,
            // A success that was read never comes here.
            Decision::Done => GiveUpReason::Permanent,
        };
        Step::Failed(Failure { cause: cause(), give_up: self.retry.outcome(reason, at.elapsed) })
    }
}

/// Without the request: its body may hold a secret.
impl<O: Operation> fmt::Debug for Exchange<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("operation", &O::ID)
            .field("policy", &self.policy)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

fn incomplete(status: StatusCode, response: http::Response<Vec<u8>>, why: Incomplete) -> ResponseError {
    if status.is_success() { IncompleteBody::new(response, why).into() } else { ApiError::new(response).into() }
}
