//! The table "What happens when …" of the crate docs, line by line: each row's words stand here with what they promise, so
//! that neither can change alone. Every promise is kept by an [`Exchange`] and by the adapter over a socket.

use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use cloudinary_provisioning::GiveUpReason::{
    self, AttemptsExhausted, Cancelled, DeadlineExceeded, NotRetryable, ServerDelayTooLong, UnsafeToRetry,
};
use cloudinary_provisioning::{
    Account, Error, ErrorKind, Exchange, Operation, Outcome, Reading, RetryPolicy, Safety, Step, TransportError, users,
};
use cloudinary_provisioning_tests::clock::{Clock, HALF};
use cloudinary_provisioning_tests::faulty::{STALL, account, create, delete, get};
use cloudinary_provisioning_tests::script::{self, Action, Endpoint, Script, raw, user};
use cloudinary_provisioning_tests::tls;
use cloudinary_provisioning_ureq::{CancelFlag, Client};
use http::Response;

/// The largest body that is taken.
const LIMIT: u64 = 1000;
/// Half of the bound of the first delay.
const BACKOFF: Verdict = Retried(250);

use Verdict::{GivenUp, Retried};

/// What becomes of a first attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    /// After so many milliseconds.
    Retried(u128),
    GivenUp(GiveUpReason),
}

/// How an attempt ends: as an exchange is told, and on a socket.
struct Case {
    outcome: Box<dyn Fn() -> Outcome>,
    wire: Wire,
}

enum Wire {
    Plays(Action),
    /// Nobody responds there.
    Dead(String),
    Tls,
}

impl Case {
    fn new(outcome: impl Fn() -> Outcome + 'static, wire: Wire) -> Self {
        Self { outcome: Box::new(outcome), wire }
    }

    fn whole(response: Response<&'static str>) -> Self {
        let response = response.map(|body| body.as_bytes().to_vec());
        let wire = Wire::Plays(Action::respond(script::encode(&response)));
        Self::new(move || Outcome::Response(response.clone()), wire)
    }

    fn status(status: u16) -> Self {
        Self::whole(Response::builder().status(status).body("{}").unwrap())
    }

    /// A response whose connection ends within the body.
    fn truncated(status: u16, body: &'static str) -> Self {
        let response = Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap();
        let bytes = raw(&[&format!("{status} -"), "content-length: 100"], body);
        let wire = Wire::Plays(Action::respond(bytes).then_close());
        Self::new(move || Outcome::Truncated(response.clone(), None), wire)
    }

    fn lost(action: Action) -> Self {
        Self::new(|| TransportError::maybe_sent("lost").into(), Wire::Plays(action))
    }

    fn not_sent(origin: &str) -> Self {
        Self::new(|| TransportError::not_sent("refused").into(), Wire::Dead(origin.to_owned()))
    }
}

fn headed(status: u16, headers: &[(&str, &str)]) -> Case {
    let response = headers
        .iter()
        .fold(Response::builder().status(status), |response, (name, value)| response.header(*name, *value));
    Case::whole(response.body("{}").unwrap())
}

fn sample(elapsed: Duration) -> Reading {
    Reading::new(elapsed, SystemTime::UNIX_EPOCH + Clock::FIXTURE_DATE, HALF)
}

/// Makes an attempt that ends like this.
fn next<O: Operation>(exchange: &mut Exchange<O>, outcome: Outcome) -> Step<'_, O::Output> {
    let attempt = exchange.begin(Duration::ZERO).unwrap();
    exchange.on_outcome(attempt, outcome, sample(Duration::ZERO))
}

/// What an exchange makes of a first attempt, and whether it may have been applied.
fn by_exchange<O: Operation>(operation: O, case: &Case, policy: RetryPolicy) -> (Verdict, bool) {
    let account = Account::new("acc", "key", "secret").unwrap();
    let mut exchange = Exchange::new(&account, operation, policy).unwrap();
    match next(&mut exchange, (case.outcome)()) {
        Step::Retry(event) => (Retried(event.delay.as_millis()), event.cause.maybe_applied()),
        Step::Failed(error) => (GivenUp(error.reason().unwrap()), error.maybe_applied()),
        Step::Done(_) | Step::Send => panic!("the attempt fails"),
    }
}

