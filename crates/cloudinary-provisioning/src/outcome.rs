//! What one attempt came to, and who makes attempts: [`Outcome`], [`TransportError`], [`Transport`].

use std::fmt;
use std::time::Duration;

use http::{Request, Response};

/// Any error that can be sent between threads.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// What one attempt came to.
///
/// It is exhaustive: an HTTP stack knows no other ending.
///
/// ```
/// use cloudinary_provisioning::{Outcome, TransportError, http::Response};
///
/// fn outcome(result: std::io::Result<Response<Vec<u8>>>) -> Outcome {
///     match result {
///         Ok(response) => response.into(),
///         Err(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => TransportError::not_sent(error).into(),
///         Err(error) => TransportError::maybe_sent(error).into(),
///     }
/// }
/// # assert!(matches!(outcome(Ok(Response::new(Vec::new()))), Outcome::Response(_)));
/// ```
///
/// `Debug` shows neither headers nor a body.
pub enum Outcome {
    /// A response arrived whole.
    Response(Response<Vec<u8>>),
    /// A response arrived, and the connection or the time ended before the end of its body.
    Truncated(Response<Vec<u8>>, Option<BoxError>),
    /// A response arrived, and its body is larger than the limit, in bytes.
    TooLarge(Response<Vec<u8>>, u64),
    /// No response arrived.
    Failed(TransportError),
}

impl Outcome {
    /// The response, as far as one arrived.
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
/// It is exhaustive, since retries depend on nothing else. Where a transport cannot tell, it is `MaybeSent`: a create
/// is not retried then, so that nothing is applied twice.
///
/// ```
/// use std::error::Error;
/// use cloudinary_provisioning::TransportError;
///
/// let error = TransportError::not_sent("connection refused");
/// assert_eq!(error.to_string(), "the request was not sent");
/// assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("connection refused"));
/// ```
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The request was certainly not sent: the name did not resolve, or no connection was made. Retryable for every
    /// operation.
    #[error("the request was not sent")]
    NotSent(#[source] BoxError),
    /// The request may have been sent: a reset, an end of the connection, a timeout, a protocol error.
    #[error("no response arrived; the request may have been sent")]
    MaybeSent(#[source] BoxError),
    /// The request was not sent, and a retry will not help: a certificate that is not trusted, a URL that the
    /// transport cannot use.
    #[error("the request cannot be sent")]
    Permanent(#[source] BoxError),
}

impl TransportError {
    /// [`NotSent`](Self::NotSent) with its cause.
    pub fn not_sent(source: impl Into<BoxError>) -> Self {
        Self::NotSent(source.into())
    }

    /// [`MaybeSent`](Self::MaybeSent) with its cause.
    pub fn maybe_sent(source: impl Into<BoxError>) -> Self {
        Self::MaybeSent(source.into())
    }

    /// [`Permanent`](Self::Permanent) with its cause.
    pub fn permanent(source: impl Into<BoxError>) -> Self {
        Self::Permanent(source.into())
    }
}

/// Makes one attempt: any blocking HTTP stack, a recorder, an account in memory.
///
/// A transport sends the request as it is, follows no redirect, reads the body of every response to its end, and
/// keeps to the timeout. It is implemented for closures whose result converts into an [`Outcome`]: a response, a
/// [`TransportError`], or a `Result` of the two.
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning::{Outcome, Transport, http::{Request, Response}};
///
/// let always_empty = |_: &Request<Vec<u8>>, _: Duration| Response::new(br#"{"users":[]}"#.to_vec());
/// let outcome = always_empty.send(&Request::new(Vec::new()), Duration::from_secs(30));
/// assert!(matches!(outcome, Outcome::Response(_)));
/// ```
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

/// An extension of a request that asks its transport for a new connection.
///
/// A connection that has been idle may be dead. A request on it is then lost in a way that looks as if it may have
/// been sent, so a request carries this extension where that matters: where the operation is not idempotent, and from
/// the second attempt on. Transports that keep connections should honor it; others may ignore it.
///
/// ```
/// use cloudinary_provisioning::{Account, Exchange, FreshConnection, RetryPolicy, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let create = Exchange::new(&account, users::Create::new("John", "john@example.com"), RetryPolicy::default())?;
/// assert!(create.request().extensions().get::<FreshConnection>().is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FreshConnection;
