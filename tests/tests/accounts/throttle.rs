//! The throttle of a client, over real threads and an injected clock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use cloudinary_provisioning_ureq::http::{HeaderName, HeaderValue, Request, Response};
use cloudinary_provisioning_ureq::{
    Admission, Client, Clock, ErrorKind, GiveUpReason, Reading, RetryPolicy, Throttle, TransportError,
};

use crate::support::{Shared, Timeline, client, group, groups_of, number_in, refusal};

const MINUTE: Duration = Duration::from_secs(60);

/// A client whose first request is throttled with these headers, and what it has sent.
fn throttled_once(
    headers: &'static [(&str, &str)],
    timeline: &Timeline,
    policy: RetryPolicy,
) -> (Client, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let client = client(move |request| match counted.fetch_add(1, SeqCst) {
        0 => refusal(429, headers),
        _ => group(number_in(request)),
    });
    (client.clock(timeline.clone()).retry(policy).build().unwrap(), requests)
}

#[test]
fn nobody_starts_before_the_delay_that_the_service_named_is_over() {
    const WORKERS: usize = 8;
    let (timeline, starts) = (Timeline::new(), Arc::new(Mutex::new(Vec::new())));
    let (clock, seen) = (timeline.clone(), Arc::clone(&starts));
    let client = client(move |request| {
        let mut starts = seen.lock().unwrap();
        starts.push(clock.elapsed());
        if starts.len() == 20 { refusal(429, &[("retry-after", "30")]) } else { group(number_in(request)) }
    });
    let client = client.clock(timeline).build().unwrap();
    assert_eq!(
        client.send_all((0..100).map(groups_of)).workers(WORKERS).filter(|(_, groups)| groups.is_ok()).count(),
        100
    );
    let starts = starts.lock().unwrap();
    let (before, after): (Vec<Duration>, Vec<Duration>) = starts.iter().copied().partition(Duration::is_zero);
    // The others were in flight when the response came.
    assert!(before.len() < 20 + WORKERS, "{} started before", before.len());
    assert_eq!(before.len() + after.len(), 101);
    assert!(after.iter().all(|start| *start >= Duration::from_secs(30)), "{after:?}");
}

#[test]
fn a_success_with_nothing_remaining_holds_back_all_calls_too() {
    let (timeline, requests) = (Timeline::new(), AtomicUsize::new(0));
    let client = client(move |request| {
        let mut response = group(number_in(request));
        if requests.fetch_add(1, SeqCst) == 0 {
            for (name, value) in [
                ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
                ("x-featureratelimit-remaining", "0"),
                ("x-featureratelimit-reset", "Wed, 21 Oct 2015 07:28:45 GMT"),
            ] {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
        }
        response
    });
    let client = client.clock(timeline.clone()).build().unwrap();
    client.send(groups_of(0)).unwrap();
    assert_eq!(timeline.elapsed(), Duration::ZERO);
    // Clones share what the service said.
    client.clone().send(groups_of(1)).unwrap();
    assert_eq!(timeline.elapsed(), Duration::from_secs(45));
}

#[test]
fn calls_in_flight_are_halved_and_grow_again() {
    // Each generation of requests ends when as many are in flight as the throttle allows for.
    const GENERATIONS: [usize; 6] = [8, 4, 5, 6, 7, 8];

    #[derive(Default)]
    struct Generations {
        generation: usize,
        arrived: usize,
        under_way: usize,
        most: BTreeMap<usize, usize>,
    }

    let flight = Shared::new(Generations::default());
    let seen = Arc::clone(&flight);
    let client = client(move |request| {
        let generation = seen.with(|flight| {
            flight.under_way += 1;
            let most = flight.most.entry(flight.generation).or_default();
            *most = flight.under_way.max(*most);
            let generation = flight.generation;
            flight.arrived += 1;
            if flight.arrived == GENERATIONS[generation] {
                flight.generation += 1;
                flight.arrived = 0;
            }
            generation
        });
        seen.wait_until(|flight| flight.generation > generation);
        seen.with(|flight| flight.under_way -= 1);
        if generation == 0 { refusal(429, &[]) } else { group(number_in(request)) }
    });
    let client = client.clock(Timeline::new()).build().unwrap();
    let calls = GENERATIONS[1..].iter().sum();
    let results = client.send_all((0..calls).map(groups_of)).workers(8);
    assert_eq!(results.filter(|(_, groups)| groups.is_ok()).count(), calls);
    flight.with(|flight| {
        for (generation, most) in &flight.most {
            assert!(
                *most <= GENERATIONS[*generation].max(GENERATIONS[generation.saturating_sub(1)]),
                "{:?}",
                flight.most
            );
        }
    });
}

#[test]
fn a_wait_longer_than_allowed_fails_without_sending() {
    let timeline = Timeline::new();
    let (client, requests) = throttled_once(&[("retry-after", "90")], &timeline, RetryPolicy::default());
    let error = client.send(groups_of(0)).unwrap_err();
    assert_eq!(error.reason(), Some(GiveUpReason::ServerDelayTooLong));

    let error = client.send(groups_of(1)).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::NotSent(_))), "{error:?}");
    assert_eq!(error.reason(), Some(GiveUpReason::ServerDelayTooLong));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(90)));
    assert_eq!((error.attempts(), requests.load(SeqCst)), (0, 1));

    timeline.advance(Duration::from_secs(90));
    assert!(client.send(groups_of(1)).is_ok());
    assert_eq!(requests.load(SeqCst), 2);
}

