//! The loop of a call (send, decide, sleep), written once for blocking and for async drivers.

use std::future::{Future, poll_fn, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::Request;

use crate::call::events::{AttemptEvent, CallEvent, RetryEvent};
use crate::call::exchange::{Exchange, Step};
use crate::call::reading::Reading;
use crate::call::shared_throttle::{Place, SharedThrottle};
use crate::call::throttle::{Admission, Permit};
use crate::operation::operation::Operation;
use crate::outcome::error::Error;
use crate::outcome::outcome::Outcome;
use crate::outcome::response::Response;

/// How long a blocking driver sleeps before it asks for a place again, if it does not wait by itself.
const SHORT_WAIT: Duration = Duration::from_millis(20);

/// What a call needs from its environment: sending, sleeping, the time, and a random number.
///
/// Implement it to run calls over a blocking HTTP stack of your choice with [`Exchange::run`]. The provided methods
/// are for throttling all calls of a client together, and for observing them.
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
/// use cloudinary_provisioning::{
///     Account, Driver, Exchange, Outcome, Reading, RetryPolicy, http, users,
/// };
///
/// struct MyStack {
///     start: Instant,
/// }
///
/// impl Driver for MyStack {
///     fn send(&self, request: &http::Request<Vec<u8>>, timeout: Duration) -> Outcome {
/// #       let _ = (request, timeout);
///         http::Response::new(br#"{"id":"0abed8df"}"#.to_vec()).into() // your HTTP stack
///     }
///
///     fn sleep(&self, delay: Duration) {
///         std::thread::sleep(delay);
///     }
///
///     fn reading(&self) -> Reading {
///         let random = 0; // your random number generator
///         Reading::new(self.start.elapsed(), SystemTime::now(), random)
///     }
/// }
///
/// let account = Account::new("acc", "key", "secret")?;
/// let call =
///     Exchange::new(&account, users::Get::new("0abed8df"), RetryPolicy::default())?;
/// let user = call.run(&MyStack { start: Instant::now() })?.into_value();
/// assert_eq!(user.id, "0abed8df");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Driver {
    /// Makes one attempt; see [`Transport`](crate::Transport).
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome;

    /// Sleeps.
    fn sleep(&self, delay: Duration);

    /// Reads the clocks, and a random number.
    fn reading(&self) -> Reading;

    /// Returns the throttle that this call shares with others. There is none by default.
    fn throttle(&self) -> Option<&SharedThrottle> {
        None
    }

    /// Blocks until the place is ready to be polled again, or the timeout passes. The default asks again after a short
    /// sleep.
    fn wait(&self, place: Place<'_>, timeout: Duration) {
        drop(place);
        self.sleep(timeout.min(SHORT_WAIT));
    }

    /// Returns `true` if the result is not wanted any more. The call then begins no further attempt, and ends with the
    /// reason [`Cancelled`](crate::GiveUpReason::Cancelled).
    fn is_cancelled(&self) -> bool {
        false
    }

    /// Called at the end of an attempt, with its outcome and duration.
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        let _ = event;
    }

    /// Called before the delay of a retry.
    fn on_retry(&self, event: &RetryEvent<'_>) {
        let _ = event;
    }

    /// Called at the end of the call.
    fn on_end(&self, event: &CallEvent<'_>) {
        let _ = event;
    }
}

/// [`Driver`] for async HTTP stacks, on any runtime; see [`Exchange::run_async`].
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
/// use cloudinary_provisioning::{AsyncDriver, Outcome, Reading, http};
///
/// struct MyStack {
///     start: Instant,
/// }
///
/// impl AsyncDriver for MyStack {
///     async fn send(
///         &self,
///         request: &http::Request<Vec<u8>>,
///         timeout: Duration,
///     ) -> Outcome {
/// #       let _ = (request, timeout);
///         http::Response::new(br#"{"users":[]}"#.to_vec()).into() // your HTTP stack
///     }
///
///     async fn sleep(&self, delay: Duration) {
/// #       let _ = delay;
///         // your runtime's sleep
///     }
///
///     fn reading(&self) -> Reading {
///         let random = 0; // your random number generator
///         Reading::new(self.start.elapsed(), SystemTime::now(), random)
///     }
/// }
/// ```
#[doc(alias = "reqwest")]
#[doc(alias = "tokio")]
pub trait AsyncDriver {
    /// Makes one attempt.
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> impl Future<Output = Outcome> + Send;

