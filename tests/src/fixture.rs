//! Reads `tests/fixtures`. Its README describes the files.

use std::{fs, path::PathBuf};

use cloudinary_provisioning::catalog;
use cloudinary_provisioning::catalog::Entry;
use http::{Request, Response, Uri};
use serde_json::Value;

const MAX_HEADERS: usize = 32;

fn path(relative: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(relative)
}

fn read(relative: &str) -> Vec<u8> {
    let path = path(relative);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("{version}", env!("CARGO_PKG_VERSION")).into_bytes()
}

fn body(file: &[u8], head: usize) -> Vec<u8> {
    let body = &file[head..];
    body.strip_suffix(b"\n").unwrap_or(body).to_vec()
}

/// The request `<operation>/<case>.request.http`; `https` and its `host` header become the URI's origin.
pub fn request(operation: &str, case: &str) -> Request<Vec<u8>> {
    let file = read(&format!("{operation}/{case}.request.http"));
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Request::new(&mut headers);
    let head = parsed.parse(&file).expect("an HTTP request").unwrap();
    let host = parsed.headers.iter().find(|header| header.name == "host").expect("a host header");
    let uri = Uri::builder()
        .scheme("https")
        .authority(host.value)
        .path_and_query(parsed.path.unwrap())
        .build()
        .expect("a URI");
    let mut request = Request::builder().method(parsed.method.unwrap()).uri(uri);
    for header in parsed.headers.iter().filter(|header| header.name != "host") {
        request = request.header(header.name, header.value);
    }
    request.body(body(&file, head)).expect("a request")
}

/// The response `<operation>/<case>.response.http`.
pub fn response(operation: &str, case: &str) -> Response<Vec<u8>> {
    let file = read(&format!("{operation}/{case}.response.http"));
    let mut headers = [httparse::EMPTY_HEADER; MAX_HEADERS];
    let mut parsed = httparse::Response::new(&mut headers);
    let head = parsed.parse(&file).expect("an HTTP response").unwrap();
    let mut response = Response::builder().status(parsed.code.unwrap());
    for header in parsed.headers.iter() {
        response = response.header(header.name, header.value);
    }
    response.body(body(&file, head)).expect("a response")
}

/// What the response `<operation>/<case>` is read to, as `<operation>/<case>.value.json` has it.
pub fn value(operation: &str, case: &str) -> Value {
    let file = format!("{operation}/{case}.value.json");
    serde_json::from_slice(&read(&file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

/// The operations that have fixtures.
pub fn operations() -> impl Iterator<Item = &'static Entry> {
    catalog().filter(|entry| path(entry.id).is_dir())
}

/// The names of all request cases of an operation, sorted.
pub fn request_cases(operation: &str) -> Vec<String> {
    cases(operation, ".request.http")
}

/// The names of all response cases of an operation, sorted.
pub fn response_cases(operation: &str) -> Vec<String> {
    cases(operation, ".response.http")
}

fn cases(operation: &str, suffix: &str) -> Vec<String> {
    let files = fs::read_dir(path(operation)).expect("a folder named after the operation");
    let mut cases: Vec<_> = files
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(suffix).map(str::to_owned))
        .collect();
    cases.sort();
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_has_its_origin_head_and_body() {
        let request = request("createUser", "required");
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri().host(), Some("api.cloudinary.com"));
        assert!(!request.headers().contains_key("host"));
        assert_eq!(request.body(), br#"{"name":"Ada Lind","email":"ada@example.com"}"#);
    }

    #[test]
    fn a_response_has_its_head_and_body() {
        let response = response("deleteUser", "200-no_message");
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["x-request-id"], "deleteUser-200-no_message");
        assert_eq!(response.body(), b"{}");
    }
}
