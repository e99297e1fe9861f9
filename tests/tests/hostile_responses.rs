//! Responses that no honest service sends. Each is read to a value or to an error that still holds the response, and an error
//! never repeats what may be a person's data.

use std::time::Duration;

use cloudinary_provisioning::catalog::{Entry, Kind};
use cloudinary_provisioning::{
    Error, ErrorKind, Operation, RateLimit, catalog,
    users::{self, User},
};
use cloudinary_provisioning_tests::{fixture, hostile::read_as_each, samples};
use http::Response;
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};

fn response(status: u16, body: impl AsRef<[u8]>) -> Response<Vec<u8>> {
    Response::builder().status(status).header("x-request-id", "r1").body(body.as_ref().to_vec()).unwrap()
}

fn get(body: impl AsRef<[u8]>) -> Result<User, Error> {
    users::Get::new("u1").parse(&response(200, body))
}

fn is_decode(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Decode { .. })
}

#[track_caller]
fn decode_error<T>(result: Result<T, Error>) -> Error {
    match result {
        Err(error) if is_decode(&error) => error,
        Err(other) => panic!("{other:?}"),
        Ok(_) => panic!("a value was read"),
    }
}

/// Where in the body the fault is.
#[track_caller]
fn path(error: &Error) -> &str {
    match error.kind() {
        ErrorKind::Decode { path, .. } => path,
        other => panic!("{other:?}"),
    }
}

