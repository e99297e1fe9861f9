//! Replies that are too large, half there, not what was asked for, or no HTTP at all. Each is a value or an error that says
//! what came; memory stays within the limit, and throttling is throttling whatever its body looks like.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

use std::io::Write;

use cloudinary_provisioning::{Fault, GiveUpReason, Incomplete, ResponseError, users};
use cloudinary_provisioning_tests::{
    bomb,
    faulty::{Rig, TestClock, USER, assert_body_lost, chain, gave_up, raw, user},
    script::{self, Action, Script},
};
use cloudinary_provisioning_ureq::{Error, ErrorKind};

const PAGE: &str = "<html><head><title>Oops</title></head><body><h1>Oops</h1></body></html>";

fn with_limit(bytes: u64, server: Script) -> Rig {
    Rig::new(server, TestClock::new(), |builder| builder.body_limit(bytes))
}

#[track_caller]
fn assert_too_large(error: &Error, limit: u64) {
    match error.kind() {
        ErrorKind::Response(ResponseError::Incomplete(body)) => assert_eq!(body.why(), Incomplete::TooLarge { limit }),
        other => panic!("{other:?}"),
    }
    assert_eq!(
        u64::try_from(error.response().unwrap().body().len()).unwrap(),
        limit,
        "what came stays within the limit"
    );
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

/// The same body in every framing.
fn framed(body: &str) -> Vec<(&'static str, Action)> {
    let chunked = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    vec![
        ("by length", Action::reply(script::reply(200, &[], body))),
        ("by chunks", Action::reply(raw(&["200 OK", "transfer-encoding: chunked"], chunked))),
        ("by close", Action::reply(raw(&["200 OK"], body)).then_close()),
        ("by length, gzip", Action::reply(script::reply(200, &[("content-encoding", "gzip")], gzip(body)))),
        ("by close, gzip", Action::reply(raw(&["200 OK", "content-encoding: gzip"], gzip(body))).then_close()),
    ]
}

// Too large.

#[test]
fn a_body_of_exactly_the_limit_passes() {
    for (how, action) in framed(USER) {
        let rig = with_limit(USER.len() as u64, Script::repeat(action));
        assert_eq!(rig.get().expect(how).id, "u1");
        assert_eq!(rig.create().expect(how).id, "u1");
        rig.assert_seen(2, 2, &[]);
    }
}

#[test]
fn a_body_of_a_byte_more_is_an_error_and_not_asked_for_again() {
    let limit = USER.len() as u64 - 1;
    for (how, action) in framed(USER) {
        let rig = with_limit(limit, Script::repeat(action));
        let error = gave_up(rig.get(), 1, GiveUpReason::Permanent);
        assert_too_large(&error, limit);
        assert!(!error.maybe_applied(), "{how}: reading changes nothing");
        assert_eq!(
            error.to_string(),
            format!("getUser: 200 with a body larger than the limit of {limit} bytes (got {limit} bytes)"),
        );
        let error = gave_up(rig.create(), 1, GiveUpReason::Permanent);
        assert_too_large(&error, limit);
        assert!(error.maybe_applied(), "{how}");
        rig.assert_seen(2, 2, &[]);
    }
}

#[test]
fn an_error_larger_than_the_limit_is_an_error_of_its_status() {
    let large = "x".repeat(1000);
    let rig = with_limit(100, Script::repeat(Action::reply(script::reply(404, &[], &large))));
    let error = gave_up(rig.get(), 1, GiveUpReason::Permanent);
    assert!(error.is_not_found());
    assert_eq!(error.response().unwrap().body().len(), 100);
    rig.assert_seen(1, 1, &[]);

    let busy = Action::reply(script::reply(503, &[("retry-after", "2")], &large));
    let rig = with_limit(100, Script::play([busy, user()]));
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(2, 2, &[2500]);
}

#[test]
fn a_limit_of_nothing_takes_an_empty_error() {
    let rig = with_limit(0, Script::play([Action::reply(script::reply(404, &[], "")), user()]));
    assert!(gave_up(rig.get(), 1, GiveUpReason::Permanent).is_not_found());
    assert_too_large(&gave_up(rig.get(), 1, GiveUpReason::Permanent), 0);
    rig.assert_seen(2, 1, &[]);
}

#[test]
fn no_limit_at_all_is_a_limit_too() {
    for (how, action) in framed(USER) {
        let rig = with_limit(u64::MAX, Script::repeat(action));
        assert_eq!(rig.get().expect(how).id, "u1");
        rig.assert_seen(1, 1, &[]);
    }
}

fn gzip_bomb() -> Action {
    Action::reply(script::reply(200, &[("content-encoding", "gzip")], bomb::gzip(1024)))
}

#[test]
fn a_gzip_bomb_is_an_error_of_the_limit() {
    let limit = 1024 * 1024;
    let rig = with_limit(limit, Script::repeat(gzip_bomb()));
    let error = gave_up(rig.get(), 1, GiveUpReason::Permanent);
    assert_too_large(&error, limit);
    let error = gave_up(rig.create(), 1, GiveUpReason::Permanent);
    assert_too_large(&error, limit);
    assert!(error.maybe_applied());
    rig.assert_seen(2, 2, &[]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_gzip_bomb_takes_no_more_memory_than_the_limit() {
    use cloudinary_provisioning_tests::process;

    process::alone("a_gzip_bomb_takes_no_more_memory_than_the_limit", || {
        // The bomb and its copies on the server are in the process too, and there before the start.
        let limit = 4 * 1024 * 1024;
        let rig = with_limit(limit, Script::repeat(gzip_bomb()));
        let small = with_limit(1024, Script::repeat(gzip_bomb()));
        assert_too_large(&gave_up(small.get(), 1, GiveUpReason::Permanent), 1024);
        let start = process::resident();
        for _ in 0..3 {
            assert_too_large(&gave_up(rig.get(), 1, GiveUpReason::Permanent), limit);
        }
        let growth = process::peak().saturating_sub(start);
        assert!(growth < 5 * limit, "{growth} bytes more, of a gibibyte");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_length_that_is_announced_is_not_reserved() {
    use cloudinary_provisioning_tests::process;

    process::alone("a_length_that_is_announced_is_not_reserved", || {
        let tebibyte = raw(&["200 OK", "content-length: 1099511627776"], "{");
        let most = raw(&["200 OK", "content-length: 18446744073709551615"], "{");
        let actions = [Action::reply(tebibyte).then_close(), Action::reply(most).then_close(), user()];
        let rig = with_limit(u64::MAX, Script::play(actions));
        let start = process::resident();
        assert_eq!(rig.get().unwrap().id, "u1");
        rig.assert_seen(3, 3, &[250, 500]);
        let growth = process::peak().saturating_sub(start);
        assert!(growth < 16 * 1024 * 1024, "{growth} bytes more");
    });
}

// Throttled, whatever the body.

#[test]
fn throttling_is_throttling_whatever_its_body() {
    let head = ["429 Too Many Requests", "retry-after: 2"];
    let with = |line: &str, body: &str| Action::reply(raw(&[head[0], head[1], line], body));
    let bodies = [
        ("HTML", Action::reply(script::reply(429, &[("retry-after", "2"), ("content-type", "text/html")], PAGE))),
        ("nothing", Action::reply(script::reply(429, &[("retry-after", "2")], ""))),
        ("null", Action::reply(script::reply(429, &[("retry-after", "2")], "null"))),
        ("less than the length", with("content-length: 100", "{\"error\":").then_close()),
        ("less than the length, reset", with("content-length: 100", "{\"error\":").then_reset()),
        ("half a chunk", with("transfer-encoding: chunked", "64\r\n{\"error\":").then_close()),
        ("no chunk at all", with("transfer-encoding: chunked", "zz\r\n")),
        ("junk for gzip", with("content-encoding: gzip", PAGE).then_close()),
        ("half of the JSON up to a close", with("x: y", "{\"error\":").then_close()),
    ];
    for (how, action) in bodies {
        let rig = Rig::play([action.clone(), user()]);
        assert_eq!(rig.get().expect(how).id, "u1");
        assert_eq!(rig.waits().len(), 1, "{how}");
        assert_eq!((rig.server.requests().len(), rig.waits()[0].as_millis()), (2, 2500), "{how}");

        let rig = Rig::play([action.clone(), action.clone(), action]);
        let error = gave_up(rig.create(), 3, GiveUpReason::AttemptsExhausted);
        assert!(error.is_rate_limited() && !error.maybe_applied(), "{how}");
        assert_eq!(error.retry_after().unwrap().as_secs(), 2, "{how}");
        rig.assert_seen(3, 3, &[2500, 2500]);
    }
}

#[test]
fn an_error_whose_body_is_cut_off_is_an_error_of_its_status() {
    for (code, attempts, reason) in [
        (404, 1, GiveUpReason::Permanent),
        (409, 1, GiveUpReason::Permanent),
        (500, 3, GiveUpReason::AttemptsExhausted),
    ] {
        let status = format!("{code} Oops");
        let action = Action::reply(raw(&[&status, "content-length: 100"], "{\"error\":{\"mess")).then_close();
        let rig = Rig::repeat(action);
        let error = gave_up(rig.get(), attempts, reason);
        assert_eq!(error.status().unwrap(), code);
        assert_eq!(error.api().expect("an error of the service").body(), b"{\"error\":{\"mess");
        assert_eq!(rig.server.requests().len(), usize::try_from(attempts).unwrap());
    }
}

// Not what was asked for.

#[test]
fn a_success_of_another_kind_is_an_error_that_keeps_it_and_is_not_asked_for_again() {
    let html = script::reply(200, &[("content-type", "text/html")], PAGE);
    for (how, bytes, path, body) in [
        ("HTML", html, ".", PAGE),
        ("no content", raw(&["204 No Content"], ""), ".", ""),
        ("null", script::reply(200, &[], "null"), ".", "null"),
        ("an array", script::reply(200, &[], "[]"), ".", "[]"),
        ("text", script::reply(200, &[], "\"u1\""), ".", "\"u1\""),
        ("an id that is no text", script::reply(200, &[], r#"{"id":{"id":1}}"#), "id", r#"{"id":{"id":1}}"#),
    ] {
        let rig = Rig::repeat(Action::reply(bytes));
        for (error, applied) in [
            (gave_up(rig.get(), 1, GiveUpReason::Permanent), false),
            (gave_up(rig.create(), 1, GiveUpReason::Permanent), true),
        ] {
            match error.kind() {
                ErrorKind::Response(ResponseError::Decode(error)) => assert_eq!(error.path(), path, "{how}"),
                other => panic!("{how}: {other:?}"),
            }
            assert_eq!(error.response().unwrap().body(), body.as_bytes(), "{how}");
            assert_eq!(error.maybe_applied(), applied, "{how}");
        }
        rig.assert_seen(2, 2, &[]);
    }
}

#[test]
fn a_success_with_nothing_in_it_is_a_lost_body() {
    let empty = || Action::reply(script::reply(200, &[], ""));
    let rig = Rig::play([empty(), user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(2, 1, &[250]);

    let rig = Rig::play([empty(), user()]);
    let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRepeat);
    assert_body_lost(&error, 200);
    assert!(error.maybe_applied());
    rig.assert_seen(1, 1, &[]);
}

#[test]
fn json_that_is_hostile_is_an_error_at_its_place_or_a_value() {
    let nested = format!(r#"{{"id":"u1","x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let nested_name = format!(r#"{{"id":"u1","name":{}{}}}"#, "[".repeat(200), "]".repeat(200));
    let bytes = |name: &[u8]| [&b"{\"id\":\"u1\",\"name\":\""[..], name, b"\"}"].concat();
    for (how, body, place) in [
        ("no UTF-8", bytes(b"\xff\xfe"), Some("name")),
        ("half a surrogate pair", bytes(br"\ud800"), Some("name")),
        ("200 levels where nobody looks", nested.into_bytes(), None),
        ("200 levels in a field", nested_name.into_bytes(), Some("name")),
        ("a key twice", br#"{"id":"u1","name":"a","name":"b"}"#.to_vec(), Some(".")),
        ("a date out of range", br#"{"id":"u1","created_at":"2026-13-01T00:00:00Z"}"#.to_vec(), Some("created_at")),
        ("a year out of range", br#"{"id":"u1","created_at":"99999-01-01T00:00:00Z"}"#.to_vec(), Some("created_at")),
        ("a number for a date", br#"{"id":"u1","created_at":1e999}"#.to_vec(), Some("created_at")),
        ("a number for a switch", br#"{"id":"u1","enabled":18446744073709551616}"#.to_vec(), Some("enabled")),
    ] {
        let rig = Rig::repeat(Action::reply(script::reply(200, &[], body)));
        match (rig.get(), place) {
            (Ok(user), None) => assert_eq!(user.id, "u1", "{how}"),
            (Err(error), Some(place)) => {
                let ErrorKind::Response(ResponseError::Decode(decode)) = error.kind() else {
                    panic!("{how}: {error:?}")
                };
                let path = decode.path();
                assert!(path == place || path.starts_with(&format!("{place}[")), "{how}: {path:.80}");
                assert_eq!((error.attempts(), error.reason()), (1, Some(GiveUpReason::Permanent)), "{how}");
            }
            (other, _) => panic!("{how}: {other:?}"),
        }
        rig.assert_seen(1, 1, &[]);
    }
}

// No HTTP, or not quite.

/// A reply that ureq cannot take for one, and a word of what it says about it.
fn no_http() -> Vec<(&'static str, Vec<u8>)> {
    let flood: Vec<String> =
        std::iter::once("200 OK".to_owned()).chain((0..10_000).map(|n| format!("x-{n}: y"))).collect();
    let flood: Vec<&str> = flood.iter().map(String::as_str).collect();
    let long = format!("x: {}", "y".repeat(10_000_000));
    let two = format!("content-length: {}", USER.len());
    vec![
        ("header", raw(&flood, USER)),
        ("header", raw(&["200 OK", &long], USER)),
        ("http parse", b"SSH-2.0-OpenSSH_9.6\r\n".to_vec()),
        ("http parse", b"220 mail.example.com ESMTP\r\n".to_vec()),
        ("http parse", b"\x15\x03\x01\x00\x02\x02\x46".to_vec()),
        ("http parse", b"HTTP/2.0 200 OK\r\n\r\n".to_vec()),
        ("http parse", b"HTTP/1.1 1000 OK\r\n\r\n".to_vec()),
        ("http parse", raw(&["200 OK", "no colon"], USER)),
        ("http parse", raw(&["200 OK", "x: \0"], USER)),
        ("content-length", raw(&["200 OK", &two, "content-length: 5"], USER)),
        ("content-length", raw(&["200 OK", "content-length: 5", &two], USER)),
        ("content-length", raw(&["200 OK", "content-length: -1"], USER)),
        ("content-length", raw(&["200 OK", "content-length: 99999999999999999999999"], USER)),
    ]
}

#[test]
fn what_is_no_http_is_a_lost_reply_with_the_reason_as_its_cause() {
    for (word, bytes) in no_http() {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let rig = Rig::play([Action::reply(&*bytes).then_close(), user()]);
        assert_eq!(rig.get().expect(&shown).id, "u1");
        rig.assert_seen(2, 2, &[250]);

        let rig = Rig::play([Action::reply(bytes).then_close(), user()]);
        let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRepeat);
        assert!(matches!(error.kind(), ErrorKind::Transport(Fault::MaybeSent)), "{shown}: {error:?}");
        assert!(error.maybe_applied(), "{shown}");
        let chain = chain(&error);
        assert!(chain.len() > 1 && chain[1..].iter().any(|cause| cause.contains(word)), "{shown}: {chain:?}");
        rig.assert_seen(1, 1, &[]);
    }
}

#[test]
fn http_that_is_only_odd_is_a_value() {
    let length = format!("content-length: {}", USER.len());
    let early = raw(&["103 Early Hints", "link: </x>"], "");
    for bytes in [
        raw(&["200", &length], USER),
        raw(&["200 OK", &length, &length], USER),
        raw(&["200 OK", &length, "x: é"], USER),
        raw(&["299 Nearly", &length], USER),
        [&*early, &*raw(&["100 Continue"], "").repeat(1000), &*raw(&["200 OK", &length], USER)].concat(),
        format!("HTTP/1.0 200 OK\r\n{length}\r\n\r\n{USER}").into_bytes(),
        format!("HTTP/1.1 200 OK\n{length}\n\n{USER}").into_bytes(),
    ] {
        let rig = Rig::repeat(Action::reply(&*bytes));
        assert_eq!(rig.get().unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes))).id, "u1");
        rig.assert_seen(1, 1, &[]);
    }
}

#[test]
fn what_follows_a_reply_is_not_taken_for_the_next_one() {
    let other = script::reply(200, &[], r#"{"id":"somebody else"}"#);
    let reply = [script::reply(200, &[], USER), other].concat();
    let rig = Rig::play([Action::reply(reply), user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    assert_eq!(rig.client.send(&users::Get::new("u1")).unwrap().id, "u1");
    rig.assert_seen(2, 2, &[]);
}

#[test]
fn a_status_of_no_known_class_is_an_error_of_the_service() {
    for code in ["101 Switching Protocols", "304 Not Modified", "600 Beyond", "999 Denied"] {
        let rig = Rig::repeat(Action::reply(raw(&[code, "content-length: 0"], "")));
        let error = gave_up(rig.get(), 1, GiveUpReason::Permanent);
        assert_eq!(error.api().unwrap().status().as_str(), &code[..3]);
        rig.assert_seen(1, 1, &[]);
    }
}
