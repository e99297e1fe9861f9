//! The feature `tracing`: one span a call, one event a retry, and no secret in either.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};

use cloudinary_provisioning_ureq::users;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::support::{Timeline, client, group, groups_of, number_in, refusal};

type Fields = BTreeMap<&'static str, String>;

/// Keeps the fields of everything, in order.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Recorded>>);

#[derive(Default)]
struct Recorded {
    spans: Vec<(&'static str, Fields)>,
    /// Each with the number of open spans around it.
    events: Vec<(usize, Fields)>,
    open: usize,
}

struct Visitor<'f>(&'f mut Fields);

impl Visit for Visitor<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("cloudinary_provisioning")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        let mut fields = Fields::new();
        span.record(&mut Visitor(&mut fields));
        let mut recorded = self.0.lock().unwrap();
        recorded.spans.push((span.metadata().name(), fields));
        Id::from_u64(u64::try_from(recorded.spans.len()).unwrap())
    }

    fn record(&self, span: &Id, values: &Record<'_>) {
        let number = usize::try_from(span.into_u64()).unwrap();
        values.record(&mut Visitor(&mut self.0.lock().unwrap().spans[number - 1].1));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        let mut fields = Fields::new();
        event.record(&mut Visitor(&mut fields));
        let mut recorded = self.0.lock().unwrap();
        let open = recorded.open;
        recorded.events.push((open, fields));
    }

    fn enter(&self, _: &Id) {
        self.0.lock().unwrap().open += 1;
    }

    fn exit(&self, _: &Id) {
        self.0.lock().unwrap().open -= 1;
    }
}

/// What is recorded while this runs, in this thread.
fn recorded(run: impl FnOnce()) -> Recorded {
    let recorder = Recorder::default();
    tracing::subscriber::with_default(recorder.clone(), run);
    std::mem::take(&mut *recorder.0.lock().unwrap())
}

fn fields<const N: usize>(fields: [(&'static str, &str); N]) -> Fields {
    fields.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

#[test]
fn a_call_is_a_span_with_the_attributes_of_an_http_client() {
    let client = client(|request| group(number_in(request))).build().unwrap();
    let recorded = recorded(|| _ = client.send(groups_of(1)).unwrap());
    let expected = fields([
        ("otel.name", "getGroupsForUser"),
        ("otel.kind", "client"),
        ("http.request.method", "GET"),
        ("url.template", "/v1_1/provisioning/accounts/{account_id}/users/{user_id}/groups"),
        ("server.address", "api.cloudinary.com"),
        ("http.response.status_code", "200"),
    ]);
    assert_eq!(recorded.spans, [("cloudinary_provisioning.call", expected)]);
    assert!(recorded.events.is_empty());
}

#[test]
fn a_retry_is_an_event_in_the_span_of_its_call() {
    let requests = AtomicUsize::new(0);
    let client = client(move |_| match requests.fetch_add(1, SeqCst) {
        0 => refusal(429, &[("retry-after", "2"), ("x-request-id", "r1")]),
        _ => refusal(404, &[]),
    });
    let client = client.clock(Timeline::new()).build().unwrap();
    let recorded = recorded(|| _ = client.send(groups_of(1)).unwrap_err());
    let [(_, span)] = &recorded.spans[..] else { panic!("{:?}", recorded.spans) };
    assert_eq!(span["http.response.status_code"], "404");
    assert_eq!(span["http.request.resend_count"], "1");
    assert_eq!(span["error.type"], "404");
    let expected = fields([
        ("message", "retrying"),
        ("otel.name", "getGroupsForUser"),
        ("http.request.resend_count", "1"),
        ("http.response.status_code", "429"),
        ("error.type", "429"),
        ("delay_ms", "2000"),
        ("request_id", "r1"),
    ]);
    assert_eq!(recorded.events, [(1, expected)]);
}

#[test]
fn nothing_of_the_account_or_the_caller_is_recorded() {
    let client = client(|_| refusal(503, &[])).build().unwrap();
    let recorded = recorded(|| {
        let create = users::Create::new("John Doe", "john@example.com");
        _ = client.call(&create).header("x-token", "TOKEN").send();
        _ = client.send(users::Get::new("u-secret"));
        _ = client.send(users::List::new().prefix("john"));
    });
    assert_eq!(recorded.spans.len(), 3);
    assert_eq!(recorded.events.len(), 4);
    let all = format!("{:?} {:?}", recorded.spans, recorded.events);
    for secret in ["SECRET", "KEY", "Basic", "TOKEN", "john", "John", "u-secret", "\"acc\""] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

#[test]
fn the_calls_of_workers_are_spans_too() {
    let client = client(|request| group(number_in(request))).build().unwrap();
    let recorded = recorded(|| assert_eq!(client.send_all((0..20).map(groups_of)).workers(4).count(), 20));
    assert_eq!(recorded.spans.len(), 20);
}
