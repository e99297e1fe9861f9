//! [`SharedThrottle`]: a [`Throttle`] that calls on any threads and tasks share.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::call::reading::Reading;
use crate::call::throttle::{Admission, Permit, Throttle};
use crate::outcome::outcome::Outcome;

/// A [`Throttle`] that calls share, on any threads and tasks.
///
/// Return it from [`Driver::throttle`](crate::Driver::throttle) or [`AsyncDriver::throttle`](crate::AsyncDriver::throttle)
/// and nothing else is needed: every call asks before each attempt, waits for its place, and reports its outcome. A clone
/// is the same throttle. It holds wakers and a lock, and never a thread or a clock.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::{Admission, Reading, SharedThrottle, http::Response};
///
/// let at = |seconds| Reading::new(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH, 0);
/// let (throttle, reading) = (SharedThrottle::new(), at(0));
/// let Admission::Go(permit) = throttle.admit(reading) else { panic!() };
///
/// let throttled =
///     Response::builder().status(429).header("retry-after", "30").body(Vec::new())?;
/// throttle.settle(permit, &throttled.into(), at(1));
/// assert_eq!(throttle.clone().admit(at(1)), Admission::Wait(Duration::from_secs(30)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct SharedThrottle(Arc<Mutex<State>>);

/// Resolves when a place among the attempts in flight may be free, so that it is worth asking again; see
/// [`SharedThrottle::place`].
///
/// ```
/// use std::task::{Context, Poll, Waker};
/// use std::{future::Future, pin::pin};
/// use cloudinary_provisioning::SharedThrottle;
///
/// let throttle = SharedThrottle::new();
/// let place = pin!(throttle.place());
/// assert_eq!(place.poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()));
/// ```
#[derive(Debug)]
#[must_use = "a place does nothing unless it is polled"]
pub struct Place<'t> {
    throttle: &'t SharedThrottle,
    /// The number of this place in the queue, once it waits.
    number: Option<u64>,
}

#[derive(Debug, Default)]
struct State {
    throttle: Throttle,
    waiting: VecDeque<Waiting>,
    next_number: u64,
}

#[derive(Debug)]
struct Waiting {
    number: u64,
    waker: Waker,
    /// Whether it was woken for a place that it has not looked at yet.
    is_woken: bool,
}

impl SharedThrottle {
    /// Creates a throttle that holds nothing back.
    pub fn new() -> Self {
        Self::default()
    }

    /// Decides whether an attempt may start; see [`Throttle::admit`].
    pub fn admit(&self, at: Reading) -> Admission {
        self.lock().throttle.admit(at)
    }

    /// Waits until an attempt that [`admit`](Self::admit) found [`Full`](Admission::Full) may find a place.
    ///
    /// Places are given in the order in which they were first polled. A place that is dropped passes its turn on.
    pub fn place(&self) -> Place<'_> {
        Place { throttle: self, number: None }
    }

    /// Records the outcome of an attempt; see [`Throttle::settle`].
    pub fn settle(&self, permit: Permit, outcome: &Outcome, at: Reading) {
        self.change(|state| state.throttle.settle(permit, outcome, at));
    }

    /// Records that an attempt has ended without an outcome.
    pub fn release(&self, permit: Permit) {
        self.change(|state| state.throttle.release(permit));
    }

    /// Wakes as many as there is room for. Whoever was woken and does not take a place must call it.
    pub(crate) fn pass_on(&self) {
        self.change(|_| ());
    }

    /// Changes the state, and wakes those that there is room for then.
    fn change(&self, change: impl FnOnce(&mut State)) {
        let woken = {
            let mut state = self.lock();
            change(&mut state);
            state.wake()
        };
        // Without the lock: a waker may poll at once.
        woken.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_room(&self) -> bool {
        self.throttle.room() != Some(0)
    }

    /// The wakers of the first in the queue, as many as there is room for.
    fn wake(&mut self) -> Vec<Waker> {
        let room = self.throttle.room().unwrap_or(usize::MAX);
        let mut woken = Vec::new();
        for waiting in self.waiting.iter_mut().take(room) {
            if !std::mem::replace(&mut waiting.is_woken, true) {
                woken.push(waiting.waker.clone());
            }
        }
        woken
    }

    fn remove(&mut self, number: u64) -> Option<Waiting> {
        let at = self.waiting.iter().position(|waiting| waiting.number == number)?;
        self.waiting.remove(at)
    }
}

impl Future for Place<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let throttle = self.throttle;
        let mut state = throttle.lock();
        if state.has_room() {
            if let Some(number) = self.number.take() {
                state.remove(number);
            }
            return Poll::Ready(());
        }
        let number = *self.number.get_or_insert_with(|| {
            state.next_number += 1;
            state.next_number
        });
        match state.waiting.iter_mut().find(|waiting| waiting.number == number) {
            Some(waiting) => {
                waiting.waker.clone_from(context.waker());
                waiting.is_woken = false;
            }
            None => {
                state.waiting.push_back(Waiting { number, waker: context.waker().clone(), is_woken: false });
            }
        }
        Poll::Pending
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let Some(number) = self.number.take() else { return };
        self.throttle.change(|state| {
            state.remove(number);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::task::Wake;
    use std::time::{Duration, SystemTime};

    use http::Response;

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, SeqCst);
        }
    }

    fn now() -> Reading {
        Reading::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0)
    }

    fn outcome(status: u16) -> Outcome {
        Response::builder().status(status).body(Vec::new()).unwrap().into()
    }

    /// A throttle that lets one attempt be in flight, and that attempt.
    fn full() -> (SharedThrottle, Permit) {
        let throttle = SharedThrottle::new();
        let Admission::Go(permit) = throttle.admit(now()) else { panic!() };
        throttle.settle(permit, &outcome(429), now());
        let Admission::Go(permit) = throttle.admit(now()) else { panic!() };
        assert_eq!(throttle.admit(now()), Admission::Full);
        (throttle, permit)
    }

    #[test]
    fn a_place_that_is_dropped_after_it_was_woken_passes_its_turn_on() {
        let (throttle, permit) = full();
        let counts = [Arc::new(Count::default()), Arc::new(Count::default())];
        let mut first = Box::pin(throttle.place());
        let mut second = pin!(throttle.place());
        let wakers = counts.each_ref().map(|count| Waker::from(Arc::clone(count)));
        assert!(first.as_mut().poll(&mut Context::from_waker(&wakers[0])).is_pending());
        assert!(second.as_mut().poll(&mut Context::from_waker(&wakers[1])).is_pending());
        throttle.release(permit);
        assert_eq!(counts.each_ref().map(|count| count.0.load(SeqCst)), [1, 0]);
        drop(first);
        assert_eq!(counts.each_ref().map(|count| count.0.load(SeqCst)), [1, 1]);
        assert!(second.as_mut().poll(&mut Context::from_waker(&wakers[1])).is_ready());
    }

    #[test]
    fn a_place_that_was_taken_by_somebody_else_is_waited_for_again() {
        let (throttle, permit) = full();
        let count = Arc::new(Count::default());
        let waker = Waker::from(Arc::clone(&count));
        let mut place = pin!(throttle.place());
        assert!(place.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        throttle.release(permit);
        let Admission::Go(other) = throttle.admit(now()) else { panic!() };
        assert!(place.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        throttle.release(other);
        assert_eq!(count.0.load(SeqCst), 2);
        assert!(place.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
    }
}
