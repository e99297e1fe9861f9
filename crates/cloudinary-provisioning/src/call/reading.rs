//! [`Reading`]: the time and a random number.

use std::time::{Duration, SystemTime};

/// The time and a random number, as a driver reads them.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::Reading;
///
/// let random = 0x9e37_79b9_7f4a_7c15;
/// let reading = Reading::new(Duration::from_millis(250), SystemTime::UNIX_EPOCH, random);
/// assert_eq!(reading.now, Duration::from_millis(250));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Reading {
    /// A point on a monotonic clock, counted from any fixed point: the same clock for all calls that share a
    /// [`Throttle`](crate::Throttle).
    pub now: Duration,
    /// The wall-clock time, to measure dates against in responses without a `Date` header.
    pub wall_clock: SystemTime,
    /// A random number, evenly distributed over all of `u64`.
    pub jitter: u64,
}

impl Reading {
    /// Creates a reading.
    pub fn new(now: Duration, wall_clock: SystemTime, jitter: u64) -> Self {
        Self { now, wall_clock, jitter }
    }
}
