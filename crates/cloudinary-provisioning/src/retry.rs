//! When to repeat a request: a pure machine, without a clock, randomness or sleep of its own.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, StatusCode};

use crate::headers;
use crate::operation::Safety;

/// The most that chance adds to a delay that the service asked for.
const HINT_JITTER: Duration = Duration::from_secs(1);
/// An attempt with less time than this is not worth its delay.
const MINIMAL_ATTEMPT: Duration = Duration::from_secs(1);
/// No attempt is given less, so that a limit of zero is a quick failure and not a special case of some transport.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);

/// How often and how long to try.
///
/// | setting | default |
/// |---|---|
/// | [`max_attempts`](Self::max_attempts) | 3, the first included |
/// | [`base_delay`](Self::base_delay) | 500 ms, doubling with every repeat |
/// | [`max_delay`](Self::max_delay) | 20 s |
/// | [`attempt_timeout`](Self::attempt_timeout) | 30 s |
/// | [`total_timeout`](Self::total_timeout) | 120 s, all attempts and delays together |
/// | [`max_server_delay`](Self::max_server_delay) | 60 s |
/// | [`repeat_unsafe`](Self::repeat_unsafe) | no |
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning::RetryPolicy;
///
/// let patient = RetryPolicy::default().max_attempts(8).total_timeout(Duration::from_secs(600));
/// let once = RetryPolicy::none();
/// assert_ne!(patient, once);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    attempt_timeout: Duration,
    total_timeout: Duration,
    max_server_delay: Duration,
    repeat_unsafe: bool,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            max_attempts: 3,
            base_delay: Duration::from_millis(500),
            max_delay: Duration::from_secs(20),
            attempt_timeout: Duration::from_secs(30),
            total_timeout: Duration::from_secs(120),
            max_server_delay: Duration::from_secs(60),
            repeat_unsafe: false,
        }
    }
}

impl RetryPolicy {
    /// One attempt, no repeat; the timeouts are the default's.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// How many attempts at most, the first included. 0 counts as 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// The upper bound of the first delay; it doubles with every repeat. The delay itself is a random share of it.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// What the bound of a delay grows to at most.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// How long one attempt may take, from connecting to the end of the reply's body.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// How long all attempts and the delays between them may take. The last attempt is cut short to keep it.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// The longest delay to accept from the service. A longer one ends the call at once; it is never shortened.
    pub fn max_server_delay(mut self, delay: Duration) -> Self {
        self.max_server_delay = delay;
        self
    }

    /// Whether to repeat operations that are not idempotent as well, at the risk that they are done twice.
    pub fn repeat_unsafe(mut self, repeat: bool) -> Self {
        self.repeat_unsafe = repeat;
        self
    }

    /// The time that an attempt may take when `elapsed` has passed since the first one began: the attempt's own
    /// limit, or what is left of the total. At least a millisecond.
    pub fn timeout_at(&self, elapsed: Duration) -> Duration {
        self.attempt_timeout.min(self.total_timeout.saturating_sub(elapsed)).max(SHORTEST_TIMEOUT)
    }
}

/// What the machine is told of the world at the end of an attempt.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::Moment;
///
/// let moment = Moment::new(Duration::from_millis(250), SystemTime::UNIX_EPOCH, 0x9e37_79b9_7f4a_7c15);
/// assert_eq!(moment.elapsed, Duration::from_millis(250));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Moment {
    /// The time since the first attempt began, by a monotonic clock.
    pub elapsed: Duration,
    /// The wall-clock time, for dates in replies that carry no date of their own.
    pub now: SystemTime,
    /// A random number, evenly spread over all of `u64`.
    pub jitter: u64,
}

impl Moment {
    /// A moment from its parts.
    pub fn new(elapsed: Duration, now: SystemTime, jitter: u64) -> Self {
        Self { elapsed, now, jitter }
    }
}

