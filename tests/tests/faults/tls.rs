//! TLS: a certificate that is not trusted is refused at once and nothing is sent; sessions are resumed, whatever the
//! operation and its options; what fails in the handshake is told from what fails later only where that is sure.

use std::sync::Arc;
use std::time::Duration;

use cloudinary_provisioning::{ErrorKind, GiveUpReason, RetryPolicy, TransportError};
use cloudinary_provisioning_tests::clock::Clock;
use cloudinary_provisioning_tests::faulty::{
    account, assert_not_sent, assert_response_lost, chain, create, delete, gave_up, get, timeout_of,
};
use cloudinary_provisioning_tests::script::{self, Action, Endpoint, Script, status, user};
use cloudinary_provisioning_tests::tls::{self, certificate, expired};
use cloudinary_provisioning_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use cloudinary_provisioning_ureq::{Client, ClientBuilder};
use rcgen::{CertifiedKey, KeyPair};
use rustls::version::{TLS12, TLS13};
use rustls::{HandshakeKind, SupportedProtocolVersion};

const BOTH: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];

/// A server with a certificate of its own making.
struct TlsServer {
    script: Script,
    certificate: Vec<u8>,
}

impl TlsServer {
    /// Closes each connection after one response, and says so: otherwise a client may use a connection again before it
    /// has seen its end.
    fn closing(versions: &[&'static SupportedProtocolVersion]) -> Self {
        let response = script::response(200, &[("connection", "close")], script::USER);
        Self::start(&certificate("127.0.0.1"), versions, Action::respond(response).then_close())
    }

    fn start(
        certificate: &CertifiedKey<KeyPair>,
        versions: &[&'static SupportedProtocolVersion],
        action: Action,
    ) -> Self {
        let config = tls::config(certificate, versions);
        Self { script: Script::repeat_over_tls(action, config), certificate: certificate.cert.der().to_vec() }
    }

    /// Trust in this server's certificate and no other.
    fn trusted(&self) -> TlsConfig {
        let certificate = Certificate::from_der(&self.certificate).to_owned();
        TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(vec![certificate]))).build()
    }

    fn builder(&self) -> (ClientBuilder, Clock) {
        quick(&self.script.origin())
    }

    fn client(&self) -> Client {
        self.builder().0.tls_config(self.trusted()).build().unwrap()
    }
}

fn quick(origin: &str) -> (ClientBuilder, Clock) {
    let clock = Clock::new();
    (Client::builder(account(origin)).proxy(None).clock(clock.clone()), clock)
}

fn https(address: std::net::SocketAddr) -> String {
    format!("https://{address}")
}