/// What the fault is.
#[track_caller]
fn fault(error: &Error) -> &str {
    match error.kind() {
        ErrorKind::Decode { message, .. } => message,
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn api_error(response: &Response<Vec<u8>>) -> Error {
    match users::Get::new("u1").parse(response) {
        Err(error) if matches!(error.kind(), ErrorKind::Status) => error,
        other => panic!("{other:?}"),
    }
}

/// The error holds the response as it came.
#[track_caller]
fn assert_keeps(error: &Error, response: &Response<Vec<u8>>) {
    assert_eq!(error.status(), Some(response.status()));
    assert_eq!(error.headers(), Some(response.headers()));
    assert_eq!(error.body(), Some(response.body().as_slice()));
    assert_eq!(error.request_id(), Some("r1"));
}

/// Whether an operation reads the body of a success at all.
fn reads(entry: &Entry) -> bool {
    entry.response.kind != Kind::Nothing
}

/// Whether a success may come without a body: where nothing is expected of it.
fn may_be_empty(entry: &Entry) -> bool {
    matches!(entry.response.kind, Kind::Record([message, ok]) if (message.name, ok.name) == ("message", "ok"))
        || !reads(entry)
}

#[test]
fn a_success_that_is_no_json_object_is_a_decode_error_of_the_whole() {
    for body in [
        "<!doctype html><title>Sign in</title>",
        "ok",
        "null",
        "true",
        "-0.5",
        r#""ok""#,
        "[]",
        "[{}]",
        "\u{feff}{}",
        "{} {}",
        "'{}'",
        "\0",
    ] {
        let response = response(200, body);
        for (entry, result) in read_as_each(&response) {
            if !reads(entry) || (entry.id == "getBillingUsage" && body.starts_with('[')) {
                assert!(result.is_ok(), "{} of {body}", entry.id);
                continue;
            }
            let error = result.expect_err(entry.id);
            assert_keeps(&error, &response);
            assert!(is_decode(&error), "{} of {body}: {error:?}", entry.id);
            if body != "{} {}" {
                assert_eq!(path(&error), ".", "{} of {body}", entry.id);
            }
        }
    }
}

/// The operations that take the body for a success, of those that read it.
fn misread(body: &Value) -> Vec<&'static str> {
    let results = read_as_each(&response(200, body.to_string()));
    results
        .into_iter()
        .filter(|(entry, result)| reads(entry) && !matches!(result, Err(error) if is_decode(error)))
        .map(|(entry, _)| entry.id)
        .collect()
}

/// Every field of a user in its order, without the names.
fn user_as_array() -> Value {
    let mut fields = vec![Value::Null; 21];
    fields[0] = json!("u1");
    Value::Array(fields)
}

#[test]
fn an_array_is_no_reply_even_if_its_entries_stand_in_the_order_of_the_fields() {
    let bodies = [json!([[]]), json!([null]), json!(["ok"]), json!([[{"id": "u1"}]]), user_as_array()];
    let misread: Vec<_> = bodies.iter().map(misread).collect();
    assert_eq!(misread, vec![vec![""; 0]; bodies.len()]);
}

#[test]
fn an_array_is_no_entry_of_a_list_even_if_it_stands_in_the_order_of_the_fields() {
    for entry in catalog() {
        let Some((key, outer)) = entry.response.keys.split_last() else { continue };
        let body = outer.iter().rev().fold(json!({*key: [user_as_array()]}), |body, key| json!({*key: body}));
        let read = |id: &str| misread(&body).contains(&id);
        assert!(!read(entry.id), "{}", entry.id);
    }
}

#[test]
fn an_empty_success_is_one_only_where_nothing_is_expected() {
    for (status, body) in [(200, ""), (200, " "), (200, "\r\n\t"), (204, "")] {
        let response = response(status, body);
        for (entry, result) in read_as_each(&response) {
            if may_be_empty(entry) {
                assert!(result.is_ok(), "{}", entry.id);
                continue;
            }
            let error = result.expect_err(entry.id);
            assert_keeps(&error, &response);
            assert!(is_decode(&error), "{}: {error:?}", entry.id);
            assert_eq!(fault(&error), "the body is empty");
        }
    }
}

/// Every shorter piece of the body is a lost body.
#[track_caller]
fn assert_lost<O: Operation>(operation: &O, body: &[u8]) {
    assert!(operation.parse(&response(200, body)).is_ok(), "{}", operation.id());
    // Nothing at all is a success of a delete.
    for length in 1..body.len() {
        let cut = &body[..length];
        match operation.parse(&response(200, cut)).map(drop) {
            Err(error) if matches!(error.kind(), ErrorKind::Truncated(_)) => assert_eq!(error.body(), Some(cut)),
            other => panic!("{} of {}: {other:?}", operation.id(), String::from_utf8_lossy(cut)),
        }
    }
}

#[test]
fn a_body_cut_off_anywhere_is_a_lost_body_and_never_a_shorter_value() {
    let full = |operation| fixture::response(operation, "200-full").into_body();
    assert_lost(&users::List::new(), &fixture::response("getUsers", "200-several").into_body());
    assert_lost(&users::List::new(), &fixture::response("getUsers", "200-dates").into_body());
    assert_lost(&users::Create::new("Ada", "ada@example.com"), &full("createUser"));
    assert_lost(&users::Get::new("u1"), &full("getUser"));
    assert_lost(
        &users::Get::new("u1"),
        br#"{"x":[15,true,false,null,{"\u0041":"\ud83d\ude00\n"}],"id":"\u00e9\ud83d\ude00\\"}"#,
    );
    assert_lost(&users::Update::new("u1"), &full("updateUser"));
    assert_lost(&users::Delete::new("u1"), &full("deleteUser"));
    assert_lost(&users::GetGroups::new("u1"), &full("getGroupsForUser"));
    assert_lost(&users::ListSubAccounts::new("u1"), &full("getSubAccountsForUser"));
}

#[test]
fn a_body_cut_off_inside_a_number_is_a_lost_body() {
    assert_lost(&users::Get::new("u1"), br#"{"id":"u1","x":[-1.5e+3,0.5,1E9]}"#);
    assert_lost(&users::Get::new("u1"), br#"{"id":"u1","email_preferences":{"x":-1.5e+3}}"#);
}

#[test]
fn a_content_encoding_is_named_unless_it_is_none() {
    for (encoding, is_named) in [("br", true), ("identity", false), ("Identity", false)] {
        let mut response = response(200, "\u{1}");
        response.headers_mut().insert("content-encoding", encoding.parse().unwrap());
        let error = decode_error(users::Get::new("u1").parse(&response));
        assert_eq!(fault(&error).contains("was not decoded"), is_named, "{encoding}: {error}");
    }
}

#[test]
fn a_list_that_is_missing_is_not_an_empty_list() {
    for body in ["{}", r#"{"Users":[],"Groups":[],"subAccounts":[]}"#] {
        let response = response(200, body);
        decode_error(users::List::new().parse(&response));
        decode_error(users::GetGroups::new("u1").parse(&response));
        decode_error(users::ListSubAccounts::new("u1").parse(&response));
    }
    for list in ["null", "{}", "0", r#""""#] {
        let body = |key: &str| response(200, format!(r#"{{"{key}":{list}}}"#));
        assert_eq!(path(&decode_error(users::List::new().parse(&body("users")))), "users");
        assert_eq!(path(&decode_error(users::GetGroups::new("u1").parse(&body("groups")))), "groups");
        assert_eq!(path(&decode_error(users::ListSubAccounts::new("u1").parse(&body("sub_accounts")))), "sub_accounts");
    }
}

#[test]
fn text_that_is_no_unicode_is_an_error_at_its_place() {
    for name in [
        &b"\xff"[..],
        b"\xc3",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"a\0b",
        br"\ud800",
        br"\udc00\ud800",
        br"\x41",
        br"\u12",
    ] {
        let body = [b"{\"users\":[{\"id\":\"1\"},{\"id\":\"2\",\"name\":\"", name, b"\"}]}"].concat();
        let error = decode_error(users::List::new().parse(&response(200, body)));
        assert_eq!(path(&error), "users[1].name", "{}", String::from_utf8_lossy(name));
    }
}

#[test]
fn text_that_is_no_unicode_harms_nothing_where_nobody_reads_it() {
    for body in [&b"{\"id\":\"u1\",\"x\":\"\xff\"}"[..], b"{\"id\":\"u1\",\"x\":\"\\ud800\"}"] {
        assert_eq!(get(body).unwrap().id, "u1");
    }
}

/// `levels` arrays in each other.
fn nested(levels: usize) -> String {
    "[".repeat(levels) + &"]".repeat(levels)
}

#[test]
fn nesting_in_an_unknown_field_is_passed_over() {
    for levels in [200, 100_000] {
        let user = get(format!(r#"{{"x":{},"id":"u1"}}"#, nested(levels))).unwrap();
        assert_eq!(user.id, "u1");
    }
}

#[test]
fn nesting_in_a_field_that_is_read_is_an_error_at_that_field() {
    for levels in [200, 100_000] {
        let error = decode_error(get(format!(r#"{{"id":"u1","email_preferences":{{"a":{}}}}}"#, nested(levels))));
        let path = path(&error);
        assert!(path.starts_with("email_preferences.a"), "{path:.100}");
        assert!(path.len() < 1_000, "a path of {} bytes", path.len());
        decode_error(get(format!(r#"{{"id":{}}}"#, nested(levels))));
        decode_error(get(nested(levels)));
    }
}

#[test]
fn nesting_in_an_error_body_does_no_harm() {
    for levels in [200, 100_000] {
        let body = format!(r#"{{"error":{{"details":{},"message":"m"}}}}"#, nested(levels));
        let error = api_error(&response(400, &body));
        assert_eq!(error.status().unwrap(), 400);
        assert_eq!(error.body(), Some(body.as_bytes()));
    }
}

#[test]
fn text_that_is_no_json_is_an_error_at_the_nearest_place() {
    for (body, place) in [
        (r#"{"users":[{"id":"1"},{"id":"2","role":admin}]}"#, "users[1].role"),
        (r#"{"users":[{"id":"1"},{"id":"2" "role":null}]}"#, "users[1]"),
        (r#"{"users":[{"id":"1"},{id:"2"}]}"#, "users[1]"),
        (r#"{"users":[{"id":"1"} {"id":"2"}]}"#, "users"),
        (r#"{"users":[{"id":"1"},]}"#, "users"),
        (r#"{"users":[],}"#, "."),
        (r#"{"users":[]}]"#, "."),
    ] {
        assert_eq!(path(&decode_error(users::List::new().parse(&response(200, body)))), place, "{body}");
    }
}

#[test]
fn a_place_below_an_empty_key_has_a_path_too() {
    for body in [r#"{"":x}"#, r#"{"":[1,x]}"#, r#"{"":error":{"message":"no"}}"#] {
        assert_ne!(path(&decode_error(get(body))), "", "{body}");
    }
}

#[test]
fn a_path_is_short_enough_for_a_message_whatever_the_keys_are() {
    let key = "k".repeat(100_000);
    let error = decode_error(get(format!(r#"{{"id":"u1","{key}":x}}"#)));
    assert!(path(&error).len() < 1_000, "a path of {} bytes", path(&error).len());
}

#[test]
fn a_key_twice_is_an_error_where_one_of_them_would_be_lost() {
    for (body, field) in [
        (r#"{"id":"u1","id":"u2"}"#, "id"),
        (r#"{"id":"u1","enabled":true,"enabled":false}"#, "enabled"),
        (r#"{"id":"u1","role":"admin","role":null}"#, "role"),
        (r#"{"id":"u1","created_at":null,"created_at":null}"#, "created_at"),
    ] {
        let error = decode_error(get(body));
        assert!(fault(&error).contains(&format!("duplicate field `{field}`")), "{error}");
    }
    decode_error(users::List::new().parse(&response(200, r#"{"users":[],"users":[{"id":"u1"}]}"#)));
    assert_eq!(get(r#"{"x":1,"id":"u1","x":2}"#).unwrap().id, "u1");
}

#[test]
fn a_number_out_of_range_is_an_error_at_its_place() {
    let long = "9".repeat(10_000);
    for number in [
        "-1",
        "18446744073709551616",
        "1.5",
        "1e400",
        "-1e400",
        "-1e3",
        "1e16",
        "01",
        "+1",
        "NaN",
        "Infinity",
        long.as_str(),
    ] {
        for field in ["group_count", "sub_account_count"] {
            let error = decode_error(get(format!(r#"{{"id":"u1","{field}":{number}}}"#)));
            assert_eq!(path(&error), field, "{number:.30}");
        }
    }
    for number in ["1e400", long.as_str()] {
        let error = decode_error(get(format!(r#"{{"id":"u1","email_preferences":{{"limit":{number}}}}}"#)));
        assert_eq!(path(&error), "email_preferences.limit", "{number:.30}");
    }
}

#[test]
fn times_are_read_exactly_or_refused_at_their_place() {
    for (text, expected) in [
        ("2026-02-28T23:59:59.999999999Z", Some(datetime!(2026-02-28 23:59:59.999999999 UTC))),
        ("2024-02-29", Some(datetime!(2024-02-29 00:00 UTC))),
        ("0001-01-01T00:00:00Z", Some(datetime!(0001-01-01 00:00 UTC))),
        ("9999-12-31T23:59:59Z", Some(datetime!(9999-12-31 23:59:59 UTC))),
        ("2026-03-01T12:00:00-00:00", Some(datetime!(2026-03-01 12:00 UTC))),
        ("2026-03-01T12:00:00+23:59", Some(datetime!(2026-03-01 12:00 +23:59))),
        // A leap second has no second of its own in Unix time; it is the end of the one before.
        ("2016-12-31T23:59:60Z", Some(datetime!(2016-12-31 23:59:59.999999999 UTC))),
        ("2026-03-01T12:00:60Z", None),
        ("10000-01-01T00:00:00Z", None),
        ("+10000-01-01T00:00:00Z", None),
        ("-0001-01-01T00:00:00Z", None),
        ("10000-01-01", None),
        ("2026-13-01T00:00:00Z", None),
        ("2026-00-01T00:00:00Z", None),
        ("2026-02-30T00:00:00Z", None),
        ("2026-02-29", None),
        ("2026-02-00", None),
        ("2026-02-28T24:00:00Z", None),
        ("2026-02-28T23:60:00Z", None),
        ("2026-02-28T23:59:61Z", None),
        ("2026-02-28T12:00:00+99:99", None),
        ("2026-02-28T12:00:00+24:00", None),
        ("2026-02-28T12:00:00", Some(datetime!(2026-02-28 12:00 UTC))),
        ("2026-02-28 12:00:00", Some(datetime!(2026-02-28 12:00 UTC))),
        ("2026-02-28 12:00:00.5+02:00", Some(datetime!(2026-02-28 12:00:00.5 +02:00))),
        ("2026-02-28  12:00:00", None),
        ("2026-02-28T12:00Z", None),
        ("2026-W09-6", None),
        ("2026-059", None),
        ("20260228", None),
        ("1772280000", None),
        (" 2026-02-28", None),
        ("2026-02-28Z", None),
        ("２０２６-02-28", None),
        ("0000-00-00", None),
        ("0000-00-00T00:00:00Z", None),
    ] {
        for field in ["created_at", "updated_at", "last_login"] {
            match (get(json!({"id": "u1", field: text}).to_string()), expected) {
                (Ok(user), Some(expected)) => {
                    let time = [user.created_at, user.updated_at, user.last_login].into_iter().flatten().next();
                    assert_eq!(time, Some(expected), "{text}");
                    assert_eq!(time.map(OffsetDateTime::offset), Some(expected.offset()), "{text}");
                }
                (result, None) => {
                    let error = decode_error(result);
                    assert_eq!(path(&error), field, "{text}");
                    assert!(text.is_empty() || !error.to_string().contains(text), "{error}");
                }
                (Err(error), Some(_)) => panic!("{text}: {error}"),
            }
        }
    }
}

#[test]
fn times_at_the_edge_of_the_calendar_can_be_compared_and_printed() {
    for text in ["9999-12-31T23:59:59-23:59", "0000-01-01T00:00:00+23:59"] {
        let user = get(json!({"id": "u1", "created_at": text}).to_string()).unwrap();
        // Nothing that a caller does with it panics.
        assert_eq!(user, user.clone());
        assert!(!format!("{user:?}").is_empty());
    }
}

#[test]
fn a_throttled_reply_counts_by_its_head_whatever_its_body_is() {
    for body in [
        "",
        "<html>slow down</html>",
        r#"{"error":{"mess"#,
        "{",
        "null",
        "[]",
        "\u{fffd}",
        r#"{"error":null}"#,
        r#"{"error":[]}"#,
        r#"{"error":{}}"#,
    ] {
        for status in [420, 429] {
            let mut response = response(status, body);
            for (name, value) in [
                ("date", "Mon, 23 Nov 2026 10:00:00 GMT"),
                ("x-featureratelimit-limit", "500"),
                ("x-featureratelimit-remaining", "0"),
                ("x-featureratelimit-reset", "Mon, 23 Nov 2026 10:32:00 GMT"),
            ] {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            for (entry, result) in read_as_each(&response) {
                let error = result.expect_err(entry.id);
                assert_keeps(&error, &response);
                assert!(matches!(error.kind(), ErrorKind::Status), "{}: {error:?}", entry.id);
                assert_eq!(error.message(), None, "{body}");
                let rate = error.rate_limit();
                assert_eq!(
                    (rate.limit, rate.remaining, rate.reset),
                    (Some(500), Some(0), Some(datetime!(2026-11-23 10:32 UTC)))
                );
                assert_eq!(error.retry_after(), Some(Duration::from_secs(32 * 60)));
            }
        }
    }
}

#[test]
fn what_an_error_body_does_say_is_taken_and_the_rest_left() {
    let fields = |body: &str| {
        let error = api_error(&response(400, body));
        let text = |text: Option<&str>| text.map(str::to_owned);
        (text(error.message()), text(error.category()), text(error.code()), error.details().cloned())
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(
        fields(r#"{"error":{"category":"c","code":"k","message":"m","details":{"a":1},"new":[1]},"other":2}"#),
        (some("m"), some("c"), some("k"), Some(json!({"a": 1})))
    );
    assert_eq!(fields(r#"{"error":{"message":7,"code":"k","category":null}}"#), (None, None, some("k"), None));
    assert_eq!(fields(r#"{"error":{"message":"m","code":{"nested":true}}}"#), (some("m"), None, None, None));
    assert_eq!(fields(r#"{"error":"out of order"}"#), (some("out of order"), None, None, None));
    assert_eq!(fields(r#"{"message":"not in its place"}"#), (None, None, None, None));
    assert_eq!(fields(r#" {"error":{"message":""}}"#), (some(""), None, None, None));
}

#[test]
fn an_error_body_that_is_an_array_has_no_message() {
    for body in [r#"{"error":["m","c","k"]}"#, r#"[{"message":"m"}]"#, r#"[["m"]]"#] {
        let error = api_error(&response(400, body));
        assert_eq!((error.message(), error.category(), error.code()), (None, None, None), "{body}");
    }
}

#[test]
fn every_status_is_a_success_or_an_error_by_its_class() {
    for status in 100..=999 {
        for sample in samples::all() {
            let body = samples::body(&samples::entry(&*sample).response).to_string();
            let result = sample.read(&response(status, body));
            if (200..300).contains(&status) {
                result.unwrap_or_else(|error| panic!("{} with {status}: {error:?}", sample.id()));
                continue;
            }
            let error = result.expect_err(sample.id());
            assert!(matches!(error.kind(), ErrorKind::Status), "{error:?}");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            assert!(error.to_string().contains(&status.to_string()), "{error}");
        }
    }
}

#[test]
fn headers_that_say_nothing_are_left_out() {
    let junk = [
        &b""[..],
        b" ",
        b"-1",
        b"+1",
        b".5",
        b"1e3",
        b"soon",
        b"0x10",
        b"\xff\xfe",
        "١".as_bytes(),
        b"Fri, 32 Nov 2026 10:00:00 GMT",
    ];
    for value in junk {
        let mut response = response(429, "");
        for name in
            ["retry-after", "x-featureratelimit-limit", "x-featureratelimit-remaining", "x-featureratelimit-reset"]
        {
            response.headers_mut().insert(name, value.try_into().unwrap());
        }
        let error = api_error(&response);
        assert_eq!(error.rate_limit(), RateLimit::default(), "{}", value.escape_ascii());
        assert_eq!(error.retry_after(), None, "{}", value.escape_ascii());
    }
    for value in [&b""[..], b"\xff"] {
        let mut response = response(429, "");
        response.headers_mut().insert("x-request-id", value.try_into().unwrap());
        assert_eq!(api_error(&response).request_id(), None, "{}", value.escape_ascii());
    }
}

#[test]
fn numbers_in_headers_saturate() {
    let mut response = response(429, "");
    for name in ["retry-after", "x-featureratelimit-limit", "x-featureratelimit-remaining"] {
        response.headers_mut().insert(name, "99999999999999999999999".parse().unwrap());
    }
    let error = api_error(&response);
    assert_eq!((error.rate_limit().limit, error.rate_limit().remaining), (Some(u64::MAX), Some(u64::MAX)));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(u64::MAX)));
}

#[test]
fn http_dates_are_read_in_all_three_forms_that_http_knows() {
    for value in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
        let mut response = response(503, "");
        response.headers_mut().insert("date", "Sun, 06 Nov 1994 08:49:30 GMT".parse().unwrap());
        response.headers_mut().insert("retry-after", value.parse().unwrap());
        assert_eq!(api_error(&response).retry_after(), Some(Duration::from_secs(7)), "{value}");
    }
}

#[test]
fn a_flood_of_headers_is_kept() {
    let mut response = response(503, "");
    for n in 0..5_000 {
        response.headers_mut().append("x-flood", n.into());
    }
    assert_eq!(api_error(&response).headers().unwrap().get_all("x-flood").iter().count(), 5_000);
}

#[test]
fn an_unexpected_value_is_in_no_message() {
    const MARK: &str = "hunter2";
    for body in [
        format!(r#"{{"id":"u1","enabled":"{MARK}"}}"#),
        format!(r#"{{"id":"u1","enabled":"a\", expected {MARK}, expected b"}}"#),
        format!(r#"{{"id":"u1","created_at":"{MARK}"}}"#),
        format!(r#"{{"id":"u1","providers":"{MARK}"}}"#),
        format!(r#"{{"id":"u1","providers":[["{MARK}"]]}}"#),
        format!(r#"{{"id":"u1","email_preferences":"{MARK}"}}"#),
        format!(r#"{{"id":"u1","name":"{MARK}","email":false}}"#),
        format!(r#""{MARK}""#),
        MARK.to_owned(),
    ] {
        let error = decode_error(get(&body));
        for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
            assert!(!text.contains(MARK), "{text}");
        }
    }
    let lost = get(format!(r#"{{"id":"{MARK}"#)).unwrap_err();
    let refused = api_error(&response(502, MARK));
    for error in [lost, refused] {
        for text in [error.to_string(), format!("{error:?}"), format!("{error:#?}")] {
            assert!(!text.contains(MARK), "{text}");
        }
    }
}
