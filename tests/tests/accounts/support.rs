//! Clients over closures, with a clock whose time passes only while somebody sleeps.

use std::cell::Cell;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewSubAccount};
use cloudinary_provisioning_ureq::http::{Request, Response};
use cloudinary_provisioning_ureq::{Account, Client, ClientBuilder, Clock, Origin, Outcome, users};
use time::macros::datetime;

/// Longer than any of these tests takes, and the end of one that would hang.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) fn account() -> Account {
    Account::new("acc", "KEY", "SECRET").unwrap()
}

/// A client whose requests a closure answers.
pub(crate) fn client<R: Into<Outcome>>(
    respond: impl Fn(&Request<Vec<u8>>) -> R + Send + Sync + 'static,
) -> ClientBuilder {
    Client::builder(account()).transport(move |request: &Request<Vec<u8>>, _| respond(request)).sleep(|_| {})
}

pub(crate) fn groups_of(number: usize) -> users::GetGroups {
    users::GetGroups::new(format!("u{number}"))
}

/// The number in `…/users/u7/groups`.
pub(crate) fn number_in(request: &Request<Vec<u8>>) -> usize {
    let id = request.uri().path().rsplit('/').nth(1).expect("a path of a user's groups");
    id.trim_start_matches('u').parse().expect("a numbered user")
}

/// One group, with the user's number for a name.
pub(crate) fn group(number: usize) -> Response<Vec<u8>> {
    Response::new(format!(r#"{{"groups":[{{"id":"g","name":"{number}"}}]}}"#).into_bytes())
}

/// What [`group`] says.
pub(crate) fn name(groups: &[users::UserGroupSummary]) -> usize {
    groups[0].name.as_deref().expect("a name").parse().expect("a number")
}

pub(crate) fn refusal(status: u16, headers: &[(&str, &str)]) -> Response<Vec<u8>> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(*name, *value);
    }
    response.body(br#"{"error":{"message":"refused"}}"#.to_vec()).unwrap()
}

/// A value that threads wait for.
#[derive(Default)]
pub(crate) struct Shared<T> {
    value: Mutex<T>,
    changed: Condvar,
}

impl<T> Shared<T> {
    pub(crate) fn new(value: T) -> Arc<Self> {
        Arc::new(Self { value: Mutex::new(value), changed: Condvar::new() })
    }

    pub(crate) fn with<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        let result = change(&mut self.value.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_all();
        result
    }

    /// Waits until the condition holds. Panics if that takes long.
    pub(crate) fn wait_until(&self, mut holds: impl FnMut(&mut T) -> bool) {
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        let (value, timeout) = self
            .changed
            .wait_timeout_while(value, PATIENCE, |value| !holds(value))
            .unwrap_or_else(PoisonError::into_inner);
        drop(value);
        assert!(!timeout.timed_out(), "the condition never holds");
    }
}

/// Waits until all others have dropped their clones: no thread has it any more.
pub(crate) fn wait_for_last<T>(shared: &Arc<T>) {
    let start = std::time::Instant::now();
    while Arc::strong_count(shared) > 1 {
        assert!(start.elapsed() < PATIENCE, "somebody keeps it");
        std::thread::yield_now();
    }
}

/// Time that jumps to where a sleeper wakes. Threads that sleep at the same time sleep through the same time.
#[derive(Clone)]
pub(crate) struct Timeline {
    now: Arc<Mutex<Duration>>,
    jitter: u64,
}

thread_local! {
    /// When this thread has last looked at the time: where its sleep begins.
    static SEEN: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

impl Timeline {
    pub(crate) fn new() -> Self {
        Self { now: Arc::default(), jitter: 0 }
    }

    pub(crate) fn with_jitter(self, jitter: u64) -> Self {
        Self { jitter, ..self }
    }

    pub(crate) fn elapsed(&self) -> Duration {
        *self.now.lock().unwrap()
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.now.lock().unwrap() += by;
    }
}

impl Clock for Timeline {
    fn monotonic(&self) -> Duration {
        let now = self.elapsed();
        SEEN.set(now);
        now
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_428_000) + self.elapsed()
    }

    fn jitter(&self) -> u64 {
        self.jitter
    }

    fn sleep(&self, delay: Duration) {
        let mut now = self.now.lock().unwrap();
        *now = (*now).max(SEEN.get() + delay);
    }
}

/// The caller's time and the service's: they pass together.
pub(crate) struct OneTime {
    pub(crate) timeline: Timeline,
    server: Arc<FakeServer>,
    advance: Mutex<()>,
}

impl OneTime {
    /// The time of this server, whose clock has to show the start of a [`Timeline`].
    pub(crate) fn new(server: &Arc<FakeServer>) -> Self {
        Self { timeline: Timeline::new(), server: Arc::clone(server), advance: Mutex::default() }
    }
}

impl Clock for OneTime {
    fn monotonic(&self) -> Duration {
        // Not while only one of the two times has passed.
        let _one_at_a_time = self.advance.lock().unwrap();
        self.timeline.monotonic()
    }

    fn now(&self) -> SystemTime {
        self.timeline.now()
    }

    fn sleep(&self, delay: Duration) {
        let _one_at_a_time = self.advance.lock().unwrap();
        let before = self.timeline.elapsed();
        self.timeline.sleep(delay);
        let passed = self.timeline.elapsed().saturating_sub(before);
        self.server.with(|account| account.advance(passed.try_into().unwrap()));
    }
}

/// A server whose account was as given for a day, and a builder of clients whose time passes with the service's.
pub(crate) fn world(fake: impl FnOnce(FakeAccount) -> FakeAccount) -> (Arc<FakeServer>, ClientBuilder) {
    let account = FakeAccount::new("acc", "KEY", "SECRET")
        .with_clock(datetime!(2026-11-22 10:00 UTC), time::Duration::ZERO)
        .with_sub_account(NewSubAccount::new("Production").id("s1"));
    let mut account = fake(account);
    account.advance(time::Duration::DAY);
    let server = Arc::new(FakeServer::start(account).unwrap());
    let builder = Client::builder(self::account().with_origin(Origin::url(&server.url()).unwrap())).proxy(None);
    (Arc::clone(&server), builder.clock(OneTime::new(&server)))
}