/// What an attempt came to.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::{Attempt, Decision, Moment, Retry, RetryPolicy, Safety};
///
/// let mut retry = Retry::new(RetryPolicy::default(), Safety::NotIdempotent);
/// let moment = Moment::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0);
/// // Nothing was sent, so that even a create may be repeated.
/// assert_eq!(retry.next(Attempt::NotSent, moment), Decision::Wait(Duration::ZERO));
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Attempt<'r> {
    /// A reply came whole, or as far as its status and headers where the status is no success.
    Replied {
        /// Its status.
        status: StatusCode,
        /// Its headers.
        headers: &'r HeaderMap,
    },
    /// A success came, and its body was cut off.
    BodyLost,
    /// A success came, and its body is not what was expected, or too large.
    BodyUnusable,
    /// The request was surely not sent: the name did not resolve, or no connection came about.
    NotSent,
    /// The request may have been sent: a reset, an end of the connection, a timeout, a protocol fault.
    MaybeSent,
    /// The request was not sent and never will be: a certificate that is not trusted, a wrong configuration.
    Refused,
}

/// What to do after an attempt.
///
/// ```
/// use cloudinary_provisioning::{Decision, GiveUpReason};
///
/// fn describe(decision: Decision) -> String {
///     match decision {
///         Decision::Done => "done".to_owned(),
///         Decision::Wait(delay) => format!("again in {delay:?}"),
///         Decision::GiveUp(reason) => format!("no: {reason}"),
///         _ => unreachable!(),
///     }
/// }
/// assert_eq!(describe(Decision::GiveUp(GiveUpReason::Permanent)), "no: a repeat would fail the same way");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decision {
    /// The attempt is a success.
    Done,
    /// Wait this long, then repeat.
    Wait(Duration),
    /// Do not repeat, for this reason.
    GiveUp(GiveUpReason),
}

/// Why a call ended without success.
///
/// ```
/// use cloudinary_provisioning::GiveUpReason;
///
/// assert_eq!(GiveUpReason::UnsafeToRepeat.to_string(), "the operation is not safe to repeat");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum GiveUpReason {
    /// It would fail the same way again.
    #[error("a repeat would fail the same way")]
    Permanent,
    /// A repeat could do it twice: see [`RetryPolicy::repeat_unsafe`].
    #[error("the operation is not safe to repeat")]
    UnsafeToRepeat,
    /// [`RetryPolicy::max_attempts`] were made.
    #[error("all attempts are used up")]
    AttemptsExhausted,
    /// The delay and another attempt do not fit into [`RetryPolicy::total_timeout`].
    #[error("the time left is too short for another attempt")]
    DeadlineExceeded,
    /// The service asks for a longer delay than [`RetryPolicy::max_server_delay`].
    #[error("the service asks to wait longer than allowed")]
    ServerDelayTooLong,
}

/// How a call ended that was given up.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::{Attempt, GiveUpReason, Moment, Retry, RetryPolicy, Safety};
///
/// let mut retry = Retry::new(RetryPolicy::default(), Safety::NotIdempotent);
/// let moment = Moment::new(Duration::from_secs(3), SystemTime::UNIX_EPOCH, 0);
/// retry.next(Attempt::MaybeSent, moment);
/// let outcome = retry.outcome(GiveUpReason::UnsafeToRepeat, moment.elapsed);
/// assert_eq!((outcome.attempts, outcome.maybe_applied), (1, true));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct GiveUp {
    /// Why it was given up.
    pub reason: GiveUpReason,
    /// How many attempts were made.
    pub attempts: u32,
    /// The time from the first attempt's beginning to the last one's end.
    pub elapsed: Duration,
    /// Whether one of the attempts may have changed the account. A 404 on a delete or a 409 on a create is then
    /// most likely the call's own doing.
    pub maybe_applied: bool,
}

/// The retry machine of one call.
///
/// Give it what each attempt came to; it says what to do. It neither sleeps nor looks at a clock, and it allocates
/// nothing.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::{Attempt, Decision, GiveUpReason, Moment, Retry, RetryPolicy, Safety};
/// use cloudinary_provisioning::http::{HeaderMap, StatusCode};
///
/// let headers = HeaderMap::new();
/// let unavailable = Attempt::Replied { status: StatusCode::SERVICE_UNAVAILABLE, headers: &headers };
/// let at = |ms| Moment::new(Duration::from_millis(ms), SystemTime::UNIX_EPOCH, u64::MAX / 2);
///
/// let mut retry = Retry::new(RetryPolicy::default(), Safety::Safe);
/// assert_eq!(retry.next(unavailable, at(100)), Decision::Wait(Duration::from_nanos(249_999_999)));
/// assert_eq!(retry.next(unavailable, at(500)), Decision::Wait(Duration::from_nanos(499_999_999)));
/// assert_eq!(retry.next(unavailable, at(999)), Decision::GiveUp(GiveUpReason::AttemptsExhausted));
/// ```
#[derive(Clone, Debug)]
pub struct Retry {
    policy: RetryPolicy,
    safety: Safety,
    attempts: u32,
    maybe_applied: bool,
}

