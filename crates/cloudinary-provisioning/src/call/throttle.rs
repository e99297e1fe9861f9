//! [`Throttle`]: holds back the calls of a client after the service has throttled one of them.

use std::time::Duration;

use crate::call::retry::share;
use crate::call::sample::Sample;
use crate::outcome::headers;
use crate::outcome::outcome::Outcome;

/// The most that is added to a delay, so that waiting calls do not all start at once.
const SPREAD: Duration = Duration::from_secs(1);

/// Holds back all calls of a client after the service has throttled one of them, without I/O.
///
/// Call [`admit`](Self::admit) before each attempt, and [`settle`](Self::settle) with its outcome.
///
/// | event | effect on all calls |
/// |---|---|
/// | 420 or 429 with a delay | none starts before the delay is over, plus jitter of up to a tenth of it, at most 1 s; half as many may be in flight |
/// | 420 or 429 without a delay | half as many may be in flight, at least one |
/// | a success with nothing remaining until a reset | none starts before the reset, plus jitter as above |
/// | as many successes as may be in flight | one more may be in flight |
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::{Admission, Outcome, Sample, Throttle, http::Response};
///
/// let at = |seconds| Sample::new(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH, 0);
/// let mut throttle = Throttle::new();
/// let Admission::Go(permit) = throttle.admit(at(0)) else { panic!() };
///
/// let throttled =
///     Response::builder().status(429).header("retry-after", "30").body(Vec::new())?;
/// throttle.settle(permit, &Outcome::Response(throttled), at(1));
/// assert_eq!(throttle.admit(at(1)), Admission::Wait(Duration::from_secs(30)));
/// assert!(matches!(throttle.admit(at(31)), Admission::Go(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "420")]
#[doc(alias = "429")]
#[doc(alias = "rate limit")]
#[derive(Clone, Debug, Default)]
pub struct Throttle {
    /// No attempt starts before this time of the monotonic clock.
    not_before: Duration,
    /// The bound of the jitter that is added to it.
    spread: Duration,
    in_flight: u32,
    /// How many may be in flight; no limit until the service throttles.
    limit: Option<u32>,
    successes: u32,
    /// Counts the reductions of `limit`, so that the attempts of one burst reduce it once.
    epoch: u32,
}

/// Whether an attempt may start, as [`Throttle::admit`] decides.
///
/// This enum is exhaustive.
#[derive(Debug, PartialEq, Eq)]
pub enum Admission {
    /// Start now, and settle the permit afterwards.
    Go(Permit),
    /// Sleep for this long, then ask again.
    Wait(Duration),
    /// As many attempts as allowed are in flight. Ask again when one of them is settled.
    Full,
}

/// An attempt in flight, until it is given to [`Throttle::settle`] or [`Throttle::release`].
#[derive(Debug, Default, PartialEq, Eq)]
#[must_use = "an attempt in flight counts until its permit is settled"]
pub struct Permit {
    epoch: u32,
}

impl Throttle {
    /// Creates a throttle that holds nothing back.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides whether an attempt may start. `at.elapsed` counts from any fixed point, the same for all calls.
    pub fn admit(&mut self, at: Sample) -> Admission {
        let left = self.not_before.saturating_sub(at.elapsed);
        if !left.is_zero() {
            return Admission::Wait(left.saturating_add(share(self.spread, at.jitter)));
        }
        if self.limit.is_some_and(|limit| self.in_flight >= limit) {
            return Admission::Full;
        }
        self.in_flight = self.in_flight.saturating_add(1);
        Admission::Go(Permit { epoch: self.epoch })
    }

