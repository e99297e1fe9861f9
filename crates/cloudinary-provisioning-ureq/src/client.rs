//! [`Client`]: operations over ureq, with retries.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloudinary_provisioning::http::Request;
use cloudinary_provisioning::{
    Account, AttemptEvent, Driver, Error, Exchange, Operation, Origin, Outcome, Paged, Permit, Reading, Recover,
    Recovery, RequestOptions, Response, RetryEvent, RetryPolicy, Transport,
};

use crate::builder::ClientBuilder;
use crate::call::{Call, CallOptions};
use crate::clock::Timeline;
use crate::config_error::ConfigError;
use crate::gate::Gate;
use crate::items::Items;
use crate::trace;
use crate::workers::{SendAll, Stop, Stoppable};

/// A blocking client of one account.
///
/// A client is cheap to clone. Clones share their connections, and what the service said about its rate limit.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::Client;
/// use cloudinary_provisioning_ureq::users::{self, Role};
///
/// let client = Client::from_env()?;
/// let create = users::Create::new("John", "john@example.com").role(Role::TechnicalAdmin);
/// let john = client.send(&create)?;
/// for user in client.items(users::List::new().prefix("john")) {
///     println!("{}", user?.id);
/// }
/// client.send(&users::Delete::new(&john.id))?;
/// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Shared>);

pub(crate) struct Shared {
    pub(crate) account: Account,
    pub(crate) transport: Box<dyn Transport + Send + Sync>,
    pub(crate) policy: RetryPolicy,
    pub(crate) request: RequestOptions,
    pub(crate) on_retry: Option<Box<RetryHook>>,
    pub(crate) on_response: Option<Box<ResponseHook>>,
    pub(crate) timeline: Timeline,
    pub(crate) gate: Gate,
    pub(crate) has_tls: bool,
    pub(crate) misconfigured: Option<ConfigError>,
}

pub(crate) type RetryHook = dyn Fn(&RetryEvent<'_>) + Send + Sync;
pub(crate) type ResponseHook = dyn Fn(&AttemptEvent<'_>) + Send + Sync;

impl Client {
    /// Creates a client with the default configuration.
    ///
    /// If ureq could not run with it, calls return the error that [`ClientBuilder::build`] returns.
    pub fn new(account: Account) -> Self {
        ClientBuilder::new(account).assemble()
    }

    /// Configures a client.
    pub fn builder(account: Account) -> ClientBuilder {
        ClientBuilder::new(account)
    }

    /// Creates a client of the account that the environment names, with `CLOUDINARY_ACCOUNT_URL`, or with
    /// `CLOUDINARY_ACCOUNT_ID`, `CLOUDINARY_PROVISIONING_API_KEY` and `CLOUDINARY_PROVISIONING_API_SECRET`; see
    /// [`Account::from_lookup`].
    ///
    /// # Errors
    ///
    /// Returns an error if a part of the account is missing or cannot be used. The same as [`ClientBuilder::build`]
    /// otherwise.
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    pub(crate) fn from_shared(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// Returns the account of this client.
    pub fn account(&self) -> &Account {
        &self.0.account
    }

    #[cfg(test)]
    pub(crate) fn shared(&self) -> &Shared {
        &self.0
    }

    /// Sends an operation, or a reference to one, with the retries of the client's policy.
    ///
    /// # Errors
    ///
    /// Returns an [`Error`] of any [kind](cloudinary_provisioning::ErrorKind).
    pub fn send<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        self.call(operation).send()
    }

    /// Prepares a call of an operation, or of a reference to one, with options of its own.
    pub fn call<O: Operation>(&self, operation: O) -> Call<'_, O> {
        Call::new(self, operation)
    }

    /// Returns an iterator over all items of a list. Pages are requested as they are needed.
    pub fn items<O: Paged + 'static>(&self, operation: O) -> Items<O> {
        Items::new(self.clone(), operation)
    }

    /// Sends many operations with several workers; see [`SendAll`].
    pub fn send_all<I>(&self, operations: I) -> SendAll<I::IntoIter>
    where
        I: IntoIterator,
        I::Item: Operation + 'static,
    {
        SendAll::new(self.clone(), operations.into_iter())
    }

    /// The options that a call begins with.
    pub(crate) fn options(&self) -> CallOptions {
        CallOptions { request: self.0.request.clone(), ..CallOptions::default() }
    }

    /// The defect of the configuration, if it has one that matters to requests to this origin.
    pub(crate) fn misconfigured(&self, origin: &Origin) -> Option<ConfigError> {
        let no_tls = !self.0.has_tls && origin.as_str().starts_with("https://");
        self.0.misconfigured.clone().or_else(|| no_tls.then_some(ConfigError::NoTls))
    }

    pub(crate) fn execute<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
        stop: &Stop,
    ) -> Result<Response<O::Output>, Error> {
        self.traced(operation, options, || {
            let exchange = Exchange::with_options(self.account(), operation, self.policy(options), &options.request)?;
            exchange.run(&Stoppable::new(&self.0, stop))
        })
    }

    pub(crate) fn recover<O: Recover>(
        &self,
        operation: &O,
        options: &CallOptions,
        stop: &Stop,
    ) -> Result<Response<O::Output>, Error> {
        self.traced(operation, options, || {
            let request = options.request.clone();
            let recovery = Recovery::with_options(self.account(), operation, self.policy(options), request)?;
            recovery.run(&Stoppable::new(&self.0, stop))
        })
    }

    fn traced<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
        call: impl FnOnce() -> Result<Response<O::Output>, Error>,
    ) -> Result<Response<O::Output>, Error> {
        let origin = options.origin.as_ref().unwrap_or(self.account().origin());
        match self.misconfigured(origin) {
            Some(error) => Err(error.into()),
            None => trace::span(operation, origin, call),
        }
    }

    pub(crate) fn policy(&self, options: &CallOptions) -> RetryPolicy {
        let policy = options.retry.unwrap_or(self.0.policy);
        options.timeout.map_or(policy, |timeout| policy.attempt_timeout(timeout))
    }
}

impl Driver for Shared {
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        self.transport.send(request, timeout)
    }

    fn sleep(&self, delay: Duration) {
        self.timeline.sleep(delay);
    }

    fn sample(&self) -> Reading {
        self.timeline.sample()
    }

    fn admit(&self) -> Result<Permit, Duration> {
        self.gate.admit(|| self.sample())
    }

    fn release(&self, permit: Permit) {
        self.gate.release(permit);
    }

    fn on_outcome(&self, permit: Permit, attempt: AttemptEvent<'_>) {
        self.gate.settle(permit, attempt.outcome, self.sample());
        if let Some(hook) = &self.on_response {
            hook(&attempt);
        }
    }

    fn on_retry(&self, event: &RetryEvent<'_>) {
        trace::retry(event);
        if let Some(hook) = &self.on_retry {
            hook(event);
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("account", &self.0.account)
            .field("policy", &self.0.policy)
            .finish_non_exhaustive()
    }
}
