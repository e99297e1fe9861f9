//! Time and jitter under a test's control.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// A jitter in the very middle: a delay is half of its bound, and a hint gets half a second more.
pub const HALF: u64 = 1 << 63;

/// A clock that moves only when something sleeps on it or advances it, and that remembers every wait. Clones share one
/// time.
#[derive(Clone, Debug)]
pub struct Clock {
    state: Arc<Mutex<State>>,
    jitter: u64,
}

#[derive(Debug)]
struct State {
    now: SystemTime,
    elapsed: Duration,
    oversleep: Duration,
    waits: Vec<Duration>,
}

impl Clock {
    /// Mon, 23 Nov 2026 10:00:00 GMT: the `date` of every fixture, since the Unix epoch.
    pub const FIXTURE_DATE: Duration = Duration::from_secs(1_795_428_000);

    /// A clock that shows the fixtures' date, with a jitter of [`HALF`].
    pub fn new() -> Self {
        Self::at(SystemTime::UNIX_EPOCH + Self::FIXTURE_DATE)
    }

    /// A clock that shows `now`, with a jitter of [`HALF`].
    pub fn at(now: SystemTime) -> Self {
        let (elapsed, oversleep) = (Duration::ZERO, Duration::ZERO);
        Self { state: Arc::new(Mutex::new(State { now, elapsed, oversleep, waits: Vec::new() })), jitter: HALF }
    }

    /// The same clock with another jitter.
    pub fn with_jitter(self, jitter: u64) -> Self {
        Self { jitter, ..self }
    }

    /// Sleeps this much longer than it is asked to, every time.
    pub fn oversleeping(self, by: Duration) -> Self {
        self.with(|state| state.oversleep = by);
        self
    }

    /// Moves the clock on without a wait, as a slow attempt does.
    pub fn advance(&self, by: Duration) {
        self.with(|state| state.advance(by));
    }

    /// Every wait so far, in order, as it was asked for.
    pub fn waits(&self) -> Vec<Duration> {
        self.with(|state| state.waits.clone())
    }

    /// Every wait so far, in milliseconds.
    pub fn millis(&self) -> Vec<u128> {
        self.with(|state| state.waits.iter().map(Duration::as_millis).collect())
    }

    /// The wall-clock time.
    pub fn now(&self) -> SystemTime {
        self.with(|state| state.now)
    }

    /// The time since the clock was made.
    pub fn elapsed(&self) -> Duration {
        self.with(|state| state.elapsed)
    }

    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    fn advance(&mut self, by: Duration) {
        self.now += by;
        self.elapsed += by;
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::new()
    }
}

impl cloudinary_provisioning_ureq::Clock for Clock {
    fn monotonic(&self) -> Duration {
        self.elapsed()
    }

    fn now(&self) -> SystemTime {
        self.now()
    }

    fn jitter(&self) -> u64 {
        self.jitter
    }

    fn sleep(&self, delay: Duration) {
        self.with(|state| {
            state.advance(delay + state.oversleep);
            state.waits.push(delay);
        });
    }
}

#[cfg(test)]
mod tests {
    use cloudinary_provisioning_ureq::Clock as _;

    use super::*;

    #[test]
    fn sleeping_moves_the_clock_and_is_remembered() {
        let clock = Clock::new();
        let (start, shared) = (clock.now(), clock.clone());
        shared.sleep(Duration::from_millis(1500));
        clock.advance(Duration::from_secs(1));
        assert_eq!(shared.now().duration_since(start).unwrap(), Duration::from_millis(2500));
        assert_eq!(clock.elapsed(), Duration::from_millis(2500));
        assert_eq!(clock.waits(), [Duration::from_millis(1500)]);
        assert_eq!(clock.millis(), [1500]);
    }

    #[test]
    fn an_oversleeping_clock_remembers_what_it_was_asked_for() {
        let clock = Clock::new().oversleeping(Duration::from_secs(9));
        clock.sleep(Duration::from_secs(1));
        assert_eq!((clock.elapsed(), clock.millis()), (Duration::from_secs(10), vec![1000]));
    }

    #[test]
    fn the_clock_starts_at_the_fixtures_date() {
        let date = time::macros::datetime!(2026-11-23 10:00 UTC);
        assert_eq!(time::OffsetDateTime::from(Clock::new().now()), date);
    }
}
