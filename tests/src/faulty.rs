//! A client under watch: what came of a call, how many attempts it took, what the server saw, and how long it waited.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant, SystemTime},
};

use cloudinary_provisioning::{
    Account, Fault, GiveUpReason, Incomplete, Origin, ResponseError, RetryPolicy, Secret,
    users::{self, User},
};
use cloudinary_provisioning_ureq::{self as adapter, Client, ClientBuilder, Error, ErrorKind};

use crate::{
    clock,
    script::{self, Action, Script},
};

/// A jitter in the very middle: a delay is half of its bound, and a hint gets half a second more.
pub const HALF: u64 = 1 << 63;

/// A reply that every operation on one user takes for a success.
pub const USER: &str = r#"{"id":"u1","name":"Ada Lind","message":"ok"}"#;

/// A success with [`USER`].
pub fn user() -> Action {
    Action::reply(script::reply(200, &[], USER))
}

/// A reply without headers of its own.
pub fn status(status: u16) -> Action {
    Action::reply(script::reply(status, &[], r#"{"error":{"message":"as scripted"}}"#))
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

/// The adapter's clock: it sleeps in no time, and remembers each delay.
#[derive(Clone, Debug)]
pub struct TestClock {
    time: clock::Clock,
    start: SystemTime,
    jitter: u64,
    real: Option<Instant>,
}

impl TestClock {
    /// A clock that only moves when it sleeps, at the fixtures' date.
    pub fn new() -> Self {
        Self::at(clock::Clock::new().now())
    }

    /// A clock that shows this time.
    pub fn at(start: SystemTime) -> Self {
        Self { time: clock::Clock::at(start), start, jitter: HALF, real: None }
    }

    /// Another jitter than [`HALF`].
    pub fn jitter(self, jitter: u64) -> Self {
        Self { jitter, ..self }
    }

    /// Lets the time that really passes count too, for faults that take time on a socket.
    pub fn with_real_time(self) -> Self {
        Self { real: Some(Instant::now()), ..self }
    }

    /// Every delay so far.
    pub fn waits(&self) -> Vec<Duration> {
        self.time.waits()
    }
}

impl Default for TestClock {
    fn default() -> Self {
        Self::new()
    }
}

impl adapter::Clock for TestClock {
    fn monotonic(&self) -> Duration {
        let slept = self.time.now().duration_since(self.start).unwrap_or_default();
        slept + self.real.map_or(Duration::ZERO, |start| start.elapsed())
    }

    fn now(&self) -> SystemTime {
        self.time.now()
    }

    fn jitter(&self) -> u64 {
        self.jitter
    }

    fn sleep(&self, delay: Duration) {
        self.time.sleep(delay);
    }
}

/// What was seen of all calls so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Complete requests that the server read.
    pub requests: usize,
    /// Connections that it accepted.
    pub connections: usize,
    /// The delays, in milliseconds.
    pub waits: Vec<u128>,
}

/// A client of a scripted server.
#[derive(Debug)]
pub struct Rig {
    /// The client.
    pub client: Client,
    /// Its server.
    pub server: Script,
    clock: TestClock,
    repeats: Arc<Mutex<Vec<u32>>>,
}

impl Rig {
    /// A server that plays these actions, and a client with the default policy.
    pub fn play(actions: impl IntoIterator<Item = Action>) -> Self {
        Self::new(Script::play(actions), TestClock::new(), |builder| builder)
    }

    /// A server that does the same for every request.
    pub fn repeat(action: Action) -> Self {
        Self::new(Script::repeat(action), TestClock::new(), |builder| builder)
    }

    /// A client with a short timeout, for stalls.
    pub fn impatient(actions: impl IntoIterator<Item = Action>) -> Self {
        let policy = RetryPolicy::default().attempt_timeout(Duration::from_millis(150));
        Self::new(Script::play(actions), TestClock::new(), |builder| builder.retry(policy))
    }

    /// A client configured otherwise.
    pub fn new(server: Script, clock: TestClock, configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let repeats = Arc::new(Mutex::new(Vec::new()));
        let attempts = Arc::clone(&repeats);
        let builder = Client::builder(account(&server.origin()))
            .proxy(None)
            .clock(clock.clone())
            .on_retry(move |event| attempts.lock().unwrap_or_else(PoisonError::into_inner).push(event.attempt));
        let client = configure(builder).build().expect("a client");
        Self { client, server, clock, repeats }
    }

    /// An operation that is safe to repeat.
    pub fn get(&self) -> Result<User, Error> {
        self.client.send(&users::Get::new("u1"))
    }

    /// An operation that is not.
    pub fn create(&self) -> Result<User, Error> {
        self.client.send(&users::Create::new("Ada Lind", "ada@example.com"))
    }

    /// Asserts what the server saw and how long the client waited, and that the hook was told of every repeat.
    #[track_caller]
    pub fn assert_seen(&self, requests: usize, connections: usize, waits: &[u128]) {
        // A server's thread may lag behind a client that gave up on it.
        let patience = Instant::now();
        while self.server.requests().len() < requests && patience.elapsed() < Duration::from_secs(2) {
            thread::yield_now();
        }
        let seen = Seen {
            requests: self.server.requests().len(),
            connections: self.server.connections(),
            waits: self.clock.waits().iter().map(Duration::as_millis).collect(),
        };
        assert_eq!(seen, Seen { requests, connections, waits: waits.to_vec() });
        assert_eq!(self.repeats().len(), waits.len(), "one call of the hook for every delay");
    }

    /// The number of the attempt that failed before each repeat.
    pub fn repeats(&self) -> Vec<u32> {
        self.repeats.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The delays so far, as they are.
    pub fn waits(&self) -> Vec<Duration> {
        self.clock.waits()
    }
}

/// An account at this origin.
pub fn account(origin: &str) -> Account {
    let account = Account::new("acc", "KEY", Secret::new("SECRET")).expect("an account");
    account.with_origin(Origin::url(origin).expect("an origin"))
}

/// The error of a call that was given up for this reason after so many attempts.
#[track_caller]
pub fn gave_up<T: Debug>(result: Result<T, Error>, attempts: u32, reason: GiveUpReason) -> Error {
    let error = result.expect_err("the call fails");
    assert_eq!((error.attempts(), error.reason()), (attempts, Some(reason)), "{error}");
    error
}

/// Asserts that no reply came and nothing can have been done.
#[track_caller]
pub fn assert_not_sent(error: &Error) {
    assert!(matches!(error.kind(), ErrorKind::Transport(Fault::NotSent)), "{error:?}");
    assert!(!error.maybe_applied(), "{error:?}");
    assert!(error.transport().is_some(), "{error:?}");
}

/// Asserts that no reply came, whatever was done.
#[track_caller]
pub fn assert_reply_lost(error: &Error) {
    assert!(matches!(error.kind(), ErrorKind::Transport(Fault::MaybeSent)), "{error:?}");
    assert!(error.response().is_none() && error.transport().is_some(), "{error:?}");
}

/// Asserts that a success came and its body did not.
#[track_caller]
pub fn assert_body_lost(error: &Error, status: u16) {
    match error.kind() {
        ErrorKind::Response(ResponseError::Incomplete(body)) => assert_eq!(body.why(), Incomplete::CutOff),
        other => panic!("{other:?}"),
    }
    assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
}

/// What the error says, and all its causes.
pub fn chain(error: &dyn std::error::Error) -> Vec<String> {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect()
}
