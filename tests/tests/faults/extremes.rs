//! Settings and clocks at the ends of their ranges: a sane clamp or an error, never a panic, never a wait without an end.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cloudinary_provisioning::{ErrorKind, Exchange, GiveUpReason, RetryPolicy};
use cloudinary_provisioning_tests::clock::Clock;
use cloudinary_provisioning_tests::faulty::{Rig, account, assert_not_sent, create, gave_up, get};
use cloudinary_provisioning_tests::script::{self, Action, Endpoint, Script, status, user};
use cloudinary_provisioning_ureq::Client;

#[test]
fn max_attempts_zero_means_one() {
    let rig = Rig::with(RetryPolicy::default().max_attempts(0), [status(503), user()]);
    gave_up(rig.get(), 1, GiveUpReason::AttemptsExhausted);
    rig.assert_seen(1, 1, &[]);
    let rig = Rig::with(RetryPolicy::default().max_attempts(0), [user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn attempts_without_an_end_end_at_the_deadline() {
    let policy = RetryPolicy::default().max_attempts(u32::MAX);
    let rig = Rig::new(Script::repeat(status(500)), Clock::new(), |builder| builder.retry(policy));
    let error = gave_up(rig.get(), 17, GiveUpReason::DeadlineExceeded);
    assert!(error.elapsed() <= Duration::from_secs(120));
    let mut waits = vec![250, 500, 1000, 2000, 4000, 8000];
    waits.extend([10_000; 10]);
    rig.assert_seen(17, 17, &waits);
}

#[test]
fn no_time_for_an_attempt_is_a_quick_failure() {
    let policy = RetryPolicy::default().attempt_timeout(Duration::ZERO);
    let rig = Rig::new(Script::repeat(Action::stall()), Clock::new(), |builder| builder.retry(policy));
    let error = gave_up(rig.get(), 3, GiveUpReason::AttemptsExhausted);
    // A millisecond may or may not be enough to connect; a read can be retried in either case.
    assert!(matches!(error.kind(), ErrorKind::Transport(_)), "{error:?}");
    assert_eq!(rig.clock.millis(), [250, 500]);

    let rig = Rig::repeat(Action::stall());
    let error = rig.client.call(get()).timeout(Duration::ZERO).send();
    let error = gave_up(error, 3, GiveUpReason::AttemptsExhausted);
    assert!(matches!(error.kind(), ErrorKind::Transport(_)), "{error:?}");
}

#[test]
fn no_time_for_a_call_is_one_quick_attempt() {
    let policy = RetryPolicy::default().total_timeout(Duration::ZERO);
    let rig = Rig::new(Script::repeat(Action::stall()), Clock::new(), |builder| builder.retry(policy));
    let error = gave_up(rig.get(), 1, GiveUpReason::DeadlineExceeded);
    assert!(matches!(error.kind(), ErrorKind::Transport(_)), "{error:?}");
    assert!(rig.clock.waits().is_empty());
}

#[test]
fn no_time_to_connect_is_not_sent() {
    let endpoint = Endpoint::unreachable();
    let clock = Clock::new();
    let client = Client::builder(account(&endpoint.origin()))
        .proxy(None)
        .clock(clock.clone())
        .connect_timeout(Duration::ZERO)
        .build()
        .unwrap();
    assert_not_sent(&gave_up(client.send(create()), 3, GiveUpReason::AttemptsExhausted));
    assert_eq!(clock.waits().len(), 2);
}

#[test]
fn the_longest_timeouts_are_timeouts_too() {
    let forever = Duration::MAX;
    let policy = RetryPolicy::default()
        .attempt_timeout(forever)
        .total_timeout(forever)
        .base_delay(forever)
        .max_server_delay(forever);
    let rig = Rig::new(Script::play([status(503), user(), user()]), Clock::new(), |builder| {
        builder.retry(policy).connect_timeout(forever)
    });
    assert_eq!(rig.get().unwrap().id, "u1");
    assert_eq!(rig.create().unwrap().id, "u1");
    // The largest delay of one's own is 20 s.
    rig.assert_seen(3, 3, &[10_000]);

    let rig = Rig::play([user()]);
    assert_eq!(rig.client.call(get()).timeout(forever).retry(policy).send().unwrap().id, "u1");
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn delays_of_zero_are_no_delays() {
    let policy = RetryPolicy::default().base_delay(Duration::ZERO).max_delay(Duration::ZERO);
    let rig = Rig::with(policy, [status(503), status(503), user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(3, 3, &[0, 0]);
}

#[test]
fn a_server_delay_of_zero_accepts_only_a_hint_of_zero() {
    let policy = RetryPolicy::default().max_server_delay(Duration::ZERO);
    let throttled = |hint| Action::respond(script::response(429, &[("retry-after", hint)], ""));
    let rig = Rig::with(policy, [throttled("0"), throttled("1")]);
    gave_up(rig.create(), 2, GiveUpReason::ServerDelayTooLong);
    rig.assert_seen(2, 2, &[500]);
}

/// A clock that a client has no reason to trust.
struct Broken {
    /// The time by `monotonic`, by the number of requests that were sent.
    elapsed: Vec<Duration>,
    sent: Arc<AtomicUsize>,
    now: SystemTime,
    jitter: u64,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl cloudinary_provisioning_ureq::Clock for Broken {
    fn monotonic(&self) -> Duration {
        self.elapsed[self.sent.load(Ordering::SeqCst).min(self.elapsed.len() - 1)]
    }

    fn now(&self) -> SystemTime {
        self.now
    }

    fn jitter(&self) -> u64 {
        self.jitter
    }

    fn sleep(&self, delay: Duration) {
        self.slept.lock().unwrap().push(delay);
    }
}

/// A client whose clock shows these times, one after each response.
fn with_clock(
    server: &Script,
    elapsed: &[Duration],
    now: SystemTime,
    jitter: u64,
) -> (Client, Arc<Mutex<Vec<Duration>>>) {
    let (slept, sent) = (Arc::default(), Arc::new(AtomicUsize::new(0)));
    let clock = Broken { elapsed: elapsed.to_vec(), sent: Arc::clone(&sent), now, jitter, slept: Arc::clone(&slept) };
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder()
            .proxy(None)
            .middleware(
                move |request: http::Request<ureq::SendBody<'_>>, next: ureq::middleware::MiddlewareNext<'_>| {
                    let response = next.handle(request);
                    sent.fetch_add(1, Ordering::SeqCst);
                    response
                },
            )
            .build(),
    );
    (Client::builder(account(&server.origin())).agent(agent).clock(clock).build().unwrap(), slept)
}

#[test]
fn maximum_jitter_stays_within_its_bound() {
    for (jitter, first, hinted) in [(0, 0, 2_000_000_000), (u64::MAX, 499_999_999, 2_999_999_999)] {
        let throttled = Action::respond(script::response(429, &[("retry-after", "2")], ""));
        let server = Script::play([status(503), throttled, user()]);
        let clock = Clock::new().with_jitter(jitter);
        let rig = Rig::new(server, clock, |builder| builder);
        assert_eq!(rig.get().unwrap().id, "u1");
        assert_eq!(rig.clock.waits(), [first, hinted].map(Duration::from_nanos));
        rig.assert_seen(3, 3, &[first / 1_000_000, hinted / 1_000_000].map(u128::from));
    }
}

#[test]
fn a_clock_that_leaps_to_its_end_ends_the_call() {
    let server = Script::play([status(503), user()]);
    let (client, slept) = with_clock(&server, &[Duration::ZERO, Duration::MAX], UNIX_EPOCH, u64::MAX);
    let error = gave_up(client.send(get()), 1, GiveUpReason::DeadlineExceeded);
    assert_eq!((error.elapsed(), slept.lock().unwrap().len()), (Duration::MAX, 0));
    assert_eq!((server.requests().len(), server.connections()), (1, 1));
}

#[test]
fn a_clock_that_goes_back_stands_still() {
    let server = Script::play([status(503), user()]);
    let (client, slept) = with_clock(&server, &[Duration::MAX, Duration::ZERO], UNIX_EPOCH, 0);
    assert_eq!(client.send(get()).unwrap().id, "u1");
    assert_eq!(*slept.lock().unwrap(), [Duration::ZERO]);
    assert_eq!(server.requests().len(), 2);
}

#[test]
fn dates_without_a_date_to_measure_them_by_are_harmless_at_any_time() {
    let seconds = |n| Duration::from_secs(n);
    let times = [
        UNIX_EPOCH - seconds(1 << 40),
        UNIX_EPOCH,
        UNIX_EPOCH + seconds(1 << 40),
        UNIX_EPOCH + seconds(i64::MAX.unsigned_abs()),
        UNIX_EPOCH - seconds(i64::MAX.unsigned_abs()),
    ];
    for now in times {
        let dated = Action::respond(script::response(429, &[("retry-after", "Mon, 23 Nov 2026 10:00:10 GMT")], ""));
        let server = Script::play([dated, user()]);
        let (client, slept) = with_clock(&server, &[Duration::ZERO], now, 0);
        let result = client.send(get());
        if now > UNIX_EPOCH {
            assert_eq!(result.unwrap().id, "u1", "the date is past");
            assert_eq!(*slept.lock().unwrap(), [Duration::ZERO]);
        } else {
            let error = gave_up(result, 1, GiveUpReason::ServerDelayTooLong);
            assert!(error.retry_after().unwrap() >= seconds(1_795_428_010));
        }
    }
}

#[test]
fn a_hint_of_ages_is_slept_for_only_by_an_explicit_opt_in() {
    let endless = || Action::respond(script::response(429, &[("retry-after", "9999999999999999999")], ""));
    let patient = RetryPolicy::default().max_server_delay(Duration::MAX);
    let server = Script::play([endless()]);
    let (client, slept) = with_clock(&server, &[Duration::ZERO], UNIX_EPOCH, u64::MAX);
    gave_up(client.call(get()).retry(patient).send(), 1, GiveUpReason::DeadlineExceeded);
    assert!(slept.lock().unwrap().is_empty());

    let server = Script::play([endless(), user()]);
    let (client, slept) = with_clock(&server, &[Duration::ZERO], UNIX_EPOCH, u64::MAX);
    let endless = patient.total_timeout(Duration::MAX);
    assert_eq!(client.call(get()).retry(endless).send().unwrap().id, "u1");
    assert_eq!(
        *slept.lock().unwrap(),
        [Duration::from_secs(9_999_999_999_999_999_999) + Duration::from_nanos(999_999_999)]
    );
    assert_eq!(server.requests().len(), 2);
}

/// A clock that stands still while it sleeps, as one for tests may.
#[test]
fn a_sleep_that_takes_no_time_counts_as_slept() {
    let throttled = Action::respond(script::response(429, &[("retry-after", "20")], ""));
    let server = Script::play([throttled, user(), user()]);
    let (client, slept) = with_clock(&server, &[Duration::ZERO], UNIX_EPOCH, 0);
    // The delay that the hint asks for, and none for the rate limit on top of it.
    assert_eq!(client.call(get()).response().unwrap().attempts(), 2);
    assert_eq!(client.call(get()).response().unwrap().attempts(), 1);
    assert_eq!(*slept.lock().unwrap(), [Duration::from_secs(20)]);

    let server = Script::repeat(status(500));
    let (client, slept) = with_clock(&server, &[Duration::ZERO], UNIX_EPOCH, u64::MAX);
    let error = client.call(get()).retry(RetryPolicy::default().max_attempts(u32::MAX)).send();
    let error = gave_up(error, 11, GiveUpReason::DeadlineExceeded);
    let total: Duration = slept.lock().unwrap().iter().sum();
    assert_eq!(error.elapsed(), total);
}

#[test]
fn a_call_that_is_late_before_its_first_attempt_is_not_sent() {
    let account = account("http://127.0.0.1:1");
    let mut exchange = Exchange::new(&account, create(), RetryPolicy::default()).unwrap();
    exchange.start(Duration::ZERO);
    let error = gave_up(exchange.begin(Duration::MAX), 0, GiveUpReason::DeadlineExceeded);
    assert_not_sent(&error);
    assert_eq!(error.elapsed(), Duration::MAX);
}

#[test]
fn a_stall_with_all_settings_at_nothing_still_ends() {
    let nothing = Duration::ZERO;
    let policy = RetryPolicy::default()
        .max_attempts(0)
        .base_delay(nothing)
        .max_delay(nothing)
        .attempt_timeout(nothing)
        .total_timeout(nothing)
        .max_server_delay(nothing);
    let rig = Rig::new(Script::repeat(Action::stall()), Clock::new(), |builder| {
        builder.retry(policy).connect_timeout(Duration::from_secs(1)).body_limit(0)
    });
    // A millisecond may or may not be enough to connect.
    let error = gave_up(rig.get(), 1, GiveUpReason::AttemptsExhausted);
    assert!(matches!(error.kind(), ErrorKind::Transport(_)), "{error:?}");
}
