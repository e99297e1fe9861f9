//! [`TransportError`]: why no response arrived.

/// Any error that can be sent between threads.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why no response arrived, with the transport's own error as its source.
///
/// This enum is exhaustive, since retries depend on nothing else. Use `MaybeSent` if a transport does not know: a
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
