//! TLS: a certificate that is not trusted is refused at once and nothing is sent; sessions are resumed, whatever the
//! operation and its options; what fails in the handshake is told from what fails later only where that is sure.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use cloudinary_provisioning::{Account, Fault, GiveUpReason, Origin, RetryPolicy, Secret, users};
use cloudinary_provisioning_tests::{
    faulty::{TestClock, USER, assert_not_sent, chain, gave_up},
    script::{self, Action, Endpoint, Script},
};
use cloudinary_provisioning_ureq::{
    Client, ClientBuilder, ErrorKind,
    ureq::tls::{Certificate, RootCerts, TlsConfig},
};
use rcgen::{CertificateParams, CertifiedKey, KeyPair};
use rustls::{
    HandshakeKind, ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
    version::{TLS12, TLS13},
};

const BOTH: &[&SupportedProtocolVersion] = &[&TLS13, &TLS12];

/// A server with a certificate of its own making, which says [`USER`] to everything.
struct TlsServer {
    address: SocketAddr,
    certificate: Vec<u8>,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    seen: Mutex<Seen>,
    ended: AtomicBool,
}

#[derive(Clone, Debug, Default)]
struct Seen {
    connections: usize,
    /// How each handshake went that came to its end.
    handshakes: Vec<HandshakeKind>,
    requests: Vec<String>,
}

impl Shared {
    fn note(&self, what: impl FnOnce(&mut Seen)) {
        what(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

/// A certificate for this host or address, and its key.
fn certificate(host: &str) -> CertifiedKey<KeyPair> {
    rcgen::generate_simple_self_signed([host.to_owned()]).unwrap()
}

fn expired() -> CertifiedKey<KeyPair> {
    let mut params = CertificateParams::new(["127.0.0.1".to_owned()]).unwrap();
    params.not_before = rcgen::date_time_ymd(2001, 1, 1);
    params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    let signing_key = KeyPair::generate().unwrap();
    let cert = params.self_signed(&signing_key).unwrap();
    CertifiedKey { cert, signing_key }
}

impl TlsServer {
    /// Closes each connection after one reply, without having said so.
    fn closing(versions: &[&'static SupportedProtocolVersion]) -> Self {
        Self::start(&certificate("127.0.0.1"), versions, 1)
    }

    fn start(
        certificate: &CertifiedKey<KeyPair>,
        versions: &[&'static SupportedProtocolVersion],
        replies: usize,
    ) -> Self {
        let der = certificate.cert.der().clone();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certificate.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![der.clone()], key)
            .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared::default());
        let acceptor = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || {
                for stream in listener.incoming().map_while(Result::ok) {
                    if shared.ended.load(Ordering::SeqCst) {
                        break;
                    }
                    shared.note(|seen| seen.connections += 1);
                    let (config, shared) = (Arc::clone(&config), Arc::clone(&shared));
                    std::thread::spawn(move || serve(stream, config, &shared, replies));
                }
            }
        });
        Self { address, certificate: der.to_vec(), shared, acceptor: Some(acceptor) }
    }

    fn seen(&self) -> Seen {
        self.shared.seen.lock().unwrap().clone()
    }

    /// Takes what was seen so far, so that the next look begins anew.
    fn take(&self) -> Seen {
        std::mem::take(&mut *self.shared.seen.lock().unwrap())
    }

    fn account(&self) -> Account {
        account(self.address)
    }

    /// Trust in this server's certificate and no other.
    fn trusted(&self) -> TlsConfig {
        let certificate = Certificate::from_der(&self.certificate).to_owned();
        TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(vec![certificate]))).build()
    }

    fn client(&self) -> Client {
        quick(self.account()).0.tls_config(self.trusted()).build().unwrap()
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        _ = TcpStream::connect(self.address);
        if let Some(acceptor) = self.acceptor.take() {
            _ = acceptor.join();
        }
    }
}

