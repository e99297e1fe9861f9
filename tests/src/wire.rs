//! A strict second reading of what the core wrote: it shares no code with the core, so that they cannot be wrong together.

use http::{HeaderMap, Request};
use serde_json::Value;

/// The decoded path segments of a URI's path, which must start with a slash.
///
/// Panics on anything a server could read differently: a byte that is neither unreserved nor percent-encoded, a segment that
/// is empty or a dot segment, or bytes that are no UTF-8.
#[track_caller]
pub fn path_segments(path: &str) -> Vec<String> {
    let rest = path.strip_prefix('/').expect("a path starts with a slash");
    rest.split('/')
        .map(|raw| {
            let decoded = decode(raw, false);
            assert!(!matches!(decoded.as_str(), "" | "." | ".."), "a server may drop the segment {raw:?} of {path:?}");
            decoded
        })
        .collect()
}

/// The decoded pairs of a query string, in the order sent. `+` is a space; otherwise as strict as [`path_segments`].
#[track_caller]
pub fn query_pairs(query: &str) -> Vec<(String, String)> {
    if query.is_empty() {
        return Vec::new();
    }
    query
        .split('&')
        .map(|pair| {
            let (key, value) = pair.split_once('=').expect("a query pair has a `=`");
            (decode(key, true), decode(value, true))
        })
        .collect()
}

/// Percent-decodes one path segment, query key or query value.
#[track_caller]
fn decode(raw: &str, plus_is_space: bool) -> String {
    let mut bytes = raw.bytes();
    let mut decoded = Vec::with_capacity(raw.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let mut digit = || char::from(bytes.next()?).to_digit(16);
                let value = digit().zip(digit()).map(|(high, low)| high * 16 + low);
                let value = value.unwrap_or_else(|| panic!("a broken percent-encoding in {raw:?}"));
                u8::try_from(value).unwrap()
            }
            b'+' if plus_is_space => b' ',
            b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => byte,
            other => panic!("the byte {other:#04x} stands unencoded in {raw:?}"),
        });
    }
    String::from_utf8(decoded).unwrap_or_else(|error| panic!("{error} in {raw:?}"))
}

/// The decoded query pairs of a request.
#[track_caller]
pub fn request_query<B>(request: &Request<B>) -> Vec<(String, String)> {
    query_pairs(request.uri().query().unwrap_or_default())
}

/// The JSON body of a request, or `None` for an empty body.
///
/// Panics if the body has whitespace between tokens or the same key twice, both of which re-serializing would hide.
#[track_caller]
pub fn json_body(request: &Request<Vec<u8>>) -> Option<Value> {
    let body = request.body();
    if body.is_empty() {
        return None;
    }
    let value: Value = serde_json::from_slice(body).expect("a JSON body");
    let compact = serde_json::to_vec(&value).unwrap();
    assert_eq!(compact.len(), body.len(), "{} is not compact JSON", String::from_utf8_lossy(body));
    Some(value)
}

/// All headers as sorted text pairs.
pub fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let mut pairs: Vec<_> = map.iter().map(|(name, value)| (name.to_string(), text(value))).collect();
    pairs.sort();
    pairs
}

/// Panics unless both requests have the same method, URI, headers and body. The order of JSON keys is of no meaning.
#[track_caller]
pub fn assert_same_request(actual: &Request<Vec<u8>>, expected: &Request<Vec<u8>>, case: &str) {
    assert_eq!(actual.method(), expected.method(), "method of {case}");
    assert_eq!(actual.uri().to_string(), expected.uri().to_string(), "URI of {case}");
    assert_eq!(headers(actual.headers()), headers(expected.headers()), "headers of {case}");
    assert_eq!(json_body(actual), json_body(expected), "body of {case}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_and_pairs_are_decoded_once() {
        assert_eq!(path_segments("/a/%C3%A9%252F/c"), ["a", "é%2F", "c"]);
        assert_eq!(
            query_pairs("a=1+2&a=%26&b="),
            [("a", "1 2"), ("a", "&"), ("b", "")].map(|(k, v)| (k.into(), v.into()))
        );
        assert_eq!(query_pairs(""), []);
    }

    #[test]
    fn what_a_server_may_read_differently_is_refused() {
        for path in ["a", "/a//b", "/a/", "/.", "/a/%2e%2E", "/a b", "/é", "/%4", "/%zz", "/a+b", "/a;b", "/%ff"] {
            let caught = std::panic::catch_unwind(|| path_segments(path));
            assert!(caught.is_err(), "{path:?} was read as {caught:?}");
        }
    }

    #[test]
    #[should_panic(expected = "is not compact JSON")]
    fn a_body_with_a_key_twice_is_refused() {
        json_body(&Request::new(br#"{"a":1,"a":1}"#.to_vec()));
    }
}
