//! The table "What happens when …" of the crate docs, line by line: each row's words stand here with what they promise,
//! so that neither can change alone. The same over sockets is in `faults*.rs` and `tls.rs`.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a failure here is a failed test")]

use std::time::{Duration, SystemTime};

use cloudinary_provisioning::Decision::{self, GiveUp, Wait};
use cloudinary_provisioning::GiveUpReason::{
    AttemptsExhausted, DeadlineExceeded, Permanent, ServerDelayTooLong, UnsafeToRepeat,
};
use cloudinary_provisioning::{Account, Attempt, Exchange, FailureCause, Fault, Incomplete, Moment, Operation};
use cloudinary_provisioning::{ResponseError, Retry, RetryPolicy, Safety, Step, users};
use http::{HeaderMap, Response, StatusCode};

/// Half of the greatest jitter: delays are half of their bound.
const JITTER: u64 = 1 << 63;
const BACKOFF: Decision = Wait(Duration::from_millis(250));

fn moment() -> Moment {
    Moment::new(Duration::ZERO, SystemTime::UNIX_EPOCH, JITTER)
}

/// What a first attempt decides, and whether the account may have been changed.
fn decide(attempt: Attempt<'_>, safety: Safety) -> (Decision, bool) {
    let mut retry = Retry::new(RetryPolicy::default(), safety);
    (retry.next(attempt, moment()), retry.maybe_applied())
}

/// `safe` of operations that only read, and of those that change something and can be repeated; `not_safe` of others.
fn assert_row(attempt: Attempt<'_>, safe: Decision, may_apply: bool, not_safe: (Decision, bool)) {
    assert_eq!(decide(attempt, Safety::Safe), (safe, false), "{attempt:?}");
    assert_eq!(decide(attempt, Safety::Idempotent), (safe, may_apply), "{attempt:?}");
    assert_eq!(decide(attempt, Safety::NotIdempotent), not_safe, "{attempt:?}");
}

fn replied(status: u16, headers: &HeaderMap) -> Attempt<'_> {
    Attempt::Replied { status: StatusCode::from_u16(status).unwrap(), headers }
}

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

