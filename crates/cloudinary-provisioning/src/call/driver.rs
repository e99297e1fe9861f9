//! The loop of a call (send, decide, sleep), written once for blocking and for async drivers.

use std::future::{Future, ready};
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use http::Request;

use crate::call::events::AttemptEvent;
use crate::call::events::RetryEvent;
use crate::call::exchange::{Exchange, Step};
use crate::call::sample::Sample;
use crate::call::throttle::Permit;
use crate::operation::operation::Operation;
use crate::outcome::error::Error;
use crate::outcome::outcome::Outcome;
use crate::outcome::response;

/// What a call needs from its environment: sending, sleeping, the time, and a random number.
///
/// Implement it to run calls over a blocking HTTP stack of your choice with [`Exchange::run`]. The provided methods
/// are for throttling all calls of a client together, and for observing them.
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
/// use cloudinary_provisioning::{
///     Account, Driver, Exchange, Outcome, RetryPolicy, Sample, http, users,
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
///     fn sample(&self) -> Sample {
///         let random = 0; // your random number generator
///         Sample::new(self.start.elapsed(), SystemTime::now(), random)
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

    /// Returns the time, counted from any fixed point, and a random number.
    fn sample(&self) -> Sample;

    /// Admits an attempt, and blocks while too many are in flight; see [`Throttle`](crate::Throttle). There is no
    /// limit by default.
    ///
    /// # Errors
    ///
    /// Returns how long to sleep before asking again.
    fn admit(&self) -> Result<Permit, Duration> {
        Ok(Permit::default())
    }

    /// Takes back the permit of an attempt that was not made.
    fn release(&self, permit: Permit) {
        let _ = permit;
    }

    /// Called at the end of an attempt, with its outcome and duration.
    fn on_outcome(&self, permit: Permit, attempt: AttemptEvent<'_>) {
        let _ = (permit, attempt);
    }

    /// Called before the delay of a retry.
    fn on_retry(&self, event: &RetryEvent<'_>) {
        let _ = event;
    }
}

/// [`Driver`] for async HTTP stacks, on any runtime; see [`Exchange::run_async`].
///
/// ```
/// use std::time::{Duration, Instant, SystemTime};
/// use cloudinary_provisioning::{AsyncDriver, Outcome, Sample, http};
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
///     fn sample(&self) -> Sample {
///         let random = 0; // your random number generator
///         Sample::new(self.start.elapsed(), SystemTime::now(), random)
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

    /// Returns the time, counted from any fixed point, and a random number.
    fn sample(&self) -> Sample;

    /// Admits an attempt, and waits while too many are in flight; see [`Throttle`](crate::Throttle). There is no limit
    /// by default. The error is how long to sleep before asking again.
    fn admit(&self) -> impl Future<Output = Result<Permit, Duration>> + Send {
        ready(Ok(Permit::default()))
    }

    /// Takes back the permit of an attempt that was not made.
    fn release(&self, permit: Permit) {
        let _ = permit;
    }

    /// Called at the end of an attempt, with its outcome and duration.
    fn on_outcome(&self, permit: Permit, attempt: AttemptEvent<'_>) {
        let _ = (permit, attempt);
    }

    /// Called before the delay of a retry.
    fn on_retry(&self, event: &RetryEvent<'_>) {
        let _ = event;
    }
}

impl<O: Operation> Exchange<O> {
    /// Makes the call with a blocking driver, from its first attempt to its result.
    ///
    /// # Errors
    ///
    /// Returns the error of the last attempt, with the number of attempts and the reason for giving up.
    pub fn run(self, driver: &impl Driver) -> Result<response::Response<O::Output>, Error> {
        now(self.run_async(&Blocking(driver)))
    }

    /// Makes the call with an async driver, on any runtime.
    ///
    /// # Errors
    ///
    /// The same as [`run`](Self::run).
    pub async fn run_async(self, driver: &impl AsyncDriver) -> Result<response::Response<O::Output>, Error> {
        let start = driver.sample().elapsed;
        self.run_from(driver, start).await
    }

    /// Makes the call, its time counted from `start`.
    pub(crate) async fn run_from(
        mut self,
        driver: &impl AsyncDriver,
        start: Duration,
    ) -> Result<response::Response<O::Output>, Error> {
        let elapsed = || driver.sample().since(start).elapsed;
        loop {
            let permit = loop {
                match driver.admit().await {
                    Ok(permit) => break InFlight { driver, permit: Some(permit) },
                    Err(delay) => {
                        self.hold(delay, elapsed())?;
                        driver.sleep(delay).await;
                    }
                }
            };
            let began = elapsed();
            let timeout = self.begin(began)?;
            let outcome = driver.send(self.request(), timeout).await;
            let sample = driver.sample().since(start);
            let event = AttemptEvent {
                operation: O::ID,
                attempt: self.attempts().saturating_add(1),
                duration: sample.elapsed.saturating_sub(began),
                outcome: &outcome,
            };
            driver.on_outcome(permit.take(), event);
            let delay = match self.on_outcome(outcome, sample) {
                Step::Done(response) => return Ok(response),
                Step::Failed(error) => return Err(error),
                Step::Retry(event) => {
                    driver.on_retry(&event);
                    event.delay
                }
            };
            driver.sleep(delay).await;
        }
    }
}

/// The result of a future that is ready at once, as those of a [`Blocking`] driver are.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return result;
        }
    }
}

/// A place among the attempts in flight. It is given back where the attempt comes to nothing: where no time is left, the
/// driver panics, or the future is dropped.
struct InFlight<'d, D: AsyncDriver> {
    driver: &'d D,
    permit: Option<Permit>,
}

impl<D: AsyncDriver> InFlight<'_, D> {
    fn take(mut self) -> Permit {
        self.permit.take().unwrap_or_default()
    }
}

impl<D: AsyncDriver> Drop for InFlight<'_, D> {
    fn drop(&mut self) {
        if let Some(permit) = self.permit.take() {
            self.driver.release(permit);
        }
    }
}

/// A blocking driver as an async one whose futures are all ready at once.
pub(crate) struct Blocking<'d, D>(pub(crate) &'d D);

impl<D: Driver> AsyncDriver for Blocking<'_, D> {
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> impl Future<Output = Outcome> + Send {
        ready(self.0.send(request, timeout))
    }

    fn sleep(&self, delay: Duration) -> impl Future<Output = ()> + Send {
        self.0.sleep(delay);
        ready(())
    }

    fn sample(&self) -> Sample {
        self.0.sample()
    }

    fn admit(&self) -> impl Future<Output = Result<Permit, Duration>> + Send {
        ready(self.0.admit())
    }

    fn release(&self, permit: Permit) {
        self.0.release(permit);
    }

    fn on_outcome(&self, permit: Permit, attempt: AttemptEvent<'_>) {
        self.0.on_outcome(permit, attempt);
    }

    fn on_retry(&self, event: &RetryEvent<'_>) {
        self.0.on_retry(event);
    }
}
