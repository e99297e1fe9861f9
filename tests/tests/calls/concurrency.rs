//! One client, many threads, and a server that fails now and then: every call ends in a success or an error that says what
//! is known, and afterwards the account is as the callers think it is.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

use cloudinary_provisioning::{Error, ErrorKind, GiveUpReason, TransportError, users};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault};
use cloudinary_provisioning_tests::faulty::account;
use cloudinary_provisioning_ureq::Client;
use http::Method;

const THREADS: usize = 16;
const CALLS: usize = 2_000;

/// What a caller thinks of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    id: String,
    name: String,
    enabled: bool,
}

impl Known {
    fn of(user: &users::User) -> Self {
        Self {
            id: user.id.to_string(),
            name: user.name.clone().expect("a name"),
            enabled: user.enabled.expect("enabled or not"),
        }
    }
}

/// A random sequence, the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

/// A caller with users of its own, so that it alone decides what becomes of them.
struct Caller<'c> {
    client: &'c Client,
    number: usize,
    random: Random,
    /// By email.
    users: BTreeMap<String, Known>,
    /// How many creates were applied.
    created: usize,
    errors: usize,
}

/// Asks until there is an answer: what a caller does who has to know.
fn surely<T>(mut ask: impl FnMut() -> Result<T, Error>) -> Result<T, Error> {
    loop {
        match ask() {
            Err(error) if error.reason() == Some(GiveUpReason::AttemptsExhausted) => {}
            result => return result,
        }
    }
}

/// Every error is one of those that the script can cause, and says so.
#[track_caller]
fn assert_documented(error: &Error) {
    let reason = error.reason().expect("it was sent");
    match (error.kind(), error.status().map(|status| status.as_u16())) {
        (ErrorKind::Transport(TransportError::MaybeSent(_)), None) | (_, Some(503)) => {
            assert!(matches!(reason, GiveUpReason::UnsafeToRetry | GiveUpReason::AttemptsExhausted), "{error}");
        }
        (_, Some(429)) => assert_eq!(reason, GiveUpReason::AttemptsExhausted, "{error}"),
        _ => panic!("{error:?}"),
    }
}

impl<'c> Caller<'c> {
    fn new(client: &'c Client, number: usize) -> Self {
        let random = Random(number as u64);
        Self { client, number, random, users: BTreeMap::new(), created: 0, errors: 0 }
    }

    fn failed(&mut self, error: &Error) {
        assert_documented(error);
        self.errors += 1;
    }

    fn any(&mut self) -> Option<(String, Known)> {
        let count = self.users.len();
        let place = (count > 0).then(|| self.random.below(count))?;
        self.users.iter().nth(place).map(|(email, known)| (email.clone(), known.clone()))
    }

    /// The user as the service has it now.
    fn look_up(&self, id: &str) -> Option<Known> {
        match surely(|| self.client.send(users::Get::new(id))) {
            Ok(user) => Some(Known::of(&user)),
            Err(error) if error.is_not_found() => None,
            Err(error) => panic!("{error:?}"),
        }
    }

    fn call(&mut self, call: usize) {
        match (self.random.below(10), self.any()) {
            (0..=2, _) | (_, None) => self.create(call),
            (3..=4, Some((_, known))) => match self.client.send(users::Get::new(&known.id)) {
                Ok(user) => assert_eq!(Known::of(&user), known),
                Err(error) => self.failed(&error),
            },
            (5..=6, Some((email, known))) => self.update(call, email, &known),
            (7, Some((email, known))) => self.delete(&email, &known),
            (8, _) => self.list(),
            (_, Some((_, known))) => {
                if let Err(error) = self.client.send(users::GetGroups::new(&known.id)) {
                    self.failed(&error);
                }
            }
        }
    }

    fn create(&mut self, call: usize) {
        let (number, email) = (self.number, format!("c{}-{call}@example.com", self.number));
        match self.client.send(users::Create::new(format!("c{number:02} {call}"), &email).enabled(true)) {
            Ok(user) => {
                self.created += 1;
                self.users.insert(email, Known::of(&user));
            }
            Err(error) => {
                self.failed(&error);
                let found = surely(|| self.client.send(users::List::new().emails([&email]))).unwrap();
                assert!(found.is_empty() || error.maybe_applied(), "created without saying so: {error}");
                if let Some(user) = found.first() {
                    self.created += 1;
                    self.users.insert(email, Known::of(user));
                }
            }
        }
    }