fn serve(stream: TcpStream, config: Arc<ServerConfig>, shared: &Shared, replies: usize) {
    _ = stream.set_nodelay(true);
    _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
    let Ok(mut connection) = ServerConnection::new(config) else { return };
    let mut socket = stream;
    while connection.is_handshaking() {
        if connection.complete_io(&mut socket).is_err() {
            return;
        }
    }
    let kind = connection.handshake_kind();
    shared.note(|seen| seen.handshakes.extend(kind));
    let mut stream = StreamOwned::new(connection, socket);
    for _ in 0..replies {
        let Some(head) = read_request(&mut stream) else { return };
        shared.note(|seen| seen.requests.push(head));
        if stream.write_all(&script::reply(200, &[], USER)).and_then(|()| stream.flush()).is_err() {
            return;
        }
    }
    stream.conn.send_close_notify();
    _ = stream.flush();
    _ = stream.sock.shutdown(Shutdown::Both);
}

/// The request line of the next request, once it is there as a whole.
fn read_request(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        let count = stream.read(&mut chunk).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(chunk.get(..count)?);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().unwrap_or(0));
        if body.len() >= length {
            return head.lines().next().map(str::to_owned);
        }
    }
}

fn account(address: SocketAddr) -> Account {
    let account = Account::new("acc", "KEY", Secret::new("SECRET")).unwrap();
    account.with_origin(Origin::url(&format!("https://{address}")).unwrap())
}

fn quick(account: Account) -> (ClientBuilder, TestClock) {
    let clock = TestClock::new();
    (Client::builder(account).proxy(None).clock(clock.clone()), clock)
}

fn get() -> users::Get {
    users::Get::new("u1")
}

fn create() -> users::Create {
    users::Create::new("Ada Lind", "ada@example.com")
}

