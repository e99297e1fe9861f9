//! What the service says about when to come back, and the limits of the caller's patience. A hint is a floor: the delay
//! is the hint and at most a second more. The jitter of these tests is half of the largest, so that this second is half of
//! one.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use cloudinary_provisioning::{GiveUpReason, RetryPolicy, TransportError};
use cloudinary_provisioning_tests::clock::Clock;
use cloudinary_provisioning_tests::faulty::{
    Rig, account, assert_not_sent, assert_response_lost, create, gave_up, get, status_of,
};
use cloudinary_provisioning_tests::script::{self, Action, Script, raw, status, user};
use cloudinary_provisioning_ureq::Client;

/// The date of the responses.
const DATE: (&str, &str) = ("date", "Mon, 23 Nov 2026 10:00:00 GMT");

fn throttled(status: u16, headers: &[(&str, &str)]) -> Action {
    Action::respond(script::response(status, headers, r#"{"error":{"message":"slow down"}}"#))
}

/// A client whose clock is off by so many seconds.
fn skewed(seconds: i64, actions: impl IntoIterator<Item = Action>) -> Rig {
    let date = SystemTime::UNIX_EPOCH + Clock::FIXTURE_DATE;
    let off = Duration::from_secs(seconds.unsigned_abs());
    let now = if seconds < 0 { date - off } else { date + off };
    Rig::new(Script::play(actions), Clock::at(now), |builder| builder)
}

/// A throttled call, safe to retry or not, waits so long and then succeeds.
#[track_caller]
fn assert_waits(status: u16, headers: &[(&str, &str)], wait: u128) {
    for skew in [0, 3600, -3600] {
        let rig = skewed(skew, [throttled(status, headers), user()]);
        assert_eq!(rig.get().unwrap().id, "u1");
        rig.assert_seen(2, 2, &[wait]);

        let rig = skewed(skew, [throttled(status, headers), user()]);
        assert_eq!(rig.create().unwrap().id, "u1");
        rig.assert_seen(2, 2, &[wait]);
    }
}

/// A throttled call, safe to retry or not, ends at once and tells the hint. So does every call after it, which is not sent.
#[track_caller]
fn assert_gives_up(status: u16, headers: &[(&str, &str)], hint: Duration) {
    for skew in [0, 3600, -3600] {
        for create in [false, true] {
            let rig = skewed(skew, [throttled(status, headers), user()]);
            let call = || if create { rig.create() } else { rig.get() };
            let error = gave_up(call(), 1, GiveUpReason::ServerDelayTooLong);
            assert_eq!(error.retry_after(), Some(hint));
            assert!(error.is_rate_limited() && !error.maybe_applied());
            assert_eq!(error.message(), Some("slow down"));

            let error = gave_up(call(), 0, GiveUpReason::ServerDelayTooLong);
            assert_not_sent(&error);
            assert!(error.retry_after().unwrap() >= hint.min(Duration::from_secs(3600)), "{error:?}");
            rig.assert_seen(1, 1, &[]);
        }
    }
}

#[test]
fn a_throttled_call_waits_as_long_as_it_is_told() {
    assert_waits(429, &[("retry-after", "2")], 2500);
    assert_waits(420, &[("retry-after", "2")], 2500);
    assert_waits(429, &[("retry-after", "0")], 500);
    assert_waits(429, &[("retry-after", "60")], 60_500);
}

#[test]
fn a_failing_server_may_tell_as_well() {
    let rig = Rig::play([throttled(503, &[("retry-after", "2")]), user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(2, 2, &[2500]);

    let rig = Rig::play([throttled(503, &[("retry-after", "2")]), user()]);
    let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRetry);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn a_date_is_measured_against_the_date_of_its_response() {
    assert_waits(429, &[DATE, ("retry-after", "Mon, 23 Nov 2026 10:00:10 GMT")], 10_500);
    assert_waits(429, &[DATE, ("retry-after", "Monday, 23-Nov-26 10:00:10 GMT")], 10_500);
    assert_waits(429, &[DATE, ("retry-after", "Mon Nov 23 10:00:10 2026")], 10_500);
}

#[test]
fn without_a_date_of_its_response_a_date_is_measured_against_the_clock() {
    let ten = ("retry-after", "Mon, 23 Nov 2026 10:00:10 GMT");
    let rig = skewed(0, [throttled(429, &[ten]), user()]);
    rig.get().unwrap();
    rig.assert_seen(2, 2, &[10_500]);
    let rig = skewed(-20, [throttled(429, &[ten]), user()]);
    rig.get().unwrap();
    rig.assert_seen(2, 2, &[30_500]);
}

#[test]
fn a_date_in_the_past_is_now() {
    assert_waits(429, &[DATE, ("retry-after", "Mon, 23 Nov 2026 09:59:59 GMT")], 500);
    assert_waits(429, &[DATE, ("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT")], 500);
}

#[test]
fn junk_is_no_hint() {
    for junk in [
        "-5",
        "inf",
        "",
        "NaN",
        ".5",
        "1.5.2",
        "1e3",
        "+1",
        "0x10",
        "soon",
        "2 seconds",
        "Mon, 99 Nov 2026 10:00:10 GMT",
    ] {
        assert_waits(429, &[DATE, ("retry-after", junk)], 250);
    }
}

#[test]
fn a_hint_longer_than_allowed_ends_the_call_at_once() {
    assert_gives_up(429, &[("retry-after", "86400")], Duration::from_secs(86_400));
    assert_gives_up(429, &[("retry-after", "61")], Duration::from_secs(61));
    assert_gives_up(420, &[("retry-after", "99999999999999999999999")], Duration::from_secs(u64::MAX));
    assert_gives_up(429, &[DATE, ("retry-after", "Mon, 23 Nov 2026 11:00:00 GMT")], Duration::from_secs(3600));
}

#[test]
fn a_patient_caller_waits_longer() {
    let policy =
        RetryPolicy::default().max_server_delay(Duration::from_secs(90_000)).total_timeout(Duration::from_secs(90_000));
    let server = Script::play([throttled(429, &[("retry-after", "86400")]), user()]);
    let rig = Rig::new(server, Clock::new(), |builder| builder.retry(policy));
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(2, 2, &[86_400_500]);
}

#[test]
fn an_account_with_nothing_left_waits_for_the_next_period() {
    let none_left = ("x-featureratelimit-remaining", "0");
    let reset = ("x-featureratelimit-reset", "Mon, 23 Nov 2026 10:00:30 GMT");
    assert_waits(420, &[DATE, none_left, reset], 30_500);
    assert_waits(429, &[DATE, none_left, reset], 30_500);
    // Something left: the reset says nothing of the next request.
    assert_waits(420, &[DATE, ("x-featureratelimit-remaining", "1"), reset], 250);
    // The hint that is made for this request wins.
    assert_waits(420, &[DATE, none_left, reset, ("retry-after", "3")], 3500);
}

#[test]
fn a_period_that_lasts_long_ends_the_call_at_once() {
    let none_left = ("x-featureratelimit-remaining", "0");
    let reset = ("x-featureratelimit-reset", "Mon, 23 Nov 2026 10:32:00 GMT");
    assert_gives_up(420, &[DATE, none_left, reset], Duration::from_secs(32 * 60));
    assert_gives_up(429, &[DATE, none_left, reset], Duration::from_secs(32 * 60));
}

#[test]
fn throttling_ends_after_three_attempts_too() {
    let rig = Rig::repeat(throttled(429, &[("retry-after", "1")]));
    let error = gave_up(rig.create(), 3, GiveUpReason::AttemptsExhausted);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
    assert!(error.is_rate_limited() && !error.maybe_applied());
    rig.assert_seen(3, 3, &[1500, 1500]);
}

// The deadline of a call.

fn within(total: Duration, actions: impl IntoIterator<Item = Action>) -> Rig {
    let policy = RetryPolicy::default().total_timeout(total).max_attempts(1000);
    Rig::new(Script::play(actions), Clock::new(), |builder| builder.retry(policy))
}

#[test]
fn a_hint_beyond_the_deadline_is_not_slept_for() {
    let rig = within(Duration::from_secs(10), [throttled(429, &[("retry-after", "10")]), user()]);
    let error = gave_up(rig.get(), 1, GiveUpReason::DeadlineExceeded);
    assert_eq!((error.retry_after(), error.elapsed()), (Some(Duration::from_secs(10)), Duration::ZERO));
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn a_hint_counts_together_with_what_was_slept_before() {
    let actions = || [0; 3].map(|_| throttled(429, &[("retry-after", "4")])).into_iter().chain([user()]);
    // Two delays of 4.5 s and an attempt of at least a second.
    let rig = within(Duration::from_millis(9_999), actions());
    let error = gave_up(rig.create(), 2, GiveUpReason::DeadlineExceeded);
    assert_eq!(error.elapsed(), Duration::from_millis(4500));
    rig.assert_seen(2, 2, &[4500]);

    let rig = within(Duration::from_secs(10), actions());
    let error = gave_up(rig.create(), 3, GiveUpReason::DeadlineExceeded);
    assert_eq!(error.elapsed(), Duration::from_secs(9));
    rig.assert_seen(3, 3, &[4500, 4500]);
}

#[test]
fn delays_of_the_clients_own_end_at_the_deadline_too() {
    let rig = within(Duration::from_secs(4), std::iter::repeat_n(throttled(500, &[]), 20));
    let error = gave_up(rig.get(), 4, GiveUpReason::DeadlineExceeded);
    assert_eq!(error.elapsed(), Duration::from_millis(1750));
    rig.assert_seen(4, 4, &[250, 500, 1000]);
}

#[test]
fn attempts_never_overrun_the_deadline() {
    let (attempt, total) = (Duration::from_secs(30), Duration::from_secs(70));
    let policy = RetryPolicy::default().attempt_timeout(attempt).total_timeout(total).max_attempts(1000);
    let (clock, timeouts) = (Clock::new(), Arc::new(Mutex::new(Vec::new())));
    let (time, given) = (clock.clone(), Arc::clone(&timeouts));
    let client = Client::builder(account("http://127.0.0.1:1"))
        .retry(policy)
        .clock(clock.clone())
        .transport(move |_: &_, timeout| {
            time.advance(timeout);
            given.lock().unwrap().push(timeout.as_millis());
            TransportError::maybe_sent("stalled")
        })
        .build()
        .unwrap();
    let error = gave_up(client.send(get()), 3, GiveUpReason::DeadlineExceeded);
    assert_response_lost(&error);
    assert_eq!(error.elapsed(), total);
    assert_eq!(*timeouts.lock().unwrap(), [30_000, 30_000, 9_250]);
    assert_eq!(clock.millis(), [250, 500]);
}

#[test]
fn the_last_attempt_is_shortened_to_keep_the_deadline() {
    // The first attempt fails at once; its delay leaves a second and a bit of two minutes.
    let policy = RetryPolicy::default()
        .max_server_delay(Duration::from_secs(3600))
        .total_timeout(Duration::from_millis(120_500))
        .attempt_timeout(Duration::from_secs(30));
    let rig = Rig::with(policy, [throttled(429, &[("retry-after", "119")]), Action::stall(), user()]);
    let error = rig.get().unwrap_err();
    // The stall was waited for in real time, and in no more than the second that was left of the clock's.
    assert_eq!(error.attempts(), 2);
    assert_response_lost(&error);
    rig.assert_seen(2, 2, &[119_500]);
}

#[test]
fn no_attempt_begins_after_the_deadline_when_a_sleep_oversteps_it() {
    let clock = Clock::new().oversleeping(Duration::from_secs(600));
    for (call, connections) in [(Rig::get as fn(&Rig) -> _, 1), (Rig::create, 1)] {
        let server = Script::play([throttled(429, &[("retry-after", "1"), ("x-request-id", "r1")]), user()]);
        let rig = Rig::new(server, clock.clone(), |builder| builder);
        let error = gave_up(call(&rig), 1, GiveUpReason::DeadlineExceeded);
        assert_eq!((status_of(&error), error.request_id(), error.message()), (429, Some("r1"), Some("slow down")));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(1)));
        assert!(error.elapsed() >= Duration::from_secs(600) && !error.maybe_applied());
        assert_eq!((rig.server.requests().len(), rig.server.connections()), (1, connections));
    }
}

#[test]
fn no_attempt_begins_after_the_deadline_when_a_hook_oversteps_it() {
    let clock = Clock::new();
    let time = clock.clone();
    let server = Script::play([status(503), user()]);
    let client = Client::builder(account(&server.origin()))
        .proxy(None)
        .clock(clock)
        .on_retry(move |_| time.advance(Duration::from_secs(600)))
        .build()
        .unwrap();
    let error = gave_up(client.send(get()), 1, GiveUpReason::DeadlineExceeded);
    assert_eq!((status_of(&error), error.message()), (503, Some("as scripted")));
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn the_longest_of_several_hints_counts() {
    let twice = raw(&["429 Slow", "retry-after: 2", "Retry-After: 7", "content-length: 0"], "");
    let listed = raw(&["429 Slow", "retry-after: 3, 7", "content-length: 0"], "");
    let partly_junk = raw(&["429 Slow", "retry-after: soon", "retry-after: 7", "content-length: 0"], "");
    for response in [twice, listed, partly_junk] {
        let rig = Rig::play([Action::respond(response), user()]);
        assert_eq!(rig.create().unwrap().id, "u1");
        rig.assert_seen(2, 2, &[7500]);
    }
}

// All calls of a client.

#[test]
fn a_throttled_call_holds_back_the_other_calls_of_the_client() {
    let server = Script::play([throttled(429, &[("retry-after", "20")]), user(), user()]);
    let rig = Rig::new(server, Clock::new(), |builder| builder);
    let once = rig.client.call(create()).retry(RetryPolicy::none()).send();
    gave_up(once, 1, GiveUpReason::AttemptsExhausted);
    assert_eq!(rig.client.clone().send(get()).unwrap().id, "u1");
    // The hint, and half of a tenth of it or of a second, whichever is less; no attempt was spent.
    assert_eq!(rig.clock.millis(), [20_500]);
    assert_eq!(rig.client.call(get()).response().unwrap().attempts(), 1);
    assert_eq!((rig.server.requests().len(), rig.retries()), (3, vec![]));
}

#[test]
fn another_call_is_not_held_back_for_longer_than_it_allows_whatever_the_jitter() {
    for (jitter, hint, allowed) in [(0, "1", 0), (u64::MAX, "1", 0), (0, "12", 10), (u64::MAX, "12", 10)] {
        let server = Script::play([throttled(429, &[("retry-after", hint)])]);
        let rig = Rig::new(server, Clock::new().with_jitter(jitter), |builder| builder);
        rig.client.call(create()).retry(RetryPolicy::none()).send().unwrap_err();
        let policy = RetryPolicy::default().max_server_delay(Duration::from_secs(allowed));
        let error = gave_up(rig.client.call(get()).retry(policy).send(), 0, GiveUpReason::ServerDelayTooLong);
        assert_not_sent(&error);
        assert_eq!((rig.server.requests().len(), rig.clock.millis()), (1, vec![]));
    }
}

#[test]
fn a_success_that_exhausts_the_rate_limit_holds_back_the_next_call() {
    let spent =
        [DATE, ("x-featureratelimit-remaining", "0"), ("x-featureratelimit-reset", "Mon, 23 Nov 2026 10:00:05 GMT")];
    for skew in [0, 3600, -3600] {
        let rig = skewed(skew, [Action::respond(script::response(200, &spent, script::USER)), user()]);
        rig.get().unwrap();
        rig.create().unwrap();
        assert_eq!(rig.clock.millis(), [5_250]);
        assert_eq!(rig.server.requests().len(), 2);
    }
}
