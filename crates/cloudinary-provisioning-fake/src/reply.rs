//! What an operation comes to, before the headers that every reply carries.

use http::StatusCode;
use http::header::{ALLOW, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use serde::Serialize;

pub(crate) type Reply = Result<Vec<u8>, Failure>;

#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    pub(crate) message: String,
    pub(crate) header: Option<(HeaderName, HeaderValue)>,
}

impl Failure {
    fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), header: None }
    }

    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    pub(crate) fn unauthorized(message: impl Into<String>) -> Self {
        let challenge = HeaderValue::from_static("Basic realm=\"provisioning\"");
        Self { header: Some((WWW_AUTHENTICATE, challenge)), ..Self::new(StatusCode::UNAUTHORIZED, message) }
    }

    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, message)
    }

    pub(crate) fn no_user(id: &str) -> Self {
        Self::not_found(format!("Cannot find user with id {id}"))
    }

    pub(crate) fn no_sub_account(id: &str) -> Self {
        Self::not_found(format!("Cannot find sub account with id {id}"))
    }

    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, message)
    }

    pub(crate) fn method_not_allowed(allow: &'static str) -> Self {
        Self {
            header: Some((ALLOW, HeaderValue::from_static(allow))),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("Only {allow} can be used here"))
        }
    }

    pub(crate) fn rate_limited(message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(420).unwrap_or(StatusCode::TOO_MANY_REQUESTS);
        Self::new(status, message)
    }
}

pub(crate) fn json<T: Serialize + ?Sized>(value: &T) -> Reply {
    serde_json::to_vec(value).map_err(|error| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, error.to_string()))
}

/// `{"error":{"message":"…"}}`, the body of every failure of this API.
pub(crate) fn error_body(message: &str) -> Vec<u8> {
    serde_json::json!({ "error": { "message": message } }).to_string().into_bytes()
}