fn exchange<O: Operation>(
    operation: &O,
    tell: impl FnOnce(&mut Exchange<'_, O>) -> Step<O::Output>,
) -> Step<O::Output> {
    let account = Account::new("acc", "key", "secret").unwrap();
    tell(&mut Exchange::new(&account, operation, RetryPolicy::default()).unwrap())
}

/// The error of a create that got this reply.
fn create_fails(reply: &Response<Vec<u8>>, whole: bool) -> (ResponseError, bool) {
    let create = users::Create::new("John", "john@example.com");
    let step = exchange(&create, |exchange| {
        if whole {
            exchange.on_response(reply.clone(), moment())
        } else {
            exchange.on_incomplete(reply.clone(), Incomplete::CutOff, moment())
        }
    });
    match step {
        Step::Failed(failure) => match failure.cause {
            FailureCause::Response(error) => (error, failure.give_up.maybe_applied),
            FailureCause::Fault(fault) => panic!("{fault}"),
        },
        other => panic!("{other:?}"),
    }
}

fn reply(status: u16, body: &str) -> Response<Vec<u8>> {
    Response::builder().status(status).body(body.into()).unwrap()
}

#[test]
fn every_row_of_the_table_holds() {
    let docs = include_str!("../../crates/cloudinary-provisioning/src/lib.rs");
    let rows: Vec<&str> = docs
        .lines()
        .skip_while(|line| *line != "//! | what happens | safe to repeat | not safe |")
        .skip(2)
        .take_while(|line| line.starts_with("//! |"))
        .map(|line| line.split('|').nth(1).unwrap().trim())
        .collect();
    assert!(!rows.is_empty());
    for row in rows {
        check(row);
    }
}

fn check(row: &str) {
    let none = HeaderMap::new();
    match row {
        "420, 429: throttled" => {
            for status in [420, 429] {
                assert_row(replied(status, &none), BACKOFF, false, (BACKOFF, false));
            }
        }
        "no connection: refused, name not resolved, connect timeout" => {
            assert_row(Attempt::NotSent, BACKOFF, false, (BACKOFF, false));
        }
        "408, 500, 502, 503, 504" => {
            for status in [408, 500, 502, 503, 504] {
                assert_row(replied(status, &none), BACKOFF, true, (GiveUp(UnsafeToRepeat), true));
            }
        }
        "reset, end of connection, timeout, protocol fault" => {
            assert_row(Attempt::MaybeSent, BACKOFF, true, (GiveUp(UnsafeToRepeat), true));
        }
        "a success whose body is cut off, or whose JSON ends early" => {
            assert_row(Attempt::BodyLost, BACKOFF, true, (GiveUp(UnsafeToRepeat), true));
            for (body, whole) in [(r#"{"id":"u1"}"#, false), (r#"{"id":"u"#, true)] {
                let (error, maybe_applied) = create_fails(&reply(200, body), whole);
                assert!(matches!(error, ResponseError::Incomplete(_)), "{error:?}");
                assert_eq!((error.status().as_u16(), maybe_applied), (200, true));
            }
        }
        "an error reply whose body is cut off or no JSON" => {
            for (body, whole) in [("<html>", true), (r#"{"error":{"mess"#, false)] {
                let (error, maybe_applied) = create_fails(&reply(409, body), whole);
                assert!(matches!(error, ResponseError::Api(_)), "{error:?}");
                assert_eq!((error.status().as_u16(), error.body(), maybe_applied), (409, body.as_bytes(), false));
            }
            let get = users::Get::new("u1");
            let throttled = reply(429, "<html");
            let step = exchange(&get, |exchange| exchange.on_incomplete(throttled, Incomplete::CutOff, moment()));
            assert!(matches!(step, Step::Wait(_)), "{step:?}");
        }
        "a certificate that is not trusted" => {
            assert_row(Attempt::Refused, GiveUp(Permanent), false, (GiveUp(Permanent), false));
        }
        "a redirect" => {
            let elsewhere = headers(&[("location", "https://example.com/")]);
            for status in [301, 302, 303, 307, 308] {
                assert_row(replied(status, &elsewhere), GiveUp(Permanent), false, (GiveUp(Permanent), false));
            }
        }
        "any other status" => {
            for status in [304, 400, 401, 403, 404, 405, 409, 410, 418, 422] {
                assert_row(replied(status, &none), GiveUp(Permanent), false, (GiveUp(Permanent), false));
            }
        }
        "a success that is not the expected JSON, or is larger than allowed" => {
            assert_row(Attempt::BodyUnusable, GiveUp(Permanent), true, (GiveUp(Permanent), true));
            let (error, maybe_applied) = create_fails(&reply(200, "[]"), true);
            assert!(matches!(error, ResponseError::Decode(_)) && maybe_applied, "{error:?}");
        }
        "`Retry-After`, or nothing remaining until a reset" => {
            let told = headers(&[("retry-after", "7")]);
            let spent = headers(&[
                ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
                ("x-featureratelimit-remaining", "0"),
                ("x-featureratelimit-reset", "Wed, 21 Oct 2015 07:28:07 GMT"),
            ]);
            let waited = Wait(Duration::from_millis(7_500));
            assert_row(replied(429, &told), waited, false, (waited, false));
            assert_row(replied(420, &spent), waited, false, (waited, false));
            assert_row(replied(503, &told), waited, true, (GiveUp(UnsafeToRepeat), true));
        }
        "… longer than [`RetryPolicy::max_server_delay`]" => {
            let long = headers(&[("retry-after", "61")]);
            let too_long = GiveUp(ServerDelayTooLong);
            assert_row(replied(429, &long), too_long, false, (too_long, false));
            let refused = Response::builder().status(429).header("retry-after", "61").body(Vec::new()).unwrap();
            let (ResponseError::Api(error), _) = create_fails(&refused, true) else { panic!() };
            assert_eq!(error.retry_after(SystemTime::UNIX_EPOCH), Some(Duration::from_secs(61)));
        }
        "delay and another attempt do not fit into [`RetryPolicy::total_timeout`]" => {
            let mut retry = Retry::new(RetryPolicy::default(), Safety::Safe);
            let late = Moment::new(Duration::from_secs(119), SystemTime::UNIX_EPOCH, JITTER);
            assert_eq!(retry.next(Attempt::MaybeSent, late), GiveUp(DeadlineExceeded));
        }
        "a 404 on a delete after an attempt whose reply was lost" => {
            let delete = users::Delete::new("u1");
            let step = exchange(&delete, |exchange| {
                assert!(matches!(exchange.on_fault(Fault::MaybeSent, moment()), Step::Wait(_)));
                exchange.on_response(reply(404, "{}"), moment())
            });
            let Step::Failed(failure) = step else { panic!("{step:?}") };
            assert_eq!((failure.give_up.attempts, failure.give_up.maybe_applied), (2, true));
        }
        other => panic!("nothing holds this row: {other}"),
    }
}

#[test]
fn three_attempts_are_all_there_are() {
    let mut retry = Retry::new(RetryPolicy::default(), Safety::Safe);
    assert_eq!(retry.next(Attempt::MaybeSent, moment()), BACKOFF);
    assert_eq!(retry.next(Attempt::MaybeSent, moment()), Wait(Duration::from_millis(500)));
    assert_eq!(retry.next(Attempt::MaybeSent, moment()), GiveUp(AttemptsExhausted));
}
