//! [`RetryPolicy`], and the machine behind [`Exchange`](crate::Exchange) that decides when to retry: pure, without a
//! clock, randomness or sleep.

use std::time::Duration;

use crate::operation::safety::{Retryable, Safety, classify};
use crate::outcome::error::{Error, GiveUpReason};

/// The most jitter that is added to a delay that the service asked for.
const HINT_JITTER: Duration = Duration::from_secs(1);
/// An attempt with less time than this is not worth its delay.
const MINIMAL_ATTEMPT: Duration = Duration::from_secs(1);
/// No attempt gets less, so that a timeout of zero is a quick failure and not a special case of some transport.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);

/// How often and how long to try a call.
///
/// | setting | default |
/// |---|---|
/// | [`max_attempts`](Self::max_attempts) | 3, including the first |
/// | [`base_delay`](Self::base_delay) | 500 ms, doubling with every retry |
/// | [`max_delay`](Self::max_delay) | 20 s |
/// | [`attempt_timeout`](Self::attempt_timeout) | 30 s |
/// | [`total_timeout`](Self::total_timeout) | 120 s, all attempts and delays together |
/// | [`max_server_delay`](Self::max_server_delay) | 60 s |
/// | [`retry_unsafe`](Self::retry_unsafe) | `false` |
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning::RetryPolicy;
///
/// let persistent =
///     RetryPolicy::default().max_attempts(8).total_timeout(Duration::from_secs(600));
/// let once = RetryPolicy::none();
/// assert_ne!(persistent, once);
/// ```
#[doc(alias = "backoff")]
#[doc(alias = "retry")]
#[doc(alias = "timeout")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPolicy {
    max_attempts: u32,
    base_delay: Duration,
    max_delay: Duration,
    attempt_timeout: Duration,
    total_timeout: Duration,
    max_server_delay: Duration,
    retry_unsafe: bool,
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
            retry_unsafe: false,
        }
    }
}

impl RetryPolicy {
    /// Returns a policy of one attempt, without retries. The timeouts are the default's.
    pub fn none() -> Self {
        Self::default().max_attempts(1)
    }

    /// Returns a policy for jobs that take hours: it waits as long as the service asks, up to an hour and a half at a
    /// time, and keeps retrying what can be retried for up to six hours. The timeout of an attempt is the default's.
    ///
    /// ```
    /// use cloudinary_provisioning::RetryPolicy;
    ///
    /// let overnight =
    ///     RetryPolicy::patient().attempt_timeout(std::time::Duration::from_secs(60));
    /// # assert_ne!(overnight, RetryPolicy::patient());
    /// ```
    pub fn patient() -> Self {
        Self::default()
            .max_attempts(1_000)
            .max_delay(Duration::from_secs(60))
            .max_server_delay(Duration::from_secs(90 * 60))
            .total_timeout(Duration::from_secs(6 * 60 * 60))
    }