    /// Sleeps.
    fn sleep(&self, delay: Duration) -> impl Future<Output = ()> + Send;

    /// Reads the clocks, and a random number.
    fn reading(&self) -> Reading;

    /// Returns the throttle that this call shares with others. There is none by default.
    fn throttle(&self) -> Option<&SharedThrottle> {
        None
    }

    /// Waits until the place is ready, or the timeout passes. The default sleeps beside it.
    fn wait(&self, place: Place<'_>, timeout: Duration) -> impl Future<Output = ()> + Send {
        let sleep = self.sleep(timeout);
        async move {
            let (mut place, mut sleep) = (pin!(place), pin!(sleep));
            poll_fn(|context| match place.as_mut().poll(context) {
                Poll::Ready(()) => Poll::Ready(()),
                Poll::Pending => sleep.as_mut().poll(context),
            })
            .await;
        }
    }

    /// Returns `true` if the result is not wanted any more. The call then begins no further attempt, and ends with the
    /// reason [`Cancelled`](crate::GiveUpReason::Cancelled).
    fn is_cancelled(&self) -> bool {
        false
    }

    /// Called at the end of an attempt, with its outcome and duration.
    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        let _ = event;
    }

    /// Called before the delay of a retry.
    fn on_retry(&self, event: &RetryEvent<'_>) {
        let _ = event;
    }

    /// Called at the end of the call.
    fn on_end(&self, event: &CallEvent<'_>) {
        let _ = event;
    }
}

impl<O: Operation> Exchange<O> {
    /// Makes the call with a blocking driver, from its first attempt to its result.
    ///
    /// # Errors
    ///
    /// Returns the error of the last attempt, with the number of attempts and the reason for giving up. Returns an
    /// [`ErrorKind::OutOfOrder`](crate::ErrorKind::OutOfOrder) if the call has ended already.
    pub fn run(mut self, driver: &impl Driver) -> Result<Response<O::Output>, Error> {
        self.run_mut(driver)
    }

    /// Like [`run`](Self::run), and leaves the exchange to the caller, who can still [`abandon`](Self::abandon) it if the
    /// driver panics.
    ///
    /// # Errors
    ///
    /// The same as [`run`](Self::run).
    pub fn run_mut(&mut self, driver: &impl Driver) -> Result<Response<O::Output>, Error> {
        poll_ready(drive(self, &Blocking(driver)))
    }

    /// Makes the call with an async driver, on any runtime.
    ///
    /// The call ends in time by its own [`total_timeout`](crate::RetryPolicy::total_timeout). If its future is dropped
    /// instead, nobody learns whether the call may have been applied.
    ///
    /// # Errors
    ///
    /// The same as [`run`](Self::run).
    pub async fn run_async(mut self, driver: &impl AsyncDriver) -> Result<Response<O::Output>, Error> {
        drive(&mut self, driver).await
    }
}

/// The loop of a call.
async fn drive<O: Operation, D: AsyncDriver>(
    exchange: &mut Exchange<O>,
    driver: &D,
) -> Result<Response<O::Output>, Error> {
    let start = driver.reading().now;
    let mut waited = Duration::ZERO;
    let result = attempts(exchange, driver, &mut waited).await;
    driver.on_end(&CallEvent {
        operation: exchange.operation().id(),
        attempts: exchange.attempts(),
        elapsed: driver.reading().now.saturating_sub(start),
        waited,
        recovered: result.as_ref().is_ok_and(Response::recovered),
        result: result.as_ref().map(Response::status),
    });
    result
}

