//! [`Client`]: operations over ureq, with retries.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloudinary_provisioning::http::{StatusCode, uri::Scheme};
use cloudinary_provisioning::{
    Account, AccountId, Exchange, FailureCause, Fault, Moment, Operation, Origin, Paged, RequestOptions, Response,
    ResponseError, RetryPolicy, Safety, Step,
};

use crate::builder::{ClientBuilder, RetryEvent, RetryHook};
use crate::clock::Clock;
use crate::error::{ConfigError, Error, ErrorKind};
use crate::items::Items;
use crate::transport::{Outcome, Transport};

/// A blocking client of one account. Cheap to clone; clones share connections.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{Client, cloudinary_provisioning::users::{self, Role}};
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
    pub(crate) transport: Transport,
    pub(crate) policy: RetryPolicy,
    pub(crate) request: RequestOptions,
    pub(crate) on_retry: Option<Arc<RetryHook>>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) has_tls: bool,
    pub(crate) misconfigured: Option<ConfigError>,
}

impl Client {
    /// A client with the default configuration. Where ureq could not run with it, calls return the error that
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

    /// Sends an operation, repeating it as the retry policy says.
    ///
    /// # Errors
    ///
    /// An [`Error`] of any [kind](ErrorKind).
    pub fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error> {
        self.call(operation).send()
    }

    /// A call of an operation with options of its own.
    pub fn call<'c, O: Operation>(&'c self, operation: &'c O) -> Call<'c, O> {
        Call { client: self, operation, options: self.options() }
    }

    /// All items of a list, page by page as they are asked for.
    pub fn items<O: Paged>(&self, operation: O) -> Items<O> {
        Items::new(self.clone(), operation)
    }

    /// The options that a call begins with.
    pub(crate) fn options(&self) -> CallOptions {
        CallOptions { request: self.0.request.clone(), ..CallOptions::default() }
    }

    /// The fault of the configuration, if it has one that matters to requests over this scheme.
    pub(crate) fn misconfigured(&self, https: bool) -> Option<ConfigError> {
        let no_tls = https && !self.0.has_tls;
        self.0.misconfigured.clone().or_else(|| no_tls.then_some(ConfigError::NoTls))
    }

    pub(crate) fn execute<O: Operation>(
        &self,
        operation: &O,
        options: &CallOptions,
    ) -> Result<Response<O::Output>, Error> {
        let Shared { account, transport, policy, on_retry, clock, .. } = &*self.0;
        let mut policy = options.retry.unwrap_or(*policy);
        if let Some(timeout) = options.timeout {
            policy = policy.attempt_timeout(timeout);
        }
        let mut exchange = Exchange::with_options(account, operation, policy, &options.request)
            .map_err(|error| Error::unsent(Some(O::ID), error.into()))?;
        let https = exchange.request().uri().scheme() == Some(&Scheme::HTTPS);
        if let Some(error) = self.misconfigured(https) {
            return Err(Error::unsent(Some(O::ID), error.into()));
        }
        let fresh = operation.safety() == Safety::NotIdempotent;
        let start = clock.monotonic();
        let elapsed = || clock.monotonic().saturating_sub(start);
        loop {
            let outcome = transport.send(exchange.request(), exchange.timeout(elapsed()), fresh);
            let moment = Moment::new(elapsed(), clock.now(), clock.jitter());
            let told = on_retry.as_ref().map(|hook| (hook, Seen::of(&outcome)));
            let (step, source) = match outcome {
                Outcome::Response(response) => (exchange.on_response(response, moment), None),
                Outcome::Incomplete(response, why, error) => (exchange.on_incomplete(response, why, moment), error),
                Outcome::Fault(fault, error) => (exchange.on_fault(fault, moment), Some(error)),
            };
            match step {
                Step::Done(response) => return Ok(response),
                Step::Wait(delay) => {
                    if let Some((hook, seen)) = told {
                        hook(&seen.event(O::ID, exchange.attempts(), delay));
                    }
                    clock.sleep(delay);
                }
                Step::Failed(failure) => {
                    let (kind, retry_after) = match failure.cause {
                        FailureCause::Response(error) => {
                            let hint = match &error {
                                ResponseError::Api(error) => error.retry_after(moment.now),
                                _ => None,
                            };
                            (ErrorKind::Response(error), hint)
                        }
                        FailureCause::Fault(fault) => (ErrorKind::Transport(fault), None),
                    };
                    return Err(Error::failed(O::ID, kind, failure.give_up, retry_after, source));
                }
            }
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

/// Options of one call. What is not set is the client's.
#[derive(Clone, Debug, Default)]
pub(crate) struct CallOptions {
    pub(crate) timeout: Option<Duration>,
    pub(crate) retry: Option<RetryPolicy>,
    pub(crate) request: RequestOptions,
}

/// One call of an operation, with options of its own.
///
/// ```no_run
/// use std::time::Duration;
/// use cloudinary_provisioning_ureq::{Client, cloudinary_provisioning::{RetryPolicy, users}};
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
#[derive(Debug)]
#[must_use = "a call does nothing until `send` or `response`"]
pub struct Call<'c, O> {
    client: &'c Client,
    operation: &'c O,
    options: CallOptions,
}

/// The options that calls and lists have in common.
macro_rules! call_options {
    () => {
        /// How long one attempt may take, in place of the retry policy's own limit.
        pub fn timeout(mut self, timeout: Duration) -> Self {
            self.options.timeout = Some(timeout);
            self
        }

        /// How often and how long to try.
        pub fn retry(mut self, policy: RetryPolicy) -> Self {
            self.options.retry = Some(policy);
            self
        }

        /// Where to send it, in place of the account's origin.
        pub fn origin(mut self, origin: Origin) -> Self {
            self.options.request = self.options.request.origin(origin);
            self
        }

        /// The account that it is about, in place of the client's own.
        pub fn account_id(mut self, id: impl Into<AccountId>) -> Self {
            self.options.request = self.options.request.account_id(id);
            self
        }

        /// One more header; see [`header`](cloudinary_provisioning::RequestOptions::header).
        pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
            self.options.request = self.options.request.header(name, value);
            self
        }
    };
}

pub(crate) use call_options;

impl<O: Operation> Call<'_, O> {
    call_options!();

    /// Sends it and returns the value.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn send(self) -> Result<O::Output, Error> {
        self.response().map(Response::into_value)
    }

    /// Sends it and returns the value with the reply's status, headers, request id and rate limit.
    ///
    /// # Errors
    ///
    /// As [`Client::send`].
    pub fn response(self) -> Result<Response<O::Output>, Error> {
        self.client.execute(self.operation, &self.options)
    }
}

/// What the hook is told of an attempt, taken before the exchange takes the reply.
struct Seen {
    status: Option<StatusCode>,
    fault: Option<Fault>,
    request_id: Option<String>,
}

impl Seen {
    fn of(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Response(response) | Outcome::Incomplete(response, ..) => Self {
                status: Some(response.status()),
                fault: None,
                request_id: cloudinary_provisioning::request_id(response.headers()).map(str::to_owned),
            },
            Outcome::Fault(fault, _) => Self { status: None, fault: Some(*fault), request_id: None },
        }
    }

    fn event(&self, operation: &'static str, attempt: u32, delay: Duration) -> RetryEvent<'_> {
        RetryEvent {
            operation,
            attempt,
            status: self.status,
            fault: self.fault,
            delay,
            request_id: self.request_id.as_deref(),
        }
    }
}