    /// Sets the largest number of attempts, including the first. 0 means 1.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.max_attempts = attempts.max(1);
        self
    }

    /// Sets the upper bound of the first delay, which doubles with every retry. The delay itself is random, between
    /// zero and the bound.
    pub fn base_delay(mut self, delay: Duration) -> Self {
        self.base_delay = delay;
        self
    }

    /// Sets the largest upper bound of a delay.
    pub fn max_delay(mut self, delay: Duration) -> Self {
        self.max_delay = delay;
        self
    }

    /// Sets the timeout of one attempt, from connecting to the end of the response's body.
    pub fn attempt_timeout(mut self, timeout: Duration) -> Self {
        self.attempt_timeout = timeout;
        self
    }

    /// Sets the time that all attempts and the delays between them may take. The timeout of the last attempt is shortened
    /// to fit.
    pub fn total_timeout(mut self, timeout: Duration) -> Self {
        self.total_timeout = timeout;
        self
    }

    /// Sets the longest delay to accept from the service. A longer one ends the call at once; it is never shortened.
    pub fn max_server_delay(mut self, delay: Duration) -> Self {
        self.max_server_delay = delay;
        self
    }

    /// Opts in to retrying operations that are not idempotent, at the risk of applying them twice.
    /// [`Exchange::recover`](crate::Exchange::recover) retries creates without that risk.
    pub fn retry_unsafe(mut self, retry: bool) -> Self {
        self.retry_unsafe = retry;
        self
    }

    /// Returns the timeout of an attempt that begins when `elapsed` has passed since the call began: the smaller of the
    /// attempt timeout and what is left of the total, but at least a millisecond.
    pub fn timeout_at(&self, elapsed: Duration) -> Duration {
        self.attempt_timeout.min(self.total_timeout.saturating_sub(elapsed)).max(SHORTEST_TIMEOUT)
    }

    pub(crate) fn longest_server_delay(&self) -> Duration {
        self.max_server_delay
    }

    /// The reason to give up instead of waiting this long, if it is longer than allowed or than the time left.
    pub(crate) fn refuses(&self, delay: Duration, hinted: bool, elapsed: Duration) -> Option<GiveUpReason> {
        if hinted && delay > self.max_server_delay {
            return Some(GiveUpReason::ServerDelayTooLong);
        }
        (!self.has_time_at(elapsed.saturating_add(delay))).then_some(GiveUpReason::DeadlineExceeded)
    }

    /// The delay before another attempt, or why there is none. A delay that the service asks for is a lower bound.
    pub(crate) fn delay_after(
        &self,
        attempts: u32,
        hint: Option<Duration>,
        elapsed: Duration,
        jitter: u64,
    ) -> Result<Duration, GiveUpReason> {
        if attempts >= self.max_attempts {
            return Err(GiveUpReason::AttemptsExhausted);
        }
        let Some(hint) = hint else {
            let delay = self.backoff(attempts, jitter);
            return self.refuses(delay, false, elapsed).map_or(Ok(delay), Err);
        };
        self.delay_of_hint(hint, elapsed, jitter)
    }

    /// The delay before the next request of any kind, if the service asks for one of this length, or why there is none.
    pub(crate) fn delay_of_hint(
        &self,
        hint: Duration,
        elapsed: Duration,
        jitter: u64,
    ) -> Result<Duration, GiveUpReason> {
        let delay = hint.saturating_add(scale_by(HINT_JITTER, jitter));
        let refused = self.refuses(hint, true, elapsed).or_else(|| self.refuses(delay, false, elapsed));
        refused.map_or(Ok(delay), Err)
    }

    /// The delay before looking again for a resource that was not there yet: at least half of what a retry waits at most,
    /// so that what is late or lagging has time to appear.
    pub(crate) fn settling_after(&self, looks: u32, elapsed: Duration, jitter: u64) -> Result<Duration, GiveUpReason> {
        let delay = self.delay_after(looks, None, elapsed, jitter)?.max(self.bound(looks) / 2);
        self.refuses(delay, false, elapsed).map_or(Ok(delay), Err)
    }

    /// How much of the total time is left; `None` if all of it is used up.
    pub(crate) fn left_at(&self, elapsed: Duration) -> Option<Duration> {
        self.total_timeout.checked_sub(elapsed).filter(|left| !left.is_zero())
    }

    /// A random delay after this many attempts, below a bound that doubles with each.
    fn backoff(&self, attempts: u32, jitter: u64) -> Duration {
        scale_by(self.bound(attempts), jitter)
    }

    fn bound(&self, attempts: u32) -> Duration {
        let factor = 1_u32.checked_shl(attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base_delay.saturating_mul(factor).min(self.max_delay)
    }

    /// Whether all of the time is used up. A total of zero still allows for the first attempt.
    pub(crate) fn is_over_at(&self, elapsed: Duration) -> bool {
        !self.total_timeout.is_zero() && elapsed >= self.total_timeout
    }

    /// Whether a minimal attempt fits into the time that is left.
    pub(crate) fn has_time_at(&self, elapsed: Duration) -> bool {
        elapsed.saturating_add(MINIMAL_ATTEMPT.min(self.attempt_timeout)) <= self.total_timeout
    }
}

/// Decides after each failed attempt of one call. It allocates nothing.
#[derive(Clone, Debug)]
pub(crate) struct Retry {
    pub(crate) policy: RetryPolicy,
    pub(crate) safety: Safety,
    pub(crate) attempts: u32,
    pub(crate) maybe_applied: bool,
}

impl Retry {
    pub(crate) fn new(policy: RetryPolicy, safety: Safety) -> Self {
        Self { policy, safety, attempts: 0, maybe_applied: false }
    }

    /// The delay before the next attempt, or why there is none.
    pub(crate) fn next(&mut self, error: &Error, elapsed: Duration, jitter: u64) -> Result<Duration, GiveUpReason> {
        let (may_have_applied, retryable) = classify(error);
        self.maybe_applied |= may_have_applied && self.safety != Safety::Safe;
        match retryable {
            Retryable::Never => return Err(GiveUpReason::NotRetryable),
            Retryable::IfSafe if self.safety == Safety::NotIdempotent && !self.policy.retry_unsafe => {
                return Err(GiveUpReason::UnsafeToRetry);
            }
            Retryable::Always | Retryable::IfSafe => {}
        }
        self.policy.delay_after(self.attempts, error.retry_after(), elapsed, jitter)
    }
}

/// A bound scaled by a random number: `bound × jitter / 2⁶⁴`, in integers.
pub(crate) fn scale_by(bound: Duration, jitter: u64) -> Duration {
    let nanos = u64::try_from(bound.as_nanos()).unwrap_or(u64::MAX);
    let scaled = (u128::from(nanos) * u128::from(jitter)) >> 64;
    Duration::from_nanos(u64::try_from(scaled).unwrap_or(u64::MAX))
}
