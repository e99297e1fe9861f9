//! A client under watch: what came of a call, how many attempts it took, what the server saw, and how long it waited.

use std::{
    fmt::Debug,
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use cloudinary_provisioning::{
    Account, Error, ErrorKind, GiveUpReason, Origin, RetryPolicy, Secret, TransportError,
    users::{self, User},
};
use cloudinary_provisioning_ureq::{Client, ClientBuilder, ureq};

use crate::{
    clock::Clock,
    script::{Action, Script},
};

/// How long an attempt may take where a server stalls. It is waited for, so it is short; an attempt that a server
/// responds to needs a small part of it.
pub const STALL: Duration = Duration::from_millis(400);

/// What was seen of all calls so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Whole requests that the server read.
    pub requests: usize,
    /// Connections that they came on; see [`Script::connections`].
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
    /// Its clock.
    pub clock: Clock,
    retries: Arc<Mutex<Vec<u32>>>,
}

impl Rig {
    /// A server that plays these actions, and a client with the default policy.
    pub fn play(actions: impl IntoIterator<Item = Action>) -> Self {
        Self::new(Script::play(actions), Clock::new(), |builder| builder)
    }

    /// A server that does the same for every request.
    pub fn repeat(action: Action) -> Self {
        Self::new(Script::repeat(action), Clock::new(), |builder| builder)
    }

    /// A client whose attempts end after [`STALL`].
    pub fn impatient(actions: impl IntoIterator<Item = Action>) -> Self {
        Self::new(Script::play(actions), Clock::new(), |builder| builder.timeout(STALL))
    }

    /// A client with this policy.
    pub fn with(policy: RetryPolicy, actions: impl IntoIterator<Item = Action>) -> Self {
        Self::new(Script::play(actions), Clock::new(), |builder| builder.retry(policy))
    }

    /// A client configured otherwise.
    pub fn new(server: Script, clock: Clock, configure: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Self {
        let retries = Arc::new(Mutex::new(Vec::new()));
        let attempts = Arc::clone(&retries);
        let builder = Client::builder(account(&server.origin()))
            .proxy(None)
            .clock(clock.clone())
            .on_retry(move |event| attempts.lock().unwrap_or_else(PoisonError::into_inner).push(event.attempt));
        let client = configure(builder).build().expect("a client");
        Self { client, server, clock, retries }
    }

    /// An operation that is safe to retry.
    pub fn get(&self) -> Result<User, Error> {
        self.client.send(get())
    }

    /// An operation that is not.
    pub fn create(&self) -> Result<User, Error> {
        self.client.send(create())
    }

    /// Asserts what the server saw and how long the client waited, and that the hook was told of every retry.
    #[track_caller]
    pub fn assert_seen(&self, requests: usize, connections: usize, waits: &[u128]) {
        // A server's thread may lag behind a client that gave up on it.
        let patience = Instant::now();
        let lags = || self.server.requests().len() < requests || self.server.connections() < connections;
        while lags() && patience.elapsed() < Duration::from_secs(10) {
            thread::yield_now();
        }
        let seen = Seen {
            requests: self.server.requests().len(),
            connections: self.server.connections(),
            waits: self.clock.millis(),
        };
        assert_eq!(seen, Seen { requests, connections, waits: waits.to_vec() });
        assert_eq!(self.retries().len(), waits.len(), "one call of the hook for every delay");
    }

    /// The number of the attempt that failed before each retry.
    pub fn retries(&self) -> Vec<u32> {
        self.retries.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An operation that only reads.
pub fn get() -> users::Get {
    users::Get::new("u1")
}

/// An operation that is not safe to retry.
pub fn create() -> users::Create {
    users::Create::new("Ada Lind", "ada@example.com")
}

/// An operation that changes something and is safe to retry.
pub fn delete() -> users::Delete {
    users::Delete::new("u1")
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

/// The status of an error that brought a response.
#[track_caller]
pub fn status_of(error: &Error) -> u16 {
    error.status().expect("a response").as_u16()
}

/// The transport's own error, where no response arrived.
#[track_caller]
pub fn cause_of(error: &Error) -> &(dyn std::error::Error + Send + Sync + 'static) {
    match error.kind() {
        ErrorKind::Transport(
            TransportError::NotSent(cause) | TransportError::MaybeSent(cause) | TransportError::Permanent(cause),
        ) => &**cause,
        other => panic!("{other:?}"),
    }
}

/// The timeout of ureq that the call ended with.
#[track_caller]
pub fn timeout_of(error: &Error) -> ureq::Timeout {
    assert!(error.is_timeout(), "{error:?}");
    let cause = cause_of(error).downcast_ref().and_then(std::io::Error::get_ref);
    match cause.and_then(|cause| cause.downcast_ref()) {
        Some(ureq::Error::Timeout(timeout)) => *timeout,
        _ => panic!("{error:?}"),
    }
}

/// Asserts that no response came and nothing can have been applied.
#[track_caller]
pub fn assert_not_sent(error: &Error) {
    assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::NotSent(_))), "{error:?}");
    assert!(!error.maybe_applied(), "{error:?}");
}

/// Asserts that no response came, whatever was applied.
#[track_caller]
pub fn assert_response_lost(error: &Error) {
    assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::MaybeSent(_))), "{error:?}");
    assert!(error.response().is_none(), "{error:?}");
}

/// Asserts that a success came and its body did not.
#[track_caller]
pub fn assert_body_lost(error: &Error, status: u16) {
    assert!(matches!(error.kind(), ErrorKind::Truncated(_)), "{error:?}");
    assert_eq!(status_of(error), status);
}

/// The place and the message of the error of a body that is not the documented one.
#[track_caller]
pub fn decode_error(error: &Error) -> (&str, &str) {
    match error.kind() {
        ErrorKind::Decode { path, message } => (path, message),
        other => panic!("{other:?}"),
    }
}

/// What the error says, and all its causes.
pub fn chain(error: &dyn std::error::Error) -> Vec<String> {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect()
}
