//! [`Gate`]: the [`Throttle`] of a client, shared by its clones and threads.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloudinary_provisioning::{Admission, Outcome, Permit, Reading, Throttle};

#[derive(Default)]
pub(crate) struct Gate {
    throttle: Mutex<Throttle>,
    settled: Condvar,
}

impl Gate {
    /// Waits for a place among the attempts in flight, or returns how long to sleep before asking again.
    pub(crate) fn admit(&self, sample: impl Fn() -> Reading) -> Result<Permit, Duration> {
        let mut throttle = self.lock();
        loop {
            match throttle.admit(sample()) {
                Admission::Go(permit) => return Ok(permit),
                Admission::Wait(delay) => return Err(delay),
                Admission::Full => throttle = self.settled.wait(throttle).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    pub(crate) fn settle(&self, permit: Permit, outcome: &Outcome, sample: Reading) {
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

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
    use std::time::SystemTime;

    use cloudinary_provisioning::http::{Request, Response};
    use cloudinary_provisioning::{Account, Driver, users};

    use super::*;
    use crate::client::Client;

    fn sample() -> Reading {
        Reading::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0)
    }

    #[test]
    fn an_attempt_that_panics_gives_back_one_place_and_no_other() {
        let transport = |_: &Request<Vec<u8>>, _: Duration| -> Outcome { resume_unwind(Box::new("a defect")) };
        let account = Account::new("acc", "key", "secret").unwrap();
        let client = Client::builder(account).transport(transport).build().unwrap();
        let gate = &client.shared().gate;
        let admit = || gate.admit(sample).unwrap();
        // Two may be in flight.
        for status in [429, 200] {
            let response = Response::builder().status(status).body(Vec::new()).unwrap();
            gate.settle(admit(), &response.into(), sample());
        }
        let other = admit();
        assert!(catch_unwind(AssertUnwindSafe(|| client.send(users::Get::new("u1")))).is_err());
        let second = client.shared().admit().unwrap();
        assert_eq!(gate.lock().admit(sample()), Admission::Full);
        gate.release(other);
        gate.release(second);
    }
}
