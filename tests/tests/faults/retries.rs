//! What happens when a server fails, or its response is lost: an operation that is safe to retry is retried, one that is
//! not says what is known of it. Nothing is applied twice, and no connection is wasted.
use std::time::Duration;

use cloudinary_provisioning::{GiveUpReason, Raw, RetryPolicy, users};
use cloudinary_provisioning_tests::clock::Clock;
use cloudinary_provisioning_tests::faulty::{
    Rig, account, assert_body_lost, assert_response_lost, create, delete, gave_up, get, status_of,
};
use cloudinary_provisioning_tests::script::{self, Action, Script, USER, raw, status, user};
use cloudinary_provisioning_ureq::{Client, ureq};
use http::Method;

/// The ways in which a response is lost after the request was read.
fn lost_responses() -> [(&'static str, Action); 3] {
    [("a reset", Action::reset()), ("a close", Action::close()), ("a stall", Action::stall())]
}

/// The ways in which the body of a success is lost.
fn lost_bodies() -> Vec<(&'static str, Action)> {
    let (half, whole) = (&USER[..20], USER.len());
    let length = format!("content-length: {whole}");
    let by_length = raw(&["200 OK", &length], half);
    let chunk = format!("{:x}\r\n{half}\r\n", half.len());
    let by_chunks = raw(&["200 OK", "transfer-encoding: chunked"], &chunk);
    let in_a_chunk = raw(&["200 OK", "transfer-encoding: chunked"], format!("{whole:x}\r\n{half}"));
    let by_close = raw(&["200 OK"], half);
    let longer = raw(&["200 OK", &format!("content-length: {}", whole + 1)], USER);
    let unended = raw(&["200 OK", "transfer-encoding: chunked"], format!("{whole:x}\r\n{USER}\r\n"));
    vec![
        ("less than the content-length, then a close", Action::respond(&*by_length).then_close()),
        ("less than the content-length, then a reset", Action::respond(&*by_length).then_reset()),
        ("less than the content-length, then silence", Action::respond(&*by_length).then_stall()),
        ("no last chunk, then a close", Action::respond(&*by_chunks).then_close()),
        ("no last chunk, then a reset", Action::respond(&*by_chunks).then_reset()),
        ("no last chunk, then silence", Action::respond(&*by_chunks).then_stall()),
        ("half a chunk, then a close", Action::respond(&*in_a_chunk).then_close()),
        ("all of the JSON, and less than the content-length", Action::respond(&*longer).then_close()),
        ("all of the JSON, and no last chunk", Action::respond(&*unended).then_close()),
        ("half of the JSON up to a close", Action::respond(&*by_close).then_close()),
        ("half of the JSON up to a reset", Action::respond(&*by_close).then_reset()),
        ("half of the gzip stream", Action::respond(half_a_gzip_stream()).then_close()),
    ]
}

fn half_a_gzip_stream() -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, USER.as_bytes()).unwrap();
    let gzip = encoder.finish().unwrap();
    raw(&["200 OK", "content-encoding: gzip"], &gzip[..gzip.len() / 2])
}

// A status that says "later".

