//! What the service says about when to come back, and the limits of the caller's patience. A hint is a floor: the delay
//! is the hint and at most a second more. The clock of these tests stands half-way, so that this second is half of one.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

use std::time::{Duration, Instant, SystemTime};

use cloudinary_provisioning::{GiveUpReason, RetryPolicy};
use cloudinary_provisioning_tests::{
    clock,
    faulty::{Rig, TestClock, assert_reply_lost, gave_up, user},
    script::{self, Action, Script},
};

/// The date of the replies.
const DATE: (&str, &str) = ("date", "Mon, 23 Nov 2026 10:00:00 GMT");

fn throttled(status: u16, headers: &[(&str, &str)]) -> Action {
    Action::reply(script::reply(status, headers, r#"{"error":{"message":"slow down"}}"#))
}

/// A client whose clock is off by so many seconds.
fn skewed(seconds: i64, actions: impl IntoIterator<Item = Action>) -> Rig {
    let date = SystemTime::UNIX_EPOCH + clock::Clock::FIXTURE_DATE;
    let off = Duration::from_secs(seconds.unsigned_abs());
    let now = if seconds < 0 { date - off } else { date + off };
    Rig::new(Script::play(actions), TestClock::at(now), |builder| builder)
}

/// A throttled call, safe to repeat or not, waits so long and then succeeds.
#[track_caller]
fn assert_waits(status: u16, headers: &[(&str, &str)], wait: u128) {
    for skew in [0, 3600, -3600] {
        let rig = skewed(skew, [throttled(status, headers), user()]);
        assert_eq!(rig.get().unwrap().id, "u1");
        rig.assert_seen(2, 1, &[wait]);

        let rig = skewed(skew, [throttled(status, headers), user()]);
        assert_eq!(rig.create().unwrap().id, "u1");
        rig.assert_seen(2, 2, &[wait]);
    }
}

/// A throttled call, safe to repeat or not, ends at once and tells the hint.
#[track_caller]
fn assert_gives_up(status: u16, headers: &[(&str, &str)], hint: Duration) {
    for skew in [0, 3600, -3600] {
        let rig = skewed(skew, [throttled(status, headers), throttled(status, headers), user()]);
        for error in [
            gave_up(rig.get(), 1, GiveUpReason::ServerDelayTooLong),
            gave_up(rig.create(), 1, GiveUpReason::ServerDelayTooLong),
        ] {
            assert_eq!(error.retry_after(), Some(hint));
            assert!(error.is_rate_limited() && !error.maybe_applied());
            assert_eq!(error.api().unwrap().message(), Some("slow down"));
        }
        rig.assert_seen(2, 2, &[]);
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
    rig.assert_seen(2, 1, &[2500]);

    let rig = Rig::play([throttled(503, &[("retry-after", "2")]), user()]);
    let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRepeat);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(2)));
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn a_date_is_measured_against_the_date_of_its_reply() {
    assert_waits(429, &[DATE, ("retry-after", "Mon, 23 Nov 2026 10:00:10 GMT")], 10_500);
    assert_waits(429, &[DATE, ("retry-after", "Monday, 23-Nov-26 10:00:10 GMT")], 10_500);
    assert_waits(429, &[DATE, ("retry-after", "Mon Nov 23 10:00:10 2026")], 10_500);
}

#[test]
fn without_a_date_of_its_reply_a_date_is_measured_against_the_clock() {
    let ten = ("retry-after", "Mon, 23 Nov 2026 10:00:10 GMT");
    let rig = skewed(0, [throttled(429, &[ten]), user()]);
    rig.get().unwrap();
    rig.assert_seen(2, 1, &[10_500]);
    let rig = skewed(-20, [throttled(429, &[ten]), user()]);
    rig.get().unwrap();
    rig.assert_seen(2, 1, &[30_500]);
}

#[test]
fn a_date_in_the_past_is_now() {
    assert_waits(429, &[DATE, ("retry-after", "Mon, 23 Nov 2026 09:59:59 GMT")], 500);
    assert_waits(429, &[DATE, ("retry-after", "Thu, 01 Jan 1970 00:00:00 GMT")], 500);
}

#[test]
fn junk_is_no_hint() {
    for junk in
        ["-5", "inf", "", "NaN", "1.5", "1e3", "+1", "0x10", "soon", "2 seconds", "Mon, 99 Nov 2026 10:00:10 GMT"]
    {
        assert_waits(429, &[DATE, ("retry-after", junk)], 250);
    }
}

#[test]
fn a_hint_beyond_all_patience_ends_the_call_at_once() {
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
    let rig = Rig::new(server, TestClock::new(), |builder| builder.retry(policy));
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(2, 1, &[86_400_500]);
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
    Rig::new(Script::play(actions), TestClock::new(), |builder| builder.retry(policy))
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
    rig.assert_seen(4, 1, &[250, 500, 1000]);
}

#[test]
fn stalls_never_overrun_the_deadline_by_more_than_an_attempt() {
    let (attempt, total) = (Duration::from_millis(150), Duration::from_millis(400));
    let policy = RetryPolicy::default()
        .attempt_timeout(attempt)
        .total_timeout(total)
        .base_delay(Duration::from_millis(2))
        .max_attempts(1000);
    let server = Script::repeat(Action::stall());
    let rig = Rig::new(server, TestClock::new().with_real_time(), |builder| builder.retry(policy));
    let start = Instant::now();
    let error = rig.get().unwrap_err();
    let took = start.elapsed();
    assert_reply_lost(&error);
    assert_eq!(error.reason(), Some(GiveUpReason::DeadlineExceeded));
    assert!(error.elapsed() <= total + attempt, "{:?}", error.elapsed());
    assert!(took <= total + attempt, "{took:?}");
    let attempts = usize::try_from(error.attempts()).unwrap();
    assert!((2..=3).contains(&attempts), "{attempts}");
    let waits: Vec<u128> = rig.waits().iter().map(Duration::as_millis).collect();
    rig.assert_seen(attempts, attempts, &waits);
}

#[test]
fn the_last_attempt_is_cut_short_to_keep_the_deadline() {
    // The first attempt fails at once; its delay leaves a second and a bit of two minutes.
    let policy = RetryPolicy::default()
        .max_server_delay(Duration::from_secs(3600))
        .total_timeout(Duration::from_millis(120_700))
        .attempt_timeout(Duration::from_secs(30));
    let server = Script::play([throttled(429, &[("retry-after", "119")]), Action::stall(), user()]);
    let rig = Rig::new(server, TestClock::new().with_real_time(), |builder| builder.retry(policy));
    let start = Instant::now();
    let error = gave_up(rig.get(), 2, GiveUpReason::DeadlineExceeded);
    assert_reply_lost(&error);
    assert!(start.elapsed() < Duration::from_secs(10), "the attempt may not last as long as an attempt may");
    assert!(error.elapsed() >= Duration::from_millis(120_600) && error.elapsed() < Duration::from_secs(130));
    rig.assert_seen(2, 1, &[119_500]);
}
