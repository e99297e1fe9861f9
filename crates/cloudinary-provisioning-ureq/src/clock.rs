//! [`Clock`]: time, jitter and sleep, which tests can replace.

use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use cloudinary_provisioning::Reading;

use crate::cancel::{CancelFlag, Wakeup};

/// The source of a client's time, jitter and sleep. Every method defaults to [`SystemClock`]'s.
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning_ureq::Clock;
///
/// /// For tests: retries without waiting.
/// struct NoSleep;
///
/// impl Clock for NoSleep {
///     fn sleep(&self, _: Duration) {}
/// }
///
/// NoSleep.sleep(Duration::from_secs(3600));
/// ```
pub trait Clock: Send + Sync {
    /// Returns a time that never decreases, counted from any fixed point.
    fn monotonic(&self) -> Duration {
        SystemClock.monotonic()
    }

    /// Returns the wall-clock time.
    fn now(&self) -> SystemTime {
        SystemClock.now()
    }

    /// Returns a random number, evenly distributed over all of `u64`.
    fn jitter(&self) -> u64 {
        SystemClock.jitter()
    }

    /// Sleeps before a retry. If it returns early, as it may in tests, the delay counts as slept all the same.
    fn sleep(&self, delay: Duration) {
        SystemClock.sleep(delay);
    }

    /// Sleeps before a retry, or until it is woken because the call is cancelled. The default cannot be woken: it is
    /// [`sleep`](Self::sleep).
    fn sleep_or_wake(&self, wakeup: &Wakeup, delay: Duration) {
        let _ = wakeup;
        self.sleep(delay);
    }

    /// Waits for a place among the attempts in flight, until it is woken or the timeout passes.
    fn wait(&self, wakeup: &Wakeup, timeout: Duration) {
        SystemClock.wait(wakeup, timeout);
    }
}

/// The system's clock and sleep, which a client uses by default.
///
/// ```
/// use cloudinary_provisioning_ureq::{Clock, SystemClock};
///
/// let earlier = SystemClock.monotonic();
/// assert!(SystemClock.monotonic() >= earlier);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn monotonic(&self) -> Duration {
        static START: std::sync::LazyLock<Instant> = std::sync::LazyLock::new(Instant::now);
        START.elapsed()
    }

    fn now(&self) -> SystemTime {
        SystemTime::now()
    }

    fn jitter(&self) -> u64 {
        // A new random key every time: good enough for delays, without a dependency.
        RandomState::new().hash_one(())
    }

    fn sleep(&self, delay: Duration) {
        std::thread::sleep(delay);
    }

    fn sleep_or_wake(&self, wakeup: &Wakeup, delay: Duration) {
        wakeup.wait(delay);
    }

    fn wait(&self, wakeup: &Wakeup, timeout: Duration) {
        wakeup.wait(timeout);
    }
}

/// A clock, and how far a client is ahead of it. If a sleep returns early, as in tests, the rest of the delay counts as
/// slept, so that nothing waits twice.
pub(crate) struct Timeline {
    clock: Box<dyn Clock>,
    ahead: Mutex<Duration>,
}

impl Timeline {
    pub(crate) fn new(clock: Box<dyn Clock>) -> Self {
        Self { clock, ahead: Mutex::default() }
    }

    pub(crate) fn reading(&self) -> Reading {
        Reading::new(self.elapsed(&self.ahead()), self.clock.now(), self.clock.jitter())
    }

    /// Sleeps, or until the call is cancelled.
    pub(crate) fn sleep(&self, delay: Duration, cancel: &CancelFlag) {
        let end = self.elapsed(&self.ahead()).saturating_add(delay);
        cancel.sleep(|wakeup| self.clock.sleep_or_wake(wakeup, delay));
        if cancel.is_cancelled() {
            return;
        }
        let mut ahead = self.ahead();
        let left = end.saturating_sub(self.elapsed(&ahead));
        *ahead = ahead.saturating_add(left);
    }

    pub(crate) fn wait(&self, wakeup: &Wakeup, timeout: Duration) {
        self.clock.wait(wakeup, timeout);
    }

    fn elapsed(&self, ahead: &Duration) -> Duration {
        self.clock.monotonic().saturating_add(*ahead)
    }

    fn ahead(&self) -> MutexGuard<'_, Duration> {
        self.ahead.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