/// Both calls are refused for this reason, and the server never sees a request.
#[track_caller]
fn assert_refused(server: &TlsServer, (builder, clock): (ClientBuilder, TestClock), why: &str) {
    let client = builder.build().unwrap();
    for result in [client.send(&get()), client.send(&create())] {
        let error = gave_up(result, 1, GiveUpReason::Permanent);
        assert!(matches!(error.kind(), ErrorKind::Transport(Fault::Refused)), "{error:?}");
        assert!(!error.maybe_applied());
        let chain = chain(&error);
        assert!(chain[0].ends_with(": the request cannot be sent"), "{chain:?}");
        assert!(chain[1].contains("invalid peer certificate") && chain[1].contains(why), "{chain:?}");
    }
    assert!(clock.waits().is_empty());
    let seen = server.seen();
    assert_eq!((seen.connections, seen.requests), (2, Vec::<String>::new()));
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_at_once() {
    for versions in [&[&TLS13], &[&TLS12]] {
        let server = TlsServer::closing(versions);
        assert_refused(&server, quick(server.account()), "UnknownIssuer");
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_even_if_another_is_trusted() {
    let (server, other) = (TlsServer::closing(BOTH), TlsServer::closing(BOTH));
    let (builder, clock) = quick(server.account());
    // Both call themselves the same, so that only the signature differs.
    assert_refused(&server, (builder.tls_config(other.trusted()), clock), "");
}

#[test]
fn a_certificate_for_another_host_is_refused_at_once() {
    let server = TlsServer::start(&certificate("api.cloudinary.com"), BOTH, 1);
    let (builder, clock) = quick(server.account());
    assert_refused(&server, (builder.tls_config(server.trusted()), clock), "not valid for name");
}

#[test]
fn a_certificate_of_the_past_is_refused_at_once() {
    let server = TlsServer::start(&expired(), BOTH, 1);
    let (builder, clock) = quick(server.account());
    assert_refused(&server, (builder.tls_config(server.trusted()), clock), "expired");
}

#[test]
fn a_certificate_that_is_trusted_is_taken() {
    for versions in [&[&TLS13], &[&TLS12]] {
        let server = TlsServer::start(&certificate("127.0.0.1"), versions, 100);
        let client = server.client();
        assert_eq!(client.send(&get()).unwrap().id, "u1");
        assert_eq!(client.send(&create()).unwrap().id, "u1");
        assert_eq!(client.send(&get()).unwrap().id, "u1");
        let seen = server.seen();
        assert_eq!(seen.connections, 2, "one for reading, one for the create");
        let methods: Vec<_> = seen.requests.iter().map(|line| line.split(' ').next().unwrap()).collect();
        assert_eq!(methods, ["GET", "POST", "GET"]);
    }
}

/// All handshakes but the first are short ones.
#[track_caller]
fn assert_resumed(seen: &Seen, calls: usize) {
    assert_eq!((seen.connections, seen.requests.len(), seen.handshakes.len()), (calls, calls, calls));
    let full = seen.handshakes.iter().filter(|kind| **kind != HandshakeKind::Resumed).count();
    assert_eq!(full, 1, "{:?}", seen.handshakes);
}

#[test]
fn sessions_are_resumed_by_operations_that_are_safe_to_repeat() {
    for versions in [&[&TLS13], &[&TLS12]] {
        let server = TlsServer::closing(versions);
        let client = server.client();
        for _ in 0..50 {
            client.send(&get()).unwrap();
        }
        assert_resumed(&server.seen(), 50);
    }
}

#[test]
fn sessions_are_resumed_by_operations_that_are_not() {
    for versions in [&[&TLS13], &[&TLS12]] {
        let server = TlsServer::closing(versions);
        let client = server.client();
        for _ in 0..50 {
            client.send(&create()).unwrap();
        }
        assert_resumed(&server.seen(), 50);
    }
}

#[test]
fn sessions_are_resumed_by_calls_with_a_timeout_of_their_own() {
    let server = TlsServer::closing(BOTH);
    let client = server.client();
    client.send(&get()).unwrap();
    client.send(&create()).unwrap();
    server.take();
    for n in 1..=10 {
        client.call(&get()).timeout(Duration::from_secs(n)).send().unwrap();
        client.call(&create()).timeout(Duration::from_secs(n)).send().unwrap();
        client.call(&get()).retry(RetryPolicy::none().attempt_timeout(Duration::from_secs(9))).send().unwrap();
    }
    let seen = server.seen();
    assert_eq!(seen.handshakes, [HandshakeKind::Resumed; 30]);
}

#[test]
fn sessions_are_resumed_where_every_call_has_a_timeout_of_its_own() {
    for operations in ["get", "create"] {
        let server = TlsServer::closing(BOTH);
        let client = server.client();
        for n in 1..=10 {
            let timeout = Duration::from_secs(n);
            match operations {
                "get" => client.call(&get()).timeout(timeout).send(),
                _ => client.call(&create()).timeout(timeout).send(),
            }
            .unwrap();
        }
        assert_resumed(&server.seen(), 10);
    }
}

#[test]
fn a_handshake_that_never_ends_is_not_sent_and_even_a_create_is_repeated() {
    let endpoint = Endpoint::silent();
    let (builder, clock) = quick(account(endpoint.address()));
    let client = builder.connect_timeout(Duration::from_millis(150)).build().unwrap();
    assert_not_sent(&gave_up(client.send(&create()), 3, GiveUpReason::AttemptsExhausted));
    let waits: Vec<_> = clock.waits().iter().map(Duration::as_millis).collect();
    assert_eq!(waits, [250, 500]);
}

#[test]
fn a_server_that_hangs_up_in_the_handshake_counts_as_one_that_may_have_read() {
    let server = Script::play([Action::hang_up(), Action::hang_up(), Action::hang_up(), Action::hang_up()]);
    let (builder, clock) = quick(account(server.address()));
    let client = builder.build().unwrap();
    let error = gave_up(client.send(&create()), 1, GiveUpReason::UnsafeToRepeat);
    assert!(error.maybe_applied());
    assert_eq!((server.connections(), clock.waits().len()), (1, 0));
    gave_up(client.send(&get()), 3, GiveUpReason::AttemptsExhausted);
    assert_eq!((server.connections(), clock.waits().len()), (4, 2));
}