#[test]
fn a_503_is_retried_where_that_is_safe() {
    let rig = Rig::play([status(503), user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(2, 2, &[250]);
    assert_eq!(rig.retries(), [1]);
}

#[test]
fn a_503_ends_a_call_that_is_not_safe_to_retry() {
    let rig = Rig::play([status(503), user()]);
    let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRetry);
    assert_eq!(error.status().unwrap(), 503);
    assert!(error.maybe_applied());
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn a_call_that_is_not_safe_to_retry_is_retried_by_an_explicit_opt_in() {
    let rig = Rig::play([status(503), user()]);
    let policy = RetryPolicy::default().retry_unsafe(true);
    assert_eq!(rig.client.call(create()).retry(policy).send().unwrap().id, "u1");
    rig.assert_seen(2, 2, &[250]);
}

#[test]
fn updates_and_deletes_are_safe_to_retry() {
    let rig = Rig::play([status(502), user(), status(500), user(), status(408), user(), status(504), user()]);
    rig.client.send(&users::Update::new("u1").enabled(false)).unwrap();
    rig.client.send(delete()).unwrap();
    rig.client.send(&users::GetGroups::new("u1")).unwrap_err();
    rig.client.send(&users::List::new()).unwrap_err();
    rig.assert_seen(8, 5, &[250, 250, 250, 250]);
}

#[test]
fn a_status_that_is_no_failure_of_the_moment_is_not_retried() {
    for code in [400, 401, 403, 404, 409, 418, 422, 451, 499, 501, 505, 511, 599, 600, 999] {
        let rig = Rig::play([status(code), user()]);
        let error = gave_up(rig.get(), 1, GiveUpReason::NotRetryable);
        assert_eq!(error.status().unwrap(), code);
        assert!(!error.maybe_applied(), "reading changes nothing");
        rig.assert_seen(1, 1, &[]);

        let rig = Rig::play([status(code), user()]);
        let error = gave_up(rig.create(), 1, GiveUpReason::NotRetryable);
        assert_eq!(error.maybe_applied(), code >= 500, "a server that fails at {code} may have got far");
        rig.assert_seen(1, 1, &[]);
    }
}

#[test]
fn after_three_attempts_the_last_response_is_the_error() {
    let responses = (1..=9).map(|n: u8| {
        let body = format!(r#"{{"error":{{"message":"busy {n}"}}}}"#);
        Action::respond(script::response(503, &[("x-request-id", &format!("r{n}")), ("x-n", &n.to_string())], body))
    });
    let rig = Rig::play(responses);
    let error = gave_up(rig.get(), 3, GiveUpReason::AttemptsExhausted);
    assert_eq!((status_of(&error), error.message(), error.request_id()), (503, Some("busy 3"), Some("r3")));
    assert_eq!(error.headers().unwrap()["x-n"], "3");
    assert_eq!(error.body().unwrap(), br#"{"error":{"message":"busy 3"}}"#);
    assert_eq!(error.elapsed(), Duration::from_millis(750));
    assert!(!error.maybe_applied(), "reading changes nothing");
    rig.assert_seen(3, 3, &[250, 500]);
    assert_eq!(rig.retries(), [1, 2]);
}

#[test]
fn delays_double_up_to_their_limit() {
    let policy = RetryPolicy::default().max_attempts(8).max_delay(Duration::from_secs(6));
    let rig = Rig::new(Script::repeat(status(500)), Clock::new(), |builder| builder.retry(policy));
    gave_up(rig.get(), 8, GiveUpReason::AttemptsExhausted);
    rig.assert_seen(8, 8, &[250, 500, 1000, 2000, 3000, 3000, 3000]);
}

// No response after the request was read.

#[test]
fn a_lost_response_is_retried_where_that_is_safe() {
    for (how, fault) in lost_responses() {
        let rig = Rig::impatient([fault, user()]);
        assert_eq!(rig.get().expect(how).id, "u1");
        rig.assert_seen(2, 2, &[250]);
    }
}

#[test]
fn a_lost_response_ends_a_call_that_is_not_safe_to_retry_and_may_have_been_applied() {
    for (how, fault) in lost_responses() {
        let rig = Rig::impatient([fault, user()]);
        let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRetry);
        assert_response_lost(&error);
        assert!(error.maybe_applied(), "{how}");
        assert_eq!(error.status(), None);
        rig.assert_seen(1, 1, &[]);
    }
}

#[test]
fn when_every_response_is_lost_the_last_transport_error_is_the_error() {
    let rig = Rig::impatient([Action::reset(), Action::stall(), Action::close(), user()]);
    let error = gave_up(rig.get(), 3, GiveUpReason::AttemptsExhausted);
    assert_response_lost(&error);
    assert!(!error.maybe_applied(), "reading changes nothing");
    rig.assert_seen(3, 3, &[250, 500]);
}

#[test]
fn a_404_on_a_delete_that_was_retried_is_told_from_one_that_was_not() {
    let rig = Rig::play([Action::close(), status(404), status(404)]);
    let error = gave_up(rig.client.send(delete()), 2, GiveUpReason::NotRetryable);
    assert!(error.is_not_found() && error.maybe_applied());
    let error = gave_up(rig.client.send(delete()), 1, GiveUpReason::NotRetryable);
    assert!(error.is_not_found() && !error.maybe_applied());
    rig.assert_seen(3, 3, &[250]);
}

#[test]
fn a_server_that_hangs_up_before_it_reads_may_have_read() {
    let rig = Rig::play([Action::hang_up(), user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(1, 2, &[250]);

    let rig = Rig::play([Action::hang_up(), user()]);
    let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRetry);
    assert!(error.maybe_applied());
    rig.assert_seen(0, 1, &[]);
}

// Half a response.

#[test]
fn a_truncated_body_is_retried_where_that_is_safe() {
    for (how, fault) in lost_bodies() {
        let rig = Rig::impatient([fault, user()]);
        assert_eq!(rig.get().expect(how).id, "u1");
        rig.assert_seen(2, 2, &[250]);
    }
}

#[test]
fn a_truncated_body_ends_a_call_that_is_not_safe_to_retry_with_its_status() {
    for (how, fault) in lost_bodies() {
        let rig = Rig::impatient([fault, user()]);
        let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRetry);
        assert_body_lost(&error, 200);
        assert!(error.maybe_applied(), "{how}");
        assert_eq!(error.is_timeout(), how.ends_with("silence"), "{how}");
        rig.assert_seen(1, 1, &[]);
    }
}

#[test]
fn a_body_that_is_always_truncated_keeps_what_came() {
    for (how, fault) in lost_bodies() {
        let rig = Rig::impatient([fault.clone(), fault.clone(), fault]);
        let error = gave_up(rig.get(), 3, GiveUpReason::AttemptsExhausted);
        assert_body_lost(&error, 200);
        assert!(USER.as_bytes().starts_with(error.body().unwrap()), "{how}");
        assert!(!error.maybe_applied(), "{how}: reading changes nothing");
        rig.assert_seen(3, 3, &[250, 500]);
    }
}

#[test]
fn a_truncated_body_is_no_empty_one() {
    let lost = || Action::respond(raw(&["200 OK", "content-length: 2"], "")).then_close();
    let rig = Rig::play([lost(), Action::respond(script::response(200, &[], ""))]);
    let read = Raw::new(Method::GET, ["roles"]);
    assert!(rig.client.send(&read).unwrap().is_null());
    rig.assert_seen(2, 2, &[250]);

    let rig = Rig::play([lost()]);
    let error = gave_up(rig.client.send(&Raw::new(Method::POST, ["roles"])), 1, GiveUpReason::UnsafeToRetry);
    assert_body_lost(&error, 200);
    assert!(error.maybe_applied());
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn half_a_head_is_a_lost_response() {
    for half in ["HTTP/1.1 2", "HTTP/1.1 200 OK\r\ncontent-le", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n"] {
        let rig = Rig::impatient([Action::respond(half).then_close(), user()]);
        assert_eq!(rig.get().expect(half).id, "u1");
        rig.assert_seen(2, 2, &[250]);

        let rig = Rig::impatient([Action::respond(half).then_stall(), user()]);
        let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRetry);
        assert_response_lost(&error);
        assert!(error.maybe_applied());
        rig.assert_seen(1, 1, &[]);
    }
}

// Connections that the server closes in between.

#[test]
fn a_connection_closed_between_calls_costs_nothing() {
    let rig = Rig::play([user().then_close(), user().then_close(), user()]);
    rig.get().unwrap();
    rig.server.wait_for_closed(1);
    rig.get().unwrap();
    rig.server.wait_for_closed(2);
    rig.create().unwrap();
    rig.assert_seen(3, 3, &[]);
}

#[test]
fn a_connection_closed_at_the_very_moment_of_a_call_is_retried_where_that_is_safe() {
    for fault in [Action::close(), Action::reset()] {
        let rig = Rig::play([user(), fault, user()]);
        rig.get().unwrap();
        rig.get().unwrap();
        rig.assert_seen(3, 2, &[250]);
        let on: Vec<_> = rig.server.requests().iter().map(|request| request.connection).collect();
        assert_eq!(on, [0, 0, 1], "the second call first went over the pooled connection");
    }
}

#[test]
fn a_create_never_goes_over_a_connection_that_may_be_closing() {
    // The pooled connection would be closed under the second request.
    let rig = Rig::play([user(), user(), user()]);
    rig.get().unwrap();
    rig.create().unwrap();
    rig.create().unwrap();
    rig.assert_seen(3, 3, &[]);
    let methods: Vec<_> = rig.server.requests().iter().map(|request| request.method().to_owned()).collect();
    assert_eq!(methods, ["GET", "POST", "POST"]);
}

#[test]
fn a_create_never_goes_over_a_connection_that_may_be_closing_with_an_agent_of_the_callers() {
    let server = Script::play([user(), user(), user()]);
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().proxy(None).build());
    let clock = Clock::new();
    let client = Client::builder(account(&server.origin())).agent(agent).clock(clock.clone()).build().unwrap();
    client.send(get()).unwrap();
    client.send(create()).unwrap();
    client.send(&users::Create::new("Bo Lind", "bo@example.com")).unwrap();
    let on: Vec<_> = server.requests().iter().map(|request| request.connection).collect();
    assert_eq!(on, [0, 1, 2]);
    assert!(clock.waits().is_empty());
}

#[test]
fn three_dead_connections_in_the_pool_cost_one_retry_each() {
    for _ in 0..20 {
        let dying = || user().after_requests(3).then_reset_next();
        let rig = Rig::play([dying(), dying(), dying(), user(), user()]);
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| rig.get().unwrap());
            }
        });
        rig.assert_seen(3, 3, &[]);
        assert_eq!(rig.get().unwrap().id, "u1");
        rig.assert_seen(5, 4, &[250]);
        rig.client.send(delete()).unwrap();
        rig.assert_seen(7, 5, &[250, 250]);
    }
}

