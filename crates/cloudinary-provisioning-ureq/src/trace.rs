//! Spans and events of the feature `tracing`, with OpenTelemetry's attribute names. They show no credentials, no query,
//! no body, and no id: a path is shown as its template.

use cloudinary_provisioning::{Error, Operation, Origin, Response, RetryEvent};
#[cfg(feature = "tracing")]
use cloudinary_provisioning::{ErrorKind, TransportError};

/// Makes a call, within a span of its own.
#[cfg(feature = "tracing")]
pub(crate) fn span<O: Operation>(
    operation: &O,
    origin: &Origin,
    call: impl FnOnce() -> Result<Response<O::Output>, Error>,
) -> Result<Response<O::Output>, Error> {
    use tracing::field::Empty;

    let span = tracing::info_span!(
        "cloudinary_provisioning.call",
        otel.name = O::ID,
        otel.kind = "client",
        http.request.method = operation.method().as_str(),
        url.template = O::PATH,
        server.address = origin.as_str(),
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.r#type = Empty,
    );
    let _entered = span.enter();
    let result = call();
    let (status, attempts) = match &result {
        Ok(response) => (Some(response.status()), response.attempts()),
        Err(error) => (error.status(), error.attempts()),
    };
    if let Some(status) = status {
        span.record("http.response.status_code", status.as_u16());
    }
    if attempts > 1 {
        span.record("http.request.resend_count", attempts - 1);
    }
    if let Err(error) = &result {
        span.record("error.type", kind(error));
    }
    result
}

/// Makes a call.
#[cfg(not(feature = "tracing"))]
pub(crate) fn span<O: Operation>(
    _: &O,
    _: &Origin,
    call: impl FnOnce() -> Result<Response<O::Output>, Error>,
) -> Result<Response<O::Output>, Error> {
    call()
}

#[cfg(feature = "tracing")]
pub(crate) fn retry(event: &RetryEvent<'_>) {
    tracing::warn!(
        otel.name = event.operation,
        http.request.resend_count = event.attempt,
        http.response.status_code = event.cause.status().map(|status| status.as_u16()),
        error.type = kind(event.cause),
        delay_ms = u64::try_from(event.delay.as_millis()).unwrap_or(u64::MAX),
        request_id = event.cause.request_id(),
        "retrying",
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn retry(_: &RetryEvent<'_>) {}

#[cfg(feature = "tracing")]
fn kind(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Status => "status",
        ErrorKind::Truncated(_) => "truncated",
        ErrorKind::TooLarge { .. } => "too_large",
        ErrorKind::Decode { .. } => "decode",
        ErrorKind::Transport(TransportError::NotSent(_)) => "not_sent",
        ErrorKind::Transport(TransportError::MaybeSent(_)) => "maybe_sent",
        _ => "other",
    }
}
