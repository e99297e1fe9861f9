//! Responses that are too large, half there, not what was asked for, or no HTTP at all. Each is a value or an error that
//! says what came; memory stays within the limit, and throttling is throttling whatever its body looks like.

use std::io::Write;

use cloudinary_provisioning::{Error, ErrorKind, GiveUpReason, Raw};
use cloudinary_provisioning_tests::bomb;
use cloudinary_provisioning_tests::clock::Clock;
use cloudinary_provisioning_tests::faulty::{Rig, assert_response_lost, chain, decode_error, gave_up, get, status_of};
use cloudinary_provisioning_tests::script::{self, Action, Script, USER, raw, user};
use http::Method;

const PAGE: &str = "<html><head><title>Oops</title></head><body><h1>Oops</h1></body></html>";

fn with_limit(bytes: u64, server: Script) -> Rig {
    Rig::new(server, Clock::new(), |builder| builder.body_limit(bytes))
}

#[track_caller]
fn assert_too_large(error: &Error, limit: u64) {
    assert!(matches!(error.kind(), ErrorKind::TooLarge { limit: l } if *l == limit), "{error:?}");
    assert_eq!(u64::try_from(error.body().unwrap().len()).unwrap(), limit, "what came stays within the limit");
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
        ("by length", Action::respond(script::response(200, &[], body))),
        ("by chunks", Action::respond(raw(&["200 OK", "transfer-encoding: chunked"], chunked))),
        ("by close", Action::respond(raw(&["200 OK"], body)).then_close()),
        ("by length, gzip", Action::respond(script::response(200, &[("content-encoding", "gzip")], gzip(body)))),
        ("by close, gzip", Action::respond(raw(&["200 OK", "content-encoding: gzip"], gzip(body))).then_close()),
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
fn a_body_of_a_byte_more_is_an_error_and_not_retried() {
    let limit = USER.len() as u64 - 1;
    for (how, action) in framed(USER) {
        let rig = with_limit(limit, Script::repeat(action));
        let error = gave_up(rig.get(), 1, GiveUpReason::NotRetryable);
        assert_too_large(&error, limit);
        assert!(!error.maybe_applied(), "{how}: reading changes nothing");
        assert_eq!(error.to_string(), format!("getUser: 200 with a body larger than the limit of {limit} bytes"));
        let error = gave_up(rig.create(), 1, GiveUpReason::NotRetryable);
        assert_too_large(&error, limit);
        assert!(error.maybe_applied(), "{how}");
        rig.assert_seen(2, 2, &[]);
    }
}

#[test]
fn an_error_larger_than_the_limit_is_an_error_of_its_status() {
    let large = "x".repeat(1000);
    let rig = with_limit(100, Script::repeat(Action::respond(script::response(404, &[], &large))));
    let error = gave_up(rig.get(), 1, GiveUpReason::NotRetryable);
    assert!(error.is_not_found());
    assert_eq!(error.body().unwrap().len(), 100);
    rig.assert_seen(1, 1, &[]);

    let busy = Action::respond(script::response(503, &[("retry-after", "2")], &large));
    let rig = with_limit(100, Script::play([busy, user()]));
    assert_eq!(rig.get().unwrap().id, "u1");
    rig.assert_seen(2, 2, &[2500]);
}

#[test]
fn a_limit_of_zero_takes_an_empty_error() {
    let rig = with_limit(0, Script::play([Action::respond(script::response(404, &[], "")), user()]));
    assert!(gave_up(rig.get(), 1, GiveUpReason::NotRetryable).is_not_found());
    assert_too_large(&gave_up(rig.get(), 1, GiveUpReason::NotRetryable), 0);
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
    Action::respond(script::response(200, &[("content-encoding", "gzip")], bomb::gzip(1024)))
}

#[test]
fn a_gzip_bomb_is_an_error_of_the_limit() {
    let limit = 1024 * 1024;
    let rig = with_limit(limit, Script::repeat(gzip_bomb()));
    let error = gave_up(rig.get(), 1, GiveUpReason::NotRetryable);
    assert_too_large(&error, limit);
    let error = gave_up(rig.create(), 1, GiveUpReason::NotRetryable);
    assert_too_large(&error, limit);
    assert!(error.maybe_applied());
    rig.assert_seen(2, 2, &[]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_gzip_bomb_takes_no_more_memory_than_the_limit() {
    use cloudinary_provisioning_tests::process;

    process::alone("responses::a_gzip_bomb_takes_no_more_memory_than_the_limit", || {
        // The bomb and its copies on the server are in the process too, and there before the start.
        let limit = 4 * 1024 * 1024;
        let rig = with_limit(limit, Script::repeat(gzip_bomb()));
        let small = with_limit(1024, Script::repeat(gzip_bomb()));
        assert_too_large(&gave_up(small.get(), 1, GiveUpReason::NotRetryable), 1024);
        let start = process::resident();
        for _ in 0..3 {
            assert_too_large(&gave_up(rig.get(), 1, GiveUpReason::NotRetryable), limit);
        }
        let growth = process::peak().saturating_sub(start);
        assert!(growth < 5 * limit, "{growth} bytes more, of a gibibyte");
    });
}

#[cfg(target_os = "linux")]
#[test]
fn a_length_that_is_announced_is_not_reserved() {
    use cloudinary_provisioning_tests::process;

    process::alone("responses::a_length_that_is_announced_is_not_reserved", || {
        let tebibyte = raw(&["200 OK", "content-length: 1099511627776"], "{");
        let most = raw(&["200 OK", "content-length: 18446744073709551615"], "{");
        let actions = [Action::respond(tebibyte).then_close(), Action::respond(most).then_close(), user()];
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
    let with = |line: &str, body: &str| Action::respond(raw(&[head[0], head[1], line], body));
    let bodies = [
        ("HTML", Action::respond(script::response(429, &[("retry-after", "2"), ("content-type", "text/html")], PAGE))),
        ("nothing", Action::respond(script::response(429, &[("retry-after", "2")], ""))),
        ("null", Action::respond(script::response(429, &[("retry-after", "2")], "null"))),
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
        assert_eq!((rig.server.requests().len(), rig.clock.millis()), (2, vec![2500]), "{how}");

        let rig = Rig::play([action.clone(), action.clone(), action]);
        let error = gave_up(rig.create(), 3, GiveUpReason::AttemptsExhausted);
        assert!(error.is_rate_limited() && !error.maybe_applied(), "{how}");
        assert_eq!(error.retry_after().unwrap().as_secs(), 2, "{how}");
        rig.assert_seen(3, 3, &[2500, 2500]);
    }
}

#[test]
fn an_error_whose_body_is_truncated_is_an_error_of_its_status() {
    for (code, attempts, reason) in [
        (404, 1, GiveUpReason::NotRetryable),
        (409, 1, GiveUpReason::NotRetryable),
        (500, 3, GiveUpReason::AttemptsExhausted),
    ] {
        let status = format!("{code} Oops");
        let action = Action::respond(raw(&[&status, "content-length: 100"], "{\"error\":{\"mess")).then_close();
        let rig = Rig::repeat(action);
        let error = gave_up(rig.get(), attempts, reason);
        assert!(matches!(error.kind(), ErrorKind::Status), "{error:?}");
        assert_eq!((status_of(&error), error.body()), (code, Some(&b"{\"error\":{\"mess"[..])));
        assert_eq!(rig.server.requests().len(), usize::try_from(attempts).unwrap());
    }
}

// Not what was asked for.

#[test]
fn a_success_of_another_kind_is_an_error_that_keeps_it_and_is_not_retried() {
    let html = script::response(200, &[("content-type", "text/html")], PAGE);
    for (how, bytes, path, body) in [
        ("HTML", html, ".", PAGE),
        ("no content", raw(&["204 No Content"], ""), ".", ""),
        ("nothing", script::response(200, &[], ""), ".", ""),
        ("white space", script::response(200, &[], " \r\n"), ".", " \r\n"),
        ("null", script::response(200, &[], "null"), ".", "null"),
        ("an array", script::response(200, &[], "[]"), ".", "[]"),
        ("text", script::response(200, &[], "\"u1\""), ".", "\"u1\""),
        ("an id that is no text", script::response(200, &[], r#"{"id":{"id":1}}"#), "id", r#"{"id":{"id":1}}"#),
    ] {
        let rig = Rig::repeat(Action::respond(bytes));
        for (error, applied) in [
            (gave_up(rig.get(), 1, GiveUpReason::NotRetryable), false),
            (gave_up(rig.create(), 1, GiveUpReason::NotRetryable), true),
        ] {
            assert_eq!(decode_error(&error).0, path, "{how}");
            assert_eq!(error.body().unwrap(), body.as_bytes(), "{how}");
            assert_eq!(error.maybe_applied(), applied, "{how}");
        }
        rig.assert_seen(2, 2, &[]);
    }
}

#[test]
fn a_complete_but_empty_success_is_not_truncated() {
    for empty in [script::response(200, &[], ""), raw(&["200 OK", "transfer-encoding: chunked"], "0\r\n\r\n")] {
        let rig = Rig::repeat(Action::respond(empty));
        let error = gave_up(rig.get(), 1, GiveUpReason::NotRetryable);
        assert_eq!(decode_error(&error), (".", "the body is empty"));
        assert_eq!(error.to_string(), "getUser: 200 with an unexpected body, at `.`: the body is empty");
        assert!(!error.maybe_applied(), "reading changes nothing");
        let error = gave_up(rig.create(), 1, GiveUpReason::NotRetryable);
        assert_eq!(decode_error(&error), (".", "the body is empty"));
        assert!(error.maybe_applied());
        // An operation without a documented body takes it for a value.
        assert!(rig.client.send(Raw::new(Method::GET, ["roles"])).unwrap().is_null());
        rig.assert_seen(3, 2, &[]);
    }
}

#[test]
fn a_compression_by_another_name_is_decoded_or_named() {
    let spelled = |name: &str| Action::respond(script::response(200, &[("content-encoding", name)], gzip(USER)));
    let rig = Rig::repeat(spelled("gzip"));
    assert_eq!(rig.get().unwrap().id, "u1");
    for name in ["x-gzip", "GZIP", "br", "gzip, gzip"] {
        let rig = Rig::repeat(spelled(name));
        for (error, applied) in [
            (gave_up(rig.get(), 1, GiveUpReason::NotRetryable), false),
            (gave_up(rig.create(), 1, GiveUpReason::NotRetryable), true),
        ] {
            let (path, message) = decode_error(&error);
            assert_eq!((path, message), (".", &*format!("the content encoding `{name}` was not decoded")));
            assert_eq!(error.maybe_applied(), applied);
        }
    }
    let rig = Rig::repeat(Action::respond(script::response(200, &[("content-encoding", "identity")], USER)));
    assert_eq!(rig.get().unwrap().id, "u1");
}

#[test]
fn an_early_refusal_keeps_its_status() {
    // Sent before the body of the request is read; the connection is closed afterwards.
    let early = raw(&["413 Too Large", "connection: close", "content-length: 2"], "{}");
    let server = Script::play([Action::respond(early).at_head().then_close()]);
    let rig = Rig::new(server, Clock::new(), |builder| builder);
    let error = gave_up(rig.create(), 1, GiveUpReason::NotRetryable);
    assert_eq!((status_of(&error), error.maybe_applied()), (413, false));
}

#[test]
fn text_of_the_service_cannot_forge_a_line_or_fill_a_log() {
    let message = "a\u{1b}[2Jb\ngetUser: 200 OK\u{202e}c".to_owned() + &"x".repeat(5000);
    let body = serde_json::json!({"error": {"message": message, "code": "c\r\u{2066}d"}}).to_string();
    let rig = Rig::play([Action::respond(script::response(400, &[("x-request-id", "r1")], &body))]);
    let error = gave_up(rig.get(), 1, GiveUpReason::NotRetryable);
    let shown = error.to_string();
    assert!(shown.starts_with(r"getUser: 400 Bad Request: a\u{1b}[2Jb\u{a}getUser: 200 OK\u{202e}cxxx"), "{shown}");
    assert!(shown.ends_with(r"xxx… [c\u{d}\u{2066}d] (request r1)"), "{shown}");
    assert!(shown.len() < 1200, "{} bytes", shown.len());
    assert_eq!((error.message(), error.body()), (Some(&*message), Some(body.as_bytes())));
    assert!(!format!("{error:?}").contains(['\n', '\u{202e}', '\u{1b}']), "{error:?}");
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
        ("a number out of range where nobody looks", br#"{"id":"u1","x":1e999}"#.to_vec(), None),
        ("no UTF-8 where nobody looks", b"{\"id\":\"u1\",\"x\":\"\xff\"}".to_vec(), None),
        ("200 levels in a field", nested_name.into_bytes(), Some("name")),
        ("a key twice", br#"{"id":"u1","name":"a","name":"b"}"#.to_vec(), Some(".")),
        ("a date out of range", br#"{"id":"u1","created_at":"2026-13-01T00:00:00Z"}"#.to_vec(), Some("created_at")),
        ("a year out of range", br#"{"id":"u1","created_at":"99999-01-01T00:00:00Z"}"#.to_vec(), Some("created_at")),
        ("a number for a date", br#"{"id":"u1","created_at":1e999}"#.to_vec(), Some("created_at")),
        ("a number for a switch", br#"{"id":"u1","enabled":18446744073709551616}"#.to_vec(), Some("enabled")),
    ] {
        let rig = Rig::repeat(Action::respond(script::response(200, &[], body)));
        match (rig.get(), place) {
            (Ok(user), None) => assert_eq!(user.id, "u1", "{how}"),
            (Err(error), Some(place)) => {
                let path = decode_error(&error).0;
                assert!(path == place || path.starts_with(&format!("{place}[")), "{how}: {path:.80}");
                assert_eq!((error.attempts(), error.reason()), (1, Some(GiveUpReason::NotRetryable)), "{how}");
            }
            (other, _) => panic!("{how}: {other:?}"),
        }
        rig.assert_seen(1, 1, &[]);
    }
}

// No HTTP, or not quite.

/// A response that ureq cannot take for one, and a word of what it says about it.
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
fn what_is_no_http_is_a_lost_response_with_the_reason_as_its_cause() {
    for (word, bytes) in no_http() {
        let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(80)]).into_owned();
        let rig = Rig::play([Action::respond(&*bytes).then_close(), user()]);
        assert_eq!(rig.get().expect(&shown).id, "u1");
        rig.assert_seen(2, 2, &[250]);

        let rig = Rig::play([Action::respond(bytes).then_close(), user()]);
        let error = gave_up(rig.create(), 1, GiveUpReason::UnsafeToRetry);
        assert_response_lost(&error);
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
        let rig = Rig::repeat(Action::respond(&*bytes));
        assert_eq!(rig.get().unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&bytes))).id, "u1");
        rig.assert_seen(1, 1, &[]);
    }
}

#[test]
fn what_follows_a_response_is_not_taken_for_the_next_one() {
    let other = script::response(200, &[], r#"{"id":"somebody else"}"#);
    let response = [script::response(200, &[], USER), other].concat();
    let rig = Rig::play([Action::respond(response), user()]);
    assert_eq!(rig.get().unwrap().id, "u1");
    assert_eq!(rig.client.send(get()).unwrap().id, "u1");
    rig.assert_seen(2, 2, &[]);
}

#[test]
fn a_status_of_no_known_class_is_an_error_of_the_service() {
    for (line, applied) in
        [("101 Switching Protocols", false), ("304 Not Modified", false), ("600 Beyond", true), ("999 Denied", true)]
    {
        let rig = Rig::repeat(Action::respond(raw(&[line, "content-length: 0"], "")).then_close());
        let error = gave_up(rig.get(), 1, GiveUpReason::NotRetryable);
        assert_eq!(error.status().unwrap().as_str(), &line[..3]);
        assert!(!error.maybe_applied(), "reading changes nothing");
        let error = gave_up(rig.create(), 1, GiveUpReason::NotRetryable);
        assert_eq!((error.status().unwrap().as_str(), error.maybe_applied()), (&line[..3], applied));
        rig.assert_seen(2, 2, &[]);
    }
}
