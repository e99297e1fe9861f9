//! The bytes of a response.

use http::header::{CONNECTION, CONTENT_LENGTH, HeaderValue, TRANSFER_ENCODING};
use http::{Method, Request, Response, Version};

use crate::response::fault::{Framing, reason};

/// Returns whether the client wants to send further requests.
fn keeps_alive(request: &Request<Vec<u8>>) -> bool {
    let asked = |token: &str| {
        request.headers().get_all(CONNECTION).iter().any(|value| {
            value.to_str().is_ok_and(|value| value.split(',').any(|one| one.trim().eq_ignore_ascii_case(token)))
        })
    };
    if request.version() == Version::HTTP_10 { asked("keep-alive") } else { !asked("close") }
}

/// Returns the bytes of a response, and whether the next one may follow on the same connection.
pub(super) fn encode(response: &Response<Vec<u8>>, request: RequestTraits) -> (Vec<u8>, bool) {
    let status = response.status();
    let no_body = request.head || status.is_informational() || matches!(status.as_u16(), 204 | 304);
    let announced_length = response.headers().get(CONTENT_LENGTH);
    let chunked = response.headers().contains_key(TRANSFER_ENCODING);
    // A scripted length or coding is sent unchanged, but then the next response has no defined start.
    let in_step = no_body
        || !chunked && announced_length.is_none_or(|length| *length == HeaderValue::from(response.body().len()));
    let stays = request.keep_alive && in_step && !closes(response);
    let mut bytes = head(response);
    if !no_body && announced_length.is_none() && !chunked {
        line(&mut bytes, CONTENT_LENGTH.as_str(), response.body().len().to_string().as_bytes());
    }
    if !stays && !response.headers().contains_key(CONNECTION) {
        line(&mut bytes, CONNECTION.as_str(), b"close");
    } else if stays && request.old {
        line(&mut bytes, CONNECTION.as_str(), b"keep-alive");
    }
    bytes.extend_from_slice(b"\r\n");
    if !no_body {
        bytes.extend_from_slice(response.body());
    }
    (bytes, stays)
}

/// The parts of a request that its response depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct RequestTraits {
    pub(super) head: bool,
    pub(super) keep_alive: bool,
    /// HTTP/1.0, where keeping the connection needs a header.
    pub(super) old: bool,
}

impl RequestTraits {
    pub(super) fn of(request: &Request<Vec<u8>>) -> Self {
        Self {
            head: request.method() == Method::HEAD,
            keep_alive: keeps_alive(request),
            old: request.version() == Version::HTTP_10,
        }
    }
}

fn closes(response: &Response<Vec<u8>>) -> bool {
    response.headers().get(CONNECTION).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"close"))
}

/// Returns the head and the first bytes of the body of a response that never ends.
pub(super) fn encode_part(response: &Response<Vec<u8>>, framing: Framing, sent: usize) -> Vec<u8> {
    let body = response.body();
    let part = body.get(..sent).unwrap_or(body);
    // Never the true length, even where the whole body is to be sent.
    let announced = body.len().max(part.len() + 1);
    let mut plain = response.clone();
    plain.headers_mut().remove(CONTENT_LENGTH);
    plain.headers_mut().remove(TRANSFER_ENCODING);
    let mut bytes = head(&plain);
    match framing {
        Framing::ContentLength => {
            line(&mut bytes, CONTENT_LENGTH.as_str(), announced.to_string().as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        Framing::Chunked => {
            line(&mut bytes, TRANSFER_ENCODING.as_str(), b"chunked");
            bytes.extend_from_slice(format!("\r\n{announced:x}\r\n").as_bytes());
        }
        Framing::CloseDelimited => {
            line(&mut bytes, CONNECTION.as_str(), b"close");
            bytes.extend_from_slice(b"\r\n");
        }
    }
    bytes.extend_from_slice(part);
    bytes
}

/// The status line and the headers.
fn head(response: &Response<Vec<u8>>) -> Vec<u8> {
    let status = response.status();
    let mut bytes = Vec::with_capacity(512 + response.body().len());
    bytes.extend_from_slice(format!("HTTP/1.1 {} {}\r\n", status.as_str(), reason(status)).as_bytes());
    for (name, value) in response.headers() {
        line(&mut bytes, name.as_str(), value.as_bytes());
    }
    bytes
}

fn line(bytes: &mut Vec<u8>, name: &str, value: &[u8]) {
    bytes.extend_from_slice(name.as_bytes());
    bytes.extend_from_slice(b": ");
    bytes.extend_from_slice(value);
    bytes.extend_from_slice(b"\r\n");
}
