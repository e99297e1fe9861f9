//! [`Clock`]: time, jitter and sleep, which tests can replace.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant, SystemTime};

/// Where a client gets time, jitter and sleep from. Every method defaults to [`SystemClock`].
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

    /// Sleeps.
    fn sleep(&self, delay: Duration) {
        SystemClock.sleep(delay);
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
        // Randomly keyed, and keyed anew every time: as good as delays need, without a dependency.
        RandomState::new().hash_one(())
    }

    fn sleep(&self, delay: Duration) {
        std::thread::sleep(delay);
    }
}
