//! The outcome of an attempt, and what makes attempts: [`Outcome`], [`TransportError`], [`Transport`].

use std::fmt;
use std::time::Duration;

use http::{Request, Response};

/// Any error that can be sent between threads.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The outcome of one attempt.
///
/// This enum is exhaustive: an attempt has no other outcome.
///
/// ```
/// use cloudinary_provisioning::{Outcome, TransportError, http::Response};
///
/// fn outcome(result: std::io::Result<Response<Vec<u8>>>) -> Outcome {
///     match result {
///         Ok(response) => response.into(),
///         Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
///             TransportError::not_sent(error).into()
///         }
///         Err(error) => TransportError::maybe_sent(error).into(),
///     }
/// }
/// # assert!(matches!(outcome(Ok(Response::new(Vec::new()))), Outcome::Response(_)));
/// ```
///
/// `Debug` shows neither headers nor a body.
pub enum Outcome {
    /// A complete response arrived.
    Response(Response<Vec<u8>>),
    /// A response arrived, and the connection ended or the timeout passed before the end of its body.
    Truncated(Response<Vec<u8>>, Option<BoxError>),
    /// A response arrived, and its body is larger than this limit in bytes.
    TooLarge(Response<Vec<u8>>, u64),
    /// No response arrived.
    Failed(TransportError),
}

impl Outcome {
    /// Returns the response, as far as it arrived.
    pub fn response(&self) -> Option<&Response<Vec<u8>>> {
        match self {
            Self::Response(response) | Self::Truncated(response, _) | Self::TooLarge(response, _) => Some(response),
            Self::Failed(_) => None,
        }
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = match self {
            Self::Response(_) => f.debug_struct("Response"),
            Self::Truncated(..) => f.debug_struct("Truncated"),
            Self::TooLarge(..) => f.debug_struct("TooLarge"),
            Self::Failed(error) => return f.debug_tuple("Failed").field(error).finish(),
        };
        if let Some(response) = self.response() {
            shown.field("status", &response.status().as_u16()).field("body_length", &response.body().len());
        }
        shown.finish_non_exhaustive()
    }
}

impl From<Response<Vec<u8>>> for Outcome {
    fn from(response: Response<Vec<u8>>) -> Self {
        Self::Response(response)
    }
}

impl From<TransportError> for Outcome {
    fn from(error: TransportError) -> Self {
        Self::Failed(error)
    }
}

impl<T: Into<Self>, E: Into<Self>> From<Result<T, E>> for Outcome {
    fn from(result: Result<T, E>) -> Self {
        result.map_or_else(Into::into, Into::into)
    }
}

/// Why no response arrived, with the transport's own error as its source.
///
/// This enum is exhaustive, since retries depend on nothing else. Use `MaybeSent` where a transport cannot tell: a
/// create is not retried then, so that it is not applied twice.
///
/// ```
/// use std::error::Error;
/// use cloudinary_provisioning::TransportError;
///
/// let error = TransportError::not_sent("connection refused");
/// assert_eq!(error.to_string(), "the request was not sent");
/// assert_eq!(
///     error.source().map(ToString::to_string).as_deref(),
///     Some("connection refused")
/// );
/// ```
#[doc(alias = "connection")]
#[doc(alias = "timeout")]
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The request was certainly not sent: the name did not resolve, or no connection was made. Every operation is
    /// retried.
    #[error("the request was not sent")]
    NotSent(#[source] BoxError),
    /// The request may have been sent: the connection was reset or closed, a timeout passed, or the protocol was
    /// violated.
    #[error("no response arrived; the request may have been sent")]
    MaybeSent(#[source] BoxError),
    /// The request cannot succeed, and retrying will not help: a certificate that is not trusted, a URL that the
    /// transport cannot use. It was not sent.
    #[error("the request cannot be sent")]
    Permanent(#[source] BoxError),
}

impl TransportError {
    /// Creates a [`NotSent`](Self::NotSent) from its cause.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        Self::NotSent(source.into())
    }

    /// Creates a [`MaybeSent`](Self::MaybeSent) from its cause.
    pub fn maybe_sent(source: impl Into<BoxError>) -> Self {
        Self::MaybeSent(source.into())
    }

    /// Creates a [`Permanent`](Self::Permanent) from its cause.
    pub fn permanent(source: impl Into<BoxError>) -> Self {
        Self::Permanent(source.into())
    }
}

/// Makes attempts: a blocking HTTP stack, a recorder, or an account in memory.
///
/// A transport sends the request unchanged, does not follow redirects, reads the body of every response to its end,
/// and observes the timeout. The trait is implemented for closures whose result converts into an [`Outcome`]: a
/// response, a [`TransportError`], or a `Result` of the two.
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning::{
///     Outcome, Transport,
///     http::{Request, Response},
/// };
///
/// let always_empty =
///     |_: &Request<Vec<u8>>, _: Duration| Response::new(br#"{"users":[]}"#.to_vec());
/// let outcome = always_empty.send(&Request::new(Vec::new()), Duration::from_secs(30));
/// assert!(matches!(outcome, Outcome::Response(_)));
/// ```
#[doc(alias = "mock")]
#[doc(alias = "proxy")]
pub trait Transport {
    /// Sends the request and reads the response, within the timeout.
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome;
}

impl<F, R> Transport for F
where
    F: Fn(&Request<Vec<u8>>, Duration) -> R,
    R: Into<Outcome>,
{
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        self(request, timeout).into()
    }
}

/// A request extension that asks the transport for a new connection.
///
/// An idle connection may be dead, and a request that is lost on it looks as if it may have been sent. So a request
/// carries this extension if its operation is not idempotent, and from the second attempt on. Transports that pool
/// connections should honor it; others may ignore it.
///
/// ```
/// use cloudinary_provisioning::{Account, Exchange, FreshConnection, RetryPolicy, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let create = Exchange::new(
///     &account,
///     users::Create::new("John", "john@example.com"),
///     RetryPolicy::default(),
/// )?;
/// assert!(create.request().extensions().get::<FreshConnection>().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreshConnection;
