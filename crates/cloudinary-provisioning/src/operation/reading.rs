//! Reading a response into the value or the error of an operation.

use std::time::SystemTime;

use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use serde::de::IgnoredAny;

use crate::outcome::error::{Error, ErrorKind};
use crate::outcome::headers;
use crate::wire::escape::Escaped;
use crate::wire::json::Unreadable;

/// Why a response has no value. The response itself is added only then, so that a success copies nothing.
pub(crate) enum Misread {
    Status,
    Body(Unreadable),
}

/// Reads a response with the function that decodes the body of a success.
pub(crate) fn read<T>(
    status: StatusCode,
    body: &[u8],
    decode: impl FnOnce(StatusCode, &[u8]) -> Result<T, Unreadable>,
) -> Result<T, Misread> {
    if !status.is_success() {
        return Err(Misread::Status);
    }
    decode(status, body).map_err(|mut fault| {
        if body.trim_ascii().is_empty() {
            fault.truncated = false;
            "the body is empty".clone_into(&mut fault.message);
        }
        Misread::Body(fault)
    })
}

/// Reads a response, and copies it into the error if there is no value.
pub(crate) fn parse<T, B: AsRef<[u8]>>(
    id: &'static str,
    response: &http::Response<B>,
    decode: impl FnOnce(StatusCode, &[u8]) -> Result<T, Unreadable>,
) -> Result<T, Error> {
    read(response.status(), response.body().as_ref(), decode)
        .map_err(|misread| misread.into_error(id, copy(response), None))
}

impl Misread {
    pub(crate) fn into_error(
        self,
        id: &'static str,
        response: http::Response<Vec<u8>>,
        now: Option<SystemTime>,
    ) -> Error {
        let kind = match self {
            Self::Status => ErrorKind::Status,
            Self::Body(fault) if fault.truncated => ErrorKind::Truncated(None),
            Self::Body(fault) => ErrorKind::Decode { path: fault.path, message: described(fault.message, &response) },
        };
        with_response(id, kind, response, now)
    }
}

/// The error of an attempt that brought a response.
pub(crate) fn with_response(
    id: &'static str,
    kind: ErrorKind,
    response: http::Response<Vec<u8>>,
    now: Option<SystemTime>,
) -> Error {
    let refused = matches!(kind, ErrorKind::Status);
    let hint = if refused { headers::retry_after(response.status(), response.headers(), now) } else { None };
    Error::new(Some(id), kind, Some(response)).with_retry_after(hint)
}

/// Names what makes a body unreadable as a whole: a compression that the transport did not undo, a web page, a text.
fn described(message: String, response: &http::Response<Vec<u8>>) -> String {
    let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(encoding) = header(CONTENT_ENCODING).filter(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        return format!("the content encoding `{}` was not decoded", Escaped(encoding));
    }
    let body = response.body().trim_ascii_start();
    let is_type = |start: &str| {
        let start_of = |value: &str| value.get(..start.len()).is_some_and(|value| value.eq_ignore_ascii_case(start));
        header(CONTENT_TYPE).is_some_and(start_of)
    };
    let is_json = || serde_json::from_slice::<IgnoredAny>(body).is_ok();
    match body.first() {
        Some(b'<') => {
            let title = title(&String::from_utf8_lossy(body));
            let title = title.map(|title| format!(", \"{}\"", Escaped(&title)));
            format!("the response is a web page{}", title.unwrap_or_default())
        }
        Some(_) if is_type("text/") && !is_json() => "the response is a text".to_owned(),
        _ => message,
    }
}

/// The title of a web page, in one line.
fn title(page: &str) -> Option<String> {
    /// How many characters of it are shown.
    const LONGEST: usize = 80;

    let lower = page.to_ascii_lowercase();
    let start = lower.find("<title")?;
    let start = start + lower.get(start..)?.find('>')? + 1;
    let length = lower.get(start..)?.find("</title").unwrap_or(lower.len() - start);
    let words: Vec<_> = page.get(start..start + length)?.split_whitespace().collect();
    let title = words.join(" ");
    let mut shown: String = title.chars().take(LONGEST).collect();
    if shown.len() < title.len() {
        shown.push('…');
    }
    (!shown.is_empty()).then_some(shown)
}

fn copy<B: AsRef<[u8]>>(response: &http::Response<B>) -> http::Response<Vec<u8>> {
    let mut copy = http::Response::new(response.body().as_ref().to_vec());
    *copy.status_mut() = response.status();
    *copy.version_mut() = response.version();
    *copy.headers_mut() = response.headers().clone();
    copy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::users;

    fn message(content_type: &str, body: &str) -> String {
        let response = http::Response::builder().header(CONTENT_TYPE, content_type).body(body).unwrap();
        match users::Get::new("u1").parse(&response).unwrap_err().kind() {
            ErrorKind::Decode { message, .. } => message.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_success_that_is_not_json_says_what_it_is() {
        let page = "<!doctype html><head><TITLE lang=en>\n Sign\u{1b}[2J\tin </title></head>";
        assert_eq!(message("text/html", page), r#"the response is a web page, "Sign\u{1b}[2J in""#);
        assert_eq!(message("application/json", " <html>"), "the response is a web page");
        assert_eq!(message("Text/plain; charset=utf-8", "OK"), "the response is a text");
        assert!(message("text/plain", "[]").starts_with("invalid type"), "JSON stays JSON");
    }

    #[test]
    fn a_long_title_is_cut() {
        let title = format!("<title>{}", "é".repeat(200));
        assert_eq!(message("text/html", &title), format!("the response is a web page, \"{}…\"", "é".repeat(80)));
    }
}
