//! One attempt over ureq: a request in, and an [`Outcome`] out.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cloudinary_provisioning::http::{Request, Response};
use cloudinary_provisioning::{BoxError, FreshConnection, Outcome, Transport, TransportError};
use ureq::config::Config;
use ureq::{AsSendBody, Body};

use crate::attempt::agents::{Agents, clamp, connect_timeout_below, resolve_timeout};
use crate::attempt::proxy::is_loopback;

/// The most that is reserved for a body at once, whatever length it announces.
const LARGEST_RESERVE: u64 = 1024 * 1024;

/// Sends requests with ureq.
pub(crate) struct UreqTransport {
    pub(crate) agents: Agents,
    pub(crate) connect_timeout: Option<Duration>,
    pub(crate) body_limit: u64,
}

impl Transport for UreqTransport {
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        // ureq's resolver panics if it cannot start a thread.
        catch_unwind(AssertUnwindSafe(|| self.attempt(request, timeout)))
            .unwrap_or_else(|panic| Outcome::Failed(panicked(&*panic)))
    }
}

impl UreqTransport {
    fn attempt(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        let body = request.body().as_slice();
        let result = if body.is_empty() && matches!(request.method().as_str(), "GET" | "DELETE" | "HEAD") {
            // An empty slice would be announced with `content-length: 0`.
            self.run(with_body(request, ()), timeout)
        } else {
            self.run(with_body(request, body), timeout)
        };
        match result {
            Ok(response) => self.read(response),
            Err(error) => Outcome::Failed(classify(error)),
        }
    }

    fn run(&self, request: Request<impl AsSendBody>, timeout: Duration) -> Result<Response<Body>, ureq::Error> {
        let fresh = request.extensions().get::<FreshConnection>().is_some();
        let timeout = clamp(timeout);
        let (agent, expire, direct) = match &self.agents {
            Agents::Given(agent) => {
                // An agent uses the environment's proxy by default, which would see the key and the secret in plain text.
                let of_environment = agent.config().proxy().is_some_and(ureq::Proxy::is_from_env);
                (agent, fresh, of_environment && is_loopback(request.uri()))
            }
            Agents::Own { pooled, fresh: single, direct } => {
                let [pooled, single] = match direct.as_deref() {
                    Some((bypass, [pooled, single])) if bypass.covers(request.uri()) => [pooled, single],
                    _ => [pooled, single],
                };
                (if fresh { single } else { pooled }.get(timeout), false, false)
            }
        };
        if !expire && !direct && suits(agent.config(), timeout) {
            return agent.run(request);
        }
        // Configuring a request disables TLS session resumption, so only requests that differ are configured.
        let mut config =
            agent.configure_request(request).http_status_as_error(false).max_redirects(0).timeout_global(Some(timeout));
        if let Some(connect_timeout) = self.connect_timeout {
            config = config
                .timeout_resolve(Some(resolve_timeout(connect_timeout, timeout)))
                .timeout_connect(Some(connect_timeout_below(connect_timeout, timeout)));
        }
        if expire {
            config = config.max_idle_age(Duration::ZERO);
        }
        if direct {
            config = config.proxy(None);
        }
        agent.run(config.build())
    }

    /// Reads the body to its end, also that of an error, so that the connection can be used again.
    fn read(&self, response: Response<Body>) -> Outcome {
        let (parts, mut body) = response.into_parts();
        let reserve = body.content_length().unwrap_or(0).min(self.body_limit).min(LARGEST_RESERVE);
        let mut bytes = Vec::with_capacity(usize::try_from(reserve).unwrap_or(0));
        // One byte more than the limit shows that a body is too large.
        let result = body.as_reader().take(self.body_limit.saturating_add(1)).read_to_end(&mut bytes);
        let too_large = u64::try_from(bytes.len()).is_ok_and(|length| length > self.body_limit);
        if too_large {
            bytes.pop();
        }
        let response = Response::from_parts(parts, bytes);
        match result {
            Ok(_) if too_large => Outcome::TooLarge(response, self.body_limit),
            Ok(_) => Outcome::Response(response),
            Err(error) => Outcome::Truncated(response, Some(known(error).into())),
        }
    }
}

