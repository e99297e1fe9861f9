//! [`Sample`]: the time and a random number.

use std::time::{Duration, SystemTime};

/// The time and a random number, taken at the end of an attempt.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::Sample;
///
/// let random = 0x9e37_79b9_7f4a_7c15;
/// let sample = Sample::new(Duration::from_millis(250), SystemTime::UNIX_EPOCH, random);
/// assert_eq!(sample.elapsed, Duration::from_millis(250));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Sample {
    /// The time since the call began, by a monotonic clock; what [`Driver::sample`](crate::Driver::sample) returns
    /// counts from any fixed point.
    pub elapsed: Duration,
    /// The wall-clock time, to measure dates against in responses without a `Date` header.
    pub now: SystemTime,
    /// A random number, evenly distributed over all of `u64`.
    pub jitter: u64,
}

impl Sample {
    /// Creates a sample.
    pub fn new(elapsed: Duration, now: SystemTime, jitter: u64) -> Self {
        Self { elapsed, now, jitter }
    }

    /// The same sample, its time counted from `start`.
    pub(crate) fn since(self, start: Duration) -> Self {
        Self { elapsed: self.elapsed.saturating_sub(start), ..self }
    }
}