/// The same of the adapter. Where it retries, the next attempt succeeds if there is a server.
fn over_socket<O: Operation<Output: Debug>>(operation: O, case: &Case, policy: RetryPolicy) -> (Verdict, bool) {
    let retried = Arc::new(Mutex::new(None));
    let first = Arc::clone(&retried);
    let (server, origin) = match &case.wire {
        Wire::Plays(action) => {
            let server = Script::play([action.clone(), user()]);
            let origin = server.origin();
            (Some(server), origin)
        }
        Wire::Dead(origin) => (None, origin.clone()),
        Wire::Tls => {
            let config = tls::config(&tls::certificate("127.0.0.1"), &[&rustls::version::TLS13]);
            let server = Script::repeat_over_tls(user(), config);
            let origin = server.origin();
            (Some(server), origin)
        }
    };
    let client = Client::builder(account(&origin))
        .proxy(None)
        .clock(Clock::new())
        .retry(policy)
        .timeout(STALL)
        .body_limit(LIMIT)
        .on_retry(move |event| {
            first.lock().unwrap().get_or_insert((Retried(event.delay.as_millis()), event.cause.maybe_applied()));
        })
        .build()
        .unwrap();
    let result = client.send(operation);
    let retried = retried.lock().unwrap().take();
    if let Some(seen) = retried {
        assert_eq!(result.is_ok(), server.is_some(), "{result:?}");
        return seen;
    }
    let error = result.unwrap_err();
    assert_eq!(error.attempts(), 1, "{error:?}");
    (GivenUp(error.reason().unwrap()), error.maybe_applied())
}

/// A row of the table: its cells for operations that are safe to retry, and for others.
struct Row<'r> {
    what: &'r str,
    safe: &'r str,
    not_safe: &'r str,
}

impl Row<'_> {
    /// The same verdict on all operations that are safe to retry, where those that change something may have been
    /// applied or not; and the one on a create, with whether it may have been applied.
    #[track_caller]
    fn holds(&self, case: &Case, safe: Verdict, may_apply: bool, not_safe: (Verdict, bool)) {
        self.holds_with(RetryPolicy::default(), case, safe, may_apply, not_safe);
        let what = self.what;
        for (cell, (verdict, applied)) in [(self.safe, (safe, may_apply)), (self.not_safe, not_safe)] {
            let told = ["retried", "given up"].into_iter().find(|words| cell.starts_with(words));
            match (told, verdict) {
                (Some("retried"), Retried(_)) | (None, _) => {}
                (Some("given up"), GivenUp(_)) => assert_eq!(cell.contains("may have been applied"), applied, "{what}"),
                _ => panic!("{what}: {cell} is not {verdict:?}"),
            }
        }
    }

    #[track_caller]
    fn holds_with(&self, policy: RetryPolicy, case: &Case, safe: Verdict, may_apply: bool, not_safe: (Verdict, bool)) {
        let what = self.what;
        assert_eq!(by_exchange(get(), case, policy), (safe, false), "{what}");
        assert_eq!(over_socket(get(), case, policy), (safe, false), "{what}");
        assert_eq!(by_exchange(delete(), case, policy), (safe, may_apply), "{what}");
        assert_eq!(over_socket(delete(), case, policy), (safe, may_apply), "{what}");
        assert_eq!(by_exchange(create(), case, policy), not_safe, "{what}");
        assert_eq!(over_socket(create(), case, policy), not_safe, "{what}");
    }

    /// The same verdict on every operation, which was certainly not applied.
    #[track_caller]
    fn holds_for_all(&self, case: &Case, verdict: Verdict) {
        self.holds(case, verdict, false, (verdict, false));
    }
}