impl Retry {
    /// A machine for one call of an operation of this safety.
    pub fn new(policy: RetryPolicy, safety: Safety) -> Self {
        Self { policy, safety, attempts: 0, maybe_applied: false }
    }

    /// Counts an attempt and decides what comes next.
    pub fn next(&mut self, attempt: Attempt<'_>, at: Moment) -> Decision {
        self.attempts = self.attempts.saturating_add(1);
        let mut hint = None;
        let (may_have_applied, repeat) = match attempt {
            Attempt::Replied { status, .. } if status.is_success() => return Decision::Done,
            Attempt::Replied { status, headers } => {
                hint = headers::retry_after(status, headers, at.now);
                match status.as_u16() {
                    420 | 429 => (false, Repeat::Always),
                    408 | 500 | 502 | 503 | 504 => (true, Repeat::IfSafe),
                    _ => (status.is_server_error(), Repeat::Never),
                }
            }
            Attempt::BodyLost | Attempt::MaybeSent => (true, Repeat::IfSafe),
            Attempt::BodyUnusable => (true, Repeat::Never),
            Attempt::NotSent => (false, Repeat::Always),
            Attempt::Refused => (false, Repeat::Never),
        };
        self.maybe_applied |= may_have_applied && self.safety != Safety::Safe;
        let unsafe_to_repeat = self.safety == Safety::NotIdempotent && !self.policy.repeat_unsafe;
        match repeat {
            Repeat::Never => Decision::GiveUp(GiveUpReason::Permanent),
            Repeat::IfSafe if unsafe_to_repeat => Decision::GiveUp(GiveUpReason::UnsafeToRepeat),
            Repeat::Always | Repeat::IfSafe => self.repeat(hint, at),
        }
    }

    fn repeat(&self, hint: Option<Duration>, at: Moment) -> Decision {
        if self.attempts >= self.policy.max_attempts {
            return Decision::GiveUp(GiveUpReason::AttemptsExhausted);
        }
        let delay = match hint {
            Some(hint) if hint > self.policy.max_server_delay => {
                return Decision::GiveUp(GiveUpReason::ServerDelayTooLong);
            }
            Some(hint) => hint.saturating_add(share(HINT_JITTER, at.jitter)),
            None => share(self.backoff(), at.jitter),
        };
        let minimal = MINIMAL_ATTEMPT.min(self.policy.attempt_timeout);
        let left = self.policy.total_timeout.saturating_sub(at.elapsed);
        if delay.saturating_add(minimal) > left {
            return Decision::GiveUp(GiveUpReason::DeadlineExceeded);
        }
        Decision::Wait(delay)
    }

    /// The bound of the delay after the current attempt.
    fn backoff(&self) -> Duration {
        let factor = 1_u32.checked_shl(self.attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        self.policy.base_delay.saturating_mul(factor).min(self.policy.max_delay)
    }

    /// How many attempts were made so far.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Whether one of the attempts so far may have changed the account.
    pub fn maybe_applied(&self) -> bool {
        self.maybe_applied
    }

    /// What to report of a call that is given up now.
    pub fn outcome(&self, reason: GiveUpReason, elapsed: Duration) -> GiveUp {
        GiveUp { reason, attempts: self.attempts, elapsed, maybe_applied: self.maybe_applied }
    }
}

enum Repeat {
    Always,
    IfSafe,
    Never,
}

/// A random share of a bound: `bound × jitter / 2⁶⁴`, in integers.
fn share(bound: Duration, jitter: u64) -> Duration {
    let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
    let share = (u128::from(nanos) * u128::from(jitter)) >> 64;
    Duration::from_nanos(u64::try_from(share).unwrap_or(u64::MAX))
}
