//! A server on loopback that answers after a fixed latency, and counts connections and TLS handshakes.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Duration;

use cloudinary_provisioning_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{HandshakeKind, ServerConfig, ServerConnection, StreamOwned};

use super::users_json;

pub const LATENCY: Duration = Duration::from_millis(20);
pub const PAGE_SIZE: usize = 100;
const GROUPS: &str = r#"{"groups":[{"id":"g1","name":"Editors"},{"id":"g2","name":"Reviewers"}]}"#;

/// It answers a list of users page by page, `/stats` with what it counted since the last time, and everything else
/// with two user groups. Each connection has a thread of its own, which sleeps.
pub struct LatencyServer {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    certificate: Option<Vec<u8>>,
}

struct Shared {
    latency: Duration,
    /// Whole responses, so that a page costs the server a copy.
    pages: Vec<Vec<u8>>,
    groups: Vec<u8>,
    past_the_end: Vec<u8>,
    tls: Option<Arc<ServerConfig>>,
    /// How often the counts were taken: a connection counts once in between.
    jobs: AtomicUsize,
    connections: AtomicUsize,
    handshakes: AtomicUsize,
    requests: AtomicUsize,
}

/// What the server counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Connections on which a request came.
    pub connections: usize,
    /// TLS handshakes that resumed no session.
    pub handshakes: usize,
    pub requests: usize,
}

impl LatencyServer {
    pub fn start(address: &str, latency: Duration, users: usize, tls: bool) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let address = listener.local_addr().unwrap();
        let (tls, certificate) = if tls { Some(tls_config()).unzip() } else { (None, None) };
        let page = |page: usize| encode(&users_json(page * PAGE_SIZE..((page + 1) * PAGE_SIZE).min(users)));
        let shared = Arc::new(Shared {
            latency,
            pages: (0..users.div_ceil(PAGE_SIZE)).map(page).collect(),
            groups: encode(GROUPS),
            past_the_end: encode(r#"{"users":[]}"#),
            tls,
            jobs: AtomicUsize::new(0),
            connections: AtomicUsize::new(0),
            handshakes: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&accepting);
                thread::spawn(move || shared.serve(stream));
            }
        });
        Self { address, shared, certificate }
    }

    pub fn origin(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Trust in this server's certificate alone.
    pub fn trust(&self) -> Option<TlsConfig> {
        let certificate = Certificate::from_der(self.certificate.as_ref()?).to_owned();
        Some(TlsConfig::builder().root_certs(RootCerts::Specific(Arc::new(vec![certificate]))).build())
    }

    /// What was counted since the last time.
    pub fn take(&self) -> Counts {
        self.shared.take()
    }
}

impl Shared {
    fn take(&self) -> Counts {
        self.jobs.fetch_add(1, SeqCst);
        Counts {
            connections: self.connections.swap(0, SeqCst),
            handshakes: self.handshakes.swap(0, SeqCst),
            requests: self.requests.swap(0, SeqCst),
        }
    }

    fn serve(&self, mut stream: TcpStream) {
        stream.set_nodelay(true).unwrap();
        let Some(config) = &self.tls else { return self.answer(stream) };
        let mut connection = ServerConnection::new(Arc::clone(config)).unwrap();
        while connection.is_handshaking() {
            if connection.complete_io(&mut stream).is_err() {
                return;
            }
        }
        if connection.handshake_kind() != Some(HandshakeKind::Resumed) {
            self.handshakes.fetch_add(1, SeqCst);
        }
        self.answer(StreamOwned::new(connection, stream));
    }

    fn answer(&self, mut stream: impl Read + Write) {
        let mut counted = None;
        while let Some(target) = request(&mut stream) {
            let stats;
            let response = if target == "/stats" {
                stats = encode(&self.take().json());
                &stats
            } else {
                let job = Some(self.jobs.load(SeqCst));
                if std::mem::replace(&mut counted, job) != job {
                    self.connections.fetch_add(1, SeqCst);
                }
                self.requests.fetch_add(1, SeqCst);
                thread::sleep(self.latency);
                self.response(&target)
            };
            if stream.write_all(response).and_then(|()| stream.flush()).is_err() {
                return;
            }
        }
    }

    fn response(&self, target: &str) -> &[u8] {
        let number = target.split(['?', '&']).find_map(|pair| pair.strip_prefix("page=")?.parse::<usize>().ok());
        let Some(number) = number else { return &self.groups };
        number.checked_sub(1).and_then(|page| self.pages.get(page)).unwrap_or(&self.past_the_end)
    }
}

impl Counts {
    fn json(self) -> String {
        let Self { connections, handshakes, requests } = self;
        format!(r#"{{"connections":{connections},"handshakes":{handshakes},"requests":{requests}}}"#)
    }
}

/// The target of the next request, which has no body.
fn request(stream: &mut impl Read) -> Option<String> {
    let mut head = Vec::new();
    let mut buffer = [0; 2048];
    while !head.ends_with(b"\r\n\r\n") {
        let length = stream.read(&mut buffer).ok().filter(|length| *length > 0)?;
        head.extend_from_slice(buffer.get(..length)?);
    }
    let head = String::from_utf8(head).ok()?;
    head.split(' ').nth(1).map(ToOwned::to_owned)
}

fn encode(body: &str) -> Vec<u8> {
    let mut response = String::from("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n");
    write!(response, "content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    response.into_bytes()
}

/// A server's configuration, with a certificate for `127.0.0.1` of its own making.
fn tls_config() -> (Arc<ServerConfig>, Vec<u8>) {
    let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    (Arc::new(config), certificate.to_vec())
}