#[test]
fn a_far_hint_silences_a_client_for_an_hour_at_most() {
    const FAR_RESET: [(&str, &str); 3] = [
        ("date", "Thu, 01 Jan 1970 00:00:00 GMT"),
        ("x-featureratelimit-remaining", "0"),
        ("x-featureratelimit-reset", "Fri, 01 Jan 2500 00:00:00 GMT"),
    ];
    for (status, headers) in [(429, &[("retry-after", "31536000")][..]), (429, &FAR_RESET), (200, &FAR_RESET)] {
        for jitter in [0, u64::MAX] {
            let (timeline, requests) = (Timeline::new().with_jitter(jitter), Arc::new(AtomicUsize::new(0)));
            let counted = Arc::clone(&requests);
            let client = client(move |request| {
                let mut response = group(number_in(request));
                if counted.fetch_add(1, SeqCst) == 0 {
                    *response.status_mut() = status.try_into().unwrap();
                    let headers = headers.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
                    response.headers_mut().extend::<Vec<(HeaderName, HeaderValue)>>(headers.collect());
                }
                response
            });
            let client = client.clock(timeline.clone()).retry(RetryPolicy::none()).build().unwrap();
            assert_eq!(client.send(groups_of(0)).is_ok(), status == 200);

            timeline.advance(59 * MINUTE);
            let short = RetryPolicy::default().max_server_delay(MINUTE / 2);
            let error = client.call(groups_of(1)).retry(short).send().unwrap_err();
            assert_eq!((error.attempts(), error.reason()), (0, Some(GiveUpReason::ServerDelayTooLong)));
            assert!((MINUTE..MINUTE + Duration::from_secs(2)).contains(&error.retry_after().unwrap()), "{error:?}");

            timeline.advance(MINUTE);
            assert!(client.send(groups_of(1)).is_ok());
            assert_eq!(requests.load(SeqCst), 2);
        }
    }
}