/// Both calls are refused for this reason, and the server never sees a request.
#[track_caller]
fn assert_refused(server: &TlsServer, (builder, clock): (ClientBuilder, Clock), why: &str) {
    let client = builder.build().unwrap();
    for result in [client.send(get()), client.send(create())] {
        let error = gave_up(result, 1, GiveUpReason::NotRetryable);
        assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::Permanent(_))), "{error:?}");
        assert!(!error.maybe_applied());
        let chain = chain(&error);
        assert!(chain[0].contains(": the request cannot be sent (host 127.0.0.1:"), "{chain:?}");
        assert!(chain[1].contains("invalid peer certificate") && chain[1].contains(why), "{chain:?}");
    }
    assert!(clock.waits().is_empty());
    assert_eq!((server.script.connections(), server.script.requests()), (2, vec![]));
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_at_once() {
    for versions in [&[&TLS13], &[&TLS12]] {
        let server = TlsServer::closing(versions);
        assert_refused(&server, server.builder(), "UnknownIssuer");
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_even_if_another_is_trusted() {
    let (server, other) = (TlsServer::closing(BOTH), TlsServer::closing(BOTH));
    let (builder, clock) = server.builder();
    // Both call themselves the same, so that only the signature differs.
    assert_refused(&server, (builder.tls_config(other.trusted()), clock), "");
}

#[test]
fn a_certificate_for_another_host_is_refused_at_once() {
    let server = TlsServer::start(&certificate("api.cloudinary.com"), BOTH, user());
    let (builder, clock) = server.builder();
    assert_refused(&server, (builder.tls_config(server.trusted()), clock), "not valid for name");
}

#[test]
fn a_certificate_of_the_past_is_refused_at_once() {
    let server = TlsServer::start(&expired(), BOTH, user());
    let (builder, clock) = server.builder();
    assert_refused(&server, (builder.tls_config(server.trusted()), clock), "expired");
}

#[test]
fn a_certificate_that_is_trusted_is_taken() {
    for versions in [&[&TLS13], &[&TLS12]] {
        let server = TlsServer::start(&certificate("127.0.0.1"), versions, user());
        let client = server.client();
        assert_eq!(client.send(get()).unwrap().id, "u1");
        assert_eq!(client.send(create()).unwrap().id, "u1");
        assert_eq!(client.send(get()).unwrap().id, "u1");
        let requests = server.script.requests();
        let seen: Vec<_> = requests.iter().map(|request| (request.method(), request.connection)).collect();
        assert_eq!(seen, [("GET", 0), ("POST", 1), ("GET", 0)], "one for reading, one for the create");
    }
}

/// All handshakes but the first are short ones.
#[track_caller]
fn assert_resumed(server: &TlsServer, calls: usize) {
    let (script, handshakes) = (&server.script, server.script.handshakes());
    assert_eq!((script.connections(), script.requests().len(), handshakes.len()), (calls, calls, calls));
    let full = handshakes.iter().filter(|kind| **kind != HandshakeKind::Resumed).count();
    assert_eq!(full, 1, "{handshakes:?}");
}

#[test]
fn sessions_are_resumed_by_operations_that_are_safe_to_retry() {
    for versions in [&[&TLS13], &[&TLS12]] {
        let server = TlsServer::closing(versions);
        let client = server.client();
        for _ in 0..50 {
            client.send(get()).unwrap();
        }
        assert_resumed(&server, 50);
    }
}

#[test]
fn sessions_are_resumed_by_operations_that_are_not() {
    for versions in [&[&TLS13], &[&TLS12]] {
        let server = TlsServer::closing(versions);
        let client = server.client();
        for _ in 0..50 {
            client.send(create()).unwrap();
        }
        assert_resumed(&server, 50);
    }
}

#[test]
fn sessions_are_resumed_by_calls_with_a_timeout_of_their_own() {
    let server = TlsServer::closing(BOTH);
    let client = server.client();
    client.send(get()).unwrap();
    client.send(create()).unwrap();
    let before = server.script.handshakes().len();
    for n in 1..=10 {
        client.call(get()).timeout(Duration::from_secs(n)).send().unwrap();
        client.call(create()).timeout(Duration::from_secs(n)).send().unwrap();
        client.call(get()).retry(RetryPolicy::none().attempt_timeout(Duration::from_secs(9))).send().unwrap();
    }
    assert_eq!(server.script.handshakes()[before..], [HandshakeKind::Resumed; 30]);
}

#[test]
fn sessions_are_resumed_where_every_call_has_a_timeout_of_its_own() {
    for operations in ["get", "create"] {
        let server = TlsServer::closing(BOTH);
        let client = server.client();
        for n in 1..=10 {
            let timeout = Duration::from_secs(n);
            match operations {
                "get" => client.call(get()).timeout(timeout).send(),
                _ => client.call(create()).timeout(timeout).send(),
            }
            .unwrap();
        }
        assert_resumed(&server, 10);
    }
}

#[test]
fn sessions_are_resumed_by_retries() {
    let server = TlsServer::start(&certificate("127.0.0.1"), BOTH, status(503));
    let client = server.client();
    client.send(get()).unwrap_err();
    client.send(delete()).unwrap_err();
    // The first attempts share a connection, and each retry has its own.
    let handshakes = server.script.handshakes();
    assert_eq!((server.script.requests().len(), handshakes.len()), (6, 5));
    let full = handshakes.iter().filter(|kind| **kind != HandshakeKind::Resumed).count();
    assert!(full <= 2, "one for each of the two agents: {handshakes:?}");
}

#[test]
fn a_handshake_that_never_ends_is_not_sent_whatever_the_timeouts() {
    let endpoint = Endpoint::silent();
    let millis = Duration::from_millis;
    // The connect timeout of the client, and the attempt timeout of the call.
    for (connect, attempt) in [
        (millis(100), Duration::from_secs(30)),
        (millis(100), millis(101)),
        (millis(100), millis(100)),
        (millis(101), millis(100)),
        (Duration::from_secs(10), millis(100)),
        (Duration::MAX, millis(100)),
        (Duration::MAX, millis(200)),
        (Duration::ZERO, millis(100)),
    ] {
        let (builder, clock) = quick(&https(endpoint.address()));
        let client = builder.connect_timeout(connect).build().unwrap();
        let error = gave_up(client.call(create()).timeout(attempt).send(), 3, GiveUpReason::AttemptsExhausted);
        assert_not_sent(&error);
        // The shortest of timeouts may be over before a literal address is resolved.
        let timeout = timeout_of(&error);
        assert!(
            matches!(timeout, ureq::Timeout::Resolve | ureq::Timeout::Connect),
            "{connect:?} {attempt:?} {timeout:?}"
        );
        assert_eq!(clock.millis(), [250, 500]);
    }
}

#[test]
fn a_server_that_hangs_up_in_the_handshake_counts_as_one_that_may_have_read() {
    let server = Script::repeat(Action::hang_up());
    let (builder, clock) = quick(&https(server.address()));
    let client = builder.build().unwrap();
    let error = gave_up(client.send(create()), 1, GiveUpReason::UnsafeToRetry);
    assert_response_lost(&error);
    assert!(error.maybe_applied());
    assert_eq!((server.connections(), clock.waits().len()), (1, 0));
    gave_up(client.send(get()), 3, GiveUpReason::AttemptsExhausted);
    assert_eq!((server.connections(), clock.waits().len()), (4, 2));
}