#[test]
fn a_dead_connection_of_an_agent_of_the_callers_costs_one_retry() {
    let server = Script::play([user().then_reset_next(), user()]);
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().proxy(None).build());
    let clock = Clock::new();
    let client = Client::builder(account(&server.origin())).agent(agent).clock(clock.clone()).build().unwrap();
    client.send(get()).unwrap();
    client.send(get()).unwrap();
    assert_eq!((server.requests().len(), server.connections(), clock.millis()), (3, 2, vec![250]));
}

// Redirects.

#[test]
fn a_redirect_is_an_error_and_the_other_host_sees_nothing() {
    let other = Script::repeat(user());
    for code in [301, 302, 303, 307, 308] {
        let elsewhere = format!("{}/v1_1/elsewhere", other.origin().replace("127.0.0.1", "localhost"));
        let response = script::response(code, &[("location", &elsewhere)], "<html>over there</html>");
        let rig = Rig::repeat(Action::respond(response));
        // "See Other" is what a server says that has applied something.
        let calls = [
            (gave_up(rig.get(), 1, GiveUpReason::NotRetryable), false),
            (gave_up(rig.create(), 1, GiveUpReason::NotRetryable), code == 303),
            (gave_up(rig.client.send(delete()), 1, GiveUpReason::NotRetryable), code == 303),
        ];
        for (error, maybe_applied) in calls {
            assert_eq!(status_of(&error), code);
            assert_eq!(error.headers().unwrap()["location"], elsewhere.as_str());
            assert_eq!(error.maybe_applied(), maybe_applied, "{error:?}");
        }
        // The create on a connection of its own.
        rig.assert_seen(3, 2, &[]);
    }
    assert_eq!((other.connections(), other.requests().len()), (0, 0));
}

