//! [`Outcome`]: the outcome of an attempt.

use std::fmt;

use crate::outcome::transport_error::{BoxError, TransportError};
use http::Response;

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
