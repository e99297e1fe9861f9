//! [`Error`]: everything that can go wrong with a call.

use std::fmt;
use std::time::Duration;

use cloudinary_provisioning::http::{Response, StatusCode};
use cloudinary_provisioning::{AccountError, ApiError, BuildError, Fault, GiveUp, GiveUpReason, ResponseError};

/// A call that failed, or a client that could not be built.
///
/// `Display` says which operation failed and why: the service's message, or whether the request was sent. Where the
/// transport failed, [`source`](std::error::Error::source) leads to its own error. Neither shows a secret.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{Client, cloudinary_provisioning::users};
///
/// let client = Client::from_env()?;
/// match client.send(&users::Delete::new("0abed8df")) {
///     Ok(_) => println!("deleted"),
///     // Gone before, or by an earlier attempt of this very call.
///     Err(error) if error.is_not_found() => println!("not there (anymore)"),
///     Err(error) if error.is_rate_limited() => println!("try again in {:?}", error.retry_after()),
///     Err(error) if error.maybe_applied() => println!("look whether it is done: {error}"),
///     Err(error) => return Err(error),
/// }
/// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
/// ```
pub struct Error(Box<Parts>);

struct Parts {
    operation: Option<&'static str>,
    kind: ErrorKind,
    give_up: Option<GiveUp>,
    retry_after: Option<Duration>,
    transport: Option<ureq::Error>,
}

/// What went wrong.
///
/// ```
/// use cloudinary_provisioning_ureq::{Client, ErrorKind, cloudinary_provisioning::{Account, users}};
///
/// let client = Client::new(Account::new("acc", "key", "secret")?);
/// let error = client.send(&users::Get::new("")).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Build(error) if error.field() == "user_id"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The account cannot be used.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The client cannot be built as it is configured.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The request cannot be built. Nothing was sent.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A reply came, and it is no success or cannot be read.
    #[error(transparent)]
    Response(ResponseError),
    /// No reply came.
    #[error(transparent)]
    Transport(Fault),
}

/// A configuration that ureq could not run with: it would panic on the first request, or go another way than asked.
///
/// ```
/// use cloudinary_provisioning_ureq::{Client, ConfigError, ErrorKind, cloudinary_provisioning::Account, ureq};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let error = Client::builder(account).agent(ureq::agent()).proxy(None).build().unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Config(ConfigError::AgentIsConfigured)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The origin is `https://`, and no TLS feature is on.
    #[error("the origin is https:// and no TLS feature is on: `rustls`, `native-tls` or `rustls-no-provider`")]
    NoTls,
    /// The TLS configuration asks for a provider whose feature is off.
    #[error("the TLS configuration asks for {provider}, and its feature is off")]
    TlsProvider {
        /// `rustls` or `native-tls`.
        provider: &'static str,
    },
    /// The TLS configuration has root certificates that no feature brings.
    #[error("the TLS configuration asks for {roots}, which needs the feature {feature}")]
    RootCerts {
        /// What it asks for.
        roots: &'static str,
        /// The feature that brings them.
        feature: &'static str,
    },
    /// The feature `rustls-no-provider` is on alone, and there is no crypto provider.
    #[error(
        "rustls has no crypto provider: install a process default, set one in the TLS configuration, or turn the feature `rustls` on"
    )]
    NoCryptoProvider,
    /// The proxy, given or from the environment, is a SOCKS proxy, and the feature is off.
    #[error("the proxy is a SOCKS proxy, and the feature `socks-proxy` is off")]
    SocksProxy,
    /// An agent was given together with settings that are the agent's own.
    #[error("an agent is given, so that TLS, proxy and connect timeout are to be set on the agent")]
    AgentIsConfigured,
}

impl Error {
    pub(crate) fn failed(
        operation: &'static str,
        kind: ErrorKind,
        give_up: GiveUp,
        retry_after: Option<Duration>,
        transport: Option<ureq::Error>,
    ) -> Self {
        Self(Box::new(Parts { operation: Some(operation), kind, give_up: Some(give_up), retry_after, transport }))
    }

