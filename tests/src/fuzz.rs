//! What holds for any input at all. `tests/fuzz` looks for inputs for which it does not, and the ones that it has found are
//! tried in the normal test run.

use std::fmt::Write as _;
use std::{
    collections::BTreeSet,
    time::{Duration, SystemTime},
};

use cloudinary_provisioning::{
    Account, Error, ErrorKind, Exchange, Operation, Origin, Outcome, Raw, Reading, RetryPolicy, Safety, Step,
    TransportError, users,
};
use cloudinary_provisioning_fake::{FakeAccount, Fault as Scripted, Framing, NewGroup, NewSubAccount, NewUser};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use serde_json::Value;

use crate::samples;
use crate::wire;

/// The longest delay of the default policy: a hint of a minute and its second.
const LONGEST_WAIT: Duration = Duration::from_secs(61);

fn split<'d>(data: &'d [u8], at: &[u8]) -> (&'d [u8], &'d [u8]) {
    let place = data.windows(at.len()).position(|window| window == at);
    place.map_or((data, &[]), |place| (&data[..place], &data[place + at.len()..]))
}

/// `name: value` lines; those that are no headers are left out.
fn headers(lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n') {
        let (name, value) = split(line, b":");
        let name = HeaderName::from_bytes(name.trim_ascii());
        let value = HeaderValue::from_bytes(value.trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            _ = headers.try_append(name, value);
        }
    }
    headers
}

/// Any response, to any operation: a byte for the operation, two for the status, lines of headers, an empty line, the body.
///
/// It is read to a value or to an error that holds all of it, always the same, and a call with it comes to an end.
pub fn response(data: &[u8]) {
    let [which, high, low, rest @ ..] = data else { return };
    let status = 100 + (u16::from(*high) << 8 | u16::from(*low)) % 900;
    let (head, body) = split(rest, b"\n\n");
    let mut response = Response::new(body.to_vec());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    *response.headers_mut() = headers(head);
    let mut samples = samples::all();
    samples.push(Box::new(Raw::new(Method::POST, ["x"])));
    samples.push(Box::new(Raw::new(Method::PUT, ["x"]).safety(Safety::Idempotent)));
    let which = usize::from(*which) % samples.len();
    read(&*samples.swap_remove(which), &response);
}

fn read(sample: &dyn samples::Sample, response: &Response<Vec<u8>>) {
    match (sample.read(response), sample.read(response)) {
        (Ok((value, debug)), Ok(again)) => {
            assert!(response.status().is_success());
            assert_eq!((&value, &debug), (&again.0, &again.1));
            // Escapes make text shorter, numbers in other notations longer.
            assert!(length(&value) <= 64 + 32 * response.body().len(), "more than there was");
        }
        (Err(error), Err(again)) => {
            assert_eq!(error.to_string(), again.to_string());
            check_error(&error, response);
        }
        (one, other) => panic!("{one:?} and {other:?}"),
    }
    sample.call(response);
}

/// How much text is in a value.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(list) => list.iter().map(length).sum(),
        Value::Object(object) => object.values().map(length).sum(),
        _ => 0,
    }
}

fn check_error(error: &Error, response: &Response<Vec<u8>>) {
    assert_eq!((error.status(), error.headers()), (Some(response.status()), Some(response.headers())));
    assert_eq!(error.body(), Some(response.body().as_slice()));
    assert_eq!(matches!(error.kind(), ErrorKind::Status), !response.status().is_success());
    assert!(!format!("{error:?} {error:#?} {:?} {:?}", error.rate_limit(), error.request_id()).is_empty());
    _ = (error.message(), error.code(), error.category(), error.details(), error.retry_after());
    if let ErrorKind::Decode { path, message } = error.kind() {
        assert!(!path.is_empty() && !message.is_empty());
        assert!(path.len() < 4096, "a path of {} bytes", path.len());
    }
}

