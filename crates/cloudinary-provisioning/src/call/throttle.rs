//! [`Throttle`]: holds back the calls of a client after the service has throttled one of them.

use std::time::Duration;

use crate::call::reading::Reading;
use crate::call::retry::scale_by;
use crate::outcome::headers;
use crate::outcome::outcome::Outcome;

/// The most that is added to a delay, so that waiting calls do not all start at once.
const LONGEST_JITTER: Duration = Duration::from_secs(1);
/// The longest window in which the service counts requests. A longer delay is a mistake, which must not silence a client.
const LONGEST_WINDOW: Duration = Duration::from_secs(60 * 60);

/// Holds back all calls of a client after the service has throttled one of them, without I/O.
///
/// Call [`admit`](Self::admit) before each attempt, and [`settle`](Self::settle) with its outcome.
///
/// | event | effect on all calls |
/// |---|---|
/// | 420 or 429 with a delay | none starts before the delay is over, plus jitter of up to a tenth of it, at most 1 s; half as many may be in flight |
/// | 420 or 429 without a delay | half as many may be in flight, at least one |
/// | a success with nothing remaining until a reset | none starts before the reset, plus jitter as above |
/// | a delay or a reset of more than an hour | none starts for an hour; then one at a time, until they succeed |
/// | as many successes as may be in flight | one more may be in flight |
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::{Admission, Outcome, Reading, Throttle, http::Response};
///
/// let at = |seconds| Reading::new(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH, 0);
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
    max_jitter: Duration,
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

    /// Decides whether an attempt may start. `at.now` is of the same clock for all calls.
    pub fn admit(&mut self, at: Reading) -> Admission {
        let left = self.not_before.saturating_sub(at.now);
        if !left.is_zero() {
            return Admission::Wait(left.saturating_add(scale_by(self.max_jitter, at.jitter)));
        }
        if self.limit.is_some_and(|limit| self.in_flight >= limit) {
            return Admission::Full;
        }
        self.in_flight = self.in_flight.saturating_add(1);
        Admission::Go(Permit { epoch: self.epoch })
    }

    /// Records the outcome of an attempt.
    pub fn settle(&mut self, permit: Permit, outcome: &Outcome, at: Reading) {
        let in_flight = self.in_flight;
        let epoch = permit.epoch;
        self.release(permit);
        let Some(response) = outcome.response() else { return };
        let (status, headers) = (response.status(), response.headers());
        if headers::is_throttled(status) {
            if let Some(hint) = headers::retry_after(status, headers, Some(at.wall_clock)) {
                self.hold(hint, at);
            }
            if epoch == self.epoch {
                self.limit = Some((self.limit.unwrap_or(in_flight).min(in_flight) / 2).max(1));
                self.successes = 0;
                self.epoch = self.epoch.wrapping_add(1);
            }
        } else if status.is_success() {
            match headers::until_reset(headers, Some(at.wall_clock)) {
                Some(reset) => self.hold(reset, at),
                None => self.grow(),
            }
        }
    }

    /// Records that an attempt has ended without an outcome.
    pub fn release(&mut self, _: Permit) {
        self.in_flight = self.in_flight.saturating_sub(1);
    }

    /// Returns how many more attempts may be in flight, or `None` while there is no limit.
    pub(crate) fn room(&self) -> Option<usize> {
        let limit = self.limit?;
        Some(usize::try_from(limit.saturating_sub(self.in_flight)).unwrap_or(usize::MAX))
    }

    fn hold(&mut self, delay: Duration, at: Reading) {
        let until = at.now.saturating_add(delay.min(LONGEST_WINDOW));
        if until > self.not_before {
            self.not_before = until;
            self.max_jitter = max_jitter(delay);
        }
        if delay > LONGEST_WINDOW {
            self.limit = Some(1);
            self.successes = 0;
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
pub(crate) fn max_jitter(delay: Duration) -> Duration {
    (delay / 10).min(LONGEST_JITTER)
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use http::Response;

    use super::*;

    fn at(millis: u64) -> Reading {
        Reading::new(Duration::from_millis(millis), SystemTime::UNIX_EPOCH, u64::MAX)
    }

    fn outcome(status: u16, headers: &[(&str, &str)]) -> Outcome {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        Outcome::Response(response.body(Vec::new()).unwrap())
    }

    fn permits(throttle: &mut Throttle, at: Reading) -> Vec<Permit> {
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
    fn a_far_hint_holds_calls_back_for_an_hour_and_then_lets_one_probe() {
        let (year, hour) = ("31536000", 60 * 60 * 1_000);
        let far_reset = [
            ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
            ("x-featureratelimit-remaining", "0"),
            ("x-featureratelimit-reset", "Fri, 01 Jan 2500 00:00:00 GMT"),
        ];
        for far in [outcome(429, &[("retry-after", year)]), outcome(200, &far_reset)] {
            let mut throttle = Throttle::new();
            let Admission::Go(permit) = throttle.admit(at(0)) else { panic!() };
            throttle.settle(permit, &far, at(0));
            assert!(matches!(throttle.admit(at(hour - 1)), Admission::Wait(delay) if delay <= Duration::from_secs(2)));
            let Admission::Go(probe) = throttle.admit(at(hour)) else { panic!() };
            assert_eq!(throttle.admit(at(hour)), Admission::Full);
            throttle.settle(probe, &outcome(200, &[]), at(hour));
            assert_eq!(permits(&mut throttle, at(hour)).len(), 2);
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
