//! What core needs from a world: sending, sleeping, the time, and random numbers.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use cloudinary_provisioning::http::Request;
use cloudinary_provisioning::{AsyncDriver, CallEvent, Outcome, Reading, RetryEvent, SharedThrottle};

use crate::executor::{Event, TimerKey};
use crate::state::Shared;

/// The driver of one call.
pub(crate) struct Driver {
    pub(crate) world: Shared,
    pub(crate) call: usize,
    pub(crate) actor: usize,
    pub(crate) client: usize,
    pub(crate) throttle: Option<SharedThrottle>,
}

impl AsyncDriver for Driver {
    async fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        let flight = self.world.lock().send(self.call, request, timeout);
        let pending = Pending { world: &self.world, flight };
        poll_fn(|context| match pending.world.lock().land(flight, context.waker()) {
            Some(outcome) => Poll::Ready(outcome),
            None => Poll::Pending,
        })
        .await
    }

    async fn sleep(&self, delay: Duration) {
        let until = {
            let mut world = self.world.lock();
            let elapsed = world.model.elapsed(self.call);
            let call = &mut world.model.calls[self.call];
            // Only who waits for a place sleeps for all the time that is left.
            call.waits_for_place = delay == call.policy.total_timeout.saturating_sub(elapsed);
            call.has_turn = !call.waits_for_place && call.has_waited;
            call.has_waited |= call.waits_for_place;
            let (call, is_place) = (self.call, call.waits_for_place);
            world.tell(|| {
                format!("call {call}: {} for {delay:?}", if is_place { "waits for a place" } else { "sleeps" })
            });
            world.now.saturating_add(delay)
        };
        let sleep = Sleep { world: &self.world, call: Some(self.call), until, timer: None };
        sleep.await;
    }

    fn reading(&self) -> Reading {
        let mut world = self.world.lock();
        let jitter = world.jitter(self.actor);
        Reading::new(world.now, world.wall_clock(self.client), jitter)
    }

    fn throttle(&self) -> Option<&SharedThrottle> {
        self.throttle.as_ref()
    }

    fn is_cancelled(&self) -> bool {
        self.world.lock().model.calls[self.call].is_cancelled
    }

    fn on_retry(&self, event: &RetryEvent<'_>) {
        let mut world = self.world.lock();
        world.model.on_retry(self.call, event.delay);
        world.model.check_told(&format!("{event} {event:?}"));
        let call = self.call;
        world.tell(|| format!("call {call}: {event}"));
    }

    fn on_end(&self, event: &CallEvent<'_>) {
        let mut world = self.world.lock();
        let elapsed = world.model.elapsed(self.call);
        world.model.on_told(self.call, event.elapsed == elapsed && event.waited <= elapsed);
    }
}

/// An attempt in flight, until it lands or is dropped.
struct Pending<'w> {
    world: &'w Shared,
    flight: usize,
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.world.lock().abandon(self.flight);
    }
}

/// Sleeps, of a call until it is cancelled.
pub(crate) struct Sleep<'w> {
    world: &'w Shared,
    call: Option<usize>,
    until: Duration,
    timer: Option<TimerKey>,
}

impl<'w> Sleep<'w> {
    pub(crate) fn until(world: &'w Shared, until: Duration) -> Self {
        Self { world, call: None, until, timer: None }
    }
}

impl Future for Sleep<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let shared = self.world;
        let mut world = shared.lock();
        let is_cancelled = self.call.is_some_and(|call| world.model.calls[call].is_cancelled);
        if world.now >= self.until || is_cancelled {
            return Poll::Ready(());
        }
        if self.timer.is_none() {
            self.timer = Some(world.timers.at(self.until, Event::Wake(context.waker().clone())));
            if let Some(call) = self.call {
                let actor = world.model.calls[call].actor;
                world.actors[actor].sleepers.push(context.waker().clone());
            }
        }
        Poll::Pending
    }
}

impl Drop for Sleep<'_> {
    fn drop(&mut self) {
        let mut world = self.world.lock();
        if let Some(timer) = self.timer {
            world.timers.cancel(timer);
        }
        if let Some(call) = self.call {
            world.model.calls[call].waits_for_place = false;
        }
    }
}
