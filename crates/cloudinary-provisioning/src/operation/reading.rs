//! Reading a response into the value or the error of an operation.

use std::time::SystemTime;

use http::StatusCode;
use http::header::CONTENT_ENCODING;

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

/// Names a compression that the transport did not undo, which is why the body is unreadable.
fn described(message: String, response: &http::Response<Vec<u8>>) -> String {
    match response.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()) {
        Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
            format!("the content encoding `{}` was not decoded", Escaped(encoding))
        }
        _ => message,
    }
}

fn copy<B: AsRef<[u8]>>(response: &http::Response<B>) -> http::Response<Vec<u8>> {
    let mut copy = http::Response::new(response.body().as_ref().to_vec());
    *copy.status_mut() = response.status();
    *copy.version_mut() = response.version();
    *copy.headers_mut() = response.headers().clone();
    copy
}
