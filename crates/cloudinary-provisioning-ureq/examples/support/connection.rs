//! The account that a tool works on: the one of the environment, or one made up for this run.

use std::env;
use std::fmt;
use std::time::Duration;

use cloudinary_provisioning::{Account, AccountError, Origin, RetryPolicy};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer};
use cloudinary_provisioning_ureq::{Client, ClientBuilder, RetryEvent};

use super::{Stop, demo};

/// The variables that name an account; `Account::from_lookup` tells what each holds.
const VARIABLES: [&str; 4] = [
    "CLOUDINARY_ACCOUNT_URL",
    "CLOUDINARY_ACCOUNT_ID",
    "CLOUDINARY_PROVISIONING_API_KEY",
    "CLOUDINARY_PROVISIONING_API_SECRET",
];
const USER_AGENT: &str = concat!(env!("CARGO_BIN_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// A client of the account.
pub(crate) struct Connection {
    pub(crate) client: Client,
    /// Serves the made-up account, if it is one, until it is dropped.
    server: Option<FakeServer>,
}

impl Connection {
    /// Connects to the account of the environment, at `origin` where that is given. Without credentials in the
    /// environment it starts a server for `made_up`, on loopback, and connects to that.
    pub(crate) fn open(
        origin: Option<&str>,
        made_up: impl FnOnce() -> FakeAccount,
        on_retry: impl Fn(&RetryEvent<'_>) + Send + Sync + 'static,
    ) -> Result<Self, Stop> {
        let set: Vec<_> = VARIABLES.into_iter().filter(|name| variable(name).is_some()).collect();
        if !set.is_empty() {
            let account = from_environment(origin).map_err(|error| {
                Stop::usage(format!("the account cannot be used: {error} (set in the environment: {})", set.join(", ")))
            })?;
            return Ok(Self { client: build(builder(account, on_retry))?, server: None });
        }
        if origin.is_some() {
            return Err(Stop::usage("--origin needs an account: set CLOUDINARY_ACCOUNT_URL"));
        }
        let server = FakeServer::start(made_up())
            .map_err(|error| Stop::Failed(format!("cannot serve the made-up account: {error}")))?;
        let account = demo::credentials(&server.url()).map_err(Stop::usage)?;
        // A proxy of the environment would not find this machine's loopback.
        let client = build(builder(account, on_retry).proxy(None))?;
        Ok(Self { client, server: Some(server) })
    }
}

impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = self.client.account();
        match &self.server {
            Some(_) => write!(f, "a made-up account in memory, at {}: no credentials are set", account.origin()),
            None => write!(f, "account {} at {}", account.id(), account.origin()),
        }
    }
}

fn from_environment(origin: Option<&str>) -> Result<Account, AccountError> {
    let account = Account::from_lookup(variable)?;
    match origin {
        Some(url) => Ok(account.with_origin(Origin::url(url)?)),
        None => Ok(account),
    }
}

/// What is no Unicode becomes replacement characters, which an account refuses by the part's name.
fn variable(name: &str) -> Option<String> {
    env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// More patient than the default: a run over a whole directory meets the rate limit sooner than a single call.
fn builder(account: Account, on_retry: impl Fn(&RetryEvent<'_>) + Send + Sync + 'static) -> ClientBuilder {
    let patient = RetryPolicy::default().max_attempts(6).total_timeout(Duration::from_secs(300));
    Client::builder(account).retry(patient).user_agent_suffix(USER_AGENT).on_retry(on_retry)
}

fn build(builder: ClientBuilder) -> Result<Client, Stop> {
    builder.build().map_err(Stop::usage)
}