#[test]
fn a_reset_in_an_hour_is_waited_for_as_any_other() {
    let at = |seconds| Reading::new(Duration::from_secs(seconds), SystemTime::UNIX_EPOCH, u64::MAX);
    let mut spent = group(0);
    for (name, value) in [
        ("date", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ("x-featureratelimit-remaining", "0"),
        ("x-featureratelimit-reset", "Wed, 21 Oct 2015 08:28:00 GMT"),
    ] {
        spent.headers_mut().insert(name, value.parse().unwrap());
    }
    let mut throttle = Throttle::new();
    let Admission::Go(permit) = throttle.admit(at(0)) else { panic!() };
    throttle.settle(permit, &spent.into(), at(0));
    let Admission::Wait(delay) = throttle.admit(at(0)) else { panic!() };
    assert!((3_600_500..=3_601_000).contains(&delay.as_millis()), "{delay:?}");
    // It is no mistake, after which there would be one call at a time.
    for _ in 0..2 {
        assert!(matches!(throttle.admit(at(3_600)), Admission::Go(_)));
    }
}

#[test]
fn a_wait_longer_than_the_time_left_fails_without_sending() {
    let timeline = Timeline::new();
    let (client, requests) = throttled_once(&[("retry-after", "30")], &timeline, RetryPolicy::none());
    assert!(client.send(groups_of(0)).unwrap_err().is_rate_limited());
    let short = RetryPolicy::default().total_timeout(Duration::from_secs(10));
    let error = client.call(groups_of(1)).retry(short).send().unwrap_err();
    assert_eq!(error.reason(), Some(GiveUpReason::DeadlineExceeded));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert_eq!((error.attempts(), requests.load(SeqCst)), (0, 1));
}

#[test]
fn waiting_counts_toward_the_total_time_of_a_call() {
    let timeline = Timeline::new();
    let (client, _) = throttled_once(&[("retry-after", "30")], &timeline, RetryPolicy::none());
    assert!(client.send(groups_of(0)).unwrap_err().is_rate_limited());
    let policy = RetryPolicy::default().total_timeout(Duration::from_secs(40)).attempt_timeout(Duration::from_secs(30));
    assert!(client.call(groups_of(1)).retry(policy).send().is_ok());
    assert_eq!(timeline.elapsed(), Duration::from_secs(30));
}

#[test]
fn a_delay_of_exactly_what_is_allowed_is_waited_for_whatever_the_jitter() {
    for jitter in [0, u64::MAX] {
        let timeline = Timeline::new().with_jitter(jitter);
        let (client, _) = throttled_once(&[("retry-after", "60")], &timeline, RetryPolicy::none());
        assert!(client.send(groups_of(0)).unwrap_err().is_rate_limited());
        let waited = client.call(groups_of(1)).retry(RetryPolicy::default()).send();
        assert!(waited.is_ok(), "{waited:?}");
        let most = if jitter == 0 { MINUTE } else { MINUTE + Duration::from_secs(1) };
        assert_eq!(timeline.elapsed().as_millis().div_ceil(10), most.as_millis() / 10);
    }
}

/// A service that allows for so many requests a minute.
struct Minutes {
    timeline: Timeline,
    limit: usize,
    /// The requests of each minute, and how many of them were throttled.
    seen: Mutex<BTreeMap<u64, (usize, usize)>>,
}

impl Minutes {
    fn respond(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let mut seen = self.seen.lock().unwrap();
        let now = self.timeline.elapsed();
        let minute = now.as_secs() / 60;
        let (requests, throttled) = seen.entry(minute).or_default();
        *requests += 1;
        if *requests <= self.limit {
            return group(number_in(request));
        }
        *throttled += 1;
        let left = (minute + 1) * 60 - now.as_secs();
        refusal(429, &[("retry-after", &left.to_string())])
    }
}

#[test]
fn a_storm_of_429_costs_each_worker_one_attempt_a_minute_at_most() {
    const CALLS: usize = 3_000;
    const WORKERS: usize = 32;
    const LIMIT: usize = 200;

    let timeline = Timeline::new().with_jitter(u64::MAX / 2);
    let service = Arc::new(Minutes { timeline: timeline.clone(), limit: LIMIT, seen: Mutex::default() });
    let serving = Arc::clone(&service);
    let client = client(move |request| serving.respond(request)).clock(timeline.clone()).retry(RetryPolicy::patient());
    let client = client.build().unwrap();
    let mut given_up = 0;
    for (_, groups) in client.send_all((0..CALLS).map(groups_of)).workers(WORKERS) {
        given_up += usize::from(groups.is_err());
    }
    assert_eq!(given_up, 0);
    let seen = service.seen.lock().unwrap();
    assert!(seen.len() >= CALLS / LIMIT);
    for (minute, (requests, throttled)) in seen.iter() {
        assert!(*throttled <= WORKERS, "minute {minute}: {throttled} of {requests} were throttled: {seen:?}");
    }
    let monotonic: Duration = timeline.monotonic();
    assert!(monotonic >= MINUTE * u32::try_from(CALLS / LIMIT - 1).unwrap());
}
