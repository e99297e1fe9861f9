//! [`Engine`]: what the client, its calls, its lists and their workers share.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::task::Context;
use std::time::Duration;

use cloudinary_provisioning::http::Request;
use cloudinary_provisioning::{
    Account, AttemptEvent, CallEvent, Driver, Error, Exchange, Operation, Origin, Outcome, Place, Reading,
    RequestOptions, Response, RetryEvent, RetryPolicy, SharedThrottle, Transport, TransportError,
};

use crate::cancel::CancelFlag;
use crate::clock::Timeline;
use crate::config_error::ConfigError;
use crate::options::{CallOptions, Mode};
use crate::trace;

pub(crate) struct Engine {
    pub(crate) account: Account,
    pub(crate) transport: Box<dyn Transport + Send + Sync>,
    pub(crate) policy: RetryPolicy,
    pub(crate) request: RequestOptions,
    pub(crate) hooks: Hooks,
    pub(crate) timeline: Timeline,
    pub(crate) throttle: SharedThrottle,
    pub(crate) cancel: CancelFlag,
    pub(crate) has_tls: bool,
    pub(crate) misconfigured: Option<ConfigError>,
}

/// The hooks of a client.
#[derive(Default)]
pub(crate) struct Hooks {
    pub(crate) retry: Option<Box<RetryHook>>,
    pub(crate) attempt: Option<Box<AttemptHook>>,
    pub(crate) end: Option<Box<EndHook>>,
}

pub(crate) type RetryHook = dyn Fn(&RetryEvent<'_>) + Send + Sync;
pub(crate) type AttemptHook = dyn Fn(&AttemptEvent<'_>) + Send + Sync;
pub(crate) type EndHook = dyn Fn(&CallEvent<'_>) + Send + Sync;

impl Engine {
    /// The options that a call begins with.
    pub(crate) fn options(&self) -> CallOptions {
        CallOptions { request: self.request.clone(), ..CallOptions::default() }
    }

    /// What is wrong with the configuration, for requests to this origin.
    pub(crate) fn misconfigured(&self, origin: &Origin) -> Option<ConfigError> {
        let no_tls = !self.has_tls && origin.as_str().starts_with("https://");
        self.misconfigured.clone().or_else(|| no_tls.then_some(ConfigError::NoTls))
    }

    /// Makes a call.
    pub(crate) fn execute<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
        mode: Mode<O>,
        cancel: &CancelFlag,
    ) -> Result<Response<O::Output>, Error> {
        self.traced(operation, options, || {
            self.exchange(operation, options, mode)?.run(&Cancellable { engine: self, cancel })
        })
    }

    /// Makes a call, and calls `begin` first unless the call is cancelled. A panic in a hook or a transport becomes an
    /// error.
    pub(crate) fn execute_caught<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
        mode: Mode<O>,
        cancel: &CancelFlag,
        begin: impl FnOnce(),
    ) -> Result<Response<O::Output>, Error> {
        self.traced(operation, options, || {
            let mut exchange = self.exchange(operation, options, mode)?;
            let driver = Cancellable { engine: self, cancel };
            let call = || {
                if !driver.is_cancelled() {
                    begin();
                }
                exchange.run_mut(&driver)
            };
            catch_unwind(AssertUnwindSafe(call)).unwrap_or_else(|panic| {
                // Dropping it could panic again, and the result would be lost.
                std::mem::forget(panic);
                Err(exchange.abandon(TransportError::maybe_sent("a hook or the transport panicked")))
            })
        })
    }

    fn exchange<'o, O: Operation>(
        &self,
        operation: &'o O,
        options: &CallOptions,
        mode: Mode<O>,
    ) -> Result<Exchange<&'o O>, Error> {
        let policy = options.retry.unwrap_or(self.policy);
        let policy = options.timeout.map_or(policy, |timeout| policy.attempt_timeout(timeout));
        mode.prepare(Exchange::with_options(&self.account, operation, policy, &options.request)?)
    }

    fn traced<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
        call: impl FnOnce() -> Result<Response<O::Output>, Error>,
    ) -> Result<Response<O::Output>, Error> {
        let origin = options.origin.as_ref().unwrap_or(self.account.origin());
        match self.misconfigured(origin) {
            Some(error) => Err(error.into()),
            None => trace::span(operation, origin, call),
        }
    }
}

/// The driver of one call: the engine, and the flag that cancels the call.
struct Cancellable<'e> {
    engine: &'e Engine,
    cancel: &'e CancelFlag,
}

