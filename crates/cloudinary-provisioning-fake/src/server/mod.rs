//! The account behind a listener on the loopback interface.

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use self::outgoing::{RequestTraits, encode, encode_part};
use self::socket::Incoming;
use crate::account::FakeAccount;
use crate::account::shared::SharedAccount;
use crate::response::answer::error_body;
use crate::response::fault::{Disruption, Framing};

mod incoming;
mod outgoing;
mod socket;

/// A [`FakeAccount`] that listens on a free port of `127.0.0.1`.
///
/// It speaks plain HTTP/1.1, keeps connections alive, and serves each on a thread of its own.
/// Dropping it closes all connections and ends all threads.
///
/// ```
/// # fn main() -> std::io::Result<()> {
/// use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewUser};
///
/// let account = FakeAccount::new("acc", "key", "secret")
///     .with_user(NewUser::new("John", "john@example.com").id("u1"));
/// let server = FakeServer::start(account)?;
///
/// // Configure the tool under test with `server.url()` …
/// assert!(server.url().starts_with("http://127.0.0.1:"));
///
/// // … and check what it did.
/// assert!(server.with(|account| account.user("u1").is_some()));
/// assert_eq!(server.requests(), 0);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct FakeServer {
    address: SocketAddr,
    listening: Arc<Listening>,
    acceptor: Option<JoinHandle<Vec<JoinHandle<()>>>>,
}

#[derive(Debug)]
struct Listening {
    account: SharedAccount,
    open: Mutex<HashMap<u64, Arc<TcpStream>>>,
    connections: AtomicU64,
    requests: AtomicU64,
    /// How long responses take, in microseconds.
    latency: AtomicU64,
    stop: AtomicBool,
}

/// The traits of a request that could not be read.
const LAST: RequestTraits = RequestTraits { head: false, keep_alive: false, old: false };

/// A panic in one closure must not fail the tests of others.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl FakeServer {
    /// Starts the server.
    ///
    /// # Errors
    ///
    /// Returns an error when there is no free port, or a thread cannot be started.
    pub fn start(account: impl Into<SharedAccount>) -> io::Result<Self> {
        Self::start_on(account, 0)
    }

    /// Starts the server on this port of `127.0.0.1`; 0 is any free one.
    ///
    /// # Errors
    ///
    /// Returns an error when the port is taken, or a thread cannot be started.
    pub fn start_on(account: impl Into<SharedAccount>, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        let address = listener.local_addr()?;
        let listening = Arc::new(Listening {
            account: account.into(),
            open: Mutex::default(),
            connections: AtomicU64::new(0),
            requests: AtomicU64::new(0),
            latency: AtomicU64::new(0),
            stop: AtomicBool::new(false),
        });
        let acceptor = {
            let listening = Arc::clone(&listening);
            thread::Builder::new().name("fake-account".to_owned()).spawn(move || accept(&listener, &listening))?
        };
        Ok(Self { address, listening, acceptor: Some(acceptor) })
    }

    /// Returns `http://127.0.0.1:<port>`, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns `account://KEY:SECRET@ACCOUNT_ID?upload_prefix=http://127.0.0.1:PORT`, which is all that a client needs.
    ///
    /// See [`FakeAccount::account_url`] for the part before the query.
    pub fn account_url(&self) -> String {
        format!("{}?upload_prefix={}", self.listening.account.lock().account_url(), self.url())
    }

    /// Returns the address that it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns a copy of the account.
    pub fn account(&self) -> FakeAccount {
        self.listening.account.lock().clone()
    }

    /// Inspects or changes the account. Requests wait in the meantime.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault};
    /// let server = FakeServer::start(FakeAccount::new("acc", "key", "secret"))?;
    /// server.with(|account| account.fail_next(2, Fault::status(503)));
    /// # Ok(())
    /// # }
    /// ```
    pub fn with<R>(&self, f: impl FnOnce(&mut FakeAccount) -> R) -> R {
        self.listening.account.with(f)
    }

    /// Returns a handle to the account.
    pub fn shared(&self) -> SharedAccount {
        self.listening.account.clone()
    }

    /// Sets how long each response takes, as over a network. Requests are applied at once, and connections do not wait
    /// for one another.
    ///
    /// ```
    /// # fn main() -> std::io::Result<()> {
    /// # use cloudinary_provisioning_fake::{FakeAccount, FakeServer};
    /// let server = FakeServer::start(FakeAccount::new("acc", "key", "secret"))?;
    /// server.set_latency(std::time::Duration::from_millis(20));
    /// # Ok(())
    /// # }
    /// ```
    pub fn set_latency(&self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.listening.latency.store(micros, Ordering::SeqCst);
    }

    /// Returns the number of connections that have been accepted.
    pub fn connections(&self) -> u64 {
        self.listening.connections.load(Ordering::SeqCst)
    }

    /// Returns the number of whole requests that have been read, those that met a fault included.
    pub fn requests(&self) -> u64 {
        self.listening.requests.load(Ordering::SeqCst)
    }

    /// Closes all open connections, as after an idle timeout. The client's next request on one of them is lost; new
    /// connections are served.
    pub fn close_connections(&self) {
        for stream in lock(&self.listening.open).values() {
            // The client may have closed it already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.listening.stop.store(true, Ordering::SeqCst);
        // The acceptor checks `stop` after each connection, so make one.
        let patience = Duration::from_secs(5);
        let woken = TcpStream::connect_timeout(&self.address, patience).is_ok();
        let acceptor = self.acceptor.take();
        let threads = match acceptor {
            Some(acceptor) if woken || acceptor.is_finished() => acceptor.join().unwrap_or_default(),
            // It could not be woken, so waiting for it might never end.
            _ => Vec::new(),
        };
        self.close_connections();
        for thread in threads {
            let _ = thread.join();
        }
    }
}