/// A call that gets nothing but this response, whole and truncated, ends within its policy.
pub(crate) fn call<O: Operation>(operation: &O, response: &Response<Vec<u8>>) {
    let account = Account::new("acc", "KEY", "SECRET").expect("an account");
    let outcome = |which, response| match which {
        0 => Outcome::Response(response),
        1 => Outcome::Truncated(response, None),
        _ => Outcome::TooLarge(response, 7),
    };
    for which in 0..3 {
        let mut exchange = Exchange::new(&account, operation, RetryPolicy::default()).expect("a request");
        let mut elapsed = Duration::ZERO;
        loop {
            let jitter = (response.body().len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let sample = Reading::new(elapsed, SystemTime::UNIX_EPOCH + elapsed, jitter);
            let attempt = match exchange.begin(elapsed) {
                Ok(attempt) => attempt,
                Err(error) => break check_end(&error, operation.safety()),
            };
            match exchange.on_outcome(attempt, outcome(which, response.clone()), sample) {
                Step::Send => panic!("nothing is looked up"),
                Step::Retry(event) => {
                    assert!(event.delay <= LONGEST_WAIT, "{:?}", event.delay);
                    assert!(event.attempt < 3);
                    elapsed += event.delay;
                }
                Step::Failed(error) => break check_end(&error, operation.safety()),
                Step::Done(_) => break assert!(response.status().is_success() && which == 0),
            }
        }
        assert!(elapsed <= Duration::from_secs(120));
    }
    let mut exchange = Exchange::new(&account, operation, RetryPolicy::none()).expect("a request");
    let sample = Reading::new(Duration::MAX, SystemTime::UNIX_EPOCH, u64::MAX);
    let attempt = exchange.begin(Duration::ZERO).expect("the first attempt");
    let step = exchange.on_outcome(attempt, TransportError::maybe_sent("lost").into(), sample);
    assert!(matches!(step, Step::Failed(_)));
}

fn check_end(error: &Error, safety: Safety) {
    assert!((1..=3).contains(&error.attempts()));
    assert!(!error.maybe_applied() || safety != Safety::Safe);
}

/// Any text as an account's URL, as its variables (divided by NUL), and as an origin.
///
/// What is taken makes a request that goes to the account and to nobody else, with the credentials that were given.
pub fn account_url(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Account::from_url(text) {
        Ok(account) => {
            check_account(&account);
            assert!(text.get(..10).is_some_and(|scheme| scheme.eq_ignore_ascii_case("account://")));
            let url = format!(
                "account://{}:{}@{}",
                every(account.key()),
                every(account.secret().expose()),
                every(account.id().as_str())
            );
            assert_same(&account, &Account::from_url(&url).expect("the same account"));
        }
        Err(error) => assert!(error.to_string().len() < 200, "{error}"),
    }
    let parts: Vec<&str> = text.split('\0').collect();
    let names = [
        "CLOUDINARY_ACCOUNT_URL",
        "CLOUDINARY_ACCOUNT_ID",
        "CLOUDINARY_PROVISIONING_API_KEY",
        "CLOUDINARY_PROVISIONING_API_SECRET",
        "CLOUDINARY_REGION",
        "CLOUDINARY_ORIGIN",
    ];
    let lookup = |name: &str| {
        let place = names.iter().position(|known| *known == name).expect("a variable that is documented");
        parts.get(place).map(|part| (*part).to_owned())
    };
    match Account::from_lookup(lookup) {
        Ok(account) => check_account(&account),
        Err(error) => assert!(error.to_string().len() < 200, "{error}"),
    }
    for (origin, any) in
        [(Origin::url(text), false), (Origin::url_allowing_http(text), true), (Origin::host(text), false)]
    {
        match origin {
            Ok(origin) => check_origin(&origin, any),
            Err(error) => assert!(error.to_string().len() < 200, "{error}"),
        }
    }
}

/// Every byte percent-encoded.
pub fn every(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        // Writing to a String cannot fail.
        let _ = write!(encoded, "%{byte:02x}");
    }
    encoded
}

fn assert_same(one: &Account, other: &Account) {
    assert_eq!(one.id(), other.id());
    assert_eq!((one.key(), one.secret().expose()), (other.key(), other.secret().expose()));
}

fn check_account(account: &Account) {
    let (id, key, secret) = (account.id().as_str(), account.key(), account.secret().expose());
    assert!(!id.is_empty() && !key.is_empty() && !secret.is_empty());
    match account.request(&users::List::new()) {
        Ok(request) => {
            assert_eq!(request.uri().authority().expect("an authority").as_str(), "api.cloudinary.com");
            assert_eq!(wire::path_segments(request.uri().path()), ["v1_1", "provisioning", "accounts", id, "users"]);
            let authorization = request.headers()["authorization"].to_str().expect("text");
            assert_eq!(authorization, FakeAccount::new(id, key, secret).authorization());
            let mut fake = FakeAccount::new(id, key, secret);
            assert_eq!(fake.respond(request).status(), 200);
        }
        // An id can be too long for a URL.
        Err(error) => assert!(id.len() > 10_000, "{error}"),
    }
}

