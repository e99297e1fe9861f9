//! [`Call`]: one call with its own options.

use std::fmt;
use std::time::Duration;

use cloudinary_provisioning::{AccountId, Error, Operation, Origin, Recover, RequestOptions, Response, RetryPolicy};

use crate::client::Client;
use crate::workers::{Execute, Stop};

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
    client: &'c Client,
    operation: O,
    options: CallOptions,
    execute: Execute<O>,
}

/// Options of one call. What is not set is the client's.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    /// The origin of the request, where it is not the account's.
    pub(crate) origin: Option<Origin>,
    pub(crate) request: RequestOptions,
}

/// The options that calls and lists have in common.
macro_rules! call_options {
    () => {
        /// Sets the timeout of one attempt, instead of the retry policy's.
        pub fn timeout(mut self, timeout: Duration) -> Self {
            self.options.timeout = Some(timeout);
            self
        }

        /// Sets the retry policy, instead of the client's.
        pub fn retry(mut self, policy: RetryPolicy) -> Self {
            self.options.retry = Some(policy);
            self
        }

        /// Sets the origin to send it to, instead of the account's.
        pub fn origin(mut self, origin: Origin) -> Self {
            self.options.origin = Some(origin.clone());
            self.options.request = self.options.request.origin(origin);
            self
        }

        /// Sets the account id, instead of the account's own.
        pub fn account_id(mut self, id: impl Into<AccountId>) -> Self {
            self.options.request = self.options.request.account_id(id);
            self
        }

        /// Adds a header; see [`RequestOptions::header`](cloudinary_provisioning::RequestOptions::header).
        pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
            self.options.request = self.options.request.header(name, value);
            self
        }
    };
}

pub(crate) use call_options;

impl<'c, O: Operation> Call<'c, O> {
    pub(crate) fn new(client: &'c Client, operation: O) -> Self {
        Self { client, operation, options: client.options(), execute: Client::execute }
    }

    call_options!();

    /// Applies a create exactly once, even if its response is lost: looks for its result, and returns that or sends the
    /// create again; see [`Recovery`](cloudinary_provisioning::Recovery).
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
        self.execute = Client::recover;
        self
    }

    /// Sends the operation and returns the value.
    ///
    /// # Errors
    ///
    /// The same as [`Client::send`].
    pub fn send(self) -> Result<O::Output, Error> {
        self.response().map(Response::into_value)
    }

    /// Sends the operation and returns the value with the response's status, headers, request id and rate limit.
    ///
    /// # Errors
    ///
    /// The same as [`Client::send`].
    pub fn response(self) -> Result<Response<O::Output>, Error> {
        (self.execute)(self.client, &self.operation, &self.options, &Stop::default())
    }
}

impl<O: Operation> fmt::Debug for Call<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call").field("operation", &O::ID).field("options", &self.options).finish_non_exhaustive()
    }
}