/// Serves until `stop` is set, and returns the threads that still serve.
fn accept(listener: &TcpListener, listening: &Arc<Listening>) -> Vec<JoinHandle<()>> {
    let mut threads = Vec::new();
    loop {
        let accepted = listener.accept();
        if listening.stop.load(Ordering::SeqCst) {
            return threads;
        }
        let Ok((stream, _)) = accepted else {
            // Most likely out of file descriptors: other connections have to end first.
            thread::sleep(Duration::from_millis(10));
            continue;
        };
        threads.retain(|thread: &JoinHandle<()>| !thread.is_finished());
        let number = listening.connections.fetch_add(1, Ordering::SeqCst);
        let stream = Arc::new(stream);
        lock(&listening.open).insert(number, Arc::clone(&stream));
        let serving = {
            let listening = Arc::clone(listening);
            thread::Builder::new().name(format!("fake-account-{number}")).spawn(move || {
                // A client that disconnects is not an error.
                let _ = serve(&listening, &stream);
                lock(&listening.open).remove(&number);
            })
        };
        match serving {
            Ok(thread) => threads.push(thread),
            Err(_) => drop(lock(&listening.open).remove(&number)),
        }
    }
}

/// Serves one connection to its end. The socket closes when the caller drops it.
fn serve(listening: &Listening, stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut chunk = vec![0; socket::CHUNK];
    loop {
        let request = match socket::receive(stream, &mut chunk)? {
            Incoming::Request(request) => *request,
            Incoming::Refused(refusal) => {
                let response = listening.account.lock().usual(refusal.status, error_body(refusal.why));
                socket::send(stream, &encode(&response, LAST).0)?;
                socket::close_after_refusal(stream);
                return Ok(());
            }
            Incoming::Closed => return Ok(()),
        };
        let traits = RequestTraits::of(&request);
        let result = {
            // Counted under the lock, so that a counted request has been answered.
            let mut account = listening.account.lock();
            listening.requests.fetch_add(1, Ordering::SeqCst);
            account.try_respond(request)
        };
        let latency = listening.latency.load(Ordering::SeqCst);
        if latency > 0 {
            thread::sleep(Duration::from_micros(latency));
        }
        if let Err(Disruption::Reset) = result {
            // The request's last byte is still unread, and that makes it a reset.
            return Ok(());
        }
        socket::take_last(stream)?;
        let stays = match result {
            Ok(response) => {
                let (bytes, stays) = encode(&response, traits);
                socket::send(stream, &bytes)?;
                stays
            }
            Err(disruption) => {
                disrupt(stream, &disruption, traits)?;
                false
            }
        };
        if !stays {
            socket::close_in_order(stream);
            return Ok(());
        }
    }
}

fn disrupt(stream: &TcpStream, disruption: &Disruption, traits: RequestTraits) -> io::Result<()> {
    match disruption {
        Disruption::Close | Disruption::Reset => Ok(()),
        Disruption::Stall => {
            socket::hold(stream);
            Ok(())
        }
        Disruption::Raw(bytes) => socket::send(stream, bytes),
        Disruption::Truncated { response, framing, sent } => {
            socket::send(stream, &encode_part(response, *framing, *sent))
        }
        Disruption::StallInBody { response, sent } => {
            let part = encode_part(response, Framing::ContentLength, *sent);
            socket::send(stream, &part)?;
            socket::hold(stream);
            Ok(())
        }
        Disruption::CloseAfter { response } => socket::send(stream, &encode(response, traits).0),
    }
}
