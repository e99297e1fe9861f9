//! [`Gate`]: the [`Throttle`] of a client, shared by its clones and threads.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloudinary_provisioning::{Admission, Outcome, Permit, Sample, Throttle};

#[derive(Default)]
pub(crate) struct Gate {
    throttle: Mutex<Throttle>,
    settled: Condvar,
}

impl Gate {
    /// Waits for a place among the attempts in flight, or returns how long to sleep before asking again.
    pub(crate) fn admit(&self, sample: impl Fn() -> Sample) -> Result<Permit, Duration> {
        let mut throttle = self.lock();
        loop {
            match throttle.admit(sample()) {
                Admission::Go(permit) => return Ok(permit),
                Admission::Wait(delay) => return Err(delay),
                Admission::Full => throttle = self.settled.wait(throttle).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    pub(crate) fn settle(&self, permit: Permit, outcome: &Outcome, sample: Sample) {
        self.lock().settle(permit, outcome, sample);
        self.settled.notify_all();
    }

    pub(crate) fn release(&self, permit: Permit) {
        self.lock().release(permit);
        self.settled.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Throttle> {
        self.throttle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