    pub(crate) fn unsent(operation: Option<&'static str>, kind: ErrorKind) -> Self {
        Self(Box::new(Parts { operation, kind, give_up: None, retry_after: None, transport: None }))
    }

    /// The `operationId` of the operation that failed; `None` where a client could not be built.
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The last reply, if one came: status, headers and body.
    pub fn response(&self) -> Option<&Response<Vec<u8>>> {
        match &self.0.kind {
            ErrorKind::Response(error) => Some(error.response()),
            _ => None,
        }
    }

    /// The service's own error: its message, code, request id and rate limit.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            ErrorKind::Response(ResponseError::Api(error)) => Some(error),
            _ => None,
        }
    }

    /// The status of the last reply, if one came.
    pub fn status(&self) -> Option<StatusCode> {
        self.response().map(Response::status)
    }

    /// 404: there is no such thing.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND)
    }

    /// 409: it is there already, as when the email of a new user is taken.
    pub fn is_conflict(&self) -> bool {
        self.status() == Some(StatusCode::CONFLICT)
    }

    /// 420 or 429: too many requests.
    pub fn is_rate_limited(&self) -> bool {
        self.status().is_some_and(|status| matches!(status.as_u16(), 420 | 429))
    }

    /// How long the service asks to wait before the next request.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The service's id of the last request, to quote to its support.
    pub fn request_id(&self) -> Option<&str> {
        match &self.0.kind {
            ErrorKind::Response(error) => error.request_id(),
            _ => None,
        }
    }

    /// How many attempts were made; 0 where the request could not be built.
    pub fn attempts(&self) -> u32 {
        self.0.give_up.map_or(0, |give_up| give_up.attempts)
    }

    /// The time that all attempts and the delays between them took.
    pub fn elapsed(&self) -> Duration {
        self.0.give_up.map_or(Duration::ZERO, |give_up| give_up.elapsed)
    }

    /// Why there was no further attempt; `None` where there was none at all.
    pub fn reason(&self) -> Option<GiveUpReason> {
        self.0.give_up.map(|give_up| give_up.reason)
    }

    /// Whether the account may have been changed all the same: an attempt was perhaps sent, and its reply is lost or
    /// says nothing. A later 404 on a delete, or a 409 on a create, is then most likely this call's own doing.
    /// Always `false` for operations that change nothing.
    pub fn maybe_applied(&self) -> bool {
        self.0.give_up.is_some_and(|give_up| give_up.maybe_applied)
    }

    /// The transport's own error, where it failed.
    pub fn transport(&self) -> Option<&ureq::Error> {
        self.0.transport.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = self.0.operation {
            write!(f, "{operation}: ")?;
        }
        write!(f, "{}", self.0.kind)?;
        if let Some(give_up) = self.0.give_up {
            // A single attempt that could not be repeated anyway says all by itself.
            if give_up.attempts > 1 || give_up.reason != GiveUpReason::Permanent {
                let plural = if give_up.attempts == 1 { "" } else { "s" };
                write!(f, "; gave up after {} attempt{plural}: {}", give_up.attempts, give_up.reason)?;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation)
            .field("kind", &self.0.kind)
            .field("give_up", &self.0.give_up)
            .field("retry_after", &self.0.retry_after)
            .field("transport", &self.0.transport)
            .finish()
    }
}

impl std::error::Error for Error {
    /// The transport's error. What `Display` shows already is not repeated here.
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.0.transport.as_ref()? {
            // ureq's error has no source of its own and would end the chain before the real cause.
            ureq::Error::Io(error) => Some(error),
            error => Some(error),
        }
    }
}

impl From<AccountError> for Error {
    fn from(error: AccountError) -> Self {
        Self::unsent(None, error.into())
    }
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::unsent(None, error.into())
    }
}
