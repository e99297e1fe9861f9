//! Spans and events of the feature `tracing`, with OpenTelemetry's attribute names. They do not show credentials, queries,
//! bodies or ids: a path is shown as its template.

use cloudinary_provisioning::{Error, Operation, Origin, Response, RetryEvent};
#[cfg(feature = "tracing")]
use cloudinary_provisioning::{ErrorKind, TransportError};

/// Makes a call in a new span.
#[cfg(feature = "tracing")]
pub(crate) fn span<O: Operation>(
    operation: &O,
    origin: &Origin,
    call: impl FnOnce() -> Result<Response<O::Output>, Error>,
) -> Result<Response<O::Output>, Error> {
    use tracing::field::Empty;

    let span = tracing::info_span!(
        "cloudinary_provisioning.call",
        otel.name = operation.id(),
        otel.kind = "client",
        http.request.method = operation.method().as_str(),
        url.template = operation.path(),
        server.address = host(origin),
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
        span.record("error.type", kind(error).as_str());
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
        error.type = kind(event.cause).as_str(),
        delay_ms = u64::try_from(event.delay.as_millis()).unwrap_or(u64::MAX),
        request_id = event.cause.request_id(),
        "retrying",
    );
}

#[cfg(not(feature = "tracing"))]
pub(crate) fn retry(_: &RetryEvent<'_>) {}

/// Wraps the work of a thread, so that it has the subscriber and the span of the thread that starts it.
#[cfg(feature = "tracing")]
pub(crate) fn inherit(work: impl FnOnce() + Send + 'static) -> impl FnOnce() + Send + 'static {
    let subscriber = tracing::dispatcher::get_default(Clone::clone);
    let span = tracing::Span::current();
    move || tracing::dispatcher::with_default(&subscriber, || span.in_scope(work))
}

/// Returns the work of a thread as it is.
#[cfg(not(feature = "tracing"))]
pub(crate) fn inherit(work: impl FnOnce() + Send + 'static) -> impl FnOnce() + Send + 'static {
    work
}

/// The host without scheme and port: `server.address`.
#[cfg(feature = "tracing")]
fn host(origin: &Origin) -> &str {
    let (_, authority) = origin.as_str().split_once("://").unwrap_or_default();
    authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']')).map_or(authority, |(host, _)| host)
}

/// The status of a refusal, or the kind of another error: `error.type`.
#[cfg(feature = "tracing")]
fn kind(error: &Error) -> String {
    let kind = match error.kind() {
        ErrorKind::Status => return error.status().map(|status| status.as_str().to_owned()).unwrap_or_default(),
        ErrorKind::Truncated(_) => "truncated",
        ErrorKind::TooLarge { .. } => "too_large",
        ErrorKind::Decode { .. } => "decode",
        ErrorKind::Transport(TransportError::NotSent(_)) => "not_sent",
        ErrorKind::Transport(TransportError::MaybeSent(_)) => "maybe_sent",
        _ => "other",
    };
    kind.to_owned()
}
