//! [`Safety`]: the effect of sending a request again.

use crate::outcome::error::{Error, ErrorKind};
use crate::outcome::transport_error::TransportError;

/// The effect of sending an operation's request again, in the terms of RFC 9110.
///
/// It depends on the operation and not on its method: some POSTs only read.
///
/// ```
/// use cloudinary_provisioning::{Operation, Safety, public, roles, users};
///
/// assert_eq!(users::Get::new("id").safety(), Safety::Safe);
/// assert_eq!(
///     public::ValidatePolicy::new("permit(principal, action, resource);").safety(),
///     Safety::Safe
/// );
/// assert_eq!(users::Delete::new("id").safety(), Safety::Idempotent);
/// assert_eq!(
///     users::Create::new("John", "john@example.com").safety(),
///     Safety::NotIdempotent
/// );
///
/// // It can depend on the value: a given id cannot be taken twice.
/// let create = roles::Create::new("global", "account", "Auditor");
/// assert_eq!(create.safety(), Safety::NotIdempotent);
/// assert_eq!(create.id("auditor").safety(), Safety::Idempotent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Safety {
    /// It changes nothing.
    Safe,
    /// Sending it several times has the same effect as sending it once.
    Idempotent,
    /// Sending it again may apply it again.
    NotIdempotent,
}

/// When a failed attempt can be retried.
pub(crate) enum Retryable {
    Always,
    IfSafe,
    Never,
}

/// Whether a failed attempt may have been applied, and whether it can be retried.
pub(crate) fn classify(error: &Error) -> (bool, Retryable) {
    use Retryable::{Always, IfSafe, Never};
    match error.kind() {
        ErrorKind::Status => match error.status().map_or(0, |status| status.as_u16()) {
            // A throttled request was not processed.
            420 | 429 => (false, Always),
            408 | 500 | 502..=504 => (true, IfSafe),
            303 | 501 | 505.. => (true, Never),
            _ => (false, Never),
        },
        ErrorKind::Transport(TransportError::NotSent(_)) => (false, Always),
        ErrorKind::Transport(TransportError::MaybeSent(_)) | ErrorKind::Truncated(_) => (true, IfSafe),
        ErrorKind::TooLarge { .. } | ErrorKind::Decode { .. } | ErrorKind::SecretLost { .. } => (true, Never),
        ErrorKind::Account(_)
        | ErrorKind::Config(_)
        | ErrorKind::Build(_)
        | ErrorKind::OutOfOrder
        | ErrorKind::Transport(TransportError::Permanent(_)) => (false, Never),
    }
}

/// Whether an attempt that failed like this may have changed the account.
pub(crate) fn may_have_applied(error: &Error, safety: Safety) -> bool {
    safety != Safety::Safe && classify(error).0
}