fn with_body<B>(request: &Request<Vec<u8>>, body: B) -> Request<B> {
    let mut copy = Request::new(body);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    if let Some(fresh) = request.extensions().get::<FreshConnection>() {
        copy.extensions_mut().insert(*fresh);
    }
    copy
}

/// Whether the agent's own configuration is what a request needs.
fn suits(config: &Config, timeout: Duration) -> bool {
    !config.http_status_as_error() && config.max_redirects() == 0 && config.timeouts().global == Some(timeout)
}

/// Tells whether the request was sent, from the error alone. What is not known to be unsent may have been sent.
fn classify(error: ureq::Error) -> TransportError {
    use ureq::{Error, Timeout};
    match error {
        Error::HostNotFound | Error::ConnectProxyFailed(_) => TransportError::not_sent(error),
        Error::Timeout(Timeout::Resolve | Timeout::Connect) => TransportError::not_sent(timed_out(error)),
        Error::Timeout(_) => TransportError::maybe_sent(timed_out(error)),
        // The error inside is the cause; ureq's own has no source.
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused || is_unresolved(&error) => {
            TransportError::not_sent(error)
        }
        Error::Io(error) if is_certificate(&error) => TransportError::permanent(error),
        Error::Io(error) => TransportError::maybe_sent(error),
        Error::BadUri(_)
        | Error::Http(_)
        | Error::InvalidProxyUrl
        | Error::RequireHttpsOnly(_)
        | Error::Tls(_)
        | Error::TlsRequired => TransportError::permanent(error),
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "platform-verifier"))]
        Error::Rustls(_) => TransportError::permanent(error),
        #[cfg(feature = "native-tls")]
        Error::NativeTls(_) | Error::Der(_) => TransportError::permanent(error),
        _ => TransportError::maybe_sent(error),
    }
}

/// A timeout of ureq as one of the standard library, which every program knows.
fn timed_out(error: impl Into<BoxError>) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, error)
}

/// An error of reading a body. ureq's timeouts have no error kind there.
fn known(error: io::Error) -> io::Error {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref());
    match cause {
        Some(ureq::Error::Timeout(timeout)) => timed_out(ureq::Error::Timeout(*timeout)),
        _ => error,
    }
}

/// Whether a name did not resolve. The standard library has no error kind for that, but its text is the same on all Unix
/// systems, and Windows has codes (`WSAHOST_NOT_FOUND` to `WSANO_DATA`). Neither comes from anywhere else.
fn is_unresolved(error: &io::Error) -> bool {
    let code = error.raw_os_error().unwrap_or_default();
    (cfg!(windows) && (11001..=11004).contains(&code))
        || error.to_string().starts_with("failed to lookup address information")
}

/// Whether a certificate was not trusted. rustls reports that as invalid data, with its own error inside. It happens before
/// a byte of the request is sent.
fn is_certificate(error: &io::Error) -> bool {
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider"))]
    return error
        .get_ref()
        .and_then(|inner| inner.downcast_ref())
        .is_some_and(|inner| matches!(inner, rustls::Error::InvalidCertificate(_)));
    #[cfg(not(any(feature = "rustls", feature = "rustls-no-provider")))]
    {
        let _ = error;
        false
    }
}

/// The error for a panic in ureq. Only that of its resolver, which could not start a thread, is known to come before sending.
fn panicked(panic: &(dyn std::any::Any + Send)) -> TransportError {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    match text {
        Some(text) if text.contains("failed to spawn thread") => {
            TransportError::not_sent("could not start a thread to resolve the name")
        }
        _ => TransportError::maybe_sent("ureq panicked"),
    }
}
