//! [`Transport`]: what makes attempts.

use std::time::Duration;

use http::Request;

use crate::outcome::outcome::Outcome;

/// Makes attempts: a blocking HTTP stack, a recorder, or an account in memory.
///
/// A transport sends the request unchanged, does not follow redirects, reads the body of every response to its end,
/// and observes the timeout. The trait is implemented for closures whose result converts into an [`Outcome`]: a
/// response, a [`TransportError`](crate::TransportError), or a `Result` of the two.
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
