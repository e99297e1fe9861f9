//! Time and chance under a test's control.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

/// A clock that moves only when something sleeps on it, and that remembers every wait. Clones share one time.
#[derive(Clone, Debug)]
pub struct Clock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    now: SystemTime,
    elapsed: Duration,
    tick: Duration,
    waits: Vec<Duration>,
    jitter: VecDeque<u64>,
}

impl Clock {
    /// Mon, 23 Nov 2026 10:00:00 GMT: the `date` of every fixture, since the Unix epoch.
    pub const FIXTURE_DATE: Duration = Duration::from_secs(1_795_428_000);

    /// A clock that shows the fixtures' date, without jitter.
    pub fn new() -> Self {
        Self::at(SystemTime::UNIX_EPOCH + Self::FIXTURE_DATE)
    }

    /// A clock that shows `now`, without jitter.
    pub fn at(now: SystemTime) -> Self {
        let (elapsed, tick, jitter) = (Duration::ZERO, Duration::ZERO, VecDeque::from([0]));
        Self { state: Arc::new(Mutex::new(State { now, elapsed, tick, waits: Vec::new(), jitter })) }
    }

    /// Gives these jitter samples in turn and then the last one for ever.
    pub fn with_jitter(self, samples: impl IntoIterator<Item = u64>) -> Self {
        let samples: VecDeque<_> = samples.into_iter().collect();
        assert!(!samples.is_empty(), "jitter needs a sample");
        self.with(|state| state.jitter = samples);
        self
    }

    /// Moves on by `tick` before every reading of the elapsed time, as if each attempt took a while.
    pub fn ticking(self, tick: Duration) -> Self {
        self.with(|state| state.tick = tick);
        self
    }

    /// Moves the clock on without a wait, as a slow attempt does.
    pub fn advance(&self, by: Duration) {
        self.with(|state| state.advance(by));
    }

    /// Every wait so far, in order.
    pub fn waits(&self) -> Vec<Duration> {
        self.with(|state| state.waits.clone())
    }

    /// The wall-clock time.
    pub fn now(&self) -> SystemTime {
        self.with(|state| state.now)
    }

    /// The time since the clock was made.
    pub fn elapsed(&self) -> Duration {
        self.with(|state| {
            state.advance(state.tick);
            state.elapsed
        })
    }

    /// The next jitter sample.
    pub fn jitter(&self) -> u64 {
        self.with(|state| {
            let next = if state.jitter.len() > 1 { state.jitter.pop_front() } else { state.jitter.front().copied() };
            next.unwrap_or_default()
        })
    }

    /// Moves the clock on and remembers the wait.
    pub fn sleep(&self, wait: Duration) {
        self.with(|state| {
            state.advance(wait);
            state.waits.push(wait);
        });
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
        self.jitter()
    }

    fn sleep(&self, delay: Duration) {
        self.sleep(delay);
    }
}

#[cfg(test)]
mod tests {
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
    }

    #[test]
    fn a_ticking_clock_moves_with_every_reading() {
        let clock = Clock::new().ticking(Duration::from_secs(2));
        assert_eq!([clock.elapsed(), clock.elapsed()], [2, 4].map(Duration::from_secs));
        assert_eq!(clock.waits(), [Duration::ZERO; 0]);
    }

    #[test]
    fn the_clock_starts_at_the_fixtures_date() {
        let date = time::macros::datetime!(2026-11-23 10:00 UTC);
        assert_eq!(time::OffsetDateTime::from(Clock::new().now()), date);
    }

    #[test]
    fn the_last_jitter_sample_repeats() {
        let clock = Clock::new().with_jitter([3, 5]);
        assert_eq!([clock.jitter(), clock.jitter(), clock.jitter()], [3, 5, 5]);
    }
}
