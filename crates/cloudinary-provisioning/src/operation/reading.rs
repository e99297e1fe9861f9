//! Reading a response.

use std::time::SystemTime;

use http::StatusCode;
use http::header::CONTENT_ENCODING;

use crate::operation::operation::Operation;
use crate::operation::safety;
use crate::outcome::error::{Error, ErrorKind};
use crate::outcome::headers;
use crate::wire::escape::Escaped;
use crate::wire::json::Unreadable;

/// Why a response has no value. The response itself is added only then, so that a success copies nothing.
pub(crate) enum Fault {
    Status,
    Body(Unreadable),
}

pub(crate) fn read<O: Operation>(status: StatusCode, body: &[u8]) -> Result<O::Output, Fault> {
    if !status.is_success() {
        return Err(Fault::Status);
    }
    O::decode(status, body).map_err(|mut fault| {
        if body.trim_ascii().is_empty() {
            fault.truncated = false;
            "the body is empty".clone_into(&mut fault.message);
        }
        Fault::Body(fault)
    })
}

impl Fault {
    pub(crate) fn into_error<O: Operation>(self, response: http::Response<Vec<u8>>, now: Option<SystemTime>) -> Error {
        let kind = match self {
            Self::Status => ErrorKind::Status,
            Self::Body(fault) if fault.truncated => ErrorKind::Truncated(None),
            Self::Body(fault) => ErrorKind::Decode { path: fault.path, message: described(fault.message, &response) },
        };
        with_response::<O>(kind, response, now)
    }
}

/// The error of an attempt that brought a response.
pub(crate) fn with_response<O: Operation>(
    kind: ErrorKind,
    response: http::Response<Vec<u8>>,
    now: Option<SystemTime>,
) -> Error {
    let refused = matches!(kind, ErrorKind::Status);
    let hint = if refused { headers::retry_after(response.status(), response.headers(), now) } else { None };
    Error::new(Some(O::ID), kind, Some(response)).with_retry_after(hint)
}

/// Names a compression that the transport did not undo: the body is unreadable for no other reason then.
fn described(message: String, response: &http::Response<Vec<u8>>) -> String {
    match response.headers().get(CONTENT_ENCODING).and_then(|value| value.to_str().ok()) {
        Some(encoding) if !encoding.eq_ignore_ascii_case("identity") => {
            format!("the content encoding `{}` was not decoded", Escaped(encoding))
        }
        _ => message,
    }
}

pub(crate) fn parse<O: Operation, B: AsRef<[u8]>>(
    operation: &O,
    response: &http::Response<B>,
) -> Result<O::Output, Error> {
    read::<O>(response.status(), response.body().as_ref()).map_err(|fault| {
        let error = fault.into_error::<O>(copy(response), None);
        let maybe_applied = safety::may_have_applied(&error, operation.safety());
        error.with_maybe_applied(maybe_applied)
    })
}

fn copy<B: AsRef<[u8]>>(response: &http::Response<B>) -> http::Response<Vec<u8>> {
    let mut copy = http::Response::new(response.body().as_ref().to_vec());
    *copy.status_mut() = response.status();
    *copy.version_mut() = response.version();
    *copy.headers_mut() = response.headers().clone();
    copy
}