async fn attempts<O: Operation, D: AsyncDriver>(
    exchange: &mut Exchange<O>,
    driver: &D,
    waited: &mut Duration,
) -> Result<Response<O::Output>, Error> {
    loop {
        let before = driver.reading().now;
        let permit = admitted(exchange, driver).await?;
        let began = driver.reading().now;
        *waited = waited.saturating_add(began.saturating_sub(before));
        if driver.is_cancelled() {
            return Err(exchange.cancel(began));
        }
        let attempt = exchange.begin(began)?;
        let (operation, number) = (attempt.operation(), attempt.number());
        let outcome = driver.send(exchange.request(), attempt.timeout()).await;
        let reading = driver.reading();
        permit.settle(&outcome, reading);
        let duration = reading.now.saturating_sub(began);
        driver.on_attempt(&AttemptEvent { operation, attempt: number, duration, outcome: &outcome });
        let delay = match exchange.on_outcome(attempt, outcome, reading) {
            Step::Done(response) => return Ok(response),
            Step::Failed(error) => return Err(error),
            Step::Send => continue,
            Step::Retry(event) => {
                if !driver.is_cancelled() {
                    driver.on_retry(&event);
                }
                event.delay
            }
        };
        if !driver.is_cancelled() {
            driver.sleep(delay).await;
            *waited = waited.saturating_add(driver.reading().now.saturating_sub(reading.now));
        }
    }
}

/// Waits until the attempt may start, within the time of the call.
async fn admitted<'d, O: Operation, D: AsyncDriver>(
    exchange: &mut Exchange<O>,
    driver: &'d D,
) -> Result<InFlight<'d>, Error> {
    // The call has begun, however long it waits.
    exchange.start(driver.reading().now);
    let Some(throttle) = driver.throttle() else { return Ok(InFlight(None)) };
    let mut turn = Turn { throttle, is_taken: true };
    loop {
        let reading = driver.reading();
        if driver.is_cancelled() {
            return Err(exchange.cancel(reading.now));
        }
        match throttle.admit(reading) {
            Admission::Go(permit) => {
                turn.is_taken = true;
                return Ok(InFlight(Some((throttle, permit))));
            }
            Admission::Wait(delay) => {
                exchange.check_wait(delay, reading.now)?;
                driver.sleep(delay).await;
            }
            Admission::Full => {
                let left = exchange.time_left(reading.now)?;
                turn.is_taken = false;
                driver.wait(throttle.place(), left).await;
            }
        }
    }
}

/// The turn of a call that has waited for a place. If it does not take one after all, another call has to be woken.
struct Turn<'d> {
    throttle: &'d SharedThrottle,
    is_taken: bool,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.is_taken {
            self.throttle.pass_on();
        }
    }
}

/// A place among the attempts in flight. It is released if the attempt has no outcome: if no time is left, the driver
/// panics, or the future is dropped.
struct InFlight<'d>(Option<(&'d SharedThrottle, Permit)>);

impl InFlight<'_> {
    fn settle(mut self, outcome: &Outcome, at: Reading) {
        if let Some((throttle, permit)) = self.0.take() {
            throttle.settle(permit, outcome, at);
        }
    }
}

impl Drop for InFlight<'_> {
    fn drop(&mut self) {
        if let Some((throttle, permit)) = self.0.take() {
            throttle.release(permit);
        }
    }
}

/// The result of a future that is ready at once, as those of a [`Blocking`] driver are.
fn poll_ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
        debug_assert!(false, "a future of a blocking driver is pending");
    }
}

/// A blocking driver as an async one whose futures are all ready at once.
struct Blocking<'d, D>(&'d D);

impl<D: Driver> AsyncDriver for Blocking<'_, D> {
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> impl Future<Output = Outcome> + Send {
        ready(self.0.send(request, timeout))
    }

    fn sleep(&self, delay: Duration) -> impl Future<Output = ()> + Send {
        self.0.sleep(delay);
        ready(())
    }

    fn reading(&self) -> Reading {
        self.0.reading()
    }

    fn throttle(&self) -> Option<&SharedThrottle> {
        self.0.throttle()
    }

    fn wait(&self, place: Place<'_>, timeout: Duration) -> impl Future<Output = ()> + Send {
        self.0.wait(place, timeout);
        ready(())
    }

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }

    fn on_attempt(&self, event: &AttemptEvent<'_>) {
        self.0.on_attempt(event);
    }

    fn on_retry(&self, event: &RetryEvent<'_>) {
        self.0.on_retry(event);
    }

    fn on_end(&self, event: &CallEvent<'_>) {
        self.0.on_end(event);
    }
}