/// The error of a create that ended like this.
fn create_fails(case: &Case) -> Error {
    let account = Account::new("acc", "key", "secret").unwrap();
    let mut exchange = Exchange::new(&account, create(), RetryPolicy::default()).unwrap();
    match next(&mut exchange, (case.outcome)()) {
        Step::Failed(error) => error,
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_row_of_the_table_holds() {
    let docs = include_str!("../../../crates/cloudinary-provisioning/src/guide/retries.rs");
    let rows: Vec<Row<'_>> = docs
        .lines()
        .skip_while(|line| *line != "//! | what happens | safe to retry | not safe |")
        .skip(2)
        .take_while(|line| line.starts_with("//! |"))
        .map(|line| {
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            Row { what: cells[1], safe: cells[2], not_safe: cells[3] }
        })
        .collect();
    assert!(rows.len() > 10, "{} rows", rows.len());
    for row in rows {
        check(&row);
    }
}

#[expect(clippy::too_many_lines, reason = "one arm for each row of the table")]
fn check(row: &Row<'_>) {
    let final_and_not_applied = GivenUp(NotRetryable);
    match row.what {
        "420, 429: throttled" => {
            for status in [420, 429] {
                row.holds_for_all(&Case::status(status), BACKOFF);
            }
        }
        "no connection: refused, name not resolved, connect timeout" => {
            let (refusing, silent) = (Endpoint::refusing(), Endpoint::silent());
            row.holds_for_all(&Case::not_sent(&refusing.origin()), BACKOFF);
            row.holds_for_all(&Case::not_sent("https://no-such-host.invalid"), BACKOFF);
            row.holds_for_all(&Case::not_sent(&format!("https://{}", silent.address())), BACKOFF);
        }
        "408, 500, 502, 503, 504" => {
            for status in [408, 500, 502, 503, 504] {
                row.holds(&Case::status(status), BACKOFF, true, (GivenUp(UnsafeToRetry), true));
            }
        }
        "reset, end of connection, timeout, protocol error" => {
            for action in
                [Action::reset(), Action::close(), Action::stall(), Action::respond("SSH-2.0\r\n").then_close()]
            {
                row.holds(&Case::lost(action), BACKOFF, true, (GivenUp(UnsafeToRetry), true));
            }
        }
        "a success whose body is truncated, or whose JSON ends early" => {
            for case in [Case::truncated(200, r#"{"id":"u1"}"#), Case::whole(Response::new(r#"{"id":"u"#))] {
                row.holds(&case, BACKOFF, true, (GivenUp(UnsafeToRetry), true));
                let error = create_fails(&case);
                assert!(matches!(error.kind(), ErrorKind::Truncated(_)), "{error:?}");
                assert_eq!(error.status().unwrap(), 200);
            }
        }
        "a success whose body is empty where one is documented" => {
            for status in [200, 201, 204] {
                let case = Case::whole(Response::builder().status(status).body("").unwrap());
                // Deleting has no documented body that matters.
                assert_eq!(by_exchange(get(), &case, RetryPolicy::default()), (GivenUp(NotRetryable), false));
                assert_eq!(over_socket(get(), &case, RetryPolicy::default()), (GivenUp(NotRetryable), false));
                for seen in [by_exchange, over_socket] {
                    assert_eq!(seen(create(), &case, RetryPolicy::default()), (GivenUp(NotRetryable), true));
                }
                assert!(matches!(create_fails(&case).kind(), ErrorKind::Decode { .. }));
            }
        }
        "an error response whose body is truncated or no JSON" => {
            for body in ["<html>", r#"{"error":{"mess"#] {
                for case in
                    [Case::truncated(409, body), Case::whole(Response::builder().status(409).body(body).unwrap())]
                {
                    row.holds_for_all(&case, final_and_not_applied);
                    let error = create_fails(&case);
                    assert!(matches!(error.kind(), ErrorKind::Status), "{error:?}");
                    assert_eq!((error.status().unwrap().as_u16(), error.body()), (409, Some(body.as_bytes())));
                }
                row.holds_for_all(&Case::truncated(429, body), BACKOFF);
                row.holds(&Case::truncated(503, body), BACKOFF, true, (GivenUp(UnsafeToRetry), true));
            }
        }
        "a certificate that is not trusted" => {
            let outcome = || TransportError::permanent("invalid peer certificate").into();
            row.holds_for_all(&Case::new(outcome, Wire::Tls), final_and_not_applied);
        }
        "a redirect" => {
            for status in [301, 302, 307, 308] {
                row.holds_for_all(&headed(status, &[("location", "https://example.com/")]), final_and_not_applied);
            }
        }
        "303, 501, any status from 505 on" => {
            for status in [303, 501, 505, 511, 599, 600, 999] {
                row.holds(&Case::status(status), GivenUp(NotRetryable), true, (GivenUp(NotRetryable), true));
            }
        }
        "any other status" => {
            for status in [304, 400, 401, 403, 404, 405, 409, 410, 418, 422, 499] {
                row.holds_for_all(
                    &Case::whole(Response::builder().status(status).body("").unwrap()),
                    final_and_not_applied,
                );
            }
        }
        "a success that is not the expected JSON, or is larger than allowed" => {
            let large = Response::new("x".repeat(2000).into_bytes());
            let wire = Wire::Plays(Action::respond(script::encode(&large)));
            let large = Case::new(move || Outcome::TooLarge(large.clone(), LIMIT), wire);
            for case in [Case::whole(Response::new("[]")), Case::whole(Response::new("<html>")), large] {
                row.holds(&case, GivenUp(NotRetryable), true, (GivenUp(NotRetryable), true));
            }
        }
        "the response asks for a delay, as below" => {
            let hint = [("retry-after", "7")];
            let spent = [
                ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
                ("x-featureratelimit-remaining", "0"),
                ("x-featureratelimit-reset", "Wed, 21 Oct 2015 07:28:07 GMT"),
            ];
            row.holds_for_all(&headed(429, &hint), Retried(7_500));
            row.holds_for_all(&headed(420, &spent), Retried(7_500));
            row.holds(&headed(503, &hint), Retried(7_500), true, (GivenUp(UnsafeToRetry), true));
        }
        "… longer than [`RetryPolicy::max_server_delay`]" => {
            let long = headed(429, &[("retry-after", "61")]);
            row.holds_for_all(&long, GivenUp(ServerDelayTooLong));
            assert_eq!(create_fails(&long).retry_after(), Some(Duration::from_secs(61)));
        }
        "the delay and another attempt do not fit into [`RetryPolicy::total_timeout`]" => {
            // The attempt's own timeout is the least that the next one needs.
            let short = RetryPolicy::default().attempt_timeout(STALL).total_timeout(Duration::from_millis(600));
            for (case, may_apply) in [(headed(429, &[]), false), (Case::status(503), true)] {
                let create = if may_apply { UnsafeToRetry } else { DeadlineExceeded };
                row.holds_with(short, &case, GivenUp(DeadlineExceeded), may_apply, (GivenUp(create), may_apply));
            }
        }
        "the sleep takes longer than the time left" => late(),
        "the call is cancelled" => cancelled(),
        "a 404 on a delete, or a 409 on a change, after an attempt whose response was lost" => {
            after_a_lost_response(delete(), 404, RetryPolicy::default());
            after_a_lost_response(users::Update::new("u1").enabled(false), 409, RetryPolicy::default());
            after_a_lost_response(create(), 409, RetryPolicy::default().retry_unsafe(true));
        }
        other => panic!("nothing holds this row: {other}"),
    }
}

fn cancelled() {
    let busy = || Response::builder().status(429).body(Vec::new()).unwrap();
    let flag = CancelFlag::new();
    let (cancelled, client) = (flag.clone(), Client::builder(account("http://127.0.0.1:1")));
    let client = client
        .cancel_flag(flag)
        .transport(move |_: &_, _| {
            cancelled.cancel();
            busy()
        })
        .build()
        .unwrap();
    let error = client.send(create()).unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (Some(Cancelled), 1));
    assert!(error.is_rate_limited(), "{error:?}");
    let error = client.send(create()).unwrap_err();
    assert_eq!((error.reason(), error.attempts(), error.status()), (Some(Cancelled), 0, None));
}

fn late() {
    #[track_caller]
    fn assert_last(error: &Error) {
        assert_eq!((error.reason(), error.attempts()), (Some(DeadlineExceeded), 1), "{error:?}");
        assert_eq!((error.status().unwrap().as_u16(), error.message()), (429, Some("slow down")));
    }
    let busy = Response::builder().status(429).body(br#"{"error":{"message":"slow down"}}"#.to_vec()).unwrap();
    let account_at = |origin: &str| account(origin);
    let mut exchange = Exchange::new(&account_at("http://127.0.0.1:1"), create(), RetryPolicy::default()).unwrap();
    assert!(matches!(next(&mut exchange, busy.clone().into()), Step::Retry(_)));
    assert_last(&exchange.begin(Duration::from_secs(120)).unwrap_err());

    let server = Script::play([Action::respond(script::encode(&busy)), user()]);
    let clock = Clock::new().oversleeping(Duration::from_secs(120));
    let client = Client::builder(account_at(&server.origin())).proxy(None).clock(clock).build().unwrap();
    assert_last(&client.send(create()).unwrap_err());
    assert_eq!(server.requests().len(), 1);
}

fn after_a_lost_response<O: Operation<Output: Debug>>(operation: O, status: u16, policy: RetryPolicy) {
    #[track_caller]
    fn assert_maybe_applied(error: &Error, status: u16) {
        assert_eq!((error.attempts(), error.maybe_applied()), (2, true), "{error:?}");
        assert_eq!((error.status().unwrap().as_u16(), error.reason()), (status, Some(NotRetryable)));
    }
    let refused = Response::builder().status(status).body(b"{}".to_vec()).unwrap();
    let server = Script::play([Action::close(), Action::respond(script::encode(&refused))]);
    let client = Client::builder(account(&server.origin())).proxy(None).clock(Clock::new()).build().unwrap();
    assert_maybe_applied(&client.call(&operation).retry(policy).send().unwrap_err(), status);

    let mut exchange = Exchange::new(client.account(), operation, policy).unwrap();
    let lost = TransportError::maybe_sent("lost").into();
    assert!(matches!(next(&mut exchange, lost), Step::Retry(_)));
    match next(&mut exchange, refused.into()) {
        Step::Failed(error) => assert_maybe_applied(&error, status),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_404_or_409_without_a_lost_response_was_not_applied() {
    for status in [404, 409] {
        let case = Case::status(status);
        for seen in [by_exchange, over_socket] {
            assert_eq!(seen(create(), &case, RetryPolicy::default()), (GivenUp(NotRetryable), false));
        }
        for seen in [by_exchange, over_socket] {
            assert_eq!(seen(delete(), &case, RetryPolicy::default()), (GivenUp(NotRetryable), false));
        }
    }
}

#[test]
fn there_are_three_attempts() {
    let account = account("http://127.0.0.1:1");
    let mut exchange = Exchange::new(&account, get(), RetryPolicy::default()).unwrap();
    let mut next = || match next(&mut exchange, TransportError::maybe_sent("x").into()) {
        Step::Retry(event) => Ok(event.delay.as_millis()),
        Step::Failed(error) => Err(error.reason()),
        Step::Done(_) | Step::Send => panic!("it fails"),
    };
    assert_eq!([next(), next(), next()], [Ok(250), Ok(500), Err(Some(AttemptsExhausted))]);
}

#[test]
fn the_operations_of_these_tests_are_what_the_table_tells_apart() {
    assert_eq!(
        [get().safety(), delete().safety(), create().safety()],
        [Safety::Safe, Safety::Idempotent, Safety::NotIdempotent]
    );
}
