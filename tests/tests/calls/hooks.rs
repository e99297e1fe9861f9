//! Another transport than ureq, and the hooks that are told of every attempt and of every retry.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudinary_provisioning::{ErrorKind, GiveUpReason, Outcome, RetryPolicy, TransportError, users};
use cloudinary_provisioning_fake::{FakeAccount, Fault, Framing, NewUser};
use cloudinary_provisioning_tests::clock::Clock;
use cloudinary_provisioning_tests::faulty::{
    Rig, account, assert_body_lost, assert_response_lost, create, gave_up, get, status_of,
};
use cloudinary_provisioning_tests::script::{self, Action, Script, user};
use cloudinary_provisioning_ureq::{Client, ClientBuilder, ConfigError};
use http::{Request, Response};

/// An account in memory, and a client of it without a socket.
fn in_memory(
    fake: FakeAccount,
    configure: impl FnOnce(ClientBuilder) -> ClientBuilder,
) -> (Arc<Mutex<FakeAccount>>, Client) {
    let fake = Arc::new(Mutex::new(fake));
    let served = Arc::clone(&fake);
    let transport = move |request: &Request<Vec<u8>>, _: Duration| -> Outcome {
        match served.lock().unwrap().try_respond(request.clone()) {
            Ok(response) => response.into(),
            Err(lost) => TransportError::maybe_sent(format!("{lost:?}")).into(),
        }
    };
    let builder = Client::builder(account("http://127.0.0.1:1")).clock(Clock::new()).transport(transport);
    (fake, configure(builder).build().unwrap())
}

fn fake() -> FakeAccount {
    let users = (1..=5).map(|n| NewUser::new(format!("User {n}"), format!("{n}@example.com")).id(format!("u{n}")));
    FakeAccount::new("acc", "KEY", "SECRET").with_page_cap(2).with_users(users)
}

