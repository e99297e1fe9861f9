//! Options of calls and lists.

use std::time::Duration;

use cloudinary_provisioning::{Error, Exchange, Operation, Origin, Recover, RequestOptions, RetryPolicy};

/// Options of one call. The client's apply where one is not set.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    /// The origin of the request, if it is not the account's.
    pub(crate) origin: Option<Origin>,
    pub(crate) request: RequestOptions,
}

/// A change to an exchange before it runs.
pub(crate) type Prepare<O> = for<'o> fn(Exchange<&'o O>) -> Result<Exchange<&'o O>, Error>;

/// How the calls of an operation are made.
pub(crate) struct Mode<O> {
    recover: Prepare<O>,
    or_existing: Prepare<O>,
}

impl<O> Clone for Mode<O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O> Copy for Mode<O> {}

impl<O: Operation> Mode<O> {
    pub(crate) fn plain() -> Self {
        Self { recover: |exchange| Ok(exchange), or_existing: |exchange| Ok(exchange) }
    }

    pub(crate) fn prepare<'o>(&self, exchange: Exchange<&'o O>) -> Result<Exchange<&'o O>, Error> {
        (self.or_existing)((self.recover)(exchange)?)
    }
}

impl<O: Recover> Mode<O> {
    pub(crate) fn recover(&mut self) {
        self.recover = |exchange| exchange.recover();
    }

    pub(crate) fn or_existing(&mut self) {
        self.or_existing = |exchange| exchange.or_existing();
    }
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
