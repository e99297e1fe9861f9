//! What hooks are told of many calls.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudinary_provisioning_ureq::RetryPolicy;

use crate::support::{Timeline, client, group, groups_of, number_in, refusal};

#[test]
fn every_attempt_is_reported_with_its_status_duration_and_rate_limit() {
    let (timeline, events) = (Timeline::new(), Arc::new(Mutex::new(Vec::new())));
    let (clock, seen, requests) = (timeline.clone(), Arc::clone(&events), AtomicUsize::new(0));
    let client = client(move |request| {
        clock.advance(Duration::from_millis(250));
        match requests.fetch_add(1, SeqCst) {
            0 => refusal(503, &[("x-request-id", "r1"), ("x-featureratelimit-remaining", "17")]),
            _ => group(number_in(request)),
        }
    });
    let client = client
        .clock(timeline)
        .on_attempt(move |event| {
            seen.lock().unwrap().push((
                event.operation,
                event.attempt,
                event.status().map(|status| status.as_u16()),
                event.duration,
                event.request_id().map(str::to_owned),
                event.rate_limit().remaining,
            ));
        })
        .build()
        .unwrap();
    client.send(groups_of(1)).unwrap();
    let took = Duration::from_millis(250);
    let expected = [
        ("getGroupsForUser", 1, Some(503), took, Some("r1".to_owned()), Some(17)),
        ("getGroupsForUser", 2, Some(200), took, None, None),
    ];
    assert_eq!(*events.lock().unwrap(), expected);
}

#[test]
fn every_retry_is_reported_with_its_cause() {
    let causes = Arc::new(Mutex::new(Vec::new()));
    let (seen, requests) = (Arc::clone(&causes), AtomicUsize::new(0));
    let client = client(move |request| match requests.fetch_add(1, SeqCst) {
        0 => refusal(429, &[("retry-after", "2"), ("x-request-id", "r1")]),
        1 => refusal(503, &[]),
        _ => group(number_in(request)),
    });
    let client = client
        .clock(Timeline::new())
        .on_retry(move |event| {
            let cause = event.cause;
            seen.lock().unwrap().push((
                event.attempt,
                event.delay,
                cause.status().map(|status| status.as_u16()),
                cause.is_rate_limited(),
                cause.request_id().map(str::to_owned),
            ));
        })
        .build()
        .unwrap();
    client.send(groups_of(1)).unwrap();
    let expected = [
        (1, Duration::from_secs(2), Some(429), true, Some("r1".to_owned())),
        (2, Duration::ZERO, Some(503), false, None),
    ];
    assert_eq!(*causes.lock().unwrap(), expected);
}

#[test]
fn hooks_are_told_of_the_calls_of_all_workers() {
    let (attempts, retries) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (seen, repeated, requests) = (Arc::clone(&attempts), Arc::clone(&retries), AtomicUsize::new(0));
    // Each fifth request fails.
    let client = client(move |request| match requests.fetch_add(1, SeqCst) % 5 {
        0 => refusal(503, &[]),
        _ => group(number_in(request)),
    });
    let client = client
        .on_attempt(move |_| _ = seen.fetch_add(1, SeqCst))
        .on_retry(move |_| _ = repeated.fetch_add(1, SeqCst))
        .retry(RetryPolicy::default().max_attempts(100))
        .build()
        .unwrap();
    assert!(client.send_all((0..400).map(groups_of)).workers(8).all(|(_, groups)| groups.is_ok()));
    assert_eq!(attempts.load(SeqCst), 400 + retries.load(SeqCst));
    assert_eq!(retries.load(SeqCst), 100);
}