#[test]
fn a_redirect_is_an_error_with_an_agent_that_follows_them() {
    let other = Script::repeat(user());
    let response = script::response(302, &[("location", &other.origin())], "");
    let server = Script::repeat(Action::respond(response));
    let agent = ureq::Agent::new_with_config(ureq::Agent::config_builder().proxy(None).max_redirects(10).build());
    let client = Client::builder(account(&server.origin())).agent(agent).clock(Clock::new()).build().unwrap();
    for error in [
        gave_up(client.send(get()), 1, GiveUpReason::NotRetryable),
        gave_up(client.send(delete()), 1, GiveUpReason::NotRetryable),
        gave_up(client.send(&users::Create::new("Ada", "ada@example.com")), 1, GiveUpReason::NotRetryable),
    ] {
        assert_eq!(error.status().unwrap(), 302);
    }
    assert_eq!((server.requests().len(), other.connections()), (3, 0));
}

// Connections are kept.

#[test]
fn an_error_response_leaves_its_connection_usable() {
    let body = "busy ".repeat(10_000);
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    let responses = [
        script::response(500, &[], &body),
        raw(&["500 Oops", "transfer-encoding: chunked"], chunked),
        script::response(500, &[("content-type", "text/html")], "<html></html>"),
    ];
    let rig = Rig::play(responses.map(Action::respond));
    for _ in 0..3 {
        let error = rig.client.call(get()).retry(RetryPolicy::none()).send();
        gave_up(error, 1, GiveUpReason::AttemptsExhausted);
    }
    rig.assert_seen(3, 1, &[]);
}

#[test]
fn a_hundred_calls_share_one_connection() {
    let rig = Rig::repeat(user());
    for n in 0..25 {
        rig.get().unwrap();
        rig.client.send(&users::Update::new("u1").name(n.to_string())).unwrap();
        rig.client.send(delete()).unwrap();
        rig.client.call(get()).timeout(Duration::from_secs(5)).send().unwrap();
    }
    rig.assert_seen(100, 1, &[]);
}

#[test]
fn a_create_takes_a_connection_of_its_own_and_leaves_that_of_the_others_alone() {
    let rig = Rig::repeat(user());
    for _ in 0..5 {
        rig.get().unwrap();
        rig.create().unwrap();
    }
    rig.assert_seen(10, 6, &[]);
}
