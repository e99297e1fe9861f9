//! Spans and events of the feature `tracing`, with OpenTelemetry's attribute names. They show no credentials, no query,
//! no body, and no id: a path is shown as its template.

use cloudinary_provisioning::{Driver, Error, Exchange, Operation, Response, RetryEvent};

/// Makes the call, within a span of its own.
#[cfg(feature = "tracing")]
pub(crate) fn run<O: Operation>(exchange: Exchange<O>, driver: &impl Driver) -> Result<Response<O::Output>, Error> {
    use tracing::field::{Empty, display};

    let request = exchange.request();
    let span = tracing::info_span!(
        "cloudinary_provisioning.call",
        otel.name = O::ID,
        otel.kind = "client",
        http.request.method = request.method().as_str(),
        url.template = O::PATH,
        server.address = request.uri().host().unwrap_or_default(),
        http.response.status_code = Empty,
        http.request.resend_count = Empty,
        error.type = Empty,
    );
    let _entered = span.enter();
    let result = exchange.run(driver);
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
        span.record("error.type", display(kind(error)));
    }
    result
}

/// Makes the call.
#[cfg(not(feature = "tracing"))]
pub(crate) fn run<O: Operation>(exchange: Exchange<O>, driver: &impl Driver) -> Result<Response<O::Output>, Error> {
    exchange.run(driver)
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
    use cloudinary_provisioning::{ErrorKind, TransportError};

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
