//! [`Call`]: one call with its own options.

use std::fmt;
use std::time::Duration;

use cloudinary_provisioning::{AccountId, Error, Operation, Origin, Recover, Response, RetryPolicy};

use crate::engine::Engine;
use crate::options::{CallOptions, Mode, call_options};

/// One call of an operation, with its own options.
///
/// ```no_run
/// use std::time::Duration;
/// use cloudinary_provisioning_ureq::{Client, RetryPolicy, users};
///
/// let client = Client::from_env()?;
/// let response = client
///     .call(&users::Get::new("0abed8df"))
///     .timeout(Duration::from_secs(5))
///     .retry(RetryPolicy::none())
///     .header("x-trace", "7")
///     .response()?;
/// println!("{:?} requests left", response.rate_limit().remaining);
/// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
/// ```
#[must_use = "a call does nothing until `send` or `response`"]
pub struct Call<'c, O: Operation> {
    engine: &'c Engine,
    operation: O,
    options: CallOptions,
    mode: Mode<O>,
}

impl<'c, O: Operation> Call<'c, O> {
    pub(crate) fn new(engine: &'c Engine, operation: O) -> Self {
        Self { engine, operation, options: engine.options(), mode: Mode::plain() }
    }

    call_options!();

    /// Retries a create without applying it twice, even if its response is lost: looks for its result, and returns that
    /// or sends the create again; see [`Exchange::recover`](cloudinary_provisioning::Exchange::recover).
    ///
    /// ```no_run
    /// use cloudinary_provisioning_ureq::{Client, users};
    ///
    /// let client = Client::from_env()?;
    /// let create = users::Create::new("John", "john@example.com");
    /// let response = client.call(&create).recover().response()?;
    /// if response.recovered() {
    ///     println!("{} was created, although the response was lost", response.value().id);
    /// }
    /// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
    /// ```
    pub fn recover(mut self) -> Self
    where
        O: Recover,
    {
        self.mode.recover();
        self
    }

    /// Returns the resource that is there already, if the create ends in a conflict: the only one with its natural key,
    /// whatever its other fields are; see [`Exchange::or_existing`](cloudinary_provisioning::Exchange::or_existing).
    ///
    /// ```no_run
    /// use cloudinary_provisioning_ureq::{Client, users};
    ///
    /// let client = Client::from_env()?;
    /// let create = users::Create::new("John", "john@example.com");
    /// let john = client.call(&create).recover().or_existing().send()?;
    /// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
    /// ```
    pub fn or_existing(mut self) -> Self
    where
        O: Recover,
    {
        self.mode.or_existing();
        self
    }

    /// Sends the operation and returns the value.
    ///
    /// # Errors
    ///
    /// The same as [`Client::send`](crate::Client::send).
    pub fn send(self) -> Result<O::Output, Error> {
        self.response().map(Response::into_value)
    }

    /// Sends the operation and returns the value with the response's status, headers, request id and rate limit.
    ///
    /// # Errors
    ///
    /// The same as [`Client::send`](crate::Client::send).
    pub fn response(self) -> Result<Response<O::Output>, Error> {
        self.engine.execute(&self.operation, &self.options, self.mode, &self.engine.cancel)
    }
}

impl<O: Operation> fmt::Debug for Call<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation.id())
            .field("options", &self.options)
            .finish_non_exhaustive()
    }
}
