//! One attempt over ureq: a request in, and what came of it out.

use std::io::{self, Read};
use std::sync::OnceLock;
use std::time::Duration;

use cloudinary_provisioning::http::{Request, Response};
use cloudinary_provisioning::{Fault, Incomplete};
use ureq::config::Config;
use ureq::{Agent, AsSendBody, Body};

/// ureq adds a timeout to an `Instant`, which panics on overflow. A year is as good as for ever.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// A timeout of zero is a failure before the first byte.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);
/// What is reserved for a body at once, whatever its length claims to be.
const LARGEST_RESERVE: u64 = 1024 * 1024;

pub(crate) struct Transport {
    pub(crate) agent: LateAgent,
    /// Opens a connection for every request. `None` where the agent is the caller's, and cannot be built again.
    pub(crate) fresh: Option<LateAgent>,
    pub(crate) body_limit: u64,
}

/// An agent that is made for its first request, with the timeout of that.
///
/// ureq resumes TLS sessions only after a request without configuration of its own has connected. The first one needs
/// none this way, so that a program whose calls all have their own timeouts resumes sessions too.
pub(crate) struct LateAgent {
    make: Box<dyn Fn(Duration) -> Agent + Send + Sync>,
    made: OnceLock<Agent>,
}

impl LateAgent {
    pub(crate) fn new(make: impl Fn(Duration) -> Agent + Send + Sync + 'static) -> Self {
        Self { make: Box::new(make), made: OnceLock::new() }
    }

    fn get(&self, timeout: Duration) -> &Agent {
        self.made.get_or_init(|| (self.make)(timeout))
    }
}

/// What came of an attempt.
pub(crate) enum Outcome {
    Response(Response<Vec<u8>>),
    /// A reply whose body is not whole.
    Incomplete(Response<Vec<u8>>, Incomplete, Option<ureq::Error>),
    Fault(Fault, ureq::Error),
}

impl Transport {
    /// `fresh` asks for a new connection: a pooled one that the server has just closed loses the request in a way
    /// that looks as if it may have been processed.
    pub(crate) fn send(&self, request: &Request<Vec<u8>>, timeout: Duration, fresh: bool) -> Outcome {
        let body = request.body().as_slice();
        let result = if body.is_empty() && matches!(request.method().as_str(), "GET" | "DELETE" | "HEAD") {
            // An empty slice would be announced with `content-length: 0`.
            self.run(with_body(request, ()), timeout, fresh)
        } else {
            self.run(with_body(request, body), timeout, fresh)
        };
        match result {
            Ok(response) => self.read(response),
            Err(error) => Outcome::Fault(classify(&error), error),
        }
    }

    fn run(
        &self,
        request: Request<impl AsSendBody>,
        timeout: Duration,
        fresh: bool,
    ) -> Result<Response<Body>, ureq::Error> {
        let (agent, expire) = match (&self.fresh, fresh) {
            (Some(agent), true) => (agent, false),
            (None, true) => (&self.agent, true),
            (_, false) => (&self.agent, false),
        };
        let timeout = clamp(timeout);
        let agent = agent.get(timeout);
        if !expire && suits(agent.config(), timeout) {
            return agent.run(request);
        }
        // Configuration of a single request costs TLS session resumption, so it is for those that really differ.
        let mut config =
            agent.configure_request(request).http_status_as_error(false).max_redirects(0).timeout_global(Some(timeout));
        if expire {
            config = config.max_idle_age(Duration::ZERO);
        }
        agent.run(config.build())
    }

    /// Reads to the end, of errors too, so that the connection can be used again.
    fn read(&self, response: Response<Body>) -> Outcome {
        let (parts, mut body) = response.into_parts();
        let reserve = body.content_length().unwrap_or(0).min(self.body_limit).min(LARGEST_RESERVE);
        let mut bytes = Vec::with_capacity(usize::try_from(reserve).unwrap_or(0));
        // One byte more than the limit tells a body that is too large from one that is just as large.
        let result = body.as_reader().take(self.body_limit.saturating_add(1)).read_to_end(&mut bytes);
        let too_large = u64::try_from(bytes.len()).is_ok_and(|length| length > self.body_limit);
        if too_large {
            bytes.pop();
        }
        let response = Response::from_parts(parts, bytes);
        match result {
            Ok(_) if too_large => Outcome::Incomplete(response, Incomplete::TooLarge { limit: self.body_limit }, None),
            Ok(_) => Outcome::Response(response),
            Err(error) => Outcome::Incomplete(response, Incomplete::CutOff, Some(ureq::Error::from(error))),
        }
    }
}

pub(crate) fn clamp(timeout: Duration) -> Duration {
    timeout.clamp(SHORTEST_TIMEOUT, LONGEST_TIMEOUT)
}

fn with_body<B>(request: &Request<Vec<u8>>, body: B) -> Request<B> {
    let mut copy = Request::new(body);
    *copy.method_mut() = request.method().clone();
    *copy.uri_mut() = request.uri().clone();
    *copy.headers_mut() = request.headers().clone();
    copy
}

/// Whether an agent does by itself what every request needs.
fn suits(config: &Config, timeout: Duration) -> bool {
    !config.http_status_as_error() && config.max_redirects() == 0 && config.timeouts().global == Some(timeout)
}

/// What a failure means for the request, by the error's value alone: what is not surely unsent may have been sent.
fn classify(error: &ureq::Error) -> Fault {
    use ureq::{Error, Timeout};
    match error {
        Error::HostNotFound | Error::ConnectProxyFailed(_) | Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            Fault::NotSent
        }
        Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => Fault::NotSent,
        Error::Io(error) if is_certificate(error) => Fault::Refused,
        Error::BadUri(_)
        | Error::Http(_)
        | Error::InvalidProxyUrl
        | Error::RequireHttpsOnly(_)
        | Error::Tls(_)
        | Error::TlsRequired => Fault::Refused,
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "platform-verifier"))]
        Error::Rustls(_) => Fault::Refused,
        #[cfg(feature = "native-tls")]
        Error::NativeTls(_) | Error::Der(_) => Fault::Refused,
        _ => Fault::MaybeSent,
    }
}

/// rustls reports a certificate that it does not trust as invalid data, with its own error inside. The handshake is
/// over before a byte of the request is sent.
fn is_certificate(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && error.get_ref().is_some_and(|inner| inner.to_string().starts_with("invalid peer certificate"))
}