impl Driver for Cancellable<'_> {
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        self.engine.transport.send(request, timeout)
    }

    fn sleep(&self, delay: Duration) {
        self.engine.timeline.sleep(delay, self.cancel);
    }

    fn reading(&self) -> Reading {
        self.engine.timeline.reading()
    }

    fn throttle(&self) -> Option<&SharedThrottle> {
        Some(&self.engine.throttle)
    }

    fn wait(&self, place: Place<'_>, timeout: Duration) {
        let mut place = pin!(place);
        let wakeup = self.cancel.wakeup();
        if place.as_mut().poll(&mut Context::from_waker(&wakeup.waker())).is_pending() && !self.is_cancelled() {
            self.engine.timeline.wait(&wakeup, timeout);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.cancel.is_cancelled()
    }

    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        if let Some(hook) = &self.engine.hooks.attempt {
            hook(event);
        }
    }

    fn on_retry(&self, event: &RetryEvent<'_>) {
        trace::retry(event);
        if let Some(hook) = &self.engine.hooks.retry {
            hook(event);
        }
    }

    fn on_end(&self, event: &CallEvent<'_>) {
        if let Some(hook) = &self.engine.hooks.end {
            hook(event);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use cloudinary_provisioning::http::Response;
    use cloudinary_provisioning::{Account, Admission, GiveUpReason, users};

    use super::*;
    use crate::client::Client;
    use crate::clock::Clock;

    /// A clock that stands still but for waits, which take all of their time at once.
    #[derive(Clone, Default)]
    struct Frozen(Arc<Mutex<Duration>>);

    impl Clock for Frozen {
        fn monotonic(&self) -> Duration {
            *self.0.lock().unwrap()
        }

        fn wait(&self, _: &crate::Wakeup, timeout: Duration) {
            *self.0.lock().unwrap() += timeout;
        }
    }

    fn client(
        transport: impl Fn(&Request<Vec<u8>>, Duration) -> Outcome + Send + Sync + 'static,
    ) -> crate::ClientBuilder {
        Client::builder(Account::new("acc", "key", "secret").unwrap()).clock(Frozen::default()).transport(transport)
    }

    fn outcome(status: u16) -> Outcome {
        Response::builder().status(status).body(Vec::new()).unwrap().into()
    }

    #[test]
    fn an_attempt_in_flight_when_its_call_is_cancelled_is_reported_and_not_retried() {
        let flag = CancelFlag::new();
        let (cancelled, attempts) = (flag.clone(), Arc::new(Mutex::new(0)));
        let counted = Arc::clone(&attempts);
        let client = client(move |_, _| {
            cancelled.cancel();
            outcome(503)
        });
        let client = client
            .cancel_flag(flag)
            .on_attempt(move |_| *counted.lock().unwrap() += 1)
            .on_retry(|event| panic!("{event}"))
            .build()
            .unwrap();
        let error = client.send(users::Delete::new("u1")).unwrap_err();
        assert_eq!((error.reason(), error.maybe_applied()), (Some(GiveUpReason::Cancelled), true));
        assert_eq!(*attempts.lock().unwrap(), 1);
    }

    #[test]
    fn an_attempt_that_panics_gives_back_one_place_and_no_other() {
        let client = client(|_, _| std::panic::resume_unwind(Box::new("a defect"))).build().unwrap();
        let engine = client.engine();
        let throttle = &engine.throttle;
        let admit = || match throttle.admit(engine.timeline.reading()) {
            Admission::Go(permit) => permit,
            other => panic!("{other:?}"),
        };
        // Now two may be in flight.
        for status in [429, 200] {
            throttle.settle(admit(), &outcome(status), engine.timeline.reading());
        }
        let other = admit();
        assert!(catch_unwind(AssertUnwindSafe(|| client.send(users::Get::new("u1")))).is_err());
        let second = admit();
        assert_eq!(throttle.admit(engine.timeline.reading()), Admission::Full);
        throttle.release(other);
        throttle.release(second);
    }

    #[test]
    fn a_call_behind_a_full_throttle_ends_within_its_total_timeout() {
        let client = client(|_, _| outcome(429)).retry(RetryPolicy::none()).build().unwrap();
        assert!(client.send(users::List::new()).is_err());
        let engine = client.engine();
        let Admission::Go(stalled) = engine.throttle.admit(engine.timeline.reading()) else { panic!() };
        let policy = RetryPolicy::default().total_timeout(Duration::from_secs(1));
        let error = client.call(users::List::new()).retry(policy).send().unwrap_err();
        assert_eq!((error.reason(), error.attempts()), (Some(GiveUpReason::DeadlineExceeded), 0));
        assert_eq!(error.elapsed(), Duration::from_secs(1));
        engine.throttle.release(stalled);
    }
}