fn check_origin(origin: &Origin, any: bool) {
    let again = if any { Origin::url_allowing_http(origin.as_str()) } else { Origin::url(origin.as_str()) };
    assert_eq!(again.as_ref(), Ok(origin));
    let account = Account::new("acc", "KEY", "SECRET").expect("an account").with_origin(origin.clone());
    let request = match account.request(&users::Get::new("u1")) {
        Ok(request) => request,
        Err(error) => {
            return assert!(origin.as_str().len() > 10_000, "{error}");
        }
    };
    let uri = request.uri();
    assert!(uri.to_string().starts_with(origin.as_str()), "{uri}");
    assert!(uri.path().ends_with("/v1_1/provisioning/accounts/acc/users/u1"), "{uri}");
    assert!(uri.host().is_some_and(|host| !host.is_empty()) && uri.query().is_none(), "{uri}");
    assert!(!uri.authority().expect("an authority").as_str().contains('@'), "{uri}");
    assert!(any || uri.scheme_str() == Some("https") || is_loopback(uri.host().unwrap_or_default()), "{uri}");
}

fn is_loopback(host: &str) -> bool {
    let bare = host.trim_matches(['[', ']']);
    host.eq_ignore_ascii_case("localhost") || bare.parse().is_ok_and(|ip: std::net::IpAddr| ip.is_loopback())
}

/// Any requests to a fake account, one after the other, divided by byte 0x1e: a byte of options, the method, a space, the
/// target, lines of headers, an empty line, the body.
///
/// Each has a response, what only reads changes nothing, and ids and emails stay unique.
pub fn fake(data: &[u8]) {
    let mut account = FakeAccount::new("acc", "KEY", "SECRET")
        .with_users([
            NewUser::new("Ada Lind", "ada@example.com").id("u1").role("admin"),
            NewUser::new("Bo Lind", "bo@example.com").id("u2").enabled(false).sub_account_ids(["s1"]),
            NewUser::new("Cy Lind", "cy@example.com").id("u3").pending(true),
        ])
        .with_sub_account(NewSubAccount::new("Demo").id("s1"))
        .with_group(NewGroup::new("Editors").id("g1").members(["u1", "u3"]))
        .with_page_cap(2)
        .with_rate_limit(50);
    for record in data.split(|byte| *byte == 0x1e) {
        if let Some((request, fault)) = request(record, &account) {
            one(&mut account, request, fault);
        }
    }
}

fn request(record: &[u8], account: &FakeAccount) -> Option<(Request<Vec<u8>>, u8)> {
    let (options, rest) = record.split_first()?;
    let (head, body) = split(rest, b"\n\n");
    let (line, lines) = split(head, b"\n");
    let (method, target) = split(line, b" ");
    let mut target = target.to_vec();
    if options & 1 != 0 {
        target.splice(0..0, *b"/v1_1/provisioning/accounts/acc/users");
    }
    let mut request = Request::builder().method(method).uri(target).body(body.to_vec()).ok()?;
    *request.headers_mut() = headers(lines);
    if options & 2 != 0 {
        let authorization = HeaderValue::try_from(account.authorization()).expect("a header");
        request.headers_mut().insert("authorization", authorization);
    }
    if options & 4 != 0 {
        request.headers_mut().insert("content-type", HeaderValue::from_static("application/json"));
    }
    Some((request, options >> 4))
}

fn one(account: &mut FakeAccount, request: Request<Vec<u8>>, fault: u8) {
    let reads = request.method().is_safe();
    let before: Vec<_> = account.users().cloned().collect();
    let scripted = match fault {
        1 => Some(Scripted::status(503).applied()),
        2 => Some(Scripted::response().truncated(Framing::Chunked)),
        3 => Some(Scripted::reset()),
        4 => Some(Scripted::html(u16::from(fault) * 100)),
        _ => None,
    };
    account.script(scripted.clone());
    let response = match account.try_respond(request) {
        Ok(response) => response,
        Err(disruption) => return assert!(scripted.is_some(), "{disruption:?}"),
    };
    let after: Vec<_> = account.users().cloned().collect();
    assert!(!reads || after == before, "a read changed something");
    assert!(after.len().abs_diff(before.len()) <= 1);
    let ids: BTreeSet<_> = after.iter().map(|user| &user.id).collect();
    let emails: BTreeSet<_> = after.iter().map(|user| user.email.to_lowercase()).collect();
    assert_eq!((ids.len(), emails.len()), (after.len(), after.len()), "ids and emails are unique");
    assert!(after.iter().all(|user| account.user(&user.id) == Some(user)));
    assert!(after.iter().all(|user| account.user_by_email(&user.email) == Some(user)));
    let json =
        response.headers().get("content-type").is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if json && !response.body().is_empty() {
        _ = serde_json::from_slice::<Value>(response.body()).expect("JSON");
    }
    assert!(!format!("{account:?}").is_empty());
}
