//! [`Client`]: operations over ureq, with retries.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloudinary_provisioning::http::{Request, uri::Scheme};
use cloudinary_provisioning::{
    Account, AttemptEvent, Driver, Error, Exchange, Operation, Outcome, Paged, Permit, RequestOptions, Response,
    RetryEvent, RetryPolicy, Sample, Transport,
};

use crate::builder::ClientBuilder;
use crate::call::{Call, CallOptions};
use crate::clock::Timeline;
use crate::config_error::ConfigError;
use crate::gate::Gate;
use crate::items::Items;

/// A blocking client of one account. Cheap to clone; clones share connections and what the service has said about
/// its rate limit.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{Client, users::{self, Role}};
///
/// let client = Client::from_env()?;
/// let john = client.send(&users::Create::new("John", "john@example.com").role(Role::TechnicalAdmin))?;
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
    /// A client with the default configuration. Where ureq could not work with it, calls return the error that
    /// [`ClientBuilder::build`] returns.
    pub fn new(account: Account) -> Self {
        ClientBuilder::new(account).assemble()
    }

    /// A client with a configuration of your own.
    pub fn builder(account: Account) -> ClientBuilder {
        ClientBuilder::new(account)
    }

    /// A client of the account that the environment names: `CLOUDINARY_ACCOUNT_URL`, or `CLOUDINARY_ACCOUNT_ID`,
    /// `CLOUDINARY_PROVISIONING_API_KEY` and `CLOUDINARY_PROVISIONING_API_SECRET`; see [`Account::from_lookup`].
    ///
    /// # Errors
    ///
    /// Where a part is missing or cannot be used, and as [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
    }

    pub(crate) fn from_shared(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// The account of this client.
    pub fn account(&self) -> &Account {
        &self.0.account
    }

    /// Sends an operation, or a reference to one, and retries it as the retry policy says.
    ///
    /// # Errors
    ///
    /// An [`Error`] of any [kind](cloudinary_provisioning::ErrorKind).
    pub fn send<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        self.call(operation).send()
    }

    /// A call of an operation, or of a reference to one, with options of its own.
    pub fn call<O: Operation>(&self, operation: O) -> Call<'_, O> {
        Call::new(self, operation)
    }

    /// All items of a list, page by page as they are asked for.
    pub fn items<O: Paged>(&self, operation: O) -> Items<O> {
        Items::new(self.clone(), operation)
    }

    /// The options that a call begins with.
    pub(crate) fn options(&self) -> CallOptions {
        CallOptions { request: self.0.request.clone(), ..CallOptions::default() }
    }

    /// The defect of the configuration, if it has one that matters to requests over this scheme.
    pub(crate) fn misconfigured(&self, https: bool) -> Option<ConfigError> {
        let no_tls = https && !self.0.has_tls;
        self.0.misconfigured.clone().or_else(|| no_tls.then_some(ConfigError::NoTls))
    }

    pub(crate) fn execute<O: Operation>(
        &self,
        operation: O,
        options: &CallOptions,
    ) -> Result<Response<O::Output>, Error> {
        self.exchange(operation, options)?.run(&*self.0)
    }

    pub(crate) fn exchange<O: Operation>(&self, operation: O, options: &CallOptions) -> Result<Exchange<O>, Error> {
        let mut policy = options.retry.unwrap_or(self.0.policy);
        if let Some(timeout) = options.timeout {
            policy = policy.attempt_timeout(timeout);
        }
        let exchange = Exchange::with_options(&self.0.account, operation, policy, &options.request)?;
        let https = exchange.request().uri().scheme() == Some(&Scheme::HTTPS);
        self.misconfigured(https).map_or(Ok(exchange), |error| Err(error.into()))
    }
}

impl Driver for Shared {
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        self.transport.send(request, timeout)
    }

    fn sleep(&self, delay: Duration) {
        self.timeline.sleep(delay);
    }

    fn sample(&self) -> Sample {
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