/// What a program does that keeps an account in step with a list: nobody too few, nobody too many.
fn sync(client: &Client, wanted: &[&str]) -> Result<(), cloudinary_provisioning_ureq::Error> {
    let there: Vec<users::User> = client.items(users::List::new()).collect::<Result<_, _>>()?;
    let emails: Vec<&str> = there.iter().filter_map(|user| user.email.as_deref()).collect();
    for email in wanted.iter().filter(|email| !emails.contains(email)) {
        client.send(users::Create::new("New", *email))?;
    }
    for user in there.iter().filter(|user| !wanted.contains(&user.email.as_deref().unwrap_or_default())) {
        match client.send(users::Delete::new(&user.id)) {
            Err(error) if !error.is_not_found() => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

#[test]
fn a_whole_program_runs_without_a_socket() {
    // A page is throttled, a create is throttled, and the response to a delete is lost.
    let script = [Fault::response(), Fault::throttled(3), Fault::response(), Fault::response(), Fault::response()];
    let script = script.into_iter().chain([Fault::throttled(0), Fault::response(), Fault::status(503).applied()]);
    let (fake, client) = in_memory(fake().with_script(script), |builder| builder);
    sync(&client, &["2@example.com", "4@example.com", "6@example.com"]).unwrap();
    let fake = fake.lock().unwrap();
    let emails: Vec<&str> = fake.users().map(|user| user.email.as_str()).collect();
    assert_eq!(emails, ["2@example.com", "4@example.com", "6@example.com"]);
    assert_eq!(fake.faults_left(), 0);
}

#[test]
fn a_transport_ends_an_attempt_in_every_way_that_a_socket_does() {
    let (fake, client) = in_memory(fake(), |builder| builder);
    let script = |faults: Vec<Fault>| fake.lock().unwrap().script(faults);
    script(vec![Fault::close().applied()]);
    let error = gave_up(client.send(create()), 1, GiveUpReason::UnsafeToRetry);
    assert_response_lost(&error);
    assert!(error.maybe_applied());

    script(vec![Fault::reset(), Fault::status(500)]);
    assert_eq!(client.call(get()).response().unwrap().attempts(), 3);
    script(vec![Fault::response().truncated(Framing::Chunked)]);
    assert_eq!(client.call(get()).response().unwrap().attempts(), 2);

    let truncated = |_: &Request<Vec<u8>>, _| Outcome::Truncated(Response::new(b"{".to_vec()), None);
    let client = Client::builder(account("http://127.0.0.1:1")).transport(truncated).build().unwrap();
    assert_body_lost(&client.send(create()).unwrap_err(), 200);
    let large = |_: &Request<Vec<u8>>, _| Outcome::TooLarge(Response::new(b"{".to_vec()), 1);
    let client = Client::builder(account("http://127.0.0.1:1")).transport(large).build().unwrap();
    assert!(matches!(client.send(create()).unwrap_err().kind(), ErrorKind::TooLarge { limit: 1 }));
}

#[test]
fn a_transport_is_given_the_time_of_the_attempt_and_asked_for_fresh_connections() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let calls = Arc::clone(&seen);
    let transport = move |request: &Request<Vec<u8>>, timeout: Duration| {
        let fresh = request.extensions().get::<cloudinary_provisioning::FreshConnection>().is_some();
        calls.lock().unwrap().push((timeout.as_secs(), fresh));
        script_of(503)
    };
    let client =
        Client::builder(account("https://api.example.com")).clock(Clock::new()).transport(transport).build().unwrap();
    client.call(get()).timeout(Duration::from_secs(7)).send().unwrap_err();
    client.send(create()).unwrap_err();
    assert_eq!(*seen.lock().unwrap(), [(7, false), (7, true), (7, true), (30, true)]);
}

fn script_of(status: u16) -> Response<Vec<u8>> {
    Response::builder().status(status).body(Vec::new()).unwrap()
}

#[test]
fn a_transport_comes_with_its_own_settings() {
    let builder = || Client::builder(account("http://127.0.0.1:1")).transport(|_: &_, _| script_of(200));
    assert!(builder().build().is_ok());
    for configured in [
        builder().proxy(None),
        builder().connect_timeout(Duration::from_secs(1)),
        builder().body_limit(1),
        builder().agent(ureq::agent()),
    ] {
        let error = configured.build().unwrap_err();
        let ErrorKind::Config(config) = error.kind() else { panic!("{error:?}") };
        assert_eq!(config.downcast_ref(), Some(&ConfigError::TransportIsConfigured));
    }
}

#[test]
fn a_transport_that_panics_leaves_the_client_usable() {
    let attempts = Arc::new(AtomicUsize::new(0));
    let attempt = Arc::clone(&attempts);
    let transport = move |_: &Request<Vec<u8>>, _| match attempt.fetch_add(1, Ordering::Relaxed) {
        // One attempt at a time is allowed from here on.
        0 => script_of(429),
        1 | 2 => panic!("a defect of the transport"),
        _ => Response::new(script::USER.as_bytes().to_vec()),
    };
    let client =
        Client::builder(account("http://127.0.0.1:1")).clock(Clock::new()).transport(transport).build().unwrap();
    client.call(get()).retry(RetryPolicy::none()).send().unwrap_err();
    for _ in 0..2 {
        assert!(catch_unwind(AssertUnwindSafe(|| client.send(get()))).is_err());
    }
    // An attempt that were still taken to be in flight would be waited for without an end.
    assert_eq!(client.send(get()).unwrap().id, "u1");
}

#[test]
fn a_hook_is_told_of_every_attempt() {
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&attempts);
    let clock = Clock::new();
    let responses = [
        Action::close(),
        Action::respond(script::response(503, &[("x-request-id", "r2")], "")),
        Action::respond(script::response(
            200,
            &[("x-request-id", "r3"), ("x-featureratelimit-remaining", "41")],
            script::USER,
        )),
        Action::respond(script::response(409, &[], "")),
    ];
    let rig = Rig::new(Script::play(responses), clock, |builder| {
        builder.on_attempt(move |event| {
            told.lock().unwrap().push((
                event.operation,
                event.attempt,
                event.status().map(|status| status.as_u16()),
                event.request_id().map(str::to_owned),
                event.rate_limit().remaining,
            ));
            assert_eq!(matches!(event.outcome, Outcome::Failed(_)), event.status().is_none());
        })
    });
    rig.get().unwrap();
    rig.create().unwrap_err();
    let text = |text: &str| Some(text.to_owned());
    assert_eq!(
        *attempts.lock().unwrap(),
        [
            ("getUser", 1, None, None, None),
            ("getUser", 2, Some(503), text("r2"), None),
            ("getUser", 3, Some(200), text("r3"), Some(41)),
            ("createUser", 1, Some(409), None, None),
        ]
    );
}

#[test]
fn a_hook_is_told_how_long_an_attempt_took() {
    let (clock, durations) = (Clock::new(), Arc::new(Mutex::new(Vec::new())));
    let (time, told) = (clock.clone(), Arc::clone(&durations));
    let client = Client::builder(account("http://127.0.0.1:1"))
        .clock(clock)
        .transport(move |_: &_, _| {
            time.advance(Duration::from_millis(70));
            script_of(503)
        })
        .on_attempt(move |event| told.lock().unwrap().push(event.duration.as_millis()))
        .build()
        .unwrap();
    let error = gave_up(client.send(get()), 3, GiveUpReason::AttemptsExhausted);
    assert_eq!(*durations.lock().unwrap(), [70, 70, 70]);
    assert_eq!(error.elapsed(), Duration::from_millis(3 * 70 + 250 + 500));
}

#[test]
fn a_hook_is_told_of_every_retry_with_its_cause() {
    let events = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&events);
    let throttled = Action::respond(script::response(429, &[("retry-after", "2"), ("x-request-id", "r1")], ""));
    let server = Script::play([throttled, Action::reset(), user()]);
    let client = Client::builder(account(&server.origin()))
        .proxy(None)
        .clock(Clock::new())
        .on_retry(move |event| {
            let cause = event.cause;
            if event.attempt == 1 {
                assert_eq!((status_of(cause), cause.request_id(), cause.is_rate_limited()), (429, Some("r1"), true));
                assert_eq!(cause.retry_after(), Some(Duration::from_secs(2)));
            } else {
                assert_response_lost(cause);
            }
            assert!(!cause.maybe_applied(), "reading changes nothing");
            told.lock().unwrap().push((event.operation, event.attempt, event.delay.as_millis(), event.to_string()));
        })
        .build()
        .unwrap();
    client.send(get()).unwrap();
    let events = events.lock().unwrap();
    let line = "getUser: attempt 1: 429 Too Many Requests (request r1), retrying in 2.5s";
    assert_eq!(events[0], ("getUser", 1, 2500, line.to_owned()));
    let line = "getUser: attempt 2: no response arrived; the request may have been sent, retrying in 500.0ms";
    assert_eq!(events[1], ("getUser", 2, 500, line.to_owned()));
    assert_eq!(events.len(), 2);
}