    /// Records the outcome of an attempt.
    pub fn settle(&mut self, permit: Permit, outcome: &Outcome, at: Sample) {
        let in_flight = self.in_flight;
        let epoch = permit.epoch;
        self.release(permit);
        let Some(response) = outcome.response() else { return };
        let (status, headers) = (response.status(), response.headers());
        if headers::is_throttled(status) {
            if let Some(hint) = headers::retry_after(status, headers, Some(at.now)) {
                self.hold(hint, at);
            }
            if epoch == self.epoch {
                self.limit = Some((self.limit.unwrap_or(in_flight).min(in_flight) / 2).max(1));
                self.successes = 0;
                self.epoch = self.epoch.wrapping_add(1);
            }
        } else if status.is_success() {
            if let Some(reset) = headers::until_reset(headers, Some(at.now)) {
                self.hold(reset, at);
            }
            self.grow();
        }
    }

    /// Records that an attempt has ended without an outcome.
    pub fn release(&mut self, _: Permit) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    fn hold(&mut self, delay: Duration, at: Sample) {
        let until = at.elapsed.saturating_add(delay);
        if until > self.not_before {
            self.not_before = until;
            self.spread = spread(delay);
        }
    }

    fn grow(&mut self) {
        let Some(limit) = self.limit else { return };
        self.successes = self.successes.saturating_add(1);
        if self.successes >= limit {
            self.successes = 0;
            self.limit = limit.checked_add(1);
        }
    }
}

/// The most jitter that is added to a delay of this length.
pub(crate) fn spread(delay: Duration) -> Duration {
    (delay / 10).min(SPREAD)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::Response;

    use super::*;

    fn at(millis: u64) -> Sample {
        Sample::new(Duration::from_millis(millis), SystemTime::UNIX_EPOCH, u64::MAX)
    }

    fn outcome(status: u16, headers: &[(&str, &str)]) -> Outcome {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        Outcome::Response(response.body(Vec::new()).unwrap())
    }

    fn permits(throttle: &mut Throttle, at: Sample) -> Vec<Permit> {
        let mut permits = Vec::new();
        // Ten callers are all there are.
        while permits.len() < 10 {
            match throttle.admit(at) {
                Admission::Go(permit) => permits.push(permit),
                _ => break,
            }
        }
        permits
    }

    #[test]
    fn a_burst_that_is_throttled_halves_the_calls_in_flight_once() {
        let mut throttle = Throttle::new();
        let burst = permits(&mut throttle, at(0));
        assert_eq!(burst.len(), 10);
        for permit in burst {
            throttle.settle(permit, &outcome(429, &[]), at(1));
        }
        assert_eq!(permits(&mut throttle, at(2)).len(), 5);
        assert_eq!(throttle.admit(at(2)), Admission::Full);
    }

    #[test]
    fn successes_let_the_calls_in_flight_grow_again() {
        let mut throttle = Throttle::new();
        let [first, second] = [throttle.admit(at(0)), throttle.admit(at(0))].map(|admission| match admission {
            Admission::Go(permit) => permit,
            other => panic!("{other:?}"),
        });
        throttle.settle(first, &outcome(420, &[]), at(1));
        throttle.settle(second, &outcome(420, &[]), at(1));
        assert_eq!(throttle.limit, Some(1));
        for expected in [2, 2, 3, 3, 3, 4] {
            let Admission::Go(permit) = throttle.admit(at(2)) else { panic!() };
            throttle.settle(permit, &outcome(200, &[]), at(3));
            assert_eq!(throttle.limit, Some(expected));
        }
    }

    #[test]
    fn nobody_starts_before_the_reset_and_the_jitter_is_bounded() {
        let mut throttle = Throttle::new();
        let Admission::Go(permit) = throttle.admit(at(0)) else { panic!() };
        let spent = [
            ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
            ("x-featureratelimit-remaining", "0"),
            ("x-featureratelimit-reset", "Wed, 21 Oct 2015 07:28:05 GMT"),
        ];
        throttle.settle(permit, &outcome(200, &spent), at(1_000));
        let Admission::Wait(delay) = throttle.admit(at(2_000)) else { panic!() };
        assert!(Duration::from_secs(4) <= delay && delay <= Duration::from_millis(4_500), "{delay:?}");
        assert!(matches!(throttle.admit(at(6_000)), Admission::Go(_)));
    }
}
