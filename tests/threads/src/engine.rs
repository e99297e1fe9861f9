//! A stand-in for the adapter's engine, with the same use of the throttle and of cancelling.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::task::Context;
use std::time::{Duration, SystemTime};

use cloudinary_provisioning::http::Response;
use cloudinary_provisioning::{
    Account, Error, Exchange, Operation, Outcome, Reading, Response as CallResponse, RetryPolicy, Step, TransportError,
};

use crate::cancel::CancelFlag;
use crate::shared_throttle::SharedThrottle;
use crate::throttle::{Admission, Permit};

pub(crate) struct Engine {
    pub(crate) account: Account,
    pub(crate) cancel: CancelFlag,
    throttle: SharedThrottle,
    places: usize,
    in_flight: AtomicUsize,
    sent: AtomicUsize,
}

#[derive(Clone, Default)]
pub(crate) struct CallOptions;

pub(crate) struct Mode<O>(real_std::marker::PhantomData<fn(O)>);

impl<O> Clone for Mode<O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O> Copy for Mode<O> {}

impl<O> Mode<O> {
    pub(crate) fn plain() -> Self {
        Self(real_std::marker::PhantomData)
    }

    pub(crate) fn recover(&mut self) {}

    pub(crate) fn or_existing(&mut self) {}
}

macro_rules! call_options {
    () => {};
}
pub(crate) use call_options;

impl Engine {
    /// An engine whose throttle allows for so many attempts in flight, and for no more while these fail.
    pub(crate) fn with_places(places: usize) -> Self {
        let throttle = SharedThrottle::new();
        let permits: Vec<_> = (0..2 * places).map(|_| go(throttle.admit(now()))).collect();
        permits.into_iter().for_each(|permit| throttle.settle(permit, &outcome(429, ""), now()));
        let account = Account::new("acc", "key", "secret").unwrap();
        let (in_flight, sent) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { account, cancel: CancelFlag::new(), throttle, places, in_flight, sent }
    }

    pub(crate) fn options(&self) -> CallOptions {
        CallOptions
    }

    pub(crate) fn in_flight(&self) -> usize {
        self.in_flight.load(SeqCst)
    }

    pub(crate) fn sent(&self) -> usize {
        self.sent.load(SeqCst)
    }

    /// Makes a call of one attempt.
    pub(crate) fn execute_caught<O: Operation>(
        &self,
        operation: &O,
        _: &CallOptions,
        _: Mode<O>,
        cancel: &CancelFlag,
        begin: impl FnOnce(),
    ) -> Result<CallResponse<O::Output>, Error> {
        let mut exchange = Exchange::new(&self.account, operation, RetryPolicy::none())?;
        let id = exchange.request().uri().path().rsplit('/').next().unwrap().to_owned();
        let attempt = || {
            begin();
            self.attempt(cancel, id == "panic")
        };
        let attempted = catch_unwind(AssertUnwindSafe(attempt));
        match attempted {
            Err(panic) => {
                real_std::mem::forget(panic);
                Err(exchange.abandon(TransportError::maybe_sent("a panic")))
            }
            Ok(Err(())) => Err(exchange.cancel(Duration::ZERO)),
            Ok(Ok(())) => {
                let attempt = exchange.begin(Duration::ZERO)?;
                match exchange.on_outcome(attempt, outcome(200, &format!(r#"{{"id":"{id}"}}"#)), now()) {
                    Step::Done(response) => Ok(response),
                    _ => panic!("a success is no success"),
                }
            }
        }
    }

    /// Makes an attempt once it has its place. An error if it is cancelled.
    pub(crate) fn attempt(&self, cancel: &CancelFlag, panics: bool) -> Result<(), ()> {
        let permit = self.admitted(cancel)?;
        let in_flight = InFlight { engine: self, permit: Some(permit) };
        if cancel.is_cancelled() {
            return Err(());
        }
        self.sent.fetch_add(1, SeqCst);
        assert!(self.in_flight.fetch_add(1, SeqCst) < self.places);
        shuttle::thread::yield_now();
        self.in_flight.fetch_sub(1, SeqCst);
        if panics {
            resume_unwind(Box::new("a defect"));
        }
        in_flight.settle();
        Ok(())
    }

    fn admitted(&self, cancel: &CancelFlag) -> Result<Permit, ()> {
        let mut turn = Turn { engine: self, is_taken: true };
        loop {
            if cancel.is_cancelled() {
                return Err(());
            }
            match self.throttle.admit(now()) {
                Admission::Go(permit) => {
                    turn.is_taken = true;
                    return Ok(permit);
                }
                Admission::Wait(_) => panic!("there is no hint"),
                Admission::Full => {}
            }
            turn.is_taken = false;
            let mut place = pin!(self.throttle.place());
            let wakeup = cancel.wakeup();
            let waker = wakeup.waker();
            if place.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() && !cancel.is_cancelled() {
                // Nobody else wakes it.
                wakeup.wait(Duration::MAX);
            }
        }
    }
}

struct Turn<'e> {
    engine: &'e Engine,
    is_taken: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.is_taken {
            self.engine.throttle.pass_on();
        }
    }
}

struct InFlight<'e> {
    engine: &'e Engine,
    permit: Option<Permit>,
}

impl InFlight<'_> {
    fn settle(mut self) {
        if let Some(permit) = self.permit.take() {
            // Neither a success, which would make another place, nor throttled.
            self.engine.throttle.settle(permit, &outcome(404, ""), now());
        }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.engine.throttle.release(permit);
        }
    }
}

fn go(admission: Admission) -> Permit {
    match admission {
        Admission::Go(permit) => permit,
        other => panic!("{other:?}"),
    }
}

fn now() -> Reading {
    Reading::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0)
}

fn outcome(status: u16, body: &str) -> Outcome {
    Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap().into()
}
