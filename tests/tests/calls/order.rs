//! The steps of a call, taken by hand: in their order, and to their end.

use std::time::Duration;

use cloudinary_provisioning::http::Response;
use cloudinary_provisioning::{
    Error, ErrorKind, Exchange, GiveUpReason, Operation, Outcome, Reading, RetryPolicy, Step, TransportError, users,
};
use cloudinary_provisioning_tests::faulty::account;

const SECOND: Duration = Duration::from_secs(1);

fn exchange<O: Operation>(operation: O) -> Exchange<O> {
    Exchange::new(&account("https://api.cloudinary.com"), operation, RetryPolicy::default()).unwrap()
}

fn at(now: Duration) -> Reading {
    Reading::new(now, std::time::SystemTime::UNIX_EPOCH, 0)
}

fn outcome(status: u16) -> Outcome {
    Response::builder().status(status).body(br#"{"id":"u1"}"#.to_vec()).unwrap().into()
}

fn get() -> users::Get {
    users::Get::new("u1")
}

#[track_caller]
fn assert_out_of_order(error: &Error) {
    assert!(matches!(error.kind(), ErrorKind::OutOfOrder), "{error:?}");
}

#[track_caller]
fn failed<T: std::fmt::Debug>(step: Step<'_, T>) -> Error {
    match step {
        Step::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_attempt_cannot_begin_while_another_is_open_which_goes_on() {
    let mut call = exchange(get());
    let attempt = call.begin(Duration::ZERO).unwrap();
    assert_out_of_order(&call.begin(SECOND).unwrap_err());
    assert!(matches!(call.on_outcome(attempt, outcome(200), at(SECOND)), Step::Done(_)));
}

#[test]
fn nothing_begins_after_the_end() {
    let mut call = exchange(get());
    let attempt = call.begin(Duration::ZERO).unwrap();
    assert!(matches!(call.on_outcome(attempt, outcome(200), at(SECOND)), Step::Done(_)));
    assert_out_of_order(&call.begin(SECOND).unwrap_err());

    let mut call = exchange(get());
    let attempt = call.begin(Duration::ZERO).unwrap();
    assert_eq!(failed(call.on_outcome(attempt, outcome(404), at(SECOND))).attempts(), 1);
    assert_out_of_order(&call.begin(SECOND).unwrap_err());
}

#[test]
fn the_attempt_of_another_call_is_refused() {
    let (mut call, mut other) = (exchange(get()), exchange(get()));
    let first = other.begin(Duration::ZERO).unwrap();
    assert!(matches!(other.on_outcome(first, outcome(503), at(SECOND)), Step::Retry(_)));
    let second = other.begin(SECOND).unwrap();
    assert_eq!((second.number(), second.operation()), (2, "getUser"));

    let own = call.begin(Duration::ZERO).unwrap();
    assert_out_of_order(&failed(call.on_outcome(second, outcome(200), at(SECOND))));
    assert!(matches!(call.on_outcome(own, outcome(200), at(SECOND)), Step::Done(_)));
}

#[test]
fn a_call_that_is_cancelled_says_what_is_known_of_it() {
    let mut call = exchange(users::Delete::new("u1"));
    let error = call.cancel(SECOND);
    assert_eq!((error.reason(), error.attempts(), error.maybe_applied()), (Some(GiveUpReason::Cancelled), 0, false));
    assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::NotSent(_))), "{error:?}");
    assert_out_of_order(&call.begin(SECOND).unwrap_err());

    // On the wire.
    let mut call = exchange(users::Delete::new("u1"));
    let _on_the_wire = call.begin(Duration::ZERO).unwrap();
    let error = call.cancel(SECOND);
    assert_eq!((error.reason(), error.attempts(), error.maybe_applied()), (Some(GiveUpReason::Cancelled), 1, true));
    assert_eq!(error.elapsed(), SECOND);

    // Before a retry.
    let mut call = exchange(users::Delete::new("u1"));
    let attempt = call.begin(Duration::ZERO).unwrap();
    assert!(matches!(call.on_outcome(attempt, outcome(503), at(SECOND)), Step::Retry(_)));
    let error = call.cancel(2 * SECOND);
    assert_eq!((error.reason(), error.attempts(), error.maybe_applied()), (Some(GiveUpReason::Cancelled), 1, true));
    assert_eq!(error.status().unwrap(), 503);
}

#[test]
fn a_call_that_is_abandoned_may_have_been_applied_if_it_changes_something() {
    fn abandoned<O: Operation>(operation: O) -> Error {
        let mut call = exchange(operation);
        let _on_the_wire = call.begin(SECOND).unwrap();
        let error = call.abandon(TransportError::maybe_sent("the driver panicked"));
        assert_out_of_order(&call.begin(SECOND).unwrap_err());
        assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::MaybeSent(_))), "{error:?}");
        error
    }
    for (error, maybe_applied) in [
        (abandoned(get()), false),
        (abandoned(users::Delete::new("u1")), true),
        (abandoned(users::Create::new("Jo", "jo@example.com")), true),
    ] {
        assert_eq!((error.attempts(), error.maybe_applied()), (1, maybe_applied), "{error:?}");
        assert_eq!(error.reason(), Some(GiveUpReason::NotRetryable));
    }
}

#[test]
fn the_time_of_a_call_begins_where_it_starts_to_wait() {
    let policy = RetryPolicy::default().total_timeout(10 * SECOND);
    let mut call = Exchange::new(&account("https://api.cloudinary.com"), get(), policy).unwrap();
    call.start(5 * SECOND);
    assert_eq!(call.time_left(7 * SECOND).unwrap(), 8 * SECOND);
    assert!(call.check_wait(6 * SECOND, 7 * SECOND).is_ok());
    assert_eq!(call.begin(7 * SECOND).unwrap().timeout(), 8 * SECOND);

    let mut call = Exchange::new(&account("https://api.cloudinary.com"), get(), policy).unwrap();
    call.start(5 * SECOND);
    let error = call.check_wait(8 * SECOND, 7 * SECOND).unwrap_err();
    assert_eq!((error.reason(), error.retry_after()), (Some(GiveUpReason::DeadlineExceeded), Some(8 * SECOND)));
    assert_out_of_order(&call.begin(7 * SECOND).unwrap_err());

    let mut call = Exchange::new(&account("https://api.cloudinary.com"), get(), policy).unwrap();
    call.start(5 * SECOND);
    let error = call.time_left(15 * SECOND).unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (Some(GiveUpReason::DeadlineExceeded), 0));
    assert_eq!(error.elapsed(), 10 * SECOND);
}

#[test]
fn a_patient_call_waits_as_long_as_the_service_asks_within_its_hours() {
    let minute = 60 * SECOND;
    let patient = || Exchange::new(&account("https://api.cloudinary.com"), get(), RetryPolicy::patient()).unwrap();
    // A second of it may be jitter.
    assert!(patient().check_wait(90 * minute + SECOND, Duration::ZERO).is_ok());
    let error = patient().check_wait(90 * minute + 2 * SECOND, Duration::ZERO).unwrap_err();
    assert_eq!(error.reason(), Some(GiveUpReason::ServerDelayTooLong));

    let mut call = patient();
    call.start(Duration::ZERO);
    assert_eq!(call.time_left(60 * minute).unwrap(), 5 * 60 * minute);
}
