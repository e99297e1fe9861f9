//! Settings and clocks at the ends of their ranges: a sane clamp or an error, never a panic, never a wait without an end.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use cloudinary_provisioning::{GiveUpReason, RetryPolicy, users};
use cloudinary_provisioning_tests::{
    faulty::{Rig, TestClock, account, assert_not_sent, assert_reply_lost, gave_up, status, user},
    script::{self, Action, Endpoint, Script},
};
use cloudinary_provisioning_ureq::{Client, Clock};

fn with(policy: RetryPolicy, actions: impl IntoIterator<Item = Action>) -> Rig {
    Rig::new(Script::play(actions), TestClock::new(), |builder| builder.retry(policy))
}

#[test]
fn no_attempts_are_one_attempt() {
    let rig = with(RetryPolicy::default().max_attempts(0), [status(503), user()]);
    gave_up(rig.get(), 1, GiveUpReason::AttemptsExhausted);
    rig.assert_seen(1, 1, &[]);
    let rig = with(RetryPolicy::default().max_attempts(0), [user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn attempts_without_an_end_end_at_the_deadline() {
    let policy = RetryPolicy::default().max_attempts(u32::MAX);
    let rig = Rig::new(Script::repeat(status(500)), TestClock::new(), |builder| builder.retry(policy));
    let error = gave_up(rig.get(), 17, GiveUpReason::DeadlineExceeded);
    assert!(error.elapsed() <= Duration::from_secs(120));
    let mut waits = vec![250, 500, 1000, 2000, 4000, 8000];
    waits.extend([10_000; 10]);
    rig.assert_seen(17, 1, &waits);
}

#[test]
fn no_time_for_an_attempt_is_a_quick_failure() {
    let policy = RetryPolicy::default().attempt_timeout(Duration::ZERO);
    let rig = Rig::new(Script::repeat(Action::stall()), TestClock::new(), |builder| builder.retry(policy));
    let error = gave_up(rig.get(), 3, GiveUpReason::AttemptsExhausted);
    // A millisecond may or may not be enough to connect.
    assert!(error.transport().is_some(), "{error:?}");
    assert_eq!(rig.waits().len(), 2);

    let rig = Rig::repeat(Action::stall());
    let error = rig.client.call(&users::Get::new("u1")).timeout(Duration::ZERO).send();
    assert!(gave_up(error, 3, GiveUpReason::AttemptsExhausted).transport().is_some());
}

#[test]
fn no_time_for_a_call_is_one_quick_attempt() {
    let policy = RetryPolicy::default().total_timeout(Duration::ZERO);
    let rig = Rig::new(Script::repeat(Action::stall()), TestClock::new(), |builder| builder.retry(policy));
    let error = gave_up(rig.get(), 1, GiveUpReason::DeadlineExceeded);
    assert!(error.transport().is_some(), "{error:?}");
    assert!(rig.waits().is_empty());
}

#[test]
fn no_time_to_connect_is_not_sent() {
    let endpoint = Endpoint::unreachable();
    let clock = TestClock::new();
    let client = Client::builder(account(&endpoint.origin()))
        .proxy(None)
        .clock(clock.clone())
        .connect_timeout(Duration::ZERO)
        .build()
        .unwrap();
    let create = users::Create::new("Ada Lind", "ada@example.com");
    assert_not_sent(&gave_up(client.send(&create), 3, GiveUpReason::AttemptsExhausted));
    assert_eq!(clock.waits().len(), 2);
}

#[test]
fn all_the_time_in_the_world_is_a_timeout_too() {
    let forever = Duration::MAX;
    let policy = RetryPolicy::default()
        .attempt_timeout(forever)
        .total_timeout(forever)
        .base_delay(forever)
        .max_server_delay(forever);
    let rig = Rig::new(Script::play([status(503), user(), user()]), TestClock::new(), |builder| {
        builder.retry(policy).connect_timeout(forever)
    });
    assert_eq!(rig.get().unwrap().id, "u1");
    assert_eq!(rig.create().unwrap().id, "u1");
    // The largest delay of one's own is 20 s.
    rig.assert_seen(3, 2, &[10_000]);

    let rig = Rig::play([user()]);
    let call = users::Get::new("u1");
    assert_eq!(rig.client.call(&call).timeout(forever).retry(policy).send().unwrap().id, "u1");
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn delays_of_nothing_are_no_delays() {
    let policy = RetryPolicy::default().base_delay(Duration::ZERO).max_delay(Duration::ZERO);
    let rig = with(policy, [status(503), status(503), user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(3, 1, &[0, 0]);
}

#[test]
fn no_patience_for_a_server_takes_only_a_hint_of_nothing() {
    let policy = RetryPolicy::default().max_server_delay(Duration::ZERO);
    let throttled = |hint| Action::reply(script::reply(429, &[("retry-after", hint)], ""));
    let rig = with(policy, [throttled("0"), throttled("1")]);
    gave_up(rig.create(), 2, GiveUpReason::ServerDelayTooLong);
    rig.assert_seen(2, 2, &[500]);
}

/// A clock that a client has no reason to trust.
struct Broken {
    /// The answers to `monotonic`, of which the last one repeats.
    elapsed: Vec<Duration>,
    asked: AtomicU64,
    now: SystemTime,
    jitter: u64,
    slept: Arc<Mutex<Vec<Duration>>>,
}

impl Clock for Broken {
    fn monotonic(&self) -> Duration {
        let asked = usize::try_from(self.asked.fetch_add(1, Ordering::SeqCst)).unwrap();
        self.elapsed[asked.min(self.elapsed.len() - 1)]
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

fn with_clock(
    server: &Script,
    elapsed: &[Duration],
    now: SystemTime,
    jitter: u64,
) -> (Client, Arc<Mutex<Vec<Duration>>>) {
    let slept = Arc::new(Mutex::new(Vec::new()));
    let clock = Broken { elapsed: elapsed.to_vec(), asked: AtomicU64::new(0), now, jitter, slept: Arc::clone(&slept) };
    (Client::builder(account(&server.origin())).proxy(None).clock(clock).build().unwrap(), slept)
}

#[test]
fn all_the_chance_in_the_world_stays_within_its_bound() {
    for (jitter, first, hinted) in [(0, 0, 2_000_000_000), (u64::MAX, 499_999_999, 2_999_999_999)] {
        let throttled = Action::reply(script::reply(429, &[("retry-after", "2")], ""));
        let server = Script::play([status(503), throttled, user()]);
        let (client, slept) = with_clock(&server, &[Duration::ZERO], UNIX_EPOCH, jitter);
        assert_eq!(client.send(&users::Get::new("u1")).unwrap().id, "u1");
        assert_eq!(*slept.lock().unwrap(), [first, hinted].map(Duration::from_nanos));
        assert_eq!((server.requests().len(), server.connections()), (3, 1));
    }
}

#[test]
fn a_clock_that_leaps_to_its_end_ends_the_call() {
    let server = Script::play([status(503), user()]);
    let (client, slept) = with_clock(&server, &[Duration::ZERO, Duration::ZERO, Duration::MAX], UNIX_EPOCH, u64::MAX);
    let error = gave_up(client.send(&users::Get::new("u1")), 1, GiveUpReason::DeadlineExceeded);
    assert_eq!((error.elapsed(), slept.lock().unwrap().len()), (Duration::MAX, 0));
    assert_eq!((server.requests().len(), server.connections()), (1, 1));
}

#[test]
fn a_clock_that_leapt_before_the_attempt_leaves_it_a_moment() {
    let server = Script::repeat(Action::stall());
    let (client, slept) = with_clock(&server, &[Duration::ZERO, Duration::MAX], UNIX_EPOCH, 0);
    let error = gave_up(client.send(&users::Get::new("u1")), 1, GiveUpReason::DeadlineExceeded);
    assert!(error.transport().is_some(), "{error:?}");
    assert!(slept.lock().unwrap().is_empty());
}

#[test]
fn a_clock_that_goes_back_stands_still() {
    let server = Script::play([status(503), user()]);
    let (client, slept) = with_clock(&server, &[Duration::MAX, Duration::ZERO], UNIX_EPOCH, 0);
    assert_eq!(client.send(&users::Get::new("u1")).unwrap().id, "u1");
    assert_eq!(*slept.lock().unwrap(), [Duration::ZERO]);
    assert_eq!((server.requests().len(), server.connections()), (2, 1));
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
        let dated = Action::reply(script::reply(429, &[("retry-after", "Mon, 23 Nov 2026 10:00:10 GMT")], ""));
        let server = Script::play([dated, user()]);
        let (client, slept) = with_clock(&server, &[Duration::ZERO], now, 0);
        let result = client.send(&users::Get::new("u1"));
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
fn a_hint_without_an_end_is_slept_for_only_by_who_asks_for_it() {
    let endless = || Action::reply(script::reply(429, &[("retry-after", "99999999999999999999999")], ""));
    let server = Script::play([endless(), endless(), user()]);
    let (client, slept) = with_clock(&server, &[Duration::ZERO], UNIX_EPOCH, u64::MAX);
    let call = users::Get::new("u1");
    let patient = RetryPolicy::default().max_server_delay(Duration::MAX);
    gave_up(client.call(&call).retry(patient).send(), 1, GiveUpReason::DeadlineExceeded);
    assert!(slept.lock().unwrap().is_empty());

    let endless = patient.total_timeout(Duration::MAX);
    assert_eq!(client.call(&call).retry(endless).send().unwrap().id, "u1");
    assert_eq!(*slept.lock().unwrap(), [Duration::from_secs(u64::MAX) + Duration::from_nanos(999_999_999)]);
    assert_eq!(server.requests().len(), 3);
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
    let rig = Rig::new(Script::repeat(Action::stall()), TestClock::new(), |builder| {
        builder.retry(policy).connect_timeout(Duration::from_secs(1)).body_limit(0)
    });
    let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRepeat);
    assert_reply_lost(&error);
}
