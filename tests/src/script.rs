//! A raw TCP server on loopback that follows a script, for the faults that an honest HTTP server never makes.

use std::{
    collections::VecDeque,
    io::{Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, PoisonError, Weak},
    thread::{self, JoinHandle},
    time::Duration,
};

use http::Response;
use rustls::{HandshakeKind, ServerConfig, ServerConnection};
use socket2::{Domain, SockRef, Socket, Type};

/// Longer than any of these tests takes, and the end of one that would hang.
const PATIENCE: Duration = Duration::from_secs(10);

/// A response that every operation on one user takes for a success.
pub const USER: &str = r#"{"id":"u1","name":"Ada Lind","message":"ok"}"#;

/// A success with [`USER`].
pub fn user() -> Action {
    Action::respond(response(200, &[], USER))
}

/// A response without headers of its own.
pub fn status(status: u16) -> Action {
    Action::respond(response(status, &[], r#"{"error":{"message":"as scripted"}}"#))
}

/// What the server does about one request: write some bytes, perhaps none, in one `write_all`, and then …
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    bytes: Vec<u8>,
    then: Then,
    after: usize,
    early: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Then {
    KeepOpen,
    Close,
    Reset,
    ResetNext,
    Stall,
    HangUp,
}

impl Action {
    /// Writes the bytes and reads the next request from the same connection.
    pub fn respond(bytes: impl Into<Vec<u8>>) -> Self {
        Self { bytes: bytes.into(), then: Then::KeepOpen, after: 0, early: false }
    }

    /// Reads the request and closes the connection without a byte.
    pub fn close() -> Self {
        Self::respond([]).then_close()
    }

    /// Reads the request and resets the connection.
    pub fn reset() -> Self {
        Self::respond([]).then_reset()
    }

    /// Reads the request and says nothing until the client leaves or the server is dropped.
    pub fn stall() -> Self {
        Self::respond([]).then_stall()
    }

    /// Closes the next connection at its first byte, without reading it: the client sees a reset. It counts as a
    /// connection, not as a request.
    pub fn hang_up() -> Self {
        Self { then: Then::HangUp, ..Self::respond([]) }
    }

    /// Closes the connection after the bytes, whatever they promised.
    pub fn then_close(self) -> Self {
        Self { then: Then::Close, ..self }
    }

    /// Resets the connection after the bytes.
    pub fn then_reset(self) -> Self {
        Self { then: Then::Reset, ..self }
    }

    /// Reads one more request on the connection after the bytes, and resets it then: what a client sees of a connection
    /// that has died while it was idle. The request counts, and no action is played for it.
    pub fn then_reset_next(self) -> Self {
        Self { then: Then::ResetNext, ..self }
    }

    /// Acts as soon as the head of the request is there, without reading its body. Only the head is recorded.
    pub fn at_head(self) -> Self {
        Self { early: true, ..self }
    }

    /// Waits until the server has read so many requests in all before it writes the bytes.
    pub fn after_requests(self, count: usize) -> Self {
        Self { after: count, ..self }
    }

    /// Falls silent after the bytes, as [`Action::stall`] does.
    pub fn then_stall(self) -> Self {
        Self { then: Then::Stall, ..self }
    }
}

/// The bytes of a response with a `content-length`.
pub fn response(status: u16, headers: &[(&str, &str)], body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    encode(&response.body(body.as_ref().to_vec()).expect("a response"))
}

/// `HTTP/1.1` and these lines, then the body as it is.
pub fn raw(lines: &[&str], body: impl AsRef<[u8]>) -> Vec<u8> {
    let mut bytes = b"HTTP/1.1 ".to_vec();
    for line in lines {
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.as_ref());
    bytes
}

/// The bytes of a response, with a `content-length` added.
pub fn encode(response: &Response<Vec<u8>>) -> Vec<u8> {
    let mut bytes = format!("HTTP/1.1 {} -\r\n", response.status().as_str()).into_bytes();
    for (name, value) in response.headers() {
        bytes.extend_from_slice(name.as_ref());
        bytes.extend_from_slice(b": ");
        bytes.extend_from_slice(value.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("content-length: {}\r\n\r\n", response.body().len()).as_bytes());
    bytes.extend_from_slice(response.body());
    bytes
}

/// One request as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// The connection it came on; the first one that counted is 0.
    pub connection: usize,
    /// Every byte, head and body as framed.
    pub raw: Vec<u8>,
}

impl Received {
    /// The first line's method.
    pub fn method(&self) -> &str {
        self.first_line(0)
    }

    /// The first line's target.
    pub fn target(&self) -> &str {
        self.first_line(1)
    }

    /// The raw bytes as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.raw).into_owned()
    }

    fn first_line(&self, word: usize) -> &str {
        let end = self.raw.iter().position(|byte| *byte == b'\r').expect("a request line");
        let line = std::str::from_utf8(&self.raw[..end]).expect("an ASCII request line");
        line.split(' ').nth(word).expect("method, target and version")
    }
}

/// The running server. The n-th request gets the n-th action, on whatever connection it comes; after the last action every
/// request is recorded and its connection closed. Dropping it ends all connections and joins all threads.
#[derive(Debug)]
pub struct Script {
    address: SocketAddr,
    scheme: &'static str,
    shared: Arc<Shared>,
    acceptor: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    actions: VecDeque<Action>,
    repeat_last: bool,
    requests: Vec<Received>,
    streams: Vec<Weak<TcpStream>>,
    connections: usize,
    handshakes: Vec<HandshakeKind>,
    closed: usize,
    ended: bool,
}

impl Script {
    /// Plays the actions in turn.
    pub fn play(actions: impl IntoIterator<Item = Action>) -> Self {
        Self::start(actions.into_iter().collect(), false, None)
    }

    /// Answers every request with the same action.
    pub fn repeat(action: Action) -> Self {
        Self::start(VecDeque::from([action]), true, None)
    }

    /// Answers every request over TLS with the same action.
    pub fn repeat_over_tls(action: Action, config: ServerConfig) -> Self {
        Self::start(VecDeque::from([action]), true, Some(Arc::new(config)))
    }

    fn start(actions: VecDeque<Action>, repeat_last: bool, tls: Option<Arc<ServerConfig>>) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port on loopback");
        let address = listener.local_addr().expect("a bound address");
        let scheme = if tls.is_some() { "https" } else { "http" };
        let state = State { actions, repeat_last, ..State::default() };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let acceptor = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared, tls.as_ref())
        });
        Self { address, scheme, shared, acceptor: Some(acceptor) }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:<port>`, or with `https`.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// How many connections there were. One counts with its first whole request, so that a stranger who connects and
    /// says nothing does not; over TLS and where the server hangs up it counts with its first byte.
    pub fn connections(&self) -> usize {
        self.shared.with(|state| state.connections)
    }

    /// How each TLS handshake went that came to its end.
    pub fn handshakes(&self) -> Vec<HandshakeKind> {
        self.shared.with(|state| state.handshakes.clone())
    }

    /// The actions that were not played yet.
    pub fn actions_left(&self) -> usize {
        self.shared.with(|state| state.actions.len())
    }

    /// Resets every connection that is open now, and waits until all of them are closed.
    pub fn reset_connections(&self) {
        let streams = self.shared.with(|state| state.streams.clone());
        let streams: Vec<_> = streams.iter().filter_map(Weak::upgrade).collect();
        let closed = self.shared.with(|state| state.closed) + streams.len();
        for stream in streams {
            // With a linger of zero, closing sends RST; shutting down the reading half ends the thread that reads.
            _ = SockRef::from(&*stream).set_linger(Some(Duration::ZERO));
            _ = stream.shutdown(Shutdown::Read);
        }
        self.wait_for_closed(closed);
    }

    /// Every complete request so far, in the order of their arrival.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.with(|state| state.requests.clone())
    }

    /// Waits until `count` connections are over, from either side. Panics if that takes long.
    pub fn wait_for_closed(&self, count: usize) {
        let state = self.shared.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (state, timeout) = self
            .shared
            .changed
            .wait_timeout_while(state, PATIENCE, |state| state.closed < count)
            .unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "{} of {count} connections are closed", state.closed);
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let streams = self.shared.with(|state| {
            state.ended = true;
            state.streams.clone()
        });
        for stream in streams.iter().filter_map(Weak::upgrade) {
            _ = stream.shutdown(Shutdown::Both);
        }
        // The acceptor sees `ended` only when something connects.
        _ = TcpStream::connect_timeout(&self.address, PATIENCE);
        if let Some(acceptor) = self.acceptor.take() {
            _ = acceptor.join();
        }
    }
}

impl Shared {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn count(&self) -> usize {
        self.with(State::count)
    }

    /// Hangs up, where that is the next action.
    fn hangs_up(&self) -> bool {
        self.with(|state| {
            let hangs_up = state.actions.front().is_some_and(|action| action.then == Then::HangUp);
            if hangs_up {
                state.next_action();
                state.count();
            }
            hangs_up
        })
    }

    fn record(&self, connection: &mut Option<usize>, raw: Vec<u8>) {
        self.with(|state| {
            let connection = *connection.get_or_insert_with(|| state.count());
            state.requests.push(Received { connection, raw });
        });
        self.changed.notify_all();
    }

    /// The next action, when it is time for it.
    fn next_action(&self) -> Action {
        let action = self.with(|state| state.next_action().unwrap_or_else(Action::close));
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let early = |state: &mut State| state.requests.len() < action.after && !state.ended;
        drop(self.changed.wait_timeout_while(state, PATIENCE, early));
        action
    }

    fn count_closed(&self) {
        self.with(|state| state.closed += 1);
        self.changed.notify_all();
    }
}

impl State {
    /// Counts a connection and returns its number.
    fn count(&mut self) -> usize {
        self.connections += 1;
        self.connections - 1
    }

    fn next_action(&mut self) -> Option<Action> {
        if self.repeat_last && self.actions.len() == 1 {
            self.actions.front().cloned()
        } else {
            self.actions.pop_front()
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>, tls: Option<&Arc<ServerConfig>>) {
    let mut threads = Vec::new();
    for stream in listener.incoming().map_while(Result::ok) {
        let stream = Arc::new(stream);
        let ended = shared.with(|state| {
            state.streams.push(Arc::downgrade(&stream));
            state.ended
        });
        if ended {
            break;
        }
        let (shared, tls) = (Arc::clone(shared), tls.cloned());
        threads.push(thread::spawn(move || {
            serve(&stream, &shared, tls);
            drop(stream);
            shared.count_closed();
        }));
    }
    for thread in threads {
        _ = thread.join();
    }
}

/// Serves one connection, to its end.
fn serve(stream: &TcpStream, shared: &Shared, tls: Option<Arc<ServerConfig>>) {
    _ = stream.set_nodelay(true);
    if !matches!(stream.peek(&mut [0]), Ok(1..)) || shared.hangs_up() {
        return;
    }
    let mut connection = None;
    let Some(config) = tls else { return follow(&mut &*stream, stream, shared, &mut connection) };
    connection = Some(shared.count());
    let mut session = ServerConnection::new(config).expect("a TLS configuration");
    while session.is_handshaking() {
        if session.complete_io(&mut &*stream).is_err() {
            return;
        }
    }
    let kind = session.handshake_kind();
    shared.with(|state| state.handshakes.extend(kind));
    follow(&mut rustls::Stream::new(&mut session, &mut &*stream), stream, shared, &mut connection);
    session.send_close_notify();
    _ = session.write_tls(&mut &*stream);
}

/// Reads requests and does as the actions say, until the connection is over.
fn follow(channel: &mut (impl Read + Write), stream: &TcpStream, shared: &Shared, connection: &mut Option<usize>) {
    let mut buffer = Vec::new();
    loop {
        let early = shared.with(|state| state.actions.front().is_some_and(|action| action.early));
        let Some(raw) = read_request(channel, &mut buffer, early) else { return };
        shared.record(connection, raw);
        let action = shared.next_action();
        if channel.write_all(&action.bytes).and_then(|()| channel.flush()).is_err() {
            return;
        }
        match action.then {
            Then::KeepOpen => {}
            Then::Close | Then::HangUp => return,
            Then::Reset | Then::ResetNext => {
                if action.then == Then::ResetNext {
                    let Some(raw) = read_request(channel, &mut buffer, false) else { return };
                    shared.record(connection, raw);
                }
                // Closing with a linger of zero sends RST instead of FIN.
                _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
                return;
            }
            Then::Stall => {
                let mut ignored = [0; 4096];
                while channel.read(&mut ignored).is_ok_and(|count| count > 0) {}
                return;
            }
        }
    }
}

/// The next whole request, or its head alone, or `None` once the connection is over. What follows the request stays in the buffer.
fn read_request(stream: &mut impl Read, buffer: &mut Vec<u8>, only_head: bool) -> Option<Vec<u8>> {
    let mut chunk = [0; 16 * 1024];
    loop {
        if let Some(length) = request_length(buffer, only_head) {
            let rest = buffer.split_off(length);
            return Some(std::mem::replace(buffer, rest));
        }
        match stream.read(&mut chunk) {
            Ok(count) if count > 0 => buffer.extend_from_slice(&chunk[..count]),
            _ => return None,
        }
    }
}

/// The length of the request at the start of the bytes, once it is there as a whole.
fn request_length(bytes: &[u8], only_head: bool) -> Option<usize> {
    let mut headers = [httparse::EMPTY_HEADER; 128];
    let mut request = httparse::Request::new(&mut headers);
    let httparse::Status::Complete(head) = request.parse(bytes).expect("an HTTP request") else {
        return None;
    };
    let header = |name: &str| {
        let found = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| std::str::from_utf8(header.value).expect("an ASCII header"))
    };
    let length = if only_head {
        head
    } else if header("transfer-encoding").is_some() {
        head + chunked_length(&bytes[head..])?
    } else {
        head + header("content-length").map_or(0, |length| length.parse::<usize>().expect("a length"))
    };
    (bytes.len() >= length).then_some(length)
}

fn chunked_length(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let httparse::Status::Complete((line, size)) = httparse::parse_chunk_size(bytes.get(at..)?).expect("a chunk")
        else {
            return None;
        };
        at += line + usize::try_from(size).expect("a small chunk") + 2;
        if size == 0 {
            return (bytes.len() >= at).then_some(at);
        }
    }
}

/// An address on loopback where nobody answers, held until this is dropped.
#[derive(Debug)]
pub struct Endpoint {
    address: SocketAddr,
    _held: Vec<Socket>,
}

impl Endpoint {
    /// Nothing listens: connecting is refused. The port is taken, so that no other test can come to listen there.
    pub fn refusing() -> Self {
        let (socket, address) = bound();
        Self { address, _held: vec![socket] }
    }

    /// Connecting succeeds and then nothing ever happens: the connection is never accepted.
    pub fn silent() -> Self {
        let (socket, address) = bound();
        socket.listen(128).expect("listening");
        Self { address, _held: vec![socket] }
    }

    /// Connecting neither succeeds nor fails: the queue of connections waiting to be accepted is full.
    pub fn unreachable() -> Self {
        let (socket, address) = bound();
        socket.listen(0).expect("listening");
        let mut held = vec![socket];
        loop {
            let filler = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
            let connected = filler.connect_timeout(&address.into(), Duration::from_millis(100));
            held.push(filler);
            assert!(held.len() < 32, "the system does not keep to the backlog");
            if connected.is_err() {
                return Self { address, _held: held };
            }
        }
    }

    /// The address.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:<port>`
    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn bound() -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a socket");
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).expect("a port on loopback");
    let address = socket.local_addr().expect("a bound address").as_socket().expect("an IP address");
    (socket, address)
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    const GET: &[u8] = b"GET /a HTTP/1.1\r\nhost: x\r\n\r\n";

    fn connect(server: &Script) -> TcpStream {
        let stream = TcpStream::connect(server.address()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn ask(stream: &mut TcpStream, request: &[u8]) -> std::io::Result<Vec<u8>> {
        stream.write_all(request)?;
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes)?;
        Ok(bytes[..count].to_vec())
    }

    #[test]
    fn requests_get_the_actions_in_turn_on_any_connection() {
        let server =
            Script::play([Action::respond("one"), Action::respond("two"), Action::respond("three").then_close()]);
        let (mut first, mut second) = (connect(&server), connect(&server));
        assert_eq!(ask(&mut first, GET).unwrap(), b"one");
        assert_eq!(ask(&mut second, b"PUT /b HTTP/1.1\r\nContent-Length: 3\r\n\r\n{1}").unwrap(), b"two");
        assert_eq!(ask(&mut first, GET).unwrap(), b"three");
        assert_eq!(first.read(&mut [0]).unwrap(), 0);
        server.wait_for_closed(1);

        assert_eq!(server.connections(), 2);
        let requests = server.requests();
        let seen: Vec<_> = requests.iter().map(|request| (request.method(), request.target())).collect();
        assert_eq!(seen, [("GET", "/a"), ("PUT", "/b"), ("GET", "/a")]);
        assert_eq!(requests.iter().filter(|request| request.connection == requests[0].connection).count(), 2);
        assert!(requests[1].text().ends_with("{1}"));
    }

    #[test]
    fn a_request_is_read_to_its_end_before_the_action() {
        let server = Script::play([Action::respond("ok")]);
        let mut stream = connect(&server);
        stream.write_all(b"POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{").unwrap();
        assert_eq!(server.requests(), []);
        assert_eq!(ask(&mut stream, b"}\r\n0\r\n\r\n").unwrap(), b"ok");
        assert!(server.requests()[0].raw.ends_with(b"2\r\n{}\r\n0\r\n\r\n"));
    }

    #[test]
    fn close_and_reset_differ_for_the_client() {
        let server = Script::play([
            Action::close(),
            Action::reset(),
            Action::respond("half").then_reset(),
            Action::hang_up(),
            Action::respond("rest"),
        ]);
        assert_eq!(ask(&mut connect(&server), GET).unwrap(), b"");
        assert_eq!(ask(&mut connect(&server), GET).unwrap_err().kind(), ErrorKind::ConnectionReset);
        let mut partial = connect(&server);
        assert_eq!(ask(&mut partial, GET).unwrap(), b"half");
        assert_eq!(partial.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(ask(&mut connect(&server), GET).unwrap_err().kind(), ErrorKind::ConnectionReset);
        assert_eq!(ask(&mut connect(&server), GET).unwrap(), b"rest");
        assert_eq!((server.connections(), server.requests().len()), (5, 4));
    }

    #[test]
    fn a_connection_counts_with_its_first_whole_request() {
        let server = Script::play([Action::respond("one"), Action::respond("two")]);
        let (_silent, mut half) = (connect(&server), connect(&server));
        half.write_all(b"GET /a HTTP/1.1\r\n").unwrap();
        assert_eq!(ask(&mut connect(&server), GET).unwrap(), b"one");
        assert_eq!((server.connections(), server.requests()[0].connection), (1, 0));
        assert_eq!(ask(&mut half, b"\r\n").unwrap(), b"two");
        assert_eq!((server.connections(), server.requests()[1].connection), (2, 1));
    }

    #[test]
    fn open_connections_can_be_reset() {
        let server = Script::repeat(Action::respond("ok"));
        let mut open = [connect(&server), connect(&server)];
        for stream in &mut open {
            assert_eq!(ask(stream, GET).unwrap(), b"ok");
        }
        server.reset_connections();
        for stream in &mut open {
            assert_eq!(stream.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
        }
        assert_eq!(ask(&mut connect(&server), GET).unwrap(), b"ok");
    }

    #[test]
    fn a_stall_ends_with_the_client_or_the_server() {
        let server = Script::repeat(Action::respond("half").then_stall());
        let mut leaving = connect(&server);
        assert_eq!(ask(&mut leaving, GET).unwrap(), b"half");
        drop(leaving);
        server.wait_for_closed(1);

        let mut staying = connect(&server);
        assert_eq!(ask(&mut staying, GET).unwrap(), b"half");
        drop(server);
        assert_eq!(staying.read(&mut [0]).unwrap(), 0);
    }

    #[test]
    fn beyond_the_script_requests_are_counted_and_closed() {
        let server = Script::play([]);
        assert_eq!(ask(&mut connect(&server), GET).unwrap(), b"");
        assert_eq!(server.requests().len(), 1);
    }

    #[test]
    fn endpoints_refuse_keep_silent_or_do_not_answer_at_all() {
        let connect = |endpoint: &Endpoint| TcpStream::connect_timeout(&endpoint.address(), Duration::from_millis(100));
        assert_eq!(connect(&Endpoint::refusing()).unwrap_err().kind(), ErrorKind::ConnectionRefused);
        let silent = Endpoint::silent();
        let mut stream = connect(&silent).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        assert!(matches!(ask(&mut stream, GET).unwrap_err().kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut));
        assert_eq!(connect(&Endpoint::unreachable()).unwrap_err().kind(), ErrorKind::TimedOut);
    }

    #[test]
    fn responses_are_framed() {
        let bytes = response(503, &[("retry-after", "1")], "busy");
        assert_eq!(bytes, b"HTTP/1.1 503 -\r\nretry-after: 1\r\ncontent-length: 4\r\n\r\nbusy");
    }
}