    fn update(&mut self, call: usize, email: String, known: &Known) {
        let wanted =
            Known { name: format!("c{:02} renamed {call}", self.number), enabled: !known.enabled, ..known.clone() };
        let update = users::Update::new(&known.id).name(&wanted.name).enabled(wanted.enabled);
        let now = match self.client.send(update) {
            Ok(user) => {
                assert_eq!(Known::of(&user), wanted);
                wanted
            }
            Err(error) => {
                self.failed(&error);
                let now = self.look_up(&known.id).expect("nobody else deletes it");
                assert!(now == *known || (now == wanted && error.maybe_applied()), "{now:?} after {error}");
                now
            }
        };
        self.users.insert(email, now);
    }

    fn delete(&mut self, email: &str, known: &Known) {
        match self.client.send(users::Delete::new(&known.id)) {
            Ok(_) => {}
            Err(error) if error.is_not_found() => assert!(error.maybe_applied(), "who else deleted it? {error}"),
            Err(error) => {
                self.failed(&error);
                if let Some(now) = self.look_up(&known.id) {
                    assert_eq!(now, *known);
                    return;
                }
                assert!(error.maybe_applied(), "deleted without saying so: {error}");
            }
        }
        self.users.remove(email);
    }

    fn list(&mut self) {
        let prefix = format!("c{:02} ", self.number);
        let listed: Result<BTreeMap<_, _>, Error> = self
            .client
            .items(users::List::new().prefix(prefix).page_size(7))
            .map(|user| user.map(|user| (user.email.clone().expect("an email"), Known::of(&user))))
            .collect();
        match listed {
            Ok(listed) => assert_eq!(listed, self.users),
            Err(error) => self.failed(&error),
        }
    }
}

/// One fault in twenty, of every kind: before the request is applied, and after it.
fn script() -> impl Iterator<Item = Fault> {
    let faults = [
        Fault::throttled(0),
        Fault::status(503),
        Fault::reset(),
        Fault::status(503).applied(),
        Fault::reset().applied(),
    ];
    let mut random = Random(42);
    let mut faults = faults.into_iter().cycle();
    std::iter::from_fn(move || if random.below(20) == 0 { faults.next() } else { Some(Fault::response()) })
}

#[test]
fn sixteen_threads_share_a_client_and_the_account_ends_as_they_think_it_does() {
    let fake = FakeAccount::new("acc", "KEY", "SECRET").with_script(script().take(10 * CALLS));
    let server = FakeServer::start(fake).unwrap();
    let retries = std::sync::Arc::new(AtomicUsize::new(0));
    let counted = std::sync::Arc::clone(&retries);
    let client = Client::builder(account(&server.url()))
        .proxy(None)
        .sleep(|_| {})
        .on_retry(move |_| _ = counted.fetch_add(1, Ordering::Relaxed))
        .build()
        .unwrap();

    let callers: Vec<Caller<'_>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|number| {
                let client = &client;
                scope.spawn(move || {
                    let mut caller = Caller::new(client, number);
                    (0..CALLS / THREADS).for_each(|call| caller.call(call));
                    caller
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });

    let predicted: BTreeMap<String, Known> = callers.iter().flat_map(|caller| caller.users.clone()).collect();
    let account = server.account();
    let ended: BTreeMap<String, Known> = account
        .users()
        .map(|user| {
            let known = Known { id: user.id.clone(), name: user.name.clone(), enabled: user.enabled };
            (user.email.clone(), known)
        })
        .collect();
    assert_eq!(ended, predicted);

    // Every create that reached the account is one that its caller knows of: none was sent twice.
    let applied = account.requests().filter(|request| request.method == Method::POST && request.applied).count();
    let known: usize = callers.iter().map(|caller| caller.created).sum();
    assert_eq!(applied, known);

    // The script did strike, and the client did retry.
    assert!(account.faults_left() > 0, "the script ended too early");
    let errors: usize = callers.iter().map(|caller| caller.errors).sum();
    let retries = retries.load(Ordering::Relaxed);
    assert!(retries > CALLS / 50, "{retries} retries");
    assert!(errors > 0 && errors < CALLS / 10, "{errors} errors");
    assert!(known > CALLS / 5, "{known} creates");
}

#[test]
fn clones_share_one_pool_of_connections() {
    let server = FakeServer::start(FakeAccount::new("acc", "KEY", "SECRET")).unwrap();
    let client = Client::builder(account(&server.url())).proxy(None).build().unwrap();
    for _ in 0..20 {
        let clone = client.clone();
        thread::spawn(move || clone.send(&users::List::new()).map(drop)).join().unwrap().unwrap();
    }
    assert_eq!((server.requests(), server.connections()), (20, 1));
}
